//! `sideline preview`: a designer's template, drawn anew at every save.
//!
//! In: a folder of a template, what the designer presses and points at. Out: frames with the graphic, what is asked to be
//! seen over it, and a strip with the time line below it; a wrong save is told over the last good one.
//! [`Preview`] is the whole of it but for the window, so that a test can be the designer. It runs on one thread; the
//! folder is watched and templates are compiled on another.

mod behind;
mod help;
mod overlay;
mod samples;
mod strip;
mod window;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::Failure;
use super::still::{read_template, template_id, templates};
use super::watch::{Saved, Scope, Watch};
use crate::command::{Command, Fields, Refused};
use crate::draw_list::{DrawList, Item, PictureData, Point, Rect, Size};
use crate::frame::{Frame, Need};
use crate::ids::{LayerId, TemplateId};
use crate::problem::Problem;
use crate::render::{Gpu, Renderer};
use crate::scene::Stage;
use crate::template::{FILE_NAME, Template, TemplateSet};
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate};

pub use overlay::Looks;
use samples::{Sample, samples};
use strip::Times;
pub use window::preview;

const LAYER: LayerId = LayerId(1);

/// The time line: a take at its beginning, an out at [`OUT_AT`].
const LENGTH: Duration = Duration::from_secs(8);
const OUT_AT: Duration = Duration::from_secs(6);

/// Saves that were compiled and not looked at yet. When full the watching thread waits.
const SAVES: usize = 4;

/// What to look at, and how.
#[derive(Clone, Debug)]
pub struct Previewing {
    /// A template's folder, or the name of a built-in template.
    pub template: String,
    pub size: Size,
    pub rate: FrameRate,
    /// The operator's fields.
    pub fields: Fields,
    /// What to see behind the graphic: a still, or a video, of which the frame at `behind_at_s` is shown.
    pub behind: Option<PathBuf>,
    /// Seconds into the video.
    pub behind_at_s: f64,
}

/// What a designer does.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Act {
    /// Plays on, or stands.
    PlayOrPause,
    /// Stands, so many frames further on or back.
    Step(i64),
    /// Stands at a place of the time line, 0..=1.
    Scrub(f32),
    /// From the take again.
    Take,
    /// Out from here.
    Out,
    /// From here so many steps on, or back: stood at, their end.
    Continue(i32),
    /// The next sample, or the one before.
    NextSample,
    LastSample,
    /// A sample by its place.
    Sample(usize),
    SafeAreas,
    Grid,
    Boxes,
    /// What the keys do.
    Help,
    /// The still behind the graphic, where there is one.
    Behind,
    /// The pointer is here, in pixels of the preview's canvas.
    Point(Point),
}

/// A template being looked at.
pub struct Preview {
    what: Previewing,
    id: TemplateId,
    set: Arc<TemplateSet>,
    stage: Stage,
    problems: Vec<Problem>,
    saves: Receiver<Saved<Template>>,
    _watch: Option<Watch>,
    samples: Vec<Sample>,
    sample: usize,
    looks: Looks,
    behind: Option<Arc<PictureData>>,
    shows_behind: bool,
    pointer: Point,
    is_playing: bool,
    /// The frame of the time line that is shown.
    at: u64,
    out_at: u64,
    is_out: bool,
    /// Where on the time line the graphic continues, and by how many steps; in order.
    steps: Vec<(u64, i32)>,
    /// How many of them the stage has taken.
    taken: usize,
    /// The frame that the stage was drawn at; frames of a stage never go back.
    drawn_at: Option<u64>,
    graphic: Vec<Item>,
    /// Something else is to be seen than was drawn last.
    is_new: bool,
    fonts: Fonts,
    renderer: Renderer,
    frames: u64,
}

impl Preview {
    /// Reads the template and begins to watch what it is made of. A template that is wrong, or not written yet, is told of
    /// until it is saved right; a name or a folder that there is not is an error.
    pub fn open(what: Previewing) -> Result<Preview, Failure> {
        let (tell, saves) = crossbeam_channel::bounded(SAVES);
        let Opened { set, id, problems, watch } = Opened::of(&what.template, tell)?;
        let behind = what.behind.as_deref().map(|path| behind::load(path, what.behind_at_s, what.size)).transpose()?;
        let gpu = Gpu::new().map_err(Failure::machine)?;
        let renderer = Renderer::new(&gpu, overlay::whole(what.size), &[Need::NATIVE]).map_err(Failure::machine)?;
        let mut preview = Self {
            id,
            stage: Stage::new(set.clone()),
            set,
            problems: Vec::new(),
            saves,
            _watch: watch,
            samples: samples(),
            sample: 0,
            looks: Looks::default(),
            behind,
            shows_behind: true,
            pointer: Point::new(-1.0, -1.0),
            is_playing: true,
            at: 0,
            out_at: what.rate.frame_at(OUT_AT).0,
            is_out: false,
            steps: Vec::new(),
            taken: 0,
            drawn_at: None,
            graphic: Vec::new(),
            is_new: true,
            fonts: Fonts::bundled(),
            renderer,
            frames: 0,
            what,
        };
        if problems.is_empty() {
            preview.begin().map_err(Failure::input)?;
        } else {
            preview.take(Err(problems));
        }
        Ok(preview)
    }

    /// Takes the graphic at the beginning of the time line.
    fn begin(&mut self) -> Result<(), Refused> {
        (self.drawn_at, self.is_out, self.taken) = (None, false, 0);
        self.stage.apply(FrameIndex(0), &Command::Clear { layer: None })?;
        let cue = Command::Cue { layer: LAYER, template: self.id.clone(), fields: self.what.fields.clone() };
        self.stage.apply(FrameIndex(0), &cue)?;
        self.stage.apply(FrameIndex(0), &Command::Take { layer: LAYER, cut: false })?;
        Ok(())
    }

    fn length(&self) -> u64 {
        self.what.rate.frame_at(LENGTH).0
    }

    /// The canvas of the frames: the graphic's with a strip below.
    pub fn canvas(&self) -> Size {
        overlay::whole(self.what.size)
    }

    /// What is wrong with the template as it was saved last; the picture shows the last one that was right.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The part of the canvas that the problems are written on.
    pub fn message(&self) -> Rect {
        overlay::message(self.what.size, &self.problems)
    }

    pub fn act(&mut self, act: Act) {
        let samples = self.samples.len();
        match act {
            Act::PlayOrPause => self.is_playing = !self.is_playing,
            Act::Step(by) => self.stand_at(self.at.saturating_add_signed(by)),
            Act::Scrub(share) => self.stand_at((share.clamp(0.0, 1.0) * self.length() as f32).round() as u64),
            Act::Take => {
                (self.at, self.out_at, self.is_playing) = (0, self.what.rate.frame_at(OUT_AT).0, true);
                self.steps.clear();
                self.drawn_at = None;
            }
            Act::Continue(by) => {
                // What came later on the time line has not happened.
                self.steps.retain(|(at, _)| *at <= self.at);
                self.steps.push((self.at, by));
                self.is_playing = true;
            }
            Act::Out => (self.out_at, self.is_playing) = (self.at, true),
            Act::NextSample => self.show_sample((self.sample + 1) % samples),
            Act::LastSample => self.show_sample((self.sample + samples - 1) % samples),
            Act::Sample(place) => self.show_sample(place.min(samples - 1)),
            Act::SafeAreas => self.looks.safe_areas = !self.looks.safe_areas,
            Act::Grid => self.looks.grid = !self.looks.grid,
            Act::Boxes => self.looks.boxes = !self.looks.boxes,
            Act::Help => self.looks.help = !self.looks.help,
            Act::Behind => self.shows_behind = !self.shows_behind,
            Act::Point(at) => self.pointer = at,
        }
        self.is_new = true;
    }

    /// On air its values would change with their transitions; whoever stands at a frame sees them changed.
    fn show_sample(&mut self, sample: usize) {
        self.sample = sample;
        if !self.is_playing {
            self.drawn_at = None;
        }
    }

    fn stand_at(&mut self, frame: u64) {
        self.is_playing = false;
        self.at = frame.min(self.length());
    }

    /// A frame's time has passed: whoever plays is one frame further, and at the end back at the beginning.
    pub fn tick(&mut self) {
        if self.is_playing {
            self.at = (self.at + 1) % (self.length() + 1);
            self.is_new = true;
        }
    }

    /// Waits for a save, so long at most; whether there was one.
    pub fn wait_for_save(&mut self, at_most: Duration) -> bool {
        match self.saves.recv_timeout(at_most) {
            Ok(saved) => {
                self.take(saved);
                true
            }
            Err(RecvTimeoutError::Timeout) => false,
            // A built-in template is not watched: nothing will ever be saved.
            Err(RecvTimeoutError::Disconnected) => {
                std::thread::sleep(at_most);
                false
            }
        }
    }

    fn take(&mut self, saved: Saved<Template>) {
        self.is_new = true;
        match saved {
            Ok(template) => {
                let mut set = TemplateSet::default();
                set.insert(template);
                if self.set.get(&self.id).is_none() {
                    // The first that is right.
                    self.drawn_at = None;
                }
                self.set = Arc::new(set);
                self.stage.set_templates(self.set.clone());
                self.problems.clear();
                tracing::info!("saved right: {}", self.id);
            }
            Err(problems) => {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let shown = if self.set.get(&self.id).is_some() { "the last good version" } else { "nothing" };
                tracing::error!("{shown} is shown:\n{}", told.join("\n"));
                self.problems = problems;
            }
        }
    }

    /// The next frame; none when it would look like the last one.
    pub fn frame(&mut self) -> Result<Option<Arc<Frame>>, Failure> {
        while let Ok(saved) = self.saves.try_recv() {
            self.take(saved);
        }
        if !std::mem::take(&mut self.is_new) {
            return Ok(None);
        }
        let list = self.list();
        self.frames += 1;
        self.renderer.render(FrameIndex(self.frames), list, &mut self.fonts).map(Some).map_err(Failure::machine)
    }

    /// Everything that is to be seen.
    fn list(&mut self) -> DrawList {
        self.graphic = self.graphic_now();
        let pointed = self.pointed();
        let (words, times) = ([self.state(), self.under_pointer()], self.times());
        let view = overlay::View {
            canvas: self.what.size,
            looks: self.looks,
            behind: self.behind.as_ref().filter(|_| self.shows_behind),
            graphic: &self.graphic,
            pointed,
            problems: &self.problems,
            times: &times,
            words: [&words[0], &words[1]],
        };
        overlay::draw(&view, &mut self.fonts)
    }

    /// The graphic's items at the frame that is shown. A stage goes forward; where it has to go back or jump, the graphic
    /// is taken again and followed from there.
    fn graphic_now(&mut self) -> Vec<Item> {
        if self.set.get(&self.id).is_none() {
            return Vec::new();
        }
        let goes_on = self.drawn_at.is_some_and(|drawn| drawn <= self.at && self.at - drawn <= 1);
        if !goes_on {
            match self.begin() {
                Ok(()) => {}
                // A save that has no place for the fields that were given: said once a redraw, and nothing is shown.
                Err(refused) => tracing::error!("{refused}"),
            }
            self.draw_at(0);
        }
        self.take_steps();
        if !goes_on {
            self.draw_at(self.at.min(self.out_at));
        }
        if self.at >= self.out_at && !self.is_out {
            self.is_out = true;
            // Refused where nothing is on air, which has been told.
            let _ = self.stage.apply(FrameIndex(self.out_at), &Command::Out { layer: LAYER, cut: false });
        }
        self.draw_at(self.at)
    }

    /// Takes the steps up to the frame that is shown, each at its own frame.
    fn take_steps(&mut self) {
        while let Some((at, by)) = self.steps.get(self.taken).copied().filter(|(at, _)| *at <= self.at.min(self.out_at))
        {
            if self.drawn_at.is_some_and(|drawn| drawn < at) {
                self.draw_at(at);
            }
            self.taken += 1;
            // Refused where nothing is on air: past the last step the graphic has gone out.
            let go_on = Command::Continue { layer: LAYER, to: None, by: Some(by), cut: false };
            let _ = self.stage.apply(FrameIndex(at), &go_on);
        }
    }

    fn draw_at(&mut self, frame: u64) -> Vec<Item> {
        self.drawn_at = Some(frame);
        let game = self.samples[self.sample].game.clone();
        self.stage.draw(FrameIndex(frame), self.what.rate, self.what.size, &game, &mut self.fonts).items
    }

    fn pointed(&self) -> Option<usize> {
        overlay::hit(&self.graphic, self.pointer).filter(|_| overlay::time_at(self.what.size, self.pointer).is_none())
    }

    /// What the item under the pointer reads of the game, as a template writes it: "home.score, home.color.primary".
    pub fn data_path(&self) -> Option<String> {
        let item = &self.graphic[self.pointed()?];
        let template = self.set.get(&self.id)?;
        let paths = paths_under(template, item.node.to_string().as_str());
        (!paths.is_empty()).then(|| paths.join(", "))
    }

    /// Of what is under the pointer: its node, where it is drawn and how large, and what it reads.
    /// "score   118 x 58 at 412, 615   home.score"
    fn under_pointer(&self) -> String {
        let Some(item) = self.pointed().map(|at| &self.graphic[at]) else { return String::new() };
        let name = item.node.to_string().splitn(3, '/').nth(2).unwrap_or_default().to_owned();
        let Rect { x, y, width, height } = item.op.bounds().unwrap_or_default().outset(-1.0);
        let path = self.data_path().map_or_else(String::new, |path| format!("   {path}"));
        format!("{name}   {width:.0} x {height:.0} at {x:.0}, {y:.0}{path}")
    }

    /// "bug   1.20 s   frame 72   paused   sample 5 of 16: overtime"
    fn state(&self) -> String {
        let seconds = self.what.rate.time_of(FrameIndex(self.at)).as_secs_f64();
        let pause = if self.is_playing { "" } else { "   paused" };
        let (sample, of) = (self.samples[self.sample].name, self.samples.len());
        let steps = self.set.get(&self.id).map_or(0, |template| template.motion.steps.len()) as i32;
        let step = self.steps.iter().filter(|(at, _)| *at <= self.at).fold(0_i32, |step, (_, by)| (step + by).max(0));
        let step = if steps > 0 { format!("   step {} of {steps}", step.min(steps)) } else { String::new() };
        format!(
            "{}   {seconds:.2} s   frame {}{pause}{step}   sample {} of {of}: {sample}",
            self.id,
            self.at,
            self.sample + 1
        )
    }

    /// What happens on the time line.
    fn times(&self) -> Times {
        let (rate, length) = (self.what.rate, self.length());
        let share = |frame: u64| frame as f32 / length as f32;
        let [come, gone] = self.set.get(&self.id).map_or([0; 2], |template| template.motion.lengths(rate));
        Times {
            at: share(self.at),
            come: share(come),
            out: share(self.out_at),
            gone: share(self.out_at + gone),
            steps: self.steps.iter().map(|(at, _)| share(*at)).collect(),
            seconds: LENGTH.as_secs_f32(),
        }
    }
}

/// The paths of the node that drew an item: its id is `layer/template/node`, with `[key]`s of repeats and the names of the
/// node's parts behind it.
fn paths_under(template: &Template, item: &str) -> Vec<String> {
    let Some(rest) = item.splitn(3, '/').nth(2) else { return Vec::new() };
    let mut node = String::new();
    let mut depth = 0;
    for letter in rest.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            letter if depth == 0 => node.push(letter),
            _ => {}
        }
    }
    loop {
        let paths = template.paths_of(&node);
        match node.rfind('/') {
            Some(end) if paths.is_empty() => node.truncate(end),
            _ => return paths,
        }
    }
}

/// A template at the opening of its preview.
struct Opened {
    /// Without the template as long as it is wrong.
    set: Arc<TemplateSet>,
    id: TemplateId,
    problems: Vec<Problem>,
    watch: Option<Watch>,
}

impl Opened {
    fn of(wanted: &str, tell: crossbeam_channel::Sender<Saved<Template>>) -> Result<Opened, Failure> {
        let folder = Path::new(wanted);
        let is_builtin = TemplateSet::builtin_files().any(|(path, _)| path == format!("{wanted}/{FILE_NAME}"));
        if is_builtin || !folder.is_dir() {
            let (set, id) = templates(wanted)?;
            return Ok(Opened { set, id, problems: Vec::new(), watch: None });
        }
        let scope = Scope::template(folder);
        let seen = scope.manifest().ok();
        let mut set = TemplateSet::default();
        let (id, problems) = match read_template(folder) {
            Ok((id, template)) => {
                set.insert(template);
                (id, Vec::new())
            }
            Err(problems) => (template_id(folder), problems),
        };
        let template = folder.to_owned();
        let read = move || read_template(&template).map(|(_, template)| template);
        // Nobody listens when the preview is over.
        let saved = move |saved| drop(tell.send(saved));
        let watch = Some(Watch::start(scope, seen, read, saved).map_err(Failure::machine)?);
        Ok(Opened { set: set.into(), id, problems, watch })
    }
}
