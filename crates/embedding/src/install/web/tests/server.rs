//! A server of one file on loopback, whose replies are written down beforehand.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What is answered to one request. A request past the last reply is not answered.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// All of the file, whatever was asked for.
    Whole,
    /// All of it, without saying how much that is.
    Unmeasured,
    /// What was asked for.
    Rest,
    /// What was asked for, but the connection ends after so many bytes.
    Cut(usize),
    /// All of it, but the connection ends after so many bytes.
    CutWhole(usize),
    /// What was asked for, but after so many bytes nothing more comes.
    Silent(usize),
    /// Another part than was asked for.
    Other,
    /// A redirection.
    SendOn(&'static str),
    /// An error.
    Status(&'static str),
}

pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn start(content: Vec<u8>, replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/base/", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            // Kept open: whoever falls silent does not hang up.
            let mut silent = Vec::new();
            for reply in replies {
                let Ok((stream, _)) = listener.accept() else { return };
                let (path, from) = read(&stream);
                heard.lock().unwrap().push(format!("{path} from {from}"));
                silent.push(answer(stream, &content, from, &reply));
            }
            // Later connections are taken by the system, and nobody answers.
            loop {
                let Ok((stream, _)) = listener.accept() else { return };
                silent.push(Some(stream));
            }
        });
        Self { url, asked }
    }

    /// Returns what was asked for so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads a request; returns its path and the first byte that it wants.
fn read(stream: &TcpStream) -> (String, usize) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut from = 0;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().unwrap();
        }
    }
    (path, from)
}

/// Answers; returns the connection if it is to stay open. Whoever asked may be gone at any time.
fn answer(mut stream: TcpStream, content: &[u8], from: usize, reply: &Reply) -> Option<TcpStream> {
    let length = content.len();
    let whole = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let part = |from: usize| {
        let last = length - 1;
        let left = length - from;
        format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{last}/{length}\r\nContent-Length: {left}\r\nConnection: close\r\n\r\n"
        )
    };
    let asked = if from == 0 { whole.clone() } else { part(from) };
    let rest = content.get(from..).unwrap_or_default();
    let cut = |bytes: &[u8], at: usize| bytes.get(..at).unwrap_or(bytes).to_vec();
    let (head, body) = match reply {
        Reply::Whole => (whole, content.to_vec()),
        Reply::Unmeasured => ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned(), content.to_vec()),
        Reply::Rest => (asked, rest.to_vec()),
        Reply::Cut(at) | Reply::Silent(at) => (asked, cut(rest, *at)),
        Reply::CutWhole(at) => (whole, cut(content, *at)),
        Reply::Other => (part(from + 1), content[from + 1..].to_vec()),
        Reply::SendOn(to) => {
            let head = format!(
                "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            (head, Vec::new())
        }
        Reply::Status(status) => {
            (format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), Vec::new())
        }
    };
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
    matches!(reply, Reply::Silent(_)).then_some(stream)
}
