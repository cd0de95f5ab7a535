//! Real captures cut anywhere: after any number of bytes the state is that of the messages that were whole by then.
//!
//! Where messages end is found by `serde_json` and not by our splitter, and what the state has to be after a message is read
//! off the raw message by this file, which knows nothing of our decoders: score, time outs and clock of the message itself,
//! and the plays so far. So a state that goes wrong late in a file shows, and so does a message that is lost or taken twice.
//! Needs the captures; see `captures`.

use std::collections::BTreeSet;

use serde_json::Value;
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::FeedKind;
use sideline::inspect::{Report, Run};

use crate::captures::{HOCKEY_CLOCKS, TWO_GAMES, VENDOR_SAMPLE, capture};

/// Every message of a stream with the place of its end, by another parser than ours.
fn messages(bytes: &[u8]) -> Vec<(usize, Value)> {
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    let mut messages = Vec::new();
    while let Some(message) = stream.next() {
        messages.push((stream.byte_offset(), message.expect("a capture is JSON")));
    }
    messages
}

/// All but the health of the feed, which a cut message rightly changes.
fn game_of(report: Report) -> GameSnapshot {
    GameSnapshot { feeds: Vec::new(), ..report.snapshot }
}

/// "MM:SS.f" as a display has it, rounded down.
fn shown(clock: &str) -> String {
    let (minutes, seconds) = clock.split_once(':').expect("minutes and seconds");
    let (minutes, tenths): (u32, f64) = (minutes.parse().unwrap(), seconds.parse::<f64>().unwrap() * 10.0);
    let tenths = (tenths + 1e-6).floor() as u32;
    if minutes > 0 { format!("{minutes}:{:02}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// What a game's raw messages say, as far as the last of them says it plainly.
#[derive(Default)]
struct Raw {
    plays: BTreeSet<String>,
    deleted: BTreeSet<String>,
    latest: i64,
}

impl Raw {
    /// What the game is right after a message of an events feed; `None` where an edit or a delete leaves that to the rules
    /// of the decoder.
    fn after_event(&mut self, message: &Value) -> Option<String> {
        let event = &message["payload"]["event"];
        let id = event["id"].as_str().expect("an event has an id").to_owned();
        if event.get("deleted").is_some() || message["metadata"]["operation"] == "delete" {
            self.plays.remove(&id);
            self.deleted.insert(id);
            return None;
        }
        if !self.deleted.contains(&id) {
            self.plays.insert(id.clone());
        }
        let sequence = event["sequence"].as_f64().expect("an event has a sequence") as i64;
        if sequence <= self.latest {
            return None;
        }
        self.latest = sequence;
        let game = &message["payload"]["game"];
        let clock = event.get("clock_decimal").unwrap_or(&event["clock"]).as_str().expect("an event has a clock");
        let side = |side: &str| {
            let block = &game[side];
            format!("{} ({} left, bonus {})", block["points"], block["remaining_timeouts"], block["bonus"])
        };
        let period = &event["period"];
        assert_eq!(period["type"], "quarter", "the captures end before any overtime");
        let (home, away) = (side("home"), side("away"));
        Some(format!("{home} {away} Q{} {}; {id} of {}", period["number"], shown(clock), self.plays.len()))
    }
}

/// The same of a snapshot.
fn event_of(game: &GameSnapshot) -> String {
    let number = |number: Option<u32>| number.map_or("null".to_owned(), |number| number.to_string());
    let side = |team: &sideline::game::snapshot::Team| {
        let bonus = team.bonus.map_or("null".to_owned(), |bonus| bonus.to_string());
        format!("{} ({} left, bonus {bonus})", number(team.score), number(team.timeouts))
    };
    let period = game.clock.period.as_ref().map_or("?", |period| &period.label);
    let clock = game.clock.game.as_ref().map_or("?", |clock| &clock.display);
    let newest = game.plays.first().and_then(|play| play.id.as_ref()).map_or("?", |id| id.as_str());
    format!("{} {} {period} {clock}; {newest} of {}", side(&game.home), side(&game.away), game.plays.len())
}

/// What a message of the hockey clock says.
fn after_clock(message: &Value) -> String {
    let (game, clocks) = (&message["payload"]["game"], &message["payload"]["clocks"]);
    let strength = clocks["strength"].as_str().map_or("-".to_owned(), |text| text.trim_start_matches('0').to_owned());
    let clock = shown(clocks["game"].as_str().expect("a clock"));
    let id = message["payload"]["event"]["id"].as_str().expect("an id");
    format!("{}:{} P{} {clock} {strength} {id}", game["home"]["points"], game["away"]["points"], game["period"])
}

fn clock_of(game: &GameSnapshot) -> String {
    let number = |number: Option<u32>| number.map_or("null".to_owned(), |number| number.to_string());
    let period = game.clock.period.as_ref().map_or("?", |period| &period.label);
    let clock = game.clock.game.as_ref().map_or("?", |clock| &clock.display);
    let strength = game.clock.strength.as_ref().map_or("-", |clock| &clock.display);
    let strength = strength.trim_start_matches('0');
    let newest = game.plays.first().and_then(|play| play.id.as_ref()).map_or("?", |id| id.as_str());
    let (home, away) = (number(game.home.score), number(game.away.score));
    format!("{home}:{away} {period} {clock} {strength} {newest}")
}

fn is_of_game(message: &Value, id: &str) -> bool {
    message["payload"]["game"]["id"].as_str().is_some_and(|game| game == id)
}

/// A state takes a while to look at: of messages without news for the game, and for cuts, every so many-th is enough.
const LOOK_EVERY: usize = 7;

/// Cuts a capture after every message of a game, and within every so many-th message at a few places or, `dense_every` so
/// often, at every seventh byte; gives how many messages of the game were compared with what they say themselves.
fn cut_anywhere(name: &str, kind: FeedKind, game: &str, dense_every: usize) -> Option<usize> {
    let bytes = capture(name)?;
    let (mut run, mut raw) = (Run::new(kind, Some(game)), Raw::default());
    let (mut start, mut before, mut compared) = (0, game_of(run.clone().report()), 0);
    for (index, (end, message)) in messages(&bytes).into_iter().enumerate() {
        let length = end - start;
        let cuts: Vec<usize> = match index {
            index if index % dense_every == dense_every / 2 => (1..length).step_by(7).collect(),
            index if index % LOOK_EVERY == 0 => [1, length / 3, index * 7_919 % length, length - 1].into(),
            _ => Vec::new(),
        };
        for cut in cuts {
            let mut cut_off = run.clone();
            cut_off.bytes(&bytes[start..start + cut]);
            let after = game_of(cut_off.report());
            assert!(after == before, "{name} cut {cut} bytes into message {index} of {game}");
        }
        run.bytes(&bytes[start..end]);
        start = end;
        let is_ours = is_of_game(&message, game);
        if !is_ours && index % LOOK_EVERY != 1 {
            continue;
        }
        let after = game_of(run.clone().report());
        let (expected, found) = match kind {
            FeedKind::NhlPushClock => (is_ours.then(|| after_clock(&message)), clock_of(&after)),
            _ => (if is_ours { raw.after_event(&message) } else { None }, event_of(&after)),
        };
        match expected {
            Some(expected) => {
                assert_eq!(found, expected, "{name} after message {index}");
                compared += 1;
            }
            None if !is_ours => assert!(after == before, "{name}: message {index} is none of {game}"),
            None => assert_eq!(after.plays.len(), raw.plays.len(), "{name}: plays after message {index}"),
        }
        before = after;
    }
    Some(compared)
}

#[test]
fn the_capture_of_two_games_cut_anywhere_is_each_game_as_its_messages_tell_it() {
    for game in ["26e0906a-a222-4013-a9c8-dea6a8fe1f4f", "0d996d35-85e5-4913-bd45-ac9cfedbf272"] {
        let Some(compared) = cut_anywhere(TWO_GAMES, FeedKind::NbaPushEvents, game, 700) else { return };
        assert!(compared > 150, "{compared} messages of {game}");
    }
}

#[test]
fn the_vendors_sample_cut_anywhere_is_the_game_as_its_messages_tell_it() {
    let Some(bytes) = capture(VENDOR_SAMPLE) else { return };
    let all = messages(&bytes);
    let id = |message: &Value| message["payload"]["game"]["id"].as_str().map(str::to_owned);
    let game = all.iter().find_map(|(_, message)| id(message)).expect("a message of a game");
    let compared = cut_anywhere(VENDOR_SAMPLE, FeedKind::NbaPushEvents, &game, 60).expect("it is there");
    assert!(compared > 15, "{compared}");
}

#[test]
fn the_hockey_clocks_cut_anywhere_are_each_game_as_its_messages_tell_it() {
    for (game, expected) in [
        ("4c2c22af-6755-42c8-adb5-0058da782d02", 1),
        ("b6a16ac2-4348-4139-9a21-1b99bb443dfa", 2),
        ("8fc62fdb-962c-4999-9885-ac63c95d8080", 2),
        ("065f948d-471b-47b4-a971-001dc9004371", 1),
    ] {
        let Some(compared) = cut_anywhere(HOCKEY_CLOCKS, FeedKind::NhlPushClock, game, 3) else { return };
        assert_eq!(compared, expected, "messages of {game}");
    }
}

#[test]
fn times_are_shown_as_a_display_has_them() {
    assert_eq!(
        [shown("11:07"), shown("01:40.000"), shown("00:21.70"), shown("0:04.2")],
        ["11:07", "1:40", "21.7", "4.2"]
    );
}
