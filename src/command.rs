//! The whole vocabulary between an operator (keys, show file, later panel and protocols) and playout.
//!
//! A command enters the journal, takes effect on a frame boundary, and is answered with that frame's index.

use serde::{Deserialize, Serialize};

use crate::color::team::Choice;
use crate::ids::{FeedId, LayerId, Side, TemplateId};
use crate::time::FrameIndex;

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
    Update { layer: LayerId, fields: Fields },
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
    /// Holds back what a feed says by so many frames of the show (600 at most), so that it does not run ahead of the
    /// picture. Takes effect at once, for what is held back already, too.
    SetDelay { feed: FeedId, frames: u32 },
    /// The same by a difference, for keys. The journal has it as the delay that came of it.
    ShiftDelay { feed: FeedId, by: i32 },
    /// Has a team wear its jersey's colour, its brand's, its alternate, a colour of the operator's, or what the show works out
    /// ("auto").
    SetColor { side: Side, color: Choice },
    /// The same, but for a colour of the operator's, in turn: for keys. The journal has it as the choice that came of it.
    NextColor { side: Side },
    /// Marks this moment in the journal, so that a replay can begin there; what is on air does not change. Without a name
    /// it is known by its number.
    Bookmark {
        #[serde(default)]
        name: String,
    },
}

/// A step of a graphic: 0 is what it looks like when it has come in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    Number(u32),
    /// As the template names it.
    Name(String),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
