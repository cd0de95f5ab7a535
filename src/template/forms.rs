//! A template's fields as the JSON Schema of a form, with OGraf's data types, so that any controller can ask for them.
//!
//! In: fields. Out: a schema whose `gddType`s say which control a form shows. Whatever it accepts the field accepts; a value that
//! is left out stays unknown. What OGraf has no word for stands under keys with `v_`, which it leaves to vendors.

use serde_json::{Map, Value, json};

use super::Template;
use super::color;
use super::fields::{Field, FieldKind, MAX_DURATION_MILLIS};

impl Template {
    /// The JSON Schema of what an operator fills in: an object with a property for each field.
    pub fn fields_schema(&self) -> Value {
        let property = |(order, field): (usize, &Field)| (field.id.clone(), property(field, order));
        let properties: Map<String, Value> = self.fields.iter().enumerate().map(property).collect();
        json!({
            "title": self.name,
            "description": self.description,
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

/// One field; `order` is its place in the form, which an object does not keep.
fn property(field: &Field, order: usize) -> Value {
    let mut schema = match &field.kind {
        FieldKind::Text | FieldKind::Player | FieldKind::Image => json!({ "type": "string", "gddType": "single-line" }),
        FieldKind::Number { min, max } => {
            let mut number = json!({ "type": "number" });
            let limits = [("minimum", min), ("maximum", max)];
            limits
                .into_iter()
                .filter_map(|(key, limit)| Some((key, (*limit)?)))
                .for_each(|(key, limit)| number[key] = plain(limit));
            number
        }
        FieldKind::Select(options) => select(options.iter().map(|option| (option.as_str(), option.as_str()))),
        FieldKind::Team => select([("home", "Home"), ("away", "Away")]),
        FieldKind::Duration => {
            json!({ "type": "integer", "gddType": "duration-ms", "minimum": 0, "maximum": MAX_DURATION_MILLIS })
        }
        FieldKind::Color if has_alpha(&field.default) => {
            json!({ "type": "string", "gddType": "color-rrggbbaa", "pattern": "^#[0-9a-f]{8}$" })
        }
        FieldKind::Color => json!({ "type": "string", "gddType": "color-rrggbb", "pattern": "^#[0-9a-f]{6}$" }),
    };
    schema["title"] = json!(field.label);
    schema["v_type"] = json!(field.kind.name());
    schema["v_order"] = json!(order);
    if let Some(default) = default(field) {
        schema["default"] = default;
    }
    schema
}

/// A whole number without a decimal point.
fn plain(n: f64) -> Value {
    if n.fract() == 0.0 { json!(n as i64) } else { json!(n) }
}

fn select<'a>(options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let labels: Vec<(&str, &str)> = options.into_iter().collect();
    let values: Vec<&str> = labels.iter().map(|(value, _)| *value).collect();
    let labels: Map<String, Value> =
        labels.into_iter().map(|(value, label)| (value.to_owned(), json!(label))).collect();
    json!({ "type": "string", "gddType": "select", "enum": values, "gddOptions": { "labels": labels } })
}

fn has_alpha(color: &Value) -> bool {
    color.as_str().and_then(color::parse).is_some_and(|color| color.a < 1.0)
}

/// A colour in the one form that its data type has; nothing for what is unknown.
fn default(field: &Field) -> Option<Value> {
    match (&field.kind, &field.default) {
        (_, Value::Null) => None,
        (FieldKind::Color, color) => {
            let color = color::parse(color.as_str()?)?;
            Some(json!(color::print(color)))
        }
        (_, default) => Some(default.clone()),
    }
}
