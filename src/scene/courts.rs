//! Paints courts and rinks, and what stands on them: zones, and spots with their children.

use super::memory::Instance;
use super::paint::{Begin, Painter, Space};
use super::shape::{self, Key, Placed};
use crate::court::{self, Basket, From, Ink, Look, Rink};
use crate::draw_list::{Affine, Cap, Join, PathData, PathStyle};
use crate::template::animate::Of;
use crate::template::bind::Results;
use crate::template::expr::number_of;
use crate::template::model::{CourtFrame, CourtNode, Node, Prop, RinkNode, SpotNode, ZoneNode};

/// Parts of a rink that look alike are one path each, in this order.
const LAYERS: [(Ink, Look); 9] = [
    (Ink::Ice, Look::Fill),
    (Ink::Crease, Look::Fill),
    (Ink::Red, Look::Line),
    (Ink::Blue, Look::Band),
    (Ink::Red, Look::Fill),
    (Ink::Red, Look::Band),
    (Ink::Blue, Look::Line),
    (Ink::Blue, Look::Fill),
    (Ink::Boards, Look::Line),
];

impl Painter<'_> {
    pub(super) fn zone(&mut self, node: &Node, zone: &ZoneNode, instance: &mut Instance, space: &Space, begin: Begin) {
        let results = &mut instance.results;
        let number = number_of(&self.eval(&zone.number, results)).unwrap_or(0.0);
        let placed = self.placed(zone.frame.as_ref(), results, space);
        let fill = zone.fill.as_ref().and_then(|color| self.color_of(node, (Of::Fill, 0), color, instance, space));
        let stroke = zone.stroke.as_ref().and_then(|stroke| self.stroke_of(node, stroke, instance, space));
        let results = &mut instance.results;
        let hatch = zone.hatch.as_ref().and_then(|hatch| {
            let is_on = hatch.when.as_ref().is_none_or(|when| self.eval(when, results).is_true());
            let stroke = self.stroke(&hatch.stroke, results, space)?;
            is_on.then_some((hatch.gap * self.scale, stroke))
        });
        let Some((placed, label)) = placed.and_then(|placed| Some((placed, placed.zone_label(number)?))) else {
            instance.children.clear();
            return;
        };
        let inside = Space { origin: [space.origin[0] + label.x, space.origin[1] + label.y], court: None, ..*space };
        if fill.is_some() || stroke.is_some() || hatch.is_some() {
            let hatch_px = hatch.map_or(0.0, |(gap, _)| gap);
            let key = Key { placed: Some(placed), zone: number, hatch_px, ..Key::default() };
            let paths = shape::kept(&mut instance.path, key, || placed.zone(number, hatch_px));
            let (outline, lines) = paths.split_at(paths.len().min(1));
            self.outlines(&instance.id, outline, fill.map(|color| (PathStyle::Fill, color)), space);
            if let Some((_, stroke)) = hatch {
                self.outlines(&instance.id, lines, Some(stroke), space);
            }
            self.outlines(&instance.id, outline, stroke, space);
        }
        self.nodes(&node.children, &mut instance.children, &inside, begin);
    }

    pub(super) fn court(
        &mut self,
        node: &Node,
        court: &CourtNode,
        instance: &mut Instance,
        space: &Space,
        begin: Begin,
    ) {
        let results = &mut instance.results;
        let Some(placed) = self.placed(court.frame.as_ref(), results, space) else {
            instance.children.clear();
            return;
        };
        let floor = court.floor.as_ref().and_then(|color| self.color(color, results, space));
        let paint = court.paint.as_ref().and_then(|color| self.color(color, results, space));
        let stroke = court.stroke.as_ref().and_then(|stroke| self.stroke_of(node, stroke, instance, space));
        if floor.is_some() || paint.is_some() || stroke.is_some() {
            let key = Key { placed: Some(placed), ..Key::default() };
            let paths = shape::kept(&mut instance.path, key, || placed.court_paths(&court.marks));
            let filled = |color| (PathStyle::Fill, color);
            for (path, drawn) in paths.chunks(1).zip([floor.map(filled), paint.map(filled), stroke]) {
                self.outlines(&instance.id, path, drawn, space);
            }
        }
        let inside = Space { court: Some(placed), ..*space };
        self.nodes(&node.children, &mut instance.children, &inside, begin);
    }

    pub(super) fn rink(&mut self, node: &Node, rink: &RinkNode, instance: &mut Instance, space: &Space, begin: Begin) {
        let results = &mut instance.results;
        let width_px = self.number(&rink.frame.width, results, 0.0) * self.scale;
        let goal = self.basket(&rink.frame, results);
        let placed = Placed::rink(goal, rink.frame.is_full, width_px);
        if width_px <= 0.0 {
            instance.children.clear();
            return;
        }
        let stroke = rink.stroke.as_ref().and_then(|stroke| self.stroke(stroke, results, space));
        let [ice, crease, red, blue] = [&rink.ice, &rink.crease, &rink.red, &rink.blue]
            .map(|color| color.as_ref().and_then(|color| self.color(color, results, space)));
        if ice.is_some() || stroke.is_some() {
            let key = Key { placed: Some(placed), ..Key::default() };
            let paths = shape::kept(&mut instance.path, key, || rink_paths(&placed));
            let boards = stroke.map(|(_, color)| color);
            for ((ink, look), path) in LAYERS.iter().zip(paths.chunks(1)) {
                let color = match ink {
                    Ink::Ice => ice,
                    Ink::Crease => crease,
                    Ink::Red => boards.map(|boards| red.unwrap_or(boards)),
                    Ink::Blue => boards.map(|boards| blue.unwrap_or(boards)),
                    Ink::Boards => boards,
                };
                let style = match (look, stroke) {
                    (Look::Line, Some((style, _))) => style,
                    (Look::Band, Some((PathStyle::Stroke { width_px, .. }, _))) => PathStyle::Stroke {
                        width_px: placed.px_of(Rink.band_mm(*ink, placed.is_full)).max(width_px),
                        cap: Cap::Butt,
                        join: Join::Miter,
                    },
                    _ => PathStyle::Fill,
                };
                self.outlines(&instance.id, path, color.map(|color| (style, color)), space);
            }
        }
        let inside = Space { court: Some(placed), ..*space };
        self.nodes(&node.children, &mut instance.children, &inside, begin);
    }

    /// The children of a spot stand at its place, to a part of a pixel: what moves slowly must not jump from one to the next.
    pub(super) fn spot(&mut self, node: &Node, spot: &SpotNode, instance: &mut Instance, space: &Space, begin: Begin) {
        let results = &mut instance.results;
        let mm = [&spot.at[0], &spot.at[1]].map(|prop| self.number(prop, results, f32::NAN));
        let Some(placed) = space.court.filter(|_| mm.iter().all(|mm| mm.is_finite())) else {
            // What is nowhere is not shown.
            instance.children.clear();
            return;
        };
        let from = self.from(&spot.from, results);
        let point = court::Point::new(f64::from(mm[0]), f64::from(mm[1]));
        let at = placed.at(placed.view.from_hoop(point, from));
        let exact = [space.origin[0] + at.x, space.origin[1] + at.y];
        let origin = exact.map(f32::round);
        let rest = Affine::translation(exact[0] - origin[0], exact[1] - origin[1]);
        let inside = Space { origin, motion: space.motion.after(rest), court: None, ..*space };
        self.nodes(&node.children, &mut instance.children, &inside, begin);
    }

    /// How a node lies: by its own frame, else like the court around it.
    fn placed(&mut self, frame: Option<&CourtFrame>, results: &mut Results, space: &Space) -> Option<Placed> {
        let Some(frame) = frame else { return space.court };
        let league = self.string(&frame.league, results).unwrap_or_default();
        let width_px = self.number(&frame.width, results, 0.0) * self.scale;
        let basket = self.basket(frame, results);
        (width_px > 0.0).then(|| Placed::court(&league, basket, frame.depth_mm, frame.is_full, width_px))
    }

    pub(super) fn from(&mut self, from: &Prop<String>, results: &mut Results) -> From {
        self.string(from, results).and_then(|name| From::named(&name)).unwrap_or_default()
    }

    fn basket(&mut self, frame: &CourtFrame, results: &mut Results) -> Basket {
        self.string(&frame.basket, results).and_then(|name| Basket::named(&name)).unwrap_or_default()
    }
}

/// The paths of [`LAYERS`].
fn rink_paths(placed: &Placed) -> Vec<PathData> {
    let parts = Rink.parts(placed.is_full);
    let alike = |(ink, look): (Ink, Look)| {
        let outlines: Vec<_> =
            parts.iter().filter(|part| part.ink == ink && part.look == look).map(|part| part.outline.clone()).collect();
        placed.joined(&outlines)
    };
    LAYERS.map(alike).into()
}
