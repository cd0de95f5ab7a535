//! The game at one instant, under the names that templates, `inspect` and the control API share.
//!
//! Lengths in millimetres, times in milliseconds, percentages 0-100, colours `#rrggbb`. A value that is not known is
//! `null`, never 0. Parts that rarely change are shared (`Arc`) between snapshots, so that building one a frame is cheap
//! and a binding can tell by pointer that a part is the same as before.

mod moment;
mod tracking;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{GameId, PlayId, PlayerId, Side, TeamId};
use crate::status::FeedHealth;

pub use moment::{
    Countdown, CountdownKind, Drought, FreeThrow, LastPlay, Leader, Leaders, Person, Phase, Run, Since, Stoppage,
    StoppageKind, Streak, Timer, Topic,
};
pub use tracking::{
    LatestPossession, Lineup, PossessionEvent, SessionPossessions, ShotLocation, TRAIL_EVERY_MILLIS, TRAIL_POINTS,
    Tracked, Tracking,
};

/// Everything a template can bind.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GameSnapshot {
    pub game: Arc<Game>,
    pub clock: Clock,
    pub home: Team,
    pub away: Team,
    /// The side that has the ball; null when unknown or in dispute.
    pub possession: Option<Side>,
    /// Newest first, by the vendor's sequence (not by arrival).
    /// Each play is shared too: a game has hundreds, and a message changes one.
    pub plays: Arc<Vec<Arc<Play>>>,
    pub feeds: Vec<FeedHealth>,
    pub tracking: Arc<Tracking>,
    /// Null until a tracking system told of one.
    pub latest_possession: Option<Arc<LatestPossession>>,
    /// A feed that supplies score or statistics has just joined and is telling what happened before: what changes now is
    /// no news, and nothing rolls or flashes for it.
    pub catching_up: bool,
    /// Null unless a side is on one, by the show file's measure.
    pub run: Option<Arc<Run>>,
    /// Null when nothing worth a headline has just happened.
    pub last_play: Option<Arc<LastPlay>>,
    /// Null unless a shooter is at the line.
    pub free_throw: Option<Arc<FreeThrow>>,
}

impl GameSnapshot {
    pub fn team(&self, side: Side) -> &Team {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Game {
    pub id: Option<GameId>,
    /// "NBA", "NHL", "NCAA"…
    pub league: Option<String>,
    pub sport: Sport,
    pub status: Option<GameStatus>,
    pub title: Option<String>,
    pub venue: Option<String>,
    /// When it is to begin, as the vendor wrote it (RFC 3339).
    pub scheduled: Option<String>,
    /// How much of the game the vendor covers ("full", "boxscore"…): what to expect of its plays.
    pub coverage: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sport {
    #[default]
    Basketball,
    Hockey,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GameStatus {
    Scheduled,
    /// Play has begun, breaks between periods included.
    InProgress,
    Halftime,
    /// Over, statistics not yet validated or validated.
    Complete,
    Delayed,
    Postponed,
    Cancelled,
    /// The vendor's test pattern: must be visibly a test.
    Test,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clock {
    pub period: Option<Period>,
    pub game: Option<GameClock>,
    /// Null when the shot clock is off or unknown.
    pub shot: Option<ShotClock>,
    /// Hockey: time left of the shortest running penalty that changes strength; null at even strength or when unknown.
    pub strength: Option<PenaltyClock>,
    /// No clock message for longer than the feed should ever be silent: what is shown is extrapolated or held.
    pub stale: bool,
    /// Null before anything is known of the game.
    pub phase: Option<Phase>,
    /// "PRE-GAME", "END Q3", "HALFTIME", "FINAL", "FINAL/2OT", "DELAYED"…; null while a period is played.
    pub phase_label: Option<String>,
    /// Null unless a timeout, a review or another stoppage was told and play has not gone on since.
    pub stoppage: Option<Stoppage>,
    /// Null unless the beginning of the game or of the next period is known.
    pub countdown: Option<Countdown>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// 1-based within its kind: the second overtime is `{kind: overtime, number: 2}`. 0 for pre-game, half-time, final.
    pub number: u8,
    /// "Q4", "H2", "OT", "2OT", "P3", "SO", "HALF", "PRE", "FINAL", "TEST".
    pub label: String,
    pub kind: PeriodKind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    Pregame,
    Quarter,
    Half,
    /// Hockey.
    Period,
    Halftime,
    Overtime,
    /// Hockey.
    Shootout,
    Final,
    Test,
}

impl Period {
    /// The period with its usual label; `number` counts from 1 within its kind and is ignored where there is only one.
    pub fn new(kind: PeriodKind, number: u8) -> Self {
        let (number, label) = match kind {
            PeriodKind::Quarter => (number, format!("Q{number}")),
            PeriodKind::Half => (number, format!("H{number}")),
            PeriodKind::Period => (number, format!("P{number}")),
            PeriodKind::Overtime if number <= 1 => (1, "OT".to_owned()),
            PeriodKind::Overtime => (number, format!("{number}OT")),
            PeriodKind::Shootout => (1, "SO".to_owned()),
            PeriodKind::Pregame => (0, "PRE".to_owned()),
            PeriodKind::Halftime => (0, "HALF".to_owned()),
            PeriodKind::Final => (0, "FINAL".to_owned()),
            PeriodKind::Test => (0, "TEST".to_owned()),
        };
        Self { number, label, kind }
    }

    /// The period of a label as [`Period::new`] gives it, in either case; `None` where no period is labelled so.
    pub fn labelled(label: &str) -> Option<Self> {
        let label = label.trim().to_ascii_uppercase();
        let number = |text: &str| text.parse::<u8>().ok().filter(|number| *number > 0);
        let (kind, number) = match label.as_str() {
            "PRE" => (PeriodKind::Pregame, 0),
            "HALF" => (PeriodKind::Halftime, 0),
            "FINAL" => (PeriodKind::Final, 0),
            "TEST" => (PeriodKind::Test, 0),
            "SO" => (PeriodKind::Shootout, 1),
            "OT" => (PeriodKind::Overtime, 1),
            text => match (text.strip_suffix("OT"), text.split_at_checked(1)?) {
                (Some(overtime), _) => (PeriodKind::Overtime, number(overtime)?),
                (None, ("Q", quarter)) => (PeriodKind::Quarter, number(quarter)?),
                (None, ("H", half)) => (PeriodKind::Half, number(half)?),
                (None, ("P", period)) => (PeriodKind::Period, number(period)?),
                _ => return None,
            },
        };
        Some(Self::new(kind, number))
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GameClock {
    /// "4:07" from a minute up, "21.7" below; rounded down to what it shows.
    pub display: String,
    pub millis: u32,
    pub running: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShotClock {
    /// Whole seconds rounded up ("14") from five seconds up, tenths below ("4.2"), as arenas show it.
    pub display: String,
    pub millis: u32,
}

/// Time left of a penalty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyClock {
    /// "1:44", "0:51"; rounded down to what it shows.
    pub display: String,
    pub millis: u32,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Team {
    pub id: Option<TeamId>,
    /// "Nets"
    pub name: Option<String>,
    /// "Brooklyn"
    pub market: Option<String>,
    /// Tri-code, "BKN".
    pub code: Option<String>,
    pub score: Option<u32>,
    /// Team fouls of the period.
    pub fouls: Option<u32>,
    pub bonus: Option<bool>,
    /// Remaining.
    pub timeouts: Option<u32>,
    /// The end of the court or rink that the team attacks, as television sees it.
    pub attacks: Option<End>,
    /// Hockey: more skaters than the other team, fewer, or as many.
    pub strength: Option<Strength>,
    /// Hockey: players on the ice without the goalkeeper.
    pub skaters: Option<u8>,
    /// Hockey: the goalkeeper is off the ice.
    pub empty_net: Option<bool>,
    /// Hockey: penalties that are being served, the first to end first.
    pub penalties: Arc<Vec<Penalty>>,
    pub color: Arc<TeamColor>,
    pub by_period: Arc<Vec<PeriodScore>>,
    pub stats: Arc<Stats>,
    /// In order of jersey number.
    pub players: Arc<Vec<Player>>,
    pub on_court: Arc<Vec<PlayerId>>,
    pub zones: Arc<Zones>,
    pub shots: Arc<Vec<Shot>>,
    /// Flights of the team's shots, misses after makes.
    pub shot_locations: Arc<Vec<ShotLocation>>,
    /// The game's line-ups first, then those of sessions; empty until a tracking system told of any.
    pub lineups: Arc<Vec<Lineup>>,
    /// By session, in the order in which they were first told.
    pub possession_sessions: Arc<Vec<SessionPossessions>>,
    /// The first five, as they stood before the first tip; empty for whoever joined later.
    pub starters: Arc<Vec<PlayerId>>,
    pub leaders: Arc<Leaders>,
    pub drought: Drought,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Left,
    Right,
}

impl End {
    pub fn other(self) -> Self {
        match self {
            End::Left => End::Right,
            End::Right => End::Left,
        }
    }
}

/// Who has more skaters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    Even,
    PowerPlay,
    ShortHanded,
}

impl Strength {
    /// The other team's.
    pub fn other(self) -> Self {
        match self {
            Strength::Even => Strength::Even,
            Strength::PowerPlay => Strength::ShortHanded,
            Strength::ShortHanded => Strength::PowerPlay,
        }
    }
}

/// A penalty that is being served.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Penalty {
    /// Who committed it; null for a bench penalty.
    pub player: Option<PlayerId>,
    pub name: Option<String>,
    pub number: Option<String>,
    /// As it was given: 2, 4, 5, 10.
    pub minutes: Option<u32>,
    /// "Minor", "Major", "Double Minor", "Misconduct".
    pub severity: Option<String>,
    /// "Hooking".
    pub infraction: Option<String>,
    /// Null where it cannot be told: a game clock is missing, or the length of an overtime.
    pub left: Option<PenaltyClock>,
}

/// Colours of a team on screen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeamColor {
    /// As the feed reported it; null until it did.
    pub jersey: Option<String>,
    /// Where `primary` comes from: "jersey", "brand", "alternate", "operator".
    pub origin: Option<String>,
    /// The plate: the jersey's colour, else the show file's brand colour, its lightness moved as far as text on it needs.
    pub primary: Option<String>,
    /// The upper and the lower end of the plate's gradient.
    pub light: Option<String>,
    pub dark: Option<String>,
    /// Text on `primary`, at least 4.5:1 on all of its gradient.
    pub on_primary: Option<String>,
    /// A darker cell in the plate, and text on it.
    pub shade: Option<String>,
    pub on_shade: Option<String>,
    /// An edge that shows on `primary`.
    pub border: Option<String>,
    /// The accent: the show file's secondary colour, or what else of the team's colours shows on `primary`.
    pub secondary: Option<String>,
    /// Text on `secondary`.
    pub on_secondary: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodScore {
    /// "Q1", "H2", "OT".
    pub label: String,
    pub points: Option<u32>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Player {
    pub id: Option<PlayerId>,
    /// The id that the broadcaster gave the player at the vendor (`consumer_code`), where it did.
    pub code: Option<String>,
    /// Ids of the same player at other feeds.
    pub also: Vec<PlayerId>,
    /// Text: "00" and "0" are different players.
    pub number: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    /// "G", "F", "C"…
    pub position: Option<String>,
    pub on_court: Option<bool>,
    /// Null where the first five were not seen.
    pub starter: Option<bool>,
    /// Basketball: as many fouls as the league allows, technical ones of the feed's count aside; null without a count.
    pub fouled_out: Option<bool>,
    /// Sent off by a play of the game.
    pub ejected: Option<bool>,
    /// Basketball: null unless the last two attempts went in.
    pub streak: Option<Streak>,
    pub stats: Stats,
    pub season: Option<Stats>,
    pub zones: Option<Zones>,
    pub shot_locations: Vec<ShotLocation>,
}

/// Statistics of a team, a player or a period.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stats {
    pub points: Option<u32>,
    pub fg: Option<Shooting>,
    pub fg2: Option<Shooting>,
    pub fg3: Option<Shooting>,
    pub ft: Option<Shooting>,
    pub rebounds: Option<Rebounds>,
    pub assists: Option<u32>,
    pub steals: Option<u32>,
    pub blocks: Option<u32>,
    pub turnovers: Option<Turnovers>,
    pub fouls: Option<u32>,
    pub fouls_drawn: Option<u32>,
    pub plus_minus: Option<i32>,
    pub points_in_paint: Option<u32>,
    pub second_chance_points: Option<u32>,
    pub points_off_turnovers: Option<u32>,
    pub assist_to_turnover: Option<f64>,
    pub distance_m: Option<f64>,
    /// Hockey from here to `takeaways`; `assists`, `points` and `blocks` are shared.
    pub goals: Option<u32>,
    pub shots_on_goal: Option<u32>,
    pub hits: Option<u32>,
    pub faceoffs: Option<Faceoffs>,
    pub power_play: Option<PowerPlay>,
    pub penalty_minutes: Option<u32>,
    pub saves: Option<u32>,
    pub giveaways: Option<u32>,
    pub takeaways: Option<u32>,
    pub by_possession_type: BTreeMap<String, PossessionType>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shooting {
    pub made: u32,
    pub attempted: u32,
    /// 0-100; null without an attempt.
    pub pct: Option<f64>,
    /// "7-16"
    pub display: String,
}

impl Shooting {
    pub fn new(made: u32, attempted: u32) -> Self {
        let pct = (attempted > 0).then(|| f64::from(made) * 100.0 / f64::from(attempted));
        Self { made, attempted, pct, display: format!("{made}-{attempted}") }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rebounds {
    pub total: Option<u32>,
    pub offensive: Option<u32>,
    pub defensive: Option<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turnovers {
    pub total: Option<u32>,
    pub live: Option<u32>,
    pub dead: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faceoffs {
    pub won: u32,
    pub lost: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PowerPlay {
    pub goals: Option<u32>,
    pub opportunities: Option<u32>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PossessionType {
    pub fg: Option<Shooting>,
    pub possessions: Option<u32>,
    pub points: Option<u32>,
    pub turnovers: Option<u32>,
    /// Points per possession.
    pub ppp: Option<f64>,
    pub fg2: Option<Shooting>,
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
    pub all: Vec<Zone>,
    pub catch_and_shoot: Vec<Zone>,
    pub off_the_dribble: Vec<Zone>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Zone {
    /// 1-14.
    pub number: u8,
    pub made: Option<u32>,
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

/// A shot of a team, hoop-relative.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shot {
    pub id: Option<String>,
    pub player: Option<PlayerId>,
    pub made: bool,
    pub three: bool,
    /// From the hoop's centre: x to the right of a shooter who faces it, y towards the centre of the court.
    pub x_mm: Option<i32>,
    pub y_mm: Option<i32>,
    /// 1-14.
    pub zone: Option<u8>,
    /// The vendor's finer map of 23 zones.
    pub advanced_zone: Option<u8>,
    pub period: Option<String>,
    pub points: Option<u32>,
    /// When it was taken, in milliseconds since 1970 by the vendor's clock.
    pub at_millis: Option<i64>,
    pub distance_mm: Option<u32>,
    /// The vendor's words for it: "CAS" (catch and shoot), "DUNK".
    pub attributes: Vec<String>,
    pub defenders: Vec<PlayerId>,
    /// Everybody on the floor.
    pub on_court: Vec<PlayerId>,
}

/// One play-by-play event in its latest version.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Play {
    pub id: Option<PlayId>,
    pub period: Option<Period>,
    /// Game clock as the vendor wrote it.
    pub clock: Option<String>,
    /// The same in milliseconds left.
    pub clock_millis: Option<u32>,
    pub team: Option<Side>,
    /// The vendor's event type ("threepointmade").
    pub kind: String,
    pub text: Option<String>,
    pub players: Vec<PlayRole>,
    pub points: Option<u32>,
    pub score: Option<Score>,
    /// From the hoop (or goal) that the team attacks: x to the right of a shooter who faces it, y towards the centre.
    pub x_mm: Option<i32>,
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
    /// Hockey: the goal was scored into an empty net, or by the team that conceded it.
    pub empty_net_goal: Option<bool>,
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
    pub id: Option<PlayerId>,
    pub name: Option<String>,
    pub number: Option<String>,
    /// "fieldgoal", "assist", "rebound"…
    pub role: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    pub home: u32,
    pub away: u32,
}
