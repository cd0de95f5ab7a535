//! Shots: entries of the shot chart, and the flights that summaries list.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::feed::decode::loose::{Key, Loose, Odd};
use crate::feed::decode::notes::Notes;
use crate::feed::decode::{FarHoop, Reading, RightHand};
use crate::game::event::Event;
use crate::game::snapshot::{Shot, ShotLocation};
use crate::ids::{PlayerId, TeamId};

use super::{Sessions, ids, read_period, wire};

/// Zones of the finer of the vendor's two maps.
const ADVANCED_ZONES: std::ops::RangeInclusive<u8> = 1..=23;

pub(super) fn read_shot(
    chart: &wire::Chart<'_>,
    reading: Reading,
    sessions: &mut Sessions,
    notes: &mut Notes,
    events: &mut Vec<Event>,
) {
    let Some(id) = chart.shot.string() else {
        notes.add("chart: a shot without id", None);
        return;
    };
    let result = chart.result.text().unwrap_or_default();
    let status = chart.status.text().unwrap_or_default();
    if status.starts_with("DELETED") || result.starts_with("DELETED") {
        events.push(Event::ShotDeleted(id));
        return;
    }
    let (Some(team), Some(made)) = (chart.team.text(), made(&result, notes)) else {
        notes.add("chart: a shot without team or result", None);
        return;
    };
    let place = hoop_relative([&chart.x, &chart.y], [&chart.hoop_x, &chart.hoop_y], reading, notes);
    let period = chart.period.text().and_then(|token| read_period(&token, notes)).map(|period| period.label);
    sessions.learn(&chart.session, period.as_deref());
    events.push(Event::Shot {
        team: TeamId::new(team),
        shot: Shot {
            id: Some(id),
            player: chart.player.text().map(PlayerId::new),
            made,
            three: chart.three.bool("chart.is3", notes).unwrap_or(false),
            x_mm: place.map(|(x, _)| x),
            y_mm: place.map(|(_, y)| y),
            zone: chart.zone.u32("chart.z", notes).and_then(|number| reading.zone_order.ours(number)),
            advanced_zone: advanced_zone(&chart.advanced_zone, "chart.az", notes),
            period,
            points: chart.points.u32("chart.pts", notes),
            at_millis: chart.at.i64("chart.t", notes),
            // The vendor's page gives centimetres for its example, as for all its distances.
            distance_mm: chart.distance.f64("chart.d", notes).map(|centimetres| (centimetres * 10.0).round() as u32),
            attributes: chart.attributes.items.iter().filter_map(Loose::string).collect(),
            defenders: ids(&chart.defenders).collect(),
            on_court: ids(&chart.on_court).collect(),
        },
    });
}

pub(super) fn advanced_zone(value: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<u8> {
    value.u32(place, notes).and_then(|zone| u8::try_from(zone).ok()).filter(|zone| ADVANCED_ZONES.contains(zone))
}

fn made(result: &str, notes: &mut Notes) -> Option<bool> {
    match result {
        "MAKE" => Some(true),
        "MISS" => Some(false),
        other => {
            notes.add("chart.st: neither MAKE nor MISS", Some(other));
            None
        }
    }
}

/// The court's origin is its centre and y runs along it, so the frame of the hoop at negative y is the court's, moved; that
/// of the other one is as `far_hoop` has it. The hoops are calibrated for each court: their place comes with the shot.
pub(super) fn hoop_relative(
    [x, y]: [&Loose<'_>; 2],
    [hoop_x, hoop_y]: [&Loose<'_>; 2],
    reading: Reading,
    notes: &mut Notes,
) -> Option<(i32, i32)> {
    let x = x.f64("px", notes)?;
    let y = y.f64("py", notes)?;
    let hoop_x = hoop_x.f64("hoop x", notes)?;
    let hoop_y = hoop_y.f64("hoop y", notes)?;
    let (x, y) = (x - hoop_x, y - hoop_y);
    let (x, y) = match reading.far_hoop {
        _ if hoop_y < 0.0 => (x, y),
        FarHoop::Turned => (-x, -y),
        FarHoop::Mirrored => (x, -y),
    };
    // `as` saturates, and no court is two kilometres long.
    Some((reading.right_hand.x(x.round()) as i32, y.round() as i32))
}

/// Makes, then misses; `None` when the row has none of the two lists.
pub(super) fn locations(row: &wire::Row<'_>, hand: RightHand, notes: &mut Notes) -> Option<Vec<ShotLocation>> {
    let lists = &row.shot_locations;
    if !(lists.make.is_said || lists.miss.is_said) {
        return None;
    }
    let one = |made: bool, place: &ShotPlace<'_>, notes: &mut Notes| ShotLocation {
        made,
        x_mm: place.0[0].i32("shot_locations x", notes).map(|x| hand.x_mm(x)),
        y_mm: place.0[1].i32("shot_locations y", notes),
        peak_mm: place.0[2].f64("shot_locations peak height", notes),
        entry_angle: place.0[3].f64("shot_locations entry angle", notes),
        depth: place.0[4].f64("shot_locations depth", notes),
        velocity: place.0[5].f64("shot_locations velocity", notes),
    };
    let mut locations = Vec::with_capacity(lists.make.items.len() + lists.miss.items.len());
    locations.extend(lists.make.items.iter().map(|place| one(true, place, notes)));
    locations.extend(lists.miss.items.iter().map(|place| one(false, place, notes)));
    Some(locations)
}

/// Place and flight of a shot: x, y, peak height, entry angle, depth, velocity. The vendor's page names the figures and
/// their order but not their shape, so a list and an object with such names are both read.
#[derive(Clone, Debug, Default)]
pub(super) struct ShotPlace<'a>([Loose<'a>; 6]);

impl Odd for ShotPlace<'_> {
    fn note(&self, _place: &'static str, notes: &mut Notes) {
        if self.0.iter().all(|value| !value.is_said()) {
            notes.add("shot_locations: a place of an unknown shape", None);
        }
    }
}

/// Which of the six figures a field is; names are compared without case and underscores.
fn figure(name: &str) -> Option<usize> {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match name.as_str() {
        "x" => Some(0),
        "y" => Some(1),
        name if name.contains("height") || name.contains("peak") => Some(2),
        name if name.contains("angle") => Some(3),
        name if name.contains("depth") => Some(4),
        name if name.contains("velocity") || name.contains("speed") => Some(5),
        _ => None,
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ShotPlace<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Figures;

        impl<'de> Visitor<'de> for Figures {
            type Value = ShotPlace<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut place = ShotPlace::default();
                for figure in &mut place.0 {
                    let Some(value) = list.next_element()? else { return Ok(place) };
                    *figure = value;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(place)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
                let mut place = ShotPlace::default();
                while let Some(Key(key)) = object.next_key::<Key<'de>>()? {
                    let key: Cow<'_, str> = key;
                    match figure(&key) {
                        Some(index) => place.0[index] = object.next_value()?,
                        None => {
                            object.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(place)
            }

            crate::feed::decode::loose::not_this_shape!(ShotPlace::default(), ShotPlace::default());
        }

        deserializer.deserialize_any(Figures)
    }
}
