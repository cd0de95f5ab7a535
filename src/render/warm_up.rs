//! Draws once with everything that a frame can be drawn with, so that no shader is compiled on air.
//!
//! In: a device. Out: nothing but time: drivers compile a pipeline when it first meets its target, and a software GPU takes
//! tens of milliseconds for it. Mesa's llvmpipe compiles once more for each kind of texture, and the kinds that can come
//! are those whose width, height, both or neither is a power of two (`pot_width` and `pot_height` in its
//! `lp_static_texture_state`). Run once for a device, by its first renderer, on a small canvas of its own.

use std::sync::Arc;

use super::RenderError;
use super::blocks::{BlockMaker, BlockStore};
use super::canvas::Canvas;
use super::damage::{self, PixelRect};
use super::gpu::Gpu;
use super::plan;
use crate::draw_list::{
    Affine, BoxShape, Clip, Color, DrawList, Gradient, ImageShape, Item, Op, Paint, PathData, PathShape, PathStyle,
    PictureData, Point, Rect, Segment, Shadow, Size,
};
use crate::ids::NodeId;
use crate::text::Fonts;

/// No side is a power of two, as in any canvas that is broadcast.
const CANVAS: Size = Size::new(120, 120);

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
        Clip { canvas_from_local: Affine::rotation(0.01), rect: Rect::new(1.0, 1.0, 112.0, 112.0), corners: [9.0; 4] };
    let mut ops = items();
    ops.extend(group());
    ops.extend(masked());
    ops.push(Op::PushClip(clip));
    ops.extend(items());
    ops.extend(group());
    ops.push(Op::PopClip);
    let node = NodeId::new("warm-up");
    DrawList { canvas: CANVAS, items: ops.into_iter().map(|op| Item { node: node.clone(), op }).collect() }
}

/// Masks lie on the layers of groups only, bare: nothing clips what they keep.
fn masked() -> Vec<Op> {
    let mut ops = vec![Op::PushGroup { opacity: 1.0 }];
    ops.extend(items());
    ops.push(Op::PushMask);
    ops.extend(items());
    ops.extend([Op::PopMask, Op::PopGroup]);
    ops
}

fn items() -> Vec<Op> {
    let rect = Rect::new(4.5, 4.5, 80.0, 80.0);
    let stops = vec![(0.0, Color::WHITE), (1.0, Color::WHITE.faded(0.5))];
    let gradient = Gradient { from: Point::new(0.0, 0.0), to: Point::new(80.0, 0.0), stops };
    let shadow = Some(Shadow { offset: Point::new(2.0, 2.0), blur_px: 8.0, color: Color::WHITE });
    let square = |fill, shadow, inner_shadow| {
        let (corners, border) = ([6.0; 4], None);
        Op::Box(BoxShape { canvas_from_local: Affine::IDENTITY, rect, corners, fill, border, shadow, inner_shadow })
    };
    let mut ops = vec![
        square(Paint::Solid(Color::WHITE), shadow, None),
        square(Paint::Linear(gradient), None, None),
        square(Paint::Solid(Color::WHITE), None, shadow),
    ];
    for size in [(32, 32), (32, 28), (28, 32), (28, 28)].map(|(width, height)| Size::new(width, height)) {
        ops.push(triangle(size));
        let picture = Arc::new(PictureData::new(size, vec![255; size.width as usize * size.height as usize * 4]));
        ops.push(Op::Image(ImageShape { canvas_from_local: Affine::IDENTITY, rect, picture, tint: Color::WHITE }));
    }
    ops
}

/// A path whose texture is as large as this.
fn triangle(texture: Size) -> Op {
    let corner = |x, y| Segment::Line(Point::new(x, y));
    // The texture has an empty texel all around.
    let (right, bottom) = (3.0 + texture.width as f32, 3.0 + texture.height as f32);
    let segments = vec![Segment::Move(Point::new(5.0, 5.0)), corner(right, 5.0), corner(5.0, bottom), Segment::Close];
    let path = Arc::new(PathData { segments });
    // Between pixels, so that texels are mixed.
    let canvas_from_local = Affine::translation(0.5, 0.5);
    Op::Path(PathShape { canvas_from_local, path, style: PathStyle::Fill, color: Color::WHITE })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::TextShape;
    use crate::render::box_parts::Part;
    use crate::render::path_raster;
    use crate::render::plan::{Block, Blocks, Brush};
    use crate::render::raster_box::RasterBox;

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
        let parts = [Part::Solid, Part::Gradient, Part::Edged, Part::StraightShadow, Part::RoundShadow, Part::Inset]
            .map(Brush::Box);
        for brush in parts.into_iter().chain([Brush::Coverage(1), Brush::Picture(1), Brush::Layer(1)]) {
            for is_clipped in [false, true] {
                let is_drawn = draws.iter().any(|draw| draw.brush == brush && draw.is_clipped == is_clipped);
                assert!(is_drawn, "{brush:?}, clipped: {is_clipped}");
            }
        }
        let masks = plan.passes.iter().filter(|pass| pass.target == 1).flat_map(|pass| &pass.draws);
        assert!(masks.into_iter().any(|draw| draw.brush == Brush::Mask(2)));
    }

    #[test]
    fn paths_come_in_textures_of_every_kind() {
        for size in [Size::new(32, 32), Size::new(32, 28), Size::new(28, 32), Size::new(28, 28)] {
            let Op::Path(shape) = triangle(size) else { panic!("a path") };
            let raster_box = RasterBox::around(path_raster::extent(&shape.path, shape.style), 1.0).unwrap();
            assert_eq!((raster_box.width, raster_box.height), (size.width, size.height));
        }
    }
}
