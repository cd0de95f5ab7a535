//! The render pipelines and the layouts that they share.
//!
//! In: a device. Out: one pipeline for each way of drawing an item, all onto [`TARGET_FORMAT`] without multisampling.
//! Built once for a renderer; never holds what a frame changes.

use super::shaders::{self, Shader};
use super::types::{self, BoxInstance, Mirror, QuadInstance};

/// Gamma-encoded, premultiplied; never an sRGB format, which would blend in linear light.
pub(super) const TARGET_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Coverage of text and paths.
pub(super) const COVERAGE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::R8Unorm;

/// source + destination × (1 − source alpha), in colour and alpha alike.
const OVER: wgpu::BlendState = wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING;

pub(super) struct Pipelines {
    pub(super) boxes: wgpu::RenderPipeline,
    pub(super) coverage: wgpu::RenderPipeline,
    pub(super) picture: wgpu::RenderPipeline,
    pub(super) layer: wgpu::RenderPipeline,
    pub(super) clear: wgpu::RenderPipeline,
    /// Group 0 of all but `clear`: the canvas and the clips.
    pub(super) scene_layout: wgpu::BindGroupLayout,
    /// Group 1 of the quads: their texture.
    pub(super) block_layout: wgpu::BindGroupLayout,
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device) -> Pipelines {
        let scene_layout = scene_layout(device);
        let block_layout = block_layout(device);
        let box_module = module(device, shaders::BOX);
        let quad_module = module(device, shaders::QUAD);
        let clear_module = module(device, shaders::CLEAR);
        let box_layout = layout(device, &[Some(&scene_layout)]);
        let quad_layout = layout(device, &[Some(&scene_layout), Some(&block_layout)]);
        let quad = |name, fragment| {
            item_pipeline::<QuadInstance>(device, name, &quad_module, ["vs_quad", fragment], &quad_layout)
        };
        Pipelines {
            boxes: item_pipeline::<BoxInstance>(device, "box", &box_module, ["vs_box", "fs_box"], &box_layout),
            coverage: quad("coverage", "fs_coverage"),
            picture: quad("picture", "fs_picture"),
            layer: quad("layer", "fs_layer"),
            clear: pipeline(device, "clear", &clear_module, ["vs_clear", "fs_clear"], &layout(device, &[]), None, None),
            scene_layout,
            block_layout,
        }
    }
}

fn module(device: &wgpu::Device, shader: Shader) -> wgpu::ShaderModule {
    device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(shader.name),
        source: wgpu::ShaderSource::Wgsl(shader.source.into()),
    })
}

fn layout(device: &wgpu::Device, groups: &[Option<&wgpu::BindGroupLayout>]) -> wgpu::PipelineLayout {
    device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: groups,
        immediate_size: 0,
    })
}

fn scene_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry {
        binding,
        visibility,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("scene"),
        entries: &[
            entry(0, wgpu::ShaderStages::VERTEX, wgpu::BufferBindingType::Uniform),
            entry(1, wgpu::ShaderStages::FRAGMENT, wgpu::BufferBindingType::Storage { read_only: true }),
        ],
    })
}

fn block_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("block"),
        entries: &[wgpu::BindGroupLayoutEntry {
            binding: 0,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Texture {
                sample_type: wgpu::TextureSampleType::Float { filterable: false },
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        }],
    })
}

fn item_pipeline<M: Mirror>(
    device: &wgpu::Device,
    name: &str,
    module: &wgpu::ShaderModule,
    entries: [&str; 2],
    layout: &wgpu::PipelineLayout,
) -> wgpu::RenderPipeline {
    let attributes = types::attributes::<M>();
    let instances = wgpu::VertexBufferLayout {
        array_stride: size_of::<M>() as wgpu::BufferAddress,
        step_mode: wgpu::VertexStepMode::Instance,
        attributes: &attributes,
    };
    pipeline(device, name, module, entries, layout, Some(instances), Some(OVER))
}

fn pipeline(
    device: &wgpu::Device,
    name: &str,
    module: &wgpu::ShaderModule,
    [vertex, fragment]: [&str; 2],
    layout: &wgpu::PipelineLayout,
    instances: Option<wgpu::VertexBufferLayout<'_>>,
    blend: Option<wgpu::BlendState>,
) -> wgpu::RenderPipeline {
    let is_item = instances.is_some();
    let buffers = [instances];
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(name),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some(vertex),
            compilation_options: Default::default(),
            buffers: if is_item { &buffers } else { &[] },
        },
        primitive: wgpu::PrimitiveState {
            topology: if is_item {
                wgpu::PrimitiveTopology::TriangleStrip
            } else {
                wgpu::PrimitiveTopology::TriangleList
            },
            ..Default::default()
        },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(fragment),
            compilation_options: Default::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: TARGET_FORMAT,
                blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
