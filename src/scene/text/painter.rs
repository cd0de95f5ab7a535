//! Paints text nodes: what they say now, in which colours, and how they are made to fit.

use super::super::memory::Instance;
use super::super::paint::{Painter, Space};
use super::{FitTo, Frame, Letters, Looks, Rim, Wording, emit};
use crate::template::animate::Of;
use crate::template::bind::Results;
use crate::template::model::{Fill, FitRule, Node, TextNode};

impl Painter<'_> {
    pub(in crate::scene) fn text(&mut self, of: &Node, node: &TextNode, instance: &mut Instance, space: &Space) {
        let looks = self.looks(of, node, instance, space);
        let results = &mut instance.results;
        let known = self.string(&node.text, results);
        let wording = Wording { known, fit: self.fit(of, node, results, space.size[0]) };
        let frame = Frame { moment: self.moment, scale: self.scale, origin: space.origin };
        let state = instance.text.get_or_insert_default();
        let marks = state.marks(node, wording, frame, self.fonts);
        self.found.is_changing |= state.is_changing();
        let Some(looks) = looks.filter(|_| !space.is_muted) else { return };
        emit(marks, &instance.id, &looks, space.motion, &mut self.items);
    }

    /// `None` when the colour of the letters is not known.
    fn looks(&mut self, of: &Node, node: &TextNode, instance: &mut Instance, space: &Space) -> Option<Looks> {
        let fill = match &node.fill {
            Fill::Solid(color) => Letters::Solid(self.color_of(of, (Of::Color, 0), color, instance, space)?),
            Fill::Linear { degrees, stops } => {
                // The opacity is no part of a gradient, which is rasterised with its colours.
                let opaque = Space { opacity: 1.0, ..*space };
                let stops = stops.iter().zip(0..).map(|((at, color), part)| {
                    Some((*at, self.color_of(of, (Of::Color, part), color, instance, &opaque)?))
                });
                Letters::Gradient { degrees: *degrees, stops: stops.collect::<Option<_>>()?, opacity: space.opacity }
            }
        };
        let outline = node.outline.as_ref().and_then(|outline| {
            let color = self.color_of(of, (Of::Outline, 0), &outline.color, instance, space)?;
            Some(Rim { width_px: outline.width * self.scale, join: outline.join, color })
        });
        let shadow = self.shadow(of, Of::Shadow, node.shadow.as_ref(), instance, space);
        Some(Looks { fill, outline, shadow })
    }

    /// What a text is to fit; `wide` is the width that a percentage is of, and in a layout the text's own.
    pub(in crate::scene) fn fit(
        &mut self,
        of: &Node,
        node: &TextNode,
        results: &mut Results,
        wide: f32,
    ) -> Option<FitTo> {
        let fit = node.fit.as_ref()?;
        let is_laid_out = of.item.is_some();
        let width_px = match fit.width.as_ref().or(of.width.as_ref().filter(|_| !is_laid_out)) {
            Some(width) => self.extent(width, results, wide),
            None if is_laid_out => wide,
            None => return None,
        };
        let replacements = fit
            .rules
            .iter()
            .filter_map(|rule| match rule {
                FitRule::Replace(text) => Some(self.string(text, results)),
                _ => None,
            })
            .collect();
        Some(FitTo { width_px, replacements })
    }
}
