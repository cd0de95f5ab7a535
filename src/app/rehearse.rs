//! A rehearsal: a journal in place of the feeds, through everything else that is on air.
//!
//! Messages reach the desk at the times at which they were received, counted by a clock that can run faster; what came
//! before the chosen beginning is followed beforehand, so that the first frame is what it was on air. With the feeds only,
//! last night's commands stay away and the operator of today takes and clears as in a show. What happens is written into a
//! journal of its own, unless the rehearsal is a stretch that is played again and again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::bundle::Bundle;
use super::fold::Fold;
use super::playback::{LeftOut, Next, Outline, Playback, Rest};
use super::seek::{self, End, Point, Span};
use super::understudy::{Standing, Understudy};
use super::{Failure, Show, feeds};
use crate::command::Command;
use crate::feed::{Report, decode};
use crate::ids::FeedId;
use crate::journal::file::{Opened, Writer, discard};
use crate::journal::{Body, Entry};
use crate::time::{Clock, ScaledClock, Timestamp};

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

/// A rehearsal whose journal has been looked through: it can begin, again and again.
pub(super) struct Rehearsing {
    what: Rehearsal,
    outline: Outline,
    pub span: Span,
    left_out: LeftOut,
}

/// One time through a rehearsal, ready to begin: everything stands as it stood before its first frame.
pub(super) struct Pass {
    pub fold: Fold,
    pub standing: Standing,
    /// The templates on the stage.
    pub bundle: Bundle,
    rest: Rest,
    begins: Timestamp,
    speed: f64,
}

impl Rehearsing {
    pub fn new(what: &Rehearsal, show: &Show) -> Result<Self, Failure> {
        if !(what.speed > 0.0 && what.speed.is_finite()) {
            return Err(Failure::Input(format!(
                "a speed of {} cannot be played; use 1, or anything above 0",
                what.speed
            )));
        }
        let outline = outline(&what.journal)?;
        let span = seek::find(&what.journal, &outline, &feeds::rules(&show.file), &what.from, what.again_at.as_ref())?;
        let left_out = LeftOut { commands: what.feeds_only, show: what.other_show };
        Ok(Self { what: what.clone(), outline, span, left_out })
    }

    pub fn epoch(&self) -> Timestamp {
        self.outline.start.epoch
    }

    pub fn decoding(&self) -> BTreeMap<FeedId, decode::Options> {
        self.outline.decoding()
    }

    /// Where a rehearsal writes what happens in it: beside the journal, anew each time.
    pub fn own_journal(&self) -> Result<Opened, Failure> {
        let own = self.what.journal.with_added_extension("rehearsal");
        discard(&own).map_err(Failure::machine)?;
        Writer::open(&own).map_err(Failure::machine)
    }

    /// Follows what came before the beginning.
    pub fn pass(&self, show: &Show) -> Result<Pass, Failure> {
        let mut playback = Playback::new(&self.what.journal, &self.outline, Some(show.bundle.clone()), self.left_out)?;
        let understudy = Understudy::new(show, self.outline.start.rate, self.left_out);
        let standing = understudy.run_up(&mut playback, &self.outline, self.span.first)?;
        let (fold, bundle, rest) = playback.into_rest()?;
        let bundle = bundle.unwrap_or_else(|| show.bundle.clone());
        let begins = self.outline.time_of(self.span.first);
        Ok(Pass { fold, standing, bundle, rest, begins, speed: self.what.speed })
    }
}

impl Pass {
    /// Begins now. Parts what the desk needs from what plays on.
    pub fn begin(self) -> (Fold, Standing, Bundle, Player) {
        let Self { fold, standing, bundle, rest, begins, speed } = self;
        let clock = Arc::new(ScaledClock::begin(begins, speed));
        (fold, standing, bundle, Player { clock, rest, speed })
    }
}

/// What plays the rest of a journal once the show runs.
pub(super) struct Player {
    pub clock: Arc<ScaledClock>,
    rest: Rest,
    speed: f64,
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
            Body::Link { feed, kind, link, why } => Report::Link { feed, kind, link, why },
            Body::Command(command) => {
                let _ = to.commands.send(command).await;
                return;
            }
            // What came due comes due again by the delays of this run; templates come with their files.
            Body::Start(_)
            | Body::Skipped { .. }
            | Body::Content(_)
            | Body::Templates(_)
            | Body::Due
            | Body::Frame { .. } => return,
        };
        let _ = to.reports.send(report).await;
    }

    async fn wait_until(&self, at: Timestamp) {
        tokio::time::sleep(at.since(self.clock.now()).div_f64(self.speed)).await;
    }
}
