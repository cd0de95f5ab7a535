//! A game as a script: who plays, and what happened when. The mock venue performs it; nothing else reads it.
//!
//! In: the text of a `.game` file. Out: a [`Script`], checked as a whole. Pure; no file, clock or socket.
//!
//! # The format
//!
//! UTF-8 text, one statement a line, blank lines and lines that start with `#` ignored. Words are separated by spaces and
//! most are `key=value`; an underscore in a value stands for a space. A player is written `home:30` (side and jersey
//! number as text, so that `0` and `00` differ), a team `home` or `away`.
//!
//! ```text
//! game id=0022000001 league=NBA season=REG scheduled=2020-12-23T00:00:00Z tipoff=2020-12-23T00:06:19Z
//!      arena=Barclays_Center city=Brooklyn shottracker=UUID sportradar=UUID        (one line)
//! team home code=BKN market=Brooklyn name=Nets color=#000000 basket=right shottracker=1610612751 sportradar=UUID
//! player home:7 id=201142 first=Kevin last=Durant position=PF starter=yes
//! ```
//!
//! `basket` is the end that the team attacks in the first half, as television shows it. Then the facts, in order:
//! seconds since tip-off, period (`Q1`-`Q4`, `OT`, `OT2`…), game clock, kind, who, and what the kind needs:
//!
//! ```text
//! 0.0 Q1 12:00.0 start                                  a period begins
//! 6.0 Q1 11:58.0 jump home won=home:6 lost=away:33      `held=yes` in mid-game; the side is the one that has the ball
//! 97.9 Q1 11:22.0 2pt home:11 made=yes at=-2,220 style=jump_shot how=pullup assist=home:7 score=2-2 marks=fastbreak
//! 99.0 Q1 11:11.0 3pt away:30 made=no at=235,46 style=jump_shot block=home:6
//! 67.0 Q1 11:38.0 ft away:30 made=yes try=1/2 score=0-1
//! 99.9 Q1 11:05.0 rebound home:12 end=defensive         a team's own: `rebound home end=offensive`
//! 45.4 Q1 11:38.0 foul home:11 type=shooting drawn=away:30 throws=2
//! 27.0 Q1 11:50.0 turnover home:6 type=lost_ball steal=away:12
//! 80.0 Q1 7:20.0 sub away out=33,12 in=5,26
//! 70.0 Q1 7:20.0 timeout away · stoppage reason=out-of-bounds · violation home:7 type=defensive_goaltending
//! 999.0 Q4 0:00.0 end                                   a period ends; `final` ends the game
//! ```
//!
//! `at` is in tenths of a foot from the hoop, +y to the centre of the court, +x to the right. `marks` are the league's
//! qualifiers, comma-separated. A script is refused when time or the clock runs backwards, when the clock would have to
//! run faster than time, when a score is not the sum of its points, or when a substitute is already on the court.

pub mod ice;
mod parse;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::ids::Side;
use crate::time::Timestamp;

/// A whole game: valid by construction, see the module's header.
#[derive(Clone, PartialEq, Debug)]
pub struct Script {
    pub game: Game,
    /// Home first.
    pub teams: [Team; 2],
    /// In order of time; never empty.
    pub facts: Vec<Fact>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Game {
    /// The league's own id.
    pub id: String,
    pub league: String,
    /// `EXH`, `PRE`, `REG` or `POST`.
    pub season: String,
    pub scheduled: Timestamp,
    pub tipoff: Timestamp,
    pub arena: String,
    pub city: String,
    /// ShotTracker's `event_id`.
    pub shottracker: String,
    /// Sportradar's game id.
    pub sportradar: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Team {
    pub code: String,
    pub market: String,
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// The end attacked in the first half.
    pub basket: End,
    /// ShotTracker's number, here the league's.
    pub shottracker: u64,
    pub sportradar: String,
    pub players: Vec<Player>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Player {
    /// The league's number, which is also ShotTracker's.
    pub id: u64,
    /// As printed on the back: `0` and `00` are two players.
    pub jersey: String,
    pub first: String,
    pub last: String,
    /// `PG`, `SF`, `C`…; empty when the league does not say.
    pub position: String,
    pub starter: bool,
}

impl Player {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// An end of the court as television shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    Left,
    Right,
}

impl End {
    pub fn other(self) -> End {
        match self {
            End::Left => End::Right,
            End::Right => End::Left,
        }
    }
}

/// A player of the script: side and index in that team's `players`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Who {
    pub side: Side,
    pub index: usize,
}

/// A team, or one of its players.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Actor {
    pub side: Side,
    /// `None`: the team itself, as in a team rebound.
    pub player: Option<usize>,
}

impl From<Who> for Actor {
    fn from(who: Who) -> Actor {
        Actor { side: who.side, player: Some(who.index) }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    /// Stays with the fact when the operator corrects the game; the script's facts count from 1.
    pub id: u32,
    /// How often it was written: 1, and two more for every correction (taken back, told anew).
    pub version: u32,
    /// Milliseconds since tip-off.
    pub at_ms: u64,
    /// 1 to 4, then overtimes from 5.
    pub period: u8,
    /// Game clock, milliseconds left.
    pub clock_ms: u32,
    pub play: Play,
    /// The league's qualifiers: `pointsinthepaint`, `2ndchance`, `fromturnover`, `fastbreak`, `inpenalty`…
    pub marks: Vec<String>,
}

impl Fact {
    pub fn has_mark(&self, mark: &str) -> bool {
        self.marks.iter().any(|have| have == mark)
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum Play {
    PeriodStart,
    PeriodEnd,
    Final,
    Jump {
        to: Side,
        won: Who,
        lost: Who,
        held: bool,
    },
    Shot(Shot),
    FreeThrow {
        by: Who,
        made: bool,
        number: u8,
        of: u8,
    },
    Rebound {
        by: Actor,
        offensive: bool,
    },
    Foul {
        by: Who,
        kind: String,
        drawn: Option<Who>,
        throws: u8,
    },
    Turnover {
        by: Actor,
        kind: String,
        steal: Option<Who>,
    },
    Sub {
        side: Side,
        out: Vec<usize>,
        on: Vec<usize>,
    },
    Timeout {
        side: Side,
    },
    Stoppage {
        reason: String,
    },
    Violation {
        by: Actor,
        kind: String,
    },
    /// Hockey's own.
    Ice(ice::IcePlay),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Shot {
    pub by: Who,
    pub made: bool,
    pub three: bool,
    /// Tenths of a foot from the hoop, +x right, +y to the centre of the court.
    pub at: (i32, i32),
    /// `jump shot`, `layup`, `dunk`, `hook`.
    pub style: String,
    /// `pullup`, `driving`, `step back`…; empty for a plain shot.
    pub how: String,
    pub assist: Option<Who>,
    pub block: Option<Who>,
}

impl Shot {
    pub fn points(&self) -> u32 {
        match (self.made, self.three) {
            (false, _) => 0,
            (true, false) => 2,
            (true, true) => 3,
        }
    }
}

/// What is wrong with a script; the number is the line's, from 1.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ScriptError {
    #[error("line {line}: `{word}` is not a statement; a fact starts with seconds, a header with game, team or player")]
    UnknownStatement { line: usize, word: String },
    #[error("line {line}: `{word}` is not a kind of fact; see the list in the header of src/venue/script.rs")]
    UnknownKind { line: usize, word: String },
    #[error("line {line}: `{key}` is missing; add {key}={example}")]
    Missing { line: usize, key: &'static str, example: &'static str },
    #[error("line {line}: `{found}` is no {key}; write it like {example}")]
    BadValue { line: usize, key: &'static str, found: String, example: &'static str },
    #[error("line {line}: nothing reads `{key}` here; remove it or correct its name")]
    UnknownKey { line: usize, key: String },
    #[error("line {line}: {side} has no number {jersey}; add a player line before the first fact")]
    UnknownPlayer { line: usize, side: Side, jersey: String },
    #[error("line {line}: {side} number {jersey} {trouble}; correct this or an earlier sub line")]
    Court { line: usize, side: Side, jersey: String, trouble: &'static str },
    #[error("line {line}: {what} runs backwards; put the facts in order")]
    Backwards { line: usize, what: &'static str },
    #[error("line {line}: the clock loses {clock_ms} ms in {wall_ms} ms; move this fact later or correct its clock")]
    ClockTooFast { line: usize, clock_ms: u64, wall_ms: u64 },
    #[error("line {line}: the points so far make {sum}, the line says {said}; correct the score or a fact before")]
    Score { line: usize, sum: String, said: String },
    #[error("the script has no {what}; add one as the header of src/venue/script.rs shows")]
    Incomplete { what: &'static str },
}

impl Script {
    /// Reads a script, see the module's header for the format.
    pub fn parse(text: &str) -> Result<Script, ScriptError> {
        parse::script(text)
    }

    /// The game that comes with the program: Golden State at Brooklyn, 2020-12-22.
    ///
    /// # Panics
    /// Never in a build whose tests pass: the text is part of the program and a test parses it.
    pub fn builtin() -> Arc<Script> {
        let text = include_str!("../../fixtures/games/gsw-at-bkn-2020-12-22.game");
        Arc::new(Script::parse(text).expect("the built-in script parses, as a test shows"))
    }

    /// The hockey game that comes with the program: Vegas at Winnipeg, 2023-10-19.
    ///
    /// # Panics
    /// Never in a build whose tests pass: the text is part of the program and a test parses it.
    pub fn builtin_hockey() -> Arc<Script> {
        let text = include_str!("../../fixtures/games/vgk-at-wpg-2023-10-19.game");
        Arc::new(Script::parse(text).expect("the built-in script parses, as a test shows"))
    }

    pub fn team(&self, side: Side) -> &Team {
        &self.teams[side_index(side)]
    }

    pub fn player(&self, who: Who) -> &Player {
        &self.team(who.side).players[who.index]
    }

    /// The end that a side attacks in a period: teams change ends at half-time.
    pub fn basket(&self, side: Side, period: u8) -> End {
        let first = self.team(side).basket;
        if period <= 2 { first } else { first.other() }
    }
}

/// 0 for home, 1 for away: the order of every pair in this module.
pub fn side_index(side: Side) -> usize {
    match side {
        Side::Home => 0,
        Side::Away => 1,
    }
}

/// Full length of a period: twelve minutes, twenty in hockey; overtimes five.
pub const fn period_length_ms(hockey: bool, period: u8) -> u32 {
    match (hockey, period) {
        (true, ..=3) => 20 * 60_000,
        (false, ..=4) => 12 * 60_000,
        _ => 5 * 60_000,
    }
}

/// The label of a period as scripts and ShotTracker write it.
pub fn period_label(period: u8) -> String {
    match period {
        1..=4 => format!("Q{period}"),
        5 => "OT".to_owned(),
        later => format!("OT{}", later - 4),
    }
}

/// A place in a game: "Q2 0:53" is the moment at which the second quarter's clock first shows 53 seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    pub period: u8,
    pub clock_ms: u32,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{found}` is no place in a game; write period and clock, like `Q2 0:53`")]
pub struct BadPosition {
    found: String,
}

impl FromStr for Position {
    type Err = BadPosition;

    fn from_str(text: &str) -> Result<Position, BadPosition> {
        let bad = || BadPosition { found: text.to_owned() };
        let (period, clock) = text.trim().split_once([' ', '@']).ok_or_else(bad)?;
        let period = parse::period(&period.to_ascii_uppercase()).ok_or_else(bad)?;
        let clock_ms = parse::clock(clock.trim()).ok_or_else(bad)?;
        Ok(Position { period, clock_ms })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.clock_ms / 1000;
        write!(f, "{} {}:{:02}", period_label(self.period), seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests;
