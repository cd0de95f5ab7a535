//! A journal read from one file to the next, as if it were one.
//!
//! In: the journal's name and a place to begin. Out: its entries in order. A torn last line is left out, also at the end
//! of a file that was put aside. A wrong line elsewhere is an error, and so is a file that cannot be read to its end;
//! reading may go on after either, with the next line or file. Files may be put aside and packed while they are read: each
//! is looked for when it is its turn.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::file::JournalError;
use super::line::{self, Bad};
use super::segments::{self, Place};
use super::{Body, Entry, Start};
use crate::time::Timestamp;

const BUFFER_BYTES: usize = 256 * 1024;

/// A file may be put aside, or packed, between the look for it and its opening: then it is looked for again.
const LOOKS: u32 = 4;

/// The entries of a journal in order.
pub fn read(journal: &Path) -> Result<Reader, JournalError> {
    read_from(journal, Place::BEGINNING)
}

/// The same from a place, at which an entry begins. Lines are then counted from there.
pub fn read_from(journal: &Path, place: Place) -> Result<Reader, JournalError> {
    let mut reader = Reader {
        journal: journal.to_owned(),
        segment: place.segment,
        source: None,
        path: journal.to_owned(),
        line: 0,
        offset: place.offset,
        text: Vec::new(),
    };
    reader.open().map_err(|cause| JournalError::Open { path: journal.to_owned(), cause })?;
    if let Some(source) = &mut reader.source {
        source.skip(place.offset).map_err(|cause| JournalError::Read { path: reader.path.clone(), cause })?;
    }
    Ok(reader)
}

/// How the journal began; `None` where it does not begin like one.
pub(super) fn start(journal: &Path) -> Result<Option<Start>, JournalError> {
    let first = read(journal)?.next().transpose()?;
    Ok(first.and_then(|entry| match entry.body {
        super::Body::Start(start) => Some(start),
        _ => None,
    }))
}

/// The last whole entry; `None` for an empty journal.
pub(super) fn last(journal: &Path) -> Result<Option<Entry>, JournalError> {
    let open_error = |cause| JournalError::Open { path: journal.to_owned(), cause };
    let current = segments::current(journal).map_err(open_error)?;
    if segments::is_readable_file(journal) {
        let mut file = File::open(journal).map_err(open_error)?;
        let whole = segments::whole_length(&mut file, u64::MAX).map_err(open_error)?;
        if whole > 0 {
            let offset = segments::whole_length(&mut file, whole - 1).map_err(open_error)?;
            return read_from(journal, Place { segment: current, offset })?.next().transpose();
        }
    }
    // Just put aside: the whole of the file is read, which takes a moment and happens once in a great while.
    let Some(before) = current.checked_sub(1).filter(|before| *before > 0) else { return Ok(None) };
    let mut last = None;
    for entry in read_from(journal, Place { segment: before, offset: 0 })? {
        last = Some(entry?);
    }
    Ok(last)
}

/// What an entry is at a glance.
#[derive(Debug, PartialEq)]
pub struct Glance {
    pub at: Timestamp,
    /// `None`: a message of a feed.
    pub body: Option<Body>,
}

/// Reads entries one after another.
#[derive(Debug)]
pub struct Reader {
    journal: PathBuf,
    /// Of the file being read, or of the next one.
    segment: u32,
    source: Option<Source>,
    /// Of the file being read.
    path: PathBuf,
    line: usize,
    /// Bytes of the file that have been read.
    offset: u64,
    text: Vec<u8>,
}

#[derive(Debug)]
enum Source {
    Current(BufReader<File>),
    Aside(BufReader<File>),
    Packed(Box<BufReader<GzDecoder<BufReader<File>>>>),
}

impl Source {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        match self {
            Self::Current(file) | Self::Aside(file) => file.seek(SeekFrom::Start(bytes)).map(drop),
            Self::Packed(file) => io::copy(&mut file.by_ref().take(bytes), &mut io::sink()).map(drop),
        }
    }

    fn read_line(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Self::Current(file) | Self::Aside(file) => file.read_until(b'\n', text),
            Self::Packed(file) => file.read_until(b'\n', text),
        }
    }
}

impl Reader {
    /// Where the next entry begins.
    pub fn place(&self) -> Place {
        Place { segment: self.segment, offset: self.offset }
    }

    /// Opens the file whose turn it is; leaves `source` empty where the journal ends before it.
    fn open(&mut self) -> io::Result<()> {
        let mut looks = 0;
        loop {
            looks += 1;
            match self.look() {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound && looks < LOOKS => {}
                done => return done,
            }
        }
    }

    fn look(&mut self) -> io::Result<()> {
        let aside = segments::list(&self.journal)?;
        // Numbers may be missing: somebody has thrown old files away.
        if let Some(found) = aside.iter().find(|aside| aside.number >= self.segment) {
            self.segment = found.number;
            self.path = if found.is_packed {
                segments::packed(&self.journal, found.number)
            } else {
                segments::aside(&self.journal, found.number)
            };
            let file = BufReader::with_capacity(BUFFER_BYTES, File::open(&self.path)?);
            self.source = Some(match found.is_packed {
                true => Source::Packed(Box::new(BufReader::with_capacity(BUFFER_BYTES, GzDecoder::new(file)))),
                false => Source::Aside(file),
            });
            return Ok(());
        }
        let current = aside.last().map_or(1, |last| last.number + 1);
        self.path = self.journal.clone();
        let file = match File::open(&self.journal) {
            // All of the journal has been put aside, and nothing written since.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && !aside.is_empty() => return Ok(()),
            opened => opened?,
        };
        if segments::current(&self.journal)? != current {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the file has just been put aside"));
        }
        self.segment = current;
        // A device has no entries, and some have no end.
        self.source = file.metadata()?.is_file().then(|| Source::Current(BufReader::with_capacity(BUFFER_BYTES, file)));
        Ok(())
    }

    /// Goes on to the next file.
    fn turn(&mut self) -> io::Result<()> {
        self.source = None;
        self.segment += 1;
        self.line = 0;
        self.offset = 0;
        self.open()
    }

    /// The next entry, as far as it is no message: for whoever looks a journal through for something else. Of what feeds
    /// said, which is nearly all of a journal, nothing is read, and nothing found wrong.
    pub fn glance(&mut self) -> Option<Result<Glance, JournalError>> {
        let read = self.read_line()?;
        Some(read.and_then(|()| line::glance(&self.text).map_err(|bad| self.wrong_line(bad))))
    }

    fn wrong_line(&self, bad: Bad) -> JournalError {
        match bad {
            Bad::Json(cause) => JournalError::Line { path: self.path.clone(), line: self.line, cause },
            Bad::Base64 => JournalError::Bytes { path: self.path.clone(), line: self.line },
        }
    }

    /// Reads the next whole line into `text`; `None` at the journal's end.
    fn read_line(&mut self) -> Option<Result<(), JournalError>> {
        loop {
            let source = self.source.as_mut()?;
            let is_last = matches!(source, Source::Current(_));
            self.text.clear();
            match source.read_line(&mut self.text) {
                Ok(bytes) if self.text.last() == Some(&b'\n') => {
                    self.offset += bytes as u64;
                    self.line += 1;
                    return Some(Ok(()));
                }
                // The end of the file; what stands before it without a newline is torn.
                Ok(_) if is_last => {
                    self.source = None;
                    return None;
                }
                Ok(_) => {}
                Err(cause) => {
                    let error = JournalError::Read { path: self.path.clone(), cause };
                    self.source = None;
                    if !is_last {
                        // Where the next file cannot be opened either the journal ends here, with this error.
                        let _ = self.turn();
                    }
                    return Some(Err(error));
                }
            }
            if let Err(cause) = self.turn() {
                return Some(Err(JournalError::Open { path: self.path.clone(), cause }));
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read_line()?;
        Some(read.and_then(|()| line::read(&self.text).map_err(|bad| self.wrong_line(bad))))
    }
}
