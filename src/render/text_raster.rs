//! Rasterises shaped text into 8-bit coverage, on the CPU, once for each run and size.
//!
//! In: a shaped run and the box that its texture holds. Out: a [`Coverage`] with an empty texel all around.
//! A ticking clock makes a new block every tick: a glyph's pixels are kept by [`Fonts`], so that it costs a few copies and
//! no pass of the GPU. The same pixels on every machine.

use glyphon::Buffer;
use glyphon::cosmic_text::{SwashContent, SwashImage};

use super::path_raster::Coverage;
use super::raster_box::RasterBox;
use crate::text::Fonts;

/// Rasterises what lies in `raster_box`, its outermost texels left empty.
pub(super) fn rasterise(fonts: &mut Fonts, buffer: &Buffer, raster_box: &RasterBox) -> Coverage {
    let RasterBox { scale, left, top, width, height } = *raster_box;
    let mut coverage = Coverage { width, height, texels: vec![0; width as usize * height as usize] };
    for line in buffer.layout_runs() {
        for glyph in line.glyphs {
            // The pen starts at the box's origin, the baseline lies on whole texels.
            let glyph = glyph.physical((-left as f32, -top as f32), scale);
            if let Some(image) = fonts.glyph(glyph.cache_key) {
                lay_down(&mut coverage, image, glyph.x + image.placement.left, glyph.y - image.placement.top);
            }
        }
    }
    coverage
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
        let run = TextRun { text: text.to_owned(), family, weight: 600, size_px: 40.0, tracking: 0.0, tabular: true };
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
