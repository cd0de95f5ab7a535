//! Sets texts: alignment on capitals, fitting a width, lines, and the change from one wording to the next.
//!
//! A change is a function of the frames since it began, and begins from whatever the one before it had come to, so a
//! second basket during a roll neither jumps nor waits. What is shown first, or after "not known", appears at once.

mod change;
mod fit;
mod marks;
mod painter;

use std::sync::Arc;

use super::Moment;
use crate::draw_list::{Point, Rect, TextRun};
use crate::template::model::{Align, Case, Font, TextNode, VerticalAlign};
use crate::template::motion::progress;
use crate::template::texts::MAX_CHARS;
use crate::text::{Fonts, MAX_SIZE_PX, Metrics};
use crate::time::FrameIndex;
use change::{Transition, change_of, count};
use marks::{Letters, Looks, Mark, Piece, Rim, emit};

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

/// A wording in its place, in canvas pixels.
#[derive(Clone, Debug)]
struct Laid {
    lines: Vec<Line>,
    squeeze: f32,
    /// From the tops of the first line's capitals to the last baseline.
    block: Rect,
}

#[derive(Clone, Debug)]
struct Line {
    run: Arc<TextRun>,
    metrics: Metrics,
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
                let marks = laid.iter().map(|laid| laid.mark(1.0, None)).collect();
                self.kept = Some(Kept { text, fit: wording.fit, scale: at.scale, origin: at.origin, laid });
                marks
            }
            Some(Transition::Roll { start, columns }) => setter.roll(&text, columns, p(*start), fonts),
            Some(Transition::Fade { start, old }) => setter.fade(&text, old, p(*start), p, fonts),
            Some(Transition::Flip { start, old, from }) => setter.flip(&text, old, *from, p(*start), fonts),
            Some(Transition::Count { start, from }) => {
                let counted = count(*from, &text, p(*start)).unwrap_or(text);
                setter.lay(&counted, fonts).map(|laid| laid.mark(1.0, None)).into_iter().collect()
            }
        }
    }
}

impl Laid {
    fn mark(&self, alpha: f32, suffix: Option<String>) -> Mark {
        let pieces = self.lines.iter().enumerate().filter(|(_, line)| !line.metrics.ink.is_empty());
        let pieces = pieces.map(|(i, line)| Piece {
            suffix: (i > 0).then(|| format!("line[{i}]")),
            ..Piece::of(line.run.clone(), &line.metrics, line.pen, self.squeeze)
        });
        Mark::Text { pieces: pieces.collect(), block: self.block, alpha, suffix }
    }

    /// Folded to this part of its height, about the middle of its block.
    fn folded(&self, unfolded: f32, suffix: Option<String>) -> Mark {
        let middle = self.block.y + self.block.height / 2.0;
        let mut mark = self.mark(1.0, suffix);
        if let Mark::Text { pieces, .. } = &mut mark {
            for piece in pieces {
                piece.shift_y = (middle - piece.rest.y) * (1.0 - unfolded);
                piece.fold = unfolded;
            }
        }
        mark
    }
}

/// How large a text is, in canvas pixels, made to fit a width or as nothing narrows it: as wide as alignment takes it to be,
/// and from its first capitals' tops to its last baseline, so that distances are measured from what the eye sees.
pub(crate) fn measured(
    node: &TextNode,
    known: Option<&str>,
    fit: Option<&FitTo>,
    at: Frame,
    fonts: &mut Fonts,
) -> [f32; 2] {
    let setter = Setter { node, at, fit };
    let text = setter.cased(known.or(node.default.as_deref()).unwrap_or_default());
    let fitted = setter.fitted(&text, fonts);
    setter.extent(&fitted, fonts)
}

/// The point of a text that stands in a rectangle, by its alignment.
pub(crate) fn point_in(
    node: &TextNode,
    known: Option<&str>,
    at: Frame,
    [width, height]: [f32; 2],
    fonts: &mut Fonts,
) -> [f32; 2] {
    let across = match node.align {
        Align::Left => 0.0,
        Align::Center => 0.5,
        Align::Right => 1.0,
        Align::Start | Align::End => {
            let setter = Setter { node, at, fit: None };
            let text = setter.cased(known.or(node.default.as_deref()).unwrap_or_default());
            let is_rtl = fonts.measure(&setter.run(&text, 1.0)).is_ok_and(|metrics| metrics.is_rtl);
            if (node.align == Align::Start) == is_rtl { 1.0 } else { 0.0 }
        }
    };
    let down = match node.valign {
        VerticalAlign::Top => 0.0,
        VerticalAlign::Cap => 0.5,
        VerticalAlign::Baseline | VerticalAlign::Bottom => 1.0,
    };
    [at.origin[0] + width * across, at.origin[1] + height * down]
}

/// Sets the wordings of one node in one frame.
struct Setter<'a> {
    node: &'a TextNode,
    at: Frame,
    fit: Option<&'a FitTo>,
}

impl Setter<'_> {
    /// Every wording passes through here before it is measured or set, as much of it as is shown.
    fn cased(&self, text: &str) -> String {
        let text = text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| &text[..end]);
        match self.node.case {
            Case::Upper => text.to_uppercase(),
            Case::Lower => text.to_lowercase(),
            Case::AsWritten | Case::SmallCaps => text.to_owned(),
        }
    }

    fn run(&self, text: &str, shrink: f32) -> Arc<TextRun> {
        let Font { family, own, weight, size, tracking, is_tabular, features } = &self.node.font;
        Arc::new(TextRun {
            text: text.to_owned(),
            family: family.clone(),
            own: own.clone(),
            weight: *weight,
            // Larger than can be shaped it would not be seen at all.
            size_px: (size * self.at.scale * shrink).min(MAX_SIZE_PX),
            tracking: *tracking,
            tabular: *is_tabular,
            small_caps: self.node.case == Case::SmallCaps,
            features: features.clone(),
        })
    }

    /// The text in its place, made to fit; `None` when there is nothing to show.
    fn lay(&self, text: &str, fonts: &mut Fonts) -> Option<Laid> {
        if text.trim().is_empty() {
            return None;
        }
        let fitted = self.fitted(text, fonts);
        let runs = fitted.lines.iter().map(|line| self.run(line, fitted.shrink));
        let lines: Vec<(Arc<TextRun>, Metrics)> =
            runs.map(|run| fonts.measure(&run).map(|metrics| (run, metrics))).collect::<Result<_, _>>().ok()?;
        self.place(lines, fitted.squeeze, fitted.shrink)
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

    /// From baseline to baseline, in canvas pixels; whole, so that all lines are as sharp.
    fn pitch(&self, shrink: f32) -> f32 {
        (self.node.line_height * self.node.font.size * self.at.scale * shrink).round()
    }

    /// Lines below each other, on whole pixels, so that text at rest is as sharp as it was rasterised.
    fn place(&self, lines: Vec<(Arc<TextRun>, Metrics)>, squeeze: f32, shrink: f32) -> Option<Laid> {
        let (_, first) = lines.first()?;
        let (pitch, cap, is_rtl) = (self.pitch(shrink), first.cap_height_px, first.is_rtl);
        let below = pitch * (lines.len() - 1) as f32;
        let [x, y] = self.at.origin;
        let baseline = match self.node.valign {
            VerticalAlign::Cap => y + (cap - below) / 2.0,
            VerticalAlign::Baseline => y,
            VerticalAlign::Top => y + cap,
            VerticalAlign::Bottom => y - below,
        };
        let baseline = baseline.round();
        let (mut from, mut to) = (f32::MAX, f32::MIN);
        let mut placed = Vec::with_capacity(lines.len());
        for (i, (run, metrics)) in lines.into_iter().enumerate() {
            let (left, right) = self.edges(&run, &metrics);
            let from_pen = match (self.node.align, is_rtl) {
                (Align::Left, _) | (Align::Start, false) | (Align::End, true) => left,
                (Align::Center, _) => (left + right) / 2.0,
                (Align::Right, _) | (Align::Start, true) | (Align::End, false) => right,
            };
            let pen = Point::new((x - from_pen * squeeze).round(), baseline + pitch * i as f32);
            if !metrics.ink.is_empty() {
                (from, to) = (from.min(pen.x + left * squeeze), to.max(pen.x + right * squeeze));
            }
            placed.push(Line { run, metrics, pen });
        }
        let block = Rect::new(from, baseline - cap, (to - from).max(0.0), below + cap);
        Some(Laid { lines: placed, squeeze, block })
    }

    fn width(&self, run: &TextRun, fonts: &mut Fonts) -> f32 {
        fonts.measure(run).map_or(0.0, |metrics| {
            let (left, right) = self.edges(run, &metrics);
            right - left
        })
    }
}
