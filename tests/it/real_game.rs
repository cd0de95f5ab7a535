//! A whole real game, from the mock venue's servers through the feed clients, the decoders and the fold.
//!
//! The venue plays `fixtures/games/*.game` some thousand times faster than it was played. The expected figures are those
//! of the league's box score, which neither the venue nor the decoder has seen.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use sideline::feed::decode::{self, Decoder};
use sideline::feed::secret::Secret;
use sideline::feed::{self, Report, Resume, push, shottracker};
use sideline::game::snapshot::{GameSnapshot, GameStatus, Shooting, Stats, Team};
use sideline::game::{self, GameState, Rules};
use sideline::ids::{FeedKind, GameId, Side};
use sideline::time::Timestamp;
use sideline::venue::script::Script;
use sideline::venue::{self, Content, Endpoints};

/// Long enough for a machine that is busy with other tests; a game takes some seconds.
const WITHIN: Duration = Duration::from_secs(120);
const SPEED: f64 = 2_000.0;

async fn venue() -> venue::Venue {
    let options = venue::Options { speed: SPEED, ..venue::Options::new(Content::Script(Script::builtin())) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivery = TcpListener::bind("127.0.0.1:0").await.unwrap();
    venue::start(options, listener, delivery).await.unwrap()
}

pub(super) fn tracker(endpoints: &Endpoints) -> feed::Options {
    feed::Options::ShotTracker(shottracker::Options::new(
        "tracker".into(),
        endpoints.rest.parse().unwrap(),
        endpoints.websocket.clone(),
        shottracker::Game::Event(GameId::new(endpoints.event_id.as_str())),
        endpoints.username.clone(),
        Secret::new(endpoints.secret.clone()),
    ))
}

pub(super) fn league(endpoints: &Endpoints) -> feed::Options {
    let subscribe = push::Subscribe::Address(endpoints.subscribe.parse().unwrap());
    feed::Options::Push(push::Options::new("league".into(), subscribe, Secret::new(endpoints.api_key.clone())))
}

/// Follows one feed until the game is over; what was odd on the way comes beside the last snapshot.
pub(super) async fn play(options: impl FnOnce(&Endpoints) -> feed::Options) -> (GameSnapshot, Vec<String>) {
    feed::install_tls();
    let venue = venue().await;
    let options = options(&venue.endpoints());
    let (reports, mut received) = mpsc::channel(feed::QUEUE_REPORTS);
    let (stop, stopped) = oneshot::channel::<()>();
    let kind = options.kind();
    let client = tokio::spawn(feed::run(options, Resume::default(), reports, async {
        let _ = stopped.await;
    }));
    let mut decoder = Decoder::new(kind, decode::Options::default());
    let (mut state, mut events, mut troubles) = (GameState::default(), Vec::new(), Vec::new());
    let mut at = Timestamp::default();
    let over = loop {
        let report =
            tokio::time::timeout(WITHIN, received.recv()).await.expect("the game ends").expect("the client runs");
        // Each message a millisecond after the last: when it came does not matter to what it says.
        at = at + Duration::from_millis(1);
        match report {
            Report::Message { feed, bytes, .. } => {
                let outcome = decoder.decode(&bytes, &mut events);
                state.received(at, &feed, kind, outcome.oddities);
                events.drain(..).for_each(|event| state.apply(at, &feed, kind, &event));
            }
            Report::Link { link, why: Some(why), .. } => troubles.push(format!("{link:?}: {why}")),
            Report::Skipped { why, .. } => troubles.push(format!("{why:?}")),
            _ => {}
        }
        let snapshot = game::view(&state, &Rules::default(), at);
        if snapshot.game.status == Some(GameStatus::Complete) {
            break snapshot;
        }
    };
    drop(stop);
    client.await.unwrap().unwrap();
    venue.stop().await;
    troubles.extend(decoder.notes().iter().map(|(kind, note)| format!("{kind}: {note:?}")));
    (over, troubles)
}

fn expected() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/games/gsw-at-bkn-2020-12-22.expected.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A line of a box score in the words of the expected file.
fn box_score(stats: &Stats) -> Value {
    let shooting = |shooting: &Option<Shooting>| shooting.as_ref().map(|s| [s.made, s.attempted]);
    let rebounds = stats.rebounds.clone().unwrap_or_default();
    serde_json::json!({
        "assists": stats.assists,
        "blocks": stats.blocks,
        "fg": shooting(&stats.fg),
        "fg3": shooting(&stats.fg3),
        "fouls": stats.fouls,
        "ft": shooting(&stats.ft),
        "points": stats.points,
        "rebounds": {"defensive": rebounds.defensive, "offensive": rebounds.offensive, "total": rebounds.total},
        "steals": stats.steals,
        "turnovers": stats.turnovers.as_ref().and_then(|turnovers| turnovers.total),
    })
}

#[track_caller]
fn check_line(who: &str, expected: &Value, stats: &Stats) {
    let found = box_score(stats);
    for (key, found) in found.as_object().unwrap() {
        assert_eq!(*found, expected[key], "{key} of {who}");
    }
}

#[track_caller]
pub(super) fn check_team(expected: &Value, team: &Team) {
    assert_eq!(team.score.map(Value::from).as_ref(), Some(&expected["score"]));
    let by_period: Vec<_> = team.by_period.iter().map(|period| period.points).collect();
    assert_eq!(serde_json::to_value(by_period).unwrap(), expected["by_period"]);
    check_line("the team", &expected["totals"], &team.stats);
    let players = expected["players"].as_array().unwrap();
    assert_eq!(team.players.len(), players.len());
    for expected in players {
        let id = expected["id"].to_string();
        let player = team.players.iter().find(|player| player.id.as_ref().is_some_and(|known| known.as_str() == id));
        check_line(expected["name"].as_str().unwrap(), &expected["totals"], &player.expect("is in the list").stats);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_players_line_after_the_tracked_game_is_the_box_score() {
    let (snapshot, troubles) = play(tracker).await;
    assert_eq!(troubles, [""; 0]);
    let expected = expected();
    assert_eq!((snapshot.home.score, snapshot.away.score), (Some(125), Some(99)));
    check_team(&expected["home"], &snapshot.home);
    check_team(&expected["away"], &snapshot.away);
    assert_eq!(snapshot.clock.period.map(|period| period.label).as_deref(), Some("FINAL"));
    for (side, team) in [(Side::Home, &snapshot.home), (Side::Away, &snapshot.away)] {
        let taken = team.stats.fg.as_ref().unwrap();
        assert_eq!(team.shots.len() as u32, taken.attempted, "{side}");
        assert_eq!(team.shots.iter().filter(|shot| shot.made).count() as u32, taken.made, "{side}");
        let in_zones: u32 = team.zones.all.iter().filter_map(|zone| zone.attempted).sum();
        let beyond_half_court = team.shots.iter().filter(|shot| shot.zone.is_none()).count() as u32;
        assert_eq!(in_zones + beyond_half_court, taken.attempted, "{side}");
        assert!(team.color.jersey.is_some(), "{side}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pushed_game_ends_with_the_same_score() {
    let (snapshot, troubles) = play(league).await;
    assert_eq!(troubles, [""; 0]);
    assert_eq!((snapshot.home.score, snapshot.away.score), (Some(125), Some(99)));
    assert_eq!(snapshot.home.name.as_deref(), Some("Nets"));
    // The push has no history: what was scored before the client had connected is in the first play's running score.
    let (first, later) = snapshot.plays.split_last().expect("a game has plays");
    let before = first.score.expect("each play has the running score");
    let points = |side: Side| -> u32 {
        later.iter().filter(|play| play.team == Some(side)).filter_map(|play| play.points).sum()
    };
    let total = (before.home + points(Side::Home), before.away + points(Side::Away));
    assert_eq!(total, (125, 99), "each scoring play is there once");
    let sequence_is_kept = snapshot.plays.windows(2).all(|pair| pair[0].score.map(sum) >= pair[1].score.map(sum));
    assert!(sequence_is_kept, "newest first: the running score never rises towards older plays");
}

/// The vendors' frames are unlike (millimetres from the centre of the court; inches from a corner, y down). A mirrored
/// reading of one of them would be off by metres here, and show corner threes in the wrong corner.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_vendors_place_the_shots_of_a_game_alike() {
    let ((tracked, _), (pushed, _)) = tokio::join!(play(tracker), play(league));
    for side in Side::BOTH {
        let is_shot = |kind: &str| kind.starts_with("twopoint") || kind.starts_with("threepoint");
        let plays = pushed.plays.iter().filter(|play| play.team == Some(side) && is_shot(&play.kind));
        let pushed: Vec<_> = plays.filter_map(|play| play.x_mm.zip(play.y_mm)).collect();
        let tracked: Vec<_> = tracked.team(side).shots.iter().filter_map(|shot| shot.x_mm.zip(shot.y_mm)).collect();
        assert!(pushed.len() > 50, "{side}: {} places", pushed.len());
        for (x, y) in &pushed {
            // Inches are rounded, and the venue's hoops are not exactly the vendor's.
            let is_near = |(other_x, other_y): &&(i32, i32)| (x - other_x).abs() <= 60 && (y - other_y).abs() <= 60;
            assert!(tracked.iter().find(is_near).is_some(), "{side}: no tracked shot near ({x}, {y}) mm");
        }
    }
}

fn sum(score: sideline::game::snapshot::Score) -> u32 {
    score.home + score.away
}

/// One of Sportradar's feeds of the venue, with the game's play-by-play where there is one.
fn sportradar(kind: FeedKind, endpoints: &Endpoints) -> feed::Options {
    let base = endpoints.subscribe.parse::<url::Url>().unwrap().join("/").unwrap();
    let subscribe = push::Subscribe::League { base, level: "trial".into() };
    let mut options = push::Options::new("league".into(), subscribe, Secret::new(endpoints.api_key.clone()));
    options.kind = kind;
    options.play_by_play = push::play_by_play(kind, &options.address(), &endpoints.match_id);
    feed::Options::Push(options)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_leagues_clock_feeds_alone_end_at_the_box_scores_score() {
    for kind in [FeedKind::NbaPushClock, FeedKind::NbaPushGameClock] {
        let (snapshot, troubles) = play(|endpoints| sportradar(kind, endpoints)).await;
        assert_eq!(troubles, [""; 0]);
        let expected = expected();
        for side in Side::BOTH {
            let score = snapshot.team(side).score.map(Value::from);
            assert_eq!(score.as_ref(), Some(&expected[side.to_string()]["score"]), "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_play_by_play_beside_the_stream_leaves_score_and_order_of_plays_as_they_are() {
    let (with, troubles) = play(|endpoints| sportradar(FeedKind::NbaPushEvents, endpoints)).await;
    assert_eq!(troubles, [""; 0]);
    let (without, _) = play(league).await;
    assert_eq!((with.home.score, with.away.score), (without.home.score, without.away.score));
    let ids = |snapshot: &GameSnapshot| snapshot.plays.iter().map(|play| play.id.clone()).collect::<Vec<_>>();
    // It may bring plays that happened before the stream was open, and those only.
    let (with, without) = (ids(&with), ids(&without));
    assert!(with.starts_with(&without), "{} plays, {} without", with.len(), without.len());
}
