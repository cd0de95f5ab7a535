//! What goes wrong with real feeds, one fault a test: the mock venue does it on purpose, the real clients and the fold live
//! with it.
//!
//! Each test plays the same short game twice at the same time, once without the fault. In the end both snapshots are the same,
//! nothing is lost, nothing is there twice, and the status told what happened meanwhile.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sideline::feed::decode::{self, Decoder};
use sideline::feed::secret::Secret;
use sideline::feed::{self, Policy, Report, Resume, push, shottracker};
use sideline::game::snapshot::{GameSnapshot, GameStatus};
use sideline::game::{self, GameState, Rules};
use sideline::status::Link;
use sideline::time::{Clock, SystemClock, Timestamp};
use sideline::venue::fault::{Fault, Switch};
use sideline::venue::script::Script;
use sideline::venue::{self, Content, Endpoints, Venue};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Reached only when a test fails; half a minute of faults is the longest.
const PATIENCE: Duration = Duration::from_secs(90);
/// Time for clients to connect before tip-off, refused ones included.
const HEAD_START: Duration = Duration::from_secs(3);
/// Three and a half minutes of play in three and a half seconds.
const SPEED: f64 = 60.0;

/// Twenty shots, every third one missed and rebounded, and the game is over.
fn script() -> Arc<Script> {
    let mut text = String::from(
        "game id=1 league=NBA season=REG scheduled=2020-01-01T00:00:00Z tipoff=2020-01-01T00:00:00Z \
         arena=Hall city=Town shottracker=6a5e7c2e-0000-5000-8000-000000000001 \
         sportradar=6a5e7c2e-0000-5000-8000-000000000002\n",
    );
    for (side, code, number, basket) in [("home", "HOM", 11, "left"), ("away", "AWY", 22, "right")] {
        text += &format!(
            "team {side} code={code} market=Town name={code} color=#102030 basket={basket} shottracker={number} \
             sportradar=6a5e7c2e-0000-5000-8000-0000000000{number}\n"
        );
        for player in 1..=5 {
            text += &format!("player {side}:{player} id={number}{player} first=A last=B{player} starter=yes\n");
        }
    }
    text += "0.0 Q1 12:00.0 start\n2.0 Q1 11:58.0 jump home won=home:1 lost=away:1\n";
    let (mut score, sides) = ([0, 0], ["home", "away"]);
    for number in 0..20 {
        let (side, at, left) = (number % 2, 12 + 10 * number, 708 - 10 * number);
        let (by, three) = (number / 2 % 5 + 1, number % 4 == 0);
        let clock = format!("{}:{:02}.0", left / 60, left % 60);
        let (kind, place) = if three { ("3pt", "20,260") } else { ("2pt", "10,40") };
        if number % 3 == 2 {
            let (other, later) = (sides[1 - side], format!("{}:{:02}.0", (left - 1) / 60, (left - 1) % 60));
            text += &format!("{at}.0 Q1 {clock} {kind} {}:{by} made=no at={place} style=jump_shot\n", sides[side]);
            text += &format!("{}.0 Q1 {later} rebound {other}:2 end=defensive\n", at + 1);
        } else {
            score[side] += if three { 3 } else { 2 };
            let assist = format!("{}:{}", sides[side], by % 5 + 1);
            text += &format!(
                "{at}.0 Q1 {clock} {kind} {}:{by} made=yes at={place} style=layup assist={assist} score={}-{}\n",
                sides[side], score[0], score[1]
            );
        }
    }
    text += "212.0 Q1 8:28.0 end\n213.0 Q1 8:28.0 final\n";
    Arc::new(Script::parse(&text).unwrap())
}

async fn venue(began_at: Timestamp, faults: &[Switch]) -> Venue {
    let mut options = venue::Options::new(Content::Script(script()));
    options.speed = SPEED;
    options.began_at = Some(began_at);
    options.heartbeat = Duration::from_millis(50);
    options.faults = faults.to_vec();
    let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    venue::start(options, front, back).await.unwrap()
}

fn in_a_hurry() -> Policy {
    let moment = Duration::from_millis(20);
    Policy { base: moment, cap: moment, slow: moment, healthy_after: PATIENCE }
}

fn tracker(at: Endpoints) -> feed::Options {
    let game = shottracker::Game::Event(at.event_id.into());
    let (rest, secret) = (at.rest.parse().unwrap(), Secret::new(at.secret));
    let mut options = shottracker::Options::new("tracker".into(), rest, at.websocket, game, at.username, secret);
    // Without the 25 places a second: what is counted here are messages that matter.
    options.sources = ["marker", "boxscorestatsv2", "chart", "broadcastsummary", "clock"].map(String::from).into();
    options.retry = in_a_hurry();
    feed::Options::ShotTracker(options)
}

fn league(at: Endpoints) -> feed::Options {
    let subscribe = push::Subscribe::Address(at.subscribe.parse().unwrap());
    let mut options = push::Options::new("league".into(), subscribe, Secret::new(at.api_key));
    options.watchdog = Duration::from_millis(1_500);
    options.retry = in_a_hurry();
    feed::Options::Push(options)
}

/// What came of a game.
struct Played {
    snapshot: GameSnapshot,
    /// Every sentence that the status said about the connection.
    told: Vec<String>,
    /// How often the link went down after it had been up.
    downs: usize,
    skipped: u64,
    /// What the decoder could not understand.
    oddities: Vec<String>,
}

/// Whether the game is over.
fn is_over(snapshot: &GameSnapshot) -> bool {
    snapshot.game.status == Some(GameStatus::Complete)
}

/// Follows one feed until it is `done` with the game.
async fn play(venue: Venue, feed: fn(Endpoints) -> feed::Options, done: fn(&GameSnapshot) -> bool) -> Played {
    feed::install_tls();
    let options = feed(venue.endpoints());
    let kind = options.kind();
    let (reports, mut received) = mpsc::channel(feed::QUEUE_REPORTS);
    let client = tokio::spawn(feed::run(options, Resume::default(), reports, std::future::pending()));
    let mut decoder = Decoder::new(kind, decode::Options::default());
    let (mut state, mut events, mut at) = (GameState::default(), Vec::new(), Timestamp::default());
    let (mut told, mut downs, mut skipped, mut up) = (Vec::new(), 0, 0, false);
    let snapshot = loop {
        let report = tokio::time::timeout(PATIENCE, received.recv()).await.expect("the game ends").expect("it runs");
        // Each message a millisecond after the last: when it came does not matter to what it says.
        at = at + Duration::from_millis(1);
        match report {
            Report::Message { feed, bytes, .. } => {
                let outcome = decoder.decode(&bytes, &mut events);
                state.received(at, &feed, kind, outcome.oddities);
                events.drain(..).for_each(|event| state.apply(at, &feed, kind, &event));
            }
            Report::Link { link, why, .. } => {
                downs += usize::from(link == Link::Down && up);
                up = link == Link::Up;
                told.extend(why);
            }
            Report::Skipped { .. } => skipped += 1,
            Report::Alive { .. } => {}
        }
        let snapshot = game::view(&state, &Rules::default(), at);
        if done(&snapshot) {
            break snapshot;
        }
    };
    client.abort();
    venue.stop().await;
    let oddities = decoder.notes().iter().map(|(kind, note)| format!("{kind}: {note:?}")).collect();
    Played { snapshot, told, downs, skipped, oddities }
}

/// All of a snapshot that says something of the game and nothing of when it was heard, without what is `left_out`.
fn facts(snapshot: &GameSnapshot, left_out: &[&str]) -> Value {
    let mut facts = serde_json::json!({
        "status": snapshot.game.status,
        "period": snapshot.clock.period,
        "home": snapshot.home,
        "away": snapshot.away,
        "plays": snapshot.plays,
    });
    // The test counts messages as its time, and with faults there are more or fewer of them.
    let times = ["heard", "heard_at", "age_ms", "news"];
    // Known only to whoever heard the feed before the tip, which a fault may delay.
    let beginnings = ["starter", "starters"];
    leave_out(&mut facts, &[&times[..], &beginnings, left_out].concat());
    facts
}

fn leave_out(value: &mut Value, keys: &[&str]) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !keys.contains(&key.as_str()));
            map.values_mut().for_each(|value| leave_out(value, keys));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| leave_out(value, keys)),
        _ => {}
    }
}

/// Plays the game with and without faults, and compares.
async fn survive(feed: fn(Endpoints) -> feed::Options, faults: &[Switch]) -> Played {
    survive_until(is_over, feed, faults, &[]).await
}

async fn survive_until(
    done: fn(&GameSnapshot) -> bool,
    feed: fn(Endpoints) -> feed::Options,
    faults: &[Switch],
    left_out: &[&str],
) -> Played {
    let began_at = SystemClock::start().now() + HEAD_START;
    let (plain, faulty) = tokio::join!(venue(began_at, &[]), venue(began_at, faults));
    let (plain, faulty) = tokio::join!(play(plain, feed, done), play(faulty, feed, done));
    assert_eq!((plain.told, plain.skipped), (Vec::<String>::new(), 0), "nothing is wrong without a fault");
    assert_eq!((plain.snapshot.home.score, plain.snapshot.away.score), (Some(18), Some(14)));
    let (plain, with_fault) = (facts(&plain.snapshot, left_out), facts(&faulty.snapshot, left_out));
    same("", &with_fault, &plain);
    faulty
}

/// With both vendors' clients at the same time: first the tracker's, then the league's.
async fn both_survive(faults: &[Switch]) -> [Played; 2] {
    let (tracked, pushed) = tokio::join!(survive(tracker, faults), survive(league, faults));
    [tracked, pushed]
}

/// Fails at the first place that differs.
#[track_caller]
fn same(path: &str, with_fault: &Value, without: &Value) {
    match (with_fault, without) {
        (Value::Object(left), Value::Object(right)) if left.keys().eq(right.keys()) => {
            left.iter().for_each(|(key, value)| same(&format!("{path}.{key}"), value, &right[key]));
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            (0..left.len()).for_each(|index| same(&format!("{path}[{index}]"), &left[index], &right[index]));
        }
        _ => assert_eq!(with_fault, without, "{path} is the same in the end"),
    }
}

/// The last sentence is about `what`, in words that a person can act on.
#[track_caller]
fn told(played: &Played, what: &str) {
    assert!(played.told.iter().any(|sentence| sentence.contains(what)), "{what}: {:?}", played.told);
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_resumed_without_loss() {
    for played in both_survive(&[Switch { every: 12, ..Fault::Drop.into() }]).await {
        assert_eq!(played.downs, 3);
        assert_eq!(played.told.len(), 3, "{:?}", played.told);
    }
}

#[tokio::test]
async fn a_stall_below_the_watchdog_is_only_late() {
    let stall = Switch { every: 12, lasts: Duration::from_millis(700), ..Fault::Stall.into() };
    for played in both_survive(&[stall]).await {
        assert_eq!((played.downs, played.told.len()), (0, 0), "{:?}", played.told);
    }
}

#[tokio::test]
async fn a_stall_above_the_watchdog_is_told_and_the_connection_replaced() {
    let stall = Switch { every: 12, times: 1, lasts: Duration::from_secs(20), ..Fault::Stall.into() };
    let played = survive(league, &[stall]).await;
    assert_eq!(played.downs, 1);
    told(&played, "sent nothing");
}

#[tokio::test]
async fn a_half_open_connection_is_given_up_and_replaced() {
    for played in both_survive(&[Switch { every: 12, ..Fault::HalfOpen.into() }]).await {
        assert_eq!(played.downs, 1);
        told(&played, "presumed dead");
    }
}

#[tokio::test]
async fn messages_that_come_twice_count_once() {
    for played in both_survive(&[Switch { every: 2, ..Fault::Duplicate.into() }]).await {
        assert_eq!((played.downs, played.oddities.len()), (0, 0), "{:?}", played.oddities);
    }
}

#[tokio::test]
async fn messages_in_the_wrong_order_end_in_the_same_game() {
    for played in both_survive(&[Switch { every: 3, ..Fault::Reorder.into() }]).await {
        assert_eq!(played.downs, 0);
    }
}

#[tokio::test]
async fn garbage_between_messages_is_counted_and_harms_none() {
    let played = survive(league, &[Fault::Garbage.into()]).await;
    assert!(played.skipped > 0);
    let played = survive(tracker, &[Fault::Garbage.into()]).await;
    assert_eq!(played.oddities.len(), 1, "one kind of it: {:?}", played.oddities);
}

#[tokio::test]
async fn slow_messages_are_only_late() {
    let slow = Switch { lasts: Duration::from_millis(500), ..Fault::Slow.into() };
    for played in both_survive(&[slow]).await {
        assert_eq!((played.downs, played.skipped), (0, 0));
    }
}

#[tokio::test]
async fn another_framing_is_understood() {
    for played in both_survive(&[Fault::WrongFraming.into()]).await {
        assert_eq!((played.skipped, played.oddities.len()), (0, 0), "{:?}", played.oddities);
    }
}

#[tokio::test]
async fn an_expired_token_is_replaced() {
    let played = survive(tracker, &[Fault::TokenExpiry.into()]).await;
    assert_eq!(played.downs, 3);
    told(&played, "token expired");
}

/// With the game so far over REST beside each connection.
fn tracker_with_rest(at: Endpoints) -> feed::Options {
    let feed::Options::ShotTracker(options) = tracker(at) else { panic!("it is a tracker's") };
    let backfill = ["stats", "details", "shots", "possessions"].map(String::from).into();
    feed::Options::ShotTracker(shottracker::Options { backfill, ..options })
}

/// The same without the summaries, which repeat what players and teams have.
fn tracker_with_rest_alone(at: Endpoints) -> feed::Options {
    let feed::Options::ShotTracker(options) = tracker_with_rest(at) else { panic!("it is a tracker's") };
    let sources = ["marker", "boxscorestatsv2", "chart", "clock"].map(String::from).into();
    feed::Options::ShotTracker(shottracker::Options { sources, ..options })
}

/// Every shot, rebound and assist of the game is there, and the score.
fn is_whole(snapshot: &GameSnapshot) -> bool {
    let shots = snapshot.home.shots.len() + snapshot.away.shots.len();
    let score = (snapshot.home.score, snapshot.away.score);
    (shots, snapshot.plays.len(), score) == (20, 40, (Some(18), Some(14)))
}

/// A server that comes back in the third minute of play, half a minute of play later, and knows nothing of before. What REST
/// has of a shot are not all of the chart's figures.
async fn survive_a_server_that_forgets(
    feed: fn(Endpoints) -> feed::Options,
    done: fn(&GameSnapshot) -> bool,
) -> Played {
    let forget = Switch { every: 30, lasts: Duration::from_millis(500), ..Fault::Forget.into() };
    survive_until(done, feed, &[forget], &["on_court", "defenders", "status"]).await
}

#[tokio::test]
async fn a_server_that_forgot_its_stream_is_made_up_for_over_rest() {
    let done = |snapshot: &GameSnapshot| is_over(snapshot) && is_whole(snapshot);
    let (with_summary, alone) = tokio::join!(
        survive_a_server_that_forgets(tracker_with_rest, done),
        survive_a_server_that_forgets(tracker_with_rest_alone, is_whole)
    );
    for played in [with_summary, alone] {
        told(&played, "in trouble (503");
        assert!(played.skipped == 0 && played.oddities.is_empty(), "{:?}", played.oddities);
    }
}

#[tokio::test]
async fn without_rest_a_forgotten_stream_leaves_a_hole() {
    let forget = Switch { every: 30, lasts: Duration::from_millis(500), ..Fault::Forget.into() };
    let began_at = SystemClock::start().now() + HEAD_START;
    let played = play(venue(began_at, &[forget]).await, tracker, is_over).await;
    assert!(!is_whole(&played.snapshot), "what the other test shows would prove nothing");
}

#[tokio::test]
async fn refused_requests_are_told_with_what_to_do_and_tried_again() {
    let refuse = |status| async move { both_survive(&[Fault::Refuse(status).into()]).await };
    let (unauthorized, forbidden, unknown, busy, broken) =
        tokio::join!(refuse(401), refuse(403), refuse(404), refuse(429), refuse(500));
    let cases = [
        (unauthorized, "refuses the credentials"),
        (forbidden, "does not allow"),
        (unknown, "(404"),
        (busy, "fewer requests"),
        (broken, "in trouble"),
    ];
    for (played, sentence) in cases {
        played.iter().for_each(|played| told(played, sentence));
    }
}

#[tokio::test]
async fn a_subscription_that_redirects_to_itself_is_not_followed_for_ever() {
    let played = survive(league, &[Switch { times: 12, ..Fault::RedirectLoop.into() }]).await;
    told(&played, "redirects");
}

#[tokio::test]
async fn a_clock_that_jumps_is_right_in_the_end() {
    let played = survive(tracker, &[Switch { every: 3, ..Fault::ClockJump.into() }]).await;
    assert_eq!(played.downs, 0);
    assert_eq!(played.snapshot.clock.period.map(|period| period.label).as_deref(), Some("FINAL"));
}
