//! The frame loop: one frame for every index, at its time.
//!
//! In: the latest game state, the operator's commands and the designer's saves, all numbered by the journal; a clock. Out: a frame to every
//! output, an answer to every command, the status once a frame, and a mark to the journal whenever the position that
//! was drawn from has changed. Runs on a thread of its own and never waits for anything but the time of the next frame:
//! no await, no lock that another holds for long, no IO.
//!
//! Time: frame `n` shows the game at `epoch + n·den/num` and is due at the outputs before frame `n + 1` begins. A frame
//! that comes later than that is counted late; when whole frames were missed they are counted late too and skipped,
//! never sprinted after, and outputs repeat in their place.

mod program;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use crossbeam_channel::{Receiver, Sender};

use crate::command::{Answer, Command};
use crate::game::GameState;
use crate::journal::{Health, Seq};
use crate::output::Output;
use crate::problem::Problem;
use crate::status::{Delay, Rehearsal, Status, Timing};
use crate::template::TemplateSet;
use crate::time::{Clock, FrameIndex, FrameRate, Timestamp};

pub use program::{Program, ProgramError, Tap};

/// The game after some entry of the journal.
#[derive(Clone, Default)]
pub struct Position {
    pub upto: Seq,
    pub state: Arc<GameState>,
    /// What the status says of how feeds are held back.
    pub delays: Arc<Vec<Delay>>,
}

/// What changes the stage.
#[derive(Clone, Debug)]
pub enum Act {
    Command(Command),
    /// Graphics on air, cued and to come are drawn from these from now on.
    Templates(Arc<TemplateSet>),
}

/// An act with its place in the journal.
pub struct Ordered {
    pub seq: Seq,
    pub act: Act,
    /// Called once with what became of it, on playout's thread: it must return at once.
    pub reply: Option<Box<dyn FnOnce(Answer) + Send>>,
}

/// "From this frame on, playout draws from this position; the frame drawn before it was `after`."
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    pub index: FrameIndex,
    pub after: Option<FrameIndex>,
    pub upto: Seq,
}

/// What playout reads and writes beside frames.
pub struct Exchange {
    /// Latest wins.
    pub position: Arc<ArcSwap<Position>>,
    /// Whoever fills it sends an act before it publishes a position that includes it.
    pub acts: Receiver<Ordered>,
    /// When it is full a mark is lost, which costs a replay its exactness for a moment and the air nothing.
    pub marks: Sender<Mark>,
    pub status: Arc<ArcSwapOption<Status>>,
    /// How the writing of the journal goes.
    pub journal: Arc<Health>,
    /// Why the templates as they were saved last are not on air; empty when they are.
    pub template_problems: Arc<ArcSwap<Vec<Problem>>>,
    /// What there is to say of a show file that was edited.
    pub show_file: Arc<ArcSwapOption<String>>,
    /// What is rehearsed; `None` on air.
    pub rehearsal: Arc<ArcSwapOption<Rehearsal>>,
    /// Ends before this frame, if it is ever reached: [`NO_END`] is not.
    pub until: Arc<AtomicU64>,
    /// This exchange is done with, and the show goes on with another.
    pub over: Arc<AtomicBool>,
    pub stop: Arc<AtomicBool>,
}

/// No frame has this index.
pub const NO_END: u64 = u64::MAX;

impl Exchange {
    fn is_before_end(&self, index: FrameIndex) -> bool {
        index.0 < self.until.load(Ordering::Relaxed)
    }
}

/// Runs the loop until the show stops or this exchange ends, beginning with the frame whose time it is; returns the last
/// status.
pub fn run(
    program: &mut Program,
    outputs: &[Output],
    exchange: &Exchange,
    clock: &dyn Clock,
    epoch: Timestamp,
) -> Status {
    let rate = program.rate();
    let mut pending: Vec<Ordered> = Vec::new();
    let mut index = rate.frame_at(clock.now().since(epoch));
    let mut drawn = None;
    let mut late = 0;
    let mut marked = None;
    let mut status = None;
    while !exchange.stop.load(Ordering::Relaxed)
        && !exchange.over.load(Ordering::Relaxed)
        && exchange.is_before_end(index)
    {
        if !clock.wait_until(epoch + rate.time_of(index)) {
            // The show's time stands still. Its picture does, too.
            continue;
        }
        // The position first: every act up to it is in the queue by then.
        let position = exchange.position.load_full();
        pending.extend(exchange.acts.try_iter());
        let due = pending.partition_point(|ordered| ordered.seq <= position.upto);
        let (frame, mut timing) = program.draw(index, epoch + rate.time_of(index), &position, pending.drain(..due));
        let offered_at = clock.now();
        if let Some(frame) = frame {
            for output in outputs {
                output.offer(frame.clone());
            }
        }
        if marked != Some(position.upto) || drawn.is_some_and(|drawn: FrameIndex| drawn.next() != index) {
            marked = Some(position.upto);
            // A full queue costs the mark, not the frame.
            let _ = exchange.marks.try_send(Mark { index, after: drawn, upto: position.upto });
        }
        drawn = Some(index);
        timing.outputs_us = micros(clock.now().since(offered_at));
        // Half of the frame's time is left for the next one to be woken in.
        let spare_until = epoch + (rate.time_of(index) + rate.time_of(index.next())) / 2;
        program.prepare_cued(|| clock.now() < spare_until);
        let mut reported = program.status(index, late, timing, outputs);
        reported.journal_lost = exchange.journal.lost();
        reported.journal_trouble = exchange.journal.trouble().map(|trouble| trouble.as_ref().clone());
        reported.template_problems = exchange.template_problems.load_full();
        reported.show_file = exchange.show_file.load_full();
        reported.rehearsal = exchange.rehearsal.load_full();
        status = Some(reported.clone());
        exchange.status.store(Some(Arc::new(reported)));
        let next = following(index, rate, epoch, clock.now());
        if next.late > 0 {
            tracing::debug!("frame {index} made {} late: {timing:?}", next.late);
        }
        late += next.late;
        index = next.index;
    }
    let status = status.unwrap_or_else(|| program.status(index, late, Timing::default(), outputs));
    Status { late, ..status }
}

/// Draws frames one after another as fast as they can be taken, skipping none: files made from a recording.
/// `drawn_from` gives the state and the commands for each frame, or none for a frame to leave out.
pub fn run_in_lockstep(
    program: &mut Program,
    outputs: &[Output],
    epoch: Timestamp,
    frames: std::ops::Range<u64>,
    mut drawn_from: impl FnMut(FrameIndex, Timestamp) -> Option<(Position, Vec<Ordered>)>,
    mut drawn: impl FnMut(FrameIndex, &crate::frame::Frame),
) {
    for index in frames.map(FrameIndex) {
        let at = epoch + program.rate().time_of(index);
        let Some((position, commands)) = drawn_from(index, at) else { continue };
        if let (Some(frame), _) = program.draw(index, at, &position, commands) {
            drawn(index, &frame);
            for output in outputs {
                output.deliver(frame.clone());
            }
        }
    }
}

struct Next {
    index: FrameIndex,
    late: u64,
}

/// The frame to draw after `done`, which was delivered at `now`, and how many frames that made late.
fn following(done: FrameIndex, rate: FrameRate, epoch: Timestamp, now: Timestamp) -> Next {
    let next = done.next();
    if now <= epoch + rate.time_of(next) {
        return Next { index: next, late: 0 };
    }
    // Frames whose whole time has passed are lost; the one whose time it is can still be drawn.
    let current = rate.frame_at(now.since(epoch));
    let index = current.max(next);
    Next { index, late: 1 + index.since(next) }
}

fn micros(length: Duration) -> u32 {
    u32::try_from(length.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: Timestamp = Timestamp::from_millis(1_000_000);

    fn after(done: u64, now_ms: f64) -> (u64, u64) {
        let now = EPOCH + Duration::from_secs_f64(now_ms / 1000.0);
        let next = following(FrameIndex(done), FrameRate::FPS_50, EPOCH, now);
        (next.index.0, next.late)
    }

    #[test]
    fn a_frame_in_time_is_followed_by_the_next() {
        assert_eq!(after(10, 205.0), (11, 0));
        assert_eq!(after(10, 220.0), (11, 0));
    }

    #[test]
    fn a_frame_a_little_late_is_counted_and_none_is_skipped() {
        assert_eq!(after(10, 221.0), (11, 1));
        assert_eq!(after(10, 239.0), (11, 1));
    }

    #[test]
    fn frames_whose_time_has_passed_are_counted_late_and_skipped() {
        assert_eq!(after(10, 241.0), (12, 2));
        assert_eq!(after(10, 305.0), (15, 5));
    }
}
