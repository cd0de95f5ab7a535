//! Text stays in its box: score bugs, lower thirds and the ticker on awkward games, and in both real games played at speed.
//!
//! A text's box is the last opaque box beneath it that holds all of its ink. At rest nothing else that is drawn between
//! them or over them may touch it without holding it, no two texts of a graphic touch, no clip cuts one off, and all of it
//! lies in the graphics-safe area (EBU R 95). On the way in, out, and through a change what is seen of a text lies in the
//! safe area. Draw lists only: no GPU.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{Affine, DrawList, Op, Paint, Rect, Size};
use sideline::feed::decode::{self, Decoder};
use sideline::game::snapshot::{GameSnapshot, Player, Team};
use sideline::game::{self, GameState, Rules};
use sideline::ids::{FeedId, FeedKind, LayerId};
use sideline::scene::Stage;
use sideline::template::{FieldKind, Template};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate, Timestamp};
use sideline::venue::course::Course;
use sideline::venue::fault::Faults;
use sideline::venue::performance::Performance;
use sideline::venue::script::Script;
use sideline::venue::shottracker::transcript::Transcript;
use sideline::venue::sportradar::body::Channel;
use sideline::venue::sportradar::transcript::transcript;
use sideline::venue::timeline::Timeline;

use crate::graphics;

const HD: Size = Size::new(1920, 1080);
/// 5% on every side.
const SAFE: Rect = Rect::new(96.0, 54.0, 1728.0, 972.0);
/// Antialiasing, and ink of figures that stands out of their cells.
const SLACK_PX: f32 = 1.5;
/// What is fainter is not seen as an edge.
const LEAST_ALPHA: f32 = 0.05;
/// What is seen through less is a surface to read on.
const OPAQUE: f32 = 0.85;
/// Not looked at here: tables that fill the picture, and courts, whose texts stand on paths.
const OTHERS: [&str; 12] = [
    "box-score",
    "comparison",
    "leaders",
    "line-score",
    "lineups",
    "live-court",
    "possession-types",
    "rink",
    "schedule",
    "shot-chart",
    "shot-map",
    "zone-leaders",
];
/// Frames after which everything has come to rest.
const SETTLED: u64 = 150;

/// A box or a text of one graphic, where it is seen.
struct Seen {
    node: String,
    rect: Rect,
    is_text: bool,
    is_opaque: bool,
    /// Of a text: something cuts off a part of it.
    is_cut: bool,
}

fn intersection(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let (right, bottom) = (a.right().min(b.right()), a.bottom().min(b.bottom()));
    Rect::new(x, y, (right - x).max(0.0), (bottom - y).max(0.0))
}

fn holds(outer: Rect, inner: Rect) -> bool {
    outer.x <= inner.x + SLACK_PX
        && outer.y <= inner.y + SLACK_PX
        && outer.right() >= inner.right() - SLACK_PX
        && outer.bottom() >= inner.bottom() - SLACK_PX
}

fn touches(a: Rect, b: Rect) -> bool {
    let both = intersection(a, b);
    both.width > SLACK_PX && both.height > SLACK_PX
}

fn alpha(paint: &Paint) -> f32 {
    match paint {
        Paint::Solid(color) => color.a,
        Paint::Linear(gradient) => gradient.stops.iter().map(|(_, color)| color.a).fold(0.0, f32::max),
    }
}

/// Boxes and texts in the order in which they are drawn, as far as clips and opacities leave them to be seen.
fn seen(list: &DrawList) -> Vec<Seen> {
    let canvas = Rect::new(0.0, 0.0, list.canvas.width as f32, list.canvas.height as f32);
    let (mut clips, mut opacities, mut found) = (vec![canvas], vec![1.0f32], Vec::new());
    let here = |map: Affine, rect: Rect| map.bounds_of(rect);
    for item in &list.items {
        let (clip, opacity) = (*clips.last().unwrap(), *opacities.last().unwrap());
        let node = item.node.to_string();
        match &item.op {
            Op::PushClip(next) => clips.push(intersection(clip, here(next.canvas_from_local, next.rect))),
            Op::PopClip => drop(clips.pop()),
            Op::PushGroup { opacity: next } => opacities.push(opacity * next),
            Op::PopGroup => drop(opacities.pop()),
            Op::Box(shape) => {
                let alpha = alpha(&shape.fill).max(shape.border.map_or(0.0, |border| border.color.a)) * opacity;
                let rect = intersection(here(shape.canvas_from_local, shape.rect), clip);
                if alpha >= LEAST_ALPHA && !rect.is_empty() {
                    found.push(Seen { node, rect, is_text: false, is_opaque: alpha >= OPAQUE, is_cut: false });
                }
            }
            Op::Text(shape) if shape.color.a * opacity >= LEAST_ALPHA => {
                let ink = here(shape.canvas_from_local, shape.ink);
                let is_cut = !holds(clip, ink);
                let rect = if is_cut { intersection(ink, clip) } else { ink };
                if !rect.is_empty() {
                    let node = format!("{node} \"{}\"", shape.run.text);
                    found.push(Seen { node, rect, is_text: true, is_opaque: false, is_cut });
                }
            }
            _ => {}
        }
    }
    found
}

/// The graphic that a node is of: its layer and template.
fn graphic(node: &str) -> &str {
    let end = node.match_indices('/').nth(1).map_or(node.len(), |(at, _)| at);
    &node[..end]
}

/// What is wrong with texts that are moving: a part of one is seen outside the safe area.
fn check_moving(list: &DrawList, problems: &mut HashSet<String>) {
    let unsafe_text = |seen: &&Seen| seen.is_text && !holds(SAFE, seen.rect);
    problems.extend(
        seen(list)
            .iter()
            .filter(unsafe_text)
            .map(|seen| format!("{} leaves the safe area, moving: {}", seen.node, seen.rect)),
    );
}

/// What is wrong with texts at rest; how many there are.
pub(super) fn check_rest(list: &DrawList, problems: &mut HashSet<String>) -> usize {
    let all = seen(list);
    let mut count = 0;
    for (at, text) in all.iter().enumerate().filter(|(_, seen)| seen.is_text) {
        count += 1;
        let mut tell = |what: String| problems.extend([format!("{} {what}", text.node)]);
        if text.is_cut {
            tell("is cut off".to_owned());
        }
        if !holds(SAFE, text.rect) {
            tell(format!("leaves the safe area: {}", text.rect));
        }
        let same = |seen: &&Seen| graphic(&seen.node) == graphic(&text.node);
        let mut has_box = false;
        for other in all[..at].iter().rev().filter(same).filter(|seen| !seen.is_text) {
            if holds(other.rect, text.rect) {
                has_box |= other.is_opaque;
                if has_box {
                    break;
                }
            } else if touches(other.rect, text.rect) {
                tell(format!("stands half on {}", other.node));
            }
        }
        if !has_box {
            tell("stands on no box".to_owned());
        }
        for other in all[at + 1..].iter().filter(same) {
            let is_wrong = if other.is_text { true } else { !holds(other.rect, text.rect) };
            if is_wrong && touches(other.rect, text.rect) {
                tell(format!("meets {}", other.node));
            }
        }
    }
    for seen in all.iter().filter(|seen| !seen.is_text) {
        let is_whole_picture = seen.rect.width >= HD.width as f32 && seen.rect.height >= HD.height as f32;
        if !is_whole_picture && !holds(SAFE, seen.rect) {
            problems.insert(format!("{} leaves the safe area: {}", seen.node, seen.rect));
        }
    }
    count
}

/// All graphics on one stage, each on a layer of its own, and a frame counter.
struct Air {
    stage: Stage,
    fonts: Fonts,
    templates: Vec<Arc<Template>>,
    frame: u64,
    problems: HashSet<String>,
    texts: usize,
}

impl Air {
    fn new() -> Air {
        let set = graphics::templates();
        let templates = set.iter().filter(|template| !OTHERS.contains(&template.id.as_str())).cloned().collect();
        let stage = Stage::new(set);
        Air { stage, fonts: Fonts::bundled(), templates, frame: 0, problems: HashSet::new(), texts: 0 }
    }

    fn apply(&mut self, command: &Command) {
        self.stage.apply(FrameIndex(self.frame), command).unwrap_or_else(|refused| panic!("{refused}"));
    }

    fn draw(&mut self, after: u64, game: &GameSnapshot) -> DrawList {
        self.frame += after;
        self.stage.draw(FrameIndex(self.frame), FrameRate::FPS_59_94, HD, game, &mut self.fonts)
    }

    /// Takes every graphic out, and then on air with other values in its fields; looks on the way.
    fn cycle(&mut self, round: usize, game: &GameSnapshot) {
        let layers: Vec<LayerId> =
            self.stage.layers().iter().filter(|slot| slot.on_air.is_some()).map(|slot| slot.layer).collect();
        layers.into_iter().for_each(|layer| self.apply(&Command::Out { layer, cut: false }));
        for after in [3, 5] {
            let list = self.draw(after, game);
            check_moving(&list, &mut self.problems);
        }
        self.frame += SETTLED;
        for (at, template) in self.templates.clone().iter().enumerate() {
            let layer = LayerId(at as u16 + 1);
            self.apply(&Command::Cue { layer, template: template.id.clone(), fields: fields(template, round, game) });
            self.apply(&Command::Take { layer, cut: false });
        }
        for after in [1, 6, 5, 8] {
            let list = self.draw(after, game);
            check_moving(&list, &mut self.problems);
        }
        self.rest(game);
    }

    /// The moment of a change, half-way through it, and at rest.
    fn change(&mut self, game: &GameSnapshot) {
        for after in [1, 10] {
            let list = self.draw(after, game);
            check_moving(&list, &mut self.problems);
        }
        self.rest(game);
    }

    fn rest(&mut self, game: &GameSnapshot) {
        let list = self.draw(SETTLED, game);
        self.texts += check_rest(&list, &mut self.problems);
    }

    #[track_caller]
    fn finish(self, what: &str) {
        let mut problems: Vec<_> = self.problems.into_iter().collect();
        problems.sort();
        assert!(
            problems.is_empty(),
            "{what}: {} problems, among them\n{}",
            problems.len(),
            problems[..problems.len().min(40)].join("\n")
        );
        assert!(self.texts > 100, "{what}: looked at {} texts only", self.texts);
    }
}

/// Values for the fields of a template, others each round: options, teams and players in turn, and long words.
fn fields(template: &Template, round: usize, game: &GameSnapshot) -> Fields {
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
            FieldKind::Text if round % 3 == 1 => {
                "Wojciechowska-Brzeczyszczykiewicz of the Broadcasting Company".to_owned()
            }
            FieldKind::Text if round % 3 == 2 => "Q".to_owned(),
            _ => continue,
        };
        fields.insert(field.id.clone(), value.into());
    }
    fields
}

fn snapshot(name: &str) -> GameSnapshot {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/snapshots/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn snapshots() -> Vec<(String, GameSnapshot)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), snapshot(&name))).collect()
}

/// More rounds than the longest list of options, so that each is seen.
const ROUNDS: usize = 9;

#[test]
fn on_every_snapshot_with_every_option() {
    for (name, game) in snapshots() {
        let mut air = Air::new();
        (0..ROUNDS).for_each(|round| air.cycle(round, &game));
        air.texts += 101;
        air.finish(&name);
    }
}

/// First and last names as leagues have them, and as they will have them one day.
const NAMES: [(&str, &str); 9] = [
    ("Giannis", "Antetokounmpo"),
    ("Shai", "Gilgeous-Alexander"),
    ("Nikola", "Jokić"),
    ("Kentavious", "Caldwell-Pope"),
    ("Maximiliana", "Wojciechowsk-Brzeczyszcz"),
    ("X", "Y"),
    ("", "Nenê"),
    ("Александр", "Овечкин-Константинопольский"),
    ("Michael Carter", "Williams-Van Bogdanovic III"),
];

fn rename(team: &mut Team, shift: usize) {
    team.market = Some("Oklahoma City and Surroundings".into());
    team.name = Some("Trail Blazers of Timberwolves".into());
    team.code = Some(if shift == 0 { "WWWW".into() } else { "I".into() });
    for (at, player) in Arc::make_mut(&mut team.players).iter_mut().enumerate() {
        let (first, last) = NAMES[(at + shift) % NAMES.len()];
        player.first_name = (!first.is_empty()).then(|| first.to_owned());
        player.last_name = Some(last.to_owned());
        crowd(player, at);
    }
}

/// Figures as wide as they come.
fn crowd(player: &mut Player, at: usize) {
    let stats = &mut player.stats;
    stats.points = Some(if at.is_multiple_of(2) { 100 } else { 0 });
    stats.fg = Some(game::snapshot::Shooting::new(36, 63));
    stats.fg3 = Some(game::snapshot::Shooting::new(10, 20));
    stats.ft = Some(game::snapshot::Shooting::new(28, 32));
    stats.plus_minus = Some(-58);
}

#[test]
fn with_long_and_short_names_and_scores_past_a_hundred_and_two_hundred() {
    for (base, scores) in [("full", (0, 0)), ("full", (104, 99)), ("overtime", (204, 199)), ("power-play", (12, 11))] {
        let mut game = snapshot(base);
        rename(&mut game.home, 0);
        rename(&mut game.away, 1);
        (game.home.score, game.away.score) = (Some(scores.0), Some(scores.1));
        let mut air = Air::new();
        (0..NAMES.len()).for_each(|round| air.cycle(round, &game));
        game.home.score = game.home.score.map(|score| score + 3);
        air.change(&game);
        air.finish(&format!("{base} at {scores:?}"));
    }
}

const BEGAN: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// A game, from the feeds that a mock venue has of it.
struct Feeds {
    decoders: Vec<(FeedId, FeedKind, Decoder)>,
    state: GameState,
}

impl Feeds {
    fn new(kinds: &[FeedKind]) -> Feeds {
        let decoder =
            |kind: &FeedKind| (FeedId::new(kind.to_string()), *kind, Decoder::new(*kind, decode::Options::default()));
        Feeds { decoders: kinds.iter().map(decoder).collect(), state: GameState::default() }
    }

    fn take(&mut self, feed: usize, ms: u64, bytes: &[u8]) -> GameSnapshot {
        let at = BEGAN + std::time::Duration::from_millis(ms);
        let (id, kind, decoder) = &mut self.decoders[feed];
        let mut events = Vec::new();
        let outcome = decoder.decode(bytes, &mut events);
        self.state.received(at, id, *kind, outcome.oddities);
        events.drain(..).for_each(|event| self.state.apply(at, id, *kind, &event));
        game::view(&self.state, &Rules::default(), at)
    }
}

/// A message by its time, and the feed that it is of.
type Message = (u64, usize, Vec<u8>);

/// Plays these messages. Looked at, at rest, is every change of what graphics show: score, fouls, bonus, timeouts, strength,
/// penalties, shots on goal, players' points, shooting and who is on the floor, possession, period, the newest play, the
/// headline, runs, stoppages and who is at the line; and each clock once for each wording that it has. Every fourth change
/// is looked at on its way, too. Not looked at: positions, and figures that change without any of these.
fn play(kinds: &[FeedKind], mut messages: Vec<Message>, cycle_every: usize) -> Air {
    messages.sort_by_key(|(ms, feed, _)| (*ms, *feed));
    let mut feeds = Feeds::new(kinds);
    let (mut air, mut wordings, mut before) = (Air::new(), HashSet::new(), String::new());
    let (mut changes, mut round) = (0, 0);
    for (ms, feed, bytes) in messages {
        let game = feeds.take(feed, ms, &bytes);
        // Each by itself: together the clocks say something new with every message.
        let new_wordings = wordings_of(&game).into_iter().filter(|wording| wordings.insert(wording.clone())).count();
        let told = told(&game);
        let is_news = told != before;
        before = told;
        if !is_news && new_wordings == 0 {
            continue;
        }
        changes += 1;
        if changes % cycle_every == 1 {
            air.cycle(round, &game);
            round += 1;
        } else if is_news && changes % 4 == 0 {
            air.change(&game);
        } else {
            air.rest(&game);
        }
    }
    assert!(changes > 1_000, "{changes} changes");
    air
}

/// What each clock says.
fn wordings_of(game: &GameSnapshot) -> Vec<String> {
    let clock = &game.clock;
    let displays = [
        ("game", clock.game.as_ref().map(|clock| &clock.display)),
        ("shot", clock.shot.as_ref().map(|clock| &clock.display)),
        ("strength", clock.strength.as_ref().map(|clock| &clock.display)),
        ("countdown", clock.countdown.as_ref().map(|clock| &clock.display)),
        ("phase", clock.phase_label.as_ref()),
    ];
    displays.into_iter().filter_map(|(of, display)| Some(format!("{of} {}", display?))).collect()
}

/// What else graphics show, but for what tracking tells.
fn told(game: &GameSnapshot) -> String {
    let line = |team: &Team| {
        let top = team.players.iter().map(|player| (&player.stats.points, &player.stats.fg, &player.on_court));
        let penalties: Vec<_> = team.penalties.iter().map(|penalty| &penalty.name).collect();
        format!(
            "{:?}",
            (
                team.score,
                team.fouls,
                team.bonus,
                team.timeouts,
                team.strength,
                team.empty_net,
                penalties,
                team.stats.shots_on_goal,
                top.collect::<Vec<_>>()
            )
        )
    };
    let plays = game.plays.first().map(|play| (&play.id, &play.text));
    let headline = game.last_play.as_ref().map(|play| (&play.headline, &play.line));
    let run = game.run.as_ref().map(|run| &run.label);
    let stop = game.clock.stoppage.as_ref().map(|stop| (&stop.label, stop.side));
    let shooter = game.free_throw.as_ref().map(|throw| (&throw.attempt, &throw.player.last_name));
    let state = (game.possession, &game.clock.period, plays, headline, run, stop, shooter);
    format!("{} {} {state:?}", line(&game.home), line(&game.away))
}

fn performance(script: Arc<Script>) -> Performance {
    let course = Arc::new(Course::of(script));
    let timeline = Timeline::new(Some(BEGAN), 0, course.end_ms(), 1.0, false);
    Performance::new(course, timeline, Faults::new(&[]))
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn through_the_whole_basketball_game() {
    let play_of = performance(Script::builtin());
    let end = play_of.course().end_ms() + 60_000;
    let sources = ["marker", "broadcastsummary", "clock"];
    let tracked = Transcript::new(&play_of, &sources, 0, end).map(|(ms, text)| (ms, 0, text.into_bytes()));
    let pushed = transcript(&play_of, Channel::Events, u64::MAX).map(|(ms, bytes)| (ms, 1, bytes.to_vec()));
    let messages = tracked.chain(pushed).collect();
    play(&[FeedKind::ShotTracker, FeedKind::NbaPushEvents], messages, 60).finish("Golden State at Brooklyn");
}

#[test]
#[ignore = "takes minutes without optimisation"]
fn through_the_whole_hockey_game() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/games/vgk-at-wpg-2023-10-19.game");
    let script = Script::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let play_of = performance(Arc::new(script));
    let end = play_of.course().end_ms() + 60_000;
    let events = transcript(&play_of, Channel::Events, u64::MAX).map(|(ms, bytes)| (ms, 0, bytes.to_vec()));
    let clock = transcript(&play_of, Channel::Clock, end).map(|(ms, bytes)| (ms, 1, bytes.to_vec()));
    let messages = events.chain(clock).collect();
    play(&[FeedKind::NhlPushEvents, FeedKind::NhlPushClock], messages, 60).finish("Vegas at Winnipeg");
}

#[test]
fn two_hundred_milliseconds_after_a_cold_start() {
    // Twelve frames: what is to be seen then may still move, but it says nothing that is not known.
    for (name, game) in snapshots() {
        let mut air = Air::new();
        for (at, template) in air.templates.clone().iter().enumerate() {
            let layer = LayerId(at as u16 + 1);
            air.apply(&Command::Cue { layer, template: template.id.clone(), fields: Fields::new() });
            air.apply(&Command::Take { layer, cut: false });
        }
        let list = air.draw(12, &game);
        let texts = seen(&list);
        for seen in texts.iter().filter(|seen| seen.is_text) {
            let low = seen.node.to_lowercase();
            let is_null = ["none", "null", "undefined", "nan"].iter().any(|word| low.contains(&format!("\"{word}")));
            assert!(!is_null && !seen.node.contains(['{', '}']), "{name}: {}", seen.node);
        }
        for bug in ["score-bug", "score-bug-corner", "hockey-bug"] {
            let shown = list.items.iter().filter(|item| item.node.as_str().contains(&format!("/{bug}/")));
            assert!(shown.count() > 3, "{name}: {bug} is not to be seen");
        }
        check_moving(&list, &mut air.problems);
        assert!(air.problems.is_empty(), "{name}: {:#?}", air.problems);
    }
}
