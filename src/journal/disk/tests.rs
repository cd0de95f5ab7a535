//! A disk that fills up and is freed again, in place of the machine's.

use std::sync::atomic::{AtomicI64, Ordering};

use super::super::file::read;
use super::super::{Body, Seq};
use super::*;
use crate::ids::FeedKind;
use crate::time::Timestamp;

/// Takes as many bytes as there is room for, and a part of the write that does not fit: as a file system does.
struct Full {
    file: fs::File,
    room: Arc<AtomicI64>,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room.load(Ordering::Relaxed).max(0) as usize;
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = self.file.write(&bytes[..bytes.len().min(room)])?;
        self.room.fetch_sub(taken as i64, Ordering::Relaxed);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Bench {
    disk: Disk,
    health: Arc<Health>,
    room: Arc<AtomicI64>,
    journal: PathBuf,
    now: Instant,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new(room: i64, segment_bytes: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("show.journal");
        let (health, room) = (Arc::new(Health::default()), Arc::new(AtomicI64::new(room)));
        let append: Append = Box::new({
            let room = room.clone();
            move |path| {
                let file = OpenOptions::new().append(true).open(path)?;
                Ok(Box::new(Full { file, room: room.clone() }))
            }
        });
        let options = Options { segment_bytes, pack: true };
        let mut disk = Disk::new(&journal, options, health.clone(), append);
        disk.open().expect("opens");
        Self { disk, health, room, journal, now: Instant::now(), _folder: folder }
    }

    /// Enters an entry of some hundred bytes, and lets a second pass.
    fn enter(&mut self, seq: Seq) {
        self.disk.take(Job::Entry(entry(seq)));
        self.pass();
    }

    fn pass(&mut self) {
        self.now += TRY_AGAIN_AFTER;
        self.disk.tend(self.now);
    }

    fn seqs(&self) -> Vec<Seq> {
        read(&self.journal).expect("opens").map(|entry| entry.expect("an entry").seq).collect()
    }
}

fn entry(seq: Seq) -> Entry {
    let bytes = format!("{{\"number\":{seq},\"text\":\"{}\"}}", "x".repeat(100)).into();
    let body = Body::Received { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes };
    Entry { seq, at: Timestamp::from_millis(seq as i64), body }
}

#[test]
fn a_disk_that_fills_up_in_mid_line_loses_nothing_once_there_is_room_again() {
    for room in (0..1_200).step_by(7) {
        let mut bench = Bench::new(room, u64::MAX);
        for seq in 1..=8 {
            bench.enter(seq);
        }
        let trouble = bench.health.trouble().expect("the status shouts");
        assert!(trouble.contains("no storage space"), "{trouble}");
        assert_eq!(bench.seqs(), (1..=bench.seqs().len() as Seq).collect::<Vec<_>>(), "whole lines, with {room} bytes");
        bench.room.store(i64::MAX, Ordering::Relaxed);
        bench.enter(9);
        assert_eq!(bench.health.trouble(), None, "and says when it is over");
        assert_eq!(bench.seqs(), (1..=9).collect::<Vec<_>>(), "with {room} bytes of room");
        assert_eq!(bench.health.lost(), 0);
    }
}

#[test]
fn what_memory_cannot_hold_during_an_outage_is_lost_and_counted() {
    let mut bench = Bench::new(0, u64::MAX);
    bench.disk.most_waiting = 40_000;
    let large =
        Body::Received { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes: vec![b'x'; 10_000].into() };
    for seq in 1..=6 {
        bench.disk.take(Job::Entry(Entry { seq, at: Timestamp::default(), body: large.clone() }));
    }
    bench.pass();
    assert_eq!(bench.health.lost(), 3, "each is a little more than a quarter of the room");
    bench.room.store(i64::MAX, Ordering::Relaxed);
    bench.enter(7);
    assert_eq!(bench.seqs(), [1, 2, 3, 7], "the numbers tell where something is missing");
}

#[test]
fn what_still_waits_when_the_show_ends_is_counted_lost() {
    let mut bench = Bench::new(0, u64::MAX);
    let (queue, jobs) = crossbeam_channel::bounded(8);
    for seq in 1..=3 {
        queue.send(Job::Entry(entry(seq))).expect("has room");
    }
    drop(queue);
    bench.disk.serve(&jobs);
    assert_eq!(bench.health.lost(), 3);
}

#[test]
fn a_file_that_was_taken_away_is_followed_by_one_that_begins_anew() {
    for is_full in [false, true] {
        let mut bench = Bench::new(i64::MAX, u64::MAX);
        bench.enter(1);
        bench.disk.take(Job::Checkpoint(b"{}".to_vec()));
        fs::remove_file(&bench.journal).expect("removes");
        bench.room.store(if is_full { 0 } else { i64::MAX }, Ordering::Relaxed);
        bench.enter(2);
        bench.enter(3);
        assert_eq!(bench.seqs(), [0; 0], "what goes on from a file that is gone means nothing alone");
        assert!(bench.health.take_wish_for_beginning());
        assert!(!bench.health.take_wish_for_beginning(), "asked for once");
        bench.disk.take(Job::BeginAnew);
        bench.enter(4);
        bench.room.store(i64::MAX, Ordering::Relaxed);
        bench.enter(5);
        assert_eq!(bench.seqs(), [4, 5]);
        assert_eq!(bench.health.lost(), 2, "the status says so");
        assert!(!checkpoint::path_of(&bench.journal).exists(), "a checkpoint of what is gone");
    }
}

#[test]
fn a_show_that_ends_before_it_could_begin_anew_leaves_what_it_has() {
    let mut bench = Bench::new(i64::MAX, u64::MAX);
    bench.enter(1);
    fs::remove_file(&bench.journal).expect("removes");
    bench.enter(2);
    let (queue, jobs) = crossbeam_channel::bounded(8);
    drop(queue);
    bench.disk.serve(&jobs);
    assert_eq!((bench.seqs(), bench.health.lost()), (vec![2], 0));
}

#[test]
fn full_files_are_put_aside_and_packed_and_read_as_one() {
    let mut bench = Bench::new(i64::MAX, 500);
    for seq in 1..=40 {
        bench.enter(seq);
    }
    let names = |bench: &Bench| -> Vec<String> {
        let files = fs::read_dir(bench.journal.parent().expect("a folder")).expect("reads");
        let mut names: Vec<_> =
            files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    for _ in 0..100 {
        bench.pass();
    }
    let names = names(&bench);
    assert!(names.len() > 9, "{names:?}");
    assert_eq!(names[0], "show.journal");
    assert!(names[1..].iter().all(|name| name.ends_with(".gz")), "{names:?}");
    assert_eq!(bench.seqs(), (1..=40).collect::<Vec<_>>());
}

#[test]
fn a_packed_file_that_is_damaged_costs_its_own_entries_and_not_those_after_it() {
    let mut bench = Bench::new(i64::MAX, 500);
    (1..=20).for_each(|seq| bench.enter(seq));
    (0..100).for_each(|_| bench.pass());
    let damaged = segments::packed(&bench.journal, 2);
    let bytes = fs::read(&damaged).expect("is packed");
    fs::write(&damaged, &bytes[..bytes.len() / 2]).expect("writes");
    let read: Vec<_> = read(&bench.journal).expect("opens").collect();
    assert_eq!(read.iter().filter(|entry| entry.is_err()).count(), 1);
    let seqs: Vec<Seq> = read.iter().flatten().map(|entry| entry.seq).collect();
    assert!(seqs.starts_with(&[1, 2, 3]) && seqs.ends_with(&[19, 20]) && seqs.len() >= 14, "{seqs:?}");
}

#[test]
fn a_place_in_any_file_packed_or_not_is_found_again() {
    let mut bench = Bench::new(i64::MAX, 500);
    let mut places = Vec::new();
    for seq in 1..=20 {
        bench.enter(seq);
        places.push((seq, Place { segment: bench.disk.segment, offset: bench.disk.written }));
    }
    for packed in [false, true] {
        for _ in 0..if packed { 100 } else { 0 } {
            bench.pass();
        }
        for (seq, place) in &places {
            let rest = super::super::reader::read_from(&bench.journal, *place).expect("opens");
            let rest: Vec<Seq> = rest.map(|entry| entry.expect("an entry").seq).collect();
            assert_eq!(rest, (seq + 1..=20).collect::<Vec<_>>(), "packed: {packed}, at {place:?}");
        }
        let mut reader = read(&bench.journal).expect("opens");
        for seq in 1..=20 {
            let rest = super::super::reader::read_from(&bench.journal, reader.place()).expect("opens");
            let rest: Vec<Seq> = rest.map(|entry| entry.expect("an entry").seq).collect();
            assert_eq!(rest, (seq..=20).collect::<Vec<_>>(), "packed: {packed}, from where a reader is");
            assert!(reader.next().is_some());
        }
    }
}
