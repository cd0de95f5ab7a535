//! Shapes and measures lines of text with the bundled fonts.
//!
//! In: [`TextRun`]s, from `scene` (to lay out) and from `render` (to rasterise).
//! Out: [`Metrics`] in the run's own pixels, and shaped buffers whose glyphs `render` draws.
//! Each thread that needs text owns one [`Fonts`]; both sides of one frame use the same one.
//! Never touches the GPU, and never looks at the fonts of the machine: a graphic looks the same everywhere or says
//! which family is missing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use glyphon::cosmic_text::{CacheKeyFlags, FeatureTag, FontFeatures, SwashImage};
use glyphon::{Attrs, Buffer, CacheKey, Family, FontSystem, Shaping, SwashCache, Weight, Wrap, fontdb};

use crate::draw_list::{Rect, TextRun};

/// The fonts that ship with the program, all under the SIL Open Font License (fonts/*-OFL.txt).
const BUNDLED: [&[u8]; 5] = [
    include_bytes!("../fonts/BarlowCondensed_500Medium.ttf"),
    include_bytes!("../fonts/BarlowCondensed_600SemiBold.ttf"),
    include_bytes!("../fonts/BarlowCondensed_800ExtraBold.ttf"),
    include_bytes!("../fonts/RobotoCondensed_500Medium.ttf"),
    include_bytes!("../fonts/RobotoCondensed_700Bold.ttf"),
];

/// Shaped runs kept: a clock that counts ten minutes down in tenths needs some hundreds, a roster about as many. When
/// full, the runs that were not asked for since the last time it was full are forgotten.
const KEPT_RUNS: usize = 2048;

/// Glyph pictures kept, some kilobytes each: a show's digits and letters in its sizes are a few hundred. When full, all
/// are forgotten.
const KEPT_GLYPHS: usize = 2048;

/// The largest em that is shaped, in pixels; a glyph of it still fits a texture on every adapter.
pub const MAX_SIZE_PX: f32 = 2048.0;

/// A run that cannot be shaped as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TextError {
    #[error("no font family `{family}`; use one of: {}", .known.join(", "))]
    UnknownFamily { family: String, known: Vec<String> },
    #[error("font size {size_px} px is outside 0 < size <= {MAX_SIZE_PX}; give the text node a size within it")]
    Size { size_px: f32 },
    #[error(
        "letter spacing of {tracking} thousandths of an em is not a number within ±10000; correct the node's tracking"
    )]
    Tracking { tracking: f32 },
}

impl TextError {
    /// Stable name for logs and control clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownFamily { .. } => "text.unknown_family",
            Self::Size { .. } => "text.size",
            Self::Tracking { .. } => "text.tracking",
        }
    }
}

/// What layout needs to know of a run, in the run's own pixels (origin: pen start on the baseline, y down).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Metrics {
    /// Distance from the pen's start to its end, the spacing after the last glyph included; 0 for empty text.
    pub advance_px: f32,
    /// The pixels that the glyphs cover, on whole pixels; empty for text without ink (spaces).
    pub ink: Rect,
    /// Height of a flat capital above the baseline; positive.
    pub cap_height_px: f32,
    /// Height of a flat small letter above the baseline; positive.
    pub x_height_px: f32,
    /// The font's line extent above the baseline; positive.
    pub ascent_px: f32,
    /// The font's line extent below the baseline; positive.
    pub descent_px: f32,
}

struct Face {
    weight: u16,
    units_per_em: f32,
    cap_height: f32,
    x_height: f32,
    ascent: f32,
    descent: f32,
}

#[derive(Clone)]
struct Shaped {
    /// Guards against two runs with one hash.
    run: TextRun,
    buffer: Arc<Buffer>,
    metrics: Metrics,
}

/// The bundled fonts, with what was shaped lately.
pub struct Fonts {
    system: FontSystem,
    glyphs: SwashCache,
    /// Faces by family, in rising weight; families in alphabetical order.
    families: Vec<(String, Vec<Face>)>,
    /// Two generations: what is found in `old` moves to `young`; when `young` is half of [`KEPT_RUNS`], it becomes `old`.
    young: HashMap<u64, Shaped>,
    old: HashMap<u64, Shaped>,
}

impl Fonts {
    /// The fonts that ship with the program and no others.
    pub fn bundled() -> Fonts {
        let mut db = fontdb::Database::new();
        for font in BUNDLED {
            db.load_font_data(font.to_vec());
        }
        // Shaping depends on the locale only for scripts that the bundled fonts do not hold; a fixed one keeps frames
        // equal on all machines.
        let mut system = FontSystem::new_with_locale_and_db("en-US".to_owned(), db);
        let families = read_faces(&mut system);
        Fonts { system, glyphs: SwashCache::new(), families, young: HashMap::new(), old: HashMap::new() }
    }

    /// Names of the families that a run can ask for, in alphabetical order.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.families.iter().map(|(name, _)| name.as_str())
    }

    /// Measures a run; cheap when the same run was asked for lately.
    pub fn measure(&mut self, run: &TextRun) -> Result<Metrics, TextError> {
        self.shaped(run).map(|shaped| shaped.metrics)
    }

    /// The run's glyphs on one line. The buffer's own origin is the pen's start at the top of the line; its baseline
    /// is the layout run's `line_y`.
    pub fn shape(&mut self, run: &TextRun) -> Result<Arc<Buffer>, TextError> {
        self.shaped(run).map(|shaped| Arc::clone(&shaped.buffer))
    }

    /// A glyph's pixels; `None` for one without ink.
    pub fn glyph(&mut self, key: CacheKey) -> Option<&SwashImage> {
        if self.glyphs.image_cache.len() >= KEPT_GLYPHS {
            self.glyphs.image_cache.clear();
        }
        self.glyphs.get_image(&mut self.system, key).as_ref()
    }

    fn shaped(&mut self, run: &TextRun) -> Result<&Shaped, TextError> {
        let key = run_hash(run);
        if !self.young.get(&key).is_some_and(|shaped| shaped.run == *run) {
            let shaped = match self.old.remove(&key) {
                Some(shaped) if shaped.run == *run => shaped,
                _ => self.shape_anew(run)?,
            };
            if self.young.len() >= KEPT_RUNS / 2 {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(key, shaped);
        }
        Ok(&self.young[&key])
    }

    fn shape_anew(&mut self, run: &TextRun) -> Result<Shaped, TextError> {
        let TextRun { text, family, weight, size_px, tracking, tabular } = run;
        if !(*size_px > 0.0 && *size_px <= MAX_SIZE_PX) {
            return Err(TextError::Size { size_px: *size_px });
        }
        if tracking.is_nan() || tracking.abs() > 10_000.0 {
            return Err(TextError::Tracking { tracking: *tracking });
        }
        let face = self.face(family, *weight)?;
        let face_weight = face.weight;
        let scale = size_px / face.units_per_em;
        let mut metrics = Metrics {
            advance_px: 0.0,
            ink: Rect::default(),
            cap_height_px: face.cap_height * scale,
            x_height_px: face.x_height * scale,
            ascent_px: face.ascent * scale,
            descent_px: face.descent * scale,
        };
        let mut features = FontFeatures::new();
        if *tabular {
            features.enable(FeatureTag::new(b"tnum"));
        }
        // Hinting would snap each size differently, so that a growing text shivers.
        let attrs = Attrs::new()
            .family(Family::Name(family))
            .weight(Weight(face_weight))
            .letter_spacing(tracking / 1000.0)
            .font_features(features)
            .cache_key_flags(CacheKeyFlags::DISABLE_HINTING);
        let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        // A line three ems high holds the ink of every glyph; the rasteriser skips lines outside its bounds.
        let mut buffer = Buffer::new_empty(glyphon::Metrics::new(*size_px, 3.0 * size_px));
        buffer.set_wrap(Wrap::None);
        buffer.set_text(&one_line, &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        metrics.advance_px = advance(&buffer);
        metrics.ink = self.ink(&buffer);
        Ok(Shaped { run: run.clone(), buffer: Arc::new(buffer), metrics })
    }

    /// The bundled face nearest to a weight, by the rule of CSS: lighter ones first for a light or normal request,
    /// heavier ones first for a bold one.
    fn face(&self, family: &str, weight: u16) -> Result<&Face, TextError> {
        let faces = self.families.iter().find(|(name, _)| name == family).map(|(_, faces)| faces);
        let nearest = faces.and_then(|faces| {
            faces.iter().min_by_key(|face| {
                let away = face.weight.abs_diff(weight);
                let wrong_side = if weight > 500 { face.weight < weight } else { face.weight > weight };
                (wrong_side, away)
            })
        });
        nearest.ok_or_else(|| TextError::UnknownFamily {
            family: family.to_owned(),
            known: self.families().map(str::to_owned).collect(),
        })
    }

    /// Bounds of the glyphs' pixels with the pen at a whole pixel, relative to the pen's start on the baseline.
    fn ink(&mut self, buffer: &Buffer) -> Rect {
        let mut ink = Rect::default();
        for line in buffer.layout_runs() {
            for glyph in line.glyphs {
                let physical = glyph.physical((0.0, 0.0), 1.0);
                let Some(image) = self.glyph(physical.cache_key) else { continue };
                let place = image.placement;
                ink = ink.union(Rect::new(
                    (physical.x + place.left) as f32,
                    (physical.y - place.top) as f32,
                    place.width as f32,
                    place.height as f32,
                ));
            }
        }
        ink
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("families", &self.families().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

/// A hash of everything in a run, numbers by their bits; equal runs have equal hashes within one process.
pub fn run_hash(run: &TextRun) -> u64 {
    let TextRun { text, family, weight, size_px, tracking, tabular } = run;
    let mut hasher = DefaultHasher::new();
    (text, family, weight, size_px.to_bits(), tracking.to_bits(), tabular).hash(&mut hasher);
    hasher.finish()
}

fn advance(buffer: &Buffer) -> f32 {
    buffer.layout_runs().flat_map(|line| line.glyphs).map(|glyph| glyph.x + glyph.w).fold(0.0, f32::max)
}

fn read_faces(system: &mut FontSystem) -> Vec<(String, Vec<Face>)> {
    let ids: Vec<_> =
        system.db().faces().filter_map(|face| Some((face.families.first()?.0.clone(), face.weight, face.id))).collect();
    let mut families: Vec<(String, Vec<Face>)> = Vec::new();
    for (family, weight, id) in ids {
        let Some(font) = system.get_font(id, weight) else { continue };
        let metrics = font.as_swash().metrics(&[]);
        let face = Face {
            weight: weight.0,
            units_per_em: f32::from(metrics.units_per_em),
            cap_height: metrics.cap_height,
            x_height: metrics.x_height,
            ascent: metrics.ascent,
            descent: metrics.descent,
        };
        match families.iter_mut().find(|(name, _)| *name == family) {
            Some((_, faces)) => faces.push(face),
            None => families.push((family, vec![face])),
        }
    }
    families.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (_, faces) in &mut families {
        faces.sort_by_key(|face| face.weight);
    }
    families
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> TextRun {
        TextRun {
            text: text.to_owned(),
            family: "Barlow Condensed".to_owned(),
            weight: 600,
            size_px: 40.0,
            tracking: 0.0,
            tabular: false,
        }
    }

    #[test]
    fn every_bundled_face_is_found_by_family_and_weight() {
        let fonts = Fonts::bundled();
        let found: Vec<_> = fonts
            .families
            .iter()
            .map(|(name, faces)| (name.as_str(), faces.iter().map(|face| face.weight).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, [("Barlow Condensed", vec![500, 600, 800]), ("Roboto Condensed", vec![500, 700])]);
    }

    #[test]
    fn a_weight_without_a_face_takes_the_nearest_on_its_own_side() {
        let fonts = Fonts::bundled();
        let chosen = |weight| fonts.face("Barlow Condensed", weight).unwrap().weight;
        assert_eq!([100, 400, 500, 600, 700, 800, 900].map(chosen), [500, 500, 500, 600, 800, 800, 800]);
    }

    #[test]
    fn tabular_digits_never_change_the_advance() {
        let mut fonts = Fonts::bundled();
        for family in ["Barlow Condensed", "Roboto Condensed"] {
            let clock = |seconds: u32| TextRun {
                family: family.to_owned(),
                tabular: true,
                ..run(&format!("{}:{:02}", seconds / 60, seconds % 60))
            };
            let first = fonts.measure(&clock(0)).unwrap().advance_px;
            for seconds in 1..600 {
                let advance = fonts.measure(&clock(seconds)).unwrap().advance_px;
                assert!((advance - first).abs() < 1e-3, "{family} {}: {advance} px, not {first}", clock(seconds).text);
            }
        }
    }

    #[test]
    fn proportional_digits_of_the_name_font_do_change_the_advance() {
        let mut fonts = Fonts::bundled();
        let ones = fonts.measure(&run("1111")).unwrap().advance_px;
        let zeros = fonts.measure(&run("0000")).unwrap().advance_px;
        assert!(ones < zeros - 1.0, "without this the tabular test proves nothing: {ones} and {zeros}");
    }

    #[test]
    fn tracking_adds_its_share_of_the_em_after_every_glyph() {
        let mut fonts = Fonts::bundled();
        let plain = fonts.measure(&run("HOME")).unwrap().advance_px;
        let spaced = fonts.measure(&TextRun { tracking: 50.0, ..run("HOME") }).unwrap().advance_px;
        assert!((spaced - plain - 4.0 * 0.05 * 40.0).abs() < 1e-3, "{plain} {spaced}");
    }

    #[test]
    fn a_heavier_weight_is_wider() {
        let mut fonts = Fonts::bundled();
        let medium = fonts.measure(&TextRun { weight: 500, ..run("SCORE") }).unwrap().advance_px;
        let heavy = fonts.measure(&TextRun { weight: 800, ..run("SCORE") }).unwrap().advance_px;
        assert!(medium < heavy, "{medium} {heavy}");
    }

    #[test]
    fn ink_of_a_flat_capital_stands_on_the_baseline_and_ends_at_cap_height() {
        let mut fonts = Fonts::bundled();
        let metrics = fonts.measure(&run("H")).unwrap();
        assert_eq!(metrics.ink.bottom(), 0.0);
        assert!((-metrics.ink.y - metrics.cap_height_px).abs() <= 1.0, "{metrics:?}");
        assert!(metrics.cap_height_px > metrics.x_height_px && metrics.ascent_px > metrics.cap_height_px);
        assert!(metrics.ink.x >= 0.0 && metrics.ink.right() <= metrics.advance_px.ceil());
    }

    #[test]
    fn spaces_advance_the_pen_without_ink() {
        let mut fonts = Fonts::bundled();
        let metrics = fonts.measure(&run("  ")).unwrap();
        assert!(metrics.ink.is_empty() && metrics.advance_px > 1.0, "{metrics:?}");
        assert_eq!(fonts.measure(&run("")).unwrap().advance_px, 0.0);
    }

    #[test]
    fn a_line_break_is_a_space() {
        let mut fonts = Fonts::bundled();
        let broken = fonts.measure(&run("ONE\nTWO")).unwrap();
        assert_eq!(broken, fonts.measure(&run("ONE TWO")).unwrap());
    }

    #[test]
    fn an_unknown_family_names_the_known_ones() {
        let error = Fonts::bundled().measure(&TextRun { family: "Arial".to_owned(), ..run("A") }).unwrap_err();
        assert_eq!(error.to_string(), "no font family `Arial`; use one of: Barlow Condensed, Roboto Condensed");
    }

    #[test]
    fn a_size_of_zero_or_no_number_is_refused() {
        let mut fonts = Fonts::bundled();
        for size_px in [0.0, -3.0, f32::NAN, f32::INFINITY, 4096.0] {
            let refused = fonts.measure(&TextRun { size_px, ..run("A") });
            assert!(matches!(refused, Err(TextError::Size { .. })), "{size_px}");
        }
    }

    #[test]
    fn the_store_of_shaped_runs_stays_bounded_and_answers_the_same() {
        let mut fonts = Fonts::bundled();
        let before = fonts.measure(&run("n0")).unwrap();
        for n in 0..KEPT_RUNS + 10 {
            fonts.measure(&run(&format!("n{n}"))).unwrap();
        }
        assert!(fonts.young.len() + fonts.old.len() <= KEPT_RUNS);
        assert_eq!(fonts.measure(&run("n0")).unwrap(), before);
    }
}
