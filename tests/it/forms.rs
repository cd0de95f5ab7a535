//! What operators fill in, as the JSON Schema of a form: what the schema accepts the fields accept.

use std::path::Path;

use serde_json::{Value, json};
use sideline::template::{FieldKind, Template, TemplateSet};

const TEMPLATE: &str = r##"{ "name": "Guest", "fields": {
  "name": { "type": "text", "label": "Name" },
  "seconds": { "type": "number", "min": 3, "max": 20, "default": 6 },
  "pose": { "type": "select", "options": ["left", "right"], "default": "right" },
  "player": { "type": "player" },
  "team": { "type": "team", "default": "away" },
  "tone": { "type": "color", "default": "#F80" },
  "veil": { "type": "color", "default": "#10203080" },
  "hold": { "type": "duration", "default": 5000 },
  "logo": { "type": "image" }
}, "nodes": [] }"##;

fn template() -> Template {
    Template::parse("t".into(), Path::new("t"), TEMPLATE).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn every_type_has_its_data_type() {
    let schema = template().fields_schema();
    let of = |field: &str| schema["properties"][field].clone();
    assert_eq!((&schema["title"], &schema["additionalProperties"]), (&json!("Guest"), &json!(false)));
    assert_eq!(
        of("name"),
        json!({"type": "string", "gddType": "single-line", "title": "Name", "v_type": "text", "v_order": 0})
    );
    assert_eq!(
        of("seconds"),
        json!({"type": "number", "minimum": 3, "maximum": 20, "default": 6, "title": "seconds", "v_type": "number", "v_order": 1})
    );
    let labels = json!({"labels": {"left": "left", "right": "right"}});
    assert_eq!((&of("pose")["enum"], &of("pose")["gddOptions"]), (&json!(["left", "right"]), &labels));
    assert_eq!((&of("team")["gddType"], &of("team")["default"]), (&json!("select"), &json!("away")));
    assert_eq!((&of("tone")["gddType"], &of("tone")["default"]), (&json!("color-rrggbb"), &json!("#ff8800")));
    assert_eq!((&of("veil")["gddType"], &of("veil")["default"]), (&json!("color-rrggbbaa"), &json!("#10203080")));
    assert_eq!((&of("hold")["type"], &of("hold")["gddType"]), (&json!("integer"), &json!("duration-ms")));
    assert_eq!((&of("logo")["v_type"], of("logo").get("default")), (&json!("image"), None));
}

/// Values as a form or a program might send them.
fn values() -> Vec<Value> {
    let texts = ["", "left", "up", "home", "away", "23", "#ff8800", "#FF8800", "#f80", "#10203080", "grey"];
    let numbers =
        [json!(-1), json!(0), json!(3), json!(6.5), json!(20), json!(21), json!(86_400_000), json!(86_400_001)];
    texts.into_iter().map(Value::from).chain(numbers).chain([json!(true), json!([]), json!({})]).collect()
}

#[test]
fn what_the_schema_accepts_the_field_accepts() {
    let template = template();
    let schema = template.fields_schema();
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    for field in &template.fields {
        let mut accepted = 0;
        for value in values() {
            if validator.is_valid(&json!({ field.id.as_str(): value })) {
                assert!(field.kind.accepts(&value), "{}: {value}", field.id);
                accepted += 1;
            } else if !matches!(field.kind, FieldKind::Color) {
                // A colour has one form in a form, and three where people write it.
                assert!(!field.kind.accepts(&value), "{}: {value}", field.id);
            }
        }
        assert!(accepted > 0, "{} accepts nothing", field.id);
    }
    assert!(!validator.is_valid(&json!({ "nmae": "x" })));
}

#[test]
fn defaults_of_the_built_in_templates_are_valid_by_their_schemas() {
    let set = TemplateSet::builtin().expect("they are right");
    let mut fields = 0;
    for template in set.iter() {
        let schema = template.fields_schema();
        let properties = schema["properties"].as_object().expect("an object");
        let defaults: serde_json::Map<String, Value> = properties
            .iter()
            .filter_map(|(id, property)| Some((id.clone(), property.get("default")?.clone())))
            .collect();
        fields += defaults.len();
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        assert!(validator.is_valid(&Value::Object(defaults)), "{}", template.id);
    }
    assert!(fields > 10, "{fields}");
}
