//! What only hockey has: marks to count, strength, line-ups on the ice and in the penalty box.

use crate::feed::decode::notes::Notes;
use crate::game::event::{Event, Mark, MarkKind, OnIce};
use crate::game::snapshot::Strength;
use crate::ids::{PlayerId, Side, TeamId};

use super::{Teams, wire, words};

/// Event types of the vendor's pages and changes; others are taken all the same, and noted.
pub(super) const EVENT_TYPES: [&str; 33] = [
    "awardedemptynetgoal",
    "awardedgoal",
    "challenge",
    "emptynetgoal",
    "endperiod",
    "endshootoutperiod",
    "evenstrength",
    "faceoff",
    "gamesetup",
    "giveaway",
    "goal",
    "goaliechange",
    "hit",
    "owngoal",
    "penalty",
    "penaltygoal",
    "penaltyshotfailed",
    "penaltyshotmissed",
    "penaltyshotsaved",
    "powerplay",
    "shootoutgoal",
    "shootoutshotfailed",
    "shootoutshotmissed",
    "shootoutshotsaved",
    "shotmissed",
    "shotsaved",
    "startshootoutperiod",
    "stoppage",
    "substitution",
    "substitutions",
    "takeaway",
    "teamtimeout",
    "tvtimeout",
];

/// Goals that count; one of a shoot-out does not.
const GOALS: [&str; 6] = ["goal", "emptynetgoal", "owngoal", "awardedgoal", "awardedemptynetgoal", "penaltygoal"];

/// Players of a team on the ice, goalkeeper included: three skaters at least, and six with an attacker in his place.
const ON_ICE: std::ops::RangeInclusive<usize> = 4..=6;

/// Whether the event type is a goal of the game's score.
pub(super) fn goal(kind: &str) -> bool {
    GOALS.contains(&kind)
}

/// What the play counts for.
pub(super) fn marks(kind: &str, event: &wire::Event<'_>, notes: &mut Notes) -> Vec<Mark> {
    let attributed_to = event.attribution.id.text().map(TeamId::new);
    let mut marks = Vec::new();
    for statistic in &event.statistics.items {
        let team = statistic.team.id.text().map(TeamId::new).or_else(|| attributed_to.clone());
        let Some(team) = team else { continue };
        if let Some(kind) = mark(statistic, event, notes) {
            marks.push(Mark { team, player: statistic.player.id.text().map(PlayerId::new), kind });
        }
    }
    let implied = implied(kind, event, &marks, notes);
    marks.extend(attributed_to.zip(implied).map(|(team, kind)| Mark { team, player: None, kind }));
    marks
}

fn mark(statistic: &wire::Statistic<'_>, event: &wire::Event<'_>, notes: &mut Notes) -> Option<MarkKind> {
    // A shoot-out decides the game and counts for nobody.
    if statistic.shootout.bool("statistics.shootout", notes) == Some(true) {
        return None;
    }
    Some(match statistic.kind.text()?.as_ref() {
        "shot" => {
            let strength = words::strength(&statistic.strength, notes);
            let strength = strength.or_else(|| words::strength(&event.strength, notes));
            MarkKind::Shot {
                goal: statistic.goal.bool("statistics.goal", notes).unwrap_or(false),
                power_play: strength == Some(Strength::PowerPlay),
            }
        }
        "shotagainst" => {
            let goal = statistic.goal.bool("statistics.goal", notes).unwrap_or(false);
            let saved = statistic.saved.bool("statistics.saved", notes).unwrap_or(!goal);
            return (saved && !goal).then_some(MarkKind::Save);
        }
        "assist" => MarkKind::Assist,
        "block" => MarkKind::Block,
        "hit" => MarkKind::Hit,
        "giveaway" => MarkKind::Giveaway,
        "takeaway" => MarkKind::Takeaway,
        "faceoff" => MarkKind::Faceoff { won: statistic.win.bool("statistics.win", notes).unwrap_or(false) },
        "penalty" => penalty(statistic, event, notes)?,
        "penaltyserved" => MarkKind::Serves,
        _ => return None,
    })
}

fn penalty(statistic: &wire::Statistic<'_>, event: &wire::Event<'_>, notes: &mut Notes) -> Option<MarkKind> {
    let minutes = statistic.minutes.u32("statistics.minutes", notes);
    let minutes = minutes.or_else(|| event.details.duration.u32("details.duration", notes))?;
    Some(MarkKind::Penalty {
        minutes,
        severity: statistic.severity.string(),
        infraction: event.details.penalty_type.string(),
    })
}

/// What the event type alone says: the first message of a play often comes without statistics, and a bench penalty may
/// have none.
fn implied(kind: &str, event: &wire::Event<'_>, marks: &[Mark], notes: &mut Notes) -> Option<MarkKind> {
    let has_shot = || marks.iter().any(|mark| matches!(mark.kind, MarkKind::Shot { .. }));
    let has_penalty = || marks.iter().any(|mark| matches!(mark.kind, MarkKind::Penalty { .. }));
    if goal(kind) && !has_shot() {
        let power_play = words::strength(&event.strength, notes) == Some(Strength::PowerPlay);
        return Some(MarkKind::Shot { goal: true, power_play });
    }
    if kind == "penalty" && !has_penalty() {
        return penalty(&wire::Statistic::default(), event, notes);
    }
    None
}

/// Line-ups, box and strength after the play; of the game's latest play only.
pub(super) fn line_ups(event: &wire::Event<'_>, teams: &Teams, notes: &mut Notes, events: &mut Vec<Event>) {
    let sequence = words::sequence(event).unwrap_or(i64::MIN);
    let of = |list: &'_ [wire::OnIce<'_>], side: Side| {
        let is = |entry: &&wire::OnIce<'_>| entry.team.id.text().is_some_and(|id| teams.side(&id) == Some(side));
        list.iter().position(|entry| is(&entry))
    };
    let mut totals = [None; 2];
    for (index, side) in Side::BOTH.into_iter().enumerate() {
        let ice = of(&event.on_ice.items, side).map(|at| &event.on_ice.items[at].team.players.items);
        let in_box = of(&event.in_penalty.items, side).map(|at| ids(&event.in_penalty.items[at].team.players.items));
        // Where line-ups are told, a missing box is an empty one.
        let in_box = in_box.or_else(|| event.on_ice.is_said.then(Vec::new));
        let mut line_up = OnIce { side, sequence, skaters: None, goalkeeper: None, in_box };
        if let Some(players) = ice.filter(|players| !players.is_empty()) {
            events.push(Event::OnCourt { side, players: ids(players), is_start: None });
            totals[index] = Some(players.len());
            if players.iter().any(|player| player.position.is_said() || player.primary_position.is_said()) {
                let keepers = players.iter().filter(|player| is_keeper(player)).count();
                line_up.skaters = u8::try_from(players.len() - keepers).ok();
                line_up.goalkeeper = Some(keepers > 0);
            }
        }
        if line_up.skaters.is_some() || line_up.in_box.is_some() {
            events.push(Event::OnIce(line_up));
        }
    }
    if let Some((side, strength)) = strength(event, teams, totals, notes) {
        let happened_at = words::instant(&event.wall_clock, "event.wall_clock", notes);
        let at = happened_at.or_else(|| words::instant(&event.updated, "event.updated", notes));
        events.push(Event::Strength { side, strength, at });
        events.push(Event::Strength { side: side.other(), strength: strength.other(), at });
    }
}

/// The strength that the message states; else the one that follows from how many are on the ice, goalkeepers included: an
/// attacker in the goalkeeper's place is no power play.
fn strength(
    event: &wire::Event<'_>,
    teams: &Teams,
    totals: [Option<usize>; 2],
    notes: &mut Notes,
) -> Option<(Side, Strength)> {
    if event.kind.text().as_deref() == Some("evenstrength") {
        return Some((Side::Home, Strength::Even));
    }
    let side = event.attribution.id.text().and_then(|team| teams.side(&team));
    if let Some(stated) = side.zip(words::strength(&event.strength, notes)) {
        return Some(stated);
    }
    let [Some(home), Some(away)] = totals else { return None };
    if !ON_ICE.contains(&home) || !ON_ICE.contains(&away) {
        return None;
    }
    let strength = match home.cmp(&away) {
        std::cmp::Ordering::Less => Strength::ShortHanded,
        std::cmp::Ordering::Equal => Strength::Even,
        std::cmp::Ordering::Greater => Strength::PowerPlay,
    };
    Some((Side::Home, strength))
}

fn is_keeper(player: &wire::Player<'_>) -> bool {
    [&player.position, &player.primary_position].into_iter().any(|position| position.text().as_deref() == Some("G"))
}

fn ids(players: &[wire::Player<'_>]) -> Vec<PlayerId> {
    players.iter().filter_map(|player| player.id.text().map(PlayerId::new)).collect()
}
