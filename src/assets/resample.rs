//! Pictures with fewer pixels.
//!
//! Everything is premultiplied, so that the colour of what is transparent never bleeds into an edge. Values are averaged
//! as they are encoded, as they are blended everywhere else.

use std::borrow::Cow;

use crate::draw_list::{PictureData, Size};

/// Nothing is kept in sizes below this: it is cheap to draw from.
const SMALLEST_SIDE_PX: u32 = 32;

/// A picture in falling sizes: twice as large as `shown` or as large as it is, as large as shown, and then by halves.
pub(super) fn sizes(size: Size, rgba: Vec<u8>, shown: Option<Size>) -> PictureData {
    let (mut size, mut rgba) = (size, rgba);
    if let Some(shown) = shown {
        let most = Size::new(shown.width.saturating_mul(2), shown.height.saturating_mul(2));
        if size.width > most.width && size.height > most.height {
            // By halves as long as that is far: a wide filter over many pixels takes long.
            while size.width / 2 >= most.width && size.height / 2 >= most.height {
                rgba = resample(size, &rgba, half(size));
                size = half(size);
            }
            rgba = resample(size, &rgba, most);
            size = most;
        }
    }
    let is_smaller = |shown: &Size| shown.width <= size.width && shown.height <= size.height && *shown != size;
    let next = shown.filter(is_smaller).unwrap_or_else(|| half(size));
    let smaller = chain(size, &rgba, next);
    PictureData { size, rgba, smaller }
}

fn chain(size: Size, rgba: &[u8], next: Size) -> Option<Box<PictureData>> {
    if next == size || next.width.max(next.height) < SMALLEST_SIDE_PX {
        return None;
    }
    let rgba = resample(size, rgba, next);
    let smaller = chain(next, &rgba, half(next));
    Some(Box::new(PictureData { size: next, rgba, smaller }))
}

fn half(size: Size) -> Size {
    Size::new(size.width.div_ceil(2), size.height.div_ceil(2))
}

/// A picture with so many pixels, or with as many as it has where it has fewer, made from the size of it that comes
/// nearest from above.
pub fn resampled(picture: &PictureData, wanted: Size) -> (Size, Cow<'_, [u8]>) {
    let mut from = picture;
    while let Some(smaller) = from.smaller.as_deref().filter(|smaller| holds(smaller.size, wanted, picture.size)) {
        from = smaller;
    }
    let size =
        Size::new(wanted.width.clamp(1, from.size.width.max(1)), wanted.height.clamp(1, from.size.height.max(1)));
    if size == from.size {
        (size, Cow::Borrowed(&from.rgba))
    } else {
        (size, Cow::Owned(resample(from.size, &from.rgba, size)))
    }
}

fn holds(size: Size, wanted: Size, whole: Size) -> bool {
    size.width >= wanted.width.min(whole.width) && size.height >= wanted.height.min(whole.height)
}

/// `rgba` has the bytes of `from`; no side of either size is 0.
fn resample(from: Size, rgba: &[u8], to: Size) -> Vec<u8> {
    if from.width == 2 * to.width && from.height == 2 * to.height {
        return halved(to, rgba);
    }
    let (columns, rows) = (taps(from.width, to.width), taps(from.height, to.height));
    let row_parts = from.width as usize * 4;
    let mut out = Vec::with_capacity(to.width as usize * to.height as usize * 4);
    let mut line = vec![0.0_f32; row_parts];
    for Tap { first, weights } in &rows {
        line.fill(0.0);
        for (row, weight) in rgba.chunks_exact(row_parts).skip(*first).zip(weights) {
            line.iter_mut().zip(row).for_each(|(sum, part)| *sum += weight * f32::from(*part));
        }
        for Tap { first, weights } in &columns {
            let mut sum = [0.0_f32; 4];
            for (pixel, weight) in line[first * 4..].chunks_exact(4).zip(weights) {
                sum.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += weight * part);
            }
            // The filter overshoots at hard edges; no colour may be brighter than its alpha.
            let alpha = sum[3].round().clamp(0.0, 255.0);
            let [r, g, b, _] = sum.map(|part| part.round().clamp(0.0, alpha) as u8);
            out.extend([r, g, b, alpha as u8]);
        }
    }
    out
}

/// Every pixel the mean of four.
fn halved(to: Size, rgba: &[u8]) -> Vec<u8> {
    let row_bytes = to.width as usize * 8;
    let mut out = Vec::with_capacity(to.width as usize * to.height as usize * 4);
    for rows in rgba.chunks_exact(2 * row_bytes) {
        let (upper, lower) = rows.split_at(row_bytes);
        for (a, b) in upper.chunks_exact(8).zip(lower.chunks_exact(8)) {
            let mean = |part: usize| {
                let sum: u16 = [a[part], a[part + 4], b[part], b[part + 4]].into_iter().map(u16::from).sum();
                ((sum + 2) / 4) as u8
            };
            out.extend([0, 1, 2, 3].map(mean));
        }
    }
    out
}

/// What one pixel is made of: some neighbours along an axis, their weights 1 in all.
struct Tap {
    first: usize,
    weights: Vec<f32>,
}

/// Catmull-Rom, as wide as a pixel of the result, cut off at the edges.
fn taps(from: u32, to: u32) -> Vec<Tap> {
    let ratio = f64::from(from) / f64::from(to);
    let width = ratio.max(1.0);
    let tap = |index: u32| {
        let centre = (f64::from(index) + 0.5) * ratio;
        let first = (centre - 2.0 * width).floor().max(0.0) as u32;
        let end = ((centre + 2.0 * width).ceil() as u32).min(from);
        let weights: Vec<f64> =
            (first..end).map(|at| catmull_rom((f64::from(at) + 0.5 - centre).abs() / width)).collect();
        let sum: f64 = weights.iter().sum();
        Tap { first: first as usize, weights: weights.into_iter().map(|weight| (weight / sum) as f32).collect() }
    };
    (0..to).map(tap).collect()
}

fn catmull_rom(x: f64) -> f64 {
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(size: Size, pixel: [u8; 4]) -> Vec<u8> {
        pixel.repeat(size.width as usize * size.height as usize)
    }

    #[test]
    fn one_colour_stays_that_colour_in_every_size() {
        let from = Size::new(37, 23);
        for to in [Size::new(36, 22), Size::new(20, 23), Size::new(5, 5), Size::new(1, 1)] {
            assert_eq!(resample(from, &plain(from, [90, 20, 0, 128]), to), plain(to, [90, 20, 0, 128]), "{to}");
        }
        assert_eq!(
            halved(Size::new(3, 2), &plain(Size::new(6, 4), [9, 8, 7, 255])),
            plain(Size::new(3, 2), [9, 8, 7, 255])
        );
    }

    #[test]
    fn no_colour_is_ever_brighter_than_its_alpha() {
        // Stripes of opaque white and nothing, at which the filter overshoots most.
        let from = Size::new(64, 8);
        let rgba: Vec<u8> = (0..64 * 8).flat_map(|n| [if n % 64 / 5 % 2 == 0 { 255 } else { 0 }; 4]).collect();
        for width in 33..64 {
            let out = resample(from, &rgba, Size::new(width, 5));
            assert!(out.chunks_exact(4).all(|pixel| pixel[..3].iter().all(|part| *part <= pixel[3])), "{width}");
        }
    }

    #[test]
    fn a_picture_keeps_its_light_and_its_place_when_it_shrinks() {
        // A ramp from left to right, with a mean of 127.5, keeps both ends and its mean.
        let from = Size::new(256, 4);
        let rgba: Vec<u8> = (0..256 * 4_u32).flat_map(|n| [(n % 256) as u8, 0, 0, 255]).collect();
        let out = resample(from, &rgba, Size::new(100, 3));
        let row: Vec<f64> = out[..400].chunks_exact(4).map(|pixel| f64::from(pixel[0])).collect();
        let mean = row.iter().sum::<f64>() / 100.0;
        assert!((mean - 127.5).abs() < 0.5, "{mean}");
        assert!(row.windows(2).all(|pair| pair[0] < pair[1]), "{row:?}");
        assert!((row[50] - 128.8).abs() < 1.0, "{}", row[50]);
    }

    #[test]
    fn sizes_hold_the_one_that_is_shown_and_no_more_than_twice_it() {
        let all = |size: Size, shown| {
            let mut found = Vec::new();
            let picture = sizes(size, plain(size, [1, 2, 3, 255]), shown);
            let mut next = Some(&picture);
            while let Some(picture) = next {
                assert_eq!(picture.rgba.len(), picture.size.width as usize * picture.size.height as usize * 4);
                found.push((picture.size.width, picture.size.height));
                next = picture.smaller.as_deref();
            }
            found
        };
        assert_eq!(all(Size::new(500, 300), Some(Size::new(100, 60))), [(200, 120), (100, 60), (50, 30)]);
        assert_eq!(all(Size::new(150, 90), Some(Size::new(100, 60))), [(150, 90), (100, 60), (50, 30)]);
        assert_eq!(all(Size::new(80, 48), Some(Size::new(100, 60))), [(80, 48), (40, 24)]);
        assert_eq!(all(Size::new(129, 65), None), [(129, 65), (65, 33), (33, 17)]);
        assert_eq!(all(Size::new(1, 1), None), [(1, 1)]);
        // A hairline that covers a large square would be as wide as a road.
        assert_eq!(all(Size::new(40, 1), Some(Size::new(u32::MAX, 8192))), [(40, 1)]);
    }

    #[test]
    fn the_size_that_is_there_is_taken_as_it_is_and_others_are_made_from_the_next_larger() {
        let picture = sizes(Size::new(400, 200), plain(Size::new(400, 200), [0, 0, 0, 255]), Some(Size::new(200, 100)));
        let taken = |width, height| {
            let (size, bytes) = resampled(&picture, Size::new(width, height));
            assert_eq!(bytes.len(), size.width as usize * size.height as usize * 4);
            (size.width, size.height, matches!(bytes, Cow::Borrowed(_)))
        };
        assert_eq!(taken(400, 200), (400, 200, true));
        assert_eq!(taken(900, 900), (400, 200, true), "never made larger");
        assert_eq!(taken(200, 100), (200, 100, true));
        assert_eq!(taken(133, 67), (133, 67, false));
        assert_eq!(taken(300, 60), (300, 60, false));
        assert_eq!(taken(1, 1), (1, 1, false));
    }
}
