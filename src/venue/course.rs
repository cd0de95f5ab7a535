//! A script worked out: what the game stands at after each fact, and the statistics after any number of them.
//!
//! In: a script. Out: clocks, situations, books. Pure; built once and shared by both servers.

use std::collections::BTreeMap;
use std::ops::{AddAssign, RangeInclusive};
use std::sync::Arc;

use super::clock::{ClockTrack, played_ms};
use super::possessions::{Kind, Possession, Sum as PossessionSum, possessions};
use super::script::{Actor, Fact, Play, Script, Who, side_index};
use super::tally::{Deed, Line, deeds};
use crate::ids::Side;

/// The state of the game, all but the clock, at one moment. Pairs are home, away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Situation {
    pub period: u8,
    pub score: [u32; 2],
    /// Team fouls of the period; offensive fouls are none.
    pub fouls: [u8; 2],
    late_fouls: [u8; 2],
    /// Whether the side shoots free throws for every further foul of the other.
    pub bonus: [bool; 2],
    pub timeouts: [u8; 2],
    period_timeouts: u8,
    /// Indices into the team's players, five once the starters are on.
    pub on_court: [Vec<usize>; 2],
    /// The side with the ball; `None` while it is loose.
    pub possession: Option<Side>,
}

/// The league gives seven.
const TIMEOUTS: u8 = 7;
/// Of which at most four in the fourth quarter, and two an overtime.
const LAST_QUARTER_TIMEOUTS: u8 = 4;
const OVERTIME_TIMEOUTS: u8 = 2;
/// At most two after three minutes, from the quarter's second mandatory timeout on.
const LATE_TIMEOUTS: u8 = 2;
const LATE_TIMEOUTS_MS: u32 = 180_000;
/// The second foul in the last two minutes of a period gives the bonus, too.
const LATE_FOULS_MS: u32 = 120_000;

impl Situation {
    fn before(script: &Script) -> Situation {
        let starters = |side: usize| {
            let players = script.teams[side].players.iter().enumerate();
            players.filter(|(_, player)| player.starter).map(|(index, _)| index).collect()
        };
        Situation {
            period: 1,
            score: [0; 2],
            fouls: [0; 2],
            late_fouls: [0; 2],
            bonus: [false; 2],
            timeouts: [TIMEOUTS; 2],
            period_timeouts: 0,
            on_court: [starters(0), starters(1)],
            possession: None,
        }
    }

    fn apply(&mut self, fact: &Fact) {
        if fact.period != self.period {
            self.begin(fact.period);
        }
        match &fact.play {
            Play::Jump { to, .. } => self.possession = Some(*to),
            Play::Shot(shot) => {
                self.score[side_index(shot.by.side)] += shot.points();
                self.possession = shot.made.then(|| shot.by.side.other());
            }
            Play::FreeThrow { by, made, number, of } => {
                self.score[side_index(by.side)] += u32::from(*made);
                self.possession = match (number == of, made) {
                    (false, _) => Some(by.side),
                    (true, true) => Some(by.side.other()),
                    (true, false) => None,
                };
            }
            Play::Rebound { by, .. } => self.possession = Some(by.side),
            Play::Foul { by, kind, .. } => {
                self.possession = Some(by.side.other());
                if kind != "offensive" {
                    self.foul(by.side, fact);
                }
            }
            Play::Turnover { by, .. } => self.possession = Some(by.side.other()),
            Play::Sub { side, out, on } => {
                let court = &mut self.on_court[side_index(*side)];
                court.retain(|index| !out.contains(index));
                court.extend(on);
            }
            Play::Timeout { side } => {
                let left = &mut self.timeouts[side_index(*side)];
                *left = left.saturating_sub(1);
                self.period_timeouts += 1;
            }
            Play::Ice(play) => self.score[side_index(play.by().side)] += play.goals(),
            Play::PeriodStart | Play::PeriodEnd | Play::Final | Play::Stoppage { .. } | Play::Violation { .. } => {}
        }
        if fact.period == 4 && fact.clock_ms <= LATE_TIMEOUTS_MS && self.period_timeouts >= 2 {
            self.timeouts = self.timeouts.map(|left| left.min(LATE_TIMEOUTS));
        }
    }

    fn begin(&mut self, period: u8) {
        self.period = period;
        (self.fouls, self.late_fouls, self.bonus, self.period_timeouts) = ([0; 2], [0; 2], [false; 2], 0);
        self.timeouts = match period {
            4 => self.timeouts.map(|left| left.min(LAST_QUARTER_TIMEOUTS)),
            5.. => [OVERTIME_TIMEOUTS; 2],
            _ => self.timeouts,
        };
    }

    fn foul(&mut self, side: Side, fact: &Fact) {
        let index = side_index(side);
        self.fouls[index] += 1;
        self.late_fouls[index] += u8::from(fact.clock_ms <= LATE_FOULS_MS);
        let limit = if fact.period <= 4 { 5 } else { 4 };
        self.bonus[1 - index] |= self.fouls[index] >= limit || self.late_fouls[index] >= 2;
    }
}

/// Statistics by period and actor.
#[derive(Clone, Debug)]
pub struct Book {
    /// Index 0 is the first period; `[side]` holds one line a player and then the team's own.
    pub periods: Vec<[Vec<Line>; 2]>,
    /// By period and the five, sorted.
    pub lineups: [BTreeMap<(u8, Vec<usize>), Lineup>; 2],
}

/// What happened while five were on the court. All additive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lineup {
    pub scored: u32,
    pub allowed: u32,
    pub fg_made: i32,
    pub fg_tried: i32,
    pub turnovers: i32,
    pub rebounds: i32,
    pub rebounds_allowed: i32,
    /// Attacks that ended.
    pub possessions: i32,
    pub possessions_allowed: i32,
}

impl AddAssign for Lineup {
    fn add_assign(&mut self, other: Lineup) {
        self.scored += other.scored;
        self.allowed += other.allowed;
        self.fg_made += other.fg_made;
        self.fg_tried += other.fg_tried;
        self.turnovers += other.turnovers;
        self.rebounds += other.rebounds;
        self.rebounds_allowed += other.rebounds_allowed;
        self.possessions += other.possessions;
        self.possessions_allowed += other.possessions_allowed;
    }
}

impl Book {
    fn empty(script: &Script, periods: usize) -> Book {
        let lines = || [0, 1].map(|side| vec![Line::default(); script.teams[side].players.len() + 1]);
        Book { periods: (0..periods).map(|_| lines()).collect(), lineups: Default::default() }
    }

    /// The line of an actor over some periods, from 1; periods that have not begun count nothing.
    pub fn line(&self, actor: Actor, periods: std::ops::RangeInclusive<u8>) -> Line {
        let lines = self.periods.iter().zip(1u8..).filter(|(_, period)| periods.contains(period));
        lines.fold(Line::default(), |sum, (sides, _)| sum + sides[side_index(actor.side)][place(sides, actor)])
    }

    /// The line of a whole team: its players and its own.
    pub fn team(&self, side: Side, periods: std::ops::RangeInclusive<u8>) -> Line {
        let lines = self.periods.iter().zip(1u8..).filter(|(_, period)| periods.contains(period));
        let mut sum = Line::default();
        lines.flat_map(|(sides, _)| &sides[side_index(side)]).for_each(|line| sum += *line);
        sum.plus_minus /= 5;
        sum
    }

    fn add(&mut self, period: u8, actor: Actor, line: Line) {
        let sides = &mut self.periods[usize::from(period) - 1];
        let place = place(sides, actor);
        sides[side_index(actor.side)][place] += line;
    }
}

fn place(sides: &[Vec<Line>; 2], actor: Actor) -> usize {
    actor.player.unwrap_or(sides[side_index(actor.side)].len() - 1)
}

/// A script with all that follows from it.
#[derive(Debug)]
pub struct Course {
    pub script: Arc<Script>,
    /// The clocks as they were shown: a correction of a shot does not touch them.
    pub clock: Arc<ClockTrack>,
    /// Index `n` is the situation after the first `n` facts.
    situations: Vec<Situation>,
    /// Of each fact.
    pub deeds: Vec<Vec<Deed>>,
    pub possessions: Vec<Possession>,
}

impl Course {
    pub fn of(script: Arc<Script>) -> Course {
        let clock = Arc::new(ClockTrack::of(&script));
        Course::with(script, clock)
    }

    /// The course of a corrected script: all is counted anew, but the clocks stay as they were shown.
    pub fn corrected(&self, script: Script) -> Course {
        Course::with(Arc::new(script), self.clock.clone())
    }

    fn with(script: Arc<Script>, clock: Arc<ClockTrack>) -> Course {
        let mut situation = Situation::before(&script);
        let mut situations = vec![situation.clone()];
        for fact in &script.facts {
            situation.apply(fact);
            situations.push(situation.clone());
        }
        let possessions = possessions(&script.facts, &situations);
        let deeds = script.facts.iter().map(deeds).collect();
        Course { clock, situations, deeds, possessions, script }
    }

    /// The fact with an id.
    pub fn position(&self, id: u32) -> Option<usize> {
        self.facts().iter().position(|fact| fact.id == id)
    }

    pub fn facts(&self) -> &[Fact] {
        &self.script.facts
    }

    /// How many facts have happened `ms` after tip-off, those of that moment included.
    pub fn facts_at(&self, ms: u64) -> usize {
        self.facts().partition_point(|fact| fact.at_ms <= ms)
    }

    /// The situation after the first `facts` facts.
    pub fn situation(&self, facts: usize) -> &Situation {
        &self.situations[facts.min(self.situations.len() - 1)]
    }

    /// Milliseconds from tip-off to the last fact.
    pub fn end_ms(&self) -> u64 {
        self.facts().last().map_or(0, |fact| fact.at_ms)
    }

    /// The book before the first fact.
    pub fn new_book(&self) -> Book {
        let periods = self.facts().last().map_or(1, |fact| fact.period);
        Book::empty(&self.script, usize::from(periods))
    }

    /// Enters fact number `index` (from 0) into a book that holds all before it.
    pub fn enter(&self, book: &mut Book, index: usize) {
        let fact = &self.facts()[index];
        for deed in &self.deeds[index] {
            book.add(fact.period, deed.actor, deed.line);
        }
        let before = self.situation(index);
        self.enter_minutes(book, index, before);
        let after = self.situation(index + 1);
        for side in Side::BOTH {
            let mut change = self.lineup_change(index, side);
            let gained = |side: Side| after.score[side_index(side)] - before.score[side_index(side)];
            (change.scored, change.allowed) = (gained(side), gained(side.other()));
            if change == Lineup::default() {
                continue;
            }
            let plus_minus = change.scored as i32 - change.allowed as i32;
            let mut five = self.situation(self.credited(index)).on_court[side_index(side)].clone();
            for &index in &five {
                let actor = Actor { side, player: Some(index) };
                book.add(fact.period, actor, Line { plus_minus, ..Line::default() });
            }
            five.sort_unstable();
            *book.lineups[side_index(side)].entry((fact.period, five)).or_default() += change;
        }
    }

    /// What a fact adds to the line-up of a side, but for the points.
    fn lineup_change(&self, index: usize, side: Side) -> Lineup {
        let mut change = Lineup::default();
        for deed in &self.deeds[index] {
            if deed.actor.side == side {
                change.fg_made += deed.line.fg_made();
                change.fg_tried += deed.line.fg_tried();
                change.turnovers += deed.line.turnovers();
                change.rebounds += deed.line.rebounds();
            } else {
                change.rebounds_allowed += deed.line.rebounds();
            }
        }
        if let Some(possession) = self.possession_ending_at(index) {
            let own = possession.side == side;
            (change.possessions, change.possessions_allowed) = (i32::from(own), i32::from(!own));
        }
        change
    }

    /// What a side's possessions of a kind (all when `None`) brought in some periods, over the first `facts` facts.
    pub fn possession_sum(
        &self,
        side: Side,
        kind: Option<Kind>,
        periods: &RangeInclusive<u8>,
        facts: usize,
    ) -> PossessionSum {
        let of = self.possessions.iter().filter(|possession| {
            possession.side == side
                && periods.contains(&possession.period)
                && kind.is_none_or(|kind| kind == possession.kind)
        });
        let mut sum = PossessionSum::default();
        of.for_each(|possession| sum += possession.sum(&self.deeds, facts));
        sum
    }

    /// The possession that a fact belongs to.
    pub fn possession_of(&self, fact: usize) -> Option<&Possession> {
        let next = self.possessions.partition_point(|possession| possession.facts.start <= fact);
        let possession = &self.possessions[next.checked_sub(1)?];
        possession.facts.contains(&fact).then_some(possession)
    }

    /// The possession whose last fact it is.
    pub fn possession_ending_at(&self, fact: usize) -> Option<&Possession> {
        self.possession_of(fact).filter(|possession| possession.facts.end == fact + 1)
    }

    /// The number of facts after which those were on the court whom a score counts for: points of free throws belong to
    /// those who were on it at the foul, whoever came on between the throws.
    fn credited(&self, index: usize) -> usize {
        let fact = &self.facts()[index];
        let earlier = self.facts()[..index].iter().enumerate().rev();
        let same_stop = earlier.take_while(|(_, have)| (have.period, have.clock_ms) == (fact.period, fact.clock_ms));
        let mut fouls = same_stop.filter(|(_, have)| matches!(have.play, Play::Foul { throws: 1.., .. }));
        match fact.play {
            Play::FreeThrow { .. } => fouls.next().map_or(index, |(foul, _)| foul),
            _ => index,
        }
    }

    /// The time since the fact before, for those who were on the court.
    fn enter_minutes(&self, book: &mut Book, index: usize, before: &Situation) {
        let fact = &self.facts()[index];
        let Some(last) = index.checked_sub(1).map(|last| &self.facts()[last]) else { return };
        let lost_ms = played_ms(fact.period, fact.clock_ms).saturating_sub(played_ms(last.period, last.clock_ms));
        if lost_ms == 0 {
            return;
        }
        for side in Side::BOTH {
            for &player in &before.on_court[side_index(side)] {
                let line = Line { played_ms: lost_ms as i64, ..Line::default() };
                book.add(fact.period, Who { side, index: player }.into(), line);
            }
        }
    }

    /// The book after the first `facts` facts.
    pub fn book(&self, facts: usize) -> Book {
        let mut book = self.new_book();
        (0..facts.min(self.facts().len())).for_each(|index| self.enter(&mut book, index));
        book
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> Course {
        Course::of(Script::builtin())
    }

    #[test]
    fn the_bonus_comes_with_the_fifth_foul_as_the_league_marked_it() {
        let course = built_in();
        let mut marked = 0;
        for (index, fact) in course.facts().iter().enumerate() {
            let Play::Foul { by, .. } = &fact.play else { continue };
            let bonus = course.situation(index + 1).bonus[side_index(by.side.other())];
            if fact.has_mark("inpenalty") {
                assert!(bonus, "{fact:?}");
                marked += 1;
            }
        }
        assert_eq!(marked, 8);
        assert_eq!(course.situation(course.facts().len()).bonus, [false, true]);
    }

    #[test]
    fn two_timeouts_are_left_to_each_side_at_the_end() {
        let course = built_in();
        assert_eq!(course.situation(course.facts().len()).timeouts, [2, 2]);
    }

    #[test]
    fn five_a_side_are_on_the_court_throughout() {
        let course = built_in();
        for situation in &course.situations {
            assert_eq!(situation.on_court.each_ref().map(Vec::len), [5, 5]);
        }
    }

    #[test]
    fn a_team_plays_five_times_48_minutes() {
        let course = built_in();
        let book = course.book(course.facts().len());
        for side in Side::BOTH {
            assert_eq!(book.team(side, 1..=4).played_ms, 5 * 48 * 60_000);
        }
    }
}
