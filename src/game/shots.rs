//! The shots of a team, each once, in the order in which they were taken.

use std::sync::Arc;

use crate::ids::TeamId;
use crate::time::Timestamp;

use super::event::ShotOf;
use super::heard::{Heard, TeamHeard};
use super::snapshot::Shot;

/// Shots of a team that are kept: more than twice the league's record for attempts. When full, the oldest is dropped.
const MOST_SHOTS: usize = 400;
/// Deleted shots that are remembered: a document that still lists one was written shortly before. When full, the one
/// deleted first is forgotten.
const MOST_DELETED: usize = 64;

impl Heard {
    /// Puts the shots that are missing, and takes away those that are not listed any more: they were deleted meanwhile.
    /// Unless `ids_agree` with those of the stream, shots are told apart by who took them when. One that the stream has
    /// deleted does not come back, and one that the stream has told of on this connection stays as told: the document may have
    /// been written before that.
    pub(super) fn put_shots_so_far(&mut self, of: Timestamp, said: &[ShotOf], ids_agree: bool) {
        let upto = of.as_millis();
        let own = |said: &ShotOf| Shot { id: said.shot.id.clone().filter(|_| ids_agree), ..said.shot.clone() };
        let said: Vec<ShotOf> = said.iter().map(|said| ShotOf { team: said.team.clone(), shot: own(said) }).collect();
        for ShotOf { team, shot } in &said {
            let mut known = self.teams.iter().flat_map(|team| team.shots.iter().flat_map(|shots| shots.iter()));
            match known.find(|known| is_same(known, shot)).cloned() {
                // The stream's entry says more.
                Some(known) if known.made == shot.made && known.three == shot.three => {}
                Some(known) if self.is_streamed(&known) => {}
                Some(known) => {
                    let shot = Shot { made: shot.made, three: shot.three, points: shot.points, ..known };
                    self.put_shot(team, &shot);
                }
                None if self.deleted_shots.iter().any(|deleted| is_same(deleted, shot)) => {}
                None => self.put_shot(team, shot),
            }
        }
        // An empty list is no list: a server that has lost its shots has not deleted them.
        let Some(first) = said.iter().filter_map(|said| said.shot.at_millis).min() else { return };
        let streamed = self.streamed_shots.clone();
        let is_streamed = |known: &Shot| known.id.as_ref().is_some_and(|id| streamed.contains(id));
        let is_gone = |known: &Shot| {
            let is_of_its_time = known.at_millis.is_some_and(|at| (first..=upto).contains(&at));
            is_of_its_time && !is_streamed(known) && !said.iter().any(|said| is_same(known, &said.shot))
        };
        for team in &mut self.teams {
            if team.shots.iter().flat_map(|shots| shots.iter()).any(is_gone) {
                let shots = Arc::make_mut(Arc::make_mut(team).shots.get_or_insert_default());
                shots.retain(|shot| !is_gone(shot));
            }
        }
    }

    fn is_streamed(&self, shot: &Shot) -> bool {
        shot.id.as_ref().is_some_and(|id| self.streamed_shots.contains(id))
    }

    /// Shots stand in the order in which they were taken, where their times are known.
    pub(super) fn put_shot(&mut self, team: &TeamId, shot: &Shot) {
        // An edit may give the shot to the other team.
        for known in self.teams.iter_mut().filter(|known| known.facts.id.as_ref() != Some(team)) {
            if known.shots.iter().flat_map(|shots| shots.iter()).any(|known| is_same(known, shot)) {
                let shots = Arc::make_mut(Arc::make_mut(known).shots.get_or_insert_default());
                shots.retain(|known| !is_same(known, shot));
            }
        }
        let shots = Arc::make_mut(self.by_id(team).shots.get_or_insert_default());
        if let Some(index) = shots.iter().rposition(|known| is_same(known, shot)) {
            shots[index] = Shot { id: shot.id.clone().or_else(|| shots[index].id.clone()), ..shot.clone() };
            return;
        }
        if shots.len() == MOST_SHOTS {
            shots.remove(0);
        }
        let later = |known: &Shot| known.at_millis.zip(shot.at_millis).is_some_and(|(known, said)| known > said);
        let index = shots.iter().rposition(|known| !later(known)).map_or(0, |index| index + 1);
        shots.insert(index, shot.clone());
    }

    /// Takes a shot of the stream, which may bring back one that was deleted.
    pub(super) fn take_shot(&mut self, team: &TeamId, shot: &Shot) {
        if self.deleted_shots.iter().any(|deleted| deleted.id == shot.id) {
            Arc::make_mut(&mut self.deleted_shots).retain(|deleted| deleted.id != shot.id);
        }
        if let Some(id) = shot.id.as_ref().filter(|id| !self.streamed_shots.contains(*id)) {
            let streamed = Arc::make_mut(&mut self.streamed_shots);
            if streamed.len() == 2 * MOST_SHOTS {
                streamed.clear();
            }
            streamed.insert(id.clone());
        }
        self.put_shot(team, shot);
    }

    /// Removes a shot and remembers that, by its id and by who took it when, as far as that is known.
    pub(super) fn delete_shot(&mut self, id: &str) {
        let mut all = self.teams.iter().flat_map(|team| team.shots.iter().flat_map(|shots| shots.iter()));
        let known = all.find(|shot| shot.id.as_deref() == Some(id));
        let deleted = Shot {
            id: Some(id.to_owned()),
            player: known.and_then(|shot| shot.player.clone()),
            at_millis: known.and_then(|shot| shot.at_millis),
            ..Shot::default()
        };
        // Told twice, the second time nothing is known of it any more.
        if self.deleted_shots.iter().all(|known| known.id != deleted.id) {
            let all = Arc::make_mut(&mut self.deleted_shots);
            if all.len() == MOST_DELETED {
                all.remove(0);
            }
            all.push(deleted);
        }
        for team in self.teams.iter_mut().filter(|team| team.has_shot(id)) {
            if let Some(shots) = &mut Arc::make_mut(team).shots {
                Arc::make_mut(shots).retain(|shot| shot.id.as_deref() != Some(id));
            }
        }
    }
}

impl TeamHeard {
    fn has_shot(&self, id: &str) -> bool {
        self.shots.iter().flat_map(|shots| shots.iter()).any(|shot| shot.id.as_deref() == Some(id))
    }
}

/// One shot told twice: by its id, or where one telling has none by who took it when. Nobody takes two in a millisecond.
fn is_same(known: &Shot, said: &Shot) -> bool {
    if known.id.is_some() && said.id.is_some() {
        return known.id == said.id;
    }
    let by = |shot: &Shot| shot.player.clone().zip(shot.at_millis);
    by(known).is_some() && by(known) == by(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::event::Event;
    use crate::ids::{FeedId, FeedKind};

    fn heard() -> Heard {
        Heard::new(FeedId::new("tracker"), FeedKind::ShotTracker)
    }

    fn shot(id: Option<&str>, player: &str, at_millis: i64) -> Shot {
        Shot {
            id: id.map(str::to_owned),
            player: Some(player.into()),
            at_millis: Some(at_millis),
            made: true,
            ..Shot::default()
        }
    }

    fn of_team(shot: Shot) -> ShotOf {
        ShotOf { team: "1".into(), shot }
    }

    /// The ids of the team's shots, `-` where there is none.
    fn ids(heard: &Heard) -> Vec<String> {
        let shots = heard.teams.iter().flat_map(|team| team.shots.iter().flat_map(|shots| shots.iter()));
        shots.map(|shot| shot.id.clone().unwrap_or_else(|| "-".to_owned())).collect()
    }

    #[test]
    fn a_shot_that_is_known_without_an_id_is_the_one_of_the_same_player_at_the_same_moment() {
        let mut heard = heard();
        let list = [of_team(shot(Some("x"), "7", 1_000)), of_team(shot(None, "8", 1_000))];
        heard.put_shots_so_far(Timestamp::from_millis(9_000), &list, false);
        assert_eq!(ids(&heard), ["-", "-"]);
        heard.put_shot(&"1".into(), &shot(Some("a"), "7", 1_000));
        heard.put_shots_so_far(Timestamp::from_millis(9_000), &list, false);
        assert_eq!(ids(&heard), ["a", "-"]);
    }

    #[test]
    fn a_shot_that_the_stream_deleted_comes_back_from_the_stream_and_not_from_a_document() {
        let mut heard = heard();
        let told = Event::Shot { team: "1".into(), shot: shot(Some("a"), "7", 1_000) };
        let at = Timestamp::from_millis(9_000);
        heard.apply(at, &told);
        heard.apply(at, &Event::ShotDeleted("a".to_owned()));
        heard.apply(at, &Event::ShotDeleted("a".to_owned()));
        heard.apply(at, &Event::ShotDeleted("never seen".to_owned()));
        let list = ["a", "never seen"].map(|id| of_team(shot(Some(id), if id == "a" { "7" } else { "8" }, 1_000)));
        heard.put_shots_so_far(at, &list, true);
        assert_eq!(ids(&heard), [""; 0]);
        heard.put_shots_so_far(at, &list[..1], false);
        assert_eq!(ids(&heard), [""; 0], "without ids it is the same shot still");
        heard.apply(at, &told);
        assert_eq!(ids(&heard), ["a"]);
        heard.teams.clear();
        heard.put_shots_so_far(at, &list[..1], true);
        assert_eq!(ids(&heard), ["a"], "no longer deleted");
    }

    #[test]
    fn a_shot_that_was_edited_on_the_stream_while_the_document_was_under_way_stays_as_edited() {
        let mut heard = heard();
        let (at, team) = (Timestamp::from_millis(9_000), TeamId::new("1"));
        let miss = Shot { made: false, ..shot(Some("a"), "7", 1_000) };
        heard.connected(at);
        heard.apply(at, &Event::Shot { team: team.clone(), shot: shot(Some("a"), "7", 1_000) });
        heard.apply(at, &Event::Shot { team: team.clone(), shot: miss.clone() });
        heard.apply(at, &Event::Shot { team: team.clone(), shot: shot(Some("late"), "8", 2_000) });
        let before = [of_team(shot(Some("a"), "7", 1_000)), of_team(shot(Some("b"), "7", 3_000))];
        for ids_agree in [true, false] {
            heard.put_shots_so_far(at, &before, ids_agree);
            let shots = heard.teams[0].shots.clone().expect("shots");
            assert!(!shots[0].made, "the edit stands");
            assert_eq!(shots[1].id.as_deref(), Some("late"), "and so does what was entered late");
            assert_eq!(shots.len(), 3);
        }
        // What was lost with a connection is another matter: then the document is newer.
        heard.connected(at);
        heard.put_shots_so_far(at, &before, true);
        assert_eq!(ids(&heard), ["a", "b"]);
        assert!(heard.teams[0].shots.as_ref().is_some_and(|shots| shots[0].made));
    }

    #[test]
    fn deleted_shots_are_remembered_up_to_a_bound() {
        let mut heard = heard();
        (0..1_000).for_each(|id| heard.delete_shot(&id.to_string()));
        assert_eq!(heard.deleted_shots.len(), MOST_DELETED);
        assert_eq!(heard.deleted_shots.last().and_then(|shot| shot.id.as_deref()), Some("999"));
    }

    #[test]
    fn shots_stand_in_the_order_of_their_moments_whatever_came_first() {
        let mut heard = heard();
        for (id, at) in [("c", 3_000), ("a", 1_000), ("b", 2_000)] {
            heard.put_shot(&"1".into(), &shot(Some(id), "7", at));
        }
        assert_eq!(ids(&heard), ["a", "b", "c"]);
    }

    #[test]
    fn a_list_without_shots_deletes_none_and_one_with_some_only_those_of_its_time() {
        let mut heard = heard();
        for (id, at) in [("a", 1_000), ("b", 2_000), ("later", 9_500)] {
            heard.put_shot(&"1".into(), &shot(Some(id), "7", at));
        }
        heard.put_shots_so_far(Timestamp::from_millis(9_000), &[], true);
        assert_eq!(ids(&heard), ["a", "b", "later"]);
        heard.put_shots_so_far(Timestamp::from_millis(9_000), &[of_team(shot(Some("a"), "7", 1_000))], true);
        assert_eq!(ids(&heard), ["a", "later"]);
    }
}
