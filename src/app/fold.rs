//! The fold of the journal: entries in, the state of the game out. Pure; used live, in replay, and by tests alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::feed::decode::{self, Decoder, Verdict};
use crate::game::GameState;
use crate::game::event::Event;
use crate::ids::{FeedId, FeedKind};
use crate::journal::{Body, Entry, Seq};
use crate::playout::Position;

/// State of the game after the entries so far.
pub struct Fold {
    upto: Seq,
    state: Arc<GameState>,
    decoders: BTreeMap<FeedId, Decoder>,
    options: BTreeMap<FeedId, decode::Options>,
    /// Kept between messages so that a message costs no allocation for the list.
    events: Vec<Event>,
}

impl Fold {
    /// `options` tells a feed's decoder which game to follow; a feed without any follows the first it hears of.
    pub fn new(options: BTreeMap<FeedId, decode::Options>) -> Self {
        Self { upto: 0, state: Arc::default(), decoders: BTreeMap::new(), options, events: Vec::new() }
    }

    pub fn position(&self) -> Position {
        Position { upto: self.upto, state: self.state.clone() }
    }

    pub fn apply(&mut self, entry: &Entry) {
        self.upto = entry.seq;
        match &entry.body {
            Body::Received { feed, kind, bytes } => self.receive(entry, feed, *kind, bytes),
            Body::Alive { feed, kind } => Arc::make_mut(&mut self.state).alive(entry.at, feed, *kind),
            Body::Skipped { feed, kind, .. } => Arc::make_mut(&mut self.state).skipped(feed, *kind),
            Body::Link { feed, kind, link, .. } => Arc::make_mut(&mut self.state).link(entry.at, feed, *kind, *link),
            Body::Start { .. } | Body::Command(_) | Body::Frame { .. } => {}
        }
    }

    fn receive(&mut self, entry: &Entry, feed: &FeedId, kind: FeedKind, bytes: &[u8]) {
        let decoder = self
            .decoders
            .entry(feed.clone())
            .or_insert_with(|| Decoder::new(kind, self.options.get(feed).cloned().unwrap_or_default()));
        self.events.clear();
        let outcome = decoder.decode(bytes, &mut self.events);
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
