//! Counts: of a team, a player or a period, by type of possession, and by zone of the court.
//!
//! Plain data of a [`super::GameSnapshot`]. A count is `null` until somebody has told it; 0 is what was counted. Where a vendor
//! writes a number as text it has been read by then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Statistics of a team, a player or a period.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stats {
    /// Scored; of a hockey player goals and assists.
    pub points: Option<u32>,
    /// Field goals of two and three points.
    pub fg: Option<Shooting>,
    /// Field goals of two points.
    pub fg2: Option<Shooting>,
    /// Field goals of three points.
    pub fg3: Option<Shooting>,
    /// Free throws.
    pub ft: Option<Shooting>,
    /// Basketball.
    pub rebounds: Option<Rebounds>,
    /// Of either sport.
    pub assists: Option<u32>,
    /// Basketball.
    pub steals: Option<u32>,
    /// Shots of others that were blocked.
    pub blocks: Option<u32>,
    /// Basketball.
    pub turnovers: Option<Turnovers>,
    /// A player's personal ones; a team's of the game.
    pub fouls: Option<u32>,
    /// Committed by others.
    pub fouls_drawn: Option<u32>,
    /// Points of the team less those of the other while the player was on the court.
    pub plus_minus: Option<i32>,
    /// As the vendor counts them.
    pub points_in_paint: Option<u32>,
    /// After an offensive rebound.
    pub second_chance_points: Option<u32>,
    /// After a turnover of the other team.
    pub points_off_turnovers: Option<u32>,
    /// Assists for each turnover, as the vendor sends it.
    pub assist_to_turnover: Option<f64>,
    /// Covered on the court, in metres.
    pub distance_m: Option<f64>,
    /// Hockey from here to `takeaways`; `assists`, `points` and `blocks` are shared.
    pub goals: Option<u32>,
    /// Saved ones and goals.
    pub shots_on_goal: Option<u32>,
    /// Given.
    pub hits: Option<u32>,
    /// Null until one was told.
    pub faceoffs: Option<Faceoffs>,
    /// Of a team.
    pub power_play: Option<PowerPlay>,
    /// As they were given, served or not.
    pub penalty_minutes: Option<u32>,
    /// A goalkeeper's, or the team's.
    pub saves: Option<u32>,
    /// Pucks lost without the other team's doing.
    pub giveaways: Option<u32>,
    /// Pucks won from the other team.
    pub takeaways: Option<u32>,
    /// By the vendor's name of the type: "TRANSITION", "PT0_BR0"; "OVERALL" is all of them.
    pub by_possession_type: BTreeMap<String, PossessionType>,
}

/// Shots of one kind.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shooting {
    /// 0 to `attempted`.
    pub made: u32,
    /// Made and missed.
    pub attempted: u32,
    /// 0-100; null without an attempt.
    pub pct: Option<f64>,
    /// "7-16"
    pub display: String,
}

impl Shooting {
    /// With the percentage and the text worked out from both.
    pub fn new(made: u32, attempted: u32) -> Self {
        let pct = (attempted > 0).then(|| f64::from(made) * 100.0 / f64::from(attempted));
        Self { made, attempted, pct, display: format!("{made}-{attempted}") }
    }
}

/// Rebounds of a player or a team.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rebounds {
    /// All.
    pub total: Option<u32>,
    /// Of own shots.
    pub offensive: Option<u32>,
    /// Of the other team's shots.
    pub defensive: Option<u32>,
}

/// Turnovers of a player or a team.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turnovers {
    /// All.
    pub total: Option<u32>,
    /// The ball stayed in play: a steal.
    pub live: Option<u32>,
    /// The ball was out of play.
    pub dead: Option<u32>,
}

/// Hockey: face-offs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faceoffs {
    /// By the player or the team.
    pub won: u32,
    /// To the other one.
    pub lost: u32,
}

/// Hockey: a team's power plays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PowerPlay {
    /// Scored with more skaters on the ice.
    pub goals: Option<u32>,
    /// Advantages that the team has had; null where no feed counts them: see `docs/feeds.md`.
    pub opportunities: Option<u32>,
}

/// What came of a team's or a player's possessions of one type.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PossessionType {
    /// All field goals of the type.
    pub fg: Option<Shooting>,
    /// How many there were.
    pub possessions: Option<u32>,
    /// Scored in them.
    pub points: Option<u32>,
    /// That ended them.
    pub turnovers: Option<u32>,
    /// Points per possession.
    pub ppp: Option<f64>,
    /// Those of two points.
    pub fg2: Option<Shooting>,
    /// Those of three points.
    pub fg3: Option<Shooting>,
    /// Share of the team's possessions, 0-100.
    pub possessions_pct: Option<f64>,
    /// Possessions of the type that ended in a turnover, 0-100.
    pub turnover_pct: Option<f64>,
    /// Effective field goal percentage, as the vendor sends it.
    pub efg: Option<f64>,
    /// The team's made field goals against the other team's: 1 more, 0 as many, -1 fewer.
    pub arrow: Option<i32>,
}

/// The three 14-zone maps; each has 14 zones in the vendor's order, or none while unknown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Zones {
    /// Every field goal.
    pub all: Vec<Zone>,
    /// Those that were shot as they were caught.
    pub catch_and_shoot: Vec<Zone>,
    /// Those after a dribble.
    pub off_the_dribble: Vec<Zone>,
}

/// A zone of a shot map: see `court` for where it lies.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Zone {
    /// 1-14.
    pub number: u8,
    /// Field goals made in it.
    pub made: Option<u32>,
    /// Field goals tried in it.
    pub attempted: Option<u32>,
    /// 0-100; null without an attempt.
    pub pct: Option<f64>,
    /// As sent: "3/7".
    pub display: Option<String>,
    /// As sent: "43%".
    pub pct_display: Option<String>,
    /// The vendor's colour for the zone.
    pub color: Option<String>,
}
