//! Sportradar's push feeds of the NBA and NHL, and their play-by-play documents.
//!
//! A message of an events feed carries the game block (score, bonus, timeouts) and one play. A play is sent again
//! whenever something of it changes, in any order, days later even; so plays are told apart by id and ordered by
//! `sequence`. The message of the highest sequence is the game's head ([`Latest`]): clock, period, status, possession and
//! line-ups are the head's, never those of the last arrival, which may be an edit of an old play.
//!
//! The game block is a little different, because it is the state when the message was *written*. In the captures that
//! were measured, each of the four late edits and the one delete whose block differed from the head's was right and the
//! head's was out of date. So a late edit's block counts too, but only when it proves to be newer: see [`Block`].
//!
//! A message of a clock feed has the clocks and the game block of now, whatever play it carries along: both count as they
//! arrive, unless a message of a later moment has come before ([`Order`]). A play-by-play document, fetched after a gap, is all
//! plays at once.

mod clocks;
mod document;
mod facts;
mod hockey;
mod latest;
mod order;
mod plays;
mod wire;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::game::event::{ClockReading, Event};
use crate::game::snapshot::{self, Period, PeriodKind, Score, Sport};
use crate::ids::{FeedKind, GameId, PlayId, PlayerId, Side, TeamId};
use crate::time::Timestamp;

use facts::teams;
use latest::Latest;
use order::Order;

use super::loose::{List, Loose, Odd};
use super::notes::Notes;
use super::{Options, Verdict};

/// Prefix of this vendor's game ids in metadata and filters; the payload has the bare id.
const MATCH_PREFIX: &str = "sd:match:";

/// A late edit changes one play, so at most a three-pointer with its free throw. A block further than this from the one
/// shown was not written now, whatever its time says.
const MOST_POINTS_OF_AN_EDIT: u32 = 4;

/// Deleted plays that are remembered; a game has a handful. Later ones can no longer be told from late copies.
const MOST_DELETED: usize = 1_000;

/// Players who are introduced by name: two teams have a fifth of it.
const MOST_INTRODUCED: usize = 400;

/// The game clock when a period of hockey begins: whoever saw it then has seen all plays.
const FULL_PERIOD_MILLIS: u32 = 20 * 60 * 1_000;

/// Reads one stream and follows one game of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reader {
    sport: Sport,
    /// Whether the feed's messages are of now, with the play that came last beside it.
    is_clock: bool,
    /// Whether the last message had a penalty's clock: when one has none any more, strength is even.
    has_strength_clock: bool,
    wanted: Option<String>,
    game: Option<GameId>,
    #[serde(default)]
    latest: Latest,
    block: Block,
    /// Deleted plays and when they were; a late copy of one must not become the head.
    deleted: BTreeMap<PlayId, Option<Timestamp>>,
    teams: Teams,
    other_games: BTreeMap<String, String>,
    /// Players whose names were passed on, by id or else by number and name.
    introduced: BTreeSet<String>,
    #[serde(default)]
    order: Order,
}

/// The game block that was last believed, and when it was written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Block {
    home: Option<u32>,
    away: Option<u32>,
    written_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
            sport: match kind {
                FeedKind::NhlPushEvents | FeedKind::NhlPushClock => Sport::Hockey,
                _ => Sport::Basketball,
            },
            is_clock: matches!(kind, FeedKind::NbaPushClock | FeedKind::NbaPushGameClock | FeedKind::NhlPushClock),
            has_strength_clock: false,
            wanted: options.match_id.map(|id| bare(&id).to_owned()),
            game: None,
            latest: Latest::default(),
            block: Block::default(),
            deleted: BTreeMap::new(),
            teams: Teams::default(),
            other_games: BTreeMap::new(),
            introduced: BTreeSet::new(),
            order: Order::default(),
        }
    }

    pub(super) fn connected(&mut self) {
        self.order = Order::default();
    }

    pub(super) fn game(&self) -> Option<&GameId> {
        self.game.as_ref()
    }

    pub(super) fn other_games(&self) -> impl Iterator<Item = &str> + Clone {
        self.other_games.values().map(String::as_str)
    }

    pub(super) fn read(&mut self, bytes: &[u8], notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        let text = super::text_of(bytes, notes);
        let message: wire::Message = match serde_json::from_str(&text) {
            Ok(message) => message,
            Err(error) => {
                let kind = super::unreadable(&text, "message: not valid JSON");
                notes.add(kind, Some(&error.to_string()));
                return Verdict::Skipped;
            }
        };
        if !message.payload.is_said && message.periods.0 {
            return self.play_by_play(&text, notes, events);
        }
        message.note("message", notes);
        if !message.payload.is_said {
            if message.heartbeat.0 {
                return Verdict::Heartbeat;
            }
            notes.add("message: neither payload nor heartbeat", None);
            return Verdict::Skipped;
        }
        let Some(game) = game_id(&message) else {
            notes.add("message: names no game", None);
            return Verdict::Skipped;
        };
        let is_over = words::status(&message.payload.game.status, "game.status", &mut Notes::default())
            == Some(snapshot::GameStatus::Complete);
        // Games are edited for days: what is over when the stream begins is not the game that it is listened to for.
        let is_yesterdays = is_over && self.game.is_none() && self.wanted.is_none();
        let called = |wanted: &str| {
            let listed = message.metadata.game.text();
            let is_listed = listed.is_some_and(|ids| ids.split(',').any(|id| id.trim() == wanted));
            is_listed || is_sr_id(&message.payload.game, wanted)
        };
        if is_yesterdays || !self.follows(game, called) {
            self.pass_by(game, &message.payload.game);
            return Verdict::OtherGame;
        }
        let (game, event) = (&message.payload.game, &message.payload.event);
        self.learn_teams(game);
        // First what is gone: the message's own play may be the latest without it.
        for list in [&message.payload.deleted, &game.deleted, &event.deleted_events] {
            self.forget_all(list, events);
        }
        if event.deleted.is_said() || message.metadata.operation.text().as_deref() == Some("delete") {
            self.delete(game, event, notes, events);
        } else if self.is_clock {
            self.now(&message, notes, events);
        } else {
            self.update(&message, notes, events);
        }
        Verdict::Taken
    }

    /// Follows a game that another feed of the league has settled on, unless it was told which, or has settled itself.
    pub(super) fn follow(&mut self, game: &GameId) {
        if self.wanted.is_none() && self.game.is_none() {
            self.wanted = Some(game.as_str().to_owned());
        }
    }

    /// The game that it was told to follow, or has settled on.
    pub(super) fn wanted(&self) -> Option<&str> {
        self.wanted.as_deref().or(self.game.as_ref().map(GameId::as_str))
    }

    /// Whether it has settled on another game than this.
    pub(super) fn is_of_another(&self, game: &str) -> bool {
        let game = bare(game);
        self.game.as_ref().is_some_and(|known| known.as_str() != game) && self.wanted.as_deref() != Some(game)
    }

    /// Whether a message of this game counts. `is_called`: whether the message has the game by another id (`sr:match:…`).
    fn follows(&mut self, game: &str, is_called: impl FnOnce(&str) -> bool) -> bool {
        if let Some(known) = &self.game {
            return known.as_str() == game;
        }
        let follows = self.wanted.as_deref().is_none_or(|wanted| wanted == game || is_called(wanted));
        if follows {
            self.game = Some(GameId::new(game));
        }
        follows
    }

    fn pass_by(&mut self, id: &str, game: &wire::Game<'_>) {
        if !self.other_games.contains_key(id) && self.other_games.len() < super::MOST_OTHER_GAMES {
            let name = |side: &wire::Side<'_>| side.name.string().unwrap_or_else(|| "?".to_owned());
            self.other_games.insert(id.to_owned(), format!("{id} ({} at {})", name(&game.away), name(&game.home)));
        }
    }

    /// A message of an events feed.
    fn update(&mut self, message: &wire::Message<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        let (game, event) = (&message.payload.game, &message.payload.event);
        let period = words::event_period(&event.period, self.sport, notes);
        let written_at = words::instant(&event.updated, "event.updated", notes);
        let is_head = self.is_head(event, written_at);
        if is_head {
            events.push(Event::Game(self.facts(message, period.as_ref(), notes)));
            events.push(teams(game));
            self.scoring(game, notes, events);
        }
        self.block(game, is_head, written_at, false, notes, events);
        if is_head {
            let game_millis = words::event_clock(event, &mut Notes::default());
            if begins_game(period.as_ref(), game_millis) {
                events.push(Event::PlaysAreWhole);
            }
            self.play_clock(period.clone(), game_millis, events);
            self.head_facts(event, notes, events);
        }
        self.play(event, period, notes, events);
    }

    /// A message of a clock feed.
    fn now(&mut self, message: &wire::Message<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        let (payload, game, event) = (&message.payload, &message.payload.game, &message.payload.event);
        let event_period = words::event_period(&event.period, self.sport, notes);
        let period = words::period_at(&payload.period, self.sport, notes)
            .or_else(|| self.period_of_game(game, event_period.as_ref(), notes))
            .or_else(|| event_period.clone());
        let written_at = words::instant(&payload.clocks.wall, "clocks.wall", notes);
        let game_millis =
            words::clock(&payload.clocks.game_decimal, &payload.clocks.game, "clocks.game", &mut Notes::default());
        if !self.order.advance(written_at, period.as_ref(), game_millis) {
            // A play has a version of its own, and may have come with no other message.
            if event.is_said {
                self.play(event, event_period, notes, events);
            }
            return;
        }
        events.push(Event::Game(self.facts(message, period.as_ref(), notes)));
        events.push(teams(game));
        self.scoring(game, notes, events);
        self.block(game, true, written_at, false, notes, events);
        if payload.clocks.is_said {
            events.push(Event::Clock(clocks::reading(&payload.clocks, period, self.sport, notes)));
        } else if period.is_some() {
            events.push(Event::Clock(ClockReading { period, ..ClockReading::default() }));
        }
        if event.is_said {
            let written_at = words::instant(&event.updated, "event.updated", notes);
            if self.is_head(event, written_at) {
                self.head_facts(event, notes, events);
            }
            self.play(event, event_period, notes, events);
        }
        self.strength_clock(&payload.clocks, events);
    }

    /// The game's period by number; whether a fifth is a shoot-out or a second overtime, only the play's can tell.
    fn period_of_game(&self, game: &wire::Game<'_>, of_event: Option<&Period>, notes: &mut Notes) -> Option<Period> {
        let period = words::period_at(&game.period, self.sport, notes)?;
        let is_shootout = of_event.is_some_and(|of_event| of_event.kind == PeriodKind::Shootout);
        Some(of_event.filter(|_| is_shootout && period.kind == PeriodKind::Overtime).cloned().unwrap_or(period))
    }

    fn strength_clock(&mut self, clocks: &wire::Clocks<'_>, events: &mut Vec<Event>) {
        let has_clock = clocks.strength.is_said();
        if self.has_strength_clock && !has_clock && clocks.game.is_said() {
            let at = words::instant(&clocks.wall, "clocks.wall", &mut Notes::default());
            for side in Side::BOTH {
                events.push(Event::Strength { side, strength: snapshot::Strength::Even, at });
            }
        }
        if clocks.is_said {
            self.has_strength_clock = has_clock;
        }
    }

    fn delete(&mut self, game: &wire::Game<'_>, event: &wire::Event<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        let at = words::instant(&event.deleted, "event.deleted", notes);
        let id = event.id.text().map(PlayId::new);
        self.block(game, self.latest.is_empty() || self.is_clock, at, true, notes, events);
        match id {
            Some(id) => self.forget(id, at, events),
            None if event.deleted_events.is_said || game.deleted.is_said => {}
            None => notes.add("event: a delete names no play", None),
        }
    }

    fn forget_all(&mut self, list: &List<wire::DeletedEvent<'_>>, events: &mut Vec<Event>) {
        for deleted in &list.items {
            let id = if deleted.id.is_said() { &deleted.id } else { &deleted.event.id };
            let Some(id) = id.text().map(PlayId::new) else { continue };
            self.forget(id, None, events);
        }
    }

    fn forget(&mut self, id: PlayId, at: Option<Timestamp>, events: &mut Vec<Event>) {
        self.latest.delete(&id);
        if self.deleted.len() < MOST_DELETED {
            // A list of deleted plays does not say when; who has heard that already knows better.
            let known = self.deleted.entry(id.clone()).or_insert(at);
            *known = (*known).max(at);
        }
        events.push(Event::PlayDeleted { id, at });
    }

    /// Whether the message's play is the latest; if so it becomes the head.
    fn is_head(&mut self, event: &wire::Event<'_>, written_at: Option<Timestamp>) -> bool {
        let id = event.id.text().unwrap_or_default();
        !self.is_deleted(&event.id, written_at) && self.latest.put(&id, words::sequence(event), written_at)
    }

    /// Whether the play was deleted and this version of it is not known to be newer than that.
    fn is_deleted(&self, id: &Loose<'_>, written_at: Option<Timestamp>) -> bool {
        let Some(id) = id.text().filter(|_| !self.deleted.is_empty()) else { return false };
        let deleted = self.deleted.get(&PlayId::new(id));
        deleted.is_some_and(|at| written_at.zip(*at).is_none_or(|(written, deleted)| written <= deleted))
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

    fn play_clock(&self, period: Option<Period>, game_millis: Option<u32>, events: &mut Vec<Event>) {
        if period.is_some() || game_millis.is_some() {
            events.push(Event::Clock(ClockReading { period, game_millis, ..ClockReading::default() }));
        }
    }

    /// What holds for the game because this is its latest play.
    fn head_facts(&self, event: &wire::Event<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        if let Some(side) = event.attribution.id.text().and_then(|team| self.teams.side(&team))
            && let Some(end) = words::attacked_end(&event.attribution, notes)
        {
            events.push(Event::Attacks { side, end });
            events.push(Event::Attacks { side: side.other(), end: end.other() });
        }
        if self.sport == Sport::Hockey {
            hockey::line_ups(event, &self.teams, notes, events);
            return;
        }
        if !self.is_clock || event.possession.is_said {
            events.push(Event::Possession { team: event.possession.id.text().map(TeamId::new) });
        }
        for (side, line_up) in [(Side::Home, &event.on_court.home), (Side::Away, &event.on_court.away)] {
            if line_up.players.is_said {
                let players = line_up.players.items.iter().filter_map(|player| player.id.text().map(PlayerId::new));
                events.push(Event::OnCourt { side, players: players.collect(), is_start: None });
            }
        }
    }

    fn play(&mut self, event: &wire::Event<'_>, period: Option<Period>, notes: &mut Notes, events: &mut Vec<Event>) {
        self.introduce(event, notes, events);
        match event.id.text() {
            Some(id) => {
                let update = plays::update(PlayId::new(id), period, event, self.sport, &self.teams, notes);
                events.push(Event::Play(update));
            }
            None if event.is_said => notes.add("event: no id, so the play cannot be kept", None),
            // A message without an event still brings a game block.
            None => {}
        }
    }
}

/// Whether a play is the game's first: all others are yet to come.
fn begins_game(period: Option<&Period>, game_millis: Option<u32>) -> bool {
    let is_first = period.is_some_and(|period| period.kind == PeriodKind::Period && period.number == 1);
    is_first && game_millis.is_some_and(|millis| millis >= FULL_PERIOD_MILLIS)
}

/// Whether a game's block has this id of the vendor's other numbering.
fn is_sr_id(game: &wire::Game<'_>, id: &str) -> bool {
    game.sr_id.text().is_some_and(|sr_id| sr_id == id)
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
