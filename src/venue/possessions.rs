//! The attacks of a game: who had the ball from which fact to which, and what came of it.
//!
//! In: the facts and the situations between them. Out: possessions in order, and their sums by type. Pure.
//!
//! A side's shots, free throws and turnovers always lie in possessions of its own, so that the sum of its possessions is
//! its score. Two free throws and a basket with a foul are one possession; so are an offensive foul and its turnover.

use std::ops::{AddAssign, Range};

use super::course::Situation;
use super::script::{Fact, Play};
use super::tally::Deed;
use super::zones;
use crate::ids::Side;

/// One attack. Its facts are consecutive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Possession {
    pub side: Side,
    pub period: u8,
    /// Milliseconds since tip-off at which the side got the ball.
    pub start_ms: u64,
    pub facts: Range<usize>,
    pub kind: Kind,
}

/// What the vendor groups possessions by, as far as a script can tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A fast break.
    Transition,
    /// Set play that came to the paint. Ball reversals take tracking to count: there are none.
    PaintTouch,
    /// Set play that did not.
    Outside,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Transition, Kind::PaintTouch, Kind::Outside];

    /// The vendor's word.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Transition => "TRANSITION",
            Kind::PaintTouch => "PT1_BR0",
            Kind::Outside => "PT0_BR0",
        }
    }
}

/// Sums over possessions. All additive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    pub possessions: i32,
    pub points: i32,
    pub two_made: i32,
    pub two_tried: i32,
    pub three_made: i32,
    pub three_tried: i32,
    pub turnovers: i32,
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Sum) {
        self.possessions += other.possessions;
        self.points += other.points;
        self.two_made += other.two_made;
        self.two_tried += other.two_tried;
        self.three_made += other.three_made;
        self.three_tried += other.three_tried;
        self.turnovers += other.turnovers;
    }
}

impl Possession {
    /// What the first `facts` facts of the game brought to it; `deeds` are those of every fact.
    pub fn sum(&self, deeds: &[Vec<Deed>], facts: usize) -> Sum {
        let told = self.facts.start.min(facts)..self.facts.end.min(facts);
        let mut sum = Sum { possessions: i32::from(!told.is_empty()), ..Sum::default() };
        for deed in deeds[told].iter().flatten().filter(|deed| deed.actor.side == self.side) {
            sum.points += deed.line.points();
            sum.two_made += deed.line.fg2_made;
            sum.two_tried += deed.line.fg2_tried;
            sum.three_made += deed.line.fg3_made;
            sum.three_tried += deed.line.fg3_tried;
            sum.turnovers += deed.line.turnovers();
        }
        sum
    }
}

/// The possessions of a game; `situations` has one more element than `facts`, see [`super::course::Course`].
pub fn possessions(facts: &[Fact], situations: &[Situation]) -> Vec<Possession> {
    let mut done: Vec<Possession> = Vec::new();
    let mut open: Option<Possession> = None;
    for (index, fact) in facts.iter().enumerate() {
        let attacks = attacker(fact);
        if open.as_ref().is_some_and(|open| open.period != fact.period || attacks.is_some_and(|side| side != open.side))
        {
            done.extend(open.take());
        }
        if open.is_none() {
            let holder = attacks.or(situations[index].possession);
            open = holder.map(|side| begin(side, index, facts));
        }
        let Some(current) = &mut open else { continue };
        current.facts.end = index + 1;
        let lost = situations[index + 1].possession.is_some_and(|side| side != current.side);
        let ends = matches!(fact.play, Play::PeriodEnd | Play::Final);
        if ends || lost && !goes_on(current.side, index, facts) {
            done.extend(open.take());
        }
    }
    done.extend(open);
    for possession in &mut done {
        possession.kind = kind(&facts[possession.facts.clone()]);
    }
    done
}

fn begin(side: Side, index: usize, facts: &[Fact]) -> Possession {
    let fact = &facts[index];
    let before = index.checked_sub(1).map(|before| &facts[before]).filter(|before| before.period == fact.period);
    let start_ms = before.map_or(fact.at_ms, |before| before.at_ms);
    Possession { side, period: fact.period, start_ms, facts: index..index + 1, kind: Kind::Outside }
}

/// The side that must have the ball for this to happen.
fn attacker(fact: &Fact) -> Option<Side> {
    match &fact.play {
        Play::Shot(shot) => Some(shot.by.side),
        Play::FreeThrow { by, .. } => Some(by.side),
        Play::Turnover { by, .. } => Some(by.side),
        _ => None,
    }
}

/// Whether more of the same attack follows at the same clock: the free throw after a basket, the turnover of a foul.
fn goes_on(side: Side, index: usize, facts: &[Fact]) -> bool {
    let clock = |fact: &Fact| (fact.period, fact.clock_ms);
    let rest = facts[index + 1..].iter().take_while(|fact| clock(fact) == clock(&facts[index]));
    rest.filter_map(attacker).next() == Some(side)
}

fn kind(facts: &[Fact]) -> Kind {
    let paint = |fact: &Fact| match &fact.play {
        Play::Shot(shot) => fact.has_mark("pointsinthepaint") || zones::zone(shot) == 1,
        _ => false,
    };
    if facts.iter().any(|fact| fact.has_mark("fastbreak")) {
        Kind::Transition
    } else if facts.iter().any(paint) {
        Kind::PaintTouch
    } else {
        Kind::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venue::course::Course;
    use crate::venue::script::{Script, side_index};

    #[test]
    fn every_point_lies_in_a_possession_of_the_side_that_scored_it() {
        let course = Course::of(Script::builtin());
        let facts = course.facts().len();
        let mut points = [0; 2];
        for possession in &course.possessions {
            points[side_index(possession.side)] += possession.sum(&course.deeds, facts).points;
        }
        assert_eq!(points, [125, 99]);
    }

    #[test]
    fn possessions_follow_one_another_and_are_as_many_for_both_sides() {
        let course = Course::of(Script::builtin());
        assert!(course.possessions.windows(2).all(|pair| pair[0].facts.end <= pair[1].facts.start));
        let count = |side| course.possessions.iter().filter(|possession| possession.side == side).count();
        let (home, away) = (count(Side::Home), count(Side::Away));
        // Sides take turns; two more or less a quarter come from jump balls and period ends.
        assert!(home.abs_diff(away) <= 8, "{home} {away}");
        assert!((95..130).contains(&home), "{home}");
    }

    #[test]
    fn two_free_throws_are_one_possession() {
        let course = Course::of(Script::builtin());
        let throws = course.facts().iter().position(|fact| matches!(fact.play, Play::FreeThrow { of: 2, .. })).unwrap();
        let holds = |possession: &&Possession| possession.facts.contains(&throws);
        let possession = course.possessions.iter().find(holds).unwrap();
        assert!(possession.facts.contains(&(throws + 1)), "{possession:?}");
        assert_eq!(possession.sum(&course.deeds, course.facts().len()).points, 2);
    }
}
