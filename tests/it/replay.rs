//! A journal is its show: what was on air, frame for frame, from any point, with nothing but the journal left.
//!
//! One show is recorded with everything that makes this hard: two feeds that are held back by different delays, a feed that
//! falls silent so that the other one's clock takes over, and templates that are saved while they are on air, right and
//! wrong. The tests compare the draw lists that the program wrote while it was on air with those of its replays.

mod steered;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::journal::{Running, entries, run, sideline, venue, wait_for};

/// The feed that falls silent is asked first for the clock.
const SHOW: &str = r#"
[show]
name = "replay test"
rate = "25"
size = "320x180"
templates = "templates"
journal = "show.journal"

[teams.home]
code = "BKN"
roster = "home.csv"

[[feed]]
id = "tracker"
kind = "shottracker"
rest = "{rest}"
websocket = "{websocket}"
event_id = "{event_id}"
delay_frames = 10

[[feed]]
id = "league"
kind = "nba-push-clock"
base = "{base}"
level = "trial"
match = "{match}"
delay_frames = 3

[[graphic]]
name = "bug"
template = "bug"
layer = 1
fields = { word = "given" }

[rundown]
steps = [{ at_s = 0.0, take = "bug" }]

[[output]]
id = "raw"
kind = "raw"
to = "show.raw"
format = "rgba"
"#;

/// A template that moves, counts and says which version of it is drawn.
fn template(version: &str) -> String {
    format!(
        r##"{{
  "canvas": [320, 180],
  "fields": {{ "word": {{ "type": "text", "default": "none" }} }},
  "nodes": [
    {{ "type": "box", "id": "plate", "x": 10, "y": 120, "width": 300, "height": 50, "fill": "#1d428a" }},
    {{ "type": "text", "id": "version", "x": 16, "y": 20, "color": "#fff", "text": "{version} {{{{ fields.word }}}}", "font": {{ "family": "Barlow Condensed", "size": 20 }} }},
    {{ "type": "text", "id": "clock", "x": 16, "y": 145, "color": "#fff", "text": "{{{{ clock.game.display }}}}", "default": "",
      "font": {{ "family": "Barlow Condensed", "size": 30 }}, "on_change": {{ "kind": "roll", "length": "300ms" }} }},
    {{ "type": "text", "id": "score", "x": 200, "y": 145, "color": "#fff", "text": "{{{{ home.score }}}}-{{{{ away.score }}}}", "default": "",
      "font": {{ "family": "Barlow Condensed", "size": 30 }} }},
  ],
  "motion": {{ "in": [{{ "node": "plate", "from": {{ "x": -300 }}, "length": "800ms" }}] }},
}}"##
    )
}

/// Saves as editors do: written beside, then renamed over.
fn save(file: &Path, text: &str) {
    let beside = file.with_file_name(".being-saved");
    std::fs::write(&beside, text).expect("writes");
    std::fs::rename(&beside, file).expect("renames");
}

/// What the show left behind.
struct Recorded {
    folder: PathBuf,
    status: Value,
    said: String,
}

impl Recorded {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The show of this module, recorded once for all its tests.
fn recorded() -> &'static Recorded {
    static RECORDED: OnceLock<Recorded> = OnceLock::new();
    RECORDED.get_or_init(record)
}

fn show_file(folder: &Path, tracker: &Value, league: &Value) -> PathBuf {
    let text = |of: &Value, key: &str| of[key].as_str().expect("an endpoint").to_owned();
    let subscribe = text(league, "subscribe");
    let host = subscribe.split('/').nth(2).expect("an address");
    let show = SHOW
        .replace("{rest}", &text(tracker, "rest"))
        .replace("{websocket}", &text(tracker, "websocket"))
        .replace("{event_id}", &text(tracker, "event_id"))
        .replace("{base}", &format!("http://{host}/"))
        .replace("{match}", &text(league, "match_id"));
    std::fs::write(folder.join("home.csv"), "number,first_name,last_name,position\n1,Ann,Able,G\n").expect("writes");
    std::fs::create_dir_all(folder.join("templates/bug")).expect("makes it");
    std::fs::write(folder.join("templates/bug/template.json"), template("FIRST")).expect("writes");
    let path = folder.join("show.toml");
    std::fs::write(&path, show).expect("writes");
    path
}

/// Has the venue's connections stay open and say nothing more.
fn fall_silent(venue: &Value) {
    let rest = venue["rest"].as_str().expect("an address");
    let host = rest.split('/').nth(2).expect("an address");
    let body = r#"{"fault":"half-open","every":1,"times":8}"#;
    let mut stream = TcpStream::connect(host).expect("connects");
    write!(
        stream,
        "POST /mock/faults HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn count(entries: &[Value], is: impl Fn(&Value) -> bool) -> usize {
    entries.iter().filter(|entry| is(entry)).count()
}

fn received(entries: &[Value], feed: &str) -> usize {
    count(entries, |entry| entry["is"] == "received" && entry["feed"] == feed)
}

fn record() -> Recorded {
    // Not one that goes with a value: this one is for all tests of the module, and is begun anew by the next run.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("makes it");
    // Two venues play the same game, so that one of them can fall silent.
    let (_tracker, tracker) = venue("Q2 6:00");
    let (_league, league) = venue("Q2 6:00");
    let show = show_file(&folder, &tracker, &league);
    let journal = folder.join("show.journal");
    let template_file = folder.join("templates/bug/template.json");
    let lists = folder.join("on-air.lists");
    let said = folder.join("said.txt");
    let stderr = std::fs::File::create(&said).expect("writes");
    let mut command = run(&show, &tracker, &["--lists", &lists.display().to_string()]);
    let mut running = Running(command.stderr(stderr).spawn().expect("starts"));

    let last_at = |entries: &[Value]| entries.last().and_then(|entry| entry["at"].as_i64()).unwrap_or_default();
    wait_for("both feeds", || {
        assert!(running.0.try_wait().expect("asks").is_none(), "{}", std::fs::read_to_string(&said).expect("reads"));
        let entries = entries(&journal);
        received(&entries, "tracker") > 40 && received(&entries, "league") > 2
    });
    // Nothing is on air of a wrong save; nothing is lost by it either.
    save(&template_file, "{ \"nodes\": [ { \"type\": \"txt\" } ] }");
    save(&template_file, &template("SECOND"));
    wait_for("the save", || count(&entries(&journal), |entry| entry["is"] == "templates") == 2);
    let saved_at = last_at(&entries(&journal));
    fall_silent(&tracker);
    // The clock of a silent feed is believed for 2.5 s; then the other one's is on air for a while.
    let millis = 1_000_000;
    wait_for("the hand-over", || last_at(&entries(&journal)) > saved_at + 5_000 * millis);
    save(&template_file, "{ \"nodes\": [ { \"type\": \"txt\" } ] }");
    let wrong_at = last_at(&entries(&journal));
    wait_for("the wrong save", || last_at(&entries(&journal)) > wrong_at + 2_000 * millis);
    crate::interrupt(&running.0);
    let mut stdout = String::new();
    running.0.stdout.take().expect("piped").read_to_string(&mut stdout).expect("reads");
    assert!(running.0.wait().expect("ends").success());
    let status = serde_json::from_str(&stdout).expect("the last status");
    // The journal alone is what is left: everything that the show was made of is gone.
    std::fs::remove_dir_all(folder.join("templates")).expect("removes");
    std::fs::remove_file(folder.join("home.csv")).expect("removes");
    std::fs::remove_file(show).expect("removes");
    std::fs::remove_file(folder.join("show.raw")).expect("removes");
    let said = std::fs::read_to_string(said).expect("reads");
    Recorded { folder, status, said }
}

/// Draw lists by frame, in the order in which they were drawn.
fn lists(file: &Path) -> Vec<(u64, String)> {
    let text = std::fs::read_to_string(file).expect("reads");
    let frames = text.split("frame ").filter(|frame| !frame.is_empty());
    let list = |frame: &str| {
        let (index, list) = frame.split_once('\n').expect("a list follows");
        (index.parse().expect("a frame"), list.to_owned())
    };
    frames.map(list).collect()
}

fn replay(recorded: &Recorded, arguments: &[&str]) -> Output {
    let output = sideline().arg("replay").args(arguments).arg(recorded.path("show.journal")).output().expect("starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The draw lists of a replay in lockstep.
fn replayed(recorded: &Recorded, name: &str, arguments: &[&str]) -> Vec<(u64, String)> {
    let file = recorded.path(name).display().to_string();
    replay(recorded, &[&["--speed", "max", "--lists", &file], arguments].concat());
    lists(Path::new(&file))
}

/// The whole recording replayed, once for all tests.
fn whole() -> &'static [(u64, String)] {
    static WHOLE: OnceLock<Vec<(u64, String)>> = OnceLock::new();
    WHOLE.get_or_init(|| replayed(recorded(), "whole.lists", &[]))
}

fn versions(lists: &[(u64, String)]) -> Vec<&'static str> {
    let version = |list: &String| ["FIRST given", "SECOND given"].into_iter().find(|version| list.contains(version));
    let mut versions: Vec<&str> = lists.iter().filter_map(|(_, list)| version(list)).collect();
    versions.dedup();
    versions
}

#[test]
fn the_recording_holds_two_feeds_delays_a_stale_hand_over_and_a_template_reload() {
    let recorded = recorded();
    let journal = entries(&recorded.path("show.journal"));
    let counts = ["tracker", "league"].map(|feed| received(&journal, feed));
    assert!(counts[0] > 40 && counts[1] > 5, "{counts:?}");
    let delays: BTreeMap<&str, u64> = journal
        .iter()
        .filter(|entry| entry["command"]["verb"] == "set_delay")
        .map(|entry| {
            (entry["command"]["feed"].as_str().expect("a feed"), entry["command"]["frames"].as_u64().expect("n"))
        })
        .collect();
    assert_eq!(delays, BTreeMap::from([("league", 3), ("tracker", 10)]));
    assert!(count(&journal, |entry| entry["is"] == "due") > 10, "what was held back came due");
    let clock = recorded.status["supplies"].as_array().expect("supplies").iter().find(|row| row["fact"] == "clock");
    let clock = clock.expect("a clock");
    assert_eq!((&clock["feed"], &clock["in_place_of"]), (&"league".into(), &"tracker".into()), "{clock}");
    assert_eq!(recorded.status["clock_stale"], false);

    let reload = journal.iter().rposition(|entry| entry["is"] == "templates").expect("templates");
    let is_mark = |entry: &&Value| entry["is"] == "frame";
    assert!(journal[..reload].iter().filter(is_mark).count() > 10, "frames were drawn before the reload");
    assert!(journal[reload..].iter().filter(is_mark).count() > 10, "and after it");
    assert_eq!(versions(&lists(&recorded.path("on-air.lists"))), ["FIRST given", "SECOND given"]);
}

#[test]
fn a_wrong_save_is_told_in_the_terminal_and_the_status_while_the_last_good_one_stays_on_air() {
    let recorded = recorded();
    let told = "bug/template.json:1:24: there is no node type `txt`";
    assert!(recorded.said.contains("the templates as saved are not on air"), "{}", recorded.said);
    assert!(recorded.said.contains(told) && recorded.said.contains("did you mean `text`?"), "{}", recorded.said);
    assert!(recorded.said.contains("{ \"nodes\": [ { \"type\": \"txt\" } ] }"), "the line is shown: {}", recorded.said);
    let problems = recorded.status["template_problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0]["line"], 1);
    let (_, last) = lists(&recorded.path("on-air.lists")).pop().expect("lists");
    assert!(last.contains("SECOND given"), "{last}");
}

#[test]
fn a_save_keeps_what_is_on_air_where_it_is() {
    let on_air = lists(&recorded().path("on-air.lists"));
    let first = on_air.iter().position(|(_, list)| list.contains("FIRST")).expect("it came on air");
    assert!(on_air[first..].iter().all(|(_, list)| list.contains("bug/plate")), "never off air in between");
    let second = on_air.iter().position(|(_, list)| list.contains("SECOND")).expect("it was saved");
    let plate = |at: usize| on_air[at].1.lines().find(|line| line.contains("bug/plate")).expect("a plate").to_owned();
    assert_eq!(plate(second), plate(second - 1), "it does not come in again");
}

#[test]
fn the_same_journal_gives_frame_for_frame_the_draw_lists_that_were_on_air() {
    let on_air = lists(&recorded().path("on-air.lists"));
    let distinct: std::collections::BTreeSet<&String> = on_air.iter().map(|(_, list)| list).collect();
    assert!(on_air.len() > 200 && distinct.len() > 50, "{} frames, {} pictures", on_air.len(), distinct.len());
    let replayed = whole();
    // A show is stopped at any moment: of frames after its last entry the journal knows nothing.
    let known = replayed.len().min(on_air.len());
    assert!(on_air.len() - known < 25, "{} frames on air, {} replayed", on_air.len(), replayed.len());
    for (on_air, replayed) in on_air.iter().zip(replayed) {
        assert_eq!(replayed, on_air, "frame {}", on_air.0);
    }
}

#[test]
fn a_replay_from_any_point_is_the_end_of_the_whole_one() {
    let recorded = recorded();
    let listed = replay(recorded, &["--list", "--json"]);
    let landmarks: Vec<Value> = serde_json::from_slice(&listed.stdout).expect("landmarks");
    let frame_of = |point: &str| {
        let landmark = landmarks.iter().find(|landmark| landmark["point"] == point);
        landmark.unwrap_or_else(|| panic!("{point} in {landmarks:?}"))["frame"].as_u64().expect("a frame")
    };
    let first = whole()[0].0;
    let points = [("2.2", first + 55), ("0:07", first + 175), ("Q2", frame_of("Q2"))];
    for (number, (point, frame)) in points.into_iter().enumerate() {
        let part = replayed(recorded, &format!("from-{number}.lists"), &["--from", point]);
        let rest: Vec<_> = whole().iter().filter(|(index, _)| *index >= frame).cloned().collect();
        assert_eq!(part.len(), rest.len(), "from {point}");
        assert_eq!(part, rest, "from {point}");
    }
}

#[test]
fn a_stretch_in_lockstep_ends_where_it_says() {
    let first = whole()[0].0;
    let part = replayed(recorded(), "stretch.lists", &["--loop", "2..+1"]);
    let expected: Vec<_> =
        whole().iter().filter(|(index, _)| (first + 50..first + 75).contains(index)).cloned().collect();
    assert_eq!(part, expected);
}

#[test]
fn a_rehearsal_plays_a_stretch_again_and_again() {
    let recorded = recorded();
    let file = recorded.path("loop.lists").display().to_string();
    replay(recorded, &["--headless", "--loop", "2..+1", "--seconds", "4", "--lists", &file]);
    let lists = lists(Path::new(&file));
    let first = whole()[0].0;
    assert!(lists.iter().all(|(index, _)| (first + 50..first + 75).contains(index)), "{:?}", lists.first());
    let starts = lists.windows(2).filter(|pair| pair[1].0 <= pair[0].0).count();
    assert!(starts >= 1, "{} frames and never back", lists.len());
    assert!(lists.iter().all(|(_, list)| list.contains("bug/plate")), "what was on air is on air from the first frame");
}

#[test]
fn a_place_that_is_not_in_the_journal_is_refused_with_what_is() {
    let journal = recorded().path("show.journal");
    let refused = |from: &str| {
        let output = sideline()
            .args(["replay", "--speed", "max", "--from", from])
            .arg(&journal)
            .stdout(Stdio::null())
            .output()
            .expect("starts");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused("Q4").contains("`Q4` is not in"), "{}", refused("Q4"));
    assert!(refused("Q4").contains("it shows Q2"), "{}", refused("Q4"));
    assert!(refused("9:00:00").contains("after the recording's end"), "{}", refused("9:00:00"));
}

#[test]
fn another_show_brings_its_own_delays_to_a_replay() {
    let recorded = recorded();
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = |value: &str| {
        serde_json::json!({"rest": value, "websocket": "ws://nowhere/?token={token}", "event_id": "x",
        "subscribe": "http://nowhere/x", "match_id": "x"})
    };
    let path = show_file(folder.path(), &endpoint("http://nowhere"), &endpoint("http://nowhere"));
    let text = std::fs::read_to_string(&path).expect("reads");
    std::fs::write(
        &path,
        text.replace("delay_frames = 10", "delay_frames = 60").replace("delay_frames = 3\n", "delay_frames = 60\n"),
    )
    .expect("writes");
    let show = path.display().to_string();
    let replayed = replayed(recorded, "other-show.lists", &["--show", &show]);
    // The bug comes on air at once, and its clock with the first word of a feed.
    let told =
        |lists: &[(u64, String)]| lists.iter().find(|(_, list)| list.contains("bug/score")).map(|(index, _)| *index);
    let (own, other) = (told(whole()).expect("a score"), told(&replayed).expect("a score"));
    assert!((45..=60).contains(&other.saturating_sub(own)), "{own} by its own delays of 10, {other} by 60");
}
