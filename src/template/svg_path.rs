//! SVG path data: the commands M, L, H, V, C, S, Q, T, A and Z, absolute and relative.

use crate::draw_list::{PathData, Point, Segment};

/// Beyond any canvas, and beyond a rink in millimetres, and small enough for exact arithmetic in f32.
const FAR: f32 = 1_000_000.0;

/// Why a text is not path data; `offset` counts characters from its start.
#[derive(Debug)]
pub(crate) struct BadPath {
    pub offset: u32,
    pub message: String,
}

pub(crate) fn parse(text: &str) -> Result<PathData, BadPath> {
    let mut pen = Pen { chars: text.chars().collect(), at: 0, segments: Vec::new(), ..Pen::default() };
    pen.skip();
    if pen.peek().is_some_and(|c| !matches!(c, 'M' | 'm')) {
        return Err(pen.error("a path begins with M"));
    }
    while let Some(command) = pen.peek() {
        if !command.is_ascii_alphabetic() {
            return Err(pen.error(format!("`{command}` is not a path command")));
        }
        pen.at += 1;
        pen.run(command)?;
    }
    if pen.segments.len() < 2 {
        return Err(pen.error("a path needs at least one line"));
    }
    Ok(PathData { segments: pen.segments })
}

#[derive(Default)]
struct Pen {
    chars: Vec<char>,
    at: usize,
    segments: Vec<Segment>,
    current: Point,
    start: Point,
    /// The last control point, which S and T mirror.
    control: Option<Point>,
}

impl Pen {
    fn error(&self, message: impl Into<String>) -> BadPath {
        BadPath { offset: self.at as u32, message: message.into() }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip(&mut self) {
        while self.peek().is_some_and(|c| c.is_ascii_whitespace() || c == ',') {
            self.at += 1;
        }
    }

    fn has_number(&mut self) -> bool {
        self.skip();
        matches!(self.peek(), Some('0'..='9' | '-' | '+' | '.'))
    }

    fn number(&mut self) -> Result<f32, BadPath> {
        self.skip();
        let from = self.at;
        let mut seen_dot = false;
        while let Some(c) = self.peek() {
            let after_exponent = self.at > from && matches!(self.chars[self.at - 1], 'e' | 'E');
            let fits = match c {
                '0'..='9' => true,
                '-' | '+' => self.at == from || after_exponent,
                '.' => !std::mem::replace(&mut seen_dot, true),
                'e' | 'E' => self.at > from,
                _ => false,
            };
            if !fits {
                break;
            }
            self.at += 1;
        }
        let text: String = self.chars[from..self.at].iter().collect();
        let number: f32 = text.parse().map_err(|_| self.error("expected a number"))?;
        if number.abs() > FAR {
            return Err(self.error(format!("a number of a path is at most {FAR}")));
        }
        Ok(number)
    }

    /// An arc's flag: one digit, which may touch the next number.
    fn flag(&mut self) -> Result<bool, BadPath> {
        self.skip();
        let flag = match self.peek() {
            Some('0') => false,
            Some('1') => true,
            _ => return Err(self.error("expected a flag, 0 or 1")),
        };
        self.at += 1;
        Ok(flag)
    }

    fn point(&mut self, is_relative: bool) -> Result<Point, BadPath> {
        let (x, y) = (self.number()?, self.number()?);
        Ok(if is_relative { Point::new(self.current.x + x, self.current.y + y) } else { Point::new(x, y) })
    }

    fn mirrored_control(&self) -> Point {
        let control = self.control.unwrap_or(self.current);
        Point::new(2.0 * self.current.x - control.x, 2.0 * self.current.y - control.y)
    }

    /// One command with all its repeated arguments.
    fn run(&mut self, command: char) -> Result<(), BadPath> {
        if matches!(command, 'Z' | 'z') {
            self.segments.push(Segment::Close);
            self.current = self.start;
            self.control = None;
            self.skip();
            return Ok(());
        }
        let is_relative = command.is_ascii_lowercase();
        let mut is_first = true;
        loop {
            self.step(command.to_ascii_uppercase(), is_relative, is_first)?;
            is_first = false;
            if !self.has_number() {
                return Ok(());
            }
        }
    }

    fn step(&mut self, command: char, is_relative: bool, is_first: bool) -> Result<(), BadPath> {
        let mut control = None;
        let to = match command {
            'M' | 'L' => {
                let to = self.point(is_relative)?;
                if command == 'M' && is_first {
                    self.start = to;
                    self.segments.push(Segment::Move(to));
                } else {
                    self.segments.push(Segment::Line(to));
                }
                to
            }
            'H' | 'V' => {
                let n = self.number()?;
                let base = if is_relative { self.current } else { Point::default() };
                let to = if command == 'H' {
                    Point::new(base.x + n, self.current.y)
                } else {
                    Point::new(self.current.x, base.y + n)
                };
                self.segments.push(Segment::Line(to));
                to
            }
            'C' | 'S' => {
                let control1 = if command == 'C' { self.point(is_relative)? } else { self.mirrored_control() };
                let control2 = self.point(is_relative)?;
                let to = self.point(is_relative)?;
                self.segments.push(Segment::Cubic { control1, control2, to });
                control = Some(control2);
                to
            }
            'Q' | 'T' => {
                let via = if command == 'Q' { self.point(is_relative)? } else { self.mirrored_control() };
                let to = self.point(is_relative)?;
                self.segments.push(Segment::Quadratic { control: via, to });
                control = Some(via);
                to
            }
            'A' => self.arc(is_relative)?,
            other => {
                self.at -= 1;
                return Err(self.error(format!("`{other}` is not a path command")));
            }
        };
        self.current = to;
        self.control = control;
        Ok(())
    }

    /// An elliptical arc as cubics, by the SVG specification's appendix on arc parameters.
    fn arc(&mut self, is_relative: bool) -> Result<Point, BadPath> {
        let (rx, ry, tilt) = (self.number()?.abs(), self.number()?.abs(), self.number()?.to_radians());
        let (is_large, is_clockwise) = (self.flag()?, self.flag()?);
        let to = self.point(is_relative)?;
        let from = self.current;
        if rx == 0.0 || ry == 0.0 || from == to {
            self.segments.push(Segment::Line(to));
            return Ok(to);
        }
        let (sin, cos) = tilt.sin_cos();
        let (hx, hy) = ((from.x - to.x) / 2.0, (from.y - to.y) / 2.0);
        let (px, py) = (cos * hx + sin * hy, -sin * hx + cos * hy);
        let grow = ((px / rx).powi(2) + (py / ry).powi(2)).sqrt().max(1.0);
        let (rx, ry) = (rx * grow, ry * grow);
        let under = (rx * ry).powi(2) - (rx * py).powi(2) - (ry * px).powi(2);
        let over = (rx * py).powi(2) + (ry * px).powi(2);
        let root = (under.max(0.0) / over).sqrt() * if is_large == is_clockwise { -1.0 } else { 1.0 };
        let (qx, qy) = (root * rx * py / ry, -root * ry * px / rx);
        let center =
            Point::new(cos * qx - sin * qy + (from.x + to.x) / 2.0, sin * qx + cos * qy + (from.y + to.y) / 2.0);
        let first = ((py - qy) / ry).atan2((px - qx) / rx);
        let last = ((-py - qy) / ry).atan2((-px - qx) / rx);
        let mut sweep = last - first;
        let turn = std::f32::consts::TAU;
        if is_clockwise && sweep < 0.0 {
            sweep += turn;
        } else if !is_clockwise && sweep > 0.0 {
            sweep -= turn;
        }
        let on_canvas =
            |x: f32, y: f32| Point::new(center.x + cos * rx * x - sin * ry * y, center.y + sin * rx * x + cos * ry * y);
        // Eighths of a turn: a cubic departs from such an arc by less than a millionth of its radius.
        let count = (sweep.abs() / (turn / 8.0)).ceil().max(1.0);
        let step = sweep / count;
        let reach = 4.0 / 3.0 * (step / 4.0).tan();
        for i in 0..count as usize {
            let (s0, c0) = (first + step * i as f32).sin_cos();
            let (s1, c1) = (first + step * (i + 1) as f32).sin_cos();
            self.segments.push(Segment::Cubic {
                control1: on_canvas(c0 - reach * s0, s0 + reach * c0),
                control2: on_canvas(c1 + reach * s1, s1 - reach * c1),
                to: if i + 1 == count as usize { to } else { on_canvas(c1, s1) },
            });
        }
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_and_absolute_commands_draw_the_same() {
        let absolute = parse("M10 10 L20 10 L20 30 H5 V0 Z").unwrap();
        let relative = parse("m10,10 l10,0 0,20 h-15v-30z").unwrap();
        assert_eq!(absolute, relative);
    }

    #[test]
    fn numbers_may_touch_as_svg_editors_write_them() {
        let path = parse("M0-1.5.5L1e1-2").unwrap_err();
        assert_eq!(path.offset, 8, "the third number has no partner: {}", path.message);
        assert_eq!(parse("M0-1.5L.5.5").unwrap().segments[1], Segment::Line(Point::new(0.5, 0.5)));
    }

    #[test]
    fn a_half_circle_passes_through_its_top() {
        let path = parse("M-10 0 A10 10 0 0 1 10 0").unwrap();
        let tops: Vec<f32> = path
            .segments
            .iter()
            .filter_map(|s| match s {
                Segment::Cubic { to, .. } => Some(to.y),
                _ => None,
            })
            .collect();
        assert!(tops.iter().any(|y| (y + 10.0).abs() < 1e-3), "{tops:?}");
    }

    #[test]
    fn mistakes_are_placed() {
        assert_eq!(parse("L1 1").unwrap_err().offset, 0);
        assert_eq!(parse("M0 0 X1 1").unwrap_err().offset, 5);
        assert_eq!(parse("M0 0").unwrap_err().message, "a path needs at least one line");
        for far in ["M0 0 L3e38 0", "M0 0 L1e39 0", "M0 0 l0 -2000000"] {
            assert_eq!(parse(far).unwrap_err().message, "a number of a path is at most 1000000", "{far}");
        }
    }
}
