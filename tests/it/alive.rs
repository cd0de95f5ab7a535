//! What nodes do by themselves: values that glide, keyframes, coming and going, giving way to another node.

mod jumps;

use std::sync::Arc;

use sideline::draw_list::{Color, DrawList, Op, Paint, Size};
use sideline::game::snapshot::TeamColor;
use sideline::ids::LayerId;
use sideline::time::FrameRate;

use crate::layout::{Show, rect};
use jumps::looks;

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
