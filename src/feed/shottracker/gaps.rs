//! Numbers that a connection has left out: messages that were lost on the way.
//!
//! In: the numbers of a connection in the order of their arrival, and when. Out: when a hole is old enough to be made up for,
//! and what is missing. Messages may overtake each other, so a hole is given time to fill. A document that is fetched now has what
//! was lost up to now; so one document closes all holes of that age, and there is one at most every so often. Pure.
//!
//! An account that does not get every source of the shared sequence sees holes all the time. It cannot be told from loss,
//! but loss is rare: after some documents on one connection holes are told and no longer looked after.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// A hole that is older is no message that was overtaken.
const FILLS_WITHIN: Duration = Duration::from_secs(2);

/// Between documents for holes: accounts have few requests.
const ASKED_EVERY: Duration = Duration::from_secs(10);

/// Documents for holes on one connection.
const MOST_ASKED: u32 = 6;

/// Holes that are remembered one by one.
const MOST: usize = 64;

#[derive(Debug)]
pub(super) struct Gaps {
    /// The number that comes next; `None` until the first has come.
    next: Option<u64>,
    /// In the order of their numbers.
    open: VecDeque<Gap>,
    asked_at: Option<Instant>,
    asked: u32,
}

/// Both ends are missing.
#[derive(Clone, Copy, Debug)]
struct Gap {
    first: u64,
    last: u64,
    since: Instant,
}

/// What is missing, and whether it is worth a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Missing {
    pub what: String,
    pub is_worth_asking: bool,
}

impl Gaps {
    /// Of a connection that goes on after `last`; `None`: with whatever number comes first.
    pub(super) fn after(last: Option<u64>) -> Self {
        let next = last.and_then(|last| last.checked_add(1));
        Self { next, open: VecDeque::new(), asked_at: None, asked: 0 }
    }

    pub(super) fn heard(&mut self, seq: u64, now: Instant) {
        match self.next {
            Some(next) if seq < next => self.fill(seq),
            Some(next) => {
                if seq > next && self.asked < MOST_ASKED && self.open.len() < MOST {
                    self.open.push_back(Gap { first: next, last: seq - 1, since: now });
                }
                self.next = seq.checked_add(1);
            }
            None => self.next = seq.checked_add(1),
        }
    }

    fn fill(&mut self, seq: u64) {
        let Some(index) = self.open.iter().position(|gap| (gap.first..=gap.last).contains(&seq)) else { return };
        let Some(gap) = self.open.remove(index) else { return };
        if seq < gap.last {
            self.open.insert(index, Gap { first: seq + 1, ..gap });
        }
        if gap.first < seq {
            self.open.insert(index, Gap { last: seq - 1, ..gap });
        }
    }

    /// When something is to be done about what is missing; `None` while nothing is.
    pub(super) fn due(&self) -> Option<Instant> {
        let old = self.open.iter().map(|gap| gap.since + FILLS_WITHIN).min()?;
        Some(self.asked_at.map_or(old, |asked| old.max(asked + ASKED_EVERY)))
    }

    /// What is missing and will not come any more; it is not told again.
    pub(super) fn take(&mut self, now: Instant) -> Option<Missing> {
        let (old, young): (Vec<Gap>, Vec<Gap>) = self.open.iter().partition(|gap| gap.since + FILLS_WITHIN <= now);
        if old.is_empty() {
            return None;
        }
        self.open = young.into();
        self.asked_at = Some(now);
        self.asked += 1;
        if self.asked == MOST_ASKED {
            self.open.clear();
        }
        Some(Missing { what: named(&old), is_worth_asking: self.asked < MOST_ASKED })
    }
}

/// The holes as a person reads them; of many the first ones.
fn named(gaps: &[Gap]) -> String {
    const MOST_NAMED: usize = 3;
    let name = |gap: &Gap| match gap.first == gap.last {
        true => gap.first.to_string(),
        false => format!("{} to {}", gap.first, gap.last),
    };
    let names: Vec<String> = gaps.iter().take(MOST_NAMED).map(name).collect();
    let more = if gaps.len() > MOST_NAMED { " and others" } else { "" };
    let is_one = gaps.len() == 1 && gaps[0].first == gaps[0].last;
    format!("message{} {}{more}", if is_one { "" } else { "s" }, names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(gaps: &mut Gaps, now: Instant) -> Option<String> {
        gaps.take(now).map(|missing| missing.what)
    }

    #[test]
    fn what_is_overtaken_and_comes_in_time_is_no_hole() {
        let (mut gaps, now) = (Gaps::after(Some(4)), Instant::now());
        for seq in [5, 8, 7, 6, 9] {
            gaps.heard(seq, now);
        }
        assert_eq!((gaps.due(), what(&mut gaps, now + FILLS_WITHIN)), (None, None));
    }

    #[test]
    fn a_hole_is_told_once_when_it_is_old_and_without_what_came_meanwhile() {
        let (mut gaps, now) = (Gaps::after(None), Instant::now());
        for seq in [1, 9, 5, 12] {
            gaps.heard(seq, now);
        }
        assert_eq!((gaps.due(), what(&mut gaps, now)), (Some(now + FILLS_WITHIN), None));
        let told = gaps.take(now + FILLS_WITHIN);
        let expected = Missing { what: "messages 2 to 4, 6 to 8, 10 to 11".to_owned(), is_worth_asking: true };
        assert_eq!((told, gaps.due()), (Some(expected), None));
        gaps.heard(14, now);
        assert_eq!(gaps.due(), Some(now + FILLS_WITHIN + ASKED_EVERY), "a moment after a document there is no other");
        assert_eq!(what(&mut gaps, now + FILLS_WITHIN).as_deref(), Some("message 13"));
    }

    #[test]
    fn a_hole_that_was_young_when_a_document_was_asked_for_has_one_of_its_own() {
        let (mut gaps, now) = (Gaps::after(Some(1)), Instant::now());
        gaps.heard(3, now);
        gaps.heard(5, now + Duration::from_secs(1));
        assert_eq!(what(&mut gaps, now + FILLS_WITHIN).as_deref(), Some("message 2"));
        assert_eq!(gaps.due(), Some(now + FILLS_WITHIN + ASKED_EVERY));
        assert_eq!(what(&mut gaps, now + FILLS_WITHIN + ASKED_EVERY).as_deref(), Some("message 4"));
    }

    #[test]
    fn an_account_without_all_sources_does_not_ask_for_ever() {
        let (mut gaps, mut now) = (Gaps::after(Some(0)), Instant::now());
        let mut asked = Vec::new();
        for seq in 0..1_000 {
            gaps.heard(seq * 2, now);
            asked.extend(gaps.due().filter(|due| *due <= now).and_then(|_| gaps.take(now)));
            now += Duration::from_secs(1);
        }
        let worth: Vec<bool> = asked.iter().map(|missing| missing.is_worth_asking).collect();
        assert_eq!(worth, [true, true, true, true, true, false]);
        assert!(gaps.due().is_none() && gaps.open.is_empty());
    }

    #[test]
    fn numbers_at_the_end_of_their_range_are_no_trouble() {
        let mut gaps = Gaps::after(Some(u64::MAX));
        gaps.heard(u64::MAX, Instant::now());
        gaps.heard(0, Instant::now());
        assert_eq!(Gaps::after(Some(u64::MAX - 1)).next, Some(u64::MAX));
    }
}
