//! The listener of ShotTracker's side: signed REST requests and the WebSocket.
//!
//! In: an account, a course, a timeline. Out: a router. Nothing is queued: a client that reads slowly is told later, one that
//! does not read for ten seconds is dropped. The path of the WebSocket is our own: the vendor's page keeps it to itself.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;
use tokio::time::Instant;
use url::form_urlencoded;

use super::log::Log;
use super::summary::{Level, summary};
use super::wire;
use crate::venue::course::Course;
use crate::venue::script::period_label;
use crate::venue::sign::{self, Account, Refusal};
use crate::venue::stopped;
use crate::venue::timeline::{Moment, Timeline};
use crate::venue::wall::uuid;

/// The path of the WebSocket.
pub const LIVE_PATH: &str = "/v2/live";
/// The sources that this venue has; the vendor's other ones need tracking.
const SOURCES: [&str; 5] = ["marker", "broadcastsummary", "boxscorestatsv2", "chart", "clock"];
/// The vendor's clock ticks twice a second.
const TICK: Duration = Duration::from_millis(500);
/// The summary is the size of a small picture: at most two a second.
const SUMMARY_EVERY: Duration = Duration::from_millis(500);
/// A client that takes nothing for this long is gone.
const SEND_LIMIT: Duration = Duration::from_secs(10);

/// The account, game and play that the server serves. Cheap to clone.
#[derive(Clone)]
pub struct Tracker {
    pub username: Arc<str>,
    pub secret: Arc<str>,
    /// A client that says nothing for longer is closed.
    pub silence: Duration,
    /// Absent when a capture of another vendor is played: then there is an empty schedule.
    pub game: Option<Arc<TrackedGame>>,
    pub stop: watch::Receiver<bool>,
}

pub struct TrackedGame {
    pub course: Arc<Course>,
    pub timeline: Timeline,
    pub log: Log,
}

impl Tracker {
    pub fn token(&self, event_id: &str) -> String {
        sign::token(&self.secret, event_id)
    }

    fn authorize(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let account = Account { username: &self.username, secret: &self.secret };
        let now = crate::time::SystemClock::start();
        let now = crate::time::Clock::now(&now);
        sign::verify(method, uri.path(), headers, &account, now)
    }
}

pub fn router(tracker: Tracker) -> Router {
    Router::new()
        .route("/v1/data/schedule/games", get(schedule))
        .route("/v1/data/schedule/games/{event_id}/_subscribe", get(subscribe))
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
    if let Err(refusal) = tracker.authorize(&method, &uri, &headers) {
        return error(refusal.status(), &refusal.to_string());
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
    let location = first(&query, "location_id");
    let games = tracker.game.iter().filter(|tracked| tracked.course.script.game.season == season);
    let games = games.map(|tracked| scheduled(tracked, &headers)).filter(|game| {
        game.kind == kind
            && span.contains(&game.tipoff_at)
            && location.is_none_or(|location| location == game.location_id)
            && team_id.is_none_or(|id| [game.home_team_id, game.away_team_id].iter().any(|have| *have as i64 == id))
    });
    axum::Json(wire::Schedule { games: games.collect() }).into_response()
}

fn scheduled(tracked: &TrackedGame, headers: &HeaderMap) -> wire::ScheduledGame {
    let game = &tracked.course.script.game;
    let [home, away] = &tracked.course.script.teams;
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let court = uuid(&format!("court {}", game.arena));
    let facility = uuid(&format!("facility {}", game.arena));
    let over = tracked.course.facts_at(tracked.timeline.now().ms) == tracked.course.facts().len();
    wire::ScheduledGame {
        event_id: game.shottracker.clone(),
        facility_name: game.arena.clone(),
        court_name: "main court".to_owned(),
        location_id: format!("{court}@{facility}"),
        tournament: None,
        tipoff_at: tracked.timeline.real(Moment::default()).as_millis(),
        gender: "MEN",
        status: if over && !tracked.timeline.looped() { "COMPLETED" } else { "ACTIVE" },
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
    if let Err(refusal) = tracker.authorize(&method, &uri, &headers) {
        return error(refusal.status(), &refusal.to_string());
    }
    if tracker.game.as_ref().is_none_or(|tracked| tracked.course.script.game.shottracker != event_id) {
        return error(StatusCode::NOT_FOUND, "Invalid id");
    }
    let token = tracker.token(&event_id);
    axum::Json(wire::Token { event_id, token }).into_response()
}

/// What a client asked for in the URL of the WebSocket.
struct Wish {
    sources: Vec<String>,
    level: Level,
    last_seq: Option<u64>,
}

impl Wish {
    fn read(query: &[(String, String)]) -> Result<Wish, &'static str> {
        let mut sources: Vec<String> =
            query.iter().filter(|(key, _)| key == "source").map(|(_, value)| value.clone()).collect();
        if sources.is_empty() {
            sources = SOURCES.map(str::to_owned).into();
        }
        let last_seq = first(query, "last_seq").map(str::parse).transpose().map_err(|_| "Invalid last_seq")?;
        let game_only = first(query, "broadcast_summary_level") == Some("game_stats");
        Ok(Wish { sources, level: if game_only { Level::Game } else { Level::Full }, last_seq })
    }

    fn has(&self, source: &str) -> bool {
        self.sources.iter().any(|have| have == source)
    }
}

async fn live(State(tracker): State<Tracker>, RawQuery(raw): RawQuery, upgrade: WebSocketUpgrade) -> Response {
    let query = query(raw.as_deref());
    let token = first(&query, "token").unwrap_or_default();
    if token.is_empty() {
        return error(StatusCode::UNAUTHORIZED, "A subscription token is required");
    }
    let tracked = tracker.game.clone();
    let Some(tracked) = tracked.filter(|tracked| tracker.token(&tracked.course.script.game.shottracker) == token)
    else {
        return error(StatusCode::FORBIDDEN, "Invalid subscription token");
    };
    match Wish::read(&query) {
        Err(message) => error(StatusCode::BAD_REQUEST, message),
        Ok(wish) => upgrade.on_upgrade(move |socket| async move {
            // The end of a connection, however it comes, is the client's business alone.
            let _ended = Session::new(socket, tracker, tracked, wish).run().await;
        }),
    }
}

/// A session is over: the client went, the venue stops, or nothing can be sent.
struct Ended;

/// Why a session woke up.
enum Wake {
    Due,
    Heard(Option<Result<Message, axum::Error>>),
    Silence,
}

/// One client of the WebSocket.
struct Session {
    socket: WebSocket,
    stop: watch::Receiver<bool>,
    silence: Duration,
    tracked: Arc<TrackedGame>,
    wish: Wish,
    /// Next message of the log.
    position: u64,
    /// Whether the client is still being told what was before it came.
    catching_up: bool,
    clock_told: Moment,
    next_tick: Instant,
    /// How many facts of which lap the last summary had.
    summary_told: Option<(u64, usize)>,
    next_summary: Instant,
    heard: Instant,
}

impl Session {
    fn new(socket: WebSocket, tracker: Tracker, tracked: Arc<TrackedGame>, wish: Wish) -> Session {
        let now = tracked.timeline.now();
        // A number that this game has not reached is not of this game.
        let resumed = wish.last_seq.filter(|last| *last <= tracked.log.reel.first_after(now));
        Session {
            socket,
            stop: tracker.stop,
            silence: tracker.silence,
            position: resumed.unwrap_or_else(|| tracked.log.reel.beginning(now.lap)),
            catching_up: resumed.is_none(),
            clock_told: now,
            next_tick: Instant::now(),
            summary_told: None,
            next_summary: Instant::now(),
            heard: Instant::now(),
            tracked,
            wish,
        }
    }

    async fn run(mut self) -> Result<(), Ended> {
        loop {
            self.tell_what_is_due().await?;
            let wake = self.next_wake();
            let silent = self.heard + self.silence;
            let wake = tokio::select! {
                biased;
                () = stopped(&mut self.stop) => return Err(Ended),
                message = self.socket.recv() => Wake::Heard(message),
                () = tokio::time::sleep_until(silent) => Wake::Silence,
                () = tokio::time::sleep_until(wake) => Wake::Due,
            };
            match wake {
                Wake::Due => {}
                Wake::Heard(Some(Ok(message))) => self.hear(message).await?,
                Wake::Heard(_) => return Err(Ended),
                Wake::Silence => return self.close().await,
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Ended> {
        self.heard = Instant::now();
        let Message::Text(text) = message else {
            // The library answers a control frame itself; binary frames have no meaning here.
            return if matches!(message, Message::Close(_)) { Err(Ended) } else { Ok(()) };
        };
        let kind = serde_json::from_str::<serde_json::Value>(&text).ok();
        let asks = kind.as_ref().and_then(|value| value.get("type")).and_then(|kind| kind.as_str()) == Some("ping");
        if asks {
            self.send(r#"{"type":"pong"}"#.to_owned()).await
        } else if text.trim() == "ping" {
            self.send("pong".to_owned()).await
        } else {
            Ok(())
        }
    }

    async fn close(&mut self) -> Result<(), Ended> {
        let frame = axum::extract::ws::CloseFrame {
            code: axum::extract::ws::close_code::POLICY,
            reason: "no ping within 30 seconds".into(),
        };
        self.deliver(Message::Close(Some(frame))).await
    }

    async fn send(&mut self, text: String) -> Result<(), Ended> {
        self.deliver(Message::Text(text.into())).await
    }

    async fn deliver(&mut self, message: Message) -> Result<(), Ended> {
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => Err(Ended),
            sent = self.socket.send(message) => sent.map_err(|_| Ended),
            () = tokio::time::sleep(SEND_LIMIT) => Err(Ended),
        }
    }

    /// Log and clock changes in the game's order, then the summary, then the tick.
    async fn tell_what_is_due(&mut self) -> Result<(), Ended> {
        let now = self.tracked.timeline.now();
        loop {
            let reel = &self.tracked.log.reel;
            let entry = reel.slot(self.position).map(|slot| (slot, reel.due(slot))).filter(|(_, due)| *due <= now);
            let change = self.tracked.next_clock_change(self.clock_told).filter(|at| *at <= now);
            match (entry, change) {
                (None, None) => break,
                (Some((slot, due)), change) if change.is_none_or(|at| due <= at) => {
                    let position = self.position;
                    self.position =
                        if self.catching_up { reel.next_from_beginning(position, now.lap) } else { position + 1 };
                    if self.wish.has(self.tracked.log.source(slot)) {
                        let text = self.tracked.log.message(position, slot).map_err(|_| Ended)?;
                        self.send(text).await?;
                    }
                }
                (_, at) => {
                    self.clock_told = at.unwrap_or(now);
                    self.tell_clock(self.clock_told).await?;
                }
            }
        }
        self.catching_up = false;
        self.tell_summary(now).await?;
        if Instant::now() >= self.next_tick {
            self.next_tick = Instant::now() + TICK;
            self.clock_told = self.clock_told.max(now);
            self.tell_clock(now).await?;
        }
        Ok(())
    }

    async fn tell_clock(&mut self, at: Moment) -> Result<(), Ended> {
        if !self.wish.has("clock") {
            return Ok(());
        }
        let message =
            wire::Message { kind: "data", source: "clock", seq: None, data: clock(&self.tracked.course, at.ms) };
        let text = serde_json::to_string(&message).map_err(|_| Ended)?;
        self.send(text).await
    }

    async fn tell_summary(&mut self, now: Moment) -> Result<(), Ended> {
        let facts = self.tracked.facts_told(now);
        if !self.wish.has("broadcastsummary")
            || self.summary_told == Some((now.lap, facts))
            || Instant::now() < self.next_summary
        {
            return Ok(());
        }
        let timeline = &self.tracked.timeline;
        let data = summary(&self.tracked.course, facts, self.wish.level, timeline.real_now());
        let message = wire::Message { kind: "data", source: "broadcastsummary", seq: None, data };
        let text = serde_json::to_string(&message).map_err(|_| Ended)?;
        self.send(text).await?;
        self.summary_told = Some((now.lap, facts));
        self.next_summary = Instant::now() + SUMMARY_EVERY;
        Ok(())
    }

    fn next_wake(&self) -> Instant {
        let timeline = &self.tracked.timeline;
        let reel = &self.tracked.log.reel;
        let entry = reel.slot(self.position).map(|slot| timeline.instant(reel.due(slot)));
        let change = self.tracked.next_clock_change(self.clock_told).map(|at| timeline.instant(at));
        let now = timeline.now();
        let behind = self.summary_told != Some((now.lap, self.tracked.facts_told(now)));
        let summary = (behind && self.wish.has("broadcastsummary")).then_some(self.next_summary);
        [entry, change, summary].into_iter().flatten().fold(self.next_tick, Instant::min)
    }
}

impl TrackedGame {
    /// How many facts stand at a moment: none of the stretch once it has been taken back.
    fn facts_told(&self, now: Moment) -> usize {
        let taken_back = self.timeline.looped() && now >= self.timeline.lap_end(now.lap);
        let ms = if taken_back { self.timeline.start_ms().saturating_sub(1) } else { now.ms };
        self.course.facts_at(ms)
    }

    /// When the clock next starts, stops or changes period; the start of a lap is such a change.
    fn next_clock_change(&self, after: Moment) -> Option<Moment> {
        let in_lap = self.course.clock.next_change(after.ms).map(|ms| Moment { lap: after.lap, ms });
        in_lap.or_else(|| self.timeline.looped().then(|| self.timeline.lap_start(after.lap + 1)))
    }
}

/// The clock message of a moment. Seconds have two digits, sub-seconds are tenths.
fn clock(course: &Course, ms: u64) -> wire::Clock {
    let reading = course.clock.at(ms);
    // Clocks count down: what is shown is the tenth that has begun, so that 0.0 means over.
    let tenths = reading.game_ms.div_ceil(100);
    let shot_tenths = reading.shot_ms.map(|ms| ms.div_ceil(100));
    wire::Clock {
        gid: course.script.game.shottracker.clone(),
        period: period_label(reading.period),
        kind: "GAME_SHOT_CLOCK",
        state: if reading.running { "STARTED" } else { "STOPPED" },
        source: "OFFICIAL",
        min: (tenths / 600).to_string(),
        sec: format!("{:02}", tenths / 10 % 60),
        sub_sec: (tenths % 10).to_string(),
        shot_sec: shot_tenths.map(|tenths| (tenths / 10).to_string()),
        shot_sub_sec: shot_tenths.map(|tenths| (tenths % 10).to_string()),
        controller_id: None,
    }
}
