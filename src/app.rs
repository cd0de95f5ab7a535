//! Builds a show from its file, wires its parts, and shuts them down in order. The only module that sees everything.
//!
//! Threads of a running show: the main thread (the window's event loop, or waiting for the end); tokio's two workers
//! (feeds, the fold of the journal, the venue); `playout`; `journal`; one for each output.
//!
//! Shutting down, in order and in under two seconds: playout stops after the frame in hand; outputs send what they
//! accepted and close their files, all at once; feeds and the fold stop; the journal is written out; the venue closes.

mod check;
mod delay;
mod desk;
mod doctor;
mod feeds;
mod files;
mod fold;
mod games;
mod live;
mod offline;
mod outputs;
mod playback;
mod positions;
mod rehearse;
mod replay;
mod rundown;
mod standing;
mod still;
mod venue_run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::Refused;
use crate::config::{self, ShowFile};
use crate::feed::decode;
use crate::feed::secret::redact_addresses;
use crate::ids::FeedId;
use crate::journal::Start;
use crate::scene::Stage;
use crate::template::{Problem, TemplateSet};
use crate::time::Timestamp;

pub use check::{Checked, check};
pub use doctor::{Finding, doctor};
pub use fold::Fold;
pub use games::{Listed, games, table};
pub use live::{Live, run};
pub use offline::{Offline, run_offline};
pub use rehearse::{Rehearsal, show_of};
pub use replay::{Replay, Replayed, replay};
pub use still::{Still, render_template};
pub use venue_run::{VenueRun, run_venue};

/// Why a command of the command line could not be done: tells the exit status.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given is wrong: exit status 1.
    #[error("{0}")]
    Input(String),
    /// The machine lacks something: exit status 2.
    #[error("{0}")]
    Machine(String),
}

impl Failure {
    fn input(cause: impl std::fmt::Display) -> Self {
        Failure::Input(cause.to_string())
    }

    fn machine(cause: impl std::fmt::Display) -> Self {
        Failure::Machine(cause.to_string())
    }

    fn templates(problems: &[Problem]) -> Self {
        Failure::Input(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    pub fn exit_status(&self) -> u8 {
        match self {
            Failure::Input(_) => 1,
            Failure::Machine(_) => 2,
        }
    }
}

/// A show file with what it names, loaded and checked: nothing in it can fail to be found later.
pub struct Show {
    pub file: ShowFile,
    /// The show file as written.
    text: String,
    pub templates: Arc<TemplateSet>,
    /// Paths in the show file are relative to its folder.
    pub folder: PathBuf,
}

impl Show {
    /// The show in `path`, or the built-in demo.
    pub fn load(path: Option<&Path>) -> Result<Show, Failure> {
        let Some(path) = path else { return Show::parse(Path::new("show.toml"), config::BUILTIN, PathBuf::new()) };
        let text = std::fs::read_to_string(path)
            .map_err(|cause| Failure::Input(format!("cannot read the show file {}: {cause}", path.display())))?;
        Show::parse(path, &text, path.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// Reads a show from its text. `path` is only named in problems.
    fn parse(path: &Path, text: &str, folder: PathBuf) -> Result<Show, Failure> {
        let mut file = config::parse(path, text).map_err(Failure::input)?;
        for team in [&mut file.teams.home, &mut file.teams.away] {
            team.players = team.roster.as_ref().map_or(Ok(Vec::new()), |roster| self::roster(&folder.join(roster)))?;
        }
        let templates = match &file.show.templates {
            None => TemplateSet::builtin(),
            Some(templates) => TemplateSet::load(&folder.join(templates)),
        };
        let templates = Arc::new(templates.map_err(|problems| Failure::templates(&problems))?);
        let show = Show { file, text: text.to_owned(), templates, folder };
        show.check_graphics()?;
        Ok(show)
    }

    /// How a journal of this show begins.
    fn start(&self, epoch: Timestamp, decoding: &BTreeMap<FeedId, decode::Options>) -> Start {
        let follows = decoding.iter().filter_map(|(feed, options)| Some((feed.clone(), options.match_id.clone()?)));
        Start {
            epoch,
            rate: self.file.show.rate,
            // Nobody connects with it again: a replay has the messages.
            show: redact_addresses(&self.text),
            folder: self.folder.clone(),
            follows: follows.collect(),
        }
    }

    /// Has the show's own venue join its game at `start`.
    pub fn start_at(&mut self, start: crate::venue::script::Position) -> Result<(), Failure> {
        let venue = self.file.venue.as_mut();
        venue.ok_or_else(|| Failure::Input("the show has no `[venue]` whose game could start there".into()))?.start =
            Some(start.to_string());
        Ok(())
    }

    /// Every graphic of the show names a template and fields that exist: tried on a stage of its own, so that the
    /// operator's first key press cannot be the first to find out.
    fn check_graphics(&self) -> Result<(), Failure> {
        match refused_graphics(&self.file, &self.templates).first() {
            Some((graphic, refused)) => Err(Failure::Input(format!("graphic `{}`: {refused}", graphic.name))),
            None => Ok(()),
        }
    }

    /// A path of the show file, as seen from where the program runs.
    fn path(&self, written: &Path) -> PathBuf {
        self.folder.join(written)
    }
}

/// The graphics of a show that a stage refuses.
fn refused_graphics<'a>(show: &'a ShowFile, templates: &Arc<TemplateSet>) -> Vec<(&'a config::Graphic, Refused)> {
    let mut stage = Stage::new(templates.clone());
    let mut cue = |graphic| stage.apply(crate::time::FrameIndex(0), &rundown::cue(graphic)).err();
    show.graphics.iter().filter_map(|graphic| Some((graphic, cue(graphic)?))).collect()
}

/// Options of the show's own venue.
fn venue_options(show: &Show) -> Result<crate::venue::Options, Failure> {
    use crate::venue::script::{Position, Script};
    use crate::venue::{Content, Options};
    let Some(wanted) = &show.file.venue else { return Err(Failure::Input("the show has no `[venue]`".into())) };
    let script = match &wanted.game {
        None => Script::builtin(),
        Some(path) => script(&show.path(path))?,
    };
    let start = wanted.start.as_deref().map(str::parse::<Position>).transpose().map_err(Failure::input)?;
    Ok(Options { speed: wanted.speed, start, looped: wanted.looped, ..Options::new(Content::Script(script)) })
}

/// Reads a roster.
fn roster(path: &Path) -> Result<Vec<config::RosterPlayer>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| Failure::Input(format!("cannot read the roster {}: {cause}", path.display())))?;
    config::parse_roster(path, &text).map_err(Failure::input)
}

/// Reads a game script.
fn script(path: &Path) -> Result<Arc<crate::venue::script::Script>, Failure> {
    let named = |cause: &dyn std::fmt::Display| Failure::Input(format!("game script {}: {cause}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|cause| named(&cause))?;
    crate::venue::script::Script::parse(&text).map(Arc::new).map_err(|cause| named(&cause))
}
