//! What one subscriber of a push feed would be sent of a whole game, without waiting for it: for measurements and
//! recordings.
//!
//! In: a performance from tip-off that nobody corrects, and the feed. Out: every message with the moment at which it would
//! be sent, each an object and a line end, heartbeats left out. Pure but for the wall clock that a clock feed shows.

use super::body::{Channel, line, pace};
use super::clock::{self, GAME_CLOCK_EVERY};
use crate::venue::performance::Performance;
use crate::venue::tale::{Item, Log as _};
use crate::venue::timeline::Moment;

/// Messages by their milliseconds since tip-off, in order, up to `end_ms`.
pub fn transcript<'p>(
    play: &'p Performance,
    channel: Channel,
    end_ms: u64,
) -> Box<dyn Iterator<Item = (u64, bytes::Bytes)> + 'p> {
    let every = match channel {
        Channel::Events => return Box::new(events(play).take_while(move |(ms, _)| *ms < end_ms)),
        Channel::Clock => play.push_clock_every,
        Channel::GameClock => GAME_CLOCK_EVERY,
    };
    let mut ms = 0;
    Box::new(std::iter::from_fn(move || {
        let now = Moment { lap: 0, ms };
        let message = (ms < end_ms).then(|| (ms, line(&clock::message(play, now))))?;
        let pace = pace(every, &play.course().clock.at(ms)).as_millis() as u64;
        let change = play.next_clock_change(now).map_or(u64::MAX, |change| change.ms);
        ms = (ms + pace).min(change);
        Some(message)
    }))
}

fn events(play: &Performance) -> impl Iterator<Item = (u64, bytes::Bytes)> {
    (0..).map_while(|position| match play.league.item(position)? {
        Item::Scheduled(feed, slot) => Some((feed.reel().due(slot).ms, line(&feed.message(slot)))),
        Item::Correction(_) => None,
    })
}
