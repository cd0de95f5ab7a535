//! What only a tracking system knows of a game: positions, possessions, line-ups, the flight of shots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{PlayerId, Side, TeamId};

use super::PossessionType;

/// Where players and ball were last seen. Both lists are empty without a tracking system.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tracking {
    /// In order of their ids.
    pub players: Vec<Tracked>,
    /// Usually one; in order of their ids.
    pub balls: Vec<Tracked>,
}

/// A player or a ball, by the court's frame: origin at the centre of the court, y along its length, z up.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tracked {
    /// The vendor's id of the player, or of the ball.
    pub id: String,
    /// The vendor's id; null for a ball.
    pub team: Option<TeamId>,
    /// Null for a ball, and until the teams are known.
    pub side: Option<Side>,
    /// When the position was taken, in milliseconds since 1970 by the vendor's clock.
    pub at_millis: Option<i64>,
    /// Across the court.
    pub x_mm: i32,
    /// Along the court.
    pub y_mm: i32,
    /// Above the floor; null where the vendor does not say.
    pub z_mm: Option<i32>,
    /// Speed, distance and velocity as the vendor sends them: it names no units.
    pub speed: Option<f64>,
    /// In the vendor's unit.
    pub distance: Option<f64>,
    /// By x, y and z, in the vendor's unit.
    pub velocity: Option<[f64; 3]>,
    /// Earlier positions (x and y in millimetres), oldest first; at most [`TRAIL_POINTS`], one in every
    /// [`TRAIL_EVERY_MILLIS`].
    pub trail: Vec<[i32; 2]>,
}

/// A trail is a second and a quarter long.
pub const TRAIL_POINTS: usize = 25;
pub const TRAIL_EVERY_MILLIS: i64 = 50;

/// The possession that began last.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LatestPossession {
    /// Who has it, by the vendor's id.
    pub team: Option<TeamId>,
    /// The same by side; null until the teams are known.
    pub side: Option<Side>,
    /// As the vendor writes it: "SAVED".
    pub state: Option<String>,
    /// Who judged it, as the vendor writes it: "SYSTEM".
    pub supervision: Option<String>,
    /// In milliseconds since 1970 by the vendor's clock.
    pub start_millis: Option<i64>,
    /// The vendor's id of the quarter or half.
    pub session: Option<String>,
    /// "Q2"
    pub period: Option<String>,
    /// The team's five.
    pub lineup: Vec<PlayerId>,
    /// The other's.
    pub opponent_lineup: Vec<PlayerId>,
    /// In the vendor's order.
    pub events: Vec<PossessionEvent>,
    /// That came of it.
    pub points: Option<u32>,
    /// Whether it ended in one.
    pub turnover: Option<bool>,
    /// As the vendor writes it.
    pub shot_type: Option<String>,
    /// As the vendor counts them.
    pub ball_reversals: Option<u32>,
    /// What else the vendor counts in it, by the vendor's names.
    pub more: BTreeMap<String, f64>,
}

/// What happened in a possession.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PossessionEvent {
    /// The vendor's `possessionType`: "TRANSITION".
    pub kind: Option<String>,
    /// Whom it is about, by the vendor's id.
    pub player: Option<PlayerId>,
    /// In milliseconds since 1970 by the vendor's clock.
    pub at_millis: Option<i64>,
}

/// Possession types of a team in one session (a quarter or a half).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionPossessions {
    /// The vendor's id of the session; null where the figures are the game's.
    pub session: Option<String>,
    /// "Q2"; null until another message names the session's period.
    pub period: Option<String>,
    /// As the vendor writes it: "SESSION".
    pub scope: Option<String>,
    /// By the vendor's name of the type: "TRANSITION".
    pub by_possession_type: BTreeMap<String, PossessionType>,
}

/// What a team did with five players on the floor.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lineup {
    /// Sorted, so that the same five are the same line-up.
    pub players: Vec<PlayerId>,
    /// The session (quarter or half) that the figures are of; null where they are the game's.
    pub session: Option<String>,
    /// While they played.
    pub points_scored: Option<i32>,
    /// While they played.
    pub points_allowed: Option<i32>,
    /// The one less the other, as the vendor sends it.
    pub plus_minus: Option<i32>,
    /// Of the five.
    pub turnovers: Option<u32>,
    /// Points per possession, the team's and its opponents'.
    pub ppp: Option<f64>,
    /// The opponents'.
    pub opponent_ppp: Option<f64>,
    /// As the vendor counts it.
    pub fg_rate: Option<f64>,
    /// As the vendor counts it.
    pub rebound_rate: Option<f64>,
    /// What else the vendor counts, by the vendor's names.
    pub more: BTreeMap<String, f64>,
}

/// A shot's place and flight, as summaries list them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShotLocation {
    /// Whether it went in.
    pub made: bool,
    /// From the hoop, as in the list of shots.
    pub x_mm: Option<i32>,
    /// Towards the centre of the court.
    pub y_mm: Option<i32>,
    /// The ball's greatest height above the floor, as the vendor sends it.
    pub peak_mm: Option<f64>,
    /// The angle at which the ball comes down, in degrees.
    pub entry_angle: Option<f64>,
    /// How deep in the ring, and how fast: the vendor names no units.
    pub depth: Option<f64>,
    /// In the vendor's unit.
    pub velocity: Option<f64>,
}
