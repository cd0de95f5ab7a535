//! Supervised connections to vendors.
//!
//! In: [`Options`] of one feed, filled by `app` from the show file. Out: [`Report`]s on a bounded queue: every message
//! as it was received, signs of life, and what became of the connection. [`run`] is one task a feed; it connects, reads,
//! and when the connection fails waits and connects again, until it is told to stop. `decode` turns what it delivers
//! into facts.
//!
//! A feed never interprets a message beyond what its protocol needs (a sequence number, a heartbeat), never drops one
//! because the queue is full, and never lets a key or token into a report.

mod backoff;
mod beside;
pub mod decode;
mod failure;
mod followed;
mod http;
mod network;
pub mod push;
mod report;
pub mod secret;
pub mod shottracker;
mod sign;
mod silence;
pub mod splitter;
mod tree;

use std::future::Future;

use tokio::sync::mpsc;

use crate::ids::{FeedId, FeedKind};

pub use backoff::Policy;
pub use failure::Failure;
pub use followed::Followed;
pub use report::{Report, Skip};

use backoff::Backoff;
use report::Reporter;

/// Room in the queue of reports. The ShotTracker sources together send some ten messages a second and up to a few
/// thousand at once after a join in mid-game: then the client waits, and with it the vendor.
pub const QUEUE_REPORTS: usize = 256;

/// What to connect to, and how.
#[derive(Clone, Debug)]
pub enum Options {
    ShotTracker(shottracker::Options),
    Push(push::Options),
}

impl Options {
    pub fn id(&self) -> &FeedId {
        match self {
            Self::ShotTracker(options) => &options.id,
            Self::Push(options) => &options.id,
        }
    }

    pub fn kind(&self) -> FeedKind {
        match self {
            Self::ShotTracker(_) => FeedKind::ShotTracker,
            Self::Push(options) => options.kind,
        }
    }
}

/// Where an earlier run of the show left off, from its journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Resume {
    /// Number of the last numbered message taken; `None` asks for the event from its beginning. Not the highest of a
    /// journal: after a rehearsal was started again that may be one of the game before. Only ShotTracker numbers its
    /// messages; see [`shottracker::seq`].
    pub last_seq: Option<u64>,
}

/// Options that no connection can be made with.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    #[error("feed `{feed}`: `{name}` {problem}")]
    Bad { feed: FeedId, name: &'static str, problem: String },
    #[error("feed `{feed}`: no HTTP client on this machine: {cause}; check the system's certificates")]
    NoClient {
        feed: FeedId,
        #[source]
        cause: reqwest::Error,
    },
}

/// Keeps one feed connected until `stop` resolves, or nobody listens to `reports` any more.
///
/// # Errors
/// At once, when the options contradict themselves. Failures of the connection are reported instead, and retried.
pub async fn run(
    options: Options,
    resume: Resume,
    reports: mpsc::Sender<Report>,
    stop: impl Future<Output = ()>,
) -> Result<(), OptionsError> {
    let closed = reports.clone();
    let (id, kind) = (options.id().clone(), options.kind());
    let until_stop = async {
        tokio::select! {
            () = stop => {}
            () = closed.closed() => {}
        }
    };
    // Dropping the client's future closes its connection: there is nothing to hand back to a vendor.
    match options {
        Options::ShotTracker(options) => {
            let reporter = Reporter::new(id, kind, reports, vec![options.secret.clone()]);
            let backoff = Backoff::new(options.retry);
            let client = shottracker::Client::new(options, resume)?;
            tokio::select! { () = supervise(client, reporter, backoff) => {}, () = until_stop => {} }
        }
        Options::Push(options) => {
            let reporter = Reporter::new(id, kind, reports, vec![options.api_key.clone()]);
            let backoff = Backoff::new(options.retry);
            let client = push::Client::new(options)?;
            tokio::select! { () = supervise(client, reporter, backoff) => {}, () = until_stop => {} }
        }
    }
    Ok(())
}

/// One vendor's way to connect.
trait Connect {
    /// Connects and reads until the connection fails; says [`Reporter::up`] once it stands.
    fn attempt(&mut self, reporter: &mut Reporter) -> impl Future<Output = Failure> + Send;
}

/// Connects again and again; never returns.
async fn supervise(mut client: impl Connect, mut reporter: Reporter, mut backoff: Backoff) {
    reporter.connecting().await;
    loop {
        let failure = client.attempt(&mut reporter).await;
        let stood = reporter.down(&failure).await;
        tokio::time::sleep(backoff.after_failure(failure.retry(), stood)).await;
    }
}

/// Chooses ring as the one provider of cryptography for TLS. May be called any number of times, from anywhere.
pub fn install_tls() {
    // An error means that one is installed already: by an earlier call, as nobody else does it.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    /// Fails at once, always, and notes when it was asked.
    struct Refused(Arc<Mutex<Vec<Instant>>>, Failure);

    impl Connect for Refused {
        async fn attempt(&mut self, _: &mut Reporter) -> Failure {
            self.0.lock().unwrap().push(Instant::now());
            self.1.clone()
        }
    }

    /// When a client that fails with `failure` was asked to connect, within ten minutes.
    async fn attempts(failure: Failure) -> Vec<Instant> {
        let log = Arc::new(Mutex::new(Vec::new()));
        let (reports, _queue) = mpsc::channel(16);
        let reporter = Reporter::new("f".into(), FeedKind::ShotTracker, reports, Vec::new());
        let endless = supervise(Refused(log.clone(), failure), reporter, Backoff::new(Policy::default()));
        tokio::time::timeout(Duration::from_secs(600), endless).await.unwrap_err();
        log.lock().unwrap().clone()
    }

    fn gaps(attempts: &[Instant]) -> Vec<Duration> {
        attempts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_venue_that_is_away_is_asked_ever_more_rarely_but_never_given_up() {
        let attempts = attempts(Failure::Closed { at: "h".into(), says: String::new() }).await;
        let gaps = gaps(&attempts);
        assert!(gaps[0] <= Duration::from_millis(500), "{gaps:?}");
        assert!(gaps[6..].iter().all(|gap| *gap >= Duration::from_millis(3_750) && *gap <= Duration::from_secs(16)));
        assert!((40..200).contains(&attempts.len()), "{}", attempts.len());
    }

    #[tokio::test(start_paused = true)]
    async fn refused_credentials_are_tried_again_only_every_half_minute() {
        let attempts =
            attempts(Failure::Unauthorized { at: "h".into(), status: 401, says: String::new(), check: "the key" })
                .await;
        assert!(gaps(&attempts).iter().all(|gap| *gap >= Duration::from_secs(30)));
        assert!((13..21).contains(&attempts.len()), "{}", attempts.len());
    }
}
