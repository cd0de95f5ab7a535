//! The feed clients and the mock venue together, with the venue killed in mid-game and brought back on the same ports.
//!
//! Two venues play the same game from the same instant; one of them is killed. What the client of that one received, over
//! all its connections, must be what the client of the other received.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use sideline::feed::secret::Secret;
use sideline::feed::{self, Policy, Report, Resume, push, shottracker};
use sideline::status::Link;
use sideline::time::{Clock, SystemClock, Timestamp};
use sideline::venue::script::Script;
use sideline::venue::{self, Content, Venue};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Two hours and a half in three to four seconds.
const SPEED: f64 = 2_500.0;

/// For a game and its interruptions; reached only when the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Time for clients to connect before tip-off.
const HEAD_START: Duration = Duration::from_millis(500);

fn tip_off() -> Timestamp {
    SystemClock::start().now() + HEAD_START
}

async fn listen(at: Option<SocketAddr>) -> TcpListener {
    TcpListener::bind(at.unwrap_or(([127, 0, 0, 1], 0).into())).await.unwrap()
}

/// A venue that can be killed and brought back.
struct Arena {
    venue: Venue,
    ports: [SocketAddr; 2],
    began_at: Timestamp,
}

impl Arena {
    async fn open(began_at: Timestamp) -> Self {
        let (front, back) = (listen(None).await, listen(None).await);
        let ports = [front.local_addr().unwrap(), back.local_addr().unwrap()];
        Self { venue: play(began_at, front, back).await, ports, began_at }
    }

    async fn kill_and_bring_back(self) -> Self {
        self.venue.stop().await;
        let (front, back) = (listen(Some(self.ports[0])).await, listen(Some(self.ports[1])).await);
        Self { venue: play(self.began_at, front, back).await, ..self }
    }
}

async fn play(began_at: Timestamp, front: TcpListener, back: TcpListener) -> Venue {
    let mut options = venue::Options::new(Content::Script(Script::builtin()));
    options.speed = SPEED;
    options.began_at = Some(began_at);
    venue::start(options, front, back).await.unwrap()
}

fn in_a_hurry() -> Policy {
    let moment = Duration::from_millis(20);
    Policy { base: moment, cap: moment, slow: moment, healthy_after: PATIENCE }
}

fn tracker(venue: &Venue) -> feed::Options {
    let at = venue.endpoints();
    let game = shottracker::Game::Event(at.event_id.into());
    let (rest, secret) = (at.rest.parse().unwrap(), Secret::new(at.secret));
    let mut options = shottracker::Options::new("tracker".into(), rest, at.websocket, game, at.username, secret);
    // The whole sequence, so that a number that is missing is a message that was lost.
    let sequenced = ["marker", "boxscorestatsv2", "chart", "possessions", "possessionstats", "lineupstats"];
    options.sources = sequenced.into_iter().chain(["broadcastsummary"]).map(String::from).collect();
    options.summary_level = Some("game_stats".into());
    options.retry = in_a_hurry();
    feed::Options::ShotTracker(options)
}

fn league(venue: &Venue) -> feed::Options {
    let at = venue.endpoints();
    let subscribe = push::Subscribe::Address(at.subscribe.parse().unwrap());
    let mut options = push::Options::new("league".into(), subscribe, Secret::new(at.api_key));
    options.filters = vec![("match".into(), at.match_id)];
    options.retry = in_a_hurry();
    feed::Options::Push(options)
}

/// Reads a feed until a message `ends` the game.
struct Listener {
    reports: mpsc::Receiver<Report>,
    ends: fn(&[u8]) -> bool,
    messages: Vec<Bytes>,
    /// How often the link came up, and how often it went down.
    ups: usize,
    downs: usize,
    task: JoinHandle<Result<(), feed::OptionsError>>,
}

impl Listener {
    fn start(options: feed::Options, ends: fn(&[u8]) -> bool) -> Self {
        feed::install_tls();
        let (sender, reports) = mpsc::channel(feed::QUEUE_REPORTS);
        let task = tokio::spawn(feed::run(options, Resume::default(), sender, std::future::pending()));
        Self { reports, ends, messages: Vec::new(), ups: 0, downs: 0, task }
    }

    /// Reads on until there are `count` messages, or the game ends; whether it goes on.
    async fn read(&mut self, count: usize) -> bool {
        self.read_until(|listener| listener.messages.len() >= count).await
    }

    async fn read_until(&mut self, done: impl Fn(&Self) -> bool) -> bool {
        // Heartbeats go on for ever: a game whose end nobody heard must not hold the test.
        let until = tokio::time::Instant::now() + PATIENCE;
        while !done(self) {
            let report = tokio::time::timeout_at(until, self.reports.recv()).await.expect("the game ends in time");
            match report.expect("the feed runs") {
                Report::Message { bytes, .. } => {
                    let ends = (self.ends)(&bytes);
                    self.messages.push(bytes);
                    if ends {
                        return false;
                    }
                }
                Report::Link { link: Link::Up, .. } => self.ups += 1,
                Report::Link { link: Link::Down, .. } => self.downs += 1,
                _ => {}
            }
        }
        true
    }

    async fn read_all(mut self) -> Vec<Bytes> {
        self.read(usize::MAX).await;
        self.task.abort();
        self.messages
    }
}

fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap()
}

fn summary_completed(bytes: &[u8]) -> bool {
    let message = json(bytes);
    message["source"] == "broadcastsummary" && message["data"]["period"] == "COMPLETED"
}

fn game_complete(bytes: &[u8]) -> bool {
    json(bytes)["payload"]["game"]["status"] == "complete"
}

fn numbered(messages: &[Bytes]) -> Vec<(u64, &Bytes)> {
    messages.iter().filter_map(|bytes| Some((shottracker::seq(bytes)?, bytes))).collect()
}

#[tokio::test]
async fn a_venue_killed_three_times_in_a_game_costs_no_numbered_message_and_repeats_none() {
    let began_at = tip_off();
    let calm = Arena::open(began_at).await;
    let mut rough = Arena::open(began_at).await;
    let uninterrupted = tokio::spawn(Listener::start(tracker(&calm.venue), summary_completed).read_all());
    let mut listener = Listener::start(tracker(&rough.venue), summary_completed);
    for kill in 1..=3 {
        // What had been sent before the last kill may be read long after it: one that finds nobody connected kills nothing.
        let is_back = |listener: &Listener| listener.ups >= kill && listener.messages.len() >= kill * 180;
        assert!(listener.read_until(is_back).await, "the game is over before kill {kill}");
        rough = rough.kill_and_bring_back().await;
    }
    listener.read(usize::MAX).await;
    assert!(listener.downs >= 3, "three kills, told {} times", listener.downs);
    let uninterrupted = uninterrupted.await.unwrap();
    let (expected, received) = (numbered(&uninterrupted), numbered(&listener.messages));
    let numbers: Vec<u64> = received.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(numbers, (1..=expected.len() as u64).collect::<Vec<_>>(), "nothing lost, nothing twice");
    assert!(numbers.len() > 700, "{} messages are no game", numbers.len());
    assert_eq!(received, expected);
    listener.task.abort();
}

#[tokio::test]
async fn a_push_stream_goes_on_after_its_venue_was_killed() {
    let began_at = tip_off();
    let calm = Arena::open(began_at).await;
    let rough = Arena::open(began_at).await;
    let uninterrupted = tokio::spawn(Listener::start(league(&calm.venue), game_complete).read_all());
    let mut listener = Listener::start(league(&rough.venue), game_complete);
    assert!(listener.read(200).await);
    let _rough = rough.kill_and_bring_back().await;
    listener.read(usize::MAX).await;
    let expected = uninterrupted.await.unwrap();
    // One of the two may have been let in later than the other.
    let later = |list: &[Bytes], other: &[Bytes]| list.iter().position(|message| *message == other[0]).unwrap_or(0);
    let received = &listener.messages[later(&listener.messages, &expected)..];
    let expected = &expected[later(&expected, received)..];
    // The vendor tells a new session nothing of what an old one missed, unless it still knows that one: what was sent
    // while the venue was away is missing, and everything before and after is there, once.
    let before = received.iter().zip(expected).take_while(|(got, sent)| got == sent).count();
    let after = received.iter().rev().zip(expected.iter().rev()).take_while(|(got, sent)| got == sent).count();
    assert!(before > 100, "only the first {before} are the same");
    assert!(before + after >= received.len(), "{before} and {after} of {}", received.len());
    assert!(after > 100, "only the last {after} are the same");
    listener.task.abort();
}
