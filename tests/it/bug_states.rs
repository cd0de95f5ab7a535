//! What the three score bugs say in every state of a game: a change of a snapshot on one side, texts on the other.

use serde_json::{Value, json};
use sideline::draw_list::{DrawList, Op, Rect, Size};

use crate::boxes::{Checker, Moment};
use crate::graphics::{HD, Show, changed, texts};
use crate::jersey::inks;

/// At rest, two seconds after the take.
fn list(bug: &str, game: &str, change: &Value) -> DrawList {
    let mut show = Show::with(bug, json!({}), game, HD);
    show.game = changed(&show.game, change);
    show.run_to(120)
}

#[track_caller]
fn check(bug: &str, game: &str, change: &Value, says: &[&str], says_not: &[&str]) {
    let all = texts(&list(bug, game, change));
    for word in says {
        assert!(all.iter().any(|text| text == word), "{bug} of {game}, {change}: no `{word}` in {all:?}");
    }
    for word in says_not {
        assert!(all.iter().all(|text| !text.contains(word)), "{bug} of {game}, {change}: `{word}` in {all:?}");
    }
}

const BASKETBALL: [&str; 2] = ["score-bug", "score-bug-corner"];
const ALL: [(&str, &str); 3] =
    [("score-bug", "mid-game"), ("score-bug-corner", "mid-game"), ("hockey-bug", "power-play")];

fn quiet(change: Value) -> Value {
    let mut all = json!({"last_play": null, "run": null});
    let Value::Object(entries) = change else { panic!("a change is an object") };
    all.as_object_mut().unwrap().extend(entries);
    all
}

fn stopped(kind: &str, label: &str, side: Option<&str>, clock: &str) -> Value {
    let clock = json!({"display": clock, "millis": 41_000});
    let stoppage = json!({"kind": kind, "side": side, "label": label, "clock": clock, "counts_down": false});
    quiet(json!({"clock": {"phase": "stopped", "stoppage": stoppage}}))
}

fn phase(phase: &str, label: &str, countdown: Option<(&str, &str)>) -> Value {
    let countdown = countdown.map(|(kind, display)| json!({"kind": kind, "display": display, "millis": 125_000}));
    quiet(json!({"clock": {"phase": phase, "phase_label": label, "countdown": countdown}}))
}

#[test]
fn where_no_clock_runs_the_bugs_say_why_and_until_when() {
    for (bug, game) in ALL {
        let clock = if bug == "hockey-bug" { "8:41" } else { "4:07" };
        let ended = if bug == "hockey-bug" { "END 2ND" } else { "END 3RD" };
        check(bug, game, &phase("delayed", "DELAYED", None), &["DELAYED"], &[clock]);
        check(bug, game, &phase("postponed", "POSTPONED", None), &["POSTPONED"], &[clock]);
        check(bug, game, &phase("pregame", "PRE-GAME", Some(("pregame", "12:30"))), &["PRE-GAME", "12:30"], &[clock]);
        check(
            bug,
            game,
            &phase("break", "END Q3", Some(("intermission", "2:05"))),
            &[ended, "2:05"],
            &["END Q", clock],
        );
        check(bug, game, &phase("break", "END Q3", None), &[ended], &["END Q", clock]);
        check(bug, game, &phase("final", "FINAL", None), &["FINAL"], &[clock, "BONUS", "FOULS", "POWER PLAY"]);
        check(bug, game, &phase("final", "FINAL/2OT", None), &["FINAL/2OT"], &[clock]);
    }
    for bug in BASKETBALL {
        let halftime = phase("halftime", "HALFTIME", Some(("intermission", "14:12")));
        check(bug, "mid-game", &halftime, &["HALFTIME", "14:12"], &["4:07"]);
    }
    let overtime = json!({"clock": {"period": {"kind": "overtime", "number": 1, "label": "OT"}}});
    for (bug, game) in ALL {
        check(bug, game, &overtime, &["OT"], &["1ST"]);
        let mut ended = phase("break", "END OT", None);
        ended["clock"]["period"] = overtime["clock"]["period"].clone();
        check(bug, game, &ended, &["END OT"], &[]);
    }
}

#[test]
fn what_stops_the_game_is_told_with_its_clock_and_a_whistle_alone_is_not() {
    for (bug, game) in ALL {
        check(bug, game, &stopped("timeout", "TIMEOUT", Some("home"), "0:41"), &["TIMEOUT", "0:41"], &[]);
        check(bug, game, &stopped("tv_timeout", "TV TIMEOUT", None, "0:41"), &["TV TIMEOUT", "0:41"], &[]);
        check(bug, game, &stopped("review", "REVIEW", None, "1:12"), &["REVIEW", "1:12"], &[]);
        check(bug, game, &stopped("challenge", "CHALLENGE", Some("home"), "1:12"), &["CHALLENGE", "1:12"], &[]);
        check(bug, game, &stopped("delay", "DELAY", None, "0:41"), &["DELAY", "0:41"], &[]);
        check(bug, game, &quiet(json!({"clock": {"phase": "stopped", "stoppage": null}})), &[], &["STOPPAGE", "0:03"]);
    }
}

#[test]
fn a_stoppage_stands_at_the_team_whose_it_is() {
    for (side, other) in [("home", "away"), ("away", "home")] {
        let list = list("score-bug", "mid-game", &stopped("challenge", "CHALLENGE", Some(side), "1:12"));
        let of = |side: &str| {
            let is_tab = |node: &str| node.contains("/tab-text") && node.contains(&format!("[{side}]"));
            list.items.iter().filter(|item| is_tab(item.node.as_str())).count()
        };
        assert_eq!((of(side), of(other)), (1, 0));
    }
}

#[test]
fn the_vendors_test_pattern_is_seen_to_be_one() {
    for (bug, game) in ALL {
        let change = quiet(json!({"clock": {"phase": "test", "phase_label": "TEST"}, "game": {"status": "test"}}));
        check(bug, game, &change, &["TEST"], &["4:07", "8:41"]);
        let stripes = |list: &DrawList| {
            let all = list.items.iter().filter(|item| item.node.as_str().contains("stripes"));
            all.filter_map(|item| item.op.bounds()).collect::<Vec<_>>()
        };
        let striped = list(bug, game, &change);
        let panel = striped.items.iter().find(|item| item.node.as_str().ends_with("/panel.fill"));
        let panel = panel.and_then(|item| item.op.bounds()).expect("a panel");
        let all = stripes(&striped);
        let (left, right) = (all.first().expect("stripes").x, all.last().expect("stripes").right());
        assert!(left <= panel.x && right >= panel.right(), "{bug}: stripes from {left} to {right} over {panel}");
        assert!(stripes(&list(bug, game, &json!({}))).is_empty(), "{bug} in a game");
    }
}

#[test]
fn fouls_give_way_to_the_bonus() {
    for bug in BASKETBALL {
        let sides = |home: bool| json!({"home": {"fouls": 4, "bonus": home}, "away": {"fouls": 3, "bonus": false}});
        check(bug, "mid-game", &sides(false), &["FOULS 4", "FOULS 3"], &["BONUS"]);
        check(bug, "mid-game", &sides(true), &["BONUS", "FOULS 3"], &["FOULS 4"]);
    }
}

#[test]
fn an_overtime_has_slots_for_its_own_timeouts() {
    let pips = |bug: &str, change: &Value, side: &str| {
        let is_pip = |node: &str| node.contains("timeouts.pip") && node.contains(&format!("[{side}]"));
        let boxes = list(bug, "mid-game", change).items;
        boxes.iter().filter(|item| matches!(item.op, Op::Box(_)) && is_pip(item.node.as_str())).count()
    };
    let overtime = json!({
        "clock": {"period": {"kind": "overtime", "number": 1, "label": "OT"}}, "home": {"timeouts": 1}, "away": {"timeouts": 3},
    });
    for bug in BASKETBALL {
        assert_eq!((pips(bug, &json!({}), "home"), pips(bug, &json!({}), "away")), (7, 7), "{bug}");
        // Who has more left than an overtime gives is believed.
        assert_eq!((pips(bug, &overtime, "home"), pips(bug, &overtime, "away")), (2, 3), "{bug}");
    }
}

#[test]
fn a_run_and_the_last_play_drop_down() {
    let run = json!({"side": "away", "points": 12, "against": 2, "label": "12-2 run", "unanswered": 7, "since": {}});
    for bug in BASKETBALL {
        check(bug, "mid-game", &json!({"last_play": null, "run": run.clone()}), &["12-2 RUN"], &["DURANT"]);
        check(bug, "mid-game", &json!({"run": null}), &["DURANT 3PT (18 PTS)"], &["RUN"]);
    }
}

#[test]
fn the_hockey_bug_tells_strength_the_empty_net_and_goals() {
    let hockey = |change: Value, says: &[&str], says_not: &[&str]| {
        check("hockey-bug", "power-play", &change, says, says_not);
    };
    hockey(json!({}), &["POWER-PLAY GOAL", "EICHEL (2) FROM STONE, THEODORE", "POWER PLAY", "SOG", "SCHEIFELE"], &[]);
    let boxed = |name: &str, left: &str| json!({"name": name, "number": name.len().to_string(), "minutes": 2, "left": {"display": left, "millis": 72_000}});
    let two = json!({"skaters": 3, "penalties": [boxed("Scheifele", "1:12"), boxed("Morrissey", "1:58")]});
    hockey(quiet(json!({"home": two})), &["5 ON 3", "SCHEIFELE", "MORRISSEY", "1:58"], &["POWER PLAY"]);
    let even = json!({
        "home": {"strength": "even", "skaters": 4}, "away": {"strength": "even", "skaters": 4}, "clock": {"strength": null},
    });
    hockey(quiet(even), &["4 ON 4"], &["POWER PLAY"]);
    let empty = json!({
        "home": {"empty_net": true, "strength": "even", "skaters": 6, "penalties": []}, "away": {"strength": "even"},
        "clock": {"strength": null, "game": {"display": "58.4", "millis": 58_400, "running": true}, "period": {"kind": "period", "number": 3, "label": "P3"}},
    });
    hockey(quiet(empty), &["EMPTY NET", "58.4", "3RD"], &["POWER PLAY", "P3"]);
    let shootout = json!({"clock": {"period": {"kind": "shootout", "number": 1, "label": "SO"}}});
    hockey(quiet(shootout), &["SO"], &["1ST"]);
}

/// What is drawn in every frame of a second after a change, on both shapes of canvas.
fn frames_after(bug: &str, game: &str, before: &Value, change: &Value, canvas: Size) -> Vec<DrawList> {
    let mut show = Show::with(bug, json!({}), game, canvas);
    show.game = changed(&show.game, before);
    show.run_to(120);
    show.game = changed(&show.game, change);
    (0..60).map(|_| show.draw()).collect()
}

const SHAPES: [Size; 2] = [HD, Size::new(1080, 1920)];

#[test]
fn no_two_texts_are_read_in_one_place_while_the_state_of_the_game_changes() {
    let boxed =
        json!([{"name": "Stone", "number": "61", "minutes": 2, "left": {"display": "2:00", "millis": 120_000}}]);
    let turned = json!({"home": {"strength": "power_play"}, "away": {"strength": "short_handed", "penalties": boxed}});
    let mut problems = Vec::new();
    for (bug, game) in ALL {
        let mut changes = vec![
            (quiet(json!({})), phase("final", "FINAL", None)),
            (quiet(json!({})), phase("break", "END Q3", Some(("intermission", "2:05")))),
            (phase("break", "END Q3", Some(("intermission", "2:05"))), quiet(json!({"clock": {"phase": "live"}}))),
            (quiet(json!({})), stopped("review", "REVIEW", None, "1:12")),
            (quiet(json!({"home": {"score": 7}})), json!({"home": {"score": 10}})),
            (quiet(json!({})), json!({"clock": {"shot": null}})),
        ];
        if bug == "hockey-bug" {
            changes.push((quiet(json!({})), turned.clone()));
        }
        for canvas in SHAPES {
            for (before, change) in &changes {
                let mut checker = Checker::default();
                for list in frames_after(bug, game, before, change, canvas) {
                    checker.look(&list, Moment::Moving);
                }
                problems.extend(checker.problems.into_iter().map(|problem| format!("{bug}, {change}: {problem}")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The boxes of what is at work at a team's score.
fn boxes_of(list: &DrawList, node: &str) -> Vec<Rect> {
    let is_it = |name: &str| name.contains(node) && name.contains("[home]");
    list.items.iter().filter(|item| is_it(item.node.as_str())).filter_map(|item| item.op.bounds()).collect()
}

#[test]
fn figures_roll_clear_of_the_timeouts_and_of_the_accent_below_them() {
    for (bug, game) in ALL {
        for canvas in SHAPES {
            let score = |score: u32| quiet(json!({"home": {"score": score}}));
            let mut rolled = 0;
            for list in frames_after(bug, game, &score(87), &score(90), canvas) {
                let pips = if bug == "score-bug" { boxes_of(&list, "timeouts.pip") } else { Vec::new() };
                let below = pips.into_iter().chain(boxes_of(&list, "score-flash.accent")).map(|rect| rect.y);
                let least = below.fold(f32::MAX, f32::min);
                for ink in inks(&list).iter().filter(|ink| ink.node.contains("/score[home]")) {
                    rolled += usize::from(ink.node.contains("digit["));
                    assert!(ink.rect.bottom() <= least, "{bug}: {} at {} over {least}", ink.node, ink.rect);
                }
            }
            assert!(rolled > 10, "{bug}: {rolled} figures in motion");
        }
    }
}

#[test]
fn a_score_stands_in_the_middle_of_its_well_where_there_are_no_timeouts() {
    for canvas in SHAPES {
        let middles = |change: &Value| {
            let list = frames_after("score-bug", "mid-game", &quiet(json!({})), change, canvas).pop().unwrap();
            let middle = |rect: Rect| rect.y + rect.height / 2.0;
            let score = inks(&list).into_iter().find(|ink| ink.node.contains("/score[home]")).expect("a score");
            (middle(score.rect), middle(boxes_of(&list, "/well.fill")[0]))
        };
        let (score, well) = middles(&phase("final", "FINAL", None));
        assert!((score - well).abs() < 1.0, "{score} in a well about {well}");
        let (score, well) = middles(&json!({}));
        assert!(score < well - 4.0, "above the timeouts: {score}, {well}");
    }
}

#[test]
fn there_is_no_well_before_there_is_a_score_and_no_cell_without_a_shot_clock() {
    for (bug, game) in ALL {
        let wells = |change: &Value| {
            let list = frames_after(bug, game, &quiet(json!({})), change, HD).pop().unwrap();
            let cells = list.items.iter().filter(|item| item.node.as_str().contains("shot-fill")).count();
            (boxes_of(&list, "/well.fill").len(), cells)
        };
        let cell = usize::from(bug != "hockey-bug");
        assert_eq!(wells(&json!({})), (1, cell), "{bug}");
        assert_eq!(wells(&json!({"home": {"score": null}, "clock": {"shot": null}})), (0, 0), "{bug}");
    }
}

#[test]
fn what_is_told_of_no_team_stands_on_the_colour_of_notices() {
    for (bug, game) in ALL {
        let list = list(bug, game, &stopped("review", "REVIEW", None, "1:12"));
        let ink = inks(&list).into_iter().find(|ink| ink.node.contains("\"REVIEW\"")).expect("it says so");
        assert_eq!(ink.color.to_string(), "#0e1116ff", "{bug}");
        let fill = list.items.iter().rev().find_map(|item| match &item.op {
            Op::Box(shape)
                if item.node.as_str().contains("note-fill") || item.node.as_str().contains("clock-tab-fill") =>
            {
                Some(format!("{:?}", shape.fill))
            }
            _ => None,
        });
        assert!(fill.is_some(), "{bug}: a plate of a notice");
    }
}
