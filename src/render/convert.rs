//! Converts pixels from how the renderer draws them to how an output needs them.
//!
//! In: RGBA, premultiplied, 8 bits. Out: the same pixels in an output's byte order and kind of alpha. Pure; exact to
//! the nearest value.

use std::sync::LazyLock;

use crate::frame::{Alpha, Need, PixelFormat};

/// Straight colour for each alpha (row) and premultiplied colour (column).
static STRAIGHT: LazyLock<Box<[[u8; 256]; 256]>> = LazyLock::new(|| {
    let mut table = Box::new([[0; 256]; 256]);
    for (alpha, row) in (0_u8..=255).zip(table.iter_mut()) {
        for (color, entry) in (0_u8..=255).zip(row.iter_mut()) {
            *entry = straight(color, alpha);
        }
    }
    table
});

/// Colour at full strength from colour multiplied by alpha, rounded to the nearest (halves up); 0 where alpha is 0, and
/// 255 for a colour brighter than its alpha, which no premultiplied picture holds.
pub fn straight(color: u8, alpha: u8) -> u8 {
    let (color, alpha) = (u32::from(color), u32::from(alpha));
    match (255 * color + alpha / 2).checked_div(alpha) {
        None => 0,
        Some(value) => value.min(255) as u8,
    }
}

/// Converts whole pixels from `native` to `out`, which are equally long.
pub fn convert(need: Need, native: &[u8], out: &mut [u8]) {
    match (need.format, need.alpha) {
        (PixelFormat::Rgba, Alpha::Premultiplied) => out.copy_from_slice(native),
        (PixelFormat::Bgra, Alpha::Premultiplied) => each_pixel(native, out, |[r, g, b, a]| [b, g, r, a]),
        (PixelFormat::Rgba, Alpha::Straight) => {
            let table = &**STRAIGHT;
            each_pixel(native, out, |[r, g, b, a]| {
                let row = &table[usize::from(a)];
                [row[usize::from(r)], row[usize::from(g)], row[usize::from(b)], a]
            });
        }
        (PixelFormat::Bgra, Alpha::Straight) => {
            let table = &**STRAIGHT;
            each_pixel(native, out, |[r, g, b, a]| {
                let row = &table[usize::from(a)];
                [row[usize::from(b)], row[usize::from(g)], row[usize::from(r)], a]
            });
        }
    }
}

fn each_pixel(native: &[u8], out: &mut [u8], change: impl Fn([u8; 4]) -> [u8; 4]) {
    let (from, _) = native.as_chunks::<4>();
    let (to, _) = out.as_chunks_mut::<4>();
    for (from, to) in from.iter().zip(to) {
        *to = change(*from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_colour_is_the_nearest_value_for_every_pair() {
        for alpha in 1..=255_u8 {
            for color in 0..=alpha {
                let exact = 255.0 * f64::from(color) / f64::from(alpha);
                let found = f64::from(straight(color, alpha));
                assert!((found - exact).abs() <= 0.5, "{color} of {alpha}: {found}, exactly {exact}");
                assert_eq!(STRAIGHT[usize::from(alpha)][usize::from(color)], straight(color, alpha));
            }
        }
    }

    #[test]
    fn multiplying_back_restores_every_premultiplied_value() {
        for alpha in 1..=255_u8 {
            for color in 0..=alpha {
                let again = (u32::from(straight(color, alpha)) * u32::from(alpha) * 2 + 255) / 510;
                assert_eq!(again, u32::from(color), "{color} of {alpha}");
            }
        }
    }

    #[test]
    fn no_alpha_means_no_colour_and_a_colour_above_its_alpha_is_white() {
        for color in 0..=255_u8 {
            assert_eq!(straight(color, 0), 0);
        }
        for alpha in 1..=254_u8 {
            for color in alpha + 1..=255 {
                assert_eq!(straight(color, alpha), 255);
            }
        }
    }

    #[test]
    fn every_need_orders_its_bytes_and_treats_alpha_as_it_says() {
        let native = [10, 20, 30, 60, 1, 2, 3, 255];
        let convert = |format, alpha| {
            let mut out = [0; 8];
            convert(Need { format, alpha }, &native, &mut out);
            out
        };
        assert_eq!(convert(PixelFormat::Rgba, Alpha::Premultiplied), native);
        assert_eq!(convert(PixelFormat::Bgra, Alpha::Premultiplied), [30, 20, 10, 60, 3, 2, 1, 255]);
        assert_eq!(convert(PixelFormat::Rgba, Alpha::Straight), [43, 85, 128, 60, 1, 2, 3, 255]);
        assert_eq!(convert(PixelFormat::Bgra, Alpha::Straight), [128, 85, 43, 60, 3, 2, 1, 255]);
    }
}
