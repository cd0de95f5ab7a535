//! Outlines in canvas pixels: paths of templates, shot zones, court lines, hatching.

use std::sync::Arc;

use super::trim::Cut;
use crate::court::{Court, Edge, Outline};
use crate::draw_list::{PathData, Point, Segment};
use crate::template::model::CourtFrame;

/// How far a polygon may depart from its arc, in canvas pixels; only hatching is cut against polygons.
const TOLERANCE_PX: f64 = 0.25;

/// Paths of an instance, kept while what they were made from is the same.
#[derive(Debug)]
pub(crate) struct PathState {
    key: Key,
    paths: Vec<Arc<PathData>>,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Key {
    scale: f32,
    number: f64,
    league: String,
    hatch_px: f32,
    cut: Option<Cut>,
}

impl Key {
    pub fn path(scale: f32, cut: Option<&Cut>) -> Key {
        Key { scale, number: 0.0, league: String::new(), hatch_px: 0.0, cut: cut.cloned() }
    }

    pub fn zone(scale: f32, number: f64, league: &str, hatch_px: f32) -> Key {
        Key { scale, number, league: league.to_owned(), hatch_px, cut: None }
    }
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
    let at = |p: Point| Point::new(p.x * by, p.y * by);
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

/// From millimetres around the hoop to canvas pixels from the top left of a court node: hoop below, baseline lowest.
///
/// Such a picture is seen from the centre of the court turned around: a shooter who faces the hoop looks down in it, so
/// that his right, where x grows, is the picture's left. `px` is the only place that knows, and mirrors.
pub(crate) struct CourtMap {
    court: Court,
    depth: f64,
    px_per_mm: f64,
}

impl CourtMap {
    pub fn new(league: &str, frame: &CourtFrame, scale: f32) -> Self {
        let court = Court::of_league(league);
        let depth = frame.depth_mm.map_or(court.half_court_y(), f64::from).min(court.half_court_y());
        Self { court, depth, px_per_mm: f64::from(frame.width * scale) / court.width }
    }

    fn px(&self, x: f64, y: f64) -> Point {
        let x = (self.court.width / 2.0 - x) * self.px_per_mm;
        let y = (self.depth - y) * self.px_per_mm;
        Point::new(x as f32, y as f32)
    }

    /// Where a zone's figures belong; `None` for anything that is not the number of a zone.
    pub fn zone_label(&self, number: f64) -> Option<Point> {
        let at = self.court.label_point(zone_number(number)?, self.depth)?;
        Some(self.px(at.x, at.y))
    }

    /// A zone's outline, then its hatching when `hatch_px` (the distance of its lines) is above zero.
    pub fn zone(&self, number: f64, hatch_px: f32) -> Vec<PathData> {
        let Some(outline) = zone_number(number).and_then(|number| self.court.zone(number, self.depth)) else {
            return Vec::new();
        };
        let mut paths = vec![self.path(&outline)];
        if hatch_px > 0.0 {
            paths.push(self.hatching(&outline, hatch_px));
        }
        paths
    }

    pub fn lines(&self) -> Vec<PathData> {
        self.court.lines(self.depth).iter().map(|outline| self.path(outline)).collect()
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
        let gap = f64::from(gap_px) * std::f64::consts::SQRT_2;
        let lowest = polygon.iter().map(|p| p.1).fold(f64::MAX, f64::min);
        let highest = polygon.iter().map(|p| p.1).fold(f64::MIN, f64::max);
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
    (number.fract() == 0.0 && (1.0..=14.0).contains(&number)).then_some(number as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::model::Prop;

    fn map() -> CourtMap {
        let frame = CourtFrame { league: Prop::Fixed(String::new()), width: 762.0, depth_mm: None };
        CourtMap::new("NBA", &frame, 2.0)
    }

    #[test]
    fn arcs_stay_on_their_circles() {
        let map = map();
        let path = map.path(&map.court.zone(3, map.depth).expect("a zone"));
        let hoop = map.px(0.0, 0.0);
        let ends: Vec<f32> = path
            .segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Cubic { to, .. } => Some((to.x - hoop.x).hypot(to.y - hoop.y)),
                _ => None,
            })
            .collect();
        // 16 ft and 8 ft at a tenth of a pixel a millimetre.
        assert!(ends.iter().all(|r| (r - 487.68).abs() < 0.01 || (r - 243.84).abs() < 0.01), "{ends:?}");
    }

    #[test]
    fn a_left_corner_three_is_drawn_in_the_corner_at_the_right_of_the_picture() {
        let map = map();
        let shot = crate::court::Point::new(-6900.0, 500.0);
        assert_eq!(map.court.zone_of(shot), Some(10), "left of a shooter who faces the hoop is negative x");
        let (shot, label) = (map.px(shot.x, shot.y), map.zone_label(10.0).expect("a zone"));
        let (right, hoop) = (map.px(-map.court.width / 2.0, 0.0), map.px(0.0, 0.0));
        assert_eq!((right.x, hoop.x), (1524.0, 762.0), "a tenth of a pixel a millimetre");
        assert!(shot.x > 1400.0 && label.x > 1400.0, "{shot:?} {label:?}");
        assert!(hoop.y > map.px(0.0, map.depth).y, "the hoop is below");
        let outline = &map.zone(10.0, 0.0)[0];
        let on_the_right = outline.segments.iter().all(|segment| match segment {
            Segment::Move(to) | Segment::Line(to) => to.x > 1400.0,
            other => *other == Segment::Close,
        });
        assert!(on_the_right, "{outline:?}");
    }

    #[test]
    fn hatching_stays_inside_its_zone() {
        let map = map();
        for number in 1..=14u8 {
            let outline = map.court.zone(number, map.depth).expect("a zone");
            let hatching = map.hatching(&outline, 14.0);
            assert!(hatching.segments.len() >= 8, "zone {number}");
            for pair in hatching.segments.chunks_exact(2) {
                let (Segment::Move(a), Segment::Line(b)) = (pair[0], pair[1]) else { panic!("lines only") };
                let middle = Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
                let mm = crate::court::Point::new(
                    map.court.width / 2.0 - f64::from(middle.x) / map.px_per_mm,
                    map.depth - f64::from(middle.y) / map.px_per_mm,
                );
                assert!(outline.contains(mm), "zone {number} {mm:?}");
            }
        }
    }
}
