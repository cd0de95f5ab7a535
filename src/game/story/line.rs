//! Who is at the free-throw line.
//!
//! A foul with free throws (`2freethrow` among its qualifiers) sends the one who drew it to the line; each free throw of
//! "1 of 2" announces the next. Both end with the last throw of the trip, or with any play of the game that goes on.

use std::sync::Arc;

use crate::game::snapshot::{FreeThrow, Play, PlayRole, Player, Shooting};
use crate::ids::Side;

use super::people;

/// What may be told between a foul and its free throws, or between two of them.
const IN_BETWEEN: [&str; 12] = [
    "lineupchange",
    "substitution",
    "teamtimeout",
    "tvtimeout",
    "officialtimeout",
    "challengetimeout",
    "review",
    "requestreview",
    "challengereview",
    "stoppage",
    "delay",
    "lane",
];

/// More of one trip than any rule gives.
const MOST_OF_A_TRIP: u8 = 3;

pub(super) fn shooter(plays: &[Arc<Play>], players: &[Arc<Vec<Player>>; 2]) -> Option<FreeThrow> {
    let mut found = plays.iter().filter(|play| !play.rescinded && !IN_BETWEEN.contains(&play.kind.as_str()));
    let newest = found.next()?;
    let (side, role, next, of, results) = match made(newest) {
        Some(result) => {
            let (number, of) = counted(newest.attempt.as_deref()?)?;
            if number >= of {
                return None;
            }
            let side = newest.team?;
            let mut results = vec![result];
            let earlier = found.map_while(|play| made(play).filter(|_| play.team == Some(side)));
            results.extend(earlier.take(usize::from(number) - 1));
            results.reverse();
            (side, people::shooter(newest)?, number + 1, of, results)
        }
        None => {
            let of = newest.qualifiers.iter().find_map(|qualifier| awarded(qualifier))?;
            let role = newest.players.iter().find(|role| role.role == "fouldrawn")?;
            // The play is attributed to whoever fouled, or to the other team: the player's own list tells.
            let side = Side::BOTH.into_iter().find(|side| people::find(&players[*side as usize], role).is_some())?;
            (side, role, 1, of, Vec::new())
        }
    };
    let player = people::find(&players[side as usize], role).map(|(_, player)| player);
    Some(at_the_line(side, role, player, (next, of), results))
}

fn at_the_line(
    side: Side,
    role: &PlayRole,
    player: Option<&Player>,
    (number, of): (u8, u8),
    results: Vec<bool>,
) -> FreeThrow {
    let season: Option<Shooting> = player.and_then(|player| player.season.as_ref()?.ft.clone());
    FreeThrow {
        side,
        player: people::person(player, role),
        attempt: format!("{number} of {of}"),
        number,
        of,
        results,
        game: player.and_then(|player| player.stats.ft.clone()),
        season_pct: season.as_ref().and_then(|season| season.pct),
        season,
    }
}

/// Whether a free throw went in; `None` for what is no free throw.
fn made(play: &Play) -> Option<bool> {
    match play.kind.as_str() {
        "freethrowmade" => Some(true),
        "freethrowmiss" => Some(false),
        _ => None,
    }
}

/// "1 of 2"
fn counted(attempt: &str) -> Option<(u8, u8)> {
    let (number, of) = attempt.split_once(" of ")?;
    let (number, of): (u8, u8) = (number.trim().parse().ok()?, of.trim().parse().ok()?);
    ((1..=of).contains(&number) && of <= MOST_OF_A_TRIP).then_some((number, of))
}

/// "2freethrow"
fn awarded(qualifier: &str) -> Option<u8> {
    let count = qualifier.strip_suffix("freethrow")?.parse().ok()?;
    (1..=MOST_OF_A_TRIP).contains(&count).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squads() -> [Arc<Vec<Player>>; 2] {
        let shooter = Player {
            id: Some("7".into()),
            last_name: Some("Durant".into()),
            season: Some(crate::game::snapshot::Stats { ft: Some(Shooting::new(88, 100)), ..Default::default() }),
            ..Player::default()
        };
        [Arc::new(vec![shooter]), Arc::default()]
    }

    fn role(role: &str) -> PlayRole {
        PlayRole { id: Some("7".into()), role: role.into(), ..PlayRole::default() }
    }

    fn foul(qualifier: &str) -> Arc<Play> {
        Arc::new(Play {
            kind: "shootingfoul".into(),
            team: Some(Side::Away),
            qualifiers: vec!["inpenalty".into(), qualifier.into()],
            players: vec![
                PlayRole { id: Some("30".into()), role: "personalfoul".into(), ..role("") },
                role("fouldrawn"),
            ],
            ..Play::default()
        })
    }

    fn throw(attempt: &str, made: bool) -> Arc<Play> {
        let kind = if made { "freethrowmade" } else { "freethrowmiss" };
        let attempt = Some(attempt.to_owned());
        let team = Some(Side::Home);
        Arc::new(Play { kind: kind.into(), team, attempt, players: vec![role("freethrow")], ..Play::default() })
    }

    fn other(kind: &str) -> Arc<Play> {
        Arc::new(Play { kind: kind.into(), ..Play::default() })
    }

    /// Plays from the oldest to the newest.
    fn at(plays: &[Arc<Play>]) -> Option<(String, Vec<bool>)> {
        let newest_first: Vec<_> = plays.iter().rev().cloned().collect();
        shooter(&newest_first, &squads()).map(|found| (found.attempt, found.results))
    }

    #[test]
    fn a_trip_to_the_line_goes_from_the_foul_to_the_last_throw() {
        let mut plays = vec![foul("2freethrow")];
        let found = shooter(&plays, &squads()).unwrap();
        assert_eq!((found.side, found.attempt.as_str(), found.season_pct), (Side::Home, "1 of 2", Some(88.0)));
        plays.push(other("lineupchange"));
        plays.push(throw("1 of 2", false));
        assert_eq!(at(&plays), Some(("2 of 2".into(), vec![false])));
        plays.push(other("teamtimeout"));
        assert_eq!(at(&plays), Some(("2 of 2".into(), vec![false])));
        plays.push(throw("2 of 2", true));
        assert_eq!(at(&plays), None);
    }

    #[test]
    fn three_throws_keep_their_results_in_order() {
        let plays = [foul("3freethrow"), throw("1 of 3", true), throw("2 of 3", false)];
        assert_eq!(at(&plays), Some(("3 of 3".into(), vec![true, false])));
    }

    #[test]
    fn a_foul_without_free_throws_and_a_game_that_goes_on_have_nobody_at_the_line() {
        assert_eq!(at(&[foul("team")]), None);
        assert_eq!(at(&[foul("2freethrow"), throw("1 of 2", true), other("rebound")]), None);
        assert_eq!(at(&[foul("2freethrow"), other("endperiod")]), None);
        assert_eq!(at(&[]), None);
    }
}
