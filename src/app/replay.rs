//! `sideline replay`: a recorded show again, through the code that was on air.
//!
//! It goes in lockstep: every frame is what was on air, however long it takes. `rehearse` is the same in a window and in
//! time.

use std::path::{Path, PathBuf};

use super::files::{NEED, movie};
use super::lists::Lists;
use super::playback::{LeftOut, Outline, Playback};
use super::rehearse::outline;
use super::seek::{self, End, Landmark, Point, Span};
use super::understudy::{self, HandOver, Understudy};
use super::{Failure, Show, feeds, outputs};
use crate::game::snapshot::GameSnapshot;
use crate::game::{Rules, view};
use crate::output::ffmpeg::FINISH_LIMIT_OFFLINE;
use crate::output::raw::{Raw, Target};
use crate::output::{self, Output, Signal};
use crate::playout::Program;
use crate::render::Gpu;
use crate::scene::Stage;
use crate::status::OutputStatus;
use crate::text::Fonts;
use crate::time::FrameIndex;

/// What to replay, and into what.
#[derive(Clone, Debug)]
pub struct Replay {
    pub journal: PathBuf,
    /// A show file other than the one in the journal: today's templates over last week's game.
    pub show: Option<PathBuf>,
    /// Leaves the operators' commands out.
    pub feeds_only: bool,
    pub from: Point,
    /// With the recording when absent.
    pub to: Option<End>,
    /// A movie, or raw RGBA frames (`.raw`).
    pub out: Option<PathBuf>,
    /// A file for the draw list of every frame, as text.
    pub lists: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, serde::Serialize)]
pub struct Replayed {
    pub frames: u64,
    /// Frames that the show had skipped on air, and so did the replay.
    pub skipped: u64,
    pub snapshot: GameSnapshot,
    pub output: Option<OutputStatus>,
}

/// Replays a journal in lockstep.
pub fn replay(what: &Replay) -> Result<Replayed, Failure> {
    let outline = outline(&what.journal)?;
    let left_out = LeftOut { commands: what.feeds_only, show: what.show.is_some() };
    let show = match &what.show {
        Some(path) => Show::load(Some(path))?,
        None => Show::recorded(&outline.start, outline.bundle.clone())?,
    };
    let rules = feeds::rules(&show.file);
    let span = seek::find(&what.journal, &outline, &rules, &what.from, what.to.as_ref())?;
    let delays = feeds::delays(&show.file).collect();
    let playback = Playback::new(&what.journal, &outline, Some(show.bundle.clone()), left_out, delays)?;
    let mut playback = playback.read_ahead()?;
    let understudy = Understudy::new(&show, outline.start.rate, left_out);
    let hand_over = understudy.run_up(&mut playback, &outline, span.first)?;
    Player { what, show, outline, playback, left_out }.play(span, hand_over)
}

/// The places of a journal that `--from` and `--loop` can name.
pub fn landmarks(journal: &Path) -> Result<Vec<Landmark>, Failure> {
    let outline = outline(journal)?;
    let show = Show::recorded(&outline.start, outline.bundle.clone())?;
    seek::landmarks(journal, &outline, &feeds::rules(&show.file))
}

struct Player<'a> {
    what: &'a Replay,
    show: Show,
    outline: Outline,
    playback: Playback,
    left_out: LeftOut,
}

impl Player<'_> {
    fn play(mut self, span: Span, hand_over: HandOver) -> Result<Replayed, Failure> {
        let HandOver { stage, mut rules } = hand_over;
        let settings = &self.show.file.show;
        let signal = Signal { size: settings.size, rate: self.outline.start.rate };
        let output = self.what.out.as_deref().map(|out| destination(out, signal)).transpose()?;
        let lists = self.what.lists.as_deref().map(Lists::create).transpose()?;
        let is_drawn = output.is_some() || lists.is_some();
        let mut program = is_drawn.then(|| program(stage, rules.clone(), signal)).transpose()?;
        if let (Some(program), Some(lists)) = (&mut program, &lists) {
            program.tap(lists.in_lockstep());
        }
        let last = self.outline.frames.1;
        let end = span.end.map_or(last.next(), |end| end.min(last.next()));
        let (mut frames, mut skipped) = (0, 0);
        let mut shown = None;
        for index in (span.first.0..end.0).map(FrameIndex) {
            let at = self.outline.time_of(index);
            let Some(moment) = self.playback.frame(index, at) else {
                skipped += 1;
                continue;
            };
            frames += 1;
            shown = Some(at);
            if let Some(restarted) = moment.restarted {
                let set = &self.show.bundle.set;
                let begun = understudy::restart(restarted, index, self.left_out, set, &rules)?;
                rules = begun.rules.clone();
                if let Some(program) = &mut program {
                    program.restart(begun.stage, begun.rules);
                }
            }
            let Some(program) = &mut program else { continue };
            if let (Some(frame), _) = program.draw(index, at, &moment.position, moment.acts)
                && let Some(output) = &output
            {
                output.deliver(frame);
            }
        }
        drop(program);
        let last = self.playback.position();
        lists.map_or(Ok(()), Lists::finish)?;
        if let Some(failure) = self.playback.failure {
            return Err(failure);
        }
        let output = output.map(|output| outputs::finish(vec![output], FINISH_LIMIT_OFFLINE).remove(0));
        let snapshot = shown.map(|at| view(&last.state, &rules, at)).unwrap_or_default();
        Ok(Replayed { frames, skipped, snapshot, output })
    }
}

fn program(stage: Stage, rules: Rules, signal: Signal) -> Result<Program, Failure> {
    let gpu = Gpu::new().map_err(Failure::machine)?;
    Program::new(&gpu, stage, Fonts::bundled(), rules, signal.size, signal.rate, &[NEED]).map_err(Failure::machine)
}

fn destination(out: &Path, signal: Signal) -> Result<Output, Failure> {
    if out.extension().is_some_and(|ending| ending == "raw") {
        let raw = Raw::new(Target::File(out.to_owned()), NEED);
        return output::start("replay".into(), Box::new(raw), signal).map_err(Failure::machine);
    }
    movie(out, signal)
}
