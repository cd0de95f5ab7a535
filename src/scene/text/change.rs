//! How a text comes from one wording to the next: digit by digit, folded, counted, faded.
//!
//! A change is a function of the frames since it began, and begins from whatever the one before it had come to.

use super::{Laid, Mark, Piece, Setter};
use crate::draw_list::{Point, Rect};
use crate::template::model::{Change, TextNode};
use crate::template::motion::{Easing, Length, progress};
use crate::text::{Fonts, is_attached};
use crate::time::FrameIndex;

/// A rolling character's way in capital heights: far enough that old and new are never both whole.
const ROLL_STEP: f32 = 1.5;

/// Wordings that may fade out at once. Their opacities are 1 together, so that one that is too many, the faintest, has less
/// than an eighth of it.
const MAX_FADING: usize = 7;

#[derive(Debug)]
pub(super) enum Transition {
    Roll {
        start: FrameIndex,
        columns: Vec<Column>,
    },
    Fade {
        start: FrameIndex,
        old: Vec<(Fading, f32)>,
    },
    /// `from` is how far the old wording is unfolded when the flip begins.
    Flip {
        start: FrameIndex,
        old: String,
        from: f32,
    },
    Count {
        start: FrameIndex,
        from: f64,
    },
}

/// What fades out.
#[derive(Debug)]
pub(super) enum Fading {
    Wording(String),
    /// A wording that was still rolling in when the next one came, which cannot roll: it goes on rolling as it fades.
    Roll {
        start: FrameIndex,
        columns: Vec<Column>,
        text: String,
    },
}

impl Transition {
    pub fn start(&self) -> FrameIndex {
        match self {
            Transition::Roll { start, .. }
            | Transition::Fade { start, .. }
            | Transition::Flip { start, .. }
            | Transition::Count { start, .. } => *start,
        }
    }
}

/// One character's place in a roll, counted from the right, so that units stay units when a digit is added.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// From the oldest to the one that is rolling in; `None` is an empty place.
    glyphs: Vec<Option<char>>,
    /// Where among the glyphs the roll began: 0 is the first, 0.5 half way to the second.
    from: f32,
    /// Pen position when the roll began, in canvas pixels; `None` for a column that was not there.
    from_x: Option<f32>,
}

pub(super) fn change_of(node: &TextNode) -> (Length, Easing) {
    match node.on_change {
        Change::Cut => (Length::ZERO, Easing::Linear),
        Change::Roll { length, ease }
        | Change::Crossfade { length, ease }
        | Change::Flip { length, ease }
        | Change::Count { length, ease } => (length, ease),
    }
}

impl Setter<'_> {
    /// A change from one wording to the next, from wherever an earlier change has come to.
    pub(super) fn begin(
        &self,
        running: Option<Transition>,
        old: &str,
        new: &str,
        fonts: &mut Fonts,
    ) -> Option<Transition> {
        let start = self.at.moment.frame;
        let (length, ease) = change_of(self.node);
        let rate = self.at.moment.rate;
        let reached = |since: FrameIndex| progress(start.since(since), 0, length.frames(rate), ease);
        let change = match self.node.on_change {
            // Only letters that stand side by side on one line have columns to roll in; several wordings that are to be
            // seen at once have none.
            Change::Roll { length, ease }
                if matches!(running, Some(Transition::Fade { .. }))
                    || !(self.has_columns(old, fonts) && self.has_columns(new, fonts)) =>
            {
                Change::Crossfade { length, ease }
            }
            change => change,
        };
        match change {
            Change::Cut => None,
            Change::Crossfade { .. } => {
                let mut fading = match running {
                    Some(Transition::Fade { start, old: before }) => {
                        let p = reached(start);
                        let mut fading: Vec<_> = before.into_iter().map(|(text, a)| (text, a * (1.0 - p))).collect();
                        fading.push((Fading::Wording(old.to_owned()), p));
                        fading
                    }
                    Some(Transition::Roll { start, columns }) => {
                        vec![(Fading::Roll { start, columns, text: old.to_owned() }, 1.0)]
                    }
                    _ => vec![(Fading::Wording(old.to_owned()), 1.0)],
                };
                fading.retain(|(_, alpha)| *alpha > 0.01);
                let faintest = (0..fading.len()).min_by(|a, b| fading[*a].1.total_cmp(&fading[*b].1));
                if let Some(faintest) = faintest.filter(|_| fading.len() > MAX_FADING) {
                    fading.remove(faintest);
                }
                Some(Transition::Fade { start, old: fading })
            }
            Change::Flip { .. } => {
                let (old, from) = match running {
                    Some(Transition::Flip { start, old: before, from }) => match flipped(reached(start), from) {
                        (true, unfolded) => (old.to_owned(), unfolded),
                        // The wording in between was never seen.
                        (false, unfolded) => (before, unfolded),
                    },
                    _ => (old.to_owned(), 1.0),
                };
                Some(Transition::Flip { start, old, from })
            }
            Change::Count { .. } => {
                let from = match running {
                    Some(Transition::Count { start, from }) => number(&count(from, old, reached(start))?),
                    _ => number(old),
                };
                let from = from.filter(|_| number(new).is_some())?;
                Some(Transition::Count { start, from })
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

    /// Whether each character of a wording has a place of its own: on one line, read from left to right, as it is written.
    fn has_columns(&self, text: &str, fonts: &mut Fonts) -> bool {
        let Some(laid) = self.lay(text, fonts) else { return true };
        let [line] = &laid.lines[..] else { return false };
        let is_as_written =
            line.run.text == text && line.run.size_px == self.run(text, 1.0).size_px && laid.squeeze == 1.0;
        let are_alone = text.chars().zip(text.chars().skip(1)).all(|(before, c)| !is_attached(before, c));
        is_as_written && are_alone && !line.metrics.is_rtl && !line.metrics.is_colored
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
                // What was to come after those that are seen never was: it need not roll by.
                let (first, end) = (at.floor() as usize, at.ceil() as usize + 1);
                Column {
                    glyphs: column.glyphs[first.min(column.glyphs.len() - 1)..end.min(column.glyphs.len())].to_vec(),
                    from: at.fract(),
                    from_x: column.x(places.get(i).copied(), p),
                }
            })
            .collect()
    }

    /// Pen position of each character, rightmost first.
    fn places(&self, text: &str, fonts: &mut Fonts) -> Vec<f32> {
        let Some((_, pen)) = self.lay_plain(text, fonts) else { return Vec::new() };
        let mut places: Vec<f32> = text
            .char_indices()
            .map(|(at, _)| {
                let before = if at == 0 { None } else { fonts.measure(&self.run(&text[..at], 1.0)).ok() };
                pen.x + before.map_or(0.0, |metrics| metrics.advance_px)
            })
            .collect();
        places.reverse();
        places
    }

    /// The one line of a text that has columns: its block and its pen.
    fn lay_plain(&self, text: &str, fonts: &mut Fonts) -> Option<(Rect, Point)> {
        let run = self.run(text, 1.0);
        let metrics = fonts.measure(&run).ok()?;
        let Laid { lines, block, .. } = self.place(vec![(run, metrics)], 1.0, 1.0)?;
        Some((block, lines.first()?.pen))
    }

    pub(super) fn roll(&self, text: &str, columns: &[Column], p: f32, fonts: &mut Fonts) -> Vec<Mark> {
        let Some((block, rest)) = self.lay_plain(text, fonts) else { return Vec::new() };
        let cap = block.height;
        let places = self.places(text, fonts);
        let is_bare = self.node.outline.is_none() && self.node.shadow.is_none();
        let mut pieces = Vec::new();
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        for (i, column) in columns.iter().enumerate() {
            let Some(x) = column.x(places.get(i).copied(), p) else { continue };
            let at = column.position(p);
            for (k, glyph) in column.glyphs.iter().enumerate() {
                let away = k as f32 - at;
                let Some(glyph) = glyph.filter(|_| away.abs() < 1.0) else { continue };
                let run = self.run(&glyph.to_string(), 1.0);
                let Ok(metrics) = fonts.measure(&run) else { continue };
                left = left.min(x);
                right = right.max(x + metrics.advance_px);
                let suffix = Some(format!("digit[{i}][{k}]"));
                let shift_y = away * ROLL_STEP * cap;
                // A window that has room for outlines and shadows would show what has rolled out of it, too.
                let alpha = if is_bare { 1.0 } else { (2.0 * (1.0 - away.abs())).min(1.0) };
                pieces.push(Piece { shift_y, alpha, suffix, ..Piece::of(run, &metrics, Point::new(x, rest.y), 1.0) });
            }
        }
        if pieces.is_empty() {
            return Vec::new();
        }
        let middle = rest.y - cap / 2.0;
        let (top, bottom) = ((middle - ROLL_STEP * cap / 2.0).floor(), (middle + ROLL_STEP * cap / 2.0).ceil());
        // A glyph's ink may lean out of its cell.
        let (left, right) = ((left - cap / 4.0).floor(), (right + cap / 4.0).ceil());
        let clip = Mark::Clip(Rect::new(left, top, right - left, bottom - top));
        vec![clip, Mark::Text { pieces, block, alpha: 1.0, suffix: None }, Mark::EndClip]
    }

    pub(super) fn flip(&self, text: &str, old: &str, from: f32, p: f32, fonts: &mut Fonts) -> Vec<Mark> {
        let (is_new, unfolded) = flipped(p, from);
        let (text, suffix) = if is_new { (text, None) } else { (old, Some("old".to_owned())) };
        // What is flatter than a hundredth is an edge-on line that no screen shows.
        let laid = self.lay(text, fonts).filter(|_| unfolded > 0.01);
        laid.map(|laid| laid.folded(unfolded, suffix)).into_iter().collect()
    }

    /// `progress` is how far a change is by now that began at a frame.
    pub(super) fn fade(
        &self,
        text: &str,
        old: &[(Fading, f32)],
        p: f32,
        progress: impl Fn(FrameIndex) -> f32,
        fonts: &mut Fonts,
    ) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (i, (fading, share)) in old.iter().enumerate() {
            let faded = match fading {
                Fading::Wording(text) => self.lay(text, fonts).map(|laid| laid.mark(1.0, None)).into_iter().collect(),
                Fading::Roll { start, columns, text } => self.roll(text, columns, progress(*start), fonts),
            };
            marks.extend(faded.into_iter().map(|mark| mark.faded(share * (1.0 - p), &format!("old[{i}]"))));
        }
        marks.extend(self.lay(text, fonts).map(|laid| laid.mark(p, None)));
        marks
    }
}

/// Whether a flip shows its new wording by now, and how far what it shows is unfolded.
fn flipped(p: f32, from: f32) -> (bool, f32) {
    if p < 0.5 { (false, from * (1.0 - 2.0 * p)) } else { (true, 2.0 * p - 1.0) }
}

/// A number as templates write it; `None` for any other text.
fn number(text: &str) -> Option<f64> {
    text.trim().replace('\u{2212}', "-").parse().ok().filter(|n: &f64| n.is_finite())
}

/// The number on the way to another, with as many decimals as that has.
pub(super) fn count(from: f64, to: &str, p: f32) -> Option<String> {
    let end = number(to)?;
    let decimals = to.trim().split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let unit = 10f64.powi(decimals.min(9) as i32);
    let now = ((from + (end - from) * f64::from(p)) * unit).round() / unit;
    let text = format!("{now:.decimals$}");
    let is_zero = text.trim_start_matches('-').bytes().all(|b| matches!(b, b'0' | b'.'));
    let text = if is_zero { text.trim_start_matches('-').to_owned() } else { text };
    Some(if to.contains('\u{2212}') { text.replace('-', "\u{2212}") } else { text })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_with_the_decimals_of_its_end() {
        let at = |p| count(10.0, "20", p).unwrap();
        assert_eq!((at(0.0), at(0.25), at(1.0)), ("10".into(), "13".into(), "20".into()));
        assert_eq!(count(45.0, "47.5", 0.5).unwrap(), "46.3");
        assert_eq!(count(-1.0, "3", 0.2).unwrap(), "0", "never -0");
        assert_eq!(count(3.0, "\u{2212}3", 1.0).unwrap(), "\u{2212}3");
        assert_eq!((count(3.0, "7-16", 0.5), number("BONUS")), (None, None));
    }

    #[test]
    fn a_flip_folds_the_old_wording_and_unfolds_the_new() {
        assert_eq!((flipped(0.0, 1.0), flipped(0.25, 1.0)), ((false, 1.0), (false, 0.5)));
        assert_eq!((flipped(0.5, 1.0), flipped(1.0, 1.0)), ((true, 0.0), (true, 1.0)));
        assert_eq!(flipped(0.0, 0.3), (false, 0.3), "an interrupted one goes on from where it was");
    }
}
