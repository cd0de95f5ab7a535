//! Latest positions of players and balls, with a short trail each.
//!
//! Fed up to a hundred times a second, so every step is bounded by the number of those on the court and nothing is
//! looked up in anything else.

use crate::ids::{Side, TeamId};

use super::snapshot::{TRAIL_EVERY_MILLIS, TRAIL_POINTS, Tracked, Tracking};

/// Those that are kept: two squads. When full, whoever was seen longest ago is forgotten.
const MOST_PLAYERS: usize = 32;
const MOST_BALLS: usize = 4;

/// Whoever was not seen for this long by the vendor's clock has left the court.
const GONE_AFTER_MILLIS: i64 = 5_000;

pub(super) fn put(
    tracking: &mut Tracking,
    players: &[Tracked],
    balls: &[Tracked],
    side_of: impl Fn(&TeamId) -> Option<Side>,
) {
    put_all(&mut tracking.players, players, MOST_PLAYERS, &side_of);
    put_all(&mut tracking.balls, balls, MOST_BALLS, &side_of);
}

fn put_all(known: &mut Vec<Tracked>, said: &[Tracked], most: usize, side_of: impl Fn(&TeamId) -> Option<Side>) {
    for said in said {
        match known.binary_search_by(|known| known.id.cmp(&said.id)) {
            Ok(index) => renew(&mut known[index], said, &side_of),
            Err(index) => {
                let side = said.team.as_ref().and_then(&side_of);
                known.insert(index, Tracked { side, ..said.clone() });
                if known.len() > most {
                    let oldest = known.iter().enumerate().min_by_key(|(_, known)| known.at_millis);
                    if let Some(oldest) = oldest.map(|(index, _)| index) {
                        known.remove(oldest);
                    }
                }
            }
        }
    }
    if let Some(newest) = said.iter().filter_map(|said| said.at_millis).max() {
        known.retain(|known| known.at_millis.is_none_or(|at| newest.saturating_sub(at) <= GONE_AFTER_MILLIS));
    }
}

/// Moves one to where it is now; what overtook it on the way here is older and changes nothing.
fn renew(known: &mut Tracked, said: &Tracked, side_of: impl Fn(&TeamId) -> Option<Side>) {
    if said.at_millis < known.at_millis {
        return;
    }
    let mut trail = std::mem::take(&mut known.trail);
    // By the instants' slots, so that positions at any rate leave a trail of one density.
    let slot = |at: Option<i64>| at.map(|at| at.div_euclid(TRAIL_EVERY_MILLIS));
    if slot(said.at_millis) != slot(known.at_millis) || known.at_millis.is_none() {
        if trail.len() == TRAIL_POINTS {
            trail.remove(0);
        }
        trail.push([known.x_mm, known.y_mm]);
    }
    let side = if known.team == said.team { known.side } else { None };
    let side = side.or_else(|| said.team.as_ref().and_then(side_of));
    *known = Tracked { trail, side, ..said.clone() };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(id: &str, millis: i64, x_mm: i32) -> Tracked {
        Tracked {
            id: id.into(),
            team: Some("h".into()),
            at_millis: Some(millis),
            x_mm,
            y_mm: -x_mm,
            ..Tracked::default()
        }
    }

    fn home(team: &TeamId) -> Option<Side> {
        (team.as_str() == "h").then_some(Side::Home)
    }

    #[test]
    fn a_trail_has_the_same_density_at_any_rate_and_an_end() {
        for every in [4, 10, 50] {
            let mut tracking = Tracking::default();
            for millis in (0..4_000).step_by(every) {
                put(&mut tracking, &[at("7", millis, millis as i32)], &[], home);
            }
            let trail = &tracking.players[0].trail;
            assert_eq!(trail.len(), TRAIL_POINTS, "every {every} ms");
            let steps: Vec<i32> = trail.windows(2).map(|pair| pair[1][0] - pair[0][0]).collect();
            assert!(steps.iter().all(|step| (30..=70).contains(step)), "every {every} ms: {steps:?}");
        }
    }

    #[test]
    fn a_position_that_was_overtaken_changes_nothing() {
        let mut tracking = Tracking::default();
        put(&mut tracking, &[at("7", 200, 5)], &[], home);
        put(&mut tracking, &[at("7", 100, 1)], &[], home);
        assert_eq!((tracking.players[0].x_mm, tracking.players[0].side), (5, Some(Side::Home)));
        assert!(tracking.players[0].trail.is_empty());
    }

    #[test]
    fn who_left_the_court_is_forgotten_and_the_list_stays_bounded() {
        let mut tracking = Tracking::default();
        put(&mut tracking, &[at("1", 0, 0), at("2", 0, 0)], &[], home);
        put(&mut tracking, &[at("2", GONE_AFTER_MILLIS + 1, 0)], &[], home);
        assert_eq!(tracking.players.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["2"]);
        for number in 0..1_000 {
            put(&mut tracking, &[at(&format!("{number:04}"), 6_000, 0)], &[], home);
        }
        assert_eq!(tracking.players.len(), MOST_PLAYERS);
    }
}
