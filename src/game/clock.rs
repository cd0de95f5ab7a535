//! A clock that is read twice a second or every ten, late and unevenly, and shown sixty times a second without a stutter.
//!
//! In: [readings](Clock::read), each with the instant of its arrival. Out: [`Clock::millis_at`], a pure function of the
//! last choice. Each reading chooses a [`Segment`]: the display runs at an adjusted rate until it meets the line that
//! the reading implies, and then follows that line. So a small disagreement is slewed away without the display ever
//! counting up, and whoever asks for any instant, in any order, gets the same answer. It reads no clock of its own.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::FeedKind;
use crate::time::Timestamp;

use super::snapshot::{GameClock, PenaltyClock, Period, ShotClock, Timer};

/// A reading this close to the display is taken for jitter and slewed; one further off is a correction (or a reset) and
/// is shown at once. Well above the half second between readings, well below any correction that officials make.
pub const JUMP: Duration = Duration::from_millis(1_000);

/// A slew ends after this long: two readings at 2 Hz, so that a late one does not bend the display for good. With [`JUMP`]
/// it bounds the display's rate between 0 (never counting up) and 2.
pub const SLEW: Duration = Duration::from_millis(1_000);

/// A running clock of a feed that speaks without pause is stale when it was not heard of for this long: five of its 2 Hz
/// readings were missed.
pub const STALE_RUNNING: Duration = Duration::from_millis(2_500);

/// The same for a feed that speaks when something happens. The vendor's published messages of one running clock are nine
/// seconds apart; three of those were missed.
pub const STALE_RUNNING_SPARSE: Duration = Duration::from_secs(30);

/// A running clock of a feed that speaks without pause is carried on for at most this long without a reading, and then
/// held: a frozen picture is marked stale either way, and ten seconds of invented time are as much as anybody would
/// believe. That of a feed that speaks when something happens is carried on for as long as its connection lives: that it
/// says nothing is what tells that the clock runs on.
pub const MOST_EXTRAPOLATION: Duration = Duration::from_secs(10);

/// Whether a feed's clock is told when something happens, and not over and over while it runs.
pub fn is_sparse(kind: FeedKind) -> bool {
    matches!(kind, FeedKind::NbaPushClock | FeedKind::NhlPushClock)
}

/// How long a running clock of this kind of feed may be unheard of before it is stale, where the show file does not say.
pub fn stale_after(kind: FeedKind) -> Duration {
    if is_sparse(kind) { STALE_RUNNING_SPARSE } else { STALE_RUNNING }
}

const NANOS_PER_MILLI: i64 = 1_000_000;

/// One counting-down clock.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Clock {
    segment: Option<Segment>,
    /// See [`is_sparse`].
    #[serde(default)]
    sparse: bool,
}

/// How the display goes on from an instant, until another reading chooses anew. Times left are in nanoseconds.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Segment {
    since: Timestamp,
    /// Shown at `since`.
    shown: i64,
    /// Read at `since`: the line to meet.
    read: i64,
    running: bool,
    /// It is carried on up to here and then held; `None`: for as long as nobody says otherwise.
    #[serde(default)]
    until: Option<Timestamp>,
    /// A person says so: nobody sends readings, and it is never stale.
    #[serde(default)]
    by_hand: bool,
}

impl Clock {
    /// A clock that a person runs: it stands, or runs to zero, for as long as nobody says otherwise, and is never stale.
    pub fn by_hand(at: Timestamp, millis: u32, running: bool) -> Self {
        let shown = i64::from(millis) * NANOS_PER_MILLI;
        Self {
            segment: Some(Segment { since: at, shown, read: shown, running, until: None, by_hand: true }),
            sparse: true,
        }
    }

    /// The clock of a feed of this kind.
    pub fn of(kind: FeedKind) -> Self {
        Self { segment: None, sparse: is_sparse(kind) }
    }

    /// Takes a reading that arrived at `at`. `jump` shows it at once whatever is shown now: another period, or another
    /// clock altogether.
    ///
    /// A stopped clock always shows what was read, even where the display had run a little past it by then: a wrong
    /// figure that stands still is noticed, a tenth at a whistle is not.
    pub fn read(&mut self, at: Timestamp, millis: u32, running: bool, jump: bool) {
        let read = i64::from(millis) * NANOS_PER_MILLI;
        let shown = match &self.segment {
            // Readings of the same instant hide no jitter: the later one is simply right.
            Some(segment) if !jump && running && at > segment.since => {
                let shown = segment.at(at);
                if (read - shown).unsigned_abs() < JUMP.as_nanos() as u64 { shown } else { read }
            }
            _ => read,
        };
        let until = (!self.sparse).then(|| at + MOST_EXTRAPOLATION);
        self.segment = Some(Segment { since: at, shown, read, running, until, by_hand: false });
    }

    /// The feed was lost at `at`, and is back: a clock that is carried on for as long as its feed lives was so up to there,
    /// and is held until it is read again.
    pub fn lost(&mut self, at: Timestamp) {
        let sparse = self.sparse;
        if let Some(segment) = self.segment.as_mut().filter(|segment| sparse && !segment.by_hand) {
            let at = at.max(segment.since);
            segment.until = Some(segment.until.map_or(at, |until| until.min(at)));
        }
    }

    /// Forgets the clock: off, or not spoken of any more.
    pub fn clear(&mut self) {
        self.segment = None;
    }

    pub fn is_known(&self) -> bool {
        self.segment.is_some()
    }

    pub fn is_running(&self) -> bool {
        self.segment.is_some_and(|segment| segment.running)
    }

    /// Time left at `now`, rounded down to the millisecond; `None` before the first reading. For an instant before the
    /// last reading, what was shown when it arrived.
    pub fn millis_at(&self, now: Timestamp) -> Option<u32> {
        let segment = self.segment.as_ref()?;
        u32::try_from(segment.at(now) / NANOS_PER_MILLI).ok()
    }

    /// Whether it runs and was not heard of for longer than `after`, or is held.
    pub fn is_stale_at(&self, now: Timestamp, after: Duration) -> bool {
        let is_silent = |segment: Segment| segment.running && now.since(segment.since) > after;
        self.held_since(now).is_some() || self.segment.is_some_and(|segment| !segment.by_hand && is_silent(segment))
    }

    /// Since when it is held although it runs, if it is at `now`: nobody has read it for too long.
    pub fn held_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.segment.filter(|segment| segment.running)?.until.filter(|until| now > *until)
    }
}

impl Segment {
    /// Nanoseconds left at `now`, never below zero.
    fn at(&self, now: Timestamp) -> i64 {
        if !self.running {
            return self.shown;
        }
        let elapsed = self.until.map_or(now, |until| now.min(until)).since(self.since);
        let elapsed = i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX);
        let slew = SLEW.as_nanos() as i64;
        let left = if elapsed >= slew {
            self.read.saturating_sub(elapsed)
        } else {
            // The gap to the line closes evenly over the slew: the rate is 1 - gap/slew, and |gap| < JUMP <= slew.
            let gap = self.read - self.shown;
            self.shown - elapsed + (i128::from(gap) * i128::from(elapsed) / i128::from(slew)) as i64
        };
        left.max(0)
    }
}

/// The clocks of one feed, and the period they belong to.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Clocks {
    pub period: Option<Period>,
    pub game: Clock,
    pub shot: Clock,
    /// Hockey: the penalty that changes strength.
    pub strength: Clock,
    /// The highest reading of the game clock in this period: its length, where its start was seen.
    pub highest_millis: Option<u32>,
    /// The last reading of the game clock in this period.
    #[serde(default)]
    pub game_read: Option<u32>,
    /// Whether the feed ever says that a clock runs: the clock of one that does not stands at the last play.
    #[serde(default)]
    pub says_running: bool,
}

impl Clocks {
    /// Those of a feed of this kind.
    pub fn of(kind: FeedKind) -> Self {
        let clock = Clock::of(kind);
        Self { game: clock.clone(), shot: clock.clone(), strength: clock, ..Self::default() }
    }

    /// See [`Clock::lost`].
    pub fn lost(&mut self, at: Timestamp) {
        [&mut self.game, &mut self.shot, &mut self.strength].into_iter().for_each(|clock| clock.lost(at));
    }
}

/// Periods of the leagues: 20 minutes (hockey, college halves), 12 (NBA), 10 (FIBA, WNBA), 8 (high school).
pub fn is_full_period(millis: u32) -> bool {
    [20, 12, 10, 8].iter().any(|minutes| minutes * 60_000 == millis)
}

/// Minutes and seconds, rounded down; with hours from an hour up.
pub fn show_timer(millis: u32) -> Timer {
    let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000, millis / 1_000 % 60);
    let display =
        if hours > 0 { format!("{hours}:{:02}:{seconds:02}", minutes % 60) } else { format!("{minutes}:{seconds:02}") };
    Timer { display, millis }
}

/// The game clock as arenas show it: minutes and seconds from a minute up, seconds and tenths below; always rounded
/// down, so that "0.0" is the end and nothing before it.
pub fn show_game(millis: u32, running: bool) -> GameClock {
    let display =
        if millis >= 60_000 { format!("{}:{:02}", millis / 60_000, millis / 1_000 % 60) } else { tenths(millis) };
    GameClock { display, millis, running }
}

/// The shot clock as arenas show it: whole seconds rounded up from five seconds up, tenths rounded down below.
pub fn show_shot(millis: u32) -> ShotClock {
    let display = if millis >= 5_000 { millis.div_ceil(1_000).to_string() } else { tenths(millis) };
    ShotClock { display, millis }
}

/// A penalty's clock: always minutes and seconds, rounded down as the game clock is, so that both tick at once.
pub fn show_penalty(millis: u32) -> PenaltyClock {
    PenaltyClock { display: format!("{}:{:02}", millis / 60_000, millis / 1_000 % 60), millis }
}

fn tenths(millis: u32) -> String {
    format!("{}.{}", millis / 1_000, millis / 100 % 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + millis)
    }

    fn running_from(millis: u32) -> Clock {
        let mut clock = Clock::default();
        clock.read(at(0), millis, true, false);
        clock
    }

    #[test]
    fn nothing_is_shown_before_the_first_reading() {
        assert_eq!(Clock::default().millis_at(at(0)), None);
    }

    #[test]
    fn a_running_clock_counts_down_between_readings_and_stops_at_zero() {
        let clock = running_from(1_200);
        assert_eq!(clock.millis_at(at(400)), Some(800));
        assert_eq!(clock.millis_at(at(5_000)), Some(0));
    }

    #[test]
    fn a_stopped_clock_shows_what_was_read_even_if_the_display_had_run_past_it() {
        let mut clock = running_from(21_700);
        clock.read(at(300), 21_600, false, false);
        assert_eq!(clock.millis_at(at(300)), Some(21_600));
        assert_eq!(clock.millis_at(at(900_000)), Some(21_600));
    }

    #[test]
    fn a_small_disagreement_is_slewed_without_counting_up() {
        let mut clock = running_from(60_000);
        // 59.5 was due; the reading was held up on its way and says 59.8.
        clock.read(at(500), 59_800, true, false);
        assert_eq!(clock.millis_at(at(500)), Some(59_500));
        assert_eq!(clock.millis_at(at(1_000)), Some(59_150));
        assert_eq!(clock.millis_at(at(1_500)), Some(58_800), "met the line of the reading");
    }

    #[test]
    fn a_correction_of_a_second_or_more_is_shown_at_once_in_either_direction() {
        for corrected in [58_400, 62_000] {
            let mut clock = running_from(60_000);
            clock.read(at(500), corrected, true, false);
            assert_eq!(clock.millis_at(at(500)), Some(corrected));
        }
    }

    #[test]
    fn a_new_period_is_shown_at_once_however_close_the_figures() {
        let mut clock = running_from(500);
        clock.read(at(400), 900, true, true);
        assert_eq!(clock.millis_at(at(400)), Some(900));
    }

    #[test]
    fn of_two_readings_of_one_instant_the_later_one_is_shown() {
        let mut clock = running_from(60_000);
        clock.read(at(0), 59_500, true, false);
        assert_eq!(clock.millis_at(at(0)), Some(59_500));
    }

    #[test]
    fn a_silent_clock_turns_stale_and_is_held_after_ten_seconds() {
        let clock = running_from(60_000);
        assert!(!clock.is_stale_at(at(2_500), STALE_RUNNING));
        assert!(clock.is_stale_at(at(2_501), STALE_RUNNING));
        assert_eq!(clock.millis_at(at(10_000)), Some(50_000));
        assert_eq!(clock.millis_at(at(60_000)), Some(50_000));
        assert!(!clock.is_stale_at(at(10_000), STALE_RUNNING_SPARSE));
        assert!(clock.is_stale_at(at(10_001), STALE_RUNNING_SPARSE), "whatever the show says, a held clock is stale");
    }

    #[test]
    fn a_clock_that_is_told_when_something_happens_runs_on_between_and_is_held_from_where_its_feed_was_lost() {
        let mut clock = Clock::of(FeedKind::NhlPushClock);
        clock.read(at(0), 1_118_000, true, false);
        assert_eq!(clock.millis_at(at(29_000)), Some(1_089_000));
        assert!(!clock.is_stale_at(at(30_000), stale_after(FeedKind::NhlPushClock)));
        assert!(clock.is_stale_at(at(30_001), stale_after(FeedKind::NhlPushClock)));
        // It says 18:29 nine seconds after 18:38: the vendor's own sample.
        clock.read(at(9_000), 1_109_000, true, false);
        assert_eq!(clock.millis_at(at(9_000)), Some(1_109_000));
        clock.lost(at(14_000));
        assert_eq!(clock.millis_at(at(60_000)), Some(1_104_000));
        assert!(clock.is_stale_at(at(14_001), stale_after(FeedKind::NhlPushClock)));
        clock.read(at(70_000), 1_050_000, true, false);
        assert_eq!(clock.millis_at(at(71_000)), Some(1_049_000), "told again");
    }

    #[test]
    fn a_clock_run_by_hand_runs_to_zero_without_readings_and_never_past_it() {
        let clock = Clock::by_hand(at(0), 720_000, true);
        assert_eq!(clock.millis_at(at(60_000)), Some(660_000));
        assert_eq!(clock.millis_at(at(719_999)), Some(1));
        assert_eq!(clock.millis_at(at(900_000)), Some(0));
        assert!(!clock.is_stale_at(at(900_000), STALE_RUNNING));
        assert_eq!(Clock::by_hand(at(0), 720_000, false).millis_at(at(900_000)), Some(720_000));
        assert_eq!(clock.millis_at(Timestamp::from_nanos(i64::MAX)), Some(0));
    }

    #[test]
    fn a_stopped_clock_is_never_stale_by_itself() {
        let mut clock = Clock::default();
        clock.read(at(0), 60_000, false, false);
        assert!(!clock.is_stale_at(at(600_000), STALE_RUNNING));
    }

    #[test]
    fn game_clock_has_tenths_below_a_minute_and_never_rounds_up() {
        let shown = |millis| show_game(millis, true).display;
        assert_eq!(shown(720_000), "12:00");
        assert_eq!(shown(247_999), "4:07");
        assert_eq!(shown(60_000), "1:00");
        assert_eq!(shown(59_999), "59.9");
        assert_eq!(shown(21_799), "21.7");
        assert_eq!(shown(99), "0.0");
    }

    #[test]
    fn shot_clock_rounds_up_from_five_seconds_and_has_tenths_below() {
        let shown = |millis| show_shot(millis).display;
        assert_eq!(shown(24_000), "24");
        assert_eq!(shown(13_001), "14");
        assert_eq!(shown(5_000), "5");
        assert_eq!(shown(4_999), "4.9");
        assert_eq!(shown(0), "0.0");
    }

    proptest! {
        /// Readings every half second, each rounded down to a tenth and up to 250 ms late, of a clock that runs.
        #[test]
        fn a_jittered_running_clock_never_counts_up_and_stays_near_the_truth(
            start in 5_000_u32..720_000,
            delays in prop::collection::vec(0_i64..250, 2..60),
        ) {
            let mut clock = Clock::default();
            let mut last_shown = None;
            let mut arrivals: Vec<(i64, u32)> = Vec::new();
            for (tick, delay) in delays.iter().enumerate() {
                let sent = tick as i64 * 500;
                let left = (i64::from(start) - sent).max(0) as u32;
                arrivals.push((sent + delay, left / 100 * 100));
            }
            let mut next = arrivals.iter().peekable();
            let mut now = arrivals[0].0;
            while now < delays.len() as i64 * 500 + 1_000 {
                while let Some((arrived, left)) = next.next_if(|(arrived, _)| *arrived <= now) {
                    clock.read(at(*arrived), *left, true, false);
                }
                let shown = clock.millis_at(at(now)).expect("read before");
                prop_assert!(last_shown.is_none_or(|last| shown <= last), "{last_shown:?} then {shown} at {now}");
                // Late by at most 250 ms and rounded by less than 100, so between -100 and +250 of the truth.
                let truth = (i64::from(start) - now).max(0);
                prop_assert!((-100..=250).contains(&(i64::from(shown) - truth)), "{shown} against {truth}");
                last_shown = Some(shown);
                now += 17;
            }
        }

        /// Whatever readings come, asking for the time changes nothing and asking twice gives the same.
        #[test]
        fn display_is_a_pure_function_of_the_segment_and_never_counts_up_within_it(
            first in 0_u32..3_000_000, second in 0_u32..3_000_000, gap in 1_i64..20_000, running: bool,
        ) {
            let mut clock = running_from(first);
            clock.read(at(gap), second, running, false);
            let mut last = u32::MAX;
            for step in 0..200 {
                let shown = clock.millis_at(at(gap + step * 97)).expect("read before");
                prop_assert!(shown <= last);
                prop_assert_eq!(Some(shown), clock.millis_at(at(gap + step * 97)));
                last = shown;
            }
        }
    }
}
