//! The fold of the journal: entries in, the state of the show out. Pure; used live, in replay, and by tests alike.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::standing::Standing;
use crate::feed::decode::{self, Decoder, Verdict};
use crate::feed::{Resume, shottracker};
use crate::game::GameState;
use crate::game::event::Event;
use crate::ids::{FeedId, FeedKind};
use crate::journal::file::{self, JournalError};
use crate::journal::{Body, Entry, Seq, checkpoint};
use crate::playout::Position;

/// State of the show after the entries so far. As JSON it is a checkpoint of the journal.
#[derive(Serialize, Deserialize)]
pub struct Fold {
    upto: Seq,
    state: Arc<GameState>,
    decoders: BTreeMap<FeedId, Decoder>,
    standing: Standing,
    /// Where each feed would resume: the number of its last numbered message.
    numbered: BTreeMap<FeedId, u64>,
    #[serde(skip)]
    options: BTreeMap<FeedId, decode::Options>,
    /// Kept between messages so that a message costs no allocation for the list.
    #[serde(skip)]
    events: Vec<Event>,
    #[serde(skip)]
    oddities: Vec<String>,
}

impl Fold {
    /// `options` tells a feed's decoder which game to follow; a feed without any follows the first it hears of.
    pub fn new(options: BTreeMap<FeedId, decode::Options>) -> Self {
        Self {
            upto: 0,
            state: Arc::default(),
            decoders: BTreeMap::new(),
            standing: Standing::default(),
            numbered: BTreeMap::new(),
            options,
            events: Vec::new(),
            oddities: Vec::new(),
        }
    }

    /// The state after the whole of a journal: its checkpoint and what came after, or all of it.
    pub fn recover(journal: &Path, options: BTreeMap<FeedId, decode::Options>) -> Result<Fold, JournalError> {
        let (mut fold, offset) = match checkpoint::read::<Fold>(journal) {
            Some((fold, offset)) => (Fold { options, ..fold }, offset),
            None => (Fold::new(options), 0),
        };
        for entry in file::read_from(journal, offset)? {
            fold.apply(&entry?);
        }
        fold.oddities.clear();
        Ok(fold)
    }

    pub fn position(&self) -> Position {
        Position { upto: self.upto, state: self.state.clone() }
    }

    /// What operators have on their layers.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Where a feed goes on.
    pub fn resume(&self, feed: &FeedId) -> Resume {
        Resume { last_seq: self.numbered.get(feed).copied() }
    }

    /// Kinds of oddity in messages since the last call, each kind once in a show, as sentences for the log.
    pub fn take_oddities(&mut self) -> Vec<String> {
        std::mem::take(&mut self.oddities)
    }

    pub fn apply(&mut self, entry: &Entry) {
        self.upto = entry.seq;
        match &entry.body {
            Body::Received { feed, kind, bytes } => self.receive(entry, feed, *kind, bytes),
            Body::Alive { feed, kind } => Arc::make_mut(&mut self.state).alive(entry.at, feed, *kind),
            Body::Skipped { feed, kind, .. } => Arc::make_mut(&mut self.state).skipped(feed, *kind),
            Body::Link { feed, kind, link, .. } => Arc::make_mut(&mut self.state).link(entry.at, feed, *kind, *link),
            Body::Command(command) => self.standing.apply(command),
            Body::Start(_) | Body::Frame { .. } => {}
        }
    }

    fn receive(&mut self, entry: &Entry, feed: &FeedId, kind: FeedKind, bytes: &[u8]) {
        if kind == FeedKind::ShotTracker
            && let Some(number) = shottracker::seq(bytes)
        {
            self.numbered.insert(feed.clone(), number);
        }
        let options = &self.options;
        let fresh = || Decoder::new(kind, options.get(feed).cloned().unwrap_or_default());
        let decoder = self.decoders.entry(feed.clone()).or_insert_with(fresh);
        self.events.clear();
        let outcome = decoder.decode(bytes, &mut self.events);
        self.oddities.extend(decoder.take_fresh_notes().into_iter().map(|oddity| format!("feed {feed}: {oddity}")));
        let state = Arc::make_mut(&mut self.state);
        match outcome.verdict {
            Verdict::Taken => state.received(entry.at, feed, kind, outcome.oddities),
            Verdict::Heartbeat | Verdict::OtherGame | Verdict::Unused => state.alive(entry.at, feed, kind),
            Verdict::Skipped => state.skipped(feed, kind),
        }
        for event in &self.events {
            state.apply(entry.at, feed, kind, event);
        }
    }
}
