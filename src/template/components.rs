//! Components: nodes that are written once and used in many places, with other values each time.
//!
//! A use is replaced, at load, by the component's nodes. They know the parameters, the theme and the game, and nothing of
//! the template around them, so that a component means the same wherever it is used.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expr::{self, Wanted, value_of_json};
use super::folder::Folder;
use super::json::{Json, Spanned};
use super::model::{Argument, Bound, ComponentNode, Kind, Node, Prop};
use super::nodes::{self, Names};
use super::package::THEME;
use super::problem::{Place, suggestion};
use super::reader::{Object, Reader, SourceFile};

/// A component as it is written.
#[derive(Debug)]
pub(crate) struct Component {
    file: Arc<SourceFile>,
    /// In the designer's order; without a default one must be given.
    parameters: Vec<(Arc<str>, Option<serde_json::Value>)>,
    nodes: Spanned,
}

pub(crate) type Components = BTreeMap<String, Arc<Component>>;

/// Reads the definitions; those of the same name that are known already are replaced.
pub(crate) fn read_definitions(reader: &mut Reader, value: &Spanned, known: &mut Components) {
    let Some(object) = reader.object(value, "components") else { return };
    for (key, value) in object.entries() {
        if let Some(component) = read_definition(reader, value) {
            known.insert(key.name.clone(), Arc::new(component));
        }
    }
}

fn read_definition(reader: &mut Reader, value: &Spanned) -> Option<Component> {
    let object = reader.object(value, "component")?;
    let mut parameters = Vec::new();
    if let Some(given) = object.get("parameters").and_then(|value| reader.object(value, "parameters")) {
        for (key, default) in given.entries() {
            reader.refuse_hidden_name(key);
            let default = (!matches!(default.json, Json::Null)).then(|| default.json.to_value());
            parameters.push((Arc::from(key.name.as_str()), default));
        }
    }
    if !object.has("nodes") {
        reader.missing(&object, "nodes");
    }
    let nodes = object.get("nodes").cloned();
    object.get("comment");
    reader.finish(&object, "a component");
    Some(Component { file: reader.file.clone(), parameters, nodes: nodes? })
}

/// Reads every component as if it were used, so that what is wrong with one that is not used is said too: groups
/// of nodes to check, in which the parameters are not known.
pub(crate) fn try_all(reader: &mut Reader, names: &Names) -> Vec<Node> {
    let mut tried = Vec::new();
    for (name, component) in &names.components {
        let mut names = names.shared();
        let nodes = read_body(reader, name, component, &mut names);
        let unknown = |(name, _): &(Arc<str>, _)| (name.clone(), Argument::Fixed(minijinja::Value::UNDEFINED));
        let arguments = component.parameters.iter().map(unknown).collect();
        tried.push(Node::holding(Kind::Component(ComponentNode { arguments }), nodes));
    }
    tried
}

/// `use` and `with` of a node, and the component's nodes in its place.
pub(crate) fn read_use(
    reader: &mut Reader,
    object: &Object<'_>,
    id: &str,
    names: &mut Names,
) -> Option<(ComponentNode, Vec<Node>)> {
    if !object.has("use") {
        reader.missing(object, "use");
    }
    let with = object.get("with").and_then(|value| reader.object(value, "with"));
    let (name, at) = reader.string(object, "use")?;
    let Some(component) = names.components.get(name).cloned() else {
        let help = suggestion(name, names.components.keys().map(String::as_str));
        reader.problem(at, format!("there is no component `{name}`"), help);
        return None;
    };
    let arguments = reader.part("with", |reader| read_arguments(reader, object.at, name, &component, with.as_ref()));
    if names.using.iter().any(|outer| outer == name) {
        let way = names.using.iter().skip_while(|outer| *outer != name).map(String::as_str).chain([name]);
        let way = way.collect::<Vec<_>>().join(" -> ");
        reader.problem(at, format!("component `{name}` uses itself: {way}"), None);
        return None;
    }
    // The id has the prefix of the components around.
    let outer = std::mem::replace(&mut names.prefix, format!("{id}."));
    let nodes = read_body(reader, name, &component, names);
    names.prefix = outer;
    Some((ComponentNode { arguments }, nodes))
}

/// A component's nodes, read in its own file, where only its parameters, the theme and the game are known.
fn read_body(reader: &mut Reader, name: &str, component: &Component, names: &mut Names) -> Vec<Node> {
    let inside: Vec<Arc<str>> = reader.locals.iter().map(hidden).collect();
    let outer = std::mem::replace(&mut reader.locals, inside);
    reader.locals.extend(component.parameters.iter().map(|(name, _)| name.clone()));
    let file = std::mem::replace(&mut reader.file, component.file.clone());
    let folder = std::mem::replace(&mut reader.folder, Folder::of(&component.file.path));
    names.using.push(name.to_owned());
    let nodes = nodes::read_nodes(reader, &component.nodes, names);
    names.using.pop();
    reader.folder = folder;
    reader.file = file;
    reader.locals = outer;
    nodes
}

/// The name by which a local is known inside a component: only the theme is.
pub(crate) fn hidden(local: &Arc<str>) -> Arc<str> {
    if **local == *THEME { local.clone() } else { Arc::default() }
}

fn read_arguments(
    reader: &mut Reader,
    at: Place,
    name: &str,
    component: &Component,
    with: Option<&Object<'_>>,
) -> Vec<(Arc<str>, Argument)> {
    let given = with.map(Object::entries).unwrap_or_default();
    for (key, _) in given {
        if !component.parameters.iter().any(|(known, _)| **known == *key.name) {
            let known: Vec<&str> = component.parameters.iter().map(|(known, _)| &**known).collect();
            reader.problem(key.at, format!("component `{name}` has no `{}`", key.name), suggestion(&key.name, known));
        }
    }
    let mut arguments = Vec::new();
    for (parameter, default) in &component.parameters {
        let argument = match (given.iter().find(|(key, _)| *key.name == **parameter), default) {
            (Some((_, value)), _) => match &value.json {
                Json::String(text) if expr::is_bound(text) => {
                    let bound = reader.bound(text, value.at, parameter, ((), Wanted::Anything));
                    bound.map(|Bound { expr, unknown, .. }: Bound<minijinja::Value>| match unknown.as_deref() {
                        Some(Prop::Fixed(value)) => Argument::Bound(expr, Some(value.clone())),
                        _ => Argument::Bound(expr, None),
                    })
                }
                json => Some(Argument::Fixed(value_of_json(json.to_value()))),
            },
            (None, Some(default)) => Some(Argument::Fixed(value_of_json(default.clone()))),
            (None, None) => {
                reader.problem(at, format!("component `{name}` needs `{parameter}` in `with`"), None);
                None
            }
        };
        // One that is missing or wrong has been reported; the others keep their places.
        arguments.push((parameter.clone(), argument.unwrap_or(Argument::Fixed(minijinja::Value::UNDEFINED))));
    }
    arguments
}
