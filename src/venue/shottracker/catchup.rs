//! The game so far over REST: what a client asks for after a gap.
//!
//! In: a performance and the names of resources. Out: one JSON object. The vendor shows `gameTotals` on the page of this
//! request, rows of `details` and of shots (below teams and players, without ids) on others; `stats` and `possessions`
//! follow the messages of the same name.

use serde_json::{Map, Value, json};

use super::log::{Log, event_id, session_id};
use super::wire::Counts;
use crate::ids::Side;
use crate::venue::course::Course;
use crate::venue::performance::Performance;
use crate::venue::script::{Actor, Fact, Play, Who, period_label, side_index};
use crate::venue::sportradar::event::clock;
use crate::venue::timeline::Moment;
use crate::venue::zones;

/// The resources asked for, with the game's totals; `None` when one of them is unknown.
pub fn catch_up(play: &Performance, resources: &[&str]) -> Option<Value> {
    let log = play.tracker.latest();
    let now = play.timeline.now();
    let page = Page { play, log: &log, course: log.course(), told: play.facts_told(now), lap: now.lap };
    let mut answer = Map::new();
    for resource in resources {
        let rows = match *resource {
            "stats" => page.stats(),
            "details" => page.details(),
            "shots" => page.shots(),
            "possessions" => page.possessions(),
            _ => return None,
        };
        answer.insert((*resource).to_owned(), rows.into());
    }
    answer.insert("gameTotals".to_owned(), page.totals());
    Some(answer.into())
}

struct Page<'a> {
    play: &'a Performance,
    log: &'a Log,
    course: &'a Course,
    told: usize,
    lap: u64,
}

impl Page<'_> {
    fn facts(&self) -> &[Fact] {
        &self.course.facts()[..self.told]
    }

    fn at(&self, ms: u64) -> i64 {
        self.play.timeline.real(Moment { lap: self.lap, ms }).as_millis()
    }

    /// What was before the play began is told once, in the first round.
    fn lap_of(&self, fact: &Fact) -> u64 {
        if fact.at_ms < self.play.timeline.start_ms() { 0 } else { self.lap }
    }

    fn team(&self, side: Side) -> String {
        self.course.script.team(side).shottracker.to_string()
    }

    fn player(&self, actor: Actor) -> Option<String> {
        actor.player.map(|index| self.course.script.player(Who { side: actor.side, index }).id.to_string())
    }

    /// One row a player, and one for what belongs to the team alone.
    fn stats(&self) -> Vec<Value> {
        let book = self.course.book(self.told);
        let actors = Side::BOTH.into_iter().flat_map(|side| {
            let players = (0..self.course.script.team(side).players.len()).map(Some);
            players.chain([None]).map(move |player| Actor { side, player })
        });
        let rows = actors.map(|actor| {
            let counts = Counts::from(&book.line(actor, 1..=u8::MAX));
            json!({"teamId": self.team(actor.side), "playerId": self.player(actor), "stats": counts})
        });
        rows.collect()
    }

    /// Play by play: one row a deed.
    fn details(&self) -> Vec<Value> {
        let rows = self.facts().iter().zip(&self.course.deeds).flat_map(|(fact, deeds)| {
            deeds.iter().enumerate().map(move |(number, deed)| {
                let touched = match serde_json::to_value(Counts::from(&deed.line)) {
                    Ok(Value::Object(map)) => map.into_iter().filter(|(_, count)| count.as_i64() != Some(0)).collect(),
                    _ => Map::new(),
                };
                let player = self.player(deed.actor);
                let act = if player.is_some() { "PLAYER" } else { "TEAM" };
                let place = match &fact.play {
                    Play::Shot(shot) if number == 0 => Some(zones::from_hoop_mm(shot)),
                    _ => None,
                };
                json!({
                    "type": "ACTUAL",
                    "eventId": event_id(self.course, fact, number, self.lap_of(fact)),
                    "timestamp": self.at(fact.at_ms),
                    "teamId": self.team(deed.actor.side),
                    "sessionType": "GAME_ROUND",
                    "sessionId": session_id(self.course, fact.period),
                    "gameId": self.course.script.game.shottracker,
                    "stats": touched,
                    "corrected": fact.version > 1,
                    "gameClock": clock(fact.clock_ms),
                    "hoopToEventX": place.map(|(x, _)| x),
                    "hoopToEventY": place.map(|(_, y)| y),
                    "period": period_label(fact.period),
                    "classification": deed.classification,
                    "act": act,
                    "pid": player,
                })
            })
        });
        rows.collect()
    }

    /// Shots by team and player.
    fn shots(&self) -> Vec<Value> {
        let team = |side: Side| {
            let team = self.course.script.team(side);
            let players = team.players.iter().enumerate().filter_map(|(index, player)| {
                let shots = self.shots_of(Who { side, index });
                let details = json!({"id": player.id, "firstname": player.first, "lastname": player.last});
                (!shots.is_empty()).then(|| json!({"id": player.id, "player_details": details, "shots": shots}))
            });
            json!({"id": team.shottracker, "name": team.name, "player_shots": players.collect::<Vec<_>>()})
        };
        Side::BOTH.map(team).into()
    }

    fn shots_of(&self, player: Who) -> Vec<Value> {
        let rows = self.facts().iter().filter_map(|fact| {
            let Play::Shot(shot) = &fact.play else { return None };
            if shot.by != player {
                return None;
            }
            let basket = self.course.script.basket(shot.by.side, fact.period);
            let ((x, y), (hoop_x, hoop_y)) = (zones::court_mm(shot, basket), zones::hoop_mm(basket));
            let from_hoop = zones::from_hoop_mm(shot);
            Some(json!({
                "occurred_at": self.at(fact.at_ms),
                "is_make": shot.made,
                "is_3point": shot.three,
                "zone": zones::zone(shot),
                "advanced_zone": zones::zone(shot),
                "player_x": x,
                "player_y": y,
                "player_z": 0,
                "hoop_x": hoop_x,
                "hoop_y": hoop_y,
                "hoop_z": 3_048,
                "hoop_player_x": from_hoop.0,
                "hoop_player_y": from_hoop.1,
                "status": "RECORDED",
                "game_clock": clock(fact.clock_ms),
                "period": period_label(fact.period),
                "attributes": super::log::attributes(shot),
            }))
        });
        rows.collect()
    }

    fn possessions(&self) -> Vec<Value> {
        let begun = self.course.possessions.iter().filter(|possession| possession.facts.start < self.told);
        let last = begun.map(|possession| possession.facts.end.min(self.told) - 1);
        let rows = last.filter_map(|fact| self.log.possession(fact, self.lap, false));
        rows.filter_map(|row| serde_json::to_value(row.possession).ok()).collect()
    }

    fn totals(&self) -> Value {
        let now = self.course.clock.at(self.play.timeline.now().ms);
        let scores = |facts: usize| self.course.situation(facts).score;
        let object = |score: [u32; 2]| {
            let side = |side: Side| json!({"teamId": self.team(side), "value": score[side_index(side)]});
            let mut map = Map::new();
            map.insert("homeTeamScore".to_owned(), side(Side::Home));
            map.insert("awayTeamScore".to_owned(), side(Side::Away));
            map
        };
        let periods = (1..=now.period).rev().map(|period| {
            let until = |period: u8| self.facts().partition_point(|fact| fact.period <= period);
            let (before, after) = (scores(until(period - 1)), scores(until(period)));
            let mut row = object([after[0] - before[0], after[1] - before[1]]);
            row.insert("period".to_owned(), period_label(period).into());
            row.insert("sessionId".to_owned(), session_id(self.course, period).into());
            Value::Object(row)
        });
        let mut totals = object(scores(self.told));
        totals.insert("period".to_owned(), period_label(now.period).into());
        let seconds = now.game_ms.div_ceil(1_000);
        totals.insert("gameClock".to_owned(), format!("00:{:02}:{:02}", seconds / 60, seconds % 60).into());
        totals.insert("status".to_owned(), self.play.status().into());
        totals.insert("periodTotals".to_owned(), periods.collect());
        Value::Object(totals)
    }
}
