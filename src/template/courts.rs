//! Reads courts and rinks, and what stands on them: zones, spots.

use super::expr::Wanted;
use super::json::{Json, Spanned};
use super::lines::read_stroke;
use super::model::{CourtFrame, CourtNode, Hatch, Kind, Prop, RinkNode, SpotNode, ZoneNode};
use super::nodes::Names;
use super::problem::suggestion;
use super::reader::{Object, Reader};
use crate::court::{Basket, From, Mark};

/// The keys by which a node says how its court lies; without any it lies like the court around it.
const FRAME: [&str; 5] = ["league", "court_width", "depth_mm", "basket", "part"];

/// The court or the rink around a node that lies like it; says so when there is none.
fn is_inside(reader: &mut Reader, object: &Object<'_>, names: &Names, what: &str) -> bool {
    // What a component is used in, is known where it is used only.
    let is_known = names.ground.is_some() || !names.using.is_empty();
    if !is_known {
        reader.problem(object.at, format!("{what} stands in a `court` or a `rink`"), None);
    }
    is_known
}

fn read_frame(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Result<Option<CourtFrame>, ()> {
    let has_own = FRAME.iter().any(|key| object.has(key));
    let league = match object.get("league") {
        Some(value) => reader.text_prop(value, "league"),
        None => Some(Prop::Fixed("NBA".to_owned())),
    };
    let depth_mm = reader.number(object, "depth_mm", (8000.0, 15_000.0));
    let (basket, is_full) = read_basket_and_part(reader, object, "basket");
    if let (Some(value), true) = (object.get("depth_mm"), is_full) {
        reader.problem(value.at, "a full court has no `depth_mm`", None);
    }
    let width = reader.width_prop(object, "court_width");
    if !has_own && (names.ground == Some("court") || !names.using.is_empty()) {
        return Ok(None);
    }
    if !object.has("court_width") {
        reader.missing(object, "court_width");
    }
    let (Some(league), Some(width), Some(basket)) = (league, width, basket) else { return Err(()) };
    Ok(Some(CourtFrame { league, width, basket, depth_mm, is_full }))
}

fn read_basket_and_part(reader: &mut Reader, object: &Object<'_>, key: &'static str) -> (Option<Prop<String>>, bool) {
    let basket = match object.get(key) {
        None => Some(Prop::Fixed(String::new())),
        Some(value) => reader.text_prop(value, key),
    };
    if let (Some(Prop::Fixed(name)), Some(value)) = (&basket, object.get(key))
        && Basket::named(name).is_none()
    {
        let help = suggestion(name, Basket::NAMES.iter().map(|(name, _)| *name));
        reader.problem(value.at, format!("`{key}` cannot be `{name}`"), help);
    }
    let is_full = reader.one_of(object, "part", &[("half", false), ("full", true)]).unwrap_or(false);
    (basket, is_full)
}

pub(super) fn read_zone(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Option<Kind> {
    if !object.has("number") {
        reader.missing(object, "number");
    }
    let number = reader.noted_expr(object, "number", Wanted::Number);
    let frame = read_frame(reader, object, names);
    let fill = object.get("fill").and_then(|value| reader.color_prop(value, "fill"));
    let stroke = read_stroke(reader, object, "stroke");
    let hatch = object.get("hatch").and_then(|value| read_hatch(reader, value));
    Some(Kind::Zone(Box::new(ZoneNode { number: number?, frame: frame.ok()?, fill, stroke, hatch })))
}

fn read_hatch(reader: &mut Reader, value: &Spanned) -> Option<Hatch> {
    let object = reader.object(value, "hatch")?;
    let when = reader.noted_expr(&object, "when", Wanted::Anything);
    let gap = reader.number(&object, "gap", (2.0, 1000.0)).unwrap_or(10.0);
    let stroke = reader.part("hatch", |reader| read_stroke(reader, &object, "stroke"));
    reader.finish(&object, "a hatch");
    Some(Hatch { when, gap, stroke: stroke? })
}

pub(super) fn read_court(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Option<Kind> {
    let frame = read_frame(reader, object, names);
    let floor = object.get("floor").and_then(|value| reader.color_prop(value, "floor"));
    let paint = object.get("paint").and_then(|value| reader.color_prop(value, "paint"));
    let stroke = read_stroke(reader, object, "stroke");
    let marks = read_marks(reader, object);
    if !["stroke", "floor", "paint", "children"].iter().any(|key| object.has(key)) {
        reader.missing(object, "stroke");
    }
    Some(Kind::Court(Box::new(CourtNode { frame: frame.ok()?, floor, paint, stroke, marks })))
}

/// `marks`: which of the lines are drawn; all of them without it.
fn read_marks(reader: &mut Reader, object: &Object<'_>) -> Vec<Mark> {
    let all = Mark::NAMES.iter().map(|(_, mark)| *mark);
    let Some(value) = object.get("marks") else { return all.collect() };
    let mut marks = Vec::new();
    for item in reader.list(value, "marks") {
        let Json::String(name) = &item.json else {
            reader.problem(item.at, "a mark is the name of a line", "\"marks\": [\"three\", \"key\"]".to_owned());
            continue;
        };
        match Mark::NAMES.iter().find(|(known, _)| known == name) {
            Some((_, mark)) => marks.push(*mark),
            None => {
                let help = suggestion(name, Mark::NAMES.iter().map(|(name, _)| *name));
                reader.problem(item.at, format!("there is no mark `{name}`"), help);
            }
        }
    }
    marks
}

pub(super) fn read_rink(reader: &mut Reader, object: &Object<'_>) -> Option<Kind> {
    if !object.has("rink_width") {
        reader.missing(object, "rink_width");
    }
    let width = reader.width_prop(object, "rink_width");
    let (basket, is_full) = read_basket_and_part(reader, object, "goal");
    let mut color = |key: &'static str| object.get(key).and_then(|value| reader.color_prop(value, key));
    let (ice, crease, red, blue) = (color("ice"), color("crease"), color("red"), color("blue"));
    let stroke = read_stroke(reader, object, "stroke");
    if !object.has("stroke") && !object.has("children") {
        reader.missing(object, "stroke");
    }
    let frame =
        CourtFrame { league: Prop::Fixed("NHL".to_owned()), width: width?, basket: basket?, depth_mm: None, is_full };
    Some(Kind::Rink(Box::new(RinkNode { frame, ice, crease, red, blue, stroke })))
}

pub(super) fn read_spot(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Option<Kind> {
    for key in ["x_mm", "y_mm"] {
        if !object.has(key) {
            reader.missing(object, key);
        }
    }
    let (x, y) = (reader.number_prop(object, "x_mm"), reader.number_prop(object, "y_mm"));
    let from = read_from(reader, object);
    let is_inside = is_inside(reader, object, names, "a spot");
    is_inside.then_some(())?;
    Some(Kind::Spot(SpotNode { at: [x?, y?], from: from? }))
}

/// Where the millimetres of a path with `d_mm` count from, which lies on the court or the rink around it.
pub(super) fn read_path_from(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Option<Prop<String>> {
    let from = read_from(reader, object);
    is_inside(reader, object, names, "a path in millimetres").then_some(from?)
}

fn read_from(reader: &mut Reader, object: &Object<'_>) -> Option<Prop<String>> {
    let Some(value) = object.get("from") else { return Some(Prop::Fixed(String::new())) };
    let from = reader.text_prop(value, "from");
    if let Some(Prop::Fixed(name)) = &from
        && From::named(name).is_none()
    {
        let help = suggestion(name, From::NAMES.iter().map(|(name, _)| *name));
        reader.problem(value.at, format!("`from` cannot be `{name}`"), help);
    }
    from
}
