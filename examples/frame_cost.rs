//! Measures what frames cost here: `cargo run --release --example frame_cost`.
//!
//! One 1080p scene, about an eighth of the canvas covered, as a bottom-bar bug and a lower third would: redrawn whole,
//! with one ticking clock, moving as a group, and unchanged. Then pictures: one that moves, a sequence, and a group that
//! moves behind its mask. Prints medians and the slowest of each, with the adapter, because a number without its machine
//! says nothing.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use sideline::draw_list::{
    Affine, BoxShape, Color, DrawList, Gradient, ImageShape, Item, Op, Paint, PictureData, Point, Rect, Shadow, Size,
    TextLook, TextRun, TextShape,
};
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::ids::NodeId;
use sideline::render::{Gpu, Renderer};
use sideline::text::Fonts;
use sideline::time::FrameIndex;

const CANVAS: Size = Size::new(1920, 1080);
const NEED: Need = Need { format: PixelFormat::Bgra, alpha: Alpha::Straight };
const FRAMES: u64 = 120;

fn main() -> Result<()> {
    let gpu = Gpu::new()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", gpu.describe())?;
    let mut bench = Bench { renderer: Renderer::new(&gpu, CANVAS, &[NEED])?, fonts: Fonts::bundled(), index: 0 };
    for frame in 0..FRAMES {
        let list = bench.scene(frame, 0.0, 1.0)?;
        bench.renderer.prepare(&list, &mut bench.fonts)?;
    }
    let whole =
        bench.measure(|bench, frame| Ok(if frame % 2 == 0 { full(frame) } else { bench.scene(0, 0.0, 1.0)? }))?;
    writeln!(out, "whole canvas, every pixel changed:    {whole}")?;
    let clock = bench.measure(|bench, frame| bench.scene(frame, 0.0, 1.0))?;
    writeln!(out, "one ticking clock:                    {clock}")?;
    let moving = bench.measure(|bench, frame| bench.scene(0, frame as f32 * 0.25, 1.0))?;
    writeln!(out, "everything moves by quarter pixels:   {moving}")?;
    let fading = bench.measure(|bench, frame| bench.scene(0, 0.0, 0.2 + frame as f32 / 200.0))?;
    writeln!(out, "everything fades as one group:        {fading}")?;
    let same = bench.measure(|bench, _| bench.scene(0, 0.0, 1.0))?;
    writeln!(out, "nothing changes:                      {same}")?;
    let pictures: Vec<_> = (0..12).map(badge).collect();
    for picture in &pictures {
        bench.renderer.prepare(&image(picture, 0.0), &mut bench.fonts)?;
    }
    let still = bench.measure(|_, frame| Ok(image(&pictures[0], frame as f32)))?;
    writeln!(out, "a picture of 400x400 moves:           {still}")?;
    let sequence = bench.measure(|_, frame| Ok(image(&pictures[frame as usize % 12], 0.0)))?;
    writeln!(out, "a sequence of pictures of 400x400:    {sequence}")?;
    let masked = bench.measure(|_, frame| Ok(masked(frame as f32)))?;
    writeln!(out, "a group of 600x160 moves in its mask: {masked}")?;
    Ok(())
}

struct Bench {
    renderer: Renderer,
    fonts: Fonts,
    index: u64,
}

impl Bench {
    /// Draws the lists that `make` gives; the making is not counted.
    fn measure(&mut self, make: impl Fn(&mut Bench, u64) -> Result<DrawList>) -> Result<String> {
        let mut times = Vec::new();
        for frame in 0..FRAMES {
            let list = make(self, frame)?;
            let start = Instant::now();
            let drawn = self.renderer.render(FrameIndex(self.index), list, &mut self.fonts)?;
            times.push(start.elapsed());
            drop(drawn);
            self.index += 1;
        }
        // The first one still shows what was before.
        times.remove(0);
        times.sort_unstable();
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
        Ok(format!("median {:.3} ms, slowest {:.3} ms", millis(median), millis(slowest)))
    }

    fn scene(&mut self, frame: u64, down_px: f32, opacity: f32) -> Result<DrawList> {
        let mut items = Vec::new();
        let mut push = |name: String, op| items.push(Item { node: NodeId::new(name), op });
        push("bug".to_owned(), Op::PushGroup { opacity });
        for n in 0..12_u8 {
            let (left, top) = (if n < 6 { 370.0 } else { 96.0 }, if n < 6 { 922.0 } else { 700.0 });
            let rect = Rect::new(left + 196.0 * f32::from(n % 6), top, 192.0, 88.0);
            push(format!("plate[{n}]"), plate(rect, down_px));
            let words = if n == 3 { format!("{}:{:02}", frame / 60 % 12, frame % 60) } else { format!("TEAM {n}") };
            let at = Affine::translation(rect.x + 20.0, rect.y + 64.0 + down_px);
            push(format!("words[{n}]"), self.fonts.line(at, words)?);
        }
        push("bug".to_owned(), Op::PopGroup);
        Ok(DrawList { canvas: CANVAS, items })
    }
}

trait Words {
    fn line(&mut self, at: Affine, text: String) -> Result<Op>;
}

impl Words for Fonts {
    fn line(&mut self, at: Affine, text: String) -> Result<Op> {
        let family = "Barlow Condensed".to_owned();
        let run =
            TextRun { text, family, weight: 600, size_px: 60.0, tracking: 10.0, tabular: true, ..TextRun::default() };
        let ink = self.measure(&run)?.ink;
        Ok(Op::Text(TextShape {
            canvas_from_local: at,
            run: Arc::new(run),
            color: Color::WHITE,
            ink,
            look: TextLook::Plain,
        }))
    }
}

fn plate(rect: Rect, down_px: f32) -> Op {
    let stops = vec![(0.0, Color::from_rgb8(29, 111, 209)), (1.0, Color::from_rgb8(20, 80, 160))];
    let (from, to) = (Point::new(0.0, rect.y), Point::new(0.0, rect.bottom()));
    let color = Color { r: 0.0, g: 0.0, b: 0.0, a: 0.35 };
    Op::Box(BoxShape {
        canvas_from_local: Affine::translation(0.0, down_px),
        rect,
        corners: [8.0; 4],
        fill: Paint::Linear(Gradient { from, to, stops }),
        border: None,
        inner_shadow: None,
        shadow: Some(Shadow { offset: Point::new(0.0, 6.0), blur_px: 18.0, color }),
    })
}

/// A disc, transparent around it, as a logo would be.
fn badge(shade: u8) -> Arc<PictureData> {
    const SIDE: u32 = 400;
    let pixel = |n: u32| {
        let (x, y) = ((n % SIDE) as f32 - 199.5, (n / SIDE) as f32 - 199.5);
        if x.hypot(y) < 180.0 { [20 * shade, 60, (n % 251) as u8, 255] } else { [0; 4] }
    };
    Arc::new(PictureData::new(Size::new(SIDE, SIDE), (0..SIDE * SIDE).flat_map(pixel).collect()))
}

fn image(picture: &Arc<PictureData>, right_px: f32) -> DrawList {
    let canvas_from_local = Affine::translation(200.0 + right_px, 300.0);
    let (rect, picture) = (Rect::new(0.0, 0.0, 400.0, 400.0), Arc::clone(picture));
    let op = Op::Image(ImageShape { canvas_from_local, rect, picture, tint: Color::WHITE });
    DrawList { canvas: CANVAS, items: vec![Item { node: NodeId::new("picture"), op }] }
}

fn masked(right_px: f32) -> DrawList {
    let inside =
        [plate(Rect::new(200.0 + right_px, 300.0, 600.0, 80.0), 0.0), plate(Rect::new(200.0, 380.0, 600.0, 80.0), 0.0)];
    let mask = plate(Rect::new(220.0, 310.0, 560.0, 140.0), 0.0);
    let mut ops = vec![Op::PushGroup { opacity: 1.0 }];
    ops.extend(inside);
    ops.extend([Op::PushMask, mask, Op::PopMask, Op::PopGroup]);
    DrawList { canvas: CANVAS, items: ops.into_iter().map(|op| Item { node: NodeId::new("masked"), op }).collect() }
}

fn full(frame: u64) -> DrawList {
    let shade = (frame % 200) as u8;
    let shape = BoxShape {
        canvas_from_local: Affine::IDENTITY,
        rect: Rect::new(0.0, 0.0, CANVAS.width as f32, CANVAS.height as f32),
        corners: [0.0; 4],
        fill: Paint::Solid(Color::from_rgb8(shade, 60, 90).faded(0.9)),
        border: None,
        shadow: None,
        inner_shadow: None,
    };
    DrawList { canvas: CANVAS, items: vec![Item { node: NodeId::new("full"), op: Op::Box(shape) }] }
}
