//! The mock venue: real servers on this machine that speak the vendors' protocols and play a game.
//!
//! In: a game script (or a recorded Sportradar stream), a speed, a place to start from, two listeners. Out: ShotTracker's
//! Event API and WebSocket on the first, Sportradar's subscription on the first and its delivery on the second. `sideline
//! venue`, the demo show and the tests run it, on their tokio runtime.
//!
//! Everything that is sent follows from script, start, speed and the moment the play began: a venue that is killed and
//! started again with the same [`Options::began_at`] continues the same game with the same sequence numbers. It never
//! imports the decoders (`feed`), `game` or `scene`: what it sends is a reading of the vendors' pages of its own.

pub mod capture;
pub mod clock;
pub mod course;
pub mod fault;
pub mod operator;
pub mod performance;
pub mod possessions;
pub mod script;
pub mod shottracker;
pub mod sign;
pub mod sportradar;
pub mod tale;
pub mod tally;
pub mod timeline;
pub mod typed;
pub mod wall;
pub mod zones;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::time::Timestamp;
use capture::Capture;
use course::Course;
use fault::{Faults, Switch};
use operator::ScorersTable;
use performance::Performance;
use script::{Position, Script};
use shottracker::server::{LIVE_PATH, Tracker};
use sportradar::body::Program;
use sportradar::server::Push;
use timeline::Timeline;

/// What is played.
#[derive(Clone)]
pub enum Content {
    Script(Arc<Script>),
    /// A recorded Sportradar stream, served byte for byte. ShotTracker's side then has an empty schedule.
    Capture(Arc<[u8]>),
}

#[derive(Clone)]
pub struct Options {
    pub content: Content,
    /// Game time over real time; a capture also takes infinity.
    pub speed: f64,
    /// Where the play begins; what was before is history. `None`: at tip-off.
    pub start: Option<Position>,
    /// Whether the stretch from `start` is played again and again.
    pub looped: bool,
    /// When the play began, or will begin; `None`: now. Pass [`Venue::began_at`] of a stopped venue to continue its game.
    pub began_at: Option<Timestamp>,
    /// A WebSocket client that says nothing for longer is closed. The vendor asks for a ping every 30 s.
    pub silence: Duration,
    /// Sportradar's heartbeat after this much silence of its own; the vendor's is 5 s.
    pub heartbeat: Duration,
    /// How often Sportradar's push clock speaks while the clock runs and nothing else happens.
    pub push_clock_every: Duration,
    pub username: String,
    pub secret: String,
    pub api_key: String,
    /// What goes wrong from the start; more can be switched on over HTTP, see [`operator`].
    pub faults: Vec<Switch>,
}

/// The vendor's 30 seconds and a little for the way.
const SILENCE: Duration = Duration::from_secs(32);
const HEARTBEAT: Duration = Duration::from_secs(5);

impl Options {
    /// A game from tip-off at real speed, with credentials that are no secret: for the demo and for tests.
    pub fn new(content: Content) -> Options {
        Options {
            content,
            speed: 1.0,
            start: None,
            looped: false,
            began_at: None,
            silence: SILENCE,
            heartbeat: HEARTBEAT,
            push_clock_every: sportradar::clock::CLOCK_EVERY,
            username: "demo".to_owned(),
            secret: "demo-secret".to_owned(),
            api_key: "demo-key".to_owned(),
            faults: Vec::new(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum VenueError {
    #[error("speed {speed} cannot be played; use a number above 0, like 1 or 20")]
    Speed { speed: f64 },
    #[error("the game never comes to {start}; choose a place before its end, like Q2 0:53")]
    Start { start: Position },
    #[error("a listener of the mock venue has no address")]
    Address(#[source] std::io::Error),
}

/// Where to connect and with what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Endpoints {
    /// ShotTracker's Event API: `/v1/data/…` follows.
    pub rest: String,
    /// ShotTracker's WebSocket; `{token}` stands for the token of `_subscribe`.
    pub websocket: String,
    /// Sportradar's push events, of the NBA or NHL.
    pub subscribe: String,
    pub username: String,
    pub secret: String,
    pub api_key: String,
    /// ShotTracker's id of the game; empty for a capture.
    pub event_id: String,
    /// Sportradar's, as its `match` filter takes it; empty for a capture.
    pub match_id: String,
}

/// A running venue. Dropping it stops it, too, but without waiting.
pub struct Venue {
    endpoints: Endpoints,
    began_at: Timestamp,
    table: ScorersTable,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

/// A server that does not end by itself in this time is aborted.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// Starts both vendors' servers: the front doors on `listener`, Sportradar's delivery on `delivery`.
pub async fn start(options: Options, listener: TcpListener, delivery: TcpListener) -> Result<Venue, VenueError> {
    let front = listener.local_addr().map_err(VenueError::Address)?;
    let back = delivery.local_addr().map_err(VenueError::Address)?;
    let (stop, stopping) = watch::channel(false);
    let endless = matches!(options.content, Content::Capture(_)) && options.speed == f64::INFINITY;
    if !(endless || options.speed.is_finite() && options.speed > 0.0) {
        return Err(VenueError::Speed { speed: options.speed });
    }
    let faults = Faults::new(&options.faults);
    let stage = Stage::build(&options, &faults)?;
    let tracker = Tracker {
        username: options.username.as_str().into(),
        secret: options.secret.as_str().into(),
        silence: options.silence,
        play: stage.play.clone().filter(|_| !stage.hockey),
        faults: faults.clone(),
        stop: stopping.clone(),
    };
    let push = Push::new(&options.api_key, back, stage.program, faults.clone(), options.heartbeat, stopping.clone());
    let table = ScorersTable { play: stage.play.clone(), faults };
    let front_router = shottracker::server::router(tracker)
        .merge(sportradar::server::front(push.clone()))
        .merge(operator::router(table.clone()));
    let servers = vec![
        serve(listener, front_router, stopping.clone()),
        serve(delivery, sportradar::server::delivery(push), stopping),
    ];
    let endpoints = endpoints(&options, front);
    Ok(Venue { endpoints, began_at: stage.began_at, table, stop, servers })
}

/// The content, ready to be served.
struct Stage {
    play: Option<Arc<Performance>>,
    /// ShotTracker is basketball's alone.
    hockey: bool,
    program: Program,
    began_at: Timestamp,
}

impl Stage {
    fn build(options: &Options, faults: &Faults) -> Result<Stage, VenueError> {
        let script = match &options.content {
            Content::Script(script) => script.clone(),
            Content::Capture(bytes) => {
                let program = Program::Capture(Arc::new(Capture::new(bytes.clone(), options.speed)));
                let began_at = crate::time::Clock::now(&crate::time::SystemClock::start());
                return Ok(Stage {
                    play: None,
                    hockey: false,
                    program,
                    began_at: options.began_at.unwrap_or(began_at),
                });
            }
        };
        let course = Arc::new(Course::of(script));
        let start_ms = match options.start {
            None => 0,
            Some(start) => {
                let at = course.clock.first_at(start.period, start.clock_ms);
                at.ok_or(VenueError::Start { start })?
            }
        };
        let timeline = Timeline::new(options.began_at, start_ms, course.end_ms(), options.speed, options.looped);
        let began_at = timeline.epoch();
        let mut play = Performance::new(course, timeline, faults.clone());
        play.push_clock_every = options.push_clock_every;
        let play = Arc::new(play);
        let hockey = play.course().script.is_hockey();
        Ok(Stage { program: Program::Game(play.clone()), play: Some(play), hockey, began_at })
    }
}

fn serve(listener: TcpListener, router: axum::Router, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let stopped = async move { stopped(&mut stop).await };
        // Serving ends only by the stop: a connection that fails is that connection's end.
        let _ended = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
    })
}

/// Resolves when the venue stops or is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _gone = stop.wait_for(|stop| *stop).await;
}

fn endpoints(options: &Options, front: SocketAddr) -> Endpoints {
    let (event_id, match_id) = match &options.content {
        Content::Capture(_) => (String::new(), String::new()),
        Content::Script(script) => {
            let event_id = if script.is_hockey() { String::new() } else { script.game.shottracker.clone() };
            (event_id, format!("sd:match:{}", script.game.sportradar))
        }
    };
    let league = match &options.content {
        Content::Script(script) if script.is_hockey() => "nhl",
        _ => "nba",
    };
    Endpoints {
        rest: format!("http://{front}"),
        websocket: format!("ws://{front}{LIVE_PATH}?token={{token}}"),
        subscribe: format!("http://{front}/{league}/trial/stream/en/events/subscribe"),
        username: options.username.clone(),
        secret: options.secret.clone(),
        api_key: options.api_key.clone(),
        event_id,
        match_id,
    }
}

impl Venue {
    pub fn endpoints(&self) -> Endpoints {
        self.endpoints.clone()
    }

    /// When the play began, for [`Options::began_at`] of the venue that continues it.
    pub fn began_at(&self) -> Timestamp {
        self.began_at
    }

    /// Somebody who corrects the game line by line.
    pub fn hands(&self) -> typed::Hands {
        typed::Hands::new(self.table.clone())
    }

    /// What goes wrong on purpose, to be looked at or switched.
    pub fn faults(&self) -> Faults {
        self.table.faults.clone()
    }

    /// Drops every connection at once, without farewell, and frees both ports.
    pub async fn stop(mut self) {
        // There is always a receiver: the servers hold one each.
        let _told = self.stop.send(true);
        for mut server in std::mem::take(&mut self.servers) {
            if tokio::time::timeout(STOP_LIMIT, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

/// What `sideline venue` prints: where to connect, with what, and what to ask for.
pub fn describe(endpoints: &Endpoints) -> String {
    let Endpoints { rest, websocket, subscribe, username, secret, api_key, event_id, match_id } = endpoints;
    let tracker = if event_id.is_empty() {
        "ShotTracker         no game: it is hockey or a capture that is played\n".to_owned()
    } else {
        format!(
            "ShotTracker REST    {rest}\n  username          {username}\n  secret            {secret}\n  \
             event             {event_id}\nShotTracker live    {websocket}\n"
        )
    };
    let filter = if match_id.is_empty() { String::new() } else { format!("  match             {match_id}\n") };
    format!("{tracker}Sportradar push     {subscribe}\n  x-api-key         {api_key}\n{filter}")
}
