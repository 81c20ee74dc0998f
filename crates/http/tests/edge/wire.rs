//! A WebSocket by hand: frames as no library would send them, and everything that comes back.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{ADMIN, Served, soon};

pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// A frame to be sent; usual unless told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) fin: bool,
    /// Three bits.
    pub(crate) reserved: u8,
    pub(crate) opcode: u8,
    pub(crate) masked: bool,
    pub(crate) payload: Vec<u8>,
}

impl Sent {
    pub(crate) fn new(opcode: u8, payload: impl Into<Vec<u8>>) -> Self {
        Self { fin: true, reserved: 0, opcode, masked: true, payload: payload.into() }
    }

    /// One of several.
    pub(crate) fn part(opcode: u8, payload: impl Into<Vec<u8>>) -> Self {
        Self { fin: false, ..Self::new(opcode, payload) }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = vec![u8::from(self.fin) << 7 | self.reserved << 4 | self.opcode];
        let mask = u8::from(self.masked) << 7;
        match self.payload.len() {
            length @ 0..=125 => out.push(mask | length as u8),
            length @ 126..=0xFFFF => {
                out.push(mask | 126);
                out.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                out.push(mask | 127);
                out.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        let key = [0x37, 0xFA, 0x21, 0x3D];
        if self.masked {
            out.extend_from_slice(&key);
            out.extend(self.payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        } else {
            out.extend_from_slice(&self.payload);
        }
        out
    }
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
}

/// A connection on which the WebSocket is open.
pub(crate) struct Wire {
    stream: TcpStream,
}

impl Wire {
    pub(crate) async fn open(served: &Served) -> Self {
        let (stream, head) = handshake(served, "").await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        Self { stream }
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        // Whoever has refused already may have closed.
        self.stream.write_all(bytes).await.ok();
    }

    pub(crate) async fn send(&mut self, frames: &[Sent]) {
        for frame in frames {
            self.raw(&frame.bytes()).await;
        }
    }

    /// Sends bytes in pieces, each in a packet of its own as far as we have a say in it.
    pub(crate) async fn chopped(&mut self, bytes: &[u8], piece: usize) {
        self.stream.set_nodelay(true).unwrap();
        for piece in bytes.chunks(piece) {
            self.raw(piece).await;
            tokio::task::yield_now().await;
        }
    }

    /// Returns the next frame; nothing once the connection is closed.
    pub(crate) async fn hear(&mut self) -> Option<Came> {
        soon(async {
            let mut head = [0; 2];
            self.stream.read_exact(&mut head).await.ok()?;
            assert_eq!(head[0] & 0x70, 0, "the server sets reserved bits");
            assert_eq!(head[1] & 0x80, 0, "the server masks");
            assert_ne!(head[0] & 0x80, 0, "the server fragments");
            let length = match head[1] {
                126 => usize::from(self.stream.read_u16().await.ok()?),
                127 => self.stream.read_u64().await.ok()? as usize,
                length => usize::from(length),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.ok()?;
            Some(Came { opcode: head[0] & 0x0F, payload })
        })
        .await
    }

    /// Returns the next message, which is a text.
    pub(crate) async fn json(&mut self) -> Value {
        let came = self.hear().await.expect("the connection was closed");
        assert_eq!(came.opcode, TEXT, "{came:?}");
        serde_json::from_slice(&came.payload).unwrap()
    }

    /// Fails unless a message named `id` is answered: the connection is as good as before.
    pub(crate) async fn is_well(&mut self, id: &str) {
        self.send(&[Sent::new(TEXT, subscribe(id))]).await;
        self.is_told(id).await;
    }

    /// Fails unless the next message says that the stream `id` is open: what was sent arrived as it was meant.
    pub(crate) async fn is_told(&mut self, id: &str) {
        let told = self.json().await;
        assert_eq!((&told["type"], &told["id"]), (&json!("subscribed"), &json!(id)), "{told}");
    }

    /// Returns the code of the server's close, and fails unless the connection ends behind it.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        let mut code = None;
        while let Some(came) = self.hear().await {
            assert!(code.is_none(), "something came behind a close: {came:?}");
            match came.opcode {
                CLOSE => {
                    code = came.payload.first_chunk().map(|code| u16::from_be_bytes(*code)).or(Some(1005));
                }
                PING | PONG => {}
                _ => panic!("not expected: {came:?}"),
            }
        }
        code
    }

    /// Fails unless nothing comes for a moment.
    pub(crate) async fn is_silent(&mut self) {
        let mut byte = [0];
        let read = tokio::time::timeout(Duration::from_millis(50), self.stream.peek(&mut byte)).await;
        assert!(matches!(read, Err(_) | Ok(Ok(0) | Err(_))), "something came");
    }
}

/// A message that is answered with the name in it.
pub(crate) fn subscribe(id: &str) -> Vec<u8> {
    json!({"type": "subscribe", "id": id, "types": ["groma.none"]}).to_string().into_bytes()
}

/// Asks for a WebSocket; returns the connection and the head of the answer.
pub(crate) async fn handshake(served: &Served, more: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let mut head = format!(
        "GET /v1/events/ws HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {ADMIN}\r\n",
        served.address
    );
    for (name, value) in [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        if !more.contains(&format!("{name}:")) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str(more);
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(soon(stream.read_u8()).await.unwrap());
    }
    (stream, String::from_utf8(answer).unwrap())
}
