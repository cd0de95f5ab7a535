//! Variants: the same graphic for canvases of another shape, in the same file.
//!
//! A variant is the template with some of its parts replaced, or some of its values and nodes changed, and is read as a template
//! of its own: whatever is wrong with it is said where it stands. Operators do not see variants: fields and steps are
//! the template's.

use std::sync::Arc;

use super::Template;
use super::json::{Json, Key, Spanned};
use super::layout::ratio;
use super::problem::suggestion;
use super::reader::Reader;

/// What a canvas of about this shape shows.
#[derive(Debug)]
pub(crate) struct Variant {
    /// Width by height.
    pub aspect: f32,
    pub template: Arc<Template>,
}

/// A variant as it is written: its name's place, its shape, and the template that it makes.
pub(super) struct Written {
    pub name: Key,
    pub aspect: f32,
    pub root: Spanned,
}

/// What of a template a variant may have of its own.
const PARTS: [&str; 7] = ["canvas", "anchor", "extent", "styles", "let", "nodes", "motion"];

/// The side of a variant's canvas that is the shorter one, where it does not say.
const SHORT_SIDE: f64 = 1080.0;

/// Takes the variants out of a template.
pub(super) fn take(reader: &mut Reader, root: &mut Spanned) -> Vec<Written> {
    let Json::Object(entries) = &mut root.json else { return Vec::new() };
    let Some(at) = entries.iter().position(|(key, _)| key.name == "variants") else { return Vec::new() };
    let (_, variants) = entries.remove(at);
    let Json::Object(variants) = variants.json else {
        reader.wrong_kind(&variants, "variants", "an object: {\"9:16\": { … }}");
        return Vec::new();
    };
    let mut written = Vec::new();
    for (name, value) in variants {
        let Some(aspect) = ratio(&name.name) else {
            let help = "write width and height: \"9:16\", \"1:1\"".to_owned();
            reader.problem(name.at, format!("`{}` is no shape of a canvas", name.name), help);
            continue;
        };
        if let Some(root) = merged(reader, root, &name, value) {
            written.push(Written { name, aspect, root });
        }
    }
    written
}

/// The template with a variant's parts in place of its own.
fn merged(reader: &mut Reader, root: &Spanned, name: &Key, variant: Spanned) -> Option<Spanned> {
    let Json::Object(parts) = variant.json else {
        reader.wrong_kind(&variant, &name.name, "an object");
        return None;
    };
    let mut root = root.clone();
    let Json::Object(entries) = &mut root.json else { return None };
    // Where the graphic stands on another canvas says nothing about this one.
    entries.retain(|(key, _)| key.name != "extent" && key.name != "canvas");
    let key = |name: &str, at| Key { name: name.to_owned(), at };
    if !parts.iter().any(|(part, _)| part.name == "canvas") {
        let side = |n: f64| Spanned { at: name.at, json: Json::Number(n) };
        let canvas = Json::Array(usual_canvas(&name.name).map(side).into());
        entries.push((key("canvas", name.at), Spanned { at: name.at, json: canvas }));
    }
    let mut patches = None;
    for (part, value) in parts {
        match part.name.as_str() {
            "patch" => patches = Some(value),
            "comment" => {}
            "let" => lay_over(entries, vec![(part, value)]),
            name if PARTS.contains(&name) => {
                entries.retain(|(key, _)| key.name != name);
                entries.push((part, value));
            }
            name => {
                let known = PARTS.into_iter().chain(["patch", "comment"]);
                reader.problem(part.at, format!("a variant has no `{name}`"), suggestion(name, known));
            }
        }
    }
    if let Some(patches) = patches {
        let nodes = entries.iter_mut().find(|(key, _)| key.name == "nodes");
        patch(reader, nodes.map(|(_, nodes)| nodes), patches);
    }
    Some(root)
}

fn usual_canvas(name: &str) -> [f64; 2] {
    let aspect = f64::from(ratio(name).unwrap_or(1.0));
    // As "16:9" is 1920 x 1080.
    if aspect >= 1.0 {
        [(SHORT_SIDE * aspect).round(), SHORT_SIDE]
    } else {
        [SHORT_SIDE, (SHORT_SIDE / aspect).round()]
    }
}

/// Changes keys of nodes that are named by their ids.
fn patch(reader: &mut Reader, nodes: Option<&mut Spanned>, patches: Spanned) {
    let Json::Object(patches) = patches.json else {
        reader.wrong_kind(&patches, "patch", "an object: {\"<id of a node>\": { … }}");
        return;
    };
    let Some(nodes) = nodes else { return };
    for (id, keys) in patches {
        let Json::Object(keys) = keys.json else {
            reader.wrong_kind(&keys, &id.name, "an object with the keys that are different");
            continue;
        };
        let mut known = Vec::new();
        match find(nodes, &id.name, &mut known) {
            Some(node) => lay_over(node, keys),
            None => {
                let help = suggestion(&id.name, known.iter().map(String::as_str));
                reader.problem(id.at, format!("no node has the id `{}`", id.name), help);
            }
        }
    }
}

/// What is given by name to a whole: a part that changes some of it leaves the others as they are.
const BY_NAME: [&str; 2] = ["let", "with"];

/// Puts entries in the place of those of the same name, and new ones after all others. Those of `let` and `with` one by one:
/// what is said once for all canvases need not be said again for one.
fn lay_over(entries: &mut Vec<(Key, Spanned)>, more: Vec<(Key, Spanned)>) {
    for (key, value) in more {
        match entries.iter_mut().find(|(known, _)| known.name == key.name) {
            None => entries.push((key, value)),
            Some((_, under)) => {
                match (&mut under.json, value.json) {
                    (Json::Object(under), Json::Object(over)) if BY_NAME.contains(&key.name.as_str()) => {
                        lay_over(under, over);
                    }
                    (under, over) => *under = over,
                }
                under.at = value.at;
            }
        }
    }
}

/// The entries of a node, among these nodes and all that is in them; notes the ids that there are.
fn find<'a>(value: &'a mut Spanned, id: &str, known: &mut Vec<String>) -> Option<&'a mut Vec<(Key, Spanned)>> {
    match &mut value.json {
        Json::Array(items) => items.iter_mut().find_map(|item| find(item, id, known)),
        Json::Object(entries) => {
            let own = entries.iter().find(|(key, _)| key.name == "id").map(|(_, value)| &value.json);
            if let Some(Json::String(own)) = own {
                if own == id {
                    return Some(entries);
                }
                known.push(own.clone());
            }
            let inside = entries.iter_mut().filter(|(key, _)| key.name == "children" || key.name == "mask");
            inside.map(|(_, value)| value).find_map(|value| find(value, id, known))
        }
        _ => None,
    }
}
