//! What is fuzzed: one function a decoder, from any bytes to "nothing went wrong".
//!
//! The targets under `fuzz_targets/` call these with libFuzzer's inputs, and the project's own tests call them with damaged
//! messages of its fixtures (`tests/it/fuzz.rs`), so that they never rot. A function panics when its decoder breaks a
//! promise: it panics itself, gives events without taking a message, or skips one without saying so.

use sideline::feed::decode::{Decoder, FarHoop, Options, Reading, RightHand, Verdict};
use sideline::feed::shottracker::{read_schedule, read_token};
use sideline::game::{self, GameState, Rules};
use sideline::ids::{FeedId, FeedKind};
use sideline::journal::Entry;
use sideline::status::Link;
use sideline::time::Timestamp;

/// A decoder by its name, which is also the name of its target.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub input: Input,
}

/// What a target's input is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A whole message of a feed.
    Message(FeedKind),
    /// The `data` of a message of one of ShotTracker's sources.
    Data(&'static str),
    /// An answer of ShotTracker's REST API: its schedule, or a subscription's token.
    Schedule,
    Token,
    /// A line of a journal.
    Line,
}

const fn source(name: &'static str, source: &'static str) -> Target {
    Target { name, input: Input::Data(source) }
}

const fn whole(name: &'static str, kind: FeedKind) -> Target {
    Target { name, input: Input::Message(kind) }
}

pub const TARGETS: [Target; 21] = [
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
    // Documents of REST APIs come through the same door as the messages that they complete.
    whole("tracker_catch_up", FeedKind::ShotTracker),
    whole("nba_play_by_play", FeedKind::NbaPushEvents),
    whole("nhl_play_by_play", FeedKind::NhlPushEvents),
    Target { name: "tracker_schedule", input: Input::Schedule },
    Target { name: "tracker_token", input: Input::Token },
    Target { name: "journal_line", input: Input::Line },
];

/// Runs one target on an input.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    decode(*target, &[input]);
}

/// Decodes the inputs one after another.
pub fn decode(target: Target, inputs: &[&[u8]]) {
    match target.input {
        Input::Message(kind) => play(kind, None, inputs),
        Input::Data(source) => play(FeedKind::ShotTracker, Some(source), inputs),
        Input::Schedule => inputs.iter().for_each(|input| {
            let games = read_schedule(input).unwrap_or_default();
            assert!(games.iter().all(|game| !game.id.as_str().is_empty()), "a game without an id");
        }),
        Input::Token => inputs.iter().for_each(|input| {
            for pointer in [None, Some("/data/token"), Some("")] {
                let token = read_token(input, pointer);
                assert!(token.is_none_or(|token| !token.expose().is_empty()), "an empty token");
            }
        }),
        Input::Line => inputs.iter().for_each(|input| {
            let Ok(entry) = serde_json::from_slice::<Entry>(input) else { return };
            let written = serde_json::to_vec(&entry).expect("an entry is JSON");
            assert_eq!(serde_json::from_slice::<Entry>(&written).expect("comes back"), entry);
        }),
    }
}

/// Plays messages as a show reads them that says nothing of how, and as one that says all that can be said.
fn play(kind: FeedKind, source: Option<&str>, inputs: &[&[u8]]) {
    play_as(Options::default(), kind, source, inputs);
    let reading =
        Reading { far_hoop: FarHoop::Mirrored, right_hand: RightHand::Hoop, zone_order: Reading::default().zone_order };
    for game in ["sd:match:game-1", "sr:match:1"] {
        play_as(Options { match_id: Some(game.to_owned()), reading }, kind, source, inputs);
    }
}

/// Plays messages, and looks at the game in the end.
fn play_as(options: Options, kind: FeedKind, source: Option<&str>, inputs: &[&[u8]]) {
    let mut decoder = Decoder::new(kind, options);
    let (mut state, mut events) = (GameState::default(), Vec::new());
    let (feed, at) = (FeedId::from("fuzz"), Timestamp::from_millis(1_700_000_000_000));
    for input in inputs {
        let message = message(source, input);
        let outcome = decoder.decode(&message, &mut events);
        assert!(outcome.verdict == Verdict::Taken || events.is_empty(), "events of a message that was not taken");
        assert!(outcome.verdict != Verdict::Skipped || outcome.oddities > 0, "skipped without a word");
        if outcome.verdict == Verdict::OtherGame {
            state.elsewhere(at, &feed, kind, decoder.wanted(), decoder.other_games());
        }
        // The connection may be lost at any message: a document that follows tells of what was there before.
        state.link(at, &feed, kind, Link::Up, None, false);
        state.received(at, &feed, kind, outcome.oddities);
        events.drain(..).for_each(|event| state.apply(at, &feed, kind, &event));
        state.link(at, &feed, kind, Link::Down, None, false);
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
