//! The journal's promises, with the real program: a show that is killed comes back where it was, and a show played back
//! from its journal is the show that was on air.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);

pub fn sideline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sideline"));
    command.env("SIDELINE_ADAPTER", "software").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

/// A child that does not outlive the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The mock venue as a process of its own, so that it outlives the show.
pub fn venue(start: &str) -> (Running, Value) {
    let child = sideline()
        .args(["venue", "--listen", "127.0.0.1:0", "--json", "--start", start])
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut running = Running(child);
    let mut told = String::new();
    let mut lines = BufReader::new(running.0.stdout.take().expect("piped")).lines();
    loop {
        told.push_str(&lines.next().expect("the venue tells where it is").expect("reads"));
        if let Ok(endpoints) = serde_json::from_str(&told) {
            return (running, endpoints);
        }
    }
}

fn show_at(folder: &Path, venue: &Value) -> PathBuf {
    let text = |key: &str| venue[key].as_str().expect("an endpoint").to_owned();
    let show = format!(
        "[show]\nname = \"test\"\nrate = \"25\"\nsize = \"320x180\"\njournal = \"show.journal\"\n\
         [teams.home]\ncode = \"BKN\"\n[teams.away]\ncode = \"GSW\"\n\
         [[feed]]\nid = \"tracker\"\nkind = \"shottracker\"\nrest = \"{}\"\nwebsocket = \"{}\"\nevent_id = \"{}\"\n\
         [[feed]]\nid = \"league\"\nkind = \"nba-push-events\"\nurl = \"{}\"\nmatch = \"{}\"\n\
         [[graphic]]\nname = \"bug\"\ntemplate = \"score-bug\"\nlayer = 1\n\
         [rundown]\nsteps = [{{ at_s = 0.0, take = \"bug\" }}]\n\
         [[output]]\nid = \"raw\"\nkind = \"raw\"\nto = \"show.raw\"\nformat = \"rgba\"\n",
        text("rest"),
        text("websocket"),
        text("event_id"),
        text("subscribe"),
        text("match_id"),
    );
    let path = folder.join("show.toml");
    std::fs::write(&path, show).expect("writes");
    path
}

pub fn run(show: &Path, venue: &Value, more: &[&str]) -> Command {
    let mut command = sideline();
    command
        .args(["run", "--headless", "--json"])
        .args(more)
        .arg(show)
        .env("SHOTTRACKER_USERNAME", venue["username"].as_str().expect("a name"))
        .env("SHOTTRACKER_SECRET", venue["secret"].as_str().expect("a secret"))
        .env("SPORTRADAR_KEY", venue["api_key"].as_str().expect("a key"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub fn entries(journal: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(journal).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// How often each numbered ShotTracker message was received.
fn numbered(entries: &[Value]) -> BTreeMap<u64, u32> {
    let mut counts = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry["is"] == "received" && entry["feed"] == "tracker") {
        let message: Value = serde_json::from_str(entry["text"].as_str().expect("text")).expect("JSON");
        if let Some(number) = message["seq"].as_u64() {
            *counts.entry(number).or_default() += 1;
        }
    }
    counts
}

pub fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_killed_show_comes_back_with_its_graphics_and_takes_no_message_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_venue, endpoints) = venue("Q2 0:53");
    let show = show_at(folder.path(), &endpoints);
    let journal = folder.path().join("show.journal");
    let mut first = Running(run(&show, &endpoints, &[]).spawn().expect("starts"));
    let checkpoint = folder.path().join("show.journal.checkpoint");
    wait_for("messages and a checkpoint", || checkpoint.exists() && numbered(&entries(&journal)).len() > 50);
    first.0.kill().expect("kill -9");
    first.0.wait().expect("ends");
    let before = entries(&journal);

    let output = run(&show, &endpoints, &["--seconds", "4"]).output().expect("starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("going on after entry"), "{said}");
    let after = entries(&journal);
    assert!(after.len() > before.len());
    let seqs: Vec<u64> = after.iter().map(|entry| entry["seq"].as_u64().expect("a number")).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "entries are numbered through");
    let counts = numbered(&after);
    let highest = *counts.keys().last().expect("messages");
    assert_eq!(counts.values().copied().max(), Some(1), "a message was taken twice");
    assert_eq!(counts.len() as u64, highest, "a message was lost");
    let status: Value = serde_json::from_slice(&output.stdout).expect("the last status");
    assert_eq!(status["layers"][0]["on_air"], "score-bug");
}

#[test]
fn a_show_played_back_from_its_journal_is_frame_for_frame_what_was_on_air() {
    let folder = run_without_drops();

    let replayed = folder.path().join("replay.raw");
    let output = sideline()
        .arg("replay")
        .arg(folder.path().join("show.journal"))
        .arg("--out")
        .arg(&replayed)
        .output()
        .expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let on_air = std::fs::read(folder.path().join("show.raw")).expect("reads");
    let replayed = std::fs::read(replayed).expect("reads");
    let frame_bytes = 320 * 180 * 4;
    let frames = |bytes: &[u8]| bytes.len() / frame_bytes;
    assert!(frames(&on_air) > 100 && frames(&replayed) > 100, "{} and {}", frames(&on_air), frames(&replayed));
    let pairs = on_air.chunks_exact(frame_bytes).zip(replayed.chunks_exact(frame_bytes));
    let first_wrong = pairs.enumerate().find(|(_, (a, b))| a != b).map(|(index, _)| index);
    assert_eq!(first_wrong, None, "the first frame that differs");
    let distinct: std::collections::BTreeSet<&[u8]> = on_air.chunks_exact(frame_bytes).collect();
    assert!(distinct.len() > 20, "the show must have moved for this to mean anything");
}

/// The folder of a show of which every frame that was drawn was written too. A machine that is busy with other things may
/// need more than one.
fn run_without_drops() -> tempfile::TempDir {
    for _ in 0..4 {
        let folder = tempfile::tempdir().expect("a folder");
        let (_venue, endpoints) = venue("Q2 0:15");
        let show = show_at(folder.path(), &endpoints);
        let output = run(&show, &endpoints, &["--seconds", "6"]).output().expect("starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let status: Value = serde_json::from_slice(&output.stdout).expect("the last status");
        if status["outputs"][0]["dropped"] == 0 {
            return folder;
        }
    }
    panic!("this machine could not write small frames in time");
}

#[test]
fn a_rehearsal_plays_last_nights_feeds_without_last_nights_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let (venue, endpoints) = venue("Q2 0:15");
    let show = show_at(folder.path(), &endpoints);
    let output = run(&show, &endpoints, &["--seconds", "4"]).output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(venue);
    let journal = folder.path().join("show.journal");
    let rehearse = |more: &[&str]| -> Value {
        let output = sideline()
            .args(["replay", "--headless", "--json", "--seconds", "2", "--speed", "2"])
            .args(more)
            .arg(&journal)
            .output()
            .expect("starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the last status")
    };
    let whole = rehearse(&[]);
    assert_eq!(whole["layers"][0]["on_air"], "score-bug");
    let feeds_only = rehearse(&["--feeds-only"]);
    assert_eq!(feeds_only["layers"], serde_json::json!([]), "nobody took anything tonight");
    let messages = |status: &Value| {
        let feeds = status["feeds"].as_array().expect("feeds");
        feeds.iter().map(|feed| feed["messages"].as_u64().expect("a number")).sum::<u64>()
    };
    assert!(messages(&feeds_only) > 50 && messages(&whole) > 50);
    assert!(folder.path().join("show.journal.rehearsal").exists(), "a rehearsal has a journal of its own");
}
