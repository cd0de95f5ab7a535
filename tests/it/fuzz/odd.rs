//! Each way in which real streams are odd: what is odd is counted by its kind and told once, and what is right beside it
//! still counts.

use std::io::Read;

use sideline::feed::decode::{Decoder, Options, Verdict};
use sideline::game::snapshot::GameSnapshot;
use sideline::game::{self, GameState, Rules};
use sideline::ids::{FeedId, FeedKind};
use sideline::inspect::inspect;
use sideline::time::Timestamp;

const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// Decodes each message twice. Gives the last verdict and the game, once it is sure that each of `kinds` was counted for every
/// message and told once, and nothing else was odd.
#[track_caller]
fn check(kind: FeedKind, messages: &[&[u8]], kinds: &[(&str, u64)]) -> (Verdict, GameSnapshot) {
    let mut decoder = Decoder::new(kind, Options::default());
    let (mut state, mut events, feed) = (GameState::default(), Vec::new(), FeedId::from("f"));
    let (mut told, mut verdict) = (Vec::new(), Verdict::Unused);
    for message in messages.iter().chain(messages) {
        verdict = decoder.decode(message, &mut events).verdict;
        told.extend(decoder.take_fresh_notes());
        events.drain(..).for_each(|event| state.apply(AT, &feed, kind, &event));
    }
    let counted: Vec<(&str, u64)> = decoder.notes().iter().map(|(kind, note)| (kind, note.count)).collect();
    assert_eq!(counted, kinds);
    assert_eq!(told.len(), kinds.len(), "each kind is told once: {told:?}");
    for (told, (kind, _)) in told.iter().zip(kinds) {
        assert!(told.contains(kind), "{told}");
    }
    (verdict, game::view(&state, &Rules::default(), AT))
}

fn clock(data: &str) -> Vec<u8> {
    format!(r#"{{"type":"data","source":"clock","data":{data}}}"#).into_bytes()
}

fn line(figures: &str) -> Vec<u8> {
    let data = format!(r#"{{"gid":"g","tid":"1","pid":"7","act":"PLAYER","stats":{{{figures}}}}}"#);
    format!(r#"{{"type":"data","source":"boxscorestatsv2","seq":1,"data":{data}}}"#).into_bytes()
}

fn push(event: &str) -> Vec<u8> {
    let game =
        r#"{"id":"g","home":{"id":"h","name":"Herons","points":7},"away":{"id":"a","name":"Asters","points":5}}"#;
    format!(r#"{{"payload":{{"game":{game},"event":{event}}}}}"#).into_bytes()
}

#[test]
fn strings_for_numbers_are_read_and_said() {
    let team = |id, assists| format!(r#"{{"team":{{"team_id":{id},"PTS":9,"AST":{assists}}}}}"#);
    let data = format!(r#"{{"game_stats":{{"home":{},"away":{}}}}}"#, team("1", "\"12\""), team("\"2\"", "4"));
    let message = format!(r#"{{"type":"data","source":"broadcastsummary","data":{data}}}"#);
    let (verdict, snapshot) = check(FeedKind::ShotTracker, &[message.as_bytes()], &[("AST: a number came as text", 2)]);
    assert_eq!(verdict, Verdict::Taken);
    assert_eq!((snapshot.home.stats.assists, snapshot.away.stats.assists), (Some(12), Some(4)));
    let message = push(r#"{"id":"1","event_type":"rebound","sequence":1}"#);
    let message = String::from_utf8(message).unwrap().replace("\"points\":7", "\"points\":\"7\"");
    let kinds = [("game.home.points: a number came as text", 2)];
    let (_, snapshot) = check(FeedKind::NbaPushEvents, &[message.as_bytes()], &kinds);
    assert_eq!(snapshot.home.score, Some(7));
}

#[test]
fn floats_for_integers_are_the_vendors_way_and_a_fraction_is_rounded_and_said() {
    check(FeedKind::ShotTracker, &[&line(r#""PTS":12.0,"TEAM_SCORE":30.0"#)], &[]);
    check(FeedKind::ShotTracker, &[&line(r#""PTS":12.5"#)], &[("PTS: not a whole number", 2)]);
}

#[test]
fn nulls_are_what_is_not_known_and_nothing_odd() {
    let (_, snapshot) = check(FeedKind::ShotTracker, &[&line(r#""PTS":null,"REB":null,"TEAM_SCORE":null"#)], &[]);
    assert_eq!(snapshot.home.score, None);
    check(
        FeedKind::ShotTracker,
        &[&clock(r#"{"gid":null,"period":"Q1","min":"4","sec":"07","state":"STOPPED","shotSec":null}"#)],
        &[],
    );
}

#[test]
fn missing_objects_leave_the_rest_of_the_message() {
    let (verdict, snapshot) =
        check(FeedKind::NbaPushEvents, &[br#"{"payload":{"game":{"id":"g","home":{"id":"h","points":3}}}}"#], &[]);
    assert_eq!((verdict, snapshot.home.score), (Verdict::Taken, Some(3)));
    check(FeedKind::NbaPushEvents, &[br#"{"payload":{}}"#], &[("message: names no game", 2)]);
    check(FeedKind::ShotTracker, &[br#"{"type":"data","source":"chart"}"#], &[("message: no data", 2)]);
}

#[test]
fn unknown_words_are_counted_by_their_place_and_the_first_is_the_example() {
    let (_, snapshot) = check(
        FeedKind::ShotTracker,
        &[
            &clock(r#"{"gid":"g","period":"Q9Z","min":"4","sec":"07","state":"STARTED"}"#),
            &clock(r#"{"gid":"g","period":"EXTRA","min":"4","sec":"06","state":"STARTED"}"#),
        ],
        &[("period: not a documented token", 4)],
    );
    assert_eq!(snapshot.clock.game.map(|game| game.display).as_deref(), Some("4:06"));
}

#[test]
fn unknown_types_of_message_are_skipped_and_counted() {
    for (message, kind) in [
        (&br#"{"type":"moonphase","data":{}}"#[..], "message: not a documented type"),
        (br#"{"type":"data","source":"moonphase","data":{}}"#, "message: not a documented source"),
    ] {
        let (verdict, _) = check(FeedKind::ShotTracker, &[message], &[(kind, 2)]);
        assert_eq!(verdict, Verdict::Skipped);
    }
    let (verdict, _) =
        check(FeedKind::NhlPushEvents, &[b"{\"locale\":\"en\"}"], &[("message: neither payload nor heartbeat", 2)]);
    assert_eq!(verdict, Verdict::Skipped);
}

#[test]
fn what_a_server_says_of_the_connection_is_no_lost_message_and_an_error_is_told_in_its_words() {
    for (message, kind, expected) in [
        (r#"{"type":"connected"}"#, "message: a type that is not documented, without data", Verdict::Unused),
        (
            r#"{"type":"ack","sources":["clock"]}"#,
            "message: a type that is not documented, without data",
            Verdict::Unused,
        ),
        (
            r#"{"type":"error","message":"Token has expired"}"#,
            "message: an error of the vendor's: Token has expired",
            Verdict::Skipped,
        ),
        (r#"{"type":"ERROR","error":12}"#, "message: an error of the vendor's: 12", Verdict::Skipped),
    ] {
        let (verdict, _) = check(FeedKind::ShotTracker, &[message.as_bytes()], &[(kind, 2)]);
        assert_eq!(verdict, expected, "{message}");
    }
}

#[test]
fn invalid_utf8_costs_a_character_and_not_the_message() {
    let mut message = push(r#"{"id":"1","event_type":"rebound","description":"by ?","sequence":1}"#);
    let at = message.iter().position(|byte| *byte == b'?').unwrap();
    message[at] = 0xff;
    let (verdict, snapshot) = check(FeedKind::NbaPushEvents, &[&message], &[("message: not valid UTF-8", 2)]);
    assert_eq!(verdict, Verdict::Taken);
    assert_eq!(snapshot.plays[0].text.as_deref(), Some("by \u{fffd}"));
}

/// Nothing is read recursively: how deep it is does not matter, only where it stands.
#[test]
fn deep_nesting_is_passed_over_where_it_stands_and_said() {
    let deep = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for depth in [200, 100_000] {
        let deep = deep(depth);
        check(FeedKind::ShotTracker, &[&clock(&deep)], &[("data: not an object", 2)]);
        let message = clock(&format!(r#"{{"gid":"g","min":"1","sec":"2","period":{deep}}}"#));
        let kinds = [("period: an object or a list where a value belongs", 2)];
        let (verdict, snapshot) = check(FeedKind::ShotTracker, &[&message], &kinds);
        assert_eq!(verdict, Verdict::Taken);
        assert_eq!(snapshot.clock.game.map(|game| game.millis), Some(62_000));
        let message = push(&format!(r#"{{"id":"1","event_type":"rebound","sequence":1,"statistics":{deep}}}"#));
        check(FeedKind::NbaPushEvents, &[&message], &[("statistics: not an object", 2)]);
    }
    // In a stream of objects the splitter gives up earlier, and finds the next object all the same.
    let good = push(r#"{"id":"1","event_type":"rebound","sequence":1}"#);
    let stream = [format!(r#"{{"a":{}}}"#, deep(100_000)).into_bytes(), good].concat();
    let report = inspect(FeedKind::NbaPushEvents, stream.as_slice(), None).unwrap();
    assert_eq!((report.counts.taken, report.notes.len()), (1, 1));
    assert_eq!(report.notes[0].kind, "stream: bytes that are no message");
}

#[test]
fn a_message_of_no_bytes_is_skipped_and_called_empty() {
    for kind in FeedKind::ALL {
        let (verdict, _) = check(kind, &[b""], &[("message: empty", 2)]);
        assert_eq!(verdict, Verdict::Skipped);
        check(kind, &[b" \r\n"], &[("message: empty", 2)]);
    }
}

#[test]
fn a_hundred_megabytes_are_passed_over_and_what_follows_is_read() {
    let padding = 100_000_000;
    let good = push(r#"{"id":"1","event_type":"rebound","sequence":1}"#);
    let stream =
        br#"{"payload":{"text":""#.chain(std::io::repeat(b'x').take(padding)).chain(&b"\"}}\n"[..]).chain(&good[..]);
    let report = inspect(FeedKind::NbaPushEvents, stream, None).unwrap();
    assert_eq!(report.snapshot.home.score, Some(7));
    let notes: Vec<_> = report.notes.iter().map(|note| (note.kind.as_str(), note.note.count)).collect();
    assert_eq!(notes, [("stream: a message above the cap", 1)]);
    assert_eq!(report.notes[0].note.example.as_deref(), Some("100000023 bytes"));
    assert_eq!((report.counts.taken, report.counts.lost_bytes), (1, padding + 23));
}

#[test]
fn what_is_no_message_is_counted_by_its_kind_and_told_once() {
    let good = push(r#"{"id":"1","event_type":"rebound","sequence":1}"#);
    let stream = [&b"<html>"[..], &good, b"502]", &good, b"{\"payload\":{"].concat();
    let report = inspect(FeedKind::NbaPushEvents, stream.as_slice(), None).unwrap();
    let notes: Vec<_> = report.notes.iter().map(|note| (note.kind.as_str(), note.note.count)).collect();
    assert_eq!(notes, [("stream: bytes that are no message", 2), ("stream: cut off within a message", 1)]);
    assert_eq!(report.counts.taken, 2);
}
