//! Summaries: the whole box score, as often as anything changes.
//!
//! What a level of the summary leaves out (halves, quarters, the list of players) is left as it was known, never zero.

use crate::feed::decode::Reading;
use crate::feed::decode::notes::Notes;
use crate::game::event::{ClockReading, Event, TeamFacts};
use crate::game::snapshot::{Game, Period, PeriodKind, Score};
use crate::ids::{GameId, Side, TeamId};

use super::{is_own_code, possessions, read_period, shots, stats, status_of, wire};

/// Consumer codes are free text, the team's number by default; only two to four letters look like a team's code.
const CODE_LETTERS: std::ops::RangeInclusive<usize> = 2..=4;

pub(super) fn read_summary(
    summary: &wire::Summary<'_>,
    game: Option<GameId>,
    reading: Reading,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let period = summary.period.text().and_then(|token| read_period(&token, notes));
    if let Some(period) = &period {
        events.push(Event::Game(Game { id: game, status: Some(status_of(period.kind)), ..Game::default() }));
        events.push(Event::Clock(ClockReading { period: Some(period.clone()), ..ClockReading::default() }));
    }
    let totals = &summary.game;
    if !totals.is_said {
        return;
    }
    if let Some(at) = summary.at.i64("broadcastsummary.at", notes) {
        events.push(Event::SummaryOf(super::instant(at)));
    }
    let (home, away) = (team_row(&totals.home), team_row(&totals.away));
    events.push(Event::Teams { home: facts(home), away: facts(away) });
    match (home.points.u32("PTS", notes), away.points.u32("PTS", notes)) {
        (Some(home), Some(away)) => events.push(Event::Score(Score { home, away })),
        (None, None) => {}
        _ => notes.add("broadcastsummary: points of one team only", None),
    }
    let is_start = is_start(home, away);
    let periods = by_period(summary, period.as_ref(), notes);
    for (side, block) in [(Side::Home, &totals.home), (Side::Away, &totals.away)] {
        read_side(side, block, is_start, reading, notes, events);
        if !periods.is_empty() {
            let of_side =
                |(label, points): &(String, [Option<u32>; 2])| (label.clone(), points[usize::from(side == Side::Away)]);
            events.push(Event::ByPeriod { side, points: periods.iter().map(of_side).collect() });
        }
    }
}

/// The team's own row, or the one among its players that stands for it.
fn team_row<'s, 'a>(side: &'s wire::Side<'a>) -> &'s wire::Row<'a> {
    if side.team.is_said {
        return &side.team;
    }
    side.players.items.iter().find(|row| stats::is_team_row(row)).unwrap_or(&side.team)
}

fn facts(row: &wire::Row<'_>) -> TeamFacts {
    let code = row
        .code
        .text()
        .filter(|code| CODE_LETTERS.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphabetic()));
    let id = row.team.text();
    TeamFacts {
        id: id.as_deref().map(TeamId::new),
        name: row.team_name.string(),
        market: None,
        code: code.map(|code| code.to_ascii_uppercase()),
        alias: row.code.text().filter(|code| is_own_code(code, id.as_deref())).map(TeamId::new),
    }
}

/// Whether neither team has tried a shot: a stream that is joined late tells of the beginning again while its clock is long
/// past that, so the summary alone can say it. `None` where it has no counts.
fn is_start(home: &wire::Row<'_>, away: &wire::Row<'_>) -> Option<bool> {
    let counts = [home, away].map(|row| [&row.points, &row.fga, &row.fta].map(|count| count.text()));
    let is_said = counts.iter().all(|[points, ..]| points.is_some());
    let is_zero = |count: &str| count.trim().parse() == Ok(0.0);
    is_said.then(|| counts.iter().flatten().flatten().all(|count| is_zero(count)))
}

fn read_side(
    side: Side,
    block: &wire::Side<'_>,
    is_start: Option<bool>,
    reading: Reading,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let row = team_row(block);
    if row.is_said {
        let stats = Box::new(stats::stats(row, notes));
        events.push(Event::TeamStats {
            side,
            stats,
            zones: stats::zones(row, reading.zone_order, notes).map(Box::new),
        });
        if let Some(shots) = shots::locations(row, reading.right_hand, notes) {
            events.push(Event::ShotLocations { side, shots });
        }
        if let Some(lineups) = possessions::lineups(row, notes) {
            events.push(Event::Lineups { side, lineups });
        }
    }
    if !block.players.is_said {
        return;
    }
    let rows = block.players.items.iter().filter(|row| !stats::is_team_row(row));
    let players: Vec<_> = rows.map(|row| stats::player(row, reading, notes)).collect();
    if players.iter().any(|player| player.on_court.is_some()) {
        let on_court = players.iter().filter(|player| player.on_court == Some(true));
        let players = on_court.filter_map(|player| player.id.clone()).collect();
        events.push(Event::OnCourt { side, players, is_start });
    }
    events.push(Event::Players { side, players });
}

/// Points of the periods that the summary has, quarters rather than halves; of each home's and away's. The vendor fills
/// periods to come with zeros; those are not known yet. The four quarters are there from the start, an overtime once it is
/// played: nobody knows before that there will be one, and of a game that is over only that its points were scored.
fn by_period(summary: &wire::Summary<'_>, now: Option<&Period>, notes: &mut Notes) -> Vec<(String, [Option<u32>; 2])> {
    let quarters = [&summary.quarter_1, &summary.quarter_2, &summary.quarter_3, &summary.quarter_4];
    let halves = [&summary.half_1, &summary.half_2];
    let overtimes = [&summary.overtime_1, &summary.overtime_2, &summary.overtime_3, &summary.overtime_4];
    let has_quarters = quarters.iter().any(|quarter| quarter.is_said);
    let (kind, regular) =
        if has_quarters { (PeriodKind::Quarter, &quarters[..]) } else { (PeriodKind::Half, &halves[..]) };
    let regular = (1..).zip(regular).map(|(number, period)| (kind, number, *period));
    let overtimes = (1..).zip(overtimes).map(|(number, period)| (PeriodKind::Overtime, number, period));
    let mut rows = Vec::new();
    for (kind, number, stats) in regular.chain(overtimes).filter(|(_, _, stats)| stats.is_said) {
        let has_begun = now.is_none_or(|now| has_begun(kind, number, has_quarters, now));
        let points = [&stats.home.team, &stats.away.team]
            .map(|team| if has_begun { team.points.u32("PTS", notes) } else { None });
        let is_now = now.is_some_and(|now| (now.kind, now.number) == (kind, number));
        let is_played = is_now || points.iter().flatten().any(|points| *points > 0);
        if kind != PeriodKind::Overtime || is_played {
            rows.push((Period::new(kind, number).label, points));
        }
    }
    rows
}

/// Whether a period (the `number`th of its kind) has begun when `now` is the current one.
fn has_begun(kind: PeriodKind, number: u8, has_quarters: bool, now: &Period) -> bool {
    match (now.kind, kind) {
        (PeriodKind::Pregame, _) => false,
        (PeriodKind::Final | PeriodKind::Test, _) => true,
        (PeriodKind::Halftime, PeriodKind::Overtime) => false,
        (PeriodKind::Halftime, _) => number <= if has_quarters { 2 } else { 1 },
        (PeriodKind::Overtime, PeriodKind::Overtime) => number <= now.number,
        (PeriodKind::Overtime, _) => true,
        (_, PeriodKind::Overtime) => false,
        (PeriodKind::Half, PeriodKind::Quarter) => number <= now.number * 2,
        (PeriodKind::Quarter, PeriodKind::Half) => number <= now.number.div_ceil(2),
        (_, _) => number <= now.number,
    }
}
