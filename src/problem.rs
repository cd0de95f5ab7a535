//! One thing that is wrong with a file that people write, said so that they know what to type.
//!
//! In: a place, a message, what was probably meant. Out: lines for a terminal, or fields for a program.
//! Show files and templates share it; what is wrong, and how it was found, is theirs.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// One thing that is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, thiserror::Error)]
pub struct Problem {
    pub file: PathBuf,
    /// 1-based; line and column are both 1 when the file as a whole is meant.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    pub message: String,
    /// What was probably meant, or what to do, when that is known.
    pub help: Option<String>,
    /// The line as written; empty when the file could not be read.
    pub source_line: String,
}

impl Problem {
    /// A file that could not be read, or that holds nothing of the kind.
    pub fn of_file(file: impl Into<PathBuf>, message: impl Into<String>) -> Problem {
        Problem {
            file: file.into(),
            line: 1,
            column: 1,
            message: message.into(),
            help: None,
            source_line: String::new(),
        }
    }

    /// Place, message and help on one line, for a status or a log.
    pub fn one_line(&self) -> String {
        let Problem { file, line, column, message, help, source_line: _ } = self;
        let help = help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}:{line}:{column}: {message}{help}", file.display())
    }
}

/// The name among `known` that was probably meant: about a third of its letters away from what was written, or one. Two
/// neighbours that are swapped are one letter.
pub(crate) fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(found, name), name))
        .filter(|(far, name)| *far <= ((name.chars().count() + 1) / 3).max(1))
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// Characters of a line that are shown before and after the place that is meant: an expression can be longer than any
/// terminal is wide.
const SHOWN: usize = 70;

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { file, line, column, message, help, source_line } = self;
        write!(f, "{}:{line}:{column}: {message}", file.display())?;
        if source_line.is_empty() {
            return help.iter().try_for_each(|help| write!(f, "; {help}"));
        }
        let at = *column as usize - 1;
        let first = at.saturating_sub(SHOWN);
        let cut = if first > 0 { "\u{2026}" } else { "" };
        let shown: String = source_line.chars().skip(first).take(2 * SHOWN).collect();
        let more = if source_line.chars().count() > first + 2 * SHOWN { "\u{2026}" } else { "" };
        let width = at - first + cut.chars().count() + 1;
        write!(f, "\n{line:>5} | {cut}{shown}{more}\n      | {:>width$}", "^")?;
        help.iter().try_for_each(|help| write!(f, " {help}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(source_line: &str, column: u32) -> Problem {
        Problem { column, source_line: source_line.to_owned(), ..Problem::of_file("a.json", "wrong") }
    }

    #[test]
    fn swapped_letters_are_one_step_apart() {
        assert_eq!(nearest("nmae", ["code", "name", "market"]), Some("name"));
        assert_eq!(nearest("zzz", ["code", "name"]), None);
        assert_eq!(nearest("zero", ["kern"]), None, "half of it is another word");
    }

    #[test]
    fn the_mark_stands_under_the_place() {
        assert_eq!(problem("  \"x\": 1", 3).to_string(), "a.json:1:3: wrong\n    1 |   \"x\": 1\n      |   ^");
        assert_eq!(problem("", 1).to_string(), "a.json:1:1: wrong");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = problem(&"x".repeat(1000), 500).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].chars().count() < 160, "{text}");
        assert_eq!(lines[2].chars().count(), "      | ".len() + 1 + SHOWN + 1, "{text}");
    }
}
