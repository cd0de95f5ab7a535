//! docs/template-reference.md is written from schemas/template.schema.json; `SIDELINE_WRITE_DOCS=1` writes it anew, and that
//! run fails. Whatever the schema has a title for gets a section, and every key of it a line with what it is for.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sideline::template::SCHEMA;

/// Sections in the order in which a designer meets them; the others follow by their titles.
const FIRST: [&str; 3] = ["template", "package", "field"];

fn name_of(reference: &Value) -> &str {
    reference.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a definition")
}

/// The heading of a definition, and the link to it.
fn title(definition: &Value) -> String {
    let title = definition["title"].as_str().unwrap_or_default();
    title.trim_start_matches("a ").trim_start_matches("an ").to_owned()
}

fn link(definition: &Value) -> String {
    let title = title(definition);
    format!("[{title}](#{})", title.replace(' ', "-"))
}

struct Reference {
    schema: Value,
}

impl Reference {
    fn definition(&self, name: &str) -> &Value {
        &self.schema["$defs"][name]
    }

    /// What a value may be, in words.
    fn kind(&self, value: &Value) -> String {
        if let Some(reference) = value.get("$ref") {
            return match name_of(reference) {
                // Said once, at the top of the page: it may stand for any plain value.
                "theme_value" => String::new(),
                "expression" => "expression".to_owned(),
                "number" => "number or expression".to_owned(),
                "extent" | "size" => "number, percentage or expression".to_owned(),
                "defaults" => "object of values".to_owned(),
                "share" => "0 to 1, or expression".to_owned(),
                "color" => "colour".to_owned(),
                "length" => "time".to_owned(),
                "easing" => "easing".to_owned(),
                "corners" => "radius, or four of them".to_owned(),
                "node" | "nodes" => if name_of(reference) == "node" { "node" } else { "list of nodes" }.to_owned(),
                name => {
                    let definition = self.definition(name);
                    if definition.get("title").is_some() { link(definition) } else { self.kind(definition) }
                }
            };
        }
        if let Some(choices) = value["anyOf"].as_array().or(value["oneOf"].as_array()) {
            let mut kinds: Vec<String> = Vec::new();
            for kind in choices.iter().map(|choice| self.kind(choice)).filter(|kind| !kind.is_empty()) {
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            return kinds.join(" or ");
        }
        if let Some(words) = value["enum"].as_array() {
            return words
                .iter()
                .map(|word| format!("`{}`", word.as_str().unwrap_or_default()))
                .collect::<Vec<_>>()
                .join(", ");
        }
        if let Some(only) = value.get("const") {
            return format!("`{only}`").replace('"', "");
        }
        match value["type"].as_str() {
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("number" | "integer") => match (value["minimum"].as_f64(), value["maximum"].as_f64()) {
                (Some(low), Some(high)) => format!("{low} to {high}"),
                (Some(low), None) => format!("number from {low}"),
                _ => "number".to_owned(),
            },
            Some("string") => "text".to_owned(),
            Some("array") => match value.get("items") {
                Some(items) => format!("list of {}", self.kind(items)),
                None => "list".to_owned(),
            },
            Some("object") => match value.get("additionalProperties").filter(|more| more.is_object()) {
                Some(more) => format!("by name: {}", self.kind(more)),
                None => "object".to_owned(),
            },
            _ => "anything".to_owned(),
        }
    }

    /// The keys of a definition with what it builds on: key, schema, whether it is needed.
    fn keys<'a>(&'a self, definition: &'a Value) -> Vec<(&'a str, &'a Value, bool)> {
        let needed: Vec<&str> =
            definition["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let own = definition["properties"].as_object().into_iter().flatten();
        own.map(|(key, value)| (key.as_str(), value, needed.contains(&key.as_str()))).collect()
    }

    fn section(&self, text: &mut String, definition: &Value) {
        writeln!(text, "\n## {}\n", title(definition)).unwrap();
        if let Some(description) = definition["description"].as_str() {
            writeln!(text, "{description}\n").unwrap();
        }
        for base in definition["allOf"].as_array().into_iter().flatten().filter_map(|part| part.get("$ref")) {
            let base = self.definition(name_of(base));
            let link = if base.get("title").is_some() { link(base) } else { "[every node](#every-node)".to_owned() };
            writeln!(text, "And the keys of {link}.\n").unwrap();
        }
        self.table(text, definition);
    }

    fn table(&self, text: &mut String, definition: &Value) {
        text.push_str("| key | value | meaning |\n|---|---|---|\n");
        for (key, value, is_needed) in self.keys(definition) {
            let meaning = self.meaning(value).unwrap_or_default();
            let needed = if is_needed { "**needed** " } else { "" };
            let kind = self.kind(value).replace('|', "\\|");
            writeln!(text, "| `{key}` | {kind} | {needed}{meaning} |").unwrap();
        }
    }

    /// What is said of a key: at its place, or else of what it refers to.
    fn meaning<'a>(&'a self, value: &'a Value) -> Option<&'a str> {
        let own = value["description"].as_str();
        own.or_else(|| self.definition(name_of(value.get("$ref")?))["description"].as_str())
    }

    fn sections(&self) -> Vec<&Value> {
        let titled = self.schema["$defs"].as_object().expect("definitions");
        let mut rest: Vec<&Value> = Vec::new();
        for (name, definition) in titled.iter().filter(|(_, definition)| definition.get("title").is_some()) {
            if !FIRST.contains(&name.as_str()) {
                rest.push(definition);
            }
        }
        FIRST.iter().map(|name| self.definition(name)).chain(rest).collect()
    }
}

fn reference() -> Reference {
    Reference { schema: serde_json::from_str(SCHEMA).expect("the schema is JSON") }
}

#[test]
fn the_reference_is_the_one_written_from_the_schema() {
    let reference = reference();
    let mut text = String::from(
        "# Template reference\n\n\
         Written from `schemas/template.schema.json` (`sideline schema`) by `tests/it/reference.rs`: every object of a template, with\n\
         its keys. [templates.md](templates.md) explains them, [recipes.md](recipes.md) has examples. Wherever a plain value stands, an\n\
         expression that reads nothing but the theme may stand as well: `\"{{ theme.radius }}\"`. A text may hold expressions. A\n\
         colour is `#rgb`, `#rrggbb`, `#rrggbbaa` or an expression; a time is `\"400ms\"`, `\"0.4s\"` or `\"12f\"` (frames); a percentage is\n\
         one of what the node is in, `\"50%\"`.\n",
    );
    text.push_str("\n## every node\n\nWhat all nodes may have, whatever their `type`.\n\n");
    reference.table(&mut text, reference.definition("any_node"));
    for definition in reference.sections() {
        reference.section(&mut text, definition);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/template-reference.md");
    if std::env::var_os("SIDELINE_WRITE_DOCS").is_some() {
        fs::write(&file, text).unwrap();
        panic!("written anew; look at it, and run again without SIDELINE_WRITE_DOCS");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == text, "docs/template-reference.md is not what the schema says; SIDELINE_WRITE_DOCS=1 writes it");
}

#[test]
fn every_key_of_the_schema_says_what_it_is_for() {
    let reference = reference();
    let mut silent = BTreeSet::new();
    let all = reference.sections().into_iter().chain([reference.definition("any_node")]);
    for definition in all {
        for (key, value, _) in reference.keys(definition) {
            if reference.meaning(value).is_none_or(str::is_empty) && value.get("const").is_none() {
                silent.insert(format!("{}: {key}", title(definition)));
            }
        }
    }
    assert!(silent.is_empty(), "no description: {silent:#?}");
}
