//! What an operator says of the game: absolute, so that the journal tells what came of each key, and relative, for keys.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::Side;

/// What is so by the operator's word, over all feeds, until it is released. What is absent stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Correction {
    #[serde(skip_serializing_if = "TeamCorrection::is_empty")]
    pub home: TeamCorrection,
    #[serde(skip_serializing_if = "TeamCorrection::is_empty")]
    pub away: TeamCorrection,
    /// As periods are labelled: "PRE", "Q2", "HALF", "P3", "OT", "2OT", "SO", "FINAL".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<TimeLeft>,
    /// Whether the game clock runs. The clock and its running are held together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<bool>,
    /// The shot clock runs and stops with the game clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shot_clock: Option<ShotClockSaid>,
    /// The game clock at which that is so. The program fills it in; without it the shot clock stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shot_clock_at: Option<TimeLeft>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possession: Option<Ball>,
}

/// What is held of a team; `None` is left to the feeds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeamCorrection {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// Team fouls of the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fouls: Option<u32>,
    /// Remaining.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeouts: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bonus: Option<bool>,
}

impl TeamCorrection {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Correction {
    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is held of the team of a side.
    pub fn team(&self, side: Side) -> &TeamCorrection {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }

    /// The same, to be changed.
    pub fn team_mut(&mut self, side: Side) -> &mut TeamCorrection {
        match side {
            Side::Home => &mut self.home,
            Side::Away => &mut self.away,
        }
    }
}

/// A correction by differences from what is shown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adjustment {
    pub home: TeamAdjustment,
    pub away: TeamAdjustment,
    /// Seconds on the game clock, and back off it when negative.
    pub clock_s: f64,
    /// Seconds on the shot clock.
    pub shot_clock_s: f64,
}

/// Differences from what is shown of a team; 0 leaves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeamAdjustment {
    pub score: i32,
    pub fouls: i32,
    pub timeouts: i32,
}

impl Adjustment {
    /// The differences for the team of a side.
    pub fn team(&self, side: Side) -> &TeamAdjustment {
        match side {
            Side::Home => &self.home,
            Side::Away => &self.away,
        }
    }
}

/// What an operator can hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correctable {
    Score,
    Fouls,
    Timeouts,
    Bonus,
    Period,
    /// The game clock and whether it runs.
    Clock,
    ShotClock,
    Possession,
}

impl Correctable {
    /// As commands and the status call it.
    pub fn name(self) -> &'static str {
        match self {
            Correctable::Score => "score",
            Correctable::Fouls => "fouls",
            Correctable::Timeouts => "timeouts",
            Correctable::Bonus => "bonus",
            Correctable::Period => "period",
            Correctable::Clock => "clock",
            Correctable::ShotClock => "shot_clock",
            Correctable::Possession => "possession",
        }
    }
}

/// Who has the ball.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ball {
    Home,
    Away,
    /// Nobody, or nobody knows.
    None,
}

impl Ball {
    /// Whose ball it is; `None` for nobody's.
    pub fn side(self) -> Option<Side> {
        match self {
            Ball::Home => Some(Side::Home),
            Ball::Away => Some(Side::Away),
            Ball::None => None,
        }
    }
}

impl From<Side> for Ball {
    fn from(side: Side) -> Self {
        match side {
            Side::Home => Ball::Home,
            Side::Away => Ball::Away,
        }
    }
}

/// Time left on a clock, in milliseconds; written as clocks show it: "12:00", "4:07", "21.7".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub struct TimeLeft(pub u32);

/// The longest time that a game clock can be set to: more than any period has.
pub const MOST_TIME_LEFT: TimeLeft = TimeLeft(99 * 60_000 + 59_999);

/// A text that is no time on a clock, or more than [`MOST_TIME_LEFT`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time on a clock; write it like \"12:00\", \"4:07.3\" or \"21.7\"")]
pub struct NoTime(String);

/// A time as people and programs write it: text, or seconds.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Seconds(f64),
}

impl TryFrom<Written> for TimeLeft {
    type Error = NoTime;

    fn try_from(written: Written) -> Result<Self, NoTime> {
        match written {
            Written::Text(text) => text.parse(),
            Written::Seconds(seconds) => seconds.to_string().parse(),
        }
    }
}

impl FromStr for TimeLeft {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let wrong = || NoTime(text.to_owned());
        let (minutes, seconds) = text.trim().split_once(':').map_or((None, text.trim()), |(m, s)| (Some(m), s));
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let seconds: f64 = seconds.parse().ok().filter(|_| is_number(seconds)).ok_or_else(wrong)?;
        let minutes: u32 = match minutes {
            None => 0,
            Some(minutes) => minutes.parse().ok().filter(|_| is_number(minutes) && seconds < 60.0).ok_or_else(wrong)?,
        };
        let millis = f64::from(minutes) * 60_000.0 + seconds * 1_000.0;
        let is_possible = millis.round() <= f64::from(MOST_TIME_LEFT.0);
        if is_possible { Ok(TimeLeft(millis.round() as u32)) } else { Err(wrong()) }
    }
}

impl fmt::Display for TimeLeft {
    /// To the millisecond, so that it comes back as it was.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds, millis) = (self.0 / 60_000, self.0 / 1_000 % 60, self.0 % 1_000);
        write!(f, "{minutes}:{seconds:02}.{millis:03}")
    }
}

impl From<TimeLeft> for String {
    fn from(time: TimeLeft) -> String {
        time.to_string()
    }
}

/// The shot clock by the operator's word: "off", or a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub enum ShotClockSaid {
    Off,
    Left(TimeLeft),
}

impl TryFrom<Written> for ShotClockSaid {
    type Error = NoTime;

    fn try_from(written: Written) -> Result<Self, NoTime> {
        match written {
            Written::Text(text) if text == "off" => Ok(ShotClockSaid::Off),
            written => TimeLeft::try_from(written).map(ShotClockSaid::Left),
        }
    }
}

impl From<ShotClockSaid> for String {
    fn from(said: ShotClockSaid) -> String {
        match said {
            ShotClockSaid::Off => "off".to_owned(),
            ShotClockSaid::Left(time) => time.to_string(),
        }
    }
}

impl fmt::Display for Correction {
    /// "home score 12, clock 4:07.000 running"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for side in Side::BOTH {
            let TeamCorrection { score, fouls, timeouts, bonus } = self.team(side);
            let numbers = [("score", score), ("fouls", fouls), ("timeouts", timeouts)];
            parts
                .extend(numbers.iter().filter_map(|(name, value)| value.map(|value| format!("{side} {name} {value}"))));
            parts.extend(bonus.map(|bonus| format!("{side} bonus {}", if bonus { "on" } else { "off" })));
        }
        parts.extend(self.period.as_ref().map(|period| format!("period {period}")));
        let running = self.running.map(|running| if running { " running" } else { " stopped" }).unwrap_or_default();
        match self.clock {
            Some(clock) => parts.push(format!("clock {clock}{running}")),
            None if !running.is_empty() => parts.push(format!("clock{running}")),
            None => {}
        }
        parts.extend(self.shot_clock.map(|shot_clock| format!("shot clock {}", String::from(shot_clock))));
        parts.extend(self.possession.map(|ball| match ball.side() {
            Some(side) => format!("possession {side}"),
            None => "possession nobody".to_owned(),
        }));
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for Adjustment {
    /// "home score +2, clock -1 s"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for side in Side::BOTH {
            let TeamAdjustment { score, fouls, timeouts } = *self.team(side);
            let changed = [("score", score), ("fouls", fouls), ("timeouts", timeouts)];
            let changed = changed.into_iter().filter(|(_, by)| *by != 0);
            parts.extend(changed.map(|(name, by)| format!("{side} {name} {by:+}")));
        }
        let clocks = [("clock", self.clock_s), ("shot clock", self.shot_clock_s)];
        parts.extend(clocks.iter().filter(|(_, by)| *by != 0.0).map(|(name, by)| format!("{name} {by:+} s")));
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_clocks_show_them_and_come_back_to_the_millisecond() {
        for (text, millis) in [("12:00", 720_000), ("4:07.3", 247_300), ("21.7", 21_700), ("0", 0), ("0:00.001", 1)] {
            let time: TimeLeft = text.parse().expect(text);
            assert_eq!(time, TimeLeft(millis), "{text}");
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        for text in ["", "x", "-1", "1:60", "1:2:3", "+5", "100:00", "inf", "nan", "1e9", "4:-7"] {
            assert!(text.parse::<TimeLeft>().is_err(), "{text}");
        }
        assert_eq!(serde_json::from_str::<TimeLeft>("24").expect("seconds"), TimeLeft(24_000));
        assert_eq!(serde_json::from_str::<ShotClockSaid>("\"off\"").expect("off"), ShotClockSaid::Off);
    }

    #[test]
    fn a_correction_is_written_with_what_it_says_and_nothing_else() {
        let text = r#"{"home":{"score":12},"clock":"4:07.000","running":true}"#;
        let correction: Correction = serde_json::from_str(text).expect("reads");
        assert_eq!(serde_json::to_string(&correction).expect("JSON"), text);
        assert_eq!(correction.to_string(), "home score 12, clock 4:07.000 running");
        assert!(serde_json::from_str::<Correction>(r#"{"hoem":{}}"#).is_err());
    }
}
