//! Arguments in, results on standard output, everything else on standard error.
//!
//! Exit status: 0 done, 1 what was given is wrong, 2 the machine lacks something.

#![allow(clippy::print_stdout, reason = "printing results is what a command line is for")]

mod arguments;
mod log;

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sideline::app::{self, Failure, Landmark, Live, Offline, Rehearsal, Replay, Show, Still, Stretch};
use sideline::feed::shottracker::ScheduleQuery;
use sideline::game::snapshot::Sport;
use sideline::ids::TeamId;
use sideline::template::{self, Binding};
use sideline::venue;
use sideline::venue::fault::Switch;

use arguments::{
    Action, Arguments, GamesArguments, InspectArguments, PreviewArguments, RenderArguments, ReplayArguments,
    RunArguments, Speed, VenueArguments,
};

pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = match log::start() {
        Ok(log) => log,
        Err(cause) => {
            eprintln!("no thread can be started: {cause}");
            return ExitCode::from(2);
        }
    };
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
        Action::Fields { schema: Some(template), .. } => {
            app::fields_schema(&template).and_then(|schema| print_json(&schema))
        }
        Action::Fields { sport, json, schema: None } => list_fields(sport, json),
        Action::Doctor { json } => doctor(json),
    };
    // What was said meanwhile is shown before the result of it.
    drop(log);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_status())
        }
    }
}

fn run(arguments: RunArguments) -> Result<(), Failure> {
    let mut show = Show::load(arguments.show.as_deref())?;
    if let Some(start) = arguments.start {
        show.start_at(start)?;
    }
    if let (Some(movie), Some(length)) = (arguments.movie, arguments.seconds) {
        if let Some((at, file)) = arguments.still.iter().find(|(at, _)| *at >= length) {
            let (at, length) = (at.as_secs_f64(), length.as_secs_f64());
            return Err(Failure::Input(format!(
                "the still {} at {at} s is after the movie's {length} s",
                file.display()
            )));
        }
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
    if io::stderr().is_terminal() {
        // Below the status line.
        eprintln!();
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
    if let (Some(from), Some(to)) = (arguments.from, arguments.to)
        && to < from
    {
        return Err(Failure::Input("--to is before --from".into()));
    }
    let query = ScheduleQuery {
        from: arguments.from.unwrap_or_default(),
        to: arguments.to,
        team: arguments.team.map(TeamId::from),
        location: arguments.location,
        season_type: arguments.season,
        week: arguments.week,
        sport: arguments.sport,
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
