//! The sample game as templates are tried on it: values that remember which names were asked of them and are not there.
//!
//! In: the sample's values. Out: the same values, of which every part notes its misses. A dotted path is checked by its
//! text; what is behind an index, a filter or a repeat (`home.players[0].nmae`) is found by evaluating it on these.
//! Made while a template is loaded, never on air.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Value;
use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, ValueKind};

use super::check::is_open;
use super::lazy;

/// A name that a part of the sample does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Miss {
    /// The part, "home.players[]".
    pub path: String,
    pub name: String,
    /// The names that it has.
    pub known: Vec<String>,
}

/// The names that were asked for in vain since the last look.
#[derive(Clone, Debug, Default)]
pub(super) struct Misses(Arc<Mutex<Vec<Miss>>>);

impl Misses {
    /// The value, watched from here on; plain values are as they are.
    pub fn watch(&self, path: String, value: Value) -> Value {
        let repr = match value.kind() {
            ValueKind::Map => ObjectRepr::Map,
            ValueKind::Seq => ObjectRepr::Seq,
            _ => return value,
        };
        Value::from_object(Watched { path, value, repr, misses: self.clone() })
    }

    /// The misses since the last call, in their order.
    pub fn take(&self) -> Vec<Miss> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, miss: Miss) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(miss);
    }
}

pub(super) fn is_watched(value: &Value) -> bool {
    value.downcast_object_ref::<Watched>().is_some()
}

#[derive(Debug)]
struct Watched {
    path: String,
    value: Value,
    repr: ObjectRepr,
    misses: Misses,
}

impl Watched {
    fn is_map(&self) -> bool {
        matches!(self.repr, ObjectRepr::Map)
    }
}

impl Object for Watched {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        self.repr
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let found = self.value.get_item(key).ok().filter(|value| !value.is_undefined());
        let name = key.as_str().filter(|_| self.is_map());
        match (found, name) {
            (Some(value), Some(name)) => Some(self.misses.watch(format!("{}.{name}", self.path), value)),
            (Some(value), None) => Some(self.misses.watch(format!("{}[]", self.path), value)),
            (None, Some(name)) if !is_open(&self.path) => {
                let keys = self.value.try_iter().into_iter().flatten();
                let known = keys.filter_map(|key| key.as_str().map(str::to_owned)).collect();
                self.misses.add(Miss { path: self.path.clone(), name: name.to_owned(), known });
                None
            }
            (None, _) => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        if self.is_map() {
            return Enumerator::Values(self.value.try_iter().into_iter().flatten().collect());
        }
        Enumerator::Seq(self.value.len().unwrap_or_default())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.value.is_true()
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Watched>()?;
        lazy::is_same(&self.value, &other.value).then_some(Ordering::Equal)
    }
}
