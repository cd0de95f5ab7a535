//! What one feed has said about the game, apart from all other feeds.
//!
//! Everything large is shared (`Arc`) and replaced only when it changes, so that a copy of the whole state costs a few
//! pointers and two snapshots with the same pointer have the same content.

mod clocks;
mod presence;
mod team;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{FeedId, FeedKind, Side, TeamId};
use crate::status::Link;
use crate::time::Timestamp;

use super::clock::Clocks;
use super::event::{Event, StatLine, TeamFacts};
use super::hockey;
use super::joining::{self, Joining};
use super::lineups;
use super::plays::Plays;
use super::positions;
use super::rank::{FACTS, Fact};
use super::snapshot::{Game, LatestPossession, Period, PeriodScore, Shot, Stats, Tracking};

use presence::Told;
pub(super) use team::{TeamHeard, merge, number_order};

/// Players of a basketball team on the floor.
const FIVE: usize = 5;

/// Rows of teams that a feed can have: a game has two, and each may be called by a few ids. When full, the oldest one that is
/// neither side's gives way.
const MOST_TEAMS: usize = 16;
const TOO_MANY_TEAMS: &str = "game: more teams than a game has; the first ones are forgotten";
const TOO_MANY_PLAYERS: &str = "game: more players of a team than any team has; further ones are left out";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Heard {
    pub(super) id: FeedId,
    pub(super) kind: FeedKind,
    pub(super) link: Link,
    /// When anything at all arrived, heartbeats included.
    pub(super) last: Option<Timestamp>,
    pub(super) messages: u64,
    pub(super) game: Arc<Game>,
    pub(super) clocks: Clocks,
    /// When the clocks were last spoken of.
    pub(super) clock_at: Option<Timestamp>,
    /// When the feed's clock itself was heard, and not a by-product of positions.
    primary_clock_at: Option<Timestamp>,
    /// The period by a message that says nothing of the clock.
    pub(super) period: Option<Period>,
    pub(super) teams: Vec<Arc<TeamHeard>>,
    /// Counts changes of what the teams' colours depend on: sides, ids, jerseys.
    pub(super) looks: u64,
    pub(super) plays: Plays,
    /// Whether `plays` are all there were, so that totals may be counted from them.
    plays_are_whole: bool,
    /// Outer `None`: not spoken of. Inner: nobody has the ball, or nobody knows.
    pub(super) possession: Option<Option<TeamId>>,
    pub(super) joining: Joining,
    /// Since when there has been no connection; `None` while there is one, and where nobody spoke of it.
    down_since: Option<Timestamp>,
    /// When the feed was lost last: fell silent, or was without a connection for too long.
    pub(super) lost_at: Option<Timestamp>,
    /// Since when the feed has been heard without being lost.
    pub(super) fresh_since: Option<Timestamp>,
    /// By the place of each fact in [`Fact::ALL`].
    told: [Option<Told>; FACTS],
    pub(super) tracking: Option<Arc<Tracking>>,
    pub(super) latest_possession: Option<Arc<LatestPossession>>,
    /// Shots that were deleted last: their ids, players and moments, as far as they were known.
    #[serde(default)]
    pub(super) deleted_shots: Arc<Vec<Shot>>,
    /// Ids of the shots that the stream has told of on this connection.
    #[serde(default)]
    pub(super) streamed_shots: Arc<BTreeSet<String>>,
    /// What there was too much of in the event that was taken last.
    #[serde(skip)]
    pub(super) too_much: Option<&'static str>,
}

impl Heard {
    pub(super) fn new(id: FeedId, kind: FeedKind) -> Self {
        Self {
            id,
            kind,
            link: Link::default(),
            last: None,
            messages: 0,
            game: Arc::default(),
            clocks: Clocks::of(kind),
            clock_at: None,
            primary_clock_at: None,
            period: None,
            teams: Vec::new(),
            looks: 0,
            plays: Plays::default(),
            plays_are_whole: false,
            possession: None,
            joining: Joining::default(),
            down_since: None,
            lost_at: None,
            fresh_since: None,
            told: [None; FACTS],
            tracking: None,
            latest_possession: None,
            deleted_shots: Arc::default(),
            streamed_shots: Arc::default(),
            too_much: None,
        }
    }

    /// A connection begins. What the stream tells on it from here on, it tells in full: a document that is fetched beside it
    /// changes none of that.
    pub(super) fn connected(&mut self, at: Timestamp) {
        self.joining.begin(at);
        self.has_a_hole();
    }

    /// The stream has left something out. What it has told so far gives way to a document that is fetched from here on.
    pub(super) fn has_a_hole(&mut self) {
        self.plays.connected();
        self.streamed_shots = Arc::default();
        for team in self.teams.iter_mut().filter(|team| !team.streamed.is_empty()) {
            Arc::make_mut(team).streamed.clear();
        }
    }

    pub(super) fn team(&self, side: Side) -> Option<&TeamHeard> {
        self.teams.iter().find(|team| team.side == Some(side)).map(Arc::as_ref)
    }

    pub(super) fn apply(&mut self, at: Timestamp, event: &Event) {
        facts_of(event).iter().for_each(|fact| self.note_told(at, *fact));
        match event {
            Event::Game(game) => self.learn_game(game),
            Event::Teams { home, away } => {
                let looks = self.looks;
                self.learn_team(Side::Home, home);
                self.learn_team(Side::Away, away);
                if self.looks != looks {
                    self.resolve_sides();
                }
            }
            Event::JerseyColors(colors) => {
                for (team, color) in colors {
                    self.by_id(team).jersey = Some(color.clone());
                }
                self.looks += 1;
            }
            Event::Clock(reading) => self.read_clock(at, reading),
            Event::Score(score) => {
                self.by_side(Side::Home).score = Some(score.home);
                self.by_side(Side::Away).score = Some(score.away);
            }
            Event::TeamScore { team, points } => self.by_id(team).score = Some(*points),
            Event::Bench { side, bonus, timeouts, fouls } => {
                let team = self.by_side(*side);
                team.bonus = bonus.or(team.bonus);
                team.timeouts = timeouts.or(team.timeouts);
                team.fouls = fouls.or(team.fouls);
            }
            Event::TeamStats { side, stats, zones } => {
                let team = self.by_side(*side);
                replace(&mut team.stats, stats.as_ref());
                if let Some(zones) = zones {
                    replace(&mut team.zones, zones.as_ref());
                }
            }
            Event::Players { side, players } => {
                let mut players = players.clone();
                players.sort_by_cached_key(number_order);
                replace(&mut self.by_side(*side).players, &players);
            }
            Event::Line(line) => self.take_line(at, line),
            Event::SummaryOf(of) => self.joining.summary(*of),
            Event::ShotLocations { side, shots } => replace(&mut self.by_side(*side).shot_locations, shots),
            Event::Lineups { side, lineups } => lineups::put_game(&mut self.by_side(*side).lineups, lineups),
            Event::Lineup { team, lineup } => lineups::put_one(&mut self.by_id(team).lineups, lineup),
            Event::SessionPossessions { team, possessions } => {
                lineups::put_session(&mut self.by_id(team).possession_sessions, possessions);
            }
            Event::LatestPossession(possession) => self.put_possession(possession),
            Event::Positions { players, balls } => {
                let teams = &self.teams;
                let tracking = Arc::make_mut(self.tracking.get_or_insert_default());
                positions::put(tracking, players, balls, |team| side_of(teams, team));
            }
            Event::Roster { side, players } => {
                let has_room = self.by_side(*side).add_players(players);
                self.find_too_much(has_room);
                self.count();
            }
            Event::ByPeriod { side, points } => {
                let row =
                    |(label, points): &(String, Option<u32>)| PeriodScore { label: label.clone(), points: *points };
                replace(&mut self.by_side(*side).by_period, &points.iter().map(row).collect());
            }
            Event::OnCourt { side, players, is_start } => {
                if players.len() == FIVE && is_start.unwrap_or_else(|| self.is_before_the_tip()) {
                    replace(&mut self.by_side(*side).starters, players);
                }
                replace(&mut self.by_side(*side).on_court, players);
            }
            Event::Attacks { side, end } => self.by_side(*side).attacks = Some(*end),
            Event::Strength { side, strength, at } => self.by_side(*side).take_strength(*strength, *at),
            Event::OnIce(line_up) => self.by_side(line_up.side).take_line_up(line_up),
            Event::PlaysAreWhole => {
                self.plays_are_whole = true;
                self.count();
            }
            Event::PlaysListed(listing) => {
                if self.plays.keep_listed(listing) {
                    self.count();
                }
            }
            Event::Play(update) => {
                if let Some(happened_at) = update.happened_at {
                    self.joining.told(at, happened_at);
                }
                let is_news = joining::is_news(at, update.happened_at, &self.joining);
                let team = update.attributed_to.as_ref();
                let side = update.play.team.or_else(|| team.and_then(|team| side_of(&self.teams, team)));
                if self.plays.put(at, update, is_news, side) {
                    self.count();
                }
            }
            Event::PlayDeleted { id, at } => {
                if self.plays.delete(id, *at) {
                    self.count();
                }
            }
            Event::Shot { team, shot } => self.take_shot(team, shot),
            Event::ShotDeleted(id) => self.delete_shot(id),
            Event::SoFar(said) => self.take_so_far(at, said),
            Event::Possession { team } => self.possession = Some(team.clone()),
        }
    }

    fn learn_game(&mut self, said: &Game) {
        let known = &self.game;
        let game = Game {
            id: said.id.clone().or_else(|| known.id.clone()),
            league: said.league.clone().or_else(|| known.league.clone()),
            sport: said.sport,
            status: said.status.or(known.status),
            title: said.title.clone().or_else(|| known.title.clone()),
            venue: said.venue.clone().or_else(|| known.venue.clone()),
            scheduled: said.scheduled.clone().or_else(|| known.scheduled.clone()),
            coverage: said.coverage.clone().or_else(|| known.coverage.clone()),
        };
        if game != *self.game {
            self.game = Arc::new(game);
        }
    }

    fn learn_team(&mut self, side: Side, said: &TeamFacts) {
        let known_as_side = self.teams.iter().position(|team| team.side == Some(side));
        let known_by_id =
            said.id.as_ref().and_then(|id| self.teams.iter().position(|t| t.facts.id.as_ref() == Some(id)));
        let index = match (known_by_id, known_as_side) {
            (Some(by_id), Some(as_side)) if by_id != as_side => {
                // Another team was taken for this side until now.
                Arc::make_mut(&mut self.teams[as_side]).side = None;
                by_id
            }
            (Some(index), _) => index,
            // A row that was known only by its side now gets its id; a row with another id is another team.
            (None, Some(index)) if said.id.is_none() || self.teams[index].facts.id.is_none() => index,
            (None, as_side) => {
                if let Some(index) = as_side {
                    Arc::make_mut(&mut self.teams[index]).side = None;
                }
                self.add_team(TeamHeard::default())
            }
        };
        let known = &self.teams[index];
        let facts = TeamFacts {
            id: said.id.clone().or_else(|| known.facts.id.clone()),
            name: said.name.clone().or_else(|| known.facts.name.clone()),
            market: said.market.clone().or_else(|| known.facts.market.clone()),
            code: said.code.clone().or_else(|| known.facts.code.clone()),
            alias: said.alias.clone().or_else(|| known.facts.alias.clone()),
        };
        if known.side != Some(side) || known.facts != facts {
            self.looks += 1;
            let team = Arc::make_mut(&mut self.teams[index]);
            team.side = Some(side);
            team.facts = facts;
        }
    }

    /// Gives what came before the sides were known its side.
    fn resolve_sides(&mut self) {
        let teams = &self.teams;
        self.plays.resolve(|team| side_of(teams, team));
        if let Some(possession) = &mut self.latest_possession {
            let side = possession.team.as_ref().and_then(|team| side_of(teams, team));
            if possession.side != side {
                Arc::make_mut(possession).side = side;
            }
        }
    }

    fn take_line(&mut self, at: Timestamp, line: &StatLine) {
        if let Some(happened_at) = line.happened_at {
            self.joining.told(at, happened_at);
        }
        if !self.joining.is_outdated(at, line.happened_at) {
            let is_present = !self.joining.is_on_at(at);
            let has_room = self.by_id(&line.team).take_line(line, is_present);
            self.find_too_much(has_room);
        }
    }

    /// The possession that began last counts, whatever is told of earlier ones later.
    fn put_possession(&mut self, said: &LatestPossession) {
        let known = self.latest_possession.as_ref().and_then(|known| known.start_millis);
        if known.is_some() && said.start_millis < known {
            return;
        }
        let side = said.team.as_ref().and_then(|team| side_of(&self.teams, team));
        replace(&mut self.latest_possession, &LatestPossession { side, ..said.clone() });
    }

    /// Adds a row to those of the teams; its place.
    fn add_team(&mut self, team: TeamHeard) -> usize {
        let oldest = self.teams.iter().position(|team| team.side.is_none());
        if let Some(oldest) = oldest.filter(|_| self.teams.len() >= MOST_TEAMS) {
            self.teams.remove(oldest);
            self.too_much = Some(TOO_MANY_TEAMS);
        }
        self.teams.push(Arc::new(team));
        self.teams.len() - 1
    }

    pub(super) fn find_too_much(&mut self, has_room: bool) {
        if !has_room {
            self.too_much = Some(TOO_MANY_PLAYERS);
        }
    }

    fn by_side(&mut self, side: Side) -> &mut TeamHeard {
        let known = self.teams.iter().position(|team| team.side == Some(side));
        let index = known.unwrap_or_else(|| self.add_team(TeamHeard { side: Some(side), ..TeamHeard::default() }));
        Arc::make_mut(&mut self.teams[index])
    }

    pub(super) fn by_id(&mut self, id: &TeamId) -> &mut TeamHeard {
        let index = self.teams.iter().position(|team| team.facts.id.as_ref() == Some(id)).unwrap_or_else(|| {
            let facts = TeamFacts { id: Some(id.clone()), ..TeamFacts::default() };
            self.add_team(TeamHeard { facts, ..TeamHeard::default() })
        });
        Arc::make_mut(&mut self.teams[index])
    }

    /// What was counted from plays is not known any more: to show too little would be to show it as a fact.
    fn forget_counts(&mut self) {
        for team in &mut self.teams {
            let team = Arc::make_mut(team);
            team.stats = None;
            if let Some(players) = &mut team.players {
                Arc::make_mut(players).iter_mut().for_each(|player| player.stats = Stats::default());
            }
        }
    }

    /// Works out again what plays add up to.
    fn count(&mut self) {
        let mut given = hockey::penalties(&self.plays);
        for team in &mut self.teams {
            let given = team.facts.id.as_ref().and_then(|id| given.remove(id)).unwrap_or_default();
            if team.penalties.as_deref().map_or(&[][..], Vec::as_slice) != given {
                Arc::make_mut(team).penalties = Some(Arc::new(given));
            }
        }
        for (team, given) in given {
            self.by_id(&team).penalties = Some(Arc::new(given));
        }
        if !self.plays_are_whole {
            return;
        }
        let totals = hockey::Totals::of(&self.plays);
        for team in &mut self.teams {
            let Some(id) = team.facts.id.clone() else { continue };
            let team = Arc::make_mut(team);
            let stats = totals.team(&id, team.stats.as_deref());
            replace(&mut team.stats, &stats);
            let players = totals.players(&id, team.players.as_deref().map_or(&[], Vec::as_slice));
            if !players.is_empty() {
                replace(&mut team.players, &players);
            }
        }
    }
}

/// What an event tells.
fn facts_of(event: &Event) -> &'static [Fact] {
    match event {
        Event::Game(game) => match (game.status.is_some(), game.id.is_some() || game.title.is_some()) {
            (true, true) => &[Fact::Status, Fact::Game],
            (true, false) => &[Fact::Status],
            (false, true) => &[Fact::Game],
            (false, false) => &[],
        },
        Event::Teams { .. } => &[Fact::Teams],
        Event::JerseyColors(_) => &[Fact::Color],
        Event::Clock(reading) if reading.game_millis.is_some() => &[Fact::Clock],
        Event::Clock(_) | Event::SummaryOf(_) => &[],
        Event::Score(_) | Event::TeamScore { .. } => &[Fact::Score],
        Event::Bench { .. } => &[Fact::Bench],
        Event::TeamStats { zones: Some(_), .. } => &[Fact::Stats, Fact::Zones],
        Event::TeamStats { .. } | Event::ByPeriod { .. } | Event::SessionPossessions { .. } => &[Fact::Stats],
        Event::Line(line) => match (line.team_points.is_some(), line.player.is_some()) {
            (true, true) => &[Fact::Score, Fact::Players],
            (true, false) => &[Fact::Score, Fact::Stats],
            (false, true) => &[Fact::Players],
            (false, false) => &[Fact::Stats],
        },
        Event::Players { .. } | Event::Roster { .. } => &[Fact::Players],
        Event::OnCourt { .. } | Event::Lineups { .. } | Event::Lineup { .. } => &[Fact::Lineups],
        Event::Attacks { .. } | Event::Strength { .. } | Event::OnIce(_) => &[Fact::Penalties],
        Event::Play(_) | Event::PlayDeleted { .. } | Event::PlaysAreWhole | Event::PlaysListed(_) => &[Fact::Plays],
        Event::Shot { .. } | Event::ShotDeleted(_) | Event::ShotLocations { .. } => &[Fact::Shots],
        Event::SoFar(said) if said.of.is_some() => &[Fact::Score, Fact::Players, Fact::Plays, Fact::Shots],
        Event::SoFar(_) => &[],
        Event::LatestPossession(_) | Event::Positions { .. } => &[Fact::Tracking],
        Event::Possession { .. } => &[Fact::Possession],
    }
}

pub(super) fn side_of(teams: &[Arc<TeamHeard>], id: &TeamId) -> Option<Side> {
    teams.iter().find(|team| team.facts.id.as_ref() == Some(id))?.side
}

/// Replaces a shared part, unless it would be equal: then the pointer stays, and bindings need not look again.
fn replace<T: Clone + PartialEq>(known: &mut Option<Arc<T>>, said: &T) {
    if known.as_deref() != Some(said) {
        *known = Some(Arc::new(said.clone()));
    }
}
