//! Outputs: where finished frames go, each on a thread of its own.
//!
//! In: frames that playout offers, through a short bounded queue; offering never waits. Out: bytes at a destination, at
//! a constant rate: frames sent = elapsed time × rate, so a frame that is missing (playout was late, or the queue was
//! full while the destination stalled) is replaced by a repeat of the one before it. A rehearsal's frames, which leap with
//! every seek and pass faster or slower than time, are sent as they come.
//! A destination that fails is closed and opened again with growing pauses; its state is in the counters, and neither
//! playout nor another output notices.
//! Never touches wgpu: what an output needs of the renderer is its [`Need`], a plain value.

pub mod ffmpeg;
pub mod raw;
mod supervise;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, TrySendError};

use crate::draw_list::Size;
use crate::frame::{Frame, Need};
use crate::ids::OutputId;
use crate::status::OutputStatus;
use crate::time::{FrameIndex, FrameRate};

pub use supervise::supervise;

/// One being sent, two waiting. When full the frame is counted dropped and the output repeats its last picture in its
/// place; playout does not wait.
const QUEUE_FRAMES: usize = 2;

/// What a destination is told about the pictures it will receive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signal {
    pub size: Size,
    pub rate: FrameRate,
}

/// A place that takes frames one after another. Called from the output's own thread only; may block, but not past
/// `stop` becoming true by more than a fraction of a second.
pub trait Destination: Send {
    fn need(&self) -> Need;

    /// Opens or reopens the destination. `Ok(false)`: not yet (nobody listens), try again soon.
    fn open(&mut self, signal: Signal, stop: &AtomicBool) -> std::io::Result<bool>;

    /// Whether the destination is there and nobody has come to read it yet: frames are then not missed by anyone.
    fn is_waiting(&self) -> bool {
        false
    }

    /// Delivers one frame. An error closes the destination.
    fn send(&mut self, frame: &Frame, stop: &AtomicBool) -> std::io::Result<()>;

    /// Ends the stream so that what was sent is whole and playable.
    fn close(&mut self);
}

/// Playout's end of an output.
pub struct Output {
    queue: Sender<Arc<Frame>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    /// Called after a frame was accepted: for a destination that sleeps in an event loop of its own.
    wake: Option<Box<dyn Fn() + Send>>,
}

/// The destination's end of an output.
#[derive(Debug)]
pub struct Intake {
    frames: Receiver<Arc<Frame>>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    id: OutputId,
    need: Need,
    submitted: AtomicU64,
    sent: AtomicU64,
    dropped: AtomicU64,
    repeated: AtomicU64,
    reconnects: AtomicU64,
    trouble: ArcSwapOption<String>,
    /// Whether the distance of two frames is time that the destination has to be given frames for.
    repeats: AtomicBool,
    stop: AtomicBool,
}

/// What became of an offered frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offer {
    Accepted,
    /// The queue was full: counted dropped.
    Full,
    /// The output has ended.
    Gone,
}

/// An output whose destination is run by somebody else (the window, a test): its two ends.
pub fn queue(id: OutputId, need: Need) -> (Output, Intake) {
    let (queue, frames) = crossbeam_channel::bounded(QUEUE_FRAMES);
    let shared = Arc::new(Shared {
        id,
        need,
        submitted: AtomicU64::new(0),
        sent: AtomicU64::new(0),
        dropped: AtomicU64::new(0),
        repeated: AtomicU64::new(0),
        reconnects: AtomicU64::new(0),
        trouble: ArcSwapOption::empty(),
        repeats: AtomicBool::new(true),
        stop: AtomicBool::new(false),
    });
    (Output { queue, shared: shared.clone(), thread: None, wake: None }, Intake { frames, shared })
}

/// Starts an output on a thread of its own.
pub fn start(id: OutputId, destination: Box<dyn Destination>, signal: Signal) -> std::io::Result<Output> {
    let (mut output, intake) = queue(id, destination.need());
    let name = format!("output-{}", output.shared.id);
    let thread = std::thread::Builder::new().name(name).spawn(move || supervise(intake, destination, signal))?;
    output.thread = Some(thread);
    Ok(output)
}

impl Output {
    /// The name that the show file gives it.
    pub fn id(&self) -> &OutputId {
        &self.shared.id
    }

    /// The form in which it wants frames.
    pub fn need(&self) -> Need {
        self.shared.need
    }

    /// Has `wake` called after every accepted frame, on playout's thread: it must return at once.
    pub fn waking(mut self, wake: Box<dyn Fn() + Send>) -> Self {
        self.wake = Some(wake);
        self
    }

    /// Has frames sent as they come, none repeated: for a rehearsal, where the distance of two frames is not time.
    pub fn as_they_come(self) -> Self {
        self.shared.repeats.store(false, Ordering::Relaxed);
        self
    }

    /// Offers a frame without waiting.
    pub fn offer(&self, frame: Arc<Frame>) -> Offer {
        self.shared.submitted.fetch_add(1, Ordering::Relaxed);
        match self.queue.try_send(frame) {
            Ok(()) => {
                if let Some(wake) = &self.wake {
                    wake();
                }
                Offer::Accepted
            }
            Err(TrySendError::Full(_)) => {
                self.shared.dropped.fetch_add(1, Ordering::Relaxed);
                Offer::Full
            }
            Err(TrySendError::Disconnected(_)) => Offer::Gone,
        }
    }

    /// Hands over a frame, waiting for room: for files made in lockstep, never on air.
    pub fn deliver(&self, frame: Arc<Frame>) -> Offer {
        self.shared.submitted.fetch_add(1, Ordering::Relaxed);
        match self.queue.send(frame) {
            Ok(()) => Offer::Accepted,
            Err(_) => Offer::Gone,
        }
    }

    /// Its counters and what is wrong with it, now.
    pub fn status(&self) -> OutputStatus {
        self.shared.status()
    }

    /// Ends the output: what was accepted is still sent, the destination is closed. Returns its last counters, after
    /// at most `limit`; an output that takes longer (a reader that never reads) is told to stop and left behind.
    pub fn finish(self, limit: Duration) -> OutputStatus {
        let Output { queue, shared, thread, .. } = self;
        drop(queue);
        if let Some(thread) = thread {
            let deadline = Instant::now() + limit;
            while !thread.is_finished() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
            shared.stop.store(true, Ordering::Relaxed);
            let patience = Instant::now() + STOP_GRACE;
            while !thread.is_finished() && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(2));
            }
            if thread.is_finished() && thread.join().is_err() {
                tracing::error!("output {} ended by a panic", shared.id);
            }
        }
        shared.status()
    }
}

/// A destination looks at `stop` a few times a second.
const STOP_GRACE: Duration = Duration::from_millis(300);

impl Intake {
    /// The next frame; `None` when playout has let the output go.
    pub fn next(&self) -> Option<Arc<Frame>> {
        self.frames.recv().ok()
    }

    /// The newest waiting frame, if any; those before it are counted dropped.
    pub fn newest(&self) -> Option<Arc<Frame>> {
        let mut newest = None;
        while let Ok(frame) = self.frames.try_recv() {
            if newest.replace(frame).is_some() {
                self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
        newest
    }

    /// Counts a frame that the destination has shown or passed on.
    pub fn count_sent(&self) {
        self.shared.sent.fetch_add(1, Ordering::Relaxed);
    }

    fn count_repeated(&self) {
        self.shared.sent.fetch_add(1, Ordering::Relaxed);
        self.shared.repeated.fetch_add(1, Ordering::Relaxed);
    }

    fn in_trouble(&self, why: Option<String>) {
        self.shared.trouble.store(why.map(Arc::new));
    }
}

impl Shared {
    fn status(&self) -> OutputStatus {
        OutputStatus {
            id: self.id.clone(),
            submitted: self.submitted.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            repeated: self.repeated.load(Ordering::Relaxed),
            reconnects: self.reconnects.load(Ordering::Relaxed),
            trouble: self.trouble.load().as_ref().map(|why| why.to_string()),
        }
    }
}

/// Frames missing between the last one sent and the next: the repeats that keep the rate constant.
fn missing(last: Option<FrameIndex>, next: FrameIndex) -> u64 {
    last.map_or(0, |last| next.since(last).saturating_sub(1))
}
