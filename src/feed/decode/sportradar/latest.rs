//! The latest plays of a game by `sequence`, whatever their arrival; the last of them is the game's head.
//!
//! In: plays as messages have them, and which were deleted. Out: whether a play is the head. Several are kept, because the
//! head can be deleted or given a lower sequence (a mistyped time would otherwise hold the clock until the game catches up
//! with it), and then the one before it is the head, and so on: a shot is deleted with its rebound. Pure.

use serde::{Deserialize, Serialize};

use crate::game::event::Listing;
use crate::ids::PlayId;
use crate::time::Timestamp;

/// Plays that are kept: nobody deletes so many in a row.
const MOST: usize = 64;

/// In order of their sequences; of equal ones in the order of their arrival.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Latest(Vec<Known>);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    id: PlayId,
    sequence: i64,
    written_at: Option<Timestamp>,
}

impl Latest {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a version of a play; whether the play is the head now. Without a sequence it can be no later than others.
    pub(super) fn put(&mut self, id: &str, sequence: Option<i64>, written_at: Option<Timestamp>) -> bool {
        // The very first message is the best that is known, even without a sequence.
        let Some(sequence) = sequence.or(self.0.is_empty().then_some(i64::MIN)) else { return false };
        self.0.retain(|known| known.id.as_str() != id);
        let index = self.0.partition_point(|known| known.sequence <= sequence);
        if index == 0 && self.0.len() == MOST {
            return false;
        }
        self.0.insert(index, Known { id: PlayId::new(id), sequence, written_at });
        if self.0.len() > MOST {
            self.0.remove(0);
            return index == MOST;
        }
        index + 1 == self.0.len()
    }

    pub(super) fn delete(&mut self, id: &PlayId) {
        self.0.retain(|known| known.id != *id);
    }

    /// Forgets what is not in a list of all plays any more.
    pub(super) fn keep_listed(&mut self, listing: &Listing) {
        self.0.retain(|known| !listing.is_gone(Some(&known.id), known.sequence, known.written_at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(plays: &[(&str, i64)]) -> Latest {
        let mut latest = Latest::default();
        plays.iter().for_each(|(id, sequence)| _ = latest.put(id, Some(*sequence), None));
        latest
    }

    #[test]
    fn the_head_is_the_latest_by_sequence_and_of_equals_the_last_that_came() {
        let mut latest = known(&[("a", 10), ("b", 20)]);
        assert!(!latest.put("c", Some(15), None) && !latest.put("d", None, None));
        assert!(latest.put("e", Some(20), None) && latest.put("b", Some(20), None));
        assert!(!latest.put("e", Some(5), None), "its time was mistyped");
        assert!(latest.put("f", Some(21), None));
    }

    #[test]
    fn whatever_is_deleted_the_latest_that_is_left_is_the_head() {
        let mut latest = known(&[("a", 10), ("b", 20), ("c", 30), ("d", 40)]);
        for id in ["c", "d"] {
            latest.delete(&id.into());
        }
        assert!(!latest.put("a", Some(10), None) && latest.put("b", Some(20), None));
    }

    #[test]
    fn the_oldest_of_many_are_forgotten_and_do_not_come_back_as_the_head() {
        let mut latest = Latest::default();
        for sequence in 0..1_000 {
            assert!(latest.put(&sequence.to_string(), Some(sequence), None));
        }
        assert_eq!(latest.0.len(), MOST);
        assert!(!latest.put("7", Some(7), None) && latest.put("999", Some(999), None));
        assert_eq!(latest.0.len(), MOST);
    }

    #[test]
    fn the_only_play_without_a_sequence_is_the_head_until_another_comes() {
        let mut latest = Latest::default();
        assert!(latest.put("a", None, None) && latest.put("b", Some(1), None));
    }
}
