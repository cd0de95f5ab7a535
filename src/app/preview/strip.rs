//! The strip below the picture: the time line with what happens on it, and what is being looked at in words.
//!
//! In: times as shares of the time line. Out: items. Pure.

use super::overlay::{BOXES, DIM, POINTED, Pen, View, strip_height, time_line};
use crate::draw_list::{Color, Point, Rect};

/// What a key is for is a letter away.
const HINT: &str = "H  all keys";

const FILL: Color = Color { r: 0.08, g: 0.09, b: 0.11, a: 1.0 };
const TRACK: Color = Color { r: 0.17, g: 0.19, b: 0.22, a: 1.0 };
const COMING: Color = Color { r: 0.15, g: 0.55, b: 0.36, a: 1.0 };
const GOING: Color = Color { r: 0.75, g: 0.43, b: 0.12, a: 1.0 };

/// Places on the time line, 0..=1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Times {
    pub at: f32,
    /// Where the graphic has come in.
    pub come: f32,
    /// Where it begins to go out, and where it is gone.
    pub out: f32,
    pub gone: f32,
    /// Where it goes to another step.
    pub steps: Vec<f32>,
    /// How many seconds the time line has.
    pub seconds: f32,
}

impl Pen<'_> {
    pub fn strip(&mut self, view: &View<'_>) {
        let (top, height) = (view.canvas.height as f32, strip_height(view.canvas) as f32);
        self.fill("strip", Rect::new(0.0, top, view.canvas.width as f32, height), FILL);
        self.time_line(view, top, height);
        self.words(view, top + height * 0.84, height * 0.34);
    }

    /// From top to bottom: what is marked, the way in and out, the seconds, and where the picture is.
    fn time_line(&mut self, view: &View<'_>, top: f32, height: f32) {
        let times = view.times;
        let (left, right) = time_line(view.canvas);
        let at = |share: f32| (left + (right - left) * share.clamp(0.0, 1.0)).round();
        let (y, thick) = ((top + height * 0.18).round(), (height * 0.16).round().max(3.0));
        let span = |from: f32, to: f32| Rect::new(at(from), y, (at(to) - at(from)).max(0.0), thick);
        self.fill("time", span(0.0, 1.0), TRACK);
        self.fill("time/in", span(0.0, times.come), COMING);
        self.fill("time/out", span(times.out, times.gone), GOING);
        for second in 1..times.seconds.ceil() as u32 {
            let x = at(second as f32 / times.seconds);
            self.fill(&format!("time/second{second}"), Rect::new(x, y + thick, 1.0, (thick / 2.0).round()), DIM);
        }
        for (step, share) in times.steps.iter().enumerate() {
            self.fill(&format!("time/step{step}"), Rect::new(at(*share) - 1.0, y - 2.0, 3.0, thick + 4.0), BOXES);
        }
        let knob = (height * 0.08).round().max(2.0);
        let rect = Rect::new(at(times.at) - knob, y - knob, 2.0 * knob, thick + 2.0 * knob);
        self.fill("time/at", rect, Color::WHITE);
    }

    /// What is looked at on the left, what is under the pointer on the right, and the hint at the end; the pointer's gives
    /// way, and is cut off where there is no room for it.
    fn words(&mut self, view: &View<'_>, baseline: f32, size_px: f32) {
        let (left, right) = time_line(view.canvas);
        let gap = size_px;
        let hint = right - self.width(HINT, size_px);
        self.text("words/hint", Point::new(hint, baseline), size_px, DIM, HINT);
        self.text("words/left", Point::new(left, baseline), size_px, Color::WHITE, view.words[0]);
        let room = hint - gap - (left + self.width(view.words[0], size_px) + gap);
        let told = self.cut(view.words[1], size_px, room);
        let at = Point::new(hint - gap - self.width(&told, size_px), baseline);
        self.text("words/right", at, size_px, POINTED, &told);
    }

    /// As much of a text as there is room for.
    fn cut(&mut self, text: &str, size_px: f32, room_px: f32) -> String {
        let mut cut = text.to_owned();
        while self.width(&cut, size_px) > room_px && !cut.is_empty() {
            let end = cut.trim_end_matches('\u{2026}').char_indices().next_back().map_or(0, |(at, _)| at);
            cut.truncate(end);
            if end > 0 {
                cut.push('\u{2026}');
            }
        }
        cut
    }
}
