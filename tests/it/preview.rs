//! A designer's walk: a template's folder is saved right and wrong, as editors save, and each time the preview shows it.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sideline::app::{Act, Preview, Previewing};
use sideline::command::{Command as Order, Fields};
use sideline::draw_list::{Point, Size};
use sideline::frame::{Frame, Need};
use sideline::ids::LayerId;
use sideline::render::Renderer;
use sideline::scene::Stage;
use sideline::template::{self, Template, TemplateSet};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

use crate::draw;
use crate::journal::Running;
use crate::window::Display;

/// Reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

const CANVAS: Size = Size::new(320, 180);
const RATE: FrameRate = FrameRate::FPS_50;

/// Half of the time line: everything has come in, and nothing goes out yet.
const AT_REST: FrameIndex = FrameIndex(200);

const FIRST: &str = r##"{
  "canvas": [320, 180],
  "nodes": [
    { "type": "box", "id": "plate", "x": 20, "y": 120, "width": 200, "height": 40, "fill": "#1d428a" },
    { "type": "text", "id": "score", "x": 30, "y": 140, "color": "#fff", "text": "{{ home.score }}",
      "font": { "family": "Barlow Condensed", "size": 30 } },
  ],
  "motion": { "in": [{ "node": "plate", "from": { "x": -300 }, "length": "400ms" }] },
}"##;

/// What is changed in the last good text, and what a wrong one is told with.
const EDITS: [(&str, &str, Option<&str>); 10] = [
    ("#1d428a", "#c8102e", None),
    ("\"width\": 200", "\"width\": 260", None),
    ("\"fill\": \"#c8102e\"", "\"fil\": \"#c8102e\"", Some("did you mean `fill`?")),
    ("home.score", "home.scroe", Some("did you mean `score`?")),
    ("home.score", "away.score", None),
    ("\"nodes\": [", "\"nodes\": ", Some("template.json:")),
    ("\"size\": 30", "\"size\": 24, \"weight\": 800", None),
    ("#c8102e", "#c8102", Some("is not a colour")),
    ("\"x\": 30", "\"x\": 60", None),
    ("\"length\": \"400ms\"", "\"length\": \"200ms\"", None),
];

/// Saves as editors do: written beside, then renamed over.
fn save(folder: &Path, text: &str) {
    let beside = folder.join(".template.json.new");
    std::fs::write(&beside, text).expect("writes");
    std::fs::rename(&beside, folder.join("template.json")).expect("renames");
}

fn open(folder: &Path) -> Preview {
    std::fs::create_dir_all(folder).expect("makes it");
    save(folder, FIRST);
    let template = folder.display().to_string();
    let what = Previewing { template, size: CANVAS, rate: RATE, fields: Fields::new(), behind: None, behind_at_s: 0.0 };
    Preview::open(what).expect("a right template")
}

/// The rows of a preview's frame from `top` to the end of the picture.
fn rows(frame: &Arc<Frame>, top: u32) -> Vec<u8> {
    let bytes = frame.picture(Need::NATIVE).expect("drawn for the window").to_bytes();
    let row = 4 * CANVAS.width as usize;
    bytes[top as usize * row..CANVAS.height as usize * row].to_vec()
}

/// The same template drawn by itself at the same frame.
fn expected(text: &str) -> Vec<u8> {
    let mut set = TemplateSet::default();
    set.insert(Template::parse("bug".into(), Path::new("template.json"), text).expect("right"));
    let (mut stage, mut fonts) = (Stage::new(Arc::new(set)), Fonts::bundled());
    let layer = LayerId(1);
    let cue = Order::Cue { layer, template: "bug".into(), fields: Fields::new() };
    for order in [cue, Order::Take { layer, cut: false }] {
        stage.apply(FrameIndex(0), &order).expect("taken");
    }
    let mut renderer = Renderer::new(draw::gpu(), CANVAS, &[Need::NATIVE]).expect("draws");
    let mut list = |frame| stage.draw(frame, RATE, CANVAS, template::sample(), &mut fonts);
    list(FrameIndex(0));
    let at_rest = list(AT_REST);
    rows(&renderer.render(AT_REST, at_rest, &mut fonts).expect("draws"), 0)
}

#[test]
fn ten_saves_right_and_wrong_are_each_seen_on_the_preview() {
    let folder = tempfile::tempdir().expect("a folder");
    let bug = folder.path().join("bug");
    let mut preview = open(&bug);
    preview.act(Act::Scrub(0.5));
    let mut shown = preview.frame().expect("draws").expect("a first frame");
    let mut good = FIRST.to_owned();
    assert!(rows(&shown, 0) == expected(&good), "before the first save");
    for (number, (from, to, wrong)) in EDITS.into_iter().enumerate() {
        let edited = good.replacen(from, to, 1);
        assert_ne!(edited, good, "edit {number} changes something");
        let saved_at = Instant::now();
        save(&bug, &edited);
        assert!(preview.wait_for_save(PATIENCE), "edit {number} is noticed");
        let frame = preview.frame().expect("draws").expect("a frame for the save");
        eprintln!("edit {number}: {:.1} ms from save to frame", saved_at.elapsed().as_secs_f64() * 1000.0);
        match wrong {
            None => {
                assert_eq!(preview.problems(), [], "edit {number}");
                assert!(rows(&frame, 0) == expected(&edited), "edit {number} is not what its template looks like");
                assert!(rows(&frame, 0) != rows(&shown, 0) || number == 9, "edit {number} changes the picture");
                good = edited;
                shown = frame;
            }
            Some(told) => {
                let problems = preview.problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
                assert!(problems.contains(told), "edit {number}: {problems}");
                let below = preview.message().bottom().ceil() as u32;
                assert!(below > 0 && below < CANVAS.height, "edit {number}: {:?}", preview.message());
                assert!(rows(&frame, below) == rows(&shown, below), "edit {number}: the last good one stays");
                assert!(rows(&frame, 0) != rows(&shown, 0), "edit {number}: the message is seen");
            }
        }
    }
}

#[test]
fn a_frame_that_is_scrubbed_to_is_the_frame_that_is_played_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut preview = open(&folder.path().join("bug"));
    let mut played = Vec::new();
    for _ in 0..=310 {
        played.push(rows(&preview.frame().expect("draws").expect("something moves"), 0));
        preview.tick();
    }
    assert!(played[5] != played[15], "it comes in");
    preview.act(Act::Scrub(0.0));
    for at in [0_usize, 12, 5, 200, 199, 305, 18] {
        preview.act(Act::Scrub(at as f32 / 400.0));
        assert!(rows(&preview.frame().expect("draws").expect("a frame"), 0) == played[at], "frame {at}");
    }
}

#[test]
fn nothing_is_drawn_while_nothing_changes_and_the_pointer_tells_what_is_under_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut preview = open(&folder.path().join("bug"));
    preview.act(Act::Scrub(0.5));
    let first = preview.frame().expect("draws").expect("a frame");
    preview.tick();
    assert!(preview.frame().expect("draws").is_none(), "it stands");
    preview.act(Act::Point(Point::new(40.0, 140.0)));
    assert_eq!(preview.data_path().as_deref(), Some("home.score"));
    preview.act(Act::Point(Point::new(300.0, 10.0)));
    assert_eq!(preview.data_path(), None);
    // Pre-game nobody has a score.
    preview.act(Act::Sample(2));
    let pre_game = preview.frame().expect("draws").expect("a frame");
    assert!(rows(&pre_game, 0) != rows(&first, 0));
    preview.act(Act::Sample(0));
    assert!(rows(&preview.frame().expect("draws").expect("a frame"), 0) == rows(&first, 0));
    for look in [Act::SafeAreas, Act::Grid, Act::Boxes] {
        preview.act(look);
        let with = rows(&preview.frame().expect("draws").expect("a frame"), 0);
        assert!(with != rows(&first, 0), "{look:?}");
        preview.act(look);
        assert!(rows(&preview.frame().expect("draws").expect("a frame"), 0) == rows(&first, 0), "{look:?} and back");
    }
}

#[test]
fn the_window_shows_saves_and_mistakes() {
    let display = Display::open();
    let folder = tempfile::tempdir().expect("a folder");
    let bug = folder.path().join("bug");
    std::fs::create_dir(&bug).expect("makes it");
    let plate = |color: &str| {
        format!(
            r#"{{ "canvas": [640, 360], "nodes": [{{ "type": "box", "width": 640, "height": 360, "fill": "{color}" }}] }}"#
        )
    };
    save(&bug, &plate("#20c040"));
    let child = Command::new(env!("CARGO_BIN_EXE_sideline"))
        .args(["preview", "--size", "640x360"])
        .arg(&bug)
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("SIDELINE_ADAPTER", "software")
        .spawn()
        .expect("starts");
    let _running = Running(child);
    let wait_for = |what: &str, rgb: [u8; 3], more_than: usize| {
        let deadline = Instant::now() + PATIENCE;
        while display.screenshot().pixels_near(rgb, 6).len() <= more_than {
            assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    wait_for("the template", [0x20, 0xc0, 0x40], 100_000);
    save(&bug, &plate("#4020c0"));
    wait_for("the save", [0x40, 0x20, 0xc0], 100_000);
    save(&bug, &plate("no colour"));
    wait_for("the message", [89, 8, 13], 10_000);
    wait_for("the last good one below it", [0x40, 0x20, 0xc0], 50_000);
}

#[test]
fn steps_are_taken_where_the_time_line_stands_and_scrubbed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let steps = FIRST.replacen(
        "\"motion\": {",
        r#""motion": { "steps": [{ "movements": [{ "node": "plate", "to": { "y": -100 }, "length": "400ms" }] }],"#,
        1,
    );
    assert_ne!(steps, FIRST);
    let bug = folder.path().join("bug");
    let mut preview = open(&bug);
    save(&bug, &steps);
    assert!(preview.wait_for_save(PATIENCE));
    assert_eq!(preview.problems(), []);
    let mut at = |act: Act| {
        preview.act(act);
        rows(&preview.frame().expect("draws").expect("a frame"), 0)
    };
    let before = at(Act::Scrub(0.5));
    at(Act::Continue(1));
    let stepped = at(Act::Scrub(0.6));
    assert!(stepped != before, "the plate has moved");
    assert!(at(Act::Scrub(0.5)) == before, "before the step it has not");
    assert!(at(Act::Scrub(0.6)) == stepped, "and after it, it has");
    at(Act::Continue(-1));
    assert!(at(Act::Scrub(0.74)) == before, "back again");
}

#[test]
fn a_frame_of_a_video_is_seen_behind_the_graphic() {
    let folder = tempfile::tempdir().expect("a folder");
    let video = folder.path().join("game.mkv");
    // A second of red, then a second of blue.
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=red:s=64x36:d=1", "-f", "lavfi", "-i"])
        .args(["color=blue:s=64x36:d=1", "-filter_complex", "[0][1]concat=n=2", "-c:v", "ffv1"])
        .arg(&video)
        .status();
    assert!(made.expect("ffmpeg is there").success());
    std::fs::create_dir_all(folder.path().join("bug")).expect("makes it");
    save(&folder.path().join("bug"), FIRST);
    let template = folder.path().join("bug").display().to_string();
    let corner = |behind_at_s: f64| {
        let (template, behind) = (template.clone(), Some(video.clone()));
        let what = Previewing { template, size: CANVAS, rate: RATE, fields: Fields::new(), behind, behind_at_s };
        let mut preview = Preview::open(what)?;
        preview.frame().map(|frame| rows(&frame.expect("a frame"), 0)[..4].to_vec())
    };
    let shown = |at| corner(at).expect("a frame of the video");
    let (early, late) = (shown(0.5), shown(1.5));
    assert!(early[0] > 200 && early[2] < 50, "red: {early:?}");
    assert!(late[2] > 200 && late[0] < 50, "blue: {late:?}");
    let none = corner(60.0).expect_err("after its end").to_string();
    assert!(none.contains("there is no frame at 60 s"), "{none}");
}
