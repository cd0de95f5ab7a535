//! `sideline inspect` on a file: a stream as a vendor sent it, or the messages of one feed in a journal.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use super::Failure;
use crate::feed::Skip;
use crate::ids::FeedKind;
use crate::inspect::{Report, Run, inspect};
use crate::journal::{Body, Entry, file};

/// Decodes what a file has of a kind of feed. Of a journal, which is known by its first entry, all files count, and the
/// messages of every feed of that kind.
pub fn inspect_file(kind: FeedKind, path: &Path, match_id: Option<&str>) -> Result<Report, Failure> {
    if is_journal(path) {
        return inspect_journal(kind, path, match_id);
    }
    let unreadable = |cause: std::io::Error| Failure::Input(format!("cannot read {}: {cause}", path.display()));
    inspect(kind, File::open(path).map_err(unreadable)?, match_id).map_err(unreadable)
}

fn is_journal(path: &Path) -> bool {
    let first = file::read(path).ok().and_then(|mut entries| entries.next());
    matches!(first, Some(Ok(Entry { body: Body::Start(_), .. })))
}

fn inspect_journal(wanted: FeedKind, journal: &Path, match_id: Option<&str>) -> Result<Report, Failure> {
    let mut run = Run::new(wanted, match_id);
    let mut readings = BTreeMap::new();
    for entry in file::read(journal).map_err(Failure::input)? {
        match entry.map_err(Failure::input)?.body {
            // As the show of that run had its feeds read.
            Body::Start(start) => readings = super::feeds::readings(&start.show),
            Body::Received { kind, bytes, feed } if kind == wanted => {
                run.read_as(readings.get(&feed).copied().unwrap_or_default());
                run.document(&bytes);
            }
            Body::Skipped { kind, bytes, why, .. } if kind == wanted => run.pass_over(bytes, Skip::named(&why)),
            _ => {}
        }
    }
    Ok(run.report())
}
