//! Courts and the rink as data: dimensions by league, the 14 shot zones, the painted lines, and how they lie in a picture.
//!
//! In: a league's name, a point or a zone number.
//! Out: the zone of a point, outlines made of straight edges and true circular arcs, and places in a picture.
//! Everything is in millimetres from the hoop's centre, as in a snapshot: x to the right of a shooter who faces the hoop,
//! y towards the centre of the court. Left and right are that shooter's: zone 10 is the left corner, at negative x. How a
//! picture is turned is a [`View`].
//! Pure geometry; knows nothing of pixels or drawing.

mod lines;
mod outline;
mod rink;
mod view;
mod zones;

pub use lines::Mark;
pub use outline::{Edge, Outline, Point};
pub use rink::{Ink, Look, Part, Rink};
pub use view::{Basket, From, Surface, View};

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
    /// How the half of the free-throw circle below the line is painted.
    pub lower_circle: LowerCircle,
    /// The circle within the centre circle, where a league has one.
    pub inner_circle_radius: Option<f64>,
    /// Along each side of the lane: where players stand in line during a free throw.
    pub lane_marks: &'static [LaneMark],
    /// From each side line into the court, where a league has them.
    pub hash: Option<Hash>,
    pub backboard_width: f64,
    /// None where the rules know no restricted area.
    pub restricted_radius: Option<f64>,
    pub rim_radius: f64,
}

/// The half of a free-throw circle that lies in the lane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum LowerCircle {
    /// There is a half circle only.
    Open,
    /// The line goes on for `solid` at both ends, then there are dashes, gaps and dashes all as long as each other.
    Dashed { solid: f64, dash: f64, dashes: u32 },
}

/// A line from the side line into the court, square to it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hash {
    /// How far from the baseline it lies, in millimetres.
    pub to_baseline: f64,
    /// From the side line on, in millimetres.
    pub length: f64,
}

/// A mark at the side of the lane, from one distance to another from the baseline; so thin ones are a line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LaneMark {
    pub from: f64,
    pub to: f64,
    /// How far it stands out from the lane.
    pub out: f64,
}

impl LaneMark {
    const fn new(from: f64, to: f64, out: f64) -> LaneMark {
        LaneMark { from, to, out }
    }

    /// Whether it is no wider than a painted line.
    pub fn is_line(&self) -> bool {
        self.to - self.from < 60.0
    }
}

const INCH: f64 = 25.4;

/// The diagram in rule 1 of the NBA: 2 by 6 inches, the first 7 ft from the baseline, then 10 inches and twice 3 ft between.
const PRO_LANE: &[LaneMark] = &[
    LaneMark::new(84.0 * INCH, 86.0 * INCH, 6.0 * INCH),
    LaneMark::new(96.0 * INCH, 98.0 * INCH, 6.0 * INCH),
    LaneMark::new(134.0 * INCH, 136.0 * INCH, 6.0 * INCH),
    LaneMark::new(172.0 * INCH, 174.0 * INCH, 6.0 * INCH),
];

/// Rule 1 of the NCAA: a block of 12 by 8 inches 7 ft from the baseline, then marks of 2 by 8 inches with 3 ft between.
const COLLEGE_LANE: &[LaneMark] = &[
    LaneMark::new(84.0 * INCH, 96.0 * INCH, 8.0 * INCH),
    LaneMark::new(132.0 * INCH, 134.0 * INCH, 8.0 * INCH),
    LaneMark::new(170.0 * INCH, 172.0 * INCH, 8.0 * INCH),
    LaneMark::new(208.0 * INCH, 210.0 * INCH, 8.0 * INCH),
];

/// Rule 1-5 of the NFHS: as a college's, with a mark where the block would end.
const SCHOOL_LANE: &[LaneMark] = &[
    LaneMark::new(94.0 * INCH, 96.0 * INCH, 8.0 * INCH),
    LaneMark::new(132.0 * INCH, 134.0 * INCH, 8.0 * INCH),
    LaneMark::new(170.0 * INCH, 172.0 * INCH, 8.0 * INCH),
    LaneMark::new(208.0 * INCH, 210.0 * INCH, 8.0 * INCH),
];

/// Diagram 2 of FIBA's rules: the first 1.75 m from the baseline, the neutral zone 40 cm, spaces of 85 cm, all 10 cm out.
const FIBA_LANE: &[LaneMark] = &[
    LaneMark::new(1750.0, 1800.0, 100.0),
    LaneMark::new(2650.0, 3050.0, 100.0),
    LaneMark::new(3900.0, 3950.0, 100.0),
    LaneMark::new(4800.0, 4850.0, 100.0),
];

/// Zones of the map: numbered from 1 to this.
pub const ZONES: u8 = 14;

/// Whether these are the numbers of all zones, each once, in whatever order.
pub fn is_order_of_zones(numbers: &[u8]) -> bool {
    numbers.len() == usize::from(ZONES) && (1..=ZONES).all(|number| numbers.contains(&number))
}

/// What is wrong with numbers that are no order of zones.
pub const NO_ORDER_OF_ZONES: &str = "an order of zones has each of the numbers 1 to 14 once";

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
    // The diagram in rule 1: dashes of 15.5 inches.
    lower_circle: LowerCircle::Dashed { solid: 12.29 * INCH, dash: 15.5 * INCH, dashes: 6 },
    inner_circle_radius: Some(24.0 * INCH),
    lane_marks: PRO_LANE,
    // Rule 1, section I: four, 28 ft from the baseline, which extend 3 ft onto the court.
    hash: Some(Hash { to_baseline: 336.0 * INCH, length: 36.0 * INCH }),
    backboard_width: 1828.8,
    restricted_radius: Some(1219.2),
    rim_radius: 228.6,
};

const WNBA: Court = Court { league: "WNBA", three_radius: 6750.0, corner_end: 772.8, ..NBA };

const NCAA: Court = Court {
    league: "NCAA",
    three_radius: 6750.0,
    corner: 6600.8,
    corner_end: 1411.5,
    key_width: 3657.6,
    lower_circle: LowerCircle::Open,
    inner_circle_radius: None,
    lane_marks: COLLEGE_LANE,
    hash: None,
    ..NBA
};

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
    lower_circle: LowerCircle::Open,
    inner_circle_radius: None,
    lane_marks: FIBA_LANE,
    hash: None,
    backboard_width: 1800.0,
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
    lower_circle: LowerCircle::Open,
    inner_circle_radius: None,
    lane_marks: SCHOOL_LANE,
    hash: None,
    restricted_radius: None,
    ..NBA
};

impl Court {
    pub const ALL: &[Court] = &[NBA, WNBA, NCAA, FIBA, NFHS];

    /// The court of a league as snapshots name it; an unknown league plays on an NBA court.
    pub fn of_league(league: &str) -> &'static Court {
        Self::ALL.iter().find(|court| court.league.eq_ignore_ascii_case(league)).unwrap_or(&Self::ALL[0])
    }

    /// What counts for the place of a point.
    pub fn surface(&self) -> Surface {
        Surface { length: self.length, width: self.width, target_to_end: self.hoop_to_baseline }
    }

    /// From the hoop's centre to the half-court line.
    pub fn half_court_y(&self) -> f64 {
        self.length / 2.0 - self.hoop_to_baseline
    }
}

/// Angle from the y axis at which a circle around the hoop meets a horizontal line.
fn arc_end(radius: f64, y: f64) -> f64 {
    (y / radius).clamp(-1.0, 1.0).acos()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small linear congruential generator: the tests need many points, always the same, not good randomness.
    struct Points(u64);

    impl Points {
        /// 0..1.
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    fn outlines(court: &Court) -> Vec<Outline> {
        (1..=14).map(|number| court.zone(number, court.half_court_y()).expect("1-14 are zones")).collect()
    }

    /// The zones whose outlines hold a point, by where each outline crosses its height.
    fn holding(crossings: &[Vec<f64>], x: f64) -> Vec<u8> {
        let inside = |xs: &Vec<f64>| xs.iter().filter(|crossing| x < **crossing).count() % 2 == 1;
        (1..).zip(crossings).filter(|(_, xs)| inside(xs)).map(|(number, _)| number).collect()
    }

    #[test]
    fn a_million_points_of_each_court_lie_in_the_one_outline_that_the_rule_names() {
        for court in Court::ALL {
            let outlines = outlines(court);
            let mut points = Points(7);
            // A row of points shares its height, so that each outline is cut once for all of them.
            for _ in 0..1_000 {
                let y = points.next() * court.length / 2.0 - court.hoop_to_baseline;
                let crossings: Vec<Vec<f64>> = outlines.iter().map(|outline| outline.crossings(y)).collect();
                for _ in 0..1_000 {
                    let x = (points.next() - 0.5) * court.width;
                    let expected = court.zone_of(Point::new(x, y)).expect("the point is on the court");
                    let mut inside =
                        (1..).zip(&crossings).filter(|(_, xs)| xs.iter().filter(|c| x < **c).count() % 2 == 1);
                    let (first, second) = (inside.next(), inside.next());
                    let found = first.map(|(number, _)| number);
                    assert!(found == Some(expected) && second.is_none(), "{} ({x}, {y}) {expected}", court.league);
                }
            }
        }
    }

    #[test]
    fn points_on_a_boundary_belong_to_one_of_its_two_zones_and_a_hair_beside_it_to_the_one_outline() {
        const HAIR: f64 = 1e-3;
        for court in Court::ALL {
            let outlines = outlines(court);
            let mut checked = 0;
            for on in outlines.iter().flat_map(|outline| outline.flattened(1e-3)) {
                let around = [(HAIR, HAIR), (HAIR, -HAIR), (-HAIR, HAIR), (-HAIR, -HAIR)];
                let mut beside = Vec::new();
                for at in around.map(|(dx, dy)| Point::new(on.x + dx, on.y + dy)) {
                    let crossings: Vec<Vec<f64>> = outlines.iter().map(|outline| outline.crossings(at.y)).collect();
                    let expected: Vec<u8> = court.zone_of(at).into_iter().collect();
                    // Beyond the court there is none; what ends at its edge may end a hair later.
                    if !expected.is_empty() {
                        assert_eq!(holding(&crossings, at.x), expected, "{} {at:?}", court.league);
                    }
                    beside.extend(expected);
                }
                if let Some(zone) = court.zone_of(on) {
                    assert!(beside.contains(&zone), "{} {on:?}: {zone}, beside it {beside:?}", court.league);
                    checked += 1;
                }
            }
            assert!(checked > 1_000, "{}: {checked} points", court.league);
        }
    }

    /// The room that figures need around a zone's label point in millimetres, in a picture with the hoop below; in one that
    /// lies, its sides change places. Two lines of 40 and 26 px on a court that is 856 px wide.
    fn room(court: &Court, number: u8) -> (f64, f64) {
        match (court.league, number) {
            // The corners are no wider on some courts.
            (_, 10 | 14) => (860.0, 1070.0),
            // On a high school's court the rings are 3 ft narrower.
            ("NFHS", 5 | 6 | 8 | 9) => (800.0, 640.0),
            ("NFHS", 7) => (1100.0, 1000.0),
            _ => (1420.0, 1070.0),
        }
    }

    #[test]
    fn labels_lie_inside_their_zones_with_room_for_their_figures() {
        for court in Court::ALL {
            for number in 1..=14 {
                let (wide, high) = room(court, number);
                for depth in [court.half_court_y(), court.three_radius + 2400.0] {
                    let at = court.label_point(number, depth).expect("1-14 have labels");
                    let outline = court.zone(number, depth).expect("a zone");
                    assert_eq!(court.zone_of(at), Some(number), "{} {at:?}", court.league);
                    let is_corner = matches!(number, 10 | 14);
                    let boxes = [(wide, high), if is_corner { (wide, high) } else { (high, wide) }];
                    for (x, y) in boxes {
                        for (right, up) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0), (0.0, -1.0), (0.0, 1.0)]
                        {
                            let corner = Point::new(at.x + right * x / 2.0, at.y + up * y / 2.0);
                            assert!(outline.contains(corner), "{} {number}: {corner:?}", court.league);
                        }
                    }
                }
            }
        }
    }

    /// Every arc of the zones and of the lines, as it is drawn by chords.
    #[test]
    fn chords_depart_from_their_arcs_by_no_more_than_they_may() {
        for court in Court::ALL {
            let lines = court.full_lines().into_iter().map(|(_, outline)| outline);
            let rink = Rink.parts(true).into_iter().map(|part| part.outline);
            for outline in outlines(court).into_iter().chain(lines).chain(rink) {
                for edge in &outline.edges {
                    let Edge::Arc { center, radius, from, .. } = *edge else { continue };
                    let start = Point::new(center.x - radius * from.sin(), center.y + radius * from.cos());
                    let arc = Outline { start, edges: vec![*edge], is_closed: false };
                    for tolerance in [0.5, 4.4, 25.0] {
                        for pair in arc.flattened(tolerance).windows(2) {
                            let middle = ((pair[0].x + pair[1].x) / 2.0 - center.x)
                                .hypot((pair[0].y + pair[1].y) / 2.0 - center.y);
                            assert!((radius - middle).abs() <= tolerance + 1e-6, "{} {radius} {middle}", court.league);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_whole_court_is_two_halves_and_its_middle() {
        for court in Court::ALL {
            let (half, whole) = (court.lines(court.half_court_y()), court.full_lines());
            let ends = half.iter().filter(|(mark, _)| !matches!(mark, Mark::Boundary | Mark::Center)).count();
            // The boundary, the half-court line, and the circle or circles on it.
            let middle = if court.inner_circle_radius.is_some() { 4 } else { 3 };
            assert_eq!(whole.len(), 2 * ends + middle, "{}", court.league);
            let rims = whole.iter().filter(|(mark, _)| *mark == Mark::Rim);
            let far = rims.map(|(_, rim)| rim.start.y.round()).collect::<Vec<_>>();
            let expected = [court.rim_radius, court.half_court_y() * 2.0 - court.rim_radius].map(f64::round);
            assert_eq!(far, expected, "{}", court.league);
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
    fn what_is_painted_in_the_lane_and_around_it_is_the_leagues() {
        let of = |league: &str, mark: Mark| {
            let lines = Court::of_league(league).lines(9000.0).into_iter();
            lines.filter(|(its, _)| *its == mark).map(|(_, outline)| outline).collect::<Vec<_>>()
        };
        let lowest = |outlines: &[Outline]| {
            let points = outlines.iter().flat_map(|outline| outline.flattened(0.1));
            points.map(|point| point.y).fold(f64::INFINITY, f64::min).round()
        };
        // A half circle and six dashes; the lowest gap lies in the middle, 6 ft below the free-throw line.
        let circle = of("NBA", Mark::FreeThrowCircle);
        assert_eq!((circle.len(), of("WNBA", Mark::FreeThrowCircle).len()), (7, 7));
        assert!((2362.0..2380.0).contains(&lowest(&circle)), "{}", lowest(&circle));
        let painted: f64 = circle[1..]
            .iter()
            .map(|dash| {
                dash.flattened(0.1).windows(2).map(|at| (at[1].x - at[0].x).hypot(at[1].y - at[0].y)).sum::<f64>()
            })
            .sum();
        assert!((painted - 6.0 * 15.5 * INCH).abs() < 1.0, "{painted}");
        for league in ["NCAA", "FIBA", "NFHS"] {
            let court = Court::of_league(league);
            let circle = of(league, Mark::FreeThrowCircle);
            let line = court.free_throw_to_baseline - court.hoop_to_baseline;
            assert_eq!((circle.len(), lowest(&circle)), (1, line.round()), "{league}: only above the line");
        }
        let board = |league: &str| of(league, Mark::Backboard)[0].start.x;
        assert_eq!((board("NBA"), board("FIBA")), (-914.4, -900.0));
        // Four at both sides, outside of the lane: the first 7 ft from the baseline.
        for court in Court::ALL {
            let marks = of(court.league, Mark::LaneMarks);
            assert_eq!(marks.len(), 8, "{}", court.league);
            let free_throw = court.free_throw_to_baseline - court.hoop_to_baseline;
            for point in marks.iter().flat_map(|mark| mark.flattened(1.0)) {
                assert!(point.x.abs() >= court.key_width / 2.0 && point.y < free_throw, "{} {point:?}", court.league);
            }
        }
        // From both side lines, at both ends, towards each other.
        let hashes: Vec<[i32; 4]> = of("NBA", Mark::Hash)
            .iter()
            .map(|hash| hash.flattened(1.0))
            .map(|hash| [hash[0].x, hash[0].y, hash[1].x, hash[1].y].map(|at| at.round() as i32))
            .collect();
        assert_eq!(hashes, [[-7620, 6934, -6706, 6934], [7620, 6934, 6706, 6934]]);
        let full =
            |league: &str| Court::of_league(league).full_lines().into_iter().filter(|(mark, _)| *mark == Mark::Hash);
        assert_eq!((full("WNBA").count(), full("FIBA").count()), (4, 0));
        let first = of("NBA", Mark::LaneMarks)[0].start;
        assert_eq!((first.x, ((first.y + 1600.2) / INCH).round()), (-2438.4, 85.0));
    }

    #[test]
    fn an_unknown_league_plays_on_an_nba_court() {
        assert_eq!(Court::of_league("ncaa").key_width, 3657.6);
        assert_eq!(Court::of_league("Summer League").league, "NBA");
    }
}
