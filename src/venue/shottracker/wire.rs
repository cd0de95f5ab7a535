//! The shapes of ShotTracker's messages, after the field tables of the vendor's Live Data V2 page.
//!
//! Serialised only. Keys in capitals are the vendor's box-score keys; lengths are millimetres but `DIST` and `d`, which
//! are centimetres.

use serde::Serialize;

use crate::venue::tally::Line;

/// One message: `seq` is absent for sources without sequence.
#[derive(Serialize)]
pub struct Message<'a, T> {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    pub data: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Marker {
    pub t: i64,
    pub game_id: String,
    pub status: &'static str,
    pub data: JerseyColors,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JerseyColors {
    pub facility_id: String,
    pub court_id: String,
    pub team1_id: String,
    pub team1_jersey_color: String,
    pub team2_id: String,
    pub team2_jersey_color: String,
}

/// `boxscorestatsv2`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BoxScoreStat {
    pub classification: String,
    pub act: &'static str,
    pub eid: String,
    pub tid: String,
    pub st: &'static str,
    pub sid: String,
    pub t: i64,
    pub gid: String,
    pub stats: serde_json::Map<String, serde_json::Value>,
    pub total_stats: serde_json::Map<String, serde_json::Value>,
    pub v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<String>,
    pub prd: String,
    #[serde(flatten)]
    pub place: Option<StatPlace>,
}

/// Where the player stood and the hoop; only for shots.
#[derive(Serialize)]
pub struct StatPlace {
    pub px: i32,
    pub py: i32,
    pub hex: i32,
    pub hey: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    pub eid: String,
    pub t: i64,
    pub pid: String,
    pub tid: String,
    pub sid: String,
    pub gid: String,
    pub st: &'static str,
    pub is3: bool,
    pub pts: u32,
    pub px: i32,
    pub py: i32,
    pub pz: i32,
    pub hx: i32,
    pub hy: i32,
    pub hz: i32,
    pub s: &'static str,
    pub z: usize,
    pub az: usize,
    pub d: i32,
    pub attributes: Vec<&'static str>,
    pub players: Vec<String>,
    pub shot_defenders: Vec<u64>,
    pub prd: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clock {
    pub gid: String,
    pub period: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub state: &'static str,
    pub source: &'static str,
    pub min: String,
    pub sec: String,
    pub sub_sec: String,
    pub shot_sec: Option<String>,
    pub shot_sub_sec: Option<String>,
    pub controller_id: Option<String>,
}

/// The counted statistics, as in every ShotTracker box score.
#[derive(Clone, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Counts {
    pub fg: i32,
    pub fga: i32,
    #[serde(rename = "FG2")]
    pub fg2: i32,
    #[serde(rename = "FGA2")]
    pub fga2: i32,
    #[serde(rename = "FG3")]
    pub fg3: i32,
    #[serde(rename = "FGA3")]
    pub fga3: i32,
    pub ft: i32,
    pub fta: i32,
    pub pts: i32,
    pub reb: i32,
    pub offensive_reb: i32,
    pub defensive_reb: i32,
    pub ast: i32,
    pub stl: i32,
    pub to: i32,
    pub lbto: i32,
    pub dbto: i32,
    pub blk: i32,
    pub fl: i32,
    pub fldn: i32,
    pub ppts: i32,
}

impl From<&Line> for Counts {
    fn from(line: &Line) -> Counts {
        Counts {
            fg: line.fg_made(),
            fga: line.fg_tried(),
            fg2: line.fg2_made,
            fga2: line.fg2_tried,
            fg3: line.fg3_made,
            fga3: line.fg3_tried,
            ft: line.ft_made,
            fta: line.ft_tried,
            pts: line.points(),
            reb: line.rebounds(),
            offensive_reb: line.offensive_rebounds,
            defensive_reb: line.defensive_rebounds,
            ast: line.assists,
            stl: line.steals,
            to: line.turnovers(),
            lbto: line.live_turnovers,
            dbto: line.dead_turnovers,
            blk: line.blocks,
            fl: line.fouls,
            fldn: line.fouls_drawn,
            ppts: line.paint_points,
        }
    }
}

/// Made and tried as viewers read them.
#[derive(Clone, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct Displays {
    pub fg_fraction: String,
    pub fg_pct_display: String,
    #[serde(rename = "FG2_FRACTION")]
    pub fg2_fraction: String,
    #[serde(rename = "FG2_PCT_DISPLAY")]
    pub fg2_pct_display: String,
    #[serde(rename = "FG3_FRACTION")]
    pub fg3_fraction: String,
    #[serde(rename = "FG3_PCT_DISPLAY")]
    pub fg3_pct_display: String,
    pub two_point_pct_display: String,
    pub ft_fraction: String,
    pub ft_pct_display: String,
}

impl From<&Line> for Displays {
    fn from(line: &Line) -> Displays {
        let two = percent(line.fg2_made, line.fg2_tried);
        Displays {
            fg_fraction: fraction(line.fg_made(), line.fg_tried()),
            fg_pct_display: percent(line.fg_made(), line.fg_tried()),
            fg2_fraction: fraction(line.fg2_made, line.fg2_tried),
            fg2_pct_display: two.clone(),
            fg3_fraction: fraction(line.fg3_made, line.fg3_tried),
            fg3_pct_display: percent(line.fg3_made, line.fg3_tried),
            two_point_pct_display: two,
            ft_fraction: fraction(line.ft_made, line.ft_tried),
            ft_pct_display: percent(line.ft_made, line.ft_tried),
        }
    }
}

/// `7/16`.
pub fn fraction(made: i32, tried: i32) -> String {
    format!("{made}/{tried}")
}

/// `44%`, rounded half up; `0%` without attempts.
pub fn percent(made: i32, tried: i32) -> String {
    if tried == 0 { "0%".to_owned() } else { format!("{}%", (200 * made + tried) / (2 * tried)) }
}

/// One zone of the 14-zone map.
#[derive(Serialize)]
pub struct Zone {
    #[serde(rename = "DISPLAY")]
    pub display: String,
    #[serde(rename = "PCT_DISPLAY")]
    pub pct_display: String,
    #[serde(rename = "R")]
    pub r: u8,
    #[serde(rename = "G")]
    pub g: u8,
    #[serde(rename = "B")]
    pub b: u8,
}

#[derive(Serialize, Default)]
pub struct ShotLocations {
    pub make: Vec<ShotLocation>,
    pub miss: Vec<ShotLocation>,
}

/// A shot's place from the hoop and its flight.
#[derive(Serialize)]
pub struct ShotLocation {
    pub x: i32,
    pub y: i32,
    pub peak_height: i32,
    pub entry_angle: f64,
    pub depth: i32,
    pub velocity: f64,
}

/// What team and player rows share.
#[derive(Serialize)]
pub struct Figures {
    #[serde(flatten)]
    pub counts: Counts,
    #[serde(flatten)]
    pub displays: Displays,
    #[serde(rename = "DIST")]
    pub dist: i64,
    #[serde(rename = "DIST_MILES")]
    pub dist_miles: f64,
    #[serde(rename = "AST_TO_RATE")]
    pub ast_to_rate: f64,
    pub shots: Vec<Zone>,
    pub shot_locations: ShotLocations,
    pub cas_shots: Vec<Zone>,
    pub otd_shots: Vec<Zone>,
}

#[derive(Serialize)]
pub struct TeamRow {
    pub team_id: u64,
    pub consumer_code: String,
    pub team_name: String,
    #[serde(flatten)]
    pub figures: Figures,
    #[serde(rename = "SECOND_CHANCE_POINTS")]
    pub second_chance_points: i32,
    #[serde(rename = "POINTS_OFF_TURNOVER")]
    pub points_off_turnover: i32,
    /// `OVERALL_POSS`, `TRANSITION_PPP` and so on.
    #[serde(flatten)]
    pub possession_types: serde_json::Map<String, serde_json::Value>,
    pub lineup_stats: Vec<LineupRow>,
}

#[derive(Serialize)]
pub struct LineupRow {
    pub player_ids: Vec<u64>,
    #[serde(rename = "PLUS_MINUS")]
    pub plus_minus: i32,
    #[serde(rename = "TOTAL_POINTS_SCORED")]
    pub scored: u32,
    #[serde(rename = "TOTAL_POINTS_ALLOWED")]
    pub allowed: u32,
}

#[derive(Serialize)]
pub struct PlayerRow {
    pub player_id: u64,
    pub consumer_code: String,
    pub jersey_number: i32,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub position_abbr: Option<String>,
    pub sensor: u64,
    pub on_the_floor: bool,
    #[serde(flatten)]
    pub figures: Figures,
    #[serde(rename = "PLUS_MINUS")]
    pub plus_minus: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season_stats: Option<SeasonStats>,
}

#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct SeasonStats {
    pub ft: i32,
    pub fta: i32,
    pub ft_fraction: String,
    pub ft_pct_display: String,
}

#[derive(Serialize)]
pub struct SideStats {
    pub team: TeamRow,
    pub players: Vec<PlayerRow>,
}

#[derive(Serialize)]
pub struct PartStats {
    pub reference: String,
    pub home: SideStats,
    pub away: SideStats,
}

/// `broadcastsummary`; parts other than `game_stats` are absent at level `game_stats`.
#[derive(Serialize)]
pub struct Summary {
    pub at: i64,
    pub at_formatted: String,
    pub period: String,
    pub reference: String,
    pub game_stats: PartStats,
    #[serde(flatten)]
    pub parts: std::collections::BTreeMap<String, PartStats>,
}

#[derive(Serialize)]
pub struct Schedule {
    pub games: Vec<ScheduledGame>,
}

#[derive(Serialize)]
pub struct ScheduledGame {
    pub event_id: String,
    pub facility_name: String,
    pub court_name: String,
    pub location_id: String,
    pub tournament: Option<String>,
    pub tipoff_at: i64,
    pub gender: &'static str,
    pub status: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub home_team_id: u64,
    pub home_team_name: String,
    pub home_team_reference_id: String,
    pub away_team_id: u64,
    pub away_team_name: String,
    pub away_team_reference_id: String,
    pub officials_team_id: u64,
    #[serde(rename = "_results")]
    pub results: String,
    pub reference_id: String,
    pub fan_engagement_enabled: bool,
    pub source: &'static str,
}

#[derive(Serialize)]
pub struct Token {
    pub event_id: String,
    pub token: String,
}

/// The body of every REST error.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    pub status: u16,
    pub message: String,
    pub shottracker_request_id: String,
}
