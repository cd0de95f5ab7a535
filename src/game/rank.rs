//! Which feed is believed for which fact, as data.
//!
//! For each fact the feeds are asked in the order of its row; the first one that has the fact supplies it. The show file
//! orders feeds by name, and what it leaves open goes by their kinds. A kind that a row does not name is asked last. A feed
//! that was lost (see [`super::SILENT`] and [`super::DOWN`]) is asked after those that have told the fact since, until it has told
//! it again; the clock has a rule of its own besides (`clocks`), and so has strength.

use crate::ids::{FeedId, FeedKind};

/// What can be believed from one feed and not from another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
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
    /// Rows of players: the ids of the feed asked first are the players' ids.
    Players,
    Zones,
    Shots,
    Plays,
    Possession,
    /// Line-up on the ice and penalties; of two words on strength from one moment, whose counts.
    Penalties,
    /// Who is on the court, and statistics of line-ups.
    Lineups,
    /// Positions, and the possession that began last.
    Tracking,
}

/// How many facts there are.
pub(super) const FACTS: usize = 16;

impl Fact {
    pub const ALL: [Fact; FACTS] = [
        Fact::Game,
        Fact::Status,
        Fact::Teams,
        Fact::Score,
        Fact::Bench,
        Fact::Clock,
        Fact::Color,
        Fact::Stats,
        Fact::Players,
        Fact::Zones,
        Fact::Shots,
        Fact::Plays,
        Fact::Possession,
        Fact::Penalties,
        Fact::Lineups,
        Fact::Tracking,
    ];

    /// The name in the show file and in the status.
    pub fn name(self) -> &'static str {
        match self {
            Fact::Game => "game",
            Fact::Status => "status",
            Fact::Teams => "teams",
            Fact::Score => "score",
            Fact::Bench => "bench",
            Fact::Clock => "clock",
            Fact::Color => "colors",
            Fact::Stats => "statistics",
            Fact::Players => "players",
            Fact::Zones => "zones",
            Fact::Shots => "shots",
            Fact::Plays => "plays",
            Fact::Possession => "possession",
            Fact::Penalties => "penalties",
            Fact::Lineups => "lineups",
            Fact::Tracking => "tracking",
        }
    }

    pub fn named(name: &str) -> Option<Fact> {
        Fact::ALL.into_iter().find(|fact| fact.name() == name)
    }
}

/// The order in which feeds are asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ranks {
    rows: Vec<(Fact, Vec<FeedKind>)>,
    /// By the show file; asked before all others.
    feeds: Vec<(Fact, Vec<FeedId>)>,
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
        Self { rows: DEFAULT.iter().map(|(fact, kinds)| (*fact, kinds.to_vec())).collect(), feeds: Vec::new() }
    }
}

impl Ranks {
    /// Has these feeds asked first for `fact`, in this order.
    pub fn set(&mut self, fact: Fact, feeds: Vec<FeedId>) {
        self.feeds.retain(|(row, _)| *row != fact);
        self.feeds.push((fact, feeds));
    }

    /// Place of a feed for `fact`: the smallest is asked first.
    pub fn place(&self, fact: Fact, feed: &FeedId, kind: FeedKind) -> (usize, usize) {
        let named = self.feeds.iter().find(|(row, _)| *row == fact);
        let by_name = named.and_then(|(_, feeds)| feeds.iter().position(|known| known == feed));
        let row = self.rows.iter().find(|(row, _)| *row == fact);
        let by_kind = row.and_then(|(_, kinds)| kinds.iter().position(|known| *known == kind));
        (by_name.unwrap_or(usize::MAX), by_kind.unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_place_for_every_fact_by_default() {
        for fact in Fact::ALL {
            for kind in FeedKind::ALL {
                let (_, by_kind) = Ranks::default().place(fact, &"any".into(), kind);
                assert!(by_kind < FeedKind::ALL.len(), "{fact:?} of {kind}");
            }
        }
    }

    #[test]
    fn feeds_of_the_show_file_are_asked_before_all_others_for_their_fact_alone() {
        let mut ranks = Ranks::default();
        ranks.set(Fact::Score, vec!["b".into(), "a".into()]);
        let place = |fact, feed: &str, kind| ranks.place(fact, &feed.into(), kind);
        let (a, b) = (FeedKind::NbaPushEvents, FeedKind::ShotTracker);
        assert!(place(Fact::Score, "b", b) < place(Fact::Score, "a", a));
        assert!(place(Fact::Score, "a", a) < place(Fact::Score, "c", a), "a feed that is not named");
        assert!(place(Fact::Bench, "a", a) < place(Fact::Bench, "b", b), "another fact");
    }

    #[test]
    fn every_fact_has_a_name_of_its_own() {
        for fact in Fact::ALL {
            assert_eq!(Fact::named(fact.name()), Some(fact));
        }
        assert_eq!(Fact::named("referees"), None);
    }
}
