//! Rows, columns and grids, measured on the draw list: where boxes stand, and that what changes moves its neighbours.

use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Op, Point, Rect, Size};
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

const LAYER: LayerId = LayerId(1);

/// A template on air, and its game.
pub struct Show {
    pub stage: Stage,
    pub fonts: Fonts,
    pub game: GameSnapshot,
    pub canvas: Size,
    pub rate: FrameRate,
}

impl Show {
    /// Taken at frame 0 with a cut.
    pub fn of(template: &str, canvas: Size) -> Show {
        let mut show = Show::cued(template, canvas);
        show.apply(0, &Command::Take { layer: LAYER, cut: true });
        show
    }

    pub fn cued(template: &str, canvas: Size) -> Show {
        let mut set = TemplateSet::default();
        let read = Template::parse("t".into(), Path::new("t"), template);
        set.insert(read.unwrap_or_else(|problems| panic!("{problems:#?}")));
        let (stage, fonts, game) = (Stage::new(Arc::new(set)), Fonts::bundled(), sample().clone());
        let mut show = Show { stage, fonts, game, canvas, rate: FrameRate::FPS_50 };
        show.apply(0, &Command::Cue { layer: LAYER, template: "t".into(), fields: Fields::new() });
        show
    }

    pub fn apply(&mut self, frame: u64, command: &Command) {
        self.stage.apply(FrameIndex(frame), command).unwrap_or_else(|refused| panic!("{refused}"));
    }

    pub fn draw(&mut self, frame: u64) -> DrawList {
        self.stage.draw(FrameIndex(frame), self.rate, self.canvas, &self.game, &mut self.fonts)
    }

    /// Where a box stands at a frame, as it is drawn.
    pub fn rect(&mut self, frame: u64, node: &str) -> Option<[f32; 4]> {
        rect(&self.draw(frame), node)
    }
}

/// Where the box of a node stands, moved as it is drawn: left, top, width, height.
pub fn rect(list: &DrawList, node: &str) -> Option<[f32; 4]> {
    list.items.iter().find(|item| item.node.as_str() == format!("1/t/{node}")).and_then(|item| match &item.op {
        Op::Box(shape) => {
            let Rect { x, y, width, height } = shape.rect;
            let map = shape.canvas_from_local;
            Some([x + map.dx, y + map.dy, width, height])
        }
        _ => None,
    })
}

/// The boxes a, b, c … of a template on a canvas of 400 x 200.
#[track_caller]
fn check(nodes: &str, expected: &[[f32; 4]]) {
    let template = format!(r##"{{"canvas": [400, 200], "nodes": [{nodes}]}}"##);
    let list = Show::of(&template, Size::new(400, 200)).draw(0);
    let names = ["a", "b", "c", "d", "e", "f"];
    let found: Vec<_> = names.iter().map_while(|name| rect(&list, name)).collect();
    assert_eq!(found, expected, "{list}");
}

fn item(id: &str, more: &str) -> String {
    format!(r##"{{"type": "box", "id": "{id}", "fill": "#fff"{more}}}"##)
}

fn group(layout: &str, more: &str, items: &[String]) -> String {
    format!(r##"{{"type": "group", "layout": {{{layout}}}{more}, "children": [{}]}}"##, items.join(","))
}

#[test]
fn a_row_shares_its_width_and_a_gap_lies_between() {
    let items = [
        item("a", r#", "width": 100, "height": 40"#),
        item("b", r#", "grow": 1"#),
        item("c", r#", "grow": 2, "height": 20, "align_self": "end""#),
    ];
    let row = group(r#""type": "row", "gap": 10, "padding": [5, 15]"#, r#", "width": 400, "height": 60"#, &items);
    check(&row, &[[15.0, 5.0, 100.0, 40.0], [125.0, 5.0, 83.0, 50.0], [218.0, 35.0, 167.0, 20.0]]);
}

#[test]
fn a_column_is_as_large_as_what_is_in_it_and_stands_by_its_anchor() {
    let items = [
        item("a", r#", "position": "absolute", "width": "100%", "height": "100%""#),
        item("b", r#", "width": 80, "height": 30, "margin": [0, 0, 4, 0]"#),
        item("c", r#", "width": 50, "height": 20, "align_self": "center""#),
    ];
    let column =
        group(r#""type": "column", "padding": 10"#, r#", "x": 400, "y": "100%", "anchor": "bottom-right""#, &items);
    check(&column, &[[300.0, 126.0, 100.0, 74.0], [310.0, 136.0, 80.0, 30.0], [325.0, 170.0, 50.0, 20.0]]);
}

#[test]
fn basis_shrink_limits_aspect_and_auto_margins_are_those_of_css() {
    let items = [
        item("a", r#", "basis": "30%", "height": 10, "shrink": 0"#),
        item("b", r#", "width": 300, "max_width": 120, "height": 10"#),
        item("c", r#", "width": 300, "min_width": 60, "height": 10"#),
    ];
    let row = group(r#""type": "row", "align": "start""#, r#", "width": 400, "height": 50"#, &items);
    // 280 are left for two of 300; b would shrink by 160 and keep 140, but 120 is its most.
    check(&row, &[[0.0, 0.0, 120.0, 10.0], [120.0, 0.0, 120.0, 10.0], [240.0, 0.0, 160.0, 10.0]]);
    let items = [
        item("a", r#", "height": 30, "aspect": "4:3", "margin": [0, "auto", 0, 0]"#),
        item("b", r#", "width": 20, "aspect": 0.5"#),
    ];
    let row = group(r#""type": "row", "align": "center""#, r#", "width": 300, "height": 50"#, &items);
    check(&row, &[[0.0, 10.0, 40.0, 30.0], [280.0, 5.0, 20.0, 40.0]]);
    check(
        &item("a", r#", "width": "50%", "max_width": 120, "aspect": 2, "min_height": 70"#),
        &[[0.0, 0.0, 120.0, 70.0]],
    );
}

#[test]
fn rows_wrap_and_grids_have_columns_rows_and_spans() {
    let one = |id: &str| item(id, r#", "width": 90, "height": 20"#);
    let items = ["a", "b", "c"].map(one);
    let wrapped =
        group(r#""type": "row", "wrap": true, "gap": [6, 10], "align": "start""#, r#", "width": 200"#, &items);
    check(&wrapped, &[[0.0, 0.0, 90.0, 20.0], [100.0, 0.0, 90.0, 20.0], [0.0, 26.0, 90.0, 20.0]]);
    let items = [
        item("a", ""),
        item("b", r#", "justify_self": "end", "width": 30"#),
        item("c", r#", "column": 1, "column_span": 3, "height": 20"#),
        item("d", r#", "column": 2, "row": 3"#),
    ];
    let layout = r#""type": "grid", "columns": [60, "1fr", "25%"], "rows": [40, "auto", 30], "gap": 8"#;
    let grid = group(layout, r#", "width": 276, "height": 114"#, &items);
    check(
        &grid,
        &[[0.0, 0.0, 60.0, 40.0], [169.0, 0.0, 30.0, 40.0], [0.0, 48.0, 276.0, 20.0], [68.0, 84.0, 131.0, 30.0]],
    );
    let equal =
        group(r#""type": "grid", "columns": 4"#, r#", "width": 400, "height": 10"#, &["a", "b"].map(|id| item(id, "")));
    check(&equal, &[[0.0, 0.0, 100.0, 10.0], [100.0, 0.0, 100.0, 10.0]]);
}

#[test]
fn layouts_stand_in_layouts_and_a_component_is_as_large_as_its_nodes() {
    let template = r##"{
      "canvas": [400, 200],
      "components": {
        "cell": { "parameters": { "wide": null }, "nodes": [
          { "type": "box", "id": "plate", "width": "{{ wide }}", "height": 30, "fill": "#fff" },
          { "type": "box", "id": "mark", "x": 5, "y": 25, "width": 10, "height": 10, "fill": "#f00" },
        ] },
      },
      "nodes": [
        { "type": "box", "id": "outer", "layout": { "type": "column", "gap": 5, "padding": 5 }, "fill": "#000", "children": [
          { "type": "group", "layout": { "type": "row", "gap": 4 }, "children": [
            { "type": "component", "id": "one", "use": "cell", "with": { "wide": 40 } },
            { "type": "component", "id": "two", "use": "cell", "with": { "wide": 60 } },
          ] },
          { "type": "box", "id": "line", "height": 3, "fill": "#fff" },
        ] },
      ],
    }"##;
    let list = Show::of(template, Size::new(400, 200)).draw(0);
    let at = |node: &str| rect(&list, node).unwrap_or_else(|| panic!("no {node} in {list}"));
    assert_eq!(at("outer"), [0.0, 0.0, 114.0, 53.0], "35 high with the mark that hangs over, and the line");
    assert_eq!((at("one.plate"), at("two.plate")), ([5.0, 5.0, 40.0, 30.0], [49.0, 5.0, 60.0, 30.0]));
    assert_eq!((at("two.mark"), at("line")), ([54.0, 30.0, 10.0, 10.0], [5.0, 45.0, 104.0, 3.0]));
}

/// A pill: a box around a text.
const PILL: &str = r##"{
  "canvas": [400, 200],
  "nodes": [
    { "type": "group", "layout": { "type": "row", "gap": 10, "align": "start" }, "children": [
      { "type": "box", "id": "pill", "layout": { "type": "row", "padding": [8, 12] }, "fill": "#000", "children": [
        { "type": "text", "id": "code", "text": "{{ home.code }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 40 } },
      ] },
      { "type": "box", "id": "next", "width": 20, "height": 20, "fill": "#fff" },
    ] },
  ],
}"##;

#[test]
fn a_box_fits_the_text_in_it_and_pushes_its_neighbour() {
    let mut show = Show::of(PILL, Size::new(400, 200));
    show.game.home.code = Some("I".to_owned());
    let (short, next) = (show.rect(0, "pill").unwrap(), show.rect(0, "next").unwrap());
    assert_eq!(next[0], short[0] + short[2] + 10.0);
    show.game.home.code = Some("MMMM".to_owned());
    let list = show.draw(1);
    let (long, next) = (rect(&list, "pill").unwrap(), rect(&list, "next").unwrap());
    assert!(long[2] > short[2] + 50.0, "{long:?} {short:?}");
    assert_eq!(next[0], long[0] + long[2] + 10.0);
    let ink = list.items.iter().find(|item| item.node.as_str().ends_with("code")).and_then(|item| item.op.bounds());
    let ink = ink.expect("the text is drawn");
    let sides = [ink.x - long[0], long[0] + long[2] - ink.right()];
    assert!(sides.iter().all(|side| (side - 12.0).abs() <= 1.0), "12 at both sides: {sides:?}");
    // Capitals of this family are 0.7 em high.
    assert!((long[3] - (16.0 + 28.0)).abs() <= 1.0, "8 above and below the capitals: {long:?}");
}

/// A column that is as wide as the score, with a text that wraps to two lines and a box below it.
const WRAPPED: &str = r##"{
  "canvas": [400, 200],
  "nodes": [
    { "type": "group", "id": "column", "width": "{{ home.score }}", "layout": { "type": "column", "gap": 4 },
      "transition": { "width": { "length": "10f", "ease": "linear" } }, "children": [
      { "type": "text", "id": "words", "text": "ONE TWO THREE FOUR FIVE", "color": "#fff", "line_height": 1.2,
        "font": { "family": "Barlow Condensed", "size": 30 }, "fit": { "rules": [{ "wrap": 2 }, "ellipsis"] } },
      { "type": "box", "id": "next", "width": 20, "height": 10, "fill": "#fff" },
    ] },
  ],
}"##;

#[test]
fn a_text_that_wraps_is_as_high_as_its_lines_at_every_width() {
    let lines = |list: &DrawList| list.items.iter().filter(|item| matches!(item.op, Op::Text(_))).count();
    let below = |list: &DrawList| rect(list, "next").unwrap()[1];
    let mut show = Show::of(WRAPPED, Size::new(400, 200));
    let mut at = |frame, width: Option<u32>| {
        show.game.home.score = width.or(show.game.home.score);
        let list = show.draw(frame);
        (lines(&list), below(&list))
    };
    // Capitals of this family are 0.7 em high, and a line is 1.2 em.
    let (one, two) = ((1, 21.0 + 4.0), (2, 21.0 + 4.0 + 36.0));
    assert_eq!(at(0, Some(360)), one);
    let narrower: Vec<(usize, f32)> = (1..=11).map(|frame| at(frame, Some(160))).collect();
    assert_eq!((narrower.first(), narrower.last()), (Some(&one), Some(&two)));
    assert!(narrower.iter().all(|seen| *seen == one || *seen == two), "the box goes with the lines: {narrower:?}");
    assert!(narrower.is_sorted_by_key(|seen| seen.0), "and once: {narrower:?}");
    let wider: Vec<(usize, f32)> = (12..=22).map(|frame| at(frame, Some(360))).collect();
    assert_eq!((wider.first(), wider.last()), (Some(&two), Some(&one)));
    assert!(wider.iter().all(|seen| *seen == one || *seen == two), "{wider:?}");
}

/// The same where nobody writes the width down: what grows beside it takes it away.
#[test]
fn a_text_that_wraps_is_as_high_as_the_room_that_its_neighbour_leaves_it() {
    let row = |grow: &str| {
        format!(
            r##"{{"canvas": [400, 200], "nodes": [{{ "type": "group", "id": "row", "width": 400, "layout": {{ "type": "row", "align": "start" }}, "children": [
                {{ "type": "box", "id": "left", "width": {grow}, "height": 10, "shrink": 0, "fill": "#fff" }},
                {{ "type": "box", "id": "plate", "fill": "#fff", "layout": {{ "type": "column", "padding": 5 }}, "children": [
                  {{ "type": "text", "id": "words", "text": "ONE TWO THREE FOUR FIVE", "color": "#000", "line_height": 1.2,
                    "font": {{ "family": "Barlow Condensed", "size": 30 }}, "fit": {{ "rules": [{{ "wrap": 2 }}, "ellipsis"] }} }} ] }} ] }}]}}"##
        )
    };
    let height = |grow: &str| rect(&Show::of(&row(grow), Size::new(400, 200)).draw(0), "plate").unwrap()[3];
    assert_eq!((height("20"), height("240")), (21.0 + 10.0, 21.0 + 36.0 + 10.0));
}

#[test]
fn on_a_larger_canvas_the_same_layout_is_larger_and_neighbours_touch() {
    let items = ["a", "b", "c"].map(|id| item(id, r#", "grow": 1"#));
    let row = group(r#""type": "row""#, r#", "x": 10, "width": 100, "height": 9"#, &items);
    let template = format!(r##"{{"canvas": [1920, 1080], "nodes": [{row}]}}"##);
    for (wide, high) in [(1280, 720), (1920, 1080), (2560, 1440), (3840, 2160)] {
        let list = Show::of(&template, Size::new(wide, high)).draw(0);
        let [a, b, c] = ["a", "b", "c"].map(|node| rect(&list, node).unwrap());
        let scale = wide as f32 / 1920.0;
        assert_eq!([a[0], c[0] + c[2]], [10.0, 110.0].map(|x| (x * scale).round()), "{wide}");
        assert_eq!([a[0] + a[2], b[0] + b[2]], [b[0], c[0]], "no gap, no overlap at {wide}");
    }
}

const FIVE: &str = r##"{
  "canvas": [400, 200],
  "nodes": [
    { "type": "repeat", "id": "rows", "over": "{{ home.players }}", "as": "p", "key": "{{ p.number }}", "layout": { "type": "column", "gap": 4 }, "children": [
      { "type": "box", "id": "row", "width": "{{ p.stats.points | default(0) + 10 }}", "height": 10, "fill": "#fff" },
    ] },
  ],
}"##;

#[test]
fn a_row_of_a_repeat_is_laid_out_where_its_item_stands() {
    let mut show = Show::of(FIVE, Size::new(400, 200));
    let numbers: Vec<String> = show.game.home.players.iter().filter_map(|player| player.number.clone()).collect();
    let places =
        |list: &DrawList| numbers.iter().map(|n| rect(list, &format!("row[{n}]")).unwrap()[1]).collect::<Vec<_>>();
    let before = places(&show.draw(0));
    assert!(before.windows(2).all(|pair| pair[1] - pair[0] == 14.0), "{before:?}");
    let turned = show.game.home.players.iter().rev().cloned().collect();
    show.game.home.players = Arc::new(turned);
    let after = places(&show.draw(1));
    assert_eq!(after, before.iter().rev().copied().collect::<Vec<_>>());
}

/// A group that turns with the players and grows with the score, about its left edge.
const TURNED: &str = r##"{
  "canvas": [400, 200],
  "nodes": [
    { "type": "group", "id": "dial", "x": 50, "y": 80, "width": 100, "height": 40, "pivot": "left",
      "rotate": "{{ (home.players | length) * 10 }}", "scale": "{{ 1 + (home.score | default(0)) / 100 }}", "children": [
        { "type": "box", "id": "plate", "width": 100, "height": 40, "fill": "#000" },
        { "type": "text", "id": "code", "x": 10, "y": 20, "text": "{{ home.code }}", "color": "#fff", "rotate": -10, "font": { "family": "Barlow Condensed", "size": 30 } } ] },
  ],
}"##;

#[test]
fn what_is_turned_and_scaled_keeps_its_pivot_and_its_neighbours_stay_where_they_are() {
    let row = |more: &str| {
        let items =
            [item("a", &format!(r#", "width": 40, "height": 20{more}"#)), item("b", r#", "width": 40, "height": 20"#)];
        let row = group(r#""type": "row", "gap": 10"#, r#", "x": 100, "y": 50"#, &items);
        Show::of(&format!(r##"{{"canvas": [400, 200], "nodes": [{row}]}}"##), Size::new(400, 200)).draw(0)
    };
    // Where the corners of `a` and of `b` are drawn, clockwise from the top left.
    let corners = |list: &DrawList, node: &str| {
        let found = list.items.iter().find_map(|item| match &item.op {
            Op::Box(shape) if item.node.as_str() == format!("1/t/{node}") => Some(shape),
            _ => None,
        });
        let shape = found.expect("it is drawn");
        let Rect { x, y, .. } = shape.rect;
        let (right, bottom) = (shape.rect.right(), shape.rect.bottom());
        let at = [(x, y), (right, y), (right, bottom), (x, bottom)];
        at.map(|(x, y)| shape.canvas_from_local.apply(Point::new(x, y))).map(|at| (at.x.round(), at.y.round()))
    };
    let plain = row("");
    assert_eq!(corners(&plain, "a"), [(100.0, 50.0), (140.0, 50.0), (140.0, 70.0), (100.0, 70.0)]);
    for (more, expected) in [
        // A quarter clockwise about the middle, (120, 60).
        (r#", "rotate": 90"#, [(130.0, 40.0), (130.0, 80.0), (110.0, 80.0), (110.0, 40.0)]),
        (r#", "rotate": -90, "pivot": "top-left""#, [(100.0, 50.0), (100.0, 10.0), (120.0, 10.0), (120.0, 50.0)]),
        (r#", "scale": 2, "pivot": "bottom-right""#, [(60.0, 30.0), (140.0, 30.0), (140.0, 70.0), (60.0, 70.0)]),
        // Scaled first, then turned.
        (r#", "scale": 0.5, "rotate": 90"#, [(125.0, 50.0), (125.0, 70.0), (115.0, 70.0), (115.0, 50.0)]),
    ] {
        let turned = row(more);
        assert_eq!(corners(&turned, "a"), expected, "{more}");
        assert_eq!(corners(&turned, "b"), corners(&plain, "b"), "{more}");
    }
}

#[test]
fn incremental_and_anew_are_the_same() {
    for template in [PILL, FIVE, TURNED, WRAPPED] {
        let mut show = Show::of(template, Size::new(400, 200));
        show.draw(0);
        show.game.home.code = Some("XY".to_owned());
        show.game.home.players = Arc::new(show.game.home.players.iter().skip(1).cloned().collect());
        show.draw(1);
        show.game.away.score = Some(1);
        let list = show.draw(2).to_string();
        let mut anew = Show::of(template, Size::new(400, 200));
        anew.game = show.game.clone();
        assert_eq!(anew.draw(2).to_string(), list);
    }
}

#[test]
fn nothing_is_laid_out_again_while_nothing_changes() {
    let mut show = Show::of(PILL, Size::new(400, 200));
    let list = show.draw(0);
    let before = show.stage.work();
    assert_eq!((show.draw(1), show.stage.work()), (list, before));
}

const SHAPES: &str = r##"{
  "canvas": [160, 90],
  "nodes": [{ "type": "group", "layout": { "type": "row" }, "id": "row", "children": [
    { "type": "box", "id": "a", "width": 40, "height": 20, "fill": "#fff" },
    { "type": "box", "id": "b", "width": 40, "height": 20, "fill": "#fff" } ] }],
  "variants": {
    "9:16": { "canvas": [90, 160], "patch": { "row": { "layout": { "type": "column" } }, "b": { "width": 60 } } },
    "1:1": { "canvas": [100, 100], "nodes": [{ "type": "box", "id": "a", "width": "100%", "height": 10, "fill": "#fff" }] },
  },
}"##;

#[test]
fn a_canvas_shows_the_variant_of_the_nearest_shape() {
    let places = |wide: u32, high: u32| {
        let list = Show::of(SHAPES, Size::new(wide, high)).draw(0);
        ["a", "b"].map(|node| rect(&list, node))
    };
    assert_eq!(places(160, 90), [[0.0, 0.0, 40.0, 20.0], [40.0, 0.0, 40.0, 20.0]].map(Some));
    assert_eq!(places(90, 160), [[0.0, 0.0, 40.0, 20.0], [0.0, 20.0, 60.0, 20.0]].map(Some));
    assert_eq!(places(1080, 1920)[1], Some([0.0, 240.0, 720.0, 240.0]));
    assert_eq!(places(200, 200), [Some([0.0, 0.0, 200.0, 20.0]), None]);
    assert_eq!(places(100, 110)[1], None, "4:5 is nearer to 1:1");
}

/// Both canvases use the same values and parameters; one of each is different on the square one.
const VALUES: &str = r##"{
  "canvas": [200, 100],
  "let": { "side": "{{ 10 }}", "twice": "{{ side * 2 }}" },
  "components": {
    "bar": {
      "parameters": { "wide": null, "high": null },
      "nodes": [{ "type": "box", "id": "fill", "width": "{{ wide }}", "height": "{{ high }}", "fill": "#fff" }],
    },
  },
  "nodes": [{ "type": "component", "id": "a", "use": "bar", "with": { "wide": "{{ twice }}", "high": 5 } }],
  "variants": {
    "1:1": { "canvas": [100, 100], "let": { "side": "{{ 30 }}" }, "patch": { "a": { "with": { "high": 7 } } } },
  },
}"##;

#[test]
fn a_variant_changes_values_and_parameters_one_by_one() {
    let place = |wide: u32, high: u32| rect(&Show::of(VALUES, Size::new(wide, high)).draw(0), "a.fill");
    assert_eq!(place(200, 100), Some([0.0, 0.0, 20.0, 5.0]));
    assert_eq!(place(100, 100), Some([0.0, 0.0, 60.0, 7.0]));
}
