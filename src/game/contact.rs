//! A feed as the operator has to know it: whether it is connected, when it was heard last, what is wrong with it.
//!
//! In: what a feed's client reports, at the moment at which it is received. Out: [`FeedHealth`] for any instant. Whatever a
//! feed's delay is, a dead connection is told at once: the delay lines data up with the picture, and this is neither. So it is
//! kept apart from what the feed has said (`heard`), and decides nothing of what is shown of the game.

use serde::{Deserialize, Serialize};

use crate::ids::{FeedId, FeedKind};
use crate::status::{FeedHealth, Link};
use crate::time::Timestamp;

use super::trouble::Trouble;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Contact {
    pub(super) id: FeedId,
    pub(super) kind: FeedKind,
    link: Link,
    /// When anything at all arrived, heartbeats included.
    last: Option<Timestamp>,
    pub(super) skipped: u64,
    pub(super) trouble: Trouble,
}

impl Contact {
    pub(super) fn new(id: FeedId, kind: FeedKind) -> Self {
        Self { id, kind, link: Link::default(), last: None, skipped: 0, trouble: Trouble::default() }
    }

    pub(super) fn hear(&mut self, at: Timestamp) {
        self.last = self.last.max(Some(at));
    }

    pub(super) fn connection(&mut self, link: Link, why: Option<&str>) {
        self.link = link;
        self.trouble.link(link, why);
    }

    /// `messages`: how many have been taken into the game.
    pub(super) fn health(&self, messages: u64, now: Timestamp) -> FeedHealth {
        FeedHealth {
            id: self.id.clone(),
            kind: self.kind,
            link: self.link,
            silent_millis: self.last.map(|last| now.since(last).as_millis() as u64),
            messages,
            skipped: self.skipped,
            reasons: self.trouble.reasons(self.kind, self.link, self.last, now),
            not_understood: self.trouble.not_understood.clone(),
        }
    }
}
