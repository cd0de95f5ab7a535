//! Watches what templates are made of, and compiles what a designer saves.
//!
//! In: a folder of templates, or of one and what it shares with others, and word of the system that something in it moved.
//! Out: a bundle for each save that is right, the problems of each that is not; not again while the content stays the same.
//! Runs on a thread of its own, so that neither reading nor compiling costs a frame. Content decides, not the events:
//! editors save by writing, by renaming over, by renaming away, and network drives tell nothing at all, so it is also
//! looked at without word. A file is read again only when its time or its length is another.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender};
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::bundle::paths_of;
use crate::journal::content::{ContentHash, Manifest};
use crate::problem::Problem;
use crate::template::{PACKAGE_FILE_NAME, SHARED_FOLDER_NAME, THEME_FILE_NAME};

/// A save is over when nothing has moved for this long: editors write, rename and set times within it.
const QUIET: Duration = Duration::from_millis(8);

/// A folder in which something moves all the time is read this long after the first word of it.
const LONGEST_UNREST: Duration = Duration::from_millis(50);

/// How often the folder is looked at without word.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Two saves within the resolution of a file system's times, 2 s where it is coarsest (FAT), can leave the same time: a file
/// that was read sooner after its time than that is read again.
const COARSEST_TIME: Duration = Duration::from_secs(2);

/// What was saved, as it was read: right, or wrong.
pub type Saved<T> = Result<T, Vec<Problem>>;

/// The files whose content is watched.
#[derive(Clone, Debug)]
pub struct Scope {
    /// With all that is below it.
    folder: PathBuf,
    /// Beside one template's folder, what it shares with others, whether it is there yet or not: files, and a folder.
    beside: Option<[PathBuf; 3]>,
}

impl Scope {
    /// A folder of templates.
    pub fn folder(folder: PathBuf) -> Scope {
        Scope { folder, beside: None }
    }

    /// One template, by its folder: other templates beside it are none of its business.
    pub fn template(folder: &Path) -> Scope {
        // Only of an absolute path is the folder around it a path, too.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let beside = [PACKAGE_FILE_NAME, THEME_FILE_NAME, SHARED_FOLDER_NAME];
        let beside = folder.parent().map(|around| beside.map(|name| around.join(name)));
        Scope { folder, beside }
    }

    /// The files that are there, with their names.
    fn paths(&self) -> io::Result<Vec<(PathBuf, String)>> {
        let mut paths = paths_of(&self.folder)?;
        let Some([package, theme, shared]) = &self.beside else { return Ok(paths) };
        let of_shared = if shared.is_dir() { paths_of(shared)? } else { Vec::new() };
        paths.extend(of_shared.into_iter().map(|(path, name)| (path, format!("../{SHARED_FOLDER_NAME}/{name}"))));
        let files = [(package, PACKAGE_FILE_NAME), (theme, THEME_FILE_NAME)].into_iter();
        let files = files.filter(|(path, _)| path.is_file());
        paths.extend(files.map(|(path, name)| (path.clone(), format!("../{name}"))));
        Ok(paths)
    }

    /// The contents of all files that are there.
    pub fn manifest(&self) -> io::Result<Manifest> {
        Contents::default().manifest(&stamp_of(self)?)
    }

    /// What the system is asked to tell of, as far as it is there.
    fn roots(&self) -> Vec<(PathBuf, RecursiveMode)> {
        let mut roots = vec![(self.folder.clone(), RecursiveMode::Recursive)];
        if let Some([package, _, shared]) = &self.beside {
            let around = package.parent().map(|around| (around.to_owned(), RecursiveMode::NonRecursive));
            roots.extend(around);
            roots.push((shared.clone(), RecursiveMode::Recursive));
        }
        roots.retain(|(path, _)| path.is_dir());
        roots
    }

    /// Whether a path may be one of its own: all others in the folder around a template are not.
    fn concerns(&self, path: &Path) -> bool {
        let Some(beside) = &self.beside else { return true };
        let is_own = path == self.folder || beside.iter().any(|own| own == path);
        is_own || path.parent() != self.folder.parent()
    }
}

/// Watches until it is dropped.
pub struct Watch {
    stop: Arc<AtomicBool>,
    wake: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Has what is in scope read after every change since `seen`, or after the first look where nothing was seen yet, and
    /// what was read told to `saved`: both on the watching thread, which waits for them.
    pub fn start<T>(
        scope: Scope,
        seen: Option<Manifest>,
        read: impl Fn() -> Saved<T> + Send + 'static,
        saved: impl FnMut(Saved<T>) + Send + 'static,
    ) -> io::Result<Watch> {
        // One word is enough: whoever is woken looks at everything.
        let (wake, woken) = crossbeam_channel::bounded(1);
        let word = Word::of(&scope, wake.clone());
        let stop = Arc::new(AtomicBool::new(false));
        let mut look = Look { word, stamp: None, contents: Contents::default(), seen, scope, read, saved };
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
        Ok(Watch { stop, wake, thread: Some(thread) })
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

/// The system's word of changes.
struct Word {
    /// None where the system cannot tell.
    watcher: Option<RecommendedWatcher>,
    /// Of what it tells.
    told_of: BTreeSet<PathBuf>,
}

impl Word {
    fn of(scope: &Scope, wake: Sender<()>) -> Word {
        let own = scope.clone();
        let tell = move |event: notify::Result<notify::Event>| {
            let is_word = event.map_or(true, |event| {
                changes(event.kind) && (event.paths.is_empty() || event.paths.iter().any(|path| own.concerns(path)))
            });
            if is_word {
                // Already woken.
                let _ = wake.try_send(());
            }
        };
        let watcher = notify::recommended_watcher(tell).inspect_err(|cause| unwatched(&scope.folder, cause)).ok();
        let mut word = Word { watcher, told_of: BTreeSet::new() };
        word.renew(scope);
        word
    }

    /// Has the system tell of what has come since.
    fn renew(&mut self, scope: &Scope) {
        let Some(watcher) = &mut self.watcher else { return };
        let roots = scope.roots();
        self.told_of.retain(|told| roots.iter().any(|(root, _)| root == told));
        for (root, mode) in roots {
            if !self.told_of.contains(&root) {
                // Said once: it is looked at all the same.
                let _ = watcher.watch(&root, mode).inspect_err(|cause| unwatched(&root, cause));
                self.told_of.insert(root);
            }
        }
    }
}

fn unwatched(path: &Path, cause: &notify::Error) {
    let every = LOOK_EVERY.as_millis();
    tracing::warn!("{} cannot be watched and is looked at every {every} ms instead: {cause}", path.display());
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

/// A file's time and length, which tell two states of it apart without reading it.
type About = (Option<SystemTime>, u64);

/// All files in scope, without their contents.
type Stamp = Vec<(PathBuf, String, About)>;

fn stamp_of(scope: &Scope) -> io::Result<Stamp> {
    let about = |(path, name): (PathBuf, String)| {
        // Renamed or removed since the folder was listed: it is no longer part of it.
        let about = std::fs::metadata(&path).ok()?;
        Some((path, name, (about.modified().ok(), about.len())))
    };
    Ok(scope.paths()?.into_iter().filter_map(about).collect())
}

/// What is known of the files' contents.
#[derive(Default)]
struct Contents {
    known: BTreeMap<PathBuf, Known>,
    /// Files that were read so far.
    reads: u64,
}

struct Known {
    about: About,
    hash: ContentHash,
    /// Its time was past the resolution of times when it was read.
    is_settled: bool,
}

impl Contents {
    /// The contents of these files: those that may have changed are read.
    fn manifest(&mut self, stamp: &Stamp) -> io::Result<Manifest> {
        let mut before = std::mem::take(&mut self.known);
        let mut manifest = Manifest::new();
        for (path, name, about) in stamp {
            let known = match before.remove(path).filter(|known| known.is_settled && known.about == *about) {
                Some(known) => known,
                None => {
                    let now = SystemTime::now();
                    let bytes = match std::fs::read(path) {
                        Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
                        read => read?,
                    };
                    self.reads += 1;
                    let age = about.0.and_then(|modified| now.duration_since(modified).ok());
                    let is_settled = age.is_some_and(|age| age > COARSEST_TIME);
                    Known { about: *about, hash: ContentHash::of(&bytes), is_settled }
                }
            };
            manifest.insert(name.clone(), known.hash.clone());
            self.known.insert(path.clone(), known);
        }
        Ok(manifest)
    }
}

/// The watching thread's own.
struct Look<R, F> {
    scope: Scope,
    word: Word,
    stamp: Option<Stamp>,
    contents: Contents,
    /// The content that was told last, right or wrong.
    seen: Option<Manifest>,
    read: R,
    saved: F,
}

impl<T, R: Fn() -> Saved<T>, F: FnMut(Saved<T>)> Look<R, F> {
    /// Reads what is new and tells it.
    fn look(&mut self) {
        self.look_at(stamp_of(&self.scope).ok());
    }

    /// The same where nobody said that there was something to see.
    fn look_without_word(&mut self) {
        let stamp = stamp_of(&self.scope).ok();
        if stamp != self.stamp {
            self.look_at(stamp);
        }
    }

    fn look_at(&mut self, stamp: Option<Stamp>) {
        self.word.renew(&self.scope);
        // A folder that cannot be read is one with nothing in it, told once like any other content.
        let now = stamp.as_ref().and_then(|stamp| self.contents.manifest(stamp).ok()).unwrap_or_default();
        self.stamp = stamp;
        if self.seen.as_ref() == Some(&now) {
            return;
        }
        // What is saved while it is read is read again: the content that was seen is the one before.
        self.seen = Some(now);
        (self.saved)((self.read)());
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
        let (scope, root) = (Scope::folder(folder.path().to_owned()), folder.path().to_owned());
        let watch = Watch::start(scope, Some(on_air.manifest), move || Bundle::read(&root), saved).expect("starts");

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

    /// Sets a file's time.
    fn touch(path: &Path, time: SystemTime) {
        let file = fs::File::options().write(true).open(path).expect("opens");
        file.set_modified(time).expect("sets its time");
    }

    #[test]
    fn only_what_may_have_changed_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let scope = Scope::folder(folder.path().to_owned());
        let old = SystemTime::now() - Duration::from_secs(3600);
        let write = |name: &str, text: &str, time: SystemTime| {
            fs::write(folder.path().join(name), text).expect("writes");
            touch(&folder.path().join(name), time);
        };
        (0..20).for_each(|sprite| write(&format!("sprite-{sprite}.png"), "many bytes", old));
        write("template.json", "one", old);
        let mut contents = Contents::default();
        let look = |contents: &mut Contents| {
            let before = contents.reads;
            let manifest = contents.manifest(&stamp_of(&scope).expect("listed")).expect("read");
            (manifest, contents.reads - before)
        };
        let (first, reads) = look(&mut contents);
        assert_eq!(reads, 21);
        assert_eq!(look(&mut contents), (first.clone(), 0));
        write("template.json", "two", old + Duration::from_secs(1));
        let (second, reads) = look(&mut contents);
        assert!(reads == 1 && second != first);
        // Two saves of the same length within one tick of the file system's clock.
        let now = SystemTime::now();
        write("template.json", "six", now);
        let (third, _) = look(&mut contents);
        write("template.json", "ten", now);
        let (fourth, reads) = look(&mut contents);
        assert!(reads == 1 && fourth != third && third != second);
        fs::remove_file(folder.path().join("sprite-3.png")).expect("removes");
        assert_eq!(look(&mut contents).0.len(), 20);
    }

    #[test]
    fn a_template_is_watched_with_what_it_shares_and_without_its_neighbours() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["bug", "other", "shared"] {
            fs::create_dir(path(name)).expect("makes it");
        }
        for name in ["bug/template.json", "other/template.json", "shared/logo.png", "theme.json", "holiday.mov"] {
            fs::write(path(name), "x").expect("writes");
        }
        let scope = Scope::template(&path("bug"));
        let mut names: Vec<String> = scope.paths().expect("listed").into_iter().map(|(_, name)| name).collect();
        names.sort();
        assert_eq!(names, ["../shared/logo.png", "../theme.json", "template.json"]);
        for own in ["bug", "bug/new/a.png", "shared/logo.png", "shared", "package.json", "theme.json"] {
            assert!(scope.concerns(&path(own)), "{own}");
        }
        assert!(!scope.concerns(&path("holiday.mov")) && !scope.concerns(&path("other")));
    }
}
