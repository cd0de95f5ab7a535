//! What Sportradar's push sends and when: each event in one or two steps, some late, some twice, as the real feed does.
//!
//! In: a position of the reel. Out: the message at it. A pure function of script and timeline.
//!
//! A message that is taken back (the loop does it, or an operator) is sent as a delete of its event.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::event::{Detail, Scribe, clock, has_two_steps};
use super::ice::{self, Rink};
use super::wire::{Event, Game, GameTeam, Message, Metadata, Payload, When};
use crate::ids::Side;
use crate::time::Timestamp;
use crate::venue::course::Course;
use crate::venue::script::{Fact, Play, side_index};
use crate::venue::tale;
use crate::venue::timeline::{Moment, Reel, Slot, Timeline};
use crate::venue::wall::{format_utc, uuid};

pub struct Feed {
    course: Arc<Course>,
    entries: Vec<Entry>,
    /// Wall clock of each fact in the first lap, milliseconds since 1970, ascending without equals.
    sequences: Vec<i64>,
    timeline: Timeline,
    reel: Reel,
}

impl tale::Log for Feed {
    fn reel(&self) -> &Reel {
        &self.reel
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    due_ms: u64,
    fact: usize,
    detail: Detail,
}

/// From the first entry of an event to its details.
const DETAIL_MS: u64 = 2_500;
/// Every so often the details come when the game has gone on: a sequence older than others that were sent.
const LATE_EVERY: usize = 9;
const LATE_MS: u64 = 25_000;
/// And sometimes a message comes twice.
const TWICE_EVERY: usize = 40;

impl Feed {
    pub fn new(course: Arc<Course>, timeline: Timeline) -> Feed {
        let mut entries = Vec::new();
        for (index, fact) in course.facts().iter().enumerate() {
            let entry = |due_ms: u64, detail| Entry { due_ms: due_ms.min(course.end_ms()), fact: index, detail };
            if kind(&course, fact, Detail::Full).is_none() {
                continue;
            }
            let details = if has_two_steps(fact) {
                entries.push(entry(fact.at_ms, Detail::Bare));
                let late = index % LATE_EVERY == LATE_EVERY / 2;
                entry(fact.at_ms + if late { LATE_MS } else { DETAIL_MS }, Detail::Full)
            } else {
                entry(fact.at_ms, Detail::Full)
            };
            entries.push(details);
            if index % TWICE_EVERY == TWICE_EVERY / 2 {
                entries.push(details);
            }
        }
        // Stable: what is due together keeps the order of the facts.
        entries.sort_by_key(|entry| entry.due_ms);
        let reel = Reel::new(entries.iter().map(|entry| entry.due_ms).collect(), timeline.clone());
        let sequences = sequences(&course, &timeline);
        Feed { course, entries, sequences, timeline, reel }
    }

    /// The message at a slot.
    pub fn message(&self, slot: Slot) -> Message {
        let entry = self.entries[slot.index];
        let standing = self.standing(entry, slot);
        if slot.retracts {
            let at = self.timeline.real(self.timeline.lap_end(slot.lap));
            let event = self.deleted(entry.fact, entry.detail, slot.lap, at, self.course.situation(standing).score);
            return self.wrap(entry.fact, entry.detail, event, (standing, "inprogress"));
        }
        let event = self.event(entry, slot);
        let status = self.status(entry.fact);
        self.wrap(entry.fact, entry.detail, event, (standing, status))
    }

    /// An event as it is now, sent out of turn.
    pub fn upsert(&self, fact: usize, now_ms: u64) -> Message {
        let entry = Entry { due_ms: now_ms, fact, detail: Detail::Full };
        let event = self.event(entry, Slot { lap: 0, index: 0, retracts: false });
        let standing = self.course.facts_at(now_ms);
        self.wrap(fact, entry.detail, event, (standing, "inprogress"))
    }

    /// The delete of an event of this feed, with the score of the course without it.
    pub fn delete(&self, fact: usize, now_ms: u64, without: &Arc<Course>) -> Message {
        let at = self.timeline.real(Moment { lap: 0, ms: now_ms });
        let standing = without.facts_at(now_ms);
        let event = self.deleted(fact, Detail::Full, 0, at, without.situation(standing).score);
        let mut message = self.wrap(fact, Detail::Full, event, (0, "inprogress"));
        message.payload.game = game(without, standing, "inprogress");
        message
    }

    /// All events so far with their details, each once, for the play-by-play; with the period of each.
    pub fn events(&self, facts: usize, lap: u64) -> Vec<(u8, Value)> {
        let mut events: Vec<(u8, Value)> = Vec::new();
        for (index, fact) in self.course.facts().iter().enumerate().take(facts) {
            if kind(&self.course, fact, Detail::Full).is_none() {
                continue;
            }
            let entry = Entry { due_ms: fact.at_ms, fact: index, detail: Detail::Full };
            let event = self.event(entry, Slot { lap, index: 0, retracts: false }).body;
            events.retain(|(_, have)| have["id"] != event["id"]);
            events.push((fact.period, event));
        }
        events
    }

    /// The last of [`events`](Self::events), without making the others: a clock tells it with every message.
    pub fn latest_event(&self, facts: usize, lap: u64) -> Option<Value> {
        let told = self.course.facts().get(..facts).unwrap_or_else(|| self.course.facts());
        let fact = told.iter().rposition(|fact| kind(&self.course, fact, Detail::Full).is_some())?;
        let entry = Entry { due_ms: told[fact].at_ms, fact, detail: Detail::Full };
        Some(self.event(entry, Slot { lap, index: 0, retracts: false }).body)
    }

    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The game block after some facts.
    pub fn game(&self, facts: usize, status: &'static str) -> Value {
        game(&self.course, facts, status)
    }

    fn status(&self, fact: usize) -> &'static str {
        if matches!(self.course.facts()[fact].play, Play::Final) { "complete" } else { "inprogress" }
    }

    /// An event with its game block after so many facts, and the metadata of both.
    fn wrap(&self, fact: usize, detail: Detail, entry: Entered, (told, status): (usize, &'static str)) -> Message {
        let fact = &self.course.facts()[fact];
        let (event_type, event_category) = kind(&self.course, fact, detail).unwrap_or_default();
        let hockey = self.course.script.is_hockey();
        let half_time = matches!(fact.play, Play::PeriodEnd) && fact.period == 2 && !hockey;
        let about = |text: String| Some(text).filter(|text| !entry.deleted && !text.is_empty());
        let metadata = Metadata {
            league: self.course.script.game.league.clone(),
            game: format!("sd:match:{}", self.course.script.game.sportradar),
            status: if half_time { "halftime" } else { status },
            team: entry.team.and_then(|id| about(format!("sd:team:{id}"))),
            players: about(entry.players),
            event_type: Some(event_type),
            event_category: Some(event_category).filter(|_| !hockey),
            locale: "en",
            operation: if entry.deleted { "delete" } else { "update" },
            version: "v7",
        };
        Message { payload: Payload { game: self.game(told, status), event: entry.body }, locale: "en", metadata }
    }

    /// How many facts the game block counts: those of the moment at which the message is sent.
    fn standing(&self, entry: Entry, slot: Slot) -> usize {
        let fact = &self.course.facts()[entry.fact];
        if slot.retracts {
            self.course.facts_at(self.timeline.start_ms().saturating_sub(1))
        } else if entry.due_ms == fact.at_ms {
            entry.fact + 1
        } else {
            self.course.facts_at(entry.due_ms)
        }
    }

    fn event(&self, entry: Entry, slot: Slot) -> Entered {
        let fact = &self.course.facts()[entry.fact];
        let at = self.timeline.real(Moment { lap: slot.lap, ms: fact.at_ms });
        let updated = self.timeline.real(Moment { lap: slot.lap, ms: entry.due_ms });
        let when = When {
            number: entry.fact + 1,
            sequence: self.sequence(entry.fact, slot.lap),
            updated: format_utc(updated),
            wall_clock: format_utc(at),
            created: format_utc(at),
        };
        let id = self.event_id(entry.fact, slot.lap);
        if self.course.script.is_hockey() {
            let mut event = Rink { course: &self.course }.event(entry.fact, entry.detail);
            event.insert("id".to_owned(), id.into());
            if let Value::Object(when) = value(&when) {
                event.extend(when.into_iter().filter(|(key, _)| key != "number" && key != "created"));
            }
            let team = event.get("attribution").and_then(|by| by["id"].as_str()).map(str::to_owned);
            let named = event.get("statistics").and_then(Value::as_array).into_iter().flatten();
            let named = named.filter_map(|statistic| statistic["player"]["id"].as_str());
            let players = named.map(|id| format!("sd:player:{id}")).collect::<Vec<_>>().join(",");
            return Entered { team, players, deleted: false, body: event.into() };
        }
        let event = Scribe { course: &self.course }.event(entry.fact, entry.detail);
        let event = Event { id, when: Some(when), ..event };
        let team = event.attribution.as_ref().map(|by| by.team.id.clone());
        Entered { team, players: players(&event), deleted: false, body: value(&event) }
    }

    fn deleted(&self, index: usize, detail: Detail, lap: u64, at: Timestamp, score: [u32; 2]) -> Entered {
        let fact = &self.course.facts()[index];
        let [home_points, away_points] = score;
        let event = Event {
            id: self.event_id(index, lap),
            event_type: kind(&self.course, fact, detail).map_or("", |(kind, _)| kind),
            clock: clock(fact.clock_ms),
            deleted: Some(format_utc(at)),
            home_points,
            away_points,
            ..Event::default()
        };
        Entered { team: None, players: String::new(), deleted: true, body: value(&event) }
    }

    /// The end of the game is a new version of the end of its last period.
    fn event_id(&self, fact: usize, lap: u64) -> String {
        let facts = self.course.facts();
        let ends = |fact: &Fact| matches!(fact.play, Play::PeriodEnd);
        let fact = match facts[fact].play {
            Play::Final => facts[..fact].iter().rposition(ends).unwrap_or(fact),
            _ => fact,
        };
        uuid(&format!("sportradar event {} {} {lap}", self.course.script.game.id, facts[fact].id))
    }

    fn sequence(&self, fact: usize, lap: u64) -> i64 {
        let [first, .., last] = self.sequences[..] else { return self.sequences[fact] };
        // At high speed the sequences of a lap may need more milliseconds than it lasts.
        let lap_ms = (self.timeline.lap_length().as_millis() as i64).max(last - first + 1);
        self.sequences[fact] + lap as i64 * lap_ms
    }
}

/// An event ready to be sent, with what its metadata needs.
struct Entered {
    team: Option<String>,
    players: String,
    deleted: bool,
    body: Value,
}

/// The wire structs have string keys and finite numbers only, which is all that can fail.
fn value(wire: &impl Serialize) -> Value {
    serde_json::to_value(wire).unwrap_or_default()
}

/// Type and category of a fact, in the words of its sport.
fn kind(course: &Course, fact: &Fact, detail: Detail) -> Option<(&'static str, &'static str)> {
    if course.script.is_hockey() { ice::kind(fact).map(|kind| (kind, "")) } else { super::event::kind(fact, detail) }
}

/// The game block of a course after some facts.
fn game(course: &Course, facts: usize, status: &'static str) -> Value {
    if course.script.is_hockey() {
        return Rink { course }.game(facts, status, false);
    }
    let script = &course.script;
    let situation = course.situation(facts);
    let scribe = Scribe { course };
    let team = |side: Side| GameTeam {
        team: scribe.team(side),
        points: situation.score[side_index(side)],
        bonus: situation.bonus[side_index(side)],
        remaining_timeouts: situation.timeouts[side_index(side)],
    };
    value(&Game {
        id: script.game.sportradar.clone(),
        status,
        coverage: "full",
        reference: script.game.id.clone(),
        scheduled: format_utc(script.game.scheduled).replace('Z', "+00:00"),
        home: team(Side::Home),
        away: team(Side::Away),
    })
}

fn sequences(course: &Course, timeline: &Timeline) -> Vec<i64> {
    let mut last = i64::MIN;
    let facts = course.facts().iter().map(|fact| {
        let real: Timestamp = timeline.real(Moment { lap: 0, ms: fact.at_ms });
        last = real.as_millis().max(last.saturating_add(1));
        last
    });
    facts.collect()
}

fn players(event: &Event) -> String {
    let on_court = event.on_court.iter().flat_map(|on| on.home.players.iter().chain(&on.away.players));
    let named = event.statistics.iter().filter_map(|statistic| statistic.player.as_ref());
    let mut ids: Vec<String> = on_court.chain(named).map(|player| format!("sd:player:{}", player.id)).collect();
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids.join(",")
}
