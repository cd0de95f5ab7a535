//! Where a court or a rink lies in a picture: which way it is turned, and how much of it is shown.
//!
//! A picture is the surface seen from above, turned by quarters of a circle and never mirrored, so that the shooter's left
//! is the shooter's left at both ends. Millimetres go in and come out; pixels are the scene's.

use super::outline::Point;

/// The side of the picture at which the basket (or the goal) that is attacked stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Basket {
    /// As shot charts are usually drawn: the baseline is the lower edge.
    #[default]
    Bottom,
    Top,
    /// As television shows it: the court lies, and the baseline is the left or the right edge.
    Left,
    Right,
}

impl Basket {
    /// As templates name them.
    pub const NAMES: [(&'static str, Basket); 4] =
        [("bottom", Basket::Bottom), ("top", Basket::Top), ("left", Basket::Left), ("right", Basket::Right)];

    /// By its name; `None` for any other word.
    pub fn named(name: &str) -> Option<Basket> {
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, basket)| basket)
    }
}

/// What counts for the place of a point: all in millimetres.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Surface {
    pub length: f64,
    pub width: f64,
    /// From the middle of the hoop to the baseline, or from the goal line to the boards.
    pub target_to_end: f64,
}

/// A surface as it lies in a picture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct View {
    surface: Surface,
    basket: Basket,
    /// How far above the hoop (or the goal line) it is shown.
    depth: f64,
}

impl View {
    /// A part of a surface; its whole when there is no `depth`.
    pub fn new(surface: Surface, basket: Basket, depth: Option<f64>) -> View {
        let whole = surface.length - surface.target_to_end;
        View { surface, basket, depth: depth.map_or(whole, |depth| depth.min(whole)) }
    }

    /// How far above the hoop it is shown.
    pub fn depth(&self) -> f64 {
        self.depth
    }

    /// From side line to side line, whichever way the picture is turned.
    pub fn width(&self) -> f64 {
        self.surface.width
    }

    /// From a point relative to the hoop to the picture: x to the right, y down, from its top left.
    pub fn at(&self, from_hoop: Point) -> Point {
        let Point { x, y } = from_hoop;
        let (across, along) = (self.surface.width / 2.0, self.surface.target_to_end);
        // A shooter who faces the hoop at the bottom looks down in the picture: his right is its left.
        match self.basket {
            Basket::Bottom => Point::new(across - x, self.depth - y),
            Basket::Top => Point::new(across + x, along + y),
            Basket::Left => Point::new(along + y, across - x),
            Basket::Right => Point::new(self.depth - y, across + x),
        }
    }

    /// From a point in one of the frames that feeds use to one relative to the hoop that is attacked in the picture.
    pub fn from_hoop(&self, point: Point, from: From) -> Point {
        let Point { x, y } = match from {
            From::Target => return point,
            From::Center => point,
            From::Turned => Point::new(-point.x, -point.y),
        };
        let hoop = self.surface.length / 2.0 - self.surface.target_to_end;
        match self.basket {
            Basket::Left | Basket::Bottom => Point::new(x, y + hoop),
            // The far half is the near one turned by half a circle.
            Basket::Right | Basket::Top => Point::new(-x, hoop - y),
        }
    }
}

/// Where millimetres count from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum From {
    /// The hoop or the goal that is attacked: x to the right of a shooter who faces it, y away from the end.
    #[default]
    Target,
    /// The centre, in the hall's own frame: y along the length. The hoop at negative y stands at the left, or at the bottom.
    Center,
    /// The same for a camera at the other side of the hall: the hoop at negative y stands at the right, or at the top.
    Turned,
}

impl From {
    /// As templates name them.
    pub const NAMES: [(&'static str, From); 3] =
        [("target", From::Target), ("center", From::Center), ("turned", From::Turned)];

    /// By its name; `None` for any other word.
    pub fn named(name: &str) -> Option<From> {
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, from)| from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::court::Court;

    fn view(basket: Basket, depth: Option<f64>) -> View {
        View::new(Court::of_league("NBA").surface(), basket, depth)
    }

    fn rounded(at: Point) -> (i64, i64) {
        (at.x.round() as i64, at.y.round() as i64)
    }

    #[test]
    fn a_left_corner_three_is_where_it_was_taken_whichever_way_the_court_lies() {
        // Left of a shooter who faces the hoop, half a metre above it.
        let shot = Point::new(-7000.0, 500.0);
        let half = |basket| rounded(view(basket, Some(9794.0)).at(shot));
        assert_eq!(half(Basket::Bottom), (14_620, 9_294), "at the right of the picture, who faces the hoop looks down");
        assert_eq!(half(Basket::Top), (620, 2_100), "at the left, who faces the hoop looks up");
        assert_eq!(half(Basket::Left), (2_100, 14_620), "below, who faces the hoop looks left");
        assert_eq!(half(Basket::Right), (9_294, 620), "above, who faces the hoop looks right");
    }

    #[test]
    fn both_ends_are_one_court_turned_by_half_a_circle() {
        let (length, width) = (28_651.2, 15_240.0);
        for shot in [Point::new(-7000.0, 500.0), Point::new(0.0, 0.0), Point::new(3000.0, 11_000.0)] {
            let (left, right) = (view(Basket::Left, None).at(shot), view(Basket::Right, None).at(shot));
            let turned = Point::new(length - right.x, width - right.y);
            assert_eq!(rounded(left), rounded(turned), "{shot:?}");
        }
    }

    #[test]
    fn the_halls_frame_means_the_same_place_whichever_basket_is_attacked() {
        for [one, other] in [[Basket::Left, Basket::Right], [Basket::Bottom, Basket::Top]] {
            for place in [Point::new(-7000.0, -12_000.0), Point::new(2500.0, 300.0), Point::new(0.0, 14_000.0)] {
                let at = |basket| {
                    let view = view(basket, None);
                    rounded(view.at(view.from_hoop(place, From::Center)))
                };
                assert_eq!(at(one), at(other), "{place:?}");
            }
        }
        let left = view(Basket::Left, None);
        let from_center = |x, y| rounded(left.from_hoop(Point::new(x, y), From::Center));
        assert_eq!(from_center(-2516.0, -12_725.4), (-2516, 0), "a pure translation at -y");
        let center = left.from_hoop(Point::default(), From::Center);
        assert_eq!(rounded(left.at(center)), (14_326, 7_620), "the centre is in the middle");
        let [near, far] =
            [From::Center, From::Turned].map(|from| left.at(left.from_hoop(Point::new(3000.0, -9000.0), from)));
        assert_eq!((rounded(near), rounded(far)), ((5_326, 4_620), (23_326, 10_620)), "seen from the other side");
    }

    #[test]
    fn inches_of_a_league_that_counts_from_the_top_left_come_back_to_where_they_were() {
        // The vendor's court is 1128 x 600 inches, its hoops 63 from the ends, and y grows down.
        const MM_PER_IN: f64 = 25.4;
        for (x, y) in [(334.0, 510.0), (63.0, 300.0), (1000.0, 20.0)] {
            let left = Point::new((300.0 - y) * MM_PER_IN, (x - 63.0) * MM_PER_IN);
            let right = Point::new((y - 300.0) * MM_PER_IN, (1065.0 - x) * MM_PER_IN);
            for (basket, shot) in [(Basket::Left, left), (Basket::Right, right)] {
                let at = view(basket, None).at(shot);
                assert_eq!(rounded(at), rounded(Point::new(x * MM_PER_IN, y * MM_PER_IN)), "{basket:?} {x}, {y}");
            }
        }
    }
}
