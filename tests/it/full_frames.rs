//! What full frames show, and that tables and charts can be read on a phone.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sideline::draw_list::{Op, Size};

use crate::graphics::{HD, SNAPSHOTS, Show, templates, texts};

/// The full frames: `panel.fill` is the node that nothing of one may leave.
pub(super) const FULL_FRAMES: [&str; 7] =
    ["box-score", "comparison", "leaders", "line-score", "lineups", "possession-types", "schedule"];

/// A game to come, without which a schedule has nothing to show.
fn schedule() -> serde_json::Value {
    serde_json::json!({"game_1": "WED DEC 2 | at Oklahoma City Thunder | 7:00 PM | Paycom Center"})
}

#[test]
fn no_text_of_a_full_frame_leaves_it_or_the_safe_area_whatever_the_game() {
    for name in SNAPSHOTS {
        for graphic in FULL_FRAMES {
            let fields = if graphic == "schedule" { schedule() } else { serde_json::json!({}) };
            let list = Show::with(graphic, fields, name, HD).run_to(120);
            let panel = list.items.iter().find(|item| item.node.as_str().ends_with("/panel.fill"));
            let panel = panel.and_then(|item| item.op.bounds()).unwrap_or_else(|| panic!("{graphic} on {name}"));
            assert!(panel.x >= 96.0 && panel.right() <= 1824.0, "{graphic} on {name}: {panel}");
            assert!(panel.y >= 54.0 && panel.bottom() <= 1026.0, "{graphic} on {name}: {panel}");
            for item in &list.items {
                let Op::Text(shape) = &item.op else { continue };
                let ink = shape.canvas_from_local.bounds_of(shape.ink);
                let is_inside = ink.x >= panel.x && ink.right() <= panel.right();
                let is_within = ink.y >= panel.y - 2.0 && ink.bottom() <= panel.bottom() + 2.0;
                assert!(is_inside && is_within, "{graphic} on {name}: `{}` at {ink}, {panel}", shape.run.text);
            }
        }
    }
}

#[test]
fn a_box_score_goes_on_to_the_other_team_and_marks_who_is_out() {
    let mut show = Show::with("box-score", serde_json::json!({"team": "home"}), "free-throw", HD);
    let first = texts(&show.run_to(120));
    assert!(first.contains(&"BROOKLYN NETS".to_owned()) && first.contains(&"KEVIN DURANT".to_owned()), "{first:?}");
    assert!(first.contains(&"FOULED OUT".to_owned()) && first.contains(&"EJECTED".to_owned()), "{first:?}");
    show.go_on();
    let second = texts(&show.run_to(240));
    assert!(second.contains(&"STEPHEN CURRY".to_owned()) && !second.contains(&"KEVIN DURANT".to_owned()), "{second:?}");
}

#[test]
fn a_box_score_shows_every_skater_and_every_goalie_of_a_full_roster() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/games/vgk-at-wpg-2023-10-19.game");
    let script = sideline::venue::script::Script::parse(&fs::read_to_string(file).unwrap()).unwrap();
    for canvas in [HD, Size::new(1080, 1920)] {
        let mut show = Show::new("power-play", canvas);
        let roster = |side: usize| {
            let team = &script.teams[side];
            let player = |player: &sideline::venue::script::Player| sideline::game::snapshot::Player {
                id: Some(player.id.to_string().into()),
                number: Some(player.jersey.clone()),
                first_name: Some(player.first.clone()),
                last_name: Some(player.last.clone()),
                position: Some(player.position.clone()),
                ..Default::default()
            };
            Arc::new(team.players.iter().map(player).collect::<Vec<_>>())
        };
        (show.game.home.players, show.game.away.players) = (roster(0), roster(1));
        show.take("box-score", serde_json::json!({}));
        let mut pages: Vec<Vec<String>> = Vec::new();
        for _ in 0..4 {
            pages.push(texts(&show.run_to(show.next + 120)));
            if pages.len() < 4 {
                show.go_on();
            }
        }
        for team in [&show.game.away, &show.game.home] {
            assert!(team.players.len() >= 20, "{}", team.players.len());
            for player in team.players.iter() {
                let last = player.last_name.as_deref().unwrap().to_uppercase();
                let on: Vec<usize> =
                    (0..4).filter(|page| pages[*page].iter().any(|text| text.ends_with(&last))).collect();
                assert!(!on.is_empty(), "{canvas}: {last} is on no page");
                if player.position.as_deref() == Some("G") {
                    assert!(on.len() >= 2, "{canvas}: {last} is on page {on:?} only");
                }
            }
        }
    }
}

/// Graphics of tables and charts.
const ON_PHONES: [&str; 12] = [
    "box-score",
    "comparison",
    "leaders",
    "line-score",
    "lineups",
    "live-court",
    "possession-types",
    "rink",
    "schedule",
    "shot-chart",
    "shot-map",
    "zone-leaders",
];

#[test]
fn tables_and_charts_on_a_tall_canvas_have_letters_that_are_read_on_a_phone() {
    for graphic in ON_PHONES {
        for game in ["free-throw", "final-4ot", "timeout", "tracking", "hockey-shots", "power-play"] {
            for side in ["left", "right"] {
                let known = templates();
                let template = known.iter().find(|template| template.id.as_str() == graphic).unwrap();
                let has_side = template.fields.iter().any(|field| field.id == "side");
                let fields = match graphic {
                    "schedule" => schedule(),
                    "live-court" => serde_json::json!({"speed": "all"}),
                    _ if has_side => serde_json::json!({"side": side}),
                    _ => serde_json::json!({}),
                };
                let list = Show::with(graphic, fields, game, Size::new(1080, 1920)).run_to(120);
                for item in &list.items {
                    let Op::Text(shape) = &item.op else { continue };
                    // Squeezed letters are as tall as others.
                    let tall = shape.run.size_px * shape.canvas_from_local.yy;
                    assert!(tall >= 24.0, "{graphic} of {game}: {} `{}` is {tall} px", item.node, shape.run.text);
                    let ink = shape.canvas_from_local.bounds_of(shape.ink);
                    let is_safe = ink.x >= 54.0 && ink.right() <= 1026.0 && ink.y >= 96.0 && ink.bottom() <= 1824.0;
                    assert!(is_safe, "{graphic} of {game}, {side}: `{}` at {ink}", shape.run.text);
                }
            }
        }
    }
}
