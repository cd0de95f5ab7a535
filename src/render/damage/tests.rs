use super::*;
use crate::draw_list::{Affine, BoxShape, Clip, Color, Paint};
use crate::ids::NodeId;

const CANVAS: Size = Size::new(1920, 1080);

fn list(items: &[(&str, Op)]) -> DrawList {
    let items = items.iter().map(|(node, op)| Item { node: NodeId::new(*node), op: op.clone() }).collect();
    DrawList { canvas: CANVAS, items }
}

/// A box of 10 x 10 pixels: it touches the pixels from one before its corner to one after its end.
fn at(x: f32, y: f32) -> Op {
    tinted(x, y, Color::WHITE)
}

fn tinted(x: f32, y: f32, color: Color) -> Op {
    Op::Box(BoxShape {
        canvas_from_local: Affine::IDENTITY,
        rect: Rect::new(x, y, 10.0, 10.0),
        corners: [0.0; 4],
        fill: Paint::Solid(color),
        border: None,
        shadow: None,
        inner_shadow: None,
    })
}

fn clip(x: f32, y: f32, width: f32, height: f32) -> Op {
    Op::PushClip(Clip { canvas_from_local: Affine::IDENTITY, rect: Rect::new(x, y, width, height), corners: [0.0; 4] })
}

fn around(x: u32, y: u32) -> PixelRect {
    PixelRect { x0: x - 1, y0: y - 1, x1: x + 11, y1: y + 11 }
}

#[track_caller]
fn check(old: &[(&str, Op)], new: &[(&str, Op)], expected: &[PixelRect]) {
    let mut found = damage(&list(old), &list(new));
    let mut expected = expected.to_vec();
    found.sort_unstable_by_key(|rect| (rect.x0, rect.y0));
    expected.sort_unstable_by_key(|rect| (rect.x0, rect.y0));
    assert_eq!(found, expected);
}

#[test]
fn equal_lists_differ_nowhere() {
    check(&[("a", at(100.0, 100.0))], &[("a", at(100.0, 100.0))], &[]);
}

#[test]
fn a_renamed_item_that_draws_the_same_is_no_damage() {
    check(&[("a", at(100.0, 100.0))], &[("b", at(100.0, 100.0))], &[]);
}

#[test]
fn an_added_a_removed_and_a_changed_item_damage_their_own_pixels() {
    let (a, b) = (("a", at(100.0, 100.0)), ("b", at(900.0, 500.0)));
    check(std::slice::from_ref(&a), &[a.clone(), b.clone()], &[around(900, 500)]);
    check(&[a.clone(), b.clone()], std::slice::from_ref(&b), &[around(100, 100)]);
    let recoloured = ("b", tinted(900.0, 500.0, Color::TRANSPARENT));
    check(&[a.clone(), b], &[a, recoloured], &[around(900, 500)]);
}

#[test]
fn a_moved_item_damages_where_it_was_and_where_it_is() {
    check(&[("a", at(100.0, 100.0))], &[("a", at(900.0, 500.0))], &[around(100, 100), around(900, 500)]);
}

#[test]
fn a_small_step_damages_one_rectangle() {
    let expected = PixelRect { x0: 99, y0: 99, x1: 121, y1: 111 };
    check(&[("a", at(100.0, 100.0))], &[("a", at(110.0, 100.0))], &[expected]);
}

#[test]
fn an_item_inserted_in_the_middle_leaves_its_neighbours_alone() {
    let (a, b) = (("a", at(100.0, 100.0)), ("b", at(900.0, 500.0)));
    check(&[a.clone(), b.clone()], &[a, ("new", at(1500.0, 900.0)), b], &[around(1500, 900)]);
}

#[test]
fn swapping_the_order_damages_one_of_the_two() {
    let (a, b) = (("a", at(100.0, 100.0)), ("b", at(105.0, 100.0)));
    let found = damage(&list(&[a.clone(), b.clone()]), &list(&[b, a]));
    let overlap = around(100, 100).intersection(around(105, 100));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].intersection(overlap), overlap, "where they overlap, their order shows");
}

#[test]
fn a_changed_group_opacity_damages_everything_inside() {
    let inside = |opacity| {
        vec![
            ("g", Op::PushGroup { opacity }),
            ("a", at(100.0, 100.0)),
            ("b", at(900.0, 500.0)),
            ("g", Op::PopGroup),
            ("c", at(1500.0, 900.0)),
        ]
    };
    check(&inside(0.5), &inside(0.6), &[around(100, 100), around(900, 500)]);
    check(&inside(0.0), &inside(0.6), &[around(100, 100), around(900, 500)]);
}

#[test]
fn a_changed_small_clip_damages_all_around_its_edges() {
    let inside = |width| {
        vec![("c", clip(95.0, 95.0, width, 20.0)), ("a", at(100.0, 100.0)), ("b", at(900.0, 500.0)), ("c", Op::PopClip)]
    };
    check(&inside(10.0), &inside(8.0), &[PixelRect { x0: 102, y0: 94, x1: 106, y1: 116 }]);
}

#[test]
fn a_wipe_damages_the_pixels_around_its_edges_and_not_what_it_has_uncovered() {
    let wiped = |height| {
        vec![
            ("c", clip(100.0, 100.0, 800.0, height)),
            ("a", at(100.0, 100.0)),
            ("b", at(700.0, 500.0)),
            ("c", Op::PopClip),
        ]
    };
    let edges = [PixelRect { x0: 99, y0: 699, x1: 901, y1: 741 }];
    check(&wiped(600.0), &wiped(640.0), &edges);
}

#[test]
fn a_wipe_that_begins_or_ends_damages_only_what_it_does_not_cover() {
    let content = [("a", at(100.0, 100.0)), ("b", at(900.0, 500.0))];
    // Covers the first box and cuts the second.
    let clipped = |rect: Op| [vec![("wipe", rect)], content.to_vec(), vec![("wipe", Op::PopClip)]].concat();
    let strip = PixelRect { x0: 904, y0: 99, x1: 911, y1: 511 };
    check(&content, &clipped(clip(50.0, 50.0, 855.0, 600.0)), &[strip]);
    check(&clipped(clip(50.0, 50.0, 855.0, 600.0)), &content, &[strip]);
    check(&content, &clipped(clip(50.0, 50.0, 900.0, 600.0)), &[]);
    let covers_nothing = PixelRect { x0: 99, y0: 99, x1: 911, y1: 511 };
    check(&content, &clipped(clip(1000.0, 50.0, 0.0, 600.0)), &[covers_nothing]);
}

#[test]
fn an_item_that_leaves_its_group_is_damage_though_it_is_equal() {
    let a = ("a", at(100.0, 100.0));
    let (start, end) = (("g", Op::PushGroup { opacity: 0.5 }), ("g", Op::PopGroup));
    check(&[start.clone(), a.clone(), end.clone()], &[start, end, a], &[around(100, 100)]);
}

#[test]
fn a_group_that_gains_a_second_member_is_drawn_anew_because_it_now_needs_a_layer() {
    let (start, end) = (("g", Op::PushGroup { opacity: 0.5 }), ("g", Op::PopGroup));
    let (a, b) = (("a", at(100.0, 100.0)), ("b", at(900.0, 500.0)));
    check(&[start.clone(), a.clone(), end.clone()], &[start, a, b, end], &[around(100, 100), around(900, 500)]);
}

#[test]
fn items_outside_the_canvas_damage_nothing() {
    check(&[], &[("a", at(-50.0, 100.0)), ("b", at(3000.0, 9.0)), ("c", at(f32::NAN, 9.0))], &[]);
}

#[test]
fn another_canvas_size_differs_everywhere() {
    let new = DrawList::empty(Size::new(64, 32));
    assert_eq!(damage(&list(&[]), &new), [PixelRect { x0: 0, y0: 0, x1: 64, y1: 32 }]);
}

#[test]
fn rectangles_stay_few_and_disjoint_and_hold_all_damage() {
    let names: Vec<String> = (0..60).map(|n| format!("n{n}")).collect();
    // Scattered by two steps that share no factor with the canvas.
    let spots: Vec<(f32, f32)> = (0..60_u16).map(|n| (f32::from(n * 311 % 1900), f32::from(n * 173 % 1060))).collect();
    let new: Vec<(&str, Op)> = names.iter().zip(&spots).map(|(name, (x, y))| (name.as_str(), at(*x, *y))).collect();
    let found = damage(&list(&[]), &list(&new));
    assert!(found.len() <= MAX_RECTS);
    for (n, rect) in found.iter().enumerate() {
        assert!(found[n + 1..].iter().all(|other| !rect.meets(*other)), "{found:?}");
    }
    for place in places(&list(&new)) {
        assert!(found.iter().any(|rect| rect.intersection(place.touched) == place.touched));
    }
}

#[test]
fn a_longest_rising_order_is_kept() {
    let kept = longest_rising(&[Some(4), Some(0), None, Some(1), Some(3), Some(2), Some(5)]);
    assert_eq!(kept.iter().filter(|kept| **kept).count(), 4);
    assert!(!kept[0] && !kept[2]);
}
