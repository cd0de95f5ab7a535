//! Places in a journal, as people name them: a time, a period, a play, a bookmark.
//!
//! In: words ("Q3 4:25", "play#12"), a journal. Out: the first frame that showed what is meant. Whatever needs the game is
//! found by folding the journal with the code that folds it on air, so that a delayed feed's play is found where it was
//! shown and not where it was received.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::Failure;
use super::fold::Fold;
use super::playback::Outline;
use crate::command::{Command, Landing};
use crate::game::snapshot::{Period, Play};
use crate::game::{Glance, Rules, glance};
use crate::ids::PlayId;
use crate::journal::{Body, Seq, file};
use crate::time::{FrameIndex, Timestamp};

/// A place in a journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Point {
    /// So long after the recording's first frame.
    Time(Duration),
    /// Where a period is first shown; with a clock, where that is first shown at or below it.
    Period {
        /// As the game's period is labelled: "Q3", "2OT", "P1".
        label: String,
        clock: Option<Duration>,
    },
    /// Where a play is first shown: by the vendor's id, or counted in the order in which plays were shown.
    Play(Which),
    /// Where an operator set a bookmark: by its name, or counted.
    Bookmark(Which),
}

impl Default for Point {
    /// The recording's first frame.
    fn default() -> Self {
        Point::Time(Duration::ZERO)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which {
    Named(String),
    /// Counted from 1.
    Number(usize),
}

/// Where a replay ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    At(Point),
    /// So long after its beginning.
    After(Duration),
}

/// A part of a journal, played again and again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    pub from: Point,
    pub to: End,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is no place in a recording; write a time (90, 1:30, 1:02:03), a period and perhaps its clock (Q3, \"Q3 \
     4:25\", 2OT, P1), a play (play#12, play:ID) or a bookmark (bookmark#2, bookmark:NAME)"
)]
pub struct NoPoint {
    found: String,
}

impl FromStr for Point {
    type Err = NoPoint;

    fn from_str(text: &str) -> Result<Point, NoPoint> {
        let wrong = || NoPoint { found: text.to_owned() };
        let text = text.trim();
        if let Some(which) = text.strip_prefix("play") {
            return which.parse().map(Point::Play).map_err(|_| wrong());
        }
        if let Some(which) = text.strip_prefix("bookmark") {
            return which.parse().map(Point::Bookmark).map_err(|_| wrong());
        }
        if let Some(time) = length(text) {
            return Ok(Point::Time(time));
        }
        let (label, clock) = text.split_once(' ').map_or((text, None), |(label, clock)| (label, Some(clock)));
        let clock = clock.map(|clock| length(clock.trim()).ok_or_else(wrong)).transpose()?;
        let period = Period::labelled(label).ok_or_else(wrong)?;
        Ok(Point::Period { label: period.label, clock })
    }
}

impl FromStr for Which {
    type Err = ();

    /// ":name" or "#3".
    fn from_str(text: &str) -> Result<Which, ()> {
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0).map(Which::Number);
        let name = |text: &str| Some(Which::Named(text.to_owned())).filter(|_| !text.is_empty());
        let which = match text.split_at_checked(1) {
            Some((":", rest)) => name(rest),
            Some(("#", rest)) => number(rest),
            _ => None,
        };
        which.ok_or(())
    }
}

impl FromStr for Stretch {
    type Err = NoPoint;

    /// "Q3..Q4", "play#12..+20"
    fn from_str(text: &str) -> Result<Stretch, NoPoint> {
        let wrong = || NoPoint { found: text.to_owned() };
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        let to = match to.trim().strip_prefix('+') {
            Some(after) => End::After(length(after).ok_or_else(wrong)?),
            None => End::At(to.parse()?),
        };
        Ok(Stretch { from: from.parse()?, to })
    }
}

/// Seconds, "minutes:seconds" or "hours:minutes:seconds".
fn length(text: &str) -> Option<Duration> {
    let mut parts = text.rsplit(':');
    let seconds = parts.next().filter(|text| text.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut length = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
    for (unit, part) in [60_u64, 3600].into_iter().zip(parts.by_ref()) {
        let count: u64 = part.parse().ok()?;
        length = length.checked_add(Duration::from_secs(count.checked_mul(unit)?))?;
    }
    parts.next().is_none().then_some(length)
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::Time(time) => write!(f, "{}", time.as_secs_f64()),
            Point::Period { label, clock: None } => f.write_str(label),
            Point::Period { label, clock: Some(clock) } => {
                write!(f, "{label} {}:{:02}", clock.as_secs() / 60, clock.as_secs() % 60)
            }
            Point::Play(Which::Named(name)) => write!(f, "play:{name}"),
            Point::Play(Which::Number(number)) => write!(f, "play#{number}"),
            Point::Bookmark(Which::Named(name)) => write!(f, "bookmark:{name}"),
            Point::Bookmark(Which::Number(number)) => write!(f, "bookmark#{number}"),
        }
    }
}

/// A place that can be named, for people and programs to choose from.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Landmark {
    /// What `--from` and `--loop` take.
    pub point: String,
    /// After the recording's first frame.
    pub seconds: f64,
    pub frame: FrameIndex,
    /// What a play was, what a bookmark is called.
    pub text: Option<String>,
}

/// What happened in a journal, and at which frame it was first shown.
#[derive(Debug, Default)]
struct Happened {
    periods: Vec<(FrameIndex, String)>,
    /// Period, clock in milliseconds: a row for each tenth of a second that was told.
    clocks: Vec<(FrameIndex, String, u32)>,
    plays: Vec<(FrameIndex, PlayId, Option<String>)>,
    bookmarks: Vec<(FrameIndex, String)>,
    /// The plays that were shown last, and every play that was shown.
    latest: Arc<Vec<Arc<Play>>>,
    known: BTreeSet<PlayId>,
}

impl Happened {
    /// Folds the whole journal.
    fn in_journal(journal: &Path, outline: &Outline, rules: &Rules) -> Result<Happened, Failure> {
        let mut happened = Happened::default();
        let mut fold = Fold::new(outline.decoding());
        for entry in file::read(journal).map_err(Failure::input)? {
            let entry = entry.map_err(Failure::input)?;
            if matches!(entry.body, Body::Frame { .. } | Body::Content(_) | Body::Templates(_)) {
                continue;
            }
            fold.apply(&entry);
            let Some(frame) = shown(outline, entry.seq, entry.at) else { continue };
            if let Body::Command(Command::Bookmark { name }) = &entry.body {
                happened.bookmarks.push((frame, name.clone()));
            }
            happened.look(frame, glance(&fold.position().state, rules, entry.at));
        }
        Ok(happened)
    }

    /// Notes what is new at a frame.
    fn look(&mut self, frame: FrameIndex, Glance { clock, plays }: Glance) {
        if let Some(Period { label, .. }) = clock.period {
            if self.periods.last().is_none_or(|(_, last)| *last != label) {
                self.periods.push((frame, label.clone()));
            }
            if let Some(millis) = clock.game.map(|clock| clock.millis)
                && self.clocks.last().is_none_or(|(_, last, known)| *last != label || known / 100 != millis / 100)
            {
                self.clocks.push((frame, label, millis));
            }
        }
        // The same list, by pointer, until a play changes.
        if Arc::ptr_eq(&self.latest, &plays) {
            return;
        }
        for play in plays.iter().rev() {
            if let Some(id) = play.id.clone().filter(|id| self.known.insert(id.clone())) {
                self.plays.push((frame, id, play.text.clone()));
            }
        }
        self.latest = plays;
    }

    fn find(&self, point: &Point) -> Option<FrameIndex> {
        let nth = |which: &Which, count: usize, named: &dyn Fn(&str) -> Option<usize>| match which {
            Which::Number(number) => Some(number - 1).filter(|index| *index < count),
            Which::Named(name) => named(name),
        };
        match point {
            Point::Time(_) => None,
            Point::Period { label, clock: None } => {
                self.periods.iter().find(|(_, l)| l == label).map(|(frame, _)| *frame)
            }
            Point::Period { label, clock: Some(clock) } => {
                let below = |(_, l, millis): &&(FrameIndex, String, u32)| {
                    l == label && u128::from(*millis) <= clock.as_millis()
                };
                self.clocks.iter().find(below).map(|(frame, ..)| *frame)
            }
            Point::Play(which) => {
                let named = |name: &str| self.plays.iter().position(|(_, id, _)| id.as_str() == name);
                nth(which, self.plays.len(), &named).map(|index| self.plays[index].0)
            }
            Point::Bookmark(which) => {
                let named = |name: &str| self.bookmarks.iter().position(|(_, known)| known == name);
                nth(which, self.bookmarks.len(), &named).map(|index| self.bookmarks[index].0)
            }
        }
    }

    /// "the recording shows PRE, Q1; 12 plays; no bookmark"
    fn summary(&self) -> String {
        let count = |n: usize, what: &str| match n {
            0 => format!("no {what}"),
            1 => format!("1 {what}"),
            n => format!("{n} {what}s"),
        };
        let periods: Vec<&str> = self.periods.iter().map(|(_, label)| label.as_str()).collect();
        let periods = if periods.is_empty() { "no period".to_owned() } else { periods.join(", ") };
        let (plays, bookmarks) = (count(self.plays.len(), "play"), count(self.bookmarks.len(), "bookmark"));
        format!("it shows {periods}; {plays}; {bookmarks} (--list tells them all)")
    }
}

/// The first frame drawn from an entry; `None` when the show ended before it drew one.
fn shown(outline: &Outline, seq: Seq, at: Timestamp) -> Option<FrameIndex> {
    if outline.marks.is_empty() {
        let frame = outline.start.rate.frame_at(at.since(outline.start.epoch));
        return Some(if outline.time_of(frame) < at { frame.next() } else { frame });
    }
    let mark = outline.marks.partition_point(|mark| mark.upto < seq);
    outline.marks.get(mark).map(|mark| mark.index)
}

/// Frames of a recording: the first to play, and the one to end before, if not with the recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub first: FrameIndex,
    pub end: Option<FrameIndex>,
}

/// The places of a journal that have a name. Whatever needs the game is found when it is first asked for.
pub struct Places {
    journal: PathBuf,
    outline: Outline,
    rules: Rules,
    happened: Option<Happened>,
}

impl Places {
    pub fn of(journal: &Path, outline: &Outline, rules: &Rules) -> Self {
        Self { journal: journal.to_owned(), outline: outline.clone(), rules: rules.clone(), happened: None }
    }

    fn happened(&mut self) -> Result<&Happened, Failure> {
        match &mut self.happened {
            Some(happened) => Ok(happened),
            none => Ok(none.insert(Happened::in_journal(&self.journal, &self.outline, &self.rules)?)),
        }
    }

    /// The first frame that showed what is meant. What is not in the journal is refused with what there is.
    pub fn frame(&mut self, point: &Point) -> Result<FrameIndex, Failure> {
        let rate = self.outline.start.rate;
        let (first, last) = self.outline.frames;
        if let Point::Time(time) = point {
            let frame = FrameIndex(first.0.saturating_add(rate.frame_at(*time).0));
            let length = rate.time_of(last).saturating_sub(rate.time_of(first)).as_secs_f64();
            let beyond =
                || Failure::Input(format!("{point} s is after the recording's end, which is at {length:.1} s"));
            return if frame <= last { Ok(frame) } else { Err(beyond()) };
        }
        let journal = self.journal.clone();
        let happened = self.happened()?;
        let absent = || Failure::Input(format!("`{point}` is not in {}: {}", journal.display(), happened.summary()));
        happened.find(point).map(|frame| frame.max(first)).ok_or_else(absent)
    }

    /// The frames between two places. Ends that are not in this order are refused.
    pub fn span(&mut self, from: &Point, to: Option<&End>) -> Result<Span, Failure> {
        let first = self.frame(from)?;
        let end = match to {
            None => None,
            Some(End::At(point)) => Some(self.frame(point)?),
            Some(End::After(length)) => {
                Some(FrameIndex(first.0.saturating_add(u64::from(self.outline.start.rate.frames_in(*length)))))
            }
        };
        match end {
            Some(end) if end <= first => Err(Failure::Input("the end of the loop is not after its beginning".into())),
            end => Ok(Span { first, end }),
        }
    }

    /// The frames of a kind of place, in the order of time.
    pub fn all(&mut self, landing: Landing) -> Result<Vec<FrameIndex>, Failure> {
        let first = self.outline.frames.0;
        let Happened { periods, plays, bookmarks, .. } = self.happened()?;
        let mut frames: Vec<FrameIndex> = match landing {
            Landing::Period => periods.iter().map(|(frame, _)| *frame).collect(),
            Landing::Play => plays.iter().map(|(frame, ..)| *frame).collect(),
            Landing::Bookmark => bookmarks.iter().map(|(frame, _)| *frame).collect(),
        };
        frames.iter_mut().for_each(|frame| *frame = (*frame).max(first));
        frames.sort();
        frames.dedup();
        Ok(frames)
    }
}

/// Finds the frames between two places. What is not in the journal, or not in this order, is refused with what there is.
pub fn find(journal: &Path, outline: &Outline, rules: &Rules, from: &Point, to: Option<&End>) -> Result<Span, Failure> {
    Places::of(journal, outline, rules).span(from, to)
}

/// Every place of a journal that has a name, in the order of time.
pub fn landmarks(journal: &Path, outline: &Outline, rules: &Rules) -> Result<Vec<Landmark>, Failure> {
    let Happened { periods, plays, bookmarks, .. } = Happened::in_journal(journal, outline, rules)?;
    let first = outline.start.rate.time_of(outline.frames.0);
    let landmark = |frame: FrameIndex, point: Point, text: Option<String>| {
        let seconds = outline.start.rate.time_of(frame).saturating_sub(first).as_secs_f64();
        Landmark { point: point.to_string(), seconds, frame, text }
    };
    let mut all = Vec::new();
    for (at, (frame, label)) in periods.iter().enumerate() {
        // A period is found where it was shown first.
        if periods[..at].iter().all(|(_, known)| known != label) {
            all.push(landmark(*frame, Point::Period { label: label.clone(), clock: None }, None));
        }
    }
    for (number, (frame, id, text)) in plays.into_iter().enumerate() {
        let text = text.map_or_else(|| format!("play:{id}"), |text| format!("play:{id} {text}"));
        all.push(landmark(frame, Point::Play(Which::Number(number + 1)), Some(text)));
    }
    for (number, (frame, name)) in bookmarks.into_iter().enumerate() {
        let text = Some(name).filter(|name| !name.is_empty());
        all.push(landmark(frame, Point::Bookmark(Which::Number(number + 1)), text));
    }
    all.sort_by_key(|landmark| landmark.frame);
    Ok(all)
}

#[cfg(test)]
mod tests;
