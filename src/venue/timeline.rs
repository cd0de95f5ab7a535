//! When the script is played: game time from real time and back, and the order of messages over loops.
//!
//! In: the moment the play began, start, speed, whether it loops. Out: the game's moment now, the real time of any moment.
//! Everything here depends on those few values alone, so that a venue that is stopped and started again with the same
//! ones goes on where it would have been, with the same sequence numbers.

use std::time::Duration;

use tokio::time::Instant;

use crate::time::{Clock, SystemClock, Timestamp};

/// A place in the play: which round of the loop (0 unless it loops), and milliseconds since tip-off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Moment {
    pub lap: u64,
    pub ms: u64,
}

#[derive(Clone, Debug)]
pub struct Timeline {
    /// Real time of `start_ms` in the first lap.
    epoch: Timestamp,
    /// Now, by both clocks; later times are counted from here by the monotonic one.
    read: (Timestamp, Instant),
    start_ms: u64,
    end_ms: u64,
    speed: f64,
    looped: bool,
}

/// Game time between the last fact of a lap and the start of the next.
const PAUSE_MS: u64 = 5_000;

impl Timeline {
    /// Plays from `start_ms` to `end_ms`; `speed` must be positive and finite. `began_at` in the past continues a play.
    pub fn new(began_at: Option<Timestamp>, start_ms: u64, end_ms: u64, speed: f64, looped: bool) -> Timeline {
        let now = SystemClock::start().now();
        let start_ms = start_ms.min(end_ms);
        Timeline { epoch: began_at.unwrap_or(now), read: (now, Instant::now()), start_ms, end_ms, speed, looped }
    }

    pub fn epoch(&self) -> Timestamp {
        self.epoch
    }

    pub fn start_ms(&self) -> u64 {
        self.start_ms
    }

    pub fn looped(&self) -> bool {
        self.looped
    }

    /// Real time by a clock that does not jump.
    pub fn real_now(&self) -> Timestamp {
        self.read.0 + self.read.1.elapsed()
    }

    pub fn now(&self) -> Moment {
        let played_ms = self.real_now().since(self.epoch).as_secs_f64() * 1000.0 * self.speed;
        // A float holds every millisecond of some thousand years.
        let played_ms = played_ms as u64;
        if !self.looped {
            return Moment { lap: 0, ms: (self.start_ms + played_ms).min(self.end_ms) };
        }
        let (lap, ms) = (played_ms / self.lap_ms(), played_ms % self.lap_ms());
        Moment { lap, ms: self.start_ms + ms }
    }

    /// The end of a lap, when what it told is taken back.
    pub fn lap_end(&self, lap: u64) -> Moment {
        Moment { lap, ms: self.end_ms + PAUSE_MS / 2 }
    }

    pub fn lap_start(&self, lap: u64) -> Moment {
        Moment { lap, ms: self.start_ms }
    }

    /// When a moment is, was or will be. What lies before the start of the play keeps its distance at speed 1, so that
    /// old plays look old.
    pub fn real(&self, moment: Moment) -> Timestamp {
        let Some(since_start_ms) = moment.ms.checked_sub(self.start_ms) else {
            let before_ms = (self.start_ms - moment.ms) as i64;
            return Timestamp::from_nanos(self.epoch.as_nanos() - before_ms * 1_000_000);
        };
        let played_ms = (moment.lap * self.lap_ms() + since_start_ms) as f64;
        self.epoch + Duration::from_secs_f64(played_ms / 1000.0 / self.speed)
    }

    /// The same for waiting; a moment that has passed is now.
    pub fn instant(&self, moment: Moment) -> Instant {
        self.read.1 + self.real(moment).since(self.read.0)
    }

    /// Real length of a lap.
    pub fn lap_length(&self) -> Duration {
        Duration::from_secs_f64(self.lap_ms() as f64 / 1000.0 / self.speed)
    }

    fn lap_ms(&self) -> u64 {
        self.end_ms - self.start_ms + PAUSE_MS
    }
}

/// The order of a server's messages: history once, then the stretch from the start; in a loop the stretch is taken back,
/// last message first, and told again. Positions count from 0.
#[derive(Clone, Debug)]
pub struct Reel {
    /// Game time of each message, ascending.
    due_ms: Vec<u64>,
    history: usize,
    timeline: Timeline,
}

/// What is to be told at a position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    pub lap: u64,
    /// The message, counted from the first of the script.
    pub index: usize,
    /// Whether it is taken back here.
    pub retracts: bool,
}

impl Reel {
    pub fn new(due_ms: Vec<u64>, timeline: Timeline) -> Reel {
        let history = due_ms.partition_point(|due| *due < timeline.start_ms());
        Reel { due_ms, history, timeline }
    }

    fn stretch(&self) -> usize {
        self.due_ms.len() - self.history
    }

    /// `None` after the last message of a play that does not loop.
    pub fn slot(&self, position: u64) -> Option<Slot> {
        let history = self.history as u64;
        if position < history || !self.timeline.looped() {
            let index = usize::try_from(position).ok().filter(|index| *index < self.due_ms.len())?;
            return Some(Slot { lap: 0, index, retracts: false });
        }
        let stretch = self.stretch() as u64;
        let round = (position - history).checked_div(2 * stretch)?;
        let place = (position - history) % (2 * stretch);
        let retracts = place >= stretch;
        let index = history + if retracts { 2 * stretch - 1 - place } else { place };
        Some(Slot { lap: round, index: index as usize, retracts })
    }

    pub fn due(&self, slot: Slot) -> Moment {
        if slot.retracts {
            self.timeline.lap_end(slot.lap)
        } else {
            Moment { lap: slot.lap, ms: self.due_ms[slot.index] }
        }
    }

    /// The position of the first message that is not due at `now`.
    pub fn first_after(&self, now: Moment) -> u64 {
        let told = self.due_ms.partition_point(|due| *due <= now.ms) as u64;
        let start = self.lap_position(now.lap);
        let taken_back = self.timeline.looped() && now >= self.timeline.lap_end(now.lap);
        let here = told.saturating_sub(self.history as u64);
        if taken_back {
            start + 2 * here
        } else if now.lap == 0 {
            told
        } else {
            start + here
        }
    }

    /// The position after `position` for someone who is told the game from its beginning: laps that are over are left out.
    pub fn next_from_beginning(&self, position: u64, lap: u64) -> u64 {
        let next = position + 1;
        if next == self.history as u64 { self.lap_position(lap) } else { next }
    }

    /// Where telling a game from its beginning begins.
    pub fn beginning(&self, lap: u64) -> u64 {
        if self.history == 0 { self.lap_position(lap) } else { 0 }
    }

    fn lap_position(&self, lap: u64) -> u64 {
        self.history as u64 + lap * 2 * self.stretch() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Timestamp = Timestamp::from_millis(1_000_000_000_000);

    fn timeline(looped: bool) -> Timeline {
        Timeline::new(Some(BEGAN), 10_000, 30_000, 2.0, looped)
    }

    fn order(reel: &Reel, positions: std::ops::Range<u64>) -> Vec<(u64, usize, bool)> {
        positions.filter_map(|position| reel.slot(position)).map(|slot| (slot.lap, slot.index, slot.retracts)).collect()
    }

    #[test]
    fn history_keeps_its_age_and_the_play_its_speed() {
        let timeline = timeline(false);
        assert_eq!(timeline.real(Moment { lap: 0, ms: 4_000 }).as_millis() - BEGAN.as_millis(), -6_000);
        assert_eq!(timeline.real(Moment { lap: 0, ms: 14_000 }).as_millis() - BEGAN.as_millis(), 2_000);
    }

    #[test]
    fn a_lap_is_taken_back_in_reverse_and_told_again() {
        let reel = Reel::new(vec![0, 10_000, 20_000], timeline(true));
        let told = order(&reel, 0..7);
        let expected =
            [(0, 0, false), (0, 1, false), (0, 2, false), (0, 2, true), (0, 1, true), (1, 1, false), (1, 2, false)];
        assert_eq!(told, expected);
    }

    #[test]
    fn positions_never_lie_in_the_future_of_what_is_due() {
        for looped in [false, true] {
            let reel = Reel::new(vec![0, 10_000, 20_000, 20_000, 30_000], timeline(looped));
            for lap in 0..if looped { 3 } else { 1 } {
                for ms in (10_000..35_000).step_by(500) {
                    let now = Moment { lap, ms };
                    let first = reel.first_after(now);
                    let before = reel.slot(first - 1).map(|slot| reel.due(slot));
                    assert!(before.is_some_and(|due| due <= now), "{now:?}");
                    let due = reel.slot(first).map(|slot| reel.due(slot));
                    assert!(due.is_none_or(|due| due > now), "{now:?} {due:?}");
                }
            }
        }
    }

    #[test]
    fn a_joiner_in_the_third_lap_hears_history_and_that_lap_alone() {
        let reel = Reel::new(vec![0, 10_000, 20_000], timeline(true));
        let first = reel.beginning(2);
        let second = reel.next_from_beginning(first, 2);
        assert_eq!(reel.slot(first).map(|slot| (slot.lap, slot.index)), Some((0, 0)));
        assert_eq!(reel.slot(second).map(|slot| (slot.lap, slot.index)), Some((2, 1)));
    }

    #[test]
    fn an_old_beginning_continues_where_the_play_would_be() {
        let timeline = timeline(false);
        assert_eq!(timeline.now(), Moment { lap: 0, ms: 30_000 });
    }
}
