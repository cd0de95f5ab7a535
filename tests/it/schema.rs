//! schemas/template.schema.json: every template that the program reads is valid by it, and it names the same keys.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sideline::template::{FILE_NAME, Package, Problem, SCHEMA, Template, plain_json};

use crate::template_page;

/// A key that resembles none.
const BOGUS: &str = "zzzzzzzzzzzzzzzzzzzzzzzz";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the schema is JSON")
}

/// What a validator says of a template.
fn said(validator: &jsonschema::Validator, template: &Value) -> Vec<String> {
    validator.iter_errors(template).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Every object of the schema that has a title, with a template in which such an object has a key too many.
fn objects() -> Vec<(String, String)> {
    let bogus = format!("\"{BOGUS}\": 0");
    let in_node = |kind: &str, key: &str| format!("{{\"nodes\": [{{\"type\": \"{kind}\", \"{key}\": {{{bogus}}}}}]}}");
    let in_motion = |text: &str| format!("{{\"nodes\": [], \"motion\": {{{}}}}}", text.replace("BOGUS", &bogus));
    let target = "\"node\": \"a\", \"length\": \"1s\"";
    let mut objects: Vec<(String, String)> = [
        ("layout", in_node("group", "layout")),
        ("glide", "{\"nodes\": [{\"type\": \"box\", \"transition\": {\"x\": {BOGUS}}}]}".replace("BOGUS", &bogus)),
        ("keyframe", format!("{{\"nodes\": [{{\"type\": \"box\", \"keyframes\": [{{{bogus}}}]}}]}}")),
        ("keyframes_object", in_node("box", "keyframes")),
        ("appear_movement", in_node("box", "appear")),
        ("vanish_movement", in_node("box", "vanish")),
        ("stroke", in_node("box", "border")),
        ("line", in_node("path", "stroke")),
        ("lookup", in_node("image", "lookup")),
        ("monogram", format!("{{\"nodes\": [{{\"type\": \"image\", \"lookup\": {{\"monogram\": {{{bogus}}}}}}}]}}")),
        ("shadow", in_node("box", "shadow")),
        ("gradient", in_node("box", "fill")),
        ("font_object", in_node("text", "font")),
        ("outline", in_node("text", "outline")),
        ("font_file", format!("{{\"nodes\": [], \"fonts\": {{\"a\": {{{bogus}}}}}}}")),
        ("fit", in_node("text", "fit")),
        ("rule_object", format!("{{\"nodes\": [{{\"type\": \"text\", \"fit\": {{\"rules\": [{{{bogus}}}]}}}}]}}")),
        ("on_change", in_node("text", "on_change")),
        ("flash", in_node("box", "flash")),
        ("hatch", in_node("zone", "hatch")),
        ("from", in_motion(&format!("\"in\": [{{{target}, \"from\": {{BOGUS}}}}]"))),
        ("to", in_motion(&format!("\"out\": [{{{target}, \"to\": {{BOGUS}}}}]"))),
        ("movement_in", in_motion("\"in\": [{BOGUS}]")),
        ("movement_out", in_motion("\"out\": [{BOGUS}]")),
        ("movement_loop", in_motion("\"loop\": [{BOGUS}]")),
        ("movement_keyframe", in_motion("\"in\": [{\"node\": \"a\", \"keyframes\": [{BOGUS}]}]")),
        ("movement_step", in_motion("\"steps\": [{\"movements\": [{BOGUS}]}]")),
        ("step", in_motion("\"steps\": [{BOGUS}]")),
        ("motion", in_motion("BOGUS")),
        ("field", format!("{{\"nodes\": [], \"fields\": {{\"a\": {{{bogus}}}}}}}")),
        ("component", format!("{{\"nodes\": [], \"components\": {{\"a\": {{{bogus}}}}}}}")),
        ("variant", format!("{{\"nodes\": [], \"variants\": {{\"1:1\": {{{bogus}}}}}}}")),
        ("variant", format!("{{\"nodes\": [], \"variants\": {{\"1:1\": {{{bogus}}}}}}}")),
        ("template", format!("{{{bogus}}}")),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    for kind in kinds_of_the_reader() {
        objects.push((format!("node_{kind}"), format!("{{\"nodes\": [{{\"type\": \"{kind}\", {bogus}}}]}}")));
    }
    objects
}

fn problems(text: &str) -> Vec<Problem> {
    Template::parse("t".into(), Path::new("t"), text).expect_err("a key that there is not")
}

fn kinds_of_the_reader() -> Vec<String> {
    let problems = problems("{\"nodes\": [{}]}");
    let kinds = problems[0].help.as_deref().and_then(|help| help.strip_prefix("one of: ")).expect("the kinds");
    kinds.split(", ").map(str::to_owned).collect()
}

/// The keys that the reader says there are.
fn keys_of_the_reader(problems: &[Problem]) -> BTreeSet<String> {
    let about = problems.iter().find(|problem| problem.message.contains(BOGUS)).expect("the bogus key is refused");
    let known = about.help.as_deref().and_then(|help| help.strip_prefix("there are: ")).expect("the known keys");
    known.split(", ").map(str::to_owned).collect()
}

/// The keys of one of the schema's objects, those of what it builds on included.
fn keys_of_the_schema(schema: &Value, object: &Value) -> BTreeSet<String> {
    let own = object["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone());
    let mut keys: BTreeSet<String> = own.collect();
    for part in object["allOf"].as_array().into_iter().flatten() {
        let name = part["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a definition");
        keys.extend(keys_of_the_schema(schema, &schema["$defs"][name]));
    }
    keys
}

#[test]
fn schema_and_reader_know_the_same_keys() {
    let schema = schema();
    for (name, text) in objects() {
        let object = &schema["$defs"][&name];
        assert!(object.is_object(), "the schema has no `{name}`");
        assert_eq!(keys_of_the_schema(&schema, object), keys_of_the_reader(&problems(&text)), "{name}");
    }
    let package = Package::parse(Path::new("p"), &format!("{{\"{BOGUS}\": 0}}")).expect("it is JSON");
    let problems =
        Template::parse_in(&package, "t".into(), Path::new("t"), "{\"nodes\": []}").expect_err("a bogus key");
    assert_eq!(keys_of_the_schema(&schema, &schema["$defs"]["package"]), keys_of_the_reader(&problems), "package");
}

#[test]
fn every_object_of_the_schema_is_compared() {
    let schema = schema();
    let compared: BTreeSet<String> =
        objects().into_iter().map(|(name, _)| name).chain(["package".to_owned()]).collect();
    let definitions = schema["$defs"].as_object().expect("definitions");
    let titled = definitions.iter().filter(|(_, definition)| definition.get("title").is_some());
    let titled: BTreeSet<String> = titled.map(|(name, _)| name.clone()).collect();
    assert_eq!(compared, titled);
    let kinds = &schema["$defs"]["node"]["properties"]["type"]["enum"];
    assert_eq!(*kinds, Value::from(kinds_of_the_reader()));
}

#[test]
fn bundled_templates_and_every_example_of_the_page_are_valid() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
    let folders = fs::read_dir(root().join("templates")).unwrap().map(|entry| entry.unwrap().path().join(FILE_NAME));
    let files: Vec<PathBuf> = folders.filter(|file| file.is_file()).collect();
    let pages = ["docs/tutorial", "docs/recipes"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let pages = pages.into_iter().flatten().map(|entry| entry.unwrap().path().join(FILE_NAME));
    let files: Vec<PathBuf> = files.into_iter().chain(pages).collect();
    assert!(files.len() >= 28);
    for file in files {
        let template = plain_json(&fs::read_to_string(&file).unwrap()).expect("it is JSON");
        assert_eq!(said(&validator, &template), [""; 0], "{}", file.display());
    }
    for (kind, line, text) in template_page::blocks(&template_page::read(template_page::PAGE)) {
        if !matches!(kind.as_str(), "jsonc" | "jsonc node") {
            continue;
        }
        let text = if kind == "jsonc node" { format!("{{\"nodes\": [{text}]}}") } else { text };
        let template = plain_json(&text).expect("it is JSON");
        assert_eq!(said(&validator, &template), [""; 0], "the example at line {line}");
    }
}

#[test]
fn the_schema_refuses_what_only_the_shape_tells() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
    let wrong = [
        "anchor-unknown",
        "box-misspelt-fill",
        "box-three-corners",
        "box-without-size",
        "canvas-three-numbers",
        "change-unknown-kind",
        "colour-too-short",
        "field-unknown-type",
        "fit-squeeze-too-far",
        "font-feature-of-three-letters",
        "gradient-one-stop",
        "let-is-a-number",
        "motion-length-without-unit",
        "motion-opacity-above-one",
        "motion-to-instead-of-from",
        "motion-unknown-easing",
        "node-unknown-type",
        "repeat-without-over",
        "text-unknown-align",
        "text-unknown-transform",
        "version-of-the-future",
    ];
    for name in wrong {
        let file = root().join(format!("fixtures/diagnostics/{name}.json"));
        let template = plain_json(&fs::read_to_string(&file).unwrap()).expect("it is JSON");
        assert!(!said(&validator, &template).is_empty(), "{name} is valid by the schema");
    }
}
