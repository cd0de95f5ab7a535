//! Runs: stretches of scoring that one side has almost to itself.
//!
//! A run is a stretch of scores up to the latest one that begins with a score of its side, in which the other side has at
//! most so many points (`run_against`), and its side at least so many (`run_points`) and three times the other's. Of all such
//! stretches the one with the widest margin is told, of equals the shortest. So 10-0 becomes 10-2 and 12-2, and is over when
//! no stretch qualifies any more. In hockey a run is three goals or more of one side without an answer.

use std::sync::Arc;

use super::StoryRules;
use crate::game::snapshot::{Play, Run, Score, Since, Sport};
use crate::ids::Side;

/// Goals in a row that are worth telling.
const UNANSWERED_GOALS: u32 = 3;

/// A run leads at least so many times over.
const RATIO: u32 = 3;

pub(super) fn current(plays: &[Arc<Play>], sport: Sport, rules: &StoryRules) -> Option<Run> {
    let scores: Vec<(Side, u32, &Play)> = scores(plays).collect();
    let unanswered: u32 = {
        let (last, ..) = scores.first()?;
        scores.iter().take_while(|(side, ..)| side == last).map(|(_, points, _)| points).sum()
    };
    let mut best: Option<(Side, u32, u32, &Play)> = None;
    for side in Side::BOTH {
        let (mut own, mut other) = (0, 0);
        for (of, points, play) in &scores {
            if *of != side {
                other += points;
                continue;
            }
            own += points;
            let (most_against, least) = match sport {
                Sport::Basketball => (rules.run_against, rules.run_points),
                Sport::Hockey => (0, UNANSWERED_GOALS),
            };
            if other > most_against {
                break;
            }
            let is_run = own >= least && own >= RATIO * other;
            if is_run && best.is_none_or(|(_, own_best, other_best, _)| own - other > own_best - other_best) {
                best = Some((side, own, other, *play));
            }
        }
    }
    let (side, points, against, first) = best?;
    let label = match sport {
        Sport::Basketball => format!("{points}-{against} run"),
        Sport::Hockey => format!("{points} unanswered goals"),
    };
    let unanswered = if scores.first()?.0 == side { unanswered } else { 0 };
    let since = Since { period: first.period.clone(), clock: first.clock.clone(), score: before(first, side) };
    Some(Run { side, points, against, label, unanswered, since })
}

/// The score before a play that scored.
fn before(play: &Play, side: Side) -> Option<Score> {
    let (score, points) = (play.score?, play.points?);
    Some(match side {
        Side::Home => Score { home: score.home.saturating_sub(points), ..score },
        Side::Away => Score { away: score.away.saturating_sub(points), ..score },
    })
}

/// Plays that scored, newest first. A play that a tracking system tells once for everybody in it counts once.
pub(super) fn scores(plays: &[Arc<Play>]) -> impl Iterator<Item = (Side, u32, &Play)> {
    let mut last: Option<&str> = None;
    plays.iter().filter_map(move |play| {
        let points = play.points.filter(|points| *points > 0 && !play.rescinded)?;
        let side = play.team?;
        let event = play.id.as_ref().and_then(|id| id.as_str().split_once('/')).map(|(event, _)| event);
        let is_again = event.is_some() && event == last;
        last = event;
        (!is_again).then_some((side, points, play.as_ref()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores from the oldest to the newest, as "h2 a3".
    fn plays(text: &str) -> Vec<Arc<Play>> {
        let play = |word: &str| {
            let team = if word.starts_with('h') { Side::Home } else { Side::Away };
            let points = word[1..].parse().ok();
            Arc::new(Play { team: Some(team), points, clock: Some(word.to_owned()), ..Play::default() })
        };
        text.split_whitespace().rev().map(play).collect()
    }

    #[track_caller]
    fn check(text: &str, label: Option<&str>) {
        let run = current(&plays(text), Sport::Basketball, &StoryRules::default());
        assert_eq!(run.map(|run| format!("{:?} {}", run.side, run.label)).as_deref(), label, "{text}");
    }

    #[test]
    fn a_run_is_what_television_calls_one() {
        check("", None);
        check("h2 h3 h2", None);
        check("a3 h2 h3 h3", Some("Home 8-0 run"));
        check("a3 h2 h3 h3 a2", Some("Home 8-2 run"));
        check("a3 h2 h3 h3 a2 a1", None);
        check("a3 h2 h3 h3 h2 a2", Some("Home 10-2 run"));
        check("a3 h2 h3 h3 h2 a2 h2", Some("Home 12-2 run"));
        check("a3 h2 h3 h3 h2 a2 h2 a2", Some("Home 12-4 run"));
        check("a3 h2 h3 h3 h2 a2 h2 a2 a1", None);
        check("h2 a2 a3 a2 a3 a2 a3", Some("Away 15-0 run"));
    }

    #[test]
    fn the_answer_to_a_run_becomes_one_of_its_own() {
        check("h2 h3 h3 h2 a3 a3 a2", Some("Away 8-0 run"));
    }

    #[test]
    fn a_run_knows_where_it_began_and_what_is_unanswered() {
        let run = current(&plays("a3 h2 h3 h3 a2 h2 h2"), Sport::Basketball, &StoryRules::default()).unwrap();
        assert_eq!((run.points, run.against, run.unanswered), (12, 2, 4));
        assert_eq!(run.since.clock.as_deref(), Some("h2"));
    }

    #[test]
    fn three_goals_without_an_answer_are_one_in_hockey() {
        let label = |text| current(&plays(text), Sport::Hockey, &StoryRules::default()).map(|run| run.label);
        assert_eq!(label("a1 h1 h1 h1").as_deref(), Some("3 unanswered goals"));
        assert_eq!(label("a1 h1 h1 a1"), None);
    }

    #[test]
    fn a_basket_told_for_two_players_counts_once() {
        let mut twice = plays("h3 h3 h3");
        for (play, id) in twice.iter_mut().zip(["e2/7", "e2/11", "e1/7"]) {
            Arc::make_mut(play).id = Some(id.into());
        }
        assert_eq!(scores(&twice).map(|(_, points, _)| points).sum::<u32>(), 6);
    }
}
