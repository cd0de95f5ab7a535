//! Walks a graphic's nodes and writes their primitives.
//!
//! Positions at rest are laid out first and snapped to whole canvas pixels, edges each by themselves, so that plates that
//! touch in the template touch on every canvas; what moves is a map on top of that, which is exact at rest.

use super::Moment;
use super::arrange::Stand;
use super::life::{Instant, Life};
use super::memory::{Drawn, FlashState, Instance, Slot};
use super::moved::UNTURNED;
use super::shape::Placed;
use super::text;
use crate::draw_list::{Affine, Border, BoxShape, Clip, Color, Gradient, Item, Op, Paint, Point, Rect, Shadow};
use crate::ids::NodeId;
use crate::template::Template;
use crate::template::animate::Of;
use crate::template::bind::{Local, Scope};
use crate::template::model::{Argument, BoxNode, ComponentNode, Fill, Flash, Kind, Node, Prop, ShadowNode};
use crate::template::motion::{Property, progress};
use crate::template::values::Tick;
use crate::text::Fonts;

/// Where nodes are drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Space {
    /// Where the parent's origin lies at rest, in canvas pixels.
    pub origin: [f32; 2],
    /// Of the parent, in canvas pixels; of the nearest around that has a size.
    pub size: [f32; 2],
    /// From the canvas at rest to the canvas now.
    pub motion: Affine,
    /// Of all groups around, for what is drawn one by one.
    pub opacity: f32,
    /// Nothing is drawn, but everything keeps up with the game.
    pub is_muted: bool,
    /// The court or the rink around, whose top left is the origin.
    pub court: Option<Placed>,
    /// Place in the innermost repeat, from 0.
    pub ordinal: u32,
}

/// Where the items of a node begin: in the list that was drawn last, if it was in it, and in the one being drawn.
#[derive(Clone, Copy)]
pub(crate) struct Begin {
    pub before: Option<usize>,
    pub now: usize,
}

pub(crate) struct Painter<'a> {
    pub template: &'a Template,
    pub life: &'a Life,
    pub at: Instant,
    pub is_at_rest: bool,
    pub scope: Scope<'a>,
    pub fonts: &'a mut Fonts,
    /// What was drawn last.
    pub before: &'a [Item],
    pub items: Vec<Item>,
    /// `layer/template/`, before every node's id.
    pub prefix: &'a str,
    /// `[key]` of each repeat around, after every node's id.
    pub suffix: String,
    /// Place in the innermost repeat, from 0.
    pub ordinal: u32,
    /// Rows that repeats may show here, those within one another together.
    pub room: usize,
    /// The graphic was never drawn before.
    pub is_first: bool,
    /// The row being drawn came later than others, or its item has left the list.
    pub is_row_late: bool,
    pub is_row_leaving: bool,
    /// What is being drawn is on its way out, and stays as it was.
    pub is_frozen: bool,
    pub moment: Moment,
    pub tick: Tick,
    /// Canvas pixels in a reference pixel.
    pub scale: f32,
    /// What was found on the way.
    pub found: Found,
    pub work: super::Work,
}

/// What is found out about a node and all below it while it is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    /// The highest place in a repeat.
    pub last_ordinal: u32,
    /// Something is on its way to look different.
    pub is_changing: bool,
}

impl Found {
    fn add(&mut self, inner: Found) {
        self.last_ordinal = self.last_ordinal.max(inner.last_ordinal);
        self.is_changing |= inner.is_changing;
    }
}

impl Painter<'_> {
    /// Draws siblings, each in its slot; `begin` is that of what they are in.
    pub fn nodes(&mut self, nodes: &[Node], slots: &mut Vec<Slot>, space: &Space, begin: Begin) {
        slots.resize_with(nodes.len(), Slot::default);
        for (node, slot) in nodes.iter().zip(slots) {
            self.node(node, slot, space, begin);
        }
    }

    /// Takes a node over from the last frame if it looks the same, or else draws it.
    fn node(&mut self, node: &Node, slot: &mut Slot, space: &Space, begin: Begin) {
        let Some(instance) = self.present(node, slot) else { return };
        let begin = Begin {
            before: begin.before.map(|first| first + instance.offset).filter(|_| instance.drawn.is_some()),
            now: self.items.len() - begin.now,
        };
        instance.offset = begin.now;
        let begin = Begin { now: self.items.len(), ..begin };
        if let (Some(first), Some(drawn)) = (begin.before, &instance.drawn)
            && drawn.placed == instance.placed
            && self.is_settled(node, instance)
            && self.looks_the_same(node, drawn, space)
            && let Some(items) = self.before.get(first..first + drawn.length)
        {
            self.items.extend_from_slice(items);
            self.found.add(Found { last_ordinal: drawn.last_ordinal, is_changing: false });
            return;
        }
        self.work.layouts += 1;
        let outer = std::mem::take(&mut self.found);
        self.inside(instance, |painter, instance| painter.paint(node, instance, space, begin));
        self.note_alive(node, instance, space);
        let is_looping = node.is_moved && self.template.motion.loops.iter().any(|track| track.node == node.index);
        self.found.is_changing |= is_looping || node.moves && !self.is_at_rest;
        let Found { last_ordinal, is_changing } = self.found;
        let length = self.items.len() - begin.now;
        instance.drawn = Some(Drawn {
            tick: self.tick,
            space: *space,
            room: self.room,
            placed: instance.placed,
            length,
            is_changing,
            last_ordinal,
        });
        self.found.add(outer);
    }

    fn looks_the_same(&self, node: &Node, drawn: &Drawn, space: &Space) -> bool {
        !drawn.is_changing
            && drawn.space == *space
            && (drawn.room == self.room || !node.repeats)
            && (self.is_at_rest || !node.moves)
            && self.scope.last_change(&node.reads) <= drawn.tick
    }

    fn paint(&mut self, node: &Node, instance: &mut Instance, space: &Space, begin: Begin) {
        let (origin, size) = self.place(node, instance, space);
        let rect = size.map(|size| snapped(origin, size));
        let mut inner = Space { origin, size: size.unwrap_or(space.size), ..*space };
        let mut opacity = self.number(&node.opacity, &mut instance.results, 1.0).clamp(0.0, 1.0);
        opacity = self.glide(node, &mut instance.glides, Of::Opacity, opacity);
        if let Some(flash) = &node.flash {
            opacity *= self.flash(flash, instance);
        }
        let mut clip = None;
        let turn = self.turn(node, instance);
        if Self::is_moving(node) {
            opacity *= self.moved(node, Property::Opacity, instance, space).clamp(0.0, 1.0);
            inner.motion = self.motion(node, instance, rect, &inner, turn);
            clip = self.reveal(node, instance, rect, space);
            instance.trim = [Property::TrimStart, Property::TrimEnd].map(|end| self.moved(node, end, instance, space));
        } else if turn != UNTURNED {
            inner.motion = self.motion(node, instance, rect, &inner, turn);
        }
        let is_hidden = opacity <= 0.0 || clip.is_some_and(Rect::is_empty);
        inner.is_muted |= is_hidden;
        let is_open = !inner.is_muted;
        if let Some(rect) = clip.filter(|_| is_open) {
            let clip = Clip { canvas_from_local: inner.motion, rect, corners: [0.0; 4] };
            self.push(suffixed(&instance.id, "reveal"), Op::PushClip(clip));
        }
        let is_group = match &node.kind {
            Kind::Group { .. } | Kind::Repeat(_) | Kind::Rink(_) | Kind::Spot(_) | Kind::Component(_) => true,
            // An area or lines alone fade by their colours.
            Kind::Zone(_) | Kind::Court(_) => !node.children.is_empty(),
            // What lies behind the letters must not be seen through them.
            Kind::Text(text) => text.outline.is_some() || text.shadow.is_some(),
            _ => !node.children.is_empty(),
        };
        let is_layer = is_open && (is_group && opacity < 1.0 || node.mask.is_some());
        if is_layer {
            self.push(suffixed(&instance.id, "group"), Op::PushGroup { opacity: opacity * inner.opacity });
            inner.opacity = 1.0;
        } else {
            inner.opacity *= opacity;
        }
        if let (Kind::Text(text), Some(size)) = (&node.kind, size.filter(|_| node.item.is_some())) {
            let known = self.string(&text.text, &mut instance.results);
            let at = text::Frame { moment: self.moment, scale: self.scale, origin };
            inner.origin = text::point_in(text, known.as_deref(), at, size, self.fonts);
        }
        self.kind(node, instance, rect, &inner, begin);
        if let Some(mask) = &node.mask {
            self.mask(mask, instance, &inner, begin);
        }
        if is_layer {
            self.push(suffixed(&instance.id, "group"), Op::PopGroup);
        }
        if clip.is_some() && is_open {
            self.push(suffixed(&instance.id, "reveal"), Op::PopClip);
        }
    }

    /// Where a node's origin lies at rest, and how large it is, in canvas pixels.
    fn place(&mut self, node: &Node, instance: &mut Instance, space: &Space) -> ([f32; 2], Option<[f32; 2]>) {
        if let Some(placed) = instance.placed.filter(|_| node.item.is_some()) {
            return self.glide_to(node, instance, [placed.x, placed.y], Some([placed.width, placed.height]), space);
        }
        let Stand { at, size } = self.stand(node, instance, space.size);
        let size = match (&node.layout, size) {
            (Some(_), given) => Some(self.arrange(node, instance, given, space)),
            (None, [Some(width), Some(height)]) => Some([width, height]),
            _ => None,
        };
        let [across, down] = size.map_or([0.0; 2], |[width, height]| [width * node.anchor[0], height * node.anchor[1]]);
        self.glide_to(node, instance, [at[0] - across, at[1] - down], size, space)
    }

    /// The place and size that a node has by now on its way to these.
    fn glide_to(
        &mut self,
        node: &Node,
        instance: &mut Instance,
        at: [f32; 2],
        size: Option<[f32; 2]>,
        space: &Space,
    ) -> ([f32; 2], Option<[f32; 2]>) {
        let glides = &mut instance.glides;
        let [x, y] = [(Of::X, at[0]), (Of::Y, at[1])].map(|(of, to)| self.glide(node, glides, of, to));
        // A side that is written down has come on its way before the layout, so that neighbours go along.
        let sides = [(&node.width, Of::Width), (&node.height, Of::Height)];
        let size = size.map(|size| {
            let mut sides = sides.into_iter().zip(size).map(|((side, of), to)| match side {
                Some(Prop::Fixed(_) | Prop::Bound(_)) => to,
                Some(Prop::Share(_)) | None => self.glide(node, glides, of, to),
            });
            [(); 2].map(|()| sides.next().unwrap_or_default())
        });
        ([space.origin[0] + x, space.origin[1] + y], size)
    }

    fn mask(&mut self, mask: &Node, instance: &mut Instance, space: &Space, begin: Begin) {
        let is_open = !space.is_muted;
        if is_open {
            self.push(suffixed(&instance.id, "mask"), Op::PushMask);
        }
        self.nodes(std::slice::from_ref(mask), &mut instance.mask, space, begin);
        if is_open {
            self.push(suffixed(&instance.id, "mask"), Op::PopMask);
        }
    }

    fn kind(&mut self, node: &Node, instance: &mut Instance, rect: Option<Rect>, space: &Space, begin: Begin) {
        match &node.kind {
            Kind::Group { clip } => self.group(node, instance, clip.zip(rect), space, begin),
            Kind::Box(shape) => {
                self.box_shape(node, shape, instance, rect, space);
                self.nodes(&node.children, &mut instance.children, space, begin);
            }
            Kind::Text(text) => self.text(node, text, instance, space),
            Kind::Path(path) => self.path(node, path, instance, space),
            Kind::Image(image) => self.image(node, image, instance, rect, space),
            Kind::Sprite(sprite) => self.sprite(node, sprite, instance, rect, space),
            Kind::Repeat(repeat) => self.repeat(node, repeat, instance, space, begin),
            Kind::Zone(zone) => self.zone(node, zone, instance, space, begin),
            Kind::Court(court) => self.court(node, court, instance, space, begin),
            Kind::Rink(rink) => self.rink(node, rink, instance, space, begin),
            Kind::Spot(spot) => self.spot(node, spot, instance, space, begin),
            Kind::Component(component) => self.component(node, component, instance, space, begin),
        }
    }

    fn group(
        &mut self,
        node: &Node,
        instance: &mut Instance,
        clip: Option<([f32; 4], Rect)>,
        space: &Space,
        begin: Begin,
    ) {
        let clip = clip.filter(|_| !space.is_muted);
        if let Some((corners, rect)) = clip {
            let corners = self.corners(corners, rect);
            let clip = Clip { canvas_from_local: space.motion, rect, corners };
            self.push(suffixed(&instance.id, "clip"), Op::PushClip(clip));
        }
        self.nodes(&node.children, &mut instance.children, space, begin);
        if clip.is_some() {
            self.push(suffixed(&instance.id, "clip"), Op::PopClip);
        }
    }

    fn box_shape(&mut self, node: &Node, shape: &BoxNode, instance: &mut Instance, rect: Option<Rect>, space: &Space) {
        let Some(rect) = rect.filter(|rect| !rect.is_empty()) else { return };
        let fill = match &shape.fill {
            Fill::Solid(color) => self.color_of(node, (Of::Fill, 0), color, instance, space).map(Paint::Solid),
            Fill::Linear { degrees, stops } => self.gradient(node, (*degrees, stops), rect, instance, space),
        };
        let border = shape.border.as_ref().and_then(|stroke| {
            let color = self.color_of(node, (Of::Border, 0), &stroke.color, instance, space)?;
            // A hairline stays a whole pixel on a small canvas.
            Some(Border {
                width_px: (stroke.width * self.scale).max(1.0).min(rect.width.min(rect.height) / 2.0),
                color,
            })
        });
        let shadow = self.shadow(node, Of::Shadow, shape.shadow.as_ref(), instance, space);
        let inner_shadow = self.shadow(node, Of::InnerShadow, shape.inner_shadow.as_ref(), instance, space);
        let corners = self.corners(shape.corners, rect);
        let Some(fill) = fill.filter(|_| !space.is_muted) else { return };
        let shape = BoxShape { canvas_from_local: space.motion, rect, corners, fill, border, shadow, inner_shadow };
        self.push(instance.id.clone(), Op::Box(shape));
    }

    pub(super) fn shadow(
        &mut self,
        node: &Node,
        of: Of,
        shadow: Option<&ShadowNode>,
        instance: &mut Instance,
        space: &Space,
    ) -> Option<Shadow> {
        let shadow = shadow?;
        Some(Shadow {
            offset: Point::new(shadow.x * self.scale, shadow.y * self.scale),
            blur_px: shadow.blur * self.scale,
            color: self.color_of(node, (of, 0), &shadow.color, instance, space)?,
        })
    }

    fn gradient(
        &mut self,
        node: &Node,
        (degrees, stops): (f32, &[(f32, Prop<Color>)]),
        rect: Rect,
        instance: &mut Instance,
        space: &Space,
    ) -> Option<Paint> {
        let stops = stops
            .iter()
            .zip(0..)
            .map(|((at, color), part)| Some((*at, self.color_of(node, (Of::Fill, part), color, instance, space)?)))
            .collect::<Option<Vec<(f32, Color)>>>()?;
        let (from, to) = gradient_line(degrees, rect);
        Some(Paint::Linear(Gradient { from, to, stops }))
    }

    /// A component's nodes, which read its arguments.
    fn component(
        &mut self,
        node: &Node,
        component: &ComponentNode,
        instance: &mut Instance,
        space: &Space,
        begin: Begin,
    ) {
        self.with_arguments(component, instance, |painter, children| {
            painter.nodes(&node.children, children, space, begin);
        });
    }

    /// Does something where a component's arguments are known.
    pub(super) fn with_arguments<T>(
        &mut self,
        component: &ComponentNode,
        instance: &mut Instance,
        inside: impl FnOnce(&mut Self, &mut Vec<Slot>) -> T,
    ) -> T {
        let first = self.scope.locals.len();
        let mut arguments = Vec::with_capacity(component.arguments.len());
        for (i, (name, argument)) in component.arguments.iter().enumerate() {
            let value = match argument {
                Argument::Fixed(value) => value.clone(),
                Argument::Bound(expr, unknown) => {
                    let value = self.eval(expr, &mut instance.results);
                    unknown.clone().filter(|_| value.is_undefined()).unwrap_or(value)
                }
            };
            let changed = instance.rows.place(i, &value, self.tick).changed;
            arguments.push(Local { name: name.clone(), value, changed });
        }
        self.scope.locals.extend(arguments);
        let done = inside(self, &mut instance.children);
        self.scope.locals.truncate(first);
        done
    }

    /// How bright a flash is now, 0..=1.
    fn flash(&mut self, flash: &Flash, instance: &mut Instance) -> f32 {
        let value = self.eval(&flash.on, &mut instance.results);
        let Moment { frame, rate, is_old_news, .. } = self.moment;
        let state = instance.flash.get_or_insert_with(|| FlashState { value: value.clone(), changed: None });
        if state.value != value {
            // From or to "not known" is no news either: the feed was found or lost, nobody scored.
            let is_news = !is_old_news && !state.value.is_undefined() && !value.is_undefined();
            state.changed = is_news.then_some(frame);
            state.value = value;
        }
        let Some(changed) = state.changed else { return 0.0 };
        let p = progress(frame.since(changed), 0, flash.length.frames(rate), flash.ease);
        if frame.since(changed) >= flash.length.frames(rate) {
            state.changed = None;
        }
        self.found.is_changing |= state.changed.is_some();
        flash.peak * (1.0 - p)
    }

    pub(super) fn push(&mut self, node: NodeId, op: Op) {
        self.items.push(Item { node, op });
    }

    fn corners(&self, corners: [f32; 4], rect: Rect) -> [f32; 4] {
        corners.map(|radius| (radius * self.scale).min(rect.width.min(rect.height) / 2.0))
    }
}

/// Where a gradient begins and ends: along a side of the box when it runs along one, else as long as its corners need, as
/// in CSS.
pub(super) fn gradient_line(degrees: f32, rect: Rect) -> (Point, Point) {
    let Rect { x, y, width, height } = rect;
    match degrees.rem_euclid(360.0) {
        0.0 => (Point::new(x, y), Point::new(x + width, y)),
        90.0 => (Point::new(x, y), Point::new(x, y + height)),
        degrees => {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let reach = (width * cos.abs() + height * sin.abs()) / 2.0;
            let middle = Point::new(x + width / 2.0, y + height / 2.0);
            let at = |along: f32| Point::new(middle.x + cos * along, middle.y + sin * along);
            (at(-reach), at(reach))
        }
    }
}

/// A node's rectangle at rest, its edges on whole pixels.
fn snapped(origin: [f32; 2], [width, height]: [f32; 2]) -> Rect {
    let snap = |from: f32, length: f32| {
        let start = from.round();
        // What has a size keeps at least one pixel of it.
        (start, if length > 0.0 { ((from + length).round() - start).max(1.0) } else { 0.0 })
    };
    let ((x, width), (y, height)) = (snap(origin[0], width), snap(origin[1], height));
    Rect::new(x, y, width, height)
}

pub(crate) fn suffixed(id: &NodeId, suffix: &str) -> NodeId {
    NodeId::from(format!("{id}/{suffix}"))
}
