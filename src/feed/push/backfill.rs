//! The play-by-play document of a game: what a stream that begins, or begins again, did not carry.
//!
//! In: the address and the key. Out: the document as received, which the decoder reads like any message. Fetched beside
//! the stream, once a connection, so that nothing live waits for it. A key without rights to it is asked no more.

use bytes::Bytes;
use reqwest::Client;
use tokio::task::JoinSet;
use url::Url;

use crate::feed::backoff::Retry;
use crate::feed::failure::Failure;
use crate::feed::http::{self, Advice, place};
use crate::feed::report::Reporter;
use crate::feed::secret::{Secret, percent_encode};

use super::{KeyIn, add_key, add_to_query};

const ADVICE: Advice<'static> = Advice {
    credentials: "`api_key`",
    rights: "the key is entitled to the play-by-play of the REST API",
    address: "the address of the play-by-play",
    game: None,
};

/// Fetches the document after each connection, until that proves to be in vain.
pub(super) struct Backfill {
    http: Client,
    address: Option<Url>,
    key: Secret,
    key_in: KeyIn,
    most_bytes: usize,
    /// At most one; it ends with the feed.
    running: JoinSet<Result<Bytes, Failure>>,
}

impl Backfill {
    /// Without an address nothing is ever fetched.
    pub(super) fn new(http: Client, address: Option<Url>, key: Secret, key_in: KeyIn, most_bytes: usize) -> Self {
        Self { http, address, key, key_in, most_bytes, running: JoinSet::new() }
    }

    /// Begins anew; a document still on its way from an earlier connection is given up.
    pub(super) fn begin(&mut self) {
        self.running.abort_all();
        self.running = JoinSet::new();
        if let Some(address) = self.address.clone() {
            let (http, key, key_in, most) = (self.http.clone(), self.key.clone(), self.key_in, self.most_bytes);
            self.running.spawn(fetch(http, address, key, key_in, most));
        }
    }

    /// The document, or why there is none; waits for ever where none is fetched. Dropped and called again it goes on.
    pub(super) async fn next(&mut self) -> Result<Bytes, Failure> {
        match self.running.join_next().await {
            Some(Ok(result)) => result,
            // None is on its way; or the runtime is going down.
            None | Some(Err(_)) => std::future::pending().await,
        }
    }

    /// Passes on a result. What asking again would not change is told once, and not asked again.
    pub(super) async fn report(&mut self, result: Result<Bytes, Failure>, reporter: &mut Reporter) {
        match result {
            Ok(document) => reporter.message(document).await,
            Err(failure) => {
                let is_final = failure.retry() == Retry::Slowly;
                if is_final {
                    self.address = None;
                }
                let rest = if is_final { "; it is not asked for again" } else { "" };
                reporter.lacks(&format!("plays before this moment are missing: {failure}{rest}")).await;
            }
        }
    }
}

async fn fetch(http: Client, address: Url, key: Secret, key_in: KeyIn, most: usize) -> Result<Bytes, Failure> {
    let at = place(&address);
    let mut url = address;
    if key_in == KeyIn::Query && !key.expose().is_empty() {
        add_to_query(&mut url, "api_key", &percent_encode(key.expose(), ""));
    }
    let request = http.get(url).header(reqwest::header::ACCEPT, "application/json");
    let request = if key_in == KeyIn::Header { add_key(request, &key) } else { request };
    let answer = http::ask(request, &at).await?;
    if !answer.status().is_success() {
        return Err(http::refusal(answer, &at, &ADVICE).await);
    }
    http::body(answer, &at, most).await.map(Bytes::from)
}
