//! Where the files lie that a template names: its own folder, and what all templates beside it share.
//!
//! In: a path as a designer writes it. Out: the file, or why it cannot be had. Nothing else of the machine can be named,
//! so that a template behaves the same wherever its folder is copied to.

use std::path::{Component, Path, PathBuf};

use super::package::PACKAGE_FILE_NAME;
use super::problem::suggestion;

/// The folder beside the templates' own whose files all of them may name: `../shared/…`.
pub(crate) const SHARED: &str = "shared";

/// What a file may name: a template's the files of its folder and `../shared`, a package's those of `shared`.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    home: PathBuf,
    is_package: bool,
}

/// The largest `template.json`, `package.json`, `theme.json` or mapping file: the longest are some hundred kilobytes, and
/// a larger one is another file that was given this name.
pub(crate) const MAX_TEXT_BYTES: u64 = 4 << 20;

/// The text of a file that a template is made of; an error for one that is too large, before it is read.
pub(crate) fn read_text(file: &Path) -> std::io::Result<String> {
    let bytes = std::fs::metadata(file)?.len();
    if bytes > MAX_TEXT_BYTES {
        let message = format!("it has {} MiB, and may have {}", bytes.div_ceil(1 << 20), MAX_TEXT_BYTES >> 20);
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, message));
    }
    std::fs::read_to_string(file)
}

/// Why a path names no file that a template may read.
#[derive(Debug)]
pub(crate) struct BadPath {
    pub message: String,
    pub help: Option<String>,
}

impl BadPath {
    fn new(message: String, help: &str) -> Self {
        Self { message, help: Some(help.to_owned()) }
    }
}

impl Folder {
    /// Of the template, or the package, in this file.
    pub fn of(file: &Path) -> Self {
        let is_package = file.file_name().is_some_and(|name| name == PACKAGE_FILE_NAME);
        Self { home: file.parent().unwrap_or(Path::new("")).to_owned(), is_package }
    }

    /// The file or folder of this name, which exists.
    pub fn find(&self, path: &str) -> Result<PathBuf, BadPath> {
        let inside = self.inside(path)?;
        let found = self.home.join(&inside);
        let Ok(real) = found.canonicalize() else {
            return Err(BadPath { message: format!("there is no file `{path}`"), help: self.nearest(&inside) });
        };
        if self.holds(&real) { Ok(found) } else { Err(self.outside(path)) }
    }

    /// Whether a path that a template may name leads to nothing.
    pub fn lacks(&self, path: &str) -> bool {
        self.inside(path).is_ok_and(|inside| !self.home.join(inside).exists())
    }

    /// A file of a folder that has been found, by its name there; `path` is what a designer would call it.
    pub fn member(&self, folder: &Path, name: &str, path: &str) -> Result<PathBuf, BadPath> {
        let found = folder.join(name);
        match found.canonicalize() {
            Ok(real) if self.holds(&real) => Ok(found),
            Ok(_) => Err(self.outside(path)),
            Err(_) => Err(BadPath { message: format!("there is no file `{path}`"), help: None }),
        }
    }

    /// Whether a path without links lies where a template's files lie: a link may lead anywhere.
    fn holds(&self, real: &Path) -> bool {
        let shared = if self.is_package { self.home.join(SHARED) } else { self.home.join("..").join(SHARED) };
        let own = (!self.is_package).then(|| self.home.clone());
        own.into_iter()
            .chain([shared])
            .filter_map(|folder| absolute(&folder).ok())
            .any(|folder| real.starts_with(folder))
    }

    fn outside(&self, path: &str) -> BadPath {
        let (message, help) = if self.is_package {
            (format!("`{path}` leads out of the package"), "files of a package lie in `shared`, beside package.json")
        } else {
            let help = "files lie in the template's folder or in `../shared`, beside it";
            (format!("`{path}` leads out of the template's folder"), help)
        };
        BadPath::new(message, help)
    }

    /// The path without detours, in the template's folder or in the shared one.
    fn inside(&self, path: &str) -> Result<PathBuf, BadPath> {
        if path.is_empty() {
            return Err(BadPath::new("an empty path".to_owned(), "name a file of the template's folder"));
        }
        if path.contains('\\') {
            return Err(BadPath::new(
                format!("`{path}` has a backslash"),
                "folders are divided by `/` on every machine",
            ));
        }
        if path.contains(':') {
            return Err(self.outside(path));
        }
        let mut parts: Vec<&str> = Vec::new();
        for component in Path::new(path).components() {
            match component {
                Component::Normal(part) => parts.push(part.to_str().unwrap_or_default()),
                Component::CurDir => {}
                Component::ParentDir if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
                Component::ParentDir => {
                    parts.pop();
                }
                Component::RootDir | Component::Prefix(_) => return Err(self.outside(path)),
            }
        }
        match (self.is_package, &parts[..]) {
            (true, [SHARED, ..]) | (false, ["..", SHARED, ..]) => Ok(parts.iter().collect()),
            (true, _) | (false, ["..", ..] | []) => Err(self.outside(path)),
            (false, _) => Ok(parts.iter().collect()),
        }
    }

    /// A file of the same folder that was probably meant.
    fn nearest(&self, inside: &Path) -> Option<String> {
        let name = inside.file_name()?.to_str()?;
        let folder = self.home.join(inside.parent()?);
        let mut names: Vec<String> = std::fs::read_dir(absolute(&folder).ok()?)
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        let known = names.iter().map(String::as_str);
        (!names.is_empty() && names.len() <= 200).then(|| suggestion(name, known))
    }
}

fn absolute(folder: &Path) -> std::io::Result<PathBuf> {
    if folder.as_os_str().is_empty() { Path::new(".").canonicalize() } else { folder.canonicalize() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> (tempfile::TempDir, Folder) {
        let root = tempfile::tempdir().unwrap();
        for file in ["bug/template.json", "bug/art/logo.png", "shared/ball.svg", "other/secret.png", "secret.png"] {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "x").unwrap();
        }
        let folder = Folder::of(&root.path().join("bug/template.json"));
        (root, folder)
    }

    #[test]
    fn a_template_finds_its_own_files_and_the_shared_ones() {
        let (_root, folder) = package();
        for path in ["art/logo.png", "./art/logo.png", "art/../art/logo.png", "../shared/ball.svg", "art"] {
            assert!(folder.find(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn nothing_else_can_be_named() {
        let (root, folder) = package();
        let absolute = root.path().join("secret.png");
        for path in [
            "../secret.png",
            "../other/secret.png",
            "art/../../secret.png",
            "..",
            ".",
            "../shared/../secret.png",
            "/etc/passwd",
            "c:/a.png",
        ] {
            let bad = folder.find(path).unwrap_err();
            assert!(bad.message.contains("leads out"), "{path}: {}", bad.message);
        }
        assert!(folder.find(absolute.to_str().unwrap()).unwrap_err().message.contains("leads out"));
        assert!(folder.find("art\\logo.png").unwrap_err().help.unwrap().contains("`/`"));
    }

    #[test]
    fn a_package_names_shared_files_only() {
        let (root, _) = package();
        let folder = Folder::of(&root.path().join("package.json"));
        assert!(folder.find("shared/ball.svg").is_ok());
        for path in ["bug/art/logo.png", "secret.png", "../shared/ball.svg", "shared/../secret.png"] {
            let bad = folder.find(path).unwrap_err();
            assert!(bad.message.contains("leads out of the package"), "{path}: {}", bad.message);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_out_either() {
        let (root, folder) = package();
        std::os::unix::fs::symlink(root.path().join("secret.png"), root.path().join("bug/art/link.png")).unwrap();
        assert!(folder.find("art/link.png").unwrap_err().message.contains("leads out"));
        let art = folder.find("art").unwrap();
        assert!(folder.member(&art, "logo.png", "art/logo.png").is_ok());
        let bad = folder.member(&art, "link.png", "art/link.png").unwrap_err();
        assert_eq!(bad.message, "`art/link.png` leads out of the template's folder");
    }

    #[test]
    fn a_file_that_is_far_too_large_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("template.json");
        // Bytes that nobody writes take no room.
        std::fs::File::create(&file).unwrap().set_len(MAX_TEXT_BYTES + 1).unwrap();
        assert_eq!(read_text(&file).unwrap_err().to_string(), "it has 5 MiB, and may have 4");
    }

    #[test]
    fn a_missing_file_suggests_its_neighbour() {
        let (_root, folder) = package();
        let bad = folder.find("art/lgoo.png").unwrap_err();
        assert_eq!(
            (bad.message.as_str(), bad.help.as_deref()),
            ("there is no file `art/lgoo.png`", Some("did you mean `logo.png`?"))
        );
        assert_eq!(folder.find("fonts/a.ttf").unwrap_err().help, None);
    }
}
