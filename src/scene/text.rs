//! Sets one line of text: alignment on capitals, fitting a width, and its change from one wording to the next.
//!
//! A change is a function of the frames since it began, and begins from whatever the one before it had come to, so a
//! second basket during a roll neither jumps nor waits. What is shown first, or after "not known", appears at once.

use std::sync::Arc;

use super::Moment;
use super::paint::suffixed;
use crate::draw_list::{Affine, Clip, Color, Item, Op, Point, Rect, TextRun, TextShape};
use crate::ids::NodeId;
use crate::template::model::{Align, Change, FitRule, Font, TextNode, VerticalAlign};
use crate::template::motion::{Easing, Length, progress};
use crate::text::{Fonts, Metrics};
use crate::time::FrameIndex;

/// A rolling character's way in capital heights: far enough that old and new are never both whole.
const ROLL_STEP: f32 = 1.5;

/// Wordings that may fade out at once; the faintest are dropped.
const MAX_FADING: usize = 3;

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

#[derive(Debug)]
enum Transition {
    Roll { start: FrameIndex, columns: Vec<Column> },
    Fade { start: FrameIndex, old: Vec<(String, f32)> },
}

/// One character's place in a roll, counted from the right, so that units stay units when a digit is added.
#[derive(Clone, Debug)]
struct Column {
    /// From the oldest to the one that is rolling in; `None` is an empty place.
    glyphs: Vec<Option<char>>,
    /// Where among the glyphs the roll began: 0 is the first, 0.5 half way to the second.
    from: f32,
    /// Pen position when the roll began, in canvas pixels; `None` for a column that was not there.
    from_x: Option<f32>,
}

/// A piece of text in its place.
pub(crate) enum Mark {
    Run { run: Arc<TextRun>, pen: Point, squeeze: f32, ink: Rect, alpha: f32, suffix: Option<String> },
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
        if let Some(Transition::Roll { start, .. } | Transition::Fade { start, .. }) = &self.change
            && p(*start) >= 1.0
        {
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
        }
    }
}

fn change_of(node: &TextNode) -> (Length, Easing) {
    match node.on_change {
        Change::Cut => (Length::ZERO, Easing::Linear),
        Change::Roll { length, ease } | Change::Crossfade { length, ease } => (length, ease),
    }
}

impl Laid {
    fn mark(self, alpha: f32, suffix: Option<String>) -> Mark {
        let Laid { run, metrics, squeeze, pen } = self;
        Mark::Run { run, pen, squeeze, ink: metrics.ink, alpha, suffix }
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
            Mark::Run { run, pen, squeeze, ink, alpha, suffix } => {
                let mut place = motion.after(Affine::translation(pen.x, pen.y));
                if squeeze != 1.0 {
                    place = place.after(Affine::scale(squeeze, 1.0));
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

    /// A change from one wording to the next, from wherever an earlier change has come to.
    fn begin(&self, running: Option<Transition>, old: &str, new: &str, fonts: &mut Fonts) -> Option<Transition> {
        let start = self.at.moment.frame;
        let (length, ease) = change_of(self.node);
        let rate = self.at.moment.rate;
        let reached = |since: FrameIndex| progress(start.since(since), 0, length.frames(rate), ease);
        match self.node.on_change {
            Change::Cut => None,
            Change::Crossfade { .. } => {
                let mut fading = match running {
                    Some(Transition::Fade { start, old: before }) => {
                        let p = reached(start);
                        let mut fading: Vec<_> = before.into_iter().map(|(text, a)| (text, a * (1.0 - p))).collect();
                        fading.push((old.to_owned(), p));
                        fading
                    }
                    _ => vec![(old.to_owned(), 1.0)],
                };
                fading.retain(|(_, alpha)| *alpha > 0.01);
                let surplus = fading.len().saturating_sub(MAX_FADING);
                fading.drain(..surplus);
                Some(Transition::Fade { start, old: fading })
            }
            Change::Roll { .. } => {
                let old_columns = match running {
                    Some(Transition::Roll { start, columns }) => self.reached(old, &columns, reached(start), fonts),
                    _ => self.still(old, fonts),
                };
                Some(Transition::Roll { start, columns: extend(old_columns, new) })
            }
        }
    }

    /// A wording at rest as columns, rightmost first.
    fn still(&self, text: &str, fonts: &mut Fonts) -> Vec<Column> {
        let places = self.places(text, fonts);
        text.chars()
            .rev()
            .zip(places)
            .map(|(c, x)| Column { glyphs: vec![Some(c)], from: 0.0, from_x: Some(x) })
            .collect()
    }

    /// A roll's columns as they stand now, as the beginning of another one.
    fn reached(&self, text: &str, columns: &[Column], p: f32, fonts: &mut Fonts) -> Vec<Column> {
        let places = self.places(text, fonts);
        columns
            .iter()
            .enumerate()
            .map(|(i, column)| {
                let at = column.position(p);
                let first = at.floor() as usize;
                Column {
                    glyphs: column.glyphs[first.min(column.glyphs.len() - 1)..].to_vec(),
                    from: at.fract(),
                    from_x: column.x(places.get(i).copied(), p),
                }
            })
            .collect()
    }

    /// Pen position of each character, rightmost first.
    fn places(&self, text: &str, fonts: &mut Fonts) -> Vec<f32> {
        let Some(laid) = self.lay_plain(text, fonts) else { return Vec::new() };
        let mut places: Vec<f32> = text
            .char_indices()
            .map(|(at, _)| {
                let before = if at == 0 { None } else { fonts.measure(&self.run(&text[..at], 1.0)).ok() };
                laid.pen.x + before.map_or(0.0, |metrics| metrics.advance_px)
            })
            .collect();
        places.reverse();
        places
    }

    fn lay_plain(&self, text: &str, fonts: &mut Fonts) -> Option<Laid> {
        let run = self.run(text, 1.0);
        let metrics = fonts.measure(&run).ok()?;
        let pen = self.pen(&run, &metrics, 1.0);
        Some(Laid { run, metrics, squeeze: 1.0, pen })
    }

    fn roll(&self, text: &str, columns: &[Column], p: f32, fonts: &mut Fonts) -> Vec<Mark> {
        let Some(laid) = self.lay_plain(text, fonts) else { return Vec::new() };
        let cap = laid.metrics.cap_height_px;
        let places = self.places(text, fonts);
        let mut runs = Vec::new();
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        for (i, column) in columns.iter().enumerate() {
            let Some(x) = column.x(places.get(i).copied(), p) else { continue };
            let at = column.position(p);
            for (k, glyph) in column.glyphs.iter().enumerate() {
                let away = k as f32 - at;
                let Some(glyph) = glyph.filter(|_| away.abs() < 1.0) else { continue };
                let run = self.run(&glyph.to_string(), 1.0);
                let Ok(metrics) = fonts.measure(&run) else { continue };
                let pen = Point::new(x, laid.pen.y + away * ROLL_STEP * cap);
                left = left.min(x);
                right = right.max(x + metrics.advance_px);
                let suffix = Some(format!("digit[{i}][{k}]"));
                runs.push(Mark::Run { run, pen, squeeze: 1.0, ink: metrics.ink, alpha: 1.0, suffix });
            }
        }
        if runs.is_empty() {
            return runs;
        }
        let middle = laid.pen.y - cap / 2.0;
        let (top, bottom) = ((middle - ROLL_STEP * cap / 2.0).floor(), (middle + ROLL_STEP * cap / 2.0).ceil());
        // A glyph's ink may lean out of its cell.
        let (left, right) = ((left - cap / 4.0).floor(), (right + cap / 4.0).ceil());
        let clip = Mark::Clip(Rect::new(left, top, right - left, bottom - top));
        std::iter::once(clip).chain(runs).chain([Mark::EndClip]).collect()
    }

    fn fade(&self, text: &str, old: &[(String, f32)], p: f32, fonts: &mut Fonts) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (i, (text, alpha)) in old.iter().enumerate() {
            let suffix = Some(format!("old[{i}]"));
            marks.extend(self.lay(text, fonts).map(|laid| laid.mark(alpha * (1.0 - p), suffix)));
        }
        marks.extend(self.lay(text, fonts).map(|laid| laid.mark(p, None)));
        marks
    }
}

impl Column {
    fn position(&self, p: f32) -> f32 {
        self.from + ((self.glyphs.len() - 1) as f32 - self.from) * p
    }

    fn x(&self, to: Option<f32>, p: f32) -> Option<f32> {
        match (self.from_x, to) {
            (Some(from), Some(to)) => Some(from + (to - from) * p),
            (from, to) => to.or(from),
        }
    }
}

/// Lets the characters of a new wording roll into the columns of the old one.
fn extend(mut columns: Vec<Column>, new: &str) -> Vec<Column> {
    let letters: Vec<char> = new.chars().rev().collect();
    while columns.len() < letters.len() {
        columns.push(Column { glyphs: vec![None], from: 0.0, from_x: None });
    }
    for (i, column) in columns.iter_mut().enumerate() {
        let next = letters.get(i).copied();
        if column.glyphs.last() != Some(&next) {
            column.glyphs.push(next);
        }
    }
    columns
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
