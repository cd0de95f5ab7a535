//! A show on air: from a loaded show to the last counter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

use super::bundle::Bundle;
use super::conduct::{Baton, Conductor};
use super::fold::Fold;
use super::lists::Lists;
use super::on_air::{Beginning, Inlets, OnAir, Shared, Turn};
use super::positions::Positions;
use super::rehearse::{self, OwnJournal, Pass, Rehearsal, Rehearsing, Senders};
use super::show_file::ShowFileWatch;
use super::watch::{Scope, Watch};
use super::{Failure, Show, feeds, outputs, rundown, show_problems, typed};
use crate::command::{Command, Key};
use crate::config::ShowFile;
use crate::feed::{self, decode};
use crate::ids::{FeedId, OutputId};
use crate::journal::file::{self, Opened, Writer};
use crate::output::{self, Intake, Output, Signal};
use crate::playout::Program;
use crate::problem::Problem;
use crate::render::Gpu;
use crate::scene::Stage;
use crate::status::Status;
use crate::text::Fonts;
use crate::time::{Clock, FrameIndex, SystemClock, Timestamp};
use crate::venue::{self, Venue};
use crate::window::{self, EventSource};

/// How a show is run.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Ends the show by itself.
    pub length: Option<Duration>,
    /// Leaves the window out.
    pub headless: bool,
    /// Plays a journal in place of the feeds.
    pub rehearsal: Option<Rehearsal>,
    /// A file for the draw list of every frame, as text.
    pub lists: Option<PathBuf>,
    /// Where commands come from beside the window: a file or pipe with one a line, as JSON; `-` is standard input.
    pub commands: Option<PathBuf>,
}

/// Runs a show until its window is closed, its time is over, or Ctrl-C. Returns the last status.
pub fn run(show: &Show, how: &Live) -> Result<Status, Failure> {
    let at_its_rate = how.rehearsal.as_ref().map(|rehearsal| at_rate_of(show, rehearsal)).transpose()?;
    let show = at_its_rate.as_ref().unwrap_or(show);
    if how.rehearsal.is_none() {
        feeds::check(&show.file)?;
    }
    let runtime = runtime()?;
    let events = if how.headless { None } else { event_source(show)? };
    let gpu = Gpu::new().map_err(Failure::machine)?;
    tracing::info!("drawing with {}", gpu.describe());
    let signal = Signal { size: show.file.show.size, rate: show.file.show.rate };
    let mut running = outputs::start(show, signal)?;
    if how.rehearsal.is_some() {
        running = running.into_iter().map(Output::as_they_come).collect();
    }
    let intake = events.as_ref().map(|(id, events)| window_output(id, events, &mut running));
    let mut program = program(show, &gpu, &running)?;
    let lists = how.lists.as_deref().map(Lists::create).transpose()?;
    if let Some(lists) = &lists {
        program.tap(lists.on_air());
    }

    let needs_venue = show.file.venue.is_some() && how.rehearsal.is_none();
    let venue = needs_venue.then(|| runtime.block_on(start_venue(show))).transpose()?;
    let shared = Shared::default();
    let on_air = match &how.rehearsal {
        None => {
            let turn = wire(show, &runtime, venue.as_ref(), &shared)?;
            OnAir::start(program, running, turn, shared.clone(), runtime.handle().clone(), || None)?
        }
        Some(rehearsal) => {
            let mut turns = Turns::new(show, &runtime, rehearsal, &shared)?;
            let first = turns.first()?;
            OnAir::start(program, running, first, shared.clone(), runtime.handle().clone(), move || turns.next())?
        }
    };
    let watch = (watch_templates(show, how, &shared), watch_show_file(show, how, &shared));
    watch_for_end(&runtime, how, &shared.stop);
    how.commands.as_deref().map_or(Ok(()), |commands| typed::listen(commands, &shared))?;

    let shown = match events.zip(intake) {
        Some(((_, events), intake)) => show_window(show, how, events, intake, &shared),
        None => {
            on_air.wait();
            Ok(())
        }
    };
    shared.stop.store(true, Ordering::Relaxed);
    let status = on_air.finish(&runtime);
    drop(watch);
    if let Some(venue) = venue {
        runtime.block_on(venue.stop());
    }
    runtime.shutdown_timeout(Duration::from_millis(100));
    lists.map_or(Ok(()), Lists::finish)?;
    shown.map(|()| status)
}

/// A recording's frames are counted at its own rate, whatever show is rehearsed with it.
fn at_rate_of(show: &Show, rehearsal: &Rehearsal) -> Result<Show, Failure> {
    let rate = rehearse::outline(&rehearsal.journal)?.start.rate;
    let mut show = show.clone();
    if show.file.show.rate != rate {
        tracing::info!("rehearsing at {rate} frames a second, as it was recorded, and not at {}", show.file.show.rate);
        show.file.show.rate = rate;
    }
    Ok(show)
}

pub(super) fn runtime() -> Result<Runtime, Failure> {
    feed::install_tls();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("network")
        .enable_all()
        .build()
        .map_err(Failure::machine)
}

/// The window's event loop; `None` when the show has no window, or an optional one and no display.
fn event_source(show: &Show) -> Result<Option<(OutputId, EventSource)>, Failure> {
    let Some(wanted) = outputs::window(show) else { return Ok(None) };
    match EventSource::new() {
        Ok(events) => Ok(Some((wanted.id.clone(), events))),
        Err(cause) if wanted.optional => {
            tracing::warn!("no window: {cause}");
            Ok(None)
        }
        Err(cause) => Err(Failure::machine(cause)),
    }
}

fn window_output(id: &OutputId, events: &EventSource, running: &mut Vec<Output>) -> Intake {
    let (output, intake) = output::queue(id.clone(), window::NEED);
    running.push(output.waking(events.waker()));
    intake
}

fn program(show: &Show, gpu: &Gpu, running: &[Output]) -> Result<Program, Failure> {
    let settings = &show.file.show;
    let stage = Stage::new(show.bundle.set.clone());
    let needs = outputs::needs(running);
    Program::new(gpu, stage, Fonts::bundled(), feeds::rules(&show.file), settings.size, settings.rate, &needs)
        .map_err(Failure::machine)
}

/// Starts the show's own venue on loopback ports that the system chooses.
pub(super) async fn start_venue(show: &Show) -> Result<Venue, Failure> {
    let options = super::venue_options(show)?;
    let bind = || tokio::net::TcpListener::bind("127.0.0.1:0");
    let listener = bind().await.map_err(Failure::machine)?;
    let delivery = bind().await.map_err(Failure::machine)?;
    venue::start(options, listener, delivery).await.map_err(Failure::input)
}

fn wire(show: &Show, runtime: &Runtime, venue: Option<&Venue>, shared: &Shared) -> Result<Turn, Failure> {
    let endpoints = venue.map(Venue::endpoints);
    let endpoints = endpoints.as_ref();
    let options = feeds::options(&show.file, endpoints)?;
    let clock = Arc::new(SystemClock::start());
    let decoding = feeds::decoding(&show.file, endpoints);
    let (journal, fold) = open_journal(show, &decoding)?;
    let epoch = journal.as_ref().and_then(|journal| epoch_of(journal, show)).unwrap_or(clock.now() + LEAD_IN);
    let _in_runtime = runtime.enter();
    let beginning = Beginning {
        fold,
        journal,
        clock,
        start: show.start(epoch, &decoding),
        bundle: show.bundle.clone(),
        delays: feeds::delays(&show.file).collect(),
        rules: feeds::rules(&show.file),
        positions: Positions::of(&show.file),
    };
    Ok(Turn::wire(beginning, shared, |fold, inlets| {
        feeds::spawn(options, fold, &inlets.reports, &inlets.stopping, &inlets.followed);
        spawn_rundown(show, inlets.commands, inlets.stopping);
    }))
}

/// Time between wiring and the first frame: enough for playout's thread to be waiting for it.
const LEAD_IN: Duration = Duration::from_millis(50);

/// The show's journal and the state that it ends in; a new show's is empty.
fn open_journal(show: &Show, decoding: &BTreeMap<FeedId, decode::Options>) -> Result<(Option<Opened>, Fold), Failure> {
    let Some(path) = &show.file.show.journal else { return Ok((None, Fold::new(decoding.clone()))) };
    let path = show.path(path);
    let settings = show.file.journal.unwrap_or_default();
    let usual = file::Options::default();
    let options = file::Options {
        segment_bytes: settings.segment_mb.map_or(usual.segment_bytes, |megabytes| megabytes * 1024 * 1024),
        pack: settings.compress.unwrap_or(usual.pack),
    };
    let began = std::time::Instant::now();
    let mut opened = Writer::open_on_air(&path, options).map_err(Failure::input)?;
    let fold = Fold::recover(&path, decoding.clone());
    let took = began.elapsed();
    let was = opened.start.as_ref().map(|start| start.rate).filter(|was| *was != show.file.show.rate);
    if let Some(was) = was {
        // One journal, one rate: frames of two rates cannot be counted through.
        opened.writer.close();
        match file::put_away(&path) {
            Ok(kept) => tracing::info!(
                "the show's rate is {} and was {was}: its journal so far is kept as {}, and another goes on from there",
                show.file.show.rate,
                kept.display()
            ),
            Err(cause) => tracing::error!("the journal at {was} frames a second cannot be put away: {cause}"),
        }
        opened = Writer::open_on_air(&path, options).map_err(Failure::input)?;
    } else if opened.last > 0 {
        let (last, millis) = (opened.last, took.as_millis());
        tracing::info!("going on after entry {last} of {}: the state is back after {millis} ms", path.display());
    }
    Ok((Some(opened), fold))
}

/// Frames go on counting from the first run's epoch, unless the rate has changed.
fn epoch_of(journal: &Opened, show: &Show) -> Option<Timestamp> {
    let start = journal.start.as_ref().filter(|start| start.rate == show.file.show.rate)?;
    Some(start.epoch)
}

/// The turns of a rehearsal: one from each place that it is taken to, and one for each lap of a stretch.
struct Turns {
    show: Show,
    network: tokio::runtime::Handle,
    journal: PathBuf,
    epoch: Timestamp,
    /// The recording's last frame.
    last: FrameIndex,
    /// What this rehearsal is written into, once it has been.
    own: Option<OwnJournal>,
    decoding: BTreeMap<FeedId, decode::Options>,
    is_feeds_only: bool,
    baton: Arc<Baton>,
    shared: Shared,
}

impl Turns {
    fn new(show: &Show, runtime: &Runtime, rehearsal: &Rehearsal, shared: &Shared) -> Result<Self, Failure> {
        let (rehearsing, span) = Rehearsing::new(rehearsal, show)?;
        let (epoch, decoding) = (rehearsing.epoch(), rehearsing.decoding());
        let (_, last) = rehearsing.outline().frames;
        let is_feeds_only = rehearsing.is_feeds_only();
        let (conductor, heard) = Conductor::new(show, rehearsing, span, rehearsal.speed, shared)?;
        let baton = conductor.baton();
        let thread = std::thread::Builder::new().name("rehearsal".into());
        thread.spawn(move || conductor.serve(&heard)).map_err(Failure::machine)?;
        shared.baton.store(Some(baton.clone()));
        let (journal, network) = (rehearsal.journal.clone(), runtime.handle().clone());
        let (show, shared) = (show.clone(), shared.clone());
        Ok(Self { show, network, journal, epoch, last, own: None, decoding, is_feeds_only, baton, shared })
    }

    fn first(&mut self) -> Result<Turn, Failure> {
        let pass = self.baton.take(&self.shared).ok_or_else(|| Failure::Input("the rehearsal did not begin".into()))?;
        self.begin(pass)
    }

    /// The next turn; none when there is none, or when it failed, which has been told.
    fn next(&mut self) -> Option<Turn> {
        let pass = self.baton.take(&self.shared)?;
        self.begin(pass).inspect_err(|failure| tracing::error!("{failure}")).ok()
    }

    fn begin(&mut self, pass: Pass) -> Result<Turn, Failure> {
        let first = pass.first;
        let ((mut fold, mut hand_over, mut bundle, player), is_loop) = self.baton.begin(|speed| {
            let (fold, hand_over, bundle, player) = pass.begin(speed);
            let clock = player.clock.clone();
            ((fold, hand_over, bundle, player), clock)
        });
        // A stretch that is played again is not one show after another: its frames are counted again and again. At the
        // recording's end everything stands still, and what was rehearsed up to there is kept.
        let is_written = !is_loop && first < self.last;
        let journal = if is_written { self.own_journal()? } else { None };
        let _in_network = self.network.enter();
        if let Some(saved) = self.shared.saved() {
            hand_over.stage.set_templates(saved.set.clone());
            bundle = saved;
        }
        // Nobody but the operator of today puts anything on air: it stays there wherever the game goes.
        let today = if self.is_feeds_only { self.shared.today() } else { Default::default() };
        if self.is_feeds_only {
            fold.stand(today.clone());
        }
        let beginning = Beginning {
            fold,
            journal,
            clock: player.clock.clone(),
            start: self.show.start(self.epoch, &self.decoding),
            bundle,
            delays: feeds::delays(&self.show.file).collect(),
            rules: feeds::rules(&self.show.file),
            positions: Positions::of(&self.show.file),
        };
        let mut turn = Turn::wire(beginning, &self.shared, |_, inlets| {
            let Inlets { reports, commands, saves, stopping, followed: _ } = inlets;
            player.spawn(Senders { reports, commands, saves }, stopping);
        });
        turn.go_on_with(hand_over, &today);
        tracing::info!("rehearsing from frame {first}");
        Ok(turn)
    }

    /// The rehearsal's own journal, empty; none while another rehearsal has it: this one goes on all the same.
    fn own_journal(&mut self) -> Result<Option<Opened>, Failure> {
        if self.own.is_none() {
            self.own = OwnJournal::claim(&self.journal)?;
        }
        if self.own.is_none() {
            tracing::warn!("not written down: another rehearsal of {} is", self.journal.display());
        }
        self.own.as_ref().map(OwnJournal::begin_anew).transpose()
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.baton.end();
    }
}

/// Watches the templates of a show that has its own: what is saved right goes on air, what is not is told.
fn watch_templates(show: &Show, how: &Live, shared: &Shared) -> Option<Watch> {
    // A journal has the templates that were on air, and their saves.
    let is_recorded = how.rehearsal.as_ref().is_some_and(|rehearsal| !rehearsal.other_show);
    let folder = show.templates_folder().filter(|_| !is_recorded)?;
    let (shared, file) = (shared.clone(), show.file.clone());
    let saved = move |saved: Result<Bundle, Vec<Problem>>| match saved.and_then(|bundle| fitting(&file, bundle)) {
        Ok(bundle) => {
            shared.template_problems.store(Arc::default());
            shared.save(bundle);
        }
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            tracing::error!("the templates as saved are not on air, the ones before stay:\n{}", told.join("\n"));
            shared.template_problems.store(Arc::new(problems));
        }
    };
    let (scope, seen) = (Scope::folder(folder.clone()), Some(show.bundle.manifest.clone()));
    let watch = Watch::start(scope, seen, move || Bundle::read(&folder), saved);
    watch.inspect_err(|cause| tracing::error!("templates are not watched: {cause}")).ok()
}

/// Has the status say so when the show file is edited. A rehearsal goes by the show of its journal.
fn watch_show_file(show: &Show, how: &Live, shared: &Shared) -> Option<ShowFileWatch> {
    let file = show.from.clone().filter(|_| how.rehearsal.is_none())?;
    let shared = shared.clone();
    let tell = move |said: Option<String>| {
        match &said {
            Some(said) => tracing::warn!("{said}"),
            None => tracing::info!("the show file is again as it was when the show began"),
        }
        shared.show_file.store(said.map(Arc::new));
    };
    let watch = ShowFileWatch::start(file, show.text.clone(), tell);
    watch.inspect_err(|cause| tracing::error!("the show file is not watched: {cause}")).ok()
}

/// Templates with which every graphic of the show can be cued.
fn fitting(file: &ShowFile, bundle: Bundle) -> Result<Bundle, Vec<Problem>> {
    let problems = show_problems(Path::new("the show file"), "", file, &bundle.set);
    if problems.is_empty() { Ok(bundle) } else { Err(problems) }
}

/// Plays the show file's rundown, again and again if it loops.
pub(super) fn spawn_rundown(show: &Show, commands: mpsc::Sender<Command>, mut stop: watch::Receiver<bool>) {
    let due = rundown::commands(&show.file);
    let loop_after = rundown::loop_after(&show.file);
    tokio::spawn(async move {
        let play = async {
            let mut began = tokio::time::Instant::now();
            loop {
                for step in &due {
                    tokio::time::sleep_until(began + step.after).await;
                    if commands.send(step.command.clone()).await.is_err() {
                        return;
                    }
                }
                let Some(loop_after) = loop_after else { return };
                began += loop_after;
                tokio::time::sleep_until(began).await;
            }
        };
        tokio::select! {
            () = play => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    });
}

fn show_window(show: &Show, how: &Live, events: EventSource, intake: Intake, shared: &Shared) -> Result<(), Failure> {
    let keys = rundown::keys(&show.file);
    if !keys.is_empty() {
        let graphic = |key: &Key| show.file.graphics.iter().find(|graphic| graphic.key.as_ref() == Some(key));
        let told = keys.iter().map(|(key, command)| match graphic(key) {
            Some(graphic) => format!("{key} {} on and off", graphic.name),
            None => format!("{key} {command}"),
        });
        let told: Vec<String> = told.collect();
        tracing::info!("keys of this show: {}", told.join("; "));
    }
    let background = outputs::window(show).map(|window| window.background).unwrap_or_default();
    let options = window::Options {
        title: format!("Sideline - {}", show.file.show.name),
        canvas: show.file.show.size,
        background: outputs::background(background),
        keys,
        is_rehearsal: how.rehearsal.is_some(),
        listen: None,
        plain_from: show.file.show.size.height,
    };
    let operator = shared.clone();
    let send = Box::new(move |command| operator.send(command));
    events.run(options, intake, shared.status.clone(), send, shared.stop.clone()).map_err(Failure::machine)
}

/// Ends the show on Ctrl-C, on a request to terminate, or when its time is over.
fn watch_for_end(runtime: &Runtime, how: &Live, stop: &Arc<AtomicBool>) {
    let (stop, length) = (stop.clone(), how.length);
    runtime.spawn(async move {
        let time_over = async {
            match length {
                Some(length) => tokio::time::sleep(length).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = interrupted() => tracing::info!("stopping"),
            () = time_over => {}
        }
        stop.store(true, Ordering::Relaxed);
    });
}

/// Resolves when the system asks the program to end.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let others = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
        if let (Ok(mut terminate), Ok(mut hang_up)) = others {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
                // The terminal was closed: the show ends as it does otherwise, with whole files.
                _ = hang_up.recv() => {}
            }
            return;
        }
    }
    // Without a handler there is no clean end, only the system's own.
    let _ = tokio::signal::ctrl_c().await;
}
