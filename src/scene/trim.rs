//! Parts of lines: what a trim leaves of a path, and what its dashes leave of that.
//!
//! In: a path in canvas pixels. Out: a path, stroked like any other. Curves become chords that no eye can tell from them.

use crate::draw_list::{PathData, Point, Segment};

/// Farthest that a chord may lie from its curve, in canvas pixels.
const TOLERANCE_PX: f32 = 0.05;

/// Chords of one curve: a full circle across a 2160p canvas needs about a hundred for each of its quarters.
const MAX_CHORDS: f32 = 400.0;

/// Dashes of one path: more than fit along the edge of any canvas that can tell them apart.
const MAX_DASHES: usize = 20_000;

/// What of a line is drawn.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Cut {
    /// Shares of the whole length, 0..=1; nothing when the first is not below the second.
    pub trim: [f32; 2],
    /// Dashes and gaps in turn, an even number of them, in canvas pixels; empty for an unbroken line.
    pub dash: Vec<f32>,
    /// How far into the dashes each outline begins, in canvas pixels.
    pub offset: f32,
}

impl Cut {
    fn is_whole(&self) -> bool {
        self.trim[0] <= 0.0 && self.trim[1] >= 1.0 && self.dash.is_empty()
    }
}

/// One outline as chords.
pub(super) struct Contour {
    pub points: Vec<Point>,
    /// Length from the start to each point.
    pub lengths: Vec<f32>,
    is_closed: bool,
}

/// What a cut leaves of a path. The trim counts along all its outlines, one after the other; the dashes begin anew with
/// each, and stay where they are while the trim moves.
pub(crate) fn cut(path: &PathData, cut: &Cut) -> PathData {
    if cut.is_whole() {
        return path.clone();
    }
    let contours = contours(path);
    let total: f32 = contours.iter().map(Contour::length).sum();
    let [from, to] = cut.trim.map(|share| share.clamp(0.0, 1.0) * total);
    let mut segments = Vec::new();
    let mut before = 0.0;
    for contour in &contours {
        let length = contour.length();
        let (start, end) = ((from - before).max(0.0), (to - before).min(length));
        before += length;
        if start >= end {
            continue;
        }
        if cut.dash.is_empty() {
            contour.part(start, end, &mut segments);
        } else {
            dashes(cut, length, |dash_start, dash_end| {
                let (start, end) = (dash_start.max(start), dash_end.min(end));
                if start < end {
                    contour.part(start, end, &mut segments);
                }
            });
        }
    }
    PathData { segments }
}

/// Calls with the start and end of each dash along an outline.
fn dashes(cut: &Cut, length: f32, mut each: impl FnMut(f32, f32)) {
    let period: f32 = cut.dash.iter().sum();
    if !(period > 0.0 && period.is_finite() && cut.offset.is_finite()) {
        return each(0.0, length);
    }
    let mut at = -cut.offset.rem_euclid(period);
    for _ in 0..MAX_DASHES {
        for pair in cut.dash.chunks_exact(2) {
            each(at.max(0.0), at + pair[0]);
            at += pair[0] + pair[1];
        }
        if at >= length {
            break;
        }
    }
}

impl Contour {
    pub fn length(&self) -> f32 {
        self.lengths.last().copied().unwrap_or(0.0)
    }

    /// Adds the part between two lengths; all of a closed outline stays closed, so that its corner is joined.
    fn part(&self, start: f32, end: f32, segments: &mut Vec<Segment>) {
        if self.is_closed && start <= 0.0 && end >= self.length() {
            segments.push(Segment::Move(self.points[0]));
            segments.extend(self.points[1..self.points.len() - 1].iter().map(|point| Segment::Line(*point)));
            segments.push(Segment::Close);
            return;
        }
        let first = self.lengths.partition_point(|length| *length <= start);
        let last = self.lengths.partition_point(|length| *length < end);
        segments.push(Segment::Move(self.at(start)));
        segments.extend(self.points[first..last.max(first)].iter().map(|point| Segment::Line(*point)));
        segments.push(Segment::Line(self.at(end)));
    }

    fn at(&self, length: f32) -> Point {
        let after = self.lengths.partition_point(|other| *other < length).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[after - 1], self.points[after]);
        let span = self.lengths[after] - self.lengths[after - 1];
        let share = if span > 0.0 { ((length - self.lengths[after - 1]) / span).clamp(0.0, 1.0) } else { 0.0 };
        between(a, b, share)
    }
}

fn between(a: Point, b: Point, share: f32) -> Point {
    Point::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
}

/// Outlines that have a length.
pub(super) fn contours(path: &PathData) -> Vec<Contour> {
    let mut contours = Vec::new();
    let mut points: Vec<Point> = Vec::new();
    let mut start = Point::default();
    for segment in &path.segments {
        if points.is_empty() && !matches!(segment, Segment::Move(_)) {
            points.push(start);
        }
        let pen = points.last().copied().unwrap_or(start);
        match *segment {
            Segment::Move(to) => {
                contours.extend(contour(std::mem::replace(&mut points, vec![to]), false));
                start = to;
            }
            Segment::Line(to) => points.push(to),
            Segment::Quadratic { control, to } => {
                let bend = second_difference(pen, control, to);
                chords(&mut points, 0.25 * bend, |t| between(between(pen, control, t), between(control, to, t), t));
            }
            Segment::Cubic { control1, control2, to } => {
                let bend = second_difference(pen, control1, control2).max(second_difference(control1, control2, to));
                chords(&mut points, 0.75 * bend, |t| {
                    let (a, b, c) =
                        (between(pen, control1, t), between(control1, control2, t), between(control2, to, t));
                    between(between(a, b, t), between(b, c, t), t)
                });
            }
            Segment::Close => {
                points.push(start);
                contours.extend(contour(std::mem::take(&mut points), true));
            }
        }
    }
    contours.extend(contour(points, false));
    contours
}

fn contour(points: Vec<Point>, is_closed: bool) -> Option<Contour> {
    let mut length = 0.0;
    let mut lengths = Vec::with_capacity(points.len());
    for (index, point) in points.iter().enumerate() {
        if index > 0 {
            length += (point.x - points[index - 1].x).hypot(point.y - points[index - 1].y);
        }
        lengths.push(length);
    }
    (length > 0.0 && length.is_finite()).then_some(Contour { points, lengths, is_closed })
}

fn second_difference(a: Point, b: Point, c: Point) -> f32 {
    (a.x - 2.0 * b.x + c.x).hypot(a.y - 2.0 * b.y + c.y)
}

/// Adds points along a curve, whose chords would be `error` away from it if there were one.
fn chords(points: &mut Vec<Point>, error: f32, at: impl Fn(f32) -> Point) {
    // The error falls with the square of their number.
    let count = (error / TOLERANCE_PX).sqrt().ceil().clamp(1.0, MAX_CHORDS);
    points.extend((1..=count as u32).map(|index| at(index as f32 / count)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f32, f32)], is_closed: bool) -> PathData {
        let mut segments: Vec<Segment> = points.iter().map(|(x, y)| Segment::Line(Point::new(*x, *y))).collect();
        segments[0] = Segment::Move(Point::new(points[0].0, points[0].1));
        if is_closed {
            segments.push(Segment::Close);
        }
        PathData { segments }
    }

    fn trimmed(path: &PathData, from: f32, to: f32) -> PathData {
        cut(path, &Cut { trim: [from, to], dash: Vec::new(), offset: 0.0 })
    }

    fn dashed(path: &PathData, dash: &[f32], offset: f32, trim: [f32; 2]) -> PathData {
        cut(path, &Cut { trim, dash: dash.to_vec(), offset })
    }

    fn length(path: &PathData) -> f32 {
        contours(path).iter().map(Contour::length).sum()
    }

    #[test]
    fn a_whole_line_is_left_as_it_is() {
        let path = line(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], true);
        assert_eq!(trimmed(&path, 0.0, 1.0), path);
    }

    #[test]
    fn a_trim_counts_along_the_line_and_around_its_corners() {
        let path = line(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], false);
        assert_eq!(trimmed(&path, 0.25, 0.75), line(&[(5.0, 0.0), (10.0, 0.0), (10.0, 5.0)], false));
        assert_eq!(trimmed(&path, 0.0, 0.5), line(&[(0.0, 0.0), (10.0, 0.0)], false));
        assert_eq!(trimmed(&path, 0.5, 0.5), PathData::default());
        assert_eq!(trimmed(&path, 0.8, 0.2), PathData::default());
    }

    #[test]
    fn a_trim_goes_on_from_one_outline_to_the_next() {
        let mut path = line(&[(0.0, 0.0), (10.0, 0.0)], false);
        path.segments.extend(line(&[(0.0, 5.0), (30.0, 5.0)], false).segments);
        let mut expected = line(&[(5.0, 0.0), (10.0, 0.0)], false);
        expected.segments.extend(line(&[(0.0, 5.0), (10.0, 5.0)], false).segments);
        assert_eq!(trimmed(&path, 0.125, 0.5), expected);
    }

    #[test]
    fn a_closed_outline_is_trimmed_along_its_last_side_too() {
        let square = line(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)], true);
        assert_eq!(trimmed(&square, 0.75, 1.0), line(&[(0.0, 10.0), (0.0, 0.0)], false));
    }

    #[test]
    fn curves_keep_their_length_and_shape() {
        let k = 0.552_284_8 * 100.0;
        let quarter = PathData {
            segments: vec![
                Segment::Move(Point::new(100.0, 0.0)),
                Segment::Cubic {
                    control1: Point::new(100.0, k),
                    control2: Point::new(k, 100.0),
                    to: Point::new(0.0, 100.0),
                },
            ],
        };
        let half = trimmed(&quarter, 0.0, 0.5);
        assert!((length(&half) - std::f32::consts::PI * 25.0).abs() < 0.1, "{}", length(&half));
        let Some(Segment::Line(end)) = half.segments.last() else { panic!("{half:?}") };
        assert!((end.x - 70.71).abs() < 0.1 && (end.y - 70.71).abs() < 0.1, "{end:?}");
    }

    #[test]
    fn dashes_alternate_begin_with_each_outline_and_keep_still_while_the_trim_moves() {
        let path = line(&[(0.0, 0.0), (10.0, 0.0)], false);
        let mut expected = line(&[(0.0, 0.0), (4.0, 0.0)], false);
        expected.segments.extend(line(&[(6.0, 0.0), (10.0, 0.0)], false).segments);
        assert_eq!(dashed(&path, &[4.0, 2.0], 0.0, [0.0, 1.0]), expected);
        let mut expected = line(&[(0.0, 0.0), (3.0, 0.0)], false);
        expected.segments.extend(line(&[(5.0, 0.0), (9.0, 0.0)], false).segments);
        assert_eq!(dashed(&path, &[4.0, 2.0], 1.0, [0.0, 1.0]), expected);
        assert_eq!(dashed(&path, &[4.0, 2.0], 0.0, [0.2, 0.7]), {
            let mut expected = line(&[(2.0, 0.0), (4.0, 0.0)], false);
            expected.segments.extend(line(&[(6.0, 0.0), (7.0, 0.0)], false).segments);
            expected
        });
    }

    #[test]
    fn numbers_out_of_reach_neither_hang_nor_panic() {
        let path = line(&[(0.0, 0.0), (1e9, 0.0)], false);
        assert!(dashed(&path, &[0.5, 0.5], 0.0, [0.0, 1.0]).segments.len() <= 2 * MAX_DASHES + 2);
        let nothing = line(&[(f32::NAN, 0.0), (1.0, 0.0)], false);
        assert_eq!(dashed(&nothing, &[1.0, 1.0], f32::NAN, [0.0, 0.5]), PathData::default());
    }
}
