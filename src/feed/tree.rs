//! Answers of REST APIs as trees, where their shape is not documented well enough for structs.
//!
//! In: the bytes of an answer. Out: a tree of bounded size, or why there is none. A tree takes many times the room of its
//! text: eight megabytes of `[],[],` would become some hundred.

use serde_json::Value;

/// The largest real answers (a league's schedule, a game's plays and shots) have some ten thousand values.
const MOST_VALUES: usize = 300_000;

/// Why an answer is no tree.
#[derive(Debug, thiserror::Error)]
pub enum NoTree {
    #[error("it has more than {MOST_VALUES} values")]
    TooLarge,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Reads an answer.
pub(super) fn tree(text: &[u8]) -> Result<Value, NoTree> {
    // Each value but the first comes after one of these; those within texts count, too, which does no harm.
    let values = text.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if values > MOST_VALUES {
        return Err(NoTree::TooLarge);
    }
    Ok(serde_json::from_slice(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_more_values_than_any_real_one_is_refused_before_it_is_read() {
        assert!(matches!(tree("[".repeat(MOST_VALUES + 1).as_bytes()), Err(NoTree::TooLarge)));
        let largest = format!("[{}0]", "0,".repeat(MOST_VALUES - 1));
        assert!(tree(largest.as_bytes()).is_ok());
        assert!(matches!(tree(b"{"), Err(NoTree::Json(_))));
        assert!(matches!(tree("[".repeat(1_000).as_bytes()), Err(NoTree::Json(_))), "nested too deeply");
    }
}
