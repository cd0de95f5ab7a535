//! The rink of the NHL as data: boards, lines, circles, spots, creases and trapezoids.
//!
//! Millimetres from the middle of a goal line, as in a snapshot: x to the right of a shooter who faces the goal, y towards
//! the other end.

use std::f64::consts::{FRAC_PI_2, PI};

use super::outline::{Outline, Point};
use super::view::Surface;

const FOOT: f64 = 304.8;
const LENGTH: f64 = 200.0 * FOOT;
const WIDTH: f64 = 85.0 * FOOT;
const CORNER_RADIUS: f64 = 28.0 * FOOT;
const GOAL_LINE: f64 = 11.0 * FOOT;
/// From the centre line to the nearer edge of a blue line.
const HALF_NEUTRAL_ZONE: f64 = 25.0 * FOOT;
/// Blue lines and the centre line are a foot wide.
const WIDE_LINE: f64 = FOOT;
const CIRCLE_RADIUS: f64 = 15.0 * FOOT;
/// Spots lie 22 ft from the middle of the ice.
const SPOT_X: f64 = 22.0 * FOOT;
/// In the end zones 20 ft from the goal line, in the neutral zone 5 ft from the blue line.
const END_SPOT_Y: f64 = 20.0 * FOOT;
const NEUTRAL_SPOT: f64 = 5.0 * FOOT;
const SPOT_RADIUS: f64 = FOOT;
/// The spot in the middle is 12 inches across.
const CENTER_SPOT_RADIUS: f64 = FOOT / 2.0;
/// Hash marks stand outwards from the sides of an end zone's circle, 2 ft long and 5 ft 7 in apart between lines 2 in wide.
const HASH_LENGTH: f64 = 2.0 * FOOT;
const HALF_HASH_GAP: f64 = 34.5 / 12.0 * FOOT;
/// The four angles around an end zone's spot (rule 1.9): their corners 2 ft from it along the ice and 9 in across; 4 ft long
/// and 3 ft wide.
const ANGLE_ALONG: [f64; 2] = [2.0 * FOOT, 6.0 * FOOT];
const ANGLE_ACROSS: [f64; 2] = [0.75 * FOOT, 3.75 * FOOT];
/// The crease is a circle of 6 ft cut off at 4 ft to both sides.
const CREASE_RADIUS: f64 = 6.0 * FOOT;
const HALF_CREASE: f64 = 4.0 * FOOT;
/// A goal is 6 ft wide and 40 inches deep.
const HALF_GOAL: f64 = 3.0 * FOOT;
const GOAL_DEPTH: f64 = 1016.0;
/// The trapezoid behind a goal is 22 ft wide at the goal line and 28 ft at the boards.
const TRAPEZOID: [f64; 2] = [11.0 * FOOT, 14.0 * FOOT];
/// The officials' half circle at the boards.
const OFFICIALS_RADIUS: f64 = 10.0 * FOOT;

/// What a part is painted with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    Ice,
    Boards,
    Red,
    Blue,
    Crease,
}

/// How a part is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    Fill,
    /// As thick as the picture's lines.
    Line,
    /// As wide as [`Rink::band_mm`] says, and never thinner than the picture's lines.
    Band,
}

/// One part of a rink, in the order of painting.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    pub ink: Ink,
    pub look: Look,
    pub outline: Outline,
}

/// The rink of the NHL.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rink;

impl Rink {
    pub fn surface(self) -> Surface {
        Surface { length: LENGTH, width: WIDTH, target_to_end: GOAL_LINE }
    }

    /// From a goal line to the centre line.
    pub fn center_y(self) -> f64 {
        LENGTH / 2.0 - GOAL_LINE
    }

    /// The half of the rink around a goal, up to the centre line, or all of it.
    pub fn parts(self, is_full: bool) -> Vec<Part> {
        let center = Point::new(0.0, self.center_y());
        let (ice, boards) = if is_full { (whole(), whole()) } else { (half_ice(center.y), half_boards(center.y)) };
        let mut parts = vec![part(Ink::Ice, Look::Fill, ice)];
        for near in self.end_parts() {
            if is_full {
                parts.push(Part { outline: near.outline.clone().turned(center), ..near });
            }
            parts.push(near);
        }
        parts.extend(middle_parts(center, is_full));
        parts.push(part(Ink::Boards, Look::Line, boards));
        parts
    }

    /// How wide the bands of a colour are on the ice; a half rink ends with its half of the centre line.
    pub fn band_mm(self, ink: Ink, is_full: bool) -> f64 {
        if ink == Ink::Red && !is_full { WIDE_LINE / 2.0 } else { WIDE_LINE }
    }

    fn end_parts(self) -> Vec<Part> {
        let end = -GOAL_LINE;
        let half = WIDTH / 2.0;
        let blue = self.center_y() - HALF_NEUTRAL_ZONE - WIDE_LINE / 2.0;
        // In the corners the boards are nearer than the width tells.
        let into_corner = CORNER_RADIUS - GOAL_LINE;
        let goal_line = half - CORNER_RADIUS + (CORNER_RADIUS * CORNER_RADIUS - into_corner * into_corner).sqrt();
        let crease_angle = (HALF_CREASE / CREASE_RADIUS).asin();
        let crease = Outline::from(-HALF_CREASE, 0.0)
            .line_to_polar(CREASE_RADIUS, crease_angle)
            .arc(CREASE_RADIUS, crease_angle, -crease_angle)
            .line(HALF_CREASE, 0.0);
        let goal = Outline::from(-HALF_GOAL, 0.0)
            .line(-HALF_GOAL * 0.7, -GOAL_DEPTH)
            .line(HALF_GOAL * 0.7, -GOAL_DEPTH)
            .line(HALF_GOAL, 0.0);
        let mut parts = vec![
            part(Ink::Crease, Look::Fill, crease.clone().closed()),
            part(Ink::Red, Look::Line, crease),
            part(Ink::Red, Look::Line, Outline::from(-goal_line, 0.0).line(goal_line, 0.0)),
            part(Ink::Red, Look::Line, goal),
            part(Ink::Blue, Look::Band, Outline::from(-half, blue).line(half, blue)),
        ];
        for side in [-1.0, 1.0] {
            let slope = Outline::from(side * TRAPEZOID[0], 0.0).line(side * TRAPEZOID[1], end);
            parts.push(part(Ink::Red, Look::Line, slope));
            let spot = Point::new(side * SPOT_X, END_SPOT_Y);
            parts.push(part(Ink::Red, Look::Line, Outline::circle(spot, CIRCLE_RADIUS)));
            parts.push(part(Ink::Red, Look::Fill, Outline::circle(spot, SPOT_RADIUS)));
            parts.extend(face_off_marks(spot).map(|mark| part(Ink::Red, Look::Line, mark)));
            let neutral = Point::new(side * SPOT_X, self.center_y() - HALF_NEUTRAL_ZONE + NEUTRAL_SPOT);
            parts.push(part(Ink::Red, Look::Fill, Outline::circle(neutral, SPOT_RADIUS)));
        }
        parts
    }
}

/// The hash marks of an end zone's circle, and the angles at its spot.
fn face_off_marks(spot: Point) -> impl Iterator<Item = Outline> {
    [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)].into_iter().flat_map(move |(right, up)| {
        let at = |across: f64, along: f64| Point::new(spot.x + right * across, spot.y + up * along);
        // The circle is a little narrower where they stand.
        let edge = (CIRCLE_RADIUS * CIRCLE_RADIUS - HALF_HASH_GAP * HALF_HASH_GAP).sqrt();
        let (from, to) = (at(edge, HALF_HASH_GAP), at(edge + HASH_LENGTH, HALF_HASH_GAP));
        let (wide, corner, long) = (
            at(ANGLE_ACROSS[1], ANGLE_ALONG[0]),
            at(ANGLE_ACROSS[0], ANGLE_ALONG[0]),
            at(ANGLE_ACROSS[0], ANGLE_ALONG[1]),
        );
        [
            Outline::from(from.x, from.y).line(to.x, to.y),
            Outline::from(wide.x, wide.y).line(corner.x, corner.y).line(long.x, long.y),
        ]
    })
}

fn part(ink: Ink, look: Look, outline: Outline) -> Part {
    Part { ink, look, outline }
}

fn middle_parts(center: Point, is_full: bool) -> Vec<Part> {
    let half = WIDTH / 2.0;
    // A half rink ends with its half of the line.
    let line_y = if is_full { center.y } else { center.y - WIDE_LINE / 4.0 };
    let cut = |around: Point, radius: f64, from: f64, to: f64| {
        let (sin, cos) = from.sin_cos();
        Outline::from(around.x - radius * sin, around.y + radius * cos).arc_around(around, radius, from, to)
    };
    // Angles count from up, to the left; the near half of a circle is its lower one.
    let circle =
        if is_full { Outline::circle(center, CIRCLE_RADIUS) } else { cut(center, CIRCLE_RADIUS, FRAC_PI_2, 1.5 * PI) };
    // The officials stand at one side of the ice, at the left of whoever attacks this goal.
    let bench = Point::new(-half, center.y);
    let officials = cut(bench, OFFICIALS_RADIUS, if is_full { 0.0 } else { -FRAC_PI_2 }, -PI);
    let spot = if is_full {
        Outline::circle(center, CENTER_SPOT_RADIUS)
    } else {
        cut(center, CENTER_SPOT_RADIUS, FRAC_PI_2, 1.5 * PI).closed()
    };
    vec![
        part(Ink::Red, Look::Band, Outline::from(-half, line_y).line(half, line_y)),
        part(Ink::Blue, Look::Line, circle),
        part(Ink::Red, Look::Line, officials),
        part(Ink::Blue, Look::Fill, spot),
    ]
}

/// The boards all around.
fn whole() -> Outline {
    let (half, end, far) = (WIDTH / 2.0, -GOAL_LINE, LENGTH - GOAL_LINE);
    let (x, r) = (half - CORNER_RADIUS, CORNER_RADIUS);
    Outline::from(-half, end + r)
        .arc_around(Point::new(-x, end + r), r, FRAC_PI_2, PI)
        .line(x, end)
        .arc_around(Point::new(x, end + r), r, PI, 1.5 * PI)
        .line(half, far - r)
        .arc_around(Point::new(x, far - r), r, -FRAC_PI_2, 0.0)
        .line(-x, far)
        .arc_around(Point::new(-x, far - r), r, 0.0, FRAC_PI_2)
        .closed()
}

/// The boards of one half, open at the centre line.
fn half_boards(top: f64) -> Outline {
    let (half, end) = (WIDTH / 2.0, -GOAL_LINE);
    let (x, r) = (half - CORNER_RADIUS, CORNER_RADIUS);
    Outline::from(-half, top)
        .line(-half, end + r)
        .arc_around(Point::new(-x, end + r), r, FRAC_PI_2, PI)
        .line(x, end)
        .arc_around(Point::new(x, end + r), r, PI, 1.5 * PI)
        .line(half, top)
}

fn half_ice(top: f64) -> Outline {
    half_boards(top).closed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_on_the_ice_lies_within_the_boards() {
        for is_full in [false, true] {
            let parts = Rink.parts(is_full);
            let ice = &parts[0];
            assert_eq!((ice.ink, ice.look), (Ink::Ice, Look::Fill));
            for part in &parts[1..parts.len() - 1] {
                for point in part.outline.flattened(1.0) {
                    // What ends at the boards may end a hair outside of them.
                    let inwards = Point::new(point.x * (1.0 - 1e-6), point.y - (point.y - 10_000.0) * 1e-6);
                    assert!(ice.outline.contains(inwards), "{is_full} {:?} {point:?}", part.ink);
                }
            }
        }
    }

    #[test]
    fn a_whole_rink_is_two_halves_turned_by_half_a_circle() {
        let rink = Rink.parts(true);
        let circles = rink.iter().filter(|part| part.ink == Ink::Red && part.look == Look::Line);
        let spots: Vec<(i64, i64)> = circles
            .filter_map(|part| match part.outline.edges.first() {
                Some(crate::court::Edge::Arc { center, radius, .. }) if *radius == CIRCLE_RADIUS => {
                    Some(((center.x / FOOT).round() as i64, (center.y / FOOT).round() as i64))
                }
                _ => None,
            })
            .collect();
        // 178 ft lie between the goal lines.
        assert_eq!(spots, [(22, 158), (-22, 20), (-22, 158), (22, 20)]);
    }

    #[test]
    fn an_end_zones_circles_have_hash_marks_at_their_sides_and_angles_around_their_spots() {
        let feet = |point: Point| ((point.x / FOOT * 100.0).round() / 100.0, (point.y / FOOT * 100.0).round() / 100.0);
        let marks: Vec<Vec<(f64, f64)>> =
            face_off_marks(Point::default()).map(|mark| mark.flattened(1.0).into_iter().map(feet).collect()).collect();
        assert_eq!(marks.len(), 8);
        // At the right of the circle, above: 5 ft 7 in and the line's own 2 in from the one below.
        assert_eq!(marks[6], [(14.72, 2.88), (16.72, 2.88)]);
        assert_eq!(marks[7], [(3.75, 2.0), (0.75, 2.0), (0.75, 6.0)]);
    }

    #[test]
    fn lines_lie_where_the_rules_have_them() {
        let bands: Vec<f64> = Rink
            .parts(true)
            .iter()
            .filter(|part| part.look == Look::Band)
            .map(|part| (part.outline.start.y / FOOT * 100.0).round() / 100.0)
            .collect();
        // From the goal line: 64 ft to the blue line, 89 ft to the centre.
        assert_eq!(bands, [114.5, 63.5, 89.0]);
    }
}
