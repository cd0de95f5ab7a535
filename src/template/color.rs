//! Colours as templates write them, and the few operations on them that graphics need.
//!
//! Lightness is shifted and colours are mixed in OKLab, where equal steps look equal; contrast is WCAG's ratio.

use crate::draw_list::Color;

/// Text on dark and on light plates. Neither is pure: white and black clip in narrow-range video.
pub(crate) const LIGHT_TEXT: &str = "#f4f6f8";
pub(crate) const DARK_TEXT: &str = "#0e1116";

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

/// WCAG 2 relative luminance, 0..=1; alpha is ignored.
fn luminance(color: Color) -> f32 {
    let [r, g, b] = [color.r, color.g, color.b].map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// WCAG 2 contrast ratio, 1..=21.
pub(crate) fn contrast(a: Color, b: Color) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Of the light and the dark text, the one that stands out better.
pub(crate) fn text_on(plate: Color) -> Color {
    let (light, dark) = (parse(LIGHT_TEXT), parse(DARK_TEXT));
    let (light, dark) = (light.unwrap_or(Color::WHITE), dark.unwrap_or(Color::from_rgb8(0, 0, 0)));
    if contrast(plate, light) >= contrast(plate, dark) { light } else { dark }
}

/// The plate, its lightness shifted as little as needed (its hue kept) for its text to reach 4.5:1 everywhere on a
/// gradient that is `lighter` above and `darker` below the plate (OKLab lightness, 0..=1).
pub(crate) fn legible_plate(plate: Color, lighter: f32, darker: f32) -> Color {
    const WANTED: f32 = 4.5;
    let worst = |plate: Color, text: Color| {
        contrast(shift_lightness(plate, lighter), text).min(contrast(shift_lightness(plate, -darker), text))
    };
    // A black jersey is lifted off the neutral panel, which is the darkest thing on screen.
    const LEAST_LIGHTNESS: f32 = 0.27;
    let lift = (LEAST_LIGHTNESS - oklab(plate)[0]).max(0.0);
    (0..=60)
        .flat_map(|step| [-(step as f32), step as f32])
        .map(|step| shift_lightness(plate, lift + step * 0.01))
        .find(|candidate| worst(*candidate, text_on(*candidate)) >= WANTED)
        .unwrap_or(plate)
}

/// Adds to the OKLab lightness (0 black, 1 white), keeping hue and, where the screen can show it, chroma. It stops short of
/// pure black and white, which clip in narrow-range video.
pub(crate) fn shift_lightness(color: Color, by: f32) -> Color {
    const DARKEST: f32 = 0.17;
    const LIGHTEST: f32 = 0.975;
    if by == 0.0 {
        return color;
    }
    let [l, a, b] = oklab(color);
    from_oklab([(l + by).clamp(DARKEST, LIGHTEST), a, b], color.a)
}

/// `at` 0 is `from`, 1 is `to`.
pub(crate) fn mix(from: Color, to: Color, at: f32) -> Color {
    let (p, q) = (oklab(from), oklab(to));
    let lerp = |i: usize| p[i] + (q[i] - p[i]) * at;
    from_oklab([lerp(0), lerp(1), lerp(2)], from.a + (to.a - from.a) * at)
}

fn linear(encoded: f32) -> f32 {
    if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

fn encoded(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// Björn Ottosson's OKLab (2020), from gamma-encoded sRGB.
fn oklab(color: Color) -> [f32; 3] {
    let [r, g, b] = [color.r, color.g, color.b].map(linear);
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Reduces the chroma of what sRGB cannot show, rather than clipping a channel, which would turn the hue.
fn from_oklab([l, a, b]: [f32; 3], alpha: f32) -> Color {
    let fits = |chroma: f32| {
        let rgb = to_linear([l, a * chroma, b * chroma]);
        rgb.iter().all(|part| (-1e-4..=1.0001).contains(part)).then_some(rgb)
    };
    let rgb = fits(1.0).unwrap_or_else(|| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..16 {
            let middle = (low + high) / 2.0;
            if fits(middle).is_some() { low = middle } else { high = middle }
        }
        to_linear([l, a * low, b * low])
    });
    let [r, g, b] = rgb.map(|part| encoded(part.clamp(0.0, 1.0)));
    Color { r, g, b, a: alpha }
}

fn to_linear([l, a, b]: [f32; 3]) -> [f32; 3] {
    let l3 = (l + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let m3 = (l - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s3 = (l - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * l3 - 3.307_711_6 * m3 + 0.230_969_94 * s3,
        -1.268_438 * l3 + 2.609_757_4 * m3 - 0.341_319_4 * s3,
        -0.004_196_086_3 * l3 - 0.703_418_6 * m3 + 1.707_614_7 * s3,
    ]
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
    fn every_plate_is_legible_at_the_worst_end_of_its_gradient() {
        for plate in ["#e03a3e", "#0077c0", "#ffffff", "#000000", "#fdb927", "#808080", "#00788c", "#c4ced4"] {
            let shifted = legible_plate(parse(plate).unwrap(), 0.05, 0.07);
            let text = text_on(shifted);
            for by in [0.05, -0.07] {
                assert!(contrast(shift_lightness(shifted, by), text) >= 4.49, "{plate} {by}");
            }
        }
    }
}
