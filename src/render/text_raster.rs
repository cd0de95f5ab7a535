//! Rasterises shaped text with glyphon, white on nothing, into the red channel of a texture.
//!
//! In: a shaped run and the box that its texture holds. Out: commands, recorded ahead of the frame's own, that fill the
//! texture before anything is drawn with it.
//! One glyph atlas for a renderer; glyphon's GPU side is used nowhere else.

use glyphon::{Buffer, Cache, Color, ColorMode, Resolution, TextArea, TextAtlas, TextBounds, TextRenderer, Viewport};

use super::gpu::Gpu;
use super::pipelines::COVERAGE_FORMAT;
use super::raster_box::RasterBox;
use crate::text::Fonts;

pub(super) struct TextRaster {
    cache: Cache,
    atlas: TextAtlas,
    /// One for each run of a submission, because each keeps its vertices until the commands ran; used again after it.
    benches: Vec<Bench>,
    used: usize,
}

struct Bench {
    viewport: Viewport,
    renderer: TextRenderer,
}

/// glyphon's atlas cannot hold the glyphs of one submission.
#[derive(Debug)]
pub(super) struct AtlasFull;

impl TextRaster {
    pub(super) fn new(gpu: &Gpu) -> TextRaster {
        let cache = Cache::new(gpu.device());
        // `Web` leaves colours as they are; white coverage has nothing to convert anyway.
        let atlas = TextAtlas::with_color_mode(gpu.device(), gpu.queue(), &cache, COVERAGE_FORMAT, ColorMode::Web);
        TextRaster { cache, atlas, benches: Vec::new(), used: 0 }
    }

    /// Records the drawing of a run into `target`, a texture as large as `raster_box` says.
    pub(super) fn record(
        &mut self,
        gpu: &Gpu,
        fonts: &mut Fonts,
        encoder: &mut wgpu::CommandEncoder,
        buffer: &Buffer,
        raster_box: &RasterBox,
        target: &wgpu::TextureView,
    ) -> Result<(), AtlasFull> {
        if self.used == self.benches.len() {
            self.benches.push(Bench {
                viewport: Viewport::new(gpu.device(), &self.cache),
                renderer: TextRenderer::new(&mut self.atlas, gpu.device(), wgpu::MultisampleState::default(), None),
            });
        }
        let Bench { viewport, renderer } = &mut self.benches[self.used];
        self.used += 1;
        viewport.update(gpu.queue(), Resolution { width: raster_box.width, height: raster_box.height });
        let (system, glyphs) = fonts.raster_parts();
        let area = area(buffer, raster_box);
        renderer
            .prepare(gpu.device(), gpu.queue(), system, &mut self.atlas, viewport, [area], glyphs)
            .map_err(|glyphon::PrepareError::AtlasFull| AtlasFull)?;
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("text block"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: target,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
        renderer.render(&self.atlas, viewport, &mut pass).map_err(|_| AtlasFull)
    }

    /// The recorded commands were submitted: what they used may be used again, or leave the atlas.
    pub(super) fn submitted(&mut self) {
        if self.used > 0 {
            self.atlas.trim();
        }
        self.used = 0;
    }
}

/// Puts the pen's start at the box's origin, on whole texels, and keeps the border empty.
fn area<'a>(buffer: &'a Buffer, raster_box: &RasterBox) -> TextArea<'a> {
    let baseline_px = buffer.layout_runs().next().map_or(0.0, |line| line.line_y);
    TextArea {
        buffer,
        left: -raster_box.left as f32,
        // glyphon rounds the baseline in the same way before it adds it.
        top: -raster_box.top as f32 - (baseline_px * raster_box.scale).round(),
        scale: raster_box.scale,
        bounds: TextBounds {
            left: 1,
            top: 1,
            right: raster_box.width as i32 - 1,
            bottom: raster_box.height as i32 - 1,
        },
        default_color: Color::rgb(255, 255, 255),
        custom_glyphs: &[],
    }
}
