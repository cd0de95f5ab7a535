use super::*;
use crate::game::{Rules, view};
use crate::ids::GameId;
use crate::journal::Start;
use crate::status::Link;
use crate::time::FrameRate;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

fn entry(seq: Seq, millis: i64, body: Body) -> Entry {
    Entry { seq, at: at(millis), body }
}

fn score(seq: Seq, millis: i64, feed: &str, points: u32) -> Entry {
    let text = format!(
        r#"{{"type":"data","source":"broadcastsummary","data":{{"game_stats":{{"home":{{"team":{{"team_id":1,"PTS":{points}}}}},"away":{{"team":{{"team_id":2,"PTS":0}}}}}}}}}}"#
    );
    entry(seq, millis, Body::Received { feed: feed.into(), kind: FeedKind::ShotTracker, bytes: text.into() })
}

fn shown(fold: &Fold, millis: i64) -> Option<u32> {
    view(&fold.position().state, &Rules::default(), at(millis)).home.score
}

/// A show at 50 frames a second whose feed is held back by 10 of them.
fn delayed() -> Fold {
    let start = Start {
        epoch: at(0),
        rate: FrameRate::FPS_50,
        show: String::new(),
        folder: "".into(),
        follows: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    let mut fold = Fold::new(BTreeMap::new());
    fold.apply(&entry(1, 0, Body::Start(start)));
    fold.apply(&entry(2, 0, Body::Command(Command::SetDelay { feed: "tracker".into(), frames: 10 })));
    fold
}

#[test]
fn what_a_delayed_feed_says_takes_effect_at_the_first_entry_after_its_delay() {
    let mut fold = delayed();
    fold.apply(&score(3, 100, "tracker", 2));
    assert_eq!(fold.next_due(), Some(at(300)));
    fold.apply(&entry(4, 299, Body::Due));
    assert_eq!(shown(&fold, 299), None);
    fold.apply(&entry(5, 310, Body::Frame { index: crate::time::FrameIndex(15), after: None, upto: 4 }));
    assert_eq!(shown(&fold, 310), None, "a mark releases nothing");
    fold.apply(&entry(6, 310, Body::Due));
    assert_eq!(shown(&fold, 310), Some(2));
    assert_eq!(fold.next_due(), None);
}

#[test]
fn a_delay_taken_back_live_lets_what_was_held_take_effect_at_the_next_entry() {
    let mut fold = delayed();
    fold.apply(&score(3, 100, "tracker", 2));
    fold.apply(&entry(4, 110, Body::Command(Command::SetDelay { feed: "tracker".into(), frames: 0 })));
    assert_eq!(fold.next_due(), Some(at(100)));
    fold.apply(&score(5, 120, "tracker", 3));
    assert_eq!((shown(&fold, 120), fold.next_due()), (Some(3), None));
}

#[test]
fn what_is_wrong_with_a_feed_is_folded_like_all_else_and_part_of_a_checkpoint() {
    let (feed, kind) = (FeedId::new("tracker"), FeedKind::ShotTracker);
    let reasons = |fold: &Fold, millis| view(&fold.position().state, &Rules::default(), at(millis)).feeds[0].clone();
    let mut fold = Fold::new(BTreeMap::new());
    let link = |link, why: Option<&str>| {
        let (feed, why) = (feed.clone(), why.map(str::to_owned));
        Body::Link { feed, kind, link, why, resumed: false }
    };
    fold.apply(&entry(1, 0, link(Link::Down, Some("h refuses the credentials (401)"))));
    assert_eq!(reasons(&fold, 0).reasons, ["h refuses the credentials (401)"]);
    fold.apply(&entry(2, 10, link(Link::Up, Some("plays may be missing"))));
    let text = "no message at all".into();
    fold.apply(&entry(3, 20, Body::Received { feed: feed.clone(), kind, bytes: text }));
    fold.apply(&entry(4, 30, Body::Skipped { feed: feed.clone(), kind, bytes: 9, why: "oversized".to_owned() }));
    let expected = [
        "plays may be missing",
        "not understood: message: not a message object (1 so far), stream: a message above the cap (1 so far)",
    ];
    assert_eq!(reasons(&fold, 40).reasons, expected);
    let written = serde_json::to_vec(&fold).expect("a fold is JSON");
    let mut read: Fold = serde_json::from_slice(&written).expect("and comes back");
    assert_eq!(reasons(&read, 40), reasons(&fold, 40));
    read.apply(&entry(5, 50, link(Link::Up, None)));
    // What nobody understood was a sign of life of the connection, which it needs more of.
    read.apply(&entry(6, 69_000, Body::Alive { feed: feed.clone(), kind }));
    assert_eq!(reasons(&read, 70_000).reasons, [""; 0], "all of it is over");
    assert_eq!(reasons(&read, 70_000).not_understood.len(), 2, "and counted");
}

fn of_game(seq: Seq, millis: i64, kind: FeedKind, game: &str, points: u32) -> Entry {
    let side = |name: &str, points: u32| format!(r#"{{"id":"{game}-{name}","name":"{name}","points":{points}}}"#);
    let game = format!(
        r#"{{"id":"{game}","sr_id":"sr:match:{game}","status":"inprogress","home":{},"away":{}}}"#,
        side("home", points),
        side("away", 0)
    );
    let text = format!(r#"{{"payload":{{"game":{game},"clocks":{{"game":"5:00","running":false}}}},"metadata":{{}}}}"#);
    entry(seq, millis, Body::Received { feed: kind.name().into(), kind, bytes: text.into() })
}

const TWO_FEEDS: [FeedKind; 2] = [FeedKind::NbaPushClock, FeedKind::NbaPushGameClock];

fn games(fold: &Fold) -> Vec<&str> {
    let feeds: BTreeSet<&FeedId> = fold.feeds().collect();
    feeds
        .into_iter()
        .filter_map(|feed| fold.ingest.decoder(feed))
        .map(|decoder| decoder.game().map_or("none", GameId::as_str))
        .collect()
}

#[test]
fn feeds_of_a_league_that_are_not_told_which_game_follow_the_one_that_the_first_of_them_settles_on() {
    let [first, second] = TWO_FEEDS;
    let mut fold = Fold::new(BTreeMap::new());
    fold.apply(&of_game(1, 0, first, "a", 10));
    fold.apply(&of_game(2, 10, second, "b", 90));
    let mut read: Fold = serde_json::from_slice(&serde_json::to_vec(&fold).unwrap()).unwrap();
    for fold in [&mut fold, &mut read] {
        fold.apply(&of_game(3, 20, second, "a", 12));
        assert_eq!(games(fold), ["a", "a"]);
        assert!(shown(fold, 30).is_some_and(|score| score < 90), "of the other game nothing counts");
    }
    // Another league has games of its own.
    fold.apply(&of_game(4, 40, FeedKind::NhlPushClock, "c", 1));
    assert_eq!(games(&fold), ["a", "a", "c"]);
}

#[test]
fn a_feed_on_which_only_other_games_arrive_says_so_with_their_names_until_its_own_comes() {
    let [first, second] = TWO_FEEDS;
    let mut fold = Fold::new(BTreeMap::new());
    fold.apply(&of_game(1, 0, first, "a", 10));
    let reasons = |fold: &Fold, millis| {
        let feeds = view(&fold.position().state, &Rules::default(), at(millis)).feeds.clone();
        feeds.into_iter().map(|feed| feed.reasons).collect::<Vec<_>>().concat()
    };
    let up = |kind: FeedKind| {
        let (feed, link) = (kind.name().into(), Link::Up);
        Body::Link { feed, kind, link, why: None, resumed: false }
    };
    fold.apply(&entry(2, 0, up(second)));
    for second_of in 0..21 {
        fold.apply(&of_game(3 + second_of, second_of as i64 * 1_000, second, "b", 90));
    }
    assert_eq!(reasons(&fold, 5_000), [""; 0], "a moment of others is nothing");
    let told = reasons(&fold, 20_000);
    assert!(told.iter().any(|why| why == "only other games arrive, none of `a`: b (away at home)"), "{told:?}");
    fold.apply(&of_game(99, 20_500, second, "a", 12));
    fold.apply(&of_game(100, 20_600, second, "b", 92));
    assert!(!reasons(&fold, 20_700).iter().any(|why| why.contains("other games")));
}

#[test]
fn a_game_is_found_by_the_vendors_other_id_and_a_show_that_names_another_one_turns_to_it() {
    let kind = FeedKind::NbaPushClock;
    let feed = FeedId::new(kind.name());
    let wanted = |game: &str| decode::Options { match_id: Some(game.to_owned()), ..decode::Options::default() };
    let mut fold = Fold::new(BTreeMap::from([(feed.clone(), wanted("sr:match:b"))]));
    for (seq, game) in [(1, "a"), (2, "b")] {
        fold.apply(&of_game(seq, 0, kind, game, 10 * seq as u32));
    }
    assert_eq!((games(&fold), shown(&fold, 0)), (vec!["b"], Some(20)));
    let start = |game: &str| Start {
        epoch: at(0),
        rate: FrameRate::FPS_50,
        show: String::new(),
        folder: "".into(),
        follows: BTreeMap::from([(feed.clone(), game.to_owned())]),
        files: BTreeMap::new(),
    };
    fold.apply(&entry(3, 0, Body::Start(start("sr:match:b"))));
    assert_eq!((games(&fold), shown(&fold, 0)), (vec!["b"], Some(20)), "a restart changes nothing");
    fold.apply(&entry(4, 0, Body::Start(start("sd:match:a"))));
    assert_eq!(shown(&fold, 0), None, "what was told of the other game is gone");
    fold.apply(&of_game(5, 10, kind, "b", 30));
    fold.apply(&of_game(6, 10, kind, "a", 40));
    assert_eq!((games(&fold), shown(&fold, 10)), (vec!["a"], Some(40)));
}

#[test]
fn a_dead_feed_is_told_at_once_however_far_what_it_says_is_held_back() {
    let (feed, kind) = (FeedId::new("tracker"), FeedKind::ShotTracker);
    let health = |fold: &Fold, millis| {
        view(&fold.position().state, &Rules::default(), at(millis)).feeds.pop().expect("one feed")
    };
    let link = |link, why: Option<&str>| {
        let (feed, why) = (feed.clone(), why.map(str::to_owned));
        Body::Link { feed, kind, link, why, resumed: false }
    };
    let mut fold = delayed();
    fold.apply(&entry(3, 0, link(Link::Up, None)));
    fold.apply(&score(4, 50, "tracker", 2));
    assert_eq!((health(&fold, 60).link, health(&fold, 60).silent_millis), (Link::Up, Some(10)));
    fold.apply(&entry(5, 100, link(Link::Down, Some("h closed the connection"))));
    assert_eq!((health(&fold, 100).link, shown(&fold, 100)), (Link::Down, None), "and no data before its time");
    assert_eq!(health(&fold, 100).reasons, ["h closed the connection"]);
    let skipped = Body::Skipped { feed: feed.clone(), kind, bytes: 9, why: "garbage".to_owned() };
    fold.apply(&entry(6, 110, skipped));
    assert_eq!((health(&fold, 110).skipped, health(&fold, 110).reasons.len()), (1, 2));
    fold.apply(&entry(7, 120, link(Link::Up, None)));
    // What was down takes effect when what was told before it has: the operator's word is the newer one.
    fold.apply(&entry(8, 310, Body::Due));
    assert_eq!((health(&fold, 310).link, shown(&fold, 310)), (Link::Up, Some(2)));
    fold.apply(&entry(9, 330, Body::Due));
    assert_eq!(health(&fold, 330).link, Link::Up);
}

#[test]
fn what_is_held_back_is_part_of_a_checkpoint() {
    let mut fold = delayed();
    fold.apply(&score(3, 100, "tracker", 2));
    let written = serde_json::to_vec(&fold).expect("a fold is JSON");
    let mut read: Fold = serde_json::from_slice(&written).expect("and comes back");
    assert_eq!(read.delay(&"tracker".into()), Some(10));
    read.apply(&entry(4, 300, Body::Due));
    assert_eq!(shown(&read, 300), Some(2));
}
