//! Which positions of players and ball are written into the journal.
//!
//! They come 25 times a second and are most of a journal. All of them are seen on air; the show file may say that the
//! journal keeps fewer, and then a replay shows everybody move in steps, or not at all. The numbers of entries that are
//! not written are missing from the journal.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::{KeptPositions, ShowFile};
use crate::feed::shottracker;
use crate::ids::{FeedId, FeedKind};
use crate::journal::{Body, Entry};
use crate::time::Timestamp;

/// Judges entries in their order.
#[derive(Debug)]
pub struct Positions {
    kept: KeptPositions,
    /// When the positions of each feed that were kept last arrived.
    last: BTreeMap<FeedId, Timestamp>,
}

impl Default for Positions {
    fn default() -> Self {
        Self::new(KeptPositions::All)
    }
}

impl Positions {
    pub fn new(kept: KeptPositions) -> Self {
        Self { kept, last: BTreeMap::new() }
    }

    pub fn of(show: &ShowFile) -> Self {
        Self::new(show.journal.unwrap_or_default().location)
    }

    /// Whether the entry is written down.
    pub fn keeps(&mut self, entry: &Entry) -> bool {
        if self.kept == KeptPositions::All {
            return true;
        }
        let Body::Received { feed, kind: FeedKind::ShotTracker, bytes } = &entry.body else { return true };
        if !shottracker::is_positions(bytes) {
            return true;
        }
        let KeptPositions::PerSecond(wanted) = self.kept else { return false };
        let apart = Duration::from_secs_f64(1.0 / wanted);
        let keeps = self.last.get(feed).is_none_or(|last| entry.at.since(*last) >= apart);
        if keeps {
            self.last.insert(feed.clone(), entry.at);
        }
        keeps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of a second of a feed's messages, 25 of positions and one other, are kept.
    fn kept(kept: KeptPositions) -> usize {
        let mut positions = Positions::new(kept);
        let entry = |(number, source): (i64, &str)| Entry {
            seq: 1,
            at: Timestamp::from_millis(number * 40),
            body: Body::Received {
                feed: "tracker".into(),
                kind: FeedKind::ShotTracker,
                bytes: format!("{{\"type\":\"data\",\"source\":\"{source}\"}}").into(),
            },
        };
        let second = (0..25).map(|number| (number, "location")).chain([(25, "chart")]);
        second.map(entry).filter(|entry| positions.keeps(entry)).count()
    }

    #[test]
    fn positions_are_thinned_and_nothing_else_is() {
        assert_eq!(kept(KeptPositions::All), 26);
        assert_eq!(kept(KeptPositions::PerSecond(5.0)), 6);
        assert_eq!(kept(KeptPositions::None), 1);
    }
}
