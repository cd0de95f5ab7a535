//! Steps: what an operator continues to while a graphic is on air.

use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields, Refused, Step};
use sideline::draw_list::{DrawList, Op, Size};
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

const LAYER: LayerId = LayerId(1);

const TEMPLATE: &str = r##"{
  "nodes": [
    { "type": "text", "id": "at", "text": "{{ step }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 30 } },
    { "type": "box", "id": "dot", "width": 10, "height": 10, "fill": "#fff" },
    { "type": "box", "id": "more", "x": 100, "width": 10, "height": 10, "fill": "#fff" },
  ],
  "motion": {
    "steps": [
      { "name": "more", "movements": [{ "node": "more", "from": { "opacity": 0 }, "length": "10f", "ease": "linear" }] },
      { "movements": [{ "node": "more", "to": { "x": 50 }, "length": "10f", "ease": "linear" }] },
    ],
    "loop": [{ "node": "dot", "to": { "y": 30 }, "length": "15f", "ease": "linear" }],
    "out": [{ "node": "more", "to": { "opacity": 0 }, "length": "10f" }],
  },
}"##;

struct Show {
    stage: Stage,
    fonts: Fonts,
}

impl Show {
    fn new() -> Show {
        let mut set = TemplateSet::default();
        let read = Template::parse("steps".into(), Path::new("t"), TEMPLATE);
        set.insert(read.unwrap_or_else(|problems| panic!("{problems:#?}")));
        let mut show = Show { stage: Stage::new(Arc::new(set)), fonts: Fonts::bundled() };
        let cue = Command::Cue { layer: LAYER, template: "steps".into(), fields: Fields::new() };
        show.apply(0, &cue).unwrap();
        show.apply(0, &Command::Take { layer: LAYER, cut: false }).unwrap();
        show
    }

    fn apply(&mut self, frame: u64, command: &Command) -> Result<(), Refused> {
        self.stage.apply(FrameIndex(frame), command).map(|_| ())
    }

    fn step(&mut self, frame: u64, to: Option<Step>, by: Option<i32>, cut: bool) -> Result<(), Refused> {
        self.apply(frame, &Command::Continue { layer: LAYER, to, by, cut })
    }

    fn next(&mut self, frame: u64) {
        self.step(frame, None, None, false).unwrap();
    }

    fn draw(&mut self, frame: u64) -> DrawList {
        let canvas = Size::new(1920, 1080);
        self.stage.draw(FrameIndex(frame), FrameRate::FPS_50, canvas, sample(), &mut self.fonts)
    }

    /// What the text says, where `more` is and how opaque.
    fn look(&mut self, frame: u64) -> (String, Option<(f32, f32)>) {
        let list = self.draw(frame);
        let said = list.items.iter().find_map(|item| match &item.op {
            Op::Text(shape) => Some(shape.run.text.clone()),
            _ => None,
        });
        let more = list.items.iter().find_map(|item| match &item.op {
            Op::Box(shape) if item.node.as_str().ends_with("/more") => {
                let sideline::draw_list::Paint::Solid(color) = shape.fill else { panic!("a colour") };
                Some((shape.canvas_from_local.dx + shape.rect.x, (color.a * 100.0).round() / 100.0))
            }
            _ => None,
        });
        (said.expect("the text is there"), more)
    }

    fn is_on_air(&self) -> bool {
        self.stage.layers().iter().any(|layer| layer.on_air.is_some())
    }
}

#[test]
fn continuing_goes_through_the_steps_and_then_out() {
    let mut show = Show::new();
    assert_eq!(show.look(5), ("0".into(), None), "not there before its step");
    show.next(10);
    assert_eq!(show.look(15), ("1".into(), Some((100.0, 0.5))));
    assert_eq!(show.look(25), ("1".into(), Some((100.0, 1.0))));
    show.next(30);
    assert_eq!(show.look(35), ("2".into(), Some((125.0, 1.0))));
    assert_eq!(show.look(99), ("2".into(), Some((150.0, 1.0))), "it stays there");
    show.next(100);
    assert!(!show.is_on_air());
    assert_eq!(show.look(105).1.map(|(x, _)| x), Some(150.0), "it goes out from where it is");
    assert!(show.draw(110).items.is_empty());
}

#[test]
fn steps_are_named_skipped_gone_back_and_cut_to() {
    let mut show = Show::new();
    show.step(10, Some(Step::Number(2)), None, true).unwrap();
    assert_eq!(show.look(10), ("2".into(), Some((150.0, 1.0))), "a cut is there at once");
    show.step(20, None, Some(-1), false).unwrap();
    assert_eq!(show.look(25), ("1".into(), Some((125.0, 1.0))), "the way back takes as long");
    show.step(40, Some(Step::Name("more".into())), None, false).unwrap();
    assert_eq!(show.look(40).0, "1");
    show.step(50, None, Some(-7), true).unwrap();
    assert_eq!(show.look(51), ("0".into(), None), "before the first there is none");
    let refused = show.step(60, Some(Step::Name("less".into())), None, false).unwrap_err();
    assert_eq!(refused.to_string(), "template `steps` has no step `less`; it has: 0, 1 (more), 2");
    assert_eq!(show.look(61).0, "0");
    let nothing = show.apply(62, &Command::Continue { layer: LayerId(9), to: None, by: None, cut: false });
    assert!(matches!(nothing, Err(Refused::NothingOnAir { .. })));
}

#[test]
fn a_loop_goes_on_while_nothing_else_changes() {
    let mut show = Show::new();
    let mut height = |frame: u64| {
        let list = show.draw(frame);
        list.items.iter().find_map(|item| match &item.op {
            Op::Box(shape) if item.node.as_str().ends_with("/dot") => Some(shape.canvas_from_local.dy),
            _ => None,
        })
    };
    assert_eq!([0, 5, 15, 20, 30, 35].map(&mut height), [0.0, 10.0, 30.0, 20.0, 0.0, 10.0].map(Some));
}

#[test]
fn commands_say_steps_as_numbers_or_names() {
    let read = |text: &str| serde_json::from_str::<Command>(text).unwrap();
    let named = read(r#"{"verb": "continue", "layer": 1, "to": "more"}"#);
    assert_eq!(named, Command::Continue { layer: LAYER, to: Some(Step::Name("more".into())), by: None, cut: false });
    let numbered = read(r#"{"verb": "continue", "layer": 1, "to": 2, "cut": true}"#);
    assert_eq!(numbered, Command::Continue { layer: LAYER, to: Some(Step::Number(2)), by: None, cut: true });
    assert_eq!(
        read(r#"{"verb": "continue", "layer": 1}"#),
        Command::Continue { layer: LAYER, to: None, by: None, cut: false }
    );
}
