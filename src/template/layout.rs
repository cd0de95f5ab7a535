//! Rows, columns and grids: how a node lays out what is in it, and how a node stands in the layout around it.
//!
//! The words are those of CSS, and mean what they mean there; lengths are in the pixels of the reference canvas. This
//! module holds what a designer wrote; `scene` works it out.

use super::json::{Json, Spanned};
use super::model::Prop;
use super::props::FAR;
use super::reader::{Object, Reader};

/// How a node's children are laid out.
#[derive(Debug)]
pub(crate) struct Layout {
    pub flow: Flow,
    /// Between columns, and between rows.
    pub gap: [Prop<f32>; 2],
    /// Clockwise from the top.
    pub padding: [Prop<f32>; 4],
    /// Across the flow; in a grid, down in its cell.
    pub align: Option<Align>,
    /// Along the flow; in a grid, across in its cell.
    pub justify: Option<Justify>,
    pub is_wrapped: bool,
    /// Of a grid.
    pub columns: Vec<Track>,
    pub rows: Vec<Track>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    Row,
    Column,
    Grid,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    Start,
    Center,
    End,
    Stretch,
    Baseline,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Justify {
    Start,
    Center,
    End,
    Stretch,
    SpaceBetween,
    SpaceAround,
    SpaceEvenly,
}

/// A column or a row of a grid.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Track {
    Px(f32),
    Share(f32),
    /// So many parts of what the others leave.
    Fr(f32),
    /// As large as what is in it.
    Auto,
}

/// How far a size may go, and how width and height belong together.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Width and height.
    pub least: [Option<Prop<f32>>; 2],
    pub most: [Option<Prop<f32>>; 2],
    /// Width by height.
    pub aspect: Option<f32>,
}

/// How a node stands in the layout around it.
#[derive(Debug)]
pub(crate) struct Item {
    pub grow: f32,
    pub shrink: f32,
    pub basis: Option<Prop<f32>>,
    /// Clockwise from the top; `None` takes a share of the spare room.
    pub margin: [Option<Prop<f32>>; 4],
    pub align: Option<Align>,
    pub justify: Option<Align>,
    /// In a grid: the first column (from 1) and how many it spans; the same for rows.
    pub column: Cells,
    pub row: Cells,
}

/// `first` counts from 1; `None` is the next that is free.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Cells {
    pub first: Option<i16>,
    pub span: u16,
}

/// The most columns or rows of a grid that a template can name.
const MAX_TRACKS: f32 = 100.0;

/// `layout` of a node.
pub(super) fn read_layout(reader: &mut Reader, object: &Object<'_>) -> Option<Box<Layout>> {
    let value = object.get("layout")?;
    // A layout of which something is wrong stands all the same: what is in it is checked as items of one.
    let inner = reader.object(value, "layout")?;
    let flows = [("row", Flow::Row), ("column", Flow::Column), ("grid", Flow::Grid)];
    if !inner.has("type") {
        reader.missing(&inner, "type");
    }
    let flow = reader.one_of(&inner, "type", &flows).unwrap_or(Flow::Row);
    let (gap, padding) = reader.part("layout", |reader| {
        let gap = inner.get("gap").map(|value| read_sides(reader, value, "gap"));
        (gap, inner.get("padding").map(|value| read_sides(reader, value, "padding")))
    });
    let [between_rows, between_columns] = gap.unwrap_or([const { Prop::Fixed(0.0) }; 2]);
    let padding = padding.unwrap_or([const { Prop::Fixed(0.0) }; 4]);
    let align = read_align(reader, &inner, "align");
    let justify = read_justify(reader, &inner, flow);
    let is_wrapped = reader.bool(&inner, "wrap");
    let columns = inner.get("columns").map(|value| read_tracks(reader, value, "columns")).unwrap_or_default();
    let rows = inner.get("rows").map(|value| read_tracks(reader, value, "rows")).unwrap_or_default();
    for (key, is_of_grid) in [("columns", true), ("rows", true), ("wrap", false)] {
        if let Some(value) = inner.get(key).filter(|_| is_of_grid != (flow == Flow::Grid)) {
            let message = if is_of_grid { "only a grid has" } else { "a grid has no" };
            let help = if is_of_grid { "\"type\": \"grid\"" } else { "its `columns` say where a row ends" };
            reader.problem(value.at, format!("{message} `{key}`"), help.to_owned());
        }
    }
    if flow == Flow::Grid && !inner.has("columns") && !inner.has("rows") {
        reader.problem(inner.at, "a grid needs `columns` or `rows`", None);
    }
    reader.finish(&inner, "a layout");
    let gap = [between_columns, between_rows];
    Some(Box::new(Layout { flow, gap, padding, align, justify, is_wrapped, columns, rows }))
}

const ALIGNS: [(&str, Align); 5] = [
    ("start", Align::Start),
    ("center", Align::Center),
    ("end", Align::End),
    ("stretch", Align::Stretch),
    ("baseline", Align::Baseline),
];

fn read_align(reader: &mut Reader, object: &Object<'_>, key: &'static str) -> Option<Align> {
    reader.one_of(object, key, &ALIGNS)
}

fn read_justify(reader: &mut Reader, object: &Object<'_>, flow: Flow) -> Option<Justify> {
    let in_cells =
        [("start", Justify::Start), ("center", Justify::Center), ("end", Justify::End), ("stretch", Justify::Stretch)];
    let along = [
        ("start", Justify::Start),
        ("center", Justify::Center),
        ("end", Justify::End),
        ("space-between", Justify::SpaceBetween),
        ("space-around", Justify::SpaceAround),
        ("space-evenly", Justify::SpaceEvenly),
    ];
    if flow == Flow::Grid {
        reader.one_of(object, "justify", &in_cells)
    } else {
        reader.one_of(object, "justify", &along)
    }
}

/// One length for all sides, or as many as there are; of four sides also two: above and below, left and right.
fn read_sides<const N: usize>(reader: &mut Reader, value: &Spanned, name: &'static str) -> [Prop<f32>; N] {
    let zero = || std::array::from_fn(|_| Prop::Fixed(0.0));
    let Json::Array(items) = &value.json else {
        return match reader.extent_of(value, name) {
            Some(side) => std::array::from_fn(|_| side.clone()),
            None => zero(),
        };
    };
    if items.len() != N && items.len() != 2 {
        let message = if N == 4 {
            format!("`{name}` is one length, two (above and below, left and right) or four, clockwise from the top")
        } else {
            format!("`{name}` is one length, or two: between rows, and between columns")
        };
        reader.problem(value.at, message, None);
        return zero();
    }
    let sides: Vec<Prop<f32>> =
        items.iter().map(|item| reader.extent_of(item, name).unwrap_or(Prop::Fixed(0.0))).collect();
    std::array::from_fn(|side| sides[side % sides.len()].clone())
}

/// A number of columns that are all as wide, or a list of them.
fn read_tracks(reader: &mut Reader, value: &Spanned, name: &'static str) -> Vec<Track> {
    if let Json::Number(n) = value.json {
        if n.fract() != 0.0 {
            reader.problem(value.at, format!("`{name}` is a whole number or a list"), None);
        }
        let count = reader.number_in(value, name, (1.0, MAX_TRACKS)).unwrap_or(1.0);
        return vec![Track::Fr(1.0); count as usize];
    }
    let items = reader.list(value, name);
    if items.len() as f32 > MAX_TRACKS {
        reader.problem(value.at, format!("`{name}` are {}, but {MAX_TRACKS} at most", items.len()), None);
    }
    items.iter().filter_map(|item| read_track(reader, item, name)).collect()
}

fn read_track(reader: &mut Reader, value: &Spanned, name: &'static str) -> Option<Track> {
    let number = |text: &str| text.trim().parse::<f32>().ok().filter(|n| (0.0..=FAR).contains(n));
    match &value.json {
        Json::Number(_) => reader.number_in(value, name, (0.0, FAR)).map(Track::Px),
        Json::String(text) => {
            let track = match text.trim() {
                "auto" => Some(Track::Auto),
                text => {
                    let fr = text.strip_suffix("fr").and_then(number).map(Track::Fr);
                    let share = text.strip_suffix('%').and_then(number);
                    fr.or(share.map(|percent| Track::Share(percent / 100.0)))
                }
            };
            if track.is_none() {
                let help = "write a number of pixels, \"25%\", \"1fr\" or \"auto\"".to_owned();
                reader.problem(value.at, format!("`{text}` is no width of a column or height of a row"), help);
            }
            track
        }
        _ => {
            reader.wrong_kind(value, name, "a number, a percentage, \"1fr\" or \"auto\"");
            None
        }
    }
}

/// `min_width`, `max_width`, `min_height`, `max_height`, `aspect`; `None` when the node has none of them.
pub(super) fn read_limits(reader: &mut Reader, object: &Object<'_>) -> Option<Box<Limits>> {
    let least = [reader.size_prop(object, "min_width"), reader.size_prop(object, "min_height")];
    let most = [reader.size_prop(object, "max_width"), reader.size_prop(object, "max_height")];
    let aspect = object.get("aspect").and_then(|value| read_aspect(reader, value));
    for (axis, [low, high]) in [["min_width", "max_width"], ["min_height", "max_height"]].into_iter().enumerate() {
        if let (Some(Prop::Fixed(least)), Some(Prop::Fixed(most))) = (&least[axis], &most[axis])
            && least > most
        {
            let at = object.get(high).map_or(object.at, |value| value.at);
            reader.problem(at, format!("`{high}` is {most}, but `{low}` is {least}: no size fits"), None);
        }
    }
    let limits = Limits { least, most, aspect };
    let is_any = limits.least.iter().chain(&limits.most).any(Option::is_some) || limits.aspect.is_some();
    is_any.then(|| Box::new(limits))
}

/// Outside a layout a limit without the size that it limits does nothing.
pub(super) fn refuse_idle_limits(reader: &mut Reader, object: &Object<'_>) {
    const SIDES: [(&str, [&str; 2]); 2] =
        [("width", ["min_width", "max_width"]), ("height", ["min_height", "max_height"])];
    let has_aspect = object.has("aspect") && SIDES.iter().any(|(side, _)| object.has(side));
    for (side, limits) in SIDES.into_iter().filter(|(side, _)| !object.has(side) && !has_aspect) {
        if let Some((key, value)) = limits.into_iter().find_map(|key| Some((key, object.get(key)?))) {
            reader.problem(value.at, format!("`{key}` limits a `{side}`, and this node has none"), None);
        }
    }
}

/// A number, or "16:9".
pub(super) fn ratio(text: &str) -> Option<f32> {
    let (width, height) = text.split_once(':')?;
    let side = |text: &str| text.trim().parse::<f32>().ok().filter(|side| (0.01..=10_000.0).contains(side));
    Some(side(width)? / side(height)?)
}

fn read_aspect(reader: &mut Reader, value: &Spanned) -> Option<f32> {
    match &value.json {
        Json::String(text) => {
            let found = ratio(text);
            if found.is_none() {
                let help = "write \"16:9\", or width by height as a number".to_owned();
                reader.problem(value.at, format!("`{text}` is no aspect"), help);
            }
            found
        }
        _ => reader.number_in(value, "aspect", (0.01, 100.0)),
    }
}

/// Keys that say how a node stands in a layout.
const ITEM_KEYS: [&str; 10] =
    ["grow", "shrink", "basis", "margin", "align_self", "justify_self", "column", "column_span", "row", "row_span"];

/// How a node stands in the layout around it; `None` for one that stands where its `x` and `y` say.
pub(super) fn read_item(reader: &mut Reader, object: &Object<'_>, is_in_layout: bool) -> Option<Box<Item>> {
    let is_absolute = reader.one_of(object, "position", &[("absolute", ())]).is_some();
    let is_item = is_in_layout && !is_absolute;
    if !is_item {
        let stray = ITEM_KEYS.into_iter().find_map(|key| object.get(key).map(|value| (key, value)));
        if let Some((key, value)) = stray {
            let message = format!("`{key}` says how a node stands in a layout, and this one stands in none");
            let help = if is_in_layout {
                "leave out `position`, or place the node by its `x` and `y`"
            } else {
                "give the node around it a `layout`"
            };
            reader.problem(value.at, message, help.to_owned());
        }
    } else if let Some((key, value)) = ["x", "y", "anchor"].iter().find_map(|key| Some((key, object.get(key)?))) {
        let message = format!("`{key}` cannot place a node that the layout around it places");
        let help = "move it with `margin`, or take it out of the layout with \"position\": \"absolute\"";
        reader.problem(value.at, message, help.to_owned());
    }
    let many = (0.0, 1000.0);
    let grow = reader.number(object, "grow", many).unwrap_or(0.0);
    let shrink = reader.number(object, "shrink", many).unwrap_or(1.0);
    let basis = reader.extent_prop(object, "basis");
    let margin = object.get("margin").map(|value| read_margin(reader, value));
    let align = read_align(reader, object, "align_self");
    let justify = reader.one_of(object, "justify_self", &ALIGNS[..4]);
    let mut cells = |first: &'static str, span: &'static str| {
        let count = (1.0, MAX_TRACKS);
        let first = reader.number(object, first, count).map(|n| n as i16);
        let span = reader.number(object, span, count).map_or(1, |n| n as u16);
        Cells { first, span }
    };
    let (column, row) = (cells("column", "column_span"), cells("row", "row_span"));
    let margin = margin.unwrap_or([const { Some(Prop::Fixed(0.0)) }; 4]);
    is_item.then(|| Box::new(Item { grow, shrink, basis, margin, align, justify, column, row }))
}

/// As a padding, and any side may be "auto".
fn read_margin(reader: &mut Reader, value: &Spanned) -> [Option<Prop<f32>>; 4] {
    let is_auto = |value: &Spanned| matches!(&value.json, Json::String(text) if text == "auto");
    let mut side = |value: &Spanned| {
        if is_auto(value) { None } else { reader.extent_of(value, "margin").or(Some(Prop::Fixed(0.0))) }
    };
    match &value.json {
        Json::Array(items) if items.len() == 2 || items.len() == 4 => {
            let sides: Vec<_> = items.iter().map(&mut side).collect();
            std::array::from_fn(|at| sides[at % sides.len()].clone())
        }
        Json::Array(_) => {
            let message =
                "`margin` is one length, two (above and below, left and right) or four, clockwise from the top";
            reader.problem(value.at, message, None);
            [const { Some(Prop::Fixed(0.0)) }; 4]
        }
        _ => {
            let all = side(value);
            std::array::from_fn(|_| all.clone())
        }
    }
}
