//! Real captures, where somebody has them: in the folder that `SIDELINE_CAPTURES` names, else in `../shared/data/sportradar`
//! beside the repository. They are the vendor's and not ours to commit; the facts that they taught are in `fixtures/feeds`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sideline::feed::splitter::Splitter;
use sideline::ids::FeedKind;
use sideline::inspect::{Report, inspect};

use crate::boundaries::split_at_every_byte;

pub const TWO_GAMES: &str = "nba-push-events-2023-07-19-two-games.ndjson";
pub const VENDOR_SAMPLE: &str = "nba-push-events-vendor-sample.json";
pub const HOCKEY_CLOCKS: &str = "nhl-push-clock-vendor-sample.json";

/// Where captures are, if they are anywhere.
pub fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sportradar");
    std::env::var_os("SIDELINE_CAPTURES").map_or_else(beside, PathBuf::from)
}

/// Says that a test proves nothing, past the capture of test output.
pub fn skip(name: &str) {
    let missing = "set SIDELINE_CAPTURES to the folder that has it";
    writeln!(io::stderr(), "skipped: no `{name}`; {missing}").expect("standard error is there");
}

/// The bytes of a capture; `None`, and a line that says so, where it is absent.
pub fn capture(name: &str) -> Option<Vec<u8>> {
    let bytes = fs::read(folder().join(name)).ok();
    if bytes.is_none() {
        skip(name);
    }
    bytes
}

fn push_events(bytes: &[u8], match_id: Option<&str>) -> Report {
    inspect(FeedKind::NbaPushEvents, bytes, match_id).unwrap()
}

/// "home score, away score; timeouts; bonus; fouls; clock; plays".
fn line(report: &Report) -> String {
    let snapshot = &report.snapshot;
    let (home, away) = (&snapshot.home, &snapshot.away);
    let clock = &snapshot.clock;
    format!(
        "{} {:?} {} {:?}; timeouts {:?} {:?}; bonus {:?} {:?}; fouls {:?} {:?}; {} {}; {} plays",
        home.name.as_deref().unwrap_or("?"),
        home.score,
        away.name.as_deref().unwrap_or("?"),
        away.score,
        home.timeouts,
        away.timeouts,
        home.bonus,
        away.bonus,
        home.fouls,
        away.fouls,
        clock.period.as_ref().map_or("?", |period| &period.label),
        clock.game.as_ref().map_or("?", |game| &game.display),
        snapshot.plays.len(),
    )
}

#[test]
fn both_games_of_the_capture_end_as_their_latest_plays_say() {
    let Some(bytes) = capture(TWO_GAMES) else { return };
    let expected = [
        (
            "26e0906a-a222-4013-a9c8-dea6a8fe1f4f",
            "Knicks Some(59) Bulls Some(63); timeouts Some(4) Some(4); bonus Some(true) Some(true); fouls None None; Q3 4:48; 166 plays",
        ),
        (
            "sd:match:0d996d35-85e5-4913-bd45-ac9cfedbf272",
            "Trail Blazers Some(82) Nets Some(78); timeouts Some(4) Some(4); bonus Some(false) Some(true); fouls None None; Q3 4:25; 169 plays",
        ),
    ];
    for (id, expected) in expected {
        let report = push_events(&bytes, Some(id));
        assert_eq!(line(&report), expected);
        assert_eq!(report.counts.heartbeats, 823);
        assert_eq!(report.notes, []);
    }
}

#[test]
fn the_vendors_sample_is_read_although_nothing_lies_between_its_messages() {
    let Some(bytes) = capture(VENDOR_SAMPLE) else { return };
    let report = push_events(&bytes, None);
    assert_eq!(
        line(&report),
        "Bucks Some(7) Grizzlies Some(0); timeouts Some(7) Some(7); bonus Some(false) Some(false); fouls None None; Q1 9:31; 29 plays"
    );
    assert_eq!((report.counts.taken, report.counts.heartbeats, report.counts.lost_bytes), (84, 28, 0));
}

#[test]
fn the_vendors_hockey_clocks_end_as_each_games_last_message_says() {
    let Some(bytes) = capture(HOCKEY_CLOCKS) else { return };
    // Score, strength, clock and box of four games in six messages.
    let expected = [
        ("4c2c22af-6755-42c8-adb5-0058da782d02", "Penguins 1 None, Ducks 2 None; P2 1:40 -; 0 in the box"),
        (
            "b6a16ac2-4348-4139-9a21-1b99bb443dfa",
            "Jets 1 Some(ShortHanded), Rangers 1 Some(PowerPlay); P2 18:29 1:35; 1 in the box",
        ),
        ("8fc62fdb-962c-4999-9885-ac63c95d8080", "Bruins 1 Some(Even), Panthers 2 Some(Even); P2 3:41 -; 0 in the box"),
        ("065f948d-471b-47b4-a971-001dc9004371", "Lightning 2 None, Kraken 3 None; P2 1:08 -; 0 in the box"),
    ];
    for (id, expected) in expected {
        let report = inspect(FeedKind::NhlPushClock, bytes.as_slice(), Some(id)).unwrap();
        let snapshot = serde_json::to_value(&report.snapshot).unwrap();
        let text = |pointer: &str| snapshot.pointer(pointer).and_then(|value| value.as_str()).unwrap_or("-").to_owned();
        let (home, away) = (&report.snapshot.home, &report.snapshot.away);
        let ended = format!(
            "{} {} {:?}, {} {} {:?}; {} {} {}; {} in the box",
            text("/home/name"),
            home.score.unwrap(),
            home.strength,
            text("/away/name"),
            away.score.unwrap(),
            away.strength,
            text("/clock/period/label"),
            text("/clock/game/display"),
            text("/clock/strength/display"),
            i32::from(home.skaters == Some(4)) + i32::from(away.skaters == Some(4)),
        );
        assert_eq!(ended, expected);
        assert_eq!(report.notes, []);
        assert_eq!(report.counts.lost_bytes, 0);
    }
}

#[test]
fn a_capture_split_at_every_byte_ends_the_same() {
    for name in [TWO_GAMES, VENDOR_SAMPLE, HOCKEY_CLOCKS] {
        let Some(bytes) = capture(name) else { return };
        assert_eq!(split_at_every_byte(&bytes), bytes.len());
        // And the whole of it in two pieces, to its end.
        let whole = Splitter::default().push(&bytes);
        for at in (0..bytes.len()).step_by(bytes.len() / 8 + 1) {
            let mut splitter = Splitter::default();
            let mut pieces = splitter.push(&bytes[..at]);
            pieces.extend(splitter.push(&bytes[at..]));
            assert_eq!(pieces, whole, "{name} split at {at}");
        }
    }
}
