//! A receiver on loopback that does as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::header::HeaderMap;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it does with the next request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Answers these bytes as they are and closes.
    Raw(String),
    /// Answers these bytes and then the same byte for ever.
    Endless(String),
    /// Answers these bytes one by one, slowly.
    Drip(String),
    /// Says nothing.
    Hang,
    /// Closes with a reset.
    Reset,
}

pub(super) fn status(status: u16) -> Act {
    Act::Raw(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"))
}

pub(super) fn later(after: &str) -> Act {
    Act::Raw(format!("HTTP/1.1 429 X\r\nretry-after: {after}\r\ncontent-length: 0\r\n\r\n"))
}

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Came {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Whether it was answered 2xx.
    pub(super) accepted: bool,
}

impl Came {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn id(&self) -> String {
        self.header("webhook-id").to_owned()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn number(&self) -> u64 {
        let sequence: groma_model::Sequence = self.json()["sequence"].as_str().unwrap().parse().unwrap();
        sequence.number
    }
}

type Decide = dyn Fn(&Came, usize) -> Act + Send + Sync;

#[derive(Debug, Clone)]
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    came: watch::Receiver<Vec<Came>>,
}

impl Receiver {
    /// Answers with each act in turn, then with 200.
    pub(super) async fn with(acts: impl IntoIterator<Item = Act>) -> Self {
        let acts = Mutex::new(acts.into_iter().collect::<VecDeque<_>>());
        Self::deciding(move |_, _| acts.lock().pop_front().unwrap_or_else(|| status(200))).await
    }

    /// Answers as `decide` says, which is given the request and how many came before.
    pub(super) async fn deciding(decide: impl Fn(&Came, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, came) = watch::channel(Vec::new());
        let (told, decide): (_, Arc<Decide>) = (Arc::new(told), Arc::new(decide));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&told), Arc::clone(&decide)));
            }
        });
        Self { address, came }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook?token=secret", self.address)
    }

    /// Waits until so many requests came.
    pub(super) async fn wait(&self, count: usize) -> Vec<Came> {
        self.wait_for(|came| came.len() >= count).await
    }

    /// Waits until so many requests were accepted.
    pub(super) async fn accepted(&self, count: usize) -> Vec<Came> {
        let came = self.wait_for(|came| came.iter().filter(|came| came.accepted).count() >= count).await;
        came.into_iter().filter(|came| came.accepted).collect()
    }

    async fn wait_for(&self, enough: impl Fn(&[Came]) -> bool) -> Vec<Came> {
        let mut came = self.came.clone();
        let long = std::time::Duration::from_secs(60);
        let waited = tokio::time::timeout(long, came.wait_for(|came| enough(came))).await;
        waited
            .map(|came| came.unwrap().clone())
            .unwrap_or_else(|_| panic!("only {} came", self.came.borrow().len()))
    }

    pub(super) fn so_far(&self) -> Vec<Came> {
        self.came.borrow().clone()
    }
}

async fn serve(mut stream: TcpStream, told: Arc<watch::Sender<Vec<Came>>>, decide: Arc<Decide>) {
    while let Some(mut came) = read(&mut stream).await {
        let before = told.borrow().len();
        let act = decide(&came, before);
        came.accepted = matches!(&act, Act::Raw(text) | Act::Endless(text) | Act::Drip(text) if text.starts_with("HTTP/1.1 2"));
        told.send_modify(|all| all.push(came));
        let done = match act {
            Act::Raw(text) => stream.write_all(text.as_bytes()).await,
            Act::Endless(text) => {
                let mut sent = stream.write_all(text.as_bytes()).await;
                while sent.is_ok() {
                    sent = stream.write_all(&[b'x'; 4096]).await;
                }
                return;
            }
            Act::Drip(text) => {
                for byte in text.bytes() {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                std::future::pending().await
            }
            Act::Hang => std::future::pending().await,
            Act::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
        };
        if done.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Came> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut headers = HeaderMap::new();
    for line in std::str::from_utf8(&bytes[..end]).unwrap().lines().skip(1) {
        if let Some((name, value)) = line.split_once(": ") {
            headers.insert(
                hyper::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                hyper::header::HeaderValue::from_str(value).unwrap(),
            );
        }
    }
    let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Came { headers, body: Bytes::copy_from_slice(&bytes[end..end + length]), accepted: false })
}
