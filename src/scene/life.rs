//! The life of a graphic in frames: when it began to come in and to go out, and where each property is by now.
//!
//! A graphic's acts are kept in order, so that a value at any frame is a pure function of them: an act that interrupts
//! another one begins at the value that the other had reached, and nothing jumps.

use crate::template::motion::{Easing, Far, Property, Timeline, Track, progress};
use crate::template::timeline::{Motion, Step};
use crate::time::{FrameIndex, FrameRate};

/// Acts that are kept without asking whether anything of them is still to be seen.
const FEW_ACTS: usize = 8;

/// Acts that are remembered: only as many turns within the time of one movement could make the oldest be forgotten.
const MAX_ACTS: usize = 512;

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
    /// The step that the graphic was at, or on the way to, before.
    from: usize,
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
        self.acts.push(Act { kind, start, from: self.step(), step });
    }

    /// Whether the *out* animation has run to its end: the graphic is no longer there.
    pub fn is_gone(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> bool {
        match self.acts.last() {
            Some(Act { kind: Kind::Leave, start, .. }) => frame.since(*start) >= self.length(&motion.leave, rate),
            _ => false,
        }
    }

    /// Forgets what no longer matters: everything before the last act once the graphic is fully there, and until then each
    /// act of which nothing is to be seen.
    pub fn settle(&mut self, motion: &Motion, frame: FrameIndex, rate: FrameRate) {
        let Some(last) = self.acts.last().copied().filter(|_| self.acts.len() > 1) else { return };
        if self.is_at_rest(motion, frame, rate) {
            self.acts = vec![Act { kind: Kind::Cut, ..last }];
        } else if self.acts.len() > FEW_ACTS {
            self.forget(motion, frame, rate);
        }
    }

    /// Forgets each act whose every movement a later one has taken over and brought to its end. The first stays: it is
    /// what all others began from.
    fn forget(&mut self, motion: &Motion, frame: FrameIndex, rate: FrameRate) {
        let at = self.instant(motion, frame, rate);
        let mut keys: Vec<(u32, Property)> = motion.tracks().map(|track| (track.node, track.property)).collect();
        let last_ordinal = self.last_ordinal;
        let (mut kept, mut left) = (Vec::new(), self.acts.len());
        for act in self.acts.iter().rev() {
            left -= 1;
            let way = |key: &(u32, Property)| Tracks::of(motion, *key, last_ordinal).way(act, left == 0);
            if kept.is_empty() || left == 0 || keys.iter().any(|key| way(key).is_some()) {
                kept.push(*act);
            }
            // What has come to its end is no longer asked for further back.
            keys.retain(|key| way(key).is_none_or(|(_, pace)| frame.since(act.start) < pace.frames(last_ordinal, at)));
        }
        kept.reverse();
        self.acts = kept;
    }

    /// Whether everything has come to where it belongs, so that nothing but loops moves until the next act.
    pub fn is_at_rest(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> bool {
        let is_over = |(i, act): (usize, &Act)| match act.kind {
            Kind::Cut | Kind::Leave => true,
            Kind::Enter if i == 0 => frame.since(act.start) >= self.length(&motion.enter, rate),
            Kind::Enter => frame.since(act.start) >= self.back_length(motion, rate),
            Kind::Step => {
                let passed = passed(motion, act.from, act.step);
                passed.iter().all(|step| frame.since(act.start) >= self.length(&step.tracks, rate))
            }
        };
        match self.acts.last() {
            Some(Act { kind: Kind::Leave, .. }) | None => false,
            Some(_) => self.acts.iter().enumerate().all(is_over),
        }
    }

    fn length(&self, timeline: &Timeline, rate: FrameRate) -> u64 {
        timeline.iter().map(|track| track.end(self.last_ordinal, rate)).max().unwrap_or(0)
    }

    /// Frames in which all has come back that was on its way out: as long as it takes to come in, and as it would have
    /// taken to go where nothing comes in.
    fn back_length(&self, motion: &Motion, rate: FrameRate) -> u64 {
        match self.length(&motion.enter, rate) {
            0 => self.length(&motion.leave, rate),
            length => length,
        }
    }

    /// A frame, with what all properties need to know of it.
    pub fn instant(&self, motion: &Motion, frame: FrameIndex, rate: FrameRate) -> Instant {
        Instant { frame, rate, back_length: self.back_length(motion, rate) }
    }

    /// A property of a node at a frame; `ordinal` is its place in the repeat that holds it.
    pub fn value(&self, motion: &Motion, key: (u32, Property), ordinal: u32, at: Instant) -> f32 {
        let value = value(&self.acts, &Tracks::of(motion, key, ordinal), at);
        find(&motion.loops, key).map_or(value, |track| track.looped(value, at.frame.since(self.came), ordinal, at.rate))
    }
}

fn find(timeline: &Timeline, (node, property): (u32, Property)) -> Option<&Track> {
    timeline.iter().find(|track| track.node == node && track.property == property)
}

/// The steps that lie between two, the earlier one left out.
fn passed(motion: &Motion, from: usize, to: usize) -> &[Step] {
    motion.steps.get(from.min(to)..from.max(to)).unwrap_or_default()
}

/// A frame at a rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant {
    pub frame: FrameIndex,
    pub rate: FrameRate,
    /// Frames that it takes until all that was on its way out has come back.
    back_length: u64,
}

/// What moves one property.
struct Tracks<'a> {
    motion: &'a Motion,
    enter: Option<&'a Track>,
    leave: Option<&'a Track>,
    key: (u32, Property),
    ordinal: u32,
}

/// How an act brings a property to where it is to be.
#[derive(Clone, Copy)]
enum Pace<'a> {
    AtOnce,
    Along(&'a Track),
    /// From a step back to the one before it.
    BackAlong(&'a Track),
    /// What only the way out moves comes back while the rest comes in. The steeper curves of movements would have it half
    /// there in the first frame.
    Back,
}

impl Pace<'_> {
    fn value(self, [from, to]: [f32; 2], frames: u64, ordinal: u32, at: Instant) -> f32 {
        match self {
            Pace::AtOnce => to,
            Pace::Along(track) => track.value([from, to], false, (frames, ordinal, at.rate)),
            Pace::BackAlong(track) => track.value([from, to], true, (frames, ordinal, at.rate)),
            Pace::Back => match progress(frames, 0, at.back_length, Easing::OUT_CUBIC) {
                1.0 => to,
                p => from + (to - from) * p,
            },
        }
    }

    /// Frames after which it is there.
    fn frames(self, ordinal: u32, at: Instant) -> u64 {
        match self {
            Pace::AtOnce => 0,
            Pace::Along(track) | Pace::BackAlong(track) => track.end(ordinal, at.rate),
            Pace::Back => at.back_length,
        }
    }
}

impl<'a> Tracks<'a> {
    fn of(motion: &'a Motion, key: (u32, Property), ordinal: u32) -> Self {
        Tracks { motion, enter: find(&motion.enter, key), leave: find(&motion.leave, key), key, ordinal }
    }

    /// The value at rest at a step: where the last step that moved the property left it, else where the next one that
    /// will picks it up.
    fn held(&self, step: usize) -> f32 {
        let rest = self.key.1.rest();
        let (done, to_come) = self.motion.steps.split_at(step.min(self.motion.steps.len()));
        let of = |step: &'_ Step| find(&step.tracks, self.key).map(|track| (track.is, track.far));
        match (done.iter().rev().find_map(of), to_come.iter().find_map(of)) {
            (Some((Far::After, far)), _) | (None, Some((Far::Before, far))) => far,
            _ => rest,
        }
    }

    /// What moves the property on the way between two steps: the last on the way forwards, the first on the way back.
    fn between(&self, from: usize, to: usize) -> Option<&'a Track> {
        let mut tracks = passed(self.motion, from, to).iter().filter_map(|step| find(&step.tracks, self.key));
        if from < to { tracks.next_back() } else { tracks.next() }
    }

    /// Where an act brings the property, and how; `None` where it leaves it to the acts before it.
    fn way(&self, act: &Act, is_first: bool) -> Option<(f32, Pace<'a>)> {
        let rest = self.held(act.step);
        match act.kind {
            Kind::Cut => Some((rest, Pace::AtOnce)),
            Kind::Enter => {
                Some((rest, self.enter.map_or(if is_first { Pace::AtOnce } else { Pace::Back }, Pace::Along)))
            }
            Kind::Step => {
                let pace = if act.from <= act.step { Pace::Along } else { Pace::BackAlong };
                self.between(act.from, act.step).map(|track| (rest, pace(track)))
            }
            Kind::Leave => self.leave.map(|track| (track.far, Pace::Along(track))),
        }
    }
}

/// A property that was somewhere when an act began to bring it elsewhere.
struct Way<'a> {
    from: f32,
    to: f32,
    start: FrameIndex,
    pace: Pace<'a>,
}

impl Way<'_> {
    fn at(&self, frame: FrameIndex, ordinal: u32, at: Instant) -> f32 {
        self.pace.value([self.from, self.to], frame.since(self.start), ordinal, at)
    }
}

/// Each act that moves the property begins where the one before had brought it by then.
fn value(acts: &[Act], tracks: &Tracks<'_>, at: Instant) -> f32 {
    let mut way: Option<Way<'_>> = None;
    for (i, act) in acts.iter().enumerate() {
        let Some((to, pace)) = tracks.way(act, i == 0) else { continue };
        let from = match (&way, pace) {
            (Some(way), _) => way.at(act.start, tracks.ordinal, at),
            (None, Pace::Along(track)) if act.kind == Kind::Enter => track.far,
            (None, _) => to,
        };
        way = Some(Way { from, to, start: act.start, pace });
    }
    way.map_or(tracks.key.1.rest(), |way| way.at(at.frame, tracks.ordinal, at))
}

#[cfg(test)]
mod tests;
