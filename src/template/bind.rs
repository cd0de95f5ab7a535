//! Evaluates expressions in a scope, and remembers the results for as long as what they read stays the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;

use super::expr::Expr;
use super::values::{GameValues, Source, Tick};

/// A name that the template itself gives: a field, a `let`, a repeat's item.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub name: Arc<str>,
    pub value: Value,
    pub changed: Tick,
}

/// The names that an expression can read; later locals hide earlier ones, locals hide the game. Locals stand where they
/// stood when the expressions that read them were compiled.
pub(crate) struct Scope<'a> {
    pub game: &'a GameValues,
    pub locals: Vec<Local>,
}

impl Scope<'_> {
    /// By name, as an expression that is compiled here would find it.
    pub fn value(&self, name: &str) -> Option<Value> {
        match self.locals.iter().rev().find(|local| *local.name == *name) {
            Some(local) => Some(local.value.clone()),
            None => self.game.root(name).map(|root| root.value.clone()),
        }
    }

    fn changed(&self, source: Source) -> Tick {
        match source {
            Source::Local(at) => self.locals.get(usize::from(at)).map_or(0, |local| local.changed),
            Source::Game { root, attribute } => self.game.changed(root, attribute),
        }
    }

    /// When any of these last changed; 0 for none.
    pub fn last_change(&self, sources: &[Source]) -> Tick {
        sources.iter().map(|source| self.changed(*source)).max().unwrap_or(0)
    }

    fn last_change_for(&self, expr: &Expr) -> Tick {
        expr.reads.iter().filter_map(|read| read.source).map(|source| self.changed(source)).max().unwrap_or(0)
    }

    /// Whether one of the template's own names that an expression reads has no value.
    pub fn reads_unknown(&self, expr: &Expr) -> bool {
        let is_unknown = |source| match source {
            Source::Local(at) => self.locals.get(usize::from(at)).is_none_or(|local| local.value.is_undefined()),
            Source::Game { .. } => false,
        };
        expr.reads.iter().filter_map(|read| read.source).any(is_unknown)
    }

    /// The values that an expression reads, for its evaluation.
    pub fn names(&self, expr: &Expr) -> Value {
        let mut names: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for read in &expr.reads {
            let value = match read.source {
                Some(Source::Local(at)) => self.locals.get(usize::from(at)).map(|local| &local.value),
                Some(Source::Game { root, .. }) => self.game.roots.get(usize::from(root)).map(|root| &root.value),
                None => None,
            };
            if let Some(value) = value {
                names.insert(read.root.clone(), value.clone());
            }
        }
        Value::from_object(names)
    }
}

/// The results of the expressions of one node, in one place.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// By expression: a node has a few.
    kept: Vec<(u32, Tick, Value)>,
}

impl Results {
    /// An expression's last value, whatever has changed since.
    pub fn kept(&self, expr: &Expr) -> Option<Value> {
        self.kept.iter().find(|(id, ..)| *id == expr.id).map(|(.., value)| value.clone())
    }

    /// An expression's value, and whether it was not known any more.
    pub fn eval(&mut self, expr: &Expr, scope: &Scope<'_>, tick: Tick) -> (Value, bool) {
        let kept = self.kept.iter_mut().find(|(id, ..)| *id == expr.id);
        if let Some((_, at, value)) = &kept
            && *at >= scope.last_change_for(expr)
        {
            return (value.clone(), false);
        }
        let value = expr.eval(scope.names(expr));
        match kept {
            Some(kept) => (kept.1, kept.2) = (tick, value.clone()),
            None => self.kept.push((expr.id, tick, value.clone())),
        }
        (value, true)
    }
}
