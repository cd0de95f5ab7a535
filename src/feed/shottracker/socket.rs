//! One ShotTracker WebSocket, from the handshake to its end.
//!
//! In: an open socket. Out: its messages to the reporter, and why it ended. Pings go out at a fixed pace whether or not
//! anything arrives: the vendor counts silence, and does not say whose. A connection on which nothing at all
//! arrives, not even a pong, is given up: cables are pulled without a TCP goodbye.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::feed::beside::Beside;
use crate::feed::failure::{Failure, excerpt};
use crate::feed::network;
use crate::feed::report::{Reporter, Skip};
use crate::feed::silence;

use super::Ping;
use super::gaps::Gaps;
use super::sequence::{Envelope, Sequence};

/// After a ping something must arrive within this, unless the options say otherwise.
pub const PONG_WITHIN: Duration = Duration::from_secs(10);

/// A server that repeats an event from its beginning comes to where we were within this, or it counts anew. Some
/// thousand messages of a kilobyte take a second or two; if it was slower after all, they are taken twice, which their
/// absolute values bear.
const REPEATS_WITHIN: Duration = Duration::from_secs(10);

/// It does so as fast as the connection allows: a pause of this length is no repetition. If it was one after all, the same
/// holds as above.
const REPEATS_WITHOUT_PAUSE: Duration = Duration::from_secs(2);

/// Codes with which servers close a connection whose token is not, or no longer, good: policy violation, and the
/// customary private ones for 401 and 403.
const TOKEN_CODES: [u16; 5] = [1008, 3000, 3003, 4401, 4403];

#[derive(Clone, Copy, Debug)]
pub(super) struct KeepAlive {
    pub ping: Ping,
    pub every: Duration,
    pub pong_within: Duration,
}

/// How a connection ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub failure: Failure,
    /// At least one message arrived, new or not: token and `last_seq` are good.
    pub heard_messages: bool,
    pub token_refused: bool,
    /// A message that cannot be read ended it, and will end the next one too if it comes again.
    pub is_unreadable: bool,
}

/// What a connection is made with.
pub(super) struct Terms<'a> {
    pub at: &'a str,
    pub keep_alive: KeepAlive,
    /// The numbers that are to come, where none is left out unless its message is lost.
    pub gaps: Option<Gaps>,
}

pub(super) async fn read<S>(
    socket: WebSocketStream<S>,
    terms: Terms<'_>,
    sequence: &mut Sequence,
    catch_up: &mut Beside,
    reporter: &mut Reporter,
) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Terms { at, keep_alive, gaps } = terms;
    let now = Instant::now();
    let mut open = Open {
        socket,
        at,
        keep_alive,
        ping_due: now + keep_alive.every,
        heard_at: now,
        heard_messages: false,
        behind: None,
        gaps,
    };
    let (failure, token_refused) = open.run(sequence, catch_up, reporter).await;
    let is_unreadable = matches!(failure, Failure::TooLarge { .. } | Failure::NoText { .. });
    Ended { failure, heard_messages: open.heard_messages, token_refused, is_unreadable }
}

struct Open<'a, S> {
    socket: WebSocketStream<S>,
    at: &'a str,
    keep_alive: KeepAlive,
    ping_due: Instant,
    heard_at: Instant,
    heard_messages: bool,
    behind: Option<Behind>,
    gaps: Option<Gaps>,
}

/// The server has been repeating without having come to where we were.
#[derive(Clone, Copy)]
struct Behind {
    since: Instant,
    /// When it did so last.
    last: Instant,
}

impl Behind {
    /// When it is given up to come to where we were: what repeats does so without pauses.
    fn until(self) -> Instant {
        (self.since + REPEATS_WITHIN).min(self.last + REPEATS_WITHOUT_PAUSE)
    }

    /// For so long nobody has looked at what it repeats.
    fn later_by(self, length: Duration) -> Self {
        Self { since: self.since + length, last: self.last + length }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Open<'_, S> {
    async fn run(
        &mut self,
        sequence: &mut Sequence,
        catch_up: &mut Beside,
        reporter: &mut Reporter,
    ) -> (Failure, bool) {
        loop {
            let dead_at = self.heard_at + self.keep_alive.every + self.keep_alive.pong_within;
            let anew_at = self.behind.map_or(dead_at, Behind::until);
            let gap_due = self.gaps.as_ref().and_then(Gaps::due);
            let step = tokio::select! {
                arrived = self.socket.next() => self.arrived(arrived, sequence, reporter).await,
                () = sleep_until(dead_at) => match silence::is_ours(dead_at) {
                    true => {
                        self.heard_at += dead_at.elapsed() + silence::MOMENT;
                        Ok(())
                    }
                    false => Err((Failure::Silent { at: self.at.to_owned(), silent: self.heard_at.elapsed() }, false)),
                },
                () = sleep_until(anew_at), if self.behind.is_some() => match silence::is_ours(anew_at) {
                    true => {
                        self.behind = self.behind.map(|behind| behind.later_by(anew_at.elapsed() + silence::MOMENT));
                        Ok(())
                    }
                    false => {
                        sequence.forget();
                        Err((Failure::CountsAnew { at: self.at.to_owned() }, false))
                    }
                },
                () = sleep_until(self.ping_due) => self.ping().await.map_err(|failure| (failure, false)),
                document = catch_up.next() => {
                    catch_up.report(document, reporter).await;
                    Ok(())
                }
                () = sleep_until(gap_due.unwrap_or(dead_at)), if gap_due.is_some() => {
                    self.make_up(catch_up, reporter).await;
                    Ok(())
                }
            };
            if let Err(end) = step {
                return end;
            }
            if sequence.counts_anew() {
                sequence.forget();
                return (Failure::CountsAnew { at: self.at.to_owned() }, false);
            }
        }
    }

    /// Tells what has not come, and has it fetched.
    async fn make_up(&mut self, catch_up: &mut Beside, reporter: &mut Reporter) {
        let Some(missing) = self.gaps.as_mut().and_then(|gaps| gaps.take(Instant::now())) else { return };
        let (at, what) = (self.at, missing.what);
        if !missing.is_worth_asking {
            let help = "name in `sources` those that the account gets, or have the network looked at";
            return reporter.lacks(&format!("{at} goes on leaving out messages, {what} last; {help}")).await;
        }
        let rest =
            if catch_up.is_wanted() { "what they told is fetched" } else { "with `backfill` it would be fetched" };
        // Told first: what the stream has told so far gives way to a document that is asked for after this.
        reporter.lacks(&format!("{what} of {at} never came; {rest}")).await;
        catch_up.again();
    }

    async fn arrived(
        &mut self,
        arrived: Option<Result<Message, tungstenite::Error>>,
        sequence: &mut Sequence,
        reporter: &mut Reporter,
    ) -> Result<(), (Failure, bool)> {
        match arrived {
            Some(Ok(Message::Text(text))) => self.message(text.into(), sequence, reporter).await,
            Some(Ok(Message::Binary(bytes))) => self.message(bytes, sequence, reporter).await,
            // The library has queued the pong for a ping of the server.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => reporter.alive().await,
            Some(Ok(Message::Frame(_))) => {}
            Some(Ok(Message::Close(frame))) => {
                // Sends the library's answer to the close; how that goes no longer matters.
                let _ = timeout(Duration::from_secs(1), self.socket.flush()).await;
                return Err(self.closed(frame));
            }
            // The library has read the length and nothing of the rest, and cannot go on after it.
            Some(Err(tungstenite::Error::Capacity(CapacityError::MessageTooLong { size, max_size }))) => {
                reporter.skipped(size as u64, Skip::Oversized).await;
                return Err((Failure::TooLarge { at: self.at.to_owned(), bytes: size, most: max_size }, false));
            }
            // The protocol has such a connection closed, and the library does not read on.
            Some(Err(tungstenite::Error::Utf8(_))) => {
                reporter.skipped(0, Skip::NoText).await;
                return Err((Failure::NoText { at: self.at.to_owned() }, false));
            }
            Some(Err(error)) => {
                return Err((Failure::Broken { at: self.at.to_owned(), cause: network::in_words(&error) }, false));
            }
            None => return Err((Failure::Closed { at: self.at.to_owned(), says: String::new() }, false)),
        }
        // Only now: while the queue of reports was full we did not listen, so that was not the server's silence.
        self.heard_at = Instant::now();
        Ok(())
    }

    async fn message(&mut self, bytes: Bytes, sequence: &mut Sequence, reporter: &mut Reporter) {
        match signal(&bytes) {
            Some(Signal::Pong) => return reporter.alive().await,
            Some(Signal::Ping(answer)) => {
                // A failure shows at the next read.
                let _ = timeout(PONG_WITHIN, self.socket.send(Message::text(answer))).await;
                return reporter.alive().await;
            }
            None => {}
        }
        self.heard_messages = true;
        if let Some(seq) = Envelope::of(&bytes).seq() {
            let new = sequence.admit(seq, &bytes);
            let now = Instant::now();
            if let Some(gaps) = &mut self.gaps {
                gaps.heard(seq, now);
            }
            let since = self.behind.map_or(now, |behind| behind.since);
            self.behind = sequence.is_behind().then_some(Behind { since, last: now });
            if !new {
                reporter.repeated().await;
                // Only now: while the queue of reports was full we did not listen, so that was no pause of the server's.
                if let Some(behind) = &mut self.behind {
                    behind.last = Instant::now();
                }
                return;
            }
        }
        self.deliver(bytes, reporter).await;
    }

    /// Waits for room in the queue, and pings meanwhile: a slow listener must not cost the connection.
    async fn deliver(&mut self, bytes: Bytes, reporter: &mut Reporter) {
        let mut delivered = pin!(reporter.message(bytes));
        loop {
            tokio::select! {
                () = &mut delivered => return,
                () = sleep_until(self.ping_due) => {
                    // A failure shows at the next read.
                    let _ = self.ping().await;
                }
            }
        }
    }

    async fn ping(&mut self) -> Result<(), Failure> {
        self.ping_due = Instant::now() + self.keep_alive.every;
        let ping = match self.keep_alive.ping {
            Ping::Json => Message::text(r#"{"type":"ping"}"#),
            Ping::Text => Message::text("ping"),
            Ping::Control => Message::Ping(Bytes::new()),
        };
        match timeout(PONG_WITHIN, self.socket.send(ping)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::Broken { at: self.at.to_owned(), cause: network::in_words(&error) }),
            Err(_) => Err(Failure::Silent { at: self.at.to_owned(), silent: self.heard_at.elapsed() }),
        }
    }

    fn closed(&self, frame: Option<CloseFrame>) -> (Failure, bool) {
        let at = self.at.to_owned();
        let Some(CloseFrame { code, reason }) = frame else {
            return (Failure::Closed { at, says: String::new() }, false);
        };
        let code = u16::from(code);
        let reason = excerpt(&reason);
        let says = if reason.is_empty() { format!(" (code {code})") } else { format!(" (code {code}: {reason})") };
        match TOKEN_CODES.contains(&code) {
            true => (Failure::TokenRefused { at, says }, true),
            false => (Failure::Closed { at, says }, false),
        }
    }
}

enum Signal {
    Pong,
    /// With what to answer.
    Ping(&'static str),
}

/// Whether a message is about the connection, in any of the forms that servers use.
fn signal(bytes: &[u8]) -> Option<Signal> {
    // No message of facts is this short; larger ones need no second look.
    const MOST: usize = 256;
    if bytes.len() > MOST {
        return None;
    }
    let bare = bytes.trim_ascii();
    let bare = bare.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(bare);
    if bare.eq_ignore_ascii_case(b"pong") {
        return Some(Signal::Pong);
    }
    if bare.eq_ignore_ascii_case(b"ping") {
        return Some(Signal::Ping("pong"));
    }
    match Envelope::of(bytes).kind()?.to_ascii_lowercase().as_str() {
        "pong" => Some(Signal::Pong),
        "ping" => Some(Signal::Ping(r#"{"type":"pong"}"#)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
