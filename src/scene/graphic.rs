//! One graphic: a template, the operator's values, and what it remembers between frames.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use minijinja::Value;

use super::Moment;
use super::life::Life;
use super::paint::{Painter, Space};
use super::shape::PathState;
use super::text::TextState;
use crate::command::Fields;
use crate::draw_list::{Affine, Item, Size};
use crate::ids::{LayerId, NodeId};
use crate::template::bind::{Local, Results, Scope};
use crate::template::expr::value_of_json;
use crate::template::values::{GameValues, Tick};
use crate::template::{Anchor, Template};
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate};

/// Which node, at which place of the repeats that hold it.
pub(crate) type InstanceKey = (u32, u64);

#[derive(Debug)]
pub(crate) struct Graphic {
    template: Arc<Template>,
    fields: Fields,
    /// Fields and lets, in order, with the tick of their last change.
    locals: Vec<Local>,
    are_fields_new: bool,
    life: Life,
    memory: Memory,
    /// Its items while it is at rest and the game keeps what it reads.
    still: Option<Still>,
    /// Times that its nodes were laid out.
    #[cfg(test)]
    layouts: u64,
}

/// Items that can be shown again as they are.
#[derive(Debug)]
struct Still {
    tick: Tick,
    rate: FrameRate,
    canvas: Size,
    items: Vec<Item>,
}

/// What a graphic's nodes remember; whatever was not drawn in a frame is forgotten after it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub results: Results,
    pub instances: HashMap<InstanceKey, Instance>,
}

#[derive(Debug)]
pub(crate) struct Instance {
    pub id: NodeId,
    pub seen: Tick,
    pub text: Option<TextState>,
    pub path: Option<PathState>,
    pub flash: Option<FlashState>,
}

#[derive(Debug)]
pub(crate) struct FlashState {
    pub value: Value,
    /// The frame of the change that is still flashing. A first value is no news.
    pub changed: Option<FrameIndex>,
}

impl Graphic {
    pub fn new(template: Arc<Template>, fields: &Fields) -> Self {
        let mut all = template.defaults();
        all.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
        Self {
            template,
            fields: all,
            locals: Vec::new(),
            are_fields_new: true,
            life: Life::default(),
            memory: Memory::default(),
            still: None,
            #[cfg(test)]
            layouts: 0,
        }
    }

    /// The same template and fields, never shown.
    pub fn fresh(&self) -> Self {
        Self::new(self.template.clone(), &self.fields)
    }

    pub fn template(&self) -> &Template {
        &self.template
    }

    pub fn update(&mut self, fields: &Fields) {
        self.fields.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.are_fields_new = true;
    }

    pub fn enter(&mut self, frame: FrameIndex, cut: bool) {
        self.life.enter(frame, cut);
    }

    pub fn leave(&mut self, frame: FrameIndex) {
        self.life.leave(frame);
    }

    pub fn is_gone(&self, frame: FrameIndex, rate: FrameRate) -> bool {
        self.life.is_gone(&self.template.motion, frame, rate)
    }

    /// Expressions evaluated since it was made.
    #[cfg(test)]
    pub fn evaluations(&self) -> u64 {
        self.memory.results.evaluations
    }

    #[cfg(test)]
    pub fn layouts(&self) -> u64 {
        self.layouts
    }

    /// Adds this graphic's items at a frame; `tick` is above that of its last draw.
    pub fn draw(
        &mut self,
        layer: LayerId,
        moment: Moment,
        tick: Tick,
        game: &GameValues,
        fonts: &mut Fonts,
        items: &mut Vec<Item>,
    ) {
        let Moment { frame, rate, canvas, .. } = moment;
        self.life.settle(&self.template.motion, frame, rate);
        let last_change = if self.are_fields_new { tick } else { game.last_change(&self.template.reads) };
        let is_at_rest = self.life.is_at_rest(&self.template.motion, frame, rate);
        if let Some(still) = self.still.take()
            && is_at_rest
            && (still.rate, still.canvas) == (rate, canvas)
            && still.tick >= last_change
        {
            items.extend_from_slice(&still.items);
            self.still = Some(still);
            return;
        }
        #[cfg(test)]
        {
            self.layouts += 1;
        }
        let first = items.len();
        self.paint(layer, moment, tick, game, fonts, items);
        let is_changing = || self.memory.instances.values().any(Instance::is_changing);
        // What changed in this very frame may change in every frame, as a clock does: keeping it would be for nothing.
        if is_at_rest && last_change < tick && !is_changing() {
            self.still = Some(Still { tick, rate, canvas, items: items[first..].to_vec() });
        }
    }

    fn paint(
        &mut self,
        layer: LayerId,
        moment: Moment,
        tick: Tick,
        game: &GameValues,
        fonts: &mut Fonts,
        items: &mut Vec<Item>,
    ) {
        let scope = self.bring_up_to_date(game, tick);
        let (scale, origin) = fit_canvas(&self.template, moment.canvas);
        let space = Space {
            origin,
            motion: Affine::IDENTITY,
            opacity: 1.0,
            is_muted: false,
            place: 0,
            suffix: String::new(),
            ordinal: 0,
        };
        let prefix = format!("{layer}/{}/", self.template.id);
        let mut painter = Painter {
            template: &self.template,
            life: &self.life,
            memory: &mut self.memory,
            scope,
            fonts,
            items,
            prefix: &prefix,
            moment,
            tick,
            scale,
            last_ordinal: 0,
        };
        painter.nodes(&self.template.nodes, &space);
        let last_ordinal = painter.last_ordinal;
        self.life.last_ordinal = last_ordinal;
        self.memory.instances.retain(|_, instance| instance.seen == tick);
    }

    /// Evaluates the lets whose inputs changed, each seeing those before it.
    fn bring_up_to_date<'a>(&mut self, game: &'a GameValues, tick: Tick) -> Scope<'a> {
        if self.are_fields_new {
            self.are_fields_new = false;
            let value = value_of_json(serde_json::Value::Object(self.fields.clone()));
            let fields = Local { name: "fields".to_owned(), value, changed: tick };
            match self.locals.first_mut() {
                Some(first) => *first = fields,
                None => self.locals.push(fields),
            }
        }
        let mut scope = Scope { game, locals: self.locals.iter().take(1).cloned().collect() };
        for (i, (name, expr)) in self.template.lets.iter().enumerate() {
            let value = self.memory.results.eval(expr, 0, &scope, tick);
            let changed = match self.locals.get(i + 1) {
                Some(known) if known.value == value => known.changed,
                _ => tick,
            };
            let local = Local { name: name.clone(), value, changed };
            match self.locals.get_mut(i + 1) {
                Some(slot) => *slot = local.clone(),
                None => self.locals.push(local.clone()),
            }
            scope.locals.push(local);
        }
        scope
    }
}

/// The part of a canvas, on every side, that a screen may not show (EBU R 95, graphics safe).
const UNSAFE_MARGIN: f32 = 0.05;

impl Instance {
    /// Whether it will look different in the next frame although nothing else changes.
    fn is_changing(&self) -> bool {
        let is_flashing = self.flash.as_ref().is_some_and(|flash| flash.changed.is_some());
        is_flashing || self.text.as_ref().is_some_and(TextState::is_changing)
    }
}

/// Scale from reference to canvas pixels, and where the reference's origin lies: as large as fits, centred sideways, at
/// the template's edge vertically. On a canvas narrower than the template's a scale for the whole reference would make
/// text too small to read; what is declared as its extent then fills the safe width instead, and keeps its distance to
/// the safe area's edge.
fn fit_canvas(template: &Template, canvas: Size) -> (f32, [f32; 2]) {
    let [width, height] = template.canvas;
    let (canvas_width, canvas_height) = (canvas.width as f32, canvas.height as f32);
    let whole = (canvas_width / width).min(canvas_height / height);
    if let Some(extent) = template.extent.filter(|_| canvas_width * height < canvas_height * width) {
        let safe_width = canvas_width * (1.0 - 2.0 * UNSAFE_MARGIN);
        let scale = (safe_width / extent.width).min(canvas_height / height).max(whole);
        let x = (canvas_width - extent.width * scale) / 2.0 - extent.x * scale;
        let y = match template.anchor {
            Anchor::Top => UNSAFE_MARGIN * (canvas_height - height * scale),
            Anchor::Center => (canvas_height - extent.height * scale) / 2.0 - extent.y * scale,
            Anchor::Bottom => (1.0 - UNSAFE_MARGIN) * (canvas_height - height * scale),
        };
        return (scale, [x, y]);
    }
    let spare = canvas_height - height * whole;
    let y = match template.anchor {
        Anchor::Top => 0.0,
        Anchor::Center => spare / 2.0,
        Anchor::Bottom => spare,
    };
    (whole, [(canvas_width - width * whole) / 2.0, y])
}

/// Tells an item of a repeat apart from the others and from the same item elsewhere.
pub(crate) fn place_of(outer: u64, repeat: u32, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (outer, repeat, key).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::TemplateSet;

    /// Where the score bug (1180 x 88, its lower edge at 1010 of 1080) stands on a canvas: left, right, lower edge.
    fn bug_on(canvas: Size) -> [f32; 3] {
        let set = TemplateSet::builtin().expect("the built-in templates are right");
        let (scale, [x, y]) = fit_canvas(set.get(&"score-bug".into()).expect("there is one"), canvas);
        [x + 370.0 * scale, x + 1550.0 * scale, y + 1010.0 * scale].map(f32::round)
    }

    #[test]
    fn a_narrow_canvas_shows_the_extent_as_wide_as_is_safe() {
        assert_eq!(bug_on(Size::new(1920, 1080)), [370.0, 1550.0, 1010.0]);
        assert_eq!(bug_on(Size::new(3840, 2160)), [740.0, 3100.0, 2020.0]);
        // 54 px are unsafe at each side, 96 below.
        assert_eq!(bug_on(Size::new(1080, 1920)), [54.0, 1026.0, 1811.0]);
        // Not larger than the height of the canvas asks for.
        assert_eq!(bug_on(Size::new(1440, 1080)), [130.0, 1310.0, 1010.0]);
        assert_eq!(bug_on(Size::new(2560, 1080)), [690.0, 1870.0, 1010.0], "a wider canvas leaves the sides empty");
    }
}
