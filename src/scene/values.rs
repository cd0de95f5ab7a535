//! What the properties of a node are now: what is written out, or what their expressions give.
//!
//! In: a property, and the results that its node remembers. Out: a plain value. Numbers are finite and within their
//! property's range whatever an expression gives, and what has no value falls back on the node's default.

use minijinja::Value;

use super::paint::{Painter, Space};
use crate::draw_list::Color;
use crate::template::bind::Results;
use crate::template::color;
use crate::template::expr::{Expr, Extent, extent_of, number_of, text_of};
use crate::template::model::Prop;

/// Canvas pixels that nothing is placed or sized beyond: shares of shares could be without end, and what is farther off is
/// seen on no canvas.
pub(super) const FAR_PX: f32 = 1_000_000.0;

impl Painter<'_> {
    pub(super) fn eval(&mut self, expr: &Expr, results: &mut Results) -> Value {
        if self.is_frozen
            && let Some(kept) = results.kept(expr)
        {
            return kept;
        }
        let (value, is_new) = results.eval(expr, &self.scope, self.tick);
        self.work.evaluations += u64::from(is_new);
        value
    }

    /// A number; `unknown` where nothing says what it is.
    pub(super) fn number(&mut self, prop: &Prop<f32>, results: &mut Results, unknown: f32) -> f32 {
        match prop {
            Prop::Fixed(n) => *n,
            Prop::Share(_) => unknown,
            Prop::Bound(bound) => match number_of(&self.eval(&bound.expr, results)) {
                Some(n) => bound.held(n),
                None => bound.unknown.as_deref().map_or(unknown, |known| self.number(known, results, unknown)),
            },
        }
    }

    /// A position or a size in canvas pixels, of a parent that is so wide or high.
    pub(super) fn extent(&mut self, prop: &Prop<f32>, results: &mut Results, whole_px: f32) -> f32 {
        let px = match self.side(prop, results) {
            Extent::Share(share) => share as f32 * whole_px,
            Extent::Number(length) => length as f32 * self.scale,
        };
        px.clamp(-FAR_PX, FAR_PX)
    }

    /// A position or a size as it is meant: in reference pixels, or as a share of what the node is in.
    pub(super) fn side(&mut self, prop: &Prop<f32>, results: &mut Results) -> Extent {
        match prop {
            Prop::Fixed(length) => Extent::Number(f64::from(*length)),
            Prop::Share(share) => Extent::Share(f64::from(*share)),
            Prop::Bound(bound) => match extent_of(&self.eval(&bound.expr, results)) {
                Some(Extent::Number(length)) => Extent::Number(f64::from(bound.held(length))),
                // What cannot be below 0 cannot be a share below 0 either.
                Some(Extent::Share(share)) if bound.range.0 >= 0.0 => Extent::Share(share.max(0.0)),
                Some(share) => share,
                None => bound.unknown.as_deref().map_or(Extent::Number(0.0), |known| self.side(known, results)),
            },
        }
    }

    /// A text; `None` when it is not known.
    pub(super) fn string(&mut self, prop: &Prop<String>, results: &mut Results) -> Option<String> {
        match prop {
            Prop::Fixed(text) => Some(text.clone()),
            Prop::Bound(bound) => match text_of(&self.eval(&bound.expr, results)) {
                None => bound.unknown.as_deref().and_then(|known| self.string(known, results)),
                known => known,
            },
            Prop::Share(_) => None,
        }
    }

    /// With the opacity of the groups around; `None` when the colour is not known.
    pub(super) fn color(&mut self, prop: &Prop<Color>, results: &mut Results, space: &Space) -> Option<Color> {
        Some(self.plain_color(prop, results)?.faded(space.opacity))
    }

    /// As the template says it; `None` when the colour is not known.
    pub(super) fn plain_color(&mut self, prop: &Prop<Color>, results: &mut Results) -> Option<Color> {
        match prop {
            Prop::Fixed(color) => Some(*color),
            Prop::Bound(bound) => match self.eval(&bound.expr, results).as_str().and_then(color::parse) {
                None => bound.unknown.as_deref().and_then(|known| self.plain_color(known, results)),
                known => known,
            },
            Prop::Share(_) => None,
        }
    }
}
