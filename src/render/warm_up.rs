//! Draws once with everything that a frame can be drawn with, so that no shader is compiled on air.
//!
//! In: a device. Out: nothing but time: drivers compile a pipeline when it first meets its target, and a software GPU takes
//! tens of milliseconds for it. Run once for a device, by its first renderer, on a small canvas of its own.

use std::sync::Arc;

use super::RenderError;
use super::blocks::{BlockMaker, BlockStore};
use super::canvas::Canvas;
use super::damage::{self, PixelRect};
use super::gpu::Gpu;
use super::plan;
use crate::draw_list::{
    Affine, BoxShape, Clip, Color, DrawList, Gradient, ImageShape, Item, Op, Paint, PathData, PathShape, PathStyle,
    PictureData, Point, Rect, Segment, Size,
};
use crate::ids::NodeId;
use crate::text::Fonts;

const CANVAS: Size = Size::new(128, 128);

/// Draws the list and waits until it is drawn.
pub(super) fn draw(gpu: &Gpu) -> Result<(), RenderError> {
    let list = list();
    let damage = [PixelRect::of_canvas(CANVAS)];
    let (mut canvas, mut store) = (Canvas::new(gpu, CANVAS), BlockStore::new(gpu));
    let layout = &gpu.pipelines().block_layout;
    // The list has no text: a text's block is drawn as a path's is.
    let mut fonts = Fonts::bundled();
    let mut maker = BlockMaker { gpu, store: &mut store, fonts: &mut fonts, layout };
    let plan = plan::plan(&list, &damage::places(&list), &damage, &mut maker)?;
    canvas.submit(gpu, &store, &plan, &damage);
    canvas.wait(gpu)
}

/// Items for every brush, bare and clipped, on the canvas and on a layer.
fn list() -> DrawList {
    let group = || {
        let mut ops = vec![Op::PushGroup { opacity: 0.5 }];
        ops.extend(items());
        ops.push(Op::PopGroup);
        ops
    };
    // A little askew, so that no item counts as lying well inside, where it would be drawn as if bare.
    let clip =
        Clip { canvas_from_local: Affine::rotation(0.01), rect: Rect::new(1.0, 1.0, 120.0, 120.0), corners: [9.0; 4] };
    let mut ops = items();
    ops.extend(group());
    ops.push(Op::PushClip(clip));
    ops.extend(items());
    ops.extend(group());
    ops.push(Op::PopClip);
    let node = NodeId::new("warm-up");
    DrawList { canvas: CANVAS, items: ops.into_iter().map(|op| Item { node: node.clone(), op }).collect() }
}

fn items() -> Vec<Op> {
    let rect = Rect::new(4.5, 4.5, 80.0, 80.0);
    let stops = vec![(0.0, Color::WHITE), (1.0, Color::WHITE.faded(0.5))];
    let gradient = Gradient { from: Point::new(0.0, 0.0), to: Point::new(80.0, 0.0), stops };
    let square = |fill| {
        let (corners, border, shadow) = ([6.0; 4], None, None);
        Op::Box(BoxShape { canvas_from_local: Affine::IDENTITY, rect, corners, fill, border, shadow })
    };
    let corner = |x, y| Segment::Line(Point::new(x, y));
    let triangle = vec![Segment::Move(Point::new(5.0, 5.0)), corner(30.0, 5.0), corner(5.0, 30.0), Segment::Close];
    let picture = Arc::new(PictureData { size: Size::new(2, 2), rgba: vec![255; 16] });
    vec![
        square(Paint::Solid(Color::WHITE)),
        square(Paint::Linear(gradient)),
        Op::Path(PathShape {
            canvas_from_local: Affine::IDENTITY,
            path: Arc::new(PathData { segments: triangle }),
            style: PathStyle::Fill,
            color: Color::WHITE,
        }),
        Op::Image(ImageShape { canvas_from_local: Affine::IDENTITY, rect, picture, tint: Color::WHITE }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::TextShape;
    use crate::render::plan::{Block, Blocks, Brush, Part};

    struct AnyBlock;

    fn block(key: u64) -> Block {
        Block { key, texel_from_local: Affine::IDENTITY, tiles: Arc::default() }
    }

    impl Blocks for AnyBlock {
        fn text(&mut self, _: &NodeId, _: &TextShape) -> Result<Option<Block>, RenderError> {
            Ok(Some(block(1)))
        }

        fn path(&mut self, _: &PathShape) -> Option<Block> {
            Some(block(1))
        }

        fn picture(&mut self, _: &NodeId, _: &ImageShape) -> Result<Option<Block>, RenderError> {
            Ok(Some(block(1)))
        }
    }

    #[test]
    fn every_brush_is_drawn_bare_and_clipped_on_the_canvas() {
        let list = list();
        let damage = [PixelRect::of_canvas(CANVAS)];
        let plan = plan::plan(&list, &damage::places(&list), &damage, &mut AnyBlock).unwrap();
        let draws: Vec<_> = plan.passes.iter().filter(|pass| pass.target == 0).flat_map(|pass| &pass.draws).collect();
        let parts = [Part::Solid, Part::Gradient, Part::Edged].map(Brush::Box);
        for brush in parts.into_iter().chain([Brush::Coverage(1), Brush::Picture(1), Brush::Layer(1)]) {
            for is_clipped in [false, true] {
                let is_drawn = draws.iter().any(|draw| draw.brush == brush && draw.is_clipped == is_clipped);
                assert!(is_drawn, "{brush:?}, clipped: {is_clipped}");
            }
        }
    }
}
