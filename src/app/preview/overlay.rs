//! What the preview draws around and over a graphic: as items of a draw list, in canvas pixels. Pure.
//!
//! In: what the designer wants to see, and the graphic's own items. Out: more items, and where the message stands.
//! Below the canvas is a strip with the time line, so that nothing of the picture is covered by it.

use std::sync::Arc;

use super::strip::Times;
use crate::draw_list::{
    Affine, Border, BoxShape, Clip, Color, DrawList, ImageShape, Item, Op, Paint, PictureData, Point, Rect, Size,
    TextLook, TextRun, TextShape,
};
use crate::ids::NodeId;
use crate::problem::Problem;
use crate::text::Fonts;

/// EBU R 95: what must be seen lies within 93 % of the picture, what must be read within 90 %.
const ACTION_SAFE: f32 = 0.93;
const GRAPHICS_SAFE: f32 = 0.90;

/// Lines of the grid on each axis.
const GRID: u32 = 12;

/// The strip's share of the canvas height.
const STRIP: f32 = 1.0 / 15.0;

/// Problems that are written out; the rest is counted.
const MOST_PROBLEMS: usize = 4;

/// What is drawn beside the graphic.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Looks {
    pub safe_areas: bool,
    pub grid: bool,
    pub boxes: bool,
    /// What the keys do.
    pub help: bool,
}

/// Everything that a picture of the preview is made of.
pub struct View<'a> {
    pub canvas: Size,
    pub looks: Looks,
    /// A still behind the graphic.
    pub behind: Option<&'a Arc<PictureData>>,
    pub graphic: &'a [Item],
    /// The item under the pointer, by its place.
    pub pointed: Option<usize>,
    pub problems: &'a [Problem],
    pub times: &'a Times,
    /// On the strip, left and right.
    pub words: [&'a str; 2],
}

/// The canvas of the preview: the graphic's, and the strip below it.
pub fn whole(canvas: Size) -> Size {
    Size::new(canvas.width, canvas.height + strip_height(canvas))
}

pub fn strip_height(canvas: Size) -> u32 {
    ((canvas.height as f32 * STRIP) as u32).max(24)
}

/// Where on the time line a point of the strip lies, 0..=1; `None` above the strip.
pub fn time_at(canvas: Size, point: Point) -> Option<f32> {
    let (left, right) = time_line(canvas);
    (point.y >= canvas.height as f32).then(|| ((point.x - left) / (right - left)).clamp(0.0, 1.0))
}

/// Where the time line begins and ends.
pub fn time_line(canvas: Size) -> (f32, f32) {
    let margin = strip_height(canvas) as f32 / 2.0;
    (margin, canvas.width as f32 - margin)
}

/// The topmost item that a point lies in, by its place, as it is turned and as far as no clip hides it; clips and groups are
/// none. Of a path, of a shadow and of letters it is the rectangle around.
pub fn hit(graphic: &[Item], point: Point) -> Option<usize> {
    let holds = |map: Affine, rect: Rect| {
        local(map, point)
            .is_some_and(|at| (rect.x..rect.right()).contains(&at.x) && (rect.y..rect.bottom()).contains(&at.y))
    };
    let (mut found, mut clips) = (None, Vec::new());
    for (at, item) in graphic.iter().enumerate() {
        let is_hit = match &item.op {
            Op::PushClip(clip) => {
                clips.push(holds(clip.canvas_from_local, clip.rect));
                continue;
            }
            Op::PopClip => {
                clips.pop();
                continue;
            }
            Op::PushGroup { .. } | Op::PopGroup | Op::PushMask | Op::PopMask => continue,
            Op::Box(shape) => holds(shape.canvas_from_local, shape.rect),
            Op::Path(shape) => holds(shape.canvas_from_local, shape.path.bounds().outset(shape.style.reach_px())),
            Op::Text(shape) => holds(shape.canvas_from_local, shape.ink),
            Op::Image(shape) => holds(shape.canvas_from_local, shape.rect),
        };
        if is_hit && clips.iter().all(|is_open| *is_open) {
            found = Some(at);
        }
    }
    found
}

/// Where a point of the canvas lies before a map; nowhere when the map leaves no area.
fn local(map: Affine, point: Point) -> Option<Point> {
    let area = map.xx * map.yy - map.xy * map.yx;
    let (x, y) = (point.x - map.dx, point.y - map.dy);
    (area != 0.0).then(|| Point::new((x * map.yy - y * map.xy) / area, (y * map.xx - x * map.yx) / area))
}

/// The part of the canvas that the message covers; empty without problems.
pub fn message(canvas: Size, problems: &[Problem]) -> Rect {
    let lines = lines_of(problems, usize::MAX).len();
    if lines == 0 {
        return Rect::default();
    }
    let height = (lines as f32 + 1.0) * line_height(canvas);
    Rect::new(0.0, 0.0, canvas.width as f32, height.min(canvas.height as f32))
}

fn line_height(canvas: Size) -> f32 {
    (canvas.height as f32 / 30.0).max(14.0)
}

/// Draws the whole.
pub fn draw(view: &View<'_>, fonts: &mut Fonts) -> DrawList {
    let mut pen = Pen { fonts, items: Vec::new() };
    let (width, height) = (view.canvas.width as f32, view.canvas.height as f32);
    let picture = Rect::new(0.0, 0.0, width, height);
    if let Some(behind) = view.behind {
        let (canvas_from_local, rect) = (Affine::IDENTITY, picture);
        let image = ImageShape { canvas_from_local, rect, picture: behind.clone(), tint: Color::WHITE };
        pen.push("behind", Op::Image(image));
    }
    pen.push("picture", Op::PushClip(Clip { canvas_from_local: Affine::IDENTITY, rect: picture, corners: [0.0; 4] }));
    pen.items.extend_from_slice(view.graphic);
    pen.push("picture/end", Op::PopClip);
    if view.looks.grid {
        pen.grid(width, height);
    }
    if view.looks.safe_areas {
        for (name, share, color) in [("action", ACTION_SAFE, ACTION), ("graphics", GRAPHICS_SAFE, GRAPHICS)] {
            let (x, y) = (width * (1.0 - share) / 2.0, height * (1.0 - share) / 2.0);
            pen.outline(&format!("safe/{name}"), Rect::new(x, y, width * share, height * share), 2.0, color);
        }
    }
    if view.looks.boxes {
        for (at, bounds) in view.graphic.iter().enumerate().filter_map(|(at, item)| Some((at, item.op.bounds()?))) {
            pen.outline(&format!("box/{at}"), bounds.intersection(picture), 1.0, BOXES);
        }
    }
    if let Some(bounds) = view.pointed.and_then(|at| view.graphic[at].op.bounds()) {
        pen.outline("pointed", bounds.intersection(picture), 2.0, POINTED);
    }
    if view.looks.help {
        pen.help(view.canvas);
    }
    pen.message(view);
    pen.strip(view);
    DrawList { canvas: whole(view.canvas), items: pen.items }
}

const ACTION: Color = Color { r: 1.0, g: 0.75, b: 0.1, a: 0.9 };
const GRAPHICS: Color = Color { r: 0.2, g: 0.9, b: 0.4, a: 0.9 };
const GRID_LINES: Color = Color { r: 1.0, g: 1.0, b: 1.0, a: 0.25 };
pub(super) const BOXES: Color = Color { r: 1.0, g: 0.2, b: 0.8, a: 0.8 };
pub(super) const POINTED: Color = Color { r: 0.2, g: 0.8, b: 1.0, a: 1.0 };
const PANEL: Color = Color { r: 0.35, g: 0.03, b: 0.05, a: 1.0 };
pub(super) const PANEL_WORDS: Color = ACTION;
pub(super) const DIM: Color = Color { r: 0.45, g: 0.48, b: 0.52, a: 1.0 };

pub(super) struct Pen<'a> {
    fonts: &'a mut Fonts,
    items: Vec<Item>,
}

impl Pen<'_> {
    fn push(&mut self, node: &str, op: Op) {
        self.items.push(Item { node: NodeId::new(format!("preview/{node}")), op });
    }

    pub fn fill(&mut self, node: &str, rect: Rect, color: Color) {
        self.push(node, Op::Box(plain(rect, color)));
    }

    fn outline(&mut self, node: &str, rect: Rect, width_px: f32, color: Color) {
        if !rect.is_empty() {
            let border = Some(Border { width_px, color });
            self.push(node, Op::Box(BoxShape { border, ..plain(rect, color.faded(0.0)) }));
        }
    }

    /// How wide a line of text is.
    pub fn width(&mut self, text: &str, size_px: f32) -> f32 {
        self.fonts.measure(&run(text, size_px)).map_or(0.0, |metrics| metrics.advance_px)
    }

    /// A line of text with its baseline at a point.
    pub fn text(&mut self, node: &str, at: Point, size_px: f32, color: Color, text: &str) {
        let (run, at) = (run(text, size_px), Point::new(at.x.round(), at.y.round()));
        // Without its ink a text cannot be drawn; what it says stands in the terminal as well.
        if let Ok(metrics) = self.fonts.measure(&run) {
            let canvas_from_local = Affine::translation(at.x, at.y);
            let (run, ink, look) = (Arc::new(run), metrics.ink, TextLook::Plain);
            self.push(node, Op::Text(TextShape { canvas_from_local, run, color, ink, look }));
        }
    }

    fn grid(&mut self, width: f32, height: f32) {
        for line in 1..GRID {
            let share = line as f32 / GRID as f32;
            let thick = if line * 2 == GRID { 2.0 } else { 1.0 };
            let (x, y) = ((width * share).round(), (height * share).round());
            self.fill(&format!("grid/x{line}"), Rect::new(x, 0.0, thick, height), GRID_LINES);
            self.fill(&format!("grid/y{line}"), Rect::new(0.0, y, width, thick), GRID_LINES);
        }
    }

    fn message(&mut self, view: &View<'_>) {
        let panel = message(view.canvas, view.problems);
        if panel.is_empty() {
            return;
        }
        self.fill("message", panel, PANEL);
        let line = line_height(view.canvas);
        let size = line * 0.72;
        // A digit of this family is about half as wide as the text is high.
        let most = (view.canvas.width as f32 / (size * 0.5)) as usize;
        let lines = lines_of(view.problems, most);
        for (at, text) in lines.iter().enumerate() {
            let baseline = Point::new(line / 2.0, line * (at as f32 + 1.25));
            let Some((gutter, body)) = split(text) else {
                self.text(&format!("message/{at}"), baseline, size, Color::WHITE, text);
                continue;
            };
            let bar = baseline.x + self.width(GUTTER, size);
            self.text(&format!("message/{at}/gutter"), baseline, size, Color::WHITE, gutter);
            // The mark stands under the letter that it means, which is not where it stands among letters of one width.
            let before = lines.get(at.wrapping_sub(1)).and_then(|above| split(above)).filter(|_| gutter.is_empty());
            let (x, body) = match before {
                Some((_, above)) => {
                    let mark = body.trim_start();
                    let under: String = above.chars().take(body.chars().count() - mark.chars().count()).collect();
                    (bar + self.width(&under, size), mark)
                }
                None => (bar, body),
            };
            self.text(&format!("message/{at}"), Point::new(x, baseline.y), size, Color::WHITE, body);
        }
    }
}

/// As wide as what stands before a line of the file.
const GUTTER: &str = "00000 ";

/// The number of a line of the file, and the line; or nothing, and the mark under it. `None` for any other line.
fn split(text: &str) -> Option<(&str, &str)> {
    let (gutter, body) = text.split_once(" | ")?;
    let gutter = gutter.trim_start();
    gutter.bytes().all(|byte| byte.is_ascii_digit()).then_some((gutter, body))
}

fn run(text: &str, size_px: f32) -> TextRun {
    let family = "Roboto Condensed".to_owned();
    TextRun { text: text.to_owned(), family, weight: 400, size_px, tabular: true, ..TextRun::default() }
}

fn plain(rect: Rect, color: Color) -> BoxShape {
    BoxShape {
        canvas_from_local: Affine::IDENTITY,
        rect,
        corners: [0.0; 4],
        fill: Paint::Solid(color),
        border: None,
        shadow: None,
        inner_shadow: None,
    }
}

/// The problems as lines of at most so many characters.
fn lines_of(problems: &[Problem], most: usize) -> Vec<String> {
    let cut = |line: String| match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &line[..end]),
        None => line,
    };
    let mut lines: Vec<String> = Vec::new();
    for problem in problems.iter().take(MOST_PROBLEMS) {
        lines.extend(problem.to_string().lines().map(|line| cut(line.to_owned())));
    }
    if problems.len() > MOST_PROBLEMS {
        lines.push(format!("and {} more", problems.len() - MOST_PROBLEMS));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size::new(320, 180);

    fn graphic() -> Vec<Item> {
        let item = |node: &str, rect| Item { node: node.into(), op: Op::Box(plain(rect, Color::WHITE)) };
        vec![item("1/a/below", Rect::new(0.0, 0.0, 100.0, 100.0)), item("1/a/above", Rect::new(50.0, 50.0, 20.0, 20.0))]
    }

    fn nodes(looks: Looks, problems: &[Problem]) -> Vec<String> {
        let graphic = graphic();
        let view = View {
            canvas: CANVAS,
            looks,
            behind: None,
            graphic: &graphic,
            pointed: None,
            problems,
            times: &Times { at: 0.5, seconds: 8.0, steps: vec![0.4], ..Times::default() },
            words: ["left", ""],
        };
        draw(&view, &mut Fonts::bundled()).items.iter().map(|item| item.node.to_string()).collect()
    }

    #[test]
    fn what_is_switched_off_is_not_drawn_and_the_graphic_is_drawn_as_it_is() {
        let plain = nodes(Looks::default(), &[]);
        assert!(plain.contains(&"1/a/below".to_owned()) && plain.contains(&"preview/strip".to_owned()));
        assert!(
            !plain.iter().any(|node| ["safe", "grid", "box", "message", "help"].iter().any(|part| node.contains(part)))
        );
        let all = nodes(
            Looks { safe_areas: true, grid: true, boxes: true, help: true },
            &[Problem::of_file("a.json", "wrong")],
        );
        for part in
            ["safe/action", "safe/graphics", "grid/x6", "box/1", "message/0", "help/key0", "time/step0", "time/second7"]
        {
            assert!(all.contains(&format!("preview/{part}")), "{part} in {all:?}");
        }
    }

    #[test]
    fn safe_areas_are_those_of_r_95() {
        let graphic = graphic();
        let looks = Looks { safe_areas: true, ..Looks::default() };
        let view = View {
            canvas: Size::new(1920, 1080),
            looks,
            behind: None,
            graphic: &graphic,
            pointed: None,
            problems: &[],
            times: &Times::default(),
            words: ["", ""],
        };
        let list = draw(&view, &mut Fonts::bundled());
        let rect = |node: &str| match list
            .items
            .iter()
            .find(|item| item.node.to_string().ends_with(node))
            .map(|item| &item.op)
        {
            Some(Op::Box(shape)) => shape.rect,
            other => panic!("{node}: {other:?}"),
        };
        let (action, graphics) = (rect("safe/action"), rect("safe/graphics"));
        assert_eq!([action.x, action.y].map(f32::round), [67.0, 38.0]);
        assert_eq!([graphics.x, graphics.y].map(f32::round), [96.0, 54.0]);
    }

    #[test]
    fn the_pointer_finds_the_topmost_item() {
        let graphic = graphic();
        assert_eq!(hit(&graphic, Point::new(60.0, 60.0)), Some(1));
        assert_eq!(hit(&graphic, Point::new(20.0, 20.0)), Some(0));
        assert_eq!(hit(&graphic, Point::new(200.0, 20.0)), None);
    }

    #[test]
    fn the_pointer_finds_what_is_turned_where_it_is_and_nothing_that_is_clipped_away() {
        // A bar of 100 x 10 about (100, 100), upright.
        let map = Affine::translation(100.0, 100.0).after(Affine::rotation(std::f32::consts::FRAC_PI_4));
        let bar = BoxShape { canvas_from_local: map, ..plain(Rect::new(-50.0, -5.0, 100.0, 10.0), Color::WHITE) };
        let item = |op| Item { node: "1/a/bar".into(), op };
        let mut graphic = vec![item(Op::Box(bar))];
        assert_eq!(hit(&graphic, Point::new(130.0, 130.0)), Some(0), "along the diagonal");
        assert_eq!(hit(&graphic, Point::new(130.0, 70.0)), None, "within its bounds, and beside it");
        let rect = Rect::new(0.0, 0.0, 120.0, 200.0);
        let clip = Clip { canvas_from_local: Affine::IDENTITY, rect, corners: [0.0; 4] };
        graphic.insert(0, item(Op::PushClip(clip)));
        graphic.push(item(Op::PopClip));
        assert_eq!(hit(&graphic, Point::new(110.0, 110.0)), Some(1));
        assert_eq!(hit(&graphic, Point::new(130.0, 130.0)), None);
    }

    #[test]
    fn the_strip_is_a_time_line_below_the_picture() {
        assert_eq!(time_at(CANVAS, Point::new(160.0, 100.0)), None);
        assert_eq!(time_at(CANVAS, Point::new(160.0, 190.0)), Some(0.5));
        assert_eq!(time_at(CANVAS, Point::new(0.0, 190.0)), Some(0.0));
        assert_eq!(whole(CANVAS), Size::new(320, 204));
    }

    #[test]
    fn the_mark_of_a_message_stands_under_the_letter_that_it_means() {
        let problem = Problem {
            column: 16,
            source_line: "\"iiiiiiii\": \"wwwwwww\"".to_owned(),
            help: Some("did you mean `w`?".to_owned()),
            ..Problem::of_file("a.json", "wrong")
        };
        let (mut fonts, canvas) = (Fonts::bundled(), Size::new(1280, 720));
        let mut pen = Pen { fonts: &mut fonts, items: Vec::new() };
        let size = line_height(canvas) * 0.72;
        let up_to = |pen: &mut Pen<'_>, count: usize| {
            pen.width(&problem.source_line.chars().take(count).collect::<String>(), size)
        };
        let (from, to) = (up_to(&mut pen, 15), up_to(&mut pen, 16));
        let view = View {
            canvas,
            looks: Looks::default(),
            behind: None,
            graphic: &[],
            pointed: None,
            problems: std::slice::from_ref(&problem),
            times: &Times::default(),
            words: ["", ""],
        };
        let list = draw(&view, &mut fonts);
        let at = |node: &str| {
            let is_it = |item: &&Item| item.node.as_str() == format!("preview/{node}");
            match list.items.iter().find(is_it).map(|item| &item.op) {
                Some(Op::Text(shape)) => (shape.canvas_from_local.dx, shape.run.text.clone()),
                other => panic!("{node}: {other:?}"),
            }
        };
        let ((line, text), (mark, said)) = (at("message/1"), at("message/2"));
        assert_eq!((text, said.as_str()), (problem.source_line.clone(), "^ did you mean `w`?"));
        let off = mark - line - from;
        assert!((-1.0..to - from).contains(&off), "{off} beyond the letter's left side, which is {} wide", to - from);
    }

    #[test]
    fn a_message_says_the_first_problems_and_counts_the_rest() {
        let problems: Vec<Problem> = (0..6).map(|n| Problem::of_file("a.json", format!("wrong {n}"))).collect();
        let lines = lines_of(&problems, 12);
        assert_eq!(lines.last().map(String::as_str), Some("and 2 more"));
        assert!(lines[0].chars().count() <= 13 && lines[0].ends_with('\u{2026}'), "{lines:?}");
        assert!(message(CANVAS, &[]).is_empty() && !message(CANVAS, &problems).is_empty());
    }
}
