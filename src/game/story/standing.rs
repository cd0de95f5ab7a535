//! What the moment is at an instant: the phase of the game, why it stands still, until when, and what has just happened.
//!
//! In: the plays and their times, the clock as it stands, the story. Out: facts that change with the time alone.

use std::sync::Arc;
use std::time::Duration;

use crate::game::clock::show_timer;
use crate::game::heard::Heard;
use crate::game::joining::NEWS_WITHIN;
use crate::game::snapshot::{
    Clock, Countdown, CountdownKind, Drought, Game, GameStatus, LastPlay, Period, PeriodKind, PeriodScore, Phase, Play,
    Sport, Stoppage, StoppageKind, Topic,
};
use crate::ids::Side;
use crate::time::Timestamp;

use super::{Story, StoryRules, run};

/// For so long after it was told is a play the last one: as long as a drop-down stays.
const LAST_PLAY_FOR: Duration = Duration::from_secs(4);

/// A game clock this much further on than a stoppage's has gone on since; readings and scorers differ by less.
const GONE_ON_MILLIS: u32 = 1_000;

/// A stoppage that was told longer ago says nothing of now.
const MOST_STOPPAGE: Duration = Duration::from_secs(30 * 60);

/// Countdowns to a beginning further off are no news.
const MOST_COUNTDOWN: Duration = Duration::from_secs(24 * 60 * 60);

/// Told in steps of this, so that what binds it is not worked out again for every frame.
const STEP_MILLIS: u128 = 100;

/// Plays that neither stop the game for a reason of their own nor let it go on. A whistle (`stoppage`) is one: a game has
/// dozens, all that they say is that the clock stands, and a timeout or review that was told before it lasts.
const BESIDE: [&str; 6] = ["lineupchange", "substitution", "substitutions", "goaliechange", "possession", "stoppage"];

/// When the play at this place began, by the show's clock: when it happened if that was told soon enough, because scorers
/// write it down some seconds later; else when it was told.
fn began(heard: &Heard, plays: &[Arc<Play>], index: usize) -> Option<Timestamp> {
    let told = heard.plays.told_at(index);
    let happened = plays.get(index)?.at_millis.map(Timestamp::from_millis);
    match (told, happened) {
        (Some(told), Some(happened)) if happened <= told && told.since(happened) <= NEWS_WITHIN => Some(happened),
        (Some(told), Some(happened)) if happened > told => Some(told),
        // News of long ago is a recording's, whose clock is not the show's.
        (Some(told), Some(_)) if plays.get(index)?.news => Some(told),
        // Told long after: a join in the middle of it.
        (_, Some(happened)) => Some(happened),
        (told, None) => told,
    }
}

fn steps(length: Duration) -> u32 {
    u32::try_from(length.as_millis() / STEP_MILLIS * STEP_MILLIS).unwrap_or(u32::MAX)
}

/// The stoppage that the newest plays tell of, unless play has gone on.
pub(in crate::game) fn stoppage(heard: &Heard, plays: &[Arc<Play>], clock: &Clock, now: Timestamp) -> Option<Stoppage> {
    let index = plays.iter().position(|play| !play.rescinded && !BESIDE.contains(&play.kind.as_str()))?;
    let play = &plays[index];
    let (kind, label) = stopped_by(&play.kind)?;
    let is_running = clock.game.as_ref().is_some_and(|game| game.running) && !clock.stale;
    if is_running || has_gone_on(play, clock) {
        return None;
    }
    let began = began(heard, plays, index);
    let since = began.map(|began| now.since(began));
    if since.is_some_and(|since| since > MOST_STOPPAGE) {
        return None;
    }
    let length = play.duration_millis.filter(|_| kind != StoppageKind::Review);
    let millis = match (length, since) {
        (Some(length), Some(since)) => Some(steps(Duration::from_millis(length.into()).saturating_sub(since))),
        (None, Some(since)) => Some(steps(since)),
        _ => None,
    };
    Some(Stoppage {
        kind,
        side: play.team.filter(|_| matches!(kind, StoppageKind::Timeout | StoppageKind::Challenge)),
        label: label.to_owned(),
        detail: play.detail.clone(),
        clock: millis.map(show_timer),
        counts_down: length.is_some() && millis.is_some(),
        play: play.id.clone(),
    })
}

fn stopped_by(kind: &str) -> Option<(StoppageKind, &'static str)> {
    Some(match kind {
        "teamtimeout" => (StoppageKind::Timeout, "TIMEOUT"),
        "tvtimeout" => (StoppageKind::TvTimeout, "TV TIMEOUT"),
        "officialtimeout" => (StoppageKind::OfficialTimeout, "OFFICIAL TIMEOUT"),
        "challengetimeout" | "challengereview" | "challenge" => (StoppageKind::Challenge, "CHALLENGE"),
        "review" | "requestreview" => (StoppageKind::Review, "REVIEW"),
        "delay" => (StoppageKind::Delay, "DELAY"),
        _ => return None,
    })
}

/// Whether the clock has left what a play says of it.
fn has_gone_on(play: &Play, clock: &Clock) -> bool {
    let is_other = |period: &Period| clock.period.as_ref().is_some_and(|now| now != period);
    if play.period.as_ref().is_some_and(is_other) {
        return true;
    }
    let now = clock.game.as_ref().map(|game| game.millis);
    play.clock_millis.zip(now).is_some_and(|(then, now)| now + GONE_ON_MILLIS < then)
}

/// Where the game is, and what a bug says of that.
pub(in crate::game) fn phase(
    game: &Game,
    clock: &Clock,
    plays: &[Arc<Play>],
    by_period: &[PeriodScore],
) -> (Option<Phase>, Option<String>) {
    let kind = clock.period.as_ref().map(|period| period.kind);
    let phase = match (game.status, kind) {
        (Some(GameStatus::Complete), _) => Phase::Final,
        (Some(GameStatus::Delayed), _) => Phase::Delayed,
        (Some(GameStatus::Postponed), _) => Phase::Postponed,
        (Some(GameStatus::Cancelled), _) => Phase::Cancelled,
        (Some(GameStatus::Test), _) | (_, Some(PeriodKind::Test)) => Phase::Test,
        (Some(GameStatus::Halftime), _) | (_, Some(PeriodKind::Halftime)) => Phase::Halftime,
        (_, Some(PeriodKind::Final)) => Phase::Final,
        (Some(GameStatus::Scheduled), None) | (_, Some(PeriodKind::Pregame)) => Phase::Pregame,
        (_, Some(PeriodKind::Shootout)) => Phase::Live,
        (_, Some(_)) => in_period(game.sport, clock, plays),
        (Some(GameStatus::InProgress) | None, None) => return (None, None),
    };
    let label = match phase {
        Phase::Pregame => Some("PRE-GAME".to_owned()),
        Phase::Live | Phase::Stopped => None,
        Phase::Break => clock.period.as_ref().map(|period| format!("END {}", period.label)),
        Phase::Halftime => Some("HALFTIME".to_owned()),
        Phase::Final => Some(final_label(by_period)),
        Phase::Delayed => Some("DELAYED".to_owned()),
        Phase::Postponed => Some("POSTPONED".to_owned()),
        Phase::Cancelled => Some("CANCELLED".to_owned()),
        Phase::Test => Some("TEST".to_owned()),
    };
    (Some(phase), label)
}

fn in_period(sport: Sport, clock: &Clock, plays: &[Arc<Play>]) -> Phase {
    let has_ended = |play: &Play| play.kind == "endperiod" && play.period == clock.period;
    let game = clock.game.as_ref();
    if game.is_some_and(|game| game.running && game.millis > 0) {
        return Phase::Live;
    }
    let is_over = game.is_some_and(|game| game.millis == 0) || plays.first().is_some_and(|play| has_ended(play));
    let is_half = sport == Sport::Basketball
        && clock.period.as_ref().is_some_and(|period| {
            matches!((period.kind, period.number), (PeriodKind::Quarter, 2) | (PeriodKind::Half, 1))
        });
    match (is_over, is_half) {
        (true, true) => Phase::Halftime,
        (true, false) => Phase::Break,
        (false, _) => Phase::Stopped,
    }
}

/// "FINAL", "FINAL/OT", "FINAL/2OT", "FINAL/SO", by the last period that has points.
fn final_label(by_period: &[PeriodScore]) -> String {
    let last = by_period.iter().rev().map(|period| period.label.as_str());
    match last.into_iter().find(|label| label.ends_with("OT") || *label == "SO") {
        Some(extra) => format!("FINAL/{extra}"),
        None => "FINAL".to_owned(),
    }
}

/// Until the game or the next period begins.
pub(in crate::game) fn countdown(
    heard: Option<&Heard>,
    game: &Game,
    clock: &Clock,
    plays: &[Arc<Play>],
    rules: &StoryRules,
    now: Timestamp,
) -> Option<Countdown> {
    let kind = match clock.phase? {
        Phase::Pregame | Phase::Delayed => CountdownKind::Pregame,
        Phase::Break | Phase::Halftime => CountdownKind::Intermission,
        _ => return None,
    };
    // A venue's clock that counts in a break is the break's.
    let is_of_break =
        clock.period.as_ref().is_some_and(|p| matches!(p.kind, PeriodKind::Pregame | PeriodKind::Halftime));
    let told = clock.game.as_ref().filter(|game| is_of_break && game.millis > 0);
    let millis = match (told, kind) {
        (Some(told), _) => steps(Duration::from_millis(told.millis.into())),
        (None, CountdownKind::Pregame) => {
            let begins = Timestamp::from_rfc3339(game.scheduled.as_deref()?)?;
            steps(Some(begins.since(now)).filter(|left| !left.is_zero() && *left <= MOST_COUNTDOWN)?)
        }
        (None, CountdownKind::Intermission) => {
            let length = if clock.phase == Some(Phase::Halftime) { rules.halftime } else { rules.period_break };
            let ended = plays.iter().take(BESIDE.len()).position(|play| play.kind == "endperiod")?;
            let left = length?.checked_sub(now.since(began(heard?, plays, ended)?))?;
            steps(left)
        }
    };
    (millis > 0).then(|| Countdown { kind, display: display(millis), millis })
}

/// Under a minute a countdown shows whole seconds too: its tenths are nobody's business.
fn display(millis: u32) -> String {
    show_timer(millis.div_ceil(1_000) * 1_000).display
}

/// The latest play worth a headline, if it is recent. A score stays before lesser plays for its time.
pub(in crate::game) fn last_play(story: &Story, heard: &Heard, now: Timestamp) -> Option<Arc<LastPlay>> {
    let aged = |(index, play): &(usize, LastPlay)| {
        let age = now.since(heard.plays.told_at(*index)?);
        (age < LAST_PLAY_FOR).then(|| (age, play.clone()))
    };
    let recent: Vec<(Duration, LastPlay)> = story.headlines.iter().filter_map(aged).collect();
    let score = recent.iter().find(|(_, play)| play.topic == Topic::Score);
    let (age, play) = score.or(recent.first())?.clone();
    Some(Arc::new(LastPlay { age_millis: steps(age), ..play }))
}

/// How long a side has not scored.
///
/// `overtime_millis`: how long an overtime lasts, by the show file.
pub(in crate::game) fn drought(
    side: Side,
    plays: &[Arc<Play>],
    clock: &Clock,
    sport: Sport,
    overtime_millis: u32,
) -> Drought {
    let mut own = run::scores(plays).filter(|(of, ..)| *of == side).map(|(.., play)| play);
    let points = own.next();
    let is_free_throw = |play: &Play| matches!(play.kind.as_str(), "freethrowmade" | "free_throw_make");
    let field_goal = match sport {
        Sport::Basketball => {
            points.filter(|play| !is_free_throw(play)).or_else(|| own.find(|play| !is_free_throw(play)))
        }
        Sport::Hockey => None,
    };
    let since = |play: Option<&Play>| {
        let elapsed = played_since(play?, plays, clock, overtime_millis)?;
        Some(show_timer(elapsed / 1_000 * 1_000))
    };
    Drought { points: since(points), field_goal: since(field_goal) }
}

/// Playing time since a play, in milliseconds. `None` where a clock is missing, or a whole period whose length nobody saw
/// lies between.
fn played_since(play: &Play, plays: &[Arc<Play>], clock: &Clock, overtime_millis: u32) -> Option<u32> {
    let (then, at) = (play.period.as_ref()?, play.clock_millis?);
    let (now, left) = (clock.period.as_ref()?, clock.game.as_ref()?.millis);
    if then == now {
        return Some(at.saturating_sub(left));
    }
    // Only where no other period lies between: each has its plays.
    let between = plays.iter().filter_map(|play| play.period.as_ref());
    if between.clone().any(|period| period != then && period != now && order(then) < order(period)) {
        return None;
    }
    let seen = plays.iter().filter(|play| play.period.as_ref() == Some(now)).filter_map(|play| play.clock_millis).max();
    let length = match now.kind {
        PeriodKind::Overtime => Some(overtime_millis),
        _ => seen,
    };
    Some(at + length?.saturating_sub(left))
}

fn order(period: &Period) -> (PeriodKind, u8) {
    (period.kind, period.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::clock::show_game;
    use crate::game::snapshot::Timer;

    #[test]
    fn a_final_names_its_overtime() {
        let row = |label: &str| PeriodScore { label: label.to_owned(), points: Some(20) };
        assert_eq!(final_label(&["Q1", "Q4"].map(row)), "FINAL");
        assert_eq!(final_label(&["Q4", "OT", "2OT"].map(row)), "FINAL/2OT");
        assert_eq!(final_label(&["P3", "OT", "SO"].map(row)), "FINAL/SO");
        assert_eq!(final_label(&[]), "FINAL");
    }

    fn quarter(number: u8) -> Option<Period> {
        Some(Period::new(PeriodKind::Quarter, number))
    }

    fn clock_at(period: u8, millis: u32) -> Clock {
        Clock { period: quarter(period), game: Some(show_game(millis, true)), ..Clock::default() }
    }

    fn basket(period: u8, millis: u32, kind: &str) -> Arc<Play> {
        let (points, clock_millis) = (Some(2), Some(millis));
        let team = Some(Side::Home);
        Arc::new(Play { team, points, clock_millis, kind: kind.into(), period: quarter(period), ..Play::default() })
    }

    #[test]
    fn a_drought_counts_playing_time_across_one_break() {
        let opening = Arc::new(Play { period: quarter(2), clock_millis: Some(720_000), ..Play::default() });
        let plays = [basket(2, 700_000, "freethrowmade"), opening, basket(1, 30_000, "twopointmade")];
        let told = drought(Side::Home, &plays, &clock_at(2, 500_000), Sport::Basketball, 300_000);
        let shown = |timer: Option<Timer>| timer.map(|timer| timer.display);
        assert_eq!((shown(told.points), shown(told.field_goal)), (Some("3:20".into()), Some("4:10".into())));
        let nobody = drought(Side::Away, &plays, &clock_at(2, 500_000), Sport::Basketball, 300_000);
        assert_eq!(nobody, Drought::default());
    }

    #[test]
    fn a_drought_into_overtime_goes_by_the_length_that_the_show_has() {
        let plays = [basket(4, 30_000, "twopointmade")];
        let period = Some(Period::new(PeriodKind::Overtime, 1));
        let clock = Clock { period, game: Some(show_game(200_000, true)), ..Clock::default() };
        let shown = |overtime_millis| {
            let told = drought(Side::Home, &plays, &clock, Sport::Basketball, overtime_millis);
            told.points.map(|timer| timer.display)
        };
        assert_eq!((shown(300_000), shown(240_000)), (Some("2:10".into()), Some("1:10".into())));
    }

    #[test]
    fn a_drought_over_a_whole_period_is_not_guessed() {
        let between = Arc::new(Play { period: quarter(2), clock_millis: Some(600_000), ..Play::default() });
        let plays = [between, basket(1, 30_000, "twopointmade")];
        assert_eq!(drought(Side::Home, &plays, &clock_at(3, 500_000), Sport::Basketball, 300_000).points, None);
    }
}
