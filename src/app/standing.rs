//! What operators left on each layer, as a fold over their commands: enough to put it back after a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::{Command, Fields, Step};
use crate::ids::{LayerId, TemplateId};

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
    /// The step that was named last, and how far the graphic went from there.
    #[serde(default)]
    step: Option<Step>,
    #[serde(default)]
    by: i32,
}

impl Graphic {
    fn new(template: &TemplateId, fields: &Fields) -> Self {
        Self { template: template.clone(), fields: fields.clone(), step: None, by: 0 }
    }
}

impl Standing {
    /// Follows a command. One that the stage refuses (an unknown template) is refused again when it is put back.
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
                let off = layer.on_air.as_ref().is_some_and(|on_air| on_air.template == *template);
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
        let cue = |layer: LayerId, Graphic { template, fields, .. }: &Graphic| Command::Cue {
            layer,
            template: template.clone(),
            fields: fields.clone(),
        };
        let mut commands = Vec::new();
        for (id, layer) in &self.layers {
            if let Some(on_air) = &layer.on_air {
                commands.push(cue(*id, on_air));
                commands.push(Command::Take { layer: *id, cut: true });
                if on_air.step.is_some() || on_air.by != 0 {
                    let (to, by) = (on_air.step.clone(), Some(on_air.by));
                    commands.push(Command::Continue { layer: *id, to, by, cut: true });
                }
            }
            commands.extend(layer.cued.iter().map(|cued| cue(*id, cued)));
        }
        commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
