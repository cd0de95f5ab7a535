//! The journal's promises, with the real program: a show that is killed comes back where it was, and a show played back
//! from its journal is the show that was on air.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sideline::app::Fold;
use sideline::game::{Rules, view};
use sideline::journal::file::read;
use sideline::time::{Clock, SystemClock, Timestamp};

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

/// The texts of the first list of a file.
fn first_list(file: &Path) -> String {
    let text = std::fs::read_to_string(file).expect("reads");
    text.split("frame ").nth(1).expect("a list").to_owned()
}

/// Feeds and clocks apart, which change while a show is away: what must be the same when it is back.
fn lasting(fold: &Fold, rules: &Rules, at: Timestamp) -> Value {
    let mut snapshot = serde_json::to_value(view(&fold.position().state, rules, at)).expect("JSON");
    snapshot["feeds"] = Value::Null;
    snapshot["clock"] = snapshot["clock"]["period"].take();
    snapshot
}

#[test]
fn a_killed_show_comes_back_with_its_game_and_graphics_and_takes_no_message_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_venue, endpoints) = venue("Q2 0:53");
    let show = show_at(folder.path(), &endpoints);
    let journal = folder.path().join("show.journal");
    let mut first = Running(run(&show, &endpoints, &[]).spawn().expect("starts"));
    let checkpoint = folder.path().join("show.journal.checkpoint");
    // By then the game is known up to where it was joined.
    let is_known = || {
        let mut fold = Fold::new(BTreeMap::new());
        let Ok(entries) = read(&journal) else { return false };
        entries.map_while(Result::ok).for_each(|entry| fold.apply(&entry));
        let game = view(&fold.position().state, &Rules::default(), SystemClock::start().now());
        game.home.score.is_some_and(|score| score > 40) && game.plays.len() > 100
    };
    wait_for("the game and a checkpoint", || checkpoint.exists() && is_known());
    first.0.kill().expect("kill -9");
    first.0.wait().expect("ends");
    let before = entries(&journal);
    let last_seq = *numbered(&before).keys().last().expect("messages");
    let killed = folder.path().join("killed");
    std::fs::create_dir(&killed).expect("a folder");
    for name in ["show.journal", "show.journal.checkpoint"] {
        std::fs::copy(folder.path().join(name), killed.join(name)).expect("copies");
    }

    let lists = folder.path().join("second.lists");
    let asked_at = SystemClock::start().now();
    let output = run(&show, &endpoints, &["--seconds", "4", "--lists", lists.to_str().expect("a path")])
        .output()
        .expect("starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let restored = said.lines().find(|line| line.contains("going on after entry")).unwrap_or_else(|| panic!("{said}"));
    assert!(restored.contains(": the state is back after "), "{restored}");
    // What a restart makes of what the kill left, by the checkpoint and the entries after it: all that was known.
    let (mut known, back) = (Fold::new(BTreeMap::new()), Fold::recover(&killed.join("show.journal"), BTreeMap::new()));
    let left = read(&killed.join("show.journal")).expect("opens");
    left.map_while(Result::ok).for_each(|entry| known.apply(&entry));
    let [known, back] = [known, back].map(|fold| lasting(&fold, &Rules::default(), asked_at));
    assert_eq!((&back["home"]["score"], &back["away"]["score"]), (&known["home"]["score"], &known["away"]["score"]));
    let plays = known["plays"].as_array().expect("a list");
    assert!(plays.len() > 100, "{} plays", plays.len());
    assert_eq!(back["plays"], known["plays"]);
    assert_eq!(back, known);
    let after = entries(&journal);
    let seqs: Vec<u64> = after.iter().map(|entry| entry["seq"].as_u64().expect("a number")).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "entries are numbered through");

    // The state is back before anything is received: that of the whole journal, and what the first frame shows.
    let resumed = &after[before.len()..];
    assert_eq!(resumed[0]["is"], "start");
    let back = Fold::recover(&journal, BTreeMap::new());
    let mut whole = Fold::new(BTreeMap::new());
    read(&journal).expect("opens").for_each(|entry| whole.apply(&entry.expect("an entry")));
    let first_frame = resumed.iter().find(|entry| entry["is"] == "frame").expect("a frame");
    let instant = |entry: &Value| Timestamp::from_nanos(entry["at"].as_i64().expect("an instant"));
    let (rules, at) = (Rules::default(), instant(first_frame));
    assert_eq!(lasting(&back, &rules, at), lasting(&whole, &rules, at), "by the checkpoint and by the journal alone");
    // What the show knew when it was killed, from all of its journal, and the little that came before the first frame.
    let upto = first_frame["upto"].as_u64().expect("a number");
    let mut known = Fold::new(BTreeMap::new());
    let entries_read = read(&journal).expect("opens").map(|entry| entry.expect("an entry"));
    entries_read.take_while(|entry| entry.seq <= upto).for_each(|entry| known.apply(&entry));
    let then = lasting(&known, &rules, at);
    assert!(then["home"]["score"].as_u64().is_some_and(|score| score > 40), "{}", then["home"]["score"]);
    let list = first_list(&lists);
    for team in ["home", "away"] {
        assert!(list.contains(&format!("\"{}\"", then[team]["score"])), "{} of {team} in {list}", then[team]["score"]);
    }
    let away = instant(first_frame).since(asked_at);
    let restored = restored.split_once(": the state").map_or(restored, |(_, after)| after);
    eprintln!("the state{restored}; on air {} ms after the start (debug build)", away.as_millis());

    // The feed went on after the last number.
    let counts = numbered(&after);
    let highest = *counts.keys().last().expect("messages");
    assert_eq!(counts.values().copied().max(), Some(1), "a message was taken twice");
    assert_eq!(counts.len() as u64, highest, "a message was lost");
    assert_eq!(numbered(resumed).keys().next(), Some(&(last_seq + 1)), "asked for what follows the last one");
    let status: Value = serde_json::from_slice(&output.stdout).expect("the last status");
    assert_eq!(status["layers"][0]["on_air"], "score-bug");
    assert_eq!(status["journal_lost"], 0);
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

#[test]
fn a_show_that_comes_back_at_another_rate_goes_on_in_a_journal_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_venue, endpoints) = venue("Q2 0:53");
    let show = show_at(folder.path(), &endpoints);
    let on_air = |rate: &str| {
        let text = std::fs::read_to_string(&show).expect("reads");
        let was = text.lines().find(|line| line.starts_with("rate")).expect("a rate").to_owned();
        std::fs::write(&show, text.replace(&was, &format!("rate = \"{rate}\""))).expect("writes");
        let output = run(&show, &endpoints, &["--seconds", "3"]).output().expect("starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).expect("the last status")
    };
    on_air("50");
    let status = on_air("25");
    assert_eq!(status["layers"][0]["on_air"], "score-bug", "what was on air is on air again");
    let (kept, journal) = (folder.path().join("show-1.journal"), folder.path().join("show.journal"));
    for (journal, rate) in [(&kept, "50"), (&journal, "25")] {
        let entries = entries(journal);
        assert_eq!((&entries[0]["is"], &entries[0]["rate"]), (&"start".into(), &rate.into()));
        let marks: Vec<u64> = entries.iter().filter_map(|entry| entry["index"].as_u64()).collect();
        assert!(marks.len() > 5 && marks.windows(2).all(|pair| pair[0] < pair[1]), "{marks:?}");
        let output = sideline().args(["replay", "--speed", "max"]).arg(journal).output().expect("starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let snapshot: Value = serde_json::from_slice(&output.stdout).expect("the final snapshot");
        assert!(snapshot["home"]["score"].as_u64().is_some_and(|score| score > 40), "each is whole by itself");
    }
    let numbers = numbered(&entries(&kept)).into_keys().chain(numbered(&entries(&journal)).into_keys());
    let numbers: Vec<u64> = numbers.collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "the feed went on after the last number");
}
