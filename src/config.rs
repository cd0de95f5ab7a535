//! The show file: what a show is made of, as its author wrote it, checked before anything starts.
//!
//! In: the text of a TOML file. Out: a [`ShowFile`] whose values are all usable, or every problem in it at once, each
//! with line, column and what to do. Unknown keys are refused: a misspelt setting that is silently ignored is found on
//! air. Plain values only: `app` turns them into each module's own options.

mod problem;
mod read;
mod roster;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::command::{Command, Fields, Key, Step};
use crate::draw_list::Size;
use crate::frame::{Alpha, PixelFormat};
use crate::ids::{FeedId, FeedKind, LayerId, OutputId, TeamId, TemplateId};
use crate::time::FrameRate;

pub use problem::{Problem, Problems};
pub use read::{BUILTIN, parse};
pub use roster::{RosterPlayer, parse_roster};
pub use values::{UnknownSize, parse_size};

/// A whole show.
#[derive(Clone, Debug)]
pub struct ShowFile {
    pub show: Show,
    /// A mock venue that runs inside the program, for demos and rehearsals; its feeds say `venue = true`.
    pub venue: Option<Venue>,
    pub teams: Teams,
    pub game: Game,
    pub colors: Colors,
    pub ranks: Ranks,
    pub feeds: Vec<Feed>,
    pub graphics: Vec<Graphic>,
    pub rundown: Rundown,
    pub outputs: Vec<Output>,
    /// How the journal is kept; by the defaults when absent.
    pub journal: Option<Journal>,
    pub keys: Vec<KeyBinding>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Show {
    pub name: String,
    #[serde(default = "defaults::rate", deserialize_with = "values::rate")]
    pub rate: FrameRate,
    #[serde(default = "defaults::size", deserialize_with = "values::size")]
    pub size: Size,
    /// Folder of template folders, relative to the show file; the built-in templates when absent.
    pub templates: Option<PathBuf>,
    /// Where the journal is written; none is kept when absent.
    pub journal: Option<PathBuf>,
}

/// How the journal is kept.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Journal {
    /// A file of the journal is put aside at this length, in megabytes (2^20 bytes), and another begun.
    #[serde(deserialize_with = "values::segment_mb")]
    pub segment_mb: u64,
    /// Packs the files put aside (gzip).
    pub compress: bool,
    /// Which positions of players and ball are written down: `"all"`, `"none"`, or so many a second. A replay shows only
    /// these; on air all are seen.
    #[serde(deserialize_with = "values::positions")]
    pub location: KeptPositions,
}

impl Default for Journal {
    fn default() -> Self {
        Self { segment_mb: 64, compress: true, location: KeptPositions::All }
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum KeptPositions {
    All,
    None,
    PerSecond(f64),
}

/// What the show says of the game, over what feeds say; how long its periods are, for a game that is run by hand; and what
/// it takes for a run.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Game {
    /// `basketball` or `hockey`.
    pub sport: Option<Sport>,
    pub league: Option<String>,
    pub title: Option<String>,
    pub venue: Option<String>,
    /// Before overtime: 4 (basketball) or 3 (hockey) unless set; 2 are halves.
    #[serde(deserialize_with = "values::periods")]
    pub periods: Option<u8>,
    #[serde(deserialize_with = "values::period_minutes")]
    pub period_minutes: Option<f64>,
    #[serde(deserialize_with = "values::period_minutes")]
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

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sport {
    Basketball,
    Hockey,
}

/// A key of the program window and the command that it gives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyBinding {
    #[serde(deserialize_with = "values::key")]
    pub key: Key,
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
    pub speed: f64,
    /// Starts again at `start` when the game is over.
    #[serde(default, rename = "loop")]
    pub looped: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teams {
    #[serde(default)]
    pub home: Team,
    #[serde(default)]
    pub away: Team,
}

/// What the show says of a team, over what feeds say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Tri-code.
    pub code: Option<String>,
    pub name: Option<String>,
    pub market: Option<String>,
    /// Brand colours, `#rrggbb`: the primary stands in until a jersey colour is known, the secondary is the accent.
    #[serde(default, deserialize_with = "values::color")]
    pub primary: Option<String>,
    #[serde(default, deserialize_with = "values::color")]
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
    pub away_key: Option<Key>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preferred {
    #[default]
    Jersey,
    Brand,
}

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
    pub status: Vec<FeedId>,
    /// Id, name, market and code of the teams.
    pub teams: Vec<FeedId>,
    pub score: Vec<FeedId>,
    /// Bonus, timeouts and team fouls.
    pub bench: Vec<FeedId>,
    /// Period, game clock and shot clock.
    pub clock: Vec<FeedId>,
    pub colors: Vec<FeedId>,
    /// Of teams, and points by period.
    pub statistics: Vec<FeedId>,
    /// Rows of players.
    pub players: Vec<FeedId>,
    pub zones: Vec<FeedId>,
    pub shots: Vec<FeedId>,
    pub plays: Vec<FeedId>,
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

/// A feed: one supervised connection.
#[derive(Clone, Debug)]
pub enum Feed {
    ShotTracker(ShotTracker),
    Sportradar(Sportradar),
}

impl Feed {
    pub fn id(&self) -> &FeedId {
        match self {
            Feed::ShotTracker(feed) => &feed.id,
            Feed::Sportradar(feed) => &feed.id,
        }
    }

    pub fn kind(&self) -> FeedKind {
        match self {
            Feed::ShotTracker(_) => FeedKind::ShotTracker,
            Feed::Sportradar(feed) => feed.kind,
        }
    }

    /// Frames by which what the feed says is held back.
    pub fn delay_frames(&self) -> u32 {
        match self {
            Feed::ShotTracker(feed) => feed.delay_frames,
            Feed::Sportradar(feed) => feed.delay_frames,
        }
    }

    /// Whether the feed connects to the show's own mock venue.
    pub fn at_venue(&self) -> bool {
        match self {
            Feed::ShotTracker(feed) => feed.venue,
            Feed::Sportradar(feed) => feed.venue,
        }
    }
}

/// ShotTracker Live Data V2.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShotTracker {
    pub id: FeedId,
    /// Connect to the show's `[venue]`; then no address and no credentials are given.
    #[serde(default)]
    pub venue: bool,
    /// Base of the REST endpoints.
    #[serde(default = "defaults::shottracker_rest")]
    pub rest: String,
    /// The WebSocket's address with `{token}` where the token goes. The vendor's pages do not show it: it comes with
    /// the account.
    pub websocket: Option<String>,
    /// The game, as the vendor's schedule has it (`event_id`). May be left out of a show that is started by
    /// `sideline games --follow`.
    pub event_id: Option<String>,
    /// Names of the environment variables that hold the account's user name and secret.
    #[serde(default = "defaults::shottracker_username_env")]
    pub username_env: String,
    #[serde(default = "defaults::shottracker_secret_env")]
    pub secret_env: String,
    /// Sources of the stream; `location` (positions at full rate) is by far the largest.
    #[serde(default = "defaults::shottracker_sources", deserialize_with = "values::sources")]
    pub sources: Vec<String>,
    /// `broadcast_summary_level`: how much of the summary is sent. `game_stats` leaves out halves and quarters, which are
    /// unknown then and not zero; the vendor has other levels. Everything the account may see when absent.
    pub broadcast_summary_level: Option<String>,
    /// Adds each player's free throws of the season to the summary.
    #[serde(default)]
    pub include_player_season: bool,
    /// Frames by which what the feed says is held back, so that it does not run ahead of the picture.
    #[serde(default, deserialize_with = "values::delay")]
    pub delay_frames: u32,
    /// What a ping looks like on the wire.
    #[serde(default)]
    pub ping: PingForm,
    /// Seconds of silence before a ping; the vendor closes at 30.
    #[serde(default = "defaults::ping_after_s", deserialize_with = "values::ping_after")]
    pub ping_after_s: u64,
    /// JSON pointer to the token in the subscription's answer; any member called `token` when absent.
    pub token_pointer: Option<String>,
    /// Larger messages are not read, in megabytes (2^20 bytes).
    #[serde(default = "defaults::max_message_mb", deserialize_with = "values::max_message_mb")]
    pub max_message_mb: usize,
    /// Asks a new connection for what follows the last number received; otherwise for everything from the beginning.
    #[serde(default = "defaults::yes")]
    pub resume: bool,
    /// What of the game so far is fetched over REST beside each connection; nothing when the list is empty.
    #[serde(default = "defaults::backfill", deserialize_with = "values::backfill")]
    pub backfill: Vec<String>,
    /// For each of the vendor's 14 zones, in its order, which of ours it is.
    #[serde(default = "defaults::zone_order", deserialize_with = "values::zone_order")]
    pub zone_order: Vec<u8>,
    /// The frame in which places are told at the hoop at positive y.
    #[serde(default)]
    pub far_hoop: FarHoop,
    /// To whose right hand x grows.
    #[serde(default)]
    pub right_hand: RightHand,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RightHand {
    /// A shooter's, who faces the hoop.
    #[default]
    Shooter,
    /// That of somebody behind the hoop.
    Hoop,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FarHoop {
    /// Turned by half a circle from that of the other hoop.
    #[default]
    Turned,
    /// Mirrored at the line of half court.
    Mirrored,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PingForm {
    /// `{"type":"ping"}`
    #[default]
    Json,
    /// `ping`
    Text,
    /// A WebSocket ping frame.
    Control,
}

/// One of Sportradar's push feeds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sportradar {
    /// Which: the `kind` of the show file.
    #[serde(skip, default = "defaults::sportradar_kind")]
    pub kind: FeedKind,
    pub id: FeedId,
    /// Connect to the show's `[venue]`; then no address and no credentials are given.
    #[serde(default)]
    pub venue: bool,
    /// The host of the vendor's API.
    #[serde(default = "defaults::sportradar_base")]
    pub base: String,
    /// Access level of the key: `trial` or `production`.
    #[serde(default = "defaults::sportradar_level")]
    pub level: String,
    /// The whole address to subscribe at, in place of `base` and `level`.
    pub url: Option<String>,
    /// A recording's id: the vendor plays that game as if it were live, and wants no key.
    pub simulation: Option<String>,
    /// The host of simulations.
    #[serde(default = "defaults::sportradar_simulations")]
    pub simulations: String,
    /// Name of the environment variable that holds the API key.
    #[serde(default = "defaults::sportradar_key_env")]
    pub key_env: String,
    /// Where the key goes; as the vendor's page of this feed has it when absent.
    pub key_in: Option<KeyPlace>,
    /// Also send the key to the host that the subscription redirects to.
    #[serde(default)]
    pub send_key_to_redirect: bool,
    /// The game to follow (`sd:match:…`, the bare id, or `sr:match:…`); that of the league's other feeds, or else the first one
    /// seen, when absent.
    #[serde(rename = "match")]
    pub match_id: Option<String>,
    /// Narrows the stream at the vendor's: `{ event_type = ["goal", "penalty"], strength = "powerplay" }`.
    #[serde(default)]
    pub filters: BTreeMap<String, FilterValues>,
    /// Asks a new connection for what the last one missed.
    #[serde(default = "defaults::yes")]
    pub catch_up: bool,
    /// Fetches the game's play-by-play after each connection, so that plays from before it are known. Events feeds only,
    /// and only with `match`; the key must be entitled to the REST API as well.
    #[serde(default = "defaults::yes")]
    pub backfill: bool,
    /// Where the play-by-play is, with `{game}` for the game's id; beside the subscription when absent.
    pub play_by_play: Option<String>,
    /// Larger messages are not read, in megabytes (2^20 bytes).
    #[serde(default = "defaults::max_message_mb", deserialize_with = "values::max_message_mb")]
    pub max_message_mb: usize,
    /// Seconds without a byte, heartbeats included, after which the connection counts as lost.
    #[serde(default = "defaults::watchdog_s", deserialize_with = "values::watchdog")]
    pub watchdog_s: u64,
    /// Frames by which what the feed says is held back, so that it does not run ahead of the picture.
    #[serde(default, deserialize_with = "values::delay")]
    pub delay_frames: u32,
}

impl Sportradar {
    /// Filters that the vendor's page of this feed has, beside `match`.
    pub fn known_filters(&self) -> &'static [&'static str] {
        const CLOCK: [&str; 2] = ["locale", "status"];
        const NBA_EVENTS: [&str; 6] = ["event_category", "event_type", "locale", "players", "status", "team"];
        const NHL_EVENTS: [&str; 8] =
            ["event_category", "event_type", "locale", "players", "status", "strength", "team", "zone"];
        match self.kind {
            FeedKind::NbaPushEvents => &NBA_EVENTS,
            FeedKind::NhlPushEvents => &NHL_EVENTS,
            _ => &CLOCK,
        }
    }
}

/// One value of a filter, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum FilterValues {
    One(String),
    Several(Vec<String>),
}

impl FilterValues {
    /// As the vendor takes several: with commas between.
    pub fn joined(&self) -> String {
        match self {
            Self::One(value) => value.clone(),
            Self::Several(values) => values.join(","),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// `x-api-key`
    #[default]
    Header,
    /// `?api_key=`
    Query,
}

/// A template with values and a place, ready to be put on air by one key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graphic {
    /// How the rundown calls it.
    pub name: String,
    pub template: TemplateId,
    pub layer: LayerId,
    /// A key of the program window that puts it on and off air: one character.
    #[serde(default, deserialize_with = "values::some_key")]
    pub key: Option<Key>,
    #[serde(default)]
    pub fields: Fields,
}

/// Takes that happen by themselves: for demos and rehearsals.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rundown {
    /// Starts again after this many seconds; runs once when absent.
    pub loop_s: Option<f64>,
    #[serde(default)]
    pub steps: Vec<RundownStep>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RundownStep {
    /// Seconds after the show (or the loop) begins.
    pub at_s: f64,
    /// A graphic of the show, by name. Exactly one of the three is given.
    pub take: Option<String>,
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

/// An output: where frames go.
#[derive(Clone, Debug)]
pub enum Output {
    Window(WindowOutput),
    Raw(RawOutput),
    Ffmpeg(FfmpegOutput),
}

impl Output {
    pub fn id(&self) -> &OutputId {
        match self {
            Output::Window(output) => &output.id,
            Output::Raw(output) => &output.id,
            Output::Ffmpeg(output) => &output.id,
        }
    }
}

/// The program window. At most one; it needs a display.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowOutput {
    pub id: OutputId,
    #[serde(default)]
    pub background: Background,
    /// Without a display: leave the window out instead of refusing to start.
    #[serde(default)]
    pub optional: bool,
}

/// What the window shows behind the graphics.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Background {
    #[default]
    Checkerboard,
    Black,
    /// A picture-like backdrop, to judge the graphics as they look over video.
    Arena,
}

/// Uncompressed frames, one after another, without headers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawOutput {
    pub id: OutputId,
    /// `stdout`, a file path, `tcp://host:port` (connects) or `tcp-listen://host:port` (one reader at a time).
    pub to: String,
    #[serde(default = "defaults::bgra")]
    pub format: PixelFormat,
    #[serde(default = "defaults::straight")]
    pub alpha: Alpha,
}

/// ffmpeg's options for a movie with alpha, when a show does not choose its own.
pub fn movie_options() -> Vec<String> {
    defaults::ffmpeg_options()
}

/// Frames piped into a child `ffmpeg` that encodes them into a file or a stream.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FfmpegOutput {
    pub id: OutputId,
    /// A file path or any address that ffmpeg writes to.
    pub to: String,
    /// ffmpeg's options between input and output; QuickTime Animation (lossless, with alpha) when absent.
    #[serde(default = "defaults::ffmpeg_options")]
    pub options: Vec<String>,
    #[serde(default = "defaults::straight")]
    pub alpha: Alpha,
}

mod defaults {
    use super::*;

    pub fn rate() -> FrameRate {
        FrameRate::FPS_59_94
    }
    pub fn size() -> Size {
        Size::new(1920, 1080)
    }
    pub fn speed() -> f64 {
        1.0
    }
    pub fn shottracker_rest() -> String {
        "https://api.shottracker.com".into()
    }
    /// All but the positions, which few shows draw and which are most of the stream.
    pub fn shottracker_sources() -> Vec<String> {
        values::SHOTTRACKER_SOURCES
            .iter()
            .filter(|source| **source != "location")
            .map(|source| source.to_string())
            .collect()
    }
    pub fn backfill() -> Vec<String> {
        values::BACKFILL.map(str::to_owned).into()
    }
    pub fn zone_order() -> Vec<u8> {
        (1..=values::ZONES).collect()
    }
    pub fn shottracker_username_env() -> String {
        "SHOTTRACKER_USERNAME".into()
    }
    pub fn shottracker_secret_env() -> String {
        "SHOTTRACKER_SECRET".into()
    }
    /// Ten seconds of margin under the 30 at which the vendor closes.
    pub fn ping_after_s() -> u64 {
        20
    }
    /// Messages of real streams are up to some hundred kilobytes.
    pub fn max_message_mb() -> usize {
        8
    }
    pub fn sportradar_kind() -> FeedKind {
        FeedKind::NbaPushEvents
    }
    pub fn sportradar_base() -> String {
        "https://api.sportradar.com".into()
    }
    pub fn sportradar_level() -> String {
        "trial".into()
    }
    pub fn sportradar_simulations() -> String {
        "https://playback.sportradar.com".into()
    }
    pub fn yes() -> bool {
        true
    }
    pub fn sportradar_key_env() -> String {
        "SPORTRADAR_KEY".into()
    }
    /// Three heartbeats, which come every 5 s.
    pub fn watchdog_s() -> u64 {
        15
    }
    pub fn bgra() -> PixelFormat {
        PixelFormat::Bgra
    }
    pub fn straight() -> Alpha {
        Alpha::Straight
    }
    /// Lossless with alpha and fast enough to write live at 1080p59.94 (77 frames a second on two cores).
    pub fn ffmpeg_options() -> Vec<String> {
        ["-c:v", "qtrle", "-pix_fmt", "argb"].map(str::to_owned).to_vec()
    }
}
