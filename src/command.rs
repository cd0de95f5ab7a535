//! The whole vocabulary between an operator (keys, show file, later panel and protocols) and playout.
//!
//! A command enters the journal, takes effect on a frame boundary, and is answered with that frame's index.

mod correction;
mod key;
mod transport;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::color::team::Choice;
use crate::ids::{FeedId, LayerId, Side, TemplateId};
use crate::time::FrameIndex;

pub use correction::{
    Adjustment, Ball, Correctable, Correction, MOST_TIME_LEFT, NoTime, ShotClockSaid, TeamAdjustment, TeamCorrection,
    TimeLeft,
};
pub use key::{Key, NAMED, NoKey};
pub use transport::{Landing, Transport};

/// The longest delay of a feed, in frames of the show: ten seconds at 60 a second. A picture is seldom later than one or two.
pub const MOST_DELAY_FRAMES: u32 = 600;

/// Field values that an operator gives a graphic: a JSON object, keys as the template declares them.
pub type Fields = serde_json::Map<String, serde_json::Value>;

/// What an operator can ask for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Prepares a graphic on a layer, invisibly; what is on air there stays. Replaces an earlier cue of the layer.
    Cue {
        layer: LayerId,
        template: TemplateId,
        #[serde(default)]
        fields: Fields,
    },
    /// Puts the cued graphic on air with its *in* animation (or at once).
    Take {
        layer: LayerId,
        #[serde(default)]
        cut: bool,
    },
    /// Changes fields of the graphic on air (or of the cued one, when none is), merging over what it has.
    Update {
        layer: LayerId,
        fields: Fields,
    },
    /// Takes the graphic off air with its *out* animation (or at once).
    Out {
        layer: LayerId,
        #[serde(default)]
        cut: bool,
    },
    /// Moves the graphic on air to another step: to the one that is named, or so many further on (back, when negative);
    /// the next one when neither is said. Past the last step the graphic goes out; before the first there is none.
    Continue {
        layer: LayerId,
        #[serde(default)]
        to: Option<Step>,
        #[serde(default)]
        by: Option<i32>,
        #[serde(default)]
        cut: bool,
    },
    /// Removes what is on air and what is cued, at once; every layer when none is named.
    Clear {
        #[serde(default)]
        layer: Option<LayerId>,
    },
    /// Puts a graphic on air, or takes it off if that template is on the layer already: one key, one graphic.
    Toggle {
        layer: LayerId,
        template: TemplateId,
        #[serde(default)]
        fields: Fields,
    },
    /// Holds back what a feed says by so many frames of the show ([`MOST_DELAY_FRAMES`] at most), so that it does not run
    /// ahead of the picture. Takes effect at once, for what is held back already, too.
    SetDelay {
        feed: FeedId,
        frames: u32,
    },
    /// The same by a difference, for keys. The journal has it as the delay that came of it.
    ShiftDelay {
        feed: FeedId,
        by: i32,
    },
    /// Has a team wear its jersey's colour, its brand's, its alternate, a colour of the operator's, or what the show works out
    /// ("auto").
    SetColor {
        side: Side,
        color: Choice,
    },
    /// The same, but for a colour of the operator's, in turn: for keys. The journal has it as the choice that came of it.
    NextColor {
        side: Side,
    },
    /// Marks this moment in the journal, so that a replay can begin there; what is on air does not change. Without a name
    /// it is known by its number.
    Bookmark {
        #[serde(default)]
        name: String,
    },
    /// Says how the game stands, over all feeds, until it is released or undone.
    Correct(Box<Correction>),
    /// The same by differences from what is shown, for keys. The journal has this and the next six as the correction that
    /// came of them.
    Adjust(Box<Adjustment>),
    StartClock,
    StopClock,
    /// Starts the game clock if it stands, and stops it if it runs.
    ToggleClock,
    /// The next period with its full time on a clock that stands, and no team fouls.
    NextPeriod,
    /// The shot clock with its full time.
    ResetShotClock,
    /// The ball goes to the other team.
    SwitchPossession,
    /// A game from the beginning: no points, the first period, the full time, all timeouts.
    BeginGame,
    /// Lets feeds tell these facts again; all of them when none is named.
    Release {
        #[serde(default)]
        facts: Vec<Correctable>,
    },
    /// Takes the last correction back, or the last release.
    Undo,
    /// Another place, speed or stretch of a recording, in a rehearsal. It is no part of the show and in no journal.
    Rehearse(Transport),
}

impl Command {
    /// Whether it changes what is on the stage's layers. All others are for the fold, the journal or a rehearsal.
    pub fn is_of_layers(&self) -> bool {
        match self {
            Command::Cue { .. }
            | Command::Take { .. }
            | Command::Update { .. }
            | Command::Out { .. }
            | Command::Continue { .. }
            | Command::Clear { .. }
            | Command::Toggle { .. } => true,
            Command::SetDelay { .. }
            | Command::ShiftDelay { .. }
            | Command::SetColor { .. }
            | Command::NextColor { .. }
            | Command::Bookmark { .. }
            | Command::Correct(_)
            | Command::Adjust(_)
            | Command::StartClock
            | Command::StopClock
            | Command::ToggleClock
            | Command::NextPeriod
            | Command::ResetShotClock
            | Command::SwitchPossession
            | Command::BeginGame
            | Command::Release { .. }
            | Command::Undo
            | Command::Rehearse(_) => false,
        }
    }

    /// The word that `verb` has for each command, for whoever misspells one.
    pub const VERBS: [&str; 24] = [
        "cue",
        "take",
        "update",
        "out",
        "continue",
        "clear",
        "toggle",
        "set_delay",
        "shift_delay",
        "set_color",
        "next_color",
        "bookmark",
        "correct",
        "adjust",
        "start_clock",
        "stop_clock",
        "toggle_clock",
        "next_period",
        "reset_shot_clock",
        "switch_possession",
        "begin_game",
        "release",
        "undo",
        "rehearse",
    ];

    /// Verbs that stand alone.
    pub const ALONE: [&str; 8] = [
        "start_clock",
        "stop_clock",
        "toggle_clock",
        "next_period",
        "reset_shot_clock",
        "switch_possession",
        "begin_game",
        "undo",
    ];
}

impl fmt::Display for Command {
    /// In short, for lists of keys and for the log: "home score +2", "undo".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Cue { layer, template, .. } => write!(f, "cue {template} on {layer}"),
            Command::Take { layer, .. } => write!(f, "take {layer}"),
            Command::Update { layer, .. } => write!(f, "update {layer}"),
            Command::Out { layer, .. } => write!(f, "out {layer}"),
            Command::Continue { layer, .. } => write!(f, "continue {layer}"),
            Command::Clear { layer: Some(layer) } => write!(f, "clear {layer}"),
            Command::Clear { layer: None } => f.write_str("clear"),
            Command::Toggle { template, .. } => write!(f, "{template} on and off"),
            Command::SetDelay { feed, frames } => write!(f, "delay {feed} by {frames}"),
            Command::ShiftDelay { feed, by } => write!(f, "delay {feed} {by:+}"),
            Command::SetColor { side, color } => {
                let color = serde_json::to_value(color).unwrap_or_default();
                write!(f, "{side} colour {}", color.as_str().unwrap_or("of its own"))
            }
            Command::NextColor { side } => write!(f, "next colour of {side}"),
            Command::Bookmark { name } => write!(f, "bookmark {name}"),
            Command::Correct(correction) => correction.fmt(f),
            Command::Adjust(adjustment) => adjustment.fmt(f),
            Command::StartClock => f.write_str("start the clock"),
            Command::StopClock => f.write_str("stop the clock"),
            Command::ToggleClock => f.write_str("clock on and off"),
            Command::NextPeriod => f.write_str("next period"),
            Command::ResetShotClock => f.write_str("reset the shot clock"),
            Command::SwitchPossession => f.write_str("switch possession"),
            Command::BeginGame => f.write_str("begin the game"),
            Command::Release { facts } if facts.is_empty() => f.write_str("release everything"),
            Command::Release { facts } => {
                write!(f, "release {}", facts.iter().map(|fact| fact.name()).collect::<Vec<_>>().join(", "))
            }
            Command::Undo => f.write_str("undo"),
            Command::Rehearse(transport) => transport.fmt(f),
        }
    }
}

/// A step of a graphic: 0 is what it looks like when it has come in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    Number(u32),
    /// As the template names it.
    Name(String),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Number(number) => number.fmt(f),
            Step::Name(name) => name.fmt(f),
        }
    }
}

/// The answer to a command.
pub type Answer = Result<Done, Refused>;

/// The command took effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Done {
    /// The first frame that shows the effect.
    pub frame: FrameIndex,
}

/// The command changed nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    #[error("there is no template `{template}`; there are: {known}")]
    NoTemplate { template: TemplateId, known: String },
    #[error("nothing is cued on layer {layer}: cue a graphic before taking it")]
    NothingCued { layer: LayerId },
    #[error("nothing is on air on layer {layer}")]
    NothingOnAir { layer: LayerId },
    #[error("template `{template}` has no step `{step}`; it has: {known}")]
    NoStep { template: TemplateId, step: Step, known: String },
    #[error("template `{template}` has no field `{field}`; it has: {known}")]
    NoField { template: TemplateId, field: String, known: String },
    #[error("field `{field}` of template `{template}` must be {expected}, not {found}")]
    BadField { template: TemplateId, field: String, expected: String, found: String },
}

impl Refused {
    /// Sent to control clients; never renamed once released.
    pub fn code(&self) -> &'static str {
        match self {
            Refused::NoTemplate { .. } => "command.no_template",
            Refused::NothingCued { .. } => "command.nothing_cued",
            Refused::NothingOnAir { .. } => "command.nothing_on_air",
            Refused::NoStep { .. } => "command.no_step",
            Refused::NoField { .. } => "command.no_field",
            Refused::BadField { .. } => "command.bad_field",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_of_the_list_is_a_command_and_no_other_word_is() {
        for verb in Command::VERBS {
            let error = serde_json::from_value::<Command>(serde_json::json!({ "verb": verb })).err();
            let is_known = error.is_none_or(|error| !error.to_string().contains("unknown variant"));
            assert!(is_known, "{verb}");
        }
        for verb in Command::ALONE {
            assert!(serde_json::from_value::<Command>(serde_json::json!({ "verb": verb })).is_ok(), "{verb}");
        }
        let unknown = serde_json::from_value::<Command>(serde_json::json!({"verb": "?"})).expect_err("no verb");
        let known = unknown.to_string().matches('`').count() / 2 - 1;
        assert_eq!(known, Command::VERBS.len(), "{unknown}");
    }

    #[test]
    fn a_misspelt_part_of_a_correction_is_refused() {
        for text in [
            r#"{"verb":"correct","home":{"scroe":1}}"#,
            r#"{"verb":"correct","hoem":{"score":1}}"#,
            r#"{"verb":"adjust","home":{"score":1.5}}"#,
        ] {
            assert!(serde_json::from_str::<Command>(text).is_err(), "{text}");
        }
        let command: Command = serde_json::from_str(r#"{"verb":"correct","home":{"score":1}}"#).expect("a command");
        assert_eq!(command.to_string(), "home score 1");
        assert_eq!(serde_json::to_string(&command).expect("JSON"), r#"{"verb":"correct","home":{"score":1}}"#);
    }
}
