//! Lines that grow from nothing to their width: the trail of what moves.

use super::trim::contours;
use crate::draw_list::{PathData, Point, Segment};

/// Corners of the half circle at the wide end.
const CAP_CORNERS: u32 = 8;

/// The area of a line that is as wide as nothing at the beginning of each outline, and `width_px` at its end, which is round.
pub(crate) fn tapered(path: &PathData, width_px: f32) -> PathData {
    let mut segments = Vec::new();
    for contour in contours(path) {
        let (points, total) = (&contour.points, contour.length());
        if points.len() < 2 || !(total > 0.0 && total.is_finite()) {
            continue;
        }
        let sides: Vec<(Point, Point)> = (0..points.len())
            .map(|i| {
                let (before, after) = (points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
                let (dx, dy) = (after.x - before.x, after.y - before.y);
                let reach = width_px / 2.0 * contour.lengths[i] / total / dx.hypot(dy).max(1e-6);
                let (at, normal) = (points[i], (-dy * reach, dx * reach));
                (Point::new(at.x + normal.0, at.y + normal.1), Point::new(at.x - normal.0, at.y - normal.1))
            })
            .collect();
        segments.push(Segment::Move(points[0]));
        segments.extend(sides[1..].iter().map(|(left, _)| Segment::Line(*left)));
        let (end, (left, _)) = (points[points.len() - 1], sides[sides.len() - 1]);
        let (rx, ry) = (left.x - end.x, left.y - end.y);
        for i in 1..CAP_CORNERS {
            // From the left side over the front to the right.
            let (sin, cos) = (-std::f32::consts::PI * i as f32 / CAP_CORNERS as f32).sin_cos();
            segments.push(Segment::Line(Point::new(end.x + rx * cos - ry * sin, end.y + rx * sin + ry * cos)));
        }
        segments.extend(sides[1..].iter().rev().map(|(_, right)| Segment::Line(*right)));
        segments.push(Segment::Close);
    }
    PathData { segments }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tapered_line_is_thin_where_it_begins_and_round_where_it_ends() {
        let at = |x: f32| Point::new(x, 20.0);
        let path =
            PathData { segments: vec![Segment::Move(at(10.0)), Segment::Line(at(60.0)), Segment::Line(at(110.0))] };
        let area = tapered(&path, 12.0);
        let points: Vec<Point> = area
            .segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Move(p) | Segment::Line(p) => Some(*p),
                _ => None,
            })
            .collect();
        let halves =
            |x: f32| points.iter().filter(|p| (p.x - x).abs() < 0.01).map(|p| (p.y - 20.0).abs()).collect::<Vec<_>>();
        assert_eq!(halves(10.0), [0.0]);
        assert_eq!(halves(60.0), [3.0, 3.0], "half way, half as wide");
        let far = points.iter().map(|p| p.x).fold(0.0, f32::max);
        assert!((far - 116.0).abs() < 0.01, "a round end: {far}");
    }

    #[test]
    fn what_has_no_length_has_no_area() {
        let still = Point::new(5.0, 5.0);
        let path = PathData { segments: vec![Segment::Move(still), Segment::Line(still)] };
        assert!(tapered(&path, 12.0).segments.is_empty());
    }
}
