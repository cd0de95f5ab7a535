//! The operator of the mock game: what both vendors say when a shot is recorded, changed or deleted by hand.

use std::time::Duration;

use serde_json::{Value, json};
use sideline::venue::{Endpoints, Options};

use super::client::{Body, Live, game, http, open};

/// Slow enough that nothing else happens meanwhile, in a quarter with much behind it.
fn stopped_game() -> Options {
    Options { start: Some("Q2 0:53".parse().unwrap()), speed: 0.001, heartbeat: Duration::from_millis(50), ..game() }
}

async fn ask(endpoints: &Endpoints, method: reqwest::Method, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/mock/{path}", endpoints.rest);
    let request = http().request(method, url).body(body.to_string());
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn shots(endpoints: &Endpoints) -> Vec<Value> {
    let (status, shots) = ask(endpoints, reqwest::Method::GET, "shots", Value::Null).await;
    assert_eq!(status, 200, "{shots}");
    shots.as_array().unwrap().clone()
}

/// The newest made shot with two points.
async fn a_basket(endpoints: &Endpoints) -> Value {
    let shots = shots(endpoints).await;
    shots.into_iter().find(|shot| shot["made"] == true && shot["three"] == false).unwrap()
}

/// Joins after the history and returns what is told from then on, until the possession sums.
async fn corrections(live: &mut Live) -> Vec<Value> {
    live.until(|message| message["source"] == "lineupstats" && message["data"]["stats"]["PPP"].is_number()).await
}

async fn caught_up(endpoints: &Endpoints) -> (Live, u64) {
    let sources =
        ["boxscorestatsv2", "chart", "lineupstats", "clock"].map(|source| format!("&source={source}")).concat();
    let mut live = Live::join(endpoints, &sources).await;
    let told = live.until(|message| message["source"] == "clock").await;
    let last = told.iter().filter_map(|message| message["seq"].as_u64()).max().unwrap();
    (live, last)
}

#[tokio::test]
async fn a_basket_changed_to_a_miss_is_taken_back_and_told_anew() {
    let venue = open(stopped_game()).await;
    let endpoints = venue.endpoints();
    let (mut live, last) = caught_up(&endpoints).await;
    let mut push = Body::follow(&endpoints, "").await;
    let basket = a_basket(&endpoints).await;
    let path = format!("shots/{}", basket["id"]);
    let (status, shown) = ask(&endpoints, reqwest::Method::PATCH, &path, json!({"made": false})).await;
    assert_eq!((status, &shown["made"]), (200, &json!(false)), "{shown}");

    let told = corrections(&mut live).await;
    let told: Vec<_> = told.iter().filter(|message| message["seq"].as_u64().is_some_and(|seq| seq > last)).collect();
    let stats: Vec<_> = told.iter().filter(|message| message["source"] == "boxscorestatsv2").collect();
    let words: Vec<_> = stats.iter().map(|message| message["data"]["classification"].as_str().unwrap()).collect();
    assert_eq!(words.first(), Some(&"DELETED_TWO_POINT_MAKE"));
    assert_eq!(words.last(), Some(&"TWO_POINT_MISS"), "an assist goes with its basket: {words:?}");
    let (back, anew) = (&stats[0]["data"], &stats[stats.len() - 1]["data"]);
    assert_eq!(back["t"], anew["t"], "it keeps its time");
    assert_eq!((&back["v"], &anew["v"]), (&json!(2), &json!(3)), "the version rises");
    let total = |stat: &Value, key: &str| stat["totalStats"][key].as_i64().unwrap();
    assert_eq!(total(anew, "FG"), total(back, "FG"));
    assert_eq!(total(anew, "FGA"), total(back, "FGA") + 1, "the attempt stays");
    let chart = told.iter().find(|message| message["source"] == "chart").unwrap();
    assert_eq!((&chart["data"]["st"], &chart["data"]["s"]), (&json!("MISS"), &json!("RECORDED")));
    assert_eq!(chart["data"]["eid"], back["eid"], "the chart's entry is edited, not added");

    let message = push.event().await;
    assert_eq!(message["metadata"]["operation"], "update");
    assert_eq!(message["payload"]["event"]["event_type"], "twopointmiss");
    venue.stop().await;
}

#[tokio::test]
async fn a_deleted_shot_is_gone_from_every_account_of_the_game() {
    let venue = open(stopped_game()).await;
    let endpoints = venue.endpoints();
    let (mut live, last) = caught_up(&endpoints).await;
    let mut push = Body::follow(&endpoints, "").await;
    let basket = a_basket(&endpoints).await;
    let before = shots(&endpoints).await.len();
    let path = format!("shots/{}", basket["id"]);
    let (status, _) = ask(&endpoints, reqwest::Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(shots(&endpoints).await.len(), before - 1);
    let (status, answer) = ask(&endpoints, reqwest::Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, 404, "{answer}");

    let told = corrections(&mut live).await;
    let chart = told.iter().rfind(|message| message["source"] == "chart").unwrap();
    assert!(chart["seq"].as_u64().unwrap() > last);
    assert_eq!(chart["data"]["s"], "DELETED");
    let message = push.event().await;
    assert_eq!(message["metadata"]["operation"], "delete");
    assert_eq!(message["payload"]["event"]["event_type"], "twopointmade");

    // A client that joins now hears the shot and its end, and the sums without it.
    let mut late = Live::join(&endpoints, "&source=broadcastsummary&source=chart").await;
    let history = late.until(|message| message["source"] == "broadcastsummary").await;
    let standing = |side: &str| {
        let side = history.last().unwrap()["data"]["game_stats"][side]["team"]["FGA"].as_i64().unwrap();
        side as usize
    };
    assert_eq!(standing("home") + standing("away"), before - 1);
    venue.stop().await;
}

#[tokio::test]
async fn a_recorded_shot_is_counted_from_now_on() {
    let venue = open(stopped_game()).await;
    let endpoints = venue.endpoints();
    let (mut live, _) = caught_up(&endpoints).await;
    let shot = json!({"side": "home", "jersey": "7", "made": true, "three": true, "x_mm": 0, "y_mm": 8000});
    let (status, shown) = ask(&endpoints, reqwest::Method::POST, "shots", shot).await;
    assert_eq!((status, shown["name"].as_str()), (200, Some("Kevin Durant")), "{shown}");
    let told = corrections(&mut live).await;
    let stat = told.iter().rfind(|message| message["source"] == "boxscorestatsv2").unwrap();
    assert_eq!(stat["data"]["classification"], "THREE_POINT_MAKE");
    assert_eq!(stat["data"]["prd"], "Q2");
    let wrong = json!({"side": "home", "jersey": "99", "made": true, "x_mm": 0, "y_mm": 0});
    assert_eq!(ask(&endpoints, reqwest::Method::POST, "shots", wrong).await.0, 400);
    venue.stop().await;
}

#[tokio::test]
async fn a_looped_game_cannot_be_corrected() {
    let venue = open(Options { looped: true, ..stopped_game() }).await;
    let endpoints = venue.endpoints();
    let basket = a_basket(&endpoints).await;
    let path = format!("shots/{}", basket["id"]);
    let (status, answer) = ask(&endpoints, reqwest::Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, 409);
    assert!(answer["message"].as_str().unwrap().contains("loop"), "{answer}");
    venue.stop().await;
}

#[tokio::test]
async fn faults_are_switched_over_http() {
    let venue = open(stopped_game()).await;
    let endpoints = venue.endpoints();
    let (status, faults) =
        ask(&endpoints, reqwest::Method::POST, "faults", json!({"fault": "drop", "every": 7, "lasts_ms": 40})).await;
    assert_eq!(status, 200);
    assert_eq!(faults, json!([{"fault": "drop", "every": 7, "times": 3, "lasts_ms": 40}]));
    let (status, answer) = ask(&endpoints, reqwest::Method::POST, "faults", json!({"fault": "dorp"})).await;
    assert!(status == 400 && answer["message"].as_str().unwrap().contains("half-open"), "{answer}");
    assert_eq!(ask(&endpoints, reqwest::Method::DELETE, "faults", Value::Null).await.1, json!([]));
    venue.stop().await;
}
