//! What the nodes of a graphic remember from frame to frame, in a tree of the template's shape.
//!
//! An instance knows where its items stand in the list that was drawn last: while nothing that it reads changes and
//! nothing in it moves, they are taken over from there. Whatever is not drawn any more is dropped with all below it.

use minijinja::Value;

use super::paint::Space;
use super::shape::PathState;
use super::text::TextState;
use crate::ids::NodeId;
use crate::template::bind::Results;
use crate::template::lazy::is_same;
use crate::template::values::Tick;
use crate::time::FrameIndex;

/// The place of one node among its siblings, whether it is shown or not.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    pub when: Results,
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
    /// The first frame in which it was there.
    pub born: FrameIndex,
    pub text: Option<TextState>,
    pub path: Option<PathState>,
    pub flash: Option<FlashState>,
    /// Its first item, counted from the first of what it is in.
    pub offset: usize,
    pub drawn: Option<Drawn>,
}

/// How an instance was drawn last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawn {
    pub tick: Tick,
    pub space: Space,
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
            born,
            text: None,
            path: None,
            flash: None,
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

    /// The row of a key that stands at this place now; whether it stood there before as well.
    pub fn row(&mut self, mut key: String, at: usize, tick: Tick) -> (&mut Row, bool) {
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
            self.rows.push(Row { key, at, seen: 0, children: Vec::new() });
            self.rows.len() - 1
        });
        let row = &mut self.rows[index];
        let is_where_it_was = row.at == at;
        (row.at, row.seen) = (at, tick);
        (row, is_where_it_was)
    }

    /// Forgets what is no longer in the list, which has so many items.
    pub fn keep(&mut self, count: usize, tick: Tick) {
        self.places.truncate(count);
        self.rows.retain(|row| row.seen == tick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_follows_its_key_to_another_place() {
        let mut rows = Rows::default();
        for (at, key) in ["a", "b"].into_iter().enumerate() {
            let (row, is_where_it_was) = rows.row(key.to_owned(), at, 1);
            row.children.push(Slot::default());
            assert!(is_where_it_was);
        }
        rows.keep(2, 1);
        let (row, is_where_it_was) = rows.row("b".to_owned(), 0, 2);
        assert_eq!((row.children.len(), is_where_it_was), (1, false));
        rows.keep(1, 2);
        assert_eq!(rows.rows.len(), 1, "a is gone");
    }

    #[test]
    fn two_items_with_one_key_remember_each_their_own() {
        let mut rows = Rows::default();
        for tick in 1..3 {
            let keys = [0, 1].map(|at| rows.row("same".to_owned(), at, tick).0.key.clone());
            assert_eq!(keys, ["same", "same~1"]);
            rows.keep(2, tick);
        }
        assert_eq!(rows.rows.len(), 2);
    }

    #[test]
    fn a_place_changes_when_its_item_does() {
        let mut rows = Rows::default();
        assert_eq!(rows.place(0, &Value::from(7), 1).changed, 1);
        assert_eq!(rows.place(0, &Value::from(7), 2).changed, 1);
        assert_eq!(rows.place(0, &Value::from(8), 3).changed, 3);
    }
}
