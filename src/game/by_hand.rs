//! What an operator holds over all feeds, and how a game is run without any.
//!
//! In: corrections, releases and undos in journal order, with the instant at which each takes effect. Out: what is held
//! now, for `view` to show in place of what feeds say. Part of the fold, so that it survives a restart and is replayed.
//! Everything absolute: commands that depend on what is shown are turned into corrections before they reach the journal.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::command::{Correctable, Correction, ShotClockSaid, TeamCorrection};
use crate::ids::Side;
use crate::status;
use crate::time::Timestamp;

use super::clock::Clock;
use super::snapshot::{GameStatus, Period, PeriodKind};

/// How many corrections can be taken back, one after another.
const MOST_UNDONE: usize = 200;

/// What operators said, and what was so before.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct ByHand {
    pub(super) held: Held,
    /// Before each correction and release, oldest first.
    past: Vec<Held>,
}

/// A value, and since when the operator holds its fact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Fixed<T> {
    pub(super) value: T,
    since: Timestamp,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) home: HeldTeam,
    pub(super) away: HeldTeam,
    pub(super) period: Option<Fixed<Period>>,
    pub(super) clock: Option<Fixed<Clock>>,
    pub(super) shot_clock: Option<Fixed<HeldShotClock>>,
    /// Inner `None`: nobody has the ball.
    pub(super) possession: Option<Fixed<Option<Side>>>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct HeldTeam {
    pub(super) score: Option<Fixed<u32>>,
    pub(super) fouls: Option<Fixed<u32>>,
    pub(super) timeouts: Option<Fixed<u32>>,
    pub(super) bonus: Option<Fixed<bool>>,
}

/// A shot clock that runs with the game clock, whoever supplies that.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) enum HeldShotClock {
    Off,
    Left {
        millis: u32,
        /// What the game clock showed then; where nobody knew it the shot clock stands.
        game_millis: Option<u32>,
    },
}

impl HeldShotClock {
    /// What it shows when the game clock shows `game_millis`. Where that is more than it was, the game clock has been
    /// corrected or begun anew, and the shot clock has not run.
    pub(super) fn millis_at(self, game_millis: Option<u32>) -> Option<u32> {
        let HeldShotClock::Left { millis, game_millis: then } = self else { return None };
        let ran = then.zip(game_millis).map_or(0, |(then, now)| then.saturating_sub(now));
        Some(millis.saturating_sub(ran))
    }
}

/// Holds a value from now on; a fact that was held already has been held since then.
fn hold<T>(slot: &mut Option<Fixed<T>>, at: Timestamp, value: Option<T>) {
    if let Some(value) = value {
        let since = slot.as_ref().map_or(at, |known| known.since);
        *slot = Some(Fixed { value, since });
    }
}

pub(super) fn value<T: Clone>(slot: &Option<Fixed<T>>) -> Option<T> {
    slot.as_ref().map(|fixed| fixed.value.clone())
}

impl ByHand {
    /// Takes a correction that takes effect at `at`. A period that is none changes nothing.
    pub(super) fn correct(&mut self, at: Timestamp, said: &Correction) {
        self.remember();
        let held = &mut self.held;
        for side in Side::BOTH {
            let TeamCorrection { score, fouls, timeouts, bonus } = *said.team(side);
            let team = held.team_mut(side);
            hold(&mut team.score, at, score);
            hold(&mut team.fouls, at, fouls);
            hold(&mut team.timeouts, at, timeouts);
            hold(&mut team.bonus, at, bonus);
        }
        hold(&mut held.period, at, said.period.as_deref().and_then(Period::labelled));
        let known = value(&held.clock);
        let millis = said.clock.map(|time| time.0).or_else(|| known.as_ref()?.millis_at(at));
        let is_said = said.clock.is_some() || said.running.is_some();
        if let Some(millis) = millis.filter(|_| is_said) {
            let running = said.running.unwrap_or_else(|| known.is_some_and(|clock| clock.is_running()));
            hold(&mut held.clock, at, Some(Clock::by_hand(at, millis, running)));
        }
        let shot_clock = said.shot_clock.map(|said_so| match said_so {
            ShotClockSaid::Off => HeldShotClock::Off,
            ShotClockSaid::Left(time) => {
                HeldShotClock::Left { millis: time.0, game_millis: said.shot_clock_at.map(|time| time.0) }
            }
        });
        hold(&mut held.shot_clock, at, shot_clock);
        hold(&mut held.possession, at, said.possession.map(|ball| ball.side()));
    }

    /// Lets feeds tell these facts again; all of them when none is named.
    pub(super) fn release(&mut self, facts: &[Correctable]) {
        self.remember();
        if facts.is_empty() {
            self.held = Held::default();
        }
        for fact in facts {
            let Held { home, away, period, clock, shot_clock, possession } = &mut self.held;
            match fact {
                Correctable::Score => (home.score, away.score) = (None, None),
                Correctable::Fouls => (home.fouls, away.fouls) = (None, None),
                Correctable::Timeouts => (home.timeouts, away.timeouts) = (None, None),
                Correctable::Bonus => (home.bonus, away.bonus) = (None, None),
                Correctable::Period => *period = None,
                Correctable::Clock => *clock = None,
                Correctable::ShotClock => *shot_clock = None,
                Correctable::Possession => *possession = None,
            }
        }
    }

    /// Takes the last correction or release back; nothing where there is none.
    pub(super) fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            self.held = before;
        }
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    fn remember(&mut self) {
        if self.past.len() == MOST_UNDONE {
            self.past.remove(0);
        }
        self.past.push(self.held.clone());
    }
}

impl Held {
    pub(super) fn team(&self, side: Side) -> &HeldTeam {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }

    fn team_mut(&mut self, side: Side) -> &mut HeldTeam {
        match side {
            Side::Home => &mut self.home,
            Side::Away => &mut self.away,
        }
    }

    /// The status that a held period implies.
    pub(super) fn status(&self) -> Option<GameStatus> {
        self.period.as_ref().map(|period| match period.value.kind {
            PeriodKind::Pregame => GameStatus::Scheduled,
            PeriodKind::Halftime => GameStatus::Halftime,
            PeriodKind::Final => GameStatus::Complete,
            PeriodKind::Test => GameStatus::Test,
            _ => GameStatus::InProgress,
        })
    }

    /// The game clock at `now` and whether it runs: one that has run out does not.
    pub(super) fn clock_at(&self, now: Timestamp) -> Option<(u32, bool)> {
        let clock = &self.clock.as_ref()?.value;
        let millis = clock.millis_at(now)?;
        Some((millis, clock.is_running() && millis > 0))
    }

    /// What is held and since when, for the status: team facts first, each with its side.
    pub(super) fn told(&self) -> Vec<status::Held> {
        let mut told = Vec::new();
        for side in Side::BOTH {
            let HeldTeam { score, fouls, timeouts, bonus } = self.team(side);
            let since = [
                (Correctable::Score, score.as_ref().map(|fixed| fixed.since)),
                (Correctable::Fouls, fouls.as_ref().map(|fixed| fixed.since)),
                (Correctable::Timeouts, timeouts.as_ref().map(|fixed| fixed.since)),
                (Correctable::Bonus, bonus.as_ref().map(|fixed| fixed.since)),
            ];
            told.extend(since.into_iter().filter_map(|(fact, since)| row(fact, Some(side), since)));
        }
        let since = [
            (Correctable::Period, self.period.as_ref().map(|fixed| fixed.since)),
            (Correctable::Clock, self.clock.as_ref().map(|fixed| fixed.since)),
            (Correctable::ShotClock, self.shot_clock.as_ref().map(|fixed| fixed.since)),
            (Correctable::Possession, self.possession.as_ref().map(|fixed| fixed.since)),
        ];
        told.extend(since.into_iter().filter_map(|(fact, since)| row(fact, None, since)));
        told
    }
}

fn row(fact: Correctable, side: Option<Side>, since: Option<Timestamp>) -> Option<status::Held> {
    Some(status::Held { fact: fact.name(), side, since: since? })
}

impl super::GameState {
    /// Takes an operator's correction, in effect from `at`.
    pub fn correct(&mut self, at: Timestamp, said: &Correction) {
        Arc::make_mut(&mut self.by_hand).correct(at, said);
    }

    /// Lets feeds tell these facts again; all of them when none is named.
    pub fn release(&mut self, facts: &[Correctable]) {
        Arc::make_mut(&mut self.by_hand).release(facts);
    }

    /// Takes the last correction or release back.
    pub fn undo(&mut self) {
        Arc::make_mut(&mut self.by_hand).undo();
    }

    /// Whether there is a correction or a release to take back.
    pub fn can_undo(&self) -> bool {
        self.by_hand.can_undo()
    }

    /// Forgets everything that operators said.
    pub fn forget_corrections(&mut self) {
        self.by_hand = Arc::default();
    }

    /// Which facts operators hold, and since when.
    pub fn held(&self) -> Vec<status::Held> {
        self.by_hand.held.told()
    }
}

#[cfg(test)]
mod tests;
