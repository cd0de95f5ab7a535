//! Reads paths and the lines that are drawn along them.

use std::sync::Arc;

use super::courts;
use super::expr::Wanted;
use super::json::{Json, Spanned};
use super::model::{Kind, Line, PathNode, Prop, Stroke};
use super::nodes::Names;
use super::reader::{Object, Reader};
use crate::draw_list::{Cap, Join, PathData};

/// Wider than any canvas that is drawn.
const MAX_WIDTH: f32 = 100_000.0;

/// Dashes and gaps in one pattern; SVG knows no limit, but nobody tells more of them apart.
const MAX_DASHES: usize = 16;

/// The shortest pattern of dashes: a shorter one looks like a fainter line, and costs a thousand dashes a canvas.
const MIN_DASHES_PX: f32 = 1.0;

/// `border`, and the `stroke` of what knows only width and colour.
pub(super) fn read_stroke(reader: &mut Reader, object: &Object<'_>, key: &'static str) -> Option<Stroke> {
    let inner = reader.object(object.get(key)?, key)?;
    let stroke = reader.part(key, |reader| read_width_and_color(reader, &inner));
    reader.finish(&inner, "a line");
    stroke
}

fn read_width_and_color(reader: &mut Reader, inner: &Object<'_>) -> Option<Stroke> {
    let width = reader.number(inner, "width", (0.0, MAX_WIDTH)).unwrap_or(1.0);
    let color = match inner.get("color") {
        Some(value) => reader.color_prop(value, "color"),
        None => {
            reader.missing(inner, "color");
            None
        }
    };
    Some(Stroke { width, color: color? })
}

pub(super) fn read_path(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Option<Kind> {
    let fill = object.get("fill").and_then(|value| reader.color_prop(value, "fill"));
    let trim = object.get("trim").and_then(|value| read_trim(reader, value));
    if let (Some(value), false) = (object.get("trim"), object.has("stroke")) {
        reader.problem(value.at, "`trim` shortens a stroke, and this path has none", None);
    }
    let trim = trim.unwrap_or([Prop::Fixed(0.0), Prop::Fixed(1.0)]);
    let stroke = object.get("stroke").and_then(|value| read_line(reader, value, trim));
    if !object.has("fill") && !object.has("stroke") {
        reader.problem(object.at, "a path without `fill` and `stroke` draws nothing", None);
    }
    let in_mm = object.get("d_mm");
    if let (Some(value), true) = (in_mm, object.has("d")) {
        reader.problem(value.at, "a path has `d` or `d_mm`, not both", None);
    }
    if let (Some(value), None) = (object.get("from"), in_mm) {
        reader.problem(value.at, "`from` says where millimetres count from, and this path has no `d_mm`", None);
    }
    if in_mm.is_some() {
        object.get("d");
        let from = courts::read_path_from(reader, object, names);
        let path = read_outline(reader, object, "d_mm");
        return Some(Kind::Path(Box::new(PathNode { path: path?, from_mm: Some(from?), fill, stroke })));
    }
    if !object.has("d") {
        reader.missing(object, "d");
    }
    let path = read_outline(reader, object, "d")?;
    Some(Kind::Path(Box::new(PathNode { path, from_mm: None, fill, stroke })))
}

fn read_outline(reader: &mut Reader, object: &Object<'_>, key: &'static str) -> Option<Prop<Arc<PathData>>> {
    reader.prop(object.get(key)?, key, (), Wanted::Path)
}

fn read_line(reader: &mut Reader, value: &Spanned, trim: [Prop<f32>; 2]) -> Option<Line> {
    let inner = reader.object(value, "stroke")?;
    let (stroke, dash_offset) = reader
        .part("stroke", |reader| (read_width_and_color(reader, &inner), reader.number_prop(&inner, "dash_offset")));
    let caps = [("butt", Cap::Butt), ("round", Cap::Round), ("square", Cap::Square)];
    let joins = [("miter", Join::Miter), ("round", Join::Round), ("bevel", Join::Bevel)];
    let cap = reader.one_of(&inner, "cap", &caps).unwrap_or_default();
    let join = reader.one_of(&inner, "join", &joins).unwrap_or_default();
    let dash = inner.get("dash").map(|value| read_dash(reader, value)).unwrap_or_default();
    let is_tapered = reader.bool(&inner, "taper");
    if let (Some(value), true) = (inner.get("dash"), is_tapered) {
        reader.problem(value.at, "a line with `taper` has no `dash`", None);
    }
    reader.finish(&inner, "a line");
    let dash_offset = dash_offset.unwrap_or(Prop::Fixed(0.0));
    Some(Line { stroke: stroke?, cap, join, dash, dash_offset, trim, is_tapered })
}

/// Lengths of dashes and gaps in turn; an odd number of them is repeated, as in SVG.
fn read_dash(reader: &mut Reader, value: &Spanned) -> Vec<f32> {
    let before = reader.problems.len();
    let items = reader.list(value, "dash");
    let mut dash: Vec<f32> = items.iter().filter_map(|item| reader.number_in(item, "dash", (0.0, MAX_WIDTH))).collect();
    if reader.problems.len() > before {
        return Vec::new();
    }
    if dash.is_empty() || dash.len() > MAX_DASHES || dash.iter().sum::<f32>() < MIN_DASHES_PX {
        let message = format!("`dash` is 1 to {MAX_DASHES} lengths of dashes and gaps, together at least 1");
        reader.problem(value.at, message, "\"dash\": [12, 8]".to_owned());
        return Vec::new();
    }
    if dash.len() % 2 == 1 {
        dash.extend_from_within(..);
    }
    dash
}

/// `trim`: from and to, as shares of the length.
fn read_trim(reader: &mut Reader, value: &Spanned) -> Option<[Prop<f32>; 2]> {
    let (Json::Array(_), [from, to]) = (&value.json, reader.list(value, "trim")) else {
        if matches!(value.json, Json::Array(_)) {
            reader.problem(value.at, "`trim` is where the line begins and ends: [0, 0.5] is its first half", None);
        }
        return None;
    };
    let mut end = |value| reader.share_prop(value, "trim");
    let (from, to) = (end(from), end(to));
    Some([from?, to?])
}
