//! Who supplies what, and since when: what the operator is told of the merge.

use serde::Serialize;

use crate::ids::FeedId;
use crate::status::{ColorClash, Supply};
use crate::time::Timestamp;

use super::GameState;
use super::heard::Heard;
use super::rank::Fact;
use super::view::{Merge, Rules};

/// How the feeds are merged at an instant.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Merging {
    /// A row for each fact that any feed has told.
    pub supplies: Vec<Supply>,
    /// Teams and players of one feed that are none of another's, as sentences.
    pub unmatched: Vec<String>,
    /// Two teams whose colours would look alike, and what was done about it.
    pub color_clash: Option<ColorClash>,
}

/// Tells how `view` merges at `now`.
pub fn merging(state: &GameState, rules: &Rules, now: Timestamp) -> Merging {
    let merge = Merge::new(state, rules, now);
    Merging {
        supplies: Fact::ALL.iter().filter_map(|fact| supply(&merge, *fact)).collect(),
        unmatched: merge.unmatched(),
        color_clash: merge.colors().clash(),
    }
}

fn supply(merge: &Merge<'_>, fact: Fact) -> Option<Supply> {
    let told = |heard: &&Heard| heard.told(fact).is_some();
    let supplier = match fact {
        Fact::Clock => merge.clock_feed()?,
        fact => merge.pick(fact, |heard| Some(heard).filter(told))?,
    };
    let place = |heard: &Heard| (merge.rules.ranks.place(fact, &heard.id, heard.kind), heard.id.clone());
    let (own_place, mut since) = (place(supplier), supplier.told(fact)?.since.max(supplier.fresh_since?));
    let mut preferred: Option<((_, FeedId), &Heard)> = None;
    for other in merge.heard().filter(told) {
        let place = place(other);
        if place >= own_place {
            continue;
        }
        // It is preferred and does not supply: from when it fell silent, the other one did.
        since = since.max(lost_at(merge, fact, other).unwrap_or(since));
        if preferred.as_ref().is_none_or(|(known, _)| place < *known) {
            preferred = Some((place, other));
        }
    }
    let in_place_of = preferred.map(|(_, heard)| heard.id.clone());
    Some(Supply { fact: fact.name().to_owned(), feed: supplier.id.clone(), since, in_place_of })
}

/// When a feed that is preferred ceased to be believed for a fact.
fn lost_at(merge: &Merge<'_>, fact: Fact, heard: &Heard) -> Option<Timestamp> {
    let lost = heard.lost_since(merge.now).or(heard.lost_at);
    if fact != Fact::Clock {
        return lost;
    }
    let after = merge.stale_after(heard);
    let is_stale = heard.clocks.game.is_stale_at(merge.now, after);
    let stopped = heard.clock_at.filter(|_| is_stale).map(|at| at + after);
    [lost, stopped].into_iter().flatten().min()
}
