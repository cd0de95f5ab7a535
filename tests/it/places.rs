//! Where nodes stand: percentages of what they are in, and anchors.

use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{Op, Rect, Size};
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

/// The rectangles of the boxes of a template with these nodes, by their ids.
fn boxes(nodes: &str, canvas: Size) -> Vec<(String, Rect)> {
    let mut set = TemplateSet::default();
    let read = Template::parse("t".into(), Path::new("t"), &format!("{{\"nodes\": [{nodes}]}}"));
    set.insert(read.unwrap_or_else(|problems| panic!("{problems:#?}")));
    let mut stage = Stage::new(Arc::new(set));
    let cue = Command::Cue { layer: LayerId(1), template: "t".into(), fields: Fields::new() };
    for command in [cue, Command::Take { layer: LayerId(1), cut: true }] {
        stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
    }
    let list = stage.draw(FrameIndex(1), FrameRate::FPS_50, canvas, sample(), &mut Fonts::bundled());
    let rect = |op: &Op| match op {
        Op::Box(shape) => Some(shape.rect),
        _ => None,
    };
    let id = |node: &str| node.rsplit('/').next().unwrap_or_default().to_owned();
    list.items.iter().filter_map(|item| Some((id(item.node.as_str()), rect(&item.op)?))).collect()
}

fn on_hd(nodes: &str) -> Vec<(String, Rect)> {
    boxes(nodes, Size::new(1920, 1080))
}

fn at(id: &str, x: f32, y: f32, width: f32, height: f32) -> (String, Rect) {
    (id.to_owned(), Rect::new(x, y, width, height))
}

#[test]
fn percentages_are_of_the_nearest_node_with_a_size() {
    let nodes = r##"{ "type": "group", "x": "25%", "y": "50%", "width": 400, "height": 200, "children": [
        { "type": "box", "id": "half", "width": "50%", "height": "100%", "fill": "#fff" },
        { "type": "group", "x": 10, "children": [{ "type": "box", "id": "inside", "x": "50%", "width": "10%", "height": 8, "fill": "#fff" }] },
    ] }"##;
    assert_eq!(on_hd(nodes), [at("half", 480.0, 540.0, 200.0, 200.0), at("inside", 690.0, 540.0, 40.0, 8.0)]);
    // Two thirds of the size on two thirds of the canvas.
    let small = boxes(nodes, Size::new(1280, 720));
    assert_eq!(small[0], at("half", 320.0, 360.0, 133.0, 133.0));
}

#[test]
fn an_anchor_says_what_of_a_node_stands_at_its_place() {
    let node = |anchor: &str| {
        format!(
            r##"{{ "type": "box", "id": "a", "x": "100%", "y": 500, "anchor": "{anchor}", "width": 100, "height": 40, "fill": "#fff" }}"##
        )
    };
    let corner = |anchor: &str| on_hd(&node(anchor)).first().map(|(_, rect)| [rect.x, rect.y]);
    assert_eq!(corner("top-left"), Some([1920.0, 500.0]));
    assert_eq!(corner("top-right"), Some([1820.0, 500.0]));
    assert_eq!(corner("center"), Some([1870.0, 480.0]));
    assert_eq!(corner("bottom"), Some([1870.0, 460.0]));
    assert_eq!(corner("bottom-right"), Some([1820.0, 460.0]));
}
