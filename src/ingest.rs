//! From what feeds say to the state of a game: one decoder a feed, and what becomes of each message.
//!
//! In: messages and lost bytes of feeds, and where their connections begin, in the order in which they take effect. Out:
//! the [`GameState`] that they leave, and of each message what was understood of it. The fold of the journal, `inspect` and
//! `inspect --follow` take feeds in through here alone, so that what those two show is what would be on air. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::feed::Skip;
use crate::feed::decode::{Decoder, Notes, Options, Outcome, Reading, Verdict};
use crate::game::GameState;
use crate::game::event::Event;
use crate::ids::{FeedId, FeedKind, GameId, League};
use crate::time::Timestamp;

/// The decoders of a show's feeds. As JSON it is part of a checkpoint; the options are then given anew.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Ingest {
    decoders: BTreeMap<FeedId, Decoder>,
    /// The game of each league that the first of its feeds has settled on: the others follow it.
    #[serde(default)]
    followed: BTreeMap<League, GameId>,
    #[serde(skip)]
    options: BTreeMap<FeedId, Options>,
    /// Kept between messages so that a message costs no allocation for the list.
    #[serde(skip)]
    events: Vec<Event>,
}

/// What a message was.
pub struct Understood<'a> {
    pub outcome: Outcome,
    /// What it told, already in the state.
    pub events: &'a [Event],
    /// Whatever was odd in the feed so far, and in this message ([`Notes::of_message`]).
    pub notes: &'a Notes,
}

impl Ingest {
    /// `options` tell a feed's decoder which game to follow and how to read it; a feed without any follows the first game
    /// that it hears of.
    pub fn new(options: BTreeMap<FeedId, Options>) -> Self {
        Self { options, ..Self::default() }
    }

    /// The same decoders, for a show with these options: those that are there already keep theirs.
    pub fn with_options(self, options: BTreeMap<FeedId, Options>) -> Self {
        Self { options, ..self }
    }

    /// The options for decoders that are yet to come.
    pub fn into_options(self) -> BTreeMap<FeedId, Options> {
        self.options
    }

    /// Feeds with options, and those that have said something.
    pub fn feeds(&self) -> impl Iterator<Item = &FeedId> {
        let others = self.decoders.keys().filter(|feed| !self.options.contains_key(*feed));
        self.options.keys().chain(others)
    }

    /// A feed's decoder; `None` before it said anything.
    pub fn decoder(&self, feed: &FeedId) -> Option<&Decoder> {
        self.decoders.get(feed)
    }

    /// The game that a feed has turned out to follow; `None` before it told of one.
    pub fn game_of(&self, feed: &FeedId) -> Option<&GameId> {
        self.decoder(feed).and_then(Decoder::game)
    }

    /// Kinds of oddity in a feed since the last call, each kind once, as sentences for the log.
    pub fn take_fresh_notes(&mut self, feed: &FeedId) -> Vec<String> {
        self.decoders.get_mut(feed).map(Decoder::take_fresh_notes).unwrap_or_default()
    }

    /// A message that was noticed ([`GameState::noticed`]) takes effect at `at`.
    pub fn message(
        &mut self,
        state: &mut GameState,
        at: Timestamp,
        feed: &FeedId,
        kind: FeedKind,
        bytes: &[u8],
    ) -> Understood<'_> {
        self.events.clear();
        let followed = kind.league().and_then(|league| self.followed.get(&league));
        let decoder = decoder(&mut self.decoders, &self.options, feed, kind);
        if let Some(game) = followed {
            decoder.follow(game);
        }
        let outcome = decoder.decode(bytes, &mut self.events);
        if let (None, Some(league), Some(game)) = (followed, kind.league(), decoder.game()) {
            self.followed.insert(league, game.clone());
        }
        if outcome.verdict == Verdict::OtherGame {
            state.elsewhere(at, feed, kind, decoder.wanted(), decoder.other_games());
        }
        for what in decoder.notes().of_message() {
            state.odd(at, feed, kind, what, outcome.verdict == Verdict::Skipped);
        }
        match outcome.verdict {
            Verdict::Taken => state.taken(at, feed, kind, outcome.oddities),
            Verdict::Heartbeat | Verdict::OtherGame | Verdict::Unused => state.lives(at, feed, kind),
            Verdict::Skipped => state.skipped(feed, kind),
        }
        for event in &self.events {
            state.apply(at, feed, kind, event);
        }
        Understood { outcome, events: &self.events, notes: decoder.notes() }
    }

    /// Counts bytes of a feed's stream that could not be a message.
    pub fn passed_over(
        &mut self,
        state: &mut GameState,
        at: Timestamp,
        feed: &FeedId,
        kind: FeedKind,
        bytes: u64,
        why: Skip,
    ) {
        let what = self.note_passed_over(feed, kind, bytes, why);
        state.skipped(feed, kind);
        state.odd(at, feed, kind, what, true);
    }

    /// The same in the notes alone, for a recording: where it was cut off is no fault of the feed's. The kind of oddity.
    pub fn note_passed_over(&mut self, feed: &FeedId, kind: FeedKind, bytes: u64, why: Skip) -> &'static str {
        decoder(&mut self.decoders, &self.options, feed, kind).passed_over(bytes, why)
    }

    /// A connection of a feed begins ([`GameState::link_takes_effect`]): what it tells has no order with what earlier ones told.
    pub fn connected(&mut self, feed: &FeedId) {
        if let Some(decoder) = self.decoders.get_mut(feed) {
            decoder.connected();
        }
    }

    /// From here on feeds are read in these ways.
    pub fn read_as(&mut self, readings: impl IntoIterator<Item = (FeedId, Reading)>) {
        for (feed, reading) in readings {
            if let Some(decoder) = self.decoders.get_mut(&feed) {
                decoder.set_reading(reading);
            }
            self.options.entry(feed).or_default().reading = reading;
        }
    }

    /// From here on feeds follow these games. What a feed has told of another game is none of this one's, and forgotten.
    pub fn turn_to(&mut self, state: &mut GameState, games: &BTreeMap<FeedId, String>) {
        for (feed, game) in games {
            self.options.entry(feed.clone()).or_default().match_id = Some(game.clone());
            let strays = self.decoders.get(feed).is_some_and(|decoder| decoder.is_of_another(game));
            if strays {
                self.decoders.remove(feed);
                state.forget(feed);
                self.followed.clear();
            }
        }
    }
}

/// A feed's decoder, made at its first message.
fn decoder<'d>(
    decoders: &'d mut BTreeMap<FeedId, Decoder>,
    options: &BTreeMap<FeedId, Options>,
    feed: &FeedId,
    kind: FeedKind,
) -> &'d mut Decoder {
    let fresh = || Decoder::new(kind, options.get(feed).cloned().unwrap_or_default());
    decoders.entry(feed.clone()).or_insert_with(fresh)
}
