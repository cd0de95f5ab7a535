//! The game so far over REST: what a stream that begins, or begins again, may not have carried.
//!
//! In: the account, the game, which resources are wanted. Out: the answer as received, which the decoder reads like any
//! message. Fetched beside the stream once a connection, begun when the stream stands, so that whatever one of them lacks
//! the other has, and nothing live waits. An account without rights to it is asked no more.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::feed::backoff::Retry;
use crate::feed::failure::Failure;
use crate::feed::report::Reporter;
use crate::ids::GameId;

use super::rest::Rest;

/// Before a server in trouble is asked again, and how often it is asked in one connection.
const RETRY_AFTER: Duration = Duration::from_secs(5);
const TRIES: usize = 3;

/// Fetches the document after each connection, until that proves to be in vain.
pub(super) struct CatchUp {
    rest: Option<Arc<Rest>>,
    /// Names with commas between, as the path has them.
    resources: String,
    /// At most one; it ends with the feed.
    running: JoinSet<Result<Bytes, Failure>>,
}

impl CatchUp {
    /// Without resources nothing is ever fetched.
    pub(super) fn new(rest: Arc<Rest>, resources: &[String]) -> Self {
        let rest = Some(rest).filter(|_| !resources.is_empty());
        Self { rest, resources: resources.join(","), running: JoinSet::new() }
    }

    #[cfg(test)]
    pub(super) fn off() -> Self {
        Self { rest: None, resources: String::new(), running: JoinSet::new() }
    }

    /// Begins anew; an answer still on its way from an earlier connection is given up.
    pub(super) fn begin(&mut self, game: &GameId) {
        self.running.abort_all();
        self.running = JoinSet::new();
        if let Some(rest) = self.rest.clone() {
            self.running.spawn(fetch(rest, game.clone(), self.resources.clone()));
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
                    self.rest = None;
                }
                let rest = if is_final { "; it is not asked for again" } else { "" };
                let what = format!("what the stream left out before this moment may be missing: {failure}{rest}");
                reporter.lacks(&what).await;
            }
        }
    }
}

async fn fetch(rest: Arc<Rest>, game: GameId, resources: String) -> Result<Bytes, Failure> {
    let mut tries = 1;
    loop {
        match rest.so_far(&game, &resources).await {
            Err(failure) if failure.retry() == Retry::Soon && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(RETRY_AFTER).await;
            }
            result => return result,
        }
    }
}
