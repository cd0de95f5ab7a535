//! Where the lines of a text may end, and where they do.
//!
//! In: a shaped run. Out: its [`Word`]s, and lines made of them. Pure numbers: a text is shaped once, however many widths are
//! tried. Widths scale with the text's size, because nothing is hinted.

use std::ops::Range;

use glyphon::Buffer;

use super::itemize::Item;

/// A part of a run within which no line ends (UAX #14), and the blanks after it.
#[derive(Clone, PartialEq, Debug)]
pub struct Word {
    /// In the run's text, in bytes; the words of a run lie side by side.
    pub range: Range<usize>,
    /// Without the blanks, in the run's own pixels.
    pub width_px: f32,
    /// With them.
    pub full_px: f32,
}

/// The words of a shaped line.
pub(super) fn words(buffer: &Buffer, size_px: f32, items: &[Item]) -> Vec<Word> {
    let Some(line) = buffer.lines.first().and_then(|line| line.shape_opt()) else { return Vec::new() };
    let parts = line.spans.iter().flat_map(|span| &span.words).filter_map(|word| {
        let start = word.glyphs.iter().map(|glyph| glyph.start).min()?;
        Some((start, word.blank, word.width(size_px)))
    });
    let mut parts: Vec<(usize, bool, f32)> = parts.collect();
    // Within a part that runs the other way they are in the order of the eye.
    parts.sort_by_key(|(start, ..)| *start);
    let end = items.last().map_or(0, |item| item.origin.end);
    let mut words: Vec<Word> = Vec::new();
    for (start, is_blank, width_px) in parts {
        match words.last_mut().filter(|_| is_blank) {
            Some(word) => word.full_px += width_px,
            None => {
                let start = original(items, start);
                if let Some(before) = words.last_mut() {
                    before.range.end = start;
                }
                let ink_px = if is_blank { 0.0 } else { width_px };
                words.push(Word { range: start..end, width_px: ink_px, full_px: width_px });
            }
        }
    }
    words
}

/// Where a byte of the shaped text stands in the text that was given.
fn original(items: &[Item], shaped: usize) -> usize {
    let mut before = 0;
    for item in items {
        if shaped < before + item.text.len() {
            // Within an item the two differ only where a capital is longer than its small letter: never at a blank.
            return item.origin.start + (shaped - before).min(item.origin.len());
        }
        before += item.text.len();
    }
    items.last().map_or(0, |item| item.origin.end)
}

/// Fills lines from the first word on, each as far as it goes; a word that is wider than a line has one of its own. Ranges in
/// the run's text, the blanks at the ends of lines left out; none for a text without words.
pub fn break_lines(text: &str, words: &[Word], width_px: f32) -> Vec<Range<usize>> {
    // What fits exactly must not be broken by a rounding.
    const ROUNDING_PX: f32 = 0.01;
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut so_far = 0.0;
    for word in words {
        match lines.last_mut().filter(|_| so_far + word.width_px <= width_px + ROUNDING_PX) {
            Some(line) => line.end = word.range.end,
            None => {
                lines.push(word.range.clone());
                so_far = 0.0;
            }
        }
        so_far += word.full_px;
    }
    for line in &mut lines {
        line.end = line.start + text[line.clone()].trim_end().len();
    }
    lines
}

/// The narrowest width in which a text still has as few lines as in this one: its lines are then as even as they can be.
pub fn balanced(text: &str, words: &[Word], width_px: f32) -> f32 {
    let count = break_lines(text, words, width_px).len();
    if count < 2 {
        return width_px;
    }
    let (mut low, mut high) = (0.0, width_px);
    // Halved to less than a pixel on every canvas.
    for _ in 0..16 {
        let middle = (low + high) / 2.0;
        if break_lines(text, words, middle).len() > count { low = middle } else { high = middle }
    }
    // No word stands out of a line that is as wide as the widest.
    words.iter().map(|word| word.width_px).fold(high, f32::max).min(width_px)
}

/// Whether a character belongs to the one before it, so that nothing may come between the two.
pub fn is_attached(before: char, c: char) -> bool {
    let is_joined = before == '\u{200d}';
    is_joined
        || matches!(
            c,
            '\u{300}'..='\u{36f}'
                | '\u{483}'..='\u{489}'
                | '\u{591}'..='\u{5bd}'
                | '\u{5bf}'
                | '\u{5c1}'..='\u{5c2}'
                | '\u{5c4}'..='\u{5c5}'
                | '\u{5c7}'
                | '\u{610}'..='\u{61a}'
                | '\u{64b}'..='\u{65f}'
                | '\u{670}'
                | '\u{6d6}'..='\u{6dc}'
                | '\u{6df}'..='\u{6e8}'
                | '\u{1ab0}'..='\u{1aff}'
                | '\u{1dc0}'..='\u{1dff}'
                | '\u{200c}'..='\u{200d}'
                | '\u{20d0}'..='\u{20ff}'
                | '\u{3099}'..='\u{309a}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{fe20}'..='\u{fe2f}'
                | '\u{1f3fb}'..='\u{1f3ff}'
                | '\u{e0020}'..='\u{e007f}'
                | '\u{e0100}'..='\u{e01ef}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of ten pixels a letter, blanks of five.
    fn words_of(text: &str) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut at = 0;
        for part in text.split_inclusive(' ') {
            let width_px = 10.0 * part.trim_end().len() as f32;
            let full_px = width_px + 5.0 * (part.len() - part.trim_end().len()) as f32;
            words.push(Word { range: at..at + part.len(), width_px, full_px });
            at += part.len();
        }
        words
    }

    #[track_caller]
    fn check(text: &str, width_px: f32, expected: &[&str]) {
        let lines = break_lines(text, &words_of(text), width_px);
        assert_eq!(lines.into_iter().map(|line| &text[line]).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_are_filled_and_end_without_blanks() {
        check("aa bb cc", 45.0, &["aa bb", "cc"]);
        check("aa bb cc", 44.0, &["aa", "bb", "cc"]);
        check("aa bb cc", 1000.0, &["aa bb cc"]);
        check("", 100.0, &[]);
    }

    #[test]
    fn a_word_wider_than_the_line_has_a_line_of_its_own() {
        check("a bbbbbbbb c", 40.0, &["a", "bbbbbbbb", "c"]);
    }

    #[test]
    fn balanced_lines_are_as_many_and_more_even() {
        let text = "aaaa bbb cc dddd e";
        let words = words_of(text);
        let width = balanced(text, &words, 146.0);
        let of = |width| break_lines(text, &words, width).into_iter().map(|line| &text[line]).collect::<Vec<_>>();
        assert_eq!(of(146.0), ["aaaa bbb cc dddd", "e"]);
        assert_eq!(of(width), ["aaaa bbb", "cc dddd e"]);
    }
}
