//! The committed game against its sources: the box score's totals, and the league's files where they are at hand.

use std::path::PathBuf;

use serde_json::Value;
use sideline::ids::Side;
use sideline::venue::course::{Book, Course};
use sideline::venue::script::{Script, Who};
use sideline::venue::tally::Line;

#[path = "../../../examples/convert_nba/convert.rs"]
mod convert;

const EXPECTED: &str = include_str!("../../../fixtures/games/gsw-at-bkn-2020-12-22.expected.json");

/// What the box score says, see `convert::expected`.
pub fn expected() -> Value {
    serde_json::from_str(EXPECTED).unwrap()
}

/// The same figures of a line.
fn figures(line: &Line) -> Value {
    serde_json::json!({
        "points": line.points(),
        "fg": [line.fg_made(), line.fg_tried()],
        "fg3": [line.fg3_made, line.fg3_tried],
        "ft": [line.ft_made, line.ft_tried],
        "rebounds": {
            "total": line.rebounds(),
            "offensive": line.offensive_rebounds,
            "defensive": line.defensive_rebounds,
        },
        "assists": line.assists,
        "steals": line.steals,
        "blocks": line.blocks,
        "turnovers": line.turnovers(),
        "fouls": line.fouls,
        "fouls_drawn": line.fouls_drawn,
    })
}

fn compare(course: &Course, book: &Book, side: Side) {
    let team = expected()[side.to_string()].clone();
    let mut whole = figures(&book.team(side, 1..=4));
    let line = book.team(side, 1..=4);
    whole["paint"] = line.paint_points.into();
    whole["second_chance"] = line.second_chance_points.into();
    whole["from_turnovers"] = line.turnover_points.into();
    assert_eq!(whole, team["totals"], "{side}");
    let by_period: Vec<i32> = (1..=4).map(|period| book.team(side, period..=period).points()).collect();
    assert_eq!(serde_json::json!(by_period), team["by_period"], "{side}");
    for (index, player) in course.script.team(side).players.iter().enumerate() {
        let line = book.line(Who { side, index }.into(), 1..=4);
        let mut have = figures(&line);
        have["plus_minus"] = line.plus_minus.into();
        let named = team["players"].as_array().unwrap().iter().find(|row| row["id"] == player.id).unwrap();
        assert_eq!(have, named["totals"], "{}", player.full_name());
    }
}

#[test]
fn the_script_adds_up_to_the_box_score() {
    let course = Course::of(Script::builtin());
    let book = course.book(course.facts().len());
    Side::BOTH.into_iter().for_each(|side| compare(&course, &book, side));
}

/// One of the league's files, which are not ours to publish: `SIDELINE_DATA` names their folder.
fn league_file(name: &str) -> Option<String> {
    let path = std::env::var_os("SIDELINE_DATA").map(|folder| PathBuf::from(folder).join("nba").join(name));
    let text = path.and_then(|path| std::fs::read_to_string(path).ok());
    if text.is_none() {
        eprintln!("skipped: no `{name}`; set SIDELINE_DATA to the folder that has it under nba/");
    }
    text
}

#[test]
fn the_committed_fixtures_are_what_the_converter_makes_of_the_leagues_files() {
    let plays = league_file("gsw-at-bkn-2020-12-22-playbyplay.json");
    let Some((plays, boxscore)) = plays.zip(league_file("gsw-at-bkn-2020-12-22-boxscore.json")) else { return };
    let committed = include_str!("../../../fixtures/games/gsw-at-bkn-2020-12-22.game");
    assert!(convert::script(&plays, &boxscore).unwrap() == committed, "run the converter and commit what changed");
    assert!(convert::expected(&boxscore).unwrap() == EXPECTED, "run the converter and commit what changed");
}
