//! Requests over one connection that is kept, as a program beside Groma would send them.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::Done;

/// As long as nothing takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends one request after another.
#[derive(Debug)]
pub(crate) struct Rest {
    address: SocketAddr,
    token: Option<String>,
    connection: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Null if there is none, or it is not JSON.
    pub(crate) body: Value,
}

impl Rest {
    /// Connects with the first request.
    pub(crate) fn new(address: SocketAddr, token: Option<&str>) -> Self {
        Self { address, token: token.map(str::to_owned), connection: None }
    }

    /// Sends a request and reads the answer.
    pub(crate) fn call(&mut self, method: &str, path: &str, body: Option<&str>) -> Done<Answer> {
        let mut bytes = Vec::new();
        let status = self.send(method, path, body, |piece| bytes.extend_from_slice(piece))?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default() })
    }

    /// Gets what is too much to be kept, piece by piece; it has to succeed.
    pub(crate) fn read(&mut self, path: &str, each: impl FnMut(&[u8])) -> Done {
        match self.send("GET", path, None, each)? {
            200..300 => Ok(()),
            status => Err(format!("GET {path} was answered with {status}").into()),
        }
    }

    /// Sends a request and hands the body of the answer over, piece by piece; returns the status.
    fn send(&mut self, method: &str, path: &str, body: Option<&str>, each: impl FnMut(&[u8])) -> Done<u16> {
        // A server closes what is silent for long.
        let kept = self.connection.take().filter(|connection| is_open(connection.get_ref()));
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n", self.address);
        if let Some(token) = &self.token {
            request.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        if let Some(body) = body {
            request
                .push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or_default());
        connection.get_mut().write_all(request.as_bytes())?;
        let (status, goes_on) = answer(&mut connection, each)?;
        self.connection = goes_on.then_some(connection);
        Ok(status)
    }

    /// Sends a request that has to succeed.
    pub(crate) fn must(&mut self, method: &str, path: &str, body: Option<&str>) -> Done<Value> {
        let Answer { status, body } = self.call(method, path, body)?;
        match status {
            200..300 => Ok(body),
            _ => Err(format!("{method} {path} was answered with {status}: {body}").into()),
        }
    }
}

/// Returns whether the other side has not closed a connection that nothing is expected from.
fn is_open(stream: &TcpStream) -> bool {
    let asked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    stream.set_nonblocking(false).is_ok() && asked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

/// Reads one answer; returns its status, and whether the connection can be used again.
fn answer(connection: &mut BufReader<TcpStream>, mut each: impl FnMut(&[u8])) -> Done<(u16, bool)> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| format!("the answer begins with {line:?}"))?;
    let (mut length, mut chunked, mut goes_on) = (0, false, true);
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse()?,
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            "connection" => goes_on = !value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let mut piece = Vec::new();
    let mut take = |connection: &mut BufReader<TcpStream>, size| -> Done {
        piece.resize(size, 0);
        connection.read_exact(&mut piece)?;
        each(&piece);
        Ok(())
    };
    if chunked {
        loop {
            line.clear();
            connection.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim_end().split(';').next().unwrap_or_default(), 16)?;
            take(connection, size)?;
            line.clear();
            connection.read_line(&mut line)?;
            if size == 0 {
                break;
            }
        }
    } else {
        take(connection, length)?;
    }
    Ok((status, goes_on))
}
