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
use crate::playout::{Act, Position};
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
    skipped: Option<Skipped>,
}

/// A frame that was not laid out, with what it was drawn from.
pub type Skipped = (FrameIndex, Timestamp, Position);

/// A frame at which something changed on the stage.
pub struct Change {
    /// The frame before, where it was not laid out.
    before: Option<Skipped>,
    index: FrameIndex,
    at: Timestamp,
    position: Position,
    acts: Vec<Act>,
    restarted: Option<Restarted>,
}

impl Change {
    pub fn index(&self) -> FrameIndex {
        self.index
    }
}

/// Where a show stands before a frame.
pub struct HandOver {
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
    pub fn run_up(mut self, playback: &mut Playback, outline: &Outline, to: FrameIndex) -> Result<HandOver, Failure> {
        for index in (outline.frames.0.0..to.0).map(FrameIndex) {
            let at = outline.time_of(index);
            if let Some(moment) = playback.frame(index, at) {
                self.follow(index, at, moment, to)?;
            }
        }
        Ok(self.hand_over())
    }

    pub fn hand_over(self) -> HandOver {
        HandOver { stage: self.stage, rules: self.rules }
    }

    /// Follows a frame on the way to `to`; what it changed, if it did.
    pub fn follow(
        &mut self,
        index: FrameIndex,
        at: Timestamp,
        moment: Moment,
        to: FrameIndex,
    ) -> Result<Option<Change>, Failure> {
        let Moment { position, acts, restarted } = moment;
        if restarted.is_some() || !acts.is_empty() {
            let acts = acts.into_iter().map(|ordered| ordered.act).collect();
            let change = Change { before: self.skipped.take(), index, at, position, acts, restarted };
            self.change(&change)?;
            return Ok(Some(change));
        }
        self.skipped = Some((index, at, position));
        if index.0 + u64::from(self.rate.frames_in(RUN_UP)) >= to.0 {
            self.lay_out_skipped();
        }
        Ok(None)
    }

    /// Follows a change alone: all changes in their order bring the stage to where following every frame does, but for
    /// the last seconds.
    pub fn change(&mut self, change: &Change) -> Result<(), Failure> {
        let Change { before, index, at, position, .. } = change;
        self.act(change, before.clone())?;
        self.skipped = Some((*index, *at, position.clone()));
        self.lay_out_skipped();
        Ok(())
    }

    /// Takes what changes at the frame that is drawn next.
    pub fn arrive(&mut self, index: FrameIndex, at: Timestamp, moment: Moment) -> Result<(), Failure> {
        let Moment { position, acts, restarted } = moment;
        let acts: Vec<Act> = acts.into_iter().map(|ordered| ordered.act).collect();
        if restarted.is_none() && acts.is_empty() {
            return Ok(());
        }
        let before = self.skipped.take();
        self.act(&Change { before: None, index, at, position, acts, restarted }, before)
    }

    fn act(&mut self, change: &Change, before: Option<Skipped>) -> Result<(), Failure> {
        let Change { index, acts, restarted, .. } = change;
        self.skipped = before;
        if let Some(restarted) = restarted {
            self.skipped = None;
            let begun = restart(restarted.clone(), *index, self.left_out, &self.templates, &self.rules)?;
            (self.stage, self.rules) = (begun.stage, begun.rules);
        }
        // What went out before this frame is gone, as it was on air.
        self.lay_out_skipped();
        for act in acts {
            match act {
                // What was refused then is refused now, and has been told.
                Act::Command(command) => drop(self.stage.apply(*index, command)),
                Act::Templates(templates) => self.stage.set_templates(templates.clone()),
            }
        }
        Ok(())
    }

    /// The frame before, while it is not laid out.
    pub fn skipped(&self) -> Option<Skipped> {
        self.skipped.clone()
    }

    /// Goes on after the frame before, where that was not laid out.
    pub fn go_on_after(&mut self, skipped: Option<Skipped>) {
        self.skipped = skipped;
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
) -> Result<HandOver, Failure> {
    let Restarted { start, bundle, put_back } = restarted;
    let mut begun = match left_out.show {
        true => HandOver { stage: Stage::new(templates.clone()), rules: rules.clone() },
        false => {
            let show = Show::recorded(&start, bundle)?;
            HandOver { stage: Stage::new(show.bundle.set.clone()), rules: feeds::rules(&show.file) }
        }
    };
    for command in &put_back {
        // What was refused then is refused now, and has been told.
        let _ = begun.stage.apply(index, command);
    }
    Ok(begun)
}
