//! A client that publishes into a stream and waits until the server has it on disk.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::{CONNECT, Line, message};
use crate::Done;

const PATIENCE: Duration = Duration::from_secs(60);

/// One connection.
#[derive(Debug)]
pub(crate) struct Publisher {
    stream: BufReader<TcpStream>,
    /// Read and not yet understood.
    rest: Vec<u8>,
    batches: u64,
}

impl Publisher {
    /// Connects and listens for answers.
    pub(crate) fn connect(address: SocketAddr) -> Done<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut publisher = Self { stream: BufReader::new(stream), rest: Vec::new(), batches: 0 };
        let hello = format!("{CONNECT}SUB answers 1\r\nPING\r\n");
        publisher.stream.get_mut().write_all(hello.as_bytes())?;
        while !publisher.read(|line| matches!(line, Line::Pong))? {}
        Ok(publisher)
    }

    /// Makes a stream of `subject` in files; the server must be told to sync each write by its configuration.
    pub(crate) fn create_stream(&mut self, name: &str, subject: &str) -> Done {
        let wanted = json!({
            "name": name, "subjects": [subject], "storage": "file", "retention": "limits", "discard": "old",
            "num_replicas": 1, "allow_atomic": true,
        });
        let wanted = wanted.to_string();
        let head = format!("PUB $JS.API.STREAM.CREATE.{name} answers {}\r\n{wanted}\r\n", wanted.len());
        self.stream.get_mut().write_all(head.as_bytes())?;
        self.acknowledged(1)
    }

    /// Publishes all payloads and waits until each is acknowledged.
    pub(crate) fn publish(&mut self, subject: &str, payloads: &[Vec<u8>]) -> Done {
        let mut bytes = Vec::new();
        for payload in payloads {
            bytes.extend_from_slice(format!("PUB {subject} answers {}\r\n", payload.len()).as_bytes());
            bytes.extend_from_slice(payload);
            bytes.extend_from_slice(b"\r\n");
        }
        self.stream.get_mut().write_all(&bytes)?;
        self.acknowledged(payloads.len())
    }

    /// Publishes all payloads as one atomic batch and waits until it is acknowledged.
    pub(crate) fn publish_batch(&mut self, subject: &str, payloads: &[Vec<u8>]) -> Done {
        self.batches += 1;
        let mut bytes = Vec::new();
        for (index, payload) in payloads.iter().enumerate() {
            let last = index + 1 == payloads.len();
            let commit = if last { "Nats-Batch-Commit: 1\r\n" } else { "" };
            let id = self.batches;
            let head = format!(
                "NATS/1.0\r\nNats-Batch-Id: {id}\r\nNats-Batch-Sequence: {}\r\n{commit}\r\n",
                index + 1
            );
            // The first says whether the server takes batches at all; those between are not answered.
            let answers = if last || index == 0 { "answers " } else { "" };
            let size = head.len() + payload.len();
            bytes.extend_from_slice(
                format!("HPUB {subject} {answers}{} {size}\r\n{head}", head.len()).as_bytes(),
            );
            bytes.extend_from_slice(payload);
            bytes.extend_from_slice(b"\r\n");
        }
        self.stream.get_mut().write_all(&bytes)?;
        self.acknowledged(payloads.len().min(2))
    }

    /// Waits for so many answers.
    fn acknowledged(&mut self, count: usize) -> Done {
        let (mut left, mut refused) = (count, None);
        while left > 0 {
            self.read(|line| {
                if let Line::Message(payload) = line {
                    left = left.saturating_sub(1);
                    // The first of a batch is answered by nothing at all.
                    let answer: Value = serde_json::from_slice(payload).unwrap_or_default();
                    if answer.get("error").is_some() {
                        refused = Some(answer.to_string());
                    }
                }
                false
            })?;
            if let Some(why) = refused {
                return Err(format!("nats-server refused: {why}").into());
            }
        }
        Ok(())
    }

    /// Reads what is there; returns whether `wanted` was among it.
    fn read(&mut self, mut wanted: impl FnMut(&Line<'_>) -> bool) -> Done<bool> {
        let mut buffer = [0; 16 * 1024];
        let read = self.stream.read(&mut buffer)?;
        if read == 0 {
            return Err("nats-server ended the connection".into());
        }
        self.rest.extend_from_slice(buffer.get(..read).unwrap_or_default());
        let (mut taken, mut found) = (0, false);
        while let Some((line, length)) = message(self.rest.get(taken..).unwrap_or_default())? {
            if let Line::Refusal(why) = &line {
                return Err(format!("nats-server said {why}").into());
            }
            found |= wanted(&line);
            taken += length;
        }
        self.rest.drain(..taken);
        Ok(found)
    }
}
