//! What a node does by itself: values that glide to new ones, keyframes, coming and going.
//!
//! A glide is a function of the frames since its value changed, and begins from whatever the one before had come to, so
//! that a second change during the first neither jumps nor waits. A first value is no change.

use super::life::Life;
use super::memory::{Instance, Slot};
use super::paint::{Painter, Space};
use crate::draw_list::Color;
use crate::ids::NodeId;
use crate::template::animate::{Keyframes, Of};
use crate::template::bind::Results;
use crate::template::color;
use crate::template::model::{Node, Prop};
use crate::template::motion::{between, progress};
use crate::time::{FrameIndex, FrameRate};

/// Canvas pixels that layout may be off by from one frame to the next without having moved anything.
const SAME_PX: f32 = 0.01;

/// A value on its way, or at rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glide {
    of: Of,
    /// Which of several: a gradient has as many colours as stops.
    part: u8,
    from: Glided,
    to: Glided,
    start: FrameIndex,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Glided {
    Number(f32),
    Color(Color),
}

impl Glided {
    fn is_same(self, other: Glided) -> bool {
        match (self, other) {
            (Glided::Number(a), Glided::Number(b)) => (a - b).abs() < SAME_PX,
            _ => self == other,
        }
    }

    /// `at` 0 is this, 1 the other.
    fn towards(self, other: Glided, at: f32) -> Glided {
        match (self, other) {
            _ if at >= 1.0 => other,
            _ if at <= 0.0 => self,
            (Glided::Number(a), Glided::Number(b)) => Glided::Number(a + (b - a) * at),
            (Glided::Color(a), Glided::Color(b)) => Glided::Color(mixed(a, b, at)),
            _ => other,
        }
    }
}

/// Two colours mixed as the eye sees them; one that is transparent gives its alpha and no colour.
fn mixed(from: Color, to: Color, at: f32) -> Color {
    if at <= 0.0 || at >= 1.0 {
        return if at <= 0.0 { from } else { to };
    }
    let hued = |color: Color, other: Color| if color.a <= 0.0 { Color { a: 0.0, ..other } } else { color };
    let (from, to) = (hued(from, to), hued(to, from));
    if (from.r, from.g, from.b) == (to.r, to.g, to.b) {
        return Color { a: from.a + (to.a - from.a) * at, ..to };
    }
    color::mix(from, to, at)
}

impl Painter<'_> {
    /// The node's instance, if it is there now or still on its way out; takes note of its coming and going.
    pub(super) fn present<'s>(&mut self, node: &Node, slot: &'s mut Slot) -> Option<&'s mut Instance> {
        let is_wanted = match &node.when {
            Some(when) => {
                let value = self.eval(when, &mut slot.when);
                value.is_true() || value.is_undefined() && node.is_there_unknown
            }
            None => true,
        } && !self.is_row_leaving;
        let was_looked_at = std::mem::replace(&mut slot.is_looked_at, true) || self.is_row_late;
        let moment = self.moment;
        if slot.instance.is_none() && is_wanted {
            let id = NodeId::from(format!("{}{}{}", self.prefix, node.id, self.suffix));
            let born = if self.is_first { self.life.came() } else { moment.frame };
            let mut instance = Box::new(Instance::new(id, born));
            if node.presence.is_some() {
                let mut life = Life::default();
                life.enter(moment.frame, !was_looked_at || moment.is_old_news);
                instance.life = Some(Box::new(life));
            }
            slot.instance = Some(instance);
        }
        let (Some(instance), Some(presence)) = (&mut slot.instance, &node.presence) else {
            if !is_wanted {
                slot.instance = None;
            }
            return slot.instance.as_deref_mut();
        };
        let Some(life) = &mut instance.life else { return slot.instance.as_deref_mut() };
        match (life.is_leaving(), is_wanted) {
            (false, false) if presence.vanishes() && !moment.is_old_news => life.leave(moment.frame),
            (true, true) => life.enter(moment.frame, moment.is_old_news),
            _ => {}
        }
        life.last_ordinal = self.ordinal;
        life.settle(&presence.motion, moment.frame, moment.rate);
        let is_over = life.is_gone(&presence.motion, moment.frame, moment.rate) || !life.is_leaving() && !is_wanted;
        if is_over {
            slot.instance = None;
        }
        slot.instance.as_deref_mut()
    }

    /// Whether a node is on its way out: it keeps looking as it did when it was last wanted.
    pub(super) fn is_leaving(instance: &Instance) -> bool {
        instance.life.as_ref().is_some_and(|life| life.is_leaving())
    }

    /// Whether a node is neither coming nor going.
    pub(super) fn is_settled(&self, node: &Node, instance: &Instance) -> bool {
        let own = instance.life.as_ref().zip(node.presence.as_ref());
        own.is_none_or(|(life, presence)| life.is_at_rest(&presence.motion, self.moment.frame, self.moment.rate))
    }

    /// Whether anything moves a node but its own values.
    pub(super) fn is_moving(node: &Node) -> bool {
        node.is_moved || node.presence.is_some() || node.keyframes.is_some()
    }

    /// Does something inside a node: rows around it no longer matter, and what is on its way out stays as it was.
    pub(super) fn inside<T>(&mut self, instance: &mut Instance, act: impl FnOnce(&mut Self, &mut Instance) -> T) -> T {
        let outer = (self.is_frozen, self.is_row_leaving, self.is_row_late);
        self.is_frozen |= Self::is_leaving(instance);
        (self.is_row_leaving, self.is_row_late) = (false, false);
        let done = act(self, instance);
        (self.is_frozen, self.is_row_leaving, self.is_row_late) = outer;
        done
    }

    /// Notes that a node will look different in the next frame by itself.
    pub(super) fn note_alive(&mut self, node: &Node, instance: &Instance, space: &Space) {
        let (frame, rate) = (self.moment.frame, self.moment.rate);
        self.found.is_changing |= !self.is_settled(node, instance);
        if let Some(keyframes) = &node.keyframes {
            let frames = keyed_frames(keyframes, instance.born, frame, space.ordinal, rate);
            let is_over = frames >= keyframes.length.frames(rate) as i64;
            self.found.is_changing |= keyframes.is_looped || !is_over;
        }
    }

    /// A number of a node, on its way to where it belongs.
    pub(super) fn glide(&mut self, node: &Node, glides: &mut Vec<Glide>, of: Of, to: f32) -> f32 {
        match self.glided(node, glides, (of, 0), Glided::Number(to)) {
            Glided::Number(now) => now,
            Glided::Color(_) => to,
        }
    }

    fn glided(&mut self, node: &Node, glides: &mut Vec<Glide>, (of, part): (Of, u8), to: Glided) -> Glided {
        let Some((length, ease)) = node.transitions.as_ref().and_then(|transitions| transitions.of(of)) else {
            return to;
        };
        let (frame, length) = (self.moment.frame, length.frames(self.moment.rate));
        let Some(glide) = glides.iter_mut().find(|glide| (glide.of, glide.part) == (of, part)) else {
            glides.push(Glide { of, part, from: to, to, start: frame });
            return to;
        };
        let reached = glide.from.towards(glide.to, progress(frame.since(glide.start), 0, length, ease));
        if !glide.to.is_same(to) {
            // What the past is told to have been is shown at once.
            glide.from = if self.moment.is_old_news { to } else { reached };
            (glide.to, glide.start) = (to, frame);
        }
        let is_over = frame.since(glide.start) >= length || glide.from == glide.to;
        self.found.is_changing |= !is_over;
        if is_over { to } else { glide.from.towards(to, progress(frame.since(glide.start), 0, length, ease)) }
    }

    /// A colour of a node by its keyframes and its transition, with the opacity of the groups around; `None` when it is
    /// not known.
    pub(super) fn color_of(
        &mut self,
        node: &Node,
        part: (Of, u8),
        prop: &Prop<Color>,
        instance: &mut Instance,
        space: &Space,
    ) -> Option<Color> {
        let own = self.plain_color(prop, &mut instance.results);
        let Some(own) = own else {
            // From "not known" there is no way to a colour.
            instance.glides.retain(|glide| (glide.of, glide.part) != part);
            return None;
        };
        let mut now = match self.glided(node, &mut instance.glides, part, Glided::Color(own)) {
            Glided::Color(now) => now,
            Glided::Number(_) => own,
        };
        if let Some(keyframes) = &node.keyframes
            && let Some((_, keys)) = keyframes.colors.iter().find(|(of, _)| *of == part.0)
        {
            let frames = keyed_frames(keyframes, instance.born, self.moment.frame, space.ordinal, self.moment.rate);
            if let Some((from, to, at)) = between(keys, frames, self.moment.rate) {
                let [from, to] = [from, to].map(|key| self.key_color(key.as_ref(), now, &mut instance.results));
                now = mixed(from, to, at);
            }
        }
        Some(now.faded(space.opacity))
    }

    fn key_color(&mut self, key: Option<&Prop<Color>>, own: Color, results: &mut Results) -> Color {
        key.and_then(|key| self.plain_color(key, results)).unwrap_or(own)
    }
}

/// Frames since the first keyframe's time began, by its delays; below 0 before.
pub(super) fn keyed_frames(
    keyframes: &Keyframes,
    born: FrameIndex,
    frame: FrameIndex,
    ordinal: u32,
    rate: FrameRate,
) -> i64 {
    let delay = keyframes.delay.frames(rate) + keyframes.stagger.frames(rate) * u64::from(ordinal);
    let passed = frame.since(born) as i64 - delay as i64;
    let length = keyframes.length.frames(rate).max(1) as i64;
    if keyframes.is_looped && passed >= 0 { passed % length } else { passed }
}
