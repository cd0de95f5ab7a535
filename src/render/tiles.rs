//! Where a block's coverage lies: the parts of its quad that are worth drawing, and those that are covered fully.
//!
//! In: coverage. Out: rectangles of texels. Pure, on the CPU: a court's lines, or the outline of a zone, cover little of
//! the rectangle around them, and a software GPU pays for every pixel of it.

use super::path_raster::Coverage;
use crate::draw_list::Size;

/// Side of a tile, in texels: small enough to follow a line, large enough that its quad's own cost does not count.
const TILE: u32 = 32;

/// How far around a tile its texels decide: a pixel at its edge reads up to this far beyond it, see [`REACHED_SCALE`].
const REACH: u32 = 4;

/// Most texels a canvas pixel may span for the tiles to hold: half a pixel where an edge was put on whole pixels, half a
/// pixel to a pixel's centre, and the neighbour that bilinear sampling reads stay within [`REACH`].
pub(super) const REACHED_SCALE: f32 = 2.0;

/// Half-open rectangle of texels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TexelRect {
    pub(super) x0: u32,
    pub(super) y0: u32,
    pub(super) x1: u32,
    pub(super) y1: u32,
}

/// Disjoint rectangles that hold all coverage; both empty for a block that is better drawn whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Tiles {
    /// Some texels are covered, and some not fully.
    pub(super) partial: Vec<TexelRect>,
    /// Every texel is covered fully.
    pub(super) full: Vec<TexelRect>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Partial,
    Full,
}

/// Sorts a block's tiles; whole when it is as small as a few tiles, or when nothing would be gained.
pub(super) fn tiles(coverage: &Coverage) -> Tiles {
    let (columns, rows) = (coverage.width.div_ceil(TILE), coverage.height.div_ceil(TILE));
    let mut found = Tiles::default();
    if columns * rows <= 4 {
        return found;
    }
    for row in 0..rows {
        let kinds: Vec<Kind> = (0..columns).map(|column| kind(coverage, column, row)).collect();
        let mut column = 0;
        for run in kinds.chunk_by(|a, b| a == b) {
            let rect = TexelRect {
                x0: column * TILE,
                y0: row * TILE,
                x1: ((column + run.len() as u32) * TILE).min(coverage.width),
                y1: ((row + 1) * TILE).min(coverage.height),
            };
            match run[0] {
                Kind::Empty => {}
                Kind::Partial => join(&mut found.partial, rect),
                Kind::Full => join(&mut found.full, rect),
            }
            column += run.len() as u32;
        }
    }
    let is_whole = found.full.is_empty() && area(&found.partial) * 4 > u64::from(coverage.width * coverage.height) * 3;
    if is_whole { Tiles::default() } else { found }
}

/// The tiles of a picture that hold anything to see: whole when that is most of it. All count as partial, since a picture
/// has colours wherever it has coverage; one at its edge is drawn a pixel beyond, where that edge is smoothed.
pub(super) fn picture_tiles(size: Size, rgba: &[u8]) -> Tiles {
    let texels = rgba.chunks_exact(4).map(|pixel| pixel[3]).collect();
    let Tiles { mut partial, full } = tiles(&Coverage { width: size.width, height: size.height, texels });
    partial.extend(full);
    let is_whole = area(&partial) * 4 > u64::from(size.width) * u64::from(size.height) * 3;
    if is_whole { Tiles::default() } else { Tiles { partial, full: Vec::new() } }
}

/// Adds a rectangle, or grows the one right above it.
fn join(rects: &mut Vec<TexelRect>, rect: TexelRect) {
    match rects.iter_mut().rev().find(|above| above.x0 == rect.x0 && above.x1 == rect.x1 && above.y1 == rect.y0) {
        Some(above) => above.y1 = rect.y1,
        None => rects.push(rect),
    }
}

fn area(rects: &[TexelRect]) -> u64 {
    rects.iter().map(|rect| u64::from(rect.x1 - rect.x0) * u64::from(rect.y1 - rect.y0)).sum()
}

fn kind(coverage: &Coverage, column: u32, row: u32) -> Kind {
    let from = |tile: u32| (tile * TILE).saturating_sub(REACH) as usize;
    let to = |tile: u32, side: u32| ((tile + 1) * TILE + REACH).min(side) as usize;
    let (x0, x1) = (from(column), to(column, coverage.width));
    let lines = (from(row)..to(row, coverage.height)).map(|y| &coverage.texels[y * coverage.width as usize..][x0..x1]);
    let (mut is_empty, mut is_full) = (true, true);
    for line in lines {
        is_empty &= line.iter().all(|texel| *texel == 0);
        is_full &= line.iter().all(|texel| *texel == 255);
        if !is_empty && !is_full {
            return Kind::Partial;
        }
    }
    if is_full { Kind::Full } else { Kind::Empty }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(side: u32, at: impl Fn(u32, u32) -> u8) -> Coverage {
        let texels = (0..side * side).map(|n| at(n % side, n / side)).collect();
        Coverage { width: side, height: side, texels }
    }

    fn holds(rects: &[TexelRect], x: u32, y: u32) -> usize {
        rects.iter().filter(|rect| (rect.x0..rect.x1).contains(&x) && (rect.y0..rect.y1).contains(&y)).count()
    }

    #[test]
    fn every_texel_with_coverage_lies_in_one_tile_and_full_tiles_hold_nothing_else() {
        let centre = |x: u32, y: u32| f64::from(x).hypot(f64::from(y));
        for (inner, outer) in [(100.0, 110.0), (0.0, 190.0), (150.0, 210.0)] {
            let ring = |x, y| if (inner..outer).contains(&centre(x, y)) { 255 } else { 0 };
            let coverage = coverage(220, ring);
            let found = tiles(&coverage);
            assert!(!found.partial.is_empty(), "{inner} to {outer}");
            for y in 0..220 {
                for x in 0..220 {
                    let (partial, full) = (holds(&found.partial, x, y), holds(&found.full, x, y));
                    assert!(partial + full <= 1, "tiles overlap at {x}, {y}");
                    assert!(ring(x, y) == 0 || partial + full == 1, "{x}, {y} is covered and in no tile");
                    assert!(full == 0 || ring(x, y) == 255, "{x}, {y} is not covered and in a full tile");
                }
            }
        }
    }

    #[test]
    fn a_thin_line_leaves_most_of_its_rectangle_out() {
        let found = tiles(&coverage(640, |x, y| if x == y { 255 } else { 0 }));
        assert!(area(&found.partial) < 640 * 640 / 5, "{}", area(&found.partial));
    }

    #[test]
    fn a_tile_that_ends_beside_coverage_is_drawn_too() {
        let found = tiles(&coverage(320, |x, _| u8::from(x == 64)));
        assert_eq!(found.partial, [TexelRect { x0: 32, y0: 0, x1: 96, y1: 320 }]);
    }

    #[test]
    fn a_picture_is_drawn_where_it_can_be_seen() {
        let size = Size::new(320, 320);
        let rgba = |is_seen: &dyn Fn(u32, u32) -> bool| -> Vec<u8> {
            (0..320 * 320).flat_map(|n| [if is_seen(n % 320, n / 320) { 255 } else { 0 }; 4]).collect()
        };
        let badge = picture_tiles(size, &rgba(&|x, y| x < 100 && y < 90));
        assert!(badge.full.is_empty() && area(&badge.partial) < 140 * 110, "{badge:?}");
        assert!((0..90).all(|y| (0..100).all(|x| holds(&badge.partial, x, y) == 1)));
        assert_eq!(picture_tiles(size, &rgba(&|_, y| y > 20)), Tiles::default(), "most of it");
    }

    #[test]
    fn a_small_block_and_one_that_is_covered_everywhere_stay_whole() {
        assert_eq!(tiles(&coverage(60, |x, _| u8::from(x == 0))), Tiles::default());
        assert_eq!(tiles(&coverage(320, |_, _| 128)), Tiles::default());
    }
}
