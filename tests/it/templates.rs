//! Mistakes in templates: each is found, placed and explained.

use std::path::Path;
use std::sync::Arc;

use sideline::game::snapshot::Player;
use sideline::template::{Problem, Template, TemplateSet};

fn problems(text: &str) -> Vec<Problem> {
    match Template::parse("test".into(), Path::new("test.json"), text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    }
}

/// The only problem's place, and words that its message and help must hold.
#[track_caller]
fn check(text: &str, place: (u32, u32), words: &[&str]) {
    let found = problems(text);
    let [problem] = &found[..] else { panic!("one problem, not {found:#?}") };
    assert_eq!((problem.line, problem.column), place, "{problem}");
    for word in words {
        assert!(problem.to_string().contains(word), "`{word}` in: {problem}");
    }
}

/// A template with one text node whose properties begin on line 3.
fn text_node(properties: &str) -> String {
    let font = r#""font": {"family": "Barlow Condensed", "size": 30}"#;
    format!("{{\"nodes\": [\n{{\"type\": \"text\", {font},\n{properties}}}]}}")
}

#[test]
fn a_template_without_mistakes_has_no_problems() {
    assert_eq!(problems(&text_node(r##""text": "{{ home.code }}", "color": "#ffffff""##)), []);
}

#[test]
fn broken_json_is_placed_where_it_breaks() {
    check("{\n  \"name\": \"A\"\n  \"nodes\": []\n}", (3, 3), &["expected `,` or `}`"]);
    check("{\"nodes\": [], \"nodes\": []}", (1, 15), &["twice"]);
    check("{\"nodes\": [1, 2\n", (2, 1), &["file ends"]);
}

#[test]
fn an_unknown_key_suggests_the_nearest_one() {
    check(&text_node(r##""text": "A", "colr": "#fff", "color": "#fff""##), (3, 14), &["no `colr`", "`color`"]);
}

#[test]
fn an_unknown_node_type_suggests_the_nearest_one() {
    check("{\"nodes\": [\n  {\"type\": \"boxx\"}\n]}", (2, 12), &["`boxx`", "`box`"]);
}

#[test]
fn a_misspelt_path_is_found_at_load() {
    let text = text_node(r##""text": "{{ home.nmae }}", "color": "#fff""##);
    check(&text, (3, 18), &["`home` has no `nmae`", "did you mean `name`?"]);
    let text = text_node(r##""text": "{{ hoem.name }}", "color": "#fff""##);
    check(&text, (3, 13), &["no `hoem`", "`home`"]);
    let text = text_node(r##""text": "{{ home.stats.fg.mode }}", "color": "#fff""##);
    check(&text, (3, 27), &["`home.stats.fg` has no `mode`", "`made`"]);
}

#[test]
fn a_misspelt_name_inside_a_repeat_is_found() {
    let text = r##"{"nodes": [{"type": "repeat", "over": "{{ home.players }}", "as": "p", "children": [
{"type": "text", "text": "{{ p.lats_name }}", "color": "#fff", "font": {"family": "Roboto Condensed", "size": 9}}]}]}"##;
    check(text, (2, 32), &["`p` has no `lats_name`", "`last_name`"]);
}

#[test]
fn a_broken_expression_is_placed_inside_its_text() {
    let text = text_node(r##""text": "Q {{ home.score + }}", "color": "#fff""##);
    let found = problems(&text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].line == 3 && found[0].column >= 12, "{}", found[0]);
    check(&text_node(r##""text": "{{ home.score", "color": "#fff""##), (3, 10), &["without its `}}`"]);
    let unknown_filter = text_node(r##""text": "{{ home.name | uper }}", "color": "#fff""##);
    assert!(problems(&unknown_filter)[0].message.contains("uper"), "{:#?}", problems(&unknown_filter));
}

#[test]
fn a_value_of_the_wrong_kind_is_found_on_the_sample_game() {
    let text = text_node(r##""text": "A", "x": "{{ home.name }}", "color": "#fff""##);
    check(&text, (3, 20), &["must be a number"]);
    let text = text_node(r##""text": "A", "color": "{{ home.name }}""##);
    check(&text, (3, 24), &["must be a colour"]);
}

#[test]
fn a_colour_that_is_none_is_refused() {
    check(&text_node(r##""text": "A", "color": "#ff""##), (3, 23), &["`#ff`", "#rrggbb"]);
}

#[test]
fn two_nodes_with_one_id_are_refused() {
    let node = r##"{"type": "box", "id": "a", "width": 1, "height": 1, "fill": "#fff"}"##;
    check(&format!("{{\"nodes\": [\n{node},\n{node}]}}"), (3, 23), &["two nodes", "`a`"]);
}

#[test]
fn an_unknown_font_family_lists_those_there_are() {
    let text = "{\"nodes\": [{\"type\": \"text\", \"text\": \"A\", \"color\": \"#fff\",\n\"font\": {\"family\": \"Barlow Condesed\", \"size\": 9}}]}";
    check(text, (2, 20), &["`Barlow Condesed`", "did you mean `Barlow Condensed`?"]);
}

#[test]
fn mistakes_in_motion_are_found() {
    let with = |movement: &str| {
        format!("{{\"nodes\": [{{\"type\": \"group\", \"id\": \"all\"}}], \"motion\": {{\"in\": [\n{movement}]}}}}")
    };
    let good = r#"{"node": "all", "from": {"y": 9}, "length": "400ms"}"#;
    assert_eq!(problems(&with(good)), []);
    check(&with(&good.replace("\"all\"", "\"al\"")), (2, 10), &["no node", "`all`"]);
    check(&with(&good.replace("400ms", "400")), (2, 45), &["length of time", "400ms"]);
    check(&with(&good.replace("\"y\"", "\"reveal\"").replace("9", "0")), (2, 25), &["`width` and `height`"]);
    let eased = good.replace("}, ", "}, \"ease\": \"out-exp\", ");
    check(&with(&eased), (2, 43), &["not an easing", "`out-expo`"]);
}

#[test]
fn mistakes_in_fields_and_lets_are_found() {
    let fields = |field: &str| format!("{{\"nodes\": [], \"fields\": {{\n\"team\": {field}}}}}");
    check(&fields(r#"{"type": "team", "default": "visitors"}"#), (2, 37), &["`home` or `away`"]);
    check(&fields(r#"{"type": "select"}"#), (2, 9), &["`options`"]);
    check("{\"nodes\": [], \"let\": {\n\"home\": \"{{ away }}\"}}", (2, 1), &["hide"]);
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
    let found =
        problems("{\n\"nmae\": \"A\",\n\"nodes\": [\n{\"type\": \"boxx\"},\n{\"type\": \"text\", \"text\": \"A\"}\n]}");
    let lines: Vec<u32> = found.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [2, 4, 5, 5], "{found:#?}");
}

#[test]
fn a_folder_reports_the_problems_of_all_its_templates() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("template.json"), "[]").unwrap();
    }
    std::fs::create_dir(folder.path().join("not-a-template")).unwrap();
    let found = TemplateSet::load(folder.path()).unwrap_err();
    let files: Vec<_> = found.iter().map(|problem| problem.file.strip_prefix(folder.path()).unwrap()).collect();
    assert_eq!(files, [Path::new("a/template.json"), Path::new("b/template.json")]);
    assert!(TemplateSet::load(&folder.path().join("absent")).is_err());
}

#[test]
fn an_operator_chooses_from_the_game_as_it_stands() {
    let text = r#"{ "nodes": [], "fields": {
      "side": { "type": "team", "default": "home" },
      "player": { "type": "player" },
      "scorer": { "type": "player", "choices": "{{ home.players | sort(attribute='stats.points', reverse=true) | map(attribute='number') | list }}" },
      "period": { "type": "number", "min": 1, "choices": "{{ [{'value': 0, 'label': 'none'}, {'value': 3, 'label': 'third'}] }}" },
      "show": { "type": "select", "options": ["all", "some"] },
      "note": { "type": "text" } } }"#;
    let template = Template::parse("t".into(), Path::new("t"), text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let mut game = sideline::template::sample().clone();
    let benched = game.home.players[0].clone();
    let on_floor = Player { number: Some("99".into()), on_court: Some(true), ..benched.clone() };
    let benched = Player { on_court: Some(false), ..benched };
    game.home.players = Arc::new(vec![benched.clone(), on_floor]);
    let values = |id: &str, fields: serde_json::Value| -> Vec<(serde_json::Value, String)> {
        let serde_json::Value::Object(fields) = fields else { panic!("an object") };
        template.choices(id, &fields, &game).into_iter().map(|choice| (choice.value, choice.label)).collect()
    };
    let none = || serde_json::json!({});
    let number = benched.number.clone().unwrap();
    let players = values("player", none());
    assert_eq!(players.iter().map(|(value, _)| value.as_str().unwrap()).collect::<Vec<_>>(), ["99", &number]);
    assert!(players[0].1.starts_with("99 ") && players[0].1.ends_with(benched.last_name.as_deref().unwrap()));
    let away = values("player", serde_json::json!({"side": "away"}));
    assert_eq!(away.len(), game.away.players.len());
    assert_eq!(values("scorer", none()).len(), 2);
    assert_eq!(values("period", none()), [(3.into(), "third".to_owned())], "0 is less than the field takes");
    assert_eq!(values("show", none()).len(), 2);
    assert_eq!(values("side", none())[1], ("away".into(), game.away.name.clone().unwrap()));
    assert_eq!((values("note", none()).len(), values("nobody", none()).len()), (0, 0));
}
