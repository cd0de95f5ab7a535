//! Sportradar NBA Push Events: every message carries the game block (score, bonus, timeouts) and one play.
//!
//! A play is sent again whenever something of it changes, in any order, days later even; so plays are told apart by id
//! and ordered by `sequence`. The message of the highest sequence is the game's [head](Head): clock, period, status,
//! possession and line-ups are the head's, never those of the last arrival, which may be an edit of an old play.
//!
//! The game block is a little different, because it is the state when the message was *written*. In the captures that
//! were measured, each of the four late edits and the one delete whose block differed from the head's was right and the
//! head's was out of date. So a late edit's block counts too, but only when it proves to be newer: see [`Block`].

mod plays;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::game::event::{ClockReading, Event, TeamFacts};
use crate::game::snapshot::{self, GameStatus, Period, PeriodKind, Player, Score, Sport};
use crate::ids::{FeedKind, GameId, PlayId, PlayerId, Side, TeamId};
use crate::time::Timestamp;

use super::loose::{Loose, Odd};
use super::notes::Notes;
use super::{Options, Verdict, parse};

/// Prefix of this vendor's game ids in metadata and filters; the payload has the bare id.
const MATCH_PREFIX: &str = "sd:match:";

/// A late edit changes one play, so at most a three-pointer with its free throw. A block further than this from the one
/// shown was not written now, whatever its time says.
const MOST_POINTS_OF_AN_EDIT: u32 = 4;

/// Deleted plays that are remembered; a game has a handful. Later ones can no longer be told from late copies.
const MOST_DELETED: usize = 1_000;

/// Quarters before the first overtime, to number overtimes by the running number of their period.
const QUARTERS: u8 = 4;

/// Reads one stream and follows one game of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Reader {
    kind: FeedKind,
    wanted: Option<String>,
    game: Option<GameId>,
    head: Option<Head>,
    block: Block,
    /// Deleted plays and when they were; a late copy of one must not become the head.
    deleted: BTreeMap<PlayId, Option<Timestamp>>,
    teams: Teams,
    other_games: BTreeMap<String, String>,
    /// Players whose names were passed on, by id or else by number and name.
    introduced: BTreeSet<String>,
}

/// The latest play by sequence.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    sequence: i64,
    play: PlayId,
    /// The highest sequence of any other play: the head falls back to it when its play is deleted, or is given a lower
    /// sequence (a mistyped time would otherwise hold the clock until the game catches up with it).
    previous: i64,
}

/// The game block that was last believed, and when it was written.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Block {
    home: Option<u32>,
    away: Option<u32>,
    written_at: Option<Timestamp>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Teams {
    home: Option<TeamId>,
    away: Option<TeamId>,
}

impl Teams {
    fn side(&self, team: &str) -> Option<Side> {
        let is = |id: &Option<TeamId>| id.as_ref().is_some_and(|id| id.as_str() == team);
        if is(&self.home) { Some(Side::Home) } else { is(&self.away).then_some(Side::Away) }
    }
}

impl Reader {
    pub(super) fn new(kind: FeedKind, options: Options) -> Self {
        Self {
            kind,
            wanted: options.match_id.map(|id| bare(&id).to_owned()),
            game: None,
            head: None,
            block: Block::default(),
            deleted: BTreeMap::new(),
            teams: Teams::default(),
            other_games: BTreeMap::new(),
            introduced: BTreeSet::new(),
        }
    }

    pub(super) fn game(&self) -> Option<&GameId> {
        self.game.as_ref()
    }

    pub(super) fn other_games(&self) -> impl Iterator<Item = &str> {
        self.other_games.values().map(String::as_str)
    }

    pub(super) fn read(&mut self, bytes: &[u8], notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        let text = super::text_of(bytes, notes);
        let message: wire::Message = match serde_json::from_str(&text) {
            Ok(message) => message,
            Err(error) => {
                notes.add("message: not valid JSON", Some(&error.to_string()));
                return Verdict::Skipped;
            }
        };
        message.note("message", notes);
        if !message.payload.is_said {
            if message.heartbeat.is_said() {
                return Verdict::Heartbeat;
            }
            notes.add("message: neither payload nor heartbeat", None);
            return Verdict::Skipped;
        }
        let Some(game) = game_id(&message) else {
            notes.add("message: names no game", None);
            return Verdict::Skipped;
        };
        if !self.follows(game) {
            self.pass_by(game, &message.payload.game);
            return Verdict::OtherGame;
        }
        let (game, event) = (&message.payload.game, &message.payload.event);
        if !event.deleted.is_said() && message.metadata.operation.text().as_deref() != Some("delete") {
            self.update(&message, notes, events);
        } else {
            self.delete(game, event, notes, events);
        }
        Verdict::Taken
    }

    fn follows(&mut self, game: &str) -> bool {
        if self.wanted.as_deref().is_some_and(|wanted| wanted != game) {
            return false;
        }
        self.game.get_or_insert_with(|| GameId::new(game)).as_str() == game
    }

    fn pass_by(&mut self, id: &str, game: &wire::Game<'_>) {
        if !self.other_games.contains_key(id) && self.other_games.len() < super::MOST_OTHER_GAMES {
            let name = |side: &wire::Side<'_>| side.name.string().unwrap_or_else(|| "?".to_owned());
            self.other_games.insert(id.to_owned(), format!("{id} ({} at {})", name(&game.away), name(&game.home)));
        }
    }

    fn update(&mut self, message: &wire::Message<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        let (game, event) = (&message.payload.game, &message.payload.event);
        self.learn_teams(game);
        let period = period(&event.period, notes);
        let sequence = event.sequence.i64("event.sequence", notes);
        let written_at = instant(&event.updated, "event.updated", notes);
        let is_head = !self.is_deleted(&event.id, written_at) && self.advance(&event.id, sequence);
        if is_head {
            events.push(Event::Game(self.facts(message, period.as_ref(), notes)));
            events.push(teams(game));
        }
        self.block(game, is_head, written_at, false, notes, events);
        if is_head {
            self.head_facts(event, period.clone(), notes, events);
        }
        self.introduce(&event.on_court, events);
        match event.id.text() {
            Some(id) => {
                let update = plays::update(PlayId::new(id), sequence, period, event, &self.teams, notes);
                events.push(Event::Play(update));
            }
            None if event.is_said => notes.add("event: no id, so the play cannot be kept", None),
            // A message without an event still brings a game block.
            None => {}
        }
    }

    fn delete(&mut self, game: &wire::Game<'_>, event: &wire::Event<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        self.learn_teams(game);
        let at = instant(&event.deleted, "event.deleted", notes);
        let Some(id) = event.id.text().map(PlayId::new) else {
            notes.add("event: a delete names no play", None);
            return;
        };
        if let Some(head) = self.head.as_mut().filter(|head| head.play == id) {
            head.sequence = head.previous;
        }
        self.block(game, self.head.is_none(), at, true, notes, events);
        if self.deleted.len() < MOST_DELETED {
            self.deleted.insert(id.clone(), at);
        }
        events.push(Event::PlayDeleted { id, at });
    }

    /// Whether the play was deleted and this version of it is not known to be newer than that.
    fn is_deleted(&self, id: &Loose<'_>, written_at: Option<Timestamp>) -> bool {
        let Some(id) = id.text().filter(|_| !self.deleted.is_empty()) else { return false };
        let deleted = self.deleted.get(&PlayId::new(id));
        deleted.is_some_and(|at| written_at.zip(*at).is_none_or(|(written, deleted)| written <= deleted))
    }

    /// Whether the play is the latest; if so it becomes the head.
    fn advance(&mut self, id: &Loose<'_>, sequence: Option<i64>) -> bool {
        let id = id.text().unwrap_or_default();
        let Some(head) = &mut self.head else {
            // The very first message is the best that is known, even without a sequence.
            self.head =
                Some(Head { sequence: sequence.unwrap_or(i64::MIN), play: PlayId::new(id), previous: i64::MIN });
            return true;
        };
        let Some(sequence) = sequence else { return false };
        if head.play.as_str() == id {
            head.sequence = sequence;
            return sequence >= head.previous;
        }
        if sequence >= head.sequence {
            *head = Head { sequence, play: PlayId::new(id), previous: head.sequence.max(head.previous) };
            return true;
        }
        head.previous = head.previous.max(sequence);
        false
    }

    fn learn_teams(&mut self, game: &wire::Game<'_>) {
        for (known, said) in [(&mut self.teams.home, &game.home.id), (&mut self.teams.away, &game.away.id)] {
            if let Some(id) = said.text()
                && known.as_ref().is_none_or(|known| known.as_str() != id)
            {
                *known = Some(TeamId::new(id));
            }
        }
    }

    /// Passes on score, bonus and timeouts, if this block is the newest: the head's, or one that was written later than
    /// the last one believed and differs from it by no more than an edit can.
    fn block(
        &mut self,
        game: &wire::Game<'_>,
        is_head: bool,
        written_at: Option<Timestamp>,
        is_delete: bool,
        notes: &mut Notes,
        events: &mut Vec<Event>,
    ) {
        let home = game.home.points.u32("game.home.points", notes);
        let away = game.away.points.u32("game.away.points", notes);
        let is_newer = match (written_at, self.block.written_at) {
            // Times have whole seconds. A delete can follow within the same one; it is never sent without reason.
            (Some(written), Some(known)) if is_delete => written >= known,
            (Some(written), Some(known)) => written > known,
            (Some(_), None) => true,
            (None, _) => is_delete,
        };
        let is_edit = !is_far(home, self.block.home) && !is_far(away, self.block.away);
        if !(is_head || (is_newer && is_edit)) {
            return;
        }
        self.block = Block {
            home: home.or(self.block.home),
            away: away.or(self.block.away),
            written_at: written_at.max(self.block.written_at),
        };
        push_score(home, away, game, events);
        for (side, block) in [(Side::Home, &game.home), (Side::Away, &game.away)] {
            let bonus = block.bonus.bool("game.bonus", notes);
            let timeouts = block.timeouts.u32("game.remaining_timeouts", notes);
            if bonus.is_some() || timeouts.is_some() {
                events.push(Event::Bench { side, bonus, timeouts, fouls: None });
            }
        }
    }

    /// What holds for the game because this is its latest play.
    fn head_facts(&self, event: &wire::Event<'_>, period: Option<Period>, notes: &mut Notes, events: &mut Vec<Event>) {
        let game_millis = clock(event, notes);
        if period.is_some() || game_millis.is_some() {
            let taken_at = instant(&event.wall_clock, "event.wall_clock", notes);
            events.push(Event::Clock(ClockReading {
                period,
                game_millis,
                running: None,
                taken_at,
                ..ClockReading::default()
            }));
        }
        events.push(Event::Possession { team: event.possession.id.text().map(TeamId::new) });
        for (side, line_up) in [(Side::Home, &event.on_court.home), (Side::Away, &event.on_court.away)] {
            if line_up.players.is_said {
                let players = line_up.players.items.iter().filter_map(|player| player.id.text().map(PlayerId::new));
                events.push(Event::OnCourt { side, players: players.collect() });
            }
        }
    }

    fn facts(&self, message: &wire::Message<'_>, period: Option<&Period>, notes: &mut Notes) -> snapshot::Game {
        let game = &message.payload.game;
        let mut status = status(&game.status, "game.status", notes);
        // Half-time shows in the metadata only, and there also on messages of the next quarter for a while.
        let is_half = message.metadata.status.text().as_deref() == Some("halftime");
        if is_half && status == Some(GameStatus::InProgress) && period.is_some_and(|period| period.number == 2) {
            status = Some(GameStatus::Halftime);
        }
        snapshot::Game {
            id: self.game.clone(),
            league: message.metadata.league.string(),
            sport: match self.kind {
                FeedKind::NhlPushEvents | FeedKind::NhlPushClock => Sport::Hockey,
                _ => Sport::Basketball,
            },
            status,
            title: game.title.string(),
            venue: game.venue.name.string(),
            ..snapshot::Game::default()
        }
    }

    /// Names players who were not seen before; some have no id, and are known by number and name.
    fn introduce(&mut self, on_court: &wire::OnCourt<'_>, events: &mut Vec<Event>) {
        for (side, line_up) in [(Side::Home, &on_court.home), (Side::Away, &on_court.away)] {
            let mut players = Vec::new();
            for player in &line_up.players.items {
                let key = player.id.text().or(player.reference.text()).or(player.name.text());
                let Some(key) = key.filter(|key| !self.introduced.contains(key.as_ref())) else { continue };
                self.introduced.insert(key.into_owned());
                players.push(introduced(player));
            }
            if !players.is_empty() {
                events.push(Event::Roster { side, players });
            }
        }
    }
}

fn bare(id: &str) -> &str {
    id.strip_prefix(MATCH_PREFIX).unwrap_or(id)
}

/// The bare id of the message's game, from the payload or else from the metadata, where other vendors' ids may follow
/// after commas.
fn game_id<'m>(message: &'m wire::Message<'_>) -> Option<&'m str> {
    if let Loose::Text(id) = &message.payload.game.id {
        return Some(bare(id)).filter(|id| !id.is_empty());
    }
    let Loose::Text(ids) = &message.metadata.game else { return None };
    ids.split(',').map(str::trim).find_map(|id| id.strip_prefix(MATCH_PREFIX))
}

fn teams(game: &wire::Game<'_>) -> Event {
    let facts = |side: &wire::Side<'_>| TeamFacts {
        id: side.id.text().map(TeamId::new),
        name: side.name.string(),
        market: side.market.string(),
        code: side.alias.string(),
        alias: None,
    };
    Event::Teams { home: facts(&game.home), away: facts(&game.away) }
}

fn push_score(home: Option<u32>, away: Option<u32>, game: &wire::Game<'_>, events: &mut Vec<Event>) {
    match (home, away) {
        (Some(home), Some(away)) => events.push(Event::Score(Score { home, away })),
        _ => {
            for (points, side) in [(home, &game.home), (away, &game.away)] {
                if let (Some(points), Some(team)) = (points, side.id.text()) {
                    events.push(Event::TeamScore { team: TeamId::new(team), points });
                }
            }
        }
    }
}

fn is_far(said: Option<u32>, known: Option<u32>) -> bool {
    said.zip(known).is_some_and(|(said, known)| said.abs_diff(known) > MOST_POINTS_OF_AN_EDIT)
}

fn instant(text: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<Timestamp> {
    let text = text.text()?;
    let instant = parse::instant(&text);
    if instant.is_none() {
        notes.add(format!("{place}: not a time"), Some(&text));
    }
    instant
}

/// The play's clock; the decimal form has the tenths of the last minute.
fn clock(event: &wire::Event<'_>, notes: &mut Notes) -> Option<u32> {
    let text = event.clock_decimal.text().or(event.clock.text())?;
    let millis = parse::clock_millis(&text);
    if millis.is_none() {
        notes.add("event.clock: not a clock", Some(&text));
    }
    millis
}

/// `number` starts again in overtime, `sequence` runs on; a feed that numbers overtimes from 5 is understood too.
fn period(period: &wire::Period<'_>, notes: &mut Notes) -> Option<Period> {
    let kind = period.kind.text()?;
    let byte =
        |number: &Loose<'_>, place, notes: &mut Notes| number.u32(place, notes).and_then(|n| u8::try_from(n).ok());
    let number = byte(&period.number, "period.number", notes);
    let sequence = byte(&period.sequence, "period.sequence", notes);
    let (kind, first) = match kind.to_ascii_lowercase().as_str() {
        "quarter" | "reg" => (PeriodKind::Quarter, 0),
        "half" => (PeriodKind::Half, 0),
        "overtime" | "ot" => (PeriodKind::Overtime, QUARTERS),
        _ => {
            notes.add("period.type: not a documented type", Some(&kind));
            return None;
        }
    };
    let number = match (number, sequence) {
        (Some(number), Some(sequence)) if number < sequence || first == 0 => number,
        (_, Some(sequence)) if sequence > first => sequence - first,
        (Some(number), _) => number,
        (None, _) => return None,
    };
    Some(Period::new(kind, number))
}

fn status(text: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<GameStatus> {
    let text = text.text()?;
    Some(match text.as_ref() {
        "scheduled" | "created" | "time-tbd" | "if-necessary" => GameStatus::Scheduled,
        "inprogress" => GameStatus::InProgress,
        "halftime" => GameStatus::Halftime,
        "complete" | "closed" => GameStatus::Complete,
        "delayed" => GameStatus::Delayed,
        "postponed" => GameStatus::Postponed,
        "cancelled" | "unnecessary" => GameStatus::Cancelled,
        _ => {
            notes.add(format!("{place}: not a documented status"), Some(&text));
            return None;
        }
    })
}

fn introduced(player: &wire::Player<'_>) -> Player {
    let name = player.name.text().unwrap_or_default();
    let (first, last) = match name.split_once(' ') {
        Some((first, last)) => (Some(first.to_owned()), last),
        None => (None, name.as_ref()),
    };
    Player {
        id: player.id.text().map(PlayerId::new),
        number: player.number.string(),
        first_name: first,
        last_name: Some(last.to_owned()).filter(|last| !last.is_empty()),
        ..Player::default()
    }
}
