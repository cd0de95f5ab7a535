//! Colours as templates write them, and the few operations on them that graphics need.
//!
//! Lightness is shifted and colours are mixed in OKLab, where equal steps look equal; contrast is WCAG's ratio.

use crate::color::legible::shown;
use crate::color::{self, Oklch, Rgb};
use crate::draw_list::Color;

/// `#rgb`, `#rrggbb` or `#rrggbbaa`.
pub(crate) fn parse(text: &str) -> Option<Color> {
    let hex = text.strip_prefix('#').filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    match hex.len() {
        3 => {
            let digit = |at: usize| u8::from_str_radix(&hex[at..=at], 16).map(|d| d * 17).ok();
            Some(Color::from_rgb8(digit(0)?, digit(1)?, digit(2)?))
        }
        6 => Some(Color::from_rgb8(byte(0)?, byte(2)?, byte(4)?)),
        8 => Some(Color { a: f32::from(byte(6)?) / 255.0, ..Color::from_rgb8(byte(0)?, byte(2)?, byte(4)?) }),
        _ => None,
    }
}

/// As templates write it; without alpha when opaque.
pub(crate) fn print(color: Color) -> String {
    let text = color.to_string();
    text.strip_suffix("ff").filter(|rgb| rgb.len() == 7).map_or(text.clone(), str::to_owned)
}

/// WCAG contrast ratio, 1..=21; alpha is ignored.
pub(crate) fn contrast(a: Color, b: Color) -> f32 {
    color::contrast(rgb(a), rgb(b)) as f32
}

/// Of the light and the dark text, the one that stands out better.
pub(crate) fn text_on(plate: Color) -> Color {
    let text = color::on_color(rgb(plate));
    Color::from_rgb8(text.r, text.g, text.b)
}

/// See [`color::legible::legible_plate`].
pub(crate) fn legible_plate(plate: Color, lighter: f64, darker: f64) -> Color {
    colored(plate, color::legible::legible_plate(rgb(plate), lighter, darker))
}

/// See [`color::legible::shift_lightness`].
pub(crate) fn shift_lightness(color: Color, by: f32) -> Color {
    colored(color, color::legible::shift_lightness(rgb(color), f64::from(by)))
}

/// See [`color::legible::ensure_contrast`].
pub(crate) fn ensure_contrast(color: Color, with: Color, least: f32) -> Color {
    colored(color, color::legible::ensure_contrast(rgb(color), rgb(with), f64::from(least)))
}

/// Another colour as opaque as before.
fn colored(before: Color, new: Rgb) -> Color {
    Color { a: before.a, ..Color::from_rgb8(new.r, new.g, new.b) }
}

/// `at` 0 is `from`, 1 is `to`, both exactly.
pub(crate) fn mix(from: Color, to: Color, at: f32) -> Color {
    if at <= 0.0 || at >= 1.0 {
        return if at <= 0.0 { from } else { to };
    }
    let (p, q) = (oklab(from), oklab(to));
    let [lightness, a, b] = [0, 1, 2].map(|i| p[i] + (q[i] - p[i]) * f64::from(at));
    let hue_degrees = b.atan2(a).to_degrees().rem_euclid(360.0);
    let mixed = shown(Oklch { lightness, chroma: a.hypot(b), hue_degrees });
    Color { a: from.a + (to.a - from.a) * at, ..Color::from_rgb8(mixed.r, mixed.g, mixed.b) }
}

fn rgb(color: Color) -> Rgb {
    let [r, g, b] = [color.r, color.g, color.b].map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8);
    Rgb { r, g, b }
}

/// Mixing hues by their angle would go through colours that neither has.
fn oklab(color: Color) -> [f64; 3] {
    let Oklch { lightness, chroma, hue_degrees } = rgb(color).to_oklch();
    let (sin, cos) = hue_degrees.to_radians().sin_cos();
    [lightness, chroma * cos, chroma * sin]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_survive_reading_and_printing() {
        for text in ["#0e1116", "#f4f6f880", "#ffffff", "#ffffff00"] {
            assert_eq!(print(parse(text).unwrap()), text);
        }
        assert_eq!(print(parse("#f80").unwrap()), "#ff8800");
        assert!(parse("f80").is_none() && parse("#f8").is_none() && parse("#gggggg").is_none());
    }

    #[test]
    fn mixing_ends_at_both_colours() {
        let (a, b) = (parse("#e03a3e").unwrap(), parse("#0077c0").unwrap());
        assert_eq!(print(mix(a, b, 0.0)), "#e03a3e");
        assert_eq!(print(mix(a, b, 1.0)), "#0077c0");
    }

    #[test]
    fn contrast_is_ensured_with_the_smallest_shift() {
        let (red, dark) = (parse("#a01020").unwrap(), parse("#0e1116").unwrap());
        let shifted = ensure_contrast(red, dark, 4.5);
        assert!((4.5..4.8).contains(&contrast(shifted, dark)), "{}", contrast(shifted, dark));
        assert_eq!(ensure_contrast(shifted, dark, 4.5), shifted, "enough is left alone");
        let white = ensure_contrast(red, dark, 21.0);
        assert!(contrast(white, dark) > 15.0, "as far as it goes: {}", contrast(white, dark));
    }
}
