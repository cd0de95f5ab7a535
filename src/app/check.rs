//! `sideline check`: everything that is wrong with templates and show files, without putting anything on air.

use std::path::{Path, PathBuf};

use super::{Failure, show_problems};
use crate::config;
use crate::problem::Problem;
use crate::template::{self, FILE_NAME, PACKAGE_FILE_NAME, Package, THEME_FILE_NAME, Template, TemplateSet};

/// What was looked at, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub files: Vec<PathBuf>,
    /// By file, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks show files (`.toml`), templates (`.json`), a template's folder, a folder of templates, or a folder with a show
/// and its `templates`; the current folder when no path is given. A path where nothing of the kind is found is a
/// problem too: a misspelt path must not pass as "no problems".
pub fn check(paths: &[PathBuf]) -> Result<Checked, Failure> {
    let here = [PathBuf::from(".")];
    let mut checked = Checked::default();
    for path in if paths.is_empty() { &here } else { paths } {
        let before = checked.files.len();
        look(&mut checked, path).map_err(|cause| Failure::Input(format!("cannot read {}: {cause}", path.display())))?;
        if checked.files.len() == before {
            let message = "no template and no show file here".to_owned();
            checked.problems.push(Problem::of_file(path, message));
        }
    }
    Ok(checked)
}

fn look(checked: &mut Checked, path: &Path) -> std::io::Result<()> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending {
        Some("toml") => return checked.show(path),
        // What is wrong with these is found by the templates that are read with them.
        Some("json") if path.file_name().is_some_and(|name| name == PACKAGE_FILE_NAME || name == THEME_FILE_NAME) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            return checked.package(path, folder);
        }
        Some("json") => return checked.template(path),
        _ => {}
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    if path.join(FILE_NAME).is_file() {
        return checked.template(&path.join(FILE_NAME));
    }
    for entry in entries {
        if entry.join(FILE_NAME).is_file() {
            checked.template(&entry.join(FILE_NAME))?;
        } else if entry.file_name().is_some_and(|name| name == "templates") && entry.is_dir() {
            look(checked, &entry)?;
        } else if is_show(&entry) {
            checked.show(&entry)?;
        }
    }
    Ok(())
}

/// Whether a file of a folder is meant to be a show: other programs keep `.toml` files too.
fn is_show(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml")
        && std::fs::read_to_string(path).is_ok_and(|text| text.lines().any(|line| line.trim() == "[show]"))
}

impl Checked {
    fn template(&mut self, file: &Path) -> std::io::Result<()> {
        let text = match template::read_text(file) {
            Err(cause) if cause.kind() == std::io::ErrorKind::FileTooLarge => {
                self.files.push(file.to_owned());
                self.problems.push(Problem::of_file(file, format!("cannot be read: {cause}")));
                return Ok(());
            }
            text => text?,
        };
        if self.files.iter().any(|known| known == file) {
            return Ok(());
        }
        self.files.push(file.to_owned());
        let name = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let read =
            Package::around(file).and_then(|package| Template::parse_in(&package, name.as_ref().into(), file, &text));
        self.add(read.err().unwrap_or_default());
        Ok(())
    }

    /// What is wrong with a package is found by every template of it.
    fn add(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    /// A package or its theme, and the templates beside it.
    fn package(&mut self, file: &Path, folder: &Path) -> std::io::Result<()> {
        std::fs::metadata(file)?;
        self.files.push(file.to_owned());
        // Whatever stands beside it, a template with nothing in it reads all of it.
        let empty = folder.join("empty").join(FILE_NAME);
        let read = Package::load(folder)
            .and_then(|package| Template::parse_in(&package, "empty".into(), &empty, "{ \"nodes\": [] }"));
        self.add(read.err().unwrap_or_default());
        look(self, folder)
    }

    fn roster(&mut self, show: &Path, file: &Path) {
        match std::fs::read_to_string(file) {
            Ok(text) => {
                self.files.push(file.to_owned());
                self.problems.extend(config::parse_roster(file, &text).err().into_iter().flat_map(|wrong| wrong.0));
            }
            Err(cause) => {
                let message = format!("the roster {} cannot be read: {cause}", file.display());
                self.problems.push(Problem::of_file(show, message));
            }
        }
    }

    fn show(&mut self, file: &Path) -> std::io::Result<()> {
        let text = std::fs::read_to_string(file)?;
        self.files.push(file.to_owned());
        let show = match config::parse(file, &text) {
            Ok(show) => show,
            Err(config::Problems(problems)) => {
                self.problems.extend(problems);
                return Ok(());
            }
        };
        let folder = file.parent().unwrap_or(Path::new(""));
        for written in [&show.teams.home.roster, &show.teams.away.roster].into_iter().flatten() {
            self.roster(file, &folder.join(written));
        }
        let templates = match &show.show.templates {
            None => TemplateSet::builtin(),
            Some(templates) => {
                let folder = folder.join(templates);
                match look(self, &folder) {
                    Ok(()) => TemplateSet::load(&folder),
                    Err(cause) => {
                        let message = format!("the templates folder {} cannot be read: {cause}", folder.display());
                        self.problems.push(Problem::of_file(file, message));
                        return Ok(());
                    }
                }
            }
        };
        // What is wrong with the templates themselves has been said; without them nothing can be said of graphics.
        let Ok(templates) = templates else { return Ok(()) };
        self.problems.extend(show_problems(file, &text, &show, &templates.into()));
        Ok(())
    }
}
