//! What the preview's keys do: one table, for the panel over the picture and for the terminal.

use super::overlay::{PANEL_WORDS, Pen};
use crate::draw_list::{Color, Point, Rect, Size};

/// Keys, and what they are for.
const KEYS: [(&str, &str); 17] = [
    ("Space", "play, pause"),
    ("Left, Right", "one frame back, on"),
    ("Page Up, Down", "ten frames back, on"),
    ("Home, End", "the first, the last frame"),
    ("T", "take, from the beginning"),
    ("O", "out, from here"),
    ("X, Z", "a step on, back"),
    ("N, P", "the next sample, the one before"),
    ("1 to 9", "a sample by its number"),
    ("S", "safe areas (EBU R 95)"),
    ("G", "grid"),
    ("B", "bounding boxes"),
    ("I", "the picture given with --behind"),
    ("F2", "background: checkerboard, black, white, arena; fill; key"),
    ("C, click", "copy the data path under the pointer"),
    ("H", "these keys"),
    ("Escape", "close the preview"),
];

/// Behind the panel's words: dark, with the picture faintly through it.
const PANEL: Color = Color { r: 0.05, g: 0.06, b: 0.08, a: 0.92 };

/// The table for the terminal.
pub fn table() -> String {
    KEYS.map(|(key, what)| format!("{key:>14}   {what}")).join("\n")
}

impl Pen<'_> {
    /// The table in the middle of the picture.
    pub fn help(&mut self, canvas: Size) {
        let (width, height) = (canvas.width as f32, canvas.height as f32);
        let line = (height / (KEYS.len() as f32 + 4.0)).min(34.0);
        let size_px = line * 0.66;
        let widest = KEYS.iter().map(|(key, _)| self.width(key, size_px)).fold(0.0, f32::max);
        let longest = KEYS.iter().map(|(_, what)| self.width(what, size_px)).fold(0.0, f32::max);
        let (gap, margin) = (size_px, 1.5 * line);
        let panel = [widest + gap + longest + 2.0 * margin, line * KEYS.len() as f32 + 2.0 * margin];
        let (left, top) = (((width - panel[0]) / 2.0).round(), ((height - panel[1]) / 2.0).round());
        self.fill("help", Rect::new(left, top, panel[0], panel[1]), PANEL);
        for (at, (key, what)) in KEYS.iter().enumerate() {
            let baseline = (top + margin + line * (at as f32 + 0.75)).round();
            let end = left + margin + widest;
            let from = end - self.width(key, size_px);
            self.text(&format!("help/key{at}"), Point::new(from, baseline), size_px, PANEL_WORDS, key);
            self.text(&format!("help/what{at}"), Point::new(end + gap, baseline), size_px, Color::WHITE, what);
        }
    }
}
