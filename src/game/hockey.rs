//! What the plays of a hockey game add up to: totals of players and teams, and the penalties that are being served.
//!
//! In: the plays with their [`Mark`]s, the game clock. Out: statistics, and penalties with their time left. No vendor sends
//! either of them live, so they are counted; totals only by a caller who knows that no play is missing. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{PlayerId, TeamId};

use super::clock;
use super::event::{Mark, MarkKind};
use super::plays::Plays;
use super::snapshot::{Clock, Faceoffs, Penalty, Period, PeriodKind, Play, Player, PowerPlay, Stats};

/// Periods of regulation time, and their length.
const REGULATION: u8 = 3;
const PERIOD_MILLIS: u32 = 20 * 60 * 1_000;
/// An overtime of the regular season; in the play-offs they are as long as periods.
const SHORT_OVERTIME_MILLIS: u32 = 5 * 60 * 1_000;

/// A penalty as it was given.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct GivenPenalty {
    sequence: i64,
    period: Option<Period>,
    /// The game clock at that time.
    at_millis: Option<u32>,
    /// Whoever else sits in the box for it.
    server: Option<PlayerId>,
    /// Without time left.
    penalty: Penalty,
}

/// Every team's penalties in the order in which they were given. A team whose last penalty was deleted has an empty list.
pub(super) fn penalties(plays: &Plays) -> BTreeMap<TeamId, Vec<GivenPenalty>> {
    let mut all: BTreeMap<TeamId, Vec<GivenPenalty>> = BTreeMap::new();
    for (sequence, play, marks) in plays.marked() {
        for mark in marks {
            let given = all.entry(mark.team.clone()).or_default();
            if let MarkKind::Penalty { minutes, severity, infraction } = &mark.kind {
                let penalty = penalty(play, mark, *minutes, severity, infraction);
                let server = marks.iter().find(|other| other.kind == MarkKind::Serves && other.team == mark.team);
                given.push(GivenPenalty {
                    sequence,
                    period: play.period.clone(),
                    at_millis: play.clock_millis,
                    server: server.and_then(|mark| mark.player.clone()),
                    penalty,
                });
            }
        }
    }
    all
}

fn penalty(play: &Play, mark: &Mark, minutes: u32, severity: &Option<String>, infraction: &Option<String>) -> Penalty {
    let role = play.players.iter().find(|role| role.id.is_some() && role.id == mark.player);
    Penalty {
        player: mark.player.clone(),
        name: role.and_then(|role| role.name.clone()),
        number: role.and_then(|role| role.number.clone()),
        minutes: Some(minutes),
        severity: severity.clone(),
        infraction: infraction.clone(),
        left: None,
    }
}

/// The game clock as penalties run by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct IceClock {
    /// 1 to 3, and on through overtimes.
    period: Option<u8>,
    millis: Option<u32>,
    /// Of the current period; `None` for an overtime whose start nobody saw.
    length_millis: Option<u32>,
}

impl IceClock {
    /// `highest_millis` is the highest reading of the current period.
    pub(super) fn of(clock: &Clock, highest_millis: Option<u32>) -> Self {
        let period = clock.period.as_ref().and_then(running_number);
        let length_millis = match (period, highest_millis) {
            (Some(number), _) if number <= REGULATION => Some(PERIOD_MILLIS),
            (_, Some(highest)) if highest > SHORT_OVERTIME_MILLIS => Some(PERIOD_MILLIS),
            (_, Some(SHORT_OVERTIME_MILLIS)) => Some(SHORT_OVERTIME_MILLIS),
            _ => None,
        };
        Self { period, millis: clock.game.as_ref().map(|game| game.millis), length_millis }
    }

    /// Playing time since the clock showed `from_millis` in `from`.
    fn since(&self, from: &Period, from_millis: u32) -> Option<u32> {
        let (from, now, millis) = (running_number(from)?, self.period?, self.millis?);
        if from >= now {
            // A clock that was put back gives time back, but not more than there was.
            return Some(if from == now { from_millis.saturating_sub(millis) } else { 0 });
        }
        let between = u32::from(now - from - 1) * PERIOD_MILLIS;
        Some(from_millis + between + self.length_millis?.saturating_sub(millis))
    }
}

/// Periods and overtimes counted in one row.
fn running_number(period: &Period) -> Option<u8> {
    match period.kind {
        PeriodKind::Period => Some(period.number),
        PeriodKind::Overtime => period.number.checked_add(REGULATION),
        _ => None,
    }
}

/// Those of `given` that are still being served, the first to end first.
///
/// A penalty is over when its time is, or when a later play's box (`in_box`, with that play's sequence) has neither the
/// player nor whoever serves for him: a goal let him out. Where time cannot be told, the box alone decides.
pub(super) fn served(given: &[GivenPenalty], in_box: Option<&(i64, Vec<PlayerId>)>, clock: &IceClock) -> Vec<Penalty> {
    let mut served: Vec<Penalty> = given.iter().filter_map(|given| given.served(in_box, clock)).collect();
    served.sort_by_key(|penalty| penalty.left.as_ref().map_or(u32::MAX, |left| left.millis));
    served
}

/// Whoever sits in the box for a penalty that nobody told, because it was given before the feed was joined: who it is, and
/// nothing that would have to be guessed.
pub(super) fn unexplained(
    given: &[GivenPenalty],
    in_box: Option<&(i64, Vec<PlayerId>)>,
    known: &[Player],
) -> Vec<Penalty> {
    let is_told = |id: &PlayerId| {
        given.iter().any(|given| given.penalty.player.as_ref() == Some(id) || given.server.as_ref() == Some(id))
    };
    let sits = |id: &PlayerId| {
        let player = known.iter().find(|player| player.id.as_ref() == Some(id));
        let name = |player: &Player| {
            let parts = [player.first_name.as_deref(), player.last_name.as_deref()];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
        };
        Penalty {
            player: Some(id.clone()),
            name: player.and_then(name),
            number: player.and_then(|player| player.number.clone()),
            ..Penalty::default()
        }
    };
    in_box.iter().flat_map(|(_, players)| players).filter(|id| !is_told(id)).map(sits).collect()
}

impl GivenPenalty {
    fn served(&self, in_box: Option<&(i64, Vec<PlayerId>)>, clock: &IceClock) -> Option<Penalty> {
        let sits = |players: &Vec<PlayerId>| {
            let sits = |player: &Option<PlayerId>| player.as_ref().is_some_and(|player| players.contains(player));
            sits(&self.penalty.player) || sits(&self.server)
        };
        let is_known = self.penalty.player.is_some() || self.server.is_some();
        let later_box = in_box.filter(|(sequence, _)| *sequence > self.sequence && is_known);
        if later_box.is_some_and(|(_, players)| !sits(players)) {
            return None;
        }
        let length = self.penalty.minutes?.checked_mul(60_000)?;
        let elapsed = self.period.as_ref().zip(self.at_millis).and_then(|(period, millis)| clock.since(period, millis));
        let left = match elapsed {
            Some(elapsed) => Some(length.checked_sub(elapsed).filter(|left| *left > 0)?),
            None => {
                later_box?;
                None
            }
        };
        Some(Penalty { left: left.map(clock::show_penalty), ..self.penalty.clone() })
    }
}

/// Counts of every player and team.
#[derive(Debug, Default)]
pub(super) struct Totals {
    teams: BTreeMap<TeamId, Count>,
    players: BTreeMap<(TeamId, PlayerId), Count>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    goals: u32,
    power_play_goals: u32,
    shots: u32,
    assists: u32,
    saves: u32,
    blocks: u32,
    hits: u32,
    giveaways: u32,
    takeaways: u32,
    faceoffs: Faceoffs,
    penalty_minutes: u32,
}

impl Totals {
    pub(super) fn of(plays: &Plays) -> Self {
        let mut totals = Self::default();
        for mark in plays.marked().flat_map(|(_, _, marks)| marks) {
            totals.teams.entry(mark.team.clone()).or_default().add(&mark.kind);
            if let Some(player) = &mark.player {
                totals.players.entry((mark.team.clone(), player.clone())).or_default().add(&mark.kind);
            }
        }
        totals
    }

    /// A team's statistics with the counted ones in place of what `known` has.
    pub(super) fn team(&self, team: &TeamId, known: Option<&Stats>) -> Stats {
        let count = self.teams.get(team).copied().unwrap_or_default();
        let stats = known.cloned().unwrap_or_default();
        Stats { saves: Some(count.saves), ..count.into_stats(stats) }
    }

    /// The same for the players `known`, with whoever else has something counted behind them.
    pub(super) fn players(&self, team: &TeamId, known: &[Player]) -> Vec<Player> {
        let mut players: Vec<Player> = known.to_vec();
        for (_, id) in self.players.keys().filter(|(of, _)| of == team) {
            if !players.iter().any(|player| player.id.as_ref() == Some(id)) {
                players.push(Player { id: Some(id.clone()), ..Player::default() });
            }
        }
        for player in &mut players {
            let Some(id) = player.id.clone() else { continue };
            let count = self.players.get(&(team.clone(), id)).copied().unwrap_or_default();
            let stats = count.into_stats(std::mem::take(&mut player.stats));
            let is_keeper = count.saves > 0 || player.position.as_deref() == Some("G");
            player.stats =
                Stats { points: Some(count.goals + count.assists), saves: is_keeper.then_some(count.saves), ..stats };
        }
        players
    }
}

impl Count {
    fn add(&mut self, kind: &MarkKind) {
        match kind {
            MarkKind::Shot { goal, power_play } => {
                self.shots += 1;
                self.goals += u32::from(*goal);
                self.power_play_goals += u32::from(*goal && *power_play);
            }
            MarkKind::Assist => self.assists += 1,
            MarkKind::Save => self.saves += 1,
            MarkKind::Block => self.blocks += 1,
            MarkKind::Hit => self.hits += 1,
            MarkKind::Giveaway => self.giveaways += 1,
            MarkKind::Takeaway => self.takeaways += 1,
            MarkKind::Faceoff { won: true } => self.faceoffs.won += 1,
            MarkKind::Faceoff { won: false } => self.faceoffs.lost += 1,
            MarkKind::Penalty { minutes, .. } => self.penalty_minutes = self.penalty_minutes.saturating_add(*minutes),
            MarkKind::Serves => {}
        }
    }

    fn into_stats(self, stats: Stats) -> Stats {
        Stats {
            goals: Some(self.goals),
            shots_on_goal: Some(self.shots),
            assists: Some(self.assists),
            blocks: Some(self.blocks),
            hits: Some(self.hits),
            giveaways: Some(self.giveaways),
            takeaways: Some(self.takeaways),
            faceoffs: Some(self.faceoffs),
            // How many advantages there were does not follow from penalties alone: some cancel each other.
            power_play: Some(PowerPlay { goals: Some(self.power_play_goals), opportunities: None }),
            penalty_minutes: Some(self.penalty_minutes),
            ..stats
        }
    }
}
