//! Feeds that are held back, so that data does not run ahead of the picture.
//!
//! In: entries of feeds as they were received, and the delay of each feed. Out: the same entries when they are due, in the
//! order of (time received + delay, sequence). Pure, and part of the fold: what is held back is part of a checkpoint.
//! Nothing here waits: the desk writes an entry when something has come due, so that a replay releases it at the same
//! place.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::command::MOST_DELAY_FRAMES;
use crate::ids::FeedId;
use crate::journal::Entry;
use crate::status::Delay;
use crate::time::{FrameIndex, FrameRate, Timestamp};

/// Entries of one feed that can be held: ten seconds of the densest stream several times over. When full, the oldest
/// takes effect at once: early is better than lost.
const MOST_HELD: usize = 8_192;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Delays {
    /// Of the show; without one nothing is delayed.
    rate: Option<FrameRate>,
    feeds: BTreeMap<FeedId, Delayed>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Delayed {
    frames: u32,
    /// In the order of their receipt.
    held: VecDeque<Entry>,
}

impl Delays {
    /// The rate of the show, in whose frames delays are counted.
    pub fn set_rate(&mut self, rate: FrameRate) {
        self.rate = Some(rate);
    }

    /// Holds a feed back by `frames` from now on; what is held already is moved along with it.
    pub fn set(&mut self, feed: &FeedId, frames: u32) {
        self.feeds.entry(feed.clone()).or_default().frames = frames.min(MOST_DELAY_FRAMES);
    }

    /// The delay that was set for a feed; `None` if none ever was.
    pub fn of(&self, feed: &FeedId) -> Option<u32> {
        self.feeds.get(feed).map(|delayed| delayed.frames)
    }

    /// What was set for every feed, by its id.
    pub fn all(&self) -> Vec<Delay> {
        self.feeds.iter().map(|(feed, delayed)| Delay { feed: feed.clone(), frames: delayed.frames }).collect()
    }

    fn length(&self, delayed: &Delayed) -> Duration {
        self.rate.map_or(Duration::ZERO, |rate| rate.time_of(FrameIndex(u64::from(delayed.frames))))
    }

    /// Takes what a feed said. Gives back what takes effect at once, with the instant of its effect: the entry itself,
    /// or the oldest one where too much is held.
    pub fn hold(&mut self, feed: &FeedId, entry: &Entry) -> Option<(Timestamp, Entry)> {
        let length = self.feeds.get(feed).map_or(Duration::ZERO, |delayed| self.length(delayed));
        let delayed = self.feeds.get_mut(feed).filter(|delayed| !length.is_zero() || !delayed.held.is_empty());
        let Some(delayed) = delayed else { return Some((entry.at, entry.clone())) };
        delayed.held.push_back(entry.clone());
        if delayed.held.len() <= MOST_HELD {
            return None;
        }
        delayed.held.pop_front().map(|oldest| (entry.at, oldest))
    }

    /// When the next entry is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.first().map(|(due, _, _)| due)
    }

    fn first(&self) -> Option<(Timestamp, u64, &FeedId)> {
        let fronts = self.feeds.iter().filter_map(|(feed, delayed)| {
            let entry = delayed.held.front()?;
            Some((entry.at + self.length(delayed), entry.seq, feed))
        });
        fronts.min()
    }

    /// The next entry that is due by `now`, with the instant of its effect.
    pub fn release(&mut self, now: Timestamp) -> Option<(Timestamp, Entry)> {
        let (due, _, feed) = self.first()?;
        if due > now {
            return None;
        }
        let feed = feed.clone();
        Some((due, self.feeds.get_mut(&feed)?.held.pop_front()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::FeedKind;
    use crate::journal::Body;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    fn alive(seq: u64, millis: i64, feed: &str) -> Entry {
        Entry { seq, at: at(millis), body: Body::Alive { feed: feed.into(), kind: FeedKind::ShotTracker } }
    }

    /// Delays in frames of 20 ms.
    fn delays(feeds: &[(&str, u32)]) -> Delays {
        let mut delays = Delays::default();
        delays.set_rate(FrameRate::FPS_50);
        feeds.iter().for_each(|(feed, frames)| delays.set(&(*feed).into(), *frames));
        delays
    }

    fn held(delays: &mut Delays, feed: &str, entry: &Entry) {
        assert_eq!(delays.hold(&feed.into(), entry), None, "held");
    }

    fn released(delays: &mut Delays, millis: i64) -> Vec<u64> {
        std::iter::from_fn(|| delays.release(at(millis))).map(|(_, entry)| entry.seq).collect()
    }

    #[test]
    fn entries_come_out_in_the_order_of_receipt_plus_delay() {
        let mut delays = delays(&[("slow", 10), ("fast", 2)]);
        held(&mut delays, "slow", &alive(1, 0, "slow"));
        held(&mut delays, "fast", &alive(2, 100, "fast"));
        held(&mut delays, "fast", &alive(3, 160, "fast"));
        assert_eq!(delays.next_due(), Some(at(140)));
        assert_eq!(released(&mut delays, 139), [0; 0]);
        // 1 and 3 are due at the same instant: the sequence decides.
        assert_eq!(released(&mut delays, 200), [2, 1, 3]);
        assert_eq!(delays.next_due(), None);
    }

    #[test]
    fn a_feed_without_delay_is_not_held() {
        let mut delays = delays(&[("slow", 10)]);
        let entry = alive(1, 0, "other");
        assert_eq!(delays.hold(&"other".into(), &entry), Some((at(0), entry)));
    }

    #[test]
    fn a_shorter_delay_moves_what_is_held_and_never_lets_it_be_overtaken() {
        let mut delays = delays(&[("slow", 100)]);
        held(&mut delays, "slow", &alive(1, 0, "slow"));
        delays.set(&"slow".into(), 0);
        held(&mut delays, "slow", &alive(2, 500, "slow"));
        assert_eq!(released(&mut delays, 500), [1, 2]);
        let entry = alive(3, 600, "slow");
        assert_eq!(delays.hold(&"slow".into(), &entry), Some((at(600), entry)));
    }

    #[test]
    fn what_is_held_is_bounded_and_survives_being_written_down() {
        let mut delays = delays(&[("slow", 100)]);
        for seq in 0..MOST_HELD as u64 {
            held(&mut delays, "slow", &alive(seq, 0, "slow"));
        }
        let more = delays.hold(&"slow".into(), &alive(99_999, 1, "slow"));
        assert_eq!(more.map(|(due, entry)| (due, entry.seq)), Some((at(1), 0)));
        let text = serde_json::to_string(&delays).unwrap();
        let mut read: Delays = serde_json::from_str(&text).unwrap();
        assert_eq!(released(&mut read, 3_000).len(), MOST_HELD);
        assert_eq!(read.of(&"slow".into()), Some(100));
    }
}
