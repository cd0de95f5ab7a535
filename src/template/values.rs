//! The game as expressions see it, brought up to date part by part.
//!
//! In: a snapshot a frame. Out: named values, each with the tick at which it last changed, so that an expression whose
//! inputs did not change is not evaluated again. Parts that snapshots share are compared by pointer, and become values
//! only as far as an expression looks into them.

use std::sync::Arc;

use minijinja::Value;

use super::lazy;
use super::serialize::to_value;
use crate::game::snapshot::{Clock, GameSnapshot, Team};

/// Counts draws of a stage; what changed at a draw carries its tick.
pub(crate) type Tick = u64;

/// Where a name that an expression reads comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Source {
    /// One of the names of the game, by its place among them; its attribute where those are told apart.
    Game { root: u8, attribute: Option<u8> },
    /// What the template itself gives: its place in a [`super::bind::Scope`].
    Local(u16),
}

const ROOTS: [&str; 13] = [
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
    "run",
    "last_play",
    "free_throw",
];

/// The attributes that are told apart, in the order in which `update` brings them up to date.
const CLOCK: [&str; 9] =
    ["period", "game", "shot", "strength", "stale", "phase", "phase_label", "stoppage", "countdown"];

const TEAM: [&str; 26] = [
    "id",
    "name",
    "market",
    "code",
    "score",
    "fouls",
    "bonus",
    "timeouts",
    "attacks",
    "strength",
    "skaters",
    "empty_net",
    "penalties",
    "drought",
    "by_period",
    "on_court",
    "starters",
    "color",
    "stats",
    "zones",
    "leaders",
    "players",
    "shots",
    "shot_locations",
    "lineups",
    "possession_sessions",
];

fn attributes_of(root: &str) -> &'static [&'static str] {
    match root {
        "clock" => &CLOCK,
        "home" | "away" => &TEAM,
        _ => &[],
    }
}

/// Where a name of the game, with the attribute that is read of it, comes from; `None` when the game has no such name.
pub(crate) fn source(name: &str, attribute: Option<&str>) -> Option<Source> {
    let root = ROOTS.iter().position(|root| *root == name)?;
    let attribute = attribute.and_then(|wanted| attributes_of(name).iter().position(|known| *known == wanted));
    Some(Source::Game { root: root as u8, attribute: attribute.map(|at| at as u8) })
}

/// A named value with attributes of its own, or a plain one.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub name: &'static str,
    pub value: Value,
    /// When any part of it changed.
    pub changed: Tick,
    /// In the order of [`attributes_of`]; empty when they are not told apart.
    attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
struct Attribute {
    name: &'static str,
    value: Value,
    changed: Tick,
}

impl Root {
    fn new(name: &'static str) -> Self {
        let attribute = |name: &&'static str| Attribute { name, value: Value::UNDEFINED, changed: 0 };
        let attributes = attributes_of(name).iter().map(attribute).collect();
        Self { name, value: Value::UNDEFINED, changed: 0, attributes }
    }

    fn set(&mut self, tick: Tick, is_new: bool, value: impl FnOnce() -> Value) {
        if is_new || self.changed == 0 {
            self.value = value();
            self.changed = tick;
        }
    }

    /// Puts the attributes together again after some of them changed.
    fn join(&mut self, tick: Tick) {
        if self.changed == tick {
            let known = self.attributes.iter().filter(|attribute| !attribute.value.is_undefined());
            let known = known.map(|attribute| (attribute.name, attribute.value.clone()));
            self.value = Value::from_object(known.collect::<std::collections::BTreeMap<_, _>>());
        }
    }
}

/// Goes through the attributes of a root, in their order.
struct Update<'a> {
    root: &'a mut Root,
    tick: Tick,
    next: usize,
}

impl Update<'_> {
    fn next(&mut self, name: &str, is_new: bool, value: impl FnOnce() -> Value) {
        if let Some(attribute) = self.root.attributes.get_mut(self.next) {
            debug_assert_eq!(attribute.name, name, "attributes are brought up to date in their order");
            if is_new || attribute.changed == 0 {
                attribute.value = value();
                attribute.changed = self.tick;
                self.root.changed = self.tick;
            }
        }
        self.next += 1;
    }
}

/// All names of the game.
#[derive(Debug)]
pub(crate) struct GameValues {
    /// What the values were made from.
    shown: Option<GameSnapshot>,
    pub roots: [Root; ROOTS.len()],
}

impl Default for GameValues {
    fn default() -> Self {
        Self { shown: None, roots: ROOTS.map(Root::new) }
    }
}

impl GameValues {
    pub fn root(&self, name: &str) -> Option<&Root> {
        self.roots.iter().find(|root| root.name == name)
    }

    /// When a name of the game, or the attribute that is read of it, last changed.
    pub fn changed(&self, root: u8, attribute: Option<u8>) -> Tick {
        self.roots.get(usize::from(root)).map_or(0, |root| match attribute {
            Some(at) => root.attributes.get(usize::from(at)).map_or(0, |attribute| attribute.changed),
            None => root.changed,
        })
    }

    /// Takes over a snapshot; `tick` is above every earlier one.
    pub fn update(&mut self, tick: Tick, snapshot: &GameSnapshot) {
        let old = self.shown.as_ref();
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
            run,
            last_play,
            free_throw,
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
            run_root,
            last_play_root,
            free_throw_root,
        ] = &mut self.roots;
        game_root.set(tick, old.is_none_or(|old| !Arc::ptr_eq(&old.game, game)), || lazy::part(game));
        update_clock(clock_root, tick, old.map(|old| &old.clock), clock);
        update_team(home_root, tick, old.map(|old| &old.home), home);
        update_team(away_root, tick, old.map(|old| &old.away), away);
        possession_root.set(tick, old.is_none_or(|old| old.possession != *possession), || to_value(possession));
        let are_other_plays = old.is_none_or(|old| !Arc::ptr_eq(&old.plays, plays));
        plays_root.set(tick, are_other_plays, || lazy::list_of_shared(plays));
        feeds_root.set(tick, old.is_none_or(|old| old.feeds != *feeds), || to_value(feeds));
        let is_moved = old.is_none_or(|old| !Arc::ptr_eq(&old.tracking, tracking));
        tracking_root.set(tick, is_moved, || lazy::part(tracking));
        let is_other_possession = old.is_none_or(|old| old.latest_possession != *latest_possession);
        latest_possession_root
            .set(tick, is_other_possession, || latest_possession.as_ref().map_or(Value::UNDEFINED, lazy::part));
        let is_other_pace = old.is_none_or(|old| old.catching_up != *catching_up);
        catching_up_root.set(tick, is_other_pace, || Value::from(*catching_up));
        let is_other_run = old.is_none_or(|old| old.run != *run);
        run_root.set(tick, is_other_run, || run.as_ref().map_or(Value::UNDEFINED, lazy::part));
        let is_other_play = old.is_none_or(|old| old.last_play != *last_play);
        last_play_root.set(tick, is_other_play, || last_play.as_ref().map_or(Value::UNDEFINED, lazy::part));
        let is_other_throw = old.is_none_or(|old| old.free_throw != *free_throw);
        free_throw_root.set(tick, is_other_throw, || free_throw.as_ref().map_or(Value::UNDEFINED, lazy::part));
        if self.roots.iter().any(|root| root.changed == tick) {
            self.shown = Some(snapshot.clone());
        }
    }
}

fn update_clock(root: &mut Root, tick: Tick, old: Option<&Clock>, clock: &Clock) {
    // Named one by one, so that a new field of the snapshot cannot be forgotten here.
    let Clock { period, game, shot, strength, stale, phase, phase_label, stoppage, countdown } = clock;
    let mut update = Update { root, tick, next: 0 };
    update.next("period", old.is_none_or(|old| old.period != *period), || to_value(period));
    update.next("game", old.is_none_or(|old| old.game != *game), || to_value(game));
    update.next("shot", old.is_none_or(|old| old.shot != *shot), || to_value(shot));
    update.next("strength", old.is_none_or(|old| old.strength != *strength), || to_value(strength));
    update.next("stale", old.is_none_or(|old| old.stale != *stale), || to_value(stale));
    update.next("phase", old.is_none_or(|old| old.phase != *phase), || to_value(phase));
    update.next("phase_label", old.is_none_or(|old| old.phase_label != *phase_label), || to_value(phase_label));
    update.next("stoppage", old.is_none_or(|old| old.stoppage != *stoppage), || to_value(stoppage));
    update.next("countdown", old.is_none_or(|old| old.countdown != *countdown), || to_value(countdown));
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
        starters,
        leaders,
        drought,
    } = team;
    let mut update = Update { root, tick, next: 0 };
    macro_rules! by_value {
        ($($part:ident),*) => {
            $(update.next(stringify!($part), old.is_none_or(|old| old.$part != *$part), || to_value($part));)*
        };
    }
    macro_rules! by_pointer {
        ($make:expr; $($part:ident),*) => {
            $(update.next(stringify!($part), old.is_none_or(|old| !Arc::ptr_eq(&old.$part, $part)), || $make($part));)*
        };
    }
    by_value!(id, name, market, code, score, fouls, bonus, timeouts, attacks, strength, skaters, empty_net);
    // Time left changes within the list, which is made anew for each view.
    by_value!(penalties, drought);
    by_pointer!(to_value; by_period, on_court, starters);
    by_pointer!(lazy::part; color, stats, zones, leaders);
    by_pointer!(lazy::list; players, shots, shot_locations, lineups, possession_sessions);
    root.join(tick);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::check::sample;

    fn changed(values: &GameValues, root: &str, attribute: &str) -> Tick {
        match source(root, Some(attribute)) {
            Some(Source::Game { root, attribute: Some(attribute) }) => values.changed(root, Some(attribute)),
            other => panic!("{root}.{attribute} is not told apart: {other:?}"),
        }
    }

    #[test]
    fn a_score_changes_the_team_but_none_of_its_other_parts() {
        let mut values = GameValues::default();
        let mut snapshot = GameSnapshot::default();
        snapshot.home.score = Some(10);
        values.update(1, &snapshot);
        snapshot.home.score = Some(12);
        values.update(2, &snapshot);
        let home = values.root("home").unwrap();
        assert_eq!((home.changed, changed(&values, "home", "score")), (2, 2));
        assert_eq!((changed(&values, "home", "players"), changed(&values, "home", "name")), (1, 1));
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

    #[test]
    fn the_names_of_the_game_are_those_of_its_json() {
        let mut values = GameValues::default();
        values.update(1, sample());
        let serde_json::Value::Object(json) = serde_json::to_value(sample()).expect("a snapshot is JSON") else {
            panic!("a snapshot is an object")
        };
        assert_eq!(json.len(), values.roots.len());
        for (name, json) in json {
            let root = values.root(&name).unwrap_or_else(|| panic!("{name} is no name of the game"));
            assert_eq!(root.value, crate::template::expr::value_of_json(json), "{name}");
        }
    }
}
