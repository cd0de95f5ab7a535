//! The Rust mirrors of every structure that a shader reads.
//!
//! Each mirror names the WGSL structure that it must equal; tests/it/shaders.rs parses the shaders and compares names,
//! offsets and sizes. Colours are gamma-encoded and premultiplied; `*_px` are canvas pixels unless said otherwise.

use bytemuck::{Pod, Zeroable};
use wgpu::VertexFormat::{self, Float32x4, Uint32x2, Uint32x4};

use crate::draw_list::{Affine, Rect};

/// Where a member of a mirror lies: what the test compares with the shader, and what vertex layouts are made from.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub name: &'static str,
    pub offset: usize,
    pub format: VertexFormat,
}

/// A mirror that describes itself.
pub trait Mirror: Pod {
    /// Name of the structure in WGSL.
    const WGSL_NAME: &'static str;
    const MEMBERS: &'static [Member];
}

macro_rules! mirror {
    (
        $(#[$doc:meta])*
        $name:ident as $wgsl:literal, $size:literal bytes {
            $($(#[$field_doc:meta])* $field:ident: $ty:ty => $format:ident,)*
        }
    ) => {
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, PartialEq, Debug, Pod, Zeroable)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $ty,)*
        }

        const _: () = assert!(size_of::<$name>() == $size);

        impl Mirror for $name {
            const WGSL_NAME: &'static str = $wgsl;
            const MEMBERS: &'static [Member] = &[$(Member {
                name: stringify!($field),
                offset: std::mem::offset_of!($name, $field),
                format: $format,
            },)*];
        }
    };
}

mirror! {
    /// The uniform of every item pipeline.
    CanvasUniform as "Canvas", 16 bytes {
        size_px: [f32; 2] => Float32x2,
        /// Always zero: a uniform's size is a multiple of 16 bytes.
        reserved: [f32; 2] => Float32x2,
    }
}

mirror! {
    /// One clip of the storage buffer; a stack of live clips is a consecutive run of them.
    ClipRecord as "Clip", 64 bytes {
        local_x: [f32; 4] => Float32x4,
        local_y: [f32; 4] => Float32x4,
        /// Left, top, right, bottom, in local pixels.
        rect_px: [f32; 4] => Float32x4,
        /// Radii, clockwise from the top left, in local pixels.
        corners_px: [f32; 4] => Float32x4,
    }
}

mirror! {
    /// One box.
    BoxInstance as "BoxInstance", 248 bytes {
        /// Whole canvas pixels: left, top, right, bottom.
        bounds_px: [f32; 4] => Float32x4,
        local_x: [f32; 4] => Float32x4,
        local_y: [f32; 4] => Float32x4,
        rect_px: [f32; 4] => Float32x4,
        corners_px: [f32; 4] => Float32x4,
        /// Start and end in local pixels; equal for a solid fill.
        gradient_px: [f32; 4] => Float32x4,
        stops: [f32; 4] => Float32x4,
        color_0: [f32; 4] => Float32x4,
        color_1: [f32; 4] => Float32x4,
        color_2: [f32; 4] => Float32x4,
        color_3: [f32; 4] => Float32x4,
        border_color: [f32; 4] => Float32x4,
        shadow_color: [f32; 4] => Float32x4,
        /// Shadow offset x, y; standard deviation; border width: local pixels.
        extras_px: [f32; 4] => Float32x4,
        /// Inner shadow: offset x, y and standard deviation as bits, then its colour, 8 bits a part, red lowest.
        inner: [u32; 4] => Uint32x4,
        /// First clip and number of clips.
        clips: [u32; 2] => Uint32x2,
    }
}

mirror! {
    /// One texture laid down: a text or path block, a picture, or a group's layer.
    QuadInstance as "QuadInstance", 72 bytes {
        /// Whole canvas pixels: left, top, right, bottom.
        bounds_px: [f32; 4] => Float32x4,
        texel_x: [f32; 4] => Float32x4,
        texel_y: [f32; 4] => Float32x4,
        tint: [f32; 4] => Float32x4,
        /// First clip and number of clips.
        clips: [u32; 2] => Uint32x2,
    }
}

use VertexFormat::Float32x2;

/// The attributes of a mirror that is stepped once an instance: location n is member n.
pub fn attributes<M: Mirror>() -> Vec<wgpu::VertexAttribute> {
    let at = |(location, member): (usize, &Member)| wgpu::VertexAttribute {
        format: member.format,
        offset: member.offset as wgpu::BufferAddress,
        shader_location: location as u32,
    };
    M::MEMBERS.iter().enumerate().map(at).collect()
}

/// The two rows of a map, each with its length as the fourth value: how far the mapped point moves along that axis for
/// one pixel of the space that it is mapped from.
pub fn rows(map: Affine) -> ([f32; 4], [f32; 4]) {
    let length = |x: f32, y: f32| {
        if y == 0.0 {
            x.abs()
        } else if x == 0.0 {
            y.abs()
        } else {
            x.hypot(y)
        }
    };
    ([map.xx, map.xy, map.dx, length(map.xx, map.xy)], [map.yx, map.yy, map.dy, length(map.yx, map.yy)])
}

/// Left, top, right, bottom.
pub fn sides(rect: Rect) -> [f32; 4] {
    [rect.x, rect.y, rect.right(), rect.bottom()]
}
