//! Players by what they have done so far: streaks, leaders, who is out of the game.

use std::sync::Arc;

use crate::game::snapshot::{Leader, Leaders, Person, Play, PlayRole, Player, Shot, Sport, Stats, Streak};
use crate::ids::{PlayerId, Side};

use super::{StoryRules, run};

/// Field goals one after the other from which a streak is told.
const LEAST_MAKES: u32 = 2;

/// As many of a kind as a graphic lists.
const LEADERS: usize = 3;

/// Personal fouls with which a player is out: six in these leagues, five in all others (FIBA, NCAA, NFHS).
const SIX_FOUL_LEAGUES: [&str; 4] = ["NBA", "WNBA", "GLEAGUE", "NBAGL"];

pub(super) struct Facts<'a> {
    /// By the players' places in their list.
    pub(super) streaks: &'a [(usize, Streak)],
    pub(super) ejected: &'a [&'a PlayRole],
    pub(super) starters: &'a [PlayerId],
    /// `None` where nobody fouls out.
    pub(super) foul_limit: Option<u32>,
}

pub(super) fn foul_limit(sport: Sport, league: Option<&str>, rules: &StoryRules) -> Option<u32> {
    let is_six = |league: &str| {
        let name: String = league.chars().filter(char::is_ascii_alphanumeric).collect();
        SIX_FOUL_LEAGUES.contains(&name.to_ascii_uppercase().as_str())
    };
    match sport {
        Sport::Hockey => None,
        // Without a league's name nobody knows whether the fifth foul is the last.
        Sport::Basketball => rules.foul_limit.or_else(|| league.map(|league| if is_six(league) { 6 } else { 5 })),
    }
}

/// The players with what is told of each; `None` where that changes nobody.
pub(super) fn told(players: &[Player], facts: &Facts<'_>) -> Option<Vec<Player>> {
    let one = |(index, player): (usize, &Player)| {
        let is = |id: &PlayerId| player.id.as_ref() == Some(id) || player.also.contains(id);
        let fouled_out = facts.foul_limit.zip(player.stats.fouls).map(|(limit, fouls)| fouls >= limit);
        let is_ejected = facts.ejected.iter().any(|role| is_role(player, role));
        Player {
            starter: (!facts.starters.is_empty()).then(|| facts.starters.iter().any(is)).or(player.starter),
            fouled_out: fouled_out.or(player.fouled_out),
            ejected: is_ejected.then_some(true).or(player.ejected),
            streak: facts.streaks.iter().find(|(at, _)| *at == index).map(|(_, streak)| *streak),
            ..player.clone()
        }
    };
    let is_plain = facts.streaks.is_empty() && facts.ejected.is_empty() && facts.starters.is_empty();
    let has_fouls = facts.foul_limit.is_some() && players.iter().any(|player| player.stats.fouls.is_some());
    (!is_plain || has_fouls).then(|| players.iter().enumerate().map(one).collect())
}

/// Whether a part in a play is this player's: by an id, else by number and name.
pub(super) fn is_role(player: &Player, role: &PlayRole) -> bool {
    if let Some(id) = &role.id {
        return player.id.as_ref() == Some(id) || player.also.contains(id);
    }
    let has_number = role.number.is_some() && player.number == role.number;
    let has_name =
        role.name.as_deref().zip(player.last_name.as_deref()).is_some_and(|(name, last)| name.ends_with(last));
    has_number && has_name
}

pub(super) fn find<'a>(players: &'a [Player], role: &PlayRole) -> Option<(usize, &'a Player)> {
    players.iter().enumerate().find(|(_, player)| is_role(player, role))
}

pub(super) fn person(player: Option<&Player>, role: &PlayRole) -> Person {
    let of_role = || {
        let (first, last) = match role.name.as_deref().map(str::trim).and_then(|name| name.split_once(' ')) {
            Some((first, last)) => (Some(first), Some(last)),
            None => (None, role.name.as_deref()),
        };
        (first.map(str::to_owned), last.map(str::to_owned))
    };
    let named = player.filter(|player| player.last_name.is_some());
    let (first_name, last_name) =
        named.map_or_else(of_role, |player| (player.first_name.clone(), player.last_name.clone()));
    Person {
        id: player.and_then(|player| player.id.clone()).or_else(|| role.id.clone()),
        number: player.and_then(|player| player.number.clone()).or_else(|| role.number.clone()),
        first_name,
        last_name,
    }
}

/// The one who scored, missed or was at the line, by the part that the vendor gives.
pub(super) fn shooter(play: &Play) -> Option<&PlayRole> {
    let by = |part: &str| play.players.iter().find(|role| role.role == part);
    ["fieldgoal", "freethrow", "shot", play.kind.as_str()].into_iter().find_map(by).or(play.players.first())
}

/// Whether a field goal went in, and whether it was a three.
fn attempt(play: &Play) -> Option<(bool, bool)> {
    Some(match play.kind.as_str() {
        "twopointmade" => (true, false),
        "threepointmade" => (true, true),
        "twopointmiss" => (false, false),
        "threepointmiss" => (false, true),
        _ => return None,
    })
}

/// Those of a side's players who have not missed since at least two field goals, by their places in the list.
pub(super) fn streaks(side: Side, plays: &[Arc<Play>], shots: &[Shot], players: &[Player]) -> Vec<(usize, Streak)> {
    let by_plays = plays.iter().filter(|play| play.team == Some(side)).filter_map(|play| {
        let (made, three) = attempt(play)?;
        Some((find(players, shooter(play)?)?.0, made, three))
    });
    // A tracking system's plays tell of a shot for everybody in it; its chart says who took it.
    let by_chart = || {
        let mut shots: Vec<&Shot> = shots.iter().collect();
        shots.sort_by_key(|shot| std::cmp::Reverse(shot.at_millis));
        let taken = |shot: &&Shot| {
            let role = PlayRole { id: Some(shot.player.clone()?), ..PlayRole::default() };
            Some((find(players, &role)?.0, shot.made, shot.three))
        };
        shots.iter().filter_map(taken).collect::<Vec<_>>()
    };
    let has_plays = plays.iter().any(|play| attempt(play).is_some());
    let attempts: Vec<(usize, bool, bool)> = if has_plays { by_plays.collect() } else { by_chart() };
    let mut rows: Vec<(Streak, bool)> = vec![(NO_STREAK, false); players.len()];
    for (at, made, three) in attempts {
        let (streak, has_missed) = &mut rows[at];
        *has_missed |= !made;
        if !*has_missed {
            streak.makes += 1;
            streak.threes += u32::from(three);
            streak.points += if three { 3 } else { 2 };
        }
    }
    if let Some((at, points)) = scored_alone(side, plays, players) {
        rows[at].0.team_points = points;
    }
    let hot = |(at, (streak, _)): (usize, (Streak, bool))| (streak.makes >= LEAST_MAKES).then_some((at, streak));
    rows.into_iter().enumerate().filter_map(hot).collect()
}

const NO_STREAK: Streak = Streak { makes: 0, threes: 0, points: 0, team_points: 0 };

/// Who scored the side's last points, and how many in a row.
fn scored_alone(side: Side, plays: &[Arc<Play>], players: &[Player]) -> Option<(usize, u32)> {
    let mut own = run::scores(plays).filter(|(of, ..)| *of == side);
    let scorer = |play: &Play| Some(find(players, shooter(play)?)?.0);
    let (_, points, play) = own.next()?;
    let at = scorer(play)?;
    let more: u32 = own.take_while(|(.., play)| scorer(play) == Some(at)).map(|(_, points, _)| points).sum();
    Some((at, points + more))
}

/// Everybody whom a play sent off.
pub(super) fn ejected(plays: &[Arc<Play>]) -> Vec<&PlayRole> {
    let by_play = |play: &&Arc<Play>| !play.rescinded && play.kind == "ejection";
    let by_part = |role: &&PlayRole| role.role == "ejection";
    let of_kind =
        plays.iter().filter(by_play).filter_map(|play| play.players.iter().find(by_part).or(play.players.first()));
    // The foul and the ejection can be one play.
    let of_part = plays.iter().filter(|play| !play.rescinded && play.kind != "ejection");
    of_kind.chain(of_part.flat_map(|play| play.players.iter().filter(by_part))).collect()
}

pub(super) fn leaders(players: &[Player]) -> Leaders {
    let by = |value: fn(&Stats) -> Option<u32>| {
        let value = |player: &Player| value(&player.stats).filter(|value| *value > 0);
        let mut rows: Vec<(u32, &Player)> =
            players.iter().filter_map(|player| value(player).map(|value| (value, player))).collect();
        // Players are in order of their numbers, which decides between equals.
        rows.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        rows.truncate(LEADERS);
        rows.into_iter().map(|(value, player)| leader(player, value)).collect::<Vec<_>>()
    };
    Leaders {
        points: by(|stats| stats.points),
        rebounds: by(|stats| stats.rebounds.as_ref()?.total),
        assists: by(|stats| stats.assists),
        steals: by(|stats| stats.steals),
        blocks: by(|stats| stats.blocks),
        threes: by(|stats| Some(stats.fg3.as_ref()?.made)),
        goals: by(|stats| stats.goals),
        shots_on_goal: by(|stats| stats.shots_on_goal),
        hits: by(|stats| stats.hits),
        saves: by(|stats| stats.saves),
    }
}

fn leader(player: &Player, value: u32) -> Leader {
    Leader {
        id: player.id.clone(),
        number: player.number.clone(),
        first_name: player.first_name.clone(),
        last_name: player.last_name.clone(),
        position: player.position.clone(),
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::snapshot::Rebounds;

    fn players() -> Vec<Player> {
        let one = |id: &str, last: &str| Player {
            id: Some(id.into()),
            number: Some(id.to_owned()),
            last_name: Some(last.to_owned()),
            ..Player::default()
        };
        vec![one("1", "Ball"), one("7", "Durant"), one("11", "Irving")]
    }

    /// From the oldest to the newest: the player, and what of him, as "7+3 11-2 7+1" (made three, missed two, free throw).
    fn plays(text: &str) -> Vec<Arc<Play>> {
        let play = |word: &str| {
            let at = word.find(['+', '-']).unwrap();
            let (player, made) = (&word[..at], &word[at..=at] == "+");
            let kind = match (&word[at + 1..], made) {
                ("3", true) => "threepointmade",
                ("3", false) => "threepointmiss",
                ("2", true) => "twopointmade",
                ("2", false) => "twopointmiss",
                _ => "freethrowmade",
            };
            let role =
                |id: &str, role: &str| PlayRole { id: Some(id.into()), role: role.into(), ..PlayRole::default() };
            let part = if kind == "freethrowmade" { "freethrow" } else { "fieldgoal" };
            Arc::new(Play {
                team: Some(Side::Home),
                kind: kind.to_owned(),
                points: made.then(|| word[at + 1..].parse().unwrap()),
                // Vendors list who assisted first, sometimes.
                players: vec![role("1", "assist"), role(player, part)],
                ..Play::default()
            })
        };
        text.split_whitespace().rev().map(play).collect()
    }

    #[test]
    fn a_streak_counts_makes_since_the_last_miss_and_points_nobody_else_scored() {
        let streaks = |text| streaks(Side::Home, &plays(text), &[], &players());
        assert_eq!(streaks("7-3 7+3"), []);
        let hot = streaks("7+2 7-3 7+3 7+2 11+2 7+1 7+3");
        assert_eq!(hot, [(1, Streak { makes: 3, threes: 2, points: 8, team_points: 4 })]);
        assert_eq!(streaks("7+2 7+2 7-2"), [], "a miss ends it");
        assert_eq!(super::streaks(Side::Away, &plays("7+2 7+2"), &[], &players()), [], "another team's");
    }

    #[test]
    fn a_chart_tells_streaks_where_plays_do_not_say_who_shot() {
        let shot = |at, player: &str, made| Shot {
            player: Some(player.into()),
            made,
            three: false,
            at_millis: Some(at),
            ..Shot::default()
        };
        // As sent: not in order.
        let shots = [shot(3, "7", true), shot(1, "7", false), shot(2, "7", true)];
        assert_eq!(streaks(Side::Home, &[], &shots, &players())[0].1.makes, 2);
    }

    #[test]
    fn leaders_are_the_best_three_and_nobody_leads_with_nothing() {
        let mut players = players();
        players.push(players[0].clone());
        for (player, (points, rebounds)) in players.iter_mut().zip([(9, 0), (22, 0), (9, 0), (1, 0)]) {
            player.stats.points = Some(points);
            player.stats.rebounds = Some(Rebounds { total: Some(rebounds), ..Rebounds::default() });
        }
        let leaders = leaders(&players);
        let points: Vec<_> = leaders.points.iter().map(|one| (one.last_name.as_deref().unwrap(), one.value)).collect();
        assert_eq!(points, [("Durant", 22), ("Ball", 9), ("Irving", 9)]);
        assert_eq!(leaders.rebounds, []);
    }

    #[test]
    fn a_league_decides_with_how_many_fouls_a_player_is_out() {
        let limit = |league| foul_limit(Sport::Basketball, league, &StoryRules::default());
        assert_eq!((limit(Some("NBA")), limit(Some("NCAA")), limit(None)), (Some(6), Some(5), None));
        let rules = StoryRules { foul_limit: Some(7), ..StoryRules::default() };
        assert_eq!(foul_limit(Sport::Basketball, Some("NBA"), &rules), Some(7));
        assert_eq!(foul_limit(Sport::Hockey, Some("NHL"), &rules), None);
    }

    #[test]
    fn fouls_and_ejections_are_told_of_players() {
        let mut players = players();
        players[1].stats.fouls = Some(6);
        players[2].stats.fouls = Some(5);
        let gone = PlayRole { id: Some("11".into()), role: "ejection".into(), ..PlayRole::default() };
        let starters = ["1".into()];
        let facts = Facts { streaks: &[], ejected: &[&gone], starters: &starters, foul_limit: Some(6) };
        let told = told(&players, &facts).unwrap();
        assert_eq!(told.iter().map(|one| one.fouled_out).collect::<Vec<_>>(), [None, Some(true), Some(false)]);
        assert_eq!(told.iter().map(|one| one.ejected).collect::<Vec<_>>(), [None, None, Some(true)]);
        assert_eq!(told.iter().map(|one| one.starter).collect::<Vec<_>>(), [Some(true), Some(false), Some(false)]);
    }
}
