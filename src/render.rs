//! Draws draw lists into frames: the only GPU code but the window's.
//!
//! In: one [`DrawList`] a frame, and what outputs need. Out: an `Arc<Frame>` whose row bands are shared with the frame
//! before wherever nothing changed.
//! One [`Renderer`] belongs to one thread (playout, preview or an offline render), which waits in it for the GPU; a
//! [`Gpu`] is shared by all of them.
//!
//! The way of a frame: `damage` finds the rectangles in which the list differs from the one on the target; `plan` turns
//! the items that meet them into instances (`box_parts`) and passes, making missing textures on the way (`blocks`,
//! `text_raster`, `path_raster`); the passes redraw those rectangles; only they are read back; `bands` compares, converts and versions.
//! An equal list costs no GPU work at all. The pixels depend on the list alone, never on what was drawn before.
//!
//! Never reads a clock, and never changes a frame that it handed out. After an error the next frame is drawn anew.

pub mod damage;
pub mod shaders;
pub mod types;

mod bands;
mod blocks;
mod blur;
mod box_parts;
mod canvas;
mod convert;
mod gpu;
mod path_raster;
mod pipelines;
mod pixel_rect;
mod plan;
mod raster_box;
mod text_raster;
mod tiles;
mod warm_up;

use std::sync::Arc;

pub use convert::straight;
pub use gpu::{ADAPTER_VARIABLE, AdapterChoice, Gpu, GpuError};
pub use plan::{MAX_GROUP_DEPTH, MAX_LIVE_CLIPS};

use crate::draw_list::{DrawList, Gradient, Size};
use crate::frame::{Frame, Need};
use crate::ids::NodeId;
use crate::text::{Fonts, TextError};
use crate::time::FrameIndex;
use bands::Bands;
use blocks::{BlockMaker, BlockStore};
use canvas::Canvas;
use damage::PixelRect;

/// A frame could not be drawn; the frame before stays valid.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the draw list is for a canvas of {found}, this renderer's is {canvas}; lay the scene out for {canvas}")]
    Canvas { canvas: Size, found: Size },
    #[error("a canvas of {canvas} cannot be drawn here; each side must be 1 to {largest} pixels")]
    CanvasSize { canvas: Size, largest: u32 },
    #[error("group or clip at `{node}` has no matching start or end; push and pop them in pairs")]
    Unbalanced { node: NodeId },
    #[error("clip `{node}` is one too many: {MAX_LIVE_CLIPS} clips may lie within each other; remove one around it")]
    TooManyClips { node: NodeId },
    #[error(
        "group `{node}` is one too many: {MAX_GROUP_DEPTH} groups with opacity below 1 may lie within each other; fade \
         a single group around it"
    )]
    TooManyGroups { node: NodeId },
    #[error("gradient of `{node}` has {found} stops; give it 2 to {}", Gradient::MAX_STOPS)]
    Stops { node: NodeId, found: usize },
    #[error("text `{node}` cannot be drawn: {cause}")]
    Text {
        node: NodeId,
        #[source]
        cause: TextError,
    },
    #[error("picture of `{node}` is {size} but holds {found} bytes instead of {expected}; decode it to RGBA")]
    PictureBytes { node: NodeId, size: Size, found: usize, expected: usize },
    #[error("picture of `{node}` is {size}; this adapter takes sides up to {largest} pixels: scale it down")]
    PictureSize { node: NodeId, size: Size, largest: u32 },
    #[error(
        "the graphics device reported an error: {message}; if it comes back, restart or set {ADAPTER_VARIABLE}=software"
    )]
    Device { message: String },
    #[error(
        "the graphics device did not finish a frame within {seconds} s; restart, or set {ADAPTER_VARIABLE}=software"
    )]
    Stuck { seconds: u64 },
}

impl RenderError {
    /// Stable name for logs and control clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Canvas { .. } => "render.canvas",
            Self::CanvasSize { .. } => "render.canvas_size",
            Self::Unbalanced { .. } => "render.unbalanced",
            Self::TooManyClips { .. } => "render.too_many_clips",
            Self::TooManyGroups { .. } => "render.too_many_groups",
            Self::Stops { .. } => "render.stops",
            Self::Text { cause, .. } => cause.code(),
            Self::PictureBytes { .. } => "render.picture_bytes",
            Self::PictureSize { .. } => "render.picture_size",
            Self::Device { .. } => "render.device",
            Self::Stuck { .. } => "render.stuck",
        }
    }
}

/// Draws the frames of one canvas.
pub struct Renderer {
    gpu: Gpu,
    canvas: Canvas,
    blocks: BlockStore,
    bands: Bands,
    /// What the target shows; `None` before the first frame and after an error: then all of it is drawn.
    shown: Option<DrawList>,
}

impl Renderer {
    /// A renderer with a transparent canvas. Needs that are given twice count once. The first one of a device compiles
    /// every shader, so that none is compiled on air.
    pub fn new(gpu: &Gpu, canvas: Size, needs: &[Need]) -> Result<Renderer, RenderError> {
        let largest = gpu.device().limits().max_texture_dimension_2d;
        if !(1..=largest).contains(&canvas.width) || !(1..=largest).contains(&canvas.height) {
            return Err(RenderError::CanvasSize { canvas, largest });
        }
        let renderer = Renderer {
            gpu: gpu.clone(),
            canvas: Canvas::new(gpu, canvas),
            blocks: BlockStore::new(gpu),
            bands: Bands::new(canvas, needs),
            shown: None,
        };
        gpu.warm_up_once(warm_up::draw)?;
        renderer.check_device()?;
        Ok(renderer)
    }

    pub fn size(&self) -> Size {
        self.canvas.size()
    }

    /// Replaces what outputs need, from the next frame on; a need that stays keeps its bands.
    pub fn set_needs(&mut self, needs: &[Need]) {
        self.bands.set_needs(needs);
    }

    /// Draws the list and waits for its pixels.
    pub fn render(&mut self, index: FrameIndex, list: DrawList, fonts: &mut Fonts) -> Result<Arc<Frame>, RenderError> {
        self.check_list(&list)?;
        let damage = match &self.shown {
            Some(shown) => damage::damage(shown, &list),
            None => vec![PixelRect::of_canvas(list.canvas)],
        };
        if !damage.is_empty() {
            // Whatever fails from here on, the target no longer shows the list before.
            self.shown = None;
            self.redraw(&list, &damage, fonts)?;
        }
        self.shown = Some(list);
        Ok(Arc::new(Frame { index, size: self.canvas.size(), pictures: self.bands.publish() }))
    }

    /// Makes every texture that a list will need, and uploads it, so that drawing the list later makes none. Changes no
    /// frame.
    pub fn prepare(&mut self, list: &DrawList, fonts: &mut Fonts) -> Result<(), RenderError> {
        self.check_list(list)?;
        let everywhere = [PixelRect::of_canvas(list.canvas)];
        let planned = self.plan(list, &everywhere, fonts);
        // Also after an error: the uploads go out now, and not with a frame.
        self.gpu.queue().submit([]);
        self.blocks.end_round();
        planned?;
        self.check_device()
    }

    fn redraw(&mut self, list: &DrawList, damage: &[PixelRect], fonts: &mut Fonts) -> Result<(), RenderError> {
        let planned = self.plan(list, damage, fonts);
        if let Ok(plan) = &planned {
            self.canvas.submit(&self.gpu, &self.blocks, plan, damage);
        }
        self.blocks.end_round();
        planned?;
        let read = self.canvas.read_back(&self.gpu, damage, &mut self.bands);
        self.check_device()?;
        read
    }

    fn plan(&mut self, list: &DrawList, damage: &[PixelRect], fonts: &mut Fonts) -> Result<plan::Plan, RenderError> {
        let places = damage::places(list);
        let layout = &self.gpu.pipelines().block_layout;
        let mut maker = BlockMaker { gpu: &self.gpu, store: &mut self.blocks, fonts, layout };
        plan::plan(list, &places, damage, &mut maker)
    }

    fn check_list(&self, list: &DrawList) -> Result<(), RenderError> {
        let canvas = self.canvas.size();
        if list.canvas == canvas { Ok(()) } else { Err(RenderError::Canvas { canvas, found: list.canvas }) }
    }

    fn check_device(&self) -> Result<(), RenderError> {
        match self.gpu.take_trouble() {
            Some(message) => Err(RenderError::Device { message }),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").field("gpu", &self.gpu).field("size", &self.size()).finish_non_exhaustive()
    }
}
