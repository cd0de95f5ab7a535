//! What holds for score bugs, lower thirds and the ticker whatever the canvas and the theme.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::json;
use sideline::draw_list::{Op, Paint, Size};

use crate::boxes::{Checker, Moment};
use crate::graphics::{HD, SNAPSHOTS, Show, daylight, templates, texts};

const GRAPHICS: [&str; 12] = [
    "score-bug",
    "score-bug-corner",
    "hockey-bug",
    "lower-third",
    "lower-third-team",
    "lower-third-text",
    "lower-third-versus",
    "last-play",
    "on-fire",
    "free-throws",
    "starting-five",
    "ticker",
];

/// Values without which a graphic has nothing to show.
fn fields(graphic: &str) -> serde_json::Value {
    match graphic {
        "lower-third-text" => json!({"name": "Steve Kerr", "title": "Head coach", "color": "away"}),
        _ => json!({}),
    }
}

#[test]
fn on_a_phone_no_text_is_smaller_than_24_pixels_or_leaves_the_safe_area() {
    let tall = Size::new(1080, 1920);
    let mut looked_at = 0;
    for graphic in GRAPHICS {
        for name in SNAPSHOTS {
            let list = Show::with(graphic, fields(graphic), name, tall).run_to(150);
            for item in &list.items {
                let Op::Text(shape) = &item.op else { continue };
                looked_at += 1;
                let (node, text) = (&item.node, &shape.run.text);
                let height = shape.run.size_px * shape.canvas_from_local.yy;
                assert!(height >= 23.95, "{graphic} of {name}: `{text}` of {node} is {height} px");
                let ink = shape.canvas_from_local.bounds_of(shape.ink);
                let is_safe = ink.x >= 54.0 && ink.right() <= 1026.0 && ink.y >= 96.0 && ink.bottom() <= 1824.0;
                assert!(is_safe, "{graphic} of {name}: `{text}` of {node} at {ink}");
            }
        }
    }
    assert!(looked_at > 1_000, "{looked_at} texts");
}

#[test]
fn a_theme_file_gives_all_of_them_another_look() {
    let panel = "#0e1116";
    for graphic in GRAPHICS {
        let game = if graphic == "hockey-bug" { "power-play" } else { "full" };
        let mut show = Show::with_templates(daylight(), graphic, game, HD);
        let list = show.run_to(150);
        for item in &list.items {
            match &item.op {
                Op::Text(shape) => assert_eq!(shape.run.family, "Roboto Condensed", "{}", item.node),
                Op::PushClip(clip) => assert_eq!(clip.corners, [0.0; 4], "{}", item.node),
                Op::Box(shape) if item.node.as_str().contains("panel") => {
                    let Paint::Solid(color) = &shape.fill else { continue };
                    assert!(!color.to_string().starts_with(panel), "{}: {color}", item.node);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn text_stays_in_its_box_with_either_theme() {
    let mut problems = HashSet::new();
    let mut count = 0;
    for (look, templates) in [("usual", templates()), ("daylight", daylight())] {
        for name in SNAPSHOTS {
            for graphic in GRAPHICS {
                let mut checker = Checker::default();
                let list = Show::with_templates(templates.clone(), graphic, name, HD).run_to(150);
                checker.look(&list, Moment::Rest);
                count += checker.texts;
                problems.extend(checker.problems.into_iter().map(|problem| format!("{look}, {name}: {problem}")));
            }
        }
    }
    let mut problems: Vec<_> = problems.into_iter().collect();
    problems.sort();
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems[..problems.len().min(40)].join("\n"));
    assert!(count > 1_000, "{count} texts");
}

#[test]
fn all_graphics_take_their_times_and_curves_from_the_theme() {
    for template in templates().iter() {
        let graphic = template.id.as_str();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/{graphic}/template.json"));
        for (number, line) in (1..).zip(fs::read_to_string(file).unwrap().lines()) {
            let times = line.split('"').filter_map(|text| text.strip_suffix("ms")?.parse::<u32>().ok());
            // The shortest there is stands for "at once".
            assert!(times.into_iter().all(|millis| millis == 1), "{graphic}:{number}: {line}");
            let mut curves = line.split("\"ease\": \"").skip(1);
            assert!(curves.all(|curve| curve.starts_with("{{")), "{graphic}:{number}: {line}");
        }
    }
}

#[test]
fn a_player_of_whom_only_the_number_is_known_is_shown_with_his_team() {
    let list = Show::with("lower-third", json!({"player": "99"}), "pre-game", HD).run_to(120);
    assert_eq!(texts(&list), ["NETS", "BROOKLYN", "99"]);
    // Of whom nothing is known nothing is said.
    let list = Show::with("lower-third", json!({}), "empty", HD).run_to(120);
    assert!(texts(&list).is_empty(), "{:?}", texts(&list));
}

#[test]
fn before_the_game_lower_thirds_show_who_begins_or_the_team() {
    let shown = |graphic: &str, change: serde_json::Value| {
        let mut show = Show::with(graphic, json!({}), "pre-game", HD);
        show.game = crate::graphics::changed(&show.game, &change);
        texts(&show.run_to(120))
    };
    let players = json!([
        {"number": "1", "last_name": "Bench"},
        {"number": "7", "first_name": "Kevin", "last_name": "Durant", "starter": true},
    ]);
    let roster = json!({"home": {"players": players.clone()}, "away": {"players": players}});
    assert_eq!(shown("lower-third", roster.clone())[..2], ["KEVIN DURANT", "BROOKLYN NETS"]);
    assert_eq!(shown("lower-third", json!({"home": {"players": []}})), ["NETS", "BROOKLYN", "BKN"]);
    // No table of figures that nobody has.
    assert_eq!(shown("lower-third-versus", roster), ["HEAD TO HEAD", "7", "KEVIN DURANT", "7", "KEVIN DURANT"]);
    assert_eq!(shown("starting-five", json!({"home": {"players": []}})), ["BROOKLYN NETS", "LINEUP TO BE ANNOUNCED"]);
}

#[test]
fn the_last_play_is_told_in_parts_and_in_the_feeds_words_where_these_are_missing() {
    let shown = |game: &str, change: serde_json::Value| {
        let mut show = Show::with("last-play", json!({}), game, HD);
        show.game = crate::graphics::changed(&show.game, &change);
        texts(&show.run_to(120))
    };
    let told = ["KEVIN DURANT", "3-POINTER  ·  ASSIST: KYRIE IRVING"];
    assert_eq!(shown("mid-game", json!({}))[..2], told);
    assert_eq!(shown("mid-game", json!({"last_play": null}))[..2], told, "an older one, too");
    assert_eq!(
        shown("power-play", json!({}))[..2],
        ["JACK EICHEL", "POWER-PLAY GOAL  ·  ASSISTS: MARK STONE, SHEA THEODORE"]
    );
    let unnamed = shown("mid-game", json!({"last_play": {"player": null, "players": []}}));
    assert!(
        unnamed.contains(&"KEVIN DURANT MAKES THREE POINT JUMP SHOT (KYRIE IRVING ASSISTS)".to_owned()),
        "{unnamed:?}"
    );
}

#[test]
fn a_figure_that_is_not_known_has_no_cell() {
    let stats = json!({"points": 9, "ft": {"made": 1, "attempted": 2, "display": "1-2"}});
    let stats = json!({"home": {"players": [{"number": "7", "last_name": "Durant", "stats": stats}]}});
    for (graphic, label) in [("lower-third", "PTS"), ("free-throws", "THIS GAME")] {
        let mut show = Show::with(graphic, json!({}), "mid-game", HD);
        show.game = crate::graphics::changed(&show.game, &stats);
        let said = texts(&show.run_to(120));
        assert!(said.contains(&label.to_owned()) && !said.contains(&"–".to_owned()), "{graphic}: {said:?}");
    }
}

#[test]
fn a_white_jersey_names_its_team_in_one_ink_on_all_graphics() {
    // A white jersey of a green team, as src/color makes it.
    let white = json!({
        "jersey": "#ffffff", "primary": "#e7e7e7", "light": "#f7f7f7", "dark": "#d0d0d0", "on_primary": "#006a2b", "shade": "#d0d0d0",
        "on_shade": "#006a2b", "border": "#007a33", "secondary": "#007a33",
    });
    let words = [
        ("score-bug", ["BKN", "87"]),
        ("score-bug-corner", ["BKN", "87"]),
        ("lower-third", ["11", "11"]),
        ("lower-third-team", ["BKN", "BKN"]),
        ("starting-five", ["BROOKLYN NETS", "ON THE FLOOR"]),
        ("shot-map", ["BROOKLYN NETS", "FIELD GOALS BY ZONE"]),
    ];
    for (graphic, words) in words {
        let mut show = Show::with(graphic, json!({}), "mid-game", HD);
        show.game = crate::graphics::changed(&show.game, &json!({"home": {"color": white.clone()}}));
        let list = show.run_to(120);
        for word in words {
            let found = list.items.iter().find_map(|item| match &item.op {
                Op::Text(shape) if shape.run.text == word => Some(shape.color.to_string()),
                _ => None,
            });
            assert_eq!(found.as_deref(), Some("#006a2bff"), "{graphic}: `{word}`");
        }
        let is_edge = |op: &Op| matches!(op, Op::Box(shape) if shape.border.is_some_and(|border| border.color.to_string() == "#007a33ff"));
        assert!(list.items.iter().any(|item| is_edge(&item.op)), "{graphic}: its edge shows");
    }
}

#[test]
fn the_ticker_tells_who_and_what_before_it_leaves_anything_away() {
    let plays = json!([
        {"id": "3", "kind": "threepointmade", "team": "home", "clock": "4:07", "text": "Kevin Durant makes three point jump shot (Kyrie Irving assists)", "points": 3},
        {"id": "2", "kind": "rebound", "team": "home", "clock": "4:19", "text": "DeAndre Jordan defensive rebound"},
        {"id": "1", "kind": "threepointmiss", "team": "away", "clock": "4:22", "text": "Stephen Curry misses three point jump shot"},
    ]);
    for canvas in [HD, Size::new(1080, 1920)] {
        let mut show = Show::with("ticker", json!({}), "mid-game", canvas);
        show.game = crate::graphics::changed(&show.game, &json!({"plays": plays.clone()}));
        let list = show.run_to(120);
        let all = texts(&list);
        assert!(all.contains(&"KEVIN DURANT MAKES THREE POINT JUMP SHOT".to_owned()), "{all:?}");
        assert!(all.contains(&"+3".to_owned()) && !all.iter().any(|text| text.contains('…')), "{all:?}");
        let sizes: HashSet<String> = list
            .items
            .iter()
            .filter_map(|item| match &item.op {
                Op::Text(shape) if item.node.as_str().contains("/text[") => Some(shape.run.size_px.to_string()),
                _ => None,
            })
            .collect();
        assert_eq!(sizes.len(), 1, "{sizes:?}");
    }
}

#[test]
fn the_ticker_keeps_clear_of_the_bug_of_its_sport() {
    let tall = Size::new(1080, 1920);
    let pairs = [("score-bug", "mid-game", HD), ("score-bug-corner", "mid-game", HD), ("hockey-bug", "power-play", HD)];
    let upright = [("score-bug", "mid-game", tall), ("hockey-bug", "power-play", tall)];
    for (bug, game, canvas) in pairs.into_iter().chain(upright) {
        let bounds = |graphic: &str, fields: serde_json::Value| {
            let list = Show::with(graphic, fields, game, canvas).run_to(150);
            let boxes =
                list.items.iter().filter(|item| matches!(item.op, Op::Box(_)) && !item.node.as_str().contains("shade"));
            boxes.filter_map(|item| item.op.bounds()).collect::<Vec<_>>()
        };
        let strip = bounds("ticker", json!({}));
        for part in bounds(bug, json!({})) {
            for strip in &strip {
                let both = strip.intersection(part);
                assert!(both.width <= 0.0 || both.height <= 0.0, "{bug} on {canvas:?}: {strip} and {part}");
            }
        }
        // The operator may put it at either edge.
        let top = |place: &str| bounds("ticker", json!({"place": place}))[0].y;
        assert!(top("top") < canvas.height as f32 * 0.1 && top("bottom") > canvas.height as f32 * 0.85);
    }
}
