//! Everything that draws one frame: game view, stage, draw list, renderer. Owned by whoever runs frames.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::{Act, Ordered, Position, micros};
use crate::command::{Command, Done};
use crate::draw_list::{DrawList, Item, Op, Size};
use crate::frame::{Frame, Need};
use crate::game::snapshot::{GameSnapshot, GameStatus, Team};
use crate::game::{self, Merging, Rules};
use crate::ids::LayerId;
use crate::output::Output;
use crate::render::{Gpu, RenderError, Renderer};
use crate::scene::Stage;
use crate::status::{Delay, FeedHealth, Held, Status, Timing};
use crate::text::Fonts;
use crate::time::{FrameIndex, FrameRate, Timestamp};

#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// The program: what is on air.
pub struct Program {
    rate: FrameRate,
    canvas: Size,
    rules: Rules,
    stage: Stage,
    fonts: Fonts,
    renderer: Renderer,
    game: String,
    feeds: Vec<FeedHealth>,
    delays: Arc<Vec<Delay>>,
    clock_stale: bool,
    merging: Merging,
    held: Vec<Held>,
    test_pattern: bool,
    /// The last frame could not be drawn: said once per outage.
    failing: bool,
    /// What cued graphics will need, one primitive a list, so that it can be made in the spare time of several frames. Each with
    /// the layer that it is for: what is cued next there replaces it, so that no more waits than the layers hold.
    to_prepare: VecDeque<(LayerId, DrawList)>,
    tap: Option<Tap>,
}

/// Listens to draw lists.
pub type Tap = Box<dyn FnMut(FrameIndex, &DrawList) + Send>;

impl Program {
    pub fn new(
        gpu: &Gpu,
        stage: Stage,
        fonts: Fonts,
        rules: Rules,
        canvas: Size,
        rate: FrameRate,
        needs: &[Need],
    ) -> Result<Self, ProgramError> {
        let mut renderer = Renderer::new(gpu, canvas, needs)?;
        // The first picture is the whole canvas, converted for every output: made before the first deadline.
        let mut fonts = fonts;
        renderer.render(FrameIndex(0), DrawList::empty(canvas), &mut fonts)?;
        Ok(Self {
            rate,
            canvas,
            rules,
            stage,
            fonts,
            renderer,
            game: String::new(),
            feeds: Vec::new(),
            delays: Arc::default(),
            clock_stale: false,
            merging: Merging::default(),
            held: Vec::new(),
            test_pattern: false,
            failing: false,
            to_prepare: VecDeque::new(),
            tap: None,
        })
    }

    pub fn rate(&self) -> FrameRate {
        self.rate
    }

    /// Puts graphics back on their layers before the first frame, after a restart.
    pub fn put_back(&mut self, index: FrameIndex, commands: &[Command]) {
        for command in commands {
            if let Err(refused) = self.stage.apply(index, command) {
                tracing::warn!("not put back: {refused}");
            }
        }
    }

    /// Goes on with another stage and other rules, as a show does that is started again.
    pub fn restart(&mut self, stage: Stage, rules: Rules) {
        self.stage = stage;
        self.rules = rules;
        self.to_prepare.clear();
    }

    /// Has every draw list told to `tap` before it is drawn, on the thread that draws: it must return at once.
    pub fn tap(&mut self, tap: Tap) {
        self.tap = Some(tap);
    }

    /// Carries out the acts, then draws the frame. No frame when the GPU failed: outputs repeat the last one.
    pub fn draw(
        &mut self,
        index: FrameIndex,
        at: Timestamp,
        position: &Position,
        acts: impl IntoIterator<Item = Ordered>,
    ) -> (Option<Arc<Frame>>, Timing) {
        let started = Instant::now();
        let snapshot = game::view(&position.state, &self.rules, at);
        let view_us = micros(started.elapsed());
        let (frame, timing) = self.draw_snapshot(index, &snapshot, acts);
        self.clock_stale = snapshot.clock.stale;
        self.test_pattern = snapshot.game.status == Some(GameStatus::Test);
        self.merging = game::merging(&position.state, &self.rules, at);
        self.held = position.state.held();
        self.game = in_short(&snapshot);
        self.feeds = snapshot.feeds;
        self.delays.clone_from(&position.delays);
        (frame, Timing { view_us, ..timing })
    }

    /// The same for a game that is given as it is: templates drawn without a show.
    pub fn draw_snapshot(
        &mut self,
        index: FrameIndex,
        snapshot: &GameSnapshot,
        acts: impl IntoIterator<Item = Ordered>,
    ) -> (Option<Arc<Frame>>, Timing) {
        for Ordered { act, reply, .. } in acts {
            let answer = match &act {
                Act::Command(command) => self.stage.apply(index, command),
                Act::Templates(templates) => {
                    self.stage.set_templates(templates.clone());
                    Ok(Done { frame: index })
                }
            };
            if let (Act::Command(Command::Cue { layer, .. }), Ok(_)) = (&act, &answer) {
                self.plan_preparation(*layer, snapshot);
            }
            match (reply, answer) {
                (Some(reply), answer) => reply(answer),
                (None, Err(refused)) => tracing::warn!("{refused}"),
                (None, Ok(_)) => {}
            }
        }
        let started = Instant::now();
        let list = self.stage.draw(index, self.rate, self.canvas, snapshot, &mut self.fonts);
        if let Some(tap) = &mut self.tap {
            tap(index, &list);
        }
        let laid_out = Instant::now();
        let frame = self.renderer.render(index, list, &mut self.fonts);
        let timing =
            Timing { scene_us: micros(laid_out - started), render_us: micros(laid_out.elapsed()), ..Timing::default() };
        (self.attend(frame), timing)
    }

    fn plan_preparation(&mut self, layer: LayerId, snapshot: &GameSnapshot) {
        let cued = self.stage.draw_cued(layer, self.rate, self.canvas, snapshot, &mut self.fonts);
        let canvas = self.canvas;
        let made_ahead = |item: &Item| matches!(item.op, Op::Text(_) | Op::Path(_) | Op::Image(_));
        let items = cued.into_iter().flat_map(|list| list.items).filter(made_ahead);
        self.to_prepare.retain(|(of, _)| *of != layer);
        self.to_prepare.extend(items.map(|item| (layer, DrawList { canvas, items: vec![item] })));
    }

    /// Rasterises and uploads what cued graphics will need, while `spare` says that there is time; at least one piece a
    /// call, so that it is done some time even on a machine that has none to spare.
    pub fn prepare_cued(&mut self, mut spare: impl FnMut() -> bool) {
        while let Some((_, list)) = self.to_prepare.pop_front() {
            if let Err(failure) = self.renderer.prepare(&list, &mut self.fonts) {
                // The same failure will come, and be told, when the graphic is drawn.
                tracing::debug!("a cued graphic could not be prepared: {failure}");
            }
            if !spare() {
                break;
            }
        }
    }

    fn attend(&mut self, frame: Result<Arc<Frame>, RenderError>) -> Option<Arc<Frame>> {
        match frame {
            Ok(frame) => {
                self.failing = false;
                Some(frame)
            }
            Err(failure) => {
                if !self.failing {
                    tracing::error!("frames cannot be drawn, outputs repeat the last one: {failure}");
                }
                self.failing = true;
                None
            }
        }
    }

    pub(super) fn status(&self, frame: FrameIndex, late: u64, timing: Timing, outputs: &[Output]) -> Status {
        Status {
            frame,
            rate: self.rate,
            late,
            timing,
            layers: self.stage.layers(),
            game: self.game.clone(),
            feeds: self.feeds.clone(),
            delays: self.delays.to_vec(),
            outputs: outputs.iter().map(Output::status).collect(),
            journal_lost: 0,
            journal_trouble: None,
            clock_stale: self.clock_stale,
            supplies: self.merging.supplies.clone(),
            held: self.held.clone(),
            unmatched: self.merging.unmatched.clone(),
            color_clash: self.merging.color_clash.clone(),
            test_pattern: self.test_pattern,
            template_problems: Arc::default(),
            show_file: None,
            rehearsal: None,
        }
    }
}

/// "GSW 82 BKN 87 Q4 0:23.4", without what is not known.
fn in_short(game: &GameSnapshot) -> String {
    let score = |team: &Team| team.score.map(|score| score.to_string());
    let parts = [
        game.away.code.clone(),
        score(&game.away),
        game.home.code.clone(),
        score(&game.home),
        game.clock.period.as_ref().map(|period| period.label.clone()),
        game.clock.game.as_ref().map(|clock| clock.display.clone()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
