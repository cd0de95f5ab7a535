//! Plays worth a headline: what a drop-down says of them.
//!
//! Scores, fouls that are more than personal, a player's personal fouls, penalties, ejections. Words are those of the score
//! bug: "DURANT 3PT (18 PTS)", "POWER-PLAY GOAL".

use std::sync::Arc;

use crate::game::snapshot::{LastPlay, Person, Play, PlayRole, Player, Sport, Strength, Topic};
use crate::ids::Side;

use super::people;

/// Headlines that are made: more than can be told within the time that any is shown.
const MOST: usize = 8;

/// Plays that are looked through for them.
const NEWEST: usize = 40;

pub(super) fn all(
    plays: &[Arc<Play>],
    players: &[Arc<Vec<Player>>; 2],
    codes: &[Option<String>; 2],
    sport: Sport,
) -> Vec<(usize, LastPlay)> {
    let news = plays.iter().enumerate().take(NEWEST).filter(|(_, play)| play.news && !play.rescinded);
    let headlines = news.filter_map(|(index, play)| {
        let team = play.team.map(|side| side as usize);
        let squad = team.map_or(&[][..], |side| &players[side][..]);
        let code = team.and_then(|side| codes[side].as_deref());
        let told = match sport {
            Sport::Basketball => basketball(play, squad, players, code, &plays[index..]),
            Sport::Hockey => hockey(play, squad, code),
        };
        told.map(|told| (index, told.into_last_play(play)))
    });
    headlines.take(MOST).collect()
}

/// What there is to say of a play.
struct Told {
    topic: Topic,
    player: Option<Person>,
    who: Option<String>,
    what: String,
    tally: Option<String>,
    headline: Option<String>,
    line: Option<String>,
    /// Of the player it is about, where that is not the play's team.
    side: Option<Side>,
}

impl Told {
    fn into_last_play(self, play: &Play) -> LastPlay {
        let words = [self.who.clone(), Some(self.what.clone()), self.tally.as_ref().map(|tally| format!("({tally})"))];
        let joined = || words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        LastPlay {
            headline: self.headline.unwrap_or_else(joined),
            id: play.id.clone(),
            side: self.side.or(play.team),
            kind: play.kind.clone(),
            topic: self.topic,
            text: play.text.clone(),
            points: play.points,
            score: play.score,
            period: play.period.clone(),
            clock: play.clock.clone(),
            strength: play.strength,
            detail: play.detail.clone(),
            players: play.players.clone(),
            player: self.player,
            who: self.who,
            what: self.what,
            tally: self.tally,
            line: self.line,
            news: play.news,
            age_millis: 0,
        }
    }
}

fn basketball(
    play: &Play,
    squad: &[Player],
    squads: &[Arc<Vec<Player>>; 2],
    code: Option<&str>,
    up_to: &[Arc<Play>],
) -> Option<Told> {
    let kind = play.kind.as_str();
    let (topic, what) = match kind {
        "threepointmade" | "three_point_make" => (Topic::Score, "3PT".to_owned()),
        "twopointmade" | "two_point_make" => (Topic::Score, two_points(play.detail.as_deref())),
        "freethrowmade" | "free_throw_make" => (Topic::Score, "FREE THROW".to_owned()),
        "technicalfoul" => (Topic::Foul, "TECHNICAL FOUL".to_owned()),
        "flagrantone" => (Topic::Foul, "FLAGRANT 1".to_owned()),
        "flagranttwo" => (Topic::Foul, "FLAGRANT 2".to_owned()),
        "clearpathfoul" => (Topic::Foul, "CLEAR PATH FOUL".to_owned()),
        "personalfoul" | "shootingfoul" => (Topic::Foul, "FOUL".to_owned()),
        "offensivefoul" => (Topic::Foul, "OFFENSIVE FOUL".to_owned()),
        "ejection" => (Topic::Ejection, "EJECTED".to_owned()),
        _ => return None,
    };
    let role = match topic {
        Topic::Score => people::shooter(play),
        _ => play.players.iter().find(|role| role.role != "fouldrawn"),
    };
    let mut side = None;
    let mut player = role.and_then(|role| people::find(squad, role)).map(|(_, player)| player);
    if player.is_none()
        && let Some(role) = role
    {
        // A foul may be attributed to the team that drew it.
        for other in Side::BOTH {
            if let Some((_, found)) = people::find(&squads[other as usize], role) {
                (player, side) = (Some(found), Some(other));
            }
        }
    }
    let tally = match topic {
        Topic::Score => {
            role.and_then(|role| points_after(role, player, up_to)).map(|points| counted(points, "PT", "PTS"))
        }
        Topic::Foul if kind == "technicalfoul" => None,
        Topic::Foul => player.and_then(|player| player.stats.fouls).map(|fouls| counted(fouls, "FOUL", "FOULS")),
        _ => None,
    };
    let is_out = player.is_some_and(|player| player.fouled_out == Some(true)) && topic == Topic::Foul;
    let what = if is_out { "FOULED OUT".to_owned() } else { what };
    let person = role.map(|role| people::person(player, role));
    let name = surname(person.as_ref());
    // Beside the team's code a player's points would be read as the team's.
    let tally = tally.filter(|_| name.is_some());
    let who = name.or_else(|| code.map(str::to_owned));
    Some(Told { topic, player: person, who, what, tally, headline: None, line: None, side })
}

/// A two-pointer's kind, as television says it.
fn two_points(detail: Option<&str>) -> String {
    let detail = detail.unwrap_or_default().to_ascii_lowercase();
    let kinds = [("dunk", "DUNK"), ("layup", "LAYUP"), ("tip", "TIP-IN"), ("hook", "HOOK SHOT")];
    kinds.iter().find(|(word, _)| detail.contains(word)).map_or("2PT", |(_, what)| what).to_owned()
}

/// The player's points after a play: counted from the plays where these are all there were, because a box score is told at
/// another time; else by the box score.
fn points_after(role: &PlayRole, player: Option<&Player>, up_to: &[Arc<Play>]) -> Option<u32> {
    let mut total = 0;
    let mut own = 0;
    for (_, points, play) in super::run::scores(up_to) {
        total += points;
        let scorer = people::shooter(play);
        let is_his = scorer.is_some_and(|scorer| match player {
            Some(player) => people::is_role(player, scorer),
            None => scorer.id.is_some() && scorer.id == role.id,
        });
        own += if is_his { points } else { 0 };
    }
    let score = up_to.first()?.score;
    let are_whole = score.is_some_and(|score| score.home + score.away == total);
    if are_whole { Some(own) } else { player.and_then(|player| player.stats.points) }
}

fn hockey(play: &Play, squad: &[Player], code: Option<&str>) -> Option<Told> {
    if play.points.is_some_and(|points| points > 0) {
        return Some(goal(play, squad, code));
    }
    if play.kind != "penalty" {
        return None;
    }
    let role = play.players.iter().find(|role| role.role == "penalty").or(play.players.first());
    let player = role.and_then(|role| people::find(squad, role)).map(|(_, player)| player);
    let person = role.map(|role| people::person(player, role));
    let who = surname(person.as_ref()).or_else(|| code.map(str::to_owned));
    let line = play.detail.as_ref().map(|detail| detail.to_uppercase());
    let what = "PENALTY".to_owned();
    Some(Told { topic: Topic::Penalty, player: person, who, what, tally: None, headline: None, line, side: None })
}

fn goal(play: &Play, squad: &[Player], code: Option<&str>) -> Told {
    let what = match play.kind.as_str() {
        "owngoal" => "OWN GOAL",
        "penaltygoal" => "PENALTY-SHOT GOAL",
        _ if play.own_goal == Some(true) => "OWN GOAL",
        "emptynetgoal" | "awardedemptynetgoal" => "EMPTY-NET GOAL",
        _ if play.empty_net_goal == Some(true) => "EMPTY-NET GOAL",
        _ => match play.strength {
            Some(Strength::PowerPlay) => "POWER-PLAY GOAL",
            Some(Strength::ShortHanded) => "SHORT-HANDED GOAL",
            _ => "GOAL",
        },
    };
    let role = play.players.iter().find(|role| role.role == "shot");
    let player = role.and_then(|role| people::find(squad, role)).map(|(_, player)| player);
    let person = role.map(|role| people::person(player, role));
    let goals = player.and_then(|player| player.stats.goals);
    let tally = goals.map(|goals| counted(goals, "GOAL", "GOALS"));
    let assists = play.players.iter().filter(|role| role.role.starts_with("assist"));
    let named = |role: &PlayRole| {
        let player = people::find(squad, role).map(|(_, player)| player);
        surname(Some(&people::person(player, role)))
    };
    let assists: Vec<String> = assists.filter_map(named).collect();
    let who = surname(person.as_ref());
    let line = who.as_ref().map(|who| {
        let scorer = goals.map_or(who.clone(), |goals| format!("{who} ({goals})"));
        if assists.is_empty() { scorer } else { format!("{scorer} FROM {}", assists.join(", ")) }
    });
    Told {
        topic: Topic::Score,
        player: person,
        who: who.or_else(|| code.map(str::to_owned)),
        what: what.to_owned(),
        tally,
        headline: Some(what.to_owned()),
        line,
        side: None,
    }
}

fn surname(person: Option<&Person>) -> Option<String> {
    person.and_then(|person| person.last_name.as_deref()).map(str::to_uppercase)
}

fn counted(count: u32, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::snapshot::Stats;

    #[test]
    fn points_of_a_player_without_a_name_are_not_told_beside_the_teams_code() {
        let headline = |last_name: Option<&str>| {
            let stats = Stats { points: Some(7), ..Stats::default() };
            let last_name = last_name.map(str::to_owned);
            let player = Player { id: Some("30".into()), last_name, stats, ..Player::default() };
            let role = PlayRole { id: Some("30".into()), role: "freethrow".into(), ..PlayRole::default() };
            let play = Play {
                team: Some(Side::Away),
                kind: "freethrowmade".into(),
                points: Some(1),
                players: vec![role],
                news: true,
                ..Play::default()
            };
            let players = [Arc::default(), Arc::new(vec![player])];
            let told = all(&[Arc::new(play)], &players, &[None, Some("GSW".into())], Sport::Basketball);
            told.into_iter().next().map(|(_, told)| told.headline)
        };
        assert_eq!(headline(Some("Curry")).as_deref(), Some("CURRY FREE THROW (7 PTS)"));
        assert_eq!(headline(None).as_deref(), Some("GSW FREE THROW"));
    }
}
