//! How a text comes from one wording to the next, frame by frame, also when it is interrupted.

use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{Op, Size, TextShape};
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

struct Show {
    stage: Stage,
    fonts: Fonts,
    game: GameSnapshot,
}

impl Show {
    /// A score that changes in this way, over 20 frames.
    fn with(kind: &str) -> Show {
        let text = format!(
            r##"{{"nodes": [{{"type": "text", "id": "score", "x": 100, "y": 100, "text": "{{{{ home.score }}}}", "color": "#fff",
                "font": {{"family": "Barlow Condensed", "size": 60, "tabular": true}},
                "on_change": {{"kind": "{kind}", "length": "20f", "ease": "linear"}}}}]}}"##
        );
        let mut set = TemplateSet::default();
        let read = Template::parse("score".into(), Path::new("t"), &text);
        set.insert(read.unwrap_or_else(|problems| panic!("{problems:#?}")));
        let mut stage = Stage::new(Arc::new(set));
        let cue = Command::Cue { layer: LayerId(1), template: "score".into(), fields: Fields::new() };
        for command in [cue, Command::Take { layer: LayerId(1), cut: true }] {
            stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
        }
        Show { stage, fonts: Fonts::bundled(), game: sample().clone() }
    }

    fn score(&mut self, score: u32) {
        self.game.home.score = Some(score);
    }

    fn draw(&mut self, frame: u64) -> Vec<TextShape> {
        let canvas = Size::new(1920, 1080);
        let list = self.stage.draw(FrameIndex(frame), FrameRate::FPS_50, canvas, &self.game, &mut self.fonts);
        let shape = |op: Op| match op {
            Op::Text(shape) => Some(shape),
            _ => None,
        };
        list.items.into_iter().filter_map(|item| shape(item.op)).collect()
    }

    /// The one text that is to be seen, and how far it is unfolded.
    fn seen(&mut self, frame: u64) -> (String, f32) {
        match &self.draw(frame)[..] {
            [shape] => (shape.run.text.clone(), (shape.canvas_from_local.yy * 100.0).round() / 100.0),
            others => (format!("{} texts", others.len()), 0.0),
        }
    }
}

fn seen(text: &str, unfolded: f32) -> (String, f32) {
    (text.to_owned(), unfolded)
}

#[test]
fn a_flip_folds_the_old_score_and_unfolds_the_new() {
    let mut show = Show::with("flip");
    show.score(87);
    assert_eq!(show.seen(9), seen("87", 1.0));
    let rest = show.draw(9)[0].clone();
    show.score(90);
    assert_eq!(show.seen(10), seen("87", 1.0));
    assert_eq!(show.seen(15), seen("87", 0.5));
    assert_eq!(show.seen(25), seen("90", 0.5));
    let middle = |shape: &TextShape| shape.canvas_from_local.dy - shape.canvas_from_local.yy * 21.0;
    assert!((middle(&show.draw(25)[0]) - middle(&rest)).abs() < 1.0, "about the middle of the figures");
    assert_eq!(show.seen(30), seen("90", 1.0));
}

#[test]
fn a_flip_that_is_interrupted_goes_on_from_what_is_to_be_seen() {
    let mut show = Show::with("flip");
    show.score(87);
    show.draw(9);
    show.score(89);
    show.draw(10);
    assert_eq!(show.seen(16), seen("87", 0.4));
    show.score(90);
    assert_eq!(show.seen(16 + 1), seen("87", 0.3), "one frame on, and the new flip begins there");
    assert_eq!(show.seen(17 + 5), seen("87", 0.15));
    assert_eq!(show.seen(17 + 15), seen("90", 0.5), "89 was never seen");
}

#[test]
fn a_number_counts_and_an_interruption_counts_on() {
    let mut show = Show::with("count");
    show.score(80);
    show.draw(9);
    show.score(100);
    assert_eq!([10, 15, 20].map(|frame| show.seen(frame).0), ["80", "85", "90"]);
    show.score(50);
    assert_eq!([21, 31, 41].map(|frame| show.seen(frame).0), ["91", "71", "50"]);
    assert_eq!(show.seen(60).0, "50");
}

#[test]
fn what_is_told_of_the_past_does_not_move() {
    for kind in ["flip", "count", "roll", "crossfade"] {
        let mut show = Show::with(kind);
        show.score(80);
        show.draw(9);
        show.game.catching_up = true;
        show.score(100);
        assert_eq!(show.seen(10), seen("100", 1.0), "{kind}");
        assert_eq!(show.seen(11), seen("100", 1.0), "{kind}");
    }
}
