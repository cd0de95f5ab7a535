//! Outputs keep their rate and their counters whatever their readers do, and never make playout wait.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use sideline::draw_list::Size;
use sideline::frame::{Alpha, Band, Frame, Need, Picture, PixelFormat, band_count, band_rows};
use sideline::ids::OutputId;
use sideline::output::ffmpeg::{FINISH_LIMIT_OFFLINE, Ffmpeg};
use sideline::output::raw::{Raw, Target};
use sideline::output::{Offer, Output, Signal, start};
use sideline::time::{FrameIndex, FrameRate};

const NEED: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
const SIGNAL: Signal = Signal { size: Size::new(64, 36), rate: FrameRate::FPS_59_94 };
const LIMIT: Duration = Duration::from_secs(5);

/// A frame whose every byte is `value`.
fn frame(index: u64, value: u8) -> Arc<Frame> {
    let Size { width, height } = SIGNAL.size;
    let bands = (0..band_count(height))
        .map(|band| Band {
            version: index,
            bytes: Arc::new(vec![value; 4 * width as usize * band_rows(band, height).len()]),
        })
        .collect();
    Arc::new(Frame { index: FrameIndex(index), size: SIGNAL.size, pictures: vec![(NEED, Picture { bands })] })
}

fn frame_bytes() -> usize {
    4 * (SIGNAL.size.width * SIGNAL.size.height) as usize
}

fn raw(target: Target) -> Output {
    start(OutputId::new("reader"), Box::new(Raw::new(target, NEED)), SIGNAL).expect("a thread")
}

/// Delivers frames so that none is dropped, as a file made in lockstep would receive them.
fn deliver(output: &Output, frames: impl IntoIterator<Item = Arc<Frame>>) {
    for frame in frames {
        assert_eq!(output.deliver(frame), Offer::Accepted);
    }
}

/// The value of each whole frame in what a reader received.
fn values(bytes: &[u8]) -> Vec<u8> {
    assert_eq!(bytes.len() % frame_bytes(), 0, "a frame was cut");
    bytes.chunks(frame_bytes()).map(|frame| frame[0]).collect()
}

#[test]
fn a_raw_file_holds_every_frame_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("show.raw");
    let output = raw(Target::File(path.clone()));
    deliver(&output, (0..5).map(|n| frame(n, n as u8)));
    let status = output.finish(LIMIT);
    assert_eq!((status.submitted, status.sent, status.dropped, status.repeated), (5, 5, 0, 0));
    assert_eq!(values(&std::fs::read(path).expect("reads")), [0, 1, 2, 3, 4]);
}

#[test]
fn frames_that_playout_skipped_are_filled_with_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("show.raw");
    let output = raw(Target::File(path.clone()));
    deliver(&output, [frame(10, 1), frame(11, 2), frame(15, 3)]);
    let status = output.finish(LIMIT);
    assert_eq!((status.submitted, status.sent, status.repeated), (3, 6, 3));
    assert_eq!(values(&std::fs::read(path).expect("reads")), [1, 2, 2, 2, 2, 3]);
}

#[test]
fn the_frames_of_a_rehearsal_are_sent_as_they_come_however_far_a_seek_leaps() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rehearsal.raw");
    let output = raw(Target::File(path.clone())).as_they_come();
    deliver(&output, [frame(10, 1), frame(90_000, 2), frame(90_004, 3), frame(20, 4), frame(21, 5)]);
    let status = output.finish(LIMIT);
    assert_eq!((status.submitted, status.sent, status.repeated), (5, 5, 0));
    assert_eq!(values(&std::fs::read(path).expect("reads")), [1, 2, 3, 4, 5]);
}

#[test]
fn a_tcp_reader_receives_whole_frames() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let reader = std::thread::Builder::new()
        .name("reader".into())
        .spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).expect("reads");
            bytes
        })
        .expect("a thread");
    let output = raw(Target::Connect(address));
    deliver(&output, (0..30).map(|n| frame(n, n as u8)));
    output.finish(LIMIT);
    assert_eq!(values(&reader.join().expect("reads")), (0..30).collect::<Vec<u8>>());
}

/// Frames large enough that a few of them fill every buffer between us and a reader who does not read.
#[test]
fn a_stalled_reader_is_counted_and_slows_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let size = Size::new(1920, 1080);
    let signal = Signal { size, rate: FrameRate::FPS_59_94 };
    let large = |index: u64| {
        let bands = (0..band_count(size.height))
            .map(|band| Band {
                version: 1,
                bytes: Arc::new(vec![7; 4 * size.width as usize * band_rows(band, size.height).len()]),
            })
            .collect();
        Arc::new(Frame { index: FrameIndex(index), size, pictures: vec![(NEED, Picture { bands })] })
    };
    let stalled =
        start(OutputId::new("stalled"), Box::new(Raw::new(Target::Connect(address), NEED)), signal).expect("a thread");
    let folder = tempfile::tempdir().expect("a folder");
    let file = Target::File(folder.path().join("show.raw"));
    let healthy = start(OutputId::new("healthy"), Box::new(Raw::new(file, NEED)), signal).expect("a thread");
    let mut offered = 0;
    // Until the queue has filled: the sockets' buffers hold a few megabytes, a frame has eight. Nobody reads meanwhile: an
    // offer that waited for the reader would never come back.
    while stalled.status().dropped < 20 {
        stalled.offer(large(offered));
        assert_eq!(healthy.deliver(large(offered)), Offer::Accepted);
        offered += 1;
        assert!(offered < 2_000, "a reader that never reads must fill the queue");
    }
    let (_unread, _) = listener.accept().expect("the output had connected");
    // It comes back although what was accepted can never be written.
    let status = stalled.finish(Duration::from_millis(200));
    assert_eq!(status.submitted, offered);
    assert!(status.sent < offered && status.dropped >= 20, "{status:?}");
    let healthy = healthy.finish(LIMIT);
    assert_eq!((healthy.sent, healthy.dropped, healthy.repeated), (offered, 0, 0));
}

#[test]
fn an_output_without_a_reader_says_so_and_starts_with_the_present_when_one_comes() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let output = raw(Target::Listen(port.to_string()));
    let mut next = 0;
    let mut offer = |output: &Output| {
        output.deliver(frame(next, 1));
        next += 1;
    };
    while output.status().trouble.is_none() {
        offer(&output);
    }
    assert_eq!(output.status().trouble.as_deref(), Some("waiting for a reader"));
    let mut reader = std::net::TcpStream::connect(port).expect("the output listens");
    let mut first = vec![0; frame_bytes()];
    while output.status().sent == 0 {
        offer(&output);
    }
    reader.read_exact(&mut first).expect("reads a frame");
    let status = output.finish(LIMIT);
    assert_eq!(status.repeated, 0, "time before the reader came is not repeated to it");
    assert_eq!(status.dropped, 0, "nobody missed what was drawn before the reader came");
}

#[test]
fn a_movie_keeps_alpha_rate_and_every_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("show.mov");
    let ffmpeg = Ffmpeg::new(
        path.display().to_string(),
        sideline::config::movie_options(),
        Alpha::Straight,
        FINISH_LIMIT_OFFLINE,
    );
    let output = start(OutputId::new("movie"), Box::new(ffmpeg), SIGNAL).expect("a thread");
    deliver(&output, (0..12).map(|n| frame(n, 20 * n as u8)));
    let status = output.finish(Duration::from_secs(60));
    assert_eq!((status.sent, status.trouble), (12, None));
    let said = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_entries", "stream=pix_fmt,r_frame_rate,nb_read_frames"])
        .args(["-of", "default=noprint_wrappers=1"])
        .arg(&path)
        .output()
        .expect("ffprobe runs");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(said.lines().collect::<Vec<_>>(), ["pix_fmt=argb", "r_frame_rate=60000/1001", "nb_read_frames=12"]);
    let decoded = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&path)
        .args(["-f", "rawvideo", "-pix_fmt", "rgba", "-"])
        .output()
        .expect("ffmpeg runs");
    assert_eq!(values(&decoded.stdout), (0..12).map(|n| 20 * n as u8).collect::<Vec<_>>());
}
