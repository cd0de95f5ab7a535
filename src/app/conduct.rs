//! Steers a rehearsal while it runs: another place, another speed, a stretch again and again.
//!
//! In: what the person at the rehearsal asks for, and word that a turn has begun. Out: passes for the next turn, made on a
//! thread of their own while the one before goes on; the pace of the clock that runs. A turn ends when its stretch or
//! the recording is over, or when a pass for another place is ready. At the end of the recording everything stands still.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};

use super::on_air::Shared;
use super::rehearse::{Pass, Rehearsing};
use super::seek::{Point, Span, Stretch};
use super::{Failure, Show};
use crate::command::{Landing, Transport};
use crate::status::{Rehearsal, Status};
use crate::time::{Clock, FrameIndex, ScaledClock};

/// Wishes on their way to the conductor. When full, the last one is not taken, as with any command.
pub(super) const WISHES: usize = 64;

/// Times real time: three hours in a second.
pub const FASTEST_REHEARSAL: f64 = 10_000.0;

/// Speeds that keys reach.
const SLOWEST: f64 = 1.0 / 16.0;
const FASTEST: f64 = 64.0;

/// Whoever steps back shortly after a place means the one before it.
const STEP_BACK_GRACE: Duration = Duration::from_millis(1_500);

/// What a conductor hears.
pub(super) enum Wish {
    Steer(Transport),
    /// The pass that was ready has begun.
    Begun,
    /// A turn is over and no pass is ready.
    Waiting,
    /// The show is over.
    End,
}

/// What the conductor and the thread that plays turns share.
pub(super) struct Baton {
    wishes: Sender<Wish>,
    stand: Mutex<Stand>,
    ready: Condvar,
}

struct Stand {
    /// The pass that begins when the turn ends.
    next: Option<Pass>,
    /// There will be none.
    is_over: bool,
    /// A turn is over and nothing is played until there is a pass.
    is_waiting: bool,
    /// Of the turn that runs.
    clock: Option<Arc<ScaledClock>>,
    speed: f64,
    paused: bool,
    /// Where the next turn begins, until it does.
    going: Option<FrameIndex>,
    /// The turn is one of a stretch that is played again and again.
    is_loop: bool,
}

impl Baton {
    fn lock(&self) -> MutexGuard<'_, Stand> {
        // A conductor that panicked leaves whole values: each is replaced at once.
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn steer(&self, transport: Transport) -> bool {
        self.wishes.try_send(Wish::Steer(transport)).is_ok()
    }

    /// Waits for the next pass; none when there is none.
    pub fn take(&self, shared: &Shared) -> Option<Pass> {
        let mut stand = self.lock();
        loop {
            if let Some(pass) = stand.next.take() {
                stand.is_waiting = false;
                // Whatever ended the last turn is done with.
                shared.over.store(false, Ordering::Relaxed);
                return Some(pass);
            }
            if stand.is_over || shared.stop.load(Ordering::Relaxed) {
                return None;
            }
            if !std::mem::replace(&mut stand.is_waiting, true) {
                // A full queue has wishes in it; the conductor looks after each of them.
                let _ = self.wishes.try_send(Wish::Waiting);
            }
            let waited = self.ready.wait_timeout(stand, Duration::from_millis(50));
            stand = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Begins a pass by a clock that runs as it is wished to; whether it is one of a stretch played again and again.
    pub fn begin<T>(&self, begin: impl FnOnce(f64) -> (T, Arc<ScaledClock>)) -> (T, bool) {
        let mut stand = self.lock();
        let speed = if stand.paused { 0.0 } else { stand.speed };
        let (begun, clock) = begin(speed);
        stand.clock = Some(clock);
        stand.going = None;
        let is_loop = stand.is_loop;
        drop(stand);
        // A full queue has wishes in it, which are answered by a pass of their own.
        let _ = self.wishes.try_send(Wish::Begun);
        (begun, is_loop)
    }

    pub fn end(&self) {
        // A conductor that is gone needs no word.
        let _ = self.wishes.send_timeout(Wish::End, Duration::from_secs(1));
    }

    fn hand_over(&self, pass: Pass) {
        self.lock().next = Some(pass);
        self.ready.notify_all();
    }
}

pub(super) struct Conductor {
    show: Show,
    rehearsing: Rehearsing,
    baton: Arc<Baton>,
    shared: Shared,
    stretch: Option<(FrameIndex, FrameIndex)>,
    /// Where a stretch is to begin.
    marked: Option<FrameIndex>,
}

impl Conductor {
    /// Makes the first pass ready.
    pub fn new(
        show: &Show,
        mut rehearsing: Rehearsing,
        span: Span,
        speed: f64,
        shared: &Shared,
    ) -> Result<(Self, Receiver<Wish>), Failure> {
        let first = rehearsing.pass(show, span.first)?;
        let (wishes, heard) = crossbeam_channel::bounded(WISHES);
        let stretch = span.end.map(|end| (span.first, end));
        let stand = Stand {
            next: Some(first),
            is_over: false,
            is_waiting: false,
            clock: None,
            speed,
            paused: false,
            going: None,
            is_loop: stretch.is_some(),
        };
        let baton = Arc::new(Baton { wishes, stand: Mutex::new(stand), ready: Condvar::new() });
        let conductor = Self { show: show.clone(), rehearsing, baton, shared: shared.clone(), stretch, marked: None };
        conductor.set_end();
        conductor.tell(None);
        Ok((conductor, heard))
    }

    pub fn baton(&self) -> Arc<Baton> {
        self.baton.clone()
    }

    /// Serves until the show is over.
    pub fn serve(mut self, heard: &Receiver<Wish>) {
        while let Ok(first) = heard.recv() {
            // Of several places that were asked for meanwhile, the last one counts.
            let mut target = None;
            let mut has_begun = false;
            for wish in std::iter::once(first).chain(heard.try_iter()) {
                match wish {
                    Wish::End => return,
                    Wish::Begun => has_begun = true,
                    Wish::Waiting => {}
                    Wish::Steer(transport) => {
                        if let Err(failure) = self.steer(transport, &mut target) {
                            tracing::error!("{failure}");
                        }
                    }
                }
            }
            let done = match target {
                Some(frame) => self.jump(frame),
                None if has_begun || self.lacks_lap() => self.prepare_lap(),
                None if self.is_waited_for() => self.stand_or_go_on(),
                None => Ok(()),
            };
            if let Err(failure) = done {
                tracing::error!("{failure}");
            }
            self.tell(None);
        }
    }

    /// The frame that is on air, or the one that is to be.
    fn here(&self, target: Option<FrameIndex>) -> FrameIndex {
        let outline = self.rehearsing.outline();
        let stand = self.baton.lock();
        let now = stand.clock.as_ref().map_or(outline.start.epoch, |clock| clock.now());
        let frame = outline.start.rate.frame_at(now.since(outline.start.epoch));
        target.or(stand.going).unwrap_or(frame).clamp(outline.frames.0, outline.frames.1)
    }

    fn steer(&mut self, transport: Transport, target: &mut Option<FrameIndex>) -> Result<(), Failure> {
        match transport {
            Transport::Seek { to } => *target = Some(self.rehearsing.places.frame(&place(&to)?)?),
            Transport::SeekBy { seconds } => *target = Some(self.later(self.here(*target), seconds)),
            Transport::Step { landing, by } => *target = Some(self.step(landing, by, self.here(*target))?),
            Transport::Loop { stretch: Some(text) } => {
                let stretch: Stretch = text.parse().map_err(Failure::input)?;
                let span = self.rehearsing.places.span(&stretch.from, Some(&stretch.to))?;
                self.play_again(span.end.map(|end| (span.first, end)), target);
            }
            Transport::Loop { stretch: None } => self.play_again(None, target),
            Transport::MarkLoop => {
                let here = self.here(*target);
                match (self.stretch, self.marked) {
                    (Some(_), _) => self.play_again(None, target),
                    (None, Some(first)) if first < here => self.play_again(Some((first, here)), target),
                    (None, _) => self.marked = Some(here),
                }
            }
            Transport::Speed { times } if times > 0.0 && times <= FASTEST_REHEARSAL => {
                self.pace(|stand| stand.speed = times);
            }
            Transport::Speed { times } => {
                return Err(Failure::Input(format!(
                    "a speed of {times} cannot be played; use anything above 0 up to {FASTEST_REHEARSAL}"
                )));
            }
            Transport::SpeedBy { by } => {
                self.pace(|stand| stand.speed = (stand.speed * 2_f64.powi(by.clamp(-8, 8))).clamp(SLOWEST, FASTEST));
            }
            Transport::Pause => self.pace(|stand| stand.paused = true),
            Transport::GoOn => self.pace(|stand| stand.paused = false),
            Transport::TogglePause => self.pace(|stand| stand.paused = !stand.paused),
        }
        Ok(())
    }

    fn later(&self, here: FrameIndex, seconds: f64) -> FrameIndex {
        let outline = self.rehearsing.outline();
        let length = Duration::try_from_secs_f64(seconds.abs()).unwrap_or_default();
        let frames = u64::from(outline.start.rate.frames_in(length));
        let moved = if seconds < 0.0 { here.0.saturating_sub(frames) } else { here.0.saturating_add(frames) };
        FrameIndex(moved).clamp(outline.frames.0, outline.frames.1)
    }

    fn step(&mut self, landing: Landing, by: i32, here: FrameIndex) -> Result<FrameIndex, Failure> {
        let (rate, frames) = (self.rehearsing.outline().start.rate, self.rehearsing.places.all(landing)?);
        let none = || Failure::Input(format!("there is no {} further on", landing.name()));
        if by >= 0 {
            let beyond = frames.partition_point(|frame| *frame <= here);
            return frames.get(beyond + by.max(1) as usize - 1).copied().ok_or_else(none);
        }
        let grace = FrameIndex(here.0.saturating_sub(u64::from(rate.frames_in(STEP_BACK_GRACE))));
        let before = frames.partition_point(|frame| *frame < grace);
        // Before the first one there is the beginning.
        let first = self.rehearsing.outline().frames.0;
        Ok(before.checked_sub(by.unsigned_abs() as usize).map_or(first, |index| frames[index]))
    }

    fn pace(&self, change: impl FnOnce(&mut Stand)) {
        let mut stand = self.baton.lock();
        change(&mut stand);
        let speed = if stand.paused { 0.0 } else { stand.speed };
        if let Some(clock) = &stand.clock {
            clock.set_speed(speed);
        }
    }

    /// Plays a stretch again and again, or none any more.
    fn play_again(&mut self, stretch: Option<(FrameIndex, FrameIndex)>, target: &mut Option<FrameIndex>) {
        (self.stretch, self.marked) = (stretch, None);
        // A lap of the stretch before is of no use.
        self.baton.lock().next = None;
        if let Some((first, end)) = stretch
            && !(first..end).contains(&self.here(*target))
        {
            *target = Some(first);
        }
        self.set_end();
    }

    fn set_end(&self) {
        // After its last frame a recording stands still.
        let over = self.rehearsing.outline().frames.1.next();
        let end = self.stretch.map_or(over, |(_, end)| end).0;
        self.shared.until.store(end, Ordering::Relaxed);
        self.baton.lock().is_loop = self.stretch.is_some();
    }

    fn lacks_lap(&self) -> bool {
        self.stretch.is_some() && self.baton.lock().next.is_none()
    }

    /// At the end of the recording everything stands there. Elsewhere the lap that was to come was given up while it was
    /// waited for, and the show goes on.
    fn stand_or_go_on(&mut self) -> Result<(), Failure> {
        let (here, last) = (self.here(None), self.rehearsing.outline().frames.1);
        if here >= last {
            self.pace(|stand| stand.paused = true);
            tracing::info!("the recording is over");
        }
        self.jump(here)
    }

    fn is_waited_for(&self) -> bool {
        let stand = self.baton.lock();
        stand.is_waiting && stand.next.is_none() && !stand.is_over
    }

    fn prepare_lap(&mut self) -> Result<(), Failure> {
        let Some((first, _)) = self.stretch else { return Ok(()) };
        let pass = self.rehearsing.pass(&self.show, first).inspect_err(|_| self.give_up())?;
        self.baton.hand_over(pass);
        Ok(())
    }

    /// A stretch that cannot be played again ends the rehearsal with its end.
    fn give_up(&self) {
        self.baton.lock().is_over = true;
        self.baton.ready.notify_all();
    }

    /// Goes on from another frame, as soon as everything stands there as it stood.
    fn jump(&mut self, to: FrameIndex) -> Result<(), Failure> {
        if self.stretch.is_some_and(|(first, end)| !(first..end).contains(&to)) {
            self.stretch = None;
            tracing::info!("the loop is left");
        }
        self.tell(Some(to));
        let pass = self.rehearsing.pass(&self.show, to)?;
        self.set_end();
        let mut stand = self.baton.lock();
        stand.next = Some(pass);
        stand.going = Some(to);
        self.shared.over.store(true, Ordering::Relaxed);
        drop(stand);
        self.baton.ready.notify_all();
        Ok(())
    }

    /// Has the status say how it stands.
    fn tell(&self, seeking: Option<FrameIndex>) {
        let stand = self.baton.lock();
        let frames = self.rehearsing.outline().frames;
        let rehearsal = Arc::new(Rehearsal {
            speed: stand.speed,
            paused: stand.paused,
            first: frames.0,
            last: frames.1,
            stretch: self.stretch,
            marked: self.marked,
            seeking,
        });
        drop(stand);
        self.shared.rehearsal.store(Some(rehearsal.clone()));
        // With the next frame playout says so; while the show's time stands still there is none.
        self.shared.status.rcu(|status| {
            status.as_ref().map(|status| Arc::new(Status { rehearsal: Some(rehearsal.clone()), ..(**status).clone() }))
        });
    }
}

fn place(text: &str) -> Result<Point, Failure> {
    text.parse().map_err(Failure::input)
}
