//! Reads the `motion` of a template: its *in* and *out* timelines, its steps and loops.

use super::json::{Json, Spanned};
use super::motion::{Easing, Far, Length, Property, RevealEdge, Timeline, Track};
use super::nodes::{Named, Names};
use super::problem::{Place, suggestion};
use super::reader::{Object, Reader};

/// How a template comes in, goes from step to step, and goes out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Motion {
    /// Each track starts at its `far` value and ends at rest.
    pub enter: Timeline,
    pub steps: Vec<Step>,
    /// Each track goes to its `far` value and back, over and over, on top of what the others do.
    pub loops: Timeline,
    /// Each track ends at its `far` value.
    pub leave: Timeline,
}

/// A step that an operator takes while the graphic is on air.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub name: Option<String>,
    pub tracks: Timeline,
}

impl Motion {
    /// Whether anything moves a node.
    pub fn moves(&self, node: u32) -> bool {
        let steps = self.steps.iter().flat_map(|step| &step.tracks);
        self.enter.iter().chain(steps).chain(&self.loops).chain(&self.leave).any(|track| track.node == node)
    }
}

pub(crate) fn read_motion(reader: &mut Reader, value: &Spanned, names: &Names) -> Motion {
    let Some(object) = reader.object(value, "motion") else { return Motion::default() };
    let enter = object.get("in").map(|list| read_timeline(reader, list, &[FROM], names)).unwrap_or_default();
    let steps = object.get("steps").map(|list| read_steps(reader, list, names)).unwrap_or_default();
    let loops = object.get("loop").map(|list| read_timeline(reader, list, &[TO], names)).unwrap_or_default();
    let leave = object.get("out").map(|list| read_timeline(reader, list, &[TO], names)).unwrap_or_default();
    if let Some(list) = object.get("loop").filter(|_| loops.iter().any(|track| track.property == Property::Reveal)) {
        reader.problem(list.at, "a loop cannot reveal", "move, scale or fade the node".to_owned());
    }
    reader.finish(&object, "motion");
    Motion { enter, steps, loops, leave }
}

fn read_steps(reader: &mut Reader, value: &Spanned, names: &Names) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for item in reader.list(value, "steps") {
        let Some(object) = reader.object(item, "step") else { continue };
        let name = reader.string(&object, "name");
        if let Some((name, at)) = name
            && steps.iter().any(|step| step.name.as_deref() == Some(name))
        {
            reader.problem(at, format!("two steps have the name `{name}`"), None);
        }
        if !object.has("movements") {
            reader.missing(&object, "movements");
        }
        let tracks = object.get("movements").map(|list| read_timeline(reader, list, &[FROM, TO], names));
        object.get("comment");
        reader.finish(&object, "a step");
        steps.push(Step { name: name.map(|(name, _)| name.to_owned()), tracks: tracks.unwrap_or_default() });
    }
    steps
}

/// A key of a movement, and what its values are.
pub(super) type End = (&'static str, Far);

pub(super) const FROM: End = ("from", Far::Before);
pub(super) const TO: End = ("to", Far::After);

/// `ends` are the keys that the timeline's movements may have; each movement has one.
fn read_timeline(reader: &mut Reader, value: &Spanned, ends: &[End], names: &Names) -> Timeline {
    let mut timeline = Timeline::new();
    for item in reader.list(value, "timeline") {
        let Some(object) = reader.object(item, "movement") else { continue };
        let given: Vec<&End> = ends.iter().filter(|(key, _)| object.get(key).is_some()).collect();
        if given.len() > 1 {
            reader.problem(object.at, "a movement has `from` or `to`, not both", None);
        }
        let end = given.first().copied().unwrap_or(&ends[0]);
        let nodes = read_targets(reader, &object, names);
        add_movement(reader, &object, *end, nodes, &mut timeline);
    }
    timeline
}

/// A movement, or a list of them, of the node in which they stand.
pub(super) fn read_own(reader: &mut Reader, value: &Spanned, end: End, named: Named) -> Timeline {
    let items = match &value.json {
        Json::Array(items) => &items[..],
        _ => std::slice::from_ref(value),
    };
    let mut timeline = Timeline::new();
    for item in items {
        let Some(object) = reader.object(item, "movement") else { continue };
        add_movement(reader, &object, end, vec![named], &mut timeline);
    }
    timeline
}

fn add_movement(reader: &mut Reader, object: &Object<'_>, end: End, nodes: Vec<Named>, timeline: &mut Timeline) {
    for track in read_movement(reader, object, end, nodes) {
        if timeline.iter().any(|t| t.node == track.node && t.property == track.property) {
            let message = "an earlier movement of this timeline moves the same property of this node";
            reader.problem(object.at, message, None);
        }
        timeline.push(track);
    }
    object.get("comment");
    reader.finish(object, "a movement");
}

/// One movement is a track for each of its nodes and properties, all at the same time.
fn read_movement(reader: &mut Reader, object: &Object<'_>, (end, is): End, nodes: Vec<Named>) -> Vec<Track> {
    let edges = [
        ("left", RevealEdge::Left),
        ("right", RevealEdge::Right),
        ("top", RevealEdge::Top),
        ("bottom", RevealEdge::Bottom),
    ];
    let edge = reader.one_of(object, "edge", &edges).unwrap_or_default();
    let delay = reader.length(object, "delay").unwrap_or(Length::ZERO);
    let stagger = reader.length(object, "stagger").unwrap_or(Length::ZERO);
    let ease = reader.easing(object, "ease").unwrap_or(Easing::OUT_EXPO);
    let length = reader.length(object, "length");
    if !object.has("length") {
        reader.missing(object, "length");
    }
    let Some(values) = object.get(end) else {
        reader.missing(object, end);
        return Vec::new();
    };
    let Some(values) = reader.object(values, end) else { return Vec::new() };
    let moved = read_values(reader, &values);
    reader.finish(&values, &format!("`{end}`"));
    if let Some(value) = object.get("edge").filter(|_| moved.iter().all(|(property, _)| *property != Property::Reveal))
    {
        reader.problem(value.at, "`edge` is where a node is revealed from, and this movement has no `reveal`", None);
    }
    refuse_idle_stagger(reader, object, &nodes);
    let Some(length) = length else { return Vec::new() };
    let mut tracks = Vec::new();
    for named in nodes {
        for &(property, far) in &moved {
            check_property(reader, values.at, property, named);
            tracks.push(Track { node: named.index, property, edge, far, is, delay, length, stagger, ease });
        }
    }
    tracks
}

/// `stagger` of nodes of which there is one each.
pub(super) fn refuse_idle_stagger(reader: &mut Reader, object: &Object<'_>, nodes: &[Named]) {
    if let Some(value) =
        object.get("stagger").filter(|_| !nodes.is_empty() && nodes.iter().all(|named| !named.is_repeated))
    {
        let help = "use `delay`".to_owned();
        reader.problem(value.at, "`stagger` is from one item of a repeat to the next, and this node is in none", help);
    }
}

/// The properties that an object gives values for.
pub(super) fn read_values(reader: &mut Reader, values: &Object<'_>) -> Vec<(Property, f32)> {
    let mut moved = Vec::new();
    if let Some(scale) = reader.number(values, "scale", (0.0, 100.0)) {
        moved.extend([(Property::ScaleX, scale), (Property::ScaleY, scale)]);
    }
    for (name, property) in Property::ALL {
        let range = match property {
            Property::X | Property::Y => (-10_000.0, 10_000.0),
            Property::ScaleX | Property::ScaleY => (0.0, 100.0),
            Property::Opacity | Property::Reveal | Property::TrimStart | Property::TrimEnd => (0.0, 1.0),
        };
        moved.extend(reader.number(values, name, range).map(|value| (property, value)));
    }
    moved
}

/// Complains of a property that the node lacks.
pub(super) fn check_property(reader: &mut Reader, at: Place, property: Property, named: Named) {
    let Named { kind, has_size, has_stroke, .. } = named;
    if property == Property::Reveal && !has_size {
        reader.problem(at, "a node that is revealed needs `width` and `height`", None);
    }
    if matches!(property, Property::TrimStart | Property::TrimEnd) && !has_stroke {
        let message = format!("only a path with a `stroke` can be trimmed, and this is a {kind}");
        let message = if kind == "path" { "a path that is trimmed needs a `stroke`".to_owned() } else { message };
        reader.problem(at, message, None);
    }
}

/// `node`: an id, or a list of them.
fn read_targets(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Vec<Named> {
    let Some(value) = object.get("node") else {
        reader.missing(object, "node");
        return Vec::new();
    };
    let items = match &value.json {
        Json::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut targets = Vec::new();
    for item in items {
        let Json::String(id) = &item.json else {
            reader.wrong_kind(item, "node", "the id of a node");
            continue;
        };
        match names.nodes.get(id) {
            Some(named) => targets.push(*named),
            None => {
                let mut known: Vec<&str> = names.nodes.keys().map(String::as_str).collect();
                known.sort_unstable();
                reader.problem(item.at, format!("no node has the id `{id}`"), suggestion(id, known));
            }
        }
    }
    targets
}
