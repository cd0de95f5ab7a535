//! Fields: what an operator fills in before or while a graphic is on air.
//!
//! In: the `fields` of a template. Out: their kinds, which say what a value may be, and what there is to choose from in
//! the game as it stands.

use std::sync::Arc;

use minijinja::Value;

use super::Template;
use super::bind::{Local, Scope};
use super::check::{FIELDS, STEP};
use super::color;
use super::expr::{Expr, text_of, value_of_json};
use super::json::{Json, Spanned};
use super::reader::{Object, Reader};
use super::values::GameValues;
use crate::command::Fields;
use crate::game::snapshot::{GameSnapshot, Player};
use crate::ids::Side;

/// More would not fit any list that an operator reads on air.
const MAX_CHOICES: usize = 64;

/// A day: longer is a slip of the finger.
pub(super) const MAX_DURATION_MILLIS: u64 = 86_400_000;

/// Something that an operator can set.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its key among a command's fields, and in expressions: `fields.<id>`.
    pub id: String,
    /// For people.
    pub label: String,
    /// What it can be set to.
    pub kind: FieldKind,
    /// Null when the designer gave none: unknown until the operator sets it.
    pub default: serde_json::Value,
    /// A list of values, or of objects with `value` and `label`.
    pub(crate) choices: Option<Arc<Expr>>,
}

/// What a field can be set to, and by which control a form asks for it.
#[derive(Clone, PartialEq, Debug)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// Within these limits, where there are any.
    /// A number.
    Number { min: Option<f64>, max: Option<f64> },
    /// One of these, in order.
    Select(Vec<String>),
    /// A jersey number, as text; empty lets the template choose.
    Player,
    /// "home" or "away".
    Team,
    /// `#rrggbb`
    Color,
    /// Milliseconds.
    Duration,
    /// The name of a picture: a key of a lookup.
    Image,
}

/// One of the values that an operator can choose.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct Choice {
    /// What the field is set to.
    pub value: serde_json::Value,
    /// For people.
    pub label: String,
}

impl FieldKind {
    /// As a template writes it.
    pub fn name(&self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number { .. } => "number",
            FieldKind::Select(_) => "select",
            FieldKind::Player => "player",
            FieldKind::Team => "team",
            FieldKind::Color => "color",
            FieldKind::Duration => "duration",
            FieldKind::Image => "image",
        }
    }

    /// What a value must be, for messages.
    pub fn expected(&self) -> String {
        match self {
            FieldKind::Text => "a text".to_owned(),
            FieldKind::Number { min: None, max: None } => "a number".to_owned(),
            FieldKind::Number { min: Some(min), max: None } => format!("a number from {min} up"),
            FieldKind::Number { min: None, max: Some(max) } => format!("a number up to {max}"),
            FieldKind::Number { min: Some(min), max: Some(max) } => format!("a number, {min} to {max}"),
            FieldKind::Select(options) => format!("one of: {}", options.join(", ")),
            FieldKind::Player => "a jersey number as a text".to_owned(),
            FieldKind::Team => "`home` or `away`".to_owned(),
            FieldKind::Color => "a colour (`#rrggbb`)".to_owned(),
            FieldKind::Duration => "whole milliseconds, a day at most".to_owned(),
            FieldKind::Image => "the name of a picture".to_owned(),
        }
    }

    /// Whether an operator may set this value; null takes it back to unknown.
    pub fn accepts(&self, value: &serde_json::Value) -> bool {
        use serde_json::Value as Given;
        match (self, value) {
            (_, Given::Null) | (FieldKind::Text | FieldKind::Player | FieldKind::Image, Given::String(_)) => true,
            (FieldKind::Number { min, max }, value) => {
                value.as_f64().is_some_and(|n| min.is_none_or(|least| n >= least) && max.is_none_or(|most| n <= most))
            }
            (FieldKind::Duration, value) => value.as_u64().is_some_and(|millis| millis <= MAX_DURATION_MILLIS),
            (FieldKind::Select(options), Given::String(text)) => options.contains(text),
            (FieldKind::Team, Given::String(text)) => matches!(text.as_str(), "home" | "away"),
            (FieldKind::Color, Given::String(text)) => color::parse(text).is_some(),
            _ => false,
        }
    }
}

impl Template {
    /// What there is to choose for a field in this game, given what the other fields hold; empty where anything may be
    /// entered. Values that the field would refuse are left out.
    pub fn choices(&self, id: &str, fields: &Fields, game: &GameSnapshot) -> Vec<Choice> {
        let Some(field) = self.field(id) else { return Vec::new() };
        let mut choices = match (&field.choices, &field.kind) {
            (Some(choices), _) => self.evaluated(choices, fields, game),
            (None, FieldKind::Select(options)) => options.iter().map(|option| choice(option.as_str().into())).collect(),
            (None, FieldKind::Team) => vec![team(game, Side::Home, "home"), team(game, Side::Away, "away")],
            (None, FieldKind::Player) => self.players(fields, game),
            (None, _) => Vec::new(),
        };
        choices.retain(|choice| field.kind.accepts(&choice.value));
        choices.truncate(MAX_CHOICES);
        choices
    }

    fn evaluated(&self, choices: &Expr, fields: &Fields, game: &GameSnapshot) -> Vec<Choice> {
        let mut values = GameValues::default();
        values.update(1, game);
        let mut all = self.defaults();
        all.extend(fields.clone());
        let fields = value_of_json(serde_json::Value::Object(all));
        let local = |name: &str, value: Value| Local { name: name.into(), value, changed: 1 };
        let locals = vec![local(FIELDS, fields), self.theme.clone(), local(STEP, Value::from(0))];
        let list = choices.eval(Scope { game: &values, locals }.names(choices));
        list.try_iter().into_iter().flatten().filter_map(|item| choice_of(&item)).collect()
    }

    /// The team's players, on the floor first; the home team's when no field names one.
    fn players(&self, fields: &Fields, game: &GameSnapshot) -> Vec<Choice> {
        let team = self.fields.iter().find(|field| field.kind == FieldKind::Team);
        let chosen = team.map(|field| fields.get(&field.id).unwrap_or(&field.default));
        let is_away = chosen.and_then(serde_json::Value::as_str) == Some("away");
        let team = game.team(if is_away { Side::Away } else { Side::Home });
        let mut players: Vec<&Player> = team.players.iter().filter(|player| player.number.is_some()).collect();
        players.sort_by_key(|player| player.on_court != Some(true));
        players.into_iter().map(player).collect()
    }
}

fn choice(value: serde_json::Value) -> Choice {
    let label = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Choice { value, label }
}

fn team(game: &GameSnapshot, side: Side, value: &str) -> Choice {
    let team = game.team(side);
    let label = team.name.clone().or_else(|| team.code.clone()).unwrap_or_else(|| value.to_owned());
    Choice { value: value.into(), label }
}

fn player(player: &Player) -> Choice {
    let names = [&player.number, &player.first_name, &player.last_name];
    let label = names.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    Choice { value: player.number.clone().into(), label }
}

/// A value, or an object with a `value` and perhaps a `label`.
fn choice_of(item: &Value) -> Option<Choice> {
    let json = |value: &Value| serde_json::to_value(value).ok().filter(|json| !json.is_null());
    match item.get_attr("value").ok().filter(|value| !value.is_undefined()) {
        Some(value) => {
            let label = item.get_attr("label").ok().and_then(|label| text_of(&label)).or_else(|| text_of(&value));
            Some(Choice { value: json(&value)?, label: label.unwrap_or_default() })
        }
        None => json(item).map(choice),
    }
}

pub(super) fn read_fields(reader: &mut Reader, value: &Spanned) -> Vec<Field> {
    let Some(object) = reader.object(value, "fields") else { return Vec::new() };
    let mut fields = Vec::new();
    for (key, value) in object.entries() {
        if let Some(field) = read_field(reader, &key.name, value) {
            fields.push(field);
        }
    }
    fields
}

fn read_field(reader: &mut Reader, id: &str, value: &Spanned) -> Option<Field> {
    let object = reader.object(value, "field")?;
    let label = reader.string(&object, "label").map_or_else(|| id.to_owned(), |(text, _)| text.to_owned());
    let kind = read_kind(reader, &object);
    let choices = reader.expr(&object, "choices");
    let default = object.get("default");
    let value = default.map_or(serde_json::Value::Null, |default| default.json.to_value());
    if let (Some(default), Some(kind)) = (default, &kind)
        && !kind.accepts(&value)
        && !matches!(kind, FieldKind::Select(options) if options.is_empty())
    {
        reader.problem(default.at, format!("the default of `{id}` must be {}", kind.expected()), None);
    }
    reader.finish(&object, "a field");
    Some(Field { id: id.to_owned(), label, kind: kind?, default: value, choices })
}

fn read_kind(reader: &mut Reader, object: &Object<'_>) -> Option<FieldKind> {
    let options = read_options(reader, object);
    let [min, max] = ["min", "max"].map(|key| {
        let number = reader.number(object, key, (-1e9, 1e9));
        number.map(f64::from)
    });
    if !object.has("type") {
        reader.missing(object, "type");
    }
    let kinds = ["text", "number", "select", "player", "team", "color", "duration", "image"];
    let names = kinds.map(|name| (name, name));
    let kind = match reader.one_of(object, "type", &names)? {
        "text" => FieldKind::Text,
        "number" => FieldKind::Number { min, max },
        "select" => FieldKind::Select(options),
        "player" => FieldKind::Player,
        "team" => FieldKind::Team,
        "color" => FieldKind::Color,
        "duration" => FieldKind::Duration,
        _ => FieldKind::Image,
    };
    match &kind {
        FieldKind::Select(options) if options.is_empty() => reader.missing(object, "options"),
        FieldKind::Number { min: Some(min), max: Some(max) } if min > max => {
            let at = object.get("max").map_or(object.at, |value| value.at);
            reader.problem(at, format!("`max` is {max}, but `min` is {min}: no number fits"), None);
        }
        _ => {}
    }
    let only = [("min", "number"), ("max", "number"), ("options", "select")];
    for (key, of) in only.into_iter().filter(|(_, of)| *of != kind.name()) {
        if let Some(value) = object.get(key) {
            reader.problem(value.at, format!("only a field of the type `{of}` has `{key}`"), None);
        }
    }
    Some(kind)
}

fn read_options(reader: &mut Reader, object: &Object<'_>) -> Vec<String> {
    let Some(list) = object.get("options") else { return Vec::new() };
    let mut options = Vec::new();
    for option in reader.list(list, "options") {
        match &option.json {
            Json::String(text) => options.push(text.clone()),
            _ => reader.wrong_kind(option, "options", "a text"),
        }
    }
    options
}
