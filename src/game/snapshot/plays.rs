//! What happened: shots with their places, and plays in the vendor's words.
//!
//! Plain data of a [`super::GameSnapshot`]. Places are millimetres from the hoop (or goal) that was attacked; instants are those
//! of the vendor's clock.

use serde::{Deserialize, Serialize};

use super::{Period, Strength};
use crate::ids::{PlayId, PlayerId, Side};

/// A shot of a team, hoop-relative.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shot {
    /// The vendor's; null where it tells none.
    pub id: Option<String>,
    /// Who took it.
    pub player: Option<PlayerId>,
    /// Whether it went in.
    pub made: bool,
    /// Whether it is worth three.
    pub three: bool,
    /// From the hoop's centre: x to the right of a shooter who faces it, y towards the centre of the court.
    pub x_mm: Option<i32>,
    /// From the hoop's centre towards the centre of the court; negative behind the hoop.
    pub y_mm: Option<i32>,
    /// 1-14.
    pub zone: Option<u8>,
    /// The vendor's finer map of 23 zones.
    pub advanced_zone: Option<u8>,
    /// The label of the period: "Q3".
    pub period: Option<String>,
    /// That it brought: 0, 2 or 3.
    pub points: Option<u32>,
    /// When it was taken, in milliseconds since 1970 by the vendor's clock.
    pub at_millis: Option<i64>,
    /// From the hoop, on the floor.
    pub distance_mm: Option<u32>,
    /// The vendor's words for it: "CAS" (catch and shoot), "DUNK".
    pub attributes: Vec<String>,
    /// Whoever defended it.
    pub defenders: Vec<PlayerId>,
    /// Everybody on the floor.
    pub on_court: Vec<PlayerId>,
}

/// One play-by-play event in its latest version.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Play {
    /// The vendor's.
    pub id: Option<PlayId>,
    /// Null where the vendor does not tell it.
    pub period: Option<Period>,
    /// Game clock as the vendor wrote it.
    pub clock: Option<String>,
    /// The same in milliseconds left.
    pub clock_millis: Option<u32>,
    /// Whose play it is; null for plays of neither, and until the teams are known.
    pub team: Option<Side>,
    /// The vendor's event type ("threepointmade").
    pub kind: String,
    /// The vendor's sentence.
    pub text: Option<String>,
    /// Whoever took part, the one whom it is about first.
    pub players: Vec<PlayRole>,
    /// That it brought; null for plays that bring none.
    pub points: Option<u32>,
    /// After it.
    pub score: Option<Score>,
    /// From the hoop (or goal) that the team attacks: x to the right of a shooter who faces it, y towards the centre.
    pub x_mm: Option<i32>,
    /// Towards the centre; negative behind the hoop.
    pub y_mm: Option<i32>,
    /// The vendor's name of the place ("outsideright", "lowslot").
    pub area: Option<String>,
    /// More of the kind, as the vendor has it: a turnover's or penalty's type, a shot's, a stoppage's reason.
    pub detail: Option<String>,
    /// "fastbreak", "pointsinthepaint"…
    pub qualifiers: Vec<String>,
    /// Which of how many free throws: "1 of 2".
    pub attempt: Option<String>,
    /// How long a timeout is, as the vendor says.
    pub duration_millis: Option<u32>,
    /// Hockey: the team's strength at the time.
    pub strength: Option<Strength>,
    /// Hockey: the goal was scored into an empty net.
    pub empty_net_goal: Option<bool>,
    /// Hockey: by the team that conceded it.
    pub own_goal: Option<bool>,
    /// Whether it counts towards the record; false while it may still be changed or taken back.
    pub official: Option<bool>,
    /// Taken back by the league afterwards: a technical foul that does not count.
    pub rescinded: bool,
    /// When it happened, in milliseconds since 1970 by the vendor's clock.
    pub at_millis: Option<i64>,
    /// Whether it had just happened when it was first told. What a join in mid-game repeats is not news, and an edit of an
    /// old play does not become news.
    pub news: bool,
}

/// A player's part in a play.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlayRole {
    /// The vendor's; null for who is known by name alone.
    pub id: Option<PlayerId>,
    /// As the vendor writes it.
    pub name: Option<String>,
    /// As on the jersey: text.
    pub number: Option<String>,
    /// "fieldgoal", "assist", "rebound"…
    pub role: String,
}

/// Points, or goals, of both teams at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Of the home team.
    pub home: u32,
    /// Of the other.
    pub away: u32,
}
