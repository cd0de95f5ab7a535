//! A journal of three hours with all sources and every position: how large it is, how long a replay of it takes, and how
//! long a restart from it.
//!
//! `cargo bench --bench journal` writes it below `target/tmp` (a minute, mostly the packing that a show has hours for) and
//! fails when a limit is exceeded: 500 MB, 20 s, 1 s. The game is the mock venue's real one, and again from tip-off until
//! three hours are over; messages, marks of frames and checkpoints as a show on air writes them.

#![allow(clippy::print_stdout, reason = "what was measured is this program's result")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sideline::app::{Fold, Point, Replay, replay};
use sideline::feed::decode;
use sideline::ids::{FeedId, FeedKind};
use sideline::journal::file::{Options, Writer, discard, read};
use sideline::journal::{Body, Entry, Seq, Start};
use sideline::time::{Clock, FrameIndex, FrameRate, SystemClock, Timestamp};
use sideline::venue::course::Course;
use sideline::venue::fault::Faults;
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::shottracker::live::SOURCES;
use sideline::venue::shottracker::transcript::Transcript;
use sideline::venue::sportradar::body::Channel;
use sideline::venue::sportradar::transcript::transcript;
use sideline::venue::timeline::Timeline;

const EPOCH: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const LENGTH_MS: u64 = 3 * 60 * 60 * 1000;
const RATE: FrameRate = FrameRate::FPS_59_94;
const SHOW: &str = "[show]\nname = \"three hours\"\nsize = \"320x180\"\njournal = \"three-hours.journal\"\n";

/// As a show on air does.
const CHECKPOINT_EVERY_MS: u64 = 5_000;

/// What a show with these three feeds receives, by its milliseconds since tip-off.
fn received(play: &Performance) -> Vec<(u64, Body)> {
    let game_ms = play.course().end_ms();
    let mut all = Vec::new();
    for (offset, end_ms) in [(0, game_ms.min(LENGTH_MS)), (game_ms, LENGTH_MS.saturating_sub(game_ms))] {
        let body = |feed: &str, kind, bytes: bytes::Bytes| Body::Received { feed: feed.into(), kind, bytes };
        let tracked = Transcript::new(play, &SOURCES, 0, end_ms);
        all.extend(tracked.map(|(ms, text)| (offset + ms, body("tracker", FeedKind::ShotTracker, text.into()))));
        let pushed = transcript(play, Channel::Events, end_ms);
        all.extend(pushed.map(|(ms, line)| (offset + ms, body("league", FeedKind::NbaPushEvents, line))));
        let ticks = transcript(play, Channel::Clock, end_ms);
        all.extend(ticks.map(|(ms, line)| (offset + ms, body("clock", FeedKind::NbaPushClock, line))));
    }
    all.sort_by_key(|(ms, _)| *ms);
    all
}

struct Recorder {
    writer: Writer,
    fold: Fold,
    seq: Seq,
}

impl Recorder {
    fn enter(&mut self, ms: u64, body: Body) {
        self.seq += 1;
        let entry = Entry { seq: self.seq, at: EPOCH + Duration::from_millis(ms), body };
        self.fold.apply(&entry);
        self.writer.append_patiently(entry);
    }
}

fn write(journal: &Path) -> u64 {
    let course = Arc::new(Course::of(Script::builtin()));
    let timeline = Timeline::new(Some(EPOCH), 0, course.end_ms(), 1.0, false);
    let play = Performance::new(course, timeline, Faults::new(&[]));
    let writer = Writer::open_on_air(journal, Options::default()).expect("opens").writer;
    let mut recorder = Recorder { writer, fold: Fold::new(BTreeMap::new()), seq: 0 };
    let start = Start {
        epoch: EPOCH,
        rate: RATE,
        show: SHOW.into(),
        folder: PathBuf::new(),
        follows: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    recorder.enter(0, Body::Start(start));
    let (mut marked, mut checkpoint_ms, mut bytes) = (None, 0, 0);
    for (ms, body) in received(&play) {
        let index = RATE.frame_at(Duration::from_millis(ms));
        if marked != Some(index) {
            let after = marked.map(|_| FrameIndex(index.0.saturating_sub(1)));
            recorder.enter(ms, Body::Frame { index, after, upto: recorder.seq });
            marked = Some(index);
        }
        if let Body::Received { bytes: message, .. } = &body {
            bytes += message.len() as u64;
        }
        recorder.enter(ms, body);
        if ms >= checkpoint_ms {
            checkpoint_ms = ms + CHECKPOINT_EVERY_MS;
            let state = serde_json::to_vec(&recorder.fold).expect("the fold is JSON");
            recorder.writer.checkpoint_patiently(state);
        }
    }
    let health = recorder.writer.health();
    wait_for_packing(journal);
    recorder.writer.close();
    assert_eq!(health.lost(), 0);
    bytes
}

/// Until no file that was put aside is plain.
fn wait_for_packing(journal: &Path) {
    let is_plain = |name: &str| name.rsplit('.').next().is_some_and(|ending| ending.parse::<u32>().is_ok());
    while files(journal).iter().any(|(path, _)| is_plain(&path.to_string_lossy())) {
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The journal's files with their lengths, checkpoint included.
fn files(journal: &Path) -> Vec<(PathBuf, u64)> {
    let folder = fs::read_dir(journal.parent().expect("a folder")).expect("reads");
    let files =
        folder.map(|file| file.expect("a file")).map(|file| (file.path(), file.metadata().map_or(0, |m| m.len())));
    files.filter(|(path, _)| path.to_string_lossy().starts_with(&*journal.to_string_lossy())).collect()
}

/// How long it takes the real program to be back on air with this journal, its own start and software drawing included.
fn back_on_air(folder: &Path, journal: &Path) -> f64 {
    let show = folder.join("three-hours.toml");
    fs::write(&show, SHOW).expect("writes");
    let started_at = SystemClock::start().now();
    let status = Command::new(env!("CARGO_BIN_EXE_sideline"))
        .args(["run", "--headless", "--seconds", "2"])
        .arg(&show)
        .env("SIDELINE_ADAPTER", "software")
        .stderr(std::process::Stdio::null())
        .status()
        .expect("starts");
    assert!(status.success());
    let mut entries = read(journal).expect("opens").map(|entry| entry.expect("an entry"));
    let again = entries.by_ref().find(|entry| matches!(entry.body, Body::Start(_)) && entry.at >= started_at);
    assert!(again.is_some(), "it was started again");
    let frame = entries.find(|entry| matches!(entry.body, Body::Frame { .. })).expect("a frame");
    frame.at.since(started_at).as_secs_f64()
}

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let journal = folder.join("three-hours.journal");
    discard(&journal).expect("removes");
    let began = Instant::now();
    let received = write(&journal);
    let sizes = files(&journal);
    let size: u64 = sizes.iter().map(|(_, length)| length).sum();
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!("three hours: {:.0} MB received, {:.0} MB on the disk in {} files", mb(received), mb(size), sizes.len());
    println!("  written in {:.1} s", began.elapsed().as_secs_f64());

    let began = Instant::now();
    let what = Replay {
        journal: journal.clone(),
        show: None,
        feeds_only: false,
        from: Point::default(),
        to: None,
        out: None,
        lists: None,
    };
    let replayed = replay(&what).expect("replays");
    let replay_s = began.elapsed().as_secs_f64();
    println!("replay of {} frames: {replay_s:.1} s", replayed.frames + replayed.skipped);

    let began = Instant::now();
    let options: BTreeMap<FeedId, decode::Options> = BTreeMap::new();
    let opened = Writer::open_on_air(&journal, Options::default()).expect("opens");
    let fold = Fold::recover(&journal, options);
    let restart_s = began.elapsed().as_secs_f64();
    println!("restart after entry {}: {:.0} ms", fold.position().upto, restart_s * 1e3);
    assert_eq!(fold.position().upto, opened.last);
    opened.writer.close();

    let back_s = back_on_air(folder, &journal);
    println!("back on air: {:.0} ms from the program's start to the journal's next frame", back_s * 1e3);

    assert!(size < 500_000_000, "{size} bytes");
    assert!(replay_s < 20.0, "{replay_s} s");
    assert!(restart_s < 1.0, "{restart_s} s");
    discard(&journal).expect("removes");
}
