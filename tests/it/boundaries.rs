//! A stream arrives in pieces that end anywhere, and ends anywhere: at every byte of a recording of each feed.

use std::collections::VecDeque;
use std::io::Read;

use sideline::feed::splitter::{Piece, Splitter};
use sideline::ids::FeedKind;
use sideline::inspect::{Report, inspect};

use crate::feeds::recording;

/// A recording of each feed, small enough to be decoded whole once for each of its bytes.
const RECORDINGS: [(FeedKind, &str); 6] = [
    (FeedKind::ShotTracker, "tracker_location"),
    (FeedKind::NbaPushEvents, "nba_deleted_timeout_is_given_back"),
    (FeedKind::NbaPushClock, "nba_clock_in_every_form"),
    (FeedKind::NbaPushGameClock, "nba_game_clock_beside_events"),
    (FeedKind::NhlPushEvents, "nhl_penalties_run_on_through_breaks"),
    (FeedKind::NhlPushClock, "nhl_clock_with_strength"),
];

/// The beginning of a recording is enough: decoding it once for each of its bytes takes time by the square of its length.
const MOST_BYTES: usize = 2_600;

/// What a report says of the game, as text.
fn end(report: &Report) -> String {
    serde_json::to_string(&report.snapshot).unwrap()
}

/// Lengths at which the stream has given its first, second… object.
fn ends(stream: &[u8]) -> Vec<usize> {
    let mut splitter = Splitter::default();
    let given = |at: usize, splitter: &mut Splitter| splitter.push(&stream[at..=at]).len();
    let ends = (0..stream.len()).filter_map(|at| (given(at, &mut splitter) > 0).then_some(at + 1));
    ends.collect()
}

fn check(kind: FeedKind, case: &str) {
    let mut stream = recording(case, kind);
    let messages = ends(&stream).into_iter().take_while(|end| *end <= MOST_BYTES).last();
    stream.truncate(messages.expect("its first message is not that long"));
    let whole = inspect(kind, stream.as_slice(), None).unwrap();
    let expected = end(&whole);
    // The game after each whole message: what a cut between it and the next must leave.
    let ends = ends(&stream);
    assert_eq!(ends.len() as u64, whole.counts.taken + whole.counts.heartbeats, "{case}");
    let after: Vec<String> =
        [0].iter().chain(&ends).map(|end_at| end(&inspect(kind, &stream[..*end_at], None).unwrap())).collect();
    for at in 0..=stream.len() {
        let (first, second) = stream.split_at(at);
        let split = inspect(kind, first.chain(second), None).unwrap();
        assert_eq!((end(&split), split.counts), (expected.clone(), whole.counts), "{case} split at byte {at}");
        let cut = inspect(kind, first, None).unwrap();
        let messages = ends.partition_point(|end| *end <= at);
        assert_eq!(end(&cut), after[messages], "{case} cut at byte {at}");
        let lost = first[messages.checked_sub(1).map_or(0, |last| ends[last])..].trim_ascii_start().len();
        assert_eq!(cut.counts.lost_bytes, lost as u64, "{case} cut at byte {at}");
    }
}

#[test]
fn a_recording_of_each_feed_split_or_cut_at_every_byte_ends_in_the_right_state() {
    // Two at a time: it is the one test here that takes seconds.
    let (one, other) = RECORDINGS.split_at(RECORDINGS.len() / 2);
    std::thread::scope(|scope| {
        let run = |recordings: &'static [(FeedKind, &'static str)]| {
            move || recordings.iter().for_each(|(kind, case)| check(*kind, case))
        };
        for half in [one, other] {
            let half: &'static [(FeedKind, &'static str)] = half.to_vec().leak();
            std::thread::Builder::new().name("half".into()).spawn_scoped(scope, run(half)).unwrap();
        }
    });
}

/// Splits each object of a stream at every byte: it must come out whole, and leave the splitter as new. What comes after a
/// split then cannot depend on it, so that this says the same of the stream as splitting all of it at each byte, in a
/// thousandth of the time. `every`: only each so many-th object.
pub fn split_each_object_at_every_byte(stream: &[u8], every: usize) -> usize {
    let mut splits = 0;
    let mut start = 0;
    for (number, end) in ends(stream).into_iter().enumerate() {
        let object = &stream[start..end];
        start = end;
        if number % every != 0 {
            continue;
        }
        let whole = Splitter::default().push(object);
        assert!(matches!(whole[..], [Piece::Document(_)]), "object {number}: {whole:?}");
        for at in 0..=object.len() {
            let mut splitter = Splitter::default();
            let mut pieces = splitter.push(&object[..at]);
            pieces.extend(splitter.push(&object[at..]));
            assert!(pieces == whole && splitter == Splitter::default(), "object {number} split at byte {at}");
            splits += 1;
        }
    }
    splits
}

/// Bytes on both sides of a split that are pushed in one piece each.
const AROUND: usize = 12;

/// Splits a long stream at every byte. The splitter that has taken it byte by byte has a state after each of them; from the
/// state `AROUND` bytes before a place, the bytes up to that place in one piece and those after it in another must give the
/// same objects and lead to the same state as one by one. So no split anywhere changes what follows, in a time that does not
/// grow by the square of an object's length.
pub fn split_at_every_byte(stream: &[u8]) -> usize {
    // The states after the last bytes, oldest first, and what each byte gave.
    let mut states = VecDeque::from([(Splitter::default(), Vec::new())]);
    for (at, byte) in stream.iter().enumerate() {
        let mut next = states.back().expect("there is always one").0.clone();
        let given = next.push(&[*byte]);
        states.push_back((next, given));
        if states.len() <= 2 * AROUND {
            continue;
        }
        let (mut split, _) = states.pop_front().expect("there are more");
        let (from, place, to) = (at + 1 - 2 * AROUND, at + 1 - AROUND, at + 1);
        let mut pieces = split.push(&stream[from..place]);
        pieces.extend(split.push(&stream[place..to]));
        let one_by_one = states.iter().flat_map(|(_, given)| given);
        assert!(pieces.iter().eq(one_by_one), "split at byte {place}");
        assert!(split == states.back().expect("there are more").0, "split at byte {place}");
    }
    stream.len()
}

#[test]
fn every_object_of_all_fixtures_comes_out_whole_however_it_is_split() {
    for kind in FeedKind::ALL {
        let stream = crate::feeds::messages(kind).concat();
        assert!(split_each_object_at_every_byte(stream.as_bytes(), 1) > stream.len());
    }
}
