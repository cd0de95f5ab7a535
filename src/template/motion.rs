//! Timelines and easing: how nodes come in and go out.
//!
//! Everything is a function of a number of frames. Lengths are kept as the designer wrote them and become whole frames
//! at the show's rate, so that a graphic takes as long at 50 frames a second as at 59.94.

use std::time::Duration;

use crate::time::FrameRate;

/// A length of time on air.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Length {
    Millis(u32),
    Frames(u32),
}

impl Default for Length {
    fn default() -> Self {
        Length::ZERO
    }
}

impl Length {
    /// No time at all.
    pub const ZERO: Length = Length::Frames(0);

    /// Whole frames at a rate, rounded to the nearest.
    pub fn frames(self, rate: FrameRate) -> u64 {
        match self {
            Length::Millis(millis) => u64::from(rate.frames_in(Duration::from_millis(u64::from(millis)))),
            Length::Frames(frames) => u64::from(frames),
        }
    }

    /// Milliseconds, to compare lengths by; frames as if there were 50 in a second.
    pub fn millis(self) -> f64 {
        match self {
            Length::Millis(millis) => f64::from(millis),
            Length::Frames(frames) => f64::from(frames) * 20.0,
        }
    }

    /// "400ms", "0.4s" or "12f".
    pub fn parse(text: &str) -> Option<Length> {
        // An hour: longer is a slip of the finger.
        const MAX: f64 = 3_600_000.0;
        let text = text.trim();
        let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
        let n: f64 = text[..unit_at].trim().parse().ok().filter(|n: &f64| (0.0..=MAX).contains(n))?;
        match &text[unit_at..] {
            "ms" => Some(Length::Millis(n.round() as u32)),
            "s" if n * 1000.0 <= MAX => Some(Length::Millis((n * 1000.0).round() as u32)),
            "f" if n.fract() == 0.0 => Some(Length::Frames(n as u32)),
            _ => None,
        }
    }
}

/// How progress runs over time; every easing maps 0 to 0 and 1 to 1.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Easing {
    Linear,
    /// CSS `cubic-bezier(x1, y1, x2, y2)`, x within 0..=1.
    Bezier([f32; 4]),
}

impl Easing {
    /// Arrival: fast, then settling.
    pub const OUT_EXPO: Easing = Easing::Bezier([0.16, 1.0, 0.3, 1.0]);

    /// For what changes on air: it leaves at once, and settles.
    pub const OUT_CUBIC: Easing = Easing::Bezier([0.33, 1.0, 0.68, 1.0]);

    /// Names and their curves (the customary cubic-bezier approximations).
    const NAMED: [(&'static str, Easing); 12] = [
        ("linear", Easing::Linear),
        ("in-quad", Easing::Bezier([0.11, 0.0, 0.5, 0.0])),
        ("out-quad", Easing::Bezier([0.5, 1.0, 0.89, 1.0])),
        ("in-out-quad", Easing::Bezier([0.45, 0.0, 0.55, 1.0])),
        ("in-cubic", Easing::Bezier([0.32, 0.0, 0.67, 0.0])),
        ("out-cubic", Self::OUT_CUBIC),
        ("in-out-cubic", Easing::Bezier([0.65, 0.0, 0.35, 1.0])),
        ("in-quart", Easing::Bezier([0.5, 0.0, 0.75, 0.0])),
        ("out-quart", Easing::Bezier([0.25, 1.0, 0.5, 1.0])),
        ("in-out-quart", Easing::Bezier([0.76, 0.0, 0.24, 1.0])),
        ("in-expo", Easing::Bezier([0.7, 0.0, 0.84, 0.0])),
        ("out-expo", Self::OUT_EXPO),
    ];

    /// A name, or `cubic-bezier(x1,y1,x2,y2)`.
    pub fn parse(text: &str) -> Option<Easing> {
        let text = text.trim();
        if let Some((_, easing)) = Self::NAMED.iter().find(|(name, _)| *name == text) {
            return Some(*easing);
        }
        let inside = text.strip_prefix("cubic-bezier(")?.strip_suffix(')')?;
        let numbers: Vec<f32> = inside.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
        let curve: [f32; 4] = numbers.try_into().ok()?;
        let is_function = [curve[0], curve[2]].iter().all(|x| (0.0..=1.0).contains(x));
        (is_function && curve.iter().all(|n| n.is_finite())).then_some(Easing::Bezier(curve))
    }

    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::NAMED.iter().map(|(name, _)| *name)
    }

    /// Progress at a time, both 0..=1 (a curve may overshoot).
    pub fn at(self, time: f32) -> f32 {
        let time = time.clamp(0.0, 1.0);
        let Easing::Bezier([x1, y1, x2, y2]) = self else { return time };
        if time == 0.0 || time == 1.0 {
            return time;
        }
        let bezier = |a: f32, b: f32, s: f32| {
            let r = 1.0 - s;
            3.0 * r * r * s * a + 3.0 * r * s * s * b + s * s * s
        };
        // x grows with s, so halving always finds it: 24 steps are more than a float can tell apart.
        let (mut low, mut high) = (0.0f32, 1.0f32);
        for _ in 0..24 {
            let middle = (low + high) / 2.0;
            if bezier(x1, x2, middle) < time { low = middle } else { high = middle }
        }
        bezier(y1, y2, (low + high) / 2.0)
    }
}

/// What a track moves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Property {
    /// Factor on the node's own opacity.
    Opacity,
    /// Offset in reference pixels.
    X,
    Y,
    /// Factors, about the node's pivot.
    ScaleX,
    ScaleY,
    /// Degrees clockwise, about the node's pivot.
    Rotate,
    /// The part of the node that is uncovered, from an edge on: what several edges leave is what is seen.
    Reveal(RevealEdge),
    /// Where a path's stroke begins and ends, as shares of what its own trim leaves.
    TrimStart,
    TrimEnd,
}

impl Property {
    /// By their names; `reveal` has an `edge` as well.
    pub const NAMED: [(&'static str, Property); 8] = [
        ("opacity", Property::Opacity),
        ("x", Property::X),
        ("y", Property::Y),
        ("scale_x", Property::ScaleX),
        ("scale_y", Property::ScaleY),
        ("rotate", Property::Rotate),
        ("trim_start", Property::TrimStart),
        ("trim_end", Property::TrimEnd),
    ];

    pub fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, each)| *each == self).map_or("reveal", |(name, _)| *name)
    }

    /// The value that changes nothing.
    pub fn rest(self) -> f32 {
        match self {
            Property::X | Property::Y | Property::Rotate | Property::TrimStart => 0.0,
            Property::Opacity | Property::ScaleX | Property::ScaleY | Property::Reveal(_) | Property::TrimEnd => 1.0,
        }
    }
}

/// Where a reveal begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum RevealEdge {
    #[default]
    Left,
    Right,
    Top,
    Bottom,
}

impl RevealEdge {
    pub const NAMED: [(&'static str, RevealEdge); 4] = [
        ("left", RevealEdge::Left),
        ("right", RevealEdge::Right),
        ("top", RevealEdge::Top),
        ("bottom", RevealEdge::Bottom),
    ];
}

/// Which end of a track its `far` value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Far {
    /// Where it begins: *in*, and what a step brings.
    Before,
    /// Where it ends: *out*, and what a step takes away.
    After,
}

/// One property of one node over time.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Track {
    /// Index of the node.
    pub node: u32,
    pub property: Property,
    /// The other end is the value at rest.
    pub far: f32,
    pub is: Far,
    pub delay: Length,
    pub length: Length,
    /// Added to the delay for each item of the repeat that holds the node.
    pub stagger: Length,
    /// Of one without keyframes.
    pub ease: Easing,
    /// Where it goes on its way from its first value to its last, the first at no time, the last at its length; empty for
    /// the straight way.
    pub keys: Vec<Key<f32>>,
}

/// A value at a time; `ease` is how it is come to from the one before.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Key<T> {
    pub at: Length,
    pub value: T,
    pub ease: Easing,
}

/// The keys before and after a frame, and how far it is between them; before the first it is the first, after the last
/// the last.
pub(crate) fn between<T: Clone>(keys: &[Key<T>], frames: i64, rate: FrameRate) -> Option<(T, T, f32)> {
    let time = |key: &Key<T>| key.at.frames(rate) as i64;
    let next = keys.iter().position(|key| time(key) > frames).unwrap_or(keys.len());
    match (next.checked_sub(1).and_then(|before| keys.get(before)), keys.get(next)) {
        (Some(before), Some(after)) => {
            let share = (frames - time(before)) as f32 / (time(after) - time(before)).max(1) as f32;
            Some((before.value.clone(), after.value.clone(), after.ease.at(share)))
        }
        (Some(only), None) | (None, Some(only)) => Some((only.value.clone(), only.value.clone(), 1.0)),
        (None, None) => None,
    }
}

impl Track {
    pub fn reveals(&self) -> bool {
        matches!(self.property, Property::Reveal(_))
    }

    /// Frames from the start of its timeline to its end, for the `ordinal`th item of a repeat.
    pub fn end(&self, ordinal: u32, rate: FrameRate) -> u64 {
        self.start(ordinal, rate) + self.length.frames(rate)
    }

    pub fn start(&self, ordinal: u32, rate: FrameRate) -> u64 {
        self.delay.frames(rate) + self.stagger.frames(rate) * u64::from(ordinal)
    }

    /// Where its property is so many frames after the start of its timeline, on the way from one value to another. Where
    /// these are not its own (it interrupts another, or a step holds the property elsewhere) its keyframes swing as much
    /// less as the way is shorter, and what is missing then is made up for evenly. `is_back` is the way from its end to its
    /// beginning.
    pub fn value(&self, [from, to]: [f32; 2], is_back: bool, (frames, ordinal, rate): (u64, u32, FrameRate)) -> f32 {
        let (start, length) = (self.start(ordinal, rate), self.length.frames(rate));
        let p = progress(frames, start, length, if self.keys.is_empty() { self.ease } else { Easing::OUT_CUBIC });
        if p == 0.0 || p == 1.0 {
            return if p == 0.0 { from } else { to };
        }
        let [Some(first), Some(last)] = [self.keys.first(), self.keys.last()] else { return from + (to - from) * p };
        let done = frames.saturating_sub(start);
        let (first, last, done) =
            if is_back { (last.value, first.value, length - done) } else { (first.value, last.value, done) };
        let key = between(&self.keys, done as i64, rate).map_or(first, |(a, b, at)| a + (b - a) * at);
        let share = if first == last { 1.0 } else { ((from - to) / (first - last)).clamp(0.0, 1.0) };
        let missing = (from - to) - (first - last) * share;
        to + (key - last) * share + missing * (1.0 - p)
    }
}

impl Track {
    /// What a loop adds to the value of its property, or multiplies it with, so many frames after the graphic came.
    pub fn looped(&self, value: f32, frames: u64, ordinal: u32, rate: FrameRate) -> f32 {
        let length = self.length.frames(rate).max(1);
        let there_and_back = frames.saturating_sub(self.start(ordinal, rate)) % (2 * length);
        let at = there_and_back.min(2 * length - there_and_back);
        let p = self.ease.at(at as f32 / length as f32);
        match self.property {
            Property::X | Property::Y | Property::Rotate | Property::TrimStart => value + self.far * p,
            _ => value * (1.0 + (self.far - 1.0) * p),
        }
    }
}

/// Eased progress of a movement that begins after `delay` frames and takes `length`; a length of 0 is a jump.
pub(crate) fn progress(frames: u64, delay: u64, length: u64, ease: Easing) -> f32 {
    match frames.checked_sub(delay) {
        None => 0.0,
        Some(done) if done >= length => 1.0,
        Some(done) => ease.at(done as f32 / length as f32),
    }
}

/// The tracks of one direction.
pub(crate) type Timeline = Vec<Track>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_easing_starts_at_nothing_and_ends_at_all() {
        for name in Easing::names() {
            let easing = Easing::parse(name).unwrap();
            assert_eq!((easing.at(0.0), easing.at(1.0)), (0.0, 1.0), "{name}");
            let steps: Vec<f32> = (0..=100).map(|i| easing.at(i as f32 / 100.0)).collect();
            assert!(steps.windows(2).all(|pair| pair[0] <= pair[1] + 1e-5), "{name} never goes back");
        }
    }

    /// Worked out from the curves' polynomials in double precision, by other code than `at`.
    #[test]
    fn every_easing_is_the_curve_that_its_name_promises() {
        let quarters: [(&str, [f32; 3]); 12] = [
            ("linear", [0.2500, 0.5000, 0.7500]),
            ("in-quad", [0.0612, 0.2513, 0.5637]),
            ("out-quad", [0.4363, 0.7487, 0.9388]),
            ("in-out-quad", [0.1202, 0.5000, 0.8798]),
            ("in-cubic", [0.0166, 0.1278, 0.4227]),
            ("out-cubic", [0.5773, 0.8722, 0.9834]),
            ("in-out-cubic", [0.0708, 0.5000, 0.9292]),
            ("in-quart", [0.0061, 0.0659, 0.3114]),
            ("out-quart", [0.6886, 0.9341, 0.9939]),
            ("in-out-quart", [0.0528, 0.5000, 0.9472]),
            ("in-expo", [0.0023, 0.0282, 0.1744]),
            ("out-expo", [0.8256, 0.9718, 0.9977]),
        ];
        assert_eq!(quarters.map(|(name, _)| name).to_vec(), Easing::names().collect::<Vec<_>>());
        for (name, expected) in quarters {
            let easing = Easing::parse(name).unwrap();
            let reached = [0.25, 0.5, 0.75].map(|time| easing.at(time));
            let is_close = reached.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3);
            assert!(is_close, "{name}: {reached:?}, not {expected:?}");
        }
    }

    #[test]
    fn a_bezier_agrees_with_the_browsers() {
        // ease-in-out at a quarter of the time, as browsers compute it.
        let ease = Easing::parse("cubic-bezier(0.42, 0, 0.58, 1)").unwrap();
        assert!((ease.at(0.25) - 0.129_16).abs() < 1e-4);
        assert!((ease.at(0.5) - 0.5).abs() < 1e-4);
        assert!(Easing::parse("cubic-bezier(1.2,0,0,1)").is_none() && Easing::parse("bouncy").is_none());
    }

    #[test]
    fn a_loop_goes_there_and_back() {
        let track = Track {
            node: 0,
            property: Property::Opacity,
            far: 0.5,
            is: Far::After,
            delay: Length::Frames(3),
            length: Length::Frames(10),
            stagger: Length::ZERO,
            ease: Easing::Linear,
            keys: Vec::new(),
        };
        let at = |frame| track.looped(0.8, frame, 0, FrameRate::FPS_50);
        assert_eq!((at(0), at(3), at(8), at(13)), (0.8, 0.8, 0.8 * 0.75, 0.8 * 0.5));
        assert_eq!((at(18), at(23), at(33)), (at(8), at(3), at(13)), "back, and again");
        let moved = Track { property: Property::Y, far: 40.0, ..track };
        assert_eq!(moved.looped(100.0, 8, 0, FrameRate::FPS_50), 120.0);
    }

    #[test]
    fn lengths_are_as_long_at_every_rate() {
        assert_eq!(Length::parse("400ms").unwrap().frames(FrameRate::FPS_59_94), 24);
        assert_eq!(Length::parse("0.4s").unwrap().frames(FrameRate::FPS_25), 10);
        assert_eq!(Length::parse("12f").unwrap().frames(FrameRate::FPS_50), 12);
        for wrong in ["400", "-1ms", "1.5f", "2h", "", "ms", "9999s"] {
            assert!(Length::parse(wrong).is_none(), "{wrong}");
        }
    }
}
