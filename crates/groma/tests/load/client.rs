//! Readers on bare sockets. They do little with what they read: two thousand of them share the machine with the server,
//! and nothing here is optimised.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Nothing comes behind it.
const END: &str = r#""type":"groma.network.scan_completed""#;
/// What stands in front of an event's position.
const SEQUENCE: &str = r#""sequence":""#;
const SEQUENCE_CHARS: usize = 34;

/// Somebody who reads events.
pub(crate) trait Client: Send + 'static {
    fn name(&self) -> &'static str;
    /// Returns the positions of the events that came next, and whether the scan's end was among them.
    fn read(&mut self) -> impl Future<Output = (Vec<String>, bool)> + Send;
}

/// Sends the head of a request; returns once the answer's head has come, which must have that status.
async fn open(address: SocketAddr, head: &str, status: &str) -> BufReader<TcpStream> {
    let mut stream = BufReader::with_capacity(4096, TcpStream::connect(address).await.unwrap());
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = line(&mut stream).await;
    assert_eq!(answer.split(' ').nth(1), Some(status), "{answer}");
    while line(&mut stream).await != "\r\n" {}
    stream
}

async fn line(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the server ended a stream");
    line
}

/// Server-sent events.
pub(crate) struct Sse(BufReader<TcpStream>);

impl Sse {
    /// Returns once the stream is open: what is appended from now on comes.
    pub(crate) async fn connect(address: SocketAddr, token: &str) -> Self {
        // HTTP/1.0, so that there are no chunks between events.
        let head =
            format!("GET /v1/events HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
        let mut stream = open(address, &head, "200").await;
        while line(&mut stream).await != "\n" {}
        Self(stream)
    }
}

impl Client for Sse {
    fn name(&self) -> &'static str {
        "SSE"
    }

    async fn read(&mut self) -> (Vec<String>, bool) {
        let first = line(&mut self.0).await;
        if first.starts_with(':') || first == "\n" {
            return (Vec::new(), false);
        }
        let id = first.strip_prefix("id: ").unwrap_or_else(|| panic!("no event, but: {first}")).trim_end();
        let data = line(&mut self.0).await;
        assert_eq!(line(&mut self.0).await, "\n");
        assert!(data.contains(&format!("{SEQUENCE}{id}\"")), "{data}");
        (vec![id.to_owned()], data.contains(END))
    }
}

/// The WebSocket, with one stream.
pub(crate) struct WebSocket(BufReader<TcpStream>);

const TEXT: u8 = 1;
const PING: u8 = 9;
const PONG: u8 = 10;

impl WebSocket {
    /// Returns once the stream is open.
    pub(crate) async fn connect(address: SocketAddr, token: &str) -> Self {
        let head = format!(
            "GET /v1/events/ws HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut socket = Self(open(address, &head, "101").await);
        socket.say(TEXT, r#"{"type":"subscribe","id":"all"}"#).await;
        let (kind, message) = socket.message().await;
        assert!(kind == TEXT && message.starts_with(r#"{"type":"subscribed""#), "{message}");
        socket
    }

    /// Reads one whole message.
    async fn message(&mut self) -> (u8, String) {
        let first = self.0.read_u8().await.unwrap();
        assert_eq!(first & 0xf0, 0x80, "no fragments, no extensions");
        let size = match self.0.read_u8().await.unwrap() {
            126 => usize::from(self.0.read_u16().await.unwrap()),
            127 => usize::try_from(self.0.read_u64().await.unwrap()).unwrap(),
            size => usize::from(size),
        };
        let mut message = vec![0; size];
        self.0.read_exact(&mut message).await.unwrap();
        (first & 0xf, String::from_utf8(message).unwrap())
    }

    /// Sends a short message, masked by zeros.
    async fn say(&mut self, kind: u8, message: &str) {
        let size = u8::try_from(message.len()).unwrap();
        assert!(size < 126);
        let frame = [&[0x80 | kind, 0x80 | size, 0, 0, 0, 0], message.as_bytes()].concat();
        self.0.write_all(&frame).await.unwrap();
    }
}

impl Client for WebSocket {
    fn name(&self) -> &'static str {
        "WebSocket"
    }

    async fn read(&mut self) -> (Vec<String>, bool) {
        let (kind, message) = self.message().await;
        if kind == PING {
            self.say(PONG, &message).await;
            return (Vec::new(), false);
        }
        assert!(kind == TEXT && message.starts_with(r#"{"type":"events""#), "{message}");
        let sequences = message.split(SEQUENCE).skip(1).map(|rest| rest[..SEQUENCE_CHARS].to_owned());
        (sequences.collect(), message.contains(END))
    }
}
