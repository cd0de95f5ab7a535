//! Cuts a box into parts, each drawn with the cheapest arithmetic that gives its pixels exactly.
//!
//! In: a box and the pixels that it touches. Out: disjoint rectangles of pixels that hold all that it colours, with what
//! they need. A software GPU pays for every term of a shader at every pixel, and a blurred corner costs a hundred times
//! what a fill does. Where a part ends depends on the box alone, never on what else is drawn.

use super::damage::PixelRect;
use crate::draw_list::{Affine, BoxShape, Paint, Rect, Shadow};

/// What the pixels of a part need.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// They lie inside for certain and have one colour.
    Solid,
    /// They lie inside for certain.
    Gradient,
    /// Edges and border, and no shadow.
    Edged,
    /// Edges, and the shadow of straight edges.
    StraightShadow,
    /// Edges, and the shadow near a rounded corner.
    RoundShadow,
    /// Edges, and any shadows outside and inside.
    Inset,
}

/// A part that needs less than its surroundings, but is smaller than this, is not worth drawing apart.
pub(super) const SMALLEST_INSIDE_PX: u32 = 1024;

/// Standard deviations from a shadow's corner within which its rounding is seen: beyond lie 0.003 % of a Gaussian.
const CORNER_REACH: f32 = 4.0;

/// The parts of a box; some may be empty. A blank one shows nothing but its shadow.
pub(super) fn parts(shape: &BoxShape, touched: PixelRect, is_blank: bool) -> Vec<(Part, PixelRect)> {
    let inside = inside(shape).map_or(PixelRect::default(), |inside| inside.intersection(touched));
    let is_worth_it = inside.width() * inside.height() >= SMALLEST_INSIDE_PX;
    let inside = if is_worth_it { inside } else { PixelRect::default() };
    let mut parts = Vec::new();
    if !inside.is_empty() && !is_blank {
        parts.push((if matches!(shape.fill, Paint::Solid(_)) { Part::Solid } else { Part::Gradient }, inside));
    }
    let beside = touched.around(inside);
    if shape.inner_shadow.is_some() {
        parts.extend(beside.map(|rect| (Part::Inset, rect)));
        return parts;
    }
    match shape.shadow.filter(|shadow| shadow.color.a > 0.0) {
        None => parts.extend(beside.map(|rect| (Part::Edged, rect))),
        Some(shadow) => beside.into_iter().for_each(|rect| cut_shadow(shape, shadow, rect, &mut parts)),
    }
    parts
}

/// Cuts out what lies far from all corners, above and below of them or beside them.
fn cut_shadow(shape: &BoxShape, shadow: Shadow, rect: PixelRect, parts: &mut Vec<(Part, PixelRect)>) {
    let [columns, rows] = straight(shape, shadow);
    let upright = rect.intersection(columns);
    parts.push((Part::StraightShadow, upright));
    for beside in rect.around(upright) {
        let level = beside.intersection(rows);
        parts.push((Part::StraightShadow, level));
        parts.extend(beside.around(level).map(|corner| (Part::RoundShadow, corner)));
    }
}

/// The columns and the rows of pixels in which a shadow is that of a box without rounded corners.
fn straight(shape: &BoxShape, shadow: Shadow) -> [PixelRect; 2] {
    let everywhere = PixelRect { x0: 0, y0: 0, x1: u32::MAX, y1: u32::MAX };
    let Affine { xy, yx, .. } = shape.canvas_from_local;
    if xy != 0.0 || yx != 0.0 {
        return [PixelRect::default(); 2];
    }
    let radius = fitting_corners(shape.rect, shape.corners).into_iter().fold(0.0, f32::max);
    if radius == 0.0 {
        return [everywhere; 2];
    }
    let reach = radius + CORNER_REACH * shadow.blur_px / 2.0;
    let Rect { x, y, width, height } = shape.rect;
    let far = Rect::new(
        x + shadow.offset.x + reach,
        y + shadow.offset.y + reach,
        (width - 2.0 * reach).max(0.0),
        (height - 2.0 * reach).max(0.0),
    );
    let far = PixelRect::held_by(shape.canvas_from_local.bounds_of(far));
    let columns = if far.width() > 0 { PixelRect { x0: far.x0, x1: far.x1, ..everywhere } } else { Default::default() };
    let rows = if far.height() > 0 { PixelRect { y0: far.y0, y1: far.y1, ..everywhere } } else { Default::default() };
    [columns, rows]
}

/// Pixels that a box covers fully, without border or inner shadow: all but its edges, and the rows or columns of its
/// corners; `None` for a box that does not lie straight.
fn inside(shape: &BoxShape) -> Option<PixelRect> {
    let border = shape.border.map_or(0.0, |border| border.width_px.max(0.0));
    let shade = shape.inner_shadow.map_or(0.0, |shadow| border + shadow.reach_px());
    inside_of(shape.canvas_from_local, shape.rect.outset(-shade), shape.corners, border)
}

/// The same for any rounded rectangle with a border inside its edge.
pub(super) fn inside_of(canvas_from_local: Affine, rect: Rect, corners: [f32; 4], border: f32) -> Option<PixelRect> {
    if canvas_from_local.xy != 0.0 || canvas_from_local.yx != 0.0 {
        return None;
    }
    let Rect { x, y, width, height } = rect;
    let corner = fitting_corners(rect, corners).into_iter().fold(border, f32::max);
    // The corners' rows of a wide box are few, and the corners' columns of a high one.
    let (across, down) = if width > height { (border, corner) } else { (corner, border) };
    let inner = Rect::new(x + across, y + down, width - 2.0 * across, height - 2.0 * down);
    let bounds = canvas_from_local.bounds_of(inner);
    (!bounds.is_empty()).then(|| PixelRect::held_by(bounds))
}

/// Radii at most half the shorter side and not below zero.
pub(super) fn fitting_corners(rect: Rect, corners: [f32; 4]) -> [f32; 4] {
    let most = (rect.width.min(rect.height) / 2.0).max(0.0);
    corners.map(|radius| radius.clamp(0.0, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::{Color, Point};

    const TOUCHED: PixelRect = PixelRect { x0: 60, y0: 60, x1: 440, y1: 340 };

    fn shape(corners: [f32; 4], blur_px: f32) -> BoxShape {
        BoxShape {
            canvas_from_local: Affine::translation(100.0, 100.0),
            rect: Rect::new(0.0, 0.0, 300.0, 200.0),
            corners,
            fill: Paint::Solid(Color::WHITE),
            border: None,
            shadow: Some(Shadow { offset: Point::new(0.0, 0.0), blur_px, color: Color::WHITE }),
            inner_shadow: None,
        }
    }

    fn area_of(part: Part, parts: &[(Part, PixelRect)]) -> u32 {
        parts.iter().filter(|(found, _)| *found == part).map(|(_, rect)| rect.width() * rect.height()).sum()
    }

    #[test]
    fn parts_cover_every_touched_pixel_once() {
        for (corners, blur_px) in [([0.0; 4], 10.0), ([8.0; 4], 10.0), ([8.0, 0.0, 0.0, 0.0], 0.0), ([90.0; 4], 200.0)]
        {
            let parts = parts(&shape(corners, blur_px), TOUCHED, false);
            let area: u32 = parts.iter().map(|(_, rect)| rect.width() * rect.height()).sum();
            assert_eq!(area, TOUCHED.width() * TOUCHED.height(), "corners {corners:?}, blur {blur_px}");
            for (index, (_, rect)) in parts.iter().enumerate() {
                assert!(parts[index + 1..].iter().all(|(_, other)| !other.meets(*rect)));
            }
        }
    }

    #[test]
    fn only_the_corners_of_a_shadow_need_its_rounding() {
        let parts = parts(&shape([8.0; 4], 10.0), TOUCHED, false);
        // 8 px of radius and four deviations of 5 px beyond, on both sides of the edge.
        let corners = 4 * (40 + 28) * (40 + 28);
        let round = area_of(Part::RoundShadow, &parts);
        assert!(round > 0 && round <= corners, "{round} of at most {corners}");
        assert_eq!(area_of(Part::RoundShadow, &super::parts(&shape([0.0; 4], 10.0), TOUCHED, false)), 0);
    }

    #[test]
    fn a_box_that_does_not_lie_straight_is_one_part() {
        let turned = BoxShape { canvas_from_local: Affine::rotation(0.1), ..shape([8.0; 4], 10.0) };
        let parts = parts(&turned, TOUCHED, false);
        assert_eq!(area_of(Part::RoundShadow, &parts), TOUCHED.width() * TOUCHED.height());
    }

    #[test]
    fn the_inside_of_a_blank_box_is_left_out() {
        let shadow = parts(&shape([8.0; 4], 10.0), TOUCHED, true);
        assert_eq!(area_of(Part::Solid, &shadow), 0);
        assert!(area_of(Part::Solid, &parts(&shape([8.0; 4], 10.0), TOUCHED, false)) > 50_000);
    }
}
