//! Colours moved until they can be read: the lightness goes, the hue stays.
//!
//! Lightness is OKLab's, where equal steps look equal; contrast is WCAG's ratio.

use super::{Oklch, Rgb, contrast, on_color};

/// WCAG 2.2, success criterion 1.4.3: small text.
pub const SMALL_TEXT: f64 = 4.5;
/// The same for large text: from 24 px, or 19 px bold.
pub const LARGE_TEXT: f64 = 3.0;

/// A team plate's gradient, in lightness above and below the plate's own.
pub const GRADIENT_LIGHTER: f64 = 0.05;
pub const GRADIENT_DARKER: f64 = 0.07;

/// A black plate is lifted off the neutral panel, which is the darkest thing on screen.
const LEAST_LIGHTNESS: f64 = 0.27;

/// Short of pure black and white, which clip in narrow-range video.
const DARKEST: f64 = 0.17;
const LIGHTEST: f64 = 0.975;

/// Adds to the lightness (0 black, 1 white), keeping hue and, where the screen can show it, chroma. It stops short of pure
/// black and white.
pub fn shift_lightness(color: Rgb, by: f64) -> Rgb {
    if by == 0.0 {
        return color;
    }
    let old = color.to_oklch();
    shown(Oklch { lightness: (old.lightness + by).clamp(DARKEST, LIGHTEST), ..old })
}

/// The plate, its lightness shifted as little as needed for its text ([`on_color`]) to reach [`SMALL_TEXT`] everywhere on a
/// gradient that is `lighter` above and `darker` below the plate. A plate that reaches it is left alone.
pub fn legible_plate(plate: Rgb, lighter: f64, darker: f64) -> Rgb {
    let worst = |plate: Rgb, text: Rgb| {
        let ends = [shift_lightness(plate, lighter), plate, shift_lightness(plate, -darker)];
        ends.into_iter().map(|end| contrast(end, text)).fold(f64::INFINITY, f64::min)
    };
    let lift = (LEAST_LIGHTNESS - plate.to_oklch().lightness).max(0.0);
    // What was lifted once is not lifted again for the rounding of its eight bits.
    let lift = if lift < 0.003 { 0.0 } else { lift };
    (0..=60)
        .flat_map(|step| [-f64::from(step), f64::from(step)])
        .map(|step| shift_lightness(plate, lift + step * 0.01))
        .find(|candidate| worst(*candidate, on_color(*candidate)) >= SMALL_TEXT)
        .unwrap_or(plate)
}

/// The colour, its lightness shifted as little as needed for this contrast with another; as far as it goes where that
/// cannot be reached.
pub fn ensure_contrast(color: Rgb, with: Rgb, least: f64) -> Rgb {
    let shifted = |step: i32| shift_lightness(color, f64::from(step) * 0.01);
    let reaches = |candidate: &Rgb| contrast(*candidate, with) >= least;
    let nearest = (0..=100).flat_map(|step| [shifted(step), shifted(-step)]).find(reaches);
    let best = |a: Rgb, b: Rgb| if contrast(a, with) >= contrast(b, with) { a } else { b };
    nearest.unwrap_or_else(|| best(shifted(100), shifted(-100)))
}

/// The nearest colour of this lightness and hue that sRGB can show: chroma gives way, because cutting off a component
/// would turn the hue.
pub fn shown(wanted: Oklch) -> Rgb {
    // Eight bits a component round lightness and chroma by less than this.
    const ROUNDING: f64 = 0.01;
    let fits = |chroma: f64| {
        let back = Rgb::from_oklch(Oklch { chroma, ..wanted }).to_oklch();
        (back.lightness - wanted.lightness).abs() < ROUNDING && (back.chroma - chroma).abs() < ROUNDING
    };
    let mut chroma = wanted.chroma;
    if !fits(chroma) {
        let (mut low, mut high) = (0.0, chroma);
        for _ in 0..12 {
            let middle = (low + high) / 2.0;
            if fits(middle) { low = middle } else { high = middle }
        }
        chroma = low;
    }
    Rgb::from_oklch(Oklch { chroma, ..wanted })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_plate_becomes_legible_keeps_its_hue_and_is_then_left_alone(r: u8, g: u8, b: u8) {
            let jersey = Rgb::new(r, g, b);
            let plate = legible_plate(jersey, GRADIENT_LIGHTER, GRADIENT_DARKER);
            let text = on_color(plate);
            for end in [GRADIENT_LIGHTER, 0.0, -GRADIENT_DARKER] {
                prop_assert!(contrast(shift_lightness(plate, end), text) >= SMALL_TEXT, "{jersey} {plate} {end}");
            }
            prop_assert_eq!(legible_plate(plate, GRADIENT_LIGHTER, GRADIENT_DARKER), plate);
            let (old, new) = (jersey.to_oklch(), plate.to_oklch());
            let turned = (old.hue_degrees - new.hue_degrees + 540.0).rem_euclid(360.0) - 180.0;
            // Eight bits cannot hold the hue of what is nearly grey.
            prop_assert!(turned.abs() < 6.0 || new.chroma < 0.04, "{jersey} {plate}: {turned}");
        }
    }
}
