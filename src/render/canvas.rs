//! The targets that are drawn on, and the buffers that carry a frame to and from the GPU.
//!
//! In: a plan and its damage. Out: recorded passes, and, after they ran, the damaged pixels handed to `bands`.
//! The target and the layers keep their pixels between frames; only damaged rectangles are cleared and drawn.

use std::time::Duration;

use super::RenderError;
use super::bands::Bands;
use super::blocks::{BlockStore, bind_texture, extent};
use super::box_parts::Part;
use super::damage::PixelRect;
use super::gpu::Gpu;
use super::pipelines::{Pipelines, TARGET_FORMAT};
use super::plan::{Brush, Draw, Pass, Plan};
use super::types::{BoxInstance, CanvasUniform, ClipRecord, QuadInstance};
use crate::draw_list::Size;

/// A frame that takes longer than this never comes.
const LONGEST_FRAME: Duration = Duration::from_secs(5);

const PIXEL_BYTES: u64 = 4;

pub(super) struct Canvas {
    size: Size,
    /// The canvas itself, then the layers of groups by depth; deeper layers are made when a group first needs them.
    targets: Vec<Target>,
    uniform: wgpu::Buffer,
    boxes: Upload,
    quads: Upload,
    clips: Upload,
    /// Group 0; made anew when the clips' buffer grows.
    scene: wgpu::BindGroup,
    read_back: Option<wgpu::Buffer>,
}

struct Target {
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    bind_group: wgpu::BindGroup,
}

/// A buffer that is written anew each frame and grows as needed.
struct Upload {
    buffer: wgpu::Buffer,
    usage: wgpu::BufferUsages,
}

impl Upload {
    /// With room for `bytes`, which is above zero.
    fn new(gpu: &Gpu, usage: wgpu::BufferUsages, bytes: u64) -> Upload {
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("upload"),
            size: bytes.next_power_of_two(),
            usage: usage | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Upload { buffer, usage }
    }

    /// Writes the bytes; true when the buffer had to be replaced for it.
    fn write(&mut self, gpu: &Gpu, bytes: &[u8]) -> bool {
        let grows = bytes.len() as u64 > self.buffer.size();
        if grows {
            *self = Upload::new(gpu, self.usage, bytes.len() as u64);
        }
        if !bytes.is_empty() {
            gpu.queue().write_buffer(&self.buffer, 0, bytes);
        }
        grows
    }
}

impl Canvas {
    pub(super) fn new(gpu: &Gpu, size: Size) -> Canvas {
        let pipelines = gpu.pipelines();
        let uniform = Upload::new(gpu, wgpu::BufferUsages::UNIFORM, size_of::<CanvasUniform>() as u64).buffer;
        let values = CanvasUniform { size_px: [size.width as f32, size.height as f32], reserved: [0.0; 2] };
        gpu.queue().write_buffer(&uniform, 0, bytemuck::bytes_of(&values));
        let vertices = |bytes| Upload::new(gpu, wgpu::BufferUsages::VERTEX, 256 * bytes as u64);
        let clips = Upload::new(gpu, wgpu::BufferUsages::STORAGE, 16 * size_of::<ClipRecord>() as u64);
        // The layers of the first group and of its mask are there from the start: making them, and emptying them, would
        // cost the frame on which a graphic first fades.
        let targets = vec![target(gpu, size, pipelines), target(gpu, size, pipelines), target(gpu, size, pipelines)];
        empty(gpu, &targets);
        Canvas {
            size,
            targets,
            scene: scene(gpu, pipelines, &uniform, &clips.buffer),
            uniform,
            boxes: vertices(size_of::<BoxInstance>()),
            quads: vertices(size_of::<QuadInstance>()),
            clips,
            read_back: None,
        }
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// Submits the plan's passes and the copies of the damage into the read-back buffer.
    pub(super) fn submit(&mut self, gpu: &Gpu, blocks: &BlockStore, plan: &Plan, damage: &[PixelRect]) {
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        let pipelines = gpu.pipelines();
        self.boxes.write(gpu, bytemuck::cast_slice(&plan.boxes));
        self.quads.write(gpu, bytemuck::cast_slice(&plan.quads));
        if self.clips.write(gpu, bytemuck::cast_slice(&plan.clips)) {
            self.scene = scene(gpu, pipelines, &self.uniform, &self.clips.buffer);
        }
        for planned in &plan.passes {
            while self.targets.len() <= planned.target {
                self.targets.push(target(gpu, self.size, pipelines));
            }
            if !planned.cleared.is_empty() || !planned.draws.is_empty() {
                self.record_pass(pipelines, blocks, planned, damage, &mut encoder);
            }
        }
        self.record_copies(gpu, damage, &mut encoder);
        gpu.queue().submit([encoder.finish()]);
    }

    fn record_pass(
        &self,
        pipelines: &Pipelines,
        blocks: &BlockStore,
        planned: &Pass,
        damage: &[PixelRect],
        encoder: &mut wgpu::CommandEncoder,
    ) {
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("canvas"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.targets[planned.target].view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load: wgpu::LoadOp::Load, store: wgpu::StoreOp::Store },
            })],
            ..Default::default()
        });
        for rect in damage {
            let cleared = planned.cleared.intersection(*rect);
            if !cleared.is_empty() {
                pass.set_scissor_rect(cleared.x0, cleared.y0, cleared.width(), cleared.height());
                pass.set_pipeline(&pipelines.clear);
                pass.draw(0..3, 0..1);
            }
            pass.set_scissor_rect(rect.x0, rect.y0, rect.width(), rect.height());
            pass.set_bind_group(0, &self.scene, &[]);
            let mut met = planned.draws.iter().filter(|draw| draw.touched.meets(*rect)).peekable();
            while let Some(first) = met.next() {
                let mut end = first.instance + 1;
                while met.next_if(|next| next.continues(first, end)).is_some() {
                    end += 1;
                }
                self.draw(pipelines, blocks, first, end, &mut pass);
            }
        }
    }

    /// Draws consecutive instances of one brush.
    fn draw(
        &self,
        pipelines: &Pipelines,
        blocks: &BlockStore,
        first: &Draw,
        end: u32,
        pass: &mut wgpu::RenderPass<'_>,
    ) {
        let clipped = first.is_clipped;
        let (pipeline, block) = match first.brush {
            Brush::Box(Part::Solid) => (pipelines.solid.get(clipped), None),
            Brush::Box(Part::Gradient) => (pipelines.gradient.get(clipped), None),
            Brush::Box(Part::Edged) => (pipelines.edged.get(clipped), None),
            Brush::Box(Part::StraightShadow) => (pipelines.straight_shadow.get(clipped), None),
            Brush::Box(Part::RoundShadow) => (pipelines.round_shadow.get(clipped), None),
            Brush::Box(Part::Inset) => (pipelines.inset.get(clipped), None),
            Brush::Coverage(key) => (pipelines.coverage.get(clipped), blocks.bind_group(key)),
            Brush::Picture(key) => (pipelines.picture.get(clipped), blocks.bind_group(key)),
            Brush::Layer(depth) => (pipelines.layer.get(clipped), self.layer(depth)),
            Brush::Mask(depth) => (&pipelines.mask, self.layer(depth)),
        };
        let instances = if matches!(first.brush, Brush::Box(_)) { &self.boxes } else { &self.quads };
        pass.set_pipeline(pipeline);
        if let Some(block) = block {
            pass.set_bind_group(1, block, &[]);
        }
        pass.set_vertex_buffer(0, instances.buffer.slice(..));
        pass.draw(0..4, first.instance..end);
    }

    fn layer(&self, depth: usize) -> Option<&wgpu::BindGroup> {
        self.targets.get(depth).map(|layer| &layer.bind_group)
    }

    fn record_copies(&mut self, gpu: &Gpu, damage: &[PixelRect], encoder: &mut wgpu::CommandEncoder) {
        let needed: u64 = damage.iter().map(|rect| staged_bytes(*rect)).sum();
        if self.read_back.as_ref().is_none_or(|buffer| buffer.size() < needed) {
            self.read_back = Some(gpu.device().create_buffer(&wgpu::BufferDescriptor {
                label: Some("read back"),
                size: needed.next_power_of_two(),
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }));
        }
        let Some(buffer) = &self.read_back else { return };
        let mut offset = 0;
        for rect in damage {
            encoder.copy_texture_to_buffer(
                wgpu::TexelCopyTextureInfo {
                    origin: wgpu::Origin3d { x: rect.x0, y: rect.y0, z: 0 },
                    ..self.targets[0].texture.as_image_copy()
                },
                wgpu::TexelCopyBufferInfo {
                    buffer,
                    layout: wgpu::TexelCopyBufferLayout {
                        offset,
                        bytes_per_row: Some(staged_row_bytes(*rect) as u32),
                        rows_per_image: None,
                    },
                },
                extent(Size::new(rect.width(), rect.height())),
            );
            offset += staged_bytes(*rect);
        }
    }

    /// Waits for the submitted commands.
    pub(super) fn wait(&self, gpu: &Gpu) -> Result<(), RenderError> {
        let waited = gpu.device().poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(LONGEST_FRAME) });
        waited.map(|_| ()).map_err(|_| RenderError::Stuck { seconds: LONGEST_FRAME.as_secs() })
    }

    /// Waits for the submitted commands and hands the damaged pixels over.
    pub(super) fn read_back(&self, gpu: &Gpu, damage: &[PixelRect], bands: &mut Bands) -> Result<(), RenderError> {
        let Some(buffer) = &self.read_back else { return Ok(()) };
        let used: u64 = damage.iter().map(|rect| staged_bytes(*rect)).sum();
        let staged = buffer.slice(..used);
        // A failed mapping shows when the range is asked for.
        staged.map_async(wgpu::MapMode::Read, |_| {});
        if let Err(stuck) = self.wait(gpu) {
            buffer.unmap();
            return Err(stuck);
        }
        let handed_over = match staged.get_mapped_range() {
            Ok(bytes) => {
                hand_over(&bytes, damage, bands);
                Ok(())
            }
            Err(cause) => Err(RenderError::Device { message: format!("reading pixels back failed: {cause}") }),
        };
        buffer.unmap();
        handed_over
    }
}

fn hand_over(staged: &[u8], damage: &[PixelRect], bands: &mut Bands) {
    let mut offset = 0;
    for rect in damage {
        let row_bytes = (u64::from(rect.width()) * PIXEL_BYTES) as usize;
        for y in rect.y0..rect.y1 {
            let start = offset + (y - rect.y0) as usize * staged_row_bytes(*rect) as usize;
            bands.write_row(y, rect.x0, &staged[start..start + row_bytes]);
        }
        offset += staged_bytes(*rect) as usize;
    }
}

/// Rows of a copy start at multiples of what wgpu asks for.
fn staged_row_bytes(rect: PixelRect) -> u64 {
    (u64::from(rect.width()) * PIXEL_BYTES).next_multiple_of(u64::from(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT))
}

fn staged_bytes(rect: PixelRect) -> u64 {
    staged_row_bytes(rect) * u64::from(rect.height())
}

/// Makes targets transparent now; wgpu would do it when they are first drawn on.
fn empty(gpu: &Gpu, targets: &[Target]) {
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    for target in targets {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("empty"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &target.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
    }
    gpu.queue().submit([encoder.finish()]);
}

fn target(gpu: &Gpu, size: Size, pipelines: &Pipelines) -> Target {
    let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: Some("target"),
        size: extent(size),
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: TARGET_FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
    let bind_group = bind_texture(gpu.device(), &pipelines.block_layout, &view);
    Target { texture, view, bind_group }
}

fn scene(gpu: &Gpu, pipelines: &Pipelines, uniform: &wgpu::Buffer, clips: &wgpu::Buffer) -> wgpu::BindGroup {
    gpu.device().create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("scene"),
        layout: &pipelines.scene_layout,
        entries: &[
            wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
            wgpu::BindGroupEntry { binding: 1, resource: clips.as_entire_binding() },
        ],
    })
}
