//! Rasterises filled and stroked paths into 8-bit coverage, on the CPU, once for each size.
//!
//! In: a path, its style and a raster scale. Out: a [`Coverage`] with an empty texel all around.
//! lyon makes triangles; 16 x 16 samples a pixel, each counted once however many triangles hit it (they overlap at the
//! joins of a stroke). Pure: the same pixels on every machine.

use lyon::math::point;
use lyon::path::Path;
use lyon::tessellation::{
    BuffersBuilder, FillOptions, FillTessellator, FillVertex, LineCap, LineJoin, StrokeOptions, StrokeTessellator,
    StrokeVertex, VertexBuffers,
};

use super::raster_box::RasterBox;
use crate::draw_list::{Cap, Join, PathData, PathStyle, Point, Rect, Segment};

/// Farthest that a chord may lie from its curve, in texels: below what 16 samples a side can show.
const TOLERANCE_TEXELS: f32 = 0.03;

/// Samples along each side of a texel.
const SAMPLES: usize = 16;

/// 8-bit coverage, rows top to bottom without padding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Coverage {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) texels: Vec<u8>,
}

/// The part of the local space that a path can cover; empty for a path without segments, with a coordinate that is not
/// finite (lyon would panic), or stroked with no width.
pub(super) fn extent(path: &PathData, style: PathStyle) -> Rect {
    if path.segments.is_empty() || !path.segments.iter().all(is_finite) {
        return Rect::default();
    }
    match style {
        PathStyle::Stroke { width_px, .. } if !(width_px > 0.0 && width_px.is_finite()) => Rect::default(),
        PathStyle::Fill => path.bounds(),
        // Its bounds may have no height or width, as those of a straight line; the stroke gives them some.
        PathStyle::Stroke { .. } => path.bounds().outset(style.reach_px()),
    }
}

fn is_finite(segment: &Segment) -> bool {
    let finite = |points: &[Point]| points.iter().all(|p| p.x.is_finite() && p.y.is_finite());
    match *segment {
        Segment::Move(to) | Segment::Line(to) => finite(&[to]),
        Segment::Quadratic { control, to } => finite(&[control, to]),
        Segment::Cubic { control1, control2, to } => finite(&[control1, control2, to]),
        Segment::Close => true,
    }
}

/// Rasterises what lies in `raster_box`.
pub(super) fn rasterise(path: &PathData, style: PathStyle, raster_box: &RasterBox) -> Coverage {
    let outline = outline(path, raster_box);
    let mut mesh: VertexBuffers<Point, u32> = VertexBuffers::new();
    let at = |p: lyon::math::Point| Point::new(p.x, p.y);
    let tessellated = match style {
        PathStyle::Fill => FillTessellator::new().tessellate_path(
            &outline,
            &FillOptions::non_zero().with_tolerance(TOLERANCE_TEXELS),
            &mut BuffersBuilder::new(&mut mesh, |vertex: FillVertex<'_>| at(vertex.position())),
        ),
        PathStyle::Stroke { width_px, cap, join } => StrokeTessellator::new().tessellate_path(
            &outline,
            &StrokeOptions::tolerance(TOLERANCE_TEXELS)
                .with_line_width(width_px * raster_box.scale)
                .with_line_join(line_join(join))
                .with_line_cap(line_cap(cap))
                .with_miter_limit(Join::MITER_LIMIT),
            &mut BuffersBuilder::new(&mut mesh, |vertex: StrokeVertex<'_, '_>| at(vertex.position())),
        ),
    };
    if let Err(cause) = tessellated {
        // Too many vertices or an internal fault of lyon: one missing shape is better on air than a missing frame.
        tracing::debug!(?cause, "a path could not be tessellated and is not drawn");
        mesh.clear();
    }
    let corner = |index: u32| mesh.vertices[index as usize];
    let triangles: Vec<[Point; 3]> =
        mesh.indices.chunks_exact(3).map(|three| [corner(three[0]), corner(three[1]), corner(three[2])]).collect();
    cover(&triangles, raster_box.width, raster_box.height)
}

fn line_cap(cap: Cap) -> LineCap {
    match cap {
        Cap::Butt => LineCap::Butt,
        Cap::Round => LineCap::Round,
        Cap::Square => LineCap::Square,
    }
}

fn line_join(join: Join) -> LineJoin {
    match join {
        Join::Round => LineJoin::Round,
        Join::Miter => LineJoin::Miter,
        Join::Bevel => LineJoin::Bevel,
    }
}

/// The path in texels.
fn outline(path: &PathData, raster_box: &RasterBox) -> Path {
    let at = |p: Point| {
        let p = raster_box.texel_from_local().apply(p);
        point(p.x, p.y)
    };
    let mut builder = Path::builder();
    let mut start = None;
    let mut is_open = false;
    for segment in &path.segments {
        // A segment without a `Move` begins where the last outline began, as in SVG.
        if !is_open && !matches!(segment, Segment::Move(_) | Segment::Close) {
            builder.begin(start.unwrap_or_else(|| at(Point::default())));
            is_open = true;
        }
        match *segment {
            Segment::Move(to) => {
                if is_open {
                    builder.end(false);
                }
                is_open = false;
                start = Some(at(to));
            }
            Segment::Line(to) => {
                builder.line_to(at(to));
            }
            Segment::Quadratic { control, to } => {
                builder.quadratic_bezier_to(at(control), at(to));
            }
            Segment::Cubic { control1, control2, to } => {
                builder.cubic_bezier_to(at(control1), at(control2), at(to));
            }
            Segment::Close => {
                if is_open {
                    builder.end(true);
                }
                is_open = false;
            }
        }
    }
    if is_open {
        builder.end(false);
    }
    builder.build()
}

/// Coverage of the union of triangles, given in texels.
fn cover(triangles: &[[Point; 3]], width: u32, height: u32) -> Coverage {
    let (columns, rows) = (width as usize, height as usize);
    let mut texels = vec![0; columns * rows];
    let mut by_row: Vec<Vec<u32>> = vec![Vec::new(); rows];
    for (index, triangle) in triangles.iter().enumerate() {
        let ys = triangle.map(|p| p.y);
        let top = ys.into_iter().fold(f32::MAX, f32::min).floor().max(0.0) as usize;
        let bottom = (ys.into_iter().fold(f32::MIN, f32::max).ceil().max(0.0) as usize).min(rows);
        by_row.iter_mut().take(bottom).skip(top).for_each(|row| row.push(index as u32));
    }
    let mut hits = RowHits::new(columns);
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (row, members) in by_row.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
        for sample in 0..SAMPLES {
            let y = row as f32 + (sample as f32 + 0.5) / SAMPLES as f32;
            spans.clear();
            let on_line = members.iter().filter_map(|index| span(&triangles[*index as usize], y));
            spans.extend(on_line.map(|span| samples_of(span, columns)).filter(|(first, end)| first < end));
            hits.add_union(&mut spans);
        }
        hits.take(&mut texels[row * columns..][..columns]);
    }
    Coverage { width, height, texels }
}

/// The samples of a line whose centres lie in `left <= x < right`: the first, and one past the last.
fn samples_of((left, right): (f32, f32), columns: usize) -> (usize, usize) {
    let last = (columns * SAMPLES) as f32;
    let sample_at = |x: f32| (x * SAMPLES as f32 - 0.5).ceil().clamp(0.0, last) as usize;
    (sample_at(left), sample_at(right))
}

/// Samples that are hit in each texel of one row, as steps from each texel to the next, so that a span costs the same
/// whatever its length.
struct RowHits {
    /// One more than there are columns, for what ends at the last.
    steps: Vec<i32>,
    /// The columns between which there are any.
    first: usize,
    end: usize,
}

impl RowHits {
    fn new(columns: usize) -> Self {
        Self { steps: vec![0; columns + 1], first: columns, end: 0 }
    }

    /// Adds the spans of one line of samples; where they overlap, as triangles at the joins of a stroke do, once.
    fn add_union(&mut self, spans: &mut [(usize, usize)]) {
        spans.sort_unstable();
        let mut covered = 0;
        for &(first, end) in spans.iter() {
            self.add(first.max(covered), end);
            covered = covered.max(end);
        }
    }

    fn add(&mut self, first: usize, end: usize) {
        if first >= end {
            return;
        }
        let (first_texel, last_texel) = (first / SAMPLES, (end - 1) / SAMPLES);
        // As if it filled every texel that it touches, less what it leaves out of the first and of the last.
        self.step(first_texel, last_texel, SAMPLES as i32);
        self.step(first_texel, first_texel, -((first % SAMPLES) as i32));
        self.step(last_texel, last_texel, -((SAMPLES - 1 - (end - 1) % SAMPLES) as i32));
        self.first = self.first.min(first_texel);
        self.end = self.end.max(last_texel + 1);
    }

    fn step(&mut self, from: usize, to: usize, by: i32) {
        self.steps[from] += by;
        self.steps[to + 1] -= by;
    }

    /// Writes the coverage of the row's texels, which were 0, and is empty again.
    fn take(&mut self, texels: &mut [u8]) {
        if self.first >= self.end {
            return;
        }
        let mut hits = 0;
        for (texel, step) in texels[self.first..self.end].iter_mut().zip(&mut self.steps[self.first..self.end]) {
            hits += std::mem::take(step);
            *texel = ((hits * 255 + 128) / 256) as u8;
        }
        self.steps[self.end] = 0;
        (self.first, self.end) = (texels.len(), 0);
    }
}

/// Where a triangle lies on the line at height `y`.
fn span(triangle: &[Point; 3], y: f32) -> Option<(f32, f32)> {
    let [a, b, c] = *triangle;
    let mut span: Option<(f32, f32)> = None;
    for (from, to) in [(a, b), (b, c), (c, a)] {
        // Always downwards, so that two triangles compute the same crossing for the edge that they share.
        let (top, bottom) = if from.y <= to.y { (from, to) } else { (to, from) };
        if y < top.y || y >= bottom.y {
            continue;
        }
        let x = top.x + (bottom.x - top.x) * ((y - top.y) / (bottom.y - top.y));
        span = Some(span.map_or((x, x), |(left, right)| (left.min(x), right.max(x))));
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(corners: &[(f32, f32)]) -> PathData {
        let mut segments: Vec<Segment> = corners.iter().map(|(x, y)| Segment::Line(Point::new(*x, *y))).collect();
        segments[0] = Segment::Move(Point::new(corners[0].0, corners[0].1));
        segments.push(Segment::Close);
        PathData { segments }
    }

    fn coverage(path: &PathData, style: PathStyle, scale: f32) -> (RasterBox, Coverage) {
        let raster_box = RasterBox::around(extent(path, style), scale).expect("a path with an extent");
        let coverage = rasterise(path, style, &raster_box);
        (raster_box, coverage)
    }

    fn area(coverage: &Coverage) -> f32 {
        coverage.texels.iter().map(|texel| f32::from(*texel) / 255.0).sum()
    }

    #[test]
    fn a_rectangle_on_whole_pixels_has_hard_edges() {
        let (raster_box, found) =
            coverage(&polygon(&[(2.0, 3.0), (6.0, 3.0), (6.0, 5.0), (2.0, 5.0)]), PathStyle::Fill, 1.0);
        assert!(found.texels.iter().all(|texel| *texel == 0 || *texel == 255));
        assert_eq!(area(&found), 8.0);
        let inside = raster_box.texel_from_local().apply(Point::new(2.5, 3.5));
        assert_eq!(found.texels[inside.y as usize * found.width as usize + inside.x as usize], 255);
    }

    #[test]
    fn a_half_covered_pixel_has_half_coverage() {
        let (_, found) = coverage(&polygon(&[(0.5, 0.0), (2.0, 0.0), (2.0, 1.0), (0.5, 1.0)]), PathStyle::Fill, 1.0);
        assert!(found.texels.contains(&128) && found.texels.contains(&255), "{found:?}");
    }

    #[test]
    fn a_circle_covers_its_area_at_every_scale() {
        let k = 0.552_284_8 * 20.0;
        let cubic = |x1, y1, x2, y2, x, y| Segment::Cubic {
            control1: Point::new(x1, y1),
            control2: Point::new(x2, y2),
            to: Point::new(x, y),
        };
        let circle = PathData {
            segments: vec![
                Segment::Move(Point::new(20.0, 0.0)),
                cubic(20.0, k, k, 20.0, 0.0, 20.0),
                cubic(-k, 20.0, -20.0, k, -20.0, 0.0),
                cubic(-20.0, -k, -k, -20.0, 0.0, -20.0),
                cubic(k, -20.0, 20.0, -k, 20.0, 0.0),
                Segment::Close,
            ],
        };
        for scale in [0.5, 1.0, 2.0] {
            let expected = std::f32::consts::PI * (20.0 * scale) * (20.0 * scale);
            let found = area(&coverage(&circle, PathStyle::Fill, scale).1);
            assert!((found - expected).abs() < expected * 0.004, "scale {scale}: {found}, not {expected}");
        }
    }

    #[test]
    fn a_stroke_of_a_straight_line_is_as_wide_as_asked_and_round_at_its_ends() {
        let line =
            PathData { segments: vec![Segment::Move(Point::new(5.0, 5.0)), Segment::Line(Point::new(25.0, 5.0))] };
        let found = area(&coverage(&line, PathStyle::round(4.0), 1.0).1);
        let expected = 20.0 * 4.0 + std::f32::consts::PI * 4.0;
        assert!((found - expected).abs() < 0.5, "{found}, not {expected}");
    }

    #[test]
    fn caps_and_joins_cover_what_svg_says_they_cover() {
        let line = |points: &[(f32, f32)]| {
            let mut path = polygon(points);
            path.segments.pop();
            path
        };
        let covered =
            |path: &PathData, cap, join| area(&coverage(path, PathStyle::Stroke { width_px: 4.0, cap, join }, 1.0).1);
        let straight = line(&[(5.0, 5.0), (25.0, 5.0)]);
        assert_eq!(covered(&straight, Cap::Butt, Join::Round), 80.0);
        assert_eq!(covered(&straight, Cap::Square, Join::Round), 96.0);
        // A right angle: the two legs share a square of 2 x 2, beyond which lies the outer corner of 2 x 2.
        let corner = line(&[(5.0, 25.0), (5.0, 5.0), (25.0, 5.0)]);
        let legs = 2.0 * 80.0 - 4.0;
        assert_eq!(covered(&corner, Cap::Butt, Join::Miter), legs + 4.0);
        let bevelled = covered(&corner, Cap::Butt, Join::Bevel);
        assert!((bevelled - legs - 2.0).abs() < 0.2, "{bevelled}");
        let rounded = covered(&corner, Cap::Butt, Join::Round);
        assert!((rounded - legs - std::f32::consts::PI).abs() < 0.2, "{rounded}");
        // Sharper than SVG's limit of 4, about 29 degrees, a point is cut off.
        let sharp = line(&[(5.0, 40.0), (8.0, 5.0), (11.0, 40.0)]);
        assert_eq!(covered(&sharp, Cap::Butt, Join::Miter), covered(&sharp, Cap::Butt, Join::Bevel));
    }

    #[test]
    fn a_joint_of_a_translucent_stroke_counts_its_overlap_once() {
        let corner = PathData {
            segments: vec![
                Segment::Move(Point::new(4.0, 30.0)),
                Segment::Line(Point::new(6.0, 4.0)),
                Segment::Line(Point::new(8.0, 30.0)),
            ],
        };
        let found = coverage(&corner, PathStyle::round(3.0), 1.0).1;
        // The two legs overlap near the tip: their sum would be two widths of each length.
        assert!(area(&found) < 2.0 * 26.1 * 3.0, "{}", area(&found));
    }

    #[test]
    fn windings_that_add_up_stay_filled_and_those_that_cancel_leave_a_hole() {
        let outer = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)];
        let along = [(3.0, 3.0), (6.0, 3.0), (6.0, 6.0), (3.0, 6.0)];
        let against = [(3.0, 3.0), (3.0, 6.0), (6.0, 6.0), (6.0, 3.0)];
        let both = |inner: &[(f32, f32)]| {
            let mut path = polygon(&outer);
            path.segments.extend(polygon(inner).segments);
            area(&coverage(&path, PathStyle::Fill, 1.0).1)
        };
        assert_eq!(both(&along), 81.0);
        assert_eq!(both(&against), 72.0);
    }

    #[test]
    fn an_empty_path_has_no_extent() {
        assert!(RasterBox::around(extent(&PathData::default(), PathStyle::round(3.0)), 1.0).is_none());
    }

    #[test]
    fn a_path_that_is_no_number_or_a_stroke_without_width_has_no_extent() {
        let mut path = polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]);
        assert!(extent(&path, PathStyle::round(0.0)).is_empty());
        assert!(extent(&path, PathStyle::round(f32::NAN)).is_empty());
        path.segments[1] = Segment::Line(Point::new(f32::NAN, 0.0));
        assert!(extent(&path, PathStyle::Fill).is_empty());
    }
}
