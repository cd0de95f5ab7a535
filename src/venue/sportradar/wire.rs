//! The shapes of Sportradar's push messages, after the vendor's page and its published sample. Serialised only.

use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
pub struct Message {
    pub payload: Payload,
    pub locale: &'static str,
    pub metadata: Metadata,
}

#[derive(Serialize)]
pub struct Payload {
    pub game: Value,
    pub event: Value,
}

impl Message {
    /// The id of its event.
    pub fn event_id(&self) -> &str {
        self.payload.event["id"].as_str().unwrap_or_default()
    }
}

#[derive(Serialize)]
pub struct Metadata {
    pub league: String,
    #[serde(rename = "match")]
    pub game: String,
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub players: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_category: Option<&'static str>,
    pub locale: &'static str,
    pub operation: &'static str,
    pub version: &'static str,
}

#[derive(Serialize)]
pub struct Game {
    pub id: String,
    pub status: &'static str,
    pub coverage: &'static str,
    pub reference: String,
    pub scheduled: String,
    pub home: GameTeam,
    pub away: GameTeam,
}

#[derive(Serialize)]
pub struct GameTeam {
    #[serde(flatten)]
    pub team: Team,
    pub points: u32,
    pub bonus: bool,
    pub remaining_timeouts: u8,
}

#[derive(Clone, Serialize)]
pub struct Team {
    pub name: String,
    pub market: String,
    pub reference: String,
    pub id: String,
}

#[derive(Clone, Serialize)]
pub struct Player {
    pub full_name: String,
    pub jersey_number: String,
    pub reference: String,
    pub id: String,
}

/// A message of the clock feeds.
#[derive(Serialize)]
pub struct ClockMessage {
    pub payload: ClockPayload,
    pub locale: &'static str,
    pub metadata: Metadata,
}

#[derive(Serialize)]
pub struct ClockPayload {
    pub clocks: Value,
    pub game: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<ClockPeriod>,
    /// Hockey's clock has the last event in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
}

#[derive(Serialize)]
pub struct Clocks {
    /// `11:57`.
    pub game: String,
    /// `00:21.70` under a minute, else as `game`.
    pub game_decimal: String,
    pub running: bool,
    /// `11.00`; absent when the shot clock is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shot: Option<String>,
    pub wall: String,
}

#[derive(Serialize)]
pub struct ClockPeriod {
    pub number: u8,
    pub sequence: u8,
    /// `REG` or `OT`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// A deleted event has `event_type`, `id`, `clock`, `deleted` and the points, nothing else.
#[derive(Serialize, Default)]
pub struct Event {
    pub id: String,
    pub event_type: &'static str,
    #[serde(flatten)]
    pub when: Option<When>,
    pub clock: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_decimal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub home_points: u32,
    pub away_points: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turnover_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<Qualifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possession: Option<Team>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_court: Option<OnCourt>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statistics: Vec<Statistic>,
}

#[derive(Serialize)]
pub struct When {
    pub number: usize,
    /// Wall clock, milliseconds since 1970.
    pub sequence: i64,
    pub updated: String,
    pub wall_clock: String,
    pub created: String,
}

#[derive(Serialize)]
pub struct Qualifier {
    pub qualifier: String,
}

#[derive(Serialize)]
pub struct Attribution {
    #[serde(flatten)]
    pub team: Team,
    pub team_basket: &'static str,
}

#[derive(Serialize)]
pub struct Location {
    pub coord_x: i32,
    pub coord_y: i32,
    pub action_area: &'static str,
}

#[derive(Serialize)]
pub struct Period {
    pub id: String,
    pub number: u8,
    pub sequence: u8,
    #[serde(rename = "type")]
    pub kind: &'static str,
}

#[derive(Serialize)]
pub struct OnCourt {
    pub home: CourtTeam,
    pub away: CourtTeam,
}

#[derive(Serialize)]
pub struct CourtTeam {
    #[serde(flatten)]
    pub team: Team,
    pub players: Vec<Player>,
}

#[derive(Serialize)]
pub struct Statistic {
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(flatten)]
    pub shot: Option<ShotStatistic>,
    #[serde(flatten)]
    pub free_throw: Option<FreeThrowStatistic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rebound_type: Option<&'static str>,
    pub team: Team,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub player: Option<Player>,
}

#[derive(Serialize)]
pub struct ShotStatistic {
    pub made: bool,
    pub shot_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shot_type_desc: Option<String>,
    /// Feet.
    pub shot_distance: f64,
    /// Only ever `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_point_shot: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
}

#[derive(Serialize)]
pub struct FreeThrowStatistic {
    pub free_throw_type: &'static str,
    pub made: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
}

#[derive(Serialize)]
pub struct Heartbeat {
    pub heartbeat: Interval,
}

#[derive(Serialize)]
pub struct Interval {
    /// Milliseconds.
    pub interval: u128,
}
