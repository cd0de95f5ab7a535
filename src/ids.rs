//! Names of things, as types that cannot be mixed up.
//!
//! Every id is an opaque string as its owner wrote it (a vendor, a designer, the show file) or a small number of ours.
//! Ids are compared exactly: matching one vendor's team to another's is `game`'s business, not an id's.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is; no trimming, no case folding.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
    };
}

string_id!(
    /// A feed as the show file names it ("tracker", "league").
    FeedId
);
string_id!(
    /// A game as one vendor identifies it.
    GameId
);
string_id!(
    /// A team as one vendor identifies it. ShotTracker's numbers become their decimal text.
    TeamId
);
string_id!(
    /// A player as one vendor identifies them.
    PlayerId
);
string_id!(
    /// One play (scoring event, foul, timeout…) as its vendor identifies it; updates of a play carry the same id.
    PlayId
);
string_id!(
    /// A template: the name of its folder under `templates/`.
    TemplateId
);
string_id!(
    /// A node of a template on air, unique within a draw list: `layer/template/node`, with `[index]` inside repeats.
    NodeId
);
string_id!(
    /// An output as the show file names it ("program", "recording").
    OutputId
);

/// A layer of the stage; higher numbers are drawn over lower ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerId(pub u16);

impl fmt::Display for LayerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which of the two teams.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Home,
    Away,
}

impl Side {
    /// Home first.
    pub const BOTH: [Side; 2] = [Side::Home, Side::Away];

    /// The opponent's side.
    pub fn other(self) -> Side {
        match self {
            Side::Home => Side::Away,
            Side::Away => Side::Home,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Home => "home",
            Side::Away => "away",
        })
    }
}

/// The protocol that a feed speaks: which client connects it and which decoder reads it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeedKind {
    /// ShotTracker Live Data V2, over its WebSocket.
    #[serde(rename = "shottracker")]
    ShotTracker,
    /// Sportradar NBA Push Events.
    NbaPushEvents,
    /// Sportradar NBA Push Clock.
    NbaPushClock,
    /// Sportradar NBA Push Game Clock: the Push Clock's successor, which speaks without pause.
    NbaPushGameClock,
    /// Sportradar NHL Push Events.
    NhlPushEvents,
    /// Sportradar NHL Push Clock.
    NhlPushClock,
}

impl FeedKind {
    /// Every kind, in the order in which they are listed for people.
    pub const ALL: [FeedKind; 6] = [
        FeedKind::ShotTracker,
        FeedKind::NbaPushEvents,
        FeedKind::NbaPushClock,
        FeedKind::NbaPushGameClock,
        FeedKind::NhlPushEvents,
        FeedKind::NhlPushClock,
    ];

    /// The name on the command line and in the show file.
    pub fn name(self) -> &'static str {
        match self {
            FeedKind::ShotTracker => "shottracker",
            FeedKind::NbaPushEvents => "nba-push-events",
            FeedKind::NbaPushClock => "nba-push-clock",
            FeedKind::NbaPushGameClock => "nba-push-game-clock",
            FeedKind::NhlPushEvents => "nhl-push-events",
            FeedKind::NhlPushClock => "nhl-push-clock",
        }
    }

    /// The league whose games its stream may carry side by side; `None` where a feed has one game.
    pub fn league(self) -> Option<League> {
        match self {
            FeedKind::ShotTracker => None,
            FeedKind::NbaPushEvents | FeedKind::NbaPushClock | FeedKind::NbaPushGameClock => Some(League::Nba),
            FeedKind::NhlPushEvents | FeedKind::NhlPushClock => Some(League::Nhl),
        }
    }
}

/// A league of Sportradar's push feeds: all of them call a game by the same id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum League {
    Nba,
    Nhl,
}

impl fmt::Display for FeedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
