//! Whose silence it was: a vendor that sends nothing is given up, but not for what this machine has not looked at.
//!
//! In: when a wait was to end. Out: whether it ended so much later that this machine was held up (busy, or asleep) and may have
//! something of the vendor's waiting: then it is listened to for a moment more. Whoever waits by the clock alone drops a
//! sound connection whenever the machine stutters.

use std::time::Duration;

use tokio::time::Instant;

/// Timers fire within a millisecond or two; one that is this late was not looked at.
const HELD_UP: Duration = Duration::from_millis(250);

/// What has arrived meanwhile is looked at within this, if anything has.
pub(super) const MOMENT: Duration = Duration::from_millis(500);

/// Whether a wait that was to end at `due`, and ends now, has been held up by this machine.
pub(super) fn is_ours(due: Instant) -> bool {
    due.elapsed() >= HELD_UP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_ends_in_time_was_the_vendors_and_one_that_ends_late_was_ours() {
        let due = Instant::now() + Duration::from_secs(15);
        tokio::time::sleep_until(due).await;
        assert!(!is_ours(due));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(is_ours(due));
    }
}
