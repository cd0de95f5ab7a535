//! A finished frame as outputs receive it, and what an output asks of it.
//!
//! A [`Frame`] holds one [`Picture`] for each distinct [`Need`]. A picture is a stack of row bands; a band's bytes are
//! shared between frames as long as nothing in its rows changed, and its version changes exactly when they do. So a
//! small change copies a small band, and an output that skipped frames compares versions to learn what it missed.
//! Frames are shared by `Arc` and never changed once made.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::draw_list::Size;
use crate::time::FrameIndex;

/// Rows in a band (the last one may be shorter). At 1080p one band is 120 KiB: small enough that a ticking clock copies
/// few bytes, large enough that a full frame is 68 pieces, not a thousand.
pub const BAND_ROWS: u32 = 16;

/// Order of the four bytes of a pixel, 8 bits each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PixelFormat {
    Bgra,
    Rgba,
}

impl fmt::Display for PixelFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PixelFormat::Bgra => "bgra",
            PixelFormat::Rgba => "rgba",
        })
    }
}

/// How colour and alpha are stored. Full range in both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Alpha {
    /// Colour already multiplied by alpha: for mixers that add (`fill + background × (1 − alpha)`).
    Premultiplied,
    /// Colour at full strength wherever alpha is above zero: PNG, movies, NDI, OBS.
    Straight,
}

/// What an output asks of the renderer, as plain values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Need {
    pub format: PixelFormat,
    pub alpha: Alpha,
}

impl Need {
    /// As the renderer draws: no conversion.
    pub const NATIVE: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Premultiplied };
}

/// One frame of the program.
#[derive(Debug)]
pub struct Frame {
    pub index: FrameIndex,
    pub size: Size,
    /// One picture for each need that was declared when it was drawn; needs are distinct.
    pub pictures: Vec<(Need, Picture)>,
}

impl Frame {
    /// The picture for a need; `None` if the need was declared after this frame was drawn.
    pub fn picture(&self, need: Need) -> Option<&Picture> {
        self.pictures.iter().find(|(n, _)| *n == need).map(|(_, picture)| picture)
    }
}

/// Pixels as row bands, top to bottom, without padding between rows.
#[derive(Clone, Debug)]
pub struct Picture {
    pub bands: Vec<Band>,
}

#[derive(Clone, Debug)]
pub struct Band {
    /// Rises whenever the bytes change; equal versions at the same place mean equal bytes.
    pub version: u64,
    /// `BAND_ROWS` rows (fewer in the last band) of `4 × width` bytes.
    pub bytes: Arc<Vec<u8>>,
}

impl Picture {
    /// All bytes in order, copied into one piece: for PNG and tests, not for outputs on air.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bands.iter().flat_map(|band| band.bytes.iter().copied()).collect()
    }
}

/// Number of bands in a picture of this height.
pub fn band_count(height: u32) -> usize {
    height.div_ceil(BAND_ROWS) as usize
}

/// The rows of a band.
pub fn band_rows(band: usize, height: u32) -> Range<u32> {
    let first = band as u32 * BAND_ROWS;
    first..(first + BAND_ROWS).min(height)
}
