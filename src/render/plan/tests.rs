use std::sync::Arc;

use super::*;
use crate::draw_list::{Border, Item, Point, Rect, Shadow, Size, TextLook, TextRun};
use crate::render::damage::places;

const CANVAS: Size = Size::new(100, 50);

/// Gives every item a texture of its own, as large as its local space.
struct AnyBlock;

impl Blocks for AnyBlock {
    fn text(&mut self, _: &NodeId, _: &TextShape) -> Result<Option<Block>, RenderError> {
        Ok(Some(Block { key: 1, texel_from_local: Affine::IDENTITY, tiles: Arc::default() }))
    }

    fn path(&mut self, _: &PathShape) -> Option<Block> {
        Some(Block { key: 2, texel_from_local: Affine::IDENTITY, tiles: Arc::default() })
    }

    fn picture(&mut self, _: &NodeId, _: &ImageShape) -> Result<Option<Block>, RenderError> {
        Ok(Some(Block { key: 3, texel_from_local: Affine::IDENTITY, tiles: Arc::default() }))
    }
}

fn plain_box(x: f32) -> Op {
    Op::Box(BoxShape {
        canvas_from_local: Affine::IDENTITY,
        rect: Rect::new(x, 10.0, 10.0, 10.0),
        corners: [0.0; 4],
        fill: Paint::Solid(Color::WHITE),
        border: None,
        shadow: None,
        inner_shadow: None,
    })
}

/// A clip that lies a little askew, so that no pixel counts as fully covered.
fn clip(x: f32, width: f32) -> Op {
    Op::PushClip(Clip {
        canvas_from_local: Affine::rotation(1e-4),
        rect: Rect::new(x, 0.0, width, 50.0),
        corners: [0.0; 4],
    })
}

fn planned(ops: Vec<Op>, damage: &[PixelRect]) -> Result<Plan, RenderError> {
    let items =
        ops.into_iter().enumerate().map(|(n, op)| Item { node: NodeId::new(format!("n{n}")), op }).collect::<Vec<_>>();
    let list = DrawList { canvas: CANVAS, items };
    plan(&list, &places(&list), damage, &mut AnyBlock)
}

fn everywhere() -> [PixelRect; 1] {
    [PixelRect::of_canvas(CANVAS)]
}

#[track_caller]
fn targets(ops: Vec<Op>, expected: &[usize]) -> Plan {
    let plan = planned(ops, &everywhere()).unwrap();
    let drawn: Vec<_> = plan.passes.iter().filter(|pass| !pass.draws.is_empty()).map(|pass| pass.target).collect();
    assert_eq!(drawn, expected);
    plan
}

#[test]
fn an_opaque_group_costs_no_layer() {
    targets(vec![Op::PushGroup { opacity: 1.0 }, plain_box(0.0), plain_box(5.0), Op::PopGroup], &[0]);
}

#[test]
fn a_translucent_group_of_two_is_drawn_on_a_layer_and_laid_down_once() {
    let plan = targets(vec![Op::PushGroup { opacity: 0.5 }, plain_box(0.0), plain_box(5.0), Op::PopGroup], &[1, 0]);
    assert_eq!(plan.quads.len(), 1);
    assert_eq!(plan.quads[0].tint, [0.5; 4]);
    assert_eq!(plan.quads[0].bounds_px, [0.0, 9.0, 16.0, 21.0]);
}

#[test]
fn a_translucent_group_of_one_fades_its_colours_instead() {
    let plan =
        targets(vec![Op::PushGroup { opacity: 0.5 }, clip(0.0, 9.0), plain_box(0.0), Op::PopClip, Op::PopGroup], &[0]);
    assert_eq!(plan.boxes[0].color_0, [0.5; 4]);
}

#[test]
fn an_invisible_group_draws_nothing() {
    for opacity in [0.0, -1.0, f32::NAN] {
        targets(vec![Op::PushGroup { opacity }, plain_box(0.0), plain_box(5.0), Op::PopGroup], &[]);
    }
}

#[test]
fn a_group_within_a_group_has_a_deeper_layer() {
    let group = |opacity| Op::PushGroup { opacity };
    targets(
        vec![
            group(0.5),
            plain_box(0.0),
            group(0.5),
            plain_box(3.0),
            plain_box(5.0),
            Op::PopGroup,
            plain_box(9.0),
            Op::PopGroup,
        ],
        &[1, 2, 1, 0],
    );
}

#[test]
fn clips_outside_a_layer_apply_to_the_layer_and_not_to_its_items() {
    let plan = targets(
        vec![
            clip(0.0, 50.0),
            Op::PushGroup { opacity: 0.5 },
            plain_box(0.0),
            plain_box(5.0),
            Op::PopGroup,
            Op::PopClip,
        ],
        &[1, 0],
    );
    assert_eq!(plan.boxes[0].clips, [0, 0]);
    assert_eq!(plan.quads[0].clips, [0, 1]);
}

#[test]
fn what_lies_well_inside_a_clip_is_drawn_without_it() {
    let straight =
        Clip { canvas_from_local: Affine::IDENTITY, rect: Rect::new(-20.0, -20.0, 60.0, 90.0), corners: [4.0; 4] };
    let plan = targets(vec![Op::PushClip(straight), plain_box(5.0), Op::PopClip], &[0]);
    assert_eq!(plan.boxes.iter().map(|instance| instance.clips).collect::<Vec<_>>(), [[0, 0]]);
}

#[test]
fn an_item_sees_the_clips_around_it_and_none_after_their_end() {
    let plan = targets(
        vec![
            clip(0.0, 50.0),
            clip(2.0, 40.0),
            plain_box(0.0),
            Op::PopClip,
            plain_box(5.0),
            Op::PopClip,
            plain_box(9.0),
        ],
        &[0],
    );
    let ranges: Vec<_> = plan.boxes.iter().map(|instance| instance.clips).collect();
    assert_eq!(ranges, [[1, 2], [0, 1], [0, 0]]);
    assert_eq!(plan.clips[2].rect_px, [2.0, 0.0, 42.0, 50.0]);
}

#[test]
fn items_beside_the_damage_are_left_out() {
    let damage = [PixelRect { x0: 40, y0: 0, x1: 60, y1: 50 }];
    let plan = planned(vec![plain_box(0.0), plain_box(45.0), plain_box(80.0)], &damage).unwrap();
    assert_eq!(plan.boxes.len(), 1);
    assert_eq!(plan.boxes[0].rect_px[0], 45.0);
}

#[test]
fn a_ninth_clip_and_a_ninth_layer_are_refused_by_name() {
    let clips = (0..=MAX_LIVE_CLIPS).map(|_| clip(0.0, 50.0)).collect();
    let refused = planned(clips, &everywhere()).unwrap_err();
    assert!(matches!(&refused, RenderError::TooManyClips { node } if node.as_str() == "n8"), "{refused}");
    let groups = (0..=MAX_GROUP_DEPTH).map(|_| Op::PushGroup { opacity: 0.5 }).collect();
    let refused = planned(groups, &everywhere()).unwrap_err();
    assert!(matches!(&refused, RenderError::TooManyGroups { node } if node.as_str() == "n8"), "{refused}");
}

#[test]
fn pushes_and_pops_that_do_not_match_are_refused() {
    for ops in [
        vec![Op::PopGroup],
        vec![Op::PopClip],
        vec![Op::PushGroup { opacity: 1.0 }],
        vec![Op::PushGroup { opacity: 1.0 }, Op::PopClip],
        vec![clip(0.0, 1.0), Op::PopGroup],
    ] {
        assert!(matches!(planned(ops.clone(), &everywhere()), Err(RenderError::Unbalanced { .. })), "{ops:?}");
    }
}

#[test]
fn a_gradient_fills_up_to_four_stops_with_its_last() {
    let stops = vec![(0.25, Color::WHITE), (0.75, Color { a: 0.5, ..Color::WHITE })];
    let gradient = |stops| Paint::Linear(Gradient { from: Point::new(0.0, 0.0), to: Point::new(4.0, 0.0), stops });
    let (line, at, colors) = fill(&NodeId::new("plate"), &gradient(stops.clone())).unwrap();
    assert_eq!(line, [0.0, 0.0, 4.0, 0.0]);
    assert_eq!(at, [0.25, 0.75, 0.75, 0.75]);
    assert_eq!(colors, [[1.0; 4], [0.5; 4], [0.5; 4], [0.5; 4]]);
    for count in [0, 1, 5] {
        let stops = std::iter::repeat_n((0.0, Color::WHITE), count).collect();
        let refused = fill(&NodeId::new("plate"), &gradient(stops)).unwrap_err();
        assert!(refused.to_string().contains(&format!("`plate` has {count} stops")), "{refused}");
    }
}

#[test]
fn corners_are_at_most_half_the_shorter_side() {
    assert_eq!(fitting_corners(Rect::new(0.0, 0.0, 20.0, 8.0), [3.0, 4.0, 9.0, -1.0]), [3.0, 4.0, 4.0, 0.0]);
}

#[test]
fn border_and_shadow_reach_the_instance_in_local_pixels() {
    let Op::Box(shape) = plain_box(0.0) else { unreachable!("it is a box") };
    let border = Some(Border { width_px: 2.0, color: Color::WHITE });
    let shadow = Some(Shadow { offset: Point::new(0.0, 6.0), blur_px: 18.0, color: Color::WHITE.faded(0.5) });
    let plan = planned(vec![Op::Box(BoxShape { border, shadow, ..shape })], &everywhere()).unwrap();
    assert_eq!(plan.boxes[0].extras_px, [0.0, 6.0, 9.0, 2.0]);
    assert_eq!(plan.boxes[0].shadow_color, [0.5; 4]);
}

#[test]
fn a_flattened_item_is_not_drawn() {
    let flat = TextShape {
        canvas_from_local: Affine::scale(1.0, 0.0),
        run: Arc::new(TextRun {
            text: "A".to_owned(),
            family: "any".to_owned(),
            weight: 500,
            size_px: 10.0,
            ..TextRun::default()
        }),
        color: Color::WHITE,
        ink: Rect::new(0.0, -10.0, 10.0, 10.0),
        look: TextLook::Plain,
    };
    let plan = planned(vec![Op::Text(flat)], &everywhere()).unwrap();
    assert!(plan.quads.is_empty());
}

#[test]
fn a_map_and_its_inverse_cancel() {
    let map = Affine { dx: 311.5, dy: -20.25, ..Affine::rotation(0.7).after(Affine::scale(1.5, 0.4)) };
    let back = inverse(map).expect("it does not flatten").after(map);
    let at = back.apply(Point::new(123.0, 45.0));
    assert!((at.x - 123.0).abs() < 1e-3 && (at.y - 45.0).abs() < 1e-3, "{at:?}");
    assert_eq!(inverse(Affine::scale(0.0, 1.0)), None);
}

#[test]
fn a_large_box_is_drawn_in_parts_that_share_no_pixel_and_leave_none_out() {
    let Op::Box(shape) = plain_box(0.0) else { unreachable!("it is a box") };
    let rect = Rect::new(5.5, 4.5, 80.0, 40.0);
    let border = Some(Border { width_px: 2.0, color: Color::WHITE });
    let list = vec![Op::Box(BoxShape { rect, border, corners: [8.0; 4], ..shape })];
    let plan = planned(list, &everywhere()).unwrap();
    let parts: Vec<_> = plan.passes.iter().flat_map(|pass| &pass.draws).collect();
    assert_eq!(parts.len(), 5);
    let whole = PixelRect { x0: 4, y0: 3, x1: 87, y1: 46 };
    let inside = PixelRect { x0: 8, y0: 13, x1: 83, y1: 36 };
    assert_eq!((parts[0].brush, parts[0].touched), (Brush::Box(Part::Solid), inside));
    for (n, part) in parts.iter().enumerate() {
        assert!(parts[n + 1..].iter().all(|other| !part.touched.meets(other.touched)), "{parts:?}");
        assert_eq!(part.touched.union(whole), whole);
    }
    let pixels = |rect: PixelRect| rect.width() * rect.height();
    assert_eq!(parts.iter().map(|part| pixels(part.touched)).sum::<u32>(), pixels(whole));
}

#[test]
fn a_turned_box_is_drawn_as_one() {
    let Op::Box(shape) = plain_box(0.0) else { unreachable!("it is a box") };
    let map = Affine::translation(50.0, 0.0).after(Affine::rotation(0.2));
    let list = vec![Op::Box(BoxShape { canvas_from_local: map, rect: Rect::new(0.0, 0.0, 60.0, 60.0), ..shape })];
    assert_eq!(planned(list, &everywhere()).unwrap().boxes.len(), 1);
}

#[test]
fn a_transparent_box_with_a_shadow_is_drawn_around_its_inside_only() {
    let Op::Box(shape) = plain_box(0.0) else { unreachable!("it is a box") };
    let rect = Rect::new(5.0, 5.0, 80.0, 40.0);
    let shadow = Some(Shadow { offset: Point::new(0.0, 2.0), blur_px: 4.0, color: Color::WHITE });
    let clear = BoxShape { rect, fill: Paint::Solid(Color::WHITE.faded(0.0)), shadow, ..shape };
    let plan = planned(vec![Op::Box(clear)], &everywhere()).unwrap();
    let brushes: Vec<_> = plan.passes[0].draws.iter().map(|draw| draw.brush).collect();
    assert_eq!(brushes, [Brush::Box(Part::StraightShadow); 4]);
}

#[test]
fn neighbouring_tiles_meet_without_a_gap_or_an_overlap_wherever_they_lie() {
    for step in 0_u8..64 {
        let offset = f32::from(step) / 64.0;
        for scale in [0.5, 0.83, 1.0, 1.7] {
            let map = Affine { dx: offset, dy: -offset, ..Affine::scale(scale, scale) };
            let tile = |x: u32, y: u32| TexelRect { x0: 32 * x, y0: 32 * y, x1: 32 * x + 32, y1: 32 * y + 32 };
            let at = |x, y| tile_px(map, &tile(x, y));
            assert_eq!((at(0, 0).x1, at(0, 0).y1), (at(1, 0).x0, at(0, 1).y0), "{scale} {offset}");
        }
    }
}

#[test]
fn turned_and_mirrored_blocks_are_drawn_whole() {
    let tile = TexelRect { x0: 0, y0: 0, x1: 32, y1: 32 };
    let tiles = Arc::new(Tiles { partial: vec![tile], full: vec![] });
    let block = Block { key: 1, texel_from_local: Affine::IDENTITY, tiles };
    assert!(tiled(&block, Affine::translation(0.5, -3.25)).is_some());
    for map in [Affine::rotation(0.1), Affine::scale(-1.0, 1.0), Affine::scale(1.0, 0.25)] {
        assert!(tiled(&block, map).is_none(), "{map:?}");
    }
}
