//! What a fact gives to whom: every statistic of the venue is a sum of these deeds, so that no two messages can disagree.
//!
//! Pure.

use std::ops::{Add, AddAssign};

use super::script::{Actor, Fact, Play, Shot};

/// Counted statistics of a player, a team, or of a part of a game. All additive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Line {
    pub fg2_made: i32,
    pub fg2_tried: i32,
    pub fg3_made: i32,
    pub fg3_tried: i32,
    pub ft_made: i32,
    pub ft_tried: i32,
    pub offensive_rebounds: i32,
    pub defensive_rebounds: i32,
    pub assists: i32,
    pub steals: i32,
    pub blocks: i32,
    pub live_turnovers: i32,
    pub dead_turnovers: i32,
    pub fouls: i32,
    pub fouls_drawn: i32,
    pub paint_points: i32,
    pub second_chance_points: i32,
    pub turnover_points: i32,
    pub plus_minus: i32,
    /// Milliseconds on the court, the clock running.
    pub played_ms: i64,
}

impl Line {
    pub fn points(&self) -> i32 {
        2 * self.fg2_made + 3 * self.fg3_made + self.ft_made
    }

    pub fn rebounds(&self) -> i32 {
        self.offensive_rebounds + self.defensive_rebounds
    }

    pub fn turnovers(&self) -> i32 {
        self.live_turnovers + self.dead_turnovers
    }

    pub fn fg_made(&self) -> i32 {
        self.fg2_made + self.fg3_made
    }

    pub fn fg_tried(&self) -> i32 {
        self.fg2_tried + self.fg3_tried
    }
}

impl AddAssign for Line {
    fn add_assign(&mut self, other: Line) {
        self.fg2_made += other.fg2_made;
        self.fg2_tried += other.fg2_tried;
        self.fg3_made += other.fg3_made;
        self.fg3_tried += other.fg3_tried;
        self.ft_made += other.ft_made;
        self.ft_tried += other.ft_tried;
        self.offensive_rebounds += other.offensive_rebounds;
        self.defensive_rebounds += other.defensive_rebounds;
        self.assists += other.assists;
        self.steals += other.steals;
        self.blocks += other.blocks;
        self.live_turnovers += other.live_turnovers;
        self.dead_turnovers += other.dead_turnovers;
        self.fouls += other.fouls;
        self.fouls_drawn += other.fouls_drawn;
        self.paint_points += other.paint_points;
        self.second_chance_points += other.second_chance_points;
        self.turnover_points += other.turnover_points;
        self.plus_minus += other.plus_minus;
        self.played_ms += other.played_ms;
    }
}

impl Add for Line {
    type Output = Line;
    fn add(mut self, other: Line) -> Line {
        self += other;
        self
    }
}

/// One statistic event of one actor.
#[derive(Clone, PartialEq, Debug)]
pub struct Deed {
    pub actor: Actor,
    /// In ShotTracker's words.
    pub classification: &'static str,
    pub line: Line,
}

/// The deeds of a fact, the main one first; empty for facts that count for nobody.
pub fn deeds(fact: &Fact) -> Vec<Deed> {
    let deed = |actor: Actor, classification, line| Deed { actor, classification, line };
    let one = |set: fn(&mut Line) -> &mut i32| {
        let mut line = Line::default();
        *set(&mut line) = 1;
        line
    };
    match &fact.play {
        Play::Shot(shot) => {
            let mut deeds = vec![deed(shot.by.into(), shot_classification(shot), shot_line(fact, shot))];
            deeds.extend(shot.assist.map(|who| deed(who.into(), "ASSIST", one(|line| &mut line.assists))));
            deeds.extend(shot.block.map(|who| deed(who.into(), "BLOCK", one(|line| &mut line.blocks))));
            deeds
        }
        Play::FreeThrow { by, made, .. } => {
            let mut line = Line { ft_tried: 1, ft_made: i32::from(*made), ..Line::default() };
            mark_points(fact, &mut line);
            vec![deed((*by).into(), if *made { "FREE_THROW_MAKE" } else { "FREE_THROW_MISS" }, line)]
        }
        Play::Rebound { by, offensive: true } => {
            vec![deed(*by, "OFFENSIVE_REBOUND", one(|line| &mut line.offensive_rebounds))]
        }
        Play::Rebound { by, offensive: false } => {
            vec![deed(*by, "DEFENSIVE_REBOUND", one(|line| &mut line.defensive_rebounds))]
        }
        Play::Foul { by, kind, drawn, .. } => {
            let classification = if kind == "offensive" { "OFFENSIVE_FOUL" } else { "PERSONAL_FOUL" };
            let mut deeds = vec![deed((*by).into(), classification, one(|line| &mut line.fouls))];
            deeds.extend(drawn.map(|who| deed(who.into(), "FOUL_DRAWN", one(|line| &mut line.fouls_drawn))));
            deeds
        }
        Play::Turnover { by, steal: None, .. } => {
            vec![deed(*by, "DEAD_BALL_TURNOVER", one(|line| &mut line.dead_turnovers))]
        }
        Play::Turnover { by, steal: Some(who), .. } => vec![
            deed(*by, "LIVE_BALL_TURNOVER", one(|line| &mut line.live_turnovers)),
            deed((*who).into(), "STEAL", one(|line| &mut line.steals)),
        ],
        _ => Vec::new(),
    }
}

fn shot_classification(shot: &Shot) -> &'static str {
    match (shot.three, shot.made) {
        (false, false) => "TWO_POINT_MISS",
        (false, true) => "TWO_POINT_MAKE",
        (true, false) => "THREE_POINT_MISS",
        (true, true) => "THREE_POINT_MAKE",
    }
}

fn shot_line(fact: &Fact, shot: &Shot) -> Line {
    let mut line = Line::default();
    let (made, tried) =
        if shot.three { (&mut line.fg3_made, &mut line.fg3_tried) } else { (&mut line.fg2_made, &mut line.fg2_tried) };
    (*made, *tried) = (i32::from(shot.made), 1);
    mark_points(fact, &mut line);
    line
}

/// Points by their kind, as the league marks them.
fn mark_points(fact: &Fact, line: &mut Line) {
    let points = line.points();
    let when = |mark| if fact.has_mark(mark) { points } else { 0 };
    line.paint_points = when("pointsinthepaint");
    line.second_chance_points = when("2ndchance");
    line.turnover_points = when("fromturnover");
}
