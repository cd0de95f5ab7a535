//! The show file: what a show is made of, as its author wrote it, checked before anything starts.
//!
//! In: the text of a TOML file. Out: a [`ShowFile`] whose values are all usable, or every problem in it at once, each
//! with line, column and what to do. Unknown keys are refused: a misspelt setting that is silently ignored is found on
//! air. Plain values only: `app` turns them into each module's own options.

mod defaults;
mod feeds;
mod outputs;
mod problem;
mod read;
mod roster;
mod values;

use std::path::PathBuf;

use serde::Deserialize;

use crate::command::{Command, Fields, Key, Step};
use crate::draw_list::Size;
use crate::ids::{FeedId, LayerId, TeamId, TemplateId};
use crate::time::FrameRate;

pub use feeds::{FarHoop, Feed, FilterValues, KeyPlace, PingForm, RightHand, ShotTracker, Sportradar};
pub use outputs::{Background, FfmpegOutput, Output, RawOutput, WindowOutput, movie_options};
pub use problem::{Problem, Problems};
pub use read::{BUILTIN, parse};
pub use roster::{RosterPlayer, parse_roster};
pub use values::{UnknownSize, parse_size};

/// A whole show.
#[derive(Clone, Debug)]
pub struct ShowFile {
    /// Its name, rate and canvas.
    pub show: Show,
    /// A mock venue that runs inside the program, for demos and rehearsals; its feeds say `venue = true`.
    pub venue: Option<Venue>,
    /// What the show says of the teams.
    pub teams: Teams,
    /// What the show says of the game.
    pub game: Game,
    /// How the teams' colours are found.
    pub colors: Colors,
    /// Which feed is believed first.
    pub ranks: Ranks,
    /// In the order of the file; ids are different.
    pub feeds: Vec<Feed>,
    /// In the order of the file; names are different.
    pub graphics: Vec<Graphic>,
    /// Takes that happen by themselves.
    pub rundown: Rundown,
    /// Where the picture goes, in the order of the file; ids are different.
    pub outputs: Vec<Output>,
    /// How the journal is kept; by the defaults when absent.
    pub journal: Option<Journal>,
    /// Keys of the program window beside those of graphics.
    pub keys: Vec<KeyBinding>,
}

/// The show as a whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    /// As the window's title has it.
    pub name: String,
    #[serde(default = "defaults::rate", deserialize_with = "values::rate")]
    /// Frames a second; 59.94 when absent.
    pub rate: FrameRate,
    #[serde(default = "defaults::size", deserialize_with = "values::size")]
    /// Of the canvas, in pixels; 1920x1080 when absent.
    pub size: Size,
    /// Folder of template folders, relative to the show file; the built-in templates when absent.
    pub templates: Option<PathBuf>,
    /// Where the journal is written; none is kept when absent.
    pub journal: Option<PathBuf>,
}

/// How the journal is kept.
#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Journal {
    /// A file of the journal is put aside at this length, in megabytes (2^20 bytes, 1 to 4096), and another begun; as the
    /// journal has it when absent.
    #[serde(deserialize_with = "values::segment_mb")]
    pub segment_mb: Option<u64>,
    /// Packs the files put aside (gzip); as the journal has it when absent.
    pub compress: Option<bool>,
    /// Which positions of players and ball are written down: `"all"`, `"none"`, or so many a second. A replay shows only
    /// these; on air all are seen.
    #[serde(deserialize_with = "values::positions")]
    pub location: KeptPositions,
}

/// Which positions of players and ball a journal keeps.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum KeptPositions {
    #[default]
    /// As they were received.
    All,
    /// None at all.
    None,
    /// Messages a second at the most, above 0.
    PerSecond(f64),
}

/// What the show says of the game, over what feeds say; how long its periods are, for a game that is run by hand; and what
/// it takes for a run.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Game {
    /// `basketball` or `hockey`.
    pub sport: Option<Sport>,
    /// "NBA", "NCAA"…: the foul limit and the court go by it.
    pub league: Option<String>,
    /// "Game 3".
    pub title: Option<String>,
    /// The arena's name.
    pub venue: Option<String>,
    /// Before overtime: 4 (basketball) or 3 (hockey) unless set; 2 are halves.
    #[serde(deserialize_with = "values::periods")]
    pub periods: Option<u8>,
    #[serde(deserialize_with = "values::period_minutes")]
    /// Above 0, below 100; by the sport when absent.
    pub period_minutes: Option<f64>,
    #[serde(deserialize_with = "values::period_minutes")]
    /// Above 0, below 100; 5 when absent.
    pub overtime_minutes: Option<f64>,
    /// 0: there is none.
    #[serde(deserialize_with = "values::shot_clock")]
    pub shot_clock_s: Option<u32>,
    /// Of a team, at the beginning.
    pub timeouts: Option<u32>,
    /// Points from which a stretch of scoring is a run.
    pub run_points: u32,
    /// The other side's points above which it is none.
    pub run_against: u32,
    /// Personal fouls with which a player is out; by the league when absent (six in the NBA and WNBA, else five).
    pub foul_limit: Option<u32>,
    /// How long half-time lasts, and any other break, in seconds: from the end of the period a countdown runs. None runs
    /// when absent, unless a feed's clock tells one.
    pub halftime_s: Option<u32>,
    /// Between other periods than the halves.
    pub break_s: Option<u32>,
}

impl Default for Game {
    fn default() -> Self {
        Self {
            sport: None,
            league: None,
            title: None,
            venue: None,
            periods: None,
            period_minutes: None,
            overtime_minutes: None,
            shot_clock_s: None,
            timeouts: None,
            run_points: 8,
            run_against: 4,
            foul_limit: None,
            halftime_s: None,
            break_s: None,
        }
    }
}

/// What is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sport {
    /// Any league's.
    Basketball,
    /// Ice hockey.
    Hockey,
}

/// A key of the program window and the command that it gives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyBinding {
    #[serde(deserialize_with = "values::key")]
    /// One character, or a key's name.
    pub key: Key,
    /// As commands are written everywhere: a `verb` and what it needs.
    pub command: Command,
}

/// The mock venue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Venue {
    /// A game script; the built-in game when absent.
    pub game: Option<PathBuf>,
    /// Where in the game the show joins: a period and its clock, "Q2 0:53". Tip-off when absent.
    pub start: Option<String>,
    #[serde(default = "defaults::speed", deserialize_with = "values::speed")]
    /// Times real time, above 0.
    pub speed: f64,
    /// Starts again at `start` when the game is over.
    #[serde(default, rename = "loop")]
    pub looped: bool,
}

/// What the show says of both teams.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teams {
    #[serde(default)]
    /// The home team.
    pub home: Team,
    #[serde(default)]
    /// The other.
    pub away: Team,
}

/// What the show says of a team, over what feeds say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Tri-code.
    pub code: Option<String>,
    /// "Nets".
    pub name: Option<String>,
    /// "Brooklyn".
    pub market: Option<String>,
    /// Brand colours, `#rrggbb`: the primary stands in until a jersey colour is known, the secondary is the accent.
    #[serde(default, deserialize_with = "values::color")]
    pub primary: Option<String>,
    #[serde(default, deserialize_with = "values::color")]
    /// The accent.
    pub secondary: Option<String>,
    /// What the away team wears where its colour would look like the home team's.
    #[serde(default, deserialize_with = "values::color")]
    pub alternate: Option<String>,
    /// The team's ids at the vendors, or the codes that the broadcaster gave it there (`consumer_code`). Where none is
    /// given the teams are told apart by code and name, and at last by the feeds' word on who is at home.
    #[serde(default)]
    pub ids: Vec<TeamId>,
    /// A file with the team's players, CSV or JSON: number, name, position. Fills what feeds lack.
    pub roster: Option<PathBuf>,
    /// The players of that file, read by whoever loads the show.
    #[serde(skip)]
    pub players: Vec<RosterPlayer>,
}

/// How the teams' colours are found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colors {
    /// Which wins where both are known: the jersey's colour or the brand's.
    pub prefer: Preferred,
    /// What the away team does where it would look like the home team.
    pub clash: ClashRule,
    /// Keys of the program window that go through a team's choices: auto, jersey, brand, alternate.
    #[serde(deserialize_with = "values::some_key")]
    pub home_key: Option<Key>,
    #[serde(deserialize_with = "values::some_key")]
    /// The same of the away team.
    pub away_key: Option<Key>,
}

/// Which colour wins where both are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preferred {
    #[default]
    /// The jersey's, where a feed tells it.
    Jersey,
    /// The brand's.
    Brand,
}

/// What the away team does where the two would look alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClashRule {
    /// It takes another colour.
    #[default]
    Alternate,
    /// It keeps its own; the operator is told all the same.
    Keep,
}

/// For each kind of fact the feeds that are asked for it, by their ids, the most believed one first. Feeds that are not
/// named are asked after those, in an order that depends on their kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ranks {
    /// Id, league, title and venue.
    pub game: Vec<FeedId>,
    /// Scheduled, in progress, over.
    pub status: Vec<FeedId>,
    /// Id, name, market and code of the teams.
    pub teams: Vec<FeedId>,
    /// Points or goals.
    pub score: Vec<FeedId>,
    /// Bonus, timeouts and team fouls.
    pub bench: Vec<FeedId>,
    /// Period, game clock and shot clock.
    pub clock: Vec<FeedId>,
    /// Jerseys.
    pub colors: Vec<FeedId>,
    /// Of teams, and points by period.
    pub statistics: Vec<FeedId>,
    /// Rows of players.
    pub players: Vec<FeedId>,
    /// The maps of 14 zones.
    pub zones: Vec<FeedId>,
    /// The shot chart.
    pub shots: Vec<FeedId>,
    /// Play-by-play.
    pub plays: Vec<FeedId>,
    /// Who has the ball.
    pub possession: Vec<FeedId>,
    /// Strength and penalties.
    pub penalties: Vec<FeedId>,
    /// Who is on the court, and line-ups.
    pub lineups: Vec<FeedId>,
    /// Positions of players and ball.
    pub tracking: Vec<FeedId>,
}

impl Ranks {
    /// Every fact by its key, with its feeds; none where the show file says nothing.
    pub fn rows(&self) -> [(&'static str, &[FeedId]); 16] {
        [
            ("game", &self.game),
            ("status", &self.status),
            ("teams", &self.teams),
            ("score", &self.score),
            ("bench", &self.bench),
            ("clock", &self.clock),
            ("colors", &self.colors),
            ("statistics", &self.statistics),
            ("players", &self.players),
            ("zones", &self.zones),
            ("shots", &self.shots),
            ("plays", &self.plays),
            ("possession", &self.possession),
            ("penalties", &self.penalties),
            ("lineups", &self.lineups),
            ("tracking", &self.tracking),
        ]
    }
}

/// A template with values and a place, ready to be put on air by one key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graphic {
    /// How the rundown calls it.
    pub name: String,
    /// By the name of its folder.
    pub template: TemplateId,
    /// Where it is put; higher ones lie above.
    pub layer: LayerId,
    /// A key of the program window that puts it on and off air: one character.
    #[serde(default, deserialize_with = "values::some_key")]
    pub key: Option<Key>,
    #[serde(default)]
    /// Values for the template's fields; their defaults when absent.
    pub fields: Fields,
}

/// Takes that happen by themselves: for demos and rehearsals.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rundown {
    /// Starts again after this many seconds; runs once when absent.
    #[serde(default, deserialize_with = "values::rundown_loop")]
    pub loop_s: Option<f64>,
    #[serde(default)]
    /// In whatever order; `at_s` counts.
    pub steps: Vec<RundownStep>,
}

/// Something that happens by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RundownStep {
    /// Seconds after the show (or the loop) begins.
    #[serde(deserialize_with = "values::rundown_time")]
    pub at_s: f64,
    /// A graphic of the show, by name. Exactly one of the three is given.
    pub take: Option<String>,
    /// Takes it off air.
    pub out: Option<String>,
    /// Moves it to its next step, or to `to`.
    #[serde(rename = "continue")]
    pub continues: Option<String>,
    /// A step of the graphic that continues, by number or name.
    pub to: Option<Step>,
}

impl RundownStep {
    /// The graphic that it is about; `None` when it names none, or several.
    pub fn graphic(&self) -> Option<&str> {
        match (&self.take, &self.out, &self.continues) {
            (Some(name), None, None) | (None, Some(name), None) | (None, None, Some(name)) => Some(name),
            _ => None,
        }
    }
}
