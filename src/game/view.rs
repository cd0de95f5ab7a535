//! The game at one instant: what the feeds said, merged by rank, with the clocks as they stand then.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::color::Rgb;
use crate::ids::{FeedId, Side, TeamId};
use crate::time::Timestamp;

use super::GameState;
use super::by_hand::{Held, value};
use super::colors::ColorRules;
use super::heard::{Heard, TeamHeard};
use super::hockey::{self, IceClock};
use super::matching::{self, Sides};
use super::play_shots;
use super::rank::{Fact, Ranks};
use super::snapshot::{
    Clock, Drought, Game, GameSnapshot, GameStatus, LatestPossession, Penalty, Period, PeriodKind, Play, Player, Score,
    Shot, Sport, Strength, Team, Tracking,
};
use super::story::{StoryRules, standing};

/// A feed that gave no sign of life for this long is believed after all others. Its vendors send one at least every five
/// seconds (or answer a ping within 30); a shorter time would make facts flicker at every reconnection.
pub const SILENT: Duration = Duration::from_secs(30);

/// So is a feed that has been without a connection for this long: it is known to tell nothing, and most connections are
/// back within a second.
pub const DOWN: Duration = Duration::from_secs(3);

/// What the show file says about the game, over what the feeds say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rules {
    pub home: TeamRules,
    pub away: TeamRules,
    pub ranks: Ranks,
    pub story: StoryRules,
    pub colors: ColorRules,
    pub game: GameRules,
    pub clocks: ClockRules,
}

/// What the show file says about the clocks of feeds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ClockRules {
    /// After how long without a word a feed's running clock is stale; by its kind when absent.
    pub stale_after: BTreeMap<FeedId, Duration>,
}

/// The game by the show file; `None` leaves the feeds' word. The lengths are for a game that is run by hand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GameRules {
    pub sport: Option<Sport>,
    pub league: Option<String>,
    pub title: Option<String>,
    pub venue: Option<String>,
    /// Periods before overtime.
    pub periods: u8,
    /// What a period is: quarter, half, or hockey's.
    pub period: PeriodKind,
    pub period_millis: u32,
    pub overtime_millis: u32,
    /// `None`: there is no shot clock.
    pub shot_clock_millis: Option<u32>,
    /// Of a team, at the beginning.
    pub timeouts: u32,
}

impl GameRules {
    /// The NBA's game (its rulebook: four quarters of 12 minutes, overtimes of 5, 24 s, 7 timeouts).
    pub const BASKETBALL: GameRules = GameRules {
        sport: None,
        league: None,
        title: None,
        venue: None,
        periods: 4,
        period: PeriodKind::Quarter,
        period_millis: 12 * 60_000,
        overtime_millis: 5 * 60_000,
        shot_clock_millis: Some(24_000),
        timeouts: 7,
    };

    /// The NHL's game (its rulebook: three periods of 20 minutes, an overtime of 5, one timeout).
    pub const HOCKEY: GameRules = GameRules {
        periods: 3,
        period: PeriodKind::Period,
        period_millis: 20 * 60_000,
        shot_clock_millis: None,
        timeouts: 1,
        ..Self::BASKETBALL
    };

    pub fn first_period(&self) -> Period {
        Period::new(self.period, 1)
    }

    /// The period after one; the first one after none or the pre-game, `None` after the last.
    pub fn after(&self, period: Option<&Period>) -> Option<Period> {
        let Some(period) = period else { return Some(self.first_period()) };
        match period.kind {
            PeriodKind::Pregame => Some(self.first_period()),
            PeriodKind::Halftime => Some(Period::new(self.period, self.periods / 2 + 1)),
            PeriodKind::Quarter | PeriodKind::Half | PeriodKind::Period if period.number < self.periods => {
                Some(Period::new(period.kind, period.number + 1))
            }
            PeriodKind::Quarter | PeriodKind::Half | PeriodKind::Period => Some(Period::new(PeriodKind::Overtime, 1)),
            PeriodKind::Overtime => Some(Period::new(PeriodKind::Overtime, period.number.saturating_add(1))),
            PeriodKind::Shootout | PeriodKind::Final | PeriodKind::Test => None,
        }
    }

    /// The time on the clock when a period begins; none where no clock runs.
    pub fn length_millis(&self, period: &Period) -> Option<u32> {
        match period.kind {
            PeriodKind::Quarter | PeriodKind::Half | PeriodKind::Period => Some(self.period_millis),
            PeriodKind::Overtime => Some(self.overtime_millis),
            PeriodKind::Pregame
            | PeriodKind::Halftime
            | PeriodKind::Shootout
            | PeriodKind::Final
            | PeriodKind::Test => None,
        }
    }
}

impl Default for GameRules {
    fn default() -> Self {
        Self::BASKETBALL
    }
}

/// One team by the show file; `None` leaves the feeds' word.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TeamRules {
    pub code: Option<String>,
    pub name: Option<String>,
    pub market: Option<String>,
    /// Brand colour of the plate: until a feed reports the jersey's, or in its place.
    pub primary: Option<Rgb>,
    /// Brand colour of the accent.
    pub secondary: Option<Rgb>,
    /// The plate's when the team would look like the other.
    pub alternate: Option<Rgb>,
    /// The team's ids at the vendors (or the codes that the broadcaster gave it there): these come before any other way
    /// to tell the teams apart.
    pub ids: Vec<TeamId>,
    /// Players by the show file: fills what feeds lack.
    pub roster: Arc<Vec<Player>>,
}

impl Rules {
    pub fn team(&self, side: Side) -> &TeamRules {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }
}

/// The game as it stands at `now`. Parts that did not change since the last view keep their pointers.
pub fn view(state: &GameState, rules: &Rules, now: Timestamp) -> GameSnapshot {
    let merge = Merge::new(state, rules, now);
    let (game, plays) = (merge.game(), merge.plays());
    let feed = merge.plays_feed();
    let mut clock = merge.clock(game.status);
    let [home, away] = Side::BOTH.map(|side| merge.team(side, &clock));
    (clock.phase, clock.phase_label) = standing::phase(&game, &clock, &plays, &home.by_period);
    clock.stoppage = feed.and_then(|feed| standing::stoppage(feed, &plays, &clock, now));
    clock.countdown = standing::countdown(feed, &game, &clock, &plays, &rules.story, now);
    let story = merge.story(&plays, &game, [home.code.clone(), away.code.clone()]);
    let told = |side: Side, team: Team| Team {
        players: story.players[side as usize].clone(),
        leaders: story.leaders[side as usize].clone(),
        drought: standing::drought(side, &plays, &clock, game.sport, rules.game.overtime_millis),
        ..team
    };
    let (home, away) = (told(Side::Home, home), told(Side::Away, away));
    GameSnapshot {
        game: state.game.share(game),
        home,
        away,
        clock,
        possession: merge.possession(),
        run: story.run.clone(),
        last_play: feed.and_then(|feed| standing::last_play(&story, feed, now)),
        free_throw: story.free_throw.clone(),
        plays,
        feeds: state.health(now),
        tracking: merge.tracking(),
        latest_possession: merge.latest_possession(),
        catching_up: merge.is_catching_up(),
    }
}

/// The clock and the plays of a [`view`]: all that somebody needs who looks for a moment of the game.
#[derive(Clone, PartialEq, Debug)]
pub struct Glance {
    pub clock: Clock,
    /// Newest first.
    pub plays: Arc<Vec<Arc<Play>>>,
}

/// A part of [`view`], without the teams.
pub fn glance(state: &GameState, rules: &Rules, now: Timestamp) -> Glance {
    let merge = Merge::new(state, rules, now);
    Glance { clock: merge.clock(merge.status()), plays: merge.plays() }
}

pub(super) struct Merge<'a> {
    pub(super) state: &'a GameState,
    pub(super) rules: &'a Rules,
    pub(super) now: Timestamp,
    /// The teams of each feed, in the order of the feeds.
    pub(super) sides: Vec<Sides<'a>>,
}

/// Where a feed is asked: those whose word counts before those who were lost, then by rank. The smallest is asked first.
pub(super) type Place = (bool, (usize, usize));

impl<'a> Merge<'a> {
    pub(super) fn new(state: &'a GameState, rules: &'a Rules, now: Timestamp) -> Self {
        let mut merge = Merge { state, rules, now, sides: Vec::new() };
        let named = |heard: &&Heard| {
            let is_named =
                |side| heard.team(side).is_some_and(|team| team.facts.code.is_some() || team.facts.name.is_some());
            Side::BOTH.into_iter().any(is_named)
        };
        let reference = merge.pick(Fact::Teams, |heard| Some(heard).filter(named));
        let reference = Side::BOTH.map(|side| reference?.team(side).map(|team| &team.facts));
        merge.sides = merge.heard().map(|heard| matching::sides(heard, rules, reference)).collect();
        merge
    }

    /// What operators hold.
    pub(super) fn held(&self) -> &'a Held {
        &self.state.by_hand.held
    }

    pub(super) fn status(&self) -> Option<GameStatus> {
        self.held().status().or_else(|| self.pick(Fact::Status, |heard| heard.game.status))
    }

    pub(super) fn heard(&self) -> impl Iterator<Item = &'a Heard> + use<'a> {
        self.state.feeds.iter().map(Arc::as_ref)
    }

    pub(super) fn place(&self, fact: Fact, heard: &Heard) -> Place {
        (self.is_outdated(fact, heard), self.rules.ranks.place(fact, &heard.id, heard.kind))
    }

    /// Whether a feed was lost, and another has told the fact since. Until one has, what the lost one told is the latest
    /// that is known; and one that is back wins a fact back by telling it, not by a sign of life.
    fn is_outdated(&self, fact: Fact, heard: &Heard) -> bool {
        let last = |heard: &Heard| heard.told(fact).map(|told| told.last);
        let own = last(heard);
        let is_newer =
            |other: &Heard| last(other).is_some_and(|at| Some(at) > own) && other.is_current(last(other), self.now);
        !heard.is_current(own, self.now) && self.heard().any(is_newer)
    }

    /// The fact by the first feed that has it, by [`Place`] and then by id.
    pub(super) fn pick<T>(&self, fact: Fact, of: impl Fn(&'a Heard) -> Option<T>) -> Option<T> {
        let mut best: Option<(Place, T)> = None;
        for heard in self.heard() {
            let place = self.place(fact, heard);
            if best.as_ref().is_none_or(|(known, _)| place < *known)
                && let Some(value) = of(heard)
            {
                best = Some((place, value));
            }
        }
        best.map(|(_, value)| value)
    }

    pub(super) fn pick_team<T>(&self, fact: Fact, side: Side, of: impl Fn(&'a TeamHeard) -> Option<T>) -> Option<T> {
        self.pick(fact, |heard| self.team_of(heard, side).and_then(&of))
    }

    pub(super) fn team_of(&self, heard: &Heard, side: Side) -> Option<&'a TeamHeard> {
        let index = self.heard().position(|known| std::ptr::eq(known, heard))?;
        self.sides.get(index)?.teams[side as usize]
    }

    /// Whether a feed calls the home team what is the away team here.
    fn is_mirrored(&self, heard: &Heard) -> bool {
        self.team_of(heard, Side::Home).is_some_and(|home| home.side == Some(Side::Away))
            || self.team_of(heard, Side::Away).is_some_and(|away| away.side == Some(Side::Home))
    }

    fn plays(&self) -> Arc<Vec<Arc<Play>>> {
        let known = |heard: &'a Heard| Some((heard, heard.plays.shared())).filter(|(_, plays)| !plays.is_empty());
        let Some((heard, plays)) = self.pick(Fact::Plays, known) else { return self.state.empty.plays.clone() };
        if !self.is_mirrored(heard) {
            return plays.clone();
        }
        let memo = &self.state.mirrored;
        if let Some(known) = memo.load_full().filter(|known| Arc::ptr_eq(&known.0, plays)) {
            return known.1.clone();
        }
        let mirror = |play: &Arc<Play>| {
            let score = play.score.map(|score| Score { home: score.away, away: score.home });
            Arc::new(Play { team: play.team.map(Side::other), score, ..play.as_ref().clone() })
        };
        let mirrored = Arc::new(plays.iter().map(mirror).collect::<Vec<_>>());
        memo.store(Some(Arc::new((plays.clone(), mirrored.clone()))));
        mirrored
    }

    /// The shots that a tracking system told of, else those that are among the plays.
    fn shots(&self, side: Side) -> Arc<Vec<Shot>> {
        if let Some(told) = self.pick_team(Fact::Shots, side, |team| team.shots.as_ref()) {
            return told.clone();
        }
        let plays = self.plays();
        let memo = &self.state.play_shots[side as usize];
        if let Some(known) = memo.load_full().filter(|known| Arc::ptr_eq(&known.0, &plays)) {
            return known.1.clone();
        }
        let shots = play_shots::of(&plays, side);
        let shots = if shots.is_empty() { self.state.empty.shots.clone() } else { Arc::new(shots) };
        memo.store(Some(Arc::new((plays, shots.clone()))));
        shots
    }

    fn tracking(&self) -> Arc<Tracking> {
        let known = |heard: &'a Heard| Some((heard, heard.tracking.as_ref()?));
        let Some((heard, tracking)) = self.pick(Fact::Tracking, known) else {
            return self.state.empty.tracking.clone();
        };
        let mut tracking = tracking.clone();
        if self.is_mirrored(heard) {
            Arc::make_mut(&mut tracking).players.iter_mut().for_each(|one| one.side = one.side.map(Side::other));
        }
        tracking
    }

    fn latest_possession(&self) -> Option<Arc<LatestPossession>> {
        let (heard, mut possession) =
            self.pick(Fact::Tracking, |heard| Some((heard, heard.latest_possession.clone()?)))?;
        if self.is_mirrored(heard) {
            let side = possession.side.map(Side::other);
            Arc::make_mut(&mut possession).side = side;
        }
        Some(possession)
    }

    fn game(&self) -> Game {
        let rules = &self.rules.game;
        let said = |by_show: &Option<String>, of: fn(&Game) -> &Option<String>| {
            by_show.clone().or_else(|| self.pick(Fact::Game, |heard| of(&heard.game).clone()))
        };
        let sport = || self.pick(Fact::Game, |heard| Some(heard.game.sport));
        Game {
            id: self.pick(Fact::Game, |heard| heard.game.id.clone()),
            league: said(&rules.league, |game| &game.league),
            sport: rules.sport.or_else(sport).unwrap_or_default(),
            status: self.status(),
            title: said(&rules.title, |game| &game.title),
            venue: said(&rules.venue, |game| &game.venue),
            scheduled: self.pick(Fact::Game, |heard| heard.game.scheduled.clone()),
            coverage: self.pick(Fact::Plays, |heard| heard.game.coverage.clone()),
        }
    }

    fn team(&self, side: Side, clock: &Clock) -> Team {
        let (rules, empty) = (self.rules.team(side), &self.state.empty);
        let held = self.held().team(side);
        let (players, on_court) = self.squad(side);
        let fact = |of: fn(&TeamHeard) -> Option<&String>| self.pick_team(Fact::Teams, side, of).cloned();
        Team {
            id: self.pick_team(Fact::Teams, side, |team| team.facts.id.clone()),
            name: rules.name.clone().or_else(|| fact(|team| team.facts.name.as_ref())),
            market: rules.market.clone().or_else(|| fact(|team| team.facts.market.as_ref())),
            code: rules.code.clone().or_else(|| fact(|team| team.facts.code.as_ref())),
            score: value(&held.score).or_else(|| self.pick_team(Fact::Score, side, |team| team.score)),
            fouls: value(&held.fouls).or_else(|| self.pick_team(Fact::Bench, side, |team| team.fouls)),
            bonus: value(&held.bonus).or_else(|| self.pick_team(Fact::Bench, side, |team| team.bonus)),
            timeouts: value(&held.timeouts).or_else(|| self.pick_team(Fact::Bench, side, |team| team.timeouts)),
            attacks: self.pick_team(Fact::Penalties, side, |team| team.attacks),
            strength: self.strength(side),
            skaters: self.pick_team(Fact::Penalties, side, |team| team.skaters),
            empty_net: self.pick_team(Fact::Penalties, side, |team| team.goalkeeper).map(|there| !there),
            penalties: self.penalties(side, clock),
            color: self.colors().teams[side as usize].clone(),
            by_period: self.part(Fact::Stats, side, |team| team.by_period.as_ref(), &empty.by_period),
            stats: self.part(Fact::Stats, side, |team| team.stats.as_ref(), &empty.stats),
            players,
            on_court,
            zones: self.part(Fact::Zones, side, |team| team.zones.as_ref(), &empty.zones),
            shots: self.shots(side),
            shot_locations: self.part(Fact::Shots, side, |team| team.shot_locations.as_ref(), &empty.shot_locations),
            lineups: self.part(Fact::Lineups, side, |team| team.lineups.as_ref(), &empty.lineups),
            possession_sessions: self.part(
                Fact::Stats,
                side,
                |team| team.possession_sessions.as_ref(),
                &empty.possession_sessions,
            ),
            starters: self.starters(side),
            leaders: empty.leaders.clone(),
            drought: Drought::default(),
        }
    }

    /// What holds from the latest moment on, whoever tells it: a clock knows when a penalty has run out, plays know when one
    /// is given, and either may be told after what the other tells of later.
    fn strength(&self, side: Side) -> Option<Strength> {
        let told = |heard: &'a Heard| {
            let (strength, at) = self.team_of(heard, side)?.strength?;
            Some(((at, Reverse((self.place(Fact::Penalties, heard), &heard.id))), strength))
        };
        self.heard().filter_map(told).max_by(|a, b| a.0.cmp(&b.0)).map(|(_, strength)| strength)
    }

    fn penalties(&self, side: Side, clock: &Clock) -> Arc<Vec<Penalty>> {
        let served = self.pick(Fact::Penalties, |heard| {
            let team = self.team_of(heard, side)?;
            if team.penalties.is_none() && team.in_box.is_none() {
                return None;
            }
            let given = team.penalties.as_deref().map_or(&[][..], Vec::as_slice);
            let ice_clock = IceClock::of(clock, heard.clocks.highest_millis);
            let mut served = hockey::served(given, team.in_box.as_ref(), &ice_clock);
            let known = team.players.as_deref().map_or(&[][..], Vec::as_slice);
            served.extend(hockey::unexplained(given, team.in_box.as_ref(), known));
            Some(served)
        });
        match served {
            Some(served) if !served.is_empty() => Arc::new(served),
            _ => self.state.empty.penalties.clone(),
        }
    }

    pub(super) fn part<T>(
        &self,
        fact: Fact,
        side: Side,
        of: fn(&TeamHeard) -> Option<&Arc<T>>,
        empty: &'a Arc<T>,
    ) -> Arc<T> {
        self.pick_team(fact, side, of).unwrap_or(empty).clone()
    }

    /// Whether a feed that supplies score or statistics is still telling the past.
    fn is_catching_up(&self) -> bool {
        let joining = |heard: &Heard| heard.joining.is_on_at(self.now);
        let teams = |fact, of: fn(&TeamHeard) -> bool| {
            Side::BOTH.into_iter().any(|side| {
                let has = |heard: &'a Heard| self.team_of(heard, side).is_some_and(of).then(|| joining(heard));
                self.pick(fact, has).unwrap_or(false)
            })
        };
        teams(Fact::Score, |team| team.score.is_some())
            || teams(Fact::Stats, |team| team.stats.is_some())
            || teams(Fact::Players, |team| team.players.is_some())
            || self
                .pick(Fact::Plays, |heard| (!heard.plays.shared().is_empty()).then(|| joining(heard)))
                .unwrap_or(false)
    }

    fn possession(&self) -> Option<Side> {
        if let Some(held) = &self.held().possession {
            return held.value;
        }
        self.pick(Fact::Possession, |heard| {
            let team = heard.possession.as_ref()?.as_ref();
            let of_side = |side: &Side| self.team_of(heard, *side).is_some_and(|known| known.facts.id.as_ref() == team);
            // A feed that says "nobody" is believed over one that guesses.
            Some(team.and_then(|_| Side::BOTH.into_iter().find(of_side)))
        })
        .flatten()
    }
}
