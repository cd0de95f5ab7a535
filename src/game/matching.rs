//! Which team and which player of one vendor is which of another's.
//!
//! Vendors share no ids, and the feeds of one vendor share all of them. Teams are told apart by the ids of the show file, else
//! by code and name, else by the feed's own word on who is at home; players by id, else by number and name. What these leave open is said and never guessed: a row that fits
//! nobody stays a row of its own.

use std::sync::Arc;

use crate::ids::{FeedId, PlayerId, Side};

use super::event::TeamFacts;
use super::heard::{self, Heard, TeamHeard};
use super::snapshot::Player;
use super::view::{Rules, TeamRules};

/// The teams of one feed, home first, and what could not be told of them.
pub(super) struct Sides<'a> {
    pub(super) teams: [Option<&'a TeamHeard>; 2],
    pub(super) doubt: Option<String>,
}

/// Finds a feed's teams. `reference` is what the feed that is believed about teams says of them, where the show file
/// says nothing.
pub(super) fn sides<'a>(heard: &'a Heard, rules: &Rules, reference: [Option<&TeamFacts>; 2]) -> Sides<'a> {
    let by_id = Side::BOTH.map(|side| by_ids(heard, rules.team(side)));
    let own = Side::BOTH.map(|side| heard.team(side));
    let is_same = |a: Option<&TeamHeard>, b: Option<&TeamHeard>| a.zip(b).is_some_and(|(a, b)| std::ptr::eq(a, b));
    match by_id {
        [Some(_), Some(_)] => return Sides { teams: by_id, doubt: None },
        // Of the feed's two teams the other one is the other side.
        [Some(home), None] => {
            let other = own.into_iter().flatten().find(|team| !std::ptr::eq(*team, home));
            return Sides { teams: [Some(home), other], doubt: None };
        }
        [None, Some(away)] => {
            let other = own.into_iter().flatten().find(|team| !std::ptr::eq(*team, away));
            return Sides { teams: [other, Some(away)], doubt: None };
        }
        [None, None] => {}
    }
    let known = [identity(&rules.home, reference[0]), identity(&rules.away, reference[1])];
    let fits = |team: Option<&TeamHeard>, side: usize| team.is_some_and(|team| known[side].fits(&team.facts));
    if fits(own[0], 1) && fits(own[1], 0) && !fits(own[0], 0) && !fits(own[1], 1) {
        // Two vendors, two views of who is at home: the teams count, not the word.
        return Sides { teams: [own[1], own[0]], doubt: None };
    }
    if let [None, None] = own {
        let named = |side: usize| heard.teams.iter().map(Arc::as_ref).find(|team| known[side].fits(&team.facts));
        let teams = [named(0), named(1)];
        let teams = if is_same(teams[0], teams[1]) { [None, None] } else { teams };
        return Sides { teams, doubt: None };
    }
    let doubt = (0..2).find_map(|side| doubt(&heard.id, own[side]?, &known[side], Side::BOTH[side]));
    Sides { teams: own, doubt }
}

fn by_ids<'a>(heard: &'a Heard, rules: &TeamRules) -> Option<&'a TeamHeard> {
    let is_one = |team: &&TeamHeard| {
        let facts = &team.facts;
        rules.ids.iter().any(|id| facts.id.as_ref() == Some(id) || facts.alias.as_ref() == Some(id))
    };
    heard.teams.iter().map(Arc::as_ref).find(is_one)
}

fn doubt(feed: &FeedId, team: &TeamHeard, known: &Identity<'_>, side: Side) -> Option<String> {
    let facts = &team.facts;
    if known.is_unknown() || (facts.code.is_none() && facts.name.is_none()) || known.fits(facts) {
        return None;
    }
    let called = [&facts.market, &facts.name, &facts.code].into_iter().flatten().map(String::as_str);
    let id = facts.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    Some(format!(
        "feed {feed}: its {side} team `{}`{id} is not `{}` by code or name, and is taken for it by the feed's word; add its id \
         to `ids` of `[teams.{side}]`",
        called.collect::<Vec<_>>().join(" "),
        known.called(),
    ))
}

/// What is known of a team from elsewhere.
struct Identity<'a> {
    code: Option<&'a str>,
    market: Option<&'a str>,
    name: Option<&'a str>,
}

fn identity<'a>(rules: &'a TeamRules, reference: Option<&'a TeamFacts>) -> Identity<'a> {
    if rules.code.is_some() || rules.name.is_some() {
        return Identity { code: rules.code.as_deref(), market: rules.market.as_deref(), name: rules.name.as_deref() };
    }
    Identity {
        code: reference.and_then(|facts| facts.code.as_deref()),
        market: reference.and_then(|facts| facts.market.as_deref()),
        name: reference.and_then(|facts| facts.name.as_deref()),
    }
}

impl Identity<'_> {
    fn is_unknown(&self) -> bool {
        self.code.is_none() && self.name.is_none()
    }

    fn called(&self) -> &str {
        self.name.or(self.code).unwrap_or_default()
    }

    /// By code, or by name: "Brooklyn Nets", "NETS" and market "Brooklyn" with name "Nets" are one team.
    fn fits(&self, facts: &TeamFacts) -> bool {
        if self.code.zip(facts.code.as_deref()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b)) {
            return true;
        }
        let (Some(name), Some(said)) = (self.name, facts.name.as_deref()) else { return false };
        let (known, said) = (words(self.market, name), words(facts.market.as_deref(), said));
        let (short, long) = if known.len() <= said.len() { (&known, &said) } else { (&said, &known) };
        !short.is_empty() && (long.ends_with(short) || long.starts_with(short))
    }
}

fn words(market: Option<&str>, name: &str) -> Vec<String> {
    let whole = [market.unwrap_or_default(), name].join(" ");
    whole.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What a feed says of a team's players; without feed it is the roster of the show file.
pub(super) type List = (Option<FeedId>, Arc<Vec<Player>>);

/// Players of a team out of all lists that there are.
#[derive(Debug)]
pub(super) struct Merged {
    /// What it was made from, to tell whether it still holds.
    from: Vec<List>,
    pub(super) players: Arc<Vec<Player>>,
    pub(super) unmatched: Vec<String>,
}

impl Merged {
    pub(super) fn is_of(&self, lists: &[List]) -> bool {
        let same = |(a, b): (&List, &List)| Arc::ptr_eq(&a.1, &b.1);
        self.from.len() == lists.len() && self.from.iter().zip(lists).all(same)
    }

    /// The id that a player of any of the feeds has in the merged list.
    pub(super) fn id_of(&self, id: &PlayerId) -> PlayerId {
        let row = self.players.iter().find(|player| player.also.contains(id));
        row.and_then(|player| player.id.clone()).unwrap_or_else(|| id.clone())
    }
}

/// Merges lists, the most believed one first; the roster of the show file (without feed) last. Rows of later lists fill
/// what the earlier ones leave open.
pub(super) fn merge(lists: Vec<List>) -> Merged {
    let mut players: Vec<Player> = Vec::new();
    let mut unmatched = Vec::new();
    let believed = lists.first().and_then(|(feed, _)| feed.clone());
    for (index, (feed, list)) in lists.iter().enumerate() {
        let earlier = players.len();
        for row in list.iter() {
            match find(&players[..earlier], row) {
                Found::Row(at) => fill(&mut players[at], row),
                Found::Conflict(at) => {
                    unmatched.push(conflict(feed.as_ref(), row, believed.as_ref(), &players[at]));
                }
                Found::Nobody => {
                    if let (true, Some(feed), Some(believed)) =
                        (index > 0 && !is_of_one_vendor(&lists[0].1, row), feed, &believed)
                    {
                        unmatched.push(format!("feed {feed}: {} is no player of feed {believed}", called(row)));
                    }
                    players.push(row.clone());
                }
            }
        }
    }
    players.sort_by_cached_key(heard::number_order);
    Merged { from: lists, players: Arc::new(players), unmatched }
}

/// Whether a player has an id of the same vendor as those in the list: then the list has not told of him yet, and there is
/// nothing to match. The one vendor's ids are numbers, the other's are not.
fn is_of_one_vendor(list: &[Player], row: &Player) -> bool {
    let is_number = |id: &PlayerId| id.as_str().bytes().all(|byte| byte.is_ascii_digit());
    let Some(own) = row.id.as_ref().map(is_number) else { return false };
    list.iter().filter_map(|player| player.id.as_ref()).any(|id| is_number(id) == own)
}

enum Found {
    Row(usize),
    /// The same number, another name.
    Conflict(usize),
    Nobody,
}

/// One id is one player: a vendor's feeds share their ids, and those of two vendors cannot be taken for each other, as the
/// one has numbers and the other UUIDs. Without that, number and name tell.
fn find(known: &[Player], row: &Player) -> Found {
    let has_id = |id: &PlayerId| known.iter().position(|one| one.id.as_ref() == Some(id) || one.also.contains(id));
    if let Some(at) = row.id.as_ref().and_then(has_id) {
        return Found::Row(at);
    }
    let name = |player: &Player| player.last_name.as_deref().map(|name| words(None, name));
    let first = |player: &Player| player.first_name.as_deref().and_then(|name| words(None, name).into_iter().next());
    let (last_name, first_name) = (name(row), first(row));
    let is_named = |player: &Player| match (&last_name, name(player)) {
        (Some(a), Some(b)) => Some(*a == b),
        _ => None,
    };
    let has_number = |player: &Player| row.number.is_some() && player.number == row.number;
    if let Some(at) = known.iter().position(|player| has_number(player) && is_named(player) != Some(false)) {
        return Found::Row(at);
    }
    // Without a number on one of the two sides only the whole name tells; it also tells that the 0 of a vendor who sends
    // numbers as integers is the other's 00.
    let by_name = |player: &&Player| {
        let lacks_number = player.number.is_none() || row.number.is_none();
        (lacks_number || same_figure(player, row)) && is_named(player) == Some(true) && first(player) == first_name
    };
    let mut same = known.iter().enumerate().filter(|(_, player)| by_name(player));
    match (same.next(), same.next()) {
        (Some((at, _)), None) => Found::Row(at),
        _ => known.iter().position(has_number).map_or(Found::Nobody, Found::Conflict),
    }
}

/// Whether two numbers are the same but for leading zeros.
fn same_figure(a: &Player, b: &Player) -> bool {
    let figure = |player: &Player| player.number.as_deref().and_then(|number| number.parse::<u32>().ok());
    figure(a).is_some() && figure(a) == figure(b)
}

fn fill(known: &mut Player, row: &Player) {
    // Zeros in front are on the jersey; whoever has them was not sent an integer.
    if same_figure(known, row) && row.number.as_ref().map(String::len) > known.number.as_ref().map(String::len) {
        known.number.clone_from(&row.number);
    }
    macro_rules! fill {
        ($($field:ident),*) => { $(if known.$field.is_none() { known.$field.clone_from(&row.$field); })* };
    }
    fill!(code, number, first_name, last_name, position, on_court, starter, fouled_out, ejected, season, zones);
    match (&known.id, &row.id) {
        (None, id) => known.id.clone_from(id),
        (Some(known_id), Some(id)) if known_id != id && !known.also.contains(id) => known.also.push(id.clone()),
        _ => {}
    }
    if known.shot_locations.is_empty() {
        known.shot_locations.clone_from(&row.shot_locations);
    }
    let mut stats = row.stats.clone();
    heard::merge(&mut stats, &known.stats);
    known.stats = stats;
}

fn called(player: &Player) -> String {
    let number = player.number.as_deref().map(|number| format!("#{number}"));
    let parts = [number.as_deref(), player.first_name.as_deref(), player.last_name.as_deref()];
    let said = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match (&player.id, said.is_empty()) {
        (Some(id), true) => format!("player {id}"),
        (None, true) => "a player without number or name".to_owned(),
        _ => said,
    }
}

fn conflict(feed: Option<&FeedId>, row: &Player, believed: Option<&FeedId>, known: &Player) -> String {
    let of = |feed: Option<&FeedId>| feed.map_or("the roster".to_owned(), |feed| format!("feed {feed}"));
    format!("{}: {} has the number of {} of {}, and another name", of(feed), called(row), called(known), of(believed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(id: &str, number: &str, first: &str, last: &str) -> Player {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Player {
            id: text(id).map(PlayerId::new),
            number: text(number),
            first_name: text(first),
            last_name: text(last),
            ..Player::default()
        }
    }

    fn merged(lists: &[(&str, Vec<Player>)]) -> Merged {
        let list = |(feed, players): &(&str, Vec<Player>)| {
            ((!feed.is_empty()).then(|| FeedId::new(*feed)), Arc::new(players.clone()))
        };
        merge(lists.iter().map(list).collect())
    }

    #[test]
    fn players_of_two_vendors_are_one_by_number_and_name() {
        let tracker = vec![player("7101", "30", "STEPHEN", "CURRY"), player("7102", "", "Kevon", "Looney")];
        let league = vec![player("uuid-a", "30", "Stephen", "Curry"), player("uuid-b", "5", "Kevon", "Looney")];
        let both = merged(&[("tracker", tracker), ("league", league)]);
        assert_eq!(both.players.len(), 2);
        assert_eq!(both.id_of(&"uuid-a".into()), "7101".into());
        assert_eq!((both.players[0].number.as_deref(), &both.players[0].also[..]), (Some("5"), &["uuid-b".into()][..]));
        assert!(both.unmatched.is_empty(), "{:?}", both.unmatched);
    }

    #[test]
    fn players_of_two_feeds_of_one_vendor_are_one_by_their_ids_whatever_else_is_known_of_them() {
        let clock = vec![player("uuid-a", "", "", ""), player("uuid-b", "9", "Jack", "Eichel")];
        let events = vec![player("uuid-a", "81", "Jonathan", "Marchessault"), player("uuid-b", "", "", "")];
        let both = merged(&[("clock", clock), ("events", events)]);
        let found: Vec<_> = both.players.iter().map(|one| (one.number.as_deref(), one.last_name.as_deref())).collect();
        assert_eq!(found, [(Some("9"), Some("Eichel")), (Some("81"), Some("Marchessault"))]);
        assert!(both.unmatched.is_empty(), "{:?}", both.unmatched);
    }

    #[test]
    fn a_player_whom_another_feed_of_the_vendor_has_not_told_of_yet_is_not_unmatched() {
        let clock = vec![player("uuid-a", "9", "Jack", "Eichel")];
        let events = vec![player("uuid-a", "9", "Jack", "Eichel"), player("uuid-b", "49", "Ivan", "Barbashev")];
        let both = merged(&[("clock", clock), ("events", events)]);
        assert_eq!((both.players.len(), both.unmatched.len()), (2, 0), "{:?}", both.unmatched);
    }

    #[test]
    fn the_same_number_with_another_name_is_said_and_never_joined() {
        let tracker = vec![player("1", "0", "Gary", "Payton")];
        let league = vec![player("a", "0", "Jamal", "Murray"), player("b", "00", "", "Nobody")];
        let both = merged(&[("tracker", tracker), ("league", league)]);
        assert_eq!(both.players.iter().map(|one| one.number.as_deref()).collect::<Vec<_>>(), [Some("0"), Some("00")]);
        assert_eq!(
            both.unmatched,
            [
                "feed league: #0 Jamal Murray has the number of #0 Gary Payton of feed tracker, and another name",
                "feed league: #00 Nobody is no player of feed tracker",
            ]
        );
    }

    #[test]
    fn an_integer_s_0_is_the_00_of_the_same_name_and_nobody_elses() {
        let tracker = vec![player("1", "0", "RODIONS", "KURUCS"), player("2", "0", "Jeff", "Green")];
        let league = vec![player("a", "00", "Rodions", "Kurucs"), player("b", "0", "Jeff", "Green")];
        let both = merged(&[("tracker", tracker), ("league", league)]);
        let found: Vec<_> = both.players.iter().map(|one| (one.number.as_deref(), one.also.len())).collect();
        assert_eq!(found, [(Some("0"), 1), (Some("00"), 1)]);
        assert!(both.unmatched.is_empty(), "{:?}", both.unmatched);
    }

    #[test]
    fn two_of_one_name_without_numbers_are_not_guessed() {
        let tracker = vec![player("1", "", "J", "Williams"), player("2", "", "J", "Williams")];
        let both = merged(&[("tracker", tracker), ("league", vec![player("a", "8", "J", "Williams")])]);
        assert_eq!((both.players.len(), both.unmatched.len()), (3, 1));
    }

    #[test]
    fn the_roster_fills_what_feeds_lack_and_adds_who_is_missing() {
        let roster = vec![
            Player { position: Some("G".into()), ..player("", "30", "Stephen", "Curry") },
            player("", "9", "Andre", "Iguodala"),
        ];
        let both = merged(&[("tracker", vec![player("1", "30", "", "")]), ("", roster)]);
        let curry = both.players.iter().find(|player| player.number.as_deref() == Some("30")).unwrap();
        assert_eq!((curry.last_name.as_deref(), curry.position.as_deref()), (Some("Curry"), Some("G")));
        assert_eq!(curry.id, Some("1".into()));
        assert_eq!((both.players.len(), both.unmatched.len()), (2, 0));
    }

    #[test]
    fn names_of_teams_fit_with_and_without_their_market() {
        let known = Identity { code: Some("BKN"), market: Some("Brooklyn"), name: Some("Nets") };
        let facts = |market: Option<&str>, name: &str| TeamFacts {
            market: market.map(str::to_owned),
            name: Some(name.to_owned()),
            ..TeamFacts::default()
        };
        for fit in [facts(None, "NETS"), facts(None, "Brooklyn Nets"), facts(Some("Brooklyn"), "Nets")] {
            assert!(known.fits(&fit), "{fit:?}");
        }
        for other in [facts(None, "Hornets"), facts(None, "New York Knicks"), facts(None, "")] {
            assert!(!known.fits(&other), "{other:?}");
        }
        assert!(known.fits(&TeamFacts { code: Some("bkn".into()), ..facts(None, "Netz") }));
    }
}
