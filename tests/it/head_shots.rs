//! Pictures on lower thirds: head shots and logos by the names that the game has, and what stands there while there is none.

use std::sync::Arc;

use serde_json::json;
use sideline::command::Command;
use sideline::draw_list::{DrawList, Op, Size};
use sideline::ids::LayerId;
use sideline::template::TemplateSet;

use crate::boxes::{Checker, Moment};
use crate::graphics::{HD, Show, templates, templates_with, texts};

/// Each with a game in which it shows Kevin Durant or his team.
const LOWER_THIRDS: [(&str, &str); 5] = [
    ("lower-third", "full"),
    ("on-fire", "full"),
    ("free-throws", "full"),
    ("last-play", "mid-game"),
    ("lower-third-text", "full"),
];

/// A head shot of one player, and the logo of his team.
fn pictured() -> Arc<TemplateSet> {
    templates_with(&[
        ("shared/heads/kevin-durant.svg", include_str!("../../examples/pictures/heads/kevin-durant.svg")),
        ("shared/logos/bkn.svg", include_str!("../../examples/pictures/logos/bkn.svg")),
    ])
}

fn fields(graphic: &str, picture: &str) -> serde_json::Value {
    let mut fields = json!({"picture": picture});
    if graphic == "lower-third-text" {
        fields["name"] = "Kevin Durant".into();
        fields["color"] = "home".into();
    }
    if graphic == "lower-third" {
        fields["player"] = "7".into();
    }
    fields
}

fn show(look: Arc<TemplateSet>, graphic: &str, fields: serde_json::Value, game: &str, canvas: Size) -> Show {
    let mut show = Show::of(look, game, canvas);
    show.take(graphic, fields);
    show
}

/// The nodes that show a picture.
fn pictures(list: &DrawList) -> Vec<&str> {
    let shown = list.items.iter().filter(|item| matches!(item.op, Op::Image(_)));
    shown.map(|item| item.node.as_str()).collect()
}

#[test]
fn a_head_shot_is_found_by_a_players_name_and_a_logo_by_the_teams_code() {
    let look = pictured();
    for (graphic, game) in LOWER_THIRDS {
        for canvas in [HD, Size::new(1080, 1920)] {
            for (picture, node) in [("head shot", "/slab.head["), ("logo", "/slab.logo[")] {
                let list = show(look.clone(), graphic, fields(graphic, picture), game, canvas).run_to(120);
                let found = pictures(&list);
                assert!(found.len() == 1 && found[0].contains(node), "{graphic}, {picture}: {found:?}");
                let mut checker = Checker::default();
                checker.look(&list, Moment::Rest);
                assert!(checker.problems.is_empty(), "{graphic}, {picture} on {canvas}: {:#?}", checker.problems);
            }
        }
    }
    let list = show(look, "lower-third-team", json!({"picture": "logo"}), "full", HD).run_to(120);
    assert_eq!(pictures(&list).len(), 1, "{list}");
}

#[test]
fn whoever_has_no_picture_has_his_letters_in_its_place() {
    // The templates alone have no folder of pictures at all.
    for look in [templates(), pictured()] {
        let of = |picture: &str| {
            let fields = json!({"team": "away", "player": "30", "picture": picture});
            show(look.clone(), "lower-third", fields, "mid-game", HD).run_to(120)
        };
        for (picture, letters) in [("head shot", "SC"), ("logo", "GSW")] {
            let list = of(picture);
            assert_eq!(pictures(&list), [""; 0]);
            let said = texts(&list);
            assert!(said.contains(&letters.to_owned()), "{said:?}");
            // His number is told beside the team.
            assert!(said.iter().any(|text| text.starts_with("#30")) && !said.contains(&"30".to_owned()), "{said:?}");
        }
    }
}

#[test]
fn a_picture_that_is_not_wanted_leaves_no_trace_and_gives_its_room_back_in_one_movement() {
    let mut show = show(pictured(), "lower-third", json!({"player": "7"}), "full", HD);
    let plain = show.run_to(120);
    assert_eq!(pictures(&plain), [""; 0]);
    let bare = Show::with("lower-third", json!({"player": "7"}), "full", HD).run_to(120);
    assert_eq!(plain.items, bare.items, "the same as where there are no pictures");
    let left = |list: &DrawList| {
        list.items.iter().find_map(|item| match &item.op {
            Op::Text(shape) if item.node.as_str().ends_with("/who.name") => {
                Some(shape.canvas_from_local.bounds_of(shape.ink).x)
            }
            _ => None,
        })
    };
    let ends = (left(&plain).unwrap(), left(&plain).unwrap() + 48.0);
    for (picture, from, to) in [("head shot", ends.0, ends.1), ("none", ends.1, ends.0)] {
        let fields = [("picture".to_owned(), picture.into())].into_iter().collect();
        show.apply(&Command::Update { layer: LayerId(1), fields });
        let mut last = from;
        for _ in 0..60 {
            let at = left(&show.draw()).unwrap();
            assert!((at - last).abs() < 8.0, "{picture}: from {last} to {at} in one frame");
            assert!((at - last) * (to - from) >= 0.0, "{picture}: back from {last} to {at}");
            last = at;
        }
        assert_eq!(last, to, "{picture}");
    }
    assert_eq!(show.draw().items, plain.items, "as it was before");
}
