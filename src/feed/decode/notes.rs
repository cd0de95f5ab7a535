//! What was odd in a stream: counted by kind, described once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Kinds that are told apart. A hostile stream could name a new field in every message; from here on oddities are
/// counted together under [`REST`].
const MOST_KINDS: usize = 200;
const REST: &str = "further kinds of oddity";
/// Longest example that is kept, in bytes.
const MOST_EXAMPLE_BYTES: usize = 80;
/// Kinds of one message that are remembered: enough to read in a line.
const MOST_OF_MESSAGE: usize = 4;

/// Counted oddities of one decoder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    kinds: BTreeMap<Cow<'static, str>, Note>,
    total: u64,
    /// Kinds that [`Notes::take_fresh`] has not handed out.
    fresh: Vec<Cow<'static, str>>,
    /// Kinds of the message in hand, each once.
    #[serde(skip)]
    of_message: Vec<Cow<'static, str>>,
}

/// One kind of oddity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub count: u64,
    /// The first one seen, shortened; null where the kind says it all.
    pub example: Option<String>,
}

impl Notes {
    /// Oddities of all kinds together.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Every kind with its count, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Note)> {
        self.kinds.iter().map(|(kind, note)| (kind.as_ref(), note))
    }

    /// Kinds that were not there at the last call, as sentences: what to log, once each.
    pub fn take_fresh(&mut self) -> Vec<String> {
        let kinds = &self.kinds;
        let sentence = |kind: Cow<'static, str>| match kinds.get(&kind).and_then(|note| note.example.as_deref()) {
            Some(example) => format!("{kind}, as in {example:?}"),
            None => kind.into_owned(),
        };
        std::mem::take(&mut self.fresh).into_iter().map(sentence).collect()
    }

    /// The first few kinds of oddity in the message that was decoded last; empty when all of it was understood.
    pub fn of_message(&self) -> &[Cow<'static, str>] {
        &self.of_message
    }

    pub(super) fn begin_message(&mut self) {
        self.of_message.clear();
    }

    /// Counts an oddity; `kind` is a short clause that names the place, `example` what was found there.
    pub(super) fn add(&mut self, kind: impl Into<Cow<'static, str>>, example: Option<&str>) {
        self.total += 1;
        let mut kind = kind.into();
        if !self.kinds.contains_key(&kind) {
            if self.kinds.len() >= MOST_KINDS {
                kind = Cow::Borrowed(REST);
            }
            if !self.kinds.contains_key(&kind) {
                self.fresh.push(kind.clone());
            }
        }
        if self.of_message.len() < MOST_OF_MESSAGE && !self.of_message.contains(&kind) {
            self.of_message.push(kind.clone());
        }
        let note = self.kinds.entry(kind).or_insert_with(|| Note { count: 0, example: example.map(shorten) });
        note.count += 1;
    }
}

/// The start of `text`, cut at a character.
fn shorten(text: &str) -> String {
    let end = (0..=text.len().min(MOST_EXAMPLE_BYTES)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_handed_out_once_and_counted_always() {
        let mut notes = Notes::default();
        notes.add("event: unknown type", Some("moonball"));
        notes.add("event: unknown type", Some("sunball"));
        assert_eq!(notes.take_fresh(), ["event: unknown type, as in \"moonball\""]);
        notes.add("event: unknown type", None);
        assert!(notes.take_fresh().is_empty());
        assert_eq!(notes.iter().next().map(|(_, note)| note.count), Some(3));
    }

    #[test]
    fn a_stream_of_new_oddities_stays_bounded() {
        let mut notes = Notes::default();
        for number in 0..10_000 {
            notes.add(format!("unknown field `{number}`"), Some(&"é".repeat(1000)));
        }
        assert_eq!(notes.total(), 10_000);
        assert_eq!(notes.iter().count(), MOST_KINDS + 1);
        assert!(notes.iter().all(|(_, note)| note.example.as_ref().is_none_or(|e| e.len() <= MOST_EXAMPLE_BYTES)));
    }
}
