// Textures laid down as quads: coverage of text and paths (tinted), pictures, and finished group layers.

struct QuadInstance {
    // Whole canvas pixels: left, top, right, bottom. Nothing outside is coloured.
    @location(0) bounds_px: vec4<f32>,
    // Rows of the map from canvas pixels to texels, as in `Clip`.
    @location(1) texel_x: vec4<f32>,
    @location(2) texel_y: vec4<f32>,
    // Premultiplied; multiplies the texture.
    @location(3) tint: vec4<f32>,
    // First clip and number of clips.
    @location(4) clips: vec2<u32>,
}

struct QuadFragment {
    @builtin(position) position: vec4<f32>,
    @location(1) @interpolate(flat) texel_x: vec4<f32>,
    @location(2) @interpolate(flat) texel_y: vec4<f32>,
    @location(3) @interpolate(flat) tint: vec4<f32>,
    @location(4) @interpolate(flat) clips: vec2<u32>,
}

@group(1) @binding(0) var block: texture_2d<f32>;

@vertex
fn vs_quad(@builtin(vertex_index) vertex: u32, quad: QuadInstance) -> QuadFragment {
    return QuadFragment(corner_of(quad.bounds_px, vertex), quad.texel_x, quad.texel_y, quad.tint, quad.clips);
}

fn texel(at: vec2<i32>) -> vec4<f32> {
    let last = vec2<i32>(textureDimensions(block)) - 1;
    return textureLoad(block, clamp(at, vec2<i32>(0), last), 0);
}

// Bilinear, by hand: a sampler may round its weights, and a texture that lies exactly on the pixels must come out as
// it is. In whole numbers (texels of 0 to 255, weights of 0 to 128), of which every step is exact: the same pixel drawn
// by another pipeline, whose compiler fuses other operations, comes out the same. The last texel is carried on outside.
fn bilinear(at: vec2<f32>) -> vec4<f32> {
    let corner_px = at - 0.5;
    let whole = floor(corner_px + 1.0 / 256.0);
    let part = floor((corner_px - whole) * 128.0 + 0.5);
    let corner = vec2<i32>(whole);
    if part.x == 0.0 && part.y == 0.0 {
        return texel(corner);
    }
    let top = between(texel(corner), texel(corner + vec2<i32>(1, 0)), part.x);
    let bottom = between(texel(corner + vec2<i32>(0, 1)), texel(corner + vec2<i32>(1, 1)), part.x);
    return (top * (128.0 - part.y) + bottom * part.y) * (1.0 / (255.0 * 128.0 * 128.0));
}

// In 255 * 128ths.
fn between(a: vec4<f32>, b: vec4<f32>, part: f32) -> vec4<f32> {
    return round(a * 255.0) * (128.0 - part) + round(b * 255.0) * part;
}

// The texture's red channel is coverage; it is surrounded by empty texels.
@fragment
fn fs_coverage(quad: QuadFragment) -> @location(0) vec4<f32> {
    let at = to_local(quad.texel_x, quad.texel_y, quad.position.xy);
    return rounded_apart(quad.tint * (bilinear(at).r * clip_coverage(quad.position.xy, quad.clips)));
}

// The texture is premultiplied colour that ends at its edge, which is antialiased here.
@fragment
fn fs_picture(quad: QuadFragment) -> @location(0) vec4<f32> {
    let at = to_local(quad.texel_x, quad.texel_y, quad.position.xy);
    let size = vec2<f32>(textureDimensions(block));
    let inside = rounded_coverage(at, quad.texel_x, quad.texel_y, vec4<f32>(0.0, 0.0, size), vec4<f32>(0.0));
    return rounded_apart(quad.tint * bilinear(at) * (inside * clip_coverage(quad.position.xy, quad.clips)));
}

// The texture lies pixel on pixel over the canvas.
@fragment
fn fs_layer(quad: QuadFragment) -> @location(0) vec4<f32> {
    let color = textureLoad(block, vec2<i32>(quad.position.xy), 0);
    return rounded_apart(quad.tint * color * clip_coverage(quad.position.xy, quad.clips));
}
