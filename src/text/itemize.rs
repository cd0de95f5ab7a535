//! Decides for each stretch of a text which face draws it, so that no character is lost that some bundled font has.
//!
//! In: a text, its family, and what to fall back to. Out: [`Item`]s in the order of the text. What belongs to one character
//! (an accent after it, the second half of a flag) is drawn with one face.

use std::ops::Range;

use glyphon::FontSystem;

use super::faces::{Face, Family};
use super::words::is_attached;

/// Where faces are looked for, in order.
pub(super) struct Chain<'a> {
    pub first: &'a Family,
    pub fallback: &'a [Family],
    pub weight: u16,
}

/// A stretch of text that is set in one face and size.
#[derive(Debug)]
pub(super) struct Item {
    /// As it is shaped.
    pub text: String,
    /// Of the text as it was given, in bytes.
    pub origin: Range<usize>,
    pub face: Face,
    /// Part of the run's size.
    pub scale: f32,
    pub is_joined: bool,
}

/// Splits a text; `small` is the part of the size in which capitals stand for small letters, when they shall.
pub(super) fn itemize(text: &str, chain: &Chain<'_>, small: Option<f32>, system: &mut FontSystem) -> Vec<Item> {
    if chain.first.has_ascii && small.is_none() && text.is_ascii() {
        let shown = text.chars().map(|c| if ends_line(c) { ' ' } else { c }).collect();
        let face = chain.first.nearest(chain.weight).clone();
        return vec![Item { text: shown, origin: 0..text.len(), face, scale: 1.0, is_joined: false }];
    }
    let mut items: Vec<Item> = Vec::new();
    for cluster in clusters(text) {
        let family = chain.family_of(&text[cluster.clone()], system);
        let face = family.nearest(chain.weight);
        // The bundled emoji are not joined: a hand is drawn in its own colour, not with a patch of another beside it.
        let is_drawn = |(at, c): &(usize, char)| !family.is_emoji || *at == 0 || !alters(*c);
        let plain = text[cluster.clone()].chars().enumerate().filter(is_drawn);
        let plain = plain.map(|(_, c)| if ends_line(c) { ' ' } else { c });
        let is_small = small.is_some() && text[cluster.clone()].chars().any(char::is_lowercase);
        let scale = family.scale * small.filter(|_| is_small).unwrap_or(1.0);
        let shown: String = if is_small { plain.flat_map(char::to_uppercase).collect() } else { plain.collect() };
        match items.last_mut().filter(|last| last.face.id == face.id && last.scale == scale) {
            Some(last) => {
                last.text.push_str(&shown);
                last.origin.end = cluster.end;
            }
            None => items.push(Item {
                text: shown,
                origin: cluster,
                face: face.clone(),
                scale,
                is_joined: family.is_joined,
            }),
        }
    }
    items
}

impl Chain<'_> {
    /// The first family that has all of a cluster; the text's own when none has.
    fn family_of(&self, cluster: &str, system: &mut FontSystem) -> &Family {
        let mut has_all = |family: &Family| {
            let face = family.nearest(self.weight);
            cluster.chars().filter(|c| !is_unseen(*c)).all(|c| face.has_glyph(system, c))
        };
        // What asks for its picture, as a heart that is also a sign, shall not get the sign.
        if cluster.chars().any(|c| c == '\u{fe0f}' || is_flag(c))
            && let Some(emoji) = self.fallback.iter().find(|family| family.is_emoji).filter(|family| has_all(family))
        {
            return emoji;
        }
        let mut families = std::iter::once(self.first).chain(self.fallback);
        families.find(|family| has_all(family)).unwrap_or(self.first)
    }

    /// The characters that no family has, each once.
    pub fn missing(&self, text: &str, system: &mut FontSystem) -> Vec<char> {
        let mut missing = Vec::new();
        for c in text.chars().filter(|c| !c.is_control() && !c.is_whitespace() && !is_unseen(*c)) {
            let mut families = std::iter::once(self.first).chain(self.fallback);
            if !missing.contains(&c) && !families.any(|family| family.nearest(self.weight).has_glyph(system, c)) {
                missing.push(c);
            }
        }
        missing
    }
}

/// What would begin another line, or is no text at all: in a run it is a space.
fn ends_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_flag(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// Asks for another look of the emoji before it: tones of skin, and the letters of a region's flag.
fn alters(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

/// Steers others and is never seen itself: joiners, marks of direction, variation selectors, soft hyphens.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
        || c.is_control()
}

/// The characters of a text with what is attached to each.
fn clusters(text: &str) -> Vec<Range<usize>> {
    let mut clusters: Vec<Range<usize>> = Vec::new();
    let mut before = None;
    // A flag is two letters: the third begins the next one.
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        letters = if is_flag(c) { letters + 1 } else { 0 };
        let is_second = letters > 0 && letters % 2 == 0;
        let end = at + c.len_utf8();
        match clusters.last_mut().filter(|_| is_second || before.is_some_and(|before| is_attached(before, c))) {
            Some(last) => last.end = end,
            None => clusters.push(at..end),
        }
        before = Some(c);
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_selectors_and_flags_stay_with_what_they_belong_to() {
        let of = |text: &'static str| clusters(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(of("ae\u{301}x"), ["a", "e\u{301}", "x"]);
        assert_eq!(of("\u{2764}\u{fe0f}!"), ["\u{2764}\u{fe0f}", "!"]);
        assert_eq!(of("🇸🇪🇨🇦"), ["🇸🇪", "🇨🇦"]);
        assert_eq!(of(""), [""; 0]);
    }
}
