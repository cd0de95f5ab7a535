//! The files that a journal is made of, read as one.
//!
//! `show.journal` is the one that is being written. When it has grown to its size it is put aside as
//! `show.journal.000001`, and so on; files put aside may be packed (`show.journal.000001.gz`). A journal's order is that of
//! the numbers, and the file without a number is the last. Lines are never torn between files. Beside them lies the
//! checkpoint.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Ending of a packed file.
const PACKED: &str = "gz";

/// A place between two entries: the file's number, counted from 1 (the one being written has the next after those put
/// aside), and the byte within what it unpacks to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub segment: u32,
    pub offset: u64,
}

impl Place {
    pub const BEGINNING: Place = Place { segment: 1, offset: 0 };
}

/// The name of a file that was put aside.
pub(super) fn aside(journal: &Path, number: u32) -> PathBuf {
    journal.with_added_extension(format!("{number:06}"))
}

/// The name of a file that was put aside and packed.
pub(super) fn packed(journal: &Path, number: u32) -> PathBuf {
    aside(journal, number).with_added_extension(PACKED)
}

/// A file that was put aside. Where a packed and a plain one are there, the plain one counts: packing it was interrupted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Aside {
    pub number: u32,
    pub is_packed: bool,
}

/// The files put aside, in order; none where there is no such folder.
pub(super) fn list(journal: &Path) -> io::Result<Vec<Aside>> {
    let (Some(folder), Some(name)) = (journal.parent(), journal.file_name()) else { return Ok(Vec::new()) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(cause),
    };
    let mut found: Vec<Aside> = Vec::new();
    for file in files {
        let file = file?.file_name();
        let (Some(file), Some(name)) = (file.to_str(), name.to_str()) else { continue };
        let Some(rest) = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let (digits, is_packed) = match rest.strip_suffix(PACKED).and_then(|rest| rest.strip_suffix('.')) {
            Some(digits) => (digits, true),
            None => (rest, false),
        };
        let is_number = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let Some(number) = digits.parse().ok().filter(|number| is_number && *number > 0) else { continue };
        found.push(Aside { number, is_packed });
    }
    found.sort_by_key(|aside| (aside.number, aside.is_packed));
    found.dedup_by_key(|aside| aside.number);
    Ok(found)
}

/// The number of the file that is being written.
pub(super) fn current(journal: &Path) -> io::Result<u32> {
    Ok(list(journal)?.last().map_or(1, |last| last.number + 1))
}

/// Removes a journal with all its files and its checkpoint; fine where there is none.
pub fn discard(journal: &Path) -> io::Result<()> {
    let mut files = vec![journal.to_owned(), super::checkpoint::path_of(journal)];
    for Aside { number, .. } in list(journal)? {
        files.extend([aside(journal, number), packed(journal, number)]);
    }
    for file in files {
        match fs::remove_file(&file) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

/// Gives a journal with all its files another name, the first that is free: `show-1.journal` for `show.journal`. Gives that
/// name; the journal that is left is empty.
pub fn put_away(journal: &Path) -> io::Result<PathBuf> {
    let stem = journal.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let named = |number: u32| {
        let name = journal.with_file_name(format!("{stem}-{number}"));
        journal.extension().map_or(name.clone(), |extension| name.with_added_extension(extension))
    };
    let is_free = |name: &PathBuf| -> io::Result<bool> { Ok(!name.try_exists()? && list(name)?.is_empty()) };
    let mut number = 1;
    while !is_free(&named(number))? {
        number += 1;
    }
    let kept = named(number);
    let checkpoint = super::checkpoint::path_of;
    let mut files = vec![(checkpoint(journal), checkpoint(&kept))];
    for Aside { number, .. } in list(journal)? {
        files
            .extend([(aside(journal, number), aside(&kept, number)), (packed(journal, number), packed(&kept, number))]);
    }
    files.push((journal.to_owned(), kept.clone()));
    for (from, to) in files {
        match fs::rename(&from, &to) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(kept)
}

/// Opens the journal's file for reading and writing, creating it, and cuts a torn last line. Gives its length.
///
/// Something that is no regular file is opened and not read: a device can only be written to.
pub(super) fn cut(journal: &Path) -> io::Result<u64> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(journal)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Ok(0);
    }
    let whole = whole_length(&mut file, u64::MAX)?;
    if whole < about.len() {
        file.set_len(whole)?;
    }
    Ok(whole)
}

/// Bytes up to and including the last newline before `limit`.
pub(super) fn whole_length(file: &mut File, limit: u64) -> io::Result<u64> {
    const STEP: u64 = 64 * 1024;
    let mut end = file.seek(SeekFrom::End(0))?.min(limit);
    let mut piece = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        piece.resize((end - start) as usize, 0);
        file.read_exact(&mut piece)?;
        if let Some(newline) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Whether a file is there that can be read like one.
pub(super) fn is_readable_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_put_aside_are_listed_in_order_and_a_plain_one_counts_before_its_packed_twin() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        assert_eq!(list(&folder.path().join("nowhere/show.journal")).expect("none"), []);
        for name in [
            "show.journal",
            "show.journal.000002",
            "show.journal.000002.gz",
            "show.journal.000001.gz",
            "show.journal.000003.gz.new",
            "show.journal.checkpoint",
            "show.journal.12",
            "show.journal.rehearsal",
            "show.journal.rehearsal.000009",
            "other.journal.000007",
        ] {
            fs::write(folder.path().join(name), "").expect("writes");
        }
        let found = list(&journal).expect("lists");
        assert_eq!(found, [Aside { number: 1, is_packed: true }, Aside { number: 2, is_packed: false }]);
        assert_eq!(current(&journal).expect("lists"), 3);
        discard(&journal).expect("removes");
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).expect("reads").map(|file| file.expect("a file").file_name()).collect();
        left.sort();
        let rest = ["other.journal.000007", "show.journal.000003.gz.new", "show.journal.12", "show.journal.rehearsal"];
        assert_eq!(left[..4], rest);
        assert_eq!(left[4], "show.journal.rehearsal.000009");
    }

    #[test]
    fn a_journal_that_is_put_away_takes_all_its_files_and_the_first_free_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        let files = ["show.journal", "show.journal.000001.gz", "show.journal.000002", "show.journal.checkpoint"];
        for name in files {
            fs::write(folder.path().join(name), name).expect("writes");
        }
        fs::write(folder.path().join("show-1.journal.000007.gz"), "of an earlier one").expect("writes");
        assert_eq!(put_away(&journal).expect("renames"), folder.path().join("show-2.journal"));
        for name in files {
            let kept = fs::read_to_string(folder.path().join(name.replace("show.", "show-2."))).expect("is there");
            assert_eq!(kept, name);
            assert!(!folder.path().join(name).exists());
        }
        assert_eq!((current(&journal).expect("lists"), list(&journal).expect("lists")), (1, vec![]));
    }
}
