//! The 14 shot zones of a half court: the rule that names a point's zone, and the same zones as outlines.

use std::f64::consts::PI;

use super::outline::{Outline, Point};
use super::{Court, arc_end};

/// Boundary of the zone around the hoop: 8 ft.
const NEAR_MM: f64 = 2438.4;
/// Boundary between the 8-16 ft and the 16-24 ft zones: 16 ft.
const MIDDLE_MM: f64 = 4876.8;
/// Half-angle of the centre zone of the 8-16 ft ring. This and the two below were measured on the 218,701 shots of the
/// league's 2023-24 season, none of which contradicts them; the league publishes no definition of its own.
const NEAR_CENTER_DEG: f64 = 30.0;
/// Half-angle of the centre zones from 16 ft outwards.
const CENTER_DEG: f64 = 18.0;
/// Angle at which the 16-24 ft wing zones end.
const WING_DEG: f64 = 54.0;

impl Court {
    /// Whether a shot from here counts three. The line itself belongs to three, as the vendors' counts have it.
    fn is_three(&self, at: Point) -> bool {
        if at.y <= self.corner_end { at.x.abs() >= self.corner } else { at.x.hypot(at.y) >= self.three_radius }
    }

    /// The zone (1-14) of a point; `None` off the court and beyond the half-court line.
    ///
    /// 1: under 8 ft. 2-4: 8-16 ft, left, centre, right. 5-9: from 16 ft to the three-point line, left to right.
    /// 10-14: beyond the line, left corner to right corner. Points on a ray between two zones belong to the inner one.
    pub fn zone_of(&self, at: Point) -> Option<u8> {
        let on_court = at.x.abs() <= self.width / 2.0 && at.y >= -self.hoop_to_baseline && at.y <= self.half_court_y();
        if !on_court {
            return None;
        }
        let distance = at.x.hypot(at.y);
        let angle_deg = at.x.abs().atan2(at.y) * 180.0 / PI;
        let side = |left: u8, right: u8| if at.x < 0.0 { left } else { right };
        Some(if self.is_three(at) {
            match () {
                () if at.y <= self.corner_end => side(10, 14),
                () if angle_deg <= CENTER_DEG => 12,
                () => side(11, 13),
            }
        } else if distance < NEAR_MM {
            1
        } else if distance < MIDDLE_MM {
            if angle_deg <= NEAR_CENTER_DEG { 3 } else { side(2, 4) }
        } else if angle_deg <= CENTER_DEG {
            7
        } else if angle_deg <= WING_DEG {
            side(6, 8)
        } else {
            side(5, 9)
        })
    }

    /// The closed outline of a zone, cut at `depth` above the hoop; `None` for a number outside 1-14.
    ///
    /// `depth` is the half-court line at most; to show every zone it must clear the three-point arc.
    pub fn zone(&self, number: u8, depth: f64) -> Option<Outline> {
        let top = depth.min(self.half_court_y());
        let base = -self.hoop_to_baseline;
        let half = self.width / 2.0;
        // Angles from the y axis, positive to the left; the right side is the mirror image.
        let near_end = arc_end(NEAR_MM, base);
        let middle_end = arc_end(MIDDLE_MM, base);
        let line_end = arc_end(self.three_radius, self.corner_end);
        let (near_center, center, wing) =
            (NEAR_CENTER_DEG.to_radians(), CENTER_DEG.to_radians(), WING_DEG.to_radians());
        let left = match number {
            1 => return Some(Outline::at(NEAR_MM, near_end).arc(NEAR_MM, near_end, -near_end).closed()),
            3 => return Some(sector(NEAR_MM, MIDDLE_MM, near_center)),
            7 => return Some(sector(MIDDLE_MM, self.three_radius, center)),
            12 => {
                let x = top * center.tan();
                return Some(
                    Outline::at(self.three_radius, center)
                        .line(-x, top)
                        .line(x, top)
                        .line_to_polar(self.three_radius, -center)
                        .arc(self.three_radius, -center, center)
                        .closed(),
                );
            }
            2 | 4 => Outline::at(NEAR_MM, near_center)
                .line_to_polar(MIDDLE_MM, near_center)
                .arc(MIDDLE_MM, near_center, middle_end)
                .line_to_polar(NEAR_MM, near_end)
                .arc(NEAR_MM, near_end, near_center),
            5 | 9 => Outline::at(MIDDLE_MM, wing)
                .line_to_polar(self.three_radius, wing)
                .arc(self.three_radius, wing, line_end)
                .line(-self.corner, self.corner_end)
                .line(-self.corner, base)
                .line_to_polar(MIDDLE_MM, middle_end)
                .arc(MIDDLE_MM, middle_end, wing),
            6 | 8 => Outline::at(MIDDLE_MM, center)
                .line_to_polar(self.three_radius, center)
                .arc(self.three_radius, center, wing)
                .line_to_polar(MIDDLE_MM, wing)
                .arc(MIDDLE_MM, wing, center),
            10 | 14 => Outline::from(-half, base)
                .line(-half, self.corner_end)
                .line(-self.corner, self.corner_end)
                .line(-self.corner, base),
            11 | 13 => Outline::at(self.three_radius, center)
                .line(-top * center.tan(), top)
                .line(-half, top)
                .line(-half, self.corner_end)
                .line_to_polar(self.three_radius, line_end)
                .arc(self.three_radius, line_end, center),
            _ => return None,
        }
        .closed();
        let is_right = matches!(number, 4 | 8 | 9 | 13 | 14);
        Some(if is_right { left.mirrored() } else { left })
    }

    /// A point well inside a zone, where its figures are set; `None` for a number outside 1-14.
    pub fn label_point(&self, number: u8, depth: f64) -> Option<Point> {
        let top = depth.min(self.half_court_y());
        let ring = |inner: f64, outer: f64, degrees: f64| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            Point::new(-sin * (inner + outer) / 2.0, cos * (inner + outer) / 2.0)
        };
        let base = -self.hoop_to_baseline;
        let left = match number {
            // On the axis the figures keep clear of what is painted there: above the restricted area, and below the
            // free-throw line.
            1 => Point::new(0.0, 1660.0),
            3 => Point::new(0.0, 3400.0),
            7 => Point::new(0.0, (MIDDLE_MM + self.three_radius) / 2.0),
            12 => Point::new(0.0, (self.three_radius + top) / 2.0),
            2 | 4 => ring(NEAR_MM, MIDDLE_MM, 73.0),
            5 | 9 => Point::new(-(MIDDLE_MM + self.corner) / 2.0, 0.35 * self.corner_end.max(1500.0)),
            6 | 8 => ring(MIDDLE_MM, self.three_radius, 36.0),
            10 | 14 => Point::new(-(self.corner + self.width / 2.0) / 2.0, (base + self.corner_end) / 2.0),
            11 | 13 => {
                let (sin, cos) = 38.0_f64.to_radians().sin_cos();
                let beyond = self.three_radius + 1300.0;
                Point::new(-sin * beyond, (cos * beyond).min(top - 700.0))
            }
            _ => return None,
        };
        let is_right = matches!(number, 4 | 8 | 9 | 13 | 14);
        Some(if is_right { Point::new(-left.x, left.y) } else { left })
    }
}

/// A ring's part within an angle to both sides of the y axis.
fn sector(inner: f64, outer: f64, angle: f64) -> Outline {
    Outline::at(inner, angle)
        .line_to_polar(outer, angle)
        .arc(outer, angle, -angle)
        .line_to_polar(inner, -angle)
        .arc(inner, -angle, angle)
        .closed()
}
