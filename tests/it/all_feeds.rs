//! The real games on every feed at once, folded into one state as a show on air does it, and merged by the usual ranks.
//!
//! The mock venue plays a game for all of a league's vendors together; one queue takes what their clients report, one fold
//! has it all. The expected figures are those of the league's box score.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sideline::app::{Fold, entered};
use sideline::feed::secret::Secret;
use sideline::feed::{self, Report, Resume, decode, push, shottracker};
use sideline::game::snapshot::{GameSnapshot, GameStatus, Team};
use sideline::game::{self, Rules, merging};
use sideline::ids::{FeedId, FeedKind, GameId};
use sideline::journal::{Body, Entry};
use sideline::time::{Clock, SystemClock, Timestamp};
use sideline::venue::script::Script;
use sideline::venue::{self, Content, Endpoints};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::real_game::check_team;

/// Reached only when a test fails; a game on all feeds takes some seconds, more beside other tests.
const WITHIN: Duration = Duration::from_secs(180);
/// Time for all clients to connect before the game begins.
const HEAD_START: Duration = Duration::from_secs(2);
const SPEED: f64 = 1_000.0;

/// All nine sources, and the game so far over REST.
fn tracker(at: &Endpoints) -> feed::Options {
    let game = shottracker::Game::Event(GameId::new(at.event_id.as_str()));
    let (rest, secret) = (at.rest.parse().unwrap(), Secret::new(at.secret.clone()));
    let (websocket, username) = (at.websocket.clone(), at.username.clone());
    let mut options = shottracker::Options::new("tracker".into(), rest, websocket, game, username, secret);
    options.backfill = ["stats", "details", "shots", "possessions"].map(String::from).into();
    feed::Options::ShotTracker(options)
}

/// One of the league's feeds, which is called by its kind, with the plays so far where it has any.
fn league(kind: FeedKind, at: &Endpoints) -> feed::Options {
    let base = at.subscribe.parse::<url::Url>().unwrap().join("/").unwrap();
    let subscribe = push::Subscribe::League { base, level: "trial".into() };
    let id = FeedId::new(kind.to_string());
    let mut options = push::Options::new(id, subscribe, Secret::new(at.api_key.clone()));
    options.kind = kind;
    options.filters = vec![("match".to_owned(), at.match_id.clone())];
    if matches!(kind, FeedKind::NbaPushEvents | FeedKind::NhlPushEvents) {
        options.play_by_play = push::play_by_play(kind, &options.address(), &at.match_id);
    }
    feed::Options::Push(options)
}

fn feed_of(body: &Body) -> Option<&FeedId> {
    match body {
        Body::Received { feed, .. } => Some(feed),
        _ => None,
    }
}

fn seen(fold: &Fold, at: Timestamp) -> GameSnapshot {
    game::view(&fold.position().state, &Rules::default(), at)
}

/// Which feed supplies each fact in the end.
type Supplies = BTreeMap<String, String>;

/// Follows all feeds until each has told that the game is over. What is seen then is the merge of them all; what was not
/// understood, and what was wrong with connections, is nothing.
async fn play(script: Arc<Script>, feeds: impl FnOnce(&Endpoints) -> Vec<feed::Options>) -> (GameSnapshot, Supplies) {
    feed::install_tls();
    let clock = SystemClock::start();
    let began_at = Some(clock.now() + HEAD_START);
    let options = venue::Options { speed: SPEED, began_at, ..venue::Options::new(Content::Script(script)) };
    let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let venue = venue::start(options, front, back).await.unwrap();
    let endpoints = venue.endpoints();
    let feeds = feeds(&endpoints);
    let (reports, mut received) = mpsc::channel(feed::QUEUE_REPORTS);
    let mut unfinished: BTreeSet<FeedId> = feeds.iter().map(|options| options.id().clone()).collect();
    let followed = |id: &FeedId| {
        let match_id = (id.as_str() != "tracker").then(|| endpoints.match_id.clone());
        (id.clone(), decode::Options { match_id, ..decode::Options::default() })
    };
    let decoding: BTreeMap<_, _> = unfinished.iter().map(followed).collect();
    // Each feed's word for itself tells when it is done; nothing else is asked of it.
    let mut alone: BTreeMap<_, _> = unfinished.iter().map(|id| (id.clone(), Fold::new(decoding.clone()))).collect();
    let mut all = Fold::new(decoding);
    let clients: Vec<_> = feeds
        .into_iter()
        .map(|options| tokio::spawn(feed::run(options, Resume::default(), reports.clone(), std::future::pending())))
        .collect();
    let (mut troubles, mut seq, mut at) = (Vec::new(), 0, clock.now());
    while !unfinished.is_empty() {
        let report = tokio::time::timeout(WITHIN, received.recv()).await;
        let report = report.unwrap_or_else(|_| panic!("never ended: {unfinished:?}")).expect("the clients run");
        match &report {
            Report::Link { feed, link, why: Some(why), .. } => troubles.push(format!("{feed} {link:?}: {why}")),
            Report::Skipped { feed, why, .. } => troubles.push(format!("{feed}: {why:?}")),
            _ => {}
        }
        (seq, at) = (seq + 1, clock.now());
        let entry = Entry { seq, at, body: entered(report) };
        all.apply(&entry);
        if let Some(feed) = feed_of(&entry.body).filter(|feed| unfinished.contains(*feed)) {
            let fold = alone.get_mut(feed).unwrap();
            fold.apply(&entry);
            if seen(fold, at).game.status == Some(GameStatus::Complete) {
                unfinished.remove(feed);
            }
        }
    }
    clients.iter().for_each(tokio::task::JoinHandle::abort);
    venue.stop().await;
    troubles.extend(all.take_oddities());
    assert_eq!(troubles, [""; 0]);
    let merging = merging(&all.position().state, &Rules::default(), at);
    assert_eq!(merging.unmatched, [""; 0], "teams and players of all feeds are matched");
    let supplies = merging.supplies.into_iter().map(|supply| (supply.fact, supply.feed.to_string())).collect();
    (seen(&all, at), supplies)
}

fn expected(game: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/games/{game}.expected.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_basketball_game_on_all_feeds_at_once_ends_with_the_box_score() {
    let pushed = [FeedKind::NbaPushEvents, FeedKind::NbaPushClock, FeedKind::NbaPushGameClock];
    let feeds = |at: &Endpoints| [tracker(at)].into_iter().chain(pushed.map(|kind| league(kind, at))).collect();
    let (snapshot, supplies) = play(Script::builtin(), feeds).await;
    let expected = expected("gsw-at-bkn-2020-12-22");
    let ends = [&snapshot.home, &snapshot.away].map(|team| (team.code.as_deref(), team.score));
    assert_eq!(ends, [(Some("BKN"), Some(125)), (Some("GSW"), Some(99))]);
    check_team(&expected["home"], &snapshot.home);
    check_team(&expected["away"], &snapshot.away);
    assert_eq!(snapshot.clock.period.as_ref().map(|period| period.label.as_str()), Some("FINAL"));
    // That several feeds have their part in it, and not one alone.
    for (fact, feed) in [("statistics", "tracker"), ("plays", "nba-push-events"), ("score", "nba-push-game-clock")] {
        assert_eq!(supplies.get(fact).map(String::as_str), Some(feed), "{fact}");
    }
    assert!(!snapshot.tracking.players.is_empty(), "positions came with the rest");
    assert_eq!(snapshot.feeds.len(), 4);
}

#[track_caller]
fn check_on_ice(expected: &Value, team: &Team) {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hockey_game_on_both_feeds_at_once_ends_with_the_leagues_score_and_shots() {
    let pushed = [FeedKind::NhlPushEvents, FeedKind::NhlPushClock];
    let feeds = |at: &Endpoints| pushed.map(|kind| league(kind, at)).into();
    let (snapshot, supplies) = play(Script::builtin_hockey(), feeds).await;
    let expected = expected("vgk-at-wpg-2023-10-19");
    assert_eq!((snapshot.away.score, snapshot.home.score), (Some(5), Some(3)));
    assert_eq!((snapshot.away.stats.shots_on_goal, snapshot.home.stats.shots_on_goal), (Some(27), Some(39)));
    check_on_ice(&expected["home"], &snapshot.home);
    check_on_ice(&expected["away"], &snapshot.away);
    for (fact, feed) in [("score", "nhl-push-clock"), ("plays", "nhl-push-events")] {
        assert_eq!(supplies.get(fact).map(String::as_str), Some(feed), "{fact}");
    }
}
