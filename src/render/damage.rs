//! Where two draw lists differ: the only pixels that are drawn, read back and converted again.
//!
//! In: the list that the target shows and the list that it shall show. Out: a few disjoint rectangles of whole pixels
//! that hold every pixel which can differ.
//!
//! Items of both lists are paired when they are equal and all groups that enclose them are paired too, in one common
//! order. Outside the rectangles around all unpaired items, both lists draw the same primitives in the same order through
//! the same groups, so their pixels are equal where their clips cover the same. A clip that moved differs along its edges;
//! one that came or went, as when a wipe begins or ends, wherever it does not cover its content in full. Pure, on the
//! CPU; knows no texture.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

pub use super::pixel_rect::PixelRect;
use crate::draw_list::{BoxShape, Clip, DrawList, Item, Op, Paint, PathShape, Rect, Size, TextShape};

/// More rectangles than this are not worth their scissors: the two that grow least when joined are joined.
const MAX_RECTS: usize = 12;

/// Two rectangles are joined when that draws at most this many pixels more: about what a scissor's own cost buys.
const CHEAP_JOIN_PX: i64 = 64 * 64;

/// What encloses an item, and the pixels that it can colour.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Index of the innermost `PushGroup`, `PushMask` or `PushClip` around the item.
    pub parent: Option<usize>,
    /// Cut by all enclosing clips; empty for starts and ends of groups and clips, and inside groups of no opacity.
    pub touched: PixelRect,
    /// For the start of a group that holds exactly one primitive, through clips but no further group: its opacity is
    /// folded into the primitive's colours, which is the same thing without a layer.
    pub folds: bool,
    /// For the start of a group that holds a mask: it needs a layer at any opacity.
    pub is_masked: bool,
}

/// One [`Place`] for each item. An end without a start, or a start without an end, encloses nothing beyond the list.
pub fn places(list: &DrawList) -> Vec<Place> {
    let mut open: Vec<(usize, PixelRect)> = Vec::new();
    let whole = PixelRect::of_canvas(list.canvas);
    let mut places: Vec<Place> = Vec::with_capacity(list.items.len());
    for (index, item) in list.items.iter().enumerate() {
        if matches!(item.op, Op::PopGroup | Op::PopMask | Op::PopClip) {
            open.pop();
        }
        let (parent, inside) = open.last().map_or((None, whole), |(parent, inside)| (Some(*parent), *inside));
        let touched = item
            .op
            .bounds()
            .map_or(PixelRect::default(), |bounds| PixelRect::touched_by(bounds, list.canvas).intersection(inside));
        places.push(Place { parent, touched, folds: false, is_masked: false });
        match &item.op {
            Op::PushGroup { opacity } if *opacity > 0.0 => open.push((index, inside)),
            Op::PushGroup { .. } => open.push((index, PixelRect::default())),
            Op::PushMask => {
                open.push((index, inside));
                if let Some(group) = parent {
                    places[group].is_masked = true;
                }
            }
            Op::PushClip(clip) => {
                // One pixel for the antialiased edge.
                let bounds = clip.canvas_from_local.bounds_of(clip.rect);
                let bounds = if bounds.is_empty() { bounds } else { bounds.outset(1.0) };
                open.push((index, inside.intersection(PixelRect::touched_by(bounds, list.canvas))));
            }
            _ => {}
        }
    }
    mark_folding_groups(list, &mut places);
    places
}

fn mark_folding_groups(list: &DrawList, places: &mut [Place]) {
    let is_group = |index: usize| matches!(list.items[index].op, Op::PushGroup { .. });
    let mut members = vec![0_usize; places.len()];
    for (index, item) in list.items.iter().enumerate() {
        let counts = match item.op {
            Op::PopGroup | Op::PopMask | Op::PopClip | Op::PushClip(_) => continue,
            // A group in a group needs the outer one's layer, and so does a mask.
            Op::PushGroup { .. } | Op::PushMask => 2,
            _ => 1,
        };
        let mut around = places[index].parent;
        while let Some(parent) = around {
            members[parent] += counts;
            around = if is_group(parent) { None } else { places[parent].parent };
        }
    }
    for (index, place) in places.iter_mut().enumerate() {
        place.folds = is_group(index) && members[index] == 1;
    }
}

/// The rectangles in which `new` can look different from `old`: disjoint, at most a dozen; none when the lists draw the
/// same. Lists for canvases of different sizes differ everywhere.
pub fn damage(old: &DrawList, new: &DrawList) -> Vec<PixelRect> {
    if old.canvas != new.canvas {
        return vec![PixelRect::of_canvas(new.canvas)];
    }
    let same_everywhere =
        old.items.len() == new.items.len() && old.items.iter().zip(&new.items).all(|(a, b)| same_op(&a.op, &b.op));
    if same_everywhere {
        return Vec::new();
    }
    let [old, new] = [old, new].map(|list| Side { list, places: places(list) });
    let pairs = pair(&old, &new);
    let mut rects = Vec::new();
    let mut old_is_paired = vec![false; old.places.len()];
    for (index, partner) in pairs.iter().enumerate() {
        match partner {
            Some(partner) => {
                old_is_paired[*partner] = true;
                if let (Op::PushClip(from), Op::PushClip(to)) = (old.op(*partner), new.op(index)) {
                    edges_of_move(from, to, new.list.canvas).into_iter().for_each(|edge| add(&mut rects, edge));
                }
            }
            None => new.coloured(index).into_iter().for_each(|rect| add(&mut rects, rect)),
        }
    }
    let old_alone = (0..old_is_paired.len()).filter(|index| !old_is_paired[*index]);
    old_alone.flat_map(|index| old.coloured(index)).for_each(|rect| add(&mut rects, rect));
    let new_is_paired: Vec<bool> = pairs.iter().map(Option::is_some).collect();
    let content: Vec<(usize, usize)> =
        pairs.iter().enumerate().filter_map(|(index, partner)| Some((partner.as_ref().copied()?, index))).collect();
    let touched = |(before, after): (usize, usize)| old.places[before].touched.union(new.places[after].touched);
    let went = old.uncovered(&old_is_paired, content.iter().map(|pair| (pair.0, touched(*pair))));
    let came = new.uncovered(&new_is_paired, content.iter().map(|pair| (pair.1, touched(*pair))));
    went.into_iter().chain(came).for_each(|rect| add(&mut rects, rect));
    rects
}

/// One of the two lists that are compared.
struct Side<'a> {
    list: &'a DrawList,
    places: Vec<Place>,
}

impl Side<'_> {
    fn op(&self, index: usize) -> &Op {
        &self.list.items[index].op
    }

    fn coloured(&self, index: usize) -> Vec<PixelRect> {
        coloured(&self.list.items[index], self.places[index].touched)
    }

    /// The innermost group or clip around an item, not counting clips that only this list has.
    fn parent(&self, index: usize, is_paired: &[bool]) -> Option<usize> {
        let mut around = self.places[index].parent;
        while let Some(parent) = around.filter(|parent| self.is_lone_clip(*parent, is_paired)) {
            around = self.places[parent].parent;
        }
        around
    }

    fn is_lone_clip(&self, index: usize, is_paired: &[bool]) -> bool {
        !is_paired[index] && matches!(self.op(index), Op::PushClip(_))
    }

    /// What the clips that only this list has may take away from items that both lists have: the items' pixels that do
    /// not lie well inside of the clip. An item comes with the pixels that it touches in either list.
    fn uncovered(&self, is_paired: &[bool], items: impl Iterator<Item = (usize, PixelRect)>) -> Vec<PixelRect> {
        let mut content: HashMap<usize, PixelRect> = HashMap::new();
        for (index, touched) in items {
            let mut around = self.places[index].parent;
            while let Some(parent) = around {
                if self.is_lone_clip(parent, is_paired) {
                    let all = content.entry(parent).or_default();
                    *all = all.union(touched);
                }
                around = self.places[parent].parent;
            }
        }
        let around = |(index, all): (&usize, &PixelRect)| match self.op(*index) {
            Op::PushClip(clip) => all.around(well_inside(clip).intersection(*all)).to_vec(),
            _ => Vec::new(),
        };
        content.iter().flat_map(around).collect()
    }
}

/// The pixels that a clip covers in full; none when it does not lie straight.
fn well_inside(clip: &Clip) -> PixelRect {
    if !clip.canvas_from_local.is_translation() {
        return PixelRect::default();
    }
    let inside = clip.canvas_from_local.bounds_of(clip.rect).outset(-rim(clip.corners));
    if inside.is_empty() { PixelRect::default() } else { PixelRect::held_by(inside) }
}

/// Corners and the antialiased edge lie within this of a box's outline.
fn rim(corners: [f32; 4]) -> f32 {
    corners.into_iter().fold(0.0, f32::max) + 1.0
}

/// For each new item the old one that draws the same in the same groups; partners rise with the items. Both may lie in
/// clips that only one of the lists has.
fn pair(old: &Side, new: &Side) -> Vec<Option<usize>> {
    let (old_items, new_items) = (&old.list.items, &new.list.items);
    let same = |(a, b): &(&Item, &Item)| a.node == b.node && same_op(&a.op, &b.op);
    let shorter = old_items.len().min(new_items.len());
    let head = old_items.iter().zip(new_items).take_while(same).count();
    let tail = old_items.iter().rev().zip(new_items.iter().rev()).take(shorter - head).take_while(same).count();
    let (old_end, new_end) = (old_items.len() - tail, new_items.len() - tail);

    let mut partners: Vec<Option<usize>> = (0..head).map(Some).collect();
    partners.extend(pair_by_node(&old_items[head..old_end], &new_items[head..new_end], head));
    partners.extend((old_end..old_items.len()).map(Some));

    // What encloses an item comes before it in its list, so whether that is paired is settled when its turn comes.
    let mut new_is_paired: Vec<bool> = partners.iter().map(Option::is_some).collect();
    let mut old_is_paired = vec![false; old_items.len()];
    partners.iter().flatten().for_each(|partner| old_is_paired[*partner] = true);
    let (old_masks, new_masks) = (masks(old), masks(new));
    for index in 0..partners.len() {
        let Some(partner) = partners[index] else { continue };
        let enclosed_alike = match (new.parent(index, &new_is_paired), old.parent(partner, &old_is_paired)) {
            (None, None) => true,
            // A group drawn through a layer is rounded once more than one that folds.
            (Some(new_parent), Some(old_parent)) => {
                partners[new_parent] == Some(old_parent) && new.places[new_parent].folds == old.places[old_parent].folds
            }
            _ => false,
        };
        // A mask changes all that its group drew before it, also where the mask itself touches nothing.
        let is_masked_alike = masks_alike(old_masks.get(&partner), new_masks.get(&index), &partners);
        if !enclosed_alike || !is_masked_alike {
            partners[index] = None;
            new_is_paired[index] = false;
            old_is_paired[partner] = false;
        }
    }
    partners
}

/// The masks of each masked group, by the group's index.
fn masks(side: &Side) -> HashMap<usize, Vec<usize>> {
    let mut masks: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, place) in side.places.iter().enumerate() {
        if let (Op::PushMask, Some(group)) = (side.op(index), place.parent) {
            masks.entry(group).or_default().push(index);
        }
    }
    masks
}

fn masks_alike(old: Option<&Vec<usize>>, new: Option<&Vec<usize>>, partners: &[Option<usize>]) -> bool {
    let old = old.map_or(&[][..], Vec::as_slice);
    let new = new.map_or(&[][..], Vec::as_slice);
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| partners[*new] == Some(*old))
}

/// Pairs equal items of the same node; of pairs that cross each other, those of a longest common order are kept.
fn pair_by_node(old: &[Item], new: &[Item], offset: usize) -> Vec<Option<usize>> {
    let mut by_node: HashMap<&str, VecDeque<usize>> = HashMap::with_capacity(old.len());
    for (index, item) in old.iter().enumerate() {
        by_node.entry(item.node.as_str()).or_default().push_back(index);
    }
    let candidates: Vec<Option<usize>> = new
        .iter()
        .map(|item| {
            let olds = by_node.get_mut(item.node.as_str())?;
            let alike = |index: &usize| {
                let before = &old[*index].op;
                same_op(before, &item.op) || is_moved_clip(before, &item.op)
            };
            let found = olds.iter().position(alike)?;
            olds.remove(found)
        })
        .collect();
    let kept = longest_rising(&candidates);
    candidates
        .into_iter()
        .zip(kept)
        .map(|(candidate, is_kept)| if is_kept { candidate.map(|index| index + offset) } else { None })
        .collect()
}

/// Marks a longest strictly rising subsequence of the present values.
fn longest_rising(values: &[Option<usize>]) -> Vec<bool> {
    // `ends[n]` is the position of the smallest value that ends a rising sequence of n + 1 values.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; values.len()];
    for (position, value) in values.iter().enumerate() {
        if value.is_none() {
            continue;
        }
        let length = ends.partition_point(|end| values[*end] < *value);
        before[position] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() {
            ends.push(position);
        } else {
            ends[length] = position;
        }
    }
    let mut kept = vec![false; values.len()];
    let mut next = ends.last().copied();
    while let Some(position) = next {
        kept[position] = true;
        next = before[position];
    }
    kept
}

/// A clip whose edges moved and nothing else: well inside of both it covers all, as before, so only the pixels around
/// its edges can differ. This is what a wipe is, and a wipe must not redraw what it uncovered already.
fn is_moved_clip(a: &Op, b: &Op) -> bool {
    match (a, b) {
        (Op::PushClip(a), Op::PushClip(b)) => {
            a.canvas_from_local == b.canvas_from_local
                && a.canvas_from_local.is_translation()
                && a.corners == b.corners
                && !a.rect.is_empty()
                && !b.rect.is_empty()
        }
        _ => false,
    }
}

/// The pixels that two clips cover differently, give or take: a strip along each edge that moved, none for equal clips.
/// Along an edge that stayed both cover the same.
fn edges_of_move(from: &Clip, to: &Clip, canvas: Size) -> Vec<PixelRect> {
    if from == to {
        return Vec::new();
    }
    let place = |clip: &Clip| clip.canvas_from_local.bounds_of(clip.rect);
    let (from_place, to_place) = (place(from), place(to));
    let all = from_place.union(to_place).outset(1.0);
    let rim = rim(from.corners);
    let across = |a: f32, b: f32| (a != b).then(|| (a.min(b) - rim, (a - b).abs() + 2.0 * rim));
    let upright = |(x, width): (f32, f32)| Rect { x, width, ..all };
    let level = |(y, height): (f32, f32)| Rect { y, height, ..all };
    let strips = [
        across(from_place.x, to_place.x).map(upright),
        across(from_place.right(), to_place.right()).map(upright),
        across(from_place.y, to_place.y).map(level),
        across(from_place.bottom(), to_place.bottom()).map(level),
    ];
    strips.into_iter().flatten().map(|strip| PixelRect::touched_by(strip, canvas)).collect()
}

/// The pixels that an item can colour, without the inside of a box that is nothing but a shadow.
fn coloured(item: &Item, touched: PixelRect) -> Vec<PixelRect> {
    if let Op::Box(BoxShape {
        canvas_from_local,
        rect,
        corners,
        fill: Paint::Solid(fill),
        border: None,
        inner_shadow: None,
        shadow: _,
    }) = &item.op
        && fill.a == 0.0
        && canvas_from_local.is_translation()
    {
        let outline = canvas_from_local.bounds_of(*rect);
        let inside = PixelRect::held_by(outline.outset(-rim(*corners))).intersection(touched);
        return touched.around(inside).to_vec();
    }
    vec![touched]
}

/// Equal contents; shared parts are compared by address first, because a picture's pixels are many.
fn same_op(a: &Op, b: &Op) -> bool {
    match (a, b) {
        (Op::Path(a), Op::Path(b)) => {
            let PathShape { canvas_from_local, path, style, color } = a;
            *canvas_from_local == b.canvas_from_local
                && *style == b.style
                && *color == b.color
                && (Arc::ptr_eq(path, &b.path) || *path == b.path)
        }
        (Op::Text(a), Op::Text(b)) => {
            let TextShape { canvas_from_local, run, color, ink, look } = a;
            *canvas_from_local == b.canvas_from_local
                && *color == b.color
                && *ink == b.ink
                && *look == b.look
                && (Arc::ptr_eq(run, &b.run) || *run == b.run)
        }
        (Op::Image(a), Op::Image(b)) => {
            // Two copies of one picture count as different: comparing their pixels would cost more than drawing them.
            a.canvas_from_local == b.canvas_from_local
                && a.rect == b.rect
                && a.tint == b.tint
                && Arc::ptr_eq(&a.picture, &b.picture)
        }
        _ => a == b,
    }
}

/// Adds the pixels of a rectangle and keeps all rectangles disjoint: of one that crosses another, as the edges of a frame
/// do, only what the other leaves out is added. Two that lie so close that one is cheaper are joined.
fn add(rects: &mut Vec<PixelRect>, rect: PixelRect) {
    let mut pending = vec![rect];
    while let Some(rect) = pending.pop() {
        if rect.is_empty() {
            continue;
        }
        if let Some(crossed) = rects.iter().find(|other| other.meets(rect)) {
            pending.extend(rect.around(crossed.intersection(rect)));
            continue;
        }
        let can_join = |near: &PixelRect| {
            let joined = near.union(rect);
            near.cost_of_joining(rect) <= CHEAP_JOIN_PX
                && rects.iter().all(|other| other == near || !other.meets(joined))
        };
        match rects.iter().position(can_join) {
            // What is pending may lie in the joined one now, so it goes round again.
            Some(near) => pending.push(rect.union(rects.swap_remove(near))),
            None => rects.push(rect),
        }
        if rects.len() > MAX_RECTS {
            join_cheapest(rects);
        }
    }
}

fn join_cheapest(rects: &mut Vec<PixelRect>) {
    let Some((first, second)) = cheapest_pair(rects) else { return };
    // The later one goes first, so that the earlier index stays right.
    let mut joined = rects.swap_remove(second).union(rects.swap_remove(first));
    while let Some(met) = rects.iter().position(|other| other.meets(joined)) {
        joined = joined.union(rects.swap_remove(met));
    }
    rects.push(joined);
}

fn cheapest_pair(rects: &[PixelRect]) -> Option<(usize, usize)> {
    let pairs = (0..rects.len()).flat_map(|first| (first + 1..rects.len()).map(move |second| (first, second)));
    pairs.min_by_key(|(first, second)| rects[*first].cost_of_joining(rects[*second]))
}

#[cfg(test)]
#[path = "damage/tests.rs"]
mod tests;
