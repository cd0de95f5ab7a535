//! A rehearsal: a journal in place of the feeds, through everything else that is on air.
//!
//! Messages reach the desk at the times at which they were received, counted by a clock that can run faster; what came
//! before the chosen beginning is followed beforehand, so that the first frame is what it was on air. With the feeds only,
//! last night's commands stay away and the operator of today takes and clears as in a show. What happens is written into a
//! journal of its own, unless the rehearsal is a stretch that is played again and again, or another rehearsal of the same journal has
//! that one.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::bundle::Bundle;
use super::fold::Fold;
use super::playback::{LeftOut, Next, Outline, Playback, Rest};
use super::seek::{End, Places, Point, Span};
use super::understudy::{Change, HandOver, Skipped, Understudy};
use super::{Failure, Show, feeds};
use crate::command::Command;
use crate::feed::{Report, Skip, decode};
use crate::ids::FeedId;
use crate::journal::file::{Opened, Writer, discard};
use crate::journal::{Body, Entry};
use crate::time::{Clock, FrameIndex, ScaledClock, Timestamp};

/// What to rehearse with.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pub journal: PathBuf,
    /// Times real time.
    pub speed: f64,
    pub from: Point,
    /// Where it goes back to the beginning; it goes on with the recording's end when absent.
    pub again_at: Option<End>,
    /// Leaves the operators' commands out.
    pub feeds_only: bool,
    /// The show that is rehearsed is another one than the journal's: that one's templates and delays are left out.
    pub other_show: bool,
}

/// The show that a journal was recorded from.
pub fn show_of(journal: &Path) -> Result<Show, Failure> {
    let outline = outline(journal)?;
    Show::recorded(&outline.start, outline.bundle)
}

pub(super) fn outline(journal: &Path) -> Result<Outline, Failure> {
    let outline = Outline::of(journal)?;
    outline.ok_or_else(|| Failure::Input(format!("{} is no journal: it has no first entry", journal.display())))
}

/// A rehearsal whose journal has been looked through: it can begin at any frame, again and again.
pub(super) struct Rehearsing {
    what: Rehearsal,
    outline: Outline,
    pub places: Places,
    left_out: LeftOut,
    spots: Spots,
}

/// One time through a rehearsal, ready to begin: everything stands as it stood when its first frame was drawn.
pub(super) struct Pass {
    pub first: FrameIndex,
    pub fold: Fold,
    pub hand_over: HandOver,
    /// The templates on the stage.
    pub bundle: Bundle,
    rest: Rest,
    begins: Timestamp,
}

impl Rehearsing {
    /// With the frames that are to be played first.
    pub fn new(what: &Rehearsal, show: &Show) -> Result<(Self, Span), Failure> {
        if !(what.speed > 0.0 && what.speed.is_finite()) {
            return Err(Failure::Input(format!(
                "a speed of {} cannot be played; use 1, or anything above 0",
                what.speed
            )));
        }
        let outline = outline(&what.journal)?;
        let mut places = Places::of(&what.journal, &outline, &feeds::rules(&show.file));
        let span = places.span(&what.from, what.again_at.as_ref())?;
        let left_out = LeftOut { commands: what.feeds_only, show: what.other_show };
        let spots = Spots::for_frames(outline.frames);
        Ok((Self { what: what.clone(), outline, places, left_out, spots }, span))
    }

    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    pub fn is_feeds_only(&self) -> bool {
        self.what.feeds_only
    }

    pub fn epoch(&self) -> Timestamp {
        self.outline.start.epoch
    }

    pub fn decoding(&self) -> BTreeMap<FeedId, decode::Options> {
        self.outline.decoding()
    }

    /// Follows what came before a frame, from the last spot before it, and keeps spots for the next time.
    pub fn pass(&mut self, show: &Show, to: FrameIndex) -> Result<Pass, Failure> {
        let mut understudy = Understudy::new(show, self.outline.start.rate, self.left_out);
        let (first, mut playback) = match self.spots.before(to) {
            Some((spot, playback)) => {
                for change in &self.spots.changes[..spot.changes] {
                    understudy.change(change)?;
                }
                understudy.go_on_after(spot.skipped.clone());
                (spot.next, playback)
            }
            None => {
                let (bundle, delays) = (show.bundle.clone(), feeds::delays(&show.file).collect());
                let playback = Playback::new(&self.what.journal, &self.outline, Some(bundle), self.left_out, delays)?;
                (self.outline.frames.0, playback)
            }
        };
        let mut changes = self.spots.changes_before(first);
        for index in (first.0..to.0).map(FrameIndex) {
            self.spots.keep(index, changes, &playback, &understudy);
            let at = self.outline.time_of(index);
            let Some(moment) = playback.frame(index, at) else { continue };
            if let Some(change) = understudy.follow(index, at, moment, to)? {
                changes += 1;
                self.spots.note(changes, change);
            }
        }
        self.spots.keep_last(to, changes, &playback, &understudy);
        let begins = self.outline.time_of(to);
        if let Some(moment) = playback.frame(to, begins) {
            understudy.arrive(to, begins, moment)?;
        }
        let hand_over = understudy.hand_over();
        let (fold, bundle, rest) = playback.into_rest()?;
        let bundle = bundle.unwrap_or_else(|| show.bundle.clone());
        Ok(Pass { first: to, fold, hand_over, bundle, rest, begins })
    }
}

/// Where a rehearsal writes what happens in it: beside the journal, one rehearsal at a time.
pub(super) struct OwnJournal {
    path: PathBuf,
    /// Held while the rehearsal goes on, also where nothing is written. The file stays: if it were removed, two could hold one each.
    _lock: File,
}

impl OwnJournal {
    /// None while another rehearsal of the same journal has it.
    pub fn claim(journal: &Path) -> Result<Option<Self>, Failure> {
        let path = journal.with_added_extension("rehearsal");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path.with_added_extension("lock"));
        let lock = lock.map_err(Failure::machine)?;
        // Where a file system knows no locks, nobody is kept out.
        let is_taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
        Ok((!is_taken).then_some(Self { path, _lock: lock }))
    }

    /// In place of whatever it held so far.
    pub fn begin_anew(&self) -> Result<Opened, Failure> {
        discard(&self.path).map_err(Failure::machine)?;
        Writer::open(&self.path).map_err(Failure::machine)
    }
}

/// Places of a recording from which a pass can go on, so that going back does not mean to begin from the beginning.
struct Spots {
    /// In order, one every so many frames as far as any pass came.
    regular: Vec<Spot>,
    every: u64,
    /// Where the last pass began: a stretch that is played again begins there again.
    last: Option<Spot>,
    /// Everything that changed on the stage, in order, as far as any pass came.
    changes: Vec<Change>,
    /// There were more than are kept.
    is_full: bool,
}

/// How everything stands before frame `next`.
struct Spot {
    next: FrameIndex,
    playback: Playback,
    /// How many changes were before it.
    changes: usize,
    skipped: Option<Skipped>,
}

/// Spots of a recording, at most: each holds a state of the game.
const MOST_SPOTS: u64 = 32;

/// Changes of the stage that are kept, with which a spot is gone on from: what operators do in a week. Beyond them no more spots are
/// kept, and going back takes longer.
const MOST_CHANGES: usize = 100_000;

/// Spots closer than this are not worth their memory: half a minute is followed in no time.
const SPOT_EVERY_FRAMES: u64 = 1_800;

impl Spots {
    fn for_frames((first, last): (FrameIndex, FrameIndex)) -> Self {
        let every = (last.since(first) / MOST_SPOTS).max(SPOT_EVERY_FRAMES);
        Self { regular: Vec::new(), every, last: None, changes: Vec::new(), is_full: false }
    }

    fn before(&self, to: FrameIndex) -> Option<(&Spot, Playback)> {
        let usable = self.regular.iter().chain(&self.last).filter(|spot| spot.next <= to);
        let spot = usable.max_by_key(|spot| spot.next)?;
        Some((spot, spot.playback.fork()?))
    }

    fn changes_before(&self, next: FrameIndex) -> usize {
        self.changes.partition_point(|change| change.index() < next)
    }

    /// A change beyond those that are known.
    fn note(&mut self, number: usize, change: Change) {
        if number <= self.changes.len() || self.is_full {
            return;
        }
        if self.changes.len() == MOST_CHANGES {
            self.is_full = true;
            tracing::warn!(
                "the recording has more than {MOST_CHANGES} commands: going back in it takes longer from here on"
            );
            return;
        }
        self.changes.push(change);
    }

    /// Whether all changes before a spot are kept: it can be gone on from.
    fn has(&self, changes: usize) -> bool {
        changes <= self.changes.len()
    }

    fn keep(&mut self, next: FrameIndex, changes: usize, playback: &Playback, understudy: &Understudy) {
        let is_due = self.regular.last().is_none_or(|spot| next.0 >= spot.next.0 + self.every);
        if is_due && self.has(changes) {
            self.regular.extend(Spot::new(next, changes, playback, understudy));
        }
    }

    fn keep_last(&mut self, next: FrameIndex, changes: usize, playback: &Playback, understudy: &Understudy) {
        self.last = if self.has(changes) { Spot::new(next, changes, playback, understudy) } else { None };
    }
}

impl Spot {
    fn new(next: FrameIndex, changes: usize, playback: &Playback, understudy: &Understudy) -> Option<Self> {
        Some(Spot { next, playback: playback.fork()?, changes, skipped: understudy.skipped() })
    }
}

impl Pass {
    /// Begins now. Parts what the desk needs from what plays on.
    pub fn begin(self, speed: f64) -> (Fold, HandOver, Bundle, Player) {
        let Self { fold, hand_over, bundle, rest, begins, .. } = self;
        let clock = Arc::new(ScaledClock::begin(begins, speed));
        (fold, hand_over, bundle, Player { clock, rest })
    }
}

/// What plays the rest of a journal once the show runs.
pub(super) struct Player {
    pub clock: Arc<ScaledClock>,
    rest: Rest,
}

/// Where a player sends what happens.
pub(super) struct Senders {
    pub reports: mpsc::Sender<Report>,
    pub commands: mpsc::Sender<Command>,
    pub saves: mpsc::Sender<Bundle>,
}

impl Player {
    /// Plays the rest as a task; it ends with the journal or when `stop` changes.
    pub fn spawn(mut self, to: Senders, mut stop: watch::Receiver<bool>) {
        tokio::spawn(async move {
            let play = async {
                while let Some(next) = self.rest.next() {
                    match next {
                        Ok(next) => self.play(next, &to).await,
                        Err(cause) => return tracing::error!("the recording ends here: {cause}"),
                    }
                }
                tracing::info!("the recording is over");
                // The desk ends when nobody reports any more; the rehearsal goes on with what stands.
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = play => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        });
    }

    /// The desk is gone only when the show is over: then nobody misses what is sent.
    async fn play(&self, next: Next, to: &Senders) {
        let Entry { at, body, .. } = match next {
            Next::Saved(at, bundle) => {
                self.wait_until(at).await;
                let _ = to.saves.send(bundle).await;
                return;
            }
            Next::Entry(entry) => entry,
        };
        self.wait_until(at).await;
        let report = match body {
            Body::Received { feed, kind, bytes } => Report::Message { feed, kind, bytes },
            Body::Alive { feed, kind } => Report::Alive { feed, kind, repeated: 0 },
            Body::Skipped { feed, kind, bytes, why } => Report::Skipped { feed, kind, bytes, why: Skip::named(&why) },
            Body::Link { feed, kind, link, why, resumed } => Report::Link { feed, kind, link, why, resumed },
            Body::Command(command) => {
                let _ = to.commands.send(command).await;
                return;
            }
            // What came due comes due again by the delays of this run; templates come with their files.
            Body::Start(_)
            | Body::State(_)
            | Body::Content(_)
            | Body::Templates(_)
            | Body::Due
            | Body::Frame { .. } => return,
        };
        let _ = to.reports.send(report).await;
    }

    /// The clock may be made faster, slower or stand still meanwhile: it is asked again now and then.
    async fn wait_until(&self, at: Timestamp) {
        loop {
            match self.clock.real_time_until(at) {
                Some(Duration::ZERO) => return,
                left => tokio::time::sleep(left.unwrap_or(LOOK_AT_CLOCK_EVERY).min(LOOK_AT_CLOCK_EVERY)).await,
            }
        }
    }
}

/// Less than a frame lasts.
const LOOK_AT_CLOCK_EVERY: Duration = Duration::from_millis(15);
