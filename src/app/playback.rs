//! A journal played back: for the time of each frame, the state and the commands that a live show had by then.

use super::fold::Fold;
use crate::journal::file::JournalError;
use crate::journal::{Body, Entry};
use crate::playout::{Ordered, Position};
use crate::time::Timestamp;

pub struct Playback<I: Iterator<Item = Result<Entry, JournalError>>> {
    entries: std::iter::Peekable<I>,
    fold: Fold,
    /// The first wrong line; what came before it was played.
    pub failure: Option<JournalError>,
}

impl<I: Iterator<Item = Result<Entry, JournalError>>> Playback<I> {
    pub fn new(entries: I, fold: Fold) -> Self {
        Self { entries: entries.peekable(), fold, failure: None }
    }

    /// Folds everything that had been received by `at`; commands come out in order, for the stage.
    /// `at` must not decrease from call to call.
    pub fn advance_to(&mut self, at: Timestamp) -> (Position, Vec<Ordered>) {
        let mut commands = Vec::new();
        while let Some(entry) = self.entries.next_if(|entry| entry.as_ref().is_ok_and(|entry| entry.at <= at)) {
            let Ok(entry) = entry else { break };
            self.fold.apply(&entry);
            if let Body::Command(command) = entry.body {
                commands.push(Ordered { seq: entry.seq, command, reply: None });
            }
        }
        if let Some(Err(failure)) = self.entries.next_if(Result::is_err) {
            self.failure.get_or_insert(failure);
        }
        (self.fold.position(), commands)
    }
}
