//! Turns messages of a vendor into events of a game.
//!
//! In: one JSON document at a time, exactly as received, in the order of receipt. Out: [`Event`]s, appended to a list
//! that the caller keeps, and an [`Outcome`]. One [`Decoder`] a feed, run by whoever folds the journal; the same bytes in
//! the same order always give the same events. It never fails and never panics: what it cannot use it skips, counts
//! and, once for each kind of oddity, describes ([`Notes`]). It reads no clock, opens nothing and logs nothing.
//!
//! Wire structs live and die below this module: nothing of a vendor's shape leaves it.

mod loose;
mod notes;
mod parse;
mod shottracker;
mod sportradar;

pub use notes::{Note, Notes};

use serde::{Deserialize, Serialize};

use super::report::Skip;
use crate::court;
use crate::game::event::Event;
use crate::ids::{FeedKind, GameId};

/// What a decoder has to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The game to follow where a stream carries several, with or without the vendor's prefix (`sd:match:`), or by its
    /// `sr_id` (`sr:match:…`) where the stream has that. `None`: the first game that the stream speaks of.
    pub match_id: Option<String>,
    pub reading: Reading,
}

/// How to read what the vendors' pages leave open; the default is our assumption.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub zone_order: ZoneOrder,
    pub far_hoop: FarHoop,
    pub right_hand: RightHand,
}

/// How many zones the vendor's map has: as many as ours.
pub const ZONES: usize = court::ZONES as usize;

/// For each of the vendor's 14 zones, in its order, which of the zones of [`crate::court`] it is. A permutation of 1 to 14.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct ZoneOrder([u8; ZONES]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", court::NO_ORDER_OF_ZONES)]
pub struct NoOrder;

impl Default for ZoneOrder {
    /// The vendor numbers its zones as we do.
    fn default() -> Self {
        Self(std::array::from_fn(|index| index as u8 + 1))
    }
}

impl TryFrom<Vec<u8>> for ZoneOrder {
    type Error = NoOrder;

    fn try_from(numbers: Vec<u8>) -> Result<Self, NoOrder> {
        if !court::is_order_of_zones(&numbers) {
            return Err(NoOrder);
        }
        numbers.try_into().map(Self).map_err(|_| NoOrder)
    }
}

impl From<ZoneOrder> for Vec<u8> {
    fn from(order: ZoneOrder) -> Self {
        order.0.into()
    }
}

impl ZoneOrder {
    /// Our number of the vendor's zone `number`; `None` for a number that is no zone.
    pub fn ours(&self, number: u32) -> Option<u8> {
        self.0.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }
}

/// Where places are told from the centre of the court: the frame of the hoop at positive y, seen from that of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FarHoop {
    /// Turned by half a circle: the right hand of a shooter is the right hand at both ends.
    #[default]
    Turned,
    /// Mirrored at the line of half court: x is the court's at both ends.
    Mirrored,
}

/// To whose right hand x grows: of a place told from a hoop, and, by the hoop at negative y, in the whole hall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RightHand {
    /// That of a shooter, who faces the hoop.
    #[default]
    Shooter,
    /// That of somebody who stands behind the hoop and looks at the shooter.
    Hoop,
}

impl RightHand {
    /// As it is counted here: to the shooter's right.
    fn x(self, x: f64) -> f64 {
        match self {
            RightHand::Shooter => x,
            RightHand::Hoop => -x,
        }
    }

    /// The same of millimetres; what lies at the edge of their range stays there.
    fn x_mm(self, x: i32) -> i32 {
        match self {
            RightHand::Shooter => x,
            RightHand::Hoop => x.saturating_neg(),
        }
    }
}

/// What became of one message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Its facts are in the list of events.
    Taken,
    /// A sign of life without facts.
    Heartbeat,
    /// It speaks of a game that is not followed.
    OtherGame,
    /// Understood, and of no use here: a source that no snapshot shows.
    Unused,
    /// Not understood at all; the notes say why.
    Skipped,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub verdict: Verdict,
    /// Parts of the message, or the whole of it, that were not understood.
    pub oddities: u32,
}

/// Reads the messages of one feed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decoder {
    protocol: Protocol,
    notes: Notes,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Protocol {
    ShotTracker(shottracker::Reader),
    Sportradar(Box<sportradar::Reader>),
}

impl Decoder {
    pub fn new(kind: FeedKind, options: Options) -> Self {
        let protocol = match kind {
            FeedKind::ShotTracker => Protocol::ShotTracker(shottracker::Reader::new(options)),
            FeedKind::NbaPushEvents
            | FeedKind::NbaPushClock
            | FeedKind::NbaPushGameClock
            | FeedKind::NhlPushEvents
            | FeedKind::NhlPushClock => Protocol::Sportradar(Box::new(sportradar::Reader::new(kind, options))),
        };
        Self { protocol, notes: Notes::default() }
    }

    /// Reads what follows in another way.
    pub fn set_reading(&mut self, reading: Reading) {
        match &mut self.protocol {
            Protocol::ShotTracker(reader) => reader.set_reading(reading),
            Protocol::Sportradar(_) => {}
        }
    }

    /// Follows a game that another feed of the same league has settled on, unless it was told which one, or has settled.
    pub fn follow(&mut self, game: &GameId) {
        if let Protocol::Sportradar(reader) = &mut self.protocol {
            reader.follow(game);
        }
    }

    /// The game that it was told to follow or has settled on, by whichever id; `None` while any would do.
    pub fn wanted(&self) -> Option<&str> {
        match &self.protocol {
            Protocol::ShotTracker(reader) => reader.game().map(GameId::as_str),
            Protocol::Sportradar(reader) => reader.wanted(),
        }
    }

    /// Whether it has settled on another game than this one, which it is now told to follow.
    pub fn is_of_another(&self, game: &str) -> bool {
        match &self.protocol {
            Protocol::ShotTracker(_) => false,
            Protocol::Sportradar(reader) => reader.is_of_another(game),
        }
    }

    /// A connection begins: what it tells has no order with what earlier ones told.
    pub fn connected(&mut self) {
        match &mut self.protocol {
            Protocol::ShotTracker(reader) => reader.connected(),
            Protocol::Sportradar(reader) => reader.connected(),
        }
    }

    /// Appends what `message`, one JSON document, says. Appends nothing unless the verdict is [`Verdict::Taken`].
    pub fn decode(&mut self, message: &[u8], events: &mut Vec<Event>) -> Outcome {
        self.notes.begin_message();
        let before = self.notes.total();
        loose::make_room();
        let verdict = match &mut self.protocol {
            Protocol::ShotTracker(reader) => reader.read(message, &mut self.notes, events),
            Protocol::Sportradar(reader) => reader.read(message, &mut self.notes, events),
        };
        let oddities = u32::try_from(self.notes.total() - before).unwrap_or(u32::MAX);
        Outcome { verdict, oddities }
    }

    /// Counts bytes of the stream that could not be a message; the kind of oddity that they are.
    pub fn passed_over(&mut self, bytes: u64, why: Skip) -> &'static str {
        let kind = match why {
            Skip::Garbage => "stream: bytes that are no message",
            Skip::Oversized => "stream: a message above the cap",
            Skip::CutOff => "stream: cut off within a message",
            Skip::NoText => "message: not valid UTF-8",
        };
        let example = (bytes > 0).then(|| format!("{bytes} bytes"));
        self.notes.add(kind, example.as_deref());
        kind
    }

    /// Kinds of oddity that were not there at the last call, as sentences: what to log, once each.
    pub fn take_fresh_notes(&mut self) -> Vec<String> {
        self.notes.take_fresh()
    }

    /// Everything odd so far.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }

    /// The game that is followed; `None` until a message named one.
    pub fn game(&self) -> Option<&GameId> {
        match &self.protocol {
            Protocol::ShotTracker(reader) => reader.game(),
            Protocol::Sportradar(reader) => reader.game(),
        }
    }

    /// Games of the stream that are not followed, as `id (away at home)`, in order of their ids.
    pub fn other_games(&self) -> impl Iterator<Item = &str> + Clone {
        let games = match &self.protocol {
            // A ShotTracker token is good for one game.
            Protocol::ShotTracker(_) => None,
            Protocol::Sportradar(reader) => Some(reader.other_games()),
        };
        games.into_iter().flatten()
    }
}

/// Other games of a stream that are remembered; a whole evening of a league is fewer.
const MOST_OTHER_GAMES: usize = 32;

/// The kind of oddity that a document is which cannot be read: `otherwise`, where there is something.
fn unreadable(text: &str, otherwise: &'static str) -> &'static str {
    if text.trim().is_empty() { "message: empty" } else { otherwise }
}

/// The message as text. A stray byte in a name must not cost the whole message: it becomes a replacement character.
fn text_of<'m>(bytes: &'m [u8], notes: &mut Notes) -> std::borrow::Cow<'m, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            notes.add("message: not valid UTF-8", None);
            String::from_utf8_lossy(bytes)
        }
    }
}
