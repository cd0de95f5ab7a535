//! How long a feed waits before it tries again.
//!
//! In: how the last attempt failed. Out: a length of time. Pure: it neither sleeps nor reads a clock. Waits are drawn
//! between a floor and a ceiling that doubles ("full jitter"), so that machines which lost the same venue at the same
//! instant do not come back in step.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// How to try again after a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Retry {
    /// It may well work the next time: the wait grows from a moment to the cap.
    Soon,
    /// It will not work before somebody does something (credentials, the schedule): asking often would only lock
    /// an account.
    Slowly,
}

/// The lengths that waits are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Ceiling of the first wait; doubles with each failure.
    pub base: Duration,
    /// The ceiling never exceeds this.
    pub cap: Duration,
    /// Wait after a failure that only a person can end; drawn between this and one and a half times this.
    pub slow: Duration,
    /// A connection that stood this long starts the waits from `base` again.
    pub healthy_after: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(15),
            slow: Duration::from_secs(30),
            healthy_after: Duration::from_secs(30),
        }
    }
}

/// No wait is shorter than this fraction of its ceiling, or a lucky draw would hammer the vendor.
const FLOOR_DIVISOR: u32 = 4;

#[derive(Debug)]
pub(crate) struct Backoff {
    policy: Policy,
    failures: u32,
    /// State of a xorshift generator; never zero.
    random: u64,
}

impl Backoff {
    pub(crate) fn new(policy: Policy) -> Self {
        // The standard library's hash keys are random per process: seed enough for spreading waits.
        Self::seeded(policy, RandomState::new().build_hasher().finish())
    }

    fn seeded(policy: Policy, seed: u64) -> Self {
        Self { policy, failures: 0, random: seed | 1 }
    }

    /// How long to wait now, after one more failure. `stood` is how long the connection was up before it failed.
    pub(crate) fn after_failure(&mut self, retry: Retry, stood: Option<Duration>) -> Duration {
        if stood.is_some_and(|stood| stood >= self.policy.healthy_after) {
            self.failures = 0;
        }
        match retry {
            Retry::Soon => {
                let ceiling = self.ceiling();
                self.failures = self.failures.saturating_add(1);
                self.draw(ceiling / FLOOR_DIVISOR, ceiling)
            }
            Retry::Slowly => self.draw(self.policy.slow, self.policy.slow * 3 / 2),
        }
    }

    fn ceiling(&self) -> Duration {
        let factor = 1u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        self.policy.base.saturating_mul(factor).min(self.policy.cap)
    }

    fn draw(&mut self, least: Duration, most: Duration) -> Duration {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let share = (self.random >> 11) as f64 / (1u64 << 53) as f64;
        least + most.saturating_sub(least).mul_f64(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn waits(seed: u64, count: usize) -> Vec<Duration> {
        let mut backoff = Backoff::seeded(Policy::default(), seed);
        (0..count).map(|_| backoff.after_failure(Retry::Soon, None)).collect()
    }

    #[test]
    fn the_longest_of_the_third_wait_is_twice_that_of_the_second() {
        let longest = |index: usize| (0..2_000).map(|seed| waits(seed * 7_919 + 1, 3)[index]).max().unwrap();
        let (second, third) = (longest(1).as_secs_f64(), longest(2).as_secs_f64());
        assert!((third / second - 2.0).abs() < 0.05, "{second} then {third}");
    }

    #[test]
    fn waits_stay_between_floor_and_cap_however_often_it_fails() {
        for seed in 1..50 {
            let all = waits(seed * 104_729, 100);
            assert!(all.iter().all(|wait| *wait >= Duration::from_millis(125) && *wait <= 15 * SECOND), "{all:?}");
            assert!(all[50..].iter().any(|wait| *wait > 10 * SECOND), "the cap is never reached: {all:?}");
        }
    }

    #[test]
    fn two_machines_do_not_wait_in_step() {
        assert_ne!(waits(11, 6), waits(987_654_321, 6));
    }

    #[test]
    fn a_healthy_connection_starts_the_waits_anew() {
        let mut backoff = Backoff::seeded(Policy::default(), 99);
        for _ in 0..10 {
            backoff.after_failure(Retry::Soon, Some(SECOND));
        }
        assert!(backoff.after_failure(Retry::Soon, Some(29 * SECOND)) > SECOND, "a short life is not health");
        assert!(backoff.after_failure(Retry::Soon, Some(30 * SECOND)) <= SECOND / 2);
    }

    #[test]
    fn what_only_a_person_can_end_is_tried_slowly_at_once() {
        let mut backoff = Backoff::seeded(Policy::default(), 5);
        for _ in 0..20 {
            let wait = backoff.after_failure(Retry::Slowly, None);
            assert!(wait >= 30 * SECOND && wait <= 45 * SECOND, "{wait:?}");
        }
    }
}
