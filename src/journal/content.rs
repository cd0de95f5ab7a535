//! Files that pictures depend on, recorded by their content: a show's templates as they were on air.
//!
//! A content stands in the journal once, under its hash; which files there are is a list of paths and hashes. So a save
//! costs the file that changed, and a journal alone is enough to draw its show again, whatever became of the folder.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

/// The content of a file, by its SHA-1. It tells contents apart; it proves nothing to anybody who means harm.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(String);

impl ContentHash {
    /// That of these bytes, also of none.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Sha1::digest(bytes);
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Files of a folder, by their path below it with `/` between names ("score-bug/template.json").
pub type Files = BTreeMap<String, Bytes>;

/// Which files a folder has, without their contents.
pub type Manifest = BTreeMap<String, ContentHash>;

/// The manifest of these files.
pub fn manifest(files: &Files) -> Manifest {
    files.iter().map(|(path, bytes)| (path.clone(), ContentHash::of(bytes))).collect()
}

/// Every content that a journal has told so far.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    by_hash: BTreeMap<ContentHash, Bytes>,
}

/// A journal that was cut at its beginning, or whose writer lost entries, names a file without its content.
#[derive(Debug, thiserror::Error)]
#[error(
    "the journal names the file {path} of its templates but does not hold it; use --show to replay with a folder's"
)]
pub struct Missing {
    pub path: String,
}

impl Contents {
    /// Takes in a content that the journal tells.
    pub fn take(&mut self, bytes: &Bytes) {
        self.by_hash.insert(ContentHash::of(bytes), bytes.clone());
    }

    /// The files that a manifest means.
    pub fn files(&self, manifest: &Manifest) -> Result<Files, Missing> {
        let file = |(path, hash): (&String, &ContentHash)| match self.by_hash.get(hash) {
            Some(bytes) => Ok((path.clone(), bytes.clone())),
            None => Err(Missing { path: path.clone() }),
        };
        manifest.iter().map(file).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_by_their_manifest_and_a_lost_content_is_named() {
        let files: Files = [("a/template.json", "{}"), ("b/template.json", "[]"), ("b/copy.json", "[]")]
            .map(|(path, text)| (path.to_owned(), Bytes::from(text)))
            .into();
        let mut contents = Contents::default();
        contents.take(&files["b/copy.json"]);
        let lost = contents.files(&manifest(&files)).unwrap_err().to_string();
        assert!(lost.contains("a/template.json"), "{lost}");
        contents.take(&files["a/template.json"]);
        assert_eq!(contents.files(&manifest(&files)).unwrap(), files, "two files of one content share it");
    }

    #[test]
    fn the_hash_is_sha1() {
        assert_eq!(ContentHash::of(b"abc").to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }
}
