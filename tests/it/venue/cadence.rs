//! The push clock at the cadence of the vendor's published messages: nine seconds of a running clock between two of them.
//!
//! The venue's transcripts go through the fold as a show on air has it, looked at ten times a second, and what is shown is
//! compared with the course's own clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sideline::app::Fold;
use sideline::game::{self, Rules};
use sideline::ids::{FeedId, FeedKind};
use sideline::journal::{Body, Entry};
use sideline::status::Link;
use sideline::time::Timestamp;
use sideline::venue::course::Course;
use sideline::venue::fault::Faults;
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::sportradar::body::Channel;
use sideline::venue::sportradar::clock::VENDORS_CLOCK_EVERY;
use sideline::venue::sportradar::transcript::transcript;
use sideline::venue::timeline::Timeline;

/// Of the game, from its beginning; a period of hockey has goals, penalties and icings in it.
const LENGTH_MS: u64 = 15 * 60 * 1_000;
const LOOK_EVERY_MS: u64 = 100;
const HEARTBEAT_MS: u64 = 5_000;
/// The venue's clock and the one that is shown may differ by a tenth's rounding and the tenth between two looks.
const NEAR_MS: u32 = 250;

fn performance() -> Performance {
    let course = Arc::new(Course::of(Script::builtin_hockey()));
    let timeline = Timeline::new(Some(Timestamp::default()), 0, course.end_ms(), 1.0, false);
    let mut play = Performance::new(course, timeline, Faults::default());
    play.push_clock_every = VENDORS_CLOCK_EVERY;
    play
}

/// What arrives from these feeds, by its time: every message, and heartbeats.
fn arrivals(play: &Performance, feeds: &[(FeedKind, Channel)]) -> Vec<(u64, Body)> {
    let mut all = Vec::new();
    for (kind, channel) in feeds {
        let (feed, kind) = (FeedId::new(kind.name()), *kind);
        all.push((0, Body::Link { feed: feed.clone(), kind, link: Link::Up, why: None, resumed: false }));
        let message = |(ms, bytes)| (ms, Body::Received { feed: feed.clone(), kind, bytes });
        all.extend(transcript(play, *channel, LENGTH_MS).map(message));
        let beats = (0..LENGTH_MS).step_by(HEARTBEAT_MS as usize);
        all.extend(beats.map(|ms| (ms, Body::Alive { feed: feed.clone(), kind })));
    }
    all.sort_by_key(|(ms, _)| *ms);
    all
}

fn check(feeds: &[(FeedKind, Channel)]) {
    let play = performance();
    let clock = &play.course().clock;
    let began_at = Timestamp::from_millis(1_700_000_000_000);
    let at = |ms: u64| began_at + Duration::from_millis(ms);
    let mut fold = Fold::new(BTreeMap::new());
    let mut arrivals = arrivals(&play, feeds).into_iter().zip(1..).peekable();
    let (mut last, mut ran_ms) = (None, 0);
    for ms in (0..LENGTH_MS).step_by(LOOK_EVERY_MS as usize) {
        while let Some(((arrived, body), seq)) = arrivals.next_if(|((arrived, _), _)| *arrived <= ms) {
            fold.apply(&Entry { seq, at: at(arrived), body });
        }
        let shown = game::view(&fold.position().state, &Rules::default(), at(ms)).clock;
        let truth = clock.at(ms);
        let Some(game) = shown.game else { continue };
        assert!(!shown.stale, "{feeds:?}: stale at {ms} ms");
        assert_eq!(game.running, truth.running, "{feeds:?}: at {ms} ms");
        let off = game.millis.abs_diff(truth.game_ms);
        assert!(off <= NEAR_MS, "{feeds:?}: {} against {} at {ms} ms", game.millis, truth.game_ms);
        let is_same = last.is_some_and(|(period, _)| period == truth.period);
        assert!(!is_same || last.is_some_and(|(_, left)| game.millis <= left + NEAR_MS), "{feeds:?}: up at {ms} ms");
        last = Some((truth.period, game.millis));
        ran_ms += if truth.running { LOOK_EVERY_MS } else { 0 };
    }
    assert!(ran_ms > LENGTH_MS / 3, "the clock ran for {ran_ms} ms only");
}

#[test]
fn a_push_clock_at_the_vendors_cadence_runs_evenly_alone_and_beside_the_plays() {
    let clock = (FeedKind::NhlPushClock, Channel::Clock);
    check(&[clock]);
    check(&[clock, (FeedKind::NhlPushEvents, Channel::Events)]);
}
