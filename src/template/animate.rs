//! What a node does by itself when something changes: glides to new values, plays keyframes, appears and vanishes.
//!
//! The template's `motion` is what operators set off; this is what the game sets off. Everything is a function of frames
//! and of the values that were shown before, which `scene` remembers.

use super::json::{Json, Spanned};
use super::model::Prop;
use super::motion::{Easing, Key, Length, Property, RevealEdge};
use super::nodes::Named;
use super::problem::suggestion;
use super::reader::{Object, Reader};
use super::timeline::{self, Keyed, Motion};
use crate::draw_list::Color;

/// A value of a node that can glide; colours can have keyframes too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Of {
    X,
    Y,
    Width,
    Height,
    Opacity,
    Rotate,
    Scale,
    Fill,
    Color,
    Border,
    Stroke,
    Shadow,
    InnerShadow,
    Outline,
    Tint,
}

impl Of {
    const PLACES: [(&'static str, Of); 7] = [
        ("x", Of::X),
        ("y", Of::Y),
        ("width", Of::Width),
        ("height", Of::Height),
        ("opacity", Of::Opacity),
        ("rotate", Of::Rotate),
        ("scale", Of::Scale),
    ];

    const COLORS: [(&'static str, Of); 8] = [
        ("fill", Of::Fill),
        ("color", Of::Color),
        ("border", Of::Border),
        ("stroke", Of::Stroke),
        ("shadow", Of::Shadow),
        ("inner_shadow", Of::InnerShadow),
        ("outline", Of::Outline),
        ("tint", Of::Tint),
    ];

    /// Whether nodes of this type can have it.
    fn is_of(self, kind: &str) -> bool {
        match self {
            Of::X | Of::Y | Of::Width | Of::Height | Of::Opacity | Of::Rotate | Of::Scale => true,
            Of::Fill => matches!(kind, "box" | "path" | "zone" | "node"),
            Of::Stroke => matches!(kind, "path" | "zone" | "court" | "node"),
            Of::Color | Of::Outline => matches!(kind, "text" | "node"),
            Of::Border | Of::InnerShadow => matches!(kind, "box" | "node"),
            Of::Shadow => matches!(kind, "box" | "text" | "node"),
            Of::Tint => matches!(kind, "image" | "sprite" | "node"),
        }
    }
}

/// How a node's values come to new ones; what is not named is cut.
#[derive(Debug)]
pub(crate) struct Transitions(Vec<(Of, Length, Easing)>);

impl Transitions {
    pub fn of(&self, of: Of) -> Option<(Length, Easing)> {
        self.0.iter().find(|(each, ..)| *each == of).map(|(_, length, ease)| (*length, *ease))
    }
}

/// What a node plays from the moment at which it is there.
#[derive(Debug, Default)]
pub(crate) struct Keyframes {
    pub delay: Length,
    pub stagger: Length,
    pub is_looped: bool,
    pub numbers: Vec<(Property, Vec<Key<f32>>)>,
    pub colors: Vec<(Of, Vec<Key<KeyColor>>)>,
    /// When the last keyframe is reached.
    pub length: Length,
}

/// `None` is the node's own colour.
pub(crate) type KeyColor = Option<Prop<Color>>;

/// How a node comes and goes with its `when`, or with its item of a list.
#[derive(Debug)]
pub(crate) struct Presence {
    pub motion: Motion,
}

impl Presence {
    pub fn vanishes(&self) -> bool {
        !self.motion.leave.is_empty()
    }
}

/// `transition`: the values of a node that glide, and how long they take.
pub(super) fn read_transitions(
    reader: &mut Reader,
    object: &Object<'_>,
    kind: &'static str,
) -> Option<Box<Transitions>> {
    let value = object.get("transition")?;
    let Json::Object(entries) = &value.json else {
        reader.wrong_kind(value, "transition", "an object: {\"fill\": \"300ms\"}");
        return None;
    };
    let known = || Of::PLACES.iter().chain(&Of::COLORS).filter(|(_, of)| of.is_of(kind)).map(|(name, _)| *name);
    let mut found = Vec::new();
    for (key, value) in entries {
        let of = Of::PLACES.iter().chain(&Of::COLORS).find(|(name, _)| *name == key.name).map(|(_, of)| *of);
        let Some(of) = of.filter(|of| of.is_of(kind)) else {
            reader.problem(key.at, no_such(kind, &key.name, "glide"), suggestion(&key.name, known()));
            continue;
        };
        if let Some((length, ease)) = read_glide(reader, value, &key.name) {
            found.push((of, length, ease));
        }
    }
    Some(Box::new(Transitions(found)))
}

/// "a text has no `fill` that could glide"
fn no_such(kind: &str, name: &str, verb: &str) -> String {
    let article = if kind == "image" { "an" } else { "a" };
    format!("{article} {kind} has no `{name}` that could {verb}")
}

/// A length, or an object with `length` and `ease`.
fn read_glide(reader: &mut Reader, value: &Spanned, name: &str) -> Option<(Length, Easing)> {
    const USUAL: Easing = Easing::OUT_CUBIC;
    match &value.json {
        Json::String(_) => reader.length_of(value).map(|length| (length, USUAL)),
        Json::Object(_) => {
            let object = reader.object(value, name)?;
            let length = reader.length(&object, "length");
            if !object.has("length") {
                reader.missing(&object, "length");
            }
            let ease = reader.easing(&object, "ease").unwrap_or(USUAL);
            reader.finish(&object, "a glide");
            Some((length?, ease))
        }
        _ => {
            reader.wrong_kind(value, name, "a length of time: \"300ms\"");
            None
        }
    }
}

/// `keyframes`: a list, or an object with `frames`, `delay`, `stagger` and `loop`.
pub(super) fn read_keyframes(reader: &mut Reader, object: &Object<'_>, named: Named) -> Option<Box<Keyframes>> {
    let value = object.get("keyframes")?;
    let mut keyframes = Keyframes::default();
    let frames = if let Json::Object(_) = &value.json {
        let inner = reader.object(value, "keyframes")?;
        keyframes.delay = reader.length(&inner, "delay").unwrap_or(Length::ZERO);
        keyframes.stagger = reader.length(&inner, "stagger").unwrap_or(Length::ZERO);
        keyframes.is_looped = reader.bool(&inner, "loop");
        timeline::refuse_idle_stagger(reader, &inner, &[named]);
        if !inner.has("frames") {
            reader.missing(&inner, "frames");
        }
        let frames = inner.get("frames");
        reader.finish(&inner, "an object of keyframes");
        frames?
    } else {
        value
    };
    let (mut last, mut edge) = (None, RevealEdge::default());
    let items = reader.list(frames, "keyframes");
    for (place, item) in items.iter().enumerate() {
        let is_last = place + 1 == items.len();
        if let Some(at) = read_keyframe(reader, item, named, (last, &mut edge), is_last, &mut keyframes) {
            last = Some(at);
        }
    }
    if items.len() < 2 && matches!(frames.json, Json::Array(_)) {
        reader.problem(frames.at, "there are at least two keyframes", None);
    }
    keyframes.length = last.unwrap_or(Length::ZERO);
    if keyframes.is_looped && keyframes.length.millis() == 0.0 {
        reader.problem(frames.at, "keyframes that are looped take some time", None);
    }
    Some(Box::new(keyframes))
}

/// Adds what one keyframe says; its time. `edge` is where the keyframe before it reveals from.
fn read_keyframe(
    reader: &mut Reader,
    item: &Spanned,
    named: Named,
    (last, edge): (Option<Length>, &mut RevealEdge),
    is_last: bool,
    keyframes: &mut Keyframes,
) -> Option<Length> {
    let object = reader.object(item, "keyframe")?;
    let at = reader.length(&object, "at");
    if !object.has("at") {
        reader.missing(&object, "at");
    }
    let ease = reader.easing(&object, "ease").unwrap_or(Easing::Linear);
    if let (Some(last), Some(at)) = (last, at)
        && at.millis() < last.millis()
    {
        reader.problem(item.at, "this keyframe comes before the one above it", None);
    }
    let time = at.unwrap_or(Length::ZERO);
    *edge = reader.one_of(&object, "edge", &RevealEdge::NAMED).unwrap_or(*edge);
    for (property, value) in timeline::read_values(reader, &object, *edge) {
        timeline::check_property(reader, object.at, property, named);
        keys_of(&mut keyframes.numbers, property).push(Key { at: time, value, ease });
    }
    for (name, of) in Of::COLORS {
        let Some(value) = object.get(name) else { continue };
        if !of.is_of(named.kind) {
            reader.problem(value.at, no_such(named.kind, name, "have keyframes"), None);
            continue;
        }
        // One that is not known is the node's own.
        let color = reader.part("keyframes", |reader| reader.color_prop(value, name));
        keys_of(&mut keyframes.colors, of).push(Key { at: time, value: color, ease });
    }
    object.get("comment");
    reader.finish(&object, "a keyframe");
    if is_last {
        // What the last one does not say is at rest by then.
        for (property, keys) in &mut keyframes.numbers {
            end(keys, time, property.rest(), ease);
        }
        for (_, keys) in &mut keyframes.colors {
            end(keys, time, None, ease);
        }
    }
    at
}

fn keys_of<K: PartialEq, T>(all: &mut Vec<(K, Vec<Key<T>>)>, key: K) -> &mut Vec<Key<T>> {
    let at = all.iter().position(|(each, _)| *each == key).unwrap_or_else(|| {
        all.push((key, Vec::new()));
        all.len() - 1
    });
    &mut all[at].1
}

fn end<T>(keys: &mut Vec<Key<T>>, at: Length, value: T, ease: Easing) {
    if keys.last().is_some_and(|key| key.at != at) {
        keys.push(Key { at, value, ease });
    }
}

/// `appear` and `vanish`: movements of the node when its `when` becomes true or false.
pub(super) fn read_presence(
    reader: &mut Reader,
    object: &Object<'_>,
    named: Named,
    is_row: bool,
) -> Option<Box<Presence>> {
    let (appear, vanish) = (object.get("appear"), object.get("vanish"));
    // A repeat's key is that of its items.
    let has_key = object.has("key") && named.kind != "repeat";
    if let Some(value) = appear.or(vanish).filter(|_| !object.has("when") && !has_key && !is_row) {
        let name = if appear.is_some() { "appear" } else { "vanish" };
        let help = "give it a `when` or a `key`, or make it a child of a repeat".to_owned();
        reader.problem(value.at, format!("`{name}` is for nodes that come and go, and this one is always there"), help);
    }
    let enter =
        appear.map(|value| timeline::read_own(reader, value, timeline::FROM, named, Keyed::Coming)).unwrap_or_default();
    let leave =
        vanish.map(|value| timeline::read_own(reader, value, timeline::TO, named, Keyed::Going)).unwrap_or_default();
    let motion = Motion { enter, leave, ..Motion::default() };
    (appear.is_some() || vanish.is_some()).then(|| Box::new(Presence { motion }))
}
