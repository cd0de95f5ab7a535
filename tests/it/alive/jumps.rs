//! That nothing ever jumps, whatever interrupts whatever: everything that can move is on air at once, and anything happens at any
//! time. From one frame to the next nothing may go further, or look more different, than the quickest of its movements takes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use sideline::command::Command;
use sideline::draw_list::{Affine, DrawList, Op, Paint, Rect};

use super::{CANVAS, LAYER, paint};
use crate::layout::Show;

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
pub(super) type Seen = (Rect, [f32; 3], f32);

/// How much is seen of each letter of each text, in whole letters: by its opacity, by how far it is unfolded, and by what
/// no clip covers of its height, wherever it stands.
pub(super) type Letters = BTreeMap<(String, char), f32>;

fn moved(rect: Rect, map: Affine) -> Rect {
    Rect { x: rect.x + map.dx, y: rect.y + map.dy, ..rect }
}

pub(super) fn looks(list: &DrawList) -> (BTreeMap<String, Seen>, Letters) {
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
