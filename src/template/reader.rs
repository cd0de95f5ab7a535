//! Reads JSON into values of the right kind, and keeps every complaint.
//!
//! A [`Reader`] never stops at the first mistake: what is wrong is reported and left out, so that a designer sees all
//! of it at once. Keys that nobody asked for are mistakes too, with the nearest name that was.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::builtins::FUNCTIONS;
use super::defaults::Defaults;
use super::expr::{self, Expr, Wanted};
use super::folder::Folder;
use super::json::{Json, Key, Spanned};
use super::motion::{Easing, Length};
use super::package::THEME;
use super::pictures::Taken;
use super::problem::{Place, Problem, nearest, suggestion};
use super::{check, foreign, values};

/// An object being read; remembers which keys were asked for.
pub(crate) struct Object<'a> {
    pub at: Place,
    entries: &'a [(Key, Spanned)],
    asked: RefCell<Vec<&'static str>>,
    /// Keys that were needed and are not there.
    missing: RefCell<Vec<&'static str>>,
}

impl<'a> Object<'a> {
    pub fn get(&self, key: &'static str) -> Option<&'a Spanned> {
        self.ask(key);
        self.entries.iter().find(|(k, _)| k.name == key).map(|(_, value)| value)
    }

    fn ask(&self, key: &'static str) {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(k, _)| k.name == key)
    }

    pub fn entries(&self) -> &'a [(Key, Spanned)] {
        self.entries
    }
}

/// A file that is being read, or was: expressions remember theirs, for what is said of them later.
#[derive(Debug, Default)]
pub(crate) struct SourceFile {
    pub path: PathBuf,
    /// To show the one that is wrong.
    lines: Vec<String>,
}

impl SourceFile {
    pub fn new(path: &Path, text: &str) -> Self {
        Self { path: path.to_owned(), lines: text.lines().map(str::to_owned).collect() }
    }
}

/// What is noted of the node that is being read.
#[derive(Debug, Default)]
pub(crate) struct InHand {
    pub exprs: Vec<(Arc<Expr>, Wanted)>,
    pub defaults: Defaults,
}

pub(crate) struct Reader {
    pub file: Arc<SourceFile>,
    pub problems: Vec<Problem>,
    /// Places of which everything has been said.
    settled: Vec<Place>,
    /// Names that the template gives where the reader is: fields, lets, items of the repeats around.
    pub locals: Vec<Arc<str>>,
    next_expr: u32,
    /// The node that the reader is at.
    pub node: InHand,
    /// Where the files lie that can be named where the reader is.
    pub folder: Folder,
    /// What its pictures take.
    pub taken: Taken,
}

impl Reader {
    pub fn new(file: &Path, text: &str) -> Self {
        let folder = Folder::of(file);
        let file = Arc::new(SourceFile::new(file, text));
        Self {
            file,
            problems: Vec::new(),
            settled: Vec::new(),
            locals: Vec::new(),
            next_expr: 0,
            node: InHand::default(),
            folder,
            taken: Taken::default(),
        }
    }

    pub fn problem(&mut self, at: Place, message: impl Into<String>, help: impl Into<Option<String>>) {
        if self.settled.contains(&at) {
            return;
        }
        let problem = Problem {
            file: self.file.path.clone(),
            line: at.line,
            column: at.column,
            message: message.into(),
            help: help.into(),
            source_line: self.file.lines.get(at.line as usize - 1).cloned().unwrap_or_default(),
        };
        // A component's mistakes are found wherever it is used.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The same in the file that an expression stands in, so many characters into its string.
    pub fn problem_of(
        &mut self,
        expr: &Expr,
        offset: u32,
        message: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        if self.settled.contains(&expr.at) {
            return;
        }
        let file = std::mem::replace(&mut self.file, expr.file.clone());
        self.problem(self.inside(expr.at, offset), message, help);
        self.file = file;
    }

    /// Everything that can be said of a value, as a whole and as an expression, has been said.
    pub fn settle(&mut self, at: Place) {
        self.settled.extend([at, at.right(1)]);
    }

    /// Where the character stands that is so many into the string whose first one stands at `start`; what is written as
    /// an escape is one.
    pub fn inside(&self, start: Place, offset: u32) -> Place {
        let line = self.file.lines.get(start.line as usize - 1).map_or("", String::as_str);
        let mut chars = line.chars().skip(start.column as usize - 1);
        let mut column = start.column;
        for _ in 0..offset {
            column += match (chars.next(), chars.clone().next()) {
                (Some('\\'), Some('u')) => {
                    let digits: String = chars.by_ref().take(5).skip(1).collect();
                    let is_pair = matches!(u32::from_str_radix(&digits, 16), Ok(0xD800..=0xDBFF));
                    // What lies beyond sixteen bits is written as two escapes.
                    if is_pair { 6 + chars.by_ref().take(6).count() as u32 } else { 6 }
                }
                (Some('\\'), Some(_)) => {
                    chars.next();
                    2
                }
                _ => 1,
            };
        }
        Place { column, ..start }
    }

    /// A name that the template gives must not hide one that there is anyway.
    pub fn refuse_hidden_name(&mut self, key: &Key) {
        if [check::FIELDS, THEME, check::STEP].contains(&key.name.as_str()) || values::source(&key.name, None).is_some()
        {
            let help = "choose another name".to_owned();
            self.problem(key.at, format!("`{}` would hide a name of the game", key.name), help);
        }
        self.refuse_function(&key.name, key.at);
    }

    /// Nor one that expressions call.
    pub fn refuse_function(&mut self, name: &str, at: Place) {
        if FUNCTIONS.contains(&name) {
            let help = "choose another name".to_owned();
            self.problem(at, format!("`{name}` would hide a function of expressions"), help);
        }
    }

    pub fn wrong_kind(&mut self, value: &Spanned, name: &str, wanted: &str) {
        let help = foreign::value(name, &value.json, wanted);
        self.problem(value.at, format!("`{name}` is {}, but must be {wanted}", value.json.kind()), help);
    }

    pub fn object<'a>(&mut self, value: &'a Spanned, name: &str) -> Option<Object<'a>> {
        match &value.json {
            Json::Object(entries) => {
                Some(Object { at: value.at, entries, asked: RefCell::default(), missing: RefCell::default() })
            }
            _ => {
                self.wrong_kind(value, name, "an object");
                None
            }
        }
    }

    /// Reports the keys that nobody asked for, and those that are missing; a misspelt key is not reported as missing too.
    pub fn finish(&mut self, object: &Object<'_>, name: &str) {
        let asked = object.asked.borrow();
        let is_known = |key: &str| asked.contains(&key);
        let absent: Vec<&str> = asked.iter().copied().filter(|key| !object.has(key)).collect();
        let mut meant = Vec::new();
        for (key, _) in object.entries.iter().filter(|(key, _)| !is_known(&key.name)) {
            // Only what is not there yet can have been meant, except when nothing that is absent comes near.
            let near = nearest(&key.name, absent.iter().copied());
            meant.extend(near);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => suggestion(&key.name, asked.iter().copied()),
            };
            self.problem(key.at, format!("{name} has no `{}`", key.name), help);
        }
        for key in object.missing.borrow().iter().filter(|key| !meant.contains(key)) {
            self.problem(object.at, format!("{name} needs `{key}`"), None);
        }
    }

    pub fn list<'a>(&mut self, value: &'a Spanned, name: &str) -> &'a [Spanned] {
        match &value.json {
            Json::Array(items) => items,
            _ => {
                self.wrong_kind(value, name, "a list");
                &[]
            }
        }
    }

    /// Notes a key that an object needs, for `finish` to report.
    pub fn missing(&mut self, object: &Object<'_>, key: &'static str) {
        object.ask(key);
        object.missing.borrow_mut().push(key);
    }

    pub fn string<'a>(&mut self, object: &Object<'a>, key: &'static str) -> Option<(&'a str, Place)> {
        let value = object.get(key)?;
        match &value.json {
            Json::String(text) => Some((text, value.at)),
            _ => {
                self.wrong_kind(value, key, "a text");
                None
            }
        }
    }

    pub fn bool(&mut self, object: &Object<'_>, key: &'static str) -> bool {
        match object.get(key) {
            None => false,
            Some(Spanned { json: Json::Bool(b), .. }) => *b,
            Some(value) => {
                self.wrong_kind(value, key, "true or false");
                false
            }
        }
    }

    /// A number written out, within a range.
    pub fn number(&mut self, object: &Object<'_>, key: &'static str, range: (f32, f32)) -> Option<f32> {
        let value = object.get(key)?;
        self.number_in(value, key, range)
    }

    pub fn number_in(&mut self, value: &Spanned, name: &str, (low, high): (f32, f32)) -> Option<f32> {
        match value.json {
            Json::Number(n) if (f64::from(low)..=f64::from(high)).contains(&n) => Some(n as f32),
            Json::Number(n) => {
                self.problem(value.at, format!("`{name}` is {n}, but must be {low} to {high}"), None);
                None
            }
            _ => {
                self.wrong_kind(value, name, "a number");
                None
            }
        }
    }

    /// One of a few names.
    pub fn one_of<T: Copy>(&mut self, object: &Object<'_>, key: &'static str, names: &[(&str, T)]) -> Option<T> {
        let (text, at) = self.string(object, key)?;
        let found = names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let help = suggestion(text, names.iter().map(|(name, _)| *name));
            self.problem(at, format!("`{key}` cannot be `{text}`"), help);
        }
        found
    }

    pub fn length(&mut self, object: &Object<'_>, key: &'static str) -> Option<Length> {
        let value = object.get(key)?;
        if !matches!(value.json, Json::String(_)) {
            self.wrong_kind(value, key, "a length of time: \"400ms\"");
            return None;
        }
        self.length_of(value)
    }

    /// A length of time that is a text.
    pub fn length_of(&mut self, value: &Spanned) -> Option<Length> {
        let Spanned { json: Json::String(text), at } = value else { return None };
        let at = *at;
        let length = Length::parse(text);
        if length.is_none() {
            let help = "write \"400ms\", \"0.4s\" or \"12f\" (frames)".to_owned();
            self.problem(at, format!("`{text}` is not a length of time"), help);
        }
        length
    }

    pub fn easing(&mut self, object: &Object<'_>, key: &'static str) -> Option<Easing> {
        let (text, at) = self.string(object, key)?;
        let easing = Easing::parse(text);
        if easing.is_none() {
            let help = format!("{} (or `cubic-bezier(x1,y1,x2,y2)`)", suggestion(text, Easing::names()));
            self.problem(at, format!("`{text}` is not an easing"), help);
        }
        easing
    }

    /// An expression that must be one: `{{ … }}`.
    pub fn expr(&mut self, object: &Object<'_>, key: &'static str) -> Option<Arc<Expr>> {
        let (text, at) = self.string(object, key)?;
        self.expr_text(text, at, key)
    }

    pub fn expr_text(&mut self, text: &str, at: Place, name: &str) -> Option<Arc<Expr>> {
        if expr::is_bound(text) {
            return self.compile(text, at);
        }
        let help = format!("write \"{{{{ {text} }}}}\"");
        self.problem(at, format!("`{name}` must be an expression"), help);
        None
    }

    pub(super) fn compile(&mut self, text: &str, at: Place) -> Option<Arc<Expr>> {
        self.next_expr += 1;
        // The string's first character stands one to the right of its quote.
        match Expr::compile(self.next_expr, text, at.right(1), &self.locals, &self.file) {
            Ok(expr) => Some(Arc::new(expr)),
            Err(bad) => {
                self.problem(self.inside(at.right(1), bad.offset), bad.message, bad.help);
                None
            }
        }
    }

    /// An expression of the node that is being read, which is nothing while it has no value.
    pub fn noted_expr(&mut self, object: &Object<'_>, key: &'static str, wanted: Wanted) -> Option<Arc<Expr>> {
        let expr = self.expr(object, key)?;
        self.node.exprs.push((expr.clone(), wanted));
        Some(expr)
    }

    /// Reads what stands under this key of the node: the properties in there have their defaults under it too.
    pub fn part<T>(&mut self, key: &str, read: impl FnOnce(&mut Reader) -> T) -> T {
        let outer = self.node.defaults.enter(key);
        let done = read(self);
        self.node.defaults.leave(outer);
        done
    }
}
