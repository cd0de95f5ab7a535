//! What is fuzzed: one function a decoder, from any bytes to "nothing went wrong".
//!
//! The targets under `fuzz_targets/` call these with libFuzzer's inputs, and the project's own tests call them with damaged
//! messages of its fixtures (`tests/it/fuzz.rs`), so that they never rot. A function panics when its decoder breaks a
//! promise: it panics itself, gives events without taking a message, or skips one without saying so.

use sideline::feed::decode::{Decoder, Options, Verdict};
use sideline::game::{self, GameState, Rules};
use sideline::ids::{FeedId, FeedKind};
use sideline::time::Timestamp;

/// A decoder by its name, which is also the name of its target.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub kind: FeedKind,
    /// The source whose `data` the input is; `None`: the input is a whole message.
    pub source: Option<&'static str>,
}

const fn source(name: &'static str, source: &'static str) -> Target {
    Target { name, kind: FeedKind::ShotTracker, source: Some(source) }
}

const fn whole(name: &'static str, kind: FeedKind) -> Target {
    Target { name, kind, source: None }
}

pub const TARGETS: [Target; 17] = [
    source("tracker_marker", "marker"),
    source("tracker_broadcastsummary", "broadcastsummary"),
    source("tracker_boxscorestatsv2", "boxscorestatsv2"),
    source("tracker_chart", "chart"),
    source("tracker_possessions", "possessions"),
    source("tracker_possessionstats", "possessionstats"),
    source("tracker_lineupstats", "lineupstats"),
    source("tracker_location", "location"),
    source("tracker_clock", "clock"),
    whole("tracker_message", FeedKind::ShotTracker),
    whole("nba_push_events", FeedKind::NbaPushEvents),
    whole("nba_push_clock", FeedKind::NbaPushClock),
    whole("nba_push_game_clock", FeedKind::NbaPushGameClock),
    whole("nhl_push_events", FeedKind::NhlPushEvents),
    whole("nhl_push_clock", FeedKind::NhlPushClock),
    // The play-by-play documents of the REST API come through the same door as the messages that they complete.
    whole("nba_play_by_play", FeedKind::NbaPushEvents),
    whole("nhl_play_by_play", FeedKind::NhlPushEvents),
];

/// Runs one target on an input.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    decode(*target, &[input]);
}

/// Decodes the inputs one after another, and looks at the game in the end.
pub fn decode(target: Target, inputs: &[&[u8]]) {
    let Target { kind, source, .. } = target;
    let mut decoder = Decoder::new(kind, Options::default());
    let (mut state, mut events) = (GameState::default(), Vec::new());
    let (feed, at) = (FeedId::from("fuzz"), Timestamp::from_millis(1_700_000_000_000));
    for input in inputs {
        let message = message(source, input);
        let outcome = decoder.decode(&message, &mut events);
        assert!(outcome.verdict == Verdict::Taken || events.is_empty(), "events of a message that was not taken");
        assert!(outcome.verdict != Verdict::Skipped || outcome.oddities > 0, "skipped without a word");
        state.received(at, &feed, kind, outcome.oddities);
        events.drain(..).for_each(|event| state.apply(at, &feed, kind, &event));
    }
    let notes = decoder.take_fresh_notes().len();
    assert_eq!(notes, decoder.notes().iter().count(), "each kind is told once");
    let snapshot = game::view(&state, &Rules::default(), at);
    serde_json::to_string(&snapshot).expect("a snapshot is JSON");
    let checkpoint = serde_json::to_vec(&(&state, &decoder)).expect("the state is JSON");
    serde_json::from_slice::<(GameState, Decoder)>(&checkpoint).expect("a checkpoint comes back");
}

/// The input as the decoder gets it.
pub fn message(source: Option<&str>, input: &[u8]) -> Vec<u8> {
    let Some(source) = source else { return input.to_vec() };
    let mut message = format!("{{\"type\":\"data\",\"source\":\"{source}\",\"seq\":1,\"data\":").into_bytes();
    message.extend_from_slice(input);
    message.push(b'}');
    message
}
