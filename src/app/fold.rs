//! The fold of the journal: entries in, the state of the show out. Pure; used live, in replay, and by tests alike.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::delay::Delays;
use super::standing::Standing;
use crate::color::team::Choice;
use crate::command::Command;
use crate::feed::{Report, Resume, Skip, decode, shottracker};
use crate::game::GameState;
use crate::ids::{FeedId, FeedKind, GameId, Side};
use crate::ingest::Ingest;
use crate::journal::content::{ContentHash, Manifest};
use crate::journal::file::{self, Place};
use crate::journal::{Body, Entry, Seq, checkpoint};
use crate::playout::Position;
use crate::status::Delay;
use crate::time::Timestamp;

/// A feed's report as the journal has it.
pub fn entered(report: Report) -> Body {
    match report {
        Report::Message { feed, kind, bytes } => Body::Received { feed, kind, bytes },
        Report::Skipped { feed, kind, bytes, why } => Body::Skipped { feed, kind, bytes, why: why.name().to_owned() },
        Report::Alive { feed, kind, .. } => Body::Alive { feed, kind },
        Report::Link { feed, kind, link, why, resumed } => Body::Link { feed, kind, link, why, resumed },
    }
}

/// State of the show after the entries so far. As JSON it is a checkpoint of the journal.
#[derive(Clone, Serialize, Deserialize)]
pub struct Fold {
    upto: Seq,
    state: Arc<GameState>,
    ingest: Ingest,
    standing: Standing,
    /// Where each feed would resume: the number of its last numbered message.
    numbered: BTreeMap<FeedId, u64>,
    #[serde(default)]
    delays: Delays,
    /// The templates that are on air, and every content that the journal holds already.
    #[serde(default)]
    templates: Manifest,
    #[serde(default)]
    recorded: BTreeSet<ContentHash>,
    /// What the status says of `delays`.
    #[serde(skip)]
    delays_told: Arc<Vec<Delay>>,
    #[serde(skip)]
    oddities: Vec<String>,
}

impl Fold {
    /// `options` tells a feed's decoder which game to follow; a feed without any follows the first it hears of.
    pub fn new(options: BTreeMap<FeedId, decode::Options>) -> Self {
        Self {
            upto: 0,
            state: Arc::default(),
            ingest: Ingest::new(options),
            standing: Standing::default(),
            numbered: BTreeMap::new(),
            delays: Delays::default(),
            templates: Manifest::new(),
            recorded: BTreeSet::new(),
            delays_told: Arc::default(),
            oddities: Vec::new(),
        }
    }

    /// The state after the whole of a journal: its checkpoint and what came after, or all of it. A show that comes back
    /// in mid-game is better off with most of its past than not on air: what cannot be read is left out, and said to be.
    pub fn recover(journal: &Path, options: BTreeMap<FeedId, decode::Options>) -> Fold {
        if let Some((fold, place)) = checkpoint::read::<Fold>(journal) {
            let delays_told = Arc::new(fold.delays.all());
            let mut fold = Fold { ingest: fold.ingest.with_options(options.clone()), delays_told, ..fold };
            if fold.read_on(journal, place) {
                return fold;
            }
            tracing::warn!("the checkpoint beside {journal:?} is of another journal; the journal is read whole");
        }
        let mut fold = Fold::new(options);
        fold.read_on(journal, Place::BEGINNING);
        fold
    }

    /// Applies a journal's entries from a place on; false where they are of a time before this state.
    fn read_on(&mut self, journal: &Path, place: Place) -> bool {
        let before = self.upto;
        let entries = match file::read_from(journal, place) {
            Ok(entries) => entries,
            Err(cause) => {
                tracing::error!("nothing of the journal can be read: {cause}");
                return true;
            }
        };
        let mut wrong: u64 = 0;
        for entry in entries {
            match entry {
                Ok(entry) if entry.seq <= before => return false,
                Ok(entry) => self.apply(&entry),
                Err(cause) => {
                    if wrong == 0 {
                        tracing::error!("a part of the journal is left out: {cause}");
                    }
                    wrong += 1;
                }
            }
        }
        if wrong > 1 {
            tracing::error!("{wrong} lines of the journal {journal:?} were left out");
        }
        self.oddities.clear();
        true
    }

    pub fn position(&self) -> Position {
        Position { upto: self.upto, state: self.state.clone(), delays: self.delays_told.clone() }
    }

    /// The show's feeds, and those that the journal has messages of.
    pub fn feeds(&self) -> impl Iterator<Item = &FeedId> {
        self.ingest.feeds()
    }

    /// What operators have on their layers.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The game that a feed has turned out to follow.
    pub fn game_of(&self, feed: &FeedId) -> Option<&GameId> {
        self.ingest.game_of(feed)
    }

    /// Where a feed goes on.
    pub fn resume(&self, feed: &FeedId) -> Resume {
        Resume { last_seq: self.numbered.get(feed).copied() }
    }

    /// Kinds of oddity in messages since the last call, each kind once in a show, as sentences for the log.
    pub fn take_oddities(&mut self) -> Vec<String> {
        std::mem::take(&mut self.oddities)
    }

    /// The delay that was set for a feed, by the show or live; `None` if none ever was.
    pub fn delay(&self, feed: &FeedId) -> Option<u32> {
        self.delays.of(feed)
    }

    /// What the operator has a team wear.
    pub fn color_choice(&self, side: Side) -> Choice {
        self.state.color_choice(side)
    }

    /// The files of the templates that are on air.
    pub fn templates(&self) -> &Manifest {
        &self.templates
    }

    /// Goes on in a journal of its own, which holds nothing yet of what this state was folded from.
    pub fn forget_recorded(&mut self) {
        self.recorded.clear();
        self.templates.clear();
    }

    /// Whether anything has been folded.
    pub fn has_begun(&self) -> bool {
        self.upto > 0
    }

    /// Whether the journal that is written holds what this state was folded from.
    pub fn has_recorded(&self) -> bool {
        !self.recorded.is_empty()
    }

    /// Whether the journal holds this content already.
    pub fn is_recorded(&self, content: &ContentHash) -> bool {
        self.recorded.contains(content)
    }

    /// When something that is held back for a delay comes due: an entry is wanted then.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.delays.next_due()
    }

    /// Takes the next entry. What was held back and has come due by its time takes effect before it.
    pub fn apply(&mut self, entry: &Entry) {
        self.upto = entry.seq;
        // Marks are written down behind the fold's back: live, nothing is released at one.
        if !matches!(entry.body, Body::Frame { .. }) {
            self.come_due(entry.at);
        }
        match &entry.body {
            Body::Received { feed, bytes, kind } => {
                if *kind == FeedKind::ShotTracker
                    && let Some(number) = shottracker::seq(bytes)
                {
                    self.numbered.insert(feed.clone(), number);
                }
                self.take(feed, entry);
            }
            Body::Alive { feed, .. } | Body::Link { feed, .. } => self.take(feed, entry),
            // It says nothing of the game, so that there is nothing to be held back.
            Body::Skipped { .. } => self.take_effect(entry.at, entry),
            Body::Command(Command::SetDelay { feed, frames }) => self.hold_back(feed, *frames),
            Body::Command(Command::SetColor { side, color }) => {
                Arc::make_mut(&mut self.state).choose_color(*side, *color);
            }
            Body::Command(Command::Correct(said)) => Arc::make_mut(&mut self.state).correct(entry.at, said),
            Body::Command(Command::Release { facts }) => Arc::make_mut(&mut self.state).release(facts),
            Body::Command(Command::Undo) => Arc::make_mut(&mut self.state).undo(),
            Body::Command(command) => self.standing.apply(command),
            Body::Start(start) => {
                self.delays.set_rate(start.rate);
                self.ingest.turn_to(Arc::make_mut(&mut self.state), &start.follows);
                self.ingest.read_as(super::feeds::readings(&start.show));
            }
            Body::Content(bytes) => {
                self.recorded.insert(ContentHash::of(bytes));
            }
            Body::Templates(files) => self.templates.clone_from(files),
            Body::State(state) => self.take_over(state),
            Body::Due | Body::Frame { .. } => {}
        }
    }

    /// Goes on from a state that a journal begins with.
    fn take_over(&mut self, state: &serde_json::Value) {
        match Fold::deserialize(state) {
            Ok(fold) => {
                let delays_told = Arc::new(fold.delays.all());
                let ingest = fold.ingest.with_options(std::mem::take(&mut self.ingest).into_options());
                let oddities = std::mem::take(&mut self.oddities);
                *self = Fold { upto: self.upto, ingest, delays_told, oddities, ..fold };
            }
            Err(cause) => {
                self.oddities.push(format!("the state that the journal begins with is of another version: {cause}"));
            }
        }
    }

    /// Forgets what operators did, but for the delays of feeds.
    pub fn forget_commands(&mut self) {
        self.standing = Standing::default();
        Arc::make_mut(&mut self.state).forget_corrections();
    }

    /// Goes on with what an operator has on their layers, in place of what the journal has.
    pub fn stand(&mut self, standing: Standing) {
        self.standing = standing;
    }

    /// Holds a feed back from now on, without an entry: where another show's settings hold for a journal.
    pub fn hold_back(&mut self, feed: &FeedId, frames: u32) {
        self.delays.set(feed, frames);
        self.delays_told = Arc::new(self.delays.all());
    }

    /// Lets take effect what was held back and has come due by `now`, without an entry.
    pub fn come_due(&mut self, now: Timestamp) {
        while let Some((due, held)) = self.delays.release(now) {
            self.take_effect(due, &held);
        }
    }

    fn take(&mut self, feed: &FeedId, entry: &Entry) {
        self.notice(entry);
        if let Some((at, entry)) = self.delays.hold(feed, entry) {
            self.take_effect(at, &entry);
        }
    }

    /// What the operator is told of a feed at once, however far what it says is held back.
    fn notice(&mut self, entry: &Entry) {
        let state = Arc::make_mut(&mut self.state);
        match &entry.body {
            Body::Received { feed, kind, .. } | Body::Alive { feed, kind } => state.noticed(entry.at, feed, *kind),
            Body::Link { feed, kind, link, why, .. } => state.link_noticed(feed, *kind, *link, why.as_deref()),
            _ => {}
        }
    }

    /// What a feed said becomes part of the game.
    fn take_effect(&mut self, at: Timestamp, entry: &Entry) {
        let state = Arc::make_mut(&mut self.state);
        let feed = match &entry.body {
            Body::Received { feed, kind, bytes } => {
                self.ingest.message(state, at, feed, *kind, bytes);
                feed
            }
            Body::Skipped { feed, kind, bytes, why } => {
                self.ingest.passed_over(state, at, feed, *kind, *bytes, Skip::named(why));
                feed
            }
            Body::Alive { feed, kind } => return state.lives(at, feed, *kind),
            Body::Link { feed, kind, link, why, resumed } => {
                if state.link_takes_effect(at, feed, *kind, *link, *resumed, why.is_some()) {
                    self.ingest.connected(feed);
                }
                return;
            }
            Body::Command(_)
            | Body::Start(_)
            | Body::Content(_)
            | Body::Templates(_)
            | Body::State(_)
            | Body::Due
            | Body::Frame { .. } => return,
        };
        let fresh = self.ingest.take_fresh_notes(feed);
        self.oddities.extend(fresh.into_iter().map(|oddity| format!("feed {feed}: {oddity}")));
    }
}

#[cfg(test)]
mod tests;
