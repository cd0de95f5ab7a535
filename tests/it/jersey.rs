//! Text on jersey-coloured plates, measured on rendered pixels: from a feed's jersey to the picture.

use std::path::Path;
use std::sync::Arc;

use sideline::color::Rgb;
use sideline::color::contrast;
use sideline::color::legible::SMALL_TEXT;
use sideline::color::vision::clarity;
use sideline::command::{Command, Fields};
use sideline::draw_list::Size;
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::game::event::{Event, TeamFacts};
use sideline::game::{GameState, Rules, view};
use sideline::ids::{FeedId, FeedKind, LayerId, TeamId};
use sideline::render::Renderer;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate, Timestamp};

use crate::draw;

const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
const LAYER: LayerId = LayerId(1);
const CANVAS: Size = Size::new(256, 64);

/// For each team: its plate with a thick letter on it, and beside that the darker cell with one.
const TEMPLATE: &str = r##"{
  "canvas": [256, 64],
  "nodes": [
    {
      "type": "repeat", "over": "{{ [home, away] }}", "as": "team", "dx": 128,
      "children": [
        {
          "type": "box", "width": 64, "height": 64,
          "fill": { "direction": "down", "stops": [[0, "{{ team.color.light }}"], [1, "{{ team.color.dark }}"]] },
        },
        { "type": "text", "x": 20, "y": 32, "align": "center", "text": "I", "color": "{{ team.color.on_primary }}", "font": { "family": "Barlow Condensed", "weight": 800, "size": 60 } },
        { "type": "box", "x": 64, "width": 64, "height": 64, "fill": "{{ team.color.shade }}" },
        { "type": "text", "x": 84, "y": 32, "align": "center", "text": "I", "color": "{{ team.color.on_shade }}", "font": { "family": "Barlow Condensed", "weight": 800, "size": 60 } },
      ],
    },
  ],
}"##;

/// Jerseys that have met, or could.
const REAL: [(&str, &str, &str); 30] = [
    ("Golden State at Brooklyn", "#000000", "#1d428a"),
    ("Los Angeles at Boston", "#007a33", "#552583"),
    ("Chicago at Boston, white", "#ffffff", "#ce1141"),
    ("Houston at Phoenix", "#e56020", "#ce1141"),
    ("Denver at Brooklyn", "#000000", "#0e2240"),
    ("Charlotte at Boston", "#007a33", "#00788c"),
    ("Indiana at Los Angeles", "#fdb927", "#fdbb30"),
    ("Cleveland at Miami", "#98002e", "#860038"),
    ("Memphis at Utah", "#002b5c", "#5d76a9"),
    ("Dallas at Oklahoma City", "#007ac1", "#00538c"),
    ("San Antonio, silver, at Milwaukee", "#00471b", "#c4ced4"),
    ("Atlanta, red, at Minnesota", "#0c2340", "#e03a3e"),
    ("Orlando at Philadelphia", "#006bb6", "#0077c0"),
    ("New York, orange, at Washington", "#002b5c", "#f58426"),
    ("Toronto at Portland", "#e03a3e", "#ce1141"),
    ("Sacramento at Golden State", "#1d428a", "#5a2d81"),
    ("both white", "#ffffff", "#ffffff"),
    ("white and cream", "#ffffff", "#f2ead8"),
    ("New Orleans at Denver, gold", "#fec524", "#0c2340"),
    ("Calgary at Edmonton", "#041e42", "#c8102e"),
    ("Vegas at Winnipeg", "#041e42", "#333f42"),
    ("Seattle, ice, at San Jose", "#006d75", "#99d9d9"),
    ("Toronto at New York", "#0038a8", "#00205b"),
    ("St. Louis at Buffalo", "#003087", "#002f87"),
    ("Minnesota at Dallas", "#006847", "#154734"),
    ("Boston, gold, at Pittsburgh", "#000000", "#fcb514"),
    ("Anaheim, orange, at Philadelphia", "#f74902", "#fc4c02"),
    ("Florida at Montreal", "#af1e2d", "#c8102e"),
    ("North Carolina, sky, at Duke", "#003087", "#7bafd4"),
    ("grey at grey", "#808080", "#8a8d8f"),
];

struct Show {
    stage: Stage,
    fonts: Fonts,
    renderer: Renderer,
    next: u64,
}

impl Show {
    fn new() -> Show {
        let template = Template::parse("t".into(), Path::new("t"), TEMPLATE).unwrap_or_else(|e| panic!("{e:#?}"));
        let mut set = TemplateSet::default();
        set.insert(template);
        let mut stage = Stage::new(Arc::new(set));
        let cue = Command::Cue { layer: LAYER, template: "t".into(), fields: Fields::new() };
        for command in [cue, Command::Take { layer: LAYER, cut: true }] {
            stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
        }
        let renderer = Renderer::new(draw::gpu(), CANVAS, &[STRAIGHT]).unwrap();
        Show { stage, fonts: Fonts::bundled(), renderer, next: 0 }
    }

    /// The picture of two jerseys, row by row.
    fn picture(&mut self, home: &str, away: &str) -> Vec<u8> {
        let (at, feed, kind) = (Timestamp::from_millis(0), FeedId::new("tracker"), FeedKind::ShotTracker);
        let mut state = GameState::default();
        let team = |id: &str| TeamFacts { id: Some(TeamId::new(id)), ..TeamFacts::default() };
        state.received(at, &feed, kind, 0);
        state.apply(at, &feed, kind, &Event::Teams { home: team("h"), away: team("a") });
        let colors = vec![(TeamId::new("h"), home.to_owned()), (TeamId::new("a"), away.to_owned())];
        state.apply(at, &feed, kind, &Event::JerseyColors(colors));
        let game = view(&state, &Rules::default(), at);
        let frame = FrameIndex(self.next);
        self.next += 1;
        let list = self.stage.draw(frame, FrameRate::FPS_50, CANVAS, &game, &mut self.fonts);
        self.renderer.render(frame, list, &mut self.fonts).unwrap().picture(STRAIGHT).unwrap().to_bytes()
    }
}

fn pixel(picture: &[u8], x: u32, y: u32) -> Rgb {
    let at = ((y * CANVAS.width + x) * 4) as usize;
    assert_eq!(picture[at + 3], 255, "the plate is opaque at {x}, {y}");
    Rgb::new(picture[at], picture[at + 1], picture[at + 2])
}

/// The least contrast of the letter in the 64 pixels from `left` with its ground, over all rows of that.
fn measured(picture: &[u8], left: u32) -> f64 {
    let ground = |y: u32| pixel(picture, left + 56, y);
    let middle = ground(32);
    let text = (left..left + 40)
        .map(|x| pixel(picture, x, 32))
        .max_by(|a, b| contrast(*a, middle).total_cmp(&contrast(*b, middle)));
    let text = text.expect("a row has pixels");
    (0..64).map(|y| contrast(text, ground(y))).fold(f64::INFINITY, f64::min)
}

/// Measures a pair of jerseys; what is wrong with it, as sentences.
fn problems(show: &mut Show, name: &str, home: &str, away: &str) -> Vec<String> {
    let picture = show.picture(home, away);
    let mut problems = Vec::new();
    for (what, left) in [("home plate", 0), ("home cell", 64), ("away plate", 128), ("away cell", 192)] {
        let least = measured(&picture, left);
        if least < SMALL_TEXT {
            problems.push(format!("{name} ({home}, {away}): text on the {what} has {least:.2}"));
        }
    }
    let apart = clarity(pixel(&picture, 56, 32), pixel(&picture, 128 + 56, 32));
    // The middle of a gradient is not exactly the plate's colour.
    if apart < 0.97 {
        problems.push(format!("{name} ({home}, {away}): the plates are {apart:.2} apart"));
    }
    problems
}

#[test]
fn text_on_real_jerseys_reads_and_the_teams_are_told_apart_in_the_picture() {
    let mut show = Show::new();
    let wrong: Vec<String> = REAL.iter().flat_map(|(name, home, away)| problems(&mut show, name, home, away)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn text_on_500_random_pairs_of_jerseys_reads_and_the_teams_are_told_apart_in_the_picture() {
    let mut show = Show::new();
    // Numbers of a linear congruential generator (Numerical Recipes): the same pairs in every run.
    let mut state: u32 = 20_201_222;
    let mut color = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("#{:06x}", state >> 8)
    };
    let mut wrong = Vec::new();
    for number in 0..500 {
        let (home, away) = (color(), color());
        wrong.extend(problems(&mut show, &format!("pair {number}"), &home, &away));
    }
    // In the picture the middles of these two gradients are nearer than the plates' colours are: not mended yet. The test
    // fails when it is, and when another pair joins it.
    let known = ["pair 162 (#7fef8d, #fdfd28): the plates are 0.90 apart"];
    assert_eq!(wrong, known, "{} problems", wrong.len());
}
