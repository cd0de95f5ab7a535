//! Expressions: the text between `{{` and `}}`, in minijinja's language.
//!
//! In: a template's string, once, at load. Out: an [`Expr`], evaluated against named values.
//! A value that is not known evaluates to nothing, never to "none": the node's `default` or nothing is shown.
//! Evaluation is bounded by fuel, so a mistake in a template cannot hold up a frame.

use std::sync::{Arc, LazyLock};

use minijinja::value::ValueKind;
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};

use super::filters;
use super::problem::Place;
use super::reader::SourceFile;
use super::values::{self, Source};

/// Instructions that one evaluation may use; the built-in templates need at most some hundreds, a search through a
/// roster some thousands.
const FUEL: u64 = 50_000;

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_fuel(Some(FUEL));
    filters::add_to(&mut engine);
    engine
});

/// A name that an expression reads, and where from: the game tells some attributes of a name apart ("home.score"), the
/// template's own names count as a whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Read {
    pub root: Arc<str>,
    /// `None` when there is no such name.
    pub source: Option<Source>,
}

/// A compiled string of a template: one expression, or text with expressions in it.
#[derive(Debug)]
pub(crate) struct Expr {
    /// Unique within its template.
    pub id: u32,
    /// Where its first `{{` stands.
    pub at: Place,
    /// The file that it stands in.
    pub file: Arc<SourceFile>,
    pub source: String,
    /// What it reads, sorted.
    pub reads: Vec<Read>,
    /// Every dotted path that it reads, sorted.
    pub paths: Vec<String>,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Code(minijinja::Expression<'static, 'static>),
}

/// Why a string is not an expression.
#[derive(Debug)]
pub(crate) struct BadExpr {
    /// Characters from the start of the string.
    pub offset: u32,
    pub message: String,
}

/// Whether a string has an expression in it.
pub(crate) fn is_bound(text: &str) -> bool {
    text.contains("{{")
}

impl Expr {
    /// Compiles a string; `at` is where it stands in its file, `locals` are the names that the template gives there, later
    /// ones before earlier ones of the same name.
    pub fn compile(
        id: u32,
        text: &str,
        at: Place,
        locals: &[Arc<str>],
        file: &Arc<SourceFile>,
    ) -> Result<Expr, BadExpr> {
        let mut parts = Vec::new();
        let mut sliced = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let offset = |to: &str| text[..text.len() - to.len()].chars().count() as u32;
            let inside = &rest[open + 2..];
            let close = closing(inside).ok_or_else(|| BadExpr {
                offset: offset(&rest[open..]),
                message: "`{{` without its `}}`".to_owned(),
            })?;
            let code = inside[..close].trim();
            let compiled = ENGINE.compile_expression_owned(code.to_owned()).map_err(|error| BadExpr {
                offset: offset(inside) + error.range().map_or(0, |range| range.start as u32),
                message: format!("`{code}` is not an expression: {}", error.detail().unwrap_or("syntax error")),
            })?;
            parts.push(Part::Code(compiled));
            if code.contains('[') && code.contains(':') {
                sliced.push(code.to_owned());
            }
            rest = &inside[close + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let mut paths: Vec<String> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Code(code) => Some(code.undeclared_variables(true)),
                Part::Literal(_) => None,
            })
            .flatten()
            .chain(sliced.iter().flat_map(|code| names_of(code, locals)))
            .filter(|path| !filters::FUNCTIONS.contains(&path.as_str()))
            .collect();
        paths.sort();
        paths.dedup();
        let mut reads: Vec<Read> = paths.iter().map(|path| read_of(path, locals)).collect();
        reads.sort();
        reads.dedup();
        Ok(Expr { id, at, file: file.clone(), source: text.to_owned(), reads, paths, parts })
    }

    /// The value; undefined when it is not known, or when evaluation fails (which load has reported as far as sample
    /// data can show it).
    pub fn eval(&self, names: Value) -> Value {
        self.try_eval(names).unwrap_or(Value::UNDEFINED)
    }

    /// As `eval`, but a failure that is not merely an unknown value is an error.
    pub fn try_eval(&self, names: Value) -> Result<Value, minijinja::Error> {
        let evaluate = |code: &minijinja::Expression<'static, 'static>| match code.eval(names.clone()) {
            Ok(value) if value.is_none() => Ok(Value::UNDEFINED),
            Err(error) if error.kind() == ErrorKind::UndefinedError => Ok(Value::UNDEFINED),
            other => other,
        };
        if let [Part::Code(code)] = &self.parts[..] {
            return evaluate(code);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Code(code) => match text_of(&evaluate(code)?) {
                    Some(value) => text.push_str(&value),
                    None => return Ok(Value::UNDEFINED),
                },
            }
        }
        Ok(Value::from(text))
    }
}

/// Where the expression ends: the first `}}` outside quotes. A `}` that closes a `{` of the expression does not count.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut open = 0usize;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                chars.next();
            }
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => open += 1,
            (None, '}') if open > 0 => open -= 1,
            (None, '}') if chars.peek().is_some_and(|(_, next)| *next == '}') => return Some(at),
            (None, _) => {}
        }
    }
    None
}

/// The known names that stand in an expression with a slice: the engine does not tell which it reads there
/// (`undeclared_variables` leaves out what is under `[a:b]`). One that only looks like a name costs an evaluation.
fn names_of(code: &str, locals: &[Arc<str>]) -> Vec<String> {
    let mut names = Vec::new();
    let mut quote = None;
    let mut before = None;
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let length = match quote {
            None if c.is_alphabetic() || c == '_' => {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            }
            _ => c.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        match quote {
            Some(open) if open == c && before != Some('\\') => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if before != Some('.') && read_of(word, locals).source.is_some() => names.push(word.to_owned()),
            _ => {}
        }
        if !c.is_whitespace() {
            before = word.chars().last();
        }
        rest = after;
    }
    names
}

fn read_of(path: &str, locals: &[Arc<str>]) -> Read {
    let mut parts = path.split('.');
    let root = parts.next().unwrap_or_default();
    let local = locals.iter().rposition(|name| **name == *root);
    let source = match local {
        Some(at) => u16::try_from(at).ok().map(Source::Local),
        None => values::source(root, parts.next()),
    };
    Read { root: root.into(), source }
}

/// The value as text on screen; `None` when it is not known. Whole numbers have no decimal point.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => None,
        ValueKind::Number => match f64::try_from(value.clone()) {
            Ok(n) if n.fract() == 0.0 && n.abs() < 9e15 => Some(format!("{}", n as i64)),
            _ => Some(value.to_string()),
        },
        _ => Some(value.to_string()),
    }
}

/// The value as a number; `None` when it is not one.
pub(crate) fn number_of(value: &Value) -> Option<f64> {
    match value.kind() {
        ValueKind::Number => f64::try_from(value.clone()).ok().filter(|n| n.is_finite()),
        ValueKind::Bool => Some(if value.is_true() { 1.0 } else { 0.0 }),
        ValueKind::String => value.as_str().and_then(|text| text.trim().parse().ok()).filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

/// Named values out of JSON. Null becomes "not there", which every use of it then reports as unknown.
pub(crate) fn value_of_json(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::UNDEFINED,
        Json::Bool(b) => b.into(),
        Json::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => i.into(),
            (None, Some(u)) => u.into(),
            (None, None) => n.as_f64().unwrap_or_default().into(),
        },
        Json::String(s) => Value::from(Arc::<str>::from(s)),
        Json::Array(items) => items.into_iter().map(value_of_json).collect(),
        Json::Object(entries) => Value::from_pairs(
            entries.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, value_of_json(value))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(text: &str) -> Option<String> {
        let home = serde_json::json!({"home": {"name": "Nets", "score": 99, "fouls": null, "pct": 45.0}});
        let expr = Expr::compile(0, text, Place::START, &[], &Arc::default()).expect("the expression compiles");
        text_of(&expr.eval(value_of_json(home)))
    }

    #[test]
    fn text_around_expressions_is_kept() {
        assert_eq!(eval("{{ home.name }} {{ home.score }}!").as_deref(), Some("Nets 99!"));
        assert_eq!(eval("{{ '}}' }}").as_deref(), Some("}}"));
        assert_eq!(eval("{{ {'a': {'b': 1}}.a.b }}").as_deref(), Some("1"));
        assert_eq!(eval("{{ home.pct }}").as_deref(), Some("45"));
    }

    #[test]
    fn what_is_not_known_is_nothing_and_never_the_word_none() {
        for text in [
            "{{ home.fouls }}",
            "{{ home.fouls.x.y }}",
            "{{ home.fouls ~ ' fouls' }}",
            "{{ home.fouls + 1 }}",
            "{{ home.fouls < 5 }}",
            "fouls {{ home.fouls }}",
            "{{ home.fouls | upper }}",
            "{{ none }}",
            "{{ home.fouls | pct }}",
            "{{ home.name | pct }}",
        ] {
            assert_eq!(eval(text), None, "{text}");
        }
        assert_eq!(eval("{{ 'BONUS' if home.fouls else 'no' }}").as_deref(), Some("no"));
        assert_eq!(eval("{{ home.fouls | default(0) }}").as_deref(), Some("0"));
    }

    #[test]
    fn reads_are_names_of_the_template_or_of_the_game_with_one_attribute() {
        let locals = ["fields", "row", "home"].map(Arc::from);
        let sources = |text: &str, locals: &[Arc<str>]| -> Vec<_> {
            let expr = Expr::compile(0, text, Place::START, locals, &Arc::default()).unwrap();
            expr.reads.into_iter().map(|read| (read.root.to_string(), read.source)).collect()
        };
        let stats = values::source("home", Some("stats"));
        assert!(matches!(stats, Some(Source::Game { attribute: Some(_), .. })), "{stats:?}");
        let text = "{{ home.stats.fg.pct }} {{ fields['a'] }} {{ nobody.x }}";
        let expected =
            [("fields", Some(Source::Local(0))), ("home", stats), ("nobody", None)].map(|(a, b)| (a.to_owned(), b));
        assert_eq!(sources(text, &locals[..2]), expected);
        assert_eq!(sources("{{ home.score }}", &locals), [("home".to_owned(), Some(Source::Local(2)))], "hidden");
    }

    #[test]
    fn names_under_a_slice_are_read_too() {
        let locals = ["rows", "row"].map(Arc::from);
        let paths = |text: &str| Expr::compile(0, text, Place::START, &locals, &Arc::default()).unwrap().paths;
        assert_eq!(paths("{{ (rows | list)[:3] }}"), ["rows"]);
        assert_eq!(paths("{{ row.plays[1:] ~ 'home: [' ~ x.rows }}"), ["row", "x.rows"]);
        assert_eq!(eval("{{ home.name[:2] }}").as_deref(), Some("Ne"));
    }

    #[test]
    fn an_enormous_range_is_refused_rather_than_counted() {
        assert_eq!(eval("{{ range(1000000000)|length }}"), None);
    }
}
