//! Line-ups and possession types of a team, as lists that stay bounded.

use std::sync::Arc;

use super::snapshot::{Lineup, SessionPossessions};

/// Line-ups that are kept: a team uses some dozens in a game, and each of them in some sessions. When full, the one that
/// came first is dropped.
const MOST_LINEUPS: usize = 256;

/// Sessions that are kept: quarters, halves, overtimes and the game. When full, the one that came first is dropped.
const MOST_SESSIONS: usize = 32;

/// Replaces the line-ups of the whole game; those of sessions stay, after them.
pub(super) fn put_game(known: &mut Option<Arc<Vec<Lineup>>>, said: &[Lineup]) {
    let known = known.get_or_insert_default();
    let game = known.iter().take_while(|lineup| lineup.session.is_none()).count();
    if known[..game] != *said {
        Arc::make_mut(known).splice(..game, said.iter().cloned());
    }
}

/// Takes one line-up's figures; the same five in the same session replace what was known of them.
pub(super) fn put_one(known: &mut Option<Arc<Vec<Lineup>>>, said: &Lineup) {
    let known = Arc::make_mut(known.get_or_insert_default());
    let same = |known: &Lineup| known.session == said.session && known.players == said.players;
    let game = known.iter().take_while(|lineup| lineup.session.is_none()).count();
    match known.iter().position(same) {
        Some(index) => known[index] = said.clone(),
        None if said.session.is_none() => known.insert(game, said.clone()),
        None => known.push(said.clone()),
    }
    if known.len() > MOST_LINEUPS {
        known.remove(game.min(MOST_LINEUPS));
    }
}

pub(super) fn put_session(known: &mut Option<Arc<Vec<SessionPossessions>>>, said: &SessionPossessions) {
    let known = Arc::make_mut(known.get_or_insert_default());
    match known.iter_mut().find(|known| known.session == said.session && known.scope == said.scope) {
        Some(known) => known.clone_from(said),
        None => {
            if known.len() == MOST_SESSIONS {
                known.remove(0);
            }
            known.push(said.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lineup(players: &[&str], session: Option<&str>, plus_minus: i32) -> Lineup {
        Lineup {
            players: players.iter().map(|id| (*id).into()).collect(),
            session: session.map(str::to_owned),
            plus_minus: Some(plus_minus),
            ..Lineup::default()
        }
    }

    #[test]
    fn the_same_five_in_the_same_session_are_one_line_up() {
        let mut known = None;
        put_one(&mut known, &lineup(&["1", "2"], Some("q1"), 3));
        put_one(&mut known, &lineup(&["1", "2"], Some("q2"), 4));
        put_one(&mut known, &lineup(&["1", "2"], Some("q1"), 5));
        let figures: Vec<_> = known.iter().flat_map(|known| known.iter()).map(|lineup| lineup.plus_minus).collect();
        assert_eq!(figures, [Some(5), Some(4)]);
    }

    #[test]
    fn the_summary_replaces_the_games_line_ups_and_leaves_those_of_sessions() {
        let mut known = None;
        put_one(&mut known, &lineup(&["1", "2"], Some("q1"), 3));
        put_game(&mut known, &[lineup(&["1", "2"], None, 9), lineup(&["3", "4"], None, 1)]);
        put_game(&mut known, &[lineup(&["3", "4"], None, 2)]);
        let figures: Vec<_> = known.iter().flat_map(|known| known.iter()).map(|lineup| lineup.plus_minus).collect();
        assert_eq!(figures, [Some(2), Some(3)]);
    }

    #[test]
    fn lists_stay_bounded() {
        let mut known = None;
        (0..1_000).for_each(|number| put_one(&mut known, &lineup(&[&number.to_string()], Some("q1"), 0)));
        assert_eq!(known.map(|known| known.len()), Some(MOST_LINEUPS));
        let mut sessions = None;
        for number in 0..100 {
            let session = SessionPossessions { session: Some(number.to_string()), ..SessionPossessions::default() };
            put_session(&mut sessions, &session);
        }
        assert_eq!(sessions.map(|sessions| sessions.len()), Some(MOST_SESSIONS));
    }
}
