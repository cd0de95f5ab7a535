//! The messages that share ShotTracker's sequence: markers, box-score statistics, the shot chart, possessions and their
//! sums, and line-ups.
//!
//! In: a position of the reel. Out: the source and the JSON of the message at it; its `seq` is the position plus one. A
//! pure function of script and timeline, so a venue that was killed and started again numbers as before.
//!
//! A message that is taken back (the loop does it; a correction does) comes as the vendor's older interface documents it:
//! the classification with `DELETED_` before it, the totals as they are without it, the version raised; a chart shot
//! comes again with status `DELETED`, a possession with state `DELETED`, sums as they were before.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use super::advanced;
use super::wire::{BoxScoreStat, Chart, Counts, JerseyColors, Marker, Message, StatPlace};
use crate::ids::Side;
use crate::venue::course::{Course, Lineup};
use crate::venue::script::{Actor, Fact, Play, Shot, Who, period_label, side_index};
use crate::venue::tale;
use crate::venue::tally::{Deed, Line};
use crate::venue::timeline::{Moment, Reel, Slot, Timeline};
use crate::venue::wall::uuid;
use crate::venue::zones;

pub struct Log {
    course: Arc<Course>,
    entries: Vec<Entry>,
    timeline: Timeline,
    reel: Reel,
}

struct Entry {
    due_ms: u64,
    body: Body,
}

enum Body {
    Marker,
    Stat(Stat),
    Chart {
        fact: usize,
    },
    /// The possession that a fact belongs to, with all that the fact brought.
    Possession {
        fact: usize,
    },
    /// The sums of the session after a possession that ended with this fact.
    PossessionStats {
        fact: usize,
    },
    LineupStats(LineupEntry),
}

struct Stat {
    fact: usize,
    /// Which deed of the fact.
    deed: usize,
    before: Line,
    after: Line,
}

struct LineupEntry {
    fact: usize,
    side: Side,
    five: Vec<usize>,
    before: Lineup,
    after: Lineup,
}

/// A box-score statistic to be told, or to be taken back.
pub struct StatNews<'a> {
    pub fact: &'a Fact,
    pub deed: &'a Deed,
    /// Which deed of the fact: its place in the event's id.
    pub number: usize,
    /// The actor's line after the news.
    pub total: &'a Line,
    /// The team's score after the news.
    pub score: u32,
    pub taken_back: bool,
    pub lap: u64,
}

/// Rim height.
const HOOP_Z_MM: i32 = 3_048;
/// Where the ball leaves the hand.
const RELEASE_Z_MM: i32 = 2_300;

impl tale::Log for Log {
    fn reel(&self) -> &Reel {
        &self.reel
    }
}

impl Log {
    pub fn new(course: Arc<Course>, timeline: Timeline) -> Log {
        let entries = entries(&course);
        let reel = Reel::new(entries.iter().map(|entry| entry.due_ms).collect(), timeline.clone());
        Log { course, entries, timeline, reel }
    }

    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The source of the message at a slot.
    pub fn source(&self, slot: Slot) -> &'static str {
        match self.entries[slot.index].body {
            Body::Marker => "marker",
            Body::Stat(_) => "boxscorestatsv2",
            Body::Chart { .. } => "chart",
            Body::Possession { .. } => "possessions",
            Body::PossessionStats { .. } => "possessionstats",
            Body::LineupStats(_) => "lineupstats",
        }
    }

    /// The message at a slot, with the position that the slot was asked for.
    pub fn message(&self, position: u64, slot: Slot) -> Result<String, serde_json::Error> {
        let seq = position + 1;
        let source = self.source(slot);
        match &self.entries[slot.index].body {
            Body::Marker => render(source, seq, self.marker()),
            Body::Stat(stat) => {
                let standing = if slot.retracts { stat.fact } else { stat.fact + 1 };
                let deed = &self.course.deeds[stat.fact][stat.deed];
                let news = StatNews {
                    fact: &self.course.facts()[stat.fact],
                    deed,
                    number: stat.deed,
                    total: if slot.retracts { &stat.before } else { &stat.after },
                    score: self.course.situation(standing).score[side_index(deed.actor.side)],
                    taken_back: slot.retracts,
                    lap: slot.lap,
                };
                render(source, seq, self.stat(&news))
            }
            Body::Chart { fact } => render(source, seq, self.chart(*fact, slot.lap, slot.retracts)),
            Body::Possession { fact } => render(source, seq, self.possession(*fact, slot.lap, slot.retracts)),
            Body::PossessionStats { fact } => {
                let told = if slot.retracts { *fact } else { fact + 1 };
                let side = self.course.possession_of(*fact).map_or(Side::Home, |possession| possession.side);
                render(source, seq, self.possession_stats(*fact, side, told, slot.lap))
            }
            Body::LineupStats(entry) => {
                let sum = if slot.retracts { &entry.before } else { &entry.after };
                render(source, seq, self.lineup_stats(entry.fact, entry.side, &entry.five, sum))
            }
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

    pub fn stat(&self, news: &StatNews<'_>) -> BoxScoreStat {
        let script = &self.course.script;
        let StatNews { fact, deed, .. } = news;
        let deleted = if news.taken_back { "DELETED_" } else { "" };
        let shooter = match &fact.play {
            Play::Shot(shot) if news.number == 0 => Some(shot),
            _ => None,
        };
        BoxScoreStat {
            classification: format!("{deleted}{}", deed.classification),
            act: if deed.actor.player.is_some() { "PLAYER" } else { "TEAM" },
            eid: self.event_id(fact, news.number, news.lap),
            tid: script.team(deed.actor.side).shottracker.to_string(),
            st: "GAME_ROUND",
            sid: self.session_id(fact.period),
            t: self.at(fact, news.lap).as_millis(),
            gid: script.game.shottracker.clone(),
            stats: self.figures(&Counts::from(news.total), Some(&Counts::from(&deed.line)), news.score),
            total_stats: self.figures(&Counts::from(news.total), None, news.score),
            v: fact.version + u32::from(news.taken_back),
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

    /// The chart's entry of a fact; `None` when it is no shot.
    pub fn chart(&self, index: usize, lap: u64, deleted: bool) -> Option<Chart> {
        let script = &self.course.script;
        let fact = &self.course.facts()[index];
        let Play::Shot(shot) = &fact.play else { return None };
        let place = self.place(fact, shot);
        let zone = zones::zone(shot);
        let situation = self.course.situation(index);
        let on_court = Side::BOTH.iter().flat_map(|side| {
            situation.on_court[side_index(*side)].iter().map(|index| Who { side: *side, index: *index })
        });
        Some(Chart {
            eid: self.event_id(fact, 0, lap),
            t: self.at(fact, lap).as_millis(),
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
            s: if deleted { "DELETED" } else { "RECORDED" },
            z: zone,
            // The 23-zone map is nowhere described; the coarse number is the only honest one.
            az: zone,
            d: (zones::distance_mm(shot) / 10.0).round() as i32,
            attributes: attributes(shot),
            players: on_court.map(|who| script.player(who).id.to_string()).collect(),
            shot_defenders: shot.block.map(|who| script.player(who).id).into_iter().collect(),
            prd: period_label(fact.period),
        })
    }

    /// The possession that a fact belongs to, up to that fact; `None` when nobody had the ball.
    pub fn possession(&self, fact: usize, lap: u64, deleted: bool) -> Option<advanced::PossessionNews> {
        let possession = self.course.possession_of(fact)?;
        let at = |ms| self.timeline.real(Moment { lap, ms }).as_millis();
        Some(advanced::possession(&self.course, possession, fact + 1, deleted, at))
    }

    /// The sums of a side's possessions over the session of a fact, after the first `told` facts.
    pub fn possession_stats(&self, fact: usize, side: Side, told: usize, lap: u64) -> advanced::PossessionStats {
        let fact = &self.course.facts()[fact];
        advanced::possession_stats(&self.course, side, fact.period, told, self.at(fact, lap).as_millis())
    }

    /// The sums of a line-up over the session of a fact.
    pub fn lineup_stats(&self, fact: usize, side: Side, five: &[usize], sum: &Lineup) -> advanced::LineupStats {
        advanced::lineup_stats(&self.course, side, self.course.facts()[fact].period, five, sum)
    }

    fn at(&self, fact: &Fact, lap: u64) -> crate::time::Timestamp {
        self.timeline.real(Moment { lap, ms: fact.at_ms })
    }

    /// The id of a deed; another one in every lap, because what was taken back stays taken back.
    fn event_id(&self, fact: &Fact, deed: usize, lap: u64) -> String {
        event_id(&self.course, fact, deed, lap)
    }

    fn session_id(&self, period: u8) -> String {
        session_id(&self.course, period)
    }
}

fn entries(course: &Course) -> Vec<Entry> {
    let mut entries = vec![Entry { due_ms: 0, body: Body::Marker }];
    let mut book = course.new_book();
    let mut lineups: [BTreeMap<(u8, Vec<usize>), Lineup>; 2] = Default::default();
    let periods = 1..=u8::MAX;
    for (index, fact) in course.facts().iter().enumerate() {
        let mut push = |body| entries.push(Entry { due_ms: fact.at_ms, body });
        let before: Vec<Line> = course.deeds[index].iter().map(|deed| book.line(deed.actor, periods.clone())).collect();
        course.enter(&mut book, index);
        for (number, (deed, before)) in course.deeds[index].iter().zip(before).enumerate() {
            let after = book.line(deed.actor, periods.clone());
            push(Body::Stat(Stat { fact: index, deed: number, before, after }));
        }
        if matches!(fact.play, Play::Shot(_)) {
            push(Body::Chart { fact: index });
        }
        if !course.deeds[index].is_empty() && course.possession_of(index).is_some() {
            push(Body::Possession { fact: index });
        }
        if course.possession_ending_at(index).is_none() {
            continue;
        }
        push(Body::PossessionStats { fact: index });
        for side in Side::BOTH {
            let told = &mut lineups[side_index(side)];
            for ((period, five), after) in book.lineups[side_index(side)].range((fact.period, Vec::new())..) {
                let before = told.insert((*period, five.clone()), *after).unwrap_or_default();
                if *period == fact.period && before != *after {
                    let entry = LineupEntry { fact: index, side, five: five.clone(), before, after: *after };
                    push(Body::LineupStats(entry));
                }
            }
        }
    }
    entries
}

/// The id of a deed of a fact.
pub fn event_id(course: &Course, fact: &Fact, deed: usize, lap: u64) -> String {
    uuid(&format!("shottracker event {} {} {deed} {lap}", course.script.game.id, fact.id))
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

/// A message of the sequence as text.
pub fn render<T: Serialize>(source: &'static str, seq: u64, data: T) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Message { kind: "data", source, seq: Some(seq), data })
}
