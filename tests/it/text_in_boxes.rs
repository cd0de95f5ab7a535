//! Text stays in its box: all graphics on awkward games, from the first bytes of a feed on, and in both real games.
//!
//! `boxes` says what is looked at. Each real game is looked at frame by frame with every graphic coming, stepping and going: all of
//! it at speed, and five minutes as they were; and whenever it has something new to say. Draw lists only: no GPU.

mod air;
mod games;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{Op, Size};
use sideline::game::snapshot::{GameSnapshot, Player, Shooting, Team};
use sideline::ids::{FeedKind, LayerId};
use sideline::template::TemplateSet;

use crate::boxes::{HD, Moment};
use crate::graphics;
use air::{Air, MS_A_FRAME, fields, report};
use games::{CLOCKS, Feeds, Game, sayings, shape};

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

const TALL: Size = Size::new(1080, 1920);

/// As many rounds as the longest list of options has, so that each is seen.
const ROUNDS: usize = 8;

/// Of these snapshots; of none named, all of them for two rounds.
#[track_caller]
fn check_rounds(names: &[&str], look: &Arc<TemplateSet>, canvas: Size) {
    let (mut texts, mut problems) = (0, Vec::new());
    for (name, game) in snapshots().into_iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())) {
        let mut air = Air::of(look.clone(), canvas);
        let rounds = if names.is_empty() { 0..2 } else { 0..ROUNDS };
        rounds.for_each(|round| air.cycle(round, &game));
        texts += air.checker.texts;
        problems.extend(air.problems().into_iter().map(|problem| format!("{name}: {problem}")));
    }
    assert!(texts > 2_000, "looked at {texts} texts only");
    report(problems, &canvas.to_string());
}

#[test]
fn on_every_snapshot() {
    check_rounds(&[], &graphics::templates(), HD);
}

#[test]
fn on_every_snapshot_with_the_second_theme() {
    check_rounds(&[], &graphics::daylight(), HD);
}

#[test]
fn on_every_snapshot_upright() {
    check_rounds(&[], &graphics::templates(), TALL);
}

#[test]
fn on_every_snapshot_upright_with_the_second_theme() {
    check_rounds(&[], &graphics::daylight(), TALL);
}

#[test]
fn with_every_option_in_basketball() {
    check_rounds(&["free-throw", "tracking"], &graphics::templates(), HD);
}

#[test]
fn with_every_option_in_hockey() {
    check_rounds(&["hockey-shots", "power-play"], &graphics::templates(), HD);
}

#[test]
fn with_every_option_upright() {
    check_rounds(&["free-throw", "power-play"], &graphics::templates(), TALL);
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
    stats.fg = Some(Shooting::new(36, 63));
    stats.fg3 = Some(Shooting::new(10, 20));
    stats.ft = Some(Shooting::new(28, 32));
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

/// A part of a game, and how many times as fast as it was it goes by.
struct Part {
    from_ms: u64,
    to_ms: u64,
    speed: u64,
    /// How many graphics come and go at a time, beside the bugs.
    slots: usize,
}

/// Looks at every frame of a part of a game: the bugs are on air all the time, and other graphics come, take their steps
/// and go.
#[track_caller]
fn check_frames(game: &Game, part: &Part, bugs: &[&str], what: &str) {
    const TURN: u64 = 150;
    let Part { from_ms, to_ms, speed, slots } = *part;
    // At speed a summary a minute is one in so many frames, and where everybody stands says no more text than the plays.
    let mut messages = game.messages(if speed == 1 { from_ms.saturating_sub(60_000) } else { to_ms }, to_ms);
    if speed == 1 && game.kinds[CLOCKS] == FeedKind::ShotTracker {
        messages.extend(game.tracked(&["location"], from_ms, to_ms));
        messages.sort_by_key(|(ms, feed, _)| (*ms, *feed));
    }
    let (mut feeds, mut air) = (Feeds::new(&game.kinds), Air::new());
    let (bugs, others): (Vec<_>, Vec<_>) =
        air.templates.clone().into_iter().partition(|template| bugs.contains(&template.id.as_str()));
    let (mut messages, mut taken, mut on_air) = (messages.into_iter().peekable(), 0, vec![None; slots]);
    for (frame, ms) in (0..).zip((from_ms..to_ms).step_by((MS_A_FRAME * speed) as usize)) {
        while let Some(message) = messages.next_if(|(due, ..)| *due <= ms) {
            feeds.take(&message);
        }
        let view = feeds.view(ms);
        if frame == 0 {
            (1..).zip(&bugs).for_each(|(layer, bug)| air.take(layer, bug, Fields::new()));
        }
        for (slot, on_air) in on_air.iter_mut().enumerate() {
            let layer = slot as u16 + 11;
            match (frame + slot as u64 * TURN / slots as u64) % TURN {
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
    assert!(taken > 3 * others.len(), "{what}: {taken} graphics were on air");
    air.finish(what);
}

/// Five minutes as they were.
fn five_minutes(from_ms: u64) -> Part {
    Part { from_ms, to_ms: from_ms + 5 * 60_000, speed: 1, slots: 2 }
}

/// A whole game at sixty times its speed.
fn at_speed(game: &Game) -> Part {
    Part { from_ms: 0, to_ms: game.end_ms(), speed: 60, slots: 4 }
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
    check_frames(&game, &five_minutes(from_ms), &["score-bug", "score-bug-corner"], "Golden State at Brooklyn");
}

#[test]
fn in_every_frame_of_five_minutes_of_hockey() {
    let game = Game::hockey();
    let from_ms = game.end_ms() * 5 / 6;
    check_frames(&game, &five_minutes(from_ms), &["hockey-bug"], "Vegas at Winnipeg");
}

#[test]
fn in_every_frame_of_a_basketball_game_at_speed() {
    let game = Game::basketball();
    check_frames(&game, &at_speed(&game), &["score-bug", "score-bug-corner"], "Golden State at Brooklyn");
}

#[test]
fn in_every_frame_of_four_overtimes_at_speed() {
    let game = Game::four_overtimes();
    // From the third quarter on.
    let part = Part { from_ms: game.end_ms() * 4 / 10, ..at_speed(&game) };
    check_frames(&game, &part, &["score-bug", "score-bug-corner"], "four overtimes");
}

#[test]
fn in_every_frame_of_a_hockey_game_at_speed() {
    let game = Game::hockey();
    check_frames(&game, &at_speed(&game), &["hockey-bug"], "Vegas at Winnipeg");
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
