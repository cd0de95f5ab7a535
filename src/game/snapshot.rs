//! The game at one instant, under the names that templates, `inspect` and the control API share.
//!
//! Lengths in millimetres, times in milliseconds, percentages 0-100, colours `#rrggbb`. A value that is not known is
//! `null`, never 0. Parts that rarely change are shared (`Arc`) between snapshots, so that building one a frame is cheap
//! and a binding can tell by pointer that a part is the same as before.

mod moment;
mod plays;
mod stats;
mod tracking;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{GameId, PlayerId, Side, TeamId};
use crate::status::FeedHealth;

pub use moment::{
    Countdown, CountdownKind, Drought, FreeThrow, LastPlay, Leader, Leaders, Person, Phase, Run, Since, Stoppage,
    StoppageKind, Streak, Timer, Topic,
};
pub use plays::{Play, PlayRole, Score, Shot};
pub use stats::{Faceoffs, PossessionType, PowerPlay, Rebounds, Shooting, Stats, Turnovers, Zone, Zones};
pub use tracking::{
    LatestPossession, Lineup, PossessionEvent, SessionPossessions, ShotLocation, TRAIL_EVERY_MILLIS, TRAIL_POINTS,
    Tracked, Tracking,
};

/// Everything a template can bind.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GameSnapshot {
    /// What is known of the game itself: league, status, place.
    pub game: Arc<Game>,
    /// Game clock, shot clock, period, and what the game is at (a timeout, a break).
    pub clock: Clock,
    /// The home team, by the show file or the feeds.
    pub home: Team,
    /// The other one.
    pub away: Team,
    /// The side that has the ball; null when unknown or in dispute.
    pub possession: Option<Side>,
    /// Newest first, by the vendor's sequence (not by arrival).
    /// Each play is shared too: a game has hundreds, and a message changes one.
    pub plays: Arc<Vec<Arc<Play>>>,
    /// Each feed with what is wrong with it now, in order of their ids.
    pub feeds: Vec<FeedHealth>,
    /// Positions of players and ball; empty without a tracking system.
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
    /// The team of a side.
    pub fn team(&self, side: Side) -> &Team {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }
}

/// What is known of the game as an event.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Game {
    /// The vendor's, of the feed that supplies the game.
    pub id: Option<GameId>,
    /// "NBA", "NHL", "NCAA"…
    pub league: Option<String>,
    /// Basketball until a feed or the show file says otherwise.
    pub sport: Sport,
    /// Null until a feed has told it.
    pub status: Option<GameStatus>,
    /// "Game 3"; null where the vendor gives none.
    pub title: Option<String>,
    /// The arena's name.
    pub venue: Option<String>,
    /// When it is to begin, as the vendor wrote it (RFC 3339).
    pub scheduled: Option<String>,
    /// How much of the game the vendor covers ("full", "boxscore"…): what to expect of its plays.
    pub coverage: Option<String>,
}

/// Which rules, statistics and surface a game has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sport {
    #[default]
    /// The NBA's, and every other league's.
    Basketball,
    /// Ice hockey.
    Hockey,
}

/// Where a game is, by the vendor's word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GameStatus {
    /// Not begun; the vendor's `created`, too.
    Scheduled,
    /// Play has begun, breaks between periods included.
    InProgress,
    /// Basketball: the break after the second quarter or the first half.
    Halftime,
    /// Over, statistics not yet validated or validated.
    Complete,
    /// It begins later on the same day, or was interrupted.
    Delayed,
    /// It is played on another day, under another id.
    Postponed,
    /// It is not played.
    Cancelled,
    /// The vendor's test pattern: must be visibly a test.
    Test,
}

/// All clocks at the instant of the snapshot, carried on from the last readings.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clock {
    /// Null until a feed has told one.
    pub period: Option<Period>,
    /// Null until a feed has told one.
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

/// A period of the game, or the time before, between and after them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// 1-based within its kind: the second overtime is `{kind: overtime, number: 2}`. 0 for pre-game, half-time, final.
    pub number: u8,
    /// "Q4", "H2", "OT", "2OT", "P3", "SO", "HALF", "PRE", "FINAL", "TEST".
    pub label: String,
    /// What it is one of.
    pub kind: PeriodKind,
}

/// What a period is one of; in the order in which a game goes through them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// Before the first period.
    Pregame,
    /// A fourth of a game of basketball.
    Quarter,
    /// College basketball's.
    Half,
    /// Hockey.
    Period,
    /// Between the halves.
    Halftime,
    /// Of either sport; `number` tells which.
    Overtime,
    /// Hockey.
    Shootout,
    /// The game is over.
    Final,
    /// The vendor's test pattern.
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

/// Time left in the period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GameClock {
    /// "4:07" from a minute up, "21.7" below; rounded down to what it shows.
    pub display: String,
    /// Time left in the period, 0 to a day.
    pub millis: u32,
    /// Whether it counts down.
    pub running: bool,
}

/// Time left to shoot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShotClock {
    /// Whole seconds rounded up ("14") from five seconds up, tenths below ("4.2"), as arenas show it.
    pub display: String,
    /// Time left; 0 is an expired clock, and one that is off is no clock.
    pub millis: u32,
}

/// Time left of a penalty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyClock {
    /// "1:44", "0:51"; rounded down to what it shows.
    pub display: String,
    /// Time left.
    pub millis: u32,
}

/// One of the two teams. What no feed has told is null, or an empty list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Team {
    /// The vendor's, of the feed that supplies the teams.
    pub id: Option<TeamId>,
    /// "Nets"
    pub name: Option<String>,
    /// "Brooklyn"
    pub market: Option<String>,
    /// Tri-code, "BKN".
    pub code: Option<String>,
    /// Points or goals, as the feeds tell them.
    pub score: Option<u32>,
    /// Team fouls of the period.
    pub fouls: Option<u32>,
    /// Whether the team shoots free throws for the other one's fouls.
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
    /// What the team's plates are drawn in.
    pub color: Arc<TeamColor>,
    /// In the order of the periods; empty until a feed has told any.
    pub by_period: Arc<Vec<PeriodScore>>,
    /// Of the whole game.
    pub stats: Arc<Stats>,
    /// In order of jersey number.
    pub players: Arc<Vec<Player>>,
    /// Whoever plays now, by ids of `players`; empty while nobody knows.
    pub on_court: Arc<Vec<PlayerId>>,
    /// Shots by the 14 zones, as the vendor has counted them.
    pub zones: Arc<Zones>,
    /// In the order in which they were taken.
    pub shots: Arc<Vec<Shot>>,
    /// Flights of the team's shots, misses after makes.
    pub shot_locations: Arc<Vec<ShotLocation>>,
    /// The game's line-ups first, then those of sessions; empty until a tracking system told of any.
    pub lineups: Arc<Vec<Lineup>>,
    /// By session, in the order in which they were first told.
    pub possession_sessions: Arc<Vec<SessionPossessions>>,
    /// The first five, as they stood before the first tip; empty for whoever joined later.
    pub starters: Arc<Vec<PlayerId>>,
    /// The best of each count.
    pub leaders: Arc<Leaders>,
    /// How long the team has not scored.
    pub drought: Drought,
}

/// An end of the court or rink, as television sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl End {
    /// The end across.
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
    /// As many.
    Even,
    /// More.
    PowerPlay,
    /// Fewer.
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
    /// The player's, as the vendor writes it.
    pub name: Option<String>,
    /// The player's, as on the jersey.
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
    /// Its lower end.
    pub dark: Option<String>,
    /// Text on `primary`, at least 4.5:1 on all of its gradient.
    pub on_primary: Option<String>,
    /// A darker cell in the plate, and text on it.
    pub shade: Option<String>,
    /// At least 4.5:1 on `shade`.
    pub on_shade: Option<String>,
    /// An edge that shows on `primary`.
    pub border: Option<String>,
    /// The accent: the show file's secondary colour, or what else of the team's colours shows on `primary`.
    pub secondary: Option<String>,
    /// Text on `secondary`.
    pub on_secondary: Option<String>,
}

/// What a team has scored in a period.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodScore {
    /// "Q1", "H2", "OT".
    pub label: String,
    /// Null while the period is to come, or unknown.
    pub points: Option<u32>,
}

/// A player of a team, with everything that is told of them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Player {
    /// The vendor's, of the feed that supplies the players; null for who is known by number and name alone.
    pub id: Option<PlayerId>,
    /// The id that the broadcaster gave the player at the vendor (`consumer_code`), where it did.
    pub code: Option<String>,
    /// Ids of the same player at other feeds.
    pub also: Vec<PlayerId>,
    /// Text: "00" and "0" are different players.
    pub number: Option<String>,
    /// Null where nobody has told it.
    pub first_name: Option<String>,
    /// Null where nobody has told it.
    pub last_name: Option<String>,
    /// "G", "F", "C"…
    pub position: Option<String>,
    /// Whether the player plays now.
    pub on_court: Option<bool>,
    /// Null where the first five were not seen.
    pub starter: Option<bool>,
    /// Basketball: as many fouls as the league allows, technical ones of the feed's count aside; null without a count.
    pub fouled_out: Option<bool>,
    /// Sent off by a play of the game.
    pub ejected: Option<bool>,
    /// Basketball: null unless the last two attempts went in.
    pub streak: Option<Streak>,
    /// Of the game.
    pub stats: Stats,
    /// Of the season: free throws alone, where the vendor was asked for them.
    pub season: Option<Stats>,
    /// The player's own maps; null where no feed has them.
    pub zones: Option<Zones>,
    /// Flights of the player's shots.
    pub shot_locations: Vec<ShotLocation>,
}
