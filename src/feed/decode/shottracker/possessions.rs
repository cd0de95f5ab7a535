//! Possessions, their types, and line-ups.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::feed::decode::loose::Loose;
use crate::feed::decode::notes::Notes;
use crate::game::event::Event;
use crate::game::snapshot::{LatestPossession, Lineup, PossessionEvent, PossessionType, SessionPossessions, Shooting};
use crate::ids::{PlayerId, TeamId};

use super::{Sessions, ids, read_period, wire};

/// Figures of a possession or line-up that the vendor does not name: a page of them is plenty.
const MOST_FIGURES: usize = 64;

pub(super) fn read_possession(
    said: &wire::Possessions<'_>,
    sessions: &Sessions,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let possession = &said.possession;
    if !possession.is_said {
        notes.add("possessions: no possession", None);
        return;
    }
    let figures = &possession.stats;
    let event = |event: &wire::PossessionEvent<'_>| PossessionEvent {
        kind: event.kind.string(),
        player: event.player.text().map(PlayerId::new),
        at_millis: event.at.i64("possession.possessions.timestamp", &mut Notes::default()),
    };
    let period = possession.view.period.text().and_then(|token| read_period(&token, notes)).map(|period| period.label);
    events.push(Event::LatestPossession(Box::new(LatestPossession {
        team: possession.team.text().map(TeamId::new),
        side: None,
        state: said.state.string(),
        supervision: possession.supervision.string(),
        start_millis: possession.start.i64("possession.startTimestamp", notes),
        session: possession.session.string(),
        period: period.or_else(|| sessions.period(&possession.session)),
        lineup: ids(&possession.lineup).collect(),
        opponent_lineup: ids(&possession.opponent_lineup).collect(),
        events: possession.events.items.iter().map(event).collect(),
        points: figures.points.u32("possession.stats.points", notes),
        turnover: flag(&figures.turnover),
        shot_type: figures.shot_type.string(),
        ball_reversals: figures.ball_reversals.u32("possession.stats.ballReversals", notes),
        more: more(&figures.extra),
    })));
}

/// Whether there was one, told as true or as a count.
fn flag(value: &Loose<'_>) -> Option<bool> {
    match value {
        Loose::Bool(flag) => Some(*flag),
        Loose::Int(count) => Some(*count != 0),
        Loose::Float(count) => Some(*count != 0.0),
        Loose::Absent | Loose::Text(_) | Loose::Other => None,
    }
}

pub(super) fn read_possession_stats(
    said: &wire::PossessionStats<'_>,
    sessions: &Sessions,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let Some(team) = said.team.text().map(TeamId::new) else {
        notes.add("possessionstats: names no team", None);
        return;
    };
    let groups = said.summary.items.iter().filter_map(|group| Some((group.kind.string()?, group)));
    let by_possession_type = groups.map(|(kind, group)| (kind, possession_type(group, notes))).collect();
    let scope = said.scope.string();
    let session = said.session.string().filter(|_| scope.as_deref() != Some("GAME"));
    let period = session.is_some().then(|| sessions.period(&said.session)).flatten();
    let possessions = Box::new(SessionPossessions { session, period, scope, by_possession_type });
    events.push(Event::SessionPossessions { team, possessions });
}

fn possession_type(group: &wire::PossessionGroup<'_>, notes: &mut Notes) -> PossessionType {
    let pair = |made: &Loose<'_>, tried: &Loose<'_>, place, notes: &mut Notes| {
        made.u32(place, notes).zip(tried.u32(place, notes))
    };
    let two = pair(&group.two_made, &group.two_tried, "possessionstats 2PT", notes);
    let three = pair(&group.three_made, &group.three_tried, "possessionstats 3PT", notes);
    let all =
        two.zip(three).map(|(two, three)| Shooting::new(two.0.saturating_add(three.0), two.1.saturating_add(three.1)));
    PossessionType {
        fg: all,
        fg2: two.map(|(made, tried)| Shooting::new(made, tried)),
        fg3: three.map(|(made, tried)| Shooting::new(made, tried)),
        possessions: group.possessions.u32("possessionstats POSS", notes),
        points: group.points.u32("possessionstats PTS", notes),
        turnovers: group.turnovers.u32("possessionstats TO", notes),
        ppp: group.ppp.f64("possessionstats PPP", notes),
        possessions_pct: group.possessions_pct.f64("possessionstats POSS_PCT", notes),
        turnover_pct: group.turnover_pct.f64("possessionstats TO_PCT", notes),
        efg: group.efg.f64("possessionstats EFG", notes),
        arrow: None,
    }
}

pub(super) fn read_lineup(said: &wire::LineupStats<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
    let Some(team) = said.team.text().map(TeamId::new) else {
        notes.add("lineupstats: names no team", None);
        return;
    };
    let figures = &said.stats;
    let mut players: Vec<PlayerId> = ids(&said.players).collect();
    players.sort();
    let lineup = Lineup {
        players,
        session: said.session.string(),
        points_scored: figures.scored.i32("lineupstats TOTAL_POINTS_SCORED", notes),
        points_allowed: figures.allowed.i32("lineupstats TOTAL_POINTS_ALLOWED", notes),
        plus_minus: figures.plus_minus.i32("lineupstats PLUS_MINUS", notes),
        turnovers: figures.turnovers.u32("lineupstats TOTAL_TURNOVERS", notes),
        ppp: figures.ppp.f64("lineupstats PPP", notes),
        opponent_ppp: figures.opponent_ppp.f64("lineupstats OPPP", notes),
        fg_rate: figures.fg_rate.f64("lineupstats FG_RATE", notes),
        rebound_rate: figures.rebound_rate.f64("lineupstats REB_RATE", notes),
        more: more(&figures.extra),
    };
    events.push(Event::Lineup { team, lineup });
}

/// The line-ups of a summary; `None` when it has no list of them.
pub(super) fn lineups(row: &wire::Row<'_>, notes: &mut Notes) -> Option<Vec<Lineup>> {
    row.lineups.is_said.then(|| {
        let one = |lineup: &wire::SummaryLineup<'_>| {
            let mut players: Vec<PlayerId> = ids(&lineup.players).collect();
            players.sort();
            Lineup {
                players,
                points_scored: lineup.scored.i32("lineup_stats TOTAL_POINTS_SCORED", notes),
                points_allowed: lineup.allowed.i32("lineup_stats TOTAL_POINTS_ALLOWED", notes),
                plus_minus: lineup.plus_minus.i32("lineup_stats PLUS_MINUS", notes),
                more: more(&lineup.extra),
                ..Lineup::default()
            }
        };
        row.lineups.items.iter().map(one).collect()
    })
}

/// Numbers by the vendor's names; what is no number has no place here.
fn more(fields: &[(Cow<'_, str>, Loose<'_>)]) -> BTreeMap<String, f64> {
    let number = |value: &Loose<'_>| match value {
        Loose::Int(number) => Some(*number as f64),
        Loose::Float(number) => Some(*number),
        Loose::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Loose::Absent | Loose::Text(_) | Loose::Other => None,
    };
    let numbers = fields.iter().filter_map(|(name, value)| Some((name.to_string(), number(value)?)));
    numbers.take(MOST_FIGURES).collect()
}
