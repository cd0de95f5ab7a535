//! The single values of a show file: each reader accepts what can be used and says what to write instead of the rest.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::KeptPositions;
use crate::command::{Key, MOST_DELAY_FRAMES};
use crate::court;
use crate::draw_list::Size;
use crate::time::FrameRate;

pub fn rate<'de, D: Deserializer<'de>>(value: D) -> Result<FrameRate, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}

pub fn size<'de, D: Deserializer<'de>>(value: D) -> Result<Size, D::Error> {
    let text = String::deserialize(value)?;
    parse_size(&text).map_err(D::Error::custom)
}

/// A text that is not a canvas size.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a canvas size; use 720p, 1080p, 2160p, 1080x1920, or WIDTHxHEIGHT, even, up to 7680 a side")]
pub struct UnknownSize(String);

/// "1080p" or "1920x1080".
pub fn parse_size(text: &str) -> Result<Size, UnknownSize> {
    let unknown = || UnknownSize(text.to_owned());
    let (width, height) = match text {
        "720p" => (1280, 720),
        "1080p" => (1920, 1080),
        "2160p" => (3840, 2160),
        other => {
            let (width, height) = other.split_once('x').ok_or_else(unknown)?;
            (width.parse().map_err(|_| unknown())?, height.parse().map_err(|_| unknown())?)
        }
    };
    // Video formats subsample in pairs of pixels, so an odd side cannot be delivered.
    let usable = |side: u32| (2..=7680).contains(&side) && side.is_multiple_of(2);
    if usable(width) && usable(height) { Ok(Size::new(width, height)) } else { Err(unknown()) }
}

pub fn speed<'de, D: Deserializer<'de>>(value: D) -> Result<f64, D::Error> {
    let speed = f64::deserialize(value)?;
    if speed > 0.0 && speed <= 10_000.0 {
        return Ok(speed);
    }
    Err(D::Error::custom(format!("a speed of {speed} cannot be played; use 1.0, or anything above 0 up to 10000")))
}

pub fn color<'de, D: Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(value)?;
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(Some(text.to_ascii_lowercase()));
    }
    Err(D::Error::custom(format!("`{text}` is not a colour; write `#rrggbb`, such as `#1d428a`")))
}

pub fn ping_after<'de, D: Deserializer<'de>>(value: D) -> Result<u64, D::Error> {
    let seconds = u64::deserialize(value)?;
    if (1..30).contains(&seconds) {
        return Ok(seconds);
    }
    Err(D::Error::custom(format!(
        "a ping after {seconds} s is outside 1 to 29: the vendor closes a connection after 30"
    )))
}

pub fn watchdog<'de, D: Deserializer<'de>>(value: D) -> Result<u64, D::Error> {
    let seconds = u64::deserialize(value)?;
    if (6..=600).contains(&seconds) {
        return Ok(seconds);
    }
    Err(D::Error::custom(format!("a watchdog of {seconds} s is outside 6 to 600: heartbeats come every 5 s")))
}

pub fn clock_stale<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u64>, D::Error> {
    let seconds = u64::deserialize(value)?;
    if (2..=120).contains(&seconds) {
        return Ok(Some(seconds));
    }
    Err(D::Error::custom(format!(
        "a clock that is stale after {seconds} s is outside 2 to 120: no feed speaks more often, and nobody believes longer"
    )))
}

pub fn key<'de, D: Deserializer<'de>>(value: D) -> Result<Key, D::Error> {
    String::deserialize(value)?.parse().map_err(D::Error::custom)
}

pub fn some_key<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Key>, D::Error> {
    key(value).map(Some)
}

pub fn periods<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u8>, D::Error> {
    let periods = u64::deserialize(value)?;
    match u8::try_from(periods) {
        Ok(count @ 1..=9) => Ok(Some(count)),
        _ => Err(D::Error::custom(format!("a game of {periods} periods is outside 1 to 9"))),
    }
}

pub fn period_minutes<'de, D: Deserializer<'de>>(value: D) -> Result<Option<f64>, D::Error> {
    let minutes = f64::deserialize(value)?;
    if minutes > 0.0 && minutes < 100.0 {
        return Ok(Some(minutes));
    }
    Err(D::Error::custom(format!("a period of {minutes} minutes is outside 0 to 100")))
}

pub fn shot_clock<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u32>, D::Error> {
    let seconds = u32::deserialize(value)?;
    if seconds < 100 {
        return Ok(Some(seconds));
    }
    Err(D::Error::custom(format!("a shot clock of {seconds} s is above 99; write 0 where there is none")))
}

pub fn max_message_mb<'de, D: Deserializer<'de>>(value: D) -> Result<usize, D::Error> {
    let megabytes = usize::deserialize(value)?;
    if (1..=256).contains(&megabytes) {
        return Ok(megabytes);
    }
    Err(D::Error::custom(format!("a largest message of {megabytes} MB is outside 1 to 256")))
}

pub fn segment_mb<'de, D: Deserializer<'de>>(value: D) -> Result<Option<u64>, D::Error> {
    let megabytes = u64::deserialize(value)?;
    if (1..=4096).contains(&megabytes) {
        return Ok(Some(megabytes));
    }
    Err(D::Error::custom(format!("files of {megabytes} MB are outside 1 to 4096")))
}

pub fn positions<'de, D: Deserializer<'de>>(value: D) -> Result<KeptPositions, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Number(f64),
        Word(String),
    }
    let help = "write \"all\", \"none\", or how many a second, such as 5";
    match Said::deserialize(value).map_err(|_| D::Error::custom(format!("this is no choice of positions; {help}")))? {
        Said::Number(number) if number > 0.0 && number <= 1000.0 => Ok(KeptPositions::PerSecond(number)),
        Said::Number(number) => Err(D::Error::custom(format!("{number} positions a second cannot be kept; {help}"))),
        Said::Word(word) => match word.as_str() {
            "all" => Ok(KeptPositions::All),
            "none" => Ok(KeptPositions::None),
            _ => Err(D::Error::custom(format!("`{word}` is no choice of positions; {help}"))),
        },
    }
}

/// The sources of ShotTracker's stream.
pub const SHOTTRACKER_SOURCES: [&str; 9] = [
    "marker",
    "broadcastsummary",
    "boxscorestatsv2",
    "chart",
    "possessions",
    "possessionstats",
    "lineupstats",
    "location",
    "clock",
];

pub fn sources<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let sources: Vec<String> = Vec::deserialize(value)?;
    for source in &sources {
        if !SHOTTRACKER_SOURCES.contains(&source.as_str()) {
            let known = SHOTTRACKER_SOURCES.join(", ");
            return Err(D::Error::custom(format!("there is no source `{source}`; there are: {known}")));
        }
    }
    if sources.is_empty() {
        return Err(D::Error::custom("without a source nothing is received; leave `sources` out for the usual ones"));
    }
    Ok(sources)
}

/// What ShotTracker's REST API tells of a game so far.
pub const BACKFILL: [&str; 4] = ["stats", "details", "shots", "possessions"];

pub fn backfill<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<String>, D::Error> {
    let resources: Vec<String> = Vec::deserialize(value)?;
    match resources.iter().find(|resource| !BACKFILL.contains(&resource.as_str())) {
        Some(unknown) => {
            let known = BACKFILL.join(", ");
            Err(D::Error::custom(format!("there is no resource `{unknown}`; there are: {known}")))
        }
        None => Ok(resources),
    }
}

pub fn zone_order<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<u8>, D::Error> {
    let order: Vec<u8> = Vec::deserialize(value)?;
    if court::is_order_of_zones(&order) {
        return Ok(order);
    }
    Err(D::Error::custom(court::NO_ORDER_OF_ZONES))
}

pub fn delay<'de, D: Deserializer<'de>>(value: D) -> Result<u32, D::Error> {
    let frames = u32::deserialize(value)?;
    if frames <= MOST_DELAY_FRAMES {
        return Ok(frames);
    }
    Err(D::Error::custom(format!("a delay of {frames} frames is above {MOST_DELAY_FRAMES}")))
}

/// Where raw frames go: see `output::raw::Target`.
pub fn raw_target<'de, D: Deserializer<'de>>(value: D) -> Result<String, D::Error> {
    let text = String::deserialize(value)?;
    let known = ["tcp://", "tcp-listen://"].iter().any(|scheme| text.starts_with(scheme));
    if known || !text.contains("://") {
        return Ok(text);
    }
    Err(D::Error::custom(format!(
        "raw frames cannot go to `{text}`; use a file path, `stdout`, `tcp://host:port` or `tcp-listen://host:port`"
    )))
}

/// A time of the rundown, in seconds.
pub fn rundown_time<'de, D: Deserializer<'de>>(value: D) -> Result<f64, D::Error> {
    let seconds = f64::deserialize(value)?;
    if (0.0..=86_400.0).contains(&seconds) {
        return Ok(seconds);
    }
    Err(D::Error::custom(format!("{seconds} s is outside 0 to 86400, a day")))
}

/// After how many seconds the rundown starts again.
pub fn rundown_loop<'de, D: Deserializer<'de>>(value: D) -> Result<Option<f64>, D::Error> {
    let seconds = rundown_time(value)?;
    if seconds >= 1.0 {
        return Ok(Some(seconds));
    }
    Err(D::Error::custom(format!("a rundown that starts again after {seconds} s is none; use 1 or more")))
}
