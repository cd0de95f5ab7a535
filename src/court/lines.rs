//! The painted lines of a court, and its hoops.

use std::f64::consts::PI;

use super::outline::{Outline, Point};
use super::{Court, LaneMark, LowerCircle, arc_end};

/// What a painted line belongs to, so that a picture can leave some out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Side lines and baselines.
    Boundary,
    /// The lane, with the free-throw line.
    Key,
    /// The circle around the free-throw line, or the half of it that a league paints.
    FreeThrowCircle,
    /// Where players stand along the lane during a free throw.
    LaneMarks,
    ThreePointLine,
    RestrictedArea,
    Backboard,
    Rim,
    /// At the side lines, from where the ball is put in play.
    Hash,
    /// The half-court line and its circle or circles.
    Center,
}

impl Mark {
    /// As templates name them.
    pub const NAMES: [(&'static str, Mark); 10] = [
        ("boundary", Mark::Boundary),
        ("key", Mark::Key),
        ("circle", Mark::FreeThrowCircle),
        ("lane_marks", Mark::LaneMarks),
        ("three", Mark::ThreePointLine),
        ("restricted", Mark::RestrictedArea),
        ("backboard", Mark::Backboard),
        ("rim", Mark::Rim),
        ("hash", Mark::Hash),
        ("center", Mark::Center),
    ];
}

impl Court {
    /// The lines of the half court around the hoop, each to be stroked; cut at `depth` above the hoop.
    pub fn lines(&self, depth: f64) -> Vec<(Mark, Outline)> {
        let top = depth.min(self.half_court_y());
        let half = self.width / 2.0;
        let mut lines = vec![(
            Mark::Boundary,
            Outline::from(-half, top).line(-half, self.base()).line(half, self.base()).line(half, top),
        )];
        lines.extend(self.end_lines());
        if top >= self.half_court_y() {
            lines.push((Mark::Center, Outline::from(-half, top).line(half, top)));
            let center = Point::new(0.0, top);
            for radius in self.center_circles() {
                let circle = Outline::from(-radius, top).arc_around(center, radius, PI / 2.0, 1.5 * PI);
                lines.push((Mark::Center, circle));
            }
        }
        lines
    }

    /// The lines of both halves.
    pub fn full_lines(&self) -> Vec<(Mark, Outline)> {
        let middle = Point::new(0.0, self.half_court_y());
        let half = self.width / 2.0;
        let mut lines = vec![
            (Mark::Boundary, self.floor(self.length - self.hoop_to_baseline)),
            (Mark::Center, Outline::from(-half, middle.y).line(half, middle.y)),
        ];
        lines.extend(self.center_circles().map(|radius| (Mark::Center, Outline::circle(middle, radius))));
        for (mark, outline) in self.end_lines() {
            lines.push((mark, outline.clone()));
            lines.push((mark, outline.turned(middle)));
        }
        lines
    }

    /// The playing surface from the baseline to `depth` above the hoop.
    pub fn floor(&self, depth: f64) -> Outline {
        let half = self.width / 2.0;
        Outline::from(-half, depth).line(-half, self.base()).line(half, self.base()).line(half, depth).closed()
    }

    /// The area of the lane; of both lanes when the whole court is shown.
    pub fn lanes(&self, is_full: bool) -> Vec<Outline> {
        let (key, line) = (self.key_width / 2.0, self.base() + self.free_throw_to_baseline);
        let near = Outline::from(-key, self.base()).line(-key, line).line(key, line).line(key, self.base()).closed();
        let middle = Point::new(0.0, self.half_court_y());
        let far = is_full.then(|| near.clone().turned(middle));
        std::iter::once(near).chain(far).collect()
    }

    fn end_lines(&self) -> Vec<(Mark, Outline)> {
        let base = self.base();
        let key = self.key_width / 2.0;
        let free_throw = base + self.free_throw_to_baseline;
        let line_end = arc_end(self.three_radius, self.corner_end);
        let board = base + self.backboard_to_baseline;
        let half_board = self.backboard_width / 2.0;
        let three = Outline::from(-self.corner, base)
            .line(-self.corner, self.corner_end)
            .line_to_polar(self.three_radius, line_end)
            .arc(self.three_radius, line_end, -line_end)
            .line(self.corner, self.corner_end)
            .line(self.corner, base);
        let lane = Outline::from(-key, base).line(-key, free_throw).line(key, free_throw).line(key, base);
        let mut lines = vec![
            (Mark::Key, lane),
            (Mark::ThreePointLine, three),
            (Mark::Backboard, Outline::from(-half_board, board).line(half_board, board)),
            (Mark::Rim, Outline::circle(Point::default(), self.rim_radius)),
        ];
        lines.extend(self.free_throw_circle().into_iter().map(|arc| (Mark::FreeThrowCircle, arc)));
        for mark in self.lane_marks {
            lines.extend([-1.0, 1.0].map(|side| (Mark::LaneMarks, self.lane_mark(mark, side))));
        }
        if let Some(hash) = self.hash {
            let (y, side) = (base + hash.to_baseline, self.width / 2.0);
            lines.extend(
                [-1.0, 1.0].map(|of| (Mark::Hash, Outline::from(of * side, y).line(of * (side - hash.length), y))),
            );
        }
        if let Some(radius) = self.restricted_radius {
            let area =
                Outline::from(-radius, board).line(-radius, 0.0).arc(radius, PI / 2.0, -PI / 2.0).line(radius, board);
            lines.push((Mark::RestrictedArea, area));
        }
        lines
    }

    fn center_circles(&self) -> impl Iterator<Item = f64> {
        std::iter::once(self.circle_radius).chain(self.inner_circle_radius)
    }

    /// The half circle above the free-throw line, and what is painted of the other half.
    fn free_throw_circle(&self) -> Vec<Outline> {
        let radius = self.circle_radius;
        let center = Point::new(0.0, self.base() + self.free_throw_to_baseline);
        let arc = |from: f64, to: f64| {
            let start = Point::new(center.x - radius * from.sin(), center.y + radius * from.cos());
            Outline::from(start.x, start.y).arc_around(center, radius, from, to)
        };
        match self.lower_circle {
            LowerCircle::Open => vec![arc(PI / 2.0, -PI / 2.0)],
            LowerCircle::Dashed { solid, dash, dashes } => {
                let (solid, dash) = (solid / radius, dash / radius);
                let first = PI / 2.0 + solid;
                let dashes = (0..dashes).map(|at| first + dash * f64::from(2 * at + 1));
                std::iter::once(arc(first, -first)).chain(dashes.map(|from| arc(from, from + dash))).collect()
            }
        }
    }

    fn lane_mark(&self, mark: &LaneMark, side: f64) -> Outline {
        let (lane, end) = (side * self.key_width / 2.0, side * (self.key_width / 2.0 + mark.out));
        let (from, to) = (self.base() + mark.from, self.base() + mark.to);
        if mark.is_line() {
            let middle = (from + to) / 2.0;
            Outline::from(lane, middle).line(end, middle)
        } else {
            Outline::from(lane, from).line(end, from).line(end, to).line(lane, to)
        }
    }

    /// Where the baseline lies, below the hoop.
    fn base(&self) -> f64 {
        -self.hoop_to_baseline
    }
}
