//! The journal as a file: JSON Lines, one entry a line, appended by a thread of its own.
//!
//! A message that is UTF-8 stands as text, another as base64, so the bytes come back as they were received. A last line
//! that a crash left unfinished is cut when the file is opened again, and skipped when it is read. Writing never makes
//! the state task wait: when the disk is slower than the queue is long, entries are lost and counted, and on air goes on.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use serde::{Deserialize, Serialize};

use super::{Body, Entry, Seq, Start};
use crate::command::Command;
use crate::ids::{FeedId, FeedKind};
use crate::status::Link;
use crate::time::{FrameIndex, Timestamp};

/// Entries that may wait for the disk: several seconds of every feed at its densest. When full, the entry is counted
/// lost.
const QUEUE_ENTRIES: usize = 4096;

/// How long written entries may sit in memory.
const FLUSH_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot open the journal {path:?}; check the folder and its permissions")]
    Open {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("cannot read the journal {path:?}")]
    Read {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("line {line} of the journal {path:?} is not an entry: {cause}")]
    Line {
        path: PathBuf,
        line: usize,
        #[source]
        cause: serde_json::Error,
    },
    #[error("line {line} of the journal {path:?} holds bytes that are not base64")]
    Bytes { path: PathBuf, line: usize },
}

/// Appends entries to a file. Dropped or closed, it writes what is waiting and ends its thread.
#[derive(Debug)]
pub struct Writer {
    queue: Option<Sender<Job>>,
    lost: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens the file for appending, creating it and its folder, and cuts a torn last line.
    pub fn open(path: &Path) -> Result<Opened, JournalError> {
        let open_error = |cause| JournalError::Open { path: path.to_owned(), cause };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(open_error)?;
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(open_error)?;
        let whole = whole_length(&mut file, u64::MAX).map_err(open_error)?;
        file.set_len(whole).map_err(open_error)?;
        let last = if whole == 0 {
            0
        } else {
            let before_last = whole_length(&mut file, whole - 1).map_err(open_error)?;
            read_from(path, before_last)?.next().transpose()?.map_or(0, |entry| entry.seq)
        };
        let first = read(path)?.next().transpose()?;
        let start = first.and_then(|entry| match entry.body {
            Body::Start(start) => Some(start),
            _ => None,
        });
        file.seek(SeekFrom::End(0)).map_err(open_error)?;
        let (queue, jobs) = crossbeam_channel::bounded(QUEUE_ENTRIES);
        let lost = Arc::new(AtomicU64::new(0));
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn({
                let mut disk = Disk { path: path.to_owned(), offset: whole, lost: lost.clone(), failing: false };
                move || disk.serve(file, &jobs)
            })
            .map_err(open_error)?;
        Ok(Opened { writer: Writer { queue: Some(queue), lost, thread: Some(thread) }, last, start })
    }

    /// Hands an entry to the writing thread; never waits.
    pub fn append(&self, entry: Entry) {
        let Some(queue) = &self.queue else { return };
        if queue.try_send(Job::Entry(entry)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Has a checkpoint of everything appended so far written beside the journal; never waits. One that cannot be
    /// written costs a restart some time and nothing else.
    pub fn checkpoint(&self, state: Vec<u8>) {
        if let Some(queue) = &self.queue {
            // A full queue is counted by the entries that it refuses.
            let _ = queue.try_send(Job::Checkpoint(state));
        }
    }

    /// Counts entries that could not be written: the queue was full or the disk refused them.
    pub fn lost(&self) -> Arc<AtomicU64> {
        self.lost.clone()
    }

    /// Writes what is waiting and returns when it is on its way to the disk.
    pub fn close(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the writing thread has been printed by its own hook; there is nothing to add.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A journal that is open for writing, and what was in it.
#[derive(Debug)]
pub struct Opened {
    pub writer: Writer,
    /// Number of the last whole entry; 0 for an empty journal.
    pub last: Seq,
    /// How the journal began; `None` for an empty one.
    pub start: Option<Start>,
}

/// What the writing thread is asked to do, in order.
#[derive(Debug)]
enum Job {
    Entry(Entry),
    Checkpoint(Vec<u8>),
}

/// The writing thread's own.
struct Disk {
    path: PathBuf,
    /// Bytes of whole entries in the file, those on their way included.
    offset: u64,
    lost: Arc<AtomicU64>,
    failing: bool,
}

impl Disk {
    fn serve(&mut self, file: File, jobs: &Receiver<Job>) {
        let mut out = BufWriter::with_capacity(256 * 1024, file);
        let mut line = Vec::new();
        loop {
            match jobs.recv_timeout(FLUSH_EVERY) {
                Ok(Job::Entry(entry)) => {
                    let written = self.write_line(&mut out, &entry, &mut line);
                    self.attend(written, 1);
                }
                Ok(Job::Checkpoint(state)) => {
                    let written = out.flush().and_then(|()| super::checkpoint::write(&self.path, self.offset, &state));
                    self.attend(written, 0);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let written = out.flush();
                    self.attend(written, 0);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let written = out.flush();
                    return self.attend(written, 0);
                }
            }
        }
    }

    fn write_line(&mut self, out: &mut impl Write, entry: &Entry, line: &mut Vec<u8>) -> io::Result<()> {
        line.clear();
        serde_json::to_writer(&mut *line, &Line::from(entry))?;
        line.push(b'\n');
        out.write_all(line)?;
        self.offset += line.len() as u64;
        Ok(())
    }

    fn attend(&mut self, result: io::Result<()>, entries_at_stake: u64) {
        match result {
            Ok(()) => self.failing = false,
            Err(cause) => {
                self.lost.fetch_add(entries_at_stake, Ordering::Relaxed);
                if !self.failing {
                    let path = &self.path;
                    tracing::error!("the journal {path:?} cannot be written, the show goes on without it: {cause}");
                }
                self.failing = true;
            }
        }
    }
}

/// Bytes up to and including the last newline before `limit`.
fn whole_length(file: &mut File, limit: u64) -> io::Result<u64> {
    const STEP: u64 = 64 * 1024;
    let mut end = file.seek(SeekFrom::End(0))?.min(limit);
    let mut piece = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        piece.resize((end - start) as usize, 0);
        io::Read::read_exact(file, &mut piece)?;
        if let Some(newline) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The entries of a journal in order. A torn last line is left out; a wrong line elsewhere is an error.
pub fn read(path: &Path) -> Result<Reader, JournalError> {
    read_from(path, 0)
}

/// The same from a byte of the file, at which an entry begins. Lines are then counted from there.
pub fn read_from(path: &Path, offset: u64) -> Result<Reader, JournalError> {
    let open_error = |cause| JournalError::Open { path: path.to_owned(), cause };
    let mut file = File::open(path).map_err(open_error)?;
    file.seek(SeekFrom::Start(offset)).map_err(open_error)?;
    Ok(Reader { path: path.to_owned(), lines: BufReader::with_capacity(256 * 1024, file), line: 0 })
}

/// Reads entries one after another.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    lines: BufReader<File>,
    line: usize,
}

impl Iterator for Reader {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = Vec::new();
        match self.lines.read_until(b'\n', &mut text) {
            Err(cause) => return Some(Err(JournalError::Read { path: self.path.clone(), cause })),
            Ok(0) => return None,
            Ok(_) if text.last() != Some(&b'\n') => return None,
            Ok(_) => {}
        }
        self.line += 1;
        let entry = match serde_json::from_slice::<Line>(&text) {
            Err(cause) => Err(JournalError::Line { path: self.path.clone(), line: self.line, cause }),
            Ok(line) => line.into_entry().ok_or(JournalError::Bytes { path: self.path.clone(), line: self.line }),
        };
        Some(entry)
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
    },
    Command {
        command: Command,
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

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Self {
        let body = match entry.body.clone() {
            Body::Start(start) => LineBody::Start(start),
            Body::Received { feed, kind, bytes } => {
                let (text, base64) = match std::str::from_utf8(&bytes) {
                    Ok(text) => (Some(text.to_owned()), None),
                    Err(_) => (None, Some(BASE64.encode(&bytes))),
                };
                LineBody::Received { feed, kind, text, base64 }
            }
            Body::Alive { feed, kind } => LineBody::Alive { feed, kind },
            Body::Skipped { feed, kind, bytes, why } => LineBody::Skipped { feed, kind, bytes, why },
            Body::Link { feed, kind, link, why } => LineBody::Link { feed, kind, link, why },
            Body::Command(command) => LineBody::Command { command },
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
                let bytes = match base64 {
                    Some(base64) => Bytes::from(BASE64.decode(base64).ok()?),
                    None => Bytes::from(text.unwrap_or_default()),
                };
                Body::Received { feed, kind, bytes }
            }
            LineBody::Alive { feed, kind } => Body::Alive { feed, kind },
            LineBody::Skipped { feed, kind, bytes, why } => Body::Skipped { feed, kind, bytes, why },
            LineBody::Link { feed, kind, link, why } => Body::Link { feed, kind, link, why },
            LineBody::Command { command } => Body::Command(command),
            LineBody::Due => Body::Due,
            LineBody::Frame { index, after, upto } => Body::Frame { index, after, upto },
        };
        Some(Entry { seq: self.seq, at: self.at, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(seq: Seq, bytes: &'static [u8]) -> Entry {
        let body = Body::Received { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes: bytes.into() };
        Entry { seq, at: Timestamp::from_millis(1_700_000_000_000 + seq as i64), body }
    }

    fn all(path: &Path) -> Vec<Entry> {
        read(path).expect("opens").collect::<Result<_, _>>().expect("every line is an entry")
    }

    #[test]
    fn messages_come_back_byte_for_byte_whether_or_not_they_are_text() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/show.journal");
        let entries = vec![
            received(1, b"{\"a\": \"\\u00e9\"}"),
            received(2, b"\xff\x00 not text"),
            Entry {
                seq: 3,
                at: Timestamp::from_millis(5),
                body: Body::Link {
                    feed: "league".into(),
                    kind: FeedKind::NbaPushEvents,
                    link: Link::Down,
                    why: Some("refused".into()),
                },
            },
            Entry {
                seq: 4,
                at: Timestamp::from_millis(6),
                body: Body::Frame { index: FrameIndex(9), after: Some(FrameIndex(7)), upto: 3 },
            },
        ];
        let Opened { writer, last, .. } = Writer::open(&path).expect("opens");
        assert_eq!(last, 0);
        entries.iter().cloned().for_each(|entry| writer.append(entry));
        writer.close();
        assert_eq!(all(&path), entries);
    }

    #[test]
    fn a_torn_last_line_is_cut_and_writing_goes_on_after_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("show.journal");
        let Opened { writer, .. } = Writer::open(&path).expect("opens");
        writer.append(received(1, b"{}"));
        writer.append(received(2, b"{}"));
        writer.close();
        let whole = fs::read(&path).expect("reads");
        for torn_at in whole.len() / 2 + 1..whole.len() {
            fs::write(&path, &whole[..torn_at]).expect("writes");
            assert_eq!(all(&path), [received(1, b"{}")], "cut at {torn_at}");
            let Opened { writer, last, .. } = Writer::open(&path).expect("opens");
            assert_eq!(last, 1);
            writer.append(received(2, b"[]"));
            writer.close();
            assert_eq!(all(&path), [received(1, b"{}"), received(2, b"[]")], "cut at {torn_at}");
        }
    }

    #[test]
    fn an_unwritable_place_is_named() {
        let message = Writer::open(Path::new("/proc/nowhere/show.journal")).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("/proc/nowhere/show.journal"), "{message}");
    }
}
