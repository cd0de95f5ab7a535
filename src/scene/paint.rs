//! Walks a graphic's nodes and writes their primitives.
//!
//! Positions at rest are laid out first and snapped to whole canvas pixels, edges each by themselves, so that plates that
//! touch in the template touch on every canvas; what moves is a map on top of that, which is exact at rest.

use minijinja::Value;

use super::Moment;
use super::graphic::{FlashState, Instance, InstanceKey, Memory, place_of};
use super::life::{Instant, Life};
use super::shape;
use super::text;
use crate::draw_list::{
    Affine, Border, BoxShape, Clip, Color, Gradient, Item, Op, Paint, PathShape, PathStyle, Point, Rect, Shadow,
};
use crate::ids::NodeId;
use crate::template::bind::{Local, Scope};
use crate::template::expr::{Expr, number_of, text_of};
use crate::template::model::{
    BoxNode, CourtNode, Fill, Flash, Kind, Node, PathNode, Prop, RepeatNode, Stroke, TextNode, ZoneNode,
};
use crate::template::motion::{Property, RevealEdge, progress};
use crate::template::values::Tick;
use crate::template::{Template, color};
use crate::text::Fonts;

/// Items that one repeat draws at most: a slip in an expression must not fill a frame with thousands of rows.
const MAX_ITEMS: usize = 64;

/// Where nodes are drawn.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    /// Where the parent's origin lies at rest, in canvas pixels.
    pub origin: [f32; 2],
    /// From the canvas at rest to the canvas now.
    pub motion: Affine,
    /// Of all groups around, for what is drawn one by one.
    pub opacity: f32,
    /// Nothing is drawn, but everything keeps up with the game.
    pub is_muted: bool,
    /// Tells the items of repeats apart.
    pub place: u64,
    /// `[key]` of each repeat around, for ids.
    pub suffix: String,
    /// Place in the innermost repeat, from 0.
    pub ordinal: u32,
}

pub(crate) struct Painter<'a> {
    pub template: &'a Template,
    pub life: &'a Life,
    pub memory: &'a mut Memory,
    pub scope: Scope<'a>,
    pub fonts: &'a mut Fonts,
    pub items: &'a mut Vec<Item>,
    /// `layer/template/`, before every node's id.
    pub prefix: &'a str,
    pub moment: Moment,
    pub tick: Tick,
    /// Canvas pixels in a reference pixel.
    pub scale: f32,
    pub last_ordinal: u32,
}

impl Painter<'_> {
    pub fn nodes(&mut self, nodes: &[Node], space: &Space) {
        for node in nodes {
            self.node(node, space);
        }
    }

    fn node(&mut self, node: &Node, space: &Space) {
        if let Some(when) = &node.when
            && !self.eval(when, space).is_true()
        {
            return;
        }
        let key = (node.index, space.place);
        self.remember(node, key, space);
        let at = [self.number(&node.x, space, 0.0), self.number(&node.y, space, 0.0)];
        let origin = [space.origin[0] + at[0] * self.scale, space.origin[1] + at[1] * self.scale];
        let rect = self.rect(node, origin, space);
        let is_animated = self.moves(node.index);
        let mut inner = Space { origin, ..space.clone() };
        let mut opacity = self.number(&node.opacity, space, 1.0).clamp(0.0, 1.0);
        if let Some(flash) = &node.flash {
            opacity *= self.flash(flash, key, space);
        }
        if is_animated {
            opacity *= self.moved(node, Property::Opacity, space).clamp(0.0, 1.0);
            inner.motion = self.motion(node, rect, space);
        }
        let clip = if is_animated { self.reveal(node, rect, space) } else { None };
        let is_hidden = opacity <= 0.0 || clip.is_some_and(Rect::is_empty);
        inner.is_muted |= is_hidden;
        let id = self.id(key);
        let is_open = !inner.is_muted;
        if let Some(rect) = clip.filter(|_| is_open) {
            let clip = Clip { canvas_from_local: inner.motion, rect, corners: [0.0; 4] };
            self.push(suffixed(&id, "reveal"), Op::PushClip(clip));
        }
        let is_group = matches!(node.kind, Kind::Group { .. } | Kind::Repeat(_) | Kind::Zone(_));
        let is_layer = is_group && opacity < 1.0 && is_open;
        if is_layer {
            self.push(suffixed(&id, "group"), Op::PushGroup { opacity: opacity * inner.opacity });
            inner.opacity = 1.0;
        } else {
            inner.opacity *= opacity;
        }
        self.kind(node, key, rect, &inner);
        if is_layer {
            self.push(suffixed(&id, "group"), Op::PopGroup);
        }
        if clip.is_some() && is_open {
            self.push(suffixed(&id, "reveal"), Op::PopClip);
        }
    }

    fn kind(&mut self, node: &Node, key: InstanceKey, rect: Option<Rect>, space: &Space) {
        match &node.kind {
            Kind::Group { clip } => self.group(node, key, clip.zip(rect), space),
            Kind::Box(shape) => self.box_shape(shape, key, rect, space),
            Kind::Text(text) => self.text(text, key, space),
            Kind::Path(path) => self.path(path, key, space),
            Kind::Repeat(repeat) => self.repeat(node, repeat, space),
            Kind::Zone(zone) => self.zone(node, zone, key, space),
            Kind::Court(court) => self.court(court, key, space),
        }
    }

    fn group(&mut self, node: &Node, key: InstanceKey, clip: Option<([f32; 4], Rect)>, space: &Space) {
        let id = self.id(key);
        let clip = clip.filter(|_| !space.is_muted);
        if let Some((corners, rect)) = clip {
            let corners = self.corners(corners, rect);
            let clip = Clip { canvas_from_local: space.motion, rect, corners };
            self.push(suffixed(&id, "clip"), Op::PushClip(clip));
        }
        self.nodes(&node.children, space);
        if clip.is_some() {
            self.push(suffixed(&id, "clip"), Op::PopClip);
        }
    }

    fn box_shape(&mut self, shape: &BoxNode, key: InstanceKey, rect: Option<Rect>, space: &Space) {
        let Some(rect) = rect.filter(|rect| !rect.is_empty()) else { return };
        let fill = match &shape.fill {
            Fill::Solid(color) => self.color(color, space).map(Paint::Solid),
            Fill::Linear { is_vertical, stops } => self.gradient(*is_vertical, stops, rect, space),
        };
        let border = shape.border.as_ref().and_then(|stroke| {
            let color = self.color(&stroke.color, space)?;
            // A hairline stays a whole pixel on a small canvas.
            Some(Border {
                width_px: (stroke.width * self.scale).max(1.0).min(rect.width.min(rect.height) / 2.0),
                color,
            })
        });
        let shadow = shape.shadow.as_ref().and_then(|shadow| {
            Some(Shadow {
                offset: Point::new(shadow.x * self.scale, shadow.y * self.scale),
                blur_px: shadow.blur * self.scale,
                color: self.color(&shadow.color, space)?,
            })
        });
        let corners = self.corners(shape.corners, rect);
        let Some(fill) = fill.filter(|_| !space.is_muted) else { return };
        let shape = BoxShape { canvas_from_local: space.motion, rect, corners, fill, border, shadow };
        self.push(self.id(key), Op::Box(shape));
    }

    fn gradient(
        &mut self,
        is_vertical: bool,
        stops: &[(f32, Prop<Color>)],
        rect: Rect,
        space: &Space,
    ) -> Option<Paint> {
        let stops = stops
            .iter()
            .map(|(at, color)| Some((*at, self.color(color, space)?)))
            .collect::<Option<Vec<(f32, Color)>>>()?;
        let from = Point::new(rect.x, rect.y);
        let to = if is_vertical { Point::new(rect.x, rect.bottom()) } else { Point::new(rect.right(), rect.y) };
        Some(Paint::Linear(Gradient { from, to, stops }))
    }

    fn text(&mut self, node: &TextNode, key: InstanceKey, space: &Space) {
        let known = self.string(&node.text, space);
        let color = self.color(&node.color, space);
        let wording = text::Wording { known, fit: self.fit(node, space) };
        let Some(instance) = self.memory.instances.get_mut(&key) else { return };
        let frame = text::Frame { moment: self.moment, scale: self.scale, origin: space.origin };
        let marks = instance.text.get_or_insert_default().marks(node, &wording, frame, self.fonts);
        let Some(color) = color.filter(|_| !space.is_muted) else { return };
        let id = instance.id.clone();
        text::emit(marks, &id, color, space.motion, self.items);
    }

    fn fit(&mut self, node: &TextNode, space: &Space) -> Option<text::FitTo> {
        use crate::template::model::FitRule;
        let fit = node.fit.as_ref()?;
        let width_px = self.number(&fit.width, space, 0.0) * self.scale;
        let replacements = fit
            .rules
            .iter()
            .filter_map(|rule| match rule {
                FitRule::Replace(text) => Some(self.string(text, space)),
                _ => None,
            })
            .collect();
        Some(text::FitTo { width_px, replacements })
    }

    fn path(&mut self, node: &PathNode, key: InstanceKey, space: &Space) {
        let fill = node.fill.as_ref().and_then(|color| self.color(color, space));
        let stroke = node.stroke.as_ref().and_then(|stroke| self.stroke(stroke, space));
        let Some(instance) = self.memory.instances.get_mut(&key) else { return };
        let scale = self.scale;
        let path = shape::kept(&mut instance.path, shape::Key::path(scale), || vec![shape::scaled(&node.path, scale)]);
        self.outlines(key, &path, fill, stroke, space);
    }

    fn zone(&mut self, node: &Node, zone: &ZoneNode, key: InstanceKey, space: &Space) {
        let number = number_of(&self.eval(&zone.number, space)).unwrap_or(0.0);
        let league = self.string(&zone.court.league, space).unwrap_or_default();
        let fill = zone.fill.as_ref().and_then(|color| self.color(color, space));
        let stroke = zone.stroke.as_ref().and_then(|stroke| self.stroke(stroke, space));
        let hatch = zone.hatch.as_ref().and_then(|hatch| {
            let is_on = hatch.when.as_ref().is_none_or(|when| self.eval(when, space).is_true());
            let stroke = self.stroke(&hatch.stroke, space)?;
            is_on.then_some((hatch.gap * self.scale, stroke))
        });
        let map = shape::CourtMap::new(&league, &zone.court, self.scale);
        let Some(place) = map.zone_label(number) else { return };
        let inside = Space { origin: [space.origin[0] + place.x, space.origin[1] + place.y], ..space.clone() };
        if let Some(instance) = self.memory.instances.get_mut(&key)
            && (fill.is_some() || stroke.is_some() || hatch.is_some())
        {
            let gap = hatch.map_or(0.0, |(gap, _)| gap);
            let kept = shape::Key::zone(self.scale, number, &league, gap);
            let paths = shape::kept(&mut instance.path, kept, || map.zone(number, gap));
            let (outline, lines) = paths.split_at(paths.len().min(1));
            self.outlines(key, outline, fill, None, space);
            if let Some((_, stroke)) = hatch {
                self.outlines(key, lines, None, Some(stroke), space);
            }
            self.outlines(key, outline, None, stroke, space);
        }
        self.nodes(&node.children, &inside);
    }

    fn court(&mut self, node: &CourtNode, key: InstanceKey, space: &Space) {
        let league = self.string(&node.court.league, space).unwrap_or_default();
        let stroke = self.stroke(&node.stroke, space);
        let map = shape::CourtMap::new(&league, &node.court, self.scale);
        let Some(instance) = self.memory.instances.get_mut(&key) else { return };
        let kept = shape::Key::zone(self.scale, 0.0, &league, 0.0);
        let paths = shape::kept(&mut instance.path, kept, || map.lines());
        self.outlines(key, &paths, None, stroke, space);
    }

    /// Paths from the node's origin, filled and then stroked; the first has the node's id, the others a number.
    fn outlines(
        &mut self,
        key: InstanceKey,
        paths: &[std::sync::Arc<crate::draw_list::PathData>],
        fill: Option<Color>,
        stroke: Option<(f32, Color)>,
        space: &Space,
    ) {
        if space.is_muted {
            return;
        }
        let id = self.id(key);
        let origin = [space.origin[0].round(), space.origin[1].round()];
        let canvas_from_local = space.motion.after(Affine::translation(origin[0], origin[1]));
        let stroke = stroke.map(|(width_px, color)| (PathStyle::Stroke { width_px }, color));
        let styles = [fill.map(|color| (PathStyle::Fill, color)), stroke];
        for (style, color) in styles.into_iter().flatten() {
            for (i, path) in paths.iter().enumerate() {
                let name = if style == PathStyle::Fill { "fill" } else { "line" };
                let node = suffixed(&id, &if i == 0 { name.to_owned() } else { format!("{name}[{i}]") });
                self.push(node, Op::Path(PathShape { canvas_from_local, path: path.clone(), style, color }));
            }
        }
    }

    fn repeat(&mut self, node: &Node, repeat: &RepeatNode, space: &Space) {
        let list = self.eval(&repeat.over, space);
        let Ok(items) = list.try_iter() else { return };
        for (i, item) in items.take(MAX_ITEMS).enumerate() {
            let by_index = place_of(space.place, node.index, &i.to_string());
            let changed = self.memory.results.item_changed(node.index, by_index, &item, self.tick);
            self.scope.locals.push(Local { name: repeat.name.clone(), value: item, changed });
            let index = Local { name: format!("{}_index", repeat.name), value: Value::from(i), changed: 1 };
            self.scope.locals.push(index);
            let by_index = Space { place: by_index, ..space.clone() };
            let key = repeat.key.as_ref().and_then(|key| text_of(&self.eval(key, &by_index)));
            let key = key.unwrap_or_else(|| i.to_string());
            let shift = [repeat.dx * self.scale * i as f32, repeat.dy * self.scale * i as f32];
            self.last_ordinal = self.last_ordinal.max(i as u32);
            let inner = Space {
                origin: [space.origin[0] + shift[0], space.origin[1] + shift[1]],
                place: place_of(space.place, node.index, &key),
                suffix: format!("{}[{key}]", space.suffix),
                ordinal: i as u32,
                ..space.clone()
            };
            self.nodes(&node.children, &inner);
            self.scope.locals.truncate(self.scope.locals.len() - 2);
        }
    }

    /// How bright a flash is now, 0..=1.
    fn flash(&mut self, flash: &Flash, key: InstanceKey, space: &Space) -> f32 {
        let value = self.eval(&flash.on, space);
        let Moment { frame, rate, is_old_news, .. } = self.moment;
        let Some(instance) = self.memory.instances.get_mut(&key) else { return 0.0 };
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
        flash.peak * (1.0 - p)
    }

    /// Finds or makes what an instance remembers.
    fn remember(&mut self, node: &Node, key: InstanceKey, space: &Space) {
        let prefix = self.prefix;
        let instance = self.memory.instances.entry(key).or_insert_with(|| Instance {
            id: NodeId::from(format!("{prefix}{}{}", node.id, space.suffix)),
            seen: 0,
            text: None,
            path: None,
            flash: None,
        });
        instance.seen = self.tick;
    }

    fn id(&self, key: InstanceKey) -> NodeId {
        self.memory.instances.get(&key).map_or_else(|| NodeId::from(self.prefix), |instance| instance.id.clone())
    }

    fn push(&mut self, node: NodeId, op: Op) {
        self.items.push(Item { node, op });
    }

    /// The node's rectangle at rest, its edges on whole pixels.
    fn rect(&mut self, node: &Node, origin: [f32; 2], space: &Space) -> Option<Rect> {
        let width = self.number(node.width.as_ref()?, space, 0.0) * self.scale;
        let height = self.number(node.height.as_ref()?, space, 0.0) * self.scale;
        let snap = |from: f32, length: f32| {
            let start = from.round();
            // What has a size keeps at least one pixel of it.
            (start, if length > 0.0 { ((from + length).round() - start).max(1.0) } else { 0.0 })
        };
        let ((x, width), (y, height)) = (snap(origin[0], width), snap(origin[1], height));
        Some(Rect::new(x, y, width, height))
    }

    fn corners(&self, corners: [f32; 4], rect: Rect) -> [f32; 4] {
        corners.map(|radius| (radius * self.scale).min(rect.width.min(rect.height) / 2.0))
    }

    fn moves(&self, node: u32) -> bool {
        let motion = &self.template.motion;
        motion.enter.iter().chain(&motion.leave).any(|track| track.node == node)
    }

    fn moved(&self, node: &Node, property: Property, space: &Space) -> f32 {
        let at = Instant { frame: self.moment.frame, rate: self.moment.rate };
        self.life.value(&self.template.motion, (node.index, property), space.ordinal, at)
    }

    fn motion(&self, node: &Node, rect: Option<Rect>, space: &Space) -> Affine {
        let shift = [Property::X, Property::Y].map(|property| self.moved(node, property, space) * self.scale);
        let grow = [Property::ScaleX, Property::ScaleY].map(|property| self.moved(node, property, space));
        let mut own = Affine::translation(shift[0], shift[1]);
        if grow != [1.0, 1.0] {
            let pivot = rect.map_or(Point::new(space.origin[0], space.origin[1]), |rect| {
                Point::new(rect.x + rect.width / 2.0, rect.y + rect.height / 2.0)
            });
            own = own
                .after(Affine::translation(pivot.x, pivot.y))
                .after(Affine::scale(grow[0], grow[1]))
                .after(Affine::translation(-pivot.x, -pivot.y));
        }
        space.motion.after(own)
    }

    /// The part of the node that is uncovered; `None` when all of it is.
    fn reveal(&self, node: &Node, rect: Option<Rect>, space: &Space) -> Option<Rect> {
        let shown = self.moved(node, Property::Reveal, space).clamp(0.0, 1.0);
        let rect = rect.filter(|_| shown < 1.0)?;
        let (width, height) = (rect.width * shown, rect.height * shown);
        Some(match self.life.edge(&self.template.motion, node.index) {
            RevealEdge::Left => Rect { width, ..rect },
            RevealEdge::Right => Rect { x: rect.right() - width, width, ..rect },
            RevealEdge::Top => Rect { height, ..rect },
            RevealEdge::Bottom => Rect { y: rect.bottom() - height, height, ..rect },
        })
    }

    fn eval(&mut self, expr: &Expr, space: &Space) -> Value {
        self.memory.results.eval(expr, space.place, &self.scope, self.tick)
    }

    fn number(&mut self, prop: &Prop<f32>, space: &Space, unknown: f32) -> f32 {
        match prop {
            Prop::Fixed(n) => *n,
            Prop::Bound(expr) => number_of(&self.eval(expr, space)).map_or(unknown, |n| n as f32),
        }
    }

    fn string(&mut self, prop: &Prop<String>, space: &Space) -> Option<String> {
        match prop {
            Prop::Fixed(text) => Some(text.clone()),
            Prop::Bound(expr) => text_of(&self.eval(expr, space)),
        }
    }

    /// With the opacity of the groups around; `None` when the colour is not known.
    fn color(&mut self, prop: &Prop<Color>, space: &Space) -> Option<Color> {
        let color = match prop {
            Prop::Fixed(color) => *color,
            Prop::Bound(expr) => color::parse(self.eval(expr, space).as_str()?)?,
        };
        Some(color.faded(space.opacity))
    }

    fn stroke(&mut self, stroke: &Stroke, space: &Space) -> Option<(f32, Color)> {
        Some((stroke.width * self.scale, self.color(&stroke.color, space)?))
    }
}

pub(crate) fn suffixed(id: &NodeId, suffix: &str) -> NodeId {
    NodeId::from(format!("{id}/{suffix}"))
}
