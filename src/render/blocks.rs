//! The textures that items are laid down from: text and path coverage, and pictures.
//!
//! In: shapes that are about to be drawn, or will be soon. Out: a texture for each, made when it is missing.
//! Bounded by [`KEPT_BYTES`]; what was not used for longest goes first, but never what the frame in hand draws.
//! Whatever is kept, a block's texels depend on its key alone, so that dropping one never changes a picture.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::RenderError;
use super::gpu::Gpu;
use super::path_raster::{self, Coverage};
use super::pipelines::{COVERAGE_FORMAT, TARGET_FORMAT};
use super::plan::{Block, Blocks};
use super::raster_box::{RasterBox, raster_scale};
use super::text_raster::{self, Ink};
use super::tiles::{Tiles, picture_tiles, tiles};
use crate::assets;
use crate::draw_list::{
    Affine, Color, Gradient, ImageShape, PathData, PathShape, PathStyle, PictureData, Point, Rect, Segment, Size,
    TextLook, TextRun, TextShape,
};
use crate::ids::NodeId;
use crate::text::{Fonts, run_hash};

/// Textures kept, in bytes. A game's names, numbers and marks at 1080p are about a tenth of it.
const KEPT_BYTES: u64 = 256 << 20;

/// What a block was made from; tells apart two with the same hash.
#[derive(Debug)]
enum Subject {
    Text { run: Arc<TextRun>, look: TextLook, ink: Option<Color>, raster_box: RasterBox },
    Path { path: Arc<PathData>, style: PathStyle, raster_box: RasterBox },
    Picture { picture: Arc<PictureData>, size: Size },
}

struct Stored {
    subject: Subject,
    /// Where there is something to see.
    tiles: Arc<Tiles>,
    bind_group: wgpu::BindGroup,
    bytes: u64,
    /// The round in which it was last drawn or prepared.
    used_in: u64,
}

pub(super) struct BlockStore {
    stored: HashMap<u64, Stored>,
    bytes: u64,
    kept_bytes: u64,
    round: u64,
    largest_side: u32,
}

impl BlockStore {
    pub(super) fn new(gpu: &Gpu) -> BlockStore {
        BlockStore {
            stored: HashMap::new(),
            bytes: 0,
            kept_bytes: KEPT_BYTES,
            round: 0,
            largest_side: gpu.device().limits().max_texture_dimension_2d,
        }
    }

    /// The texture of a block that this round's plan names.
    pub(super) fn bind_group(&self, key: u64) -> Option<&wgpu::BindGroup> {
        self.stored.get(&key).map(|stored| &stored.bind_group)
    }

    /// Ends a round, its commands being submitted: drops the longest unused blocks that are too many.
    pub(super) fn end_round(&mut self) {
        if self.bytes > self.kept_bytes {
            let mut by_age: Vec<(u64, u64)> = self.stored.iter().map(|(key, stored)| (stored.used_in, *key)).collect();
            by_age.sort_unstable();
            for (used_in, key) in by_age {
                if self.bytes <= self.kept_bytes || used_in == self.round {
                    break;
                }
                if let Some(stored) = self.stored.remove(&key) {
                    self.bytes -= stored.bytes;
                }
            }
        }
        self.round += 1;
    }

    /// Finds a block, if it is stored and was made from the same subject; its tiles.
    fn find(&mut self, key: u64, is_same: impl Fn(&Subject) -> bool) -> Option<Arc<Tiles>> {
        let stored = self.stored.get_mut(&key).filter(|stored| is_same(&stored.subject))?;
        stored.used_in = self.round;
        Some(Arc::clone(&stored.tiles))
    }

    fn store(&mut self, key: u64, subject: Subject, texture: &Texture, tiles: Arc<Tiles>) {
        let Texture { bind_group, bytes, .. } = texture;
        let stored = Stored { subject, tiles, bind_group: bind_group.clone(), bytes: *bytes, used_in: self.round };
        if let Some(replaced) = self.stored.insert(key, stored) {
            self.bytes -= replaced.bytes;
        }
        self.bytes += bytes;
    }
}

/// A new texture, ready to be filled.
struct Texture {
    texture: wgpu::Texture,
    bind_group: wgpu::BindGroup,
    bytes: u64,
}

/// A block store at work on one frame or one preparation.
pub(super) struct BlockMaker<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) store: &'a mut BlockStore,
    pub(super) fonts: &'a mut Fonts,
    pub(super) layout: &'a wgpu::BindGroupLayout,
}

impl BlockMaker<'_> {
    fn texture(&self, size: Size, format: wgpu::TextureFormat) -> Texture {
        let texture = self.gpu.device().create_texture(&wgpu::TextureDescriptor {
            label: Some("block"),
            size: extent(size),
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let bind_group = bind_texture(self.gpu.device(), self.layout, &view);
        let texel_bytes = if format == COVERAGE_FORMAT { 1 } else { 4 };
        Texture { texture, bind_group, bytes: u64::from(size.width) * u64::from(size.height) * texel_bytes }
    }

    fn rasterise_text(
        &mut self,
        key: u64,
        subject: Subject,
        buffer: &glyphon::Buffer,
        shape: &TextShape,
        raster_box: &RasterBox,
    ) -> Arc<Tiles> {
        let fonts = &mut *self.fonts;
        let ink = match &shape.look {
            TextLook::Plain => {
                let coverage = text_raster::rasterise(fonts, buffer, raster_box);
                return self.store_coverage(key, subject, &coverage);
            }
            TextLook::Outline { width_px, join } => {
                let coverage = text_raster::outline(fonts, buffer, raster_box, (*width_px, *join));
                return self.store_coverage(key, subject, &coverage);
            }
            TextLook::Shadow { outline_px, join, blur_px } => {
                let coverage = text_raster::shadow(fonts, buffer, raster_box, (*outline_px, *join, *blur_px));
                return self.store_coverage(key, subject, &coverage);
            }
            TextLook::Colored => Ink::Solid(Color { a: 1.0, ..shape.color }),
            TextLook::Gradient(gradient) => Ink::Gradient(gradient),
        };
        let rgba = text_raster::colors(fonts, buffer, raster_box, ink);
        self.store_picture(key, subject, Size::new(raster_box.width, raster_box.height), &rgba)
    }

    fn store_picture(&mut self, key: u64, subject: Subject, size: Size, rgba: &[u8]) -> Arc<Tiles> {
        let texture = self.texture(size, TARGET_FORMAT);
        self.upload(&texture.texture, rgba, size, 4);
        let tiles = Arc::new(picture_tiles(size, rgba));
        self.store.store(key, subject, &texture, Arc::clone(&tiles));
        tiles
    }

    fn store_coverage(&mut self, key: u64, subject: Subject, coverage: &Coverage) -> Arc<Tiles> {
        let size = Size::new(coverage.width, coverage.height);
        let texture = self.texture(size, COVERAGE_FORMAT);
        self.upload(&texture.texture, &coverage.texels, size, 1);
        let tiles = Arc::new(tiles(coverage));
        self.store.store(key, subject, &texture, Arc::clone(&tiles));
        tiles
    }

    fn upload(&self, texture: &wgpu::Texture, texels: &[u8], size: Size, texel_bytes: u32) {
        self.gpu.queue().write_texture(
            texture.as_image_copy(),
            texels,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(size.width * texel_bytes),
                rows_per_image: None,
            },
            extent(size),
        );
    }
}

impl Blocks for BlockMaker<'_> {
    fn text(&mut self, node: &NodeId, shape: &TextShape) -> Result<Option<Block>, RenderError> {
        let scale = raster_scale(shape.canvas_from_local);
        let Some(raster_box) = RasterBox::around(shape.ink, scale) else { return Ok(None) };
        // Only where it is a part of the pixels; otherwise they are tinted when they are laid down.
        let ink = (shape.look == TextLook::Colored).then_some(Color { a: 1.0, ..shape.color });
        let key = text_key(shape, ink, &raster_box);
        let is_same = |subject: &Subject| {
            matches!(subject, Subject::Text { run, look, ink: kept_ink, raster_box: kept }
                if *kept == raster_box
                    && *look == shape.look
                    && *kept_ink == ink
                    && (Arc::ptr_eq(run, &shape.run) || *run == shape.run))
        };
        let tiles = match self.store.find(key, is_same) {
            Some(tiles) => tiles,
            None => {
                let buffer =
                    self.fonts.shape(&shape.run).map_err(|cause| RenderError::Text { node: node.clone(), cause })?;
                let (run, look) = (Arc::clone(&shape.run), shape.look.clone());
                let subject = Subject::Text { run, look, ink, raster_box };
                self.rasterise_text(key, subject, &buffer, shape, &raster_box)
            }
        };
        Ok(Some(Block { key, texel_from_local: raster_box.texel_from_local(), tiles }))
    }

    fn path(&mut self, shape: &PathShape) -> Option<Block> {
        let scale = raster_scale(shape.canvas_from_local);
        let raster_box = RasterBox::around(path_raster::extent(&shape.path, shape.style), scale)?;
        let key = path_key(&shape.path, shape.style, &raster_box);
        let is_same = |subject: &Subject| {
            matches!(subject, Subject::Path { path, style, raster_box: kept }
                if *kept == raster_box
                    && *style == shape.style
                    && (Arc::ptr_eq(path, &shape.path) || *path == shape.path))
        };
        let tiles = self.store.find(key, is_same).unwrap_or_else(|| {
            let coverage = path_raster::rasterise(&shape.path, shape.style, &raster_box);
            let subject = Subject::Path { path: Arc::clone(&shape.path), style: shape.style, raster_box };
            self.store_coverage(key, subject, &coverage)
        });
        Some(Block { key, texel_from_local: raster_box.texel_from_local(), tiles })
    }

    fn picture(&mut self, node: &NodeId, shape: &ImageShape) -> Result<Option<Block>, RenderError> {
        let PictureData { size, rgba, .. } = &*shape.picture;
        let expected = size.width as usize * size.height as usize * 4;
        if expected == 0 || shape.rect.is_empty() {
            return Ok(None);
        }
        if rgba.len() != expected {
            return Err(RenderError::PictureBytes { node: node.clone(), size: *size, found: rgba.len(), expected });
        }
        let size = shown_size(shape);
        let largest = self.store.largest_side;
        if size.width.max(size.height) > largest {
            return Err(RenderError::PictureSize { node: node.clone(), size, largest });
        }
        let key = picture_key(&shape.picture, size);
        let is_same = |subject: &Subject| {
            matches!(subject, Subject::Picture { picture, size: kept }
                if *kept == size && Arc::ptr_eq(picture, &shape.picture))
        };
        let tiles = self.store.find(key, is_same).unwrap_or_else(|| {
            let (size, rgba) = assets::resampled(&shape.picture, size);
            let subject = Subject::Picture { picture: Arc::clone(&shape.picture), size };
            self.store_picture(key, subject, size, &rgba)
        });
        let Rect { x, y, width, height } = shape.rect;
        let scale = Affine::scale(size.width as f32 / width, size.height as f32 / height);
        Ok(Some(Block { key, texel_from_local: scale.after(Affine::translation(-x, -y)), tiles }))
    }
}

/// How many texels a picture is drawn from: as many as it covers pixels at its raster scale, and no more than it has.
fn shown_size(shape: &ImageShape) -> Size {
    // What lies on whole pixels must not get one more for a rounding of its place.
    const ROUNDING: f32 = 0.01;
    let scale = raster_scale(shape.canvas_from_local);
    let side = |length: f32, most: u32| ((length * scale - ROUNDING).ceil() as u32).clamp(1, most);
    let Size { width, height } = shape.picture.size;
    Size::new(side(shape.rect.width, width), side(shape.rect.height, height))
}

/// A bind group for group 1 of the quad pipelines.
pub(super) fn bind_texture(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    view: &wgpu::TextureView,
) -> wgpu::BindGroup {
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("block"),
        layout,
        entries: &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(view) }],
    })
}

pub(super) fn extent(size: Size) -> wgpu::Extent3d {
    wgpu::Extent3d { width: size.width, height: size.height, depth_or_array_layers: 1 }
}

fn hash_box(raster_box: &RasterBox, hasher: &mut DefaultHasher) {
    let RasterBox { scale, left, top, width, height } = raster_box;
    (scale.to_bits(), left, top, width, height).hash(hasher);
}

fn text_key(shape: &TextShape, ink: Option<Color>, raster_box: &RasterBox) -> u64 {
    let mut hasher = DefaultHasher::new();
    ("text", run_hash(&shape.run)).hash(&mut hasher);
    let mut numbers = |all: &[f32]| all.iter().for_each(|number| number.to_bits().hash(&mut hasher));
    let color = |Color { r, g, b, a }: Color| [r, g, b, a];
    numbers(&ink.map(color).unwrap_or_default());
    match &shape.look {
        TextLook::Plain => {}
        TextLook::Colored => 1_u8.hash(&mut hasher),
        TextLook::Gradient(gradient) => {
            let Gradient { from, to, stops } = &**gradient;
            numbers(&[from.x, from.y, to.x, to.y]);
            for (at, stop) in stops {
                numbers(&[*at]);
                numbers(&color(*stop));
            }
        }
        TextLook::Outline { width_px, join } => (2_u8, width_px.to_bits(), join).hash(&mut hasher),
        TextLook::Shadow { outline_px, join, blur_px } => {
            (3_u8, outline_px.to_bits(), join, blur_px.to_bits()).hash(&mut hasher);
        }
    }
    hash_box(raster_box, &mut hasher);
    hasher.finish()
}

fn picture_key(picture: &Arc<PictureData>, size: Size) -> u64 {
    // The store keeps the picture alive, so that its address stays its own.
    let mut hasher = DefaultHasher::new();
    ("picture", Arc::as_ptr(picture) as usize, size).hash(&mut hasher);
    hasher.finish()
}

fn path_key(path: &PathData, style: PathStyle, raster_box: &RasterBox) -> u64 {
    let mut hasher = DefaultHasher::new();
    "path".hash(&mut hasher);
    for segment in &path.segments {
        let (kind, points): (u8, &[Point]) = match segment {
            Segment::Move(p) => (0, &[*p]),
            Segment::Line(p) => (1, &[*p]),
            Segment::Quadratic { control, to } => (2, &[*control, *to]),
            Segment::Cubic { control1, control2, to } => (3, &[*control1, *control2, *to]),
            Segment::Close => (4, &[]),
        };
        kind.hash(&mut hasher);
        for point in points {
            (point.x.to_bits(), point.y.to_bits()).hash(&mut hasher);
        }
    }
    match style {
        PathStyle::Fill => 0_u32.hash(&mut hasher),
        PathStyle::Stroke { width_px, cap, join } => (1_u32, width_px.to_bits(), cap, join).hash(&mut hasher),
    }
    hash_box(raster_box, &mut hasher);
    hasher.finish()
}
