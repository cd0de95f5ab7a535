//! The vendor's messages as they stand on the wire; every field may be missing or of another type.

use crate::feed::decode::loose::{List, Loose, wire};

use super::shots::ShotPlace;
use super::stats::is_of_possession_type;

/// For objects of which the vendor names only some of the fields.
fn is_anything(_: &str) -> bool {
    true
}

wire! {
    struct Marker {
        game: Loose<'a> = "gameId",
        status: Loose<'a> = "status",
        colors: JerseyColors<'a> = "data",
    } known "t"

    struct JerseyColors {
        team_1: Loose<'a> = "team1Id",
        color_1: Loose<'a> = "team1JerseyColor",
        team_2: Loose<'a> = "team2Id",
        color_2: Loose<'a> = "team2JerseyColor",
    } passes_over true

    struct Clock {
        game: Loose<'a> = "gid",
        period: Loose<'a> = "period",
        kind: Loose<'a> = "type",
        state: Loose<'a> = "state",
        minutes: Loose<'a> = "min",
        seconds: Loose<'a> = "sec",
        sub_seconds: Loose<'a> = "subSec",
        shot_seconds: Loose<'a> = "shotSec",
        shot_sub_seconds: Loose<'a> = "shotSubSec",
    } known "source" "controllerId" "t"

    struct Chart {
        shot: Loose<'a> = "eid",
        game: Loose<'a> = "gid",
        player: Loose<'a> = "pid",
        team: Loose<'a> = "tid",
        result: Loose<'a> = "st",
        three: Loose<'a> = "is3",
        points: Loose<'a> = "pts",
        x: Loose<'a> = "px",
        y: Loose<'a> = "py",
        hoop_x: Loose<'a> = "hx",
        hoop_y: Loose<'a> = "hy",
        status: Loose<'a> = "s",
        zone: Loose<'a> = "z",
        advanced_zone: Loose<'a> = "az",
        distance: Loose<'a> = "d",
        attributes: List<Loose<'a>> = "attributes",
        on_court: List<Loose<'a>> = "players",
        defenders: List<Loose<'a>> = "shotDefenders",
        session: Loose<'a> = "sid",
        period: Loose<'a> = "prd",
        at: Loose<'a> = "t",
    } known "pz" "hz" "v"

    struct BoxScore {
        play: Loose<'a> = "eid",
        game: Loose<'a> = "gid",
        player: Loose<'a> = "pid",
        team: Loose<'a> = "tid",
        actor: Loose<'a> = "act",
        version: Loose<'a> = "v",
        classification: Loose<'a> = "classification",
        session: Loose<'a> = "sid",
        period: Loose<'a> = "prd",
        at: Loose<'a> = "t",
        x: Loose<'a> = "px",
        y: Loose<'a> = "py",
        hoop_x: Loose<'a> = "hex",
        hoop_y: Loose<'a> = "hey",
        stats: Row<'a> = "stats",
        total: Row<'a> = "totalStats",
    } known "st"

    struct Possessions { state: Loose<'a> = "state", possession: Possession<'a> = "possession" } known "t"

    struct Possession {
        supervision: Loose<'a> = "supervision",
        start: Loose<'a> = "startTimestamp",
        team: Loose<'a> = "teamId",
        session: Loose<'a> = "sessionId",
        game: Loose<'a> = "gameId",
        lineup: List<Loose<'a>> = "lineupPlayers",
        opponent_lineup: List<Loose<'a>> = "opponentLineupPlayers",
        events: List<PossessionEvent<'a>> = "possessions",
        stats: PossessionFigures<'a> = "stats",
        view: ResponseView<'a> = "responseView",
    } passes_over true

    struct PossessionEvent {
        kind: Loose<'a> = "possessionType",
        player: Loose<'a> = "playerId",
        at: Loose<'a> = "timestamp",
    } passes_over true

    struct PossessionFigures {
        points: Loose<'a> = "points",
        turnover: Loose<'a> = "turnover",
        shot_type: Loose<'a> = "shotType",
        ball_reversals: Loose<'a> = "ballReversals",
    } extra is_anything

    /// A simpler view of the same possession; only its period stands nowhere else.
    struct ResponseView { period: Loose<'a> = "period" } passes_over true

    struct PossessionStats {
        game: Loose<'a> = "gid",
        scope: Loose<'a> = "scope",
        session: Loose<'a> = "sid",
        team: Loose<'a> = "tid",
        summary: List<PossessionGroup<'a>> = "summary",
    } known "t" "st"

    struct PossessionGroup {
        kind: Loose<'a> = "type",
        possessions: Loose<'a> = "POSS",
        possessions_pct: Loose<'a> = "POSS_PCT",
        points: Loose<'a> = "PTS",
        ppp: Loose<'a> = "PPP",
        two_made: Loose<'a> = "2PTM",
        two_tried: Loose<'a> = "2PTA",
        three_made: Loose<'a> = "3PTM",
        three_tried: Loose<'a> = "3PTA",
        turnovers: Loose<'a> = "TO",
        turnover_pct: Loose<'a> = "TO_PCT",
        efg: Loose<'a> = "EFG",
    } known "2PT_PCT" "3PT_PCT"

    struct LineupStats {
        game: Loose<'a> = "gid",
        session: Loose<'a> = "sid",
        team: Loose<'a> = "tid",
        players: List<Loose<'a>> = "players",
        stats: LineupFigures<'a> = "stats",
    } known "t" "st"

    struct LineupFigures {
        plus_minus: Loose<'a> = "PLUS_MINUS",
        scored: Loose<'a> = "TOTAL_POINTS_SCORED",
        allowed: Loose<'a> = "TOTAL_POINTS_ALLOWED",
        turnovers: Loose<'a> = "TOTAL_TURNOVERS",
        ppp: Loose<'a> = "PPP",
        opponent_ppp: Loose<'a> = "OPPP",
        fg_rate: Loose<'a> = "FG_RATE",
        rebound_rate: Loose<'a> = "REB_RATE",
    } extra is_anything

    /// One of a summary's line-ups: its players stand beside its figures.
    struct SummaryLineup {
        players: List<Loose<'a>> = "player_ids",
        plus_minus: Loose<'a> = "PLUS_MINUS",
        scored: Loose<'a> = "TOTAL_POINTS_SCORED",
        allowed: Loose<'a> = "TOTAL_POINTS_ALLOWED",
    } extra is_anything

    struct Location {
        game_millis: Loose<'a> = "gcms",
        shot_millis: Loose<'a> = "scms",
        running: Loose<'a> = "cr",
        period: Loose<'a> = "period",
        session: Loose<'a> = "sessionId",
        locations: List<Position<'a>> = "locations",
    } known "facilityId" "courtId" "t"

    struct Position {
        at: Loose<'a> = "t",
        kind: Loose<'a> = "type",
        player: Loose<'a> = "pid",
        ball: Loose<'a> = "bid",
        team: Loose<'a> = "tid",
        x: Loose<'a> = "x",
        y: Loose<'a> = "y",
        z: Loose<'a> = "z",
        speed: Loose<'a> = "speed",
        distance: Loose<'a> = "dist",
        vx: Loose<'a> = "vx",
        vy: Loose<'a> = "vy",
        vz: Loose<'a> = "vz",
    } passes_over true

    /// A row of the play-by-play over REST.
    struct Detail {
        event: Loose<'a> = "eventId",
        at: Loose<'a> = "timestamp",
        team: Loose<'a> = "teamId",
        player: Loose<'a> = "pid",
        actor: Loose<'a> = "act",
        classification: Loose<'a> = "classification",
        session: Loose<'a> = "sessionId",
        game: Loose<'a> = "gameId",
        period: Loose<'a> = "period",
        x: Loose<'a> = "hoopToEventX",
        y: Loose<'a> = "hoopToEventY",
    } passes_over true

    struct GameTotals {
        home: TeamValue<'a> = "homeTeamScore",
        away: TeamValue<'a> = "awayTeamScore",
        status: Loose<'a> = "status",
        periods: List<PeriodTotals<'a>> = "periodTotals",
    } passes_over true

    struct PeriodTotals { period: Loose<'a> = "period", session: Loose<'a> = "sessionId" } passes_over true

    struct TeamValue { team: Loose<'a> = "teamId", value: Loose<'a> = "value" } passes_over true

    struct ShotLocations { make: List<ShotPlace<'a>> = "make", miss: List<ShotPlace<'a>> = "miss" }

    struct Summary {
        at: Loose<'a> = "at",
        period: Loose<'a> = "period",
        game: GameStats<'a> = "game_stats",
        half_1: PeriodStats<'a> = "half_1_stats",
        half_2: PeriodStats<'a> = "half_2_stats",
        quarter_1: PeriodStats<'a> = "quarter_1_stats",
        quarter_2: PeriodStats<'a> = "quarter_2_stats",
        quarter_3: PeriodStats<'a> = "quarter_3_stats",
        quarter_4: PeriodStats<'a> = "quarter_4_stats",
        overtime_1: PeriodStats<'a> = "ot_1_stats",
        overtime_2: PeriodStats<'a> = "ot_2_stats",
        overtime_3: PeriodStats<'a> = "ot_3_stats",
        overtime_4: PeriodStats<'a> = "ot_4_stats",
    } known "at_formatted" "reference"

    struct GameStats { home: Side<'a> = "home", away: Side<'a> = "away" } known "reference"

    struct Side { team: Row<'a> = "team", players: List<Row<'a>> = "players" }

    struct PeriodStats { home: PeriodSide<'a> = "home", away: PeriodSide<'a> = "away" } known "reference"

    /// Of a period only the points are used; its players are as large as the game's, and are passed over.
    struct PeriodSide { team: PeriodTeam<'a> = "team" } known "players"

    struct PeriodTeam { points: Loose<'a> = "PTS" } passes_over true

    /// A row of statistics: a team's, a player's, or the two blocks of a box-score message.
    struct Row {
        team: Loose<'a> = "team_id",
        team_name: Loose<'a> = "team_name",
        code: Loose<'a> = "consumer_code",
        player: Loose<'a> = "player_id",
        number: Loose<'a> = "jersey_number",
        first_name: Loose<'a> = "first_name",
        last_name: Loose<'a> = "last_name",
        position: Loose<'a> = "position_abbr",
        on_court: Loose<'a> = "on_the_floor",
        team_score: Loose<'a> = "TEAM_SCORE",
        points: Loose<'a> = "PTS",
        fg: Loose<'a> = "FG",
        fga: Loose<'a> = "FGA",
        fg2: Loose<'a> = "FG2",
        fga2: Loose<'a> = "FGA2",
        fg3: Loose<'a> = "FG3",
        fga3: Loose<'a> = "FGA3",
        ft: Loose<'a> = "FT",
        fta: Loose<'a> = "FTA",
        rebounds: Loose<'a> = "REB",
        offensive: Loose<'a> = "OFFENSIVE_REB",
        defensive: Loose<'a> = "DEFENSIVE_REB",
        assists: Loose<'a> = "AST",
        steals: Loose<'a> = "STL",
        blocks: Loose<'a> = "BLK",
        turnovers: Loose<'a> = "TO",
        turnovers_live: Loose<'a> = "LBTO",
        turnovers_dead: Loose<'a> = "DBTO",
        fouls: Loose<'a> = "FL",
        fouls_drawn: Loose<'a> = "FLDN",
        plus_minus: Loose<'a> = "PLUS_MINUS",
        in_paint: Loose<'a> = "PPTS",
        second_chance: Loose<'a> = "SECOND_CHANCE_POINTS",
        off_turnovers: Loose<'a> = "POINTS_OFF_TURNOVER",
        assist_to_turnover: Loose<'a> = "AST_TO_RATE",
        distance_cm: Loose<'a> = "DIST",
        shots: List<Zone<'a>> = "shots",
        catch_and_shoot: List<Zone<'a>> = "cas_shots",
        off_the_dribble: List<Zone<'a>> = "otd_shots",
        shot_locations: ShotLocations<'a> = "shot_locations",
        lineups: List<SummaryLineup<'a>> = "lineup_stats",
        season: SeasonRow<'a> = "season_stats",
    } known "FG_FRACTION" "FG_PCT_DISPLAY" "FG2_FRACTION" "FG2_PCT_DISPLAY" "FG3_FRACTION" "FG3_PCT_DISPLAY"
        "FT_FRACTION" "FT_PCT_DISPLAY" "TWO_POINT_PCT_DISPLAY" "DIST_MILES" "sensor"
        extra is_of_possession_type

    struct SeasonRow { ft: Loose<'a> = "FT", fta: Loose<'a> = "FTA" } known "FT_FRACTION" "FT_PCT_DISPLAY"

    struct Zone {
        display: Loose<'a> = "DISPLAY",
        pct_display: Loose<'a> = "PCT_DISPLAY",
        r: Loose<'a> = "R",
        g: Loose<'a> = "G",
        b: Loose<'a> = "B",
    }
}
