//! Filters over lists of shots: figures by zone, for whatever part of the shots a template asks.

use std::collections::BTreeMap;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use super::expr::number_of;
use crate::court::{Court, Point};

const ZONES: usize = 14;

/// Made and attempted, of somebody or of all.
#[derive(Clone, Copy, Default)]
struct Count {
    made: u32,
    attempted: u32,
}

impl Count {
    fn add(&mut self, made: bool) {
        self.attempted += 1;
        self.made += u32::from(made);
    }

    fn entries(self) -> BTreeMap<&'static str, Value> {
        let mut entries: BTreeMap<&str, Value> = BTreeMap::new();
        entries.insert("made", self.made.into());
        entries.insert("attempted", self.attempted.into());
        if self.attempted > 0 {
            entries.insert("pct", (f64::from(self.made) * 100.0 / f64::from(self.attempted)).into());
        }
        entries
    }
}

/// The shots of a zone, and each player's part of them.
#[derive(Default)]
struct Counted {
    all: Count,
    players: BTreeMap<String, Count>,
}

impl Counted {
    /// Whoever made most comes first; of those who made as many, who needed fewest.
    fn players(&self) -> Value {
        let mut players: Vec<_> = self.players.iter().collect();
        players.sort_by_key(|(_, count)| (std::cmp::Reverse(count.made), count.attempted));
        let row = |(player, count): (&String, &Count)| {
            let mut row = count.entries();
            row.insert("player", Value::from(player.as_str()));
            Value::from_object(row)
        };
        players.into_iter().map(row).collect()
    }
}

/// Made and attempted by zone: 14 zones like those of a team, or none for no shots at all, each with its `players`, the
/// leader first, who is its `leader`, too. A shot counts in the zone that the feed gave it, else in that of its place on the league's court; one from
/// beyond half court counts in none.
pub(super) fn by_zone(shots: &Value, league: Option<&str>) -> Result<Value, Error> {
    let court = Court::of_league(league.unwrap_or_default());
    let mut zones: [Counted; ZONES] = Default::default();
    let mut has_any = false;
    for shot in items(shots)? {
        has_any = true;
        let zone = zone_of(&shot, court).and_then(|zone| zones.get_mut(usize::from(zone).checked_sub(1)?));
        let Some(zone) = zone else { continue };
        let made = shot.get_attr("made").is_ok_and(|made| made.is_true());
        zone.all.add(made);
        if let Some(player) = shot.get_attr("player").ok().as_ref().and_then(Value::as_str) {
            zone.players.entry(player.to_owned()).or_default().add(made);
        }
    }
    if !has_any {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    let zone = |(number, zone): (u32, Counted)| {
        let mut entries = zone.all.entries();
        entries.insert("number", number.into());
        let players = zone.players();
        if let Some(leader) = players.get_item_by_index(0).ok().filter(|leader| !leader.is_undefined()) {
            entries.insert("leader", leader);
        }
        entries.insert("players", players);
        Value::from_object(entries)
    };
    Ok((1..).zip(zones).map(zone).collect())
}

/// Zones, each with `above`: by how many points its percentage is above that of its place in `averages`, which are those of
/// the zones 1 to 14 in order, or of the four ranges: under 8 ft, 8 to 16 ft, from there to the line, threes. Where either is
/// unknown there is no `above`.
pub(super) fn above(zones: &Value, averages: &Value) -> Result<Value, Error> {
    let averages: Vec<Option<f64>> = items(averages)?.map(|average| number_of(&average)).collect();
    let zone = |zone: Value| {
        let number = |name: &str| zone.get_attr(name).ok().as_ref().and_then(number_of);
        let place = number("number").unwrap_or_default() as usize;
        let at = if averages.len() == RANGES { range_of(place) } else { place.checked_sub(1) };
        let average = at.and_then(|at| averages.get(at).copied().flatten());
        let above = number("pct").zip(average).map(|(pct, average)| ("above".to_owned(), Value::from(pct - average)));
        let told = zone.try_iter()?.filter_map(|key| {
            let name = key.as_str()?.to_owned();
            let value = zone.get_attr(&name).ok()?;
            Some((name, value))
        });
        Ok(Value::from_object(told.chain(above).collect::<BTreeMap<String, Value>>()))
    };
    items(zones)?.map(zone).collect::<Result<Vec<Value>, Error>>().map(Value::from)
}

const RANGES: usize = 4;

/// Which of the four ranges a zone lies in, from 0.
fn range_of(zone: usize) -> Option<usize> {
    match zone {
        1 => Some(0),
        2..=4 => Some(1),
        5..=9 => Some(2),
        10..=ZONES => Some(3),
        _ => None,
    }
}

fn zone_of(shot: &Value, court: &Court) -> Option<u8> {
    let number = |name: &str| shot.get_attr(name).ok().as_ref().and_then(number_of);
    let told = number("zone").filter(|zone| (1.0..=ZONES as f64).contains(zone)).map(|zone| zone as u8);
    told.or_else(|| court.zone_of(Point::new(number("x_mm")?, number("y_mm")?)))
}

/// Those items of a list whose attribute, a list itself, has a value in it: `shots | having('attributes', 'CAS')`.
pub(super) fn having(list: &Value, attribute: &str, wanted: &Value) -> Result<Value, Error> {
    let has = |item: &Value| {
        let values = item.get_attr(attribute).ok().and_then(|values| values.try_iter().ok());
        values.is_some_and(|mut values| values.any(|value| value == *wanted))
    };
    Ok(items(list)?.filter(has).collect())
}

/// What is not known has no items.
fn items(list: &Value) -> Result<impl Iterator<Item = Value>, Error> {
    match list.kind() {
        ValueKind::Undefined | ValueKind::None => Ok(None.into_iter().flatten()),
        ValueKind::Seq | ValueKind::Iterable => Ok(Some(list.try_iter()?).into_iter().flatten()),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("a list is wanted, not a {kind}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::expr::value_of_json;

    fn zones(shots: serde_json::Value, league: &str) -> Vec<(f64, f64)> {
        let zones = by_zone(&value_of_json(shots), Some(league)).expect("a list");
        let figure = |zone: &Value, name: &str| number_of(&zone.get_attr(name).expect("an object")).unwrap_or(-1.0);
        zones.try_iter().expect("a list").map(|zone| (figure(&zone, "made"), figure(&zone, "attempted"))).collect()
    }

    #[test]
    fn a_shot_counts_in_the_zone_that_it_was_given_or_that_its_place_has() {
        let shots = serde_json::json!([
            {"made": true, "zone": 3, "x_mm": -7000, "y_mm": 500},
            {"made": false, "x_mm": -7000, "y_mm": 500},
            {"made": true, "x_mm": -6650, "y_mm": 500},
            {"made": false, "x_mm": 0, "y_mm": 20_000},
            {"made": true},
        ]);
        let nba = zones(shots.clone(), "NBA");
        assert_eq!((nba.len(), nba[2], nba[9], nba[4]), (14, (1.0, 1.0), (0.0, 1.0), (1.0, 1.0)));
        let fiba = zones(shots, "FIBA");
        assert_eq!((fiba[9], fiba[4]), ((1.0, 2.0), (0.0, 0.0)), "its corner is nearer");
        assert!(zones(serde_json::json!([]), "NBA").is_empty(), "nothing is known");
    }

    #[test]
    fn who_made_most_leads_a_zone() {
        let shot = |player: &str, made: bool| serde_json::json!({"player": player, "made": made, "zone": 1});
        let shots = [("a", true), ("b", true), ("b", false), ("c", true), ("c", true), ("d", false)];
        let shots = shots.map(|(player, made)| shot(player, made)).to_vec();
        let zones = by_zone(&value_of_json(shots.into()), None).expect("a list");
        let players = zones.get_item_by_index(0).and_then(|zone| zone.get_attr("players")).expect("a zone's players");
        let text = |name: &str, player: &Value| player.get_attr(name).expect("an object").to_string();
        let said: Vec<_> = players
            .try_iter()
            .expect("a list")
            .map(|player| {
                format!("{} {}-{}", text("player", &player), text("made", &player), text("attempted", &player))
            })
            .collect();
        assert_eq!(said, ["c 2-2", "a 1-1", "b 1-2", "d 0-1"]);
        let of = |zone: usize| zones.get_item_by_index(zone).and_then(|zone| zone.get_attr("leader")).expect("a zone");
        assert_eq!(text("player", &of(0)), "c");
        assert!(of(1).is_undefined(), "nobody shot there");
    }

    #[test]
    fn zones_are_told_how_far_they_are_above_the_average_of_their_place_or_their_range() {
        let zones = serde_json::json!([{"number": 1, "pct": 70.0}, {"number": 4, "pct": 40.0}, {"number": 14}, {"number": 12, "pct": 50.0}]);
        let above = |averages: serde_json::Value| {
            let zones = above(&value_of_json(zones.clone()), &value_of_json(averages)).expect("a list");
            let of = |zone: Value| zone.get_attr("above").ok().as_ref().and_then(number_of);
            zones.try_iter().expect("a list").map(of).collect::<Vec<_>>()
        };
        assert_eq!(above(serde_json::json!([60, 45, null, 35])), [Some(10.0), Some(-5.0), None, Some(15.0)]);
        let places: Vec<u32> = (1..=14).collect();
        assert_eq!(above(places.into()), [Some(69.0), Some(36.0), None, Some(38.0)]);
        assert_eq!(above(serde_json::json!([])), [None; 4], "of nothing known");
        assert_eq!(
            above(serde_json::json!([60, 45, null])),
            [Some(10.0), None, None, None],
            "a list that is too short"
        );
    }

    #[test]
    fn items_are_found_by_what_is_in_a_list_of_theirs() {
        let shots =
            serde_json::json!([{"attributes": ["CAS", "DUNK"]}, {"attributes": []}, {}, {"attributes": ["OTD"]}]);
        let found = having(&value_of_json(shots), "attributes", &Value::from("CAS")).expect("a list");
        assert_eq!(found.len(), Some(1));
        assert_eq!(having(&Value::UNDEFINED, "attributes", &Value::from("CAS")).expect("no list").len(), Some(0));
        assert!(having(&Value::from(7), "attributes", &Value::from("CAS")).is_err());
    }
}
