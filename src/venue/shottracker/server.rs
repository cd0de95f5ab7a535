//! The listener of ShotTracker's side: signed REST requests, and the door to the WebSocket.
//!
//! In: an account and a performance. Out: a router. The path of the WebSocket is our own: the vendor's page keeps it to
//! itself.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;
use tokio::time::Instant;
use url::form_urlencoded;

use super::catchup;
use super::live::{Session, Wish};
use super::wire;
use crate::venue::performance::Performance;
use crate::venue::sign::{self, Account};
use crate::venue::timeline::Moment;
use crate::venue::wall::uuid;

/// The path of the WebSocket.
pub const LIVE_PATH: &str = "/v2/live";
/// The account, game and play that the server serves. Cheap to clone.
#[derive(Clone)]
pub struct Tracker {
    pub username: Arc<str>,
    pub secret: Arc<str>,
    /// A client that says nothing for longer is closed.
    pub silence: Duration,
    /// Absent when a capture of another vendor is played: then there is an empty schedule.
    pub play: Option<Arc<Performance>>,
    pub faults: crate::venue::fault::Faults,
    pub stop: watch::Receiver<bool>,
}

impl Tracker {
    /// The token of a game; another one after tokens have expired.
    pub fn token(&self, event_id: &str) -> String {
        match self.faults.token_age() {
            0 => sign::token(&self.secret, event_id),
            age => sign::token(&self.secret, &format!("{event_id} {age}")),
        }
    }

    /// Whether a request is answered at all; the answer to one that is not.
    fn authorize(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Box<Response>> {
        if let Some(status) = self.faults.request() {
            return Err(Box::new(error(status, "the mock venue was told to refuse")));
        }
        let account = Account { username: &self.username, secret: &self.secret };
        let now = crate::time::SystemClock::start();
        let now = crate::time::Clock::now(&now);
        let verified = sign::verify(method, uri.path(), headers, &account, now);
        verified.map_err(|refusal| Box::new(error(refusal.status(), &refusal.to_string())))
    }

    /// The game with an id, as it stands.
    fn game(&self, event_id: &str) -> Result<&Arc<Performance>, Box<Response>> {
        let play = self.play.as_ref().filter(|play| play.course().script.game.shottracker == event_id);
        play.ok_or_else(|| Box::new(error(StatusCode::NOT_FOUND, "Invalid id")))
    }
}

pub fn router(tracker: Tracker) -> Router {
    Router::new()
        .route("/v1/data/schedule/games", get(schedule))
        .route("/v1/data/schedule/games/{event_id}/_subscribe", get(subscribe))
        .route("/v1/data/stats/games/{event_id}/{resources}", get(catch_up))
        .route(LIVE_PATH, get(live))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "no Route matched with those values") })
        .with_state(tracker)
}

fn error(status: StatusCode, message: &str) -> Response {
    let shottracker_request_id = uuid(&format!("request {message} {:?}", Instant::now()));
    let body = wire::ErrorBody { status: status.as_u16(), message: message.to_owned(), shottracker_request_id };
    (status, axum::Json(body)).into_response()
}

fn query(raw: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect()
}

fn first<'a>(query: &'a [(String, String)], key: &str) -> Option<&'a str> {
    query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

async fn schedule(
    State(tracker): State<Tracker>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    if let Err(refused) = tracker.authorize(&method, &uri, &headers) {
        return *refused;
    }
    let query = query(raw.as_deref());
    let number = |key: &str| first(&query, key).map(str::parse::<i64>).transpose();
    let span = (number("from"), number("to"));
    let (Ok(Some(from)), Ok(to)) = span else {
        return error(StatusCode::BAD_REQUEST, "Valid from and to timestamps are required");
    };
    const DAY_MS: i64 = 86_400_000;
    let span = from..to.unwrap_or(from.saturating_add(DAY_MS));
    if span.end < span.start {
        return error(StatusCode::BAD_REQUEST, "Valid from and to timestamps are required");
    }
    let Ok(team_id) = number("team_id") else { return error(StatusCode::BAD_REQUEST, "Invalid team_id") };
    let kind = first(&query, "type").unwrap_or("BASKETBALL");
    let season = first(&query, "seasonType").unwrap_or("REG");
    if !["BASKETBALL", "FOOTBALL"].contains(&kind) || !["EXH", "PRE", "REG", "POST"].contains(&season) {
        return error(StatusCode::BAD_REQUEST, "Invalid type or seasonType");
    }
    let Ok(week) = number("weekNumber") else { return error(StatusCode::BAD_REQUEST, "Invalid weekNumber") };
    let location = first(&query, "location_id");
    let games = tracker.play.iter().filter(|play| play.course().script.game.season == season);
    // The schedule of a season counts weeks from its opening; the only game here stands in the first.
    let games = games.filter(|_| week.is_none_or(|week| week == 1));
    let games = games.map(|play| scheduled(play, &headers)).filter(|game| {
        game.kind == kind
            && span.contains(&game.tipoff_at)
            && location.is_none_or(|location| location == game.location_id)
            && team_id.is_none_or(|id| [game.home_team_id, game.away_team_id].iter().any(|have| *have as i64 == id))
    });
    axum::Json(wire::Schedule { games: games.collect() }).into_response()
}

fn scheduled(play: &Performance, headers: &HeaderMap) -> wire::ScheduledGame {
    let course = play.course();
    let game = &course.script.game;
    let [home, away] = &course.script.teams;
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let court = uuid(&format!("court {}", game.arena));
    let facility = uuid(&format!("facility {}", game.arena));
    wire::ScheduledGame {
        event_id: game.shottracker.clone(),
        facility_name: game.arena.clone(),
        court_name: "main court".to_owned(),
        location_id: format!("{court}@{facility}"),
        tournament: None,
        tipoff_at: play.timeline.real(Moment::default()).as_millis(),
        gender: "MEN",
        status: play.status(),
        kind: "BASKETBALL",
        home_team_id: home.shottracker,
        home_team_name: format!("{} {}", home.market, home.name),
        home_team_reference_id: home.code.clone(),
        away_team_id: away.shottracker,
        away_team_name: format!("{} {}", away.market, away.name),
        away_team_reference_id: away.code.clone(),
        officials_team_id: 0,
        results: format!("http://{host}/v1/data/games/{}", game.shottracker),
        reference_id: game.id.clone(),
        fan_engagement_enabled: false,
        source: "SHOTTRACKER",
    }
}

async fn subscribe(
    State(tracker): State<Tracker>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Path(event_id): Path<String>,
) -> Response {
    if let Err(refused) = tracker.authorize(&method, &uri, &headers) {
        return *refused;
    }
    if let Err(refused) = tracker.game(&event_id) {
        return *refused;
    }
    let token = tracker.token(&event_id);
    axum::Json(wire::Token { event_id, token }).into_response()
}

/// The game so far: `stats,details,shots,possessions`, or some of them.
async fn catch_up(
    State(tracker): State<Tracker>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Path((event_id, resources)): Path<(String, String)>,
) -> Response {
    if let Err(refused) = tracker.authorize(&method, &uri, &headers) {
        return *refused;
    }
    let play = match tracker.game(&event_id) {
        Ok(play) => play,
        Err(refused) => return *refused,
    };
    let resources: Vec<&str> = resources.split(',').collect();
    match catchup::catch_up(play, &resources) {
        Some(game) => axum::Json(game).into_response(),
        None => error(StatusCode::BAD_REQUEST, "Valid resources are stats, details, shots and possessions"),
    }
}

async fn live(State(tracker): State<Tracker>, RawQuery(raw): RawQuery, upgrade: WebSocketUpgrade) -> Response {
    if tracker.faults.is_away() {
        return error(StatusCode::SERVICE_UNAVAILABLE, "the mock venue was told to be away");
    }
    let query = query(raw.as_deref());
    let token = first(&query, "token").unwrap_or_default();
    if token.is_empty() {
        return error(StatusCode::UNAUTHORIZED, "A subscription token is required");
    }
    let play = tracker.play.clone();
    let Some(play) = play.filter(|play| tracker.token(&play.course().script.game.shottracker) == token) else {
        return error(StatusCode::FORBIDDEN, "Invalid subscription token");
    };
    match Wish::read(&query) {
        Err(message) => error(StatusCode::BAD_REQUEST, message),
        Ok(wish) => upgrade.on_upgrade(move |socket| async move {
            // The end of a connection, however it comes, is the client's business alone.
            let _ended = Session::new(socket, tracker.stop, tracker.silence, play, wish).run().await;
        }),
    }
}
