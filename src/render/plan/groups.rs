//! Groups and masks: what is drawn on a layer of its own, and how that is laid down.

use super::{Brush, LiveClips, MAX_GROUP_DEPTH, Open, Pass, Planner};
use crate::draw_list::Affine;
use crate::ids::NodeId;
use crate::render::RenderError;
use crate::render::damage::{PixelRect, Place};

impl Planner<'_> {
    pub(super) fn push_group(&mut self, node: &NodeId, opacity: f32, place: &Place) -> Result<(), RenderError> {
        // Not-a-number shows nothing, like 0.
        let opacity = if opacity > 0.0 { opacity } else { 0.0 };
        let outer_fade = self.fade;
        if opacity >= 1.0 && !place.is_masked {
            self.open.push(Open::Plain);
        } else if place.folds || opacity == 0.0 {
            self.fade *= opacity;
            self.open.push(Open::Folded { outer_fade });
        } else {
            let first_pass = self.push_layer(node)?;
            self.fade = 1.0;
            let outer_clips = std::mem::take(&mut self.clips);
            let outer_live = std::mem::replace(&mut self.live, LiveClips::NONE);
            self.open.push(Open::Layered { opacity, first_pass, outer_fade, outer_clips, outer_live });
        }
        Ok(())
    }

    pub(super) fn pop_group(&mut self, node: &NodeId) -> Result<(), RenderError> {
        match self.open.pop() {
            Some(Open::Plain) => {}
            Some(Open::Folded { outer_fade }) => self.fade = outer_fade,
            Some(Open::Layered { opacity, first_pass, outer_fade, outer_clips, outer_live }) => {
                let depth = self.depth;
                let touched = self.touched_since(first_pass, depth);
                self.plan.passes[first_pass].cleared = touched;
                self.depth -= 1;
                self.fade = outer_fade;
                self.clips = outer_clips;
                self.live = outer_live;
                if touched.is_empty() {
                    self.plan.passes.truncate(first_pass);
                } else {
                    self.push_pass(self.depth);
                    let tint = [opacity * self.fade; 4];
                    self.push_quad(Brush::Layer(depth), Affine::IDENTITY, tint, touched);
                }
            }
            Some(Open::Mask { .. } | Open::Clip { .. }) | None => {
                return Err(RenderError::Unbalanced { node: node.clone() });
            }
        }
        Ok(())
    }

    /// Within the group that it masks, on a layer of its own.
    pub(super) fn push_mask(&mut self, node: &NodeId) -> Result<(), RenderError> {
        match self.open.last() {
            Some(Open::Layered { .. }) => {
                let first_pass = self.push_layer(node)?;
                self.open.push(Open::Mask { first_pass });
            }
            // An invisible group is drawn on no layer, and neither is its mask: nothing is drawn at all.
            Some(Open::Folded { .. }) => self.open.push(Open::Plain),
            Some(Open::Plain | Open::Mask { .. } | Open::Clip { .. }) | None => {
                return Err(RenderError::Unbalanced { node: node.clone() });
            }
        }
        Ok(())
    }

    pub(super) fn pop_mask(&mut self, node: &NodeId) -> Result<(), RenderError> {
        let first_pass = match self.open.pop() {
            Some(Open::Mask { first_pass }) => first_pass,
            Some(Open::Plain) => return Ok(()),
            _ => return Err(RenderError::Unbalanced { node: node.clone() }),
        };
        let Some(Open::Layered { first_pass: first_of_group, .. }) = self.open.last() else {
            return Err(RenderError::Unbalanced { node: node.clone() });
        };
        let depth = self.depth;
        let masked = self.touched_since(*first_of_group, depth - 1);
        self.depth -= 1;
        if masked.is_empty() {
            self.plan.passes.truncate(first_pass);
        } else {
            // Where the mask draws nothing, nothing of the group may stay: all that the group touched is read.
            self.plan.passes[first_pass].cleared = masked;
            self.push_pass(self.depth);
            self.push_quad(Brush::Mask(depth), Affine::IDENTITY, [1.0; 4], masked);
        }
        Ok(())
    }

    /// Goes one layer deeper; the index of its first pass.
    fn push_layer(&mut self, node: &NodeId) -> Result<usize, RenderError> {
        if self.depth == MAX_GROUP_DEPTH {
            return Err(RenderError::TooManyGroups { node: node.clone() });
        }
        self.depth += 1;
        self.push_pass(self.depth);
        Ok(self.plan.passes.len() - 1)
    }

    fn push_pass(&mut self, target: usize) {
        self.plan.passes.push(Pass { target, cleared: PixelRect::default(), draws: Vec::new() });
    }

    /// All pixels that were drawn on a layer.
    fn touched_since(&self, first_pass: usize, depth: usize) -> PixelRect {
        let passes = self.plan.passes[first_pass..].iter().filter(|pass| pass.target == depth);
        passes.flat_map(|pass| &pass.draws).fold(PixelRect::default(), |all, draw| all.union(draw.touched))
    }
}
