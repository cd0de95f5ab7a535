//! Where everybody is: plausible places of ten players and the ball at any instant.
//!
//! In: a course and a moment. Out: the vendor's `location` message. Pure and cheap: an instant lies between two facts, at
//! each of which a place for everybody follows from the fact (a shooter where the shot was taken, the others in a formation
//! of their side), and players walk from one to the next. Nothing of it is measured: it is for drawing and load.

use std::f64::consts::TAU;

use serde::Serialize;

use super::log::session_id;
use crate::ids::Side;
use crate::venue::course::Course;
use crate::venue::script::{Play, Who, period_label, side_index};
use crate::venue::wall::uuid;
use crate::venue::zones;

/// `location`; lengths are millimetres from the centre of the court, speeds metres a second.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Milliseconds left in the period.
    pub gcms: u32,
    /// On the shot clock; absent when it is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scms: Option<u32>,
    pub cr: bool,
    pub period: String,
    pub facility_id: String,
    pub court_id: String,
    pub session_id: String,
    pub locations: Vec<Place>,
}

#[derive(Serialize)]
pub struct Place {
    pub t: i64,
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tid: Option<u64>,
    pub x: i32,
    pub y: i32,
    pub z: i32,
    pub speed: f64,
    /// Metres since the sample before.
    pub dist: f64,
    pub vx: f64,
    pub vy: f64,
    pub vz: f64,
}

/// A point in millimetres.
type Point = [f64; 3];

/// Between two samples: the source has 25 a second.
const SAMPLE_MS: u64 = 40;
/// Who walks to another place leaves the old one no earlier than this before being there.
const WALK_MS: u64 = 4_000;
/// The flight of a shot.
const FLIGHT_MS: u64 = 1_000;
/// A sensor sits on the shoulder.
const SENSOR_Z_MM: f64 = 1_400.0;
const BALL_Z_MM: f64 = 1_100.0;
const RIM_Z_MM: f64 = 3_048.0;
/// Five attackers around a hoop: +x right, +y to the centre of the court.
const FORMATION_MM: [(f64, f64); 5] =
    [(0.0, 8_400.0), (-5_200.0, 6_400.0), (5_200.0, 6_400.0), (-6_700.0, 900.0), (2_300.0, 1_800.0)];
/// How far along the way from the attacker to the hoop the defender stands.
const GUARD: f64 = 0.28;

/// The message of a moment; `t` is its wall clock in milliseconds since 1970.
pub fn location(course: &Course, ms: u64, t: i64) -> Location {
    let reading = course.clock.at(ms);
    let game = &course.script.game;
    let court = &course.situation(course.facts_at(ms)).on_court;
    let mut locations = Vec::with_capacity(11);
    for side in Side::BOTH {
        for &index in &court[side_index(side)] {
            let who = Who { side, index };
            let (tid, pid) = (course.script.team(side).shottracker, course.script.player(who).id);
            let place =
                place("PLAYER", t, [player(course, who, ms), player(course, who, ms.saturating_sub(SAMPLE_MS))]);
            locations.push(Place { pid: Some(pid), tid: Some(tid), ..place });
        }
    }
    let ball_place = place("BALL", t, [ball(course, ms), ball(course, ms.saturating_sub(SAMPLE_MS))]);
    locations.push(Place { bid: Some("ball-1".to_owned()), ..ball_place });
    Location {
        gcms: reading.game_ms,
        scms: reading.shot_ms,
        cr: reading.running,
        period: period_label(reading.period),
        facility_id: uuid(&format!("facility {}", game.arena)),
        court_id: uuid(&format!("court {}", game.arena)),
        session_id: session_id(course, reading.period),
        locations,
    }
}

fn place(kind: &'static str, t: i64, [now, before]: [Point; 2]) -> Place {
    let seconds = SAMPLE_MS as f64 / 1000.0;
    let velocity: [f64; 3] = std::array::from_fn(|axis| hundredths((now[axis] - before[axis]) / 1000.0 / seconds));
    let moved = (0..3).map(|axis| (now[axis] - before[axis]).powi(2)).sum::<f64>().sqrt() / 1000.0;
    let [x, y, z] = now.map(|mm| mm.round() as i32);
    let [vx, vy, vz] = velocity;
    Place {
        t,
        kind,
        pid: None,
        bid: None,
        tid: None,
        x,
        y,
        z,
        speed: hundredths(moved / seconds),
        dist: (moved * 1000.0).round() / 1000.0,
        vx,
        vy,
        vz,
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The facts around a moment, and how far the way from one to the other has been walked, 0 to 1.
fn between(course: &Course, ms: u64) -> (usize, usize, f64) {
    let last = course.facts().len().saturating_sub(1);
    let from = course.facts_at(ms).saturating_sub(1).min(last);
    let to = (from + 1).min(last);
    let (start_ms, end_ms) = (course.facts()[from].at_ms, course.facts()[to].at_ms);
    let start_ms = start_ms.max(end_ms.saturating_sub(WALK_MS));
    let walked = ms.saturating_sub(start_ms) as f64 / end_ms.saturating_sub(start_ms).max(1) as f64;
    let walked = walked.clamp(0.0, 1.0);
    // Slow at both ends.
    (from, to, walked * walked * (3.0 - 2.0 * walked))
}

fn mix(from: Point, to: Point, share: f64) -> Point {
    std::array::from_fn(|axis| from[axis] + (to[axis] - from[axis]) * share)
}

fn player(course: &Course, who: Who, ms: u64) -> Point {
    let (from, to, share) = between(course, ms);
    let [x, y, z] = mix(spot(course, who, from), spot(course, who, to), share);
    // Nobody stands still: a small circle, each at a time of their own.
    let phase = (ms % 3_000) as f64 / 3_000.0 * TAU + who.index as f64;
    [x + 150.0 * phase.cos(), y + 150.0 * phase.sin(), z]
}

/// Where a player is when a fact happens.
fn spot(course: &Course, who: Who, fact: usize) -> Point {
    let there = &course.facts()[fact];
    if let Play::Shot(shot) = &there.play
        && shot.by == who
    {
        let (x, y) = zones::court_mm(shot, course.script.basket(who.side, there.period));
        return [f64::from(x), f64::from(y), SENSOR_Z_MM];
    }
    let situation = course.situation(fact);
    let attacks = match &there.play {
        Play::Shot(shot) => shot.by.side,
        _ => situation.possession.unwrap_or(Side::Home),
    };
    let slot = situation.on_court[side_index(who.side)].iter().position(|index| *index == who.index);
    let (x, y) = FORMATION_MM[slot.unwrap_or(who.index) % FORMATION_MM.len()];
    let near = if who.side == attacks { 1.0 } else { 1.0 - GUARD };
    let basket = course.script.basket(attacks, there.period);
    let hoop = zones::hoop_mm(basket);
    // Left and right change with the end, as the court is turned.
    let turn = if hoop.1 < 0 { 1.0 } else { -1.0 };
    [f64::from(hoop.0) + turn * x * near, f64::from(hoop.1) + turn * y * near, SENSOR_Z_MM]
}

fn ball(course: &Course, ms: u64) -> Point {
    let (from, to, share) = between(course, ms);
    let fact = &course.facts()[from];
    if let Play::Shot(shot) = &fact.play
        && ms < fact.at_ms + FLIGHT_MS
    {
        let start = spot(course, shot.by, from);
        let flown = (ms - fact.at_ms) as f64 / FLIGHT_MS as f64;
        let [x, y, _] = mix(start, hoop(course, from, shot.by.side), flown);
        // A parabola from the hand over the rim's height.
        let z = 2_300.0 + (RIM_Z_MM - 2_300.0) * flown + 4.0 * 1_500.0 * flown * (1.0 - flown);
        return [x, y, z];
    }
    mix(held(course, from, true), held(course, to, false), share)
}

fn hoop(course: &Course, fact: usize, side: Side) -> Point {
    let (x, y) = zones::hoop_mm(course.script.basket(side, course.facts()[fact].period));
    [f64::from(x), f64::from(y), RIM_Z_MM]
}

/// Where the ball is at a fact, or right after its flight.
fn held(course: &Course, fact: usize, after: bool) -> Point {
    let situation = course.situation(fact);
    let hands = |who: Who| {
        let [x, y, _] = spot(course, who, fact);
        [x, y, BALL_Z_MM]
    };
    match &course.facts()[fact].play {
        Play::Shot(shot) if after => hoop(course, fact, shot.by.side),
        Play::Shot(shot) => hands(shot.by),
        _ => {
            let side = situation.possession.unwrap_or(Side::Home);
            let first = situation.on_court[side_index(side)].first();
            first.map_or([0.0, 0.0, BALL_Z_MM], |index| hands(Who { side, index: *index }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::venue::script::Script;

    #[test]
    fn ten_players_and_the_ball_stay_in_the_hall_and_run_no_faster_than_people_do() {
        let course = Course::of(Script::builtin());
        let mut fast = 0;
        for ms in (0..course.end_ms()).step_by(9_973) {
            let message = location(&course, ms, 0);
            assert_eq!(message.locations.len(), 11);
            for place in &message.locations {
                assert!(place.x.abs() < 9_000 && place.y.abs() < 16_000, "{} {} at {ms}", place.x, place.y);
                fast += usize::from(place.kind == "PLAYER" && place.speed > 11.0);
            }
        }
        // Facts that are a second apart may need a leap.
        assert!(fast < 200, "{fast}");
    }

    #[test]
    fn the_shooter_is_where_the_shot_was_taken() {
        let course = Course::of(Script::builtin());
        let (index, fact) =
            course.facts().iter().enumerate().find(|(_, fact)| matches!(fact.play, Play::Shot(_))).unwrap();
        let Play::Shot(shot) = &fact.play else { unreachable!() };
        let (x, y) = zones::court_mm(shot, course.script.basket(shot.by.side, fact.period));
        let id = course.script.player(shot.by).id;
        let message = location(&course, fact.at_ms, 0);
        let place = message.locations.iter().find(|place| place.pid == Some(id)).unwrap();
        assert!((place.x - x).abs() <= 160 && (place.y - y).abs() <= 160, "fact {index}: {} {}", place.x, place.y);
    }
}
