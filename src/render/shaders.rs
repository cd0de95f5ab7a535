//! The one table of shaders: what the pipelines compile is what the tests parse.

/// A module of WGSL as it is compiled: the common part in front of those that draw items.
#[derive(Clone, Copy, Debug)]
pub struct Shader {
    /// File name below shaders/, for messages.
    pub name: &'static str,
    pub source: &'static str,
}

pub const BOX: Shader = Shader {
    name: "box.wgsl",
    source: concat!(include_str!("../../shaders/common.wgsl"), include_str!("../../shaders/box.wgsl")),
};

pub const QUAD: Shader = Shader {
    name: "quad.wgsl",
    source: concat!(include_str!("../../shaders/common.wgsl"), include_str!("../../shaders/quad.wgsl")),
};

pub const CLEAR: Shader = Shader { name: "clear.wgsl", source: include_str!("../../shaders/clear.wgsl") };

pub const ALL: [Shader; 3] = [BOX, QUAD, CLEAR];
