//! Reads the fonts that a template or its package brings along, and the OpenType features that texts ask for.
//!
//! A file is read and looked into here, when the template is loaded; one that is missing, broken or too large is a mistake of
//! the template like any other. On air a family is known by its content, so that two templates may call two fonts the same.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use super::json::{Json, Key, Spanned};
use super::nodes::Names;
use super::problem::{Place, suggestion};
use super::reader::Reader;
use crate::draw_list::{FontFace, FontFamily};
use crate::text;

/// One font file: the largest are those of Chinese, with 65,535 glyphs.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// All font files of one template, those of its package among them.
const MAX_TEMPLATE_BYTES: u64 = 64 << 20;

/// Font files of one family: nine weights, and some to spare.
const MAX_FACES: usize = 16;

/// `fonts`: files by the name of their family.
pub(super) fn read_fonts(reader: &mut Reader, value: &Spanned, names: &mut Names) {
    let Some(object) = reader.object(value, "fonts") else { return };
    for (key, value) in object.entries() {
        let family = read_family(reader, key, value);
        names.fonts.insert(key.name.clone(), family.map(Arc::new));
    }
}

fn read_family(reader: &mut Reader, key: &Key, value: &Spanned) -> Option<FontFamily> {
    if text::families().contains(&key.name) {
        let help = "choose another name".to_owned();
        reader.problem(key.at, format!("`{}` is the name of a family that is there anyway", key.name), help);
        return None;
    }
    let before = reader.problems.len();
    let items = match &value.json {
        Json::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(value),
    };
    if items.is_empty() || items.len() > MAX_FACES {
        reader.problem(value.at, format!("a family has 1 to {MAX_FACES} font files"), None);
        return None;
    }
    let mut faces: Vec<FontFace> = Vec::new();
    for item in items {
        let Some(face) = read_file(reader, item) else { continue };
        let [low, high] = face.weights;
        if faces.iter().any(|other| other.weights[0] <= high && low <= other.weights[1]) {
            let help = "give it another: { \"file\": \"…\", \"weight\": 700 }".to_owned();
            reader.problem(item.at, format!("`{}` has a font of the weight {low} already", key.name), help);
        }
        faces.push(face);
    }
    // What is wrong with a file that was read before has been said.
    if reader.problems.len() > before || faces.len() < items.len() {
        return None;
    }
    faces.sort_by_key(|face| face.weights);
    let mut hasher = DefaultHasher::new();
    key.name.hash(&mut hasher);
    faces.iter().for_each(|face| (face.weights, &face.bytes).hash(&mut hasher));
    Some(FontFamily { name: key.name.clone(), faces, hash: hasher.finish() })
}

/// A path, or an object with the weight for which the file shall stand.
fn read_file(reader: &mut Reader, value: &Spanned) -> Option<FontFace> {
    let (path, at, weight) = match &value.json {
        Json::String(path) => (path.as_str(), value.at, None),
        Json::Object(_) => {
            let object = reader.object(value, "font file")?;
            if !object.has("file") {
                reader.missing(&object, "file");
            }
            let file = reader.string(&object, "file");
            let weight = reader.number(&object, "weight", (100.0, 900.0)).map(|weight| weight as u16);
            reader.finish(&object, "a font file");
            let (path, at) = file?;
            (path, at, weight)
        }
        _ => {
            reader.wrong_kind(value, "font file", "the path of a TTF or OTF file");
            return None;
        }
    };
    let file = reader.find(path, at)?;
    let face = match reader.taken.faces.get(&file) {
        Some(face) => face.clone(),
        None => {
            let face = read_face(reader, &file, path, at);
            reader.taken.faces.insert(file, face.clone());
            face
        }
    }?;
    Some(FontFace { weights: weight.map_or(face.weights, |weight| [weight; 2]), ..face })
}

/// A file that this template has not read before: variants of a template name the same fonts.
fn read_face(reader: &mut Reader, file: &Path, path: &str, at: Place) -> Option<FontFace> {
    let unreadable = |cause: std::io::Error| (format!("`{path}` cannot be read: {cause}"), None);
    let read = || {
        let length = std::fs::metadata(file).map_err(unreadable)?.len();
        if length > MAX_FILE_BYTES {
            let message = format!("`{path}` has {} MiB; a font file may have {}", length >> 20, MAX_FILE_BYTES >> 20);
            return Err((message, Some("leave out the characters that are not needed".to_owned())));
        }
        std::fs::read(file).map_err(unreadable)
    };
    let bytes = match read() {
        Ok(bytes) => bytes,
        Err((message, help)) => {
            reader.problem(at, message, help);
            return None;
        }
    };
    reader.taken.fonts += bytes.len() as u64;
    if reader.taken.fonts > MAX_TEMPLATE_BYTES {
        let (taken, most) = (reader.taken.fonts >> 20, MAX_TEMPLATE_BYTES >> 20);
        let message = format!("with `{path}` the fonts of this template take {taken} MiB, and may take {most}");
        reader.problem(at, message, "use smaller or fewer fonts".to_owned());
        return None;
    }
    match text::read_face(bytes) {
        Ok(face) => Some(face),
        Err(bad) => {
            reader.problem(at, format!("`{path}` {bad}"), bad.help().to_owned());
            None
        }
    }
}

/// `features`: a list of tags that are switched on, or an object of tags and their values.
pub(super) fn read_features(
    reader: &mut Reader,
    value: &Spanned,
    (family, own): (&str, Option<&Arc<FontFamily>>),
) -> Vec<([u8; 4], u32)> {
    let mut asked: Vec<(&str, Place, u32)> = Vec::new();
    match &value.json {
        Json::Array(items) => {
            for item in items {
                match &item.json {
                    Json::String(tag) => asked.push((tag, item.at, 1)),
                    _ => reader.wrong_kind(item, "feature", "the tag of an OpenType feature: \"ss01\""),
                }
            }
        }
        Json::Object(entries) => {
            for (key, value) in entries {
                match value.json {
                    Json::Bool(is_on) => asked.push((&key.name, key.at, u32::from(is_on))),
                    Json::Number(n) if n.fract() == 0.0 && (0.0..=1000.0).contains(&n) => {
                        asked.push((&key.name, key.at, n as u32));
                    }
                    _ => reader.wrong_kind(value, &key.name, "true, false or the number of an alternative"),
                }
            }
        }
        _ => reader.wrong_kind(value, "features", "a list of tags, or an object: { \"ss01\": true }"),
    }
    let is_known = own.is_some() || text::families().iter().any(|known| known == family);
    let known = text::features(family, own);
    let mut features = Vec::new();
    for (tag, at, value) in asked {
        match <[u8; 4]>::try_from(tag.as_bytes()) {
            Ok(bytes) if known.contains(tag) || !is_known => features.push((bytes, value)),
            _ => {
                let help = (!known.is_empty()).then(|| suggestion(tag, known.iter().map(String::as_str)));
                reader.problem(at, format!("`{family}` has no OpenType feature `{tag}`"), help);
            }
        }
    }
    features
}
