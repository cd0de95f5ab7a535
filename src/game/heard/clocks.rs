//! One feed's clocks: which readings count, and what they leave the clocks with.
//!
//! In: readings as they are told, with the instants of their arrival. Out: the clocks of [`Heard`], and the period that they are of.

use crate::game::clock;
use crate::game::event::{ClockReading, ShotReading};
use crate::game::snapshot::{GameStatus, PeriodKind};
use crate::time::Timestamp;

use super::Heard;

impl Heard {
    pub(super) fn read_clock(&mut self, at: Timestamp, reading: &ClockReading) {
        let is_unsaid = reading.shot == ShotReading::Unsaid && reading.strength == ShotReading::Unsaid;
        if reading.game_millis.is_none() && reading.running.is_none() && is_unsaid {
            self.period.clone_from(&reading.period);
            return;
        }
        if reading.is_secondary {
            if self.primary_clock_at.is_some_and(|heard| at.since(heard) <= clock::STALE_RUNNING) {
                return;
            }
        } else {
            self.primary_clock_at = Some(at);
        }
        if self.is_late_tick(at, reading) {
            return;
        }
        let clocks = &mut self.clocks;
        clocks.says_running |= reading.running.is_some();
        let jump = reading.period.is_some() && reading.period != clocks.period;
        let was_running = clocks.game.is_running();
        // A message that does not say leaves the clock as it was: going, or standing where the last play had it.
        let running = reading.running.unwrap_or(was_running);
        let turned = running != was_running;
        let game_millis = reading.game_millis.or_else(|| clocks.game.millis_at(at).filter(|_| turned));
        if let Some(millis) = game_millis {
            clocks.game.read(at, millis, running, jump);
        }
        for (clock, said) in [(&mut clocks.shot, reading.shot), (&mut clocks.strength, reading.strength)] {
            match said {
                ShotReading::Off => clock.clear(),
                ShotReading::Millis(millis) => clock.read(at, millis, running, jump),
                ShotReading::Unsaid => {
                    if let Some(millis) = clock.millis_at(at).filter(|_| turned) {
                        clock.read(at, millis, running, jump);
                    }
                }
            }
        }
        if jump {
            (clocks.highest_millis, clocks.game_read) = (None, None);
        }
        clocks.highest_millis = clocks.highest_millis.max(reading.game_millis);
        clocks.game_read = reading.game_millis.or(clocks.game_read);
        if reading.period.is_some() && jump {
            clocks.period.clone_from(&reading.period);
        }
        self.clock_at = Some(at);
    }

    /// Whether a running clock is told with a little more time than it has just been stopped at. Ticks of a feed that tells
    /// them over and over have neither times nor numbers; but a clock that goes on begins where it stood, and an official
    /// who gives time back does so while it stands.
    fn is_late_tick(&self, at: Timestamp, reading: &ClockReading) -> bool {
        let is_now = self.clock_at.is_some_and(|last| at.since(last) < clock::JUMP);
        let is_same_period = reading.period.is_none() || reading.period == self.clocks.period;
        let was_stopped = self.clocks.game.is_known() && !self.clocks.game.is_running();
        let gained =
            reading.game_millis.zip(self.clocks.game_read).map_or(0, |(said, known)| said.saturating_sub(known));
        let is_little = gained > 0 && u128::from(gained) <= clock::JUMP.as_millis();
        !clock::is_sparse(self.kind)
            && is_now
            && is_same_period
            && was_stopped
            && reading.running == Some(true)
            && is_little
    }

    /// Whether whoever is on the court now begins the game: nobody has scored, and the clock has not left its start.
    pub(super) fn is_before_the_tip(&self) -> bool {
        let has_scored = self.teams.iter().any(|team| team.score.is_some_and(|score| score > 0));
        let is_at_start = match self.clocks.period.as_ref().or(self.period.as_ref()) {
            None => self.game.status == Some(GameStatus::Scheduled),
            Some(period) if period.kind == PeriodKind::Pregame => true,
            Some(period) => period.number == 1 && self.clocks.highest_millis.is_some_and(clock::is_full_period),
        };
        let is_moved = self.clocks.highest_millis > self.clocks.game_read;
        is_at_start && !has_scored && !is_moved
    }
}
