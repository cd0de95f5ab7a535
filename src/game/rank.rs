//! Which feed is believed for which fact, as data.
//!
//! For each fact the feeds are asked in the order of its row; the first one that has the fact supplies it. A kind that
//! a row does not name is asked last. A feed that fell silent is asked after all others (see [`super::SILENT`]), and the
//! clock has a rule of its own besides (`view`).

use crate::ids::FeedKind;

/// What can be believed from one feed and not from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fact {
    /// Id, league, title and venue of the game.
    Game,
    Status,
    /// Id, name, market and code of the teams.
    Teams,
    Score,
    /// Bonus, timeouts and team fouls.
    Bench,
    /// Period, game clock and shot clock.
    Clock,
    Color,
    /// Statistics of teams, and points by period.
    Stats,
    /// Rows of players, and who is on the court: one vendor's ids, so that they can be matched.
    Players,
    Zones,
    Shots,
    Plays,
    Possession,
    /// Strength, line-up on the ice and penalties.
    Penalties,
    /// Statistics of line-ups.
    Lineups,
    /// Positions, and the possession that began last.
    Tracking,
}

/// The order in which feeds are asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ranks {
    rows: Vec<(Fact, Vec<FeedKind>)>,
}

/// The tracking system measures; the league's feeds are official for what officials decide. Where the league has several,
/// the one that speaks without pause is asked first for what is true now, and the one of the plays for what happened.
const DEFAULT: [(Fact, [FeedKind; 6]); 16] = {
    use FeedKind::*;
    const TRACKER: [FeedKind; 6] =
        [ShotTracker, NbaPushGameClock, NbaPushClock, NhlPushClock, NbaPushEvents, NhlPushEvents];
    const LEAGUE: [FeedKind; 6] =
        [NbaPushEvents, NhlPushEvents, NbaPushGameClock, NbaPushClock, NhlPushClock, ShotTracker];
    const LEAGUE_NOW: [FeedKind; 6] =
        [NbaPushGameClock, NbaPushClock, NhlPushClock, NbaPushEvents, NhlPushEvents, ShotTracker];
    [
        (Fact::Game, LEAGUE),
        (Fact::Status, LEAGUE),
        (Fact::Teams, LEAGUE),
        (Fact::Score, LEAGUE_NOW),
        (Fact::Bench, LEAGUE_NOW),
        (Fact::Clock, TRACKER),
        (Fact::Color, TRACKER),
        (Fact::Stats, TRACKER),
        (Fact::Players, TRACKER),
        (Fact::Zones, TRACKER),
        (Fact::Shots, TRACKER),
        (Fact::Plays, LEAGUE),
        (Fact::Possession, LEAGUE),
        (Fact::Penalties, LEAGUE),
        (Fact::Lineups, TRACKER),
        (Fact::Tracking, TRACKER),
    ]
};

impl Default for Ranks {
    fn default() -> Self {
        Self { rows: DEFAULT.iter().map(|(fact, kinds)| (*fact, kinds.to_vec())).collect() }
    }
}

impl Ranks {
    /// Puts the feeds of `fact` in another order.
    pub fn set(&mut self, fact: Fact, kinds: Vec<FeedKind>) {
        self.rows.retain(|(row, _)| *row != fact);
        self.rows.push((fact, kinds));
    }

    /// Place of a kind of feed for `fact`: 0 is asked first.
    pub fn place(&self, fact: Fact, kind: FeedKind) -> usize {
        let row = self.rows.iter().find(|(row, _)| *row == fact);
        row.and_then(|(_, kinds)| kinds.iter().position(|k| *k == kind)).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_place_for_every_fact_by_default() {
        for (fact, _) in DEFAULT {
            for kind in FeedKind::ALL {
                assert!(Ranks::default().place(fact, kind) < FeedKind::ALL.len(), "{fact:?} of {kind}");
            }
        }
    }

    #[test]
    fn a_changed_row_replaces_the_default_and_leaves_the_others() {
        let mut ranks = Ranks::default();
        ranks.set(Fact::Score, vec![FeedKind::ShotTracker]);
        assert_eq!(ranks.place(Fact::Score, FeedKind::ShotTracker), 0);
        assert_eq!(ranks.place(Fact::Score, FeedKind::NbaPushEvents), usize::MAX);
        assert_eq!(ranks.place(Fact::Plays, FeedKind::NbaPushEvents), 0);
    }
}
