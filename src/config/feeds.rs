//! The feeds of a show file: which vendor's stream, with which settings.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{defaults, values};
use crate::ids::{FeedId, FeedKind};

/// A feed: one supervised connection.
#[derive(Clone, Debug)]
pub enum Feed {
    ShotTracker(ShotTracker),
    Sportradar(Sportradar),
}

impl Feed {
    /// Its name in the show.
    pub fn id(&self) -> &FeedId {
        match self {
            Feed::ShotTracker(feed) => &feed.id,
            Feed::Sportradar(feed) => &feed.id,
        }
    }

    /// Which of the vendors' streams it is.
    pub fn kind(&self) -> FeedKind {
        match self {
            Feed::ShotTracker(_) => FeedKind::ShotTracker,
            Feed::Sportradar(feed) => feed.kind,
        }
    }

    /// Frames by which what the feed says is held back.
    pub fn delay_frames(&self) -> u32 {
        match self {
            Feed::ShotTracker(feed) => feed.delay_frames,
            Feed::Sportradar(feed) => feed.delay_frames,
        }
    }

    /// Whether the feed connects to the show's own mock venue.
    pub fn at_venue(&self) -> bool {
        match self {
            Feed::ShotTracker(feed) => feed.venue,
            Feed::Sportradar(feed) => feed.venue,
        }
    }
}

/// ShotTracker Live Data V2.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShotTracker {
    pub id: FeedId,
    /// Connect to the show's `[venue]`; then no address and no credentials are given.
    #[serde(default)]
    pub venue: bool,
    /// Base of the REST endpoints.
    #[serde(default = "defaults::shottracker_rest")]
    pub rest: String,
    /// The WebSocket's address with `{token}` where the token goes. The vendor's pages do not show it: it comes with
    /// the account.
    pub websocket: Option<String>,
    /// The game, as the vendor's schedule has it (`event_id`). May be left out of a show that is started by
    /// `sideline games --follow`.
    pub event_id: Option<String>,
    /// Names of the environment variables that hold the account's user name and secret.
    #[serde(default = "defaults::shottracker_username_env")]
    pub username_env: String,
    #[serde(default = "defaults::shottracker_secret_env")]
    pub secret_env: String,
    /// Sources of the stream; `location` (positions at full rate) is by far the largest.
    #[serde(default = "defaults::shottracker_sources", deserialize_with = "values::sources")]
    pub sources: Vec<String>,
    /// `broadcast_summary_level`: how much of the summary is sent. `game_stats` leaves out halves and quarters, which are
    /// unknown then and not zero; the vendor has other levels. Everything the account may see when absent.
    pub broadcast_summary_level: Option<String>,
    /// Adds each player's free throws of the season to the summary.
    #[serde(default)]
    pub include_player_season: bool,
    /// Frames by which what the feed says is held back, so that it does not run ahead of the picture.
    #[serde(default, deserialize_with = "values::delay")]
    pub delay_frames: u32,
    /// What a ping looks like on the wire.
    #[serde(default)]
    pub ping: PingForm,
    /// Seconds of silence before a ping; the vendor closes at 30.
    #[serde(default = "defaults::ping_after_s", deserialize_with = "values::ping_after")]
    pub ping_after_s: u64,
    /// JSON pointer to the token in the subscription's answer; any member called `token` when absent.
    pub token_pointer: Option<String>,
    /// Larger messages are not read, in megabytes (2^20 bytes).
    #[serde(default = "defaults::max_message_mb", deserialize_with = "values::max_message_mb")]
    pub max_message_mb: usize,
    /// Asks a new connection for what follows the last number received; otherwise for everything from the beginning.
    #[serde(default = "defaults::yes")]
    pub resume: bool,
    /// What of the game so far is fetched over REST beside each connection; nothing when the list is empty.
    #[serde(default = "defaults::backfill", deserialize_with = "values::backfill")]
    pub backfill: Vec<String>,
    /// For each of the vendor's 14 zones, in its order, which of ours it is.
    #[serde(default = "defaults::zone_order", deserialize_with = "values::zone_order")]
    pub zone_order: Vec<u8>,
    /// The frame in which places are told at the hoop at positive y.
    #[serde(default)]
    pub far_hoop: FarHoop,
    /// To whose right hand x grows.
    #[serde(default)]
    pub right_hand: RightHand,
}

/// Whose right hand x grows to; the vendor's page leaves it open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RightHand {
    /// A shooter's, who faces the hoop.
    #[default]
    Shooter,
    /// That of somebody behind the hoop.
    Hoop,
}

/// How places are told at the hoop at positive y; the vendor's page leaves it open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FarHoop {
    /// Turned by half a circle from that of the other hoop.
    #[default]
    Turned,
    /// Mirrored at the line of half court.
    Mirrored,
}

/// What a client sends to keep a connection; the vendor's page only says that it is to ping.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PingForm {
    /// `{"type":"ping"}`
    #[default]
    Json,
    /// `ping`
    Text,
    /// A WebSocket ping frame.
    Control,
}

/// One of Sportradar's push feeds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sportradar {
    /// Which: the `kind` of the show file.
    #[serde(skip, default = "defaults::sportradar_kind")]
    pub kind: FeedKind,
    pub id: FeedId,
    /// Connect to the show's `[venue]`; then no address and no credentials are given.
    #[serde(default)]
    pub venue: bool,
    /// The host of the vendor's API.
    #[serde(default = "defaults::sportradar_base")]
    pub base: String,
    /// Access level of the key: `trial` or `production`.
    #[serde(default = "defaults::sportradar_level")]
    pub level: String,
    /// The whole address to subscribe at, in place of `base` and `level`.
    pub url: Option<String>,
    /// A recording's id: the vendor plays that game as if it were live, and wants no key.
    pub simulation: Option<String>,
    /// The host of simulations.
    #[serde(default = "defaults::sportradar_simulations")]
    pub simulations: String,
    /// Name of the environment variable that holds the API key.
    #[serde(default = "defaults::sportradar_key_env")]
    pub key_env: String,
    /// Where the key goes; as the vendor's page of this feed has it when absent.
    pub key_in: Option<KeyPlace>,
    /// Also send the key to the host that the subscription redirects to.
    #[serde(default)]
    pub send_key_to_redirect: bool,
    /// The game to follow (`sd:match:…`, the bare id, or `sr:match:…`); that of the league's other feeds, or else the first one
    /// seen, when absent.
    #[serde(rename = "match")]
    pub match_id: Option<String>,
    /// Narrows the stream at the vendor's: `{ event_type = ["goal", "penalty"], strength = "powerplay" }`.
    #[serde(default)]
    pub filters: BTreeMap<String, FilterValues>,
    /// Asks a new connection for what the last one missed. Events feeds only: a clock's past is worth nothing.
    #[serde(default = "defaults::yes")]
    pub catch_up: bool,
    /// Fetches the game's play-by-play after each connection, so that plays from before it are known. Events feeds only,
    /// and only with `match`; the key must be entitled to the REST API as well.
    #[serde(default = "defaults::yes")]
    pub backfill: bool,
    /// Where the play-by-play is, with `{game}` for the game's id; beside the subscription when absent.
    pub play_by_play: Option<String>,
    /// Larger messages are not read, in megabytes (2^20 bytes).
    #[serde(default = "defaults::max_message_mb", deserialize_with = "values::max_message_mb")]
    pub max_message_mb: usize,
    /// Seconds without a byte, heartbeats included, after which the connection counts as lost.
    #[serde(default = "defaults::watchdog_s", deserialize_with = "values::watchdog")]
    pub watchdog_s: u64,
    /// Seconds without a word after which a running clock of this feed is stale; by the kind of feed when absent.
    #[serde(default, deserialize_with = "values::clock_stale")]
    pub clock_stale_s: Option<u64>,
    /// Frames by which what the feed says is held back, so that it does not run ahead of the picture.
    #[serde(default, deserialize_with = "values::delay")]
    pub delay_frames: u32,
}

impl Sportradar {
    /// Filters that the vendor's page of this feed has, beside `match`.
    pub fn known_filters(&self) -> &'static [&'static str] {
        const CLOCK: [&str; 2] = ["locale", "status"];
        const NBA_EVENTS: [&str; 6] = ["event_category", "event_type", "locale", "players", "status", "team"];
        const NHL_EVENTS: [&str; 8] =
            ["event_category", "event_type", "locale", "players", "status", "strength", "team", "zone"];
        match self.kind {
            FeedKind::NbaPushEvents => &NBA_EVENTS,
            FeedKind::NhlPushEvents => &NHL_EVENTS,
            _ => &CLOCK,
        }
    }
}

/// One value of a filter, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum FilterValues {
    One(String),
    Several(Vec<String>),
}

impl FilterValues {
    /// As the vendor takes several: with commas between.
    pub fn joined(&self) -> String {
        match self {
            Self::One(value) => value.clone(),
            Self::Several(values) => values.join(","),
        }
    }
}

/// Where the vendor's key stands in a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// `x-api-key`
    #[default]
    Header,
    /// `?api_key=`
    Query,
}
