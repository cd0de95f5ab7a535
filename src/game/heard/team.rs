//! What one feed has said about one team, and how a newer word joins an older one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::game::event::{OnIce, StatLine, TeamFacts};
use crate::game::hockey::GivenPenalty;
use crate::game::snapshot::{
    End, Lineup, PeriodScore, Player, SessionPossessions, Shot, ShotLocation, Stats, Strength, Zones,
};
use crate::ids::{PlayId, PlayerId, Side};
use crate::time::Timestamp;

/// Lines whose versions are remembered. An older version of a line can only arrive shortly after a newer one.
const MOST_VERSIONS: usize = 64;

/// Players of a team that are kept: the longest roster of any league is a third of it. Further ones are left out.
const MOST_PLAYERS: usize = 200;

/// What a feed has said about one team. `None`: not spoken of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::game) struct TeamHeard {
    pub(in crate::game) side: Option<Side>,
    pub(in crate::game) facts: TeamFacts,
    pub(in crate::game) jersey: Option<String>,
    pub(in crate::game) score: Option<u32>,
    pub(in crate::game) fouls: Option<u32>,
    pub(in crate::game) bonus: Option<bool>,
    pub(in crate::game) timeouts: Option<u32>,
    pub(in crate::game) stats: Option<Arc<Stats>>,
    pub(in crate::game) zones: Option<Arc<Zones>>,
    pub(in crate::game) by_period: Option<Arc<Vec<PeriodScore>>>,
    pub(in crate::game) players: Option<Arc<Vec<Player>>>,
    pub(in crate::game) on_court: Option<Arc<Vec<PlayerId>>>,
    pub(in crate::game) shots: Option<Arc<Vec<Shot>>>,
    pub(in crate::game) attacks: Option<End>,
    /// And from when on, by the vendor's clock.
    pub(in crate::game) strength: Option<(Strength, Option<Timestamp>)>,
    pub(in crate::game) skaters: Option<u8>,
    pub(in crate::game) goalkeeper: Option<bool>,
    /// Who was in the penalty box after the play of this sequence.
    pub(in crate::game) in_box: Option<(i64, Vec<PlayerId>)>,
    pub(in crate::game) penalties: Option<Arc<Vec<GivenPenalty>>>,
    pub(in crate::game) shot_locations: Option<Arc<Vec<ShotLocation>>>,
    pub(in crate::game) lineups: Option<Arc<Vec<Lineup>>>,
    pub(in crate::game) possession_sessions: Option<Arc<Vec<SessionPossessions>>>,
    /// Who was on the court before the first tip.
    #[serde(default)]
    pub(in crate::game) starters: Option<Arc<Vec<PlayerId>>>,
    pub(super) versions: Vec<(PlayId, Option<PlayerId>, i64)>,
    /// Of each player, or of the team: the latest moment that a line told of.
    #[serde(default)]
    pub(in crate::game) lines_of: Vec<(Option<PlayerId>, Timestamp)>,
    /// Of whom lines of the present have been told on this connection.
    #[serde(default)]
    pub(in crate::game) streamed: Vec<Option<PlayerId>>,
}

impl TeamHeard {
    /// Takes a strength, unless one from a later moment is known: a clock message carries along a play of before.
    pub(super) fn take_strength(&mut self, strength: Strength, at: Option<Timestamp>) {
        let known_at = self.strength.and_then(|(_, at)| at);
        if at.zip(known_at).is_none_or(|(at, known)| at >= known) {
            self.strength = Some((strength, at.or(known_at)));
        }
    }

    pub(super) fn take_line_up(&mut self, said: &OnIce) {
        self.skaters = said.skaters.or(self.skaters);
        self.goalkeeper = said.goalkeeper.or(self.goalkeeper);
        if let Some(players) = &said.in_box {
            self.in_box = Some((said.sequence, players.clone()));
        }
    }

    /// Takes the values that a play left a player or the team with; `is_present`: and not told as the past. Whether there was
    /// room for them.
    pub(super) fn take_line(&mut self, line: &StatLine, is_present: bool) -> bool {
        if line.player.as_ref().is_some_and(|id| !self.has_room_for(id)) {
            return false;
        }
        if !self.is_news(line) {
            return true;
        }
        if is_present && !self.streamed.contains(&line.player) {
            self.streamed.push(line.player.clone());
        }
        self.note_line(line.player.as_ref(), line.happened_at);
        self.score = line.team_points.or(self.score);
        let Some(id) = &line.player else {
            let stats = self.stats.get_or_insert_default();
            merge(Arc::make_mut(stats), &line.stats);
            return true;
        };
        let players = Arc::make_mut(self.players.get_or_insert_default());
        match players.iter_mut().find(|player| player.id.as_ref() == Some(id)) {
            Some(player) => merge(&mut player.stats, &line.stats),
            None => {
                let stats = line.stats.as_ref().clone();
                players.push(Player { id: Some(id.clone()), stats, ..Player::default() });
            }
        }
        true
    }

    /// Whether a player is known, or can be added.
    pub(in crate::game) fn has_room_for(&self, id: &PlayerId) -> bool {
        let players = self.players.as_deref().map_or(&[][..], Vec::as_slice);
        players.len() < MOST_PLAYERS || players.iter().any(|player| player.id.as_ref() == Some(id))
    }

    fn is_news(&mut self, line: &StatLine) -> bool {
        let (Some(play), Some(version)) = (&line.play, line.version) else { return true };
        match self.versions.iter_mut().find(|(known, player, _)| known == play && *player == line.player) {
            Some((_, _, known)) if version < *known => return false,
            Some((_, _, known)) => *known = version,
            None => {
                if self.versions.len() == MOST_VERSIONS {
                    self.versions.remove(0);
                }
                self.versions.push((play.clone(), line.player.clone(), version));
            }
        }
        true
    }

    /// Adds players to those that are known, or replaces what is known of them; whether there was room for all.
    pub(super) fn add_players(&mut self, said: &[Player]) -> bool {
        let mut has_room = true;
        let players = Arc::make_mut(self.players.get_or_insert_default());
        for player in said {
            let is_full = players.len() >= MOST_PLAYERS;
            let is_same = |known: &Player| match (&known.id, &player.id) {
                (Some(known), Some(said)) => known == said,
                _ => known.number == player.number && known.last_name == player.last_name,
            };
            match players.iter_mut().find(|known| is_same(known)) {
                Some(known) => {
                    let stats = std::mem::take(&mut known.stats);
                    *known = Player { stats, ..player.clone() };
                }
                None if is_full => has_room = false,
                None => players.push(player.clone()),
            }
        }
        players.sort_by_cached_key(number_order);
        has_room
    }
}

/// "0" before "00" before "1"; without a number last.
pub(in crate::game) fn number_order(player: &Player) -> (u32, usize, Option<String>) {
    let number = player.number.as_deref().unwrap_or_default();
    (number.parse().unwrap_or(u32::MAX), number.len(), player.last_name.clone())
}

/// Overwrites what the newer statistics say and leaves the rest.
pub(in crate::game) fn merge(known: &mut Stats, said: &Stats) {
    macro_rules! take {
        ($($field:ident),*) => { $(if said.$field.is_some() { known.$field.clone_from(&said.$field); })* };
    }
    take!(points, fg, fg2, fg3, ft, assists, steals, blocks, fouls, fouls_drawn, plus_minus, points_in_paint);
    take!(second_chance_points, points_off_turnovers, assist_to_turnover, distance_m);
    if let Some(said) = &said.rebounds {
        let rebounds = known.rebounds.get_or_insert_default();
        rebounds.total = said.total.or(rebounds.total);
        rebounds.offensive = said.offensive.or(rebounds.offensive);
        rebounds.defensive = said.defensive.or(rebounds.defensive);
    }
    if let Some(said) = &said.turnovers {
        let turnovers = known.turnovers.get_or_insert_default();
        turnovers.total = said.total.or(turnovers.total);
        turnovers.live = said.live.or(turnovers.live);
        turnovers.dead = said.dead.or(turnovers.dead);
    }
    for (name, kind) in &said.by_possession_type {
        known.by_possession_type.insert(name.clone(), kind.clone());
    }
}
