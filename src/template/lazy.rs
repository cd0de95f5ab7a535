//! Parts of a snapshot that become values only as far as an expression looks into them.
//!
//! A summary replaces every player and play of a game at once, some ten thousand values; a template reads a handful.
//! A [`Part`] is a struct of the snapshot that turns one field into a value when it is asked for it; a [`List`] is a
//! list of such parts. Both keep what they made, and two of them are the same when the structs behind them are.

use std::any::Any;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use minijinja::Value;
use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, ValueKind};
use serde::Serialize;

use super::serialize;

/// What a part can be made of.
pub(crate) trait Data: Serialize + PartialEq + Debug + Send + Sync + 'static {}

impl<T: Serialize + PartialEq + Debug + Send + Sync + 'static> Data for T {}

/// A struct, known only by what values need of it.
trait Source: Debug + Send + Sync {
    fn field(&self, name: Option<&str>) -> Option<(&'static str, Value)>;
    fn whole(&self) -> Value;
    fn is_same(&self, other: &dyn Source) -> bool;
    /// The struct itself, to compare it with another.
    fn struct_itself(&self) -> &dyn Any;
}

/// Where a struct lies.
#[derive(Debug)]
enum Held<T> {
    Alone(Arc<T>),
    /// Among others, at this place.
    Item(Arc<Vec<T>>, usize),
}

impl<T> Held<T> {
    fn get(&self) -> &T {
        match self {
            Held::Alone(part) => part,
            Held::Item(list, at) => &list[*at],
        }
    }
}

impl<T: Data> Source for Held<T> {
    fn field(&self, name: Option<&str>) -> Option<(&'static str, Value)> {
        serialize::field(self.get(), name)
    }

    fn whole(&self) -> Value {
        serialize::to_value(self.get())
    }

    fn is_same(&self, other: &dyn Source) -> bool {
        other
            .struct_itself()
            .downcast_ref::<T>()
            .is_some_and(|other| std::ptr::eq(self.get(), other) || self.get() == other)
    }

    fn struct_itself(&self) -> &dyn Any {
        self.get()
    }
}

/// A struct as an object of expressions.
#[derive(Debug)]
pub(crate) struct Part {
    source: Box<dyn Source>,
    /// Fields that were asked for.
    fields: Mutex<Vec<(&'static str, Value)>>,
    whole: OnceLock<Value>,
}

impl Part {
    fn value(source: impl Source + 'static) -> Value {
        Value::from_object(Part { source: Box::new(source), fields: Mutex::default(), whole: OnceLock::new() })
    }

    fn whole(&self) -> &Value {
        self.whole.get_or_init(|| self.source.whole())
    }
}

impl Object for Part {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(whole) = self.whole.get() {
            return whole.get_attr(key).ok().filter(|value| !value.is_undefined());
        }
        let mut fields = self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = fields.iter().find(|(name, _)| *name == key) {
            return Some(value.clone());
        }
        let (name, value) = self.source.field(Some(key))?;
        fields.push((name, value.clone()));
        Some(value)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.whole().try_iter().into_iter().flatten().collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.source.field(None).is_some()
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        // Otherwise their values are compared, one by one.
        other.downcast_ref::<Part>().filter(|other| self.source.is_same(&*other.source)).map(|_| Ordering::Equal)
    }
}

/// A list of structs.
#[derive(Debug)]
pub(crate) struct List {
    source: Box<dyn Structs>,
    items: OnceLock<Vec<Value>>,
}

trait Structs: Debug + Send + Sync {
    fn length(&self) -> usize;
    fn items(&self) -> Vec<Value>;
    fn is_same(&self, other: &dyn Structs) -> bool;
    fn list_itself(&self) -> &dyn Any;
}

impl<T: Data> Structs for Arc<Vec<T>> {
    fn length(&self) -> usize {
        self.len()
    }

    fn items(&self) -> Vec<Value> {
        (0..self.len()).map(|at| Part::value(Held::Item(self.clone(), at))).collect()
    }

    fn is_same(&self, other: &dyn Structs) -> bool {
        other.list_itself().downcast_ref::<Self>().is_some_and(|other| Arc::ptr_eq(self, other) || self == other)
    }

    fn list_itself(&self) -> &dyn Any {
        self
    }
}

/// A list whose items are shared one by one.
#[derive(Debug)]
struct Shared<T>(Arc<Vec<Arc<T>>>);

impl<T: Data> Structs for Shared<T> {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn items(&self) -> Vec<Value> {
        self.0.iter().map(|item| Part::value(Held::Alone(item.clone()))).collect()
    }

    fn is_same(&self, other: &dyn Structs) -> bool {
        other.list_itself().downcast_ref::<Self>().is_some_and(|Shared(other)| {
            Arc::ptr_eq(&self.0, other)
                || self.0.len() == other.len()
                    && self.0.iter().zip(other.iter()).all(|(a, b)| Arc::ptr_eq(a, b) || a == b)
        })
    }

    fn list_itself(&self) -> &dyn Any {
        self
    }
}

impl List {
    fn value(source: impl Structs + 'static) -> Value {
        Value::from_object(List { source: Box::new(source), items: OnceLock::new() })
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.items.get_or_init(|| self.source.items()).get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.source.length())
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<List>().filter(|other| self.source.is_same(&*other.source)).map(|_| Ordering::Equal)
    }
}

/// A shared struct as a value.
pub(crate) fn part<T: Data>(part: &Arc<T>) -> Value {
    Part::value(Held::Alone(part.clone()))
}

/// A shared list of structs as a value.
pub(crate) fn list<T: Data>(items: &Arc<Vec<T>>) -> Value {
    List::value(items.clone())
}

/// The same for items that are shared one by one.
pub(crate) fn list_of_shared<T: Data>(items: &Arc<Vec<Arc<T>>>) -> Value {
    List::value(Shared(items.clone()))
}

/// Whether a value is a part of a snapshot, or a list of such parts.
pub(super) fn is_of_game(value: &Value) -> bool {
    value.downcast_object_ref::<Part>().is_some() || value.downcast_object_ref::<List>().is_some()
}

/// Whether two values are equal, parts by the structs behind them: nothing becomes a value that was none before.
pub(crate) fn is_same(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (a.downcast_object_ref::<Part>(), b.downcast_object_ref::<Part>()) {
        return a.source.is_same(&*b.source);
    }
    if let (Some(a), Some(b)) = (a.downcast_object_ref::<List>(), b.downcast_object_ref::<List>()) {
        return a.source.is_same(&*b.source);
    }
    match (a.kind(), b.kind()) {
        (ValueKind::Map, ValueKind::Map) if a.len() == b.len() => a.try_iter().is_ok_and(|mut keys| {
            let at = |map: &Value, key: &Value| map.as_object().and_then(|map| map.get_value(key));
            keys.all(|key| match (at(a, &key), at(b, &key)) {
                (Some(a), Some(b)) => is_same(&a, &b),
                (a, b) => a.is_none() && b.is_none(),
            })
        }),
        (ValueKind::Seq, ValueKind::Seq) if a.len() == b.len() => match (a.try_iter(), b.try_iter()) {
            (Ok(a), Ok(b)) => a.zip(b).all(|(a, b)| is_same(&a, &b)),
            _ => false,
        },
        (ValueKind::Map, ValueKind::Map) | (ValueKind::Seq, ValueKind::Seq) => false,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::snapshot::{Player, Stats};
    use crate::template::check::sample;

    fn players(of: &Value) -> Vec<Value> {
        of.try_iter().expect("a list").collect()
    }

    #[test]
    fn a_part_says_what_its_whole_says() {
        let home = &sample().home;
        let (list, whole) = (list(&home.players), serialize::to_value(&home.players));
        assert_eq!((list.kind(), list.len()), (ValueKind::Seq, whole.len()));
        for (part, whole) in players(&list).iter().zip(players(&whole)) {
            assert_eq!(part.kind(), ValueKind::Map);
            assert_eq!(part.get_attr("stats").unwrap(), whole.get_attr("stats").unwrap());
            assert!(part.get_attr("nobody").unwrap().is_undefined());
            assert_eq!(part.to_string(), whole.to_string());
            assert_eq!(*part, whole);
        }
        assert_eq!(list, whole);
    }

    #[test]
    fn only_what_is_asked_for_becomes_a_value() {
        let part = part(&sample().home.stats);
        assert_eq!(part.get_attr("points").unwrap(), Value::from(87));
        let inside = part.downcast_object_ref::<Part>().expect("a part");
        assert!(inside.whole.get().is_none());
        assert_eq!(inside.fields.lock().unwrap().len(), 1);
    }

    #[test]
    fn parts_are_the_same_when_their_structs_are() {
        let (known, nobody) = (sample().home.players.clone(), Arc::new(vec![Player::default()]));
        assert!(is_same(&list(&known), &list(&Arc::new((*known).clone()))));
        assert!(!is_same(&list(&known), &list(&nobody)));
        assert!(!is_same(&players(&list(&known))[0], &players(&list(&nobody))[0]));
        let row =
            |players: &Arc<Vec<Player>>| Value::from_pairs([("side", Value::from("home")), ("team", list(players))]);
        assert!(is_same(&row(&known), &row(&known)) && !is_same(&row(&known), &row(&nobody)));
        assert!(!is_same(&Value::from(vec![1, 2]), &Value::from(vec![1, 3])));
        assert!(!is_same(&Value::UNDEFINED, &Value::from(0)));
    }

    #[test]
    fn a_part_in_which_nothing_is_known_counts_as_nothing() {
        assert!(part(&Arc::new(Stats::default())).is_true(), "it has an empty list of possession types");
        assert!(!part(&Arc::new(crate::game::snapshot::TeamColor::default())).is_true());
    }
}
