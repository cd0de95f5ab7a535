//! One play of a message: what happened, who took part, where.

use crate::feed::decode::notes::Notes;
use crate::game::event::PlayUpdate;
use crate::game::snapshot::{End, Period, Play, PlayRole, Score, Sport};
use crate::ids::{PlayId, PlayerId, TeamId};

use super::{Teams, hockey, wire, words};

const MM_PER_IN: f64 = 25.4;

/// The picture that the vendor's coordinates lie in, in inches: x from the left end as television sees it, y from the
/// far side down to the near one.
struct Surface {
    length_in: f64,
    width_in: f64,
    /// From an end to the centre of its hoop, or to its goal line.
    target_from_end_in: f64,
}

/// Centres of the baskets: (63, 300) and (1065, 300).
const COURT: Surface = Surface { length_in: 1128.0, width_in: 600.0, target_from_end_in: 63.0 };
/// 200 by 85 feet; goal lines 11 feet from the boards.
const RINK: Surface = Surface { length_in: 2400.0, width_in: 1020.0, target_from_end_in: 132.0 };

/// Documented event types; others are taken all the same, and noted.
const BASKETBALL_TYPES: [&str; 38] = [
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

/// The play in this version. `period` is the play's, by the message or by the document around it.
pub(super) fn update(
    id: PlayId,
    period: Option<Period>,
    event: &wire::Event<'_>,
    sport: Sport,
    teams: &Teams,
    notes: &mut Notes,
) -> PlayUpdate {
    let kind = event.kind.string().unwrap_or_default();
    let known = match sport {
        Sport::Basketball => BASKETBALL_TYPES.contains(&kind.as_str()),
        Sport::Hockey => hockey::EVENT_TYPES.contains(&kind.as_str()),
    };
    if !known {
        notes.add("event.event_type: not a documented type", Some(&kind));
    }
    let attributed_to = event.attribution.id.text();
    let score =
        event.home_points.u32("event.home_points", notes).zip(event.away_points.u32("event.away_points", notes));
    let (x_mm, y_mm) = place(event, sport, notes).unzip();
    let official = event.official.bool("event.official", notes);
    let (points, marks) = match sport {
        Sport::Basketball => (points(&kind, &event.statistics.items, notes), Vec::new()),
        Sport::Hockey => (hockey::goal(&kind).then_some(1), hockey::marks(&kind, event, notes)),
    };
    let play = Play {
        id: Some(id),
        period,
        clock: event.clock.string(),
        clock_millis: words::event_clock(event, notes),
        team: attributed_to.as_deref().and_then(|team| teams.side(team)),
        points,
        kind,
        text: event.description.string(),
        players: players(event),
        score: score.map(|(home, away)| Score { home, away }),
        x_mm,
        y_mm,
        area: event.location.area.string(),
        detail: detail(event),
        qualifiers: event.qualifiers.items.iter().filter_map(|qualifier| qualifier.name.string()).collect(),
        attempt: event.attempt.string(),
        duration_millis: event.duration.u32("event.duration", notes).map(|seconds| seconds.saturating_mul(1_000)),
        strength: words::strength(&event.strength, notes),
        empty_net_goal: event.empty_net_goal.bool("event.empty_net_goal", notes),
        own_goal: event.own_goal.bool("event.own_goal", notes),
        official,
        rescinded: event.rescinded.bool("event.rescinded", notes).unwrap_or(false),
        ..Play::default()
    };
    PlayUpdate {
        // Without a sequence a play cannot be later than one that has it.
        sequence: event.sequence.i64("event.sequence", notes).unwrap_or(i64::MIN),
        happened_at: words::instant(&event.wall_clock, "event.wall_clock", notes),
        updated_at: words::instant(&event.updated, "event.updated", notes),
        attributed_to: attributed_to.map(TeamId::new),
        // By the vendor's page only an official event counts towards the record.
        marks: if official == Some(false) { Vec::new() } else { marks },
        play,
    }
}

/// Whoever a statistic names, in the part that it says; then whoever else the play names.
fn players(event: &wire::Event<'_>) -> Vec<PlayRole> {
    let mut roles: Vec<PlayRole> =
        event.statistics.items.iter().filter(|s| s.player.is_said).map(|s| role(&s.player, part(s))).collect();
    let kind = event.kind.string().unwrap_or_default();
    for player in &event.players.items {
        let named = role(player, kind.clone());
        if !roles.iter().any(|known| known.id.is_some() && known.id == named.id) {
            roles.push(named);
        }
    }
    roles
}

/// The part of a statistic's player; a second assist and the kind of a rebound are told apart, as captions do.
fn part(statistic: &wire::Statistic<'_>) -> String {
    let kind = statistic.kind.string().unwrap_or_default();
    match statistic.assist_type.text().as_deref() {
        Some("secondary") => format!("{kind}_secondary"),
        _ => kind,
    }
}

fn role(player: &wire::Player<'_>, role: String) -> PlayRole {
    PlayRole {
        id: player.id.text().map(PlayerId::new),
        name: player.name.string(),
        number: player.number.string(),
        role,
    }
}

/// What more there is to say of the kind, from the most particular place that says it.
fn detail(event: &wire::Event<'_>) -> Option<String> {
    let details = &event.details;
    let said = [
        &event.turnover_type,
        &details.penalty_type,
        &details.shot_type,
        &details.stoppage_type,
        &event.stoppage_type,
        &details.reason,
    ];
    said.into_iter().find_map(|text| text.string()).or_else(|| {
        event.statistics.items.iter().find_map(|statistic| {
            let shot = statistic.shot_type.text().or_else(|| statistic.rebound_type.text())?;
            Some(match statistic.shot_detail.text() {
                Some(more) => format!("{more} {shot}"),
                None => shot.into_owned(),
            })
        })
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

/// Millimetres from the hoop or goal that the team attacks: x to the right of a shooter who faces it, as the vendor's own
/// areas (`outsideright`) and the league's zones count left and right; y towards the other end. `None` without a place, or
/// without knowing which end.
fn place(event: &wire::Event<'_>, sport: Sport, notes: &mut Notes) -> Option<(i32, i32)> {
    let Surface { length_in, width_in, target_from_end_in } = match sport {
        Sport::Basketball => COURT,
        Sport::Hockey => RINK,
    };
    let x = event.location.x.f64("location.coord_x", notes)?;
    let y = event.location.y.f64("location.coord_y", notes)?;
    if !(0.0..=length_in).contains(&x) || !(0.0..=width_in).contains(&y) {
        notes.add("location: outside the court", Some(&format!("({x}, {y})")));
        return None;
    }
    // Both ends see the same picture turned by half a circle, not mirrored.
    let (along, across) = match words::attacked_end(&event.attribution, notes)? {
        End::Left => (x - target_from_end_in, width_in / 2.0 - y),
        End::Right => (length_in - target_from_end_in - x, y - width_in / 2.0),
    };
    Some(((across * MM_PER_IN).round() as i32, (along * MM_PER_IN).round() as i32))
}
