//! Outlines of straight edges and circular arcs, built edge by edge.

use std::f64::consts::PI;

/// A point in millimetres from the hoop's centre: x to the right of a shooter who faces it, y away from the baseline.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// At an angle from the y axis, positive to the left (to negative x).
    fn polar(around: Point, radius: f64, angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { x: around.x - sin * radius, y: around.y + cos * radius }
    }
}

/// One edge, from where the edge before it ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Edge {
    Line {
        to: Point,
    },
    /// Angles in radians from the y axis, positive to the left; the arc runs monotonically from one to the other.
    Arc {
        center: Point,
        radius: f64,
        from: f64,
        to: f64,
    },
}

impl Edge {
    pub fn end(&self) -> Point {
        match *self {
            Edge::Line { to } => to,
            Edge::Arc { center, radius, to, .. } => Point::polar(center, radius, to),
        }
    }
}

/// A chain of edges; closed outlines end where they began.
#[derive(Clone, PartialEq, Debug)]
pub struct Outline {
    pub start: Point,
    pub edges: Vec<Edge>,
    pub is_closed: bool,
}

impl Outline {
    pub(super) fn from(x: f64, y: f64) -> Self {
        Self { start: Point::new(x, y), edges: Vec::new(), is_closed: false }
    }

    /// Starts on a circle around the hoop.
    pub(super) fn at(radius: f64, angle: f64) -> Self {
        let start = Point::polar(Point::default(), radius, angle);
        Self::from(start.x, start.y)
    }

    pub(super) fn circle(center: Point, radius: f64) -> Self {
        let start = Point::polar(center, radius, 0.0);
        Self::from(start.x, start.y).arc_around(center, radius, 0.0, std::f64::consts::TAU).closed()
    }

    pub(super) fn line(mut self, x: f64, y: f64) -> Self {
        self.edges.push(Edge::Line { to: Point::new(x, y) });
        self
    }

    pub(super) fn line_to_polar(self, radius: f64, angle: f64) -> Self {
        let to = Point::polar(Point::default(), radius, angle);
        self.line(to.x, to.y)
    }

    pub(super) fn arc(self, radius: f64, from: f64, to: f64) -> Self {
        self.arc_around(Point::default(), radius, from, to)
    }

    pub(super) fn arc_around(mut self, center: Point, radius: f64, from: f64, to: f64) -> Self {
        self.edges.push(Edge::Arc { center, radius, from, to });
        self
    }

    pub(super) fn closed(mut self) -> Self {
        let end = self.edges.last().map_or(self.start, Edge::end);
        if (end.x - self.start.x).hypot(end.y - self.start.y) > 1e-6 {
            self.edges.push(Edge::Line { to: self.start });
        }
        self.is_closed = true;
        self
    }

    pub(super) fn mirrored(mut self) -> Self {
        let flip = |p: Point| Point::new(-p.x, p.y);
        self.start = flip(self.start);
        for edge in &mut self.edges {
            *edge = match *edge {
                Edge::Line { to } => Edge::Line { to: flip(to) },
                Edge::Arc { center, radius, from, to } => {
                    Edge::Arc { center: flip(center), radius, from: -from, to: -to }
                }
            };
        }
        self
    }

    /// Turned by half a circle around a point.
    pub(super) fn turned(mut self, around: Point) -> Self {
        let turn = |p: Point| Point::new(2.0 * around.x - p.x, 2.0 * around.y - p.y);
        self.start = turn(self.start);
        for edge in &mut self.edges {
            *edge = match *edge {
                Edge::Line { to } => Edge::Line { to: turn(to) },
                Edge::Arc { center, radius, from, to } => {
                    Edge::Arc { center: turn(center), radius, from: from + PI, to: to + PI }
                }
            };
        }
        self
    }

    /// Whether a point lies inside a closed outline, by counting the edges to its right.
    pub fn contains(&self, at: Point) -> bool {
        self.crossings(at.y).iter().filter(|x| at.x < **x).count() % 2 == 1
    }

    /// Where the outline crosses a height, edge by edge. An end that two edges share counts once: heights are half-open.
    pub fn crossings(&self, y: f64) -> Vec<f64> {
        let mut crossings = Vec::new();
        let mut from = self.start;
        for edge in &self.edges {
            match *edge {
                Edge::Line { to } if (from.y > y) != (to.y > y) => {
                    crossings.push(from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x));
                }
                Edge::Line { .. } => {}
                Edge::Arc { center, radius, from, to } => arc_crossings(center, radius, from, to, y, &mut crossings),
            }
            from = edge.end();
        }
        crossings
    }

    /// The outline as a polygon (or an open chain) that departs from it by at most `tolerance` millimetres.
    pub fn flattened(&self, tolerance: f64) -> Vec<Point> {
        let mut points = vec![self.start];
        for edge in &self.edges {
            match *edge {
                Edge::Line { to } => points.push(to),
                Edge::Arc { center, radius, from, to } => {
                    let step = 2.0 * (1.0 - (tolerance / radius).clamp(1e-9, 0.5)).acos();
                    let count = ((to - from).abs() / step).ceil().max(1.0) as usize;
                    points.extend(
                        (1..=count).map(|i| Point::polar(center, radius, from + (to - from) * i as f64 / count as f64)),
                    );
                }
            }
        }
        points
    }
}

/// Where an arc crosses a height. The arc is cut at its highest and lowest points, so that each piece crosses a height at
/// most once and the same half-open rule as for lines counts shared ends once.
fn arc_crossings(center: Point, radius: f64, from: f64, to: f64, y: f64, crossings: &mut Vec<f64>) {
    let (low, high) = (from.min(to), from.max(to));
    let mut start = low;
    while start < high {
        let end = ((start / PI).floor() * PI + PI).min(high);
        // A cut that rounding has put on itself would never end.
        let end = if end <= start { (end + PI).min(high) } else { end };
        let (a, b) = (Point::polar(center, radius, start), Point::polar(center, radius, end));
        if (a.y > y) != (b.y > y) {
            let reach = (radius * radius - (y - center.y) * (y - center.y)).max(0.0).sqrt();
            let middle = Point::polar(center, radius, (start + end) / 2.0);
            crossings.push(if middle.x < center.x { center.x - reach } else { center.x + reach });
        }
        start = end;
    }
}
