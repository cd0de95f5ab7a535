//! The listeners of Sportradar's side: subscriptions that redirect, the delivery that never ends, and the play-by-play.
//!
//! In: a key, a program. Out: two routers, for two ports, because the vendor redirects to another host.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::Instant;
use url::form_urlencoded;

use super::body::{Body, Channel, Program, Source};
use super::pbp;
use super::wire::Metadata;
use crate::venue::fault::Faults;
use crate::venue::sign;
use crate::venue::wall::uuid;

/// The redirect is good for a minute.
const REDIRECT_LIFE: Duration = Duration::from_secs(60);
/// A session can be resumed for ten minutes after its last message.
const RESUME_LIFE: Duration = Duration::from_secs(600);
/// The oldest session is forgotten when there are more.
const SESSIONS: usize = 256;

/// Everything the two routers share. Cheap to clone.
#[derive(Clone)]
pub struct Push {
    api_key: Arc<str>,
    delivery: SocketAddr,
    program: Program,
    faults: Faults,
    heartbeat: Duration,
    sessions: Arc<Mutex<VecDeque<Session>>>,
    made: Arc<AtomicU64>,
    stop: watch::Receiver<bool>,
}

struct Session {
    id: String,
    token: String,
    channel: Channel,
    filters: Filters,
    made: Instant,
    followed: bool,
    progress: Arc<Progress>,
}

/// How far a session's body has come; written while it is read.
pub struct Progress {
    /// Next position of the reel; [`NOWHERE`] before the first message.
    position: AtomicU64,
    touched: Mutex<Instant>,
}

const NOWHERE: u64 = u64::MAX;

impl Progress {
    fn from(position: u64) -> Arc<Progress> {
        Arc::new(Progress { position: AtomicU64::new(position), touched: Mutex::new(Instant::now()) })
    }

    pub fn reach(&self, position: u64) {
        self.position.store(position, Ordering::Relaxed);
        *self.touched.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub fn resumable(&self) -> Option<u64> {
        let touched = *self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        let position = self.position.load(Ordering::Relaxed);
        (touched.elapsed() <= RESUME_LIFE && position != NOWHERE).then_some(position)
    }
}

impl Push {
    pub fn new(
        api_key: &str,
        delivery: SocketAddr,
        program: Program,
        faults: Faults,
        heartbeat: Duration,
        stop: watch::Receiver<bool>,
    ) -> Push {
        Push {
            api_key: api_key.into(),
            delivery,
            program,
            faults,
            heartbeat,
            sessions: Arc::default(),
            made: Arc::default(),
            stop,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The router of the front door.
pub fn front(push: Push) -> Router {
    Router::new()
        .route("/{league}/{level}/stream/{language}/{feed}/subscribe", get(subscribe))
        .route("/{league}/{level}/{version}/{language}/games/{game}/pbp.json", get(play_by_play))
        .with_state(push)
}

/// The router that redirects lead to.
pub fn delivery(push: Push) -> Router {
    Router::new().route("/stream/{league}/{level}", get(deliver)).with_state(push)
}

impl Push {
    /// Whether a request is answered at all; the answer to one that is not.
    fn authorize(&self, headers: &HeaderMap, query: &[(String, String)]) -> Result<(), StatusCode> {
        if let Some(status) = self.faults.request() {
            return Err(status);
        }
        let header_key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
        match header_key.or(first(query, "api_key")) {
            None => Err(StatusCode::UNAUTHORIZED),
            Some(key) if key != &*self.api_key => Err(StatusCode::FORBIDDEN),
            Some(_) => Ok(()),
        }
    }

    /// Whether this league is played here.
    fn plays(&self, league: &str) -> bool {
        match &self.program {
            Program::Capture(_) => ["nba", "nhl"].contains(&league),
            Program::Game(play) => play.course().script.game.league.eq_ignore_ascii_case(league),
        }
    }
}

fn refusal(status: StatusCode) -> Response {
    let says = match status {
        StatusCode::UNAUTHORIZED => "Authentication Error",
        other => other.canonical_reason().unwrap_or_default(),
    };
    (status, says).into_response()
}

fn query(raw: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect()
}

fn first<'a>(query: &'a [(String, String)], key: &str) -> Option<&'a str> {
    query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

async fn subscribe(
    State(push): State<Push>,
    Path((league, level, language, feed)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let query = query(uri.query());
    if let Err(status) = push.authorize(&headers, &query) {
        return refusal(status);
    }
    let channel = Channel::named(&feed).filter(|channel| league == "nba" || *channel != Channel::GameClock);
    let known = ["trial", "production"].contains(&level.as_str()) && language == "en" && push.plays(&league);
    let Some(channel) = channel.filter(|_| known) else { return refusal(StatusCode::NOT_FOUND) };
    if push.faults.redirect_loop() {
        let again = uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string);
        return (StatusCode::FOUND, [(header::LOCATION, again)]).into_response();
    }
    let number = push.made.fetch_add(1, Ordering::Relaxed);
    let id = uuid(&format!("push session {number} {:?}", Instant::now()));
    let token = sign::token(&push.api_key, &id);
    let location = format!("http://{}/stream/{league}/{level}?sessionId={id}&token={token}", push.delivery);
    let filters = Filters::read(&query);
    let mut sessions = push.lock();
    // Only the same feed with the same filters is resumed.
    let resumed = first(&query, "resumeSessionId").and_then(|id| {
        sessions.iter().find(|have| have.id == id && have.channel == channel && have.filters == filters)
    });
    let position = resumed.and_then(|session| session.progress.resumable()).unwrap_or(NOWHERE);
    if sessions.len() == SESSIONS {
        sessions.pop_front();
    }
    let (made, progress) = (Instant::now(), Progress::from(position));
    sessions.push_back(Session { id, token, channel, filters, made, followed: false, progress });
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

async fn deliver(State(push): State<Push>, RawQuery(raw): RawQuery) -> Response {
    let query = query(raw.as_deref());
    let (id, token) = (first(&query, "sessionId"), first(&query, "token"));
    let (channel, filters, progress) = {
        let mut sessions = push.lock();
        let session = sessions.iter_mut().find(|session| Some(session.id.as_str()) == id);
        let Some(session) = session.filter(|session| Some(session.token.as_str()) == token) else {
            return refusal(StatusCode::UNAUTHORIZED);
        };
        if session.followed || session.made.elapsed() > REDIRECT_LIFE {
            return refusal(StatusCode::FORBIDDEN);
        }
        session.followed = true;
        (session.channel, session.filters.clone(), session.progress.clone())
    };
    let source = Source::new(&push.program, channel, filters, progress);
    let body = Body::new(source, push.stop.clone(), push.heartbeat);
    let body = axum::body::Body::from_stream(stream::unfold(body, Body::next));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

async fn play_by_play(
    State(push): State<Push>,
    Path((league, _level, _version, _language, game)): Path<(String, String, String, String, String)>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    if let Err(status) = push.authorize(&headers, &query(raw.as_deref())) {
        return refusal(status);
    }
    match &push.program {
        Program::Game(play) if push.plays(&league) && play.course().script.game.sportradar == bare(&game) => {
            axum::Json(pbp::play_by_play(play)).into_response()
        }
        _ => refusal(StatusCode::NOT_FOUND),
    }
}

/// The filters of the subscription: several values of one are alternatives, several filters must all hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filters {
    wanted: Vec<(String, Vec<String>)>,
}

const FILTERS: [&str; 7] = ["match", "event_type", "event_category", "players", "team", "status", "locale"];

impl Filters {
    fn read(query: &[(String, String)]) -> Filters {
        let wanted = query.iter().filter(|(key, value)| FILTERS.contains(&key.as_str()) && !value.is_empty());
        let split = |value: &str| value.split(',').map(|value| bare(value).to_owned()).collect();
        Filters { wanted: wanted.map(|(key, value)| (key.clone(), split(value))).collect() }
    }

    pub fn pass(&self, metadata: &Metadata) -> bool {
        self.wanted.iter().all(|(key, values)| {
            let have = match key.as_str() {
                "match" => Some(metadata.game.as_str()),
                "event_type" => metadata.event_type,
                "event_category" => metadata.event_category,
                "players" => metadata.players.as_deref(),
                "team" => metadata.team.as_deref(),
                "status" => Some(metadata.status),
                _ => Some(metadata.locale),
            };
            let have = have.unwrap_or_default();
            have.split(',').any(|have| values.iter().any(|value| value == bare(have)))
        })
    }
}

/// An id without the vendor's prefix, which clients may leave out.
fn bare(id: &str) -> &str {
    id.rsplit(':').next().unwrap_or(id)
}
