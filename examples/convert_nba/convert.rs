//! The league's JSON into a script's lines. Shared with the test that compares the committed script with its source.
//!
//! Times: the league rounds its game clock to seconds in live play and logs the wall clock by hand, so the two disagree
//! by up to a few seconds. The script needs a clock that runs as fast as time: within live play a fact is put where the
//! clock says, and the difference is given back at the next dead ball.

use std::collections::HashMap;
use std::fmt::Write;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use sideline::venue::script::Script;
use sideline::venue::wall::{format_utc, parse_utc, uuid};

/// Longer than this between two facts of live play means a stoppage that nobody logged.
const LIVE_SLACK_MS: i64 = 3_000;

#[derive(Deserialize)]
struct PlayByPlay {
    game: Plays,
}

#[derive(Deserialize)]
struct Plays {
    actions: Vec<Action>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    action_number: u32,
    clock: String,
    time_actual: String,
    period: u8,
    action_type: String,
    sub_type: Option<String>,
    descriptor: Option<String>,
    #[serde(default)]
    qualifiers: Vec<String>,
    team_id: Option<u64>,
    person_id: u64,
    x_legacy: Option<i32>,
    y_legacy: Option<i32>,
    side: Option<String>,
    shot_result: Option<String>,
    score_home: String,
    score_away: String,
    assist_person_id: Option<u64>,
    block_person_id: Option<u64>,
    steal_person_id: Option<u64>,
    foul_drawn_person_id: Option<u64>,
    jump_ball_won_person_id: Option<u64>,
    jump_ball_lost_person_id: Option<u64>,
}

#[derive(Deserialize)]
struct BoxScore {
    game: BoxGame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BoxGame {
    game_id: String,
    #[serde(rename = "gameTimeUTC")]
    scheduled: String,
    arena: Arena,
    home_team: BoxTeam,
    away_team: BoxTeam,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arena {
    arena_name: String,
    arena_city: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BoxTeam {
    team_id: u64,
    team_name: String,
    team_city: String,
    team_tricode: String,
    score: u32,
    periods: Vec<BoxPeriod>,
    players: Vec<BoxPlayer>,
    statistics: HashMap<String, Value>,
}

#[derive(Deserialize)]
struct BoxPeriod {
    score: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BoxPlayer {
    person_id: u64,
    jersey_num: String,
    #[serde(default)]
    position: String,
    starter: String,
    first_name: String,
    family_name: String,
    statistics: HashMap<String, Value>,
}

/// The script of a game; already parsed once, so that what is printed is valid.
pub fn script(plays: &str, boxscore: &str) -> anyhow::Result<String> {
    let plays: PlayByPlay = serde_json::from_str(plays).context("the play-by-play is not the league's JSON")?;
    let boxscore: BoxScore = serde_json::from_str(boxscore).context("the box score is not the league's JSON")?;
    let actions = plays.game.actions;
    let mut out = header(&boxscore.game, &actions)?;
    let names = Names::of(&boxscore.game);
    for (line, at_ms) in lines(&actions, &names)? {
        writeln!(out, "{}.{} {line}", at_ms / 1000, at_ms % 1000 / 100)?;
    }
    Script::parse(&out).context("the converted script breaks a rule of its format")?;
    Ok(out)
}

/// Final totals by the box score, as JSON with one key a line.
pub fn expected(boxscore: &str) -> anyhow::Result<String> {
    let game = serde_json::from_str::<BoxScore>(boxscore).context("the box score is not the league's JSON")?.game;
    let team = |team: &BoxTeam| {
        let mut totals = totals(&team.statistics);
        let number = |key: &str| team.statistics.get(key).and_then(Value::as_u64).unwrap_or(0);
        totals["rebounds"] = json!({
            "total": number("reboundsTotal"),
            "offensive": number("reboundsOffensive") + number("reboundsTeamOffensive"),
            "defensive": number("reboundsDefensive") + number("reboundsTeamDefensive"),
        });
        totals["turnovers"] = json!(number("turnoversTotal"));
        totals["paint"] = json!(number("pointsInThePaint"));
        totals["second_chance"] = json!(number("pointsSecondChance"));
        totals["from_turnovers"] = json!(number("pointsFromTurnovers"));
        json!({
            "code": team.team_tricode,
            "score": team.score,
            "by_period": team.periods.iter().map(|period| period.score).collect::<Vec<_>>(),
            "totals": totals,
            "players": team.players.iter().map(|player| {
                let name = format!("{} {}", player.first_name, player.family_name);
                json!({ "id": player.person_id, "name": name, "totals": totals_of(player) })
            }).collect::<Vec<_>>(),
        })
    };
    let value = json!({ "game": game.game_id, "home": team(&game.home_team), "away": team(&game.away_team) });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

fn totals_of(player: &BoxPlayer) -> Value {
    let mut totals = totals(&player.statistics);
    totals["plus_minus"] =
        json!(player.statistics.get("plusMinusPoints").and_then(Value::as_f64).unwrap_or(0.0) as i64);
    totals
}

fn totals(statistics: &HashMap<String, Value>) -> Value {
    let number = |key: &str| statistics.get(key).and_then(Value::as_u64).unwrap_or(0);
    let shots = |what: &str| [number(&format!("{what}Made")), number(&format!("{what}Attempted"))];
    json!({
        "points": number("points"),
        "fg": shots("fieldGoals"),
        "fg3": shots("threePointers"),
        "ft": shots("freeThrows"),
        "rebounds": {
            "total": number("reboundsTotal"),
            "offensive": number("reboundsOffensive"),
            "defensive": number("reboundsDefensive"),
        },
        "assists": number("assists"),
        "steals": number("steals"),
        "blocks": number("blocks"),
        "turnovers": number("turnovers"),
        "fouls": number("foulsPersonal"),
        "fouls_drawn": number("foulsDrawn"),
    })
}

fn header(game: &BoxGame, actions: &[Action]) -> anyhow::Result<String> {
    let tipoff = parse_utc(&actions.first().context("the play-by-play is empty")?.time_actual).context("timeActual")?;
    let mut out = String::from("# Made by the example convert_nba; the format is described in src/venue/script.rs.\n");
    writeln!(
        out,
        "game id={id} league=NBA season=REG scheduled={scheduled} tipoff={tipoff} arena={arena} city={city} \
         shottracker={shottracker} sportradar={sportradar}",
        id = game.game_id,
        scheduled = game.scheduled,
        tipoff = format_utc(tipoff),
        arena = word(&game.arena.arena_name),
        city = word(&game.arena.arena_city),
        shottracker = uuid(&format!("shottracker game {}", game.game_id)),
        sportradar = uuid(&format!("sportradar game {}", game.game_id)),
    )?;
    for (side, team) in [("home", &game.home_team), ("away", &game.away_team)] {
        writeln!(
            out,
            "team {side} code={} market={} name={} color={} basket={} shottracker={} sportradar={}",
            team.team_tricode,
            word(&team.team_city),
            word(&team.team_name),
            color(&team.team_tricode)?,
            first_half_basket(team.team_id, actions)?,
            team.team_id,
            uuid(&format!("sportradar team {}", team.team_id)),
        )?;
    }
    for (side, team) in [("home", &game.home_team), ("away", &game.away_team)] {
        for player in &team.players {
            let (first, last) = (word(&player.first_name), word(&player.family_name));
            write!(out, "player {side}:{} id={} first={first} last={last}", player.jersey_num, player.person_id)?;
            if !player.position.is_empty() {
                write!(out, " position={}", player.position)?;
            }
            out.push_str(if player.starter == "1" { " starter=yes\n" } else { "\n" });
        }
    }
    Ok(out)
}

/// The box score has no colours: the teams' primary colours, for jerseys.
fn color(code: &str) -> anyhow::Result<&'static str> {
    Ok(match code {
        "ATL" => "#e03a3e",
        "BKN" => "#000000",
        "BOS" => "#007a33",
        "CHA" => "#1d1160",
        "CHI" => "#ce1141",
        "CLE" => "#860038",
        "DAL" => "#00538c",
        "DEN" => "#0e2240",
        "DET" => "#c8102e",
        "GSW" => "#1d428a",
        "HOU" => "#ce1141",
        "IND" => "#002d62",
        "LAC" => "#c8102e",
        "LAL" => "#552583",
        "MEM" => "#5d76a9",
        "MIA" => "#98002e",
        "MIL" => "#00471b",
        "MIN" => "#0c2340",
        "NOP" => "#0c2340",
        "NYK" => "#006bb6",
        "OKC" => "#007ac1",
        "ORL" => "#0077c0",
        "PHI" => "#006bb6",
        "PHX" => "#1d1160",
        "POR" => "#e03a3e",
        "SAC" => "#5a2d81",
        "SAS" => "#c4ced4",
        "TOR" => "#ce1141",
        "UTA" => "#002b5c",
        "WAS" => "#002b5c",
        other => bail!("no jersey colour is known for {other}; add it to `color` in the converter"),
    })
}

fn first_half_basket(team: u64, actions: &[Action]) -> anyhow::Result<&str> {
    let side = |action: &&Action| action.team_id == Some(team) && action.side.is_some() && action.period <= 2;
    actions.iter().find(side).and_then(|action| action.side.as_deref()).context("no shot of a team in the first half")
}

fn word(text: &str) -> String {
    text.replace(' ', "_")
}

/// How the script calls the league's teams and players.
struct Names {
    team: HashMap<u64, &'static str>,
    player: HashMap<u64, String>,
}

impl Names {
    fn of(game: &BoxGame) -> Names {
        let mut names = Names { team: HashMap::new(), player: HashMap::new() };
        for (side, team) in [("home", &game.home_team), ("away", &game.away_team)] {
            names.team.insert(team.team_id, side);
            for player in &team.players {
                names.player.insert(player.person_id, format!("{side}:{}", player.jersey_num));
            }
        }
        names
    }

    fn player(&self, id: u64) -> anyhow::Result<&str> {
        self.player.get(&id).map(String::as_str).with_context(|| format!("player {id} is not in the box score"))
    }

    fn side(&self, action: &Action) -> anyhow::Result<&str> {
        let id = action.team_id.context("an action without a team")?;
        self.team.get(&id).copied().with_context(|| format!("team {id} is not in the box score"))
    }

    fn actor(&self, action: &Action) -> anyhow::Result<&str> {
        if action.person_id == 0 { self.side(action) } else { self.player(action.person_id) }
    }

    /// ` key=home:30`, or nothing.
    fn key(&self, key: &str, id: Option<u64>) -> anyhow::Result<String> {
        id.map_or(Ok(String::new()), |id| Ok(format!(" {key}={}", self.player(id)?)))
    }
}

/// Every line but its time, with its time in milliseconds since tip-off, rounded to a tenth of a second.
fn lines(actions: &[Action], names: &Names) -> anyhow::Result<Vec<(String, u64)>> {
    let tipoff_ms = actions.first().map(logged_ms).transpose()?.unwrap_or(0);
    let mut lines = Vec::new();
    let mut before: Option<(&Action, i64)> = None;
    let mut index = 0;
    while let Some(action) = actions.get(index) {
        let together = together(&actions[index..]);
        let facts = &actions[index..index + together];
        index += together;
        let whats = match action.action_type.as_str() {
            "substitution" => substitutions(facts, names),
            _ => fact(action, names).map(|what| what.into_iter().collect()),
        };
        let whats = whats.with_context(|| format!("action {}", action.action_number))?;
        if whats.is_empty() {
            continue;
        }
        let at_ms = match before {
            None => 0,
            Some((last, last_ms)) => place(last, last_ms, action, logged_ms(action)? - tipoff_ms)?,
        };
        before = Some((action, at_ms));
        let clock_ms = clock_ms(&action.clock)?;
        let clock = format!("{}:{:02}.{}", clock_ms / 60_000, clock_ms / 1000 % 60, clock_ms % 1000 / 100);
        for what in whats {
            lines.push((format!("Q{} {clock} {what}{}", action.period, marks(action)), at_ms as u64));
        }
    }
    Ok(lines)
}

/// How many actions from here on belong together: substitutions at one moment are logged player by player, in any order.
fn together(actions: &[Action]) -> usize {
    let same = |action: &&Action| action.action_type == "substitution" && action.clock == actions[0].clock;
    if actions[0].action_type == "substitution" { actions.iter().take_while(same).count() } else { 1 }
}

/// When a fact happened, given the one before: see the module's header.
fn place(last: &Action, last_ms: i64, action: &Action, logged_ms: i64) -> anyhow::Result<i64> {
    let lost_ms = if last.period == action.period { clock_ms(&last.clock)? - clock_ms(&action.clock)? } else { 0 };
    let by_clock = last_ms + lost_ms;
    let slack = logged_ms - by_clock;
    let live = leaves_clock_running(last)? && slack.abs() <= LIVE_SLACK_MS;
    Ok(if live { by_clock } else { logged_ms.max(by_clock) })
}

fn leaves_clock_running(action: &Action) -> anyhow::Result<bool> {
    // The clock stops after a basket in the last minute of a period, in the last two of the fourth and of overtimes.
    let stops_under_ms = if action.period < 4 { 60_000 } else { 120_000 };
    Ok(match action.action_type.as_str() {
        "2pt" | "3pt" => action.shot_result.as_deref() == Some("Missed") || clock_ms(&action.clock)? > stops_under_ms,
        "rebound" => action.person_id != 0,
        "turnover" => action.steal_person_id.is_some(),
        "jumpball" => true,
        _ => false,
    })
}

/// A fact's kind, who and what; `None` for what another line already says.
fn fact(action: &Action, names: &Names) -> anyhow::Result<Option<String>> {
    let sub_type = action.sub_type.as_deref().unwrap_or_default();
    let descriptor = action.descriptor.as_deref().unwrap_or_default();
    Ok(Some(match action.action_type.as_str() {
        "period" => if sub_type == "start" { "start" } else { "end" }.to_owned(),
        "game" => "final".to_owned(),
        "jumpball" => {
            let held = if descriptor == "heldball" { " held=yes" } else { "" };
            let won = names.key("won", action.jump_ball_won_person_id)?;
            format!("jump {}{won}{}{held}", names.side(action)?, names.key("lost", action.jump_ball_lost_person_id)?)
        }
        "2pt" | "3pt" => shot(action, names)?,
        "freethrow" => {
            let made = made(action);
            let try_of = sub_type.replace(" of ", "/");
            format!("ft {} made={made} try={try_of}{}", names.actor(action)?, score(action))
        }
        "rebound" => format!("rebound {} end={sub_type}", names.actor(action)?),
        "foul" => {
            let kind = if sub_type == "offensive" || descriptor.is_empty() { sub_type } else { descriptor };
            let throws = action.qualifiers.iter().find_map(|mark| mark.strip_suffix("freethrow"));
            let throws = throws.map(|throws| format!(" throws={throws}")).unwrap_or_default();
            let drawn = names.key("drawn", action.foul_drawn_person_id)?;
            format!("foul {} type={}{drawn}{throws}", names.actor(action)?, word(kind))
        }
        "turnover" => {
            let steal = names.key("steal", action.steal_person_id)?;
            format!("turnover {} type={}{steal}", names.actor(action)?, word(sub_type))
        }
        "steal" | "block" => return Ok(None),
        "timeout" => format!("timeout {}", names.side(action)?),
        "stoppage" => format!("stoppage reason={}", word(sub_type)),
        "violation" => format!("violation {} type={}", names.actor(action)?, word(sub_type)),
        other => bail!("`{other}` is a kind of action that the converter does not know; teach it in `fact`"),
    }))
}

fn shot(action: &Action, names: &Names) -> anyhow::Result<String> {
    let (x, y) = action.x_legacy.zip(action.y_legacy).context("a shot without a place")?;
    let style = word(&action.sub_type.as_deref().unwrap_or_default().to_ascii_lowercase());
    let how = action.descriptor.as_deref().map(|how| format!(" how={}", word(how))).unwrap_or_default();
    let (kind, who, made) = (&action.action_type, names.actor(action)?, made(action));
    let assist = names.key("assist", action.assist_person_id)?;
    let block = names.key("block", action.block_person_id)?;
    Ok(format!("{kind} {who} made={made} at={x},{y} style={style}{how}{assist}{block}{}", score(action)))
}

/// One fact a team.
fn substitutions(facts: &[Action], names: &Names) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for side in ["home", "away"] {
        let jerseys = |which: &str| -> anyhow::Result<String> {
            let mut jerseys = Vec::new();
            for action in facts.iter().filter(|action| action.sub_type.as_deref() == Some(which)) {
                let (team, jersey) = names.player(action.person_id)?.split_once(':').context("a name has a side")?;
                if team == side {
                    jerseys.push(jersey);
                }
            }
            Ok(jerseys.join(","))
        };
        let (out, on) = (jerseys("out")?, jerseys("in")?);
        if !out.is_empty() || !on.is_empty() {
            lines.push(format!("sub {side} out={out} in={on}"));
        }
    }
    Ok(lines)
}

fn made(action: &Action) -> &'static str {
    if action.shot_result.as_deref() == Some("Made") { "yes" } else { "no" }
}

/// The running score, where it changed.
fn score(action: &Action) -> String {
    if made(action) == "yes" { format!(" score={}-{}", action.score_home, action.score_away) } else { String::new() }
}

/// The league's qualifiers but those that another key says.
fn marks(action: &Action) -> String {
    let told = |mark: &&str| *mark != "team" && !mark.ends_with("freethrow");
    let marks: Vec<&str> = action.qualifiers.iter().map(String::as_str).filter(told).collect();
    if marks.is_empty() { String::new() } else { format!(" marks={}", marks.join(",")) }
}

fn logged_ms(action: &Action) -> anyhow::Result<i64> {
    let at = parse_utc(&action.time_actual).with_context(|| format!("timeActual `{}`", action.time_actual))?;
    Ok(at.as_millis() / 100 * 100)
}

/// `PT11M58.00S` to milliseconds.
fn clock_ms(text: &str) -> anyhow::Result<i64> {
    let read = || {
        let (minutes, seconds) = text.strip_prefix("PT")?.strip_suffix('S')?.split_once('M')?;
        let seconds: f64 = seconds.parse().ok()?;
        Some(minutes.parse::<i64>().ok()? * 60_000 + (seconds * 10.0).round() as i64 * 100)
    };
    read().with_context(|| format!("`{text}` is no game clock"))
}
