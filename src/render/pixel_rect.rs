//! Rectangles of whole pixels of the canvas. Pure; all sides are of the canvas's space.

use crate::draw_list::{Rect, Size};

/// Whole pixels of the canvas: `x0 <= x < x1`, `y0 <= y < y1`; empty when a side is not above zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct PixelRect {
    pub x0: u32,
    pub y0: u32,
    pub x1: u32,
    pub y1: u32,
}

impl PixelRect {
    /// All pixels of the canvas.
    pub fn of_canvas(canvas: Size) -> Self {
        Self { x0: 0, y0: 0, x1: canvas.width, y1: canvas.height }
    }

    /// All pixels of the canvas that `rect` touches; none for an empty rectangle or one that is not a number.
    pub fn touched_by(rect: Rect, canvas: Size) -> Self {
        if rect.is_empty() || rect.x.is_nan() || rect.y.is_nan() {
            return Self::default();
        }
        // Casts saturate, so that infinities end at the canvas.
        let rect = Self {
            x0: rect.x.floor() as u32,
            y0: rect.y.floor() as u32,
            x1: (rect.right().ceil() as u32).min(canvas.width),
            y1: (rect.bottom().ceil() as u32).min(canvas.height),
        };
        if rect.is_empty() { Self::default() } else { rect }
    }

    /// The pixels that lie wholly in `rect`, right and below of the canvas's origin.
    pub fn held_by(rect: Rect) -> Self {
        // Casts saturate, and take what is no number for 0.
        Self {
            x0: rect.x.ceil() as u32,
            y0: rect.y.ceil() as u32,
            x1: rect.right().floor() as u32,
            y1: rect.bottom().floor() as u32,
        }
    }

    /// What is left of it around `hole`, which lies in it or is empty: above, left, right, below; some may be empty.
    pub fn around(self, hole: Self) -> [Self; 4] {
        if hole.is_empty() {
            return [self, Self::default(), Self::default(), Self::default()];
        }
        [
            Self { y1: hole.y0, ..self },
            Self { x1: hole.x0, y0: hole.y0, y1: hole.y1, ..self },
            Self { x0: hole.x1, y0: hole.y0, y1: hole.y1, ..self },
            Self { y0: hole.y1, ..self },
        ]
    }

    /// Whether it has no pixel.
    pub fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    /// Columns; 0 when empty.
    pub fn width(self) -> u32 {
        self.x1.saturating_sub(self.x0)
    }

    /// Rows; 0 when empty.
    pub fn height(self) -> u32 {
        self.y1.saturating_sub(self.y0)
    }

    /// The pixels of both; the default rectangle where there are none.
    pub fn intersection(self, other: Self) -> Self {
        let rect = Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        };
        if rect.is_empty() { Self::default() } else { rect }
    }

    /// Whether they have a pixel in common.
    pub fn meets(self, other: Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// The smallest rectangle around both; an empty one adds nothing.
    pub fn union(self, other: Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Self {
                x0: self.x0.min(other.x0),
                y0: self.y0.min(other.y0),
                x1: self.x1.max(other.x1),
                y1: self.y1.max(other.y1),
            },
        }
    }

    pub(super) fn area(self) -> i64 {
        i64::from(self.width()) * i64::from(self.height())
    }

    /// Pixels that the union of two disjoint rectangles holds beyond both.
    pub(super) fn cost_of_joining(self, other: Self) -> i64 {
        self.union(other).area() - self.area() - other.area()
    }
}
