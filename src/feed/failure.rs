//! Why a feed is not connected, as the operator reads it: what was wrong, where, and what to do.
//!
//! In: errors of the network, answers of vendors. Out: [`Failure`], one sentence each. A place is always `host` or
//! `host:port`, never a whole address, because tokens travel in queries. Texts of others are cut short and lose their
//! control characters; the reporter then hides the secrets of the feed in the finished sentence.

use std::time::Duration;

use super::backoff::Retry;

/// Why an attempt to connect failed, or a connection ended.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Failure {
    #[error("cannot reach {at}: {cause}; check the address and the network")]
    Unreachable { at: String, cause: String },
    #[error("{at} did not answer within {} s; check the network", .after.as_secs())]
    TookTooLong { at: String, after: Duration },
    #[error("{at} refuses the credentials ({status}{says}); check {check}")]
    Unauthorized { at: String, status: u16, says: String, check: &'static str },
    #[error("{at} does not allow this (403{says}); ask the vendor whether {ask}")]
    Forbidden { at: String, says: String, ask: &'static str },
    #[error("this machine's clock differs by {} from that of {at}, and requests more than 5 minutes off are refused; \
             set the clock (NTP)", in_words(.by))]
    ClockSkew { at: String, by: Duration },
    #[error("{at} does not know game `{game}` (404{says}); check the game's id, and that it is scheduled")]
    UnknownGame { at: String, game: String, says: String },
    #[error("{at} has nothing at this address (404{says}); check {check}")]
    NotFound { at: String, says: String, check: &'static str },
    #[error("{at} asks for fewer requests (429{says}); is another machine using the same account?")]
    TooManyRequests { at: String, says: String },
    #[error("{at} is in trouble ({status}{says}); this is the vendor's, it is tried again")]
    ServerError { at: String, status: u16, says: String },
    #[error("{at} answered {status}{says}, which this feed does not expect; check {check}")]
    Unexpected { at: String, status: u16, says: String, check: &'static str },
    #[error("{at} sent an answer that is not understood: {what}; {advice}")]
    Incomprehensible { at: String, what: String, advice: &'static str },
    #[error("`websocket` is no address once a token is filled in ({what}); check where `{{token}}` stands")]
    BadTemplate { what: String },
    #[error("{at} has no game of {wanted}; check team and dates, or name the game by its id")]
    NothingScheduled { at: String, wanted: String },
    #[error("{at} has several games of {wanted}: {games}; name one by its id")]
    SeveralGames { at: String, wanted: String, games: String },
    #[error("{at} redirects without saying where to; check the subscribe address")]
    RedirectNowhere { at: String },
    #[error("{at} redirects from an encrypted to an open connection, which is not followed; tell the vendor")]
    RedirectInTheOpen { at: String },
    #[error("more than {limit} redirects, the last from {at}; check the subscribe address")]
    RedirectLoop { at: String, limit: usize },
    #[error("{at} closed the connection{says}; a fresh token is asked for")]
    TokenRefused { at: String, says: String },
    #[error("{at} sent nothing for {} s; the connection is presumed dead", seconds(.silent))]
    Silent { at: String, silent: Duration },
    #[error(
        "{at} sent a message of {bytes} bytes, and the most that is read is {most}; if that was none by mistake, raise \
             `max_message_mb` of the feed, or ask for less with `broadcast_summary_level`"
    )]
    TooLarge { at: String, bytes: usize, most: usize },
    #[error(
        "{at} sent a text that is none (not UTF-8), and a WebSocket cannot be read past one; it is asked for again"
    )]
    NoText { at: String },
    #[error("{at} counts its messages anew, as if the game had been started again; it is taken from its beginning")]
    CountsAnew { at: String },
    #[error("{at} closed the connection{says}")]
    Closed { at: String, says: String },
    #[error("the connection to {at} broke: {cause}")]
    Broken { at: String, cause: String },
}

impl Failure {
    /// Of a document beside the stream. Accounts have few requests: only what may end by itself is worth more of them.
    pub(super) fn again(&self) -> Again {
        match self {
            Self::Forbidden { .. } => Again::Never,
            Self::TooManyRequests { .. } | Self::ClockSkew { .. } => Again::Here,
            other if other.retry() == Retry::Soon => Again::Here,
            _ => Again::NextConnection,
        }
    }

    pub(super) fn retry(&self) -> Retry {
        match self {
            Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::ClockSkew { .. }
            | Self::UnknownGame { .. }
            | Self::NotFound { .. }
            | Self::TooManyRequests { .. }
            | Self::Unexpected { .. }
            | Self::Incomprehensible { .. }
            | Self::BadTemplate { .. }
            | Self::NothingScheduled { .. }
            | Self::SeveralGames { .. }
            | Self::RedirectNowhere { .. }
            | Self::RedirectInTheOpen { .. }
            | Self::RedirectLoop { .. } => Retry::Slowly,
            Self::Unreachable { .. }
            | Self::TookTooLong { .. }
            | Self::ServerError { .. }
            | Self::TokenRefused { .. }
            | Self::Silent { .. }
            | Self::CountsAnew { .. }
            | Self::TooLarge { .. }
            | Self::NoText { .. }
            | Self::Closed { .. }
            | Self::Broken { .. } => Retry::Soon,
        }
    }
}

/// Whether a document that was refused is asked for again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Again {
    /// Later, on the same connection.
    Here,
    NextConnection,
    /// The account has no right to it.
    Never,
}

/// Somebody else's text for use in a sentence: one line, at most 160 characters.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 160;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = line.chars().filter(|c| !c.is_control()).collect();
    match clean.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

/// What the body of an error answer says, ready to follow a status: `: No access to SHOTS data`, or nothing.
pub(super) fn says(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let message = match &json {
        Some(json) => json.get("message").or_else(|| json.get("error")).and_then(|text| text.as_str()).map(excerpt),
        // A web server's error page says nothing that its status does not.
        None if body.trim_ascii_start().starts_with(b"<") => None,
        None => Some(excerpt(&String::from_utf8_lossy(body))),
    };
    message.filter(|text| !text.is_empty()).map(|text| format!(": {text}")).unwrap_or_default()
}

/// Whole seconds, with a tenth below ten.
fn seconds(length: &Duration) -> String {
    if length.as_secs() >= 10 { length.as_secs().to_string() } else { format!("{:.1}", length.as_secs_f64()) }
}

fn in_words(length: &Duration) -> String {
    match length.as_secs() {
        seconds if seconds < 2 * 3_600 => format!("{} minutes", seconds / 60),
        seconds if seconds < 48 * 3_600 => format!("{} hours", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_own_words_follow_the_status() {
        assert_eq!(says(br#"{"status":403,"message":"No access to SHOTS data"}"#), ": No access to SHOTS data");
        assert_eq!(says(b"<html><h1>403 Forbidden</h1>"), "");
        assert_eq!(says(b"Developer\r\n  Inactive\x07"), ": Developer Inactive");
        assert_eq!(says(b""), "");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cut = excerpt(&"ö".repeat(500));
        assert_eq!(cut.chars().count(), 161);
    }

    #[test]
    fn a_wrong_clock_is_told_in_words() {
        let of = |seconds| Failure::ClockSkew { at: "h".into(), by: Duration::from_secs(seconds) }.to_string();
        assert!(of(7 * 60).starts_with("this machine's clock differs by 7 minutes from that of h"));
        assert!(of(3 * 86_400).contains("3 days"));
    }
}
