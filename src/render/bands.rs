//! The renderer's copy of the canvas on the CPU, and the row bands that outputs share.
//!
//! In: rows of pixels as they were read back. Out: one [`Picture`] for each [`Need`], in which exactly the bands whose
//! bytes changed have new bytes and a higher version.
//! A band that no frame holds any more is written again in place or kept as a spare; nothing an output holds changes.

use std::ops::Range;
use std::sync::Arc;

use super::convert::convert;
use crate::draw_list::Size;
use crate::frame::{BAND_ROWS, Band, Need, Picture, band_count, band_rows};

/// Spare bands kept for one need, in whole pictures. Three frames in an output's queue, each changed everywhere, and
/// the one being drawn stay without allocation; beyond it the oldest spares are freed.
const SPARE_PICTURES: usize = 4;

const PIXEL_BYTES: usize = 4;

pub(super) struct Bands {
    size: Size,
    /// Native pixels, row by row.
    canvas: Vec<u8>,
    /// Columns that changed in each band since the last `publish`.
    changed: Vec<Range<usize>>,
    needs: Vec<NeedBands>,
    version: u64,
}

struct NeedBands {
    need: Need,
    bands: Vec<Band>,
    spares: Vec<Arc<Vec<u8>>>,
}

impl Bands {
    /// A transparent canvas.
    pub(super) fn new(size: Size, needs: &[Need]) -> Bands {
        let mut bands = Bands {
            size,
            canvas: vec![0; size.width as usize * size.height as usize * PIXEL_BYTES],
            changed: vec![0..0; band_count(size.height)],
            needs: Vec::new(),
            version: 0,
        };
        bands.set_needs(needs);
        bands
    }

    /// Declares what outputs need; a need that was there keeps its bands and versions.
    pub(super) fn set_needs(&mut self, needs: &[Need]) {
        let mut before = std::mem::take(&mut self.needs);
        for need in needs {
            if self.needs.iter().any(|known| known.need == *need) {
                continue;
            }
            let known = before.iter().position(|known| known.need == *need).map(|at| before.swap_remove(at));
            let known = known.unwrap_or_else(|| self.whole(*need));
            self.needs.push(known);
        }
    }

    /// The canvas as it is, for a new need.
    fn whole(&mut self, need: Need) -> NeedBands {
        self.version += 1;
        let row_bytes = self.size.width as usize * PIXEL_BYTES;
        let band = |native: &[u8]| {
            let mut bytes = vec![0; native.len()];
            convert(need, native, &mut bytes);
            Band { version: self.version, bytes: Arc::new(bytes) }
        };
        let bands = (0..band_count(self.size.height))
            .map(|index| {
                let rows = band_rows(index, self.size.height);
                band(&self.canvas[rows.start as usize * row_bytes..rows.end as usize * row_bytes])
            })
            .collect();
        NeedBands { need, bands, spares: Vec::new() }
    }

    /// Takes pixels from column `x` on of one row; remembers which of them differ.
    pub(super) fn write_row(&mut self, y: u32, x: u32, pixels: &[u8]) {
        let start = (y as usize * self.size.width as usize + x as usize) * PIXEL_BYTES;
        let kept = &mut self.canvas[start..start + pixels.len()];
        if kept == pixels {
            return;
        }
        kept.copy_from_slice(pixels);
        let columns = x as usize..x as usize + pixels.len() / PIXEL_BYTES;
        let changed = &mut self.changed[(y / BAND_ROWS) as usize];
        *changed = if changed.start == changed.end {
            columns
        } else {
            changed.start.min(columns.start)..changed.end.max(columns.end)
        };
    }

    /// Brings the bands up to what was written and hands out one picture for each need.
    pub(super) fn publish(&mut self) -> Vec<(Need, Picture)> {
        if self.changed.iter().any(|columns| columns.start != columns.end) {
            self.version += 1;
            for (index, columns) in self.changed.iter_mut().enumerate() {
                let columns = std::mem::take(columns);
                if columns.start == columns.end {
                    continue;
                }
                let rows = band_rows(index, self.size.height);
                for needed in &mut self.needs {
                    needed.update(index, &self.canvas, self.size.width as usize, &rows, &columns);
                    needed.bands[index].version = self.version;
                }
            }
        }
        self.needs.iter().map(|needed| (needed.need, Picture { bands: needed.bands.clone() })).collect()
    }
}

impl NeedBands {
    fn update(&mut self, index: usize, canvas: &[u8], width: usize, rows: &Range<u32>, columns: &Range<usize>) {
        let need = self.need;
        let bytes = self.writable(index);
        for (line, y) in rows.clone().enumerate() {
            let from = (y as usize * width + columns.start) * PIXEL_BYTES;
            let to = (line * width + columns.start) * PIXEL_BYTES;
            let length = columns.len() * PIXEL_BYTES;
            convert(need, &canvas[from..from + length], &mut bytes[to..to + length]);
        }
    }

    /// The band's bytes, in a place that nothing else holds.
    fn writable(&mut self, index: usize) -> &mut Vec<u8> {
        if Arc::get_mut(&mut self.bands[index].bytes).is_none() {
            let fresh = self.copy_of(index);
            let shared = std::mem::replace(&mut self.bands[index].bytes, fresh);
            if self.spares.len() >= SPARE_PICTURES * self.bands.len() {
                self.spares.remove(0);
            }
            self.spares.push(shared);
        }
        // It is not shared, so this never copies.
        Arc::make_mut(&mut self.bands[index].bytes)
    }

    fn copy_of(&mut self, index: usize) -> Arc<Vec<u8>> {
        let bytes = &self.bands[index].bytes;
        let free = self.spares.iter_mut().position(|spare| spare.len() == bytes.len() && Arc::get_mut(spare).is_some());
        let mut copy = free.map_or_else(|| Arc::new(Vec::new()), |at| self.spares.swap_remove(at));
        match Arc::get_mut(&mut copy) {
            Some(place) if place.len() == bytes.len() => place.copy_from_slice(bytes),
            _ => copy = Arc::new(bytes.to_vec()),
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Alpha, PixelFormat};

    const SIZE: Size = Size::new(8, 40);

    fn versions(pictures: &[(Need, Picture)]) -> Vec<u64> {
        pictures[0].1.bands.iter().map(|band| band.version).collect()
    }

    #[test]
    fn only_the_band_that_changed_gets_new_bytes_and_a_higher_version() {
        let mut bands = Bands::new(SIZE, &[Need::NATIVE]);
        let before = bands.publish();
        bands.write_row(17, 2, &[9; 12]);
        let after = bands.publish();
        let (before, after) = (&before[0].1.bands, &after[0].1.bands);
        assert_eq!(after.len(), 3);
        for unchanged in [0, 2] {
            assert!(Arc::ptr_eq(&before[unchanged].bytes, &after[unchanged].bytes));
            assert_eq!(before[unchanged].version, after[unchanged].version);
        }
        assert!(after[1].version > before[1].version);
        assert_eq!(after[1].bytes[(8 + 2) * 4..(8 + 5) * 4], [9; 12]);
        assert_eq!(before[1].bytes.iter().max(), Some(&0), "a frame that was handed out never changes");
    }

    #[test]
    fn writing_what_is_already_there_changes_no_version() {
        let mut bands = Bands::new(SIZE, &[Need::NATIVE]);
        bands.write_row(0, 0, &[7; 32]);
        let before = versions(&bands.publish());
        bands.write_row(0, 0, &[7; 32]);
        assert_eq!(versions(&bands.publish()), before);
    }

    #[test]
    fn a_new_need_starts_with_the_whole_canvas_and_old_ones_keep_their_versions() {
        let mut bands = Bands::new(SIZE, &[Need::NATIVE]);
        bands.write_row(39, 7, &[10, 20, 30, 60]);
        let before = versions(&bands.publish());
        let straight = Need { format: PixelFormat::Bgra, alpha: Alpha::Straight };
        bands.set_needs(&[Need::NATIVE, straight, straight]);
        let pictures = bands.publish();
        assert_eq!(pictures.len(), 2);
        assert_eq!(versions(&pictures), before);
        assert_eq!(pictures[1].1.to_bytes()[(8 * 40 - 1) * 4..], [128, 85, 43, 60]);
    }

    #[test]
    fn a_band_that_no_frame_holds_is_used_again() {
        let mut bands = Bands::new(Size::new(8, 16), &[Need::NATIVE]);
        let mut places = Vec::new();
        for value in 1..=9 {
            bands.write_row(3, 0, &[value; 4]);
            let frame = bands.publish();
            places.push(Arc::as_ptr(&frame[0].1.bands[0].bytes));
        }
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 1, "frames were dropped at once, so one buffer is enough");
    }

    #[test]
    fn spares_stay_bounded_while_an_output_holds_every_frame() {
        let mut bands = Bands::new(Size::new(8, 16), &[Need::NATIVE]);
        let held: Vec<_> = (1..=30)
            .map(|value| {
                bands.write_row(3, 0, &[value; 4]);
                bands.publish()
            })
            .collect();
        assert!(bands.needs[0].spares.len() <= SPARE_PICTURES);
        let first_bytes: Vec<u8> = held.iter().map(|frame| frame[0].1.bands[0].bytes[3 * 32]).collect();
        assert_eq!(first_bytes, (1..=30).collect::<Vec<u8>>());
    }
}
