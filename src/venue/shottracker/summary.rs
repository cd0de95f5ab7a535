//! The broadcast summary: everything about the game so far in one message.
//!
//! In: a course and how many of its facts have happened. Out: the vendor's document. Pure.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::log::attributes;
use super::wire::{
    Counts, Displays, Figures, LineupRow, PartStats, PlayerRow, SeasonStats, ShotLocation, ShotLocations, SideStats,
    Summary, TeamRow, Zone, fraction, percent,
};
use crate::ids::Side;
use crate::time::Timestamp;
use crate::venue::course::{Book, Course, Lineup};
use crate::venue::possessions::Kind;
use crate::venue::script::{Actor, Play, Shot, Who, period_label, side_index};
use crate::venue::tally::Line;
use crate::venue::wall::{format_utc, uuid};
use crate::venue::zones;

/// How much of the summary a client asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// `game_stats`: the game's totals alone.
    Game,
    /// Halves, quarters and overtimes, too.
    Full,
}

/// What a client asked of the summary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    pub level: Level,
    /// `include_player_season`: free throws of the season beside those of the game.
    pub player_season: bool,
}

/// The summary after the first `facts` facts.
pub fn summary(course: &Course, facts: usize, extent: Extent, at: Timestamp) -> Summary {
    let page = Page { course, facts, book: course.book(facts) };
    let level = extent.level;
    let game = &course.script.game;
    let periods = course.facts().last().map_or(4, |fact| fact.period);
    let mut parts = BTreeMap::new();
    if level == Level::Full {
        parts.insert("half_1_stats".to_owned(), page.part("half 1", 1..=2));
        parts.insert("half_2_stats".to_owned(), page.part("half 2", 3..=4));
        for period in 1..=4 {
            parts.insert(format!("quarter_{period}_stats"), page.part(&period_label(period), period..=period));
        }
        for period in 5..=periods {
            parts.insert(format!("ot_{}_stats", period - 4), page.part(&period_label(period), period..=period));
        }
    }
    let game_stats = page.part("game", 1..=u8::MAX);
    Summary {
        at: at.as_millis(),
        at_formatted: format_utc(at),
        period: page.period(),
        reference: uuid(&format!("summary {}", game.id)),
        game_stats: if extent.player_season { page.with_season(game_stats) } else { game_stats },
        parts,
    }
}

struct Page<'a> {
    course: &'a Course,
    facts: usize,
    book: Book,
}

/// Centimetres a second: what players cover in a game divided by their minutes. Each player gets a little of their own.
const PACE_CM: i64 = 200;
const CM_PER_MILE: f64 = 160_934.4;

impl Page<'_> {
    /// The period as the vendor's table has it: between the halves `HT`, after the last `END`, then `COMPLETED`.
    fn period(&self) -> String {
        let told = &self.course.facts()[..self.facts];
        match told.last() {
            None => "PRE".to_owned(),
            Some(fact) => match fact.play {
                Play::Final => "COMPLETED".to_owned(),
                Play::PeriodEnd if fact.period == 2 => "HT".to_owned(),
                Play::PeriodEnd if fact.period >= 4 && self.decided() => "END".to_owned(),
                _ => period_label(fact.period),
            },
        }
    }

    fn decided(&self) -> bool {
        let [home, away] = self.course.situation(self.facts).score;
        home != away
    }

    fn part(&self, name: &str, periods: RangeInclusive<u8>) -> PartStats {
        PartStats {
            reference: uuid(&format!("summary {} {name}", self.course.script.game.id)),
            home: self.side(Side::Home, periods.clone()),
            away: self.side(Side::Away, periods),
        }
    }

    /// A script knows no games before its own, so a player's season is this game. Of the built-in one that is true: it
    /// opened the season.
    fn with_season(&self, mut part: PartStats) -> PartStats {
        for row in part.home.players.iter_mut().chain(&mut part.away.players).filter(|row| row.player_id != 0) {
            let (counts, displays) = (&row.figures.counts, &row.figures.displays);
            row.season_stats = Some(SeasonStats {
                ft: counts.ft,
                fta: counts.fta,
                ft_fraction: displays.ft_fraction.clone(),
                ft_pct_display: displays.ft_pct_display.clone(),
            });
        }
        part
    }

    fn side(&self, side: Side, periods: RangeInclusive<u8>) -> SideStats {
        let team = self.course.script.team(side);
        let whole = self.book.team(side, periods.clone());
        let mut players = vec![self.team_player_row(side, &periods)];
        players.extend((0..team.players.len()).map(|index| self.player_row(Who { side, index }, &periods)));
        // Players' distances differ by their pace, so the team's is their sum and not a pace of its own.
        let mut figures = self.figures(&whole, side, None, &periods, 0);
        set_distance(&mut figures, players.iter().map(|row| row.figures.dist).sum());
        SideStats {
            team: TeamRow {
                team_id: team.shottracker,
                consumer_code: team.code.clone(),
                team_name: format!("{} {}", team.market, team.name),
                figures,
                second_chance_points: whole.second_chance_points,
                points_off_turnover: whole.turnover_points,
                possession_types: self.possession_types(side, &periods),
                lineup_stats: self.lineups(side, &periods),
            },
            players,
        }
    }

    /// `OVERALL_POSS`, `TRANSITION_PPP` and so on.
    fn possession_types(&self, side: Side, periods: &RangeInclusive<u8>) -> Map<String, Value> {
        let mut map = Map::new();
        for kind in std::iter::once(None).chain(Kind::ALL.map(Some)) {
            let sum = |side| self.course.possession_sum(side, kind, periods, self.facts);
            let (own, other) = (sum(side), sum(side.other()));
            let name = kind.map_or("OVERALL", Kind::name);
            let (made, tried) = (own.two_made + own.three_made, own.two_tried + own.three_tried);
            let arrow = (made - (other.two_made + other.three_made)).signum();
            let ppp = hundredths(f64::from(own.points) / f64::from(own.possessions.max(1)));
            let fields: [(&str, Value); 12] = [
                ("FG_VALUE", made.into()),
                ("FG", percent(made, tried).into()),
                ("FG_FRACTION", fraction(made, tried).into()),
                ("POSS", own.possessions.into()),
                ("PTS", own.points.into()),
                ("2PTM", own.two_made.into()),
                ("2PTA", own.two_tried.into()),
                ("3PTM", own.three_made.into()),
                ("3PTA", own.three_tried.into()),
                ("TO", own.turnovers.into()),
                ("PPP", ppp.into()),
                ("FG_VALUE_ARROW", arrow.into()),
            ];
            map.extend(fields.map(|(field, value)| (format!("{name}_{field}"), value)));
        }
        map
    }

    /// What belongs to the team and none of its players: team rebounds.
    fn team_player_row(&self, side: Side, periods: &RangeInclusive<u8>) -> PlayerRow {
        let line = self.book.line(Actor { side, player: None }, periods.clone());
        let mut figures = self.figures(&line, side, None, periods, 0);
        (figures.shots, figures.cas_shots, figures.otd_shots) = (empty_zones(), empty_zones(), empty_zones());
        figures.shot_locations = ShotLocations::default();
        PlayerRow {
            player_id: 0,
            consumer_code: "0".to_owned(),
            jersey_number: -1,
            first_name: None,
            last_name: None,
            position_abbr: None,
            sensor: 0,
            on_the_floor: false,
            figures,
            plus_minus: 0,
            season_stats: None,
        }
    }

    fn player_row(&self, who: Who, periods: &RangeInclusive<u8>) -> PlayerRow {
        let player = self.course.script.player(who);
        let line = self.book.line(who.into(), periods.clone());
        let pace_cm = PACE_CM + (player.id % 7) as i64 * 5;
        let on_court = &self.course.situation(self.facts).on_court[side_index(who.side)];
        PlayerRow {
            player_id: player.id,
            consumer_code: player.id.to_string(),
            jersey_number: player.jersey.parse().unwrap_or(-1),
            first_name: Some(player.first.clone()),
            last_name: Some(player.last.clone()),
            // The vendor has three positions; the league's last letter is one of them.
            position_abbr: player.position.chars().last().map(String::from),
            sensor: 100_000 + player.id % 100_000,
            on_the_floor: on_court.contains(&who.index),
            figures: self.figures(&line, who.side, Some(who), periods, pace_cm),
            plus_minus: line.plus_minus,
            season_stats: None,
        }
    }

    fn figures(
        &self,
        line: &Line,
        side: Side,
        who: Option<Who>,
        periods: &RangeInclusive<u8>,
        pace_cm: i64,
    ) -> Figures {
        let shots = self.shots(side, who, periods);
        let only = |attribute| shots.iter().copied().filter(move |shot| attributes(shot).contains(&attribute));
        let mut figures = Figures {
            counts: Counts::from(line),
            displays: Displays::from(line),
            dist: 0,
            dist_miles: 0.0,
            // Without a turnover the rate is the assists themselves.
            ast_to_rate: hundredths(f64::from(line.assists) / f64::from(line.turnovers().max(1))),
            shots: zone_map(shots.iter().copied()),
            shot_locations: locations(&shots),
            cas_shots: zone_map(only("CAS")),
            otd_shots: zone_map(only("OTD")),
        };
        set_distance(&mut figures, line.played_ms * pace_cm / 1000);
        figures
    }

    fn shots(&self, side: Side, who: Option<Who>, periods: &RangeInclusive<u8>) -> Vec<&Shot> {
        let facts = self.course.facts()[..self.facts].iter().filter(|fact| periods.contains(&fact.period));
        let shots = facts.filter_map(|fact| match &fact.play {
            Play::Shot(shot) => Some(shot),
            _ => None,
        });
        shots.filter(|shot| who.map_or(shot.by.side == side, |who| shot.by == who)).collect()
    }

    /// The two line-ups that scored most.
    fn lineups(&self, side: Side, periods: &RangeInclusive<u8>) -> Vec<LineupRow> {
        let mut sums: BTreeMap<&[usize], Lineup> = BTreeMap::new();
        for ((period, five), lineup) in &self.book.lineups[side_index(side)] {
            if periods.contains(period) {
                *sums.entry(five).or_default() += *lineup;
            }
        }
        let mut lineups: Vec<_> = sums.iter().collect();
        lineups.sort_by_key(|(_, lineup)| std::cmp::Reverse(lineup.scored));
        let rows = lineups.into_iter().take(2).map(|(five, lineup)| LineupRow {
            player_ids: five.iter().map(|index| self.course.script.player(Who { side, index: *index }).id).collect(),
            plus_minus: lineup.scored as i32 - lineup.allowed as i32,
            scored: lineup.scored,
            allowed: lineup.allowed,
        });
        rows.collect()
    }
}

fn set_distance(figures: &mut Figures, cm: i64) {
    figures.dist = cm;
    figures.dist_miles = hundredths(cm as f64 / CM_PER_MILE);
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn zone_map<'a>(shots: impl Iterator<Item = &'a Shot>) -> Vec<Zone> {
    let mut zones = [(0, 0); zones::ZONES];
    for shot in shots {
        let (made, tried) = &mut zones[zones::zone(shot) - 1];
        *made += i32::from(shot.made);
        *tried += 1;
    }
    zones.map(|(made, tried)| zone(made, tried)).into()
}

fn empty_zones() -> Vec<Zone> {
    zone_map(std::iter::empty())
}

/// Grey without attempts; else from blue over white at 40 % to red at 60 % and more.
fn zone(made: i32, tried: i32) -> Zone {
    let heat = if tried == 0 { 0.0 } else { ((f64::from(made) / f64::from(tried) - 0.4) / 0.2).clamp(-1.0, 1.0) };
    let fade = 255 - (heat.abs() * 200.0) as u8;
    let (r, g, b) = match tried {
        0 => (128, 128, 128),
        _ if heat < 0.0 => (fade, fade, 255),
        _ => (255, fade, fade),
    };
    Zone { display: fraction(made, tried), pct_display: percent(made, tried), r, g, b }
}

fn locations(shots: &[&Shot]) -> ShotLocations {
    let of = |made: bool| shots.iter().filter(move |shot| shot.made == made).map(|shot| location(shot)).collect();
    ShotLocations { make: of(true), miss: of(false) }
}

/// The script knows places only: the flight is that of a clean shot from there, at 52 degrees.
fn location(shot: &Shot) -> ShotLocation {
    const RELEASE_MM: f64 = 2_300.0;
    const RIM_MM: f64 = 3_048.0;
    const GRAVITY: f64 = 9_806.65;
    let (x, y) = zones::from_hoop_mm(shot);
    let distance = zones::distance_mm(shot).max(1_000.0);
    let (sin, cos) = 52f64.to_radians().sin_cos();
    let speed =
        (GRAVITY * distance * distance / (2.0 * cos * cos * (distance * sin / cos - (RIM_MM - RELEASE_MM)))).sqrt();
    let peak = RELEASE_MM + (speed * sin).powi(2) / (2.0 * GRAVITY);
    let fall = (2.0 * GRAVITY * (peak - RIM_MM).max(0.0)).sqrt();
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    ShotLocation {
        x,
        y,
        peak_height: peak.round() as i32,
        entry_angle: tenths(fall.atan2(speed * cos).to_degrees()),
        depth: 279,
        velocity: tenths(speed / 1000.0),
    }
}
