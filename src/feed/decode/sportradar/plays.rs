//! One play of a message: what happened, who took part, where.

use crate::feed::decode::notes::Notes;
use crate::game::event::PlayUpdate;
use crate::game::snapshot::{Period, Play, PlayRole, Score};
use crate::ids::{PlayId, PlayerId, TeamId};

use super::{Teams, instant, wire};

/// Court of the vendor's coordinates, in inches: x from the left baseline as television sees it, y from the far side
/// line down to the near one. Centres of the baskets: (63, 300) and (1065, 300).
const COURT_LENGTH_IN: f64 = 1128.0;
const COURT_WIDTH_IN: f64 = 600.0;
const HOOP_FROM_BASELINE_IN: f64 = 63.0;
const MM_PER_IN: f64 = 25.4;

/// Documented event types; others are taken all the same, and noted.
const EVENT_TYPES: [&str; 38] = [
    "challengereview",
    "challengetimeout",
    "clearpathfoul",
    "deadball",
    "defaultviolation",
    "defensivegoaltending",
    "delay",
    "doublelane",
    "ejection",
    "endperiod",
    "flagrantone",
    "flagranttwo",
    "freethrowmade",
    "freethrowmiss",
    "jumpball",
    "jumpballviolation",
    "kickball",
    "lane",
    "lineupchange",
    "offensivefoul",
    "officialtimeout",
    "openinbound",
    "opentip",
    "personalfoul",
    "possession",
    "rebound",
    "requestreview",
    "review",
    "shootingfoul",
    "stoppage",
    "teamtimeout",
    "technicalfoul",
    "threepointmade",
    "threepointmiss",
    "turnover",
    "tvtimeout",
    "twopointmade",
    "twopointmiss",
];

/// The play in this version.
pub(super) fn update(
    id: PlayId,
    sequence: Option<i64>,
    period: Option<Period>,
    event: &wire::Event<'_>,
    teams: &Teams,
    notes: &mut Notes,
) -> PlayUpdate {
    let kind = event.kind.string().unwrap_or_default();
    if !EVENT_TYPES.contains(&kind.as_str()) {
        notes.add("event.event_type: not a documented type", Some(&kind));
    }
    let attributed_to = event.attribution.id.text();
    let score =
        event.home_points.u32("event.home_points", notes).zip(event.away_points.u32("event.away_points", notes));
    let (x_mm, y_mm) = hoop_relative(event, notes).unzip();
    let play = Play {
        id: Some(id),
        period,
        clock: event.clock.string(),
        team: attributed_to.as_deref().and_then(|team| teams.side(team)),
        points: points(&kind, &event.statistics.items, notes),
        kind,
        text: event.description.string(),
        players: event.statistics.items.iter().filter_map(role).collect(),
        score: score.map(|(home, away)| Score { home, away }),
        x_mm,
        y_mm,
        ..Play::default()
    };
    PlayUpdate {
        // Without a sequence a play cannot be later than one that has it.
        sequence: sequence.unwrap_or(i64::MIN),
        happened_at: instant(&event.wall_clock, "event.wall_clock", notes),
        updated_at: instant(&event.updated, "event.updated", notes),
        attributed_to: attributed_to.map(TeamId::new),
        marks: Vec::new(),
        play,
    }
}

fn role(statistic: &wire::Statistic<'_>) -> Option<PlayRole> {
    if !statistic.player.is_said {
        return None;
    }
    Some(PlayRole {
        id: statistic.player.id.text().map(PlayerId::new),
        name: statistic.player.name.string(),
        number: statistic.player.number.string(),
        role: statistic.kind.string().unwrap_or_default(),
    })
}

/// Points that the play scored: as its statistics say, else as its type implies (the first message of a play often comes
/// without statistics). `None` for plays that do not score.
fn points(kind: &str, statistics: &[wire::Statistic<'_>], notes: &mut Notes) -> Option<u32> {
    let implied = match kind {
        "threepointmade" => 3,
        "twopointmade" => 2,
        "freethrowmade" => 1,
        _ => return None,
    };
    let scored = statistics.iter().filter(|s| matches!(s.kind.text().as_deref(), Some("fieldgoal" | "freethrow")));
    scored.filter_map(|s| s.points.u32("statistics.points", notes)).next().or(Some(implied))
}

/// Millimetres from the hoop that the team attacks: x to the right of a shooter who faces it, as the vendor's own areas
/// (`outsideright`) and the league's zones count left and right; y towards the other basket. `None` without a place, or
/// without knowing which hoop.
fn hoop_relative(event: &wire::Event<'_>, notes: &mut Notes) -> Option<(i32, i32)> {
    let x = event.location.x.f64("location.coord_x", notes)?;
    let y = event.location.y.f64("location.coord_y", notes)?;
    if !(0.0..=COURT_LENGTH_IN).contains(&x) || !(0.0..=COURT_WIDTH_IN).contains(&y) {
        notes.add("location: outside the court", Some(&format!("({x}, {y})")));
        return None;
    }
    // Both hoops see the same picture turned by half a circle, not mirrored.
    let (along, across) = match event.attribution.basket.text()?.as_ref() {
        "left" => (x - HOOP_FROM_BASELINE_IN, COURT_WIDTH_IN / 2.0 - y),
        "right" => (COURT_LENGTH_IN - HOOP_FROM_BASELINE_IN - x, y - COURT_WIDTH_IN / 2.0),
        other => {
            notes.add("attribution.team_basket: neither left nor right", Some(other));
            return None;
        }
    };
    Some(((across * MM_PER_IN).round() as i32, (along * MM_PER_IN).round() as i32))
}
