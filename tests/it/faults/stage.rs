//! The stage of the fault tests: two short games, every way to listen to them, and one listening from its first connection
//! to the end of the game, with all that the status told meanwhile.
//!
//! What a way of listening has to end with is not taken from another run: the venue's transcript, folded without network and
//! without faults, is what the game is. Times are counted from the beginning of the play, so that all runs compare.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use sideline::app::{Fold, entered};
use sideline::feed::secret::Secret;
use sideline::feed::{self, Policy, Resume, push, shottracker};
use sideline::game::snapshot::GameSnapshot;
use sideline::game::{self, Rules};
use sideline::ids::{FeedId, FeedKind};
use sideline::journal::{Body, Entry};
use sideline::status::{FeedHealth, Link};
use sideline::time::{Clock, SystemClock, Timestamp};
use sideline::venue::course::Course;
use sideline::venue::fault::{Fault, Faults, Switch};
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::shottracker::live::SOURCES;
use sideline::venue::shottracker::transcript::Transcript;
use sideline::venue::sportradar::body::Channel;
use sideline::venue::sportradar::transcript::transcript;
use sideline::venue::timeline::Timeline;
use sideline::venue::{self, Content, Endpoints, Venue};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Reached only when a test fails.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// Time for clients to connect before tip-off, refused ones included.
pub const HEAD_START: Duration = Duration::from_millis(2_500);
/// A busy machine has so many times as much of it, at the most.
const MOST_HEAD_STARTS: u32 = 8;
/// Two minutes of play in two seconds.
const SPEED: f64 = 60.0;
/// Silence after which a connection is given up: long for a busy machine, short for a test.
pub const WATCHDOG: Duration = Duration::from_secs(3);
/// How often the status is looked at when nothing arrives.
pub const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One way to listen to a game.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Way {
    /// One source of ShotTracker's alone: nothing else makes up for what it loses.
    Source(&'static str),
    /// All of ShotTracker's but those named, with the game so far over REST or without.
    Tracker {
        without: &'static [&'static str],
        rest: bool,
    },
    Push(FeedKind),
    /// A feed of the league's with the play-by-play over REST beside each connection, and no session that is resumed: what
    /// happens between two connections comes from the document alone.
    WithDocument(FeedKind),
}

/// Each source alone.
pub fn sources() -> Vec<Way> {
    SOURCES.map(Way::Source).into()
}

/// Each of the league's feeds.
pub fn leagues() -> Vec<Way> {
    use FeedKind::*;
    [NbaPushEvents, NbaPushClock, NbaPushGameClock, NhlPushEvents, NhlPushClock].map(Way::Push).into()
}

pub fn all() -> Vec<Way> {
    [sources(), leagues()].concat()
}

impl Way {
    pub fn kind(self) -> FeedKind {
        match self {
            Way::Push(kind) | Way::WithDocument(kind) => kind,
            Way::Source(_) | Way::Tracker { .. } => FeedKind::ShotTracker,
        }
    }

    fn is_hockey(self) -> bool {
        matches!(self.kind(), FeedKind::NhlPushEvents | FeedKind::NhlPushClock)
    }

    /// Whether its messages have an order among each other: numbers, sequences, or the wall clock of a push clock.
    pub fn is_in_order(self) -> bool {
        matches!(self, Way::Push(_)) || self.has_sequence()
    }

    fn has_sequence(self) -> bool {
        match self {
            Way::Source(source) => !["broadcastsummary", "location", "clock"].contains(&source),
            Way::Tracker { .. } => true,
            Way::Push(_) | Way::WithDocument(_) => self.has_events(),
        }
    }

    fn has_events(self) -> bool {
        matches!(self.kind(), FeedKind::NbaPushEvents | FeedKind::NhlPushEvents)
    }

    /// Whether what is told before tip-off counts among the messages that a fault strikes: it tells how things stand, over and
    /// over, and has not got a first message.
    fn tells_before_tip_off(self) -> bool {
        matches!(self, Way::Tracker { .. }) || !self.has_sequence()
    }

    /// Whether it tells the game clock again and again.
    pub fn has_clock(self) -> bool {
        self == Way::Source("clock") || matches!(self, Way::Push(_)) && !self.has_events()
    }

    fn sources(self) -> Vec<&'static str> {
        match self {
            Way::Source(source) => vec![source],
            Way::Tracker { without, .. } => SOURCES.into_iter().filter(|source| !without.contains(source)).collect(),
            Way::Push(_) | Way::WithDocument(_) => Vec::new(),
        }
    }

    pub fn script(self) -> Arc<Script> {
        if self.is_hockey() { HOCKEY.clone() } else { BASKETBALL.clone() }
    }

    pub fn options(self, at: Endpoints) -> feed::Options {
        let (Way::Push(kind) | Way::WithDocument(kind)) = self else {
            let game = shottracker::Game::Event(at.event_id.into());
            let (rest, secret) = (at.rest.parse().unwrap(), Secret::new(at.secret));
            let mut options = shottracker::Options::new("feed".into(), rest, at.websocket, game, at.username, secret);
            options.sources = self.sources().into_iter().map(String::from).collect();
            options.include_player_season = true;
            options.ping_after = WATCHDOG / 3;
            options.pong_within = WATCHDOG * 2 / 3;
            options.retry = in_a_hurry();
            if matches!(self, Way::Tracker { rest: true, .. }) {
                options.backfill = ["stats", "details", "shots", "possessions"].map(String::from).into();
            }
            return feed::Options::ShotTracker(options);
        };
        let base = at.subscribe.parse::<url::Url>().unwrap().join("/").unwrap();
        let subscribe = push::Subscribe::League { base, level: "trial".into() };
        let mut options = push::Options::new("feed".into(), subscribe, Secret::new(at.api_key));
        options.kind = kind;
        options.watchdog = WATCHDOG;
        options.retry = in_a_hurry();
        if matches!(self, Way::WithDocument(_)) {
            options.catch_up = false;
            options.play_by_play = push::play_by_play(kind, &options.address(), &at.match_id);
            assert!(options.play_by_play.is_some());
        }
        feed::Options::Push(options)
    }
}

fn in_a_hurry() -> Policy {
    let moment = Duration::from_millis(20);
    Policy { base: moment, cap: moment, slow: moment, healthy_after: PATIENCE }
}

fn head(league: &str, baskets: [&str; 2]) -> String {
    let mut text = format!(
        "game id=1 league={league} season=REG scheduled=2020-01-01T00:00:00Z tipoff=2020-01-01T00:00:00Z \
         arena=Hall city=Town shottracker=6a5e7c2e-0000-5000-8000-000000000001 \
         sportradar=6a5e7c2e-0000-5000-8000-000000000002\n"
    );
    for ((side, code, number), basket) in [("home", "HOM", 11), ("away", "AWY", 22)].into_iter().zip(baskets) {
        text += &format!(
            "team {side} code={code} market=Town name={code} color=#102030 basket={basket} shottracker={number} \
             sportradar=6a5e7c2e-0000-5000-8000-0000000000{number}\n"
        );
    }
    text
}

/// Twelve shots, every third one missed and rebounded, and the game is over. It ends with its last period: a clock that stands
/// is told again after ten seconds only, and with it that the game is over.
static BASKETBALL: LazyLock<Arc<Script>> = LazyLock::new(|| {
    let mut text = head("NBA", ["left", "right"]);
    for (side, number) in [("home", 11), ("away", 22)] {
        for player in 1..=5 {
            text += &format!("player {side}:{player} id={number}{player} first=A last=B{player} starter=yes\n");
        }
    }
    text += "0.0 Q1 12:00.0 start\n2.0 Q1 11:58.0 jump home won=home:1 lost=away:1\n";
    let (mut score, sides) = ([0, 0], ["home", "away"]);
    for number in 0..12 {
        let (side, at, left) = (number % 2, 12 + 10 * number, 708 - 10 * number);
        let (by, three) = (number / 2 % 5 + 1, number % 4 == 0);
        let clock = format!("{}:{:02}.0", left / 60, left % 60);
        let (kind, place) = if three { ("3pt", "20,260") } else { ("2pt", "10,40") };
        if number % 3 == 2 {
            let (other, later) = (sides[1 - side], format!("{}:{:02}.0", (left - 1) / 60, (left - 1) % 60));
            text += &format!("{at}.0 Q1 {clock} {kind} {}:{by} made=no at={place} style=jump_shot\n", sides[side]);
            text += &format!("{}.0 Q1 {later} rebound {other}:2 end=defensive\n", at + 1);
        } else {
            score[side] += if three { 3 } else { 2 };
            let assist = format!("{}:{}", sides[side], by % 5 + 1);
            text += &format!(
                "{at}.0 Q1 {clock} {kind} {}:{by} made=yes at={place} style=layup assist={assist} score={}-{}\n",
                sides[side], score[0], score[1]
            );
        }
    }
    text += "132.0 Q1 9:48.0 end\n132.0 Q1 9:48.0 final\n";
    Arc::new(Script::parse(&text).unwrap())
});

/// Face-offs, shots, a penalty and a goal on the power play, and the game is over.
static HOCKEY: LazyLock<Arc<Script>> = LazyLock::new(|| {
    let mut text = head("NHL", ["left", "right"]);
    for (side, number) in [("home", 11), ("away", 22)] {
        for (player, position) in [(1, "C"), (2, "L"), (3, "R"), (4, "D"), (5, "D"), (30, "G")] {
            text += &format!("player {side}:{player} id={number}{player} first=A last=B{player} position={position}\n");
        }
    }
    text += "0.0 P1 20:00.0 start\n0.0 P1 20:00.0 faceoff home:1 lost=away:1 at=0,0\n";
    let clock = |at: u32| format!("{}:{:02}.0", (1_200 - at) / 60, (1_200 - at) % 60);
    for number in 0..8 {
        let (by, goalie) = if number % 2 == 0 { ("home:2", "away:30") } else { ("away:3", "home:30") };
        let at = 8 + 8 * number;
        text += &format!("{at}.0 P1 {} sog {by} goalie={goalie} style=wrist at=60,5\n", clock(at));
        text += &format!("{}.0 P1 {} hit home:4 on=away:5 at=20,30\n", at + 3, clock(at + 3));
    }
    text += &format!("76.0 P1 {} penalty away:4 type=hooking minutes=2 drawn=home:2 at=60,5\n", clock(76));
    text += &format!("80.0 P1 {} faceoff home:1 lost=away:1 at=69,22 skaters=5-4\n", clock(80));
    let goal = "goal home:2 assist=home:1 score=1-0 goalie=away:30 style=snap at=79,5 skaters=5-4";
    text += &format!("90.0 P1 {} {goal}\n", clock(90));
    text += &format!("100.0 P1 {} end\n100.0 P1 {} final\n", clock(100), clock(100));
    Arc::new(Script::parse(&text).unwrap())
});

/// What a fault is to strike is the game and not the wait for it, and never the messages by when they were told.
fn strikes_from_the_start(way: Way, switch: &Switch) -> bool {
    let requests = matches!(switch.fault, Fault::Refuse(_) | Fault::RedirectLoop);
    // It strikes what has an order, and nothing of that is told before tip-off.
    requests || switch.fault == Fault::Forget || !way.tells_before_tip_off()
}

fn costs_a_connection(switch: &Switch) -> bool {
    match switch.fault {
        Fault::Drop | Fault::HalfOpen | Fault::TokenExpiry => true,
        Fault::Stall => switch.lasts > WATCHDOG,
        _ => false,
    }
}

/// A venue that begins at a whole second: its wall clocks have no finer ones everywhere.
pub async fn venue(way: Way, faults: &[Switch], head_start: Duration) -> (Venue, Timestamp) {
    const SECOND: i64 = 1_000_000_000;
    let soon = (SystemClock::start().now() + head_start).as_nanos();
    let began_at = Timestamp::from_nanos((soon / SECOND + 1) * SECOND);
    let mut options = venue::Options::new(Content::Script(way.script()));
    options.speed = SPEED;
    options.began_at = Some(began_at);
    options.heartbeat = Duration::from_millis(50);
    options.faults = faults.iter().filter(|switch| strikes_from_the_start(way, switch)).copied().collect();
    let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    (venue::start(options, front, back).await.unwrap(), began_at)
}

/// What came of a game.
pub struct Played {
    pub way: Way,
    pub facts: Value,
    /// Everything that the status said was wrong with the feed, each once, in order.
    pub told: Vec<String>,
    /// What it still says in the end.
    pub left: Vec<String>,
    /// How often the link went down after it had been up.
    pub downs: usize,
    /// Kinds of what was not understood, and in how many messages.
    pub not_understood: BTreeMap<String, u64>,
    /// How often faults could still strike in the end.
    pub spared: u32,
}

/// What a way of listening ends with, by the venue's transcript.
pub fn expected(way: Way, left_out: &[&str]) -> Value {
    /// Worked out once for all tests.
    type Known = Mutex<BTreeMap<(Way, String), Value>>;
    static KNOWN: LazyLock<Known> = LazyLock::new(Known::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry((way, left_out.join(" "))).or_insert_with(|| of_transcript(way, way.script(), left_out)).clone()
}

/// The same of another game than the way's own.
pub fn of_transcript(way: Way, script: Arc<Script>, left_out: &[&str]) -> Value {
    let began_at = Timestamp::from_millis(1_600_000_000_000);
    let course = Arc::new(Course::of(script));
    // Long enough for what speaks every ten seconds while the clock stands.
    let end_ms = course.end_ms() + 15_000;
    let timeline = Timeline::new(Some(began_at), 0, course.end_ms(), SPEED, false);
    let play = Performance::new(course, timeline, Faults::default());
    let sources = way.sources();
    let messages: Vec<(u64, bytes::Bytes)> = match way {
        Way::Push(kind) | Way::WithDocument(kind) => {
            let channel = match kind {
                FeedKind::NbaPushEvents | FeedKind::NhlPushEvents => Channel::Events,
                FeedKind::NbaPushGameClock => Channel::GameClock,
                _ => Channel::Clock,
            };
            transcript(&play, channel, end_ms).collect()
        }
        _ => Transcript::new(&play, &sources, 0, end_ms).map(|(ms, text)| (ms, text.into())).collect(),
    };
    let (feed, kind) = (FeedId::new("feed"), way.kind());
    let mut fold = Fold::new(BTreeMap::new());
    let mut at = began_at;
    let link = Body::Link { feed: feed.clone(), kind, link: Link::Up, why: None, resumed: false };
    fold.apply(&Entry { seq: 1, at, body: link });
    if matches!(way, Way::Tracker { rest: true, .. }) {
        // What the document tells and the stream does not: who is at home.
        let totals = r#"{"gameTotals":{"homeTeamScore":{"teamId":"11"},"awayTeamScore":{"teamId":"22"}}}"#;
        let body = Body::Received { feed: feed.clone(), kind, bytes: totals.into() };
        fold.apply(&Entry { seq: 2, at, body });
    }
    for (index, (ms, bytes)) in messages.into_iter().enumerate() {
        at = began_at + Duration::from_secs_f64(ms as f64 / 1000.0 / SPEED);
        let body = Body::Received { feed: feed.clone(), kind, bytes };
        fold.apply(&Entry { seq: index as u64 + 3, at, body });
    }
    facts(way, &seen(&fold, at), began_at, left_out)
}

pub fn seen(fold: &Fold, at: Timestamp) -> GameSnapshot {
    game::view(&fold.position().state, &Rules::default(), at)
}

/// All of a snapshot that says something of the game and nothing of when it was heard.
pub fn facts(way: Way, snapshot: &GameSnapshot, began_at: Timestamp, left_out: &[&str]) -> Value {
    let mut facts = serde_json::to_value(snapshot).unwrap();
    if way == Way::Push(FeedKind::NhlPushClock) {
        // The clock carries along whatever play is the latest when it speaks: which ones that are depends on the moment, and
        // so does all that follows from plays. What is its own in every message is compared.
        let keep = |value: &mut Value, keys: &[&str]| {
            value.as_object_mut().unwrap().retain(|key, _| keys.contains(&key.as_str()));
        };
        keep(&mut facts, &["game", "clock", "home", "away"]);
        for side in ["home", "away"] {
            keep(&mut facts[side], &["id", "market", "name", "code", "score"]);
        }
    }
    if matches!(way, Way::Tracker { rest: true, .. })
        && let Some(plays) = facts["plays"].as_array_mut()
    {
        // Of two lines of one moment the one that came later is the newer: a document cannot tell which that was.
        plays.sort_by_key(|play| (-play["at_millis"].as_i64().unwrap_or_default(), play["id"].to_string()));
    }
    if matches!(way, Way::WithDocument(_)) {
        // Players stand in the order in which they were named, and a document names them in its own.
        for side in ["home", "away"] {
            let players = facts[side]["players"].as_array_mut();
            players.into_iter().for_each(|players| players.sort_by_key(|player| player["id"].to_string()));
        }
    }
    // Trails, speeds and ways depend on when positions were told, and so does what was news and what is stale.
    let heard = ["feeds", "catching_up", "news", "last_play", "stale", "trail", "speed", "distance", "velocity"];
    tidy(&mut facts, &[&heard[..], left_out].concat(), began_at.as_millis());
    if matches!(way, Way::Tracker { rest: true, .. }) && !way.sources().contains(&"broadcastsummary") {
        // Without summaries only the document says that the game is over, if it was asked for that late.
        facts["clock"].as_object_mut().unwrap().retain(|key, _| key != "period" && !key.starts_with("phase"));
    }
    if let Some(players) = facts.pointer_mut("/tracking") {
        // The positions of the last moment; when they were told does not matter.
        tidy(players, &["at_millis"], 0);
    }
    facts
}

/// Leaves out some keys, and counts instants from the beginning of the play.
fn tidy(value: &mut Value, left_out: &[&str], began_at: i64) {
    const AN_INSTANT: i64 = 1_000_000_000_000;
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !left_out.contains(&key.as_str()));
            map.values_mut().for_each(|value| tidy(value, left_out, began_at));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| tidy(value, left_out, began_at)),
        Value::Number(number) => {
            if let Some(millis) = number.as_i64().filter(|millis| *millis > AN_INSTANT && began_at > 0) {
                *value = (millis - began_at).into();
            }
        }
        _ => {}
    }
}

/// Listens until the game is over, everything of it is there and the link is up; or, where `expected` never comes about,
/// until patience ends: then the difference fails the test.
pub async fn play(way: Way, faults: &[Switch], expected: &Value, left_out: &[&str]) -> Played {
    // That nothing is missing any more is told after what was; what was not understood is told for a minute.
    let is_told = |health: &FeedHealth| health.reasons.iter().all(|why| why.starts_with("not understood"));
    let done = |facts: &Value, health: &FeedHealth| facts == expected && health.link == Link::Up && is_told(health);
    play_until(way, faults, left_out, done).await
}

/// The same, until it is `done`. A feed that tells nothing of the past has to be listened to from tip-off: whoever came
/// later, on a busy machine, has not heard the game that is compared, and it is played again.
pub async fn play_until(
    way: Way,
    faults: &[Switch],
    left_out: &[&str],
    done: impl Fn(&Value, &FeedHealth) -> bool,
) -> Played {
    feed::install_tls();
    let mut head_starts = 1;
    loop {
        if let Some(played) = play_once(way, faults, left_out, &done, head_starts * HEAD_START).await {
            return played;
        }
        head_starts *= 2;
        assert!(head_starts <= MOST_HEAD_STARTS, "{way:?}: nobody has connected before tip-off");
    }
}

/// `None` when the link came up after tip-off.
async fn play_once(
    way: Way,
    faults: &[Switch],
    left_out: &[&str],
    done: impl Fn(&Value, &FeedHealth) -> bool,
    head_start: Duration,
) -> Option<Played> {
    let (venue, began_at) = venue(way, faults, head_start).await;
    let options = way.options(venue.endpoints());
    let (reports, mut received) = mpsc::channel(feed::QUEUE_REPORTS);
    let client = tokio::spawn(feed::run(options, Resume::default(), reports, std::future::pending()));
    let over = began_at + Duration::from_secs_f64(Course::of(way.script()).end_ms() as f64 / 1000.0 / SPEED);
    let clock = SystemClock::start();
    let (mut fold, mut seq) = (Fold::new(BTreeMap::new()), 0);
    let (mut told, mut known, mut downs, mut was_up) = (Vec::new(), BTreeSet::new(), 0, false);
    let mut has_listened = false;
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut looked = tokio::time::Instant::now();
    let mut later: Vec<Switch> = faults.iter().filter(|switch| !strikes_from_the_start(way, switch)).copied().collect();
    let spared = |later: &[Switch]| -> u32 {
        let switches = [venue.faults().switches(), later.to_vec()].concat();
        switches.iter().map(|switch| switch.times).filter(|times| *times != u32::MAX).sum()
    };
    let losses: u32 = faults.iter().filter(|switch| costs_a_connection(switch)).map(|switch| switch.times).sum();
    let losses = losses as usize;
    let (last, health) = loop {
        let report = tokio::time::timeout(LOOK_EVERY, received.recv()).await;
        let at = clock.now();
        if at >= began_at {
            later.drain(..).for_each(|switch| venue.faults().switch_on(switch));
        }
        if let Ok(report) = report {
            seq += 1;
            fold.apply(&Entry { seq, at, body: entered(report.expect("the client runs")) });
        }
        let mut snapshot = seen(&fold, at);
        let Some(health) = snapshot.feeds.pop() else { continue };
        downs += usize::from(health.link == Link::Down && was_up);
        was_up = health.link == Link::Up;
        has_listened |= was_up;
        if !has_listened && at >= began_at {
            client.abort();
            venue.stop().await;
            return None;
        }
        told.extend(health.reasons.iter().filter(|reason| known.insert((*reason).clone())).cloned());
        let is_late = tokio::time::Instant::now() > until;
        // To compare the whole game after each of many messages would cost more than all the rest.
        if at < over || (looked.elapsed() < LOOK_EVERY && !is_late) {
            continue;
        }
        looked = tokio::time::Instant::now();
        let now = facts(way, &snapshot, began_at, left_out);
        // The game may be whole before a fault that cost its connection is found out.
        if is_late || (spared(&later) == 0 && downs >= losses && done(&now, &health)) {
            break (now, health);
        }
    };
    client.abort();
    let spared = spared(&later);
    venue.stop().await;
    let counted = health.not_understood.iter().map(|kind| (kind.what.clone(), kind.messages));
    Some(Played { way, facts: last, told, left: health.reasons, downs, not_understood: counted.collect(), spared })
}

/// The first place that differs, as a sentence.
pub fn difference(path: &str, found: &Value, expected: &Value) -> Option<String> {
    match (found, expected) {
        (Value::Object(left), Value::Object(right)) if left.keys().eq(right.keys()) => {
            left.iter().find_map(|(key, value)| difference(&format!("{path}.{key}"), value, &right[key]))
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            (0..left.len()).find_map(|index| difference(&format!("{path}[{index}]"), &left[index], &right[index]))
        }
        _ => (found != expected).then(|| format!("{path} ends as {found} and not as {expected}")),
    }
}
