//! A message of the stream, read in one pass: its envelope, and what it carries in the shape of its source.
//!
//! Every message that was seen tells its source before its data, so that the data are read as that source's at once.
//! Where they come first they are kept as text until the source is known.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::feed::decode::loose::{Key, Loose, OneOrMore};

use super::wire;

/// What a message has beside its number. Where a field comes twice the last one counts; the data are read as the source
/// that stands before them.
#[derive(Default)]
pub(super) struct Message<'a> {
    pub(super) kind: Loose<'a>,
    pub(super) source: Loose<'a>,
    carried: Option<Carried<'a>>,
}

enum Carried<'a> {
    Read(Data<'a>),
    Text(&'a RawValue),
}

/// What a message of each source carries; most carry one, a few of them lists.
pub(super) enum Data<'a> {
    BoxScore(OneOrMore<wire::BoxScore<'a>>),
    Chart(OneOrMore<wire::Chart<'a>>),
    Clock(OneOrMore<wire::Clock<'a>>),
    LineupStats(OneOrMore<wire::LineupStats<'a>>),
    Location(OneOrMore<wire::Location<'a>>),
    Marker(OneOrMore<wire::Marker<'a>>),
    Possessions(OneOrMore<wire::Possessions<'a>>),
    PossessionStats(OneOrMore<wire::PossessionStats<'a>>),
    Summary(OneOrMore<wire::Summary<'a>>),
    /// Of a source that the vendor's page does not have.
    Undocumented,
}

impl<'a> Message<'a> {
    /// Whether it has data, and not null.
    pub(super) fn carries_data(&self) -> bool {
        self.carried.is_some()
    }

    /// Its data; `None` where it has none.
    pub(super) fn data(self) -> Result<Option<Data<'a>>, serde_json::Error> {
        match self.carried {
            None => Ok(None),
            Some(Carried::Read(data)) => Ok(Some(data)),
            Some(Carried::Text(text)) => {
                let source = self.source.text().unwrap_or_default();
                OfSource(&source).deserialize(&mut serde_json::Deserializer::from_str(text.get()))
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Message<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Message<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a message object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut message = Message::default();
                while let Some(Key(key)) = object.next_key()? {
                    match key.as_ref() {
                        "type" => message.kind = object.next_value()?,
                        "source" => message.source = object.next_value()?,
                        "data" => {
                            message.carried = match message.source.text() {
                                Some(source) => object.next_value_seed(OfSource(&source))?.map(Carried::Read),
                                None => object.next_value::<Option<&RawValue>>()?.map(Carried::Text),
                            };
                        }
                        _ => {
                            object.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(message)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// Reads data as those of a source; null is `None`.
struct OfSource<'s>(&'s str);

impl<'de> DeserializeSeed<'de> for OfSource<'_> {
    type Value = Option<Data<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OfSource<'_> {
    type Value = Option<Data<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, data: D) -> Result<Self::Value, D::Error> {
        let data = match self.0 {
            "boxscorestatsv2" => Data::BoxScore(OneOrMore::deserialize(data)?),
            "broadcastsummary" => Data::Summary(OneOrMore::deserialize(data)?),
            "chart" => Data::Chart(OneOrMore::deserialize(data)?),
            "clock" => Data::Clock(OneOrMore::deserialize(data)?),
            "lineupstats" => Data::LineupStats(OneOrMore::deserialize(data)?),
            "location" => Data::Location(OneOrMore::deserialize(data)?),
            "marker" => Data::Marker(OneOrMore::deserialize(data)?),
            "possessions" => Data::Possessions(OneOrMore::deserialize(data)?),
            "possessionstats" => Data::PossessionStats(OneOrMore::deserialize(data)?),
            _ => {
                IgnoredAny::deserialize(data)?;
                Data::Undocumented
            }
        };
        Ok(Some(data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(text: &str) -> Option<String> {
        let message: Message<'_> = serde_json::from_str(text).expect("a message");
        match message.data().expect("any data can be read") {
            Some(Data::Clock(clocks)) => Some(clocks.0.items.first()?.state.text()?.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn data_are_read_as_their_source_s_wherever_that_stands() {
        let before = r#"{"type":"data","source":"clock","seq":1,"data":{"state":"STOPPED"}}"#;
        let after = r#"{"data":{"state":"STOPPED"},"seq":1,"source":"clock","type":"data"}"#;
        let list = r#"{"source":"clock","data":[{"state":"STOPPED"},{"state":"STARTED"}]}"#;
        for text in [before, after, list] {
            assert_eq!(clock(text).as_deref(), Some("STOPPED"), "{text}");
        }
    }

    #[test]
    fn null_is_no_data_and_any_other_shape_is_one_misshapen_item() {
        for text in [r#"{"source":"clock"}"#, r#"{"source":"clock","data":null}"#, r#"{"data":null,"source":"clock"}"#]
        {
            let message: Message<'_> = serde_json::from_str(text).expect("a message");
            assert!(!message.carries_data(), "{text}");
        }
        for data in ["7", "\"x\"", "true", "1.5"] {
            let text = format!(r#"{{"source":"clock","data":{data}}}"#);
            let message: Message<'_> = serde_json::from_str(&text).expect("a message");
            let Ok(Some(Data::Clock(clocks))) = message.data() else { panic!("{text}") };
            assert_eq!((clocks.0.items.len(), clocks.0.items[0].is_said), (1, false), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_no_message() {
        for text in ["[]", "7", "null", "\"clock\"", "[\"data\",\"clock\",{}]"] {
            assert!(serde_json::from_str::<Message<'_>>(text).is_err(), "{text}");
        }
    }
}
