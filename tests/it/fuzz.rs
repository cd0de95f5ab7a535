//! Decoders are total: a property for each of them, with real messages damaged in every way, and one test for each way in
//! which a stream is odd. The properties are those of the fuzz targets.

#[path = "../../fuzz/src/lib.rs"]
mod bodies;

mod memory;
mod odd;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use sideline::ids::FeedKind;

use crate::feeds::{VALUES, messages, pointers};
use bodies::{Input, TARGETS, Target};

/// Inputs of a target from the fixtures: messages of its feed, or the data of its source.
fn seeds(target: Target) -> Vec<Value> {
    let all = |kind| messages(kind).into_iter().map(|text| serde_json::from_str::<Value>(&text).unwrap());
    match target.input {
        Input::Data(source) => {
            let of_source = all(FeedKind::ShotTracker).filter(|message| message["source"] == source);
            of_source.map(|message| message["data"].clone()).collect()
        }
        // The leagues' documents have one shape; the fixtures have it for one of them.
        Input::Message(_) if target.name.ends_with("play_by_play") => {
            let documents = all(FeedKind::NbaPushEvents).chain(all(FeedKind::NhlPushEvents));
            documents.filter(|message| message.get("periods").is_some()).collect()
        }
        Input::Message(kind) if target.name.ends_with("catch_up") => {
            all(kind).filter(|message| message.get("type").is_none()).collect()
        }
        Input::Message(kind) => all(kind).collect(),
        Input::Schedule => vec![serde_json::json!({"games": [
            {"event_id": "g", "status": "ACTIVE", "tipoff_at": 1_604_052_000_000_i64, "home_team_name": "Herons",
             "away_team_name": "Asters", "facility_name": "Hall"},
            {"event_id": 12, "status": "SCHEDULED", "tipoff_at": null, "tournament": null}
        ]})],
        Input::Token => vec![
            serde_json::json!({"token": "0123456789"}),
            serde_json::json!({"data": {"token": "0123456789", "expires": 1}, "links": [{"token": "x"}]}),
        ],
        Input::Line => vec![
            serde_json::json!({"seq": 1, "at": 5, "is": "received", "feed": "f", "kind": "shottracker", "text": "{}"}),
            serde_json::json!({"seq": 2, "at": 5, "is": "received", "feed": "f", "kind": "nba-push-clock", "base64": "/w=="}),
            serde_json::json!({"seq": 3, "at": 6, "is": "frame", "index": 9, "after": 7, "upto": 2}),
            serde_json::json!({"seq": 4, "at": 7, "is": "link", "feed": "f", "kind": "shottracker", "link": "up", "why": null}),
            serde_json::json!({"seq": 5, "at": 8, "is": "due"}),
        ],
    }
}

/// What is done to an input.
#[derive(Clone, Debug)]
enum Damage {
    /// A value becomes another, of any type.
    Value(prop::sample::Index, &'static str),
    /// A value becomes a list or an object of copies of itself.
    Nested(prop::sample::Index, u8),
    /// Bytes are overwritten.
    Bytes(prop::sample::Index, Vec<u8>),
    /// The rest is missing.
    Cut(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<prop::sample::Index>(), prop::sample::select(VALUES)).prop_map(|(at, value)| Damage::Value(at, value)),
        1 => (any::<prop::sample::Index>(), 1..200u8).prop_map(|(at, depth)| Damage::Nested(at, depth)),
        2 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Damage::Bytes(at, bytes)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
    ]
}

fn damaged(seed: &Value, damages: &[Damage]) -> Vec<u8> {
    let mut value = seed.clone();
    for damage in damages {
        let mut places = Vec::new();
        pointers(&value, String::new(), &mut places);
        let (at, other) = match damage {
            Damage::Value(at, other) => (at, Some(serde_json::from_str(other).unwrap())),
            Damage::Nested(at, _) => (at, None),
            Damage::Bytes(..) | Damage::Cut(_) => continue,
        };
        let place = value.pointer_mut(&places[at.index(places.len())]).unwrap();
        match (damage, other) {
            (_, Some(other)) => *place = other,
            (Damage::Nested(_, depth), None) => {
                for level in 0..*depth {
                    let inner = place.take();
                    *place = if level % 2 == 0 { Value::from(vec![inner]) } else { serde_json::json!({ "a": inner }) };
                }
            }
            _ => {}
        }
    }
    let mut text = value.to_string().into_bytes();
    for damage in damages {
        match damage {
            Damage::Bytes(at, bytes) => {
                let at = at.index(text.len().max(1)).min(text.len());
                let end = (at + bytes.len()).min(text.len());
                text[at..end].copy_from_slice(&bytes[..end - at]);
            }
            Damage::Cut(at) => text.truncate(at.index(text.len() + 1)),
            Damage::Value(..) | Damage::Nested(..) => {}
        }
    }
    text
}

fn check(name: &str, inputs: &[(prop::sample::Index, Vec<Damage>)], noise: &[u8]) {
    let target = *TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    let seeds = seeds(target);
    assert!(!seeds.is_empty(), "no fixture has a message for {name}");
    let inputs: Vec<Vec<u8>> =
        inputs.iter().map(|(seed, damages)| damaged(&seeds[seed.index(seeds.len())], damages)).collect();
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    bodies::decode(target, &inputs);
    bodies::run(name, noise);
}

/// Cases of each property: few where nothing changed, more for whoever changes a decoder (`SIDELINE_FUZZ_CASES=5000`).
fn cases() -> u32 {
    std::env::var("SIDELINE_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(24)
}

macro_rules! every_decoder {
    ($($name:ident)*) => {
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(cases()))]
            $(
                #[test]
                fn $name(
                    inputs in prop::collection::vec(
                        (any::<prop::sample::Index>(), prop::collection::vec(damage(), 0..4)), 1..6
                    ),
                    noise in prop::collection::vec(any::<u8>(), 0..60),
                ) {
                    check(stringify!($name), &inputs, &noise);
                }
            )*
        }

        #[test]
        fn every_target_has_a_property_and_a_file_and_stands_in_the_manifest() {
            let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
            let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
            let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
            for name in names {
                let file = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).expect(name);
                assert!(file.contains(&format!("run(\"{name}\"")), "{file}");
                assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")), "{name}");
            }
        }
    };
}

every_decoder! {
    tracker_marker
    tracker_broadcastsummary
    tracker_boxscorestatsv2
    tracker_chart
    tracker_possessions
    tracker_possessionstats
    tracker_lineupstats
    tracker_location
    tracker_clock
    tracker_message
    nba_push_events
    nba_push_clock
    nba_push_game_clock
    nhl_push_events
    nhl_push_clock
    tracker_catch_up
    nba_play_by_play
    nhl_play_by_play
    tracker_schedule
    tracker_token
    journal_line
}
