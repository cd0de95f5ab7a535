//! The signature of ShotTracker's REST requests: HMAC-SHA1 over date, host and request line, in the `Authorization` header.
//!
//! In: a request's head and the account. Out: nothing, or why it is refused. Pure: the time is an argument.

use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::time::Timestamp;

/// The vendor's limit on the difference between the request's date and now.
const MAX_SKEW: Duration = Duration::from_secs(300);
/// All three must be signed.
const SIGNED: [&str; 3] = ["date", "host", "request-line"];

pub struct Account<'a> {
    pub username: &'a str,
    pub secret: &'a str,
}

/// Why a request is refused; the text is the vendor's `message`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    #[error("Unauthorized")]
    NotSigned,
    #[error("HMAC signature cannot be verified, a valid date header is required for HMAC Authentication")]
    Date,
    #[error("HMAC signature cannot be verified: {what}")]
    Malformed { what: &'static str },
    #[error("HMAC signature does not match")]
    Mismatch,
}

impl Refusal {
    pub fn status(&self) -> StatusCode {
        match self {
            Refusal::NotSigned | Refusal::Date | Refusal::Malformed { .. } => StatusCode::UNAUTHORIZED,
            Refusal::Mismatch => StatusCode::FORBIDDEN,
        }
    }
}

/// Checks a request. `path` is without query: a signature that covers the query is refused, as by the vendor.
pub fn verify(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    account: &Account<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = text("authorization").ok_or(Refusal::NotSigned)?;
    let date = text("date").ok_or(Refusal::Date)?;
    let at = httpdate::parse_http_date(date).map_err(|_| Refusal::Date)?;
    let at = Timestamp::default() + at.duration_since(std::time::UNIX_EPOCH).map_err(|_| Refusal::Date)?;
    if now.since(at) > MAX_SKEW || at.since(now) > MAX_SKEW {
        return Err(Refusal::Date);
    }
    let host = text("host").ok_or(Refusal::Malformed { what: "the host header is missing" })?;
    let request_line = format!("{method} {path} HTTP/1.1");
    let claim = Claim::parse(authorization)?;
    let mut lines = Vec::new();
    for header in claim.headers.split_whitespace() {
        lines.push(match header {
            "date" => format!("date: {date}"),
            "host" => format!("host: {host}"),
            "request-line" => request_line.clone(),
            _ => return Err(Refusal::Malformed { what: "only date, host and request-line can be signed" }),
        });
    }
    if !SIGNED.iter().all(|name| claim.headers.split_whitespace().any(|header| header == *name)) {
        return Err(Refusal::Malformed { what: "date, host and request-line must be signed" });
    }
    let signature = STANDARD.decode(claim.signature).map_err(|_| Refusal::Malformed { what: "base64 expected" })?;
    if claim.username != account.username {
        return Err(Refusal::Mismatch);
    }
    mac(account.secret, &lines.join("\n")).verify_slice(&signature).map_err(|_| Refusal::Mismatch)
}

fn mac(secret: &str, text: &str) -> Hmac<Sha1> {
    // HMAC takes keys of any length: longer ones are hashed, shorter ones padded.
    #[expect(clippy::expect_used, reason = "cannot fail for HMAC; the crate's interface covers ciphers, too")]
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac
}

/// A token that only the holder of the secret can make: lower-case hex.
pub fn token(secret: &str, subject: &str) -> String {
    mac(secret, subject).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parts of `hmac username="…",algorithm="hmac-sha1",headers="…",signature="…"`.
struct Claim<'a> {
    username: &'a str,
    headers: &'a str,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn parse(text: &'a str) -> Result<Claim<'a>, Refusal> {
        let malformed = |what| Refusal::Malformed { what };
        let rest = text.strip_prefix("hmac ").ok_or(malformed("the scheme must be hmac"))?;
        let part = |name: &str| {
            let mut parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
            parts.find(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"'))
        };
        if part("algorithm") != Some("hmac-sha1") {
            return Err(malformed("the algorithm must be hmac-sha1"));
        }
        Ok(Claim {
            username: part("username").ok_or(malformed("username is missing"))?,
            headers: part("headers").ok_or(malformed("headers is missing"))?,
            signature: part("signature").ok_or(malformed("signature is missing"))?,
        })
    }
}
