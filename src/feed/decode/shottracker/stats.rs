//! Rows of statistics: what stands in one, in our words.

use std::collections::BTreeMap;

use crate::feed::decode::loose::{List, Loose};
use crate::feed::decode::notes::Notes;
use crate::feed::decode::{Reading, ZONES, ZoneOrder, parse};
use crate::game::snapshot::{Player, PossessionType, Rebounds, Shooting, Stats, Turnovers, Zone, Zones};
use crate::ids::PlayerId;

use super::wire;

/// Endings of the fields that a row has once for each possession type (`TRANSITION_POSS`, `PT0_BR0_PPP`). A longer ending
/// stands before the one it ends in.
const POSSESSION_ENDINGS: [&str; 12] = [
    "_FG_VALUE_ARROW",
    "_FG_VALUE",
    "_FG_FRACTION",
    "_FG",
    "_POSS",
    "_PTS",
    "_PPP",
    "_2PTM",
    "_2PTA",
    "_3PTM",
    "_3PTA",
    "_TO",
];

pub(super) fn is_of_possession_type(key: &str) -> bool {
    split_possession(key).is_some()
}

fn split_possession(key: &str) -> Option<(&str, &'static str)> {
    let split = |ending: &&'static str| Some((key.strip_suffix(*ending)?, *ending));
    POSSESSION_ENDINGS.iter().find_map(split).filter(|(name, _)| !name.is_empty())
}

pub(super) fn stats(row: &wire::Row<'_>, notes: &mut Notes) -> Stats {
    Stats {
        points: row.points.u32("PTS", notes),
        fg: shooting(&row.fg, &row.fga, "FG", notes),
        fg2: shooting(&row.fg2, &row.fga2, "FG2", notes),
        fg3: shooting(&row.fg3, &row.fga3, "FG3", notes),
        ft: shooting(&row.ft, &row.fta, "FT", notes),
        rebounds: rebounds(row, notes),
        assists: row.assists.u32("AST", notes),
        steals: row.steals.u32("STL", notes),
        blocks: row.blocks.u32("BLK", notes),
        turnovers: turnovers(row, notes),
        fouls: row.fouls.u32("FL", notes),
        fouls_drawn: row.fouls_drawn.u32("FLDN", notes),
        plus_minus: row.plus_minus.i32("PLUS_MINUS", notes),
        points_in_paint: row.in_paint.u32("PPTS", notes),
        second_chance_points: row.second_chance.u32("SECOND_CHANCE_POINTS", notes),
        points_off_turnovers: row.off_turnovers.u32("POINTS_OFF_TURNOVER", notes),
        assist_to_turnover: row.assist_to_turnover.f64("AST_TO_RATE", notes),
        distance_m: row.distance_cm.f64("DIST", notes).map(|centimetres| centimetres / 100.0),
        by_possession_type: possession_types(&row.extra, notes),
        ..Stats::default()
    }
}

/// Both figures, or nothing: a number of makes without its attempts cannot be shown.
fn shooting(made: &Loose<'_>, attempted: &Loose<'_>, place: &'static str, notes: &mut Notes) -> Option<Shooting> {
    let both = made.u32(place, notes).zip(attempted.u32(place, notes));
    both.map(|(made, attempted)| Shooting::new(made, attempted))
}

fn rebounds(row: &wire::Row<'_>, notes: &mut Notes) -> Option<Rebounds> {
    let rebounds = Rebounds {
        total: row.rebounds.u32("REB", notes),
        offensive: row.offensive.u32("OFFENSIVE_REB", notes),
        defensive: row.defensive.u32("DEFENSIVE_REB", notes),
    };
    (rebounds != Rebounds::default()).then_some(rebounds)
}

fn turnovers(row: &wire::Row<'_>, notes: &mut Notes) -> Option<Turnovers> {
    let turnovers = Turnovers {
        total: row.turnovers.u32("TO", notes),
        live: row.turnovers_live.u32("LBTO", notes),
        dead: row.turnovers_dead.u32("DBTO", notes),
    };
    (turnovers != Turnovers::default()).then_some(turnovers)
}

fn possession_types(
    fields: &[(std::borrow::Cow<'_, str>, Loose<'_>)],
    notes: &mut Notes,
) -> BTreeMap<String, PossessionType> {
    let mut types: BTreeMap<String, PossessionType> = BTreeMap::new();
    let mut parts: BTreeMap<&str, Parts> = BTreeMap::new();
    for (key, value) in fields {
        let Some((name, ending)) = split_possession(key) else { continue };
        if !types.contains_key(name) {
            types.insert(name.to_owned(), PossessionType::default());
        }
        let Some(kind) = types.get_mut(name) else { continue };
        match ending {
            "_POSS" => kind.possessions = value.u32("*_POSS", notes),
            "_PTS" => kind.points = value.u32("*_PTS", notes),
            "_TO" => kind.turnovers = value.u32("*_TO", notes),
            "_PPP" => kind.ppp = value.f64("*_PPP", notes),
            "_FG_FRACTION" => {
                let both = value.text().and_then(|text| parse::made_of_attempted(&text));
                kind.fg = both.map(|(made, attempted)| Shooting::new(made, attempted));
            }
            "_FG_VALUE_ARROW" => kind.arrow = value.i32("*_FG_VALUE_ARROW", notes),
            ending => made_and_tried(ending, value, parts.entry(name).or_default(), notes),
        }
    }
    for (name, parts) in parts {
        let Some(kind) = types.get_mut(name) else { continue };
        let shooting = |(made, tried): (Option<u32>, Option<u32>)| made.zip(tried).map(|(m, a)| Shooting::new(m, a));
        kind.fg2 = shooting(parts.two);
        kind.fg3 = shooting(parts.three);
    }
    types
}

/// Figures that make sense only in pairs, as they come: made, tried.
#[derive(Default)]
struct Parts {
    two: (Option<u32>, Option<u32>),
    three: (Option<u32>, Option<u32>),
}

fn made_and_tried(ending: &str, value: &Loose<'_>, parts: &mut Parts, notes: &mut Notes) {
    match ending {
        "_2PTM" => parts.two.0 = value.u32("*_2PTM", notes),
        "_2PTA" => parts.two.1 = value.u32("*_2PTA", notes),
        "_3PTM" => parts.three.0 = value.u32("*_3PTM", notes),
        "_3PTA" => parts.three.1 = value.u32("*_3PTA", notes),
        // The value and the percentage repeat the fraction.
        _ => {}
    }
}

/// The zones of a row; `None` when it has none of the three maps.
pub(super) fn zones(row: &wire::Row<'_>, order: ZoneOrder, notes: &mut Notes) -> Option<Zones> {
    if !(row.shots.is_said || row.catch_and_shoot.is_said || row.off_the_dribble.is_said) {
        return None;
    }
    Some(Zones {
        all: zone_map(&row.shots, order, notes),
        catch_and_shoot: zone_map(&row.catch_and_shoot, order, notes),
        off_the_dribble: zone_map(&row.off_the_dribble, order, notes),
    })
}

/// Fourteen zones or none: with fewer nobody can say which ones they are.
fn zone_map(list: &List<wire::Zone<'_>>, order: ZoneOrder, notes: &mut Notes) -> Vec<Zone> {
    if list.items.is_empty() {
        return Vec::new();
    }
    if list.items.len() != ZONES {
        notes.add("shots: not fourteen zones", Some(&list.items.len().to_string()));
        return Vec::new();
    }
    let numbered = (1..).zip(&list.items).filter_map(|(number, zone)| Some((order.ours(number)?, zone)));
    let mut zones: Vec<Zone> = numbered.map(|(number, zone)| self::zone(number, zone, notes)).collect();
    zones.sort_by_key(|zone| zone.number);
    zones
}

fn zone(number: u8, zone: &wire::Zone<'_>, notes: &mut Notes) -> Zone {
    let both = zone.display.text().and_then(|text| parse::made_of_attempted(&text)).map(|(m, a)| Shooting::new(m, a));
    let pct_display = zone.pct_display.string();
    let pct = match &both {
        Some(shooting) => shooting.pct,
        None => pct_display.as_deref().and_then(parse::percentage),
    };
    let component =
        |value: &Loose<'_>, notes: &mut Notes| value.u32("zone colour", notes).and_then(|c| u8::try_from(c).ok());
    let color = (component(&zone.r, notes), component(&zone.g, notes), component(&zone.b, notes));
    Zone {
        number,
        made: both.as_ref().map(|both| both.made),
        attempted: both.as_ref().map(|both| both.attempted),
        pct,
        display: zone.display.string(),
        pct_display,
        color: if let (Some(r), Some(g), Some(b)) = color { Some(format!("#{r:02x}{g:02x}{b:02x}")) } else { None },
    }
}

/// Whether a row of the list of players is the team's: the vendor gives it the id 0.
pub(super) fn is_team_row(row: &wire::Row<'_>) -> bool {
    row.player.text().is_none_or(|id| id == "0")
}

pub(super) fn player(row: &wire::Row<'_>, reading: Reading, notes: &mut Notes) -> Player {
    let season = row
        .season
        .is_said
        .then(|| Stats { ft: shooting(&row.season.ft, &row.season.fta, "season FT", notes), ..Stats::default() });
    let id = row.player.text();
    Player {
        code: row.code.string().filter(|code| super::is_own_code(code, id.as_deref())),
        id: id.as_deref().map(PlayerId::new),
        // The vendor writes -1 where there is none.
        number: row.number.string().filter(|number| number != "-1"),
        first_name: row.first_name.string(),
        last_name: row.last_name.string(),
        position: row.position.string(),
        on_court: row.on_court.bool("on_the_floor", notes),
        stats: stats(row, notes),
        season,
        zones: zones(row, reading.zone_order, notes),
        shot_locations: super::shots::locations(row, reading.right_hand, notes).unwrap_or_default(),
        ..Player::default()
    }
}
