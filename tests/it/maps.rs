//! Shot maps, shot charts, the rink and the live court against facts that are counted here by other code.
//!
//! The facts of the real game are read from `fixtures/games` (tenths of a foot from the hoop that was attacked), and, where
//! somebody has it, from the league's own play-by-play in the folder of captures or in `nba` beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use sideline::color::Rgb;
use sideline::command::{Command, Fields};
use sideline::draw_list::{Color, DrawList, Op, Size};
use sideline::game::snapshot::{GameSnapshot, Shot, Tracked, Tracking, Zone, Zones};
use sideline::ids::{LayerId, Side};
use sideline::scene::Stage;
use sideline::template::sample;
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

use crate::{captures, graphics, real_game};

const LAYER: LayerId = LayerId(1);
const MM_PER_TENTH: f64 = 30.48;

/// A graphic at rest, two seconds after it was taken.
fn drawn(template: &str, fields: serde_json::Value, game: &GameSnapshot) -> DrawList {
    drawn_on(template, fields, game, Size::new(1920, 1080))
}

fn drawn_on(template: &str, fields: serde_json::Value, game: &GameSnapshot, canvas: Size) -> DrawList {
    let mut stage = Stage::new(graphics::templates());
    let fields: Fields = fields.as_object().expect("fields are an object").clone();
    let cue = Command::Cue { layer: LAYER, template: template.into(), fields };
    for command in [cue, Command::Take { layer: LAYER, cut: true }] {
        stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
    }
    stage.draw(FrameIndex(1), FrameRate::FPS_50, canvas, game, &mut Fonts::bundled())
}

fn texts_of<'a>(list: &'a DrawList, node: &'a str) -> impl Iterator<Item = &'a str> {
    let text = move |op: &'a Op| match op {
        Op::Text(shape) => Some(shape.run.text.as_str()),
        _ => None,
    };
    list.items.iter().filter(move |item| item.node.as_str().contains(node)).filter_map(move |item| text(&item.op))
}

/// A shot of the real game: tenths of a foot from the hoop, as the league tells it.
#[derive(Clone, Debug)]
struct Fact {
    side: Side,
    number: String,
    period: String,
    made: bool,
    three: bool,
    at: (f64, f64),
}

fn facts() -> Vec<Fact> {
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

#[derive(Clone, Copy, PartialEq)]
enum Heaves {
    InNone,
    InTheirSector,
}

/// The zone by the league's own labels, as they were measured: ranges of 8 and 16 ft and the line, angles of 30, 18 and 54
/// degrees, corners up to 8.75 ft above the hoop. A heave from beyond half court is in none, or in its sector: the tracking
/// vendor's map has no place for it.
fn zone(fact: &Fact, heaves: Heaves) -> Option<usize> {
    let (x, y) = fact.at;
    if y > 417.5 && heaves == Heaves::InNone {
        return None;
    }
    let (feet, degrees) = (x.hypot(y) / 10.0, x.abs().atan2(y).to_degrees());
    let side = |inner: usize, left: usize, right: usize, is_inner: bool| match () {
        () if is_inner => inner,
        () if x < 0.0 => left,
        () => right,
    };
    Some(match () {
        () if fact.three && y <= 87.5 => side(0, 10, 14, false),
        () if fact.three => side(12, 11, 13, degrees <= 18.0),
        () if feet < 8.0 => 1,
        () if feet < 16.0 => side(3, 2, 4, degrees <= 30.0),
        () if degrees <= 54.0 => side(7, 6, 8, degrees <= 18.0),
        () => side(0, 5, 9, false),
    })
}

/// "made-attempted" by zone, of those that have attempts.
fn counted<'a>(facts: impl Iterator<Item = &'a Fact>, heaves: Heaves) -> BTreeMap<usize, String> {
    let mut counts: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    for fact in facts {
        let Some(zone) = zone(fact, heaves) else { continue };
        let count = counts.entry(zone).or_default();
        count.1 += 1;
        count.0 += u32::from(fact.made);
    }
    counts.into_iter().map(|(zone, (made, attempted))| (zone, format!("{made}-{attempted}"))).collect()
}

/// "made-attempted" by zone as a map shows it.
fn shown(list: &DrawList) -> BTreeMap<usize, String> {
    let mut shown = BTreeMap::new();
    for zone in 1..=14 {
        for node in ["/made[", "/made-narrow["] {
            let node = format!("{node}{zone}]");
            shown.extend(texts_of(list, &node).next().map(|text| (zone, text.to_owned())));
        }
    }
    shown
}

#[track_caller]
fn check_maps(snapshot: &GameSnapshot, facts: &[Fact]) {
    for side in Side::BOTH {
        let of = || facts.iter().filter(move |fact| fact.side == side);
        let map = |more: serde_json::Value| {
            let mut fields = serde_json::json!({"team": side.to_string()});
            fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            shown(&drawn("shot-map", fields, snapshot))
        };
        assert_eq!(map(serde_json::json!({})), counted(of(), Heaves::InTheirSector), "{side}, the game");
        for (period, quarters) in [("1st_half", &["Q1", "Q2"][..]), ("2nd_half", &["Q3", "Q4"]), ("Q3", &["Q3"])] {
            let of = of().filter(|fact| quarters.contains(&fact.period.as_str()));
            assert_eq!(
                map(serde_json::json!({"period": period})),
                counted(of, Heaves::InTheirSector),
                "{side}, {period}"
            );
        }
        for number in if side == Side::Home { ["7", "11", "12"] } else { ["30", "22", "33"] } {
            let of = of().filter(|fact| fact.number == number);
            assert_eq!(
                map(serde_json::json!({"player": number})),
                counted(of, Heaves::InTheirSector),
                "{side}, #{number}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zones_of_the_tracked_game_are_the_shots_counted_independently() {
    let (snapshot, troubles) = real_game::play(real_game::tracker).await;
    assert_eq!(troubles, [""; 0]);
    check_maps(&snapshot, &facts());
    // Without the summary's zones the shots alone tell the same.
    let mut bare = snapshot;
    for team in [&mut bare.home, &mut bare.away] {
        team.zones = Arc::default();
        Arc::make_mut(&mut team.players).iter_mut().for_each(|player| player.zones = None);
    }
    check_maps(&bare, &facts());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zones_of_a_game_told_by_its_plays_alone_are_those_of_its_shots() {
    let (snapshot, troubles) = real_game::play(real_game::league).await;
    assert_eq!(troubles, [""; 0]);
    for side in Side::BOTH {
        // The stream has no history: the shots before the client had connected are not there.
        let told = snapshot.team(side).shots.len();
        let all: Vec<Fact> = facts().into_iter().filter(|fact| fact.side == side).collect();
        assert!(told > 60 && told <= all.len(), "{side}: {told} of {}", all.len());
        let late = &all[all.len() - told..];
        let map = shown(&drawn("shot-map", serde_json::json!({"team": side.to_string()}), &snapshot));
        let sum = |zones: &BTreeMap<usize, String>| {
            let figures = zones.values().filter_map(|text| text.split_once('-'));
            figures
                .fold((0, 0), |(made, of), (m, a)| (made + m.parse::<u32>().unwrap(), of + a.parse::<u32>().unwrap()))
        };
        assert_eq!(sum(&map), sum(&counted(late.iter(), Heaves::InNone)), "{side}");
        // Whole inches put a shot at a boundary on its other side now and then.
        let (map, expected) = (map, counted(late.iter(), Heaves::InNone));
        let attempts = |zones: &BTreeMap<usize, String>, zone: usize| {
            zones.get(&zone).and_then(|text| text.split_once('-')).map_or(0, |(_, of)| of.parse::<i32>().unwrap())
        };
        let off: i32 = (1..=14).map(|zone| (attempts(&map, zone) - attempts(&expected, zone)).abs()).sum();
        assert!(off <= 4, "{side}: {map:?} against {expected:?}");
    }
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
        // 94 by 50 feet; who attacks the left end has the hoop at 5.25 ft of the first.
        let (x, y) = (action["x"].as_f64()?, action["y"].as_f64()?);
        let (along, across) = (x * 9.4, (y - 50.0) * 5.0);
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
        let off = (at.0.abs() - fact.at.0.abs()).hypot(at.1 - fact.at.1);
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
fn with_shots(facts: &[Fact]) -> GameSnapshot {
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
        let goals = |end: &str| middles(&list, &format!("/goal[{end}]["));
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

/// The colours of zones that differ from the baseline by so many points.
fn ramp(points: &[f64]) -> Vec<Color> {
    let mut game = sample().clone();
    let zone =
        |number: u8, pct: f64| Zone { number, made: Some(10), attempted: Some(20), pct: Some(pct), ..Zone::default() };
    points
        .iter()
        .map(|off| {
            let all = vec![zone(1, 50.0 + off)];
            game.home.zones = Arc::new(Zones { all, ..Zones::default() });
            let fields = serde_json::json!({"colors": "league", "league": "50, 40, 40, 40"});
            let list = drawn("shot-map", fields, &game);
            let area = list.items.iter().find_map(|item| match &item.op {
                Op::Path(path) if item.node.as_str().ends_with("/area[1]/fill") => Some(path.color),
                _ => None,
            });
            area.unwrap_or_else(|| panic!("no zone in {list}"))
        })
        .collect()
}

/// As somebody sees it in whom a kind of cone is missing (Machado, Oliveira and Fernandes 2009, severity 1), in OKLab.
fn seen(color: Color, cones: Option<[[f64; 3]; 3]>) -> [f64; 3] {
    let linear = |c: f32| if c <= 0.04045 { f64::from(c) / 12.92 } else { ((f64::from(c) + 0.055) / 1.055).powf(2.4) };
    let gamma = |c: f64| if c <= 0.003_130_8 { c * 12.92 } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 };
    let mut rgb = [color.r, color.g, color.b].map(linear);
    if let Some(cones) = cones {
        rgb = cones.map(|row| row.iter().zip(rgb).map(|(weight, c)| weight * c).sum::<f64>().clamp(0.0, 1.0));
    }
    let [r, g, b] = rgb.map(|c| (gamma(c).clamp(0.0, 1.0) * 255.0).round() as u8);
    let lch = Rgb { r, g, b }.to_oklch();
    let (sin, cos) = lch.hue_degrees.to_radians().sin_cos();
    [lch.lightness, lch.chroma * cos, lch.chroma * sin]
}

const DEUTERANOPIA: [[f64; 3]; 3] =
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
const PROTANOPIA: [[f64; 3]; 3] =
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]];

#[test]
fn the_ramp_is_even_in_lightness_and_read_by_colour_blind_viewers() {
    let points: Vec<f64> = (-20..=20).step_by(2).map(f64::from).collect();
    let colors = ramp(&points);
    let middle = colors.len() / 2;
    let lightness: Vec<f64> = colors.iter().map(|color| seen(*color, None)[0]).collect();
    let (cold, hot): (Vec<f64>, Vec<f64>) =
        (lightness[..=middle].iter().rev().copied().collect(), lightness[middle..].to_vec());
    for arm in [&cold, &hot] {
        assert!(arm.windows(2).all(|pair| pair[1] > pair[0]), "away from the baseline it only grows lighter: {arm:?}");
        let steps: Vec<f64> = arm.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let even = (arm[arm.len() - 1] - arm[0]) / steps.len() as f64;
        assert!(steps.iter().all(|step| (step - even).abs() < 0.006), "in even steps of {even}: {steps:?}");
    }
    let ends = (cold[cold.len() - 1], hot[hot.len() - 1]);
    assert!((ends.0 - ends.1).abs() < 0.05, "hot is no lighter than cold: {ends:?}");
    for cones in [None, Some(DEUTERANOPIA), Some(PROTANOPIA)] {
        let far = |a: Color, b: Color| {
            let (a, b) = (seen(a, cones), seen(b, cones));
            a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        let (coldest, neutral, hottest) = (colors[0], colors[middle], colors[colors.len() - 1]);
        // 0.02 is what an eye can just tell apart side by side.
        assert!(far(coldest, hottest) > 0.2, "{}", far(coldest, hottest));
        assert!(far(coldest, neutral) > 0.15 && far(hottest, neutral) > 0.15);
        // Ten points to either side are told apart from the baseline and from each other.
        let (cool, warm) = (colors[middle / 2], colors[middle + middle / 2]);
        assert!(far(cool, warm) > 0.1 && far(cool, neutral) > 0.07 && far(warm, neutral) > 0.07);
    }
}

#[test]
fn figures_stand_out_on_every_colour_of_the_ramp() {
    let text: Rgb = "#f4f6f8".parse().unwrap();
    for color in ramp(&[-25.0, -15.0, -5.0, 0.0, 5.0, 15.0, 25.0]) {
        let byte = |c: f32| (c * 255.0).round() as u8;
        let plate = Rgb { r: byte(color.r), g: byte(color.g), b: byte(color.b) };
        // Figures of 24 px and more, and bold: large text.
        assert!(sideline::color::contrast(text, plate) >= 3.0, "{plate}");
    }
}

#[test]
fn figures_stand_out_on_every_colour_that_a_feed_gives_its_zones() {
    // Those of the vendor's ramp, and its neighbours.
    let colors = ["#ffff00", "#ff0000", "#00ff00", "#ffa500", "#0000ff", "#ffffff", "#000000", "#808080", "#f4f6f8"];
    for given in colors {
        let mut game = sample().clone();
        let zone = |number: u8| Zone {
            number,
            made: Some(10),
            attempted: Some(20),
            pct: Some(50.0),
            color: Some(given.to_owned()),
            ..Zone::default()
        };
        game.home.zones = Arc::new(Zones { all: (1..=14).map(zone).collect(), ..Zones::default() });
        for basket in ["bottom", "left"] {
            let list = drawn("shot-map", serde_json::json!({"colors": "feed", "basket": basket}), &game);
            let plate: Rgb = given.parse().unwrap();
            let figures = list
                .items
                .iter()
                .filter(|item| item.node.as_str().contains("/pct") || item.node.as_str().contains("/made"));
            let mut count = 0;
            for item in figures {
                let Op::Text(shape) = &item.op else { continue };
                let byte = |c: f32| (c * 255.0).round() as u8;
                let text = Rgb { r: byte(shape.color.r), g: byte(shape.color.g), b: byte(shape.color.b) };
                assert!(sideline::color::contrast(text, plate) >= 4.5, "{} of {text} on {plate}", item.node);
                count += 1;
            }
            assert_eq!(count, 28, "{given} {basket}");
            let area = list.items.iter().find_map(|item| match &item.op {
                Op::Path(path) if item.node.as_str().ends_with("/area[1]/fill") => Some(path.color),
                _ => None,
            });
            assert_eq!(area, Some(Color::from_rgb8(plate.r, plate.g, plate.b)), "the feed's colour is left as it is");
        }
    }
}

#[test]
fn too_few_attempts_are_hatched_and_get_no_colour() {
    let mut game = sample().clone();
    let zone = |number: u8, attempted: u32| Zone {
        number,
        made: Some(attempted),
        attempted: Some(attempted),
        pct: (attempted > 0).then_some(100.0),
        ..Zone::default()
    };
    game.home.zones = Arc::new(Zones { all: vec![zone(1, 5), zone(2, 4), zone(3, 0)], ..Zones::default() });
    let fields = serde_json::json!({"colors": "league", "league": "50, 40, 40, 40", "min_attempts": 5});
    let list = drawn("shot-map", fields, &game);
    let hatched = |zone: u8| {
        list.items.iter().any(|item| {
            item.node.as_str().ends_with(&format!("/area[{zone}]/line")) && {
                matches!(&item.op, Op::Path(path) if path.path.segments.len() > 20 && path.color.a < 0.3)
            }
        })
    };
    assert_eq!([1, 2, 3].map(hatched), [false, true, true]);
    assert_eq!(shown(&list), BTreeMap::from([(1, "5-5".to_owned()), (2, "4-4".to_owned())]), "nothing is no figure");
}

/// Where texts of a map stand, and the zone that each belongs to.
#[test]
fn no_figure_of_a_map_leaves_its_panel_or_touches_another() {
    let facts = facts();
    let mut game = with_shots(&facts);
    // Many attempts everywhere: the widest figures.
    let all = (1..=14).map(|number| Zone {
        number,
        made: Some(20),
        attempted: Some(20),
        pct: Some(100.0),
        ..Zone::default()
    });
    game.home.zones = Arc::new(Zones { all: all.collect(), ..Zones::default() });
    for basket in ["bottom", "left", "right"] {
        let list = drawn("shot-map", serde_json::json!({"basket": basket}), &game);
        let figures: Vec<_> = list
            .items
            .iter()
            .filter(|item| ["/pct", "/made"].iter().any(|part| item.node.as_str().contains(part)))
            .filter_map(|item| match &item.op {
                Op::Text(shape) => Some((item.node.as_str(), shape.canvas_from_local.bounds_of(shape.ink))),
                _ => None,
            })
            .collect();
        assert_eq!(figures.len(), 28, "{basket}");
        for (index, (node, ink)) in figures.iter().enumerate() {
            assert!(ink.x >= 904.0 + 32.0 && ink.right() <= 904.0 + 888.0, "{basket} {node}: {ink}");
            for (other, beside) in &figures[index + 1..] {
                assert!(ink.intersection(*beside).is_empty(), "{basket}: {node} {ink} touches {other} {beside}");
            }
        }
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
fn catch_and_shoot_and_off_the_dribble_have_a_map_each() {
    let facts: Vec<Fact> = facts().into_iter().filter(|fact| fact.side == Side::Home).collect();
    let mut game = with_shots(&facts);
    game.home.zones = Arc::default();
    // Of three shots one is caught, one dribbled, and of one nothing is known.
    let kind = |at: usize| [Some("CAS"), Some("OTD"), None][at % 3];
    for (at, shot) in Arc::make_mut(&mut game.home.shots).iter_mut().enumerate() {
        shot.attributes = kind(at).map(str::to_owned).into_iter().collect();
    }
    for (shots, attribute, title) in
        [("catch_and_shoot", "CAS", "CATCH AND SHOOT"), ("off_the_dribble", "OTD", "OFF THE DRIBBLE")]
    {
        let list = drawn("shot-map", serde_json::json!({"shots": shots}), &game);
        let of = facts.iter().enumerate().filter(|(at, _)| kind(*at) == Some(attribute)).map(|(_, fact)| fact);
        assert_eq!(shown(&list), counted(of, Heaves::InNone), "{shots}");
        assert!(texts_of(&list, "/head.line").any(|text| text == title), "{shots} says so");
    }
}

#[test]
fn the_best_zone_has_five_attempts_and_is_the_farthest_above_its_average() {
    let mut game = sample().clone();
    let zone = |number: u8, made: u32, attempted: u32| Zone {
        number,
        made: Some(made),
        attempted: Some(attempted),
        pct: Some(f64::from(made) * 100.0 / f64::from(attempted)),
        ..Zone::default()
    };
    // 2 of 2 says nothing; 4 of 5 at the rim is less above its average than 3 of 5 from the corner.
    let all = vec![zone(1, 4, 5), zone(2, 2, 2), zone(10, 3, 5), zone(12, 1, 5)];
    game.home.zones = Arc::new(Zones { all, ..Zones::default() });
    let fields = serde_json::json!({"colors": "league", "league": "65, 44, 42, 37"});
    let mut stage = Stage::new(graphics::templates());
    let cue = Command::Cue { layer: LAYER, template: "shot-map".into(), fields: fields.as_object().unwrap().clone() };
    let on = Command::Continue { layer: LAYER, to: None, by: None, cut: true };
    for command in [cue, Command::Take { layer: LAYER, cut: true }, on] {
        stage.apply(FrameIndex(0), &command).unwrap();
    }
    let size = Size::new(1920, 1080);
    let list = stage.draw(FrameIndex(1), FrameRate::FPS_50, size, &game, &mut Fonts::bundled());
    let said: Vec<_> = texts_of(&list, "/call").collect();
    assert_eq!(said, ["BEST: CORNER THREE", "3-5   60%"]);
    assert!(list.items.iter().any(|item| item.node.as_str().contains("/ring[10]")), "and it is lit");
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
