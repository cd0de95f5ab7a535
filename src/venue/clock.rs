//! The game clock and the shot clock of a script, as functions of the time since tip-off.
//!
//! In: the facts. Out: what both clocks show at any millisecond, and when the clock starts, stops or changes period.
//! Pure. Between two facts of a period the clock stands first and then runs, exactly as fast as time, so that it shows the
//! second fact's clock at the second fact's time.

use super::script::{Fact, Play, Script, period_length_ms};

/// What the scorer's table shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reading {
    pub period: u8,
    /// Milliseconds left in the period.
    pub game_ms: u32,
    pub running: bool,
    /// Milliseconds left to shoot; `None` when the shot clock is off.
    pub shot_ms: Option<u32>,
}

/// Both clocks over a whole game.
#[derive(Debug)]
pub struct ClockTrack {
    runs: Vec<Run>,
    resets: Vec<Reset>,
}

/// From `from_ms` on, until the next run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    from_ms: u64,
    period: u8,
    clock_ms: u32,
    running: bool,
}

impl Run {
    fn at(&self, ms: u64) -> u32 {
        let elapsed = if self.running { ms.saturating_sub(self.from_ms) } else { 0 };
        self.clock_ms.saturating_sub(u32::try_from(elapsed).unwrap_or(u32::MAX))
    }
}

/// The shot clock is set to `to_ms` and starts once the game clock has lost `hold_ms`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Reset {
    from_ms: u64,
    period: u8,
    clock_ms: u32,
    to_ms: u32,
    hold_ms: u32,
}

const FULL_MS: u32 = 24_000;
/// After an offensive rebound, and at least this after a defensive foul.
const SHORT_MS: u32 = 14_000;
/// Until the ball is touched after a basket.
const INBOUND_MS: u32 = 2_000;
/// What an attack has left at the least when it ends: a script has no shot-clock times, and the ones derived here must
/// not expire where the real one did not.
const LEAST_LEFT_MS: u32 = 300;

impl ClockTrack {
    pub fn of(script: &Script) -> ClockTrack {
        ClockTrack { runs: runs(&script.facts), resets: resets(&script.facts) }
    }

    /// What the clocks show `ms` after tip-off.
    pub fn at(&self, ms: u64) -> Reading {
        let index = self.runs.partition_point(|run| run.from_ms <= ms);
        let run = self.runs[index.saturating_sub(1)];
        let game_ms = run.at(ms);
        let running = run.running && game_ms > 0;
        Reading { period: run.period, game_ms, running, shot_ms: self.shot_at(ms, run.period, game_ms) }
    }

    /// When, after `ms`, the clock next starts, stops or changes period; `None` after the last time.
    pub fn next_change(&self, ms: u64) -> Option<u64> {
        let index = self.runs.partition_point(|run| run.from_ms <= ms);
        self.runs.get(index).map(|run| run.from_ms)
    }

    /// The first moment at which the clock of `period` shows `clock_ms` or less; `None` if it never does.
    pub fn first_at(&self, period: u8, clock_ms: u32) -> Option<u64> {
        self.runs.iter().enumerate().find_map(|(index, run)| {
            if run.period != period {
                return (run.period > period).then_some(run.from_ms);
            }
            if run.clock_ms <= clock_ms {
                return Some(run.from_ms);
            }
            let at = run.from_ms + u64::from(run.clock_ms - clock_ms);
            let until = self.runs.get(index + 1).map_or(run.from_ms + u64::from(run.clock_ms), |next| next.from_ms);
            (run.running && at <= until).then_some(at)
        })
    }

    fn shot_at(&self, ms: u64, period: u8, game_ms: u32) -> Option<u32> {
        let index = self.resets.partition_point(|reset| reset.from_ms <= ms);
        let reset = self.resets[..index].last().filter(|reset| reset.period == period)?;
        if reset.clock_ms.saturating_sub(reset.hold_ms) < reset.to_ms {
            // Less time in the period than on the shot clock: it is switched off.
            return None;
        }
        let run_ms = (reset.clock_ms - game_ms.min(reset.clock_ms)).saturating_sub(reset.hold_ms);
        Some(reset.to_ms.saturating_sub(run_ms))
    }
}

fn runs(facts: &[Fact]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |run: Run| {
        match runs.last() {
            Some(last) if last.from_ms == run.from_ms => drop(runs.pop()),
            _ => {}
        }
        match runs.last() {
            // Nothing changes: the clock goes on as it did.
            Some(last)
                if last.period == run.period && last.running == run.running && last.at(run.from_ms) == run.clock_ms => {
            }
            _ => runs.push(run),
        }
    };
    for (index, fact) in facts.iter().enumerate() {
        push(Run { from_ms: fact.at_ms, period: fact.period, clock_ms: fact.clock_ms, running: false });
        let Some(next) = facts.get(index + 1).filter(|next| next.period == fact.period) else { continue };
        let lost_ms = fact.clock_ms - next.clock_ms;
        if lost_ms > 0 {
            let from_ms = next.at_ms - u64::from(lost_ms);
            push(Run { from_ms, period: fact.period, clock_ms: fact.clock_ms, running: true });
        }
    }
    runs
}

fn resets(facts: &[Fact]) -> Vec<Reset> {
    let mut resets: Vec<Reset> = Vec::new();
    for fact in facts {
        let reset = |to_ms, hold_ms| {
            Some(Reset { from_ms: fact.at_ms, period: fact.period, clock_ms: fact.clock_ms, to_ms, hold_ms })
        };
        let new = match &fact.play {
            Play::PeriodStart | Play::Jump { .. } | Play::Turnover { .. } => reset(FULL_MS, 0),
            Play::Rebound { .. } if fact.has_mark("deadball") => None,
            Play::Rebound { offensive: true, .. } => reset(SHORT_MS, 0),
            Play::Rebound { offensive: false, .. } => reset(FULL_MS, 0),
            Play::Shot(shot) if shot.made => reset(FULL_MS, INBOUND_MS),
            Play::FreeThrow { made: true, number, of, .. } if number == of => reset(FULL_MS, INBOUND_MS),
            Play::Foul { kind, throws: 0, .. } if kind != "offensive" => topped_up(resets.last(), fact),
            _ => None,
        };
        let Some(new) = new else { continue };
        if let Some(last) = resets.last_mut().filter(|last| last.period == new.period) {
            stretch(last, new.clock_ms);
        }
        resets.push(new);
    }
    resets
}

/// A defensive foul leaves the attack at least fourteen seconds.
fn topped_up(last: Option<&Reset>, fact: &Fact) -> Option<Reset> {
    let last = last.filter(|last| last.period == fact.period)?;
    let left = last.to_ms.saturating_sub((last.clock_ms - fact.clock_ms).saturating_sub(last.hold_ms));
    let to_ms = left.max(SHORT_MS);
    Some(Reset { from_ms: fact.at_ms, period: fact.period, clock_ms: fact.clock_ms, to_ms, hold_ms: 0 })
}

/// Starts a shot clock later, so that it has not expired when the attack ends at `end_clock_ms`.
fn stretch(reset: &mut Reset, end_clock_ms: u32) {
    let lasted_ms = reset.clock_ms - end_clock_ms;
    reset.hold_ms = reset.hold_ms.max((lasted_ms + LEAST_LEFT_MS).saturating_sub(reset.to_ms));
}

/// Milliseconds of play before a fact, over all periods; for distances and minutes.
pub fn played_ms(period: u8, clock_ms: u32) -> u64 {
    let before: u64 = (1..period).map(|period| u64::from(period_length_ms(false, period))).sum();
    before + u64::from(period_length_ms(false, period).saturating_sub(clock_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_finds_its_own_clock() {
        let script = Script::builtin();
        let track = ClockTrack::of(&script);
        for fact in &script.facts {
            let reading = track.at(fact.at_ms);
            assert_eq!((reading.period, reading.game_ms), (fact.period, fact.clock_ms), "{fact:?}");
        }
    }

    #[test]
    fn the_clock_never_counts_up_within_a_period_nor_jumps() {
        let track = ClockTrack::of(&Script::builtin());
        let mut last = track.at(0);
        for ms in (0..8_100_000).step_by(100) {
            let now = track.at(ms);
            if now.period == last.period {
                let lost = last.game_ms.checked_sub(now.game_ms);
                assert!(lost.is_some_and(|lost| lost <= 100), "{last:?} then {now:?}");
            }
            last = now;
        }
    }

    #[test]
    fn the_shot_clock_never_expires_and_is_off_under_its_own_length() {
        let track = ClockTrack::of(&Script::builtin());
        let (mut off, mut on) = (0, 0);
        for ms in (0..8_100_000).step_by(100) {
            let reading = track.at(ms);
            match reading.shot_ms {
                None => off += 1,
                Some(shot_ms) => {
                    assert!(shot_ms > 0 && shot_ms <= FULL_MS, "{reading:?}");
                    assert!(shot_ms <= reading.game_ms, "{reading:?}");
                    on += 1;
                }
            }
        }
        assert!(off > 1_000 && on > 40_000, "{off} {on}");
    }

    #[test]
    fn an_offensive_rebound_gives_fourteen_seconds() {
        let script = Script::builtin();
        let track = ClockTrack::of(&script);
        let offensive =
            |fact: &&Fact| matches!(fact.play, Play::Rebound { offensive: true, by } if by.player.is_some());
        let fact = script.facts.iter().find(offensive).unwrap();
        assert_eq!(track.at(fact.at_ms).shot_ms, Some(SHORT_MS));
    }

    #[test]
    fn a_position_is_found_where_the_clock_first_shows_it() {
        let track = ClockTrack::of(&Script::builtin());
        let at = track.first_at(2, 53_000).unwrap();
        assert_eq!((track.at(at).period, track.at(at).game_ms), (2, 53_000));
        assert!(track.at(at - 1).game_ms > 53_000);
        assert_eq!(track.first_at(7, 0), None);
    }
}
