//! Turns feed events into the current state of the game.
//!
//! In: [`event::Event`]s of every feed in journal order, with the instant at which each takes effect, and changes of the
//! feeds' health. Out: [`view`]'s [`snapshot::GameSnapshot`] for any instant. [`GameState`] is a pure fold; it keeps what
//! each feed said apart, and `view` merges by [`Ranks`], so that a feed may fall silent or come back at any time.
//! Run by whoever folds the journal, who publishes a clone after each entry: a clone costs a few pointers. It never reads
//! a clock, opens a socket, or knows that templates exist.

mod by_hand;
pub mod clock;
mod clocks;
mod colors;
mod contact;
pub mod event;
mod heard;
mod hockey;
mod joining;
mod lineups;
mod matching;
mod play_shots;
mod plays;
mod positions;
pub mod rank;
mod shots;
pub mod snapshot;
mod so_far;
mod squad;
mod story;
mod supply;
mod trouble;
mod view;

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;

pub use colors::ColorRules;
pub use joining::{NEWS_WITHIN, QUIET};
pub use rank::{Fact, Ranks};
pub use story::StoryRules;
pub use supply::{Merging, merging};
pub use view::{ClockRules, DOWN, GameRules, Glance, Rules, SILENT, TeamRules, glance, view};

use serde::{Deserialize, Serialize};

use crate::color::team::Choice;
use crate::ids::{FeedId, FeedKind, Side};
use crate::status::{FeedHealth, Link};
use crate::time::Timestamp;

use contact::Contact;
use event::Event;
use heard::Heard;
use snapshot::{
    Game, Lineup, PeriodScore, Play, Player, SessionPossessions, Shot, ShotLocation, Stats, Tracking, Zones,
};

type SharedPlays = Arc<Vec<Arc<Play>>>;

/// Plays, and the shots of a team that were read off them.
type PlayShots = (SharedPlays, Arc<Vec<Shot>>);

/// Everything that is known of the game. Cloning shares all large parts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct GameState {
    feeds: Vec<Arc<Heard>>,
    /// The same feeds as the operator has to know them: without the delay that lines up what they say with the picture.
    contacts: Vec<Arc<Contact>>,
    /// What the operator has the teams wear, home first.
    #[serde(default)]
    color_choices: [Choice; 2],
    /// What operators hold over all feeds.
    #[serde(default)]
    by_hand: Arc<by_hand::ByHand>,
    // What follows spares allocations, and is made again after a checkpoint is read.
    #[serde(skip)]
    empty: Arc<Empty>,
    #[serde(skip)]
    game: Memo<Game>,
    #[serde(skip)]
    colors: Arc<ArcSwapOption<colors::Colors>>,
    /// Players of all feeds together, as they were merged last; each says what of.
    #[serde(skip)]
    squads: [Arc<ArcSwapOption<matching::Merged>>; 2],
    /// Plays of a feed whose home team is the away team here, beside what they were made from.
    #[serde(skip)]
    mirrored: Arc<ArcSwapOption<(SharedPlays, SharedPlays)>>,
    /// What the plays and players were found to tell last, and of which.
    #[serde(skip)]
    story: Arc<ArcSwapOption<story::Story>>,
    /// Shots that were read off plays, home and away, beside those plays.
    #[serde(skip)]
    play_shots: [Arc<ArcSwapOption<PlayShots>>; 2],
}

/// What a snapshot shows where no feed said anything: always the same pointers.
#[derive(Debug, Default)]
struct Empty {
    stats: Arc<Stats>,
    zones: Arc<Zones>,
    by_period: Arc<Vec<PeriodScore>>,
    players: Arc<Vec<Player>>,
    on_court: Arc<Vec<crate::ids::PlayerId>>,
    shots: Arc<Vec<Shot>>,
    penalties: Arc<Vec<snapshot::Penalty>>,
    plays: Arc<Vec<Arc<Play>>>,
    shot_locations: Arc<Vec<ShotLocation>>,
    lineups: Arc<Vec<Lineup>>,
    possession_sessions: Arc<Vec<SessionPossessions>>,
    tracking: Arc<Tracking>,
    leaders: Arc<snapshot::Leaders>,
}

/// A merged part that the first view after a change makes, and all later views of this state and its clones share.
///
/// It depends on the rules, which the fold does not know. It only spares allocations: with or without it a view shows
/// the same.
#[derive(Clone, Debug)]
struct Memo<T>(Arc<OnceLock<Arc<T>>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: PartialEq> Memo<T> {
    /// `value`, behind the pointer that was given out before if that has the same content.
    fn share(&self, value: T) -> Arc<T> {
        match self.0.get() {
            Some(known) if **known == value => known.clone(),
            Some(_) => Arc::new(value),
            None => {
                let value = Arc::new(value);
                self.0.get_or_init(|| value.clone());
                value
            }
        }
    }
}

impl GameState {
    /// Takes one event of a feed, in effect from `at`. Events of one feed come in the order in which they were received.
    pub fn apply(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, event: &Event) {
        let heard = self.heard(feed, kind);
        let game = heard.game.clone();
        heard.apply(at, event);
        let too_much = heard.too_much.take();
        if !Arc::ptr_eq(&game, &heard.game) {
            self.game = Memo::default();
        }
        if let Some(what) = too_much {
            self.odd(at, feed, kind, what, false);
        }
    }

    /// Has a team wear what the operator chose, until another choice.
    pub fn choose_color(&mut self, side: Side, choice: Choice) {
        self.color_choices[side as usize] = choice;
    }

    pub fn color_choice(&self, side: Side) -> Choice {
        self.color_choices[side as usize]
    }

    /// Counts a message of the game that arrived at `at`, and the parts of it that were not understood.
    pub fn received(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, oddities: u32) {
        self.noticed(at, feed, kind);
        self.taken(at, feed, kind, oddities);
    }

    /// Counts something of a feed that was not understood at all, or was no message.
    pub fn skipped(&mut self, feed: &FeedId, kind: FeedKind) {
        self.contact(feed, kind).skipped += 1;
    }

    /// Notes a heartbeat, pong or other sign of life that carries no facts.
    pub fn alive(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind) {
        self.noticed(at, feed, kind);
        self.lives(at, feed, kind);
    }

    /// Something was received at `at` that may take effect later: the operator is told at once that the feed lives.
    pub fn noticed(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind) {
        self.contact(feed, kind).hear(at);
    }

    /// A message that was noticed takes effect at `at`. See [`GameState::received`].
    pub fn taken(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, oddities: u32) {
        let heard = self.heard(feed, kind);
        heard.hear(at);
        heard.messages += 1;
        let contact = self.contact(feed, kind);
        contact.skipped += u64::from(oddities);
        contact.trouble.at_home();
    }

    /// A sign of life that was noticed takes effect at `at`. See [`GameState::alive`].
    pub fn lives(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind) {
        self.heard(feed, kind).hear(at);
    }

    /// A connection changed in a way that takes effect later: the operator is told at once. See [`GameState::link`].
    pub fn link_noticed(&mut self, feed: &FeedId, kind: FeedKind, link: Link, why: Option<&str>) {
        self.contact(feed, kind).connection(link, why);
    }

    /// What [`GameState::link_noticed`] told takes effect; whether a connection begins by it. `lacks`: something is missing
    /// although it is up.
    pub fn link_takes_effect(
        &mut self,
        at: Timestamp,
        feed: &FeedId,
        kind: FeedKind,
        link: Link,
        resumed: bool,
        lacks: bool,
    ) -> bool {
        self.heard(feed, kind).connection(at, link, resumed, lacks)
    }

    /// Notes a message of another game than the one that is `wanted`; `others` are all that were heard of, as `id (away at home)`.
    pub fn elsewhere<'g>(
        &mut self,
        at: Timestamp,
        feed: &FeedId,
        kind: FeedKind,
        wanted: Option<&str>,
        others: impl Iterator<Item = &'g str> + Clone,
    ) {
        self.contact(feed, kind).trouble.elsewhere(at, wanted, others);
    }

    /// Forgets all that a feed has said: it was of another game.
    pub fn forget(&mut self, feed: &FeedId) {
        self.feeds.retain(|heard| heard.id != *feed);
        self.game = Memo::default();
    }

    /// Notes what of a message was not understood, by kind; `lost`: nothing of the message counts.
    pub fn odd(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, what: &str, lost: bool) {
        self.contact(feed, kind).trouble.odd(at, what, lost);
    }

    /// Notes that a feed's connection came up or went down, and why; while it is up, `why` is what is missing all the same.
    /// Makes the feed known even before it says anything. `resumed`: a connection that comes up goes on where the last one
    /// ended.
    pub fn link(&mut self, at: Timestamp, feed: &FeedId, kind: FeedKind, link: Link, why: Option<&str>, resumed: bool) {
        self.link_noticed(feed, kind, link, why);
        self.link_takes_effect(at, feed, kind, link, resumed, why.is_some());
    }

    /// Whether a feed is still telling the past at `now`: after a connection, until it comes to the present.
    pub fn is_catching_up(&self, feed: &FeedId, now: Timestamp) -> bool {
        self.feeds.iter().any(|heard| heard.id == *feed && heard.joining.is_on_at(now))
    }

    fn contact(&mut self, feed: &FeedId, kind: FeedKind) -> &mut Contact {
        let index = match self.contacts.binary_search_by(|contact| contact.id.cmp(feed)) {
            Ok(index) => index,
            Err(index) => {
                self.contacts.insert(index, Arc::new(Contact::new(feed.clone(), kind)));
                index
            }
        };
        Arc::make_mut(&mut self.contacts[index])
    }

    /// The feeds' health at `now`.
    fn health(&self, now: Timestamp) -> Vec<FeedHealth> {
        let messages = |id: &FeedId| self.feeds.iter().find(|heard| heard.id == *id).map_or(0, |heard| heard.messages);
        self.contacts.iter().map(|contact| contact.health(messages(&contact.id), now)).collect()
    }

    fn heard(&mut self, feed: &FeedId, kind: FeedKind) -> &mut Heard {
        let index = match self.feeds.binary_search_by(|heard| heard.id.cmp(feed)) {
            Ok(index) => index,
            Err(index) => {
                self.feeds.insert(index, Arc::new(Heard::new(feed.clone(), kind)));
                index
            }
        };
        Arc::make_mut(&mut self.feeds[index])
    }
}

#[cfg(test)]
mod tests {
    use super::event::TeamFacts;
    use super::snapshot::{GameSnapshot, GameStatus, Score};
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn tell(state: &mut GameState, event: Event) {
        let feed = FeedId::new("league");
        state.received(AT, &feed, FeedKind::NbaPushEvents, 0);
        state.apply(AT, &feed, FeedKind::NbaPushEvents, &event);
    }

    fn teams() -> Event {
        let facts = |id: &str| TeamFacts { id: Some(id.into()), ..TeamFacts::default() };
        Event::Teams { home: facts("h"), away: facts("a") }
    }

    fn in_progress() -> Event {
        Event::Game(Game { status: Some(GameStatus::InProgress), ..Game::default() })
    }

    /// A game with something in every shared part.
    fn begun() -> GameState {
        let mut state = GameState::default();
        tell(&mut state, in_progress());
        tell(&mut state, teams());
        for side in crate::ids::Side::BOTH {
            let stats = Box::new(Stats { points: Some(2), ..Stats::default() });
            tell(&mut state, Event::TeamStats { side, stats, zones: Some(Box::default()) });
            tell(&mut state, Event::Players { side, players: vec![Player::default()] });
            tell(&mut state, Event::OnCourt { side, players: vec!["p".into()], is_start: None });
            tell(&mut state, Event::ByPeriod { side, points: vec![("Q1".to_owned(), Some(2))] });
        }
        tell(&mut state, Event::JerseyColors(vec![("h".into(), "#1d428a".to_owned())]));
        let play = Play { id: Some("play".into()), ..Play::default() };
        tell(&mut state, Event::Play(event::PlayUpdate { play, ..event::PlayUpdate::default() }));
        state
    }

    fn pointers(snapshot: &GameSnapshot) -> Vec<*const ()> {
        let mut pointers = vec![Arc::as_ptr(&snapshot.game).cast(), Arc::as_ptr(&snapshot.plays).cast()];
        for team in [&snapshot.home, &snapshot.away] {
            pointers.extend([Arc::as_ptr(&team.color).cast(), Arc::as_ptr(&team.by_period).cast()]);
            pointers.extend([Arc::as_ptr(&team.stats).cast(), Arc::as_ptr(&team.players).cast()]);
            pointers.extend([Arc::as_ptr(&team.on_court).cast(), Arc::as_ptr(&team.zones).cast()]);
            pointers.push(Arc::as_ptr(&team.shots).cast());
        }
        pointers
    }

    #[test]
    fn parts_that_did_not_change_keep_their_pointers_through_messages_and_clones() {
        let mut state = begun();
        let before = view(&state, &Rules::default(), AT);
        let published = state.clone();
        tell(&mut state, in_progress());
        tell(&mut state, teams());
        tell(&mut state, Event::Score(Score { home: 12, away: 9 }));
        let after = view(&state, &Rules::default(), AT);
        assert_eq!(after.home.score, Some(12));
        assert_eq!(pointers(&before), pointers(&after));
        assert_eq!(pointers(&before), pointers(&view(&published, &Rules::default(), AT)));
    }

    #[test]
    fn a_part_that_changed_has_a_new_pointer_and_the_others_keep_theirs() {
        let mut state = begun();
        let before = view(&state, &Rules::default(), AT);
        tell(&mut state, Event::JerseyColors(vec![("h".into(), "#ffffff".to_owned())]));
        let after = view(&state, &Rules::default(), AT);
        assert!(!Arc::ptr_eq(&before.home.color, &after.home.color));
        assert!(Arc::ptr_eq(&before.home.players, &after.home.players));
        assert!(Arc::ptr_eq(&before.plays, &after.plays));
    }

    #[test]
    fn a_published_clone_does_not_change_with_the_state_it_came_from() {
        let mut state = begun();
        let published = state.clone();
        let before = view(&published, &Rules::default(), AT);
        tell(&mut state, Event::PlayDeleted { id: "play".into(), at: None });
        tell(&mut state, Event::Score(Score { home: 90, away: 80 }));
        assert_eq!(view(&published, &Rules::default(), AT), before);
        assert_eq!(view(&state, &Rules::default(), AT).plays.len(), 0);
    }

    #[test]
    fn a_feed_that_names_teams_and_players_without_end_stays_bounded_and_is_told_of() {
        let mut state = GameState::default();
        tell(&mut state, teams());
        for number in 0..1_000 {
            tell(&mut state, Event::TeamScore { team: format!("t{number}").as_str().into(), points: 1 });
            let player = Player { id: Some(format!("p{number}").as_str().into()), ..Player::default() };
            tell(&mut state, Event::Roster { side: crate::ids::Side::Home, players: vec![player] });
            let line = event::StatLine {
                team: "a".into(),
                player: Some(format!("p{number}").as_str().into()),
                play: None,
                version: None,
                happened_at: None,
                team_points: None,
                stats: Box::default(),
            };
            tell(&mut state, Event::Line(line));
        }
        let heard = &state.feeds[0];
        assert_eq!(heard.teams.len(), 16);
        assert!(heard.teams.iter().all(|team| team.players.as_ref().is_none_or(|players| players.len() == 200)));
        tell(&mut state, Event::Score(Score { home: 3, away: 2 }));
        let shown = view(&state, &Rules::default(), AT);
        assert_eq!((shown.home.score, shown.away.score), (Some(3), Some(2)), "the game's own teams stay");
        let told: Vec<&str> = shown.feeds[0].not_understood.iter().map(|odd| odd.what.as_str()).collect();
        assert!(told.len() == 2 && told[0].contains("teams") && told[1].contains("players"), "{told:?}");
    }

    #[test]
    fn nothing_is_known_before_the_first_message() {
        let snapshot = view(&GameState::default(), &Rules::default(), AT);
        assert_eq!(snapshot, GameSnapshot::default());
    }
}
