//! Makes a game script, or the expected totals of its end, from the NHL's play-by-play.
//!
//!     cargo run --example convert_nhl PLAYBYPLAY > game.game
//!     cargo run --example convert_nhl --expected PLAYBYPLAY > game.expected.json
//!
//! The source has no wall clock of its plays: time runs with the game clock, stands still for 25 seconds at a stoppage and
//! for 18 minutes between periods. The totals are those of the document's own head (score, shots on goal), so that a test
//! that plays the script and compares is a comparison of two accounts of the game.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use sideline::venue::script::Script;
use sideline::venue::wall::uuid;

/// Real time of a stoppage, and of an intermission, in seconds.
const STOPPAGE_S: u32 = 25;
const INTERMISSION_S: u32 = 18 * 60;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--expected", plays] => expected(&read(plays)?)?,
        [plays] => script(&read(plays)?)?,
        _ => bail!("give PLAYBYPLAY, or --expected and PLAYBYPLAY (a path of the league's JSON)"),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// The document, with or without the wrapper that archives put around it.
fn read(path: &str) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let mut document: Value = serde_json::from_str(&text).with_context(|| format!("{path} is not JSON"))?;
    Ok(if document["data"].is_object() { document["data"].take() } else { document })
}

/// Markets and colours, which the document leaves out.
fn market(code: &str) -> anyhow::Result<(&'static str, &'static str)> {
    Ok(match code {
        "VGK" => ("Vegas", "#b4975a"),
        "WPG" => ("Winnipeg", "#041e42"),
        other => bail!("add market and colour of {other} to examples/convert_nhl"),
    })
}

struct Names {
    players: HashMap<u64, String>,
}

impl Names {
    fn who(&self, details: &Value, key: &str) -> Option<&str> {
        details[key].as_u64().and_then(|id| self.players.get(&id)).map(String::as_str)
    }
}

fn script(document: &Value) -> anyhow::Result<String> {
    let mut out = String::from(
        "# Made by the example convert_nhl; the format is described in src/venue/script.rs and script/ice.rs.\n",
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().replace(' ', "_");
    let id = document["id"].as_u64().context("the document has no id")?;
    let start = text(&document["startTimeUTC"]);
    writeln!(
        out,
        "game id={id} league=NHL season=REG scheduled={start} tipoff={start} arena={} city=Winnipeg shottracker={} sportradar={}",
        text(&document["venue"]),
        uuid(&format!("shottracker game {id}")),
        uuid(&format!("sportradar game {id}")),
    )?;
    let plays = document["plays"].as_array().context("the document has no plays")?;
    let home_left = plays.first().is_some_and(|play| play["homeTeamDefendingSide"] == "left");
    let home = document["homeTeam"]["id"].as_u64().context("the home team has no id")?;
    for (side, team) in [("home", &document["homeTeam"]), ("away", &document["awayTeam"])] {
        let code = text(&team["abbrev"]);
        let (market, color) = market(&code)?;
        let attacks = if (side == "home") == home_left { "right" } else { "left" };
        let number = team["id"].as_u64().unwrap_or_default();
        let sportradar = uuid(&format!("sportradar team {code}"));
        writeln!(
            out,
            "team {side} code={code} market={market} name={} color={color} basket={attacks} shottracker={number} sportradar={sportradar}",
            text(&team["name"])
        )?;
    }
    let mut names = Names { players: HashMap::new() };
    for player in document["rosterSpots"].as_array().into_iter().flatten() {
        let side = if player["teamId"].as_u64() == Some(home) { "home" } else { "away" };
        let id = player["playerId"].as_u64().unwrap_or_default();
        let who = format!("{side}:{}", player["sweaterNumber"]);
        let position = text(&player["positionCode"]);
        writeln!(
            out,
            "player {who} id={id} first={} last={} position={position}",
            text(&player["firstName"]),
            text(&player["lastName"])
        )?;
        names.players.insert(id, who);
    }
    facts(plays, &names, &mut out)?;
    Script::parse(&out).context("what was made is no valid script")?;
    Ok(out)
}

fn facts(plays: &[Value], names: &Names, out: &mut String) -> anyhow::Result<()> {
    let (mut at, mut last) = (0, (1, 0));
    for play in plays {
        let period = play["period"].as_u64().context("a play has no period")?;
        let played = clock(play["timeInPeriod"].as_str().context("a play has no time")?)?;
        at += if period == last.0 { played - last.1 } else { INTERMISSION_S };
        last = (period, played);
        let left = 1_200 - played;
        if let Some(line) = fact(play, names) {
            writeln!(out, "{at}.0 P{period} {}:{:02}.0 {line}", left / 60, left % 60)?;
        }
        if play["typeDescKey"] == "stoppage" || play["typeDescKey"] == "goal" {
            at += STOPPAGE_S;
        }
    }
    Ok(())
}

fn clock(text: &str) -> anyhow::Result<u32> {
    let (minutes, seconds) = text.split_once(':').context("a time has no colon")?;
    Ok(minutes.parse::<u32>()? * 60 + seconds.parse::<u32>()?)
}

/// The line of a play, without its times; `None` for what a script has no word for.
fn fact(play: &Value, names: &Names) -> Option<String> {
    let details = &play["details"];
    let who = |key| names.who(details, key);
    let mut line = match play["typeDescKey"].as_str()? {
        "period-start" => return Some("start".to_owned()),
        "period-end" => return Some("end".to_owned()),
        "game-end" => return Some("final".to_owned()),
        "stoppage" => return Some(format!("stoppage reason={}", details["reason"].as_str()?)),
        "faceoff" => format!("faceoff {} lost={}", who("winningPlayerId")?, who("losingPlayerId")?),
        "hit" => format!("hit {} on={}", who("hittingPlayerId")?, who("hitteePlayerId")?),
        "giveaway" => format!("giveaway {}", who("playerId")?),
        "takeaway" => format!("takeaway {}", who("playerId")?),
        "shot-on-goal" => format!("sog {}", who("shootingPlayerId")?),
        "missed-shot" => {
            let reason = details["reason"].as_str()?.replace('-', "_");
            format!("miss {} reason={reason}", who("shootingPlayerId")?)
        }
        "blocked-shot" => format!("blocked {} block={}", who("shootingPlayerId")?, who("blockingPlayerId")?),
        "goal" => {
            let (home, away) = (&details["homeScore"], &details["awayScore"]);
            let assist = |key, word: &str| who(key).map(|who| format!(" {word}={who}")).unwrap_or_default();
            let assists = assist("assist1PlayerId", "assist") + &assist("assist2PlayerId", "second");
            format!("goal {}{assists} score={home}-{away}", who("scoringPlayerId")?)
        }
        "penalty" => {
            let drawn = who("drawnByPlayerId").map(|who| format!(" drawn={who}")).unwrap_or_default();
            let kind = details["descKey"].as_str()?;
            format!("penalty {} type={kind} minutes={}{drawn}", who("committedByPlayerId")?, details["duration"])
        }
        _ => return None,
    };
    if let Some(goalie) = who("goalieInNetId") {
        line += &format!(" goalie={goalie}");
    }
    if let Some(style) = details["shotType"].as_str() {
        line += &format!(" style={style}");
    }
    line += &format!(" at={},{}", details["xCoord"], details["yCoord"]);
    Some(line + &situation(play["situationCode"].as_str()?))
}

/// The league's code has a digit each: away goalkeeper, away skaters, home skaters, home goalkeeper.
fn situation(code: &str) -> String {
    let digits: Vec<u32> = code.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let [away_goalie, away, home, home_goalie] = digits[..] else { return String::new() };
    let mut words = String::new();
    if (home, away) != (5, 5) {
        words += &format!(" skaters={home}-{away}");
    }
    match (home_goalie, away_goalie) {
        (0, 0) => words += " pulled=home,away",
        (0, _) => words += " pulled=home",
        (_, 0) => words += " pulled=away",
        _ => {}
    }
    words
}

fn expected(document: &Value) -> anyhow::Result<String> {
    let plays = document["plays"].as_array().context("the document has no plays")?;
    let of = |team: &Value| {
        let id = &team["id"];
        let count = |kind: &str| {
            let own = |play: &&Value| play["typeDescKey"] == kind && play["details"]["eventOwnerTeamId"] == *id;
            plays.iter().filter(own).count()
        };
        json!({
            "score": team["score"],
            "shots_on_goal": team["sog"],
            "hits": count("hit"),
            "giveaways": count("giveaway"),
            "takeaways": count("takeaway"),
            "faceoffs_won": count("faceoff"),
            "penalties": count("penalty"),
        })
    };
    let totals = json!({"home": of(&document["homeTeam"]), "away": of(&document["awayTeam"])});
    Ok(serde_json::to_string_pretty(&totals)? + "\n")
}
