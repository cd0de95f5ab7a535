//! Paints what is made of lines: paths, shot zones, courts.

use std::sync::Arc;

use super::memory::Instance;
use super::paint::{Begin, Painter, Space, suffixed};
use super::shape;
use super::trim::{Cut, cut};
use crate::draw_list::{Affine, Color, Op, PathData, PathShape, PathStyle};
use crate::ids::NodeId;
use crate::template::bind::Results;
use crate::template::expr::number_of;
use crate::template::model::{CourtNode, Line, Node, PathNode, Stroke, ZoneNode};
use crate::template::motion::Property;

impl Painter<'_> {
    pub(super) fn path(&mut self, node: &Node, path: &PathNode, instance: &mut Instance, space: &Space) {
        let results = &mut instance.results;
        let fill = path.fill.as_ref().and_then(|color| self.color(color, results, space));
        let line = path
            .stroke
            .as_ref()
            .and_then(|line| Some((self.line(line, results, space)?, self.cut(node, line, results, space))));
        let scale = self.scale;
        let kept = shape::Key::path(scale, line.as_ref().map(|(_, cut)| cut));
        let paths = shape::kept(&mut instance.path, kept, || {
            let whole = shape::scaled(&path.path, scale);
            let line = line.as_ref().map(|(_, parts)| cut(&whole, parts));
            std::iter::once(whole).chain(line).collect()
        });
        let id = &instance.id;
        self.outlines(id, &paths[..1], fill.map(|color| (PathStyle::Fill, color)), space);
        // A line of which nothing is left would be drawn for nothing.
        if let Some(path) = paths.get(1).filter(|path| !path.segments.is_empty()) {
            self.outlines(id, std::slice::from_ref(path), line.map(|(stroke, _)| stroke), space);
        }
    }

    fn line(&mut self, line: &Line, results: &mut Results, space: &Space) -> Option<(PathStyle, Color)> {
        let color = self.color(&line.stroke.color, results, space)?;
        let style = PathStyle::Stroke { width_px: line.stroke.width * self.scale, cap: line.cap, join: line.join };
        Some((style, color))
    }

    /// What is drawn of a line now: motion goes through what the node's own trim leaves.
    fn cut(&mut self, node: &Node, line: &Line, results: &mut Results, space: &Space) -> Cut {
        let ends = [(&line.trim[0], 0.0), (&line.trim[1], 1.0)];
        let [from, to] = ends.map(|(end, usual)| self.number(end, results, usual));
        let motion = [Property::TrimStart, Property::TrimEnd].map(|property| self.moved(node, property, space));
        Cut {
            trim: motion.map(|share| from + (to - from) * share),
            dash: line.dash.iter().map(|length| length * self.scale).collect(),
            offset: self.number(&line.dash_offset, results, 0.0) * self.scale,
        }
    }

    pub(super) fn zone(&mut self, node: &Node, zone: &ZoneNode, instance: &mut Instance, space: &Space, begin: Begin) {
        let results = &mut instance.results;
        let number = number_of(&self.eval(&zone.number, results)).unwrap_or(0.0);
        let league = self.string(&zone.court.league, results).unwrap_or_default();
        let fill = zone.fill.as_ref().and_then(|color| self.color(color, results, space));
        let stroke = zone.stroke.as_ref().and_then(|stroke| self.stroke(stroke, results, space));
        let hatch = zone.hatch.as_ref().and_then(|hatch| {
            let is_on = hatch.when.as_ref().is_none_or(|when| self.eval(when, results).is_true());
            let stroke = self.stroke(&hatch.stroke, results, space)?;
            is_on.then_some((hatch.gap * self.scale, stroke))
        });
        let map = shape::CourtMap::new(&league, &zone.court, self.scale);
        let Some(place) = map.zone_label(number) else {
            instance.children.clear();
            return;
        };
        let inside = Space { origin: [space.origin[0] + place.x, space.origin[1] + place.y], ..*space };
        if fill.is_some() || stroke.is_some() || hatch.is_some() {
            let gap = hatch.map_or(0.0, |(gap, _)| gap);
            let kept = shape::Key::zone(self.scale, number, &league, gap);
            let paths = shape::kept(&mut instance.path, kept, || map.zone(number, gap));
            let (outline, lines) = paths.split_at(paths.len().min(1));
            self.outlines(&instance.id, outline, fill.map(|color| (PathStyle::Fill, color)), space);
            if let Some((_, stroke)) = hatch {
                self.outlines(&instance.id, lines, Some(stroke), space);
            }
            self.outlines(&instance.id, outline, stroke, space);
        }
        self.nodes(&node.children, &mut instance.children, &inside, begin);
    }

    pub(super) fn court(&mut self, node: &CourtNode, instance: &mut Instance, space: &Space) {
        let league = self.string(&node.court.league, &mut instance.results).unwrap_or_default();
        let stroke = self.stroke(&node.stroke, &mut instance.results, space);
        let map = shape::CourtMap::new(&league, &node.court, self.scale);
        let kept = shape::Key::zone(self.scale, 0.0, &league, 0.0);
        let paths = shape::kept(&mut instance.path, kept, || map.lines());
        self.outlines(&instance.id, &paths, stroke, space);
    }

    /// Paths from the node's origin; the first has the node's id, the others a number.
    fn outlines(&mut self, id: &NodeId, paths: &[Arc<PathData>], drawn: Option<(PathStyle, Color)>, space: &Space) {
        let Some((style, color)) = drawn.filter(|_| !space.is_muted) else { return };
        let origin = [space.origin[0].round(), space.origin[1].round()];
        let canvas_from_local = space.motion.after(Affine::translation(origin[0], origin[1]));
        let name = if style == PathStyle::Fill { "fill" } else { "line" };
        for (i, path) in paths.iter().enumerate() {
            let node = suffixed(id, &if i == 0 { name.to_owned() } else { format!("{name}[{i}]") });
            self.push(node, Op::Path(PathShape { canvas_from_local, path: path.clone(), style, color }));
        }
    }

    fn stroke(&mut self, stroke: &Stroke, results: &mut Results, space: &Space) -> Option<(PathStyle, Color)> {
        Some((PathStyle::round(stroke.width * self.scale), self.color(&stroke.color, results, space)?))
    }
}
