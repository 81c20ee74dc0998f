//! Many readers in one process of its own, on raw sockets: what they cost must not be mistaken for what the server
//! costs. The measuring process starts this one, waits for `ready`, and reads one line of figures at the end.

mod histogram;
mod nats;
mod sse;

use std::cell::RefCell;
use std::io::Write as _;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use clap::Args;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use self::histogram::Histogram;
use crate::Done;

/// Read events on many connections
#[derive(Debug, Args)]
pub(crate) struct Readers {
    #[arg(long)]
    address: SocketAddr,
    /// A subject instead of a path: NATS instead of server-sent events
    #[arg(long)]
    subject: Option<String>,
    #[arg(long, default_value = "/v1/events")]
    path: String,
    #[arg(long, default_value = "")]
    token: String,
    #[arg(long)]
    count: usize,
    /// Events that each has to be given; without it they stay until stdin closes
    #[arg(long)]
    events: Option<u64>,
}

/// What all readers share; they take turns on one thread.
struct Shared {
    /// Where everybody reads into: what is left over is kept by each.
    buffer: Vec<u8>,
    figures: Histogram,
    /// When events of these numbers were committed, in Unix microseconds; told by whoever reads one first.
    committed: Vec<Option<i64>>,
    first: Option<u64>,
    bytes: u64,
}

/// A protocol, from the reader's side.
trait Feed {
    /// Returns what is sent first.
    fn greeting(&self) -> Vec<u8>;
    /// Takes whole messages off the front of `bytes`; returns how many bytes and how many events those were.
    fn take(&mut self, bytes: &[u8], now: i64, shared: &mut Shared) -> Done<(usize, u64)>;
    /// Returns whether the server has said that the reader is there.
    fn joined(&self) -> bool;
}

const BUFFER: usize = 256 * 1024;
/// Connections that are opened at once: more would only wait in the server's queue.
const AT_ONCE: usize = 64;

impl Readers {
    pub(crate) fn run(self) -> Done {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, self.read())
    }

    async fn read(self) -> Done {
        let shared = Rc::new(RefCell::new(Shared {
            buffer: vec![0; BUFFER],
            figures: Histogram::default(),
            committed: Vec::new(),
            first: None,
            bytes: 0,
        }));
        let places = Rc::new(tokio::sync::Semaphore::new(AT_ONCE));
        let (joined, mut joins) = mpsc::unbounded_channel();
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..self.count {
            let feed: Box<dyn Feed> = match &self.subject {
                Some(subject) => Box::new(nats::Subscriber::new(subject)),
                None => Box::new(sse::Reader::new(self.address, &self.path, &self.token)),
            };
            let reader = reader(
                self.address,
                feed,
                self.events,
                Rc::clone(&shared),
                joined.clone(),
                Rc::clone(&places),
            );
            readers.spawn_local(reader);
        }
        for _ in 0..self.count {
            tokio::select! {
                _ = joins.recv() => {}
                Some(early) = readers.join_next() => early??,
            }
        }
        writeln!(std::io::stdout(), "ready")?;
        if self.events.is_none() {
            let (tell, closed) = tokio::sync::oneshot::channel();
            std::thread::spawn(move || tell.send(std::io::copy(&mut std::io::stdin(), &mut std::io::sink())));
            tokio::select! {
                closed = closed => { closed??; }
                Some(early) = readers.join_next() => early??,
            }
            return Ok(());
        }
        let begun = Instant::now();
        while let Some(reader) = readers.join_next().await {
            reader??;
        }
        let shared = shared.borrow();
        let figures = json!({
            "seconds": begun.elapsed().as_secs_f64(),
            "ended": micros(),
            "deliveries": shared.figures.count(),
            "bytes": shared.bytes,
            "p50": shared.figures.percentile(0.5),
            "p90": shared.figures.percentile(0.9),
            "p99": shared.figures.percentile(0.99),
            "p999": shared.figures.percentile(0.999),
            "max": shared.figures.max(),
            "processor": crate::server::processor(std::process::id())?.as_secs_f64(),
        });
        writeln!(std::io::stdout(), "{figures}")?;
        Ok(())
    }
}

/// Reads one connection until it was given so many events, or for ever.
async fn reader(
    address: SocketAddr,
    mut feed: Box<dyn Feed>,
    events: Option<u64>,
    shared: Rc<RefCell<Shared>>,
    joined: mpsc::UnboundedSender<()>,
    places: Rc<tokio::sync::Semaphore>,
) -> Done {
    let place = places.acquire().await?;
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    write_all(&stream, &feed.greeting()).await?;
    let (mut rest, mut seen, mut place) = (Vec::new(), 0, Some(place));
    while events.is_none_or(|events| seen < events) {
        stream.readable().await?;
        let mut shared = shared.borrow_mut();
        let shared = &mut *shared;
        // What is left over stands in front of what comes.
        let mut buffer = std::mem::take(&mut shared.buffer);
        let kept = rest.len();
        if buffer.len() < kept + BUFFER {
            buffer.resize(kept + BUFFER, 0);
        }
        buffer.get_mut(..kept).unwrap_or_default().copy_from_slice(&rest);
        let read = stream.try_read(buffer.get_mut(kept..).unwrap_or_default());
        let now = micros();
        let taken = match read {
            Ok(0) => Err("the server ended a stream".into()),
            Ok(read) => {
                shared.bytes += read as u64;
                let there = buffer.get(..kept + read).unwrap_or_default();
                feed.take(there, now, shared).map(|(taken, events)| {
                    rest.clear();
                    rest.extend_from_slice(there.get(taken..).unwrap_or_default());
                    events
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(error.into()),
        };
        shared.buffer = buffer;
        seen += taken?;
        if place.is_some() && feed.joined() {
            drop(place.take());
            joined.send(())?;
        }
    }
    match events {
        Some(events) if seen != events => {
            Err(format!("a reader was given {seen} events instead of {events}").into())
        }
        _ => Ok(()),
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> Done {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

impl Shared {
    /// Counts an event; `committed` is asked when nobody did before.
    fn count(&mut self, number: u64, now: i64, committed: impl FnOnce() -> Done<i64>) -> Done {
        // Whoever comes first may not have the lowest number of all: a little room below it.
        let first = *self.first.get_or_insert(number.saturating_sub(1000));
        let index = usize::try_from(number.saturating_sub(first))?;
        if self.committed.len() <= index {
            self.committed.resize(index + 1024, None);
        }
        let Some(place) = self.committed.get_mut(index) else { return Ok(()) };
        let at = match *place {
            Some(at) => at,
            None => *place.insert(committed()?),
        };
        self.figures.count_one(now - at);
        Ok(())
    }
}

/// Returns the time of day in Unix microseconds, as events carry it.
pub(crate) fn micros() -> i64 {
    use groma_model::Clock as _;
    groma_model::SystemClock.now().micros()
}
