//! A checkpoint beside a journal: the state after an entry, so that a restart reads the tail and not the game.
//!
//! One file, replaced as a whole (written beside, then renamed): `{"offset":…,"state":…}`, where `offset` is the byte of
//! the journal at which the first entry after the state begins. A checkpoint that cannot be used (missing, torn, of a
//! program that kept other state, or pointing past the journal's end) is as good as none: everything is in the journal.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Where a journal's checkpoint is.
pub fn path_of(journal: &Path) -> PathBuf {
    journal.with_added_extension("checkpoint")
}

/// Replaces the checkpoint; `state` is JSON.
pub(super) fn write(journal: &Path, offset: u64, state: &[u8]) -> io::Result<()> {
    let path = path_of(journal);
    let beside = path.with_added_extension("new");
    let mut file = fs::File::create(&beside)?;
    write!(file, "{{\"offset\":{offset},\"state\":")?;
    file.write_all(state)?;
    file.write_all(b"}\n")?;
    drop(file);
    fs::rename(&beside, &path)
}

/// The state and the byte of the journal from which to go on; `None` when there is no checkpoint that can be used.
pub fn read<T: DeserializeOwned>(journal: &Path) -> Option<(T, u64)> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        offset: u64,
        #[serde(borrow)]
        state: &'a RawValue,
    }
    let text = fs::read_to_string(path_of(journal)).ok()?;
    let wire: Wire = serde_json::from_str(&text).ok()?;
    let length = fs::metadata(journal).ok()?.len();
    if wire.offset > length {
        return None;
    }
    match serde_json::from_str(wire.state.get()) {
        Ok(state) => Some((state, wire.offset)),
        Err(cause) => {
            tracing::warn!("the checkpoint of {journal:?} is of another version, the journal is read whole: {cause}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_comes_back_with_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        fs::write(&journal, vec![b'x'; 100]).expect("writes");
        write(&journal, 42, b"{\"a\":[1,2]}").expect("writes");
        assert_eq!(read::<serde_json::Value>(&journal), Some((serde_json::json!({"a": [1, 2]}), 42)));
    }

    #[test]
    fn a_checkpoint_that_is_torn_or_points_past_the_journal_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        assert_eq!(read::<serde_json::Value>(&journal), None);
        fs::write(&journal, vec![b'x'; 10]).expect("writes");
        write(&journal, 11, b"{}").expect("writes");
        assert_eq!(read::<serde_json::Value>(&journal), None);
        write(&journal, 10, b"{}").expect("writes");
        let whole = fs::read(path_of(&journal)).expect("reads");
        fs::write(path_of(&journal), &whole[..whole.len() / 2]).expect("writes");
        assert_eq!(read::<serde_json::Value>(&journal), None);
    }
}
