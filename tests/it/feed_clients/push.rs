use std::time::Duration;

use sideline::feed::push::{KeyIn, OfFollowed, Options, ReplayLimit, Subscribe};
use sideline::feed::secret::Secret;
use sideline::feed::{self, Followed, Resume};
use sideline::ids::FeedKind;

use super::door::{Door, Stream};
use super::{Running, in_a_hurry, start};

const KEY: &str = "k3y/of+the+league";
const MESSAGE: &str = r#"{"payload":{"event":{"id":"1"}}}"#;

fn options(door: &Door) -> Options {
    let subscribe = Subscribe::League { base: door.http(""), level: "production".into() };
    let mut options = Options::new("league".into(), subscribe, Secret::new(KEY));
    options.retry = in_a_hurry();
    options
}

fn run(options: Options) -> Running {
    start(feed::Options::Push(options), Resume::default())
}

/// Lets a client that asks at `front` through to `back`.
async fn let_in(front: &Door, back: &Door) -> Stream {
    front.caller().await.redirect(&back.url("http", "/stream/nba?sessionId=session-0001&token=t0ken-0001")).await;
    back.caller().await.stream().await
}

#[tokio::test]
async fn the_redirect_is_followed_without_the_key() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.filters = vec![("match".into(), "sd:match:1".into())];
    let mut feed = run(options);
    let caller = front.caller().await;
    assert_eq!(caller.target(), "/nba/production/stream/en/events/subscribe?match=sd:match:1");
    assert_eq!(caller.header("x-api-key"), Some(KEY));
    caller.redirect(&back.url("http", "/stream/nba?sessionId=session-0001&token=t0ken-0001")).await;
    let caller = back.caller().await;
    assert_eq!(caller.target(), "/stream/nba?sessionId=session-0001&token=t0ken-0001");
    assert_eq!(caller.header("x-api-key"), None);
    assert_eq!(caller.header("referer"), None);
    let _stream = caller.stream().await;
    feed.expect(&["connecting", "up"]).await;
    feed.stop().await;
}

#[tokio::test]
async fn the_key_goes_to_the_redirect_only_if_the_show_file_says_so() {
    for (key_in, first, second) in [
        (KeyIn::Header, "/subscribe", "/there?token=t0ken-0001"),
        (
            KeyIn::Query,
            "/subscribe?api_key=k3y%2Fof%2Bthe%2Bleague",
            "/there?token=t0ken-0001&api_key=k3y%2Fof%2Bthe%2Bleague",
        ),
    ] {
        let (front, back) = (Door::open().await, Door::open().await);
        let mut options = options(&front);
        options.subscribe = Subscribe::Address(front.http("/subscribe"));
        options.key_in = key_in;
        options.send_key_to_redirect = true;
        let _feed = run(options);
        let in_header = (key_in == KeyIn::Header).then_some(KEY);
        let caller = front.caller().await;
        assert_eq!((caller.target(), caller.header("x-api-key")), (first, in_header));
        caller.redirect(&back.url("http", "/there?token=t0ken-0001")).await;
        let caller = back.caller().await;
        assert_eq!((caller.target(), caller.header("x-api-key")), (second, in_header));
    }
}

#[tokio::test]
async fn a_relative_redirect_stays_with_its_host_and_keeps_the_key() {
    let door = Door::open().await;
    let _feed = run(options(&door));
    door.caller().await.redirect("../../stream?x=1").await;
    let caller = door.caller().await;
    assert_eq!(caller.target(), "/nba/production/stream/stream?x=1");
    assert_eq!(caller.header("x-api-key"), Some(KEY));
}

#[tokio::test]
async fn messages_come_out_whole_however_they_are_framed() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.max_message_bytes = 80;
    let mut feed = run(options);
    let mut stream = let_in(&front, &back).await;
    feed.expect(&["connecting", "up"]).await;
    stream.chunk(br#"{"heartbeat":{"interval":5000}}"#).await;
    feed.expect(&["alive"]).await;
    stream.chunk(br#"{"heartbeat":{"from":1,"to":2,"interval":5,"type":"events","package":"x"}}"#).await;
    feed.expect(&["alive"]).await;
    stream.chunk(format!(r#"{{"a":"{}"}}"#, "x".repeat(80)).as_bytes()).await;
    feed.expect(&["skipped 88 Oversized"]).await;
    stream.chunk(b"\n{\"a\":\n 1}{\"b\":\"}").await;
    feed.expect(&["{\"a\":\n 1}"]).await;
    stream.chunk(b"\"}\n<oops>").await;
    feed.expect(&["{\"b\":\"}\"}"]).await;
    stream.chunk(format!("{MESSAGE}{{\"cut").as_bytes()).await;
    feed.expect(&["skipped 6 Garbage", MESSAGE]).await;
    stream.end().await;
    feed.expect(&["skipped 5 CutOff"]).await;
    assert!(feed.why().await.contains("closed the connection"));
}

#[tokio::test]
async fn a_lost_stream_starts_again_at_the_first_address_and_catches_up() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut feed = run(options(&front));
    let mut stream = let_in(&front, &back).await;
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&["connecting", "up", MESSAGE]).await;
    drop(stream);
    let why = feed.why().await;
    assert!(why.contains(&back.at.to_string()), "{why}");
    let caller = front.caller().await;
    assert_eq!(caller.header("x-api-key"), Some(KEY));
    assert_eq!(caller.target(), "/nba/production/stream/en/events/subscribe?resumeSessionId=session-0001");
    caller.redirect(&back.url("http", "/stream/nba?sessionId=session-0002")).await;
    let mut stream = back.caller().await.stream().await;
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&["up, resumed", MESSAGE]).await;
}

#[tokio::test]
async fn a_clock_feed_is_not_asked_for_its_past() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.kind = FeedKind::NbaPushClock;
    let mut feed = run(options);
    let mut stream = let_in(&front, &back).await;
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&["connecting", "up", MESSAGE]).await;
    drop(stream);
    feed.why().await;
    let caller = front.caller().await;
    assert_eq!(caller.target(), "/nba/production/stream/en/clock/subscribe");
    caller.redirect(&back.url("http", "/stream/nba?sessionId=session-0002")).await;
    let _stream = back.caller().await.stream().await;
    feed.expect(&["up"]).await;
}

#[tokio::test]
async fn a_vendor_that_cannot_catch_up_is_asked_without_it_at_once() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut feed = run(options(&front));
    drop(let_in(&front, &back).await);
    feed.expect(&["connecting", "up"]).await;
    feed.why().await;
    front.caller().await.answer("400 Bad Request", "", "unknown parameter").await;
    let caller = front.caller().await;
    assert_eq!(caller.target(), "/nba/production/stream/en/events/subscribe");
    caller.redirect(&back.url("http", "/again")).await;
    let _stream = back.caller().await.stream().await;
    feed.expect(&["up"]).await;
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_given_up() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.watchdog = Duration::from_millis(20);
    let mut feed = run(options);
    let _held_open = let_in(&front, &back).await;
    assert!(feed.why().await.contains("the connection is presumed dead"));
    assert!(front.caller().await.target().contains("/events/subscribe"));
}

#[tokio::test]
async fn every_refusal_says_where_and_what_to_do() {
    for (status, body, expected) in [
        ("401 Unauthorized", "", "refuses the credentials (401); check `api_key`"),
        ("403 Forbidden", "<h1>Developer Inactive</h1>", "(403); ask the vendor whether the key is entitled to push"),
        ("404 Not Found", "", "(404); check the address and the `level`"),
        ("429 Too Many Requests", r#"{"message":"slow down"}"#, "(429: slow down)"),
        ("503 Unavailable", "back soon", "is in trouble (503: back soon); this is the vendor's"),
        ("418 Teapot", "", "answered 418, which this feed does not expect"),
        ("302 Found", "", "redirects without saying where to"),
    ] {
        let door = Door::open().await;
        let mut feed = run(options(&door));
        door.caller().await.answer(status, "", body).await;
        let why = feed.why().await;
        assert!(why.contains(expected) && why.starts_with(&door.at.to_string()), "{status}: {why}");
    }
}

#[tokio::test]
async fn a_web_page_is_no_stream() {
    let door = Door::open().await;
    let mut feed = run(options(&door));
    door.caller().await.answer("200 OK", "content-type: text/html\r\n", "<h1>Sign in to the arena's WLAN</h1>").await;
    let why = feed.why().await;
    assert!(why.contains("web page") && why.contains("sign-in"), "{why}");
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let door = Door::open().await;
    let mut feed = run(options(&door));
    for _ in 0..=5 {
        door.caller().await.redirect("/round/and/round").await;
    }
    assert!(feed.why().await.contains("more than 5 redirects"));
}

#[tokio::test]
async fn a_server_that_echoes_key_and_token_does_not_get_them_reported() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut feed = run(options(&front));
    front.caller().await.redirect(&back.url("http", "/s?sessionId=session-0001&token=t0ken-0001")).await;
    let echo = format!("no entry for {KEY} at /s?sessionId=session-0001&token=t0ken-0001");
    back.caller().await.answer("403 Forbidden", "", &echo).await;
    let why = feed.why().await;
    assert!(why.contains("no entry for *** at /s?sessionId=***&token=***"), "{why}");
}

#[tokio::test]
async fn nobody_there_is_told_with_the_place_and_tried_again() {
    let door = Door::open().await;
    let mut options = options(&door);
    let closed = Door::open().await.at;
    options.subscribe = Subscribe::Address(format!("http://{closed}/subscribe?api_key=secret").parse().unwrap());
    let mut feed = run(options);
    let why = feed.why().await;
    assert!(why.starts_with(&format!("cannot reach {closed}: ")) && why.contains("refused"), "{why}");
    assert!(!why.contains("api_key"), "{why}");
}

/// The vendor replays 30 s of a session: what a longer gap held is missing, and comes with the play-by-play alone.
#[tokio::test]
async fn a_gap_that_is_longer_than_what_a_session_replays_is_told_until_the_play_by_play_has_come() {
    let (front, back, rest) = (Door::open().await, Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.replay_limit.length = Duration::ZERO;
    options.play_by_play = Some(rest.http("/nba/trial/v8/en/games/1/pbp.json"));
    let mut feed = run(options);
    let mut stream = let_in(&front, &back).await;
    rest.caller().await.json(DOCUMENT).await;
    stream.chunk(MESSAGE.as_bytes()).await;
    let mut begun = [feed.next().await, feed.next().await, feed.next().await, feed.next().await];
    begun[2..].sort();
    assert_eq!(begun, ["connecting", "up", DOCUMENT, MESSAGE], "a first connection has no gap");
    drop(stream);
    feed.why().await;
    let caller = front.caller().await;
    assert!(caller.target().ends_with("?resumeSessionId=session-0001"), "it is asked for all the same");
    caller.redirect(&back.url("http", "/stream/nba?sessionId=session-0002")).await;
    let _stream = back.caller().await.stream().await;
    feed.expect(&["up"]).await;
    let missing = feed.next().await;
    assert!(missing.starts_with("up: plays of 0 s without a connection may be missing"), "{missing}");
    assert!(missing.ends_with("until the play-by-play, which is fetched now, has come"), "{missing}");
    rest.caller().await.json(DOCUMENT).await;
    feed.expect(&[DOCUMENT, "up"]).await;
}

#[tokio::test]
async fn without_a_play_by_play_a_long_gap_stays_told() {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.replay_limit.length = Duration::ZERO;
    let mut feed = run(options);
    drop(let_in(&front, &back).await);
    feed.why().await;
    let mut stream = let_in(&front, &back).await;
    feed.expect(&["up"]).await;
    let missing = feed.next().await;
    assert!(
        missing.contains("may be missing") && missing.contains("without `backfill` nothing else does"),
        "{missing}"
    );
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&[MESSAGE]).await;
}

/// Nor does it replay more than 5,000 messages.
#[tokio::test]
async fn a_session_that_replays_as_much_as_one_ever_does_is_not_believed_to_be_whole() {
    let (front, back, rest) = (Door::open().await, Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.replay_limit = ReplayLimit { length: Duration::from_secs(3_600), messages: 2 };
    options.play_by_play = Some(rest.http("/nba/trial/v8/en/games/1/pbp.json"));
    let mut feed = run(options);
    let stream = let_in(&front, &back).await;
    rest.caller().await.json(DOCUMENT).await;
    feed.expect(&["connecting", "up", DOCUMENT]).await;
    drop(stream);
    feed.why().await;
    let mut stream = let_in(&front, &back).await;
    rest.caller().await.json(DOCUMENT).await;
    feed.expect(&["up, resumed", DOCUMENT]).await;
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&[MESSAGE]).await;
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&[MESSAGE]).await;
    let missing = feed.next().await;
    assert!(missing.contains("the vendor replays no more of a session"), "{missing}");
    rest.caller().await.json(DOCUMENT).await;
    feed.expect(&[DOCUMENT, "up"]).await;
}

const DOCUMENT: &str = r#"{"id":"1","periods":[]}"#;

/// A client with a play-by-play at `rest`, let in; `rest` has its question.
async fn with_play_by_play(rest: &Door) -> (Running, Door, Door, Stream) {
    let (front, back) = (Door::open().await, Door::open().await);
    let mut options = options(&front);
    options.play_by_play = Some(rest.http("/nba/trial/v8/en/games/1/pbp.json"));
    let mut feed = run(options);
    let stream = let_in(&front, &back).await;
    feed.expect(&["connecting", "up"]).await;
    (feed, front, back, stream)
}

#[tokio::test]
async fn the_play_by_play_is_fetched_beside_the_stream_after_each_connection() {
    let rest = Door::open().await;
    let (mut feed, front, back, mut stream) = with_play_by_play(&rest).await;
    let caller = rest.caller().await;
    assert_eq!((caller.target(), caller.header("x-api-key")), ("/nba/trial/v8/en/games/1/pbp.json", Some(KEY)));
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&[MESSAGE]).await;
    caller.json(DOCUMENT).await;
    feed.expect(&[DOCUMENT]).await;
    drop(stream);
    feed.why().await;
    let _stream = let_in(&front, &back).await;
    feed.expect(&["up, resumed"]).await;
    rest.caller().await.json(DOCUMENT).await;
    feed.expect(&[DOCUMENT]).await;
}

#[tokio::test]
async fn a_key_without_rights_to_the_play_by_play_is_told_once_and_costs_no_stream() {
    let rest = Door::open().await;
    let (mut feed, front, back, mut stream) = with_play_by_play(&rest).await;
    rest.caller().await.answer("403 Forbidden", "", r#"{"message":"Not entitled"}"#).await;
    let lacks = feed.next().await;
    assert!(lacks.contains("Not entitled") && lacks.contains("not asked for again"), "{lacks}");
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&[MESSAGE]).await;
    drop(stream);
    feed.why().await;
    // It is not asked for again, and what is missing is missing still.
    let mut stream = let_in(&front, &back).await;
    feed.expect(&[&lacks]).await;
    stream.chunk(MESSAGE.as_bytes()).await;
    feed.expect(&[MESSAGE]).await;
}

/// A show that names no game: which one it is the stream tells, and whoever decodes it.
#[tokio::test]
async fn the_play_by_play_of_a_game_that_is_not_named_is_fetched_once_it_is_known() {
    for (address, target) in [
        (None, "/nba/production/v8/en/games/game-7/pbp.json"),
        (Some("/elsewhere/{game}.json"), "/elsewhere/game-7.json"),
    ] {
        let (front, back) = (Door::open().await, Door::open().await);
        let mut options = options(&front);
        let followed = Followed::default();
        let address = address.map(|path| front.url("http", path));
        options.of_followed = Some(OfFollowed { address, followed: followed.clone() });
        let mut feed = run(options);
        let mut stream = let_in(&front, &back).await;
        stream.chunk(MESSAGE.as_bytes()).await;
        feed.expect(&["connecting", "up", MESSAGE]).await;
        followed.note(&"another".into(), &"game-8".into());
        followed.note(&"league".into(), &"game-7".into());
        stream.chunk(MESSAGE.as_bytes()).await;
        feed.expect(&[MESSAGE]).await;
        let caller = front.caller().await;
        assert_eq!((caller.target(), caller.header("x-api-key")), (target, Some(KEY)));
        caller.json(DOCUMENT).await;
        feed.expect(&[DOCUMENT]).await;
        // The next connection knows it from its beginning.
        drop(stream);
        feed.why().await;
        let _stream = let_in(&front, &back).await;
        feed.expect(&["up, resumed"]).await;
        assert_eq!(front.caller().await.target(), target);
    }
}

#[tokio::test]
async fn a_simulation_is_asked_without_a_key() {
    let door = Door::open().await;
    let subscribe = Subscribe::Simulation { base: door.http(""), recording: "rec-1".into() };
    let mut options = Options::new("league".into(), subscribe, Secret::new(""));
    options.kind = FeedKind::NhlPushEvents;
    let _feed = run(options);
    let caller = door.caller().await;
    assert_eq!(caller.target(), "/subscribe/events?recording_id=rec-1");
    assert_eq!(caller.header("x-api-key"), None);
}
