//! Boxes, paths and texts against an independent rasteriser: resvg draws the same shapes, written as SVG. Of a text it draws the
//! outlines of the glyphs, where shaping has put them.
//!
//! resvg draws eight times as large and is averaged, because its own edges have few steps. Ours are exact along straight
//! edges and have 256 samples a pixel in paths. What is stated here is how far the two are apart: [`WORST`] for any
//! part of any pixel, [`MEAN`] over the pixels that either of them paints partly, in steps of 255. Where a limit is wider,
//! the test says why.

use resvg::{tiny_skia, usvg};
use sideline::draw_list::{
    Affine, Border, BoxShape, Cap, Color, DrawList, Gradient, Join, Op, Paint, PathData, PathStyle, Point, Rect,
    Segment, Shadow, Size, TextLook, TextRun, TextShape,
};
use sideline::frame::Need;
use sideline::render::Renderer;
use sideline::text::Fonts;
use sideline::time::FrameIndex;

use crate::draw::{Sketch, gpu, path, plain, polygon, rgb};

const CANVAS: Size = Size::new(120, 90);

/// resvg's pixels along a side of one of ours.
const FINER: u32 = 8;

const WORST: u8 = 8;
const MEAN: f64 = 1.5;

/// Round corners and turned edges go by the distance of a pixel's centre to the edge, not by its covered area.
const BY_DISTANCE: (u8, f64) = (14, 5.5);

/// Curves of glyphs are drawn as straight lines that are a sixteenth of a pixel away from them at most, and a thin stroke has
/// two edges in one pixel.
const GLYPHS: (u8, f64) = (24, 4.0);

/// Of fonts whose outlines overlap within a glyph: a pixel that two of them half cover counts as covered. It is a pixel here
/// and there: on the mean they are hardly further off.
const OVERLAPPING_GLYPHS: (u8, f64) = (128, 6.5);

/// Glyphs stand on quarters of a pixel, so that each is rasterised four times at most: up to an eighth of a pixel, 32 steps
/// more, from where it was shaped.
const TO_A_QUARTER: (u8, f64) = (32, 10.0);

/// Ours, premultiplied.
fn ours(op: Op) -> Vec<u8> {
    let mut sketch = Sketch::new();
    sketch.push(op);
    let mut renderer = Renderer::new(gpu(), CANVAS, &[Need::NATIVE]).unwrap();
    let list: DrawList = sketch.list(CANVAS);
    let frame = renderer.render(FrameIndex(0), list, &mut Fonts::bundled()).unwrap();
    frame.picture(Need::NATIVE).unwrap().to_bytes()
}

/// resvg's, premultiplied.
fn theirs(inside: &str) -> Vec<u8> {
    let Size { width, height } = CANVAS;
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'>{inside}</svg>"
    );
    let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).unwrap_or_else(|error| panic!("{svg}: {error}"));
    let mut pixels = tiny_skia::Pixmap::new(FINER * width, FINER * height).unwrap();
    resvg::render(&tree, tiny_skia::Transform::from_scale(FINER as f32, FINER as f32), &mut pixels.as_mut());
    let (fine, row_bytes) = (pixels.data(), (4 * FINER * width) as usize);
    let part = |n: u32| {
        let (x, y, part) = (n / 4 % width, n / 4 / width, n % 4);
        let at = |n: u32| (FINER * y + n / FINER) as usize * row_bytes + (4 * (FINER * x + n % FINER) + part) as usize;
        let sum: u32 = (0..FINER * FINER).map(|n| u32::from(fine[at(n)])).sum();
        ((sum + FINER * FINER / 2) / (FINER * FINER)) as u8
    };
    (0..4 * width * height).map(part).collect()
}

/// The largest difference, and the mean one over pixels that either paints, but not both fully.
fn differences(ours: &[u8], theirs: &[u8]) -> (u8, f64) {
    let off = |(a, b): (&[u8], &[u8])| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    let pairs = || ours.chunks_exact(4).zip(theirs.chunks_exact(4));
    let worst = pairs().map(off).max().unwrap_or(0);
    let edges: Vec<u8> = pairs().filter(|(a, b)| a != b || (1..255).contains(&a[3])).map(off).collect();
    let mean = edges.iter().map(|off| f64::from(*off)).sum::<f64>() / edges.len().max(1) as f64;
    (worst, mean)
}

#[track_caller]
fn check_within(op: Op, svg: &str, (worst, mean): (u8, f64)) {
    let (ours, theirs) = (ours(op), theirs(svg));
    assert!(theirs.chunks_exact(4).filter(|pixel| pixel[3] > 0).count() > 100, "resvg draws nothing of {svg}");
    let found = differences(&ours, &theirs);
    assert!(found.0 <= worst && found.1 <= mean, "{svg}: off by {} at worst, {:.2} on edges", found.0, found.1);
}

#[track_caller]
fn check(op: Op, svg: &str) {
    check_within(op, svg, (WORST, MEAN));
}

fn filled(d: Vec<Segment>) -> Op {
    path(Affine::IDENTITY, d, PathStyle::Fill, rgb(0x1d6fd1))
}

/// A path's data as SVG writes it.
fn data(path: &PathData) -> String {
    let at = |p: Point| format!("{} {}", p.x, p.y);
    let command = |segment: &Segment| match *segment {
        Segment::Move(to) => format!("M{}", at(to)),
        Segment::Line(to) => format!("L{}", at(to)),
        Segment::Quadratic { control, to } => format!("Q{} {}", at(control), at(to)),
        Segment::Cubic { control1, control2, to } => format!("C{} {} {}", at(control1), at(control2), at(to)),
        Segment::Close => "Z".to_owned(),
    };
    path.segments.iter().map(command).collect()
}

fn wave() -> PathData {
    let cubic = |a: (f32, f32), b: (f32, f32), to: (f32, f32)| Segment::Cubic {
        control1: Point::new(a.0, a.1),
        control2: Point::new(b.0, b.1),
        to: Point::new(to.0, to.1),
    };
    PathData {
        segments: vec![
            Segment::Move(Point::new(12.3, 60.7)),
            cubic((30.0, -20.0), (44.0, 110.0), (66.0, 40.0)),
            Segment::Quadratic { control: Point::new(80.0, 5.0), to: Point::new(106.4, 33.2) },
        ],
    }
}

#[test]
fn straight_edges_at_any_fraction_of_a_pixel_are_as_dark() {
    for by in [0.0, 0.25, 0.5, 0.7] {
        let rect = Rect::new(10.0 + by, 12.0 + by, 70.5, 40.25);
        let svg = format!(
            "<rect x='{}' y='{}' width='70.5' height='40.25' fill='#1d6fd1' fill-opacity='0.8'/>",
            rect.x, rect.y
        );
        check(Op::Box(plain(rect, rgb(0x1d6fd1).faded(0.8))), &svg);
    }
}

#[test]
fn corners_of_four_radii_are_as_round() {
    let rect = Rect::new(8.0, 9.0, 100.0, 70.0);
    let corners = [0.0, 12.0, 34.0, 21.5];
    let svg = "<path fill='#f2b632' d='M8 9 H96 A12 12 0 0 1 108 21 V45 A34 34 0 0 1 74 79 H29.5 A21.5 21.5 0 0 1 8 57.5 Z'/>";
    check_within(Op::Box(BoxShape { corners, ..plain(rect, rgb(0xf2b632)) }), svg, BY_DISTANCE);
}

#[test]
fn a_turned_box_is_as_smooth() {
    let map = Affine::translation(60.0, 45.0).after(Affine::rotation(0.4));
    let rect = Rect::new(-40.0, -22.0, 80.0, 44.0);
    let turned = BoxShape { canvas_from_local: map, corners: [10.0; 4], ..plain(rect, rgb(0x1d6fd1)) };
    let svg = format!(
        "<rect x='-40' y='-22' width='80' height='44' rx='10' fill='#1d6fd1' transform='translate(60 45) rotate({})'/>",
        0.4_f64.to_degrees()
    );
    check_within(Op::Box(turned), &svg, BY_DISTANCE);
}

#[test]
fn borders_lie_inside_the_edge() {
    let rect = Rect::new(10.0, 10.0, 90.0, 60.0);
    let border = Some(Border { width_px: 5.0, color: rgb(0xf4f6f8) });
    let framed = BoxShape { corners: [16.0; 4], border, ..plain(rect, rgb(0x12315c)) };
    let svg = "<rect x='10' y='10' width='90' height='60' rx='16' fill='#12315c'/>\
               <rect x='12.5' y='12.5' width='85' height='55' rx='13.5' fill='none' stroke='#f4f6f8' stroke-width='5'/>";
    check_within(Op::Box(framed), svg, BY_DISTANCE);
}

#[test]
fn gradients_have_the_same_colours_everywhere() {
    let stops = vec![(0.0, rgb(0x1d6fd1)), (0.3, rgb(0xf2b632)), (1.0, rgb(0xe03a3e))];
    let (from, to) = (Point::new(20.0, 10.0), Point::new(95.0, 70.0));
    let rect = Rect::new(10.0, 5.0, 100.0, 80.0);
    let fill = Paint::Linear(Gradient { from, to, stops });
    let svg = "<linearGradient id='g' gradientUnits='userSpaceOnUse' x1='20' y1='10' x2='95' y2='70'>\
               <stop offset='0' stop-color='#1d6fd1'/><stop offset='0.3' stop-color='#f2b632'/>\
               <stop offset='1' stop-color='#e03a3e'/></linearGradient>\
               <rect x='10' y='5' width='100' height='80' fill='url(#g)'/>";
    check(Op::Box(BoxShape { fill, ..plain(rect, Color::WHITE) }), svg);
}

#[test]
fn shadows_are_as_dark_outside_and_inside() {
    let rect = Rect::new(30.0, 24.0, 60.0, 40.0);
    let cast = Shadow { offset: Point::new(4.0, 5.0), blur_px: 12.0, color: rgb(0).faded(0.8) };
    // Three boxes, as resvg blurs, are not quite a Gaussian.
    let limits = (12, 1.5);
    let outer = BoxShape { corners: [6.0; 4], shadow: Some(cast), ..plain(rect, rgb(0xf2b632)) };
    let blurred = "<filter id='b' filterUnits='userSpaceOnUse' x='0' y='0' width='120' height='90' color-interpolation-filters='sRGB'>\
                   <feGaussianBlur stdDeviation='6'/></filter>";
    let svg = format!(
        "{blurred}<rect x='34' y='29' width='60' height='40' rx='6' fill='#000' fill-opacity='0.8' filter='url(#b)'/>\
         <rect x='30' y='24' width='60' height='40' rx='6' fill='#f2b632'/>"
    );
    check_within(Op::Box(outer), &svg, limits);
    let inner = BoxShape { corners: [6.0; 4], inner_shadow: Some(cast), ..plain(rect, rgb(0xf2b632)) };
    // All around a hole as large as the box, moved and blurred, cut to the box.
    let svg = format!(
        "{blurred}<clipPath id='c'><rect x='30' y='24' width='60' height='40' rx='6'/></clipPath>\
         <rect x='30' y='24' width='60' height='40' rx='6' fill='#f2b632'/><g clip-path='url(#c)'>\
         <path filter='url(#b)' fill='#000' fill-opacity='0.8' fill-rule='evenodd' \
         d='M-90 -90H210V180H-90Z M40 29H88A6 6 0 0 1 94 35V63A6 6 0 0 1 88 69H40A6 6 0 0 1 34 63V35A6 6 0 0 1 40 29Z'/></g>"
    );
    check_within(Op::Box(inner), &svg, limits);
}

#[test]
fn filled_curves_and_holes_are_the_same() {
    let shape = wave();
    check(filled(shape.segments.clone()), &format!("<path fill='#1d6fd1' d='{}'/>", data(&shape)));
    let mut ring = polygon(&[(10.5, 8.0), (105.0, 20.0), (88.0, 80.3), (30.0, 70.0)]);
    ring.extend(polygon(&[(40.0, 30.0), (45.0, 55.0), (70.0, 50.0)]));
    let svg = format!("<path fill='#1d6fd1' d='{}'/>", data(&PathData { segments: ring.clone() }));
    check(filled(ring), &svg);
}

#[test]
fn strokes_have_the_same_caps_and_joins() {
    let caps = [(Cap::Butt, "butt"), (Cap::Round, "round"), (Cap::Square, "square")];
    let joins = [(Join::Miter, "miter"), (Join::Round, "round"), (Join::Bevel, "bevel")];
    let mut zigzag = polygon(&[(14.0, 20.0), (60.0, 24.5), (30.0, 70.0), (100.0, 66.0)]);
    zigzag.pop();
    for (cap, cap_name) in caps {
        for (join, join_name) in joins {
            // On the inside of a bend that is tighter than the line is wide, the two fill a notch of a pixel differently.
            let tight_bend = (28, MEAN);
            let zigzag = PathData { segments: zigzag.clone() };
            for (d, limits) in [(wave(), tight_bend), (zigzag, (WORST, MEAN))] {
                let style = PathStyle::Stroke { width_px: 9.0, cap, join };
                let svg = format!(
                    "<path fill='none' stroke='#f2b632' stroke-opacity='0.7' stroke-width='9' stroke-miterlimit='4' \
                     stroke-linecap='{cap_name}' stroke-linejoin='{join_name}' d='{}'/>",
                    data(&d)
                );
                check_within(path(Affine::IDENTITY, d.segments, style, rgb(0xf2b632).faded(0.7)), &svg, limits);
            }
        }
    }
}

#[test]
fn the_comparison_sees_half_a_pixel() {
    let rect = Rect::new(10.0, 12.0, 70.0, 40.0);
    let shifted = "<rect x='10.5' y='12' width='70' height='40' fill='#1d6fd1'/>";
    let (worst, _) = differences(&ours(Op::Box(plain(rect, rgb(0x1d6fd1)))), &theirs(shifted));
    assert!(worst > WORST, "{worst}");
}

/// A run as a text with its pen at a point, and its glyphs as outlines: where they are rasterised, and where they were shaped.
fn set(run: TextRun, pen: Point) -> (Op, [PathData; 2]) {
    let mut fonts = Fonts::bundled();
    let ink = fonts.measure(&run).expect("a bundled family").ink;
    let buffer = fonts.shape(&run).expect("a bundled family");
    let mut outlines = [PathData::default(), PathData::default()];
    for glyph in buffer.layout_runs().flat_map(|line| line.glyphs) {
        let physical = glyph.physical((0.0, 0.0), 1.0);
        let key = physical.cache_key;
        let rastered = [physical.x as f32 + key.x_bin.as_float(), physical.y as f32 + key.y_bin.as_float()];
        let shaped = [glyph.x + glyph.font_size * glyph.x_offset, rastered[1]];
        for (outline, [x, y]) in outlines.iter_mut().zip([rastered, shaped]) {
            let at = Point::new(pen.x + x, pen.y + y);
            outline.segments.extend(fonts.outline(key, at).expect("no picture").segments);
        }
    }
    let (canvas_from_local, color) = (Affine::translation(pen.x, pen.y), rgb(0x1d6fd1));
    let shape = TextShape { canvas_from_local, run: run.into(), color, ink, look: TextLook::Plain };
    (Op::Text(shape), outlines)
}

#[test]
fn glyphs_of_every_font_and_size_have_the_same_edges() {
    let fonts = [
        ("Barlow Condensed", 500, "Rag 08:47", GLYPHS),
        ("Barlow Condensed", 800, "BONUS 3&S", GLYPHS),
        ("Roboto Condensed", 500, "Quick gj", OVERLAPPING_GLYPHS),
        ("Roboto Condensed", 700, "\u{c4}\u{d1} \u{3a9}\u{436}", OVERLAPPING_GLYPHS),
        // Arabic (one letter: edges of joined ones are laid over each other), Hebrew, and outlines of the other kind (CFF).
        ("Barlow Condensed", 600, "\u{639}", GLYPHS),
        ("Barlow Condensed", 600, "\u{5db}\u{5d3}\u{5d5}\u{5e8}", GLYPHS),
        ("Barlow Condensed", 600, "\u{7bed}\u{7403}", OVERLAPPING_GLYPHS),
    ];
    let mut wrong = Vec::new();
    for (family, weight, text, limit) in fonts {
        for size_px in [9.0, 14.0, 21.5, 32.0, 46.0] {
            let run = TextRun {
                text: text.to_owned(),
                family: family.to_owned(),
                weight,
                size_px,
                tabular: true,
                ..TextRun::default()
            };
            let (op, [rastered, shaped]) = set(run, Point::new(6.0, 60.0));
            let svg = |path: &PathData| format!("<path d='{}' fill='#1d6fd1'/>", data(path));
            let found = differences(&ours(op.clone()), &theirs(&svg(&rastered)));
            let shifted = differences(&ours(op), &theirs(&svg(&shaped)));
            let about =
                format!("{text} in {family} {weight} at {size_px}: {found:?}, {shifted:?} from where it was shaped");
            eprintln!("{about}");
            let within = |(worst, mean): (u8, f64), limit: (u8, f64)| worst <= limit.0 && mean <= limit.1;
            let further = (limit.0 + TO_A_QUARTER.0, limit.1 + TO_A_QUARTER.1);
            if !within(found, limit) || !within(shifted, further) {
                wrong.push(about);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
