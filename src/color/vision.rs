//! How different two colours look, also to viewers who do not see all of them.
//!
//! Difference is the distance in OKLab. Dichromats' vision is simulated with the matrices of Machado, Oliveira and
//! Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and
//! Computer Graphics 15 (6), 2009, for severity 1.0; they act on linear light.

use std::fmt;

use super::{Rgb, contrast};

/// Nobody mistakes one for the other from across a room: two teams further apart than this are not a clash. Red and blue
/// are 0.33 apart, black and royal blue 0.26, scarlet and orange or green and teal 0.14.
pub const CLEAR: f64 = 0.15;

/// The same for a simulated viewer, who has fewer colours to tell apart and goes by lightness more. Red and blue are
/// 0.15 apart for a protanope; red and green of one lightness 0.06 for a deuteranope.
pub const CLEAR_TO_DICHROMATS: f64 = 0.1;

/// Who looks. Blue-blind viewers, fewer than one in ten thousand, are left out: to them white and gold look alike, and for their
/// sake a gold team would turn brown for everybody else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vision {
    Normal,
    Protanope,
    Deuteranope,
}

impl Vision {
    pub const ALL: [Vision; 3] = [Vision::Normal, Vision::Protanope, Vision::Deuteranope];

    /// The least difference at which two plates are told apart.
    pub fn clear(self) -> f64 {
        match self {
            Vision::Normal => CLEAR,
            Vision::Protanope | Vision::Deuteranope => CLEAR_TO_DICHROMATS,
        }
    }

    /// How different two colours look to this viewer.
    pub fn apart(self, a: Rgb, b: Rgb) -> f64 {
        difference(self.sees(a), self.sees(b))
    }

    /// A colour as this viewer sees it.
    pub fn sees(self, color: Rgb) -> Rgb {
        let matrix = match self {
            Vision::Normal => return color,
            Vision::Protanope => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Vision::Deuteranope => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        };
        let linear = color.linear();
        Rgb::from_linear(matrix.map(|row| row.iter().zip(linear).map(|(weight, light)| weight * light).sum()))
    }
}

impl fmt::Display for Vision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Vision::Normal => "anybody",
            Vision::Protanope => "a red-blind viewer",
            Vision::Deuteranope => "a green-blind viewer",
        })
    }
}

/// Distance in OKLab: 0 for equals, 1 for black and white.
pub fn difference(a: Rgb, b: Rgb) -> f64 {
    let [p, q] = [a, b].map(|color| {
        let color = color.to_oklch();
        let (sin, cos) = color.hue_degrees.to_radians().sin_cos();
        [color.lightness, color.chroma * cos, color.chroma * sin]
    });
    p.iter().zip(q).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt()
}

/// By whom two colours are not told apart, and how far apart they look to that viewer; the first of [`Vision::ALL`].
pub fn confused_by(a: Rgb, b: Rgb) -> Option<(Vision, f64)> {
    Vision::ALL.into_iter().map(|vision| (vision, vision.apart(a, b))).find(|(vision, apart)| *apart < vision.clear())
}

/// How well two colours are told apart: 1 is just clear to every viewer, below 1 is a clash.
pub fn clarity(a: Rgb, b: Rgb) -> f64 {
    Vision::ALL.into_iter().map(|vision| vision.apart(a, b) / vision.clear()).fold(f64::INFINITY, f64::min)
}

/// Whether an edge of this colour shows on a plate: by lightness, or by colour.
pub fn shows_on(edge: Rgb, plate: Rgb) -> bool {
    contrast(edge, plate) >= 1.5 || difference(edge, plate) >= 0.18
}
