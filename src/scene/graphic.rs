//! One graphic: a template, the operator's values, and what it remembers between frames.

use std::sync::Arc;

use super::life::Life;
use super::memory::Slot;
use super::paint::{Begin, Found, Painter, Space};
use super::{Moment, Work};
use crate::command::Fields;
use crate::draw_list::{Affine, Item, Size};
use crate::ids::{LayerId, TemplateId};
use crate::template::bind::{Local, Results, Scope};
use crate::template::check::{FIELDS, STEP};
use crate::template::expr::value_of_json;
use crate::template::lazy::is_same;
use crate::template::model::MAX_NESTED_ROWS;
use crate::template::values::{GameValues, Tick};
use crate::template::{Anchor, Template};
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate};

#[derive(Debug)]
pub(crate) struct Graphic {
    template: Arc<Template>,
    /// The template, or its variant for the canvas.
    shown: Arc<Template>,
    /// What the operator gave, also what the template has no field for since it was saved anew.
    given: Fields,
    /// What it was asked for with: by that a key knows its graphic.
    asked: Fields,
    /// The template's defaults, and over them what was given.
    fields: Fields,
    /// Fields, theme, step and lets, in order, with the tick of their last change.
    locals: Vec<Local>,
    are_fields_new: bool,
    is_step_new: bool,
    lets: Results,
    life: Life,
    /// What its nodes remember.
    nodes: Vec<Slot>,
    drawn: Option<Drawn>,
    work: Work,
}

/// The items of the last frame, and what they were drawn for.
#[derive(Debug)]
struct Drawn {
    tick: Tick,
    rate: FrameRate,
    canvas: Size,
    is_changing: bool,
    items: Vec<Item>,
}

/// A template's fields: its defaults, and over them what was given and still fits.
fn filled(template: &Template, given: &Fields) -> Fields {
    let fits = |id: &String, value| template.field(id).is_some_and(|field| field.kind.accepts(value));
    let mut fields = template.defaults();
    fields.extend(given.iter().filter(|(id, value)| fits(id, value)).map(|(id, value)| (id.clone(), value.clone())));
    fields
}

impl Graphic {
    /// A graphic that is not on air yet; of `fields` counts what its template has and accepts, the rest are the
    /// template's defaults.
    pub fn new(template: Arc<Template>, fields: &Fields) -> Self {
        Self {
            fields: filled(&template, fields),
            shown: template.clone(),
            template,
            given: fields.clone(),
            asked: fields.clone(),
            locals: Vec::new(),
            are_fields_new: true,
            is_step_new: true,
            lets: Results::default(),
            life: Life::default(),
            nodes: Vec::new(),
            drawn: None,
            work: Work::default(),
        }
    }

    /// The same template and fields, never shown.
    pub fn fresh(&self) -> Self {
        Self::new(self.template.clone(), &self.given)
    }

    /// The version of its template that it is drawn by.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Whether it is the graphic that was asked for with these fields, whatever has been changed of them since.
    pub fn is(&self, template: &TemplateId, fields: &Fields) -> bool {
        self.template.id == *template && self.asked == *fields
    }

    /// Changes some fields.
    pub fn update(&mut self, fields: &Fields) {
        let mut given = self.given.clone();
        given.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.give(&given);
    }

    /// Has these fields and no others.
    pub fn give(&mut self, fields: &Fields) {
        self.given.clone_from(fields);
        self.fields = filled(&self.template, &self.given);
        self.are_fields_new = true;
    }

    /// Goes on with another version of its template, at the same point of its life. What its nodes remember is about nodes
    /// that may be gone: a transition that was under way is at its end.
    pub fn set_template(&mut self, template: &Arc<Template>) {
        if !Arc::ptr_eq(&self.template, template) {
            let life = std::mem::take(&mut self.life);
            let asked = std::mem::take(&mut self.asked);
            *self = Self { life, asked, work: self.work, ..Self::new(template.clone(), &self.given) };
        }
    }

    /// Begins its *in* at `frame`, from wherever it stands; with `cut` it is there at once.
    pub fn enter(&mut self, frame: FrameIndex, cut: bool) {
        self.life.enter(frame, cut);
    }

    /// Begins its *out* at `frame`, from wherever it stands.
    pub fn leave(&mut self, frame: FrameIndex) {
        self.life.leave(frame);
    }

    /// The step that it is at or on its way to; 0 before the first.
    pub fn step(&self) -> usize {
        self.life.step()
    }

    /// Goes to a step that its template has.
    pub fn step_to(&mut self, frame: FrameIndex, step: usize, cut: bool) {
        self.life.step_to(frame, step, cut);
        self.is_step_new = true;
        // Nothing may be on its way in any frame that is drawn, and yet it stands elsewhere: after a cut, a step that takes
        // no time, or one whose frames were all skipped.
        self.drawn = None;
    }

    /// Whether its *out* has ended by `frame`, at this rate.
    pub fn is_gone(&self, frame: FrameIndex, rate: FrameRate) -> bool {
        self.life.is_gone(&self.shown.motion, frame, rate)
    }

    /// What its frames have cost so far.
    pub fn work(&self) -> Work {
        self.work
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
        self.choose(canvas);
        self.life.settle(&self.shown.motion, frame, rate);
        let scope = self.bring_up_to_date(game, tick);
        let is_at_rest = self.life.is_at_rest(&self.shown.motion, frame, rate);
        let before = self.drawn.take().filter(|drawn| (drawn.rate, drawn.canvas) == (rate, canvas));
        if let Some(drawn) = &before
            && !drawn.is_changing
            && is_at_rest
            && scope.last_change(&self.shown.reads) <= drawn.tick
        {
            items.extend_from_slice(&drawn.items);
            self.locals = scope.locals;
            self.drawn = before;
            return;
        }
        let (painted, found) = self.paint(layer, moment, tick, scope, before.map(|drawn| drawn.items), fonts);
        items.extend_from_slice(&painted);
        let is_changing = found.is_changing || !is_at_rest;
        self.drawn = Some(Drawn { tick, rate, canvas, is_changing, items: painted });
    }

    /// Takes the variant for a canvas.
    fn choose(&mut self, canvas: Size) {
        let shown = Template::for_canvas(&self.template, canvas.width as f32, canvas.height as f32);
        if !Arc::ptr_eq(&self.shown, &shown) {
            // Its nodes are others, and so are its lets.
            (self.nodes, self.lets, self.drawn) = (Vec::new(), Results::default(), None);
            (self.locals, self.are_fields_new, self.is_step_new) = (Vec::new(), true, true);
            self.shown = shown;
        }
    }

    /// Draws what has changed since `before` and takes the rest over from there.
    fn paint(
        &mut self,
        layer: LayerId,
        moment: Moment,
        tick: Tick,
        scope: Scope<'_>,
        before: Option<Vec<Item>>,
        fonts: &mut Fonts,
    ) -> (Vec<Item>, Found) {
        let (scale, origin) = fit_canvas(&self.shown, moment.canvas);
        let size = self.shown.canvas.map(|side| side * scale);
        let space =
            Space { origin, size, motion: Affine::IDENTITY, opacity: 1.0, is_muted: false, court: None, ordinal: 0 };
        let before_items = before.as_deref().unwrap_or_default();
        let motion = &self.shown.motion;
        let mut painter = Painter {
            template: &self.shown,
            life: &self.life,
            at: self.life.instant(motion, moment.frame, moment.rate),
            is_at_rest: self.life.is_at_rest(motion, moment.frame, moment.rate),
            scope,
            fonts,
            before: before_items,
            items: Vec::with_capacity(before_items.len()),
            prefix: &format!("{layer}/{}/", self.template.id),
            suffix: String::new(),
            ordinal: 0,
            room: MAX_NESTED_ROWS,
            is_first: self.nodes.is_empty(),
            is_row_late: false,
            is_row_leaving: false,
            is_frozen: false,
            moment,
            tick,
            scale,
            found: Found::default(),
            work: self.work,
        };
        let begin = Begin { before: before.as_ref().map(|_| 0), now: 0 };
        painter.nodes(&self.shown.nodes, &mut self.nodes, &space, begin);
        let Painter { scope, items, found, work, .. } = painter;
        self.locals = scope.locals;
        self.life.last_ordinal = found.last_ordinal;
        self.work = work;
        (items, found)
    }

    /// Evaluates the lets whose inputs changed, each seeing those before it.
    fn bring_up_to_date<'a>(&mut self, game: &'a GameValues, tick: Tick) -> Scope<'a> {
        let known = std::mem::take(&mut self.locals);
        let mut scope = Scope { game, locals: Vec::with_capacity(self.shown.lets.len() + 3) };
        let mut known = known.into_iter();
        let fields = known.next().filter(|_| !self.are_fields_new).unwrap_or_else(|| {
            let value = value_of_json(serde_json::Value::Object(self.fields.clone()));
            Local { name: FIELDS.into(), value, changed: tick }
        });
        self.are_fields_new = false;
        known.next();
        let step = known.next().filter(|_| !self.is_step_new).unwrap_or_else(|| {
            let value = minijinja::Value::from(self.life.step());
            Local { name: STEP.into(), value, changed: tick }
        });
        self.is_step_new = false;
        scope.locals.extend([fields, self.shown.theme.clone(), step]);
        for (name, expr) in &self.shown.lets {
            let (value, is_new) = self.lets.eval(expr, &scope, tick);
            self.work.evaluations += u64::from(is_new);
            let local = known.next().filter(|known| !is_new || is_same(&known.value, &value));
            scope.locals.push(local.unwrap_or_else(|| Local { name: name.clone(), value, changed: tick }));
        }
        scope
    }
}

/// The part of a canvas, on every side, that a screen may not show (EBU R 95, graphics safe).
const UNSAFE_MARGIN: f32 = 0.05;

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
