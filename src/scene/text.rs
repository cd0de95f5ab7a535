//! Sets one line of text: alignment on capitals, fitting a width, and its change from one wording to the next.
//!
//! A change is a function of the frames since it began, and begins from whatever the one before it had come to, so a
//! second basket during a roll neither jumps nor waits. What is shown first, or after "not known", appears at once.

mod change;

use std::sync::Arc;

use super::Moment;
use super::paint::suffixed;
use crate::draw_list::{Affine, Clip, Color, Item, Op, Point, Rect, TextRun, TextShape};
use crate::ids::NodeId;
use crate::template::model::{Align, FitRule, Font, TextNode, VerticalAlign};
use crate::template::motion::progress;
use crate::text::{Fonts, Metrics};
use crate::time::FrameIndex;
use change::{Transition, change_of, count};

/// What a text node says in one frame.
#[derive(PartialEq, Debug)]
pub(crate) struct Wording {
    /// `None` when the value is not known; the node's default is shown then.
    pub known: Option<String>,
    pub fit: Option<FitTo>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct FitTo {
    pub width_px: f32,
    /// One for each `replace` rule, in order.
    pub replacements: Vec<Option<String>>,
}

/// Where and when a text is set.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub moment: Moment,
    pub scale: f32,
    /// The node's point at rest, in canvas pixels.
    pub origin: [f32; 2],
}

#[derive(Debug, Default)]
pub(crate) struct TextState {
    shown: Option<String>,
    change: Option<Transition>,
    /// How it stood when it last stood still.
    kept: Option<Kept>,
}

/// A text that was set, and what it was set from.
#[derive(Debug)]
struct Kept {
    text: String,
    fit: Option<FitTo>,
    scale: f32,
    origin: [f32; 2],
    laid: Option<Laid>,
}

/// A piece of text in its place.
pub(crate) enum Mark {
    /// `scale` is about the pen.
    Run {
        run: Arc<TextRun>,
        pen: Point,
        scale: [f32; 2],
        ink: Rect,
        alpha: f32,
        suffix: Option<String>,
    },
    Clip(Rect),
    EndClip,
}

#[derive(Clone, Debug)]
struct Laid {
    run: Arc<TextRun>,
    metrics: Metrics,
    squeeze: f32,
    pen: Point,
}

impl TextState {
    /// Whether the next frame shows another phase of a change.
    pub fn is_changing(&self) -> bool {
        self.change.is_some()
    }

    /// What to draw in this frame; takes note of a change.
    pub fn marks(&mut self, node: &TextNode, wording: Wording, at: Frame, fonts: &mut Fonts) -> Vec<Mark> {
        let setter = Setter { node, at, fit: wording.fit.as_ref() };
        let text = setter.cased(wording.known.as_deref().or(node.default.as_deref()).unwrap_or_default());
        let now = at.moment.frame;
        match &self.shown {
            Some(shown) if wording.known.is_some() && *shown != text => {
                let running = self.change.take();
                self.change = if at.moment.is_old_news { None } else { setter.begin(running, shown, &text, fonts) };
            }
            _ if wording.known.is_none() => self.change = None,
            _ => {}
        }
        self.shown = wording.known.as_ref().map(|_| text.clone());
        let (length, ease) = change_of(node);
        let p = |start: FrameIndex| progress(now.since(start), 0, length.frames(at.moment.rate), ease);
        if self.change.as_ref().is_some_and(|change| p(change.start()) >= 1.0) {
            self.change = None;
        }
        match &self.change {
            None => {
                let is_kept = |kept: &Kept| {
                    kept.text == text && kept.fit == wording.fit && (kept.scale, kept.origin) == (at.scale, at.origin)
                };
                let laid = match self.kept.take().filter(is_kept) {
                    Some(kept) => kept.laid,
                    None => setter.lay(&text, fonts),
                };
                let marks = laid.iter().map(|laid| laid.clone().mark(1.0, None)).collect();
                self.kept = Some(Kept { text, fit: wording.fit, scale: at.scale, origin: at.origin, laid });
                marks
            }
            Some(Transition::Roll { start, columns }) => setter.roll(&text, columns, p(*start), fonts),
            Some(Transition::Fade { start, old }) => setter.fade(&text, old, p(*start), fonts),
            Some(Transition::Flip { start, old, from }) => setter.flip(&text, old, *from, p(*start), fonts),
            Some(Transition::Count { start, from }) => {
                let counted = count(*from, &text, p(*start)).unwrap_or(text);
                setter.lay(&counted, fonts).map(|laid| laid.mark(1.0, None)).into_iter().collect()
            }
        }
    }
}

impl Laid {
    fn mark(self, alpha: f32, suffix: Option<String>) -> Mark {
        let Laid { run, metrics, squeeze, pen } = self;
        Mark::Run { run, pen, scale: [squeeze, 1.0], ink: metrics.ink, alpha, suffix }
    }

    /// Folded to this part of its height, about the middle of its capitals.
    fn folded(self, unfolded: f32, suffix: Option<String>) -> Mark {
        let Laid { run, metrics, squeeze, pen } = self;
        let pen = Point::new(pen.x, pen.y - metrics.cap_height_px / 2.0 * (1.0 - unfolded));
        Mark::Run { run, pen, scale: [squeeze, unfolded], ink: metrics.ink, alpha: 1.0, suffix }
    }
}

/// Adds marks to a draw list.
pub(crate) fn emit(marks: Vec<Mark>, id: &NodeId, color: Color, motion: Affine, items: &mut Vec<Item>) {
    for mark in marks {
        let (node, op) = match mark {
            Mark::Clip(rect) => {
                (suffixed(id, "roll"), Op::PushClip(Clip { canvas_from_local: motion, rect, corners: [0.0; 4] }))
            }
            Mark::EndClip => (suffixed(id, "roll"), Op::PopClip),
            Mark::Run { run, pen, scale, ink, alpha, suffix } => {
                let mut place = motion.after(Affine::translation(pen.x, pen.y));
                if scale != [1.0, 1.0] {
                    place = place.after(Affine::scale(scale[0], scale[1]));
                }
                let shape = TextShape { canvas_from_local: place, run, color: color.faded(alpha), ink };
                (suffix.map_or_else(|| id.clone(), |suffix| suffixed(id, &suffix)), Op::Text(shape))
            }
        };
        items.push(Item { node, op });
    }
}

/// Sets the wordings of one node in one frame.
struct Setter<'a> {
    node: &'a TextNode,
    at: Frame,
    fit: Option<&'a FitTo>,
}

impl Setter<'_> {
    fn cased(&self, text: &str) -> String {
        if self.node.is_upper { text.to_uppercase() } else { text.to_owned() }
    }

    fn run(&self, text: &str, shrink: f32) -> Arc<TextRun> {
        let Font { family, weight, size, tracking, is_tabular } = &self.node.font;
        Arc::new(TextRun {
            text: text.to_owned(),
            family: family.clone(),
            weight: *weight,
            size_px: size * self.at.scale * shrink,
            tracking: *tracking,
            tabular: *is_tabular,
        })
    }

    /// The text in its place, made to fit; `None` when there is nothing to show.
    fn lay(&self, text: &str, fonts: &mut Fonts) -> Option<Laid> {
        if text.trim().is_empty() {
            return None;
        }
        let (run, squeeze) = self.fitted(text, fonts)?;
        let metrics = fonts.measure(&run).ok()?;
        let pen = self.pen(&run, &metrics, squeeze);
        Some(Laid { run, metrics, squeeze, pen })
    }

    /// Left and right edge that alignment goes by, from the pen. Figures that change keep their cells; other text is
    /// aligned by what the eye sees.
    fn edges(&self, run: &TextRun, metrics: &Metrics) -> (f32, f32) {
        if run.tabular {
            (0.0, metrics.advance_px - run.tracking / 1000.0 * run.size_px)
        } else {
            (metrics.ink.x, metrics.ink.right())
        }
    }

    /// On whole pixels, so that text at rest is as sharp as it was rasterised.
    fn pen(&self, run: &TextRun, metrics: &Metrics, squeeze: f32) -> Point {
        let (left, right) = self.edges(run, metrics);
        let from_pen = match self.node.align {
            Align::Left => left,
            Align::Center => (left + right) / 2.0,
            Align::Right => right,
        };
        let below = match self.node.valign {
            VerticalAlign::Cap => metrics.cap_height_px / 2.0,
            VerticalAlign::Baseline => 0.0,
        };
        let [x, y] = self.at.origin;
        Point::new((x - from_pen * squeeze).round(), (y + below).round())
    }

    fn width(&self, run: &TextRun, fonts: &mut Fonts) -> f32 {
        fonts.measure(run).map_or(0.0, |metrics| {
            let (left, right) = self.edges(run, &metrics);
            right - left
        })
    }

    /// Applies the node's rules, each as far as needed; the run and how much it is squeezed.
    fn fitted(&self, text: &str, fonts: &mut Fonts) -> Option<(Arc<TextRun>, f32)> {
        let run = self.run(text, 1.0);
        let (Some(fit), Some(rules)) = (self.fit, self.node.fit.as_ref().map(|fit| &fit.rules)) else {
            return Some((run, 1.0));
        };
        let mut fitting = Fitting { text: text.to_owned(), squeeze: 1.0, shrink: 1.0, width: self.width(&run, fonts) };
        let mut replacements = fit.replacements.iter();
        for (i, rule) in rules.iter().enumerate() {
            if fitting.fits(fit.width_px) {
                break;
            }
            match rule {
                FitRule::Squeeze(_) | FitRule::Shrink(_) => fitting.narrow(rule, fit.width_px),
                FitRule::Replace(_) => {
                    if let Some(Some(shorter)) = replacements.next() {
                        let text = self.cased(shorter);
                        let width = self.width(&self.run(&text, 1.0), fonts);
                        fitting = Fitting { text, squeeze: 1.0, shrink: 1.0, width };
                        rules[..i].iter().for_each(|rule| fitting.narrow(rule, fit.width_px));
                    }
                }
                FitRule::Ellipsis => self.cut(&mut fitting, fit.width_px, fonts),
            }
        }
        Some((self.run(&fitting.text, fitting.shrink), fitting.squeeze))
    }

    /// Drops letters from the end until the rest and an ellipsis fit.
    fn cut(&self, fitting: &mut Fitting, width_px: f32, fonts: &mut Fonts) {
        let mut letters = fitting.text.clone();
        while letters.pop().is_some() {
            let candidate = format!("{}\u{2026}", letters.trim_end());
            fitting.width = self.width(&self.run(&candidate, 1.0), fonts);
            fitting.text = candidate;
            if fitting.fits(width_px) {
                return;
            }
        }
    }
}

/// How far a text has been narrowed so far.
struct Fitting {
    text: String,
    squeeze: f32,
    shrink: f32,
    /// At full size, in canvas pixels.
    width: f32,
}

impl Fitting {
    fn fits(&self, width_px: f32) -> bool {
        self.width * self.squeeze * self.shrink <= width_px + 0.5
    }

    fn narrow(&mut self, rule: &FitRule, width_px: f32) {
        if self.fits(width_px) || self.width <= 0.0 {
            return;
        }
        match rule {
            FitRule::Squeeze(least) => self.squeeze = (width_px / (self.width * self.shrink)).max(*least),
            FitRule::Shrink(least) => self.shrink = (width_px / (self.width * self.squeeze)).max(*least),
            FitRule::Replace(_) | FitRule::Ellipsis => {}
        }
    }
}
