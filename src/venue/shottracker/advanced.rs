//! The sources of possessions, their sums, and line-ups: the vendor's "advanced" statistics, from the same deeds as the box
//! score.
//!
//! In: a course and how much of it has been told. Out: the vendor's objects. Pure. Sums are those of the session (the
//! period) that the message names; the game's are their sum.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::log::session_id;
use crate::ids::Side;
use crate::venue::course::{Course, Lineup};
use crate::venue::possessions::{Kind, Possession, Sum};
use crate::venue::script::{Fact, Play, Who, period_label, side_index};

/// `possessions`.
#[derive(Serialize)]
pub struct PossessionNews {
    pub state: &'static str,
    pub possession: PossessionBody,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PossessionBody {
    pub supervision: &'static str,
    pub start_timestamp: i64,
    pub team_id: String,
    pub session_id: String,
    pub game_id: String,
    pub lineup_players: Vec<String>,
    pub opponent_lineup_players: Vec<String>,
    pub possessions: Vec<PossessionEvent>,
    pub stats: PossessionSums,
    pub response_view: ResponseView,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PossessionEvent {
    pub possession_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub player_id: Option<String>,
    pub timestamp: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PossessionSums {
    pub turnover: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shot_type: Option<&'static str>,
    pub points: i32,
    /// Nothing in a script tells them: they take tracking.
    pub ball_reversals: u32,
    pub paint_touches: u32,
}

#[derive(Serialize)]
pub struct ResponseView {
    pub possessions: Vec<&'static str>,
    pub period: String,
    pub events: Vec<PossessionEvent>,
}

/// A possession after the first `told` facts; `at` gives the wall clock of milliseconds since tip-off.
pub fn possession(
    course: &Course,
    possession: &Possession,
    told: usize,
    deleted: bool,
    at: impl Fn(u64) -> i64,
) -> PossessionNews {
    let facts = possession.facts.start..possession.facts.end.min(told);
    let on_court = &course.situation(facts.end.saturating_sub(1)).on_court;
    let players =
        |side: Side| on_court[side_index(side)].iter().map(move |index| player(course, side, *index)).collect();
    let events: Vec<PossessionEvent> = facts
        .clone()
        .flat_map(|index| course.deeds[index].iter().map(move |deed| (index, deed)))
        .filter(|(_, deed)| deed.actor.side == possession.side)
        .map(|(index, deed)| PossessionEvent {
            possession_type: deed.classification,
            player_id: deed.actor.player.map(|index| player(course, deed.actor.side, index)),
            timestamp: at(course.facts()[index].at_ms),
        })
        .collect();
    let sum = possession.sum(&course.deeds, told);
    let last_shot = course.facts()[facts].iter().rev().find_map(|fact| shot_type(fact, possession.side));
    PossessionNews {
        state: if deleted { "DELETED" } else { "SAVED" },
        possession: PossessionBody {
            supervision: "SYSTEM",
            start_timestamp: at(possession.start_ms),
            team_id: course.script.team(possession.side).shottracker.to_string(),
            session_id: session_id(course, possession.period),
            game_id: course.script.game.shottracker.clone(),
            lineup_players: players(possession.side),
            opponent_lineup_players: players(possession.side.other()),
            possessions: events.clone(),
            stats: PossessionSums {
                turnover: sum.turnovers > 0,
                shot_type: last_shot,
                points: sum.points,
                ball_reversals: 0,
                paint_touches: u32::from(possession.kind == Kind::PaintTouch),
            },
            response_view: ResponseView {
                possessions: vec![possession.kind.name()],
                period: period_label(possession.period),
                events,
            },
        },
    }
}

fn player(course: &Course, side: Side, index: usize) -> String {
    course.script.player(Who { side, index }).id.to_string()
}

fn shot_type(fact: &Fact, side: Side) -> Option<&'static str> {
    match &fact.play {
        Play::Shot(shot) if shot.by.side == side => Some(if shot.three { "THREE_POINT" } else { "TWO_POINT" }),
        _ => None,
    }
}

/// `possessionstats`.
#[derive(Serialize)]
pub struct PossessionStats {
    pub t: i64,
    pub scope: &'static str,
    pub gid: String,
    pub sid: String,
    pub st: &'static str,
    pub tid: String,
    pub summary: Vec<Map<String, Value>>,
}

/// A side's possessions of a period by type, after the first `told` facts.
pub fn possession_stats(course: &Course, side: Side, period: u8, told: usize, t: i64) -> PossessionStats {
    let sum = |kind| course.possession_sum(side, kind, &(period..=period), told);
    let all = sum(None);
    let kinds = Kind::ALL.into_iter().map(|kind| (kind.name(), sum(Some(kind))));
    let groups = std::iter::once(("OVERALL", all)).chain(kinds.filter(|(_, sum)| sum.possessions > 0));
    PossessionStats {
        t,
        scope: "SESSION",
        gid: course.script.game.shottracker.clone(),
        sid: session_id(course, period),
        st: "GAME_ROUND",
        tid: course.script.team(side).shottracker.to_string(),
        summary: groups.map(|(name, sum)| group(name, &sum, &all)).collect(),
    }
}

fn group(name: &str, sum: &Sum, all: &Sum) -> Map<String, Value> {
    let tried = sum.two_tried + sum.three_tried;
    // A three counts as one and a half field goals.
    let effective = if tried == 0 {
        0.0
    } else {
        let made = f64::from(sum.two_made) + 1.5 * f64::from(sum.three_made);
        (made / f64::from(tried) * 1000.0).round() / 10.0
    };
    let object = json!({
        "type": name,
        "POSS": sum.possessions,
        "POSS_PCT": share(sum.possessions, all.possessions),
        "PTS": sum.points,
        "PPP": rate(sum.points, sum.possessions),
        "2PTM": sum.two_made,
        "2PTA": sum.two_tried,
        "2PT_PCT": share(sum.two_made, sum.two_tried),
        "3PTM": sum.three_made,
        "3PTA": sum.three_tried,
        "3PT_PCT": share(sum.three_made, sum.three_tried),
        "TO": sum.turnovers,
        "TO_PCT": share(sum.turnovers, sum.possessions),
        "EFG": effective,
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Per cent with one decimal; 0 where there is nothing to divide by.
fn share(part: i32, of: i32) -> f64 {
    if of == 0 { 0.0 } else { (f64::from(part) / f64::from(of) * 1000.0).round() / 10.0 }
}

/// Per possession, in hundredths; 0 without possessions.
fn rate(part: i32, possessions: i32) -> f64 {
    (f64::from(part) / f64::from(possessions.max(1)) * 100.0).round() / 100.0
}

/// `lineupstats`.
#[derive(Serialize)]
pub struct LineupStats {
    pub tid: String,
    pub sid: String,
    pub gid: String,
    pub stats: Value,
    pub players: Vec<String>,
}

/// The sums of five players over a period.
pub fn lineup_stats(course: &Course, side: Side, period: u8, five: &[usize], sum: &Lineup) -> LineupStats {
    LineupStats {
        tid: course.script.team(side).shottracker.to_string(),
        sid: session_id(course, period),
        gid: course.script.game.shottracker.clone(),
        stats: json!({
            "FG_RATE": share(sum.fg_made, sum.fg_tried),
            "REB_RATE": share(sum.rebounds, sum.rebounds + sum.rebounds_allowed),
            "TOTAL_POINTS_SCORED": sum.scored,
            "TOTAL_POINTS_ALLOWED": sum.allowed,
            "TOTAL_TURNOVERS": sum.turnovers,
            "TOTAL_POSSESSIONS": sum.possessions,
            "PPP": rate(sum.scored as i32, sum.possessions),
            "OPPP": rate(sum.allowed as i32, sum.possessions_allowed),
            "PLUS_MINUS": sum.scored as i32 - sum.allowed as i32,
        }),
        players: five.iter().map(|index| player(course, side, *index)).collect(),
    }
}
