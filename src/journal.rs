//! The one ordered record of whatever can change a picture.
//!
//! In: messages as feeds received them, changes of a feed's link, commands, frame marks, in the order they happened.
//! Out: the same, numbered. State is a fold over entries, so a recording, a replay, a crash recovery and the audit log
//! are this one mechanism. Entries hold no secrets: feeds strip tokens before they hand a message over.

pub mod file;

use bytes::Bytes;

use crate::command::Command;
use crate::ids::{FeedId, FeedKind};
use crate::status::Link;
use crate::time::{FrameIndex, FrameRate, Timestamp};

/// Position in a journal; the first entry has 1, so that 0 means "before anything".
pub type Seq = u64;

/// One line of a journal.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub seq: Seq,
    pub at: Timestamp,
    pub body: Body,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    /// First entry of a run of the show: frame indices count from `epoch`.
    Start {
        epoch: Timestamp,
        rate: FrameRate,
    },
    /// A message exactly as received.
    Received {
        feed: FeedId,
        kind: FeedKind,
        bytes: Bytes,
    },
    /// A heartbeat, pong or other sign of life that carries no facts.
    Alive {
        feed: FeedId,
        kind: FeedKind,
    },
    /// Bytes that a feed received and could not be a message.
    Skipped {
        feed: FeedId,
        kind: FeedKind,
        bytes: u64,
        why: String,
    },
    /// A feed's connection came up, went down, or could not be made (`why` is a sentence without secrets).
    Link {
        feed: FeedId,
        kind: FeedKind,
        link: Link,
        why: Option<String>,
    },
    Command(Command),
    /// From frame `index` on, playout draws the state up to and including entry `upto`.
    Frame {
        index: FrameIndex,
        upto: Seq,
    },
}
