//! The render pipelines and the layouts that they share.
//!
//! In: a device. Out: one pipeline for each way of drawing an item, all onto [`TARGET_FORMAT`] without multisampling.
//! Built once for a device and shared by its renderers; never holds what a frame changes.

use super::shaders::{self, Shader};
use super::types::{self, BoxInstance, Mirror, QuadInstance};

/// Gamma-encoded, premultiplied; never an sRGB format, which would blend in linear light.
pub(super) const TARGET_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Coverage of text and paths.
pub(super) const COVERAGE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::R8Unorm;

/// source + destination × (1 − source alpha), in colour and alpha alike.
const OVER: wgpu::BlendState = wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING;

/// destination × source alpha, in colour and alpha alike.
const KEEP_UNDER: wgpu::BlendState = wgpu::BlendState { color: KEEP, alpha: KEEP };

const KEEP: wgpu::BlendComponent = wgpu::BlendComponent {
    src_factor: wgpu::BlendFactor::Zero,
    dst_factor: wgpu::BlendFactor::SrcAlpha,
    operation: wgpu::BlendOperation::Add,
};

/// One way of drawing, compiled for items without clips and for those with some.
pub(super) struct Variants {
    plain: wgpu::RenderPipeline,
    clipped: wgpu::RenderPipeline,
}

impl Variants {
    fn new(make: impl Fn(f64) -> wgpu::RenderPipeline) -> Variants {
        Variants { plain: make(0.0), clipped: make(1.0) }
    }

    pub(super) fn get(&self, is_clipped: bool) -> &wgpu::RenderPipeline {
        if is_clipped { &self.clipped } else { &self.plain }
    }
}

pub(super) struct Pipelines {
    /// Inside of boxes with one colour, and with a gradient.
    pub(super) solid: Variants,
    pub(super) gradient: Variants,
    /// Boxes with their edges and borders; and with shadows too.
    pub(super) edged: Variants,
    pub(super) straight_shadow: Variants,
    pub(super) round_shadow: Variants,
    /// Boxes with an inner shadow, and whatever else.
    pub(super) inset: Variants,
    pub(super) coverage: Variants,
    pub(super) picture: Variants,
    pub(super) layer: Variants,
    /// A layer whose alpha is multiplied with what is there; always on the layer of a group, where nothing clips.
    pub(super) mask: wgpu::RenderPipeline,
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
        let blended = |fragment, clipped, blend| {
            let (entries, constants) = (["vs_quad", fragment], [("CLIPPED", clipped)]);
            item_pipeline::<QuadInstance>(device, &quad_module, entries, &quad_layout, &constants, blend)
        };
        let quad = |fragment| Variants::new(|clipped| blended(fragment, clipped, OVER));
        let boxes = |edges, gradient, shadow, inner| {
            Variants::new(|clipped| {
                let parts = [("EDGES", edges), ("GRADIENT", gradient), ("SHADOW", shadow), ("INNER", inner)];
                let constants: Vec<_> = parts.into_iter().chain([("CLIPPED", clipped)]).collect();
                item_pipeline::<BoxInstance>(device, &box_module, ["vs_box", "fs_box"], &box_layout, &constants, OVER)
            })
        };
        Pipelines {
            solid: boxes(0.0, 0.0, 0.0, 0.0),
            gradient: boxes(0.0, 1.0, 0.0, 0.0),
            edged: boxes(1.0, 1.0, 0.0, 0.0),
            straight_shadow: boxes(1.0, 1.0, 1.0, 0.0),
            round_shadow: boxes(1.0, 1.0, 2.0, 0.0),
            inset: boxes(1.0, 1.0, 2.0, 1.0),
            coverage: quad("fs_coverage"),
            picture: quad("fs_picture"),
            layer: quad("fs_layer"),
            mask: blended("fs_layer", 0.0, KEEP_UNDER),
            clear: pipeline(device, &clear_module, ["vs_clear", "fs_clear"], &layout(device, &[]), &[], None),
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

/// Draws instances of a mirror, blended with what is there.
fn item_pipeline<M: Mirror>(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    entries: [&str; 2],
    layout: &wgpu::PipelineLayout,
    constants: &[(&str, f64)],
    blend: wgpu::BlendState,
) -> wgpu::RenderPipeline {
    let attributes = types::attributes::<M>();
    let instances = wgpu::VertexBufferLayout {
        array_stride: size_of::<M>() as wgpu::BufferAddress,
        step_mode: wgpu::VertexStepMode::Instance,
        attributes: &attributes,
    };
    pipeline(device, module, entries, layout, constants, Some((instances, blend)))
}

/// Without instances: one triangle that replaces what is there.
fn pipeline(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    [vertex, fragment]: [&str; 2],
    layout: &wgpu::PipelineLayout,
    constants: &[(&str, f64)],
    item: Option<(wgpu::VertexBufferLayout<'_>, wgpu::BlendState)>,
) -> wgpu::RenderPipeline {
    let is_item = item.is_some();
    let (instances, blend) = item.unzip();
    let buffers = [instances];
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(fragment),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some(vertex),
            compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
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
            compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
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
