//! What the operator is told, once a frame: the other half of the vocabulary in `command`.
//!
//! Plain data, published by playout, read by the window's title, the status line and later the panel.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{FeedId, FeedKind, LayerId, OutputId, Side, TemplateId};
use crate::problem::Problem;
use crate::time::{FrameIndex, FrameRate, Timestamp};

#[derive(Clone, Debug, Serialize)]
pub struct Status {
    pub frame: FrameIndex,
    pub rate: FrameRate,
    /// Frames whose deadline playout missed, since start.
    pub late: u64,
    pub timing: Timing,
    pub layers: Vec<LayerStatus>,
    /// The game in short, as it is shown: "GSW 82 BKN 87 Q4 0:23.4"; empty while nothing is known of it.
    pub game: String,
    pub feeds: Vec<FeedHealth>,
    /// Feeds that are held back, and those that were once.
    pub delays: Vec<Delay>,
    pub outputs: Vec<OutputStatus>,
    /// Entries of the journal that could not be written: a replay will lack them.
    pub journal_lost: u64,
    /// Why the journal cannot be written now, if it cannot: entries wait in memory until it can.
    pub journal_trouble: Option<String>,
    /// The clock on air is extrapolated or held: the feed that owns it is silent.
    pub clock_stale: bool,
    /// Which feed supplies what; a row for each fact that any feed has told.
    pub supplies: Vec<Supply>,
    /// What the operator holds over all feeds, until it is released.
    pub held: Vec<Held>,
    /// Teams and players of one feed that are none of another's, as sentences that say what to do.
    pub unmatched: Vec<String>,
    /// Two teams whose colours would look alike, and what was done about it.
    pub color_clash: Option<ColorClash>,
    /// A vendor's test pattern is being received instead of a game.
    pub test_pattern: bool,
    /// Why the templates as they were saved last are not on air: the last good ones are.
    pub template_problems: Arc<Vec<Problem>>,
    /// The show file was edited since the show began, and what will come of that; null while it was not.
    pub show_file: Option<Arc<String>>,
    /// Null on air.
    pub rehearsal: Option<Arc<Rehearsal>>,
}

/// How a recording is played in place of feeds.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Rehearsal {
    /// Times real time.
    pub speed: f64,
    pub paused: bool,
    /// The recording's first frame: places are counted from it.
    pub first: FrameIndex,
    /// Its last one, where it stands still.
    pub last: FrameIndex,
    /// The stretch that is played again and again: its first frame, and the one to end before.
    pub stretch: Option<(FrameIndex, FrameIndex)>,
    /// Where a stretch is to begin whose end is still to come.
    pub marked: Option<FrameIndex>,
    /// Where it is going, until it is there.
    pub seeking: Option<FrameIndex>,
}

impl Rehearsal {
    /// "REHEARSAL 1:02.3 x2 PAUSED LOOP 0:10.0-0:20.0"
    pub fn in_short(&self, frame: FrameIndex, rate: FrameRate) -> String {
        let place = |frame: FrameIndex| {
            let seconds = rate.time_of(frame).saturating_sub(rate.time_of(self.first)).as_secs_f64();
            format!("{}:{:04.1}", seconds as u64 / 60, seconds % 60.0)
        };
        let mut text = format!("REHEARSAL {}", place(frame));
        if let Some(to) = self.seeking {
            text += &format!(" -> {}", place(to));
        }
        if self.speed != 1.0 {
            text += &format!(" x{}", self.speed);
        }
        if frame >= self.last {
            text += " END";
        } else if self.paused {
            text += " PAUSED";
        }
        match (self.stretch, self.marked) {
            (Some((first, end)), _) => text += &format!(" LOOP {}-{}", place(first), place(end)),
            (None, Some(first)) => text += &format!(" LOOP FROM {}", place(first)),
            (None, None) => {}
        }
        text
    }
}

/// By how many frames of the show a feed is held back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Delay {
    pub feed: FeedId,
    pub frames: u32,
}

impl Status {
    /// "on air score-bug, lower-third; cued shot-map"; "nothing on air".
    pub fn layers_in_short(&self) -> String {
        let names = |of: fn(&LayerStatus) -> &Option<TemplateId>| -> Vec<&str> {
            self.layers.iter().filter_map(|layer| of(layer).as_ref()).map(TemplateId::as_str).collect()
        };
        let (on_air, cued) = (names(|layer| &layer.on_air), names(|layer| &layer.cued));
        let mut text = match on_air.is_empty() {
            true => "nothing on air".to_owned(),
            false => format!("on air {}", on_air.join(", ")),
        };
        if !cued.is_empty() {
            text += &format!("; cued {}", cued.join(", "));
        }
        text
    }

    /// Frames by which a feed is held back.
    pub fn delay_of(&self, feed: &FeedId) -> u32 {
        self.delays.iter().find(|delay| delay.feed == *feed).map_or(0, |delay| delay.frames)
    }

    /// A feed in short: "tracker up +12 frames".
    pub fn feed_in_short(&self, feed: &FeedHealth) -> String {
        match self.delay_of(&feed.id) {
            0 => feed.to_string(),
            frames => format!("{feed} +{frames} frames"),
        }
    }

    /// "TEMPLATES NOT TAKEN: bug/template.json:3:9: unknown key (and 2 more)"; `None` while the saved ones are on air.
    pub fn template_trouble(&self) -> Option<String> {
        let (first, more) = self.template_problems.split_first()?;
        let more = if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
        Some(format!("TEMPLATES NOT TAKEN: {}{more}", first.one_line()))
    }

    /// "BY HAND: score, clock"; `None` while the operator holds nothing.
    pub fn held_in_short(&self) -> Option<String> {
        let mut facts: Vec<&str> = self.held.iter().map(|held| held.fact).collect();
        facts.sort_unstable();
        facts.dedup();
        (!facts.is_empty()).then(|| format!("BY HAND: {}", facts.join(", ")))
    }

    /// What takes a sentence to say: colours that look alike, what is wrong with feeds ("league: api.sportradar.com refuses
    /// the credentials (401)…"), and that the show file was edited.
    pub fn sentences(&self) -> impl Iterator<Item = String> + '_ {
        let clash = self.color_clash.iter().map(|clash| format!("COLOURS: {}", clash.sentence));
        let of_feed = |feed: &FeedHealth, reason: &String| format!("{}: {reason}", feed.id);
        let feeds = self.feeds.iter().flat_map(move |feed| feed.reasons.iter().map(move |why| of_feed(feed, why)));
        let show_file = self.show_file.iter().map(|said| said.to_string());
        clash.chain(feeds).chain(show_file)
    }

    /// What an operator has to know at once, the gravest first, in capitals: "CLOCK STALE", "JOURNAL NOT WRITTEN (…)".
    /// Empty while everything is as it should be. What takes a sentence, [`Status::sentences`] has.
    pub fn alarms(&self) -> Vec<String> {
        let by_another = |supply: &Supply| {
            let preferred = supply.in_place_of.as_ref()?;
            Some(format!("{} BY {} IN PLACE OF {preferred}", supply.fact, supply.feed))
        };
        let journal = self.journal_trouble.as_ref().map(|trouble| format!("JOURNAL NOT WRITTEN ({trouble})"));
        let lost = format!("{} ENTRIES LOST FROM THE JOURNAL", self.journal_lost);
        let output = |output: &OutputStatus| output.trouble.as_ref().map(|why| format!("{}: {why}", output.id));
        let mut alarms = Vec::new();
        alarms.extend(self.test_pattern.then(|| "TEST PATTERN".to_owned()));
        alarms.extend(self.clock_stale.then(|| "CLOCK STALE".to_owned()));
        alarms.extend(journal);
        alarms.extend((self.journal_lost > 0).then_some(lost));
        alarms.extend(self.template_trouble());
        alarms.extend(self.outputs.iter().filter_map(output));
        alarms.extend(self.held_in_short());
        alarms.extend(self.supplies.iter().filter_map(by_another));
        alarms.extend((!self.unmatched.is_empty()).then(|| format!("{} NOT MATCHED", self.unmatched.len())));
        alarms
    }
}

/// The colours of two teams that would have looked alike.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ColorClash {
    /// What they wear, `#rrggbb`.
    pub home: String,
    pub away: String,
    /// "anybody", "a red-blind viewer", "a green-blind viewer".
    pub seen_by: String,
    /// How far apart that viewer sees them in OKLab, and how far is enough.
    pub difference: f64,
    pub enough: f64,
    /// What the away team has now; null when it keeps its own.
    pub taken: Option<String>,
    /// All of it, for people.
    pub sentence: String,
}

/// One fact of the game and the feed that it is shown by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Supply {
    /// As the show file's `[ranks]` calls it: "score", "clock".
    pub fact: String,
    pub feed: FeedId,
    /// When the feed first told the fact, since it was last lost, or from when on it could take over.
    pub since: Timestamp,
    /// The feed that is preferred for the fact and is lost, or has not told it again since.
    pub in_place_of: Option<FeedId>,
}

/// A fact that the operator holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Held {
    /// As commands call it: "score", "clock".
    pub fact: &'static str,
    /// Of a team's facts, whose.
    pub side: Option<Side>,
    pub since: Timestamp,
}

/// Where the last frame's time went, in microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Timing {
    pub view_us: u32,
    pub scene_us: u32,
    pub render_us: u32,
    pub outputs_us: u32,
}

#[derive(Clone, Debug, Serialize)]
pub struct LayerStatus {
    pub layer: LayerId,
    pub on_air: Option<TemplateId>,
    pub cued: Option<TemplateId>,
}

impl fmt::Display for Status {
    /// The operator's line: "frame 1200 at 59.94, late 0 | tracker up +12 frames, league DOWN | program: sent 1200,
    /// dropped 0 | league: api.sportradar.com refuses the credentials (401); check `api_key`".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "frame {} at {}, late {}", self.frame, self.rate, self.late)?;
        if let Some(rehearsal) = &self.rehearsal {
            write!(f, " | {}", rehearsal.in_short(self.frame, self.rate))?;
        }
        self.alarms().iter().try_for_each(|alarm| write!(f, " | {alarm}"))?;
        write!(f, " | {}", self.layers_in_short())?;
        if !self.game.is_empty() {
            write!(f, " | {}", self.game)?;
        }
        for (index, feed) in self.feeds.iter().enumerate() {
            let lead = if index == 0 { " | " } else { ", " };
            write!(f, "{lead}{}", self.feed_in_short(feed))?;
        }
        for output in &self.outputs {
            write!(f, " | {}: sent {}, dropped {}", output.id, output.sent, output.dropped)?;
        }
        // Last: sentences are long, and a line is cut at its end.
        self.sentences().try_for_each(|sentence| write!(f, " | {sentence}"))
    }
}

/// Counters of one output since start.
#[derive(Clone, Debug, Serialize)]
pub struct OutputStatus {
    pub id: OutputId,
    /// Frames that playout offered.
    pub submitted: u64,
    /// Frames that the destination took, repeats included.
    pub sent: u64,
    /// Frames refused because the queue was full.
    pub dropped: u64,
    /// Times the last frame was sent again in place of a missing one.
    pub repeated: u64,
    /// Times the destination was lost and opened again.
    pub reconnects: u64,
    /// Why the destination is not taking frames now, if it is not.
    pub trouble: Option<String>,
}

impl fmt::Display for OutputStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, submitted, sent, dropped, repeated, reconnects, trouble } = self;
        write!(f, "{id}: submitted {submitted}, sent {sent}, dropped {dropped}, repeated {repeated}")?;
        if *reconnects > 0 {
            write!(f, ", reconnects {reconnects}")?;
        }
        match trouble {
            Some(trouble) => write!(f, " ({trouble})"),
            None => Ok(()),
        }
    }
}

/// What the operator and a template can know of a feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedHealth {
    pub id: FeedId,
    pub kind: FeedKind,
    pub link: Link,
    /// Milliseconds since anything at all was received, heartbeats included; null before the first.
    pub silent_millis: Option<u64>,
    /// Messages taken into the game since the start of the journal.
    pub messages: u64,
    /// Messages, or parts of them, that could not be understood.
    pub skipped: u64,
    /// What is wrong with the feed now, the gravest first: why it is down, what is missing, what is not understood. Sentences
    /// for the operator, without secrets; empty while nothing is wrong, and each is gone when what it tells is over.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// What could not be understood since the start of the journal, by kind, in the order of first appearance.
    #[serde(default)]
    pub not_understood: Arc<Vec<NotUnderstood>>,
}

/// One kind of what a feed sends and nobody here understands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotUnderstood {
    /// "event.event_type: not a documented type".
    pub what: String,
    /// In how many messages.
    pub messages: u64,
    /// Whether whole messages were lost by it, or the rest of them counted.
    pub lost: bool,
    /// When it came last.
    pub last_at: Timestamp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    #[default]
    Connecting,
    Up,
    /// Lost; the feed is waiting to try again.
    Down,
}

impl Link {
    /// As an operator reads it; what is wrong stands out.
    pub fn name(self) -> &'static str {
        match self {
            Link::Up => "up",
            Link::Connecting => "connecting",
            Link::Down => "DOWN",
        }
    }
}

impl fmt::Display for FeedHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.link.name())?;
        if self.skipped > 0 {
            write!(f, " ({} not understood)", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_line_says_how_far_a_feed_is_held_back() {
        let feed = |id: &str| FeedHealth {
            id: id.into(),
            kind: FeedKind::ShotTracker,
            link: Link::Up,
            silent_millis: Some(0),
            messages: 1,
            skipped: 0,
            reasons: Vec::new(),
            not_understood: Arc::default(),
        };
        let status = Status {
            frame: FrameIndex(1200),
            rate: FrameRate::FPS_59_94,
            late: 0,
            timing: Timing::default(),
            layers: Vec::new(),
            game: "GSW 0 BKN 2 Q1 11:40".to_owned(),
            feeds: vec![feed("tracker"), feed("league")],
            delays: vec![Delay { feed: "tracker".into(), frames: 12 }, Delay { feed: "league".into(), frames: 0 }],
            outputs: Vec::new(),
            journal_lost: 0,
            journal_trouble: None,
            template_problems: Arc::default(),
            show_file: None,
            clock_stale: false,
            supplies: Vec::new(),
            held: vec![
                Held { fact: "score", side: Some(Side::Home), since: Timestamp::default() },
                Held { fact: "clock", side: None, since: Timestamp::default() },
            ],
            unmatched: Vec::new(),
            color_clash: None,
            test_pattern: false,
            rehearsal: None,
        };
        assert_eq!(
            status.to_string(),
            "frame 1200 at 59.94, late 0 | BY HAND: clock, score | nothing on air | GSW 0 BKN 2 Q1 11:40 | tracker up +12 frames, league up"
        );
        let mut troubled = status.clone();
        troubled.feeds[1].link = Link::Down;
        troubled.feeds[1].reasons = vec!["h refuses the credentials (401); check `api_key`".to_owned()];
        assert_eq!(
            troubled.to_string(),
            "frame 1200 at 59.94, late 0 | BY HAND: clock, score | nothing on air | GSW 0 BKN 2 Q1 11:40 | tracker up +12 frames, league DOWN | league: h refuses the credentials (401); check `api_key`"
        );
        let json = serde_json::to_value(&troubled).expect("a status is JSON");
        assert_eq!(json["feeds"][1]["reasons"][0], "h refuses the credentials (401); check `api_key`");
        assert_eq!(json["delays"][0], serde_json::json!({"feed": "tracker", "frames": 12}));
    }

    #[test]
    fn a_rehearsal_is_told_with_its_place_speed_and_stretch() {
        let (first, last) = (FrameIndex(100), FrameIndex(10_000));
        let mut rehearsal = Rehearsal { speed: 1.0, first, last, ..Rehearsal::default() };
        let told = |rehearsal: &Rehearsal| rehearsal.in_short(FrameIndex(100 + 50 * 62 + 15), FrameRate::FPS_50);
        assert_eq!(told(&rehearsal), "REHEARSAL 1:02.3");
        rehearsal.marked = Some(FrameIndex(150));
        assert_eq!(told(&rehearsal), "REHEARSAL 1:02.3 LOOP FROM 0:01.0");
        rehearsal.stretch = Some((FrameIndex(150), FrameIndex(600)));
        (rehearsal.speed, rehearsal.paused) = (0.5, true);
        assert_eq!(told(&rehearsal), "REHEARSAL 1:02.3 x0.5 PAUSED LOOP 0:01.0-0:10.0");
        rehearsal.last = FrameIndex(100 + 50 * 62 + 15);
        assert_eq!(told(&rehearsal), "REHEARSAL 1:02.3 x0.5 END LOOP 0:01.0-0:10.0");
    }
}
