//! A game as it is played: the course as corrected so far, and what each vendor's server tells of it.
//!
//! In: a course, a timeline, the operator's corrections. Out: for servers, what is told at any position and moment. Shared by
//! all servers and their clients. A correction is made in one go and told by both vendors; it lasts as long as the venue
//! runs, unlike the script, which a restarted venue plays as it is written.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use super::course::Course;
use super::fault::Faults;
use super::script::{Fact, Play, Script, Shot, Who};
use super::shottracker::correction::Correction;
use super::shottracker::log::Log;
use super::sportradar::clock::CLOCK_EVERY;
use super::sportradar::feed::Feed;
use super::sportradar::wire::Message;
use super::tale::Tale;
use super::timeline::{Moment, Timeline};

/// A message of ShotTracker's sequence, ready to be sent.
#[derive(Clone, Debug)]
pub struct Spoken {
    pub source: &'static str,
    pub text: Arc<str>,
}

pub struct Performance {
    pub timeline: Timeline,
    pub faults: Faults,
    pub tracker: Tale<Log, Spoken>,
    pub league: Tale<Feed, Arc<Message>>,
    /// How often the league's push clock speaks while the clock runs and nothing else happens.
    pub push_clock_every: Duration,
    course: RwLock<Arc<Course>>,
    /// The highest id that a fact ever had: one that was deleted is not given again.
    highest_id: AtomicU32,
    corrections: watch::Sender<u64>,
    /// Sportradar's ids of the events that were deleted, in that order.
    deleted: RwLock<Vec<String>>,
}

/// Why a correction is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    #[error("a game that is played in a loop cannot be corrected; start the venue without the loop")]
    Looped,
    #[error("only basketball has shots to correct")]
    NotBasketball,
    #[error("the game is over; nothing more can be recorded")]
    Over,
    #[error("there is no shot {id} so far; GET /mock/shots lists them")]
    Unknown { id: u32 },
    #[error("{side} has no number {jersey}; GET /mock/shots shows how players are named")]
    NoPlayer { side: crate::ids::Side, jersey: String },
}

/// What of a shot can be changed by hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Change {
    pub made: Option<bool>,
    pub by: Option<Who>,
}

impl Performance {
    pub fn new(course: Arc<Course>, timeline: Timeline, faults: Faults) -> Performance {
        Performance {
            tracker: Tale::new(Log::new(course.clone(), timeline.clone())),
            league: Tale::new(Feed::new(course.clone(), timeline.clone())),
            highest_id: AtomicU32::new(course.facts().iter().map(|fact| fact.id).max().unwrap_or_default()),
            push_clock_every: CLOCK_EVERY,
            course: RwLock::new(course),
            corrections: watch::Sender::new(0),
            deleted: RwLock::default(),
            timeline,
            faults,
        }
    }

    /// The game as it stands.
    pub fn course(&self) -> Arc<Course> {
        self.course.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sportradar's ids of the events that were deleted so far.
    pub fn deleted(&self) -> Vec<String> {
        self.deleted.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts the corrections.
    pub fn corrected(&self) -> watch::Receiver<u64> {
        self.corrections.subscribe()
    }

    /// How many facts stand at a moment: none of the stretch once it has been taken back.
    pub fn facts_told(&self, now: Moment) -> usize {
        let taken_back = self.timeline.looped() && now >= self.timeline.lap_end(now.lap);
        let ms = if taken_back { self.timeline.start_ms().saturating_sub(1) } else { now.ms };
        self.course().facts_at(ms)
    }

    /// When the clock next starts, stops or changes period; the start of a lap is such a change.
    pub fn next_clock_change(&self, after: Moment) -> Option<Moment> {
        let in_lap = self.course().clock.next_change(after.ms).map(|ms| Moment { lap: after.lap, ms });
        in_lap.or_else(|| self.timeline.looped().then(|| self.timeline.lap_start(after.lap + 1)))
    }

    /// ShotTracker's word for the state of the game.
    pub fn status(&self) -> &'static str {
        let course = self.course();
        let over = course.facts_at(self.timeline.now().ms) == course.facts().len();
        if over && !self.timeline.looped() { "COMPLETED" } else { "ACTIVE" }
    }

    /// Records a shot that is taken now; its id.
    pub fn record(&self, shot: Shot) -> Result<u32, Refused> {
        self.correct(|old, now_ms| {
            if old.facts_at(now_ms) == old.facts().len() {
                return Err(Refused::Over);
            }
            let id = self.highest_id.fetch_add(1, Ordering::Relaxed) + 1;
            let reading = old.clock.at(now_ms);
            let fact = Fact {
                id,
                version: 1,
                at_ms: now_ms,
                period: reading.period,
                clock_ms: reading.game_ms,
                play: Play::Shot(shot),
                marks: Vec::new(),
            };
            let mut script = (*old.script).clone();
            script.facts.insert(old.facts_at(now_ms), fact);
            Ok(Edit { fact: id, without: (*old.script).clone(), with: Some(script) })
        })
    }

    /// Changes a shot that was taken.
    pub fn change(&self, id: u32, change: Change) -> Result<u32, Refused> {
        self.correct(|old, now_ms| {
            let (index, shot) = taken(old, id, now_ms)?;
            let mut shot = shot.clone();
            shot.made = change.made.unwrap_or(shot.made);
            shot.by = change.by.unwrap_or(shot.by);
            // There is no assist without a basket, nor of one's own, nor a block of a basket.
            shot.assist = shot.assist.filter(|who| shot.made && *who != shot.by && who.side == shot.by.side);
            shot.block = shot.block.filter(|who| !shot.made && who.side != shot.by.side);
            let mut with = (*old.script).clone();
            let fact = &mut with.facts[index];
            (fact.play, fact.version) = (Play::Shot(shot), fact.version + 2);
            let mut without = (*old.script).clone();
            without.facts.remove(index);
            Ok(Edit { fact: id, without, with: Some(with) })
        })
    }

    /// Deletes a shot that was taken.
    pub fn delete(&self, id: u32) -> Result<u32, Refused> {
        self.correct(|old, now_ms| {
            let (index, _) = taken(old, id, now_ms)?;
            let mut without = (*old.script).clone();
            without.facts.remove(index);
            Ok(Edit { fact: id, without, with: None })
        })
    }

    /// Records a shot again that was deleted, at its own time. It has a new id: vendors do not take a deletion back.
    pub fn restore(&self, fact: Fact) -> Result<u32, Refused> {
        self.correct(|old, _| {
            let id = self.highest_id.fetch_add(1, Ordering::Relaxed) + 1;
            let mut script = (*old.script).clone();
            let at = script.facts.partition_point(|other| other.at_ms <= fact.at_ms);
            script.facts.insert(at, Fact { id, version: 1, ..fact });
            Ok(Edit { fact: id, without: (*old.script).clone(), with: Some(script) })
        })
    }

    fn correct(&self, edit: impl FnOnce(&Course, u64) -> Result<Edit, Refused>) -> Result<u32, Refused> {
        if self.timeline.looped() {
            return Err(Refused::Looped);
        }
        if self.course().script.is_hockey() {
            return Err(Refused::NotBasketball);
        }
        // Held throughout: one correction at a time.
        let mut course = self.course.write().unwrap_or_else(PoisonError::into_inner);
        let old = course.clone();
        let edit = edit(&old, self.timeline.now().ms)?;
        let without = Arc::new(old.corrected(edit.without));
        let new = edit.with.map_or_else(|| without.clone(), |script| Arc::new(old.corrected(script)));
        let log = |course: &Arc<Course>| Arc::new(Log::new(course.clone(), self.timeline.clone()));
        let (told, bare, next) = (self.tracker.latest(), log(&without), log(&new));
        let now_ms = self.timeline.now().ms;
        self.tracker.correct(
            next.clone(),
            || self.timeline.now(),
            |start| Correction { old: &told, without: &bare, new: &next, fact: edit.fact, now_ms }.messages(start),
        );
        let (was, feed) = (self.league.latest(), Arc::new(Feed::new(new.clone(), self.timeline.clone())));
        let message = match (new.position(edit.fact), old.position(edit.fact)) {
            (Some(fact), _) => Some(feed.upsert(fact, now_ms)),
            (None, Some(fact)) => {
                let message = was.delete(fact, now_ms, &new);
                let mut deleted = self.deleted.write().unwrap_or_else(PoisonError::into_inner);
                deleted.push(message.event_id().to_owned());
                Some(message)
            }
            (None, None) => None,
        };
        self.league.correct(feed, || self.timeline.now(), |_| message.map(Arc::new).into_iter().collect());
        *course = new;
        drop(course);
        self.corrections.send_modify(|count| *count += 1);
        Ok(edit.fact)
    }
}

struct Edit {
    fact: u32,
    without: Script,
    with: Option<Script>,
}

/// A shot that has been taken, with its index.
fn taken(course: &Course, id: u32, now_ms: u64) -> Result<(usize, &Shot), Refused> {
    let told = course.facts_at(now_ms);
    let index = course.position(id).filter(|index| *index < told).ok_or(Refused::Unknown { id })?;
    match &course.facts()[index].play {
        Play::Shot(shot) => Ok((index, shot)),
        _ => Err(Refused::Unknown { id }),
    }
}
