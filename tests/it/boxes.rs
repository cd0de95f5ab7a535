//! What is wrong with where the texts of a picture stand.
//!
//! In: draw lists, one after the other. Out: sentences. A text's box is the last surface beneath it that holds all of its
//! ink: a box or a filled outline at least as opaque as the text. Nothing else that is drawn between them or over them may
//! touch it without holding it, no two texts of a graphic touch, none has lost its end to an ellipsis, and all of it lies in
//! the graphics-safe area (EBU R 95). That holds for what is seen of a text in every frame, so that a movement's own masks
//! may cut it; at rest nothing may.
//! Markers stand where something happened: of two at one place the later covers the earlier, as it would on any map.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sideline::draw_list::{
    Affine, Color, DrawList, Item, Op, Paint, PathShape, PathStyle, Point, Rect, Segment, Size, TextLook, TextShape,
};

use crate::draw;

pub const HD: Size = Size::new(1920, 1080);
/// Antialiasing, and ink of figures that stands out of their cells.
const SLACK_PX: f32 = 1.5;
/// What is fainter is not seen as an edge.
const LEAST_ALPHA: f32 = 0.05;
/// On its way in or out a text that is fainter is not read.
const LEAST_READ: f32 = 0.2;
/// What is seen through less is a surface to read on.
const OPAQUE: f32 = 0.85;
/// Nodes that stand at the place of what they stand for, with the graphics that have them.
const MARKERS: [(&str, &[&str]); 3] = [
    ("rink", &["goal", "scorer", "save", "miss", "half-goal", "half-scorer", "half-save", "half-miss"]),
    (
        "live-court",
        &["disc", "number.text", "low.ball", "low.ball-shadow", "high.ball", "high.ball-shadow", "halo", "holds"],
    ),
    ("shot-chart", &["make", "miss", "foot", "foot-miss", "ring"]),
];
/// Frames without any change after which a graphic has come to rest.
pub const STILL: u32 = 15;

/// What of a canvas every viewer sees: all but 5% on every side.
fn safe_area(canvas: Size) -> Rect {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    Rect::new(width * 0.05, height * 0.05, width * 0.9, height * 0.9)
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Moment {
    Rest,
    Moving,
}

/// A straight piece of an outline, in canvas pixels.
type Piece = (Point, Point);

enum What<'l> {
    Text(&'l str),
    Box,
    Fill(Vec<Piece>),
    /// A line of half this width.
    Line(Vec<Piece>, f32),
}

/// Something of one graphic, where it is seen.
struct Seen<'l> {
    node: &'l str,
    what: What<'l>,
    rect: Rect,
    alpha: f32,
    /// Of a text: a clip cuts off a part of it.
    is_cut: bool,
}

pub fn holds(outer: Rect, inner: Rect) -> bool {
    outer.x <= inner.x + SLACK_PX
        && outer.y <= inner.y + SLACK_PX
        && outer.right() >= inner.right() - SLACK_PX
        && outer.bottom() >= inner.bottom() - SLACK_PX
}

fn touches(a: Rect, b: Rect) -> bool {
    let both = a.intersection(b);
    both.width > SLACK_PX && both.height > SLACK_PX
}

fn alpha(paint: &Paint) -> f32 {
    match paint {
        Paint::Solid(color) => color.a,
        Paint::Linear(gradient) => gradient.stops.iter().map(|(_, color)| color.a).fold(0.0, f32::max),
    }
}

/// The outline of a path in straight pieces; eight for a curve, of which those of the courts are a few degrees each.
fn pieces(shape: &PathShape) -> Vec<Piece> {
    const PIECES: u32 = 8;
    let map = |p: Point| shape.canvas_from_local.apply(p);
    let (mut pieces, mut from, mut start) = (Vec::new(), Point::new(0.0, 0.0), Point::new(0.0, 0.0));
    for segment in &shape.path.segments {
        let begin = from;
        let mut curve = |at: &dyn Fn(f32) -> Point| {
            for step in 1..=PIECES {
                let to = at(step as f32 / PIECES as f32);
                pieces.push((map(from), map(to)));
                from = to;
            }
        };
        let mix = |a: Point, b: Point, t: f32| Point::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t);
        match *segment {
            Segment::Move(to) => (from, start) = (to, to),
            Segment::Line(to) => {
                pieces.push((map(from), map(to)));
                from = to;
            }
            Segment::Quadratic { control, to } => {
                curve(&|t| mix(mix(begin, control, t), mix(control, to, t), t));
            }
            Segment::Cubic { control1, control2, to } => {
                curve(&|t| {
                    let middle = mix(control1, control2, t);
                    mix(mix(mix(begin, control1, t), middle, t), mix(middle, mix(control2, to, t), t), t)
                });
            }
            Segment::Close => {
                pieces.push((map(from), map(start)));
                from = start;
            }
        }
    }
    pieces
}

/// A piece has a part inside a rectangle.
fn crosses((a, b): Piece, rect: Rect) -> bool {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let (mut from, mut to) = (0.0f32, 1.0f32);
    let sides = [(-dx, a.x - rect.x), (dx, rect.right() - a.x), (-dy, a.y - rect.y), (dy, rect.bottom() - a.y)];
    for (step, room) in sides {
        if step == 0.0 {
            if room < 0.0 {
                return false;
            }
        } else if step < 0.0 {
            from = from.max(room / step);
        } else {
            to = to.min(room / step);
        }
    }
    from <= to
}

/// By how often a ray to the right crosses the outline.
fn is_inside(pieces: &[Piece], p: Point) -> bool {
    let hits = pieces
        .iter()
        .filter(|(a, b)| (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x);
    hits.count() % 2 == 1
}

impl Seen<'_> {
    fn text(&self) -> Option<&str> {
        match self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    /// All of the rectangle lies on it.
    fn holds(&self, rect: Rect) -> bool {
        match &self.what {
            What::Box | What::Text(_) => holds(self.rect, rect),
            What::Fill(pieces) => {
                let core = rect.outset(-SLACK_PX);
                let middle = Point::new(rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
                holds(self.rect, rect) && is_inside(pieces, middle) && !pieces.iter().any(|piece| crosses(*piece, core))
            }
            What::Line(..) => false,
        }
    }

    fn touches(&self, rect: Rect) -> bool {
        if !touches(self.rect, rect) {
            return false;
        }
        let core = rect.outset(-SLACK_PX);
        match &self.what {
            What::Box | What::Text(_) => true,
            What::Fill(pieces) => {
                let middle = Point::new(rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
                pieces.iter().any(|piece| crosses(*piece, core)) || is_inside(pieces, middle)
            }
            What::Line(pieces, half) => pieces.iter().any(|piece| crosses(*piece, core.outset(*half))),
        }
    }
}

/// What one item draws: what it is, where on the canvas, and how opaque; nothing for what frames other items.
fn drawn(op: &Op) -> Option<(What<'_>, Rect, f32)> {
    match op {
        Op::Box(shape) => {
            let alpha = alpha(&shape.fill).max(shape.border.map_or(0.0, |border| border.color.a));
            Some((What::Box, shape.canvas_from_local.bounds_of(shape.rect), alpha))
        }
        Op::Text(shape) if matches!(shape.look, TextLook::Plain | TextLook::Colored | TextLook::Gradient(_)) => {
            Some((What::Text(&shape.run.text), shape.canvas_from_local.bounds_of(shape.ink), shape.color.a))
        }
        Op::Path(shape) => {
            let bounds = shape.canvas_from_local.bounds_of(shape.path.bounds().outset(shape.style.reach_px()));
            let what = match shape.style {
                PathStyle::Fill => What::Fill(pieces(shape)),
                PathStyle::Stroke { width_px, .. } => What::Line(pieces(shape), width_px / 2.0),
            };
            Some((what, bounds, shape.color.a))
        }
        _ => None,
    }
}

/// What is drawn, in order, as far as clips and opacities leave it to be seen.
fn seen(items: &[Item], canvas: Size) -> Vec<Seen<'_>> {
    let canvas = Rect::new(0.0, 0.0, canvas.width as f32, canvas.height as f32);
    let (mut clips, mut opacities, mut masks, mut found) = (vec![canvas], vec![1.0f32], 0, Vec::new());
    for item in items {
        let (clip, opacity) = (clips[clips.len() - 1], opacities[opacities.len() - 1]);
        match &item.op {
            Op::PushClip(next) => clips.push(next.canvas_from_local.bounds_of(next.rect).intersection(clip)),
            Op::PopClip => drop(clips.pop()),
            Op::PushGroup { opacity: next } => opacities.push(opacity * next),
            Op::PopGroup => drop(opacities.pop()),
            Op::PushMask => masks += 1,
            Op::PopMask => masks -= 1,
            op => {
                let Some((what, whole, alpha)) = drawn(op).filter(|_| masks == 0) else { continue };
                let (rect, alpha) = (whole.intersection(clip), alpha * opacity);
                if alpha >= LEAST_ALPHA && !rect.is_empty() {
                    let is_cut = !holds(clip, whole);
                    found.push(Seen { node: item.node.as_str(), what, rect, alpha, is_cut });
                }
            }
        }
    }
    found
}

/// The graphic that a node is of: its layer and template.
fn graphic(node: &str) -> &str {
    let end = node.match_indices('/').nth(1).map_or(node.len(), |(at, _)| at);
    &node[..end]
}

/// A node of a template without what it adds to the names of its single primitives, such as the digits of a roll.
fn of_template(node: &str) -> &str {
    let end = node.match_indices('/').nth(2).map_or(node.len(), |(at, _)| at);
    &node[..end]
}

/// Both mark a place, and not the same thing.
fn are_markers(one: &str, other: &str) -> bool {
    /// What tells a marker from others of its graphic; `None` for what is none.
    fn index(node: &str) -> Option<&str> {
        let mut parts = of_template(node).splitn(3, '/').skip(1);
        let (template, name) = (parts.next()?, parts.next()?);
        let (name, index) = name.split_at(name.find('[').unwrap_or(name.len()));
        let (_, marks) = MARKERS.iter().find(|(of, _)| *of == template)?;
        marks.contains(&name).then_some(index)
    }
    matches!((index(one), index(other)), (Some(one), Some(other)) if one != other)
}

/// What was found wrong, and what of it was looked at before.
#[derive(Default)]
pub struct Checker {
    pub problems: HashSet<String>,
    /// How many texts were looked at, at rest.
    pub texts: usize,
    /// Words that may end in an ellipsis: names that nobody has.
    pub absurd: Vec<String>,
    known: HashMap<String, Known>,
}

/// How a graphic looked last.
#[derive(Default)]
struct Known {
    items: Vec<Item>,
    /// For so many frames.
    still: u32,
    is_checked: bool,
    is_checked_at_rest: bool,
}

impl Checker {
    /// With words that may end in an ellipsis.
    pub fn allowing(absurd: &str) -> Checker {
        Checker { absurd: vec![absurd.to_owned()], ..Checker::default() }
    }

    /// Looks at a picture of which it is known that everything in it is at rest, or that something may move.
    pub fn look(&mut self, list: &DrawList, moment: Moment) {
        self.each(list, |_| moment);
    }

    /// Looks at the next picture of a show, frame by frame: at rest is what has not changed for a while.
    pub fn watch(&mut self, list: &DrawList) {
        self.each(list, |known| if known.still >= STILL { Moment::Rest } else { Moment::Moving });
    }

    fn each(&mut self, list: &DrawList, moment: impl Fn(&Known) -> Moment) {
        let mut left = list.items.as_slice();
        while let Some(first) = left.first() {
            let name = graphic(first.node.as_str());
            let length = left.iter().take_while(|item| graphic(item.node.as_str()) == name).count();
            let (items, rest) = left.split_at(length);
            left = rest;
            let mut known = self.known.remove(name).unwrap_or_default();
            if known.items == items {
                known.still += 1;
            } else {
                known = Known { items: items.to_vec(), ..Known::default() };
            }
            match moment(&known) {
                Moment::Rest if !known.is_checked_at_rest => {
                    (known.is_checked, known.is_checked_at_rest) = (true, true);
                    self.check(items, list.canvas, Moment::Rest);
                }
                Moment::Moving if !known.is_checked => {
                    known.is_checked = true;
                    self.check(items, list.canvas, Moment::Moving);
                }
                _ => {}
            }
            self.known.insert(name.to_owned(), known);
        }
    }

    /// The items of one graphic.
    fn check(&mut self, items: &[Item], canvas: Size, moment: Moment) {
        let all = seen(items, canvas);
        let least = if moment == Moment::Rest { LEAST_ALPHA } else { LEAST_READ };
        for (at, one) in all.iter().enumerate() {
            let Some(text) = one.text() else {
                self.check_surface(one, canvas, moment);
                continue;
            };
            let is_hidden = |over: &Seen| over.text().is_none() && over.alpha >= OPAQUE && over.holds(one.rect);
            if one.alpha < least || all[at + 1..].iter().any(is_hidden) {
                continue;
            }
            self.texts += usize::from(moment == Moment::Rest);
            let mut faults = faults_of(one, &all[..at], &all[at + 1..], (safe_area(canvas), moment));
            if one.is_cut && moment == Moment::Rest {
                faults.push("is cut off".to_owned());
            }
            let low = text.to_lowercase();
            if let Some((said, _)) = low.split_once('…')
                && !self.absurd.iter().any(|name| name.to_lowercase().contains(said.trim()))
            {
                faults.push("has lost its end".to_owned());
            }
            let way = if moment == Moment::Rest { "" } else { " (moving)" };
            self.problems.extend(faults.into_iter().map(|fault| format!("{} \"{text}\" {fault}{way}", one.node)));
        }
    }

    fn check_surface(&mut self, one: &Seen, canvas: Size, moment: Moment) {
        let is_whole_picture = one.rect.width >= canvas.width as f32 && one.rect.height >= canvas.height as f32;
        if moment == Moment::Rest && !is_whole_picture && !holds(safe_area(canvas), one.rect) {
            self.problems.insert(format!("{} leaves the safe area: {}", one.node, one.rect));
        }
    }
}

/// What is wrong with what is seen of a text, among what is drawn before and after it.
fn faults_of(text: &Seen, below: &[Seen], above: &[Seen], (safe, moment): (Rect, Moment)) -> Vec<String> {
    let least = if moment == Moment::Rest { LEAST_ALPHA } else { LEAST_READ };
    let mut faults = Vec::new();
    if !holds(safe, text.rect) {
        faults.push(format!("leaves the safe area: {}", text.rect));
    }
    let mut has_box = false;
    for other in below.iter().rev().filter(|other| other.text().is_none()) {
        if other.holds(text.rect) {
            has_box = other.alpha >= OPAQUE * text.alpha.min(1.0);
            if has_box {
                break;
            }
        // What is painted on a floor lies under figures; a fainter surface is no edge.
        } else if !matches!(other.what, What::Line(..))
            && other.alpha >= least
            && !are_markers(text.node, other.node)
            && other.touches(text.rect)
        {
            faults.push(format!("stands half on {}", other.node));
        }
    }
    if !has_box {
        faults.push("stands on no box".to_owned());
    }
    for (at, other) in above.iter().enumerate().filter(|(_, other)| other.alpha >= least) {
        if are_markers(text.node, other.node) || of_template(other.node) == of_template(text.node) {
            continue;
        }
        let is_wrong = match other.text() {
            // One that has a surface of its own over this text covers it there.
            Some(_) => !above[..at]
                .iter()
                .any(|plate| plate.text().is_none() && plate.alpha >= OPAQUE && plate.holds(other.rect)),
            // What slides out from behind a surface is masked by it, and so is what lies on that surface.
            None => {
                let hides = |plate: &Seen| plate.text().is_none() && plate.alpha >= OPAQUE;
                let is_masked = hides(other) || above[..at].iter().any(|plate| hides(plate) && plate.holds(other.rect));
                !(other.holds(text.rect) || moment == Moment::Moving && is_masked)
            }
        };
        if is_wrong && other.touches(text.rect) {
            faults.push(format!("meets {}", other.node));
        }
    }
    faults
}

fn plate(node: &str, rect: Rect) -> Item {
    Item { node: node.into(), op: Op::Box(draw::plain(rect, Color::WHITE)) }
}

/// A text whose ink is this.
fn word(node: &str, text: &str, ink: Rect) -> Item {
    let (canvas_from_local, run) = (Affine::IDENTITY, Arc::new(draw::run(text, 30.0)));
    let shape = TextShape { canvas_from_local, run, color: Color::WHITE, ink, look: TextLook::Plain };
    Item { node: node.into(), op: Op::Text(shape) }
}

/// A triangle whose right angle is at its top left corner.
fn triangle(node: &str, x: f32, y: f32, side: f32) -> Item {
    let outline = draw::polygon(&[(x, y), (x + side, y), (x, y + side)]);
    Item { node: node.into(), op: draw::path(Affine::IDENTITY, outline, PathStyle::Fill, Color::WHITE) }
}

#[track_caller]
fn check(items: &[Item], moment: Moment, expected: &[&str]) {
    let mut checker = Checker::allowing("Wojciechowska");
    checker.look(&DrawList { canvas: HD, items: items.to_vec() }, moment);
    let mut found: Vec<_> = checker.problems.into_iter().collect();
    found.sort();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{found} is not `{expected}`");
    }
}

#[test]
fn a_text_that_leaves_its_box_meets_another_or_has_lost_its_end_is_found() {
    let plate = plate("1/a/plate", Rect::new(200.0, 200.0, 400.0, 100.0));
    let text = |x: f32| word("1/a/name", "NAME", Rect::new(x, 220.0, 100.0, 30.0));
    check(&[plate.clone(), text(300.0)], Moment::Rest, &[]);
    check(&[plate.clone(), text(550.0)], Moment::Rest, &["stands half on 1/a/plate", "stands on no box"]);
    check(&[plate.clone(), text(550.0)], Moment::Moving, &["stands half on", "stands on no box"]);
    check(&[text(300.0)], Moment::Rest, &["stands on no box"]);
    let other = word("1/a/other", "OTHER", Rect::new(380.0, 220.0, 100.0, 30.0));
    check(&[plate.clone(), text(300.0), other.clone()], Moment::Rest, &["meets 1/a/other"]);
    check(&[plate.clone(), text(300.0), other], Moment::Moving, &["meets 1/a/other"]);
    let digits =
        ["1/a/name/digit[0]", "1/a/name/digit[1]"].map(|node| word(node, "7", Rect::new(300.0, 220.0, 30.0, 30.0)));
    check(&[plate.clone(), digits[0].clone(), digits[1].clone()], Moment::Moving, &[]);
    let short = |text: &str| word("1/a/name", text, Rect::new(300.0, 220.0, 100.0, 30.0));
    check(&[plate.clone(), short("KEVIN DUR…")], Moment::Rest, &["has lost its end"]);
    check(&[plate, short("WOJCIECHOW…")], Moment::Rest, &[]);
}

#[test]
fn what_a_clip_cuts_off_is_a_fault_at_rest_and_not_on_its_way() {
    let clip = draw::round_clip(Rect::new(200.0, 200.0, 150.0, 100.0), 0.0);
    let items = [
        Item { node: "1/a/mask".into(), op: Op::PushClip(clip) },
        plate("1/a/plate", Rect::new(200.0, 200.0, 400.0, 100.0)),
        word("1/a/name", "NAME", Rect::new(300.0, 220.0, 100.0, 30.0)),
        Item { node: "1/a/mask".into(), op: Op::PopClip },
    ];
    check(&items, Moment::Rest, &["is cut off"]);
    check(&items, Moment::Moving, &[]);
}

#[test]
fn an_outline_holds_what_lies_inside_it_and_not_inside_its_bounds() {
    let ground = triangle("1/a/zone", 200.0, 200.0, 300.0);
    let inside = word("1/a/name", "NAME", Rect::new(220.0, 220.0, 100.0, 30.0));
    let outside = word("1/a/name", "NAME", Rect::new(390.0, 420.0, 100.0, 30.0));
    check(&[ground.clone(), inside.clone()], Moment::Rest, &[]);
    check(&[ground.clone(), outside], Moment::Rest, &["stands on no box"]);
    let panel = plate("1/a/panel", Rect::new(150.0, 150.0, 600.0, 600.0));
    check(&[panel.clone(), ground.clone(), inside.clone()], Moment::Rest, &[]);
    let across = word("1/a/name", "NAME", Rect::new(300.0, 320.0, 100.0, 30.0));
    check(&[panel.clone(), ground.clone(), across], Moment::Rest, &["stands half on 1/a/zone"]);
    let over = triangle("1/a/veil", 300.0, 200.0, 300.0);
    check(&[panel, inside, over], Moment::Rest, &["meets 1/a/veil"]);
}
