//! A stage that follows a recorded show without drawing pictures, so that somebody can take over at any frame.
//!
//! In: what each frame was drawn from, in order. Out: the stage as it was before the next frame. Acts are followed at
//! their frames, so that every *in* and *out* stands where it stood; what a node remembers of its values comes back by
//! laying out the frames of the last seconds.

use std::sync::Arc;
use std::time::Duration;

use super::playback::{LeftOut, Moment, Outline, Playback, Restarted};
use super::{Failure, Show, feeds};
use crate::draw_list::Size;
use crate::game::{Rules, view};
use crate::playout::{Act, Ordered, Position};
use crate::scene::Stage;
use crate::template::TemplateSet;
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate, Timestamp};

/// Frames of this length before the one to take over at are laid out one by one. No transition takes longer.
const RUN_UP: Duration = Duration::from_secs(10);

pub struct Understudy {
    /// That the show began with.
    templates: Arc<TemplateSet>,
    stage: Stage,
    rules: Rules,
    fonts: Fonts,
    canvas: Size,
    rate: FrameRate,
    left_out: LeftOut,
    /// The frame before, while it is not laid out.
    skipped: Option<(FrameIndex, Timestamp, Position)>,
}

/// Where a show stands before a frame.
pub struct Standing {
    pub stage: Stage,
    pub rules: Rules,
}

impl Understudy {
    /// `show` is as it began.
    pub fn new(show: &Show, rate: FrameRate, left_out: LeftOut) -> Self {
        Self {
            templates: show.bundle.set.clone(),
            stage: Stage::new(show.bundle.set.clone()),
            rules: feeds::rules(&show.file),
            fonts: Fonts::bundled(),
            canvas: show.file.show.size,
            rate,
            left_out,
            skipped: None,
        }
    }

    /// Follows a recording from its beginning to the frame before `to`. Counts the frames that were skipped on air.
    pub fn run_up(mut self, playback: &mut Playback, outline: &Outline, to: FrameIndex) -> Result<Standing, Failure> {
        let near = FrameIndex(to.0.saturating_sub(u64::from(self.rate.frames_in(RUN_UP))));
        for index in (outline.frames.0.0..to.0).map(FrameIndex) {
            let at = outline.time_of(index);
            if let Some(moment) = playback.frame(index, at) {
                self.follow(index, at, moment, index >= near)?;
            }
        }
        Ok(Standing { stage: self.stage, rules: self.rules })
    }

    fn follow(&mut self, index: FrameIndex, at: Timestamp, moment: Moment, is_near: bool) -> Result<(), Failure> {
        let Moment { position, acts, restarted } = moment;
        let is_changed = restarted.is_some() || !acts.is_empty();
        if let Some(restarted) = restarted {
            self.skipped = None;
            let begun = restart(restarted, index, self.left_out, &self.templates, &self.rules)?;
            (self.stage, self.rules) = (begun.stage, begun.rules);
        }
        if is_changed {
            // What went out before this frame is gone, as it was on air.
            self.lay_out_skipped();
        }
        for Ordered { act, .. } in acts {
            match act {
                // What was refused then is refused now, and has been told.
                Act::Command(command) => drop(self.stage.apply(index, &command)),
                Act::Templates(templates) => self.stage.set_templates(templates),
            }
        }
        self.skipped = Some((index, at, position));
        if is_changed || is_near {
            self.lay_out_skipped();
        }
        Ok(())
    }

    fn lay_out_skipped(&mut self) {
        if let Some((index, at, position)) = self.skipped.take() {
            let snapshot = view(&position.state, &self.rules, at);
            self.stage.draw(index, self.rate, self.canvas, &snapshot, &mut self.fonts);
        }
    }
}

/// The stage and the rules of a show that was started again before a frame.
pub fn restart(
    restarted: Restarted,
    index: FrameIndex,
    left_out: LeftOut,
    templates: &Arc<TemplateSet>,
    rules: &Rules,
) -> Result<Standing, Failure> {
    let Restarted { start, bundle, put_back } = restarted;
    let mut begun = match left_out.show {
        true => Standing { stage: Stage::new(templates.clone()), rules: rules.clone() },
        false => {
            let show = Show::recorded(&start, bundle)?;
            Standing { stage: Stage::new(show.bundle.set.clone()), rules: feeds::rules(&show.file) }
        }
    };
    for command in &put_back {
        // What was refused then is refused now, and has been told.
        let _ = begun.stage.apply(index, command);
    }
    Ok(begun)
}
