//! A fact in Sportradar's words: type, category, description, statistics.
//!
//! In: a fact and how much of it the statistician has entered. Out: an [`Event`] but for its times. Pure.

use super::wire::{
    Attribution, CourtTeam, Event, FreeThrowStatistic, Location, OnCourt, Period, Player, Qualifier, ShotStatistic,
    Statistic, Team,
};
use crate::ids::Side;
use crate::venue::course::Course;
use crate::venue::script::{Actor, End, Fact, Play, Shot, Who, side_index};
use crate::venue::wall::uuid;
use crate::venue::zones;

/// How much is known when a message is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// The team and what happened; entered first.
    Bare,
    /// With players and all statistics.
    Full,
}

/// Type and category; `None` for facts that this vendor does not report.
pub fn kind(fact: &Fact, detail: Detail) -> Option<(&'static str, &'static str)> {
    Some(match &fact.play {
        // The first period opens with its tip.
        Play::PeriodStart if fact.period == 1 => return None,
        Play::PeriodStart => ("openinbound", "period,stoppage,possession"),
        Play::PeriodEnd | Play::Final => ("endperiod", "period,stoppage"),
        Play::Jump { held: false, .. } => ("opentip", "period,stoppage,possession"),
        Play::Jump { held: true, .. } => ("jumpball", "possession"),
        Play::Shot(shot) => match (shot.three, shot.made) {
            (false, false) => ("twopointmiss", "shot"),
            (false, true) => ("twopointmade", "shot,score"),
            (true, false) => ("threepointmiss", "shot"),
            (true, true) => ("threepointmade", "shot,score"),
        },
        Play::FreeThrow { made: true, .. } => ("freethrowmade", "freethrow,score"),
        Play::FreeThrow { made: false, .. } => ("freethrowmiss", "freethrow"),
        Play::Rebound { .. } => ("rebound", "shot"),
        // What kind of foul it was is entered with the details.
        Play::Foul { .. } if detail == Detail::Bare => ("personalfoul", "foul"),
        Play::Foul { kind, .. } => match kind.as_str() {
            "offensive" => ("offensivefoul", "foul"),
            "shooting" => ("shootingfoul", "foul"),
            _ => ("personalfoul", "foul"),
        },
        Play::Turnover { .. } => ("turnover", "turnover"),
        Play::Sub { .. } => ("lineupchange", "lineupchange"),
        Play::Timeout { .. } => ("teamtimeout", "timeout,stoppage"),
        Play::Stoppage { .. } => ("stoppage", ""),
        Play::Violation { kind, .. } if kind.contains("goaltending") => ("defensivegoaltending", ""),
        Play::Violation { .. } => ("defaultviolation", ""),
        // Hockey has its own words, see `ice`.
        Play::Ice(_) => return None,
    })
}

/// Whether a fact is entered in two steps.
pub fn has_two_steps(fact: &Fact) -> bool {
    matches!(fact.play, Play::Shot(_) | Play::Foul { .. } | Play::Turnover { .. } | Play::Ice(_))
}

/// Makes events of the facts of one course.
pub struct Scribe<'a> {
    pub course: &'a Course,
}

impl Scribe<'_> {
    /// The event of fact number `index`, without id and times.
    pub fn event(&self, index: usize, detail: Detail) -> Event {
        let fact = &self.course.facts()[index];
        let after = self.course.situation(index + 1);
        let actor = actor(fact);
        let clock = clock(fact.clock_ms);
        let under_a_minute = fact.clock_ms < 60_000;
        let decimal = format!("00:{:02}.{:02}", fact.clock_ms / 1000, fact.clock_ms % 1000 / 10);
        Event {
            event_type: kind(fact, detail).map_or("", |(kind, _)| kind),
            clock_decimal: Some(if under_a_minute { decimal } else { clock.clone() }),
            clock,
            description: Some(self.description(fact, index, detail)),
            home_points: after.score[0],
            away_points: after.score[1],
            attempt: match fact.play {
                Play::FreeThrow { number, of, .. } => Some(format!("{number} of {of}")),
                _ => None,
            },
            turnover_type: match &fact.play {
                Play::Turnover { .. } if detail == Detail::Bare => Some("Turnover".to_owned()),
                Play::Turnover { kind, .. } => Some(title_case(kind)),
                _ => None,
            },
            duration: matches!(fact.play, Play::Timeout { .. }).then_some(60),
            qualifiers: qualifiers(fact),
            attribution: actor.map(|actor| Attribution {
                team: self.team(actor.side),
                team_basket: match self.course.script.basket(actor.side, fact.period) {
                    End::Left => "left",
                    End::Right => "right",
                },
            }),
            location: self.location(fact),
            possession: self.possession(fact, index),
            period: Some(self.period(fact.period)),
            on_court: Some(self.on_court(index + 1)),
            statistics: self.statistics(fact, detail),
            ..Event::default()
        }
    }

    pub fn team(&self, side: Side) -> Team {
        let team = self.course.script.team(side);
        Team {
            name: team.name.clone(),
            market: team.market.clone(),
            reference: team.shottracker.to_string(),
            id: team.sportradar.clone(),
        }
    }

    fn player(&self, who: Who) -> Player {
        let player = self.course.script.player(who);
        Player {
            full_name: player.full_name(),
            jersey_number: player.jersey.clone(),
            reference: player.id.to_string(),
            id: uuid(&format!("sportradar player {}", player.id)),
        }
    }

    fn name(&self, who: Who) -> String {
        self.course.script.player(who).full_name()
    }

    fn period(&self, period: u8) -> Period {
        let overtime = period > 4;
        Period {
            id: uuid(&format!("sportradar period {} {period}", self.course.script.game.id)),
            number: if overtime { period - 4 } else { period },
            sequence: period,
            kind: if overtime { "overtime" } else { "quarter" },
        }
    }

    fn on_court(&self, facts: usize) -> OnCourt {
        let situation = self.course.situation(facts);
        let side = |side: Side| CourtTeam {
            team: self.team(side),
            players: situation.on_court[side_index(side)]
                .iter()
                .map(|index| self.player(Who { side, index: *index }))
                .collect(),
        };
        OnCourt { home: side(Side::Home), away: side(Side::Away) }
    }

    /// Real messages leave it out for misses and while play rests.
    fn possession(&self, fact: &Fact, index: usize) -> Option<Team> {
        let rests = matches!(
            fact.play,
            Play::Timeout { .. } | Play::Stoppage { .. } | Play::Sub { .. } | Play::PeriodEnd | Play::Final
        );
        let side = self.course.situation(index + 1).possession.filter(|_| !rests)?;
        Some(self.team(side))
    }

    fn location(&self, fact: &Fact) -> Option<Location> {
        let Play::Shot(shot) = &fact.play else { return None };
        let basket = self.course.script.basket(shot.by.side, fact.period);
        let (coord_x, coord_y) = zones::court_in(shot, basket);
        Some(Location { coord_x, coord_y, action_area: zones::action_area((coord_x, coord_y), basket) })
    }

    fn statistic(&self, kind: &'static str, actor: Actor, detail: Detail) -> Statistic {
        let who = actor.player.map(|index| Who { side: actor.side, index });
        Statistic {
            kind,
            shot: None,
            free_throw: None,
            rebound_type: None,
            team: self.team(actor.side),
            player: who.filter(|_| detail == Detail::Full).map(|who| self.player(who)),
        }
    }

    fn statistics(&self, fact: &Fact, detail: Detail) -> Vec<Statistic> {
        let statistic = |kind, actor| self.statistic(kind, actor, detail);
        let full = detail == Detail::Full;
        let second = |kind, who: Option<Who>| who.filter(|_| full).map(|who| statistic(kind, who.into()));
        match &fact.play {
            Play::Shot(shot) => {
                let field_goal =
                    Statistic { shot: Some(shot_statistic(shot, detail)), ..statistic("fieldgoal", shot.by.into()) };
                let blocked = shot.block.map(|_| shot.by);
                let all = [second("assist", shot.assist), Some(field_goal), second("block", shot.block)];
                all.into_iter().flatten().chain(second("attemptblocked", blocked)).collect()
            }
            Play::FreeThrow { by, made, .. } => {
                let points = made.then_some(1);
                let free_throw = Some(FreeThrowStatistic { free_throw_type: "regular", made: *made, points });
                vec![Statistic { free_throw, ..statistic("freethrow", (*by).into()) }]
            }
            Play::Rebound { by, offensive } => {
                let rebound_type = Some(if *offensive { "offensive" } else { "defensive" });
                vec![Statistic { rebound_type, ..statistic("rebound", *by) }]
            }
            Play::Foul { by, kind, drawn, .. } => {
                let offensive = (kind == "offensive").then_some(*by);
                let all = [Some(statistic("personalfoul", (*by).into())), second("offensivefoul", offensive)];
                all.into_iter().flatten().chain(second("fouldrawn", *drawn)).collect()
            }
            Play::Turnover { by, steal, .. } => {
                [Some(statistic("turnover", *by)), second("steal", *steal)].into_iter().flatten().collect()
            }
            _ => Vec::new(),
        }
    }

    fn description(&self, fact: &Fact, index: usize, detail: Detail) -> String {
        let full = detail == Detail::Full;
        let who = |actor: Actor| match actor.player.filter(|_| full) {
            Some(index) => self.name(Who { side: actor.side, index }),
            None => self.course.script.team(actor.side).name.clone(),
        };
        let aside = |who: Option<Who>, what: &str| {
            who.filter(|_| full).map(|who| format!(" ({} {what})", self.name(who))).unwrap_or_default()
        };
        match &fact.play {
            Play::PeriodStart => format!("{} inbound.", self.possessor(index)),
            Play::Jump { .. } => format!("{} gain possession", self.possessor(index)),
            Play::PeriodEnd if fact.period == 2 => "End of 1st Half.".to_owned(),
            Play::PeriodEnd => format!("End of {}.", ordinal(fact.period)),
            Play::Final => "End of game.".to_owned(),
            Play::Shot(shot) => {
                let verb = if shot.made { "makes" } else { "misses" };
                let points = if shot.three { "three" } else { "two" };
                let how = if full && !shot.how.is_empty() { format!("{} ", shot.how) } else { String::new() };
                let assist = aside(shot.assist, "assists");
                let block = aside(shot.block, "blocks");
                format!("{} {verb} {points} point {how}{}{assist}{block}", who(shot.by.into()), shot.style)
            }
            Play::FreeThrow { by, made, number, of } => {
                let verb = if *made { "makes" } else { "misses" };
                format!("{} {verb} regular free throw {number} of {of}", who((*by).into()))
            }
            Play::Rebound { by, offensive } => {
                format!("{} {} rebound", who(*by), if *offensive { "offensive" } else { "defensive" })
            }
            Play::Foul { by, kind, drawn, .. } => {
                let kind = if full { kind.as_str() } else { "personal" };
                format!("{} {kind} foul{}", who((*by).into()), aside(*drawn, "draws the foul"))
            }
            Play::Turnover { by, kind, steal } => {
                let kind = if full { format!(" ({kind})") } else { String::new() };
                format!("{} turnover{kind}{}", who(*by), aside(*steal, "steals"))
            }
            Play::Sub { side, .. } => {
                let five = &self.course.situation(index + 1).on_court[side_index(*side)];
                let five: Vec<String> =
                    five.iter().map(|index| self.name(Who { side: *side, index: *index })).collect();
                format!("{} lineup change ({})", self.course.script.team(*side).name, five.join(", "))
            }
            Play::Timeout { side } => format!("{} 60 second timeout", self.course.script.team(*side).name),
            Play::Stoppage { reason } => format!("Stoppage ({reason})"),
            Play::Violation { by, kind } => format!("{} {kind} violation", who(*by)),
            Play::Ice(_) => String::new(),
        }
    }

    fn possessor(&self, index: usize) -> String {
        let side = self.course.situation(index + 1).possession.unwrap_or(Side::Home);
        self.course.script.team(side).name.clone()
    }
}

/// To whom a fact is attributed.
fn actor(fact: &Fact) -> Option<Actor> {
    let team = |side: Side| Actor { side, player: None };
    match &fact.play {
        Play::Shot(shot) => Some(shot.by.into()),
        Play::FreeThrow { by, .. } | Play::Foul { by, .. } => Some((*by).into()),
        Play::Rebound { by, .. } | Play::Turnover { by, .. } | Play::Violation { by, .. } => Some(*by),
        Play::Sub { side, .. } | Play::Timeout { side } => Some(team(*side)),
        Play::Jump { to, .. } => Some(team(*to)),
        Play::Ice(play) => Some(play.by().into()),
        Play::PeriodStart | Play::PeriodEnd | Play::Final | Play::Stoppage { .. } => None,
    }
}

/// What the vendor has a qualifier for.
fn qualifiers(fact: &Fact) -> Vec<Qualifier> {
    const KNOWN: [&str; 7] =
        ["2ndchance", "fastbreak", "fromturnover", "defensivegoaltending", "pointsinthepaint", "deadball", "inpenalty"];
    let mut names: Vec<String> = Vec::new();
    match &fact.play {
        Play::Foul { throws, .. } if *throws > 0 => names.push(format!("{throws}freethrow")),
        Play::Rebound { by, .. } if by.player.is_none() => names.push("team".to_owned()),
        Play::Timeout { .. } => names.push("team".to_owned()),
        _ => {}
    }
    let mandatory = matches!(fact.play, Play::Timeout { .. });
    let known = |mark: &&String| KNOWN.contains(&mark.as_str()) || mandatory && *mark == "mandatory";
    names.extend(fact.marks.iter().filter(known).cloned());
    names.into_iter().map(|qualifier| Qualifier { qualifier }).collect()
}

fn shot_statistic(shot: &Shot, detail: Detail) -> ShotStatistic {
    let feet = zones::distance_mm(shot) / 304.8;
    ShotStatistic {
        made: shot.made,
        shot_type: shot.style.clone(),
        shot_type_desc: Some(shot.how.clone()).filter(|how| detail == Detail::Full && !how.is_empty()),
        shot_distance: (feet * 100.0).round() / 100.0,
        three_point_shot: shot.three.then_some(true),
        points: shot.made.then(|| shot.points()),
    }
}

/// `8:13`, but `00:22` under a minute: as the vendor writes it.
pub fn clock(ms: u32) -> String {
    let seconds = ms / 1000;
    if ms < 60_000 { format!("00:{seconds:02}") } else { format!("{}:{:02}", seconds / 60, seconds % 60) }
}

fn ordinal(period: u8) -> String {
    match period {
        1 => "1st Quarter".to_owned(),
        3 => "3rd Quarter".to_owned(),
        4 => "4th Quarter".to_owned(),
        later => format!("Overtime {}", later.saturating_sub(4)),
    }
}

/// `bad pass` to `Bad Pass`.
fn title_case(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
