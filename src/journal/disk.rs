//! What the journal's thread does: puts lines into the file, puts full files aside, and lives through a disk that does
//! not take them.
//!
//! In: entries and checkpoints, in order. Out: whole lines in the journal's files, and its [`Health`]. When a write fails
//! (the disk is full, or gone, or not ours to write on) lines are kept in memory and tried again once a second, in a file
//! opened anew; a line of which a part was written is cut and written again. Only when the memory for that is full are
//! entries lost, and counted. A file that was taken away is followed by one that begins anew and can be replayed alone; for
//! that its state is asked for. It never makes anybody wait and never ends the show.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::file::Options;
use super::health::Health;
use super::pack::Packer;
use super::segments::{self, Place};
use super::{Entry, checkpoint, line};

/// Lines may stay in memory for this long, and this many bytes.
const FLUSH_EVERY: Duration = Duration::from_millis(250);
const FLUSH_BYTES: usize = 256 * 1024;

/// Lines kept while they cannot be written: some ten minutes of a game with positions. An entry for which there is no room
/// is lost.
const MOST_WAITING_BYTES: usize = 64 * 1024 * 1024;

/// A disk that failed is tried again after this.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often it is looked whether the file is still there: it may be removed, or be on a disk that is pulled.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Between two steps of packing, so that it takes a small part of one core.
const PACK_EVERY: Duration = Duration::from_millis(20);

/// What the thread is asked to do, in order.
#[derive(Debug)]
pub(super) enum Job {
    Entry(Entry),
    Checkpoint(Vec<u8>),
    /// What follows is the beginning of a journal in place of the one that was taken away.
    BeginAnew,
}

/// Opens a file for appending; tests put a disk in its place that fills up.
pub(super) type Append = Box<dyn Fn(&Path) -> io::Result<Box<dyn Write + Send>> + Send>;

pub(super) fn append() -> Append {
    Box::new(|path| {
        let file = OpenOptions::new().append(true).open(path)?;
        // Two shows in one journal would number over each other. Held until the file is closed, or the program is gone;
        // where a file system knows no locks, nobody is kept out.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another program is writing it"));
        }
        Ok(Box::new(file))
    })
}

/// The thread's own.
pub(super) struct Disk {
    journal: PathBuf,
    options: Options,
    health: Arc<Health>,
    append: Append,
    /// The file being written; `None` until it is opened, and after a failure.
    out: Option<Box<dyn Write + Send>>,
    segment: u32,
    /// Bytes of whole lines in the file.
    written: u64,
    /// Whole lines on their way to the file.
    waiting: Vec<u8>,
    /// How many bytes may wait: [`MOST_WAITING_BYTES`].
    most_waiting: usize,
    packer: Packer,
    /// When to write what waits; after a failure, when to try again.
    flush_at: Instant,
    pack_at: Instant,
    look_at: Instant,
    failing: bool,
    checkpoint_failing: bool,
    /// The file was taken away, and what waits is no beginning of another: it is not written until that comes.
    awaits_beginning: bool,
}

impl Disk {
    /// Writes nothing yet.
    pub(super) fn new(journal: &Path, options: Options, health: Arc<Health>, append: Append) -> Self {
        let now = Instant::now();
        Self {
            journal: journal.to_owned(),
            options,
            health,
            append,
            out: None,
            segment: 1,
            written: 0,
            waiting: Vec::new(),
            most_waiting: MOST_WAITING_BYTES,
            packer: Packer::new(journal),
            flush_at: now,
            pack_at: now,
            look_at: now,
            failing: false,
            checkpoint_failing: false,
            awaits_beginning: false,
        }
    }

    /// Opens the file, creating it and its folder; cuts a torn last line.
    pub(super) fn open(&mut self) -> io::Result<()> {
        if let Some(folder) = self.journal.parent() {
            fs::create_dir_all(folder)?;
        }
        let length = segments::cut(&self.journal)?;
        let is_shorter = length < self.written;
        self.written = length;
        if is_shorter {
            self.lose();
        }
        self.segment = segments::current(&self.journal)?;
        self.out = Some((self.append)(&self.journal)?);
        Ok(())
    }

    /// Asks for the beginning of another journal, from which alone that can be replayed. What was written is gone with the
    /// file; what waits goes on from there, and would mean nothing by itself.
    fn lose(&mut self) {
        tracing::error!("the journal {:?} was taken away; another is begun in its place", self.journal);
        self.awaits_beginning = true;
        self.health.wish_for_beginning();
    }

    fn begin_anew(&mut self) {
        // It is in the state with which the other journal begins, and the message itself is in no file.
        self.health.count_lost(self.waiting_lines());
        self.waiting.clear();
        self.awaits_beginning = false;
        if let Err(cause) = checkpoint::remove(&self.journal) {
            tracing::warn!("the checkpoint of {:?} is of a journal that is gone: {cause}", self.journal);
        }
    }

    fn waiting_lines(&self) -> u64 {
        self.waiting.iter().filter(|byte| **byte == b'\n').count() as u64
    }

    /// Serves until every sender is gone; then writes what waits.
    pub(super) fn serve(&mut self, jobs: &Receiver<Job>) {
        loop {
            match jobs.recv_timeout(self.next_step().saturating_duration_since(Instant::now())) {
                Ok(job) => self.take(job),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.tend(Instant::now());
        }
        // Nobody is left who could begin another: what is there is better than nothing.
        self.awaits_beginning = false;
        self.flush(Instant::now());
        self.health.count_lost(self.waiting_lines());
    }

    fn next_step(&self) -> Instant {
        if self.options.pack && !self.packer.is_idle() { self.flush_at.min(self.pack_at) } else { self.flush_at }
    }

    pub(super) fn take(&mut self, job: Job) {
        match job {
            Job::Entry(entry) => self.enter(&entry),
            Job::Checkpoint(state) => self.checkpoint(&state),
            Job::BeginAnew => self.begin_anew(),
        }
    }

    fn enter(&mut self, entry: &Entry) {
        let before = self.waiting.len();
        // An entry is plain data, which is always JSON; were it not, there would be nothing to write.
        let is_line = line::write(entry, &mut self.waiting).is_ok();
        let has_room = before == 0 || self.waiting.len() <= self.most_waiting;
        if !is_line || !has_room {
            self.waiting.truncate(before);
            self.health.count_lost(1);
        }
    }

    fn checkpoint(&mut self, state: &[u8]) {
        if !self.failing {
            self.flush(Instant::now());
        }
        if self.failing || self.awaits_beginning {
            return;
        }
        let place = Place { segment: self.segment, offset: self.written };
        let result = checkpoint::write(&self.journal, place, state);
        if let Err(cause) = &result
            && !self.checkpoint_failing
        {
            tracing::warn!("no checkpoint beside {:?}, a restart will take longer: {cause}", self.journal);
        }
        self.checkpoint_failing = result.is_err();
    }

    /// Does what is due by `now`.
    pub(super) fn tend(&mut self, now: Instant) {
        if now >= self.flush_at || (self.waiting.len() >= FLUSH_BYTES && !self.failing) {
            self.flush(now);
        }
        if self.options.pack && now >= self.pack_at && !self.packer.is_idle() {
            self.pack_at = now + PACK_EVERY;
            if let Err(cause) = self.packer.step() {
                tracing::warn!("a part of the journal {:?} stays unpacked: {cause}", self.journal);
            }
        }
    }

    fn flush(&mut self, now: Instant) {
        self.flush_at = now + FLUSH_EVERY;
        if now >= self.look_at {
            self.look_at = now + LOOK_EVERY;
            self.look();
        }
        let result = self.write_waiting().and_then(|()| self.put_aside());
        match result {
            Ok(()) if self.failing => {
                self.failing = false;
                self.health.set_trouble(None);
                tracing::info!("the journal {:?} is written again", self.journal);
            }
            Ok(()) => {}
            Err(cause) => self.fail(&cause, now),
        }
    }

    /// Shouts, once for each outage.
    pub(super) fn fail(&mut self, cause: &io::Error, now: Instant) {
        self.out = None;
        self.flush_at = now + TRY_AGAIN_AFTER;
        if !self.failing {
            tracing::error!("the journal {:?} cannot be written, the show goes on without it: {cause}", self.journal);
        }
        self.failing = true;
        self.health.set_trouble(Some(cause.to_string()));
    }

    /// Has the file opened anew where it is not the one that was written: writes to a removed file succeed.
    fn look(&mut self) {
        let is_ours = match fs::metadata(&self.journal) {
            Ok(about) => !about.is_file() || about.len() >= self.written,
            Err(_) => false,
        };
        if !is_ours {
            self.out = None;
        }
    }

    fn write_waiting(&mut self) -> io::Result<()> {
        if self.out.is_none() {
            self.open()?;
        }
        let Some(out) = self.out.as_mut().filter(|_| !self.awaits_beginning) else { return Ok(()) };
        let mut taken = 0;
        let result = loop {
            if taken == self.waiting.len() {
                break Ok(());
            }
            match out.write(&self.waiting[taken..]) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(bytes) => taken += bytes,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => break Err(cause),
            }
        };
        // A line of which a part was taken stays: the file is cut before it when it is opened again.
        let whole = self.waiting[..taken].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        self.waiting.drain(..whole);
        self.written += whole as u64;
        result
    }

    /// Puts a full file aside; the next line begins another.
    fn put_aside(&mut self) -> io::Result<()> {
        if self.written < self.options.segment_bytes || !segments::is_readable_file(&self.journal) {
            return Ok(());
        }
        self.out = None;
        fs::rename(&self.journal, segments::aside(&self.journal, self.segment))?;
        self.written = 0;
        self.packer.push(self.segment);
        self.open()
    }
}

#[cfg(test)]
mod tests;
