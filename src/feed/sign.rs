//! ShotTracker's request signature: HMAC-SHA1 over date, host and request line, as its gateway checks it.
//!
//! In: the request as it will be sent and the account. Out: the value of the `Authorization` header. Pure: the date is an
//! argument, and must be the very text sent in the `date` header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::secret::Secret;

/// What is signed of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub method: &'a str,
    /// Percent-encoded path WITHOUT the query: with the query the vendor refuses the signature.
    pub path: &'a str,
    /// As in the `host` header: with the port when it is not the scheme's own.
    pub host: &'a str,
    /// RFC 1123, UTC: `Tue, 22 Dec 2020 23:00:00 GMT`. The vendor refuses dates off by more than 5 minutes.
    pub date: &'a str,
}

impl Signed<'_> {
    /// The value of the `Authorization` header.
    pub(super) fn authorization(&self, username: &str, secret: &Secret) -> String {
        let signature = STANDARD.encode(self.digest(secret));
        format!(
            "hmac username=\"{username}\",algorithm=\"hmac-sha1\",headers=\"date host request-line\",\
             signature=\"{signature}\""
        )
    }

    fn text(&self) -> String {
        let Self { method, path, host, date } = self;
        format!("date: {date}\nhost: {host}\n{method} {path} HTTP/1.1")
    }

    fn digest(&self, secret: &Secret) -> Vec<u8> {
        let mut hmac = <Hmac<Sha1> as Mac>::new_from_slice(secret.expose().as_bytes())
            .expect("HMAC takes a key of any length: RFC 2104 hashes long ones and pads short ones");
        hmac.update(self.text().as_bytes());
        hmac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Signed<'_> = Signed {
        method: "GET",
        path: "/v1/data/schedule/games",
        host: "api.shottracker.com",
        date: "Tue, 22 Dec 2020 23:00:00 GMT",
    };

    #[test]
    fn the_signed_text_has_three_lines_and_no_last_newline() {
        assert_eq!(
            REQUEST.text(),
            "date: Tue, 22 Dec 2020 23:00:00 GMT\nhost: api.shottracker.com\nGET /v1/data/schedule/games HTTP/1.1"
        );
    }

    /// The signature was computed by `openssl dgst -sha1 -hmac`, not by this code.
    #[test]
    fn the_header_is_what_openssl_computes() {
        assert_eq!(
            REQUEST.authorization("truck", &Secret::new("rosebud")),
            "hmac username=\"truck\",algorithm=\"hmac-sha1\",headers=\"date host request-line\",\
             signature=\"lLEM0VwFRL5whwV6va8kag1+q8c=\""
        );
    }
}
