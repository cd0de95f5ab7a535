//! An entry as a line of the journal's file: JSON, one object a line.
//!
//! A message that is UTF-8 stands as text, another as base64, so the bytes come back as they were received. Pure.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::content::Manifest;
use super::reader::Glance;
use super::{Body, Entry, Seq, Start};
use crate::command::Command;
use crate::ids::{FeedId, FeedKind};
use crate::status::Link;
use crate::time::{FrameIndex, Timestamp};

/// Why a line is no entry.
#[derive(Debug)]
pub(super) enum Bad {
    Json(serde_json::Error),
    Base64,
}

/// Appends the entry's line, newline included.
pub(super) fn write(entry: &Entry, to: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    serde_json::to_writer(&mut *to, &Line::from(entry))?;
    to.push(b'\n');
    Ok(())
}

/// Reads a line, with or without its newline.
pub(super) fn read(line: &[u8]) -> Result<Entry, Bad> {
    // Nearly all lines are messages and marks, and the general form goes through serde's buffer of an unknown variant,
    // which copies their text once more. Whatever is written otherwise than we write it falls through to the general form.
    let short = if place_of(RECEIVED, line).is_some() {
        serde_json::from_slice::<Received>(line).ok().map(Line::from)
    } else if place_of(FRAME, line).is_some() {
        serde_json::from_slice::<Frame>(line).ok().map(Line::from)
    } else {
        None
    };
    let line = match short {
        Some(line) => line,
        None => serde_json::from_slice(line).map_err(Bad::Json)?,
    };
    line.into_entry().ok_or(Bad::Base64)
}

/// Reads a line as [`read`] does, but of a message only when it came: what it says is not looked at.
pub(super) fn glance(line: &[u8]) -> Result<Glance, Bad> {
    if let Some(end) = place_of(RECEIVED, line)
        && let Ok(When { at }) = serde_json::from_slice(&[&line[..end], b"}"].concat())
    {
        return Ok(Glance { at, body: None });
    }
    read(line).map(|entry| Glance { at: entry.at, body: Some(entry.body) })
}

const RECEIVED: &[u8] = br#","is":"received","#;
const FRAME: &[u8] = br#","is":"frame","#;
/// Two numbers of at most twenty digits stand before the kind.
const KIND_WITHIN: usize = 96;

/// Where a line that we wrote says that it is of this kind.
fn place_of(kind: &[u8], line: &[u8]) -> Option<usize> {
    line[..line.len().min(KIND_WITHIN)].windows(kind.len()).position(|window| window == kind)
}

#[derive(Deserialize)]
struct When {
    at: Timestamp,
}

/// [`LineBody::Received`] alone.
#[derive(Deserialize)]
struct Received {
    seq: Seq,
    at: Timestamp,
    feed: FeedId,
    kind: FeedKind,
    text: Option<String>,
    base64: Option<String>,
}

impl From<Received> for Line {
    fn from(line: Received) -> Self {
        let Received { seq, at, feed, kind, text, base64 } = line;
        Line { seq, at, body: LineBody::Received { feed, kind, text, base64 } }
    }
}

/// [`LineBody::Frame`] alone.
#[derive(Deserialize)]
struct Frame {
    seq: Seq,
    at: Timestamp,
    index: FrameIndex,
    after: Option<FrameIndex>,
    upto: Seq,
}

impl From<Frame> for Line {
    fn from(line: Frame) -> Self {
        let Frame { seq, at, index, after, upto } = line;
        Line { seq, at, body: LineBody::Frame { index, after, upto } }
    }
}

/// An entry as the file has it.
#[derive(Serialize, Deserialize)]
struct Line {
    seq: Seq,
    at: Timestamp,
    #[serde(flatten)]
    body: LineBody,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum LineBody {
    Start(Start),
    Received {
        feed: FeedId,
        kind: FeedKind,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        base64: Option<String>,
    },
    Alive {
        feed: FeedId,
        kind: FeedKind,
    },
    Skipped {
        feed: FeedId,
        kind: FeedKind,
        bytes: u64,
        why: String,
    },
    Link {
        feed: FeedId,
        kind: FeedKind,
        link: Link,
        why: Option<String>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        resumed: bool,
    },
    Command {
        command: Command,
    },
    Content {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        base64: Option<String>,
    },
    Templates {
        files: Manifest,
    },
    State {
        state: Box<serde_json::Value>,
    },
    Due,
    Frame {
        index: FrameIndex,
        after: Option<FrameIndex>,
        upto: Seq,
    },
}

/// As a line of the file: for entries that a checkpoint holds.
impl Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Line::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let line = Line::deserialize(deserializer)?;
        line.into_entry().ok_or_else(|| serde::de::Error::custom("an entry whose bytes are no base64"))
    }
}

/// Bytes as a line holds them: as text where they are text, else as base64.
fn written(bytes: &[u8]) -> (Option<String>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(BASE64.encode(bytes))),
    }
}

/// `None` when the base64 cannot be read.
fn as_written(text: Option<String>, base64: Option<String>) -> Option<Bytes> {
    match base64 {
        Some(base64) => BASE64.decode(base64).ok().map(Bytes::from),
        None => Some(Bytes::from(text.unwrap_or_default())),
    }
}

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Self {
        let body = match entry.body.clone() {
            Body::Start(start) => LineBody::Start(start),
            Body::Received { feed, kind, bytes } => {
                let (text, base64) = written(&bytes);
                LineBody::Received { feed, kind, text, base64 }
            }
            Body::Alive { feed, kind } => LineBody::Alive { feed, kind },
            Body::Skipped { feed, kind, bytes, why } => LineBody::Skipped { feed, kind, bytes, why },
            Body::Link { feed, kind, link, why, resumed } => LineBody::Link { feed, kind, link, why, resumed },
            Body::Command(command) => LineBody::Command { command },
            Body::Content(bytes) => {
                let (text, base64) = written(&bytes);
                LineBody::Content { text, base64 }
            }
            Body::Templates(files) => LineBody::Templates { files },
            Body::State(state) => LineBody::State { state },
            Body::Due => LineBody::Due,
            Body::Frame { index, after, upto } => LineBody::Frame { index, after, upto },
        };
        Line { seq: entry.seq, at: entry.at, body }
    }
}

impl Line {
    /// `None` when a message's base64 cannot be read.
    fn into_entry(self) -> Option<Entry> {
        let body = match self.body {
            LineBody::Start(start) => Body::Start(start),
            LineBody::Received { feed, kind, text, base64 } => {
                Body::Received { feed, kind, bytes: as_written(text, base64)? }
            }
            LineBody::Alive { feed, kind } => Body::Alive { feed, kind },
            LineBody::Skipped { feed, kind, bytes, why } => Body::Skipped { feed, kind, bytes, why },
            LineBody::Link { feed, kind, link, why, resumed } => Body::Link { feed, kind, link, why, resumed },
            LineBody::Command { command } => Body::Command(command),
            LineBody::Content { text, base64 } => Body::Content(as_written(text, base64)?),
            LineBody::Templates { files } => Body::Templates(files),
            LineBody::State { state } => Body::State(state),
            LineBody::Due => Body::Due,
            LineBody::Frame { index, after, upto } => Body::Frame { index, after, upto },
        };
        Some(Entry { seq: self.seq, at: self.at, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(bytes: &'static [u8]) -> Entry {
        let body = Body::Received { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes: bytes.into() };
        Entry { seq: 7, at: Timestamp::from_millis(1_700_000_000_123), body }
    }

    fn written(entry: &Entry) -> Vec<u8> {
        let mut line = Vec::new();
        write(entry, &mut line).expect("an entry is JSON");
        line
    }

    #[test]
    fn a_message_comes_back_byte_for_byte_whatever_it_is() {
        for bytes in
            [&b"{\"a\": \"\\u00e9\\n\"}"[..], b"\xff\x00 not text", b"", b"line\nbreak", b",\"is\":\"received\","]
        {
            let entry = received(bytes);
            let line = written(&entry);
            assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1, "one line");
            assert_eq!(read(&line).ok().as_ref(), Some(&entry), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn the_short_way_to_a_message_reads_what_the_general_form_reads() {
        let line = written(&received(b"{\"x\":1}"));
        let general = serde_json::from_slice::<Line>(&line).expect("JSON").into_entry();
        assert!(general.is_some() && general == read(&line).ok());
        let mark = Body::Frame { index: FrameIndex(9), after: Some(FrameIndex(7)), upto: 6 };
        let line = written(&Entry { body: mark, ..received(b"") });
        let general = serde_json::from_slice::<Line>(&line).expect("JSON").into_entry();
        assert!(general.is_some() && general == read(&line).ok());
        let reordered = br#"{"is":"received","text":"{}","kind":"shottracker","feed":"f","at":5,"seq":1}"#;
        assert!(matches!(read(reordered).expect("reads").body, Body::Received { bytes, .. } if &bytes[..] == b"{}"));
    }

    #[test]
    fn a_glance_tells_when_a_message_came_and_all_of_what_is_no_message() {
        let message = received(b"{\"x\":1}");
        let glance = super::glance(&written(&message)).expect("reads");
        assert_eq!((glance.at, glance.body), (message.at, None));
        let mark = Entry { body: Body::Frame { index: FrameIndex(9), after: None, upto: 6 }, ..message };
        let glance = super::glance(&written(&mark)).expect("reads");
        assert_eq!((glance.at, glance.body), (mark.at, Some(mark.body)));
        assert!(matches!(super::glance(b"{}"), Err(Bad::Json(_))));
    }

    #[test]
    fn what_is_no_entry_is_told_apart_from_what_is_no_base64() {
        assert!(matches!(read(b"{}"), Err(Bad::Json(_))));
        let broken = br#"{"seq":1,"at":5,"is":"received","feed":"f","kind":"shottracker","base64":"%%"}"#;
        assert!(matches!(read(broken), Err(Bad::Base64)));
    }
}
