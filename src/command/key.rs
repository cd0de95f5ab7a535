//! Keys that a show can give to commands, by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A key of the program window: a character in lower case, or one of the names below.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Keys that are no character. The window's own (Escape, Tab, arrows and so on) are not among them.
pub const NAMED: [&str; 6] = ["space", "enter", "insert", "delete", "f1", "f12"];

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key; write one character, such as `1` or `b`, or one of: {named}", named = NAMED.join(", "))]
pub struct NoKey(String);

impl Key {
    /// The key that types a character.
    pub fn of(character: char) -> Key {
        match character {
            ' ' => Key("space".to_owned()),
            character => Key(character.to_lowercase().collect()),
        }
    }
}

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Key, NoKey> {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(one), None) if !one.is_control() => Ok(Key::of(one)),
            _ => match NAMED.iter().find(|name| name.eq_ignore_ascii_case(text)) {
                Some(name) => Ok(Key((*name).to_owned())),
                None => Err(NoKey(text.to_owned())),
            },
        }
    }
}

impl TryFrom<String> for Key {
    type Error = NoKey;

    fn try_from(text: String) -> Result<Key, NoKey> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> String {
        key.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_character_in_either_case_or_a_name() {
        let key = |text: &str| text.parse::<Key>().map(String::from);
        assert_eq!(key("Q").as_deref(), Ok("q"));
        assert_eq!((key(" "), key("Space")), (Ok("space".to_owned()), Ok("space".to_owned())));
        assert_eq!(key("f12").as_deref(), Ok("f12"));
        for wrong in ["", "f2", "esc", "qq", "\n"] {
            assert!(key(wrong).is_err(), "{wrong:?}");
        }
    }
}
