//! Cuts a stream of bytes into JSON objects, whatever lies between them.
//!
//! In: bytes as they arrive, split anywhere. Out: each top-level object exactly as it was sent, and a count of what was
//! skipped. Objects may follow each other with nothing, spaces, newlines or garbage between them, compact or
//! pretty-printed: real captures have one a line, the vendor's page shows `}{`. Run by the push client and by `inspect`.
//! It checks only as much JSON as it takes to find the ends and to notice a broken object early; the decoder judges the
//! rest. Pure; memory is bounded by the cap on an object plus one pushed chunk.
//!
//! A broken object (cut off in mid-stream, a quote missing) must not swallow the good ones after it. Three things that no
//! JSON has give it away: a newline inside a string, a bracket that closes another one, and a `{` where the
//! grammar has no room for a value. The object is then garbage and the search for the next goes on from there.

use bytes::Bytes;
use memchr::memchr3;

/// Larger objects are skipped whole: real messages are 1 to 9 kB, the largest summaries some hundred.
pub const MAX_DOCUMENT_BYTES: usize = 8 * 1024 * 1024;

/// Deeper nesting than any feed has, and far beyond what `serde_json` reads (128).
const MAX_DEPTH: usize = 512;

/// What came out of the stream, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// One top-level object, from `{` to `}`, untouched: possibly not valid JSON inside, possibly not UTF-8.
    Document(Bytes),
    /// Bytes that belong to no object, or to a broken one. White space does not count.
    Garbage { bytes: u64 },
    /// An object above the cap.
    Oversized { bytes: u64 },
    /// The stream ended within an object.
    CutOff { bytes: u64 },
}

/// See the module. One a connection: a new connection starts with a new splitter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Splitter {
    max_bytes: usize,
    place: Place,
    /// The beginning of an object whose end has not arrived; empty while `len` is above the cap.
    pending: Vec<u8>,
    /// Bytes of the current object so far, kept or not.
    len: u64,
    garbage: u64,
    /// Open brackets, innermost last.
    open: Vec<Bracket>,
    /// The last byte outside strings that is not white space; `"` after a string.
    before: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Between,
    Structure,
    Text,
    /// After a backslash in a string.
    Escape,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bracket {
    Object,
    Array,
}

/// What one byte does to the object that it belongs to.
enum Step {
    Inside,
    Last,
    /// The object is broken; the byte is not part of it.
    Broken,
}

impl Default for Splitter {
    fn default() -> Self {
        Self::new(MAX_DOCUMENT_BYTES)
    }
}

impl Splitter {
    /// Objects of more than `max_bytes` are skipped.
    pub fn new(max_bytes: usize) -> Self {
        Self { max_bytes, place: Place::Between, pending: Vec::new(), len: 0, garbage: 0, open: Vec::new(), before: 0 }
    }

    /// Takes the next bytes of the stream; gives what they completed. The pieces do not depend on where the stream was
    /// cut into chunks.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        // Where the part of the current object that lies in this chunk starts.
        let mut from = 0;
        let mut at = 0;
        while at < chunk.len() {
            // Most bytes of a stream are in strings, and few of those mean anything.
            if self.place == Place::Text {
                let run = memchr3(b'"', b'\\', b'\n', &chunk[at..]).unwrap_or(chunk.len() - at);
                self.len += run as u64;
                at += run;
                if at == chunk.len() {
                    break;
                }
            }
            let byte = chunk[at];
            at += 1;
            if self.place == Place::Between {
                if self.begin(byte, &mut pieces) {
                    from = at - 1;
                }
                continue;
            }
            match self.step(byte) {
                Step::Inside => self.len += 1,
                Step::Last => {
                    self.len += 1;
                    pieces.push(self.complete(&chunk[from..at]));
                }
                Step::Broken => {
                    self.abandon(&mut pieces);
                    if self.begin(byte, &mut pieces) {
                        from = at - 1;
                    }
                }
            }
        }
        if self.place != Place::Between {
            self.keep(&chunk[from..]);
        }
        pieces
    }

    /// The stream is over: what is left of it. The splitter is then as new.
    pub fn finish(&mut self) -> Option<Piece> {
        let bytes = self.garbage + self.len;
        let piece = match self.place {
            Place::Between if bytes == 0 => None,
            Place::Between => Some(Piece::Garbage { bytes }),
            _ => Some(Piece::CutOff { bytes }),
        };
        *self = Self::new(self.max_bytes);
        piece
    }

    /// A byte between objects; true when it starts one.
    fn begin(&mut self, byte: u8, pieces: &mut Vec<Piece>) -> bool {
        if byte != b'{' {
            self.garbage += u64::from(!byte.is_ascii_whitespace());
            return false;
        }
        if self.garbage > 0 {
            pieces.push(Piece::Garbage { bytes: self.garbage });
            self.garbage = 0;
        }
        self.place = Place::Structure;
        self.open.push(Bracket::Object);
        self.before = b'{';
        self.len = 1;
        true
    }

    fn step(&mut self, byte: u8) -> Step {
        match (self.place, byte) {
            (Place::Escape, b'\n') | (Place::Text, b'\n') => return Step::Broken,
            (Place::Escape, _) => self.place = Place::Text,
            (Place::Text, b'\\') => self.place = Place::Escape,
            (Place::Text, b'"') => {
                self.place = Place::Structure;
                self.before = b'"';
            }
            (Place::Text, _) => {}
            _ => return self.structure(byte),
        }
        Step::Inside
    }

    fn structure(&mut self, byte: u8) -> Step {
        let innermost = self.open.last().copied();
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => return Step::Inside,
            b'"' => self.place = Place::Text,
            b'{' | b'[' => {
                let room = match self.before {
                    b':' | b'[' => true,
                    b',' => innermost == Some(Bracket::Array),
                    _ => false,
                };
                if !room || self.open.len() >= MAX_DEPTH {
                    return Step::Broken;
                }
                self.open.push(if byte == b'{' { Bracket::Object } else { Bracket::Array });
            }
            b'}' | b']' => {
                let closes = if byte == b'}' { Bracket::Object } else { Bracket::Array };
                if innermost != Some(closes) {
                    return Step::Broken;
                }
                self.open.pop();
                if self.open.is_empty() {
                    return Step::Last;
                }
            }
            // A key is the only thing that may follow the `{`: this catches a stray brace at once.
            _ if self.before == b'{' => return Step::Broken,
            _ => {}
        }
        self.before = byte;
        Step::Inside
    }

    fn keep(&mut self, part: &[u8]) {
        if self.len > self.max_bytes as u64 {
            self.pending = Vec::new();
        } else {
            self.pending.extend_from_slice(part);
        }
    }

    /// The object that ends with `rest`.
    fn complete(&mut self, rest: &[u8]) -> Piece {
        let bytes = self.len;
        let piece = if bytes > self.max_bytes as u64 {
            Piece::Oversized { bytes }
        } else if self.pending.is_empty() {
            Piece::Document(Bytes::copy_from_slice(rest))
        } else {
            self.pending.extend_from_slice(rest);
            Piece::Document(Bytes::from(std::mem::take(&mut self.pending)))
        };
        self.reset();
        piece
    }

    fn abandon(&mut self, pieces: &mut Vec<Piece>) {
        if self.len > self.max_bytes as u64 {
            pieces.push(Piece::Oversized { bytes: self.len });
        } else {
            self.garbage += self.len;
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.place = Place::Between;
        self.pending = Vec::new();
        self.open.clear();
        self.len = 0;
        self.before = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(splitter: &mut Splitter, chunks: &[&[u8]]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = chunks.iter().flat_map(|chunk| splitter.push(chunk)).collect();
        pieces.extend(splitter.finish());
        pieces
    }

    /// Splits `stream` in one go and byte by byte: both must give `expected`, where a text is a document.
    #[track_caller]
    fn check(stream: &[u8], expected: &[Piece]) {
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(split(&mut Splitter::default(), &[stream]), expected, "in one chunk");
        assert_eq!(split(&mut Splitter::default(), &bytes), expected, "byte by byte");
    }

    fn document(text: &str) -> Piece {
        Piece::Document(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn objects_need_nothing_between_them() {
        check(br#"{"a":1}{"b":{"c":[{},[]]}}"#, &[document(r#"{"a":1}"#), document(r#"{"b":{"c":[{},[]]}}"#)]);
    }

    #[test]
    fn lines_blank_lines_and_pretty_printing_are_white_space() {
        let pretty = "{\n  \"a\": [\n    {\n      \"b\": 1\n    }\n  ]\n}";
        check(format!("\r\n\n{{}}\n\n {pretty}\r\n").as_bytes(), &[document("{}"), document(pretty)]);
    }

    #[test]
    fn braces_and_quotes_in_strings_end_nothing() {
        let tricky = r#"{"a}{":"\"}\\","b":"{[\\\""}"#;
        check(tricky.as_bytes(), &[document(tricky)]);
    }

    #[test]
    fn garbage_is_skipped_to_the_next_brace_and_counted() {
        check(
            b"<html>}] 502\n{\"a\":1}xy{}",
            &[Piece::Garbage { bytes: 11 }, document(r#"{"a":1}"#), Piece::Garbage { bytes: 2 }, document("{}")],
        );
    }

    #[test]
    fn a_stray_brace_does_not_swallow_what_follows() {
        check(b"{oops {\"a\":1}", &[Piece::Garbage { bytes: 5 }, document(r#"{"a":1}"#)]);
        check(b"{{\"a\":1}", &[Piece::Garbage { bytes: 1 }, document(r#"{"a":1}"#)]);
    }

    #[test]
    fn an_object_cut_off_in_mid_stream_does_not_swallow_the_next() {
        for torn in [r#"{"a":{"b":1"#, r#"{"a":"te"#, r#"{"a":[1,2],"#, r#"{"a":{"b":"c"}"#] {
            let pieces = split(&mut Splitter::default(), &[torn.as_bytes(), b"\n{\"good\":true}\n"]);
            assert_eq!(pieces.last(), Some(&document(r#"{"good":true}"#)), "after {torn}: {pieces:?}");
            assert!(matches!(pieces[0], Piece::Garbage { .. }), "{pieces:?}");
        }
    }

    #[test]
    fn an_object_above_the_cap_is_skipped_whole_and_its_memory_freed() {
        let mut splitter = Splitter::new(16);
        let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000));
        let mut pieces = Vec::new();
        for chunk in format!("{large}{{\"b\":1}}").as_bytes().chunks(10) {
            pieces.extend(splitter.push(chunk));
            assert!(splitter.pending.capacity() <= 64, "{} bytes held", splitter.pending.capacity());
        }
        assert_eq!(pieces, [Piece::Oversized { bytes: large.len() as u64 }, document(r#"{"b":1}"#)]);
    }

    #[test]
    fn invalid_utf8_passes_untouched() {
        let bytes = b"{\"a\":\"\xff\xfe\"}";
        check(bytes, &[Piece::Document(Bytes::from_static(bytes))]);
    }

    #[test]
    fn the_end_within_an_object_is_told() {
        check(b"{} {\"a\":", &[document("{}"), Piece::CutOff { bytes: 5 }]);
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[ -~é\n{}\\[\\]\"\\\\]{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("[a-z{}\"\\\\]{0,4}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn any_object() -> impl Strategy<Value = String> {
        (prop::collection::btree_map("[a-z]{1,4}", any_json(), 0..4), any::<bool>()).prop_map(|(map, pretty)| {
            let value = serde_json::Value::Object(map.into_iter().collect());
            if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() }
        })
    }

    fn cut(stream: &[u8], cuts: &[prop::sample::Index]) -> Vec<Vec<u8>> {
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        at.extend([0, stream.len()]);
        at.sort_unstable();
        at.windows(2).map(|pair| stream[pair[0]..pair[1]].to_vec()).collect()
    }

    proptest! {
        #[test]
        fn any_cut_gives_back_the_objects_that_were_sent(
            objects in prop::collection::vec((any_object(), "[ \r\n]{0,3}"), 0..6),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let stream: String = objects.iter().map(|(object, gap)| format!("{object}{gap}")).collect();
            let chunks = cut(stream.as_bytes(), &cuts);
            let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
            let expected: Vec<Piece> = objects.iter().map(|(object, _)| document(object)).collect();
            prop_assert_eq!(split(&mut Splitter::default(), &chunks), expected);
        }

        #[test]
        fn any_bytes_cut_anywhere_give_the_same_pieces_and_add_up(
            stream in prop::collection::vec(prop_oneof![
                3 => prop::sample::select(b"{}[]\"\\:, \na1".to_vec()), 1 => any::<u8>()
            ], 0..400),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
            cap in 1usize..40,
        ) {
            let whole = split(&mut Splitter::new(cap), &[&stream]);
            let mut splitter = Splitter::new(cap);
            let mut pieces = Vec::new();
            for chunk in cut(&stream, &cuts) {
                pieces.extend(splitter.push(&chunk));
                prop_assert!(splitter.pending.len() <= cap);
                prop_assert!(splitter.open.len() <= MAX_DEPTH);
            }
            pieces.extend(splitter.finish());
            prop_assert_eq!(&pieces, &whole);
            let counted: u64 = pieces.iter().map(|piece| match piece {
                Piece::Document(bytes) => bytes.len() as u64,
                Piece::Garbage { bytes } | Piece::Oversized { bytes } | Piece::CutOff { bytes } => *bytes,
            }).sum();
            let blank = stream.iter().filter(|byte| byte.is_ascii_whitespace()).count() as u64;
            prop_assert!(counted <= stream.len() as u64 && counted + blank >= stream.len() as u64);
        }
    }
}
