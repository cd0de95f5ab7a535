//! What Sportradar's push sends and when: each event in one or two steps, some late, some twice, as the real feed does.
//!
//! In: a position of the reel. Out: the message at it. A pure function of script and timeline.
//!
//! A message that is taken back (the loop does it, or an operator) is sent as a delete of its event.

use std::sync::Arc;

use super::event::{Detail, Scribe, clock, has_two_steps, kind};
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
            if kind(fact, Detail::Full).is_none() {
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
            return self.wrap(entry.fact, entry.detail, event, self.game(standing, "inprogress"));
        }
        let event = self.event(entry, slot);
        let status = self.status(entry.fact);
        self.wrap(entry.fact, entry.detail, event, self.game(standing, status))
    }

    /// An event as it is now, sent out of turn.
    pub fn upsert(&self, fact: usize, now_ms: u64) -> Message {
        let entry = Entry { due_ms: now_ms, fact, detail: Detail::Full };
        let event = self.event(entry, Slot { lap: 0, index: 0, retracts: false });
        let standing = self.course.facts_at(now_ms);
        self.wrap(fact, entry.detail, event, self.game(standing, "inprogress"))
    }

    /// The delete of an event of this feed, with the score of the course without it.
    pub fn delete(&self, fact: usize, now_ms: u64, without: &Arc<Course>) -> Message {
        let at = self.timeline.real(Moment { lap: 0, ms: now_ms });
        let standing = without.facts_at(now_ms);
        let event = self.deleted(fact, Detail::Full, 0, at, without.situation(standing).score);
        let game = game(without, standing, "inprogress");
        self.wrap(fact, Detail::Full, event, game)
    }

    /// All events so far with their details, each once, for the play-by-play; with the period of each.
    pub fn events(&self, facts: usize, lap: u64) -> Vec<(u8, Event)> {
        let mut events: Vec<(u8, Event)> = Vec::new();
        for (index, fact) in self.course.facts().iter().enumerate().take(facts) {
            if kind(fact, Detail::Full).is_none() {
                continue;
            }
            let entry = Entry { due_ms: fact.at_ms, fact: index, detail: Detail::Full };
            let event = self.event(entry, Slot { lap, index: 0, retracts: false });
            events.retain(|(_, have)| have.id != event.id);
            events.push((fact.period, event));
        }
        events
    }

    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The game block after some facts.
    pub fn game(&self, facts: usize, status: &'static str) -> Game {
        game(&self.course, facts, status)
    }

    fn status(&self, fact: usize) -> &'static str {
        if matches!(self.course.facts()[fact].play, Play::Final) { "complete" } else { "inprogress" }
    }

    fn wrap(&self, fact: usize, detail: Detail, event: Event, game: Game) -> Message {
        let fact = &self.course.facts()[fact];
        let (event_type, event_category) = kind(fact, detail).unwrap_or_default();
        let deleted = event.deleted.is_some();
        let half_time = matches!(fact.play, Play::PeriodEnd) && fact.period == 2;
        let about = |text: String| Some(text).filter(|_| !deleted);
        let metadata = Metadata {
            league: self.course.script.game.league.clone(),
            game: format!("sd:match:{}", self.course.script.game.sportradar),
            status: if half_time { "halftime" } else { game.status },
            team: event.attribution.as_ref().and_then(|by| about(format!("sd:team:{}", by.team.id))),
            players: about(players(&event)).filter(|players| !players.is_empty()),
            event_type: Some(event_type),
            event_category: Some(event_category),
            locale: "en",
            operation: if deleted { "delete" } else { "update" },
            version: "v7",
        };
        Message { payload: Payload { game, event }, locale: "en", metadata }
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

    fn event(&self, entry: Entry, slot: Slot) -> Event {
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
        let event = Scribe { course: &self.course }.event(entry.fact, entry.detail);
        Event { id: self.event_id(entry.fact, slot.lap), when: Some(when), ..event }
    }

    fn deleted(&self, index: usize, detail: Detail, lap: u64, at: Timestamp, score: [u32; 2]) -> Event {
        let fact = &self.course.facts()[index];
        let [home_points, away_points] = score;
        Event {
            id: self.event_id(index, lap),
            event_type: kind(fact, detail).map_or("", |(kind, _)| kind),
            clock: clock(fact.clock_ms),
            deleted: Some(format_utc(at)),
            home_points,
            away_points,
            ..Event::default()
        }
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

/// The game block of a course after some facts.
fn game(course: &Course, facts: usize, status: &'static str) -> Game {
    let script = &course.script;
    let situation = course.situation(facts);
    let scribe = Scribe { course };
    let team = |side: Side| GameTeam {
        team: scribe.team(side),
        points: situation.score[side_index(side)],
        bonus: situation.bonus[side_index(side)],
        remaining_timeouts: situation.timeouts[side_index(side)],
    };
    Game {
        id: script.game.sportradar.clone(),
        status,
        coverage: "full",
        reference: script.game.id.clone(),
        scheduled: format_utc(script.game.scheduled).replace('Z', "+00:00"),
        home: team(Side::Home),
        away: team(Side::Away),
    }
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
