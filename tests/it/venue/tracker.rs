//! ShotTracker's side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sideline::venue::course::Course;
use sideline::venue::script::Script;
use sideline::venue::shottracker::log::Log;
use sideline::venue::tale::Log as _;
use sideline::venue::timeline::Timeline;
use sideline::venue::{Endpoints, describe};
use tokio_tungstenite::tungstenite::Message;

use super::client::{Live, Signature, game, http, open, open_at};
use super::script::expected;

fn games(endpoints: &Endpoints, query: &str) -> String {
    format!("{}/v1/data/schedule/games{query}", endpoints.rest)
}

/// A span that holds the game.
fn today() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    format!("?from={}&to={}", now - 86_400_000, now + 86_400_000)
}

#[tokio::test]
async fn the_schedule_lists_the_game_to_those_whose_filters_fit() {
    let venue = open(game()).await;
    let endpoints = venue.endpoints();
    let today = today();
    let cases = [
        ("", 1),
        ("&team_id=1610612751", 1),
        ("&team_id=1610612744&type=BASKETBALL&seasonType=REG", 1),
        ("&team_id=7", 0),
        ("&seasonType=POST", 0),
        ("&type=FOOTBALL", 0),
        ("&location_id=elsewhere", 0),
        ("&weekNumber=1", 1),
        ("&weekNumber=5", 0),
    ];
    for (filter, count) in cases {
        let (status, body) = Signature::of(&endpoints).get(&games(&endpoints, &format!("{today}{filter}"))).await;
        assert_eq!((status, body["games"].as_array().unwrap().len()), (200, count), "{filter}");
    }
    let (_, body) = Signature::of(&endpoints).get(&games(&endpoints, &today)).await;
    let listed = &body["games"][0];
    assert_eq!(listed["event_id"], endpoints.event_id);
    assert_eq!(listed["home_team_name"], "Brooklyn Nets");
    assert_eq!(listed["status"], "ACTIVE");
    venue.stop().await;
}

#[tokio::test]
async fn a_bad_request_is_refused_with_the_vendors_error_body() {
    let venue = open(game()).await;
    let endpoints = venue.endpoints();
    let signed = || Signature::of(&endpoints);
    let url = games(&endpoints, &today());
    let old = SystemTime::now() - Duration::from_secs(310);
    let ahead = SystemTime::now() + Duration::from_secs(310);
    let cases = [
        (403, Signature { secret: "wrong".into(), ..signed() }.get(&url).await),
        (403, Signature { username: "stranger".into(), ..signed() }.get(&url).await),
        (403, Signature { with_query: true, ..signed() }.get(&url).await),
        (401, Signature { date: old, ..signed() }.get(&url).await),
        (401, Signature { date: ahead, ..signed() }.get(&url).await),
        (400, signed().get(&games(&endpoints, "")).await),
        (400, signed().get(&games(&endpoints, "?from=yesterday")).await),
        (404, signed().get(&format!("{}/v1/data/schedule/games/nobody/_subscribe", endpoints.rest)).await),
        (404, signed().get(&format!("{}/v1/data/nothing", endpoints.rest)).await),
    ];
    for (expected, (status, body)) in cases {
        assert_eq!(status, expected, "{body}");
        assert_eq!(body["status"], expected, "{body}");
        assert!(body["message"].is_string() && body["shottrackerRequestId"].is_string(), "{body}");
    }
    let unsigned = http().get(&url).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    let slightly_off = SystemTime::now() - Duration::from_secs(290);
    assert_eq!(Signature { date: slightly_off, ..signed() }.get(&url).await.0, 200);
    venue.stop().await;
}

#[tokio::test]
async fn a_websocket_needs_the_games_token() {
    let venue = open(game()).await;
    for token in ["", "made-up"] {
        let url = venue.endpoints().websocket.replace("{token}", token);
        assert!(tokio_tungstenite::connect_async(url).await.is_err(), "`{token}`");
    }
    venue.stop().await;
}

#[tokio::test]
async fn a_client_that_joins_in_mid_game_gets_its_history_then_every_source() {
    let options = sideline::venue::Options { start: Some("Q2 0:53".parse().unwrap()), ..game() };
    let venue = open(options).await;
    let mut live = Live::join(&venue.endpoints(), "").await;
    let mut sources = BTreeSet::new();
    let messages = live
        .until(|message| {
            sources.insert(message["source"].as_str().unwrap().to_owned());
            sources.len() == 9
        })
        .await;
    let seqs: Vec<u64> = messages.iter().filter_map(|message| message["seq"].as_u64()).collect();
    assert!(seqs.len() > 300 && seqs.iter().zip(1..).all(|(seq, place)| *seq == place), "{seqs:?}");
    let clock = messages.iter().find(|message| message["source"] == "clock").unwrap();
    assert_eq!((&clock["data"]["period"], &clock["data"]["min"]), (&json!("Q2"), &json!("0")), "{clock}");
    let summary = messages.iter().find(|message| message["source"] == "broadcastsummary").unwrap();
    let home = &summary["data"]["game_stats"]["home"];
    assert_eq!(home["team"]["PTS"], home_points(&messages), "summary and box score agree");
    let parts = ["half_1_stats", "half_2_stats", "quarter_1_stats", "quarter_4_stats"];
    assert!(parts.iter().all(|part| summary["data"][*part]["away"]["players"].is_array()));
    venue.stop().await;
}

/// The home side's score by the last statistic that it made.
fn home_points(messages: &[Value]) -> Value {
    let of_home = |message: &&Value| message["source"] == "boxscorestatsv2" && message["data"]["tid"] == "1610612751";
    let last = messages.iter().rfind(of_home).unwrap();
    last["data"]["stats"]["TEAM_SCORE"].clone()
}

#[tokio::test]
async fn sources_and_summary_level_are_the_clients_choice() {
    let options = sideline::venue::Options { start: Some("Q2 0:53".parse().unwrap()), ..game() };
    let venue = open(options).await;
    let query = "&source=broadcastsummary&source=chart&broadcast_summary_level=game_stats";
    let mut live = Live::join(&venue.endpoints(), query).await;
    let messages = live.until(|message| message["source"] == "broadcastsummary").await;
    let sources: BTreeSet<&str> = messages.iter().filter_map(|message| message["source"].as_str()).collect();
    assert_eq!(sources, BTreeSet::from(["broadcastsummary", "chart"]));
    let summary = &messages.last().unwrap()["data"];
    assert!(summary["game_stats"].is_object() && summary.get("half_1_stats").is_none());
    venue.stop().await;
}

#[tokio::test]
async fn a_ping_is_answered_in_the_form_in_which_it_came() {
    let venue = open(game()).await;
    let mut live = Live::join(&venue.endpoints(), "&source=marker").await;
    let pings = [
        (Message::text("ping"), Message::text("pong")),
        (Message::text(r#"{"type":"ping"}"#), Message::text(r#"{"type":"pong"}"#)),
        (Message::Ping("x".into()), Message::Pong("x".into())),
    ];
    for (ping, pong) in pings {
        live.send(ping).await;
        while live.frame().await.expect("the connection lasts") != pong {}
    }
    venue.stop().await;
}

#[tokio::test]
async fn a_client_that_never_pings_is_closed() {
    let venue = open(sideline::venue::Options { silence: Duration::from_millis(100), ..game() }).await;
    let mut live = Live::join(&venue.endpoints(), "").await;
    while live.message().await.is_some() {}
    venue.stop().await;
}

/// Sequenced messages as they came, until the connection ends or `enough` of them have come.
async fn sequenced(live: &mut Live, enough: usize) -> Vec<(u64, String)> {
    let mut messages = Vec::new();
    while messages.len() < enough
        && let Some((message, text)) = live.message().await
    {
        messages.extend(message["seq"].as_u64().map(|seq| (seq, text)));
    }
    messages
}

#[tokio::test]
async fn after_a_crash_in_mid_game_last_seq_resumes_with_nothing_lost_or_told_twice() {
    let options = sideline::venue::Options { speed: 2_000.0, ..game() };
    let venue = open(options.clone()).await;
    let sources = ["marker", "boxscorestatsv2", "chart", "possessions", "possessionstats", "lineupstats"];
    let sources = &sources.map(|source| format!("&source={source}")).concat();
    let mut live = Live::join(&venue.endpoints(), sources).await;
    let mut told = sequenced(&mut live, 200).await;
    let (front, began_at) = (venue.endpoints().rest.replace("http://", ""), venue.began_at());
    venue.stop().await;
    // Whatever was under way still arrives; then the connection is gone.
    told.extend(sequenced(&mut live, usize::MAX).await);

    let venue = open_at(sideline::venue::Options { began_at: Some(began_at), ..options }, &front).await;
    let last = told.last().unwrap().0;
    let mut live = Live::join(&venue.endpoints(), &format!("{sources}&last_seq={last}")).await;
    let mut whole = Live::join(&venue.endpoints(), sources).await;
    let total = expected_messages();
    told.extend(sequenced(&mut live, total - told.len()).await);
    let seqs: Vec<u64> = told.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, (1..=total as u64).collect::<Vec<_>>());
    assert!(told == sequenced(&mut whole, total).await, "a client that missed nothing hears the same");
    venue.stop().await;
}

/// How many messages of the built-in game carry a sequence number.
fn expected_messages() -> usize {
    let course = Arc::new(Course::of(Script::builtin()));
    let timeline = Timeline::new(None, 0, course.end_ms(), 1.0, false);
    let log = Log::new(course, timeline);
    (0..).map_while(|position| log.reel().slot(position)).count()
}

/// The keys of a box score that the expected totals know, out of a ShotTracker row.
fn figures(row: &Value) -> Value {
    let number = |key: &str| row[key].as_i64().unwrap_or(0);
    json!({
        "points": number("PTS"),
        "fg": [number("FG"), number("FGA")],
        "fg3": [number("FG3"), number("FGA3")],
        "ft": [number("FT"), number("FTA")],
        "rebounds": {
            "total": number("REB"),
            "offensive": number("OFFENSIVE_REB"),
            "defensive": number("DEFENSIVE_REB"),
        },
        "assists": number("AST"),
        "steals": number("STL"),
        "blocks": number("BLK"),
        "turnovers": number("TO"),
        "fouls": number("FL"),
        "fouls_drawn": number("FLDN"),
    })
}

fn expected_players() -> impl Iterator<Item = (String, String, Value)> {
    ["home", "away"].into_iter().flat_map(|side| {
        let players = expected()[side]["players"].as_array().unwrap().clone();
        players.into_iter().map(move |player| (side.to_owned(), player["id"].to_string(), player["totals"].clone()))
    })
}

#[tokio::test]
async fn a_whole_game_in_seconds_ends_with_the_box_scores_totals_in_every_source() {
    let venue = open(sideline::venue::Options { speed: 2_000.0, ..game() }).await;
    let mut live = Live::join(&venue.endpoints(), "").await;
    let messages = live.until(|message| message["data"]["period"] == "COMPLETED").await;
    let of = |source: &'static str| messages.iter().filter(move |message| message["source"] == source);
    let summary = &of("broadcastsummary").next_back().unwrap()["data"]["game_stats"];
    check_stats(&of("boxscorestatsv2").map(|message| &message["data"]).collect::<Vec<_>>());
    check_summary(summary);
    check_zones(&of("chart").map(|message| &message["data"]).collect::<Vec<_>>(), summary);
    let clocks: Vec<&Value> = of("clock").map(|message| &message["data"]).collect();
    assert!(clocks.iter().any(|clock| clock["state"] == "STARTED"));
    assert_eq!(clocks.last().unwrap()["state"], "STOPPED");
    venue.stop().await;
}

/// Last totals of everyone, and the sums of single events, against the box score.
fn check_stats(stats: &[&Value]) {
    let mut totals: BTreeMap<String, Value> = BTreeMap::new();
    let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
    for stat in stats {
        let pid = stat["pid"].as_str().unwrap_or("team").to_owned();
        let classification = stat["classification"].as_str().unwrap().to_owned();
        *counts.entry((pid.clone(), classification)).or_default() += 1;
        if pid != "team" {
            totals.insert(pid, stat["totalStats"].clone());
        }
    }
    for (_, id, expected) in expected_players() {
        let mut have = figures(&totals.get(&id).cloned().unwrap_or_default());
        // The box score's messages do not speak of it.
        have["plus_minus"] = expected["plus_minus"].clone();
        assert_eq!(have, expected, "{id}");
        let count = |what: &str| counts.get(&(id.clone(), what.to_owned())).copied().unwrap_or(0);
        let points = 2 * count("TWO_POINT_MAKE") + 3 * count("THREE_POINT_MAKE") + count("FREE_THROW_MAKE");
        assert_eq!(points, expected["points"], "{id}");
        let fouls = count("PERSONAL_FOUL") + count("OFFENSIVE_FOUL");
        assert_eq!(
            (count("ASSIST"), fouls),
            (expected["assists"].as_i64().unwrap(), expected["fouls"].as_i64().unwrap())
        );
    }
}

fn check_summary(summary: &Value) {
    for side in ["home", "away"] {
        let totals = expected()[side]["totals"].clone();
        let mut team = figures(&summary[side]["team"]);
        team["paint"] = summary[side]["team"]["PPTS"].clone();
        team["second_chance"] = summary[side]["team"]["SECOND_CHANCE_POINTS"].clone();
        team["from_turnovers"] = summary[side]["team"]["POINTS_OFF_TURNOVER"].clone();
        assert_eq!(team, totals, "{side}");
        let on_the_floor = summary[side]["players"].as_array().unwrap();
        assert_eq!(on_the_floor.iter().filter(|row| row["on_the_floor"] == true).count(), 5);
    }
    for (side, id, expected) in expected_players() {
        let rows = summary[&side]["players"].as_array().unwrap();
        let row = rows.iter().find(|row| row["player_id"].as_u64() == id.parse().ok()).unwrap();
        let mut have = figures(row);
        have["plus_minus"] = row["PLUS_MINUS"].clone();
        assert_eq!(have, expected, "{id}");
    }
}

/// Every zone of the summary is the sum of the chart's shots in it, and so are the places.
fn check_zones(chart: &[&Value], summary: &Value) {
    for side in ["home", "away"] {
        let team = &summary[side]["team"];
        let id = team["team_id"].to_string();
        let shots: Vec<&&Value> = chart.iter().filter(|shot| shot["tid"].as_str() == Some(&id)).collect();
        let zones = team["shots"].as_array().unwrap();
        assert_eq!(zones.len(), 14);
        for (zone, number) in zones.iter().zip(1..) {
            let here: Vec<_> = shots.iter().filter(|shot| shot["z"] == number).collect();
            let made = here.iter().filter(|shot| shot["st"] == "MAKE").count();
            assert_eq!(zone["DISPLAY"], format!("{made}/{}", here.len()), "{side} {number}");
        }
        let points: i64 = shots.iter().filter_map(|shot| shot["pts"].as_i64()).sum();
        assert_eq!(points + team["FT"].as_i64().unwrap(), team["PTS"].as_i64().unwrap());
        for (key, made) in [("make", "FG"), ("miss", "FGA")] {
            let places = team["shot_locations"][key].as_array().unwrap().len() as i64;
            let fg = team["FG"].as_i64().unwrap();
            assert_eq!(places, team[made].as_i64().unwrap() - if key == "miss" { fg } else { 0 });
        }
    }
}

#[tokio::test]
async fn a_loop_takes_back_what_it_told_before_it_tells_it_again() {
    let start = Some("Q4 0:30".parse().unwrap());
    let venue = open(sideline::venue::Options { speed: 200.0, start, looped: true, ..game() }).await;
    let mut live = Live::join(&venue.endpoints(), "&source=chart").await;
    let mut standing: BTreeMap<String, i64> = BTreeMap::new();
    let mut sizes = Vec::new();
    let mut deleted = 0;
    let mut last_seq = 0;
    while deleted < 6 {
        let (message, _) = live.message().await.unwrap();
        let (seq, shot) = (message["seq"].as_u64().unwrap(), &message["data"]);
        assert!(seq > last_seq, "{seq} after {last_seq}");
        last_seq = seq;
        let eid = shot["eid"].as_str().unwrap().to_owned();
        if shot["s"] == "DELETED" {
            assert!(standing.remove(&eid).is_some(), "{shot} was told before");
            deleted += 1;
        } else {
            assert!(standing.insert(eid, 1).is_none(), "an id is used once");
            sizes.push(standing.len());
        }
    }
    let most = *sizes.iter().max().unwrap();
    assert_eq!(most, 191, "never more shots than the game had");
    venue.stop().await;
}

#[tokio::test]
async fn what_the_program_prints_has_all_that_a_client_needs() {
    let venue = open(game()).await;
    let endpoints = venue.endpoints();
    let text = describe(&endpoints);
    let json = serde_json::to_value(&endpoints).unwrap();
    for value in json.as_object().unwrap().values().filter_map(Value::as_str) {
        assert!(text.contains(value), "{value} in {text}");
    }
    venue.stop().await;
}
