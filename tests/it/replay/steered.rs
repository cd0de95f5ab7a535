//! A rehearsal that is steered while it runs: another place, another speed, a stretch again and again, and what is kept of it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::{Recorded, lists, recorded, replay, whole};
use crate::journal::{Running, entries, sideline, wait_for};

/// A rehearsal and the person at it.
struct Desk {
    rehearsal: Running,
    commands: std::process::ChildStdin,
    said: std::io::Lines<std::io::BufReader<std::process::ChildStderr>>,
}

impl Desk {
    fn open(recorded: &Recorded, lists: &str, more: &[&str]) -> Self {
        // A copy: whoever rehearses writes beside it.
        let journal = recorded.path(lists).with_extension("journal");
        std::fs::copy(recorded.path("show.journal"), &journal).expect("copies");
        Self::open_beside(recorded, &journal, lists, more)
    }

    fn open_beside(recorded: &Recorded, journal: &Path, lists: &str, more: &[&str]) -> Self {
        let mut command = sideline();
        command.args(["replay", "--headless", "--json", "--commands", "-", "--lists"]).arg(recorded.path(lists));
        command.args(more).arg(journal);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut rehearsal = Running(command.spawn().expect("starts"));
        let commands = rehearsal.0.stdin.take().expect("piped");
        let said = std::io::BufRead::lines(std::io::BufReader::new(rehearsal.0.stderr.take().expect("piped")));
        Self { rehearsal, commands, said }
    }

    /// Waits until the rehearsal says something.
    fn hear(&mut self, words: &str) {
        while !self.said.next().expect("it says what happens").expect("reads").contains(words) {}
    }

    fn steer(&mut self, what: &Value) {
        let mut command = what.clone();
        command["verb"] = "rehearse".into();
        writeln!(self.commands, "{command}").expect("the rehearsal listens");
    }

    /// Waits until the rehearsal goes on from somewhere; the frame.
    fn arrive(&mut self) -> u64 {
        loop {
            let line = self.said.next().expect("it says where it is").expect("reads");
            if let Some((_, frame)) = line.split_once("rehearsing from frame ") {
                return frame.trim().parse().expect("a frame");
            }
        }
    }

    fn go(&mut self, what: &Value) -> u64 {
        self.steer(what);
        self.arrive()
    }

    /// Ends the rehearsal; its last status.
    fn close(mut self) -> Value {
        crate::interrupt(&self.rehearsal.0);
        let mut status = String::new();
        self.rehearsal.0.stdout.take().expect("piped").read_to_string(&mut status).expect("reads");
        assert!(self.rehearsal.0.wait().expect("ends").success());
        serde_json::from_str(&status).expect("the last status")
    }
}

#[test]
fn a_rehearsal_that_runs_is_taken_to_any_place_and_shows_what_was_on_air_there() {
    let recorded = recorded();
    let (first, last) = (whole()[0].0, whole()[whole().len() - 1].0);
    let listed: Vec<Value> =
        serde_json::from_slice(&replay(recorded, &["--list", "--json"]).stdout).expect("landmarks");
    let play =
        listed.iter().find(|landmark| landmark["point"].as_str().is_some_and(|point| point.starts_with("play#")));
    let mut desk = Desk::open(recorded, "seek.lists", &[]);
    assert_eq!(desk.arrive(), first);
    desk.steer(&serde_json::json!({"do": "pause"}));
    // Forwards, backwards, by a difference, to a period and to a play; each draws one frame and stands.
    let mut places = Vec::new();
    for (to, frame) in
        [("6", first + 150), ("2.2", first + 55), ("7", first + 175), ("0.4", first + 10), ("5", first + 125)]
    {
        assert_eq!(desk.go(&serde_json::json!({"do": "seek", "to": to})), frame, "to {to}");
        places.push(frame);
    }
    assert_eq!(desk.go(&serde_json::json!({"do": "seek_by", "seconds": -1})), first + 100);
    assert_eq!(desk.go(&serde_json::json!({"do": "seek_by", "seconds": 1e9})), last);
    if let Some(play) = play {
        let to = play["point"].as_str().expect("a point");
        assert_eq!(Some(desk.go(&serde_json::json!({"do": "seek", "to": to}))), play["frame"].as_u64());
    }
    assert!(desk.go(&serde_json::json!({"do": "step", "landing": "period", "by": -1})) >= first);
    // What is nowhere changes nothing.
    desk.steer(&serde_json::json!({"do": "seek", "to": "Q4"}));
    assert_eq!(desk.go(&serde_json::json!({"do": "seek", "to": "1"})), first + 25);
    places.extend([first + 100, first + 25]);
    let status = desk.close();
    assert_eq!(status["rehearsal"]["paused"], true, "{}", status["rehearsal"]);
    let lists = lists(&recorded.path("seek.lists"));
    let on_air: BTreeMap<u64, &String> = whole().iter().map(|(index, list)| (*index, list)).collect();
    for frame in places {
        // Drawn last: on its way to the pause it may have come by once.
        let drawn = lists.iter().rev().find(|(index, _)| *index == frame);
        let (_, list) = drawn.unwrap_or_else(|| panic!("frame {frame} was drawn"));
        assert_eq!(Some(&list), on_air.get(&frame), "frame {frame}");
    }
}

#[test]
fn a_rehearsal_changes_speed_and_plays_a_stretch_again_until_it_is_let_go() {
    let recorded = recorded();
    let first = whole()[0].0;
    let mut desk = Desk::open(recorded, "pace.lists", &["--feeds-only", "--speed", "0.5"]);
    assert_eq!(desk.arrive(), first);
    writeln!(desk.commands, "{}", serde_json::json!({"verb": "toggle", "layer": 1, "template": "bug"}))
        .expect("listens");
    desk.steer(&serde_json::json!({"do": "speed", "times": 4}));
    assert_eq!(desk.go(&serde_json::json!({"do": "loop", "stretch": "2..+1"})), first + 50);
    assert_eq!(desk.arrive(), first + 50, "again");
    assert_eq!(desk.arrive(), first + 50, "and again");
    desk.steer(&serde_json::json!({"do": "loop"}));
    // Slowly, so that there is something to see before the recording is over.
    desk.steer(&serde_json::json!({"do": "speed_by", "by": -2}));
    // The lap that was given up may have been waited for: then the show goes on from where it is before it goes there.
    let there = desk.go(&serde_json::json!({"do": "seek", "to": "6"}));
    let there = if there == first + 150 { there } else { desk.arrive() };
    assert_eq!(there, first + 150);
    let journal = recorded.path("pace.journal.rehearsal");
    wait_for("the rehearsal's journal", || entries(&journal).iter().filter(|entry| entry["is"] == "frame").count() > 5);
    let status = desk.close();
    assert_eq!((&status["rehearsal"]["speed"], &status["rehearsal"]["stretch"]), (&1.0.into(), &Value::Null));
    assert_eq!(status["layers"][0]["on_air"], "bug", "what today's operator took stays on air wherever the game goes");
    let drawn = lists(&recorded.path("pace.lists"));
    let looped = drawn.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
    assert!(looped >= 2, "{looped} times back");
    assert!(drawn.iter().any(|(index, _)| *index >= first + 150), "and on");
    // The journal of the rehearsal begins where it was taken to, and can be replayed alone.
    assert_eq!(entries(&journal)[1]["is"], "state");
    let output = sideline().args(["replay", "--speed", "max"]).arg(&journal).output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_was_rehearsed_is_kept_when_the_recording_is_over_and_from_a_second_rehearsal() {
    let recorded = recorded();
    let last = whole()[whole().len() - 1].0;
    let mut desk = Desk::open(recorded, "kept.lists", &["--from", "6"]);
    let first = desk.arrive();
    let journal = recorded.path("kept.journal.rehearsal");
    let frames = || entries(&journal).iter().filter(|entry| entry["is"] == "frame").count() as u64;
    wait_for("the rehearsal's journal", || frames() > 0);
    let mut second = Desk::open_beside(recorded, &recorded.path("kept.journal"), "kept-2.lists", &["--from", "7"]);
    second.hear("not written down");
    assert!(second.arrive() > first, "it goes on all the same");
    desk.steer(&serde_json::json!({"do": "speed", "times": 4}));
    desk.hear("the recording is over");
    assert_eq!(desk.arrive(), last);
    // Also while the first one stands still and writes nothing.
    second.steer(&serde_json::json!({"do": "seek", "to": "6.4"}));
    while second.arrive() != first + 10 {}
    second.close();
    assert_eq!(desk.close()["rehearsal"]["paused"], true);
    assert_eq!(entries(&journal)[1]["is"], "state");
    let before_the_end = |entry: &Value| entry["is"] == "frame" && entry["index"].as_u64().expect("a frame") < last;
    assert!(entries(&journal).iter().any(before_the_end), "what was rehearsed is still there");
}
