//! Two readings of the vendors' pages, the venue's and the decoders', must make the same game.

use serde_json::Value;
use sideline::ids::FeedKind;
use sideline::inspect::{Report, inspect};
use sideline::venue::Options;

use super::client::{Body, Live, game, open};
use super::push::fast;
use super::script::expected;

/// The final snapshot as templates see it; nothing on the way was odd.
#[track_caller]
fn snapshot(report: &Report) -> Value {
    let snapshot = serde_json::to_value(&report.snapshot).unwrap();
    for side in ["home", "away"] {
        assert_eq!(snapshot[side]["score"], expected()[side]["score"], "{side}\n{}", report.summary());
    }
    assert_eq!((report.counts.skipped, report.counts.lost_bytes), (0, 0), "{}", report.summary());
    assert!(report.notes.is_empty(), "{}", report.summary());
    snapshot
}

/// The players' points, highest first.
fn points(players: &Value, of: impl Fn(&Value) -> &Value) -> Vec<i64> {
    let mut points: Vec<i64> = players.as_array().unwrap().iter().filter_map(|row| of(row).as_i64()).collect();
    points.sort_unstable_by_key(|points| std::cmp::Reverse(*points));
    points
}

#[tokio::test]
async fn the_decoder_of_shottracker_understands_all_that_the_venue_sends() {
    let venue = open(Options { speed: 2_000.0, ..game() }).await;
    let mut live = Live::join(&venue.endpoints(), "").await;
    let mut recorded = String::new();
    loop {
        let (message, text) = live.message().await.unwrap();
        recorded.push_str(&text);
        recorded.push('\n');
        if message["data"]["period"] == "COMPLETED" {
            break;
        }
    }
    venue.stop().await;
    let snapshot = snapshot(&inspect(FeedKind::ShotTracker, recorded.as_bytes(), None).unwrap());
    for side in ["home", "away"] {
        let expected = points(&expected()[side]["players"], |row| &row["totals"]["points"]);
        assert_eq!(points(&snapshot[side]["players"], |row| &row["stats"]["points"]), expected, "{side}");
    }
}

#[tokio::test]
async fn the_decoder_of_sportradar_understands_all_that_the_venue_sends() {
    let venue = open(fast()).await;
    let mut body = Body::follow(&venue.endpoints(), "").await;
    let mut recorded = String::new();
    loop {
        let line = body.line().await.unwrap();
        recorded.push_str(&line.to_string());
        recorded.push('\n');
        if line["payload"]["game"]["status"] == "complete" {
            break;
        }
    }
    venue.stop().await;
    let snapshot = snapshot(&inspect(FeedKind::NbaPushEvents, recorded.as_bytes(), None).unwrap());
    assert_eq!((&snapshot["home"]["bonus"], &snapshot["away"]["bonus"]), (&false.into(), &true.into()));
    assert_eq!((&snapshot["home"]["timeouts"], &snapshot["away"]["timeouts"]), (&2.into(), &2.into()));
}
