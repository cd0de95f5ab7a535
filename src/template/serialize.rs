//! Turns plain structs into values of expressions, whole or one field at a time.
//!
//! What is null is left out of objects, as [`super::expr::value_of_json`] does: every use of it is then unknown.

use std::collections::BTreeMap;
use std::fmt;

use minijinja::Value;
use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};

/// A part of a snapshot as a value.
pub(crate) fn to_value<T: Serialize + ?Sized>(part: &T) -> Value {
    // A snapshot is made of plain structs, for which this cannot fail; if it ever did, the part would be unknown.
    part.serialize(Whole).unwrap_or(Value::UNDEFINED)
}

/// One field of a struct, with its name; the first that is known when none is named. `None` when it is null or absent.
pub(crate) fn field<T: Serialize>(part: &T, name: Option<&str>) -> Option<(&'static str, Value)> {
    part.serialize(Field { name, found: None }).ok().flatten()
}

/// Something that expressions have no value for.
#[derive(Debug)]
pub(crate) struct NoValue;

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expressions have no value for this")
    }
}

impl std::error::Error for NoValue {}

impl serde::ser::Error for NoValue {
    fn custom<T: fmt::Display>(_: T) -> Self {
        NoValue
    }
}

struct Whole;

macro_rules! plain {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name(self, v: $kind) -> Result<Value, NoValue> {
            Ok(Value::from(v))
        })*
    };
}

impl Serializer for Whole {
    type Ok = Value;
    type Error = NoValue;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Impossible<Value, NoValue>;
    type SerializeMap = Entries;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Impossible<Value, NoValue>;

    plain!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    plain!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);
    plain!(serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_str: &str);

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, NoValue> {
        Err(NoValue)
    }

    fn serialize_none(self) -> Result<Value, NoValue> {
        Ok(Value::UNDEFINED)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, NoValue> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, NoValue> {
        Ok(Value::UNDEFINED)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, NoValue> {
        Ok(Value::UNDEFINED)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, NoValue> {
        Ok(Value::from(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value, NoValue> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, NoValue> {
        Err(NoValue)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, NoValue> {
        Ok(Items(Vec::with_capacity(length.unwrap_or(0))))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, NoValue> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items, NoValue> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoValue> {
        Err(NoValue)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, NoValue> {
        Ok(Entries { key: String::new(), entries: BTreeMap::new() })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, NoValue> {
        Ok(Fields(BTreeMap::new()))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoValue> {
        Err(NoValue)
    }
}

struct Items(Vec<Value>);

impl SerializeSeq for Items {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        self.0.push(value.serialize(Whole)?);
        Ok(())
    }

    fn end(self) -> Result<Value, NoValue> {
        Ok(Value::from(self.0))
    }
}

impl SerializeTuple for Items {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, NoValue> {
        SerializeSeq::end(self)
    }
}

impl SerializeTupleStruct for Items {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, NoValue> {
        SerializeSeq::end(self)
    }
}

struct Entries {
    key: String,
    entries: BTreeMap<String, Value>,
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoValue> {
        self.key = key.serialize(Whole)?.to_string();
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        let value = value.serialize(Whole)?;
        if !value.is_undefined() {
            self.entries.insert(std::mem::take(&mut self.key), value);
        }
        Ok(())
    }

    fn end(self) -> Result<Value, NoValue> {
        Ok(Value::from_object(self.entries))
    }
}

struct Fields(BTreeMap<&'static str, Value>);

impl SerializeStruct for Fields {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NoValue> {
        let value = value.serialize(Whole)?;
        if !value.is_undefined() {
            self.0.insert(name, value);
        }
        Ok(())
    }

    fn end(self) -> Result<Value, NoValue> {
        Ok(Value::from_object(self.0))
    }
}

/// Looks for one field; the others are passed over without being turned into anything.
struct Field<'a> {
    name: Option<&'a str>,
    found: Option<(&'static str, Value)>,
}

macro_rules! no_struct {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name(self, _: $kind) -> Result<Self::Ok, NoValue> {
            Err(NoValue)
        })*
    };
}

impl Serializer for Field<'_> {
    type Ok = Option<(&'static str, Value)>;
    type Error = NoValue;
    type SerializeSeq = Impossible<Self::Ok, NoValue>;
    type SerializeTuple = Impossible<Self::Ok, NoValue>;
    type SerializeTupleStruct = Impossible<Self::Ok, NoValue>;
    type SerializeTupleVariant = Impossible<Self::Ok, NoValue>;
    type SerializeMap = Impossible<Self::Ok, NoValue>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<Self::Ok, NoValue>;

    no_struct!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    no_struct!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);
    no_struct!(serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_str: &str);
    no_struct!(serialize_bytes: &[u8], serialize_unit_struct: &'static str);

    fn serialize_none(self) -> Result<Self::Ok, NoValue> {
        Err(NoValue)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, NoValue> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Self::Ok, NoValue> {
        Err(NoValue)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Self::Ok, NoValue> {
        Err(NoValue)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Self::Ok, NoValue> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Self::Ok, NoValue> {
        Err(NoValue)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, NoValue> {
        Err(NoValue)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NoValue> {
        Err(NoValue)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NoValue> {
        Err(NoValue)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoValue> {
        Err(NoValue)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NoValue> {
        Err(NoValue)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, NoValue> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoValue> {
        Err(NoValue)
    }
}

impl SerializeStruct for Field<'_> {
    type Ok = Option<(&'static str, Value)>;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NoValue> {
        if self.found.is_none() && self.name.is_none_or(|wanted| wanted == name) {
            let value = value.serialize(Whole)?;
            self.found = (!value.is_undefined()).then_some((name, value));
        }
        Ok(())
    }

    fn end(self) -> Result<Self::Ok, NoValue> {
        Ok(self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::check::sample;
    use crate::template::expr::value_of_json;

    #[test]
    fn a_whole_game_is_what_its_json_is() {
        let by_json = value_of_json(serde_json::to_value(sample()).expect("a snapshot is JSON"));
        let by_itself = to_value(sample());
        assert_eq!(by_itself, by_json);
        assert_eq!(by_itself.to_string(), by_json.to_string(), "in the same order");
    }

    #[test]
    fn a_field_is_found_by_its_name_and_an_unknown_one_is_not_there() {
        let team = &sample().home;
        assert_eq!(field(team, Some("code")), Some(("code", Value::from("BKN"))));
        assert_eq!(field(team, Some("cod")), None);
        let nobody = crate::game::snapshot::Player::default();
        assert_eq!(field(&nobody, Some("number")), None, "null");
        assert_eq!(field(&nobody, None).map(|(name, _)| name), Some("also"), "the first that is not null");
        assert_eq!(field(&7, Some("x")), None, "not a struct");
    }
}
