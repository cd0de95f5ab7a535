//! Arguments in, results on standard output, everything else on standard error.
//!
//! Exit status: 0 done, 1 what was given is wrong, 2 the machine lacks something.

#![allow(clippy::print_stdout, reason = "printing results is what a command line is for")]

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use sideline::app::{self, Failure, Landmark, Live, Offline, Point, Rehearsal, Replay, Show, Still, Stretch, Turn};
use sideline::command::Fields;
use sideline::config;
use sideline::draw_list::Size;
use sideline::feed::shottracker::ScheduleQuery;
use sideline::game::snapshot::Sport;
use sideline::ids::{FeedKind, TeamId};
use sideline::template::{self, Binding};
use sideline::time::{FrameRate, Timestamp};
use sideline::venue::fault::{Fault, Switch};
use sideline::venue::{self, script::Position};

/// Live broadcast graphics for basketball and hockey.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
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
struct RunArguments {
    /// The show file
    show: Option<PathBuf>,
    /// Leave the window out
    #[arg(long)]
    headless: bool,
    /// Where the show's own venue joins its game, instead of where the show file says: "Q2 0:15"
    #[arg(long, value_name = "POSITION")]
    start: Option<Position>,
    /// End after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    seconds: Option<Duration>,
    /// Do not go on air: record the show, then draw it in lockstep into this movie (needs --seconds)
    #[arg(long, value_name = "FILE", requires = "seconds")]
    movie: Option<PathBuf>,
    /// With --movie: also write the picture at this second, as `SECONDS:FILE.png`; may be repeated
    #[arg(long, value_name = "AT:FILE", requires = "movie", value_parser = still)]
    still: Vec<(Duration, PathBuf)>,
    /// Write the draw list of every frame into this file, as text
    #[arg(long, value_name = "FILE", conflicts_with = "movie")]
    lists: Option<PathBuf>,
    /// Take commands from this file or pipe, one a line, as JSON (`-`: standard input): {"verb":"undo"}
    #[arg(long, value_name = "FILE", conflicts_with = "movie")]
    commands: Option<PathBuf>,
    /// Print the last status as JSON
    #[arg(long)]
    json: bool,
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
struct VenueArguments {
    /// A game script; the built-in game when absent
    #[arg(long, value_name = "SCRIPT", conflicts_with = "capture")]
    game: Option<PathBuf>,
    /// Serve this recorded Sportradar stream, byte for byte
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,
    /// Times real time
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Where in the game to join: a period and its clock, such as "Q2 0:53"
    #[arg(long, value_name = "POSITION")]
    start: Option<Position>,
    /// What goes wrong, such as drop, stall or 429; may be repeated, and changed by POST /mock/faults
    #[arg(long, value_name = "NAME")]
    fault: Vec<Fault>,
    /// How often Sportradar's push clock speaks while the clock runs: the vendor's own messages are 9 seconds apart
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=60))]
    push_clock_every: u64,
    /// Address to listen at
    #[arg(long, default_value = "127.0.0.1:8700")]
    listen: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct GamesArguments {
    /// Tip-off on this day (UTC) or later
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, required_unless_present = "follow")]
    from: Option<Timestamp>,
    /// Tip-off before this day (UTC); one day after --from when absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    to: Option<Timestamp>,
    /// The vendor's id of a team
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    /// `court@facility`, by the vendor's ids
    #[arg(long, value_name = "ID")]
    location: Option<String>,
    /// EXH, PRE, REG or POST; REG when absent
    #[arg(long, value_parser = ["EXH", "PRE", "REG", "POST"])]
    season: Option<String>,
    /// Number of the season's week
    #[arg(long, value_name = "N")]
    week: Option<u32>,
    /// A show file: its ShotTracker feed says where the schedule is and which variables hold the account
    #[arg(long, value_name = "SHOW")]
    show: Option<PathBuf>,
    /// Base of the REST endpoints, instead of the show's or the vendor's
    #[arg(long, value_name = "URL")]
    rest: Option<String>,
    /// Do not list: put the show of --show on air, following this game
    #[arg(long, value_name = "EVENT_ID", requires = "show")]
    follow: Option<String>,
    /// With --follow: leave the window out
    #[arg(long, requires = "follow")]
    headless: bool,
    /// With --follow: end after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds, requires = "follow")]
    seconds: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct InspectArguments {
    /// The protocol of the recording; with --follow, feeds of this kind alone
    #[arg(long, value_name = "KIND", value_parser = feed_kind, required_unless_present = "follow")]
    feed: Option<FeedKind>,
    /// The recording, or a show's journal (`-` reads standard input); with --follow a show file, the demo show when absent
    #[arg(required_unless_present = "follow")]
    file: Option<PathBuf>,
    /// Connect the feeds of a show and print what arrives and what becomes of it, until Ctrl-C
    #[arg(long, conflicts_with = "match_id")]
    follow: bool,
    /// The game to follow, where the recording carries several; the first one seen when absent
    #[arg(long = "match", value_name = "ID")]
    match_id: Option<String>,
    /// End --follow after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds, requires = "follow")]
    seconds: Option<Duration>,
    /// Print --follow as JSON, one object a line
    #[arg(long, requires = "follow")]
    json: bool,
}

#[derive(clap::Args)]
#[command(after_help = KEYS)]
struct ReplayArguments {
    journal: PathBuf,
    /// Another show file than the one in the journal: today's templates over last week's game
    #[arg(long, value_name = "SHOW")]
    show: Option<PathBuf>,
    /// Leave the operators' commands out
    #[arg(long)]
    feeds_only: bool,
    /// Where to begin: seconds or `1:30` after the first frame, a period (`Q3`, `"Q3 4:25"`), `play#12`, `play:ID`,
    /// `bookmark#2`, `bookmark:NAME`
    #[arg(long, value_name = "T|PERIOD|PLAY|BOOKMARK", default_value = "0")]
    from: Point,
    /// Play this stretch again and again (into a file: once), such as `Q3..Q4` or `play#12..+20` (seconds)
    #[arg(long = "loop", value_name = "A..B", conflicts_with = "from")]
    stretch: Option<Stretch>,
    /// Do not play: list the periods, plays and bookmarks of the journal
    #[arg(long)]
    list: bool,
    /// Times real time, or `max`: no pictures, only the final snapshot, as JSON
    #[arg(long, value_name = "N|max", default_value = "1", value_parser = speed, conflicts_with = "out")]
    speed: Speed,
    /// A movie (`x.mov`) or raw RGBA frames (`x.raw`), frame for frame what was on air, instead of a rehearsal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the draw list of every frame into this file, as text
    #[arg(long, value_name = "FILE")]
    lists: Option<PathBuf>,
    /// Leave the window out
    #[arg(long)]
    headless: bool,
    /// End after this many seconds
    #[arg(long, value_name = "N", value_parser = seconds)]
    seconds: Option<Duration>,
    /// Take commands from this file or pipe, one a line, as JSON (`-`: standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    commands: Option<PathBuf>,
    /// Print the last status of a rehearsal, or the list, as JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct RenderArguments {
    /// A template's folder, or the name of a built-in template
    template: String,
    /// The game, as a snapshot in JSON; the built-in sample when absent
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// The operator's fields, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = fields, default_value = "{}")]
    fields: Fields,
    /// Frames after the take, `A..B` (B included); a picture shows the last one
    #[arg(long, value_name = "A..B", value_parser = frames)]
    frames: Option<(u64, u64)>,
    /// What happens at a frame: `60:game.json` (another game), `60:{"home":{"score":90}}` (these values of it are others),
    /// `90:step`, `150:out`; may be repeated
    #[arg(long, value_name = "FRAME:WHAT", value_parser = turn)]
    then: Vec<(u64, Turn)>,
    #[arg(long, default_value = "59.94")]
    rate: FrameRate,
    /// 720p, 1080p, 2160p, 1080x1920 or WIDTHxHEIGHT
    #[arg(long, default_value = "1080p", value_parser = config::parse_size)]
    size: Size,
    /// `x.png`, a movie (`x.mov`), or a folder
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
}

#[derive(clap::Args)]
struct PreviewArguments {
    /// A template's folder, or the name of a built-in template
    template: String,
    /// The operator's fields, as a JSON object
    #[arg(long, value_name = "JSON", value_parser = fields, default_value = "{}")]
    fields: Fields,
    #[arg(long, default_value = "59.94")]
    rate: FrameRate,
    /// 720p, 1080p, 2160p, 1080x1920 or WIDTHxHEIGHT
    #[arg(long, default_value = "1080p", value_parser = config::parse_size)]
    size: Size,
    /// What is behind the graphic: a still (PNG, JPEG, SVG), or a video (needs ffmpeg)
    #[arg(long, value_name = "FILE")]
    behind: Option<PathBuf>,
    /// Which frame of the video, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    behind_at: f64,
}

pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log();
    let done = match arguments.command {
        Action::Run(run) => self::run(run),
        Action::Venue(venue) => self::venue(venue),
        Action::Inspect(inspect) => self::inspect(&inspect),
        Action::Replay(replay) => self::replay(replay),
        Action::Games(games) => self::games(games),
        Action::Render(render) => self::render(render),
        Action::Preview(PreviewArguments { template, fields, rate, size, behind, behind_at }) => {
            app::preview(app::Previewing { template, size, rate, fields, behind, behind_at_s: behind_at })
        }
        Action::Schema => {
            print!("{}", template::SCHEMA);
            Ok(())
        }
        Action::Check { paths, json } => check(&paths, json),
        Action::Fields { sport, json } => list_fields(sport, json),
        Action::Doctor { json } => doctor(json),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_status())
        }
    }
}

/// Messages for people go to standard error; `RUST_LOG` chooses others than the operator's.
fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("sideline=info,error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).init();
}

fn run(arguments: RunArguments) -> Result<(), Failure> {
    let mut show = Show::load(arguments.show.as_deref())?;
    if let Some(start) = arguments.start {
        show.start_at(start)?;
    }
    if let (Some(movie), Some(length)) = (arguments.movie, arguments.seconds) {
        let what = Offline { length, movie, stills: arguments.still };
        let status = app::run_offline(&show, &what)?;
        if let Some(trouble) = status.trouble {
            return Err(Failure::Machine(trouble));
        }
        return print(&format_args!("{}", what.movie.display()));
    }
    let how = Live {
        length: arguments.seconds,
        headless: arguments.headless,
        rehearsal: None,
        lists: arguments.lists,
        commands: arguments.commands,
    };
    go_live(&show, &how, arguments.json)
}

fn go_live(show: &Show, how: &Live, json: bool) -> Result<(), Failure> {
    let status = app::run(show, how)?;
    if json {
        return print_json(&status);
    }
    eprintln!("late {}", status.late);
    status.outputs.iter().for_each(|output| eprintln!("{output}"));
    Ok(())
}

fn venue(arguments: VenueArguments) -> Result<(), Failure> {
    app::run_venue(app::VenueRun {
        game: arguments.game,
        capture: arguments.capture,
        speed: arguments.speed,
        start: arguments.start,
        faults: arguments.fault.into_iter().map(Switch::from).collect(),
        push_clock_every: Duration::from_secs(arguments.push_clock_every),
        listen: arguments.listen,
        announce: Box::new(
            move |endpoints| {
                if arguments.json { print_json(endpoints) } else { print(&venue::describe(endpoints)) }
            },
        ),
    })
}

fn games(arguments: GamesArguments) -> Result<(), Failure> {
    let mut show = arguments.show.as_deref().map(|path| Show::load(Some(path))).transpose()?;
    if let (Some(event_id), Some(show)) = (&arguments.follow, &mut show) {
        show.follow(event_id)?;
        let how = Live { length: arguments.seconds, headless: arguments.headless, ..Live::default() };
        return go_live(show, &how, arguments.json);
    }
    let query = ScheduleQuery {
        from: arguments.from.unwrap_or_default(),
        to: arguments.to,
        team: arguments.team.map(TeamId::from),
        location: arguments.location,
        season_type: arguments.season,
        week: arguments.week,
    };
    let games = app::games(show.as_ref(), arguments.rest.as_deref(), &query)?;
    match (arguments.json, games.is_empty()) {
        (true, _) => print_json(&games),
        (false, true) => {
            eprintln!("no game in the schedule; --season looks at others than the regular season");
            Ok(())
        }
        (false, false) => print(&app::table(&games)),
    }
}

fn date(text: &str) -> Result<Timestamp, String> {
    Timestamp::from_utc_date(text).ok_or_else(|| format!("`{text}` is not a date; write it like 2026-11-21"))
}

fn inspect(arguments: &InspectArguments) -> Result<(), Failure> {
    if arguments.follow {
        return follow(arguments);
    }
    // clap has refused a recording without both.
    let (Some(kind), Some(file)) = (arguments.feed, &arguments.file) else { return Ok(()) };
    let match_id = arguments.match_id.as_deref();
    let report = match file.to_str() {
        Some("-") => sideline::inspect::inspect(kind, io::stdin().lock(), match_id)
            .map_err(|cause| Failure::Input(format!("cannot read standard input: {cause}")))?,
        _ => app::inspect_file(kind, file, match_id)?,
    };
    eprint!("{}", report.summary());
    print_json(&report.snapshot)
}

fn follow(arguments: &InspectArguments) -> Result<(), Failure> {
    let show = Show::load(arguments.file.as_deref())?;
    let what = app::Follow { only: arguments.feed, length: arguments.seconds };
    app::follow(&show, &what, |told| {
        let line = if arguments.json { serde_json::to_string(told).unwrap_or_default() } else { told.to_string() };
        match writeln!(io::stdout(), "{line}") {
            Ok(()) => ControlFlow::Continue(()),
            result => ControlFlow::Break(written(result)),
        }
    })
}

fn replay(arguments: ReplayArguments) -> Result<(), Failure> {
    let ReplayArguments { journal, show, feeds_only, speed, out, lists, headless, seconds, commands, json, .. } =
        arguments;
    if arguments.list {
        return list_landmarks(&app::landmarks(&journal)?, json);
    }
    let (from, to) = match arguments.stretch {
        Some(Stretch { from, to }) => (from, Some(to)),
        None => (arguments.from, None),
    };
    if let (Speed::Times(speed), None) = (speed, &out) {
        let other_show = show.is_some();
        let show = show.as_deref().map_or_else(|| app::show_of(&journal), |path| Show::load(Some(path)))?;
        let rehearsal = Some(Rehearsal { journal, speed, from, again_at: to, feeds_only, other_show });
        return go_live(&show, &Live { length: seconds, headless, rehearsal, lists, commands }, json);
    }
    let replayed = app::replay(&Replay { journal, show, feeds_only, from, to, out: out.clone(), lists })?;
    eprintln!("{} frames, {} skipped as they were on air", replayed.frames, replayed.skipped);
    match (out, replayed.output.and_then(|output| output.trouble)) {
        (_, Some(trouble)) => Err(Failure::Machine(trouble)),
        (Some(out), None) => print(&format_args!("{}", out.display())),
        (None, None) => print_json(&replayed.snapshot),
    }
}

fn list_landmarks(landmarks: &[Landmark], json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&landmarks);
    }
    landmarks.iter().try_for_each(|Landmark { point, seconds, text, .. }| {
        let text = text.as_deref().unwrap_or_default();
        print(&format_args!("{:>4}:{:04.1}  {point:<14}  {text}", *seconds as u64 / 60, seconds % 60.0))
    })
}

fn render(arguments: RenderArguments) -> Result<(), Failure> {
    let RenderArguments { template, snapshot, fields, frames, then, rate, size, out } = arguments;
    let written = app::render_template(&Still { template, snapshot, fields, frames, then, rate, size, out })?;
    written.iter().try_for_each(|path| print(&format_args!("{}", path.display())))
}

fn check(paths: &[PathBuf], json: bool) -> Result<(), Failure> {
    let app::Checked { files, problems } = app::check(paths)?;
    if json {
        print_json(&problems)?;
    } else {
        problems.iter().try_for_each(|problem| print(problem))?;
    }
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let summary = format!("{} in {}", count(problems.len(), "problem"), count(files.len(), "file"));
    if problems.is_empty() {
        eprintln!("{summary}");
        return Ok(());
    }
    Err(Failure::Input(summary))
}

fn list_fields(sport: Option<Sport>, json: bool) -> Result<(), Failure> {
    let bindings = template::bindings(sport);
    if json {
        return print_json(&bindings);
    }
    let width = bindings.iter().map(|binding| binding.path.len()).max().unwrap_or(0);
    bindings.iter().try_for_each(|Binding { path, kind, unit, example }| {
        let kind = if unit.is_empty() { (*kind).to_owned() } else { format!("{kind}, {unit}") };
        let example = if kind == "list" { format!("{example} items") } else { example.to_string() };
        print(&format_args!("{path:width$}  {kind:30}  {example}"))
    })
}

fn doctor(json: bool) -> Result<(), Failure> {
    let findings = app::doctor();
    if json {
        print_json(&findings)?;
    } else {
        for finding in &findings {
            let mark = match (finding.works, finding.optional) {
                (true, _) => "ok  ",
                (false, true) => "none",
                (false, false) => "FAIL",
            };
            let remedy = finding.remedy.map(|remedy| format!("\n       -> {remedy}")).unwrap_or_default();
            print(&format_args!("{mark}  {}: {}{remedy}", finding.what, finding.detail))?;
        }
    }
    let lacking: Vec<&str> =
        findings.iter().filter(|found| !found.works && !found.optional).map(|found| found.what).collect();
    if lacking.is_empty() { Ok(()) } else { Err(Failure::Machine(format!("lacking: {}", lacking.join(", ")))) }
}

fn print(result: &dyn std::fmt::Display) -> Result<(), Failure> {
    written(writeln!(io::stdout(), "{result}"))
}

fn print_json(result: &impl serde::Serialize) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let cause = serde_json::to_writer_pretty(&mut stdout, result).map_err(io::Error::from);
    written(cause.and_then(|()| writeln!(stdout)))
}

/// A reader that has read enough (`| head`) is no failure.
fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Machine(format!("cannot write to standard output: {cause}")))
        }
        _ => Ok(()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|cause| cause.to_string())
}

/// How fast a recording is played.
#[derive(Clone, Copy, Debug)]
enum Speed {
    Times(f64),
    Max,
}

fn speed(text: &str) -> Result<Speed, String> {
    match text.parse::<f64>() {
        _ if text == "max" => Ok(Speed::Max),
        Ok(speed) if speed > 0.0 && speed.is_finite() => Ok(Speed::Times(speed)),
        _ => Err(format!("`{text}` is not a speed; write 1, 4, 0.5 or max")),
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
