//! The boundary between scene and render: what one frame looks like, as plain data.
//!
//! In: the scene's layout and animation, evaluated for one frame.
//! Out: an ordered list of primitives in canvas pixels (x right, y down, origin at the top left of the canvas; pixel
//! centres at .5), which `render` draws and compares with the frame before.
//! It can be printed (stable text, one line an item) and compared, so everything above the GPU is tested without one.
//! Never holds a handle of the GPU, a time, or anything that two equal frames would not share.

use std::fmt;
use std::sync::Arc;

use crate::ids::NodeId;

/// Size of a canvas or a picture, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
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
    pub x: f32,
    pub y: f32,
}

impl Point {
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
}

/// An axis-aligned rectangle: `x`, `y` is its top left corner. Empty when a side is not above zero.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub fn right(self) -> f32 {
        self.x + self.width
    }

    pub fn bottom(self) -> f32 {
        self.y + self.height
    }

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
    pub xx: f32,
    pub yx: f32,
    pub xy: f32,
    pub yy: f32,
    pub dx: f32,
    pub dy: f32,
}

impl Affine {
    pub const IDENTITY: Affine = Affine { xx: 1.0, yx: 0.0, xy: 0.0, yy: 1.0, dx: 0.0, dy: 0.0 };

    pub const fn translation(dx: f32, dy: f32) -> Self {
        Self { dx, dy, ..Self::IDENTITY }
    }

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

    pub fn is_translation(self) -> bool {
        self.xx == 1.0 && self.yy == 1.0 && self.xy == 0.0 && self.yx == 0.0
    }
}

/// Gamma-encoded (sRGB/Rec.709 as on screen) colour with straight alpha, each part 0..=1.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Color {
    pub r: f32,
    pub g: f32,
    pub b: f32,
    pub a: f32,
}

impl Color {
    pub const TRANSPARENT: Color = Color { r: 0.0, g: 0.0, b: 0.0, a: 0.0 };
    pub const WHITE: Color = Color { r: 1.0, g: 1.0, b: 1.0, a: 1.0 };

    pub fn from_rgb8(r: u8, g: u8, b: u8) -> Self {
        Self { r: f32::from(r) / 255.0, g: f32::from(g) / 255.0, b: f32::from(b) / 255.0, a: 1.0 }
    }

    /// The same colour with its alpha multiplied by `by`.
    pub fn faded(self, by: f32) -> Self {
        Self { a: self.a * by, ..self }
    }

    pub fn premultiplied(self) -> [f32; 4] {
        [self.r * self.a, self.g * self.a, self.b * self.a, self.a]
    }
}

impl fmt::Display for Color {
    /// `#rrggbbaa`, rounded to 8 bits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
        write!(f, "#{:02x}{:02x}{:02x}{:02x}", byte(self.r), byte(self.g), byte(self.b), byte(self.a))
    }
}

/// Everything drawn in one frame, back to front.
#[derive(Clone, PartialEq, Debug)]
pub struct DrawList {
    pub canvas: Size,
    pub items: Vec<Item>,
}

/// One primitive, or the start or end of a group or clip.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The template's node. Two frames' items with the same node are the same thing at two times. A node that draws
    /// more than one primitive gives each its own suffix (`bug/score/plate`, `bug/score/digit[1]`).
    pub node: NodeId,
    pub op: Op,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// What follows, up to the matching `PopGroup`, is composed on its own and laid down with one opacity (0..=1).
    PushGroup {
        opacity: f32,
    },
    PopGroup,
    /// What follows, up to the matching `PopClip`, shows only inside this rounded rectangle (antialiased edge).
    PushClip(Clip),
    PopClip,
    Box(BoxShape),
    Path(PathShape),
    Text(TextShape),
    Image(ImageShape),
}

/// A rounded rectangle as a clip. Clips nest: the visible part is the product of all their coverages.
#[derive(Clone, PartialEq, Debug)]
pub struct Clip {
    pub canvas_from_local: Affine,
    pub rect: Rect,
    /// Corner radii in local pixels, clockwise from the top left.
    pub corners: [f32; 4],
}

/// A rounded rectangle with fill, border and soft outer shadow; its edges are analytic.
#[derive(Clone, PartialEq, Debug)]
pub struct BoxShape {
    pub canvas_from_local: Affine,
    pub rect: Rect,
    /// Corner radii in local pixels, clockwise from the top left; each at most half the shorter side.
    pub corners: [f32; 4],
    pub fill: Paint,
    /// Drawn inside the edge.
    pub border: Option<Border>,
    pub shadow: Option<Shadow>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Paint {
    Solid(Color),
    Linear(Gradient),
}

/// A linear gradient, interpolated in premultiplied gamma-encoded values.
#[derive(Clone, PartialEq, Debug)]
pub struct Gradient {
    /// In the shape's local pixels. The colour is constant before `from` and after `to`.
    pub from: Point,
    pub to: Point,
    /// Position 0..=1 and colour, in rising order; 2 to [`Gradient::MAX_STOPS`] of them.
    pub stops: Vec<(f32, Color)>,
}

impl Gradient {
    pub const MAX_STOPS: usize = 4;
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Border {
    pub width_px: f32,
    pub color: Color,
}

/// A Gaussian shadow of the box's outline, drawn outside the box only, so that a translucent box is not darkened.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shadow {
    pub offset: Point,
    /// Standard deviation is half of this, as in CSS.
    pub blur_px: f32,
    pub color: Color,
}

/// A filled or stroked outline. It is rasterised once at its final size and composed as a quad, so moving, fading or
/// tinting it costs no tessellation.
#[derive(Clone, PartialEq, Debug)]
pub struct PathShape {
    pub canvas_from_local: Affine,
    pub path: Arc<PathData>,
    pub style: PathStyle,
    pub color: Color,
}

/// Segments in local pixels. Fill rule: non-zero.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PathData {
    pub segments: Vec<Segment>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Segment {
    Move(Point),
    Line(Point),
    Quadratic { control: Point, to: Point },
    Cubic { control1: Point, control2: Point, to: Point },
    Close,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PathStyle {
    Fill,
    /// Round joins and caps.
    Stroke {
        width_px: f32,
    },
}

impl PathData {
    /// The smallest rectangle around all end and control points, in local pixels: it holds the outline, not tightly.
    /// Empty for an empty path.
    pub fn bounds(&self) -> Rect {
        let mut bounds: Option<(f32, f32, f32, f32)> = None;
        let mut add = |p: Point| {
            let (x0, y0, x1, y1) = bounds.unwrap_or((p.x, p.y, p.x, p.y));
            bounds = Some((x0.min(p.x), y0.min(p.y), x1.max(p.x), y1.max(p.y)));
        };
        for segment in &self.segments {
            match *segment {
                Segment::Move(p) | Segment::Line(p) => add(p),
                Segment::Quadratic { control, to } => [control, to].into_iter().for_each(&mut add),
                Segment::Cubic { control1, control2, to } => [control1, control2, to].into_iter().for_each(&mut add),
                Segment::Close => {}
            }
        }
        bounds.map_or(Rect::default(), |(x0, y0, x1, y1)| Rect::new(x0, y0, x1 - x0, y1 - y0))
    }
}

/// One line of text, rasterised once per [`TextRun`] and composed as a quad.
#[derive(Clone, PartialEq, Debug)]
pub struct TextShape {
    /// Maps the run's own pixels (origin: pen start on the baseline, y down) to the canvas.
    pub canvas_from_local: Affine,
    pub run: Arc<TextRun>,
    pub color: Color,
    /// Ink bounds in the run's own pixels, as the scene measured them with `text`.
    pub ink: Rect,
}

/// What to shape: the key of a text block's texture.
#[derive(Clone, PartialEq, Debug)]
pub struct TextRun {
    pub text: String,
    /// A family of the bundled fonts ("Barlow Condensed").
    pub family: String,
    /// 100..=900.
    pub weight: u16,
    /// Font size (em) in canvas pixels.
    pub size_px: f32,
    /// Added after every glyph, in thousandths of an em.
    pub tracking: f32,
    /// All digits as wide as each other (OpenType `tnum`).
    pub tabular: bool,
}

/// A decoded picture, shared with `assets`.
#[derive(Clone, PartialEq, Debug)]
pub struct ImageShape {
    pub canvas_from_local: Affine,
    pub rect: Rect,
    pub picture: Arc<PictureData>,
    /// Multiplied with the picture; white leaves it as it is.
    pub tint: Color,
}

/// Pixels of a picture: 8-bit RGBA, gamma-encoded, premultiplied, rows top to bottom without padding.
#[derive(PartialEq, Debug)]
pub struct PictureData {
    pub size: Size,
    pub rgba: Vec<u8>,
}

impl Op {
    /// The part of the canvas that this primitive can colour, antialiased fringe included; `None` for the ends of
    /// groups and clips and their starts, which colour nothing by themselves.
    pub fn bounds(&self) -> Option<Rect> {
        // One pixel covers the antialiased fringe of an edge at any sub-pixel position.
        const FRINGE_PX: f32 = 1.0;
        let (map, local) = match self {
            Op::PushGroup { .. } | Op::PopGroup | Op::PushClip(_) | Op::PopClip => return None,
            Op::Box(shape) => {
                let lit = shape.shadow.map_or(shape.rect, |shadow| {
                    // A Gaussian is below 1/255 beyond 2.7 standard deviations; 1.5 × blur is three of them.
                    let moved =
                        Rect { x: shape.rect.x + shadow.offset.x, y: shape.rect.y + shadow.offset.y, ..shape.rect };
                    shape.rect.union(moved.outset(1.5 * shadow.blur_px))
                });
                (shape.canvas_from_local, lit)
            }
            Op::Path(shape) => {
                let grow = match shape.style {
                    PathStyle::Fill => 0.0,
                    PathStyle::Stroke { width_px } => width_px / 2.0,
                };
                // A straight horizontal line has empty bounds before it is widened by its stroke.
                let b = shape.path.bounds();
                (
                    shape.canvas_from_local,
                    Rect::new(b.x - grow, b.y - grow, b.width + 2.0 * grow, b.height + 2.0 * grow),
                )
            }
            Op::Text(shape) => (shape.canvas_from_local, shape.ink),
            Op::Image(shape) => (shape.canvas_from_local, shape.rect),
        };
        let bounds = map.bounds_of(local);
        Some(if bounds.is_empty() { Rect::default() } else { bounds.outset(FRINGE_PX) })
    }
}

impl DrawList {
    pub fn empty(canvas: Size) -> Self {
        Self { canvas, items: Vec::new() }
    }
}

impl fmt::Display for DrawList {
    /// Stable text for tests and reading: one line an item, indented by group and clip, numbers to a hundredth.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "canvas {}", self.canvas)?;
        let mut depth = 1;
        for item in &self.items {
            if matches!(item.op, Op::PopGroup | Op::PopClip) {
                depth -= 1;
                continue;
            }
            writeln!(f, "{:indent$}{} {}", "", item.node, item.op, indent = 2 * depth)?;
            if matches!(item.op, Op::PushGroup { .. } | Op::PushClip(_)) {
                depth += 1;
            }
        }
        Ok(())
    }
}

/// A number to a hundredth, without trailing zeros and without "-0".
struct Px(f32);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (f64::from(self.0) * 100.0).round() / 100.0;
        write!(f, "{}", if rounded == 0.0 { 0.0 } else { rounded })
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{} {}x{}", Px(self.x), Px(self.y), Px(self.width), Px(self.height))
    }
}

impl fmt::Display for Affine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_translation() {
            return write!(f, "@{},{}", Px(self.dx), Px(self.dy));
        }
        write!(f, "@{},{} [{} {} {} {}]", Px(self.dx), Px(self.dy), Px(self.xx), Px(self.yx), Px(self.xy), Px(self.yy))
    }
}

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Paint::Solid(color) => color.fmt(f),
            Paint::Linear(gradient) => {
                let Gradient { from, to, stops } = gradient;
                write!(f, "linear {},{}>{},{}", Px(from.x), Px(from.y), Px(to.x), Px(to.y))?;
                stops.iter().try_for_each(|(at, color)| write!(f, " {}:{color}", Px(*at)))
            }
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let radii = |f: &mut fmt::Formatter<'_>, corners: &[f32; 4]| {
            if *corners == [0.0; 4] {
                return Ok(());
            }
            write!(f, " r {} {} {} {}", Px(corners[0]), Px(corners[1]), Px(corners[2]), Px(corners[3]))
        };
        match self {
            Op::PushGroup { opacity } => write!(f, "group {}", Px(*opacity)),
            Op::PopGroup | Op::PopClip => Ok(()),
            Op::PushClip(clip) => {
                write!(f, "clip {} {}", clip.canvas_from_local, clip.rect)?;
                radii(f, &clip.corners)
            }
            Op::Box(shape) => {
                write!(f, "box {} {} {}", shape.canvas_from_local, shape.rect, shape.fill)?;
                radii(f, &shape.corners)?;
                if let Some(border) = shape.border {
                    write!(f, " border {} {}", Px(border.width_px), border.color)?;
                }
                if let Some(shadow) = shape.shadow {
                    let Shadow { offset, blur_px, color } = shadow;
                    write!(f, " shadow {},{} {} {color}", Px(offset.x), Px(offset.y), Px(blur_px))?;
                }
                Ok(())
            }
            Op::Path(shape) => {
                write!(f, "path {} {} segments {}", shape.canvas_from_local, shape.path.segments.len(), shape.color)?;
                match shape.style {
                    PathStyle::Fill => Ok(()),
                    PathStyle::Stroke { width_px } => write!(f, " stroke {}", Px(width_px)),
                }
            }
            Op::Text(shape) => {
                let TextRun { text, family, weight, size_px, tracking, tabular } = &*shape.run;
                write!(
                    f,
                    "text {} {text:?} {family} {weight} {} {}",
                    shape.canvas_from_local,
                    Px(*size_px),
                    shape.color
                )?;
                if *tracking != 0.0 {
                    write!(f, " tracking {}", Px(*tracking))?;
                }
                if *tabular { f.write_str(" tabular") } else { Ok(()) }
            }
            Op::Image(shape) => {
                write!(f, "image {} {} {} {}", shape.canvas_from_local, shape.rect, shape.picture.size, shape.tint)
            }
        }
    }
}
