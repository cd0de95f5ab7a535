//! From bytes to the state of a game: splitting, decoding and applying, on one core.
//!
//! The target is 200 MB or 50,000 messages a second. `cargo bench --bench feeds`; with `SIDELINE_CAPTURES` naming a folder
//! with the vendor's recordings they are measured, too.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime};
use sideline::feed::splitter::Splitter;
use sideline::game::GameState;
use sideline::ids::{FeedId, FeedKind};
use sideline::ingest::Ingest;
use sideline::inspect::inspect;
use sideline::time::Timestamp;
use sideline::venue::course::Course;
use sideline::venue::fault::Faults;
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::shottracker::transcript::Transcript;
use sideline::venue::sportradar::body::Channel;
use sideline::venue::sportradar::transcript::transcript;
use sideline::venue::timeline::Timeline;

const BEGAN: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn game() -> Performance {
    let course = Arc::new(Course::of(Script::builtin()));
    let timeline = Timeline::new(Some(BEGAN), 0, course.end_ms(), 1.0, false);
    Performance::new(course, timeline, Faults::new(&[]))
}

/// The stream twice: by bytes and by messages a second.
fn stream(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, kind: FeedKind, bytes: &[u8]) {
    let messages = Splitter::default().push(bytes).len() as u64;
    eprintln!("{name}: {} bytes in {messages} messages", bytes.len());
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(format!("{name}, bytes"), |b| b.iter(|| inspect(kind, black_box(bytes), None)));
    group.throughput(Throughput::Elements(messages));
    group.bench_function(format!("{name}, messages"), |b| b.iter(|| inspect(kind, black_box(bytes), None)));
}

fn push_events(c: &mut Criterion) {
    let mut group = c.benchmark_group("nba push events");
    group.sample_size(20);
    let play = game();
    let bytes: Vec<u8> =
        transcript(&play, Channel::Events, u64::MAX).flat_map(|(_, message)| message.to_vec()).collect();
    stream(&mut group, "mock venue", FeedKind::NbaPushEvents, &bytes);
    let captures = std::env::var_os("SIDELINE_CAPTURES").map(PathBuf::from);
    for name in ["nba-push-events-2023-07-19-two-games.ndjson", "nba-push-events-vendor-sample.json"] {
        if let Some(Ok(bytes)) = captures.as_ref().map(|folder| std::fs::read(folder.join(name))) {
            stream(&mut group, name, FeedKind::NbaPushEvents, &bytes);
        }
    }
}

/// Each message over and over, into the game as it then stands.
fn tracker(c: &mut Criterion) {
    let mut group = c.benchmark_group("shottracker");
    group.sample_size(20);
    let play = game();
    let end_ms = play.course().end_ms();
    let last = |source: &str| {
        let wanted = [source];
        let last = Transcript::new(&play, &wanted, end_ms - 60_000, end_ms + 1_000).last();
        last.expect("the last minute has one").1
    };
    for source in ["broadcastsummary", "boxscorestatsv2", "chart", "location", "clock"] {
        let message = last(source);
        let (mut ingest, mut state, feed) = (Ingest::default(), GameState::default(), FeedId::from("tracker"));
        let mut take = |at: Timestamp| {
            state.noticed(at, &feed, FeedKind::ShotTracker);
            ingest.message(&mut state, at, &feed, FeedKind::ShotTracker, black_box(message.as_bytes()));
        };
        group.throughput(Throughput::Bytes(message.len() as u64));
        group.bench_function(format!("{source} of {} bytes", message.len()), |b| b.iter(|| take(BEGAN)));
    }
}

criterion_group!(benches, push_events, tracker);
criterion_main!(benches);
