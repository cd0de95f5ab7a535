//! Bytes of a file to premultiplied pixels.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use resvg::{tiny_skia, usvg};

use super::{AssetError, MAX_PIXELS, MAX_SIDE_PX};
use crate::draw_list::Size;

/// Longest side of an SVG that nobody said how large to show, and measure of its proportions.
const SVG_SIDE_PX: f32 = 1024.0;

/// Longest side that an SVG is rasterised at: twice a template of 1080 lines.
const MAX_SVG_SIDE_PX: u32 = 4096;

/// Pixels as they are kept.
pub(super) struct Decoded {
    /// For proportions.
    pub full: Size,
    /// Of `rgba`.
    pub size: Size,
    pub rgba: Vec<u8>,
}

/// Decodes by content, not by the file's name. `shown` says how large a picture of some size will be shown; an SVG is
/// rasterised at twice that.
pub(super) fn decode(bytes: &[u8], shown: impl Fn(Size) -> Option<Size>) -> Result<Decoded, AssetError> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => raster(bytes, format),
        Ok(_) => Err(AssetError::UnknownKind),
        Err(_) if looks_like_svg(bytes) => svg(bytes, shown),
        Err(_) => Err(AssetError::UnknownKind),
    }
}

fn checked(size: Size) -> Result<Size, AssetError> {
    let Size { width, height } = size;
    let is_small = width.max(height) <= MAX_SIDE_PX && u64::from(width) * u64::from(height) <= MAX_PIXELS;
    if is_small { Ok(size) } else { Err(AssetError::TooLarge { size }) }
}

fn raster(bytes: &[u8], format: ImageFormat) -> Result<Decoded, AssetError> {
    let broken = |error: image::ImageError| AssetError::Broken(error.to_string());
    if format == ImageFormat::Jpeg && !has_end(bytes) {
        return Err(AssetError::Broken("it ends early".to_owned()));
    }
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    // Before a single pixel is decoded: a few bytes of a file can ask for gigabytes.
    checked(Size::new(width, height))?;
    let turn = decoder.orientation().map_err(broken)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    image.apply_orientation(turn);
    let image = image.into_rgba8();
    let size = Size::new(image.width(), image.height());
    let mut rgba = image.into_raw();
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u16::from(pixel[3]);
        pixel[..3].iter_mut().for_each(|part| *part = ((u16::from(*part) * alpha + 127) / 255) as u8);
    }
    Ok(Decoded { full: size, size, rgba })
}

/// Whether a JPEG's last scan is followed by its end: the decoder makes grey of what is missing and says nothing.
fn has_end(jpeg: &[u8]) -> bool {
    let last = |marker: [u8; 2]| jpeg.windows(2).rposition(|bytes| bytes == marker);
    match (last([0xff, 0xda]), last([0xff, 0xd9])) {
        (Some(scan), Some(end)) => scan < end,
        _ => false,
    }
}

/// An SVG begins with a tag, after a byte order mark and white space at most.
fn looks_like_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
}

fn svg(bytes: &[u8], shown: impl Fn(Size) -> Option<Size>) -> Result<Decoded, AssetError> {
    let broken = |error: &dyn std::fmt::Display| AssetError::Broken(error.to_string());
    let text = std::str::from_utf8(bytes).map_err(|error| broken(&error))?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let options = usvg::roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = usvg::roxmltree::Document::parse_with_options(text, options).map_err(|error| broken(&error))?;
    // Neither is drawn here, and a logo without its letters must not pass.
    for element in document.descendants() {
        match element.tag_name().name() {
            "text" => return Err(AssetError::SvgText),
            "image" => return Err(AssetError::SvgPicture),
            _ => {}
        }
    }
    let tree = usvg::Tree::from_xmltree(&document, &usvg::Options::default()).map_err(|error| broken(&error))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let unit = SVG_SIDE_PX / width.max(height);
    let full = Size::new(side(width * unit), side(height * unit));
    let size = shown(full).map_or(full, |Size { width, height }| {
        // Both sides by one factor, so that the proportions stay.
        let factor = (MAX_SVG_SIDE_PX as f32 / width.max(height) as f32).min(2.0);
        Size::new(side(width as f32 * factor), side(height as f32 * factor))
    });
    let mut pixels = tiny_skia::Pixmap::new(size.width, size.height).ok_or(AssetError::TooLarge { size })?;
    let scale = tiny_skia::Transform::from_scale(size.width as f32 / width, size.height as f32 / height);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    Ok(Decoded { full, size, rgba: pixels.take() })
}

/// At least one whole pixel.
fn side(length: f32) -> u32 {
    length.round().max(1.0) as u32
}
