//! What a server says of the connection and not of the game: a greeting, an acknowledgement, an error. The vendor's page has
//! none of them. Nothing of the game is lost with them; an error is told in the server's words.

use serde::Deserialize;

use crate::feed::decode::Verdict;
use crate::feed::decode::loose::Loose;
use crate::feed::decode::notes::Notes;

/// What is wrong, by the names under which servers say it.
#[derive(Default, Deserialize)]
struct Complaint<'a> {
    #[serde(borrow, default)]
    message: Loose<'a>,
    #[serde(borrow, default)]
    error: Loose<'a>,
    #[serde(borrow, default)]
    reason: Loose<'a>,
}

/// Parts of what servers call a greeting, an answer to a subscription and an error; whatever else has no data may be a message of
/// facts in another shape.
const WORDS: [&str; 6] = ["connect", "welcome", "hello", "subscri", "auth", "error"];

/// Whether a type of message is that of a word on the connection.
pub(super) fn is_word(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.starts_with("ack") || WORDS.iter().any(|word| kind.contains(word))
}

/// Characters of an error that are kept.
const MOST: usize = 80;

/// Reads a message of such a type, which has no data.
pub(super) fn words(kind: &str, text: &str, notes: &mut Notes) -> Verdict {
    if !kind.to_ascii_lowercase().contains("error") {
        notes.add("message: a type that is not documented, without data", Some(kind));
        return Verdict::Unused;
    }
    let said: Complaint = serde_json::from_str(text).unwrap_or_default();
    let said = [&said.message, &said.error, &said.reason].into_iter().find_map(Loose::string).unwrap_or_default();
    notes.add(format!("message: an error of the vendor's: {}", said.chars().take(MOST).collect::<String>()), None);
    Verdict::Skipped
}
