//! Wire values that always parse: whatever valid JSON stands in a place, reading that place succeeds.
//!
//! [`Loose`] is a scalar of any type; [`wire!`] defines objects whose fields all are optional, whose last duplicate
//! wins, and which remember what they did not know. Both borrow from the message. What is odd is not an error but a
//! note, made when [`Odd::note`] walks the parsed message or when a scalar is converted.

mod list;

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::notes::Notes;

pub(super) use list::{List, OneOrMore};

/// Memory that the lists and unknown fields of one message may take. The largest real documents (a league's
/// play-by-play, a summary of every period) take some megabytes; without a limit eight megabytes of `{},{},` would become
/// gigabytes.
const ROOM_BYTES: usize = 32 * 1024 * 1024;

thread_local! {
    /// What is left of it for the message that is being read. serde hands no context down to the values of a document,
    /// so it lies beside them.
    static ROOM: Cell<usize> = const { Cell::new(ROOM_BYTES) };
}

/// A message begins: all the room is there again.
pub(super) fn make_room() {
    ROOM.set(ROOM_BYTES);
}

/// Whether there is room for another `T`; takes it.
pub(super) fn has_room_for<T>() -> bool {
    let left = ROOM.get().checked_sub(size_of::<T>());
    ROOM.set(left.unwrap_or(0));
    left.is_some()
}

/// A JSON scalar, or the fact that something else stood there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Loose<'a> {
    /// Missing, or null: vendors use both for "not known".
    #[default]
    Absent,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
    /// An object or a list.
    Other,
}

/// Tells what of a parsed message was not understood.
pub(super) trait Odd {
    /// `place` names the object for a person ("event", "game.home").
    fn note(&self, place: &'static str, notes: &mut Notes);
}

impl Loose<'_> {
    /// Whether the message said anything here.
    pub(super) fn is_said(&self) -> bool {
        !matches!(self, Loose::Absent)
    }

    /// Text as it stands; numbers become their decimal text, so that an id or a jersey number may be either. Empty text
    /// counts as absent.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Loose::Text(text) if text.is_empty() => None,
            Loose::Text(text) => Some(Cow::Borrowed(text)),
            Loose::Int(number) => Some(Cow::Owned(number.to_string())),
            Loose::Float(number) if number.fract() == 0.0 => Some(Cow::Owned(format!("{number:.0}"))),
            Loose::Float(number) => Some(Cow::Owned(number.to_string())),
            Loose::Absent | Loose::Bool(_) | Loose::Other => None,
        }
    }

    pub(super) fn string(&self) -> Option<String> {
        self.text().map(Cow::into_owned)
    }

    /// A number, also where it came as text.
    pub(super) fn f64(&self, place: &'static str, notes: &mut Notes) -> Option<f64> {
        match self {
            Loose::Absent => None,
            Loose::Int(number) => Some(*number as f64),
            Loose::Float(number) => Some(*number),
            Loose::Text(text) if text.trim().is_empty() => None,
            Loose::Text(text) => {
                let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
                let kind = if number.is_some() { "a number came as text" } else { "not a number" };
                notes.add(format!("{place}: {kind}"), Some(text));
                number
            }
            Loose::Bool(_) | Loose::Other => {
                notes.add(format!("{place}: not a number"), None);
                None
            }
        }
    }

    /// A whole number, also from `15.0` or text; a fraction is rounded to the nearest.
    pub(super) fn i64(&self, place: &'static str, notes: &mut Notes) -> Option<i64> {
        if let Loose::Int(number) = self {
            return Some(*number);
        }
        let number = self.f64(place, notes)?;
        if number.fract() != 0.0 {
            notes.add(format!("{place}: not a whole number"), Some(&number.to_string()));
        }
        // `as` saturates: an absurd figure becomes the largest one, and `u32` then refuses it.
        Some(number.round() as i64)
    }

    pub(super) fn u32(&self, place: &'static str, notes: &mut Notes) -> Option<u32> {
        let number = self.i64(place, notes)?;
        let fits = u32::try_from(number).ok();
        if fits.is_none() {
            notes.add(format!("{place}: outside the range of a count"), Some(&number.to_string()));
        }
        fits
    }

    pub(super) fn i32(&self, place: &'static str, notes: &mut Notes) -> Option<i32> {
        let number = self.i64(place, notes)?;
        let fits = i32::try_from(number).ok();
        if fits.is_none() {
            notes.add(format!("{place}: outside the range of a count"), Some(&number.to_string()));
        }
        fits
    }

    /// True or false, also as 0 and 1 or as text.
    pub(super) fn bool(&self, place: &'static str, notes: &mut Notes) -> Option<bool> {
        match self {
            Loose::Absent => return None,
            Loose::Bool(value) => return Some(*value),
            Loose::Int(0) => return Some(false),
            Loose::Int(1) => return Some(true),
            Loose::Text(text) => match text.as_ref() {
                "true" | "True" | "TRUE" => return Some(true),
                "false" | "False" | "FALSE" => return Some(false),
                _ => {}
            },
            _ => {}
        }
        notes.add(format!("{place}: neither true nor false"), self.text().as_deref());
        None
    }
}

impl Odd for Loose<'_> {
    fn note(&self, place: &'static str, notes: &mut Notes) {
        if matches!(self, Loose::Other) {
            notes.add(format!("{place}: an object or a list where a value belongs"), None);
        }
    }
}

/// Whether anything but null stood there; what it was does not matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Present(pub(super) bool);

impl Odd for Present {
    fn note(&self, _place: &'static str, _notes: &mut Notes) {}
}

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<IgnoredAny>::deserialize(deserializer).map(|value| Self(value.is_some()))
    }
}

impl<T: Odd> Odd for Vec<T> {
    fn note(&self, place: &'static str, notes: &mut Notes) {
        self.iter().for_each(|item| item.note(place, notes));
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl<'de> Visitor<'de> for Scalar {
            type Value = Loose<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Loose::Bool(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Loose::Int(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(i64::try_from(value).map_or(Loose::Float(value as f64), Loose::Int))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(Loose::Float(value))
            }

            fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Loose::Text(Cow::Borrowed(value)))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Loose::Text(Cow::Owned(value.to_owned())))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Loose::Absent)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Other)
            }
        }

        deserializer.deserialize_any(Scalar)
    }
}

/// Visitor methods for scalars where an object or a list belongs: `$odd` for a value, `$absent` for null.
macro_rules! not_this_shape {
    ($odd:expr, $absent:expr) => {
        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($odd)
        }

        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($odd)
        }

        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($odd)
        }

        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($odd)
        }

        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($odd)
        }

        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
}
pub(super) use not_this_shape;

/// A key of an object, borrowed from the message where it has no escapes.
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(value)))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Defines an object of the wire:
///
/// ```ignore
/// wire! {
///     struct Team { id: Loose<'a> = "id", name: Loose<'a> = "name" } known "sr_id" "reference"
/// }
/// ```
///
/// Every field has a default, so nothing is required; the keys after `known` are expected and not used; `extra` names a
/// function that says of any other key whether it is kept in `extra`; `passes_over true` expects any other key.
macro_rules! wire {
    ($(
        $(#[$doc:meta])*
        struct $name:ident { $($field:ident : $kind:ty = $key:literal),* $(,)? } $(known $($known:literal)*)?
        $(extra $is_extra:ident)?
        $(passes_over $the_rest:literal)?
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        #[allow(dead_code, reason = "every object can tell whether it was there and what else it had; few are asked")]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $kind,)*
            /// Whether an object stood here.
            pub(super) is_said: bool,
            is_misshapen: bool,
            /// There were more fields than there is room for.
            is_cut: bool,
            /// Fields whose names follow a pattern, with their values.
            pub(super) extra: Vec<(std::borrow::Cow<'a, str>, $crate::feed::decode::loose::Loose<'a>)>,
            unknown: Vec<std::borrow::Cow<'a, str>>,
        }

        impl $crate::feed::decode::loose::Odd for $name<'_> {
            fn note(&self, place: &'static str, notes: &mut $crate::feed::decode::notes::Notes) {
                if self.is_misshapen {
                    notes.add(format!("{place}: not an object"), None);
                }
                if self.is_cut {
                    notes.add(format!("{place}: an object with too many fields"), None);
                }
                for key in &self.unknown {
                    notes.add(format!("{place}: unknown field `{}`", key.chars().take(40).collect::<String>()), None);
                }
                $($crate::feed::decode::loose::Odd::note(&self.$field, $key, notes);)*
            }
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields<'a>(std::marker::PhantomData<&'a ()>);

                impl<'de: 'a, 'a> serde::de::Visitor<'de> for Fields<'a> {
                    type Value = $name<'a>;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("any JSON value")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                        let mut value = $name { is_said: true, ..Default::default() };
                        while let Some($crate::feed::decode::loose::Key(key)) = object.next_key()? {
                            match key.as_ref() {
                                $($key => value.$field = object.next_value()?,)*
                                $($($known)|* => { object.next_value::<serde::de::IgnoredAny>()?; })?
                                $(name if $is_extra(name) => {
                                    let extra = (key, object.next_value()?);
                                    match $crate::feed::decode::loose::has_room_for::<[usize; 8]>() {
                                        true => value.extra.push(extra),
                                        false => value.is_cut = true,
                                    }
                                })?
                                $(_ if $the_rest => { object.next_value::<serde::de::IgnoredAny>()?; })?
                                _ => {
                                    object.next_value::<serde::de::IgnoredAny>()?;
                                    match $crate::feed::decode::loose::has_room_for::<[usize; 8]>() {
                                        true => value.unknown.push(key),
                                        false => value.is_cut = true,
                                    }
                                }
                            }
                        }
                        Ok(value)
                    }

                    $crate::feed::decode::loose::not_this_shape!(
                        $name { is_misshapen: true, ..Default::default() }, $name::default()
                    );

                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                        while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                        Ok($name { is_misshapen: true, ..Default::default() })
                    }
                }

                deserializer.deserialize_any(Fields(std::marker::PhantomData))
            }
        }
    )*};
}
pub(super) use wire;

#[cfg(test)]
mod tests {
    use super::*;

    wire! {
        struct Row { id: Loose<'a> = "id", inner: Inner<'a> = "inner", rows: List<Inner<'a>> = "rows" } known "boring"
        struct Inner { value: Loose<'a> = "value" }
    }

    fn notes_of(text: &str) -> Vec<String> {
        let row: Row = serde_json::from_str(text).expect("any valid JSON parses");
        let mut notes = Notes::default();
        row.note("row", &mut notes);
        notes.take_fresh()
    }

    #[test]
    fn every_shape_of_json_parses_in_every_place() {
        for value in
            ["null", "true", "-1", "18446744073709551615", "1e300", "\"x\\n\"", "[]", "[[1]]", "{}", "{\"a\":1}"]
        {
            notes_of(value);
            for field in ["id", "inner", "rows", "boring", "other"] {
                notes_of(&format!("{{\"{field}\":{value}}}"));
                notes_of(&format!("{{\"rows\":[{value},{value}]}}"));
            }
        }
    }

    #[test]
    fn unknown_fields_and_shapes_are_named_where_they_stand() {
        assert_eq!(notes_of(r#"{"id":7,"boring":[],"inner":{"value":1,"new":2}}"#), ["inner: unknown field `new`"]);
        assert_eq!(notes_of(r#"{"inner":[]}"#), ["inner: not an object"]);
        assert_eq!(notes_of(r#"{"rows":"x"}"#), ["rows: not a list"]);
        assert_eq!(notes_of(r#"{"id":null,"inner":null,"rows":null}"#), [""; 0]);
    }

    #[test]
    fn the_last_of_duplicate_fields_wins() {
        let row: Row = serde_json::from_str(r#"{"id":1,"id":2}"#).unwrap();
        assert_eq!(row.id, Loose::Int(2));
    }

    #[test]
    fn numbers_are_read_from_floats_and_text_and_noted() {
        let mut notes = Notes::default();
        assert_eq!(Loose::Float(15.0).u32("fg", &mut notes), Some(15));
        assert_eq!(notes.total(), 0);
        assert_eq!(Loose::Text("15".into()).u32("fg", &mut notes), Some(15));
        assert_eq!(Loose::Text("many".into()).u32("fg", &mut notes), None);
        assert_eq!(Loose::Int(-1).u32("fg", &mut notes), None);
        assert_eq!(Loose::Float(1e300).u32("fg", &mut notes), None);
        assert_eq!(
            notes.take_fresh(),
            [
                "fg: a number came as text, as in \"15\"",
                "fg: not a number, as in \"many\"",
                "fg: outside the range of a count, as in \"-1\"",
            ]
        );
    }

    #[test]
    fn an_id_may_be_text_or_number() {
        assert_eq!(Loose::Int(481).text().as_deref(), Some("481"));
        assert_eq!(Loose::Text("00".into()).text().as_deref(), Some("00"));
        assert_eq!(Loose::Text("".into()).text(), None);
    }
}
