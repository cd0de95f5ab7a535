//! Reads templates: folders with a `template.json` that designers own.
//!
//! In: the text of `templates/<name>/template.json`. Out: a [`Template`], whose properties are values or expressions over
//! the game, or every [`Problem`] in it with line, column and what to do.
//! Runs wherever templates are loaded, never on a frame; what a frame needs (evaluation, timelines) is handed to `scene`.
//! Never draws, and never lets an unknown key, name or colour pass: templates are strict, feeds are not.

pub(crate) mod animate;
pub(crate) mod bind;
mod budget;
mod builtins;
mod catalog;
pub(crate) mod check;
pub(crate) mod color;
mod components;
mod courts;
mod defaults;
mod depth;
pub(crate) mod expr;
mod fields;
mod filters;
mod folder;
mod fonts;
mod foreign;
mod forms;
mod json;
pub(crate) mod layout;
pub(crate) mod lazy;
mod lines;
pub(crate) mod lookup;
pub(crate) mod model;
pub(crate) mod motion;
pub(crate) mod nodes;
mod package;
mod pictures;
mod problem;
mod props;
mod reader;
mod serialize;
mod shots;
pub(crate) mod svg_path;
mod syntax;
pub(crate) mod texts;
pub(crate) mod timeline;
pub(crate) mod values;
pub(crate) mod variants;
mod watched;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use catalog::{Binding, bindings};
pub use check::sample;
pub use fields::{Choice, Field, FieldKind};
pub(crate) use folder::SHARED as SHARED_FOLDER_NAME;
pub(crate) use folder::read_text;
pub use package::{PACKAGE_FILE_NAME, Package, THEME_FILE_NAME};
pub use problem::{Place, Problem};

use crate::command::{Fields, Step};
use crate::draw_list::Rect;
use crate::ids::TemplateId;
use bind::Local;
use expr::Expr;
use json::{Json, Spanned};
use model::Node;
use nodes::Names;
use reader::{Object, Reader};
use timeline::Motion;
use variants::Variant;

/// The version of the format: it grows only when an older template would mean something else, or nothing. New keys and
/// node types do not count; removed and renamed ones do.
pub const VERSION: u32 = 1;

/// The file that makes a folder a template.
pub const FILE_NAME: &str = "template.json";

/// Where the templates that are part of the program say that they lie: nowhere, so that they look the same wherever the
/// program is started.
const BUILTIN_FOLDER: &str = "<built-in>";

/// What the templates that are part of the program share.
const BUILTIN_PACKAGE: &str = include_str!("../templates/package.json");

/// The templates that are part of the program.
const BUILTIN: &[(&str, &str)] = &[
    ("box-score", include_str!("../templates/box-score/template.json")),
    ("comparison", include_str!("../templates/comparison/template.json")),
    ("free-throws", include_str!("../templates/free-throws/template.json")),
    ("hockey-bug", include_str!("../templates/hockey-bug/template.json")),
    ("last-play", include_str!("../templates/last-play/template.json")),
    ("leaders", include_str!("../templates/leaders/template.json")),
    ("line-score", include_str!("../templates/line-score/template.json")),
    ("lineups", include_str!("../templates/lineups/template.json")),
    ("live-court", include_str!("../templates/live-court/template.json")),
    ("lower-third", include_str!("../templates/lower-third/template.json")),
    ("lower-third-team", include_str!("../templates/lower-third-team/template.json")),
    ("lower-third-text", include_str!("../templates/lower-third-text/template.json")),
    ("lower-third-versus", include_str!("../templates/lower-third-versus/template.json")),
    ("on-fire", include_str!("../templates/on-fire/template.json")),
    ("possession-types", include_str!("../templates/possession-types/template.json")),
    ("rink", include_str!("../templates/rink/template.json")),
    ("schedule", include_str!("../templates/schedule/template.json")),
    ("score-bug", include_str!("../templates/score-bug/template.json")),
    ("score-bug-corner", include_str!("../templates/score-bug-corner/template.json")),
    ("shot-chart", include_str!("../templates/shot-chart/template.json")),
    ("shot-map", include_str!("../templates/shot-map/template.json")),
    ("starting-five", include_str!("../templates/starting-five/template.json")),
    ("ticker", include_str!("../templates/ticker/template.json")),
    ("zone-leaders", include_str!("../templates/zone-leaders/template.json")),
];

/// A template, ready to be put on a layer.
#[derive(Debug)]
pub struct Template {
    /// What shows and operators call it: the name of its folder.
    pub id: TemplateId,
    /// For people: "Score bug".
    pub name: String,
    /// For those who choose it; empty when the designer wrote none.
    pub description: String,
    /// What an operator can set, in the designer's order.
    pub fields: Vec<Field>,
    /// Size of the canvas that positions refer to.
    pub(crate) canvas: [f32; 2],
    /// Which edge stays where it is on a canvas of another shape.
    pub(crate) anchor: Anchor,
    /// What it covers of its canvas at rest; a narrower canvas shows this as wide as its safe area allows.
    pub(crate) extent: Option<Rect>,
    /// What expressions call the theme.
    pub(crate) theme: Local,
    pub(crate) lets: Vec<(Arc<str>, Arc<Expr>)>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) motion: Motion,
    /// What its nodes read, sorted.
    pub(crate) reads: Vec<values::Source>,
    /// The same for canvases of other shapes.
    pub(crate) variants: Vec<Variant>,
}

/// On a canvas of another shape the template keeps its proportions and this edge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Anchor {
    Top,
    #[default]
    Center,
    Bottom,
}

impl Template {
    /// Reads one template that stands alone; all its problems when there are any.
    pub fn parse(id: TemplateId, file: &Path, text: &str) -> Result<Template, Vec<Problem>> {
        Self::parse_in(&Package::default(), id, file, text)
    }

    /// Reads one template of a package.
    pub fn parse_in(package: &Package, id: TemplateId, file: &Path, text: &str) -> Result<Template, Vec<Problem>> {
        let mut reader = Reader::new(file, text);
        let mut root = match json::parse(text) {
            Ok(root) => root,
            Err(bad) => {
                reader.problem(bad.at, bad.message, None);
                return Err(reader.problems);
            }
        };
        let written = variants::take(&mut reader, &mut root);
        let mut template = read_template(&mut reader, package, id.clone(), root);
        for variants::Written { name, aspect, root } in written {
            let variant = read_template(&mut reader, package, id.clone(), root);
            let (Some(template), Some(variant)) = (&mut template, variant) else { continue };
            if template.steps() != variant.steps() {
                let message = format!(
                    "the steps of `{}` are {}, and those of the template {}",
                    name.name,
                    variant.step_names(),
                    template.step_names()
                );
                reader.problem(name.at, message, "an operator takes the same steps on every canvas".to_owned());
            }
            template.variants.push(Variant { aspect, template: Arc::new(variant) });
        }
        match template {
            Some(template) if reader.problems.is_empty() => Ok(template),
            _ => {
                // Its own first, then those of the files that it names.
                let place =
                    |problem: &Problem| (problem.file != file, problem.file.clone(), problem.line, problem.column);
                reader.problems.sort_by_cached_key(place);
                Err(reader.problems)
            }
        }
    }

    /// Field values before the operator set any.
    pub fn defaults(&self) -> Fields {
        self.fields.iter().map(|field| (field.id.clone(), field.default.clone())).collect()
    }

    /// The paths that a node reads by itself ("home.score"), by its id; none for a node that there is not. What a component
    /// is given, and what `let` has a name for, are the paths behind it.
    pub fn paths_of(&self, node: &str) -> Vec<String> {
        /// The node, and those that it is in, outermost first.
        fn find<'a>(nodes: &'a [Node], id: &str) -> Option<Vec<&'a Node>> {
            nodes.iter().find_map(|node| {
                let inner = if *node.id == *id { Vec::new() } else { find(&node.children, id)? };
                Some(std::iter::once(node).chain(inner).collect())
            })
        }
        if let Some(found) = find(&self.nodes, node) {
            return check::paths(&found, &self.lets);
        }
        self.variants
            .iter()
            .map(|variant| variant.template.paths_of(node))
            .find(|paths| !paths.is_empty())
            .unwrap_or_default()
    }

    /// What a canvas of this shape shows: the template, or the variant whose shape is nearest.
    pub(crate) fn for_canvas(template: &Arc<Template>, width: f32, height: f32) -> Arc<Template> {
        // Twice as wide is as far off as half as wide.
        let off = |aspect: f32| (width / height / aspect).ln().abs();
        let mut best = (off(template.canvas[0] / template.canvas[1]), template);
        for variant in &template.variants {
            if off(variant.aspect) < best.0 {
                best = (off(variant.aspect), &variant.template);
            }
        }
        best.1.clone()
    }

    /// How many steps an operator can take after the graphic has come in.
    pub fn steps(&self) -> usize {
        self.motion.steps.len()
    }

    /// The place of a step; `None` when there is none of that number or name.
    pub fn step(&self, step: &Step) -> Option<usize> {
        match step {
            Step::Number(number) => usize::try_from(*number).ok().filter(|number| *number <= self.steps()),
            Step::Name(name) => {
                let at = self.motion.steps.iter().position(|step| step.name.as_deref() == Some(name));
                at.map(|at| at + 1)
            }
        }
    }

    /// The steps, for messages: "0, 1 (detail), 2".
    pub fn step_names(&self) -> String {
        let named = self.motion.steps.iter().enumerate().map(|(i, step)| match &step.name {
            Some(name) => format!("{} ({name})", i + 1),
            None => (i + 1).to_string(),
        });
        std::iter::once("0".to_owned()).chain(named).collect::<Vec<_>>().join(", ")
    }

    /// The field of this id; `None` when the template has none of it.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}

/// The JSON of a template or package without its comments, for programs that know the schema only. `None` when it is not
/// JSON.
pub fn plain_json(text: &str) -> Option<serde_json::Value> {
    json::parse(text).ok().map(|root| root.json.to_value())
}

/// The JSON Schema of templates: what an editor completes and checks by.
pub const SCHEMA: &str = include_str!("../schemas/template.schema.json");

fn read_template(reader: &mut Reader, package: &Package, id: TemplateId, mut root: Spanned) -> Option<Template> {
    let mut names = Names::default();
    let theme = package::read_shared(reader, package, &mut root, &mut names);
    let object = reader.object(&root, "template")?;
    // For editors, which find the schema by it, and for a program that meets a later format.
    reader.string(&object, "$schema");
    read_version(reader, &object);
    object.get("theme");
    let name = reader.string(&object, "name").map(|(text, _)| text.to_owned());
    let description = reader.string(&object, "description").map(|(text, _)| text.to_owned());
    let canvas = read_canvas(reader, &object);
    let anchors = [("top", Anchor::Top), ("center", Anchor::Center), ("bottom", Anchor::Bottom)];
    let anchor = reader.one_of(&object, "anchor", &anchors).unwrap_or_default();
    let extent = object.get("extent").and_then(|value| read_extent(reader, value, canvas));
    reader.locals = vec![check::FIELDS.into(), theme.name.clone(), check::STEP.into()];
    let fields = object.get("fields").map(|value| fields::read_fields(reader, value)).unwrap_or_default();
    let lets = object.get("let").map(|value| read_lets(reader, value)).unwrap_or_default();
    let locals = reader.locals.len();
    if let Some(value) = object.get("fonts") {
        fonts::read_fonts(reader, value, &mut names);
    }
    if let Some(value) = object.get("styles") {
        texts::read_styles(reader, value, &mut names);
    }
    if let Some(value) = object.get("components") {
        components::read_definitions(reader, value, &mut names.components);
    }
    let unused = components::try_all(reader, &names);
    let mut nodes = match object.get("nodes") {
        Some(value) => nodes::read_nodes(reader, value, &mut names),
        None => {
            reader.missing(&object, "nodes");
            Vec::new()
        }
    };
    let motion = match object.get("motion") {
        Some(value) => timeline::read_motion(reader, value, &names),
        None => Motion::default(),
    };
    // They have been taken out.
    object.get("variants");
    object.get("comment");
    reader.finish(&object, "a template");
    check::check(reader, &fields, &theme, &lets, &nodes, &unused);
    depth::check(reader, &nodes, &motion, &names);
    check::note_dependencies(&mut nodes, locals, &motion);
    let name = name.unwrap_or_else(|| id.to_string());
    Some(Template {
        id,
        name,
        description: description.unwrap_or_default(),
        fields,
        canvas,
        anchor,
        extent,
        theme,
        lets,
        reads: check::reads(&nodes),
        nodes,
        motion,
        variants: Vec::new(),
    })
}

fn read_canvas(reader: &mut Reader, object: &Object<'_>) -> [f32; 2] {
    const USUAL: [f32; 2] = [1920.0, 1080.0];
    let Some(value) = object.get("canvas") else { return USUAL };
    let [width, height] = reader.list(value, "canvas") else {
        reader.problem(value.at, "`canvas` is a width and a height: [1920, 1080]", None);
        return USUAL;
    };
    let [width, height] = [width, height].map(|side| reader.number_in(side, "canvas", (16.0, 16_384.0)));
    [width.unwrap_or(USUAL[0]), height.unwrap_or(USUAL[1])]
}

fn read_extent(reader: &mut Reader, value: &Spanned, canvas: [f32; 2]) -> Option<Rect> {
    let limits = [canvas[0], canvas[1], canvas[0], canvas[1]];
    let items = reader.list(value, "extent");
    let sides: Vec<f32> =
        items.iter().zip(limits).filter_map(|(side, most)| reader.number_in(side, "extent", (0.0, most))).collect();
    match sides[..] {
        [x, y, width, height] if items.len() == 4 && width >= 1.0 && height >= 1.0 => {
            Some(Rect::new(x, y, width, height))
        }
        // A side that is no number of the canvas has been reported by itself.
        _ if items.len() == 4 && sides.len() < 4 => None,
        _ => {
            let message = "`extent` is where the graphic stands on its canvas: [x, y, width, height]";
            reader.problem(value.at, message, None);
            None
        }
    }
}

/// `version`: of the format. A template says which one it was written for; a later one than the program knows is refused
/// as a whole, because what it means is not known.
fn read_version(reader: &mut Reader, object: &Object<'_>) {
    let Some(value) = object.get("version") else { return };
    match value.json {
        Json::Number(n) if n == f64::from(VERSION) => {}
        Json::Number(n) if n.fract() == 0.0 && n >= 1.0 => {
            let message =
                format!("the template is written in version {n} of the format, and this program knows {VERSION}");
            reader.problem(value.at, message, "update the program".to_owned());
        }
        Json::Number(_) => {
            reader.problem(value.at, format!("`version` is a whole number; the newest is {VERSION}"), None)
        }
        _ => reader.wrong_kind(value, "version", "a number"),
    }
}

fn read_lets(reader: &mut Reader, value: &Spanned) -> Vec<(Arc<str>, Arc<Expr>)> {
    let Some(object) = reader.object(value, "let") else { return Vec::new() };
    let mut lets = Vec::new();
    for (key, value) in object.entries() {
        let Json::String(text) = &value.json else {
            reader.wrong_kind(value, &key.name, "an expression");
            continue;
        };
        reader.refuse_hidden_name(key);
        if let Some(expr) = reader.expr_text(text, value.at, &key.name) {
            let name: Arc<str> = key.name.as_str().into();
            reader.locals.push(name.clone());
            lets.push((name, expr));
        }
    }
    lets
}

/// All templates that an operator can choose from.
#[derive(Clone, Debug, Default)]
pub struct TemplateSet {
    templates: BTreeMap<TemplateId, Arc<Template>>,
}

impl TemplateSet {
    /// The templates that are part of the program.
    pub fn builtin() -> Result<TemplateSet, Vec<Problem>> {
        let texts = BUILTIN.iter().map(|(id, text)| {
            let file = PathBuf::from(BUILTIN_FOLDER).join(id).join(FILE_NAME);
            (TemplateId::from(*id), file, (*text).to_owned())
        });
        let package = Package::parse(&PathBuf::from(BUILTIN_FOLDER).join(PACKAGE_FILE_NAME), BUILTIN_PACKAGE)?;
        Self::parse(&package, texts)
    }

    /// Every folder of `dir` that has a `template.json`, read with the folder's package; a folder's name is its template's
    /// id. All problems of all templates when there are any, in the order of ids.
    pub fn load(dir: &Path) -> Result<TemplateSet, Vec<Problem>> {
        let unreadable =
            |path: &Path, error: std::io::Error| vec![Problem::of_file(path, format!("cannot be read: {error}"))];
        let package = Package::load(dir)?;
        let entries = std::fs::read_dir(dir).map_err(|error| unreadable(dir, error))?;
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        let mut texts = Vec::new();
        let mut problems = Vec::new();
        for folder in folders {
            let file = folder.join(FILE_NAME);
            // A hidden folder is another program's.
            let id = folder.file_name().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.'));
            let Some(id) = id.filter(|_| file.is_file()) else { continue };
            match read_text(&file) {
                Ok(text) => texts.push((TemplateId::from(id), file, text)),
                Err(error) => problems.extend(unreadable(&file, error)),
            }
        }
        match (Self::parse(&package, texts), problems.is_empty()) {
            (Ok(set), true) => Ok(set),
            (Ok(_), false) => Err(problems),
            (Err(more), _) => Err(problems.into_iter().chain(more).collect()),
        }
    }

    fn parse(
        package: &Package,
        texts: impl IntoIterator<Item = (TemplateId, PathBuf, String)>,
    ) -> Result<TemplateSet, Vec<Problem>> {
        let mut templates = BTreeMap::new();
        let mut problems: Vec<Problem> = Vec::new();
        for (id, file, text) in texts {
            match Template::parse_in(package, id.clone(), &file, &text) {
                Ok(template) => {
                    templates.insert(id, Arc::new(template));
                }
                // What is wrong with the package is found by every template of it.
                Err(more) => more.into_iter().for_each(|problem| {
                    if !problems.contains(&problem) {
                        problems.push(problem);
                    }
                }),
            }
        }
        if problems.is_empty() { Ok(TemplateSet { templates }) } else { Err(problems) }
    }

    /// The template of this id; `None` when it is not among these.
    pub fn get(&self, id: &TemplateId) -> Option<&Arc<Template>> {
        self.templates.get(id)
    }

    /// In the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Template>> {
        self.templates.values()
    }

    /// Their ids, for messages: "lower-third, score-bug".
    pub fn names(&self) -> String {
        self.templates.keys().map(TemplateId::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The files of the templates that are part of the program, by their paths in their folder.
    pub fn builtin_files() -> impl Iterator<Item = (String, &'static str)> {
        let templates = BUILTIN.iter().map(|(id, text)| (format!("{id}/{FILE_NAME}"), *text));
        std::iter::once((PACKAGE_FILE_NAME.to_owned(), BUILTIN_PACKAGE)).chain(templates)
    }

    /// Has this template in place of the one of the same id.
    pub fn keep(&mut self, template: Arc<Template>) {
        self.templates.insert(template.id.clone(), template);
    }

    /// Adds a template, or replaces the one of the same id.
    pub fn insert(&mut self, template: Template) {
        self.templates.insert(template.id.clone(), Arc::new(template));
    }
}
