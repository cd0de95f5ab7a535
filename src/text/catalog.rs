//! What `template` asks of fonts while it reads: which families, features and characters there are.
//!
//! One [`Fonts`] for the whole process, behind a lock that only the threads that read templates take.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Fonts;
use super::itemize::Chain;
use crate::draw_list::FontFamily;

fn with_fonts<T>(ask: impl FnOnce(&mut Fonts) -> T) -> T {
    static FONTS: OnceLock<Mutex<Fonts>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| Mutex::new(Fonts::bundled()));
    // Whoever panicked here left at worst a cache half filled.
    ask(&mut fonts.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The families that ship with the program, in alphabetical order.
pub fn families() -> &'static [String] {
    static FAMILIES: OnceLock<Vec<String>> = OnceLock::new();
    FAMILIES.get_or_init(|| with_fonts(|fonts| fonts.families().map(str::to_owned).collect()))
}

/// The OpenType features that some face of a family offers; none for a family that there is not.
pub fn features(family: &str, own: Option<&Arc<FontFamily>>) -> BTreeSet<String> {
    with_fonts(|fonts| {
        let faces = fonts.family(family, own).map(|family| family.faces).unwrap_or_default();
        let tags = faces.iter().flat_map(|face| face.features(&mut fonts.system));
        tags.map(|tag| String::from_utf8_lossy(&tag).into_owned()).collect()
    })
}

/// The characters of a text that no font has, neither the family nor what it falls back to; each once.
pub fn missing(text: &str, family: &str, own: Option<&Arc<FontFamily>>, weight: u16) -> Vec<char> {
    if text.is_ascii() {
        return Vec::new();
    }
    with_fonts(|fonts| {
        let Ok(first) = fonts.family(family, own) else { return Vec::new() };
        Chain { first: &first, fallback: &fonts.fallback, weight }.missing(text, &mut fonts.system)
    })
}
