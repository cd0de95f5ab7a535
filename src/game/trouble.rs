//! What is wrong with one feed, in the operator's words: why its link is down, what is missing, what is not understood.
//!
//! In: what the feed's client said of its link, what the decoder could not read, silence. Out: sentences for the status, each
//! only for as long as what it tells lasts. Part of the fold, so that a replay tells the same; it decides nothing.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::FeedKind;
use crate::status::{Link, NotUnderstood};
use crate::time::Timestamp;

use super::view::SILENT;

/// A message that was not understood is told for this long after it came: long enough to be read, and over when it is.
pub(super) const TOLD_FOR: Duration = Duration::from_secs(60);

/// Push feeds send a heartbeat every five seconds: after twice as long something is wrong, whatever the watchdog is set to.
const PUSH_SILENT: Duration = Duration::from_secs(10);

/// Kinds that are told apart; further ones are counted together.
const MOST_KINDS: usize = 24;
const REST: &str = "further kinds";

/// Kinds that are named in a sentence.
const MOST_NAMED: usize = 2;

/// A stream of several games may speak of the others for a while.
const ELSEWHERE_AFTER: Duration = Duration::from_secs(15);

/// Games that are named in a sentence.
const MOST_GAMES_NAMED: usize = 3;

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Trouble {
    /// Why the link is down.
    down: Option<String>,
    /// What the client knows to be missing although the link is up, or was.
    missing: Option<String>,
    pub(super) not_understood: Arc<Vec<NotUnderstood>>,
    #[serde(default)]
    elsewhere: Option<Arc<Elsewhere>>,
}

/// Messages of other games than the one that is followed.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Elsewhere {
    /// Since when none has come of the game that is followed; `None`: one came last.
    since: Option<Timestamp>,
    last_at: Timestamp,
    wanted: Option<String>,
    games: Vec<String>,
}

impl Trouble {
    /// The client's word on its link. While it is up, `why` is what is missing all the same; `None`: nothing is.
    pub(super) fn link(&mut self, link: Link, why: Option<&str>) {
        let why = why.map(str::to_owned);
        match link {
            Link::Down => self.down = why,
            Link::Up => (self.down, self.missing) = (None, why),
            Link::Connecting => self.down = None,
        }
    }

    /// A message had something of this kind that nobody understands; `lost`: so that nothing of it counts.
    pub(super) fn odd(&mut self, at: Timestamp, what: &str, lost: bool) {
        let all = Arc::make_mut(&mut self.not_understood);
        let is_full = all.len() >= MOST_KINDS && all.iter().all(|known| known.what != what);
        let what = if is_full { REST } else { what };
        match all.iter_mut().find(|known| known.what == what) {
            Some(known) => {
                known.messages += 1;
                known.lost |= lost;
                known.last_at = known.last_at.max(at);
            }
            None => all.push(NotUnderstood { what: what.to_owned(), messages: 1, lost, last_at: at }),
        }
    }

    /// A message of another game than the one that is `wanted` came; `others` are all that were heard of.
    pub(super) fn elsewhere<'g>(
        &mut self,
        at: Timestamp,
        wanted: Option<&str>,
        others: impl Iterator<Item = &'g str> + Clone,
    ) {
        let known = Arc::make_mut(self.elsewhere.get_or_insert_default());
        known.since.get_or_insert(at);
        known.last_at = at;
        if known.wanted.as_deref() != wanted {
            known.wanted = wanted.map(str::to_owned);
        }
        if known.games.len() != others.clone().count() {
            known.games = others.map(str::to_owned).collect();
        }
    }

    /// A message of the game that is followed came.
    pub(super) fn at_home(&mut self) {
        if let Some(known) = self.elsewhere.as_mut().filter(|known| known.since.is_some()) {
            Arc::make_mut(known).since = None;
        }
    }

    /// What is wrong at `now`, the gravest first. `last` is when anything at all was heard.
    pub(super) fn reasons(&self, kind: FeedKind, link: Link, last: Option<Timestamp>, now: Timestamp) -> Vec<String> {
        let mut reasons: Vec<String> = self.down.iter().cloned().collect();
        let silent = last.map(|last| now.since(last)).filter(|silent| *silent >= silence_of(kind));
        if let (Link::Up, Some(silent)) = (link, silent) {
            let seconds = silent.as_secs();
            reasons.push(format!("nothing heard for {seconds} s, not even a sign of life; the connection may be dead"));
        }
        reasons.extend(self.missing.iter().cloned());
        reasons.extend(self.elsewhere.as_ref().filter(|_| link == Link::Up).and_then(|known| known.told(now)));
        reasons.extend(self.unread(now));
        reasons
    }

    /// Of what was lost a short while ago, the kinds that were lost most often.
    fn unread(&self, now: Timestamp) -> Option<String> {
        let is_recent = |known: &&NotUnderstood| known.lost && now.since(known.last_at) <= TOLD_FOR;
        let mut kinds: Vec<&NotUnderstood> = self.not_understood.iter().filter(is_recent).collect();
        kinds.sort_by_key(|known| std::cmp::Reverse(known.messages));
        let named: Vec<String> =
            kinds.iter().take(MOST_NAMED).map(|known| format!("{} ({} so far)", known.what, known.messages)).collect();
        let more = kinds.len().checked_sub(MOST_NAMED).filter(|more| *more > 0);
        let more = more.map(|more| format!(", and {more} more kinds")).unwrap_or_default();
        (!named.is_empty()).then(|| format!("not understood: {}{more}", named.join(", ")))
    }
}

impl Elsewhere {
    /// Told when nothing else has come for a while, and for as long as that goes on.
    fn told(&self, now: Timestamp) -> Option<String> {
        let since = self.since?;
        if now.since(since) < ELSEWHERE_AFTER || now.since(self.last_at) > TOLD_FOR {
            return None;
        }
        let mut games = self.games.iter().take(MOST_GAMES_NAMED).cloned().collect::<Vec<_>>().join(", ");
        if let Some(more) = self.games.len().checked_sub(MOST_GAMES_NAMED).filter(|more| *more > 0) {
            games = format!("{games}, and {more} more");
        }
        Some(match &self.wanted {
            Some(wanted) => format!("only other games arrive, none of `{wanted}`: {games}"),
            // Whatever is on would be followed.
            None => format!("only games that are over arrive: {games}"),
        })
    }
}

/// How long a healthy feed of this kind is ever silent. ShotTracker's says nothing between the answers to our pings.
fn silence_of(kind: FeedKind) -> Duration {
    if kind == FeedKind::ShotTracker { SILENT } else { PUSH_SILENT }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + second * 1_000)
    }

    fn told(trouble: &Trouble, link: Link, last: i64, now: i64) -> Vec<String> {
        trouble.reasons(FeedKind::NbaPushEvents, link, Some(second(last)), second(now))
    }

    #[test]
    fn why_a_link_is_down_is_told_until_it_is_up_and_what_is_missing_until_it_is_there() {
        let mut trouble = Trouble::default();
        trouble.link(Link::Down, Some("refused"));
        trouble.link(Link::Down, Some("closed"));
        assert_eq!(told(&trouble, Link::Down, 0, 60), ["closed"], "and not that a dead link is silent");
        trouble.link(Link::Up, Some("plays are missing"));
        assert_eq!(told(&trouble, Link::Up, 0, 0), ["plays are missing"]);
        trouble.link(Link::Down, Some("closed"));
        assert_eq!(told(&trouble, Link::Down, 0, 0), ["closed", "plays are missing"]);
        trouble.link(Link::Up, None);
        assert_eq!(told(&trouble, Link::Up, 0, 0), [""; 0]);
    }

    #[test]
    fn an_open_connection_that_says_nothing_is_told_with_its_silence() {
        let trouble = Trouble::default();
        assert_eq!(told(&trouble, Link::Up, 0, 9), [""; 0]);
        let silent = told(&trouble, Link::Up, 0, 12);
        assert!(silent.len() == 1 && silent[0].starts_with("nothing heard for 12 s"), "{silent:?}");
        let tracker = |now| trouble.reasons(FeedKind::ShotTracker, Link::Up, Some(second(0)), second(now)).len();
        assert_eq!((tracker(29), tracker(31)), (0, 1), "which is asked for a sign of life every 20 s only");
    }

    #[test]
    fn what_is_not_understood_is_told_by_kind_for_a_minute_and_counted_for_good() {
        let mut trouble = Trouble::default();
        for at in 0..3 {
            trouble.odd(second(at), "stream: bytes that are no message", true);
        }
        trouble.odd(second(3), "message: empty", true);
        trouble.odd(second(4), "message: not valid JSON", true);
        trouble.odd(second(5), "event: unknown field `moon`", false);
        let expected =
            "not understood: stream: bytes that are no message (3 so far), message: empty (1 so far), and 1 more kinds";
        assert_eq!(told(&trouble, Link::Up, 5, 5), [expected]);
        assert_eq!(
            told(&trouble, Link::Up, 63, 63),
            ["not understood: message: empty (1 so far), message: not valid JSON (1 so far)"]
        );
        assert_eq!(told(&trouble, Link::Up, 70, 70), [""; 0]);
        assert_eq!(trouble.not_understood.len(), 4);
    }

    #[test]
    fn kinds_without_end_are_bounded() {
        let mut trouble = Trouble::default();
        (0..1_000).for_each(|number| trouble.odd(second(0), &number.to_string(), true));
        assert_eq!(trouble.not_understood.len(), MOST_KINDS + 1);
        let rest = trouble.not_understood.last().expect("the rest");
        assert_eq!((rest.what.as_str(), rest.messages), (REST, 1_000 - MOST_KINDS as u64));
    }
}
