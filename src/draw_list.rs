//! The boundary between scene and render: what one frame looks like, as plain data.
//!
//! In: the scene's layout and animation, evaluated for one frame.
//! Out: an ordered list of primitives in canvas pixels (x right, y down, origin at the top left of the canvas; pixel
//! centres at .5), which `render` draws and compares with the frame before.
//! It can be printed (stable text, one line an item) and compared, so everything above the GPU is tested without one.
//! Never holds a handle of the GPU, a time, or anything that two equal frames would not share.

mod geometry;
mod print;

use std::fmt;
use std::sync::Arc;

pub use geometry::{Affine, Point, Rect, Size};

use crate::ids::NodeId;

/// Gamma-encoded (sRGB/Rec.709 as on screen) colour with straight alpha, each part 0..=1.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Color {
    /// Red, 0..=1, not multiplied by `a`.
    pub r: f32,
    /// Green, 0..=1.
    pub g: f32,
    /// Blue, 0..=1.
    pub b: f32,
    /// Opacity: 0 is not seen, 1 hides what is behind.
    pub a: f32,
}

impl Color {
    /// Black of which nothing is seen.
    pub const TRANSPARENT: Color = Color { r: 0.0, g: 0.0, b: 0.0, a: 0.0 };
    /// Opaque white; as a tint it changes nothing.
    pub const WHITE: Color = Color { r: 1.0, g: 1.0, b: 1.0, a: 1.0 };

    /// An opaque colour of 8-bit parts.
    pub fn from_rgb8(r: u8, g: u8, b: u8) -> Self {
        Self { r: f32::from(r) / 255.0, g: f32::from(g) / 255.0, b: f32::from(b) / 255.0, a: 1.0 }
    }

    /// The same colour with its alpha multiplied by `by`.
    pub fn faded(self, by: f32) -> Self {
        Self { a: self.a * by, ..self }
    }

    /// Red, green, blue and alpha, the first three multiplied by the last, still gamma-encoded.
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
    /// What all items are drawn onto; whatever lies outside is cut off.
    pub canvas: Size,
    /// In the order in which they are drawn; none for a frame that is transparent all over.
    pub items: Vec<Item>,
}

/// One primitive, or the start or end of a group, mask or clip.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The template's node. Two frames' items with the same node are the same thing at two times. A node that draws
    /// more than one primitive gives each its own suffix (`bug/score/plate`, `bug/score/digit[1]`).
    pub node: NodeId,
    /// What is drawn, or begins or ends.
    pub op: Op,
}

/// What is drawn. Starts and ends of groups, masks and clips match each other.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// What follows, up to the matching `PopGroup`, is composed on its own and laid down with one opacity (0..=1).
    PushGroup { opacity: f32 },
    /// Ends the innermost group.
    PopGroup,
    /// What follows, up to the matching `PopMask`, is not seen itself: its alpha is multiplied with all that the group
    /// around it has drawn before it. Directly within a group, and after what it masks.
    PushMask,
    /// Ends the innermost mask.
    PopMask,
    /// What follows, up to the matching `PopClip`, shows only inside this rounded rectangle (antialiased edge).
    PushClip(Clip),
    /// Ends the innermost clip.
    PopClip,
    /// A rectangle.
    Box(BoxShape),
    /// An outline, filled or stroked.
    Path(PathShape),
    /// A line of text, or what lies behind it.
    Text(TextShape),
    /// A picture.
    Image(ImageShape),
}

/// A rounded rectangle as a clip. Clips nest: the visible part is the product of all their coverages.
#[derive(Clone, PartialEq, Debug)]
pub struct Clip {
    /// Maps local pixels to the canvas.
    pub canvas_from_local: Affine,
    /// In local pixels; when it is empty nothing is seen.
    pub rect: Rect,
    /// Corner radii in local pixels, clockwise from the top left.
    pub corners: [f32; 4],
}

/// A rounded rectangle with fill, border, soft outer and inner shadow; its edges are analytic.
#[derive(Clone, PartialEq, Debug)]
pub struct BoxShape {
    /// Maps local pixels to the canvas.
    pub canvas_from_local: Affine,
    /// In local pixels; an empty one draws nothing.
    pub rect: Rect,
    /// Corner radii in local pixels, clockwise from the top left; each at most half the shorter side.
    pub corners: [f32; 4],
    /// Of all of it, under the border too.
    pub fill: Paint,
    /// Drawn inside the edge.
    pub border: Option<Border>,
    /// Cast outwards, behind the box.
    pub shadow: Option<Shadow>,
    /// Cast inwards by the edge, or by the border's inner edge, over the fill and under the border.
    pub inner_shadow: Option<Shadow>,
}

/// What a box is filled with.
#[derive(Clone, PartialEq, Debug)]
pub enum Paint {
    /// One colour.
    Solid(Color),
    /// Colours along a line.
    Linear(Gradient),
}

/// A linear gradient, interpolated in premultiplied gamma-encoded values.
#[derive(Clone, PartialEq, Debug)]
pub struct Gradient {
    /// In the shape's local pixels. The colour is constant before `from` and after `to`.
    pub from: Point,
    /// In the shape's local pixels; not the same point as `from`.
    pub to: Point,
    /// Position 0..=1 and colour, in rising order; 2 to [`Gradient::MAX_STOPS`] of them.
    pub stops: Vec<(f32, Color)>,
}

impl Gradient {
    /// As many as the shader of boxes has room for.
    pub const MAX_STOPS: usize = 4;
}

/// A line along a box's edge.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Border {
    /// In local pixels, above 0 and at most half the box's shorter side.
    pub width_px: f32,
    /// Laid over the fill.
    pub color: Color,
}

/// A Gaussian shadow of the box's outline: an outer one is drawn outside the box only, so that a translucent box is not
/// darkened, an inner one inside only.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shadow {
    /// By how much it is moved, in local pixels.
    pub offset: Point,
    /// Standard deviation is half of this, as in CSS.
    pub blur_px: f32,
    /// Where it is darkest.
    pub color: Color,
}

impl Shadow {
    /// How far beyond the outline, moved or not, it can be seen: a Gaussian is below 1/255 beyond 2.7 standard
    /// deviations; 1.5 × blur is three of them.
    pub fn reach_px(self) -> f32 {
        1.5 * self.blur_px + self.offset.x.abs().max(self.offset.y.abs())
    }
}

/// A filled or stroked outline. It is rasterised once at its final size and composed as a quad, so moving, fading or
/// tinting it costs no tessellation.
#[derive(Clone, PartialEq, Debug)]
pub struct PathShape {
    /// Maps local pixels to the canvas.
    pub canvas_from_local: Affine,
    /// The outline; shared by all frames in which it is the same.
    pub path: Arc<PathData>,
    /// Whether it is filled or stroked.
    pub style: PathStyle,
    /// Of all of it.
    pub color: Color,
}

/// Segments in local pixels. Fill rule: non-zero.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PathData {
    /// From a `Move` on, in the order in which they are drawn; empty for an outline of nothing.
    pub segments: Vec<Segment>,
}

/// A part of an outline, from where the one before it ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Segment {
    /// Begins another outline here.
    Move(Point),
    /// A straight line to here.
    Line(Point),
    /// A quadratic Bézier curve.
    Quadratic { control: Point, to: Point },
    /// A cubic Bézier curve.
    Cubic { control1: Point, control2: Point, to: Point },
    /// A straight line to where the outline began, whose ends are joined.
    Close,
}

/// How an outline is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PathStyle {
    /// What it encloses.
    Fill,
    /// A line along it, half of `width_px` (local pixels) to either side.
    Stroke { width_px: f32, cap: Cap, join: Join },
}

/// How an open line ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Cap {
    /// At its last point.
    Butt,
    #[default]
    Round,
    /// Half its width further.
    Square,
}

/// How a line goes around a corner.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Join {
    #[default]
    Round,
    /// Pointed, down to angles where the point would be longer than [`Join::MITER_LIMIT`] widths; there cut off.
    Miter,
    Bevel,
}

impl Join {
    /// Of SVG.
    pub const MITER_LIMIT: f32 = 4.0;
}

impl PathStyle {
    /// A stroke of an outline that reaches this far out of it, and as far into it.
    pub const fn outside(width_px: f32, join: Join) -> Self {
        Self::Stroke { width_px: 2.0 * width_px, cap: Cap::Round, join }
    }

    /// A stroke with round caps and joins.
    pub const fn round(width_px: f32) -> Self {
        Self::Stroke { width_px, cap: Cap::Round, join: Join::Round }
    }

    /// How far beyond its path this can reach, in local pixels.
    pub fn reach_px(self) -> f32 {
        match self {
            Self::Fill => 0.0,
            Self::Stroke { width_px, cap, join } => {
                let at_ends = if cap == Cap::Square { std::f32::consts::SQRT_2 } else { 1.0 };
                let at_corners = if join == Join::Miter { Join::MITER_LIMIT } else { 1.0 };
                width_px / 2.0 * f32::max(at_ends, at_corners)
            }
        }
    }
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

/// One line of text, or what lies behind it, rasterised once per [`TextRun`] and composed as a quad.
#[derive(Clone, PartialEq, Debug)]
pub struct TextShape {
    /// Maps the run's own pixels (origin: pen start on the baseline, y down) to the canvas.
    pub canvas_from_local: Affine,
    /// What is set; shared by all frames in which it is the same.
    pub run: Arc<TextRun>,
    /// Of the glyphs, outline or shadow; for a look with colours of its own only the alpha counts.
    pub color: Color,
    /// Bounds of what this colours, in the run's own pixels: the ink that the scene measured with `text`, grown by
    /// [`TextLook::reach_px`].
    pub ink: Rect,
    /// What of the run this draws.
    pub look: TextLook,
}

/// What of a run is drawn.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum TextLook {
    /// Its glyphs, all in one colour.
    #[default]
    Plain,
    /// Its glyphs, of which some bring colours of their own (emoji).
    Colored,
    /// Its glyphs in a gradient, in the run's own pixels; emoji keep their colours.
    Gradient(Arc<Gradient>),
    /// Its glyphs grown by this width on all sides. It lies behind the glyphs, so that only the rim is seen.
    Outline { width_px: f32, join: Join },
    /// Its glyphs, grown by the outline's width, blurred; standard deviation is half of `blur_px`, as in CSS.
    Shadow { outline_px: f32, join: Join, blur_px: f32 },
}

impl TextLook {
    /// How far beyond the glyphs' ink it can be seen, in the run's own pixels.
    pub fn reach_px(&self) -> f32 {
        let grown = |width_px: f32, join: Join| {
            if width_px > 0.0 { PathStyle::outside(width_px, join).reach_px().ceil() + 1.0 } else { 0.0 }
        };
        match *self {
            Self::Plain | Self::Colored | Self::Gradient(_) => 0.0,
            Self::Outline { width_px, join } => grown(width_px, join),
            // A Gaussian is below 1/255 beyond 2.7 standard deviations; 1.5 × blur is three of them.
            Self::Shadow { outline_px, join, blur_px } => grown(outline_px, join) + (1.5 * blur_px).ceil(),
        }
    }
}

/// What to shape: the key of a text block's texture.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TextRun {
    /// One line, in the order in which it is read; without `\n`.
    pub text: String,
    /// A family of the bundled fonts ("Barlow Condensed"), or the name of `own`.
    pub family: String,
    /// The fonts of that family when the template brings them along; `None` for a bundled one.
    pub own: Option<Arc<FontFamily>>,
    /// 100..=900.
    pub weight: u16,
    /// Font size (em) in canvas pixels.
    pub size_px: f32,
    /// Added after every glyph, in thousandths of an em; not within scripts whose letters are joined.
    pub tracking: f32,
    /// All digits as wide as each other (OpenType `tnum`).
    pub tabular: bool,
    /// Small letters as small capitals: the font's own (OpenType `smcp`), or capitals made smaller.
    pub small_caps: bool,
    /// Further OpenType features, by tag, with their values: 0 off, 1 on, more for the ones with alternatives.
    pub features: Vec<([u8; 4], u32)>,
}

/// Fonts that belong to a template, under one name: a face for each weight.
#[derive(Debug)]
pub struct FontFamily {
    /// As the template calls it.
    pub name: String,
    /// In rising weight; at least one.
    pub faces: Vec<FontFace>,
    /// Of names, weights and files: equal for equal families, however often they are read.
    pub hash: u64,
}

/// One font file, which has been found to be one.
#[derive(Clone, Debug)]
pub struct FontFace {
    /// The lightest and the heaviest it can be drawn in; the same but for a variable font.
    pub weights: [u16; 2],
    /// The file, TTF or OTF.
    pub bytes: Arc<Vec<u8>>,
}

impl PartialEq for FontFamily {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.hash == other.hash && self.name == other.name
    }
}

/// A decoded picture, shared with `assets`.
#[derive(Clone, PartialEq, Debug)]
pub struct ImageShape {
    /// Maps local pixels to the canvas.
    pub canvas_from_local: Affine,
    /// Where the whole picture lies, in local pixels.
    pub rect: Rect,
    /// Its pixels, in all the sizes that are kept.
    pub picture: Arc<PictureData>,
    /// Multiplied with the picture; white leaves it as it is.
    pub tint: Color,
}

/// Pixels of a picture: 8-bit RGBA, gamma-encoded, premultiplied, rows top to bottom without padding.
#[derive(PartialEq, Debug)]
pub struct PictureData {
    /// In pixels of the picture; neither side is 0.
    pub size: Size,
    /// Four bytes for each pixel of `size`.
    pub rgba: Vec<u8>,
    /// The same picture with fewer pixels, from which it is drawn smaller; `None` for the smallest.
    pub smaller: Option<Box<PictureData>>,
}

impl PictureData {
    /// A picture in one size only.
    pub fn new(size: Size, rgba: Vec<u8>) -> Self {
        Self { size, rgba, smaller: None }
    }

    /// Memory that all its sizes take.
    pub fn bytes(&self) -> u64 {
        self.rgba.len() as u64 + self.smaller.as_ref().map_or(0, |smaller| smaller.bytes())
    }
}

impl Op {
    /// The part of the canvas that this primitive can colour, antialiased fringe included; `None` for the starts and ends
    /// of groups, masks and clips, which colour nothing by themselves.
    pub fn bounds(&self) -> Option<Rect> {
        // One pixel covers the antialiased fringe of an edge at any sub-pixel position.
        const FRINGE_PX: f32 = 1.0;
        let (map, local) = match self {
            Op::PushGroup { .. } | Op::PopGroup | Op::PushMask | Op::PopMask | Op::PushClip(_) | Op::PopClip => {
                return None;
            }
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
                let grow = shape.style.reach_px();
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
    /// Clips that may lie within each other, counted within the innermost group with a layer: each costs every pixel inside
    /// it one more evaluation. A list with more is not drawn.
    pub const MAX_CLIPS: usize = 8;

    /// Layers, each as large as the canvas, that may be in use at once: a group with opacity below 1 has one, a masked group
    /// one for itself and one for its mask. A list with more is not drawn.
    pub const MAX_LAYERS: usize = 8;

    /// A frame that is transparent all over.
    pub fn empty(canvas: Size) -> Self {
        Self { canvas, items: Vec::new() }
    }
}
