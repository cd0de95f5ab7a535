// Shared by every shader that draws items: it is put in front of each of them (src/render/shaders.rs).
// Canvas space: pixels, x right, y down, pixel centres at .5. Colours are gamma-encoded and premultiplied.
// Everything is evaluated from the fragment's position alone, without derivatives or interpolation, so that a pixel's
// value cannot depend on which part of the canvas is being redrawn.

// Pipelines are compiled with and without clips: a software GPU runs both sides of a branch and at least one round of a
// loop, so that what an item does not use must not be in its shader at all.
override CLIPPED: bool = true;

struct Canvas {
    size_px: vec2<f32>,
    reserved: vec2<f32>,
}

struct Clip {
    // Rows of the map from canvas to local pixels: local.x = dot(local_x.xy, canvas) + local_x.z, same for y; the w of
    // each is the row's length: local pixels for one canvas pixel along that axis.
    local_x: vec4<f32>,
    local_y: vec4<f32>,
    // Left, top, right, bottom, in local pixels.
    rect_px: vec4<f32>,
    // Radii, clockwise from the top left, in local pixels.
    corners_px: vec4<f32>,
}

// What a pixel is coloured with, moved off the middle between two of its 256 values, where half an opacity often lies.
// There the last bit of a sum decides, and that depends on which operations a compiler fuses: two pipelines would round
// the same pixel differently. Worth 1/64 of a value at most.
fn rounded_apart(color: vec4<f32>) -> vec4<f32> {
    return color * (1.0 + 1.0 / 16384.0);
}

@group(0) @binding(0) var<uniform> canvas: Canvas;
@group(0) @binding(1) var<storage, read> clips: array<Clip>;

// Corner `vertex` (0..=3, as a triangle strip) of the rectangle left, top, right, bottom in canvas pixels.
fn corner_of(bounds_px: vec4<f32>, vertex: u32) -> vec4<f32> {
    let at = vec2<f32>(
        select(bounds_px.x, bounds_px.z, (vertex & 1u) == 1u),
        select(bounds_px.y, bounds_px.w, (vertex & 2u) == 2u),
    );
    return vec4<f32>(at.x / canvas.size_px.x * 2.0 - 1.0, 1.0 - at.y / canvas.size_px.y * 2.0, 0.0, 1.0);
}

fn to_local(local_x: vec4<f32>, local_y: vec4<f32>, at_px: vec2<f32>) -> vec2<f32> {
    return vec2<f32>(dot(local_x.xy, at_px) + local_x.z, dot(local_y.xy, at_px) + local_y.z);
}

// The share of the pixel around `at` (local pixels) that lies inside a rounded rectangle. Straight edges are exact for
// an axis-aligned map, also when the rectangle is thinner than a pixel; arcs take the distance to the edge.
fn rounded_coverage(
    at: vec2<f32>,
    local_x: vec4<f32>,
    local_y: vec4<f32>,
    rect_px: vec4<f32>,
    corners_px: vec4<f32>,
) -> f32 {
    let pixel = vec2<f32>(local_x.w, local_y.w);
    // What lies inside of one edge, and of the other: each exactly 1 away from it, and so is what lies inside of both.
    let inside_low = clamp((at - rect_px.xy) / pixel + 0.5, vec2<f32>(0.0), vec2<f32>(1.0));
    let inside_high = clamp((rect_px.zw - at) / pixel + 0.5, vec2<f32>(0.0), vec2<f32>(1.0));
    let slab = max(inside_low + inside_high - 1.0, vec2<f32>(0.0));
    var coverage = slab.x * slab.y;

    let centre = 0.5 * (rect_px.xy + rect_px.zw);
    let off = at - centre;
    let radius = select(
        select(corners_px.x, corners_px.y, off.x > 0.0),
        select(corners_px.w, corners_px.z, off.x > 0.0),
        off.y > 0.0,
    );
    // From the centre of the corner's arc, positive outwards.
    let arm = abs(off) - 0.5 * (rect_px.zw - rect_px.xy) + radius;
    if radius > 0.0 && arm.x > 0.0 && arm.y > 0.0 {
        let reach = length(arm);
        let normal = arm / reach * sign(off);
        let slope = length(normal.x * local_x.xy + normal.y * local_y.xy);
        coverage = min(coverage, clamp(0.5 - (reach - radius) / slope, 0.0, 1.0));
    }
    return coverage;
}

// Product of the coverages of `range.y` clips from `range.x` on.
fn clip_coverage(at_px: vec2<f32>, range: vec2<u32>) -> f32 {
    if !CLIPPED {
        return 1.0;
    }
    var coverage = 1.0;
    for (var i = range.x; i < range.x + range.y; i++) {
        let clip = clips[i];
        let at = to_local(clip.local_x, clip.local_y, at_px);
        coverage *= rounded_coverage(at, clip.local_x, clip.local_y, clip.rect_px, clip.corners_px);
    }
    return coverage;
}
