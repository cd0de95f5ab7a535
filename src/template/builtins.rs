//! The language of expressions: minijinja's filters, tests and functions that make sense in a picture, each with what it costs,
//! beside those of [`super::filters`].
//!
//! A filter that goes through its arguments spends what that takes, before it begins; what it makes is looked at. Filters for web
//! pages (`escape`, `tojson`, `indent`…) and those that print values for programmers are left out.

use std::sync::LazyLock;

use minijinja::value::{Kwargs, Rest, StringInput, Value, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error, ErrorKind, Expression, State, UndefinedBehavior, filters, functions, tests};

use super::budget::{self, go_through, held};

/// What expressions can call.
pub(crate) const FUNCTIONS: [&str; 2] = ["dict", "range"];

/// `a * b`, `a ~ b`, and what looks at the values of `+` and `in`. Nobody can write them: they are in no list of names.
pub(super) const TIMES: &str = "_times";
pub(super) const CONCAT: &str = "_concat";
pub(super) const HELD: &str = "_held";

/// Instructions that one evaluation may use; the built-in templates need at most some hundreds.
const FUEL: u64 = 50_000;

/// The filters and tests that an expression can name, sorted.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub filters: Vec<&'static str>,
    pub tests: Vec<&'static str>,
    /// Tests that are named by an operator, which nobody misspells.
    pub operators: Vec<&'static str>,
}

/// The engine and what can be named in it.
pub(super) struct Language {
    pub engine: Environment<'static>,
    pub known: Known,
}

/// What a filter goes through before it has its answer.
#[derive(Clone, Copy)]
enum Cost {
    /// Nothing that grows.
    Free,
    /// Its arguments, once.
    Once,
    /// The same, of texts and numbers only: a list or an object would be written out, however large it is.
    Text,
    /// Its list, as often as sorting does.
    Sorting,
    /// Its first argument, for every letter of its second.
    Pairs,
    /// Its arguments, and as many items as its second says.
    Counting,
}

macro_rules! bounded {
    ($language:ident.$names:ident by $add:ident: $($name:literal $cost:ident $function:expr;)*) => {
        $(
            let inner = Value::from_function($function);
            $language.engine.$add($name, move |state: &mut State<'_, '_>, args: Rest<ValueOrKwargs>| {
                bounded(&inner, Cost::$cost, state, &args.into_values())
            });
            $language.known.$names.push($name);
        )*
    };
}

impl Language {
    pub fn new() -> Self {
        let mut engine = Environment::empty();
        engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        engine.set_fuel(Some(FUEL));
        engine.add_filter(HELD, |value: Value| {
            go_through(&value)?;
            held(value)
        });
        engine.add_filter(TIMES, times);
        engine.add_filter(CONCAT, concat);
        engine.add_function("dict", functions::dict);
        engine.add_function("range", |low: isize, high: Option<isize>, step: Option<isize>| {
            functions::range(low, high, step).and_then(held)
        });
        let mut language = Self { engine, known: Known::default() };
        language.add_texts();
        language.add_lists();
        language.add_tests();
        super::filters::add_to(&mut language);
        language.known.filters.sort_unstable();
        language.known.tests.sort_unstable();
        language
    }

    fn add_texts(&mut self) {
        bounded! { self.filters by add_filter:
            "lower" Text filters::lower;
            "upper" Text filters::upper;
            "title" Text filters::title;
            "capitalize" Text filters::capitalize;
            "trim" Pairs filters::trim;
            "replace" Text replace;
            "split" Text filters::split;
            "lines" Text filters::lines;
            "string" Text filters::string;
            "join" Once join;
            "round" Free filters::round;
            "abs" Free filters::abs;
            "int" Free filters::int;
            "float" Free filters::float;
            "bool" Free filters::bool;
            "default" Free filters::default;
        }
    }

    fn add_lists(&mut self) {
        bounded! { self.filters by add_filter:
            "length" Once filters::length;
            "count" Once filters::length;
            "first" Once filters::first;
            "last" Once filters::last;
            "min" Once filters::min;
            "max" Once filters::max;
            "sum" Once sum;
            "list" Once filters::list;
            "reverse" Once filters::reverse;
            "sort" Sorting filters::sort;
            "unique" Sorting filters::unique;
            "groupby" Sorting filters::groupby;
            "dictsort" Sorting filters::dictsort;
            "items" Once filters::items;
            "attr" Free filters::attr;
            "batch" Counting filters::batch;
            "slice" Counting filters::slice;
            "select" Once filters::select;
            "reject" Once filters::reject;
            "selectattr" Once filters::selectattr;
            "rejectattr" Once filters::rejectattr;
            "map" Once filters::map;
            "chain" Once filters::chain;
            "zip" Once filters::zip;
        }
    }

    fn add_tests(&mut self) {
        bounded! { self.tests by add_test:
            "undefined" Free tests::is_undefined;
            "defined" Free tests::is_defined;
            "none" Free tests::is_none;
            "boolean" Free tests::is_boolean;
            "odd" Free tests::is_odd;
            "even" Free tests::is_even;
            "divisibleby" Free tests::is_divisibleby;
            "number" Free tests::is_number;
            "integer" Free tests::is_integer;
            "int" Free tests::is_integer;
            "float" Free tests::is_float;
            "string" Free tests::is_string;
            "sequence" Free tests::is_sequence;
            "iterable" Free tests::is_iterable;
            "mapping" Free tests::is_mapping;
            "true" Free tests::is_true;
            "false" Free tests::is_false;
            "startingwith" Text tests::is_startingwith;
            "endingwith" Text tests::is_endingwith;
            "lower" Once tests::is_lower;
            "upper" Once tests::is_upper;
            "in" Once tests::is_in;
            "eq" Once tests::is_eq;
            "equalto" Once tests::is_eq;
            "ne" Once tests::is_ne;
            "lt" Once tests::is_lt;
            "lessthan" Once tests::is_lt;
            "le" Once tests::is_le;
            "gt" Once tests::is_gt;
            "greaterthan" Once tests::is_gt;
            "ge" Once tests::is_ge;
        }
        // `select('>', 3)`
        bounded! { self.operators by add_test:
            "==" Once tests::is_eq;
            "!=" Once tests::is_ne;
            "<" Once tests::is_lt;
            "<=" Once tests::is_le;
            ">" Once tests::is_gt;
            ">=" Once tests::is_ge;
        }
    }
}

fn bounded(inner: &Value, cost: Cost, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    match cost {
        Cost::Free => budget::spend(1)?,
        Cost::Once => args.iter().try_for_each(go_through)?,
        Cost::Text => args.iter().try_for_each(|arg| budget::is_text(arg).and_then(|()| go_through(arg)))?,
        Cost::Sorting => {
            let items = args.first().map_or(0, budget::length);
            for _ in 0..items.max(2).ilog2() {
                args.iter().try_for_each(go_through)?;
            }
        }
        Cost::Pairs => {
            args.iter().try_for_each(budget::is_text)?;
            let bytes = |at: usize| args.get(at).and_then(Value::as_str).map_or(1, |text| text.len().max(1));
            budget::spend_text(bytes(0).saturating_mul(bytes(1)))?;
        }
        Cost::Counting => {
            args.iter().try_for_each(go_through)?;
            let count = args.get(1).and_then(Value::as_usize).unwrap_or_default();
            budget::may_be_list(count)?;
            budget::spend(count as u64)?;
        }
    }
    held(inner.call(state, args)?)
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// `a * b`. Of two numbers it is their product; a text or a list so many times over must not become too long.
fn times(a: Value, b: Value) -> Result<Value, Error> {
    static PRODUCT: LazyLock<Option<Expression<'static, 'static>>> = LazyLock::new(|| {
        static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
            let mut engine = Environment::empty();
            engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
            engine
        });
        ENGINE.compile_expression("a * b").ok()
    });
    if a.is_integer() && b.is_integer() {
        if let Some(product) = a.as_i64().zip(b.as_i64()).and_then(|(a, b)| a.checked_mul(b)) {
            return Ok(product.into());
        }
    } else if a.is_number() && b.is_number() {
        return Ok(Value::from(f64::try_from(a)? * f64::try_from(b)?));
    }
    for (many, count) in [(&a, &b), (&b, &a)] {
        let Some(count) = count.as_usize() else { continue };
        match many.kind() {
            ValueKind::String => budget::may_be_text(many.as_str().map_or(0, str::len).saturating_mul(count))?,
            ValueKind::Seq | ValueKind::Iterable => budget::may_be_list(budget::length(many).saturating_mul(count))?,
            _ => {}
        }
    }
    let product = PRODUCT.as_ref().ok_or_else(|| wrong("there is no product"))?;
    product.eval(Value::from_pairs([("a", a), ("b", b)]))
}

/// `a ~ b ~ c`; what is not known is not known together with others either.
fn concat(first: Value, others: Rest<Value>) -> Result<String, Error> {
    let parts = || std::iter::once(&first).chain(others.iter());
    if parts().any(|part| part.is_undefined() || part.is_none()) {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    parts().try_for_each(budget::is_text)?;
    let text: String = parts().map(ToString::to_string).collect();
    budget::spend_text(text.len())?;
    budget::may_be_text(text.len())?;
    Ok(text)
}

/// As the engine's own, but it does not begin to write what would be too long.
fn replace(text: StringInput<'_>, from: StringInput<'_>, to: StringInput<'_>) -> Result<String, Error> {
    let (text, from, to) = (text.as_str(), from.as_str(), to.as_str());
    let found = text.matches(from).count();
    budget::may_be_text((text.len() - found * from.len()).saturating_add(found.saturating_mul(to.len())))?;
    Ok(text.replace(from, to))
}

/// As the engine's own, of texts and numbers only.
fn join(
    list: &Value,
    between: Option<StringInput<'_>>,
    attribute: Option<&str>,
    named: Kwargs,
) -> Result<String, Error> {
    let between = match between {
        Some(between) => Some(between),
        None => named.get::<Option<StringInput<'_>>>("d")?,
    };
    let attribute = match attribute {
        Some(attribute) => Some(attribute),
        None => named.get::<Option<&str>>("attribute")?,
    };
    named.assert_all_used()?;
    let items = list.try_iter().map_err(|_| wrong(format!("`join` takes a list, and this is a {}", list.kind())))?;
    let mut joined = String::new();
    for (at, item) in items.enumerate() {
        if at > 0 {
            joined.push_str(between.as_ref().map_or("", StringInput::as_str));
        }
        let item = attribute.map_or(Ok(item.clone()), |path| attribute_of(item, path))?;
        budget::is_text(&item)?;
        match item.as_str() {
            Some(text) => joined.push_str(text),
            None => joined.push_str(&item.to_string()),
        }
        budget::may_be_text(joined.len())?;
    }
    budget::spend_text(joined.len())?;
    Ok(joined)
}

/// An attribute, or a dotted path of them.
fn attribute_of(item: Value, path: &str) -> Result<Value, Error> {
    path.split('.').try_fold(item, |item, name| if item.is_undefined() { Ok(item) } else { item.get_attr(name) })
}

/// As the engine's own, of numbers only: texts that are added up one by one would be copied as often.
fn sum(
    state: &mut State<'_, '_>,
    list: Value,
    attribute: Option<&str>,
    start: Option<Value>,
    named: Kwargs,
) -> Result<Value, Error> {
    if start.as_ref().is_some_and(|start| !start.is_number()) {
        return Err(wrong("`sum` adds numbers"));
    }
    let from = named.peek::<Option<Value>>("start")?;
    if from.is_some_and(|start| !start.is_number() && !start.is_undefined()) {
        return Err(wrong("`sum` adds numbers"));
    }
    filters::sum(state, list, attribute, start, named)
}
