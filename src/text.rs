//! Shapes and measures lines of text with the bundled fonts and those of templates.
//!
//! In: [`TextRun`]s, from `scene` (to lay out) and from `render` (to rasterise).
//! Out: [`Metrics`] in the run's own pixels, shaped buffers whose glyphs `render` draws, and the [`Word`]s of a run, between
//! which a line may end.
//! Each thread that needs text owns one [`Fonts`]; both sides of one frame use the same one.
//! Never touches the GPU, and never looks at the fonts of the machine: a graphic looks the same everywhere. A character
//! that the text's own font lacks is drawn with a bundled one that has it; one that none has is drawn as the empty box
//! that the text's font has for it, so that it is noticed and nothing moves.

mod catalog;
mod faces;
mod itemize;
mod words;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use glyphon::cosmic_text::{CacheKeyFlags, Command, FeatureTag, FontFeatures, SwashContent, SwashImage};
use glyphon::{Attrs, Buffer, CacheKey, FontSystem, Shaping, SwashCache, Wrap};

pub use catalog::{families, features, missing};
pub use faces::{BadFont, read_face};
pub use words::{Word, balanced, break_lines, is_attached};

use crate::draw_list::{FontFamily, PathData, Point, Rect, Segment, TextRun};
use faces::{Face, Family};

/// Shaped runs kept: a clock that counts ten minutes down in tenths needs some hundreds, a roster about as many. When
/// full, the runs that were not asked for since the last time it was full are forgotten.
const KEPT_RUNS: usize = 2048;

/// Glyph pictures kept, some kilobytes each: a show's digits and letters in its sizes are a few hundred. When full, all
/// are forgotten.
const KEPT_GLYPHS: usize = 2048;

/// Families of templates kept, those of earlier saves among them. When full, everything that was shaped is forgotten with
/// them.
const KEPT_FAMILIES: usize = 64;

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
    /// Height of a flat capital above the baseline, of the run's own font; positive.
    pub cap_height_px: f32,
    /// Height of a flat small letter above the baseline; positive.
    pub x_height_px: f32,
    /// The font's line extent above the baseline; positive.
    pub ascent_px: f32,
    /// The font's line extent below the baseline; positive.
    pub descent_px: f32,
    /// It is read from right to left: its first letter that has a direction is Arabic or Hebrew.
    pub is_rtl: bool,
    /// Some of its glyphs have colours of their own.
    pub is_colored: bool,
}

#[derive(Clone)]
struct Shaped {
    /// Guards against two runs with one hash.
    run: TextRun,
    buffer: Arc<Buffer>,
    metrics: Metrics,
    words: Arc<[Word]>,
}

/// All fonts, with what was shaped lately.
pub struct Fonts {
    system: FontSystem,
    glyphs: SwashCache,
    /// What texts can name, in alphabetical order.
    families: Vec<Family>,
    /// What is tried, in this order, for a character that a text's own font lacks.
    fallback: Vec<Family>,
    /// Of templates, by their hashes.
    own: HashMap<u64, Family>,
    /// Two generations: what is found in `old` moves to `young`; when `young` is half of [`KEPT_RUNS`], it becomes `old`.
    young: HashMap<u64, Shaped>,
    old: HashMap<u64, Shaped>,
}

impl Fonts {
    /// The fonts that ship with the program; those of templates are added when a run comes with them.
    pub fn bundled() -> Fonts {
        let (db, families, fallback) = faces::load();
        // Shaping depends on the locale only for what the fonts do not say themselves; a fixed one keeps frames equal on all
        // machines.
        let system = FontSystem::new_with_locale_and_db("en-US".to_owned(), db);
        Fonts {
            system,
            glyphs: SwashCache::new(),
            families,
            fallback,
            own: HashMap::new(),
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    /// Names of the bundled families that a run can ask for, in alphabetical order.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.families.iter().map(|family| family.name.as_str())
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

    /// The parts of a run between which a line may end, in the order of the text.
    pub fn words(&mut self, run: &TextRun) -> Result<Arc<[Word]>, TextError> {
        self.shaped(run).map(|shaped| Arc::clone(&shaped.words))
    }

    /// A glyph's pixels; `None` for one without ink.
    pub fn glyph(&mut self, key: CacheKey) -> Option<&SwashImage> {
        if self.glyphs.image_cache.len() >= KEPT_GLYPHS {
            self.glyphs.image_cache.clear();
        }
        self.glyphs.get_image(&mut self.system, key).as_ref()
    }

    /// A glyph's outline in pixels, y down, its origin at a point; `None` for one that has none, as a picture.
    pub fn outline(&mut self, key: CacheKey, origin: Point) -> Option<PathData> {
        let commands = self.glyphs.get_outline_commands_uncached(&mut self.system, key)?;
        let at = |x: f32, y: f32| Point::new(origin.x + x, origin.y - y);
        let segments = commands.iter().map(|command| match command {
            Command::MoveTo(to) => Segment::Move(at(to.x, to.y)),
            Command::LineTo(to) => Segment::Line(at(to.x, to.y)),
            Command::QuadTo(control, to) => {
                Segment::Quadratic { control: at(control.x, control.y), to: at(to.x, to.y) }
            }
            Command::CurveTo(control1, control2, to) => Segment::Cubic {
                control1: at(control1.x, control1.y),
                control2: at(control2.x, control2.y),
                to: at(to.x, to.y),
            },
            Command::Close => Segment::Close,
        });
        Some(PathData { segments: segments.collect() })
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
        let TextRun { text, family, own, weight, size_px, tracking, .. } = run;
        if !(*size_px > 0.0 && *size_px <= MAX_SIZE_PX) {
            return Err(TextError::Size { size_px: *size_px });
        }
        if tracking.is_nan() || tracking.abs() > 10_000.0 {
            return Err(TextError::Tracking { tracking: *tracking });
        }
        let family = self.family(family, own.as_ref())?;
        let own = family.nearest(*weight).clone();
        let mut metrics = self.metrics_of(&own, *weight, *size_px);
        let is_small_caps_made = run.small_caps && !own.features(&mut self.system).contains(b"smcp");
        let chain = itemize::Chain { first: &family, fallback: &self.fallback, weight: *weight };
        let small = is_small_caps_made.then(|| small_capital(&metrics));
        let items = itemize::itemize(text, &chain, small, &mut self.system);
        // A line three ems high holds the ink of every glyph; the rasteriser skips lines outside its bounds.
        let mut buffer = Buffer::new_empty(line_metrics(*size_px));
        buffer.set_wrap(Wrap::None);
        let plain = attrs(run, &own, false);
        let spans = items.iter().map(|item| {
            let attrs = attrs(run, &item.face, item.is_joined);
            let attrs = if item.scale == 1.0 { attrs } else { attrs.metrics(line_metrics(size_px * item.scale)) };
            (item.text.as_str(), attrs)
        });
        buffer.set_rich_text(spans, &plain, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.system, false);
        metrics.advance_px = advance(&buffer);
        metrics.is_rtl = buffer.layout_runs().next().is_some_and(|line| line.rtl);
        (metrics.ink, metrics.is_colored) = self.ink(&buffer);
        let words = words::words(&buffer, *size_px, &items).into();
        Ok(Shaped { run: run.clone(), buffer: Arc::new(buffer), metrics, words })
    }

    /// A family by its name: that which comes with the run, or a bundled one.
    fn family(&mut self, name: &str, own: Option<&Arc<FontFamily>>) -> Result<Family, TextError> {
        if let Some(own) = own {
            if !self.own.contains_key(&own.hash) && self.own.len() >= KEPT_FAMILIES {
                *self = Fonts::bundled();
            }
            let system = &mut self.system;
            return Ok(self.own.entry(own.hash).or_insert_with(|| faces::add_own(system, own)).clone());
        }
        let known = self.families.iter().find(|family| family.name == name);
        known.cloned().ok_or_else(|| TextError::UnknownFamily {
            family: name.to_owned(),
            known: self.families().map(str::to_owned).collect(),
        })
    }

    /// What is known of a run before it is shaped.
    fn metrics_of(&mut self, face: &Face, weight: u16, size_px: f32) -> Metrics {
        let mut found = Metrics {
            advance_px: 0.0,
            ink: Rect::default(),
            cap_height_px: 0.7 * size_px,
            x_height_px: 0.5 * size_px,
            ascent_px: size_px,
            descent_px: 0.2 * size_px,
            is_rtl: false,
            is_colored: false,
        };
        let Some(font) = self.system.get_font(face.id, face.weight(weight)) else { return found };
        let metrics = font.as_swash().metrics(&[]);
        let scale = size_px / f32::from(metrics.units_per_em);
        (found.ascent_px, found.descent_px) = (metrics.ascent * scale, metrics.descent * scale);
        // A font that does not say how high its letters are is measured.
        let mut height = |said: f32, letter: char| {
            if said > 0.0 { Some(said * scale) } else { self.height_of(face, weight, letter, size_px) }
        };
        found.cap_height_px = height(metrics.cap_height, 'H').unwrap_or(found.cap_height_px);
        found.x_height_px = height(metrics.x_height, 'x').unwrap_or(found.x_height_px);
        found
    }

    /// How far a letter's outline reaches above the baseline.
    fn height_of(&mut self, face: &Face, weight: u16, letter: char, size_px: f32) -> Option<f32> {
        let glyph = face.font(&mut self.system)?.as_swash().charmap().map(letter);
        let flags = CacheKeyFlags::DISABLE_HINTING;
        let (key, ..) = CacheKey::new(face.id, glyph, size_px, (0.0, 0.0), face.weight(weight), flags);
        let top = -self.outline(key, Point::default()).filter(|_| glyph != 0)?.bounds().y;
        (top > 0.0).then_some(top)
    }

    /// Bounds of the glyphs' pixels with the pen at a whole pixel, relative to the pen's start on the baseline; whether any
    /// glyph has colours.
    fn ink(&mut self, buffer: &Buffer) -> (Rect, bool) {
        let (mut ink, mut is_colored) = (Rect::default(), false);
        for line in buffer.layout_runs() {
            for glyph in line.glyphs {
                let physical = glyph.physical((0.0, 0.0), 1.0);
                let Some(image) = self.glyph(physical.cache_key) else { continue };
                is_colored |= image.content == SwashContent::Color;
                let place = image.placement;
                ink = ink.union(Rect::new(
                    (physical.x + place.left) as f32,
                    (physical.y - place.top) as f32,
                    place.width as f32,
                    place.height as f32,
                ));
            }
        }
        (ink, is_colored)
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("families", &self.families().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

/// A hash of everything in a run, numbers by their bits; equal runs have equal hashes within one process.
pub fn run_hash(run: &TextRun) -> u64 {
    let TextRun { text, family, own, weight, size_px, tracking, tabular, small_caps, features } = run;
    let mut hasher = DefaultHasher::new();
    (text, family, own.as_ref().map(|own| own.hash), weight, size_px.to_bits()).hash(&mut hasher);
    (tracking.to_bits(), tabular, small_caps, features).hash(&mut hasher);
    hasher.finish()
}

fn line_metrics(size_px: f32) -> glyphon::Metrics {
    glyphon::Metrics::new(size_px, 3.0 * size_px)
}

/// How a stretch of a run is set in a face.
fn attrs<'a>(run: &TextRun, face: &'a Face, is_joined: bool) -> Attrs<'a> {
    let mut features = FontFeatures::new();
    if run.tabular {
        features.enable(FeatureTag::new(b"tnum"));
    }
    if run.small_caps {
        features.enable(FeatureTag::new(b"smcp"));
    }
    for (tag, value) in &run.features {
        features.set(FeatureTag::new(tag), *value);
    }
    // Space between letters that are joined would tear them apart.
    let tracking = if is_joined { 0.0 } else { run.tracking };
    // Hinting would snap each size differently, so that a growing text shivers.
    Attrs::new()
        .family(glyphon::Family::Name(&face.family))
        .weight(face.weight(run.weight))
        .letter_spacing(tracking / 1000.0)
        .font_features(features)
        .cache_key_flags(CacheKeyFlags::DISABLE_HINTING)
}

/// Part of the size in which a capital is a small one: a little higher than small letters, as type designers draw them.
fn small_capital(metrics: &Metrics) -> f32 {
    (1.06 * metrics.x_height_px / metrics.cap_height_px).clamp(0.7, 0.85)
}

fn advance(buffer: &Buffer) -> f32 {
    buffer.layout_runs().flat_map(|line| line.glyphs).map(|glyph| glyph.x + glyph.w).fold(0.0, f32::max)
}

#[cfg(test)]
#[path = "text/tests.rs"]
mod tests;
