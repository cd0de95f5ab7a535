//! Texts as templates write them: fitting in the designer's order, lines, looks, and changes on air.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Op, Size, TextLook, TextShape};
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::render::Renderer;
use sideline::template::TemplateSet;
use sideline::time::FrameIndex;

use crate::draw;
use crate::nodes::{LAYER, Show};

const CANVAS: Size = Size::new(320, 160);

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/visual/cases")
}

/// A text whose wording is the field `text`, with more keys.
fn show(text: &str, keys: &str) -> Show {
    let template = format!(
        r##"{{
          "canvas": [320, 160], "fonts": {{ "Serif": "../shared/fonts/serif-bold.ttf" }},
          "fields": {{ "text": {{ "type": "text" }} }},
          "nodes": [{{ "type": "text", "id": "t", "x": 10, "y": 80, "text": "{{{{ fields.text }}}}", "color": "#fff", {keys} }}],
        }}"##
    );
    let fields: Fields = [("text".to_owned(), text.into())].into_iter().collect();
    Show::with_fields(&cases().join("node_image/inline.json"), &template, CANVAS, fields)
}

fn say(show: &mut Show, frame: u64, text: &str) {
    let fields: Fields = [("text".to_owned(), text.into())].into_iter().collect();
    show.apply(frame, &Command::Update { layer: LAYER, fields });
}

/// The letters of a list, without outlines and shadows, in its order.
fn letters(list: &DrawList) -> Vec<&TextShape> {
    let shapes = list.items.iter().filter_map(|item| if let Op::Text(shape) = &item.op { Some(shape) } else { None });
    shapes.filter(|shape| !matches!(shape.look, TextLook::Outline { .. } | TextLook::Shadow { .. })).collect()
}

fn lines(list: &DrawList) -> Vec<String> {
    letters(list).into_iter().map(|shape| shape.run.text.clone()).collect()
}

const FONT: &str = r#""font": { "family": "Barlow Condensed", "weight": 600, "size": 40 }"#;

/// What rules make of a text at 200 pixels: its lines, its size and how much it is squeezed.
fn fitted(text: &str, rules: &str) -> (Vec<String>, f32, f32) {
    let list = show(text, &format!("{FONT}, \"fit\": {{ \"width\": 200, \"rules\": [{rules}] }}")).draw(0);
    let shapes = letters(&list);
    for shape in &shapes {
        let seen = shape.canvas_from_local.bounds_of(shape.ink);
        assert!(seen.right() <= 10.0 + 200.0 + 1.0, "{rules}: `{}` ends at {}", shape.run.text, seen.right());
    }
    (lines(&list), shapes[0].run.size_px, shapes[0].canvas_from_local.xx)
}

#[test]
fn rules_are_applied_in_the_order_of_the_designer_each_only_as_far_as_needed() {
    let text = "Most points off the bench";
    let (whole, size, squeeze) = fitted("Nets", r#"{ "squeeze": 50 }, { "shrink": 50 }, { "wrap": 2 }, "ellipsis""#);
    assert_eq!((whole, size, squeeze), (vec!["Nets".to_owned()], 40.0, 1.0), "nothing is done to what fits");
    let two = ["Most points", "off the bench"];
    let (wrapped, size, squeeze) = fitted(text, r#"{ "wrap": 2 }, { "squeeze": 50 }, { "shrink": 50 }"#);
    assert_eq!((wrapped.as_slice(), squeeze), (two.map(str::to_owned).as_slice(), 1.0));
    assert_eq!(size, 40.0, "two lines are enough");
    let (squeezed, size, squeeze) = fitted(text, r#"{ "squeeze": 50 }, { "wrap": 2 }"#);
    assert_eq!((squeezed.as_slice(), size), (&[text.to_owned()][..], 40.0));
    assert!((0.5..0.9).contains(&squeeze), "{squeeze}");
    let (shrunk, size, squeeze) = fitted(text, r#"{ "shrink": 50 }, { "wrap": 2 }"#);
    assert_eq!((shrunk.as_slice(), squeeze), (&[text.to_owned()][..], 1.0));
    assert!((20.0..36.0).contains(&size), "{size}");
    // A later rule of the same kind goes on to where the text fits, and no farther.
    let (again, size, _) = fitted(text, r#"{ "shrink": 90 }, { "shrink": 50 }, "ellipsis""#);
    let (at_once, expected, _) = fitted(text, r#"{ "shrink": 50 }"#);
    assert_eq!((again, size), (at_once, expected));
    // Not enough alone: as far as allowed, and then the next.
    let (wrapped, size, _) = fitted(text, r#"{ "shrink": 90 }, { "wrap": 2 }"#);
    assert_eq!((wrapped.len(), wrapped.join(" "), size), (2, text.to_owned(), 36.0));
}

#[test]
fn lines_shrink_until_there_are_few_enough_and_the_last_one_ends_with_an_ellipsis() {
    let text = "Most points off the bench by a reserve";
    let (lines, size, _) = fitted(text, r#"{ "wrap": 2 }, { "shrink": 50 }"#);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines.join(" "), text, "every word is there");
    assert!((20.0..36.0).contains(&size), "{size}");
    let (lines, size, _) = fitted(text, r#"{ "wrap": 2 }, { "shrink": 90 }, "ellipsis""#);
    assert_eq!((lines.len(), size), (2, 36.0));
    assert!(lines[1].ends_with('\u{2026}') && text.starts_with(&lines[0]), "{lines:?}");
    let (lines, ..) = fitted("Donaudampfschifffahrtsgesellschaft", r#"{ "wrap": 2 }, "ellipsis""#);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("Donau") && lines[0].ends_with('\u{2026}'), "{lines:?}");
}

#[test]
fn what_is_written_on_lines_stays_on_them_and_stands_around_its_middle() {
    let list = show("ONE\nTWO\n\nFOUR", &format!("{FONT}, \"line_height\": 1")).draw(0);
    assert_eq!(lines(&list), ["ONE", "TWO", "FOUR"]);
    let baselines: Vec<f32> = letters(&list).iter().map(|shape| shape.canvas_from_local.dy).collect();
    assert_eq!(
        [baselines[1] - baselines[0], baselines[2] - baselines[0]],
        [40.0, 120.0],
        "an empty line has its place"
    );
    let cap = baselines[0] + letters(&list)[0].ink.y;
    assert!(((cap + baselines[2]) / 2.0 - 80.0).abs() <= 1.0, "from {cap} to {}", baselines[2]);
}

#[test]
fn outline_and_shadow_lie_behind_the_letters_of_all_lines() {
    let looks = r##""outline": { "width": 2, "color": "#000" }, "shadow": { "y": 3, "blur": 4, "color": "#000" }"##;
    let list = show("ONE\nTWO", &format!("{FONT}, {looks}")).draw(0);
    let ids: Vec<&str> =
        list.items.iter().map(|item| item.node.as_str().rsplit_once("t/").map_or("", |id| id.1)).collect();
    assert_eq!(ids, ["shadow", "line[1]/shadow", "outline", "line[1]/outline", "t", "line[1]"]);
}

/// Every picture is also what is drawn of its list alone, whatever was drawn before.
fn draws_the_same(show: &mut Show, frames: std::ops::Range<u64>, mut before: impl FnMut(&mut Show, u64)) {
    const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
    let mut renderer = Renderer::new(draw::gpu(), CANVAS, &[STRAIGHT]).unwrap();
    for frame in frames {
        before(show, frame);
        let list = show.draw(frame);
        let mut fresh = Renderer::new(draw::gpu(), CANVAS, &[STRAIGHT]).unwrap();
        let [one, other] = [&mut renderer, &mut fresh].map(|renderer| {
            let drawn = renderer.render(FrameIndex(frame), list.clone(), &mut show.fonts).unwrap();
            drawn.picture(STRAIGHT).unwrap().to_bytes()
        });
        assert!(one == other, "frame {frame}\n{list}");
    }
}

#[test]
fn every_change_of_a_text_with_looks_draws_as_if_it_were_drawn_anew() {
    let gradient = r##""color": { "direction": "down", "stops": [[0, "#fff"], [1, "#f2b632"]] }"##;
    for kind in ["roll", "crossfade", "flip", "count"] {
        let keys = format!(
            r##"{FONT}, "outline": {{ "width": 2, "color": "#000" }}, "shadow": {{ "x": 3, "y": 4, "blur": 6, "color": "#000000a0" }},
            "on_change": {{ "kind": "{kind}", "length": "160ms", "ease": "linear" }}"##
        );
        let mut plain = show("98", &keys);
        let news = |show: &mut Show, frame: u64| match frame {
            2 => say(show, frame, "99"),
            6 => say(show, frame, "101"),
            _ => {}
        };
        draws_the_same(&mut plain, 0..16, news);
        let template = format!(
            r##"{{ "canvas": [320, 160], "fields": {{ "text": {{ "type": "text" }} }},
                "nodes": [{{ "type": "text", "id": "t", "x": 10, "y": 80, "text": "{{{{ fields.text }}}}", {gradient}, {keys} }}] }}"##
        );
        let fields: Fields = [("text".to_owned(), "98".into())].into_iter().collect();
        let mut filled = Show::with_fields(&cases().join("node_image/inline.json"), &template, CANVAS, fields);
        draws_the_same(&mut filled, 0..16, news);
    }
}

#[test]
fn only_letters_side_by_side_roll_and_other_texts_fade_over() {
    let roll = r#""on_change": { "kind": "roll", "length": "200ms" }"#;
    let during = |keys: &str, from: &str, to: &str| {
        let mut show = show(from, &format!("{FONT}, {roll}{keys}"));
        show.draw(0);
        say(&mut show, 1, to);
        show.draw(1);
        let list = show.draw(4);
        let has = |suffix: &str| list.items.iter().any(|item| item.node.as_str().contains(suffix));
        (has("digit["), has("old["))
    };
    assert_eq!(during("", "98", "101"), (true, false));
    assert_eq!(during("", "ONE\nTWO", "THREE"), (false, true));
    assert_eq!(during("", "الأهلي", "84"), (false, true));
    assert_eq!(during(r#", "fit": { "width": 30, "rules": [{ "squeeze": 50 }] }"#, "98", "1001"), (false, true));
}

#[test]
fn two_templates_may_call_two_fonts_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let font = |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let mut widths = Vec::new();
    let fonts = ["tests/visual/cases/shared/fonts/serif-bold.ttf", "fonts/RobotoCondensed_700Bold.ttf"];
    for (home, file) in ["a", "b"].iter().zip(fonts) {
        let home = folder.path().join(home);
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join("own.ttf"), font(file)).unwrap();
        let template = r##"{ "fonts": { "Own": "own.ttf" }, "nodes": [
            { "type": "text", "text": "WMW", "color": "#fff", "font": { "family": "Own", "size": 400 } }] }"##;
        let mut show = Show::with_fields(&home.join("template.json"), template, CANVAS, Fields::new());
        let list = show.draw(0);
        widths.push((letters(&list)[0].ink.width, letters(&list)[0].run.clone()));
    }
    assert_ne!(widths[0].0, widths[1].0);
    assert_ne!(widths[0].1, widths[1].1, "two fonts, two runs");
    // One set of fonts that has seen both still tells them apart.
    let mut fonts = sideline::text::Fonts::bundled();
    let measured: Vec<f32> = widths.iter().map(|(_, run)| fonts.measure(run).unwrap().ink.width).collect();
    assert_eq!(measured, [widths[0].0, widths[1].0]);
}

#[test]
fn a_text_that_stands_still_is_the_same_run_in_every_frame() {
    let mut show = show(
        "Most points off the bench",
        &format!("{FONT}, \"fit\": {{ \"width\": 200, \"rules\": [{{ \"wrap\": 2 }}] }}"),
    );
    let runs = |list: &DrawList| letters(list).iter().map(|shape| Arc::as_ptr(&shape.run) as usize).collect::<Vec<_>>();
    let first = show.draw(0);
    assert_eq!(runs(&show.draw(1)), runs(&first));
}

#[test]
fn a_package_brings_fonts_along_for_all_its_templates() {
    let folder = tempfile::tempdir().unwrap();
    let font = cases().join("shared/fonts/serif-bold.ttf");
    let template = r##"{ "nodes": [{ "type": "text", "text": "A", "color": "#fff", "font": "title" }] }"##;
    let package = r#"{ "fonts": { "Own": "shared/own.ttf" }, "styles": { "title": { "family": "Own", "size": 40 } } }"#;
    for name in ["shared", "a", "b"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    std::fs::copy(font, folder.path().join("shared/own.ttf")).unwrap();
    std::fs::write(folder.path().join("package.json"), package).unwrap();
    for name in ["a", "b"] {
        std::fs::write(folder.path().join(name).join("template.json"), template).unwrap();
    }
    let set = TemplateSet::load(folder.path()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(set.names(), "a, b");
    std::fs::remove_file(folder.path().join("shared/own.ttf")).unwrap();
    let problems = TemplateSet::load(folder.path()).expect_err("the file is gone");
    assert_eq!(problems.len(), 1, "said once, of the package: {problems:#?}");
    assert!(problems[0].file.ends_with("package.json") && problems[0].message.contains("own.ttf"), "{}", problems[0]);
}

/// A text that is larger than can be shaped was not seen at all, without a word.
#[test]
fn a_text_larger_than_can_be_shaped_is_as_large_as_can_be() {
    let template = r##"{ "canvas": [100, 100], "nodes": [{ "type": "text", "y": 50, "text": "1", "color": "#fff",
        "font": { "family": "Barlow Condensed", "size": 1000 } }] }"##;
    let size_px = |canvas: Size| {
        let mut show = crate::layout::Show::of(template, canvas);
        letters(&show.draw(0)).first().map(|letters| letters.run.size_px)
    };
    assert_eq!(size_px(Size::new(200, 200)), Some(2000.0));
    assert_eq!(size_px(Size::new(400, 400)), Some(sideline::text::MAX_SIZE_PX));
}
