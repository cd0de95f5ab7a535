//! The faces that text is drawn with: the bundled families, what characters fall back to, and the fonts of templates.
//!
//! In: font files, bundled or read by `template`. Out: [`Family`]s whose faces the font system knows, and what is found
//! about a file before anything is drawn with it. Never looks at the fonts of the machine.

use std::sync::Arc;

use glyphon::FontSystem;
use glyphon::cosmic_text::Font;
use glyphon::fontdb::{Database, FaceInfo, ID, Language, Source, Stretch, Style, Weight};

use crate::draw_list::{FontFace, FontFamily};

/// A font file that ships with the program, under the SIL Open Font License (fonts/*-OFL.txt, fonts/fallback/OFL.txt).
struct Bundled {
    family: &'static str,
    weight: u16,
    bytes: &'static [u8],
}

macro_rules! bundled {
    ($family:literal, $weight:literal, $file:literal) => {
        Bundled { family: $family, weight: $weight, bytes: include_bytes!(concat!("../../fonts/", $file)) }
    };
}

/// What a template can name without bringing it along.
const BUNDLED: [Bundled; 5] = [
    bundled!("Barlow Condensed", 500, "BarlowCondensed_500Medium.ttf"),
    bundled!("Barlow Condensed", 600, "BarlowCondensed_600SemiBold.ttf"),
    bundled!("Barlow Condensed", 800, "BarlowCondensed_800ExtraBold.ttf"),
    bundled!("Roboto Condensed", 500, "RobotoCondensed_500Medium.ttf"),
    bundled!("Roboto Condensed", 700, "RobotoCondensed_700Bold.ttf"),
];

/// For Latin, Greek and Cyrillic that a font lacks; before all other fallbacks.
const LETTERS: &str = "Roboto Condensed";

/// What is tried after it, in this order; fonts/fallback/README.md says what each holds.
const FALLBACK: [Bundled; 6] = [
    bundled!("Noto Sans Arabic", 500, "fallback/NotoSansArabic_CondensedMedium.ttf"),
    bundled!("Noto Sans Arabic", 700, "fallback/NotoSansArabic_CondensedBold.ttf"),
    bundled!("Noto Sans Hebrew", 500, "fallback/NotoSansHebrew_CondensedMedium.ttf"),
    bundled!("Noto Sans Hebrew", 700, "fallback/NotoSansHebrew_CondensedBold.ttf"),
    bundled!("Noto Sans CJK JP", 700, "fallback/NotoSansCJK_Bold.otf"),
    // Its own weight is that of plain text; there is no other.
    bundled!("Noto Color Emoji", 400, "fallback/NotoColorEmoji.ttf"),
];

/// The family of emoji, which is last.
const EMOJI: &str = "Noto Color Emoji";

/// A family by the name that texts have for it.
#[derive(Clone, Debug)]
pub(super) struct Family {
    pub name: String,
    /// In rising weight; at least one.
    pub faces: Vec<Face>,
    /// Its glyphs are drawn in this part of the text's size, so that they are as large as its capitals to the eye.
    pub scale: f32,
    /// Its letters are joined to each other.
    pub is_joined: bool,
    pub is_emoji: bool,
    /// It has every printable character of ASCII, so that most texts need not be looked through.
    pub has_ascii: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Face {
    /// What the font system calls its family: that of a template's font is no other font's.
    pub family: Arc<str>,
    /// The lightest and the heaviest it can be drawn in.
    pub weights: [u16; 2],
    pub id: ID,
}

impl Face {
    /// The weight in which it is drawn for one that is asked for.
    pub fn weight(&self, asked: u16) -> Weight {
        Weight(asked.clamp(self.weights[0], self.weights[1]))
    }

    pub fn font(&self, system: &mut FontSystem) -> Option<Arc<Font>> {
        system.get_font(self.id, Weight(self.weights[0]))
    }

    pub fn has_glyph(&self, system: &mut FontSystem, c: char) -> bool {
        self.font(system).is_some_and(|font| font.as_swash().charmap().map(c) != 0)
    }

    /// The OpenType features that it offers for substituting and placing glyphs, sorted.
    pub fn features(&self, system: &mut FontSystem) -> Vec<[u8; 4]> {
        let Some(font) = self.font(system) else { return Vec::new() };
        let mut tags: Vec<[u8; 4]> = font.as_swash().features().map(|feature| feature.tag().to_be_bytes()).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

impl Family {
    /// The face nearest to a weight, by the rule of CSS: lighter ones first for a light or normal request, heavier ones
    /// first for a bold one.
    pub fn nearest(&self, weight: u16) -> &Face {
        let distance = |face: &&Face| {
            let found = face.weight(weight).0;
            let is_on_wrong_side = if weight > 500 { found < weight } else { found > weight };
            (is_on_wrong_side, found.abs_diff(weight))
        };
        // A family has at least one face: whoever makes one sees to it.
        self.faces.iter().min_by_key(distance).unwrap_or(&self.faces[0])
    }
}

/// A font database with all bundled faces; the families that texts can name, in alphabetical order, and the fallbacks in
/// theirs.
pub(super) fn load() -> (Database, Vec<Family>, Vec<Family>) {
    let mut db = Database::new();
    let named = families(&mut db, &BUNDLED);
    let letters = named.iter().filter(|family| family.name == LETTERS).cloned();
    let fallback = letters.collect::<Vec<_>>().into_iter().chain(families(&mut db, &FALLBACK)).collect();
    (db, named, fallback)
}

fn families(db: &mut Database, files: &[Bundled]) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for file in files {
        let face = add(db, file.family.into(), [file.weight; 2], Source::Binary(Arc::new(file.bytes)));
        match families.iter_mut().find(|family| family.name == file.family) {
            Some(family) => family.faces.push(face),
            None => families.push(Family {
                name: file.family.to_owned(),
                faces: vec![face],
                scale: scale(file.family),
                is_joined: file.family == "Noto Sans Arabic",
                is_emoji: file.family == EMOJI,
                has_ascii: BUNDLED.iter().any(|bundled| bundled.family == file.family),
            }),
        }
    }
    families
}

/// Han characters and emoji fill their em; beside condensed capitals of 0.7 em they would look a size larger.
fn scale(family: &str) -> f32 {
    match family {
        "Noto Sans CJK JP" => 0.92,
        EMOJI => 0.8,
        _ => 1.0,
    }
}

/// A template's family, made known to a font system.
pub(super) fn add_own(system: &mut FontSystem, family: &FontFamily) -> Family {
    let name: Arc<str> = format!("{} #{:016x}", family.name, family.hash).into();
    let db = system.db_mut();
    let faces = family.faces.iter().map(|face| {
        let bytes: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::clone(&face.bytes) as _;
        add(db, name.clone(), face.weights, Source::Binary(bytes))
    });
    let faces = faces.collect();
    Family { name: family.name.clone(), faces, scale: 1.0, is_joined: false, is_emoji: false, has_ascii: false }
}

/// Every face is upright and of normal width to the font system: which is which is decided here.
fn add(db: &mut Database, family: Arc<str>, weights: [u16; 2], source: Source) -> Face {
    let id = db.push_face_info(FaceInfo {
        id: ID::dummy(),
        source,
        index: 0,
        families: vec![(family.to_string(), Language::English_UnitedStates)],
        post_script_name: family.to_string(),
        style: Style::Normal,
        weight: Weight(weights[0]),
        stretch: Stretch::Normal,
        monospaced: false,
    });
    Face { family, weights, id }
}

/// Why a file cannot be used as a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFont {
    #[error("is a font for web pages")]
    Web,
    #[error("is a collection of fonts")]
    Collection,
    #[error("ends early")]
    CutOff,
    #[error("is no TrueType or OpenType font")]
    Other,
}

impl BadFont {
    /// What to do about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Web => "convert it to TTF or OTF",
            Self::Collection => "save the one that is meant as a TTF or OTF of its own",
            Self::CutOff => "copy it again",
            Self::Other => "give it a TTF or OTF file",
        }
    }
}

/// Looks into a font file: whether text can be drawn with it, and in which weights.
pub fn read_face(bytes: Vec<u8>) -> Result<FontFace, BadFont> {
    check_tables(&bytes)?;
    let bytes = Arc::new(bytes);
    let mut db = Database::new();
    let source: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::clone(&bytes) as _;
    let id = db.load_font_source(Source::Binary(source)).first().copied().ok_or(BadFont::Other)?;
    let weight = db.face(id).map_or(Weight::NORMAL, |face| face.weight);
    let font = Font::new(&db, id, weight).ok_or(BadFont::Other)?;
    let about = font.as_swash();
    if about.metrics(&[]).units_per_em == 0
        || about.charmap().map('0') == 0 && about.charmap().map('A') == 0 && about.glyph_metrics(&[]).glyph_count() < 2
    {
        return Err(BadFont::Other);
    }
    let axis = about.variations().find(|axis| axis.tag() == u32::from_be_bytes(*b"wght"));
    let weights = axis.map_or([weight.0; 2], |axis| [axis.min_value(), axis.max_value()].map(|weight| weight as u16));
    Ok(FontFace { weights: weights.map(|weight| weight.clamp(1, 1000)), bytes })
}

/// Whether every table lies within the file: what is read later, glyph by glyph, is not checked again.
fn check_tables(bytes: &[u8]) -> Result<(), BadFont> {
    match bytes.get(..4) {
        Some(b"wOFF" | b"wOF2") => return Err(BadFont::Web),
        Some(b"ttcf") => return Err(BadFont::Collection),
        Some(b"OTTO" | b"true" | [0, 1, 0, 0]) => {}
        _ => return Err(BadFont::Other),
    }
    let number = |at: usize, length: usize| {
        let part = bytes.get(at..at + length).ok_or(BadFont::CutOff)?;
        Ok(part.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let tables = number(4, 2)?;
    for table in 0..tables {
        let record = 12 + 16 * table;
        if number(record + 8, 4)? + number(record + 12, 4)? > bytes.len() {
            return Err(BadFont::CutOff);
        }
    }
    Ok(())
}
