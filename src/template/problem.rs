//! What is wrong with a template: where, why, and what to do about it.

use super::foreign;
pub use crate::problem::Problem;

/// A place in a file: line and column count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// From 1.
    pub line: u32,
    /// From 1, in characters and not in bytes.
    pub column: u32,
}

impl Place {
    pub(crate) const START: Place = Place { line: 1, column: 1 };

    pub(crate) fn after(self, c: char) -> Place {
        if c == '\n' { Place { line: self.line + 1, column: 1 } } else { self.right(1) }
    }

    pub(crate) fn right(self, by: u32) -> Place {
        Place { column: self.column + by, ..self }
    }
}

/// The name among `known` that was probably meant: what a word of elsewhere is called here, else the nearest.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    foreign::word(found, known.clone()).or_else(|| crate::problem::nearest(found, known))
}

/// "did you mean `name`?", or the names that there are.
pub(crate) fn suggestion<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(name) = nearest(found, known.clone()) {
        return format!("did you mean `{name}`?");
    }
    if let Some(told) = foreign::inside(found, known.clone()) {
        return told;
    }
    let known: Vec<&str> = known.into_iter().collect();
    if known.is_empty() { "there are none".to_owned() } else { format!("there are: {}", known.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_is_near_all_there_is_is_told() {
        assert_eq!(suggestion("nmae", ["code", "name", "market"]), "did you mean `name`?");
        assert_eq!(suggestion("target", ["stagger", "node"]), "did you mean `node`?", "a word of elsewhere first");
        assert_eq!(suggestion("zzz", ["code", "name"]), "there are: code, name");
        assert_eq!(suggestion("zzz", []), "there are none");
    }
}
