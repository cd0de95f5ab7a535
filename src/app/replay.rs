//! `sideline replay`: a recorded show again, through the code that was on air.
//!
//! It goes in lockstep: every frame is what was on air, however long it takes. `rehearse` is the same in a window and in
//! time.

use std::path::{Path, PathBuf};

use super::files::{NEED, movie};
use super::fold::Fold;
use super::playback::{Outline, Playback};
use super::rehearse::outline;
use super::{Failure, Show, feeds, outputs};
use crate::game::snapshot::GameSnapshot;
use crate::game::view;
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
    /// Seconds after the recording's first frame.
    pub from_s: f64,
    /// A movie, or raw RGBA frames (`.raw`).
    pub out: Option<PathBuf>,
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
    let show = match &what.show {
        Some(path) => Show::load(Some(path))?,
        None => Show::parse(Path::new("the journal's show"), &outline.start.show, outline.start.folder.clone())?,
    };
    let fold = Fold::new(outline.decoding());
    let playback = Playback::new(&what.journal, outline.marks.clone(), fold).map_err(Failure::input)?;
    Player { what, show, outline, playback }.play()
}

struct Player<'a> {
    what: &'a Replay,
    show: Show,
    outline: Outline,
    playback: Playback,
}

impl Player<'_> {
    fn play(mut self) -> Result<Replayed, Failure> {
        let settings = &self.show.file.show;
        let rate = self.outline.start.rate;
        let signal = Signal { size: settings.size, rate };
        let output = self.what.out.as_deref().map(|out| destination(out, signal)).transpose()?;
        let rules = feeds::rules(&self.show.file);
        let mut program = match &output {
            Some(_) => {
                let gpu = Gpu::new().map_err(Failure::machine)?;
                let stage = Stage::new(self.show.templates.clone());
                let program = Program::new(&gpu, stage, Fonts::bundled(), rules.clone(), settings.size, rate, &[NEED]);
                Some(program.map_err(Failure::machine)?)
            }
            None => None,
        };
        let (first, last) = self.outline.frames;
        let from = FrameIndex(first.0 + (self.what.from_s.max(0.0) * rate.as_f64()) as u64);
        let (mut frames, mut skipped) = (0, 0);
        let mut snapshot = GameSnapshot::default();
        for index in (first.0..=last.0).map(FrameIndex) {
            let at = self.outline.start.epoch + rate.time_of(index);
            let Some(moment) = self.playback.frame(index, at) else {
                skipped += 1;
                continue;
            };
            frames += 1;
            if index == last {
                snapshot = view(&moment.position.state, &rules, at);
            }
            let Some(program) = &mut program else { continue };
            let mut commands = moment.commands;
            if self.what.feeds_only {
                commands.clear();
            } else if let Some(put_back) = moment.restarted_with {
                program.restart(Stage::new(self.show.templates.clone()));
                program.put_back(index, &put_back);
            }
            if index < from {
                program.follow(index, commands);
            } else if let (Some(frame), _) = program.draw(index, at, &moment.position, commands)
                && let Some(output) = &output
            {
                output.deliver(frame);
            }
        }
        if let Some(failure) = self.playback.failure {
            return Err(Failure::input(failure));
        }
        let output = output.map(|output| outputs::finish(vec![output], FINISH_LIMIT_OFFLINE).remove(0));
        Ok(Replayed { frames, skipped, snapshot, output })
    }
}

fn destination(out: &Path, signal: Signal) -> Result<Output, Failure> {
    if out.extension().is_some_and(|ending| ending == "raw") {
        let raw = Raw::new(Target::File(out.to_owned()), NEED);
        return output::start("replay".into(), Box::new(raw), signal).map_err(Failure::machine);
    }
    movie(out, signal)
}
