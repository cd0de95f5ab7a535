// Rounded boxes: fill (solid or linear gradient), border inside the edge, Gaussian shadows outside and inside, clipped.

// Where a pixel lies inside for certain, only the fill is left; see `CLIPPED` for why it is compiled apart.
override EDGES: bool = true;
override GRADIENT: bool = true;
override INNER: bool = true;

// Which shadow: none, that of straight edges, that of rounded corners.
override SHADOW: u32 = 2;

struct BoxInstance {
    // Whole canvas pixels: left, top, right, bottom. Nothing outside is coloured.
    @location(0) bounds_px: vec4<f32>,
    @location(1) local_x: vec4<f32>,
    @location(2) local_y: vec4<f32>,
    @location(3) rect_px: vec4<f32>,
    @location(4) corners_px: vec4<f32>,
    // Start and end of the gradient in local pixels; equal for a solid fill.
    @location(5) gradient_px: vec4<f32>,
    // Positions 0..=1 of the four stops, in rising order.
    @location(6) stops: vec4<f32>,
    @location(7) color_0: vec4<f32>,
    @location(8) color_1: vec4<f32>,
    @location(9) color_2: vec4<f32>,
    @location(10) color_3: vec4<f32>,
    @location(11) border_color: vec4<f32>,
    @location(12) shadow_color: vec4<f32>,
    // Shadow offset x, y; standard deviation; border width: local pixels.
    @location(13) extras_px: vec4<f32>,
    // Inner shadow: offset x, y and standard deviation in local pixels, as bits; premultiplied colour, 8 bits a part.
    @location(14) inner: vec4<u32>,
    // First clip and number of clips.
    @location(15) clips: vec2<u32>,
}

struct BoxFragment {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) inner: vec4<u32>,
    @location(1) @interpolate(flat) local_x: vec4<f32>,
    @location(2) @interpolate(flat) local_y: vec4<f32>,
    @location(3) @interpolate(flat) rect_px: vec4<f32>,
    @location(4) @interpolate(flat) corners_px: vec4<f32>,
    @location(5) @interpolate(flat) gradient_px: vec4<f32>,
    @location(6) @interpolate(flat) stops: vec4<f32>,
    @location(7) @interpolate(flat) color_0: vec4<f32>,
    @location(8) @interpolate(flat) color_1: vec4<f32>,
    @location(9) @interpolate(flat) color_2: vec4<f32>,
    @location(10) @interpolate(flat) color_3: vec4<f32>,
    @location(11) @interpolate(flat) border_color: vec4<f32>,
    @location(12) @interpolate(flat) shadow_color: vec4<f32>,
    @location(13) @interpolate(flat) extras_px: vec4<f32>,
    @location(14) @interpolate(flat) clips: vec2<u32>,
}

@vertex
fn vs_box(@builtin(vertex_index) vertex: u32, box: BoxInstance) -> BoxFragment {
    return BoxFragment(
        corner_of(box.bounds_px, vertex),
        box.inner,
        box.local_x,
        box.local_y,
        box.rect_px,
        box.corners_px,
        box.gradient_px,
        box.stops,
        box.color_0,
        box.color_1,
        box.color_2,
        box.color_3,
        box.border_color,
        box.shadow_color,
        box.extras_px,
        box.clips,
    );
}

// How far `t` has come from `low` to `high`, 0..=1; a step where they are equal.
fn progress(t: f32, low: f32, high: f32) -> f32 {
    return clamp((t - low) / max(high - low, 1e-6), 0.0, 1.0);
}

fn fill_at(box: BoxFragment, at: vec2<f32>) -> vec4<f32> {
    if !GRADIENT {
        return box.color_0;
    }
    let axis = box.gradient_px.zw - box.gradient_px.xy;
    let length_squared = dot(axis, axis);
    if length_squared == 0.0 {
        return box.color_0;
    }
    let t = dot(at - box.gradient_px.xy, axis) / length_squared;
    var color = mix(box.color_0, box.color_1, progress(t, box.stops.x, box.stops.y));
    color = mix(color, box.color_2, progress(t, box.stops.y, box.stops.z));
    return mix(color, box.color_3, progress(t, box.stops.z, box.stops.w));
}

// The Gaussian's integral from minus infinity to x, in standard deviations, by Abramowitz and Stegun 7.1.26 for erf:
// its error is below 1.5e-7, far under half of 1/255.
fn gaussian_integral(x: f32) -> f32 {
    let z = abs(x) * 0.70710678;
    let t = 1.0 / (1.0 + 0.3275911 * z);
    let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    let erf = 1.0 - series * exp(-z * z);
    return 0.5 + 0.5 * sign(x) * erf;
}

// A rectangle blurred by a Gaussian.
fn straight_shadow_at(at: vec2<f32>, rect_px: vec4<f32>, deviation: f32) -> f32 {
    let across = gaussian_integral((rect_px.z - at.x) / deviation) - gaussian_integral((rect_px.x - at.x) / deviation);
    let down = gaussian_integral((rect_px.w - at.y) / deviation) - gaussian_integral((rect_px.y - at.y) / deviation);
    return across * down;
}

// A rounded rectangle blurred by a Gaussian: closed form along x, and along y as this many slices of it, each weighed
// with its exact share of the Gaussian. Far from the corners it is the closed form in both.
const SHADOW_SLICES: i32 = 12;

fn round_shadow_at(at: vec2<f32>, rect_px: vec4<f32>, corners_px: vec4<f32>, deviation: f32) -> f32 {
    let low = max(rect_px.y, at.y - 3.0 * deviation);
    let high = min(rect_px.w, at.y + 3.0 * deviation);
    if low >= high {
        return 0.0;
    }
    let step = (high - low) / f32(SHADOW_SLICES);
    var sum = 0.0;
    // What lies farther away than the slices reach counts with the first and the last.
    var before = gaussian_integral((rect_px.y - at.y) / deviation);
    for (var i = 1; i <= SHADOW_SLICES; i++) {
        let edge = low + step * f32(i);
        let after = gaussian_integral((select(edge, rect_px.w, i == SHADOW_SLICES) - at.y) / deviation);
        let y = edge - 0.5 * step;
        let left = rect_px.x + max(inset(corners_px.x, y - rect_px.y), inset(corners_px.w, rect_px.w - y));
        let right = rect_px.z - max(inset(corners_px.y, y - rect_px.y), inset(corners_px.z, rect_px.w - y));
        let across = gaussian_integral((right - at.x) / deviation) - gaussian_integral((left - at.x) / deviation);
        sum += across * (after - before);
        before = after;
    }
    return sum;
}

// How far a corner of this radius pulls the side in, `depth` below its edge.
fn inset(radius: f32, depth: f32) -> f32 {
    let above = max(radius - depth, 0.0);
    return radius - sqrt(max(radius * radius - above * above, 0.0));
}

fn shadow_at(at: vec2<f32>, box: BoxFragment, deviation: f32) -> f32 {
    if SHADOW == 1u {
        return straight_shadow_at(at, box.rect_px, deviation);
    }
    return round_shadow_at(at, box.rect_px, box.corners_px, deviation);
}

fn inner_offset(box: BoxFragment) -> vec2<f32> {
    return vec2<f32>(bitcast<f32>(box.inner.x), bitcast<f32>(box.inner.y));
}

// The hole that the inner shadow leaves.
fn blurred(box: BoxFragment, at: vec2<f32>, rect_px: vec4<f32>, corners_px: vec4<f32>) -> f32 {
    let deviation = bitcast<f32>(box.inner.z);
    if deviation > 0.0 {
        return round_shadow_at(at, rect_px, corners_px, deviation);
    }
    return rounded_coverage(at, box.local_x, box.local_y, rect_px, corners_px);
}

@fragment
fn fs_box(box: BoxFragment) -> @location(0) vec4<f32> {
    let at = to_local(box.local_x, box.local_y, box.position.xy);
    if !EDGES {
        return rounded_apart(fill_at(box, at) * clip_coverage(box.position.xy, box.clips));
    }
    let coverage = rounded_coverage(at, box.local_x, box.local_y, box.rect_px, box.corners_px);
    var color = vec4<f32>(0.0);
    if coverage > 0.0 {
        color = fill_at(box, at) * coverage;
        let width = box.extras_px.w;
        let inner_px = box.rect_px + vec4<f32>(width, width, -width, -width);
        let inner_corners = max(box.corners_px - width, vec4<f32>(0.0));
        if INNER {
            var inner = coverage;
            if width > 0.0 {
                inner = rounded_coverage(at, box.local_x, box.local_y, inner_px, inner_corners);
            }
            let tone = unpack4x8unorm(box.inner.w);
            let shade = (1.0 - blurred(box, at - inner_offset(box), inner_px, inner_corners)) * inner;
            color = color * (1.0 - tone.a * shade / coverage) + tone * shade;
        }
        if width > 0.0 {
            let inner = rounded_coverage(at, box.local_x, box.local_y, inner_px, inner_corners);
            let ring = max(coverage - inner, 0.0);
            // Over the fill, within the covered part of the pixel only.
            color = color * (1.0 - box.border_color.a * ring / coverage) + box.border_color * ring;
        }
    }
    if SHADOW != 0u && coverage < 1.0 {
        let deviation = box.extras_px.z;
        let moved = at - box.extras_px.xy;
        var shade = 0.0;
        if deviation > 0.0 {
            shade = shadow_at(moved, box, deviation);
        } else {
            shade = rounded_coverage(moved, box.local_x, box.local_y, box.rect_px, box.corners_px);
        }
        color += box.shadow_color * (shade * (1.0 - coverage));
    }
    return rounded_apart(color * clip_coverage(box.position.xy, box.clips));
}
