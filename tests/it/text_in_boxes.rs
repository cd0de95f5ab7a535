//! Text stays in its box: all graphics on awkward games, from the first bytes of a feed on, and in both real games.
//!
//! `boxes` says what is looked at. Of each real game five minutes are looked at frame by frame, with every graphic coming,
//! stepping and going, and the whole of it whenever it has something new to say. Draw lists only: no GPU.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Op};
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

use crate::boxes::{Checker, HD, Moment};
use crate::graphics;

/// Frames after which everything has come to rest.
const SETTLED: u64 = 150;
const RATE: FrameRate = FrameRate::FPS_25;
const MS_A_FRAME: u64 = 40;
/// What an operator may write who has never seen a screen.
const LONG_WORDS: &str = "Wojciechowska-Brzeczyszczykiewicz of the Broadcasting Company";
const GAMES: [&str; 5] = [
    "SAT 28 NOV | at Milwaukee | 7:30 PM | Fiserv Forum",
    "MON 30 NOV | Philadelphia | 8:00 PM | Barclays Center",
    "WED 2 DEC | at Oklahoma City Thunder | 7:00 PM | Paycom Center",
    "TBD",
    "SUN 6 DEC | at Minnesota Timberwolves | 12:30 PM",
];

/// All graphics on one stage, each on a layer of its own, and a frame counter.
struct Air {
    stage: Stage,
    fonts: Fonts,
    templates: Vec<Arc<Template>>,
    frame: u64,
    checker: Checker,
}

impl Air {
    fn new() -> Air {
        let set = graphics::templates();
        let templates = set.iter().cloned().collect();
        let checker = Checker::allowing(LONG_WORDS);
        Air { stage: Stage::new(set), fonts: Fonts::bundled(), templates, frame: 0, checker }
    }

    fn apply(&mut self, command: &Command) {
        self.stage.apply(FrameIndex(self.frame), command).unwrap_or_else(|refused| panic!("{refused}"));
    }

    fn take(&mut self, layer: u16, template: &Template, fields: Fields) {
        let layer = LayerId(layer);
        self.apply(&Command::Cue { layer, template: template.id.clone(), fields });
        self.apply(&Command::Take { layer, cut: false });
    }

    /// To the next step of those that have one.
    fn go_on(&mut self, layers: impl Iterator<Item = (u16, Arc<Template>)>) {
        for (layer, template) in layers {
            if template.steps() > 0 {
                self.apply(&Command::Continue { layer: LayerId(layer), to: None, by: None, cut: false });
            }
        }
    }

    fn draw(&mut self, after: u64, game: &GameSnapshot) -> DrawList {
        self.frame += after;
        self.stage.draw(FrameIndex(self.frame), RATE, HD, game, &mut self.fonts)
    }

    fn moving(&mut self, frames: &[u64], game: &GameSnapshot) {
        for after in frames {
            let list = self.draw(*after, game);
            self.checker.look(&list, Moment::Moving);
        }
    }

    fn rest(&mut self, game: &GameSnapshot) {
        let list = self.draw(SETTLED, game);
        self.checker.look(&list, Moment::Rest);
    }

    /// Takes every graphic out, then on air with other values in its fields, and on to its step; looks on the way.
    fn cycle(&mut self, round: usize, game: &GameSnapshot) {
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
    fn finish(self, what: &str) {
        let mut problems: Vec<_> = self.checker.problems.into_iter().collect();
        problems.sort();
        assert!(
            problems.is_empty(),
            "{what}: {} problems, among them\n{}",
            problems.len(),
            problems[..problems.len().min(60)].join("\n")
        );
        assert!(self.checker.texts > 100, "{what}: looked at {} texts only", self.checker.texts);
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

/// As many rounds as the longest list of options has, so that each is seen.
const ROUNDS: usize = 8;

#[track_caller]
fn check_rounds(names: &[&str]) {
    for (name, game) in snapshots().into_iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())) {
        let mut air = Air::new();
        let rounds = if names.is_empty() { 0..2 } else { 0..ROUNDS };
        rounds.for_each(|round| air.cycle(round, &game));
        air.checker.texts += 101;
        air.finish(&name);
    }
}

#[test]
fn on_every_snapshot() {
    check_rounds(&[]);
}

#[test]
fn with_every_option_in_basketball() {
    check_rounds(&["free-throw", "tracking"]);
}

#[test]
fn with_every_option_in_hockey() {
    check_rounds(&["hockey-shots", "power-play"]);
}

/// First and last names as leagues have them.
const NAMES: [(&str, &str); 14] = [
    ("Giannis", "Antetokounmpo"),
    ("Shai", "Gilgeous-Alexander"),
    ("Nikola", "Jokić"),
    ("Kentavious", "Caldwell-Pope"),
    ("Michael", "Carter-Williams"),
    ("Mfiondu", "Kabengele"),
    ("X", "Y"),
    ("", "Nenê"),
    ("Светослав", "Михайлюк"),
    ("Александр", "Овечкин"),
    ("塁", "八村"),
    ("雄太", "渡邊"),
    ("عمر", "عبد الرحمن"),
    ("محمد", "صلاح"),
];

/// And as they will have them one day. These alone may lose their ends.
const ABSURD: [(&str, &str); 3] = [
    ("Maximiliana", "Wojciechowsk-Brzeczyszcz"),
    ("Александр", "Овечкин-Константинопольский"),
    ("Michael Carter", "Williams-Van Bogdanovic III"),
];
const ABSURD_CITY: &str = "Oklahoma City and Surroundings";
const ABSURD_CLUB: &str = "Trail Blazers of Timberwolves";

fn rename(team: &mut Team, names: &[(&str, &str)], shift: usize) {
    for (at, player) in Arc::make_mut(&mut team.players).iter_mut().enumerate() {
        let (first, last) = names[(at + shift) % names.len()];
        player.first_name = (!first.is_empty()).then(|| first.to_owned());
        player.last_name = Some(last.to_owned());
        crowd(player, at);
    }
}

/// Figures as wide as they come, and players who are out.
fn crowd(player: &mut Player, at: usize) {
    let stats = &mut player.stats;
    stats.points = Some(if at.is_multiple_of(2) { 100 } else { 0 });
    stats.fg = Some(game::snapshot::Shooting::new(36, 63));
    stats.fg3 = Some(game::snapshot::Shooting::new(10, 20));
    stats.ft = Some(game::snapshot::Shooting::new(28, 32));
    stats.plus_minus = Some(-58);
    player.fouled_out = Some(at % 4 == 1);
    player.ejected = Some(at % 5 == 2);
}

#[test]
fn with_real_names_of_many_scripts_and_scores_of_nothing_and_past_two_hundred() {
    for (base, scores) in [("full", (0, 0)), ("final-4ot", (204, 199)), ("power-play", (12, 11))] {
        let mut game = snapshot(base);
        rename(&mut game.home, &NAMES, 0);
        rename(&mut game.away, &NAMES, 7);
        (game.home.score, game.away.score) = (Some(scores.0), Some(scores.1));
        let mut air = Air::new();
        (0..4).for_each(|round| air.cycle(round, &game));
        game.home.score = game.home.score.map(|score| score + 3);
        air.moving(&[1, 4, 4], &game);
        air.rest(&game);
        air.finish(&format!("{base} at {scores:?}"));
    }
}

#[test]
fn with_names_that_nobody_has() {
    for base in ["full", "power-play"] {
        let mut game = snapshot(base);
        for (team, shift) in [(&mut game.home, 0), (&mut game.away, 1)] {
            rename(team, &ABSURD, shift);
            (team.market, team.name) = (Some(ABSURD_CITY.into()), Some(ABSURD_CLUB.into()));
            team.code = Some(if shift == 0 { "WWWW".into() } else { "I".into() });
        }
        let mut air = Air::new();
        let initial = |name: &str| name.chars().next().unwrap_or_default();
        for (first, last) in ABSURD {
            let all = [format!("{first} {last}"), format!("{}. {last}", initial(first))];
            air.checker.absurd.extend(all);
        }
        air.checker.absurd.push(format!("{ABSURD_CITY} {ABSURD_CLUB}"));
        air.checker.absurd.push(format!("{ABSURD_CLUB} at {ABSURD_CLUB}"));
        (0..4).for_each(|round| air.cycle(round, &game));
        air.finish(base);
    }
}

const BEGAN: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn moment(ms: u64) -> Timestamp {
    BEGAN + Duration::from_millis(ms)
}

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

    fn take(&mut self, (ms, feed, bytes): &Message) {
        let (id, kind, decoder) = &mut self.decoders[*feed];
        let mut events = Vec::new();
        let outcome = decoder.decode(bytes, &mut events);
        self.state.received(moment(*ms), id, *kind, outcome.oddities);
        events.drain(..).for_each(|event| self.state.apply(moment(*ms), id, *kind, &event));
    }

    fn view(&self, ms: u64) -> GameSnapshot {
        game::view(&self.state, &Rules::default(), moment(ms))
    }
}

/// A message by its time, and the feed that it is of.
type Message = (u64, usize, Vec<u8>);

/// The feed of clocks and summaries; the other one tells plays.
const CLOCKS: usize = 0;
const PLAYS: usize = 1;

/// A game as its mock venue sends it.
struct Game {
    kinds: [FeedKind; 2],
    performance: Performance,
}

impl Game {
    fn new(kinds: [FeedKind; 2], script: Arc<Script>) -> Game {
        let course = Arc::new(Course::of(script));
        let timeline = Timeline::new(Some(BEGAN), 0, course.end_ms(), 1.0, false);
        Game { kinds, performance: Performance::new(course, timeline, Faults::new(&[])) }
    }

    /// Golden State at Brooklyn.
    fn basketball() -> Game {
        Game::new([FeedKind::ShotTracker, FeedKind::NbaPushEvents], Script::builtin())
    }

    /// Vegas at Winnipeg.
    fn hockey() -> Game {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/games/vgk-at-wpg-2023-10-19.game");
        let script = Script::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
        Game::new([FeedKind::NhlPushClock, FeedKind::NhlPushEvents], Arc::new(script))
    }

    fn end_ms(&self) -> u64 {
        self.performance.course().end_ms() + 60_000
    }

    /// What these sources of the tracking send between two moments.
    fn tracked(&self, sources: &[&str], from_ms: u64, to_ms: u64) -> Vec<Message> {
        Transcript::new(&self.performance, sources, from_ms, to_ms)
            .map(|(ms, text)| (ms, CLOCKS, text.into_bytes()))
            .collect()
    }

    /// The first message of a source between two moments.
    fn tracked_first(&self, source: &str, from_ms: u64, to_ms: u64) -> Option<Message> {
        let (ms, text) = Transcript::new(&self.performance, &[source], from_ms, to_ms).next()?;
        Some((ms, CLOCKS, text.into_bytes()))
    }

    /// What a league's feed sends between two moments.
    fn pushed(&self, channel: Channel, feed: usize, from_ms: u64, to_ms: u64) -> Vec<Message> {
        let all = transcript(&self.performance, channel, to_ms);
        all.filter(|(ms, _)| *ms >= from_ms).map(|(ms, bytes)| (ms, feed, bytes.to_vec())).collect()
    }

    /// Everything but positions, in order: the plays from the beginning, and from a moment on what else there is. Before it a
    /// summary a minute tells as much: there are thousands, each of the whole game, and making them takes the longest.
    fn messages(&self, whole_from_ms: u64, to_ms: u64) -> Vec<Message> {
        let mut all = self.pushed(Channel::Events, PLAYS, 0, to_ms);
        if self.kinds[CLOCKS] == FeedKind::ShotTracker {
            let minutes = (0..whole_from_ms).step_by(60_000);
            let a_minute = |from_ms| self.tracked_first("broadcastsummary", from_ms, from_ms + 60_000);
            all.extend(minutes.filter_map(a_minute));
            all.extend(self.tracked(&["marker", "clock"], 0, to_ms));
            all.extend(self.tracked(&["broadcastsummary"], whole_from_ms, to_ms));
        } else {
            all.extend(self.pushed(Channel::Clock, CLOCKS, 0, to_ms));
        }
        all.sort_by_key(|(ms, feed, _)| (*ms, *feed));
        all
    }
}

/// With digits as one another: those that change on air are equally wide.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// What graphics say: the newest plays, the headline, runs, stoppages and who is at the line, each clock and score, the state
/// that decides which parts of a bug are to be seen, and the players' and teams' figures by their lengths.
fn sayings(game: &GameSnapshot) -> Vec<String> {
    let clock = &game.clock;
    let display = |clock: Option<&String>| clock.cloned().unwrap_or_default();
    let state = (game.possession, clock.phase, clock.period.as_ref().map(|period| &period.label));
    let mut said = vec![
        format!("plays {:?}", game.plays.first().map(|play| (play.team, &play.text))),
        format!("last play {:?}", game.last_play.as_ref().map(|play| (play.side, &play.headline, &play.line))),
        format!("run {:?}", game.run.as_ref().map(|run| (run.side, &run.label))),
        format!("stoppage {:?}", clock.stoppage.as_ref().map(|stop| (stop.side, &stop.label, stop.clock.is_some()))),
        format!("at the line {:?}", game.free_throw.as_ref().map(|throw| (&throw.attempt, &throw.player.last_name))),
        format!("game clock {}", display(clock.game.as_ref().map(|clock| &clock.display))),
        format!("shot clock {}", display(clock.shot.as_ref().map(|clock| &clock.display))),
        format!("strength {}", display(clock.strength.as_ref().map(|clock| &clock.display))),
        format!("countdown {}", display(clock.countdown.as_ref().map(|clock| &clock.display))),
        format!("phase {:?} {state:?}", clock.phase_label),
    ];
    for team in [&game.home, &game.away] {
        let penalties = team.penalties.iter().map(|penalty| &penalty.name).collect::<Vec<_>>();
        let known = (team.fouls.is_some(), team.timeouts.is_some(), team.stats.shots_on_goal.is_some());
        said.push(format!("{:?}", (team.bonus, team.strength, team.skaters, team.empty_net, penalties, known)));
        said.push(format!("{:?} {:?}", team.score, team.by_period));
        said.push(format!(
            "shots {} lineups {}",
            "x".repeat(team.shots.len() / 10),
            "x".repeat(team.lineups.len() / 4)
        ));
    }
    said
}

/// Looks at all graphics whenever the game says what it never said before, digits counting as one another, and now and then
/// at all of them coming, stepping and going.
#[track_caller]
fn check_whole(game: &Game, what: &str) {
    let (mut feeds, mut air) = (Feeds::new(&game.kinds), Air::new());
    let (mut heard, mut clocks, mut seen_ms, mut looks) = (HashSet::new(), HashSet::new(), 0, 0);
    for message in game.messages(game.end_ms(), game.end_ms()) {
        let (ms, feed, bytes) = &message;
        feeds.take(&message);
        // Thousands of clocks differ in their digits only.
        let is_like_another = *feed == CLOCKS && !clocks.insert(shape(&String::from_utf8_lossy(bytes)));
        if is_like_another && *ms < seen_ms + 10_000 {
            continue;
        }
        seen_ms = *ms;
        let view = feeds.view(*ms);
        if sayings(&view).iter().filter(|saying| heard.insert(shape(saying))).count() == 0 {
            continue;
        }
        if looks % 30 == 0 {
            air.cycle(looks / 30, &view);
        } else if looks % 3 == 0 {
            air.moving(&[1, 4], &view);
            air.rest(&view);
        } else {
            air.rest(&view);
        }
        looks += 1;
    }
    assert!(looks > 200, "{what}: {looks} looks only");
    air.finish(what);
}

/// Looks at every frame of five minutes: the bugs are on air all the time, and two more graphics at a time come, take their
/// steps and go.
#[track_caller]
fn check_slice(game: &Game, from_ms: u64, bugs: &[&str], what: &str) {
    const FRAMES: u64 = 5 * 60 * 25;
    const TURN: u64 = 150;
    let to_ms = from_ms + FRAMES * MS_A_FRAME;
    let mut messages = game.messages(from_ms.saturating_sub(60_000), to_ms);
    if game.kinds[CLOCKS] == FeedKind::ShotTracker {
        messages.extend(game.tracked(&["location"], from_ms, to_ms));
        messages.sort_by_key(|(ms, feed, _)| (*ms, *feed));
    }
    let (mut feeds, mut air) = (Feeds::new(&game.kinds), Air::new());
    let (bugs, others): (Vec<_>, Vec<_>) =
        air.templates.clone().into_iter().partition(|template| bugs.contains(&template.id.as_str()));
    let (mut messages, mut taken, mut on_air) = (messages.into_iter().peekable(), 0, [None, None]);
    for frame in 0..FRAMES {
        let ms = from_ms + frame * MS_A_FRAME;
        while let Some(message) = messages.next_if(|(due, ..)| *due <= ms) {
            feeds.take(&message);
        }
        let view = feeds.view(ms);
        if frame == 0 {
            (1..).zip(&bugs).for_each(|(layer, bug)| air.take(layer, bug, Fields::new()));
        }
        for (slot, on_air) in on_air.iter_mut().enumerate() {
            let layer = slot as u16 + 11;
            match (frame + slot as u64 * TURN / 2) % TURN {
                1 => {
                    let template = others[taken % others.len()].clone();
                    air.take(layer, &template, fields(&template, taken / others.len(), &view));
                    (*on_air, taken) = (Some(template), taken + 1);
                }
                70 => air.go_on(on_air.clone().map(|template| (layer, template)).into_iter()),
                130 if on_air.is_some() => air.apply(&Command::Out { layer: LayerId(layer), cut: false }),
                _ => {}
            }
        }
        let list = air.draw(1, &view);
        air.checker.watch(&list);
    }
    assert!(taken > 3 * others.len(), "{what}: {taken} graphics in {FRAMES} frames");
    air.finish(what);
}

#[test]
fn through_the_whole_basketball_game() {
    check_whole(&Game::basketball(), "Golden State at Brooklyn");
}

#[test]
fn through_the_whole_hockey_game() {
    check_whole(&Game::hockey(), "Vegas at Winnipeg");
}

#[test]
fn in_every_frame_of_five_minutes_of_basketball() {
    // Around the end of the first half, when clocks show tenths and the interval begins.
    let game = Game::basketball();
    let from_ms = game.end_ms() / 2 - 150_000;
    check_slice(&game, from_ms, &["score-bug", "score-bug-corner"], "Golden State at Brooklyn");
}

#[test]
fn in_every_frame_of_five_minutes_of_hockey() {
    let game = Game::hockey();
    let from_ms = game.end_ms() * 5 / 6;
    check_slice(&game, from_ms, &["hockey-bug"], "Vegas at Winnipeg");
}

#[track_caller]
fn check_cold(game: &GameSnapshot, what: &str) {
    // What is to be seen then may still move, but it says nothing that is not known.
    let mut air = Air::new();
    for (layer, template) in (1..).zip(air.templates.clone()) {
        air.take(layer, &template, Fields::new());
    }
    air.draw(1, game);
    let list = air.draw(4, game);
    for item in &list.items {
        let Op::Text(shape) = &item.op else { continue };
        let low = shape.run.text.to_lowercase();
        let is_null = ["none", "null", "undefined", "nan"].contains(&low.trim());
        assert!(!is_null && !low.contains(['{', '}']), "{what}: {} \"{}\"", item.node, shape.run.text);
    }
    for bug in ["score-bug", "score-bug-corner", "hockey-bug"] {
        let shown = list.items.iter().filter(|item| item.node.as_str().contains(&format!("/{bug}/")));
        assert!(shown.count() > 3, "{what}: {bug} is not to be seen");
    }
    air.checker.look(&list, Moment::Moving);
    air.rest(game);
    air.checker.texts += 101;
    air.finish(what);
}

#[test]
fn two_hundred_milliseconds_after_a_cold_start() {
    for (name, game) in snapshots() {
        check_cold(&game, &name);
    }
}

#[test]
fn from_the_first_two_hundred_milliseconds_of_a_feed_wherever_it_is_joined() {
    for (game, what) in [(Game::basketball(), "Golden State at Brooklyn"), (Game::hockey(), "Vegas at Winnipeg")] {
        for part in [0, 1, 3, 5, 7, 9, 10] {
            let from_ms = game.end_ms() * part / 10;
            let mut feeds = Feeds::new(&game.kinds);
            let first = game.messages(from_ms, from_ms + 200);
            first.iter().for_each(|message| feeds.take(message));
            check_cold(&feeds.view(from_ms + 200), &format!("{what}, joined at {from_ms} ms"));
        }
    }
}
