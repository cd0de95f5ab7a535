//! The clocks of a push clock message: what holds now, whatever the play that the message carries along.

use crate::feed::decode::loose::Loose;
use crate::feed::decode::notes::Notes;
use crate::game::event::{ClockReading, ShotReading};
use crate::game::snapshot::{Period, Sport};

use super::{wire, words};

/// The reading. A message that has the game clock has all clocks that run: the ones it leaves out are off.
pub(super) fn reading(
    clocks: &wire::Clocks<'_>,
    period: Option<Period>,
    sport: Sport,
    notes: &mut Notes,
) -> ClockReading {
    let game_millis = words::clock(&clocks.game_decimal, &clocks.game, "clocks.game", notes);
    let beside = |text: &Loose<'_>, place, notes: &mut Notes| match words::clock(text, &Loose::Absent, place, notes) {
        Some(millis) => ShotReading::Millis(millis),
        None if text.is_said() || game_millis.is_none() => ShotReading::Unsaid,
        None => ShotReading::Off,
    };
    let (shot, strength) = match sport {
        Sport::Basketball => (beside(&clocks.shot, "clocks.shot", notes), ShotReading::Unsaid),
        Sport::Hockey => (ShotReading::Unsaid, beside(&clocks.strength, "clocks.strength", notes)),
    };
    ClockReading {
        period,
        game_millis,
        running: clocks.running.bool("clocks.running", notes),
        shot,
        strength,
        ..ClockReading::default()
    }
}
