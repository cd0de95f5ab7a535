//! One template drawn by itself: `sideline render`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{NEED, movie, write_png};
use super::{Failure, outputs};
use crate::command::{Command, Fields};
use crate::draw_list::Size;
use crate::frame::Frame;
use crate::game::Rules;
use crate::game::snapshot::GameSnapshot;
use crate::ids::{LayerId, TemplateId};
use crate::output::Signal;
use crate::output::ffmpeg::FINISH_LIMIT_OFFLINE;
use crate::playout::{Act, Ordered, Program};
use crate::render::Gpu;
use crate::scene::Stage;
use crate::template::{self, FILE_NAME, Package, Problem, Template, TemplateSet};
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate};

/// What to draw.
#[derive(Clone, Debug)]
pub struct Still {
    /// A template's folder, or the name of a built-in template.
    pub template: String,
    /// A snapshot of the game as JSON; the built-in sample when absent.
    pub snapshot: Option<PathBuf>,
    pub fields: Fields,
    /// Frames after the take, first and last; a picture shows the last one.
    pub frames: Option<(u64, u64)>,
    /// What happens on the way, and at which frame.
    pub then: Vec<(u64, Turn)>,
    pub rate: FrameRate,
    pub size: Size,
    /// `.png` for one picture, a movie's ending for a movie, anything else is a folder of pictures.
    pub out: PathBuf,
}

/// What happens to a template that is drawn.
#[derive(Clone, PartialEq, Debug)]
pub enum Turn {
    /// The operator continues to the next step.
    Step,
    /// The graphic goes out.
    Out,
    /// The game is another, from the snapshot in this file.
    Snapshot(PathBuf),
    /// These values of the game are others: objects are merged, null is "not known", anything else is replaced.
    Change(serde_json::Value),
}

/// Endings that ffmpeg makes a movie with alpha of.
const MOVIES: [&str; 3] = ["mov", "mkv", "nut"];

/// Draws the template. Returns the files that were written.
pub fn render_template(what: &Still) -> Result<Vec<PathBuf>, Failure> {
    let (templates, id) = templates(&what.template)?;
    let mut game = snapshot(what.snapshot.as_deref())?;
    let mut games = games(&game, &what.then)?;
    let gpu = Gpu::new().map_err(Failure::machine)?;
    let stage = Stage::new(templates);
    let mut program = Program::new(&gpu, stage, Fonts::bundled(), Rules::default(), what.size, what.rate, &[NEED])
        .map_err(Failure::machine)?;
    let layer = LayerId(1);
    let cue = Command::Cue { layer, template: id, fields: what.fields.clone() };
    let mut commands = vec![(0, cue), (0, Command::Take { layer, cut: false })];
    commands.extend(what.then.iter().filter_map(|(at, turn)| Some((*at, turn.command(layer)?))));
    let (mut commands, refused) = refusable(commands);
    let mut sink = Sink::new(what)?;
    let (first, last) = what.frames.unwrap_or_else(|| sink.usual_frames(what.rate));
    for index in (0..=last).map(FrameIndex) {
        let (due, later) = commands.into_iter().partition::<Vec<_>, _>(|(at, _)| *at <= index.0);
        commands = later;
        game = games.remove(&index.0).unwrap_or(game);
        let due: Vec<Ordered> = due.into_iter().map(|(_, command)| command).collect();
        let (frame, _) = program.draw_snapshot(index, &game, due);
        if let Some(refused) = refused.try_iter().next() {
            return Err(Failure::Input(refused));
        }
        let frame = frame.ok_or_else(|| Failure::Machine(format!("frame {index} could not be drawn")))?;
        if index.0 >= first {
            sink.take(index, frame, index.0 == last)?;
        }
    }
    sink.finish()
}

impl Turn {
    /// What the operator does; nothing where the game turns.
    fn command(&self, layer: LayerId) -> Option<Command> {
        match self {
            Turn::Step => Some(Command::Continue { layer, to: None, by: None, cut: false }),
            Turn::Out => Some(Command::Out { layer, cut: false }),
            Turn::Snapshot(_) | Turn::Change(_) => None,
        }
    }
}

/// Commands, each with the frame at which it is given, whose refusal can be read afterwards.
fn refusable(commands: Vec<(u64, Command)>) -> (Vec<(u64, Ordered)>, crossbeam_channel::Receiver<String>) {
    let (refuse, refused) = crossbeam_channel::bounded(commands.len());
    let ordered = commands.into_iter().map(|(at, command)| {
        let refuse = refuse.clone();
        let reply = Box::new(move |answer: crate::command::Answer| {
            if let Err(why) = answer {
                // The queue has room for one answer to each command.
                let _ = refuse.try_send(why.to_string());
            }
        });
        (at, Ordered { seq: 0, act: Act::Command(command), reply: Some(reply) })
    });
    (ordered.collect(), refused)
}

/// The built-in templates, and the one that is wanted among them: by its name, or read from its folder.
pub(super) fn templates(wanted: &str) -> Result<(Arc<TemplateSet>, TemplateId), Failure> {
    let mut set = TemplateSet::builtin().map_err(|problems| Failure::templates(&problems))?;
    let id = TemplateId::from(wanted);
    // A folder of that name is what its designer is working on.
    if set.get(&id).is_some() && !Path::new(wanted).join(FILE_NAME).is_file() {
        return Ok((set.into(), id));
    }
    let (id, template) = read_template(Path::new(wanted)).map_err(|problems| match &problems[..] {
        [problem] if problem.source_line.is_empty() => {
            let known = set.names();
            Failure::Input(format!("`{wanted}` is no built-in template ({known}), nor a folder of one: {problem}"))
        }
        problems => Failure::templates(problems),
    })?;
    set.insert(template);
    Ok((set.into(), id))
}

/// The JSON Schema of what an operator fills in of a template, built-in or in a folder.
pub fn fields_schema(wanted: &str) -> Result<serde_json::Value, Failure> {
    let (set, id) = templates(wanted)?;
    set.get(&id).map(|template| template.fields_schema()).ok_or_else(|| Failure::Input(format!("there is no `{id}`")))
}

/// Reads the template of a folder, with the package around it. Its id is the folder's name.
pub(super) fn read_template(folder: &Path) -> Result<(TemplateId, Template), Vec<Problem>> {
    let file = folder.join(FILE_NAME);
    let text = template::read_text(&file)
        .map_err(|cause| vec![Problem::of_file(&file, format!("cannot be read: {cause}"))])?;
    let id = template_id(folder);
    let template = Package::around(&file).and_then(|package| Template::parse_in(&package, id.clone(), &file, &text))?;
    Ok((id, template))
}

/// The id of a folder's template.
pub(super) fn template_id(folder: &Path) -> TemplateId {
    // The folder that one stands in has a name, too.
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    TemplateId::from(folder.file_name().unwrap_or_default().to_string_lossy().as_ref())
}

fn snapshot(path: Option<&Path>) -> Result<GameSnapshot, Failure> {
    let Some(path) = path else { return Ok(template::sample().clone()) };
    let text = std::fs::read_to_string(path)
        .map_err(|cause| Failure::Input(format!("cannot read the snapshot {}: {cause}", path.display())))?;
    serde_json::from_str(&text)
        .map_err(|cause| Failure::Input(format!("{} is not a snapshot: {cause}", path.display())))
}

/// The games that follow the first one, by the frame from which on they are shown.
fn games(first: &GameSnapshot, then: &[(u64, Turn)]) -> Result<BTreeMap<u64, GameSnapshot>, Failure> {
    let mut turns: Vec<&(u64, Turn)> = then.iter().collect();
    turns.sort_by_key(|(at, _)| *at);
    let mut games = BTreeMap::new();
    let mut game = first.clone();
    for (at, turn) in turns {
        game = match turn {
            Turn::Snapshot(path) => snapshot(Some(path))?,
            Turn::Change(change) => changed(&game, change)?,
            Turn::Step | Turn::Out => continue,
        };
        games.insert(*at, game.clone());
    }
    Ok(games)
}

fn changed(game: &GameSnapshot, change: &serde_json::Value) -> Result<GameSnapshot, Failure> {
    let mut value = serde_json::to_value(game).map_err(Failure::input)?;
    merge(&mut value, change);
    serde_json::from_value(value).map_err(|cause| Failure::Input(format!("{change} does not make a snapshot: {cause}")))
}

fn merge(under: &mut serde_json::Value, over: &serde_json::Value) {
    match (under, over) {
        (serde_json::Value::Object(under), serde_json::Value::Object(over)) => {
            over.iter().for_each(|(key, value)| merge(under.entry(key).or_insert(serde_json::Value::Null), value));
        }
        (under, over) => under.clone_from(over),
    }
}

/// Where frames of `render` go.
enum Sink {
    Picture(PathBuf),
    Folder { folder: PathBuf, written: Vec<PathBuf> },
    Movie { path: PathBuf, output: crate::output::Output },
}

impl Sink {
    fn new(what: &Still) -> Result<Self, Failure> {
        let ending = what.out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ending.eq_ignore_ascii_case("png") {
            return Ok(Sink::Picture(what.out.clone()));
        }
        if MOVIES.contains(&ending) {
            let signal = Signal { size: what.size, rate: what.rate };
            return Ok(Sink::Movie { path: what.out.clone(), output: movie(&what.out, signal)? });
        }
        if !ending.is_empty() && !what.out.is_dir() {
            return Err(Failure::Input(format!(
                "{} cannot be written; a picture is `.png`, a movie `.mov`, `.mkv` or `.nut`, and a name without ending is a \
                 folder of pictures",
                what.out.display()
            )));
        }
        std::fs::create_dir_all(&what.out).map_err(Failure::machine)?;
        Ok(Sink::Folder { folder: what.out.clone(), written: Vec::new() })
    }

    /// A picture shows the graphic at rest, two seconds after the take; a sequence shows three seconds.
    fn usual_frames(&self, rate: FrameRate) -> (u64, u64) {
        let at = |seconds| rate.frame_at(std::time::Duration::from_secs(seconds)).0;
        match self {
            Sink::Picture(_) => (at(2), at(2)),
            Sink::Folder { .. } | Sink::Movie { .. } => (0, at(3)),
        }
    }

    fn take(&mut self, index: FrameIndex, frame: Arc<Frame>, last: bool) -> Result<(), Failure> {
        match self {
            Sink::Picture(path) if last => write_png(&frame, path),
            Sink::Picture(_) => Ok(()),
            Sink::Folder { folder, written } => {
                let path = folder.join(format!("{:05}.png", index.0));
                write_png(&frame, &path)?;
                written.push(path);
                Ok(())
            }
            Sink::Movie { output, .. } => {
                output.deliver(frame);
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<Vec<PathBuf>, Failure> {
        match self {
            Sink::Picture(path) => Ok(vec![path]),
            Sink::Folder { written, .. } => Ok(written),
            Sink::Movie { path, output } => match outputs::finish(vec![output], FINISH_LIMIT_OFFLINE).remove(0).trouble
            {
                Some(trouble) => Err(Failure::Machine(trouble)),
                None => Ok(vec![path]),
            },
        }
    }
}
