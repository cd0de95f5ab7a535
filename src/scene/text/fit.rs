//! Makes a text fit a width by its rules, in the order in which the designer lists them, each only as far as needed.
//!
//! In: a wording, the rules and the width. Out: lines, with one size and one width of letters for all of them. What is
//! written on several lines stays so; `wrap` allows more.

use super::{FitTo, Setter};
use crate::template::model::{FitRule, TextNode};
use crate::text::{Fonts, balanced, break_lines, is_attached};

/// Of what a text is squeezed or shrunk to: finer than a pixel on every canvas.
const STEPS: u32 = 12;

/// A wording that fits, or is as near to it as the rules allow.
#[derive(Debug)]
pub(super) struct Fitted {
    pub lines: Vec<String>,
    /// Part of the letters' width.
    pub squeeze: f32,
    /// Part of the size.
    pub shrink: f32,
}

/// How far a text has been fitted so far.
struct Fitting {
    text: String,
    squeeze: f32,
    shrink: f32,
    wrap: Option<Wrap>,
}

#[derive(Clone, Copy)]
struct Wrap {
    lines: usize,
    is_balanced: bool,
}

impl Setter<'_> {
    /// Applies the node's rules.
    pub(super) fn fitted(&self, text: &str, fonts: &mut Fonts) -> Fitted {
        let mut fitting = Fitting { text: text.to_owned(), squeeze: 1.0, shrink: 1.0, wrap: None };
        let (Some(fit), Some(rules)) = (self.fit, rules(self.node)) else {
            return Fitted { lines: self.lines(&fitting, f32::INFINITY, fonts), squeeze: 1.0, shrink: 1.0 };
        };
        let mut replacements = fit.replacements.iter();
        let mut cut = None;
        for (i, rule) in rules.iter().enumerate() {
            if self.fits(&fitting, fit, fonts) {
                break;
            }
            match rule {
                FitRule::Squeeze(_) | FitRule::Shrink(_) | FitRule::Wrap { .. } => {
                    self.narrow(&mut fitting, rule, fit, fonts);
                }
                FitRule::Replace(_) => {
                    if let Some(Some(shorter)) = replacements.next() {
                        fitting = Fitting { text: self.cased(shorter), squeeze: 1.0, shrink: 1.0, wrap: None };
                        rules[..i].iter().for_each(|rule| self.narrow(&mut fitting, rule, fit, fonts));
                    }
                }
                FitRule::Ellipsis => {
                    cut = Some(self.cut(&fitting, fit, fonts));
                    break;
                }
            }
        }
        let lines = cut.unwrap_or_else(|| self.lines(&fitting, fit.width_px, fonts));
        Fitted { lines, squeeze: fitting.squeeze, shrink: fitting.shrink }
    }

    /// Width and height of a wording, in canvas pixels.
    pub(super) fn extent(&self, fitted: &Fitted, fonts: &mut Fonts) -> [f32; 2] {
        let Fitted { lines, squeeze, shrink } = fitted;
        let first = self.run(lines.first().map(String::as_str).unwrap_or_default(), *shrink);
        let cap = fonts.measure(&first).map_or(0.0, |metrics| metrics.cap_height_px);
        let below = self.pitch(*shrink) * lines.len().saturating_sub(1) as f32;
        [self.widest(lines, fonts).max(0.0) * squeeze * shrink, cap + below]
    }

    /// The lines of a text at a width in canvas pixels.
    fn lines(&self, fitting: &Fitting, width_px: f32, fonts: &mut Fonts) -> Vec<String> {
        let written = fitting.text.split('\n');
        let Some(wrap) = fitting.wrap else { return written.map(str::to_owned).collect() };
        let full_px = width_px / (fitting.squeeze * fitting.shrink);
        let mut lines = Vec::new();
        for line in written {
            let words = fonts.words(&self.run(line, 1.0)).unwrap_or_default();
            let full_px = if wrap.is_balanced { balanced(line, &words, full_px) } else { full_px };
            let parts = break_lines(line, &words, full_px);
            if parts.is_empty() {
                lines.push(String::new());
            }
            lines.extend(parts.into_iter().map(|part| line[part].to_owned()));
        }
        lines
    }

    /// The widest of some lines at full size and width.
    fn widest(&self, lines: &[String], fonts: &mut Fonts) -> f32 {
        lines.iter().map(|line| self.width(&self.run(line, 1.0), fonts)).fold(0.0, f32::max)
    }

    fn fits(&self, fitting: &Fitting, fit: &FitTo, fonts: &mut Fonts) -> bool {
        let lines = self.lines(fitting, fit.width_px, fonts);
        let is_short = fitting.wrap.is_none_or(|wrap| lines.len() <= wrap.lines);
        is_short && self.widest(&lines, fonts) * fitting.squeeze * fitting.shrink <= fit.width_px + 0.5
    }

    fn narrow(&self, fitting: &mut Fitting, rule: &FitRule, fit: &FitTo, fonts: &mut Fonts) {
        if self.fits(fitting, fit, fonts) {
            return;
        }
        match *rule {
            FitRule::Squeeze(least) => {
                let squeezed = |squeeze| Fitting { squeeze, text: fitting.text.clone(), ..*fitting };
                fitting.squeeze = self.factor(fitting, least, &squeezed, fit, fonts);
            }
            FitRule::Shrink(least) => {
                let shrunk = |shrink| Fitting { shrink, text: fitting.text.clone(), ..*fitting };
                fitting.shrink = self.factor(fitting, least, &shrunk, fit, fonts);
            }
            FitRule::Wrap { lines, is_balanced } => fitting.wrap = Some(Wrap { lines, is_balanced }),
            FitRule::Replace(_) | FitRule::Ellipsis => {}
        }
    }

    /// How far a text must be narrowed, down to `least`.
    fn factor(
        &self,
        now: &Fitting,
        least: f32,
        narrowed: &dyn Fn(f32) -> Fitting,
        fit: &FitTo,
        fonts: &mut Fonts,
    ) -> f32 {
        if now.wrap.is_none() {
            let widest = self.widest(&self.lines(now, fit.width_px, fonts), fonts);
            // An earlier rule may have begun it: this one may go farther, and is not measured against itself.
            let whole = narrowed(1.0);
            let other = whole.squeeze * whole.shrink;
            return if widest > 0.0 { (fit.width_px / (widest * other)).max(least).min(1.0) } else { 1.0 };
        }
        // Where lines end depends on how wide they are.
        let (mut low, mut high) = (least, 1.0);
        if !self.fits(&narrowed(low), fit, fonts) {
            return least;
        }
        for _ in 0..STEPS {
            let middle = (low + high) / 2.0;
            if self.fits(&narrowed(middle), fit, fonts) { low = middle } else { high = middle }
        }
        low
    }

    /// The lines that there is room for, with an ellipsis where something was left out.
    fn cut(&self, fitting: &Fitting, fit: &FitTo, fonts: &mut Fonts) -> Vec<String> {
        let full_px = (fit.width_px + 0.5) / (fitting.squeeze * fitting.shrink);
        // An even share of what will be cut off anyway would leave room at the ends of lines.
        let filled = Fitting {
            text: fitting.text.clone(),
            wrap: fitting.wrap.map(|wrap| Wrap { is_balanced: false, ..wrap }),
            ..*fitting
        };
        let mut lines = self.lines(&filled, fit.width_px, fonts);
        let most = fitting.wrap.map_or(lines.len(), |wrap| wrap.lines);
        let is_cut = lines.len() > most;
        if is_cut {
            let rest = lines.split_off(most.saturating_sub(1));
            lines.push(rest.join(" "));
        }
        let last = lines.len() - 1;
        for (i, line) in lines.iter_mut().enumerate() {
            let is_whole = self.width(&self.run(line, 1.0), fonts) <= full_px && !(is_cut && i == last);
            if !is_whole {
                *line = self.shortened(line, full_px, fonts);
            }
        }
        lines
    }

    /// As many letters as fit with an ellipsis after them; the ellipsis alone where none does.
    fn shortened(&self, line: &str, full_px: f32, fonts: &mut Fonts) -> String {
        let mut ends: Vec<usize> = vec![0];
        let mut before = None;
        for (at, c) in line.char_indices() {
            if at > 0 && before.is_some_and(|before| !is_attached(before, c)) {
                ends.push(at);
            }
            before = Some(c);
        }
        let with = |end: usize| format!("{}\u{2026}", line[..end].trim_end());
        let too_many = ends.partition_point(|end| self.width(&self.run(&with(*end), 1.0), fonts) <= full_px);
        with(ends[too_many.saturating_sub(1)])
    }
}

fn rules(node: &TextNode) -> Option<&[FitRule]> {
    node.fit.as_ref().map(|fit| fit.rules.as_slice())
}
