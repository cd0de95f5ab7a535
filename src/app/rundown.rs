//! Turns graphics of the show file into commands: for keys, and for the rundown that plays by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::command::{Command, Key};
use crate::config::{Graphic, RundownStep, ShowFile};
use crate::ids::Side;

/// A graphic of the rundown is cued this long before it is taken, as an operator would: its pictures are made meanwhile.
const CUE_LEAD: Duration = Duration::from_millis(700);

/// The command that prepares a graphic.
pub fn cue(graphic: &Graphic) -> Command {
    Command::Cue { layer: graphic.layer, template: graphic.template.clone(), fields: graphic.fields.clone() }
}

/// What each key does: one puts a graphic on air and off again, one goes through a team's colours, another gives a command.
pub fn keys(show: &ShowFile) -> BTreeMap<Key, Command> {
    let toggle = |graphic: &Graphic| Command::Toggle {
        layer: graphic.layer,
        template: graphic.template.clone(),
        fields: graphic.fields.clone(),
    };
    let graphics = show.graphics.iter().filter_map(|graphic| Some((graphic.key.clone()?, toggle(graphic))));
    let colors = [(&show.colors.home_key, Side::Home), (&show.colors.away_key, Side::Away)];
    let colors = colors.into_iter().filter_map(|(key, side)| Some((key.clone()?, Command::NextColor { side })));
    let commands = show.keys.iter().map(|binding| (binding.key.clone(), binding.command.clone()));
    graphics.chain(colors).chain(commands).collect()
}

/// A command of the rundown and its time after the beginning.
#[derive(Clone, PartialEq, Debug)]
pub struct Due {
    pub after: Duration,
    pub command: Command,
}

/// The rundown's commands in order of time, once through.
pub fn commands(show: &ShowFile) -> Vec<Due> {
    let mut due: Vec<Due> = show.rundown.steps.iter().flat_map(|step| step_commands(show, step)).collect();
    due.sort_by_key(|due| due.after);
    due
}

fn step_commands(show: &ShowFile, step: &RundownStep) -> Vec<Due> {
    let after = Duration::try_from_secs_f64(step.at_s).unwrap_or_default();
    let Some(graphic) = show.graphics.iter().find(|graphic| Some(graphic.name.as_str()) == step.graphic()) else {
        return vec![];
    };
    let layer = graphic.layer;
    if step.take.is_some() {
        return vec![
            Due { after: after.saturating_sub(CUE_LEAD), command: cue(graphic) },
            Due { after, command: Command::Take { layer, cut: false } },
        ];
    }
    let command = match step.continues {
        Some(_) => Command::Continue { layer, to: step.to.clone(), by: None, cut: false },
        None => Command::Out { layer, cut: false },
    };
    vec![Due { after, command }]
}

/// When the rundown starts again, if it does.
pub fn loop_after(show: &ShowFile) -> Option<Duration> {
    show.rundown.loop_s.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|loop_| !loop_.is_zero())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::command::Step;
    use crate::ids::LayerId;

    const SHOW: &str = r#"
        [show]
        name = "x"
        [[graphic]]
        name = "curry"
        template = "lower-third"
        layer = 2
        key = "1"
        [[key]]
        key = "n"
        command = { verb = "continue", layer = 2 }
        [rundown]
        steps = [
          { at_s = 1.0, take = "curry" },
          { at_s = 2.0, continue = "curry" },
          { at_s = 3.0, continue = "curry", to = "stats" },
          { at_s = 4.0, out = "curry" },
        ]
    "#;

    #[test]
    fn a_rundown_and_keys_step_a_graphic() {
        let show = crate::config::parse(Path::new("show.toml"), SHOW).unwrap_or_else(|problems| panic!("{problems:?}"));
        let layer = LayerId(2);
        let go = |to, by| Command::Continue { layer, to, by, cut: false };
        let verbs: Vec<Command> = commands(&show).into_iter().map(|due| due.command).skip(1).collect();
        let named = Some(Step::Name("stats".into()));
        assert_eq!(
            verbs,
            [Command::Take { layer, cut: false }, go(None, None), go(named, None), Command::Out { layer, cut: false }]
        );
        assert!(keys(&show).into_values().any(|command| command == go(None, None)), "a key goes on as well");
    }
}
