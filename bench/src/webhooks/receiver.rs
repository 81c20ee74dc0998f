//! Somebody who accepts every delivery, and counts.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver as Inbox, Sender, channel};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::Done;

/// As long as a round may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Listens until the process ends.
#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) address: SocketAddr,
    counter: Arc<Mutex<Counter>>,
}

/// A round that is waited for.
#[derive(Debug)]
pub(super) struct Waiting {
    begun: Instant,
    done: Inbox<Instant>,
}

#[derive(Debug)]
struct Counter {
    left: u64,
    seen: HashSet<String>,
    done: Option<Sender<Instant>>,
}

impl Receiver {
    /// Begins to listen.
    pub(super) fn listen() -> Done<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let counter = Arc::new(Mutex::new(Counter { left: 0, seen: HashSet::new(), done: None }));
        let shared = Arc::clone(&counter);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let counter = Arc::clone(&shared);
                // A connection that breaks is made again by the server, and its request sent again.
                std::thread::spawn(move || drop(serve(stream, &counter)));
            }
        });
        Ok(Self { address, counter })
    }

    /// Counts from now on.
    pub(super) fn expect(&self, deliveries: u64) -> Waiting {
        let (tell, done) = channel();
        *self.counter.lock() = Counter { left: deliveries, seen: HashSet::new(), done: Some(tell) };
        Waiting { begun: Instant::now(), done }
    }
}

impl Waiting {
    /// Waits for the last delivery; returns how long all of them took.
    pub(super) fn all(self) -> Done<Duration> {
        let ended = self.done.recv_timeout(PATIENCE);
        let ended = ended.map_err(|_| format!("not everything was delivered within {PATIENCE:?}"))?;
        Ok(ended.duration_since(self.begun))
    }
}

/// Accepts the requests of one connection.
fn serve(stream: TcpStream, counter: &Mutex<Counter>) -> Done {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        // A delivery that comes again is the same delivery: its id tells.
        let (mut length, mut id) = (None, None);
        loop {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Ok(());
            }
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = Some(value.trim().parse::<usize>()?);
                }
                Some((name, value)) if name.eq_ignore_ascii_case("webhook-id") => {
                    id = Some(value.trim().to_owned());
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        body.resize(length.ok_or("a delivery without its length")?, 0);
        stream.read_exact(&mut body)?;
        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
        let mut counter = counter.lock();
        let new = counter.seen.insert(id.ok_or("a delivery without its id")?);
        counter.left = counter.left.saturating_sub(u64::from(new));
        if counter.left == 0
            && let Some(done) = counter.done.take()
        {
            // Nobody waits any more if the round was given up.
            let _ = done.send(Instant::now());
        }
    }
}
