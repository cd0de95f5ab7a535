//! Sportradar's side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sideline::time::{Clock, SystemClock};
use sideline::venue::course::Course;
use sideline::venue::script::Script;
use sideline::venue::sportradar::feed::Feed;
use sideline::venue::tale::Log as _;
use sideline::venue::timeline::Timeline;
use sideline::venue::{Content, Options};

use super::client::{Body, game, http, location, open, open_at};
use super::script::expected;

/// A whole game in seconds, after time enough to subscribe before it begins: push never tells what was.
pub fn fast() -> Options {
    let soon = SystemClock::start().now() + Duration::from_secs(1);
    Options { speed: 2_000.0, began_at: Some(soon), ..game() }
}

#[tokio::test]
async fn a_subscription_needs_the_key_and_redirects_once_to_another_port() {
    let venue = open(game()).await;
    let endpoints = venue.endpoints();
    let status = async |url: String, key: Option<&str>| {
        let request = http().get(url);
        let request = key.into_iter().fold(request, |request, key| request.header("x-api-key", key));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(endpoints.subscribe.clone(), None).await, 401);
    assert_eq!(status(endpoints.subscribe.clone(), Some("wrong")).await, 403);
    assert_eq!(status(format!("{}?api_key={}", endpoints.subscribe, endpoints.api_key), None).await, 302);
    assert_eq!(status(endpoints.subscribe.replace("trial", "gold"), Some(&endpoints.api_key)).await, 404);

    let location = location(&endpoints, "").await;
    assert!(location.contains("/stream/nba/trial?sessionId=") && location.contains("&token="), "{location}");
    assert!(!location.starts_with(&endpoints.rest), "{location}");
    let _body = Body::at(&location).await;
    assert_eq!(status(location.clone(), None).await, 403, "a redirect is followed once");
    assert_eq!(status(location.replace("token=", "token=0"), None).await, 401);
    venue.stop().await;
}

#[tokio::test]
async fn silence_is_filled_with_heartbeats_and_history_is_never_told() {
    let options = Options { heartbeat: Duration::from_millis(20), start: Some("Q2 0:53".parse().unwrap()), ..game() };
    let venue = open(options).await;
    let mut body = Body::follow(&venue.endpoints(), "?event_type=ejection").await;
    for _ in 0..3 {
        assert_eq!(body.line().await.unwrap(), serde_json::json!({ "heartbeat": { "interval": 20 } }));
    }
    venue.stop().await;
    while body.line().await.is_some() {}
}

/// Every message of the game until its end.
async fn whole_game(body: &mut Body) -> Vec<Value> {
    let mut messages = Vec::new();
    loop {
        let message = body.event().await;
        let over = message["payload"]["game"]["status"] == "complete";
        messages.push(message);
        if over {
            return messages;
        }
    }
}

#[tokio::test]
async fn the_last_versions_of_all_events_add_up_to_the_box_score() {
    let venue = open(fast()).await;
    let mut body = Body::follow(&venue.endpoints(), "").await;
    let messages = whole_game(&mut body).await;
    let end = &messages.last().unwrap()["payload"]["game"];
    assert_eq!((&end["home"]["points"], &end["away"]["points"]), (&125.into(), &99.into()));
    assert_eq!((&end["home"]["remaining_timeouts"], &end["away"]["bonus"]), (&2.into(), &true.into()));

    let mut events: BTreeMap<&str, &Value> = BTreeMap::new();
    for message in &messages {
        let event = &message["payload"]["event"];
        events.insert(event["id"].as_str().unwrap(), event);
    }
    let mut points: BTreeMap<&str, i64> = BTreeMap::new();
    let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for statistic in events.values().flat_map(|event| event["statistics"].as_array().into_iter().flatten()) {
        let Some(player) = statistic["player"]["reference"].as_str() else { continue };
        *points.entry(player).or_default() += statistic["points"].as_i64().unwrap_or(0);
        *counts.entry((player, statistic["type"].as_str().unwrap())).or_default() += 1;
    }
    for side in ["home", "away"] {
        for player in expected()[side]["players"].as_array().unwrap() {
            let (id, totals) = (player["id"].to_string(), &player["totals"]);
            let count = |kind: &str| counts.get(&(id.as_str(), kind)).copied().unwrap_or(0);
            assert_eq!(points.get(id.as_str()).copied().unwrap_or(0), totals["points"], "{player}");
            assert_eq!(count("rebound"), totals["rebounds"]["total"], "{player}");
            assert_eq!(count("assist"), totals["assists"], "{player}");
            assert_eq!(count("steal"), totals["steals"], "{player}");
            assert_eq!(count("block"), totals["blocks"], "{player}");
            assert_eq!(count("turnover"), totals["turnovers"], "{player}");
            assert_eq!(count("personalfoul"), totals["fouls"], "{player}");
        }
    }
    venue.stop().await;
}

#[tokio::test]
async fn events_come_in_versions_some_late_and_some_twice_as_from_the_vendor() {
    let venue = open(fast()).await;
    let mut body = Body::follow(&venue.endpoints(), "").await;
    let messages = whole_game(&mut body).await;
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let (mut late, mut twice, mut newest) = (0, 0, 0);
    for pair in messages.windows(2) {
        twice += usize::from(pair[0] == pair[1]);
    }
    for message in &messages {
        let event = &message["payload"]["event"];
        let sequence = event["sequence"].as_i64().unwrap();
        late += usize::from(sequence < newest);
        newest = newest.max(sequence);
        versions.entry(event["id"].as_str().unwrap()).or_default().insert(event["event_type"].to_string());
    }
    let changed_type = versions.values().filter(|types| types.len() > 1).count();
    assert!(late > 20 && twice > 3 && changed_type > 20, "{late} {twice} {changed_type}");
    let five = |message: &Value| message["payload"]["event"]["on_court"]["home"]["players"].as_array().unwrap().len();
    assert!(messages.iter().all(|message| five(message) == 5));
    venue.stop().await;
}

#[tokio::test]
async fn filters_are_alternatives_within_and_conditions_between_them() {
    let venue = open(fast()).await;
    let endpoints = venue.endpoints();
    let query = format!(
        "?match={}&event_type=threepointmade,endperiod&status=inprogress,halftime,complete",
        endpoints.match_id
    );
    let mut body = Body::follow(&endpoints, &query).await;
    let messages = whole_game(&mut body).await;
    let types: BTreeSet<&str> =
        messages.iter().map(|message| message["metadata"]["event_type"].as_str().unwrap()).collect();
    assert_eq!(types, BTreeSet::from(["endperiod", "threepointmade"]));
    venue.stop().await;
}

#[tokio::test]
async fn a_player_filter_passes_events_with_that_player_alone() {
    let venue = open(fast()).await;
    let endpoints = venue.endpoints();
    let mut body = Body::follow(&endpoints, "?event_type=freethrowmade").await;
    let player = body.event().await["payload"]["event"]["statistics"][0]["player"]["id"].as_str().unwrap().to_owned();
    venue.stop().await;

    let venue = open(fast()).await;
    let mut body = Body::follow(&venue.endpoints(), &format!("?players=sd:player:{player}")).await;
    for _ in 0..50 {
        let message = body.event().await;
        assert!(message["metadata"]["players"].as_str().unwrap().contains(&player), "{message}");
    }
    venue.stop().await;
}

#[tokio::test]
async fn a_resumed_session_hears_what_happened_while_it_was_away() {
    let venue = open(fast()).await;
    let endpoints = venue.endpoints();
    let mut undisturbed = Body::follow(&endpoints, "").await;
    let location = location(&endpoints, "").await;
    let session = location.split("sessionId=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let mut body = Body::at(&location).await;
    let first = body.event().await;
    drop(body);
    // Hundreds of messages later, the first one that comes is one that the venue had not sent.
    let whole = whole_game(&mut undisturbed).await;
    let mut body = Body::follow(&endpoints, &format!("?resumeSessionId={session}")).await;
    let rest = whole_game(&mut body).await;
    assert_eq!(whole[0], first);
    assert!(rest.len() > 1 && whole.ends_with(&rest), "{} of {}", rest.len(), whole.len());
    venue.stop().await;
}

#[tokio::test]
async fn ids_and_sequences_survive_a_restart() {
    let options = fast();
    let venue = open(options.clone()).await;
    let mut body = Body::follow(&venue.endpoints(), "").await;
    let mut before = Vec::new();
    for _ in 0..100 {
        before.push(body.event().await);
    }
    let front = venue.endpoints().rest.replace("http://", "");
    venue.stop().await;
    while body.line().await.is_some() {}

    let told = expected_messages(&options);
    let venue = open_at(options, &front).await;
    let mut body = Body::follow(&venue.endpoints(), "").await;
    let after = whole_game(&mut body).await;
    assert!(told.starts_with(&before) && told.ends_with(&after));
    assert!(before.len() + after.len() > told.len() / 2, "the game goes on where it would have been");
    venue.stop().await;
}

/// What a subscriber hears who misses nothing.
fn expected_messages(options: &Options) -> Vec<Value> {
    let course = Arc::new(Course::of(Script::builtin()));
    let timeline = Timeline::new(options.began_at, 0, course.end_ms(), options.speed, false);
    let feed = Feed::new(course, timeline);
    let slots = (0..).map_while(|position| feed.reel().slot(position));
    slots.map(|slot| serde_json::to_value(feed.message(slot)).unwrap()).collect()
}

#[tokio::test]
async fn a_capture_is_served_byte_for_byte_to_each_subscriber() {
    // Concatenated without separators, a split line, text that is no ASCII: nothing is touched.
    let mut recorded = Vec::new();
    for number in 0..2_000 {
        let text = format!("{{\"number\": {number},\n \"name\": \"Jokić\"}}{{\"heartbeat\":{{\"interval\":5000}}}}\n");
        recorded.extend(text.into_bytes());
    }
    let content = Content::Capture(Arc::from(recorded.as_slice()));
    let heartbeat = Duration::from_millis(20);
    let venue = open(Options { speed: f64::INFINITY, heartbeat, ..Options::new(content) }).await;
    for _ in 0..2 {
        let mut body = Body::follow(&venue.endpoints(), "?event_type=ignored").await;
        let mut got = Vec::new();
        while got.len() <= recorded.len() {
            got.extend(body.chunk().await.unwrap());
        }
        assert!(got.starts_with(&recorded));
        assert!(got[recorded.len()..].starts_with(b"{\"heartbeat\":{\"interval\":20}}\n"));
    }
    venue.stop().await;
}
