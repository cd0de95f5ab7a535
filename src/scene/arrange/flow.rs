//! Hands a measured layout to the engine, in the engine's words, and reads the places.
//!
//! In: the boxes of a layout, measured. Out: where each stands from its parent's origin, in canvas pixels, finite whatever was
//! asked for.

use taffy::prelude::{
    AlignContent, AlignItems, AvailableSpace, Dimension, Display, FlexDirection, FlexWrap, GridPlacement,
    GridTemplateComponent, LengthPercentage, LengthPercentageAuto, Line, NodeId, Size, Style, TaffyTree, auto, fr,
    length, line, percent, span,
};

use super::super::text;
use super::super::values::FAR_PX;
use super::{Natural, Plan, Planned, Side, Wrapped};
use crate::draw_list::Rect;
use crate::template::layout::{Align, Cells, Flow, Item, Justify, Layout, Track};
use crate::template::model::{Kind, Node};
use crate::text::Fonts;

/// Where each box stands; the first one stands at its own origin.
pub(super) fn lay_out(plan: &Plan<'_>, at: text::Frame, fonts: &mut Fonts) -> Vec<Rect> {
    let mut tree: TaffyTree<usize> = TaffyTree::with_capacity(plan.boxes.len());
    // Half pixels that are rounded here would leave gaps between neighbours once they are snapped.
    tree.disable_rounding();
    let mut ids = Vec::with_capacity(plan.boxes.len());
    let Some(root) = build(&mut tree, plan, &mut ids) else { return Vec::new() };
    let room = Size { width: AvailableSpace::MaxContent, height: AvailableSpace::MaxContent };
    let laid = tree.compute_layout_with_measure(root, room, |input, _, place, style| {
        let planned = place.and_then(|place| plan.boxes.get(*place).zip(plan.nodes.get(*place)));
        let natural = planned.map_or(Natural::default(), |(planned, _)| planned.natural);
        let Natural { size: [width, height], gives_way } = natural;
        taffy::compute_leaf_layout(
            input,
            style,
            |_, _| 0.0,
            |known, available| {
                let room = match available.width {
                    AvailableSpace::Definite(room) => room,
                    AvailableSpace::MinContent => 0.0,
                    AvailableSpace::MaxContent => width,
                };
                let width = known.width.unwrap_or(if gives_way { width.min(room) } else { width });
                let wrapped = planned.and_then(|(planned, node)| Some((planned.wrapped.as_ref()?, *node)));
                let height = known.height.unwrap_or_else(|| match wrapped {
                    Some((wrapped, node)) => wrapped_height(node, wrapped, width, at, fonts),
                    None => height,
                });
                Size { width, height }
            },
        )
    });
    // Nothing is known that could fail: every id is one of this tree.
    if laid.is_err() {
        return Vec::new();
    }
    let place = |id: Option<NodeId>| {
        let laid = id.and_then(|id| tree.layout(id).ok());
        let held = |px: f32| if px.is_finite() { px.clamp(-FAR_PX, FAR_PX) } else { 0.0 };
        laid.map_or(Rect::default(), |laid| {
            let [x, y] = [laid.location.x, laid.location.y].map(held);
            let [width, height] = [laid.size.width, laid.size.height].map(held);
            Rect::new(x, y, width, height)
        })
    };
    ids.into_iter().map(place).collect()
}

/// How high a text is that is so wide.
fn wrapped_height(node: &Node, wrapped: &Wrapped, width_px: f32, at: text::Frame, fonts: &mut Fonts) -> f32 {
    let Kind::Text(text) = &node.kind else { return 0.0 };
    let fit = text::FitTo { width_px, replacements: wrapped.replacements.clone() };
    text::measured(text, wrapped.known.as_deref(), Some(&fit), at, fonts)[1]
}

/// Adds the next box with all that stands in it; `ids` has one for each box before it.
fn build(tree: &mut TaffyTree<usize>, plan: &Plan<'_>, ids: &mut Vec<Option<NodeId>>) -> Option<NodeId> {
    let at = ids.len();
    ids.push(None);
    let (planned, node) = (plan.boxes.get(at)?, plan.nodes.get(at)?);
    let inside: Vec<NodeId> = (0..planned.inside).filter_map(|_| build(tree, plan, ids)).collect();
    let style = style(planned, node);
    let id = if inside.is_empty() {
        tree.new_leaf_with_context(style, at).ok()
    } else {
        tree.new_with_children(style, &inside).ok()
    };
    ids[at] = id;
    id
}

fn style(planned: &Planned, node: &Node) -> Style {
    let dimension = |side: Side| match side {
        Side::Auto => Dimension::auto(),
        Side::Px(px) => Dimension::length(px),
        Side::Share(share) => Dimension::percent(share),
    };
    let or_auto = |side: Side| match side {
        Side::Auto => LengthPercentageAuto::auto(),
        Side::Px(px) => LengthPercentageAuto::length(px),
        Side::Share(share) => LengthPercentageAuto::percent(share),
    };
    let mut style = Style::DEFAULT;
    style.size = Size { width: dimension(planned.size[0]), height: dimension(planned.size[1]) };
    style.min_size = Size { width: or_auto(planned.least[0]), height: or_auto(planned.least[1]) };
    style.max_size = Size { width: or_auto(planned.most[0]), height: or_auto(planned.most[1]) };
    style.aspect_ratio = node.limits.as_ref().and_then(|limits| limits.aspect);
    if let Some(Item { grow, shrink, align, justify, column, row, .. }) = node.item.as_deref() {
        let [top, right, bottom, left] = planned.margin.map(or_auto);
        style.margin = taffy::Rect { left, right, top, bottom };
        (style.flex_grow, style.flex_shrink) = (*grow, *shrink);
        style.flex_basis = dimension(planned.basis);
        style.align_self = align.map(items);
        style.justify_self = justify.map(items);
        (style.grid_column, style.grid_row) = (cells(*column), cells(*row));
    }
    if let Some(layout) = &node.layout {
        contain(layout, planned, &mut style);
    }
    style
}

/// How a node lays out what is in it.
fn contain(layout: &Layout, planned: &Planned, style: &mut Style) {
    let side = |side: Side| match side {
        Side::Auto => LengthPercentage::length(0.0),
        Side::Px(px) => LengthPercentage::length(px),
        Side::Share(share) => LengthPercentage::percent(share),
    };
    let [width, height] = planned.gap.map(side);
    style.gap = Size { width, height };
    let [top, right, bottom, left] = planned.padding.map(side);
    style.padding = taffy::Rect { left, right, top, bottom };
    style.align_items = layout.align.map_or(AlignItems::NORMAL, items);
    match layout.flow {
        Flow::Row | Flow::Column => {
            style.display = Display::Flex;
            style.flex_direction = if layout.flow == Flow::Row { FlexDirection::Row } else { FlexDirection::Column };
            style.flex_wrap = if layout.is_wrapped { FlexWrap::Wrap } else { FlexWrap::NoWrap };
            style.justify_content = layout.justify.map_or(AlignContent::NORMAL, content);
        }
        Flow::Grid => {
            style.display = Display::Grid;
            style.justify_items = layout.justify.map_or(AlignItems::NORMAL, in_cells);
            style.grid_template_columns = layout.columns.iter().map(|each| track(*each, planned.scale)).collect();
            style.grid_template_rows = layout.rows.iter().map(|each| track(*each, planned.scale)).collect();
        }
    }
}

fn track(track: Track, scale: f32) -> GridTemplateComponent<String> {
    match track {
        Track::Px(px) => length(px * scale),
        Track::Share(share) => percent(share),
        Track::Fr(parts) => fr(parts),
        Track::Auto => auto(),
    }
}

fn items(align: Align) -> AlignItems {
    match align {
        Align::Start => AlignItems::START,
        Align::Center => AlignItems::CENTER,
        Align::End => AlignItems::END,
        Align::Stretch => AlignItems::STRETCH,
        Align::Baseline => AlignItems::BASELINE,
    }
}

fn content(justify: Justify) -> AlignContent {
    match justify {
        Justify::Start => AlignContent::START,
        Justify::Center => AlignContent::CENTER,
        Justify::End => AlignContent::END,
        Justify::Stretch => AlignContent::STRETCH,
        Justify::SpaceBetween => AlignContent::SPACE_BETWEEN,
        Justify::SpaceAround => AlignContent::SPACE_AROUND,
        Justify::SpaceEvenly => AlignContent::SPACE_EVENLY,
    }
}

fn in_cells(justify: Justify) -> AlignItems {
    match justify {
        Justify::Start => AlignItems::START,
        Justify::Center => AlignItems::CENTER,
        Justify::End => AlignItems::END,
        _ => AlignItems::STRETCH,
    }
}

fn cells(cells: Cells) -> Line<GridPlacement> {
    let start = cells.first.map_or(GridPlacement::Auto, line);
    Line { start, end: span(cells.span) }
}
