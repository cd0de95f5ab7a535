//! A play-by-play document of the REST API: what fills a gap in a stream.

use std::collections::BTreeSet;

use crate::feed::decode::Verdict;
use crate::feed::decode::notes::Notes;
use crate::game::event::{Event, Listing};
use crate::game::snapshot::Sport;
use crate::ids::PlayId;

use super::{Reader, bare, is_sr_id, teams, wire, words};

impl Reader {
    /// A document with all plays of the game until it was written.
    pub(super) fn play_by_play(&mut self, text: &str, notes: &mut Notes, events: &mut Vec<Event>) -> Verdict {
        // Read twice for its two aspects; documents are rare, and fields that pages of push feeds do not have are no news.
        let (Ok(document), Ok(game)) =
            (serde_json::from_str::<wire::PlayByPlay<'_>>(text), serde_json::from_str::<wire::Game<'_>>(text))
        else {
            notes.add("play-by-play: not readable", None);
            return Verdict::Skipped;
        };
        let Some(id) = game.id.text() else {
            notes.add("play-by-play: names no game", None);
            return Verdict::Skipped;
        };
        if !self.follows(bare(&id), |wanted| is_sr_id(&game, wanted)) {
            self.pass_by(bare(&id), &game);
            return Verdict::OtherGame;
        }
        self.learn_teams(&game);
        document.periods.note_shape("periods", notes);
        document.deleted.note_shape("deleted_events", notes);
        // First what is gone: the head may be among it, and then it is one of the plays below.
        self.forget_all(&document.deleted, events);
        let listing = listing(&document);
        if let Some(listing) = &listing {
            self.latest.keep_listed(listing);
        }
        events.push(teams(&game));
        let mut head = None;
        for played in &document.periods.items {
            let of_document = words::period(&played.number, &played.sequence, &played.kind, self.sport, notes);
            played.events.note_shape("events", notes);
            for event in &played.events.items {
                let own = event.period.is_said.then(|| words::event_period(&event.period, self.sport, notes));
                let period = own.flatten().or_else(|| of_document.clone());
                let written_at = words::instant(&event.updated, "event.updated", notes);
                // As on the stream: each play that is the latest in its turn says where the game stands.
                if self.is_head(event, written_at) {
                    self.head_facts(event, notes, events);
                    head = Some((event, period.clone()));
                }
                self.play(event, period, notes, events);
            }
        }
        events.extend(listing.map(|listing| Event::PlaysListed(Box::new(listing))));
        // Basketball's totals are not counted from plays.
        if self.sport == Sport::Hockey {
            events.push(Event::PlaysAreWhole);
        }
        // The document may be some seconds old: where the stream was further, the stream's word stands.
        if let Some((event, period)) = head {
            events.push(Event::Game(self.game_facts(&game, notes)));
            self.scoring(&game, notes, events);
            self.block(&game, true, None, false, notes, events);
            if !self.is_clock {
                let game_millis = words::event_clock(event, &mut Notes::default());
                self.play_clock(period, game_millis, events);
            }
        }
        Verdict::Taken
    }
}

/// The plays that the document has; `None` where it has none, or cannot be read whole: then nothing follows from its silence.
fn listing(document: &wire::PlayByPlay<'_>) -> Option<Listing> {
    let is_whole = document.periods.is_whole() && document.periods.items.iter().all(|played| played.events.is_whole());
    let events = || document.periods.items.iter().flat_map(|played| &played.events.items);
    let sequences = || events().filter_map(words::sequence);
    Some(Listing {
        ids: events().filter_map(|event| event.id.text().map(PlayId::new)).collect::<BTreeSet<_>>(),
        span: sequences().min().filter(|_| is_whole)?..=sequences().max()?,
        written_at: events().filter_map(|e| words::instant(&e.updated, "event.updated", &mut Notes::default())).max(),
    })
}
