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
/// gradient that is `lighter` above and `darker` below the plate. A plate that reaches it is left alone. Of the two ways,
/// darker under light text and lighter under dark, it goes the one that changes the colour less: a red that is made
/// lighter washes out to coral, which no red team wears, and so the saturation that is lost counts, too.
pub fn legible_plate(plate: Rgb, lighter: f64, darker: f64) -> Rgb {
    let worst = |plate: Rgb, text: Rgb| {
        let ends = [shift_lightness(plate, lighter), plate, shift_lightness(plate, -darker)];
        ends.into_iter().map(|end| contrast(end, text)).fold(f64::INFINITY, f64::min)
    };
    let old = plate.to_oklch();
    let lift = (LEAST_LIGHTNESS - old.lightness).max(0.0);
    // What was lifted once is not lifted again for the rounding of its eight bits.
    let lift = if lift < 0.003 { 0.0 } else { lift };
    let nearest = |step: f64| {
        let shifted = (0..=60).map(|steps| shift_lightness(plate, lift + f64::from(steps) * step));
        shifted.into_iter().find(|candidate| worst(*candidate, on_color(*candidate)) >= SMALL_TEXT)
    };
    let change = |candidate: &Rgb| {
        let new = candidate.to_oklch();
        (new.lightness - old.lightness).abs() + (old.saturation() - new.saturation()).max(0.0)
    };
    let ways = [nearest(-0.01), nearest(0.01)].into_iter().flatten();
    ways.min_by(|one, other| change(one).total_cmp(&change(other))).unwrap_or(plate)
}

/// The light end of a plate's gradient: [`GRADIENT_LIGHTER`] above the plate, or less where the screen has not three quarters of
/// its saturation there. The light end of gold would else be cream, and a gold team beside a white one a clash.
pub fn light_end(plate: Rgb) -> Rgb {
    const NEARLY_GREY: f64 = 0.02;
    let saturation = plate.to_oklch().saturation();
    let keeps = |end: &Rgb| saturation < NEARLY_GREY || end.to_oklch().saturation() >= saturation * 0.75;
    let ends = (1..=5).rev().map(|step| shift_lightness(plate, GRADIENT_LIGHTER * f64::from(step) / 5.0));
    ends.into_iter().find(keeps).unwrap_or(plate)
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
    // Less than a step of eight bits anywhere: what sRGB shows comes back from OKLCH with such an error.
    const ROUNDING: f64 = 1e-4;
    let fits = |chroma: f64| {
        let mut linear = Oklch { chroma, ..wanted }.to_linear().into_iter();
        linear.all(|light| (-ROUNDING..=1.0 + ROUNDING).contains(&light))
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
    use crate::color::LIGHT_TEXT;

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
            prop_assert!(turned.abs() < 3.0 || new.chroma < 0.04, "{jersey} {plate}: {turned}");
        }
    }

    #[test]
    fn a_red_team_stays_red() {
        // Houston, Atlanta, Chicago, Calgary, and red itself: darker, under light text.
        for jersey in ["#ce1141", "#e03a3e", "#ef3b24", "#c8102e", "#ff0000"] {
            let plate = legible_plate(jersey.parse().unwrap(), GRADIENT_LIGHTER, GRADIENT_DARKER);
            assert_eq!(on_color(plate), LIGHT_TEXT, "{jersey} {plate}");
        }
        // New York's orange is bright enough for dark text, and stays as it is.
        let orange = Rgb::new(0xf5, 0x84, 0x26);
        assert_eq!(legible_plate(orange, GRADIENT_LIGHTER, GRADIENT_DARKER), orange);
    }

    #[test]
    fn a_shift_of_lightness_keeps_the_hue() {
        for step in 0..4096_u32 {
            let color = Rgb::new((step % 16 * 17) as u8, (step / 16 % 16 * 17) as u8, (step / 256 * 17) as u8);
            for by in [-0.2, -0.07, 0.05, 0.2] {
                let (old, new) = (color.to_oklch(), shift_lightness(color, by).to_oklch());
                let turned = (old.hue_degrees - new.hue_degrees + 540.0).rem_euclid(360.0) - 180.0;
                // Eight bits turn it by an angle that is the wider the less chroma there is.
                let rounding = (0.006 / new.chroma.max(1e-6)).to_degrees();
                assert!(turned.abs() < rounding, "{color} {by}: {turned} degrees at a chroma of {}", new.chroma);
            }
        }
    }
}
