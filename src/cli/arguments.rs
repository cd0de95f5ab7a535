//! What can be written on the command line, and how each value of it is read.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};
use sideline::app::{self, Point, Stretch, Turn};
use sideline::command::Fields;
use sideline::config;
use sideline::draw_list::Size;
use sideline::game::snapshot::Sport;
use sideline::ids::FeedKind;
use sideline::time::{FrameRate, Timestamp};
use sideline::venue::fault::Fault;
use sideline::venue::script::Position;

/// Live broadcast graphics for basketball and hockey.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Action,
}

#[derive(Subcommand)]
pub(super) enum Action {
    /// Put a show on air; the built-in demo without SHOW
    Run(RunArguments),
    /// The mock venue alone: serves a game as the vendors do, and prints where
    Venue(VenueArguments),
    /// Decode a recorded stream and print the final snapshot of the game as JSON
    Inspect(InspectArguments),
    /// A recorded show again, from its journal: in the window to rehearse with, or into a file
    Replay(ReplayArguments),
    /// List the games of ShotTracker's schedule, or put a show on air that follows one of them
    Games(GamesArguments),
    /// Draw a template into a picture, a folder of pictures, or a movie with alpha
    Render(RenderArguments),
    /// Look at a template while it is designed: every save is drawn at once, or its mistake is told
    Preview(PreviewArguments),
    /// Tell everything that is wrong with templates and show files
    Check {
        /// Show files, templates, or folders of them; the current folder when absent
        paths: Vec<PathBuf>,
        /// Print the problems as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of templates, for editors
    Schema,
    /// List every path of the game that a template can bind, with its type, unit and an example
    Fields {
        /// `basketball` or `hockey`; everything when absent
        #[arg(value_parser = sport)]
        sport: Option<Sport>,
        /// Print what an operator fills in of this template instead, as a JSON Schema with OGraf's data types
        #[arg(long, value_name = "TEMPLATE", conflicts_with_all = ["sport", "json"])]
        schema: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell what works on this machine, and what to do about the rest
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args)]
#[command(after_help = KEYS)]
pub(super) struct RunArguments {
    /// The show file
    pub(super) show: Option<PathBuf>,
    /// Leave the window out
    #[arg(long)]
    pub(super) headless: bool,
    /// Where the show's own venue joins its game, instead of where the show file says: "Q2 0:15"
    #[arg(long, value_name = "POSITION")]
    pub(super) start: Option<Position>,
    /// End after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    pub(super) seconds: Option<Duration>,
    /// Do not go on air: record the show, then draw it in lockstep into this movie (needs --seconds)
    #[arg(long, value_name = "FILE", requires = "seconds")]
    pub(super) movie: Option<PathBuf>,
    /// With --movie: also write the picture at this second, as `SECONDS:FILE.png`; may be repeated
    #[arg(long, value_name = "AT:FILE", requires = "movie", value_parser = still)]
    pub(super) still: Vec<(Duration, PathBuf)>,
    /// Write the draw list of every frame into this file, as text
    #[arg(long, value_name = "FILE", conflicts_with = "movie")]
    pub(super) lists: Option<PathBuf>,
    /// Take commands from this file or pipe, one a line, as JSON (`-`: standard input): {"verb":"undo"}
    #[arg(long, value_name = "FILE", conflicts_with = "movie")]
    pub(super) commands: Option<PathBuf>,
    /// Print the last status as JSON
    #[arg(long)]
    pub(super) json: bool,
}

const KEYS: &str = "Keys of the program window:
  a graphic's key  puts it on air, and off again
  a [[key]]        the command that the show file gives it
  Esc              everything off
  Backspace        takes the last correction back
  Tab              chooses a feed; the title names it
  Up, Down         hold that feed back by a frame more, or less; PageUp and PageDown by ten
  F2               what is behind the graphics
  F9               a bookmark in the journal, for a replay to begin at
  F11              full screen
In a rehearsal (sideline replay), too:
  Space            stands still, and goes on
  Left, Right      five seconds back, or on
  Home, End        the period before, or the next one
  F3, F4           the play before, or the next one
  F5, F6           the bookmark before, or the next one
  F7, F8           half the speed, or twice
  F10              begins a loop, ends it, and leaves it";

#[derive(clap::Args)]
pub(super) struct VenueArguments {
    /// A game script; the built-in game when absent
    #[arg(long, value_name = "SCRIPT", conflicts_with = "capture")]
    pub(super) game: Option<PathBuf>,
    /// Serve this recorded Sportradar stream, byte for byte
    #[arg(long, value_name = "FILE")]
    pub(super) capture: Option<PathBuf>,
    /// Times real time
    #[arg(long, default_value_t = 1.0)]
    pub(super) speed: f64,
    /// Where in the game to join: a period and its clock, such as "Q2 0:53"
    #[arg(long, value_name = "POSITION")]
    pub(super) start: Option<Position>,
    /// What goes wrong, such as drop, stall or 429; may be repeated, and changed by POST /mock/faults
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<Fault>,
    /// How often Sportradar's push clock speaks while the clock runs: the vendor's own messages are 9 seconds apart
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub(super) push_clock_every: u64,
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:8700")]
    pub(super) listen: String,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args)]
pub(super) struct GamesArguments {
    /// Tip-off on this day (UTC) or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, required_unless_present = "follow")]
    pub(super) from: Option<Timestamp>,
    /// Tip-off before this day (UTC); one day after --from when absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(super) to: Option<Timestamp>,
    /// The vendor's id of a team
    #[arg(long, value_name = "ID")]
    pub(super) team: Option<String>,
    /// `court@facility`, by the vendor's ids
    #[arg(long, value_name = "ID")]
    pub(super) location: Option<String>,
    /// The vendor's word for the sport; BASKETBALL when absent
    #[arg(long = "type", value_name = "SPORT", value_parser = ["BASKETBALL", "FOOTBALL"])]
    pub(super) sport: Option<String>,
    /// EXH, PRE, REG or POST; REG when absent
    #[arg(long, value_parser = ["EXH", "PRE", "REG", "POST"])]
    pub(super) season: Option<String>,
    /// Number of the season's week
    #[arg(long, value_name = "N")]
    pub(super) week: Option<u32>,
    /// A show file: its ShotTracker feed says where the schedule is and which variables hold the account
    #[arg(long, value_name = "SHOW")]
    pub(super) show: Option<PathBuf>,
    /// Base of the REST endpoints, instead of the show's or the vendor's
    #[arg(long, value_name = "URL")]
    pub(super) rest: Option<String>,
    /// Do not list: put the show of --show on air, following this game
    #[arg(long, value_name = "EVENT_ID", requires = "show")]
    pub(super) follow: Option<String>,
    /// With --follow: leave the window out
    #[arg(long, requires = "follow")]
    pub(super) headless: bool,
    /// With --follow: end after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds, requires = "follow")]
    pub(super) seconds: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args)]
pub(super) struct InspectArguments {
    /// The protocol of the recording; with --follow, feeds of this kind alone
    #[arg(long, value_name = "KIND", value_parser = feed_kind, required_unless_present = "follow")]
    pub(super) feed: Option<FeedKind>,
    /// The recording, or a show's journal (`-` reads standard input); with --follow a show file, the demo show when absent
    #[arg(required_unless_present = "follow")]
    pub(super) file: Option<PathBuf>,
    /// Connect the feeds of a show and print what arrives and what becomes of it, until Ctrl-C
    #[arg(long, conflicts_with = "match_id")]
    pub(super) follow: bool,
    /// The game to follow, where the recording carries several; the first one seen when absent
    #[arg(long = "match", value_name = "ID")]
    pub(super) match_id: Option<String>,
    /// End --follow after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds, requires = "follow")]
    pub(super) seconds: Option<Duration>,
    /// Print --follow as JSON, one object a line
    #[arg(long, requires = "follow")]
    pub(super) json: bool,
}

#[derive(clap::Args)]
#[command(after_help = KEYS)]
pub(super) struct ReplayArguments {
    pub(super) journal: PathBuf,
    /// Another show file than the one in the journal: today's templates over last week's game
    #[arg(long, value_name = "SHOW")]
    pub(super) show: Option<PathBuf>,
    /// Leave the operators' commands out
    #[arg(long)]
    pub(super) feeds_only: bool,
    /// Where to begin: seconds or `1:30` after the first frame, a period (`Q3`, `"Q3 4:25"`), `play#12`, `play:ID`,
    /// `bookmark#2`, `bookmark:NAME`
    #[arg(long, value_name = "T|PERIOD|PLAY|BOOKMARK", default_value = "0")]
    pub(super) from: Point,
    /// Play this stretch again and again (into a file: once), such as `Q3..Q4` or `play#12..+20` (seconds)
    #[arg(long = "loop", value_name = "A..B", conflicts_with = "from")]
    pub(super) stretch: Option<Stretch>,
    /// Do not play: list the periods, plays and bookmarks of the journal
    #[arg(long)]
    pub(super) list: bool,
    /// Times real time, or `max`: no pictures, only the final snapshot, as JSON
    #[arg(long, value_name = "N|max", default_value = "1", value_parser = speed, conflicts_with = "out")]
    pub(super) speed: Speed,
    /// A movie (`x.mov`) or raw RGBA frames (`x.raw`), frame for frame what was on air, instead of a rehearsal
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Write the draw list of every frame into this file, as text
    #[arg(long, value_name = "FILE")]
    pub(super) lists: Option<PathBuf>,
    /// Leave the window out
    #[arg(long)]
    pub(super) headless: bool,
    /// End after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    pub(super) seconds: Option<Duration>,
    /// Take commands from this file or pipe, one a line, as JSON (`-`: standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub(super) commands: Option<PathBuf>,
    /// Print the last status of a rehearsal, or the list, as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args)]
pub(super) struct RenderArguments {
    /// A template's folder, or the name of a built-in template
    pub(super) template: String,
    /// The game, as a snapshot in JSON; the built-in sample when absent
    #[arg(long, value_name = "FILE")]
    pub(super) snapshot: Option<PathBuf>,
    /// The operator's fields, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = fields, default_value = "{}")]
    pub(super) fields: Fields,
    /// Frames after the take, `A..B` (B included); a picture shows the last one
    #[arg(long, value_name = "A..B", value_parser = frames)]
    pub(super) frames: Option<(u64, u64)>,
    /// What happens at a frame: `60:game.json` (another game), `60:{"home":{"score":90}}` (these values of it are others),
    /// `90:step`, `150:out`; may be repeated
    #[arg(long, value_name = "FRAME:WHAT", value_parser = turn)]
    pub(super) then: Vec<(u64, Turn)>,
    #[arg(long, default_value = "59.94")]
    pub(super) rate: FrameRate,
    /// 720p, 1080p, 2160p, 1080x1920 or WIDTHxHEIGHT
    #[arg(long, default_value = "1080p", value_parser = config::parse_size)]
    pub(super) size: Size,
    /// `x.png`, a movie (`x.mov`), or a folder
    #[arg(long, value_name = "FILE|DIR")]
    pub(super) out: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct PreviewArguments {
    /// A template's folder, or the name of a built-in template
    pub(super) template: String,
    /// The operator's fields, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = fields, default_value = "{}")]
    pub(super) fields: Fields,
    #[arg(long, default_value = "59.94")]
    pub(super) rate: FrameRate,
    /// 720p, 1080p, 2160p, 1080x1920 or WIDTHxHEIGHT
    #[arg(long, default_value = "1080p", value_parser = config::parse_size)]
    pub(super) size: Size,
    /// What is behind the graphic: a still (PNG, JPEG, SVG), or a video (needs ffmpeg)
    #[arg(long, value_name = "FILE")]
    pub(super) behind: Option<PathBuf>,
    /// Which frame of the video, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    pub(super) behind_at: f64,
}

fn date(text: &str) -> Result<Timestamp, String> {
    Timestamp::from_utc_date(text).ok_or_else(|| format!("`{text}` is not a date; write it like 2026-11-21"))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|cause| cause.to_string())
}

/// How fast a recording is played.
#[derive(Clone, Copy, Debug)]
pub(super) enum Speed {
    Times(f64),
    Max,
}

fn speed(text: &str) -> Result<Speed, String> {
    match text.parse::<f64>() {
        _ if text == "max" => Ok(Speed::Max),
        Ok(speed) if speed > 0.0 && speed <= app::FASTEST_REHEARSAL => Ok(Speed::Times(speed)),
        _ => Err(format!("`{text}` is not a speed; write 1, 4, 0.5 (up to {}) or max", app::FASTEST_REHEARSAL)),
    }
}

fn still(text: &str) -> Result<(Duration, PathBuf), String> {
    let (at, file) = text.split_once(':').ok_or("write SECONDS:FILE.png, such as 2.5:out/bug.png")?;
    Ok((seconds(at)?, file.into()))
}

fn frames(text: &str) -> Result<(u64, u64), String> {
    let wrong = || format!("`{text}` is not a range of frames; write A..B, such as 0..120");
    let (first, last) = text.split_once("..").ok_or_else(wrong)?;
    let range = (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
    if range.0 <= range.1 { Ok(range) } else { Err(wrong()) }
}

fn turn(text: &str) -> Result<(u64, Turn), String> {
    let wrong = || format!("`{text}` is no frame and what happens; write 60:game.json, 90:step or 150:out");
    let (at, what) = text.split_once(':').ok_or_else(wrong)?;
    let turn = match what {
        "step" => Turn::Step,
        "out" => Turn::Out,
        json if json.starts_with('{') => Turn::Change(serde_json::from_str(json).map_err(|cause| cause.to_string())?),
        file if file.ends_with(".json") => Turn::Snapshot(file.into()),
        _ => return Err(wrong()),
    };
    Ok((at.parse().map_err(|_| wrong())?, turn))
}

fn fields(text: &str) -> Result<Fields, String> {
    serde_json::from_str(text).map_err(|cause| format!("not a JSON object: {cause}"))
}

fn sport(text: &str) -> Result<Sport, String> {
    match text {
        "basketball" => Ok(Sport::Basketball),
        "hockey" => Ok(Sport::Hockey),
        _ => Err(format!("`{text}` is no sport of ours; there are: basketball, hockey")),
    }
}

fn feed_kind(text: &str) -> Result<FeedKind, String> {
    let known = || FeedKind::ALL.map(FeedKind::name).join(", ");
    FeedKind::ALL
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| format!("there is no feed kind `{text}`; there are: {}", known()))
}
