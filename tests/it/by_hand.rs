//! A game without any feed, run by hand from a roster file: with the real program, killed in mid-game.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

use crate::journal::{Running, entries, sideline, wait_for};

const SHOW: &str = r#"
[show]
name = "by hand"
rate = "25"
size = "320x180"
templates = "templates"
journal = "show.journal"

[game]
period_minutes = 10
shot_clock_s = 24
timeouts = 5

[teams.home]
code = "BKN"
name = "Nets"
roster = "home.csv"

[teams.away]
code = "GSW"
roster = "away.json"

[[graphic]]
name = "bug"
template = "bug"
layer = 1
key = "1"

[[key]]
key = "q"
command = { verb = "adjust", home = { score = 2 } }

[[output]]
id = "raw"
kind = "raw"
to = "show.raw"
format = "rgba"
"#;

const TEMPLATE: &str = r##"{
  "canvas": [320, 180],
  "nodes": [
    { "type": "text", "id": "told", "x": 16, "y": 20, "color": "#fff", "default": "",
      "text": "{{ home.code }} {{ home.score }}-{{ away.score }} {{ clock.period.label }} {{ clock.game.display }}.",
      "font": { "family": "Barlow Condensed", "size": 20 } },
    { "type": "text", "id": "more", "x": 16, "y": 60, "color": "#fff", "default": "",
      "text": "{{ clock.shot.display }} {{ home.timeouts }} {{ away.fouls }} {{ possession }} {{ home.players[0].last_name }} {{ away.players[0].last_name }}.",
      "font": { "family": "Barlow Condensed", "size": 20 } },
  ],
}"##;

struct Game {
    folder: tempfile::TempDir,
    show: PathBuf,
    journal: PathBuf,
}

impl Game {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("writes");
        std::fs::create_dir_all(folder.path().join("templates/bug")).expect("makes it");
        write("templates/bug/template.json", TEMPLATE);
        write("home.csv", "number,name,position\n7,Ann Able,G\n11,Bea Baker,F\n");
        write("away.json", r#"[{"number": "00", "name": "Cat Cole", "position": "C"}]"#);
        write("show.toml", SHOW);
        let (show, journal) = (folder.path().join("show.toml"), folder.path().join("show.journal"));
        Self { folder, show, journal }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, lists: &str, more: &[&str]) -> Command {
        let mut command = sideline();
        command.args(["run", "--headless", "--json", "--commands", "-", "--lists"]).arg(self.path(lists));
        command.args(more).arg(&self.show).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Commands of the journal, as it has them.
    fn commands(&self) -> Vec<Value> {
        let entries = entries(&self.journal).into_iter();
        entries.filter(|entry| entry["is"] == "command").map(|entry| entry["command"].clone()).collect()
    }

    /// Milliseconds of the last entry.
    fn last_at(&self) -> i64 {
        entries(&self.journal).last().and_then(|entry| entry["at"].as_i64()).unwrap_or_default() / 1_000_000
    }
}

fn hands(child: &mut Child) -> ChildStdin {
    child.stdin.take().expect("piped")
}

fn send(hands: &mut ChildStdin, command: &Value) {
    writeln!(hands, "{command}").expect("the show listens");
}

/// What is told by a list, by frame. A list that a kill cut short is left out.
fn told(file: &Path) -> BTreeMap<u64, (String, String)> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut frames: Vec<&str> = text.split("frame ").filter(|frame| !frame.is_empty()).collect();
    if !text.ends_with('\n') {
        frames.pop();
    }
    let list = |frame: &str| {
        let (index, list) = frame.split_once('\n').expect("a list follows");
        let shown = list.split("BKN ").nth(1).and_then(|rest| rest.split(".\"").next()).unwrap_or_default();
        (index.parse().expect("a frame"), (shown.to_owned(), list.to_owned()))
    };
    frames.into_iter().map(list).collect()
}

fn replayed(game: &Game, more: &[&str]) -> Value {
    let output = sideline().args(["replay", "--speed", "max"]).args(more).arg(&game.journal).output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the final snapshot")
}

#[test]
fn a_game_by_hand_survives_a_kill_runs_to_zero_and_replays_as_it_was_on_air() {
    let game = Game::new();
    let mut first = Running(game.run("first.lists", &[]).spawn().expect("starts"));
    let mut operator = hands(&mut first.0);
    for command in [
        json!({"verb": "toggle", "layer": 1, "template": "bug"}),
        json!({"verb": "begin_game"}),
        json!({"verb": "adjust", "home": {"score": 2}}),
        json!({"verb": "adjust", "away": {"score": 3, "fouls": 1}, "home": {"timeouts": -1}}),
        json!({"verb": "correct", "possession": "away", "period": "q2", "clock": "0:12"}),
        json!({"verb": "correct", "period": "Q77X"}),
        json!({"verb": "start_clock"}),
    ] {
        send(&mut operator, &command);
    }
    wait_for("the commands", || game.commands().iter().any(|command| command["running"] == true));
    let started = game.last_at();
    send(&mut operator, &json!({"verb": "adjust", "home": {"score": 1}}));
    send(&mut operator, &json!({"verb": "undo"}));
    wait_for("a while on air", || {
        send(&mut operator, &json!({"verb": "bookmark"}));
        game.last_at() > started + 3_000
    });
    first.0.kill().expect("kill -9");
    first.0.wait().expect("ends");

    let mut second = Running(game.run("second.lists", &[]).spawn().expect("starts"));
    let mut operator = hands(&mut second.0);
    wait_for("the clock to have run out", || {
        send(&mut operator, &json!({"verb": "bookmark", "name": "later"}));
        let entries = entries(&game.journal);
        let again = entries.iter().rposition(|entry| entry["is"] == "start").expect("a start");
        let drawn = entries[again..].iter().filter(|entry| entry["is"] == "frame").count();
        again > 0 && drawn > 30 && game.last_at() > started + 14_000
    });
    send(&mut operator, &json!({"verb": "next_period"}));
    wait_for("the next period", || game.commands().iter().any(|command| command["period"] == "Q3"));
    crate::interrupt(&second.0);
    let output = second.0.wait().expect("ends");
    assert!(output.success());

    // The journal has what came of each command, and nothing of the one that was refused.
    let corrections: Vec<String> =
        game.commands().iter().filter(|command| command["verb"] == "correct").map(Value::to_string).collect();
    assert!(corrections[0].contains(r#""period":"Q1""#) && corrections[0].contains(r#""clock":"10:00.000""#));
    assert!(corrections[1].contains(r#""home":{"score":2}"#), "{}", corrections[1]);
    assert!(
        corrections[2].contains(r#""timeouts":4"#) && corrections[2].contains(r#""fouls":1"#),
        "{}",
        corrections[2]
    );
    assert_eq!(corrections.len(), 7, "{corrections:?}");

    let (first, second) = (told(&game.path("first.lists")), told(&game.path("second.lists")));
    let clocks = |lists: &BTreeMap<u64, (String, String)>| -> Vec<f64> {
        let shown = lists.values().filter_map(|(shown, _)| shown.strip_prefix("2-3 Q2 "));
        shown.map(|clock| clock.parse().expect(clock)).collect()
    };
    let (before, after) = (clocks(&first), clocks(&second));
    assert!(before.len() > 20 && after.len() > 20, "{} and {} frames", before.len(), after.len());
    assert!(before.iter().chain(&after).all(|clock| (0.0..=12.0).contains(clock)));
    assert!(before.windows(2).chain(after.windows(2)).all(|pair| pair[1] <= pair[0]), "it counts down");
    assert!(after[0] < before[before.len() - 1], "it ran on meanwhile");
    assert_eq!(after.last(), Some(&0.0));
    let (_, (first_shown, list)) = second.first_key_value().expect("frames");
    assert!(first_shown.starts_with("2-3 Q2 "), "the first frame after the restart has the score: {first_shown}");
    assert!(list.contains("4 1 away Able Cole"), "{list}");
    assert!(second.values().any(|(shown, _)| shown.starts_with("2-3 Q3 10:00")), "the next period");

    // Frame for frame what was on air, across the kill.
    let file = game.path("replay.lists").display().to_string();
    let snapshot = replayed(&game, &["--lists", &file]);
    assert_eq!((&snapshot["home"]["score"], &snapshot["away"]["score"]), (&json!(2), &json!(3)));
    assert_eq!(snapshot["clock"]["period"]["label"], "Q3");
    let replayed = told(Path::new(&file));
    let mut compared = 0;
    for (index, (_, list)) in first.iter().chain(&second) {
        if let Some((_, again)) = replayed.get(index) {
            assert_eq!(again, list, "frame {index}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} frames compared");
}

#[test]
fn the_status_says_what_is_held_by_hand_and_since_when() {
    let game = Game::new();
    let mut show = Running(game.run("lists", &[]).spawn().expect("starts"));
    let mut operator = hands(&mut show.0);
    send(&mut operator, &json!({"verb": "adjust", "home": {"score": 2}}));
    send(&mut operator, &json!({"verb": "correct", "clock": "7:00", "possession": "home"}));
    send(&mut operator, &json!({"verb": "release", "facts": ["possession"]}));
    send(&mut operator, &json!({"verb": "rehearse", "do": "pause"}));
    wait_for("the release", || game.commands().iter().any(|command| command["verb"] == "release"));
    let marked = entries(&game.journal).len();
    wait_for("a frame of it", || {
        send(&mut operator, &json!({"verb": "bookmark"}));
        entries(&game.journal)[marked..].iter().any(|entry| entry["is"] == "frame")
    });
    crate::interrupt(&show.0);
    let mut status = String::new();
    std::io::Read::read_to_string(&mut show.0.stdout.take().expect("piped"), &mut status).expect("reads");
    let mut said = String::new();
    std::io::Read::read_to_string(&mut show.0.stderr.take().expect("piped"), &mut said).expect("reads");
    let status: Value = serde_json::from_str(&status).expect("the last status");
    let held: Vec<(&str, Option<&str>)> = status["held"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|held| (held["fact"].as_str().expect("a fact"), held["side"].as_str()))
        .collect();
    assert_eq!(held, [("score", Some("home")), ("clock", None)]);
    let since = status["held"][0]["since"].as_i64().expect("an instant");
    let command = entries(&game.journal).into_iter().find(|entry| entry["is"] == "command").expect("commands");
    assert_eq!(Some(since), command["at"].as_i64());
    assert!(said.contains("by hand: home score 2"), "{said}");
    assert!(said.contains("only a rehearsal"), "nothing steers a show on air: {said}");
}

#[test]
fn the_example_show_is_right_and_its_page_has_every_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = sideline().arg("check").arg(root.join("examples/by-hand/show.toml")).output().expect("starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let page = std::fs::read_to_string(root.join("docs/by-hand.md")).expect("reads");
    let of_game = sideline::command::Command::VERBS.into_iter().skip_while(|verb| *verb != "correct");
    for verb in of_game.filter(|verb| *verb != "rehearse") {
        assert!(page.contains(&format!("`{verb}`")), "{verb}");
    }
    for key in sideline::command::NAMED {
        assert!(page.contains(key), "{key}");
    }
}

#[test]
fn the_page_of_commands_has_every_verb_and_its_examples_are_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/commands.md")).expect("reads");
    for verb in sideline::command::Command::VERBS {
        assert!(page.contains(&format!("`{verb}`")), "{verb}");
    }
    let examples: Vec<&str> = page.lines().filter(|line| line.starts_with("{\"verb\"")).collect();
    assert!(examples.len() >= 3);
    for example in examples {
        serde_json::from_str::<sideline::command::Command>(example)
            .unwrap_or_else(|wrong| panic!("{example}: {wrong}"));
    }
}
