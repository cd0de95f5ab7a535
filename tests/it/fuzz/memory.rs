//! A hostile message of the largest size that is read takes little memory: each is decoded by the real program, in a
//! process that the system lets have no more.

#![cfg(target_os = "linux")]

use std::io::Write;
use std::process::Command;

use sideline::ids::FeedKind;

/// Just under the cap on a message.
const SIZE: usize = 8 * 1024 * 1024 - 64;
/// Address space of the process: the program itself with its libraries, the message, and what is made of it. Without a
/// limit in the decoders the messages below take gigabytes.
const LIMIT_KB: u64 = 600 * 1024;

/// `before`, as much of `again` as there is room for, and `after`.
fn hostile(before: &str, again: &str, after: &str) -> Vec<u8> {
    let times = (SIZE - before.len() - after.len()) / (again.len() + 1);
    let mut message = Vec::with_capacity(SIZE);
    message.extend_from_slice(before.as_bytes());
    for time in 0..times {
        if time > 0 {
            message.push(b',');
        }
        message.extend_from_slice(again.as_bytes());
    }
    message.extend_from_slice(after.as_bytes());
    message
}

/// Inspects a stream of the messages within the limit; gives the counts of oddities by their kind.
fn inspect(kind: FeedKind, messages: &[Vec<u8>]) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for message in messages {
        file.write_all(message).unwrap();
        file.write_all(b"\n").unwrap();
    }
    let output = Command::new("sh")
        .args(["-c", "ulimit -v \"$1\" && exec \"$2\" inspect --feed \"$3\" \"$4\"", "sh"])
        .args([LIMIT_KB.to_string().as_str(), env!("CARGO_BIN_EXE_sideline"), kind.name()])
        .arg(file.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{kind}: {}: {said}", output.status);
    said.lines().map(str::to_owned).collect()
}

#[track_caller]
fn says(said: &[String], what: &str) {
    assert!(said.iter().any(|line| line.contains(what)), "{what}: {said:#?}");
}

#[test]
fn hostile_lists_of_the_tracker_are_read_as_far_as_there_is_room() {
    let of = |source: &str, before: &str, again: &str, after: &str| {
        hostile(&format!(r#"{{"type":"data","source":"{source}","data":{before}"#), again, &format!("{after}}}"))
    };
    let said = inspect(
        FeedKind::ShotTracker,
        &[
            of("chart", "[", "{}", "]"),
            of("location", r#"{"locations":["#, "{}", "]}"),
            of("broadcastsummary", r#"{"game_stats":{"home":{"team":{"shots":["#, "{}", "]}}}}"),
            of("clock", "{", r#""x":0"#, "}"),
            hostile(r#"{"details":["#, "{}", "]}"),
            hostile(r#"{"shots":["#, "[]", "]}"),
        ],
    );
    says(&said, "data: a list that is too long");
    says(&said, "locations: a list that is too long");
    says(&said, "shots: a list that is too long");
    says(&said, "data: an object with too many fields");
    says(&said, "details: a list that is too long");
    says(&said, "catch-up: `shots` is not readable, as in \"it has more than 300000 values\"");
}

#[test]
fn hostile_lists_of_the_league_are_read_as_far_as_there_is_room() {
    let event = |before: &str, again: &str| {
        hostile(&format!(r#"{{"payload":{{"game":{{"id":"g"}},"event":{{{before}["#), again, "]}}}")
    };
    let said = inspect(
        FeedKind::NhlPushEvents,
        &[
            event(r#""id":"1","statistics":"#, "{}"),
            event(r#""id":"1","deleted_events":"#, r#"{"id":"1"}"#),
            event(r#""id":"1","on_ice":"#, r#"{"players":[{}]}"#),
            hostile(r#"{"id":"g","periods":[{"number":1,"type":"REG","events":["#, r#"{"id":"1"}"#, "]}]}"),
        ],
    );
    for list in ["statistics", "deleted_events", "on_ice", "events"] {
        says(&said, &format!("{list}: a list that is too long"));
    }
}
