//! Every field of the vendors' pages has a place in the game, steers something, or stands with its reason.
//!
//! `fixtures/fields/<page>.toml` has the names that a page lists (`listed`) and an entry for each: `at`, a path of the
//! snapshot (`plays[].kind`); `used`, what the field steers without being shown; or `unused`, why not. A path counts only if
//! some case of `fixtures/feeds` shows a value there: a place that nothing ever reaches is none. `docs/fields.md` is written
//! from these files; `SIDELINE_WRITE_DOCS=1` writes it anew, and that run fails.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::feeds;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    page: String,
    listed: Vec<String>,
    field: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    at: Option<String>,
    used: Option<String>,
    unused: Option<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<Page> {
    let folder = root().join("fixtures/fields");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: &PathBuf| {
        toml::from_str(&fs::read_to_string(file).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    files.iter().map(read).collect()
}

/// Paths below `value` that lead to something other than null.
fn reached(value: &Value, here: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Null => return,
        Value::Array(items) => items.iter().for_each(|item| reached(item, &format!("{here}[]"), found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            let path = if here.is_empty() { key.clone() } else { format!("{here}.{key}") };
            reached(value, &path, found);
        }),
        _ => {}
    }
    found.insert(here.to_owned());
}

#[test]
fn every_listed_field_is_accounted_for_once_and_every_place_is_reached_by_a_case() {
    let mut places = BTreeSet::new();
    for snapshot in feeds::all_snapshots() {
        reached(&snapshot, "", &mut places);
    }
    let (mut wrong, mut shown, mut used, mut unused) = (Vec::new(), 0, 0, 0);
    for page in pages() {
        let listed: BTreeSet<&str> = page.listed.iter().map(String::as_str).collect();
        let entered: BTreeSet<&str> = page.field.iter().map(|field| field.name.as_str()).collect();
        wrong.extend(listed.difference(&entered).map(|name| format!("{}: `{name}` is not accounted for", page.page)));
        wrong.extend(entered.difference(&listed).map(|name| format!("{}: `{name}` is not listed", page.page)));
        if entered.len() != page.field.len() || listed.len() != page.listed.len() {
            wrong.push(format!("{}: a name stands twice", page.page));
        }
        for Field { name, at, used: steers, unused: reason } in &page.field {
            match (at, steers, reason) {
                (Some(at), None, None) if places.contains(at) => shown += 1,
                (Some(at), None, None) => wrong.push(format!("{}: no case shows `{name}` at `{at}`", page.page)),
                (None, Some(reason), None) if reason.len() > 8 => used += 1,
                (None, None, Some(reason)) if reason.len() > 8 => unused += 1,
                _ => wrong.push(format!("{}: `{name}` needs `at`, `used` or `unused`, and one only", page.page)),
            }
        }
    }
    assert_eq!(pages().len(), 5);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // Past the capture of test output: whoever runs the suite sees the count.
    writeln!(
        io::stderr(),
        "{} fields of five pages: {} used ({shown} of them shown), {unused} unused with reason",
        shown + used + unused,
        shown + used
    )
    .unwrap();
}

#[test]
fn the_page_of_fields_is_the_one_written_from_the_tables() {
    let mut text = String::from(
        "# Fields of the vendors' pages\n\n\
         Written from `fixtures/fields/` by `tests/it/fields.rs`. A path is a place of the game's snapshot, as templates and\n\
         `sideline inspect` name it; *italics* say what a field steers, and plain words why it is not used.\n",
    );
    for page in pages() {
        write!(text, "\n## {}\n\n| field | place |\n|---|---|\n", page.page).unwrap();
        for Field { name, at, used, unused } in &page.field {
            let place = match (at, used, unused) {
                (Some(at), ..) => format!("`{at}`"),
                (None, Some(steers), _) => format!("*{steers}*"),
                (None, None, reason) => reason.clone().unwrap_or_default(),
            };
            writeln!(text, "| `{name}` | {place} |").unwrap();
        }
    }
    let file = root().join("docs/fields.md");
    if std::env::var_os("SIDELINE_WRITE_DOCS").is_some() {
        fs::create_dir_all(root().join("docs")).unwrap();
        fs::write(&file, text).unwrap();
        panic!("written anew; look at it, and run again without SIDELINE_WRITE_DOCS");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == text, "docs/fields.md is not what the tables say; write it with SIDELINE_WRITE_DOCS=1");
}

#[test]
fn a_place_that_holds_nothing_is_not_reached() {
    let mut found = BTreeSet::new();
    reached(&serde_json::json!({"a": {"b": null, "c": [{"d": 0}], "e": []}}), "", &mut found);
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["", "a", "a.c", "a.c[]", "a.c[].d", "a.e"]);
}
