//! The painted lines of a court, and its hoops.

use std::f64::consts::PI;

use super::outline::{Outline, Point};
use super::{Court, arc_end};

/// What a painted line belongs to, so that a picture can leave some out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Side lines and baselines.
    Boundary,
    /// The lane, with the free-throw line.
    Key,
    /// The circle around the free-throw line.
    FreeThrowCircle,
    ThreePointLine,
    RestrictedArea,
    Backboard,
    Rim,
    /// The half-court line and its circle.
    Center,
}

impl Mark {
    /// As templates name them.
    pub const NAMES: [(&'static str, Mark); 8] = [
        ("boundary", Mark::Boundary),
        ("key", Mark::Key),
        ("circle", Mark::FreeThrowCircle),
        ("three", Mark::ThreePointLine),
        ("restricted", Mark::RestrictedArea),
        ("backboard", Mark::Backboard),
        ("rim", Mark::Rim),
        ("center", Mark::Center),
    ];
}

/// A backboard is 6 ft wide.
const HALF_BACKBOARD_MM: f64 = 914.4;

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
            let circle =
                Outline::from(-self.circle_radius, top).arc_around(center, self.circle_radius, PI / 2.0, 1.5 * PI);
            lines.push((Mark::Center, circle));
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
            (Mark::Center, Outline::circle(middle, self.circle_radius)),
        ];
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
        let three = Outline::from(-self.corner, base)
            .line(-self.corner, self.corner_end)
            .line_to_polar(self.three_radius, line_end)
            .arc(self.three_radius, line_end, -line_end)
            .line(self.corner, self.corner_end)
            .line(self.corner, base);
        let lane = Outline::from(-key, base).line(-key, free_throw).line(key, free_throw).line(key, base);
        let mut lines = vec![
            (Mark::Key, lane),
            (Mark::FreeThrowCircle, Outline::circle(Point::new(0.0, free_throw), self.circle_radius)),
            (Mark::ThreePointLine, three),
            (Mark::Backboard, Outline::from(-HALF_BACKBOARD_MM, board).line(HALF_BACKBOARD_MM, board)),
            (Mark::Rim, Outline::circle(Point::default(), self.rim_radius)),
        ];
        if let Some(radius) = self.restricted_radius {
            let area =
                Outline::from(-radius, board).line(-radius, 0.0).arc(radius, PI / 2.0, -PI / 2.0).line(radius, board);
            lines.push((Mark::RestrictedArea, area));
        }
        lines
    }

    /// Where the baseline lies, below the hoop.
    fn base(&self) -> f64 {
        -self.hoop_to_baseline
    }
}
