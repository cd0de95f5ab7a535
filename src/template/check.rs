//! Tries every expression of a template on a game in which everything is known, so that a misspelt name is an error
//! when the template is loaded and not an empty place on air.

use std::sync::{Arc, LazyLock};

use minijinja::Value;
use minijinja::value::ValueKind;

use super::bind::{Local, Scope};
use super::budget;
use super::components;
use super::expr::{Expr, Failure, Wanted, extent_of, number_of, value_of_json};
use super::model::{Argument, ComponentNode, Kind, MAX_NESTED_ROWS, MAX_ROWS, Node};
use super::package::THEME;
use super::problem::suggestion;
use super::reader::Reader;
use super::syntax::Path;
use super::timeline::Motion;
use super::values::{GameValues, Source};
use super::watched::{Miss, Misses};
use super::{Field, FieldKind, color, svg_path};
use crate::game::snapshot::GameSnapshot;

/// What expressions call the step that the graphic is at.
pub(crate) const STEP: &str = "step";

/// What expressions call the operator's values.
pub(crate) const FIELDS: &str = "fields";

/// A game in which every value is known and every list has something in it (kept so by a test).
static SAMPLE: LazyLock<GameSnapshot> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../fixtures/snapshots/full.json")).unwrap_or_default());

/// The sample that templates are checked on: every value known, every list filled.
pub fn sample() -> &'static GameSnapshot {
    &SAMPLE
}

/// The sample game under the names of the place that is being checked.
struct Trial<'a> {
    scope: Scope<'a>,
    /// What expressions asked the sample for in vain.
    misses: Misses,
    /// How often what is being checked is shown: once for each row of the repeats around it.
    rows: usize,
}

pub(crate) fn check(
    reader: &mut Reader,
    fields: &[Field],
    theme: &Local,
    lets: &[(Arc<str>, Arc<Expr>)],
    nodes: &[Node],
    unused: &[Node],
) {
    let mut game = GameValues::default();
    game.update(1, sample());
    let values = fields.iter().map(|field| (field.id.clone(), sample_value(field))).collect();
    let step = Local { name: STEP.into(), value: Value::from(0), changed: 1 };
    let misses = Misses::default();
    let given = misses.watch(FIELDS.to_owned(), value_of_json(serde_json::Value::Object(values)));
    let given = Local { name: FIELDS.into(), value: given, changed: 1 };
    let theme = Local { value: misses.watch(THEME.to_owned(), theme.value.clone()), ..theme.clone() };
    for root in &mut game.roots {
        root.value = misses.watch(root.name.to_owned(), root.value.clone());
    }
    let scope = Scope { game: &game, locals: vec![given, theme, step] };
    let mut trial = Trial { scope, misses, rows: 1 };
    for expr in fields.iter().filter_map(|field| field.choices.as_ref()) {
        check_expr(reader, expr, Wanted::List, &trial);
    }
    for (name, expr) in lets {
        let value = check_expr(reader, expr, Wanted::Anything, &trial);
        trial.scope.locals.push(Local { name: name.clone(), value, changed: 1 });
    }
    check_nodes(reader, nodes, &mut trial);
    check_nodes(reader, unused, &mut trial);
}

/// Notes for each node what it and its children read and whether they move; `locals` counts the names that the template
/// gives around them.
pub(crate) fn note_dependencies(nodes: &mut [Node], locals: usize, motion: &Motion) {
    for node in nodes {
        let inside = locals
            + match &node.kind {
                Kind::Repeat(_) => 2,
                Kind::Component(component) => component.arguments.len(),
                _ => 0,
            };
        note_dependencies(&mut node.children, inside, motion);
        // A mask is seen from where its node is: an item of a repeat is not known to the repeat's own mask.
        note_dependencies(node.mask.as_deref_mut().map_or(&mut [], std::slice::from_mut), locals, motion);
        let within = || node.children.iter().chain(node.mask.as_deref());
        let mut reads: Vec<Source> =
            node.exprs.iter().flat_map(|(expr, _)| expr.reads.iter().filter_map(|read| read.source)).collect();
        if let Kind::Repeat(repeat) = &node.kind {
            let exprs = [Some(&repeat.over), repeat.key.as_ref()];
            reads.extend(exprs.into_iter().flatten().flat_map(|expr| &expr.reads).filter_map(|read| read.source));
        }
        reads.extend(within().flat_map(|child| &child.reads));
        // Items change only when the list does.
        reads.retain(|read| !matches!(read, Source::Local(at) if usize::from(*at) >= locals));
        reads.sort();
        reads.dedup();
        node.is_moved = motion.moves(node.index);
        node.moves = node.is_moved || within().any(|child| child.moves);
        node.repeats = matches!(node.kind, Kind::Repeat(_)) || within().any(|child| child.repeats);
        node.reads = reads;
    }
}

/// What these nodes read, sorted.
pub(crate) fn reads(nodes: &[Node]) -> Vec<Source> {
    let mut reads: Vec<Source> = nodes.iter().flat_map(|node| node.reads.iter().copied()).collect();
    reads.sort();
    reads.dedup();
    reads
}

/// What an operator might enter.
fn sample_value(field: &Field) -> serde_json::Value {
    match (&field.kind, &field.default) {
        (FieldKind::Player, serde_json::Value::Null) => {
            sample().home.players.first().and_then(|player| player.number.clone()).into()
        }
        (FieldKind::Text, serde_json::Value::Null) => "Text".into(),
        (FieldKind::Number { min, max }, serde_json::Value::Null) => {
            min.or(*max).map_or_else(|| 1.into(), serde_json::Value::from)
        }
        (FieldKind::Duration, serde_json::Value::Null) => 5000.into(),
        (FieldKind::Image, serde_json::Value::Null) => "picture".into(),
        (FieldKind::Color, serde_json::Value::Null) => "#808080".into(),
        (FieldKind::Team, serde_json::Value::Null) => "home".into(),
        (FieldKind::Select(options), serde_json::Value::Null) => options.first().cloned().into(),
        (_, default) => default.clone(),
    }
}

fn check_nodes(reader: &mut Reader, nodes: &[Node], trial: &mut Trial<'_>) {
    for node in nodes {
        for (expr, wanted) in &node.exprs {
            check_expr(reader, expr, *wanted, trial);
        }
        check_nodes(reader, node.mask.as_deref().map_or(&[], std::slice::from_ref), trial);
        if let Kind::Component(component) = &node.kind {
            check_component(reader, node, component, trial);
            continue;
        }
        let mut locals = 0;
        let rows = trial.rows;
        if let Kind::Repeat(repeat) = &node.kind {
            let list = check_expr(reader, &repeat.over, Wanted::List, trial);
            let items = budget::length(&list);
            if items > MAX_ROWS {
                let message = format!("`{}` has {items} items, and a repeat shows {MAX_ROWS}", repeat.over.source);
                reader.problem_of(&repeat.over, 0, message, format!("take a part of it: `[:{MAX_ROWS}]`"));
            }
            trial.rows *= items.clamp(1, MAX_ROWS);
            if trial.rows > MAX_NESTED_ROWS {
                let message = format!(
                    "`{}` makes {} rows with the repeats around it, and they show {MAX_NESTED_ROWS}",
                    repeat.over.source, trial.rows
                );
                reader.problem_of(&repeat.over, 0, message, "take parts of the lists: `[:10]`".to_owned());
                // Those inside it are too many for the same reason.
                trial.rows = 1;
            }
            let first = list.try_iter().ok().and_then(|mut items| items.next()).unwrap_or(Value::UNDEFINED);
            trial.scope.locals.push(Local { name: repeat.name.clone(), value: first, changed: 1 });
            trial.scope.locals.push(Local { name: repeat.index_name.clone(), value: Value::from(0), changed: 1 });
            locals = 2;
            if let Some(key) = &repeat.key {
                check_expr(reader, key, Wanted::Text, trial);
            }
        }
        check_nodes(reader, &node.children, trial);
        trial.rows = rows;
        trial.scope.locals.truncate(trial.scope.locals.len() - locals);
    }
}

/// A component's nodes see its arguments, the theme and the game.
fn check_component(reader: &mut Reader, node: &Node, component: &ComponentNode, trial: &mut Trial<'_>) {
    let values: Vec<Value> = component
        .arguments
        .iter()
        .map(|(_, argument)| match argument {
            Argument::Fixed(value) => value.clone(),
            Argument::Bound(expr, _) => expr.eval(trial.scope.names(expr)),
        })
        .collect();
    let outer = trial.scope.locals.clone();
    trial.scope.locals.iter_mut().for_each(|local| local.name = components::hidden(&local.name));
    let names = component.arguments.iter().map(|(name, _)| name.clone());
    trial.scope.locals.extend(names.zip(values).map(|(name, value)| Local { name, value, changed: 1 }));
    check_nodes(reader, &node.children, trial);
    trial.scope.locals = outer;
}

/// Every dotted path of the game that the last of these nodes reads by itself, as the template writes it, sorted; the others
/// are those that it is in, outermost first.
pub(super) fn paths(nodes: &[&Node], lets: &[(Arc<str>, Arc<Expr>)]) -> Vec<String> {
    let Some((node, around)) = nodes.split_last() else { return Vec::new() };
    let mut paths = own_paths(node);
    if let Some(Node { kind: Kind::Repeat(repeat), .. }) = around.last()
        && repeat.is_of_node
    {
        paths.extend(repeat.key.iter().flat_map(|key| texts(key)));
    }
    for outer in around.iter().rev() {
        let Kind::Component(component) = &outer.kind else { continue };
        let arguments = component.arguments.iter().map(|(name, argument)| match argument {
            Argument::Bound(expr, _) => (&**name, texts(expr)),
            Argument::Fixed(_) => (&**name, Vec::new()),
        });
        paths = behind(paths, &arguments.collect::<Vec<_>>());
    }
    for (name, expr) in lets.iter().rev() {
        paths = behind(paths, &[(&**name, texts(expr))]);
    }
    paths.sort();
    paths.dedup();
    paths
}

/// The paths of an expression as they are written.
fn texts(expr: &Expr) -> Vec<String> {
    expr.paths.iter().map(|path| path.text.clone()).collect()
}

/// Paths, those that begin with a name replaced by what it stands for.
fn behind(paths: Vec<String>, names: &[(&str, Vec<String>)]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        let (root, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
        match names.iter().find(|(name, _)| *name == root).map(|(_, all)| &all[..]) {
            Some([one]) => found.push(format!("{one}{rest}")),
            Some(all) => found.extend_from_slice(all),
            None => found.push(path),
        }
    }
    found
}

/// What a node reads, by whatever names.
fn own_paths(node: &Node) -> Vec<String> {
    let mut exprs: Vec<&Arc<Expr>> = node.exprs.iter().map(|(expr, _)| expr).collect();
    if let Kind::Repeat(repeat) = &node.kind {
        exprs.push(&repeat.over);
    }
    exprs.iter().flat_map(|expr| texts(expr)).collect()
}

fn check_expr(reader: &mut Reader, expr: &Expr, wanted: Wanted, trial: &Trial<'_>) -> Value {
    let Trial { scope, misses, .. } = trial;
    if expr.paths.iter().any(|path| !check_path(reader, expr, path, scope)) {
        misses.take();
        return Value::UNDEFINED;
    }
    let names = scope.names(expr);
    let value = expr.try_eval(names.clone());
    // What the sample did not choose another game may.
    expr.try_branches(&names);
    // A theme may be looked into by a value of the game, which need not be there: only what is written is misspelt.
    let is_mistake = |miss: &Miss| !miss.path.starts_with(THEME) || expr.offset_of(&miss.name).is_some();
    if let Some(Miss { path, name, known }) = misses.take().into_iter().find(is_mistake) {
        let help = suggestion(&name, known.iter().map(String::as_str));
        let offset = expr.offset_of(&name).unwrap_or_default();
        reader.problem_of(expr, offset, format!("`{path}` has no `{name}`"), help);
        return Value::UNDEFINED;
    }
    let value = match value {
        Ok(value) => value,
        // What is made of something that is not known is not known either: an argument that nobody gave yet.
        Err(_) if scope.reads_unknown(expr) => return Value::UNDEFINED,
        Err(Failure { offset, error }) => {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), told);
            let help = whole_objects(expr, scope);
            reader.problem_of(expr, offset, format!("`{}` cannot be evaluated: {detail}", expr.source), help);
            return Value::UNDEFINED;
        }
    };
    if let Some(needed) = mismatch(&value, wanted) {
        let message = format!("`{}` is `{}` on the sample game, but must be {needed}", expr.source, shown(&value));
        reader.problem_of(expr, 0, message, whole_objects(expr, scope).filter(|_| value.kind() == ValueKind::Map));
    }
    value
}

/// What the engine says of a value of the wrong kind ("cannot convert map to u32"), in the words of templates.
fn told(detail: &str) -> String {
    if detail == "value is not a string" {
        return "something else stands where a text belongs".to_owned();
    }
    let Some((given, needed)) = detail.strip_prefix("cannot convert ").and_then(|rest| rest.split_once(" to ")) else {
        return detail.to_owned();
    };
    let given = match given {
        "map" => "an object",
        "sequence" | "iterable" => "a list",
        "string" => "a text",
        "number" => "such a number",
        "bool" => "true or false",
        _ => return detail.to_owned(),
    };
    let needed = match needed {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on",
        "i32" | "i64" | "f32" | "f64" | "integer" | "float" => "a number",
        "string" | "str" => "a text",
        _ => return detail.to_owned(),
    };
    format!("{given} stands where {needed} belongs")
}

/// What there is in the first object that an expression takes as a whole; `None` when it takes none.
fn whole_objects(expr: &Expr, scope: &Scope<'_>) -> Option<String> {
    expr.paths.iter().find_map(|path| {
        let mut names = path.text.split('.');
        let root = scope.value(names.next()?)?;
        let value = names.try_fold(root, |value, name| value.get_attr(name).ok())?;
        let keys: Vec<String> = match value.kind() {
            ValueKind::Map => value.try_iter().ok()?.filter_map(|key| key.as_str().map(str::to_owned)).collect(),
            _ => return None,
        };
        Some(format!("`{}` has: {}", path.text, keys.join(", ")))
    })
}

/// A value in a message: as much of it as tells what it is.
fn shown(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}\u{2026}", &text[..at]),
        None => text,
    }
}

/// What the value should have been; unknown values fit everywhere.
fn mismatch(value: &Value, wanted: Wanted) -> Option<&'static str> {
    let fits = value.is_undefined()
        || match wanted {
            Wanted::Anything => true,
            Wanted::Text => !matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable),
            Wanted::Number => number_of(value).is_some(),
            Wanted::Extent => extent_of(value).is_some(),
            Wanted::Color => value.as_str().is_some_and(|text| color::parse(text).is_some()),
            Wanted::List => matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable),
            Wanted::Path => value.as_str().is_some_and(|text| svg_path::parse(text).is_ok()),
        };
    if fits {
        return None;
    }
    Some(match wanted {
        Wanted::Number => "a number",
        Wanted::Extent => "a number or a percentage",
        Wanted::Color => "a colour (`#rrggbb`)",
        Wanted::List => "a list",
        Wanted::Path => "path data (`M0 0 L10 0`)",
        Wanted::Text | Wanted::Anything => "a text or a number",
    })
}

/// Follows a dotted path through the sample; reports the first name in it that does not exist.
fn check_path(reader: &mut Reader, expr: &Expr, path: &Path, scope: &Scope<'_>) -> bool {
    let mut names = path.text.split('.').zip(path.offsets.iter().copied());
    let Some((root, offset)) = names.next() else { return true };
    let Some(mut value) = scope.value(root) else {
        let game = scope.game.roots.iter().map(|root| root.name);
        let locals = scope.locals.iter().map(|local| &*local.name).filter(|name| !name.is_empty());
        let known: Vec<&str> = game.chain(locals).collect();
        reader.problem_of(expr, offset, format!("there is no `{root}`"), suggestion(root, known));
        return false;
    };
    let mut so_far = root.to_owned();
    for (name, offset) in names {
        if value.kind() != ValueKind::Map {
            // Unknown on the sample (a player that nobody chose), or a value whose attributes are not names.
            return true;
        }
        let next = value.get_attr(name).unwrap_or(Value::UNDEFINED);
        if next.is_undefined() && !is_open(&so_far) {
            let keys: Vec<String> =
                value.try_iter().into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)).collect();
            let help = suggestion(name, keys.iter().map(String::as_str));
            reader.problem_of(expr, offset, format!("`{so_far}` has no `{name}`"), help);
            return false;
        }
        so_far = format!("{so_far}.{name}");
        value = next;
    }
    true
}

/// Objects whose keys the feed chooses.
pub(crate) fn is_open(path: &str) -> bool {
    path.ends_with("by_possession_type") || path.ends_with(".more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_knows_every_value() {
        fn look(path: &str, value: &serde_json::Value) {
            match value {
                serde_json::Value::Null => panic!("{path} is null in the sample"),
                serde_json::Value::Array(items) => {
                    assert!(!items.is_empty(), "{path} is empty in the sample");
                    items.iter().for_each(|item| look(&format!("{path}[]"), item));
                }
                serde_json::Value::Object(entries) => {
                    assert!(!entries.is_empty(), "{path} is empty in the sample");
                    entries.iter().for_each(|(key, value)| look(&format!("{path}.{key}"), value));
                }
                _ => {}
            }
        }
        look("", &serde_json::to_value(sample()).expect("a snapshot is JSON"));
    }
}
