//! The three ways of reading events, on bare sockets.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, connect, socket, sockopt};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::item::Item;
use crate::Done;

/// How often a reader looks up from a silent connection.
const LOOK_UP: Duration = Duration::from_millis(100);
/// How long an answer's head may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sse,
    Lines,
    WebSocket,
}

/// What came of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    Something,
    Nothing,
    /// The connection is over.
    End,
}

/// One connection.
pub(super) struct Transport {
    kind: Kind,
    stream: TcpStream,
    bytes: Vec<u8>,
    /// As much as is read at once.
    at_once: usize,
}

impl Transport {
    /// Connects and asks for what is behind `after`; with little room in front of a reader that is slow.
    pub(super) fn connect(
        kind: Kind,
        address: SocketAddr,
        token: &str,
        after: &str,
        slow: bool,
    ) -> Done<Self> {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
        if slow {
            sockopt::set_socket_recv_buffer_size(&socket, 32 * 1024)?;
        }
        connect(&socket, &address)?;
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(LOOK_UP))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let at_once = if slow { 32 * 1024 } else { 128 * 1024 };
        let mut transport = Self { kind, stream, bytes: Vec::new(), at_once };
        let bearer = format!("Host: {address}\r\nAuthorization: Bearer {token}\r\n");
        // HTTP/1.0, so that there are no chunks between events.
        let head = match kind {
            Kind::Sse => format!("GET /v1/events HTTP/1.0\r\n{bearer}Last-Event-ID: {after}\r\n\r\n"),
            Kind::Lines => {
                format!(
                    "GET /v1/events?after={after} HTTP/1.0\r\n{bearer}Accept: application/x-ndjson\r\n\r\n"
                )
            }
            Kind::WebSocket => format!(
                "GET /v1/events/ws HTTP/1.1\r\n{bearer}Connection: Upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            ),
        };
        transport.stream.write_all(head.as_bytes())?;
        transport.head()?;
        if kind == Kind::WebSocket {
            let wanted = json!({"type": "subscribe", "id": "all", "after": after});
            transport.say(TEXT, wanted.to_string().as_bytes())?;
        }
        Ok(transport)
    }

    /// Reads a little; appends what it brought.
    pub(super) fn read(&mut self, items: &mut Vec<Item>) -> Done<Heard> {
        match self.more()? {
            Heard::Something => {}
            other => return Ok(other),
        }
        match self.kind {
            Kind::Sse => self.messages(items)?,
            Kind::Lines => self.lines(items)?,
            Kind::WebSocket => return self.frames(items),
        }
        Ok(Heard::Something)
    }

    fn more(&mut self) -> Done<Heard> {
        let kept = self.bytes.len();
        self.bytes.resize(kept + self.at_once, 0);
        let read = self.stream.read(self.bytes.get_mut(kept..).unwrap_or_default());
        self.bytes.truncate(kept + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(0) => Ok(Heard::End),
            Ok(_) => Ok(Heard::Something),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(Heard::Nothing),
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Ok(Heard::End),
                _ => Err(error.into()),
            },
        }
    }

    /// Reads to the end of the answer's head.
    fn head(&mut self) -> Done {
        let begun = Instant::now();
        let end = loop {
            if let Some(at) = memchr::memmem::find(&self.bytes, b"\r\n\r\n") {
                break at + 4;
            }
            if self.more()? == Heard::End || begun.elapsed() > PATIENCE {
                return Err("no answer".into());
            }
        };
        let head: Vec<u8> = self.bytes.drain(..end).collect();
        let wanted = if self.kind == Kind::WebSocket { &b" 101 "[..] } else { b" 200 " };
        match head.get(8..13) == Some(wanted) {
            true => Ok(()),
            false => Err(format!("a reader was refused: {}", String::from_utf8_lossy(&head)).into()),
        }
    }

    fn messages(&mut self, items: &mut Vec<Item>) -> Done {
        let mut taken = 0;
        while let Some(end) = memchr::memmem::find(self.bytes.get(taken..).unwrap_or_default(), b"\n\n") {
            let message = self.bytes.get(taken..taken + end).unwrap_or_default();
            if let Some(at) = memchr::memmem::find(message, b"data: ") {
                items.push(Item::parse(message.get(at + 6..).unwrap_or_default())?);
            }
            taken += end + 2;
        }
        self.bytes.drain(..taken);
        Ok(())
    }

    fn lines(&mut self, items: &mut Vec<Item>) -> Done {
        let Some(end) = memchr::memrchr(b'\n', &self.bytes) else { return Ok(()) };
        let whole: Vec<u8> = self.bytes.drain(..=end).collect();
        for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            // A stream that ends says so by a problem, which is no event.
            if memchr::memmem::find(line, b"\"specversion\"").is_none() {
                continue;
            }
            items.push(Item::parse(line)?);
        }
        Ok(())
    }

    fn frames(&mut self, items: &mut Vec<Item>) -> Done<Heard> {
        let mut last = None;
        while let Some((kind, message)) = self.frame()? {
            match kind {
                TEXT => {
                    let message: Message<'_> = serde_json::from_slice(&message)?;
                    match message.kind {
                        "events" => {
                            for event in message.events {
                                items.push(Item::parse(event.get().as_bytes())?);
                                last = sequence(event.get()).or(last);
                            }
                        }
                        "subscribed" => {}
                        // The server is stopping, or lost its disk: the stream is over.
                        _ => return Ok(Heard::End),
                    }
                }
                PING => self.say(PONG, &message)?,
                CLOSE => return Ok(Heard::End),
                _ => {}
            }
        }
        if let Some(sequence) = last {
            let said = json!({"type": "ack", "id": "all", "sequence": sequence});
            if self.say(TEXT, said.to_string().as_bytes()).is_err() {
                return Ok(Heard::End);
            }
        }
        Ok(Heard::Something)
    }

    /// Takes one whole frame off the front.
    fn frame(&mut self) -> Done<Option<(u8, Vec<u8>)>> {
        let [first, second, rest @ ..] = self.bytes.as_slice() else { return Ok(None) };
        if first & 0xf0 != 0x80 || second & 0x80 != 0 {
            return Err("a frame that is masked, or a fragment".into());
        }
        let (size, head) = match (second & 0x7f, rest) {
            (126, [a, b, ..]) => (usize::from(u16::from_be_bytes([*a, *b])), 4),
            (127, [a, b, c, d, e, f, g, h, ..]) => {
                (usize::try_from(u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]))?, 10)
            }
            (126 | 127, _) => return Ok(None),
            (size, _) => (usize::from(size), 2),
        };
        if self.bytes.len() < head + size {
            return Ok(None);
        }
        let kind = first & 0xf;
        Ok(Some((kind, self.bytes.drain(..head + size).skip(head).collect())))
    }

    /// Sends a short message, masked by zeros.
    fn say(&mut self, kind: u8, message: &[u8]) -> Done {
        let size = u8::try_from(message.len()).ok().filter(|size| *size < 126);
        let mut frame = vec![0x80 | kind];
        match size {
            Some(size) => frame.push(0x80 | size),
            None => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&u16::try_from(message.len())?.to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(message);
        Ok(self.stream.write_all(&frame)?)
    }
}

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(default, borrow)]
    events: Vec<&'a RawValue>,
}

/// Returns the position of an event as it stands in its envelope.
fn sequence(event: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Positioned<'a> {
        #[serde(default)]
        sequence: Option<&'a str>,
    }
    let Positioned { sequence } = serde_json::from_str(event).ok()?;
    sequence.map(str::to_owned)
}
