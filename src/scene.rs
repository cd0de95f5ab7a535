//! Turns the graphics on air and the game at one instant into a draw list.
//!
//! In: commands, each at the frame where it takes effect, and one snapshot a frame (frames may be skipped).
//! Out: a `DrawList` for that frame, and what is on which layer.
//! Playout owns one [`Stage`] and calls it from its own thread; preview would own another. The same commands and
//! snapshots at the same frames give the same lists: everything that moves is a function of frame counts.
//! Never reads a clock, waits, or knows how its list is drawn.

mod alive;
mod arrange;
mod courts;
mod graphic;
mod life;
mod lines;
mod memory;
mod moved;
mod paint;
mod picture;
mod rows;
mod shape;
mod taper;
mod text;
mod trim;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::command::{Answer, Command, Done, Fields, Refused, Step};
use crate::draw_list::{DrawList, Size};
use crate::game::snapshot::GameSnapshot;
use crate::ids::{LayerId, TemplateId};
use crate::status::LayerStatus;
use crate::template::values::{GameValues, Tick};
use crate::template::{Template, TemplateSet};
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate};
use graphic::Graphic;

/// Graphics that may still be going out below the one on air. When full the oldest is cut.
const MAX_LEAVING: usize = 4;

/// All layers and what is on them.
#[derive(Debug)]
pub struct Stage {
    templates: Arc<TemplateSet>,
    layers: BTreeMap<LayerId, Layer>,
    values: GameValues,
    tick: Tick,
}

#[derive(Debug, Default)]
struct Layer {
    on_air: Option<Graphic>,
    /// Going out, oldest first; drawn below what is on air.
    leaving: Vec<Graphic>,
    cued: Option<Graphic>,
}

/// What drawing has cost so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// Expressions evaluated.
    pub evaluations: u64,
    /// Nodes laid out.
    pub layouts: u64,
}

/// What a frame is drawn for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Which frame is drawn.
    pub frame: FrameIndex,
    /// Of the show: how long frames are.
    pub rate: FrameRate,
    /// What it is drawn onto.
    pub canvas: Size,
    /// What changes now is the past being told: it is shown, and nothing moves for it.
    pub is_old_news: bool,
    /// It is not drawn for the air: sprites show all their pictures at once, so that none is made ready on air.
    pub is_ahead: bool,
}

impl Stage {
    /// An empty stage; graphics are drawn from these templates.
    pub fn new(templates: Arc<TemplateSet>) -> Self {
        Self { templates, layers: BTreeMap::new(), values: GameValues::default(), tick: 0 }
    }

    /// Has graphics drawn from these from now on. What is on air, going out or cued keeps its fields and its place in time,
    /// and takes on its template's new looks; a template that is not among these is kept by the graphics that use it.
    pub fn set_templates(&mut self, templates: Arc<TemplateSet>) {
        self.templates = templates;
        for layer in self.layers.values_mut() {
            for graphic in layer.leaving.iter_mut().chain(&mut layer.on_air).chain(&mut layer.cued) {
                if let Some(template) = self.templates.get(&graphic.template().id) {
                    graphic.set_template(template);
                }
            }
        }
    }

    /// Carries out a command that takes effect at `frame`. A refused command changes nothing.
    pub fn apply(&mut self, frame: FrameIndex, command: &Command) -> Answer {
        match command {
            Command::Cue { layer, template, fields } => {
                let graphic = self.graphic(template, fields)?;
                self.layers.entry(*layer).or_default().cued = Some(graphic);
            }
            Command::Take { layer, cut } => {
                let slot = self.layers.entry(*layer).or_default();
                let graphic = slot.cued.take().ok_or(Refused::NothingCued { layer: *layer })?;
                slot.take(frame, graphic, *cut);
            }
            Command::Update { layer, fields } => {
                let slot = self.layers.get_mut(layer);
                let graphic = slot.and_then(|slot| slot.on_air.as_mut().or(slot.cued.as_mut()));
                let graphic = graphic.ok_or(Refused::NothingOnAir { layer: *layer })?;
                check_fields(graphic.template(), fields)?;
                graphic.update(fields);
            }
            Command::Out { layer, cut } => {
                let slot = self.layers.get_mut(layer).filter(|slot| slot.on_air.is_some());
                slot.ok_or(Refused::NothingOnAir { layer: *layer })?.out(frame, *cut);
            }
            Command::Continue { layer, to, by, cut } => self.step(frame, *layer, to.as_ref(), *by, *cut)?,
            Command::Clear { layer: Some(layer) } => {
                self.layers.remove(layer);
            }
            Command::Clear { layer: None } => self.layers.clear(),
            Command::Toggle { layer, template, fields } => self.toggle(frame, *layer, template, fields)?,
            // The fold has done it: what is on the stage does not change.
            other => debug_assert!(!other.is_of_layers(), "{other:?}"),
        }
        Ok(Done { frame })
    }

    fn toggle(
        &mut self,
        frame: FrameIndex,
        layer: LayerId,
        template: &TemplateId,
        fields: &Fields,
    ) -> Result<(), Refused> {
        let graphic = self.graphic(template, fields)?;
        let slot = self.layers.entry(layer).or_default();
        if slot.on_air.as_ref().is_some_and(|on_air| on_air.is(template, fields)) {
            slot.out(frame, false);
            return Ok(());
        }
        // Still going out: the same graphic turns around from where it is.
        if let Some(at) = slot.leaving.iter().rposition(|leaving| leaving.is(template, fields)) {
            let mut returning = slot.leaving.remove(at);
            returning.give(fields);
            slot.take(frame, returning, false);
            return Ok(());
        }
        slot.take(frame, graphic, false);
        Ok(())
    }

    fn step(
        &mut self,
        frame: FrameIndex,
        layer: LayerId,
        to: Option<&Step>,
        by: Option<i32>,
        cut: bool,
    ) -> Result<(), Refused> {
        let slot = self.layers.get_mut(&layer).ok_or(Refused::NothingOnAir { layer })?;
        let graphic = slot.on_air.as_mut().ok_or(Refused::NothingOnAir { layer })?;
        match step_after(graphic.template(), graphic.step(), to, by)? {
            Some(step) => graphic.step_to(frame, step, cut),
            None => slot.out(frame, cut),
        }
        Ok(())
    }

    fn graphic(&self, id: &TemplateId, fields: &Fields) -> Result<Graphic, Refused> {
        Ok(Graphic::new(find(&self.templates, id, fields)?.clone(), fields))
    }

    /// The picture at a frame. Frames never go back; skipping some gives the same pictures for the others, except that
    /// a transition begins at the first frame that sees its new value.
    pub fn draw(
        &mut self,
        frame: FrameIndex,
        rate: FrameRate,
        canvas: Size,
        snapshot: &GameSnapshot,
        fonts: &mut Fonts,
    ) -> DrawList {
        self.tick += 1;
        self.values.update(self.tick, snapshot);
        let moment = Moment { frame, rate, canvas, is_old_news: snapshot.catching_up, is_ahead: false };
        let mut list = DrawList::empty(canvas);
        for (id, layer) in &mut self.layers {
            layer.leaving.retain(|graphic| !graphic.is_gone(frame, rate));
            for graphic in layer.leaving.iter_mut().chain(&mut layer.on_air) {
                graphic.draw(*id, moment, self.tick, &self.values, fonts, &mut list.items);
            }
        }
        list
    }

    /// The graphic cued on a layer as it will look at rest, with all the pictures of its sprites, for the renderer to
    /// prepare what it needs; `None` when nothing is cued.
    pub fn draw_cued(
        &self,
        layer: LayerId,
        rate: FrameRate,
        canvas: Size,
        snapshot: &GameSnapshot,
        fonts: &mut Fonts,
    ) -> Option<DrawList> {
        let mut values = GameValues::default();
        values.update(1, snapshot);
        let mut graphic = self.layers.get(&layer)?.cued.as_ref()?.fresh();
        graphic.enter(FrameIndex(0), true);
        let mut list = DrawList::empty(canvas);
        let moment = Moment { frame: FrameIndex(0), rate, canvas, is_old_news: false, is_ahead: true };
        graphic.draw(layer, moment, 1, &values, fonts, &mut list.items);
        Some(list)
    }

    /// What the graphics that are drawn now have cost since each of them was made.
    pub fn work(&self) -> Work {
        let drawn = self.layers.values().flat_map(|layer| layer.leaving.iter().chain(&layer.on_air));
        drawn.map(Graphic::work).fold(Work::default(), |all, one| Work {
            evaluations: all.evaluations + one.evaluations,
            layouts: all.layouts + one.layouts,
        })
    }

    /// What is on air and what is cued, lowest layer first. A graphic that is going out is not on air.
    pub fn layers(&self) -> Vec<LayerStatus> {
        let id = |graphic: &Option<Graphic>| graphic.as_ref().map(|graphic| graphic.template().id.clone());
        self.layers
            .iter()
            .filter(|(_, slot)| slot.on_air.is_some() || slot.cued.is_some())
            .map(|(layer, slot)| LayerStatus { layer: *layer, on_air: id(&slot.on_air), cued: id(&slot.cued) })
            .collect()
    }
}

impl Layer {
    fn take(&mut self, frame: FrameIndex, mut graphic: Graphic, cut: bool) {
        if cut {
            *self = Layer { cued: self.cued.take(), ..Layer::default() };
        } else {
            self.out(frame, false);
        }
        graphic.enter(frame, cut);
        self.on_air = Some(graphic);
    }

    fn out(&mut self, frame: FrameIndex, cut: bool) {
        let Some(mut graphic) = self.on_air.take() else { return };
        if cut {
            return;
        }
        graphic.leave(frame);
        if self.leaving.len() == MAX_LEAVING {
            self.leaving.remove(0);
        }
        self.leaving.push(graphic);
    }
}

/// The template of that name, which these fields can be given to.
///
/// # Errors
/// When there is none, or it has no such fields or others.
pub fn find<'a>(templates: &'a TemplateSet, id: &TemplateId, fields: &Fields) -> Result<&'a Arc<Template>, Refused> {
    let none = || Refused::NoTemplate { template: id.clone(), known: templates.names() };
    let template = templates.get(id).ok_or_else(none)?;
    check_fields(template, fields)?;
    Ok(template)
}

/// The step of a graphic that a command leads to; `None` past the last one, where the graphic goes out.
///
/// # Errors
/// When the template has no step of that name.
pub fn step_after(
    template: &Template,
    now: usize,
    to: Option<&Step>,
    by: Option<i32>,
) -> Result<Option<usize>, Refused> {
    let from = match to {
        None => now,
        Some(step) => template.step(step).ok_or_else(|| Refused::NoStep {
            template: template.id.clone(),
            step: step.clone(),
            known: template.step_names(),
        })?,
    };
    let by = by.unwrap_or(if to.is_none() { 1 } else { 0 });
    let step = from.saturating_add_signed(by as isize);
    Ok((step <= template.steps()).then_some(step))
}

/// Whether a graphic of the template can be given these fields.
///
/// # Errors
/// When it has no such field, or one of another type.
pub fn check_fields(template: &Template, fields: &Fields) -> Result<(), Refused> {
    for (id, value) in fields {
        let Some(field) = template.field(id) else {
            let known: Vec<&str> = template.fields.iter().map(|field| field.id.as_str()).collect();
            return Err(Refused::NoField { template: template.id.clone(), field: id.clone(), known: known.join(", ") });
        };
        if !field.kind.accepts(value) {
            return Err(Refused::BadField {
                template: template.id.clone(),
                field: id.clone(),
                expected: field.kind.expected(),
                found: value.to_string(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stage with one graphic taken at frame 0, and its game.
    fn stage_with(template: &str) -> (Stage, GameSnapshot) {
        let mut stage = Stage::new(Arc::new(TemplateSet::builtin().expect("the built-in templates are right")));
        let cue = Command::Cue { layer: LayerId(1), template: template.into(), fields: Fields::new() };
        let take = Command::Take { layer: LayerId(1), cut: false };
        [cue, take].iter().for_each(|command| {
            stage.apply(FrameIndex(0), command).expect("there is such a template");
        });
        (stage, crate::template::sample().clone())
    }

    /// The frame's list, and what it cost.
    fn draw(stage: &mut Stage, frame: u64, game: &GameSnapshot, fonts: &mut Fonts) -> (DrawList, Work) {
        let before = stage.work();
        let list = stage.draw(FrameIndex(frame), FrameRate::FPS_50, Size::new(1920, 1080), game, fonts);
        let after = stage.work();
        let work =
            Work { evaluations: after.evaluations - before.evaluations, layouts: after.layouts - before.layouts };
        (list, work)
    }

    /// The same frame drawn by a stage that has nothing to take over from.
    fn drawn_anew(template: &str, game: &GameSnapshot, fonts: &mut Fonts) -> DrawList {
        let (mut stage, _) = stage_with(template);
        draw(&mut stage, 300, game, fonts).0
    }

    #[test]
    fn a_frame_in_which_only_the_clock_changed_costs_the_clock() {
        let mut fonts = Fonts::bundled();
        let (mut stage, mut game) = stage_with("score-bug");
        let (_, first) = draw(&mut stage, 100, &game, &mut fonts);
        assert!(first.evaluations > 50 && first.layouts > 40, "{first:?}");
        assert_eq!(draw(&mut stage, 101, &game, &mut fonts).1, Work::default(), "nothing changed");
        if let Some(clock) = &mut game.clock.game {
            clock.display = "4:06".to_owned();
        }
        let (list, work) = draw(&mut stage, 102, &game, &mut fonts);
        assert_eq!(work.evaluations, 1, "only the clock's text reads the clock");
        assert_eq!(work.layouts, 6, "bar, clocks, the face by its key, face, running, clock");
        assert_eq!(list, drawn_anew("score-bug", &game, &mut fonts));
    }

    #[test]
    fn what_is_taken_over_is_what_would_be_drawn() {
        let mut fonts = Fonts::bundled();
        for template in ["score-bug", "lower-third", "shot-map"] {
            let (mut stage, mut game) = stage_with(template);
            draw(&mut stage, 100, &game, &mut fonts);
            game.away.code = Some("ABC".to_owned());
            game.home.color = Arc::default();
            draw(&mut stage, 101, &game, &mut fonts);
            game.home.zones = Arc::default();
            game.home.players = Arc::new(game.home.players.iter().skip(1).cloned().collect());
            draw(&mut stage, 102, &game, &mut fonts);
            // Whatever rolls or fades has come to its end by then.
            let (list, work) = draw(&mut stage, 200, &game, &mut fonts);
            let anew = drawn_anew(template, &game, &mut fonts);
            assert_eq!(list.to_string(), anew.to_string(), "{template}, laid out: {}", work.layouts);
        }
    }

    #[test]
    fn a_graphic_at_rest_is_laid_out_again_only_when_what_it_reads_changes() {
        let mut fonts = Fonts::bundled();
        let (mut stage, mut game) = stage_with("shot-map");
        for frame in 0..3 {
            assert!(draw(&mut stage, frame, &game, &mut fonts).1.layouts > 0, "it comes in");
        }
        let (at_rest, _) = draw(&mut stage, 200, &game, &mut fonts);
        if let Some(clock) = &mut game.clock.game {
            clock.millis -= 20;
        }
        assert_eq!(draw(&mut stage, 201, &game, &mut fonts), (at_rest.clone(), Work::default()), "no clock in it");
        game.home.players = Arc::new((*game.home.players).clone());
        assert_eq!(draw(&mut stage, 202, &game, &mut fonts).1.layouts, 0, "the same players told again");
        game.home.zones = Arc::default();
        let (changed, work) = draw(&mut stage, 203, &game, &mut fonts);
        assert!(work.layouts > 0);
        assert_ne!(changed, at_rest);
    }
}
