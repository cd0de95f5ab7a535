//! Templates together with the files that they were read from, so that a journal can hold what was on air.
//!
//! In: a folder of templates, or files as a journal holds them. Out: the set, and its files. Never on a frame: reading and
//! compiling happen before a show, on the thread that watches the folder, or in a replay.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::journal::content::{Files, Manifest, manifest};
use crate::problem::Problem;
use crate::template::TemplateSet;

/// The largest file that is recorded; a picture of this size is no template's.
const LARGEST_FILE_BYTES: u64 = 64 << 20;

/// A designer's save while the folder is read leaves files of two moments: it is then read again, so often at most.
const READ_TRIES: u32 = 5;

/// Templates and the files that they are made of.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    pub set: Arc<TemplateSet>,
    pub files: Arc<Files>,
    /// Of the files.
    pub manifest: Manifest,
}

impl Bundle {
    /// The templates that are part of the program.
    pub fn builtin() -> Result<Bundle, Vec<Problem>> {
        let set = TemplateSet::builtin()?;
        let files = TemplateSet::builtin_files().map(|(path, text)| (path, Bytes::from(text)));
        Ok(Bundle::new(set, files.collect()))
    }

    /// Reads a folder of templates.
    pub fn read(folder: &Path) -> Result<Bundle, Vec<Problem>> {
        let unreadable = |cause: io::Error| vec![Problem::of_file(folder, format!("cannot be read: {cause}"))];
        let mut files = files_of(folder).map_err(unreadable)?;
        for _ in 1..READ_TRIES {
            let set = TemplateSet::load(folder);
            let after = files_of(folder).map_err(unreadable)?;
            if after == files {
                return Ok(Bundle::new(set?, files));
            }
            files = after;
        }
        let set = TemplateSet::load(folder)?;
        Ok(Bundle::new(set, files))
    }

    /// The bundle of files that a journal holds. They are laid out in a folder of their own for as long as that takes.
    pub fn unpack(files: Files) -> Result<Bundle, Vec<Problem>> {
        let folder = Unpacked::new(&files)
            .map_err(|cause| vec![Problem::of_file(std::env::temp_dir(), format!("cannot be written: {cause}"))])?;
        let set = TemplateSet::load(&folder.path)?;
        Ok(Bundle::new(set, files))
    }

    fn new(set: TemplateSet, files: Files) -> Bundle {
        Bundle { set: Arc::new(set), manifest: manifest(&files), files: Arc::new(files) }
    }

    /// This bundle, with the templates of an earlier one where nothing that they are made of has changed: graphics of
    /// those then need not begin anew.
    pub fn after(self, earlier: &Bundle) -> Bundle {
        let (before, now) = (&earlier.manifest, &self.manifest);
        let folders: BTreeSet<&str> = self.set.iter().map(|template| template.id.as_str()).collect();
        let is_own = |path: &str, id: &str| path.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'));
        let is_shared = |path: &str| !folders.iter().any(|id| is_own(path, id));
        let part = |files: &Manifest, of: &dyn Fn(&str) -> bool| -> Manifest {
            files.iter().filter(|(path, _)| of(path)).map(|(path, hash)| (path.clone(), hash.clone())).collect()
        };
        if part(before, &is_shared) != part(now, &is_shared) {
            return self;
        }
        let is_same = |id: &str| part(before, &|path| is_own(path, id)) == part(now, &|path| is_own(path, id));
        let kept = earlier.set.iter().filter(|template| is_same(template.id.as_str()));
        let mut set = TemplateSet::clone(&self.set);
        kept.for_each(|template| set.keep(template.clone()));
        Bundle { set: Arc::new(set), ..self }
    }
}

/// Every file below a folder, but for what editors and file systems keep for themselves.
pub fn files_of(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for (path, name) in paths_of(folder)? {
        match fs::read(&path) {
            Ok(bytes) => drop(files.insert(name, bytes.into())),
            // Renamed or removed since the folder was listed: it is no longer part of it.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(files)
}

/// The files of a folder, with their names below it. A link that leads out of the folder is left alone, as a template may
/// not read what it leads to; so is one to a folder around it, which would have no end.
pub fn paths_of(folder: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    let root = fs::canonicalize(folder)?;
    // A folder, what its files are called, and the real folders around it with itself.
    let mut folders = vec![(folder.to_owned(), String::new(), vec![root.clone()])];
    while let Some((folder, prefix, around)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned).filter(|name| !is_private(name)) else {
                continue;
            };
            // A file can be gone again before it is looked at.
            let (Ok(about), Ok(real)) = (fs::metadata(entry.path()), fs::canonicalize(entry.path())) else { continue };
            if !real.starts_with(&root) || about.is_dir() && around.contains(&real) {
                continue;
            }
            if about.is_dir() {
                let around = around.iter().cloned().chain([real]).collect();
                folders.push((entry.path(), format!("{prefix}{name}/"), around));
            } else if about.len() <= LARGEST_FILE_BYTES {
                found.push((entry.path(), format!("{prefix}{name}")));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Hidden files, editors' backups and swap files, half-written downloads.
fn is_private(name: &str) -> bool {
    const ENDINGS: [&str; 5] = ["~", ".swp", ".tmp", ".part", ".bak"];
    name.starts_with(['.', '#']) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Files laid out in a folder that goes with this value.
struct Unpacked {
    path: PathBuf,
}

impl Unpacked {
    fn new(files: &Files) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("sideline-templates-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let unpacked = Self { path: std::env::temp_dir().join(name) };
        fs::create_dir_all(&unpacked.path)?;
        for (name, bytes) in files {
            // A journal is a file that people hand around: its names must not lead out of the folder.
            if !Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_))) {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} leads out of its folder")));
            }
            let path = unpacked.path.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, bytes)?;
        }
        Ok(unpacked)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        // What cannot be removed now is the system's to clean up.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"{ "nodes": [] }"#;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("makes the folder");
        fs::write(path, text).expect("writes");
    }

    fn pointer(bundle: &Bundle, id: &str) -> *const crate::template::Template {
        Arc::as_ptr(bundle.set.get(&id.into()).expect("it is there"))
    }

    #[test]
    fn files_of_a_journal_make_the_templates_that_their_folder_made() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "a/template.json", PLAIN);
        write(folder.path(), "a/.template.json.swp", "x");
        write(folder.path(), "shared/deep/logo.png", "no picture, and nobody asks for it");
        let read = Bundle::read(folder.path()).expect("right");
        assert_eq!(read.files.keys().collect::<Vec<_>>(), ["a/template.json", "shared/deep/logo.png"]);
        let unpacked = Bundle::unpack(read.files.as_ref().clone()).expect("right");
        assert_eq!((unpacked.files, unpacked.set.names()), (read.files, "a".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_and_around_in_it_are_left_alone() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().expect("a folder");
        write(outside.path(), "private/key.png", "nobody's business");
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "a/template.json", PLAIN);
        write(folder.path(), "shared/logos/nets.png", "x");
        symlink(outside.path().join("private"), folder.path().join("a/out")).expect("a link");
        symlink(outside.path().join("private/key.png"), folder.path().join("a/key.png")).expect("a link");
        symlink(folder.path(), folder.path().join("a/around")).expect("a link");
        symlink(folder.path().join("shared/logos"), folder.path().join("a/logos")).expect("a link");
        let names: Vec<String> = paths_of(folder.path()).expect("read").into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a/logos/nets.png", "a/template.json", "shared/logos/nets.png"]);
    }

    #[test]
    fn a_path_that_leads_out_of_the_folder_is_refused() {
        for name in ["../evil.json", "/tmp/evil.json", "a/../../evil.json"] {
            let files = Files::from([(name.to_owned(), Bytes::from("{}"))]);
            let problems = Bundle::unpack(files).expect_err(name);
            assert!(problems[0].message.contains("leads out"), "{problems:?}");
        }
    }

    #[test]
    fn a_template_is_the_same_until_its_own_files_or_shared_ones_change() {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), "a/template.json", PLAIN);
        write(folder.path(), "ab/template.json", PLAIN);
        let first = Bundle::read(folder.path()).expect("right");
        write(folder.path(), "ab/template.json", r#"{ "name": "new", "nodes": [] }"#);
        let second = Bundle::read(folder.path()).expect("right").after(&first);
        assert_eq!(pointer(&second, "a"), pointer(&first, "a"));
        assert_ne!(pointer(&second, "ab"), pointer(&first, "ab"));
        assert_eq!(second.set.get(&"ab".into()).map(|template| template.name.as_str()), Some("new"));
        write(folder.path(), "theme.json", "{}");
        let third = Bundle::read(folder.path()).expect("right").after(&second);
        assert_ne!(pointer(&third, "a"), pointer(&first, "a"), "whoever uses the theme is not known here");
    }
}
