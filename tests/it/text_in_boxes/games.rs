//! Both real games, as a mock venue tells them.
//!
//! In: a moment of the game. Out: the messages of its feeds up to there, and the game that they make, by the decoders that
//! a show has. Nothing is sent anywhere.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sideline::game::snapshot::GameSnapshot;
use sideline::game::{self, GameState, Rules};
use sideline::ids::{FeedId, FeedKind};
use sideline::ingest::Ingest;
use sideline::time::Timestamp;
use sideline::venue::course::Course;
use sideline::venue::fault::Faults;
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::shottracker::transcript::Transcript;
use sideline::venue::sportradar::body::Channel;
use sideline::venue::sportradar::transcript::transcript;
use sideline::venue::timeline::Timeline;

const BEGAN: Timestamp = Timestamp::from_millis(1_700_000_000_000);

pub(super) fn moment(ms: u64) -> Timestamp {
    BEGAN + Duration::from_millis(ms)
}

/// A game, from the feeds that a mock venue has of it.
pub(super) struct Feeds {
    feeds: Vec<(FeedId, FeedKind)>,
    ingest: Ingest,
    state: GameState,
}

impl Feeds {
    pub(super) fn new(kinds: &[FeedKind]) -> Feeds {
        let feeds = kinds.iter().map(|kind| (FeedId::new(kind.to_string()), *kind)).collect();
        Feeds { feeds, ingest: Ingest::default(), state: GameState::default() }
    }

    pub(super) fn take(&mut self, (ms, feed, bytes): &Message) {
        let (id, kind) = &self.feeds[*feed];
        self.state.noticed(moment(*ms), id, *kind);
        self.ingest.message(&mut self.state, moment(*ms), id, *kind, bytes);
    }

    pub(super) fn view(&self, ms: u64) -> GameSnapshot {
        game::view(&self.state, &Rules::default(), moment(ms))
    }
}

/// A message by its time, and the feed that it is of.
pub(super) type Message = (u64, usize, Vec<u8>);

/// The feed of clocks and summaries; the other one tells plays.
pub(super) const CLOCKS: usize = 0;
const PLAYS: usize = 1;

/// A game as its mock venue sends it.
pub(super) struct Game {
    pub(super) kinds: [FeedKind; 2],
    performance: Performance,
}

impl Game {
    fn new(kinds: [FeedKind; 2], script: Arc<Script>) -> Game {
        let course = Arc::new(Course::of(script));
        let timeline = Timeline::new(Some(BEGAN), 0, course.end_ms(), 1.0, false);
        Game { kinds, performance: Performance::new(course, timeline, Faults::new(&[])) }
    }

    /// Golden State at Brooklyn.
    pub(super) fn basketball() -> Game {
        Game::new([FeedKind::ShotTracker, FeedKind::NbaPushEvents], Script::builtin())
    }

    /// Golden State at Brooklyn as it never was.
    pub(super) fn four_overtimes() -> Game {
        Game::new([FeedKind::ShotTracker, FeedKind::NbaPushEvents], script("four-overtimes"))
    }

    /// Vegas at Winnipeg.
    pub(super) fn hockey() -> Game {
        Game::new([FeedKind::NhlPushClock, FeedKind::NhlPushEvents], script("vgk-at-wpg-2023-10-19"))
    }

    pub(super) fn end_ms(&self) -> u64 {
        self.performance.course().end_ms() + 60_000
    }

    /// What these sources of the tracking send between two moments.
    pub(super) fn tracked(&self, sources: &[&str], from_ms: u64, to_ms: u64) -> Vec<Message> {
        Transcript::new(&self.performance, sources, from_ms, to_ms)
            .map(|(ms, text)| (ms, CLOCKS, text.into_bytes()))
            .collect()
    }

    /// The first message of a source between two moments.
    fn tracked_first(&self, source: &str, from_ms: u64, to_ms: u64) -> Option<Message> {
        let (ms, text) = Transcript::new(&self.performance, &[source], from_ms, to_ms).next()?;
        Some((ms, CLOCKS, text.into_bytes()))
    }

    /// What a league's feed sends between two moments.
    fn pushed(&self, channel: Channel, feed: usize, from_ms: u64, to_ms: u64) -> Vec<Message> {
        let all = transcript(&self.performance, channel, to_ms);
        all.filter(|(ms, _)| *ms >= from_ms).map(|(ms, bytes)| (ms, feed, bytes.to_vec())).collect()
    }

    /// Everything but positions, in order: the plays from the beginning, and from a moment on what else there is. Before it a
    /// summary a minute tells as much: there are thousands, each of the whole game, and making them takes the longest.
    pub(super) fn messages(&self, whole_from_ms: u64, to_ms: u64) -> Vec<Message> {
        let mut all = self.pushed(Channel::Events, PLAYS, 0, to_ms);
        if self.kinds[CLOCKS] == FeedKind::ShotTracker {
            let minutes = (0..whole_from_ms).step_by(60_000);
            let a_minute = |from_ms| self.tracked_first("broadcastsummary", from_ms, from_ms + 60_000);
            all.extend(minutes.filter_map(a_minute));
            all.extend(self.tracked(&["marker", "clock"], 0, to_ms));
            all.extend(self.tracked(&["broadcastsummary"], whole_from_ms, to_ms));
        } else {
            all.extend(self.pushed(Channel::Clock, CLOCKS, 0, to_ms));
        }
        all.sort_by_key(|(ms, feed, _)| (*ms, *feed));
        all
    }
}

fn script(name: &str) -> Arc<Script> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/games/{name}.game"));
    Arc::new(Script::parse(&std::fs::read_to_string(file).unwrap()).unwrap())
}

/// With digits as one another: those that change on air are equally wide.
pub(super) fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// What graphics say: the newest plays, the headline, runs, stoppages and who is at the line, each clock and score, the state
/// that decides which parts of a bug are to be seen, and the players' and teams' figures by their lengths.
pub(super) fn sayings(game: &GameSnapshot) -> Vec<String> {
    let clock = &game.clock;
    let display = |clock: Option<&String>| clock.cloned().unwrap_or_default();
    let state = (game.possession, clock.phase, clock.period.as_ref().map(|period| &period.label));
    let mut said = vec![
        format!("plays {:?}", game.plays.first().map(|play| (play.team, &play.text))),
        format!("last play {:?}", game.last_play.as_ref().map(|play| (play.side, &play.headline, &play.line))),
        format!("run {:?}", game.run.as_ref().map(|run| (run.side, &run.label))),
        format!("stoppage {:?}", clock.stoppage.as_ref().map(|stop| (stop.side, &stop.label, stop.clock.is_some()))),
        format!("at the line {:?}", game.free_throw.as_ref().map(|throw| (&throw.attempt, &throw.player.last_name))),
        format!("game clock {}", display(clock.game.as_ref().map(|clock| &clock.display))),
        format!("shot clock {}", display(clock.shot.as_ref().map(|clock| &clock.display))),
        format!("strength {}", display(clock.strength.as_ref().map(|clock| &clock.display))),
        format!("countdown {}", display(clock.countdown.as_ref().map(|clock| &clock.display))),
        format!("phase {:?} {state:?}", clock.phase_label),
    ];
    for team in [&game.home, &game.away] {
        let penalties = team.penalties.iter().map(|penalty| &penalty.name).collect::<Vec<_>>();
        let known = (team.fouls.is_some(), team.timeouts.is_some(), team.stats.shots_on_goal.is_some());
        said.push(format!("{:?}", (team.bonus, team.strength, team.skaters, team.empty_net, penalties, known)));
        said.push(format!("{:?} {:?}", team.score, team.by_period));
        said.push(format!(
            "shots {} lineups {}",
            "x".repeat(team.shots.len() / 10),
            "x".repeat(team.lineups.len() / 4)
        ));
    }
    said
}
