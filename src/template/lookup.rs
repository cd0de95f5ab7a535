//! Pictures that are looked up by a name of the game: logos, head shots, sponsor marks.
//!
//! In: a folder of pictures whose file names are keys, or a mapping file, read when the template is. Out: a [`Lookup`],
//! which finds a picture by any of several keys. A key is compared without case, accents, spaces and punctuation, so that
//! `luka-doncic.png` is found by "Luka Dončić". Every picture is read at load: nothing on air waits for a disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::folder::read_text;
use super::json::{self, Json, Spanned};
use super::model::Prop;
use super::pictures::{Room, read_picture};
use super::reader::{Object, Reader, SourceFile};
use crate::assets::Picture;
use crate::draw_list::Color;

/// Endings of the files in a folder that count as pictures; what else lies there is left alone.
const ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "svg"];

/// Pictures by key.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// Tried in turn; the first that is known and names a picture counts.
    pub keys: Vec<Prop<String>>,
    pictures: BTreeMap<String, Arc<Picture>>,
    pub otherwise: Otherwise,
}

/// What is shown when no key names a picture.
#[derive(Debug)]
pub(crate) enum Otherwise {
    Nothing,
    Picture(Arc<Picture>),
    Monogram(Monogram),
}

/// Letters on a disc.
#[derive(Debug)]
pub(crate) struct Monogram {
    pub text: Prop<String>,
    pub color: Prop<Color>,
}

impl Lookup {
    pub fn picture(&self, key: &str) -> Option<&Arc<Picture>> {
        self.pictures.get(&key_of(key))
    }
}

/// The letters of a monogram: a short code as it is, else the first letters of up to three words.
pub(crate) fn letters(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == '-').filter(|word| !word.is_empty()).collect();
    match words[..] {
        [code] if code.chars().count() <= 3 => code.to_uppercase(),
        _ => words.iter().take(3).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect(),
    }
}

/// `lookup`: where, by which keys, and what otherwise.
pub(super) fn read_lookup(reader: &mut Reader, value: &Spanned, room: Room) -> Option<Lookup> {
    let object = reader.object(value, "lookup")?;
    let keys = reader.part("lookup", |reader| read_keys(reader, &object));
    let is_optional = reader.bool(&object, "optional");
    let mut pictures = BTreeMap::new();
    match (object.get("folder"), object.get("map")) {
        (Some(folder), None) if is_optional && is_not_there(reader, folder) => {}
        (Some(folder), None) => {
            let found = read_folder(reader, folder, room, &mut pictures);
            if let (Some(0), false, Json::String(path)) = (found, is_optional, &folder.json) {
                reader.problem(folder.at, format!("`{path}` holds no picture"), "PNG, JPEG or SVG".to_owned());
            }
        }
        (None, Some(map)) => read_map(reader, map, room, &mut pictures),
        _ => {
            let help = "\"folder\": \"../shared/logos\" or \"map\": \"logos.json\"".to_owned();
            reader.problem(object.at, "a lookup needs either a `folder` or a `map`", help);
        }
    }
    let default = object.get("default");
    let monogram = object.get("monogram");
    if let (Some(_), Some(monogram)) = (default, monogram) {
        reader.problem(monogram.at, "a lookup has a `default` or a `monogram`, not both", None);
    }
    let otherwise = match (default, monogram) {
        (Some(value), _) => read_picture(reader, value, "default", room).map_or(Otherwise::Nothing, Otherwise::Picture),
        (None, Some(value)) => read_monogram(reader, value).map_or(Otherwise::Nothing, Otherwise::Monogram),
        (None, None) => Otherwise::Nothing,
    };
    reader.finish(&object, "a lookup");
    Some(Lookup { keys: keys?, pictures, otherwise })
}

/// `key`: one, or a list of them.
fn read_keys(reader: &mut Reader, object: &Object<'_>) -> Option<Vec<Prop<String>>> {
    let Some(value) = object.get("key") else {
        reader.missing(object, "key");
        return None;
    };
    match &value.json {
        Json::Array(items) if items.is_empty() => {
            reader.problem(value.at, "a lookup needs at least one key", None);
            None
        }
        Json::Array(items) => items.iter().map(|item| reader.text_prop(item, "key")).collect(),
        _ => Some(vec![reader.text_prop(value, "key")?]),
    }
}

fn read_monogram(reader: &mut Reader, value: &Spanned) -> Option<Monogram> {
    let object = reader.object(value, "monogram")?;
    for key in ["text", "color"] {
        if !object.has(key) {
            reader.missing(&object, key);
        }
    }
    let (text, color) = reader.part("monogram", |reader| {
        let text = object.get("text").and_then(|value| reader.text_prop(value, "text"));
        (text, object.get("color").and_then(|value| reader.color_prop(value, "color")))
    });
    reader.finish(&object, "a monogram");
    Some(Monogram { text: text?, color: color? })
}

/// A folder that nobody has made: one that a template only has a place for.
fn is_not_there(reader: &Reader, folder: &Spanned) -> bool {
    matches!(&folder.json, Json::String(path) if reader.folder.lacks(path))
}

/// Every picture of a folder by its file's name without the ending; how many files there are, where it can be read.
fn read_folder(
    reader: &mut Reader,
    value: &Spanned,
    room: Room,
    pictures: &mut BTreeMap<String, Arc<Picture>>,
) -> Option<usize> {
    let Json::String(path) = &value.json else {
        reader.wrong_kind(value, "folder", "a path");
        return None;
    };
    let folder = reader.find(path, value.at)?;
    let names = reader.names_in(&folder, path, value.at)?;
    let names = names.into_iter().filter(|name| is_picture(name));
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for name in names {
        let key = key_of(Path::new(&name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default());
        if let Some(other) = owners.insert(key.clone(), name.clone()) {
            let help = "keys are compared without case, accents and punctuation".to_owned();
            reader.problem(value.at, format!("`{other}` and `{name}` in `{path}` have the same key"), help);
            continue;
        }
        let told = format!("{path}/{name}");
        let Some(file) = reader.member(&folder, &name, &told, value.at) else { continue };
        if let Some(picture) = reader.picture(&file, &told, value.at, room) {
            pictures.insert(key, picture);
        }
    }
    Some(owners.len())
}

fn is_picture(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// A file with an object of keys and pictures, whose paths are those of the template, not of the file.
fn read_map(reader: &mut Reader, value: &Spanned, room: Room, pictures: &mut BTreeMap<String, Arc<Picture>>) {
    let Json::String(path) = &value.json else {
        reader.wrong_kind(value, "map", "a path");
        return;
    };
    let Some(file) = reader.find(path, value.at) else { return };
    let text = match read_text(&file) {
        Ok(text) => text,
        Err(cause) => {
            reader.problem(value.at, format!("`{path}` cannot be read: {cause}"), None);
            return;
        }
    };
    // Its own mistakes are in its own lines.
    let outer = std::mem::replace(&mut reader.file, Arc::new(SourceFile::new(&file, &text)));
    match json::parse(&text) {
        Ok(root) => read_entries(reader, &root, room, pictures),
        Err(bad) => reader.problem(bad.at, bad.message, None),
    }
    reader.file = outer;
}

fn read_entries(reader: &mut Reader, root: &Spanned, room: Room, pictures: &mut BTreeMap<String, Arc<Picture>>) {
    let Json::Object(entries) = &root.json else {
        reader.problem(root.at, "a map is an object of keys and paths: {\"BKN\": \"logos/nets.svg\"}", None);
        return;
    };
    for (key, value) in entries {
        let Some(picture) = read_picture(reader, value, &key.name, room) else { continue };
        if pictures.insert(key_of(&key.name), picture).is_some() {
            let help = "keys are compared without case, accents and punctuation".to_owned();
            reader.problem(key.at, format!("`{}` is the same key as one above", key.name), help);
        }
    }
}

/// A key as it is compared.
fn key_of(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).map(plain).collect()
}

/// A Latin letter without its accent, for names as different vendors write them.
fn plain(c: char) -> char {
    const ACCENTED: [(&str, char); 20] = [
        ("àáâãäåāăą", 'a'),
        ("çćĉċč", 'c'),
        ("ďđð", 'd'),
        ("èéêëēĕėęě", 'e'),
        ("ĝğġģ", 'g'),
        ("ĥħ", 'h'),
        ("ìíîïĩīĭįı", 'i'),
        ("ĵ", 'j'),
        ("ķ", 'k'),
        ("ĺļľŀł", 'l'),
        ("ñńņňŋ", 'n'),
        ("òóôõöøōŏő", 'o'),
        ("ŕŗř", 'r'),
        ("śŝşšș", 's'),
        ("ţťŧț", 't'),
        ("ùúûüũūŭůűų", 'u'),
        ("ŵ", 'w'),
        ("ýÿŷ", 'y'),
        ("źżž", 'z'),
        ("þ", 't'),
    ];
    ACCENTED.iter().find(|(letters, _)| letters.contains(c)).map_or(c, |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_key_however_they_are_written() {
        for name in ["Luka Dončić", "luka-doncic", "LUKA_DONCIC", " Luka  Doncic. "] {
            assert_eq!(key_of(name), "lukadoncic", "{name}");
        }
        assert_eq!(key_of("583ec9d7-fb46-11e1"), "583ec9d7fb4611e1");
        assert_ne!(key_of("BKN"), key_of("BRK"));
    }

    #[test]
    fn a_monogram_has_a_code_or_the_first_letters() {
        let cases = [
            ("BKN", "BKN"),
            ("gs", "GS"),
            ("Portland Trail Blazers", "PTB"),
            ("Kevin Durant", "KD"),
            ("Karl-Anthony Towns", "KAT"),
            ("Nets", "N"),
            ("élan béarnais", "ÉB"),
            ("  ", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(letters(text), expected, "{text}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_mistake_unless_it_is_optional() {
        let said = |folder: &str, more: &str| {
            let lookup = format!(r#"{{"folder": "{folder}", "key": "a"{more}}}"#);
            let text = format!(r#"{{"nodes": [{{"type": "image", "width": 8, "height": 8, "lookup": {lookup}}}]}}"#);
            let file = Path::new("nowhere/a/template.json");
            let problems = crate::template::Template::parse("a".into(), file, &text).err().unwrap_or_default();
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
        };
        assert_eq!(said("heads", ""), ["there is no file `heads`"]);
        assert_eq!(said("heads", r#", "optional": true"#), [""; 0]);
        assert_eq!(said("../heads", r#", "optional": true"#).len(), 1, "where no picture may lie it stays one");
    }
}
