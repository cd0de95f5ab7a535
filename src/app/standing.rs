//! What operators left on each layer, as a fold over their commands: enough to put it back after a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::{Command, Fields, Refused, Step};
use crate::ids::{LayerId, TemplateId};
use crate::scene::{check_fields, find, step_after};
use crate::template::TemplateSet;

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Standing {
    layers: BTreeMap<LayerId, Layer>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Layer {
    on_air: Option<Graphic>,
    cued: Option<Graphic>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Graphic {
    template: TemplateId,
    fields: Fields,
    /// What it was asked for with, where that has been changed since.
    #[serde(default)]
    asked: Option<Fields>,
    /// The step that was named last, and how far the graphic went from there.
    #[serde(default)]
    step: Option<Step>,
    #[serde(default)]
    by: i32,
}

impl Graphic {
    fn new(template: &TemplateId, fields: &Fields) -> Self {
        Self { template: template.clone(), fields: fields.clone(), asked: None, step: None, by: 0 }
    }
}

impl Graphic {
    fn is(&self, template: &TemplateId, fields: &Fields) -> bool {
        self.template == *template && self.asked.as_ref().unwrap_or(&self.fields) == fields
    }
}

impl Standing {
    /// A command as it is entered: one that depends on what is on air says what comes of it (the next step is step 2; past the
    /// last one the graphic goes out), so that this fold and the stage cannot come apart.
    ///
    /// # Errors
    /// What the stage would refuse with these templates.
    pub fn resolve(&self, command: Command, templates: &TemplateSet) -> Result<Command, Refused> {
        match &command {
            Command::Cue { template, fields, .. } | Command::Toggle { template, fields, .. } => {
                find(templates, template, fields)?;
            }
            Command::Take { layer, .. } if self.cued(*layer).is_none() => {
                return Err(Refused::NothingCued { layer: *layer });
            }
            Command::Update { layer, fields } => {
                let graphic = self.on_air(*layer).or(self.cued(*layer));
                let graphic = graphic.ok_or(Refused::NothingOnAir { layer: *layer })?;
                templates.get(&graphic.template).map_or(Ok(()), |template| check_fields(template, fields))?;
            }
            Command::Out { layer, .. } if self.on_air(*layer).is_none() => {
                return Err(Refused::NothingOnAir { layer: *layer });
            }
            Command::Continue { layer, to, by, cut } => {
                let graphic = self.on_air(*layer).ok_or(Refused::NothingOnAir { layer: *layer })?;
                // A save that took its template away leaves the graphic as it is.
                let Some(template) = templates.get(&graphic.template) else { return Ok(command) };
                let now = graphic.step.as_ref().and_then(|step| template.step(step)).unwrap_or_default();
                let now = now.saturating_add_signed(graphic.by as isize);
                let (layer, cut) = (*layer, *cut);
                return Ok(match step_after(template, now, to.as_ref(), *by)? {
                    Some(step) => Command::Continue { layer, to: Some(Step::Number(step as u32)), by: None, cut },
                    None => Command::Out { layer, cut },
                });
            }
            _ => {}
        }
        Ok(command)
    }

    fn on_air(&self, layer: LayerId) -> Option<&Graphic> {
        self.layers.get(&layer)?.on_air.as_ref()
    }

    fn cued(&self, layer: LayerId) -> Option<&Graphic> {
        self.layers.get(&layer)?.cued.as_ref()
    }

    /// Follows a command of the journal. One that the stage refuses (an unknown template) is refused again when it is put
    /// back.
    pub fn apply(&mut self, command: &Command) {
        match command {
            Command::Cue { layer, template, fields } => {
                self.layer(*layer).cued = Some(Graphic::new(template, fields));
            }
            Command::Take { layer, .. } => {
                let layer = self.layer(*layer);
                if let Some(cued) = layer.cued.take() {
                    layer.on_air = Some(cued);
                }
            }
            Command::Update { layer, fields } => {
                let layer = self.layer(*layer);
                if let Some(graphic) = layer.on_air.as_mut().or(layer.cued.as_mut()) {
                    graphic.asked.get_or_insert_with(|| graphic.fields.clone());
                    graphic.fields.extend(fields.clone());
                }
            }
            // Past its last step a graphic goes out; it does so again when it is put back.
            Command::Continue { layer, to, by, .. } => {
                if let Some(graphic) = self.layer(*layer).on_air.as_mut() {
                    let further = by.unwrap_or(if to.is_none() { 1 } else { 0 });
                    let by = if to.is_none() { graphic.by.saturating_add(further) } else { further };
                    graphic.step = to.clone().or(graphic.step.take());
                    // Before step 0 there is none.
                    graphic.by = if graphic.step.is_none() { by.max(0) } else { by };
                }
            }
            Command::Out { layer, .. } => self.layer(*layer).on_air = None,
            Command::Clear { layer: Some(layer) } => drop(self.layers.remove(layer)),
            Command::Clear { layer: None } => self.layers.clear(),
            Command::Toggle { layer, template, fields } => {
                let layer = self.layer(*layer);
                let off = layer.on_air.as_ref().is_some_and(|on_air| on_air.is(template, fields));
                layer.on_air = (!off).then(|| Graphic::new(template, fields));
            }
            // Not on a layer: the fold keeps delays, colours and corrections itself, and the others change nothing.
            other => debug_assert!(!other.is_of_layers(), "{other:?}"),
        }
    }

    fn layer(&mut self, layer: LayerId) -> &mut Layer {
        self.layers.entry(layer).or_default()
    }

    /// Commands that put everything back at once, lowest layer first.
    pub fn commands(&self) -> Vec<Command> {
        let cue = |layer: LayerId, graphic: &Graphic, fields: &Fields| Command::Cue {
            layer,
            template: graphic.template.clone(),
            fields: fields.clone(),
        };
        let changed = |layer: LayerId, graphic: &Graphic| {
            let fields = graphic.asked.as_ref().map(|_| graphic.fields.clone())?;
            Some(Command::Update { layer, fields })
        };
        let mut commands = Vec::new();
        for (id, layer) in &self.layers {
            if let Some(on_air) = &layer.on_air {
                commands.push(cue(*id, on_air, on_air.asked.as_ref().unwrap_or(&on_air.fields)));
                commands.push(Command::Take { layer: *id, cut: true });
                commands.extend(changed(*id, on_air));
                if on_air.step.is_some() || on_air.by != 0 {
                    let (to, by) = (on_air.step.clone(), Some(on_air.by));
                    commands.push(Command::Continue { layer: *id, to, by, cut: true });
                }
            }
            commands.extend(layer.cued.iter().map(|cued| cue(*id, cued, &cued.fields)));
        }
        commands
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::draw_list::{DrawList, Size};
    use crate::scene::Stage;
    use crate::template::{Template, sample};
    use crate::text::Fonts;
    use crate::time::{FrameIndex, FrameRate};

    /// Shows its step and its field.
    const TEMPLATE: &str = r##"{
      "canvas": [640, 64], "fields": { "n": { "type": "number", "default": 1 } },
      "nodes": [{ "type": "box", "id": "box", "x": "{{ step * 10 }}", "width": "{{ fields.n }}", "height": 5, "fill": "#fff" }],
      "motion": { "in": [{ "node": "box", "from": { "opacity": 0 }, "length": "8f" }], "steps": [{ "movements": [] }, { "name": "more", "movements": [] }],
        "out": [{ "node": "box", "to": { "opacity": 0 }, "length": "8f" }] },
    }"##;

    fn templates() -> Arc<TemplateSet> {
        let mut set = TemplateSet::default();
        for name in ["a", "b"] {
            let read = Template::parse(name.into(), Path::new(name), TEMPLATE);
            set.insert(read.unwrap_or_else(|problems| panic!("{problems:#?}")));
        }
        Arc::new(set)
    }

    fn any_command() -> impl Strategy<Value = Command> {
        let layer = (1u16..=2).prop_map(LayerId);
        let template = prop_oneof![5 => Just("a"), 5 => Just("b"), 1 => Just("misspelt")];
        let fields = (0u32..9).prop_map(|n| match n {
            0 => Fields::new(),
            1 => Fields::from_iter([("nn".to_owned(), n.into())]),
            n => Fields::from_iter([("n".to_owned(), n.into())]),
        });
        let step = proptest::option::of(prop_oneof![
            (0u32..4).prop_map(Step::Number),
            Just(Step::Name("more".into())),
            Just(Step::Name("none".into()))
        ]);
        (0..7, layer, template, fields, step, proptest::option::of(-3i32..4), any::<bool>()).prop_map(
            |(verb, layer, template, fields, to, by, cut)| match verb {
                0 => Command::Cue { layer, template: template.into(), fields },
                1 => Command::Take { layer, cut },
                2 => Command::Update { layer, fields },
                3 => Command::Out { layer, cut },
                4 => Command::Clear { layer: Some(layer) },
                5 => Command::Toggle { layer, template: template.into(), fields },
                _ => Command::Continue { layer, to, by, cut },
            },
        )
    }

    fn picture(stage: &mut Stage, frame: u64, fonts: &mut Fonts) -> DrawList {
        stage.draw(FrameIndex(frame), FrameRate::FPS_50, Size::new(640, 64), sample(), fonts)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_was_done_a_restart_puts_back_what_was_on_air(
            commands in proptest::collection::vec((any_command(), 0u64..12), 0..24),
        ) {
            let (templates, mut fonts) = (templates(), Fonts::bundled());
            let (mut stage, mut standing, mut frame) = (Stage::new(templates.clone()), Standing::default(), 0);
            for (command, after) in commands {
                frame += after;
                match standing.resolve(command.clone(), &templates) {
                    Ok(resolved) => {
                        prop_assert!(stage.apply(FrameIndex(frame), &resolved).is_ok(), "{resolved:?}");
                        standing.apply(&resolved);
                    }
                    Err(refused) => prop_assert_eq!(stage.apply(FrameIndex(frame), &command), Err(refused)),
                }
                picture(&mut stage, frame, &mut fonts);
            }
            let mut again = Stage::new(templates);
            for command in standing.commands() {
                prop_assert!(again.apply(FrameIndex(frame), &command).is_ok(), "{command:?}");
            }
            let told = |stage: &Stage| serde_json::to_value(stage.layers()).expect("it is JSON");
            prop_assert_eq!(told(&stage), told(&again));
            // When all that was under way has ended.
            let then = frame + 100;
            prop_assert_eq!(picture(&mut stage, then, &mut fonts), picture(&mut again, then, &mut fonts));
        }
    }

    const LAYER: LayerId = LayerId(3);

    fn cue(template: &str) -> Command {
        Command::Cue { layer: LAYER, template: template.into(), fields: Fields::new() }
    }

    fn after(commands: &[Command]) -> Vec<Command> {
        let mut standing = Standing::default();
        commands.iter().for_each(|command| standing.apply(command));
        standing.commands()
    }

    #[test]
    fn what_is_on_air_and_what_is_cued_come_back_without_animation() {
        let take = Command::Take { layer: LAYER, cut: false };
        let back = after(&[cue("bug"), take, cue("map")]);
        assert_eq!(back, [cue("bug"), Command::Take { layer: LAYER, cut: true }, cue("map")]);
    }

    #[test]
    fn a_graphic_comes_back_at_its_step() {
        let next = Command::Continue { layer: LAYER, to: None, by: None, cut: false };
        let named = Command::Continue { layer: LAYER, to: Some(Step::Name("detail".into())), by: None, cut: false };
        let take = Command::Take { layer: LAYER, cut: false };
        let back = |commands: &[&Command]| {
            let all: Vec<Command> = [&cue("bug"), &take].into_iter().chain(commands.iter().copied()).cloned().collect();
            after(&all).get(2).cloned()
        };
        let at = |to: Option<Step>, by| Some(Command::Continue { layer: LAYER, to, by: Some(by), cut: true });
        assert_eq!(back(&[&next, &next]), at(None, 2));
        assert_eq!(back(&[&next, &named, &next]), at(Some(Step::Name("detail".into())), 1));
        assert_eq!(back(&[]), None);
    }

    #[test]
    fn what_went_out_stays_out() {
        let take = Command::Take { layer: LAYER, cut: false };
        assert_eq!(after(&[cue("bug"), take.clone(), Command::Out { layer: LAYER, cut: false }]), []);
        assert_eq!(after(&[cue("bug"), take, Command::Clear { layer: None }]), []);
        let toggle = Command::Toggle { layer: LAYER, template: "bug".into(), fields: Fields::new() };
        assert_eq!(after(&[toggle.clone(), toggle]), []);
    }
}
