//! A journal played back: for each frame, the state and the acts that the show had on air when it drew it.
//!
//! Where the journal has frame marks (the show was on air), they say what each frame was drawn from and which frames were
//! skipped, so that playing it back draws the same pictures. Where it has none (a recording), a frame is drawn from all
//! that had been received by its time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Receiver;

use super::Failure;
use super::bundle::Bundle;
use super::fold::Fold;
use crate::command::Command;
use crate::feed::decode;
use crate::ids::FeedId;
use crate::journal::content::{Contents, Manifest};
use crate::journal::file::{self, Glance, JournalError, Place, Reader};
use crate::journal::{Body, Entry, Seq, Start};
use crate::playout::{Act, Mark, Ordered, Position};
use crate::template::TemplateSet;
use crate::time::{FrameIndex, Timestamp};

pub struct Playback {
    journal: PathBuf,
    entries: Entries,
    fold: Fold,
    marks: Arc<Vec<Mark>>,
    /// The mark in force, by its place in `marks`.
    mark: usize,
    /// How the show began, or was started again last.
    start: Option<Start>,
    left_out: LeftOut,
    /// By which feeds are held back where the journal's own delays are left out.
    delays: Vec<(FeedId, u32)>,
    contents: Contents,
    /// The templates that are on air, as far as the journal has told them.
    bundle: Option<Bundle>,
    /// The first thing that is wrong with the journal; what came before it was played.
    pub failure: Option<Failure>,
}

/// What of a journal is not played.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LeftOut {
    /// What operators did, but for the delays of feeds, which belong to the feeds.
    pub commands: bool,
    /// What came with the show: its templates and delays. Another show brings its own.
    pub show: bool,
}

impl LeftOut {
    fn has(self, command: &Command) -> bool {
        match command {
            Command::SetDelay { .. } | Command::ShiftDelay { .. } => self.show,
            _ => self.commands,
        }
    }
}

/// What a frame is drawn from.
pub struct Moment {
    pub position: Position,
    pub acts: Vec<Ordered>,
    /// The show was started again just before.
    pub restarted: Option<Restarted>,
}

/// How a show that was started again began.
#[derive(Clone)]
pub struct Restarted {
    pub start: Start,
    /// Its templates; none where the journal does not tell.
    pub bundle: Option<Bundle>,
    /// Puts back what was on air.
    pub put_back: Vec<Command>,
}

/// The entries of a journal, of which the next one can be looked at.
struct Entries {
    source: Source,
    next: Option<Read>,
}

/// Where entries come from.
enum Source {
    /// Read when they are asked for.
    Asked(Reader),
    /// Read by a thread of their own, up to `at` so far; it ends with the journal, or when nobody asks any more.
    Ahead { entries: Receiver<Read>, at: Place },
}

/// What was read, and the places where it begins and ends.
struct Read {
    from: Place,
    to: Place,
    entry: Result<Entry, JournalError>,
}

/// Entries that are read ahead: a summary of a whole game has a megabyte.
const AHEAD: usize = 64;

fn read_one(reader: &mut Reader) -> Option<Read> {
    let from = reader.place();
    let entry = reader.next()?;
    Some(Read { from, to: reader.place(), entry })
}

impl Entries {
    fn from(journal: &Path, place: Place) -> Result<Self, Failure> {
        let reader = file::read_from(journal, place).map_err(Failure::input)?;
        Ok(Self { source: Source::Asked(reader), next: None })
    }

    /// The same, unpacked and parsed on a thread of their own while those before take effect.
    fn read_ahead(self) -> Result<Self, Failure> {
        let Source::Asked(mut reader) = self.source else { return Ok(self) };
        let at = reader.place();
        let (send, entries) = crossbeam_channel::bounded(AHEAD);
        let read = move || while read_one(&mut reader).is_some_and(|read| send.send(read).is_ok()) {};
        std::thread::Builder::new().name("journal-ahead".into()).spawn(read).map_err(Failure::machine)?;
        Ok(Self { source: Source::Ahead { entries, at }, next: self.next })
    }

    fn peek(&mut self) -> Option<&Result<Entry, JournalError>> {
        if self.next.is_none() {
            self.next = match &mut self.source {
                Source::Asked(reader) => read_one(reader),
                Source::Ahead { entries, at } => entries.recv().ok().inspect(|read| *at = read.to),
            };
        }
        self.next.as_ref().map(|read| &read.entry)
    }

    fn next_if(
        &mut self,
        wanted: impl FnOnce(&Result<Entry, JournalError>) -> bool,
    ) -> Option<Result<Entry, JournalError>> {
        if self.peek().is_some_and(wanted) { self.next.take().map(|read| read.entry) } else { None }
    }

    /// Where the next entry begins.
    fn place(&self) -> Place {
        match (&self.next, &self.source) {
            (Some(read), _) => read.from,
            (None, Source::Asked(reader)) => reader.place(),
            (None, Source::Ahead { at, .. }) => *at,
        }
    }
}

impl Iterator for Entries {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.peek();
        self.next.take().map(|read| read.entry)
    }
}

/// What a journal says of itself before it is played.
#[derive(Clone, Debug)]
pub struct Outline {
    pub start: Start,
    /// The templates that the show began with; none where the journal is of a program that did not tell.
    pub bundle: Option<Bundle>,
    /// The first frame that was drawn, and the last that is known of.
    pub frames: (FrameIndex, FrameIndex),
    pub marks: Arc<Vec<Mark>>,
}

impl Outline {
    /// Reads a journal through, but for its messages. `None` when it does not begin like one.
    pub fn of(journal: &Path) -> Result<Option<Outline>, Failure> {
        let mut start = None;
        let mut bundle = None;
        let mut contents = Contents::default();
        let mut marks = Vec::new();
        let mut last_at = None;
        let mut entries = file::read(journal).map_err(Failure::input)?;
        while let Some(entry) = entries.glance() {
            let Glance { at, body } = entry.map_err(Failure::input)?;
            last_at = Some(at);
            match body {
                Some(Body::Start(first)) if start.is_none() => start = Some(first),
                Some(Body::Frame { index, after, upto }) => marks.push(Mark { index, after, upto }),
                Some(Body::Content(bytes)) if bundle.is_none() => contents.take(&bytes),
                Some(Body::Templates(files)) if bundle.is_none() => bundle = Some(unpacked(&contents, &files)?),
                _ => {}
            }
        }
        let (Some(start), Some(last_at)) = (start, last_at) else { return Ok(None) };
        let last = start.rate.frame_at(last_at.since(start.epoch));
        let first = marks.first().map_or(FrameIndex(0), |mark| mark.index);
        Ok(Some(Outline { start, bundle, frames: (first, last.max(first)), marks: Arc::new(marks) }))
    }

    /// How the show's feeds were read.
    pub fn decoding(&self) -> BTreeMap<FeedId, decode::Options> {
        let follow = |(feed, game): (&FeedId, &String)| {
            (feed.clone(), decode::Options { match_id: Some(game.clone()), ..decode::Options::default() })
        };
        self.start.follows.iter().map(follow).collect()
    }

    /// The game's time of a frame.
    pub fn time_of(&self, index: FrameIndex) -> Timestamp {
        self.start.epoch + self.start.rate.time_of(index)
    }
}

fn unpacked(contents: &Contents, files: &Manifest) -> Result<Bundle, Failure> {
    let files = contents.files(files).map_err(Failure::input)?;
    Bundle::unpack(files).map_err(|problems| Failure::templates(&problems))
}

impl Playback {
    /// `bundle` has the templates on the stage at the beginning; `delays` hold where the journal's are left out.
    pub fn new(
        journal: &Path,
        outline: &Outline,
        bundle: Option<Bundle>,
        left_out: LeftOut,
        delays: Vec<(FeedId, u32)>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            journal: journal.to_owned(),
            entries: Entries::from(journal, Place::BEGINNING)?,
            fold: Fold::new(outline.decoding()),
            marks: outline.marks.clone(),
            mark: 0,
            start: None,
            left_out,
            delays,
            contents: Contents::default(),
            bundle,
            failure: None,
        })
    }

    /// The same, whose journal is read ahead: for whoever goes through it as fast as can be.
    pub fn read_ahead(self) -> Result<Self, Failure> {
        Ok(Self { entries: self.entries.read_ahead()?, ..self })
    }

    /// Another one that goes on from the same place; none once something is wrong with the journal.
    pub fn fork(&self) -> Option<Self> {
        if self.failure.is_some() {
            return None;
        }
        Some(Self {
            journal: self.journal.clone(),
            entries: Entries::from(&self.journal, self.entries.place()).ok()?,
            fold: self.fold.clone(),
            marks: self.marks.clone(),
            mark: self.mark,
            start: self.start.clone(),
            left_out: self.left_out,
            delays: self.delays.clone(),
            contents: self.contents.clone(),
            bundle: self.bundle.clone(),
            failure: None,
        })
    }

    /// What frame `index`, whose time is `at`, was drawn from; `None` when it was skipped on air. Frames come in order.
    pub fn frame(&mut self, index: FrameIndex, at: Timestamp) -> Option<Moment> {
        if self.marks.is_empty() {
            return Some(self.advance(at, |entry| entry.at <= at));
        }
        while self.marks.get(self.mark + 1).is_some_and(|next| next.index <= index) {
            self.mark += 1;
        }
        let next = self.marks.get(self.mark + 1);
        if next.and_then(|next| next.after).is_some_and(|after| after < index) {
            return None;
        }
        let upto: Seq = self.marks[self.mark].upto;
        Some(self.advance(at, |entry| entry.seq <= upto))
    }

    /// What the last frame that was not skipped was drawn from. Whoever holds a frame's own while the next one is asked for
    /// makes the state be copied.
    pub fn position(&self) -> Position {
        self.fold.position()
    }

    /// The state that was reached, the templates on air, and the entries that follow.
    pub fn into_rest(self) -> Result<(Fold, Option<Bundle>, Rest), Failure> {
        let rest = Rest { entries: self.entries, contents: self.contents, left_out: self.left_out };
        self.failure.map_or(Ok((self.fold, self.bundle, rest)), Err)
    }

    fn advance(&mut self, now: Timestamp, wanted: impl Fn(&Entry) -> bool) -> Moment {
        let mut acts = Vec::new();
        let mut restart = None;
        while let Some(entry) = self.entries.next_if(|entry| entry.as_ref().is_ok_and(&wanted)) {
            let Ok(entry) = entry else { break };
            if matches!(&entry.body, Body::Command(command) if self.left_out.has(command)) {
                continue;
            }
            self.fold.apply(&entry);
            let act = match entry.body {
                Body::Command(command) => Act::Command(command),
                Body::Content(bytes) => {
                    self.contents.take(&bytes);
                    continue;
                }
                Body::Templates(files) => match self.templates(&files) {
                    Some(set) => Act::Templates(set),
                    None => continue,
                },
                Body::Start(start) => {
                    if self.left_out.show {
                        self.delays.iter().for_each(|(feed, frames)| self.fold.hold_back(feed, *frames));
                    }
                    if self.start.is_some() {
                        restart = Some((start.clone(), self.fold.standing().commands()));
                        acts.clear();
                    }
                    self.start = Some(start);
                    continue;
                }
                Body::State(_) => {
                    if self.left_out.commands {
                        self.fold.forget_commands();
                    }
                    if self.left_out.show {
                        self.delays.iter().for_each(|(feed, frames)| self.fold.hold_back(feed, *frames));
                    }
                    restart = self.start.clone().map(|start| (start, self.fold.standing().commands()));
                    acts.clear();
                    continue;
                }
                _ => continue,
            };
            acts.push(Ordered { seq: entry.seq, act, reply: None });
        }
        if let Some(Err(failure)) = self.entries.next_if(Result::is_err) {
            self.failure.get_or_insert(Failure::input(failure));
        }
        if self.left_out.show {
            // The journal does not say when what this show holds back comes due.
            self.fold.come_due(now);
        }
        let bundle = || self.bundle.clone();
        let restarted = restart.map(|(start, put_back)| Restarted { start, bundle: bundle(), put_back });
        Moment { position: self.fold.position(), acts, restarted }
    }

    /// Another set of templates on air; none when it is left out or what is on air already.
    fn templates(&mut self, files: &Manifest) -> Option<Arc<TemplateSet>> {
        if self.left_out.show || self.bundle.as_ref().is_some_and(|bundle| bundle.manifest == *files) {
            return None;
        }
        match unpacked(&self.contents, files) {
            Ok(bundle) => {
                let bundle = match &self.bundle {
                    Some(on_air) => bundle.after(on_air),
                    None => bundle,
                };
                Some(self.bundle.insert(bundle).set.clone())
            }
            Err(failure) => {
                self.failure.get_or_insert(failure);
                None
            }
        }
    }
}

/// What of a journal has not been played yet.
pub struct Rest {
    entries: Entries,
    contents: Contents,
    left_out: LeftOut,
}

/// The next thing of a journal to happen again.
pub enum Next {
    Entry(Entry),
    /// Templates as they were saved then.
    Saved(Timestamp, Bundle),
}

impl Iterator for Rest {
    type Item = Result<Next, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = match self.entries.next()? {
                Ok(entry) => entry,
                Err(failure) => return Some(Err(Failure::input(failure))),
            };
            match &entry.body {
                Body::Command(command) if self.left_out.has(command) => {}
                Body::Content(bytes) => self.contents.take(bytes),
                Body::Templates(_) if self.left_out.show => {}
                Body::Templates(files) => {
                    return Some(unpacked(&self.contents, files).map(|bundle| Next::Saved(entry.at, bundle)));
                }
                _ => return Some(Ok(Next::Entry(entry))),
            }
        }
    }
}
