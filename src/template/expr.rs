//! Expressions: the text between `{{` and `}}`, in minijinja's language.
//!
//! In: a template's string, once, at load. Out: an [`Expr`], evaluated against named values.
//! A value that is not known evaluates to nothing, never to "none": the node's `default` or nothing is shown.
//! Evaluation is bounded ([`super::budget`]), so a mistake in a template cannot hold up a frame.

use std::sync::{Arc, LazyLock};

use minijinja::value::ValueKind;
use minijinja::{ErrorKind, Value};

use super::budget;
use super::builtins::Language;
use super::problem::Place;
use super::reader::SourceFile;
use super::syntax::{self, Path};
use super::values::{self, Source};

static LANGUAGE: LazyLock<Language> = LazyLock::new(Language::new);

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
    /// Where the string's first character stands.
    pub at: Place,
    /// The file that it stands in.
    pub file: Arc<SourceFile>,
    pub source: String,
    /// What it reads, sorted.
    pub reads: Vec<Read>,
    /// Every dotted path that it reads, in the order in which they are written.
    pub paths: Vec<Path>,
    /// What it evaluates only where a condition says so.
    branches: Vec<String>,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Code {
        /// Of its `{{`, in characters from the start of the string.
        offset: u32,
        code: minijinja::Expression<'static, 'static>,
    },
}

/// An evaluation that failed for another reason than that a value is not known.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Of the `{{`, in characters from the start of the string.
    pub offset: u32,
    pub error: minijinja::Error,
}

/// Why a string is not an expression.
#[derive(Debug)]
pub(crate) struct BadExpr {
    /// Characters from the start of the string.
    pub offset: u32,
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

/// What the value of an expression must be where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    Text,
    Number,
    /// A number, or a percentage of what the node is in.
    Extent,
    Color,
    List,
    Path,
    Anything,
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
        let (mut paths, mut branches): (Vec<Path>, Vec<String>) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let offset = |to: &str| text[..text.len() - to.len()].chars().count() as u32;
            let offset_of_part = offset(&rest[open..]);
            let inside = &rest[open + 2..];
            let bad = |offset, message| BadExpr { offset, message, help: None };
            let close = closing(inside).ok_or_else(|| bad(offset_of_part, "`{{` without its `}}`".to_owned()))?;
            let code = inside[..close].trim();
            let start = offset(inside.trim_start());
            let read = syntax::read(code, &LANGUAGE.known).map_err(|wrong| BadExpr {
                offset: start + wrong.offset,
                message: wrong.message,
                help: wrong.help,
            })?;
            let compiled = compiled(&read.counted)
                .map_err(|error| bad(start, format!("`{code}` is not an expression: {error}")))?;
            parts.push(Part::Code { offset: offset_of_part, code: compiled });
            for mut path in read.paths {
                path.offsets.iter_mut().for_each(|offset| *offset += start);
                if paths.iter().all(|known| known.text != path.text) {
                    paths.push(path);
                }
            }
            branches.extend(read.branches);
            rest = &inside[close + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let mut reads: Vec<Read> = paths.iter().map(|path| read_of(&path.text, locals)).collect();
        reads.sort();
        reads.dedup();
        Ok(Expr { id, at, file: file.clone(), source: text.to_owned(), reads, paths, branches, parts })
    }

    /// The value; undefined when it is not known, or when evaluation fails (which load has reported as far as sample
    /// data can show it).
    pub fn eval(&self, names: Value) -> Value {
        self.try_eval(names).unwrap_or(Value::UNDEFINED)
    }

    /// As `eval`, but a failure that is not merely an unknown value is an error.
    pub fn try_eval(&self, names: Value) -> Result<Value, Failure> {
        budget::begin();
        if let [Part::Code { offset, code }] = &self.parts[..] {
            return evaluated(code, names).map_err(|error| Failure { offset: *offset, error });
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Code { offset, code } => {
                    let failure = |error| Failure { offset: *offset, error };
                    let value = evaluated(code, names.clone()).map_err(failure)?;
                    budget::is_text(&value).map_err(failure)?;
                    match text_of(&value) {
                        Some(value) => text.push_str(&value),
                        None => return Ok(Value::UNDEFINED),
                    }
                    budget::may_be_text(text.len()).map_err(failure)?;
                }
            }
        }
        Ok(Value::from(text))
    }

    /// Evaluates what it would evaluate only under a condition, for what that asks of `names`.
    pub fn try_branches(&self, names: &Value) {
        for branch in self.branches.iter().filter_map(|branch| compiled(branch).ok()) {
            budget::begin();
            // What is wrong with a value may be just what its condition keeps from it.
            let _ = evaluated(&branch, names.clone());
        }
    }

    /// Where a name stands in it, in characters from the start of the string; `None` when it is not written there.
    pub fn offset_of(&self, name: &str) -> Option<u32> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let found = self.source.match_indices(name).find(|(at, _)| {
            let (before, after) = (&self.source[..*at], &self.source[at + name.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        });
        found.map(|(at, _)| self.source[..at].chars().count() as u32)
    }
}

fn compiled(code: &str) -> Result<minijinja::Expression<'static, 'static>, minijinja::Error> {
    LANGUAGE.engine.compile_expression_owned(code.to_owned())
}

fn evaluated(code: &minijinja::Expression<'static, 'static>, names: Value) -> Result<Value, minijinja::Error> {
    match code.eval(names) {
        Ok(value) if value.is_none() => Ok(Value::UNDEFINED),
        Err(error) if error.kind() == ErrorKind::UndefinedError => Ok(Value::UNDEFINED),
        // Whoever gets it goes through it, or makes another of it.
        Ok(value) => budget::go_through(&value).and_then(|()| budget::held(value)),
        other => other,
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

/// The value as text on screen; `None` when it is not known, or is a list or an object. Whole numbers have no decimal
/// point.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => None,
        _ if budget::is_text(value).is_err() => None,
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

/// A position or a size.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Extent {
    Number(f64),
    /// So much of what the node is in.
    Share(f64),
}

/// The value as a position or a size: a number, or a text with a percent sign; `None` when it is neither.
pub(crate) fn extent_of(value: &Value) -> Option<Extent> {
    match value.as_str().and_then(|text| text.trim().strip_suffix('%')) {
        Some(percent) => percent
            .trim()
            .parse()
            .ok()
            .filter(|n: &f64| n.abs() <= 1000.0)
            .map(|percent| Extent::Share(percent / 100.0)),
        None => number_of(value).map(Extent::Number),
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

    fn compile(text: &str) -> Result<Expr, BadExpr> {
        Expr::compile(0, text, Place::START, &["rows", "row"].map(Arc::from), &Arc::default())
    }

    #[test]
    fn names_are_read_wherever_they_stand() {
        let paths = |text: &str| -> Vec<(String, Vec<u32>)> {
            compile(text).unwrap().paths.into_iter().map(|path| (path.text, path.offsets)).collect()
        };
        let path = |text: &str, offsets: &[u32]| (text.to_owned(), offsets.to_vec());
        assert_eq!(paths("{{ (rows | list)[:3] }}"), [path("rows", &[4])]);
        assert_eq!(
            paths("{{ row.plays[1:] ~ 'home: [' ~ x.rows }}"),
            [path("row.plays", &[3, 7]), path("x.rows", &[31, 33])]
        );
        assert_eq!(paths("é {{  row['a'].b[x.y].c }}"), [path("row.a.b", &[6, 11, 15]), path("x.y", &[17, 19])]);
        assert_eq!(paths("{{ range(3)[row:] }}"), [path("row", &[12])]);
        assert_eq!(eval("{{ home.name[:2] }}").as_deref(), Some("Ne"));
    }

    #[test]
    fn a_filter_or_a_test_that_there_is_not_is_told_where_it_stands() {
        let wrong = |text: &str| {
            compile(text).map_err(|bad| (bad.offset, bad.message, bad.help.unwrap_or_default())).unwrap_err()
        };
        let told = |offset, message: &str, name: &str| (offset, message.to_owned(), format!("did you mean `{name}`?"));
        assert_eq!(wrong("é {{ 'x' if row else row.a|uper }}"), told(27, "there is no filter `uper`", "upper"));
        assert_eq!(wrong("{{ row is defind }}"), told(10, "there is no test `defind`", "defined"));
        assert_eq!(wrong("{{ rows|map('titel')|list }}"), told(13, "there is no filter `titel`", "title"));
        assert_eq!(
            wrong("{{ rows|selectattr('a', 'equalt', 1)|list }}"),
            told(25, "there is no test `equalt`", "equalto")
        );
    }

    /// The words in which an expression is compiled are not those in which it is written.
    #[test]
    fn an_expression_means_what_is_written() {
        for (text, expected) in [
            ("{{ 2 + 3 * 4 - 1 }}", "13"),
            ("{{ (2 + 3) * 4 }}", "20"),
            ("{{ 7 - (3 - 2) - 1 }}", "5"),
            ("{{ 2 * 3 // 4 }}", "1"),
            ("{{ 12 / (3 * 2) }}", "2"),
            ("{{ -2 ** 2 }}", "4"),
            ("{{ 2 ** 3 ** 2 }}", "64"),
            ("{{ 1.5 * 2 }}", "3"),
            ("{{ 0.1 * 3 < 0.31 }}", "True"),
            ("{{ 'ab' * 2 ~ 3 * 'c' }}", "ababccc"),
            ("{{ ([1, 2] * 2)|join('-') }}", "1-2-1-2"),
            ("{{ 'a' + 'b' ~ 'c' ~ (1 + 1) if true }}", "abc2"),
            ("{{ 1 if false else 2 if false else 3 }}", "3"),
            ("{{ 1 < 2 < 3 and not 3 < 2 }}", "True"),
            ("{{ 2 not in [1, 3] and 1 in (1, 2) }}", "True"),
            ("{{ {'a': [1, {'b': 'it\\'s \\\\'}]}['a'][1].b }}", "it's \\"),
            ("{{ 'abcdef'[1:5:2] ~ 'abc'[::-1] }}", "bdcba"),
            ("{{ [3, 1, 2]|sort(reverse=true)|join }}", "321"),
            ("{{ [{'n': 2}, {'n': 3}]|sum(attribute='n') }}", "5"),
            ("{{ [1, none, 3]|select|map('string')|join('+') }}", "1+3"),
            ("{{ [1, 2, 3]|select('>', 1)|list|length }}", "2"),
            ("{{ dict(a=1).a ~ range(2, 4)|join(',') }}", "12,3"),
            ("{{ 4 is divisibleby 2 }}", "True"),
            ("{{ 'a-b'|replace('-', ' ')|title }}", "A B"),
            ("{{ home.nobody or home.name }}", "Nets"),
            ("{{ (home.name, home.score)|join(' ') }}", "Nets 99"),
        ] {
            assert_eq!(eval(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_would_be_enormous_is_refused_before_it_is_made() {
        let refused = |text: &str| {
            let home = serde_json::json!({"home": {"name": "Nets"}});
            let failure = compile(text).unwrap().try_eval(value_of_json(home)).expect_err(text);
            failure.error.detail().unwrap_or_default().to_owned()
        };
        for (text, expected) in [
            (
                "{{ ('x'*1000000)|replace('x','y'*1000000) }}",
                "it makes a text of 1000000 bytes, and a text may have 20000",
            ),
            ("{{ ('x'*9000)|replace('x','y'*9000) }}", "it makes a text of 81000000 bytes, and a text may have 20000"),
            ("{{ ([1]*100000000)|sum }}", "it makes a list of 100000000 items, and a list may have 10000"),
            (
                "{{ (range(9000)|list + range(9000)|list)|length }}",
                "it makes a list of 18000 items, and a list may have 10000",
            ),
            ("{{ range(20000)|length }}", "it makes a list of 20000 items, and a list may have 10000"),
            ("{{ (['x'*9000]*9000)|join }}", "it takes more steps than an expression may on a frame"),
            ("{{ 'x'*9000 ~ 'x'*9000 ~ 'x'*9000 }}", "it makes a text of 27000 bytes, and a text may have 20000"),
            ("{{ 'x'*15000 + 'x'*15000 }}", "it makes a text of 30000 bytes, and a text may have 20000"),
            ("{{ [1]|batch(1000000000, 0) }}", "it makes a list of 1000000000 items, and a list may have 10000"),
            ("{{ [1]|slice(1000000000) }}", "it makes a list of 1000000000 items, and a list may have 10000"),
            ("{{ ('x'*9000)|trim('y'*9000) }}", "it takes more steps than an expression may on a frame"),
            (
                "{{ range(9000)|select('in', range(9000)|list)|list }}",
                "it takes more steps than an expression may on a frame",
            ),
            ("{{ ['x'*9000]|sum(start='') }}", "`sum` adds numbers"),
            ("{{ [home] ~ 'x' }}", "a list cannot be part of a text"),
            ("{{ [home]|join }}", "an object cannot be part of a text"),
            ("{{ home|upper }}", "an object cannot be part of a text"),
            ("{{ 'x' }}{{ home }}", "an object cannot be part of a text"),
        ] {
            assert_eq!(refused(text), expected, "{text}");
        }
        assert_eq!(refused("{{ 'é'*20000 }}"), "it makes a text of 40000 bytes, and a text may have 20000");
        assert_eq!(eval("{{ ('x'*10000)|length }}").as_deref(), Some("10000"));
        assert_eq!(eval("{{ ([1]*10000)|sum }}").as_deref(), Some("10000"));
    }

    #[test]
    fn values_that_are_put_into_one_another_do_not_grow_without_end() {
        let mut value = Value::from("x".repeat(50));
        let mut doubled = 0;
        while let Ok(next) = compile("{{ [row, row] }}").unwrap().try_eval(Value::from_pairs([("row", value.clone())]))
        {
            (value, doubled) = (next, doubled + 1);
        }
        assert!((10..20).contains(&doubled), "{doubled}");
    }

    #[test]
    fn an_expression_is_no_longer_than_a_person_reads() {
        let long = format!("{{{{ {} }}}}", vec!["1"; 1500].join(" + "));
        assert!(compile(&long).unwrap_err().message.contains("4000 characters"));
        assert_eq!(eval(&format!("{{{{ {} }}}}", vec!["1"; 900].join("+"))).as_deref(), Some("900"));
        assert_eq!(eval(&format!("{{{{ {} }}}}", vec!["'1'"; 900].join("~"))).map(|text| text.len()), Some(900));
    }
}
