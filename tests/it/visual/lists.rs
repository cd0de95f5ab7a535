//! The draw lists of the goldens: each shows one thing that the renderer promises, on the smallest canvas that does.

use std::sync::Arc;

use sideline::draw_list::{
    Affine, Border, BoxShape, Cap, Clip, Color, DrawList, Gradient, ImageShape, Join, Op, Paint, PathStyle,
    PictureData, Point, Rect, Segment, Shadow, Size, TextRun,
};

use crate::draw::{Sketch, path, picture, plain, polygon, rgb, round_clip, run};

/// Makes the list of one frame.
pub type MakeList = fn(Size, u64) -> DrawList;

pub const ALL: [(&str, MakeList); 17] = [
    ("box_edges", box_edges),
    ("box_corners", box_corners),
    ("box_turned", box_turned),
    ("gradients", gradients),
    ("borders", borders),
    ("shadows", shadows),
    ("text_positions", text_positions),
    ("text_styles", text_styles),
    ("text_maps", text_maps),
    ("paths", paths),
    ("groups", groups),
    ("clips", clips),
    ("pictures", pictures),
    ("pictures_made_smaller", pictures_made_smaller),
    ("inner_shadows", inner_shadows),
    ("caps_and_joins", caps_and_joins),
    ("masks", masks),
];

pub fn find(name: &str) -> Option<MakeList> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, make)| *make)
}

const BLUE: u32 = 0x1d6fd1;
const GOLD: u32 = 0xf2b632;
const INK: u32 = 0xf4f6f8;

/// Frame n has everything n quarter pixels further right and down.
fn box_edges(canvas: Size, frame: u64) -> DrawList {
    let by = frame as f32 / 4.0;
    let mut sketch = Sketch::new();
    let at = Affine::translation(by, by);
    sketch.push(Op::Box(BoxShape { canvas_from_local: at, ..plain(Rect::new(4.0, 4.0, 12.0, 10.0), rgb(BLUE)) }));
    // Lines of one pixel and of half a pixel keep their strength wherever they lie.
    sketch.push(Op::Box(BoxShape { canvas_from_local: at, ..plain(Rect::new(20.0, 4.0, 14.0, 1.0), rgb(INK)) }));
    sketch.push(Op::Box(BoxShape { canvas_from_local: at, ..plain(Rect::new(20.0, 8.0, 14.0, 0.5), rgb(INK)) }));
    sketch.push(Op::Box(BoxShape { canvas_from_local: at, ..plain(Rect::new(20.0, 11.0, 1.0, 4.0), rgb(GOLD)) }));
    sketch.list(canvas)
}

fn box_corners(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let corners = [0.0, 4.0, 8.0, 14.0];
    sketch.push(Op::Box(BoxShape { corners, ..plain(Rect::new(2.0, 2.0, 44.0, 28.0), rgb(BLUE)) }));
    sketch.push(Op::Box(BoxShape { corners: [14.0; 4], ..plain(Rect::new(50.0, 2.0, 28.0, 28.0), rgb(GOLD)) }));
    // Radii above half the side end at half the side: a pill.
    sketch.push(Op::Box(BoxShape { corners: [99.0; 4], ..plain(Rect::new(82.0, 8.0, 32.0, 10.0), rgb(INK)) }));
    sketch.push(Op::Box(BoxShape { corners: [2.0; 4], ..plain(Rect::new(82.5, 22.5, 8.0, 4.0), rgb(INK)) }));
    sketch.list(canvas)
}

fn box_turned(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let turned = |x, y, degrees: f32| Affine::translation(x, y).after(Affine::rotation(degrees.to_radians()));
    let rect = Rect::new(-14.0, -9.0, 28.0, 18.0);
    let sharp = BoxShape { canvas_from_local: turned(20.0, 20.0, 12.0), ..plain(rect, rgb(BLUE)) };
    let round = BoxShape {
        canvas_from_local: turned(58.0, 20.0, 40.0),
        corners: [6.0; 4],
        border: Some(Border { width_px: 2.0, color: rgb(INK) }),
        ..plain(rect, rgb(GOLD))
    };
    let slanted = Affine { xy: -0.35, ..Affine::translation(96.0, 20.0) };
    sketch.push(Op::Box(sharp));
    sketch.push(Op::Box(round));
    sketch.push(Op::Box(BoxShape { canvas_from_local: slanted, ..plain(rect, rgb(BLUE)) }));
    sketch.list(canvas)
}

fn gradients(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let linear = |from, to, stops| Paint::Linear(Gradient { from, to, stops });
    let rect = Rect::new(2.0, 2.0, 60.0, 12.0);
    let (left, right) = (Point::new(2.0, 0.0), Point::new(62.0, 0.0));
    let opaque = linear(left, right, vec![(0.0, rgb(BLUE)), (1.0, rgb(GOLD))]);
    sketch.push(Op::Box(BoxShape { fill: opaque, ..plain(rect, Color::WHITE) }));
    // To nothing and back, and with a hard stop.
    let fade = vec![(0.0, rgb(BLUE)), (0.4, rgb(BLUE).faded(0.0)), (0.6, rgb(GOLD).faded(0.0)), (1.0, rgb(GOLD))];
    let below = |y| Rect { y, ..rect };
    sketch.push(Op::Box(BoxShape { fill: linear(left, right, fade), ..plain(below(18.0), Color::WHITE) }));
    let hard = vec![(0.5, rgb(BLUE)), (0.5, rgb(GOLD))];
    sketch.push(Op::Box(BoxShape { fill: linear(left, right, hard), ..plain(below(34.0), Color::WHITE) }));
    let slanted = linear(Point::new(66.0, 2.0), Point::new(92.0, 46.0), vec![(0.2, rgb(0xc0_3020)), (0.8, rgb(INK))]);
    sketch.push(Op::Box(BoxShape {
        fill: slanted,
        corners: [6.0; 4],
        ..plain(Rect::new(66.0, 2.0, 26.0, 44.0), Color::WHITE)
    }));
    sketch.list(canvas)
}

fn borders(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let border = |width_px, color| Some(Border { width_px, color });
    let rect = Rect::new(3.0, 3.0, 24.0, 18.0);
    let moved = |x| Rect { x, ..rect };
    let translucent = rgb(INK).faded(0.5);
    sketch.push(Op::Box(BoxShape { border: border(3.0, rgb(INK)), ..plain(rect, rgb(BLUE)) }));
    sketch.push(Op::Box(BoxShape {
        border: border(4.0, translucent),
        corners: [7.0; 4],
        ..plain(moved(31.0), rgb(BLUE))
    }));
    sketch.push(Op::Box(BoxShape {
        border: border(1.0, rgb(INK)),
        corners: [5.0; 4],
        ..plain(moved(59.5), rgb(BLUE).faded(0.3))
    }));
    // Wider than half the side: nothing of the fill shows.
    sketch.push(Op::Box(BoxShape {
        border: border(20.0, rgb(GOLD)),
        corners: [5.0; 4],
        ..plain(moved(87.0), rgb(BLUE))
    }));
    sketch.list(canvas)
}

fn shadows(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let shadow = |x, y, blur_px| Some(Shadow { offset: Point::new(x, y), blur_px, color: Color { a: 0.6, ..rgb(0) } });
    let rect = Rect::new(14.0, 10.0, 30.0, 22.0);
    let moved = |x| Rect { x, ..rect };
    sketch.push(Op::Box(BoxShape { shadow: shadow(0.0, 6.0, 12.0), corners: [6.0; 4], ..plain(rect, rgb(BLUE)) }));
    // A translucent box is not darkened by its own shadow.
    sketch.push(Op::Box(BoxShape { shadow: shadow(3.0, 3.0, 8.0), ..plain(moved(64.0), rgb(GOLD).faded(0.4)) }));
    sketch.push(Op::Box(BoxShape {
        shadow: shadow(4.0, 4.0, 0.0),
        corners: [9.0; 4],
        ..plain(moved(112.0), rgb(BLUE))
    }));
    sketch.list(canvas)
}

/// Frame n is n quarter pixels further right and down.
fn text_positions(canvas: Size, frame: u64) -> DrawList {
    let by = frame as f32 / 4.0;
    let mut sketch = Sketch::new();
    sketch.text(Affine::translation(3.0 + by, 20.0 + by), run("Ag 0:59", 22.0), rgb(INK));
    sketch.list(canvas)
}

fn text_styles(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let mut line = |x, y, run: TextRun| sketch.text(Affine::translation(x, y), run, rgb(INK));
    line(2.0, 18.0, TextRun { weight: 500, ..run("WIDE", 18.0) });
    line(40.0, 18.0, TextRun { weight: 800, ..run("WIDE", 18.0) });
    line(82.0, 18.0, TextRun { tracking: 120.0, ..run("WIDE", 18.0) });
    // Digits stand in columns only when they are tabular.
    line(2.0, 38.0, TextRun { tabular: true, ..run("1:11", 18.0) });
    line(2.0, 56.0, TextRun { tabular: true, ..run("0:08", 18.0) });
    line(40.0, 38.0, run("1:11", 18.0));
    line(40.0, 56.0, run("0:08", 18.0));
    line(82.0, 38.0, TextRun { family: "Roboto Condensed".to_owned(), weight: 700, ..run("11:47", 18.0) });
    line(82.0, 56.0, TextRun { weight: 500, ..run("Žižić ČĆ", 18.0) });
    sketch.list(canvas)
}

fn text_maps(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let at = Affine::translation;
    let dark = rgb(0x0e_1116);
    sketch.push(Op::Box(plain(Rect::new(0.0, 0.0, 60.0, 64.0), rgb(INK))));
    sketch.text(at(4.0, 18.0).after(Affine::scale(0.88, 1.0)), run("SQUEEZED", 16.0), dark);
    sketch.text(at(4.0, 38.0).after(Affine::scale(0.6, 0.6)), run("smaller", 26.0), dark);
    sketch.text(at(4.0, 60.0).after(Affine::scale(1.5, 1.5)), run("larger", 12.0), dark);
    sketch.text(at(66.0, 40.0).after(Affine::rotation(-0.4)), run("turned", 22.0), rgb(GOLD));
    sketch.text(at(70.0, 60.0), run("half", 20.0), rgb(GOLD).faded(0.5));
    sketch.list(canvas)
}

fn paths(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let mut ring = polygon(&[(4.0, 4.0), (32.0, 4.0), (32.0, 32.0), (4.0, 32.0)]);
    ring.extend(polygon(&[(12.0, 12.0), (12.0, 24.0), (24.0, 24.0), (24.0, 12.0)]));
    sketch.push(path(Affine::IDENTITY, ring, PathStyle::Fill, rgb(BLUE)));
    let arrow = polygon(&[(0.0, 0.0), (14.0, 8.0), (0.0, 16.0), (4.0, 8.0)]);
    sketch.push(path(Affine::translation(38.5, 10.25), arrow.clone(), PathStyle::Fill, rgb(GOLD)));
    let turned = Affine::translation(66.0, 12.0).after(Affine::rotation(0.5)).after(Affine::scale(1.4, 1.4));
    sketch.push(path(turned, arrow, PathStyle::Fill, rgb(GOLD).faded(0.6)));
    let arc = vec![
        Segment::Move(Point::new(88.0, 32.0)),
        Segment::Cubic {
            control1: Point::new(88.0, 4.0),
            control2: Point::new(118.0, 4.0),
            to: Point::new(118.0, 32.0),
        },
        Segment::Line(Point::new(103.0, 18.0)),
    ];
    sketch.push(path(Affine::IDENTITY, arc, PathStyle::round(3.0), rgb(INK).faded(0.7)));
    sketch.list(canvas)
}

fn groups(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let pair = |sketch: &mut Sketch, x| {
        sketch.push(Op::Box(plain(Rect::new(x, 4.0, 16.0, 16.0), rgb(BLUE))));
        sketch.push(Op::Box(plain(Rect::new(x + 8.0, 10.0, 16.0, 16.0), rgb(GOLD))));
    };
    // The overlap shows the upper box alone, however faded.
    sketch.group(1.0, |sketch| pair(sketch, 4.0));
    sketch.group(0.5, |sketch| pair(sketch, 34.0));
    sketch.group(0.5, |sketch| {
        sketch.push(Op::Box(plain(Rect::new(64.0, 14.0, 28.0, 4.0), rgb(INK))));
        sketch.group(0.5, |sketch| pair(sketch, 64.0));
        sketch.push(Op::Box(plain(Rect::new(86.0, 4.0, 4.0, 22.0), rgb(INK))));
    });
    // One primitive needs no layer and looks the same as with one.
    sketch.group(0.5, |sketch| sketch.push(Op::Box(plain(Rect::new(94.5, 4.5, 10.0, 21.0), rgb(BLUE)))));
    sketch.list(canvas)
}

fn clips(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let stripes = |sketch: &mut Sketch, x: f32| {
        for n in 0..4_u8 {
            let color = if n % 2 == 0 { rgb(BLUE) } else { rgb(GOLD) };
            sketch.push(Op::Box(plain(Rect::new(x + 8.0 * f32::from(n), 0.0, 8.0, 36.0), color)));
        }
    };
    sketch.clip(round_clip(Rect::new(4.5, 4.5, 28.0, 27.0), 10.0), |sketch| stripes(sketch, 2.0));
    let turned = Clip {
        canvas_from_local: Affine::translation(54.0, 18.0).after(Affine::rotation(0.6)),
        ..round_clip(Rect::new(-12.0, -10.0, 24.0, 20.0), 3.0)
    };
    sketch.clip(turned, |sketch| stripes(sketch, 38.0));
    // Of two clips only what lies in both shows; so it does through a group.
    sketch.clip(round_clip(Rect::new(74.0, 2.0, 20.0, 32.0), 10.0), |sketch| {
        sketch.clip(round_clip(Rect::new(82.0, 8.0, 24.0, 20.0), 10.0), |sketch| {
            sketch.group(0.5, |sketch| stripes(sketch, 74.0));
        });
    });
    sketch.clip(round_clip(Rect::new(100.0, 4.0, 18.0, 14.0), 7.0), |sketch| {
        sketch.text(Affine::translation(98.0, 17.0), run("CLIP", 17.0), rgb(INK));
    });
    sketch.list(canvas)
}

fn pictures(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let rect = Rect::new(0.0, 0.0, 8.0, 8.0);
    let at = Affine::translation;
    sketch.push(picture(at(3.0, 3.0), rect, Color::WHITE));
    sketch.push(picture(at(15.5, 3.25), rect, Color::WHITE));
    sketch.push(picture(at(28.0, 3.0), Rect::new(0.0, 0.0, 24.0, 16.0), Color::WHITE));
    sketch.push(picture(at(70.0, 3.0).after(Affine::rotation(0.5)), Rect::new(0.0, 0.0, 16.0, 16.0), Color::WHITE));
    sketch.push(picture(at(3.0, 15.0), rect, Color { r: 1.0, g: 0.2, b: 0.2, a: 0.5 }));
    sketch.list(canvas)
}

/// Rings of one texel and more, which turn to moiré where a picture is sampled too seldom.
fn rings() -> Arc<PictureData> {
    let pixel = |n: u32| {
        let (x, y) = (f64::from(n % 96) - 47.5, f64::from(n / 96) - 47.5);
        let ring = (x.hypot(y) * 0.9).sin() * 0.5 + 0.5;
        let (white, alpha) = ((ring * 255.0) as u8, if x.hypot(y) < 46.0 { 255 } else { 0 });
        if alpha == 0 { [0; 4] } else { [white, white, 255, 255] }
    };
    Arc::new(PictureData::new(Size::new(96, 96), (0..96 * 96).flat_map(pixel).collect()))
}

fn pictures_made_smaller(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let picture = rings();
    let at = |map: Affine, side: f32| {
        let (picture, rect) = (picture.clone(), Rect::new(0.0, 0.0, side, side));
        Op::Image(ImageShape { canvas_from_local: map, rect, picture, tint: Color::WHITE })
    };
    sketch.push(at(Affine::translation(2.0, 2.0), 48.0));
    sketch.push(at(Affine::translation(52.0, 2.0), 37.0));
    sketch.push(at(Affine::translation(91.5, 2.25), 24.0));
    sketch.push(at(Affine::translation(92.0, 28.0).after(Affine::scale(0.25, 0.25)), 96.0));
    sketch.list(canvas)
}

fn inner_shadows(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let black = rgb(0).faded(0.8);
    let cast = |x, y, blur_px| Some(Shadow { offset: Point::new(x, y), blur_px, color: black });
    let mut lit = |rect, inner_shadow, more: BoxShape| {
        sketch.push(Op::Box(BoxShape { rect, inner_shadow, ..more }));
    };
    let gold = plain(Rect::default(), rgb(GOLD));
    lit(Rect::new(4.0, 4.0, 28.0, 24.0), cast(0.0, 0.0, 10.0), gold.clone());
    lit(Rect::new(38.0, 4.0, 28.0, 24.0), cast(3.0, 4.0, 6.0), BoxShape { corners: [8.0; 4], ..gold.clone() });
    // Under a border, beside an outer shadow; and without any blur.
    let border = Some(Border { width_px: 3.0, color: rgb(INK) });
    let shadow = Some(Shadow { offset: Point::new(0.0, 2.0), blur_px: 6.0, color: black });
    let framed = BoxShape { corners: [6.0; 4], border, shadow, ..gold.clone() };
    lit(Rect::new(72.0, 4.0, 28.0, 24.0), cast(0.0, 3.0, 5.0), framed);
    lit(Rect::new(106.0, 4.0, 20.0, 24.0), cast(4.0, 0.0, 0.0), gold);
    sketch.list(canvas)
}

fn caps_and_joins(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let styles = [(Cap::Butt, Join::Miter), (Cap::Round, Join::Round), (Cap::Square, Join::Bevel)];
    for (n, (cap, join)) in (0_u8..).zip(styles) {
        let mut corner = polygon(&[(6.0, 28.0), (6.0, 8.0), (24.0, 20.0)]);
        corner.pop();
        let style = PathStyle::Stroke { width_px: 7.0, cap, join };
        sketch.push(path(Affine::translation(36.0 * f32::from(n), 0.0), corner, style, rgb(BLUE).faded(0.7)));
    }
    // Sharper than the limit: cut off.
    let mut sharp = polygon(&[(112.0, 30.0), (115.0, 4.0), (118.0, 30.0)]);
    sharp.pop();
    let style = PathStyle::Stroke { width_px: 4.0, cap: Cap::Butt, join: Join::Miter };
    sketch.push(path(Affine::IDENTITY, sharp, style, rgb(GOLD)));
    sketch.list(canvas)
}

fn masks(canvas: Size, _: u64) -> DrawList {
    let mut sketch = Sketch::new();
    let plates = |sketch: &mut Sketch, x: f32| {
        sketch.push(Op::Box(plain(Rect::new(x, 4.0, 20.0, 28.0), rgb(BLUE))));
        sketch.push(Op::Box(plain(Rect::new(x + 12.0, 8.0, 16.0, 28.0), rgb(GOLD))));
    };
    // Through letters; through a fading box, half opaque; and through nothing at all.
    sketch.masked(
        1.0,
        |sketch| plates(sketch, 4.0),
        |sketch| {
            sketch.text(Affine::translation(3.0, 30.0), run("MA", 30.0), Color::WHITE);
        },
    );
    let stops = vec![(0.0, Color::WHITE.faded(0.0)), (1.0, Color::WHITE)];
    let fill = Paint::Linear(Gradient { from: Point::new(38.0, 0.0), to: Point::new(66.0, 0.0), stops });
    let rect = Rect::new(38.0, 2.0, 28.0, 36.0);
    sketch.masked(
        0.5,
        |sketch| plates(sketch, 38.0),
        |sketch| {
            sketch.push(Op::Box(BoxShape { rect, fill, ..plain(rect, Color::WHITE) }));
        },
    );
    sketch.masked(1.0, |sketch| plates(sketch, 72.0), |_| ());
    // A mask within a mask: only what lies in both.
    sketch.masked(
        1.0,
        |sketch| plates(sketch, 76.0),
        |sketch| {
            sketch.masked(
                1.0,
                |sketch| sketch.push(Op::Box(plain(Rect::new(76.0, 0.0, 20.0, 40.0), Color::WHITE))),
                |sketch| {
                    let round =
                        BoxShape { corners: [14.0; 4], ..plain(Rect::new(76.0, 6.0, 28.0, 28.0), Color::WHITE) };
                    sketch.push(Op::Box(round));
                },
            );
        },
    );
    sketch.list(canvas)
}
