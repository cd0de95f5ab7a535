//! JSON that remembers where everything stood, so that any later complaint can name a line and a column.
//!
//! In: the text of a file. Out: a [`Spanned`] tree, or the first place where the text is not JSON.
//! JSON as in RFC 8259, with comments (`// …`, `/* … */`) and a comma after the last item, which people who edit by hand
//! need; nothing else is let pass: a missing comma is an error, and so is a key twice in one object, since the designer
//! meant one of them.

use super::problem::Place;

/// Deeper nesting is refused rather than risked on the stack.
const MAX_DEPTH: usize = 64;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Spanned {
    pub at: Place,
    pub json: Json,
}

#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Spanned>),
    /// In the order of the file; keys are distinct.
    Object(Vec<(Key, Spanned)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub at: Place,
    pub name: String,
}

impl Json {
    /// What it is, for messages: "a number", "an object"…
    pub fn kind(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "a number",
            Json::String(_) => "a text",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        }
    }

    /// The same value without its places.
    pub fn to_value(&self) -> serde_json::Value {
        match self {
            Json::Null => serde_json::Value::Null,
            Json::Bool(b) => (*b).into(),
            // A whole number stays one, so that it prints without a decimal point.
            Json::Number(n) if n.fract() == 0.0 && n.abs() < 9e15 => (*n as i64).into(),
            Json::Number(n) => (*n).into(),
            Json::String(s) => s.as_str().into(),
            Json::Array(items) => items.iter().map(|item| item.json.to_value()).collect(),
            Json::Object(entries) => {
                entries.iter().map(|(key, value)| (key.name.clone(), value.json.to_value())).collect()
            }
        }
    }
}

/// The text is not JSON, here, for this reason.
#[derive(Debug)]
pub(crate) struct NotJson {
    pub at: Place,
    pub message: String,
}

pub(crate) fn parse(text: &str) -> Result<Spanned, NotJson> {
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser { rest: text.char_indices().peekable(), text, at: Place::START, depth: 0 };
    parser.skip_space()?;
    let value = parser.value()?;
    parser.skip_space()?;
    match parser.peek() {
        None => Ok(value),
        Some(c) => Err(parser.error(format!("`{c}` after the end of the value"))),
    }
}

struct Parser<'a> {
    rest: std::iter::Peekable<std::str::CharIndices<'a>>,
    text: &'a str,
    at: Place,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, c)| *c)
    }

    fn next(&mut self) -> Option<char> {
        let (_, c) = self.rest.next()?;
        self.at = self.at.after(c);
        Some(c)
    }

    /// Skips white space and comments.
    fn skip_space(&mut self) -> Result<(), NotJson> {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\n' | '\r') => {
                    self.next();
                }
                Some('/') => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), NotJson> {
        let at = self.at;
        self.next();
        match self.next() {
            Some('/') => {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.next();
                }
                Ok(())
            }
            Some('*') => loop {
                match self.next() {
                    Some('*') if self.peek() == Some('/') => {
                        self.next();
                        return Ok(());
                    }
                    Some(_) => {}
                    None => return Err(NotJson { at, message: "this comment is never closed with `*/`".to_owned() }),
                }
            },
            _ => Err(NotJson { at, message: "a comment begins with `//` or `/*`".to_owned() }),
        }
    }

    fn error(&self, message: impl Into<String>) -> NotJson {
        NotJson { at: self.at, message: message.into() }
    }

    fn unexpected(&mut self, wanted: &str) -> NotJson {
        match self.peek() {
            Some(c) => self.error(format!("expected {wanted}, found `{c}`")),
            None => self.error(format!("expected {wanted}, but the file ends here")),
        }
    }

    fn expect(&mut self, c: char, wanted: &str) -> Result<(), NotJson> {
        if self.peek() == Some(c) {
            self.next();
            Ok(())
        } else {
            Err(self.unexpected(wanted))
        }
    }

    fn value(&mut self) -> Result<Spanned, NotJson> {
        let at = self.at;
        let json = match self.peek() {
            Some('{') => self.nested(Self::object)?,
            Some('[') => self.nested(Self::array)?,
            Some('"') => Json::String(self.string()?),
            Some('-' | '0'..='9') => self.number()?,
            Some(c) if c.is_ascii_alphabetic() => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Spanned { at, json })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json, NotJson>) -> Result<Json, NotJson> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        self.next();
        let json = read(self)?;
        self.depth -= 1;
        Ok(json)
    }

    fn object(&mut self) -> Result<Json, NotJson> {
        let mut entries: Vec<(Key, Spanned)> = Vec::new();
        loop {
            self.skip_space()?;
            if self.peek() == Some('}') {
                self.next();
                return Ok(Json::Object(entries));
            }
            let at = self.at;
            if self.peek() != Some('"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let name = self.string()?;
            if entries.iter().any(|(key, _)| key.name == name) {
                return Err(NotJson { at, message: format!("key `{name}` twice in one object") });
            }
            self.skip_space()?;
            self.expect(':', "`:` after the key")?;
            self.skip_space()?;
            entries.push((Key { at, name }, self.value()?));
            self.skip_space()?;
            if self.peek() != Some('}') {
                self.expect(',', "`,` or `}`")?;
            }
        }
    }

    fn array(&mut self) -> Result<Json, NotJson> {
        let mut items = Vec::new();
        loop {
            self.skip_space()?;
            if self.peek() == Some(']') {
                self.next();
                return Ok(Json::Array(items));
            }
            items.push(self.value()?);
            self.skip_space()?;
            if self.peek() != Some(']') {
                self.expect(',', "`,` or `]`")?;
            }
        }
    }

    fn number(&mut self) -> Result<Json, NotJson> {
        let at = self.at;
        let from = self.rest.peek().map_or(0, |(i, _)| *i);
        while matches!(self.peek(), Some('-' | '+' | '.' | 'e' | 'E' | '0'..='9')) {
            self.next();
        }
        let to = self.rest.peek().map_or(self.text.len(), |(i, _)| *i);
        let digits = &self.text[from..to];
        // serde_json knows which spellings JSON allows ("01" and "1." are not among them).
        match serde_json::from_str::<f64>(digits) {
            Ok(n) if n.is_finite() => Ok(Json::Number(n)),
            _ => Err(NotJson { at, message: format!("`{digits}` is not a number") }),
        }
    }

    fn word(&mut self) -> Result<Json, NotJson> {
        let at = self.at;
        let mut word = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_alphanumeric) {
            word.push(c);
            self.next();
        }
        match word.as_str() {
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            "null" => Ok(Json::Null),
            _ => Err(NotJson { at, message: format!("`{word}` needs double quotes") }),
        }
    }

    fn string(&mut self) -> Result<String, NotJson> {
        let from = self.at;
        self.next();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape(at)?),
                Some(c) if c < ' ' => {
                    let message = "a text cannot go on over a line break; write \\n".to_owned();
                    return Err(NotJson { at, message });
                }
                Some(c) => text.push(c),
                None => return Err(NotJson { at: from, message: "this text is never closed".to_owned() }),
            }
        }
    }

    fn escape(&mut self, at: Place) -> Result<char, NotJson> {
        let bad = |what: &str| NotJson { at, message: format!("`\\{what}` is not an escape in JSON") };
        Ok(match self.next() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let high = self.hex(at)?;
                if (0xD800..0xDC00).contains(&high) && self.next() == Some('\\') && self.next() == Some('u') {
                    let low = self.hex(at)?;
                    let code = 0x10000 + ((high - 0xD800) << 10) + (low.wrapping_sub(0xDC00) & 0x3FF);
                    return char::from_u32(code).ok_or_else(|| bad("u"));
                }
                char::from_u32(high).ok_or_else(|| bad("u"))?
            }
            Some(c) => return Err(bad(&c.to_string())),
            None => return Err(bad("")),
        })
    }

    fn hex(&mut self, at: Place) -> Result<u32, NotJson> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|c| c.to_digit(16));
            let message = "`\\u` needs four hexadecimal digits".to_owned();
            code = code * 16 + digit.ok_or(NotJson { at, message })?;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_last_commas_leave_places_as_they_are() {
        let text =
            "\u{feff}// the bug\n{ /* one */ \"a\": [1, 2, /* \u{e9} */ 3,], // end\n \"b\": {\"c\": \"//no\",},}\n//";
        let Json::Object(entries) = parse(text).expect("it is JSON with comments").json else { panic!("an object") };
        let places: Vec<_> = entries.iter().map(|(key, value)| (key.at.line, key.at.column, value.at.column)).collect();
        assert_eq!(places, [(2, 13, 18), (3, 2, 7)]);
        let value = Json::Object(entries).to_value();
        assert_eq!(value, serde_json::json!({"a": [1, 2, 3], "b": {"c": "//no"}}));
    }

    #[test]
    fn a_comma_alone_or_missing_is_an_error() {
        for (text, column) in [("[,]", 2), ("[1,,]", 4), ("{,}", 2), ("[1 2]", 4), ("[1] /", 5), ("/* [1]", 1)] {
            let bad = parse(text).expect_err(text);
            assert_eq!((bad.at.line, bad.at.column), (1, column), "{text}: {}", bad.message);
        }
    }
}
