//! Basketball courts as data: dimensions by league, the 14 shot zones, and the painted lines.
//!
//! In: a league's name, a point or a zone number.
//! Out: the zone of a point, and outlines made of straight edges and true circular arcs.
//! Everything is in millimetres from the hoop's centre, as in a snapshot: x to the right of a shooter who faces the hoop,
//! y towards the centre of the court. Left and right are that shooter's: zone 10 is the left corner, at negative x. A
//! picture with the hoop at its bottom looks the other way and mirrors x where it is drawn (`scene::shape`).
//! Pure geometry; knows nothing of pixels or drawing.

mod outline;

use std::f64::consts::PI;

pub use outline::{Edge, Outline, Point};

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

/// Dimensions of one half of a court, in millimetres.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Court {
    /// As leagues are named in a snapshot ("NBA").
    pub league: &'static str,
    pub length: f64,
    pub width: f64,
    pub hoop_to_baseline: f64,
    pub backboard_to_baseline: f64,
    pub three_radius: f64,
    /// Distance of the straight part of the three-point line from the hoop's axis.
    pub corner: f64,
    /// Where the straight part ends, above the hoop's centre.
    pub corner_end: f64,
    pub key_width: f64,
    pub free_throw_to_baseline: f64,
    pub circle_radius: f64,
    /// None where the rules know no restricted area.
    pub restricted_radius: Option<f64>,
    pub rim_radius: f64,
}

const NBA: Court = Court {
    league: "NBA",
    length: 28651.2,
    width: 15240.0,
    hoop_to_baseline: 1600.2,
    backboard_to_baseline: 1219.2,
    three_radius: 7239.0,
    corner: 6705.6,
    // The line is painted 14 ft from the baseline, a little short of where the arc would meet it.
    corner_end: 2667.0,
    key_width: 4876.8,
    free_throw_to_baseline: 5791.2,
    circle_radius: 1828.8,
    restricted_radius: Some(1219.2),
    rim_radius: 228.6,
};

const WNBA: Court = Court { league: "WNBA", three_radius: 6750.0, corner_end: 772.8, ..NBA };

const NCAA: Court =
    Court { league: "NCAA", three_radius: 6750.0, corner: 6600.8, corner_end: 1411.5, key_width: 3657.6, ..NBA };

const FIBA: Court = Court {
    league: "FIBA",
    length: 28000.0,
    width: 15000.0,
    hoop_to_baseline: 1575.0,
    backboard_to_baseline: 1200.0,
    three_radius: 6750.0,
    corner: 6600.0,
    corner_end: 1415.1,
    key_width: 4900.0,
    free_throw_to_baseline: 5800.0,
    circle_radius: 1800.0,
    restricted_radius: Some(1250.0),
    rim_radius: 225.0,
};

const NFHS: Court = Court {
    league: "NFHS",
    length: 25603.2,
    three_radius: 6019.8,
    corner: 6019.8,
    corner_end: 0.0,
    key_width: 3657.6,
    restricted_radius: None,
    ..NBA
};

impl Court {
    pub const ALL: [Court; 5] = [NBA, WNBA, NCAA, FIBA, NFHS];

    /// The court of a league as snapshots name it; an unknown league plays on an NBA court.
    pub fn of_league(league: &str) -> Court {
        Self::ALL.into_iter().find(|court| court.league.eq_ignore_ascii_case(league)).unwrap_or(NBA)
    }

    /// From the hoop's centre to the half-court line.
    pub fn half_court_y(&self) -> f64 {
        self.length / 2.0 - self.hoop_to_baseline
    }

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
            // On the axis the figures keep clear of what is painted there: between baseline and backboard, below
            // the free-throw line, and above its circle.
            1 => Point::new(0.0, base + self.backboard_to_baseline / 2.0),
            3 => Point::new(0.0, 3400.0),
            7 => {
                let circle_top = base + self.free_throw_to_baseline + self.circle_radius;
                // Where the line is too close to the circle for figures in between, the ring's middle has to do.
                let is_roomy = self.three_radius - circle_top > 600.0;
                Point::new(0.0, (if is_roomy { circle_top } else { MIDDLE_MM } + self.three_radius) / 2.0)
            }
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

    /// The painted lines of the half court and its hoop, each to be stroked; cut at `depth` above the hoop.
    pub fn lines(&self, depth: f64) -> Vec<Outline> {
        let top = depth.min(self.half_court_y());
        let base = -self.hoop_to_baseline;
        let half = self.width / 2.0;
        let key = self.key_width / 2.0;
        let free_throw = base + self.free_throw_to_baseline;
        let line_end = arc_end(self.three_radius, self.corner_end);
        let board = base + self.backboard_to_baseline;
        let mut lines = vec![
            Outline::from(-half, top).line(-half, base).line(half, base).line(half, top),
            Outline::from(-key, base).line(-key, free_throw).line(key, free_throw).line(key, base),
            Outline::circle(Point::new(0.0, free_throw), self.circle_radius),
            Outline::from(-self.corner, base)
                .line(-self.corner, self.corner_end)
                .line_to_polar(self.three_radius, line_end)
                .arc(self.three_radius, line_end, -line_end)
                .line(self.corner, self.corner_end)
                .line(self.corner, base),
            // A backboard is 6 ft wide.
            Outline::from(-914.4, board).line(914.4, board),
            Outline::circle(Point::new(0.0, 0.0), self.rim_radius),
        ];
        if let Some(radius) = self.restricted_radius {
            lines.push(
                Outline::from(-radius, board).line(-radius, 0.0).arc(radius, PI / 2.0, -PI / 2.0).line(radius, board),
            );
        }
        if top >= self.half_court_y() {
            lines.push(Outline::from(-half, top).line(half, top));
            let center = Point::new(0.0, top);
            lines.push(Outline::from(-self.circle_radius, top).arc_around(
                center,
                self.circle_radius,
                PI / 2.0,
                1.5 * PI,
            ));
        }
        lines
    }
}

/// Angle from the y axis at which a circle around the hoop meets a horizontal line.
fn arc_end(radius: f64, y: f64) -> f64 {
    (y / radius).clamp(-1.0, 1.0).acos()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A small linear congruential generator: the test needs many points, always the same, not good randomness.
    struct Points(u64);

    impl Points {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }

        fn on(&mut self, court: &Court) -> Point {
            Point::new((self.next() - 0.5) * court.width, self.next() * court.length / 2.0 - court.hoop_to_baseline)
        }
    }

    #[test]
    fn a_million_points_lie_in_the_one_outline_that_the_rule_names() {
        for court in Court::ALL {
            let outlines: Vec<Outline> =
                (1..=14).map(|n| court.zone(n, court.half_court_y()).expect("1-14 are zones")).collect();
            let mut points = Points(7);
            for _ in 0..1_000_000 / Court::ALL.len() {
                let at = points.on(&court);
                let expected = court.zone_of(at).expect("the point is on the court");
                let holding: Vec<u8> = (1..=14).filter(|n| outlines[usize::from(*n) - 1].contains(at)).collect();
                assert_eq!(holding, [expected], "{} {at:?}", court.league);
            }
        }
    }

    #[test]
    fn label_points_lie_inside_their_zones() {
        for court in Court::ALL {
            for number in 1..=14 {
                for depth in [court.half_court_y(), court.three_radius + 2400.0] {
                    let at = court.label_point(number, depth).expect("1-14 have labels");
                    assert_eq!(court.zone_of(at), Some(number), "{} {at:?}", court.league);
                    assert!(court.zone(number, depth).expect("a zone").contains(at), "{} {number}", court.league);
                }
            }
        }
    }

    #[test]
    fn the_left_corner_three_is_left_and_ends_fourteen_feet_from_the_baseline() {
        assert_eq!(NBA.zone_of(Point::new(-6800.0, 2660.0)), Some(10));
        assert_eq!(NBA.zone_of(Point::new(-6800.0, 2680.0)), Some(11));
        assert_eq!(NBA.zone_of(Point::new(6800.0, 2660.0)), Some(14));
    }

    #[test]
    fn shots_on_exactly_the_ray_belong_to_the_centre() {
        let at = |degrees: f64, radius: f64| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            Point::new(sin * radius, cos * radius)
        };
        assert_eq!(NBA.zone_of(at(29.999_999, 3000.0)), Some(3));
        assert_eq!(NBA.zone_of(at(30.000_001, 3000.0)), Some(4));
        assert_eq!(NBA.zone_of(at(17.999_999, 5000.0)), Some(7));
        assert_eq!(NBA.zone_of(at(18.000_001, 5000.0)), Some(8));
        assert_eq!(NBA.zone_of(at(54.000_001, 5000.0)), Some(9));
    }

    #[test]
    fn nothing_off_the_front_court_has_a_zone() {
        assert_eq!(NBA.zone_of(Point::new(0.0, NBA.half_court_y() + 1.0)), None);
        assert_eq!(NBA.zone_of(Point::new(7621.0, 0.0)), None);
        assert_eq!(NBA.zone_of(Point::new(0.0, -1601.0)), None);
        assert!(NBA.zone(0, 9000.0).is_none() && NBA.zone(15, 9000.0).is_none());
    }

    #[test]
    fn an_unknown_league_plays_on_an_nba_court() {
        assert_eq!(Court::of_league("ncaa").key_width, 3657.6);
        assert_eq!(Court::of_league("Summer League").league, "NBA");
    }
}
