//! A recorded Sportradar stream, cut into pieces with their times; the bytes stay as they are.
//!
//! A recording has no times of its own but its heartbeats: the vendor sends one after five idle seconds, so each is taken
//! for five seconds. Pure.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

#[derive(Debug)]
pub struct Capture {
    bytes: Bytes,
    /// Game time over real time; infinite: without pauses.
    speed: f64,
}

const HEARTBEAT: Duration = Duration::from_secs(5);
/// Pieces without a heartbeat end here at the latest.
const PIECE_BYTES: usize = 32 * 1024;

/// Where a subscriber is in a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    offset: usize,
    heartbeats: u32,
}

impl Capture {
    pub fn new(bytes: Arc<[u8]>, speed: f64) -> Capture {
        Capture { bytes: Bytes::from_owner(bytes), speed }
    }

    /// When the piece at a place is due after the beginning.
    pub fn due(&self, place: Place) -> Duration {
        (HEARTBEAT * place.heartbeats).div_f64(self.speed)
    }

    /// The piece at a place and the place after it; `None` at the end. A piece ends with the line of a heartbeat.
    pub fn piece(&self, place: Place) -> Option<(Bytes, Place)> {
        let rest = self.bytes.get(place.offset..).filter(|rest| !rest.is_empty())?;
        let mut length = 0;
        for line in rest.split_inclusive(|byte| *byte == b'\n') {
            length += line.len();
            let beats = line.windows(b"\"heartbeat\"".len()).any(|window| window == b"\"heartbeat\"");
            if beats || length >= PIECE_BYTES {
                return Some(self.cut(place, length, u32::from(beats)));
            }
        }
        Some(self.cut(place, length, 0))
    }

    fn cut(&self, place: Place, length: usize, beats: u32) -> (Bytes, Place) {
        let end = place.offset + length;
        (self.bytes.slice(place.offset..end), Place { offset: end, heartbeats: place.heartbeats + beats })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(capture: &Capture) -> Vec<(Duration, String)> {
        let mut place = Place::default();
        let mut pieces = Vec::new();
        while let Some((bytes, next)) = capture.piece(place) {
            pieces.push((capture.due(place), String::from_utf8(bytes.to_vec()).unwrap()));
            place = next;
        }
        pieces
    }

    #[test]
    fn a_heartbeat_lets_five_seconds_pass_at_the_chosen_speed() {
        let text = "{\"a\":1}\n{\"heartbeat\":{}}\n{\"b\":2}{\"c\":3}";
        let capture = Capture::new(Arc::from(text.as_bytes()), 10.0);
        let pieces = pieces(&capture);
        let expected = [
            (Duration::ZERO, "{\"a\":1}\n{\"heartbeat\":{}}\n".to_owned()),
            (Duration::from_millis(500), "{\"b\":2}{\"c\":3}".to_owned()),
        ];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn infinite_speed_never_waits() {
        let text = "{\"heartbeat\":{}}\n".repeat(100);
        let capture = Capture::new(Arc::from(text.as_bytes()), f64::INFINITY);
        assert!(pieces(&capture).iter().all(|(due, _)| due.is_zero()));
    }
}
