//! Rosters: who may play, by the show's own file, as CSV or JSON.
//!
//! CSV has a header with `number`, `name` (or `first_name` and `last_name`) and `position`, in any order, with commas or
//! semicolons; JSON is a list of objects with the same keys. What stands there beyond that is refused, like everything
//! unknown in a show file.

use std::path::Path;

use serde::Deserialize;

use super::{Problem, Problems};

/// One player of a roster. Texts are never empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RosterPlayer {
    /// Text: "00" and "0" are different players.
    pub number: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub position: Option<String>,
}

const COLUMNS: [&str; 5] = ["number", "name", "first_name", "last_name", "position"];

/// Reads a roster; JSON if the text begins like it, CSV otherwise. Nothing is opened.
///
/// # Errors
/// Every problem in the file at once.
pub fn parse_roster(file: &Path, text: &str) -> Result<Vec<RosterPlayer>, Problems> {
    let mut problems = Vec::new();
    let text = text.trim_start_matches('\u{feff}');
    let players = if text.trim_start().starts_with(['[', '{']) {
        json(file, text, &mut problems)
    } else {
        csv(file, text, &mut problems)
    };
    for (at, player) in &players {
        if player.number.is_none() && player.last_name.is_none() {
            problems.push(Problem::at(file, text, Some(*at..*at), "a player without number and name"));
        }
        let is_same = |(_, other): &&(usize, RosterPlayer)| other.number == player.number && player.number.is_some();
        if let Some((first, _)) = players.iter().find(is_same).filter(|(first, _)| first < at) {
            let line = text[..*first].matches('\n').count() + 1;
            let number = player.number.as_deref().unwrap_or_default();
            let message = format!("number {number} is given twice, first in line {line}");
            problems.push(Problem::at(file, text, Some(*at..*at), message).help("one number, one player"));
        }
    }
    if problems.is_empty() {
        Ok(players.into_iter().map(|(_, player)| player).collect())
    } else {
        Err(Problems(problems))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    number: Option<Number>,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    position: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Count(u32),
}

/// Players with the byte where each stands.
fn json(file: &Path, text: &str, problems: &mut Vec<Problem>) -> Vec<(usize, RosterPlayer)> {
    let rows: Vec<Row> = match serde_json::from_str(text) {
        Ok(rows) => rows,
        Err(error) => {
            let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let at = line_start + error.column().saturating_sub(1);
            let problem = Problem::at(file, text, Some(at..at), format!("not a roster: {error}"));
            problems.push(problem.help("a list of objects with number, name and position"));
            return Vec::new();
        }
    };
    // Objects have no place of their own once they are read: the file is named, and the number or name tells the rest.
    let player = |row: Row| {
        let number = row.number.map(|number| match number {
            Number::Text(text) => text,
            Number::Count(count) => count.to_string(),
        });
        (0, player([number, row.name, row.first_name, row.last_name, row.position]))
    };
    rows.into_iter().map(player).collect()
}

fn csv(file: &Path, text: &str, problems: &mut Vec<Problem>) -> Vec<(usize, RosterPlayer)> {
    let mut offset = 0;
    let mut columns: Option<(char, Vec<usize>)> = None;
    let mut players = Vec::new();
    for line in text.split_inclusive('\n') {
        let at = offset;
        offset += line.len();
        let line = line.trim_end_matches(['\r', '\n']);
        if line.trim().is_empty() {
            continue;
        }
        let Some((separator, columns)) = &columns else {
            columns = Some(header(file, text, at, line, problems));
            continue;
        };
        let cells = cells(line, *separator);
        if cells.len() > columns.len() {
            let message = format!("{} cells under {} columns", cells.len(), columns.len());
            problems.push(Problem::at(file, text, Some(at..at), message).help("put names with commas in quotes"));
            continue;
        }
        let mut row: [Option<String>; COLUMNS.len()] = Default::default();
        for (column, cell) in columns.iter().zip(cells) {
            if let Some(place) = row.get_mut(*column) {
                *place = Some(cell);
            }
        }
        players.push((at, player(row)));
    }
    players
}

/// What separates cells, and which of [`COLUMNS`] each column is.
fn header(file: &Path, text: &str, at: usize, line: &str, problems: &mut Vec<Problem>) -> (char, Vec<usize>) {
    let separator = if line.contains(';') { ';' } else { ',' };
    let mut columns = Vec::new();
    for cell in cells(line, separator) {
        let name = cell.to_lowercase().replace(' ', "_");
        match COLUMNS.iter().position(|known| *known == name) {
            Some(column) => columns.push(column),
            None => {
                let help = match crate::problem::nearest(&name, COLUMNS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", COLUMNS.join(", ")),
                };
                problems.push(Problem::at(file, text, Some(at..at), format!("unknown column `{cell}`")).help(help));
                columns.push(usize::MAX);
            }
        }
    }
    (separator, columns)
}

/// Cells of a line, trimmed; quotes hold separators, and a doubled quote is one.
fn cells(line: &str, separator: char) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                push(&mut cells, '"');
            }
            '"' => quoted = !quoted,
            letter if letter == separator && !quoted => cells.push(String::new()),
            letter => push(&mut cells, letter),
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn push(cells: &mut [String], letter: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(letter);
    }
}

/// By the order of [`COLUMNS`]. A whole name is split at its first blank.
fn player(cells: [Option<String>; COLUMNS.len()]) -> RosterPlayer {
    let [number, name, first_name, last_name, position] =
        cells.map(|cell| cell.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
    let (mut first, mut last) = (None, None);
    if let Some(name) = name {
        match name.split_once(' ') {
            Some((given, family)) => (first, last) = (Some(given.to_owned()), Some(family.trim().to_owned())),
            None => last = Some(name),
        }
    }
    RosterPlayer { number, first_name: first_name.or(first), last_name: last_name.or(last), position }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<RosterPlayer>, String> {
        parse_roster(Path::new("home.csv"), text).map_err(|problems| problems.to_string())
    }

    fn player(number: &str, first: &str, last: &str, position: &str) -> RosterPlayer {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        RosterPlayer { number: text(number), first_name: text(first), last_name: text(last), position: text(position) }
    }

    #[test]
    fn csv_and_json_say_the_same() {
        let expected = vec![player("00", "Ada", "van der Stone", "G"), player("7", "", "Nene", "")];
        let csv = "\u{feff}Number,Name,Position\r\n00,Ada van der Stone,G\r\n\r\n7,\"Nene\",\r\n";
        assert_eq!(read(csv).unwrap(), expected);
        assert_eq!(read("position;last name;first name;number\nG;van der Stone;Ada;00\n;Nene;;7").unwrap(), expected);
        let json = r#"[{"number":"00","name":"Ada van der Stone","position":"G"},{"number":7,"last_name":"Nene"}]"#;
        assert_eq!(read(json).unwrap(), expected);
    }

    #[test]
    fn quotes_hold_separators_and_quotes() {
        assert_eq!(cells(r#"1, "Stone, ""Ada""" ,G"#, ','), ["1", "Stone, \"Ada\"", "G"]);
    }

    #[test]
    fn every_problem_is_said_with_its_line() {
        let found = read("number,nmae\n7,A B\n7,C D\n,\n1,2,3\n").unwrap_err();
        assert!(
            found.contains("home.csv:1:1: unknown column `nmae`") && found.contains("did you mean `name`"),
            "{found}"
        );
        assert!(found.contains("home.csv:3:1: number 7 is given twice, first in line 2"), "{found}");
        assert!(found.contains("home.csv:4:1: a player without number and name"), "{found}");
        assert!(found.contains("home.csv:5:1: 3 cells under 2 columns"), "{found}");
        assert!(read("[{\"numbr\":1}]").unwrap_err().contains("unknown field `numbr`"));
    }
}
