//! Repeats, and nodes with a `key`, which are repeats of one row: which items one shows, and what is drawn for each.
//!
//! In: a repeat's list by its expression, and what its rows remember. Out: a row for each item, which follows the item by its
//! key wherever the list takes it, and those on their way out.

use minijinja::Value;

use super::memory::{Instance, Row};
use super::paint::{Begin, Painter, Space};
use crate::template::bind::Local;
use crate::template::expr::text_of;
use crate::template::model::{MAX_ROWS, Node, RepeatNode};

impl Painter<'_> {
    pub(super) fn repeat(
        &mut self,
        node: &Node,
        repeat: &RepeatNode,
        instance: &mut Instance,
        space: &Space,
        begin: Begin,
    ) {
        // What a layout has placed is not shifted as well.
        let step = if node.layout.is_some() { [0.0; 2] } else { [repeat.dx * self.scale, repeat.dy * self.scale] };
        self.each_row(node, repeat, instance, |painter, row, at| {
            let ordinal = painter.ordinal;
            painter.found.last_ordinal = painter.found.last_ordinal.max(ordinal);
            let origin = [0, 1].map(|axis| space.origin[axis] + step[axis] * at as f32);
            let inner = Space { origin, ordinal, ..*space };
            painter.nodes(&node.children, &mut row.children, &inner, begin);
        });
    }

    /// Works out which items a repeat shows now, once a frame.
    fn list(&mut self, node: &Node, repeat: &RepeatNode, instance: &mut Instance) {
        if instance.rows.listed == self.tick || self.is_frozen && instance.rows.listed > 0 {
            return;
        }
        let list = self.eval(&repeat.over, &mut instance.results);
        let most = MAX_ROWS.min(self.room);
        let rows = &mut instance.rows;
        rows.listed = self.tick;
        rows.shown.clear();
        for (i, item) in list.try_iter().into_iter().flatten().take(most).enumerate() {
            let place = rows.place(i, &item, self.tick);
            let changed = place.changed;
            let first = self.scope.locals.len();
            self.scope.locals.push(Local { name: repeat.name.clone(), value: item.clone(), changed });
            self.scope.locals.push(Local { name: repeat.index_name.clone(), value: Value::from(i), changed: 1 });
            let key = repeat.key.as_ref().and_then(|key| text_of(&self.eval(key, &mut place.results)));
            self.scope.locals.truncate(first);
            // A node that is of something unknown is another one than that of any number.
            let unknown = || if repeat.is_of_node { String::new() } else { i.to_string() };
            rows.show(item, changed, key.unwrap_or_else(unknown), self.tick);
        }
        let vanishes = |child: &Node| child.presence.as_ref().is_some_and(|presence| presence.vanishes());
        if node.children.iter().any(vanishes) && !self.moment.is_old_news {
            rows.let_go(self.tick, most);
        }
        rows.keep(self.tick);
    }

    /// Does something for each row of a repeat, where its item is known.
    pub(super) fn each_row(
        &mut self,
        node: &Node,
        repeat: &RepeatNode,
        instance: &mut Instance,
        mut each: impl FnMut(&mut Self, &mut Row, usize),
    ) {
        self.list(node, repeat, instance);
        let outer = (self.ordinal, self.is_row_late, self.is_row_leaving, self.is_frozen);
        let room = self.room;
        // In steps, so that one row more is seldom another room for all of them.
        let each_room = 1usize << (room / instance.rows.shown.len().max(1)).max(1).ilog2();
        for at in 0..instance.rows.shown.len() {
            let shown = instance.rows.shown[at].clone();
            let row = instance.rows.of(&shown);
            // What a row remembers that stood elsewhere was worked out from another place of the list.
            let [of_item, of_index] = if shown.is_where_it_was { [shown.changed, 1] } else { [self.tick, self.tick] };
            let first = self.scope.locals.len();
            self.scope.locals.push(Local { name: repeat.name.clone(), value: shown.item, changed: of_item });
            let index = Local { name: repeat.index_name.clone(), value: Value::from(shown.at), changed: of_index };
            self.scope.locals.push(index);
            let suffix = self.suffix.len();
            self.suffix.push_str(&format!("[{}]", row.key));
            // A node's own row stands where the node does.
            self.ordinal = if repeat.is_of_node { outer.0 } else { shown.at as u32 };
            (self.is_row_late, self.is_row_leaving) = (row.is_late, row.is_leaving);
            self.is_frozen = outer.3 || row.is_leaving;
            self.room = each_room;
            each(self, row, shown.at);
            self.suffix.truncate(suffix);
            self.scope.locals.truncate(first);
        }
        (self.ordinal, self.is_row_late, self.is_row_leaving, self.is_frozen) = outer;
        self.room = room;
    }
}
