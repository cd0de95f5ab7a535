//! Who may import whom: ARCHITECTURE.md's table, checked against the `use` lines and paths of every module.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// For each top-level module, the modules of ours that it may name. `app` may name all and is named by none but the
/// command line. Leaves stand on nothing but each other.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("time", &[]),
    ("draw_list", &["ids"]),
    ("frame", &["draw_list", "time"]),
    ("command", &["color", "ids", "time"]),
    ("status", &["ids", "problem", "time"]),
    ("assets", &["draw_list"]),
    ("color", &[]),
    ("problem", &[]),
    ("court", &[]),
    ("journal", &["command", "ids", "status", "time"]),
    ("game", &["color", "command", "ids", "status", "time"]),
    ("feed", &["game", "ids", "status", "time", "court", "color"]),
    ("ingest", &["feed", "game", "ids", "time"]),
    ("inspect", &["feed", "game", "ids", "ingest", "status", "time"]),
    ("text", &["draw_list"]),
    ("template", &["assets", "color", "command", "court", "draw_list", "game", "ids", "problem", "text", "time"]),
    (
        "scene",
        &["assets", "color", "command", "court", "draw_list", "game", "ids", "status", "template", "text", "time"],
    ),
    ("render", &["assets", "draw_list", "frame", "ids", "text", "time"]),
    ("output", &["draw_list", "frame", "ids", "status", "time"]),
    (
        "playout",
        &[
            "command",
            "draw_list",
            "frame",
            "game",
            "ids",
            "journal",
            "output",
            "problem",
            "render",
            "scene",
            "status",
            "template",
            "text",
            "time",
        ],
    ),
    ("window", &["command", "draw_list", "frame", "output", "status"]),
    ("venue", &["ids", "time"]),
    ("config", &["command", "court", "draw_list", "frame", "ids", "problem", "time"]),
];

/// Crates that only some modules may name.
const ONLY_UNDER: &[(&str, &[&str])] = &[
    ("wgpu", &["render", "window"]),
    ("winit", &["window"]),
    ("glyphon", &["render", "text"]),
    ("lyon", &["render"]),
    ("taffy", &["scene"]),
    ("resvg", &["assets"]),
    ("axum", &["venue"]),
    ("tokio_tungstenite", &["feed"]),
    ("reqwest", &["feed"]),
    ("minijinja", &["template", "scene"]),
    ("tokio", &["app", "feed", "venue"]),
    ("notify", &["app"]),
];

fn sources() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let mut modules: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(&root).expect("below src");
        let first = inside.iter().next().expect("a name").to_string_lossy().into_owned();
        let module = first.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).expect("reads");
        modules.entry(module).or_default().push((inside.to_owned(), text));
    }
    modules
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("reads").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            files.push(entry);
        }
    }
}

/// Code before the unit tests, without comments: tests may reach further than the code they test.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// The same by statement where one goes over several lines, with the number of its first line.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut statements: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (number, line) in code(text).enumerate() {
        match statements.last_mut().filter(|_| is_open) {
            Some((_, statement)) => statement.push_str(line),
            None => statements.push((number + 1, line.to_owned())),
        }
        let begins = line.split_whitespace().take(2).any(|word| word == "use");
        is_open = (is_open || begins) && !line.contains(';');
    }
    statements
}

/// The first names of paths that begin with `crate::`, grouped imports included.
fn named_modules(line: &str) -> Vec<&str> {
    line.match_indices("crate::")
        .flat_map(|(at, found)| {
            let rest = &line[at + found.len()..];
            let rest = rest.strip_prefix('{').map_or(rest, |group| group.split('}').next().unwrap_or_default());
            let grouped = line[at + found.len()..].starts_with('{');
            let names: Vec<&str> = if grouped { rest.split(',').collect() } else { vec![rest] };
            names.into_iter().map(|name| {
                let name = name.trim();
                let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
                &name[..end]
            })
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn every_module_imports_only_what_the_table_allows() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, files) in sources() {
        if matches!(module.as_str(), "app" | "lib" | "main" | "cli") {
            continue;
        }
        let Some(may) = allowed.get(module.as_str()) else {
            wrong.push(format!("src/{module}.rs has no row in the table of imports"));
            continue;
        };
        for (file, text) in &files {
            let is_root = file.components().count() == 1;
            for (number, statement) in statements(text) {
                let mut named = named_modules(&statement);
                // In a file at the root of the crate `super` is the crate itself.
                let above = statement.replace("super::", "crate::");
                let others = named_modules(&above).into_iter().filter(|name| is_root && allowed.contains_key(name));
                named.extend(others);
                for name in named.into_iter().filter(|name| *name != module && !may.contains(name)) {
                    wrong.push(format!("src/{}:{number}: `{module}` may not import `{name}`", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heavy_crates_stay_under_their_modules() {
    let mut wrong = Vec::new();
    for (module, files) in sources() {
        for (file, text) in &files {
            for (number, line) in code(text).enumerate() {
                for (heavy, under) in ONLY_UNDER {
                    let names = line.contains(&format!("{heavy}::")) || line.contains(&format!("use {heavy};"));
                    // `tokio_tungstenite::` also ends in a crate's name; compare whole words only.
                    let whole = line.match_indices(heavy).any(|(at, _)| {
                        !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                            && line[at + heavy.len()..].starts_with([':', ';'])
                    });
                    if names && whole && !under.contains(&module.as_str()) {
                        wrong.push(format!("src/{}:{}: `{heavy}` belongs under {under:?}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_groups_and_nested_paths() {
    assert_eq!(named_modules("use crate::game::{self, Rules};"), ["game"]);
    assert_eq!(named_modules("use crate::{ids::TeamId, time};"), ["ids", "time"]);
    let several = "use std::fmt;\nuse crate::{\n    ids::TeamId,\n    time,\n};\nfn f() {}";
    let found: Vec<(usize, String)> = statements(several);
    assert_eq!(named_modules(&found[1].1), ["ids", "time"]);
    assert_eq!((found[1].0, found[2].0, found.len()), (2, 6, 3));
    assert_eq!(named_modules("fn f(x: crate::time::Timestamp, y: crate::ids::Side)"), ["time", "ids"]);
}
