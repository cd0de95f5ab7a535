//! What the vendors' pages leave open stands in one table, `fixtures/assumptions.toml`; this holds the table to its word.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sideline::config;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    assumption: Vec<Assumption>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assumption {
    open: String,
    assumed: String,
    /// A feed's kind, or a table of the show file.
    feed: String,
    setting: Option<String>,
    default: Option<String>,
    other: Option<String>,
    tolerated: Option<String>,
    #[serde(default)]
    tests: Vec<String>,
    #[serde(default)]
    cases: Vec<String>,
    contact: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn table() -> Vec<Assumption> {
    let text = fs::read_to_string(root().join("fixtures/assumptions.toml")).unwrap();
    toml::from_str::<Table>(&text).unwrap().assumption
}

/// A show with one table in which stands `line`: a feed of that kind, or a team.
fn show(of: &str, line: &str) -> String {
    let given = |key: &str, value: &str| {
        let is_there = line.split('=').next().is_some_and(|said| said.trim() == key);
        if is_there { String::new() } else { format!("{key} = {value}\n") }
    };
    let websocket = given("websocket", "\"wss://live.example/?token={token}\"");
    let tables = match of {
        "shottracker" => format!("[[feed]]\nid = \"f\"\nkind = \"{of}\"\n{websocket}{line}\n"),
        of if of.contains("push") => format!("[[feed]]\nid = \"f\"\nkind = \"{of}\"\n{line}\n"),
        table => format!("[{table}]\n{line}\n"),
    };
    format!("[show]\nname = \"x\"\n{tables}")
}

fn read(of: &str, line: &str) -> Result<String, String> {
    let text = show(of, line);
    match config::parse(Path::new("show.toml"), &text) {
        Ok(show) => Ok(format!("{:?} {:?}", show.feeds, show.teams)),
        Err(problems) => Err(format!("{text}\n{problems}")),
    }
}

fn check_setting(assumption: &Assumption, key: &str) -> Result<(), String> {
    let Assumption { feed, default, other, .. } = assumption;
    let absent = read(feed, "")?;
    let default = default.as_deref().ok_or("has no default")?;
    if !default.is_empty() && read(feed, &format!("{key} = {default}"))? != absent {
        return Err(format!("`{key}` = {default} is not what it is without it"));
    }
    let other = other.as_deref().ok_or("has no other value")?;
    if read(feed, &format!("{key} = {other}"))? == absent {
        return Err(format!("`{key}` = {other} changes nothing"));
    }
    Ok(())
}

fn sources(folder: &Path, found: &mut String) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push_str(&fs::read_to_string(entry).unwrap());
        }
    }
}

/// Names of the tests of this repository.
fn tests() -> BTreeSet<String> {
    let mut text = String::new();
    ["src", "tests"].iter().for_each(|folder| sources(&root().join(folder), &mut text));
    let after = text.split("#[test]").chain(text.split("#[tokio::test")).skip(1);
    let name = |rest: &str| Some(rest.split_once("fn ")?.1.split_once('(')?.0.to_owned());
    after.filter_map(name).collect()
}

#[test]
fn every_assumption_has_a_setting_with_its_default_tests_that_exist_and_a_line_for_first_contact() {
    let page = fs::read_to_string(root().join("docs/feeds.md")).unwrap();
    let tests = tests();
    let mut wrong = Vec::new();
    for assumption in table() {
        let Assumption { open, assumed, setting, tolerated, tests: named, cases, contact, .. } = &assumption;
        let mut say = |what: String| wrong.push(format!("{open}: {what}"));
        match (setting, tolerated) {
            (Some(key), None) => check_setting(&assumption, key).unwrap_or_else(&mut say),
            (None, Some(reason)) if reason.len() > 8 => {}
            _ => say("needs a `setting` or why every form is `tolerated`, and one only".to_owned()),
        }
        if assumed.is_empty() || named.is_empty() && cases.is_empty() {
            say("needs what is assumed and what tests it".to_owned());
        }
        named.iter().filter(|name| !tests.contains(*name)).for_each(|name| say(format!("there is no test `{name}`")));
        let is_case = |case: &&String| root().join("fixtures/feeds").join(case).join("expected.json").exists();
        cases.iter().filter(|case| !is_case(case)).for_each(|case| say(format!("there is no case `{case}`")));
        if !page.contains(&format!("- [ ] {contact}\n")) {
            say(format!("docs/feeds.md has no line `- [ ] {contact}`"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    eprintln!("{} assumptions", table().len());
}

#[test]
fn the_checklist_has_no_line_that_no_assumption_is_behind() {
    let page = fs::read_to_string(root().join("docs/feeds.md")).unwrap();
    let known: BTreeSet<String> = table().into_iter().map(|assumption| assumption.contact).collect();
    let lines = page.lines().filter_map(|line| line.strip_prefix("- [ ] "));
    let unknown: Vec<&str> = lines.filter(|line| !known.contains(*line)).collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// The keys of a table of the show file, by the sentence that refuses an unknown one.
fn keys(of: &str) -> Vec<String> {
    let refusal = read(of, "zzzzzzzzzzzz = 1").unwrap_err();
    let list = refusal.split_once("known here: ").unwrap_or_else(|| panic!("{refusal}")).1;
    let list = list.lines().next().unwrap();
    let mut keys: Vec<String> = list.split(", ").map(str::to_owned).collect();
    keys.sort();
    keys
}

#[test]
fn the_page_on_feeds_has_every_setting_of_the_show_file_that_concerns_them() {
    let page = fs::read_to_string(root().join("docs/feeds.md")).unwrap();
    let mut missing = Vec::new();
    for of in ["shottracker", "nba-push-events", "nhl-push-clock", "teams.home", "ranks"] {
        let keys = keys(of);
        assert!(keys.len() > 5, "{of}: {keys:?}");
        missing.extend(keys.into_iter().filter(|key| !page.contains(&format!("`{key}`"))).map(|key| (of, key)));
    }
    for kind in sideline::ids::FeedKind::ALL {
        assert!(page.contains(&format!("`{kind}`")), "{kind}");
    }
    assert!(missing.is_empty(), "docs/feeds.md does not say what these are: {missing:?}");
}

#[test]
fn a_setting_that_does_not_exist_or_has_another_default_is_found_out() {
    let assumption = |default: &str, other: &str| Assumption {
        open: String::new(),
        assumed: String::new(),
        feed: "shottracker".to_owned(),
        setting: None,
        default: Some(default.to_owned()),
        other: Some(other.to_owned()),
        tolerated: None,
        tests: Vec::new(),
        cases: Vec::new(),
        contact: String::new(),
    };
    assert!(check_setting(&assumption("20", "10"), "ping_after_s").is_ok());
    for (default, other, key) in
        [("20", "10", "pings_after"), ("19", "10", "ping_after_s"), ("20", "20", "ping_after_s")]
    {
        assert!(check_setting(&assumption(default, other), key).is_err(), "{default} {other} {key}");
    }
}
