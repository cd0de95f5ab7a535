//! Builds a show from its file, wires its parts, and shuts them down in order. The only module that sees everything.
//!
//! Threads of a running show: the main thread (the window's event loop, or waiting for the end); tokio's two workers
//! (feeds, the fold of the journal, the venue); `playout`; `journal`; `templates`, which compiles saves; `commands`, which reads
//! them as text; `rehearsal`, which makes the next pass ready; `lists`, for draw lists as text; one for each output. The
//! program's own `log` writes what is said.
//!
//! Shutting down, in order and in under two seconds: playout stops after the frame in hand; outputs send what they
//! accepted and close their files, all at once; feeds and the fold stop; the journal is written out; the venue closes.

mod bundle;
mod by_hand;
mod check;
mod conduct;
mod delay;
mod desk;
mod doctor;
mod feeds;
mod files;
mod fold;
mod follow;
mod games;
mod lists;
mod live;
mod offline;
mod on_air;
mod outputs;
mod playback;
mod positions;
mod preview;
mod recorded;
mod rehearse;
mod replay;
mod rundown;
mod seek;
mod show_file;
mod standing;
mod still;
mod typed;
mod understudy;
mod venue_run;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, ShowFile};
use crate::feed::decode;
use crate::feed::secret::redact_addresses;
use crate::ids::FeedId;
use crate::journal::Start;
use crate::scene::Stage;
use crate::template::{Problem, TemplateSet};
use crate::time::Timestamp;
use bundle::Bundle;

pub use check::{Checked, check};
pub use conduct::FASTEST_REHEARSAL;
pub use doctor::{Finding, doctor};
pub use fold::{Fold, entered};
pub use follow::{Follow, follow};
pub use games::{Listed, games, table};
pub use live::{Live, run};
pub use offline::{Offline, run_offline};
pub use preview::{Act, Looks, Preview, Previewing, preview};
pub use recorded::inspect_file;
pub use rehearse::{Rehearsal, show_of};
pub use replay::{Replay, Replayed, landmarks, replay};
pub use seek::{End, Landmark, Point, Stretch, Which};
pub use still::{Still, Turn, fields_schema, render_template};
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
#[derive(Clone)]
pub struct Show {
    pub file: ShowFile,
    /// Where it was read from; none for the built-in demo and a journal's show.
    from: Option<PathBuf>,
    /// The show file as written.
    text: String,
    /// Texts of the files that the show file names (rosters), by their paths as written.
    named: BTreeMap<PathBuf, String>,
    /// Its templates.
    bundle: Bundle,
    /// Paths in the show file are relative to its folder.
    pub folder: PathBuf,
}

impl Show {
    /// The show in `path`, or the built-in demo.
    pub fn load(path: Option<&Path>) -> Result<Show, Failure> {
        let from = path.map(Path::to_owned);
        let (path, text, folder) = match path {
            None => (Path::new("show.toml"), config::BUILTIN.to_owned(), PathBuf::new()),
            Some(path) => (path, read_text("show file", path)?, path.parent().map(Path::to_owned).unwrap_or_default()),
        };
        let read = |written: &Path| read_text("roster", &folder.join(written));
        let (file, named) = parse_file(path, &text, &folder, read)?;
        let bundle = match &file.show.templates {
            None => Bundle::builtin(),
            Some(templates) => Bundle::read(&folder.join(templates)),
        };
        let bundle = bundle.map_err(|problems| Failure::templates(&problems))?;
        Show { file, from, text, named, bundle, folder }.checked(path)
    }

    /// The show that a journal was recorded from; from the journal alone where that holds its templates.
    fn recorded(start: &Start, bundle: Option<Bundle>) -> Result<Show, Failure> {
        let read = |written: &Path| match start.files.get(written) {
            Some(text) => Ok(text.clone()),
            None => read_text("roster", &start.folder.join(written)),
        };
        let path = Path::new("the journal's show");
        let (file, named) = parse_file(path, &start.show, &start.folder, read)?;
        let bundle = match (bundle, &file.show.templates) {
            (Some(bundle), _) => Ok(bundle),
            (None, None) => Bundle::builtin(),
            (None, Some(templates)) => Bundle::read(&start.folder.join(templates)),
        };
        let bundle = bundle.map_err(|problems| Failure::templates(&problems))?;
        Show { file, from: None, text: start.show.clone(), named, bundle, folder: start.folder.clone() }.checked(path)
    }

    fn checked(self, path: &Path) -> Result<Show, Failure> {
        let problems = show_problems(path, &self.text, &self.file, &self.bundle.set);
        if problems.is_empty() { Ok(self) } else { Err(Failure::templates(&problems)) }
    }

    /// The folder of the show's own templates; none where it uses the built-in ones.
    fn templates_folder(&self) -> Option<PathBuf> {
        self.file.show.templates.as_ref().map(|templates| self.path(templates))
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
            files: self.named.clone(),
        }
    }

    /// Has the show's own venue join its game at `start`.
    pub fn start_at(&mut self, start: crate::venue::script::Position) -> Result<(), Failure> {
        let venue = self.file.venue.as_mut();
        venue.ok_or_else(|| Failure::Input("the show has no `[venue]` whose game could start there".into()))?.start =
            Some(start.to_string());
        Ok(())
    }

    /// A path of the show file, as seen from where the program runs.
    fn path(&self, written: &Path) -> PathBuf {
        self.folder.join(written)
    }
}

/// What is wrong with a show file that reads well: a graphic that a stage refuses, a key's command that can never be carried
/// out, a place in the venue's game that is none. Found here, so that the operator's first key press cannot be the first to
/// find out.
fn show_problems(path: &Path, text: &str, show: &ShowFile, templates: &Arc<TemplateSet>) -> Vec<Problem> {
    let mut stage = Stage::new(templates.clone());
    let mut problems = Vec::new();
    for graphic in &show.graphics {
        if let Err(refused) = stage.apply(crate::time::FrameIndex(0), &rundown::cue(graphic)) {
            let message = format!("graphic `{}`: {refused}", graphic.name);
            problems.push(in_line(path, text, &format!("name = {:?}", graphic.name), message));
        }
    }
    for binding in &show.keys {
        if let Err(refused) = by_hand::check(&binding.command) {
            let key = binding.key.to_string();
            problems.push(in_line(path, text, &format!("{key:?}"), format!("key `{key}`: {refused}")));
        }
    }
    let start = show.venue.as_ref().and_then(|venue| venue.start.as_deref());
    if let Some((start, Err(cause))) = start.map(|start| (start, start.parse::<crate::venue::script::Position>())) {
        problems.push(in_line(path, text, &format!("{start:?}"), cause.to_string()));
    }
    problems
}

/// A problem at the first line that has these words outside of a comment.
fn in_line(file: &Path, text: &str, words: &str, message: String) -> Problem {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    let found = lines.into_iter().find_map(|(i, line)| Some((i, line, line.find(words)?)));
    let Some((i, line, at)) = found else { return Problem::of_file(file, message) };
    Problem {
        line: i as u32 + 1,
        column: line[..at].chars().count() as u32 + 1,
        source_line: line.to_owned(),
        ..Problem::of_file(file, message)
    }
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

/// Reads a show file, and with `read` the texts of the files that it names. `path` is only named in problems.
fn parse_file(
    path: &Path,
    text: &str,
    folder: &Path,
    read: impl Fn(&Path) -> Result<String, Failure>,
) -> Result<(ShowFile, BTreeMap<PathBuf, String>), Failure> {
    let mut file = config::parse(path, text).map_err(Failure::input)?;
    let mut named = BTreeMap::new();
    for team in [&mut file.teams.home, &mut file.teams.away] {
        if let Some(written) = &team.roster {
            let roster = read(written)?;
            team.players = config::parse_roster(&folder.join(written), &roster).map_err(Failure::input)?;
            named.insert(written.clone(), roster);
        }
    }
    Ok((file, named))
}

/// Reads a text file; `what` it is, for the message.
fn read_text(what: &str, path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|cause| Failure::Input(format!("cannot read the {what} {}: {cause}", path.display())))
}

/// Reads a game script.
fn script(path: &Path) -> Result<Arc<crate::venue::script::Script>, Failure> {
    let named = |cause: &dyn std::fmt::Display| Failure::Input(format!("game script {}: {cause}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|cause| named(&cause))?;
    crate::venue::script::Script::parse(&text).map(Arc::new).map_err(|cause| named(&cause))
}
