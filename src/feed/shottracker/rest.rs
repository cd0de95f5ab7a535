//! ShotTracker's REST API, as far as a feed needs it: the schedule, the subscription token, the game so far.
//!
//! In: the account and what is asked for. Out: games, a token, or the [`Failure`]. Every request is signed. Answers are
//! read tolerantly: ids may be numbers or strings, and where the token stands is not documented.

use std::collections::VecDeque;
use std::time::SystemTime;

use bytes::Bytes;
use reqwest::header;
use serde_json::Value;
use url::Url;

use crate::feed::OptionsError;
use crate::feed::failure::Failure;
use crate::feed::http::{self, Advice};
use crate::feed::secret::{Secret, percent_encode};
use crate::feed::sign::Signed;
use crate::feed::tree::tree;
use crate::ids::{GameId, TeamId};
use crate::time::Timestamp;

use super::Options;

/// A day's schedule of a whole league, or a game's play-by-play, is some hundred kilobytes.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Which games to look for in the schedule.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ScheduleQuery {
    /// Start of the time in which tip-off lies.
    pub from: Timestamp,
    /// Its end; `None`: a day later, by the vendor's default.
    pub to: Option<Timestamp>,
    pub team: Option<TeamId>,
    /// `court@facility`.
    pub location: Option<String>,
    /// `EXH`, `PRE`, `REG` or `POST`; `None`: the vendor's default, which is `REG`.
    pub season_type: Option<String>,
    pub week: Option<u32>,
    /// The vendor's word for the sport; `None`: `BASKETBALL`, which is the vendor's default, too.
    pub sport: Option<String>,
}

/// A game of the schedule. Empty texts where the vendor says nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScheduledGame {
    pub id: GameId,
    /// As the vendor writes it: `SCHEDULED`, `ACTIVE`…
    pub status: String,
    pub tip_off: Option<Timestamp>,
    pub home: String,
    pub away: String,
    pub facility: String,
}

/// Why the schedule could not be had.
#[derive(Debug, thiserror::Error)]
pub enum GamesError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// The games of the schedule, in the vendor's order; none is an empty list.
pub async fn games(options: &Options, query: &ScheduleQuery) -> Result<Vec<ScheduledGame>, GamesError> {
    options.check()?;
    Ok(Rest::new(options)?.games(query).await?)
}

pub(super) struct Rest {
    http: reqwest::Client,
    base: Url,
    username: String,
    secret: Secret,
}

impl Rest {
    pub(super) fn new(options: &Options) -> Result<Self, OptionsError> {
        let http = http::client(&options.rest_base)
            .map_err(|cause| OptionsError::NoClient { feed: options.id.clone(), cause })?;
        Ok(Self {
            http,
            base: options.rest_base.clone(),
            username: options.username.clone(),
            secret: options.secret.clone(),
        })
    }

    /// A fresh subscription token for `game`. `pointer` says where it stands in the answer, if it is not called `token`.
    pub(super) async fn token(&self, game: &GameId, pointer: Option<&str>) -> Result<Secret, Failure> {
        let path = format!("v1/data/schedule/games/{}/_subscribe", percent_encode(game.as_str(), ""));
        let answer = self.get(&path, &[], Some(game.as_str())).await?;
        read_token(&answer, pointer).ok_or_else(|| Failure::Incomprehensible {
            at: http::place(&self.base),
            what: match pointer {
                Some(pointer) => format!("there is no text at `{pointer}` in the answer to the subscription"),
                None => "there is no `token` in the answer to the subscription".into(),
            },
            advice: "set `token_pointer` to where the token stands",
        })
    }

    /// The game so far, as the vendor writes it; `resources` are names with commas between.
    pub(super) async fn so_far(&self, game: &GameId, resources: &str) -> Result<Bytes, Failure> {
        let (game_in_path, resources) = (percent_encode(game.as_str(), ""), percent_encode(resources, ","));
        let path = format!("v1/data/stats/games/{game_in_path}/{resources}");
        let answer = self.get(&path, &[], Some(game.as_str())).await.map_err(|failure| match failure {
            Failure::Forbidden { at, says, .. } => {
                let ask = "the account may see all of it, and leave the rest out of `backfill`";
                Failure::Forbidden { at, says, ask }
            }
            other => other,
        });
        answer.map(Bytes::from)
    }

    /// The one game that `query` means.
    pub(super) async fn only_game(&self, query: &ScheduleQuery) -> Result<GameId, Failure> {
        let games = self.games(query).await?;
        let active: Vec<&ScheduledGame> = games.iter().filter(|game| game.status == "ACTIVE").collect();
        let (at, wanted) = (http::place(&self.base), wanted(query));
        match (games.as_slice(), active.as_slice()) {
            ([only], _) => Ok(only.id.clone()),
            (_, [only]) => Ok(only.id.clone()),
            ([], _) => Err(Failure::NothingScheduled { at, wanted }),
            (several, _) => {
                let names: Vec<String> =
                    several.iter().map(|game| format!("{} ({} at {})", game.id, game.away, game.home)).collect();
                Err(Failure::SeveralGames { at, wanted, games: names.join(", ") })
            }
        }
    }

    async fn games(&self, query: &ScheduleQuery) -> Result<Vec<ScheduledGame>, Failure> {
        let sport = query.sport.as_deref().unwrap_or("BASKETBALL").to_owned();
        let mut pairs = vec![("type", sport), ("from", query.from.as_millis().to_string())];
        pairs.extend(query.to.map(|to| ("to", to.as_millis().to_string())));
        pairs.extend(query.team.as_ref().map(|team| ("team_id", team.to_string())));
        pairs.extend(query.location.clone().map(|location| ("location_id", location)));
        pairs.extend(query.season_type.clone().map(|season| ("seasonType", season)));
        pairs.extend(query.week.map(|week| ("weekNumber", week.to_string())));
        let answer = self.get("v1/data/schedule/games", &pairs, None).await?;
        let Some(games) = read_schedule(&answer) else {
            return Err(Failure::Incomprehensible {
                at: http::place(&self.base),
                what: "there is no list `games` in the schedule".into(),
                advice: "check `rest`",
            });
        };
        Ok(games)
    }

    /// The body of the answer to a signed GET of `path` (percent-encoded, relative to the base).
    async fn get(&self, path: &str, query: &[(&str, String)], game: Option<&str>) -> Result<Vec<u8>, Failure> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", percent_encode(value, "@"))).collect();
        url.set_query((!query.is_empty()).then(|| query.join("&")).as_deref());
        let at = http::place(&url);
        // The wall clock of the moment, as the vendor compares it with its own.
        let date = httpdate::fmt_http_date(SystemTime::now());
        let signed = Signed { method: "GET", path: url.path(), host: &at, date: &date };
        let authorization = signed.authorization(&self.username, &self.secret);
        let request = self
            .http
            .get(url.clone())
            .header(header::DATE, &date)
            .header(header::HOST, &at)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, authorization);
        let answer = http::ask(request, &at).await?;
        if !answer.status().is_success() {
            let advice = Advice {
                credentials: "the account's user name and secret, in the variables that `username_env` and `secret_env` name",
                rights: "the account may see this game",
                address: "`rest`",
                game,
            };
            return Err(http::refusal(answer, &at, &advice).await);
        }
        http::body(answer, &at, ANSWER_BYTES).await
    }
}

/// The games of a schedule; rows without an id are left out. `None` where there is no list of games.
pub fn read_schedule(answer: &[u8]) -> Option<Vec<ScheduledGame>> {
    let answer = tree(answer).ok()?;
    Some(answer.get("games")?.as_array()?.iter().filter_map(scheduled).collect())
}

/// The token of a subscription, at `pointer` or else wherever it is called so; `None` where there is none.
pub fn read_token(answer: &[u8], pointer: Option<&str>) -> Option<Secret> {
    let answer = tree(answer).ok()?;
    let found = match pointer {
        Some(pointer) => answer.pointer(pointer).and_then(Value::as_str).map(Secret::new),
        None => token_in(&answer),
    };
    found.filter(|token| !token.expose().is_empty())
}

/// The text called `token` that lies least deep.
fn token_in(answer: &Value) -> Option<Secret> {
    let mut level = VecDeque::from([answer]);
    while let Some(value) = level.pop_front() {
        if let Some(token) = value.get("token").and_then(Value::as_str) {
            return Some(Secret::new(token));
        }
        match value {
            Value::Object(fields) => level.extend(fields.values()),
            Value::Array(items) => level.extend(items),
            _ => {}
        }
    }
    None
}

fn scheduled(game: &Value) -> Option<ScheduledGame> {
    let text = |name: &str| match game.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let id = text("event_id");
    (!id.is_empty()).then(|| ScheduledGame {
        id: id.into(),
        status: text("status"),
        tip_off: game.get("tipoff_at").and_then(Value::as_i64).map(Timestamp::from_millis),
        home: text("home_team_name"),
        away: text("away_team_name"),
        facility: text("facility_name"),
    })
}

fn wanted(query: &ScheduleQuery) -> String {
    let date = |at: Timestamp| {
        let since_1970 = std::time::Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0));
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + since_1970)
    };
    let team = query.team.as_ref().map(|team| format!("team {team} ")).unwrap_or_default();
    let to = query.to.map(|to| format!(" until {}", date(to))).unwrap_or_default();
    format!("{team}from {}{to}", date(query.from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_at_any_depth_and_the_shallowest_wins() {
        let find = |text: &str| token_in(&serde_json::from_str(text).unwrap()).map(|token| token.expose().to_owned());
        assert_eq!(find(r#"{"token":"a"}"#).as_deref(), Some("a"));
        assert_eq!(find(r#"{"a":{"b":[{"token":"deep"}]},"z":{"token":"near"}}"#).as_deref(), Some("near"));
        assert_eq!(find(r#"{"token":{"token":"inside"}}"#).as_deref(), Some("inside"));
        assert_eq!(find(r#"{"tokens":["a"]}"#), None);
    }

    #[test]
    fn ids_in_the_schedule_may_be_numbers_and_rows_without_one_are_left_out() {
        let row = |text: &str| scheduled(&serde_json::from_str(text).unwrap());
        assert_eq!(row(r#"{"event_id":12,"status":"ACTIVE"}"#).unwrap().id, GameId::from("12"));
        assert_eq!(row(r#"{"status":"ACTIVE"}"#), None);
    }
}
