//! Whether a feed is there, since when, and what of what it has told counts.
//!
//! In: signs of life, what became of the connection, facts as they are told. Out: since when a feed is lost, and whether it
//! has told a fact since it last was. A feed that is lost is believed after others who tell the same; one that is back is
//! believed again for what it tells again.

use serde::{Deserialize, Serialize};

use crate::game::clock;
use crate::game::joining::QUIET;
use crate::game::rank::Fact;
use crate::game::view::{DOWN, SILENT};
use crate::status::Link;
use crate::time::Timestamp;

use super::Heard;

/// When a feed told a fact.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(in crate::game) struct Told {
    /// First, since it was last lost.
    pub(in crate::game) since: Timestamp,
    pub(in crate::game) last: Timestamp,
}

impl Heard {
    /// Notes a sign of life.
    pub(in crate::game) fn hear(&mut self, at: Timestamp) {
        if self.last.is_none_or(|last| at.since(last) > SILENT) {
            self.come_back(at);
        }
        self.last = self.last.max(Some(at));
    }

    /// Notes what became of the connection; whether one begins.
    pub(in crate::game) fn connection(&mut self, at: Timestamp, link: Link, resumed: bool, lacks: bool) -> bool {
        // A link that is up already and is told to be up only has something to add.
        let comes_up = link == Link::Up && self.link != Link::Up;
        match link {
            Link::Up => {
                if self.is_down_too_long(at) {
                    self.come_back(at);
                }
                self.down_since = None;
            }
            Link::Down => _ = self.down_since.get_or_insert(at),
            Link::Connecting if self.link == Link::Up => _ = self.down_since.get_or_insert(at),
            Link::Connecting => {}
        }
        self.link = link;
        if comes_up {
            self.connected(at);
            // Until a document has all plays again, nobody knows what was played meanwhile.
            if !resumed && self.plays_are_whole {
                self.plays_are_whole = false;
                self.forget_counts();
            }
        } else if link == Link::Up && lacks {
            self.has_a_hole();
        }
        comes_up
    }

    fn is_down_too_long(&self, now: Timestamp) -> bool {
        self.down_since.is_some_and(|since| now.since(since) > DOWN)
    }

    /// Since when the feed has been lost, if it is at `now`. One that was never heard always was.
    pub(in crate::game) fn lost_since(&self, now: Timestamp) -> Option<Timestamp> {
        let Some(last) = self.last else { return Some(Timestamp::default()) };
        let silent = (now.since(last) > SILENT).then(|| last + SILENT);
        let down = self.down_since.filter(|_| self.is_down_too_long(now)).map(|since| since + DOWN);
        [silent, down].into_iter().flatten().min()
    }

    /// The feed is there again. What it told before it was lost is what it knew then.
    fn come_back(&mut self, at: Timestamp) {
        if self.last.is_some() {
            // A connection comes before its first message, and neither knows when the feed was lost better than the first.
            let known = self.lost_at.filter(|lost_at| Some(*lost_at) >= self.last);
            self.lost_at = [known, self.lost_since(at)].into_iter().flatten().min();
            if let Some(lost_at) = self.lost_at {
                self.clocks.lost(lost_at);
            }
        }
        self.fresh_since = Some(at);
    }

    /// When a fact was told.
    pub(in crate::game) fn told(&self, fact: Fact) -> Option<Told> {
        self.told[fact as usize]
    }

    pub(super) fn note_told(&mut self, at: Timestamp, fact: Fact) {
        let told = &mut self.told[fact as usize];
        let is_known = |told: &Told| self.fresh_since.is_none_or(|fresh| told.since >= fresh);
        let since = told.filter(is_known).map_or(at, |told| told.since);
        *told = Some(Told { since, last: at });
    }

    /// Whether what was told at `last` counts: the feed is there, and has told it since it was lost, if it ever was. What
    /// it repeats of the time before counts once it has come to the end of it.
    pub(in crate::game) fn is_current(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        let is_settled = |fresh: Timestamp| last >= Some(fresh) && now.since(fresh) >= QUIET;
        self.lost_since(now).is_none() && (self.lost_at.is_none() || self.fresh_since.is_some_and(is_settled))
    }

    /// Up to where the clocks are carried on: a feed that is lost may have told of anything since.
    pub(in crate::game) fn clocks_at(&self, now: Timestamp) -> Timestamp {
        let lost = self.lost_since(now).filter(|_| clock::is_sparse(self.kind));
        lost.map_or(now, |lost| lost.min(now))
    }
}
