//! The game as expressions see it, brought up to date part by part.
//!
//! In: a snapshot a frame. Out: named values, each with the tick at which it last changed, so that an expression whose
//! inputs did not change is not evaluated again. Parts that snapshots share are compared by pointer and turned into
//! values only when they are new.

use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object};
use serde::Serialize;

use super::expr::{Read, value_of_json};
use crate::game::snapshot::{Clock, GameSnapshot, Team, Tracking};

/// Counts draws of a stage; what changed at a draw carries its tick.
pub(crate) type Tick = u64;

/// A named value with attributes of its own, or a plain one.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub name: &'static str,
    pub value: Value,
    /// When any part of it changed.
    pub changed: Tick,
    /// When each of its attributes changed; empty when they are not told apart.
    attributes: Vec<(&'static str, Value, Tick)>,
}

impl Root {
    fn new(name: &'static str) -> Self {
        Self { name, value: Value::UNDEFINED, changed: 0, attributes: Vec::new() }
    }

    /// When an attribute changed; when any did, for one that is not told apart.
    pub fn attribute_changed(&self, attribute: &str) -> Tick {
        let known = self.attributes.iter().find(|(name, ..)| *name == attribute);
        known.map_or(self.changed, |(_, _, changed)| *changed)
    }

    fn set(&mut self, tick: Tick, is_new: bool, value: impl FnOnce() -> Value) {
        if is_new || self.changed == 0 {
            self.value = value();
            self.changed = tick;
        }
    }

    fn set_attribute(&mut self, tick: Tick, name: &'static str, is_new: bool, value: impl FnOnce() -> Value) {
        match self.attributes.iter_mut().find(|(known, ..)| *known == name) {
            Some(_) if !is_new => return,
            Some(entry) => (entry.1, entry.2) = (value(), tick),
            None => self.attributes.push((name, value(), tick)),
        }
        self.changed = tick;
    }

    /// Puts the attributes together again after some of them changed.
    fn join(&mut self, tick: Tick) {
        if self.changed == tick {
            self.value = Value::from_pairs(
                self.attributes
                    .iter()
                    .filter(|(_, value, _)| !value.is_undefined())
                    .map(|(name, value, _)| (*name, value.clone())),
            );
        }
    }
}

/// All names of the game.
#[derive(Debug)]
pub(crate) struct GameValues {
    /// What the values were made from.
    shown: Option<GameSnapshot>,
    pub roots: [Root; 10],
}

impl Default for GameValues {
    fn default() -> Self {
        let names = [
            "game",
            "clock",
            "home",
            "away",
            "possession",
            "plays",
            "feeds",
            "tracking",
            "latest_possession",
            "catching_up",
        ];
        Self { shown: None, roots: names.map(Root::new) }
    }
}

fn to_value<T: Serialize>(part: &T) -> Value {
    // A snapshot is made of plain structs, for which this cannot fail; if it ever did, the part would be unknown.
    serde_json::to_value(part).map_or(Value::UNDEFINED, value_of_json)
}

/// Positions that become values only when a template reads them.
#[derive(Debug)]
struct Positions(Arc<Tracking>);

impl Object for Positions {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "players" => Some(to_value(&self.0.players)),
            "balls" => Some(to_value(&self.0.balls)),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["players", "balls"])
    }
}

impl GameValues {
    pub fn root(&self, name: &str) -> Option<&Root> {
        self.roots.iter().find(|root| root.name == name)
    }

    /// When any of these last changed; 0 when none of them is a name of the game.
    pub fn last_change(&self, reads: &[Read]) -> Tick {
        let changed = |read: &Read| {
            self.root(&read.root).map_or(0, |root| match &read.attribute {
                Some(attribute) => root.attribute_changed(attribute),
                None => root.changed,
            })
        };
        reads.iter().map(changed).max().unwrap_or(0)
    }

    /// Takes over a snapshot; `tick` is above every earlier one.
    pub fn update(&mut self, tick: Tick, snapshot: &GameSnapshot) {
        let old = self.shown.take();
        let old = old.as_ref();
        let GameSnapshot {
            game,
            clock,
            home,
            away,
            possession,
            plays,
            feeds,
            tracking,
            latest_possession,
            catching_up,
        } = snapshot;
        let [
            game_root,
            clock_root,
            home_root,
            away_root,
            possession_root,
            plays_root,
            feeds_root,
            tracking_root,
            latest_possession_root,
            catching_up_root,
        ] = &mut self.roots;
        game_root.set(tick, old.is_none_or(|old| !Arc::ptr_eq(&old.game, game)), || to_value(game));
        update_clock(clock_root, tick, old.map(|old| &old.clock), clock);
        update_team(home_root, tick, old.map(|old| &old.home), home);
        update_team(away_root, tick, old.map(|old| &old.away), away);
        possession_root.set(tick, old.is_none_or(|old| old.possession != *possession), || to_value(possession));
        plays_root.set(tick, old.is_none_or(|old| !Arc::ptr_eq(&old.plays, plays)), || to_value(plays));
        feeds_root.set(tick, old.is_none_or(|old| old.feeds != *feeds), || to_value(feeds));
        // Positions change with every frame, and few templates look at them: turned into values when they do.
        let is_moved = old.is_none_or(|old| !Arc::ptr_eq(&old.tracking, tracking));
        tracking_root.set(tick, is_moved, || Value::from_object(Positions(tracking.clone())));
        let is_other_possession = old.is_none_or(|old| old.latest_possession != *latest_possession);
        latest_possession_root.set(tick, is_other_possession, || to_value(latest_possession));
        let is_other_pace = old.is_none_or(|old| old.catching_up != *catching_up);
        catching_up_root.set(tick, is_other_pace, || Value::from(*catching_up));
        self.shown = Some(snapshot.clone());
    }
}

fn update_clock(root: &mut Root, tick: Tick, old: Option<&Clock>, clock: &Clock) {
    // Named one by one, so that a new field of the snapshot cannot be forgotten here.
    let Clock { period, game, shot, strength, stale } = clock;
    root.set_attribute(tick, "period", old.is_none_or(|old| old.period != *period), || to_value(period));
    root.set_attribute(tick, "game", old.is_none_or(|old| old.game != *game), || to_value(game));
    root.set_attribute(tick, "shot", old.is_none_or(|old| old.shot != *shot), || to_value(shot));
    root.set_attribute(tick, "strength", old.is_none_or(|old| old.strength != *strength), || to_value(strength));
    root.set_attribute(tick, "stale", old.is_none_or(|old| old.stale != *stale), || to_value(stale));
    root.join(tick);
}

fn update_team(root: &mut Root, tick: Tick, old: Option<&Team>, team: &Team) {
    let Team {
        id,
        name,
        market,
        code,
        score,
        fouls,
        bonus,
        timeouts,
        attacks,
        strength,
        skaters,
        empty_net,
        penalties,
        color,
        by_period,
        stats,
        players,
        on_court,
        zones,
        shots,
        shot_locations,
        lineups,
        possession_sessions,
    } = team;
    macro_rules! by_value {
        ($($part:ident),*) => {
            $(root.set_attribute(tick, stringify!($part), old.is_none_or(|old| old.$part != *$part), || to_value($part));)*
        };
    }
    macro_rules! by_pointer {
        ($($part:ident),*) => {
            $(root.set_attribute(
                tick,
                stringify!($part),
                old.is_none_or(|old| !Arc::ptr_eq(&old.$part, $part)),
                || to_value($part),
            );)*
        };
    }
    by_value!(id, name, market, code, score, fouls, bonus, timeouts, attacks, strength, skaters, empty_net);
    // Time left changes within the list, which is made anew for each view.
    by_value!(penalties);
    by_pointer!(color, by_period, stats, players, on_court, zones, shots, shot_locations, lineups, possession_sessions);
    root.join(tick);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_changes_the_team_but_none_of_its_other_parts() {
        let mut values = GameValues::default();
        let mut snapshot = GameSnapshot::default();
        snapshot.home.score = Some(10);
        values.update(1, &snapshot);
        snapshot.home.score = Some(12);
        values.update(2, &snapshot);
        let home = values.root("home").unwrap();
        assert_eq!((home.changed, home.attribute_changed("score")), (2, 2));
        assert_eq!((home.attribute_changed("players"), home.attribute_changed("name")), (1, 1));
        assert_eq!(values.root("away").unwrap().changed, 1);
        assert_eq!(home.value.get_attr("score").unwrap(), Value::from(12));
    }

    #[test]
    fn an_unchanged_snapshot_changes_nothing() {
        let mut values = GameValues::default();
        let snapshot = GameSnapshot::default();
        values.update(1, &snapshot);
        values.update(2, &snapshot.clone());
        assert!(values.roots.iter().all(|root| root.changed == 1));
    }
}
