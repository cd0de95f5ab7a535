//! The life of a graphic in frames: when it began to come in and to go out, and where each property is by now.
//!
//! A graphic's acts are kept in order, so that a value at any frame is a pure function of them: an act that interrupts
//! another one begins at the value that the other had reached, and nothing jumps.

use crate::template::motion::{Easing, Far, Property, RevealEdge, Timeline, Track, progress};
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
    /// To another step.
    Step,
    Leave,
}

#[derive(Clone, Copy, Debug)]
struct Act {
    kind: Kind,
    start: FrameIndex,
    /// The step that the graphic is at, or goes to: 0 when it has come in.
    step: usize,
}

/// The acts of one graphic.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    acts: Vec<Act>,
    /// Loops count from here.
    came: FrameIndex,
    /// The highest place in a repeat that was drawn, by which staggered tracks end later.
    pub last_ordinal: u32,
}

impl Life {
    pub fn enter(&mut self, frame: FrameIndex, cut: bool) {
        if cut {
            self.acts.clear();
        }
        if self.acts.is_empty() {
            self.came = frame;
        }
        self.push(if cut { Kind::Cut } else { Kind::Enter }, frame, self.step());
    }

    /// Goes to a step, which the motion has.
    pub fn step_to(&mut self, frame: FrameIndex, step: usize, cut: bool) {
        if cut {
            self.acts.clear();
        }
        self.push(if cut { Kind::Cut } else { Kind::Step }, frame, step);
    }

    pub fn leave(&mut self, frame: FrameIndex) {
        self.push(Kind::Leave, frame, self.step());
    }

    /// The step that it is at, or on the way to.
    pub fn step(&self) -> usize {
        self.acts.last().map_or(0, |act| act.step)
    }

    /// The frame in which it came.
    pub fn came(&self) -> FrameIndex {
        self.came
    }

    /// Whether it is going out.
    pub fn is_leaving(&self) -> bool {
        matches!(self.acts.last(), Some(Act { kind: Kind::Leave, .. }))
    }

    fn push(&mut self, kind: Kind, start: FrameIndex, step: usize) {
        if self.acts.len() == MAX_ACTS {
            self.acts.remove(0);
        }
        self.acts.push(Act { kind, start, step });
    }

    /// Whether the *out* animation has run to its end: the graphic is no longer there.
    pub fn is_gone(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> bool {
        match self.acts.last() {
            Some(Act { kind: Kind::Leave, start, .. }) => frame.since(*start) >= self.length(&motion.leave, rate),
            _ => false,
        }
    }

    /// Forgets what no longer matters once the graphic is fully there.
    pub fn settle(&mut self, motion: &Motion, frame: FrameIndex, rate: FrameRate) {
        if self.acts.len() > 1
            && self.is_at_rest(motion, frame, rate)
            && let Some(last) = self.acts.last().copied()
        {
            self.acts = vec![Act { kind: Kind::Cut, ..last }];
        }
    }

    /// Whether everything has come to where it belongs, so that nothing but loops moves until the next act.
    pub fn is_at_rest(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> bool {
        let is_over = |(i, act): (usize, &Act)| match act.kind {
            Kind::Cut | Kind::Leave => true,
            Kind::Enter => frame.since(act.start) >= self.length(&motion.enter, rate),
            Kind::Step => {
                let passed = passed(motion, self.step_before(i), act.step);
                passed.iter().all(|step| frame.since(act.start) >= self.length(&step.tracks, rate))
            }
        };
        match self.acts.last() {
            Some(Act { kind: Kind::Leave, .. }) | None => false,
            Some(_) => self.acts.iter().enumerate().all(is_over),
        }
    }

    /// The step that the graphic was at before this act.
    fn step_before(&self, act: usize) -> usize {
        act.checked_sub(1).and_then(|before| self.acts.get(before)).map_or(0, |act| act.step)
    }

    fn length(&self, timeline: &Timeline, rate: FrameRate) -> u64 {
        timeline.iter().map(|track| track.end(self.last_ordinal, rate)).max().unwrap_or(0)
    }

    /// A frame, with what all properties need to know of it.
    pub fn instant(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> Instant {
        Instant { frame, rate, enter_length: self.length(&motion.enter, rate) }
    }

    /// A property of a node at a frame; `ordinal` is its place in the repeat that holds it.
    pub fn value(&self, motion: &Motion, key: (u32, Property), ordinal: u32, at: Instant) -> f32 {
        let (enter, leave) = (find(&motion.enter, key), find(&motion.leave, key));
        let value = value(&self.acts, &Tracks { motion, enter, leave, key, ordinal }, at);
        find(&motion.loops, key).map_or(value, |track| track.looped(value, at.frame.since(self.came), ordinal, at.rate))
    }

    /// The edge from which a node is uncovered now.
    pub fn edge(&self, motion: &Motion, node: u32) -> RevealEdge {
        let of = |timeline: &Timeline| find(timeline, (node, Property::Reveal)).map(|track| track.edge);
        let (enter, leave) = (of(&motion.enter), of(&motion.leave));
        let step = motion.steps.iter().find_map(|step| of(&step.tracks));
        let in_order = match self.acts.last().map(|act| act.kind) {
            Some(Kind::Leave) => [leave, enter, step],
            Some(Kind::Step) => [step, enter, leave],
            _ => [enter, step, leave],
        };
        in_order.into_iter().flatten().next().unwrap_or_default()
    }
}

fn find(timeline: &Timeline, (node, property): (u32, Property)) -> Option<&Track> {
    timeline.iter().find(|track| track.node == node && track.property == property)
}

/// The steps that lie between two, the earlier one left out.
fn passed(motion: &Motion, from: usize, to: usize) -> &[crate::template::timeline::Step] {
    motion.steps.get(from.min(to)..from.max(to)).unwrap_or_default()
}

/// A frame at a rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant {
    pub frame: FrameIndex,
    pub rate: FrameRate,
    /// Frames that it takes until all has come in.
    enter_length: u64,
}

/// What moves one property.
struct Tracks<'a> {
    motion: &'a Motion,
    enter: Option<&'a Track>,
    leave: Option<&'a Track>,
    key: (u32, Property),
    ordinal: u32,
}

impl Tracks<'_> {
    /// The value at rest at a step: where the last step that moved the property left it, else where the next one that
    /// will picks it up.
    fn held(&self, step: usize) -> f32 {
        let rest = self.key.1.rest();
        let (done, to_come) = self.motion.steps.split_at(step.min(self.motion.steps.len()));
        let of =
            |step: &'_ crate::template::timeline::Step| find(&step.tracks, self.key).map(|track| (track.is, track.far));
        match (done.iter().rev().find_map(of), to_come.iter().find_map(of)) {
            (Some((Far::After, far)), _) | (None, Some((Far::Before, far))) => far,
            _ => rest,
        }
    }

    /// What moves the property on the way between two steps: the last on the way forwards, the first on the way back.
    fn between(&self, from: usize, to: usize) -> Option<&Track> {
        let mut tracks = passed(self.motion, from, to).iter().filter_map(|step| find(&step.tracks, self.key));
        if from < to { tracks.next_back() } else { tracks.next() }
    }
}

fn value(acts: &[Act], tracks: &Tracks<'_>, at: Instant) -> f32 {
    let Some((act, earlier)) = acts.split_last() else { return tracks.key.1.rest() };
    let rest = tracks.held(act.step);
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
        (Kind::Step, ..) => match tracks.between(earlier.last().map_or(0, |act| act.step), act.step) {
            Some(track) => between(reached(), rest, track.progress(frames, tracks.ordinal, at.rate)),
            // What the step does not move goes on as before.
            None => value(earlier, tracks, at),
        },
        (Kind::Leave, _, Some(track)) => between(reached(), track.far, track.progress(frames, tracks.ordinal, at.rate)),
        // What the way out does not move goes on coming in.
        (Kind::Leave, _, None) => value(earlier, tracks, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::motion::Length;
    use crate::template::timeline::Step;

    const AT: FrameRate = FrameRate::FPS_50;
    const KEY: (u32, Property) = (1, Property::X);

    fn track(far: f32, frames: u32) -> Track {
        Track {
            node: 1,
            property: Property::X,
            edge: RevealEdge::Left,
            far,
            is: Far::Before,
            delay: Length::ZERO,
            length: Length::Frames(frames),
            stagger: Length::Frames(5),
            ease: Easing::Linear,
        }
    }

    fn motion() -> Motion {
        Motion { enter: vec![track(-100.0, 10)], leave: vec![track(40.0, 10)], ..Motion::default() }
    }

    /// Step 1 brings the node from 8, step 2 moves another, step 3 takes it away to 60.
    fn with_steps() -> Motion {
        let step = |track: Track| Step { name: None, tracks: vec![track] };
        let steps = vec![
            step(track(8.0, 4)),
            step(Track { node: 2, ..track(1.0, 20) }),
            step(Track { is: Far::After, ..track(60.0, 10) }),
        ];
        Motion { steps, ..motion() }
    }

    fn stepped(life: &Life, frame: u64) -> f32 {
        life.value(&with_steps(), KEY, 0, life.instant(&with_steps(), FrameIndex(frame), AT))
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

    #[test]
    fn a_step_moves_what_it_names_and_holds_it_there() {
        let mut life = Life::default();
        life.enter(FrameIndex(0), false);
        assert_eq!((stepped(&life, 0), stepped(&life, 10)), (-100.0, 8.0), "step 1 picks it up at 8");
        life.step_to(FrameIndex(20), 1, false);
        assert_eq!((stepped(&life, 20), stepped(&life, 22), stepped(&life, 24)), (8.0, 4.0, 0.0));
        life.settle(&with_steps(), FrameIndex(24), AT);
        life.step_to(FrameIndex(30), 2, false);
        assert_eq!((stepped(&life, 30), stepped(&life, 99)), (0.0, 0.0), "step 2 moves another node");
        assert!(!life.is_at_rest(&with_steps(), FrameIndex(49), AT));
        assert!(life.is_at_rest(&with_steps(), FrameIndex(50), AT));
        life.step_to(FrameIndex(50), 3, false);
        assert_eq!((stepped(&life, 55), stepped(&life, 60)), (30.0, 60.0));
        life.leave(FrameIndex(60));
        assert_eq!((stepped(&life, 60), stepped(&life, 70)), (60.0, 40.0), "out, from where the step left it");
    }

    #[test]
    fn a_step_is_interrupted_by_the_next_and_goes_back_without_a_jump() {
        let mut life = Life::default();
        life.enter(FrameIndex(0), true);
        life.step_to(FrameIndex(10), 3, false);
        let reached = stepped(&life, 14);
        life.step_to(FrameIndex(14), 0, false);
        assert_eq!(stepped(&life, 14), reached);
        assert_eq!((life.step(), stepped(&life, 30)), (0, 8.0), "back to before step 1");
        life.step_to(FrameIndex(40), 2, true);
        assert_eq!((stepped(&life, 40), life.is_at_rest(&with_steps(), FrameIndex(40), AT)), (0.0, true), "a cut");
    }

    #[test]
    fn stepping_about_at_random_never_jumps() {
        let mut life = Life::default();
        life.enter(FrameIndex(0), false);
        let mut last = stepped(&life, 0);
        for frame in 1..400u64 {
            match frame % 11 {
                2 => life.step_to(FrameIndex(frame), (frame * 7 % 4) as usize, false),
                6 if frame % 3 == 0 => life.leave(FrameIndex(frame)),
                8 if frame % 3 == 2 => life.enter(FrameIndex(frame), false),
                _ => {}
            }
            life.settle(&with_steps(), FrameIndex(frame), AT);
            let now = stepped(&life, frame);
            // The shortest track takes 4 frames, and no two ends lie further apart than 160 px.
            assert!((now - last).abs() <= 40.1, "frame {frame}: {last} to {now}");
            last = now;
        }
    }
}
