//! `default` of a node: what its properties are while what they are bound to is not known.
//!
//! In: an object of property names and values, and the node that has been read. Out: the node, whose bound properties fall
//! back on these. A property that is written out is always known, and a default for it is a mistake.

use super::color;
use super::json::{Json, Key, Spanned};
use super::model::{Fill, Kind, Node, Prop, Stroke};
use super::problem::suggestion;
use super::reader::Reader;
use crate::draw_list::Color;

/// Larger than any canvas that is drawn.
const FAR: f32 = 100_000.0;

/// Something that can have a default.
enum Slot<'a> {
    Number(&'a mut Prop<f32>, (f32, f32)),
    Color(&'a mut Prop<Color>),
    Text(&'a Prop<String>, &'a mut Option<String>),
    /// Whether the node has a `when`, and whether it is there without its value.
    When(bool, &'a mut bool),
}

impl Slot<'_> {
    fn is_bound(&self) -> bool {
        match self {
            Slot::Number(prop, _) => prop.expr().is_some(),
            Slot::Color(prop) => prop.expr().is_some(),
            Slot::Text(prop, _) => prop.expr().is_some(),
            Slot::When(is_given, _) => *is_given,
        }
    }
}

/// `default` of a node of this kind ("a box"). That of a text can be a text, which is read with it.
pub(super) fn read(reader: &mut Reader, value: &Spanned, node: &mut Node, kind: &str) {
    let Json::Object(entries) = &value.json else {
        if !matches!((&node.kind, &value.json), (Kind::Text(_), Json::String(_))) {
            reader.wrong_kind(value, "default", "an object of properties and values: { \"x\": 0 }");
        }
        return;
    };
    for (key, value) in entries {
        read_one(reader, key, value, node, kind);
    }
}

fn read_one(reader: &mut Reader, key: &Key, value: &Spanned, node: &mut Node, kind: &str) {
    let name = key.name.as_str();
    let mut slots = slots(node);
    let Some(at) = slots.iter().position(|(known, _)| *known == name) else {
        let known: Vec<&str> = slots.iter().filter(|(_, slot)| slot.is_bound()).map(|(name, _)| *name).collect();
        let help = suggestion(name, known);
        return reader.problem(key.at, format!("{kind} has no `{name}` that could have a default"), help);
    };
    let (_, slot) = slots.swap_remove(at);
    if !slot.is_bound() {
        let message = format!("`{name}` has a default and no expression whose value could be unknown");
        return reader.problem(key.at, message, None);
    }
    match slot {
        Slot::Number(prop, range) => {
            let default = reader.number_in(value, name, range);
            if let Prop::Bound(_, unknown) = prop {
                *unknown = default;
            }
        }
        Slot::Color(prop) => {
            let default = read_color(reader, value, name);
            if let Prop::Bound(_, unknown) = prop {
                *unknown = default;
            }
        }
        Slot::Text(_, unknown) => match &value.json {
            Json::String(text) => *unknown = Some(text.clone()),
            _ => reader.wrong_kind(value, name, "a text"),
        },
        Slot::When(_, is_there) => match value.json {
            Json::Bool(unknown) => *is_there = unknown,
            _ => reader.wrong_kind(value, name, "true or false"),
        },
    }
}

fn read_color(reader: &mut Reader, value: &Spanned, name: &str) -> Option<Color> {
    let Json::String(text) = &value.json else {
        reader.wrong_kind(value, name, "a colour");
        return None;
    };
    let color = color::parse(text);
    if color.is_none() {
        reader.problem(value.at, format!("`{text}` is not a colour"), "write \"#rrggbb\" or \"#rrggbbaa\"".to_owned());
    }
    color
}

/// What of a node can be unknown, by the keys under which it is written.
fn slots(node: &mut Node) -> Vec<(&'static str, Slot<'_>)> {
    let mut slots = vec![
        ("x", Slot::Number(&mut node.x, (-FAR, FAR))),
        ("y", Slot::Number(&mut node.y, (-FAR, FAR))),
        ("opacity", Slot::Number(&mut node.opacity, (0.0, 1.0))),
        ("when", Slot::When(node.when.is_some(), &mut node.is_there_unknown)),
    ];
    slots.extend(node.width.as_mut().map(|width| ("width", Slot::Number(width, (0.0, FAR)))));
    slots.extend(node.height.as_mut().map(|height| ("height", Slot::Number(height, (0.0, FAR)))));
    let mut colors: Vec<(&'static str, Option<&mut Prop<Color>>)> = Vec::new();
    match &mut node.kind {
        Kind::Box(shape) => {
            colors.extend([("fill", solid(&mut shape.fill)), ("border", stroke(shape.border.as_mut()))]);
        }
        Kind::Text(text) => {
            slots.push(("text", Slot::Text(&text.text, &mut text.default)));
            colors.push(("color", solid(&mut text.fill)));
        }
        Kind::Path(path) => {
            let line = path.stroke.as_mut().map(|line| &mut line.stroke);
            colors.extend([("fill", path.fill.as_mut()), ("stroke", stroke(line))]);
        }
        Kind::Image(image) => colors.push(("tint", image.tint.as_mut())),
        Kind::Sprite(sprite) => colors.push(("tint", sprite.tint.as_mut())),
        Kind::Zone(zone) => {
            colors.extend([("fill", zone.fill.as_mut()), ("stroke", stroke(zone.stroke.as_mut()))]);
        }
        Kind::Court(court) => {
            let areas = [("floor", court.floor.as_mut()), ("paint", court.paint.as_mut())];
            colors.extend(areas.into_iter().chain([("stroke", stroke(court.stroke.as_mut()))]));
        }
        Kind::Rink(rink) => {
            let areas = [("ice", rink.ice.as_mut()), ("crease", rink.crease.as_mut())];
            let lines = [("red", rink.red.as_mut()), ("blue", rink.blue.as_mut())];
            colors.extend(areas.into_iter().chain(lines).chain([("stroke", stroke(rink.stroke.as_mut()))]));
        }
        Kind::Group { .. } | Kind::Repeat(_) | Kind::Spot(_) | Kind::Component(_) => {}
    }
    slots.extend(colors.into_iter().filter_map(|(name, color)| Some((name, Slot::Color(color?)))));
    slots
}

/// A gradient has no one colour.
fn solid(fill: &mut Fill) -> Option<&mut Prop<Color>> {
    match fill {
        Fill::Solid(color) => Some(color),
        Fill::Linear { .. } => None,
    }
}

fn stroke(stroke: Option<&mut Stroke>) -> Option<&mut Prop<Color>> {
    stroke.map(|stroke| &mut stroke.color)
}
