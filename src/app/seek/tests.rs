use super::*;
use crate::ids::FeedKind;
use crate::journal::file::Writer;
use crate::journal::{Entry, Start};
use crate::time::FrameRate;

fn point(text: &str) -> Result<Point, NoPoint> {
    text.parse()
}

#[test]
fn places_are_read_as_people_write_them() {
    let time = |seconds: f64| Ok(Point::Time(Duration::from_secs_f64(seconds)));
    let period = |label: &str, clock: Option<f64>| {
        Ok(Point::Period { label: label.to_owned(), clock: clock.map(Duration::from_secs_f64) })
    };
    let named = |name: &str| Which::Named(name.to_owned());
    assert_eq!([point("90"), point("1:30"), point("0:01:30.0")], [time(90.0), time(90.0), time(90.0)]);
    assert_eq!(point("1:02:03.5"), time(3723.5));
    assert_eq!(point("q3"), period("Q3", None));
    assert_eq!(point("Q4 0:21.7"), period("Q4", Some(21.7)));
    assert_eq!(point("2OT 4:25"), period("2OT", Some(265.0)));
    assert_eq!(point("HALF"), period("HALF", None));
    assert_eq!(point("play:8e-1:x"), Ok(Point::Play(named("8e-1:x"))));
    assert_eq!(point("play#12"), Ok(Point::Play(Which::Number(12))));
    assert_eq!(point("bookmark:the dunk"), Ok(Point::Bookmark(named("the dunk"))));
    assert_eq!(point("bookmark#1"), Ok(Point::Bookmark(Which::Number(1))));
}

#[test]
fn what_is_no_place_is_refused_with_what_is() {
    for text in ["", "Q", "Qx", "5:xx", "1:2:3:4", "play", "play#0", "play:", "bookmark#x", "-3", "later", "Q3 x"] {
        let refused = point(text).expect_err(text).to_string();
        assert!(refused.contains("bookmark:NAME"), "{refused}");
    }
}

#[test]
fn a_stretch_ends_at_a_place_or_after_a_time() {
    let stretch = "play#3..+20".parse::<Stretch>();
    let from = Point::Play(Which::Number(3));
    assert_eq!(stretch, Ok(Stretch { from, to: End::After(Duration::from_secs(20)) }));
    let at = Point::Time(Duration::from_secs(65));
    assert_eq!("10..1:05".parse::<Stretch>().map(|stretch| stretch.to), Ok(End::At(at)));
    assert!("Q3".parse::<Stretch>().is_err() && "Q3..".parse::<Stretch>().is_err());
}

#[test]
fn a_place_is_written_as_it_is_read() {
    for text in ["90", "Q3", "Q3 4:05", "play#12", "play:a", "bookmark#2", "bookmark:half of it"] {
        assert_eq!(point(text).expect("a place").to_string(), text);
    }
}

const EPOCH: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn play(id: &str, period: u8, clock: &str) -> Body {
    let text = format!(
        r#"{{"payload":{{"game":{{"id":"g","status":"inprogress"}},"event":{{"id":"{id}","event_type":"rebound",
        "sequence":{id},"clock":"{clock}","description":"rebound {id}","updated":"2023-11-14T22:13:20Z",
        "period":{{"number":{period},"sequence":{period},"type":"quarter"}}}}}},
        "metadata":{{"league":"NBA","match":"sd:match:g","operation":"update"}}}}"#
    );
    Body::Received { feed: "league".into(), kind: FeedKind::NbaPushEvents, bytes: text.into() }
}

/// A show at 50 frames a second: its entries by their milliseconds. With marks, a frame is drawn from all entries that
/// came by its time, and the mark follows it.
fn journal(entries: &[(i64, Body)], with_marks: bool) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("show.journal");
    let start = Start {
        epoch: EPOCH,
        rate: FrameRate::FPS_50,
        show: "[show]\nname = \"x\"\n".to_owned(),
        folder: folder.path().to_owned(),
        follows: [("league".into(), "g".to_owned())].into(),
        files: Default::default(),
    };
    let writer = Writer::open(&path).expect("opens").writer;
    let mut seq = 0;
    let mut after = None;
    let mut write = |millis: i64, body: Body| {
        seq += 1;
        writer.append(Entry { seq, at: EPOCH + Duration::from_millis(millis as u64), body });
        seq
    };
    write(0, Body::Start(start));
    for (millis, body) in entries {
        let upto = write(*millis, body.clone());
        if with_marks {
            let index = FrameIndex(millis.unsigned_abs().div_ceil(20));
            write(*millis, Body::Frame { index, after, upto });
            after = Some(index);
        }
    }
    writer.close();
    (folder, path)
}

fn game() -> Vec<(i64, Body)> {
    let mark = |name: &str| Body::Command(Command::Bookmark { name: name.to_owned() });
    vec![
        (110, play("10", 1, "12:00")),
        (1_000, play("20", 1, "5:40")),
        (1_500, mark("")),
        (2_010, play("30", 1, "0:21.7")),
        (3_000, play("40", 2, "12:00")),
        (3_500, mark("the dunk")),
        (4_000, play("20", 1, "5:40")),
        (5_000, play("50", 2, "11:00")),
    ]
}

fn found(path: &Path, from: &str, to: Option<&str>) -> Result<(u64, Option<u64>), String> {
    let outline = Outline::of(path).expect("reads").expect("a journal");
    let to = to.map(|to| format!("{from}..{to}").parse::<Stretch>().expect("a stretch").to);
    let from = from.parse().expect("a place");
    let span = find(path, &outline, &Rules::default(), &from, to.as_ref());
    span.map(|span| (span.first.0, span.end.map(|end| end.0))).map_err(|failure| failure.to_string())
}

#[test]
fn periods_clocks_plays_and_bookmarks_are_found_at_the_frame_that_showed_them_first() {
    for with_marks in [true, false] {
        let (_folder, path) = journal(&game(), with_marks);
        let frame = |from: &str| found(&path, from, None).map(|(first, _)| first);
        assert_eq!(frame("Q1"), Ok(6), "the frame after 110 ms begins at 120");
        assert_eq!(frame("Q1 6:00"), Ok(50), "at or below");
        assert_eq!(frame("Q1 0:21.7"), Ok(101));
        assert_eq!(frame("q2"), Ok(150));
        assert_eq!(frame("play#1"), Ok(6));
        assert_eq!((frame("play:20"), frame("play#2")), (Ok(50), Ok(50)), "an edit is no new play");
        assert_eq!((frame("play:50"), frame("play#5")), (Ok(250), Ok(250)));
        assert_eq!((frame("bookmark#1"), frame("bookmark:the dunk"), frame("bookmark#2")), (Ok(75), Ok(175), Ok(175)));
    }
}

#[test]
fn a_stretch_is_found_by_both_ends_and_refused_backwards() {
    let (_folder, path) = journal(&game(), true);
    assert_eq!(found(&path, "Q1", Some("Q2")), Ok((6, Some(150))));
    assert_eq!(found(&path, "play#2", Some("+1.5")), Ok((50, Some(125))));
    assert!(found(&path, "Q2", Some("Q1")).is_err_and(|why| why.contains("not after its beginning")));
}

#[test]
fn what_is_not_in_the_journal_is_refused_with_what_is() {
    let (_folder, path) = journal(&game(), true);
    let refused = found(&path, "Q4", None).expect_err("there is none");
    assert!(refused.contains("it shows Q1, Q2; 5 plays; 2 bookmarks"), "{refused}");
    assert!(found(&path, "play#6", None).is_err() && found(&path, "bookmark:x", None).is_err());
    assert!(found(&path, "1:00", None).is_err_and(|why| why.contains("which is at 4.9 s")));
}

#[test]
fn every_place_that_is_listed_is_found_where_it_is_listed() {
    let (_folder, path) = journal(&game(), true);
    let outline = Outline::of(&path).expect("reads").expect("a journal");
    let all = landmarks(&path, &outline, &Rules::default()).expect("reads");
    assert_eq!(all.len(), 2 + 5 + 2);
    for landmark in all {
        assert_eq!(found(&path, &landmark.point, None), Ok((landmark.frame.0, None)), "{}", landmark.point);
    }
}
