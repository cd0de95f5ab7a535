//! ShotTracker Live Data V2: a subscription token over signed REST, then one WebSocket.
//!
//! In: the account, the game, and the sources wanted. Out: every message of those sources, once. A connection that is
//! made anew goes on after the last sequence number received; a token is used until it is refused. Nothing is
//! assumed of the WebSocket's address: it is a template in the show file, since vendors hand it out with the account.
//! Beside each connection the game so far is fetched over REST: what a stream has lost no sequence number brings back.
//!
//! Not known of the protocol, and therefore tolerated either way: the literal form of ping and pong, whether `last_seq` is
//! inclusive, and what the server does with a `last_seq` that it no longer has.

mod gaps;
mod rest;
mod sequence;
mod socket;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, http};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use crate::ids::{FeedId, GameId};

use super::backoff::Policy;
use super::beside::Beside;
use super::failure::Failure;
use super::http::{Advice, CONNECT_WITHIN, clock_skew, meaning, place};
use super::network;
use super::report::Reporter;
use super::secret::{Secret, percent_encode};
use super::splitter::MAX_DOCUMENT_BYTES;
use super::{Connect, OptionsError, Resume};
use gaps::Gaps;
use rest::Rest;
use sequence::Sequence;

pub use rest::{GamesError, ScheduleQuery, ScheduledGame, games, read_schedule, read_token};
pub use sequence::{is_positions, seq};
pub use socket::PONG_WITHIN;

/// See the module. [`Options::new`] has the vendor's defaults.
#[derive(Clone, Debug)]
pub struct Options {
    pub id: FeedId,
    /// `https://api.shottracker.com`: what `/v1/data/…` is added to.
    pub rest_base: Url,
    /// `wss://…?token={token}`. `{token}` is replaced, and must be there. `{sources}`, if there, is replaced by the
    /// names of the sources with commas between; otherwise each is added as `source=…`. `broadcast_summary_level` and
    /// `last_seq` are always added.
    pub ws_url: String,
    pub game: Game,
    pub username: String,
    pub secret: Secret,
    /// Empty: all that the account may see.
    pub sources: Vec<String>,
    /// `game_stats` leaves halves and quarters out of the summaries.
    pub summary_level: Option<String>,
    /// Asks for figures of the season in the summaries.
    pub include_player_season: bool,
    pub ping: Ping,
    /// Between pings; above zero and below the vendor's 30 s.
    pub ping_after: Duration,
    /// After a ping something must arrive within this, or the connection is given up.
    pub pong_within: Duration,
    /// JSON pointer to the token in the answer to the subscription (`/data/token`). `None` looks for `token` at any depth.
    pub token_pointer: Option<String>,
    /// Above zero. A larger message ends the connection before it is read: a WebSocket cannot be read past one.
    pub max_message_bytes: usize,
    /// Whether a new connection asks for what follows the last number received, or for everything; what comes again is
    /// recognised by its number in any case.
    pub resume: bool,
    /// What of the game so far is fetched over REST beside each connection: `stats`, `details`, `shots`, `possessions`.
    /// Empty: nothing is.
    pub backfill: Vec<String>,
    pub retry: Policy,
}

/// Which game to follow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Game {
    Event(GameId),
    /// The only game, or else the only active one, that the schedule has for this.
    Scheduled(ScheduleQuery),
}

/// What is sent to keep the connection open. Every form of pong is understood, whatever is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ping {
    /// The message `{"type":"ping"}`, in the form of the vendor's other messages.
    #[default]
    Json,
    /// The message `ping`.
    Text,
    /// A ping frame of the WebSocket protocol itself.
    Control,
}

/// The vendor wants a ping at most this far apart.
const PING_LIMIT: Duration = Duration::from_secs(30);

impl Options {
    /// All sources, full summaries, JSON pings every 20 s, nothing over REST but the token.
    pub fn new(id: FeedId, rest_base: Url, ws_url: String, game: Game, username: String, secret: Secret) -> Self {
        Self {
            id,
            rest_base,
            ws_url,
            game,
            username,
            secret,
            sources: Vec::new(),
            summary_level: None,
            include_player_season: false,
            ping: Ping::default(),
            ping_after: Duration::from_secs(20),
            pong_within: socket::PONG_WITHIN,
            token_pointer: None,
            max_message_bytes: MAX_DOCUMENT_BYTES,
            resume: true,
            backfill: Vec::new(),
            retry: Policy::default(),
        }
    }

    fn check(&self) -> Result<(), OptionsError> {
        let bad = |name, problem: &str| Err(OptionsError::Bad { feed: self.id.clone(), name, problem: problem.into() });
        if !matches!(self.rest_base.scheme(), "http" | "https") || self.rest_base.cannot_be_a_base() {
            return bad("rest", "must start with https:// (or http:// for the mock venue)");
        }
        if !self.ws_url.contains("{token}") {
            return bad("websocket", "has no `{token}` in it; the token of the subscription goes there");
        }
        match self.socket_url(&Secret::new("t"), None) {
            Ok(url) if matches!(url.scheme(), "ws" | "wss") && url.has_host() => {}
            _ => return bad("websocket", "is not an address that starts with wss:// (or ws:// for the mock venue)"),
        }
        if self.ping_after.is_zero() || self.ping_after >= PING_LIMIT {
            return bad("ping_after", "must be above zero and below 30 s, or the vendor closes the connection");
        }
        if self.token_pointer.as_ref().is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
            return bad("token_pointer", "is not a JSON pointer; write it like `/data/token`");
        }
        if self.max_message_bytes == 0 {
            return bad("max_message_bytes", "is zero; no message would be read");
        }
        if self.username.is_empty() || self.username.contains(['"', '\r', '\n']) {
            return bad("username", "is empty or has characters that no user name has");
        }
        Ok(())
    }

    fn socket_url(&self, token: &Secret, last_seq: Option<u64>) -> Result<Url, url::ParseError> {
        let sources: Vec<String> = self.sources.iter().map(|source| percent_encode(source, "")).collect();
        let filled = self
            .ws_url
            .replace("{token}", &percent_encode(token.expose(), ""))
            .replace("{sources}", &sources.join(","));
        let mut url = Url::parse(&filled)?;
        let mut added: Vec<String> = Vec::new();
        if !self.ws_url.contains("{sources}") {
            added.extend(sources.iter().map(|source| format!("source={source}")));
        }
        added.extend(
            self.summary_level.iter().map(|level| format!("broadcast_summary_level={}", percent_encode(level, ""))),
        );
        added.extend(self.include_player_season.then(|| "include_player_season=true".to_owned()));
        added.extend(last_seq.map(|seq| format!("last_seq={seq}")));
        if !added.is_empty() {
            let there = url.query().filter(|query| !query.is_empty()).map(|query| format!("{query}&"));
            url.set_query(Some(&format!("{}{}", there.unwrap_or_default(), added.join("&"))));
        }
        Ok(url)
    }
}

/// After this many connections that asked for `last_seq` and brought nothing, the next does not ask.
const BARREN_RESUMES: u32 = 2;

/// After this many connections in a row that the same message ended, the next asks for what comes after it.
const UNREADABLE_ENDS: u32 = 2;

/// The sources that share one sequence of numbers.
const NUMBERED: [&str; 6] = ["marker", "boxscorestatsv2", "chart", "possessions", "possessionstats", "lineupstats"];

pub(super) struct Client {
    options: Options,
    rest: Arc<Rest>,
    catch_up: Beside,
    /// Found in the schedule, or given.
    game: Option<GameId>,
    /// Worked the last time, or is fresh.
    token: Option<Secret>,
    sequence: Sequence,
    /// Connections in a row that asked to go on after `last_seq` and ended before any message.
    barren: u32,
    /// Connections in a row that a message ended which cannot be read, after the same last one.
    unreadable: u32,
}

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

impl Client {
    pub(super) fn new(options: Options, resume: Resume) -> Result<Self, OptionsError> {
        options.check()?;
        let rest = Arc::new(Rest::new(&options)?);
        let catch_up = Beside::new("what the stream left out before this moment may be missing", options.retry);
        let game = match &options.game {
            Game::Event(id) => Some(id.clone()),
            Game::Scheduled(_) => None,
        };
        let sequence = Sequence::after(resume.last_seq);
        Ok(Self { options, rest, catch_up, game, token: None, sequence, barren: 0, unreadable: 0 })
    }

    /// Connects with the token at hand, or else with a fresh one; a token that was used before and is now refused is
    /// replaced at once, because tokens expire.
    async fn connect(&mut self, reporter: &mut Reporter) -> Result<(Socket, String), Failure> {
        if let Some(token) = self.token.clone() {
            match self.open(&token).await {
                Err(refused) if refused.by_status() => self.token = None,
                other => return other.map_err(OpenError::into_failure),
            }
        }
        let game = self.game().await?;
        let token = self.rest.token(&game, self.options.token_pointer.as_deref()).await?;
        reporter.hide(&token);
        let opened = self.open(&token).await;
        match &opened {
            Ok(_) => self.token = Some(token),
            // It may be an old `last_seq` that is refused, and would be for ever; what comes again without it is
            // recognised by its number.
            Err(refused) => self.barren += u32::from(refused.by_status() && self.resume_from().is_some()),
        }
        opened.map_err(OpenError::into_failure)
    }

    async fn game(&mut self) -> Result<GameId, Failure> {
        if let Some(game) = &self.game {
            return Ok(game.clone());
        }
        let game = match &self.options.game {
            Game::Event(id) => id.clone(),
            Game::Scheduled(query) => self.rest.only_game(query).await?,
        };
        self.game = Some(game.clone());
        Ok(game)
    }

    fn resume_from(&self) -> Option<u64> {
        // Who does not want to resume has no other way round a message that cannot be read.
        let resumes = self.options.resume || self.sequence.passes_over();
        self.sequence.resume_after().filter(|_| resumes && self.barren < BARREN_RESUMES)
    }

    /// The numbers to come: only with every source of the sequence is one that is left out a message that is lost.
    fn gaps(&self, resumed: Option<u64>) -> Option<Gaps> {
        let sources = &self.options.sources;
        let has_all = sources.is_empty() || NUMBERED.iter().all(|source| sources.iter().any(|have| have == source));
        has_all.then(|| Gaps::after(resumed))
    }

    /// A message that cannot be read comes again with every connection: it is passed over when that is certain.
    fn note_unreadable(&mut self, at: &str, last: Option<u64>, reporter: &mut Reporter) {
        self.unreadable = if self.sequence.last() == last { self.unreadable + 1 } else { 1 };
        if self.unreadable < UNREADABLE_ENDS {
            return;
        }
        self.unreadable = 0;
        let number = self.sequence.give_up_next();
        let help = match self.options.backfill.is_empty() {
            true => "with `backfill` what it told would be fetched",
            false => "what it told is fetched",
        };
        // It may be one without a number; then this one is not lost, and comes all the same or with the document.
        let what = format!("a message of {at} cannot be read, time and again; number {number} is passed over, {help}");
        reporter.will_lack(&what);
    }

    async fn open(&self, token: &Secret) -> Result<(Socket, String), OpenError> {
        let url = match self.options.socket_url(token, self.resume_from()) {
            Ok(url) => url,
            Err(error) => return Err(OpenError::Other(Failure::BadTemplate { what: error.to_string() })),
        };
        let at = place(&url);
        let request = match url.as_str().into_client_request() {
            Ok(mut request) => {
                let agent = concat!("sideline/", env!("CARGO_PKG_VERSION"));
                request.headers_mut().insert("user-agent", http::HeaderValue::from_static(agent));
                request
            }
            Err(error) => return Err(OpenError::Other(Failure::BadTemplate { what: error.to_string() })),
        };
        // Small messages in a hurry: Nagle's algorithm would hold pings back.
        let most = Some(self.options.max_message_bytes);
        let config = WebSocketConfig::default().max_message_size(most).max_frame_size(most);
        match tokio::time::timeout(CONNECT_WITHIN, connect_async_with_config(request, Some(config), true)).await {
            Ok(Ok((socket, _))) => Ok((socket, at)),
            Ok(Err(tungstenite::Error::Http(answer))) => Err(refused(&answer, &at)),
            Ok(Err(error)) => Err(OpenError::Other(Failure::Unreachable { at, cause: network::in_words(&error) })),
            Err(_) => Err(OpenError::Other(Failure::TookTooLong { at, after: CONNECT_WITHIN })),
        }
    }
}

impl Connect for Client {
    async fn attempt(&mut self, reporter: &mut Reporter) -> Failure {
        let (socket, at) = match self.connect(reporter).await {
            Ok(open) => open,
            Err(failure) => return failure,
        };
        let (resumed, last) = (self.resume_from(), self.sequence.last());
        reporter.up(resumed.is_some()).await;
        self.sequence.connected();
        // The game is known, or there would be no token.
        if let (Some(game), false) = (self.game.clone(), self.options.backfill.is_empty()) {
            let (rest, resources) = (self.rest.clone(), self.options.backfill.join(","));
            self.catch_up.begin(move || so_far(rest.clone(), game.clone(), resources.clone()));
        }
        let keep_alive = socket::KeepAlive {
            ping: self.options.ping,
            every: self.options.ping_after,
            pong_within: self.options.pong_within,
        };
        let terms = socket::Terms { at: &at, keep_alive, gaps: self.gaps(resumed) };
        let ended = socket::read(socket, terms, &mut self.sequence, &mut self.catch_up, reporter).await;
        if ended.is_unreadable {
            self.note_unreadable(&at, last, reporter);
        }
        if ended.heard_messages || ended.is_unreadable {
            self.barren = 0;
        } else {
            self.barren += u32::from(resumed.is_some());
        }
        if matches!(ended.failure, Failure::CountsAnew { .. }) && self.options.backfill.is_empty() {
            let help = "with `backfill` it would be fetched";
            reporter.will_lack(&format!(
                "{at} has forgotten what it told before, and what it did not tell is missing; {help}"
            ));
        }
        if ended.token_refused || !(ended.heard_messages || ended.is_unreadable) {
            self.token = None;
        }
        ended.failure
    }
}

async fn so_far(rest: Arc<Rest>, game: GameId, resources: String) -> Result<Bytes, Failure> {
    rest.so_far(&game, &resources).await
}

/// Why the WebSocket could not be opened.
enum OpenError {
    /// The handshake was answered with a status that is the client's fault: perhaps the token's.
    Status(Failure),
    Other(Failure),
}

impl OpenError {
    fn by_status(&self) -> bool {
        matches!(self, Self::Status(_))
    }

    fn into_failure(self) -> Failure {
        match self {
            Self::Status(failure) | Self::Other(failure) => failure,
        }
    }
}

fn refused(answer: &http::Response<Option<Vec<u8>>>, at: &str) -> OpenError {
    let advice = Advice {
        credentials: "`websocket`: a fresh token was not accepted, so the address may be that of another environment",
        rights: "the account may receive live data of this game",
        address: "`websocket`",
        game: None,
    };
    let skew = clock_skew(answer.headers(), std::time::SystemTime::now());
    let body = answer.body().as_deref().unwrap_or_default();
    let failure = meaning(answer.status().as_u16(), skew, body, at, &advice);
    if answer.status().is_client_error() { OpenError::Status(failure) } else { OpenError::Other(failure) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(ws_url: &str) -> Options {
        Options::new(
            "tracker".into(),
            Url::parse("https://api.example").unwrap(),
            ws_url.into(),
            Game::Event("g".into()),
            "truck".into(),
            Secret::new("s"),
        )
    }

    #[track_caller]
    fn check(template: &str, last_seq: Option<u64>, expected: &str) {
        let mut options = options(template);
        options.sources = vec!["clock".into(), "chart".into()];
        options.summary_level = Some("game_stats".into());
        assert_eq!(options.socket_url(&Secret::new("a/b+c="), last_seq).unwrap().as_str(), expected);
    }

    #[test]
    fn sources_level_and_last_seq_are_added_to_the_query() {
        check(
            "wss://h/live?token={token}",
            Some(7),
            "wss://h/live?token=a%2Fb%2Bc%3D&source=clock&source=chart&broadcast_summary_level=game_stats&last_seq=7",
        );
    }

    #[test]
    fn a_template_may_have_the_token_in_its_path_and_its_own_place_for_sources() {
        check(
            "wss://h/live/{token}?only={sources}",
            None,
            "wss://h/live/a%2Fb%2Bc%3D?only=clock,chart&broadcast_summary_level=game_stats",
        );
        check(
            "wss://h/{token}",
            None,
            "wss://h/a%2Fb%2Bc%3D?source=clock&source=chart&broadcast_summary_level=game_stats",
        );
    }

    #[test]
    fn the_season_is_asked_for_where_it_is_wanted() {
        let mut options = options("wss://h/live?token={token}");
        options.include_player_season = true;
        let url = options.socket_url(&Secret::new("t"), None).unwrap();
        assert_eq!(url.as_str(), "wss://h/live?token=t&include_player_season=true");
    }

    #[test]
    fn without_anything_to_add_the_template_is_the_address() {
        let url = options("wss://h/live?token={token}").socket_url(&Secret::new("t"), None).unwrap();
        assert_eq!(url.as_str(), "wss://h/live?token=t");
    }

    #[test]
    fn options_that_cannot_work_are_refused_with_their_name() {
        type Change = fn(&mut Options);
        let with = |change: Change| {
            let mut options = options("wss://h/live?token={token}");
            change(&mut options);
            options.check().map_err(|error| error.to_string())
        };
        assert!(with(|_| {}).is_ok());
        let refused: [(Change, &str); 6] = [
            (|o| o.ws_url = "wss://h/live".into(), "`websocket` has no `{token}`"),
            (|o| o.ws_url = "https://h/?token={token}".into(), "`websocket` is not"),
            (|o| o.ping_after = Duration::from_secs(30), "`ping_after`"),
            (|o| o.token_pointer = Some("token".into()), "`token_pointer`"),
            (|o| o.username = String::new(), "`username`"),
            (|o| o.rest_base = Url::parse("ftp://h").unwrap(), "`rest`"),
        ];
        for (change, expected) in refused {
            let message = with(change).unwrap_err();
            assert!(message.contains(expected) && message.contains("tracker"), "{message}");
        }
    }
}
