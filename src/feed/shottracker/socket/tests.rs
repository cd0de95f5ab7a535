//! A socket over memory instead of a network, so that time can be paused: nothing here waits.

use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::*;
use crate::feed::backoff::Policy;
use crate::feed::report::Report;
use crate::ids::FeedKind;

type Server = WebSocketStream<DuplexStream>;

const EVERY: Duration = Duration::from_secs(20);

struct Bench {
    server: Server,
    reports: mpsc::Receiver<Report>,
    reading: tokio::task::JoinHandle<Ended>,
}

/// A client that reads from the beginning, with room for `room` reports.
async fn bench(ping: Ping, room: usize) -> Bench {
    resumed(ping, room, None).await
}

/// The same, after an earlier connection that ended with message `last`.
async fn resumed(ping: Ping, room: usize, last: Option<u64>) -> Bench {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let client = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
    let server = WebSocketStream::from_raw_socket(far, Role::Server, None).await;
    let (sender, reports) = mpsc::channel(room);
    let reading = tokio::spawn(async move {
        let mut reporter = Reporter::new("tracker".into(), FeedKind::ShotTracker, sender, Vec::new());
        let mut sequence = Sequence::after(last);
        sequence.connected();
        let mut catch_up = Beside::new("nothing", Policy::default());
        catch_up.begin(|| async { Ok(Bytes::from_static(b"the game so far")) });
        // The one that every connection fetches; those that come later are for what is missing.
        let first = catch_up.next().await;
        assert!(first.is_ok());
        let keep_alive = KeepAlive { ping, every: EVERY, pong_within: PONG_WITHIN };
        let terms = Terms { at: "live.example", keep_alive, gaps: Some(Gaps::after(last)) };
        read(client, terms, &mut sequence, &mut catch_up, &mut reporter).await
    });
    Bench { server, reports, reading }
}

fn texts(reports: &mut mpsc::Receiver<Report>) -> Vec<String> {
    let mut texts = Vec::new();
    while let Ok(report) = reports.try_recv() {
        texts.push(match report {
            Report::Message { bytes, .. } => String::from_utf8(bytes.to_vec()).unwrap(),
            Report::Alive { .. } => "alive".into(),
            other => panic!("{other:?}"),
        });
    }
    texts
}

#[tokio::test(start_paused = true)]
async fn pings_go_out_in_the_form_asked_for_and_any_pong_keeps_the_connection() {
    let forms = [
        (Ping::Json, Message::text(r#"{"type":"ping"}"#), Message::text(r#"{"type":"pong"}"#)),
        (Ping::Text, Message::text("ping"), Message::text("PONG")),
        (Ping::Control, Message::Ping(Bytes::new()), Message::text(r#"{ "type" : "Pong", "at": 1 }"#)),
        (Ping::Json, Message::text(r#"{"type":"ping"}"#), Message::Pong(Bytes::new())),
        (Ping::Text, Message::text("ping"), Message::text("\"pong\"")),
    ];
    for (form, ping, pong) in forms {
        let mut bench = bench(form, 64).await;
        for _ in 0..5 {
            let before = Instant::now();
            assert_eq!(bench.server.next().await.unwrap().unwrap(), ping);
            assert_eq!(before.elapsed(), EVERY);
            bench.server.send(pong.clone()).await.unwrap();
        }
        assert!(!bench.reading.is_finished());
        tokio::time::sleep(Duration::from_secs(1)).await;
        // The server's library answers a ping frame by itself, too.
        let answers = if form == Ping::Control { 10 } else { 5 };
        assert_eq!(texts(&mut bench.reports), vec!["alive"; answers], "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_any_answer_to_a_ping_is_given_up_after_the_grace() {
    let started = Instant::now();
    // The server end is held open and never read or written: a pulled cable.
    let bench = bench(Ping::Json, 8).await;
    let ended = bench.reading.await.unwrap();
    assert_eq!(started.elapsed(), EVERY + PONG_WITHIN);
    let expected = "live.example sent nothing for 30 s; the connection is presumed dead";
    assert_eq!(ended.failure.to_string(), expected);
    assert!(!ended.heard_messages);
}

#[tokio::test(start_paused = true)]
async fn data_without_pongs_keeps_the_connection_and_pings_go_on() {
    let mut bench = bench(Ping::Json, 64).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(9)).await;
        bench.server.send(Message::text(r#"{"type":"data","source":"clock"}"#)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!bench.reading.is_finished());
    let mut pings = 0;
    while let Ok(Some(Ok(_))) = timeout(Duration::from_millis(1), bench.server.next()).await {
        pings += 1;
    }
    assert_eq!(pings, 9, "one every 20 s of 181 s");
    assert_eq!(texts(&mut bench.reports).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_costs_neither_a_message_nor_the_connection() {
    let mut bench = bench(Ping::Json, 1).await;
    for seq in 1..=5 {
        bench.server.send(Message::text(format!(r#"{{"source":"chart","seq":{seq}}}"#))).await.unwrap();
    }
    // Nobody takes reports for two minutes, while the server wants its pings.
    for _ in 0..6 {
        assert_eq!(bench.server.next().await.unwrap().unwrap(), Message::text(r#"{"type":"ping"}"#));
    }
    for seq in 1..=5 {
        let Some(Report::Message { bytes, .. }) = bench.reports.recv().await else { panic!("lost {seq}") };
        assert_eq!(bytes, format!(r#"{{"source":"chart","seq":{seq}}}"#));
    }
    assert!(!bench.reading.is_finished());
}

#[tokio::test(start_paused = true)]
async fn messages_pass_untouched_and_what_the_server_repeats_does_not() {
    let mut bench = bench(Ping::Json, 64).await;
    let odd = "  {\"type\":\"data\" , \"source\":\"chart\",\"seq\":1}\n";
    for text in [odd, odd, "not json", r#"{"source":"clock"}"#, r#"{"source":"clock"}"#] {
        bench.server.send(Message::text(text)).await.unwrap();
    }
    bench.server.send(Message::binary(&br#"{"source":"chart","seq":2}"#[..])).await.unwrap();
    bench.server.close(None).await.unwrap();
    let ended = bench.reading.await.unwrap();
    assert!(ended.heard_messages && !ended.token_refused);
    assert_eq!(
        texts(&mut bench.reports),
        [odd, "not json", r#"{"source":"clock"}"#, r#"{"source":"clock"}"#, r#"{"source":"chart","seq":2}"#]
    );
}

#[tokio::test(start_paused = true)]
async fn a_ping_of_the_server_is_answered_in_its_own_form() {
    let mut bench = bench(Ping::Control, 64).await;
    for (ping, pong) in [("ping", "pong"), (r#"{"type":"ping"}"#, r#"{"type":"pong"}"#)] {
        bench.server.send(Message::text(ping)).await.unwrap();
        assert_eq!(bench.server.next().await.unwrap().unwrap(), Message::text(pong));
    }
    bench.server.send(Message::Ping(Bytes::from_static(b"x"))).await.unwrap();
    assert_eq!(bench.server.next().await.unwrap().unwrap(), Message::Pong(Bytes::from_static(b"x")));
}

#[tokio::test(start_paused = true)]
async fn a_close_for_policy_casts_the_token_aside_and_is_told_with_its_reason() {
    for (code, refused) in [(1008u16, true), (4401, true), (1001, false)] {
        let mut bench = bench(Ping::Json, 8).await;
        let frame = CloseFrame { code: code.into(), reason: "token\nexpired".into() };
        bench.server.close(Some(frame)).await.unwrap();
        let ended = bench.reading.await.unwrap();
        assert_eq!(ended.token_refused, refused, "{code}");
        let rest = if refused { "; a fresh token is asked for" } else { "" };
        let expected = format!("live.example closed the connection (code {code}: token expired){rest}");
        assert_eq!(ended.failure.to_string(), expected);
    }
}

fn numbered(seq: u64) -> Message {
    Message::text(format!(r#"{{"source":"chart","seq":{seq}}}"#))
}

#[tokio::test(start_paused = true)]
async fn a_server_that_counts_anew_is_found_out_within_seconds() {
    let mut bench = resumed(Ping::Json, 64, Some(5_000)).await;
    let started = Instant::now();
    for seq in 1..=9 {
        bench.server.send(numbered(seq)).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let ended = bench.reading.await.unwrap();
    assert_eq!(started.elapsed(), REPEATS_WITHIN);
    assert!(ended.failure.to_string().contains("counts its messages anew"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_behind_and_falls_quiet_has_begun_to_count_anew() {
    let mut bench = resumed(Ping::Json, 64, Some(5_000)).await;
    let started = Instant::now();
    bench.server.send(numbered(1)).await.unwrap();
    let ended = bench.reading.await.unwrap();
    assert_eq!(started.elapsed(), REPEATS_WITHOUT_PAUSE);
    assert!(ended.failure.to_string().contains("counts its messages anew"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_repeats_everything_and_then_has_nothing_new_is_left_in_peace() {
    let mut bench = resumed(Ping::Control, 64, Some(50)).await;
    for seq in 1..=50 {
        bench.server.send(numbered(seq)).await.unwrap();
    }
    let told = timeout(Duration::from_secs(120), async { while bench.server.next().await.is_some() {} });
    told.await.unwrap_err();
    assert!(!bench.reading.is_finished());
    bench.server.send(numbered(51)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(texts(&mut bench.reports).last().unwrap(), r#"{"source":"chart","seq":51}"#);
}

/// What is reported up to a document: messages by their number, what is told to be missing, and the document.
async fn until_the_document(reports: &mut mpsc::Receiver<Report>) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        match reports.recv().await.expect("it goes on") {
            Report::Message { bytes, .. } if bytes.starts_with(b"the game") => return told,
            Report::Message { bytes, .. } => {
                told.push(Envelope::of(&bytes).seq().map_or("?".to_owned(), |seq| seq.to_string()));
            }
            Report::Link { why: Some(why), .. } => told.push(why),
            Report::Alive { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_left_out_is_told_after_two_seconds_and_made_up_for_on_the_same_connection() {
    let mut bench = resumed(Ping::Json, 64, Some(4)).await;
    let started = Instant::now();
    for seq in [5, 7, 6, 10] {
        bench.server.send(numbered(seq)).await.unwrap();
    }
    let told = until_the_document(&mut bench.reports).await;
    let missing = "messages 8 to 9 of live.example never came; what they told is fetched";
    assert_eq!(told, ["5", "7", "6", "10", missing]);
    assert_eq!(started.elapsed(), Duration::from_secs(2));
    let Some(Report::Link { link: crate::status::Link::Up, why: None, .. }) = bench.reports.recv().await else {
        panic!("the hole is filled, and that is told")
    };
    bench.server.send(numbered(11)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert!(!bench.reading.is_finished());
    assert_eq!(texts(&mut bench.reports), [r#"{"source":"chart","seq":11}"#], "and nothing is asked for any more");
}

#[tokio::test(start_paused = true)]
async fn a_text_that_is_no_utf_8_is_counted_as_a_message_and_ends_the_connection() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    let mut bench = bench(Ping::Json, 8).await;
    let frame = Frame::message(Bytes::from_static(b"{\"seq\":1,\"name\":\"\xff\"}"), OpCode::Data(Data::Text), true);
    bench.server.send(Message::Frame(frame)).await.unwrap();
    let ended = bench.reading.await.unwrap();
    assert!(ended.is_unreadable && matches!(ended.failure, Failure::NoText { .. }), "{:?}", ended.failure);
    let Ok(Report::Skipped { why: Skip::NoText, .. }) = bench.reports.try_recv() else { panic!("nothing told") };
}

#[tokio::test(start_paused = true)]
async fn a_message_above_the_cap_is_counted_by_its_length_and_never_read() {
    let (near, mut far) = tokio::io::duplex(1024);
    let config =
        tungstenite::protocol::WebSocketConfig::default().max_message_size(Some(999)).max_frame_size(Some(999));
    let client = WebSocketStream::from_raw_socket(near, Role::Client, Some(config)).await;
    let (sender, mut reports) = mpsc::channel(8);
    let mut reporter = Reporter::new("tracker".into(), FeedKind::ShotTracker, sender, Vec::new());
    // The header of a text of 100 MB; its first byte would already wait for room in a buffer of that length.
    let mut header = vec![0x81, 127];
    header.extend(100_000_000u64.to_be_bytes());
    tokio::io::AsyncWriteExt::write_all(&mut far, &header).await.unwrap();
    let keep_alive = KeepAlive { ping: Ping::Json, every: EVERY, pong_within: PONG_WITHIN };
    let ended = read(
        client,
        Terms { at: "live.example", keep_alive, gaps: None },
        &mut Sequence::default(),
        &mut Beside::new("nothing", Policy::default()),
        &mut reporter,
    )
    .await;
    let Ok(Report::Skipped { bytes, why, .. }) = reports.try_recv() else { panic!("nothing told") };
    assert_eq!((bytes, why, ended.is_unreadable), (100_000_000, Skip::Oversized, true));
    let told = ended.failure.to_string();
    assert!(
        told.starts_with("live.example sent a message of 100000000 bytes, and the most that is read is 999"),
        "{told}"
    );
}
