//! What is held, without a fold around it: `app::by_hand` plays whole games.

use super::*;
use crate::command::TimeLeft;

const AT: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[test]
fn a_period_that_is_none_and_a_clock_that_nobody_set_change_nothing() {
    let mut by_hand = ByHand::default();
    by_hand.correct(AT, &Correction { period: Some("Q9X".into()), running: Some(true), ..Correction::default() });
    assert_eq!(by_hand.held, Held::default());
}

#[test]
fn no_more_corrections_are_remembered_than_there_is_room_for() {
    let mut by_hand = ByHand::default();
    for millis in 0..MOST_UNDONE as u32 + 5 {
        by_hand.correct(AT, &Correction { clock: Some(TimeLeft(millis)), ..Correction::default() });
    }
    (0..MOST_UNDONE).for_each(|_| by_hand.undo());
    assert!(!by_hand.can_undo());
    assert_eq!(by_hand.held.clock_at(AT), Some((4, false)));
    by_hand.undo();
    assert_eq!(by_hand.held.clock_at(AT), Some((4, false)));
}

#[test]
fn a_shot_clock_does_not_run_backwards_with_a_game_clock_that_was_set_anew() {
    let shot = HeldShotClock::Left { millis: 10_000, game_millis: Some(300_000) };
    let shown = [295_000, 290_000, 280_000, 720_000].map(|game| shot.millis_at(Some(game)));
    assert_eq!(shown, [Some(5_000), Some(0), Some(0), Some(10_000)]);
    assert_eq!(HeldShotClock::Left { millis: 10_000, game_millis: None }.millis_at(Some(1)), Some(10_000));
}
