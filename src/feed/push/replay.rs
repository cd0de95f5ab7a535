//! How much of what a session has missed the vendor replays, and whether that was all.
//!
//! In: the vendor's limits, messages as they come. Out: whether there may have been more than was replayed. Pure, but for the
//! clock that it counts by.

use std::time::Duration;

use tokio::time::Instant;

/// What the vendor replays of a session's gap at most, before it goes on live: up to 5,000 messages or 30 s by its notes on
/// "Push Catchup". What was more than that is missing, although the session was resumed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReplayLimit {
    pub length: Duration,
    pub messages: u64,
}

impl Default for ReplayLimit {
    fn default() -> Self {
        Self { length: Duration::from_secs(30), messages: 5_000 }
    }
}

/// Whether what a resumed session replays ends before it was all.
pub(super) struct Replay {
    /// Up to when messages are taken for replayed ones; `None` where nothing is replayed, or it is over.
    until: Option<Instant>,
    /// How many more the vendor replays.
    left: u64,
}

impl Replay {
    pub(super) fn of(is_resumed: bool, limit: ReplayLimit) -> Self {
        // The clock of now cannot be so far from its end that a length of seconds does not fit.
        let until = Instant::now().checked_add(limit.length).filter(|_| is_resumed);
        Self { until, left: limit.messages }
    }

    /// Counts messages; whether with them the vendor has replayed as many as it ever does. True once.
    pub(super) fn is_cut_off_by(&mut self, messages: u64) -> bool {
        let Some(until) = self.until else { return false };
        self.left = self.left.saturating_sub(messages);
        let is_over = Instant::now() > until;
        if is_over || self.left == 0 {
            self.until = None;
        }
        !is_over && self.left == 0
    }
}
