//! ShotTracker Live Data V2: one JSON message a WebSocket frame, `{type, source, seq, data}`, `data` shaped by its source.
//!
//! Statistics are absolute: a correction sends the new total again, so the latest message is simply right and nothing is
//! ever added up here.

mod catch_up;
mod location;
mod message;
mod possessions;
mod server;
mod shots;
mod stats;
mod summary;
mod wire;

use serde::{Deserialize, Serialize};

use crate::game::event::{ClockReading, Event, PlayUpdate, ShotReading, StatLine};
use crate::game::snapshot::{Game, GameStatus, Period, PeriodKind, Play, PlayRole, Stats};
use crate::ids::{GameId, PlayId, PlayerId, TeamId};
use crate::time::Timestamp;

use super::loose::{List, Loose, Odd, OneOrMore};
use super::notes::Notes;
use super::{Options, Reading, Verdict, parse};
use message::{Data, Message};

/// Sessions whose periods are remembered: a game has fewer than a dozen. When full, the one learnt first is forgotten.
const MOST_SESSIONS: usize = 32;

/// Reads the stream of one game.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reader {
    wanted: Option<String>,
    game: Option<GameId>,
    sessions: Sessions,
    #[serde(default)]
    reading: Reading,
    /// Whether the clock's last period was the vendor's test pattern.
    #[serde(default)]
    is_testing: bool,
    /// Up to when the summaries of this connection have counted.
    #[serde(default)]
    summary_of: Option<i64>,
}

/// Which period each session is: some messages name only the one or the other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Sessions(Vec<(String, String)>);

impl Sessions {
    fn learn(&mut self, session: &Loose<'_>, period: Option<&str>) {
        let (Some(session), Some(period)) = (session.text(), period) else { return };
        match self.0.iter_mut().find(|(known, _)| *known == session) {
            Some((_, known)) if known == period => {}
            Some((_, known)) => *known = period.to_owned(),
            None => {
                if self.0.len() == MOST_SESSIONS {
                    self.0.remove(0);
                }
                self.0.push((session.into_owned(), period.to_owned()));
            }
        }
    }

    fn period(&self, session: &Loose<'_>) -> Option<String> {
        let session = session.text()?;
        self.0.iter().find(|(known, _)| *known == session).map(|(_, period)| period.clone())
    }
}

impl Reader {
    pub(super) fn new(options: Options) -> Self {
        Self {
            wanted: options.match_id,
            game: None,
            sessions: Sessions::default(),
            reading: options.reading,
            is_testing: false,
            summary_of: None,
        }
    }

    pub(super) fn connected(&mut self) {
        self.summary_of = None;
    }

    pub(super) fn set_reading(&mut self, reading: Reading) {
        self.reading = reading;
    }

    pub(super) fn game(&self) -> Option<&GameId> {
        self.game.as_ref()
    }

    pub(super) fn read(&mut self, bytes: &[u8], notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        let text = super::text_of(bytes, notes);
        let message: Message<'_> = match serde_json::from_str(&text) {
            Ok(message) => message,
            Err(error) => {
                let kind = super::unreadable(&text, "message: not a message object");
                notes.add(kind, Some(&error.to_string()));
                return Verdict::Skipped;
            }
        };
        match message.kind.text().as_deref() {
            Some("data") => {}
            Some("ping" | "pong" | "heartbeat") => return Verdict::Heartbeat,
            // A message that names its source and has data is one of data, whatever its type is called.
            None if message.source.is_said() => {}
            None if !message.carries_data() && catch_up::is_one(&text) => return self.catch_up(&text, notes, events),
            Some(kind) if !message.carries_data() && server::is_word(kind) => return server::words(kind, &text, notes),
            kind => {
                notes.add("message: not a documented type", kind);
                return Verdict::Skipped;
            }
        }
        let source = message.source.string();
        match message.data() {
            Ok(Some(Data::Undocumented)) => notes.add("message: not a documented source", source.as_deref()),
            Ok(Some(data)) => return self.data(&data, notes, events),
            Ok(None) => notes.add("message: no data", source.as_deref()),
            Err(error) => notes.add("data: not readable", Some(&error.to_string())),
        }
        Verdict::Skipped
    }

    fn data(&mut self, data: &Data<'_>, notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        match data {
            Data::Clock(clocks) => self.each(clocks, notes, |reader, clock, notes| {
                reader.of_game(&clock.game, events).then(|| read_clock(clock, &mut reader.is_testing, notes, events))
            }),
            Data::BoxScore(lines) => self.each(lines, notes, |reader, line, notes| {
                let reading = reader.reading;
                reader
                    .of_game(&line.game, events)
                    .then(|| read_line(line, reading, &mut reader.sessions, notes, events))
            }),
            Data::Chart(shots) => self.each(shots, notes, |reader, shot, notes| {
                let reading = reader.reading;
                let is_ours = reader.of_game(&shot.game, events);
                is_ours.then(|| shots::read_shot(shot, reading, &mut reader.sessions, notes, events))
            }),
            Data::Marker(markers) => self.each(markers, notes, |reader, marker, notes| {
                reader.of_game(&marker.game, events).then(|| read_marker(marker, notes, events))
            }),
            Data::Summary(summaries) => self.each(summaries, notes, |reader, summary, notes| {
                // One that counts less than another did before came late, or again: it would take points back.
                let of = summary.at.i64("broadcastsummary.at", &mut Notes::default());
                if of.is_none() || of >= reader.summary_of {
                    reader.summary_of = of.or(reader.summary_of);
                    summary::read_summary(summary, reader.game.clone(), reader.reading, notes, events);
                }
                Some(())
            }),
            Data::Possessions(possessions) => self.each(possessions, notes, |reader, said, notes| {
                let is_ours = reader.of_game(&said.possession.game, events);
                is_ours.then(|| possessions::read_possession(said, &reader.sessions, notes, events))
            }),
            Data::PossessionStats(stats) => self.each(stats, notes, |reader, said, notes| {
                let is_ours = reader.of_game(&said.game, events);
                is_ours.then(|| possessions::read_possession_stats(said, &reader.sessions, notes, events))
            }),
            Data::LineupStats(stats) => self.each(stats, notes, |reader, said, notes| {
                reader.of_game(&said.game, events).then(|| possessions::read_lineup(said, notes, events))
            }),
            Data::Location(locations) => self.each(locations, notes, |reader, said, notes| {
                location::read_location(said, reader.reading.right_hand, &mut reader.sessions, notes, events);
                Some(())
            }),
            Data::Undocumented => Verdict::Unused,
        }
    }

    /// Reads one item after the other; `read` answers `None` for another game's.
    fn each<T: Odd>(
        &mut self,
        OneOrMore(list): &OneOrMore<T>,
        notes: &mut Notes,
        mut read: impl FnMut(&mut Self, &T, &mut Notes) -> Option<()>,
    ) -> Verdict {
        list.note("data", notes);
        let mut verdict = Verdict::OtherGame;
        for item in &list.items {
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

/// The clock begins a test, and ends it, by itself: not every subscription has the summaries, which tell the status.
fn read_clock(clock: &wire::Clock<'_>, is_testing: &mut bool, notes: &mut Notes, events: &mut Vec<Event>) {
    let period = clock.period.text().and_then(|token| read_period(&token, notes));
    if let Some(kind) = period.as_ref().map(|period| period.kind) {
        let is_test = kind == PeriodKind::Test;
        if is_test || *is_testing {
            events.push(Event::Game(Game { status: Some(status_of(kind)), ..Game::default() }));
        }
        *is_testing = is_test;
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

/// One line of the box score: what a play left a player or a team with, and the play itself.
fn read_line(
    line: &wire::BoxScore<'_>,
    reading: Reading,
    sessions: &mut Sessions,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let Some(team) = line.team.text().map(TeamId::new) else {
        notes.add("boxscorestatsv2: names no team", None);
        return;
    };
    let period = line.period.text().and_then(|token| read_period(&token, notes));
    sessions.learn(&line.session, period.as_ref().map(|period| period.label.as_str()));
    // `stats` may be the session's (a quarter's) and `totalStats` is the game's; where only one is sent, it is that.
    let row = if line.total.is_said { &line.total } else { &line.stats };
    let team_score = if row.team_score.is_said() { &row.team_score } else { &line.stats.team_score };
    let is_team = line.actor.text().is_some_and(|actor| actor == "TEAM");
    let player = line.player.text().filter(|id| id != "0" && !is_team).map(PlayerId::new);
    let happened_at = line.at.i64("boxscorestatsv2.t", notes).map(instant);
    if let Some(id) = play_id(&line.play, player.as_ref()) {
        // The version is the vendor's count of changes; instants serve to compare versions, and these compare alike.
        let version = line.version.i64("boxscorestatsv2.v", notes).map(instant);
        let place = shots::hoop_relative([&line.x, &line.y], [&line.hoop_x, &line.hoop_y], reading, notes);
        let classification = line.classification.text();
        match classification.as_deref() {
            None => {}
            Some(taken_back) if taken_back.starts_with(DELETED) => events.push(Event::PlayDeleted { id, at: version }),
            Some(classification) => {
                let play = play(id, classification, player.as_ref(), period, place);
                events.push(Event::Play(update(play, &team, happened_at, version)));
            }
        }
    }
    if player.is_none() && !is_team && !line.player.is_said() {
        notes.add("boxscorestatsv2: names no player", line.actor.text().as_deref());
    }
    let team_points = team_score.u32("TEAM_SCORE", notes);
    let figures = stats::stats(row, notes);
    // Of a row without a player the page does not say whether it has the team's totals or what the team did as one (a rebound
    // out of bounds), which would put zeros over them. With the team's points in it, it has the totals; else only the score counts.
    let is_known = player.is_some() || figures.points.is_some_and(|points| points > 0 && Some(points) == team_points);
    events.push(Event::Line(StatLine {
        team,
        player,
        play: line.play.text().map(PlayId::new),
        version: line.version.i64("boxscorestatsv2.v", notes),
        happened_at,
        team_points,
        stats: Box::new(if is_known { figures } else { Stats::default() }),
    }));
}

/// What the vendor puts before the classification of a play that it takes back.
const DELETED: &str = "DELETED_";

/// A line has one actor, and one play has a line for each of them (the shooter, the one who passed): each is a play of its
/// own here, because nothing says which is the play's.
fn play_id(event: &Loose<'_>, player: Option<&PlayerId>) -> Option<PlayId> {
    Some(PlayId::new(format!("{}/{}", event.text()?, player.map_or("team", PlayerId::as_str))))
}

fn play(
    id: PlayId,
    classification: &str,
    player: Option<&PlayerId>,
    period: Option<Period>,
    place: Option<(i32, i32)>,
) -> Play {
    let kind = classification.to_ascii_lowercase();
    let role = |player: &PlayerId| PlayRole { id: Some(player.clone()), role: kind.clone(), ..PlayRole::default() };
    Play {
        id: Some(id),
        period,
        players: player.map(role).into_iter().collect(),
        points: points(&kind),
        x_mm: place.map(|(x, _)| x),
        y_mm: place.map(|(_, y)| y),
        kind,
        ..Play::default()
    }
}

fn update(play: Play, team: &TeamId, happened_at: Option<Timestamp>, updated_at: Option<Timestamp>) -> PlayUpdate {
    PlayUpdate {
        sequence: happened_at.map_or(i64::MIN, Timestamp::as_millis),
        happened_at,
        updated_at,
        attributed_to: Some(team.clone()),
        play,
        ..PlayUpdate::default()
    }
}

/// Points of a made shot by its classification; `None` for what is no made shot.
fn points(kind: &str) -> Option<u32> {
    let value = kind.strip_suffix("_make")?;
    match value {
        "free_throw" => Some(1),
        "two_point" => Some(2),
        "three_point" => Some(3),
        _ => None,
    }
}

/// An instant of the vendor's, in milliseconds since 1970. Absurd ones become the edge of time rather than wrap.
fn instant(millis: i64) -> Timestamp {
    const MOST_MILLIS: i64 = i64::MAX / 1_000_000;
    Timestamp::from_millis(millis.clamp(-MOST_MILLIS, MOST_MILLIS))
}

/// A code that the broadcaster chose: the vendor fills in its own id where none was.
fn is_own_code(code: &str, id: Option<&str>) -> bool {
    id != Some(code)
}

fn ids<'l>(list: &'l List<Loose<'_>>) -> impl Iterator<Item = PlayerId> + use<'l> {
    list.items.iter().filter_map(|id| id.text().map(PlayerId::new))
}

#[cfg(test)]
mod tests;
