//! A checkpoint beside a journal: the state after an entry, so that a restart reads the tail and not the game.
//!
//! One file, replaced as a whole (written beside, then renamed): `{"segment":…,"offset":…,"state":…}`, where the first two
//! are the [`Place`] at which the first entry after the state begins. A checkpoint that cannot be used (missing, torn, of
//! a program that kept other state, or pointing past the journal's end) is as good as none: everything is in the journal.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::segments::{self, Place};

/// Where a journal's checkpoint is.
pub fn path_of(journal: &Path) -> PathBuf {
    journal.with_added_extension("checkpoint")
}

/// Replaces the checkpoint; `state` is JSON.
pub(super) fn write(journal: &Path, place: Place, state: &[u8]) -> io::Result<()> {
    let path = path_of(journal);
    let beside = path.with_added_extension("new");
    let mut file = fs::File::create(&beside)?;
    let Place { segment, offset } = place;
    write!(file, "{{\"segment\":{segment},\"offset\":{offset},\"state\":")?;
    file.write_all(state)?;
    file.write_all(b"}\n")?;
    drop(file);
    fs::rename(&beside, &path)
}

/// Removes the checkpoint; fine where there is none.
pub(super) fn remove(journal: &Path) -> io::Result<()> {
    match fs::remove_file(path_of(journal)) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(cause),
        _ => Ok(()),
    }
}

/// The state and the place of the journal from which to go on; `None` when there is no checkpoint that can be used.
pub fn read<T: DeserializeOwned>(journal: &Path) -> Option<(T, Place)> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        /// Journals of earlier versions had one file.
        #[serde(default = "first")]
        segment: u32,
        offset: u64,
        #[serde(borrow)]
        state: &'a RawValue,
    }
    fn first() -> u32 {
        Place::BEGINNING.segment
    }
    let text = fs::read_to_string(path_of(journal)).ok()?;
    let wire: Wire = serde_json::from_str(&text).ok()?;
    let place = Place { segment: wire.segment, offset: wire.offset };
    if !is_within(journal, place) {
        return None;
    }
    match serde_json::from_str(wire.state.get()) {
        Ok(state) => Some((state, place)),
        Err(cause) => {
            tracing::warn!("the checkpoint of {journal:?} is of another version, the journal is read whole: {cause}");
            None
        }
    }
}

/// Whether the journal goes as far as the place. How long a packed file is only unpacking tells; it was long enough when
/// it was put aside.
fn is_within(journal: &Path, place: Place) -> bool {
    let length = |path: &Path| fs::metadata(path).map_or(0, |about| about.len());
    let Ok(aside) = segments::list(journal) else { return false };
    match aside.iter().find(|aside| aside.number == place.segment) {
        Some(aside) if aside.is_packed => true,
        Some(aside) => place.offset <= length(&segments::aside(journal, aside.number)),
        None => {
            let current = aside.last().map_or(1, |last| last.number + 1);
            place.segment == current && place.offset <= length(journal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: u64) -> Place {
        Place { offset, ..Place::BEGINNING }
    }

    #[test]
    fn a_checkpoint_comes_back_with_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        fs::write(&journal, vec![b'x'; 100]).expect("writes");
        write(&journal, at(42), b"{\"a\":[1,2]}").expect("writes");
        assert_eq!(read::<serde_json::Value>(&journal), Some((serde_json::json!({"a": [1, 2]}), at(42))));
    }

    #[test]
    fn a_checkpoint_that_is_torn_or_points_past_the_journal_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        assert_eq!(read::<serde_json::Value>(&journal), None);
        fs::write(&journal, vec![b'x'; 10]).expect("writes");
        write(&journal, at(11), b"{}").expect("writes");
        assert_eq!(read::<serde_json::Value>(&journal), None);
        write(&journal, at(10), b"{}").expect("writes");
        let whole = fs::read(path_of(&journal)).expect("reads");
        fs::write(path_of(&journal), &whole[..whole.len() / 2]).expect("writes");
        assert_eq!(read::<serde_json::Value>(&journal), None);
    }

    #[test]
    fn a_checkpoint_is_found_again_after_its_file_was_put_aside_and_packed() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        fs::write(&journal, vec![b'x'; 100]).expect("writes");
        let state = || read::<serde_json::Value>(&journal).map(|(_, place)| place);
        write(&journal, Place { segment: 2, offset: 50 }, b"1").expect("writes");
        assert_eq!(state(), None, "there is one file yet");
        fs::rename(&journal, folder.path().join("show.journal.000001")).expect("renames");
        assert_eq!(state(), None, "the second is empty");
        fs::write(&journal, vec![b'x'; 60]).expect("writes");
        assert_eq!(state(), Some(Place { segment: 2, offset: 50 }));
        fs::rename(&journal, folder.path().join("show.journal.000002")).expect("renames");
        assert_eq!(state(), Some(Place { segment: 2, offset: 50 }));
        fs::rename(folder.path().join("show.journal.000002"), folder.path().join("show.journal.000002.gz"))
            .expect("renames");
        assert_eq!(state(), Some(Place { segment: 2, offset: 50 }));
    }
}
