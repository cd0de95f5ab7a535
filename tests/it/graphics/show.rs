//! A built-in graphic on air in a test: a stage with it, a game that can be changed, and frames one after the other.
//!
//! In: a template, its fields, a sample game, and what happens. Out: draw lists, and the texts in them.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use sideline::command::Command;
use sideline::draw_list::{DrawList, Op, Size};
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::TemplateSet;
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

pub(super) const LAYER: LayerId = LayerId(1);
pub(crate) const HD: Size = Size::new(1920, 1080);
pub(crate) const SNAPSHOTS: [&str; 16] = [
    "blow-out",
    "empty",
    "final-4ot",
    "free-throw",
    "full",
    "halftime",
    "intermission",
    "long-names",
    "mid-game",
    "overtime",
    "power-play",
    "pre-game",
    "review",
    "tenths",
    "timeout",
    "tip-off",
];

/// The ids of all built-in graphics.
pub(super) fn graphics() -> Vec<String> {
    templates().iter().map(|template| template.id.to_string()).collect()
}

/// The templates in the folder, which are the built-in ones: an edit is tried without a build.
pub(crate) fn templates() -> Arc<TemplateSet> {
    // Read and checked once: hundreds of shows are drawn from them.
    static TEMPLATES: LazyLock<Arc<TemplateSet>> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        Arc::new(TemplateSet::load(&folder).unwrap_or_else(|problems| panic!("{problems:#?}")))
    });
    TEMPLATES.clone()
}

/// The same with these files beside them: a theme, pictures.
pub(crate) fn templates_with(files: &[(&str, &str)]) -> Arc<TemplateSet> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().unwrap();
    let place = |path: &str| {
        let to = copy.path().join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        to
    };
    for (path, _) in TemplateSet::builtin_files() {
        fs::copy(root.join("templates").join(&path), place(&path)).unwrap();
    }
    files.iter().for_each(|(path, text)| fs::write(place(path), text).unwrap());
    Arc::new(TemplateSet::load(copy.path()).unwrap_or_else(|problems| panic!("{problems:#?}")))
}

/// The same with the look of `examples/themes/daylight.json`.
pub(crate) fn daylight() -> Arc<TemplateSet> {
    static TEMPLATES: LazyLock<Arc<TemplateSet>> =
        LazyLock::new(|| templates_with(&[("theme.json", include_str!("../../../examples/themes/daylight.json"))]));
    TEMPLATES.clone()
}

/// A stage, a game and a frame counter.
pub(crate) struct Show {
    pub stage: Stage,
    pub fonts: Fonts,
    pub game: GameSnapshot,
    pub canvas: Size,
    pub next: u64,
}

pub(crate) fn snapshot(name: &str) -> GameSnapshot {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/snapshots/{name}.json"));
    serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// A game in which something is different.
pub(crate) fn changed(game: &GameSnapshot, change: &serde_json::Value) -> GameSnapshot {
    fn merge(under: &mut serde_json::Value, over: &serde_json::Value) {
        match (under, over) {
            (serde_json::Value::Object(under), serde_json::Value::Object(over)) => {
                over.iter().for_each(|(key, value)| merge(under.entry(key).or_insert(serde_json::Value::Null), value));
            }
            (under, over) => under.clone_from(over),
        }
    }
    let mut value = serde_json::to_value(game).unwrap();
    merge(&mut value, change);
    serde_json::from_value(value).unwrap_or_else(|cause| panic!("{change} does not make a snapshot: {cause}"))
}

impl Show {
    pub fn new(game: &str, canvas: Size) -> Show {
        Show::of(templates(), game, canvas)
    }

    pub fn of(templates: Arc<TemplateSet>, game: &str, canvas: Size) -> Show {
        Show { stage: Stage::new(templates), fonts: Fonts::bundled(), game: snapshot(game), canvas, next: 0 }
    }

    /// With a graphic taken at frame 0.
    pub fn with(graphic: &str, fields: serde_json::Value, game: &str, canvas: Size) -> Show {
        Show::new(game, canvas).taken(graphic, fields)
    }

    /// With a graphic of these templates taken at frame 0.
    pub fn with_templates(templates: Arc<TemplateSet>, graphic: &str, game: &str, canvas: Size) -> Show {
        Show::of(templates, game, canvas).taken(graphic, serde_json::json!({}))
    }

    pub(super) fn taken(mut self, graphic: &str, fields: serde_json::Value) -> Show {
        self.take(graphic, fields);
        self
    }

    pub fn take(&mut self, graphic: &str, fields: serde_json::Value) {
        let serde_json::Value::Object(fields) = fields else { panic!("fields are an object") };
        self.apply(&Command::Cue { layer: LAYER, template: graphic.into(), fields });
        self.apply(&Command::Take { layer: LAYER, cut: false });
    }

    pub fn go_on(&mut self) {
        self.apply(&Command::Continue { layer: LAYER, to: None, by: None, cut: false });
    }

    pub fn apply(&mut self, command: &Command) {
        let done = self.stage.apply(FrameIndex(self.next), command).unwrap_or_else(|refused| panic!("{refused}"));
        assert_eq!(done.frame, FrameIndex(self.next));
    }

    pub(super) fn out(&mut self) {
        self.apply(&Command::Out { layer: LAYER, cut: false });
    }

    /// Draws every frame up to this one.
    pub fn run_to(&mut self, frame: u64) -> DrawList {
        let mut list = None;
        while self.next <= frame {
            list = Some(self.draw());
        }
        list.expect("frames are drawn forwards")
    }

    pub fn draw(&mut self) -> DrawList {
        let frame = FrameIndex(self.next);
        self.next += 1;
        self.stage.draw(frame, FrameRate::FPS_59_94, self.canvas, &self.game, &mut self.fonts)
    }
}

pub(crate) fn texts(list: &DrawList) -> Vec<String> {
    let text = |op: &Op| match op {
        Op::Text(shape) => Some(shape.run.text.clone()),
        _ => None,
    };
    list.items.iter().filter_map(|item| text(&item.op)).collect()
}

pub(super) fn lines(list: &DrawList, node: &str) -> Vec<String> {
    list.to_string().lines().map(str::trim).filter(|line| line.contains(node)).map(str::to_owned).collect()
}
