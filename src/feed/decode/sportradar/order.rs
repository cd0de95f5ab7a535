//! The order of a clock feed's messages, which have neither numbers nor sequences: by the wall clock in each.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::game::snapshot::Period;
use crate::time::Timestamp;

/// The latest moment of which a clock feed's connection has told. What comes late, again or out of turn is known by its
/// wall clock: it would count the clock up and the score down.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Order {
    wall: Option<Timestamp>,
    /// What was read then.
    period: Option<Period>,
    game_millis: Option<u32>,
}

/// A message that is older than this is none that came late: the vendor has put its clock back.
const MOST_LATE: Duration = Duration::from_secs(60);

/// Wall clocks have whole seconds; within one a running clock loses one at the most, and what shows more came late.
const WITHIN_A_SECOND: u32 = 1_000;

impl Order {
    /// Takes a message's wall clock and its reading; false where it is of before the last one.
    pub(super) fn advance(
        &mut self,
        wall: Option<Timestamp>,
        period: Option<&Period>,
        game_millis: Option<u32>,
    ) -> bool {
        let Some(wall) = wall else { return true };
        if let Some(known) = self.wall {
            let is_late = wall < known && known.since(wall) <= MOST_LATE;
            let gained = game_millis.zip(self.game_millis).map_or(0, |(said, known)| said.saturating_sub(known));
            let is_out_of_turn =
                wall == known && period == self.period.as_ref() && (1..=WITHIN_A_SECOND).contains(&gained);
            if is_late || is_out_of_turn {
                return false;
            }
        }
        *self = Self { wall: Some(wall), period: period.cloned(), game_millis };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::snapshot::PeriodKind;

    /// Messages by wall clock and time left, both in seconds: whether each is taken.
    fn taken(messages: &[(i64, u32)]) -> Vec<bool> {
        let (mut order, period) = (Order::default(), Period::new(PeriodKind::Period, 2));
        let second = |second: i64| Some(Timestamp::from_millis(1_700_000_000_000 + second * 1_000));
        messages.iter().map(|(wall, left)| order.advance(second(*wall), Some(&period), Some(left * 1_000))).collect()
    }

    #[test]
    fn what_is_of_an_earlier_second_or_has_a_second_more_within_one_came_late() {
        assert_eq!(
            taken(&[(9, 591), (0, 600), (9, 592), (9, 591), (9, 590), (10, 590)]),
            [true, false, false, true, true, true]
        );
    }

    #[test]
    fn a_correction_of_the_clock_carries_a_later_time_or_is_more_than_a_second() {
        assert_eq!(taken(&[(9, 591), (10, 600), (10, 630)]), [true; 3]);
    }

    #[test]
    fn a_vendor_who_puts_the_wall_clock_back_is_not_refused_until_it_has_caught_up() {
        assert_eq!(taken(&[(3_600, 591), (0, 590), (9, 581)]), [true; 3]);
    }
}
