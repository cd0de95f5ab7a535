//! What is wrong with a template: where, why, and what to do about it.

pub use crate::problem::Problem;

/// A place in a file: line and column count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub line: u32,
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

/// The name among `known` that was probably meant: at most a third of its letters away.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (distance(found, name), name))
        .filter(|(far, name)| *far <= name.len().div_ceil(3))
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// "did you mean `name`?", or the names that there are.
pub(crate) fn suggestion<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(name) = nearest(found, known.clone()) {
        return format!("did you mean `{name}`?");
    }
    let known: Vec<&str> = known.into_iter().collect();
    if known.is_empty() { "there are none".to_owned() } else { format!("there are: {}", known.join(", ")) }
}

/// Letters to insert, delete, replace or swap with their neighbour to get from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut best = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_letters_are_one_step_apart() {
        assert_eq!(nearest("nmae", ["code", "name", "market"]), Some("name"));
        assert_eq!(nearest("zzz", ["code", "name"]), None);
        assert_eq!(suggestion("zzz", ["code", "name"]), "there are: code, name");
        assert_eq!(suggestion("zzz", []), "there are none");
    }
}
