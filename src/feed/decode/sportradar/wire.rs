//! The vendor's messages as they stand on the wire; every field may be missing or of another type.

use crate::feed::decode::loose::{List, Loose, wire};

wire! {
    struct Message {
        payload: Payload<'a> = "payload",
        metadata: Metadata<'a> = "metadata",
        heartbeat: Loose<'a> = "heartbeat",
    } known "locale"

    struct Metadata {
        league: Loose<'a> = "league",
        game: Loose<'a> = "match",
        status: Loose<'a> = "status",
        operation: Loose<'a> = "operation",
    } known "team" "players" "event_type" "event_category" "locale" "version"

    struct Payload { game: Game<'a> = "game", event: Event<'a> = "event" }

    struct Game {
        id: Loose<'a> = "id",
        status: Loose<'a> = "status",
        title: Loose<'a> = "title",
        venue: Venue<'a> = "venue",
        home: Side<'a> = "home",
        away: Side<'a> = "away",
    } known "coverage" "reference" "scheduled" "sr_id" "time_zones" "track_on_court"

    struct Venue { name: Loose<'a> = "name" } known "id" "city" "state" "country" "address" "zip" "capacity" "sr_id" "reference"

    struct Side {
        id: Loose<'a> = "id",
        name: Loose<'a> = "name",
        market: Loose<'a> = "market",
        alias: Loose<'a> = "alias",
        points: Loose<'a> = "points",
        bonus: Loose<'a> = "bonus",
        timeouts: Loose<'a> = "remaining_timeouts",
    } known "reference" "sr_id"

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
        attribution: Team<'a> = "attribution",
        possession: Team<'a> = "possession",
        location: Location<'a> = "location",
        period: Period<'a> = "period",
        on_court: OnCourt<'a> = "on_court",
        statistics: List<Statistic<'a>> = "statistics",
    } known "number" "created" "attempt" "qualifiers" "duration" "turnover_type" "rescinded" "official"

    struct Team {
        id: Loose<'a> = "id",
        basket: Loose<'a> = "team_basket",
    } known "name" "market" "reference" "sr_id"

    struct Location { x: Loose<'a> = "coord_x", y: Loose<'a> = "coord_y" } known "action_area"

    struct Period {
        number: Loose<'a> = "number",
        sequence: Loose<'a> = "sequence",
        kind: Loose<'a> = "type",
    } known "id"

    struct OnCourt { home: LineUp<'a> = "home", away: LineUp<'a> = "away" }

    struct LineUp { players: List<Player<'a>> = "players" } known "name" "market" "reference" "id" "sr_id"

    struct Player {
        id: Loose<'a> = "id",
        name: Loose<'a> = "full_name",
        number: Loose<'a> = "jersey_number",
        reference: Loose<'a> = "reference",
    } known "sr_id"

    struct Statistic {
        kind: Loose<'a> = "type",
        points: Loose<'a> = "points",
        player: Player<'a> = "player",
    } known "team" "made" "free_throw_type" "rebound_type" "shot_type" "shot_type_desc" "shot_distance" "three_point_shot"
}
