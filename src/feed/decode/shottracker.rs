//! ShotTracker Live Data V2: one JSON message a WebSocket frame, `{type, source, seq, data}`, `data` shaped by its source.
//!
//! Statistics are absolute: a correction sends the new total again, so the latest message is simply right and nothing is
//! ever added up here. Sources that no snapshot shows (locations, possessions, line-ups) are passed over unread.

mod stats;
mod wire;

use serde::{Deserialize, Serialize};

use crate::game::event::{ClockReading, Event, ShotReading, StatLine, TeamFacts};
use crate::game::snapshot::{Game, GameStatus, Period, PeriodKind, Score, Shot};
use crate::ids::{GameId, PlayId, PlayerId, Side, TeamId};

use super::loose::{Loose, Odd};
use super::notes::Notes;
use super::{Options, Verdict, parse};

/// Sources that the vendor documents and that nothing here needs.
const UNUSED_SOURCES: [&str; 4] = ["possessions", "possessionstats", "lineupstats", "location"];

/// Consumer codes are free text, the team's number by default; only two to four letters look like a team's code.
const CODE_LETTERS: std::ops::RangeInclusive<usize> = 2..=4;

/// Reads the stream of one game.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Reader {
    wanted: Option<String>,
    game: Option<GameId>,
}

impl Reader {
    pub(super) fn new(options: Options) -> Self {
        Self { wanted: options.match_id, game: None }
    }

    pub(super) fn game(&self) -> Option<&GameId> {
        self.game.as_ref()
    }

    pub(super) fn read(&mut self, bytes: &[u8], notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        let text = super::text_of(bytes, notes);
        let envelope: wire::Envelope = match serde_json::from_str(&text) {
            Ok(envelope) => envelope,
            Err(error) => {
                notes.add("message: not a message object", Some(&error.to_string()));
                return Verdict::Skipped;
            }
        };
        match envelope.kind.text().as_deref() {
            Some("data") => {}
            Some("ping" | "pong" | "heartbeat") => return Verdict::Heartbeat,
            // A message that names its source and has data is one of data, whatever its type is called.
            None if envelope.source.is_said() => {}
            kind => {
                notes.add("message: not a documented type", kind);
                return Verdict::Skipped;
            }
        }
        let Some(data) = envelope.data.map(|data| data.get()) else {
            notes.add("message: no data", envelope.source.text().as_deref());
            return Verdict::Skipped;
        };
        let source = envelope.source.text().unwrap_or_default();
        self.source(&source, data, notes, events)
    }

    fn source(&mut self, source: &str, data: &str, notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        match source {
            "clock" => self.each(data, notes, |reader, clock: &wire::Clock, notes| {
                reader.of_game(&clock.game, events).then(|| read_clock(clock, notes, events))
            }),
            "boxscorestatsv2" => self.each(data, notes, |reader, line: &wire::BoxScore, notes| {
                reader.of_game(&line.game, events).then(|| read_line(line, notes, events))
            }),
            "chart" => self.each(data, notes, |reader, shot: &wire::Chart, notes| {
                reader.of_game(&shot.game, events).then(|| read_shot(shot, notes, events))
            }),
            "marker" => self.each(data, notes, |reader, marker: &wire::Marker, notes| {
                reader.of_game(&marker.game, events).then(|| read_marker(marker, notes, events))
            }),
            "broadcastsummary" => self.each(data, notes, |reader, summary: &wire::Summary, notes| {
                read_summary(summary, reader.game.clone(), notes, events);
                Some(())
            }),
            source if UNUSED_SOURCES.contains(&source) => Verdict::Unused,
            source => {
                notes.add("message: not a documented source", Some(source));
                Verdict::Skipped
            }
        }
    }

    /// Reads `data` as one object or as a list of them; `read` answers `None` for another game's.
    fn each<'m, T: Deserialize<'m> + Odd>(
        &mut self,
        data: &'m str,
        notes: &mut Notes,
        mut read: impl FnMut(&mut Self, &T, &mut Notes) -> Option<()>,
    ) -> Verdict {
        let parsed = if data.starts_with('[') {
            serde_json::from_str(data)
        } else {
            serde_json::from_str(data).map(|object| vec![object])
        };
        let items: Vec<T> = match parsed {
            Ok(items) => items,
            Err(error) => {
                notes.add("data: not readable", Some(&error.to_string()));
                return Verdict::Skipped;
            }
        };
        let mut verdict = Verdict::OtherGame;
        for item in &items {
            item.note("data", notes);
            if read(self, item, notes).is_some() {
                verdict = Verdict::Taken;
            }
        }
        verdict
    }

    /// Whether the message belongs to the game followed; the first game named is, unless another one was asked for.
    /// Messages that name none belong to the stream's.
    fn of_game(&mut self, id: &Loose<'_>, events: &mut Vec<Event>) -> bool {
        let Some(id) = id.text() else { return true };
        if self.wanted.as_deref().is_some_and(|wanted| wanted != id) {
            return false;
        }
        if self.game.is_none() {
            self.game = Some(GameId::new(id.as_ref()));
            events.push(Event::Game(Game { id: self.game.clone(), ..Game::default() }));
        }
        self.game.as_ref().is_some_and(|game| game.as_str() == id)
    }
}

fn read_clock(clock: &wire::Clock<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
    let period = clock.period.text().and_then(|token| read_period(&token, notes));
    if period.as_ref().is_some_and(|period| period.kind == PeriodKind::Test) {
        events.push(Event::Game(Game { status: Some(GameStatus::Test), ..Game::default() }));
    }
    let speaks_of_shot = clock.kind.text().is_none_or(|kind| kind.contains("SHOT"));
    let shot = match clock_time(&Loose::Absent, &clock.shot_seconds, &clock.shot_sub_seconds, "clock.shotSec", notes) {
        Some(millis) => ShotReading::Millis(millis),
        None if speaks_of_shot => ShotReading::Off,
        None => ShotReading::Unsaid,
    };
    events.push(Event::Clock(ClockReading {
        period,
        game_millis: clock_time(&clock.minutes, &clock.seconds, &clock.sub_seconds, "clock.sec", notes),
        running: clock.state.text().and_then(|state| is_running(&state, notes)),
        shot,
        ..ClockReading::default()
    }));
}

/// Milliseconds of a time in parts, each text or number, not padded ("1", "2", "3" is 1:02.3); `None` if no part is given.
fn clock_time(
    minutes: &Loose<'_>,
    seconds: &Loose<'_>,
    sub_seconds: &Loose<'_>,
    place: &'static str,
    notes: &mut Notes,
) -> Option<u32> {
    let (minutes, seconds, sub_seconds) = (minutes.text(), seconds.text(), sub_seconds.text());
    if minutes.is_none() && seconds.is_none() {
        return None;
    }
    let mut text = minutes.map_or(String::new(), |minutes| format!("{}:", minutes.trim()));
    text.push_str(seconds.as_deref().map_or("0", str::trim));
    // The seconds may bring their fraction along ("2.3"); sub-seconds beside it would be the same figure again.
    if let Some(sub_seconds) = sub_seconds.filter(|_| !text.contains('.')) {
        text.push('.');
        text.push_str(sub_seconds.trim());
    }
    let millis = parse::clock_millis(&text);
    if millis.is_none() {
        notes.add(format!("{place}: not a clock"), Some(&text));
    }
    millis
}

fn is_running(state: &str, notes: &mut Notes) -> Option<bool> {
    match state.to_ascii_uppercase().as_str() {
        "STARTED" | "START" | "RUNNING" | "RESUMED" => Some(true),
        "STOPPED" | "STOP" | "PAUSED" | "ENDED" | "EXPIRED" | "RESET" | "SET" | "READY" => Some(false),
        _ => {
            notes.add("clock.state: neither running nor stopped", Some(state));
            None
        }
    }
}

/// The vendor's period tokens; `OT2` and `2OT` are taken for second overtimes.
fn read_period(token: &str, notes: &mut Notes) -> Option<Period> {
    let token = token.trim().to_ascii_uppercase();
    let (letters, digits): (String, String) = token.chars().partition(|c| !c.is_ascii_digit());
    let number = if digits.is_empty() { Some(1) } else { digits.parse().ok().filter(|number| *number > 0) };
    let kind = match letters.as_str() {
        "PRE" => PeriodKind::Pregame,
        "Q" => PeriodKind::Quarter,
        "H" => PeriodKind::Half,
        "HT" => PeriodKind::Halftime,
        "OT" => PeriodKind::Overtime,
        "END" | "COMPLETED" => PeriodKind::Final,
        "TP" => PeriodKind::Test,
        _ => {
            notes.add("period: not a documented token", Some(&token));
            return None;
        }
    };
    Some(Period::new(kind, number?))
}

fn status_of(kind: PeriodKind) -> GameStatus {
    match kind {
        PeriodKind::Pregame => GameStatus::Scheduled,
        PeriodKind::Quarter | PeriodKind::Half | PeriodKind::Period => GameStatus::InProgress,
        PeriodKind::Overtime | PeriodKind::Shootout => GameStatus::InProgress,
        PeriodKind::Halftime => GameStatus::Halftime,
        PeriodKind::Final => GameStatus::Complete,
        PeriodKind::Test => GameStatus::Test,
    }
}

fn read_marker(marker: &wire::Marker<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
    let status = marker.status.text().unwrap_or_default();
    if status != "JERSEY_COLOR" {
        notes.add("marker: a status of no use here", Some(&status));
        return;
    }
    let data = &marker.colors;
    let mut colors = Vec::new();
    for (team, color) in [(&data.team_1, &data.color_1), (&data.team_2, &data.color_2)] {
        let (Some(team), Some(color)) = (team.text(), color.text()) else { continue };
        match parse::hex_color(&color) {
            Some(color) => colors.push((TeamId::new(team), color)),
            None => notes.add("marker: not a colour", Some(&color)),
        }
    }
    if !colors.is_empty() {
        events.push(Event::JerseyColors(colors));
    }
}

fn read_line(line: &wire::BoxScore<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
    let Some(team) = line.team.text().map(TeamId::new) else {
        notes.add("boxscorestatsv2: names no team", None);
        return;
    };
    // `stats` may be the session's (a quarter's) and `totalStats` is the game's; where only one is sent, it is that.
    let row = if line.total.is_said { &line.total } else { &line.stats };
    let team_score = if row.team_score.is_said() { &row.team_score } else { &line.stats.team_score };
    if let Some(points) = team_score.u32("TEAM_SCORE", notes) {
        events.push(Event::TeamScore { team: team.clone(), points });
    }
    let is_team = line.actor.text().is_some_and(|actor| actor == "TEAM");
    let player = line.player.text().filter(|id| id != "0" && !is_team).map(PlayerId::new);
    if player.is_none() && !is_team && !line.player.is_said() {
        notes.add("boxscorestatsv2: names no player", line.actor.text().as_deref());
        return;
    }
    events.push(Event::Line(StatLine {
        team,
        player,
        play: line.play.text().map(PlayId::new),
        version: line.version.i64("boxscorestatsv2.v", notes),
        stats: Box::new(stats::stats(row, notes)),
    }));
}

fn read_shot(chart: &wire::Chart<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
    let Some(id) = chart.shot.string() else {
        notes.add("chart: a shot without id", None);
        return;
    };
    let result = chart.result.text().unwrap_or_default();
    let status = chart.status.text().unwrap_or_default();
    if status.starts_with("DELETED") || result.starts_with("DELETED") {
        events.push(Event::ShotDeleted(id));
        return;
    }
    let (Some(team), Some(made)) = (chart.team.text(), made(&result, notes)) else {
        notes.add("chart: a shot without team or result", None);
        return;
    };
    let place = hoop_relative(chart, notes);
    events.push(Event::Shot {
        team: TeamId::new(team),
        shot: Shot {
            id: Some(id),
            player: chart.player.text().map(PlayerId::new),
            made,
            three: chart.three.bool("chart.is3", notes).unwrap_or(false),
            x_mm: place.map(|(x, _)| x),
            y_mm: place.map(|(_, y)| y),
            zone: chart.zone.u32("chart.z", notes).and_then(|z| u8::try_from(z).ok()).filter(|z| (1..=14).contains(z)),
            period: chart.period.text().and_then(|token| read_period(&token, notes)).map(|period| period.label),
        },
    });
}

fn made(result: &str, notes: &mut Notes) -> Option<bool> {
    match result {
        "MAKE" => Some(true),
        "MISS" => Some(false),
        other => {
            notes.add("chart.st: neither MAKE nor MISS", Some(other));
            None
        }
    }
}

/// The court's origin is its centre and y runs along it, so the frame of the hoop at negative y is the court's, moved;
/// the other hoop's is turned by half a circle. The hoops are calibrated for each court: their place comes with the shot.
fn hoop_relative(chart: &wire::Chart<'_>, notes: &mut Notes) -> Option<(i32, i32)> {
    let x = chart.x.f64("chart.px", notes)?;
    let y = chart.y.f64("chart.py", notes)?;
    let hoop_x = chart.hoop_x.f64("chart.hx", notes)?;
    let hoop_y = chart.hoop_y.f64("chart.hy", notes)?;
    let turn = if hoop_y < 0.0 { 1.0 } else { -1.0 };
    // `as` saturates, and no court is two kilometres long.
    Some((((x - hoop_x) * turn).round() as i32, ((y - hoop_y) * turn).round() as i32))
}

fn read_summary(summary: &wire::Summary<'_>, game: Option<GameId>, notes: &mut Notes, events: &mut Vec<Event>) {
    let period = summary.period.text().and_then(|token| read_period(&token, notes));
    if let Some(period) = &period {
        events.push(Event::Game(Game { id: game, status: Some(status_of(period.kind)), ..Game::default() }));
        events.push(Event::Clock(ClockReading { period: Some(period.clone()), ..ClockReading::default() }));
    }
    let totals = &summary.game;
    if !totals.is_said {
        return;
    }
    let (home, away) = (team_row(&totals.home), team_row(&totals.away));
    events.push(Event::Teams { home: facts(home), away: facts(away) });
    match (home.points.u32("PTS", notes), away.points.u32("PTS", notes)) {
        (Some(home), Some(away)) => events.push(Event::Score(Score { home, away })),
        (None, None) => {}
        _ => notes.add("broadcastsummary: points of one team only", None),
    }
    for (side, block) in [(Side::Home, &totals.home), (Side::Away, &totals.away)] {
        read_side(side, block, notes, events);
        let points = by_period(summary, side, period.as_ref(), notes);
        if !points.is_empty() {
            events.push(Event::ByPeriod { side, points });
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
    TeamFacts {
        id: row.team.text().map(TeamId::new),
        name: row.team_name.string(),
        market: None,
        code: code.map(|code| code.to_ascii_uppercase()),
    }
}

fn read_side(side: Side, block: &wire::Side<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
    let row = team_row(block);
    if row.is_said {
        let stats = Box::new(stats::stats(row, notes));
        events.push(Event::TeamStats { side, stats, zones: stats::zones(row, notes).map(Box::new) });
    }
    if !block.players.is_said {
        return;
    }
    let rows = block.players.items.iter().filter(|row| !stats::is_team_row(row));
    let players: Vec<_> = rows.map(|row| stats::player(row, notes)).collect();
    if players.iter().any(|player| player.on_court.is_some()) {
        let on_court = players.iter().filter(|player| player.on_court == Some(true));
        events.push(Event::OnCourt { side, players: on_court.filter_map(|player| player.id.clone()).collect() });
    }
    events.push(Event::Players { side, players });
}

/// Points of the periods that the summary has, quarters rather than halves. The vendor fills periods to come with zeros;
/// those are not known yet.
fn by_period(
    summary: &wire::Summary<'_>,
    side: Side,
    now: Option<&Period>,
    notes: &mut Notes,
) -> Vec<(String, Option<u32>)> {
    let quarters = [&summary.quarter_1, &summary.quarter_2, &summary.quarter_3, &summary.quarter_4];
    let halves = [&summary.half_1, &summary.half_2];
    let overtimes = [&summary.overtime_1, &summary.overtime_2, &summary.overtime_3, &summary.overtime_4];
    let has_quarters = quarters.iter().any(|quarter| quarter.is_said);
    let (kind, regular) =
        if has_quarters { (PeriodKind::Quarter, &quarters[..]) } else { (PeriodKind::Half, &halves[..]) };
    let regular = (1..).zip(regular).map(|(number, period)| (kind, number, *period));
    let overtimes = (1..).zip(overtimes).map(|(number, period)| (PeriodKind::Overtime, number, period));
    let mut points = Vec::new();
    for (kind, number, stats) in regular.chain(overtimes).filter(|(_, _, stats)| stats.is_said) {
        let team = if side == Side::Home { &stats.home.team } else { &stats.away.team };
        let known = now.is_none_or(|now| has_begun(kind, number, has_quarters, now));
        let period_points = if known { team.points.u32("PTS", notes) } else { None };
        points.push((Period::new(kind, number).label, period_points));
    }
    points
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
