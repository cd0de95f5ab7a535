//! Layers and clips within one another: a renderer has room for a few, and a frame that needs more is not drawn at all.
//!
//! In: the nodes of a template, and what moves them. Out: a problem where some moment could need more than there is room
//! for. What could fade is counted as if it did, so that nothing is found out on air.

use super::model::{Kind, Node, Prop};
use super::motion::Property;
use super::nodes::Names;
use super::problem::Place;
use super::reader::Reader;
use super::timeline::Motion;
use crate::draw_list::DrawList;

/// What is in use around a node.
#[derive(Clone, Copy, Default)]
struct Around {
    layers: usize,
    clips: usize,
}

/// Reports the first node that is one too many.
pub(super) fn check(reader: &mut Reader, nodes: &[Node], motion: &Motion, names: &Names) {
    let mut depth = Depth { reader, motion, names };
    // One is told: those within it are too many for the same reason.
    let _ = nodes.iter().all(|node| depth.fits(node, Around::default(), Place::START));
}

struct Depth<'a> {
    reader: &'a mut Reader,
    motion: &'a Motion,
    names: &'a Names,
}

impl Depth<'_> {
    /// Whether a node and all that is in it fit; `outer` is where the node around it stands.
    fn fits(&mut self, node: &Node, around: Around, outer: Place) -> bool {
        // A component's nodes stand elsewhere, some of them in another file: its use is what has put them here.
        let own = self.names.nodes.get(&*node.id).filter(|_| !node.id.contains('.'));
        let at = own.map_or(outer, |named| named.at);
        let has_layer = node.mask.is_some() || self.is_group(node) && self.fades(node);
        let is_clipped = matches!(node.kind, Kind::Group { clip: Some(_) });
        let clips = usize::from(self.reveals(node)) + usize::from(is_clipped);
        let inside = Around { layers: around.layers + usize::from(has_layer), clips: around.clips + clips };
        if inside.clips > DrawList::MAX_CLIPS {
            let message = format!(
                "`{}` lies within {} others that clip or are revealed, and {} may lie within each other",
                node.id,
                inside.clips - 1,
                DrawList::MAX_CLIPS
            );
            self.reader.problem(at, message, "take `clip` or `reveal` from one around it".to_owned());
            return false;
        }
        let of_mask = Around { layers: inside.layers + 1, clips: 0 };
        let deepest = if node.mask.is_some() { of_mask.layers } else { inside.layers };
        if deepest > DrawList::MAX_LAYERS {
            let message = format!(
                "`{}` lies within too many groups that fade or are masked: {} layers may lie within each other, one for each, and one for a mask",
                node.id,
                DrawList::MAX_LAYERS
            );
            self.reader.problem(at, message, "fade a single group around all of them".to_owned());
            return false;
        }
        let inside = if node.mask.is_some() { Around { clips: 0, ..inside } } else { inside };
        node.children.iter().all(|child| self.fits(child, inside, at))
            && node.mask.iter().all(|mask| self.fits(mask, of_mask, at))
    }

    /// Whether what it draws is put together before it fades.
    fn is_group(&self, node: &Node) -> bool {
        match &node.kind {
            Kind::Group { .. } | Kind::Repeat(_) | Kind::Rink(_) | Kind::Spot(_) | Kind::Component(_) => true,
            Kind::Text(text) => text.outline.is_some() || text.shadow.is_some(),
            _ => !node.children.is_empty(),
        }
    }

    fn fades(&self, node: &Node) -> bool {
        let is_opaque = matches!(node.opacity, Prop::Fixed(opacity) if opacity >= 1.0);
        !is_opaque || node.flash.is_some() || self.moves(node, |property| property == Property::Opacity)
    }

    fn reveals(&self, node: &Node) -> bool {
        self.moves(node, |property| matches!(property, Property::Reveal(_)))
    }

    /// Whether such a property of a node is moved: by the template's motion, its own coming and going, or its keyframes.
    fn moves(&self, node: &Node, is: impl Fn(Property) -> bool) -> bool {
        let by_motion = |motion: &Motion| {
            motion.tracks().chain(&motion.loops).any(|track| track.node == node.index && is(track.property))
        };
        by_motion(self.motion)
            || node.presence.as_ref().is_some_and(|presence| by_motion(&presence.motion))
            || node.keyframes.iter().any(|keyframes| keyframes.numbers.iter().any(|(property, _)| is(*property)))
    }
}
