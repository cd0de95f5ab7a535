//! Shot charts, the rink and the live court against facts that are counted here by other code.
//!
//! The facts of the real game are read from `fixtures/games` (tenths of a foot from the hoop that was attacked), and, where
//! somebody has it, from the league's own play-by-play in the folder of captures or in `nba` beside it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Op, Size};
use sideline::game::snapshot::{GameSnapshot, Shot, Tracked, Tracking};
use sideline::ids::{LayerId, Side};
use sideline::scene::Stage;
use sideline::template::{TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

use crate::{captures, graphics};

pub(super) const LAYER: LayerId = LayerId(1);
const MM_PER_TENTH: f64 = 30.48;

/// A graphic at rest, two seconds after it was taken.
pub(super) fn drawn(template: &str, fields: serde_json::Value, game: &GameSnapshot) -> DrawList {
    drawn_on(template, fields, game, Size::new(1920, 1080))
}

fn drawn_on(template: &str, fields: serde_json::Value, game: &GameSnapshot, canvas: Size) -> DrawList {
    drawn_with(graphics::templates(), template, fields, game, canvas)
}

/// The same with templates of another look.
pub(super) fn drawn_with(
    templates: Arc<TemplateSet>,
    template: &str,
    fields: serde_json::Value,
    game: &GameSnapshot,
    canvas: Size,
) -> DrawList {
    let mut stage = Stage::new(templates);
    let fields: Fields = fields.as_object().expect("fields are an object").clone();
    let cue = Command::Cue { layer: LAYER, template: template.into(), fields };
    for command in [cue, Command::Take { layer: LAYER, cut: true }] {
        stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
    }
    stage.draw(FrameIndex(1), FrameRate::FPS_50, canvas, game, &mut Fonts::bundled())
}

pub(super) fn texts_of<'a>(list: &'a DrawList, node: &'a str) -> impl Iterator<Item = &'a str> {
    let text = move |op: &'a Op| match op {
        Op::Text(shape) => Some(shape.run.text.as_str()),
        _ => None,
    };
    list.items.iter().filter(move |item| item.node.as_str().contains(node)).filter_map(move |item| text(&item.op))
}

/// A shot of the real game: tenths of a foot from the hoop, as the league tells it.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub side: Side,
    pub number: String,
    pub period: String,
    pub made: bool,
    pub three: bool,
    pub at: (f64, f64),
}

pub(super) fn facts() -> Vec<Fact> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/games/gsw-at-bkn-2020-12-22.game");
    let text = fs::read_to_string(file).unwrap();
    let fact = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let [_, period, _, kind @ ("2pt" | "3pt"), who, rest @ ..] = words.as_slice() else { return None };
        let value = |key: &str| rest.iter().find_map(|word| word.strip_prefix(key));
        let (side, number) = who.split_once(':')?;
        let (x, y) = value("at=")?.split_once(',')?;
        Some(Fact {
            side: if side == "home" { Side::Home } else { Side::Away },
            number: number.to_owned(),
            period: (*period).to_owned(),
            made: value("made=") == Some("yes"),
            three: *kind == "3pt",
            at: (x.parse().ok()?, y.parse().ok()?),
        })
    };
    let facts: Vec<Fact> = text.lines().filter_map(fact).collect();
    assert!(facts.len() > 150, "{}", facts.len());
    facts
}

/// The league's own play-by-play, where somebody has it: its coordinates count from a corner of the court, in percent.
#[test]
fn the_facts_are_the_leagues_own() {
    const NAME: &str = "gsw-at-bkn-2020-12-22-playbyplay.json";
    let folder = captures::folder();
    let beside = folder.join("../nba");
    let file = [folder, beside].into_iter().map(|folder| folder.join(NAME)).find(|file| file.exists());
    let Some(file) = file else { return captures::skip(NAME) };
    let game: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let home = 1_610_612_751;
    let shots = game["game"]["actions"].as_array().unwrap().iter().filter(|action| action["isFieldGoal"] == 1);
    let fact = |action: &serde_json::Value| {
        // 94 by 50 feet; who attacks the left end has the hoop at 5.25 ft of the first. The second counts down the picture, in
        // which his right is up.
        let (x, y) = (action["x"].as_f64()?, action["y"].as_f64()?);
        let (along, across) = (x * 9.4, (50.0 - y) * 5.0);
        let at = match action["side"].as_str()? {
            "left" => (across, along - 52.5),
            _ => (-across, 940.0 - 52.5 - along),
        };
        Some((action["teamId"] == home, action["period"].as_u64()?, action["shotResult"] == "Made", at))
    };
    let league: Vec<_> = shots.filter_map(fact).collect();
    let ours = facts();
    assert_eq!(league.len(), ours.len());
    for ((is_home, period, made, at), fact) in league.iter().zip(&ours) {
        assert_eq!((*is_home, *made), (fact.side == Side::Home, fact.made), "{fact:?}");
        assert_eq!(format!("Q{period}"), fact.period);
        // Half a foot: the league writes its places twice, and rounds them differently.
        let off = (at.0 - fact.at.0).hypot(at.1 - fact.at.1);
        assert!(off < 6.0, "{at:?} {fact:?}");
    }
}

/// The middle of what a node draws, in canvas pixels.
fn middles(list: &DrawList, node: &str) -> Vec<(f32, f32)> {
    let inside = list.items.iter().filter(|item| item.node.as_str().contains(node));
    inside
        .filter_map(|item| match &item.op {
            Op::Box(shape) => {
                let rect = shape.canvas_from_local.bounds_of(shape.rect);
                Some((rect.x + rect.width / 2.0, rect.y + rect.height / 2.0))
            }
            Op::Path(shape) => {
                let rect = shape.canvas_from_local.bounds_of(shape.path.bounds());
                Some((rect.x + rect.width / 2.0, rect.y + rect.height / 2.0))
            }
            _ => None,
        })
        .collect()
}

/// Shots of the real game as a snapshot has them.
pub(super) fn with_shots(facts: &[Fact]) -> GameSnapshot {
    let mut game = sample().clone();
    for side in Side::BOTH {
        let shot = |(index, fact): (usize, &Fact)| Shot {
            id: Some(index.to_string()),
            made: fact.made,
            three: fact.three,
            x_mm: Some((fact.at.0 * MM_PER_TENTH).round() as i32),
            y_mm: Some((fact.at.1 * MM_PER_TENTH).round() as i32),
            period: Some(fact.period.clone()),
            ..Shot::default()
        };
        let shots = facts.iter().filter(|fact| fact.side == side).enumerate().map(shot).collect();
        match side {
            Side::Home => game.home.shots = Arc::new(shots),
            Side::Away => game.away.shots = Arc::new(shots),
        }
    }
    game
}

#[test]
fn each_shot_of_the_real_game_stands_on_the_chart_where_it_was_taken() {
    let facts = facts();
    let game = with_shots(&facts);
    // Where the hoop stands in the picture, and the picture's directions for the shooter's right and for away from the hoop.
    let upright = 856.0 / 15_240.0;
    let lying = 616.0 / 15_240.0;
    let cases = [
        ("bottom", upright, (904.0 + 32.0 + 428.0, 54.0 + 104.0 + 9794.0 * upright), (-1.0, 0.0), (0.0, -1.0)),
        ("left", lying, (904.0 + 32.0 + 1600.2 * lying, 54.0 + 110.0 + 308.0), (0.0, -1.0), (1.0, 0.0)),
        ("right", lying, (904.0 + 427.0 + 9794.0 * lying, 54.0 + 110.0 + 308.0), (0.0, 1.0), (-1.0, 0.0)),
    ];
    for (basket, px_per_mm, hoop, right, away) in cases {
        for side in Side::BOTH {
            let list = drawn("shot-chart", serde_json::json!({"team": side.to_string(), "basket": basket}), &game);
            for (made, node) in [(true, "/make["), (false, "/miss[")] {
                let of = facts.iter().filter(|fact| fact.side == side && fact.made == made);
                let of: Vec<&Fact> = of.filter(|fact| fact.at.1 * MM_PER_TENTH <= 9700.0).collect();
                let places = middles(&list, node);
                assert_eq!(places.len(), of.len(), "{side} {basket} {node}");
                for (fact, place) in of.iter().zip(places) {
                    let (x, y) = (fact.at.0 * MM_PER_TENTH * px_per_mm, fact.at.1 * MM_PER_TENTH * px_per_mm);
                    let expected = (hoop.0 + right.0 * x + away.0 * y, hoop.1 + right.1 * x + away.1 * y);
                    let off = (f64::from(place.0) - expected.0).hypot(f64::from(place.1) - expected.1);
                    // The panel's edges lie on whole pixels.
                    assert!(off < 1.0, "{side} {basket}: {fact:?} at {place:?}, not {expected:?}");
                }
            }
        }
    }
}

#[test]
fn hockey_shots_stand_at_the_end_that_their_team_attacks() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots/hockey-shots.json");
    let mut game: GameSnapshot = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    for home_end in ["left", "right"] {
        let end = |name: &str| serde_json::from_value(serde_json::json!(name)).unwrap();
        game.home.attacks = Some(end(home_end));
        game.away.attacks = Some(end(if home_end == "left" { "right" } else { "left" }));
        let list = drawn("rink", serde_json::json!({}), &game);
        let goals = |end: &str| middles(&list, &format!("/goal[{end}"));
        let (left, right) = (goals("left"), goals("right"));
        let (home, away) = if home_end == "left" { (&left, &right) } else { (&right, &left) };
        // Each disc and its number's plate is one box.
        assert_eq!((home.len() as u32, away.len() as u32), (game.home.score.unwrap(), game.away.score.unwrap()));
        assert!(left.iter().all(|(x, _)| *x < 960.0) && right.iter().all(|(x, _)| *x > 960.0), "{left:?} {right:?}");
    }
}

#[test]
fn positions_stand_where_the_hall_has_them_from_either_side() {
    let mut game = sample().clone();
    let one = Tracked { id: "x".into(), x_mm: 5000, y_mm: -9000, ..Tracked::default() };
    game.tracking = Arc::new(Tracking { players: vec![one], balls: Vec::new() });
    let px_per_mm = 694.0 / 15_240.0;
    for (camera, along, across) in [("main side", -9000.0, -5000.0), ("other side", 9000.0, 5000.0)] {
        let list = drawn("live-court", serde_json::json!({"camera": camera}), &game);
        let (x, y) = middles(&list, "/disc[")[0];
        let expected = (260.0 + 47.0 + (14_325.6 + along) * px_per_mm, 54.0 + 82.0 + (7620.0 + across) * px_per_mm);
        assert!(
            (f64::from(x) - expected.0).hypot(f64::from(y) - expected.1) < 1.0,
            "{camera}: {x} {y}, not {expected:?}"
        );
    }
}

#[test]
fn maps_and_charts_stand_left_and_right_with_the_basket_at_any_side() {
    let game = with_shots(&facts());
    for graphic in ["shot-map", "shot-chart", "zone-leaders"] {
        for basket in ["bottom", "left", "right", "attacked_side"] {
            let bounds = |side: &str| {
                let list = drawn(graphic, serde_json::json!({"side": side, "basket": basket}), &game);
                let texts = texts_of(&list, "/").map(str::to_owned).collect::<Vec<_>>();
                let paths = list.items.iter().filter(|item| matches!(item.op, Op::Path(_) | Op::Text(_)));
                let bounds = paths.filter_map(|item| item.op.bounds());
                (bounds.reduce(|all, one| all.union(one)).expect("a court"), texts)
            };
            let ((left, left_texts), (right, right_texts)) = (bounds("left"), bounds("right"));
            assert_eq!(left_texts, right_texts, "{graphic} {basket}");
            assert!(left.x >= 96.0 && left.right() <= 1016.0, "{graphic} {basket}: {left}");
            assert!((right.x - left.x - 808.0).abs() < 0.1 && right.right() <= 1824.0, "{graphic} {basket}: {right}");
        }
    }
}

#[test]
fn a_chart_of_the_longest_game_shows_every_shot() {
    let mut game = sample().clone();
    let shot = |id: i32| Shot {
        id: Some(id.to_string()),
        made: id % 2 == 0,
        x_mm: Some(id * 20),
        y_mm: Some(4000),
        ..Shot::default()
    };
    game.home.shots = Arc::new((0..160).map(shot).collect());
    let list = drawn("shot-chart", serde_json::json!({}), &game);
    assert_eq!((middles(&list, "/make[").len(), middles(&list, "/miss[").len()), (80, 80));
}
