//! The properties of nodes, and how they are read: each written out, or an expression.
//!
//! In: a value, and what it may be. Out: a [`Prop`]; one that is bound has its default and its range with it, and its
//! expression is noted of the node, for whoever tries it on a sample game and tracks what it reads. Nothing else makes a bound
//! property, so that none can be forgotten by either.

use std::sync::Arc;

use super::defaults;
use super::expr::{self, Expr, Wanted};
use super::json::{Json, Spanned};
use super::problem::Place;
use super::reader::{Object, Reader};
use super::{color, foreign, svg_path};
use crate::draw_list::{Color, PathData};

/// A property: written out, or bound to an expression.
#[derive(Clone, Debug)]
pub(crate) enum Prop<T: Bindable> {
    Fixed(T),
    Bound(Bound<T>),
    /// So much of the parent's width or height: only positions and sizes are.
    Share(f32),
}

/// A property whose value an expression gives. Only [`Reader::bound`] makes one, which looks for its default and knows
/// its range: no property can be without either.
#[derive(Clone, Debug)]
pub(crate) struct Bound<T: Bindable> {
    pub expr: Arc<Expr>,
    /// What it is while the expression has no value; of a position or a size it may be a share.
    pub unknown: Option<Box<Prop<T>>>,
    /// What its value is held to.
    pub range: T::Range,
}

/// What a property can be.
pub(crate) trait Bindable: Clone + std::fmt::Debug {
    type Range: Copy + std::fmt::Debug;
}

impl Bindable for f32 {
    /// From, to; both finite.
    type Range = (f32, f32);
}

impl Bindable for bool {
    type Range = ();
}

impl Bindable for String {
    type Range = ();
}

impl Bindable for Color {
    type Range = ();
}

impl Bindable for Arc<PathData> {
    type Range = ();
}

impl Bindable for minijinja::Value {
    type Range = ();
}

impl<T: Bindable> Prop<T> {
    pub fn expr(&self) -> Option<&Arc<Expr>> {
        match self {
            Prop::Bound(bound) => Some(&bound.expr),
            Prop::Fixed(_) | Prop::Share(_) => None,
        }
    }
}

impl Bound<f32> {
    /// A value within the range, whatever the expression gave.
    pub fn held(&self, value: f64) -> f32 {
        value.clamp(f64::from(self.range.0), f64::from(self.range.1)) as f32
    }
}

/// Far beyond any canvas, and small enough for exact arithmetic in f32.
pub(super) const FAR: f32 = 100_000.0;

impl Reader {
    /// A number of any sign, up to 100000.
    pub fn number_prop(&mut self, object: &Object<'_>, key: &'static str) -> Option<Prop<f32>> {
        self.prop(object.get(key)?, key, (-FAR, FAR), Wanted::Number)
    }

    /// A factor of a size, from 0 to 100.
    pub fn factor_prop(&mut self, object: &Object<'_>, key: &'static str) -> Option<Prop<f32>> {
        self.prop(object.get(key)?, key, (0.0, 100.0), Wanted::Number)
    }

    /// A length that is not 0: 1 to 100000 pixels, or an expression.
    pub fn width_prop(&mut self, object: &Object<'_>, key: &'static str) -> Option<Prop<f32>> {
        let value = object.get(key)?;
        match &value.json {
            // What comes to 0 is not there.
            Json::String(text) if expr::is_bound(text) => {
                self.bound(text, value.at, key, ((0.0, FAR), Wanted::Number)).map(Prop::Bound)
            }
            _ => self.prop(value, key, (1.0, FAR), Wanted::Number),
        }
    }

    /// A number of 0 to 1.
    pub fn share_prop(&mut self, value: &Spanned, name: &str) -> Option<Prop<f32>> {
        self.prop(value, name, (0.0, 1.0), Wanted::Number)
    }

    /// A position or a size: a number, an expression, or a percentage of what the node is in.
    pub fn extent_prop(&mut self, object: &Object<'_>, key: &'static str) -> Option<Prop<f32>> {
        self.extent_of(object.get(key)?, key)
    }

    /// The same of a value that stands in a list, or has another name in messages than its key.
    pub fn extent_of(&mut self, value: &Spanned, name: &str) -> Option<Prop<f32>> {
        match share_of(value) {
            Some(share) => {
                self.node.defaults.note_written(name);
                Some(Prop::Share(share))
            }
            None => self.prop(value, name, (-FAR, FAR), Wanted::Extent),
        }
    }

    /// As `extent_prop`, but not below 0.
    pub fn size_prop(&mut self, object: &Object<'_>, key: &'static str) -> Option<Prop<f32>> {
        let value = object.get(key)?;
        if let Json::String(text) = &value.json
            && expr::is_bound(text)
        {
            return self.bound(text, value.at, key, ((0.0, FAR), Wanted::Extent)).map(Prop::Bound);
        }
        let prop = self.extent_of(value, key)?;
        if let Prop::Fixed(side) | Prop::Share(side) = prop
            && side < 0.0
        {
            self.problem(value.at, format!("`{key}` cannot be below 0"), None);
            return None;
        }
        Some(prop)
    }

    /// A text, or an expression of which anything but a list or an object can be one.
    pub fn text_prop(&mut self, value: &Spanned, name: &str) -> Option<Prop<String>> {
        self.prop(value, name, (), Wanted::Text)
    }

    /// A colour: `#rgb`, `#rrggbb` or `#rrggbbaa`.
    pub fn color_prop(&mut self, value: &Spanned, name: &str) -> Option<Prop<Color>> {
        self.prop(value, name, (), Wanted::Color)
    }

    /// A property of the node that is being read: written out, or an expression.
    pub fn prop<T: Readable>(
        &mut self,
        value: &Spanned,
        name: &str,
        range: T::Range,
        wanted: Wanted,
    ) -> Option<Prop<T>> {
        if let Json::String(text) = &value.json
            && expr::is_bound(text)
        {
            return self.bound(text, value.at, name, (range, wanted)).map(Prop::Bound);
        }
        self.node.defaults.note_written(name);
        if !T::is_kind(&value.json) {
            self.wrong_kind(value, name, T::KINDS[1]);
            return None;
        }
        T::read(self, value, name, range).map(Prop::Fixed)
    }

    /// An expression of the node that is being read, with what it is while it has no value.
    pub fn bound<T: Readable>(
        &mut self,
        text: &str,
        at: Place,
        name: &str,
        (range, wanted): (T::Range, Wanted),
    ) -> Option<Bound<T>> {
        let unknown = defaults::unknown(self, name, (range, wanted)).map(Box::new);
        let expr = self.compile(text, at)?;
        self.node.exprs.push((expr.clone(), wanted));
        Some(Bound { expr, unknown, range })
    }
}

/// A percentage of what the node is in, up to ten times as much.
pub(super) fn share_of(value: &Spanned) -> Option<f32> {
    let Json::String(text) = &value.json else { return None };
    let percent = text.strip_suffix('%').and_then(|percent| percent.trim().parse::<f32>().ok());
    percent.filter(|percent| percent.abs() <= 1000.0).map(|percent| percent / 100.0)
}

/// What can be written out as a property.
pub(crate) trait Readable: Bindable {
    /// What it must be, said of a default, and of a property that can be an expression too.
    const KINDS: [&'static str; 2];

    fn is_kind(json: &Json) -> bool;

    /// What is written; what is wrong with it is reported.
    fn read(reader: &mut Reader, value: &Spanned, name: &str, range: Self::Range) -> Option<Self>;
}

impl Readable for f32 {
    const KINDS: [&'static str; 2] = ["a number", "a number or an expression"];

    fn is_kind(json: &Json) -> bool {
        matches!(json, Json::Number(_))
    }

    fn read(reader: &mut Reader, value: &Spanned, name: &str, range: (f32, f32)) -> Option<f32> {
        reader.number_in(value, name, range)
    }
}

impl Readable for bool {
    const KINDS: [&'static str; 2] = ["true or false"; 2];

    fn is_kind(json: &Json) -> bool {
        matches!(json, Json::Bool(_))
    }

    fn read(_: &mut Reader, value: &Spanned, _: &str, (): ()) -> Option<bool> {
        match value.json {
            Json::Bool(is) => Some(is),
            _ => None,
        }
    }
}

impl Readable for String {
    const KINDS: [&'static str; 2] = ["a text"; 2];

    fn is_kind(json: &Json) -> bool {
        matches!(json, Json::String(_))
    }

    fn read(_: &mut Reader, value: &Spanned, _: &str, (): ()) -> Option<String> {
        match &value.json {
            Json::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Readable for Color {
    const KINDS: [&'static str; 2] = ["a colour", "a colour or an expression"];

    fn is_kind(json: &Json) -> bool {
        matches!(json, Json::String(_))
    }

    fn read(reader: &mut Reader, value: &Spanned, _: &str, (): ()) -> Option<Color> {
        let Json::String(text) = &value.json else { return None };
        let color = color::parse(text);
        if color.is_none() {
            reader.problem(value.at, format!("`{text}` is not a colour"), foreign::color(text));
        }
        color
    }
}

impl Readable for Arc<PathData> {
    const KINDS: [&'static str; 2] = ["a text"; 2];

    fn is_kind(json: &Json) -> bool {
        matches!(json, Json::String(_))
    }

    fn read(reader: &mut Reader, value: &Spanned, _: &str, (): ()) -> Option<Arc<PathData>> {
        let Json::String(text) = &value.json else { return None };
        match svg_path::parse(text) {
            Ok(path) => Some(Arc::new(path)),
            Err(bad) => {
                let help = "SVG path data, for example \"M0 0 L10 0 L5 8 Z\"".to_owned();
                reader.problem(value.at.right(1 + bad.offset), bad.message, help);
                None
            }
        }
    }
}

impl Readable for minijinja::Value {
    const KINDS: [&'static str; 2] = ["a value"; 2];

    fn is_kind(_: &Json) -> bool {
        true
    }

    fn read(_: &mut Reader, value: &Spanned, _: &str, (): ()) -> Option<minijinja::Value> {
        Some(expr::value_of_json(value.json.to_value()))
    }
}
