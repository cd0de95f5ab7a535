//! The messages that share ShotTracker's sequence: markers, box-score statistics and the shot chart.
//!
//! In: a position of the reel. Out: the source and the JSON of the message at it; its `seq` is the position plus one. A
//! pure function of script and timeline, so a venue that was killed and started again numbers as before.
//!
//! A message that is taken back (the loop does it; a correction would) comes as the vendor's older interface documents it:
//! the classification with `DELETED_` before it, the totals as they are without it, the version raised; a chart shot
//! comes again with status `DELETED`.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::wire::{BoxScoreStat, Chart, Counts, JerseyColors, Marker, Message, StatPlace};
use crate::ids::Side;
use crate::venue::course::Course;
use crate::venue::script::{Actor, Fact, Play, Shot, Who, period_label, side_index};
use crate::venue::tally::Line;
use crate::venue::timeline::{Moment, Reel, Slot, Timeline};
use crate::venue::wall::uuid;
use crate::venue::zones;

pub struct Log {
    course: Arc<Course>,
    entries: Vec<Entry>,
    timeline: Timeline,
    pub reel: Reel,
}

struct Entry {
    due_ms: u64,
    body: Body,
}

enum Body {
    Marker,
    Stat(Stat),
    Chart { fact: usize },
}

struct Stat {
    fact: usize,
    /// Which deed of the fact.
    deed: usize,
    before: Line,
    after: Line,
}

/// Rim height.
const HOOP_Z_MM: i32 = 3_048;
/// Where the ball leaves the hand.
const RELEASE_Z_MM: i32 = 2_300;

impl Log {
    pub fn new(course: Arc<Course>, timeline: Timeline) -> Log {
        let mut entries = vec![Entry { due_ms: 0, body: Body::Marker }];
        let mut book = course.new_book();
        let periods = 1..=u8::MAX;
        for (index, fact) in course.facts().iter().enumerate() {
            let before: Vec<Line> =
                course.deeds[index].iter().map(|deed| book.line(deed.actor, periods.clone())).collect();
            course.enter(&mut book, index);
            for (number, (deed, before)) in course.deeds[index].iter().zip(before).enumerate() {
                let after = book.line(deed.actor, periods.clone());
                let stat = Stat { fact: index, deed: number, before, after };
                entries.push(Entry { due_ms: fact.at_ms, body: Body::Stat(stat) });
            }
            if matches!(fact.play, Play::Shot(_)) {
                entries.push(Entry { due_ms: fact.at_ms, body: Body::Chart { fact: index } });
            }
        }
        let reel = Reel::new(entries.iter().map(|entry| entry.due_ms).collect(), timeline.clone());
        Log { course, entries, timeline, reel }
    }

    /// The source of the message at a slot.
    pub fn source(&self, slot: Slot) -> &'static str {
        match self.entries[slot.index].body {
            Body::Marker => "marker",
            Body::Stat(_) => "boxscorestatsv2",
            Body::Chart { .. } => "chart",
        }
    }

    /// The message at a slot, with the position that the slot was asked for.
    pub fn message(&self, position: u64, slot: Slot) -> Result<String, serde_json::Error> {
        let seq = position + 1;
        let source = self.source(slot);
        match &self.entries[slot.index].body {
            Body::Marker => render(source, seq, self.marker()),
            Body::Stat(stat) => render(source, seq, self.stat(stat, slot)),
            Body::Chart { fact } => render(source, seq, self.chart(*fact, slot)),
        }
    }

    fn marker(&self) -> Marker {
        let script = &self.course.script;
        let [home, away] = &script.teams;
        Marker {
            t: self.timeline.real(Moment::default()).as_millis(),
            game_id: script.game.shottracker.clone(),
            status: "JERSEY_COLOR",
            data: JerseyColors {
                facility_id: uuid(&format!("facility {}", script.game.arena)),
                court_id: uuid(&format!("court {}", script.game.arena)),
                team1_id: home.shottracker.to_string(),
                team1_jersey_color: home.color.clone(),
                team2_id: away.shottracker.to_string(),
                team2_jersey_color: away.color.clone(),
            },
        }
    }

    fn stat(&self, stat: &Stat, slot: Slot) -> BoxScoreStat {
        let script = &self.course.script;
        let fact = &self.course.facts()[stat.fact];
        let deed = &self.course.deeds[stat.fact][stat.deed];
        let totals = if slot.retracts { &stat.before } else { &stat.after };
        let standing = if slot.retracts { stat.fact } else { stat.fact + 1 };
        let score = self.course.situation(standing).score[side_index(deed.actor.side)];
        let deleted = if slot.retracts { "DELETED_" } else { "" };
        let shooter = match &fact.play {
            Play::Shot(shot) if stat.deed == 0 => Some(shot),
            _ => None,
        };
        BoxScoreStat {
            classification: format!("{deleted}{}", deed.classification),
            act: if deed.actor.player.is_some() { "PLAYER" } else { "TEAM" },
            eid: self.event_id(stat.fact, stat.deed, slot.lap),
            tid: script.team(deed.actor.side).shottracker.to_string(),
            st: "GAME_ROUND",
            sid: self.session_id(fact.period),
            t: self.at(fact, slot).as_millis(),
            gid: script.game.shottracker.clone(),
            stats: self.figures(&Counts::from(totals), Some(&Counts::from(&deed.line)), score),
            total_stats: self.figures(&Counts::from(totals), None, score),
            v: 1 + u32::from(slot.retracts),
            pid: player_id(&self.course, deed.actor),
            prd: period_label(fact.period),
            place: shooter.map(|shot| self.place(fact, shot)),
        }
    }

    /// Statistics by their keys: of those that `touched` counts, or all; with the team's score.
    fn figures(&self, counts: &Counts, touched: Option<&Counts>, score: u32) -> Map<String, Value> {
        let object = |counts: &Counts| match serde_json::to_value(counts) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let mut figures = object(counts);
        if let Some(touched) = touched.map(object) {
            figures.retain(|key, _| touched.get(key).is_some_and(|count| count.as_i64() != Some(0)));
        }
        figures.insert("TEAM_SCORE".to_owned(), score.into());
        figures
    }

    fn place(&self, fact: &Fact, shot: &Shot) -> StatPlace {
        let basket = self.course.script.basket(shot.by.side, fact.period);
        let ((px, py), (hex, hey)) = (zones::court_mm(shot, basket), zones::hoop_mm(basket));
        StatPlace { px, py, hex, hey }
    }

    fn chart(&self, index: usize, slot: Slot) -> Chart {
        let script = &self.course.script;
        let fact = &self.course.facts()[index];
        let Play::Shot(shot) = &fact.play else { unreachable!("chart entries are made of shots alone") };
        let place = self.place(fact, shot);
        let zone = zones::zone(shot);
        let situation = self.course.situation(index);
        let on_court = Side::BOTH.iter().flat_map(|side| {
            situation.on_court[side_index(*side)].iter().map(|index| Who { side: *side, index: *index })
        });
        Chart {
            eid: self.event_id(index, 0, slot.lap),
            t: self.at(fact, slot).as_millis(),
            pid: script.player(shot.by).id.to_string(),
            tid: script.team(shot.by.side).shottracker.to_string(),
            sid: self.session_id(fact.period),
            gid: script.game.shottracker.clone(),
            st: if shot.made { "MAKE" } else { "MISS" },
            is3: shot.three,
            pts: shot.points(),
            px: place.px,
            py: place.py,
            pz: RELEASE_Z_MM,
            hx: place.hex,
            hy: place.hey,
            hz: HOOP_Z_MM,
            s: if slot.retracts { "DELETED" } else { "RECORDED" },
            z: zone,
            // The 23-zone map is nowhere described; the coarse number is the only honest one.
            az: zone,
            d: (zones::distance_mm(shot) / 10.0).round() as i32,
            attributes: attributes(shot),
            players: on_court.map(|who| script.player(who).id.to_string()).collect(),
            shot_defenders: shot.block.map(|who| script.player(who).id).into_iter().collect(),
            prd: period_label(fact.period),
        }
    }

    fn at(&self, fact: &Fact, slot: Slot) -> crate::time::Timestamp {
        self.timeline.real(Moment { lap: slot.lap, ms: fact.at_ms })
    }

    /// The id of a deed; another one in every lap, because what was taken back stays taken back.
    fn event_id(&self, fact: usize, deed: usize, lap: u64) -> String {
        uuid(&format!("shottracker event {} {fact} {deed} {lap}", self.course.script.game.id))
    }

    fn session_id(&self, period: u8) -> String {
        session_id(&self.course, period)
    }
}

/// The session of a period.
pub fn session_id(course: &Course, period: u8) -> String {
    uuid(&format!("shottracker session {} {period}", course.script.game.id))
}

/// ShotTracker's number of a player; `None` for a team.
fn player_id(course: &Course, actor: Actor) -> Option<String> {
    let index = actor.player?;
    Some(course.script.player(Who { side: actor.side, index }).id.to_string())
}

/// Catch-and-shoot is a plain jump shot; a jump shot with a move before it is off the dribble.
pub fn attributes(shot: &Shot) -> Vec<&'static str> {
    match (shot.style.as_str(), shot.how.as_str()) {
        ("jump shot", "") => vec!["CAS"],
        ("jump shot", _) => vec!["OTD"],
        ("dunk", _) => vec!["DUNK"],
        ("layup", _) => vec!["LAYUP"],
        _ => Vec::new(),
    }
}

fn render<T: Serialize>(source: &'static str, seq: u64, data: T) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Message { kind: "data", source, seq: Some(seq), data })
}
