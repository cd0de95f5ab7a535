//! docs/templates.md: its examples are templates that load, and it names every kind of node.

use std::path::Path;

use sideline::template::Template;

/// A page of docs.
pub(crate) fn read(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

pub(crate) const PAGE: &str = "templates.md";

/// The fenced blocks: what stands after the fence, the line of their first line, their text.
pub(crate) fn blocks(page: &str) -> Vec<(String, usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, String)> = None;
    for (i, line) in page.lines().enumerate() {
        open = match (line.strip_prefix("```"), open) {
            (Some(_), Some(block)) => {
                blocks.push(block);
                None
            }
            (Some(kind), None) => Some((kind.to_owned(), i + 2, String::new())),
            (None, Some((kind, at, text))) => Some((kind, at, text + line + "\n")),
            (None, None) => None,
        };
    }
    assert!(open.is_none(), "a block of the page is never closed");
    blocks
}

#[test]
fn every_example_of_the_page_is_a_template_without_problems() {
    let blocks = blocks(&read(PAGE));
    assert!(blocks.len() >= 8, "the page has lost its examples");
    for (kind, line, text) in blocks {
        let template = match kind.as_str() {
            // `pages` compares those with the folders that they stand in.
            other if other.starts_with("jsonc step ") || other.starts_with("text wrong ") => continue,
            "jsonc" => text,
            "jsonc node" => format!("{{\"nodes\": [{text}]}}"),
            other => panic!("line {line}: a block of the kind `{other}` is checked by nobody"),
        };
        if let Err(problems) = Template::parse("page".into(), Path::new("docs/templates.md"), &template) {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("the example at line {line}:\n{}", told.join("\n"));
        }
    }
}

#[test]
fn the_page_has_an_example_of_every_kind_of_node() {
    let unknown = Template::parse("t".into(), Path::new("t"), "{\"nodes\": [{}]}").expect_err("no type");
    let kinds = unknown[0].help.as_deref().and_then(|help| help.strip_prefix("one of: ")).expect("the kinds");
    for kind in kinds.split(", ") {
        let example = format!("\"type\": \"{kind}\"");
        assert!(blocks(&read(PAGE)).iter().any(|(_, _, text)| text.contains(&example)), "no example of a {kind}");
    }
}
