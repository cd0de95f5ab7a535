//! Sportradar's push feeds: a subscription that redirects to an endless stream of JSON objects.
//!
//! In: the account, the address, filters. Out: every object of the stream that is not a heartbeat, as received. The
//! redirect is followed by hand, because it leads to another host, which must not see the key. A connection that is lost
//! starts again at the first address, as the vendor asks; where the vendor supports it, the new one catches up on what
//! the old one missed, and then some messages come twice, which the decoder's updates bear. The vendor replays only so much
//! of it ([`ReplayLimit`]): a longer gap is not believed to be closed. What happened before, or was missed all the same,
//! comes from the game's play-by-play document, where that is wanted.

mod backfill;
mod options;
mod replay;

use std::time::Duration;

use reqwest::{Response, header};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::backoff::Retry;
use super::beside::Beside;
use super::failure::Failure;
use super::http::{self, Advice, place};
use super::network;
use super::report::{Reporter, Skip};
use super::secret::{Secret, percent_encode};
use super::silence;
use super::splitter::{Piece, Splitter};
use super::{Connect, OptionsError};
use backfill::PlayByPlay;
use options::{add_to_query, stream};
use replay::Replay;

pub use options::{KeyIn, OfFollowed, Options, Subscribe, play_by_play};
pub use replay::ReplayLimit;

/// The vendor replays what a session missed within ten minutes.
const CATCH_UP_WITHIN: Duration = Duration::from_secs(600);

/// One is normal; a few may stand between for load balancing.
const MOST_REDIRECTS: usize = 5;

/// Values in a redirect's query of at least this length are taken for secrets: ids and tokens, not versions and flags.
const SECRET_LENGTH: usize = 8;

const ADVICE: Advice<'static> = Advice {
    credentials: "`api_key`",
    rights: "the key is entitled to push feeds, and to this `level`",
    address: "the address and the `level`",
    game: None,
};

/// The key as a header, which no debug output shows.
fn add_key(request: reqwest::RequestBuilder, key: &Secret) -> reqwest::RequestBuilder {
    match header::HeaderValue::from_str(key.expose()) {
        Ok(mut value) if !key.expose().is_empty() => {
            value.set_sensitive(true);
            request.header("x-api-key", value)
        }
        _ => request,
    }
}

pub(super) struct Client {
    options: Options,
    http: reqwest::Client,
    /// The session of the last connection.
    session: Option<Secret>,
    /// When a connection last brought anything, if there was one.
    heard_at: Option<Instant>,
    beside: Beside,
}

impl Client {
    pub(super) fn new(options: Options) -> Result<Self, OptionsError> {
        options.check()?;
        let http = http::client(&options.address())
            .map_err(|cause| OptionsError::NoClient { feed: options.id.clone(), cause })?;
        let beside = Beside::new("plays of before this connection may be missing", options.retry);
        Ok(Self { options, http, session: None, heard_at: None, beside })
    }

    /// Opens the stream, with what an earlier session missed if that is still to be had.
    async fn subscribe(&mut self, reporter: &mut Reporter) -> Result<Stream, Failure> {
        let earlier = self.session.clone().filter(|_| self.gap().is_some_and(|gap| gap < CATCH_UP_WITHIN));
        if let Some(session) = &earlier {
            match self.follow(Some(session), reporter).await {
                // The vendor may not know the parameter, or the session: without it, it must work.
                Err(failure) if failure.retry() == Retry::Slowly => self.session = None,
                other => return other,
            }
        }
        self.follow(None, reporter).await
    }

    /// The game's document; `None` where none is wanted, or while nobody knows which game it is.
    fn play_by_play(&self) -> Option<PlayByPlay> {
        let options = &self.options;
        let of_followed = || {
            let OfFollowed { address, followed } = options.of_followed.as_ref()?;
            let game = followed.game(&options.id)?;
            match address {
                Some(address) => Url::parse(&address.replace("{game}", &percent_encode(game.as_str(), ""))).ok(),
                None => play_by_play(options.kind, &options.address(), game.as_str()),
            }
        };
        Some(PlayByPlay {
            http: self.http.clone(),
            address: options.play_by_play.clone().or_else(of_followed)?,
            key: options.api_key.clone(),
            key_in: options.key_in,
            most_bytes: options.max_message_bytes,
        })
    }

    /// Begins to fetch the document, if it is known where it is; whether it is.
    fn begin_document(&mut self) -> bool {
        let Some(play_by_play) = self.play_by_play() else { return false };
        self.beside.begin(move || play_by_play.clone().fetch());
        true
    }

    /// How long nothing has been heard, if anything ever was.
    fn gap(&self) -> Option<Duration> {
        self.heard_at.map(|heard_at| heard_at.elapsed())
    }

    /// Whether what happens without a connection is lost: clocks tell all anew, plays do not.
    fn has_plays(&self) -> bool {
        stream(self.options.kind) == "events"
    }

    /// Tells of a gap that no session closes. The document that is fetched beside the stream does, where there is one.
    async fn tell_gap(&self, gap: Duration, reporter: &mut Reporter) {
        let rest = if self.play_by_play().is_some() && !self.beside.is_denied() {
            "until the play-by-play, which is fetched now, has come"
        } else {
            "a session brings back so much at most, and without `backfill` nothing else does"
        };
        let seconds = gap.as_secs();
        reporter.lacks(&format!("plays of {seconds} s without a connection may be missing: {rest}")).await;
    }

    async fn follow(&self, earlier: Option<&Secret>, reporter: &mut Reporter) -> Result<Stream, Failure> {
        let first = self.options.address();
        let mut url = first.clone();
        if let Some(session) = earlier {
            add_to_query(&mut url, "resumeSessionId", &percent_encode(session.expose(), ""));
        }
        let mut session = None;
        for _ in 0..=MOST_REDIRECTS {
            let at = place(&url);
            let answer = http::ask(self.request(&url, url.origin() == first.origin()), &at).await?;
            if http::is_redirect(answer.status()) {
                let next = redirected(&url, &answer)?;
                for (name, value) in next.query_pairs() {
                    if name == "token" || name == "sessionId" {
                        reporter.hide(&Secret::new(value.as_ref()));
                    } else if value.len() >= SECRET_LENGTH {
                        reporter.hide_in_sentences(&Secret::new(value.as_ref()));
                    }
                    if name == "sessionId" {
                        session = Some(Secret::new(value));
                    }
                }
                url = next;
            } else if answer.status().is_success() {
                return opened(answer, at, session, earlier.is_some());
            } else {
                return Err(http::refusal(answer, &at, &ADVICE).await);
            }
        }
        Err(Failure::RedirectLoop { at: place(&url), limit: MOST_REDIRECTS })
    }

    /// The key goes to where the show file says, and elsewhere only if it says that too.
    fn request(&self, url: &Url, at_home: bool) -> reqwest::RequestBuilder {
        let mut url = url.clone();
        let with_key = (at_home || self.options.send_key_to_redirect) && !self.options.api_key.expose().is_empty();
        if with_key && self.options.key_in == KeyIn::Query {
            add_to_query(&mut url, "api_key", &percent_encode(self.options.api_key.expose(), ""));
        }
        let request = self.http.get(url).header(header::ACCEPT, "application/json, application/x-ndjson");
        if with_key && self.options.key_in == KeyIn::Header {
            return add_key(request, &self.options.api_key);
        }
        request
    }

    /// Reads until the stream fails. When the queue of reports is full we stop reading, and TCP slows the vendor down.
    async fn read(&mut self, mut stream: Stream, reporter: &mut Reporter) -> Failure {
        let mut splitter = Splitter::new(self.options.max_message_bytes);
        let at = stream.at;
        let mut replay = Replay::of(stream.is_resumed, self.options.replay_limit);
        let mut has_document = self.begin_document();
        let mut dead_at = Instant::now() + self.options.watchdog;
        let failure = loop {
            let chunk = tokio::select! {
                // Whatever the stream brings goes first: it is newer.
                biased;
                chunk = timeout_at(dead_at, stream.answer.chunk()) => chunk,
                document = self.beside.next() => {
                    self.beside.report(document, reporter).await;
                    continue;
                }
            };
            match chunk {
                Ok(Ok(Some(chunk))) => {
                    self.heard_at = Some(Instant::now());
                    has_document = has_document || self.begin_document();
                    let messages = report(splitter.push(&chunk), reporter).await;
                    // Only now: while the queue of reports was full we did not listen.
                    dead_at = Instant::now() + self.options.watchdog;
                    if replay.is_cut_off_by(messages) {
                        // Told first: what was told so far gives way to a document that is asked for after this.
                        let more = "the vendor replays no more of a session";
                        reporter.lacks(&format!("plays may be missing: {more}, and there may have been more")).await;
                        self.beside.again();
                    }
                }
                Ok(Ok(None)) => break Failure::Closed { at, says: String::new() },
                Ok(Err(error)) => break Failure::Broken { at, cause: network::in_words(&error.without_url()) },
                Err(_) if silence::is_ours(dead_at) => dead_at = Instant::now() + silence::MOMENT,
                Err(_) => break Failure::Silent { at, silent: self.options.watchdog },
            }
        };
        report(splitter.finish().into_iter().collect(), reporter).await;
        failure
    }
}

impl Connect for Client {
    async fn attempt(&mut self, reporter: &mut Reporter) -> Failure {
        let stream = match self.subscribe(reporter).await {
            Ok(stream) => stream,
            Err(failure) => return failure,
        };
        let gap = self.gap();
        let is_whole = stream.is_resumed && gap.is_some_and(|gap| gap <= self.options.replay_limit.length);
        reporter.up(is_whole).await;
        if let Some(gap) = gap.filter(|_| !is_whole && self.has_plays()) {
            self.tell_gap(gap, reporter).await;
        }
        // Of clocks the past is worth nothing: replayed, it would count them and the score down and up again on air.
        let catches_up = self.options.catch_up && self.has_plays();
        self.session = stream.session.clone().filter(|_| catches_up);
        // A connection that brings nothing closes no gap.
        self.heard_at.get_or_insert_with(Instant::now);
        self.read(stream, reporter).await
    }
}

struct Stream {
    answer: Response,
    at: String,
    session: Option<Secret>,
    /// Whether what an earlier connection missed was asked for.
    is_resumed: bool,
}

fn opened(answer: Response, at: String, session: Option<Secret>, is_resumed: bool) -> Result<Stream, Failure> {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/html") {
        let what = "a web page instead of a stream".into();
        let advice = "check the address, and whether this network wants a sign-in first";
        return Err(Failure::Incomprehensible { at, what, advice });
    }
    Ok(Stream { answer, at, session, is_resumed })
}

fn redirected(from: &Url, answer: &Response) -> Result<Url, Failure> {
    let at = place(from);
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let next = location.and_then(|location| from.join(location).ok());
    match next.filter(|next| matches!(next.scheme(), "http" | "https") && next.has_host()) {
        None => Err(Failure::RedirectNowhere { at }),
        Some(next) if from.scheme() == "https" && next.scheme() == "http" => Err(Failure::RedirectInTheOpen { at }),
        Some(next) => Ok(next),
    }
}

/// Passes on what came; how many messages there were in it.
async fn report(pieces: Vec<Piece>, reporter: &mut Reporter) -> u64 {
    if pieces.is_empty() {
        reporter.trickle().await;
    }
    let mut messages = 0;
    for piece in pieces {
        match piece {
            Piece::Document(bytes) if is_heartbeat(&bytes) => reporter.alive().await,
            Piece::Document(bytes) => {
                messages += 1;
                reporter.message(bytes).await;
            }
            Piece::Garbage { bytes } => reporter.skipped(bytes, Skip::Garbage).await,
            Piece::Oversized { bytes } => reporter.skipped(bytes, Skip::Oversized).await,
            Piece::CutOff { bytes } => reporter.skipped(bytes, Skip::CutOff).await,
        }
    }
    messages
}

/// Whether an object is one of the vendor's heartbeats: `{"heartbeat":{"interval":5000}}` today, with `from`, `to` and an
/// interval in seconds in other documents. The interval is not used, as its unit cannot be told.
pub fn is_heartbeat(document: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Heartbeat {
        heartbeat: Option<IgnoredAny>,
        payload: Option<IgnoredAny>,
    }
    // Longer than any heartbeat, shorter than any message of facts.
    const MOST: usize = 512;
    document.len() <= MOST
        && serde_json::from_slice::<Heartbeat>(document)
            .is_ok_and(|object| object.heartbeat.is_some() && object.payload.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_of_heartbeat_are_known_and_messages_are_none() {
        for heartbeat in [
            r#"{"heartbeat":{"interval":5000}}"#,
            r#"{"heartbeat":{"from":1724956680,"to":1724956685,"interval":5,"type":"events","package":"soccer-v4"}}"#,
            "{\n  \"heartbeat\": { \"interval\": 5000 }\n}",
        ] {
            assert!(is_heartbeat(heartbeat.as_bytes()), "{heartbeat}");
        }
        for message in
            [r#"{"payload":{"heartbeat":{}}}"#, r#"{"payload":{},"heartbeat":{}}"#, "{}", r#"{"a":"heartbeat"}"#]
        {
            assert!(!is_heartbeat(message.as_bytes()), "{message}");
        }
    }
}
