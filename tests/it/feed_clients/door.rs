//! A server that does nothing by itself: the test opens the door, reads what was asked, and writes the answer.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use url::Url;

use super::PATIENCE;

pub struct Door {
    listener: TcpListener,
    pub at: SocketAddr,
}

/// A request that waits for its answer.
pub struct Caller {
    stream: TcpStream,
    /// `GET /path?query HTTP/1.1` and the headers.
    head: String,
}

impl Door {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        Self { listener, at }
    }

    pub fn url(&self, scheme: &str, rest: &str) -> String {
        format!("{scheme}://{}{rest}", self.at)
    }

    pub fn http(&self, rest: &str) -> Url {
        Url::parse(&self.url("http", rest)).unwrap()
    }

    /// Answers whatever is said first with a text that belongs to no protocol.
    pub async fn hang_up(&self) {
        let (mut stream, _) = timeout(PATIENCE, self.listener.accept()).await.expect("a caller in time").unwrap();
        stream.read_u8().await.unwrap();
        stream.write_all(b"What?\n").await.unwrap();
    }

    pub async fn caller(&self) -> Caller {
        let (mut stream, _) = timeout(PATIENCE, self.listener.accept()).await.expect("a caller in time").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, stream.read_u8()).await.expect("a request in time").unwrap());
        }
        Caller { stream, head: String::from_utf8(head).unwrap() }
    }
}

impl Caller {
    /// Path and query.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Answers with a whole body and closes; `extra` are header lines, each with its `\r\n`.
    pub async fn answer(mut self, status: &str, extra: &str, body: &str) {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\n{extra}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
        self.stream.write_all(text.as_bytes()).await.unwrap();
        self.stream.shutdown().await.unwrap();
    }

    pub async fn json(self, body: &str) {
        self.answer("200 OK", "content-type: application/json\r\n", body).await;
    }

    pub async fn redirect(self, to: &str) {
        self.answer("302 Found", &format!("location: {to}\r\n"), "").await;
    }

    /// Begins an endless chunked body.
    pub async fn stream(mut self) -> Stream {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n";
        self.stream.write_all(head.as_bytes()).await.unwrap();
        Stream(self.stream)
    }

    pub async fn websocket(mut self) -> Socket {
        let accept = derive_accept_key(self.header("sec-websocket-key").expect("a handshake").as_bytes());
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-accept: {accept}\r\n\r\n"
        );
        self.stream.write_all(head.as_bytes()).await.unwrap();
        Socket(WebSocketStream::from_raw_socket(self.stream, Role::Server, None).await)
    }
}

/// Dropping it cuts the connection.
pub struct Stream(TcpStream);

impl Stream {
    pub async fn chunk(&mut self, bytes: &[u8]) {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend_from_slice(bytes);
        chunk.extend_from_slice(b"\r\n");
        self.0.write_all(&chunk).await.unwrap();
    }

    pub async fn end(mut self) {
        self.0.write_all(b"0\r\n\r\n").await.unwrap();
    }
}

/// Dropping it cuts the connection without a close.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// A text frame of any bytes, valid or not. The client may hang up before its end.
    pub async fn send_bytes_as_text(&mut self, bytes: Vec<u8>) {
        let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
        let _ = self.0.send(Message::Frame(frame)).await;
    }

    pub async fn close(&mut self, code: u16, reason: &str) {
        self.0.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await.unwrap();
    }

    /// Whether the client is gone.
    pub async fn ends(&mut self) -> bool {
        let next = timeout(PATIENCE, self.0.next()).await.expect("an end in time");
        matches!(next, None | Some(Err(_)))
    }
}
