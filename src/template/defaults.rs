//! `default` of a node: what its properties are while what they are bound to is not known.
//!
//! In: an object of values under the keys under which the properties are written, and the properties, one by one as the
//! reader comes to them. Out: what each that is bound falls back on. Whoever reads a bound property asks here, so that
//! there is none that cannot have a default; what nobody asked for is a mistake, and so is a default of a property that is
//! written out, which is always known.

use super::expr::Wanted;
use super::json::{Json, Spanned};
use super::model::Prop;
use super::problem::{Place, suggestion};
use super::props::{Readable, share_of};
use super::reader::{Object, Reader};

/// The defaults of the node that is being read, and the properties that it has so far.
#[derive(Debug, Default)]
pub(crate) struct Defaults {
    given: Vec<Given>,
    /// Properties by their keys, one within another with a dot between: "stroke.color".
    bound: Vec<String>,
    written: Vec<String>,
    /// The keys that the reader is within, each with a dot after it.
    within: String,
}

#[derive(Debug)]
struct Given {
    at: Place,
    name: String,
    value: Spanned,
    is_taken: bool,
}

impl Defaults {
    /// Those of a node. That of a text can be a text, which is read with it.
    pub(super) fn of(object: &Object<'_>) -> Defaults {
        let mut defaults = Defaults::default();
        if let Some((_, value)) = object.entries().iter().find(|(key, _)| key.name == "default") {
            defaults.take_in(value, "");
        }
        defaults
    }

    fn take_in(&mut self, value: &Spanned, within: &str) {
        let Json::Object(entries) = &value.json else { return };
        for (key, value) in entries {
            let name = format!("{within}{}", key.name);
            match value.json {
                Json::Object(_) => self.take_in(value, &format!("{name}.")),
                _ => self.given.push(Given { at: key.at, name, value: value.clone(), is_taken: false }),
            }
        }
    }

    /// Goes on within a key; what to say when it is left.
    pub(super) fn enter(&mut self, key: &str) -> usize {
        let outer = self.within.len();
        self.within.extend([key, "."]);
        outer
    }

    pub(super) fn leave(&mut self, outer: usize) {
        self.within.truncate(outer);
    }

    /// Takes note of a property that is written out.
    pub(super) fn note_written(&mut self, name: &str) {
        self.written.push(format!("{}{name}", self.within));
    }

    /// Takes note of a property that is bound, and gives its default. A line, a shadow or a gradient can have one colour
    /// as its default: that is the colour of all in it.
    fn take(&mut self, name: &str, is_color: bool) -> Option<Spanned> {
        let name = format!("{}{name}", self.within);
        let outer = self.within.trim_end_matches('.');
        let at = self.given.iter().position(|given| given.name == name);
        let is_short = |given: &Given| is_color && given.name == outer && matches!(given.value.json, Json::String(_));
        let at = at.or_else(|| self.given.iter().position(is_short));
        self.bound.push(name);
        let given = &mut self.given[at?];
        given.is_taken = true;
        Some(given.value.clone())
    }
}

/// What a property is while what it is bound to is not known; `None` where the node does not say.
pub(super) fn unknown<T: Readable>(
    reader: &mut Reader,
    name: &str,
    (range, wanted): (T::Range, Wanted),
) -> Option<Prop<T>> {
    let value = reader.node.defaults.take(name, wanted == Wanted::Color)?;
    if let Some(share) = share_of(&value).filter(|_| wanted == Wanted::Extent) {
        return Some(Prop::Share(share));
    }
    if !T::is_kind(&value.json) {
        reader.wrong_kind(&value, name, T::KINDS[0]);
        return None;
    }
    T::read(reader, &value, name, range).map(Prop::Fixed)
}

/// Reports the defaults of a node of this kind ("a box") that belong to no bound property.
pub(super) fn finish(reader: &mut Reader, object: &Object<'_>, told: &str) {
    let Defaults { given, bound, written, .. } = std::mem::take(&mut reader.node.defaults);
    if let Some(value) = object.get("default") {
        let is_of_text = told == "a text" && matches!(value.json, Json::String(_));
        if !is_of_text && !matches!(value.json, Json::Object(_)) {
            reader.wrong_kind(value, "default", "an object of properties and values: { \"x\": 0 }");
        }
    }
    for Given { at, name, .. } in given.into_iter().filter(|given| !given.is_taken) {
        let (within, last) = name.rfind('.').map_or(("", name.as_str()), |dot| name.split_at(dot + 1));
        let is_this =
            |known: &&String| **known == name || known.strip_prefix(&name).is_some_and(|s| s.starts_with('.'));
        if written.iter().any(|known| is_this(&known)) {
            let message = format!("`{last}` has a default and no expression whose value could be unknown");
            reader.problem(at, message, None);
            continue;
        }
        let mut known: Vec<&str> =
            bound.iter().filter_map(|known| known.strip_prefix(within)?.split('.').next()).collect();
        known.dedup();
        let help = suggestion(last, known);
        reader.problem(at, format!("{told} has no `{name}` that could have a default"), help);
    }
}
