//! The venue's schedule: which games there are, and following one of them.

use serde::Serialize;

use super::{Failure, Show, feeds, live};
use crate::config::Feed;
use crate::feed::shottracker::{self, ScheduleQuery, ScheduledGame};
use crate::time::Timestamp;

/// A game of the schedule, for people and programs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Listed {
    /// What `--follow` and a show file's `event_id` take.
    pub event_id: String,
    /// As the vendor writes it.
    pub status: String,
    /// Milliseconds since 1970.
    pub tip_off_millis: Option<i64>,
    pub home: String,
    pub away: String,
    pub facility: String,
}

impl From<ScheduledGame> for Listed {
    fn from(game: ScheduledGame) -> Self {
        Self {
            event_id: game.id.to_string(),
            status: game.status,
            tip_off_millis: game.tip_off.map(Timestamp::as_millis),
            home: game.home,
            away: game.away,
            facility: game.facility,
        }
    }
}

/// Asks the schedule, with the account of the show's first ShotTracker feed; `rest` overrides where.
///
/// The options of the feed are used as far as REST needs them: a show that has no game yet can be asked about.
pub fn games(show: Option<&Show>, rest: Option<&str>, query: &ScheduleQuery) -> Result<Vec<Listed>, Failure> {
    let feed = show.and_then(|show| show.file.feeds.iter().find_map(tracker));
    let options = feeds::account(feed, rest)?;
    let runtime = live::runtime()?;
    let games = runtime.block_on(shottracker::games(&options, query)).map_err(|cause| match cause {
        shottracker::GamesError::Options(_) => Failure::Input(cause.to_string()),
        shottracker::GamesError::Failure(_) => Failure::Machine(cause.to_string()),
    })?;
    Ok(games.into_iter().map(Listed::from).collect())
}

fn tracker(feed: &Feed) -> Option<&crate::config::ShotTracker> {
    match feed {
        Feed::ShotTracker(feed) => Some(feed),
        _ => None,
    }
}

impl Show {
    /// Has the show's ShotTracker feed follow a game of the schedule instead of its own.
    pub fn follow(&mut self, event_id: &str) -> Result<(), Failure> {
        let feed = self.file.feeds.iter_mut().find_map(|feed| match feed {
            Feed::ShotTracker(feed) => Some(feed),
            _ => None,
        });
        let Some(feed) = feed else {
            return Err(Failure::Input("the show has no ShotTracker feed to follow a game".into()));
        };
        if feed.venue || feed.websocket.is_none() {
            let help =
                "leave `venue` out, and add `websocket = \"wss://…?token={token}\"`, as your account's page shows it";
            return Err(Failure::Input(format!("feed `{}` cannot follow a game of the schedule: {help}", feed.id)));
        }
        feed.event_id = Some(event_id.to_owned());
        Ok(())
    }
}

/// Games as lines of a table, for a person.
pub fn table(games: &[Listed]) -> String {
    let when = |game: &Listed| {
        game.tip_off_millis.map_or_else(|| "no time".to_owned(), |millis| Timestamp::from_millis(millis).to_utc_text())
    };
    let rows: Vec<[String; 4]> = games
        .iter()
        .map(|game| [when(game), game.status.clone(), format!("{} at {}", game.away, game.home), game.event_id.clone()])
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    let line = |row: &[String; 4]| {
        let [when, status, teams, id] = row;
        format!("{when:w0$}  {status:w1$}  {teams:w2$}  {id}", w0 = widths[0], w1 = widths[1], w2 = widths[2])
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_ends_with_the_id() {
        let game = |id: &str, status: &str, home: &str, tip_off_millis: Option<i64>| Listed {
            event_id: id.into(),
            status: status.into(),
            tip_off_millis,
            home: home.into(),
            away: "BWB".into(),
            facility: String::new(),
        };
        let table =
            table(&[game("a", "ACTIVE", "Nets", Some(1_604_052_000_000)), game("b", "SCHEDULED", "Knicks", None)]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "2020-10-30 10:00 UTC  ACTIVE     BWB at Nets    a");
        assert_eq!(lines[1], "no time               SCHEDULED  BWB at Knicks  b");
    }
}
