//! The vendor's messages as they stand on the wire; every field may be missing or of another type.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::feed::decode::loose::{List, Loose, Odd, Present, wire};
use crate::feed::decode::notes::Notes;

wire! {
    struct Message {
        payload: Payload<'a> = "payload",
        metadata: Metadata<'a> = "metadata",
        heartbeat: Present = "heartbeat",
        // Only a play-by-play document of the REST API has them at its root.
        periods: Present = "periods",
    } known "locale"

    struct Metadata {
        league: Loose<'a> = "league",
        game: Loose<'a> = "match",
        status: Loose<'a> = "status",
        operation: Loose<'a> = "operation",
    } known "team" "players" "event_type" "event_category" "locale" "version" "strength" "zone"

    struct Payload {
        game: Game<'a> = "game",
        event: Event<'a> = "event",
        clocks: Clocks<'a> = "clocks",
        period: PeriodPlace<'a> = "period",
        deleted: List<DeletedEvent<'a>> = "deleted_events",
    }

    struct Clocks {
        game: Loose<'a> = "game",
        game_decimal: Loose<'a> = "game_decimal",
        running: Loose<'a> = "running",
        shot: Loose<'a> = "shot",
        strength: Loose<'a> = "strength",
        wall: Loose<'a> = "wall",
    }

    struct Game {
        id: Loose<'a> = "id",
        status: Loose<'a> = "status",
        title: Loose<'a> = "title",
        scheduled: Loose<'a> = "scheduled",
        coverage: Loose<'a> = "coverage",
        venue: Venue<'a> = "venue",
        period: PeriodPlace<'a> = "period",
        home: Side<'a> = "home",
        away: Side<'a> = "away",
        deleted: List<DeletedEvent<'a>> = "deleted_events",
        sr_id: Loose<'a> = "sr_id",
    } known "reference" "time_zones" "track_on_court"

    struct Venue { name: Loose<'a> = "name" } known "id" "city" "state" "country" "address" "zip" "capacity" "sr_id" "reference"

    struct Side {
        id: Loose<'a> = "id",
        name: Loose<'a> = "name",
        market: Loose<'a> = "market",
        alias: Loose<'a> = "alias",
        points: Loose<'a> = "points",
        bonus: Loose<'a> = "bonus",
        timeouts: Loose<'a> = "remaining_timeouts",
        scoring: List<Scoring<'a>> = "scoring",
    } known "reference" "sr_id"

    struct Scoring {
        number: Loose<'a> = "number",
        sequence: Loose<'a> = "sequence",
        points: Loose<'a> = "points",
        kind: Loose<'a> = "type",
    } known "id"

    struct Event {
        id: Loose<'a> = "id",
        kind: Loose<'a> = "event_type",
        sequence: Loose<'a> = "sequence",
        clock: Loose<'a> = "clock",
        clock_decimal: Loose<'a> = "clock_decimal",
        updated: Loose<'a> = "updated",
        wall_clock: Loose<'a> = "wall_clock",
        deleted: Loose<'a> = "deleted",
        description: Loose<'a> = "description",
        home_points: Loose<'a> = "home_points",
        away_points: Loose<'a> = "away_points",
        attempt: Loose<'a> = "attempt",
        duration: Loose<'a> = "duration",
        turnover_type: Loose<'a> = "turnover_type",
        stoppage_type: Loose<'a> = "stoppage_type",
        rescinded: Loose<'a> = "rescinded",
        official: Loose<'a> = "official",
        strength: Loose<'a> = "strength",
        empty_net_goal: Loose<'a> = "empty_net_goal",
        own_goal: Loose<'a> = "own_goal",
        qualifiers: List<Qualifier<'a>> = "qualifiers",
        details: Details<'a> = "details",
        attribution: Team<'a> = "attribution",
        possession: Team<'a> = "possession",
        location: Location<'a> = "location",
        period: Period<'a> = "period",
        on_court: OnCourt<'a> = "on_court",
        on_ice: List<OnIce<'a>> = "on_ice",
        in_penalty: List<OnIce<'a>> = "in_penalty",
        players: List<Player<'a>> = "players",
        statistics: List<Statistic<'a>> = "statistics",
        deleted_events: List<DeletedEvent<'a>> = "deleted_events",
    } known "number" "created" "zone" "clock_fraction" "team"

    struct DeletedEvent { id: Loose<'a> = "id", event: EventName<'a> = "event" } passes_over true

    struct EventName { id: Loose<'a> = "id" } passes_over true

    struct Qualifier { name: Loose<'a> = "qualifier" }

    struct Details {
        penalty_type: Loose<'a> = "penalty_type",
        duration: Loose<'a> = "duration",
        reason: Loose<'a> = "reason",
        shot_type: Loose<'a> = "shot_type",
        stoppage_type: Loose<'a> = "stoppage_type",
    } known "penalty_code" "goal_zone" "distance"

    struct Team {
        id: Loose<'a> = "id",
        basket: Loose<'a> = "team_basket",
        goal: Loose<'a> = "team_goal",
    } known "name" "market" "reference" "sr_id"

    struct Location {
        x: Loose<'a> = "coord_x",
        y: Loose<'a> = "coord_y",
        area: Loose<'a> = "action_area",
    }

    struct Period {
        number: Loose<'a> = "number",
        sequence: Loose<'a> = "sequence",
        kind: Loose<'a> = "type",
    } known "id"

    struct OnCourt { home: LineUp<'a> = "home", away: LineUp<'a> = "away" }

    struct OnIce { team: LineUp<'a> = "team" }

    struct LineUp {
        id: Loose<'a> = "id",
        players: List<Player<'a>> = "players",
    } known "name" "market" "reference" "sr_id"

    struct Player {
        id: Loose<'a> = "id",
        name: Loose<'a> = "full_name",
        number: Loose<'a> = "jersey_number",
        reference: Loose<'a> = "reference",
        position: Loose<'a> = "position",
        primary_position: Loose<'a> = "primary_position",
    } known "sr_id"

    struct Statistic {
        kind: Loose<'a> = "type",
        points: Loose<'a> = "points",
        shot_type: Loose<'a> = "shot_type",
        shot_detail: Loose<'a> = "shot_type_desc",
        strength: Loose<'a> = "strength",
        win: Loose<'a> = "win",
        goal: Loose<'a> = "goal",
        saved: Loose<'a> = "saved",
        shootout: Loose<'a> = "shootout",
        minutes: Loose<'a> = "minutes",
        severity: Loose<'a> = "severity",
        assist_type: Loose<'a> = "assist_type",
        rebound_type: Loose<'a> = "rebound_type",
        team: Team<'a> = "team",
        player: Player<'a> = "player",
    } known "made" "free_throw_type" "shot_distance" "three_point_shot" "zone" "penalty" "awarded"

    /// A play-by-play document of the REST API, beside what it shares with [`Game`].
    struct PlayByPlay {
        periods: List<PlayedPeriod<'a>> = "periods",
        deleted: List<DeletedEvent<'a>> = "deleted_events",
    } passes_over true

    struct PlayedPeriod {
        number: Loose<'a> = "number",
        sequence: Loose<'a> = "sequence",
        kind: Loose<'a> = "type",
        events: List<Event<'a>> = "events",
    } passes_over true
}

/// A period as an object or as a bare number: the vendor's pages show both.
#[derive(Clone, Debug, Default)]
pub(super) enum PeriodPlace<'a> {
    #[default]
    Absent,
    Number(Loose<'a>),
    Object(Period<'a>),
    /// A list, or true.
    Other,
}

impl Odd for PeriodPlace<'_> {
    fn note(&self, place: &'static str, notes: &mut Notes) {
        match self {
            Self::Object(period) => period.note(place, notes),
            Self::Other => notes.add(format!("{place}: neither an object nor a number"), None),
            Self::Absent | Self::Number(_) => {}
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for PeriodPlace<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Place;

        impl<'de> Visitor<'de> for Place {
            type Value = PeriodPlace<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
                Ok(PeriodPlace::Other)
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(PeriodPlace::Number(Loose::Int(number)))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(PeriodPlace::Number(i64::try_from(number).map_or(Loose::Float(number as f64), Loose::Int)))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(PeriodPlace::Number(Loose::Float(number)))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(PeriodPlace::Number(Loose::Text(text.to_owned().into())))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Ok(PeriodPlace::Absent)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(PeriodPlace::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                Period::deserialize(MapAccessDeserializer::new(object)).map(PeriodPlace::Object)
            }
        }

        deserializer.deserialize_any(Place)
    }
}
