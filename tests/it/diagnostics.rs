//! Wrong templates and the exact words that are said of them: fixtures/diagnostics/<name>.json with <name>.txt.
//!
//! To add one: write the template, run `SIDELINE_BLESS=1 cargo test --test it diagnostics` (which writes the text and
//! fails), read the text as its designer would, run again without it.

use std::fs;
use std::path::{Path, PathBuf};

use sideline::template::Template;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/diagnostics")
}

/// Names of the files with this ending, sorted.
fn names(ending: &str) -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let with_ending = entries.filter(|path| path.extension().is_some_and(|found| found == ending));
    let mut names: Vec<String> =
        with_ending.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What is said of one template, its files named from the folder on.
fn said(name: &str) -> String {
    let file = folder().join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap();
    let Err(mut problems) = Template::parse(name.into(), &file, &text) else { return String::new() };
    for problem in &mut problems {
        problem.file = problem.file.strip_prefix(folder()).unwrap().to_owned();
    }
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

#[test]
fn every_wrong_template_is_answered_word_for_word() {
    let mut wrong = Vec::new();
    for name in names("json") {
        let (actual, file) = (said(&name), folder().join(format!("{name}.txt")));
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if actual.is_empty() {
            wrong.push(format!("{name}: nothing is said of it, so it does not belong here"));
        } else if actual != expected && std::env::var_os("SIDELINE_BLESS").is_some_and(|value| value == "1") {
            fs::write(&file, &actual).unwrap();
            wrong.push(format!("{name}: blessed; read it, then run again without blessing"));
        } else if actual != expected {
            wrong.push(format!("{name}: said\n{actual}instead of\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_wrong_templates_and_each_text_has_one() {
    let (templates, texts) = (names("json"), names("txt"));
    assert!(templates.len() >= 60, "{}", templates.len());
    assert_eq!(templates, texts);
}
