//! The hockey game: pushed by the venue, read by the real client, decoder and fold, compared with the league's own totals.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sideline::feed::decode::{self, Decoder};
use sideline::feed::secret::Secret;
use sideline::feed::{self, Report, Resume, push};
use sideline::game::snapshot::{GameSnapshot, GameStatus, Team};
use sideline::game::{self, GameState, Rules};
use sideline::ids::FeedKind;
use sideline::time::{Clock, SystemClock, Timestamp};
use sideline::venue::script::Script;
use sideline::venue::{Content, Options};
use tokio::sync::mpsc;

use super::client::{Body, LIMIT, open};

fn hockey() -> Options {
    Options::new(Content::Script(Script::builtin_hockey()))
}

fn expected() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/games/vgk-at-wpg-2023-10-19.expected.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Follows the pushed events to the end of the game.
async fn whole_game() -> GameSnapshot {
    feed::install_tls();
    let head_start = Some(SystemClock::start().now() + Duration::from_secs(2));
    let venue = open(Options { speed: 2_000.0, began_at: head_start, ..hockey() }).await;
    let at = venue.endpoints();
    let subscribe = push::Subscribe::Address(at.subscribe.parse().unwrap());
    let mut options = push::Options::new("league".into(), subscribe, Secret::new(at.api_key));
    options.kind = FeedKind::NhlPushEvents;
    let (reports, mut received) = mpsc::channel(feed::QUEUE_REPORTS);
    let client =
        tokio::spawn(feed::run(feed::Options::Push(options), Resume::default(), reports, std::future::pending()));
    let mut decoder = Decoder::new(FeedKind::NhlPushEvents, decode::Options::default());
    let (mut state, mut events, mut now) = (GameState::default(), Vec::new(), Timestamp::default());
    let snapshot = loop {
        let report = tokio::time::timeout(LIMIT, received.recv()).await.expect("the game ends").expect("it runs");
        now = now + Duration::from_millis(1);
        if let Report::Message { feed, kind, bytes } = report {
            let outcome = decoder.decode(&bytes, &mut events);
            state.received(now, &feed, kind, outcome.oddities);
            events.drain(..).for_each(|event| state.apply(now, &feed, kind, &event));
        }
        let snapshot = game::view(&state, &Rules::default(), now);
        if snapshot.game.status == Some(GameStatus::Complete) {
            break snapshot;
        }
    };
    client.abort();
    venue.stop().await;
    snapshot
}

#[track_caller]
fn check(team: &Team, expected: &Value) {
    assert_eq!(team.score.map(Value::from).as_ref(), Some(&expected["score"]));
    let stats = [
        ("shots_on_goal", team.stats.shots_on_goal),
        ("hits", team.stats.hits),
        ("giveaways", team.stats.giveaways),
        ("takeaways", team.stats.takeaways),
        ("faceoffs_won", team.stats.faceoffs.as_ref().map(|faceoffs| faceoffs.won)),
    ];
    for (name, found) in stats {
        assert_eq!(found.map(Value::from).as_ref(), Some(&expected[name]), "{name}");
    }
}

#[tokio::test]
async fn the_hockey_game_ends_with_the_leagues_score_and_shots() {
    let (snapshot, expected) = (whole_game().await, expected());
    check(&snapshot.home, &expected["home"]);
    check(&snapshot.away, &expected["away"]);
}

#[tokio::test]
async fn the_hockey_clock_tells_the_power_play_and_the_last_event() {
    // Twenty seconds into the first penalty.
    let venue = open(Options { start: Some("P1 2:58".parse().unwrap()), speed: 0.001, ..hockey() }).await;
    let mut endpoints = venue.endpoints();
    endpoints.subscribe = endpoints.subscribe.replace("/events/", "/clock/");
    let mut body = Body::follow(&endpoints, "").await;
    let payload = body.event().await["payload"].take();
    assert_eq!(payload["clocks"]["strength"], "01:40", "{payload}");
    assert_eq!((&payload["game"]["period"], &payload["game"]["home"]["points"]), (&1.into(), &1.into()));
    assert!(payload["event"]["event_type"].is_string() && payload["event"]["in_penalty"].is_array(), "{payload}");
    venue.stop().await;
}
