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

/// What is said of a template in a folder of its own, with these pictures in `logos`: copies, or links to a file elsewhere.
#[cfg(unix)]
fn said_beside(template: &str, pictures: &[(&str, bool)]) -> Vec<String> {
    let dot = folder().join("pictures/dot.png");
    let (outside, templates) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (secret, logos) = (outside.path().join("secret.png"), templates.path().join("bug/logos"));
    fs::create_dir_all(&logos).unwrap();
    fs::copy(&dot, &secret).unwrap();
    for (name, is_link) in pictures {
        if *is_link {
            std::os::unix::fs::symlink(&secret, logos.join(name)).unwrap();
        } else {
            fs::copy(&dot, logos.join(name)).unwrap();
        }
    }
    // Bytes that nobody writes take no room.
    fs::File::create(templates.path().join("bug/map.json")).unwrap().set_len(5 << 20).unwrap();
    let read = Template::parse("bug".into(), &templates.path().join("bug/template.json"), template);
    read.err().into_iter().flatten().map(|problem| problem.message).collect()
}

#[cfg(unix)]
#[test]
fn pictures_of_a_folder_do_not_lead_out_of_it() {
    let lookup = r#"{ "nodes": [{ "type": "image", "width": 9, "height": 9, "lookup": { "folder": "logos", "key": "{{ home.code }}" } }] }"#;
    let sprite = r#"{ "nodes": [{ "type": "sprite", "width": 9, "height": 9, "fps": 25, "folder": "logos" }] }"#;
    for template in [lookup, sprite] {
        assert_eq!(said_beside(template, &[("1.png", false), ("2.png", false)]), [""; 0]);
        let said = said_beside(template, &[("1.png", false), ("2.png", true)]);
        assert_eq!(said, ["`logos/2.png` leads out of the template's folder"]);
    }
}

#[cfg(unix)]
#[test]
fn a_map_that_is_far_too_large_is_not_read() {
    let template = r#"{ "nodes": [{ "type": "image", "width": 9, "height": 9, "lookup": { "map": "map.json", "key": "{{ home.code }}" } }] }"#;
    assert_eq!(said_beside(template, &[]), ["`map.json` cannot be read: it has 5 MiB, and may have 4"]);
}
