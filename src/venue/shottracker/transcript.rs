//! What one client of the WebSocket would be told of a whole game, without waiting for it: for measurements and recordings.
//!
//! In: a performance from tip-off that nobody corrects, and the sources wanted. Out: every message with the moment at
//! which it would be sent, at the pace of [`super::live`]. Pure.

use std::collections::VecDeque;

use super::live::{LOCATION_EVERY, SUMMARY_EVERY, TICK, clock};
use super::location::location;
use super::summary::{Extent, Level, summary};
use super::wire::Message;
use crate::venue::performance::Performance;
use crate::venue::tale::{Item, Log as _};
use crate::venue::timeline::Moment;

/// Messages by their milliseconds since tip-off, in order.
pub struct Transcript<'p> {
    play: &'p Performance,
    sources: &'p [&'p str],
    /// The moment whose messages are told.
    ms: u64,
    end_ms: u64,
    /// Next message of the sequence.
    position: u64,
    clock_told: Moment,
    next_tick: u64,
    facts_told: Option<usize>,
    next_summary: u64,
    told: VecDeque<(u64, String)>,
}

impl<'p> Transcript<'p> {
    /// From `from_ms` to `end_ms`, as for a client that was there before and asks for no history; after the game its last
    /// state goes on.
    pub fn new(play: &'p Performance, sources: &'p [&'p str], from_ms: u64, end_ms: u64) -> Self {
        let before = Moment { lap: 0, ms: from_ms.saturating_sub(1) };
        let position = if from_ms == 0 { 0 } else { play.tracker.head(before) };
        Self {
            play,
            sources,
            ms: from_ms,
            end_ms,
            position,
            clock_told: before,
            next_tick: from_ms,
            facts_told: None,
            next_summary: from_ms,
            told: VecDeque::new(),
        }
    }

    fn tell(&mut self, source: &'static str, data: impl serde::Serialize) {
        // The wire structs have string keys and finite numbers only, which is all that can fail.
        let text = serde_json::to_string(&Message { kind: "data", source, seq: None, data }).unwrap_or_default();
        self.told.push_back((self.ms, text));
    }

    fn wants(&self, source: &str) -> bool {
        self.sources.contains(&source)
    }

    fn tell_moment(&mut self) {
        let now = Moment { lap: 0, ms: self.ms };
        while let Some(Item::Scheduled(log, slot)) = self.play.tracker.item(self.position) {
            if log.reel().due(slot) > now {
                break;
            }
            if self.wants(log.source(slot)) {
                self.told.push_back((self.ms, log.message(self.position, slot).unwrap_or_default()));
            }
            self.position += 1;
        }
        let course = self.play.course();
        let changed = self.play.next_clock_change(self.clock_told).is_some_and(|at| at <= now);
        if self.wants("clock") && (changed || self.ms >= self.next_tick) {
            self.tell("clock", clock(&course, self.ms, 0));
            self.clock_told = now;
            self.next_tick = self.ms + TICK.as_millis() as u64;
        }
        let facts = self.play.facts_told(now);
        if self.wants("broadcastsummary") && self.facts_told != Some(facts) && self.ms >= self.next_summary {
            let extent = Extent { level: Level::Full, player_season: true };
            self.tell("broadcastsummary", summary(&course, facts, extent, self.play.timeline.real(now)));
            self.facts_told = Some(facts);
            self.next_summary = self.ms + SUMMARY_EVERY.as_millis() as u64;
        }
        if self.wants("location") {
            let t = self.play.timeline.real(now).as_millis();
            self.tell("location", location(&course, self.ms.min(course.end_ms()), t));
        }
    }
}

impl Iterator for Transcript<'_> {
    type Item = (u64, String);

    fn next(&mut self) -> Option<Self::Item> {
        while self.told.is_empty() {
            if self.ms >= self.end_ms {
                return None;
            }
            self.tell_moment();
            self.ms += LOCATION_EVERY.as_millis() as u64;
        }
        self.told.pop_front()
    }
}
