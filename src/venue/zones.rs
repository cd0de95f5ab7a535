//! The court as the vendors see it: ShotTracker's fourteen zones and millimetres, Sportradar's inches and areas.
//!
//! Tables and pure functions. The venue has its own copy on purpose: a reader that is compared with it must not share
//! its mistakes.

use super::script::{End, Shot};

/// Tenths of a foot, the script's unit, in millimetres.
const MM_PER_TENTH: f64 = 30.48;
/// From the centre of the court to the centre of a hoop: half of 94 feet less 63 inches.
const HOOP_MM: i32 = 12_725;
/// Zones of the 14-zone map, numbered from 1.
pub const ZONES: usize = 14;

const NEAR_TENTHS: f64 = 80.0;
const MIDDLE_TENTHS: f64 = 160.0;
/// The three-point line is straight up to here above the hoop's centre.
const CORNER_TENTHS: i32 = 87;

/// The zone of a shot, 1 to 14: within 8 feet; 8-16 feet left, centre, right; 16 feet to the line in five sectors from left
/// to right; beyond the line in five, of which the outer two are the corners. Limits of 30, 18 and 54 degrees from the
/// axis, measured on a season of the league's own labels.
pub fn zone(shot: &Shot) -> usize {
    let (x, y) = (f64::from(shot.at.0), f64::from(shot.at.1));
    let (distance, degrees) = (x.hypot(y), x.atan2(y).to_degrees());
    // Sector from left to right, 0 in the middle.
    let sector = |limits: &[f64]| {
        let outside = limits.iter().filter(|limit| degrees.abs() > **limit).count() as i32;
        if degrees < 0.0 { -outside } else { outside }
    };
    let zone = if shot.three {
        let corner = shot.at.1 <= CORNER_TENTHS;
        12 + if corner { 2 * shot.at.0.signum() } else { sector(&[18.0]) }
    } else if distance < NEAR_TENTHS {
        1
    } else if distance < MIDDLE_TENTHS {
        3 + sector(&[30.0])
    } else {
        7 + sector(&[18.0, 54.0])
    };
    zone as usize
}

/// Place of the shooter in millimetres from the hoop: +x right, +y to the centre of the court.
pub fn from_hoop_mm(shot: &Shot) -> (i32, i32) {
    let mm = |tenths: i32| (f64::from(tenths) * MM_PER_TENTH).round() as i32;
    (mm(shot.at.0), mm(shot.at.1))
}

/// A place in millimetres from the hoop in the script's unit.
pub fn tenths((x, y): (i32, i32)) -> (i32, i32) {
    let tenths = |mm: i32| (f64::from(mm) / MM_PER_TENTH).round() as i32;
    (tenths(x), tenths(y))
}

/// Distance from the hoop in millimetres.
pub fn distance_mm(shot: &Shot) -> f64 {
    f64::from(shot.at.0).hypot(f64::from(shot.at.1)) * MM_PER_TENTH
}

/// The hoop that is attacked, in millimetres from the centre of the court, y along its length: -y is the left end.
pub fn hoop_mm(basket: End) -> (i32, i32) {
    match basket {
        End::Left => (0, -HOOP_MM),
        End::Right => (0, HOOP_MM),
    }
}

/// Place of the shooter in millimetres from the centre of the court.
pub fn court_mm(shot: &Shot, basket: End) -> (i32, i32) {
    let ((hoop_x, hoop_y), (x, y)) = (hoop_mm(basket), from_hoop_mm(shot));
    match basket {
        End::Left => (hoop_x + x, hoop_y + y),
        // The right end is the left end turned by half a circle.
        End::Right => (hoop_x - x, hoop_y - y),
    }
}

/// Sportradar's court: inches, 1128 from left to right, 600 from top to bottom.
const COURT_IN: (i32, i32) = (1128, 600);
const LEFT_HOOP_IN: (f64, f64) = (63.0, 300.0);
const INCHES_PER_TENTH: f64 = 1.2;

/// Place of the shooter on Sportradar's court.
pub fn court_in(shot: &Shot, basket: End) -> (i32, i32) {
    let along = LEFT_HOOP_IN.0 + f64::from(shot.at.1) * INCHES_PER_TENTH;
    // A shooter who faces the left basket has the top of the picture on the right hand.
    let across = LEFT_HOOP_IN.1 - f64::from(shot.at.0) * INCHES_PER_TENTH;
    let (x, y) = (along.round().clamp(0.0, 1128.0) as i32, across.round().clamp(0.0, 600.0) as i32);
    match basket {
        End::Left => (x, y),
        End::Right => (COURT_IN.0 - x, COURT_IN.1 - y),
    }
}

type Polygon = &'static [(i32, i32)];

/// Sportradar's areas for an attack on the left basket, from the vendor's FAQ of 2023-06-06; the first that holds wins.
const AREAS: [(&str, Polygon); 12] = [
    ("underbasket", &[(48, 252), (77, 258), (111, 300), (77, 342), (48, 348)]),
    ("inthepaint", &[(0, 204), (228, 204), (228, 396), (0, 396)]),
    ("insiderightwing", &[(0, 36), (115, 36), (77, 204), (0, 204)]),
    ("insideright", &[(115, 36), (225, 87), (294, 161), (225, 204), (77, 204)]),
    ("insidecenter", &[(225, 204), (294, 161), (324, 218), (337, 300), (324, 382), (294, 439), (225, 396)]),
    ("insideleft", &[(115, 564), (225, 513), (294, 439), (225, 396), (77, 396)]),
    ("insideleftwing", &[(0, 564), (115, 564), (77, 396), (0, 396)]),
    ("outsiderightwing", &[(0, 0), (122, 0), (115, 36), (0, 36)]),
    ("outsideright", &[(122, 0), (492, 0), (492, 69), (324, 218), (294, 161), (225, 87), (115, 36)]),
    ("outsidecenter", &[(324, 216), (492, 69), (492, 531), (324, 382), (337, 300)]),
    ("outsideleft", &[(122, 600), (492, 600), (492, 531), (324, 382), (294, 439), (225, 513), (115, 564)]),
    ("outsideleftwing", &[(0, 600), (122, 600), (115, 564), (0, 564)]),
];

/// The name of the area of a place on Sportradar's court, seen from the attack on `basket`.
pub fn action_area((x, y): (i32, i32), basket: End) -> &'static str {
    let (x, y) = match basket {
        End::Left => (x, y),
        End::Right => (COURT_IN.0 - x, COURT_IN.1 - y),
    };
    AREAS.iter().find(|(_, polygon)| holds(polygon, x, y)).map_or("backcourt", |(name, _)| name)
}

/// Even-odd rule; a point on an edge that runs down belongs to the polygon on its right.
fn holds(polygon: Polygon, x: i32, y: i32) -> bool {
    let mut inside = false;
    for (index, &(x1, y1)) in polygon.iter().enumerate() {
        let (x2, y2) = polygon[(index + 1) % polygon.len()];
        if (y1 > y) != (y2 > y) {
            let crossing = x1 as f64 + f64::from(y - y1) / f64::from(y2 - y1) * f64::from(x2 - x1);
            inside ^= f64::from(x) < crossing;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Side;
    use crate::venue::script::{Play, Script, Who};

    fn shot(three: bool, x: i32, y: i32) -> Shot {
        let by = Who { side: Side::Home, index: 0 };
        let (style, how) = ("jump shot".to_owned(), String::new());
        Shot { by, made: true, three, at: (x, y), style, how, assist: None, block: None }
    }

    #[test]
    fn zones_count_from_the_rim_outward_and_from_left_to_right() {
        let cases = [
            (false, 0, 10, 1),
            (false, -100, 20, 2),
            (false, 0, 120, 3),
            (false, 100, 20, 4),
            (false, -200, 30, 5),
            (false, -140, 140, 6),
            (false, 0, 200, 7),
            (false, 140, 140, 8),
            (false, 200, 30, 9),
            (true, -230, 20, 10),
            (true, -180, 180, 11),
            (true, 0, 250, 12),
            (true, 180, 180, 13),
            (true, 230, 20, 14),
        ];
        for (three, x, y, expected) in cases {
            assert_eq!(zone(&shot(three, x, y)), expected, "{x},{y}");
        }
    }

    #[test]
    fn both_ends_are_one_court_turned_by_half_a_circle() {
        let corner = shot(true, 230, 20);
        let (left, right) = (court_mm(&corner, End::Left), court_mm(&corner, End::Right));
        assert_eq!((left.0, left.1), (-right.0, -right.1));
        let (left, right) = (court_in(&corner, End::Left), court_in(&corner, End::Right));
        assert_eq!((left.0 + right.0, left.1 + right.1), COURT_IN);
        assert_eq!(action_area(left, End::Left), action_area(right, End::Right));
    }

    #[test]
    fn areas_agree_with_the_side_of_the_shooter() {
        assert_eq!(action_area(court_in(&shot(true, 230, 20), End::Left), End::Left), "outsiderightwing");
        assert_eq!(action_area(court_in(&shot(true, -230, 20), End::Right), End::Right), "outsideleftwing");
        assert_eq!(action_area(court_in(&shot(false, 0, 5), End::Right), End::Right), "underbasket");
        assert_eq!(action_area((900, 300), End::Left), "backcourt");
    }

    #[test]
    fn every_three_of_the_game_lies_beyond_the_line_in_inches() {
        for fact in &Script::builtin().facts {
            let Play::Shot(shot) = &fact.play else { continue };
            let area = action_area(court_in(shot, End::Left), End::Left);
            let beyond = area.starts_with("outside") || area == "backcourt";
            // The polygons' straight edges cut the arc: a shot within a foot of the line may fall on either side.
            let close = (distance_mm(shot) - 7_239.0).abs() < 305.0;
            assert!(close || beyond == shot.three, "{shot:?} {area}");
        }
    }
}
