//! How a rehearsal is steered while it runs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What the person at a rehearsal asks for. Places are written as `sideline replay --from` takes them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Transport {
    /// Goes on from a place: "90", "Q3 4:25", "play#12", "bookmark:NAME".
    Seek {
        to: String,
    },
    /// Goes on from so many seconds later, or earlier.
    SeekBy {
        seconds: f64,
    },
    /// The next place of a kind, or an earlier one when negative.
    Step {
        landing: Landing,
        by: i32,
    },
    /// Plays a stretch again and again: "Q3..Q4", "play#12..+20". Without one: plays on.
    Loop {
        #[serde(default)]
        stretch: Option<String>,
    },
    /// For one key: the first press marks the beginning of a stretch, the second its end, the third lets go of it.
    MarkLoop,
    /// Times real time.
    Speed {
        times: f64,
    },
    /// Doubles the speed, or halves it when negative, so often.
    SpeedBy {
        by: i32,
    },
    Pause,
    GoOn,
    /// Stands still, or goes on.
    TogglePause,
}

/// Kinds of places that can be stepped to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landing {
    Period,
    Play,
    Bookmark,
}

impl Landing {
    pub fn name(self) -> &'static str {
        match self {
            Landing::Period => "period",
            Landing::Play => "play",
            Landing::Bookmark => "bookmark",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Transport::Seek { to } => write!(f, "to {to}"),
            Transport::SeekBy { seconds } => write!(f, "{seconds:+} s"),
            Transport::Step { landing, by } => write!(f, "{} {by:+}", landing.name()),
            Transport::Loop { stretch: Some(stretch) } => write!(f, "loop {stretch}"),
            Transport::Loop { stretch: None } => f.write_str("no loop"),
            Transport::MarkLoop => f.write_str("begin, end or leave a loop"),
            Transport::Speed { times } => write!(f, "speed {times}"),
            Transport::SpeedBy { by } => write!(f, "speed {by:+}"),
            Transport::Pause => f.write_str("pause"),
            Transport::GoOn => f.write_str("go on"),
            Transport::TogglePause => f.write_str("pause, or go on"),
        }
    }
}
