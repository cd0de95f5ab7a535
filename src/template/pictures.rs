//! Reads what shows pictures: images, sprites and masks, with their files.
//!
//! Every picture is decoded here, when the template is loaded; one that is missing or broken, or that would need more
//! memory than a template may have, is a mistake of the template like any other, with a line.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::expr::Wanted;
use super::json::{Json, Spanned};
use super::lookup::read_lookup;
use super::model::{ImageNode, ImageSource, Kind, Node, Placing, Prop, SpriteNode};
use super::nodes::{Names, read_node};
use super::problem::Place;
use super::reader::{Object, Reader};
use crate::assets::{self, AssetError, Fit, MAX_SIDE_PX, Picture, Shown};
use crate::draw_list::{FontFace, Size};

/// Decoded pictures that one template may hold: some minutes of a lower third's sprites, or a thousand head shots.
const MAX_TEMPLATE_BYTES: u64 = 512 << 20;

/// Pictures of one sprite: a minute at 30 a second.
const MAX_SPRITE_PICTURES: usize = 1800;

/// A node's width and height, as far as they are written.
pub(super) type Sides<'a> = [&'a Option<Prop<f32>>; 2];

/// How large a node's pictures are shown on the reference canvas, where that is written out.
pub(crate) type Room = Option<Shown>;

/// What the pictures of a template take so far.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Font files.
    pub fonts: u64,
    /// The font files that have been read: each counts once. `None` for one with a mistake, which has been reported.
    pub faces: HashMap<PathBuf, Option<FontFace>>,
    bytes: u64,
    /// Each picture counts once.
    counted: Vec<usize>,
    /// More than a template may have: said once, and no more are read.
    is_too_much: bool,
}

pub(super) fn read_image(reader: &mut Reader, object: &Object<'_>, size: Sides<'_>, has_size: bool) -> Option<Kind> {
    need_size(reader, object, has_size);
    let placing = read_placing(reader, object);
    let tint = object.get("tint").and_then(|value| reader.color_prop(value, "tint"));
    let room = room(placing, size);
    let source = match (object.get("src"), object.get("lookup")) {
        (Some(value), None) => read_picture(reader, value, "src", room).map(ImageSource::Fixed),
        (None, Some(value)) => read_lookup(reader, value, room).map(ImageSource::Lookup),
        (Some(_), Some(lookup)) => {
            reader.problem(lookup.at, "an image has a `src` or a `lookup`, not both", None);
            None
        }
        (None, None) => {
            reader.missing(object, "src");
            None
        }
    };
    Some(Kind::Image(ImageNode { source: source?, placing, tint }))
}

/// A picture has the size of its node, wherever that comes from: its sides, one of them and `aspect`, or a layout.
fn need_size(reader: &mut Reader, object: &Object<'_>, has_size: bool) {
    if has_size {
        return;
    }
    for side in ["width", "height"] {
        if !object.has(side) {
            reader.missing(object, side);
        }
    }
}

fn read_placing(reader: &mut Reader, object: &Object<'_>) -> Placing {
    let fits = [("contain", Fit::Contain), ("cover", Fit::Cover), ("fill", Fit::Fill)];
    let across = [("left", 0.0), ("center", 0.5), ("right", 1.0)];
    let down = [("top", 0.0), ("center", 0.5), ("bottom", 1.0)];
    let fit = reader.one_of(object, "fit", &fits).unwrap_or_default();
    let align = reader.one_of(object, "align", &across).unwrap_or(0.5);
    let valign = reader.one_of(object, "valign", &down).unwrap_or(0.5);
    Placing { fit, align: [align, valign] }
}

/// What is known of a node's size before anything is evaluated.
fn room(placing: Placing, size: [&Option<Prop<f32>>; 2]) -> Room {
    let [Some(Prop::Fixed(width)), Some(Prop::Fixed(height))] = size else { return None };
    let side = |length: f32| (length.round() as u32).clamp(1, MAX_SIDE_PX);
    Some(Shown { fit: placing.fit, room: Size::new(side(*width), side(*height)) })
}

/// A path of a picture, written out.
pub(super) fn read_picture(reader: &mut Reader, value: &Spanned, name: &str, room: Room) -> Option<Arc<Picture>> {
    let Json::String(path) = &value.json else {
        reader.wrong_kind(value, name, "the path of a picture");
        return None;
    };
    if super::expr::is_bound(path) {
        let help = "look it up by a key: \"lookup\": { \"folder\": …, \"key\": \"{{ … }}\" }".to_owned();
        reader.problem(value.at, format!("`{name}` is the path of a file and cannot change on air"), help);
        return None;
    }
    let file = reader.find(path, value.at)?;
    reader.picture(&file, path, value.at, room)
}

/// `mask`: a node, or the path of a picture as large as the node.
pub(super) fn read_mask(
    reader: &mut Reader,
    object: &Object<'_>,
    names: &mut Names,
    (id, size): (&str, [&Option<Prop<f32>>; 2]),
) -> Option<Box<Node>> {
    let value = object.get("mask")?;
    match value.json {
        Json::String(_) => {}
        Json::Object(_) => return read_node(reader, value, names).map(Box::new),
        _ => {
            reader.wrong_kind(value, "mask", "a node or the path of a picture");
            return None;
        }
    }
    let [Some(width), Some(height)] = size else {
        reader.problem(value.at, "a picture as a mask needs the node's `width` and `height`", None);
        return None;
    };
    let placing = Placing { fit: Fit::Fill, align: [0.5; 2] };
    let room = room(placing, size);
    let source = ImageSource::Fixed(read_picture(reader, value, "mask", room)?);
    let kind = Kind::Image(ImageNode { source, placing, tint: None });
    let exprs = [width, height].into_iter().filter_map(Prop::expr).map(|expr| (expr.clone(), Wanted::Extent)).collect();
    let (width, height) = (Some(width.clone()), Some(height.clone()));
    Some(Box::new(Node { width, height, exprs, ..names.unnamed(&format!("{id}:mask"), kind) }))
}

pub(super) fn read_sprite(reader: &mut Reader, object: &Object<'_>, size: Sides<'_>, has_size: bool) -> Option<Kind> {
    need_size(reader, object, has_size);
    let placing = read_placing(reader, object);
    let tint = object.get("tint").and_then(|value| reader.color_prop(value, "tint"));
    let is_looped = reader.bool(object, "loop");
    if !object.has("fps") {
        reader.missing(object, "fps");
    }
    let fps = reader.number(object, "fps", (0.1, 120.0));
    let pictures = match object.get("folder") {
        Some(value) => read_sequence(reader, value, room(placing, size)),
        None => {
            reader.missing(object, "folder");
            None
        }
    };
    let rate = rate_of(fps?);
    Some(Kind::Sprite(SpriteNode { pictures: pictures?, rate, is_looped, placing, tint }))
}

/// A number of pictures in a second as a fraction; the usual decimals of video are what they stand for: 29.97 is
/// 30000 / 1001.
fn rate_of(fps: f32) -> [u32; 2] {
    let nominal = (fps * 1.001).round();
    let is_ntsc = fps.fract() != 0.0 && (fps * 1.001 - nominal).abs() < 0.01;
    if is_ntsc { [nominal as u32 * 1000, 1001] } else { [(fps * 1000.0).round() as u32, 1000] }
}

/// All PNGs of a folder, in the order of their numbers.
fn read_sequence(reader: &mut Reader, value: &Spanned, room: Room) -> Option<Vec<Arc<Picture>>> {
    let Json::String(path) = &value.json else {
        reader.wrong_kind(value, "folder", "a path");
        return None;
    };
    let folder = reader.find(path, value.at)?;
    let mut names = reader.names_in(&folder, path, value.at)?;
    names.retain(|name| Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png")));
    names.sort_by(|a, b| by_number(a, b));
    if names.is_empty() || names.len() > MAX_SPRITE_PICTURES {
        let message = format!("`{path}` holds {} PNGs; a sprite has 1 to {MAX_SPRITE_PICTURES}", names.len());
        reader.problem(value.at, message, None);
        return None;
    }
    let mut pictures: Vec<Arc<Picture>> = Vec::with_capacity(names.len());
    for name in &names {
        let told = format!("{path}/{name}");
        let file = reader.member(&folder, name, &told, value.at)?;
        let picture = reader.load(&file, &told, value.at, |file| assets::load_trimmed(file, room))?;
        if let Some(first) = pictures.first().filter(|first| first.full != picture.full) {
            let message = format!("`{told}` is {}, but the first picture is {}", picture.full, first.full);
            reader.problem(value.at, message, "export all pictures of a sprite in one size".to_owned());
            return None;
        }
        pictures.push(picture);
    }
    Some(pictures)
}

/// As people count: `ball_2.png` before `ball_10.png`.
fn by_number(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        match (a.chars().next(), b.chars().next()) {
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (n, m) = (digits(&mut a), digits(&mut b));
                let order = n.len().cmp(&m.len()).then(n.cmp(m));
                if order.is_ne() {
                    return order;
                }
            }
            (Some(x), Some(y)) if x == y => (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// Takes the digits at the start, without leading zeros.
fn digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    *text = rest;
    number.trim_start_matches('0')
}

impl Reader {
    /// The file or folder of a path that a template names; why there is none is reported at `at`.
    pub(super) fn find(&mut self, path: &str, at: Place) -> Option<PathBuf> {
        match self.folder.find(path) {
            Ok(file) => Some(file),
            Err(bad) => {
                self.problem(at, bad.message, bad.help);
                None
            }
        }
    }

    /// A file of a folder that has been found; why it may not be read is reported at `at`.
    pub(super) fn member(&mut self, folder: &Path, name: &str, path: &str, at: Place) -> Option<PathBuf> {
        match self.folder.member(folder, name, path) {
            Ok(file) => Some(file),
            Err(bad) => {
                self.problem(at, bad.message, bad.help);
                None
            }
        }
    }

    /// Names of the files of a folder, sorted; `path` is what the designer calls it.
    pub(super) fn names_in(&mut self, folder: &Path, path: &str, at: Place) -> Option<Vec<String>> {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(cause) => {
                let why = if folder.is_dir() { format!("cannot be read: {cause}") } else { "is no folder".to_owned() };
                self.problem(at, format!("`{path}` {why}"), None);
                return None;
            }
        };
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        Some(names)
    }

    /// A picture, which counts towards the memory of the template; `path` is what the designer calls it.
    pub(super) fn picture(&mut self, file: &Path, path: &str, at: Place, room: Room) -> Option<Arc<Picture>> {
        self.load(file, path, at, |file| assets::load(file, room))
    }

    fn load(
        &mut self,
        file: &Path,
        path: &str,
        at: Place,
        load: impl FnOnce(&Path) -> Result<Arc<Picture>, AssetError>,
    ) -> Option<Arc<Picture>> {
        // What has been refused for its size must not be decoded to its end all the same.
        if self.taken.is_too_much {
            return None;
        }
        match load(file) {
            Ok(picture) => self.count(&picture, path, at).then_some(picture),
            Err(cause) => {
                self.problem(at, format!("`{path}` cannot be shown: {cause}"), None);
                None
            }
        }
    }

    fn count(&mut self, picture: &Arc<Picture>, path: &str, at: Place) -> bool {
        let address = Arc::as_ptr(picture) as usize;
        if self.taken.counted.contains(&address) {
            return true;
        }
        self.taken.counted.push(address);
        self.taken.bytes += picture.bytes();
        self.taken.is_too_much = self.taken.bytes > MAX_TEMPLATE_BYTES;
        if self.taken.is_too_much {
            let message = format!(
                "with `{path}` the pictures of this template take {} MiB of memory, and may take {}",
                self.taken.bytes >> 20,
                MAX_TEMPLATE_BYTES >> 20
            );
            self.problem(at, message, "use smaller or fewer pictures".to_owned());
        }
        !self.taken.is_too_much
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::{PictureData, Rect};

    #[test]
    fn pictures_of_a_sequence_are_counted_as_people_count() {
        let mut names = ["b_10.png", "b_9.png", "b_009.png", "b_1.png", "a.png", "b_2b.png", "b_2.png"];
        names.sort_by(|a, b| by_number(a, b));
        assert_eq!(names, ["a.png", "b_1.png", "b_2.png", "b_2b.png", "b_9.png", "b_009.png", "b_10.png"]);
    }

    #[test]
    fn pictures_beyond_the_memory_of_a_template_are_refused_once_and_no_more_are_read() {
        let picture = || {
            // Pages that nobody touches take no memory.
            let pixels = Some(Arc::new(PictureData::new(Size::new(1, 1), vec![0; 300 << 20])));
            Arc::new(Picture { full: Size::new(1, 1), part: Rect::new(0.0, 0.0, 1.0, 1.0), pixels })
        };
        let mut reader = Reader::new(Path::new("template.json"), "{}");
        let (at, first) = (Place { line: 1, column: 1 }, picture());
        let mut load = |path: &str, picture: &Arc<Picture>| {
            reader.load(Path::new(path), path, at, |_| Ok(picture.clone())).is_some()
        };
        assert!(load("a.png", &first) && load("again.png", &first), "one picture counts once");
        assert!(!load("b.png", &picture()));
        let mut is_read = false;
        let more = reader.load(Path::new("c.png"), "c.png", at, |_| {
            is_read = true;
            Ok(picture())
        });
        assert!(more.is_none() && !is_read);
        let messages: Vec<&str> = reader.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages, ["with `b.png` the pictures of this template take 600 MiB of memory, and may take 512"]);
    }

    #[test]
    fn the_decimals_of_video_stand_for_their_fractions() {
        assert_eq!([29.97, 59.94, 23.976].map(rate_of), [[30_000, 1001], [60_000, 1001], [24_000, 1001]]);
        assert_eq!([25.0, 30.0, 12.5].map(rate_of), [[25_000, 1000], [30_000, 1000], [12_500, 1000]]);
    }
}
