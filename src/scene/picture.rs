//! Paints what shows pictures: images, looked-up pictures and their monograms, sprites.

use std::sync::Arc;

use super::memory::Instance;
use super::paint::{Painter, Space, suffixed};
use crate::assets::Picture;
use crate::draw_list::{BoxShape, Clip, Color, ImageShape, Op, Paint, Point, Rect, TextLook, TextRun, TextShape};
use crate::ids::NodeId;
use crate::template::animate::Of;
use crate::template::bind::Results;
use crate::template::color;
use crate::template::lookup::{Lookup, Monogram, Otherwise, letters};
use crate::template::model::{ImageNode, ImageSource, Node, Placing, Prop, SpriteNode};
use crate::text::{self, MAX_SIZE_PX};
use crate::time::FrameRate;

/// What shows a picture.
struct Frame<'a> {
    picture: &'a Picture,
    placing: Placing,
    rect: Rect,
    tint: Color,
}

/// Pictures of a sprite that are uploaded before it is taken; the rest comes one a frame, when it is shown.
const MAX_AHEAD_BYTES: u64 = 96 << 20;

/// Size of a monogram's letters, as a share of its disc, and the share of the disc that they may be wide.
const LETTERS_SIZE: f32 = 0.46;
const LETTERS_WIDTH: f32 = 0.74;

impl Painter<'_> {
    pub(super) fn image(
        &mut self,
        of: &Node,
        node: &ImageNode,
        instance: &mut Instance,
        rect: Option<Rect>,
        space: &Space,
    ) {
        let Some(rect) = rect.filter(|rect| !rect.is_empty()) else { return };
        let tint = self.tint(of, node.tint.as_ref(), instance, space);
        let Instance { id, results, .. } = instance;
        let found = match &node.source {
            ImageSource::Fixed(picture) => Some(picture.clone()),
            ImageSource::Lookup(lookup) => self.look_up(lookup, results),
        };
        if let (Some(picture), Some(tint)) = (&found, tint) {
            self.picture(id, Frame { picture, placing: node.placing, rect, tint }, space);
        } else if let (None, ImageSource::Lookup(Lookup { otherwise: Otherwise::Monogram(monogram), .. })) =
            (found, &node.source)
        {
            self.monogram(monogram, instance, rect, space);
        }
    }

    /// White when there is none; `None` when there is one, but not known now.
    fn tint(
        &mut self,
        node: &Node,
        tint: Option<&Prop<Color>>,
        instance: &mut Instance,
        space: &Space,
    ) -> Option<Color> {
        match tint {
            None => Some(Color::WHITE.faded(space.opacity)),
            Some(tint) => self.color_of(node, (Of::Tint, 0), tint, instance, space),
        }
    }

    /// The picture of the first key that names one.
    fn look_up(&mut self, lookup: &Lookup, results: &mut Results) -> Option<Arc<Picture>> {
        let found = lookup.keys.iter().find_map(|key| lookup.picture(&self.string(key, results)?).cloned());
        found.or_else(|| match &lookup.otherwise {
            Otherwise::Picture(picture) => Some(picture.clone()),
            Otherwise::Nothing | Otherwise::Monogram(_) => None,
        })
    }

    fn picture(&mut self, id: &NodeId, frame: Frame<'_>, space: &Space) {
        let Frame { picture, placing, rect, tint } = frame;
        let Some(pixels) = picture.pixels.as_ref().filter(|_| !space.is_muted) else { return };
        let whole = placing.fit.place(picture.full, rect, placing.align);
        let [across, down] = [whole.width / picture.full.width as f32, whole.height / picture.full.height as f32];
        let part = picture.part;
        let shown =
            Rect::new(whole.x + part.x * across, whole.y + part.y * down, part.width * across, part.height * down);
        let overhangs = shown.intersection(rect) != shown;
        if overhangs {
            let clip = Clip { canvas_from_local: space.motion, rect, corners: [0.0; 4] };
            self.push(suffixed(id, "crop"), Op::PushClip(clip));
        }
        let shape = ImageShape { canvas_from_local: space.motion, rect: shown, picture: Arc::clone(pixels), tint };
        self.push(id.clone(), Op::Image(shape));
        if overhangs {
            self.push(suffixed(id, "crop"), Op::PopClip);
        }
    }

    pub(super) fn sprite(
        &mut self,
        of: &Node,
        node: &SpriteNode,
        instance: &mut Instance,
        rect: Option<Rect>,
        space: &Space,
    ) {
        let tint = self.tint(of, node.tint.as_ref(), instance, space);
        let (index, is_over) = phase(node, self.moment.frame.since(instance.born), self.moment.rate);
        self.found.is_changing |= !is_over;
        let Some(rect) = rect.filter(|rect| !rect.is_empty()) else { return };
        let shown = if self.moment.is_ahead { ahead(&node.pictures) } else { node.pictures.get(index..=index) };
        for picture in shown.unwrap_or_default() {
            if let Some(tint) = tint {
                self.picture(&instance.id, Frame { picture, placing: node.placing, rect, tint }, space);
            }
        }
    }

    /// Letters on a disc, in the middle of the rectangle.
    fn monogram(&mut self, monogram: &Monogram, instance: &mut Instance, rect: Rect, space: &Space) {
        let Instance { id, results, .. } = instance;
        let text = self.string(&monogram.text, results).map(|text| letters(&text)).unwrap_or_default();
        let Some(plate) = self.color(&monogram.color, results, space).filter(|_| !text.is_empty() && !space.is_muted)
        else {
            return;
        };
        let side = rect.width.min(rect.height);
        let disc = Rect::new(
            rect.x + ((rect.width - side) / 2.0).round(),
            rect.y + ((rect.height - side) / 2.0).round(),
            side,
            side,
        );
        self.push(
            suffixed(id, "disc"),
            Op::Box(BoxShape {
                canvas_from_local: space.motion,
                rect: disc,
                corners: [side / 2.0; 4],
                fill: Paint::Solid(plate),
                border: None,
                shadow: None,
                inner_shadow: None,
            }),
        );
        let ink = Color { a: plate.a, ..color::text_on(plate) };
        if let Some(shape) = self.letters(text, disc, ink, space) {
            self.push(suffixed(id, "letters"), Op::Text(shape));
        }
    }

    /// In the middle of a disc, by their ink across and by their capitals down.
    fn letters(&mut self, text: String, disc: Rect, color: Color, space: &Space) -> Option<TextShape> {
        let family = text::families()[0].clone();
        let size_px = (disc.width * LETTERS_SIZE).min(MAX_SIZE_PX);
        let run = TextRun { text, family, weight: 800, size_px, ..TextRun::default() };
        let wide = self.fonts.measure(&run).ok()?.ink.width;
        let fitting = (disc.width * LETTERS_WIDTH / wide.max(1.0)).min(1.0);
        let run = TextRun { size_px: size_px * fitting, ..run };
        let metrics = self.fonts.measure(&run).ok()?;
        let pen = Point::new(
            disc.x + (disc.width - metrics.ink.width) / 2.0 - metrics.ink.x,
            (disc.y + (disc.height + metrics.cap_height_px) / 2.0).round(),
        );
        let canvas_from_local = space.motion.after(crate::draw_list::Affine::translation(pen.x, pen.y));
        Some(TextShape { canvas_from_local, run: Arc::new(run), color, ink: metrics.ink, look: TextLook::Plain })
    }
}

/// The pictures that are made ready before a sprite goes on air: as many as leave most of the renderer's store to others.
fn ahead(pictures: &[Arc<Picture>]) -> Option<&[Arc<Picture>]> {
    let taken = pictures.iter().scan(0, |all, picture| {
        *all += picture.bytes();
        Some(*all)
    });
    pictures.get(..taken.take_while(|taken| *taken <= MAX_AHEAD_BYTES).count())
}

/// Which picture is shown so many frames after the first, and whether it will stay.
fn phase(node: &SpriteNode, frames: u64, show: FrameRate) -> (usize, bool) {
    let count = node.pictures.len() as u128;
    let [pictures, seconds] = node.rate.map(u128::from);
    // frames / (num / den) seconds, times pictures / seconds: exact, so that no picture is shown early or twice.
    let passed = u128::from(frames) * u128::from(show.den()) * pictures / (u128::from(show.num()) * seconds);
    let index = if node.is_looped { passed % count } else { passed.min(count - 1) };
    (index as usize, count == 1 || (!node.is_looped && passed + 1 >= count))
}
