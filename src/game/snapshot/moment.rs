//! What a broadcast says of the moment: why play stands still, who is on a run, what has just happened.
//!
//! All of it follows from the plays, the clocks and the players; it is told here so that no template works it out again.

use serde::{Deserialize, Serialize};

use crate::ids::{PlayId, PlayerId, Side};

use super::{Period, PlayRole, Score, Shooting, Strength};

/// Where the game is, in the words of a scorer's table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Pregame,
    /// The game clock runs.
    Live,
    /// It stands, within a period.
    Stopped,
    /// Between two periods, half-time aside.
    Break,
    Halftime,
    Final,
    Delayed,
    Postponed,
    Cancelled,
    /// The vendor's test pattern.
    Test,
}

/// Why play stands still, where there is more to say than that the clock does: a whistle alone is no stoppage.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stoppage {
    pub kind: StoppageKind,
    /// Whose timeout or challenge it is; null for everybody's.
    pub side: Option<Side>,
    /// "TIMEOUT", "TV TIMEOUT", "OFFICIAL TIMEOUT", "REVIEW", "CHALLENGE", "DELAY".
    pub label: String,
    /// The vendor's reason ("Out of bounds", "Equipment malfunction").
    pub detail: Option<String>,
    /// Time left of a timeout whose length is known, never below zero; else time since it began. Null where its beginning
    /// is not known. In steps of a tenth.
    pub clock: Option<Timer>,
    /// Whether `clock` counts down.
    pub counts_down: bool,
    pub play: Option<PlayId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppageKind {
    Timeout,
    TvTimeout,
    OfficialTimeout,
    Review,
    Challenge,
    /// The game is held up: something other than the teams and officials (the arena, the weather, a repair).
    Delay,
}

/// A time as minutes and seconds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// "1:44", "0:51"; rounded down to what it shows. From an hour up "1:02:30".
    pub display: String,
    pub millis: u32,
}

/// Time left until play begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countdown {
    pub kind: CountdownKind,
    pub display: String,
    /// In steps of a tenth of a second.
    pub millis: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountdownKind {
    /// To the scheduled beginning, or by the venue's clock.
    Pregame,
    /// To the next period.
    Intermission,
}

/// A stretch of scoring that one side has almost to itself, up to now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    pub side: Side,
    pub points: u32,
    /// The other side's.
    pub against: u32,
    /// "12-2 run"; in hockey "3 unanswered goals".
    pub label: String,
    /// The side's points since the other side's last ones.
    pub unanswered: u32,
    /// Period and clock of the score that began it.
    pub since: Since,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Since {
    pub period: Option<Period>,
    /// Game clock as the vendor wrote it.
    pub clock: Option<String>,
    /// Score before it began.
    pub score: Option<Score>,
}

/// The latest play worth a headline, for some seconds after it was told. Old plays never are.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastPlay {
    pub id: Option<PlayId>,
    pub side: Option<Side>,
    /// The vendor's event type ("threepointmade").
    pub kind: String,
    /// "score", "foul", "penalty", "ejection".
    pub topic: Topic,
    /// The vendor's sentence.
    pub text: Option<String>,
    pub points: Option<u32>,
    pub score: Option<Score>,
    pub period: Option<Period>,
    pub clock: Option<String>,
    pub strength: Option<Strength>,
    pub detail: Option<String>,
    pub players: Vec<PlayRole>,
    /// Who it is about.
    pub player: Option<Person>,
    /// "DURANT"; the team's code where nobody is named.
    pub who: Option<String>,
    /// "3PT", "DUNK", "POWER-PLAY GOAL", "TECHNICAL FOUL".
    pub what: String,
    /// What the player has now: "18 PTS", "4 FOULS", "2 GOALS".
    pub tally: Option<String>,
    /// "DURANT 3PT (18 PTS)", "POWER-PLAY GOAL".
    pub headline: String,
    /// A second line where there is more to say: in hockey the scorer and who assisted; a penalty's infraction.
    pub line: Option<String>,
    pub news: bool,
    /// Time since it was first told, in steps of a tenth of a second.
    pub age_millis: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Score,
    Foul,
    Penalty,
    Ejection,
}

/// A player, as far as a graphic names one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    pub id: Option<PlayerId>,
    pub number: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
}

/// A player who does not miss.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Streak {
    /// Field goals made one after the other, without a miss since.
    pub makes: u32,
    /// Of them from beyond the arc.
    pub threes: u32,
    /// Points of those field goals.
    pub points: u32,
    /// The team's last points that nobody else of the team scored in between, free throws included.
    pub team_points: u32,
}

/// The best of a team so far, the best one first, three at most; nobody with none.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Leaders {
    pub points: Vec<Leader>,
    pub rebounds: Vec<Leader>,
    pub assists: Vec<Leader>,
    pub steals: Vec<Leader>,
    pub blocks: Vec<Leader>,
    pub threes: Vec<Leader>,
    /// Hockey, as all that follow.
    pub goals: Vec<Leader>,
    pub shots_on_goal: Vec<Leader>,
    pub hits: Vec<Leader>,
    pub saves: Vec<Leader>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Leader {
    pub id: Option<PlayerId>,
    pub number: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub position: Option<String>,
    pub value: u32,
}

/// Somebody at the line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeThrow {
    pub side: Side,
    pub player: Person,
    /// The one to come: "1 of 2".
    pub attempt: String,
    pub number: u8,
    pub of: u8,
    /// Made and missed before this one, of this trip: true for a make.
    pub results: Vec<bool>,
    /// In this game.
    pub game: Option<Shooting>,
    pub season: Option<Shooting>,
    /// Of the season, 0-100.
    pub season_pct: Option<f64>,
}

/// Playing time without a score.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drought {
    /// Since the team's last points of any kind, whole seconds; null where it has none, or a clock is missing.
    pub points: Option<Timer>,
    /// Since its last field goal; null in hockey.
    pub field_goal: Option<Timer>,
}
