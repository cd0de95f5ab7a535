//! The two kinds of HTTP conversation that feeds have, and what a refusal means.
//!
//! In: requests. Out: an answer that is fine, or the [`Failure`] that it stands for. Never follows a redirect by itself:
//! whoever holds a key decides where it goes.

use std::time::{Duration, SystemTime};

use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
use url::{Host, Url};

use super::failure::{Failure, says};
use super::network;

/// For a connection to be made.
pub(super) const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// For an answer to begin.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Error pages are read no further than this.
const ERROR_BODY_BYTES: usize = 4 * 1024;

/// The vendor refuses dates off by more than 5 minutes; a refusal with half a minute less may still be due to it.
const SKEW_TO_BLAME: Duration = Duration::from_secs(270);

/// How a feed would put what is wrong; differs by vendor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advice<'a> {
    /// After "check": where the credentials stand.
    pub credentials: &'static str,
    /// After "ask the vendor whether".
    pub rights: &'static str,
    /// After "check": where the address comes from.
    pub address: &'static str,
    /// The game that was asked for: a 404 is then about the game, not the address.
    pub game: Option<&'a str>,
}

/// A client for `to` that neither redirects nor unpacks: a packed stream would hold heartbeats back.
pub(super) fn client(to: &Url) -> Result<Client, reqwest::Error> {
    super::install_tls();
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .no_gzip()
        .connect_timeout(CONNECT_WITHIN)
        .user_agent(concat!("sideline/", env!("CARGO_PKG_VERSION")));
    if is_this_machine(to) {
        // A proxy for the outside world cannot reach the mock venue.
        builder = builder.no_proxy();
    }
    builder.build()
}

/// Sends a request; gives the answer's head, whatever its status.
pub(super) async fn ask(request: RequestBuilder, at: &str) -> Result<Response, Failure> {
    match tokio::time::timeout(ANSWER_WITHIN, request.send()).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(unreachable(error, at)),
        Err(_) => Err(Failure::TookTooLong { at: at.to_owned(), after: ANSWER_WITHIN }),
    }
}

/// An error of the client, without the address in it.
pub(super) fn unreachable(error: reqwest::Error, at: &str) -> Failure {
    Failure::Unreachable { at: at.to_owned(), cause: network::in_words(&error.without_url()) }
}

/// What an answer other than success means. Reads a little of its body.
pub(super) async fn refusal(answer: Response, at: &str, advice: &Advice<'_>) -> Failure {
    let status = answer.status();
    let skew = clock_skew(answer.headers(), SystemTime::now());
    let body = beginning(answer).await;
    meaning(status.as_u16(), skew, &body, at, advice)
}

/// The same from parts, for the answer to a WebSocket handshake.
pub(super) fn meaning(status: u16, skew: Option<Duration>, body: &[u8], at: &str, advice: &Advice<'_>) -> Failure {
    let (at, says) = (at.to_owned(), says(body));
    match (status, skew) {
        (401 | 403, Some(by)) if by >= SKEW_TO_BLAME => Failure::ClockSkew { at, by },
        (401, _) => Failure::Unauthorized { at, status, says, check: advice.credentials },
        (403, _) if is_about_signature(&says) => Failure::Unauthorized { at, status, says, check: advice.credentials },
        (403, _) => Failure::Forbidden { at, says, ask: advice.rights },
        (404, _) => match advice.game {
            Some(game) => Failure::UnknownGame { at, game: game.to_owned(), says },
            None => Failure::NotFound { at, says, check: advice.address },
        },
        (429, _) => Failure::TooManyRequests { at, says },
        (500..=599, _) => Failure::ServerError { at, status, says },
        _ => Failure::Unexpected { at, status, says, check: advice.address },
    }
}

/// Whether a refusal speaks of how the request was signed: then the secret is wrong, and no right is missing.
fn is_about_signature(says: &str) -> bool {
    let says = says.to_ascii_lowercase();
    ["signature", "hmac"].iter().any(|word| says.contains(word))
}

/// How far `now` is from the answer's `Date`; `None` without a readable one.
pub(super) fn clock_skew(headers: &header::HeaderMap, now: SystemTime) -> Option<Duration> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    Some(now.duration_since(date).unwrap_or_else(|ahead| ahead.duration()))
}

/// The whole body of a good answer, if it stays under `most` bytes.
pub(super) async fn body(answer: Response, at: &str, most: usize) -> Result<Vec<u8>, Failure> {
    let mut answer = answer;
    let mut bytes = Vec::new();
    loop {
        match tokio::time::timeout(ANSWER_WITHIN, answer.chunk()).await {
            Ok(Ok(Some(chunk))) if bytes.len() + chunk.len() > most => {
                let what = format!("more than {most} bytes");
                let advice = "check the address of the vendor's API";
                return Err(Failure::Incomprehensible { at: at.to_owned(), what, advice });
            }
            Ok(Ok(Some(chunk))) => bytes.extend_from_slice(&chunk),
            Ok(Ok(None)) => return Ok(bytes),
            Ok(Err(error)) => {
                return Err(Failure::Broken { at: at.to_owned(), cause: network::in_words(&error.without_url()) });
            }
            Err(_) => return Err(Failure::TookTooLong { at: at.to_owned(), after: ANSWER_WITHIN }),
        }
    }
}

/// The beginning of an error page; what cannot be read is left out, the status says enough.
async fn beginning(mut answer: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < ERROR_BODY_BYTES {
        match tokio::time::timeout(Duration::from_secs(2), answer.chunk()).await {
            Ok(Ok(Some(chunk))) => bytes.extend_from_slice(&chunk),
            _ => break,
        }
    }
    bytes.truncate(ERROR_BODY_BYTES);
    bytes
}

/// `host`, or `host:port` where the port is not the scheme's own: what a `Host` header says.
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or("(no host)");
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether `status` sends the client elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}
