//! Packs files that were put aside, a little at a time, on the thread that writes the journal.
//!
//! In: numbers of files. Out: `….gz` in place of each, as any tool for gzip reads it. A packed file takes its name only when
//! it is whole and on the disk, and the plain one goes after that; whatever interrupts it leaves the plain one, which is
//! packed from the beginning the next time.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::segments;

/// Packed in one step: a few milliseconds of one core.
const PIECE_BYTES: usize = 256 * 1024;

/// Beyond the fastest it takes twice the time and saves a tenth.
const LEVEL: Compression = Compression::fast();

#[derive(Debug)]
pub(super) struct Packer {
    journal: PathBuf,
    waiting: VecDeque<u32>,
    running: Option<Running>,
    piece: Vec<u8>,
}

#[derive(Debug)]
struct Running {
    number: u32,
    from: File,
    to: GzEncoder<File>,
}

impl Packer {
    /// Begins with the files that earlier runs left plain.
    pub(super) fn new(journal: &Path) -> Self {
        // A folder that cannot be listed is told about by whoever writes to it.
        let left = segments::list(journal).unwrap_or_default();
        let waiting = left.iter().filter(|aside| !aside.is_packed).map(|aside| aside.number).collect();
        Self { journal: journal.to_owned(), waiting, running: None, piece: Vec::new() }
    }

    pub(super) fn push(&mut self, number: u32) {
        self.waiting.push_back(number);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.running.is_none() && self.waiting.is_empty()
    }

    /// Packs one piece. A file that fails stays plain until the journal is opened again.
    pub(super) fn step(&mut self) -> io::Result<()> {
        let packed = self.try_step();
        if packed.is_err()
            && let Some(failed) = self.running.take()
        {
            // It is not a journal's file by its name; left behind it only takes room.
            let _ = fs::remove_file(self.unfinished(failed.number));
        }
        packed
    }

    fn try_step(&mut self) -> io::Result<()> {
        if self.running.is_none() {
            let Some(number) = self.waiting.pop_front() else { return Ok(()) };
            let from = File::open(segments::aside(&self.journal, number))?;
            let to = GzEncoder::new(File::create(self.unfinished(number))?, LEVEL);
            self.running = Some(Running { number, from, to });
        }
        let Some(running) = &mut self.running else { return Ok(()) };
        self.piece.resize(PIECE_BYTES, 0);
        let length = running.from.read(&mut self.piece)?;
        if length > 0 {
            return io::Write::write_all(&mut running.to, &self.piece[..length]);
        }
        running.to.try_finish()?;
        running.to.get_ref().sync_all()?;
        let number = running.number;
        fs::rename(self.unfinished(number), segments::packed(&self.journal, number))?;
        self.running = None;
        fs::remove_file(segments::aside(&self.journal, number))
    }

    fn unfinished(&self, number: u32) -> PathBuf {
        segments::packed(&self.journal, number).with_added_extension("new")
    }
}
