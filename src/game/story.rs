//! What the plays tell about the moment: runs, streaks, leaders, who is at the line, what is worth a headline.
//!
//! In: the merged plays, newest first, and the merged players of both sides. Out: a [`Story`], which depends on nothing else
//! and is made once for each change of these; what depends on the time besides (how old a play is, how long a timeout
//! lasts) is worked out from it for each view, in `standing`. Pure.

mod headline;
mod line;
mod people;
mod run;
pub(super) mod standing;

use std::sync::Arc;
use std::time::Duration;

use crate::ids::{PlayerId, Side};

use super::heard::Heard;
use super::snapshot::{FreeThrow, Game, LastPlay, Leaders, Play, Player, Run, Shot, Sport};
use super::view::Merge;

/// What the show file says of the game that no feed tells.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StoryRules {
    /// Points from which a stretch is a run.
    pub run_points: u32,
    /// The other side's points above which it is none.
    pub run_against: u32,
    /// Personal fouls with which a player is out; by the league when absent.
    pub foul_limit: Option<u32>,
    /// How long half-time usually lasts, and every other break.
    pub halftime: Option<Duration>,
    pub period_break: Option<Duration>,
}

impl Default for StoryRules {
    fn default() -> Self {
        Self { run_points: 8, run_against: 4, foul_limit: None, halftime: None, period_break: None }
    }
}

/// All that follows from plays and players alone.
#[derive(Clone, Debug)]
pub(super) struct Story {
    from: Inputs,
    pub(super) run: Option<Arc<Run>>,
    pub(super) free_throw: Option<Arc<FreeThrow>>,
    pub(super) players: [Arc<Vec<Player>>; 2],
    pub(super) leaders: [Arc<Leaders>; 2],
    /// Plays that are news and worth a headline, newest first, with their places in the list.
    headlines: Vec<(usize, LastPlay)>,
}

/// What a story was made from; equal pointers have equal contents.
#[derive(Clone, Debug)]
struct Inputs {
    plays: Arc<Vec<Arc<Play>>>,
    players: [Arc<Vec<Player>>; 2],
    starters: [Arc<Vec<PlayerId>>; 2],
    shots: [Arc<Vec<Shot>>; 2],
    codes: [Option<String>; 2],
    league: Option<String>,
    sport: Sport,
    rules: StoryRules,
}

impl Inputs {
    fn is(&self, other: &Inputs) -> bool {
        let same = |side: usize| {
            Arc::ptr_eq(&self.players[side], &other.players[side])
                && Arc::ptr_eq(&self.starters[side], &other.starters[side])
                && Arc::ptr_eq(&self.shots[side], &other.shots[side])
                && self.codes[side] == other.codes[side]
        };
        Arc::ptr_eq(&self.plays, &other.plays)
            && same(0)
            && same(1)
            && (self.sport, self.rules) == (other.sport, other.rules)
            && self.league == other.league
    }
}

impl Story {
    fn of(from: Inputs, known: Option<&Story>) -> Self {
        let run = run::current(&from.plays, from.sport, &from.rules).map(Arc::new);
        let free_throw = line::shooter(&from.plays, &from.players).map(Arc::new);
        let ejected = people::ejected(&from.plays);
        let mut players = from.players.clone();
        let mut leaders: [Arc<Leaders>; 2] = Default::default();
        for (side, place) in Side::BOTH.into_iter().zip(0..) {
            let streaks = people::streaks(side, &from.plays, &from.shots[place], &from.players[place]);
            let facts = people::Facts {
                streaks: &streaks,
                ejected: &ejected,
                starters: &from.starters[place],
                foul_limit: people::foul_limit(from.sport, from.league.as_deref(), &from.rules),
            };
            let told = people::told(&from.players[place], &facts);
            // Bindings look again only where something differs from what was given out before.
            players[place] = told.map_or_else(|| from.players[place].clone(), Arc::new);
            leaders[place] = Arc::new(people::leaders(&players[place]));
            if let Some(known) = known {
                share(&mut players[place], &known.players[place]);
                share(&mut leaders[place], &known.leaders[place]);
            }
        }
        let headlines = headline::all(&from.plays, &players, &from.codes, from.sport);
        Self { run, free_throw, players, leaders, headlines, from }
    }
}

fn share<T: PartialEq>(made: &mut Arc<T>, known: &Arc<T>) {
    if **made == **known {
        *made = known.clone();
    }
}

impl Merge<'_> {
    pub(super) fn story(&self, plays: &Arc<Vec<Arc<Play>>>, game: &Game, codes: [Option<String>; 2]) -> Arc<Story> {
        let empty = &self.state.empty;
        let by_side = |side: Side| {
            let starters = self.starters(side);
            let shots = self.part(super::Fact::Shots, side, |team| team.shots.as_ref(), &empty.shots);
            (self.squad(side).0, starters, shots)
        };
        let [home, away] = Side::BOTH.map(by_side);
        let from = Inputs {
            plays: plays.clone(),
            players: [home.0, away.0],
            starters: [home.1, away.1],
            shots: [home.2, away.2],
            codes,
            league: game.league.clone(),
            sport: game.sport,
            rules: self.rules.story,
        };
        let memo = &self.state.story;
        let known = memo.load_full();
        if let Some(known) = known.as_ref().filter(|known| known.from.is(&from)) {
            return known.clone();
        }
        let story = Arc::new(Story::of(from, known.as_deref()));
        memo.store(Some(story.clone()));
        story
    }

    /// The feed whose plays are shown.
    pub(super) fn plays_feed(&self) -> Option<&Heard> {
        self.pick(super::Fact::Plays, |heard| Some(heard).filter(|heard| !heard.plays.shared().is_empty()))
    }
}
