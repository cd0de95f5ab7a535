//! What a feed tells the rest of the program, and the one place that tells it.
//!
//! In: messages, signs of life and failures from a client. Out: [`Report`]s on a bounded queue. No sentence leaves
//! here with a secret of the feed in it, and a failure that repeats is told once.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::ids::{FeedId, FeedKind};
use crate::status::Link;

use super::failure::Failure;
use super::secret::{Secret, redact};

/// What a feed has to say, in the order in which it happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Report {
    /// One JSON document, exactly as received.
    Message { feed: FeedId, kind: FeedKind, bytes: Bytes },
    /// Bytes of the stream that could not be a message and were passed over: for the count of what was skipped.
    Skipped { feed: FeedId, kind: FeedKind, bytes: u64, why: Skip },
    /// A heartbeat, pong or blank line: the connection lives. `repeated`: how many messages have come again since the last
    /// report, and were passed over.
    Alive { feed: FeedId, kind: FeedKind, repeated: u32 },
    /// The connection changed, or `why` did: a sentence for the operator, without secrets, always there when it is down,
    /// and when it is up exactly while something is missing all the same. `resumed`: the connection that comes up was asked
    /// to go on where the last one ended, so that nothing between is missing.
    Link { feed: FeedId, kind: FeedKind, link: Link, why: Option<String>, resumed: bool },
}

/// Why bytes were passed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Skip {
    /// They belong to no JSON object, or to a broken one.
    Garbage,
    /// An object above the cap.
    Oversized,
    /// The connection ended within an object.
    CutOff,
    /// A text that is not UTF-8, of unknown length.
    NoText,
}

impl Skip {
    const ALL: [Skip; 4] = [Skip::Garbage, Skip::Oversized, Skip::CutOff, Skip::NoText];

    /// As the journal has it.
    pub fn name(self) -> &'static str {
        match self {
            Skip::Garbage => "garbage",
            Skip::Oversized => "oversized",
            Skip::CutOff => "cutoff",
            Skip::NoText => "notext",
        }
    }

    /// The reason of that name; garbage where there is none.
    pub fn named(name: &str) -> Skip {
        Self::ALL.into_iter().find(|skip| skip.name() == name).unwrap_or(Skip::Garbage)
    }
}

/// Bytes that are no message are told at most this often: enough for a display in seconds.
const ALIVE_EVERY: Duration = Duration::from_secs(1);

/// Speaks for one feed. When the queue is full every method waits for room: the client then stops reading, TCP tells the
/// vendor to slow down, and nothing is lost or reordered.
#[derive(Debug)]
pub(super) struct Reporter {
    feed: FeedId,
    kind: FeedKind,
    reports: mpsc::Sender<Report>,
    /// Hidden in every sentence. The options' own, then the tokens that were handed out since.
    secrets: Vec<Secret>,
    /// Those that are nothing but secrets, and hidden in messages, too: keys and tokens, not every value of an address.
    in_messages: Vec<Secret>,
    up_since: Option<Instant>,
    /// The sentence that was told last, while the link is down.
    told: Option<String>,
    /// What was told to be missing last, until it came.
    lacked: Option<String>,
    spoke_at: Option<Instant>,
    /// Messages that came again and were not told yet.
    repeated: u32,
}

/// Tokens remembered for hiding: the current one and a few before it, since an error may quote an older one.
const TOKENS_HIDDEN: usize = 8;

/// Shorter ones (the mock venue's) are words that a message may well have.
const SECRET_LENGTH: usize = 12;

impl Reporter {
    pub(super) fn new(feed: FeedId, kind: FeedKind, reports: mpsc::Sender<Report>, secrets: Vec<Secret>) -> Self {
        let in_messages = secrets.clone();
        Self {
            feed,
            kind,
            reports,
            secrets,
            in_messages,
            up_since: None,
            told: None,
            lacked: None,
            spoke_at: None,
            repeated: 0,
        }
    }

    /// Hides a token that was not known at the start, in sentences and messages.
    pub(super) fn hide(&mut self, token: &Secret) {
        self.hide_in_sentences(token);
        remember(&mut self.in_messages, token);
    }

    /// Hides what may be a secret: a message may have it rightly.
    pub(super) fn hide_in_sentences(&mut self, value: &Secret) {
        remember(&mut self.secrets, value);
    }

    pub(super) async fn message(&mut self, bytes: Bytes) {
        self.spoke_at = Some(Instant::now());
        let bytes = self.without_secrets(bytes);
        let (feed, kind) = (self.feed.clone(), self.kind);
        self.send(Report::Message { feed, kind, bytes }).await;
    }

    pub(super) async fn skipped(&mut self, bytes: u64, why: Skip) {
        let (feed, kind) = (self.feed.clone(), self.kind);
        self.send(Report::Skipped { feed, kind, bytes, why }).await;
    }

    /// A heartbeat or pong arrived.
    pub(super) async fn alive(&mut self) {
        self.spoke_at = Some(Instant::now());
        let (feed, kind, repeated) = (self.feed.clone(), self.kind, std::mem::take(&mut self.repeated));
        self.send(Report::Alive { feed, kind, repeated }).await;
    }

    /// A message came that an earlier one repeats: told with the next sign of life.
    pub(super) async fn repeated(&mut self) {
        self.repeated = self.repeated.saturating_add(1);
        self.trickle().await;
    }

    /// Something arrived that is no message (yet): told like a heartbeat, but at most once a second.
    pub(super) async fn trickle(&mut self) {
        if self.spoke_at.is_none_or(|at| at.elapsed() >= ALIVE_EVERY) {
            self.alive().await;
        }
    }

    pub(super) async fn connecting(&mut self) {
        self.link(Link::Connecting, None, false).await;
    }

    /// `resumed`: it goes on where the last connection ended.
    pub(super) async fn up(&mut self, resumed: bool) {
        self.up_since = Some(Instant::now());
        self.told = None;
        // What was missing before the connection was lost is missing still.
        self.link(Link::Up, self.lacked.clone(), resumed).await;
    }

    /// Tells why the link is down, unless that was the last thing told. Gives how long the link had been up.
    pub(super) async fn down(&mut self, failure: &Failure) -> Option<Duration> {
        let stood = self.up_since.take().map(|since| since.elapsed());
        let why = redact(&failure.to_string(), &self.secrets);
        if self.told.as_ref() != Some(&why) {
            self.told = Some(why.clone());
            self.link(Link::Down, Some(why), false).await;
        }
        stood
    }

    /// Tells what is missing although the link is up, unless that was the last thing told of it. It is missing until
    /// [`Reporter::has_all`].
    pub(super) async fn lacks(&mut self, what: &str) {
        let what = redact(what, &self.secrets);
        if self.lacked.as_ref() != Some(&what) {
            self.lacked = Some(what.clone());
            self.link(Link::Up, Some(what), false).await;
        }
    }

    /// The same of a connection that is over: told with the next one.
    pub(super) fn will_lack(&mut self, what: &str) {
        self.lacked = Some(redact(what, &self.secrets));
    }

    /// What was missing has come.
    pub(super) async fn has_all(&mut self) {
        if self.lacked.take().is_some() {
            self.link(Link::Up, None, false).await;
        }
    }

    /// A message is passed on as it was received, unless it repeats a secret of ours: messages are written down.
    fn without_secrets(&self, bytes: Bytes) -> Bytes {
        let mut secrets = self.in_messages.iter().filter(|secret| secret.expose().len() >= SECRET_LENGTH).peekable();
        if secrets.peek().is_none() {
            return bytes;
        }
        // Of a message that repeats one and is no UTF-8, what is none is lost: hiding comes first.
        let text = String::from_utf8_lossy(&bytes);
        let secrets: Vec<Secret> = secrets.filter(|secret| secret.is_in(&text)).cloned().collect();
        if secrets.is_empty() { bytes } else { Bytes::from(redact(&text, &secrets)) }
    }

    async fn link(&self, link: Link, why: Option<String>, resumed: bool) {
        let (feed, kind) = (self.feed.clone(), self.kind);
        self.send(Report::Link { feed, kind, link, why, resumed }).await;
    }

    async fn send(&self, report: Report) {
        // It fails only when nobody listens any more; `run` watches for that and ends.
        let _ = self.reports.send(report).await;
    }
}

fn remember(secrets: &mut Vec<Secret>, secret: &Secret) {
    if secrets.contains(secret) {
        return;
    }
    if secrets.len() > TOKENS_HIDDEN {
        // The options' secrets come first and are at most one a feed.
        secrets.remove(1);
    }
    secrets.push(secret.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reporter(secrets: &[&str]) -> (Reporter, mpsc::Receiver<Report>) {
        let (reports, queue) = mpsc::channel(64);
        let secrets = secrets.iter().map(|text| Secret::new(*text)).collect();
        (Reporter::new("f".into(), FeedKind::NbaPushEvents, reports, secrets), queue)
    }

    fn broken(cause: &str) -> Failure {
        Failure::Broken { at: "h".into(), cause: cause.into() }
    }

    #[tokio::test]
    async fn a_failure_that_repeats_is_told_once_until_the_link_was_up() {
        let (mut reporter, mut queue) = reporter(&[]);
        for cause in ["a", "a", "b", "b"] {
            reporter.down(&broken(cause)).await;
        }
        reporter.up(false).await;
        reporter.down(&broken("b")).await;
        let mut told = Vec::new();
        while let Ok(report) = queue.try_recv() {
            told.push(match report {
                Report::Link { why, .. } => why.unwrap_or_else(|| "up".into()),
                other => panic!("{other:?}"),
            });
        }
        let down = |cause| broken(cause).to_string();
        assert_eq!(told, [down("a"), down("b"), "up".into(), down("b")]);
    }

    #[tokio::test]
    async fn what_is_missing_is_told_with_every_connection_until_it_has_come() {
        let (mut reporter, mut queue) = reporter(&["key-1"]);
        reporter.lacks("plays are missing: key-1").await;
        reporter.lacks("plays are missing: key-1").await;
        reporter.down(&broken("a")).await;
        reporter.up(false).await;
        reporter.has_all().await;
        reporter.has_all().await;
        reporter.up(false).await;
        reporter.will_lack("key-1 has a hole");
        reporter.down(&broken("b")).await;
        reporter.up(false).await;
        let mut told = Vec::new();
        while let Ok(Report::Link { link: Link::Up, why, .. }) | Ok(Report::Link { link: Link::Down, why, .. }) =
            queue.try_recv()
        {
            told.push(why.unwrap_or_else(|| "nothing".into()));
        }
        let missing = "plays are missing: ***".to_owned();
        let nothing = "nothing".to_owned();
        let hole = "*** has a hole".to_owned();
        let (a, b) = (broken("a").to_string(), broken("b").to_string());
        assert_eq!(told, [missing.clone(), a, missing, nothing.clone(), nothing, b, hole]);
    }

    #[tokio::test]
    async fn keys_and_tokens_old_and_new_are_hidden_in_what_is_told() {
        let (mut reporter, mut queue) = reporter(&["key-1"]);
        for token in 0..30 {
            reporter.hide(&Secret::new(format!("token-{token}-")));
        }
        reporter.down(&broken("key-1 token-29- token-28- refused")).await;
        let Ok(Report::Link { why: Some(why), .. }) = queue.try_recv() else { panic!("nothing told") };
        assert_eq!(why, "the connection to h broke: *** *** *** refused");
        assert!(reporter.secrets.len() < 12, "grows with every reconnect");
    }

    #[tokio::test]
    async fn a_message_that_repeats_our_key_loses_it_and_any_other_stays_as_it_was() {
        let (mut reporter, mut queue) = reporter(&["a-long-enough-key", "another+long/key="]);
        for (sent, told) in [
            (&b"{\"url\":\"https://h/?k=a-long-enough-key\"}"[..], &b"{\"url\":\"https://h/?k=***\"}"[..]),
            (b"{\"url\":\"/?k=another%2Blong%2Fkey%3D\"}", b"{\"url\":\"/?k=***\"}"),
            (b"{\"url\":\"/?k=another%2blong%2fkey%3d\"}", b"{\"url\":\"/?k=***\"}"),
            (b"{\"key\":\"another+long\\/key=\"}", b"{\"key\":\"***\"}"),
            (b"{\"a\" : 1}", b"{\"a\" : 1}"),
            (b"\xff", b"\xff"),
            (b"\xff a-long-enough-key", "\u{fffd} ***".as_bytes()),
        ] {
            reporter.message(Bytes::from_static(sent)).await;
            let Ok(Report::Message { bytes, .. }) = queue.try_recv() else { panic!("nothing told") };
            assert_eq!(bytes, told);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_blank_lines_is_one_sign_of_life_a_second() {
        let (mut reporter, mut queue) = reporter(&[]);
        for _ in 0..100 {
            reporter.trickle().await;
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        let mut told = 0;
        while queue.try_recv().is_ok() {
            told += 1;
        }
        assert_eq!(told, 10);
    }
}
