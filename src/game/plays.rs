//! The plays of a game in their latest versions, newest first by the vendor's sequence.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{PlayId, Side, TeamId};
use crate::time::Timestamp;

use super::event::{Listing, Mark, PlayUpdate};
use super::snapshot::Play;

/// More plays than any game has had, several overtimes included. When full, the oldest are dropped.
const MOST_PLAYS: usize = 4_096;

/// Both lists run newest first, side by side. Cloning is cheap: everything is shared.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Plays {
    keys: Arc<Vec<Key>>,
    plays: Arc<Vec<Arc<Play>>>,
    deleted: Arc<Vec<Tombstone>>,
    /// How many connections there have been, and holes in them.
    #[serde(default)]
    connection: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Key {
    sequence: i64,
    updated_at: Option<Timestamp>,
    marks: Arc<[Mark]>,
    /// Whose side was not known when the play came.
    of: Option<TeamId>,
    /// When its first version was told, by the show's clock.
    #[serde(default)]
    told_at: Option<Timestamp>,
    /// The connection on which the stream told of the play last; `None`: a document did.
    #[serde(default)]
    streamed_on: Option<u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tombstone {
    id: PlayId,
    at: Option<Timestamp>,
}

impl Plays {
    /// The same list, by pointer, until a play changes.
    pub(super) fn shared(&self) -> &Arc<Vec<Arc<Play>>> {
        &self.plays
    }

    /// A connection begins, or goes on after a hole.
    pub(super) fn connected(&mut self) {
        self.connection = self.connection.wrapping_add(1);
    }

    /// Takes a version of a play from the stream; the whole of it replaces the earlier version. A version that was written before the one
    /// already here, or before the play was deleted, is a straggler and changes nothing. Whether it `is_news` is decided by
    /// the first version. Whether [`Plays::marked`] changed.
    pub(super) fn put(&mut self, told_at: Timestamp, update: &PlayUpdate, is_news: bool, side: Option<Side>) -> bool {
        self.put_from(Some(self.connection), told_at, update, is_news, side)
    }

    fn put_from(
        &mut self,
        streamed_on: Option<u32>,
        told_at: Timestamp,
        update: &PlayUpdate,
        is_news: bool,
        side: Option<Side>,
    ) -> bool {
        let Some(id) = &update.play.id else { return false };
        if let Some(tombstone) = self.deleted.iter().position(|tombstone| tombstone.id == *id) {
            let is_revived = update.updated_at.zip(self.deleted[tombstone].at).is_some_and(|(up, down)| up > down);
            if !is_revived {
                return false;
            }
            Arc::make_mut(&mut self.deleted).remove(tombstone);
        }
        let of = update.attributed_to.clone().filter(|_| side.is_none());
        let marks = update.marks.as_slice().into();
        let (sequence, updated_at) = (update.sequence, update.updated_at);
        let mut key = Key { sequence, updated_at, marks, of, told_at: Some(told_at), streamed_on };
        let at_millis = update.happened_at.map(Timestamp::as_millis);
        let mut play = Play { team: side, at_millis, news: is_news, ..update.play.clone() };
        let mut had_marks = false;
        if let Some(index) = self.position(id) {
            let known = &self.keys[index];
            play.news = self.plays[index].news;
            key.told_at = known.told_at;
            if update.updated_at.zip(known.updated_at).is_some_and(|(said, known)| said < known) {
                return false;
            }
            had_marks = !known.marks.is_empty();
            if known.sequence == key.sequence {
                let is_counted = had_marks || !key.marks.is_empty();
                let changed = is_counted && (known.marks != key.marks || *self.plays[index] != play);
                if *known != key {
                    Arc::make_mut(&mut self.keys)[index] = key;
                }
                // Exact duplicates are common; they must not make every binding look again.
                if *self.plays[index] != play {
                    Arc::make_mut(&mut self.plays)[index] = Arc::new(play);
                }
                return changed;
            }
            self.remove_at(index);
        }
        let has_marks = had_marks || !key.marks.is_empty();
        self.insert(key, play);
        has_marks
    }

    /// When the play at this place of the list was first told.
    pub(super) fn told_at(&self, index: usize) -> Option<Timestamp> {
        self.keys.get(index)?.told_at
    }

    /// Whether a play of this id is here.
    pub(super) fn has(&self, id: Option<&PlayId>) -> bool {
        id.is_some_and(|id| self.position(id).is_some())
    }

    /// Puts the plays of a list of all of them up to `of` that are missing here, and removes those that it does not have any
    /// more. A play that is known stays as it is unless the list has another kind or player for it; one that the stream has
    /// told of on this connection stays in any case: the list may have been written before that.
    pub(super) fn put_so_far(
        &mut self,
        told_at: Timestamp,
        of: Timestamp,
        said: &[PlayUpdate],
        is_news: impl Fn(Option<Timestamp>) -> bool,
        side_of: impl Fn(&TeamId) -> Option<Side>,
    ) {
        for update in said {
            let index = self.same(update);
            if index.is_some_and(|index| self.is_streamed(index)) {
                continue;
            }
            let known = index.map(|index| self.plays[index].clone());
            let is_known = |known: &Play| known.kind == update.play.kind && known.players == update.play.players;
            if known.as_deref().is_some_and(is_known) {
                continue;
            }
            let play =
                Play { id: known.and_then(|known| known.id.clone()).or(update.play.id.clone()), ..update.play.clone() };
            let side = update.attributed_to.as_ref().and_then(&side_of);
            self.put_from(None, told_at, &PlayUpdate { play, ..update.clone() }, is_news(update.happened_at), side);
        }
        // Of kinds that the list does not have at all nothing follows from its silence.
        let Some(first) = said.iter().map(|update| update.sequence).min() else { return };
        let span = first..=of.as_millis();
        for index in (0..self.plays.len()).rev() {
            let (key, play) = (&self.keys[index], &self.plays[index]);
            let is_listed = |update: &PlayUpdate| update.play.id == play.id || is_same(key, play, update);
            let is_of_kind = said.iter().any(|update| update.play.kind == play.kind);
            let is_gone = span.contains(&key.sequence) && is_of_kind && !said.iter().any(is_listed);
            if is_gone && !self.is_streamed(index) {
                self.remove_at(index);
            }
        }
    }

    /// Removes what a list of all plays does not have any more. What the stream has told of on this connection stays: the
    /// list may have been written before that. Whether [`Plays::marked`] changed.
    pub(super) fn keep_listed(&mut self, listing: &Listing) -> bool {
        let mut had_marks = false;
        for index in (0..self.plays.len()).rev() {
            let (key, id) = (&self.keys[index], self.plays[index].id.as_ref());
            if !self.is_streamed(index) && listing.is_gone(id, key.sequence, key.updated_at) {
                had_marks |= !key.marks.is_empty();
                self.remove_at(index);
            }
        }
        had_marks
    }

    /// Whether the stream has told of a play on this connection.
    fn is_streamed(&self, index: usize) -> bool {
        self.keys[index].streamed_on == Some(self.connection)
    }

    /// Where a play of a list is, by its id or by what happened when and by whom.
    fn same(&self, update: &PlayUpdate) -> Option<usize> {
        let by_id = update.play.id.as_ref().and_then(|id| self.position(id));
        by_id.or_else(|| (0..self.plays.len()).find(|index| is_same(&self.keys[*index], &self.plays[*index], update)))
    }

    /// Gives plays the side of their team that was not known when they came.
    pub(super) fn resolve(&mut self, side_of: impl Fn(&TeamId) -> Option<Side>) {
        for index in 0..self.keys.len() {
            let Some(side) = self.keys[index].of.as_ref().and_then(&side_of) else { continue };
            Arc::make_mut(&mut self.keys)[index].of = None;
            let play = &mut Arc::make_mut(&mut self.plays)[index];
            Arc::make_mut(play).team = Some(side);
        }
    }

    /// Plays that count for something, oldest first, with their sequence.
    pub(super) fn marked(&self) -> impl Iterator<Item = (i64, &Play, &[Mark])> {
        let all = self.keys.iter().zip(self.plays.iter()).rev();
        all.filter(|(key, _)| !key.marks.is_empty()).map(|(key, play)| (key.sequence, play.as_ref(), &*key.marks))
    }

    /// Removes a play, and remembers that, so that a late copy of it does not bring it back. Whether [`Plays::marked`]
    /// changed.
    pub(super) fn delete(&mut self, id: &PlayId, at: Option<Timestamp>) -> bool {
        let mut had_marks = false;
        if let Some(index) = self.position(id) {
            had_marks = !self.keys[index].marks.is_empty();
            self.remove_at(index);
        }
        match self.deleted.iter().position(|tombstone| tombstone.id == *id) {
            Some(index) => {
                let known = &mut Arc::make_mut(&mut self.deleted)[index].at;
                *known = (*known).max(at);
            }
            None => {
                let deleted = Arc::make_mut(&mut self.deleted);
                if deleted.len() == MOST_PLAYS {
                    deleted.remove(0);
                }
                deleted.push(Tombstone { id: id.clone(), at });
            }
        }
        had_marks
    }

    /// Newest plays change most, so the search begins there.
    fn position(&self, id: &PlayId) -> Option<usize> {
        self.plays.iter().position(|play| play.id.as_ref() == Some(id))
    }

    /// Plays of one sequence (a miss and its rebound) stay in the order in which they first came.
    fn insert(&mut self, key: Key, play: Play) {
        let index = self.keys.iter().position(|known| known.sequence <= key.sequence).unwrap_or(self.keys.len());
        let (keys, plays) = (Arc::make_mut(&mut self.keys), Arc::make_mut(&mut self.plays));
        keys.insert(index, key);
        plays.insert(index, Arc::new(play));
        keys.truncate(MOST_PLAYS);
        plays.truncate(MOST_PLAYS);
    }

    fn remove_at(&mut self, index: usize) {
        Arc::make_mut(&mut self.keys).remove(index);
        Arc::make_mut(&mut self.plays).remove(index);
    }
}

/// One play told twice under two ids.
fn is_same(key: &Key, play: &Play, update: &PlayUpdate) -> bool {
    let first = |play: &Play| play.players.first().and_then(|role| role.id.clone());
    key.sequence == update.sequence && play.kind == update.play.kind && first(play) == first(&update.play)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(id: &str, sequence: i64, second: i64, text: &str) -> PlayUpdate {
        let play = Play { id: Some(PlayId::new(id)), text: Some(text.to_owned()), ..Play::default() };
        PlayUpdate { sequence, updated_at: Some(Timestamp::from_millis(second * 1000)), play, ..PlayUpdate::default() }
    }

    #[track_caller]
    fn check(plays: &Plays, expected: &[&str]) {
        let texts: Vec<_> = plays.plays.iter().map(|play| play.text.as_deref().unwrap_or("")).collect();
        assert_eq!(texts, expected);
        assert_eq!(plays.keys.len(), plays.plays.len());
    }

    fn put(plays: &mut Plays, update: &PlayUpdate) {
        plays.put(Timestamp::from_millis(0), update, true, None);
    }

    fn two() -> Plays {
        let mut plays = Plays::default();
        put(&mut plays, &update("a", 100, 1, "first"));
        put(&mut plays, &update("b", 200, 2, "second"));
        plays
    }

    #[test]
    fn order_is_by_sequence_whatever_the_arrival() {
        let mut plays = two();
        put(&mut plays, &update("c", 150, 3, "between"));
        check(&plays, &["second", "between", "first"]);
    }

    #[test]
    fn plays_of_one_sequence_show_the_later_arrival_first_and_keep_their_places() {
        let mut plays = two();
        put(&mut plays, &update("c", 200, 3, "third"));
        put(&mut plays, &update("b", 200, 4, "second, edited"));
        check(&plays, &["third", "second, edited", "first"]);
    }

    #[test]
    fn a_version_older_than_the_one_known_changes_nothing() {
        let mut plays = two();
        put(&mut plays, &update("b", 200, 1, "stale"));
        check(&plays, &["second", "first"]);
    }

    #[test]
    fn of_versions_of_one_second_the_later_arrival_counts() {
        let mut plays = two();
        put(&mut plays, &update("b", 200, 2, "same second"));
        check(&plays, &["same second", "first"]);
    }

    #[test]
    fn a_play_with_another_sequence_moves() {
        let mut plays = two();
        put(&mut plays, &update("b", 50, 3, "moved"));
        check(&plays, &["first", "moved"]);
    }

    #[test]
    fn a_deleted_play_stays_deleted_when_a_late_copy_arrives() {
        let mut plays = two();
        plays.delete(&PlayId::new("b"), Some(Timestamp::from_millis(5_000)));
        plays.delete(&PlayId::new("b"), Some(Timestamp::from_millis(5_000)));
        put(&mut plays, &update("b", 200, 5, "late copy"));
        check(&plays, &["first"]);
    }

    #[test]
    fn a_play_written_after_its_deletion_is_back() {
        let mut plays = two();
        plays.delete(&PlayId::new("b"), Some(Timestamp::from_millis(5_000)));
        put(&mut plays, &update("b", 200, 6, "back"));
        check(&plays, &["back", "first"]);
    }

    #[test]
    fn a_delete_that_overtakes_its_play_still_counts() {
        let mut plays = Plays::default();
        plays.delete(&PlayId::new("a"), None);
        put(&mut plays, &update("a", 100, 1, "overtaken"));
        check(&plays, &[]);
    }

    #[test]
    fn an_exact_duplicate_leaves_the_list_the_same_by_pointer() {
        let mut plays = two();
        let before = plays.shared().clone();
        put(&mut plays, &update("b", 200, 2, "second"));
        assert!(Arc::ptr_eq(&before, plays.shared()));
    }
}
