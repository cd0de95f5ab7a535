//! What one evaluation may take: how much it goes through, and how large what it makes may be.
//!
//! The engine's fuel counts instructions, and an expression has no loops: a filter is one instruction whatever it does, and so
//! is `*`. Here the values are counted that filters and operators go through, and looked at is what comes of them. In:
//! values. Out: an error in place of what would be too much, before it is made. Each evaluation begins anew; one runs at
//! a time on a thread, so what is left is the thread's.

use std::cell::Cell;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::lazy;
use super::watched;

/// Items of lists, and pieces of texts, that one evaluation may go through: a full game's plays, some hundreds, a hundred
/// times over, and far from what would hold up a frame.
const STEPS: u64 = 100_000;

/// Bytes of a text that count as one item of a list.
const PIECE: u64 = 32;

/// Bytes of a text that an expression makes: a hundred lines of a ticker.
pub(super) const MAX_TEXT: usize = 20_000;

/// Items of a list that an expression makes.
pub(super) const MAX_ITEMS: usize = 10_000;

/// Lists in lists: `let` can put one into the other without end.
const MAX_DEPTH: u32 = 32;

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(STEPS) };
}

/// A new evaluation.
pub(super) fn begin() {
    LEFT.with(|left| left.set(STEPS));
}

pub(super) fn spend(steps: u64) -> Result<(), Error> {
    LEFT.with(|left| match left.get().checked_sub(steps) {
        Some(rest) => {
            left.set(rest);
            Ok(())
        }
        None => Err(Error::new(ErrorKind::OutOfFuel, "it takes more steps than an expression may on a frame")),
    })
}

pub(super) fn spend_text(bytes: usize) -> Result<(), Error> {
    spend(1 + bytes as u64 / PIECE)
}

/// Spends what it takes to go through a value once. What a part of the game holds does not count: it is not gone through
/// before somebody asks for it.
pub(super) fn go_through(value: &Value) -> Result<(), Error> {
    go_into(value, MAX_DEPTH)
}

fn go_into(value: &Value, depth: u32) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String => spend_text(value.as_str().map_or(0, str::len)),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map if depth == 0 => {
            Err(too_large("lists in lists in lists, deeper than a template can need".to_owned()))
        }
        ValueKind::Seq | ValueKind::Iterable => {
            if lazy::is_of_game(value) || watched::is_watched(value) {
                return spend(1 + value.len().unwrap_or_default() as u64);
            }
            spend(1)?;
            value.try_iter()?.try_for_each(|item| go_into(&item, depth - 1))
        }
        ValueKind::Map if lazy::is_of_game(value) || watched::is_watched(value) => spend(1),
        ValueKind::Map => {
            spend(1)?;
            value.try_iter()?.try_for_each(|key| {
                go_into(&key, depth - 1)?;
                go_into(&value.get_item(&key)?, depth - 1)
            })
        }
        _ => spend(1),
    }
}

/// How many items a list has; at most one more than it may have.
pub(super) fn length(list: &Value) -> usize {
    list.len().unwrap_or_else(|| list.try_iter().map_or(0, |items| items.take(MAX_ITEMS + 1).count()))
}

/// The value, if it is not larger than what an expression may make.
pub(super) fn held(value: Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::String => may_have(value.as_str().map_or(0, str::len), MAX_TEXT, "a text", "bytes")?,
        ValueKind::Seq | ValueKind::Iterable => may_have(length(&value), MAX_ITEMS, "a list", "items")?,
        _ => {}
    }
    Ok(value)
}

/// Whether a text may have so many bytes.
pub(super) fn may_be_text(bytes: usize) -> Result<(), Error> {
    may_have(bytes, MAX_TEXT, "a text", "bytes")
}

/// Whether a list may have so many items.
pub(super) fn may_be_list(items: usize) -> Result<(), Error> {
    may_have(items, MAX_ITEMS, "a list", "items")
}

fn may_have(found: usize, most: usize, what: &str, unit: &str) -> Result<(), Error> {
    if found > most {
        return Err(too_large(format!("{what} of {found} {unit}, and {what} may have {most}")));
    }
    Ok(())
}

fn too_large(what: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("it makes {what}"))
}

/// Refuses what is no part of a text: a list or an object, however it would be written out.
pub(super) fn is_text(value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map | ValueKind::Plain if !value.is_kwargs() => {
            let what = if value.kind() == ValueKind::Map { "an object" } else { "a list" };
            Err(Error::new(ErrorKind::InvalidOperation, format!("{what} cannot be part of a text")))
        }
        _ => Ok(()),
    }
}
