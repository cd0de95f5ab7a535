//! Properties that are bound: what they are while nothing is known, and what they are held to whatever an expression says.

use serde_json::{Value, json};
use sideline::draw_list::{DrawList, Op, Size};
use sideline::game::snapshot::GameSnapshot;

use super::layout::Show;

const CANVAS: Size = Size { width: 400, height: 200 };

/// What a template of these nodes shows of a game.
fn shown(nodes: &[Value], game: &GameSnapshot) -> DrawList {
    let mut template = json!({ "canvas": [400, 200], "nodes": nodes });
    template["components"] = json!({ "cell": { "parameters": { "tone": null, "wide": null }, "nodes": [
        { "type": "box", "width": "{{ wide }}", "height": 20, "fill": "{{ tone }}" } ] } });
    let mut show = Show::of(&template.to_string(), CANVAS);
    show.game = game.clone();
    show.draw(0)
}

/// The node with these of its properties bound to what is not known, each with what it was as its default.
fn bound(node: &Value, pointers: &[&str]) -> Value {
    let mut node = node.clone();
    let mut defaults = json!({});
    for pointer in pointers {
        let value = node.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"));
        let expression = match &*value {
            Value::String(text) if text.starts_with('#') => "{{ home.color.primary }}",
            Value::String(text) if text.starts_with('M') => "{{ 'M0 0 L9 9' if home.score else none }}",
            Value::String(text) if text.ends_with('%') => "{{ home.score ~ '%' }}",
            Value::String(_) => "{{ home.name }}",
            _ => "{{ home.fouls }}",
        };
        let written = std::mem::replace(value, expression.into());
        let keys = pointer.split('/').filter(|key| !key.is_empty() && *key != "stops" && *key != "rules");
        let keys: Vec<&str> = keys.filter(|key| key.parse::<usize>().is_err()).collect();
        let place = keys.iter().fold(&mut defaults, |place, key| &mut place[*key]);
        *place = written;
    }
    node["default"] = defaults;
    node
}

const FONT: &str = "Barlow Condensed";

/// Nodes of every kind, with all of their properties that can be bound.
fn nodes() -> Vec<(Value, Vec<&'static str>)> {
    vec![
        (
            json!({ "type": "box", "x": 10, "y": "5%", "width": "20%", "max_width": 60, "height": 40, "min_height": 50, "rotate": 5, "scale": 1.1,
                "opacity": 0.8, "border": { "width": 2, "color": "#405060" }, "fill": { "stops": [[0, "#102030"], [1, "#102030"]] },
                "shadow": { "blur": 4, "color": "#111111" }, "inner_shadow": { "blur": 4, "color": "#222222" } }),
            vec![
                "/x",
                "/y",
                "/width",
                "/max_width",
                "/height",
                "/min_height",
                "/rotate",
                "/scale",
                "/opacity",
                "/border/color",
                "/fill/stops/0/1",
                "/fill/stops/1/1",
                "/shadow/color",
                "/inner_shadow/color",
            ],
        ),
        (
            json!({ "type": "text", "x": 10, "y": 100, "text": "Nobody", "font": { "family": FONT, "size": 30 }, "color": "#ff8800",
                "outline": { "width": 2, "color": "#000000" }, "shadow": { "y": 2, "color": "#333333" },
                "fit": { "width": 40, "rules": [{ "squeeze": 90 }, { "replace": "No" }] } }),
            vec![
                "/x",
                "/y",
                "/text",
                "/color",
                "/outline/color",
                "/shadow/color",
                "/fit/width",
                "/fit/rules/1/replace",
            ],
        ),
        (
            json!({ "type": "path", "x": 3, "d": "M0 0 L50 0 L50 50 Z", "fill": "#abcdef",
                "stroke": { "width": 3, "color": "#fedcba", "dash": [8, 4], "dash_offset": 5 }, "trim": [0, 0.7] }),
            vec!["/x", "/d", "/fill", "/stroke/color", "/stroke/dash_offset", "/trim/1"],
        ),
        (
            json!({ "type": "group", "layout": { "type": "row", "gap": 7, "padding": 4 }, "children": [
                bound(&json!({ "type": "box", "width": 20, "height": 20, "basis": 30, "margin": 3, "fill": "#ffffff" }), &[]) ] }),
            vec!["/layout/gap", "/layout/padding"],
        ),
        (
            json!({ "type": "court", "court_width": 100, "league": "FIBA", "basket": "left", "floor": "#101010", "paint": "#202020",
                "stroke": { "color": "#303030" } }),
            vec!["/court_width", "/league", "/basket", "/floor", "/paint", "/stroke/color"],
        ),
        (
            json!({ "type": "zone", "number": "{{ 3 }}", "court_width": 100, "fill": "#101010", "stroke": { "color": "#303030" },
                "hatch": { "stroke": { "color": "#404040" } } }),
            vec!["/court_width", "/fill", "/stroke/color", "/hatch/stroke/color"],
        ),
        (
            json!({ "type": "rink", "rink_width": 100, "goal": "left", "ice": "#101010", "crease": "#202020", "red": "#ff0000", "blue": "#0000ff",
                "stroke": { "color": "#303030" } }),
            vec!["/rink_width", "/goal", "/ice", "/crease", "/red", "/blue", "/stroke/color"],
        ),
        (
            json!({ "type": "component", "use": "cell", "with": { "tone": "#123456", "wide": 44 } }),
            vec!["/with/tone", "/with/wide"],
        ),
    ]
}

#[test]
fn every_property_that_is_bound_can_have_a_default_under_its_key() {
    let nothing = GameSnapshot::default();
    for (node, pointers) in nodes() {
        let written = shown(std::slice::from_ref(&node), &nothing);
        assert!(!written.items.is_empty(), "{node}");
        assert_eq!(shown(&[bound(&node, &pointers)], &nothing), written, "{node}");
    }
    // What stands in a layout, or on a court, has them too.
    let item = json!({ "type": "box", "width": 20, "height": 20, "basis": 30, "margin": 3, "fill": "#ffffff" });
    let spot = json!({ "type": "spot", "x_mm": 1000, "y_mm": 500, "from": "center", "children": [
        { "type": "box", "width": 20, "height": 20, "fill": "#ffffff" }] });
    let path = json!({ "type": "path", "d_mm": "M0 0 L900 900", "from": "center", "stroke": { "color": "#ffffff" } });
    let row = |child: Value| json!({ "type": "group", "layout": { "type": "row" }, "children": [child] });
    let court = |child: Value| json!({ "type": "court", "court_width": 200, "children": [child] });
    let of_item = bound(&item, &["/width", "/height", "/basis", "/margin", "/fill"]);
    let of_spot = bound(&spot, &["/x_mm", "/y_mm", "/from"]);
    let of_path = bound(&path, &["/d_mm", "/from", "/stroke/color"]);
    for (bound, written) in [
        (row(of_item), row(item.clone())),
        (court(of_spot), court(spot.clone())),
        (court(of_path), court(path.clone())),
    ] {
        let written = shown(&[written], &nothing);
        assert!(!written.items.is_empty());
        assert_eq!(shown(std::slice::from_ref(&bound), &nothing), written, "{bound}");
    }
}

#[test]
fn a_default_is_not_seen_once_the_value_is_known() {
    let (mut node, _) = nodes().remove(0);
    node["shadow"] = json!({ "blur": 4, "color": "{{ home.color.primary }}" });
    node["default"] = json!({ "shadow": "#ff0000" });
    let color = |game: &GameSnapshot| {
        let list = shown(std::slice::from_ref(&node), game);
        list.items.iter().find_map(|item| match &item.op {
            Op::Box(shape) => Some(shape.shadow?.color.to_string()),
            _ => None,
        })
    };
    // As much of it as the node's opacity leaves.
    assert_eq!(color(&GameSnapshot::default()).as_deref(), Some("#ff0000cc"));
    let known = color(sideline::template::sample()).expect("a shadow");
    assert_ne!(known, "#ff0000cc");
}

/// An endless value once hung the frame (the hatching of a court as wide as that), or made rectangles of no size.
#[test]
fn whatever_an_expression_says_numbers_are_finite_and_within_their_range() {
    for number in ["1e300", "-1e300", "1e39", "0", "-5"] {
        let bound = |node: Value| -> Value {
            serde_json::from_str(&node.to_string().replace("\"N\"", &format!("\"{{{{ {number} }}}}\""))).unwrap()
        };
        let nodes: Vec<Value> = [
            json!({ "type": "box", "x": "N", "y": "N", "width": "N", "height": "N", "rotate": "N", "scale": "N", "opacity": "N", "fill": "#fff" }),
            json!({ "type": "group", "scale": "N", "children": [
                { "type": "group", "scale": "N", "children": [{ "type": "box", "width": 10, "height": 10, "fill": "#fff" }] }] }),
            json!({ "type": "group", "layout": { "type": "row", "gap": "N", "padding": "N" }, "children": [
                { "type": "box", "width": "N", "height": 9, "margin": "N", "basis": "N", "min_width": "N", "fill": "#fff" },
                { "type": "box", "width": 9, "height": 9, "fill": "#fff" }] }),
            json!({ "type": "path", "d": "M0 0 L300 300", "trim": ["N", 1], "stroke": { "color": "#fff", "dash": [3, 3], "dash_offset": "N" } }),
            json!({ "type": "text", "x": "N", "text": "name", "color": "#fff", "font": { "family": FONT, "size": 30 },
                "fit": { "width": "N", "rules": [{ "shrink": 50 }, "ellipsis"] } }),
            json!({ "type": "court", "court_width": "N", "stroke": { "color": "#fff" }, "children": [
                { "type": "zone", "number": "N", "fill": "#fff" },
                { "type": "zone", "number": "{{ 3 }}", "hatch": { "gap": 2, "stroke": { "color": "#fff" } } },
                { "type": "spot", "x_mm": "N", "y_mm": "N", "children": [{ "type": "box", "width": 9, "height": 9, "fill": "#fff" }] }] }),
            json!({ "type": "rink", "rink_width": "N", "stroke": { "color": "#fff" } }),
        ]
        .map(bound)
        .into();
        let list = shown(&nodes, sideline::template::sample());
        for item in &list.items {
            let Some(bounds) = item.op.bounds() else { continue };
            let all = [bounds.x, bounds.y, bounds.right(), bounds.bottom()];
            assert!(all.iter().all(|n| n.is_finite()), "{number}: {} {bounds}", item.node);
        }
    }
}

#[test]
fn of_a_text_without_end_as_much_is_set_as_a_text_shows() {
    let text =
        json!({ "type": "text", "text": "{{ home.name }}", "color": "#fff", "font": { "family": FONT, "size": 30 } });
    let mut game = sideline::template::sample().clone();
    let mut said = |length: usize| {
        game.home.name = Some("é".repeat(length));
        let list = shown(std::slice::from_ref(&text), &game);
        list.items.iter().find_map(|item| match &item.op {
            Op::Text(shape) => Some(shape.run.text.chars().count()),
            _ => None,
        })
    };
    assert_eq!([1999, 2000, 2001, 9000].map(&mut said), [1999, 2000, 2000, 2000].map(Some));
    // More than an expression may hold is no value at all.
    assert_eq!(said(4 << 20), None);
}
