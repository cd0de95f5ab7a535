//! Turns a draw list into what the GPU is told: instances, clips, and passes over targets.
//!
//! In: a draw list, the damage, and a source of textures. Out: a [`Plan`], in drawing order, of the items that meet the
//! damage. On the CPU; holds numbers and texture keys, no handle of the GPU.

mod groups;

use std::sync::Arc;

use bytemuck::Zeroable as _;

use super::RenderError;
use super::box_parts::{self, Part, SMALLEST_INSIDE_PX, fitting_corners, inside_of};
use super::damage::{PixelRect, Place};
use super::tiles::{REACHED_SCALE, TexelRect, Tiles};
use super::types::{BoxInstance, ClipRecord, QuadInstance, rows, sides};
use crate::draw_list::{
    Affine, BoxShape, Clip, Color, DrawList, Gradient, ImageShape, Op, Paint, PathShape, Point, Shadow, TextLook,
    TextShape,
};
use crate::ids::NodeId;

/// Clips that may be live at once, counted within the innermost group with a layer.
pub const MAX_LIVE_CLIPS: usize = DrawList::MAX_CLIPS;

/// Layers, each as large as the canvas, that may be in use at once.
pub const MAX_GROUP_DEPTH: usize = DrawList::MAX_LAYERS;

/// A texture that holds what an item shows.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) key: u64,
    /// Maps the item's local pixels to texels (texel centres at .5).
    pub(super) texel_from_local: Affine,
    pub(super) tiles: Arc<Tiles>,
}

/// Gives the textures of items, made when they are missing; `None` when there is nothing to show.
pub(super) trait Blocks {
    fn text(&mut self, node: &NodeId, shape: &TextShape) -> Result<Option<Block>, RenderError>;
    fn path(&mut self, shape: &PathShape) -> Option<Block>;
    fn picture(&mut self, node: &NodeId, shape: &ImageShape) -> Result<Option<Block>, RenderError>;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Brush {
    Box(Part),
    Coverage(u64),
    Picture(u64),
    /// The layer of a group at this depth.
    Layer(usize),
    /// The layer at this depth as a mask of the one before.
    Mask(usize),
}

/// One instance to draw; its index counts within the boxes or within the quads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    pub(super) brush: Brush,
    pub(super) instance: u32,
    pub(super) touched: PixelRect,
    pub(super) is_clipped: bool,
}

impl Draw {
    /// Whether this can be drawn in one go with `first`, whose run ends before instance `end`.
    pub(super) fn continues(&self, first: &Draw, end: u32) -> bool {
        self.brush == first.brush && self.is_clipped == first.is_clipped && self.instance == end
    }
}

/// Consecutive draws onto one target.
#[derive(Clone, Debug)]
pub(super) struct Pass {
    /// 0 is the canvas, n the layer of a group at depth n.
    pub(super) target: usize,
    /// What is made transparent before the first draw.
    pub(super) cleared: PixelRect,
    pub(super) draws: Vec<Draw>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) boxes: Vec<BoxInstance>,
    pub(super) quads: Vec<QuadInstance>,
    pub(super) clips: Vec<ClipRecord>,
    pub(super) passes: Vec<Pass>,
}

/// What a `Push` opened and its `Pop` will close.
enum Open {
    /// Fully opaque: nothing to do.
    Plain,
    /// The factor of the enclosing items' colours before this group.
    Folded {
        outer_fade: f32,
    },
    /// Draws onto a layer: where its first pass is, and what is restored after it.
    Layered {
        opacity: f32,
        first_pass: usize,
        outer_fade: f32,
        outer_clips: Vec<ClipRecord>,
        outer_live: LiveClips,
    },
    /// Draws a mask onto the layer above that of its group.
    Mask {
        first_pass: usize,
    },
    Clip {
        outer_live: LiveClips,
    },
}

/// The clips that are in force.
#[derive(Clone, Copy)]
struct LiveClips {
    /// Where the plan holds them: first and count.
    range: [u32; 2],
    /// Pixels that all of them cover fully: there an item is drawn as if there were none.
    covered: PixelRect,
}

impl LiveClips {
    const NONE: LiveClips =
        LiveClips { range: [0, 0], covered: PixelRect { x0: 0, y0: 0, x1: u32::MAX, y1: u32::MAX } };

    /// The pixels of an item in the parts that need no clip and those that do.
    fn part(self, touched: PixelRect) -> ([PixelRect; 1], [PixelRect; 4]) {
        let free = touched.intersection(self.covered);
        if self.range[1] == 0 || free == touched {
            return ([touched], [PixelRect::default(); 4]);
        }
        if free.width() * free.height() < SMALLEST_INSIDE_PX {
            return (
                [PixelRect::default()],
                [touched, PixelRect::default(), PixelRect::default(), PixelRect::default()],
            );
        }
        ([free], touched.around(free))
    }
}

struct Planner<'a> {
    plan: Plan,
    blocks: &'a mut dyn Blocks,
    damage: &'a [PixelRect],
    open: Vec<Open>,
    depth: usize,
    /// Product of the opacities of the folded groups around.
    fade: f32,
    /// Live clips since the innermost layer, and where the plan holds them.
    clips: Vec<ClipRecord>,
    live: LiveClips,
}

/// Plans the items that meet the damage; `places` are the list's own.
pub(super) fn plan(
    list: &DrawList,
    places: &[Place],
    damage: &[PixelRect],
    blocks: &mut dyn Blocks,
) -> Result<Plan, RenderError> {
    let mut planner = Planner {
        plan: Plan::default(),
        blocks,
        damage,
        open: Vec::new(),
        depth: 0,
        fade: 1.0,
        clips: Vec::new(),
        live: LiveClips::NONE,
    };
    let cleared = PixelRect::of_canvas(list.canvas);
    planner.plan.passes.push(Pass { target: 0, cleared, draws: Vec::new() });
    for (item, place) in list.items.iter().zip(places) {
        planner.item(&item.node, &item.op, place)?;
    }
    if !planner.open.is_empty() {
        let node = list.items.last().map_or_else(|| NodeId::new(""), |item| item.node.clone());
        return Err(RenderError::Unbalanced { node });
    }
    Ok(planner.plan)
}

impl Planner<'_> {
    fn item(&mut self, node: &NodeId, op: &Op, place: &Place) -> Result<(), RenderError> {
        let is_visible = self.damage.iter().any(|rect| rect.meets(place.touched));
        match op {
            Op::PushGroup { opacity } => self.push_group(node, *opacity, place)?,
            Op::PopGroup => self.pop_group(node)?,
            Op::PushMask => self.push_mask(node)?,
            Op::PopMask => self.pop_mask(node)?,
            Op::PushClip(clip) => self.push_clip(node, clip)?,
            Op::PopClip => match self.open.pop() {
                Some(Open::Clip { outer_live }) => {
                    self.clips.pop();
                    self.live = outer_live;
                }
                _ => return Err(RenderError::Unbalanced { node: node.clone() }),
            },
            _ if !is_visible || self.fade <= 0.0 => {}
            Op::Box(shape) => self.draw_box(node, shape, place.touched)?,
            Op::Path(shape) => {
                if let Some(block) = self.blocks.path(shape) {
                    self.draw_coverage(&block, shape.canvas_from_local, shape.color, place.touched);
                }
            }
            Op::Text(shape) => {
                if let Some(block) = self.blocks.text(node, shape)? {
                    match shape.look {
                        TextLook::Colored | TextLook::Gradient(_) => self.draw_colors(&block, shape, place.touched),
                        _ => self.draw_coverage(&block, shape.canvas_from_local, shape.color, place.touched),
                    }
                }
            }
            Op::Image(shape) => {
                if let Some(block) = self.blocks.picture(node, shape)? {
                    let Color { r, g, b, a } = shape.tint;
                    let tint = [r * a, g * a, b * a, a].map(|part| part * self.fade);
                    self.draw_picture(&block, shape, tint, place.touched);
                }
            }
        }
        Ok(())
    }

    fn push_clip(&mut self, node: &NodeId, clip: &Clip) -> Result<(), RenderError> {
        if self.clips.len() == MAX_LIVE_CLIPS {
            return Err(RenderError::TooManyClips { node: node.clone() });
        }
        self.open.push(Open::Clip { outer_live: self.live });
        // A clip without an area shows nothing: the list's places already say that its items touch no pixel.
        let local_from_canvas = inverse(clip.canvas_from_local).unwrap_or(Affine::IDENTITY);
        let (local_x, local_y) = rows(local_from_canvas);
        let corners_px = fitting_corners(clip.rect, clip.corners);
        self.clips.push(ClipRecord { local_x, local_y, rect_px: sides(clip.rect), corners_px });
        let covered = inside_of(clip.canvas_from_local, clip.rect, clip.corners, 0.0);
        self.live = LiveClips {
            range: [self.plan.clips.len() as u32, self.clips.len() as u32],
            covered: self.live.covered.intersection(covered.unwrap_or_default()),
        };
        self.plan.clips.extend_from_slice(&self.clips);
        Ok(())
    }

    fn draw_box(&mut self, node: &NodeId, shape: &BoxShape, touched: PixelRect) -> Result<(), RenderError> {
        let Some(local_from_canvas) = inverse(shape.canvas_from_local) else { return Ok(()) };
        let (gradient_px, stops, colors) = fill(node, &shape.fill)?;
        let faded = |color: [f32; 4]| color.map(|part| part * self.fade);
        let [color_0, color_1, color_2, color_3] = colors.map(faded);
        let (local_x, local_y) = rows(local_from_canvas);
        let border = shape.border.filter(|border| border.width_px > 0.0);
        let (offset, blur_px) = shape.shadow.map_or_else(Default::default, |shadow| (shadow.offset, shadow.blur_px));
        let instance = BoxInstance {
            bounds_px: bounds_px(touched),
            local_x,
            local_y,
            rect_px: sides(shape.rect),
            corners_px: fitting_corners(shape.rect, shape.corners),
            gradient_px,
            stops,
            color_0,
            color_1,
            color_2,
            color_3,
            border_color: faded(border.map_or([0.0; 4], |border| border.color.premultiplied())),
            shadow_color: faded(shape.shadow.map_or([0.0; 4], |shadow| shadow.color.premultiplied())),
            extras_px: [offset.x, offset.y, blur_px / 2.0, border.map_or(0.0, |border| border.width_px)],
            clips: [0, 0],
            inner: shape.inner_shadow.map_or([0; 4], |shadow| inner(shadow, faded(shadow.color.premultiplied()))),
        };
        // A transparent box may still cast a shadow around itself; its inside shows nothing.
        let is_blank = colors.iter().flatten().all(|part| *part == 0.0);
        for (part, rect) in box_parts::parts(shape, touched, is_blank) {
            self.push_box(part, instance, rect);
        }
        Ok(())
    }

    /// Draws the part of a box that lies in `touched`.
    fn push_box(&mut self, part: Part, instance: BoxInstance, touched: PixelRect) {
        let (free, clipped) = self.live.part(touched);
        let free = free.into_iter().map(|rect| (rect, [0, 0]));
        let clipped = clipped.into_iter().map(|rect| (rect, self.live.range));
        for (rect, clips) in free.chain(clipped).filter(|(rect, _)| !rect.is_empty()).collect::<Vec<_>>() {
            let index = self.plan.boxes.len() as u32;
            self.plan.boxes.push(BoxInstance { bounds_px: bounds_px(rect), clips, ..instance });
            self.push_draw(Brush::Box(part), index, rect, clips[1] > 0);
        }
    }

    fn draw_coverage(&mut self, block: &Block, canvas_from_local: Affine, color: Color, touched: PixelRect) {
        let tint = color.premultiplied().map(|part| part * self.fade);
        let brush = Brush::Coverage(block.key);
        let Some(canvas_from_texel) = tiled(block, canvas_from_local) else {
            self.draw_block(brush, block, canvas_from_local, tint, touched);
            return;
        };
        let place = |rect: &TexelRect| tile_px(canvas_from_texel, rect).intersection(touched);
        for rect in block.tiles.partial.iter().map(place).filter(|rect| !rect.is_empty()) {
            self.draw_block(brush, block, canvas_from_local, tint, rect);
        }
        for rect in block.tiles.full.iter().map(place) {
            let instance = BoxInstance { color_0: tint, ..BoxInstance::zeroed() };
            self.push_box(Part::Solid, instance, rect);
        }
    }

    /// Text with colours of its own.
    fn draw_colors(&mut self, block: &Block, shape: &TextShape, touched: PixelRect) {
        let brush = Brush::Picture(block.key);
        let tint = [shape.color.a * self.fade; 4];
        let Some(canvas_from_texel) = tiled(block, shape.canvas_from_local) else {
            self.draw_block(brush, block, shape.canvas_from_local, tint, touched);
            return;
        };
        let place = |rect: &TexelRect| tile_px(canvas_from_texel, rect).intersection(touched);
        for rect in block.tiles.partial.iter().map(place).filter(|rect| !rect.is_empty()) {
            self.draw_block(brush, block, shape.canvas_from_local, tint, rect);
        }
    }

    fn draw_picture(&mut self, block: &Block, shape: &ImageShape, tint: [f32; 4], touched: PixelRect) {
        let brush = Brush::Picture(block.key);
        let Some(canvas_from_texel) = tiled(block, shape.canvas_from_local) else {
            self.draw_block(brush, block, shape.canvas_from_local, tint, touched);
            return;
        };
        let end = block.texel_from_local.apply(Point::new(shape.rect.right(), shape.rect.bottom()));
        let end = [end.x, end.y].map(|side| side.round() as u32);
        for rect in &block.tiles.partial {
            let mut place = tile_px(canvas_from_texel, rect);
            // A picture, unlike coverage, is not surrounded by empty texels: its edge reaches into the next pixel.
            place.x0 -= u32::from(rect.x0 == 0).min(place.x0);
            place.y0 -= u32::from(rect.y0 == 0).min(place.y0);
            place.x1 += u32::from(rect.x1 == end[0]);
            place.y1 += u32::from(rect.y1 == end[1]);
            let place = place.intersection(touched);
            if !place.is_empty() {
                self.draw_block(brush, block, shape.canvas_from_local, tint, place);
            }
        }
    }

    fn draw_block(
        &mut self,
        brush: Brush,
        block: &Block,
        canvas_from_local: Affine,
        tint: [f32; 4],
        touched: PixelRect,
    ) {
        if let Some(local_from_canvas) = inverse(canvas_from_local) {
            self.push_quad(brush, block.texel_from_local.after(local_from_canvas), tint, touched);
        }
    }

    fn push_quad(&mut self, brush: Brush, texel_from_canvas: Affine, tint: [f32; 4], touched: PixelRect) {
        let (texel_x, texel_y) = rows(texel_from_canvas);
        let (free, clipped) = self.live.part(touched);
        let free = free.into_iter().map(|rect| (rect, [0, 0]));
        let clipped = clipped.into_iter().map(|rect| (rect, self.live.range));
        for (rect, clips) in free.chain(clipped).filter(|(rect, _)| !rect.is_empty()).collect::<Vec<_>>() {
            let instance = self.plan.quads.len() as u32;
            self.plan.quads.push(QuadInstance { bounds_px: bounds_px(rect), texel_x, texel_y, tint, clips });
            self.push_draw(brush, instance, rect, clips[1] > 0);
        }
    }

    fn push_draw(&mut self, brush: Brush, instance: u32, touched: PixelRect, is_clipped: bool) {
        let draw = Draw { brush, instance, touched, is_clipped };
        // There is always a pass: the canvas's own is the first, and a group's end leaves one of its parent's.
        let depth = self.depth;
        match self.plan.passes.last_mut() {
            Some(pass) if pass.target == depth => pass.draws.push(draw),
            _ => self.plan.passes.push(Pass { target: depth, cleared: PixelRect::default(), draws: vec![draw] }),
        }
    }
}

/// The map from a block's texels to the canvas, when it may be drawn tile by tile: it lies straight, is not mirrored, and
/// tiles know enough of their surroundings.
fn tiled(block: &Block, canvas_from_local: Affine) -> Option<Affine> {
    if block.tiles.partial.is_empty() && block.tiles.full.is_empty() {
        return None;
    }
    let map = canvas_from_local.after(inverse(block.texel_from_local)?);
    let is_straight = map.xy == 0.0 && map.yx == 0.0;
    (is_straight && map.xx * REACHED_SCALE >= 1.0 && map.yy * REACHED_SCALE >= 1.0).then_some(map)
}

/// A tile on whole pixels: tiles that share an edge share it there too, so that no pixel is drawn twice or left out.
fn tile_px(canvas_from_texel: Affine, rect: &TexelRect) -> PixelRect {
    let Affine { xx, yy, dx, dy, .. } = canvas_from_texel;
    // Casts saturate: what lies left of the canvas or above it ends there.
    let edge = |texel: u32, scale: f32, offset: f32| (texel as f32 * scale + offset).round() as u32;
    PixelRect {
        x0: edge(rect.x0, xx, dx),
        y0: edge(rect.y0, yy, dy),
        x1: edge(rect.x1, xx, dx),
        y1: edge(rect.y1, yy, dy),
    }
}

fn bounds_px(touched: PixelRect) -> [f32; 4] {
    [touched.x0 as f32, touched.y0 as f32, touched.x1 as f32, touched.y1 as f32]
}

/// An inner shadow as its shader takes it.
fn inner(shadow: Shadow, color: [f32; 4]) -> [u32; 4] {
    let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
    let [x, y, deviation] = [shadow.offset.x, shadow.offset.y, shadow.blur_px / 2.0].map(f32::to_bits);
    [x, y, deviation, u32::from_le_bytes(color.map(byte))]
}

type Fill = ([f32; 4], [f32; 4], [[f32; 4]; 4]);

/// Gradient line, stop positions and premultiplied stop colours, filled up to four stops.
fn fill(node: &NodeId, paint: &Paint) -> Result<Fill, RenderError> {
    match paint {
        Paint::Solid(color) => Ok(([0.0; 4], [0.0; 4], [color.premultiplied(); 4])),
        Paint::Linear(Gradient { from, to, stops }) => {
            if stops.len() < 2 || stops.len() > Gradient::MAX_STOPS {
                return Err(RenderError::Stops { node: node.clone(), found: stops.len() });
            }
            let stop = |index: usize| stops[index.min(stops.len() - 1)];
            let at = [0, 1, 2, 3].map(|index| stop(index).0);
            let colors = [0, 1, 2, 3].map(|index| stop(index).1.premultiplied());
            let line = [from.x, from.y, to.x, to.y];
            // A line without a length has only an end: the last colour.
            let is_point = from == to;
            Ok((line, at, if is_point { [colors[3]; 4] } else { colors }))
        }
    }
}

/// The map back; `None` for one that flattens the plane.
pub(super) fn inverse(map: Affine) -> Option<Affine> {
    if map.is_translation() {
        return Some(Affine::translation(-map.dx, -map.dy));
    }
    // In double precision, because the offset is a difference of large products.
    let [xx, yx, xy, yy, dx, dy] = [map.xx, map.yx, map.xy, map.yy, map.dx, map.dy].map(f64::from);
    let determinant = xx * yy - xy * yx;
    if !(determinant.abs() > 1e-12 && determinant.is_finite()) {
        return None;
    }
    Some(Affine {
        xx: (yy / determinant) as f32,
        yx: (-yx / determinant) as f32,
        xy: (-xy / determinant) as f32,
        yy: (xx / determinant) as f32,
        dx: ((xy * dy - yy * dx) / determinant) as f32,
        dy: ((yx * dx - xx * dy) / determinant) as f32,
    })
}

#[cfg(test)]
#[path = "plan/tests.rs"]
mod tests;
