//! Watches a folder of templates, and compiles what a designer saves.
//!
//! In: the folder, and word of the system that something in it moved. Out: a bundle for each save that is right, the
//! problems of each that is not; not again while the content stays the same. Runs on a thread of its own, so that neither reading nor
//! compiling costs a frame. The folder's content decides, not the events: editors save by writing, by renaming over, by
//! renaming away, and network drives tell nothing at all, so the folder is also looked at without word.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender};
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::bundle::{files_of, paths_of};
use crate::journal::content::{Manifest, manifest};
use crate::problem::Problem;

/// A save is over when nothing has moved for this long: editors write, rename and set times within it.
const QUIET: Duration = Duration::from_millis(8);

/// A folder in which something moves all the time is read this long after the first word of it.
const LONGEST_UNREST: Duration = Duration::from_millis(50);

/// How often the folder is looked at without word.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What was saved, as it was read: right, or wrong.
pub type Saved<T> = Result<T, Vec<Problem>>;

/// Watches until it is dropped.
pub struct Watch {
    stop: Arc<AtomicBool>,
    wake: Sender<()>,
    thread: Option<JoinHandle<()>>,
    /// Tells of changes for as long as it lives; none where the system cannot.
    _watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Has the folder read after every change since `seen`, and what was read told to `saved`: both on the watching thread,
    /// which waits for them.
    pub fn start<T>(
        folder: PathBuf,
        seen: Manifest,
        read: impl Fn(&Path) -> Saved<T> + Send + 'static,
        saved: impl FnMut(Saved<T>) + Send + 'static,
    ) -> std::io::Result<Watch> {
        // One word is enough: whoever is woken looks at the whole folder.
        let (wake, woken) = crossbeam_channel::bounded(1);
        let watcher = watcher(&folder, wake.clone());
        let stop = Arc::new(AtomicBool::new(false));
        let mut look = Look { stamp: Stamp(None), seen, folder, read, saved };
        let thread = std::thread::Builder::new().name("templates".into()).spawn({
            let stop = stop.clone();
            move || {
                // What was saved before the watch began is found by the first look.
                look.look();
                loop {
                    let has_word = wait(&woken);
                    match (stop.load(Ordering::Relaxed), has_word) {
                        (true, _) => return,
                        (false, true) => look.look(),
                        (false, false) => look.look_without_word(),
                    }
                }
            }
        })?;
        Ok(Watch { stop, wake, thread: Some(thread), _watcher: watcher })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A full queue wakes it as well.
        let _ = self.wake.try_send(());
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been printed by its own hook; the show is over either way.
            let _ = thread.join();
        }
    }
}

fn watcher(folder: &Path, wake: Sender<()>) -> Option<RecommendedWatcher> {
    let tell = move |event: notify::Result<notify::Event>| {
        if event.map_or(true, |event| changes(event.kind)) {
            // Already woken.
            let _ = wake.try_send(());
        }
    };
    let watcher = notify::recommended_watcher(tell).and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    watcher
        .inspect_err(|cause| {
            let every = LOOK_EVERY.as_millis();
            tracing::warn!("{} cannot be watched and is looked at every {every} ms instead: {cause}", folder.display());
        })
        .ok()
}

/// Whether something can be different after such an event; looking at files is an event, too.
fn changes(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

/// Waits for word of a change, and for the end of it; false when there was none for a while.
fn wait(woken: &Receiver<()>) -> bool {
    if woken.recv_timeout(LOOK_EVERY).is_err() {
        return false;
    }
    let first = Instant::now();
    while woken.recv_timeout(QUIET).is_ok() && first.elapsed() < LONGEST_UNREST {}
    true
}

/// What tells two states of a folder apart without reading its files.
type Times = Vec<(String, Option<SystemTime>, u64)>;

#[derive(PartialEq)]
struct Stamp(Option<Times>);

impl Stamp {
    fn of(folder: &Path) -> Stamp {
        let paths = paths_of(folder).ok();
        let about = |(path, name): (PathBuf, String)| {
            let about = std::fs::metadata(path).ok()?;
            Some((name, about.modified().ok(), about.len()))
        };
        Stamp(paths.map(|paths| paths.into_iter().filter_map(about).collect()))
    }
}

/// The watching thread's own.
struct Look<R, F> {
    folder: PathBuf,
    stamp: Stamp,
    /// The content that was told last, right or wrong.
    seen: Manifest,
    read: R,
    saved: F,
}

impl<T, R: Fn(&Path) -> Saved<T>, F: FnMut(Saved<T>)> Look<R, F> {
    /// Reads the folder and tells what is new in it.
    fn look(&mut self) {
        self.stamp = Stamp::of(&self.folder);
        // A folder that cannot be read is one with nothing in it, told once like any other content.
        let now = files_of(&self.folder).map(|files| manifest(&files)).unwrap_or_default();
        if now == self.seen {
            return;
        }
        // What is saved while it is read is read again: the content that was seen is the one before.
        self.seen = now;
        (self.saved)((self.read)(&self.folder));
    }

    /// The same where nobody said that there was something to see.
    fn look_without_word(&mut self) {
        if Stamp::of(&self.folder) != self.stamp {
            self.look();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bundle::Bundle;
    use super::*;
    use std::fs;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn plain(name: &str) -> String {
        format!("{{ \"name\": \"{name}\", \"nodes\": [] }}")
    }

    /// The name of the one template, or how many problems there were.
    fn told(saves: &Receiver<Saved<Bundle>>) -> Result<String, usize> {
        let saved = saves.recv_timeout(PATIENCE).expect("a save is told");
        let name = |bundle: Bundle| bundle.set.iter().map(|template| template.name.clone()).collect();
        saved.map(name).map_err(|problems| problems.len())
    }

    #[test]
    fn every_way_to_save_is_told_with_its_last_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("bug/template.json");
        fs::create_dir(folder.path().join("bug")).expect("makes it");
        fs::write(&file, plain("first")).expect("writes");
        let on_air = Bundle::read(folder.path()).expect("right");
        let (tell, saves) = crossbeam_channel::bounded(16);
        let saved = move |saved| tell.send(saved).expect("heard");
        let watch = Watch::start(folder.path().to_owned(), on_air.manifest, Bundle::read, saved).expect("starts");

        fs::write(&file, plain("written over")).expect("writes");
        let last = std::iter::repeat_with(|| told(&saves)).find(|told| *told == Ok("written over".to_owned()));
        assert!(last.is_some(), "a file that is being written may be told of half-way");

        // As most editors do: written beside, then renamed over.
        let beside = folder.path().join("bug/.template.json.new");
        fs::write(&beside, "{ \"nodes\": [ }").expect("writes");
        fs::rename(&beside, &file).expect("renames");
        assert_eq!(told(&saves), Err(1));

        // As vim does: the old file is renamed away, the new one takes its name.
        fs::rename(&file, folder.path().join("bug/template.json~")).expect("renames");
        fs::write(&file, plain("again")).expect("writes");
        let last = std::iter::repeat_with(|| told(&saves)).find(|told| *told == Ok("again".to_owned()));
        assert!(last.is_some());

        // The whole folder is replaced, as version control does.
        fs::rename(folder.path().join("bug"), folder.path().join(".old")).expect("renames");
        fs::create_dir(folder.path().join("bug")).expect("makes it");
        fs::write(&file, plain("another folder")).expect("writes");
        let last = std::iter::repeat_with(|| told(&saves)).find(|told| *told == Ok("another folder".to_owned()));
        assert!(last.is_some());
        drop(watch);
        assert!(saves.try_iter().all(|saved| saved.is_ok()), "nothing is told after the end");
    }

    #[test]
    fn looking_at_a_file_is_no_change_and_closing_a_written_one_is() {
        assert!(!changes(EventKind::Access(AccessKind::Open(AccessMode::Any))));
        assert!(!changes(EventKind::Access(AccessKind::Close(AccessMode::Read))));
        assert!(changes(EventKind::Access(AccessKind::Close(AccessMode::Write))));
        assert!(changes(EventKind::Remove(notify::event::RemoveKind::File)));
    }
}
