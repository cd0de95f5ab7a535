//! Commands about the game, as the corrections that come of them.
//!
//! In: a command and what is shown now. Out: the command as the journal has it, which says what is so and depends on
//! nothing: a replay, a restart and a reader of the journal need not know what was shown. Pure.

use crate::command::{Adjustment, Command, Correction, MOST_TIME_LEFT, ShotClockSaid, TimeLeft};
use crate::game::snapshot::{Clock, GameSnapshot, Period};
use crate::game::{GameRules, GameState};
use crate::ids::Side;

/// Why a command was not carried out, as sentences for the operator.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("the command says nothing")]
    Nothing,
    #[error("`{0}` is no period; write PRE, Q1 to Q4, H1, H2, P1 to P3, HALF, OT, 2OT, SO or FINAL")]
    NoPeriod(String),
    #[error("no clock is known yet: set it first, or begin the game")]
    NoClock,
    #[error("there is no period after {0}")]
    NoNextPeriod(String),
    #[error("this game has no shot clock; set `shot_clock_s` of `[game]`")]
    NoShotClock,
    #[error("nobody has the ball: say who does")]
    NoPossession,
}

/// What is shown when a command comes, and what the show file says of the game.
pub struct Shown<'a> {
    pub game: &'a GameSnapshot,
    pub state: &'a GameState,
    pub rules: &'a GameRules,
}

/// Finds a period in a command that is none.
pub fn check(command: &Command) -> Result<(), Refused> {
    let Command::Correct(said) = command else { return Ok(()) };
    match &said.period {
        Some(period) if Period::labelled(period).is_none() => Err(Refused::NoPeriod(period.clone())),
        _ if said.is_empty() => Err(Refused::Nothing),
        _ => Ok(()),
    }
}

impl Shown<'_> {
    /// The command as it is journaled. One that is not about the game comes back as it is.
    pub fn resolve(&self, command: Command) -> Result<Command, Refused> {
        check(&command)?;
        let correction = match command {
            Command::Correct(said) => *said,
            Command::Adjust(by) => self.adjusted(&by)?,
            Command::StartClock => self.clock_that(|_| true)?,
            Command::StopClock => self.clock_that(|_| false)?,
            Command::ToggleClock => self.clock_that(|running| !running)?,
            Command::NextPeriod => self.next_period()?,
            Command::ResetShotClock => {
                Correction { shot_clock: Some(self.full_shot_clock()?), ..Correction::default() }
            }
            Command::SwitchPossession => {
                let side = self.game.possession.ok_or(Refused::NoPossession)?.other();
                Correction { possession: Some(side.into()), ..Correction::default() }
            }
            Command::BeginGame => self.beginning(),
            Command::Undo if !self.state.can_undo() => return Err(Refused::NothingToUndo),
            other => return Ok(other),
        };
        Ok(Command::Correct(Box::new(self.completed(correction))))
    }

    fn clock(&self) -> &Clock {
        &self.game.clock
    }

    fn game_millis(&self) -> Option<u32> {
        self.clock().game.as_ref().map(|clock| clock.millis)
    }

    /// Adds what a correction leaves to what is shown, so that it says by itself what is so.
    fn completed(&self, mut said: Correction) -> Correction {
        let clock = self.clock();
        if said.clock.is_some() && said.running.is_none() {
            said.running = Some(clock.game.as_ref().is_some_and(|clock| clock.running));
        }
        if said.running.is_some() && said.clock.is_none() {
            said.clock = self.game_millis().map(TimeLeft);
        }
        let holds_shot_clock = self.state.held().iter().any(|held| held.fact == "shot_clock");
        if said.clock.is_some() && said.shot_clock.is_none() && holds_shot_clock {
            // It goes on from where it stands, whatever becomes of the game clock.
            said.shot_clock = clock.shot.as_ref().map(|shot| ShotClockSaid::Left(TimeLeft(shot.millis)));
        }
        if matches!(said.shot_clock, Some(ShotClockSaid::Left(_))) {
            let at = said.shot_clock_at.or(said.clock);
            said.shot_clock_at = at.or_else(|| self.game_millis().map(TimeLeft));
        }
        said
    }

    fn adjusted(&self, by: &Adjustment) -> Result<Correction, Refused> {
        let mut said = Correction::default();
        for side in Side::BOTH {
            let (shown, by, team) = (self.game.team(side), by.team(side), said.team_mut(side));
            let changed =
                |shown: Option<u32>, by: i32| (by != 0).then(|| shown.unwrap_or_default().saturating_add_signed(by));
            team.score = changed(shown.score, by.score);
            team.fouls = changed(shown.fouls, by.fouls);
            team.timeouts = changed(shown.timeouts, by.timeouts);
        }
        let moved = |shown: Option<u32>, by_s: f64| {
            let millis = f64::from(shown?) + by_s * 1_000.0;
            Some(TimeLeft(millis.round().clamp(0.0, f64::from(MOST_TIME_LEFT.0)) as u32))
        };
        if by.clock_s != 0.0 {
            said.clock = Some(moved(self.game_millis(), by.clock_s).ok_or(Refused::NoClock)?);
        }
        if by.shot_clock_s != 0.0 {
            let shot = self.clock().shot.as_ref().map(|shot| shot.millis);
            said.shot_clock = Some(ShotClockSaid::Left(moved(shot, by.shot_clock_s).ok_or(Refused::NoClock)?));
        }
        if said.is_empty() { Err(Refused::Nothing) } else { Ok(said) }
    }

    fn clock_that(&self, runs: impl Fn(bool) -> bool) -> Result<Correction, Refused> {
        let clock = self.clock().game.as_ref().ok_or(Refused::NoClock)?;
        let running = runs(clock.running);
        Ok(Correction { clock: Some(TimeLeft(clock.millis)), running: Some(running), ..Correction::default() })
    }

    fn next_period(&self) -> Result<Correction, Refused> {
        let shown = self.clock().period.as_ref();
        let label = || shown.map(|period| period.label.clone()).unwrap_or_default();
        let next = self.rules.after(shown).ok_or_else(|| Refused::NoNextPeriod(label()))?;
        let mut said = self.at_the_beginning_of(&next);
        for side in Side::BOTH {
            said.team_mut(side).fouls = self.game.team(side).fouls.map(|_| 0);
            said.team_mut(side).bonus = self.game.team(side).bonus.map(|_| false);
        }
        if self.clock().shot.is_some() {
            said.shot_clock = self.full_shot_clock().ok();
        }
        Ok(said)
    }

    fn beginning(&self) -> Correction {
        let mut said = self.at_the_beginning_of(&self.rules.first_period());
        for side in Side::BOTH {
            let team = said.team_mut(side);
            (team.score, team.fouls, team.bonus) = (Some(0), Some(0), Some(false));
            team.timeouts = Some(self.rules.timeouts);
        }
        said.shot_clock = self.full_shot_clock().ok();
        said
    }

    fn at_the_beginning_of(&self, period: &Period) -> Correction {
        let clock = self.rules.length_millis(period).map(TimeLeft);
        let running = clock.map(|_| false);
        Correction { period: Some(period.label.clone()), clock, running, ..Correction::default() }
    }

    fn full_shot_clock(&self) -> Result<ShotClockSaid, Refused> {
        let millis = self.rules.shot_clock_millis.ok_or(Refused::NoShotClock)?;
        Ok(ShotClockSaid::Left(TimeLeft(millis)))
    }
}

#[cfg(test)]
mod tests;
