//! What an error of the network means, in an operator's words: refused, no such host, no answer in time, no encryption.
//!
//! In: an error of the HTTP client or of the WebSocket, with its causes. Out: a clause that follows "cannot reach …:" or "the
//! connection to … broke:". It looks for the innermost cause that is known; what is not known is told in the words of that
//! cause, never in those of the libraries around it ("client error (Connect)"). Pure.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use rustls::CertificateError;
use tokio_tungstenite::tungstenite;

use super::failure::excerpt;

/// The error's meaning; the words of its innermost cause where that is none of those known here.
pub(super) fn in_words(error: &(dyn StdError + 'static)) -> String {
    meaning(error).map_or_else(|| excerpt(&innermost(error).to_string()), str::to_owned)
}

/// The meaning of the first cause that is known, the innermost first: outer ones say only what was tried.
fn meaning(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let cause = inner(error).and_then(meaning);
    cause.or_else(|| own_meaning(error))
}

/// What an error was caused by. An [`io::Error`] that wraps another error does not name that as its source.
fn inner<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e (dyn StdError + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|wrapped| wrapped as &(dyn StdError + 'static)).or_else(|| error.source())
}

fn innermost<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    inner(error).map_or(error, innermost)
}

fn own_meaning(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return Some(of_encryption(error));
    }
    if let Some(tungstenite::Error::Protocol(error)) = error.downcast_ref::<tungstenite::Error>() {
        return Some(of_websocket(error));
    }
    if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) {
        return Some(IN_TIME);
    }
    let of_kind = error.downcast_ref::<io::Error>().and_then(|error| of_kind(error.kind()));
    of_kind.or_else(|| of_text(&error.to_string()))
}

const IN_TIME: &str = "no answer in time";
const BROKEN_OFF: &str = "it was broken off";

fn of_kind(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::ConnectionRefused => "refused, nothing there takes connections",
        ErrorKind::TimedOut => IN_TIME,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => BROKEN_OFF,
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => {
            "no way there from this machine"
        }
        ErrorKind::AddrNotAvailable => "this machine has no free port, or no address, for it",
        ErrorKind::PermissionDenied => "this machine does not allow it; is there a firewall?",
        _ => return None,
    })
}

/// Errors whose types their libraries keep to themselves; the texts are those of the versions in use, and each is met by a
/// test on a real socket.
fn of_text(text: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 6] = [
        ("failed to lookup address", "no such host: the name is not known"),
        ("deadline has elapsed", IN_TIME),
        ("closed before message completed", "it was closed without an answer"),
        ("unexpected EOF during chunk", BROKEN_OFF),
        ("before message length reached", BROKEN_OFF),
        ("invalid HTTP", "what answers there does not speak HTTP"),
    ];
    KNOWN.iter().find(|(said, _)| text.contains(said)).map(|(_, meaning)| *meaning)
}

fn of_encryption(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(problem) => of_certificate(problem),
        rustls::Error::InvalidMessage(_) => "what answers there is not encrypted (TLS)",
        rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_) => {
            "it and this machine agree on no encryption (TLS)"
        }
        _ => "no encrypted connection (TLS) could be made",
    }
}

const FROM_A_STRANGER: &str = "its certificate (TLS) is from nobody whom this machine trusts";

fn of_certificate(problem: &CertificateError) -> &'static str {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate (TLS) has expired, or this machine's clock is wrong"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate (TLS) is not valid yet, or this machine's clock is wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate (TLS) is that of another host"
        }
        CertificateError::UnknownIssuer => FROM_A_STRANGER,
        CertificateError::Revoked => "its certificate (TLS) was revoked",
        // What tools make by default signs itself as an authority does, and has no name of its own among the errors.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => FROM_A_STRANGER,
        _ => "its certificate (TLS) is not accepted",
    }
}

fn of_websocket(error: &tungstenite::error::ProtocolError) -> &'static str {
    use tungstenite::error::ProtocolError;
    match error {
        ProtocolError::ResetWithoutClosingHandshake => BROKEN_OFF,
        ProtocolError::HandshakeIncomplete => "it was closed without an answer",
        _ => "what answers there does not speak the WebSocket protocol",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("client error (Connect)")]
    struct Client(#[source] io::Error);

    #[test]
    fn the_innermost_cause_that_is_known_is_told_and_no_librarys_frame_around_it() {
        let of = |cause: io::Error| in_words(&Client(cause));
        assert_eq!(of(ErrorKind::ConnectionRefused.into()), "refused, nothing there takes connections");
        let certificate = rustls::Error::InvalidCertificate(CertificateError::Expired);
        assert!(of(io::Error::other(certificate)).contains("has expired"));
        let timeout = io::Error::new(ErrorKind::TimedOut, "tcp connect error");
        assert_eq!(of(timeout), IN_TIME);
    }

    #[test]
    fn what_is_not_known_is_told_in_its_own_words() {
        assert_eq!(in_words(&Client(io::Error::other("the moon is in the way"))), "the moon is in the way");
    }
}
