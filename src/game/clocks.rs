//! The part of the merge that chooses whose clock is shown, and how it stands.

use std::time::Duration;

use crate::time::Timestamp;

use super::by_hand::value;
use super::clock;
use super::heard::Heard;
use super::rank::Fact;
use super::snapshot::{Clock, GameStatus, Period, PeriodKind};
use super::view::Merge;

impl<'a> Merge<'a> {
    /// The feed whose clock is shown: the first by rank that has one, unless that is stale and another is not and spoke
    /// later. Whose clock stands because it never says that it runs takes over a running one only when that one is held, and
    /// has told more since: until then the running clock, carried on, is nearer to the truth.
    pub(super) fn clock_feed(&self) -> Option<&'a Heard> {
        let place = |heard: &&Heard| self.rules.ranks.place(Fact::Clock, &heard.id, heard.kind);
        let with_clock = || self.heard().filter(|heard| heard.clocks.game.is_known());
        let first = with_clock().min_by_key(place)?;
        let is_current = |heard: &Heard| heard.is_current(heard.clock_at, self.now);
        if is_current(first) && !self.is_stale(first) {
            return Some(first);
        }
        let given_up = self.given_up(first);
        let is_better = |heard: &&Heard| {
            let is_for_running = first.clocks.game.is_running() && !heard.clocks.says_running;
            let after = if is_for_running { given_up } else { first.clock_at };
            after.is_some() && heard.clock_at > after && is_current(heard) && !self.is_stale(heard)
        };
        Some(with_clock().filter(is_better).min_by_key(place).unwrap_or(first))
    }

    /// For how long a feed's running clock may be unheard of.
    pub(super) fn stale_after(&self, heard: &Heard) -> Duration {
        let by_show = self.rules.clocks.stale_after.get(&heard.id).copied();
        by_show.unwrap_or_else(|| clock::stale_after(heard.kind))
    }

    fn is_stale(&self, heard: &Heard) -> bool {
        heard.clocks.game.is_stale_at(self.now, self.stale_after(heard)) || heard.lost_since(self.now).is_some()
    }

    /// Since when a feed's clock is not carried on any more: it is held, or the feed was lost.
    fn given_up(&self, heard: &Heard) -> Option<Timestamp> {
        let is_current = heard.is_current(heard.clock_at, self.now);
        let lost = if is_current { None } else { heard.lost_since(self.now).or(heard.lost_at) };
        [heard.clocks.game.held_since(self.now), lost].into_iter().flatten().min()
    }

    /// Whether a feed's clock stands in for one that runs and is given up: it stands at the last play.
    fn stands_in(&self, heard: &Heard) -> bool {
        let runs = |other: &Heard| other.clocks.game.is_running() && self.given_up(other).is_some();
        let is_live = |status| status == Some(GameStatus::InProgress);
        !heard.clocks.says_running && is_live(self.status()) && self.heard().any(runs)
    }

    pub(super) fn clock(&self, status: Option<GameStatus>) -> Clock {
        let held = self.held();
        let fed = self.fed_clock(status);
        let period = value(&held.period).or(fed.period);
        let (game, stale) = match held.clock_at(self.now) {
            Some((millis, running)) => (Some(clock::show_game(millis, running)), false),
            None => (fed.game, fed.stale),
        };
        let shot = match &held.shot_clock {
            Some(shot) => shot.value.millis_at(game.as_ref().map(|game| game.millis)).map(clock::show_shot),
            None => fed.shot,
        };
        Clock { period, game, shot, strength: fed.strength, stale, ..Clock::default() }
    }

    /// The clock by the feeds alone.
    fn fed_clock(&self, status: Option<GameStatus>) -> Clock {
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
        let at = heard.clocks_at(self.now);
        let game = clocks.game.millis_at(at).map(|millis| clock::show_game(millis, clocks.game.is_running()));
        let shot = clocks.shot.millis_at(at).map(clock::show_shot);
        let strength = clocks.strength.millis_at(at).map(clock::show_penalty);
        let stale = self.is_stale(heard) || self.stands_in(heard);
        Clock { period, game, shot, strength, stale, ..Clock::default() }
    }
}
