//! The life of a graphic in frames: when it began to come in and to go out, and where each property is by now.
//!
//! A graphic's acts are kept in order, so that a value at any frame is a pure function of them: an act that interrupts
//! another one begins at the value that the other had reached, and nothing jumps.

use crate::template::motion::{Easing, Property, RevealEdge, Timeline, Track, progress};
use crate::template::timeline::Motion;
use crate::time::{FrameIndex, FrameRate};

/// Acts that are remembered. Only an operator who turns a graphic around more often than this within one animation
/// could see the oldest being forgotten.
const MAX_ACTS: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// On air at rest, without an animation.
    Cut,
    Enter,
    Leave,
}

#[derive(Clone, Copy, Debug)]
struct Act {
    kind: Kind,
    start: FrameIndex,
}

/// The acts of one graphic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    acts: Vec<Act>,
    /// The highest place in a repeat that was drawn, by which staggered tracks end later.
    pub last_ordinal: u32,
}

impl Life {
    pub fn enter(&mut self, frame: FrameIndex, cut: bool) {
        if cut {
            self.acts.clear();
        }
        self.push(Act { kind: if cut { Kind::Cut } else { Kind::Enter }, start: frame });
    }

    pub fn leave(&mut self, frame: FrameIndex) {
        self.push(Act { kind: Kind::Leave, start: frame });
    }

    fn push(&mut self, act: Act) {
        if self.acts.len() == MAX_ACTS {
            self.acts.remove(0);
        }
        self.acts.push(act);
    }

    /// Whether the *out* animation has run to its end: the graphic is no longer there.
    pub fn is_gone(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> bool {
        match self.acts.last() {
            Some(Act { kind: Kind::Leave, start }) => frame.since(*start) >= self.length(&motion.leave, rate),
            _ => false,
        }
    }

    /// Forgets what no longer matters once the graphic is fully in.
    pub fn settle(&mut self, motion: &Motion, frame: FrameIndex, rate: FrameRate) {
        if let Some(Act { kind: Kind::Enter, start }) = self.acts.last()
            && self.acts.len() > 1
            && frame.since(*start) >= self.length(&motion.enter, rate)
        {
            self.acts = vec![Act { kind: Kind::Cut, start: *start }];
        }
    }

    /// Whether everything has come in, so that nothing moves until the next act.
    pub fn is_at_rest(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> bool {
        match self.acts.last() {
            Some(Act { kind: Kind::Enter, start }) => frame.since(*start) >= self.length(&motion.enter, rate),
            Some(Act { kind, .. }) => *kind == Kind::Cut,
            None => false,
        }
    }

    fn length(&self, timeline: &Timeline, rate: FrameRate) -> u64 {
        timeline.iter().map(|track| track.end(self.last_ordinal, rate)).max().unwrap_or(0)
    }

    /// A frame, with what all properties need to know of it.
    pub fn instant(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> Instant {
        Instant { frame, rate, enter_length: self.length(&motion.enter, rate) }
    }

    /// A property of a node at a frame; `ordinal` is its place in the repeat that holds it.
    pub fn value(&self, motion: &Motion, (node, property): (u32, Property), ordinal: u32, at: Instant) -> f32 {
        fn find(timeline: &Timeline, node: u32, property: Property) -> Option<&Track> {
            timeline.iter().find(|track| track.node == node && track.property == property)
        }
        let (enter, leave) = (find(&motion.enter, node, property), find(&motion.leave, node, property));
        let tracks = Tracks { enter, leave, property, ordinal };
        if tracks.enter.is_none() && tracks.leave.is_none() {
            return property.rest();
        }
        value(&self.acts, &tracks, at)
    }

    /// The edge from which a node is uncovered now.
    pub fn edge(&self, motion: &Motion, node: u32) -> RevealEdge {
        let is_reveal = |track: &&Track| track.node == node && track.property == Property::Reveal;
        let enter = motion.enter.iter().find(is_reveal);
        let leave = motion.leave.iter().find(is_reveal);
        let is_leaving = matches!(self.acts.last(), Some(Act { kind: Kind::Leave, .. }));
        let (first, second) = if is_leaving { (leave, enter) } else { (enter, leave) };
        first.or(second).map_or(RevealEdge::default(), |track| track.edge)
    }
}

/// A frame at a rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant {
    pub frame: FrameIndex,
    pub rate: FrameRate,
    /// Frames that it takes until all has come in.
    enter_length: u64,
}

/// What moves one property in each direction.
struct Tracks<'a> {
    enter: Option<&'a Track>,
    leave: Option<&'a Track>,
    property: Property,
    ordinal: u32,
}

fn value(acts: &[Act], tracks: &Tracks<'_>, at: Instant) -> f32 {
    let rest = tracks.property.rest();
    let Some((act, earlier)) = acts.split_last() else { return rest };
    let frames = at.frame.since(act.start);
    let reached = || value(earlier, tracks, Instant { frame: act.start, ..at });
    let between = |from: f32, to: f32, p: f32| from + (to - from) * p;
    match (act.kind, tracks.enter, tracks.leave) {
        (Kind::Cut, ..) => rest,
        (Kind::Enter, Some(track), _) => {
            let from = if earlier.is_empty() { track.far } else { reached() };
            between(from, rest, track.progress(frames, tracks.ordinal, at.rate))
        }
        (Kind::Enter, None, _) if earlier.is_empty() => rest,
        // What only the way out moves comes back while the rest comes in.
        (Kind::Enter, None, _) => between(reached(), rest, progress(frames, 0, at.enter_length, Easing::OUT_EXPO)),
        (Kind::Leave, _, Some(track)) => between(reached(), track.far, track.progress(frames, tracks.ordinal, at.rate)),
        // What the way out does not move goes on coming in.
        (Kind::Leave, _, None) => value(earlier, tracks, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::motion::Length;

    const AT: FrameRate = FrameRate::FPS_50;
    const KEY: (u32, Property) = (1, Property::X);

    fn track(far: f32, frames: u32) -> Track {
        Track {
            node: 1,
            property: Property::X,
            edge: RevealEdge::Left,
            far,
            delay: Length::ZERO,
            length: Length::Frames(frames),
            stagger: Length::Frames(5),
            ease: Easing::Linear,
        }
    }

    fn motion() -> Motion {
        Motion { enter: vec![track(-100.0, 10)], leave: vec![track(40.0, 10)] }
    }

    fn at(life: &Life, frame: u64) -> f32 {
        life.value(&motion(), KEY, 0, life.instant(&motion(), FrameIndex(frame), AT))
    }

    #[test]
    fn an_out_during_an_in_starts_where_the_in_had_come_to() {
        let mut life = Life::default();
        life.enter(FrameIndex(100), false);
        assert_eq!((at(&life, 100), at(&life, 105), at(&life, 110)), (-100.0, -50.0, 0.0));
        life.leave(FrameIndex(105));
        assert_eq!((at(&life, 105), at(&life, 110), at(&life, 115)), (-50.0, -5.0, 40.0));
        assert!(!life.is_gone(&motion(), FrameIndex(114), AT));
        assert!(life.is_gone(&motion(), FrameIndex(115), AT));
    }

    #[test]
    fn turning_around_many_times_never_jumps() {
        let mut life = Life::default();
        life.enter(FrameIndex(0), false);
        let mut last = at(&life, 0);
        for frame in 1..200u64 {
            match frame % 14 {
                3 => life.leave(FrameIndex(frame)),
                7 => life.enter(FrameIndex(frame), false),
                _ => {}
            }
            life.settle(&motion(), FrameIndex(frame), AT);
            let now = at(&life, frame);
            // 14 px a frame is the fastest that any of these tracks can move by itself.
            assert!((now - last).abs() <= 14.1, "frame {frame}: {last} to {now}");
            last = now;
        }
    }

    #[test]
    fn later_items_of_a_repeat_start_and_end_later() {
        let mut life = Life { last_ordinal: 2, ..Life::default() };
        life.enter(FrameIndex(0), false);
        let third = |life: &Life, frame| life.value(&motion(), KEY, 2, life.instant(&motion(), FrameIndex(frame), AT));
        assert_eq!((third(&life, 10), third(&life, 15), third(&life, 20)), (-100.0, -50.0, 0.0));
        life.leave(FrameIndex(50));
        assert!(!life.is_gone(&motion(), FrameIndex(69), AT) && life.is_gone(&motion(), FrameIndex(70), AT));
    }

    #[test]
    fn a_cut_is_at_rest_at_once() {
        let mut life = Life::default();
        life.enter(FrameIndex(7), true);
        assert_eq!(at(&life, 7), 0.0);
    }
}
