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
use crate::draw_list::{Affine, Item};
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
    /// None until the value changes for the first time: a first value is no news.
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
        self.life.settle(&self.template.motion, moment.frame, moment.rate);
        let scope = self.bring_up_to_date(game, tick);
        let (scale, origin) = fit_canvas(&self.template, moment);
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

/// Scale from reference to canvas pixels, and where the reference's origin lies: as large as fits, centred sideways, at
/// the template's edge vertically.
fn fit_canvas(template: &Template, moment: Moment) -> (f32, [f32; 2]) {
    let [width, height] = template.canvas;
    let (canvas_width, canvas_height) = (moment.canvas.width as f32, moment.canvas.height as f32);
    let scale = (canvas_width / width).min(canvas_height / height);
    let spare = canvas_height - height * scale;
    let y = match template.anchor {
        Anchor::Top => 0.0,
        Anchor::Center => spare / 2.0,
        Anchor::Bottom => spare,
    };
    (scale, [(canvas_width - width * scale) / 2.0, y])
}

/// Tells an item of a repeat apart from the others and from the same item elsewhere.
pub(crate) fn place_of(outer: u64, repeat: u32, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (outer, repeat, key).hash(&mut hasher);
    hasher.finish()
}
