//! Sizes, points, rectangles and maps of a draw list.

use std::fmt;

/// Size of a canvas or a picture, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

impl Size {
    /// Width, then height.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A point or a vector, in the pixels of the space that its owner names.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    /// Right, then down.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
}

/// An axis-aligned rectangle: `x`, `y` is its top left corner. Empty when a side is not above zero.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rect {
    /// Of the left side.
    pub x: f32,
    /// Of the top side.
    pub y: f32,
    /// To the right from `x`.
    pub width: f32,
    /// Down from `y`.
    pub height: f32,
}

impl Rect {
    /// The top left corner, then the size.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// Of the right side; the first column of pixels that it does not cover.
    pub fn right(self) -> f32 {
        self.x + self.width
    }

    /// Of the lower side; the first row of pixels that it does not cover.
    pub fn bottom(self) -> f32 {
        self.y + self.height
    }

    /// Whether it covers nothing; true also when a side is not a number.
    pub fn is_empty(self) -> bool {
        !(self.width > 0.0 && self.height > 0.0)
    }

    /// Moves every side outwards by `by` pixels (inwards when negative).
    pub fn outset(self, by: f32) -> Rect {
        Rect::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// The common part; empty (zero-sized) when there is none.
    pub fn intersection(self, other: Rect) -> Rect {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let width = (self.right().min(other.right()) - x).max(0.0);
        let height = (self.bottom().min(other.bottom()) - y).max(0.0);
        Rect::new(x, y, width, height)
    }

    /// The smallest rectangle around both; an empty one adds nothing.
    pub fn union(self, other: Rect) -> Rect {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        Rect::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }
}

/// An affine map: `x' = xx·x + xy·y + dx`, `y' = yx·x + yy·y + dy`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Affine {
    /// How much of x goes into x'.
    pub xx: f32,
    /// How much of x goes into y'.
    pub yx: f32,
    /// How much of y goes into x'.
    pub xy: f32,
    /// How much of y goes into y'.
    pub yy: f32,
    /// Where the origin goes, to the right.
    pub dx: f32,
    /// Where the origin goes, down.
    pub dy: f32,
}

impl Affine {
    /// Leaves everything where it is.
    pub const IDENTITY: Affine = Affine { xx: 1.0, yx: 0.0, xy: 0.0, yy: 1.0, dx: 0.0, dy: 0.0 };

    /// Moves right by `dx` and down by `dy` pixels.
    pub const fn translation(dx: f32, dy: f32) -> Self {
        Self { dx, dy, ..Self::IDENTITY }
    }

    /// Multiplies distances from the origin, across and down.
    pub const fn scale(sx: f32, sy: f32) -> Self {
        Self { xx: sx, yy: sy, ..Self::IDENTITY }
    }

    /// Clockwise on screen, since y grows downwards.
    pub fn rotation(radians: f32) -> Self {
        let (sin, cos) = radians.sin_cos();
        Self { xx: cos, yx: sin, xy: -sin, yy: cos, dx: 0.0, dy: 0.0 }
    }

    /// The map that applies `first`, then `self`.
    pub fn after(self, first: Affine) -> Affine {
        Affine {
            xx: self.xx * first.xx + self.xy * first.yx,
            yx: self.yx * first.xx + self.yy * first.yx,
            xy: self.xx * first.xy + self.xy * first.yy,
            yy: self.yx * first.xy + self.yy * first.yy,
            dx: self.xx * first.dx + self.xy * first.dy + self.dx,
            dy: self.yx * first.dx + self.yy * first.dy + self.dy,
        }
    }

    /// Where a point goes.
    pub fn apply(self, p: Point) -> Point {
        Point::new(self.xx * p.x + self.xy * p.y + self.dx, self.yx * p.x + self.yy * p.y + self.dy)
    }

    /// The smallest axis-aligned rectangle around the image of `rect`.
    pub fn bounds_of(self, rect: Rect) -> Rect {
        if rect.is_empty() {
            return Rect::default();
        }
        let corners = [
            self.apply(Point::new(rect.x, rect.y)),
            self.apply(Point::new(rect.right(), rect.y)),
            self.apply(Point::new(rect.x, rect.bottom())),
            self.apply(Point::new(rect.right(), rect.bottom())),
        ];
        let (mut x0, mut y0, mut x1, mut y1) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for p in corners {
            x0 = x0.min(p.x);
            y0 = y0.min(p.y);
            x1 = x1.max(p.x);
            y1 = y1.max(p.y);
        }
        Rect::new(x0, y0, x1 - x0, y1 - y0)
    }

    /// Whether it only moves, so that what lies on whole pixels stays as sharp as it is (where it moves by whole ones).
    pub fn is_translation(self) -> bool {
        self.xx == 1.0 && self.yy == 1.0 && self.xy == 0.0 && self.yx == 0.0
    }
}
