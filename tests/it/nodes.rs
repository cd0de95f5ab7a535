//! Kinds of nodes as templates write them: each case of `golden` with a `template.json` of its own, frame by frame.
//!
//! A case with `nodes = true` has a template beside its case.toml, which may show pictures of ../shared. It is taken at
//! frame 0, continues at the frames `steps`, and goes out at the frame `out` and is taken again at `again`, where these
//! are given. The game is the built-in sample; `changes` change it: each has a frame, `at`, and what is different from
//! then on.

use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Op, Size};
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::LayerId;
use sideline::render::Renderer;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

use crate::{draw, golden};

pub(crate) const LAYER: LayerId = LayerId(1);
const RATE: FrameRate = FrameRate::FPS_50;

/// A template on a stage of its own.
pub(crate) struct Show {
    stage: Stage,
    pub(crate) fonts: Fonts,
    canvas: Size,
    game: GameSnapshot,
}

impl Show {
    fn new(file: &Path, text: &str, canvas: Size) -> Show {
        Show::with_fields(file, text, canvas, Fields::new())
    }

    pub(crate) fn with_fields(file: &Path, text: &str, canvas: Size, fields: Fields) -> Show {
        let template = Template::parse("t".into(), file, text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let mut set = TemplateSet::default();
        set.insert(template);
        let mut show =
            Show { stage: Stage::new(Arc::new(set)), fonts: Fonts::bundled(), canvas, game: sample().clone() };
        show.apply(0, &Command::Cue { layer: LAYER, template: "t".into(), fields });
        show.apply(0, &Command::Take { layer: LAYER, cut: false });
        show
    }

    pub(crate) fn apply(&mut self, frame: u64, command: &Command) {
        self.stage.apply(FrameIndex(frame), command).unwrap_or_else(|refused| panic!("{refused}"));
    }

    pub(crate) fn draw(&mut self, frame: u64) -> DrawList {
        self.stage.draw(FrameIndex(frame), RATE, self.canvas, &self.game, &mut self.fonts)
    }
}

impl Show {
    /// What a case has happen at a frame.
    fn happen(&mut self, case: &golden::Case, frame: u64) {
        let is_now = |value: &toml::Value| value.as_integer().expect("a frame") as u64 == frame;
        let list =
            |name: &str| key(case, name).map(|list| list.as_array().expect("a list").as_slice()).unwrap_or_default();
        for change in list("changes").iter().filter(|change| is_now(&change["at"])) {
            let change = serde_json::to_value(&change["game"]).expect("it is data");
            let mut game = serde_json::to_value(&self.game).expect("a snapshot is JSON");
            merge(&mut game, &change);
            self.game = serde_json::from_value(game).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        }
        if list("steps").iter().any(is_now) {
            self.apply(frame, &Command::Continue { layer: LAYER, to: None, by: None, cut: false });
        }
        if key(case, "out").is_some_and(is_now) {
            self.apply(frame, &Command::Out { layer: LAYER, cut: false });
        }
        if key(case, "again").is_some_and(is_now) {
            self.apply(frame, &Command::Toggle { layer: LAYER, template: "t".into(), fields: Fields::new() });
        }
    }
}

/// Objects are merged, everything else is replaced; a text of "null" takes a value away.
fn merge(old: &mut serde_json::Value, new: &serde_json::Value) {
    match (old, new) {
        (serde_json::Value::Object(old), serde_json::Value::Object(new)) => {
            for (key, value) in new {
                merge(old.entry(key.clone()).or_insert(serde_json::Value::Null), value);
            }
        }
        (old, new) => *old = if new == "null" { serde_json::Value::Null } else { new.clone() },
    }
}

fn key<'a>(case: &'a golden::Case, name: &str) -> Option<&'a toml::Value> {
    case.more.get(name)
}

#[test]
fn nodes_look_as_expected() {
    const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
    let mut problems = Vec::new();
    for case in golden::cases().iter().filter(|case| key(case, "nodes").is_some()) {
        let known = ["nodes", "out", "again", "steps", "changes"];
        let unknown: Vec<_> = case.more.keys().filter(|key| !known.contains(&key.as_str())).collect();
        assert!(unknown.is_empty(), "{}: unknown keys {unknown:?}", case.name);
        let file = case.folder.join("template.json");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut show = Show::new(&file, &text, case.size());
        let mut renderer = Renderer::new(draw::gpu(), case.size(), &[STRAIGHT]).unwrap();
        let mut next = 0;
        problems.extend(golden::compare(case, |wanted| {
            let mut list = None;
            while next <= wanted {
                show.happen(case, next);
                list = Some(show.draw(next));
                next += 1;
            }
            let list = list.expect("frames are drawn forwards");
            let frame = renderer.render(FrameIndex(wanted), list, &mut show.fonts).unwrap();
            frame.picture(STRAIGHT).unwrap().to_bytes()
        }));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// A template on a small canvas, in the folder of the shared pictures.
fn nodes(nodes: &str, more: &str) -> Show {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/visual/cases/node_image/inline.json");
    let text = format!("{{\"canvas\": [200, 100], \"nodes\": [{nodes}]{more}}}");
    Show::new(&file, &text, Size::new(200, 100))
}

/// Addresses of the pictures that a list shows.
fn pictures(list: &DrawList) -> Vec<usize> {
    let picture = |op: &Op| match op {
        Op::Image(shape) => Some(Arc::as_ptr(&shape.picture) as usize),
        _ => None,
    };
    list.items.iter().filter_map(|item| picture(&item.op)).collect()
}

const BALL: &str = r#"{ "type": "sprite", "folder": "../shared/ball", "fps": 25, "width": 96, "height": 56 "#;

#[test]
fn a_sprite_shows_each_picture_as_long_as_its_rate_says_and_ends_on_the_last() {
    let mut show = nodes(&format!("{BALL} }}"), "");
    let shown: Vec<usize> = (0..24).map(|frame| pictures(&show.draw(frame))[0]).collect();
    // 8 pictures at 25 a second on 50 frames a second: two frames each.
    let lengths: Vec<usize> = shown.chunk_by(|a, b| a == b).map(<[usize]>::len).collect();
    assert_eq!(lengths, [2, 2, 2, 2, 2, 2, 2, 10]);
}

#[test]
fn a_looped_sprite_begins_again_and_skipped_frames_change_nothing() {
    let looped = || nodes(&format!("{BALL}, \"loop\": true }}"), "");
    let (mut all, mut some) = (looped(), looped());
    let shown: Vec<usize> = (0..64).map(|frame| pictures(&all.draw(frame))[0]).collect();
    assert_eq!(shown[..16], shown[16..32]);
    for frame in [0, 3, 17, 40, 63] {
        assert_eq!(pictures(&some.draw(frame))[0], shown[frame as usize], "frame {frame}");
    }
}

#[test]
fn a_sprite_begins_when_its_node_appears() {
    let node = format!("{BALL}, \"when\": \"{{{{ fields.on }}}}\" }}");
    let mut show = nodes(&node, ", \"fields\": { \"on\": { \"type\": \"number\", \"default\": 0 } }");
    assert!(pictures(&show.draw(0)).is_empty() && pictures(&show.draw(30)).is_empty());
    let on = |n: u8| Command::Update { layer: LAYER, fields: [("on".to_owned(), n.into())].into_iter().collect() };
    show.apply(31, &on(1));
    let first = pictures(&show.draw(31));
    assert_eq!(pictures(&show.draw(32)), first);
    assert_ne!(pictures(&show.draw(33)), first);
    show.apply(34, &on(0));
    assert!(pictures(&show.draw(34)).is_empty());
    show.apply(40, &on(1));
    assert_eq!(pictures(&show.draw(40)), first, "from its beginning");
}

#[test]
fn all_pictures_of_a_cued_sprite_are_made_ready() {
    let mut show = nodes(&format!("{BALL} }}"), "");
    show.apply(1, &Command::Cue { layer: LAYER, template: "t".into(), fields: Fields::new() });
    let cued = show.stage.draw_cued(LAYER, RATE, show.canvas, sample(), &mut show.fonts).expect("it is cued");
    assert_eq!(pictures(&cued).len(), 8);
    assert_eq!(pictures(&show.draw(1)).len(), 1, "on air there is one at a time");
}

#[test]
fn an_image_at_rest_is_the_same_picture_in_every_frame() {
    let mut show =
        nodes(r#"{ "type": "image", "src": "../shared/photo.jpg", "width": 60, "height": 60, "fit": "cover" }"#, "");
    let first = show.draw(0);
    assert_eq!(first.items.len(), 3, "a clip around what overhangs: {first}");
    assert_eq!(show.draw(1), first);
}

#[test]
fn templates_that_show_the_same_file_share_its_pixels() {
    let mut shown = Vec::new();
    let mut shows = Vec::new();
    for x in [0, 50] {
        let image = r#""type": "image", "src": "../shared/crest.svg", "width": 40, "height": 48"#;
        let mut show = nodes(&format!("{{ {image}, \"x\": {x} }}"), "");
        shown.extend(pictures(&show.draw(0)));
        shows.push(show);
    }
    assert_eq!(shown[0], shown[1]);
}

/// What a lookup by these keys shows: the number of its pictures, and its letters.
#[track_caller]
fn found(lookup: &str) -> (usize, Vec<String>) {
    let node = format!("{{ \"type\": \"image\", \"width\": 40, \"height\": 40, \"lookup\": {{ {lookup} }} }}");
    let list = nodes(&node, "").draw(0);
    let text = |op: &Op| match op {
        Op::Text(shape) => Some(shape.run.text.clone()),
        _ => None,
    };
    (pictures(&list).len(), list.items.iter().filter_map(|item| text(&item.op)).collect())
}

#[test]
fn a_picture_is_found_by_any_of_its_keys_however_they_are_written() {
    let from = |keys: &str| format!("\"folder\": \"../shared/logos\", \"key\": {keys}");
    assert_eq!(found(&from("\"BKN\"")), (1, vec![]));
    assert_eq!(found(&from("[\"{{ home.players[99].code | default('?') }}\", \" Gsw. \"]")), (1, vec![]));
    assert_eq!(found(&from("[\"SEA\", \"Sonics\"]")), (0, vec![]));
}

#[test]
fn what_is_not_found_has_its_default_or_its_monogram() {
    let from = |more: &str| format!("\"folder\": \"../shared/logos\", \"key\": \"Sonics\", {more}");
    assert_eq!(found(&from("\"default\": \"../shared/crest.svg\"")), (1, vec![]));
    let monogram = |text: &str| from(&format!("\"monogram\": {{ \"text\": \"{text}\", \"color\": \"#00653a\" }}"));
    assert_eq!(found(&monogram("Seattle Super Sonics")), (0, vec!["SSS".to_owned()]));
    assert_eq!(found(&monogram("{{ none }}")), (0, vec![]), "what nobody knows has no letters");
}

#[test]
fn a_map_names_pictures_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("t");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("logos.json"), "// ids of two vendors\n{ \"583ec-1\": \"a.svg\", \"BKN\": \"a.svg\", }")
        .unwrap();
    std::fs::write(
        home.join("a.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'><path d='M0 0h2v2z'/></svg>",
    )
    .unwrap();
    let text =
        r#"{"nodes": [{ "type": "image", "width": 9, "height": 9, "lookup": { "map": "logos.json", "key": "bkn" } }]}"#;
    let list = Show::new(&home.join("template.json"), text, Size::new(192, 108)).draw(0);
    assert_eq!(pictures(&list).len(), 1);
}

/// Points of the line that a list draws.
fn line_length(list: &DrawList) -> usize {
    let segments = |op: &Op| match op {
        Op::Path(shape) => Some(shape.path.segments.len()),
        _ => None,
    };
    list.items.iter().filter_map(|item| segments(&item.op)).sum()
}

#[test]
fn a_line_draws_itself_on_and_is_erased_from_its_beginning() {
    let line =
        r##"{ "type": "path", "id": "line", "d": "M10 50 h100 v40", "stroke": { "width": 4, "color": "#fff" } }"##;
    let motion = r#", "motion": { "in": [{ "node": "line", "from": { "trim_end": 0 }, "length": "20f", "ease": "linear" }],
        "out": [{ "node": "line", "to": { "trim_start": 1 }, "length": "20f", "ease": "linear" }] }"#;
    let mut show = nodes(line, motion);
    let right = |list: &DrawList| {
        list.items.iter().filter_map(|item| item.op.bounds()).fold(0.0, |far, bounds| bounds.right().max(far))
    };
    assert_eq!(line_length(&show.draw(0)), 0, "nothing of it yet");
    // Half of 140 px, and half of the stroke and the edge beyond.
    assert_eq!(right(&show.draw(10)), 10.0 + 70.0 + 3.0);
    assert_eq!(line_length(&show.draw(20)), 3);
    show.apply(30, &Command::Out { layer: LAYER, cut: false });
    let list = show.draw(40);
    assert_eq!((line_length(&list), right(&list)), (3, 113.0), "the second half is left: {list}");
}
