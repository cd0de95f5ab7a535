//! A venue on ports of its own, and the clients that the tests need: written from the vendors' pages, not from `feed`.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt, StreamExt};
use hmac::{Hmac, Mac};
use reqwest::header::{AUTHORIZATION, DATE};
use serde_json::Value;
use sha1::Sha1;
use sideline::venue::script::Script;
use sideline::venue::{Content, Endpoints, Options, Venue, start};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A hang is a failure; nothing here takes a tenth of this.
pub const LIMIT: Duration = Duration::from_secs(60);

pub fn game() -> Options {
    Options::new(Content::Script(Script::builtin()))
}

pub async fn open(options: Options) -> Venue {
    open_at(options, "127.0.0.1:0").await
}

pub async fn open_at(options: Options, front: &str) -> Venue {
    let front = TcpListener::bind(front).await.unwrap();
    let back = TcpListener::bind("127.0.0.1:0").await.unwrap();
    start(options, front, back).await.unwrap()
}

/// A client that follows no redirect by itself.
pub fn http() -> reqwest::Client {
    // Another test of this process may have installed it.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// How a request is signed; each field can be made wrong.
pub struct Signature {
    pub username: String,
    pub secret: String,
    pub date: SystemTime,
    pub with_query: bool,
}

impl Signature {
    pub fn of(endpoints: &Endpoints) -> Signature {
        Signature {
            username: endpoints.username.clone(),
            secret: endpoints.secret.clone(),
            date: SystemTime::now(),
            with_query: false,
        }
    }

    pub async fn get(&self, url: &str) -> (u16, Value) {
        let parsed = reqwest::Url::parse(url).unwrap();
        let date = httpdate::fmt_http_date(self.date);
        let host = format!("{}:{}", parsed.host_str().unwrap(), parsed.port().unwrap());
        let query = parsed.query().filter(|_| self.with_query).map(|query| format!("?{query}")).unwrap_or_default();
        let text = format!("date: {date}\nhost: {host}\nGET {}{query} HTTP/1.1", parsed.path());
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let authorization = format!(
            "hmac username=\"{}\",algorithm=\"hmac-sha1\",headers=\"date host request-line\",signature=\"{signature}\"",
            self.username
        );
        let request = http().get(url).header(DATE, date).header(AUTHORIZATION, authorization);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }
}

pub async fn token(endpoints: &Endpoints) -> String {
    let url = format!("{}/v1/data/schedule/games/{}/_subscribe", endpoints.rest, endpoints.event_id);
    let (status, body) = Signature::of(endpoints).get(&url).await;
    assert_eq!(status, 200, "{body}");
    body["token"].as_str().unwrap().to_owned()
}

/// The WebSocket, with what `query` adds to its address.
pub struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Live {
    pub async fn join(endpoints: &Endpoints, query: &str) -> Live {
        let url = endpoints.websocket.replace("{token}", &token(endpoints).await) + query;
        let (socket, _) = connect_async(url).await.unwrap();
        Live { socket }
    }

    pub async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The next frame; `None` when the connection is gone, however it went.
    pub async fn frame(&mut self) -> Option<Message> {
        let frame = tokio::time::timeout(LIMIT, self.socket.next()).await.expect("the venue sends something");
        frame.and_then(Result::ok)
    }

    /// The next message of the feed, with its text.
    pub async fn message(&mut self) -> Option<(Value, String)> {
        loop {
            match self.frame().await? {
                Message::Text(text) => return Some((serde_json::from_str(&text).unwrap(), text.to_string())),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Messages until `last` says that this was the last one, which is included; it panics if the connection ends before.
    pub async fn until(&mut self, mut last: impl FnMut(&Value) -> bool) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let (message, _) = self.message().await.expect("the connection lasts");
            let enough = last(&message);
            messages.push(message);
            if enough {
                return messages;
            }
        }
    }
}

/// The body of a subscription, cut at line ends.
pub struct Body {
    response: reqwest::Response,
    rest: Vec<u8>,
}

impl Body {
    /// Subscribes and follows the redirect.
    pub async fn follow(endpoints: &Endpoints, query: &str) -> Body {
        Body::at(&location(endpoints, query).await).await
    }

    pub async fn at(location: &str) -> Body {
        let response = http().get(location).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        Body { response, rest: Vec::new() }
    }

    /// The next piece as it came off the network; `None` when the body has ended or broken off.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        let chunk = tokio::time::timeout(LIMIT, self.response.chunk()).await.expect("the venue sends something");
        chunk.ok().flatten().map(|chunk| chunk.to_vec())
    }

    pub async fn line(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("a line is one JSON object"));
            }
            let chunk = self.chunk().await?;
            self.rest.extend(chunk);
        }
    }

    /// The next event message; heartbeats are passed over.
    pub async fn event(&mut self) -> Value {
        loop {
            let line = self.line().await.expect("the body lasts");
            if line.get("payload").is_some() {
                return line;
            }
        }
    }
}

/// Where a subscription redirects to.
pub async fn location(endpoints: &Endpoints, query: &str) -> String {
    let url = format!("{}{query}", endpoints.subscribe);
    let response = http().get(url).header("x-api-key", &endpoints.api_key).send().await.unwrap();
    assert_eq!(response.status(), 302);
    response.headers()["location"].to_str().unwrap().to_owned()
}
