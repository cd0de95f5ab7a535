//! A document that is fetched over REST beside a stream: what a stream that begins, or begins again, did not carry.
//!
//! In: how it is fetched. Out: the document as received, which the decoder reads like any message, or what is missing without
//! it, told for as long as it is. Fetched once a connection, begun when the stream stands, so that whatever one of them
//! lacks the other has, and nothing live waits. A server in trouble is asked again, ever more rarely, until it has
//! answered; an account without rights is asked no more.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;

use super::backoff::{Backoff, Policy};
use super::failure::{Again, Failure};
use super::report::Reporter;

type Fetched = Result<Bytes, Failure>;
type Fetch = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Fetched> + Send>> + Send + Sync>;

pub(super) struct Beside {
    /// What is missing without the document, as the beginning of a sentence.
    missing: &'static str,
    policy: Policy,
    backoff: Backoff,
    /// `None` where nothing is fetched.
    fetch: Option<Fetch>,
    /// The vendor has said that this account will never have it.
    is_denied: bool,
    /// At most one; it ends with the feed.
    running: JoinSet<Fetched>,
}

impl Beside {
    pub(super) fn new(missing: &'static str, policy: Policy) -> Self {
        let backoff = Backoff::new(policy);
        Self { missing, policy, backoff, fetch: None, is_denied: false, running: JoinSet::new() }
    }

    /// Begins anew; a document still on its way from an earlier connection is given up.
    pub(super) fn begin<F>(&mut self, fetch: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Fetched> + Send + 'static,
    {
        if self.is_denied {
            return;
        }
        self.fetch = Some(Arc::new(move || Box::pin(fetch())));
        self.again();
    }

    /// Whether the account has turned out to have no right to it.
    pub(super) fn is_denied(&self) -> bool {
        self.is_denied
    }

    /// Whether the document is fetched at all.
    pub(super) fn is_wanted(&self) -> bool {
        self.fetch.is_some() && !self.is_denied
    }

    /// Fetches it once more on the same connection, which has turned out to lack something.
    pub(super) fn again(&mut self) {
        if !self.is_wanted() {
            return;
        }
        self.backoff = Backoff::new(self.policy);
        self.running = JoinSet::new();
        self.ask(Duration::ZERO);
    }

    fn ask(&mut self, wait: Duration) {
        let Some(fetch) = self.fetch.clone() else { return };
        self.running.spawn(async move {
            tokio::time::sleep(wait).await;
            fetch().await
        });
    }

    /// The document, or why there is none; waits for ever where none is fetched. Dropped and called again it goes on.
    pub(super) async fn next(&mut self) -> Fetched {
        match self.running.join_next().await {
            Some(Ok(result)) => result,
            // None is on its way; or the runtime is going down.
            None | Some(Err(_)) => std::future::pending().await,
        }
    }

    /// Passes on a result, or tells what is missing without it and asks again where that may change anything.
    pub(super) async fn report(&mut self, result: Fetched, reporter: &mut Reporter) {
        let failure = match result {
            Ok(document) => {
                reporter.message(document).await;
                return reporter.has_all().await;
            }
            Err(failure) => failure,
        };
        let rest = match failure.again() {
            Again::Here => {
                let wait = self.backoff.after_failure(failure.retry(), None);
                self.ask(wait);
                ""
            }
            Again::NextConnection => "; it is asked for again with the next connection",
            Again::Never => {
                self.is_denied = true;
                "; it is not asked for again"
            }
        };
        reporter.lacks(&format!("{}: {failure}{rest}", self.missing)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::*;
    use crate::feed::Report;
    use crate::ids::FeedKind;
    use crate::status::Link;

    fn trouble(status: u16) -> Failure {
        let (at, says) = ("h".to_owned(), String::new());
        match status {
            401 => Failure::Unauthorized { at, status: 401, says, check: "it" },
            403 => Failure::Forbidden { at, says, ask: "it may" },
            404 => Failure::NotFound { at, says, check: "it" },
            429 => Failure::TooManyRequests { at, says },
            status => Failure::ServerError { at, status, says },
        }
    }

    /// Answers with failures, the last one again and again until there is `None`: the document. What was told, and when it
    /// was asked.
    async fn ask(answers: &[Option<u16>]) -> (Vec<String>, Vec<Duration>) {
        let (sender, mut queue) = mpsc::channel(64);
        let mut reporter = Reporter::new("f".into(), FeedKind::NbaPushEvents, sender, Vec::new());
        let mut beside = Beside::new("plays are missing", Policy::default());
        let (began, asked) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
        let (answers, log) = (answers.to_vec(), asked.clone());
        beside.begin(move || {
            let mut log = log.lock().unwrap();
            let answer = answers[log.len().min(answers.len() - 1)];
            log.push(began.elapsed());
            async move { answer.map_or(Ok(Bytes::from_static(b"{}")), |status| Err(trouble(status))) }
        });
        let minute = Duration::from_secs(600);
        while let Ok(result) = tokio::time::timeout(minute, beside.next()).await {
            let is_done = result.is_ok();
            beside.report(result, &mut reporter).await;
            if is_done || asked.lock().unwrap().len() > 50 {
                break;
            }
        }
        let mut told = Vec::new();
        while let Ok(report) = queue.try_recv() {
            told.push(match report {
                Report::Message { .. } => "document".to_owned(),
                Report::Link { link: Link::Up, why, .. } => why.unwrap_or_else(|| "nothing is missing".to_owned()),
                other => panic!("{other:?}"),
            });
        }
        let asked = asked.lock().unwrap().clone();
        (told, asked)
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_in_trouble_is_asked_until_it_answers_and_the_gap_is_told_meanwhile() {
        let (told, asked) = ask(&[Some(503), Some(503), Some(500), None]).await;
        let missing = |status| format!("plays are missing: {}", trouble(status));
        assert_eq!(told, [missing(503), missing(500), "document".into(), "nothing is missing".into()]);
        assert_eq!(asked.len(), 4);
        let (busy, _) = ask(&[Some(429), None]).await;
        assert_eq!(busy.last().map(String::as_str), Some("nothing is missing"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_waits_between_grow_and_have_a_cap() {
        let (_, asked) = ask(&[Some(503)]).await;
        let gaps: Vec<Duration> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps[0] <= Duration::from_millis(500) && gaps.len() == 50, "{gaps:?}");
        assert!(gaps[10..].iter().all(|gap| (3..=15).contains(&gap.as_secs())), "{gaps:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_asking_cannot_change_is_asked_once_and_said_to_be() {
        let (told, asked) = ask(&[Some(403)]).await;
        assert!(asked.len() == 1 && told.len() == 1 && told[0].ends_with("it is not asked for again"), "{told:?}");
        // The same credentials have just got a token: a 401 may be one server's bad moment.
        for status in [401, 404] {
            let (told, asked) = ask(&[Some(status)]).await;
            assert!(asked.len() == 1 && told[0].ends_with("again with the next connection"), "{told:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_document_at_once_leaves_nothing_to_tell() {
        assert_eq!(ask(&[None]).await.0, ["document"]);
    }
}
