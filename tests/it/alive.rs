//! What nodes do by themselves: values that glide, keyframes, coming and going; and that nothing ever jumps, whatever
//! interrupts whatever.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use sideline::command::Command;
use sideline::draw_list::{Affine, Color, DrawList, Op, Paint, Rect, Size};
use sideline::game::snapshot::TeamColor;
use sideline::ids::LayerId;
use sideline::time::FrameRate;

use crate::layout::{Show, rect};

const LAYER: LayerId = LayerId(1);
const CANVAS: Size = Size::new(400, 200);

fn show(nodes: &str) -> Show {
    Show::of(&format!(r##"{{"canvas": [400, 200], "nodes": [{nodes}]}}"##), CANVAS)
}

/// The colour of a box, with the opacity of the groups around it.
fn fill(list: &DrawList, node: &str) -> Option<Color> {
    let mut around = vec![1.0];
    for item in &list.items {
        match &item.op {
            Op::PushGroup { opacity } => around.push(around.last().unwrap() * opacity),
            Op::PopGroup => drop(around.pop()),
            Op::Box(shape) if item.node.as_str() == format!("1/t/{node}") => {
                let Paint::Solid(color) = shape.fill else { panic!("a colour") };
                return Some(color.faded(*around.last().unwrap()));
            }
            _ => {}
        }
    }
    None
}

fn hex(color: Color) -> String {
    let [r, g, b] = [color.r, color.g, color.b].map(|part| (part * 255.0).round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn paint(show: &mut Show, primary: &str) {
    let mut color: TeamColor = (*show.game.home.color).clone();
    color.primary = Some(primary.to_owned());
    show.game.home.color = Arc::new(color);
}

const PLATE: &str = r##"{ "type": "box", "id": "plate", "width": 100, "height": 20, "fill": "{{ home.color.primary }}",
    "transition": { "fill": { "length": "10f", "ease": "linear" } } }"##;

#[test]
fn a_jersey_colour_that_changes_on_air_glides() {
    let mut show = show(PLATE);
    paint(&mut show, "#000000");
    let at = |show: &mut Show, frame| hex(fill(&show.draw(frame), "plate").unwrap());
    assert_eq!(at(&mut show, 0), "#000000", "a first colour is there at once");
    assert_eq!(at(&mut show, 9), "#000000");
    paint(&mut show, "#ffffff");
    assert_eq!(at(&mut show, 10), "#000000");
    // Half way as the eye sees it: OKLab's lightness of 0.5.
    assert_eq!(at(&mut show, 15), "#636363");
    paint(&mut show, "#000000");
    assert_eq!(at(&mut show, 16), "#808080", "where it has come to by then, and from there back");
    assert_eq!(at(&mut show, 21), "#2e2e2e");
    assert_eq!((at(&mut show, 26), at(&mut show, 40)), ("#000000".into(), "#000000".into()));
    assert_eq!(show.draw(41), show.draw(42));
}

/// A plate in the home team's colour, made anew for another jersey, with the score on it.
const JERSEY: &str = r##"{ "type": "group", "id": "jersey", "key": "{{ home.color.primary }}", "width": 100, "height": 20,
    "vanish": { "to": { "opacity": 0 }, "length": "10f", "ease": "linear" }, "appear": { "from": { "opacity": 0 }, "length": "10f", "ease": "linear" },
    "children": [{ "type": "box", "id": "plate", "width": 100, "height": 20, "fill": "{{ '#00f' if home.score == 9 else home.color.primary }}" }] }"##;

#[test]
fn a_node_of_another_key_comes_while_the_one_before_goes_as_it_was() {
    let mut show = show(JERSEY);
    let all = |show: &mut Show, frame| {
        let list = show.draw(frame);
        let of = |key: &str| {
            let color = fill(&list, &format!("plate[{key}]"))?;
            let tenths = (color.a * 10.0).round() as i32;
            Some((hex(color), tenths))
        };
        (of("#ff0000"), of("#00ff00"))
    };
    let shown = |color: &str, tenths: i32| Some((color.to_owned(), tenths));
    paint(&mut show, "#ff0000");
    assert_eq!(all(&mut show, 0), (shown("#ff0000", 10), None), "the first is there at once");
    paint(&mut show, "#00ff00");
    assert_eq!(all(&mut show, 10), (shown("#ff0000", 10), None), "not to be seen yet");
    // What goes no longer follows the game; what comes does.
    show.game.home.score = Some(9);
    assert_eq!(all(&mut show, 14), (shown("#ff0000", 6), shown("#0000ff", 4)));
    // Back again on the way: it is the first one that comes back, from where it is.
    paint(&mut show, "#ff0000");
    assert_eq!(all(&mut show, 16), (shown("#0000ff", 4), shown("#0000ff", 6)));
    assert_eq!(all(&mut show, 40), (shown("#0000ff", 10), None));
    assert_eq!(show.draw(41), show.draw(42));
}

#[test]
fn without_a_vanish_a_node_of_another_key_is_there_at_once_and_alone() {
    let vanish = r##"    "vanish": { "to": { "opacity": 0 }, "length": "10f", "ease": "linear" }, "##;
    let mut show = show(
        &JERSEY
            .replace(vanish, "")
            .replace(r##""appear": { "from": { "opacity": 0 }, "length": "10f", "ease": "linear" },"##, ""),
    );
    paint(&mut show, "#ff0000");
    show.draw(0);
    paint(&mut show, "#00ff00");
    let list = show.draw(1);
    let found = ["#ff0000", "#00ff00"].map(|key| fill(&list, &format!("plate[{key}]")).map(hex));
    assert_eq!(found, [None, Some("#00ff00".to_owned())]);
}

#[test]
fn what_is_told_of_the_past_does_not_glide_and_the_unknown_is_no_colour() {
    let mut show = show(PLATE);
    paint(&mut show, "#000000");
    show.draw(0);
    show.game.catching_up = true;
    paint(&mut show, "#ffffff");
    assert_eq!(fill(&show.draw(1), "plate").map(hex), Some("#ffffff".into()));
    show.game.catching_up = false;
    show.game.home.color = Arc::default();
    assert_eq!(fill(&show.draw(2), "plate"), None);
    paint(&mut show, "#ff0000");
    assert_eq!(fill(&show.draw(3), "plate").map(hex), Some("#ff0000".into()), "found again, it is there at once");
}

#[test]
fn a_width_that_glides_takes_its_neighbours_along() {
    let mut show = show(
        r##"{ "type": "group", "layout": { "type": "row", "gap": 10 }, "children": [
            { "type": "box", "id": "bar", "width": "{{ home.score }}", "height": 20, "fill": "#fff", "transition": { "width": { "length": "10f", "ease": "linear" } } },
            { "type": "box", "id": "next", "width": 20, "height": 20, "fill": "#fff" } ] }"##,
    );
    show.game.home.score = Some(50);
    assert_eq!(show.rect(0, "next").unwrap()[0], 60.0);
    show.game.home.score = Some(100);
    show.draw(1);
    assert_eq!([3, 6, 11, 12].map(|frame| show.rect(frame, "next").unwrap()[0]), [70.0, 85.0, 110.0, 110.0]);
}

#[test]
fn rows_glide_to_their_new_places() {
    let mut show = show(
        r##"{ "type": "repeat", "over": "{{ home.players }}", "as": "p", "key": "{{ p.number }}", "layout": { "type": "column" }, "children": [
            { "type": "box", "id": "row", "width": 50, "height": 10, "fill": "#fff", "transition": { "y": { "length": "10f", "ease": "linear" } } } ] }"##,
    );
    let first = show.game.home.players[0].number.clone().unwrap();
    let count = show.game.home.players.len();
    assert!(count >= 2);
    let node = format!("row[{first}]");
    assert_eq!(show.rect(0, &node).unwrap()[1], 0.0);
    let turned = show.game.home.players.iter().rev().cloned().collect();
    show.game.home.players = Arc::new(turned);
    let end = 10.0 * (count as f32 - 1.0);
    assert_eq!(show.rect(1, &node).unwrap()[1], 0.0);
    assert_eq!(show.rect(6, &node).unwrap()[1], (end / 2.0).round());
    assert_eq!(show.rect(11, &node).unwrap()[1], end);
}

/// A pill that slides in when the home team has a bonus, with a word in it that is known only as long as it has.
const PILL: &str = r##"{ "type": "box", "id": "pill", "y": 100, "fill": "#ffffff", "layout": { "type": "row", "padding": 10 }, "when": "{{ home.bonus }}",
    "appear": { "from": { "y": 40, "opacity": 0 }, "length": "10f", "ease": "linear" },
    "vanish": { "to": { "y": -20, "opacity": 0 }, "length": "10f", "ease": "linear" },
    "children": [{ "type": "text", "id": "word", "text": "{{ 'BONUS' if home.bonus }}", "color": "#000", "font": { "family": "Barlow Condensed", "size": 30 } }] }"##;

fn words(list: &DrawList) -> Vec<String> {
    let text = |op: &Op| match op {
        Op::Text(shape) => Some(shape.run.text.clone()),
        _ => None,
    };
    list.items.iter().filter_map(|item| text(&item.op)).collect()
}

#[test]
fn a_pill_slides_in_and_out_with_its_words() {
    let mut show = show(PILL);
    show.game.home.bonus = Some(false);
    assert!(show.draw(0).items.is_empty());
    show.game.home.bonus = Some(true);
    let look = |show: &mut Show, frame| {
        let list = show.draw(frame);
        let alpha = fill(&list, "pill").map(|color| (color.a * 100.0).round() / 100.0);
        (rect(&list, "pill").map(|rect| rect[1]), alpha, words(&list))
    };
    let seen = |y: f32, alpha: f32| (Some(y), Some(alpha), vec!["BONUS".to_owned()]);
    assert_eq!(look(&mut show, 10), (None, None, vec![]), "fully transparent at first");
    assert_eq!(look(&mut show, 15), seen(120.0, 0.5));
    assert_eq!(look(&mut show, 20), seen(100.0, 1.0));
    show.game.home.bonus = Some(false);
    assert_eq!(look(&mut show, 30), seen(100.0, 1.0), "it begins to go");
    assert_eq!(look(&mut show, 35), seen(90.0, 0.5), "and says what it said");
    show.game.home.bonus = Some(true);
    assert_eq!(look(&mut show, 36), seen(88.0, 0.4), "turned around, without a jump");
    assert_eq!(look(&mut show, 41), seen(94.0, 0.7));
    assert_eq!(look(&mut show, 50), seen(100.0, 1.0));
    show.game.home.bonus = Some(false);
    show.draw(60);
    assert!(show.draw(70).items.is_empty(), "gone");
    assert_eq!(show.draw(71), show.draw(72));
}

#[test]
fn what_is_there_when_the_graphic_comes_does_not_appear() {
    let mut show = show(PILL);
    show.game.home.bonus = Some(true);
    let list = show.draw(0);
    assert_eq!((rect(&list, "pill").unwrap()[1], fill(&list, "pill").unwrap().a), (100.0, 1.0));
}

#[test]
fn items_that_join_a_list_appear_and_those_that_leave_it_vanish() {
    let mut show = show(
        r##"{ "type": "repeat", "over": "{{ home.players }}", "as": "p", "key": "{{ p.number }}", "layout": { "type": "column" }, "children": [
            { "type": "box", "id": "row", "width": 50, "height": 10, "fill": "#fff", "transition": { "y": { "length": "4f", "ease": "linear" } },
              "appear": { "from": { "x": -40, "opacity": 0 }, "length": "10f", "ease": "linear" },
              "vanish": { "to": { "opacity": 0 }, "length": "10f", "ease": "linear" } },
            { "type": "text", "id": "name", "position": "absolute", "text": "{{ p.last_name }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 10 } } ] }"##,
    );
    let players: Vec<_> = show.game.home.players.iter().take(3).cloned().collect();
    let [a, b, c] = [0, 1, 2].map(|at| format!("row[{}]", players[at].number.clone().unwrap()));
    let all = Arc::new(players.clone());
    let without_b = Arc::new(vec![players[0].clone(), players[2].clone()]);
    show.game.home.players = without_b.clone();
    assert_eq!(fill(&show.draw(0), &c).unwrap().a, 1.0);
    show.game.home.players = all;
    assert_eq!(show.rect(1, &b), None, "it comes from nothing");
    let list = show.draw(6);
    assert_eq!((rect(&list, &b).unwrap()[0], fill(&list, &b).unwrap().a), (-20.0, 0.5));
    let y_of_c = rect(&show.draw(20), &c).unwrap()[1];
    show.game.home.players = without_b;
    show.draw(30);
    let list = show.draw(35);
    assert_eq!(fill(&list, &b).map(|color| (color.a * 10.0).round()), Some(5.0), "still there, half transparent");
    assert_eq!(rect(&list, &c).unwrap()[1], y_of_c, "and still in its place");
    assert_eq!((rect(&list, &a).unwrap()[1], words(&list).len()), (0.0, 2), "a name has no way out, and is cut");
    show.draw(40);
    let list = show.draw(45);
    assert_eq!(fill(&list, &b), None);
    assert!(rect(&list, &c).unwrap()[1] < y_of_c, "the next one has moved up");
}

#[test]
fn keyframes_reach_their_values_at_their_times_at_every_rate() {
    let nodes = r##"{ "type": "box", "id": "dot", "width": 10, "height": 10, "fill": "#000000", "keyframes": [
        { "at": "0ms", "x": -100, "fill": "#ff0000" }, { "at": "400ms", "x": 40 }, { "at": "1s", "x": 0, "ease": "in-out-cubic" } ] }"##;
    for rate in [FrameRate::FPS_25, FrameRate::FPS_50, FrameRate::FPS_59_94] {
        let mut show = show(nodes);
        show.rate = rate;
        let frame = |millis: u64| u64::from(rate.frames_in(std::time::Duration::from_millis(millis)));
        let xs = [0, 200, 400, 700, 1000, 1500].map(|millis| show.rect(frame(millis), "dot").unwrap()[0]);
        // A frame at 25 a second is 40 ms: 14 px of the first way.
        let expected = [-100.0, -30.0, 40.0, 20.0, 0.0, 0.0];
        let is_near = xs.iter().zip(expected).all(|(x, wanted)| (x - wanted).abs() <= 14.0);
        assert!(is_near, "{rate}: {xs:?}");
        assert_eq!([xs[0], xs[4], xs[5]], [-100.0, 0.0, 0.0], "{rate}");
        let red = |show: &mut Show, frame| fill(&show.draw(frame), "dot").unwrap().r;
        let mut anew = self::show(nodes);
        anew.rate = rate;
        assert_eq!(red(&mut anew, 0), 1.0);
        let half = red(&mut anew, frame(500));
        assert!(half > 0.1 && half < 0.9, "on the way to its own colour: {half}");
        assert_eq!(red(&mut anew, frame(1000)), 0.0);
        assert_eq!(anew.draw(frame(2000)), anew.draw(frame(2000) + 1), "at rest");
    }
}

#[test]
fn keyframes_are_delayed_staggered_and_looped() {
    let mut show = show(
        r##"{ "type": "repeat", "over": "{{ [1, 2] }}", "as": "n", "children": [
            { "type": "box", "id": "dot", "width": 10, "height": 10, "fill": "#fff", "keyframes": { "delay": "5f", "stagger": "2f", "loop": true, "frames": [
                { "at": "0f", "y": 0 }, { "at": "10f", "y": 20 }, { "at": "20f", "y": 0 } ] } } ] }"##,
    );
    let mut at = |frame| ["dot[0]", "dot[1]"].map(|node| show.rect(frame, node).unwrap()[1]);
    assert_eq!([0, 5, 10, 15].map(&mut at), [[0.0, 0.0], [0.0, 0.0], [10.0, 6.0], [20.0, 16.0]]);
    assert_eq!([25, 35, 45].map(&mut at), [[0.0, 4.0], [20.0, 16.0], [0.0, 4.0]], "over and over");
}

#[test]
fn keyframes_reveal_from_their_edge() {
    let mut show = show(
        r##"{ "type": "box", "id": "veil", "width": 100, "height": 20, "fill": "#fff", "keyframes": [
            { "at": "0f", "reveal": 0.2, "edge": "right" }, { "at": "10f", "reveal": 0.8 }, { "at": "20f" } ] }"##,
    );
    let mut seen = |frame| looks(&show.draw(frame)).0.get("veil").map(|seen| (seen.0.x, seen.0.width));
    let expected = [(0, 80.0, 20.0), (5, 50.0, 50.0), (10, 20.0, 80.0), (20, 0.0, 100.0)];
    for (frame, x, width) in expected {
        let (left, wide) = seen(frame).expect("it is drawn");
        assert!((left - x).abs() < 0.1 && (wide - width).abs() < 0.1, "frame {frame}: {wide} from {left} on");
    }
}

/// Everything that can move at once: in, out, steps, reveals from several edges, glides, coming and going, going alone, a
/// list, and texts that roll, fade and fold.
const ALL: &str = r##"{
  "canvas": [400, 200],
  "nodes": [
    { "type": "group", "id": "all", "children": [
      { "type": "group", "layout": { "type": "row", "gap": 4 }, "children": [
        { "type": "box", "id": "plate", "width": "{{ home.score }}", "height": 20, "fill": "{{ home.color.primary }}",
          "transition": { "width": { "length": "10f", "ease": "linear" }, "fill": { "length": "10f", "ease": "linear" } } },
        { "type": "box", "id": "pill", "width": 30, "height": 20, "fill": "#ffffff", "when": "{{ home.bonus }}",
          "appear": { "from": { "y": 60, "opacity": 0 }, "length": "10f", "ease": "linear" },
          "vanish": { "to": { "y": -60, "opacity": 0 }, "length": "10f", "ease": "linear" } } ] },
      { "type": "box", "id": "mark", "x": "{{ away.score }}", "y": 60, "width": 10, "height": 10, "fill": "#ffffff",
        "transition": { "x": { "length": "10f", "ease": "linear" }, "opacity": { "length": "10f", "ease": "linear" } },
        "opacity": "{{ 1 if away.bonus else 0.2 }}" },
      { "type": "box", "id": "leaver", "y": 80, "width": 10, "height": 10, "fill": "#ffffff", "when": "{{ away.bonus }}",
        "vanish": { "to": { "x": 150, "opacity": 0 }, "length": "10f", "ease": "linear" } },
      { "type": "box", "id": "veil", "width": 160, "height": 160, "fill": "#ffffff" },
      { "type": "repeat", "y": 100, "over": "{{ home.players }}", "as": "p", "key": "{{ p.number }}", "layout": { "type": "row" }, "children": [
        { "type": "box", "id": "row", "width": 20, "height": 10, "fill": "#ffffff", "transition": { "x": { "length": "10f", "ease": "linear" } },
          "appear": { "from": { "opacity": 0 }, "length": "10f", "ease": "linear" }, "vanish": { "to": { "opacity": 0 }, "length": "10f", "ease": "linear" } } ] },
      { "type": "text", "id": "roll", "x": 20, "y": 120, "text": "{{ home.name }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 30 },
        "fit": { "width": 60, "rules": [{ "shrink": 20 }] }, "on_change": { "kind": "roll", "length": "10f", "ease": "linear" } },
      { "type": "text", "id": "fade", "x": 120, "y": 120, "text": "{{ home.name }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 30 },
        "on_change": { "kind": "crossfade", "length": "10f", "ease": "linear" } },
      { "type": "text", "id": "flip", "x": 220, "y": 120, "text": "{{ home.name }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 30 },
        "on_change": { "kind": "flip", "length": "10f", "ease": "linear" } } ] },
  ],
  "motion": {
    "in": [{ "node": "all", "from": { "opacity": 0, "y": 50 }, "length": "10f", "ease": "linear" },
           { "node": "veil", "from": { "reveal": 0 }, "edge": "left", "length": "10f", "ease": "linear" }],
    "steps": [{ "movements": [{ "node": "mark", "to": { "y": 50 }, "length": "10f", "ease": "linear" },
                              { "node": "veil", "to": { "reveal": 0.5 }, "edge": "top", "length": "10f", "ease": "linear" }] },
              { "movements": [{ "node": ["mark", "plate"], "to": { "y": -30, "opacity": 0.5 }, "length": "10f", "ease": "linear" },
                              { "node": "veil", "to": { "reveal": 0.4 }, "edge": "right", "length": "10f", "ease": "linear" }] }],
    "out": [{ "node": "all", "to": { "opacity": 0, "y": -50 }, "length": "10f", "ease": "linear" },
            { "node": "veil", "to": { "reveal": 0 }, "edge": "right", "length": "10f", "ease": "linear" }],
  },
}"##;

/// Wordings of the home team's name: the long one is made smaller, so that it cannot roll.
const NAMES: [&str; 5] = ["12", "93", "47", "ABCDEFGHIJKLMNOP", "58"];

#[derive(Clone, Copy, Debug)]
enum Event {
    Take,
    Out,
    Step(i32),
    Score(u32),
    AwayScore(u32),
    Bonus(bool),
    AwayBonus(bool),
    Color(&'static str),
    Name(&'static str),
    /// So many players, from the first or from the second on.
    Players(usize, bool),
    Nothing,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::Take),
        1 => Just(Event::Out),
        3 => (-2..=2i32).prop_map(Event::Step),
        3 => (20..120u32).prop_map(Event::Score),
        3 => (0..300u32).prop_map(Event::AwayScore),
        3 => any::<bool>().prop_map(Event::Bonus),
        3 => any::<bool>().prop_map(Event::AwayBonus),
        2 => prop_oneof![Just("#102030"), Just("#e02020"), Just("#2040e0"), Just("#f0f0f0")].prop_map(Event::Color),
        4 => proptest::sample::select(&NAMES[..]).prop_map(Event::Name),
        3 => (0..4usize, any::<bool>()).prop_map(|(count, second)| Event::Players(count, second)),
        2 => Just(Event::Nothing),
    ]
}

fn happen(show: &mut Show, frame: u64, event: Event) {
    let is_on_air = show.stage.layers().iter().any(|layer| layer.on_air.is_some());
    match event {
        Event::Take if !is_on_air => {
            // The same graphic turns around from where it is, as with its key.
            let toggle = Command::Toggle { layer: LAYER, template: "t".into(), fields: Default::default() };
            show.apply(frame, &toggle);
        }
        Event::Out if is_on_air => show.apply(frame, &Command::Out { layer: LAYER, cut: false }),
        Event::Step(by) if is_on_air => {
            show.apply(frame, &Command::Continue { layer: LAYER, to: None, by: Some(by), cut: false });
        }
        Event::Score(score) => show.game.home.score = Some(score),
        Event::AwayScore(score) => show.game.away.score = Some(score),
        Event::Bonus(bonus) => show.game.home.bonus = Some(bonus),
        Event::AwayBonus(bonus) => show.game.away.bonus = Some(bonus),
        Event::Color(color) => paint(show, color),
        Event::Name(name) => show.game.home.name = Some(name.to_owned()),
        Event::Players(count, second) => {
            let all = sideline::template::sample().home.players.clone();
            let some = all.iter().skip(usize::from(second)).take(count).cloned().collect();
            show.game.home.players = Arc::new(some);
        }
        Event::Take | Event::Out | Event::Step(_) | Event::Nothing => {}
    }
}

/// What is seen of a box: the part that no clip covers, its colour by its parts, and how much of it there is: its opacity
/// and the share that is uncovered.
type Seen = (Rect, [f32; 3], f32);

/// How much is seen of each letter of each text, in whole letters: by its opacity, by how far it is unfolded, and by what
/// no clip covers of its height, wherever it stands.
type Letters = BTreeMap<(String, char), f32>;

fn moved(rect: Rect, map: Affine) -> Rect {
    Rect { x: rect.x + map.dx, y: rect.y + map.dy, ..rect }
}

fn looks(list: &DrawList) -> (BTreeMap<String, Seen>, Letters) {
    let (mut opacity, mut clips) = (vec![1.0], Vec::new());
    let (mut boxes, mut letters) = (BTreeMap::new(), Letters::new());
    for item in &list.items {
        let node = item.node.as_str().strip_prefix("1/t/").unwrap();
        match &item.op {
            Op::PushGroup { opacity: own } => opacity.push(opacity.last().unwrap() * own),
            Op::PopGroup => drop(opacity.pop()),
            Op::PushClip(clip) => clips.push(moved(clip.rect, clip.canvas_from_local)),
            Op::PopClip => drop(clips.pop()),
            Op::Box(shape) => {
                let Paint::Solid(color) = shape.fill else { panic!("a colour") };
                let whole = moved(shape.rect, shape.canvas_from_local);
                let seen = clips.iter().fold(whole, |seen, clip| seen.intersection(*clip));
                let share = seen.width * seen.height / (whole.width * whole.height);
                boxes.insert(
                    node.to_owned(),
                    (seen, [color.r, color.g, color.b], color.a * opacity.last().unwrap() * share),
                );
            }
            Op::Text(shape) => {
                let map = shape.canvas_from_local;
                // Capitals and figures of this font are seven tenths of its size high.
                let height = 0.7 * shape.run.size_px * map.yy;
                let whole = Rect::new(0.0, map.dy - height, 400.0, height);
                let seen =
                    clips.iter().fold(whole, |seen, clip| seen.intersection(Rect { x: 0.0, width: 400.0, ..*clip }));
                let share = seen.height / height * map.yy * shape.color.a * opacity.last().unwrap();
                let node = node.split('/').next().unwrap();
                for letter in shape.run.text.chars() {
                    *letters.entry((node.to_owned(), letter)).or_default() += share;
                }
            }
            _ => {}
        }
    }
    (boxes, letters)
}

/// The most that anything moves in a frame: every way takes ten frames, and several ways add up where a node is moved by
/// its group, its step, its coming and its layout at once. What has only a way out, of 150 or 160 px here, comes back with a
/// quarter of it in the first frame. Edges are snapped, which adds a pixel.
const PX: f32 = (100.0 + 110.0 + 300.0) / 10.0 + 1.0;
/// Opacities of a group, a step, a glide and a coming multiply, and so do what three edges leave of a node: at most their
/// sum changes, a tenth each.
const ALPHA: f32 = 0.41;
/// A roll takes a letter through one and a half times its height in ten frames, and twice as fast where another rolls by
/// in between; a flip folds it in five; and the group around fades. A wording that is one too many to fade is dropped with
/// less than an eighth of its opacity.
const LETTER: f32 = 0.3 + 0.1 + 0.125;

fn no_jump(before: &DrawList, now: &DrawList) -> Result<(), String> {
    let ((before, letters_before), (now, letters)) = (looks(before), looks(now));
    let nothing = (Rect::default(), [0.0; 3], 0.0);
    for node in before.keys().chain(now.keys()) {
        let (was, is) = (before.get(node).unwrap_or(&nothing), now.get(node).unwrap_or(&nothing));
        // What has a way out and none in is there at once; what is not all gone yet has to come back.
        let comes_at_once = node == "leaver" && !before.contains_key(node);
        if (was.2 - is.2).abs() > ALPHA && !comes_at_once {
            return Err(format!("{node}: from {was:?} to {is:?}"));
        }
        // What cannot be seen may be anywhere.
        if was.2 == 0.0 || is.2 == 0.0 {
            continue;
        }
        let sides = |rect: Rect| [rect.x, rect.y, rect.right(), rect.bottom()];
        let moved = sides(was.0).iter().zip(sides(is.0)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // The way between two colours of these is straight in OKLab; in sRGB its steepest tenth is below a third.
        let turned = was.1.iter().zip(is.1).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        if moved > PX || turned > 0.34 {
            return Err(format!("{node}: from {was:?} to {is:?}"));
        }
    }
    for letter in letters_before.keys().chain(letters.keys()) {
        let [was, is] = [&letters_before, &letters].map(|letters| letters.get(letter).copied().unwrap_or(0.0));
        if (was - is).abs() > LETTER {
            return Err(format!("{letter:?}: from {was} to {is}"));
        }
    }
    Ok(())
}

/// However a text changes, and whatever it goes on to in the middle of that: the frame of the second change shows what it
/// would have shown without it.
#[test]
fn a_wording_that_interrupts_another_begins_with_what_is_seen() {
    let draw = |first: &str, second: &str, third: Option<&str>, at: u64| {
        let mut show = Show::cued(ALL, CANVAS);
        show.apply(0, &Command::Take { layer: LAYER, cut: true });
        for (frame, name) in [(0, first), (10, second), (10 + at, third.unwrap_or(second))] {
            show.game.home.name = Some(name.to_owned());
            show.draw(frame);
        }
        looks(&show.draw(10 + at)).1
    };
    for first in NAMES {
        for (second, third) in NAMES.iter().flat_map(|second| NAMES.map(|third| (*second, third))) {
            for at in [2, 5, 8] {
                let (without, with) = (draw(first, second, None, at), draw(first, second, Some(third), at));
                let seen = |letters: &Letters, letter| letters.get(letter).copied().unwrap_or(0.0);
                for letter in without.keys().chain(with.keys()) {
                    let by = (seen(&without, letter) - seen(&with, letter)).abs();
                    assert!(by < 0.01, "{letter:?} of {first}, {second}, at {at} {third}: {without:?}, {with:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Out during in, step during step, a change during a change, a take during out, an item that comes back while it
    /// leaves: whatever interrupts whatever, no property of any box jumps.
    #[test]
    fn nothing_jumps_whatever_interrupts_whatever(events in proptest::collection::vec((event(), 1..9u64), 1..24)) {
        let mut show = Show::cued(ALL, CANVAS);
        show.game.home.bonus = Some(false);
        show.game.away.bonus = Some(true);
        show.game.home.name = Some(NAMES[0].to_owned());
        show.apply(0, &Command::Take { layer: LAYER, cut: false });
        let mut before = show.draw(0);
        let mut frame = 0;
        for (event, frames) in &events {
            happen(&mut show, frame + 1, *event);
            for _ in 0..*frames {
                frame += 1;
                let now = show.draw(frame);
                let jump = no_jump(&before, &now);
                prop_assert!(jump.is_ok(), "frame {frame}, after {event:?}: {}", jump.unwrap_err());
                before = now;
            }
        }
    }

    /// Which frames are drawn in between does not matter for where movements are that have begun.
    #[test]
    fn a_frame_looks_the_same_whichever_were_drawn_before_it(skips in proptest::collection::vec(1..12u64, 1..8)) {
        let at_the_end = |frames: &[u64]| {
            let mut show = Show::cued(ALL, CANVAS);
            show.game.home.bonus = Some(false);
            show.apply(0, &Command::Take { layer: LAYER, cut: false });
            show.draw(0);
            show.game.home.bonus = Some(true);
            show.game.home.score = Some(44);
            show.draw(5);
            frames.iter().map(|frame| show.draw(5 + frame)).last().map(|list| list.to_string())
        };
        let sum: u64 = skips.iter().sum();
        let some: Vec<u64> = skips.iter().scan(0, |at, skip| { *at += skip; Some(*at) }).collect();
        let every: Vec<u64> = (1..=sum).collect();
        prop_assert_eq!(at_the_end(&some), at_the_end(&every));
    }
}

/// Three lists within one another once made millions of rows, and a frame that was never done.
#[test]
fn repeats_within_one_another_show_as_many_rows_as_there_is_room_for() {
    let repeat = |name: &str, inner: &str| {
        format!(
            r#"{{ "type": "repeat", "over": "{{{{ home.players }}}}", "as": "{name}", "dx": 2, "children": [{inner}] }}"#
        )
    };
    let pixel = r##"{ "type": "box", "width": 2, "height": 2, "fill": "#fff" }"##;
    let nodes = repeat("a", &repeat("b", &repeat("c", pixel)));
    let of = |show: &mut Show, count: usize| {
        let player = show.game.home.players[0].clone();
        show.game.home.players = Arc::new(vec![player; count]);
    };
    let mut growing = show(&nodes);
    for (frame, players, rows) in [(0, 4, 4 * 4 * 4), (1, 40, 40 * 32), (2, 70, 70 * 16), (3, 300, 256 * 8), (4, 2, 8)]
    {
        of(&mut growing, players);
        let list = growing.draw(frame);
        assert_eq!(list.items.len(), rows, "{players}");
        let mut anew = show(&nodes);
        of(&mut anew, players);
        assert_eq!(anew.draw(0), list, "{players}");
    }
}
