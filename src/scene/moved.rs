//! Where a node is by now of all that moves it: the graphic's movements, its own coming and going, its keyframes, and how it is
//! turned and scaled by itself.
//!
//! In: a node's rectangle at rest. Out: the map from there to where it is drawn, and the part of it that is uncovered. What
//! moves changes no layout: neighbours stand where they stood.

use super::alive::keyed_frames;
use super::memory::Instance;
use super::paint::{Painter, Space};
use crate::draw_list::{Affine, Point, Rect};
use crate::template::animate::Of;
use crate::template::model::Node;
use crate::template::motion::{Property, RevealEdge, between};

/// Degrees and factor of a node that is neither turned nor scaled.
pub(super) const UNTURNED: [f32; 2] = [0.0, 1.0];

/// What two movements of one property make together.
fn together(property: Property, a: f32, b: f32) -> f32 {
    match property {
        Property::X | Property::Y | Property::Rotate => a + b,
        Property::TrimStart => 1.0 - (1.0 - a) * (1.0 - b),
        Property::Opacity | Property::ScaleX | Property::ScaleY | Property::Reveal(_) | Property::TrimEnd => a * b,
    }
}

impl Painter<'_> {
    /// Where a property of a node is by now, of all that moves it.
    pub(super) fn moved(&self, node: &Node, property: Property, instance: &Instance, space: &Space) -> f32 {
        let key = (node.index, property);
        let mut value = property.rest();
        if node.is_moved {
            value = self.life.value(&self.template.motion, key, space.ordinal, self.at);
        }
        if let (Some(life), Some(presence)) = (&instance.life, &node.presence) {
            let at = life.instant(&presence.motion, self.moment.frame, self.moment.rate);
            value = together(property, value, life.value(&presence.motion, key, space.ordinal, at));
        }
        if let Some(keyframes) = &node.keyframes
            && let Some((_, keys)) = keyframes.numbers.iter().find(|(each, _)| *each == property)
        {
            let frames = keyed_frames(keyframes, instance.born, self.moment.frame, space.ordinal, self.moment.rate);
            if let Some((from, to, at)) = between(keys, frames, self.moment.rate) {
                value = together(property, value, from + (to - from) * at);
            }
        }
        value
    }

    /// By how much a node is turned and scaled by itself now: degrees, and a factor.
    pub(super) fn turn(&mut self, node: &Node, instance: &mut Instance) -> [f32; 2] {
        let Some(turn) = &node.turn else { return UNTURNED };
        let [rotate, scale] = [(&turn.rotate, 0.0), (&turn.scale, 1.0)]
            .map(|(prop, unknown)| self.number(prop, &mut instance.results, unknown));
        let glides = &mut instance.glides;
        [(Of::Rotate, rotate), (Of::Scale, scale.max(0.0))].map(|(of, to)| self.glide(node, glides, of, to))
    }

    /// Scaled, then turned, about the node's pivot; then moved, as the parent sees it. `space` is the node's own, but for its
    /// movement.
    pub(super) fn motion(
        &self,
        node: &Node,
        instance: &Instance,
        rect: Option<Rect>,
        space: &Space,
        [rotate, scale]: [f32; 2],
    ) -> Affine {
        let moved = |property| self.moved(node, property, instance, space);
        let shift = [Property::X, Property::Y].map(|property| moved(property) * self.scale);
        let grow = [Property::ScaleX, Property::ScaleY].map(|axis| scale * moved(axis).max(0.0));
        let degrees = (rotate + moved(Property::Rotate)) % 360.0;
        let mut own = Affine::translation(shift[0], shift[1]);
        if grow != [1.0, 1.0] || degrees != 0.0 {
            let pivot = rect.map_or(Point::new(space.origin[0], space.origin[1]), |rect| {
                Point::new(rect.x + rect.width * node.pivot[0], rect.y + rect.height * node.pivot[1])
            });
            own = own.after(Affine::translation(pivot.x, pivot.y));
            if degrees != 0.0 {
                own = own.after(Affine::rotation(degrees.to_radians()));
            }
            own = own.after(Affine::scale(grow[0], grow[1])).after(Affine::translation(-pivot.x, -pivot.y));
        }
        space.motion.after(own)
    }

    /// The part of the node that is uncovered from all edges; `None` when all of it is.
    pub(super) fn reveal(&self, node: &Node, instance: &Instance, rect: Option<Rect>, space: &Space) -> Option<Rect> {
        let rect = rect?;
        let from = |(_, edge): (&str, RevealEdge)| {
            let shown = self.moved(node, Property::Reveal(edge), instance, space).clamp(0.0, 1.0);
            let (width, height) = (rect.width * shown, rect.height * shown);
            let seen = match edge {
                RevealEdge::Left => Rect { width, ..rect },
                RevealEdge::Right => Rect { x: rect.right() - width, width, ..rect },
                RevealEdge::Top => Rect { height, ..rect },
                RevealEdge::Bottom => Rect { y: rect.bottom() - height, height, ..rect },
            };
            (shown < 1.0).then_some(seen)
        };
        RevealEdge::NAMED.into_iter().filter_map(from).reduce(Rect::intersection)
    }
}
