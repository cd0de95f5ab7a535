//! Colours as data: `#rrggbb` text, OKLCH, WCAG contrast, and which text colour reads better on a plate.
//!
//! In: eight-bit sRGB. Out: the same, or figures about it. A leaf: it imports nothing of ours and does no blending
//! (that is the renderer's).
//!
//! [`legible`] moves colours until they can be read, [`vision`] tells how different they look to whom, [`team`] makes the colours
//! of both teams' graphics.

pub mod legible;
pub mod team;
pub mod vision;

use std::fmt;
use std::str::FromStr;

/// An opaque sRGB colour, eight bits a component.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rgb {
    pub r: u8,
    pub g: u8,
    pub b: u8,
}

/// Text that is not a colour.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{found}` is not a colour; write six hexadecimal digits after a `#`, as in `#1d428a`")]
pub struct NotAColor {
    found: String,
}

/// A colour by lightness, chroma and hue (Björn Ottosson's OKLCH, 2020).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Oklch {
    /// 0 (black) to 1 (white).
    pub lightness: f64,
    /// 0 (grey) to about 0.32 in sRGB.
    pub chroma: f64,
    /// 0 to 360; meaningless when `chroma` is 0.
    pub hue_degrees: f64,
}

/// Text on dark plates.
pub const LIGHT_TEXT: Rgb = Rgb { r: 0xf4, g: 0xf6, b: 0xf8 };
/// Text on light plates.
pub const DARK_TEXT: Rgb = Rgb { r: 0x0e, g: 0x11, b: 0x16 };

/// The text colour that reads better on `plate`: [`LIGHT_TEXT`] or [`DARK_TEXT`], by contrast; light wins a tie.
pub fn on_color(plate: Rgb) -> Rgb {
    if contrast(plate, DARK_TEXT) > contrast(plate, LIGHT_TEXT) { DARK_TEXT } else { LIGHT_TEXT }
}

/// Contrast of two colours by WCAG 2.2: 1 (equal) to 21 (black and white), whatever their order.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

impl Rgb {
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// Relative luminance by WCAG 2.2, 0 to 1.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// Linear light of the components, each 0 to 1 (IEC 61966-2-1).
    fn linear(self) -> [f64; 3] {
        [self.r, self.g, self.b].map(|component| {
            let encoded = f64::from(component) / 255.0;
            if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// The nearest colour to linear light; components outside 0 to 1 are cut off.
    fn from_linear(linear: [f64; 3]) -> Self {
        let [r, g, b] = linear.map(|light| {
            let light = light.clamp(0.0, 1.0);
            let encoded = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
            (encoded * 255.0).round() as u8
        });
        Self { r, g, b }
    }

    pub fn to_oklch(self) -> Oklch {
        let [r, g, b] = self.linear();
        // Ottosson's matrices: linear sRGB to cone response, then to OKLab.
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Oklch { lightness, chroma: a.hypot(b), hue_degrees: b.atan2(a).to_degrees().rem_euclid(360.0) }
    }

    /// The sRGB colour of an OKLCH one; what sRGB cannot show is cut off component by component.
    pub fn from_oklch(color: Oklch) -> Self {
        Self::from_linear(color.to_linear())
    }
}

impl Oklch {
    /// Linear light of the sRGB components (Ottosson's inverse matrices), outside 0 to 1 for what sRGB cannot show.
    fn to_linear(self) -> [f64; 3] {
        let (sin, cos) = self.hue_degrees.to_radians().sin_cos();
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }

    /// How much colour there is beside the light, 0 (grey) and up: a tint towards white has less of it, a shade as much.
    fn saturation(self) -> f64 {
        self.chroma / self.lightness.max(0.05)
    }
}

impl Rgb {
    /// A colour as others write it: with or without `#`, in three or six digits, in either case. `None` for anything else.
    pub fn tolerant(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::from_digits(text.strip_prefix('#').unwrap_or(text))
    }

    /// Of three hexadecimal digits each stands for two of its kind.
    fn from_digits(digits: &str) -> Option<Self> {
        // `from_str_radix` would take a sign, so the digits are looked at first.
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            3 => Some(Self::new((number >> 8) as u8 * 17, (number >> 4 & 0xf) as u8 * 17, (number & 0xf) as u8 * 17)),
            6 => Some(Self::new((number >> 16) as u8, (number >> 8) as u8, number as u8)),
            _ => None,
        }
    }
}

impl FromStr for Rgb {
    type Err = NotAColor;

    /// Accepts exactly `#rrggbb`, in either case.
    fn from_str(text: &str) -> Result<Self, NotAColor> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        digits.and_then(Self::from_digits).ok_or_else(|| NotAColor { found: text.to_owned() })
    }
}

impl fmt::Display for Rgb {
    /// Writes `#rrggbb` in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Rgb {
        text.parse().unwrap()
    }

    #[test]
    fn text_and_color_are_each_others_inverse() {
        assert_eq!(color("#1D428a").to_string(), "#1d428a");
        assert_eq!(color("#000000"), Rgb::new(0, 0, 0));
    }

    #[test]
    fn near_misses_are_refused_with_the_way_to_write_one() {
        for text in ["", "#", "1d428a", "#1d428", "#1d428aa", "#+d428a", "#ééé", "#1d428g", "red"] {
            let refused = text.parse::<Rgb>().unwrap_err().to_string();
            assert!(refused.contains("#1d428a"), "{refused}");
        }
    }

    #[test]
    fn contrast_of_black_and_white_is_21_and_of_equals_1() {
        assert!((contrast(color("#000000"), color("#ffffff")) - 21.0).abs() < 1e-9);
        assert!((contrast(color("#006bb6"), color("#006bb6")) - 1.0).abs() < 1e-9);
        // Published example: #777777 on white is 4.48.
        assert!((contrast(color("#ffffff"), color("#777777")) - 4.478).abs() < 0.001);
    }

    #[test]
    fn text_on_a_plate_takes_the_better_contrast() {
        assert_eq!(on_color(color("#1d428a")), LIGHT_TEXT);
        assert_eq!(on_color(color("#ffc72c")), DARK_TEXT);
        assert_eq!(on_color(color("#ffffff")), DARK_TEXT);
        assert_eq!(on_color(color("#000000")), LIGHT_TEXT);
    }

    #[test]
    fn oklch_of_red_is_the_published_figure() {
        let red = color("#ff0000").to_oklch();
        assert!((red.lightness - 0.628).abs() < 0.001, "{red:?}");
        assert!((red.chroma - 0.2577).abs() < 0.001, "{red:?}");
        assert!((red.hue_degrees - 29.23).abs() < 0.1, "{red:?}");
    }

    #[test]
    fn oklch_returns_to_the_same_eight_bits() {
        for step in 0..4096_u32 {
            let rgb = Rgb::new((step % 16 * 17) as u8, (step / 16 % 16 * 17) as u8, (step / 256 * 17) as u8);
            assert_eq!(Rgb::from_oklch(rgb.to_oklch()), rgb);
        }
    }
}
