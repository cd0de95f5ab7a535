//! All graphics on one stage, which come, step and go with others of the values that an operator may give them.

use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Size};
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{FieldKind, Template, TemplateSet};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

use crate::boxes::{Checker, HD, Moment};
use crate::graphics;

/// Frames after which everything has come to rest.
const SETTLED: u64 = 150;
pub(super) const RATE: FrameRate = FrameRate::FPS_25;
pub(super) const MS_A_FRAME: u64 = 40;
/// What an operator may write who has never seen a screen.
pub(super) const LONG_WORDS: &str = "Wojciechowska-Brzeczyszczykiewicz of the Broadcasting Company";
const GAMES: [&str; 5] = [
    "SAT NOV 28 | at Milwaukee | 7:30 PM | Fiserv Forum",
    "MON NOV 30 | Philadelphia | 8:00 PM | Barclays Center",
    "WED DEC 2 | at Oklahoma City Thunder | 7:00 PM | Paycom Center",
    "TBD",
    "SUN 6 DEC | at Minnesota Timberwolves | 12:30 PM",
];

/// All graphics on one stage, each on a layer of its own, and a frame counter.
pub(super) struct Air {
    stage: Stage,
    fonts: Fonts,
    canvas: Size,
    pub(super) templates: Vec<Arc<Template>>,
    frame: u64,
    pub(super) checker: Checker,
}

impl Air {
    pub(super) fn new() -> Air {
        Air::of(graphics::templates(), HD)
    }

    pub(super) fn of(set: Arc<TemplateSet>, canvas: Size) -> Air {
        let templates = set.iter().cloned().collect();
        let checker = Checker::allowing(LONG_WORDS);
        Air { stage: Stage::new(set), fonts: Fonts::bundled(), canvas, templates, frame: 0, checker }
    }

    pub(super) fn apply(&mut self, command: &Command) {
        self.stage.apply(FrameIndex(self.frame), command).unwrap_or_else(|refused| panic!("{refused}"));
    }

    pub(super) fn take(&mut self, layer: u16, template: &Template, fields: Fields) {
        let layer = LayerId(layer);
        self.apply(&Command::Cue { layer, template: template.id.clone(), fields });
        self.apply(&Command::Take { layer, cut: false });
    }

    /// To the next step of those that have one.
    pub(super) fn go_on(&mut self, layers: impl Iterator<Item = (u16, Arc<Template>)>) {
        for (layer, template) in layers {
            if template.steps() > 0 {
                self.apply(&Command::Continue { layer: LayerId(layer), to: None, by: None, cut: false });
            }
        }
    }

    pub(super) fn draw(&mut self, after: u64, game: &GameSnapshot) -> DrawList {
        self.frame += after;
        self.stage.draw(FrameIndex(self.frame), RATE, self.canvas, game, &mut self.fonts)
    }

    pub(super) fn moving(&mut self, frames: &[u64], game: &GameSnapshot) {
        for after in frames {
            let list = self.draw(*after, game);
            self.checker.look(&list, Moment::Moving);
        }
    }

    pub(super) fn rest(&mut self, game: &GameSnapshot) {
        let list = self.draw(SETTLED, game);
        self.checker.look(&list, Moment::Rest);
    }

    /// Takes every graphic out, then on air with other values in its fields, and on to its step; looks on the way.
    pub(super) fn cycle(&mut self, round: usize, game: &GameSnapshot) {
        let layers: Vec<LayerId> =
            self.stage.layers().iter().filter(|slot| slot.on_air.is_some()).map(|slot| slot.layer).collect();
        layers.into_iter().for_each(|layer| self.apply(&Command::Out { layer, cut: false }));
        self.moving(&[1, 2, 2], game);
        self.frame += SETTLED;
        let layers: Vec<_> = (1..).zip(self.templates.clone()).collect();
        for (layer, template) in &layers {
            self.take(*layer, template, fields(template, round, game));
        }
        self.moving(&[1, 3, 3, 3, 4, 6], game);
        self.rest(game);
        self.go_on(layers.into_iter());
        self.moving(&[2, 4], game);
        self.rest(game);
    }

    #[track_caller]
    pub(super) fn finish(self, what: &str) {
        assert!(self.checker.texts > 100, "{what}: looked at {} texts only", self.checker.texts);
        report(self.problems(), what);
    }

    /// What was found wrong, sorted.
    pub(super) fn problems(self) -> Vec<String> {
        let mut problems: Vec<_> = self.checker.problems.into_iter().collect();
        problems.sort();
        problems
    }
}

/// Fails where there are problems, with the first of them.
#[track_caller]
pub(super) fn report(problems: Vec<String>, what: &str) {
    let count = problems.len();
    assert!(count == 0, "{what}: {count} problems, among them\n{}", problems[..count.min(60)].join("\n"));
}

/// Values for the fields of a template, others each round: options, teams and players in turn, and long words.
pub(super) fn fields(template: &Template, round: usize, game: &GameSnapshot) -> Fields {
    let side = if round.is_multiple_of(2) { "home" } else { "away" };
    let team = if round.is_multiple_of(2) { &game.home } else { &game.away };
    let mut fields = Fields::new();
    for field in &template.fields {
        let value = match &field.kind {
            FieldKind::Select(options) => options[round % options.len()].clone(),
            FieldKind::Team => side.to_owned(),
            FieldKind::Player if round.is_multiple_of(3) || team.players.is_empty() => continue,
            FieldKind::Player => match &team.players[round % team.players.len()].number {
                Some(number) => number.clone(),
                None => continue,
            },
            FieldKind::Text => match field.id.strip_prefix("game_").and_then(|at| at.parse::<usize>().ok()) {
                Some(at) if at <= round % 5 + 1 => GAMES[(at + round) % GAMES.len()].to_owned(),
                Some(_) => continue,
                None if field.id == "league" => continue,
                None if round % 3 == 1 => LONG_WORDS.to_owned(),
                None if round % 3 == 2 => "Q".to_owned(),
                None => continue,
            },
            _ => continue,
        };
        fields.insert(field.id.clone(), value.into());
    }
    fields
}
