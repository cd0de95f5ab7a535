//! What arrives from feeds as it arrives: one line a message, with what became of it, and now and then how things stand.
//!
//! In: reports of the feed clients, with the instants of their arrival. Out: [`Told`]s, for a person or as JSON. The same
//! ingest as on air. Run by `sideline inspect --follow`; it opens nothing and reads no clock.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::feed::decode::{Options, Verdict};
use crate::feed::{Followed, Report, shottracker};
use crate::game::event::Event;
use crate::game::{self, GameState, Rules};
use crate::ids::{FeedId, FeedKind};
use crate::ingest::{Ingest, Understood};
use crate::status::{FeedHealth, Link};
use crate::time::Timestamp;

/// Something to show.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Told {
    Message(Arrived),
    Link(Changed),
    Overview(Overview),
}

/// A message, or bytes that are none.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Arrived {
    /// Milliseconds since 1970.
    pub at_millis: i64,
    pub feed: FeedId,
    pub kind: FeedKind,
    /// The vendor's word for what it is: a source, a type of event; null where there is none.
    pub message: Option<String>,
    pub bytes: u64,
    /// The vendor's number of the message or of its event.
    pub seq: Option<u64>,
    pub became: Became,
    /// What it told, each kind of fact once, with its count where there were several.
    pub applied: Vec<String>,
    /// Whether it tells the past: then nothing of it is news.
    pub history: bool,
    /// What of it was not understood.
    pub odd: Vec<String>,
}

/// What became of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    Taken,
    Heartbeat,
    OtherGame,
    Unused,
    NotUnderstood,
    /// Bytes outside of any message.
    Lost,
    /// Messages that came again; their number is in `applied`.
    Repeated,
}

/// A connection changed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Changed {
    pub at_millis: i64,
    pub feed: FeedId,
    pub link: Link,
    pub why: Option<String>,
}

/// How things stand.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Overview {
    pub at_millis: i64,
    pub feeds: Vec<FeedHealth>,
    /// Score, period and clock, as far as they are known.
    pub game: String,
    /// What could not be matched between feeds.
    pub unmatched: Vec<String>,
}

/// Follows the feeds of a show.
pub struct Follower {
    rules: Rules,
    ingest: Ingest,
    state: GameState,
    followed: Followed,
}

impl Follower {
    pub fn new(rules: Rules, options: BTreeMap<FeedId, Options>) -> Self {
        Self { rules, ingest: Ingest::new(options), state: GameState::default(), followed: Followed::default() }
    }

    /// Tells the clients of feeds there which games these follow.
    pub fn tell_followed(&mut self, followed: Followed) {
        self.followed = followed;
    }

    /// Takes what a feed reported; `None` for a mere sign of life.
    pub fn take(&mut self, at: Timestamp, report: Report) -> Option<Told> {
        let at_millis = at.as_millis();
        match report {
            Report::Message { feed, kind, bytes } => Some(Told::Message(self.message(at, feed, kind, &bytes))),
            Report::Skipped { feed, kind, bytes, why } => {
                self.ingest.passed_over(&mut self.state, at, &feed, kind, bytes, why);
                let odd = vec![format!("{why:?}").to_lowercase()];
                Some(Told::Message(Arrived { bytes, odd, ..Arrived::new(at, feed, kind, Became::Lost) }))
            }
            Report::Alive { feed, kind, repeated } => {
                self.state.alive(at, &feed, kind);
                let applied = vec![repeated.to_string()];
                let again = Arrived { applied, ..Arrived::new(at, feed, kind, Became::Repeated) };
                (repeated > 0).then_some(Told::Message(again))
            }
            Report::Link { feed, kind, link, why, resumed } => {
                self.state.link_noticed(&feed, kind, link, why.as_deref());
                // One that is up already only has something to add.
                if self.state.link_takes_effect(at, &feed, kind, link, resumed, why.is_some()) {
                    self.ingest.connected(&feed);
                }
                Some(Told::Link(Changed { at_millis, feed, link, why }))
            }
        }
    }

    fn message(&mut self, at: Timestamp, feed: FeedId, kind: FeedKind, bytes: &[u8]) -> Arrived {
        self.state.noticed(at, &feed, kind);
        let Understood { outcome, events, notes } = self.ingest.message(&mut self.state, at, &feed, kind, bytes);
        let became = match outcome.verdict {
            Verdict::Taken => Became::Taken,
            Verdict::Heartbeat => Became::Heartbeat,
            Verdict::OtherGame => Became::OtherGame,
            Verdict::Unused => Became::Unused,
            Verdict::Skipped => Became::NotUnderstood,
        };
        let applied = counted(events);
        let odd = notes.of_message().iter().map(ToString::to_string).collect();
        if let Some(game) = self.ingest.game_of(&feed) {
            self.followed.note(&feed, game);
        }
        let (message, seq) = label(bytes);
        Arrived {
            message,
            bytes: bytes.len() as u64,
            seq: shottracker::seq(bytes).or(seq),
            applied,
            history: self.state.is_catching_up(&feed, at),
            odd,
            ..Arrived::new(at, feed, kind, became)
        }
    }

    /// How things stand at `now`.
    pub fn overview(&self, now: Timestamp) -> Overview {
        let snapshot = game::view(&self.state, &self.rules, now);
        let number = |score: Option<u32>| score.map_or("-".to_owned(), |score| score.to_string());
        let team = |team: &game::snapshot::Team, else_: &str| {
            let code = team.code.as_deref().or(team.name.as_deref()).unwrap_or(else_);
            format!("{code} {}", number(team.score))
        };
        let mut game = format!("{} at {}", team(&snapshot.away, "away"), team(&snapshot.home, "home"));
        if let Some(period) = &snapshot.clock.period {
            game += &format!(", {}", period.label);
        }
        if let Some(clock) = &snapshot.clock.game {
            game += &format!(" {}{}", clock.display, if snapshot.clock.stale { " (stale)" } else { "" });
        }
        let unmatched = game::merging(&self.state, &self.rules, now).unmatched;
        Overview { at_millis: now.as_millis(), feeds: snapshot.feeds, game, unmatched }
    }
}

impl Arrived {
    fn new(at: Timestamp, feed: FeedId, kind: FeedKind, became: Became) -> Self {
        Self {
            at_millis: at.as_millis(),
            feed,
            kind,
            message: None,
            bytes: 0,
            seq: None,
            became,
            applied: Vec::new(),
            history: false,
            odd: Vec::new(),
        }
    }
}

/// Each kind of event once, in the order of first appearance.
fn counted(events: &[Event]) -> Vec<String> {
    let mut counts: Vec<(&str, u32)> = Vec::new();
    for event in events {
        match counts.iter_mut().find(|(name, _)| *name == event.name()) {
            Some((_, count)) => *count += 1,
            None => counts.push((event.name(), 1)),
        }
    }
    let text = |(name, count): &(&str, u32)| match count {
        1 => (*name).to_owned(),
        several => format!("{name} x{several}"),
    };
    counts.iter().map(text).collect()
}

/// What a message calls itself, and its number: skimmed, because for a person only.
fn label(bytes: &[u8]) -> (Option<String>, Option<u64>) {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Skim<'a> {
        #[serde(borrow)]
        source: Option<Cow<'a, str>>,
        payload: Option<Payload<'a>>,
        periods: Option<IgnoredAny>,
        #[serde(rename = "gameTotals")]
        totals: Option<IgnoredAny>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Payload<'a> {
        clocks: Option<IgnoredAny>,
        #[serde(borrow)]
        event: Option<Played<'a>>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Played<'a> {
        #[serde(borrow)]
        event_type: Option<Cow<'a, str>>,
        sequence: Option<u64>,
    }
    let skim: Skim<'_> = serde_json::from_slice(bytes).unwrap_or_default();
    let payload = skim.payload.unwrap_or_default();
    let clock = payload.clocks.map(|_| "clock".into());
    let played = payload.event.unwrap_or_default();
    let document = skim.periods.map(|_| "play-by-play".into()).or(skim.totals.map(|_| "game so far".into()));
    let label = skim.source.or(clock).or(played.event_type).or(document);
    (label.map(Cow::into_owned), played.sequence)
}

/// Time of day, UTC.
struct OfDay(i64);

impl fmt::Display for OfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.rem_euclid(86_400_000);
        let (seconds, millis) = (millis / 1000, millis % 1000);
        write!(f, "{:02}:{:02}:{:02}.{millis:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Told::Message(message) => message.fmt(f),
            Told::Link(changed) => changed.fmt(f),
            Told::Overview(overview) => overview.fmt(f),
        }
    }
}

impl fmt::Display for Arrived {
    /// "20:01:02.345 tracker  chart            412 B  #57  taken: shot".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq.map(|seq| format!("#{seq}")).unwrap_or_default();
        let message = self.message.as_deref().unwrap_or("-");
        let (at, bytes) = (OfDay(self.at_millis), self.bytes);
        write!(f, "{at} {:8} {message:16} {bytes:>7} B  {seq:6} ", self.feed.as_str())?;
        let applied = self.applied.join(", ");
        match self.became {
            Became::Taken if applied.is_empty() => f.write_str("taken: it tells nothing new of the game")?,
            Became::Taken => write!(f, "taken: {applied}")?,
            Became::Heartbeat => f.write_str("heartbeat")?,
            Became::OtherGame => f.write_str("passed over: it is another game's")?,
            Became::Unused => f.write_str("passed over: nothing of it is shown anywhere")?,
            Became::NotUnderstood => f.write_str("NOT UNDERSTOOD")?,
            Became::Lost => f.write_str("LOST: no message")?,
            Became::Repeated => write!(f, "passed over: {applied} that came before")?,
        }
        if self.history {
            f.write_str(" (the past: no news)")?;
        }
        if !self.odd.is_empty() {
            write!(f, "; odd: {}", self.odd.join("; "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = match self.link {
            Link::Up => "up",
            Link::Connecting => "connecting",
            Link::Down => "DOWN",
        };
        write!(f, "{} {:8} {link}", OfDay(self.at_millis), self.feed.as_str())?;
        self.why.iter().try_for_each(|why| write!(f, ": {why}"))
    }
}

impl fmt::Display for Overview {
    /// "-- 20:01:05 tracker up, 210 messages, heard 0.2 s ago | GSW 12 at BKN 9, Q2 4:07".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-- {}", OfDay(self.at_millis))?;
        for feed in &self.feeds {
            write!(f, " {feed}, {} messages", feed.messages)?;
            match feed.silent_millis {
                Some(millis) => write!(f, ", heard {}.{} s ago |", millis / 1000, millis % 1000 / 100)?,
                None => f.write_str(", never heard |")?,
            }
            feed.reasons.iter().try_for_each(|reason| write!(f, " {reason} |"))?;
        }
        write!(f, " {}", self.game)?;
        self.unmatched.iter().try_for_each(|sentence| write!(f, " | {sentence}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn follower() -> Follower {
        Follower::new(Rules::default(), BTreeMap::new())
    }

    fn message(follower: &mut Follower, kind: FeedKind, text: &str) -> String {
        let report = Report::Message { feed: "feed".into(), kind, bytes: text.to_owned().into() };
        let told = follower.take(AT, report).expect("a message is told").to_string();
        told.strip_prefix("22:13:20.000 feed     ").expect("time and feed come first").to_owned()
    }

    #[test]
    fn a_message_is_told_with_its_kind_size_number_and_what_was_applied() {
        let chart = r#"{"type":"data","source":"chart","seq":57,"data":{"eid":"e","gid":"g","tid":"1","st":"MAKE"}}"#;
        let told = message(&mut follower(), FeedKind::ShotTracker, chart);
        assert_eq!(told, format!("chart            {:>7} B  #57    taken: game, shot", chart.len()));
        let play = r#"{"payload":{"game":{"id":"g"},"event":{"id":"e","event_type":"rebound","sequence":5}}}"#;
        let told = message(&mut follower(), FeedKind::NbaPushEvents, play);
        assert!(told.starts_with("rebound ") && told.contains(" #5 ") && told.contains("taken: "), "{told}");
    }

    #[test]
    fn what_is_not_taken_says_why() {
        let mut follower = follower();
        let told = message(&mut follower, FeedKind::ShotTracker, "not json");
        assert!(told.contains("8 B") && told.ends_with("NOT UNDERSTOOD; odd: message: not a message object"), "{told}");
        let new = r#"{"type":"data","source":"clock","data":{"gid":"g","min":"1","sec":"2","moon":1}}"#;
        let told = message(&mut follower, FeedKind::ShotTracker, new);
        assert!(told.contains("taken: game, clock; odd: data: unknown field `moon`"), "{told}");
        let other = r#"{"type":"data","source":"clock","data":{"gid":"h","min":"1","sec":"2"}}"#;
        let told = message(&mut follower, FeedKind::ShotTracker, other);
        assert!(told.ends_with("passed over: it is another game's"), "{told}");
    }

    #[test]
    fn signs_of_life_are_not_told_and_repetitions_are_counted() {
        let (feed, kind) = (FeedId::new("tracker"), FeedKind::ShotTracker);
        let mut follower = follower();
        assert_eq!(follower.take(AT, Report::Alive { feed: feed.clone(), kind, repeated: 0 }), None);
        let told = follower.take(AT, Report::Alive { feed, kind, repeated: 40 }).expect("is told").to_string();
        assert!(told.ends_with("passed over: 40 that came before"), "{told}");
    }

    #[test]
    fn history_is_told_as_such_until_the_present_comes() {
        let (feed, kind) = (FeedId::new("feed"), FeedKind::ShotTracker);
        let mut follower = follower();
        follower.take(AT, Report::Link { feed, kind, link: Link::Up, why: None, resumed: false });
        let line = |millis: i64| {
            let data = format!(r#"{{"eid":"e","tid":"1","pid":"7","t":{millis},"classification":"STEAL"}}"#);
            format!(r#"{{"type":"data","source":"boxscorestatsv2","seq":1,"data":{data}}}"#)
        };
        let past = message(&mut follower, kind, &line(AT.as_millis() - 600_000));
        assert!(past.ends_with("(the past: no news)"), "{past}");
        let present = message(&mut follower, kind, &line(AT.as_millis() - 1_000));
        assert!(present.ends_with("taken: play, line"), "{present}");
    }

    #[test]
    fn the_overview_names_feeds_their_silence_and_the_game() {
        let mut follower = follower();
        let summary = r#"{"type":"data","source":"broadcastsummary","data":{"period":"Q2","game_stats":{
            "home":{"team":{"team_id":1,"consumer_code":"BKN","PTS":9}},"away":{"team":{"team_id":2,"PTS":12}}}}}"#;
        message(&mut follower, FeedKind::ShotTracker, summary);
        let overview = follower.overview(AT + std::time::Duration::from_millis(1_250)).to_string();
        let expected = "-- 22:13:21.250 feed connecting, 1 messages, heard 1.2 s ago | away 12 at BKN 9, Q2";
        assert_eq!(overview, expected);
    }
}
