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
    let (mut good, mut times) = (FIRST.to_owned(), Vec::new());
    assert!(rows(&shown, 0) == expected(&good), "before the first save");
    for (number, (from, to, wrong)) in EDITS.into_iter().enumerate() {
        let edited = good.replacen(from, to, 1);
        assert_ne!(edited, good, "edit {number} changes something");
        let saved_at = Instant::now();
        save(&bug, &edited);
        assert!(preview.wait_for_save(PATIENCE), "edit {number} is noticed");
        let frame = preview.frame().expect("draws").expect("a frame for the save");
        times.push(saved_at.elapsed());
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
    // How long it takes is the machine's; that each save is seen, in its order, is what holds.
    times.sort();
    eprintln!("from save to frame: {:.1} ms (median), {:.1} ms (longest)", ms(times[times.len() / 2]), ms(times[9]));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Templates share pictures, a look and a package, which may all come after the preview was opened.
#[test]
fn what_a_template_shares_is_seen_when_it_is_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let svg = |color: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><rect width='40' height='40' fill='{color}'/></svg>"
        )
    };
    std::fs::create_dir(path("shared")).expect("makes it");
    std::fs::write(path("shared/logo.svg"), svg("#ff0000")).expect("writes");
    let mut preview = open(&path("bug"));
    let plate = |color: &str| {
        format!(
            r##"{{ "canvas": [320, 180], "nodes": [
                {{ "type": "image", "src": "../shared/logo.svg", "width": 40, "height": 40 }},
                {{ "type": "box", "x": 40, "width": 40, "height": 40, "fill": "{color}" }} ] }}"##
        )
    };
    save(&path("bug"), &plate("#0000ff"));
    preview.act(Act::Scrub(0.5));
    let seen = |preview: &mut Preview| {
        assert!(preview.wait_for_save(PATIENCE));
        assert_eq!(preview.problems(), []);
        let row = rows(&preview.frame().expect("draws").expect("a frame"), 20);
        [20, 60].map(|x| [row[4 * x], row[4 * x + 1], row[4 * x + 2]])
    };
    assert_eq!(seen(&mut preview), [[255, 0, 0], [0, 0, 255]]);
    std::fs::write(path("shared/logo.svg"), svg("#00ff00")).expect("writes");
    assert_eq!(seen(&mut preview), [[0, 255, 0], [0, 0, 255]], "a shared picture");
    std::fs::write(path("package.json"), "{ \"theme\":").expect("writes");
    assert!(preview.wait_for_save(PATIENCE));
    assert!(!preview.problems().is_empty(), "a package that was not there, half written");
    std::fs::write(path("package.json"), r##"{ "theme": { "plate": "#00ffff" } }"##).expect("writes");
    assert_eq!(seen(&mut preview), [[0, 255, 0], [0, 0, 255]]);
    save(&path("bug"), &plate("{{ theme.plate }}"));
    assert_eq!(seen(&mut preview), [[0, 255, 0], [0, 255, 255]], "the package's colour");
    std::fs::write(path("theme.json"), r##"{ "plate": "#ffff00" }"##).expect("writes");
    assert_eq!(seen(&mut preview), [[0, 255, 0], [255, 255, 0]], "a look that was not there");
    std::fs::remove_file(path("theme.json")).expect("removes");
    assert_eq!(seen(&mut preview), [[0, 255, 0], [0, 255, 255]], "and is no longer");
}

#[test]
fn a_preview_opens_on_a_wrong_template_and_goes_on_when_it_is_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let bug = folder.path().join("bug");
    std::fs::create_dir(&bug).expect("makes it");
    let opened = |template: &Path| {
        let template = template.display().to_string();
        let (fields, behind) = (Fields::new(), None);
        Preview::open(Previewing { template, size: CANVAS, rate: RATE, fields, behind, behind_at_s: 0.0 })
    };
    let empty = opened(&bug).expect("a folder in which nothing is written yet");
    assert!(empty.problems()[0].to_string().contains("template.json"), "{:?}", empty.problems());
    drop(empty);
    save(&bug, &FIRST.replacen("\"fill\"", "\"fil\"", 1));
    let mut preview = opened(&bug).expect("opens");
    preview.act(Act::Scrub(0.5));
    assert!(preview.problems()[0].to_string().contains("did you mean `fill`?"), "{:?}", preview.problems());
    let told = preview.frame().expect("draws").expect("a frame");
    let below = preview.message().bottom().ceil() as u32;
    assert!(rows(&told, below).iter().all(|byte| *byte == 0), "nothing but the message");
    assert!(rows(&told, 0).iter().any(|byte| *byte != 0), "which is seen");
    assert!(preview.data_path().is_none() && preview.frame().expect("draws").is_none());
    save(&bug, FIRST);
    assert!(preview.wait_for_save(PATIENCE));
    assert_eq!(preview.problems(), []);
    assert!(rows(&preview.frame().expect("draws").expect("a frame"), 0) == expected(FIRST));
    let nowhere = opened(&folder.path().join("bugg")).err().expect("no such folder").to_string();
    assert!(nowhere.contains("nor a folder of one"), "{nowhere}");
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

/// A preview's window on a display of its own, which outlives it.
struct Window {
    _running: Running,
    display: Display,
}

impl Window {
    fn open(template: &Path) -> Window {
        let display = Display::open();
        let child = Command::new(env!("CARGO_BIN_EXE_sideline"))
            .args(["preview", "--size", "640x360"])
            .arg(template)
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("SIDELINE_ADAPTER", "software")
            .spawn()
            .expect("starts");
        Window { _running: Running(child), display }
    }

    /// Waits until more pixels than that have a colour.
    #[track_caller]
    fn wait_for(&self, what: &str, rgb: [u8; 3], more_than: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.display.screenshot().pixels_near(rgb, 6).len() <= more_than {
            assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn the_window_shows_saves_and_mistakes() {
    let folder = tempfile::tempdir().expect("a folder");
    let bug = folder.path().join("bug");
    std::fs::create_dir(&bug).expect("makes it");
    let plate = |color: &str| {
        format!(
            r#"{{ "canvas": [640, 360], "nodes": [{{ "type": "box", "width": 640, "height": 360, "fill": "{color}" }}] }}"#
        )
    };
    save(&bug, &plate("#20c040"));
    let window = Window::open(&bug);
    window.wait_for("the template", [0x20, 0xc0, 0x40], 100_000);
    save(&bug, &plate("#4020c0"));
    window.wait_for("the save", [0x40, 0x20, 0xc0], 100_000);
    save(&bug, &plate("no colour"));
    window.wait_for("the message", [89, 8, 13], 10_000);
    window.wait_for("the last good one below it", [0x40, 0x20, 0xc0], 50_000);
}

#[test]
fn f2_shows_what_is_half_transparent_on_every_background_and_its_fill_and_key() {
    const F2: u8 = 68;
    const HALF: usize = 100_000;
    let folder = tempfile::tempdir().expect("a folder");
    let bug = folder.path().join("bug");
    std::fs::create_dir(&bug).expect("makes it");
    save(
        &bug,
        r##"{ "canvas": [640, 360], "nodes": [{ "type": "box", "width": 320, "height": 360, "fill": "#ff000080" }] }"##,
    );
    let window = Window::open(&bug);
    // Half of it red, half of it one of the two greys.
    window.wait_for("the checkerboard through it", [165, 37, 37], HALF);
    let press = |what: &str, rgb: [u8; 3]| {
        window.display.press(F2);
        window.wait_for(what, rgb, HALF);
    };
    press("black", [128, 0, 0]);
    press("white", [255, 127, 127]);
    window.wait_for("white beside it", [255, 255, 255], HALF);
    // The arena is a picture of many colours: two presses are past it.
    window.display.press(F2);
    press("the fill alone, whatever its alpha", [255, 0, 0]);
    press("the key", [128, 128, 128]);
    press("the checkerboard again", [165, 37, 37]);
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
fn a_still_is_seen_behind_the_graphic_and_can_be_put_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let still = folder.path().join("arena.svg");
    std::fs::write(&still, "<svg xmlns='http://www.w3.org/2000/svg' width='32' height='18'><rect width='32' height='18' fill='#ff8000'/></svg>")
        .expect("writes");
    let bug = folder.path().join("bug");
    std::fs::create_dir(&bug).expect("makes it");
    save(&bug, FIRST);
    let (template, behind) = (bug.display().to_string(), Some(still));
    let what = Previewing { template, size: CANVAS, rate: RATE, fields: Fields::new(), behind, behind_at_s: 0.0 };
    let mut preview = Preview::open(what).expect("opens");
    preview.act(Act::Scrub(0.5));
    // The corner of the picture, and the plate, which covers it.
    let mut seen = |act: Option<Act>| {
        act.into_iter().for_each(|act| preview.act(act));
        let picture = rows(&preview.frame().expect("draws").expect("a frame"), 0);
        [(2, 2), (210, 150)].map(|(x, y)| picture[4 * (y * 320 + x)..][..4].to_vec())
    };
    let plate = vec![0x1d, 0x42, 0x8a, 255];
    assert_eq!(seen(None), [vec![255, 128, 0, 255], plate.clone()]);
    assert_eq!(seen(Some(Act::Behind)), [vec![0; 4], plate.clone()]);
    assert_eq!(seen(Some(Act::Behind)), [vec![255, 128, 0, 255], plate]);
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

#[test]
fn a_path_that_a_component_or_a_let_has_a_name_for_is_the_one_behind_it() {
    let text = r##"{
      "components": { "line": { "parameters": { "who": null, "label": "" }, "nodes": [
        { "type": "text", "id": "name", "text": "{{ who.code }} {{ label }} {{ away.code }}", "color": "#fff", "font": { "family": "Barlow Condensed", "size": 20 } } ] } },
      "let": { "first": "{{ home }}", "both": "{{ home.score ~ away.score }}" },
      "nodes": [{ "type": "component", "id": "one", "use": "line", "with": { "who": "{{ first }}", "label": "{{ both }}" } }]
    }"##;
    let template = Template::parse("t".into(), Path::new("t"), text).expect("right");
    let expected = ["away.code", "away.score", "home.code", "home.score"];
    assert_eq!(template.paths_of("one.name"), expected, "and not `who`, `label`, `first` or `both`");
    assert!(template.paths_of("two").is_empty());
}
