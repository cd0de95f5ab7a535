//! Hockey in Sportradar's words: events, game block and clock of the NHL's push feeds.
//!
//! In: a course and how much of it is told. Out: the vendor's JSON, after its page and its published messages. Pure. Who is
//! on the ice is in no play-by-play, so that `on_ice` is left out; who sits in the box is known and told.

use serde_json::{Map, Value, json};

use super::event::Detail;
use crate::ids::Side;
use crate::venue::course::Course;
use crate::venue::script::ice::{Ice, IcePlay, Outcome};
use crate::venue::script::{End, Fact, Play, Who, period_length_ms, side_index};
use crate::venue::wall::uuid;

/// The vendor's rink: inches from the top left corner, 2400 by 1020.
fn rink_in((x, y): (i32, i32)) -> (i32, i32) {
    ((x + 100) * 12, 510 - y * 12)
}

/// Event type; `None` for facts that this vendor does not report.
pub fn kind(fact: &Fact) -> Option<&'static str> {
    Some(match &fact.play {
        Play::PeriodEnd | Play::Final => "endperiod",
        Play::Stoppage { .. } => "stoppage",
        Play::Timeout { .. } => "teamtimeout",
        Play::Ice(play) => match &play.what {
            Ice::Faceoff { .. } => "faceoff",
            Ice::Shot { outcome: Outcome::Goal { .. }, goalie: None, .. } => "emptynetgoal",
            Ice::Shot { outcome: Outcome::Goal { .. }, .. } => "goal",
            Ice::Shot { outcome: Outcome::Saved, .. } => "shotsaved",
            Ice::Shot { .. } => "shotmissed",
            Ice::Hit { .. } => "hit",
            Ice::Giveaway { .. } => "giveaway",
            Ice::Takeaway { .. } => "takeaway",
            Ice::Penalty { .. } => "penalty",
        },
        _ => return None,
    })
}

/// A penalty that is being served.
struct Serving {
    who: Who,
    /// Milliseconds of play at its end.
    until_ms: u64,
}

/// What only hockey's course knows.
pub struct Rink<'a> {
    pub course: &'a Course,
}

impl Rink<'_> {
    /// The event of a fact, without id and times.
    pub fn event(&self, index: usize, detail: Detail) -> Map<String, Value> {
        let fact = &self.course.facts()[index];
        let [home_points, away_points] = self.course.situation(index + 1).score;
        let clock = super::event::clock(fact.clock_ms).trim_start_matches("00:0").trim_start_matches("00:").to_owned();
        let clock = if fact.clock_ms < 60_000 { format!("0:{:02}", fact.clock_ms / 1_000) } else { clock };
        let mut event = Map::new();
        let mut put = |key: &str, value: Value| drop(event.insert(key.to_owned(), value));
        put("event_type", kind(fact).unwrap_or_default().into());
        put("clock", clock.clone().into());
        put("clock_decimal", clock.into());
        put("official", (detail == Detail::Full).into());
        put("description", self.description(fact).into());
        put("home_points", home_points.into());
        put("away_points", away_points.into());
        put("period", self.period(fact.period));
        if let Play::Stoppage { reason } = &fact.play {
            put("stoppage_type", reason.clone().into());
            put("details", json!({"stoppage_type": reason}));
        }
        let Play::Ice(play) = &fact.play else { return event };
        let by = play.by();
        let mut attribution = self.team(by.side);
        attribution["team_goal"] = self.goal(by.side, fact.period).into();
        put("attribution", attribution);
        put("strength", play.strength(by.side).into());
        let zone = self.zone(play, by.side, fact.period);
        put("zone", zone.into());
        let (coord_x, coord_y) = rink_in(play.at);
        put("location", json!({"coord_x": coord_x, "coord_y": coord_y, "action_area": area(zone)}));
        if let Some(details) = details(play) {
            put("details", details);
        }
        if detail == Detail::Full {
            put("statistics", self.statistics(play, zone));
        }
        let serving = self.serving(index + 1, fact.period, fact.clock_ms);
        if !serving.is_empty() {
            put("in_penalty", self.in_penalty(&serving));
        }
        event
    }

    pub fn team(&self, side: Side) -> Value {
        let team = self.course.script.team(side);
        json!({
            "name": team.name, "market": team.market, "reference": team.shottracker.to_string(), "id": team.sportradar,
        })
    }

    fn player(&self, who: Who) -> Value {
        let player = self.course.script.player(who);
        json!({
            "full_name": player.full_name(),
            "jersey_number": player.jersey,
            "reference": player.id.to_string(),
            "id": uuid(&format!("sportradar player {}", player.id)),
        })
    }

    fn name(&self, who: Who) -> String {
        self.course.script.player(who).full_name()
    }

    fn period(&self, period: u8) -> Value {
        let id = uuid(&format!("sportradar period {} {period}", self.course.script.game.id));
        json!({"id": id, "number": period, "sequence": period, "type": "Period"})
    }

    /// The end that a side attacks: teams change ends every period.
    fn attacks(&self, side: Side, period: u8) -> End {
        let first = self.course.script.team(side).basket;
        if period.is_multiple_of(2) { first.other() } else { first }
    }

    /// The goal that a side defends.
    fn goal(&self, side: Side, period: u8) -> &'static str {
        match self.attacks(side, period) {
            End::Left => "right",
            End::Right => "left",
        }
    }

    /// The zone as the side sees it: the blue lines are 25 feet from the centre.
    fn zone(&self, play: &IcePlay, side: Side, period: u8) -> &'static str {
        let towards = match self.attacks(side, period) {
            End::Left => -play.at.0,
            End::Right => play.at.0,
        };
        match towards {
            25.. => "offensive",
            -25..=24 => "neutral",
            _ => "defensive",
        }
    }

    fn statistics(&self, play: &IcePlay, zone: &str) -> Value {
        let row = |kind: &str, who: Who, more: Value| {
            let mut row = json!({
                "type": kind,
                "strength": play.strength(who.side),
                "zone": zone,
                "team": self.team(who.side),
                "player": self.player(who),
            });
            if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
                row.extend(more);
            }
            row
        };
        let rows = match &play.what {
            Ice::Faceoff { won, lost } => {
                vec![row("faceoff", *lost, json!({"win": false})), row("faceoff", *won, json!({"win": true}))]
            }
            Ice::Shot { by, goalie, outcome, .. } => {
                let against = |saved: bool| {
                    goalie.map(|who| row("shotagainst", who, json!({"goal": !saved, "saved": saved}))).into_iter()
                };
                match outcome {
                    Outcome::Goal { assists } => {
                        let assist = |(who, kind): (&Who, &str)| row("assist", *who, json!({"assist_type": kind}));
                        let shot = row("shot", *by, json!({"goal": true}));
                        let assists = assists.iter().zip(["primary", "secondary"]).map(assist);
                        std::iter::once(shot).chain(assists).chain(against(false)).collect()
                    }
                    Outcome::Saved => {
                        let shot = row("shot", *by, json!({"goal": false, "saved": true}));
                        std::iter::once(shot).chain(against(true)).collect()
                    }
                    Outcome::Missed { .. } => vec![row("shotmissed", *by, json!({}))],
                    Outcome::Blocked { by: blocker } => {
                        vec![row("shotmissed", *by, json!({})), row("block", *blocker, json!({}))]
                    }
                }
            }
            Ice::Hit { by, on } => vec![row("hit", *by, json!({})), row("hittee", *on, json!({}))],
            Ice::Giveaway { by } => vec![row("giveaway", *by, json!({}))],
            Ice::Takeaway { by } => vec![row("takeaway", *by, json!({}))],
            Ice::Penalty { by, minutes, drawn, .. } => {
                let penalty = || json!({"minutes": minutes, "severity": severity(*minutes)});
                let drawn = drawn.map(|who| row("penaltydrawn", who, penalty()));
                std::iter::once(row("penalty", *by, penalty())).chain(drawn).collect()
            }
        };
        Value::Array(rows)
    }

    fn description(&self, fact: &Fact) -> String {
        let Play::Ice(play) = &fact.play else {
            return match &fact.play {
                Play::PeriodEnd => format!("End of period {}", fact.period),
                Play::Final => "End of game".to_owned(),
                Play::Stoppage { reason } => format!("Stoppage - {reason}"),
                _ => String::new(),
            };
        };
        match &play.what {
            Ice::Faceoff { won, lost } => format!("{} won faceoff against {}", self.name(*won), self.name(*lost)),
            Ice::Shot { by, style, outcome, goalie } => {
                let by = self.name(*by);
                match outcome {
                    Outcome::Goal { assists } if assists.is_empty() => format!("{by} {style} goal unassisted"),
                    Outcome::Goal { assists } => {
                        let assists: Vec<String> = assists.iter().map(|who| self.name(*who)).collect();
                        format!("{by} {style} goal, assisted by {}", assists.join(" and "))
                    }
                    Outcome::Saved => match goalie {
                        Some(goalie) => format!("{by} {style} shot saved by {}", self.name(*goalie)),
                        None => format!("{by} {style} shot saved"),
                    },
                    Outcome::Missed { reason } => format!("{by} {style} shot {reason}"),
                    Outcome::Blocked { by: blocker } => format!("{by} shot blocked by {}", self.name(*blocker)),
                }
            }
            Ice::Hit { by, on } => format!("{} hits {}", self.name(*by), self.name(*on)),
            Ice::Giveaway { by } => format!("Giveaway by {}", self.name(*by)),
            Ice::Takeaway { by } => format!("Takeaway by {}", self.name(*by)),
            Ice::Penalty { by, kind, minutes, .. } => {
                format!("Penalty to {} {minutes} minutes for {kind}", self.name(*by))
            }
        }
    }

    /// Who sits in the box after the first `told` facts, when the clock shows `clock_ms`, the next to leave first.
    fn serving(&self, told: usize, period: u8, clock_ms: u32) -> Vec<Serving> {
        let played = |period: u8, clock_ms: u32| {
            let length = u64::from(ICE_PERIOD_MS);
            u64::from(period.saturating_sub(1)) * length + length.saturating_sub(u64::from(clock_ms))
        };
        let mut serving: Vec<Serving> = Vec::new();
        for fact in &self.course.facts()[..told] {
            let now_ms = played(fact.period, fact.clock_ms);
            serving.retain(|one| one.until_ms > now_ms);
            let Play::Ice(play) = &fact.play else { continue };
            match &play.what {
                Ice::Penalty { by, minutes, .. } => {
                    serving.push(Serving { who: *by, until_ms: now_ms + u64::from(*minutes) * 60_000 });
                }
                // A goal of the side with the advantage ends the minor that is over first.
                Ice::Shot { by, outcome: Outcome::Goal { .. }, .. } if play.strength(by.side) == "powerplay" => {
                    let first = serving.iter().position(|one| one.who.side != by.side);
                    first.map(|first| serving.remove(first));
                }
                _ => {}
            }
            serving.sort_by_key(|one| one.until_ms);
        }
        let now_ms = played(period, clock_ms);
        serving.retain(|one| one.until_ms > now_ms);
        serving
    }

    fn in_penalty(&self, serving: &[Serving]) -> Value {
        let sides = Side::BOTH.into_iter().filter(|side| serving.iter().any(|one| one.who.side == *side));
        let rows = sides.map(|side| {
            let players = serving.iter().filter(|one| one.who.side == side).map(|one| self.player(one.who));
            let mut team = self.team(side);
            team["players"] = players.collect();
            json!({"team": team})
        });
        rows.collect()
    }

    /// The game block of the clock and of events, after some facts.
    pub fn game(&self, told: usize, status: &str, with_periods: bool) -> Value {
        let game = &self.course.script.game;
        let situation = self.course.situation(told);
        let until = |period: u8| self.course.facts()[..told].partition_point(|fact| fact.period <= period);
        let team = |side: Side| {
            let mut team = self.team(side);
            team["points"] = situation.score[side_index(side)].into();
            if with_periods {
                let scoring = (1..=situation.period).map(|period| {
                    let score = |facts: usize| self.course.situation(facts).score[side_index(side)];
                    let points = score(until(period)) - score(until(period - 1));
                    json!({"number": period, "sequence": period, "points": points, "type": "period"})
                });
                team["scoring"] = scoring.collect();
            }
            team
        };
        json!({
            "id": game.sportradar,
            "status": status,
            "coverage": "full",
            "reference": game.id,
            "scheduled": crate::venue::wall::format_utc(game.scheduled).replace('Z', "+00:00"),
            "period": situation.period,
            "home": team(Side::Home),
            "away": team(Side::Away),
        })
    }

    /// The clocks at a reading, after the first `told` facts.
    pub fn clocks(&self, reading: &crate::venue::clock::Reading, told: usize, wrong_by_ms: u32, wall: &str) -> Value {
        let game_ms = reading.game_ms + wrong_by_ms;
        let game = format!("{:02}:{:02}.{:03}", game_ms / 60_000, game_ms / 1_000 % 60, game_ms % 1_000);
        let mut clocks = json!({"game": game, "game_decimal": game, "wall": wall, "running": reading.running});
        let serving = self.serving(told, reading.period, reading.game_ms);
        // Even strength has no clock, though both boxes may be full.
        let of = |side: Side| serving.iter().filter(|one| one.who.side == side).count();
        if of(Side::Home) != of(Side::Away)
            && let Some(first) = serving.first()
        {
            let length = u64::from(ICE_PERIOD_MS);
            let played_ms = u64::from(reading.period - 1) * length + length.saturating_sub(u64::from(reading.game_ms));
            let left = first.until_ms.saturating_sub(played_ms).div_ceil(1_000);
            clocks["strength"] = format!("{:02}:{:02}", left / 60, left % 60).into();
        }
        clocks
    }
}

const ICE_PERIOD_MS: u32 = period_length_ms(true, 1);

fn severity(minutes: u8) -> &'static str {
    match minutes {
        0..=2 => "Minor",
        3..=4 => "Double Minor",
        5 => "Major",
        _ => "Misconduct",
    }
}

/// The vendor's areas are named in its page without their limits; by the zone alone these are sure.
fn area(zone: &str) -> &'static str {
    match zone {
        "neutral" => "neutralzone",
        "offensive" => "slot",
        _ => "defensivezone",
    }
}

fn details(play: &IcePlay) -> Option<Value> {
    // The nearer goal line is 89 feet from the centre.
    let feet = f64::from(89 - play.at.0.abs()).hypot(f64::from(play.at.1)).round();
    Some(match &play.what {
        Ice::Shot { style, outcome: Outcome::Missed { reason }, .. } => json!({"shot_type": style, "reason": reason}),
        Ice::Shot { outcome: Outcome::Blocked { .. }, .. } => json!({"reason": "blocked"}),
        Ice::Shot { style, .. } => json!({"shot_type": style, "distance": feet as i64}),
        Ice::Penalty { kind, minutes, .. } => json!({"penalty_type": kind, "duration": minutes}),
        _ => return None,
    })
}
