//! One endless answer of the push: what is due, heartbeats in between, and what goes wrong with it.
//!
//! In: a program, a place in it, filters. Out: pieces of the body, each an object and a line end. Nothing is queued but what a
//! fault has cut up: a piece is made when it is read.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::Instant;

use super::clock::{self, GAME_CLOCK_EVERY};
use super::server::{Filters, Progress};
use super::wire::{Heartbeat, Interval};
use crate::venue::capture::{Capture, Place};
use crate::venue::clock::Reading;
use crate::venue::fault::{Blow, Faults};
use crate::venue::performance::Performance;
use crate::venue::stopped;
use crate::venue::tale::{Item, Log as _};
use crate::venue::wall::format_utc;

/// What subscribers receive.
#[derive(Clone)]
pub enum Program {
    Game(Arc<Performance>),
    Capture(Arc<Capture>),
}

/// Which of the vendor's push feeds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    Events,
    Clock,
    GameClock,
}

impl Channel {
    /// By the word in the subscription's path.
    pub fn named(name: &str) -> Option<Channel> {
        match name {
            "events" => Some(Channel::Events),
            "clock" => Some(Channel::Clock),
            "game_clock" => Some(Channel::GameClock),
            _ => None,
        }
    }
}

/// A piece of a body.
struct Piece {
    bytes: Bytes,
    /// The event or moment that it is about, if its place among others means something.
    event: Option<String>,
}

/// What a body is read from.
pub enum Source {
    Events { play: Arc<Performance>, filters: Filters, position: u64, progress: Arc<Progress> },
    Clock { play: Arc<Performance>, filters: Filters, every: Duration, next: Instant, told: Option<(u8, bool)> },
    Capture { capture: Arc<Capture>, place: Place, began: Instant },
}

impl Source {
    pub fn new(program: &Program, channel: Channel, filters: Filters, progress: Arc<Progress>) -> Source {
        let play = match program {
            Program::Capture(capture) => {
                return Source::Capture { capture: capture.clone(), place: Place::default(), began: Instant::now() };
            }
            Program::Game(play) => play.clone(),
        };
        let every = match channel {
            Channel::Events => {
                let position = progress.resumable().unwrap_or_else(|| play.league.head(play.timeline.now()));
                progress.reach(position);
                return Source::Events { play, filters, position, progress };
            }
            Channel::Clock => play.push_clock_every,
            Channel::GameClock => GAME_CLOCK_EVERY,
        };
        Source::Clock { play, filters, every, next: Instant::now(), told: None }
    }

    fn held_limit(&self) -> Duration {
        match self {
            Source::Clock { every, .. } => *every + HELD_LIMIT,
            Source::Events { .. } | Source::Capture { .. } => HELD_LIMIT,
        }
    }

    fn faults(&self) -> Option<&Faults> {
        match self {
            Source::Events { play, .. } | Source::Clock { play, .. } => Some(&play.faults),
            Source::Capture { .. } => None,
        }
    }

    /// The next piece if it is due, else when it will be; neither after the last. Asked again when the piece before has been
    /// sent: so who resumes gets the message in hand again, rather than never.
    fn poll(&mut self) -> Result<Piece, Option<Instant>> {
        match self {
            Source::Events { play, filters, position, progress } => {
                let now = play.timeline.now();
                progress.reach(*position);
                while let Some(item) = play.league.item(*position) {
                    let message = match item {
                        Item::Correction(message) => message,
                        Item::Scheduled(feed, slot) => {
                            let due = feed.reel().due(slot);
                            if due > now {
                                return Err(Some(play.timeline.instant(due)));
                            }
                            Arc::new(feed.message(slot))
                        }
                    };
                    *position += 1;
                    if filters.pass(&message.metadata) {
                        return Ok(Piece { bytes: line(&*message), event: Some(message.event_id().to_owned()) });
                    }
                }
                Err(None)
            }
            Source::Clock { play, filters, every, next, told } => {
                let now = play.timeline.now();
                let reading = play.course().clock.at(now.ms);
                let change = *told != Some((reading.period, reading.running));
                if !change && Instant::now() < *next {
                    let next_change = play.next_clock_change(now).map(|at| play.timeline.instant(at));
                    return Err(Some(next_change.map_or(*next, |change| change.min(*next))));
                }
                *next = Instant::now() + pace(*every, &reading);
                *told = Some((reading.period, reading.running));
                let message = clock::message(play, now);
                // The wall clock in it, which has whole seconds, gives it an order.
                let event = Some(format_utc(play.timeline.real_now()));
                let piece = || Piece { bytes: line(&message), event };
                if filters.pass(&message.metadata) { Ok(piece()) } else { Err(Some(*next)) }
            }
            Source::Capture { capture, place, began } => {
                let due = *began + capture.due(*place);
                let (piece, next) = capture.piece(*place).ok_or(None)?;
                if due > Instant::now() {
                    return Err(Some(due));
                }
                *place = next;
                Ok(Piece { bytes: piece, event: None })
            }
        }
    }
}

/// While the clock stands, Push Clock repeats it this often; Push Game Clock never rests.
const RESTING: Duration = Duration::from_secs(10);

pub(super) fn pace(every: Duration, reading: &Reading) -> Duration {
    if reading.running || every <= GAME_CLOCK_EVERY { every } else { every.max(RESTING) }
}

pub(super) fn line(value: &impl serde::Serialize) -> Bytes {
    // The wire structs have string keys and finite numbers only, which is all that can fail.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line.into()
}

/// A body that is being read.
pub struct Body {
    source: Source,
    stop: watch::Receiver<bool>,
    corrected: Option<watch::Receiver<u64>>,
    beat: Duration,
    /// A heartbeat is due when nothing was sent until then.
    next_beat: Instant,
    /// Pieces that a fault has cut up or held back, each with the wait before it. A message's worth.
    pieces: VecDeque<(Duration, Bytes)>,
    held: Option<(Piece, Instant)>,
    ended: bool,
}

/// A piece that was held back by a fault waits no longer for one to be sent before it; of a clock until it speaks again.
const HELD_LIMIT: Duration = Duration::from_millis(100);
/// A body that says nothing any more is let go at last.
const HALF_OPEN_LIMIT: Duration = Duration::from_secs(600);
/// Time for what was handed over to leave the machine.
const FLUSH: Duration = Duration::from_millis(20);
/// A slow message comes in so many pieces.
const SLOW_PIECES: usize = 8;

/// The body breaks off as a killed server's would.
#[derive(Debug, thiserror::Error)]
#[error("the venue has broken off")]
pub struct BrokenOff;

impl Body {
    pub fn new(source: Source, stop: watch::Receiver<bool>, beat: Duration) -> Body {
        let corrected = match &source {
            Source::Events { play, .. } => Some(play.corrected()),
            _ => None,
        };
        let next_beat = Instant::now() + beat;
        Body { source, stop, corrected, beat, next_beat, pieces: VecDeque::new(), held: None, ended: false }
    }

    /// The next piece, and the body after it.
    pub async fn next(mut self) -> Option<(Result<Bytes, BrokenOff>, Body)> {
        loop {
            if self.ended {
                return None;
            }
            if *self.stop.borrow() {
                return Some(self.break_off());
            }
            if let Some((wait, piece)) = self.pieces.pop_front() {
                self.rest(wait).await;
                self.next_beat = Instant::now() + self.beat;
                return Some((Ok(piece), self));
            }
            let due = match self.source.poll() {
                Ok(piece) => {
                    if !self.strike(piece).await {
                        return Some(self.break_off());
                    }
                    continue;
                }
                Err(due) => due,
            };
            let limit = self.source.held_limit();
            if let Some((piece, _)) = self.held.take_if(|(_, since)| since.elapsed() >= limit) {
                self.pieces.push_back((Duration::ZERO, piece.bytes));
                continue;
            }
            if Instant::now() >= self.next_beat {
                let interval = self.beat.as_millis();
                self.pieces.push_back((Duration::ZERO, line(&Heartbeat { heartbeat: Interval { interval } })));
                continue;
            }
            self.wait(due).await;
        }
    }

    async fn wait(&mut self, due: Option<Instant>) {
        let held = self.held.as_ref().map(|(_, since)| *since + self.source.held_limit());
        let wake = [due, held].into_iter().flatten().fold(self.next_beat, Instant::min);
        let corrected = async {
            match &mut self.corrected {
                Some(corrected) => drop(corrected.changed().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopped(&mut self.stop) => {}
            () = corrected => {}
            () = tokio::time::sleep_until(wake) => {}
        }
    }

    async fn rest(&mut self, wait: Duration) {
        if !wait.is_zero() {
            tokio::select! {
                () = stopped(&mut self.stop) => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn break_off(mut self) -> (Result<Bytes, BrokenOff>, Body) {
        self.ended = true;
        (Err(BrokenOff), self)
    }

    /// Lays out a piece with what goes wrong with it; whether the body goes on.
    async fn strike(&mut self, piece: Piece) -> bool {
        let blow = self.source.faults().and_then(|faults| faults.message(piece.event.is_some()));
        let mut held = self.held.take().map(|(held, _)| held);
        let mut lay = |wait, piece| self.pieces.push_back((wait, piece));
        // Versions of one event keep their order, as from a queue for each event: nothing in them tells which is newer.
        if let Some(held) = held.take_if(|held| held.event == piece.event) {
            lay(Duration::ZERO, held.bytes);
        }
        if blow == Some(Blow::Later) && held.is_none() {
            self.held = Some((piece, Instant::now()));
            return true;
        }
        let piece = piece.bytes;
        match blow {
            None | Some(Blow::Later) => lay(Duration::ZERO, piece),
            Some(Blow::Lose) => {}
            Some(Blow::Drop | Blow::Expire | Blow::Forget(_)) => {
                // What was handed over before is still on its way: breaking off at once would take it along, and the session
                // counts it as sent.
                self.rest(FLUSH).await;
                return false;
            }
            Some(Blow::HalfOpen) => {
                self.rest(HALF_OPEN_LIMIT).await;
                return false;
            }
            Some(Blow::Stall(lasts)) => lay(lasts, piece),
            Some(Blow::Slow(lasts)) => {
                let size = piece.len().div_ceil(SLOW_PIECES).max(1);
                (0..piece.len()).step_by(size).for_each(|from| {
                    lay(lasts / SLOW_PIECES as u32, piece.slice(from..piece.len().min(from + size)));
                });
            }
            Some(Blow::Twice) => {
                lay(Duration::ZERO, piece.clone());
                lay(Duration::ZERO, piece);
            }
            Some(Blow::Garbage) => {
                lay(Duration::ZERO, Bytes::from_static(b"HTTP/1.1 502 Bad Gateway]]\n"));
                lay(Duration::ZERO, piece);
            }
            Some(Blow::Framing) => pretty(&piece).into_iter().for_each(|part| lay(Duration::ZERO, part)),
        }
        if let Some(held) = held {
            self.pieces.push_back((Duration::ZERO, held.bytes));
        }
        true
    }
}

/// The object over many lines, without a line end after it, cut in the middle of a word.
fn pretty(piece: &Bytes) -> [Bytes; 2] {
    let value: Option<serde_json::Value> = serde_json::from_slice(piece).ok();
    let text = value.and_then(|value| serde_json::to_vec_pretty(&value).ok());
    let text = text.map_or_else(|| piece.clone(), Bytes::from);
    let middle = text.len() / 2;
    [text.slice(..middle), text.slice(middle..)]
}
