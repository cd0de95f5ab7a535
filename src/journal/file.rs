//! The journal as files: JSON Lines, one entry a line, appended by a thread of its own.
//!
//! In: entries, in order. Out: the files of `segments`. A last line that a crash left unfinished is cut when the journal
//! is opened again, and skipped when it is read. Writing never makes the state task wait: when the disk does not take
//! entries they wait in memory, at last they are lost and counted, and on air goes on; see [`Health`].

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use crossbeam_channel::Sender;

use super::disk::{self, Disk, Job};
use super::health::Health;
use super::{Entry, Seq, Start, reader};

pub use super::reader::{Glance, Reader, read, read_from};
pub use super::segments::{Place, discard, put_away};

/// Entries that may wait for the writing thread: several seconds of every feed at its densest. When full, the entry is
/// counted lost.
const QUEUE_ENTRIES: usize = 4096;

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot open the journal {path:?}; check the folder and its permissions")]
    Open {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("another program is writing the journal {path:?}: end that show, or give this one a journal of its own")]
    InUse { path: PathBuf },
    #[error(
        "{path:?} is no journal: its first line is no entry; name another file as the journal, or move this one away"
    )]
    NotAJournal { path: PathBuf },
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

/// How a journal is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// A file of at least this length is put aside, and another begun.
    pub segment_bytes: u64,
    /// Packs files that were put aside.
    pub pack: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 * 1024 * 1024, pack: true }
    }
}

/// Appends entries to a journal. Dropped or closed, it writes what is waiting and ends its thread.
#[derive(Debug)]
pub struct Writer {
    queue: Option<Sender<Job>>,
    health: Arc<Health>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Opens a journal for appending, creating it and its folder, and cuts a torn last line.
    ///
    /// # Errors
    /// Where that cannot be done: for recordings, which are worth nothing without their journal.
    pub fn open(path: &Path) -> Result<Opened, JournalError> {
        let open_error = |cause| JournalError::Open { path: path.to_owned(), cause };
        refuse_others(path)?;
        let health = Arc::new(Health::default());
        let mut disk = Disk::new(path, Options::default(), health.clone(), disk::append());
        disk.open().map_err(|cause| in_use(path, &cause).unwrap_or_else(|| open_error(cause)))?;
        let (last, start) = ends(path)?;
        let writer = Self::start(disk, health).map_err(open_error)?;
        Ok(Opened { writer, last, start })
    }

    /// The same for a show, which goes on air all the same: what is wrong is told by [`Writer::health`], and tried again.
    ///
    /// # Errors
    /// Only when the file is something else than a journal, when another program is writing it, or when the machine has no
    /// thread left.
    pub fn open_on_air(path: &Path, options: Options) -> Result<Opened, JournalError> {
        let open_error = |cause| JournalError::Open { path: path.to_owned(), cause };
        refuse_others(path)?;
        let health = Arc::new(Health::default());
        let mut disk = Disk::new(path, options, health.clone(), disk::append());
        if let Err(cause) = disk.open() {
            if let Some(in_use) = in_use(path, &cause) {
                return Err(in_use);
            }
            disk.fail(&cause, Instant::now());
        }
        let (last, start) = ends(path).unwrap_or_else(|cause| {
            tracing::error!("the show does not know what it was before: {cause}");
            (0, None)
        });
        let writer = Self::start(disk, health).map_err(open_error)?;
        Ok(Opened { writer, last, start })
    }

    fn start(mut disk: Disk, health: Arc<Health>) -> io::Result<Self> {
        let (queue, jobs) = crossbeam_channel::bounded(QUEUE_ENTRIES);
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || disk.serve(&jobs))?;
        Ok(Self { queue: Some(queue), health, thread: Some(thread) })
    }

    /// Hands an entry to the writing thread; never waits.
    pub fn append(&self, entry: Entry) {
        let Some(queue) = &self.queue else { return };
        if queue.try_send(Job::Entry(entry)).is_err() {
            self.health.count_lost(1);
        }
    }

    /// The same for whoever makes a journal faster than in real time: waits for room in the queue.
    pub fn append_patiently(&self, entry: Entry) {
        self.send(Job::Entry(entry));
    }

    /// Has a checkpoint written as [`Writer::checkpoint`] does; waits for room in the queue.
    pub fn checkpoint_patiently(&self, state: Vec<u8>) {
        self.send(Job::Checkpoint(state));
    }

    fn send(&self, job: Job) {
        if let Some(queue) = &self.queue
            && queue.send(job).is_err()
        {
            // The thread has ended by a panic, which has been printed.
            self.health.count_lost(1);
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

    /// Has a journal begun in place of one that was taken away: what is appended from now on is its beginning, and whatever
    /// still waits to be written is in that. False where there is no room for it now.
    pub fn begin_anew(&self) -> bool {
        self.queue.as_ref().is_some_and(|queue| queue.try_send(Job::BeginAnew).is_ok())
    }

    /// How the writing goes, for the status.
    pub fn health(&self) -> Arc<Health> {
        self.health.clone()
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

/// The number of the last entry, and how the journal began; an empty one, or none, has neither.
/// Nothing is appended to a file that is something else: it may be anybody's.
fn refuse_others(path: &Path) -> Result<(), JournalError> {
    if !super::segments::is_readable_file(path) {
        return Ok(());
    }
    let first = read_from(path, Place { segment: super::segments::current(path).unwrap_or(1), offset: 0 });
    match first.ok().and_then(|mut entries| entries.next()) {
        Some(Err(JournalError::Line { .. })) => Err(JournalError::NotAJournal { path: path.to_owned() }),
        _ => Ok(()),
    }
}

fn in_use(path: &Path, cause: &io::Error) -> Option<JournalError> {
    (cause.kind() == io::ErrorKind::ResourceBusy).then(|| JournalError::InUse { path: path.to_owned() })
}

fn ends(path: &Path) -> Result<(Seq, Option<Start>), JournalError> {
    let is_missing = |error: &JournalError| matches!(error, JournalError::Open { cause, .. } if cause.kind() == io::ErrorKind::NotFound);
    match reader::last(path) {
        Ok(Some(last)) => Ok((last.seq, reader::start(path)?)),
        Ok(None) => Ok((0, None)),
        Err(error) if is_missing(&error) => Ok((0, None)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::content::ContentHash;
    use super::*;
    use crate::ids::FeedKind;
    use crate::journal::Body;
    use crate::status::Link;
    use crate::time::{FrameIndex, Timestamp};

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
                    resumed: false,
                },
            },
            Entry {
                seq: 4,
                at: Timestamp::from_millis(6),
                body: Body::Frame { index: FrameIndex(9), after: Some(FrameIndex(7)), upto: 3 },
            },
            Entry { seq: 5, at: Timestamp::from_millis(7), body: Body::Content(b"\x89PNG\xff".as_slice().into()) },
            Entry {
                seq: 6,
                at: Timestamp::from_millis(8),
                body: Body::Templates([("logo.png".to_owned(), ContentHash::of(b"\x89PNG\xff"))].into()),
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

    #[test]
    fn a_torn_end_is_cut_whichever_file_it_is_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("show.journal");
        let Opened { writer, .. } = Writer::open(&path).expect("opens");
        (1..=4).for_each(|seq| writer.append(received(seq, b"{}")));
        writer.close();
        let whole = fs::read(&path).expect("reads");
        let half = whole.len() / 2;
        // Two entries were put aside; of the next two some bytes were written.
        fs::write(folder.path().join("show.journal.000001"), &whole[..half]).expect("writes");
        for written in half..=whole.len() {
            fs::write(&path, &whole[half..written]).expect("writes");
            let there = (written - half) / (half / 2);
            assert_eq!(all(&path).len(), 2 + there, "read with {written} bytes");
            let Opened { writer, last, .. } = Writer::open(&path).expect("opens");
            assert_eq!(last, 2 + there as Seq, "opened with {written} bytes");
            writer.append(received(last + 1, b"[]"));
            writer.close();
            assert_eq!(all(&path).last(), Some(&received(last + 1, b"[]")), "written on after {written} bytes");
            assert_eq!(all(&path).len(), 3 + there);
        }
        // The machine itself went down, and the file put aside lost its end: what comes after it is still read.
        fs::write(folder.path().join("show.journal.000001"), &whole[..half - 3]).expect("writes");
        fs::write(&path, &whole[half..]).expect("writes");
        let seqs: Vec<Seq> = all(&path).iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [1, 3, 4]);
    }

    #[test]
    fn a_file_that_is_no_journal_is_left_alone_and_one_that_is_being_written_is_not_written_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = folder.path().join("notes.txt");
        fs::write(&notes, "call the truck\nat six\n").expect("writes");
        for opened in [Writer::open(&notes), Writer::open_on_air(&notes, Options::default())] {
            assert!(matches!(opened, Err(JournalError::NotAJournal { .. })));
        }
        assert_eq!(fs::read_to_string(&notes).expect("reads"), "call the truck\nat six\n");
        let path = folder.path().join("show.journal");
        let first = Writer::open_on_air(&path, Options::default()).expect("opens").writer;
        for opened in [Writer::open(&path), Writer::open_on_air(&path, Options::default())] {
            assert!(matches!(opened, Err(JournalError::InUse { .. })));
        }
        first.close();
        assert!(Writer::open_on_air(&path, Options::default()).is_ok(), "it is free again");
    }

    #[test]
    fn a_show_goes_on_air_without_a_place_to_write_and_says_so() {
        let Opened { writer, last, start } =
            Writer::open_on_air(Path::new("/proc/nowhere/show.journal"), Options::default()).expect("has a thread");
        assert_eq!((last, start), (0, None));
        assert!(writer.health().trouble().is_some());
        writer.append(received(1, b"{}"));
        let health = writer.health();
        writer.close();
        assert_eq!(health.lost(), 1);
    }
}
