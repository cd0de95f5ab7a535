//! Values that must never be read by anyone but the vendor: keys, signing secrets, tokens.
//!
//! In: text from the show file, the environment or a vendor's answer. Out: the same text, only through
//! [`Secret::expose`]; everything that prints shows `***`. Also what keeps third parties' texts (a server's error page
//! that echoes our key, an error that quotes its URL) clean: [`redact`] and [`redact_url`].

use std::fmt;

use url::Url;

const HIDDEN: &str = "***";

/// A shorter text is no secret (a test's, a wrong variable's), and to hide it would riddle every sentence.
const SHORTEST_SECRET: usize = 4;

/// A text that prints as `***`. Not serializable on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for a request to its owner, never for a message.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a text has it, in any of the forms that [`redact`] hides.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.len() >= SHORTEST_SECRET && self.forms().iter().any(|form| text.contains(form))
    }

    /// As it is; as in an address, with digits in capitals or not; as in JSON that escapes its slashes.
    fn forms(&self) -> [String; 4] {
        let encoded = percent_encode(&self.0, "");
        let small = encoded.split('%').enumerate().map(|(index, part)| match part.split_at_checked(2) {
            Some((digits, rest)) if index > 0 => format!("%{}{rest}", digits.to_ascii_lowercase()),
            _ => part.to_owned(),
        });
        let small = small.collect();
        [self.0.clone(), encoded, small, self.0.replace('/', "\\/")]
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// `text` with every occurrence of a secret hidden, plain, percent-encoded or escaped. One of fewer than four bytes hides
/// nothing.
pub fn redact(text: &str, secrets: &[Secret]) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| secret.0.len() >= SHORTEST_SECRET) {
        for form in secret.forms() {
            clean = clean.replace(&form, HIDDEN);
        }
    }
    clean
}

/// The address without whatever may be a secret in it: user and password are left out, values of the query hidden.
pub fn redact_url(url: &Url) -> String {
    let mut clean = url.clone();
    // Both fail only on addresses that cannot carry them.
    let _ = clean.set_username("");
    let _ = clean.set_password(None);
    clean.set_fragment(None);
    clean.set_query(None);
    let names: Vec<String> = url.query_pairs().map(|(name, _)| format!("{name}={HIDDEN}")).collect();
    if names.is_empty() { clean.to_string() } else { format!("{clean}?{}", names.join("&")) }
}

/// Parts of the names of query parameters whose values are secret.
const SECRET_NAMES: [&str; 7] = ["key", "token", "secret", "password", "passwd", "signature", "session"];

/// `text` with the secrets of every address in it hidden: the user and password before a host, and the values of query
/// parameters that are called like a secret. For a person's own text, such as a show file; `{token}` and the like stand
/// for a secret and stay.
pub fn redact_addresses(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "\"'`<>".contains(c)).unwrap_or(after.len());
        let (address, behind) = after.split_at(end);
        redact_address(address, &mut clean);
        rest = behind;
    }
    clean.push_str(rest);
    clean
}

/// An address without its scheme.
fn redact_address(address: &str, clean: &mut String) {
    let host_ends = address.find(['/', '?', '#']).unwrap_or(address.len());
    let host = match address[..host_ends].rsplit_once('@') {
        Some((_, host)) => {
            clean.push_str(HIDDEN);
            clean.push('@');
            host
        }
        None => &address[..host_ends],
    };
    clean.push_str(host);
    for part in address[host_ends..].split_inclusive(['?', '&']) {
        let (pair, separator) = match part.strip_suffix(['?', '&']) {
            Some(pair) => (pair, &part[pair.len()..]),
            None => (part, ""),
        };
        let hidden = pair.split_once('=').filter(|(name, value)| {
            let name = name.to_ascii_lowercase();
            !value.is_empty() && !value.starts_with('{') && SECRET_NAMES.iter().any(|secret| name.contains(secret))
        });
        match hidden {
            Some((name, _)) => clean.extend([name, "=", HIDDEN]),
            None => clean.push_str(pair),
        }
        clean.push_str(separator);
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters and those in `kept`.
pub(super) fn percent_encode(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.as_bytes().contains(&byte);
        if plain {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_stars_in_every_form() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "*** *** Some(***)");
    }

    #[test]
    fn secrets_are_hidden_in_others_texts_plain_and_encoded() {
        let secrets = [Secret::new("a/b+c"), Secret::new("")];
        assert_eq!(redact("key a/b+c, url ?k=a%2Fb%2Bc!", &secrets), "key ***, url ?k=***!");
    }

    #[test]
    fn addresses_in_a_show_file_lose_their_secrets_and_nothing_else() {
        let text = "url = \"https://me:pw@push.example/nba?api_key=abc123&match=sd:match:1\" # https://h/?a=b\n\
                    websocket = \"wss://h/live?token={token}&apikey=xyz\"\nkey_env = \"SPORTRADAR_KEY\"\n";
        let clean = "url = \"https://***@push.example/nba?api_key=***&match=sd:match:1\" # https://h/?a=b\n\
                     websocket = \"wss://h/live?token={token}&apikey=***\"\nkey_env = \"SPORTRADAR_KEY\"\n";
        assert_eq!(redact_addresses(text), clean);
        for text in ["", "://", "no address", "http://h", "http://h?token=", "é://é?token=é"] {
            assert!(redact_addresses(text).len() + 3 >= text.len(), "{text}");
        }
        assert_eq!(redact_addresses("é://é?token=é"), "é://é?token=***");
    }

    #[test]
    fn an_address_keeps_its_place_and_loses_its_values() {
        let url = Url::parse("https://user:pw@push.example/stream/nba?sessionId=1234&token=abc#x").unwrap();
        assert_eq!(redact_url(&url), "https://push.example/stream/nba?sessionId=***&token=***");
        assert_eq!(redact_url(&Url::parse("http://h/p").unwrap()), "http://h/p");
    }
}
