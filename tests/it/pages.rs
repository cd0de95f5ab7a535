//! The tutorial of docs/templates.md and the recipes of docs/recipes.md: what they quote is what is tested.
//!
//! A step of the tutorial, or a recipe, is a folder (docs/tutorial/<step>, docs/recipes/<name>) with a whole template, a
//! `case.toml` and the expected pictures, as `golden` compares and blesses them. Its case may have `fields`, the frames at
//! which the operator continues (`steps`), and the part of the canvas that the picture shows (`crop`: x, y, width, height).
//! On the page a block "jsonc step 03" or "jsonc recipe ticker" must stand, line for line, in that folder's template, and
//! "text wrong 05" must be what is said of `wrong.json` there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sideline::command::{Command, Fields};
use sideline::draw_list::Size;
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::render::Renderer;
use sideline::template::Template;
use sideline::time::FrameIndex;

use crate::golden::{self, Case};
use crate::nodes::{LAYER, Show};
use crate::{draw, template_page};

const TUTORIAL: &str = "templates.md";
const RECIPES: &str = "recipes.md";

const STEPS: usize = 15;

fn folders(of: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(of);
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> &str {
    folder.file_name().and_then(|name| name.to_str()).unwrap()
}

/// The case of a folder, its canvas being that of the picture; the canvas that is drawn, and where in it the picture lies.
fn case(folder: &Path) -> (Case, Size, [usize; 4]) {
    let mut case = golden::read(folder);
    case.name = format!("{}-{}", name(folder.parent().unwrap()), case.name);
    let canvas = case.size();
    let crop = case.more.get("crop").map_or([0, 0, canvas.width as usize, canvas.height as usize], |crop| {
        let sides: Vec<usize> =
            crop.as_array().unwrap().iter().map(|side| side.as_integer().unwrap() as usize).collect();
        sides.try_into().expect("x, y, width, height")
    });
    case.canvas = [crop[2] as u32, crop[3] as u32];
    (case, canvas, crop)
}

/// Problems of a folder's template against its pictures.
fn problems(folder: &Path) -> Vec<String> {
    const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
    let (case, canvas, [left, top, width, height]) = case(folder);
    let known = ["fields", "steps", "crop"];
    assert!(case.more.keys().all(|key| known.contains(&key.as_str())), "{}: unknown keys", case.name);
    let fields: Fields = case.more.get("fields").map_or_else(Fields::new, |fields| {
        let values = fields.as_table().unwrap().iter();
        values.map(|(id, value)| (id.clone(), serde_json::to_value(value).unwrap())).collect()
    });
    let steps = case.more.get("steps").and_then(|steps| steps.as_array()).cloned().unwrap_or_default();
    let file = folder.join("template.json");
    let text = fs::read_to_string(&file).unwrap();
    let mut show = Show::with_fields(&file, &text, canvas, fields);
    let mut renderer = Renderer::new(draw::gpu(), canvas, &[STRAIGHT]).unwrap();
    let mut next = 0;
    golden::compare(&case, |wanted| {
        let mut list = None;
        while next <= wanted {
            if steps.iter().any(|step| step.as_integer() == Some(next as i64)) {
                show.apply(next, &Command::Continue { layer: LAYER, to: None, by: None, cut: false });
            }
            list = Some(show.draw(next));
            next += 1;
        }
        let frame = renderer.render(FrameIndex(wanted), list.expect("frames go forwards"), &mut show.fonts).unwrap();
        let whole = frame.picture(STRAIGHT).unwrap().to_bytes();
        let rows = whole.chunks_exact(canvas.width as usize * 4).skip(top).take(height);
        rows.flat_map(|row| &row[left * 4..(left + width) * 4]).copied().collect()
    })
}

#[test]
fn every_step_of_the_tutorial_looks_like_its_picture() {
    let folders = folders("tutorial");
    let names: Vec<&str> = folders.iter().map(|folder| name(folder)).collect();
    assert_eq!(names, (1..=STEPS).map(|step| format!("{step:02}")).collect::<Vec<_>>());
    let problems: Vec<String> = folders.iter().flat_map(|folder| problems(folder)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_recipe_looks_like_its_picture() {
    let problems: Vec<String> = folders("recipes").iter().flat_map(|folder| problems(folder)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Whether some lines stand next to each other in a text, however far in.
fn holds(text: &str, quoted: &str) -> bool {
    let lines = |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
    let (all, quoted) = (lines(text), lines(quoted));
    all.windows(quoted.len()).any(|part| *part == quoted)
}

/// Compares what a page quotes with the folders; the names of those that it quotes.
fn quoted(page: &str, of: &str, word: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(of);
    let mut names = BTreeSet::new();
    for (kind, line, text) in template_page::blocks(&template_page::read(page)) {
        if let Some(name) = kind.strip_prefix(&format!("jsonc {word} ")) {
            let file = root.join(name).join("template.json");
            let template = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(holds(&template, &text), "line {line}: this does not stand in {}", file.display());
            names.insert(name.to_owned());
        }
    }
    names
}

/// Every picture of the folders is shown on the page, and nothing else.
fn pictures_are_shown(page: &str, of: &str) {
    let page = template_page::read(page);
    let shown: BTreeSet<&str> = page
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| link.ends_with(".png"))
        .collect();
    let shown: BTreeSet<String> = shown.into_iter().filter(|link| link.starts_with(of)).map(str::to_owned).collect();
    let mut expected = BTreeSet::new();
    for folder in folders(of) {
        for frame in case(&folder).0.frames {
            expected.insert(format!("{of}/{}/expected-{frame}.png", name(&folder)));
        }
    }
    assert_eq!(shown, expected);
}

#[test]
fn the_tutorial_quotes_every_step_as_it_is_tested() {
    let names = quoted(TUTORIAL, "tutorial", "step");
    assert_eq!(names.len(), STEPS, "{names:?}");
    pictures_are_shown(TUTORIAL, "tutorial");
}

#[test]
fn every_recipe_is_quoted_whole_as_it_is_tested() {
    let names = quoted(RECIPES, "recipes", "recipe");
    let folders = folders("recipes");
    assert!(folders.len() >= 10, "a page of recipes");
    assert_eq!(names, folders.iter().map(|folder| name(folder).to_owned()).collect());
    pictures_are_shown(RECIPES, "recipes");
}

#[test]
fn what_the_tutorial_says_of_a_mistake_is_what_is_said() {
    let mut count = 0;
    for (kind, line, text) in template_page::blocks(&template_page::read(TUTORIAL)) {
        let Some(step) = kind.strip_prefix("text wrong ") else { continue };
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial").join(step).join("wrong.json");
        let wrong = fs::read_to_string(&file).unwrap();
        let shown = Path::new("templates/my-lower-third/template.json");
        let problems = Template::parse("my-lower-third".into(), shown, &wrong).expect_err("a mistake");
        let said: String = problems.iter().map(|problem| format!("{problem}\n")).collect();
        assert_eq!(said, text, "line {line}");
        count += 1;
    }
    assert!(count > 0, "the tutorial makes no mistake");
}
