//! A show made into a file where there is no screen: recorded from its feeds in real time, then drawn in lockstep.
//!
//! Recording and drawing are the two halves of going on air, joined by the journal instead of by the clock, so the file
//! holds every frame however slowly this machine draws.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::desk::{COMMANDS, Desk, Incoming, MARKS, SAVES};
use super::files::{NEED, movie, write_png};
use super::fold::Fold;
use super::live::{interrupted, runtime, spawn_rundown, start_venue};
use super::playback::{LeftOut, Playback};
use super::rehearse::outline;
use super::{Failure, Show, feeds, outputs};
use crate::feed::{Followed, QUEUE_REPORTS};
use crate::frame::Frame;
use crate::journal::file::{Writer, discard};
use crate::output::Signal;
use crate::output::ffmpeg::FINISH_LIMIT_OFFLINE;
use crate::playout::{self, Program};
use crate::render::Gpu;
use crate::scene::Stage;
use crate::status::OutputStatus;
use crate::text::Fonts;
use crate::time::{Clock, FrameIndex, SystemClock};
use crate::venue::Venue;

/// What to make.
#[derive(Clone, Debug)]
pub struct Offline {
    pub length: Duration,
    /// The movie, with straight alpha.
    pub movie: PathBuf,
    /// Pictures (PNG, straight alpha) and their time from the beginning.
    pub stills: Vec<(Duration, PathBuf)>,
}

/// Records `length` of the show, then draws it. Tells its progress on standard error.
pub fn run_offline(show: &Show, what: &Offline) -> Result<OutputStatus, Failure> {
    feeds::check(&show.file)?;
    // Both of these can be missing on the machine: found out before the recording takes its time.
    let gpu = Gpu::new().map_err(Failure::machine)?;
    let recording = Recording(std::env::temp_dir().join(format!("sideline-{}.journal", std::process::id())));
    let journal = &recording.0;
    // One that a process of this number left behind.
    discard(journal).map_err(Failure::machine)?;
    eprintln!("recording {} s of \"{}\" from its feeds", what.length.as_secs_f32(), show.file.show.name);
    record(show, what.length, journal)?;
    eprintln!("drawing it with {}", gpu.describe());
    draw(show, what, gpu, journal)
}

/// The journal between the two halves: nobody's but ours, and gone when the file is made.
struct Recording(PathBuf);

impl Drop for Recording {
    fn drop(&mut self) {
        if let Err(cause) = discard(&self.0) {
            tracing::warn!("{} is left behind: {cause}", self.0.display());
        }
    }
}

fn record(show: &Show, length: Duration, path: &Path) -> Result<(), Failure> {
    let runtime = runtime()?;
    let recording = runtime.block_on(async {
        let venue = match show.file.venue {
            Some(_) => Some(start_venue(show).await?),
            None => None,
        };
        let endpoints = venue.as_ref().map(Venue::endpoints);
        let endpoints = endpoints.as_ref();
        let options = feeds::options(&show.file, endpoints)?;
        let decoding = feeds::decoding(&show.file, endpoints);
        let clock = Arc::new(SystemClock::start());
        let epoch = clock.now();
        let journal = Writer::open(path).map_err(Failure::machine)?;
        let fold = Fold::new(decoding.clone());
        let (reports, reported) = mpsc::channel(QUEUE_REPORTS);
        let (commands, commanded) = mpsc::channel(COMMANDS);
        let (_, marks) = crossbeam_channel::bounded(MARKS);
        // Templates are not watched: the movie is drawn when the recording is over.
        let (_, saves) = mpsc::channel(SAVES);
        let (stop, stopping) = watch::channel(false);
        let followed = Followed::default();
        feeds::spawn(options, &fold, &reports, &stopping, &followed);
        let mut desk = Desk::new(fold, Some(journal), clock, None);
        desk.tell_followed(followed);
        desk.begin(show.start(epoch, &decoding), &show.bundle);
        desk.delay(feeds::delays(&show.file));
        spawn_rundown(show, commands, stopping.clone());
        let incoming = Incoming { reports: reported, commands: commanded, saves, marks };
        let serving = tokio::spawn(desk.serve(incoming, stopping));
        let cut_short = tokio::select! {
            () = tokio::time::sleep(length) => false,
            () = interrupted() => true,
        };
        // Nobody listens only if the desk has ended already.
        let _ = stop.send(true);
        let _ = serving.await;
        if let Some(venue) = venue {
            venue.stop().await;
        }
        if cut_short { Err(Failure::Input("stopped".into())) } else { Ok(()) }
    });
    runtime.shutdown_timeout(Duration::from_millis(100));
    recording
}

fn draw(show: &Show, what: &Offline, gpu: Gpu, journal: &Path) -> Result<OutputStatus, Failure> {
    let settings = &show.file.show;
    let signal = Signal { size: settings.size, rate: settings.rate };
    let movie = movie(&what.movie, signal)?;
    let stage = Stage::new(show.bundle.set.clone());
    let rules = feeds::rules(&show.file);
    let mut program = Program::new(&gpu, stage, Fonts::bundled(), rules, settings.size, settings.rate, &[NEED])
        .map_err(Failure::machine)?;
    let outline = outline(journal)?;
    let mut playback = Playback::new(journal, &outline, Some(show.bundle.clone()), LeftOut::default(), Vec::new())?;
    let frames = settings.rate.frame_at(what.length).0;
    let mut stills = Stills::new(&what.stills, settings.rate);
    let mut progress = Progress::new(frames);
    let running = std::slice::from_ref(&movie);
    playout::run_in_lockstep(
        &mut program,
        running,
        outline.start.epoch,
        0..frames,
        |index, at| playback.frame(index, at).map(|moment| (moment.position, moment.acts)),
        |index, frame| {
            stills.take(index, frame);
            progress.show(index);
        },
    );
    if let Some(failure) = playback.failure {
        return Err(failure);
    }
    stills.finish()?;
    Ok(outputs::finish(vec![movie], FINISH_LIMIT_OFFLINE).remove(0))
}

struct Stills {
    wanted: Vec<(FrameIndex, PathBuf)>,
    failure: Option<Failure>,
}

impl Stills {
    fn new(wanted: &[(Duration, PathBuf)], rate: crate::time::FrameRate) -> Self {
        Self { wanted: wanted.iter().map(|(at, path)| (rate.frame_at(*at), path.clone())).collect(), failure: None }
    }

    fn take(&mut self, index: FrameIndex, frame: &Frame) {
        for (_, path) in self.wanted.iter().filter(|(at, _)| *at == index) {
            if let Err(failure) = write_png(frame, path) {
                self.failure.get_or_insert(failure);
            }
        }
    }

    fn finish(self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }
}

/// How far the drawing is, on a terminal.
struct Progress {
    frames: u64,
    started: Instant,
    shown_at: Instant,
}

impl Progress {
    fn new(frames: u64) -> Self {
        Self { frames, started: Instant::now(), shown_at: Instant::now() }
    }

    fn show(&mut self, index: FrameIndex) {
        use std::io::{IsTerminal, Write};
        let mut stderr = std::io::stderr();
        let done = index.0 + 1;
        if !stderr.is_terminal() || (done < self.frames && self.shown_at.elapsed() < Duration::from_millis(200)) {
            return;
        }
        self.shown_at = Instant::now();
        let rate = done as f64 / self.started.elapsed().as_secs_f64().max(1e-3);
        let end = if done == self.frames { "\n" } else { "" };
        // A terminal that is gone has nobody to read the line.
        let _ = write!(stderr, "\r\x1b[2K{done} of {} frames, {rate:.0} a second{end}", self.frames);
        let _ = stderr.flush();
    }
}
