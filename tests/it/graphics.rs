//! The built-in graphics, frame by frame: what they say, how they change, and how they look.
//!
//! Draw lists are compared with texts under tests/draw_lists (`SIDELINE_BLESS=1` writes them and fails that run, so that
//! a second, unaided run is needed). Pictures are cases of `golden` with `template`, `snapshot` and, if need be,
//! `fields`, a `change` of the snapshot (JSON), and a `theme`.

mod show;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields, Refused};
use sideline::draw_list::{Color, DrawList, Op, Size};
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::render::Renderer;
use sideline::template::TemplateSet;
use sideline::time::{FrameIndex, FrameRate};

use crate::{draw, golden};

pub(crate) use show::{HD, SNAPSHOTS, Show, changed, daylight, snapshot, templates, templates_with, texts};
use show::{LAYER, graphics, lines};

/// Compares with tests/draw_lists/<name>.txt; what is wrong.
fn compared_list(name: &str, list: &DrawList) -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draw_lists").join(format!("{name}.txt"));
    let actual = list.to_string();
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if actual == expected {
        return None;
    }
    if std::env::var_os("SIDELINE_BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &actual).unwrap();
        return Some(format!("{name}: blessed; read it, then run again without blessing"));
    }
    let first = actual.lines().zip(expected.lines()).find(|(a, e)| a != e);
    Some(format!("{name} differs from {} (SIDELINE_BLESS=1 writes it); first: {first:#?}", file.display()))
}

#[test]
fn draw_lists_are_as_expected_at_rest() {
    let at_rest = |graphic: &String| Show::with(graphic, serde_json::json!({}), "mid-game", HD).run_to(120);
    let wrong: Vec<_> = graphics().iter().filter_map(|graphic| compared_list(graphic, &at_rest(graphic))).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn draw_lists_are_as_expected_half_way_in_and_in_a_score_change() {
    let mut show = Show::with("score-bug", serde_json::json!({}), "mid-game", HD);
    let coming_in = compared_list("score-bug-coming-in", &show.run_to(10));
    show.run_to(120);
    show.game.home.score = Some(90);
    let rolling = compared_list("score-bug-rolling", &show.run_to(125));
    assert_eq!([coming_in, rolling], [None, None]);
}

#[test]
fn nothing_known_or_everything_known_never_shows_a_null() {
    for name in SNAPSHOTS {
        for graphic in graphics() {
            let list = Show::with(&graphic, serde_json::json!({}), name, HD).run_to(120);
            for text in texts(&list) {
                let low = text.to_lowercase();
                let is_null = ["none", "null", "undefined", "nan"].iter().any(|word| low.contains(word));
                assert!(!is_null && !text.contains(['{', '}']), "{graphic} on {name} shows `{text}`");
            }
        }
    }
}

#[test]
fn maps_and_charts_leave_the_score_bug_and_its_drop_down_alone() {
    // The bug stands at y 922-1010, what drops down from it at 878-922 (1080 lines).
    for graphic in ["shot-map", "shot-chart", "zone-leaders", "rink", "live-court"] {
        for name in ["empty", "long-names", "tracking", "hockey-shots"] {
            let mut show = Show::with(graphic, serde_json::json!({}), name, HD);
            for frame in 0..=90 {
                let list = show.run_to(frame);
                let lowest = list.items.iter().filter(|item| !matches!(item.op, Op::PushClip(_)));
                let lowest = lowest.filter_map(|item| item.op.bounds()).map(|bounds| bounds.bottom());
                let lowest = lowest.fold(0.0, f32::max);
                assert!(lowest <= 878.0, "{graphic} of {name}, frame {frame}: {lowest}");
            }
        }
    }
}

/// The colour of a zone of the shot map.
fn zone_color(list: &DrawList, zone: u8) -> Color {
    let area = format!("area[{zone}]/fill");
    let found = list.items.iter().find_map(|item| match &item.op {
        Op::Path(path) if item.node.as_str().ends_with(&area) => Some(path.color),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {area} in {list}"))
}

#[test]
fn the_shot_map_compares_with_both_teams_only_where_they_shot_often_enough() {
    let mut show = Show::with("shot-map", serde_json::json!({"min_attempts": 2}), "mid-game", HD);
    let list = show.run_to(120);
    // The theme's.
    let neutral = Color::from_rgb8(0x39, 0x42, 0x4f);
    // From 8 to 16 feet both teams made 10 of 18; the home team's own zone 4 is 2 of 2, its zone 3 is 3 of 7.
    assert!(zone_color(&list, 4).r > neutral.r && zone_color(&list, 3).b > neutral.b, "hot and cold");
    assert!(texts(&list).iter().any(|text| text.contains("BOTH TEAMS’ AVERAGE")));
    // Of these 18 keep the 3 of the zones beside it.
    Arc::make_mut(&mut show.game.home.zones).all[2].attempted = None;
    Arc::make_mut(&mut show.game.away.zones).all.truncate(1);
    let list = show.draw();
    assert_eq!(zone_color(&list, 4), neutral, "3 attempts say nothing");
    assert_ne!(zone_color(&list, 1), neutral);
}

#[test]
fn every_colour_and_rectangle_is_finite_on_every_canvas() {
    for canvas in [Size::new(480, 270), Size::new(1280, 720), Size::new(1080, 1920), Size::new(3840, 2160)] {
        for graphic in graphics() {
            // A graphic of free text has nothing to show until somebody writes some.
            let fields = match graphic.as_str() {
                "lower-third-text" => serde_json::json!({"name": "Wolfeschlegelsteinhausenbergerdorff"}),
                "schedule" => serde_json::json!({"game_1": "WED DEC 2 | at Oklahoma City Thunder | 7:00 PM"}),
                _ => serde_json::json!({}),
            };
            let list = Show::with(&graphic, fields, "long-names", canvas).run_to(120);
            assert!(!list.items.is_empty(), "{graphic} on {canvas}");
            let bounds = list.items.iter().filter_map(|item| item.op.bounds());
            for bounds in bounds {
                let all = [bounds.x, bounds.y, bounds.right(), bounds.bottom()];
                assert!(all.iter().all(|n| n.is_finite()), "{graphic} on {canvas}: {bounds}");
                assert!(
                    bounds.x >= -60.0 && bounds.right() <= canvas.width as f32 + 60.0,
                    "{graphic} {canvas} {bounds}"
                );
            }
        }
    }
}

#[test]
fn the_first_score_is_no_news_and_the_next_one_rolls_and_flashes() {
    let mut show = Show::with("score-bug", serde_json::json!({}), "mid-game", HD);
    for _ in 0..120 {
        let list = show.draw();
        assert!(lines(&list, "digit[").is_empty() && lines(&list, "score-flash").is_empty());
    }
    show.game.home.score = Some(89);
    let list = show.draw();
    assert_eq!(lines(&list, "score-flash.accent[home]").len(), 1);
    assert!(lines(&list, "score-flash.accent[away]").is_empty());
    // In the row of what the team wears.
    assert_eq!(lines(&list, "score[home][#23272c]/digit[0]").len(), 1, "the 7 leaves from its place: {list}");
    let list = show.run_to(200);
    assert!(lines(&list, "digit[").is_empty() && lines(&list, "score-flash").is_empty());
    assert!(texts(&list).contains(&"89".to_owned()));
}

#[test]
fn a_score_found_again_after_being_unknown_is_no_news() {
    let mut show = Show::with("score-bug", serde_json::json!({}), "mid-game", HD);
    show.run_to(60);
    show.game.home.score = None;
    show.run_to(65);
    show.game.home.score = Some(95);
    let list = show.draw();
    assert!(lines(&list, "digit[").is_empty() && lines(&list, "score-flash").is_empty(), "{list}");
}

/// Where each rolling character stands, by its name.
fn digits(list: &DrawList) -> Vec<(String, f32)> {
    let place = |op: &Op| match op {
        Op::Text(shape) => Some((shape.run.text.clone(), shape.canvas_from_local.dy)),
        _ => None,
    };
    let rolling = list.items.iter().filter(|item| item.node.as_str().contains("score[home]"));
    rolling.filter_map(|item| place(&item.op)).collect()
}

#[test]
fn a_second_basket_during_the_roll_makes_no_digit_jump() {
    let mut show = Show::with("score-bug", serde_json::json!({}), "mid-game", HD);
    show.run_to(100);
    show.game.home.score = Some(89);
    let before = digits(&show.run_to(104));
    show.game.home.score = Some(92);
    let after = digits(&show.draw());
    for (text, y) in &before {
        let nearest = after.iter().filter(|(other, _)| other == text).map(|(_, other)| (other - y).abs());
        let moved = nearest.fold(f32::MAX, f32::min);
        // A roll's first frame moves a digit by less than a third of its way of some 70 px.
        assert!(moved < 25.0, "{text} at {y}, then {after:?}");
    }
    assert!(texts(&show.run_to(200)).contains(&"92".to_owned()));
}

#[test]
fn an_out_during_the_in_goes_on_from_there_and_leaves_the_layer() {
    let place = |list: &DrawList| {
        list.items.iter().find_map(|item| match &item.op {
            Op::Box(shape) if item.node.as_str().contains("/plate.fill[home]") => Some(shape.canvas_from_local.dy),
            _ => None,
        })
    };
    let mut show = Show::with("score-bug", serde_json::json!({}), "mid-game", HD);
    let coming = place(&show.run_to(14)).expect("the plate is coming in");
    assert!(coming > 1.0, "not yet at rest: {coming}");
    show.out();
    let leaving = place(&show.draw()).expect("the plate is still there");
    // One more frame of coming in, at most: the way out begins where this frame would have been.
    assert!((leaving - coming).abs() < 5.0, "{coming}, then {leaving}");
    assert_eq!(show.stage.layers().len(), 0, "what goes out is not on air");
    assert!(show.run_to(60).items.is_empty());
}

#[test]
fn a_graphic_turned_around_on_its_way_out_comes_back() {
    let toggle = Command::Toggle { layer: LAYER, template: "score-bug".into(), fields: Fields::new() };
    let mut show = Show::new("mid-game", HD);
    show.apply(&toggle);
    let rest = show.run_to(60).to_string();
    show.apply(&toggle);
    show.run_to(70);
    show.apply(&toggle);
    assert_eq!(show.run_to(140).to_string(), rest);
    assert_eq!(show.stage.layers().len(), 1);
}

#[test]
fn skipped_frames_change_no_later_frame() {
    let mut all = Show::with("shot-map", serde_json::json!({}), "mid-game", HD);
    let mut some = Show::with("shot-map", serde_json::json!({}), "mid-game", HD);
    for frame in [0, 3, 17, 18, 40, 90] {
        some.next = frame;
        assert_eq!(all.run_to(frame), some.draw(), "frame {frame}");
    }
}

#[test]
fn a_cut_is_at_rest_at_once_and_gone_at_once() {
    let mut show = Show::new("mid-game", HD);
    show.apply(&Command::Cue { layer: LAYER, template: "lower-third".into(), fields: Fields::new() });
    show.apply(&Command::Take { layer: LAYER, cut: true });
    let first = show.draw();
    assert_eq!(first.items, show.run_to(100).items);
    show.apply(&Command::Out { layer: LAYER, cut: true });
    assert!(show.draw().items.is_empty());
}

#[test]
fn a_cue_is_invisible_and_shows_the_renderer_what_it_will_need() {
    let mut show = Show::new("mid-game", HD);
    show.apply(&Command::Cue { layer: LAYER, template: "shot-map".into(), fields: Fields::new() });
    assert!(show.draw().items.is_empty());
    let cued = show.stage.draw_cued(LAYER, FrameRate::FPS_59_94, HD, &show.game, &mut show.fonts);
    show.apply(&Command::Take { layer: LAYER, cut: true });
    assert_eq!(cued, Some(show.draw()));
}

#[test]
fn refusals_say_what_there_is() {
    let mut show = Show::new("mid-game", HD);
    let cue = |template: &str, field: &str, value: serde_json::Value| Command::Cue {
        layer: LAYER,
        template: template.into(),
        fields: [(field.to_owned(), value)].into_iter().collect(),
    };
    let mut refusal = |command| show.stage.apply(FrameIndex(0), &command).unwrap_err();
    assert!(matches!(refusal(cue("scorebug", "a", 1.into())), Refused::NoTemplate { .. }));
    assert!(refusal(cue("lower-third", "playr", "7".into())).to_string().contains("team, player, title"));
    assert!(refusal(cue("lower-third", "team", "nets".into())).to_string().contains("`home` or `away`"));
    assert!(matches!(refusal(Command::Take { layer: LAYER, cut: false }), Refused::NothingCued { .. }));
    assert!(matches!(refusal(Command::Out { layer: LAYER, cut: false }), Refused::NothingOnAir { .. }));
}

#[test]
fn fields_change_a_graphic_on_air() {
    let mut show = Show::with("lower-third", serde_json::json!({"player": "7"}), "mid-game", HD);
    assert!(texts(&show.run_to(100)).contains(&"KEVIN DURANT".to_owned()));
    let fields = [("team".to_owned(), "away".into()), ("player".to_owned(), "30".into())].into_iter().collect();
    show.apply(&Command::Update { layer: LAYER, fields });
    assert!(texts(&show.draw()).contains(&"STEPHEN CURRY".to_owned()));
}

/// The name of a lower third, and where it, its last figure and its plate end.
fn name_plate(list: &DrawList) -> (String, [f32; 3]) {
    let right = |end: &str| {
        let ends =
            list.items.iter().filter(|item| item.node.as_str().contains(end)).filter_map(|item| match &item.op {
                Op::PushClip(clip) => Some(clip.canvas_from_local.bounds_of(clip.rect).right()),
                Op::Text(shape) => Some(shape.canvas_from_local.bounds_of(shape.ink).right()),
                _ => None,
            });
        ends.fold(0.0, f32::max)
    };
    let name = list.items.iter().find(|item| item.node.as_str().ends_with("/who.name"));
    let Some(Op::Text(shape)) = name.map(|item| &item.op) else { panic!("no name in {list}") };
    (shape.run.text.clone(), [right("/who.name"), right("/cell.value"), right("/block/clip")])
}

#[test]
fn a_lower_third_grows_with_the_name_before_it_shortens_it() {
    let show = |fields, game| name_plate(&Show::with("lower-third", fields, game, HD).run_to(120));
    for (side, number, whole) in [("away", "22", "KENTAVIOUS CALDWELL-POPE"), ("home", "11", "GIANNIS ANTETOKOUNMPO")] {
        let (name, [name_end, figures_end, plate_end]) =
            show(serde_json::json!({"team": side, "player": number}), "long-names");
        assert_eq!(name, whole);
        assert!(plate_end > 1200.0 && plate_end <= 1416.0, "{name}: {plate_end}");
        let ends = name_end < plate_end - 536.0 && figures_end < plate_end - 24.0;
        assert!(
            ends,
            "{name} ends before the figures, and these before the plate: {name_end}, {figures_end}, {plate_end}"
        );
    }
    // A short one needs no more than before.
    let (name, [_, _, plate_end]) = show(serde_json::json!({}), "mid-game");
    assert_eq!((name.as_str(), plate_end), ("KYRIE IRVING", 1196.0));
}

#[test]
fn names_that_do_not_fit_are_squeezed_then_shrunk_then_initialled() {
    let mut show = Show::with("lower-third", serde_json::json!({"player": "11"}), "mid-game", HD);
    let home = Arc::make_mut(&mut show.game.home.players);
    let player = home.iter_mut().find(|player| player.number.as_deref() == Some("11")).expect("a player");
    player.first_name = Some("Bartholomew".into());
    player.last_name = Some("Wojciechowski-Brzeczyszczykiewicz".into());
    let (name, [name_end, _, plate_end]) = name_plate(&show.run_to(120));
    assert_eq!(name, "B. WOJCIECHOWSKI-BRZECZYSZCZYKIEWICZ");
    assert!(
        plate_end == 1416.0 && name_end < plate_end - 536.0,
        "the name ends before the figures: {name_end}, {plate_end}"
    );
}

fn table<'a>(case: &'a golden::Case, key: &str) -> Option<&'a str> {
    case.more.get(key).and_then(|value| value.as_str())
}

#[test]
fn graphics_look_as_expected() {
    const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
    let mut problems = Vec::new();
    for case in golden::cases() {
        let Some(graphic) = table(&case, "template") else { continue };
        let known = ["template", "snapshot", "fields", "home_score", "change", "steps", "theme"];
        let unknown: Vec<_> = case.more.keys().filter(|key| !known.contains(&key.as_str())).collect();
        assert!(unknown.is_empty(), "{}: unknown keys {unknown:?}", case.name);
        let game = table(&case, "snapshot").expect("a case with a template names its snapshot");
        let fields = serde_json::from_str(table(&case, "fields").unwrap_or("{}")).expect("`fields` is JSON");
        let theme = match table(&case, "theme") {
            None => templates(),
            Some("daylight") => daylight(),
            Some(other) => panic!("{}: no theme {other}", case.name),
        };
        let mut show = Show::of(theme, game, case.size()).taken(graphic, fields);
        if let Some(change) = table(&case, "change") {
            let change = serde_json::from_str(change).expect("`change` is JSON");
            show.game = changed(&show.game, &change);
        }
        // The frames at which the operator continues.
        let steps = case.more.get("steps").and_then(toml::Value::as_array).into_iter().flatten();
        let mut steps =
            steps.map(|step| step.as_integer().expect("a frame") as u64).collect::<Vec<_>>().into_iter().peekable();
        // The score changes at frame 60, when the graphic is fully in.
        let score = case.more.get("home_score").and_then(toml::Value::as_integer);
        let mut renderer = Renderer::new(draw::gpu(), case.size(), &[STRAIGHT]).unwrap();
        problems.extend(golden::compare(&case, |frame| {
            if let Some(score) = score.filter(|_| frame >= 60) {
                show.run_to(59.max(show.next));
                show.game.home.score = Some(score as u32);
            }
            while let Some(step) = steps.next_if(|step| *step <= frame) {
                if step > show.next {
                    show.run_to(step - 1);
                }
                show.go_on();
            }
            let list = show.run_to(frame);
            let frame = renderer.render(FrameIndex(frame), list, &mut show.fonts).unwrap();
            frame.picture(STRAIGHT).unwrap().to_bytes()
        }));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_built_in_graphic_has_a_picture() {
    let cases = golden::cases();
    for graphic in graphics() {
        assert!(cases.iter().any(|case| table(case, "template") == Some(&graphic)), "{graphic} has no case");
    }
}

#[test]
fn the_templates_in_the_folder_are_the_built_in_ones() {
    assert_eq!(templates().names(), TemplateSet::builtin().unwrap().names());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for (path, text) in TemplateSet::builtin_files() {
        assert_eq!(fs::read_to_string(folder.join(&path)).unwrap(), text, "{path}");
    }
}
