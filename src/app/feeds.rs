//! Feeds of a show: options for the clients and decoders, from the show file, the environment and the venue.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use url::Url;

use super::Failure;
use super::fold::Fold;
use crate::color::Rgb;
use crate::config::{
    self, ClashRule, Feed, KeyPlace, PingForm, Preferred, RosterPlayer, ShotTracker, ShowFile, Sportradar, Team,
};
use crate::feed::decode::Reading;
use crate::feed::secret::Secret;
use crate::feed::{self, Followed, Policy, Report, decode, push, shottracker};
use crate::game::snapshot::{PeriodKind, Player, Sport};
use crate::game::{ClockRules, ColorRules, Fact, GameRules, Ranks, Rules, StoryRules, TeamRules};
use crate::ids::{FeedId, FeedKind};
use crate::venue::Endpoints;

/// Options of every feed. Credentials come from the environment, or from the venue for its own feeds.
pub fn options(show: &ShowFile, venue: Option<&Endpoints>) -> Result<Vec<feed::Options>, Failure> {
    show.feeds.iter().map(|feed| option(feed, venue)).collect()
}

fn option(feed: &Feed, venue: Option<&Endpoints>) -> Result<feed::Options, Failure> {
    match (feed, venue.filter(|_| feed.at_venue())) {
        (Feed::ShotTracker(feed), Some(venue)) => shottracker_at_venue(feed, venue),
        (Feed::ShotTracker(feed), None) => shottracker(feed),
        (Feed::Sportradar(feed), Some(venue)) => push_at_venue(feed, venue),
        (Feed::Sportradar(feed), None) => push(feed),
    }
}

/// Finds out before anything is started whether a feed lacks its game, address or credentials.
pub fn check(show: &ShowFile) -> Result<(), Failure> {
    let elsewhere = || show.feeds.iter().filter(|feed| !feed.at_venue());
    let wanted = elsewhere().flat_map(|feed| variables(feed).into_iter().map(|name| (feed.id(), name)));
    all_set(wanted, variable)?;
    let problems: Vec<String> =
        elsewhere().filter_map(|feed| option(feed, None).err()).map(|problem| problem.to_string()).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems.join("\n"))) }
}

/// The environment variables that hold a feed's credentials.
fn variables(feed: &Feed) -> Vec<&str> {
    match feed {
        Feed::ShotTracker(feed) => vec![&feed.username_env, &feed.secret_env],
        // The vendor's simulations want no key.
        Feed::Sportradar(feed) if feed.simulation.is_some() => Vec::new(),
        Feed::Sportradar(feed) => vec![&feed.key_env],
    }
}

/// Whether `value` has all of these variables; all that it lacks are told at once.
fn all_set<'v>(
    wanted: impl Iterator<Item = (&'v FeedId, &'v str)>,
    value: impl Fn(&str) -> Option<String>,
) -> Result<(), Failure> {
    let mut missing: Vec<(&str, Vec<&str>)> = Vec::new();
    for (feed, name) in wanted.filter(|(_, name)| value(name).is_none()) {
        match missing.iter_mut().find(|(known, _)| *known == name) {
            Some((_, feeds)) => feeds.push(feed.as_str()),
            None => missing.push((name, vec![feed.as_str()])),
        }
    }
    let told: Vec<String> = missing
        .iter()
        .map(|(name, feeds)| {
            let plural = if feeds.len() == 1 { "feed" } else { "feeds" };
            format!(
                "the environment variable {name} is not set; it holds a credential of {plural} `{}`",
                feeds.join("`, `")
            )
        })
        .collect();
    if told.is_empty() { Ok(()) } else { Err(Failure::Input(told.join("\n"))) }
}

const BYTES_PER_MB: usize = 1024 * 1024;

/// Starts every feed as a task, going on where the journal left off; each ends when `stop` changes.
pub fn spawn(
    all: Vec<feed::Options>,
    fold: &Fold,
    reports: &mpsc::Sender<Report>,
    stop: &watch::Receiver<bool>,
    followed: &Followed,
) {
    for mut options in all {
        if let feed::Options::Push(push::Options { of_followed: Some(document), .. }) = &mut options {
            document.followed = followed.clone();
        }
        let resume = fold.resume(options.id());
        let (reports, mut stop) = (reports.clone(), stop.clone());
        tokio::spawn(async move {
            let stopped = async move {
                // The sender is gone only when the show is over.
                let _ = stop.wait_for(|stop| *stop).await;
            };
            if let Err(wrong) = feed::run(options, resume, reports, stopped).await {
                tracing::error!("{wrong}");
            }
        });
    }
}

/// Which game each feed's decoder follows: the one that the feed names, or else that another feed of the league names.
pub fn decoding(show: &ShowFile, venue: Option<&Endpoints>) -> BTreeMap<FeedId, decode::Options> {
    let named = |feed: &Feed| match feed {
        // A capture names no game.
        Feed::Sportradar(push) if push.venue => {
            venue.map(|venue| venue.match_id.clone()).filter(|game| !game.is_empty())
        }
        Feed::Sportradar(push) => push.match_id.clone(),
        Feed::ShotTracker(_) => None,
    };
    let is_beside = |feed: &Feed, other: &Feed| {
        feed.kind()
            .league()
            .is_some_and(|league| other.kind().league() == Some(league) && feed.at_venue() == other.at_venue())
    };
    let followed =
        |feed: &Feed| named(feed).or_else(|| show.feeds.iter().filter(|other| is_beside(feed, other)).find_map(named));
    let options = |feed: &Feed| decode::Options { match_id: followed(feed), reading: reading(feed) };
    show.feeds.iter().map(|feed| (feed.id().clone(), options(feed))).collect()
}

fn reading(feed: &Feed) -> Reading {
    let Feed::ShotTracker(feed) = feed else { return Reading::default() };
    Reading {
        // The show file's reader has refused whatever is no order.
        zone_order: feed.zone_order.clone().try_into().unwrap_or_default(),
        far_hoop: match feed.far_hoop {
            config::FarHoop::Turned => decode::FarHoop::Turned,
            config::FarHoop::Mirrored => decode::FarHoop::Mirrored,
        },
        right_hand: match feed.right_hand {
            config::RightHand::Shooter => decode::RightHand::Shooter,
            config::RightHand::Hoop => decode::RightHand::Hoop,
        },
    }
}

/// How a show reads its feeds, from the show file's text; empty where that cannot be read any more.
pub fn readings(show: &str) -> BTreeMap<FeedId, Reading> {
    let show = config::parse(Path::new("the journal's show"), show);
    let readings = show.iter().flat_map(|show| &show.feeds).map(|feed| (feed.id().clone(), reading(feed)));
    readings.collect()
}

/// By how many frames each feed is held back.
pub fn delays(show: &ShowFile) -> impl Iterator<Item = (FeedId, u32)> + '_ {
    show.feeds.iter().map(|feed| (feed.id().clone(), feed.delay_frames()))
}

/// What the show says of its teams, for the game's view.
pub fn rules(show: &ShowFile) -> Rules {
    let mut ranks = Ranks::default();
    for (fact, feeds) in show.ranks.rows().into_iter().filter(|(_, feeds)| !feeds.is_empty()) {
        if let Some(fact) = Fact::named(fact) {
            ranks.set(fact, feeds.to_vec());
        }
    }
    let colors = ColorRules {
        prefers_brand: show.colors.prefer == Preferred::Brand,
        keeps_clash: show.colors.clash == ClashRule::Keep,
    };
    let (home, away) = (team(&show.teams.home), team(&show.teams.away));
    Rules { home, away, ranks, story: story(&show.game), colors, game: game(&show.game), clocks: clocks(show) }
}

fn clocks(show: &ShowFile) -> ClockRules {
    let said = |feed: &Feed| match feed {
        Feed::Sportradar(push) => Some((push.id.clone(), Duration::from_secs(push.clock_stale_s?))),
        Feed::ShotTracker(_) => None,
    };
    ClockRules { stale_after: show.feeds.iter().filter_map(said).collect() }
}

fn story(said: &config::Game) -> StoryRules {
    let seconds = |length: Option<u32>| length.map(|seconds| Duration::from_secs(seconds.into()));
    StoryRules {
        run_points: said.run_points,
        run_against: said.run_against,
        foul_limit: said.foul_limit,
        halftime: seconds(said.halftime_s),
        period_break: seconds(said.break_s),
    }
}

fn game(said: &config::Game) -> GameRules {
    let sport = said.sport.map(|sport| match sport {
        config::Sport::Basketball => Sport::Basketball,
        config::Sport::Hockey => Sport::Hockey,
    });
    let usual = if sport == Some(Sport::Hockey) { GameRules::HOCKEY } else { GameRules::BASKETBALL };
    let millis = |minutes: f64| (minutes * 60_000.0).round() as u32;
    GameRules {
        sport,
        league: said.league.clone(),
        title: said.title.clone(),
        venue: said.venue.clone(),
        periods: said.periods.unwrap_or(usual.periods),
        period: if said.periods == Some(2) { PeriodKind::Half } else { usual.period },
        period_millis: said.period_minutes.map_or(usual.period_millis, millis),
        overtime_millis: said.overtime_minutes.map_or(usual.overtime_millis, millis),
        shot_clock_millis: match said.shot_clock_s {
            Some(0) => None,
            Some(seconds) => Some(seconds * 1_000),
            None => usual.shot_clock_millis,
        },
        timeouts: said.timeouts.unwrap_or(usual.timeouts),
    }
}

fn team(said: &Team) -> TeamRules {
    // The show file's reader has refused whatever is no colour.
    let color = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Rgb>().ok());
    TeamRules {
        code: said.code.clone(),
        name: said.name.clone(),
        market: said.market.clone(),
        primary: color(&said.primary),
        secondary: color(&said.secondary),
        alternate: color(&said.alternate),
        ids: said.ids.clone(),
        roster: Arc::new(said.players.iter().map(player).collect()),
    }
}

fn player(said: &RosterPlayer) -> Player {
    Player {
        number: said.number.clone(),
        first_name: said.first_name.clone(),
        last_name: said.last_name.clone(),
        position: said.position.clone(),
        ..Player::default()
    }
}

fn shottracker(feed: &ShotTracker) -> Result<feed::Options, Failure> {
    let given = |what: Option<&String>, help: &str| {
        what.cloned().ok_or_else(|| Failure::Input(format!("feed `{}` does not say {help}", feed.id)))
    };
    let game = "which game to follow; add `event_id = \"…\"` from `sideline games`, or start the show with `sideline games \
                --follow ID --show SHOW`";
    Ok(feed::Options::ShotTracker(shottracker::Options {
        rest_base: url(&feed.id, "rest", &feed.rest)?,
        ws_url: given(feed.websocket.as_ref(), "where its WebSocket is; add `websocket = \"wss://…\"`")?,
        game: shottracker::Game::Event(given(feed.event_id.as_ref(), game)?.into()),
        username: credential(&feed.id, &feed.username_env)?,
        secret: Secret::new(credential(&feed.id, &feed.secret_env)?),
        ..shottracker_common(feed, Url::parse("https://api.shottracker.com").map_err(Failure::input)?)
    }))
}

/// Options with which the schedule is asked: the account alone counts, no connection is made with them.
pub fn account(feed: Option<&ShotTracker>, rest: Option<&str>) -> Result<shottracker::Options, Failure> {
    let id: FeedId = feed.map_or_else(|| "shottracker".into(), |feed| feed.id.clone());
    let of = |of: fn(&ShotTracker) -> &String, default: &'static str| feed.map_or(default, |feed| of(feed).as_str());
    let base = rest.unwrap_or_else(|| of(|feed| &feed.rest, "https://api.shottracker.com"));
    let names =
        [of(|feed| &feed.username_env, "SHOTTRACKER_USERNAME"), of(|feed| &feed.secret_env, "SHOTTRACKER_SECRET")];
    all_set(names.into_iter().map(|name| (&id, name)), variable)?;
    let [username, secret] = [credential(&id, names[0])?, credential(&id, names[1])?];
    let secret = Secret::new(secret);
    let (rest, game) = (url(&id, "rest", base)?, shottracker::Game::Event("".into()));
    Ok(shottracker::Options::new(id, rest, "wss://unused.invalid/{token}".to_owned(), game, username, secret))
}

fn shottracker_at_venue(feed: &ShotTracker, venue: &Endpoints) -> Result<feed::Options, Failure> {
    Ok(feed::Options::ShotTracker(shottracker::Options {
        ws_url: venue.websocket.clone(),
        game: shottracker::Game::Event(venue.event_id.as_str().into()),
        username: venue.username.clone(),
        secret: Secret::new(venue.secret.clone()),
        ..shottracker_common(feed, url(&feed.id, "rest", &venue.rest)?)
    }))
}

fn shottracker_common(feed: &ShotTracker, rest_base: Url) -> shottracker::Options {
    shottracker::Options {
        id: feed.id.clone(),
        rest_base,
        ws_url: String::new(),
        game: shottracker::Game::Event("".into()),
        username: String::new(),
        secret: Secret::new(""),
        sources: feed.sources.clone(),
        include_player_season: feed.include_player_season,
        summary_level: feed.broadcast_summary_level.clone(),
        ping: match feed.ping {
            PingForm::Json => shottracker::Ping::Json,
            PingForm::Text => shottracker::Ping::Text,
            PingForm::Control => shottracker::Ping::Control,
        },
        ping_after: Duration::from_secs(feed.ping_after_s),
        pong_within: shottracker::PONG_WITHIN,
        token_pointer: feed.token_pointer.clone(),
        max_message_bytes: feed.max_message_mb * BYTES_PER_MB,
        resume: feed.resume,
        backfill: feed.backfill.clone(),
        retry: Policy::default(),
    }
}

fn push(feed: &Sportradar) -> Result<feed::Options, Failure> {
    let (subscribe, key) = match (&feed.simulation, &feed.url) {
        (Some(recording), _) => {
            let base = url(&feed.id, "simulations", &feed.simulations)?;
            (push::Subscribe::Simulation { base, recording: recording.clone() }, Secret::new(""))
        }
        (None, address) => {
            let subscribe = match address {
                Some(address) => push::Subscribe::Address(url(&feed.id, "url", address)?),
                None => push::Subscribe::League { base: url(&feed.id, "base", &feed.base)?, level: feed.level.clone() },
            };
            (subscribe, Secret::new(credential(&feed.id, &feed.key_env)?))
        }
    };
    Ok(feed::Options::Push(push_common(feed, subscribe, key, feed.match_id.as_deref())?))
}

fn push_at_venue(feed: &Sportradar, venue: &Endpoints) -> Result<feed::Options, Failure> {
    let base = url(&feed.id, "url", &venue.subscribe)?.join("/").map_err(Failure::input)?;
    let subscribe = push::Subscribe::League { base, level: "trial".to_owned() };
    let key = Secret::new(venue.api_key.clone());
    // A capture names no game.
    let game = Some(venue.match_id.as_str()).filter(|game| !game.is_empty());
    let mut options = push_common(feed, subscribe, key, game)?;
    // Nor does it have the play-by-play of any.
    options.of_followed = None;
    Ok(feed::Options::Push(options))
}

fn push_common(
    feed: &Sportradar,
    subscribe: push::Subscribe,
    api_key: Secret,
    match_id: Option<&str>,
) -> Result<push::Options, Failure> {
    let game = match_id.map(|id| if id.contains(':') { id.to_owned() } else { format!("sd:match:{id}") });
    let filters = feed.filters.iter().map(|(name, values)| (name.clone(), values.joined()));
    let key_in = match feed.key_in {
        Some(KeyPlace::Header) => push::KeyIn::Header,
        Some(KeyPlace::Query) => push::KeyIn::Query,
        // The pages of the clock feeds still show the key in the query.
        None if is_events(feed.kind) => push::KeyIn::Header,
        None => push::KeyIn::Query,
    };
    let mut options = push::Options {
        kind: feed.kind,
        key_in,
        filters: game.map(|game| ("match".to_owned(), game)).into_iter().chain(filters).collect(),
        send_key_to_redirect: feed.send_key_to_redirect,
        catch_up: feed.catch_up,
        watchdog: Duration::from_secs(feed.watchdog_s),
        max_message_bytes: feed.max_message_mb * BYTES_PER_MB,
        ..push::Options::new(feed.id.clone(), subscribe, api_key)
    };
    options.play_by_play = play_by_play(feed, &options, match_id)?;
    options.of_followed = of_followed(feed, &options)?;
    Ok(options)
}

/// Where the game's plays are fetched, if they are: of an events feed, of a game that the show file names.
fn play_by_play(feed: &Sportradar, options: &push::Options, game: Option<&str>) -> Result<Option<Url>, Failure> {
    // Documents are found by the vendor's own id alone.
    let is_own = |game: &&str| !game.starts_with("sr:");
    let Some(game) = game.filter(|_| feed.backfill && is_events(feed.kind)).filter(is_own) else { return Ok(None) };
    if let Some(address) = &feed.play_by_play {
        let bare = game.strip_prefix("sd:match:").unwrap_or(game);
        return url(&feed.id, "play_by_play", &address.replace("{game}", bare)).map(Some);
    }
    Ok(push::play_by_play(feed.kind, &options.address(), game))
}

/// Where the plays of a game are fetched that the show file does not name, or not by the vendor's own id.
fn of_followed(feed: &Sportradar, options: &push::Options) -> Result<Option<push::OfFollowed>, Failure> {
    if !feed.backfill || !is_events(feed.kind) || options.play_by_play.is_some() {
        return Ok(None);
    }
    if let Some(address) = &feed.play_by_play {
        url(&feed.id, "play_by_play", &address.replace("{game}", "game"))?;
    }
    Ok(Some(push::OfFollowed { address: feed.play_by_play.clone(), followed: Followed::default() }))
}

fn is_events(kind: FeedKind) -> bool {
    matches!(kind, FeedKind::NbaPushEvents | FeedKind::NhlPushEvents)
}

fn url(feed: &FeedId, key: &str, text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|cause| Failure::Input(format!("feed `{feed}`: `{key}` is no address: {cause}")))
}

fn credential(feed: &FeedId, name: &str) -> Result<String, Failure> {
    all_set(std::iter::once((feed, name)), variable)?;
    Ok(variable(name).unwrap_or_default())
}

/// What an environment variable holds; one that is there and empty holds nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_clock_may_be_unheard_of_is_the_shows_word_by_feed() {
        let text = "[show]\nname = \"x\"\n[[feed]]\nid = \"a\"\nkind = \"nhl-push-clock\"\nclock_stale_s = 20\n\
                    [[feed]]\nid = \"b\"\nkind = \"nhl-push-clock\"\n";
        let show = config::parse(Path::new("show.toml"), text).unwrap();
        let told: Vec<_> = rules(&show).clocks.stale_after.into_iter().collect();
        assert_eq!(told, [("a".into(), Duration::from_secs(20))]);
        let refused = config::parse(Path::new("show.toml"), &text.replace("= 20", "= 500"));
        assert!(refused.unwrap_err().to_string().contains("outside 2 to 120"));
    }

    #[test]
    fn all_credentials_that_are_missing_are_told_at_once() {
        let text = "[show]\nname = \"x\"\n[[feed]]\nid = \"tracker\"\nkind = \"shottracker\"\nwebsocket = \"wss://h/{token}\"\n\
                    [[feed]]\nid = \"plays\"\nkind = \"nba-push-events\"\n\
                    [[feed]]\nid = \"clock\"\nkind = \"nba-push-clock\"\n\
                    [[feed]]\nid = \"old\"\nkind = \"nba-push-events\"\nsimulation = \"1\"\n";
        let show = config::parse(Path::new("show.toml"), text).unwrap();
        let told = |set: &[&str]| {
            let wanted = show.feeds.iter().flat_map(|feed| variables(feed).into_iter().map(|name| (feed.id(), name)));
            all_set(wanted, |name| set.contains(&name).then(|| "x".to_owned())).map_err(|failure| failure.to_string())
        };
        let missing = told(&["SHOTTRACKER_USERNAME"]).unwrap_err();
        let lines: Vec<&str> = missing.lines().collect();
        assert_eq!(lines.len(), 2, "{missing}");
        assert!(lines[0].contains("SHOTTRACKER_SECRET") && lines[0].ends_with("feed `tracker`"), "{missing}");
        assert!(lines[1].contains("SPORTRADAR_KEY") && lines[1].ends_with("feeds `plays`, `clock`"), "{missing}");
        assert_eq!(told(&["SHOTTRACKER_USERNAME", "SHOTTRACKER_SECRET", "SPORTRADAR_KEY"]), Ok(()));
    }

    #[test]
    fn every_row_of_ranks_is_a_fact_of_the_game() {
        let ranks = crate::config::Ranks::default();
        let named: Vec<Option<Fact>> = ranks.rows().iter().map(|(name, _)| Fact::named(name)).collect();
        assert_eq!(named, Fact::ALL.map(Some));
    }
}
