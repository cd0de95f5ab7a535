//! The game so far, told apart from the stream: what fills a gap that the stream left.
//!
//! In: [`SoFar`], which a vendor's server wrote at some moment and which may arrive after newer messages of the stream. Out:
//! the same state as if nothing had been missed. It is no news: it speaks of its own time and replaces what is known of
//! that; what the stream told of later moments stands, and so does whatever it told on this connection, edits of old plays
//! among it; nothing is added up, and what it lists a second time is recognised.

use std::sync::Arc;

use crate::ids::PlayerId;
use crate::time::Timestamp;

use super::event::SoFar;
use super::heard::{Heard, TeamHeard, merge, side_of};
use super::joining;
use super::snapshot::Player;

impl Heard {
    pub(super) fn take_so_far(&mut self, at: Timestamp, said: &SoFar) {
        // Before anything has happened there is nothing that could have been missed, and nothing to be overtaken by.
        let of = said.of.unwrap_or_default();
        // A summary of this connection has counted all of it already.
        if self.joining.summarized().is_none_or(|summary| summary < of) || said.of.is_none() {
            self.take_totals(said, of);
        }
        // The stream and the document may give one play two ids; then those of the document mean nothing here.
        let ids_agree = said.plays.iter().flatten().any(|update| self.plays.has(update.play.id.as_ref()));
        if let Some(plays) = &said.plays {
            let (teams, joining) = (&self.teams, &self.joining);
            // Of a recording's document nobody can say what of it has just happened.
            let is_news = |happened_at: Option<Timestamp>| match happened_at {
                Some(happened_at) => joining::is_recent(at, happened_at),
                None => joining::is_news(at, None, joining),
            };
            self.plays.put_so_far(at, said.plays_of.unwrap_or_default(), plays, is_news, |team| side_of(teams, team));
        }
        if let Some(shots) = &said.shots {
            self.put_shots_so_far(said.shots_of.unwrap_or_default(), shots, ids_agree);
        }
        // What a connection repeats after this has been counted, if this has totals at all.
        if said.of.is_some() && !said.lines.is_empty() {
            self.joining.summary(of);
        }
    }

    fn take_totals(&mut self, said: &SoFar, of: Timestamp) {
        for (team, points) in &said.scores {
            let team = self.by_id(team);
            if team.streamed.is_empty() && team.told_of(None).is_none_or(|told| told <= of) {
                team.score = Some(*points);
            }
        }
        for line in &said.lines {
            let team = self.by_id(&line.team);
            let has_room = line.player.as_ref().is_none_or(|id| team.has_room_for(id));
            if !has_room {
                self.find_too_much(has_room);
                continue;
            }
            let is_older = |id: &&PlayerId| {
                let is_streamed = team.streamed.iter().any(|of| of.as_ref() == Some(*id));
                !is_streamed && team.told_of(Some(id)).is_none_or(|told| told <= of)
            };
            let Some(id) = line.player.as_ref().filter(is_older) else { continue };
            let players = Arc::make_mut(team.players.get_or_insert_default());
            match players.iter_mut().find(|player| player.id.as_ref() == Some(id)) {
                Some(player) => merge(&mut player.stats, &line.stats),
                None => players.push(Player {
                    id: Some(id.clone()),
                    stats: line.stats.as_ref().clone(),
                    ..Player::default()
                }),
            }
        }
    }
}

impl TeamHeard {
    /// The latest moment that a line of the stream has told of a player, or of anyone of the team.
    fn told_of(&self, player: Option<&PlayerId>) -> Option<Timestamp> {
        let rows = self.lines_of.iter().filter(|(of, _)| player.is_none() || of.as_ref() == player);
        rows.map(|(_, at)| *at).max()
    }

    /// Notes the moment of a line.
    pub(super) fn note_line(&mut self, player: Option<&PlayerId>, happened_at: Option<Timestamp>) {
        let Some(happened_at) = happened_at else { return };
        match self.lines_of.iter_mut().find(|(of, _)| of.as_ref() == player) {
            Some((_, at)) => *at = (*at).max(happened_at),
            None => self.lines_of.push((player.cloned(), happened_at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::event::{Event, PlayUpdate, ShotOf, StatLine};
    use crate::game::snapshot::{Play, Shot, Stats};
    use crate::ids::{FeedId, FeedKind};

    fn second(second: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + second * 1_000)
    }

    fn line(points: u32, happened_at: Option<Timestamp>) -> StatLine {
        StatLine {
            team: "1".into(),
            player: Some("7".into()),
            play: None,
            version: None,
            happened_at,
            team_points: None,
            stats: Box::new(Stats { points: Some(points), ..Stats::default() }),
        }
    }

    fn points(heard: &Heard) -> Option<u32> {
        heard.teams.first()?.players.as_ref()?.first()?.stats.points
    }

    /// A feed that has just connected, ten minutes into the game, and has fetched the game so far with these totals.
    fn caught_up(lines: Vec<StatLine>) -> Heard {
        let mut heard = Heard::new(FeedId::new("tracker"), FeedKind::ShotTracker);
        heard.joining.begin(second(600));
        let said = SoFar { of: Some(second(590)), lines, plays: Some(Vec::new()), ..SoFar::default() };
        heard.apply(second(600), &Event::SoFar(Box::new(said)));
        heard
    }

    fn play(id: &str, happened_at: Timestamp) -> PlayUpdate {
        let play = Play { id: Some(id.into()), kind: "rebound".to_owned(), ..Play::default() };
        PlayUpdate {
            play,
            sequence: happened_at.as_millis(),
            attributed_to: None,
            happened_at: Some(happened_at),
            updated_at: None,
            marks: Vec::new(),
        }
    }

    fn shot(id: &str, at: Timestamp) -> Shot {
        Shot {
            id: Some(id.to_owned()),
            player: Some("7".into()),
            at_millis: Some(at.as_millis()),
            made: true,
            ..Shot::default()
        }
    }

    #[test]
    fn plays_that_lag_the_shots_of_a_document_remove_no_streamed_play_that_is_newer_and_the_other_way_round() {
        let plays = |last: i64| {
            let plays = [10, 20, 30].into_iter().filter(|at| *at <= last && *at != 20);
            Some(plays.map(|at| play(&at.to_string(), second(at))).collect())
        };
        let shots = |last: i64| {
            let shots = [10, 20, 30].into_iter().filter(|at| *at <= last && *at != 20);
            let of_team = |at: i64| ShotOf { team: "1".into(), shot: shot(&at.to_string(), second(at)) };
            Some(shots.map(of_team).collect())
        };
        for (plays_of, shots_of, left) in [(15, 30, (3, 2)), (30, 15, (2, 3)), (30, 30, (2, 2))] {
            let mut heard = Heard::new(FeedId::new("tracker"), FeedKind::ShotTracker);
            for at in [10, 20, 30] {
                heard.apply(second(at), &Event::Play(play(&at.to_string(), second(at))));
                let shot = shot(&at.to_string(), second(at));
                heard.apply(second(at), &Event::Shot { team: "1".into(), shot });
            }
            heard.connected(second(30));
            let said = SoFar {
                of: Some(second(plays_of)),
                plays: plays(plays_of),
                plays_of: Some(second(plays_of)),
                shots: shots(shots_of),
                shots_of: Some(second(shots_of)),
                ..SoFar::default()
            };
            heard.apply(second(31), &Event::SoFar(Box::new(said)));
            let shots = heard.teams[0].shots.as_ref().map_or(0, |shots| shots.len());
            assert_eq!((heard.plays.shared().len(), shots), left, "plays to {plays_of}, shots to {shots_of}");
        }
    }

    #[test]
    fn what_the_stream_repeats_after_the_totals_does_not_count_up_again() {
        let mut heard = caught_up(vec![line(12, None)]);
        heard.apply(second(601), &Event::Line(line(2, Some(second(30)))));
        assert_eq!(points(&heard), Some(12));
        heard.apply(second(601), &Event::Line(line(14, Some(second(599)))));
        assert_eq!(points(&heard), Some(14));
    }

    #[test]
    fn without_totals_the_streams_repetition_is_all_there_is() {
        let mut heard = caught_up(Vec::new());
        heard.apply(second(601), &Event::Line(line(2, Some(second(30)))));
        assert_eq!(points(&heard), Some(2));
    }

    #[test]
    fn an_old_play_that_is_edited_while_the_document_is_under_way_keeps_its_new_totals_and_its_new_kind() {
        let mut heard = caught_up(Vec::new());
        heard.apply(second(600), &Event::Play(play("live", second(600))));
        let edited = |kind: &str| {
            let update = play("old", second(100));
            PlayUpdate { play: Play { kind: kind.to_owned(), ..update.play }, ..update }
        };
        heard.apply(second(601), &Event::Line(line(9, Some(second(100)))));
        heard.apply(second(601), &Event::Play(edited("two_point_miss")));
        let written_before = SoFar {
            of: Some(second(600)),
            plays_of: Some(second(600)),
            lines: vec![line(12, None)],
            plays: Some(vec![edited("two_point_make"), play("live", second(600))]),
            scores: vec![("1".into(), 12)],
            ..SoFar::default()
        };
        heard.apply(second(602), &Event::SoFar(Box::new(written_before)));
        assert_eq!((points(&heard), heard.teams[0].score), (Some(9), None));
        let kinds: Vec<_> = heard.plays.shared().iter().map(|play| play.kind.clone()).collect();
        assert_eq!(kinds, ["rebound", "two_point_miss"]);
    }

    #[test]
    fn totals_of_before_the_last_line_are_too_late() {
        let mut heard = caught_up(vec![line(12, None)]);
        heard.apply(second(601), &Event::Line(line(14, Some(second(599)))));
        let late = SoFar { of: Some(second(595)), lines: vec![line(12, None)], ..SoFar::default() };
        heard.apply(second(602), &Event::SoFar(Box::new(late)));
        assert_eq!(points(&heard), Some(14));
        // The stream goes on where it is; only what a lost connection has missed is told by a newer document.
        heard.connected(second(602));
        let newer = SoFar { of: Some(second(603)), lines: vec![line(15, None)], ..SoFar::default() };
        heard.apply(second(604), &Event::SoFar(Box::new(newer)));
        assert_eq!(points(&heard), Some(15));
    }
}
