use base64::Engine as _;
use hmac::{Hmac, Mac as _};
use sideline::feed::secret::Secret;
use sideline::feed::shottracker::{Game, Options, ScheduleQuery, games};
use sideline::feed::{self, Resume};
use sideline::time::Timestamp;

use super::door::{Caller, Door, Socket};
use super::{Running, in_a_hurry, start};

const SECRET: &str = "rosebud";
const SUBSCRIBE: &str = "/v1/data/schedule/games/game-7/_subscribe";

fn options(rest: &Door, live: &Door) -> Options {
    let ws_url = live.url("ws", "/live?token={token}");
    let game = Game::Event("game-7".into());
    let mut options = Options::new("tracker".into(), rest.http(""), ws_url, game, "truck".into(), Secret::new(SECRET));
    options.retry = in_a_hurry();
    options
}

fn run(options: Options) -> Running {
    start(feed::Options::ShotTracker(options), Resume::default())
}

/// The two doors, and a feed that has just been let in with `token`.
async fn connected(token: &str) -> (Door, Door, Running, Socket) {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut feed = run(options(&rest, &live));
    rest.caller().await.json(&format!(r#"{{"token":"{token}"}}"#)).await;
    let socket = live.caller().await.websocket().await;
    feed.expect(&["connecting", "up"]).await;
    (rest, live, feed, socket)
}

fn numbered(seq: u64) -> String {
    format!(r#"{{"type":"data","source":"chart","seq":{seq},"data":{{}}}}"#)
}

/// The signature as the vendor's page describes it, worked out anew from what was sent.
fn signature(caller: &Caller, path: &str) -> String {
    let (date, host) = (caller.header("date").unwrap(), caller.header("host").unwrap());
    let text = format!("date: {date}\nhost: {host}\nGET {path} HTTP/1.1");
    let mut hmac = <Hmac<sha1::Sha1>>::new_from_slice(SECRET.as_bytes()).unwrap();
    hmac.update(text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(hmac.finalize().into_bytes())
}

#[tokio::test]
async fn the_subscription_is_signed_and_its_token_opens_the_socket() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut options = options(&rest, &live);
    options.sources = vec!["clock".into(), "chart".into()];
    options.summary_level = Some("game_stats".into());
    let mut feed = run(options);
    let caller = rest.caller().await;
    assert_eq!(caller.target(), SUBSCRIBE);
    assert_eq!(caller.header("host"), Some(rest.at.to_string().as_str()));
    assert!(httpdate::parse_http_date(caller.header("date").unwrap()).is_ok());
    let expected = format!(
        r#"hmac username="truck",algorithm="hmac-sha1",headers="date host request-line",signature="{}""#,
        signature(&caller, SUBSCRIBE)
    );
    assert_eq!(caller.header("authorization"), Some(expected.as_str()));
    caller.json(r#"{"result":{"token":"a+b/c="}}"#).await;
    let caller = live.caller().await;
    assert_eq!(
        caller.target(),
        "/live?token=a%2Bb%2Fc%3D&source=clock&source=chart&broadcast_summary_level=game_stats"
    );
    let _socket = caller.websocket().await;
    feed.expect(&["connecting", "up"]).await;
    feed.stop().await;
}

#[tokio::test]
async fn a_query_is_sent_but_not_signed() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let options = options(&rest, &live);
    let query = ScheduleQuery {
        from: Timestamp::from_millis(1_608_595_200_000),
        team: Some("481".into()),
        season_type: Some("PRE".into()),
        ..ScheduleQuery::default()
    };
    let asking = tokio::spawn(async move { games(&options, &query).await });
    let caller = rest.caller().await;
    assert_eq!(
        caller.target(),
        "/v1/data/schedule/games?type=BASKETBALL&from=1608595200000&team_id=481&seasonType=PRE"
    );
    let signed = signature(&caller, "/v1/data/schedule/games");
    assert!(caller.header("authorization").unwrap().contains(&format!("signature=\"{signed}\"")));
    let row = r#"{"event_id":"e1","tipoff_at":1604052000000,"status":"ACTIVE","home_team_id":481,
        "home_team_name":"Nets","away_team_name":"Warriors","facility_name":"Barclays Center"}"#;
    caller.json(&format!(r#"{{"games":[{row}]}}"#)).await;
    let games = asking.await.unwrap().unwrap();
    assert_eq!((games.len(), games[0].id.as_str(), games[0].home.as_str()), (1, "e1", "Nets"));
    assert_eq!(games[0].tip_off, Some(Timestamp::from_millis(1_604_052_000_000)));
}

#[tokio::test]
async fn a_cut_connection_goes_on_after_its_last_number_with_the_same_token() {
    let (_rest, live, mut feed, mut socket) = connected("t0ken-0001").await;
    for seq in [1, 2, 3] {
        socket.send(&numbered(seq)).await;
    }
    socket.send(r#"{"type":"data","source":"clock"}"#).await;
    feed.expect(&[&numbered(1), &numbered(2), &numbered(3), r#"{"type":"data","source":"clock"}"#]).await;
    drop(socket);
    feed.why().await;
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001&last_seq=3");
    let mut socket = caller.websocket().await;
    // This server repeats the last one, another would not.
    socket.send(&numbered(3)).await;
    socket.send(&numbered(4)).await;
    feed.expect(&["up, resumed", &numbered(4)]).await;
    drop(socket);
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001&last_seq=4");
    caller.websocket().await.send(&numbered(5)).await;
    feed.why().await;
    feed.expect(&["up, resumed", &numbered(5)]).await;
}

#[tokio::test]
async fn a_feed_that_is_not_to_resume_asks_for_everything_and_passes_on_what_is_new() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut options = options(&rest, &live);
    options.resume = false;
    let mut feed = start(feed::Options::ShotTracker(options), Resume { last_seq: Some(2) });
    rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001");
    let mut socket = caller.websocket().await;
    for seq in 1..=3 {
        socket.send(&numbered(seq)).await;
    }
    feed.expect(&["connecting", "up", &numbered(3)]).await;
}

const SO_FAR: &str = "/v1/data/stats/games/game-7/stats,shots";

/// A feed that fetches the game so far, and has just been let in.
async fn connected_with_backfill() -> (Door, Door, Running, Socket) {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut options = options(&rest, &live);
    options.backfill = vec!["stats".into(), "shots".into()];
    let mut feed = run(options);
    rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    let socket = live.caller().await.websocket().await;
    feed.expect(&["connecting", "up"]).await;
    (rest, live, feed, socket)
}

#[tokio::test]
async fn the_game_so_far_is_fetched_signed_beside_the_stream_after_each_connection() {
    let (rest, live, mut feed, mut socket) = connected_with_backfill().await;
    let caller = rest.caller().await;
    assert_eq!(caller.target(), SO_FAR);
    let signed = signature(&caller, SO_FAR);
    assert!(caller.header("authorization").unwrap().contains(&format!("signature=\"{signed}\"")));
    // The stream does not wait for it.
    socket.send(&numbered(1)).await;
    feed.expect(&[&numbered(1)]).await;
    let document = "{\"shots\" : [], \n\"gameTotals\":{}}";
    caller.json(document).await;
    feed.expect(&[document]).await;
    drop(socket);
    feed.why().await;
    let mut socket = live.caller().await.websocket().await;
    assert_eq!(rest.caller().await.target(), SO_FAR);
    socket.send(&numbered(2)).await;
    feed.expect(&["up, resumed", &numbered(2)]).await;
}

#[tokio::test]
async fn an_account_without_rights_to_the_game_so_far_is_told_once_and_costs_no_stream() {
    let (rest, live, mut feed, mut socket) = connected_with_backfill().await;
    let refusal = r#"{"status":403,"message":"No access to SHOTS data"}"#;
    rest.caller().await.answer("403 Forbidden", "", refusal).await;
    let told = feed.next().await;
    assert!(told.starts_with("up: what the stream left out before this moment may be missing: "), "{told}");
    assert!(told.contains("No access to SHOTS data") && told.contains("out of `backfill`"), "{told}");
    assert!(told.ends_with("it is not asked for again"), "{told}");
    socket.send(&numbered(1)).await;
    feed.expect(&[&numbered(1)]).await;
    drop(socket);
    feed.why().await;
    let mut socket = live.caller().await.websocket().await;
    socket.send(&numbered(2)).await;
    // What is missing is missing still.
    feed.expect(&[&told, &numbered(2)]).await;
    // Whoever calls next wants a token, not the game.
    socket.close(4401, "token expired").await;
    feed.why().await;
    assert_eq!(rest.caller().await.target(), SUBSCRIBE);
}

/// A server that repeats from `last_seq` on, like any, and has one message that nobody can read.
async fn goes_round(bad: Vec<u8>, skipped: &str, failure: &str) {
    let (_rest, live, mut feed, mut socket) = connected("t0ken-0001").await;
    for seq in [1, 2] {
        socket.send(&numbered(seq)).await;
    }
    socket.send_bytes_as_text(bad.clone()).await;
    feed.expect(&[&numbered(1), &numbered(2), skipped]).await;
    let why = feed.why().await;
    assert!(why.contains(failure), "{why}");
    // It may have been the line: the number is asked for once more.
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001&last_seq=2");
    let mut socket = caller.websocket().await;
    socket.send_bytes_as_text(bad).await;
    feed.expect(&["up, resumed", skipped]).await;
    feed.why().await;
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001&last_seq=3");
    let mut socket = caller.websocket().await;
    socket.send(&numbered(4)).await;
    let hole = feed.next().await;
    assert!(hole.starts_with("up: a message of ") && hole.contains("number 3 is passed over"), "{hole}");
    feed.expect(&[&numbered(4)]).await;
    drop(socket);
    assert_eq!(live.caller().await.target(), "/live?token=t0ken-0001&last_seq=4");
}

#[tokio::test]
async fn a_message_that_is_no_text_does_not_hold_the_feed_for_ever() {
    goes_round(b"{\"seq\":3,\"name\":\"\xc3(\"}".to_vec(), "skipped 0 NoText", "not UTF-8").await;
}

#[tokio::test]
async fn a_message_above_the_cap_does_not_hold_the_feed_for_ever() {
    let bad = vec![b' '; 8 * 1024 * 1024 + 1];
    goes_round(bad, "skipped 8388609 Oversized", "the most that is read").await;
}

#[tokio::test]
async fn credentials_that_are_refused_for_the_game_so_far_are_tried_again_with_the_next_connection() {
    let (rest, live, mut feed, mut socket) = connected_with_backfill().await;
    socket.send(&numbered(1)).await;
    feed.expect(&[&numbered(1)]).await;
    rest.caller().await.answer("401 Unauthorized", "", "").await;
    let missing = feed.next().await;
    assert!(
        missing.starts_with("up: what the stream left out") && missing.ends_with("with the next connection"),
        "{missing}"
    );
    drop(socket);
    let _socket = live.caller().await.websocket().await;
    rest.caller().await.json(r#"{"details":[]}"#).await;
    feed.why().await;
    feed.expect(&[&missing, r#"{"details":[]}"#, "up"]).await;
}

#[tokio::test]
async fn a_restart_of_the_show_goes_on_where_its_journal_ends() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let resume = Resume { last_seq: Some(41) };
    let mut feed = start(feed::Options::ShotTracker(options(&rest, &live)), resume);
    rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001&last_seq=41");
    let mut socket = caller.websocket().await;
    for seq in [40, 41, 42] {
        socket.send(&numbered(seq)).await;
    }
    feed.expect(&["connecting", "up, resumed", &numbered(42)]).await;
}

#[tokio::test]
async fn an_expired_token_is_replaced_at_once_and_nobody_is_alarmed() {
    let (rest, live, mut feed, mut socket) = connected("t0ken-0001").await;
    socket.send(&numbered(1)).await;
    feed.expect(&[&numbered(1)]).await;
    drop(socket);
    feed.why().await;
    live.caller().await.answer("401 Unauthorized", "", "token expired").await;
    rest.caller().await.json(r#"{"token":"t0ken-0002"}"#).await;
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0002&last_seq=1");
    let _socket = caller.websocket().await;
    feed.expect(&["up, resumed"]).await;
}

#[tokio::test]
async fn a_token_that_opens_a_socket_but_brings_nothing_or_is_turned_out_is_not_used_again() {
    let (rest, live, mut feed, socket) = connected("t0ken-0001").await;
    drop(socket);
    feed.why().await;
    rest.caller().await.json(r#"{"token":"t0ken-0002"}"#).await;
    let mut socket = live.caller().await.websocket().await;
    socket.send(&numbered(1)).await;
    feed.expect(&["up", &numbered(1)]).await;
    socket.close(4401, "token t0ken-0002 expired").await;
    let why = feed.why().await;
    assert!(why.ends_with("closed the connection (code 4401: token *** expired); a fresh token is asked for"), "{why}");
    rest.caller().await.json(r#"{"token":"t0ken-0003"}"#).await;
    assert_eq!(live.caller().await.target(), "/live?token=t0ken-0003&last_seq=1");
}

#[tokio::test]
async fn a_server_that_no_longer_knows_the_number_is_asked_for_everything_and_nothing_comes_twice() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut feed = start(feed::Options::ShotTracker(options(&rest, &live)), Resume { last_seq: Some(2) });
    for _ in 0..2 {
        rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
        let caller = live.caller().await;
        assert!(caller.target().ends_with("&last_seq=2"));
        caller.answer("400 Bad Request", "", "last_seq too old").await;
    }
    rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    let caller = live.caller().await;
    assert_eq!(caller.target(), "/live?token=t0ken-0001");
    let mut socket = caller.websocket().await;
    for seq in 1..=3 {
        socket.send(&numbered(seq)).await;
    }
    assert!(feed.why().await.contains("answered 400: last_seq too old"));
    feed.expect(&["up", &numbered(3)]).await;
}

#[tokio::test]
async fn every_refusal_of_the_subscription_says_where_and_what_to_do() {
    let skewed = format!("date: {}\r\n", httpdate::fmt_http_date(std::time::UNIX_EPOCH));
    for (status, extra, body, expected) in [
        (
            "403 Forbidden",
            "",
            "HMAC signature does not match",
            "refuses the credentials (403: HMAC signature does not match); check the account's user name and secret",
        ),
        (
            "401 Unauthorized",
            "",
            "",
            "refuses the credentials (401); check the account's user name and secret, in the variables that `username_env` and `secret_env` name",
        ),
        (
            "403 Forbidden",
            "",
            r#"{"status":403,"message":"No access to SHOTS data","shottrackerRequestId":"f1"}"#,
            "does not allow this (403: No access to SHOTS data); ask the vendor",
        ),
        ("404 Not Found", "", r#"{"message":"Invalid id"}"#, "does not know game `game-7` (404: Invalid id)"),
        ("500 Oops", "", "", "is in trouble (500)"),
        ("302 Found", "location: /elsewhere\r\n", "", "answered 302, which this feed does not expect"),
        ("200 OK", "", r#"{"jwt":"x"}"#, "there is no `token` in the answer to the subscription; set `token_pointer`"),
        ("401 Unauthorized", &skewed, "", "this machine's clock differs by"),
        ("403 Forbidden", &skewed, "", "set the clock (NTP)"),
    ] {
        let (rest, live) = (Door::open().await, Door::open().await);
        let mut feed = run(options(&rest, &live));
        rest.caller().await.answer(status, extra, body).await;
        let why = feed.why().await;
        assert!(why.contains(expected) && why.contains(&rest.at.to_string()), "{status}: {why}");
    }
}

#[tokio::test]
async fn a_refused_handshake_names_the_template_never_the_token() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut feed = run(options(&rest, &live));
    rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    live.caller().await.answer("403 Forbidden", "", "t0ken-0001 may not listen").await;
    let why = feed.why().await;
    assert!(why.contains("(403: *** may not listen)") && why.contains(&live.at.to_string()), "{why}");
}

#[tokio::test]
async fn encryption_is_ready_and_a_server_without_it_is_told() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut to_rest = options(&rest, &live);
    to_rest.rest_base = rest.url("https", "").parse().unwrap();
    let mut to_live = options(&rest, &live);
    to_live.ws_url = live.url("wss", "/live?token={token}");
    for (options, door) in [(to_rest, &rest), (to_live, &live)] {
        let mut feed = run(options);
        if door.at == live.at {
            rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
        }
        door.hang_up().await;
        let why = feed.why().await;
        assert!(why.contains(&format!("cannot reach {}: ", door.at)), "{why}");
        feed.stop().await;
    }
}

#[tokio::test]
async fn the_token_may_stand_where_a_pointer_says() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut options = options(&rest, &live);
    options.token_pointer = Some("/keys/1".into());
    let _feed = run(options);
    rest.caller().await.json(r#"{"token":"not this","keys":["no","t0ken-0009"]}"#).await;
    assert_eq!(live.caller().await.target(), "/live?token=t0ken-0009");
}

/// What a feed does that looks its game up and finds `games`.
async fn look_up(games: &str) -> (Door, Running) {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut options = options(&rest, &live);
    options.game = Game::Scheduled(ScheduleQuery { team: Some("481".into()), ..ScheduleQuery::default() });
    let feed = run(options);
    rest.caller().await.json(&format!(r#"{{"games":[{games}]}}"#)).await;
    (rest, feed)
}

#[tokio::test]
async fn the_one_active_game_of_the_schedule_is_followed() {
    let games = r#"{"event_id":"early","status":"COMPLETED"},{"event_id":"now","status":"ACTIVE"}"#;
    let (rest, _feed) = look_up(games).await;
    assert_eq!(rest.caller().await.target(), "/v1/data/schedule/games/now/_subscribe");
}

#[tokio::test]
async fn a_schedule_without_the_game_or_with_several_is_told_and_nothing_is_guessed() {
    let (_rest, mut feed) = look_up("").await;
    let why = feed.why().await;
    assert!(why.contains("has no game of team 481 from Thu, 01 Jan 1970"), "{why}");
    let two = r#"{"event_id":"a","home_team_name":"H"},{"event_id":"b","away_team_name":"W"}"#;
    let (_rest, mut feed) = look_up(two).await;
    let why = feed.why().await;
    assert!(why.contains("has several games") && why.contains("a ( at H), b (W at )"), "{why}");
}

#[tokio::test]
async fn a_feed_that_nobody_listens_to_ends_by_itself() {
    let (_rest, _live, feed, _socket) = connected("t0ken-0001").await;
    let Running { reports, stop: _stop, task } = feed;
    drop(reports);
    tokio::time::timeout(super::PATIENCE, task).await.expect("it ends").unwrap().unwrap();
}

#[tokio::test]
async fn stopping_closes_the_connection() {
    let (_rest, _live, feed, mut socket) = connected("t0ken-0001").await;
    feed.stop().await;
    assert!(socket.ends().await);
}

#[tokio::test]
async fn bad_options_are_an_error_at_once() {
    let (rest, live) = (Door::open().await, Door::open().await);
    let mut options = options(&rest, &live);
    options.ws_url = "ws://h/without".into();
    let (reports, _queue) = tokio::sync::mpsc::channel(1);
    let run = feed::run(feed::Options::ShotTracker(options), Resume::default(), reports, std::future::pending());
    assert!(run.await.unwrap_err().to_string().contains("`websocket` has no `{token}`"));
}

#[test]
fn options_print_without_their_secret() {
    let rest = "http://h".parse().unwrap();
    let game = Game::Event("g".into());
    let options = Options::new("t".into(), rest, "ws://h/{token}".into(), game, "truck".into(), Secret::new(SECRET));
    let printed = format!("{options:?} {:?}", feed::Options::ShotTracker(options.clone()));
    assert!(!printed.contains(SECRET) && printed.contains("truck"), "{printed}");
}
