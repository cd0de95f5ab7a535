//! Turns feed events into the current state of the game.
//!
//! In: [`event::Event`]s of every feed in journal order, with the instant at which each takes effect, and changes of the
//! feeds' health. Out: [`view`]'s [`snapshot::GameSnapshot`] for any instant. [`GameState`] is a pure fold; it keeps what
//! each feed said apart, and `view` merges by [`Ranks`], so that a feed may fall silent or come back at any time.
//! Run by whoever folds the journal, who publishes a clone after each entry: a clone costs a few pointers. It never reads
//! a clock, opens a socket, or knows that templates exist.

pub mod clock;
pub mod event;
mod heard;
mod plays;
pub mod rank;
pub mod snapshot;
mod view;

use std::sync::{Arc, OnceLock};

pub use rank::{Fact, Ranks};
pub use view::{Rules, SILENT, TeamRules, view};

use crate::ids::{FeedId, FeedKind};
use crate::status::Link;
use crate::time::Timestamp;

use event::Event;
use heard::Heard;
use snapshot::{Game, PeriodScore, Play, Player, Shot, Stats, TeamColor, Zones};

/// Everything that is known of the game. Cloning shares all large parts.
#[derive(Clone, Debug, Default)]
pub struct GameState {
    feeds: Vec<Arc<Heard>>,
    empty: Arc<Empty>,
    game: Memo<Game>,
    colors: [Memo<TeamColor>; 2],
}

/// What a snapshot shows where no feed said anything: always the same pointers.
#[derive(Debug, Default)]
struct Empty {
    stats: Arc<Stats>,
    zones: Arc<Zones>,
    by_period: Arc<Vec<PeriodScore>>,
    players: Arc<Vec<Player>>,
    on_court: Arc<Vec<crate::ids::PlayerId>>,
    shots: Arc<Vec<Shot>>,
    plays: Arc<Vec<Arc<Play>>>,
}

/// A merged part that the first view after a change makes, and all later views of this state and its clones share.
///
/// It depends on the rules, which the fold does not know. It only spares allocations: with or without it a view shows
/// the same.
#[derive(Clone, Debug)]
struct Memo<T>(Arc<OnceLock<Arc<T>>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: PartialEq> Memo<T> {
    /// `value`, behind the pointer that was given out before if that has the same content.
    fn share(&self, value: T) -> Arc<T> {
        match self.0.get() {
            Some(known) if **known == value => known.clone(),
            Some(_) => Arc::new(value),
            None => {
                let value = Arc::new(value);
                self.0.get_or_init(|| value.clone());
                value
            }
        }
    }
}

impl GameState {
    /// Takes one event of a feed, in effect from `at`. Events of one feed come in the order in which they were received.
    pub fn apply(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, event: &Event) {
        match event {
            Event::Game(_) => self.game = Memo::default(),
            Event::Teams { .. } | Event::JerseyColors(_) => self.colors = Default::default(),
            _ => {}
        }
        self.heard(feed, kind).apply(at, event);
    }

    /// Counts a message of the game that arrived at `at`, and the parts of it that were not understood.
    pub fn received(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, oddities: u32) {
        let heard = self.heard(feed, kind);
        heard.last = heard.last.max(Some(at));
        heard.messages += 1;
        heard.skipped += u64::from(oddities);
    }

    /// Counts something of a feed that was not understood at all, or was no message.
    pub fn skipped(&mut self, feed: &FeedId, kind: FeedKind) {
        self.heard(feed, kind).skipped += 1;
    }

    /// Notes a heartbeat, pong or other sign of life that carries no facts.
    pub fn alive(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind) {
        let heard = self.heard(feed, kind);
        heard.last = heard.last.max(Some(at));
    }

    /// Notes that a feed's connection came up or went down. Makes the feed known even before it says anything.
    pub fn link(&mut self, _at: Timestamp, feed: &FeedId, kind: FeedKind, link: Link) {
        self.heard(feed, kind).link = link;
    }

    fn heard(&mut self, feed: &FeedId, kind: FeedKind) -> &mut Heard {
        let index = match self.feeds.binary_search_by(|heard| heard.id.cmp(feed)) {
            Ok(index) => index,
            Err(index) => {
                self.feeds.insert(index, Arc::new(Heard::new(feed.clone(), kind)));
                index
            }
        };
        Arc::make_mut(&mut self.feeds[index])
    }
}
