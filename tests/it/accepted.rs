//! What a designer may write: right templates whose like was once refused, and what they draw.

use std::path::Path;

use sideline::draw_list::{Op, Paint, Size};
use sideline::template::{Problem, Template};

use super::layout::{Show, rect};

const CANVAS: Size = Size { width: 400, height: 200 };

/// Read as a file of fixtures/diagnostics, beside its pictures and fonts.
fn read(text: &str) -> Result<Template, Vec<Problem>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diagnostics/t.json");
    Template::parse("t".into(), &file, text)
}

#[track_caller]
fn accepted(text: &str) {
    if let Err(problems) = read(text) {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>());
    }
}

fn text(expression: &str) -> String {
    format!(
        r##"{{ "nodes": [{{ "type": "text", "font": {{ "family": "Barlow Condensed", "size": 30 }}, "text": "{expression}", "color": "#fff" }}] }}"##
    )
}

#[test]
fn slices_of_what_the_game_has() {
    accepted(&text("{{ home.players[:3] | map(attribute='number') | join(' ') }}"));
    accepted(&text("{{ home.name[:2] }}{{ (home.players | list)[1:] | length }}"));
}

#[test]
fn fields_of_every_type_without_a_default() {
    let types = ["text", "number", "select", "player", "team", "color", "duration", "image"];
    let field = |of: &str| {
        let options = if of == "select" { r#", "options": ["a", "b"]"# } else { "" };
        format!(r#""{of}": {{ "type": "{of}"{options} }}"#)
    };
    let fields = types.map(field).join(", ");
    let read = types.map(|of| format!("fields.{of}")).join(" ~ ");
    accepted(&text(&format!("{{{{ {read} }}}}")).replacen('{', &format!("{{ \"fields\": {{ {fields} }}, "), 1));
}

#[test]
fn pictures_whose_size_comes_from_their_aspect_or_from_a_layout() {
    accepted(r#"{ "nodes": [{ "type": "image", "src": "pictures/dot.png", "width": 80, "aspect": 1 }] }"#);
    accepted(
        r#"{ "nodes": [{ "type": "group", "width": 200, "height": 80, "layout": { "type": "row" }, "children": [
             { "type": "image", "src": "pictures/dot.png", "grow": 1 }] }] }"#,
    );
}

#[test]
fn a_theme_that_is_looked_into_by_a_name_of_the_game() {
    let template = text("{{ theme.sponsors[home.code] | default('none') }}");
    accepted(&template.replacen('{', "{ \"theme\": { \"sponsors\": { \"XYZ\": \"Bank\" } }, ", 1));
}

#[test]
fn an_automatic_id_is_nobody_elses() {
    accepted(
        r##"{ "nodes": [{ "type": "box", "width": 1, "height": 1, "fill": "#fff" },
                        { "type": "box", "id": "box-1", "width": 1, "height": 1, "fill": "#fff" }] }"##,
    );
}

#[test]
fn names_that_are_keys_elsewhere() {
    let template = r##"{
      "theme": { "size": 30, "color": "#ff0000" },
      "styles": { "number": { "family": "Barlow Condensed", "size": "{{ theme.size }}" } },
      "components": { "key": { "parameters": { "over": "A" }, "nodes": [
        { "type": "text", "id": "when", "text": "{{ over }}", "font": "number", "color": "{{ theme.color }}" }] } },
      "nodes": [{ "type": "component", "use": "key", "with": { "over": "{{ theme.size }}" } }],
      "variants": { "1:1": { "patch": {} } }
    }"##;
    accepted(template);
}

#[test]
fn fonts_count_once_however_many_variants_use_them() {
    let folder = tempfile::tempdir().unwrap();
    let bytes =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diagnostics/fonts/digits.ttf")).unwrap();
    // A font with room to spare: what follows its tables is not looked at.
    let mut large = bytes;
    large.resize(18 << 20, 0);
    std::fs::create_dir(folder.path().join("fonts")).unwrap();
    std::fs::write(folder.path().join("fonts/large.ttf"), large).unwrap();
    let template = r#"{ "fonts": { "Large": "fonts/large.ttf" }, "nodes": [],
        "variants": { "9:16": {}, "1:1": {}, "4:5": {}, "4:3": {} } }"#;
    let read = Template::parse("t".into(), &folder.path().join("template.json"), template);
    assert!(read.is_ok(), "{:#?}", read.err());
}

#[test]
fn a_percentage_may_come_from_an_expression() {
    let template = r##"{ "canvas": [400, 200], "nodes": [
      { "type": "box", "id": "a", "x": "{{ '25%' }}", "y": 10, "width": "{{ (home.score - home.score + 50) ~ '%' }}", "height": 20, "fill": "#fff" },
      { "type": "group", "x": 0, "y": 0, "width": 200, "height": 100, "layout": { "type": "row" }, "children": [
        { "type": "box", "id": "b", "width": "{{ '38%' }}", "height": 20, "fill": "#fff", "margin": [0, "{{ '1%' }}"] },
        { "type": "box", "id": "c", "width": 10, "height": 20, "fill": "#fff" }] }] }"##;
    let list = Show::of(template, CANVAS).draw(0);
    let found = ["a", "b", "c"].map(|node| rect(&list, node).unwrap());
    let expected = [[100.0, 10.0, 200.0, 20.0], [2.0, 0.0, 76.0, 20.0], [80.0, 0.0, 10.0, 20.0]];
    assert_eq!(found, expected, "{list}");
}

#[test]
fn a_default_stands_for_what_is_not_known_and_for_nothing_else() {
    let template = r##"{ "canvas": [400, 200], "nodes": [
      { "type": "box", "id": "a", "x": "{{ home.score }}", "y": 10, "width": "{{ home.fouls * 10 }}", "height": 20,
        "fill": "{{ home.color.primary }}", "border": { "width": 2, "color": "{{ home.color.primary }}" }, "opacity": "{{ home.score / 1000 }}",
        "when": "{{ home.bonus }}", "default": { "x": 40, "width": 60, "fill": "#102030", "border": "#405060", "opacity": 1, "when": true } },
      { "type": "text", "id": "t", "x": 0, "y": 100, "text": "{{ home.score }}", "font": { "family": "Barlow Condensed", "size": 30 },
        "color": "{{ home.color.primary }}", "default": { "text": "–", "color": "#ff0000" } },
      { "type": "box", "id": "plain", "x": "{{ home.score }}", "y": 150, "width": 5, "height": 5, "fill": "#fff", "when": "{{ home.bonus }}" }] }"##;
    let mut show = Show::of(template, CANVAS);
    let said = |show: &mut Show, frame: u64| {
        let list = show.draw(frame);
        let drawn = list.items.iter().find(|item| item.node.as_str() == "1/t/a").map(|item| match &item.op {
            Op::Box(shape) => match &shape.fill {
                Paint::Solid(color) => (shape.rect.x, shape.rect.width, color.to_string()),
                _ => panic!("{list}"),
            },
            _ => panic!("{list}"),
        });
        let text = list.items.iter().find_map(|item| match &item.op {
            Op::Text(shape) => Some((shape.run.text.clone(), shape.color.to_string())),
            _ => None,
        });
        (drawn, text, rect(&list, "plain").is_some())
    };
    let home = &mut show.game.home;
    (home.score, home.fouls, home.bonus) = (None, None, None);
    home.color = Default::default();
    let text = Some(("–".to_owned(), "#ff0000ff".to_owned()));
    assert_eq!(said(&mut show, 0), (Some((40.0, 60.0, "#102030ff".to_owned())), text, false));
    let home = &mut show.game.home;
    (home.score, home.fouls, home.bonus) = (Some(0), Some(0), Some(false));
    let (drawn, text, is_plain_there) = said(&mut show, 1);
    assert_eq!((drawn, text.map(|(text, _)| text), is_plain_there), (None, Some("0".to_owned()), false), "0 is known");
}
