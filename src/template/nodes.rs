//! Reads the tree of nodes: each kind by its own function, chosen by `type`, so that a mistake names its own field.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::components::{self, Components};
use super::defaults::{self, Defaults};
use super::expr::Wanted;
use super::json::{Json, Spanned};
use super::lines::{read_path, read_stroke};
use super::model::{BoxNode, Fill, Flash, Font, Kind, Node, Prop, RepeatNode, ShadowNode, Turn};
use super::motion::{Easing, Length};
use super::problem::{Place, suggestion};
use super::reader::{InHand, Object, Reader};
use super::{animate, courts, layout, pictures, texts};
use crate::draw_list::{Color, FontFamily, Gradient};

const KINDS: [&str; 12] =
    ["group", "box", "text", "image", "path", "sprite", "repeat", "zone", "court", "rink", "spot", "component"];

/// Far more than a frame has time for; components that use components could ask for millions.
const MAX_NODES: u32 = 10_000;

/// Stands for a colour that is missing or wrong: the template is refused already, and the rest is still checked.
pub(super) const STAND_IN: Prop<Color> = Prop::Fixed(Color::TRANSPARENT);

/// Larger than any canvas that is drawn.
const SIZE: (f32, f32) = (0.0, 100_000.0);

/// What nodes refer to, and what refers to nodes.
#[derive(Default)]
pub(crate) struct Names {
    /// Families that the template or its package brings along; `None` for one with a mistake, which has been reported.
    pub fonts: BTreeMap<String, Option<Arc<FontFamily>>>,
    pub styles: BTreeMap<String, Font>,
    /// Every node by its id.
    pub nodes: HashMap<String, Named>,
    pub components: Components,
    /// The components that are being read, outermost first.
    pub using: Vec<String>,
    /// The `type` of the court or rink around the nodes that are being read.
    pub ground: Option<&'static str>,
    /// Before the ids of a component's nodes: the id of the node that uses it, and a dot.
    pub prefix: String,
    /// The nodes that are being read stand in a layout.
    pub is_in_layout: bool,
    /// The node that is being read stands in a layout.
    pub is_item: bool,
    /// The nodes that are being read are those of a row.
    pub is_row: bool,
    /// The repeats around the nodes that are being read.
    pub repeats: u32,
    counts: HashMap<&'static str, u32>,
    next: u32,
}

/// What motion needs to know of a node that it moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub index: u32,
    pub at: Place,
    /// Its `type`; "node" when that is not known.
    pub kind: &'static str,
    pub has_size: bool,
    /// It is a line that can be drawn from its beginning on.
    pub has_stroke: bool,
    /// It may stand in a repeat, where one comes after the other.
    pub is_repeated: bool,
}

impl Names {
    /// What can be referred to anywhere, and no nodes yet.
    pub fn shared(&self) -> Names {
        Names {
            fonts: self.fonts.clone(),
            styles: self.styles.clone(),
            components: self.components.clone(),
            ..Names::default()
        }
    }

    /// A node that the designer did not write as one, at its parent's origin.
    pub fn unnamed(&mut self, id: &str, kind: Kind) -> Node {
        let index = self.next;
        self.next += 1;
        Node::bare(index, id.into(), kind)
    }
}

pub(crate) fn read_nodes(reader: &mut Reader, value: &Spanned, names: &mut Names) -> Vec<Node> {
    let items = reader.list(value, "nodes");
    items.iter().filter_map(|item| read_node(reader, item, names)).collect()
}

pub(crate) fn read_node(reader: &mut Reader, value: &Spanned, names: &mut Names) -> Option<Node> {
    let object = reader.object(value, "node")?;
    // The nodes around it are not done yet.
    let outer = std::mem::replace(&mut reader.node, InHand { defaults: Defaults::of(&object), ..InHand::default() });
    let (locals, is_row) = (reader.locals.len(), names.is_row);
    let keyed = read_key(reader, &object, names);
    let node = read_object(reader, value, &object, names);
    reader.locals.truncate(locals);
    let inner = std::mem::replace(&mut reader.node, outer);
    let node = Node { exprs: inner.exprs, ..node? };
    let Some(keyed) = keyed else { return Some(node) };
    let around = match (&node.item, is_row) {
        (Some(_), _) => Some(("layout", "put it into a group, which stands in the layout")),
        (None, true) => Some(("repeat", "put it into a group, or have the `key` of the repeat say it")),
        (None, false) => None,
    };
    if let (Some(value), Some((around, help))) = (object.get("key"), around) {
        let message = format!("a node with a `key` stands by itself, and this one stands in a {around}");
        reader.problem(value.at, message, help.to_owned());
    }
    Some(Node { id: format!("{}:key", node.id).into(), children: vec![node], ..keyed })
}

/// `key`: what a node is of. A repeat of one row has all that this takes: with another key it has another row, and the one
/// before is on its way out. The node is that row; this is the repeat around it, whose own locals no expression can name.
fn read_key(reader: &mut Reader, object: &Object<'_>, names: &mut Names) -> Option<Node> {
    let kind =
        object.get("type").and_then(|kind| if let Json::String(name) = &kind.json { Some(&**name) } else { None });
    object.get("key").filter(|_| kind.is_some_and(|kind| kind != "repeat" && KINDS.contains(&kind)))?;
    let key = reader.expr(object, "key")?;
    let over = reader.expr_text("{{ [0] }}", object.at, "key")?;
    let [name, index_name] = [Arc::default(), Arc::default()];
    reader.locals.extend([Arc::clone(&name), Arc::clone(&index_name)]);
    let row = RepeatNode { over, name, index_name, key: Some(key), is_of_node: true, dx: 0.0, dy: 0.0 };
    Some(names.unnamed("", Kind::Repeat(row)))
}

fn read_object(reader: &mut Reader, value: &Spanned, object: &Object<'_>, names: &mut Names) -> Option<Node> {
    let index = names.next;
    names.next += 1;
    if names.next > MAX_NODES {
        let message = format!("more than {MAX_NODES} nodes, those of components counted wherever they are used");
        if !reader.problems.iter().any(|problem| problem.message == message) {
            reader.problem(value.at, message, None);
        }
        return None;
    }
    let Some(kind_name) = read_kind(reader, object) else {
        // Its id and its children are read all the same, or whatever names them would be reported as well.
        // Whatever it should have been, it may have had a size and a stroke.
        let at = object.at;
        let named = Named { index, at, kind: "node", has_size: true, has_stroke: true, is_repeated: true };
        read_id(reader, object, names, named);
        let children = object.get("children")?;
        // It stands in, so that what is in it is checked as well.
        let locals = reader.locals.len();
        let repeat = if object.has("as") { read_repeat(reader, object, false) } else { None };
        let is_in_layout = std::mem::replace(&mut names.is_in_layout, object.has("layout"));
        let is_row = std::mem::replace(&mut names.is_row, repeat.is_some());
        let children = read_nodes(reader, children, names);
        (names.is_in_layout, names.is_row) = (is_in_layout, is_row);
        reader.locals.truncate(locals);
        let kind = repeat.unwrap_or(Kind::Group { clip: None });
        return Some(Node { children, ..Node::bare(index, Arc::default(), kind) });
    };
    let is_in_layout = std::mem::take(&mut names.is_in_layout);
    let is_row = std::mem::take(&mut names.is_row);
    let x = reader.extent_prop(object, "x").unwrap_or(Prop::Fixed(0.0));
    let y = reader.extent_prop(object, "y").unwrap_or(Prop::Fixed(0.0));
    let width = reader.size_prop(object, "width");
    let height = reader.size_prop(object, "height");
    let limits = layout::read_limits(reader, object);
    let may_lay_out = matches!(kind_name, "group" | "box" | "repeat");
    let layout = if may_lay_out { layout::read_layout(reader, object) } else { None };
    let item = layout::read_item(reader, object, is_in_layout);
    if layout.is_none() && item.is_none() {
        layout::refuse_idle_limits(reader, object);
    }
    let sides = [&width, &height].map(|side| usize::from(side.is_some())).iter().sum::<usize>();
    // A layout gives a size to what is in it, and takes one from it.
    let has_size = sides == 2 || sides == 1 && object.has("aspect") || layout.is_some() || item.is_some();
    let has_stroke = kind_name == "path" && object.has("stroke");
    // What is used in many places may be in a repeat in one of them.
    let is_repeated = names.repeats > 0 || !names.using.is_empty();
    let named = Named { index, at: object.at, kind: kind_name, has_size, has_stroke, is_repeated };
    let id = read_id(reader, object, names, named);
    let transitions = animate::read_transitions(reader, object, kind_name);
    let keyframes = animate::read_keyframes(reader, object, named);
    let presence = animate::read_presence(reader, object, named, is_row);
    names.is_item = item.is_some();
    let locals = reader.locals.len();
    let mut parts = Vec::new();
    let kind = match kind_name {
        "group" => Some(read_group(reader, object, has_size)),
        "box" => read_box(reader, object, has_size),
        "text" => texts::read_text(reader, object, names),
        "image" => pictures::read_image(reader, object, [&width, &height], has_size),
        "path" => read_path(reader, object, names),
        "sprite" => pictures::read_sprite(reader, object, [&width, &height], has_size),
        "repeat" => read_repeat(reader, object, layout.is_some()),
        "zone" => courts::read_zone(reader, object, names),
        "court" => courts::read_court(reader, object, names),
        "rink" => courts::read_rink(reader, object),
        "spot" => courts::read_spot(reader, object, names),
        _ => components::read_use(reader, object, &id, names).map(|(component, nodes)| {
            parts = nodes;
            Kind::Component(component)
        }),
    };
    let may_hold = matches!(kind_name, "group" | "box" | "repeat" | "zone" | "court" | "rink" | "spot");
    let ground = names.ground;
    match kind_name {
        "court" | "rink" => names.ground = Some(kind_name),
        // What is placed on a court stands by itself.
        "zone" | "spot" => names.ground = None,
        _ => {}
    }
    (names.is_in_layout, names.is_row) = (layout.is_some(), kind_name == "repeat");
    names.repeats += u32::from(kind_name == "repeat");
    let children = match may_hold.then(|| object.get("children")).flatten() {
        Some(children) => read_nodes(reader, children, names),
        None => parts,
    };
    names.ground = ground;
    names.repeats -= u32::from(kind_name == "repeat");
    (names.is_in_layout, names.is_row) = (false, false);
    // A repeat's item is known inside it only.
    reader.locals.truncate(locals);
    let anchor = read_anchor(reader, object, "anchor", has_size).unwrap_or_default();
    let pivot = read_anchor(reader, object, "pivot", has_size).unwrap_or([0.5; 2]);
    let turn = read_turn(reader, object);
    let opacity =
        object.get("opacity").and_then(|value| reader.share_prop(value, "opacity")).unwrap_or(Prop::Fixed(1.0));
    let when = reader.noted_expr(object, "when", Wanted::Anything);
    let is_there_unknown =
        when.is_some() && matches!(defaults::unknown(reader, "when", ((), Wanted::Anything)), Some(Prop::Fixed(true)));
    let flash = object.get("flash").and_then(|value| read_flash(reader, value));
    object.get("comment");
    let mask = pictures::read_mask(reader, object, names, (&id, [&width, &height]));
    let article = if kind_name == "image" { "an" } else { "a" };
    let told = format!("{article} {kind_name}");
    defaults::finish(reader, object, &told);
    reader.finish(object, &told);
    (names.is_in_layout, names.is_row) = (is_in_layout, is_row);
    // One that is wrong holds its children all the same, so that they are checked: the template is refused already.
    let kind = kind.unwrap_or(Kind::Group { clip: None });
    let node = Node { x, y, anchor, width, height, limits, layout, item, ..Node::bare(index, id, kind) };
    let node = Node { transitions, keyframes, presence, ..node };
    Some(Node { opacity, turn, pivot, when, is_there_unknown, flash, mask, children, ..node })
}

fn read_kind(reader: &mut Reader, object: &Object<'_>) -> Option<&'static str> {
    if !object.has("type") {
        reader.problem(object.at, "a node needs a `type`", format!("one of: {}", KINDS.join(", ")));
    }
    let (name, at) = reader.string(object, "type")?;
    let found = KINDS.into_iter().find(|kind| *kind == name);
    if found.is_none() {
        reader.problem(at, format!("there is no node type `{name}`"), suggestion(name, KINDS));
    }
    found
}

fn read_id(reader: &mut Reader, object: &Object<'_>, names: &mut Names, named: Named) -> Arc<str> {
    let given = reader.string(object, "id");
    let (id, at) = match given {
        Some((id, at)) => (id.to_owned(), at),
        None => {
            let count = names.counts.entry(named.kind).or_default();
            *count += 1;
            // No designer can have written it.
            (format!("{}:{count}", named.kind), object.at)
        }
    };
    if given.is_some() && (id.is_empty() || id.contains(['/', '[', ']', '.', ':'])) {
        reader.problem(at, format!("`{id}` cannot be an id"), "use letters, digits and hyphens".to_owned());
    }
    let id = format!("{}{id}", names.prefix);
    if names.nodes.insert(id.clone(), named).is_some() {
        reader.problem(at, format!("two nodes have the id `{id}`"), "ids are unique within a template".to_owned());
    }
    id.into()
}

/// `rotate` and `scale`.
fn read_turn(reader: &mut Reader, object: &Object<'_>) -> Option<Box<Turn>> {
    let rotate = reader.number_prop(object, "rotate");
    let scale = reader.factor_prop(object, "scale");
    let is_given = rotate.is_some() || scale.is_some();
    let (rotate, scale) = (rotate.unwrap_or(Prop::Fixed(0.0)), scale.unwrap_or(Prop::Fixed(1.0)));
    is_given.then(|| Box::new(Turn { rotate, scale }))
}

/// `anchor`: which corner, edge or middle of the node stands at its `x` and `y`. `pivot`: which of them stays where it is.
fn read_anchor(reader: &mut Reader, object: &Object<'_>, key: &'static str, has_size: bool) -> Option<[f32; 2]> {
    const ANCHORS: [(&str, [f32; 2]); 9] = [
        ("top-left", [0.0, 0.0]),
        ("top", [0.5, 0.0]),
        ("top-right", [1.0, 0.0]),
        ("left", [0.0, 0.5]),
        ("center", [0.5, 0.5]),
        ("right", [1.0, 0.5]),
        ("bottom-left", [0.0, 1.0]),
        ("bottom", [0.5, 1.0]),
        ("bottom-right", [1.0, 1.0]),
    ];
    let anchor = reader.one_of(object, key, &ANCHORS);
    if anchor.is_some() && !has_size {
        let article = if key == "anchor" { "an" } else { "a" };
        reader.problem(object.at, format!("a node with {article} `{key}` needs `width` and `height`"), None);
    }
    anchor
}

fn read_group(reader: &mut Reader, object: &Object<'_>, has_size: bool) -> Kind {
    let is_clipped = reader.bool(object, "clip");
    let corners = read_corners(reader, object);
    if is_clipped && !has_size {
        reader.problem(object.at, "a clipped group needs `width` and `height`", None);
    }
    if let (Some(value), false) = (object.get("corners"), is_clipped) {
        let help = "\"clip\": true".to_owned();
        reader.problem(value.at, "`corners` cut off what a group clips, and this one does not clip", help);
    }
    Kind::Group { clip: is_clipped.then_some(corners) }
}

/// `corners`: one radius, or four, clockwise from the top left.
fn read_corners(reader: &mut Reader, object: &Object<'_>) -> [f32; 4] {
    let Some(value) = object.get("corners") else { return [0.0; 4] };
    if let Json::Number(_) = value.json {
        return [reader.number_in(value, "corners", SIZE).unwrap_or(0.0); 4];
    }
    let given = match &value.json {
        Json::Array(radii) => &radii[..],
        _ => &[],
    };
    let radii: Vec<f32> = given.iter().filter_map(|radius| reader.number_in(radius, "corners", SIZE)).collect();
    radii.try_into().unwrap_or_else(|_| {
        reader.problem(value.at, "`corners` is one radius or four, clockwise from the top left", None);
        [0.0; 4]
    })
}

fn read_box(reader: &mut Reader, object: &Object<'_>, has_size: bool) -> Option<Kind> {
    for side in ["width", "height"] {
        if !object.has(side) && !has_size {
            reader.missing(object, side);
        }
    }
    let corners = read_corners(reader, object);
    let border = read_stroke(reader, object, "border");
    let [shadow, inner_shadow] = ["shadow", "inner_shadow"].map(|key| read_shadow(reader, object, key));
    if !object.has("fill") {
        reader.missing(object, "fill");
    }
    // What is missing or wrong has been noted and the template will be refused; until then the node stands in, so that
    // the rest of it is checked too.
    let fill = object.get("fill").and_then(|value| read_fill(reader, value, "fill")).unwrap_or(Fill::Solid(STAND_IN));
    Some(Kind::Box(BoxNode { fill, corners, border, shadow, inner_shadow }))
}

/// A colour or a gradient.
pub(super) fn read_fill(reader: &mut Reader, value: &Spanned, name: &str) -> Option<Fill> {
    if !matches!(value.json, Json::Object(_)) {
        return reader.color_prop(value, name).map(Fill::Solid);
    }
    let object = reader.object(value, name)?;
    let direction = reader.one_of(&object, "direction", &[("down", 90.0), ("right", 0.0)]);
    if let (Some(value), Some(_)) = (object.get("angle"), direction) {
        reader.problem(value.at, "a gradient has a `direction` or an `angle`, not both", None);
    }
    let degrees = reader.number(&object, "angle", (-360.0, 360.0)).or(direction).unwrap_or(90.0);
    if !object.has("stops") {
        reader.missing(&object, "stops");
    }
    let stops_value = object.get("stops");
    reader.finish(&object, "a gradient");
    let stops = reader.part(name, |reader| read_stops(reader, stops_value?))?;
    Some(Fill::Linear { degrees, stops })
}

fn read_stops(reader: &mut Reader, value: &Spanned) -> Option<Vec<(f32, Prop<Color>)>> {
    let before = reader.problems.len();
    let mut stops = Vec::new();
    for stop in reader.list(value, "stops") {
        let parts = match &stop.json {
            Json::Array(parts) => &parts[..],
            _ => &[],
        };
        let [at, color] = parts else {
            reader.problem(stop.at, "a stop is a position and a colour: [0.5, \"#rrggbb\"]", None);
            continue;
        };
        if let (Some(at), Some(color)) =
            (reader.number_in(at, "position", (0.0, 1.0)), reader.color_prop(color, "colour"))
        {
            stops.push((at, color));
        }
    }
    if reader.problems.len() > before {
        return None;
    }
    if !(2..=Gradient::MAX_STOPS).contains(&stops.len()) || stops.windows(2).any(|pair| pair[0].0 > pair[1].0) {
        let message = format!("a gradient has 2 to {} stops in rising order", Gradient::MAX_STOPS);
        reader.problem(value.at, message, None);
        return None;
    }
    Some(stops)
}

pub(super) fn read_shadow(reader: &mut Reader, node: &Object<'_>, key: &'static str) -> Option<ShadowNode> {
    let object = reader.object(node.get(key)?, key)?;
    let offset = (-1000.0, 1000.0);
    let x = reader.number(&object, "x", offset).unwrap_or(0.0);
    let y = reader.number(&object, "y", offset).unwrap_or(0.0);
    let blur = reader.number(&object, "blur", (0.0, 1000.0)).unwrap_or(0.0);
    if !object.has("color") {
        reader.missing(&object, "color");
    }
    let color = object.get("color").and_then(|value| reader.part(key, |reader| reader.color_prop(value, "color")));
    reader.finish(&object, "a shadow");
    Some(ShadowNode { x, y, blur, color: color? })
}

fn read_flash(reader: &mut Reader, value: &Spanned) -> Option<Flash> {
    let object = reader.object(value, "flash")?;
    let on = reader.noted_expr(&object, "on", Wanted::Anything);
    if !object.has("on") {
        reader.missing(&object, "on");
    }
    let peak = reader.number(&object, "peak", (0.0, 1.0)).unwrap_or(1.0);
    let length = reader.length(&object, "length").unwrap_or(Length::Millis(500));
    let ease = reader.easing(&object, "ease").unwrap_or(Easing::Linear);
    reader.finish(&object, "a flash");
    Some(Flash { on: on?, peak, length, ease })
}

fn read_repeat(reader: &mut Reader, object: &Object<'_>, has_layout: bool) -> Option<Kind> {
    if !object.has("over") {
        reader.missing(object, "over");
    }
    let over = reader.expr(object, "over");
    let name: Option<Arc<str>> = reader.string(object, "as").map(|(name, at)| {
        reader.refuse_function(name, at);
        name.into()
    });
    if !object.has("as") {
        reader.missing(object, "as");
    }
    let stand_in = name.clone().unwrap_or_default();
    let index_name: Arc<str> = format!("{stand_in}_index").into();
    reader.locals.extend([stand_in, index_name.clone()]);
    let key = reader.expr(object, "key");
    let far = (-100_000.0, 100_000.0);
    let dx = reader.number(object, "dx", far).unwrap_or(0.0);
    let dy = reader.number(object, "dy", far).unwrap_or(0.0);
    if let Some((key, value)) = ["dx", "dy"].iter().find_map(|key| Some((key, object.get(key)?))).filter(|_| has_layout)
    {
        let help = "put `gap` into the layout".to_owned();
        reader.problem(value.at, format!("`{key}` cannot place items that the layout of the repeat places"), help);
    }
    // A list that is missing or wrong has been reported; what is in the repeat is checked as for one that is empty.
    let over = over.or_else(|| reader.expr_text("{{ [] }}", object.at, "over"))?;
    let name = name.unwrap_or_default();
    Some(Kind::Repeat(RepeatNode { over, name, index_name, key, is_of_node: false, dx, dy }))
}
