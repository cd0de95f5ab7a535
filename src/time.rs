//! Time on air: instants in nanoseconds, frame rates as exact fractions, and the clocks that tell the time.
//!
//! Everything that depends on time takes a [`Timestamp`] as an argument; only `playout`, `feed` and `app` hold a
//! [`Clock`]. Deadlines are computed from the frame index (`start + n·den/num`), never by adding periods, so that
//! 60000/1001 does not drift by its rounding.

mod rfc3339;

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// An instant: nanoseconds since 1970-01-01T00:00:00 UTC, leap seconds ignored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp {
    unix_nanos: i64,
}

impl Timestamp {
    /// Nanoseconds since 1970, UTC; negative before.
    pub const fn from_nanos(unix_nanos: i64) -> Self {
        Self { unix_nanos }
    }

    /// A time that nanoseconds cannot hold (before 1677, after 2262) becomes the nearest that they can.
    pub const fn from_millis(unix_millis: i64) -> Self {
        Self { unix_nanos: unix_millis.saturating_mul(1_000_000) }
    }

    /// Nanoseconds since 1970, UTC.
    pub const fn as_nanos(self) -> i64 {
        self.unix_nanos
    }

    /// Whole milliseconds since 1970, rounded towards the past.
    pub const fn as_millis(self) -> i64 {
        self.unix_nanos.div_euclid(1_000_000)
    }

    /// Midnight UTC of a date written `2026-11-21`; `None` when it is no date.
    pub fn from_utc_date(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse::<i64>().ok()).flatten()
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let instant = Self::from_millis(days_since_1970(year, month, day) * 86_400_000);
        // A day that the month does not have would become one of the next month.
        let is_whole = parts.next().is_none() && instant.to_utc_text().starts_with(text);
        is_whole.then_some(instant)
    }

    /// `2026-11-21 19:30 UTC`
    pub fn to_utc_text(self) -> String {
        let minutes = self.unix_nanos.div_euclid(60_000_000_000);
        let (days, minute) = (minutes.div_euclid(1_440), minutes.rem_euclid(1_440));
        let (year, month, day) = civil_from_days(days);
        format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
    }

    /// Time from `earlier` to `self`; zero when `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_nanos(self.unix_nanos.saturating_sub(earlier.unix_nanos).max(0) as u64)
    }
}

/// Days of the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day (Howard Hinnant's `civil_from_days`).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, length: Duration) -> Timestamp {
        let nanos = i64::try_from(length.as_nanos()).unwrap_or(i64::MAX);
        Timestamp { unix_nanos: self.unix_nanos.saturating_add(nanos) }
    }
}

/// The number of a frame since the show's epoch; frame 0 is shown at the epoch itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FrameIndex(pub u64);

impl FrameIndex {
    /// The frame after this one.
    pub fn next(self) -> FrameIndex {
        FrameIndex(self.0.saturating_add(1))
    }

    /// Frames from `earlier` to `self`; zero when `earlier` is later.
    pub fn since(self, earlier: FrameIndex) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for FrameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Frames per second as an exact fraction in lowest terms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FrameRate {
    num: u32,
    den: u32,
}

/// A frame rate that this product does not run at.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{found}` is not a frame rate; use 25, 29.97, 30, 50, 59.94 or 60 (or 30000/1001, 60000/1001)")]
pub struct UnknownRate {
    found: String,
}

impl FrameRate {
    /// 25 frames a second.
    pub const FPS_25: FrameRate = FrameRate { num: 25, den: 1 };
    /// 30000/1001 frames a second.
    pub const FPS_29_97: FrameRate = FrameRate { num: 30_000, den: 1_001 };
    /// 30 frames a second.
    pub const FPS_30: FrameRate = FrameRate { num: 30, den: 1 };
    /// 50 frames a second.
    pub const FPS_50: FrameRate = FrameRate { num: 50, den: 1 };
    /// 60000/1001 frames a second.
    pub const FPS_59_94: FrameRate = FrameRate { num: 60_000, den: 1_001 };
    /// 60 frames a second.
    pub const FPS_60: FrameRate = FrameRate { num: 60, den: 1 };

    /// Frames in [`Self::den`] seconds.
    pub fn num(self) -> u32 {
        self.num
    }

    /// Seconds in which [`Self::num`] frames are shown: 1 or 1001.
    pub fn den(self) -> u32 {
        self.den
    }

    /// Time of a frame after the epoch, rounded down to the nanosecond.
    pub fn time_of(self, frame: FrameIndex) -> Duration {
        let nanos = u128::from(frame.0) * u128::from(self.den) * 1_000_000_000 / u128::from(self.num);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The last frame whose time is not after `elapsed`.
    pub fn frame_at(self, elapsed: Duration) -> FrameIndex {
        // `time_of` rounds down, so a frame's own time could come out a fraction of a nanosecond early: look one
        // nanosecond ahead of the division.
        let frames = ((elapsed.as_nanos() + 1) * u128::from(self.num) - 1) / (u128::from(self.den) * 1_000_000_000);
        let frame = FrameIndex(u64::try_from(frames).unwrap_or(u64::MAX));
        if self.time_of(frame.next()) <= elapsed { frame.next() } else { frame }
    }

    /// Whole frames that cover `length`, rounded to the nearest; at least 1 for any length above zero.
    pub fn frames_in(self, length: Duration) -> u32 {
        let scaled = length.as_nanos() * u128::from(self.num);
        let per_frame = u128::from(self.den) * 1_000_000_000;
        let frames = (scaled + per_frame / 2) / per_frame;
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        if length.is_zero() { 0 } else { frames.max(1) }
    }

    /// Frames per second, for display and for layout of time axes; never for deadlines.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }
}

impl FromStr for FrameRate {
    type Err = UnknownRate;

    fn from_str(text: &str) -> Result<Self, UnknownRate> {
        Ok(match text.trim() {
            "25" | "25/1" => Self::FPS_25,
            "29.97" | "30000/1001" => Self::FPS_29_97,
            "30" | "30/1" => Self::FPS_30,
            "50" | "50/1" => Self::FPS_50,
            "59.94" | "60000/1001" => Self::FPS_59_94,
            "60" | "60/1" => Self::FPS_60,
            other => return Err(UnknownRate { found: other.to_owned() }),
        })
    }
}

impl TryFrom<String> for FrameRate {
    type Error = UnknownRate;
    fn try_from(text: String) -> Result<Self, UnknownRate> {
        text.parse()
    }
}

impl From<FrameRate> for String {
    fn from(rate: FrameRate) -> String {
        rate.to_string()
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.num, self.den) {
            (num, 1) => num.fmt(f),
            (60_000, 1_001) => f.write_str("59.94"),
            (30_000, 1_001) => f.write_str("29.97"),
            (num, den) => write!(f, "{num}/{den}"),
        }
    }
}

/// Tells the time and waits for it. Shared by every thread that needs one.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Waits for `deadline`, and returns true at it or as soon after it as the machine allows; at once when it has passed.
    /// False when it has not come: the clock stands still, and whoever waits may have something else to look after.
    fn wait_until(&self, deadline: Timestamp) -> bool;

    /// How long to wait, in real time, for `deadline`; zero when it has passed, `None` while the clock stands still.
    fn real_time_until(&self, deadline: Timestamp) -> Option<Duration> {
        Some(deadline.since(self.now()))
    }
}

/// Wall-clock time that never jumps: read once at start, then carried on by the monotonic clock.
#[derive(Debug, Clone)]
pub struct SystemClock {
    started_at: Timestamp,
    started: Instant,
}

/// Sleep ends this much before the deadline and the rest is spun: an absolute sleep alone was measured at 176 µs late
/// (p99), with a short spin at 10 µs.
const SPIN: Duration = Duration::from_micros(200);

impl SystemClock {
    /// The machine's time of day now, and from then on its monotonic clock: a time of day that is set meanwhile moves
    /// nothing.
    pub fn start() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started_at: Timestamp::default() + since_1970, started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.started_at + self.started.elapsed()
    }

    fn wait_until(&self, deadline: Timestamp) -> bool {
        let left = deadline.since(self.now());
        if left > SPIN {
            std::thread::sleep(left - SPIN);
        }
        while self.now() < deadline {
            std::hint::spin_loop();
        }
        true
    }
}

/// A clock that begins at an instant of its own choosing, runs faster or slower than time, and can stand still: for
/// rehearsals.
#[derive(Debug)]
pub struct ScaledClock {
    real: SystemClock,
    pace: Mutex<Pace>,
}

/// From `real_began` on, when it showed `began`, the clock runs at `speed` times real time; 0 when it stands still.
#[derive(Clone, Copy, Debug)]
struct Pace {
    real_began: Timestamp,
    began: Timestamp,
    speed: f64,
}

/// Further on than any recording is long: where a clock stands that was asked to run without bounds.
const LONGEST: Duration = Duration::from_secs(1_000 * 3_600);

impl Pace {
    fn at(self, real: Timestamp) -> Timestamp {
        let shown = real.since(self.real_began).as_secs_f64() * self.speed;
        self.began + Duration::try_from_secs_f64(shown).unwrap_or(LONGEST)
    }
}

/// A wait is made in steps no longer than this, so that another pace counts at once.
const STEP: Duration = Duration::from_millis(20);

impl ScaledClock {
    /// Shows `begins` now; `speed` is finite, and above zero unless the clock is to stand still.
    pub fn begin(begins: Timestamp, speed: f64) -> Self {
        let real = SystemClock::start();
        let pace = Pace { real_began: real.now(), began: begins, speed };
        Self { real, pace: Mutex::new(pace) }
    }

    /// Goes on from what is shown now at another speed; at zero it stands still.
    pub fn set_speed(&self, speed: f64) {
        let mut pace = self.lock();
        let real = self.real.now();
        *pace = Pace { real_began: real, began: pace.at(real), speed };
    }

    fn pace(&self) -> Pace {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pace> {
        // A poisoned lock still holds a valid pace: it is replaced as a whole.
        self.pace.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        self.pace().at(self.real.now())
    }

    fn wait_until(&self, deadline: Timestamp) -> bool {
        loop {
            match self.real_time_until(deadline) {
                Some(Duration::ZERO) => return true,
                Some(left) => drop(self.real.wait_until(self.real.now() + left.min(STEP))),
                None => {
                    std::thread::sleep(STEP);
                    return false;
                }
            }
        }
    }

    fn real_time_until(&self, deadline: Timestamp) -> Option<Duration> {
        let pace = self.pace();
        let left = deadline.since(pace.at(self.real.now()));
        if left.is_zero() {
            return Some(Duration::ZERO);
        }
        // Rounded up: whoever waits so long finds the deadline passed.
        let seconds = left.as_secs_f64() / pace.speed;
        let wait =
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX).saturating_add(Duration::from_nanos(2));
        (pace.speed > 0.0).then_some(wait)
    }
}

/// A clock that moves only when told to: for tests and for rendering in lockstep, where time is what the frame says.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Shows this time from now on; whoever waits for a time up to it goes on.
    pub fn set(&self, now: Timestamp) {
        *self.lock() = now;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        // A poisoned lock still holds a valid time: the panic was in the code that read it.
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.lock()
    }

    /// Moves the clock to the deadline: lockstep never waits.
    fn wait_until(&self, deadline: Timestamp) -> bool {
        let mut now = self.lock();
        *now = (*now).max(deadline);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written_and_impossible_ones_refused() {
        for (text, days) in [("1970-01-01", 0), ("2024-02-29", 19_782), ("2020-10-30", 18_565)] {
            let instant = Timestamp::from_utc_date(text);
            assert_eq!(instant, Some(Timestamp::from_millis(days * 86_400_000)), "{text}");
            assert_eq!(instant.map(Timestamp::to_utc_text), Some(format!("{text} 00:00 UTC")));
        }
        for text in ["", "2023-02-29", "2023-13-01", "2023-1-1", "2023-01-01-01", "2023-01-00", "today"] {
            assert_eq!(Timestamp::from_utc_date(text), None, "{text}");
        }
    }

    #[test]
    fn an_hour_of_59_94_ends_within_a_nanosecond_of_its_fraction() {
        let frames = FrameIndex(60 * 60 * 60_000 / 1001 * 1001 / 1001);
        let exact = frames.0 as f64 * 1001.0 / 60_000.0;
        let got = FrameRate::FPS_59_94.time_of(frames).as_secs_f64();
        assert!((got - exact).abs() < 1e-6, "{got} against {exact}");
    }

    #[test]
    fn a_frames_own_time_belongs_to_that_frame_at_every_rate() {
        let rates =
            [FrameRate::FPS_25, FrameRate::FPS_29_97, FrameRate::FPS_50, FrameRate::FPS_59_94, FrameRate::FPS_60];
        for rate in rates {
            for index in (0..5_000).chain(10_000_000..10_000_500) {
                let frame = FrameIndex(index);
                assert_eq!(rate.frame_at(rate.time_of(frame)), frame, "{rate}");
            }
        }
    }

    #[test]
    fn the_instant_before_a_frame_belongs_to_the_frame_before() {
        let rate = FrameRate::FPS_59_94;
        let just_before = rate.time_of(FrameIndex(60)) - Duration::from_nanos(1);
        assert_eq!(rate.frame_at(just_before), FrameIndex(59));
    }

    #[test]
    fn a_clock_at_double_speed_waits_half_as_long() {
        let begins = Timestamp::from_millis(1_000);
        let clock = ScaledClock::begin(begins, 2.0);
        let before = Instant::now();
        clock.wait_until(begins + Duration::from_millis(20));
        let waited = before.elapsed();
        assert!(clock.now() >= begins + Duration::from_millis(20) && waited >= Duration::from_millis(9), "{waited:?}");
    }

    #[test]
    fn a_clock_that_stands_still_is_not_waited_for_and_goes_on_from_where_it_stood() {
        let begins = Timestamp::from_millis(1_000);
        let clock = ScaledClock::begin(begins, 0.0);
        let later = begins + Duration::from_millis(1);
        assert!(!clock.wait_until(later), "it never comes");
        assert_eq!((clock.now(), clock.real_time_until(later)), (begins, None));
        clock.set_speed(1_000.0);
        assert!(clock.wait_until(begins + Duration::from_secs(1)));
        clock.set_speed(0.0);
        let stood = clock.now();
        assert!(stood >= begins + Duration::from_secs(1));
        assert!(clock.wait_until(stood), "that is now");
        clock.set_speed(0.5);
        let half_speed = clock.real_time_until(stood + Duration::from_secs(100)).expect("it runs");
        assert!(half_speed > Duration::from_secs(150) && half_speed <= Duration::from_secs(201), "{half_speed:?}");
    }

    #[test]
    fn a_rate_outside_the_list_is_refused_with_the_list() {
        let message = "61".parse::<FrameRate>().unwrap_err().to_string();
        assert!(message.contains("`61`") && message.contains("59.94"), "{message}");
    }
}
