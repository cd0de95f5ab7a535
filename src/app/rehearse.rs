//! A rehearsal: a journal in place of the feeds, through everything else that is on air.
//!
//! Messages reach the desk at the times at which they were received, counted by a clock that can run faster; what came
//! before the chosen beginning is folded at once. With the feeds only, last night's commands stay away and the operator
//! of today takes and clears as in a show; what happens is written into a journal of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::fold::Fold;
use super::playback::Outline;
use super::{Failure, Show};
use crate::command::Command;
use crate::feed::{Report, decode};
use crate::ids::FeedId;
use crate::journal::file::{self, Reader};
use crate::journal::{Body, Entry};
use crate::time::{Clock, ScaledClock, Timestamp};

/// What to rehearse with.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pub journal: PathBuf,
    /// Times real time.
    pub speed: f64,
    /// Seconds after the recording's first frame.
    pub from_s: f64,
    /// Leaves the operators' commands out.
    pub feeds_only: bool,
}

/// A rehearsal that is ready to begin.
pub(super) struct Ready {
    pub fold: Fold,
    pub clock: Arc<ScaledClock>,
    pub epoch: Timestamp,
    pub decoding: BTreeMap<FeedId, decode::Options>,
    rest: std::iter::Peekable<Reader>,
    feeds_only: bool,
    speed: f64,
}

/// The show that a journal was recorded from.
pub fn show_of(journal: &Path) -> Result<Show, Failure> {
    let outline = outline(journal)?;
    Show::parse(Path::new("the journal's show"), &outline.start.show, outline.start.folder)
}

pub(super) fn outline(journal: &Path) -> Result<Outline, Failure> {
    let outline = Outline::of(journal).map_err(Failure::input)?;
    outline.ok_or_else(|| Failure::Input(format!("{} is no journal: it has no first entry", journal.display())))
}

impl Ready {
    /// Folds what came before the beginning. The clock begins to run.
    pub fn new(what: &Rehearsal) -> Result<Self, Failure> {
        if !(what.speed > 0.0 && what.speed.is_finite()) {
            return Err(Failure::Input(format!(
                "a speed of {} cannot be played; use 1, or anything above 0",
                what.speed
            )));
        }
        let outline = outline(&what.journal)?;
        let first = outline.start.rate.time_of(outline.frames.0);
        let begins = outline.start.epoch + first + Duration::try_from_secs_f64(what.from_s).unwrap_or_default();
        let decoding = outline.decoding();
        let mut fold = Fold::new(decoding.clone());
        let mut rest = file::read(&what.journal).map_err(Failure::input)?.peekable();
        while let Some(entry) = rest.next_if(|entry| entry.as_ref().is_ok_and(|entry| entry.at < begins)) {
            let entry = entry.map_err(Failure::input)?;
            let left_out = what.feeds_only && matches!(entry.body, Body::Command(_));
            if !left_out {
                fold.apply(&entry);
            }
        }
        let clock = Arc::new(ScaledClock::begin(begins, what.speed));
        let epoch = outline.start.epoch;
        Ok(Self { fold, clock, epoch, decoding, rest, feeds_only: what.feeds_only, speed: what.speed })
    }
}

/// What plays the rest of a journal once the show runs.
pub(super) struct Player {
    pub clock: Arc<ScaledClock>,
    pub rest: std::iter::Peekable<Reader>,
    pub feeds_only: bool,
    pub speed: f64,
}

impl Ready {
    /// Parts what the desk needs from what plays on.
    pub fn part(self) -> (Fold, Player) {
        let Self { fold, clock, rest, feeds_only, speed, .. } = self;
        (fold, Player { clock, rest, feeds_only, speed })
    }
}

impl Player {
    /// Plays the rest as a task; it ends with the journal or when `stop` changes.
    pub fn spawn(
        mut self,
        reports: mpsc::Sender<Report>,
        commands: mpsc::Sender<Command>,
        mut stop: watch::Receiver<bool>,
    ) {
        tokio::spawn(async move {
            let play = async {
                while let Some(entry) = self.rest.next() {
                    match entry {
                        Ok(entry) => self.play(entry, &reports, &commands).await,
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

    async fn play(&self, entry: Entry, reports: &mpsc::Sender<Report>, commands: &mpsc::Sender<Command>) {
        let wait = entry.at.since(self.clock.now()).div_f64(self.speed);
        tokio::time::sleep(wait).await;
        let report = match entry.body {
            Body::Received { feed, kind, bytes } => Report::Message { feed, kind, bytes },
            Body::Alive { feed, kind } => Report::Alive { feed, kind },
            Body::Link { feed, kind, link, why } => Report::Link { feed, kind, link, why },
            Body::Command(command) if !self.feeds_only => {
                // The desk is gone only when the show is over.
                let _ = commands.send(command).await;
                return;
            }
            // What came due comes due again by the delays of this run.
            Body::Command(_) | Body::Start(_) | Body::Skipped { .. } | Body::Due | Body::Frame { .. } => return,
        };
        let _ = reports.send(report).await;
    }
}
