//! Facts of the game, its teams and players.

use crate::feed::decode::notes::Notes;
use crate::game::event::Event;
use crate::game::snapshot::{self, GameStatus, Period};
use crate::ids::Side;

use super::{MOST_INTRODUCED, Reader, wire, words};

impl Reader {
    /// Points of each side by period, where the message has them.
    pub(super) fn scoring(&self, game: &wire::Game<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        for (side, block) in [(Side::Home, &game.home), (Side::Away, &game.away)] {
            let mut points = Vec::new();
            for part in &block.scoring.items {
                if let Some(period) = words::period(&part.number, &part.sequence, &part.kind, self.sport, notes) {
                    points.push((period.label, part.points.u32("scoring.points", notes)));
                }
            }
            if !points.is_empty() {
                events.push(Event::ByPeriod { side, points });
            }
        }
    }

    pub(super) fn facts(
        &self,
        message: &wire::Message<'_>,
        period: Option<&Period>,
        notes: &mut Notes,
    ) -> snapshot::Game {
        let mut facts = self.game_facts(&message.payload.game, notes);
        // Half-time shows in the metadata only, and there also on messages of the next quarter for a while.
        let is_half = message.metadata.status.text().as_deref() == Some("halftime");
        if is_half && facts.status == Some(GameStatus::InProgress) && period.is_some_and(|period| period.number == 2) {
            facts.status = Some(GameStatus::Halftime);
        }
        facts.league = message.metadata.league.string();
        facts
    }

    pub(super) fn game_facts(&self, game: &wire::Game<'_>, notes: &mut Notes) -> snapshot::Game {
        snapshot::Game {
            id: self.game.clone(),
            league: None,
            sport: self.sport,
            status: words::status(&game.status, "game.status", notes),
            title: game.title.string(),
            venue: game.venue.name.string(),
            scheduled: game.scheduled.string(),
            coverage: game.coverage.string(),
        }
    }

    /// Names players who were not seen before; some have no id, and are known by number and name.
    pub(super) fn introduce(&mut self, event: &wire::Event<'_>, notes: &mut Notes, events: &mut Vec<Event>) {
        for (side, line_up) in [(Side::Home, &event.on_court.home), (Side::Away, &event.on_court.away)] {
            self.introduce_all(side, &line_up.players.items, notes, events);
        }
        for entry in event.on_ice.items.iter().chain(&event.in_penalty.items) {
            if let Some(side) = entry.team.id.text().and_then(|team| self.teams.side(&team)) {
                self.introduce_all(side, &entry.team.players.items, notes, events);
            }
        }
    }

    fn introduce_all(&mut self, side: Side, line_up: &[wire::Player<'_>], notes: &mut Notes, events: &mut Vec<Event>) {
        let mut players = Vec::new();
        for player in line_up {
            let key = player.id.text().or(player.reference.text()).or(player.name.text());
            let Some(key) = key.filter(|key| !self.introduced.contains(key.as_ref())) else { continue };
            if self.introduced.len() >= MOST_INTRODUCED {
                notes.add("event: more players than two teams have; further ones are left out", Some(&key));
                continue;
            }
            self.introduced.insert(key.into_owned());
            players.push(words::player(player));
        }
        if !players.is_empty() {
            events.push(Event::Roster { side, players });
        }
    }
}

pub(super) fn teams(game: &wire::Game<'_>) -> Event {
    Event::Teams { home: words::team_facts(&game.home), away: words::team_facts(&game.away) }
}
