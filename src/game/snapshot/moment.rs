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
    /// Before the first period.
    Pregame,
    /// The game clock runs.
    Live,
    /// It stands, within a period.
    Stopped,
    /// Between two periods, half-time aside.
    Break,
    /// Between the halves.
    Halftime,
    /// The game is over.
    Final,
    /// It begins later, or was interrupted.
    Delayed,
    /// It is played on another day.
    Postponed,
    /// It is not played.
    Cancelled,
    /// The vendor's test pattern.
    Test,
}

/// Why play stands still, where there is more to say than that the clock does: a whistle alone is no stoppage.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stoppage {
    /// What stopped it.
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
    /// The play that told of it, by the vendor's id.
    pub play: Option<PlayId>,
}

/// What has stopped play.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppageKind {
    /// A team's.
    Timeout,
    /// For advertisements.
    TvTimeout,
    /// The officials'.
    OfficialTimeout,
    /// The officials look at it again by themselves.
    Review,
    /// They do so because a team asked for it.
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
    /// The same in milliseconds.
    pub millis: u32,
}

/// Time left until play begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countdown {
    /// To what it counts down.
    pub kind: CountdownKind,
    /// "12:30", "0:45"; whole seconds, rounded up.
    pub display: String,
    /// In steps of a tenth of a second.
    pub millis: u32,
}

/// What a countdown runs to.
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
    /// Whose it is.
    pub side: Side,
    /// The side's.
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

/// Where something began, by a play.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Since {
    /// Of the play that began it.
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
    /// The play's, by the vendor.
    pub id: Option<PlayId>,
    /// Whose play it is; null for plays of neither.
    pub side: Option<Side>,
    /// The vendor's event type ("threepointmade").
    pub kind: String,
    /// "score", "foul", "penalty", "ejection".
    pub topic: Topic,
    /// The vendor's sentence.
    pub text: Option<String>,
    /// That it brought; null for plays that bring none.
    pub points: Option<u32>,
    /// After it.
    pub score: Option<Score>,
    /// In which it happened.
    pub period: Option<Period>,
    /// Game clock as the vendor wrote it.
    pub clock: Option<String>,
    /// Hockey: the team's at the time.
    pub strength: Option<Strength>,
    /// More of the kind, as the vendor has it.
    pub detail: Option<String>,
    /// Whoever took part.
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
    /// Always true: what is no news is no last play.
    pub news: bool,
    /// Time since it was first told, in steps of a tenth of a second.
    pub age_millis: u32,
}

/// What a headline is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Points, or a goal.
    Score,
    /// Basketball.
    Foul,
    /// Hockey.
    Penalty,
    /// Somebody was sent off.
    Ejection,
}

/// A player, as far as a graphic names one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// By the vendor; null for who is known by name alone.
    pub id: Option<PlayerId>,
    /// As on the jersey: text.
    pub number: Option<String>,
    /// Null where nobody has told it.
    pub first_name: Option<String>,
    /// Null where nobody has told it.
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
    /// By points; in hockey goals and assists.
    pub points: Vec<Leader>,
    /// By rebounds.
    pub rebounds: Vec<Leader>,
    /// By assists.
    pub assists: Vec<Leader>,
    /// By steals.
    pub steals: Vec<Leader>,
    /// By blocked shots.
    pub blocks: Vec<Leader>,
    /// By field goals of three points.
    pub threes: Vec<Leader>,
    /// Hockey, as all that follow.
    pub goals: Vec<Leader>,
    /// By shots on goal.
    pub shots_on_goal: Vec<Leader>,
    /// By hits given.
    pub hits: Vec<Leader>,
    /// By saves.
    pub saves: Vec<Leader>,
}

/// One of the best of a team.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Leader {
    /// By the vendor; null for who is known by name alone.
    pub id: Option<PlayerId>,
    /// As on the jersey: text.
    pub number: Option<String>,
    /// Null where nobody has told it.
    pub first_name: Option<String>,
    /// Null where nobody has told it.
    pub last_name: Option<String>,
    /// "G", "F", "C"…
    pub position: Option<String>,
    /// What the player has of it, 1 or more.
    pub value: u32,
}

/// Somebody at the line.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeThrow {
    /// Whose shooter it is.
    pub side: Side,
    /// The shooter.
    pub player: Person,
    /// The one to come: "1 of 2".
    pub attempt: String,
    /// Which of the trip: 1 for the first.
    pub number: u8,
    /// How many the trip has.
    pub of: u8,
    /// Made and missed before this one, of this trip: true for a make.
    pub results: Vec<bool>,
    /// In this game.
    pub game: Option<Shooting>,
    /// Of the season, where a feed has it.
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
