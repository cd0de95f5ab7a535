//! The hands of the mock game at a terminal: lines in place of HTTP requests.
//!
//! In: lines, from a terminal or a pipe. Out: the same corrections and faults as [`super::operator`]'s endpoint makes, and a
//! line of answer for each. Runs on a thread of whoever reads the lines; keeps what it did, to take it back.
//!
//! ```text
//! make [home|away] [NUMBER] [three] [X Y]   records a basket; without more, by the shooter of the last line
//! miss [home|away] [NUMBER] [three] [X Y]   records a miss; millimetres from the hoop, +x right, +y to half court
//! flip [#ID]                                makes the last shot (or that one) a miss, or a basket again
//! player NUMBER [#ID]                       gives it to another player
//! delete [#ID]                              deletes it
//! undo                                      takes the last of these back
//! shots                                     lists the shots so far, newest first
//! fault NAME | faults off                   something goes wrong, or nothing more
//! ```

use std::fmt::Write as _;
use std::sync::Arc;

use super::course::Course;
use super::fault::{Fault, Switch};
use super::operator::{ScorersTable, Trouble, who};
use super::performance::{Change, Performance};
use super::script::{Fact, Play, Shot, Who, period_label};
use super::zones;
use crate::ids::Side;

/// What the lines are, in short.
pub const HELP: &str = "make|miss [home|away] [NUMBER] [three] [X Y], flip [#ID], player NUMBER [#ID], delete [#ID], undo, \
                        shots, fault NAME, faults off";

/// Where a shot is taken from that does not say: in front of the hoop, or beyond the line.
const TWO_MM: (i32, i32) = (0, 1_500);
const THREE_MM: (i32, i32) = (0, 7_600);

/// Shots that are listed.
const MOST_LISTED: usize = 20;

/// The person at the terminal.
pub struct Hands {
    table: ScorersTable,
    shooter: Who,
    /// What takes each line back, the last one at the end.
    done: Vec<Back>,
}

/// What takes a line back.
enum Back {
    Delete(u32),
    Change(u32, Change),
    Restore(Fact),
}

#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error("`{0}` is not understood; there are: {HELP}")]
    Line(String),
    #[error("there is no shot yet")]
    NoShot,
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

fn refused(cause: impl Into<Trouble>) -> Wrong {
    Wrong::Trouble(cause.into())
}

impl Hands {
    pub(super) fn new(table: ScorersTable) -> Self {
        Self { table, shooter: Who { side: Side::Home, index: 0 }, done: Vec::new() }
    }

    /// Does what a line says; the answer, or why it was not done.
    pub fn take(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let done = match words.as_slice() {
            [] | ["help" | "?"] => Ok(HELP.to_owned()),
            ["make", rest @ ..] => self.record(true, rest, line),
            ["miss", rest @ ..] => self.record(false, rest, line),
            ["flip"] => self.flip(None),
            ["flip", id] => self.numbered(id, line).and_then(|id| self.flip(Some(id))),
            ["player", jersey] => self.player(jersey, None),
            ["player", jersey, id] => self.numbered(id, line).and_then(|id| self.player(jersey, Some(id))),
            ["delete"] => self.delete(None),
            ["delete", id] => self.numbered(id, line).and_then(|id| self.delete(Some(id))),
            ["undo"] => self.undo(),
            ["shots"] => self.list(),
            ["fault", name] => self.fault(name),
            ["faults", "off"] => {
                self.table.faults.switch_all_off();
                Ok("no faults".to_owned())
            }
            _ => Err(Wrong::Line(line.to_owned())),
        };
        done.unwrap_or_else(|wrong| wrong.to_string())
    }

    fn play(&self) -> Result<Arc<Performance>, Wrong> {
        self.table.play.clone().ok_or(Wrong::Trouble(Trouble::Capture))
    }

    fn numbered(&self, word: &str, line: &str) -> Result<u32, Wrong> {
        let number = word.strip_prefix('#').unwrap_or(word).parse();
        number.map_err(|_| Wrong::Line(line.to_owned()))
    }

    /// A shot that was taken, by its id, or the last one.
    fn shot(&self, id: Option<u32>) -> Result<(Fact, Shot), Wrong> {
        let play = self.play()?;
        let course = play.course();
        let told = &course.facts()[..play.facts_told(play.timeline.now())];
        let is_wanted = |fact: &&Fact| id.is_none_or(|id| fact.id == id) && matches!(fact.play, Play::Shot(_));
        let fact = told.iter().rev().find(is_wanted).cloned().ok_or(Wrong::NoShot)?;
        match &fact.play {
            Play::Shot(shot) => Ok((fact.clone(), shot.clone())),
            _ => Err(Wrong::NoShot),
        }
    }

    fn record(&mut self, made: bool, words: &[&str], line: &str) -> Result<String, Wrong> {
        let play = self.play()?;
        let (mut three, mut numbers, mut jersey) = (false, Vec::new(), None);
        for word in words {
            match (*word, word.parse::<i32>()) {
                ("home", _) => self.shooter = Who { side: Side::Home, index: 0 },
                ("away", _) => self.shooter = Who { side: Side::Away, index: 0 },
                ("three", _) => three = true,
                (number, Ok(value)) => {
                    if jersey.is_none() && words.iter().filter(|word| word.parse::<i32>().is_ok()).count() != 2 {
                        jersey = Some(number);
                    } else {
                        numbers.push(value);
                    }
                }
                _ => return Err(Wrong::Line(line.to_owned())),
            }
        }
        if let Some(jersey) = jersey {
            self.shooter = who(&play.course(), self.shooter.side, jersey).map_err(refused)?;
        }
        let place = match numbers.as_slice() {
            [] if three => THREE_MM,
            [] => TWO_MM,
            [x, y] => (*x, *y),
            _ => return Err(Wrong::Line(line.to_owned())),
        };
        let shot = Shot {
            by: self.shooter,
            made,
            three,
            at: zones::tenths(place),
            style: "jump shot".to_owned(),
            how: String::new(),
            assist: None,
            block: None,
        };
        let id = play.record(shot).map_err(refused)?;
        self.done.push(Back::Delete(id));
        Ok(told(&play.course(), id))
    }

    fn change(
        &mut self,
        id: Option<u32>,
        change: impl FnOnce(&Shot, &Course) -> Result<Change, Wrong>,
    ) -> Result<String, Wrong> {
        let play = self.play()?;
        let (fact, shot) = self.shot(id)?;
        let change = change(&shot, &play.course())?;
        play.change(fact.id, change).map_err(refused)?;
        self.done.push(Back::Change(fact.id, Change { made: Some(shot.made), by: Some(shot.by) }));
        Ok(told(&play.course(), fact.id))
    }

    fn flip(&mut self, id: Option<u32>) -> Result<String, Wrong> {
        self.change(id, |shot, _| Ok(Change { made: Some(!shot.made), by: None }))
    }

    fn player(&mut self, jersey: &str, id: Option<u32>) -> Result<String, Wrong> {
        self.change(id, |shot, course| {
            let by = who(course, shot.by.side, jersey).map_err(refused)?;
            Ok(Change { made: None, by: Some(by) })
        })
    }

    fn delete(&mut self, id: Option<u32>) -> Result<String, Wrong> {
        let play = self.play()?;
        let (fact, _) = self.shot(id)?;
        play.delete(fact.id).map_err(refused)?;
        let text = format!("#{} deleted", fact.id);
        self.done.push(Back::Restore(fact));
        Ok(text)
    }

    fn undo(&mut self) -> Result<String, Wrong> {
        let play = self.play()?;
        match self.done.pop().ok_or(Wrong::NothingToUndo)? {
            Back::Delete(id) => {
                play.delete(id).map_err(refused)?;
                Ok(format!("#{id} deleted"))
            }
            Back::Change(id, change) => {
                play.change(id, change).map_err(refused)?;
                Ok(told(&play.course(), id))
            }
            Back::Restore(fact) => {
                let was = fact.id;
                let now = play.restore(fact).map_err(refused)?;
                // What is to be taken back before that is of the same shot.
                for back in &mut self.done {
                    match back {
                        Back::Delete(id) | Back::Change(id, _) if *id == was => *id = now,
                        _ => {}
                    }
                }
                Ok(told(&play.course(), now))
            }
        }
    }

    fn list(&self) -> Result<String, Wrong> {
        let play = self.play()?;
        let course = play.course();
        let facts = &course.facts()[..play.facts_told(play.timeline.now())];
        let shots = facts.iter().rev().filter(|fact| matches!(fact.play, Play::Shot(_)));
        let mut text = String::new();
        for fact in shots.take(MOST_LISTED) {
            let lead = if text.is_empty() { "" } else { "\n" };
            // Writing to a string cannot fail.
            let _ = write!(text, "{lead}{}", told(&course, fact.id));
        }
        if text.is_empty() { Err(Wrong::NoShot) } else { Ok(text) }
    }

    fn fault(&self, name: &str) -> Result<String, Wrong> {
        let fault: Fault = name.parse().map_err(|cause: super::fault::UnknownFault| refused(cause))?;
        self.table.faults.switch_on(Switch::from(fault));
        Ok(format!("{name} is on"))
    }
}

/// "#412 Q2 4:07 home 7 Kevin Durant makes a two"
fn told(course: &Course, id: u32) -> String {
    let fact = course.position(id).map(|index| &course.facts()[index]);
    let Some(Fact { play: Play::Shot(shot), period, clock_ms, .. }) = fact else { return format!("#{id}") };
    let player = course.script.player(shot.by);
    let (made, worth) = (if shot.made { "makes" } else { "misses" }, if shot.three { "three" } else { "two" });
    let clock = super::sportradar::event::clock(*clock_ms);
    let (side, jersey, name) = (shot.by.side, &player.jersey, player.full_name());
    format!("#{id} {} {clock} {side} {jersey} {name} {made} a {worth}", period_label(*period))
}
