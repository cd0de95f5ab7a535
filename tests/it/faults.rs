//! What goes wrong with real feeds, one fault switch a test: the mock venue does it on purpose, the real clients and the fold of
//! a show on air live with it.
//!
//! Each fault is played on every way to listen that it can strike: each of ShotTracker's nine sources alone, and each of the
//! league's five feeds. In the end the game is the same as without it, nothing is lost and nothing is there twice; and what the
//! status said meanwhile was what was wrong, for as long as it was.

mod deleted;
mod stage;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use serde_json::Value;
use sideline::ids::FeedKind;
use sideline::venue::fault::{Fault, Switch};

use stage::{Played, WATCHDOG, Way, all, difference, expected, leagues, play, play_until, sources};

/// All sources at once, for what happens to requests and not to messages.
const TRACKER: Way = Way::Tracker { without: &[], rest: false };

/// Plays each way at the same time, and compares what it ends with.
async fn survive(ways: Vec<Way>, fault: impl Fn(Way) -> Switch) -> Vec<Played> {
    survive_without(ways, fault, &[]).await
}

async fn survive_without(ways: Vec<Way>, fault: impl Fn(Way) -> Switch, left_out: &[&str]) -> Vec<Played> {
    // All of it before anything begins to be played: it keeps this thread busy.
    let expected: BTreeMap<Way, Value> = ways.iter().map(|way| (*way, expected(*way, left_out))).collect();
    let one = |way| {
        let (switch, expected) = (fault(way), expected[&way].clone());
        async move {
            let played = play(way, &[switch], &expected, left_out).await;
            let wrong = difference(&format!("{way:?}: "), &played.facts, &expected);
            let spared = (played.spared > 0).then(|| format!("{way:?}: {} faults have not struck", played.spared));
            (played, wrong.or(spared))
        }
    };
    let (played, wrong): (Vec<Played>, Vec<Option<String>>) =
        together(ways.into_iter().map(one)).await.into_iter().unzip();
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    played
}

/// In the order in which they were given.
async fn together<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    futures_util::future::join_all(all).await
}

/// The source that says one thing in the whole game, and one that says few.
const MARKER: Way = Way::Source("marker");
const SUMMARY: Way = Way::Source("broadcastsummary");

/// How a way's messages are struck: every second one, and each of who has few: a clock that speaks once a second has three.
fn every_second(way: Way, fault: Fault, times: u32) -> Switch {
    let (every, times) = match way {
        MARKER => (1, 1),
        SUMMARY | Way::Push(FeedKind::NbaPushClock | FeedKind::NhlPushClock) => (1, times.min(2)),
        _ => (2, times),
    };
    Switch { every, times, ..fault.into() }
}

/// One of the sentences that the status said is about `what`, and in the end it says nothing any more.
#[track_caller]
fn told(played: &Played, what: &str) {
    assert!(played.told.iter().any(|sentence| sentence.contains(what)), "{:?}: {what}: {:?}", played.way, played.told);
    assert_eq!(played.left, [""; 0], "{:?}: it is over", played.way);
}

/// The status never said that anything was wrong.
#[track_caller]
fn nothing_told(played: &Played) {
    let Played { way, told, downs, not_understood, .. } = played;
    assert!(told.is_empty() && *downs == 0 && not_understood.is_empty(), "{way:?}: {told:?}, {not_understood:?}");
}

/// What the other tests are compared with is what a feed without faults ends with.
#[tokio::test]
async fn without_a_fault_each_way_to_listen_ends_with_the_venues_own_game_and_nothing_is_told() {
    let ways = [all(), vec![TRACKER]].concat();
    let idle = |_| Switch { times: 0, ..Fault::Drop.into() };
    survive(ways, idle).await.iter().for_each(nothing_told);
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_told_and_resumed_without_loss() {
    for played in survive(all(), |way| every_second(way, Fault::Drop, 2)).await {
        assert_eq!(played.downs, if played.way == MARKER { 1 } else { 2 }, "{:?}", played.way);
        told(&played, "broke");
    }
}

#[tokio::test]
async fn a_stall_below_the_watchdog_is_only_late() {
    let stall = |way| Switch { lasts: Duration::from_millis(400), ..every_second(way, Fault::Stall, 1) };
    survive(all(), stall).await.iter().for_each(nothing_told);
}

#[tokio::test]
async fn a_stall_above_the_watchdog_is_told_and_the_connection_replaced() {
    let stall = |way| Switch { lasts: 8 * WATCHDOG, ..every_second(way, Fault::Stall, 1) };
    for played in survive(all(), stall).await {
        assert_eq!(played.downs, 1, "{:?}", played.way);
        told(&played, "the connection is presumed dead");
    }
}

#[tokio::test]
async fn a_half_open_connection_is_told_given_up_and_replaced() {
    for played in survive(all(), |way| every_second(way, Fault::HalfOpen, 1)).await {
        assert_eq!(played.downs, 1, "{:?}", played.way);
        told(&played, "presumed dead");
    }
}

#[tokio::test]
async fn messages_that_come_twice_count_once() {
    let twice = |way| Switch { every: 1, ..every_second(way, Fault::Duplicate, 4) };
    survive(all(), twice).await.iter().for_each(nothing_told);
}

#[tokio::test]
async fn messages_in_the_wrong_order_end_in_the_same_game() {
    let in_order = |way: &Way| way.is_in_order() && *way != MARKER;
    let ways: Vec<Way> = all().into_iter().filter(in_order).collect();
    assert_eq!(ways.len(), 5 + 5, "what has no order among its messages cannot lose it, and one message has none");
    survive(ways, |way| every_second(way, Fault::Reorder, 3)).await.iter().for_each(nothing_told);
}

#[tokio::test]
async fn garbage_between_messages_is_told_by_kind_counted_and_harms_none() {
    for played in survive(all(), |way| every_second(way, Fault::Garbage, 1)).await {
        let kind = match played.way.kind() {
            FeedKind::ShotTracker => "message: not a message object",
            _ => "stream: bytes that are no message",
        };
        let counted: Vec<_> = played.not_understood.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        assert_eq!(counted, [(kind, 1)], "{:?}", played.way);
        // It is told for a while after it came, and is no reason to connect anew.
        assert_eq!(played.told, [format!("not understood: {kind} (1 so far)")], "{:?}", played.way);
        assert_eq!(played.downs, 0, "{:?}", played.way);
    }
}

#[tokio::test]
async fn slow_messages_are_only_late() {
    let slow = |way| Switch { lasts: Duration::from_millis(500), ..every_second(way, Fault::Slow, 4) };
    survive(all(), slow).await.iter().for_each(nothing_told);
}

#[tokio::test]
async fn another_framing_is_understood() {
    let framing = |way| Switch { every: 1, ..every_second(way, Fault::WrongFraming, 6) };
    survive(all(), framing).await.iter().for_each(nothing_told);
}

#[tokio::test]
async fn an_expired_token_is_told_and_replaced() {
    let ways = [sources(), vec![TRACKER]].concat();
    for played in survive(ways, |way| every_second(way, Fault::TokenExpiry, 1)).await {
        assert_eq!(played.downs, 1, "{:?}", played.way);
        told(&played, "token expired); a fresh token is asked for");
    }
}

async fn refused(status: u16, sentence: &str) {
    for played in survive([leagues(), vec![TRACKER]].concat(), |_| Fault::Refuse(status).into()).await {
        told(&played, sentence);
        assert_eq!((played.told.len(), played.downs), (1, 0), "{:?}: {:?}", played.way, played.told);
        assert!(!played.told[0].contains("demo-key") && !played.told[0].contains("demo-secret"));
    }
}

#[tokio::test]
async fn credentials_that_are_refused_are_told_with_what_to_check_and_tried_again() {
    refused(401, "refuses the credentials (401").await;
}

#[tokio::test]
async fn a_right_that_is_missing_is_told_with_whom_to_ask_and_tried_again() {
    refused(403, "does not allow this (403").await;
}

#[tokio::test]
async fn an_address_with_nothing_there_is_told_with_what_to_check_and_tried_again() {
    refused(404, "(404").await;
}

#[tokio::test]
async fn a_vendor_who_asks_for_fewer_requests_is_told_and_tried_again() {
    refused(429, "asks for fewer requests (429").await;
}

#[tokio::test]
async fn a_vendor_in_trouble_is_told_and_tried_again() {
    refused(500, "is in trouble (500").await;
}

#[tokio::test]
async fn a_subscription_that_redirects_to_itself_is_told_and_not_followed_for_ever() {
    for played in survive(leagues(), |_| Switch { times: 12, ..Fault::RedirectLoop.into() }).await {
        told(&played, "more than 5 redirects");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_is_right_in_the_end() {
    let ways: Vec<Way> = all().into_iter().filter(|way| way.has_clock()).collect();
    assert_eq!(ways.len(), 1 + 3);
    survive(ways, |way| every_second(way, Fault::ClockJump, 2)).await.iter().for_each(nothing_told);
}

/// With the game so far over REST, and all that the stream has; or without the summaries, which repeat what players and teams
/// have.
const WITH_REST: Way = Way::Tracker { without: &["location"], rest: true };
const WITH_REST_ALONE: Way = Way::Tracker {
    without: &["broadcastsummary", "possessions", "possessionstats", "lineupstats", "location"],
    rest: true,
};
const WITHOUT_REST: Way = Way::Tracker {
    without: &["broadcastsummary", "possessions", "possessionstats", "lineupstats", "location"],
    rest: false,
};

/// A server that comes back later and knows nothing of before. What REST has of a shot are not all of the chart's figures,
/// and of line-ups and possession types it has nothing.
fn forget() -> Switch {
    Switch { every: 20, lasts: Duration::from_millis(400), ..Fault::Forget.into() }
}

const NOT_OVER_REST: [&str; 6] =
    ["on_court", "defenders", "status", "lineups", "possession_sessions", "latest_possession"];

#[tokio::test]
async fn a_server_that_forgot_its_stream_is_told_and_made_up_for_over_rest() {
    for played in survive_without(vec![WITH_REST, WITH_REST_ALONE], |_| forget(), &NOT_OVER_REST).await {
        told(&played, "is in trouble (503");
        assert!(played.not_understood.is_empty(), "{:?}", played.not_understood);
    }
}

#[tokio::test]
async fn without_rest_a_forgotten_stream_leaves_a_hole_and_the_status_goes_on_saying_so() {
    const HOLE: &str = "has forgotten what it told before, and what it did not tell is missing";
    let left_out = &NOT_OVER_REST;
    let faults = [forget()];
    let played = play_until(WITHOUT_REST, &faults, left_out, |facts, health| {
        let is_over = facts["clock"]["period"]["label"] == "FINAL";
        is_over && health.reasons.iter().any(|reason| reason.contains(HOLE))
    });
    let played = played.await;
    assert_ne!(played.facts, expected(WITHOUT_REST, left_out), "what the other test shows would prove nothing");
    assert!(played.told.iter().any(|told| told.contains("counts its messages anew")), "{:?}", played.told);
    assert!(played.left.iter().any(|left| left.contains(HOLE)), "{:?}", played.left);
}

/// What happens between two connections, and no session tells: the document beside the next connection does.
#[tokio::test]
async fn with_the_play_by_play_a_connection_that_is_lost_costs_nothing_even_without_a_session() {
    let ways = || [FeedKind::NbaPushEvents, FeedKind::NhlPushEvents].map(Way::WithDocument).to_vec();
    for played in survive(ways(), |way| every_second(way, Fault::Drop, 3)).await {
        assert_eq!(played.downs, 3, "{:?}", played.way);
        told(&played, "broke");
    }
    for played in survive(ways(), |way| every_second(way, Fault::HalfOpen, 1)).await {
        assert_eq!(played.downs, 1, "{:?}", played.way);
        told(&played, "presumed dead");
    }
}

/// What is lost in the middle of a connection is found by its number: neither a summary nor another connection tells it again.
#[tokio::test]
async fn a_message_that_is_lost_is_told_and_made_up_for_over_rest_on_the_same_connection() {
    const WITHOUT_SUMMARIES: Way = Way::Tracker { without: &["broadcastsummary", "location"], rest: true };
    let lose = |_| Switch { every: 9, times: 6, ..Fault::Lose.into() };
    for played in survive_without(vec![WITHOUT_SUMMARIES, WITH_REST], lose, &NOT_OVER_REST).await {
        told(&played, "never came; what they told is fetched");
        assert_eq!(played.downs, 0, "{:?}: the connection is none the worse for it", played.way);
    }
}

#[tokio::test]
async fn a_rest_server_in_trouble_is_told_as_a_gap_until_it_answers() {
    // The first two requests are for the token; the document is refused after them.
    let refuse = Switch { every: 2, times: 3, ..Fault::Refuse(500).into() };
    let expected = expected(WITH_REST_ALONE, &NOT_OVER_REST);
    let played = play(WITH_REST_ALONE, &[refuse], &expected, &NOT_OVER_REST).await;
    assert_eq!(difference("", &played.facts, &expected), None);
    told(&played, "what the stream left out before this moment may be missing");
    assert_eq!(played.downs, 0, "the stream is none the worse for it");
}
