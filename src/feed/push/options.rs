//! What a feed of the league is made with, and the addresses that follow from it.
//!
//! In: the account, the kind of feed, a game. Out: the address to subscribe at, that of the game's play-by-play, or what of it
//! cannot work. Pure.

use std::time::Duration;

use reqwest::header;
use url::Url;

use crate::feed::OptionsError;
use crate::feed::backoff::Policy;
use crate::feed::followed::Followed;
use crate::feed::secret::{Secret, percent_encode};
use crate::feed::splitter::MAX_DOCUMENT_BYTES;
use crate::ids::{FeedId, FeedKind};

use super::replay::ReplayLimit;

/// See the module above. [`Options::new`] has the vendor's defaults.
#[derive(Clone, Debug)]
pub struct Options {
    pub id: FeedId,
    /// Any but ShotTracker.
    pub kind: FeedKind,
    pub subscribe: Subscribe,
    /// Empty where none is needed: simulations.
    pub api_key: Secret,
    pub key_in: KeyIn,
    /// `("match", "sd:match:…")` and so on, several values with commas between. Empty: all games in progress.
    pub filters: Vec<(String, String)>,
    /// Whether the host that the subscription redirects to gets the key too. Its address already holds a token.
    pub send_key_to_redirect: bool,
    /// Asks a new connection for what was missed since the last one (`resumeSessionId`); events feeds only.
    pub catch_up: bool,
    /// How much of a gap that closes.
    pub replay_limit: ReplayLimit,
    /// Where the game's play-by-play document is fetched after each connection; nowhere if `None`.
    pub play_by_play: Option<Url>,
    /// Where that of a game is fetched which the show does not name, once the stream has told which it is; nowhere if `None`.
    pub of_followed: Option<OfFollowed>,
    /// Without a single byte for this long the connection is dead. Heartbeats come every 5 s.
    pub watchdog: Duration,
    /// Larger messages are skipped whole and counted.
    pub max_message_bytes: usize,
    pub retry: Policy,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subscribe {
    /// `{base}/nba/{level}/stream/en/events/subscribe`, and so on by the kind of feed; the level is `trial` or `production`.
    League { base: Url, level: String },
    /// `{base}/subscribe/events?recording_id=…`: the vendor plays a recorded game as if it were live.
    Simulation { base: Url, recording: String },
    /// The whole address.
    Address(Url),
}

/// Where the key goes: newer accounts have it in a header, older ones in the query.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum KeyIn {
    /// `x-api-key`
    #[default]
    Header,
    /// `api_key`
    Query,
}

/// How the document of the game that a feed turns out to follow is found.
#[derive(Clone, Debug, Default)]
pub struct OfFollowed {
    /// With `{game}` for the game's id; beside the subscription when absent.
    pub address: Option<String>,
    pub followed: Followed,
}

impl Options {
    /// NBA Push Events from there; other kinds are set.
    pub fn new(id: FeedId, subscribe: Subscribe, api_key: Secret) -> Self {
        Self {
            id,
            kind: FeedKind::NbaPushEvents,
            subscribe,
            api_key,
            key_in: KeyIn::default(),
            filters: Vec::new(),
            send_key_to_redirect: false,
            catch_up: true,
            replay_limit: ReplayLimit::default(),
            play_by_play: None,
            of_followed: None,
            watchdog: Duration::from_secs(15),
            max_message_bytes: MAX_DOCUMENT_BYTES,
            retry: Policy::default(),
        }
    }

    pub(super) fn check(&self) -> Result<(), OptionsError> {
        let bad = |name, problem: &str| Err(OptionsError::Bad { feed: self.id.clone(), name, problem: problem.into() });
        let url = self.address();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return bad("subscribe", "must start with https:// (or http:// for the mock venue)");
        }
        if header::HeaderValue::from_str(self.api_key.expose()).is_err() {
            return bad("api_key", "has characters that no key has; was a line break copied with it?");
        }
        if self.kind == FeedKind::ShotTracker {
            return bad("kind", "is not one of Sportradar's");
        }
        if self.watchdog.is_zero() {
            return bad("watchdog", "is zero; every connection would be given up at once");
        }
        Ok(())
    }

    /// The subscribe address with the filters, without the key.
    pub fn address(&self) -> Url {
        let mut url = match &self.subscribe {
            Subscribe::Address(url) => url.clone(),
            Subscribe::League { base, level } => {
                let mut url = base.clone();
                let root = base.path().trim_end_matches('/');
                let (league, stream) = (league(self.kind), stream(self.kind));
                url.set_path(&format!("{root}/{league}/{}/stream/en/{stream}/subscribe", percent_encode(level, "")));
                url
            }
            Subscribe::Simulation { base, recording } => {
                let mut url = base.clone();
                let root = base.path().trim_end_matches('/');
                url.set_path(&format!("{root}/subscribe/{}", stream(self.kind)));
                add_to_query(&mut url, "recording_id", &percent_encode(recording, ""));
                url
            }
        };
        for (name, value) in &self.filters {
            // Colons and commas stay as they are, as in the vendor's examples.
            add_to_query(&mut url, name, &percent_encode(value, ":,"));
        }
        url
    }
}

/// The play-by-play document beside a subscription of the league: same host, same level, `game` with or without `sd:match:`.
/// `None` where the subscription's address is no league's: a simulation's, a proxy's.
pub fn play_by_play(kind: FeedKind, subscription: &Url, game: &str) -> Option<Url> {
    let (before, after) = subscription.path().split_once(&format!("/{}/", league(kind)))?;
    let mut parts = after.split('/');
    let (level, language) = match (parts.next(), parts.next(), parts.next()) {
        (Some(level), Some("stream"), Some(language)) => (level, language),
        _ => return None,
    };
    // Versions of the league's REST API whose documents the vendor calls the counterpart of today's push feeds.
    let version = if league(kind) == "nhl" { "v7" } else { "v8" };
    let game = percent_encode(game.strip_prefix("sd:match:").unwrap_or(game), "");
    let mut url = subscription.clone();
    url.set_query(None);
    url.set_path(&format!("{before}/{}/{level}/{version}/{language}/games/{game}/pbp.json", league(kind)));
    Some(url)
}

fn league(kind: FeedKind) -> &'static str {
    if matches!(kind, FeedKind::NhlPushEvents | FeedKind::NhlPushClock) { "nhl" } else { "nba" }
}

pub(super) fn stream(kind: FeedKind) -> &'static str {
    match kind {
        FeedKind::NbaPushClock | FeedKind::NhlPushClock => "clock",
        FeedKind::NbaPushGameClock => "game_clock",
        _ => "events",
    }
}

pub(super) fn add_to_query(url: &mut Url, name: &str, encoded: &str) {
    let query = match url.query().filter(|query| !query.is_empty()) {
        Some(there) => format!("{there}&{name}={encoded}"),
        None => format!("{name}={encoded}"),
    };
    url.set_query(Some(&query));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        let base = Url::parse("https://api.example/").unwrap();
        Options::new("league".into(), Subscribe::League { base, level: "trial".into() }, Secret::new("key"))
    }

    #[test]
    fn the_address_has_the_level_and_the_filters_as_in_the_vendors_examples() {
        let mut options = options();
        options.filters = vec![
            ("match".into(), "sd:match:76b2".into()),
            ("event_type".into(), "rebound,twopointmade".into()),
            ("status".into(), "in progress&x".into()),
        ];
        assert_eq!(
            options.address().as_str(),
            "https://api.example/nba/trial/stream/en/events/subscribe\
             ?match=sd:match:76b2&event_type=rebound,twopointmade&status=in%20progress%26x"
        );
    }

    #[test]
    fn each_kind_of_feed_has_its_own_address() {
        let of = |kind| Options { kind, ..options() }.address().path().to_owned();
        assert_eq!(of(FeedKind::NbaPushClock), "/nba/trial/stream/en/clock/subscribe");
        assert_eq!(of(FeedKind::NbaPushGameClock), "/nba/trial/stream/en/game_clock/subscribe");
        assert_eq!(of(FeedKind::NhlPushEvents), "/nhl/trial/stream/en/events/subscribe");
        assert_eq!(of(FeedKind::NhlPushClock), "/nhl/trial/stream/en/clock/subscribe");
        let base = Url::parse("https://playback.example").unwrap();
        let subscribe = Subscribe::Simulation { base, recording: "a b".into() };
        let simulation = Options { subscribe, kind: FeedKind::NhlPushClock, ..options() };
        assert_eq!(simulation.address().as_str(), "https://playback.example/subscribe/clock?recording_id=a%20b");
    }

    #[test]
    fn the_play_by_play_lies_beside_a_leagues_subscription_and_nowhere_else() {
        let of = |kind, address: &str| play_by_play(kind, &Url::parse(address).unwrap(), "sd:match:76b2");
        let nba = of(FeedKind::NbaPushEvents, "https://api.example/nba/trial/stream/en/events/subscribe?match=x");
        assert_eq!(nba.unwrap().as_str(), "https://api.example/nba/trial/v8/en/games/76b2/pbp.json");
        let nhl = of(FeedKind::NhlPushEvents, "https://api.example/proxy/nhl/production/stream/en/events/subscribe");
        assert_eq!(nhl.unwrap().as_str(), "https://api.example/proxy/nhl/production/v7/en/games/76b2/pbp.json");
        assert_eq!(of(FeedKind::NbaPushEvents, "https://playback.example/subscribe/events?recording_id=1"), None);
        assert_eq!(of(FeedKind::NhlPushEvents, "https://api.example/nba/trial/stream/en/events/subscribe"), None);
    }

    #[test]
    fn options_that_cannot_work_are_refused_without_showing_the_key() {
        let mut broken = options();
        broken.api_key = Secret::new("abc\ndef");
        let message = broken.check().unwrap_err().to_string();
        assert!(message.contains("`api_key`") && !message.contains("abc"), "{message}");
        let mut broken = options();
        broken.subscribe = Subscribe::Address(Url::parse("mailto:x@example").unwrap());
        assert!(broken.check().unwrap_err().to_string().contains("`subscribe`"));
    }
}
