//! How an item's local pixels lie in the texture that it is rasterised into.
//!
//! Pure numbers, shared by text and paths.

use crate::draw_list::{Affine, Rect};

/// Raster scales are powers of two in quarters: an item that grows or shrinks on air is rasterised anew four times an
/// octave and not every frame, and is never magnified, nor shrunk by more than a fifth, when it is laid down.
const STEPS_PER_OCTAVE: f32 = 4.0;

/// Smallest and largest raster scale.
const SCALE_RANGE: (f32, f32) = (1.0 / 16.0, 16.0);

/// No side of a block is longer; beyond it the raster scale shrinks. Every adapter holds textures of this size.
const MAX_SIDE_TEXELS: f32 = 4096.0;

/// A texture's extent: where it lies in scaled local pixels, empty border included.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct RasterBox {
    /// Texels for one local pixel.
    pub(super) scale: f32,
    /// Scaled local pixel that is the texture's top left corner; whole, so that at scale 1 texels are local pixels.
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl RasterBox {
    /// A texture for what lies in `extent` (local pixels); `None` when that is empty or not a number.
    pub(super) fn around(extent: Rect, scale: f32) -> Option<RasterBox> {
        let Rect { x, y, width, height } = extent;
        if extent.is_empty() || !(x.is_finite() && y.is_finite() && width.is_finite() && height.is_finite()) {
            return None;
        }
        let longest = width.max(height);
        let scale = if longest * scale > MAX_SIDE_TEXELS { MAX_SIDE_TEXELS / longest } else { scale };
        // At other scales than 1 an outline may reach a little farther than the measured one.
        let border = if scale == 1.0 { 1.0 } else { 2.0 };
        let left = (x * scale).floor() - border;
        let top = (y * scale).floor() - border;
        let right = (extent.right() * scale).ceil() + border;
        let bottom = (extent.bottom() * scale).ceil() + border;
        Some(RasterBox {
            scale,
            left: left as i32,
            top: top as i32,
            width: (right - left) as u32,
            height: (bottom - top) as u32,
        })
    }

    pub(super) fn texel_from_local(&self) -> Affine {
        Affine { dx: -(self.left as f32), dy: -(self.top as f32), ..Affine::scale(self.scale, self.scale) }
    }
}

/// The raster scale for an item under a map: that of its most stretched direction, rounded up to a step. The same map
/// always gives the same scale, whatever was on air before.
pub(super) fn raster_scale(canvas_from_local: Affine) -> f32 {
    let stretch = stretch(canvas_from_local);
    if !(stretch.is_finite() && stretch > 0.0) {
        return 1.0;
    }
    // A rotation's rounding must not reach the next step.
    const ROUNDING: f32 = 0.01;
    let step = (stretch.log2() * STEPS_PER_OCTAVE - ROUNDING).ceil();
    (step / STEPS_PER_OCTAVE).exp2().clamp(SCALE_RANGE.0, SCALE_RANGE.1)
}

/// Largest singular value of the linear part.
fn stretch(map: Affine) -> f32 {
    if map.is_translation() {
        return 1.0;
    }
    let Affine { xx, yx, xy, yy, .. } = map;
    let columns = (xx * xx + yx * yx, xy * xy + yy * yy);
    let skew = 2.0 * (xx * xy + yx * yy);
    let spread = (columns.0 - columns.1).hypot(skew);
    ((columns.0 + columns.1 + spread) / 2.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_and_turning_keep_the_size() {
        assert_eq!(raster_scale(Affine::translation(3.25, 9.5)), 1.0);
        for degrees in 0_u8..90 {
            assert_eq!(raster_scale(Affine::rotation(f32::from(degrees).to_radians())), 1.0, "{degrees} degrees");
        }
    }

    #[test]
    fn the_most_stretched_direction_decides() {
        assert_eq!(raster_scale(Affine::scale(0.88, 1.0)), 1.0);
        assert_eq!(raster_scale(Affine::scale(2.0, 0.1)), 2.0);
    }

    #[test]
    fn nothing_is_magnified_or_shrunk_by_more_than_a_fifth() {
        for percent in 10_u8..=250 {
            let stretch = f32::from(percent) / 100.0;
            let scale = raster_scale(Affine::scale(stretch, stretch));
            assert!(stretch <= scale * 1.01 && stretch >= scale * 0.8, "{stretch} is rastered at {scale}");
        }
    }

    #[test]
    fn at_scale_one_texels_are_local_pixels() {
        let found = RasterBox::around(Rect::new(2.0, -30.0, 20.0, 31.0), 1.0).expect("not empty");
        assert_eq!(found, RasterBox { scale: 1.0, left: 1, top: -31, width: 22, height: 33 });
    }

    #[test]
    fn a_huge_item_is_rasterised_smaller() {
        let found = RasterBox::around(Rect::new(0.0, 0.0, 100_000.0, 10.0), 1.0).expect("not empty");
        assert!(found.width <= MAX_SIDE_TEXELS as u32 + 4, "{found:?}");
    }

    #[test]
    fn nothing_is_rasterised_for_an_empty_or_impossible_extent() {
        assert_eq!(RasterBox::around(Rect::default(), 1.0), None);
        assert_eq!(RasterBox::around(Rect::new(f32::NAN, 0.0, 4.0, 4.0), 1.0), None);
        assert_eq!(RasterBox::around(Rect::new(0.0, 0.0, f32::INFINITY, 4.0), 1.0), None);
    }
}
