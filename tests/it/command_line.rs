//! The command line's contract: exit statuses, what stands on standard output, and a clean end on Ctrl-C.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn sideline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sideline"));
    command.env("SIDELINE_ADAPTER", "software").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

fn run(arguments: &[&str]) -> Output {
    sideline().args(arguments).output().expect("starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A headless show of the built-in game, with these outputs.
fn show_with(folder: &Path, outputs: &str) -> String {
    let text = format!(
        "[show]\nname = \"test\"\nrate = \"25\"\nsize = \"320x180\"\njournal = \"show.journal\"\n\
         [venue]\nstart = \"Q2 0:53\"\n\
         [[feed]]\nid = \"tracker\"\nkind = \"shottracker\"\nvenue = true\n\
         [[feed]]\nid = \"league\"\nkind = \"nba-push-events\"\nvenue = true\n\
         [[graphic]]\nname = \"bug\"\ntemplate = \"score-bug\"\nlayer = 1\n\
         [rundown]\nsteps = [{{ at_s = 0.0, take = \"bug\" }}]\n{outputs}"
    );
    let path = folder.join("show.toml");
    fs::write(&path, text).expect("writes");
    path.display().to_string()
}

#[test]
fn a_wrong_show_file_is_refused_with_line_and_column_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("show.toml");
    fs::write(&path, "[show]\nname = \"x\"\nrate = \"61\"\ncolour = 1\n").expect("writes");
    let output = run(&["run", &path.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("show.toml:3:8: `61` is not a frame rate"), "{}", said(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_graphic_without_its_template_is_refused_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("show.toml");
    let text = "[show]\nname = \"x\"\n[[graphic]]\nname = \"bug\"\ntemplate = \"score-bugg\"\nlayer = 1\n";
    fs::write(&path, text).expect("writes");
    let output = run(&["run", &path.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("there is no template `score-bugg`; there are:"), "{}", said(&output));
}

#[test]
fn without_a_graphics_driver_the_exit_status_is_2_and_the_package_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let show = show_with(folder.path(), "");
    let output = sideline()
        .args(["run", "--headless", "--seconds", "1", &show])
        .env("VK_DRIVER_FILES", "/nonexistent.json")
        .env("VK_ICD_FILENAMES", "/nonexistent.json")
        .output()
        .expect("starts");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("mesa-vulkan-drivers"), "{}", said(&output));
}

#[test]
fn without_a_display_a_show_with_a_window_ends_with_2_and_says_why() {
    let output = run(&["run"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("no display"), "{}", said(&output));
}

#[test]
fn a_template_that_is_not_there_is_named_with_those_that_are() {
    let output = run(&["render", "score-bugg", "--out", "/tmp/never.png"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("score-bugg") && said(&output).contains("score-bug"), "{}", said(&output));
}

#[test]
fn a_rendered_graphic_lives_through_what_is_said_to_happen() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = |name: &str, then: &[&str]| {
        let out = folder.path().join(name).to_string_lossy().into_owned();
        let fixed = ["render", "score-bug", "--size", "480x270", "--frames", "0..120", "--out", &out];
        let then = then.iter().flat_map(|what| ["--then", what]);
        let output = run(&fixed.into_iter().chain(then).collect::<Vec<_>>());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        fs::read(out).expect("a picture")
    };
    let plain = picture("plain.png", &[]);
    assert_ne!(picture("scored.png", &[r#"20:{"home":{"score":104}}"#]), plain);
    let (gone, empty) = (picture("gone.png", &["60:out"]), picture("cut.png", &["0:out"]));
    assert_eq!(gone, empty, "nothing is left of it");
    for wrong in ["out", "60:gone", "60:{", r#"60:{"home":{"scoer":1}}"#] {
        let output = run(&["render", "score-bug", "--then", wrong, "--out", "/tmp/never.png"]);
        assert!(!output.status.success(), "{wrong} is taken");
    }
}

#[test]
fn doctor_finds_everything_that_the_tests_need() {
    let output = run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON on standard output");
    let works = |what: &str| {
        let found = findings.as_array().expect("a list").iter().find(|found| found["what"] == what);
        found.expect("found")["works"].as_bool().expect("a boolean")
    };
    assert!(works("graphics adapter") && works("fonts") && works("ffmpeg") && works("loopback network"));
    assert!(!works("display"), "this test has no display");
}

#[test]
fn ctrl_c_ends_a_show_cleanly_and_leaves_files_that_play() {
    let folder = tempfile::tempdir().expect("a folder");
    let outputs = "[[output]]\nid = \"movie\"\nkind = \"ffmpeg\"\nto = \"show.mov\"\n\
                   [[output]]\nid = \"raw\"\nkind = \"raw\"\nto = \"show.raw\"\nformat = \"rgba\"\n";
    let show = show_with(folder.path(), outputs);
    let (raw, movie) = (folder.path().join("show.raw"), folder.path().join("show.mov"));
    let child = sideline()
        .args(["run", "--headless", "--json", &show])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let deadline = Instant::now() + Duration::from_secs(60);
    let frame_bytes = 320 * 180 * 4;
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    // A busy machine may drop many of the movie's frames: what counts is that it has begun, and has all that were sent.
    while length(&raw) < 20 * frame_bytes || length(&movie) == 0 {
        assert!(Instant::now() < deadline, "the show writes no frames");
        std::thread::sleep(Duration::from_millis(20));
    }
    crate::interrupt(&child);
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the last status as JSON");
    for counters in status["outputs"].as_array().expect("outputs") {
        assert_eq!(counters["trouble"], serde_json::Value::Null, "{counters}");
    }
    let written = fs::metadata(&raw).expect("a file").len();
    assert_eq!(written % frame_bytes, 0, "whole frames");
    let probed = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"])
        .arg(&movie)
        .output()
        .expect("ffprobe runs");
    let frames: u64 = String::from_utf8_lossy(&probed.stdout).trim().parse().expect("the movie plays");
    let outputs = status["outputs"].as_array().expect("outputs");
    let sent = outputs.iter().find(|output| output["id"] == "movie").expect("the movie's counters")["sent"].as_u64();
    assert_eq!(Some(frames), sent, "the movie has every frame that was sent to it");
    assert!(frames > 0);
    assert!(folder.path().join("show.journal").metadata().expect("a journal").len() > 0);
}

#[test]
fn check_names_every_problem_of_a_show_and_its_templates() {
    let folder = tempfile::tempdir().expect("a folder");
    let bug = folder.path().join("templates/bug");
    fs::create_dir_all(&bug).expect("makes");
    let path = folder.path().display().to_string();
    let show = "[show]\nname = \"x\"\ntemplates = \"templates\"\n\n[[graphic]]\nname = \"a\"\ntemplate = \"bugg\"\nlayer = 1\n";
    fs::write(folder.path().join("show.toml"), show).expect("writes");

    fs::write(bug.join("template.json"), "{\n  // nothing yet\n  \"nodes\": [],\n}\n").expect("writes");
    let output = run(&["check", &path]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("show.toml:6:1: graphic `a`: there is no template `bugg`; there are: bug"), "{told}");

    fs::write(folder.path().join("show.toml"), show.replace("bugg", "bug")).expect("writes");
    let output = run(&["check", &path]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0), "{}", said(&output));

    fs::write(bug.join("template.json"), "{\n  \"nmae\": \"Bug\",\n  \"nodes\": [{ \"type\": \"boxx\" }]\n}\n")
        .expect("writes");
    let output = run(&["check", "--json", &path]);
    assert_eq!(output.status.code(), Some(1));
    let problems: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let places: Vec<_> = problems.as_array().expect("a list").iter().map(|p| (&p["line"], &p["column"])).collect();
    assert_eq!(places, [(&2.into(), &3.into()), (&3.into(), &23.into())], "{problems:#}");
    assert_eq!(problems[1]["help"], "did you mean `box`?");
}

#[test]
fn check_does_not_pass_a_path_where_nothing_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(&["check", &folder.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no template and no show file here"));
}

#[test]
fn check_of_a_package_tells_what_is_wrong_with_it_and_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let package = folder.path().join("package.json");
    fs::write(&package, "{ \"styles\": { \"value\": { \"size\": 40 } }, \"theem\": {} }").expect("written");
    let said = |path: &Path| {
        let output = run(&["check", &path.display().to_string()]);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, told) = said(&package);
    assert_eq!(code, Some(1));
    assert!(told.contains("a font needs `family` and `size`") && told.contains("did you mean `theme`?"), "{told}");
    assert!(!told.contains("a template needs"), "{told}");
    fs::write(&package, "{ \"theme\": { \"gap\": 4 } }").expect("written");
    assert_eq!(said(&package).0, Some(0));
    fs::create_dir(folder.path().join("bug")).expect("a folder");
    fs::write(folder.path().join("bug/template.json"), "{ \"nodse\": [] }").expect("written");
    let (code, told) = said(&package);
    assert!(code == Some(1) && told.contains("did you mean `nodes`?"), "{told}");
}

#[test]
fn a_theme_without_a_package_is_told_what_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let theme = folder.path().join("theme.json");
    fs::write(&theme, "{ \"colors\": { \"plate\": \"#fff\" } }").expect("written");
    let output = run(&["check", &theme.display().to_string()]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("theme.json changes a theme, and there is none to change"), "{told}");
    assert!(!told.contains("there are:"), "{told}");
}

#[test]
fn fields_of_a_template_are_told_as_a_schema() {
    let output = run(&["fields", "--schema", "lower-third"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(schema["properties"]["team"]["gddType"], "select");
    assert_eq!(run(&["fields", "--schema", "lower-thrid"]).status.code(), Some(1));
}

#[test]
fn fields_lists_what_a_sport_has() {
    let list = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(list(&["fields", "basketball"]).lines().any(|line| line.starts_with("clock.shot.millis ")));
    assert!(!list(&["fields", "hockey"]).contains("clock.shot."));
    let all: serde_json::Value = serde_json::from_str(&list(&["fields", "--json"])).expect("JSON");
    let shot = all.as_array().expect("a list").iter().find(|b| b["path"] == "home.shots[].x_mm").expect("there");
    assert_eq!((&shot["kind"], &shot["unit"]), (&"number".into(), &"mm".into()));
    assert_eq!(run(&["fields", "curling"]).status.code(), Some(2), "clap's usage error");
}
