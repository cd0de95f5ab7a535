//! Paints paths, and the outlines that other nodes are made of.

use std::sync::Arc;

use super::memory::Instance;
use super::paint::{Painter, Space, suffixed};
use super::shape::{self, Key};
use super::taper::tapered;
use super::trim::{Cut, cut};
use crate::draw_list::{Affine, Color, Op, PathData, PathShape, PathStyle};
use crate::ids::NodeId;
use crate::template::animate::Of;
use crate::template::bind::Results;
use crate::template::expr::text_of;
use crate::template::model::{Bound, Line, Node, PathNode, Prop, Stroke};
use crate::template::svg_path;

impl Painter<'_> {
    pub(super) fn path(&mut self, node: &Node, path: &PathNode, instance: &mut Instance, space: &Space) {
        let fill = path.fill.as_ref().and_then(|color| self.color_of(node, (Of::Fill, 0), color, instance, space));
        let line = path.stroke.as_ref().and_then(|line| {
            let stroke = self.line(node, line, instance, space)?;
            Some((stroke, self.cut(line, instance)))
        });
        let results = &mut instance.results;
        let text = match &path.path {
            Prop::Fixed(_) | Prop::Share(_) => None,
            Prop::Bound(bound) => match (text_of(&self.eval(&bound.expr, results)), bound.unknown.as_deref()) {
                (None, Some(_)) => None,
                // What nobody knows has no outline.
                (None, None) => return,
                (known, _) => known,
            },
        };
        let placed = match &path.from_mm {
            None => None,
            Some(from) => {
                let Some(placed) = space.court else { return };
                Some((placed, self.from(from, results)))
            }
        };
        let taper_px = path.stroke.as_ref().filter(|line| line.is_tapered).map(|line| line.stroke.width * self.scale);
        let scale = self.scale;
        let (place, from) = placed.unzip();
        let key =
            Key { scale, placed: place, from, text, cut: line.as_ref().map(|(_, cut)| cut.clone()), ..Key::default() };
        let made_from = key.text.clone();
        let is_unknown = made_from.is_none();
        let paths = shape::kept(&mut instance.path, key, || {
            let made = made_from.and_then(|text| svg_path::parse(&text).ok()).unwrap_or_default();
            let source = match &path.path {
                Prop::Fixed(path) => path.as_ref(),
                Prop::Bound(Bound { unknown: Some(unknown), .. }) if is_unknown => match &**unknown {
                    Prop::Fixed(path) => path.as_ref(),
                    _ => &made,
                },
                Prop::Bound(_) | Prop::Share(_) => &made,
            };
            let whole =
                placed.map_or_else(|| shape::scaled(source, scale), |(placed, from)| placed.mapped(source, from));
            let line = line.as_ref().map(|(_, parts)| cut(&whole, parts));
            let line = line.map(|line| taper_px.map_or(line.clone(), |width_px| tapered(&line, width_px)));
            std::iter::once(whole).chain(line).collect()
        });
        let id = &instance.id;
        if paths[0].segments.is_empty() {
            return;
        }
        self.outlines(id, &paths[..1], fill.map(|color| (PathStyle::Fill, color)), space);
        // A line of which nothing is left would be drawn for nothing.
        if let Some(path) = paths.get(1).filter(|path| !path.segments.is_empty()) {
            self.outlines(id, std::slice::from_ref(path), line.map(|(stroke, _)| stroke), space);
        }
    }

    fn line(&mut self, node: &Node, line: &Line, instance: &mut Instance, space: &Space) -> Option<(PathStyle, Color)> {
        let color = self.color_of(node, (Of::Stroke, 0), &line.stroke.color, instance, space)?;
        let width_px = line.stroke.width * self.scale;
        let style = if line.is_tapered {
            PathStyle::Fill
        } else {
            PathStyle::Stroke { width_px, cap: line.cap, join: line.join }
        };
        Some((style, color))
    }

    /// What is drawn of a line now: motion goes through what the node's own trim leaves.
    fn cut(&mut self, line: &Line, instance: &mut Instance) -> Cut {
        let results = &mut instance.results;
        let ends = [(&line.trim[0], 0.0), (&line.trim[1], 1.0)];
        let [from, to] = ends.map(|(end, usual)| self.number(end, results, usual));
        Cut {
            trim: instance.trim.map(|share| from + (to - from) * share),
            dash: line.dash.iter().map(|length| length * self.scale).collect(),
            offset: self.number(&line.dash_offset, results, 0.0) * self.scale,
        }
    }

    /// Paths from the node's origin; the first has the node's id, the others a number.
    pub(super) fn outlines(
        &mut self,
        id: &NodeId,
        paths: &[Arc<PathData>],
        drawn: Option<(PathStyle, Color)>,
        space: &Space,
    ) {
        let Some((style, color)) = drawn.filter(|_| !space.is_muted) else { return };
        let origin = [space.origin[0].round(), space.origin[1].round()];
        let canvas_from_local = space.motion.after(Affine::translation(origin[0], origin[1]));
        let name = if style == PathStyle::Fill { "fill" } else { "line" };
        for (i, path) in paths.iter().enumerate() {
            let node = suffixed(id, &if i == 0 { name.to_owned() } else { format!("{name}[{i}]") });
            self.push(node, Op::Path(PathShape { canvas_from_local, path: path.clone(), style, color }));
        }
    }

    pub(super) fn stroke_of(
        &mut self,
        node: &Node,
        stroke: &Stroke,
        instance: &mut Instance,
        space: &Space,
    ) -> Option<(PathStyle, Color)> {
        let color = self.color_of(node, (Of::Stroke, 0), &stroke.color, instance, space)?;
        Some((PathStyle::round(stroke.width * self.scale), color))
    }

    pub(super) fn stroke(
        &mut self,
        stroke: &Stroke,
        results: &mut Results,
        space: &Space,
    ) -> Option<(PathStyle, Color)> {
        Some((PathStyle::round(stroke.width * self.scale), self.color(&stroke.color, results, space)?))
    }
}
