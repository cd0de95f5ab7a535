//! Evaluates expressions in a scope, and remembers the results for as long as what they read stays the same.

use std::collections::HashMap;

use minijinja::Value;

use super::expr::{Expr, Read};
use super::values::{GameValues, Tick};

/// Results kept for one graphic: some hundreds for a graphic with every node inside a repeat over a roster. When full
/// everything is forgotten and evaluated once more.
const KEPT_RESULTS: usize = 8192;

/// A name that the template itself gives: a field, a `let`, a repeat's item.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub name: String,
    pub value: Value,
    pub changed: Tick,
}

/// The names that an expression can read; later locals hide earlier ones, locals hide the game.
pub(crate) struct Scope<'a> {
    pub game: &'a GameValues,
    pub locals: Vec<Local>,
}

impl Scope<'_> {
    pub fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    pub fn value(&self, name: &str) -> Option<Value> {
        match self.local(name) {
            Some(local) => Some(local.value.clone()),
            None => self.game.root(name).map(|root| root.value.clone()),
        }
    }

    fn changed(&self, read: &Read) -> Tick {
        self.local(&read.root).map_or_else(|| self.game.last_change(std::slice::from_ref(read)), |local| local.changed)
    }

    /// When anything that an expression reads last changed.
    pub fn last_change(&self, expr: &Expr) -> Tick {
        expr.reads.iter().map(|read| self.changed(read)).max().unwrap_or(0)
    }

    /// The values that an expression reads, for its evaluation.
    pub fn names(&self, expr: &Expr) -> Value {
        let mut names: Vec<(&str, Value)> = Vec::with_capacity(expr.reads.len());
        for read in &expr.reads {
            if names.last().is_none_or(|(name, _)| *name != read.root)
                && let Some(value) = self.value(&read.root)
            {
                names.push((&read.root, value));
            }
        }
        Value::from_pairs(names)
    }
}

/// The results of one graphic's expressions.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// By expression and the place of its repeat.
    kept: HashMap<(u32, u64), (Tick, Value)>,
    /// The items of repeats, to tell which of them changed.
    items: HashMap<(u32, u64), (Tick, Value)>,
    /// Evaluations since the start.
    #[cfg(test)]
    pub evaluations: u64,
}

impl Results {
    /// An expression's value; `place` tells the items of a repeat apart.
    pub fn eval(&mut self, expr: &Expr, place: u64, scope: &Scope<'_>, tick: Tick) -> Value {
        let changed = scope.last_change(expr);
        if let Some((at, value)) = self.kept.get(&(expr.id, place))
            && *at >= changed
        {
            return value.clone();
        }
        #[cfg(test)]
        {
            self.evaluations += 1;
        }
        let value = expr.eval(scope.names(expr));
        if self.kept.len() >= KEPT_RESULTS {
            self.kept.clear();
        }
        self.kept.insert((expr.id, place), (tick, value.clone()));
        value
    }

    /// When an item of a repeat last became another value.
    pub fn item_changed(&mut self, repeat: u32, place: u64, item: &Value, tick: Tick) -> Tick {
        match self.items.get(&(repeat, place)) {
            Some((at, known)) if known == item => *at,
            _ => {
                if self.items.len() >= KEPT_RESULTS {
                    self.items.clear();
                }
                self.items.insert((repeat, place), (tick, item.clone()));
                tick
            }
        }
    }
}
