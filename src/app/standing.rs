//! What operators left on each layer, as a fold over their commands: enough to put it back after a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::command::{Command, Fields};
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
}

impl Standing {
    /// Follows a command. One that the stage refuses (an unknown template) is refused again when it is put back.
    pub fn apply(&mut self, command: &Command) {
        match command {
            Command::Cue { layer, template, fields } => {
                self.layer(*layer).cued = Some(Graphic { template: template.clone(), fields: fields.clone() });
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
            Command::Out { layer, .. } => self.layer(*layer).on_air = None,
            Command::Clear { layer: Some(layer) } => drop(self.layers.remove(layer)),
            Command::Clear { layer: None } => self.layers.clear(),
            Command::Toggle { layer, template, fields } => {
                let layer = self.layer(*layer);
                let off = layer.on_air.as_ref().is_some_and(|on_air| on_air.template == *template);
                layer.on_air = (!off).then(|| Graphic { template: template.clone(), fields: fields.clone() });
            }
            // Not on a layer: the fold keeps delays itself, and a bookmark changes nothing.
            Command::SetDelay { .. } | Command::ShiftDelay { .. } | Command::Bookmark { .. } => {}
        }
    }

    fn layer(&mut self, layer: LayerId) -> &mut Layer {
        self.layers.entry(layer).or_default()
    }

    /// Commands that put everything back at once, lowest layer first.
    pub fn commands(&self) -> Vec<Command> {
        let cue = |layer: LayerId, Graphic { template, fields }: &Graphic| Command::Cue {
            layer,
            template: template.clone(),
            fields: fields.clone(),
        };
        let mut commands = Vec::new();
        for (id, layer) in &self.layers {
            if let Some(on_air) = &layer.on_air {
                commands.push(cue(*id, on_air));
                commands.push(Command::Take { layer: *id, cut: true });
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
    fn what_went_out_stays_out() {
        let take = Command::Take { layer: LAYER, cut: false };
        assert_eq!(after(&[cue("bug"), take.clone(), Command::Out { layer: LAYER, cut: false }]), []);
        assert_eq!(after(&[cue("bug"), take, Command::Clear { layer: None }]), []);
        let toggle = Command::Toggle { layer: LAYER, template: "bug".into(), fields: Fields::new() };
        assert_eq!(after(&[toggle.clone(), toggle]), []);
    }
}
