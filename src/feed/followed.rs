//! Which game each feed has turned out to follow, where the show does not name one.
//!
//! In: the game, from whoever decodes the feed's messages. Out: the same, to the feed's client, which knows nothing of games and
//! fetches a document of this one. Clones are the same record. It decides nothing: without a word it has no game.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ids::{FeedId, GameId};

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Followed(Arc<Mutex<BTreeMap<FeedId, GameId>>>);

impl Followed {
    /// Notes the game that a feed follows; the same again is no news.
    pub fn note(&self, feed: &FeedId, game: &GameId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.get(feed) != Some(game) {
            known.insert(feed.clone(), game.clone());
        }
    }

    /// The vendor's id of the game; `None` until the stream has told of one that is followed.
    pub(super) fn game(&self, feed: &FeedId) -> Option<GameId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(feed).cloned()
    }
}
