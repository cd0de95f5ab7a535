//! What the tests that draw share: one software GPU, and short ways to write draw lists.

use std::sync::{Arc, OnceLock};

use sideline::draw_list::{
    Affine, BoxShape, Clip, Color, DrawList, ImageShape, Item, Op, Paint, PathData, PathShape, PathStyle, PictureData,
    Point, Rect, Segment, Size, TextLook, TextRun, TextShape,
};
use sideline::ids::NodeId;
use sideline::render::{AdapterChoice, Gpu};
use sideline::text::Fonts;

/// Software Vulkan, the reference rasteriser; a machine without it fails, because a skipped golden proves nothing.
pub fn gpu() -> &'static Gpu {
    static GPU: OnceLock<Gpu> = OnceLock::new();
    GPU.get_or_init(|| Gpu::with(AdapterChoice::Software).unwrap_or_else(|error| panic!("{error}")))
}

/// Collects items; each gets a node of its own.
pub struct Sketch {
    pub fonts: Fonts,
    items: Vec<Item>,
}

impl Sketch {
    pub fn new() -> Sketch {
        Sketch { fonts: Fonts::bundled(), items: Vec::new() }
    }

    pub fn push(&mut self, op: Op) {
        let node = NodeId::new(format!("test/{}", self.items.len()));
        self.items.push(Item { node, op });
    }

    pub fn list(self, canvas: Size) -> DrawList {
        DrawList { canvas, items: self.items }
    }

    pub fn text(&mut self, map: Affine, run: TextRun, color: Color) {
        let ink = self.fonts.measure(&run).unwrap().ink;
        self.push(Op::Text(TextShape {
            canvas_from_local: map,
            run: Arc::new(run),
            color,
            ink,
            look: TextLook::Plain,
        }));
    }

    pub fn group(&mut self, opacity: f32, inside: impl FnOnce(&mut Sketch)) {
        self.push(Op::PushGroup { opacity });
        inside(self);
        self.push(Op::PopGroup);
    }

    pub fn masked(&mut self, opacity: f32, inside: impl FnOnce(&mut Sketch), mask: impl FnOnce(&mut Sketch)) {
        self.group(opacity, |sketch| {
            inside(sketch);
            sketch.push(Op::PushMask);
            mask(sketch);
            sketch.push(Op::PopMask);
        });
    }

    pub fn clip(&mut self, clip: Clip, inside: impl FnOnce(&mut Sketch)) {
        self.push(Op::PushClip(clip));
        inside(self);
        self.push(Op::PopClip);
    }
}

/// `0xrrggbb`, opaque.
pub fn rgb(hex: u32) -> Color {
    let [_, r, g, b] = hex.to_be_bytes();
    Color::from_rgb8(r, g, b)
}

pub fn plain(rect: Rect, color: Color) -> BoxShape {
    BoxShape {
        canvas_from_local: Affine::IDENTITY,
        rect,
        corners: [0.0; 4],
        fill: Paint::Solid(color),
        border: None,
        shadow: None,
        inner_shadow: None,
    }
}

pub fn round_clip(rect: Rect, radius: f32) -> Clip {
    Clip { canvas_from_local: Affine::IDENTITY, rect, corners: [radius; 4] }
}

pub fn run(text: &str, size_px: f32) -> TextRun {
    TextRun { text: text.to_owned(), family: "Barlow Condensed".to_owned(), weight: 600, size_px, ..TextRun::default() }
}

/// A closed outline through the points.
pub fn polygon(corners: &[(f32, f32)]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = corners.iter().map(|(x, y)| Segment::Line(Point::new(*x, *y))).collect();
    if let Some(first) = segments.first_mut() {
        *first = Segment::Move(Point::new(corners[0].0, corners[0].1));
        segments.push(Segment::Close);
    }
    segments
}

pub fn path(map: Affine, segments: Vec<Segment>, style: PathStyle, color: Color) -> Op {
    Op::Path(PathShape { canvas_from_local: map, path: Arc::new(PathData { segments }), style, color })
}

/// Squares of two colours, 4 x 4 of them, the second half transparent.
pub fn checkers() -> Arc<PictureData> {
    let pixel = |n: u32| if (n % 8 / 2 + n / 8 / 2).is_multiple_of(2) { [240, 180, 0, 255] } else { [0, 60, 120, 128] };
    Arc::new(PictureData::new(Size::new(8, 8), (0..64).flat_map(pixel).collect()))
}

pub fn picture(map: Affine, rect: Rect, tint: Color) -> Op {
    Op::Image(ImageShape { canvas_from_local: map, rect, picture: checkers(), tint })
}
