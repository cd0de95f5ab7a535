//! Old news is not news: what a feed repeats when it joins in mid-game, and how long it goes on doing so.
//!
//! A feed that connects may tell the game from its start before it tells the present. The repetition is recognised by
//! the events' own times: it lasts from the connection until the first event that has just happened, or until the
//! feed has told nothing old for [`QUIET`].
//!
//! A recording that is played as if it were live (the vendor's simulations, a capture) has the times of its own day. There
//! the newest play that was told stands for the present: see [`RECORDED`]. One of a game that has only just been played is
//! recognised by its [`Pace`], and so is a feed whose clock is wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// An event that is told later than this after it happened is history. Scorers write plays down within seconds; clocks
/// of vendors and ours may differ by some more.
pub const NEWS_WITHIN: Duration = Duration::from_secs(60);

/// A feed whose newest play happened longer ago than this plays a recording: no break and no delay of a game lasts as long.
/// What it tells after its beginning, no older than its newest play by [`NEWS_WITHIN`], is news of that game.
pub const RECORDED: Duration = Duration::from_secs(2 * 60 * 60);

/// A feed keeps a pace when so many of its newest plays, over so long a time, were all told as long after they had happened as
/// the first of them, give or take this. Neither a repetition of the past does that, whose plays come faster than they
/// happened, nor a scorer who writes an old play down.
const PACE_PLAYS: u32 = 4;
const PACE_FOR: Duration = Duration::from_secs(40);
const PACE_WITHIN: Duration = Duration::from_secs(20);

/// Newest plays in a row that may be out of a pace that was kept: a scorer may be late. With more of them it is another.
const MOST_STRAYS: u32 = 2;

/// A repetition comes without pauses, as fast as the connection allows.
pub const QUIET: Duration = Duration::from_secs(2);

/// Whether a play was told right after it happened. A play without a time of its own is taken for news unless its feed
/// is still repeating history.
pub(super) fn is_news(told_at: Timestamp, happened_at: Option<Timestamp>, joining: &Joining) -> bool {
    match happened_at {
        Some(happened_at) => {
            let is_of_its_present =
                || joining.newest_then(told_at, happened_at) || joining.keeps_pace(told_at, happened_at);
            is_recent(told_at, happened_at) || (!joining.is_on_at(told_at) && is_of_its_present())
        }
        None => !joining.is_on_at(told_at),
    }
}

/// Whether it was told right after it happened, by the clock of now.
pub(super) fn is_recent(told_at: Timestamp, happened_at: Timestamp) -> bool {
    told_at.since(happened_at) <= NEWS_WITHIN
}

/// How far a feed has come with telling the past.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Joining {
    /// When the connection came up, or something old was told last; `None` once the feed tells the present.
    old_at: Option<Timestamp>,
    /// What the summaries of this connection have counted, by the vendor's clock.
    summary_of: Option<Timestamp>,
    /// When the newest play of this connection happened, by the vendor's clock.
    #[serde(default)]
    newest: Option<Timestamp>,
    /// How far behind our clock its newest plays are.
    #[serde(default)]
    pace: Option<Pace>,
}

/// How long after they had happened the newest plays of a connection were told: where that stays the same, the feed's present
/// is so far behind ours.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Pace {
    /// Of the first of them.
    behind: Duration,
    since: Timestamp,
    last: Timestamp,
    plays: u32,
    strays: u32,
}

impl Pace {
    fn begin(at: Timestamp, behind: Duration) -> Self {
        Self { behind, since: at, last: at, plays: 1, strays: 0 }
    }

    /// With one more newest play, told at `at`, that happened so long before.
    fn with(self, at: Timestamp, behind: Duration) -> Self {
        if self.behind.abs_diff(behind) <= PACE_WITHIN {
            return Self { last: at, plays: self.plays.saturating_add(1), strays: 0, ..self };
        }
        // Whoever tells plays sooner than before has come nearer to the present: that is no scorer who is late.
        let is_stray = self.is_kept() && behind > self.behind && self.strays < MOST_STRAYS;
        if is_stray { Self { strays: self.strays + 1, ..self } } else { Self::begin(at, behind) }
    }

    fn is_kept(&self) -> bool {
        self.plays >= PACE_PLAYS && self.last.since(self.since) >= PACE_FOR
    }
}

impl Joining {
    pub(super) fn begin(&mut self, at: Timestamp) {
        *self = Self { old_at: Some(at), ..Self::default() };
    }

    /// An event that carries its own time was told at `at`.
    pub(super) fn told(&mut self, at: Timestamp, happened_at: Timestamp) {
        let is_newest = self.newest.is_none_or(|newest| happened_at > newest);
        self.newest = self.newest.max(Some(happened_at));
        if is_newest && !self.is_on_at(at) {
            let behind = at.since(happened_at);
            self.pace = Some(self.pace.map_or(Pace::begin(at, behind), |pace| pace.with(at, behind)));
        }
        if !self.is_on_at(at) || is_recent(at, happened_at) {
            self.old_at = None;
        } else {
            self.old_at = Some(at);
        }
    }

    /// Whether the feed plays a recording, and this happened in it just before the newest play, or is that.
    fn newest_then(&self, told_at: Timestamp, happened_at: Timestamp) -> bool {
        let is_near = |newest: Timestamp| told_at.since(newest) > RECORDED && newest.since(happened_at) <= NEWS_WITHIN;
        self.newest.is_some_and(is_near)
    }

    /// Whether the feed keeps a pace, and this happened just before its present, or is of it.
    fn keeps_pace(&self, told_at: Timestamp, happened_at: Timestamp) -> bool {
        let kept = self.pace.filter(Pace::is_kept);
        kept.is_some_and(|pace| told_at.since(happened_at) <= pace.behind + NEWS_WITHIN)
    }

    pub(super) fn summary(&mut self, of: Timestamp) {
        self.summary_of = self.summary_of.max(Some(of));
    }

    /// Up to when a summary of this connection has counted, if one has come.
    pub(super) fn summarized(&self) -> Option<Timestamp> {
        self.summary_of
    }

    pub(super) fn is_on_at(&self, now: Timestamp) -> bool {
        self.old_at.is_some_and(|old_at| now.since(old_at) < QUIET)
    }

    /// Whether a total of the past is told that a summary of this connection has left behind: to show it would count the
    /// score up again from nothing.
    pub(super) fn is_outdated(&self, at: Timestamp, happened_at: Option<Timestamp>) -> bool {
        let counted = happened_at.zip(self.summary_of).is_some_and(|(happened, summary)| happened <= summary);
        counted && self.is_on_at(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + second * 1_000)
    }

    #[test]
    fn history_ends_with_the_first_event_that_has_just_happened() {
        let mut joining = Joining::default();
        assert!(!joining.is_on_at(second(0)), "before any connection");
        joining.begin(second(0));
        joining.told(second(1), second(-600));
        assert!(joining.is_on_at(second(2)));
        joining.told(second(2), second(-1));
        assert!(!joining.is_on_at(second(2)));
        joining.told(second(3), second(-900));
        assert!(!joining.is_on_at(second(3)), "the edit of an old play is not the past again");
    }

    #[test]
    fn history_ends_with_a_pause_where_nothing_new_happens() {
        let mut joining = Joining::default();
        joining.begin(second(0));
        joining.told(second(1), second(-600));
        assert!(!joining.is_on_at(second(1) + QUIET));
    }

    #[test]
    fn a_total_of_the_past_is_outdated_only_once_a_summary_of_the_connection_has_counted_it() {
        let mut joining = Joining::default();
        joining.begin(second(0));
        assert!(!joining.is_outdated(second(1), Some(second(-600))));
        joining.summary(second(-2));
        assert!(joining.is_outdated(second(1), Some(second(-600))));
        assert!(!joining.is_outdated(second(1), Some(second(-1))), "younger than the summary");
        joining.told(second(1), second(-1));
        assert!(!joining.is_outdated(second(4), Some(second(-600))), "a correction after the repetition");
    }

    /// What a feed tells, in order: when, and when that happened. Whether each is news.
    fn news(connected: i64, told: &[(i64, i64)]) -> Vec<bool> {
        let mut joining = Joining::default();
        joining.begin(second(connected));
        let one = |(at, happened): &(i64, i64)| {
            joining.told(second(*at), second(*happened));
            is_news(second(*at), Some(second(*happened)), &joining)
        };
        told.iter().map(one).collect()
    }

    const YEAR: i64 = 365 * 24 * 3_600;

    #[test]
    fn a_recording_that_is_played_as_if_it_were_live_has_news_from_its_own_day() {
        let told = [(20, 20 - YEAR), (45, 44 - YEAR), (46, 10 - YEAR), (50, -600 - YEAR), (400, 399 - YEAR)];
        // A play that is told half a minute late is news as it is on the day; the edit of one of ten minutes ago is not.
        assert_eq!(news(0, &told), [true, true, true, false, true]);
    }

    #[test]
    fn a_recording_that_is_joined_in_its_middle_repeats_what_was_before_as_history() {
        let told = [(1, -900 - YEAR), (1, -400 - YEAR), (2, -30 - YEAR), (2, -2 - YEAR), (20, 19 - YEAR)];
        assert_eq!(news(0, &told), [false, false, false, false, true]);
    }

    #[test]
    fn a_recording_of_a_game_that_has_just_been_played_has_news_once_its_pace_is_known() {
        const HALF_AN_HOUR: i64 = 1_800;
        let play = |at: i64| (at, at - 4 - HALF_AN_HOUR);
        let told: Vec<_> = [10, 25, 40, 55, 70].map(play).into();
        assert_eq!(news(0, &told), [false, false, false, true, true]);
        // The edit of one of five minutes ago is none; a scorer who is late ends nothing; a play of half a minute ago is one.
        let more = [(80, 80 - 300 - HALF_AN_HOUR), (85, 45 - HALF_AN_HOUR), (95, 91 - HALF_AN_HOUR)];
        assert_eq!(news(0, &[&told[..], &more].concat())[5..], [false, true, true]);
    }

    #[test]
    fn a_repetition_that_takes_its_time_and_a_scorer_who_writes_old_plays_down_keep_no_pace() {
        // Ten times as fast as it happened, over a minute and a half.
        let told: Vec<_> = (1..10).map(|number| (number * 10, number * 100 - 1_000)).collect();
        assert!(news(0, &told)[..8].iter().all(|news| !news));
        // Old plays that are edited one after another, while the game goes on.
        let live = (0..8).map(|number| (number * 15, number * 15 - 3));
        let edits = (0..8).map(|number| (number * 15 + 5, number * 15 - 600));
        let mut both: Vec<_> = live.chain(edits).collect();
        both.sort_unstable();
        let expected: Vec<bool> = both.iter().map(|(at, happened)| at - happened < 60).collect();
        assert_eq!(news(0, &both), expected);
    }

    #[test]
    fn a_feed_whose_clock_is_minutes_off_has_news_all_the_same() {
        let told: Vec<_> = (1..8).map(|number| (number * 15, number * 15 - 200)).collect();
        assert_eq!(news(0, &told)[3..], [true; 4]);
    }

    #[test]
    fn a_game_that_has_stood_still_for_half_an_hour_is_no_recording() {
        // Joined in a break; then a scorer writes down what was before it, and the game goes on.
        let told = [(1, -3_000), (1, -1_900), (100, -1_890), (200, 199)];
        assert_eq!(news(0, &told), [false, false, false, true]);
    }

    #[test]
    fn a_play_is_news_when_it_is_told_right_after_it_happened() {
        let joining = Joining::default();
        assert!(is_news(second(0), Some(second(-3)), &joining));
        assert!(!is_news(second(0), Some(second(-61)), &joining));
        assert!(is_news(second(0), None, &joining));
        let mut joining = Joining::default();
        joining.begin(second(0));
        assert!(!is_news(second(1), None, &joining));
    }
}
