//! What the templates of a folder share: a theme, styles and components, in a `package.json` beside their folders, and
//! another look for the same templates, in a `theme.json` beside that.
//!
//! In: the texts of these files. Out: a [`Package`], which every template of the folder is read with. A `theme.json` changes
//! values of the package's theme and brings none of its own, so that what it misspells is told. A template's own theme,
//! styles and components come before those of the package.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::Value;

use super::bind::Local;
use super::components;
use super::expr::{self, Expr, value_of_json};
use super::folder::{Folder, read_text};
use super::json::{self, Json, Key, Spanned};
use super::nodes::Names;
use super::problem::{Problem, suggestion};
use super::reader::{Reader, SourceFile};
use super::{fonts, syntax, texts};

/// The file that makes the templates beside it a package.
pub const PACKAGE_FILE_NAME: &str = "package.json";

/// The file that gives a package another look.
pub const THEME_FILE_NAME: &str = "theme.json";

/// What expressions call the theme.
pub(crate) const THEME: &str = "theme";

/// Keys whose values must stay as they are: expressions even where these could be worked out at load, and the theme.
const KEPT: [&str; 7] = ["let", "when", "over", "key", "on", "number", THEME];

/// Keys of objects whose own keys are names that a designer chose: a style may be called `number`.
const NAMED: [&str; 8] = ["styles", "components", "fields", "fonts", "patch", "variants", "parameters", "with"];

/// The shared files of a folder of templates; empty where there are none.
#[derive(Clone, Debug, Default)]
pub struct Package {
    shared: Option<Arc<Shared>>,
    look: Option<Arc<Shared>>,
}

#[derive(Debug)]
struct Shared {
    file: Arc<SourceFile>,
    root: Spanned,
}

impl Package {
    /// Reads the text of a `package.json`. What is wrong inside is said by the templates that are read with it; here
    /// only what is no JSON.
    pub fn parse(file: &Path, text: &str) -> Result<Package, Vec<Problem>> {
        Ok(Package { shared: Some(read(file, text)?), look: None })
    }

    /// The same with the look of this `theme.json`, in the place of the one that it had. What is wrong inside is said by
    /// the templates, here only what is no JSON.
    pub fn with_theme(self, file: &Path, text: &str) -> Result<Package, Vec<Problem>> {
        Ok(Package { look: Some(read(file, text)?), ..self })
    }

    /// The package of a folder of templates, with its `theme.json` where there is one.
    pub fn load(templates: &Path) -> Result<Package, Vec<Problem>> {
        let package = match text_of(&templates.join(PACKAGE_FILE_NAME))? {
            Some((file, text)) => Self::parse(&file, &text)?,
            None => Package::default(),
        };
        match text_of(&templates.join(THEME_FILE_NAME))? {
            Some((file, text)) => package.with_theme(&file, &text),
            None => Ok(package),
        }
    }

    /// The package of the template whose `template.json` this is.
    pub fn around(template: &Path) -> Result<Package, Vec<Problem>> {
        match template.parent().and_then(Path::parent) {
            Some(templates) => Self::load(templates),
            None => Ok(Package::default()),
        }
    }

    /// Its file and what is in it.
    pub(super) fn root(&self) -> Option<(&Arc<SourceFile>, &Spanned)> {
        self.shared.as_ref().map(|shared| (&shared.file, &shared.root))
    }
}

/// The text of a file that need not be there.
fn text_of(file: &Path) -> Result<Option<(PathBuf, String)>, Vec<Problem>> {
    match read_text(file) {
        Ok(text) => Ok(Some((file.to_owned(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(vec![Problem::of_file(file, format!("cannot be read: {error}"))]),
    }
}

fn read(file: &Path, text: &str) -> Result<Arc<Shared>, Vec<Problem>> {
    let mut reader = Reader::new(file, text);
    match json::parse(text) {
        Ok(root) => Ok(Arc::new(Shared { file: reader.file, root })),
        Err(bad) => {
            reader.problem(bad.at, bad.message, None);
            Err(reader.problems)
        }
    }
}

/// Lays one theme over another: objects are merged, anything else is replaced.
pub(super) fn merge(under: &mut serde_json::Value, over: serde_json::Value) {
    match (under, over) {
        (serde_json::Value::Object(under), serde_json::Value::Object(over)) => {
            for (key, value) in over {
                merge(under.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

/// Puts the theme's values in the place of expressions that read nothing else, so that they can stand where only a
/// value can: a corner's radius, a font's size.
pub(super) fn fill_in(reader: &mut Reader, value: &mut Spanned, theme: &serde_json::Value) {
    fill_in_below(reader, value, theme, false);
}

/// `are_names` says that the keys of the value itself are a designer's, and mean nothing here.
fn fill_in_below(reader: &mut Reader, value: &mut Spanned, theme: &serde_json::Value, are_names: bool) {
    match &mut value.json {
        Json::Object(entries) => {
            for (key, value) in entries {
                let is = |keys: &[&str]| !are_names && keys.contains(&key.name.as_str());
                if !is(&KEPT) {
                    fill_in_below(reader, value, theme, is(&NAMED));
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| fill_in_below(reader, item, theme, false)),
        Json::String(text) if expr::is_bound(text) => {
            if let Some(filled) = filled_in(reader, text, value.at, theme) {
                value.json = filled;
            }
        }
        _ => {}
    }
}

fn filled_in(reader: &mut Reader, text: &str, at: super::Place, theme: &serde_json::Value) -> Option<Json> {
    // What does not compile is said when it is read in its place.
    let expr = Expr::compile(0, text, at.right(1), &[THEME.into()], &reader.file).ok()?;
    let of_theme = |path: &syntax::Path| path.text == THEME || path.text.starts_with("theme.");
    if expr.paths.is_empty() || !expr.paths.iter().all(of_theme) {
        return None;
    }
    for path in &expr.paths {
        if let Err((offset, message, help)) = follow(theme, path) {
            reader.problem(reader.inside(at.right(1), offset), message, help);
            reader.settle(at);
            return None;
        }
    }
    let names = Value::from_pairs([(THEME, value_of_json(theme.clone()))]);
    let value = expr.try_eval(names).ok().filter(|value| !value.is_undefined())?;
    serde_json::to_value(&value).ok().map(|value| json_of(value, at).json)
}

/// Follows a dotted path through the theme; what to say where it ends too early.
fn follow(theme: &serde_json::Value, path: &syntax::Path) -> Result<(), (u32, String, Option<String>)> {
    if theme.as_object().is_none_or(serde_json::Map::is_empty) {
        let help = "give the template, or its package, a `theme`".to_owned();
        return Err((path.offsets.first().copied().unwrap_or_default(), format!("there is no `{THEME}`"), Some(help)));
    }
    let (mut value, mut so_far) = (theme, THEME.to_owned());
    for (name, offset) in path.text.split('.').zip(&path.offsets).skip(1) {
        let serde_json::Value::Object(entries) = value else { return Ok(()) };
        let Some(next) = entries.get(name) else {
            let help = suggestion(name, entries.keys().map(String::as_str));
            return Err((*offset, format!("`{so_far}` has no `{name}`"), Some(help)));
        };
        so_far = format!("{so_far}.{name}");
        value = next;
    }
    Ok(())
}

/// JSON that stands, with all in it, in one place.
fn json_of(value: serde_json::Value, at: super::Place) -> Spanned {
    let json = match value {
        serde_json::Value::Null => Json::Null,
        serde_json::Value::Bool(b) => Json::Bool(b),
        serde_json::Value::Number(n) => Json::Number(n.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Json::String(text),
        serde_json::Value::Array(items) => Json::Array(items.into_iter().map(|item| json_of(item, at)).collect()),
        serde_json::Value::Object(entries) => {
            Json::Object(entries.into_iter().map(|(name, value)| (Key { at, name }, json_of(value, at))).collect())
        }
    };
    Spanned { at, json }
}

/// Reads what a template shares with others into `names`, and puts the theme's values into the template. The theme is a
/// local of expressions, without a name where there is none.
pub(super) fn read_shared(reader: &mut Reader, package: &Package, root: &mut Spanned, names: &mut Names) -> Local {
    let mut theme = serde_json::Value::Object(serde_json::Map::new());
    if let Some((_, shared)) = package.root() {
        merge(&mut theme, theme_of(shared));
    }
    if let Some(look) = &package.look {
        let outer = std::mem::replace(&mut reader.file, look.file.clone());
        let before = reader.problems.len();
        let says_something = !matches!(&look.root.json, Json::Object(entries) if entries.is_empty());
        if says_something && theme.as_object().is_none_or(serde_json::Map::is_empty) {
            let message = format!("{THEME_FILE_NAME} changes a theme, and there is none to change");
            let help = format!("give the {PACKAGE_FILE_NAME} beside it a `{THEME}`");
            reader.problem(look.root.at, message, help);
        } else {
            check_look(reader, &look.root, &theme, THEME);
        }
        reader.file = outer;
        // A wrong one is said once, and not again wherever it would be read.
        if reader.problems.len() == before {
            merge(&mut theme, object_of(&look.root));
        }
    }
    merge(&mut theme, theme_of(root));
    if let Some((file, shared)) = package.root() {
        let folder = Folder::of(&file.path);
        let outer = std::mem::replace(&mut reader.file, file.clone());
        let outer_folder = std::mem::replace(&mut reader.folder, folder);
        let mut shared = shared.clone();
        fill_in(reader, &mut shared, &theme);
        read_package(reader, &shared, names);
        (reader.file, reader.folder) = (outer, outer_folder);
    }
    if let Some(value) = entry(root, THEME).filter(|value| !matches!(value.json, Json::Object(_))) {
        reader.wrong_kind(value, THEME, "an object");
    }
    fill_in(reader, root, &theme);
    let is_there = theme.as_object().is_some_and(|theme| !theme.is_empty());
    Local { name: if is_there { THEME.into() } else { "".into() }, value: value_of_json(theme), changed: 1 }
}

/// Another look has other values of the theme's own names: what the theme does not have no template reads, and a value of
/// another kind would be wrong wherever it is read.
fn check_look(reader: &mut Reader, look: &Spanned, theme: &serde_json::Value, name: &str) {
    use serde_json::Value;
    match (theme, &look.json) {
        (Value::Object(theme), Json::Object(entries)) => {
            for (key, value) in entries {
                match theme.get(&key.name) {
                    Some(theme) => check_look(reader, value, theme, &format!("{name}.{}", key.name)),
                    None => {
                        let help = suggestion(&key.name, theme.keys().map(String::as_str));
                        reader.problem(key.at, format!("`{name}` has no `{}`", key.name), help);
                    }
                }
            }
        }
        (Value::Object(_), _) => reader.wrong_kind(look, name, "an object"),
        (Value::String(_), Json::String(_)) | (Value::Number(_), Json::Number(_)) => {}
        (Value::String(_), _) => reader.wrong_kind(look, name, "a text"),
        (Value::Number(_), _) => reader.wrong_kind(look, name, "a number"),
        _ => {}
    }
}

fn read_package(reader: &mut Reader, shared: &Spanned, names: &mut Names) {
    let Some(object) = reader.object(shared, "package") else { return };
    reader.string(&object, "$schema");
    if let Some(value) = object.get(THEME) {
        reader.object(value, THEME);
    }
    if let Some(value) = object.get("fonts") {
        fonts::read_fonts(reader, value, names);
    }
    if let Some(value) = object.get("styles") {
        texts::read_styles(reader, value, names);
    }
    if let Some(value) = object.get("components") {
        components::read_definitions(reader, value, &mut names.components);
    }
    object.get("comment");
    reader.finish(&object, "a package");
}

/// What stands under a key, whether or not anybody asks for it.
pub(super) fn entry<'a>(root: &'a Spanned, name: &str) -> Option<&'a Spanned> {
    match &root.json {
        Json::Object(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, value)| value),
        _ => None,
    }
}

/// An object, empty when there is none.
fn theme_of(root: &Spanned) -> serde_json::Value {
    entry(root, THEME).map_or_else(|| serde_json::Value::Object(serde_json::Map::new()), object_of)
}

/// The same of what should be one.
fn object_of(value: &Spanned) -> serde_json::Value {
    match value.json.to_value() {
        object @ serde_json::Value::Object(_) => object,
        _ => serde_json::Value::Object(serde_json::Map::new()),
    }
}
