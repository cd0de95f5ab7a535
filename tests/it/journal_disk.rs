//! The journal and the disk under it: many files that are one, a disk that is full, and what must never be on it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use sideline::app::{Fold, inspect_file};
use sideline::ids::FeedKind;
use sideline::inspect::inspect;
use sideline::journal::file::{Options, Reader, Writer, read};
use sideline::journal::{Body, Entry, Seq, Start};
use sideline::status::Link;
use sideline::time::{FrameRate, Timestamp};
use sideline::venue::course::Course;
use sideline::venue::fault::Faults;
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::shottracker::live::SOURCES;
use sideline::venue::shottracker::transcript::Transcript;
use sideline::venue::timeline::Timeline;

const EPOCH: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const PATIENCE: Duration = Duration::from_secs(60);

/// Twenty seconds of a game, all sources.
fn game() -> Vec<Entry> {
    let course = Arc::new(Course::of(Script::builtin()));
    let timeline = Timeline::new(Some(EPOCH), 0, course.end_ms(), 1.0, false);
    let play = Performance::new(course, timeline, Faults::new(&[]));
    let messages = Transcript::new(&play, &SOURCES, 600_000, 620_000).map(|(ms, text)| (ms - 600_000, text));
    let entry = |(seq, (ms, text)): (Seq, (u64, String))| Entry {
        seq,
        at: EPOCH + Duration::from_millis(ms),
        body: Body::Received { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes: text.into() },
    };
    (1..).zip(messages).map(entry).collect()
}

fn state(fold: &Fold) -> Value {
    serde_json::to_value(fold).expect("a fold is JSON")
}

fn folded(entries: &[Entry]) -> Value {
    let mut fold = Fold::new(BTreeMap::new());
    entries.iter().for_each(|entry| fold.apply(entry));
    state(&fold)
}

fn files(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("reads").map(|file| file.expect("a file").file_name());
    let mut names: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_journal_in_many_files_packed_or_not_folds_to_the_state_of_its_messages() {
    let entries = game();
    assert!(entries.len() > 500, "{}", entries.len());
    for pack in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        let writer = Writer::open_on_air(&journal, Options { segment_bytes: 100_000, pack }).expect("opens").writer;
        entries.iter().for_each(|entry| writer.append_patiently(entry.clone()));
        writer.close();
        // What was not packed yet is when the show is on air again.
        let opened = Writer::open_on_air(&journal, Options { segment_bytes: 100_000, pack }).expect("opens");
        assert_eq!(opened.last, entries.len() as Seq);
        let deadline = Instant::now() + PATIENCE;
        let is_plain = |name: &String| name.rsplit('.').next().is_some_and(|ending| ending.parse::<u32>().is_ok());
        while pack && files(folder.path()).iter().any(is_plain) {
            assert!(Instant::now() < deadline, "never packed: {:?}", files(folder.path()));
            std::thread::sleep(Duration::from_millis(20));
        }
        opened.writer.close();
        let names = files(folder.path());
        assert!(names.len() > 4, "{names:?}");
        assert_eq!(names.iter().filter(|name| name.ends_with(".gz")).count() + 1, if pack { names.len() } else { 1 });
        let read: Vec<Entry> = read(&journal).and_then(Reader::collect).expect("reads");
        assert_eq!(read, entries);
        assert_eq!(state(&Fold::recover(&journal, BTreeMap::new())), folded(&entries));
    }
}

#[test]
fn a_journal_is_inspected_like_the_stream_that_is_in_it() {
    let entries = game();
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("show.journal");
    let start = Start {
        epoch: EPOCH,
        rate: FrameRate::FPS_50,
        show: String::new(),
        folder: PathBuf::new(),
        follows: BTreeMap::new(),
        files: Default::default(),
    };
    let writer = Writer::open_on_air(&journal, Options { segment_bytes: 100_000, pack: false }).expect("opens").writer;
    writer.append_patiently(Entry { seq: 1, at: EPOCH, body: Body::Start(start) });
    let mut stream = Vec::new();
    for entry in &entries {
        writer.append_patiently(Entry { seq: entry.seq + 1, ..entry.clone() });
        let Body::Received { bytes, .. } = &entry.body else { continue };
        stream.extend_from_slice(bytes);
    }
    writer.close();
    let inspected = inspect_file(FeedKind::ShotTracker, &journal, None).expect("inspects");
    let expected = inspect(FeedKind::ShotTracker, stream.as_slice(), None).expect("inspects");
    assert!(expected.counts.taken > 500);
    assert_eq!((inspected.counts, inspected.snapshot), (expected.counts, expected.snapshot));
    assert_eq!(inspect_file(FeedKind::NbaPushClock, &journal, None).expect("inspects").counts.taken, 0);
}

#[test]
fn a_restart_goes_on_from_its_checkpoint_in_whichever_file_that_is() {
    let entries = game();
    for checkpoint_after in [0, 1, 100, entries.len() / 2, entries.len()] {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        let options = Options { segment_bytes: 50_000, pack: false };
        let writer = Writer::open_on_air(&journal, options).expect("opens").writer;
        let (before, after) = entries.split_at(checkpoint_after);
        let mut fold = Fold::new(BTreeMap::new());
        for entry in before {
            fold.apply(entry);
            writer.append_patiently(entry.clone());
        }
        writer.checkpoint_patiently(serde_json::to_vec(&fold).expect("JSON"));
        after.iter().for_each(|entry| writer.append_patiently(entry.clone()));
        writer.close();
        assert_eq!(state(&Fold::recover(&journal, BTreeMap::new())), folded(&entries), "after {checkpoint_after}");
        // What is before the checkpoint is not needed, and not read: it is gone here.
        if checkpoint_after > entries.len() / 3 {
            fs::write(folder.path().join("show.journal.000001"), "gone\n").expect("writes");
            assert_eq!(state(&Fold::recover(&journal, BTreeMap::new())), folded(&entries), "after {checkpoint_after}");
        }
    }
}

#[test]
fn a_checkpoint_of_another_journal_is_not_believed() {
    let entries = game();
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("show.journal");
    let write = |entries: &[Entry], checkpoint: bool| {
        let writer = Writer::open_on_air(&journal, Options::default()).expect("opens").writer;
        let mut fold = Fold::new(BTreeMap::new());
        for entry in entries {
            fold.apply(entry);
            writer.append_patiently(entry.clone());
            if checkpoint && entry.seq == 10 {
                writer.checkpoint_patiently(serde_json::to_vec(&fold).expect("JSON"));
            }
        }
        writer.close();
    };
    write(&entries[..20], true);
    // Somebody removed the journal and left the checkpoint.
    fs::remove_file(&journal).expect("removes");
    let renumbered: Vec<Entry> =
        (1..).zip(&entries[200..]).map(|(seq, entry)| Entry { seq, ..entry.clone() }).collect();
    write(&renumbered, false);
    let offset = |text: String| text.split("\"offset\":").nth(1).and_then(|rest| rest.split(',').next()?.parse().ok());
    let checkpoint = fs::read_to_string(folder.path().join("show.journal.checkpoint")).expect("is there");
    let place: usize = offset(checkpoint.clone()).expect("an offset");
    // The worst case: an entry of the new journal begins where the checkpoint points to, and has an old number.
    let whole = fs::read(&journal).expect("reads");
    let lines: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let moved = checkpoint.replace(&format!("\"offset\":{place}"), &format!("\"offset\":{}", lines[4]));
    fs::write(folder.path().join("show.journal.checkpoint"), moved).expect("writes");
    assert_eq!(state(&Fold::recover(&journal, BTreeMap::new())), folded(&renumbered));
}

/// A child that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn show(folder: &Path, more: &str) -> PathBuf {
    let show = format!(
        "[show]\nname = \"test\"\nrate = \"25\"\nsize = \"320x180\"\njournal = \"show.journal\"\n[venue]\nstart = \"Q2 0:53\"\n\
         [[feed]]\nid = \"tracker\"\nkind = \"shottracker\"\nvenue = true\n\
         [[output]]\nid = \"raw\"\nkind = \"raw\"\nto = \"show.raw\"\nformat = \"rgba\"\n{more}"
    );
    let path = folder.join("show.toml");
    fs::write(&path, show).expect("writes");
    path
}

fn run(show: &Path, seconds: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sideline"));
    command.env("SIDELINE_ADAPTER", "software").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.args(["run", "--headless", "--json", "--seconds", seconds]).arg(show);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn seqs(journal: &Path) -> Vec<Seq> {
    read(journal).expect("opens").map(|entry| entry.expect("an entry").seq).collect()
}

/// The real thing: `/dev/full` refuses every byte as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_show_on_air_and_the_status_shouts() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("show.journal");
    std::os::unix::fs::symlink("/dev/full", &journal).expect("links");
    let output = run(&show(folder.path(), ""), "3").output().expect("starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("cannot be written, the show goes on without it").count(), 1, "said once: {said}");
    assert!(said.contains("entries of the journal could not be written"), "{said}");
    let status: Value = serde_json::from_slice(&output.stdout).expect("the last status");
    let trouble = status["journal_trouble"].as_str().expect("the status shouts");
    assert!(trouble.contains("No space left on device"), "{trouble}");
    assert!(status["outputs"][0]["sent"].as_u64().expect("a number") > 50, "frames went out: {status}");
}

#[cfg(target_os = "linux")]
#[test]
fn when_there_is_room_again_the_journal_has_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("show.journal");
    std::os::unix::fs::symlink("/dev/full", &journal).expect("links");
    let mut running = Running(run(&show(folder.path(), ""), "6").spawn().expect("starts"));
    let raw = folder.path().join("show.raw");
    let deadline = Instant::now() + PATIENCE;
    // On air, and for long enough that lines have been refused.
    while fs::metadata(&raw).map_or(0, |raw| raw.len()) < 20 * 320 * 180 * 4 {
        assert!(Instant::now() < deadline, "never on air");
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::remove_file(&journal).expect("removes the link");
    let (mut status, mut said) = (String::new(), String::new());
    running.0.stdout.take().expect("piped").read_to_string(&mut status).expect("reads");
    running.0.stderr.take().expect("piped").read_to_string(&mut said).expect("reads");
    assert!(said.contains("is written again"), "{said}");
    let status: Value = serde_json::from_str(&status).expect("the last status");
    assert_eq!((&status["journal_trouble"], &status["journal_lost"]), (&Value::Null, &Value::from(0)));
    let seqs = seqs(&journal);
    assert!(seqs.len() > 50, "{}", seqs.len());
    assert_eq!(seqs, (1..=seqs.len() as Seq).collect::<Vec<_>>(), "nothing was lost");
}

#[test]
fn a_journal_that_is_taken_away_is_followed_by_one_that_can_be_replayed_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("show.journal");
    let graphic = "[[graphic]]\nname = \"bug\"\ntemplate = \"score-bug\"\nlayer = 1\n\
                   [rundown]\nsteps = [{ at_s = 0.0, take = \"bug\" }]\n";
    let show_file = show(folder.path(), graphic);
    let (lists, again) = (folder.path().join("on-air.lists"), folder.path().join("again.lists"));
    let mut command = run(&show_file, "60");
    let mut running = Running(command.arg("--lists").arg(&lists).spawn().expect("starts"));
    let count = |what: &str| crate::journal::entries(&journal).iter().filter(|entry| entry["is"] == what).count();
    crate::journal::wait_for("the game", || count("received") > 60);
    let before = crate::journal::entries(&journal).last().expect("entries")["seq"].as_u64().expect("a number");
    fs::remove_file(&journal).expect("removes");
    crate::journal::wait_for("another journal", || count("frame") > 50);
    crate::interrupt(&running.0);
    let (mut status, mut said) = (String::new(), String::new());
    running.0.stdout.take().expect("piped").read_to_string(&mut status).expect("reads");
    running.0.stderr.take().expect("piped").read_to_string(&mut said).expect("reads");
    assert_eq!(said.matches("was taken away; another is begun in its place").count(), 1, "{said}");
    let entries = crate::journal::entries(&journal);
    assert_eq!((&entries[0]["is"], &entries[1]["is"]), (&"start".into(), &"state".into()));
    assert!(entries[0]["seq"].as_u64() > Some(before), "numbers go on");

    let output = crate::journal::sideline()
        .args(["replay", "--speed", "max", "--lists"])
        .arg(&again)
        .arg(&journal)
        .output()
        .expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = |file: &Path| -> BTreeMap<u64, String> {
        let text = fs::read_to_string(file).expect("reads");
        let frames = text.split("frame ").filter_map(|frame| frame.split_once('\n'));
        frames.map(|(index, list)| (index.parse().expect("a frame"), list.to_owned())).collect()
    };
    let (on_air, again) = (listed(&lists), listed(&again));
    // Movements that were under way when it began are over by now.
    let settled = again.keys().next().expect("frames") + 40;
    let compared: Vec<u64> =
        again.keys().copied().filter(|index| *index > settled && on_air.contains_key(index)).collect();
    assert!(compared.len() > 10, "{} frames", compared.len());
    for index in compared {
        assert_eq!(again[&index], on_air[&index], "frame {index}");
        assert!(again[&index].contains("score-bug"), "what was on air is on air");
    }
    // And a restart goes on from it.
    let fold = Fold::recover(&journal, BTreeMap::new());
    assert!(fold.position().upto > before);
}

#[test]
fn positions_that_the_show_does_not_keep_are_missing_from_the_journal_and_nothing_else_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let sources = "sources = [\"marker\", \"boxscorestatsv2\", \"chart\", \"clock\", \"location\"]\n";
    let show_file = show(folder.path(), "");
    let text = fs::read_to_string(&show_file).expect("reads");
    let text = text.replace("venue = true\n", &format!("venue = true\n{sources}"));
    fs::write(&show_file, text + "[journal]\nlocation = 2\n").expect("writes");
    let output = run(&show_file, "4").output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut positions = Vec::new();
    for entry in read(&folder.path().join("show.journal")).expect("opens").map(|entry| entry.expect("an entry")) {
        if let Body::Received { bytes, .. } = &entry.body
            && sideline::feed::shottracker::is_positions(bytes)
        {
            positions.push(entry.at);
        }
    }
    assert!((2..=10).contains(&positions.len()), "{} in four seconds", positions.len());
    let apart = positions.windows(2).map(|pair| pair[1].since(pair[0]));
    assert!(apart.min().is_some_and(|apart| apart >= Duration::from_millis(500)));
}

#[test]
fn no_key_and_no_token_is_ever_in_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let league = "[[feed]]\nid = \"league\"\nkind = \"nba-push-events\"\n\
                  url = \"http://127.0.0.1:9/subscribe?api_key=0123456789-in-the-address\"\n";
    let show_file = show(folder.path(), league);
    let output = run(&show_file, "3").env("SPORTRADAR_KEY", "9876543210-in-the-environment").output().expect("starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let journal = fs::read_to_string(folder.path().join("show.journal")).expect("reads");
    assert!(journal.contains("\"is\":\"received\"") && journal.contains("127.0.0.1:9"), "the feeds are in it");
    let checkpoint = fs::read_to_string(folder.path().join("show.journal.checkpoint")).unwrap_or_default();
    for secret in ["0123456789-in-the-address", "9876543210-in-the-environment", "demo-secret"] {
        for text in [&journal, &checkpoint, &said] {
            assert!(!text.contains(secret), "{secret} is told");
        }
    }
}

#[test]
fn a_rehearsal_counts_what_a_feed_sent_that_was_no_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("show.journal");
    let start = Start {
        epoch: EPOCH,
        rate: FrameRate::FPS_25,
        show: "[show]\nname = \"x\"\nsize = \"320x180\"\n".to_owned(),
        folder: folder.path().to_owned(),
        follows: BTreeMap::new(),
        files: Default::default(),
    };
    let skipped =
        |why: &str| Body::Skipped { feed: "league".into(), kind: FeedKind::NbaPushEvents, bytes: 7, why: why.into() };
    let kind = FeedKind::NbaPushEvents;
    let link = Body::Link { feed: "league".into(), kind, link: Link::Up, why: None, resumed: false };
    let writer = Writer::open(&journal).expect("opens").writer;
    for (seq, (millis, body)) in (1..).zip([
        (0, Body::Start(start)),
        (50, link),
        (100, skipped("garbage")),
        (200, skipped("oversized")),
        (400, Body::Due),
    ]) {
        writer.append(Entry { seq, at: EPOCH + Duration::from_millis(millis), body });
    }
    writer.close();
    let output = crate::journal::sideline()
        .args(["replay", "--headless", "--json", "--seconds", "2"])
        .arg(&journal)
        .output()
        .expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let status: Value = serde_json::from_slice(&output.stdout).expect("the last status");
    assert_eq!(status["feeds"][0]["skipped"], 2, "{}", status["feeds"]);
}
