//! A surface that shows frames: uploads the bands that changed and composes them over a background.

use std::sync::Arc;

use bytemuck::{Pod, Zeroable};
use winit::window::Window;

use super::{Background, NEED};
use crate::draw_list::Size;
use crate::frame::{Frame, band_count, band_rows};

#[derive(Debug, thiserror::Error)]
pub enum PresentError {
    #[error("the display has no surface to draw on: {0}")]
    Surface(#[from] wgpu::CreateSurfaceError),
    #[error("no graphics driver can draw on this display ({0}); install one (Debian: apt install mesa-vulkan-drivers)")]
    Adapter(#[from] wgpu::RequestAdapterError),
    #[error("the graphics driver refused: {0}")]
    Device(#[from] wgpu::RequestDeviceError),
    #[error("the graphics driver offers no usable format for this display")]
    Format,
}

/// Mirror of `View` in shaders/window.wgsl; compared member by member by the shader test.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub struct View {
    pub fit: [f32; 2],
    pub frame_px: [f32; 2],
    pub background: u32,
    /// The first row of the frame that is shown as it is, whatever the background.
    pub plain_from: u32,
    /// Always zero: a uniform's size is a multiple of 16 bytes.
    pub pad1: u32,
    pub pad2: u32,
}
const _: () = assert!(size_of::<View>() == 32);

pub struct Presenter {
    surface: wgpu::Surface<'static>,
    device: wgpu::Device,
    queue: wgpu::Queue,
    configuration: wgpu::SurfaceConfiguration,
    pipeline: wgpu::RenderPipeline,
    bindings: wgpu::BindGroup,
    view: wgpu::Buffer,
    picture: wgpu::Texture,
    canvas: Size,
    /// Version of each band on the texture; none before the first frame.
    versions: Vec<Option<u64>>,
}

impl Presenter {
    pub fn new(window: Arc<Window>, canvas: Size) -> Result<Self, PresentError> {
        let inner = window.inner_size();
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let surface = instance.create_surface(window)?;
        let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            compatible_surface: Some(&surface),
            ..Default::default()
        }))?;
        let limits = wgpu::Limits::downlevel_defaults().using_resolution(adapter.limits());
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("window"),
            required_limits: limits,
            ..Default::default()
        }))?;
        let configuration = configure(&surface, &adapter, inner.width, inner.height)?;
        surface.configure(&device, &configuration);
        let picture = picture_texture(&device, canvas);
        let view = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("window view"),
            size: size_of::<View>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let pipeline = pipeline(&device, configuration.format);
        let bindings = bind(&device, &pipeline, &view, &picture);
        let versions = vec![None; band_count(canvas.height)];
        Ok(Self { surface, device, queue, configuration, pipeline, bindings, view, picture, canvas, versions })
    }

    pub fn resize(&mut self, width: u32, height: u32) {
        if width > 0 && height > 0 {
            self.configuration.width = width;
            self.configuration.height = height;
            self.surface.configure(&self.device, &self.configuration);
        }
    }

    /// Uploads what changed since the frame that was taken last.
    pub fn take(&mut self, frame: &Frame) {
        let Some(picture) = frame.picture(NEED).filter(|_| frame.size == self.canvas) else { return };
        for (index, band) in picture.bands.iter().enumerate() {
            if self.versions[index] == Some(band.version) {
                continue;
            }
            let rows = band_rows(index, self.canvas.height);
            self.queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    texture: &self.picture,
                    mip_level: 0,
                    origin: wgpu::Origin3d { x: 0, y: rows.start, z: 0 },
                    aspect: wgpu::TextureAspect::All,
                },
                &band.bytes,
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(4 * self.canvas.width),
                    rows_per_image: None,
                },
                wgpu::Extent3d { width: self.canvas.width, height: rows.len() as u32, depth_or_array_layers: 1 },
            );
            self.versions[index] = Some(band.version);
        }
    }

    /// Shows the current picture. A surface that is not ready (resized, hidden) is configured anew and shown next time.
    pub fn present(&mut self, background: Background, plain_from: u32) {
        let target = match self.surface.get_current_texture() {
            wgpu::CurrentSurfaceTexture::Success(target) | wgpu::CurrentSurfaceTexture::Suboptimal(target) => target,
            _ => return self.surface.configure(&self.device, &self.configuration),
        };
        self.queue.write_buffer(&self.view, 0, bytemuck::bytes_of(&self.view_of(background, plain_from)));
        let target_view = target.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("window") });
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("window"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &target_view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, &self.bindings, &[]);
            pass.draw(0..4, 0..1);
        }
        self.queue.submit([encoder.finish()]);
        self.queue.present(target);
    }

    /// Fits the canvas into the window without distorting it.
    fn view_of(&self, background: Background, plain_from: u32) -> View {
        let (canvas_w, canvas_h) = (self.canvas.width as f32, self.canvas.height as f32);
        let (window_w, window_h) = (self.configuration.width as f32, self.configuration.height as f32);
        let scale = (window_w / canvas_w).min(window_h / canvas_h);
        View {
            fit: [canvas_w * scale / window_w, canvas_h * scale / window_h],
            frame_px: [canvas_w, canvas_h],
            background: match background {
                Background::Checkerboard => 0,
                Background::Black => 1,
                Background::Arena => 2,
                Background::White => 3,
                Background::Fill => 4,
                Background::Key => 5,
            },
            plain_from,
            pad1: 0,
            pad2: 0,
        }
    }
}

fn configure(
    surface: &wgpu::Surface<'_>,
    adapter: &wgpu::Adapter,
    width: u32,
    height: u32,
) -> Result<wgpu::SurfaceConfiguration, PresentError> {
    let mut configuration =
        surface.get_default_config(adapter, width.max(1), height.max(1)).ok_or(PresentError::Format)?;
    // Frames are gamma-encoded already: an sRGB surface would encode them a second time.
    configuration.format = configuration.format.remove_srgb_suffix();
    configuration.present_mode = wgpu::PresentMode::AutoNoVsync;
    configuration.desired_maximum_frame_latency = 1;
    Ok(configuration)
}

fn picture_texture(device: &wgpu::Device, canvas: Size) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("program picture"),
        size: wgpu::Extent3d { width: canvas.width, height: canvas.height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

fn pipeline(device: &wgpu::Device, format: wgpu::TextureFormat) -> wgpu::RenderPipeline {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("window"),
        source: wgpu::ShaderSource::Wgsl(include_str!("../../shaders/window.wgsl").into()),
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("window"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("corner"),
            compilation_options: Default::default(),
            buffers: &[],
        },
        primitive: wgpu::PrimitiveState { topology: wgpu::PrimitiveTopology::TriangleStrip, ..Default::default() },
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("compose"),
            compilation_options: Default::default(),
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

fn bind(
    device: &wgpu::Device,
    pipeline: &wgpu::RenderPipeline,
    view: &wgpu::Buffer,
    picture: &wgpu::Texture,
) -> wgpu::BindGroup {
    let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("window"),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..Default::default()
    });
    let picture_view = picture.create_view(&wgpu::TextureViewDescriptor::default());
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("window"),
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[
            wgpu::BindGroupEntry { binding: 0, resource: view.as_entire_binding() },
            wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&picture_view) },
            wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::Sampler(&sampler) },
        ],
    })
}
