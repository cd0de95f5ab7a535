//! Faults on purpose: what goes wrong with real feeds, to be switched on for a rehearsal or a test.
//!
//! In: switches, by options, command line or HTTP, at any time. Out: at each message, request, redirect or clock reading, what
//! is to go wrong with it. Counted, never random: the same switches on the same traffic strike at the same places. Shared by
//! both vendors' servers.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde::Serialize;

/// What can go wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A connection breaks off in mid-game.
    Drop,
    /// A connection stays open and says nothing for a while, not even a heartbeat or pong; then it goes on.
    Stall,
    /// A message is never sent; the connection and all others go on.
    Lose,
    /// A message comes twice.
    Duplicate,
    /// Two messages come in the wrong order.
    Reorder,
    /// Something that is no message comes between messages.
    Garbage,
    /// A message comes late and in small pieces.
    Slow,
    /// A connection stays open and never says anything again.
    HalfOpen,
    /// Messages come framed otherwise: binary frames; pretty-printed objects without a line end between them.
    WrongFraming,
    /// The token is no longer good: the connection is closed, and only a fresh token opens another.
    TokenExpiry,
    /// A server is started again and has forgotten its stream: connections break off, there are none for a while, and then
    /// the stream begins with that moment, numbered from 1. What was told before is left to REST. ShotTracker's alone.
    Forget,
    /// A request is answered with this status.
    Refuse(u16),
    /// A subscription redirects to itself.
    RedirectLoop,
    /// A reading of the game clock is a minute off.
    ClockJump,
}

impl Fault {
    pub const ALL: [Fault; 18] = [
        Fault::Drop,
        Fault::Stall,
        Fault::Lose,
        Fault::Duplicate,
        Fault::Reorder,
        Fault::Garbage,
        Fault::Slow,
        Fault::HalfOpen,
        Fault::WrongFraming,
        Fault::TokenExpiry,
        Fault::Forget,
        Fault::Refuse(401),
        Fault::Refuse(403),
        Fault::Refuse(404),
        Fault::Refuse(429),
        Fault::Refuse(500),
        Fault::RedirectLoop,
        Fault::ClockJump,
    ];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Drop => "drop",
            Fault::Stall => "stall",
            Fault::Lose => "lose",
            Fault::Duplicate => "duplicate",
            Fault::Reorder => "reorder",
            Fault::Garbage => "garbage",
            Fault::Slow => "slow",
            Fault::HalfOpen => "half-open",
            Fault::WrongFraming => "wrong-framing",
            Fault::TokenExpiry => "token-expiry",
            Fault::Forget => "forget",
            Fault::Refuse(401) => "401",
            Fault::Refuse(403) => "403",
            Fault::Refuse(404) => "404",
            Fault::Refuse(429) => "429",
            Fault::Refuse(_) => "500",
            Fault::RedirectLoop => "redirect-loop",
            Fault::ClockJump => "clock-jump",
        }
    }

    /// How many occasions pass from one strike to the next, unless the switch says so.
    fn usual_every(self) -> u32 {
        match self {
            Fault::Drop | Fault::Stall | Fault::Lose | Fault::HalfOpen | Fault::TokenExpiry | Fault::Forget => 25,
            Fault::Duplicate | Fault::Reorder | Fault::Slow | Fault::Garbage => 5,
            Fault::ClockJump => 7,
            Fault::WrongFraming | Fault::Refuse(_) | Fault::RedirectLoop => 1,
        }
    }

    /// How often it strikes in all, unless the switch says so: what costs a connection is meant to be survived.
    fn usual_times(self) -> u32 {
        match self {
            Fault::Drop | Fault::Stall | Fault::Lose | Fault::TokenExpiry | Fault::Refuse(_) => 3,
            Fault::RedirectLoop => 3,
            Fault::HalfOpen | Fault::Forget => 1,
            _ => u32::MAX,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no fault `{found}`; there are: {known}")]
pub struct UnknownFault {
    found: String,
    known: String,
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Fault, UnknownFault> {
        let known = || Fault::ALL.map(Fault::name).join(", ");
        let fault = Fault::ALL.into_iter().find(|fault| fault.name() == text);
        fault.ok_or_else(|| UnknownFault { found: text.to_owned(), known: known() })
    }
}

/// A fault that is switched on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Switch {
    pub fault: Fault,
    /// It strikes at every so-manieth occasion: message, request or clock reading.
    pub every: u32,
    /// How often it still strikes.
    pub times: u32,
    /// Length of a stall, or for how long a server is away; a slow message takes a tenth of it.
    #[serde(rename = "lasts_ms", serialize_with = "millis")]
    pub lasts: Duration,
}

fn millis<S: serde::Serializer>(lasts: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u128(lasts.as_millis())
}

impl From<Fault> for Switch {
    fn from(fault: Fault) -> Switch {
        Switch { fault, every: fault.usual_every(), times: fault.usual_times(), lasts: Duration::from_secs(3) }
    }
}

/// What happens to one message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blow {
    Drop,
    Stall(Duration),
    Lose,
    Twice,
    /// It is told after the next one.
    Later,
    Garbage,
    Slow(Duration),
    HalfOpen,
    Framing,
    Expire,
    /// The server is away for this long and then knows nothing.
    Forget(Duration),
}

/// All switches; clones are the same ones.
#[derive(Clone, Default)]
pub struct Faults {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    switches: Vec<(Switch, u32)>,
    /// Raised when tokens expire.
    token_age: u32,
    has_forgotten: bool,
    /// Where the stream begins since it was forgotten.
    remembers_from: Option<u64>,
    away: Option<Away>,
}

/// A server that is away: for a while, and at least until somebody has found that out.
struct Away {
    until: Instant,
    was_found: bool,
}

impl Faults {
    pub fn new(switches: &[Switch]) -> Faults {
        let faults = Faults::default();
        switches.iter().for_each(|switch| faults.switch_on(*switch));
        faults
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Switches a fault on, instead of an earlier switch of the same.
    pub fn switch_on(&self, switch: Switch) {
        let mut inner = self.lock();
        inner.switches.retain(|(have, _)| have.fault != switch.fault);
        inner.switches.push((switch, 0));
    }

    pub fn switch_all_off(&self) {
        self.lock().switches.clear();
    }

    pub fn switches(&self) -> Vec<Switch> {
        self.lock().switches.iter().map(|(switch, _)| *switch).collect()
    }

    /// What happens to the next message of a stream. `in_order`: whether its place among others means something.
    pub fn message(&self, in_order: bool) -> Option<Blow> {
        let mut inner = self.lock();
        let blow = |switch: &Switch| {
            Some(match switch.fault {
                Fault::Drop => Blow::Drop,
                Fault::Stall => Blow::Stall(switch.lasts),
                // Where messages have no order the next one tells all of it again.
                Fault::Lose if in_order => Blow::Lose,
                Fault::Duplicate => Blow::Twice,
                Fault::Reorder if in_order => Blow::Later,
                Fault::Garbage => Blow::Garbage,
                Fault::Slow => Blow::Slow(switch.lasts / 10),
                Fault::HalfOpen => Blow::HalfOpen,
                Fault::WrongFraming => Blow::Framing,
                Fault::TokenExpiry => Blow::Expire,
                Fault::Forget if in_order => Blow::Forget(switch.lasts),
                _ => return None,
            })
        };
        let blow = inner.strike(blow)?;
        inner.token_age += u32::from(blow == Blow::Expire);
        if let Blow::Forget(lasts) = blow {
            inner.away = Some(Away { until: Instant::now() + lasts, was_found: false });
            inner.remembers_from = None;
            inner.has_forgotten = true;
        }
        Some(blow)
    }

    /// Whether the server that forgot its stream is still away; whoever asks has found that out.
    pub fn is_away(&self) -> bool {
        let mut inner = self.lock();
        let Some(away) = &mut inner.away else { return false };
        let is_away = Instant::now() < away.until || !away.was_found;
        away.was_found = true;
        is_away
    }

    /// The position that the stream begins with, and is numbered from; 0 unless it was forgotten. It begins anew with
    /// `now` when it is first asked for after that.
    pub fn remembers_from(&self, now: impl FnOnce() -> u64) -> u64 {
        let mut inner = self.lock();
        if !inner.has_forgotten {
            return 0;
        }
        *inner.remembers_from.get_or_insert_with(now)
    }

    /// With what the next request is refused.
    pub fn request(&self) -> Option<StatusCode> {
        self.lock().strike(|switch| match switch.fault {
            Fault::Refuse(status) => StatusCode::from_u16(status).ok(),
            _ => None,
        })
    }

    /// Whether the next subscription redirects to itself.
    pub fn redirect_loop(&self) -> bool {
        self.lock().strike(|switch| (switch.fault == Fault::RedirectLoop).then_some(())).is_some()
    }

    /// Whether the next reading of the game clock is wrong.
    pub fn clock_jump(&self) -> bool {
        self.lock().strike(|switch| (switch.fault == Fault::ClockJump).then_some(())).is_some()
    }

    /// Tokens of another age are not good.
    pub fn token_age(&self) -> u32 {
        self.lock().token_age
    }
}

impl Inner {
    /// Counts an occasion at every switch that `meant` knows; the first that is due strikes.
    fn strike<T>(&mut self, meant: impl Fn(&Switch) -> Option<T>) -> Option<T> {
        let mut struck = None;
        for (switch, seen) in &mut self.switches {
            let Some(blow) = meant(switch) else { continue };
            *seen = seen.wrapping_add(1);
            if struck.is_none() && switch.times > 0 && seen.is_multiple_of(switch.every.max(1)) {
                switch.times = switch.times.saturating_sub(u32::from(switch.times != u32::MAX));
                struck = Some(blow);
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for fault in Fault::ALL {
            assert_eq!(fault.name().parse::<Fault>(), Ok(fault));
        }
        assert!("dorp".parse::<Fault>().unwrap_err().to_string().contains("drop, stall"));
    }

    #[test]
    fn a_fault_strikes_at_its_occasions_as_often_as_it_is_set() {
        let faults = Faults::new(&[Switch { every: 3, times: 2, ..Fault::Drop.into() }]);
        let struck: Vec<bool> = (0..12).map(|_| faults.message(true).is_some()).collect();
        let at: Vec<usize> = (0..12).filter(|index| struck[*index]).collect();
        assert_eq!(at, [2, 5]);
    }

    #[test]
    fn requests_and_messages_are_counted_apart() {
        let faults = Faults::new(&[Fault::Refuse(429).into(), Switch { every: 1, ..Fault::Duplicate.into() }]);
        assert_eq!(faults.message(true), Some(Blow::Twice));
        let refused: Vec<_> = (0..4).map(|_| faults.request().map(|status| status.as_u16())).collect();
        assert_eq!(refused, [Some(429), Some(429), Some(429), None]);
    }

    #[test]
    fn a_server_that_is_away_is_found_to_be_once_however_late_somebody_asks() {
        let faults = Faults::new(&[Switch { every: 1, lasts: Duration::ZERO, ..Fault::Forget.into() }]);
        assert!(!faults.is_away());
        assert_eq!(faults.message(true), Some(Blow::Forget(Duration::ZERO)));
        assert_eq!([faults.is_away(), faults.is_away()], [true, false]);
    }

    #[test]
    fn messages_without_an_order_are_not_reordered() {
        let faults = Faults::new(&[Switch { every: 1, ..Fault::Reorder.into() }]);
        assert_eq!(faults.message(false), None);
        assert_eq!(faults.message(true), Some(Blow::Later));
    }
}
