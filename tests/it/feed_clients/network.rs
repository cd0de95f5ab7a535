//! What an operator reads when a vendor cannot be reached, each time by a real socket that does not do what it should: never the
//! words of the libraries below.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sideline::feed::push::{Options as Push, Subscribe};
use sideline::feed::secret::Secret;
use sideline::feed::shottracker::{Game, Options as Tracker};
use sideline::feed::{self, Options, Resume};

use super::door::Door;
use super::{in_a_hurry, start};

/// A key and a certificate that signs itself: whoever shows it is a stranger. It opens nothing anywhere.
const CERTIFICATE: &[u8] = include_bytes!("tls/stranger.cert.der");
const KEY: &[u8] = include_bytes!("tls/stranger.key.der");

/// Words of the libraries, which say nothing to an operator.
const NOT_FOR_OPERATORS: [&str; 8] =
    ["client error", "error sending request", "os error", "hyper", "rustls", "tungstenite", "IO error", "InvalidCert"];

fn push(address: &str) -> Options {
    let subscribe = Subscribe::Address(address.parse().unwrap());
    Options::Push(Push { retry: in_a_hurry(), ..Push::new("league".into(), subscribe, Secret::new("key")) })
}

/// A feed whose token is given out at `rest`, and whose WebSocket is at `address`.
fn tracker(rest: &Door, address: &str) -> Options {
    let game = Game::Event("game-1".into());
    let socket = format!("{address}?token={{token}}");
    let secret = Secret::new("secret");
    let mut options = Tracker::new("tracker".into(), rest.http(""), socket, game, "truck".into(), secret);
    options.retry = in_a_hurry();
    options.backfill = Vec::new();
    Options::ShotTracker(options)
}

async fn check(options: Options, expected: &str) {
    let mut feed = start(options, Resume::default());
    let why = feed.why().await;
    assert!(why.contains(expected), "{why}");
    assert!(NOT_FOR_OPERATORS.iter().all(|word| !why.contains(word)), "{why}");
    feed.stop().await;
}

/// The same of an HTTP client and of a WebSocket, each of which reaches `serve` by itself.
async fn check_both(at: &str, is_encrypted: bool, expected: &str) {
    let s = if is_encrypted { "s" } else { "" };
    check(push(&format!("http{s}://{at}/subscribe")), expected).await;
    let rest = Door::open().await;
    let options = tracker(&rest, &format!("ws{s}://{at}/live"));
    let (told, ()) = tokio::join!(check(options, expected), async {
        rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    });
    told
}

/// A server on a thread of its own that does the same with every caller, for as long as the test runs.
fn serve(with: impl Fn(std::net::TcpStream) + Send + 'static) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let serve = move || {
        for caller in listener.incoming().flatten() {
            with(caller);
        }
    };
    std::thread::Builder::new().name("a server".into()).spawn(serve).unwrap();
    at
}

/// Reads something of what is asked.
fn listen_to(caller: &mut std::net::TcpStream) {
    caller.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = caller.read(&mut [0; 4096]);
}

#[tokio::test]
async fn nobody_listens_there() {
    let at = Door::open().await.at;
    check_both(&at.to_string(), false, &format!("cannot reach {at}: refused, nothing there takes connections")).await;
}

#[tokio::test]
async fn there_is_no_such_host() {
    check_both("nobody.invalid", false, "cannot reach nobody.invalid: no such host: the name is not known").await;
}

#[tokio::test]
async fn a_server_that_hangs_up_without_an_answer() {
    let at = serve(|mut caller| listen_to(&mut caller));
    check(push(&format!("http://{at}/subscribe")), "it was closed without an answer").await;
    let rest = Door::open().await;
    let options = tracker(&rest, &format!("ws://{at}/live"));
    tokio::join!(check(options, "it was closed without an answer"), async {
        rest.caller().await.json(r#"{"token":"t0ken-0001"}"#).await;
    });
}

#[tokio::test]
async fn what_answers_speaks_another_protocol() {
    let at = serve(|mut caller| {
        listen_to(&mut caller);
        let _ = caller.write_all(b"220 mail.example ESMTP\r\n\r\n");
    });
    check(push(&format!("http://{at}/subscribe")), "what answers there does not speak HTTP").await;
}

#[tokio::test]
async fn what_answers_is_not_encrypted() {
    let at = serve(|mut caller| {
        listen_to(&mut caller);
        let _ = caller.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        // Whoever is told something unreadable hangs up first.
        listen_to(&mut caller);
    });
    check_both(&at.to_string(), true, "what answers there is not encrypted (TLS)").await;
}

#[tokio::test]
async fn a_certificate_from_a_stranger() {
    feed::install_tls();
    let (certificate, key) = (CertificateDer::from(CERTIFICATE), PrivateKeyDer::try_from(KEY).unwrap());
    let config =
        rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let config = Arc::new(config);
    let at = serve(move |mut caller| {
        caller.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut connection = rustls::ServerConnection::new(config.clone()).unwrap();
        while connection.is_handshaking() && connection.complete_io(&mut caller).is_ok() {}
    });
    check_both(&at.to_string(), true, "its certificate (TLS) is from nobody whom this machine trusts").await;
}

#[tokio::test]
async fn a_stream_that_breaks_off_in_the_middle() {
    let at = serve(|mut caller| {
        listen_to(&mut caller);
        let _ = caller.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\"");
    });
    check(push(&format!("http://{at}/subscribe")), &format!("the connection to {at} broke: it was broken off")).await;
}

/// Time stands still until nobody has anything else to do: the wait for an answer is over at once.
#[tokio::test(start_paused = true)]
async fn a_server_that_takes_the_call_and_says_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let mut feed = start(push(&format!("http://{at}/subscribe")), Resume::default());
    let why = loop {
        // Not by `why`, whose patience would be at an end as soon.
        if let Some(feed::Report::Link { link: sideline::status::Link::Down, why, .. }) = feed.reports.recv().await {
            break why.unwrap();
        }
    };
    assert!(why.starts_with(&format!("{at} did not answer within 15 s")) || why.contains("no answer in time"), "{why}");
}
