//! Games run by hand, key by key, through the fold that runs live.

use std::collections::BTreeMap;

use super::*;
use crate::app::fold::Fold;
use crate::command::{Correctable, TeamAdjustment};
use crate::game::{Rules, view};
use crate::ids::FeedKind;
use crate::journal::{Body, Entry};
use crate::time::Timestamp;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

/// A game and the person who runs it.
struct Hands {
    fold: Fold,
    rules: Rules,
    seq: u64,
}

impl Hands {
    fn new() -> Self {
        Self { fold: Fold::new(BTreeMap::new()), rules: Rules::default(), seq: 0 }
    }

    fn enter(&mut self, millis: i64, body: Body) {
        self.seq += 1;
        self.fold.apply(&Entry { seq: self.seq, at: at(millis), body });
    }

    fn shown(&self, millis: i64) -> GameSnapshot {
        view(&self.fold.position().state, &self.rules, at(millis))
    }

    fn press(&mut self, millis: i64, command: Command) -> Result<(), Refused> {
        let (game, position) = (self.shown(millis), self.fold.position());
        let shown = Shown { game: &game, state: &position.state, rules: &self.rules.game };
        let command = shown.resolve(command)?;
        // What is journaled depends on nothing: it is the same when it is asked for again.
        let again = Shown { game: &GameSnapshot::default(), state: &position.state, rules: &self.rules.game };
        if let Command::Correct(said) = &command {
            assert_eq!(again.completed((**said).clone()), **said);
        }
        self.enter(millis, Body::Command(command));
        Ok(())
    }

    fn clock(&self, millis: i64) -> String {
        self.shown(millis).clock.game.map_or_else(|| "-".into(), |clock| clock.display)
    }

    fn shot_clock(&self, millis: i64) -> String {
        self.shown(millis).clock.shot.map_or_else(|| "-".into(), |clock| clock.display)
    }
}

fn home(score: i32) -> Command {
    let home = TeamAdjustment { score, ..TeamAdjustment::default() };
    Command::Adjust(Box::new(Adjustment { home, ..Adjustment::default() }))
}

fn correct(text: &str) -> Command {
    Command::Correct(serde_json::from_str(text).expect("a correction"))
}

/// What a feed says of a clock that runs.
fn tick(clock: &str, points: u32) -> [Body; 2] {
    let body =
        |text: String| Body::Received { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes: text.into() };
    let summary = format!(
        r#"{{"type":"data","source":"broadcastsummary","data":{{"game_stats":{{"home":{{"team":{{"team_id":1,"PTS":{points}}}}},"away":{{"team":{{"team_id":2,"PTS":4}}}}}}}}}}"#
    );
    let (minutes, seconds) = clock.split_once(':').expect("a clock");
    let clock = format!(
        r#"{{"type":"data","source":"clock","data":{{"gid":"g","period":"Q2","type":"GAME_SHOT_CLOCK","state":"STARTED","min":"{minutes}","sec":"{seconds}","subSec":"0","shotSec":"20","shotSubSec":"0"}}}}"#
    );
    [body(summary), body(clock)]
}

#[test]
fn a_game_without_feeds_runs_to_zero_and_into_the_next_period() {
    let mut hands = Hands::new();
    assert_eq!(hands.press(0, Command::StartClock), Err(Refused::NoClock));
    hands.press(0, Command::BeginGame).expect("begins");
    assert_eq!((hands.clock(9_000), hands.shot_clock(9_000)), ("12:00".into(), "24".into()));
    hands.press(10_000, Command::ToggleClock).expect("starts");
    assert_eq!((hands.clock(15_500), hands.shot_clock(15_500)), ("11:54".into(), "19".into()));
    hands.press(16_000, home(2)).expect("scores");
    hands.press(16_000, Command::ResetShotClock).expect("resets");
    assert_eq!((hands.shown(17_000).home.score, hands.shot_clock(17_000)), (Some(2), "23".into()));
    hands.press(20_000, Command::ToggleClock).expect("stops");
    assert_eq!((hands.clock(500_000), hands.shot_clock(500_000)), ("11:50".into(), "20".into()));
    hands.press(500_000, correct(r#"{"clock":"2.5"}"#)).expect("sets");
    assert_eq!((hands.clock(600_000), hands.shot_clock(600_000)), ("2.5".into(), "20".into()));
    hands.press(600_000, Command::StartClock).expect("starts");
    assert_eq!(hands.clock(602_499), "0.0");
    let end = hands.shown(700_000);
    assert_eq!((hands.clock(700_000), end.clock.stale), ("0.0".into(), false));
    assert!(!end.clock.game.expect("a clock").running, "a clock that has run out stands");
    hands.press(700_000, Command::NextPeriod).expect("goes on");
    let next = hands.shown(800_000);
    assert_eq!(
        (next.clock.period.map(|period| period.label), hands.clock(800_000)),
        (Some("Q2".into()), "12:00".into())
    );
    assert_eq!((next.home.score, next.home.timeouts, next.away.score), (Some(2), Some(7), Some(0)));
}

#[test]
fn periods_go_to_overtime_and_the_game_is_over_when_somebody_says_so() {
    let mut hands = Hands::new();
    hands.press(0, correct(r#"{"period":"q4"}"#)).expect("sets");
    hands.press(0, Command::NextPeriod).expect("goes on");
    assert_eq!((hands.shown(0).clock.period.expect("one").label, hands.clock(0)), ("OT".into(), "5:00".into()));
    hands.press(0, Command::NextPeriod).expect("goes on");
    assert_eq!(hands.shown(0).clock.period.expect("one").label, "2OT");
    hands.press(0, correct(r#"{"period":"FINAL"}"#)).expect("sets");
    assert_eq!(hands.shown(0).game.status, Some(crate::game::snapshot::GameStatus::Complete));
    assert_eq!(hands.press(0, Command::NextPeriod), Err(Refused::NoNextPeriod("FINAL".into())));
    assert_eq!(hands.press(0, correct(r#"{"period":"Q0"}"#)), Err(Refused::NoPeriod("Q0".into())));
}

#[test]
fn a_correction_outranks_every_feed_until_it_is_released() {
    let mut hands = Hands::new();
    tick("5:00", 10).into_iter().for_each(|body| hands.enter(0, body));
    assert_eq!((hands.shown(0).home.score, hands.clock(1_000)), (Some(10), "4:59".into()));
    hands.press(1_000, home(3)).expect("scores");
    hands.press(1_000, correct(r#"{"clock":"7:00","possession":"away"}"#)).expect("sets");
    tick("4:58", 12).into_iter().for_each(|body| hands.enter(2_000, body));
    let shown = hands.shown(2_000);
    assert_eq!((shown.home.score, shown.away.score, hands.clock(2_000)), (Some(13), Some(4), "6:59".into()));
    assert_eq!(shown.possession, Some(Side::Away));
    assert_eq!(hands.clock(32_000), "6:29", "it runs on without readings");
    let held: Vec<(&str, Timestamp)> =
        hands.fold.position().state.held().iter().map(|held| (held.fact, held.since)).collect();
    assert_eq!(held, [("score", at(1_000)), ("clock", at(1_000)), ("possession", at(1_000))]);

    hands.press(32_000, Command::Release { facts: vec![Correctable::Score] }).expect("releases");
    assert_eq!(hands.shown(32_000).home.score, Some(12));
    assert_eq!(hands.clock(32_000), "6:29", "the clock is still held");
    hands.press(32_000, Command::Release { facts: vec![] }).expect("releases");
    tick("4:27", 12).into_iter().for_each(|body| hands.enter(33_000, body));
    assert_eq!((hands.clock(33_000), hands.fold.position().state.held()), ("4:27".into(), vec![]));
    assert_eq!(hands.shown(33_000).possession, None);
}

#[test]
fn undo_takes_back_one_correction_after_another_and_a_release_too() {
    let mut hands = Hands::new();
    assert_eq!(hands.press(0, Command::Undo), Err(Refused::NothingToUndo));
    hands.press(0, Command::BeginGame).expect("begins");
    hands.press(0, home(2)).expect("scores");
    hands.press(0, home(3)).expect("scores");
    hands.press(1_000, Command::StartClock).expect("starts");
    hands.press(11_000, Command::Release { facts: vec![] }).expect("releases");
    assert_eq!((hands.shown(11_000).home.score, hands.clock(11_000)), (None, "-".into()));
    hands.press(12_000, Command::Undo).expect("undoes");
    assert_eq!((hands.shown(12_000).home.score, hands.clock(12_000)), (Some(5), "11:49".into()));
    hands.press(12_000, Command::Undo).expect("undoes");
    assert_eq!(hands.clock(13_000), "12:00", "the clock was never started");
    hands.press(13_000, Command::Undo).expect("undoes");
    assert_eq!(hands.shown(13_000).home.score, Some(2));
}

#[test]
fn a_score_never_falls_below_zero_and_a_correction_that_says_nothing_is_refused() {
    let mut hands = Hands::new();
    hands.press(0, home(1)).expect("scores");
    hands.press(0, home(-3)).expect("takes back");
    assert_eq!(hands.shown(0).home.score, Some(0));
    assert_eq!(hands.press(0, home(0)), Err(Refused::Nothing));
    assert_eq!(hands.press(0, correct("{}")), Err(Refused::Nothing));
    assert_eq!(hands.press(0, Command::SwitchPossession), Err(Refused::NoPossession));
}

#[test]
fn a_held_shot_clock_runs_with_the_game_clock_of_a_feed_and_can_be_off() {
    let mut hands = Hands::new();
    tick("5:00", 10).into_iter().for_each(|body| hands.enter(0, body));
    hands.press(0, correct(r#"{"shot_clock":"14"}"#)).expect("sets");
    tick("4:59", 10).into_iter().for_each(|body| hands.enter(1_000, body));
    tick("4:58", 10).into_iter().for_each(|body| hands.enter(2_000, body));
    assert_eq!(hands.shot_clock(2_000), "12");
    hands.press(2_000, correct(r#"{"shot_clock":"off"}"#)).expect("sets");
    assert_eq!(hands.shot_clock(2_000), "-");
    hands.press(2_000, Command::Release { facts: vec![Correctable::ShotClock] }).expect("releases");
    assert_eq!(hands.shot_clock(2_000), "20", "the feed's");
}

#[test]
fn what_is_held_is_part_of_a_checkpoint() {
    let mut hands = Hands::new();
    hands.press(0, Command::BeginGame).expect("begins");
    hands.press(0, home(2)).expect("scores");
    hands.press(0, Command::StartClock).expect("starts");
    let written = serde_json::to_vec(&hands.fold).expect("a fold is JSON");
    let before = hands.shown(60_000);
    hands.fold = serde_json::from_slice(&written).expect("and comes back");
    assert_eq!(hands.shown(60_000), before);
    assert_eq!(hands.clock(60_000), "11:00");
    hands.press(60_000, Command::Undo).expect("can still be undone");
}
