// The program window: the frame (premultiplied, gamma-encoded) over a background, fitted into the window.
// The surface is not an sRGB format, so values pass through as they are.

struct View {
    // Size of the fitted picture as a share of the window, 0..=1 each.
    fit: vec2<f32>,
    // Frame size in pixels.
    frame_px: vec2<f32>,
    // 0 checkerboard, 1 black, 2 arena, 3 white; 4 the fill alone, 5 the key alone.
    background: u32,
    // The first row of the frame that is shown as it is, whatever the background.
    plain_from: u32,
    pad1: u32,
    pad2: u32,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var smooth_sampler: sampler;

struct Corner {
    @builtin(position) position: vec4<f32>,
    // 0..=1 over the picture, y down.
    @location(0) uv: vec2<f32>,
}

@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
    let unit = vec2<f32>(f32(index & 1u), f32(index >> 1u));
    let ndc = (unit * 2.0 - 1.0) * view.fit;
    return Corner(vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0), unit);
}

// A dim stand-in for a camera picture: a lit floor below a dark crowd.
fn arena(uv: vec2<f32>) -> vec3<f32> {
    let floor_color = mix(vec3<f32>(0.42, 0.29, 0.17), vec3<f32>(0.62, 0.45, 0.27), smoothstep(0.45, 1.0, uv.y));
    let crowd = mix(vec3<f32>(0.05, 0.06, 0.09), vec3<f32>(0.13, 0.14, 0.18), smoothstep(0.0, 0.45, uv.y));
    let lit = 1.0 - 0.35 * distance(uv, vec2<f32>(0.5, 0.7));
    return mix(crowd, floor_color, smoothstep(0.44, 0.46, uv.y)) * lit;
}

fn behind(uv: vec2<f32>) -> vec3<f32> {
    if view.background == 1u {
        return vec3<f32>(0.0);
    }
    if view.background == 2u {
        return arena(uv);
    }
    if view.background == 3u {
        return vec3<f32>(1.0);
    }
    let cell = vec2<u32>(uv * view.frame_px / 32.0);
    let light = ((cell.x + cell.y) & 1u) == 0u;
    return vec3<f32>(select(0.25, 0.33, light));
}

@fragment
fn compose(at: Corner) -> @location(0) vec4<f32> {
    let fill = textureSample(picture, smooth_sampler, at.uv);
    if u32(at.uv.y * view.frame_px.y) < view.plain_from {
        if view.background == 4u {
            return vec4<f32>(fill.rgb / max(fill.a, 1.0 / 255.0), 1.0);
        }
        if view.background == 5u {
            return vec4<f32>(vec3<f32>(fill.a), 1.0);
        }
    }
    return vec4<f32>(fill.rgb + behind(at.uv) * (1.0 - fill.a), 1.0);
}
