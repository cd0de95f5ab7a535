//! What the nodes of a graphic remember from frame to frame, in a tree of the template's shape.
//!
//! An instance knows where its items stand in the list that was drawn last: while nothing that it reads changes and
//! nothing in it moves, they are taken over from there. Whatever is not drawn any more is dropped with all below it.

use minijinja::Value;

use super::alive::Glide;
use super::arrange::Arranged;
use super::life::Life;
use super::paint::Space;
use super::shape::PathState;
use super::text::TextState;
use crate::draw_list::Rect;
use crate::ids::NodeId;
use crate::template::bind::Results;
use crate::template::lazy::is_same;
use crate::template::values::Tick;
use crate::time::FrameIndex;

/// The place of one node among its siblings, whether it is shown or not.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub when: Results,
    /// It was asked before whether the node is there: a node that is there from the beginning does not appear.
    pub is_looked_at: bool,
    pub instance: Option<Box<Instance>>,
}

/// A node that is shown, in one place: inside a repeat there are as many as items.
#[derive(Debug)]
pub(crate) struct Instance {
    pub id: NodeId,
    pub results: Results,
    pub children: Vec<Slot>,
    /// Of its mask; empty when it has none.
    pub mask: Vec<Slot>,
    pub rows: Rows,
    /// Where the layout around it has put it, from its parent's origin at rest, in canvas pixels.
    pub placed: Option<Rect>,
    /// The layout of what is in it, where it has one of its own.
    pub arranged: Option<Box<Arranged>>,
    /// The first frame in which it was there.
    pub born: FrameIndex,
    pub text: Option<TextState>,
    pub path: Option<PathState>,
    pub flash: Option<FlashState>,
    /// Its coming and going, where that is animated.
    pub life: Option<Box<Life>>,
    /// Its values that glide.
    pub glides: Vec<Glide>,
    /// Where motion begins and ends the stroke of a path.
    pub trim: [f32; 2],
    /// Its first item, counted from the first of what it is in.
    pub offset: usize,
    pub drawn: Option<Drawn>,
}

/// How an instance was drawn last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    pub tick: Tick,
    pub space: Space,
    pub room: usize,
    pub placed: Option<Rect>,
    /// Items of it and of all below it.
    pub length: usize,
    /// Something in it was on its way to look different.
    pub is_changing: bool,
    /// The highest place in a repeat within it.
    pub last_ordinal: u32,
}

#[derive(Debug)]
pub(crate) struct FlashState {
    pub value: Value,
    /// The frame of the change that is still flashing. A first value is no news.
    pub changed: Option<FrameIndex>,
}

impl Instance {
    pub fn new(id: NodeId, born: FrameIndex) -> Self {
        Self {
            id,
            results: Results::default(),
            children: Vec::new(),
            mask: Vec::new(),
            rows: Rows::default(),
            placed: None,
            arranged: None,
            born,
            text: None,
            path: None,
            flash: None,
            life: None,
            glides: Vec::new(),
            trim: [0.0, 1.0],
            offset: 0,
            drawn: None,
        }
    }
}

/// The items of a repeat: by their place in the list, to tell which changed, and by their key, to follow them.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    places: Vec<Place>,
    rows: Vec<Row>,
    /// Those that are shown, in order.
    pub shown: Vec<Shown>,
    /// When `shown` was worked out.
    pub listed: Tick,
    is_listed: bool,
}

/// An item of a repeat in its place.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub item: Value,
    pub changed: Tick,
    /// Its place in the list; of one that is no longer in it, the last it had.
    pub at: usize,
    /// Which of the rows shows it.
    row: usize,
    pub is_where_it_was: bool,
}

/// A place in the list.
#[derive(Debug)]
pub(crate) struct Place {
    item: Value,
    pub changed: Tick,
    /// The result of the key.
    pub results: Results,
}

/// What one item shows.
#[derive(Debug)]
pub(crate) struct Row {
    pub key: String,
    /// Its place in the list when it was drawn last.
    pub at: usize,
    seen: Tick,
    /// What it shows, for as long as it is on its way out.
    item: Value,
    /// It came when others were shown already.
    pub is_late: bool,
    /// Its item is no longer in the list.
    pub is_leaving: bool,
    /// Since when.
    left: Tick,
    pub children: Vec<Slot>,
}

impl Rows {
    /// Takes note of the item at a place.
    pub fn place(&mut self, at: usize, item: &Value, tick: Tick) -> &mut Place {
        if self.places.len() <= at {
            self.places.push(Place { item: item.clone(), changed: tick, results: Results::default() });
        }
        let last = self.places.len() - 1;
        let place = &mut self.places[at.min(last)];
        if place.changed != tick && !is_same(&place.item, item) {
            place.item = item.clone();
            place.changed = tick;
        }
        place
    }

    /// Shows an item in the row of its key.
    pub fn show(&mut self, item: Value, changed: Tick, key: String, tick: Tick) {
        let at = self.shown.len();
        let (row, is_where_it_was) = self.row(key, at, tick);
        self.rows[row].item = item.clone();
        self.shown.push(Shown { item, changed, at, row, is_where_it_was });
    }

    /// Goes on showing what is no longer in the list, where it stood, until nothing of it is to be seen; when too many are
    /// leaving, those that left first are gone at once, because a list that changes faster than its rows leave would otherwise
    /// have more of them each time.
    pub fn let_go(&mut self, tick: Tick, most: usize) {
        let is_over = |row: &Row| row.children.iter().all(|slot| slot.instance.is_none());
        let mut going: Vec<usize> =
            (0..self.rows.len()).filter(|row| self.rows[*row].seen != tick && !is_over(&self.rows[*row])).collect();
        for row in &going {
            let gone = &mut self.rows[*row];
            gone.left = if gone.is_leaving { gone.left } else { tick };
        }
        // The latest to leave are those of which most is to be seen.
        going.sort_by_key(|row| std::cmp::Reverse(self.rows[*row].left));
        going.truncate(most);
        going.sort_by_key(|row| self.rows[*row].at);
        for row in going {
            let gone = &mut self.rows[row];
            (gone.seen, gone.is_leaving) = (tick, true);
            let shown = Shown { item: gone.item.clone(), changed: 0, at: gone.at, row, is_where_it_was: true };
            self.shown.insert(gone.at.min(self.shown.len()), shown);
        }
    }

    /// The row of an item that is shown.
    pub fn of(&mut self, shown: &Shown) -> &mut Row {
        &mut self.rows[shown.row]
    }

    /// The row of a key that stands at this place now; whether it stood there before as well.
    fn row(&mut self, mut key: String, at: usize, tick: Tick) -> (usize, bool) {
        let of = |rows: &[Row], key: &str| {
            let here = rows.get(at).filter(|row| row.key == key).map(|_| at);
            here.or_else(|| rows.iter().position(|row| row.key == key))
        };
        let mut found = of(&self.rows, &key);
        if found.is_some_and(|i| self.rows[i].seen == tick) {
            // Two items with one key: the second goes by its place, so that each remembers its own.
            key = format!("{key}~{at}");
            found = of(&self.rows, &key);
        }
        let index = found.unwrap_or_else(|| {
            let (item, is_late) = (Value::UNDEFINED, self.is_listed);
            self.rows.push(Row { key, at, seen: 0, item, is_late, is_leaving: false, left: 0, children: Vec::new() });
            self.rows.len() - 1
        });
        let row = &mut self.rows[index];
        let is_where_it_was = row.at == at;
        (row.at, row.seen, row.is_leaving) = (at, tick, false);
        (index, is_where_it_was)
    }

    /// Forgets what is no longer in the list.
    pub fn keep(&mut self, tick: Tick) {
        let listed = self.rows.iter().filter(|row| row.seen == tick && !row.is_leaving).count();
        self.places.truncate(listed);
        let mut left = 0;
        let places: Vec<usize> = self
            .rows
            .iter()
            .map(|row| {
                let place = left;
                left += usize::from(row.seen == tick);
                place
            })
            .collect();
        self.rows.retain(|row| row.seen == tick);
        self.is_listed = true;
        self.shown.iter_mut().for_each(|shown| shown.row = places[shown.row]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows items that are their own keys.
    fn show(rows: &mut Rows, keys: &[&str], tick: Tick) -> Vec<(String, bool)> {
        rows.shown.clear();
        keys.iter().for_each(|key| rows.show(Value::from(*key), tick, (*key).to_owned(), tick));
        rows.keep(tick);
        let shown = rows.shown.clone();
        shown.iter().map(|shown| (rows.of(shown).key.clone(), shown.is_where_it_was)).collect()
    }

    #[test]
    fn a_row_follows_its_key_to_another_place() {
        let mut rows = Rows::default();
        show(&mut rows, &["a", "b"], 1);
        let b = rows.shown[1].clone();
        rows.of(&b).children.push(Slot::default());
        assert_eq!(show(&mut rows, &["b"], 2), [("b".to_owned(), false)]);
        let b = rows.shown[0].clone();
        assert_eq!(rows.of(&b).children.len(), 1);
        assert_eq!(rows.rows.len(), 1, "a is gone");
    }

    #[test]
    fn two_items_with_one_key_remember_each_their_own() {
        let mut rows = Rows::default();
        for tick in 1..3 {
            let keys: Vec<String> = show(&mut rows, &["same", "same"], tick).into_iter().map(|(key, _)| key).collect();
            assert_eq!(keys, ["same", "same~1"]);
        }
        assert_eq!(rows.rows.len(), 2);
    }

    #[test]
    fn rows_that_leave_slower_than_others_come_are_bounded_and_the_latest_stay() {
        const MOST: usize = 8;
        let mut rows = Rows::default();
        for tick in 1..=3 * MOST as Tick {
            rows.shown.clear();
            rows.show(Value::from(tick), tick, tick.to_string(), tick);
            rows.let_go(tick, MOST);
            rows.keep(tick);
            for shown in rows.shown.clone() {
                // It never gets to its end.
                let instance = Instance::new(NodeId::from(""), FrameIndex(0));
                rows.of(&shown).children = vec![Slot { instance: Some(Box::new(instance)), ..Slot::default() }];
            }
        }
        assert_eq!(rows.rows.len(), 1 + MOST);
        let last = 3 * MOST;
        let kept = |key: usize| rows.rows.iter().any(|row| row.key == key.to_string());
        assert!(kept(last - 1) && kept(last - MOST) && !kept(last - MOST - 1));
    }

    #[test]
    fn a_place_changes_when_its_item_does() {
        let mut rows = Rows::default();
        assert_eq!(rows.place(0, &Value::from(7), 1).changed, 1);
        assert_eq!(rows.place(0, &Value::from(7), 2).changed, 1);
        assert_eq!(rows.place(0, &Value::from(8), 3).changed, 3);
    }
}
