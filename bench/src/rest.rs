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
        let (answer, goes_on) = answer(&mut connection)?;
        self.connection = goes_on.then_some(connection);
        Ok(answer)
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

/// Reads one answer; tells whether the connection can be used again.
fn answer(connection: &mut BufReader<TcpStream>) -> Done<(Answer, bool)> {
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
    let mut body = Vec::new();
    if chunked {
        loop {
            line.clear();
            connection.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim_end().split(';').next().unwrap_or_default(), 16)?;
            let before = body.len();
            body.resize(before + size, 0);
            connection.read_exact(body.get_mut(before..).unwrap_or_default())?;
            line.clear();
            connection.read_line(&mut line)?;
            if size == 0 {
                break;
            }
        }
    } else {
        body.resize(length, 0);
        connection.read_exact(&mut body)?;
    }
    Ok((Answer { status, body: serde_json::from_slice(&body).unwrap_or_default() }, goes_on))
}
