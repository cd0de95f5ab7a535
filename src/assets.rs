//! Pictures for graphics: files that designers own, decoded to what `render` uploads.
//!
//! In: a PNG, JPEG or SVG file, and how large it will be shown. Out: premultiplied pixels in falling sizes, shared by all
//! that show the same file.
//! Runs wherever templates are loaded, never on a frame: reading, decoding and scaling take milliseconds to seconds.
//! A file is decoded again only after it changed and while anybody still shows it. Never keeps a picture alive.

mod decode;
mod resample;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::SystemTime;

pub use resample::resampled;

use crate::draw_list::{PictureData, Rect, Size};
use decode::Decoded;

/// The largest file that is read: a still of 8K as PNG is about half of it.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// The longest side of a picture; every adapter holds a texture of it.
pub const MAX_SIDE_PX: u32 = 8192;

/// The most pixels of a picture: 8K. They are in memory all at once while it is decoded.
pub const MAX_PIXELS: u64 = 7680 * 4320;

/// Why a file is not a picture that can be shown.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    #[error("there is no such file")]
    Missing,
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    #[error("it has {} MiB, and a picture may have {} MiB", .bytes >> 20, MAX_FILE_BYTES >> 20)]
    TooManyBytes { bytes: u64 },
    #[error("it is neither PNG, JPEG nor SVG")]
    UnknownKind,
    #[error(
        "it is {size} pixels large, and a picture may have sides of {MAX_SIDE_PX} and {} million pixels in all",
        MAX_PIXELS / 1_000_000
    )]
    TooLarge { size: Size },
    #[error("it is broken: {0}")]
    Broken(String),
    #[error("it holds text, whose font is not part of it; convert the text to outlines")]
    SvgText,
    #[error("it refers to another picture; embed nothing but shapes")]
    SvgPicture,
}

impl AssetError {
    /// Stable name for logs and control clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "assets.missing",
            Self::Unreadable(_) => "assets.unreadable",
            Self::TooManyBytes { .. } => "assets.too_many_bytes",
            Self::UnknownKind => "assets.unknown_kind",
            Self::TooLarge { .. } => "assets.too_large",
            Self::Broken(_) => "assets.broken",
            Self::SvgText => "assets.svg_text",
            Self::SvgPicture => "assets.svg_picture",
        }
    }
}

/// How a picture lies in a rectangle of other proportions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Fit {
    /// As large as fits; the rest stays empty.
    #[default]
    Contain,
    /// As small as covers; what overhangs is to be cut off.
    Cover,
    /// Stretched.
    Fill,
}

impl Fit {
    /// Where a picture lies in `room`, on whole pixels when `room` does; `align` is the share of what is left over (or
    /// overhangs) that lies left and above: 0 to 1. Empty for an empty picture or room.
    pub fn place(self, picture: Size, room: Rect, align: [f32; 2]) -> Rect {
        if room.is_empty() || picture.width == 0 || picture.height == 0 {
            return Rect::default();
        }
        let (across, down) = (room.width / picture.width as f32, room.height / picture.height as f32);
        let factor = match self {
            Fit::Contain => across.min(down),
            Fit::Cover => across.max(down),
            Fit::Fill => return room,
        };
        let [width, height] = [picture.width, picture.height].map(|side| (side as f32 * factor).round().max(1.0));
        let at = |from: f32, length: f32, used: f32, share: f32| from + ((length - used) * share).round();
        Rect::new(at(room.x, room.width, width, align[0]), at(room.y, room.height, height, align[1]), width, height)
    }
}

/// How large a picture is shown on the canvas that its template was drawn for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shown {
    pub fit: Fit,
    pub room: Size,
}

impl Shown {
    fn size_of(self, picture: Size) -> Size {
        let room = Rect::new(0.0, 0.0, self.room.width as f32, self.room.height as f32);
        let Rect { width, height, .. } = self.fit.place(picture, room, [0.0; 2]);
        Size::new(width as u32, height as u32)
    }
}

/// A decoded picture.
#[derive(Debug)]
pub struct Picture {
    /// Width and height as its maker sees them, for proportions.
    pub full: Size,
    /// The part of `full` that `pixels` show: all of it, but for a picture without its transparent margin.
    pub part: Rect,
    /// At least as large as the file has them, or twice as large as shown; `None` when nothing of it can be seen.
    pub pixels: Option<Arc<PictureData>>,
}

impl Picture {
    /// Memory that it takes.
    pub fn bytes(&self) -> u64 {
        self.pixels.as_ref().map_or(0, |pixels| pixels.bytes())
    }
}

/// What tells two readings of a file apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    file: PathBuf,
    changed: Option<SystemTime>,
    bytes: u64,
    shown: Option<Shown>,
    is_trimmed: bool,
}

/// What is shown somewhere. Entries without a picture go when the next one is added.
static KNOWN: LazyLock<Mutex<HashMap<Key, Weak<Picture>>>> = LazyLock::new(Mutex::default);

/// Reads a picture. Kept at most twice as large as `shown`: up to 2160p for a template that was drawn for 1080p.
pub fn load(file: &Path, shown: Option<Shown>) -> Result<Arc<Picture>, AssetError> {
    load_as(file, shown, false)
}

/// Reads a picture of a sequence, without the transparent margin that such pictures have on most of their frames.
pub fn load_trimmed(file: &Path, shown: Option<Shown>) -> Result<Arc<Picture>, AssetError> {
    load_as(file, shown, true)
}

fn load_as(file: &Path, shown: Option<Shown>, is_trimmed: bool) -> Result<Arc<Picture>, AssetError> {
    let read = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => AssetError::Missing,
        _ => AssetError::Unreadable(error),
    };
    let about = std::fs::metadata(file).map_err(read)?;
    if about.is_dir() {
        return Err(AssetError::Missing);
    }
    let key = Key { file: file.to_owned(), changed: about.modified().ok(), bytes: about.len(), shown, is_trimmed };
    if key.bytes > MAX_FILE_BYTES {
        return Err(AssetError::TooManyBytes { bytes: key.bytes });
    }
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key).and_then(Weak::upgrade);
    if let Some(picture) = known {
        return Ok(picture);
    }
    let decoded = decode::decode(&std::fs::read(file).map_err(read)?, |size| shown.map(|shown| shown.size_of(size)))?;
    let picture = Arc::new(picture(decoded, shown, is_trimmed));
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.retain(|_, picture| picture.strong_count() > 0);
    known.insert(key, Arc::downgrade(&picture));
    Ok(picture)
}

fn picture(decoded: Decoded, shown: Option<Shown>, is_trimmed: bool) -> Picture {
    let Decoded { full, size, rgba } = decoded;
    let all = Rect::new(0.0, 0.0, full.width as f32, full.height as f32);
    let wanted = shown.map(|shown| shown.size_of(full));
    if !is_trimmed {
        return Picture { full, part: all, pixels: Some(Arc::new(resample::sizes(size, rgba, wanted))) };
    }
    let Some((part, rgba)) = trimmed(size, &rgba) else { return Picture { full, part: all, pixels: None } };
    let kept = Size::new(part.width as u32, part.height as u32);
    let share = |kept: u32, size: u32, wanted: u32| {
        let share = (u64::from(kept) * u64::from(wanted)).div_ceil(u64::from(size));
        u32::try_from(share).unwrap_or(u32::MAX).max(1)
    };
    let wanted = wanted.map(|wanted| {
        Size::new(share(kept.width, size.width, wanted.width), share(kept.height, size.height, wanted.height))
    });
    Picture { full, part, pixels: Some(Arc::new(resample::sizes(kept, rgba, wanted))) }
}

/// The smallest part that holds all that can be seen; `None` when nothing can.
fn trimmed(size: Size, rgba: &[u8]) -> Option<(Rect, Vec<u8>)> {
    let row_bytes = size.width as usize * 4;
    let rows: Vec<&[u8]> = rgba.chunks_exact(row_bytes.max(1)).collect();
    let is_seen = |row: &&[u8]| row.chunks_exact(4).any(|pixel| pixel[3] > 0);
    let top = rows.iter().position(is_seen)?;
    let bottom = rows.iter().rposition(is_seen)? + 1;
    let seen = |row: &[u8]| {
        let left = row.chunks_exact(4).position(|pixel| pixel[3] > 0)?;
        Some((left, row.chunks_exact(4).rposition(|pixel| pixel[3] > 0)? + 1))
    };
    let spans = rows[top..bottom].iter().filter_map(|row| seen(row));
    let (left, right) = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let kept = rows[top..bottom].iter().flat_map(|row| &row[left * 4..right * 4]).copied().collect();
    Some((Rect::new(left as f32, top as f32, (right - left) as f32, (bottom - top) as f32), kept))
}

#[cfg(test)]
#[path = "assets/tests.rs"]
mod tests;
