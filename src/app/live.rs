//! A show on air: from a loaded show to the last counter.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

use super::desk::{COMMANDS, Desk, MARKS};
use super::positions::Positions;
use super::rehearse::{self, Rehearsal};
use super::{Failure, Show, feeds, outputs, rundown};
use crate::app::fold::Fold;
use crate::command::Command;
use crate::feed::{self, QUEUE_REPORTS, Report, decode};
use crate::ids::FeedId;
use crate::ids::OutputId;
use crate::journal::Start;
use crate::journal::file::{self, Opened, Writer, discard};
use crate::output::{self, Intake, Output, Signal};
use crate::playout::{self, Program};
use crate::render::Gpu;
use crate::scene::Stage;
use crate::status::Status;
use crate::text::Fonts;
use crate::time::{Clock, SystemClock, Timestamp};
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
}

/// Outputs may take this long to send what they accepted and close their files: with the other steps, a show that is
/// stopped is over in two seconds.
const OUTPUTS_LIMIT: Duration = Duration::from_millis(1600);

/// Runs a show until its window is closed, its time is over, or Ctrl-C. Returns the last status.
pub fn run(show: &Show, how: &Live) -> Result<Status, Failure> {
    let runtime = runtime()?;
    let stop = Arc::new(AtomicBool::new(false));
    let events = if how.headless { None } else { event_source(show)? };
    let gpu = Gpu::new().map_err(Failure::machine)?;
    tracing::info!("drawing with {}", gpu.describe());
    let signal = Signal { size: show.file.show.size, rate: show.file.show.rate };
    let mut running = outputs::start(show, signal)?;
    let intake = events.as_ref().map(|(id, events)| window_output(id, events, &mut running));
    let program = program(show, &gpu, &running)?;

    let needs_venue = show.file.venue.is_some() && how.rehearsal.is_none();
    let venue = needs_venue.then(|| runtime.block_on(start_venue(show))).transpose()?;
    let wired = match &how.rehearsal {
        None => wire(show, &runtime, venue.as_ref(), &stop)?,
        Some(rehearsal) => wire_rehearsal(show, &runtime, rehearsal, &stop)?,
    };
    let on_air = OnAir::start(program, running, wired, &stop)?;
    watch_for_end(&runtime, how, &stop);

    let shown = match (events, intake) {
        (Some((_, events)), Some(intake)) => show_window(show, events, intake, &on_air, stop.clone()),
        _ => {
            on_air.wait(&stop);
            Ok(())
        }
    };
    stop.store(true, Ordering::Relaxed);
    let status = on_air.finish(&runtime);
    if let Some(venue) = venue {
        runtime.block_on(venue.stop());
    }
    runtime.shutdown_timeout(Duration::from_millis(100));
    shown.map(|()| status)
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
    let stage = Stage::new(show.templates.clone());
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

/// Everything between the network and playout, running.
struct Wired {
    desk: playout::Desk,
    clock: Arc<dyn Clock>,
    epoch: Timestamp,
    /// What was on air when an earlier run of this show ended.
    put_back: Vec<Command>,
    commands: mpsc::Sender<Command>,
    stop_network: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<()>,
    status: Arc<ArcSwapOption<Status>>,
}

/// Time between wiring and the first frame: enough for playout's thread to be waiting for it.
const LEAD_IN: Duration = Duration::from_millis(50);

fn wire(show: &Show, runtime: &Runtime, venue: Option<&Venue>, stop: &Arc<AtomicBool>) -> Result<Wired, Failure> {
    let endpoints = venue.map(Venue::endpoints);
    let endpoints = endpoints.as_ref();
    let options = feeds::options(&show.file, endpoints)?;
    let clock = Arc::new(SystemClock::start());
    let decoding = feeds::decoding(&show.file, endpoints);
    let (journal, fold) = open_journal(show, &decoding)?;
    let epoch = journal.as_ref().and_then(|journal| epoch_of(journal, show)).unwrap_or(clock.now() + LEAD_IN);
    let start = show.start(epoch, &decoding);
    let _in_runtime = runtime.enter();
    let kept = Kept { delays: feeds::delays(&show.file).collect(), positions: Positions::of(&show.file) };
    Ok(wire_desk(fold, journal, clock, start, kept, stop, |fold, reports, commands, stopping| {
        feeds::spawn(options, fold, &reports, &stopping);
        spawn_rundown(show, commands, stopping);
    }))
}

/// The same with a recording in place of the feeds, and a journal of its own beside it.
fn wire_rehearsal(
    show: &Show,
    runtime: &Runtime,
    rehearsal: &Rehearsal,
    stop: &Arc<AtomicBool>,
) -> Result<Wired, Failure> {
    let ready = rehearse::Ready::new(rehearsal)?;
    let start = show.start(ready.epoch, &ready.decoding);
    let own = rehearsal.journal.with_added_extension("rehearsal");
    discard(&own).map_err(Failure::machine)?;
    let journal = Writer::open(&own).map_err(Failure::machine)?;
    let clock = ready.clock.clone();
    let (fold, player) = ready.part();
    let _in_runtime = runtime.enter();
    let kept = Kept { delays: feeds::delays(&show.file).collect(), positions: Positions::of(&show.file) };
    Ok(wire_desk(fold, Some(journal), clock, start, kept, stop, |_, reports, commands, stopping| {
        player.spawn(reports, commands, stopping);
    }))
}

/// What the show file says of entries: which are held back, and which are not written down.
struct Kept {
    delays: Vec<(FeedId, u32)>,
    positions: Positions,
}

/// Joins playout to a desk, and the desk to whatever `begin` starts. Called within the runtime.
fn wire_desk(
    fold: Fold,
    journal: Option<Opened>,
    clock: Arc<dyn Clock>,
    start: Start,
    kept: Kept,
    stop: &Arc<AtomicBool>,
    begin: impl FnOnce(&Fold, mpsc::Sender<Report>, mpsc::Sender<Command>, watch::Receiver<bool>),
) -> Wired {
    let (to_playout, commands_in_order) = crossbeam_channel::bounded(COMMANDS);
    let (marks, marked) = crossbeam_channel::bounded(MARKS);
    let (reports, reported) = mpsc::channel(QUEUE_REPORTS);
    let (commands, commanded) = mpsc::channel(COMMANDS);
    let (stop_network, stopping) = watch::channel(false);
    begin(&fold, reports, commands.clone(), stopping.clone());
    let epoch = start.epoch;
    let put_back = fold.standing().commands();
    let journal_health = journal.as_ref().map(|opened| opened.writer.health()).unwrap_or_default();
    let mut desk = Desk::new(fold, journal, clock.clone(), Some(to_playout));
    desk.thin(kept.positions);
    desk.begin(start);
    desk.delay(kept.delays);
    let position = desk.position();
    let serving = tokio::spawn(desk.serve(reported, commanded, marked, stopping));
    let status = Arc::new(ArcSwapOption::empty());
    let desk = playout::Desk {
        position,
        commands: commands_in_order,
        marks,
        status: status.clone(),
        journal: journal_health,
        stop: stop.clone(),
    };
    Wired { desk, clock, epoch, put_back, commands, stop_network, serving, status }
}

/// The show's journal and the state that it ends in; a new show's is empty.
fn open_journal(show: &Show, decoding: &BTreeMap<FeedId, decode::Options>) -> Result<(Option<Opened>, Fold), Failure> {
    let Some(path) = &show.file.show.journal else { return Ok((None, Fold::new(decoding.clone()))) };
    let path = show.path(path);
    let settings = show.file.journal.unwrap_or_default();
    let options = file::Options { segment_bytes: settings.segment_mb * 1024 * 1024, pack: settings.compress };
    let opened = Writer::open_on_air(&path, options).map_err(Failure::machine)?;
    let fold = Fold::recover(&path, decoding.clone());
    if opened.last > 0 {
        tracing::info!("going on after entry {} of {}", opened.last, path.display());
    }
    Ok((Some(opened), fold))
}

/// Frames go on counting from the first run's epoch, unless the rate has changed.
fn epoch_of(journal: &Opened, show: &Show) -> Option<Timestamp> {
    let start = journal.start.as_ref().filter(|start| start.rate == show.file.show.rate)?;
    Some(start.epoch)
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

/// Ends the show with playout's thread, however that ends: a window over a dead program would look alive.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Playout's thread and what is needed to end it.
struct OnAir {
    playout: JoinHandle<(Vec<Output>, Status)>,
    commands: mpsc::Sender<Command>,
    stop_network: watch::Sender<bool>,
    serving: tokio::task::JoinHandle<()>,
    status: Arc<ArcSwapOption<Status>>,
}

impl OnAir {
    fn start(program: Program, outputs: Vec<Output>, wired: Wired, stop: &Arc<AtomicBool>) -> Result<Self, Failure> {
        let Wired { desk, clock, epoch, put_back, commands, stop_network, serving, status } = wired;
        let mut program = program;
        program.put_back(program.rate().frame_at(clock.now().since(epoch)), &put_back);
        let playout = std::thread::Builder::new()
            .name("playout".into())
            .spawn({
                let over = SetOnDrop(stop.clone());
                move || {
                    let _over = over;
                    playout::run(program, outputs, desk, &*clock, epoch)
                }
            })
            .map_err(Failure::machine)?;
        Ok(Self { playout, commands, stop_network, serving, status })
    }

    /// Waits for the end, telling the operator once a second how the show does.
    fn wait(&self, stop: &AtomicBool) {
        let mut line = StatusLine::default();
        while !stop.load(Ordering::Relaxed) && !self.playout.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
            line.show(&self.status);
        }
    }

    /// Ends what is running, in order; `stop` has been set.
    fn finish(self, runtime: &Runtime) -> Status {
        let status = match self.playout.join() {
            Ok((outputs, status)) => Status { outputs: outputs::finish(outputs, OUTPUTS_LIMIT), ..status },
            Err(panic) => std::panic::resume_unwind(panic),
        };
        // Nobody listens only if the network has ended already.
        let _ = self.stop_network.send(true);
        let _ = runtime.block_on(self.serving);
        status
    }
}

fn show_window(
    show: &Show,
    events: EventSource,
    intake: Intake,
    on_air: &OnAir,
    stop: Arc<AtomicBool>,
) -> Result<(), Failure> {
    let background = outputs::window(show).map(|window| window.background).unwrap_or_default();
    let options = window::Options {
        title: format!("Sideline - {}", show.file.show.name),
        canvas: show.file.show.size,
        background: outputs::background(background),
        keys: rundown::keys(&show.file),
    };
    let commands = on_air.commands.clone();
    let send = Box::new(move |command| {
        // The queue is full only when nothing has been taken for a while; the key is pressed again then.
        if commands.try_send(command).is_err() {
            tracing::error!("too many commands at once; the last one was not taken");
        }
    });
    events.run(options, intake, on_air.status.clone(), send, stop).map_err(Failure::machine)
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
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a handler there is no clean end, only the system's own.
    let _ = tokio::signal::ctrl_c().await;
}

/// One line on a terminal's standard error, once a second; nothing where nobody watches.
#[derive(Default)]
struct StatusLine {
    shown_at: Option<Instant>,
}

impl StatusLine {
    fn show(&mut self, status: &ArcSwapOption<Status>) {
        use std::io::{IsTerminal, Write};
        if self.shown_at.is_some_and(|at| at.elapsed() < Duration::from_secs(1)) {
            return;
        }
        self.shown_at = Some(Instant::now());
        let mut stderr = std::io::stderr();
        if let Some(status) = &*status.load()
            && stderr.is_terminal()
        {
            // A terminal that is gone has nobody to read the line.
            let _ = write!(stderr, "\r\x1b[2K{status}");
            let _ = stderr.flush();
        }
    }
}
