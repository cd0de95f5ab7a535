//! Every shader parses and validates without a GPU, and every structure that it reads equals its Rust mirror.

use sideline::render::shaders::{self, Shader};
use sideline::render::types::{BoxInstance, CanvasUniform, ClipRecord, Member, Mirror, QuadInstance};
use sideline::window::View;
use wgpu::VertexFormat;
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};
use wgpu::naga::{AddressSpace, Binding, Module, ScalarKind, ShaderStage, StructMember, Type, TypeInner, VectorSize};

/// The window's own shader; `window` may not name `render`, so its mirror is described here.
const WINDOW: Shader = Shader { name: "window.wgsl", source: include_str!("../../shaders/window.wgsl") };

/// A mirror as plain values, so that mirrors of different types fit one table.
struct Expected {
    wgsl_name: &'static str,
    members: &'static [Member],
    size: usize,
}

fn mirror<M: Mirror>() -> Expected {
    Expected { wgsl_name: M::WGSL_NAME, members: M::MEMBERS, size: size_of::<M>() }
}

macro_rules! members {
    ($mirror:ident: $($member:ident $format:ident),*) => {
        &[$(Member {
            name: stringify!($member),
            offset: std::mem::offset_of!($mirror, $member),
            format: VertexFormat::$format,
        }),*]
    };
}

const VIEW: Expected = Expected {
    wgsl_name: "View",
    members: members!(View: fit Float32x2, frame_px Float32x2, background Uint32, plain_from Uint32, pad1 Uint32, pad2 Uint32),
    size: size_of::<View>(),
};

fn mirrors() -> [Expected; 5] {
    [mirror::<CanvasUniform>(), mirror::<ClipRecord>(), mirror::<BoxInstance>(), mirror::<QuadInstance>(), VIEW]
}

fn parse(shader: Shader) -> Module {
    wgpu::naga::front::wgsl::parse_str(shader.source)
        .unwrap_or_else(|error| panic!("{}: {}", shader.name, error.emit_to_string(shader.source)))
}

/// The structures that a shader takes from outside: buffers, and the instances that its vertex stages step through.
fn structures_read(module: &Module) -> Vec<&Type> {
    let mut read = Vec::new();
    for (_, variable) in module.global_variables.iter() {
        if matches!(variable.space, AddressSpace::Uniform | AddressSpace::Storage { .. }) {
            let ty = &module.types[variable.ty];
            read.push(match ty.inner {
                TypeInner::Array { base, .. } => &module.types[base],
                _ => ty,
            });
        }
    }
    for entry in module.entry_points.iter().filter(|entry| entry.stage == ShaderStage::Vertex) {
        let arguments = entry.function.arguments.iter().map(|argument| &module.types[argument.ty]);
        read.extend(arguments.filter(|ty| matches!(ty.inner, TypeInner::Struct { .. })));
    }
    read
}

fn format_of(module: &Module, member: &StructMember) -> VertexFormat {
    match module.types[member.ty].inner {
        TypeInner::Vector { size, scalar } => match (size, scalar.kind, scalar.width) {
            (VectorSize::Bi, ScalarKind::Float, 4) => VertexFormat::Float32x2,
            (VectorSize::Quad, ScalarKind::Float, 4) => VertexFormat::Float32x4,
            (VectorSize::Bi, ScalarKind::Uint, 4) => VertexFormat::Uint32x2,
            (VectorSize::Quad, ScalarKind::Uint, 4) => VertexFormat::Uint32x4,
            other => panic!("member {:?} is a vector without a mirror format: {other:?}", member.name),
        },
        TypeInner::Scalar(scalar) if (scalar.kind, scalar.width) == (ScalarKind::Uint, 4) => VertexFormat::Uint32,
        ref other => panic!("member {:?} has no mirror format: {other:?}", member.name),
    }
}

#[test]
fn every_shader_is_valid() {
    for shader in shaders::ALL.into_iter().chain([WINDOW]) {
        let module = parse(shader);
        let valid = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module);
        assert!(valid.is_ok(), "{}: {}", shader.name, valid.unwrap_err().emit_to_string(shader.source));
    }
}

#[test]
fn every_structure_a_shader_reads_equals_its_mirror() {
    for shader in shaders::ALL.into_iter().chain([WINDOW]) {
        let module = parse(shader);
        for ty in structures_read(&module) {
            let name = ty.name.as_deref().unwrap_or("(unnamed)");
            let place = format!("{} `{name}`", shader.name);
            let mirrors = mirrors();
            let expected = mirrors.iter().find(|mirror| mirror.wgsl_name == name);
            let expected =
                expected.unwrap_or_else(|| panic!("{place} has no mirror in render/types.rs or window/present.rs"));
            let TypeInner::Struct { members, span } = &ty.inner else { panic!("{place} is not a structure") };
            check(&module, &place, members, *span as usize, expected);
        }
    }
}

#[track_caller]
fn check(module: &Module, place: &str, members: &[StructMember], span: usize, expected: &Expected) {
    let names: Vec<_> = members.iter().map(|member| member.name.as_deref().unwrap_or_default()).collect();
    let expected_names: Vec<_> = expected.members.iter().map(|member| member.name).collect();
    assert_eq!(names, expected_names, "{place}");
    let is_instance = members.iter().all(|member| member.binding.is_some());
    for (index, (member, mirror)) in members.iter().zip(expected.members).enumerate() {
        assert_eq!(format_of(module, member), mirror.format, "{place}.{}", mirror.name);
        assert_eq!(member.offset as usize, mirror.offset, "{place}.{}", mirror.name);
        if is_instance {
            let Some(Binding::Location { location, .. }) = member.binding else {
                panic!("{place}.{} has no location", mirror.name)
            };
            assert_eq!(location as usize, index, "{place}.{}: vertex layouts number members in order", mirror.name);
        }
    }
    let end = expected.members.last().map_or(0, |last| last.offset + last.format.size() as usize);
    assert_eq!(end, expected.size, "{place}: the mirror has padding");
    if !is_instance {
        assert_eq!(span, expected.size, "{place}: size in a buffer");
    }
}

#[test]
fn every_mirror_is_read_by_a_shader() {
    let modules: Vec<_> = shaders::ALL.into_iter().chain([WINDOW]).map(parse).collect();
    let read: Vec<_> = modules.iter().flat_map(structures_read).filter_map(|ty| ty.name.as_deref()).collect();
    for mirror in mirrors() {
        assert!(read.contains(&mirror.wgsl_name), "no shader reads `{}`", mirror.wgsl_name);
    }
}

#[test]
fn every_shader_file_is_known_here() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/shaders");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = name == "common.wgsl" || shaders::ALL.iter().chain([&WINDOW]).any(|shader| shader.name == name);
        assert!(is_known, "shaders/{name} is validated by nothing; add it to render/shaders.rs or remove it");
    }
}
