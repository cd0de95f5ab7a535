//! Rasterises shaped text, on the CPU, once for each run, look and size.
//!
//! In: a shaped run, what of it is drawn, and the box that its texture holds. Out: a [`Coverage`], or for what has colours of
//! its own premultiplied pixels, with an empty texel all around.
//! A ticking clock makes a new block every tick: a glyph's pixels are kept by [`Fonts`], so that it costs a few copies and
//! no pass of the GPU. The same pixels on every machine.

use glyphon::Buffer;
use glyphon::cosmic_text::{PhysicalGlyph, SwashContent, SwashImage};

use super::blur::blurred;
use super::path_raster::{self, Coverage};
use super::raster_box::RasterBox;
use crate::draw_list::{Color, Gradient, Join, PathData, PathStyle, Point};
use crate::text::Fonts;

/// Rasterises what lies in `raster_box`, its outermost texels left empty.
pub(super) fn rasterise(fonts: &mut Fonts, buffer: &Buffer, raster_box: &RasterBox) -> Coverage {
    let RasterBox { width, height, .. } = *raster_box;
    let mut coverage = Coverage { width, height, texels: vec![0; width as usize * height as usize] };
    for glyph in glyphs(buffer, raster_box) {
        if let Some(image) = fonts.glyph(glyph.cache_key) {
            lay_down(&mut coverage, image, glyph.x + image.placement.left, glyph.y - image.placement.top);
        }
    }
    coverage
}

/// The glyphs in texels: the pen starts at the box's origin, the baseline lies on whole texels.
fn glyphs(buffer: &Buffer, raster_box: &RasterBox) -> Vec<PhysicalGlyph> {
    let RasterBox { scale, left, top, .. } = *raster_box;
    let lines = buffer.layout_runs().flat_map(|line| line.glyphs);
    lines.map(|glyph| glyph.physical((-left as f32, -top as f32), scale)).collect()
}

/// The glyphs grown by a width in local pixels on all sides.
pub(super) fn outline(
    fonts: &mut Fonts,
    buffer: &Buffer,
    raster_box: &RasterBox,
    (width_px, join): (f32, Join),
) -> Coverage {
    let mut path = PathData::default();
    for glyph in glyphs(buffer, raster_box) {
        // As far between two texels as its pixels were rasterised.
        let at = Point::new(
            glyph.x as f32 + glyph.cache_key.x_bin.as_float(),
            glyph.y as f32 + glyph.cache_key.y_bin.as_float(),
        );
        path.segments.extend(fonts.outline(glyph.cache_key, at).unwrap_or_default().segments);
    }
    let mut grown = rasterise(fonts, buffer, raster_box);
    let style = PathStyle::outside(width_px * raster_box.scale, join);
    let texels = RasterBox { scale: 1.0, left: 0, top: 0, ..*raster_box };
    if !path_raster::extent(&path, style).is_empty() {
        let rim = path_raster::rasterise(&path, style, &texels);
        // A rim reaches as far in as out, so that its inner edge lies where the glyphs cover fully.
        grown.texels.iter_mut().zip(rim.texels).for_each(|(texel, rim)| *texel = (*texel).max(rim));
    }
    grown
}

/// The glyphs, or what an outline of some width makes of them, blurred.
pub(super) fn shadow(
    fonts: &mut Fonts,
    buffer: &Buffer,
    raster_box: &RasterBox,
    (outline_px, join, blur_px): (f32, Join, f32),
) -> Coverage {
    let sharp = if outline_px > 0.0 {
        outline(fonts, buffer, raster_box, (outline_px, join))
    } else {
        rasterise(fonts, buffer, raster_box)
    };
    blurred(sharp, blur_px / 2.0 * raster_box.scale)
}

/// What glyphs without colours of their own are filled with.
#[derive(Clone, Copy)]
pub(super) enum Ink<'a> {
    Solid(Color),
    /// In local pixels.
    Gradient(&'a Gradient),
}

/// Premultiplied pixels, rows from top to bottom.
pub(super) fn colors(fonts: &mut Fonts, buffer: &Buffer, raster_box: &RasterBox, ink: Ink<'_>) -> Vec<u8> {
    let RasterBox { width, height, .. } = *raster_box;
    let mut texels = vec![0.0_f32; width as usize * height as usize * 4];
    for glyph in glyphs(buffer, raster_box) {
        // Pictures have straight alpha, coloured outlines are premultiplied.
        let has_outline = fonts.outline(glyph.cache_key, Point::default()).is_some();
        let Some(image) = fonts.glyph(glyph.cache_key) else { continue };
        let stride = if image.content == SwashContent::Mask { 1 } else { 4 };
        let (left, top) = (glyph.x + image.placement.left, glyph.y - image.placement.top);
        for (n, texel) in image.data.chunks_exact(stride).enumerate() {
            let (x, y) =
                (left + n as i32 % image.placement.width as i32, top + n as i32 / image.placement.width as i32);
            if !(1..width as i32 - 1).contains(&x) || !(1..height as i32 - 1).contains(&y) {
                continue;
            }
            let part = |byte: u8| f32::from(byte) / 255.0;
            let over = match *texel {
                [coverage] => ink.at(raster_box, x, y).map(|color| color * part(coverage)),
                [r, g, b, a] if has_outline => [r, g, b, a].map(part),
                [r, g, b, a] => Color { r: part(r), g: part(g), b: part(b), a: part(a) }.premultiplied(),
                _ => continue,
            };
            let at = (y as usize * width as usize + x as usize) * 4;
            for (below, over_part) in texels[at..at + 4].iter_mut().zip(over) {
                *below = over_part + *below * (1.0 - over[3]);
            }
        }
    }
    texels.into_iter().map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8).collect()
}

impl Ink<'_> {
    /// Premultiplied, at the middle of a texel.
    fn at(self, raster_box: &RasterBox, x: i32, y: i32) -> [f32; 4] {
        let gradient = match self {
            Ink::Solid(color) => return color.premultiplied(),
            Ink::Gradient(gradient) => gradient,
        };
        let local = |texel: i32, first: i32| ((texel + first) as f32 + 0.5) / raster_box.scale;
        let at = Point::new(local(x, raster_box.left), local(y, raster_box.top));
        let Gradient { from, to, stops } = gradient;
        let (across, down) = (to.x - from.x, to.y - from.y);
        let length = across * across + down * down;
        // A line without a length has only an end.
        let share = if length > 0.0 { ((at.x - from.x) * across + (at.y - from.y) * down) / length } else { f32::MAX };
        let Some((_, first)) = stops.first() else { return [0.0; 4] };
        let mut color = first.premultiplied();
        for pair in stops.windows(2) {
            let [(low, _), (high, next)] = pair else { continue };
            let part = ((share - low) / (high - low).max(1e-6)).clamp(0.0, 1.0);
            let next = next.premultiplied();
            color = std::array::from_fn(|i| color[i] + (next[i] - color[i]) * part);
        }
        color
    }
}

/// Puts a glyph's picture over what is there, its top left corner at `left`, `top`.
fn lay_down(coverage: &mut Coverage, image: &SwashImage, left: i32, top: i32) {
    // Pictures with colours bring their coverage as alpha, last of four.
    let stride = if image.content == SwashContent::Mask { 1 } else { 4 };
    let row_bytes = image.placement.width as usize * stride;
    if row_bytes == 0 {
        return;
    }
    let (right, bottom) = (coverage.width as i32 - 1, coverage.height as i32 - 1);
    for (y, row) in (top..).zip(image.data.chunks_exact(row_bytes)).filter(|(y, _)| (1..bottom).contains(y)) {
        for (x, texel) in (left..).zip(row.chunks_exact(stride)).filter(|(x, _)| (1..right).contains(x)) {
            let below = &mut coverage.texels[y as usize * coverage.width as usize + x as usize];
            *below = over(texel[stride - 1], *below);
        }
    }
}

/// Coverage of two overlapping glyphs, rounded to the nearest.
fn over(glyph: u8, below: u8) -> u8 {
    let (glyph, below) = (u32::from(glyph), u32::from(below));
    (glyph + (below * (255 - glyph) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::TextRun;

    fn block(text: &str, scale: f32) -> Coverage {
        let mut fonts = Fonts::bundled();
        let family = "Barlow Condensed".to_owned();
        let run =
            TextRun { text: text.to_owned(), family, weight: 600, size_px: 40.0, tabular: true, ..TextRun::default() };
        let ink = fonts.measure(&run).unwrap().ink;
        let buffer = fonts.shape(&run).unwrap();
        rasterise(&mut fonts, &buffer, &RasterBox::around(ink, scale).unwrap())
    }

    #[test]
    fn ink_reaches_the_border_on_all_sides_and_leaves_it_empty() {
        let found = block("H", 1.0);
        let (width, height) = (found.width as usize, found.height as usize);
        let at = |x: usize, y: usize| found.texels[y * width + x];
        assert!((0..width).all(|x| at(x, 0) == 0 && at(x, height - 1) == 0));
        assert!((0..height).all(|y| at(0, y) == 0 && at(width - 1, y) == 0));
        assert!((0..width).any(|x| at(x, 1) > 0) && (0..width).any(|x| at(x, height - 2) > 0));
        assert!((0..height).any(|y| at(1, y) > 0) && (0..height).any(|y| at(width - 2, y) > 0));
    }

    #[test]
    fn a_larger_block_has_the_same_ink_for_its_size() {
        let area = |found: Coverage| found.texels.iter().map(|texel| f64::from(*texel)).sum::<f64>();
        let (small, large) = (area(block("12:34", 1.0)), area(block("12:34", 2.0)));
        assert!((large / small / 4.0 - 1.0).abs() < 0.02, "{small} {large}");
    }

    #[test]
    fn overlapping_glyphs_never_exceed_full_coverage() {
        for glyph in 0..=255 {
            assert_eq!(over(glyph, 0), glyph);
            assert_eq!(over(glyph, 255), 255);
            assert_eq!(over(0, glyph), glyph);
        }
        assert_eq!(over(128, 128), 192);
    }
}
