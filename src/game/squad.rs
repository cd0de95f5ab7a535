//! The part of the merge that joins what several feeds say of a team's players.

use std::sync::Arc;

use crate::ids::{PlayerId, Side};

use super::heard::TeamHeard;
use super::matching::{self, List, Merged};
use super::rank::Fact;
use super::snapshot::Player;
use super::view::Merge;

impl Merge<'_> {
    /// All lists of a team's players, the most believed one first, the roster of the show file last.
    fn lists(&self, side: Side) -> Vec<List> {
        let mut feeds: Vec<_> = self
            .heard()
            .filter_map(|heard| {
                let players = self.team_of(heard, side)?.players.as_ref()?;
                Some((self.place(Fact::Players, heard), heard.id.clone(), players.clone()))
            })
            .collect();
        feeds.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let mut lists: Vec<List> = feeds.into_iter().map(|(_, feed, players)| (Some(feed), players)).collect();
        let roster = &self.rules.team(side).roster;
        if !roster.is_empty() {
            lists.push((None, roster.clone()));
        }
        lists
    }

    /// The lists merged; `None` where there are fewer than two. Made anew only when one of them changes.
    fn merged(&self, side: Side, lists: &[List]) -> Option<Arc<Merged>> {
        if lists.len() < 2 {
            return None;
        }
        let memo = &self.state.squads[side as usize];
        if let Some(known) = memo.load_full().filter(|known| known.is_of(lists)) {
            return Some(known);
        }
        let merged = Arc::new(matching::merge(lists.to_vec()));
        memo.store(Some(merged.clone()));
        Some(merged)
    }

    /// Players of a team, and who of them is on the court, by the ids of the players.
    pub(super) fn squad(&self, side: Side) -> (Arc<Vec<Player>>, Arc<Vec<PlayerId>>) {
        let lists = self.lists(side);
        let merged = self.merged(side, &lists);
        let players = match (&merged, lists.first()) {
            (Some(merged), _) => merged.players.clone(),
            (None, Some((_, only))) => only.clone(),
            (None, None) => self.state.empty.players.clone(),
        };
        let on_court = |team: &TeamHeard| team.on_court.clone();
        let on_court =
            self.pick_team(Fact::Lineups, side, on_court).unwrap_or_else(|| self.state.empty.on_court.clone());
        let Some(merged) = merged else { return (players, on_court) };
        if on_court.iter().all(|id| merged.id_of(id) == *id) {
            return (players, on_court);
        }
        (players, Arc::new(on_court.iter().map(|id| merged.id_of(id)).collect()))
    }

    /// The first five, by the ids of the players; empty where nobody saw them.
    pub(super) fn starters(&self, side: Side) -> Arc<Vec<PlayerId>> {
        let starters = self.pick_team(Fact::Lineups, side, |team| team.starters.clone());
        let starters = starters.unwrap_or_else(|| self.state.empty.on_court.clone());
        match self.merged(side, &self.lists(side)) {
            Some(merged) if starters.iter().any(|id| merged.id_of(id) != *id) => {
                Arc::new(starters.iter().map(|id| merged.id_of(id)).collect())
            }
            _ => starters,
        }
    }

    /// What could not be told of teams and players, as sentences.
    pub(super) fn unmatched(&self) -> Vec<String> {
        let mut unmatched: Vec<String> = self.sides.iter().filter_map(|sides| sides.doubt.clone()).collect();
        for side in Side::BOTH {
            if let Some(merged) = self.merged(side, &self.lists(side)) {
                unmatched.extend(merged.unmatched.iter().cloned());
            }
        }
        unmatched
    }
}
