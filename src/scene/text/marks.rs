//! Writes set texts into a draw list: letters, their outline behind them, their shadow behind both.

use std::sync::Arc;

use super::super::paint::{gradient_line, suffixed};
use crate::draw_list::{
    Affine, Clip, Color, Gradient, Item, Join, Op, Point, Rect, Shadow, TextLook, TextRun, TextShape,
};
use crate::ids::NodeId;
use crate::text::Metrics;

/// A part of a text that is drawn in one go.
pub(crate) enum Mark {
    Text {
        pieces: Vec<Piece>,
        /// What a gradient fills, in canvas pixels.
        block: Rect,
        alpha: f32,
        suffix: Option<String>,
    },
    Clip(Rect),
    EndClip,
}

impl Mark {
    /// The same, fainter, as a part of a node that has others like it.
    pub fn faded(self, by: f32, part: &str) -> Mark {
        match self {
            Mark::Text { pieces, block, alpha, .. } => {
                Mark::Text { pieces, block, alpha: alpha * by, suffix: Some(part.to_owned()) }
            }
            clip => clip,
        }
    }
}

/// A run in its place.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub run: Arc<TextRun>,
    /// Where its pen stands when nothing changes.
    pub rest: Point,
    /// How far it is from there.
    pub shift_y: f32,
    /// Part of its width.
    pub squeeze: f32,
    /// Part of its height.
    pub fold: f32,
    pub ink: Rect,
    pub is_colored: bool,
    pub alpha: f32,
    pub suffix: Option<String>,
}

impl Piece {
    /// At rest.
    pub fn of(run: Arc<TextRun>, metrics: &Metrics, rest: Point, squeeze: f32) -> Piece {
        let Metrics { ink, is_colored, .. } = *metrics;
        Piece { run, rest, shift_y: 0.0, squeeze, fold: 1.0, ink, is_colored, alpha: 1.0, suffix: None }
    }
}

/// The colours of a text in one frame.
#[derive(Debug)]
pub(crate) struct Looks {
    pub fill: Letters,
    pub outline: Option<Rim>,
    pub shadow: Option<Shadow>,
}

#[derive(Debug)]
pub(crate) enum Letters {
    Solid(Color),
    Gradient { degrees: f32, stops: Vec<(f32, Color)>, opacity: f32 },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rim {
    /// How far it reaches beyond the letters.
    pub width_px: f32,
    pub join: Join,
    pub color: Color,
}

impl Looks {
    fn is_plain(&self) -> bool {
        self.outline.is_none() && self.shadow.is_none()
    }

    /// How far outline and shadow are seen beyond the letters.
    pub fn reach_px(&self) -> f32 {
        let rim = self.outline.map_or(0.0, |rim| rim.width_px);
        rim + self.shadow.map_or(0.0, Shadow::reach_px)
    }
}

/// Adds marks to a draw list.
pub(crate) fn emit(marks: Vec<Mark>, id: &NodeId, looks: &Looks, motion: Affine, items: &mut Vec<Item>) {
    for mark in marks {
        match mark {
            Mark::Clip(rect) => {
                // Outlines and shadows of what does not roll stay whole.
                let rect = rect.outset(looks.reach_px().ceil());
                let op = Op::PushClip(Clip { canvas_from_local: motion, rect, corners: [0.0; 4] });
                items.push(Item { node: suffixed(id, "roll"), op });
            }
            Mark::EndClip => items.push(Item { node: suffixed(id, "roll"), op: Op::PopClip }),
            Mark::Text { pieces, block, alpha, suffix } => {
                let id = suffix.map_or_else(|| id.clone(), |suffix| suffixed(id, &suffix));
                // Faded one by one, the outline would be seen through the letters.
                let is_layer = alpha < 1.0 && !looks.is_plain();
                if is_layer {
                    items.push(Item { node: suffixed(&id, "fade"), op: Op::PushGroup { opacity: alpha } });
                }
                let writer = Writer { id: &id, looks, motion, block, alpha: if is_layer { 1.0 } else { alpha } };
                writer.write(&pieces, items);
                if is_layer {
                    items.push(Item { node: suffixed(&id, "fade"), op: Op::PopGroup });
                }
            }
        }
    }
}

struct Writer<'a> {
    id: &'a NodeId,
    looks: &'a Looks,
    motion: Affine,
    block: Rect,
    alpha: f32,
}

impl Writer<'_> {
    /// The shadows of all pieces, then their outlines, then their letters: no line covers another one's letters.
    fn write(&self, pieces: &[Piece], items: &mut Vec<Item>) {
        let rim = self.looks.outline;
        if let Some(shadow) = self.looks.shadow {
            for piece in pieces {
                let (outline_px, join) = rim.map_or((0.0, Join::Round), |rim| (rim.width_px, rim.join));
                let look = TextLook::Shadow { outline_px, join, blur_px: shadow.blur_px };
                self.push(piece, Some("shadow"), shadow.offset, shadow.color, look, items);
            }
        }
        if let Some(Rim { width_px, join, color }) = rim {
            for piece in pieces {
                let look = TextLook::Outline { width_px, join };
                self.push(piece, Some("outline"), Point::default(), color, look, items);
            }
        }
        for piece in pieces {
            let (color, look) = self.letters(piece);
            self.push(piece, None, Point::default(), color, look, items);
        }
    }

    fn letters(&self, piece: &Piece) -> (Color, TextLook) {
        match &self.looks.fill {
            Letters::Solid(color) => (*color, if piece.is_colored { TextLook::Colored } else { TextLook::Plain }),
            Letters::Gradient { degrees, stops, opacity } => {
                let (from, to) = gradient_line(*degrees, self.block);
                let local = |at: Point| Point::new((at.x - piece.rest.x) / piece.squeeze, at.y - piece.rest.y);
                let gradient = Gradient { from: local(from), to: local(to), stops: stops.clone() };
                (Color::WHITE.faded(*opacity), TextLook::Gradient(Arc::new(gradient)))
            }
        }
    }

    fn push(
        &self,
        piece: &Piece,
        part: Option<&str>,
        offset: Point,
        color: Color,
        look: TextLook,
        items: &mut Vec<Item>,
    ) {
        let Piece { run, rest, shift_y, squeeze, fold, ink, alpha, suffix, .. } = piece;
        let mut place = self.motion.after(Affine::translation(rest.x + offset.x, rest.y + shift_y + offset.y));
        if (*squeeze, *fold) != (1.0, 1.0) {
            place = place.after(Affine::scale(*squeeze, *fold));
        }
        let ink = match look.reach_px() {
            0.0 => *ink,
            reach => ink.outset(reach),
        };
        let color = color.faded(alpha * self.alpha);
        let shape = TextShape { canvas_from_local: place, run: run.clone(), color, ink, look };
        let node = match (suffix.as_deref(), part) {
            (None, None) => self.id.clone(),
            (Some(suffix), None) | (None, Some(suffix)) => suffixed(self.id, suffix),
            (Some(suffix), Some(part)) => suffixed(self.id, &format!("{suffix}/{part}")),
        };
        items.push(Item { node, op: Op::Text(shape) });
    }
}
