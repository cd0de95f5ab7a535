//! What ShotTracker says when a shot is recorded, changed or deleted by hand.
//!
//! In: the logs of the game with the shot as it was, without it, and with it as it is. Out: messages of the sequence, the first
//! with the number it is given. Statistics that stood are taken back one by one (`DELETED_`, totals without them, version
//! raised), then told anew; the chart's entry comes again with the same id; possessions and line-ups that changed follow.

use serde::Serialize;

use super::log::{Log, StatNews, render};
use crate::ids::Side;
use crate::venue::course::Lineup;
use crate::venue::performance::Spoken;
use crate::venue::script::side_index;

/// The game around a correction.
pub struct Correction<'a> {
    /// As it was told.
    pub old: &'a Log,
    /// Without the shot.
    pub without: &'a Log,
    /// As it is now; the same as `without` when the shot is deleted.
    pub new: &'a Log,
    /// The shot's id.
    pub fact: u32,
    /// Milliseconds since tip-off.
    pub now_ms: u64,
}

impl Correction<'_> {
    /// All messages; the first has the position `start`.
    pub fn messages(&self, start: u64) -> Vec<Spoken> {
        let mut speech = Speech { position: start, spoken: Vec::new() };
        if let Some(was) = self.old.course().position(self.fact) {
            self.stats(&mut speech, self.old, was, true);
        }
        let is = self.new.course().position(self.fact);
        if let Some(is) = is {
            self.stats(&mut speech, self.new, is, false);
            speech.say("chart", self.new.chart(is, 0, false));
        } else if let Some(was) = self.old.course().position(self.fact) {
            speech.say("chart", self.old.chart(was, 0, true));
        }
        self.sums(&mut speech, is);
        speech.spoken
    }

    fn stats(&self, speech: &mut Speech, log: &Log, fact: usize, taken_back: bool) {
        let standing = if taken_back { self.without.course() } else { self.new.course() };
        let told = standing.facts_at(self.now_ms);
        let (book, score) = (standing.book(told), standing.situation(told).score);
        for (number, deed) in log.course().deeds[fact].iter().enumerate() {
            let news = StatNews {
                fact: &log.course().facts()[fact],
                deed,
                number,
                total: &book.line(deed.actor, 1..=u8::MAX),
                score: score[side_index(deed.actor.side)],
                taken_back,
                lap: 0,
            };
            speech.say("boxscorestatsv2", Some(log.stat(&news)));
        }
    }

    /// Possessions and line-ups of the shot's period.
    fn sums(&self, speech: &mut Speech, is: Option<usize>) {
        let (old, new) = (self.old.course(), self.new.course());
        let told = new.facts_at(self.now_ms);
        let was = old.position(self.fact);
        let Some(near) = is.or(was).map(|fact| fact.min(told.saturating_sub(1))) else { return };
        let Some(period) = new.facts().get(near).map(|fact| fact.period) else { return };
        if let Some(possession) = new.possession_of(near) {
            let last = possession.facts.end.min(told).saturating_sub(1);
            speech.say("possessions", self.new.possession(last, 0, false));
        }
        for side in Side::BOTH {
            speech.say("possessionstats", Some(self.new.possession_stats(near, side, told, 0)));
        }
        let (before, after) = (old.book(old.facts_at(self.now_ms)), new.book(told));
        for side in Side::BOTH {
            let (before, after) = (&before.lineups[side_index(side)], &after.lineups[side_index(side)]);
            for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
                let is: Lineup = after.get(key).copied().unwrap_or_default();
                if key.0 == period && before.get(key).copied().unwrap_or_default() != is {
                    speech.say("lineupstats", Some(self.new.lineup_stats(near, side, &key.1, &is)));
                }
            }
        }
    }
}

struct Speech {
    position: u64,
    spoken: Vec<Spoken>,
}

impl Speech {
    fn say(&mut self, source: &'static str, data: Option<impl Serialize>) {
        // The wire structs have string keys and finite numbers only, which is all that can fail.
        let Some(text) = data.and_then(|data| render(source, self.position + 1, data).ok()) else { return };
        self.position += 1;
        self.spoken.push(Spoken { source, text: text.into() });
    }
}
