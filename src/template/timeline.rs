//! Reads the `motion` of a template: its *in* and *out* timelines, its steps and loops.

use super::json::{Json, Spanned};
use super::motion::{Easing, Far, Key, Length, Property, RevealEdge, Timeline, Track};
use super::nodes::{Named, Names};
use super::problem::{Place, suggestion};
use super::reader::{Object, Reader};
use crate::time::FrameRate;

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
    /// All that acts set off: everything but the loops.
    pub fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.enter.iter().chain(self.steps.iter().flat_map(|step| &step.tracks)).chain(&self.leave)
    }

    /// Frames that the way in and the way out take, without what rows of a list come later.
    pub fn lengths(&self, rate: FrameRate) -> [u64; 2] {
        [&self.enter, &self.leave].map(|way| way.iter().map(|track| track.end(0, rate)).max().unwrap_or(0))
    }

    /// Whether anything moves a node.
    pub fn moves(&self, node: u32) -> bool {
        self.tracks().chain(&self.loops).any(|track| track.node == node)
    }
}

pub(crate) fn read_motion(reader: &mut Reader, value: &Spanned, names: &Names) -> Motion {
    let Some(object) = reader.object(value, "motion") else { return Motion::default() };
    let mut of = |key: &'static str, ends: &[End], keyed: Option<Keyed>| {
        object.get(key).map(|list| read_timeline(reader, list, (ends, keyed), names)).unwrap_or_default()
    };
    let enter = of("in", &[FROM], Some(Keyed::Coming));
    let loops = of("loop", &[TO], None);
    let leave = of("out", &[TO], Some(Keyed::Going));
    let steps = object.get("steps").map(|list| read_steps(reader, list, names)).unwrap_or_default();
    if let Some(list) = object.get("loop").filter(|_| loops.iter().any(Track::reveals)) {
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
        let tracks =
            object.get("movements").map(|list| read_timeline(reader, list, (&[FROM, TO], Some(Keyed::Either)), names));
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

/// What keyframes of a movement begin or end with: the node at rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Keyed {
    /// Their last.
    Coming,
    /// Their first.
    Going,
    /// One of the two.
    Either,
}

/// `ends` are the keys that the timeline's movements may have, of which each movement has one, or else keyframes where there
/// may be some.
fn read_timeline(
    reader: &mut Reader,
    value: &Spanned,
    (ends, keyed): (&[End], Option<Keyed>),
    names: &Names,
) -> Timeline {
    let mut timeline = Timeline::new();
    for item in reader.list(value, "timeline") {
        let Some(object) = reader.object(item, "movement") else { continue };
        let given: Vec<&End> = ends.iter().filter(|(key, _)| object.get(key).is_some()).collect();
        if given.len() > 1 {
            reader.problem(object.at, "a movement has `from` or `to`, not both", None);
        }
        let end = given.first().copied().unwrap_or(&ends[0]);
        let nodes = read_targets(reader, &object, names);
        add_movement(reader, &object, (*end, keyed), nodes, &mut timeline);
    }
    timeline
}

/// A movement, or a list of them, of the node in which they stand.
pub(super) fn read_own(reader: &mut Reader, value: &Spanned, end: End, named: Named, keyed: Keyed) -> Timeline {
    let items = match &value.json {
        Json::Array(items) => &items[..],
        _ => std::slice::from_ref(value),
    };
    let mut timeline = Timeline::new();
    for item in items {
        let Some(object) = reader.object(item, "movement") else { continue };
        add_movement(reader, &object, (end, Some(keyed)), vec![named], &mut timeline);
    }
    timeline
}

fn add_movement(
    reader: &mut Reader,
    object: &Object<'_>,
    (end, keyed): (End, Option<Keyed>),
    nodes: Vec<Named>,
    timeline: &mut Timeline,
) {
    let keyframes = keyed.and_then(|keyed| Some((object.get("keyframes")?, keyed)));
    let tracks = match keyframes {
        Some((keyframes, keyed)) => read_keyed(reader, object, (keyframes, end.0), keyed, nodes),
        None => read_movement(reader, object, end, nodes),
    };
    for track in tracks {
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
    refuse_idle_stagger(reader, object, &nodes);
    let edge = reader.one_of(object, "edge", &RevealEdge::NAMED).unwrap_or_default();
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
    let moved = read_values(reader, &values, edge);
    reader.finish(&values, &format!("`{end}`"));
    if let Some(value) =
        object.get("edge").filter(|_| moved.iter().all(|(property, _)| !matches!(property, Property::Reveal(_))))
    {
        reader.problem(value.at, "`edge` is where a node is revealed from, and this movement has no `reveal`", None);
    }
    refuse_idle_stagger(reader, object, &nodes);
    let Some(length) = length else { return Vec::new() };
    let mut tracks = Vec::new();
    for named in nodes {
        for &(property, far) in &moved {
            check_property(reader, values.at, property, named);
            let keys = Vec::new();
            tracks.push(Track { node: named.index, property, far, is, delay, length, stagger, ease, keys });
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

/// A movement by keyframes, which have their times, values and easings themselves.
fn read_keyed(
    reader: &mut Reader,
    object: &Object<'_>,
    (keyframes, end): (&Spanned, &'static str),
    keyed: Keyed,
    nodes: Vec<Named>,
) -> Vec<Track> {
    for key in [end, "length", "ease"] {
        if object.get(key).is_some() {
            reader.problem(
                object.at,
                format!("a movement with `keyframes` has no `{key}`"),
                "say it in them".to_owned(),
            );
        }
    }
    let edge = reader.one_of(object, "edge", &RevealEdge::NAMED).unwrap_or_default();
    let delay = reader.length(object, "delay").unwrap_or(Length::ZERO);
    let stagger = reader.length(object, "stagger").unwrap_or(Length::ZERO);
    let problems = reader.problems.len();
    let (length, moved) = read_keys(reader, keyframes, edge, &nodes);
    if length.millis() == 0.0 && reader.problems.len() == problems {
        reader.problem(keyframes.at, "the keyframes of a movement take some time, from `0ms` on", None);
    }
    let mut tracks = Vec::new();
    for (property, keys) in moved {
        let Some((keys, is)) = ended(reader, keyframes.at, property, keys, (keyed, length)) else { continue };
        let far = if is == Far::Before { keys.first() } else { keys.last() }.map_or(property.rest(), |key| key.value);
        tracks.extend(nodes.iter().map(|named| {
            let (node, keys) = (named.index, keys.clone());
            Track { node, property, far, is, delay, length, stagger, ease: Easing::Linear, keys }
        }));
    }
    tracks
}

/// The keys of each property that moves, by their times.
type Keyframes = Vec<(Property, Vec<Key<f32>>)>;

/// What each property goes through, and the last key's time.
fn read_keys(reader: &mut Reader, keyframes: &Spanned, mut edge: RevealEdge, nodes: &[Named]) -> (Length, Keyframes) {
    let (mut last, mut moved) = (Length::ZERO, Keyframes::new());
    let items = reader.list(keyframes, "keyframes");
    for item in items {
        let Some(object) = reader.object(item, "keyframe") else { continue };
        let at = reader.length(&object, "at");
        if !object.has("at") {
            reader.missing(&object, "at");
        }
        let ease = reader.easing(&object, "ease").unwrap_or(Easing::Linear);
        edge = reader.one_of(&object, "edge", &RevealEdge::NAMED).unwrap_or(edge);
        if at.is_some_and(|at| at.millis() < last.millis()) {
            reader.problem(item.at, "this keyframe comes before the one above it", None);
        }
        last = at.unwrap_or(last);
        for (property, value) in read_values(reader, &object, edge) {
            nodes.iter().for_each(|named| check_property(reader, object.at, property, *named));
            let key = Key { at: last, value, ease };
            match moved.iter_mut().find(|(each, _)| *each == property) {
                Some((_, keys)) => keys.push(key),
                None => moved.push((property, vec![key])),
            }
        }
        object.get("comment");
        reader.finish(&object, "a keyframe of a movement");
    }
    if items.len() < 2 && matches!(keyframes.json, Json::Array(_)) {
        reader.problem(keyframes.at, "there are at least two keyframes", None);
    }
    (last, moved)
}

/// The keys of a property with those that nobody wrote down: at its beginning or its end the node is at rest.
fn ended(
    reader: &mut Reader,
    at: Place,
    property: Property,
    mut keys: Vec<Key<f32>>,
    (keyed, length): (Keyed, Length),
) -> Option<(Vec<Key<f32>>, Far)> {
    let rest = property.rest();
    let (first, last) = (keys.first()?, keys.last()?);
    let begins_at_rest = first.at.millis() > 0.0 || first.value == rest;
    let ends_at_rest = last.at.millis() < length.millis() || last.value == rest;
    let is = match keyed {
        Keyed::Coming => Far::Before,
        Keyed::Going => Far::After,
        Keyed::Either if ends_at_rest => Far::Before,
        Keyed::Either => Far::After,
    };
    let rule = match (keyed, is) {
        (Keyed::Coming, _) if !ends_at_rest => "the last keyframe of what comes is the node at rest",
        (Keyed::Going, _) if !begins_at_rest => "the first keyframe of what goes is the node at rest",
        (Keyed::Either, Far::After) if !begins_at_rest => {
            "the first or the last keyframe of a step is the node at rest"
        }
        _ => "",
    };
    if !rule.is_empty() {
        reader.problem(at, rule, format!("leave `{}` out there, or write {rest}", property.name()));
        return None;
    }
    if is == Far::Before && last.at.millis() < length.millis() {
        let ease = last.ease;
        keys.push(Key { at: length, value: rest, ease });
    }
    if is == Far::After && keys.first().is_some_and(|first| first.at.millis() > 0.0) {
        keys.insert(0, Key { at: Length::ZERO, value: rest, ease: Easing::Linear });
    }
    Some((keys, is))
}

/// The properties that an object gives values for; `edge` is where a reveal begins.
pub(super) fn read_values(reader: &mut Reader, values: &Object<'_>, edge: RevealEdge) -> Vec<(Property, f32)> {
    let mut moved = Vec::new();
    if let Some(scale) = reader.number(values, "scale", (0.0, 100.0)) {
        moved.extend([(Property::ScaleX, scale), (Property::ScaleY, scale)]);
    }
    for (name, property) in Property::NAMED.into_iter().chain([("reveal", Property::Reveal(edge))]) {
        let range = match property {
            Property::X | Property::Y => (-10_000.0, 10_000.0),
            Property::ScaleX | Property::ScaleY => (0.0, 100.0),
            Property::Rotate => (-36_000.0, 36_000.0),
            Property::Opacity | Property::Reveal(_) | Property::TrimStart | Property::TrimEnd => (0.0, 1.0),
        };
        moved.extend(reader.number(values, name, range).map(|value| (property, value)));
    }
    moved
}

/// Complains of a property that the node lacks.
pub(super) fn check_property(reader: &mut Reader, at: Place, property: Property, named: Named) {
    let Named { kind, has_size, has_stroke, .. } = named;
    if matches!(property, Property::Reveal(_)) && !has_size {
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
