//! The play-by-play document of a game over REST, for [`super::super::beside`].

use bytes::Bytes;
use reqwest::Client;
use url::Url;

use crate::feed::failure::Failure;
use crate::feed::http::{self, Advice, place};
use crate::feed::secret::{Secret, percent_encode};

use super::{KeyIn, add_key, add_to_query};

const ADVICE: Advice<'static> = Advice {
    credentials: "`api_key`",
    rights: "the key is entitled to the play-by-play of the REST API",
    address: "the address of the play-by-play",
    game: None,
};

/// Where it is, and with which key it is asked for.
#[derive(Clone)]
pub(super) struct PlayByPlay {
    pub http: Client,
    pub address: Url,
    pub key: Secret,
    pub key_in: KeyIn,
    pub most_bytes: usize,
}

impl PlayByPlay {
    pub(super) async fn fetch(self) -> Result<Bytes, Failure> {
        let at = place(&self.address);
        let mut url = self.address;
        if self.key_in == KeyIn::Query && !self.key.expose().is_empty() {
            add_to_query(&mut url, "api_key", &percent_encode(self.key.expose(), ""));
        }
        let request = self.http.get(url).header(reqwest::header::ACCEPT, "application/json");
        let request = if self.key_in == KeyIn::Header { add_key(request, &self.key) } else { request };
        let answer = http::ask(request, &at).await?;
        if !answer.status().is_success() {
            return Err(http::refusal(answer, &at, &ADVICE).await);
        }
        http::body(answer, &at, self.most_bytes).await.map(Bytes::from)
    }
}
