//! What a server tells in order: a log that follows from the script, and the corrections that an operator put in between.
//!
//! In: a log, later better ones with their corrections. Out: what is told at a position. Positions that were told never
//! change: a correction is told after all that was told before it, and what follows comes from the corrected log.

use std::sync::{Arc, PoisonError, RwLock};

use super::timeline::{Moment, Reel, Slot};

/// A log with a reel that says when each of its messages is due.
pub trait Log {
    fn reel(&self) -> &Reel;
}

pub struct Tale<L, C> {
    /// Never empty; in order of `start`.
    editions: RwLock<Vec<Edition<L, C>>>,
}

struct Edition<L, C> {
    /// The position of its first correction.
    start: u64,
    corrections: Vec<C>,
    log: Arc<L>,
    /// The place in the log's reel that follows the corrections.
    first: u64,
}

/// What is told at a position.
pub enum Item<L, C> {
    /// Due at once.
    Correction(C),
    Scheduled(Arc<L>, Slot),
}

impl<L: Log, C: Clone> Tale<L, C> {
    pub fn new(log: L) -> Tale<L, C> {
        let edition = Edition { start: 0, corrections: Vec::new(), log: Arc::new(log), first: 0 };
        Tale { editions: RwLock::new(vec![edition]) }
    }

    fn with<T>(&self, read: impl FnOnce(&[Edition<L, C>]) -> T) -> T {
        read(&self.editions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// `None` after the last message of a play that does not loop.
    pub fn item(&self, position: u64) -> Option<Item<L, C>> {
        self.with(|editions| {
            let next = editions.partition_point(|edition| edition.start <= position);
            let edition = &editions[next.saturating_sub(1)];
            let place = position - edition.start;
            let corrections = edition.corrections.len() as u64;
            if place < corrections {
                return Some(Item::Correction(edition.corrections[place as usize].clone()));
            }
            let slot = edition.log.reel().slot(edition.first + place - corrections)?;
            Some(Item::Scheduled(edition.log.clone(), slot))
        })
    }

    /// The position of the first message that is not due at `now`.
    pub fn head(&self, now: Moment) -> u64 {
        self.with(|editions| head(editions, now))
    }

    /// Where telling a game from its beginning begins.
    pub fn beginning(&self, lap: u64) -> u64 {
        self.with(|editions| editions[0].log.reel().beginning(lap))
    }

    /// The position after `position` for someone who is told the game from its beginning.
    pub fn next_from_beginning(&self, position: u64, lap: u64) -> u64 {
        self.with(|editions| editions[0].log.reel().next_from_beginning(position, lap))
    }

    /// The log that future messages come from.
    pub fn latest(&self) -> Arc<L> {
        // There is always a last one, see `new`.
        self.with(|editions| editions[editions.len() - 1].log.clone())
    }

    /// Goes on with `log` after corrections, which are made with the position of the first of them. `now` is asked while
    /// nobody can read on.
    pub fn correct(&self, log: Arc<L>, now: impl FnOnce() -> Moment, corrections: impl FnOnce(u64) -> Vec<C>) {
        let mut editions = self.editions.write().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        let start = head(&editions, now);
        let first = log.reel().first_after(now);
        editions.push(Edition { start, corrections: corrections(start), log, first });
    }
}

fn head<L: Log, C>(editions: &[Edition<L, C>], now: Moment) -> u64 {
    let last = &editions[editions.len() - 1];
    let told = last.log.reel().first_after(now).saturating_sub(last.first);
    last.start + last.corrections.len() as u64 + told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use crate::venue::timeline::Timeline;

    struct Plain(Reel);

    impl Log for Plain {
        fn reel(&self) -> &Reel {
            &self.0
        }
    }

    fn log(due_ms: &[u64]) -> Plain {
        let began = Some(Timestamp::from_millis(1_000_000_000_000));
        Plain(Reel::new(due_ms.to_vec(), Timeline::new(began, 0, 100, 1.0, false)))
    }

    fn shared(due_ms: &[u64]) -> Arc<Plain> {
        Arc::new(log(due_ms))
    }

    fn told(tale: &Tale<Plain, &'static str>, position: u64) -> String {
        match tale.item(position) {
            None => "nothing".to_owned(),
            Some(Item::Correction(text)) => text.to_owned(),
            Some(Item::Scheduled(log, slot)) => format!("{} ms", log.reel().due(slot).ms),
        }
    }

    #[test]
    fn a_correction_comes_after_what_was_told_and_moves_only_what_was_not() {
        let tale = Tale::new(log(&[0, 10, 20, 30]));
        let now = || Moment { lap: 0, ms: 15 };
        assert_eq!(tale.head(now()), 2);
        tale.correct(shared(&[0, 20, 30]), now, |start| {
            assert_eq!(start, 2);
            vec!["first", "second"]
        });
        let all: Vec<String> = (0..7).map(|position| told(&tale, position)).collect();
        assert_eq!(all, ["0 ms", "10 ms", "first", "second", "20 ms", "30 ms", "nothing"]);
        assert_eq!(tale.head(now()), 4);
        assert_eq!(tale.head(Moment { lap: 0, ms: 20 }), 5);
    }

    #[test]
    fn corrections_follow_one_another() {
        let tale = Tale::new(log(&[0, 10, 20]));
        let now = || Moment { lap: 0, ms: 5 };
        tale.correct(shared(&[0, 10, 20]), now, |_| vec!["one"]);
        tale.correct(shared(&[0, 10, 20]), now, |start| {
            assert_eq!(start, 2);
            vec!["two"]
        });
        let all: Vec<String> = (0..5).map(|position| told(&tale, position)).collect();
        assert_eq!(all, ["0 ms", "one", "two", "10 ms", "20 ms"]);
    }
}
