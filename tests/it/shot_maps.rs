//! Maps of zones: against the shots of the real game, counted here by other code; their colours against baselines, and as every
//! viewer sees them; who leads in each zone, and what is said where there is nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use sideline::color::Rgb;
use sideline::command::Command;
use sideline::draw_list::{Color, DrawList, Op, Size};
use sideline::game::snapshot::{GameSnapshot, Shot, Zone, Zones};
use sideline::ids::Side;
use sideline::scene::Stage;
use sideline::template::sample;
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

use crate::graphics;
use crate::maps::{Fact, LAYER, drawn, drawn_with, facts, texts_of, with_shots};
use crate::real_game;

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
        assert_eq!(map, counted(late.iter(), Heaves::InNone), "{side}");
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
    let byte = |c: f32| (c * 255.0).round() as u8;
    let rgb = |color: Color| Rgb { r: byte(color.r), g: byte(color.g), b: byte(color.b) };
    for (look, templates) in [("", graphics::templates()), ("daylight", graphics::daylight())] {
        let mut game = sample().clone();
        // From 25 points below the average to 25 above it.
        for made in [5, 7, 9, 10, 11, 13, 15] {
            game.home.zones = zones(&[(1, made)]);
            let fields = json!({"colors": "league", "league": "50, 40, 40, 40"});
            let list = drawn_with(templates.clone(), "shot-map", fields, &game, Size::new(1920, 1080));
            let plate = rgb(area(&list, 1));
            let inks = list.items.iter().filter_map(|item| match &item.op {
                Op::Text(shape) if ["/pct[1]", "/made[1]"].iter().any(|figure| item.node.as_str().contains(figure)) => {
                    Some(rgb(shape.color))
                }
                _ => None,
            });
            let inks: Vec<Rgb> = inks.collect();
            assert_eq!(inks.len(), 2, "{look} {made}");
            for ink in inks {
                // Figures of 24 px and more, and bold: large text.
                assert!(sideline::color::contrast(ink, plate) >= 3.0, "{look} {made}: {ink} on {plate}");
            }
        }
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
fn of_what_there_is_none_a_map_says_why() {
    let said = |graphic: &str, fields: serde_json::Value, game: &GameSnapshot| {
        let list = drawn(graphic, fields, game);
        let said = texts_of(&list, "/nothing").next().unwrap_or_default().to_owned();
        let totals: Vec<_> = texts_of(&list, "totals").map(str::to_owned).collect();
        assert!(said.is_empty() || totals.is_empty(), "{graphic}: {said}, and {totals:?}");
        said
    };
    let mut played = with_shots(&facts());
    for team in [&mut played.home, &mut played.away] {
        team.zones = Arc::default();
        Arc::make_mut(&mut team.players).iter_mut().for_each(|player| player.zones = None);
    }
    let mut told = played.clone();
    Arc::make_mut(&mut told.away.shots)[0].attributes = vec!["CAS".to_owned()];
    let mut before = played.clone();
    (before.home.shots, before.away.shots) = (Arc::default(), Arc::default());
    for graphic in ["shot-map", "shot-chart"] {
        assert_eq!(said(graphic, json!({}), &before), "NO SHOTS YET", "{graphic}");
        assert_eq!(said(graphic, json!({}), &played), "", "{graphic}");
        // These shots belong to nobody.
        assert_eq!(said(graphic, json!({"player": "7"}), &played), "NO ATTEMPTS", "{graphic}");
        assert_eq!(said(graphic, json!({"period": "overtime"}), &played), "NO ATTEMPTS", "{graphic}");
        let caught = json!({"shots": "catch_and_shoot"});
        assert_eq!(said(graphic, caught.clone(), &played), "NOT TRACKED", "{graphic}");
        assert_eq!(said(graphic, caught, &told), "NO ATTEMPTS", "{graphic}: the home team's");
    }
    assert_eq!(said("zone-leaders", json!({"period": "overtime"}), &played), "NO ATTEMPTS");
    assert_eq!(said("zone-leaders", json!({}), &before), "NO SHOTS YET");
}

#[test]
fn a_zone_is_coloured_by_what_its_leader_made() {
    let mut game = sample().clone();
    let shot = |player: &str, y_mm: i32| Shot {
        player: Some(player.into()),
        made: true,
        x_mm: Some(0),
        y_mm: Some(y_mm),
        ..Shot::default()
    };
    // Two by one player in each of three zones, in the first a third by another; and three in the fourth.
    let places = [("a", 1000), ("a", 1000), ("b", 1000), ("a", 3500), ("a", 3500), ("a", 6000), ("a", 6000)];
    let most = [("b", 9000), ("b", 9000), ("b", 9000)];
    game.home.shots = Arc::new(places.iter().chain(&most).map(|(who, y)| shot(who, *y)).collect());
    let list = drawn("zone-leaders", json!({}), &game);
    assert_eq!(area(&list, 1), area(&list, 3));
    assert_eq!(area(&list, 3), area(&list, 7));
    assert_ne!(area(&list, 12), area(&list, 7));
    let key: Vec<_> =
        texts_of(&list, "/legend").chain(texts_of(&list, "/fewest")).chain(texts_of(&list, "/most")).collect();
    assert!(key.contains(&"2") && key.contains(&"3"), "{key:?}");
}

/// The zones of a team: made of 20, by number.
fn zones(made: &[(u8, u32)]) -> Arc<Zones> {
    let zone = |(number, made): &(u8, u32)| Zone {
        number: *number,
        made: Some(*made),
        attempted: Some(20),
        pct: Some(f64::from(*made) * 5.0),
        ..Zone::default()
    };
    Arc::new(Zones { all: made.iter().map(zone).collect(), ..Zones::default() })
}

fn area(list: &DrawList, zone: u8) -> Color {
    let node = format!("/area[{zone}]/fill");
    let found = list.items.iter().find_map(|item| match &item.op {
        Op::Path(path) if item.node.as_str().ends_with(&node) => Some(path.color),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no zone {zone} in {list}"))
}

/// How a map of these templates colours zones 1, 2 and 4, and what it says that it compares with.
fn compared(theme: &str, fields: serde_json::Value, game: &GameSnapshot) -> ([Color; 3], String) {
    let templates = graphics::templates_with(&[("theme.json", theme)]);
    let list = drawn_with(templates, "shot-map", fields, game, Size::new(1920, 1080));
    let said = texts_of(&list, "/").find(|text| text.contains("AVERAGE")).unwrap_or_default().to_owned();
    ([1, 2, 4].map(|zone| area(&list, zone)), said)
}

#[test]
fn a_themes_percentages_of_the_league_are_the_baseline_by_range_or_by_zone() {
    let mut game = sample().clone();
    assert_eq!(game.game.league.as_deref(), Some("NBA"));
    game.home.zones = zones(&[(1, 10), (2, 10), (4, 10)]);
    // Nothing of what the other team did counts.
    game.away.zones = zones(&[(1, 20), (2, 0), (4, 20)]);
    let [colder, cold, middle, warm] = ramp(&[-20.0, -10.0, 0.0, 10.0])[..] else { panic!("four colours") };
    let league = || json!({"colors": "league"});
    // All three made half; the league makes 50 in a hundred under 8 feet, and 40 or 60 beyond.
    for (beyond, color) in [(40, warm), (60, cold)] {
        let theme = format!(r#"{{ "league_average": {{ "nba": [50, {beyond}, 40, 40] }} }}"#);
        let (colors, said) = compared(&theme, league(), &game);
        assert_eq!(colors, [middle, color, color], "{theme}");
        assert!(said.contains("THE LEAGUE’S AVERAGE"), "{said}");
    }
    // One for each zone.
    let theme = r#"{ "league_average": { "nba": [60, 40, 40, 70, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40] } }"#;
    assert_eq!(compared(theme, league(), &game).0, [cold, warm, colder]);
    // What the operator wrote comes before it.
    assert_eq!(compared(theme, json!({"colors": "league", "league": "50, 60, 40, 40"}), &game).0, [middle, cold, cold]);
}

#[test]
fn without_the_leagues_percentages_a_map_compares_with_both_teams_and_says_so() {
    let mut game = sample().clone();
    game.home.zones = zones(&[(1, 10), (2, 14), (4, 10)]);
    game.away.zones = zones(&[(1, 10), (2, 10), (4, 6)]);
    let both = compared("{}", json!({"colors": "both_teams"}), &game);
    assert!(both.1.contains("BOTH TEAMS’ AVERAGE"), "{both:?}");
    // Those of another league say nothing of this one, and neither do three of them.
    for theme in [
        "{}",
        r#"{ "league_average": { "wnba": [10, 10, 10, 10] } }"#,
        r#"{ "league_average": { "nba": [10, 10, 10] } }"#,
    ] {
        assert_eq!(compared(theme, json!({"colors": "league"}), &game), both, "{theme}");
    }
}

#[test]
fn a_teams_own_average_is_a_baseline_of_its_own_shots_alone() {
    let mut game = sample().clone();
    // From 8 to 16 feet the team made 20 of 40.
    game.home.zones = zones(&[(1, 10), (2, 14), (4, 6)]);
    let [colder, middle, hotter] = ramp(&[-20.0, 0.0, 20.0])[..] else { panic!("three colours") };
    for away in [zones(&[(1, 0), (2, 0), (4, 0)]), zones(&[(1, 20), (2, 20), (4, 20)])] {
        game.away.zones = away;
        let (colors, said) = compared("{}", json!({"colors": "team"}), &game);
        assert_eq!(colors, [middle, hotter, colder]);
        assert!(said.contains("NETS’ AVERAGE"), "{said}");
    }
}
