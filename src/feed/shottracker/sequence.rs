//! Which messages of a ShotTracker connection are new.
//!
//! In: messages in the order of their arrival, and where connections begin. Out: whether each is to be passed on, and
//! the number to go on after. The sources marker, boxscorestatsv2, chart, possessions, possessionstats and lineupstats
//! share one sequence; broadcastsummary, location and clock have none. Pure.
//!
//! A new connection may repeat what an earlier one brought: the last message if `last_seq` is inclusive, or all of them if
//! the server ignores it. So whatever is not above the number that the connection started from is old. Within
//! a connection only an exact repetition is: the vendor does not say that two messages never share a number, nor that
//! sources do not overtake each other, and to drop a shot is worse than to apply it twice.
//!
//! A server that repeats an event from its beginning soon comes to where we were. One that does not has begun to count
//! anew (a rehearsal was started again): see [`Sequence::is_behind`].

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Messages remembered for recognising an exact repetition.
const REMEMBERED: usize = 64;

/// Sources that have no sequence, and whose `seq`, should they send one, means something else.
const WITHOUT_SEQUENCE: [&str; 3] = ["broadcastsummary", "location", "clock"];

#[derive(Debug, Default)]
pub(super) struct Sequence {
    last: Option<u64>,
    /// Messages after `last` that cannot be read and are asked for no more.
    given_up: u64,
    /// Where the present connection started from.
    floor: Option<u64>,
    /// The last number was below the floor.
    behind: bool,
    /// Number and hash of the messages of this connection passed on last.
    recent: VecDeque<(u64, u64)>,
    /// Those of the connections before it.
    earlier: VecDeque<(u64, u64)>,
    /// A number that an earlier connection had has come with another message.
    is_another: bool,
}

impl Sequence {
    /// Goes on after `last`; `None`: from the beginning of the event.
    pub(super) fn after(last: Option<u64>) -> Self {
        Self { last, floor: last, ..Self::default() }
    }

    /// The highest number passed on so far.
    pub(super) fn last(&self) -> Option<u64> {
        self.last
    }

    /// The number that a connection asks to go on after.
    pub(super) fn resume_after(&self) -> Option<u64> {
        if self.given_up == 0 { self.last } else { Some(self.last.unwrap_or_default().saturating_add(self.given_up)) }
    }

    /// Whether a message is asked to be passed over.
    pub(super) fn passes_over(&self) -> bool {
        self.given_up > 0
    }

    /// The next message after those received cannot be read: its number. It is taken all the same if it comes.
    pub(super) fn give_up_next(&mut self) -> u64 {
        self.given_up = self.given_up.saturating_add(1);
        self.last.unwrap_or_default().saturating_add(self.given_up)
    }

    /// A connection begins.
    pub(super) fn connected(&mut self) {
        self.floor = self.last;
        self.behind = false;
        self.is_another = false;
        // Of a connection that brought nothing there is nothing to remember.
        if !self.recent.is_empty() {
            self.earlier = std::mem::take(&mut self.recent);
        }
    }

    /// Whether a repetition turned out to be none: under numbers that we know other messages came. The server has been started
    /// again, and its numbers pass ours too soon for [`Sequence::is_behind`] to last.
    pub(super) fn counts_anew(&self) -> bool {
        self.is_another
    }

    /// Whether the connection is still below where the last one ended. If that lasts, the numbers mean something else.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Forgets all numbers: the next connection takes the event from its beginning.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether a message with this number is to be passed on.
    pub(super) fn admit(&mut self, seq: u64, bytes: &[u8]) -> bool {
        if let Some(floor) = self.floor.filter(|floor| seq <= *floor) {
            // The floor itself is where we were: it is repeated by a server that takes `last_seq` as inclusive.
            self.behind = seq < floor;
            let message = (seq, hash(bytes));
            let is_known = self.earlier.iter().any(|(number, _)| *number == seq);
            self.is_another |= self.behind && is_known && !self.earlier.contains(&message);
            return false;
        }
        self.behind = false;
        let message = (seq, hash(bytes));
        if self.recent.contains(&message) {
            return false;
        }
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(message);
        if self.last < Some(seq) {
            (self.last, self.given_up) = (Some(seq), 0);
        }
        true
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// What is looked at in a message before it is passed on.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    seq: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Skims a message; empty for anything that is not a JSON object.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        if bytes.trim_ascii_start().starts_with(b"{") {
            serde_json::from_slice(bytes).unwrap_or_default()
        } else {
            Self::default()
        }
    }

    /// Reads until source and number are known, which stand before the data: a summary is a thousand times longer than
    /// that. What follows may be anything.
    fn head(bytes: &'a [u8]) -> Self {
        let mut head = Self::default();
        // Stopping half-way is an error to serde; what was read until then is what is wanted.
        let _ = Head(&mut head).deserialize(&mut serde_json::Deserializer::from_slice(bytes));
        head
    }

    fn is_settled(&self) -> bool {
        let Some(source) = text(self.source) else { return false };
        self.seq.is_some() || WITHOUT_SEQUENCE.contains(&source.as_ref())
    }

    pub(super) fn kind(&self) -> Option<Cow<'a, str>> {
        text(self.kind)
    }

    /// Its number in the shared sequence, if it belongs to that.
    pub(super) fn seq(&self) -> Option<u64> {
        let number = number(self.seq?.get())?;
        let source = text(self.source);
        let sequenced = source.is_none_or(|source| !WITHOUT_SEQUENCE.contains(&source.as_ref()));
        sequenced.then_some(number)
    }
}

/// Fills an envelope as far as the head of a message goes.
struct Head<'e, 'a>(&'e mut Envelope<'a>);

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Head<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Head<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Head(head) = self;
        while !head.is_settled() {
            let Some(Key(key)) = object.next_key()? else { break };
            match key.as_ref() {
                "type" => head.kind = object.next_value()?,
                "source" => head.source = object.next_value()?,
                "seq" => head.seq = object.next_value()?,
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The number of a message in the shared sequence; `None` for messages of sources that have none. For finding
/// [`super::super::Resume`] in a journal, whose messages were looked through when they came: reads no more than it must.
pub fn seq(bytes: &[u8]) -> Option<u64> {
    Envelope::head(bytes).seq()
}

/// Whether a message is of the source that tells where everybody is, many times a second. Reads no more than it must.
pub fn is_positions(bytes: &[u8]) -> bool {
    text(Envelope::head(bytes).source).is_some_and(|source| source == "location")
}

fn text(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    serde_json::from_str(raw?.get()).ok()
}

/// Tolerates `"12"` and `12.0`: the vendor's other numbers come in those forms too.
fn number(raw: &str) -> Option<u64> {
    let digits = raw.trim_matches('"');
    let whole = match digits.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => digits,
    };
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_numbers_strings_and_floats() {
        for text in [r#"{"seq":12}"#, r#"{"seq":"12"}"#, r#" {"a":[{"seq":3}],"seq":12.0,"source":"chart"}"#] {
            assert_eq!(seq(text.as_bytes()), Some(12), "{text}");
        }
        for text in [r#"{"seq":1.5}"#, r#"{"seq":null}"#, r#"{"seq":-1}"#, "{}", "pong", r#"{"seq":"x"}"#, "[12]", ""] {
            assert_eq!(seq(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn positions_are_known_by_their_source() {
        assert!(is_positions(br#"{"type":"data","source":"location","data":{"source":"chart"}}"#));
        for other in [&br#"{"source":"chart","data":{"source":"location"}}"#[..], b"location", b"", b"{"] {
            assert!(!is_positions(other));
        }
    }

    #[test]
    fn sources_without_a_sequence_have_no_number_whatever_they_say() {
        assert_eq!(seq(br#"{"source":"clock","seq":99999}"#), None);
    }

    #[test]
    fn a_new_connection_brings_nothing_twice_whether_or_not_the_server_repeats_the_last() {
        let mut sequence = Sequence::default();
        sequence.connected();
        let first: Vec<bool> = [1, 2, 3].map(|seq| sequence.admit(seq, b"m")).into();
        sequence.connected();
        let again: Vec<bool> = [1, 2, 3, 4].map(|seq| sequence.admit(seq, b"m")).into();
        assert_eq!((first, again), (vec![true; 3], vec![false, false, false, true]));
    }

    #[test]
    fn messages_that_share_a_number_or_overtake_each_other_are_not_lost() {
        let mut sequence = Sequence::after(Some(5));
        sequence.connected();
        assert!(sequence.admit(7, b"chart"));
        assert!(sequence.admit(7, b"boxscore"));
        assert!(sequence.admit(6, b"overtaken"));
        assert!(!sequence.admit(7, b"chart"), "an exact repetition");
        assert_eq!(sequence.last(), Some(7));
    }

    #[test]
    fn a_repetition_from_the_beginning_is_behind_until_it_comes_to_where_we_were() {
        let mut sequence = Sequence::after(Some(3));
        sequence.connected();
        assert!(!sequence.admit(3, b"m") && !sequence.is_behind(), "an inclusive `last_seq`");
        assert!(!sequence.admit(1, b"m") && sequence.is_behind());
        assert!(!sequence.admit(3, b"m") && !sequence.is_behind());
        assert!(!sequence.admit(2, b"m") && sequence.is_behind());
        assert!(sequence.admit(4, b"m") && !sequence.is_behind());
    }

    #[test]
    fn other_messages_under_known_numbers_are_no_repetition_however_soon_the_numbers_pass_ours() {
        let mut sequence = Sequence::default();
        sequence.connected();
        let told: [(u64, &[u8]); 3] = [(1, b"a"), (2, b"chart"), (2, b"boxscore")];
        assert!(told.iter().all(|(seq, bytes)| sequence.admit(*seq, bytes)));
        sequence.connected();
        sequence.connected();
        assert!(told.iter().all(|(seq, bytes)| !sequence.admit(*seq, bytes)) && !sequence.counts_anew());
        assert!(!sequence.admit(2, b"another") && !sequence.counts_anew(), "where we were may share its number");
        assert!(!sequence.admit(1, b"another") && sequence.counts_anew());
        sequence.forget();
        assert!(!sequence.counts_anew() && sequence.admit(1, b"another"));
    }

    #[test]
    fn a_message_that_is_given_up_is_passed_over_until_one_after_it_has_come() {
        let mut sequence = Sequence::after(Some(4));
        assert_eq!((sequence.give_up_next(), sequence.give_up_next(), sequence.resume_after()), (5, 6, Some(6)));
        sequence.connected();
        assert!(sequence.admit(5, b"it was another one"), "nothing is passed over that comes after all");
        assert_eq!((sequence.last(), sequence.resume_after()), (Some(5), Some(5)));
        let mut sequence = Sequence::after(None);
        assert_eq!((sequence.resume_after(), sequence.give_up_next(), sequence.resume_after()), (None, 1, Some(1)));
    }

    #[test]
    fn what_a_journal_has_is_not_taken_again() {
        let mut sequence = Sequence::after(Some(40));
        sequence.connected();
        assert!(!sequence.admit(40, b"m"));
        assert!(sequence.admit(41, b"m"));
    }
}
