//! Property: drawing only what changed equals drawing everything, to the last bit, whatever came before.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use sideline::draw_list::{
    Affine, Border, BoxShape, Cap, Clip, Color, DrawList, Gradient, ImageShape, Item, Join, Op, PathData, PathShape,
    PathStyle, PictureData, Point, Rect, Segment, Shadow, Size, TextLook, TextShape,
};
use sideline::frame::{Alpha, Band, Frame, Need, PixelFormat, band_rows};
use sideline::ids::NodeId;
use sideline::render::Renderer;
use sideline::text::Fonts;
use sideline::time::FrameIndex;

use crate::draw::{checkers, gpu, plain, polygon, run};

/// More than two bands high, so that some change and some do not, and so wide that damage stays in several rectangles.
const CANVAS: Size = Size::new(420, 44);
const STRAIGHT_BGRA: Need = Need { format: PixelFormat::Bgra, alpha: Alpha::Straight };

/// A node of a scene; a tree, so that pushes and pops always match.
#[derive(Clone, Debug)]
enum Node {
    Leaf(u32, Op),
    Group(u32, f32, Vec<Node>),
    Clip(u32, Clip, Vec<Node>),
    /// What is seen, and what it is seen through.
    Masked(u32, f32, Vec<Node>, Vec<Node>),
}

fn flatten(nodes: &[Node], items: &mut Vec<Item>) {
    let push = |name: u32, op: Op, items: &mut Vec<Item>| items.push(Item { node: name_of(name), op });
    for node in nodes {
        match node {
            Node::Leaf(name, op) => push(*name, op.clone(), items),
            Node::Group(name, opacity, inside) => {
                push(*name, Op::PushGroup { opacity: *opacity }, items);
                flatten(inside, items);
                push(*name, Op::PopGroup, items);
            }
            Node::Clip(name, clip, inside) => {
                push(*name, Op::PushClip(clip.clone()), items);
                flatten(inside, items);
                push(*name, Op::PopClip, items);
            }
            Node::Masked(name, opacity, inside, mask) => {
                push(*name, Op::PushGroup { opacity: *opacity }, items);
                flatten(inside, items);
                push(*name, Op::PushMask, items);
                flatten(mask, items);
                push(*name, Op::PopMask, items);
                push(*name, Op::PopGroup, items);
            }
        }
    }
}

fn name_of(name: u32) -> NodeId {
    NodeId::new(format!("n{name}"))
}

fn list(nodes: &[Node]) -> DrawList {
    let mut items = Vec::new();
    flatten(nodes, &mut items);
    DrawList { canvas: CANVAS, items }
}

/// Positions on whole, half and odd fractions of a pixel, some outside the canvas.
fn coordinate(most: i32) -> impl Strategy<Value = f32> {
    prop_oneof![(-10..most).prop_map(|n| n as f32), (-40..4 * most).prop_map(|n| n as f32 / 4.0), -9.0..most as f32]
}

fn map() -> impl Strategy<Value = Affine> {
    let turn = prop_oneof![
        4 => Just(Affine::IDENTITY),
        1 => (-3.2_f32..3.2).prop_map(Affine::rotation),
        1 => (0.3_f32..2.0, 0.3_f32..2.0).prop_map(|(x, y)| Affine::scale(x, y)),
    ];
    (coordinate(420), coordinate(44), turn).prop_map(|(x, y, turn)| Affine::translation(x, y).after(turn))
}

fn color() -> impl Strategy<Value = Color> {
    (any::<[u8; 3]>(), prop_oneof![Just(1.0_f32), 0.0_f32..1.0])
        .prop_map(|([r, g, b], a)| Color::from_rgb8(r, g, b).faded(a))
}

fn rect() -> impl Strategy<Value = Rect> {
    (0.5_f32..90.0, 0.5_f32..30.0).prop_map(|(width, height)| Rect::new(0.0, 0.0, width.round(), height))
}

fn shape() -> impl Strategy<Value = Op> {
    let border = proptest::option::of((0.5_f32..4.0, color()).prop_map(|(width_px, color)| Border { width_px, color }));
    let shadow = || {
        proptest::option::weighted(
            0.3,
            (-5.0_f32..5.0, 0.0_f32..9.0, color()).prop_map(|(by, blur_px, color)| Shadow {
                offset: Point::new(by, 2.0),
                blur_px,
                color,
            }),
        )
    };
    (map(), rect(), 0.0_f32..12.0, color(), border, [shadow(), shadow()]).prop_map(
        |(map, rect, radius, color, border, [shadow, inner_shadow])| {
            let corners = [radius, 0.0, radius / 2.0, radius];
            let plain = plain(rect, color);
            Op::Box(BoxShape { canvas_from_local: map, corners, border, shadow, inner_shadow, ..plain })
        },
    )
}

fn look() -> impl Strategy<Value = TextLook> {
    let gradient = |(from, to): (Color, Color)| {
        let line = [Point::new(0.0, -15.0), Point::new(20.0, 0.0)];
        TextLook::Gradient(Arc::new(Gradient { from: line[0], to: line[1], stops: vec![(0.0, from), (0.8, to)] }))
    };
    prop_oneof![
        3 => Just(TextLook::Plain),
        1 => (0.5_f32..4.0).prop_map(|width_px| TextLook::Outline { width_px, join: Join::Miter }),
        1 => (0.0_f32..3.0, 0.0_f32..6.0)
            .prop_map(|(outline_px, blur_px)| TextLook::Shadow { outline_px, join: Join::Round, blur_px }),
        1 => (color(), color()).prop_map(gradient),
        1 => Just(TextLook::Colored),
    ]
}

fn text() -> impl Strategy<Value = Op> {
    let words = prop_oneof![Just("0:59"), Just("104"), Just("HOME"), Just("gjy Q"), Just("1🏀")];
    let size = prop_oneof![Just(14.0_f32), Just(22.0)];
    (map(), words, size, color(), look()).prop_map(|(map, words, size_px, color, look)| {
        let run = run(words, size_px);
        let ink = Fonts::bundled().measure(&run).unwrap().ink.outset(look.reach_px());
        Op::Text(TextShape { canvas_from_local: map, run: Arc::new(run), color, ink, look })
    })
}

fn outline() -> impl Strategy<Value = Op> {
    let cap = prop_oneof![Just(Cap::Butt), Just(Cap::Round), Just(Cap::Square)];
    let join = prop_oneof![Just(Join::Miter), Just(Join::Round), Just(Join::Bevel)];
    let stroke = (0.5_f32..5.0, cap, join).prop_map(|(width_px, cap, join)| PathStyle::Stroke { width_px, cap, join });
    let style = prop_oneof![1 => Just(PathStyle::Fill), 2 => stroke];
    let corners = proptest::collection::vec((0.0_f32..30.0, 0.0_f32..20.0), 2..5);
    (map(), corners, style, color()).prop_map(|(map, corners, style, color)| {
        let mut segments: Vec<Segment> = polygon(&corners);
        segments.pop();
        let path = Arc::new(PathData { segments });
        Op::Path(PathShape { canvas_from_local: map, path, style, color })
    })
}

fn image() -> impl Strategy<Value = Op> {
    (map(), rect(), color(), any::<bool>()).prop_map(|(map, rect, tint, is_large)| {
        let picture = if is_large { large() } else { checkers() };
        Op::Image(ImageShape { canvas_from_local: map, rect, picture, tint })
    })
}

/// A picture with more pixels than it is drawn with, a smaller size of itself, and a corner where nothing is to be seen.
fn large() -> Arc<PictureData> {
    static LARGE: OnceLock<Arc<PictureData>> = OnceLock::new();
    let pixels = |side: u32| {
        let pixel = move |n: u32| {
            let (x, y) = (n % side, n / side);
            if x + y < side { [(x * 250 / side) as u8, 0, (y * 250 / side) as u8, 255] } else { [0; 4] }
        };
        PictureData::new(Size::new(side, side), (0..side * side).flat_map(pixel).collect())
    };
    let large = LARGE.get_or_init(|| Arc::new(PictureData { smaller: Some(Box::new(pixels(85))), ..pixels(170) }));
    Arc::clone(large)
}

fn node() -> impl Strategy<Value = Node> {
    let name = 0..10_000_u32;
    let leaf = (name.clone(), prop_oneof![4 => shape(), 2 => text(), 1 => outline(), 1 => image()])
        .prop_map(|(name, op)| Node::Leaf(name, op));
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let inside = proptest::collection::vec(inner, 0..4);
        let opacity = prop_oneof![Just(0.0_f32), Just(0.5), Just(1.0), 0.0_f32..1.0];
        prop_oneof![
            (name.clone(), opacity, inside.clone())
                .prop_map(|(name, opacity, inside)| Node::Group(name, opacity, inside)),
            (name.clone(), clip(), inside.clone()).prop_map(|(name, clip, inside)| Node::Clip(name, clip, inside)),
            (name.clone(), 0.0_f32..1.3, inside.clone(), inside)
                .prop_map(|(name, opacity, inside, mask)| Node::Masked(name, opacity, inside, mask)),
        ]
    })
}

/// Some cover most of the canvas, as a wipe's clip does that has nearly come to its end.
fn clip() -> impl Strategy<Value = Clip> {
    let wide = (-9.0_f32..9.0, -9.0_f32..9.0)
        .prop_map(|(x, y)| (Affine::translation(x, y), Rect::new(0.0, 0.0, CANVAS.width as f32, CANVAS.height as f32)));
    (prop_oneof![(map(), rect()), wide], 0.0_f32..9.0).prop_map(|((canvas_from_local, rect), radius)| Clip {
        canvas_from_local,
        rect,
        corners: [radius; 4],
    })
}

/// What happens to a scene from one frame to the next.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Insert(prop::sample::Index, Node),
    Remove(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Replace(prop::sample::Index, Op),
    Step(prop::sample::Index, f32, f32),
    Fade(f32),
    /// Moves the four edges of every clip.
    Wipe([f32; 4]),
    /// Puts neighbours into a clip.
    Wrap(prop::sample::Index, usize, u32, Clip),
    Unwrap(prop::sample::Index),
    /// Masks a group, or changes its mask.
    Mask(prop::sample::Index, Vec<Node>),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        1 => Just(Change::Nothing),
        2 => (at(), node()).prop_map(|(at, node)| Change::Insert(at, node)),
        1 => at().prop_map(Change::Remove),
        2 => (at(), at()).prop_map(|(a, b)| Change::Swap(a, b)),
        1 => (at(), shape()).prop_map(|(at, op)| Change::Replace(at, op)),
        3 => (at(), -9.0_f32..9.0, -9.0_f32..9.0).prop_map(|(at, x, y)| Change::Step(at, x, y)),
        2 => (0.0_f32..1.2).prop_map(Change::Fade),
        4 => proptest::array::uniform4(-9.0_f32..9.0).prop_map(Change::Wipe),
        3 => (at(), 1..4_usize, 0..10_000_u32, clip()).prop_map(|(at, count, name, clip)| Change::Wrap(at, count, name, clip)),
        3 => at().prop_map(Change::Unwrap),
        3 => (at(), proptest::collection::vec(node(), 0..3)).prop_map(|(at, mask)| Change::Mask(at, mask)),
    ]
}

fn apply(nodes: &mut Vec<Node>, change: &Change) {
    if nodes.is_empty() && !matches!(change, Change::Insert(..)) {
        return;
    }
    match change {
        Change::Nothing => {}
        Change::Insert(at, node) => nodes.insert(at.index(nodes.len() + 1), node.clone()),
        Change::Remove(at) => drop(nodes.remove(at.index(nodes.len()))),
        Change::Swap(a, b) => {
            let (a, b) = (a.index(nodes.len()), b.index(nodes.len()));
            nodes.swap(a, b);
        }
        Change::Replace(at, op) => {
            let at = at.index(nodes.len());
            nodes[at] = Node::Leaf(at as u32, op.clone());
        }
        Change::Step(at, x, y) => {
            let at = at.index(nodes.len());
            step(&mut nodes[at], Affine::translation(*x, *y));
        }
        Change::Fade(opacity) => {
            for node in nodes {
                if let Node::Group(_, faded, _) | Node::Masked(_, faded, ..) = node {
                    *faded = *opacity;
                }
            }
        }
        Change::Wipe([left, top, right, bottom]) => {
            for node in nodes {
                if let Node::Clip(_, Clip { rect, .. }, _) = node {
                    rect.x += left;
                    rect.y += top;
                    rect.width += right - left;
                    rect.height += bottom - top;
                }
            }
        }
        Change::Wrap(at, count, name, clip) => {
            let at = at.index(nodes.len());
            let inside = nodes.drain(at..(at + count).min(nodes.len())).collect();
            nodes.insert(at, Node::Clip(*name, clip.clone(), inside));
        }
        Change::Unwrap(at) => {
            let at = at.index(nodes.len());
            if let Node::Group(_, _, inside) | Node::Clip(_, _, inside) | Node::Masked(_, _, inside, _) = &mut nodes[at]
            {
                let inside = std::mem::take(inside);
                nodes.splice(at..=at, inside);
            }
        }
        Change::Mask(at, mask) => {
            let at = at.index(nodes.len());
            match &mut nodes[at] {
                Node::Masked(.., old) => *old = mask.clone(),
                Node::Group(name, opacity, inside) => {
                    nodes[at] = Node::Masked(*name, *opacity, std::mem::take(inside), mask.clone());
                }
                Node::Leaf(..) | Node::Clip(..) => {}
            }
        }
    }
}

fn step(node: &mut Node, by: Affine) {
    match node {
        Node::Leaf(_, op) => {
            let map = match op {
                Op::Box(shape) => &mut shape.canvas_from_local,
                Op::Path(shape) => &mut shape.canvas_from_local,
                Op::Text(shape) => &mut shape.canvas_from_local,
                Op::Image(shape) => &mut shape.canvas_from_local,
                Op::PushGroup { .. } | Op::PopGroup | Op::PushMask | Op::PopMask | Op::PushClip(_) | Op::PopClip => {
                    return;
                }
            };
            *map = by.after(*map);
        }
        Node::Group(_, _, inside) | Node::Clip(_, _, inside) | Node::Masked(_, _, inside, _) => {
            if let Some(first) = inside.first_mut() {
                step(first, by);
            }
        }
    }
}

/// An output that drops frames and learns from the bands' versions alone what it missed.
struct Reader {
    need: Need,
    versions: Vec<Option<u64>>,
    picture: Vec<u8>,
}

impl Reader {
    fn new(need: Need) -> Reader {
        let rows = CANVAS.height as usize;
        Reader { need, versions: vec![None; rows.div_ceil(16)], picture: vec![0; CANVAS.width as usize * rows * 4] }
    }

    fn take(&mut self, frame: &Frame) {
        let bands = &frame.picture(self.need).unwrap().bands;
        for (index, Band { version, bytes }) in bands.iter().enumerate() {
            if self.versions[index] != Some(*version) {
                let rows = band_rows(index, CANVAS.height);
                let row_bytes = CANVAS.width as usize * 4;
                self.picture[rows.start as usize * row_bytes..rows.end as usize * row_bytes].copy_from_slice(bytes);
                self.versions[index] = Some(*version);
            }
        }
    }
}

fn first_difference(expected: &[u8], found: &[u8]) -> Option<String> {
    let at = expected.chunks(4).zip(found.chunks(4)).position(|(a, b)| a != b)?;
    let (x, y) = (at % CANVAS.width as usize, at / CANVAS.width as usize);
    Some(format!("at {x},{y}: {:?}, drawn anew {:?}", &found[4 * at..][..4], &expected[4 * at..][..4]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, max_shrink_iters: 200, ..Default::default() })]

    #[test]
    fn drawing_what_changed_equals_drawing_everything(
        start in proptest::collection::vec(node(), 0..7),
        changes in proptest::collection::vec((change(), any::<bool>()), 1..7),
    ) {
        let needs = [Need::NATIVE, STRAIGHT_BGRA];
        let mut fonts = Fonts::bundled();
        let mut renderer = Renderer::new(gpu(), CANVAS, &needs).unwrap();
        let mut readers = needs.map(Reader::new);
        let mut nodes = start;
        for (index, (change, is_dropped)) in changes.iter().enumerate() {
            apply(&mut nodes, change);
            let now = list(&nodes);
            let frame = renderer.render(FrameIndex(index as u64), now.clone(), &mut fonts).unwrap();
            if *is_dropped && index + 1 < changes.len() {
                continue;
            }
            let mut fresh = Renderer::new(gpu(), CANVAS, &needs).unwrap();
            let whole = fresh.render(FrameIndex(0), now.clone(), &mut fonts).unwrap();
            for reader in &mut readers {
                reader.take(&frame);
                let expected = whole.picture(reader.need).unwrap().to_bytes();
                let difference = first_difference(&expected, &reader.picture);
                prop_assert!(difference.is_none(), "frame {index}, {:?}: {}\n{now}", reader.need, difference.unwrap());
            }
        }
    }
}

fn scene(clock: &str) -> DrawList {
    let run = run(clock, 20.0);
    let ink = Fonts::bundled().measure(&run).unwrap().ink;
    let map = Affine::translation(4.0, 38.0);
    let text = Op::Text(TextShape {
        canvas_from_local: map,
        run: Arc::new(run),
        color: Color::WHITE,
        ink,
        look: TextLook::Plain,
    });
    let plate = Op::Box(plain(Rect::new(2.0, 2.0, 60.0, 40.0), Color::from_rgb8(20, 40, 90)));
    let items = [("plate", plate), ("clock", text)].map(|(name, op)| Item { node: NodeId::new(name), op });
    DrawList { canvas: CANVAS, items: items.into() }
}

#[test]
fn an_equal_list_shares_every_band_and_keeps_its_version() {
    let mut fonts = Fonts::bundled();
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let first = renderer.render(FrameIndex(0), scene("9:59"), &mut fonts).unwrap();
    let second = renderer.render(FrameIndex(1), scene("9:59"), &mut fonts).unwrap();
    assert_eq!(second.index, FrameIndex(1));
    for (a, b) in first.pictures[0].1.bands.iter().zip(&second.pictures[0].1.bands) {
        assert!(a.version == b.version && Arc::ptr_eq(&a.bytes, &b.bytes));
    }
}

#[test]
fn a_ticking_clock_changes_only_the_bands_that_it_lies_in() {
    let mut fonts = Fonts::bundled();
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let first = renderer.render(FrameIndex(0), scene("9:59"), &mut fonts).unwrap();
    let second = renderer.render(FrameIndex(1), scene("9:58"), &mut fonts).unwrap();
    let changed = first.pictures[0].1.bands.iter().zip(&second.pictures[0].1.bands);
    let changed: Vec<bool> = changed.map(|(a, b)| a.version != b.version).collect();
    assert_eq!(changed, [false, true, true], "its digits are 14 px high and stand on row 38");
}

#[test]
fn preparing_a_list_changes_no_frame() {
    let mut fonts = Fonts::bundled();
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let first = renderer.render(FrameIndex(0), scene("9:59"), &mut fonts).unwrap();
    renderer.prepare(&scene("0:00"), &mut fonts).unwrap();
    let second = renderer.render(FrameIndex(1), scene("9:59"), &mut fonts).unwrap();
    assert_eq!(first.pictures[0].1.to_bytes(), second.pictures[0].1.to_bytes());
    let third = renderer.render(FrameIndex(2), scene("0:00"), &mut fonts).unwrap();
    let mut fresh = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let whole = fresh.render(FrameIndex(0), scene("0:00"), &mut fonts).unwrap();
    assert_eq!(third.pictures[0].1.to_bytes(), whole.pictures[0].1.to_bytes());
}

#[test]
fn after_an_error_the_next_frame_is_whole() {
    let mut fonts = Fonts::bundled();
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let first = renderer.render(FrameIndex(0), scene("9:59"), &mut fonts).unwrap();
    let mut broken = scene("9:58");
    broken.items.push(Item { node: NodeId::new("end"), op: Op::PopClip });
    let error = renderer.render(FrameIndex(1), broken, &mut fonts).unwrap_err();
    assert_eq!(error.code(), "render.unbalanced");
    let again = renderer.render(FrameIndex(2), scene("9:59"), &mut fonts).unwrap();
    assert_eq!(first.pictures[0].1.to_bytes(), again.pictures[0].1.to_bytes());
}

#[test]
fn a_list_for_another_canvas_is_refused_and_changes_nothing() {
    let mut fonts = Fonts::bundled();
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let other = DrawList::empty(Size::new(8, 8));
    let error = renderer.render(FrameIndex(0), other, &mut fonts).unwrap_err();
    assert!(error.to_string().contains("8x8") && error.to_string().contains("420x44"), "{error}");
}

#[test]
fn a_picture_whose_bytes_do_not_fit_its_size_is_refused_by_node() {
    let mut fonts = Fonts::bundled();
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let whole = checkers();
    let short = sideline::draw_list::PictureData::new(whole.size, whole.rgba[4..].to_vec());
    let op = Op::Image(sideline::draw_list::ImageShape {
        canvas_from_local: Affine::IDENTITY,
        rect: Rect::new(0.0, 0.0, 8.0, 8.0),
        picture: Arc::new(short),
        tint: Color::WHITE,
    });
    let list = DrawList { canvas: CANVAS, items: vec![Item { node: NodeId::new("logo"), op }] };
    let error = renderer.render(FrameIndex(0), list, &mut fonts).unwrap_err();
    assert!(error.to_string().contains("`logo`"), "{error}");
}
