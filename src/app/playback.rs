//! A journal played back: for each frame, the state and the commands that the show had on air when it drew it.
//!
//! Where the journal has frame marks (the show was on air), they say what each frame was drawn from and which frames were
//! skipped, so that playing it back draws the same pictures. Where it has none (a recording), a frame is drawn from all
//! that had been received by its time.

use std::collections::BTreeMap;
use std::path::Path;

use super::fold::Fold;
use crate::command::Command;
use crate::feed::decode;
use crate::ids::FeedId;
use crate::journal::file::{self, JournalError, Reader};
use crate::journal::{Body, Entry, Seq, Start};
use crate::playout::{Mark, Ordered, Position};
use crate::time::{FrameIndex, Timestamp};

pub struct Playback {
    entries: std::iter::Peekable<Reader>,
    fold: Fold,
    marks: Vec<Mark>,
    /// The mark in force, by its place in `marks`.
    mark: usize,
    began: bool,
    /// The first wrong line; what came before it was played.
    pub failure: Option<JournalError>,
}

/// What a frame is drawn from.
pub struct Moment {
    pub position: Position,
    pub commands: Vec<Ordered>,
    /// The show was started again just before: its stage was empty but for these.
    pub restarted_with: Option<Vec<Command>>,
}

/// What a journal says of itself before it is played.
pub struct Outline {
    pub start: Start,
    /// The first frame that was drawn, and the last that is known of.
    pub frames: (FrameIndex, FrameIndex),
    pub marks: Vec<Mark>,
}

impl Outline {
    /// Reads a journal through. `None` when it does not begin like one.
    pub fn of(journal: &Path) -> Result<Option<Outline>, JournalError> {
        let mut start = None;
        let mut marks = Vec::new();
        let mut last_at = None;
        for entry in file::read(journal)? {
            let Entry { at, body, .. } = entry?;
            last_at = Some(at);
            match body {
                Body::Start(first) if start.is_none() => start = Some(first),
                Body::Frame { index, after, upto } => marks.push(Mark { index, after, upto }),
                _ => {}
            }
        }
        let (Some(start), Some(last_at)) = (start, last_at) else { return Ok(None) };
        let last = start.rate.frame_at(last_at.since(start.epoch));
        let first = marks.first().map_or(FrameIndex(0), |mark| mark.index);
        Ok(Some(Outline { start, frames: (first, last.max(first)), marks }))
    }
}

impl Outline {
    /// How the show's feeds were read.
    pub fn decoding(&self) -> BTreeMap<FeedId, decode::Options> {
        let follow =
            |(feed, game): (&FeedId, &String)| (feed.clone(), decode::Options { match_id: Some(game.clone()) });
        self.start.follows.iter().map(follow).collect()
    }
}

impl Playback {
    pub fn new(journal: &Path, marks: Vec<Mark>, fold: Fold) -> Result<Self, JournalError> {
        let entries = file::read(journal)?.peekable();
        Ok(Self { entries, fold, marks, mark: 0, began: false, failure: None })
    }

    /// What frame `index`, whose time is `at`, was drawn from; `None` when it was skipped on air. Frames come in order.
    pub fn frame(&mut self, index: FrameIndex, at: Timestamp) -> Option<Moment> {
        if self.marks.is_empty() {
            return Some(self.advance(|entry| entry.at <= at));
        }
        while self.marks.get(self.mark + 1).is_some_and(|next| next.index <= index) {
            self.mark += 1;
        }
        let next = self.marks.get(self.mark + 1);
        if next.and_then(|next| next.after).is_some_and(|after| after < index) {
            return None;
        }
        let upto: Seq = self.marks[self.mark].upto;
        Some(self.advance(|entry| entry.seq <= upto))
    }

    fn advance(&mut self, wanted: impl Fn(&Entry) -> bool) -> Moment {
        let mut commands = Vec::new();
        let mut restarted_with = None;
        while let Some(entry) = self.entries.next_if(|entry| entry.as_ref().is_ok_and(&wanted)) {
            let Ok(entry) = entry else { break };
            self.fold.apply(&entry);
            match entry.body {
                Body::Command(command) => commands.push(Ordered { seq: entry.seq, command, reply: None }),
                Body::Start(_) if self.began => {
                    restarted_with = Some(self.fold.standing().commands());
                    commands.clear();
                }
                Body::Start(_) => self.began = true,
                _ => {}
            }
        }
        if let Some(Err(failure)) = self.entries.next_if(Result::is_err) {
            self.failure.get_or_insert(failure);
        }
        Moment { position: self.fold.position(), commands, restarted_with }
    }
}
