//! The one ordered record of whatever can change a picture.
//!
//! In: messages as feeds received them, changes of a feed's link, commands, frame marks, in the order they happened.
//! Out: the same, numbered. State is a fold over entries, so a recording, a replay, a crash recovery and the audit log
//! are this one mechanism. Entries hold no secrets: feeds strip tokens before they hand a message over.

pub mod checkpoint;
pub mod content;
mod disk;
pub mod file;
mod health;
mod line;
mod pack;
mod reader;
mod segments;

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::ids::{FeedId, FeedKind};
use crate::status::Link;
use crate::time::{FrameIndex, FrameRate, Timestamp};
use content::Manifest;

pub use health::Health;

/// Position in a journal; the first entry has 1, so that 0 means "before anything". Numbers rise from entry to entry; one
/// that is missing was left out by the show's settings, or could not be written.
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
    /// First entry of every run of the show.
    Start(Start),
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
    /// A feed's connection came up, went down, or could not be made (`why` is a sentence without secrets). `resumed`: it goes
    /// on where the last one ended.
    Link {
        feed: FeedId,
        kind: FeedKind,
        link: Link,
        why: Option<String>,
        resumed: bool,
    },
    Command(Command),
    /// The content of a file that a later entry names; each content is told once.
    Content(Bytes),
    /// From here on graphics are drawn from these templates: the files of their folder.
    Templates(Manifest),
    /// All that the entries before came to: a journal that begins in the middle of a show has it, and needs none of them.
    /// As a checkpoint has it.
    State(Box<serde_json::Value>),
    /// Nothing arrived: what was held back for a feed's delay has come due by now.
    Due,
    /// From frame `index` on, playout drew the state up to and including entry `upto`; the frame that it drew before
    /// was `after`. Frames between the two were skipped: playout was late.
    Frame {
        index: FrameIndex,
        after: Option<FrameIndex>,
        upto: Seq,
    },
}

/// What a replay has to know of the show.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Frame indices count from here; a show that is started again within its journal keeps the first run's.
    pub epoch: Timestamp,
    pub rate: FrameRate,
    /// The show file's text, and the folder that its paths are relative to.
    pub show: String,
    pub folder: PathBuf,
    /// The game that each feed follows, where that was known beforehand.
    pub follows: BTreeMap<FeedId, String>,
    /// Texts of the files that the show file names (rosters), by their paths as written there.
    #[serde(default)]
    pub files: BTreeMap<PathBuf, String>,
}
