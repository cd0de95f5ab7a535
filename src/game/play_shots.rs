//! Shots of a game whose feeds tell of plays only: read off the plays, so that shot maps need no tracking system.
//!
//! In: the plays as a snapshot shows them. Out: a team's shots in the order in which they were taken. Pure.

use std::sync::Arc;

use crate::ids::Side;

use super::snapshot::{Play, Shot};

/// Parts in a play that are the shooter's.
const SHOOTERS: [&str; 3] = ["fieldgoal", "shot", "shotmissed"];

/// A team's shots among plays that run newest first. A hockey shot has its play's kind among its attributes, which tells a
/// save from a miss.
pub(super) fn of(plays: &[Arc<Play>], side: Side) -> Vec<Shot> {
    plays.iter().rev().filter(|play| play.team == Some(side)).filter_map(|play| shot(play)).collect()
}

fn shot(play: &Play) -> Option<Shot> {
    let is_basket = ["twopoint", "threepoint"].iter().any(|kind| play.kind.starts_with(kind));
    // What counts as a goal of the game is the decoder's to say: it gives it points. A shoot-out's are none.
    let is_goal = !is_basket && play.points.is_some_and(|points| points > 0) && play.kind.ends_with("goal");
    let is_shot = is_basket || is_goal || ["shotsaved", "shotmissed"].contains(&play.kind.as_str());
    if !is_shot || play.rescinded {
        return None;
    }
    let shooter = play.players.iter().find(|role| SHOOTERS.contains(&role.role.as_str()));
    let distance_mm = play.x_mm.zip(play.y_mm).map(|(x, y)| f64::from(x).hypot(f64::from(y)).round() as u32);
    Some(Shot {
        id: play.id.as_ref().map(|id| id.as_str().to_owned()),
        player: shooter.and_then(|role| role.id.clone()),
        made: is_goal || play.kind.ends_with("made"),
        three: play.kind.starts_with("threepoint"),
        x_mm: play.x_mm,
        y_mm: play.y_mm,
        period: play.period.as_ref().map(|period| period.label.clone()),
        points: play.points,
        at_millis: play.at_millis,
        distance_mm,
        attributes: if is_basket { Vec::new() } else { vec![play.kind.clone()] },
        ..Shot::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::snapshot::{Period, PeriodKind, PlayRole};

    fn play(kind: &str, side: Side, role: &str) -> Arc<Play> {
        Arc::new(Play {
            id: Some(kind.into()),
            kind: kind.to_owned(),
            team: Some(side),
            period: Some(Period::new(PeriodKind::Quarter, 3)),
            x_mm: Some(3000),
            y_mm: Some(4000),
            players: vec![
                PlayRole { id: Some("helper".into()), role: "assist".to_owned(), ..PlayRole::default() },
                PlayRole { id: Some("shooter".into()), role: role.to_owned(), ..PlayRole::default() },
            ],
            ..Play::default()
        })
    }

    #[test]
    fn a_teams_shots_are_read_off_its_plays_oldest_first() {
        let plays = [
            play("threepointmiss", Side::Home, "fieldgoal"),
            play("rebound", Side::Home, "rebound"),
            play("twopointmade", Side::Away, "fieldgoal"),
            play("twopointmade", Side::Home, "fieldgoal"),
        ];
        let shots = of(&plays, Side::Home);
        let told: Vec<_> = shots.iter().map(|shot| (shot.made, shot.three, shot.distance_mm)).collect();
        assert_eq!(told, [(true, false, Some(5000)), (false, true, Some(5000))]);
        assert!(shots.iter().all(|shot| shot.player == Some("shooter".into()) && shot.period.as_deref() == Some("Q3")));
    }

    #[test]
    fn hockey_tells_goals_saves_and_misses_apart_and_leaves_the_shoot_out_out() {
        // As the decoder has them: a goal of the game has its point, one of the shoot-out has none.
        let plays = ["shootoutgoal", "emptynetgoal", "shotmissed", "shotsaved", "goal"].map(|kind| {
            let points = ["emptynetgoal", "goal"].contains(&kind).then_some(1);
            Arc::new(Play { points, ..play(kind, Side::Away, "shot").as_ref().clone() })
        });
        let shots = of(&plays, Side::Away);
        let told: Vec<_> = shots.iter().map(|shot| (shot.made, shot.attributes[0].as_str())).collect();
        assert_eq!(told, [(true, "goal"), (false, "shotsaved"), (false, "shotmissed"), (true, "emptynetgoal")]);
    }
}
