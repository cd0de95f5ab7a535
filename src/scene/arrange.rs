//! Lays out rows, columns and grids.
//!
//! In: a node with a `layout` and all that stands in it, measured. Out: where each stands from its parent's origin, in
//! canvas pixels and not rounded: whoever draws snaps edges, so that neighbours go on touching. `flow` works that out.
//! Containers inside one another are laid out at once, by the outermost. What is measured is compared with the last
//! time: while no size changed, nothing is laid out again.

mod flow;

use super::memory::{Instance, Slot};
use super::paint::{Painter, Space};
use super::text;
use crate::draw_list::{Rect, Segment};
use crate::template::animate::Of;
use crate::template::expr::Extent;
use crate::template::model::{self, FitRule, Kind, Node, Prop, TextNode, VerticalAlign};

/// A layout, and what it was worked out from.
#[derive(Debug)]
pub(crate) struct Arranged {
    boxes: Vec<Planned>,
    /// One for each box, from its parent's origin.
    places: Vec<Rect>,
}

/// A node in a layout, as far as it can change; those in it follow.
#[derive(Clone, PartialEq, Debug)]
struct Planned {
    /// The node's index.
    node: u32,
    scale: f32,
    /// Width and height.
    size: [Side; 2],
    least: [Side; 2],
    most: [Side; 2],
    basis: Side,
    /// Clockwise from the top.
    margin: [Side; 4],
    padding: [Side; 4],
    /// Between columns, and between rows.
    gap: [Side; 2],
    /// How many stand in it.
    inside: usize,
    natural: Natural,
    /// What it says, if it is a text that is as high as its width makes it.
    wrapped: Option<Box<Wrapped>>,
}

/// A text that wraps.
#[derive(Clone, PartialEq, Debug)]
struct Wrapped {
    known: Option<String>,
    replacements: Vec<Option<String>>,
}

/// A length in a layout.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
enum Side {
    #[default]
    Auto,
    /// In canvas pixels.
    Px(f32),
    /// Of what it is in.
    Share(f32),
}

/// What is being measured, and the nodes that it is of.
#[derive(Default)]
struct Plan<'a> {
    boxes: Vec<Planned>,
    nodes: Vec<&'a Node>,
}

/// How large a node would be by itself, in canvas pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Natural {
    size: [f32; 2],
    /// It can be made narrower: a text that is fitted.
    gives_way: bool,
}

/// Where a node stands in the pixels of the canvas, as far as that is known without measuring what is in it.
pub(super) struct Stand {
    pub at: [f32; 2],
    pub size: [Option<f32>; 2],
}

impl Painter<'_> {
    /// A node's own place and size, from its parent's origin.
    pub(super) fn stand(&mut self, node: &Node, instance: &mut Instance, [wide, high]: [f32; 2]) -> Stand {
        let Instance { results, glides, .. } = instance;
        let at = [self.extent(&node.x, results, wide), self.extent(&node.y, results, high)];
        let mut size = [(&node.width, Of::Width, wide), (&node.height, Of::Height, high)].map(|(side, of, whole)| {
            let side = side.as_ref()?;
            let now = self.extent(side, results, whole);
            Some(if let Prop::Share(_) = side { now } else { self.glide(node, glides, of, now) })
        });
        let Some(limits) = &node.limits else { return Stand { at, size } };
        let whole = [wide, high];
        let mut limited = |painter: &mut Self, axis: usize, side: Option<f32>| {
            let mut limit =
                |limit: &Option<Prop<f32>>| limit.as_ref().map(|limit| painter.extent(limit, results, whole[axis]));
            let (least, most) = (limit(&limits.least[axis]), limit(&limits.most[axis]));
            // As in CSS, the least size comes before the most.
            side.map(|side| side.min(most.unwrap_or(side)).max(least.unwrap_or(f32::MIN)))
        };
        let [width, height] = size;
        size = [limited(self, 0, width), limited(self, 1, height)];
        if let Some(aspect) = limits.aspect {
            size = match size {
                [Some(width), None] => [Some(width), limited(self, 1, Some(width / aspect))],
                [None, Some(height)] => [limited(self, 0, Some(height * aspect)), Some(height)],
                both => both,
            };
        }
        Stand { at, size }
    }

    /// Lays out what is in a node, and tells how large the node is; `given` are the sides that are known.
    pub(super) fn arrange(
        &mut self,
        node: &Node,
        instance: &mut Instance,
        given: [Option<f32>; 2],
        space: &Space,
    ) -> [f32; 2] {
        let mut plan = Plan::default();
        self.plan(node, instance, space, &mut plan);
        let root = &mut plan.boxes[0];
        root.size = given.map(|side| side.map_or(Side::Auto, Side::Px));
        // It stands in no layout that could tell what its shares are of.
        for (axis, whole) in space.size.into_iter().enumerate() {
            for side in [&mut root.least[axis], &mut root.most[axis]] {
                if let Side::Share(share) = *side {
                    *side = Side::Px(share * whole);
                }
            }
        }
        let arranged = match instance.arranged.take().filter(|arranged| arranged.boxes == plan.boxes) {
            Some(arranged) => arranged,
            None => {
                let at = text::Frame { moment: self.moment, scale: self.scale, origin: [0.0; 2] };
                let places = flow::lay_out(&plan, at, self.fonts);
                Box::new(Arranged { boxes: plan.boxes, places })
            }
        };
        let size = arranged.places.first().map_or([0.0; 2], |place| [place.width, place.height]);
        let mut places = arranged.places.iter().skip(1).copied();
        put(node, instance, &mut places);
        instance.arranged = Some(arranged);
        size
    }

    /// Notes a node and all that stands in its layout.
    fn plan<'n>(&mut self, node: &'n Node, instance: &mut Instance, space: &Space, plan: &mut Plan<'n>) {
        let at = plan.boxes.len();
        let planned = self.planned(node, instance);
        plan.boxes.push(planned);
        plan.nodes.push(node);
        if node.layout.is_none() {
            plan.boxes[at].natural = self.natural(node, instance, space);
            if let Kind::Text(text) = &node.kind {
                plan.boxes[at].wrapped = self.wrapped(node, text, instance);
            }
            return;
        }
        plan.boxes[at].inside = match &node.kind {
            Kind::Repeat(repeat) => {
                let mut inside = 0;
                self.each_row(node, repeat, instance, |painter, row, _| {
                    inside += painter.plan_all(&node.children, &mut row.children, space, plan);
                });
                inside
            }
            _ => self.plan_all(&node.children, &mut instance.children, space, plan),
        };
    }

    fn wrapped(&mut self, node: &Node, text: &TextNode, instance: &mut Instance) -> Option<Box<Wrapped>> {
        let rules = &text.fit.as_ref()?.rules;
        if !rules.iter().any(|rule| matches!(rule, FitRule::Wrap { .. })) {
            return None;
        }
        let known = self.string(&text.text, &mut instance.results);
        // The width is what the layout will find.
        let fit = self.fit(node, text, &mut instance.results, 0.0)?;
        Some(Box::new(Wrapped { known, replacements: fit.replacements }))
    }

    /// How many of the nodes stand in the layout.
    fn plan_all<'n>(&mut self, nodes: &'n [Node], slots: &mut Vec<Slot>, space: &Space, plan: &mut Plan<'n>) -> usize {
        slots.resize_with(nodes.len(), Slot::default);
        let mut count = 0;
        for (node, slot) in nodes.iter().zip(slots).filter(|(node, _)| node.item.is_some()) {
            if let Some(instance) = self.present(node, slot) {
                self.inside(instance, |painter, instance| painter.plan(node, instance, space, plan));
                count += 1;
            }
        }
        count
    }

    /// What of a node's standing in a layout can change.
    fn planned(&mut self, node: &Node, instance: &mut Instance) -> Planned {
        let Instance { results, glides, .. } = instance;
        let size = [(&node.width, Of::Width), (&node.height, Of::Height)].map(|(side, of)| match side {
            Some(side) => match self.side(side, results) {
                Extent::Share(share) => Side::Share(share as f32),
                Extent::Number(length) => Side::Px(self.glide(node, glides, of, length as f32 * self.scale)),
            },
            None => Side::Auto,
        });
        let mut side = |prop: &Prop<f32>| match self.side(prop, results) {
            Extent::Share(share) => Side::Share(share as f32),
            Extent::Number(length) => Side::Px(length as f32 * self.scale),
        };
        let mut planned = Planned {
            node: node.index,
            scale: 0.0,
            size,
            least: [Side::Auto; 2],
            most: [Side::Auto; 2],
            basis: Side::Auto,
            margin: [Side::Px(0.0); 4],
            padding: [Side::Px(0.0); 4],
            gap: [Side::Px(0.0); 2],
            inside: 0,
            natural: Natural::default(),
            wrapped: None,
        };
        if let Some(limits) = &node.limits {
            let mut sides =
                |sides: &[Option<Prop<f32>>; 2]| [0, 1].map(|axis| sides[axis].as_ref().map_or(Side::Auto, &mut side));
            (planned.least, planned.most) = (sides(&limits.least), sides(&limits.most));
        }
        if let Some(item) = &node.item {
            planned.basis = item.basis.as_ref().map_or(Side::Auto, &mut side);
            planned.margin = [0, 1, 2, 3].map(|at| item.margin[at].as_ref().map_or(Side::Auto, &mut side));
        }
        if let Some(layout) = &node.layout {
            planned.padding = [0, 1, 2, 3].map(|at| side(&layout.padding[at]));
            planned.gap = [0, 1].map(|at| side(&layout.gap[at]));
        }
        planned.scale = self.scale;
        planned
    }

    /// How large a node without a layout is when nothing else says so: a text as its line, a path as far as it goes, and
    /// what holds others as far as these go.
    fn natural(&mut self, node: &Node, instance: &mut Instance, space: &Space) -> Natural {
        if node.width.is_some() && node.height.is_some() {
            return Natural::default();
        }
        let size = match &node.kind {
            Kind::Text(text) => {
                let known = self.string(&text.text, &mut instance.results);
                let at = text::Frame { moment: self.moment, scale: self.scale, origin: [0.0; 2] };
                let size = text::measured(text, known.as_deref(), None, at, self.fonts);
                return Natural { size, gives_way: text.fit.is_some() };
            }
            Kind::Path(path) => far_corner(path).map(|side| side * self.scale),
            Kind::Group { .. } | Kind::Box(_) => self.reach(&node.children, &mut instance.children, space),
            Kind::Component(component) => self.with_arguments(component, instance, |painter, children| {
                painter.reach(&node.children, children, space)
            }),
            Kind::Repeat(repeat) => {
                let mut all = [0.0f32; 2];
                let step = [repeat.dx * self.scale, repeat.dy * self.scale];
                self.each_row(node, repeat, instance, |painter, row, at| {
                    // A node that gives way to another one takes no room from it.
                    if repeat.is_of_node && row.is_leaving {
                        return;
                    }
                    let one = painter.reach(&node.children, &mut row.children, space);
                    all = [0, 1].map(|axis| all[axis].max(one[axis] + step[axis] * at as f32));
                });
                all
            }
            // What lies on a court is as large as the court; a court in a layout says how large it is.
            Kind::Court(_) | Kind::Rink(_) | Kind::Spot(_) | Kind::Zone(_) => [0.0; 2],
            Kind::Image(_) | Kind::Sprite(_) => [0.0; 2],
        };
        Natural { size, gives_way: false }
    }

    /// How far nodes go, right and down, from the origin of what they are in.
    fn reach(&mut self, nodes: &[Node], slots: &mut Vec<Slot>, space: &Space) -> [f32; 2] {
        slots.resize_with(nodes.len(), Slot::default);
        let mut far = [0.0f32; 2];
        for (node, slot) in nodes.iter().zip(slots) {
            let Some(instance) = self.present(node, slot) else { continue };
            let (at, size) = self.inside(instance, |painter, instance| painter.extend_of(node, instance, space));
            let before = match &node.kind {
                Kind::Text(text) => [
                    match text.align {
                        model::Align::Left | model::Align::Start => 0.0,
                        model::Align::Center => 0.5,
                        model::Align::Right | model::Align::End => 1.0,
                    },
                    match text.valign {
                        VerticalAlign::Top => 0.0,
                        VerticalAlign::Cap => 0.5,
                        VerticalAlign::Baseline | VerticalAlign::Bottom => 1.0,
                    },
                ],
                _ => node.anchor,
            };
            far = [0, 1].map(|axis| far[axis].max(at[axis] + size[axis] * (1.0 - before[axis])));
        }
        far
    }
}

impl Painter<'_> {
    /// Where a node stands that no layout places, and how large it is, as far as that can be known from inside.
    fn extend_of(&mut self, node: &Node, instance: &mut Instance, space: &Space) -> ([f32; 2], [f32; 2]) {
        // A share of what is being measured cannot be known.
        let Stand { at, size } = self.stand(node, instance, [0.0; 2]);
        let size = match (&node.layout, size) {
            (_, [Some(width), Some(height)]) => [width, height],
            (Some(_), given) => self.arrange(node, instance, given, space),
            (None, given) => {
                let natural = self.natural(node, instance, space).size;
                [given[0].unwrap_or(natural[0]), given[1].unwrap_or(natural[1])]
            }
        };
        (at, size)
    }
}

/// Hands places to the nodes that they are for.
fn put(node: &Node, instance: &mut Instance, places: &mut impl Iterator<Item = Rect>) {
    fn put_all(nodes: &[Node], slots: &mut [Slot], places: &mut impl Iterator<Item = Rect>) {
        for (node, slot) in nodes.iter().zip(slots).filter(|(node, _)| node.item.is_some()) {
            let Some(instance) = slot.instance.as_deref_mut() else { continue };
            instance.placed = places.next();
            if node.layout.is_some() {
                put(node, instance, places);
            }
        }
    }
    if let Kind::Repeat(_) = &node.kind {
        for at in 0..instance.rows.shown.len() {
            let shown = instance.rows.shown[at].clone();
            put_all(&node.children, &mut instance.rows.of(&shown).children, places);
        }
    } else {
        put_all(&node.children, &mut instance.children, places);
    }
}

/// The corner of a path that lies furthest right and down, in reference pixels.
fn far_corner(path: &model::PathNode) -> [f32; 2] {
    let mut far = [0.0f32; 2];
    // What is made on air may be anything.
    let Prop::Fixed(path) = &path.path else { return far };
    for segment in &path.segments {
        let to = match *segment {
            Segment::Move(to) | Segment::Line(to) => to,
            Segment::Quadratic { to, .. } | Segment::Cubic { to, .. } => to,
            Segment::Close => continue,
        };
        far = [far[0].max(to.x), far[1].max(to.y)];
    }
    far
}
