//! The command line against a venue in another process: what arrives, printed as it arrives; the schedule, and a show that
//! follows one of its games.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use sideline::time::Timestamp;

/// Long enough for a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn sideline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sideline"));
    command.env("SIDELINE_ADAPTER", "software").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

/// A child that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(command: &mut Command) -> (Running, BufReader<ChildStdout>) {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        (Running(child), stdout)
    }

    /// Ends it as Ctrl-C does; its exit status and what it said.
    fn interrupt(mut self) -> (Option<i32>, String) {
        crate::interrupt(&self.0);
        let mut said = String::new();
        let status = self.0.wait().expect("ends");
        self.0.stderr.take().expect("piped").read_to_string(&mut said).expect("reads");
        (status.code(), said)
    }
}

fn write_show(folder: &Path, feeds: &str) -> String {
    let text = format!(
        "[show]\nname = \"test\"\nrate = \"25\"\nsize = \"320x180\"\njournal = \"show.journal\"\n\
         [teams.home]\ncode = \"BKN\"\n[teams.away]\ncode = \"GSW\"\n{feeds}\
         [[output]]\nid = \"raw\"\nkind = \"raw\"\nto = \"show.raw\"\n"
    );
    let path = folder.join("show.toml");
    std::fs::write(&path, text).expect("writes");
    path.display().to_string()
}

const AT_VENUE: &str = "[venue]\nstart = \"Q2 0:53\"\n\
                        [[feed]]\nid = \"tracker\"\nkind = \"shottracker\"\nvenue = true\n\
                        [[feed]]\nid = \"league\"\nkind = \"nba-push-events\"\nvenue = true\n";

#[test]
fn each_message_is_printed_with_what_became_of_it_and_then_how_things_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let show = write_show(folder.path(), AT_VENUE);
    let (child, stdout) = Running::start(sideline().args(["inspect", "--follow", &show]));
    let mut wanted: Vec<&[&str]> = vec![
        &[" tracker  up"],
        &[" tracker  chart ", " B  #", "taken: ", "shot", "(the past: no news)"],
        &[" tracker  clock ", " B ", "taken: clock"],
        &[" tracker  game so far ", "taken: ", "game so far"],
        &[" league   play-by-play ", "taken: ", "list of plays"],
        &["-- ", " tracker up, ", " league up, ", "GSW ", " at BKN ", ", Q"],
    ];
    let started = Instant::now();
    for line in stdout.lines() {
        let line = line.expect("text");
        assert!(!line.contains("NOT UNDERSTOOD") && !line.contains("; odd"), "{line}");
        wanted.retain(|words| !words.iter().all(|word| line.contains(word)));
        if wanted.is_empty() {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "still not printed: {wanted:?}");
    }
    assert!(wanted.is_empty(), "never printed: {wanted:?}");
    let (status, said) = child.interrupt();
    assert_eq!(status, Some(0), "{said}");
    assert!(!folder.path().join("show.journal").exists(), "it only looks");
}

#[test]
fn for_a_program_each_line_is_an_object_and_one_kind_of_feed_can_be_chosen() {
    let folder = tempfile::tempdir().expect("a folder");
    let show = write_show(folder.path(), AT_VENUE);
    let (child, stdout) =
        Running::start(sideline().args(["inspect", "--follow", "--json", "--feed", "nba-push-events", &show]));
    let mut lines = stdout.lines().map(|line| serde_json::from_str::<Value>(&line.expect("text")).expect("an object"));
    let message = lines.by_ref().find(|line| line["message"] == "play-by-play").expect("it comes");
    assert_eq!((&message["feed"], &message["became"]), (&"league".into(), &"taken".into()), "{message}");
    assert!(message["bytes"].as_u64().expect("a size") > 1_000, "{message}");
    let standing = lines.find(|line| line["feeds"].is_array()).expect("it comes");
    assert_eq!(standing["feeds"].as_array().expect("a list").len(), 1, "{standing}");
    assert_eq!(child.interrupt().0, Some(0));
}

#[test]
fn a_show_without_such_a_feed_has_nothing_to_follow() {
    let folder = tempfile::tempdir().expect("a folder");
    let show = write_show(folder.path(), AT_VENUE);
    let output = sideline().args(["inspect", "--follow", "--feed", "nhl-push-clock", &show]).output().expect("starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no such feed"));
}

/// A venue of its own process, and where it is.
fn venue() -> (Running, Value) {
    let (venue, stdout) =
        Running::start(sideline().args(["venue", "--listen", "127.0.0.1:0", "--json", "--start", "Q2 0:53"]));
    let mut text = String::new();
    for line in stdout.lines() {
        text.push_str(&line.expect("text"));
        if text.ends_with('}') {
            break;
        }
    }
    let endpoints = serde_json::from_str(&text).expect("endpoints as JSON");
    (venue, endpoints)
}

fn with_account(endpoints: &Value) -> Command {
    let text = |key: &str| endpoints[key].as_str().expect("a text").to_owned();
    let mut command = sideline();
    command.env("SHOTTRACKER_USERNAME", text("username")).env("SHOTTRACKER_SECRET", text("secret"));
    command
}

/// A day as the command line takes it.
fn day(days_from_now: i64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
    let at = Timestamp::from_millis(i64::try_from(now).expect("fits") + days_from_now * 86_400_000);
    at.to_utc_text().split(' ').next().expect("a date").to_owned()
}

fn list(endpoints: &Value, arguments: &[&str]) -> Output {
    let rest = endpoints["rest"].as_str().expect("an address");
    let (from, to) = (day(-1), day(2));
    let fixed = ["games", "--rest", rest, "--from", &from, "--to", &to];
    let output = with_account(endpoints).args(fixed).args(arguments).output().expect("starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn a_game_is_found_in_the_schedule_by_its_team_and_put_on_air_by_its_id() {
    let (_venue, endpoints) = venue();
    let games: Value =
        serde_json::from_slice(&list(&endpoints, &["--team", "1610612751", "--json"]).stdout).expect("JSON");
    let games = games.as_array().expect("a list");
    assert_eq!((games.len(), &games[0]["event_id"]), (1, &endpoints["event_id"]), "{games:?}");
    let table = String::from_utf8(list(&endpoints, &[]).stdout).expect("text");
    let id = endpoints["event_id"].as_str().expect("an id");
    assert!(table.contains("ACTIVE") && table.contains("Warriors at") && table.trim_end().ends_with(id), "{table}");
    // Each filter goes to the vendor, by his name for it.
    for found in [["--season", "REG"], ["--week", "1"]] {
        assert!(String::from_utf8(list(&endpoints, &found).stdout).expect("text").contains(id), "{found:?}");
    }
    for empty in [["--team", "1"], ["--season", "PRE"], ["--week", "2"], ["--location", "court@facility"]] {
        let none = list(&endpoints, &empty);
        let said = String::from_utf8_lossy(&none.stderr).into_owned();
        assert!(none.stdout.is_empty() && said.contains("no game in the schedule"), "{empty:?}: {said}");
    }

    let folder = tempfile::tempdir().expect("a folder");
    let feed = format!(
        "[[feed]]\nid = \"tracker\"\nkind = \"shottracker\"\nrest = {}\nwebsocket = {}\n",
        endpoints["rest"], endpoints["websocket"]
    );
    let show = write_show(folder.path(), &feed);
    let without = with_account(&endpoints).args(["run", "--headless", &show]).output().expect("starts");
    let said = String::from_utf8_lossy(&without.stderr).into_owned();
    assert_eq!(without.status.code(), Some(1), "{said}");
    assert!(said.contains("feed `tracker` does not say which game to follow") && said.contains("--follow"), "{said}");

    let follow = ["games", "--follow", id, "--show", &show, "--headless", "--json"];
    let (child, mut stdout) = Running::start(with_account(&endpoints).args(follow));
    let journal = folder.path().join("show.journal");
    let heard =
        || std::fs::read_to_string(&journal).is_ok_and(|text| text.contains("gameTotals") && text.contains("chart"));
    let started = Instant::now();
    while !heard() {
        assert!(started.elapsed() < PATIENCE, "the feed brings nothing");
        std::thread::sleep(Duration::from_millis(50));
    }
    let (status, said) = child.interrupt();
    assert_eq!(status, Some(0), "{said}");
    let mut text = String::new();
    stdout.read_to_string(&mut text).expect("reads");
    let status: Value = serde_json::from_str(&text).expect("the last status as JSON");
    assert_eq!((&status["feeds"][0]["id"], &status["feeds"][0]["link"]), (&"tracker".into(), &"up".into()), "{status}");
}
