//! The game so far, as the REST API tells it (`stats,details,shots,possessions`): what fills a gap in the stream.
//!
//! The vendor's page of it has only `gameTotals` in full; `details` and shots are shown by other endpoints, and rows of
//! `stats` nowhere. So rows are looked for by what they must have, at any depth, and shots, which come without ids, are
//! told apart by who took them when.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::feed::decode::loose::{List, Loose};
use crate::feed::decode::notes::Notes;
use crate::feed::decode::{Reading, Verdict};
use crate::feed::tree::tree;
use crate::game::event::{Event, PlayUpdate, ShotOf, SoFar, StatLine, TeamFacts};
use crate::game::snapshot::{Game, GameStatus, Shot, Stats};
use crate::ids::{PlayerId, TeamId};
use crate::time::Timestamp;

use super::{DELETED, Reader, instant, play, play_id, possessions, read_period, shots, stats, update, wire};

/// Shots that are read: several games' worth.
const MOST_SHOTS: usize = 2_000;

#[derive(Deserialize, Default)]
struct Document<'a> {
    #[serde(borrow, default)]
    stats: Option<&'a RawValue>,
    #[serde(borrow, default)]
    details: Option<&'a RawValue>,
    #[serde(borrow, default)]
    shots: Option<&'a RawValue>,
    #[serde(borrow, default)]
    possessions: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "gameTotals")]
    totals: Option<&'a RawValue>,
}

/// Whether an object that is no message of the stream is the answer of the REST API.
pub(super) fn is_one(text: &str) -> bool {
    serde_json::from_str::<Document<'_>>(text).is_ok_and(|document| {
        let Document { stats, details, shots, possessions, totals } = document;
        [stats, details, shots, possessions, totals].iter().any(Option::is_some)
    })
}

impl Reader {
    pub(super) fn catch_up(&mut self, text: &str, notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        let document: Document<'_> = serde_json::from_str(text).unwrap_or_default();
        let rows: List<wire::Detail<'_>> = read(document.details, notes);
        let held: List<wire::Possession<'_>> = read(document.possessions, notes);
        let totals: wire::GameTotals<'_> = read(document.totals, notes);
        rows.note_shape("details", notes);
        held.note_shape("possessions", notes);
        let games = rows.items.iter().map(|row| &row.game).chain(held.items.iter().map(|held| &held.game));
        let mut games = games.filter_map(Loose::text);
        if let Some(game) = games.next() {
            if games.any(|other| other != game) {
                notes.add("catch-up: rows of several games", None);
                return Verdict::OtherGame;
            }
            if !self.of_game(&Loose::Text(game), events) {
                return Verdict::OtherGame;
            }
        }
        let mut so_far = SoFar::default();
        self.read_totals(&totals, &mut so_far, notes, events);
        if rows.is_said {
            so_far.plays = Some(self.read_details(&rows, &mut so_far.plays_of, notes));
        }
        if let Some(shots) = document.shots.and_then(|shots| grow("shots", shots, notes)) {
            let mut found = ShotRows { reader: self, found: Vec::new(), of: &mut so_far.shots_of, notes };
            found.look(&shots, &Loose::Absent, &Loose::Absent);
            let mut found = found.found;
            name_shots(&mut found, so_far.plays.as_deref().unwrap_or_default());
            so_far.shots = Some(found);
        }
        if let Some(stats) = document.stats.and_then(|stats| grow("stats", stats, notes)) {
            so_far.lines = lines(&stats, notes);
        }
        let latest = held.items.into_iter().max_by_key(|held| held.start.i64("", &mut Notes::default()));
        let mut began = None;
        if let Some(possession) = latest {
            began = possession.start.i64("possessions.startTimestamp", notes).map(instant);
            let mut said = wire::Possessions::default();
            said.possession = possession;
            possessions::read_possession(&said, &self.sessions, notes, events);
        }
        // Shots and possessions are among the plays: where they are ahead of them the plays lag, and the totals may, too.
        so_far.of = so_far.plays_of.or(so_far.shots_of).or(began);
        events.push(Event::SoFar(Box::new(so_far)));
        Verdict::Taken
    }

    fn read_totals(
        &mut self,
        totals: &wire::GameTotals<'_>,
        so_far: &mut SoFar,
        notes: &mut Notes,
        events: &mut Vec<Event>,
    ) {
        let ids = [&totals.home, &totals.away].map(|side| side.team.text().map(TeamId::new));
        if let [Some(home), Some(away)] = &ids {
            let facts = |id: &TeamId| TeamFacts { id: Some(id.clone()), ..TeamFacts::default() };
            events.push(Event::Teams { home: facts(home), away: facts(away) });
        }
        // That it is over is final; that it is on may have changed since the document was written.
        if totals.status.text().as_deref() == Some("COMPLETED") {
            events.push(Event::Game(Game { status: Some(GameStatus::Complete), ..Game::default() }));
        }
        // Points by period are the summary's: nothing else would keep them up to date.
        for row in &totals.periods.items {
            let period = row.period.text().and_then(|token| read_period(&token, notes));
            self.sessions.learn(&row.session, period.as_ref().map(|period| period.label.as_str()));
        }
        for (id, total) in ids.into_iter().zip([&totals.home, &totals.away]) {
            so_far.scores.extend(id.zip(total.value.u32("gameTotals", notes)));
        }
    }

    /// The play-by-play: one row an actor, as in the stream's box score.
    fn read_details(
        &mut self,
        rows: &List<wire::Detail<'_>>,
        of: &mut Option<Timestamp>,
        notes: &mut Notes,
    ) -> Vec<PlayUpdate> {
        let mut plays = Vec::new();
        for row in &rows.items {
            let period = row.period.text().and_then(|token| read_period(&token, notes));
            self.sessions.learn(&row.session, period.as_ref().map(|period| period.label.as_str()));
            let is_team = row.actor.text().is_some_and(|actor| actor == "TEAM");
            let player = row.player.text().filter(|id| id != "0" && !is_team).map(PlayerId::new);
            let happened_at = row.at.i64("details.timestamp", notes).map(instant);
            let named = (row.team.text(), row.classification.text(), play_id(&row.event, player.as_ref()));
            let (Some(team), Some(classification), Some(id), Some(_)) = (named.0, named.1, named.2, happened_at) else {
                notes.add("details: a row without team, classification, id or time", None);
                continue;
            };
            *of = (*of).max(happened_at);
            if classification.starts_with(DELETED) {
                continue;
            }
            let x = row.x.i32("details.hoopToEventX", notes).map(|x| self.reading.right_hand.x_mm(x));
            let place = x.zip(row.y.i32("details.hoopToEventY", notes));
            let play = play(id, &classification, player.as_ref(), period, place);
            plays.push(update(play, &TeamId::new(team), happened_at, None));
        }
        plays
    }
}

/// A part of the document; one that is not readable counts as not there.
fn read<'a, T: Deserialize<'a> + Default>(part: Option<&'a RawValue>, notes: &mut Notes) -> T {
    let Some(part) = part else { return T::default() };
    serde_json::from_str(part.get()).unwrap_or_else(|error| {
        notes.add("catch-up: a part is not readable", Some(&error.to_string()));
        T::default()
    })
}

/// A part of the document as a tree; one that is none, or too large a one, counts as not there.
fn grow(place: &'static str, part: &RawValue, notes: &mut Notes) -> Option<Value> {
    let grown = tree(part.get().as_bytes());
    if let Err(cause) = &grown {
        notes.add(format!("catch-up: `{place}` is not readable"), Some(&cause.to_string()));
    }
    grown.ok()
}

fn loose(value: Option<&Value>) -> Loose<'_> {
    match value {
        None | Some(Value::Null) => Loose::Absent,
        Some(Value::Bool(flag)) => Loose::Bool(*flag),
        Some(Value::String(text)) => Loose::Text(text.into()),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(whole) => Loose::Int(whole),
            None => number.as_f64().map_or(Loose::Other, Loose::Float),
        },
        Some(Value::Array(_) | Value::Object(_)) => Loose::Other,
    }
}

/// The first of several names that an object has.
fn named<'v>(object: &'v Value, names: &[&str]) -> Loose<'v> {
    names.iter().map(|name| loose(object.get(name))).find(Loose::is_said).unwrap_or_default()
}

/// Shots, wherever they stand below teams and players.
struct ShotRows<'r> {
    reader: &'r Reader,
    found: Vec<ShotOf>,
    of: &'r mut Option<Timestamp>,
    notes: &'r mut Notes,
}

impl ShotRows<'_> {
    /// `team` and `player` are those that `value` stands below.
    fn look<'v>(&mut self, value: &'v Value, team: &Loose<'v>, player: &Loose<'v>) {
        if let Value::Array(items) = value {
            items.iter().for_each(|item| self.look(item, team, player));
        }
        let Value::Object(fields) = value else { return };
        if fields.contains_key("occurred_at") {
            return self.shot(value, team, player);
        }
        let own = |names: &[&str], known: &Loose<'v>| -> Loose<'v> {
            let own = named(value, names);
            if own.is_said() { own } else { known.clone() }
        };
        let mut is_empty = true;
        for (name, below) in [("teams", None), ("player_shots", Some(true)), ("shots", Some(false))] {
            let Some(inner) = fields.get(name) else { continue };
            is_empty = false;
            match below {
                Some(true) => self.look(inner, &own(&["team_id", "id"], team), player),
                Some(false) => self.look(inner, team, &own(&["player_id", "id"], player)),
                None => self.look(inner, team, player),
            }
        }
        if is_empty {
            self.notes.add("shots: a row of an unknown shape", None);
        }
    }

    fn shot(&mut self, row: &Value, team: &Loose<'_>, player: &Loose<'_>) {
        let at = named(row, &["occurred_at"]).i64("shots.occurred_at", self.notes);
        *self.of = (*self.of).max(at.map(instant));
        let or = |own: Loose<'_>, known: &Loose<'_>| own.string().or_else(|| known.string());
        let team = or(named(row, &["team_id", "teamId"]), team);
        let player = or(named(row, &["player_id", "playerId"]), player);
        let made = named(row, &["is_make"]).bool("shots.is_make", self.notes);
        if named(row, &["status"]).text().is_some_and(|status| status.starts_with("DELETED")) {
            return;
        }
        let (Some(team), Some(player), Some(made), Some(_)) = (team, player, made, at) else {
            self.notes.add("shots: a row without team, player, result or time", None);
            return;
        };
        let notes = &mut *self.notes;
        let reading = self.reader.reading;
        let three = named(row, &["is_3point"]).bool("shots.is_3point", notes).unwrap_or(false);
        let place = place(row, reading, notes);
        let period = named(row, &["period"]).text().and_then(|token| read_period(&token, notes));
        let attributes = row.get("attributes").and_then(Value::as_array).into_iter().flatten();
        let zone = named(row, &["zone"]).u32("shots.zone", notes);
        let shot = Shot {
            id: named(row, &["event_id", "eventId"]).string(),
            player: Some(PlayerId::new(player)),
            made,
            three,
            x_mm: place.map(|(x, _)| x),
            y_mm: place.map(|(_, y)| y),
            zone: zone.and_then(|number| reading.zone_order.ours(number)),
            advanced_zone: shots::advanced_zone(&named(row, &["advanced_zone"]), "shots.advanced_zone", notes),
            period: period.map(|period| period.label),
            points: Some(if made { 2 + u32::from(three) } else { 0 }),
            at_millis: at,
            // To the centimetre, as the stream tells it.
            distance_mm: place.map(|(x, y)| (f64::from(x).hypot(f64::from(y)) / 10.0).round() as u32 * 10),
            attributes: attributes.filter_map(|one| loose(Some(one)).string()).collect(),
            ..Shot::default()
        };
        if self.found.len() == MOST_SHOTS {
            self.notes.add("shots: more than any game has", None);
            return;
        }
        self.found.push(ShotOf { team: TeamId::new(team), shot });
    }
}

/// Gives shots without ids those of their plays.
fn name_shots(shots: &mut [ShotOf], plays: &[PlayUpdate]) {
    for ShotOf { shot, .. } in shots.iter_mut().filter(|said| said.shot.id.is_none()) {
        let is_its = |update: &&PlayUpdate| {
            let by = update.play.players.first().and_then(|role| role.id.as_ref());
            Some(update.sequence) == shot.at_millis && by == shot.player.as_ref() && is_field_goal(&update.play.kind)
        };
        let id = plays.iter().find(is_its).and_then(|update| update.play.id.as_ref());
        shot.id = id.and_then(|id| Some(id.as_str().rsplit_once('/')?.0.to_owned()));
    }
}

fn is_field_goal(kind: &str) -> bool {
    kind.starts_with("two_point") || kind.starts_with("three_point")
}

/// From the hoop, as the row has it, or else by the places of both on the court.
fn place(row: &Value, reading: Reading, notes: &mut Notes) -> Option<(i32, i32)> {
    let (x, y) = (named(row, &["hoop_player_x"]), named(row, &["hoop_player_y"]));
    if x.is_said() && y.is_said() {
        let x = x.i32("shots.hoop_player_x", notes).map(|x| reading.right_hand.x_mm(x));
        return x.zip(y.i32("shots.hoop_player_y", notes));
    }
    let [x, y, hoop_x, hoop_y] = ["player_x", "player_y", "hoop_x", "hoop_y"].map(|name| named(row, &[name]));
    shots::hoop_relative([&x, &y], [&hoop_x, &hoop_y], reading, notes)
}

/// What players have; rows of teams are left out, because nothing says whether they are sums or the team's own share.
fn lines(rows: &Value, notes: &mut Notes) -> Vec<StatLine> {
    let mut lines = Vec::new();
    for row in rows.as_array().into_iter().flatten() {
        let (team, player) = (named(row, &["teamId", "team_id", "tid"]), named(row, &["playerId", "player_id", "pid"]));
        let Some(team) = team.text().map(TeamId::new) else {
            notes.add("stats: a row without team", None);
            continue;
        };
        let Some(player) = player.text().filter(|id| id != "0").map(PlayerId::new) else { continue };
        let figures = ["totalStats", "stats"].iter().find_map(|name| row.get(name)).unwrap_or(row);
        let figures = wire::Row::deserialize(figures).unwrap_or_default();
        let stats = stats::stats(&figures, notes);
        if stats != Stats::default() {
            lines.push(StatLine {
                team,
                player: Some(player),
                play: None,
                version: None,
                happened_at: None,
                team_points: None,
                stats: Box::new(stats),
            });
        }
    }
    lines
}
