//! Outlines in canvas pixels: paths of templates, shot zones, lines of courts and rinks, hatching.

use std::sync::Arc;

use super::trim::Cut;
use crate::court::{self, Basket, Court, Edge, From, Mark, Outline, Rink, View};
use crate::draw_list::{PathData, Point, Segment};

/// How far a polygon may depart from its arc, in canvas pixels; only hatching is cut against polygons.
const TOLERANCE_PX: f64 = 0.25;

/// Lines of one zone's hatching: more than the finest needs on a court as large as any canvas; those of a larger one stand
/// farther apart.
const MAX_HATCH_LINES: f64 = 4096.0;

/// Paths of an instance, kept while what they were made from is the same.
#[derive(Debug)]
pub(crate) struct PathState {
    key: Key,
    paths: Vec<Arc<PathData>>,
}

/// What the paths of a node were made from, beside the node itself.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Key {
    pub scale: f32,
    pub placed: Option<Placed>,
    pub from: Option<From>,
    pub zone: f64,
    pub hatch_px: f32,
    pub cut: Option<Cut>,
    /// Path data that was made on air.
    pub text: Option<String>,
}

pub(crate) fn kept(
    state: &mut Option<PathState>,
    key: Key,
    make: impl FnOnce() -> Vec<PathData>,
) -> Vec<Arc<PathData>> {
    match state {
        Some(state) if state.key == key => state.paths.clone(),
        _ => {
            let paths: Vec<_> = make().into_iter().map(Arc::new).collect();
            *state = Some(PathState { key, paths: paths.clone() });
            paths
        }
    }
}

pub(crate) fn scaled(path: &PathData, by: f32) -> PathData {
    mapped(path, |p| Point::new(p.x * by, p.y * by))
}

fn mapped(path: &PathData, at: impl Fn(Point) -> Point) -> PathData {
    let segments = path.segments.iter().map(|segment| match *segment {
        Segment::Move(p) => Segment::Move(at(p)),
        Segment::Line(p) => Segment::Line(at(p)),
        Segment::Quadratic { control, to } => Segment::Quadratic { control: at(control), to: at(to) },
        Segment::Cubic { control1, control2, to } => {
            Segment::Cubic { control1: at(control1), control2: at(control2), to: at(to) }
        }
        Segment::Close => Segment::Close,
    });
    PathData { segments: segments.collect() }
}

/// What nodes stand on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Ground {
    Court(&'static Court),
    Rink,
}

/// A court or a rink as it lies in the picture: from millimetres around the hoop (or the goal) to canvas pixels from its top
/// left.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Placed {
    pub ground: Ground,
    pub view: View,
    pub is_full: bool,
    px_per_mm: f64,
}

impl Placed {
    /// A court of so many canvas pixels from side line to side line.
    pub fn court(league: &str, basket: Basket, depth_mm: Option<f32>, is_full: bool, width_px: f32) -> Self {
        let court = Court::of_league(league);
        let depth = depth_mm.map_or(court.half_court_y(), f64::from).min(court.half_court_y());
        let view = View::new(court.surface(), basket, (!is_full).then_some(depth));
        Self { ground: Ground::Court(court), view, is_full, px_per_mm: f64::from(width_px) / view.width() }
    }

    pub fn rink(goal: Basket, is_full: bool, width_px: f32) -> Self {
        let view = View::new(Rink.surface(), goal, (!is_full).then_some(Rink.center_y()));
        Self { ground: Ground::Rink, view, is_full, px_per_mm: f64::from(width_px) / view.width() }
    }

    pub fn px_of(&self, mm: f64) -> f32 {
        (mm * self.px_per_mm) as f32
    }

    pub fn at(&self, from_hoop: court::Point) -> Point {
        let at = self.view.at(from_hoop);
        Point::new((at.x * self.px_per_mm) as f32, (at.y * self.px_per_mm) as f32)
    }

    fn px(&self, x: f64, y: f64) -> Point {
        self.at(court::Point::new(x, y))
    }

    /// Where a zone's figures belong; `None` for anything that is not the number of a zone, and on a rink.
    pub fn zone_label(&self, number: f64) -> Option<Point> {
        let Ground::Court(court) = self.ground else { return None };
        Some(self.at(court.label_point(zone_number(number)?, self.view.depth())?))
    }

    /// A zone's outline, then its hatching when `hatch_px` (the distance of its lines) is above zero.
    pub fn zone(&self, number: f64, hatch_px: f32) -> Vec<PathData> {
        let Ground::Court(court) = self.ground else { return Vec::new() };
        let Some(outline) = zone_number(number).and_then(|number| court.zone(number, self.view.depth())) else {
            return Vec::new();
        };
        let mut paths = vec![self.path(&outline)];
        if hatch_px > 0.0 {
            paths.push(self.hatching(&outline, hatch_px));
        }
        paths
    }

    /// The surface of a court, its lanes, and those of its lines that are wanted, as one path each: where lines cross they
    /// are not painted twice.
    pub fn court_paths(&self, marks: &[Mark]) -> Vec<PathData> {
        let Ground::Court(court) = self.ground else { return Vec::new() };
        let lines = if self.is_full { court.full_lines() } else { court.lines(self.view.depth()) };
        let lines: Vec<Outline> =
            lines.into_iter().filter(|(mark, _)| marks.contains(mark)).map(|(_, outline)| outline).collect();
        let floor = court.floor(self.view.depth());
        vec![self.joined(&[floor]), self.joined(&court.lanes(self.is_full)), self.joined(&lines)]
    }

    /// Several outlines as one path.
    pub fn joined(&self, outlines: &[Outline]) -> PathData {
        PathData { segments: outlines.iter().flat_map(|outline| self.path(outline).segments).collect() }
    }

    /// Path data in millimetres as it lies in the picture.
    pub fn mapped(&self, path: &PathData, from: From) -> PathData {
        let at = |p: Point| self.at(self.view.from_hoop(court::Point::new(f64::from(p.x), f64::from(p.y)), from));
        mapped(path, at)
    }

    fn path(&self, outline: &Outline) -> PathData {
        let mut segments = vec![Segment::Move(self.px(outline.start.x, outline.start.y))];
        for edge in &outline.edges {
            match *edge {
                Edge::Line { to } => segments.push(Segment::Line(self.px(to.x, to.y))),
                Edge::Arc { center, radius, from, to } => {
                    self.arc(&mut segments, (center.x, center.y), radius, from, to)
                }
            }
        }
        if outline.is_closed {
            segments.push(Segment::Close);
        }
        PathData { segments }
    }

    /// A circular arc as cubics of at most an eighth of a turn, each within four millionths of the radius.
    fn arc(&self, segments: &mut Vec<Segment>, center: (f64, f64), radius: f64, from: f64, to: f64) {
        let count = ((to - from).abs() / std::f64::consts::FRAC_PI_4).ceil().max(1.0);
        let step = (to - from) / count;
        let reach = 4.0 / 3.0 * (step / 4.0).tan();
        let at = |angle: f64, along: f64| {
            // Angles grow to the left from the y axis, so the way along the arc is (-cos, -sin).
            let (sin, cos) = angle.sin_cos();
            let x = center.0 + radius * (-sin - along * cos);
            let y = center.1 + radius * (cos - along * sin);
            self.px(x, y)
        };
        for i in 0..count as u32 {
            let start = from + step * f64::from(i);
            let end = start + step;
            segments.push(Segment::Cubic { control1: at(start, reach), control2: at(end, -reach), to: at(end, 0.0) });
        }
    }

    /// Lines at 45 degrees inside an outline. They lie on one grid for all zones, so that neighbours agree.
    fn hatching(&self, outline: &Outline, gap_px: f32) -> PathData {
        let polygon: Vec<(f64, f64)> = outline
            .flattened(TOLERANCE_PX / self.px_per_mm)
            .into_iter()
            .map(|p| self.px(p.x, p.y))
            // Turned by 45 degrees (and grown by √2): lines of constant v.
            .map(|p| (f64::from(p.x) + f64::from(p.y), f64::from(p.y) - f64::from(p.x)))
            .collect();
        let lowest = polygon.iter().map(|p| p.1).fold(f64::MAX, f64::min);
        let highest = polygon.iter().map(|p| p.1).fold(f64::MIN, f64::max);
        let gap = (f64::from(gap_px) * std::f64::consts::SQRT_2).max((highest - lowest) / MAX_HATCH_LINES);
        let mut segments = Vec::new();
        let mut v = (lowest / gap).ceil() * gap;
        while v < highest {
            let mut crossings: Vec<f64> = (0..polygon.len())
                .map(|i| (polygon[i], polygon[(i + 1) % polygon.len()]))
                .filter(|(a, b)| (a.1 > v) != (b.1 > v))
                .map(|(a, b)| a.0 + (v - a.1) / (b.1 - a.1) * (b.0 - a.0))
                .collect();
            crossings.sort_by(f64::total_cmp);
            // A line of less than a pixel is a dot in a corner.
            for pair in crossings.chunks_exact(2).filter(|pair| pair[1] - pair[0] > std::f64::consts::SQRT_2) {
                let back = |u: f64| Point::new(((u - v) / 2.0) as f32, ((u + v) / 2.0) as f32);
                segments.extend([Segment::Move(back(pair[0])), Segment::Line(back(pair[1]))]);
            }
            v += gap;
        }
        PathData { segments }
    }
}

fn zone_number(number: f64) -> Option<u8> {
    (number.fract() == 0.0 && (1.0..=f64::from(court::ZONES)).contains(&number)).then_some(number as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tenth of a pixel a millimetre.
    fn placed(basket: Basket) -> Placed {
        Placed::court("NBA", basket, None, false, 1524.0)
    }

    fn court() -> &'static Court {
        Court::of_league("NBA")
    }

    /// What every cubic passes through, in eighths of it, with where it began.
    fn on_curves(path: &PathData) -> Vec<Point> {
        let (mut from, mut found) = (Point::default(), Vec::new());
        for segment in &path.segments {
            match *segment {
                Segment::Cubic { control1, control2, to } => {
                    for i in 1..=8 {
                        let (t, r) = (i as f32 / 8.0, 1.0 - i as f32 / 8.0);
                        let mix = |a: f32, b: f32, c: f32, d: f32| {
                            r * r * r * a + 3.0 * r * r * t * b + 3.0 * r * t * t * c + t * t * t * d
                        };
                        found.push(Point::new(
                            mix(from.x, control1.x, control2.x, to.x),
                            mix(from.y, control1.y, control2.y, to.y),
                        ));
                    }
                    from = to;
                }
                Segment::Move(to) | Segment::Line(to) => from = to,
                _ => {}
            }
        }
        found
    }

    #[test]
    fn drawn_arcs_are_within_a_quarter_of_a_pixel_of_the_true_ones_on_the_largest_canvas() {
        for basket in Basket::NAMES.map(|(_, basket)| basket) {
            // A court as high as 2160 lines.
            let placed = Placed::court("NBA", basket, None, false, 2160.0);
            for number in 1..=14u8 {
                let outline = court().zone(number, placed.view.depth()).expect("a zone");
                let hoop = placed.px(0.0, 0.0);
                let radii: Vec<f32> = outline
                    .edges
                    .iter()
                    .filter_map(|edge| match edge {
                        Edge::Arc { radius, .. } => Some(placed.px_of(*radius)),
                        Edge::Line { .. } => None,
                    })
                    .collect();
                for point in on_curves(&placed.path(&outline)) {
                    let radius = (point.x - hoop.x).hypot(point.y - hoop.y);
                    let off = radii.iter().map(|true_radius| (true_radius - radius).abs()).fold(f32::MAX, f32::min);
                    assert!(off < 0.25, "{basket:?} zone {number}: {off} px");
                }
            }
        }
    }

    #[test]
    fn a_left_corner_three_is_drawn_in_the_corner_at_the_right_of_the_picture() {
        let placed = placed(Basket::Bottom);
        let shot = court::Point::new(-6900.0, 500.0);
        assert_eq!(court().zone_of(shot), Some(10), "left of a shooter who faces the hoop is negative x");
        let (shot, label) = (placed.at(shot), placed.zone_label(10.0).expect("a zone"));
        let (right, hoop) = (placed.px(-7620.0, 0.0), placed.px(0.0, 0.0));
        assert_eq!((right.x, hoop.x), (1524.0, 762.0), "a tenth of a pixel a millimetre");
        assert!(shot.x > 1400.0 && label.x > 1400.0, "{shot:?} {label:?}");
        assert!(hoop.y > placed.px(0.0, placed.view.depth()).y, "the hoop is below");
        let outline = &placed.zone(10.0, 0.0)[0];
        let on_the_right = outline.segments.iter().all(|segment| match segment {
            Segment::Move(to) | Segment::Line(to) => to.x > 1400.0,
            other => *other == Segment::Close,
        });
        assert!(on_the_right, "{outline:?}");
    }

    #[test]
    fn hatching_stays_inside_its_zone() {
        let placed = placed(Basket::Bottom);
        for number in 1..=14u8 {
            let outline = court().zone(number, placed.view.depth()).expect("a zone");
            let hatching = placed.hatching(&outline, 14.0);
            assert!(hatching.segments.len() >= 8, "zone {number}");
            for pair in hatching.segments.chunks_exact(2) {
                let (Segment::Move(a), Segment::Line(b)) = (pair[0], pair[1]) else { panic!("lines only") };
                let middle = Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
                let mm = court::Point::new(
                    7620.0 - f64::from(middle.x) / placed.px_per_mm,
                    placed.view.depth() - f64::from(middle.y) / placed.px_per_mm,
                );
                assert!(outline.contains(mm), "zone {number} {mm:?}");
            }
        }
    }
}
