//! The game at one instant: what the feeds said, merged by rank, with the clocks as they stand then.

use std::sync::Arc;
use std::time::Duration;

use crate::color::{Rgb, on_color};
use crate::ids::{Side, TeamId};
use crate::status::{FeedHealth, Link};
use crate::time::Timestamp;

use super::GameState;
use super::clock;
use super::heard::{Heard, TeamHeard};
use super::hockey::{self, IceClock};
use super::rank::{Fact, Ranks};
use super::snapshot::{Clock, Game, GameSnapshot, GameStatus, Penalty, Period, PeriodKind, Team, TeamColor};

/// A feed that gave no sign of life for this long is believed after all others. Its vendors send one at least every five
/// seconds (or answer a ping within 30); a shorter time would make facts flicker at every reconnection.
pub const SILENT: Duration = Duration::from_secs(30);

/// What the show file says about the game, over what the feeds say.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rules {
    pub home: TeamRules,
    pub away: TeamRules,
    pub ranks: Ranks,
}

/// One team by the show file; `None` leaves the feeds' word.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TeamRules {
    pub code: Option<String>,
    pub name: Option<String>,
    pub market: Option<String>,
    /// Brand colour of the plate, until a feed reports the jersey's.
    pub primary: Option<Rgb>,
    /// Brand colour of the accent.
    pub secondary: Option<Rgb>,
    /// The team's ids at the vendors, for feeds that never say who is at home.
    pub ids: Vec<TeamId>,
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
    let merge = Merge { state, rules, now };
    let game = merge.game();
    let clock = merge.clock(game.status);
    GameSnapshot {
        game: state.game.share(game),
        home: merge.team(Side::Home, &clock),
        away: merge.team(Side::Away, &clock),
        clock,
        possession: merge.possession(),
        plays: merge
            .pick(Fact::Plays, |heard| Some(heard.plays.shared()).filter(|plays| !plays.is_empty()))
            .unwrap_or(&state.empty.plays)
            .clone(),
        feeds: state.feeds.iter().map(|heard| health(heard, now)).collect(),
        tracking: merge.pick(Fact::Tracking, |heard| heard.tracking.as_ref()).unwrap_or(&state.empty.tracking).clone(),
        latest_possession: merge.pick(Fact::Tracking, |heard| heard.latest_possession.clone()),
        catching_up: merge.is_catching_up(),
    }
}

struct Merge<'a> {
    state: &'a GameState,
    rules: &'a Rules,
    now: Timestamp,
}

impl<'a> Merge<'a> {
    /// The fact by the first feed that has it: feeds that are heard before silent ones, then by rank, then by id.
    fn pick<T>(&self, fact: Fact, of: impl Fn(&'a Heard) -> Option<T>) -> Option<T> {
        let mut best: Option<((bool, usize), T)> = None;
        for heard in &self.state.feeds {
            let key = (is_silent(heard, self.now), self.rules.ranks.place(fact, heard.kind));
            if best.as_ref().is_none_or(|(known, _)| key < *known)
                && let Some(value) = of(heard)
            {
                best = Some((key, value));
            }
        }
        best.map(|(_, value)| value)
    }

    fn pick_team<T>(&self, fact: Fact, side: Side, of: impl Fn(&'a TeamHeard) -> Option<T>) -> Option<T> {
        self.pick(fact, |heard| self.team_of(heard, side).and_then(&of))
    }

    fn team_of(&self, heard: &'a Heard, side: Side) -> Option<&'a TeamHeard> {
        // A feed's own word on sides comes first; the show file's ids are for feeds that have none.
        heard.team(side).or_else(|| {
            let ids = &self.rules.team(side).ids;
            let team = ids.iter().find_map(|id| heard.team_by_id(id))?;
            team.side.is_none().then_some(team)
        })
    }

    fn game(&self) -> Game {
        Game {
            id: self.pick(Fact::Game, |heard| heard.game.id.clone()),
            league: self.pick(Fact::Game, |heard| heard.game.league.clone()),
            sport: self.pick(Fact::Game, |heard| Some(heard.game.sport)).unwrap_or_default(),
            status: self.pick(Fact::Status, |heard| heard.game.status),
            title: self.pick(Fact::Game, |heard| heard.game.title.clone()),
            venue: self.pick(Fact::Game, |heard| heard.game.venue.clone()),
            scheduled: self.pick(Fact::Game, |heard| heard.game.scheduled.clone()),
            coverage: self.pick(Fact::Plays, |heard| heard.game.coverage.clone()),
        }
    }

    /// The feed whose clock is shown: the first by rank that has one, unless that is stale and another is not and spoke
    /// later.
    fn clock_feed(&self) -> Option<&'a Heard> {
        let place = |heard: &&Heard| self.rules.ranks.place(Fact::Clock, heard.kind);
        let with_clock = || self.state.feeds.iter().map(Arc::as_ref).filter(|heard| heard.clocks.game.is_known());
        let first = with_clock().min_by_key(place)?;
        if !self.is_stale(first) {
            return Some(first);
        }
        let fresher = with_clock().filter(|heard| !self.is_stale(heard) && heard.clock_at > first.clock_at);
        Some(fresher.min_by_key(place).unwrap_or(first))
    }

    fn is_stale(&self, heard: &Heard) -> bool {
        heard.clocks.game.is_stale_at(self.now) || heard.link == Link::Down || is_silent(heard, self.now)
    }

    fn clock(&self, status: Option<GameStatus>) -> Clock {
        let feed = self.clock_feed();
        let of_clock = feed.and_then(|heard| heard.clocks.period.clone());
        let of_summary = || self.pick(Fact::Clock, |heard| heard.period.clone());
        let period = match status {
            // The clock's last word is the period that was played last; the game is over, or is no game.
            Some(GameStatus::Complete) => Some(Period::new(PeriodKind::Final, 0)),
            Some(GameStatus::Test) => Some(Period::new(PeriodKind::Test, 0)),
            _ => of_clock.or_else(of_summary),
        };
        let Some(heard) = feed else { return Clock { period, ..Clock::default() } };
        let clocks = &heard.clocks;
        let game = clocks.game.millis_at(self.now).map(|millis| clock::show_game(millis, clocks.game.is_running()));
        let shot = clocks.shot.millis_at(self.now).map(clock::show_shot);
        let strength = clocks.strength.millis_at(self.now).map(clock::show_penalty);
        Clock { period, game, shot, strength, stale: self.is_stale(heard) }
    }

    fn team(&self, side: Side, clock: &Clock) -> Team {
        let (rules, empty) = (self.rules.team(side), &self.state.empty);
        let fact = |of: fn(&TeamHeard) -> Option<&String>| self.pick_team(Fact::Teams, side, of).cloned();
        Team {
            id: self.pick_team(Fact::Teams, side, |team| team.facts.id.clone()),
            name: rules.name.clone().or_else(|| fact(|team| team.facts.name.as_ref())),
            market: rules.market.clone().or_else(|| fact(|team| team.facts.market.as_ref())),
            code: rules.code.clone().or_else(|| fact(|team| team.facts.code.as_ref())),
            score: self.pick_team(Fact::Score, side, |team| team.score),
            fouls: self.pick_team(Fact::Bench, side, |team| team.fouls),
            bonus: self.pick_team(Fact::Bench, side, |team| team.bonus),
            timeouts: self.pick_team(Fact::Bench, side, |team| team.timeouts),
            attacks: self.pick_team(Fact::Penalties, side, |team| team.attacks),
            strength: self.pick_team(Fact::Penalties, side, |team| team.strength),
            skaters: self.pick_team(Fact::Penalties, side, |team| team.skaters),
            empty_net: self.pick_team(Fact::Penalties, side, |team| team.goalkeeper).map(|there| !there),
            penalties: self.penalties(side, clock),
            color: self.color(side),
            by_period: self.part(Fact::Stats, side, |team| team.by_period.as_ref(), &empty.by_period),
            stats: self.part(Fact::Stats, side, |team| team.stats.as_ref(), &empty.stats),
            players: self.part(Fact::Players, side, |team| team.players.as_ref(), &empty.players),
            on_court: self.part(Fact::Players, side, |team| team.on_court.as_ref(), &empty.on_court),
            zones: self.part(Fact::Zones, side, |team| team.zones.as_ref(), &empty.zones),
            shots: self.part(Fact::Shots, side, |team| team.shots.as_ref(), &empty.shots),
            shot_locations: self.part(Fact::Shots, side, |team| team.shot_locations.as_ref(), &empty.shot_locations),
            lineups: self.part(Fact::Lineups, side, |team| team.lineups.as_ref(), &empty.lineups),
            possession_sessions: self.part(
                Fact::Stats,
                side,
                |team| team.possession_sessions.as_ref(),
                &empty.possession_sessions,
            ),
        }
    }

    fn penalties(&self, side: Side, clock: &Clock) -> Arc<Vec<Penalty>> {
        let served = self.pick(Fact::Penalties, |heard| {
            let team = self.team_of(heard, side)?;
            let given = team.penalties.as_ref()?;
            let ice_clock = IceClock::of(clock, heard.clocks.highest_millis);
            Some(hockey::served(given, team.in_box.as_ref(), &ice_clock))
        });
        match served {
            Some(served) if !served.is_empty() => Arc::new(served),
            _ => self.state.empty.penalties.clone(),
        }
    }

    fn part<T>(&self, fact: Fact, side: Side, of: fn(&TeamHeard) -> Option<&Arc<T>>, empty: &'a Arc<T>) -> Arc<T> {
        self.pick_team(fact, side, of).unwrap_or(empty).clone()
    }

    fn color(&self, side: Side) -> Arc<TeamColor> {
        let rules = self.rules.team(side);
        let jersey = self.pick_team(Fact::Color, side, |team| team.jersey.clone());
        let primary = jersey.as_deref().and_then(|jersey| jersey.parse().ok()).or(rules.primary);
        let text_on = |plate: Option<Rgb>| plate.map(|plate| on_color(plate).to_string());
        let color = TeamColor {
            jersey,
            primary: primary.map(|color| color.to_string()),
            on_primary: text_on(primary),
            secondary: rules.secondary.map(|color| color.to_string()),
            on_secondary: text_on(rules.secondary),
        };
        let memo = &self.state.colors[if side == Side::Home { 0 } else { 1 }];
        memo.share(color)
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
        self.pick(Fact::Possession, |heard| {
            let team = heard.possession.as_ref()?.as_ref();
            let of_side = |side: &Side| self.team_of(heard, *side).is_some_and(|known| known.facts.id.as_ref() == team);
            // A feed that says "nobody" is believed over one that guesses.
            Some(team.and_then(|_| Side::BOTH.into_iter().find(of_side)))
        })
        .flatten()
    }
}

fn is_silent(heard: &Heard, now: Timestamp) -> bool {
    heard.last.is_none_or(|last| now.since(last) > SILENT)
}

fn health(heard: &Heard, now: Timestamp) -> FeedHealth {
    FeedHealth {
        id: heard.id.clone(),
        kind: heard.kind,
        link: heard.link,
        silent_millis: heard.last.map(|last| now.since(last).as_millis() as u64),
        messages: heard.messages,
        skipped: heard.skipped,
    }
}
