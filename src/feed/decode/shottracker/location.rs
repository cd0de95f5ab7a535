//! Positions of players and balls, and the clock that comes with them.

use crate::feed::decode::RightHand;
use crate::feed::decode::notes::Notes;
use crate::game::event::{ClockReading, Event, ShotReading};
use crate::game::snapshot::Tracked;
use crate::ids::TeamId;

use super::{Sessions, read_period, wire};

pub(super) fn read_location(
    said: &wire::Location<'_>,
    hand: RightHand,
    sessions: &mut Sessions,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let (mut players, mut balls) = (Vec::with_capacity(said.locations.items.len()), Vec::new());
    for position in &said.locations.items {
        let is_ball = match position.kind.text().as_deref() {
            Some("PLAYER") => false,
            Some("BALL") => true,
            // Whoever has a player's id is one.
            None => !position.player.is_said(),
            Some(kind) => {
                notes.add("locations[].type: neither PLAYER nor BALL", Some(kind));
                continue;
            }
        };
        if let Some(tracked) = tracked(position, hand, is_ball, notes) {
            if is_ball { balls.push(tracked) } else { players.push(tracked) }
        }
    }
    if !players.is_empty() || !balls.is_empty() {
        events.push(Event::Positions { players, balls });
    }
    read_clock(said, sessions, notes, events);
}

fn tracked(position: &wire::Position<'_>, hand: RightHand, is_ball: bool, notes: &mut Notes) -> Option<Tracked> {
    let id = if is_ball { &position.ball } else { &position.player };
    let (x, y) = (position.x.f64("locations[].x", notes), position.y.f64("locations[].y", notes));
    let (Some(id), Some(x), Some(y)) = (id.string(), x, y) else {
        notes.add("locations[]: without id or place", None);
        return None;
    };
    let velocity = [
        position.vx.f64("locations[].vx", notes),
        position.vy.f64("locations[].vy", notes),
        position.vz.f64("locations[].vz", notes),
    ];
    Some(Tracked {
        id,
        team: position.team.text().filter(|_| !is_ball).map(TeamId::new),
        side: None,
        at_millis: position.at.i64("locations[].t", notes),
        // `as` saturates: a position outside of everything stays outside.
        x_mm: hand.x(x.round()) as i32,
        y_mm: y.round() as i32,
        z_mm: position.z.f64("locations[].z", notes).map(|z| z.round() as i32),
        speed: position.speed.f64("locations[].speed", notes),
        distance: position.distance.f64("locations[].dist", notes),
        velocity: match velocity {
            [None, None, None] => None,
            [x, y, z] => Some([hand.x(x.unwrap_or(0.0)), y.unwrap_or(0.0), z.unwrap_or(0.0)]),
        },
        trail: Vec::new(),
    })
}

fn read_clock(said: &wire::Location<'_>, sessions: &mut Sessions, notes: &mut Notes, events: &mut Vec<Event>) {
    let period = said.period.text().and_then(|token| read_period(&token, notes));
    sessions.learn(&said.session, period.as_ref().map(|period| period.label.as_str()));
    let game_millis = said.game_millis.u32("location.gcms", notes);
    if game_millis.is_none() && !said.running.is_said() {
        return;
    }
    let shot = match said.shot_millis.i64("location.scms", notes) {
        Some(millis) => u32::try_from(millis).map_or(ShotReading::Off, ShotReading::Millis),
        None => ShotReading::Unsaid,
    };
    let running = said.running.bool("location.cr", notes);
    events.push(Event::Clock(ClockReading {
        period,
        game_millis,
        running,
        shot,
        is_secondary: true,
        ..ClockReading::default()
    }));
}
