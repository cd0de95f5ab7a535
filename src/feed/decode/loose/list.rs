//! Lists of the wire: whatever stands where one belongs, reading it succeeds, and no message makes one without end.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BoolDeserializer, MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Odd, has_room_for, not_this_shape};
use crate::feed::decode::notes::Notes;

/// A list that parses from anything: what is not a list is empty and noted.
#[derive(Clone, Debug)]
pub(in crate::feed::decode) struct List<T> {
    pub(in crate::feed::decode) items: Vec<T>,
    pub(in crate::feed::decode) is_said: bool,
    is_misshapen: bool,
    /// There were more items than [`ROOM_BYTES`] allow.
    is_cut: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), is_said: false, is_misshapen: false, is_cut: false }
    }
}

impl<T> List<T> {
    fn misshapen() -> Self {
        Self { is_misshapen: true, ..Self::default() }
    }

    /// Whether all of it was understood as a list, or it was not said.
    pub(in crate::feed::decode) fn is_whole(&self) -> bool {
        !self.is_misshapen && !self.is_cut
    }

    /// Tells what was not understood of the list itself.
    pub(in crate::feed::decode) fn note_shape(&self, place: &'static str, notes: &mut Notes) {
        if self.is_misshapen {
            notes.add(format!("{place}: not a list"), None);
        }
        if self.is_cut {
            notes.add(format!("{place}: a list that is too long"), None);
        }
    }
}

impl<T: Odd> Odd for List<T> {
    fn note(&self, place: &'static str, notes: &mut Notes) {
        self.note_shape(place, notes);
        self.items.note(place, notes);
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                let mut is_cut = false;
                while has_room_for::<T>() {
                    match list.next_element()? {
                        Some(item) => items.push(item),
                        None => return Ok(List { items, is_said: true, is_misshapen: false, is_cut }),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    is_cut = true;
                }
                Ok(List { items, is_said: true, is_misshapen: false, is_cut })
            }

            not_this_shape!(List::misshapen(), List::default());

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(List::misshapen())
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// One object or a list of them: what is neither is one misshapen object.
#[derive(Clone, Debug)]
pub(in crate::feed::decode) struct OneOrMore<T>(pub(in crate::feed::decode) List<T>);

impl<T> OneOrMore<T> {
    fn one(item: T) -> Self {
        Self(List { items: vec![item], is_said: true, ..List::default() })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = OneOrMore<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                List::deserialize(SeqAccessDeserializer::new(list)).map(OneOrMore)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(object)).map(OneOrMore::one)
            }

            not_this_shape!(
                OneOrMore::one(T::deserialize(BoolDeserializer::<E>::new(true))?),
                OneOrMore(List::default())
            );
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}
