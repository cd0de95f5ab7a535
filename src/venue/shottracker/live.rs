//! One client of ShotTracker's WebSocket: what it asked for, told as it falls due.
//!
//! In: the query of the address, pings, the game as it stands. Out: messages. Nothing is queued: a client that reads slowly is
//! told later, one that does not read for ten seconds is dropped. Faults that are switched on strike here, at the last step
//! before the socket, so that what a connection loses another one can still be told.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::sync::watch;
use tokio::time::Instant;

use super::location::location;
use super::summary::{Extent, Level, summary};
use super::wire;
use crate::venue::course::Course;
use crate::venue::fault::{Blow, Faults};
use crate::venue::performance::{Performance, Spoken};
use crate::venue::script::period_label;
use crate::venue::stopped;
use crate::venue::tale::{Item, Log as _};
use crate::venue::timeline::Moment;

/// All nine sources of the vendor.
pub const SOURCES: [&str; 9] = [
    "marker",
    "broadcastsummary",
    "boxscorestatsv2",
    "chart",
    "possessions",
    "possessionstats",
    "lineupstats",
    "location",
    "clock",
];
/// The vendor's clock ticks twice a second.
pub(super) const TICK: Duration = Duration::from_millis(500);
/// The summary is the size of a small picture: at most two a second.
pub(super) const SUMMARY_EVERY: Duration = Duration::from_millis(500);
/// Places come 25 times a second.
pub(super) const LOCATION_EVERY: Duration = Duration::from_millis(40);
/// A client that takes nothing for this long is gone.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// A client that is told to go has so long to answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);
/// A message that was held back by a fault waits no longer for one to be told before it.
const HELD_LIMIT: Duration = Duration::from_millis(100);
/// A connection that says nothing any more is let go at last.
const HALF_OPEN_LIMIT: Duration = Duration::from_secs(600);

/// What a client asked for in the URL of the WebSocket.
pub struct Wish {
    sources: Vec<String>,
    extent: Extent,
    last_seq: Option<u64>,
}

impl Wish {
    pub fn read(query: &[(String, String)]) -> Result<Wish, &'static str> {
        let first = |wanted: &str| query.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        let mut sources: Vec<String> =
            query.iter().filter(|(key, _)| key == "source").map(|(_, value)| value.clone()).collect();
        if sources.is_empty() {
            sources = SOURCES.map(str::to_owned).into();
        }
        let last_seq = first("last_seq").map(str::parse).transpose().map_err(|_| "Invalid last_seq")?;
        let level = match first("broadcast_summary_level") {
            Some("game_stats") => Level::Game,
            _ => Level::Full,
        };
        let player_season = first("include_player_season").is_some_and(|value| value != "false" && value != "0");
        Ok(Wish { sources, extent: Extent { level, player_season }, last_seq })
    }

    fn has(&self, source: &str) -> bool {
        self.sources.iter().any(|have| have == source)
    }
}

/// A session is over: the client went, the venue stops, or nothing can be sent.
pub struct Ended;

/// Why a session woke up.
enum Wake {
    Due,
    Heard(Option<Result<Message, axum::Error>>),
    Silence,
}

/// How far a summary was told: lap, facts, and the revision of the game.
type SummaryMark = (u64, usize, u64);

/// One client of the WebSocket.
pub struct Session {
    socket: WebSocket,
    stop: watch::Receiver<bool>,
    silence: Duration,
    play: Arc<Performance>,
    faults: Faults,
    corrected: watch::Receiver<u64>,
    wish: Wish,
    /// Next message of the sequence.
    position: u64,
    /// The position of the message that has the number 1.
    numbered_from: u64,
    /// Whether the client is still being told what was before it came.
    catching_up: bool,
    clock_told: Moment,
    next_tick: Instant,
    summary_told: Option<SummaryMark>,
    next_summary: Instant,
    next_location: Instant,
    heard: Instant,
    /// Held back by a fault, since when.
    held: Option<(String, Instant)>,
}

impl Session {
    pub fn new(
        socket: WebSocket,
        stop: watch::Receiver<bool>,
        silence: Duration,
        play: Arc<Performance>,
        wish: Wish,
    ) -> Session {
        let now = play.timeline.now();
        let head = play.tracker.head(now);
        let numbered_from = play.faults.remembers_from(|| head);
        // A number that this game has not reached is not of this game.
        let resumed = wish.last_seq.and_then(|last| last.checked_add(numbered_from)).filter(|last| *last <= head);
        let beginning = if numbered_from > 0 { numbered_from } else { play.tracker.beginning(now.lap) };
        Session {
            socket,
            stop,
            silence,
            position: resumed.unwrap_or(beginning),
            numbered_from,
            catching_up: resumed.is_none(),
            clock_told: now,
            next_tick: Instant::now(),
            summary_told: None,
            next_summary: Instant::now(),
            next_location: Instant::now(),
            heard: Instant::now(),
            held: None,
            faults: play.faults.clone(),
            corrected: play.corrected(),
            play,
            wish,
        }
    }

    pub async fn run(mut self) -> Result<(), Ended> {
        loop {
            self.tell_what_is_due().await?;
            if let Some((text, _)) = self.held.take_if(|(_, since)| since.elapsed() >= HELD_LIMIT) {
                self.send(text).await?;
            }
            let wake = self.next_wake();
            let silent = self.heard + self.silence;
            let wake = tokio::select! {
                biased;
                () = stopped(&mut self.stop) => return Err(Ended),
                message = self.socket.recv() => Wake::Heard(message),
                () = tokio::time::sleep_until(silent) => Wake::Silence,
                Ok(()) = self.corrected.changed() => Wake::Due,
                () = tokio::time::sleep_until(wake) => Wake::Due,
            };
            match wake {
                Wake::Due => {}
                Wake::Heard(Some(Ok(message))) => self.hear(message).await?,
                Wake::Heard(_) => return Err(Ended),
                Wake::Silence => return self.close("no ping within 30 seconds").await,
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

    async fn close(&mut self, reason: &'static str) -> Result<(), Ended> {
        let frame = CloseFrame { code: close_code::POLICY, reason: reason.into() };
        self.deliver(Message::Close(Some(frame))).await?;
        // Until the client has answered, as RFC 6455 (7.1.1) has it: hanging up on something unread resets the connection, and
        // the client may never read why.
        let answered = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => Err(Ended),
            () = answered => Ok(()),
            () = tokio::time::sleep(ANSWER_LIMIT) => Ok(()),
        }
    }

    /// Tells a message of the game, with what goes wrong with it.
    async fn tell(&mut self, text: String, in_order: bool) -> Result<(), Ended> {
        let blow = self.faults.message(in_order);
        let held = self.held.take();
        match blow {
            None => self.send(text).await?,
            Some(Blow::Lose) => {}
            Some(Blow::Drop) => return Err(Ended),
            Some(Blow::Expire) => {
                self.close("token expired").await?;
                return Err(Ended);
            }
            Some(Blow::Forget(_)) => return Err(Ended),
            Some(Blow::HalfOpen) => {
                self.wait(HALF_OPEN_LIMIT).await?;
                return Err(Ended);
            }
            Some(Blow::Stall(lasts) | Blow::Slow(lasts)) => {
                self.wait(lasts).await?;
                self.send(text).await?;
            }
            Some(Blow::Twice) => {
                self.send(text.clone()).await?;
                self.send(text).await?;
            }
            Some(Blow::Later) if held.is_none() => self.held = Some((text, Instant::now())),
            Some(Blow::Later) => self.send(text).await?,
            Some(Blow::Garbage) => {
                self.send("<<< no message {".to_owned()).await?;
                self.send(text).await?;
            }
            Some(Blow::Framing) => self.deliver(Message::Binary(Bytes::from(text))).await?,
        }
        match held {
            Some((held, _)) => self.send(held).await,
            None => Ok(()),
        }
    }

    /// Says and hears nothing for a while.
    async fn wait(&mut self, lasts: Duration) -> Result<(), Ended> {
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => Err(Ended),
            () = tokio::time::sleep(lasts) => Ok(()),
        }
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

    /// The source, due time and text of the next message of the sequence, if there is one.
    fn next_in_sequence(&self) -> Option<(Moment, Item<super::log::Log, Spoken>)> {
        let item = self.play.tracker.item(self.position)?;
        let due = match &item {
            Item::Correction(_) => Moment::default(),
            Item::Scheduled(log, slot) => log.reel().due(*slot),
        };
        Some((due, item))
    }

    async fn tell_what_is_due(&mut self) -> Result<(), Ended> {
        let now = self.play.timeline.now();
        loop {
            let entry = self.next_in_sequence().filter(|(due, _)| *due <= now);
            let change = self.play.next_clock_change(self.clock_told).filter(|at| *at <= now);
            match (entry, change) {
                (None, None) => break,
                (Some((due, item)), change) if change.is_none_or(|at| due <= at) => self.tell_item(item, now).await?,
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
        if self.wish.has("location") && Instant::now() >= self.next_location {
            self.next_location = Instant::now() + LOCATION_EVERY;
            let t = self.play.timeline.real_now().as_millis();
            self.tell_loose("location", location(&self.play.course(), now.ms, t)).await?;
        }
        Ok(())
    }

    async fn tell_item(&mut self, item: Item<super::log::Log, Spoken>, now: Moment) -> Result<(), Ended> {
        let position = self.position;
        self.position = if self.catching_up && self.numbered_from == 0 {
            self.play.tracker.next_from_beginning(position, now.lap)
        } else {
            position + 1
        };
        let position = position - self.numbered_from;
        let (source, text) = match item {
            Item::Correction(spoken) if self.numbered_from > 0 => (spoken.source, renumbered(&spoken.text, position)),
            Item::Correction(spoken) => (spoken.source, spoken.text.to_string()),
            Item::Scheduled(log, slot) => {
                let source = log.source(slot);
                if !self.wish.has(source) {
                    return Ok(());
                }
                (source, log.message(position, slot).map_err(|_| Ended)?)
            }
        };
        if self.wish.has(source) { self.tell(text, true).await } else { Ok(()) }
    }

    /// A message outside the sequence.
    async fn tell_loose(&mut self, source: &'static str, data: impl serde::Serialize) -> Result<(), Ended> {
        let message = wire::Message { kind: "data", source, seq: None, data };
        let text = serde_json::to_string(&message).map_err(|_| Ended)?;
        self.tell(text, false).await
    }

    async fn tell_clock(&mut self, at: Moment) -> Result<(), Ended> {
        if !self.wish.has("clock") {
            return Ok(());
        }
        let wrong_by_ms = if self.faults.clock_jump() { 60_000 } else { 0 };
        self.tell_loose("clock", clock(&self.play.course(), at.ms, wrong_by_ms)).await
    }

    async fn tell_summary(&mut self, now: Moment) -> Result<(), Ended> {
        let mark = self.summary_mark(now);
        if !self.wish.has("broadcastsummary") || self.summary_told == Some(mark) || Instant::now() < self.next_summary {
            return Ok(());
        }
        let (_, facts, _) = mark;
        let data = summary(&self.play.course(), facts, self.wish.extent, self.play.timeline.real_now());
        self.tell_loose("broadcastsummary", data).await?;
        self.summary_told = Some(mark);
        self.next_summary = Instant::now() + SUMMARY_EVERY;
        Ok(())
    }

    fn summary_mark(&self, now: Moment) -> SummaryMark {
        (now.lap, self.play.facts_told(now), *self.corrected.borrow())
    }

    fn next_wake(&self) -> Instant {
        let timeline = &self.play.timeline;
        let entry = self.next_in_sequence().map(|(due, _)| timeline.instant(due));
        let change = self.play.next_clock_change(self.clock_told).map(|at| timeline.instant(at));
        let behind = self.summary_told != Some(self.summary_mark(timeline.now()));
        let summary = (behind && self.wish.has("broadcastsummary")).then_some(self.next_summary);
        let location = self.wish.has("location").then_some(self.next_location);
        let held = self.held.as_ref().map(|(_, since)| *since + HELD_LIMIT);
        [entry, change, summary, location, held].into_iter().flatten().fold(self.next_tick, Instant::min)
    }
}

/// A message with the number that its position has now.
fn renumbered(text: &str, position: u64) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(mut message)) => {
            message.insert("seq".to_owned(), (position + 1).into());
            serde_json::Value::Object(message).to_string()
        }
        _ => text.to_owned(),
    }
}

/// The clock message of a moment, put wrong by some milliseconds. Seconds have two digits, sub-seconds are tenths.
pub(super) fn clock(course: &Course, ms: u64, wrong_by_ms: u32) -> wire::Clock {
    let reading = course.clock.at(ms);
    // Clocks count down: what is shown is the tenth that has begun, so that 0.0 means over.
    let tenths = (reading.game_ms + wrong_by_ms).div_ceil(100);
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
