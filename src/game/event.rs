//! What a feed can tell about a game, in our words: the output of `feed::decode`, the input of [`super::GameState`].
//!
//! An event carries only what its message carried. Vendors' team ids stay as they are; which of them is home is a fact
//! like any other ([`Event::Teams`]) and may arrive later than the rest.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::ids::{PlayId, PlayerId, Side, TeamId};
use crate::time::Timestamp;

use super::snapshot::{
    End, Game, LatestPossession, Lineup, Period, Player, Score, SessionPossessions, Shot, ShotLocation, Stats,
    Strength, Tracked, Zones,
};

/// One fact that a message tells of the game, in our words. Facts are absolute (a total, not a difference), so that
/// telling one twice changes nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// Facts of the game itself; fields that are `None` leave what was known.
    Game(Game),
    /// Which team is on which side; fields that are `None` leave what was known.
    Teams {
        home: TeamFacts,
        away: TeamFacts,
    },
    /// Jersey colours by vendor's team id, each `#rrggbb`.
    JerseyColors(Vec<(TeamId, String)>),
    Clock(ClockReading),
    /// The running total, from the feed's own game block or summary.
    Score(Score),
    /// A summary that counts everything up to this instant of the vendor's clock.
    SummaryOf(Timestamp),
    /// The running total of one team, where a message speaks of no other.
    TeamScore {
        team: TeamId,
        points: u32,
    },
    /// Bonus and timeouts of a side; `None` leaves what was known.
    Bench {
        side: Side,
        bonus: Option<bool>,
        timeouts: Option<u32>,
        fouls: Option<u32>,
    },
    /// Current statistics of a team, replacing earlier ones.
    TeamStats {
        side: Side,
        stats: Box<Stats>,
        zones: Option<Box<Zones>>,
    },
    /// Current rows of all players of a team, replacing earlier ones.
    Players {
        side: Side,
        players: Vec<Player>,
    },
    /// Statistics that one team or player now has; fields that are `None` leave what was known.
    Line(StatLine),
    /// Players seen in a message that lists only some; adds to what is known, removes nobody.
    Roster {
        side: Side,
        players: Vec<Player>,
    },
    /// Points by period, in playing order.
    ByPeriod {
        side: Side,
        points: Vec<(String, Option<u32>)>,
    },
    OnCourt {
        side: Side,
        players: Vec<PlayerId>,
        /// Whether nothing had been played by then, as the message itself shows; `None` where it does not show that.
        is_start: Option<bool>,
    },
    /// The end that a side attacks, as television sees it.
    Attacks {
        side: Side,
        end: End,
    },
    /// Hockey: the strength of a side.
    Strength {
        side: Side,
        strength: Strength,
        /// From when on, by the vendor's clock: of what two messages tell, the later holds, whichever of them comes first.
        at: Option<Timestamp>,
    },
    /// Hockey: who is on the ice and in the penalty box after the play of `sequence`.
    OnIce(OnIce),
    /// The plays from here on, with those already told, are all plays of the game: statistics may be counted from them.
    PlaysAreWhole,
    /// A list of all plays so far, which were told before this: of the plays known from earlier connections those that it
    /// does not have any more never happened.
    PlaysListed(Box<Listing>),
    /// A play, new or in a later version: the whole of what is now known of it.
    Play(PlayUpdate),
    /// A play that never happened. Repeated deletes are normal.
    PlayDeleted {
        id: PlayId,
        /// When the vendor removed it, if it says.
        at: Option<Timestamp>,
    },
    /// A shot of the shot chart, new or in a later version.
    Shot {
        team: TeamId,
        shot: Shot,
    },
    ShotDeleted(String),
    /// The game so far, told apart from the stream: what it lists replaces what is known of that time.
    SoFar(Box<SoFar>),
    /// Flights of all shots of a team, replacing earlier ones.
    ShotLocations {
        side: Side,
        shots: Vec<ShotLocation>,
    },
    /// Line-ups of a team in the whole game, replacing earlier ones.
    Lineups {
        side: Side,
        lineups: Vec<Lineup>,
    },
    /// One line-up in one session, or in the game.
    Lineup {
        team: TeamId,
        lineup: Lineup,
    },
    /// Possession types of a team in one session, replacing earlier ones of that session.
    SessionPossessions {
        team: TeamId,
        possessions: Box<SessionPossessions>,
    },
    LatestPossession(Box<LatestPossession>),
    /// Positions, in order of time; trails are empty.
    Positions {
        players: Vec<Tracked>,
        balls: Vec<Tracked>,
    },
    /// Team with the ball after the latest play; `None` when nobody can say.
    Possession {
        team: Option<TeamId>,
    },
}

impl Event {
    /// What it tells, in a word or two.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Game(_) => "game",
            Event::Teams { .. } => "teams",
            Event::JerseyColors(_) => "colours",
            Event::Clock(_) => "clock",
            Event::Score(_) | Event::TeamScore { .. } => "score",
            Event::SummaryOf(_) => "summary",
            Event::Bench { .. } => "bench",
            Event::TeamStats { .. } => "team statistics",
            Event::Players { .. } => "players",
            Event::Line(_) => "line",
            Event::Roster { .. } => "roster",
            Event::ByPeriod { .. } => "points by period",
            Event::OnCourt { .. } => "on court",
            Event::Attacks { .. } => "ends",
            Event::Strength { .. } => "strength",
            Event::OnIce(_) => "on ice",
            Event::PlaysAreWhole => "all plays",
            Event::PlaysListed(_) => "list of plays",
            Event::Play(_) => "play",
            Event::PlayDeleted { .. } => "play deleted",
            Event::Shot { .. } => "shot",
            Event::ShotDeleted(_) => "shot deleted",
            Event::SoFar(_) => "game so far",
            Event::ShotLocations { .. } => "flights of shots",
            Event::Lineups { .. } | Event::Lineup { .. } => "line-ups",
            Event::SessionPossessions { .. } => "possession types",
            Event::LatestPossession(_) => "possession",
            Event::Positions { .. } => "positions",
            Event::Possession { .. } => "ball",
        }
    }
}

/// The game up to a moment, from a document that is fetched where a stream has a gap. All values are absolute.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SoFar {
    /// The latest moment that its totals surely count, by the vendor's clock: what the stream tells of later ones is
    /// newer. `None`: nothing has happened yet.
    pub of: Option<Timestamp>,
    pub scores: Vec<(TeamId, u32)>,
    /// Of players. Their play and version are not used.
    pub lines: Vec<StatLine>,
    /// All of them up to `plays_of`; `None`: not listed.
    pub plays: Option<Vec<PlayUpdate>>,
    /// The latest moment that the list of plays speaks of, deleted ones included. The parts of a document may lag each
    /// other, so each has its own. `None`: it has none.
    pub plays_of: Option<Timestamp>,
    /// All of them up to `shots_of`; `None`: not listed.
    pub shots: Option<Vec<ShotOf>>,
    /// As `plays_of`, of the list of shots.
    pub shots_of: Option<Timestamp>,
}

/// Which plays there were, by a document that lists all of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Listing {
    pub ids: BTreeSet<PlayId>,
    /// The sequences of the first and the last of them.
    pub span: RangeInclusive<i64>,
    /// When the one that was written last was written: the document is no older. `None`: it does not say.
    pub written_at: Option<Timestamp>,
}

impl Listing {
    /// Whether a play of this sequence and last version would be listed if it still stood.
    pub fn is_gone(&self, id: Option<&PlayId>, sequence: i64, written_at: Option<Timestamp>) -> bool {
        let is_listed = id.is_none_or(|id| self.ids.contains(id));
        let is_older = written_at.zip(self.written_at).is_some_and(|(play, document)| play < document);
        !is_listed && (self.span.contains(&sequence) || is_older)
    }
}

/// A shot and whose it is.
#[derive(Clone, PartialEq, Debug)]
pub struct ShotOf {
    pub team: TeamId,
    pub shot: Shot,
}

/// The absolute values that a team (`player` is `None`) or a player has after a play.
#[derive(Clone, PartialEq, Debug)]
pub struct StatLine {
    pub team: TeamId,
    pub player: Option<PlayerId>,
    /// The play that the line follows, and which version of that play: an older version of the same play is not news.
    pub play: Option<PlayId>,
    pub version: Option<i64>,
    /// When the play happened, by the vendor's clock.
    pub happened_at: Option<Timestamp>,
    /// The team's running total, if the message has it.
    pub team_points: Option<u32>,
    pub stats: Box<Stats>,
}

/// What a team is called; `None` leaves what was known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TeamFacts {
    pub id: Option<TeamId>,
    pub name: Option<String>,
    pub market: Option<String>,
    pub code: Option<String>,
    /// The id that the broadcaster gave the team at the vendor (`consumer_code`).
    pub alias: Option<TeamId>,
}

/// One reading of the venue's clocks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClockReading {
    pub period: Option<Period>,
    /// Time left, in milliseconds.
    pub game_millis: Option<u32>,
    /// `None`: the message did not say.
    pub running: Option<bool>,
    pub shot: ShotReading,
    /// Hockey: time left of the penalty that changes strength.
    pub strength: ShotReading,
    /// The reading is a by-product (of the positions): it counts only while the feed's clock itself is silent.
    pub is_secondary: bool,
}

/// What a message says of a clock that need not be there: the shot clock, or that of a strength.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ShotReading {
    /// The message does not speak of this clock.
    #[default]
    Unsaid,
    Off,
    Millis(u32),
}

/// A play as one message has it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PlayUpdate {
    /// Orders plays, whatever their arrival; larger is later.
    pub sequence: i64,
    /// When the play happened, by the vendor's clock: old plays change statistics but are never news.
    pub happened_at: Option<Timestamp>,
    /// When the vendor wrote this version, if it says; repeats within a second are normal.
    pub updated_at: Option<Timestamp>,
    /// The team that the play is attributed to, by the vendor's id.
    pub attributed_to: Option<TeamId>,
    /// What it counts for, where nobody sends totals.
    pub marks: Vec<Mark>,
    pub play: super::snapshot::Play,
}

/// Something of a play that counts in the statistics of a player and the player's team.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    pub team: TeamId,
    pub player: Option<PlayerId>,
    pub kind: MarkKind,
}

/// What it counts as.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum MarkKind {
    /// A shot on goal; a goal is one.
    Shot {
        goal: bool,
        power_play: bool,
    },
    Assist,
    /// A shot on goal that this goalkeeper did not let in.
    Save,
    Block,
    Hit,
    Giveaway,
    Takeaway,
    Faceoff {
        won: bool,
    },
    /// Minutes in the box; a misconduct's too.
    Penalty {
        minutes: u32,
        severity: Option<String>,
        infraction: Option<String>,
    },
    /// Somebody serves another's penalty of the same play.
    Serves,
}

/// One side's line-up in hockey. `None`: not spoken of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnIce {
    pub side: Side,
    /// The play that the line-up belongs to: a penalty given later is not ended by a box that does not have it yet.
    pub sequence: i64,
    pub skaters: Option<u8>,
    pub goalkeeper: Option<bool>,
    /// Players in the penalty box; empty when nobody is.
    pub in_box: Option<Vec<PlayerId>>,
}
