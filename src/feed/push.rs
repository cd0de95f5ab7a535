//! Sportradar's push feeds: a subscription that redirects to an endless stream of JSON objects.
//!
//! In: the account, the address, filters. Out: every object of the stream that is not a heartbeat, as received. The
//! redirect is followed by hand, because it leads to another host, which must not see the key. A connection that is lost
//! starts again at the first address, as the vendor asks; where the vendor supports it, the new one catches up on what
//! the old one missed, and then some messages come twice, which the decoder's updates bear. What happened before, or was
//! missed all the same, comes from the game's play-by-play document, where that is wanted.

mod backfill;

use std::time::Duration;

use reqwest::{Response, header};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::ids::{FeedId, FeedKind};

use super::backoff::{Policy, Retry};
use super::beside::Beside;
use super::failure::{Failure, causes};
use super::http::{self, Advice, place};
use super::report::{Reporter, Skip};
use super::secret::{Secret, percent_encode};
use super::splitter::{MAX_DOCUMENT_BYTES, Piece, Splitter};
use super::{Connect, OptionsError};
use backfill::PlayByPlay;

/// See the module. [`Options::new`] has the vendor's defaults.
#[derive(Clone, Debug)]
pub struct Options {
    pub id: FeedId,
    /// Any but ShotTracker.
    pub kind: FeedKind,
    pub subscribe: Subscribe,
    /// Empty where none is needed: simulations.
    pub api_key: Secret,
    pub key_in: KeyIn,
    /// `("match", "sd:match:…")` and so on, several values with commas between. Empty: all games in progress.
    pub filters: Vec<(String, String)>,
    /// Whether the host that the subscription redirects to gets the key too. Its address already holds a token.
    pub send_key_to_redirect: bool,
    /// Asks a new connection for what was missed since the last one (`resumeSessionId`); events feeds only.
    pub catch_up: bool,
    /// Where the game's play-by-play document is fetched after each connection; nowhere if `None`.
    pub play_by_play: Option<Url>,
    /// Without a single byte for this long the connection is dead. Heartbeats come every 5 s.
    pub watchdog: Duration,
    /// Larger messages are skipped whole and counted.
    pub max_message_bytes: usize,
    pub retry: Policy,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subscribe {
    /// `{base}/nba/{level}/stream/en/events/subscribe`, and so on by the kind of feed; the level is `trial` or `production`.
    League { base: Url, level: String },
    /// `{base}/subscribe/events?recording_id=…`: the vendor plays a recorded game as if it were live.
    Simulation { base: Url, recording: String },
    /// The whole address.
    Address(Url),
}

/// Where the key goes: newer accounts have it in a header, older ones in the query.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeyIn {
    /// `x-api-key`
    #[default]
    Header,
    /// `api_key`
    Query,
}

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

impl Options {
    /// NBA Push Events from there; other kinds are set.
    pub fn new(id: FeedId, subscribe: Subscribe, api_key: Secret) -> Self {
        Self {
            id,
            kind: FeedKind::NbaPushEvents,
            subscribe,
            api_key,
            key_in: KeyIn::default(),
            filters: Vec::new(),
            send_key_to_redirect: false,
            catch_up: true,
            play_by_play: None,
            watchdog: Duration::from_secs(15),
            max_message_bytes: MAX_DOCUMENT_BYTES,
            retry: Policy::default(),
        }
    }

    fn check(&self) -> Result<(), OptionsError> {
        let bad = |name, problem: &str| Err(OptionsError::Bad { feed: self.id.clone(), name, problem: problem.into() });
        let url = self.address();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return bad("subscribe", "must start with https:// (or http:// for the mock venue)");
        }
        if header::HeaderValue::from_str(self.api_key.expose()).is_err() {
            return bad("api_key", "has characters that no key has; was a line break copied with it?");
        }
        if self.kind == FeedKind::ShotTracker {
            return bad("kind", "is not one of Sportradar's");
        }
        if self.watchdog.is_zero() {
            return bad("watchdog", "is zero; every connection would be given up at once");
        }
        Ok(())
    }

    /// The subscribe address with the filters, without the key.
    pub fn address(&self) -> Url {
        let mut url = match &self.subscribe {
            Subscribe::Address(url) => url.clone(),
            Subscribe::League { base, level } => {
                let mut url = base.clone();
                let root = base.path().trim_end_matches('/');
                let (league, stream) = (league(self.kind), stream(self.kind));
                url.set_path(&format!("{root}/{league}/{}/stream/en/{stream}/subscribe", percent_encode(level, "")));
                url
            }
            Subscribe::Simulation { base, recording } => {
                let mut url = base.clone();
                let root = base.path().trim_end_matches('/');
                url.set_path(&format!("{root}/subscribe/{}", stream(self.kind)));
                add_to_query(&mut url, "recording_id", &percent_encode(recording, ""));
                url
            }
        };
        for (name, value) in &self.filters {
            // Colons and commas stay as they are, as in the vendor's examples.
            add_to_query(&mut url, name, &percent_encode(value, ":,"));
        }
        url
    }
}

/// The play-by-play document beside a subscription of the league: same host, same level, `game` with or without `sd:match:`.
/// `None` where the subscription's address is no league's: a simulation's, a proxy's.
pub fn play_by_play(kind: FeedKind, subscription: &Url, game: &str) -> Option<Url> {
    let (before, after) = subscription.path().split_once(&format!("/{}/", league(kind)))?;
    let mut parts = after.split('/');
    let (level, language) = match (parts.next(), parts.next(), parts.next()) {
        (Some(level), Some("stream"), Some(language)) => (level, language),
        _ => return None,
    };
    // Versions of the league's REST API whose documents the vendor calls the counterpart of today's push feeds.
    let version = if league(kind) == "nhl" { "v7" } else { "v8" };
    let game = percent_encode(game.strip_prefix("sd:match:").unwrap_or(game), "");
    let mut url = subscription.clone();
    url.set_query(None);
    url.set_path(&format!("{before}/{}/{level}/{version}/{language}/games/{game}/pbp.json", league(kind)));
    Some(url)
}

fn league(kind: FeedKind) -> &'static str {
    if matches!(kind, FeedKind::NhlPushEvents | FeedKind::NhlPushClock) { "nhl" } else { "nba" }
}

fn stream(kind: FeedKind) -> &'static str {
    match kind {
        FeedKind::NbaPushClock | FeedKind::NhlPushClock => "clock",
        FeedKind::NbaPushGameClock => "game_clock",
        _ => "events",
    }
}

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

fn add_to_query(url: &mut Url, name: &str, encoded: &str) {
    let query = match url.query().filter(|query| !query.is_empty()) {
        Some(there) => format!("{there}&{name}={encoded}"),
        None => format!("{name}={encoded}"),
    };
    url.set_query(Some(&query));
}

pub(super) struct Client {
    options: Options,
    http: reqwest::Client,
    /// The session of the last connection, and when it last brought anything.
    session: Option<(Secret, Instant)>,
    play_by_play: Option<PlayByPlay>,
    beside: Beside,
    /// When the last connection ended, if there was one.
    lost_at: Option<Instant>,
}

impl Client {
    pub(super) fn new(options: Options) -> Result<Self, OptionsError> {
        options.check()?;
        let http = http::client(&options.address())
            .map_err(|cause| OptionsError::NoClient { feed: options.id.clone(), cause })?;
        let play_by_play = options.play_by_play.clone().map(|address| PlayByPlay {
            http: http.clone(),
            address,
            key: options.api_key.clone(),
            key_in: options.key_in,
            most_bytes: options.max_message_bytes,
        });
        let beside = Beside::new("plays of before this connection may be missing", options.retry);
        Ok(Self { options, http, session: None, play_by_play, beside, lost_at: None })
    }

    /// Opens the stream, with what an earlier session missed if that is still to be had.
    async fn subscribe(&mut self, reporter: &mut Reporter) -> Result<Stream, Failure> {
        let earlier = self.session.clone().filter(|(_, heard_at)| heard_at.elapsed() < CATCH_UP_WITHIN);
        if let Some((session, _)) = &earlier {
            match self.follow(Some(session), reporter).await {
                // The vendor may not know the parameter, or the session: without it, it must work.
                Err(failure) if failure.retry() == Retry::Slowly => self.session = None,
                other => return other,
            }
        }
        self.follow(None, reporter).await
    }

    /// Whether what happens without a connection is lost: clocks tell all anew, plays do not.
    fn has_no_past(&self) -> bool {
        self.play_by_play.is_none() && stream(self.options.kind) == "events"
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
        if let Some(play_by_play) = self.play_by_play.clone() {
            self.beside.begin(move || play_by_play.clone().fetch());
        }
        let failure = loop {
            let chunk = tokio::select! {
                // Whatever the stream brings goes first: it is newer.
                biased;
                chunk = timeout(self.options.watchdog, stream.answer.chunk()) => chunk,
                document = self.beside.next() => {
                    self.beside.report(document, reporter).await;
                    continue;
                }
            };
            match chunk {
                Ok(Ok(Some(chunk))) => {
                    if let Some((_, heard_at)) = &mut self.session {
                        *heard_at = Instant::now();
                    }
                    report(splitter.push(&chunk), reporter).await;
                }
                Ok(Ok(None)) => break Failure::Closed { at, says: String::new() },
                Ok(Err(error)) => break Failure::Broken { at, cause: causes(&error.without_url()) },
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
        reporter.up(stream.is_resumed).await;
        if let Some(lost_at) = self.lost_at.filter(|_| !stream.is_resumed && self.has_no_past()) {
            let seconds = lost_at.elapsed().as_secs();
            let help = "without `match`, `backfill` and a session to resume nothing brings them back";
            reporter.lacks(&format!("plays of {seconds} s without a connection may be missing: {help}")).await;
        }
        // Of clocks the past is worth nothing: replayed, it would count them and the score down and up again on air.
        let catches_up = self.options.catch_up && self::stream(self.options.kind) == "events";
        self.session = stream.session.clone().filter(|_| catches_up).map(|id| (id, Instant::now()));
        let failure = self.read(stream, reporter).await;
        self.lost_at = Some(Instant::now());
        failure
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

async fn report(pieces: Vec<Piece>, reporter: &mut Reporter) {
    if pieces.is_empty() {
        reporter.trickle().await;
    }
    for piece in pieces {
        match piece {
            Piece::Document(bytes) if is_heartbeat(&bytes) => reporter.alive().await,
            Piece::Document(bytes) => reporter.message(bytes).await,
            Piece::Garbage { bytes } => reporter.skipped(bytes, Skip::Garbage).await,
            Piece::Oversized { bytes } => reporter.skipped(bytes, Skip::Oversized).await,
            Piece::CutOff { bytes } => reporter.skipped(bytes, Skip::CutOff).await,
        }
    }
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

    fn options() -> Options {
        let base = Url::parse("https://api.example/").unwrap();
        Options::new("league".into(), Subscribe::League { base, level: "trial".into() }, Secret::new("key"))
    }

    #[test]
    fn the_address_has_the_level_and_the_filters_as_in_the_vendors_examples() {
        let mut options = options();
        options.filters = vec![
            ("match".into(), "sd:match:76b2".into()),
            ("event_type".into(), "rebound,twopointmade".into()),
            ("status".into(), "in progress&x".into()),
        ];
        assert_eq!(
            options.address().as_str(),
            "https://api.example/nba/trial/stream/en/events/subscribe\
             ?match=sd:match:76b2&event_type=rebound,twopointmade&status=in%20progress%26x"
        );
    }

    #[test]
    fn each_kind_of_feed_has_its_own_address() {
        let of = |kind| Options { kind, ..options() }.address().path().to_owned();
        assert_eq!(of(FeedKind::NbaPushClock), "/nba/trial/stream/en/clock/subscribe");
        assert_eq!(of(FeedKind::NbaPushGameClock), "/nba/trial/stream/en/game_clock/subscribe");
        assert_eq!(of(FeedKind::NhlPushEvents), "/nhl/trial/stream/en/events/subscribe");
        assert_eq!(of(FeedKind::NhlPushClock), "/nhl/trial/stream/en/clock/subscribe");
        let base = Url::parse("https://playback.example").unwrap();
        let subscribe = Subscribe::Simulation { base, recording: "a b".into() };
        let simulation = Options { subscribe, kind: FeedKind::NhlPushClock, ..options() };
        assert_eq!(simulation.address().as_str(), "https://playback.example/subscribe/clock?recording_id=a%20b");
    }

    #[test]
    fn the_play_by_play_lies_beside_a_leagues_subscription_and_nowhere_else() {
        let of = |kind, address: &str| play_by_play(kind, &Url::parse(address).unwrap(), "sd:match:76b2");
        let nba = of(FeedKind::NbaPushEvents, "https://api.example/nba/trial/stream/en/events/subscribe?match=x");
        assert_eq!(nba.unwrap().as_str(), "https://api.example/nba/trial/v8/en/games/76b2/pbp.json");
        let nhl = of(FeedKind::NhlPushEvents, "https://api.example/proxy/nhl/production/stream/en/events/subscribe");
        assert_eq!(nhl.unwrap().as_str(), "https://api.example/proxy/nhl/production/v7/en/games/76b2/pbp.json");
        assert_eq!(of(FeedKind::NbaPushEvents, "https://playback.example/subscribe/events?recording_id=1"), None);
        assert_eq!(of(FeedKind::NhlPushEvents, "https://api.example/nba/trial/stream/en/events/subscribe"), None);
    }

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

    #[test]
    fn options_that_cannot_work_are_refused_without_showing_the_key() {
        let mut broken = options();
        broken.api_key = Secret::new("abc\ndef");
        let message = broken.check().unwrap_err().to_string();
        assert!(message.contains("`api_key`") && !message.contains("abc"), "{message}");
        let mut broken = options();
        broken.subscribe = Subscribe::Address(Url::parse("mailto:x@example").unwrap());
        assert!(broken.check().unwrap_err().to_string().contains("`subscribe`"));
    }
}
