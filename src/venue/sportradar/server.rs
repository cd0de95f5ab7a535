//! The listeners of Sportradar's side: the subscription that redirects, and the delivery that never ends.
//!
//! In: a key, a program. Out: two routers, for two ports, because the vendor redirects to another host. Nothing is queued:
//! the body is made while it is read.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::Instant;
use url::form_urlencoded;

use super::feed::{Feed, Program};
use super::wire::{Heartbeat, Interval, Metadata};
use crate::venue::capture::{Capture, Place};
use crate::venue::sign;
use crate::venue::stopped;
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
    heartbeat: Duration,
    sessions: Arc<Mutex<VecDeque<Session>>>,
    made: Arc<AtomicU64>,
    stop: watch::Receiver<bool>,
}

struct Session {
    id: String,
    token: String,
    filters: Filters,
    made: Instant,
    followed: bool,
    progress: Arc<Progress>,
}

/// How far a session's body has come; written while it is read.
struct Progress {
    /// Next position of the reel; [`NOWHERE`] before the first message.
    position: AtomicU64,
    touched: Mutex<Instant>,
}

const NOWHERE: u64 = u64::MAX;

impl Progress {
    fn from(position: u64) -> Arc<Progress> {
        Arc::new(Progress { position: AtomicU64::new(position), touched: Mutex::new(Instant::now()) })
    }

    fn reach(&self, position: u64) {
        self.position.store(position, Ordering::Relaxed);
        *self.touched.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn resumable(&self) -> Option<u64> {
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
        heartbeat: Duration,
        stop: watch::Receiver<bool>,
    ) -> Push {
        Push {
            api_key: api_key.into(),
            delivery,
            program,
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
    Router::new().route("/nba/{level}/stream/{language}/events/subscribe", get(subscribe)).with_state(push)
}

/// The router that redirects lead to.
pub fn delivery(push: Push) -> Router {
    Router::new().route("/stream/nba/{level}", get(deliver)).with_state(push)
}

fn query(raw: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect()
}

fn first<'a>(query: &'a [(String, String)], key: &str) -> Option<&'a str> {
    query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

async fn subscribe(
    State(push): State<Push>,
    Path((level, language)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    let query = query(raw.as_deref());
    let header_key = headers.get("x-api-key").and_then(|key| key.to_str().ok());
    match header_key.or(first(&query, "api_key")) {
        None => return (StatusCode::UNAUTHORIZED, "Authentication Error").into_response(),
        Some(key) if key != &*push.api_key => return (StatusCode::FORBIDDEN, "Forbidden").into_response(),
        Some(_) => {}
    }
    if !["trial", "production"].contains(&level.as_str()) || language != "en" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let number = push.made.fetch_add(1, Ordering::Relaxed);
    let id = uuid(&format!("push session {number} {:?}", Instant::now()));
    let token = sign::token(&push.api_key, &id);
    let location = format!("http://{}/stream/nba/{level}?sessionId={id}&token={token}", push.delivery);
    let mut sessions = push.lock();
    let resumed = first(&query, "resumeSessionId").and_then(|id| sessions.iter().find(|session| session.id == id));
    let position = resumed.and_then(|session| session.progress.resumable()).unwrap_or(NOWHERE);
    if sessions.len() == SESSIONS {
        sessions.pop_front();
    }
    let (filters, made, progress) = (Filters::read(&query), Instant::now(), Progress::from(position));
    sessions.push_back(Session { id, token, filters, made, followed: false, progress });
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

async fn deliver(State(push): State<Push>, RawQuery(raw): RawQuery) -> Response {
    let query = query(raw.as_deref());
    let (id, token) = (first(&query, "sessionId"), first(&query, "token"));
    let (filters, progress) = {
        let mut sessions = push.lock();
        let session = sessions.iter_mut().find(|session| Some(session.id.as_str()) == id);
        let Some(session) = session.filter(|session| Some(session.token.as_str()) == token) else {
            return (StatusCode::UNAUTHORIZED, "Authentication Error").into_response();
        };
        if session.followed || session.made.elapsed() > REDIRECT_LIFE {
            return (StatusCode::FORBIDDEN, "Forbidden").into_response();
        }
        session.followed = true;
        (session.filters.clone(), session.progress.clone())
    };
    let (stop, beat) = (push.stop.clone(), push.heartbeat);
    let source = match push.program {
        Program::Game(feed) => {
            let position = match progress.resumable() {
                Some(position) => position,
                None => feed.reel.first_after(feed.now()),
            };
            progress.reach(position);
            Source::Game { feed, filters, position, progress }
        }
        Program::Capture(capture) => Source::Capture { capture, place: Place::default(), began: Instant::now() },
    };
    let body = BodyState { source, stop, beat, next_beat: Instant::now() + beat, ended: false };
    let body = Body::from_stream(stream::unfold(body, BodyState::next));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

enum Source {
    Game { feed: Arc<Feed>, filters: Filters, position: u64, progress: Arc<Progress> },
    Capture { capture: Arc<Capture>, place: Place, began: Instant },
}

impl Source {
    /// The next piece if it is due, else when it will be; neither after the last.
    fn poll(&mut self) -> Result<Bytes, Option<Instant>> {
        match self {
            Source::Game { feed, filters, position, progress } => {
                let now = feed.now();
                while let Some(slot) = feed.reel.slot(*position) {
                    let due = feed.reel.due(slot);
                    if due > now {
                        return Err(Some(feed.instant(due)));
                    }
                    *position += 1;
                    progress.reach(*position);
                    let message = feed.message(slot);
                    if filters.pass(&message.metadata) {
                        return Ok(line(&message));
                    }
                }
                Err(None)
            }
            Source::Capture { capture, place, began } => {
                let due = *began + capture.due(*place);
                let (piece, next) = capture.piece(*place).ok_or(None)?;
                if due > Instant::now() {
                    return Err(Some(due));
                }
                *place = next;
                Ok(piece)
            }
        }
    }
}

fn line(value: &impl serde::Serialize) -> Bytes {
    // The wire structs have string keys and finite numbers only, which is all that can fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line.into()
}

struct BodyState {
    source: Source,
    stop: watch::Receiver<bool>,
    beat: Duration,
    /// A heartbeat is due when nothing was sent until then.
    next_beat: Instant,
    ended: bool,
}

/// The venue stops: the body breaks off as a killed server's would.
#[derive(Debug, thiserror::Error)]
#[error("the venue has stopped")]
struct Stopped;

impl BodyState {
    async fn next(mut self) -> Option<(Result<Bytes, Stopped>, BodyState)> {
        loop {
            if self.ended {
                return None;
            }
            if *self.stop.borrow() {
                self.ended = true;
                return Some((Err(Stopped), self));
            }
            let due = match self.source.poll() {
                Ok(piece) => {
                    self.next_beat = Instant::now() + self.beat;
                    return Some((Ok(piece), self));
                }
                Err(due) => due,
            };
            if Instant::now() >= self.next_beat {
                self.next_beat = Instant::now() + self.beat;
                let interval = self.beat.as_millis();
                return Some((Ok(line(&Heartbeat { heartbeat: Interval { interval } })), self));
            }
            let wake = due.map_or(self.next_beat, |due| due.min(self.next_beat));
            tokio::select! {
                () = stopped(&mut self.stop) => {}
                () = tokio::time::sleep_until(wake) => {}
            }
        }
    }
}

/// The filters of the subscription: several values of one are alternatives, several filters must all hold.
#[derive(Clone, Debug, Default)]
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

    fn pass(&self, metadata: &Metadata) -> bool {
        self.wanted.iter().all(|(key, values)| {
            let have = match key.as_str() {
                "match" => Some(metadata.game.as_str()),
                "event_type" => Some(metadata.event_type),
                "event_category" => Some(metadata.event_category),
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
