//! The little of NATS's text protocol that a peer in a measurement needs: publish with acknowledgement, subscribe.

mod publisher;

use crate::Done;

pub(crate) use publisher::Publisher;

/// How a client introduces itself.
pub(crate) const CONNECT: &str = "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1}\r\n";

/// What a server says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// The payload of a message.
    Message(&'a [u8]),
    Pong,
    /// Nothing that has to be dealt with.
    Other,
    Refusal(String),
}

/// Reads one message off the front; returns it with its length, or nothing if it is not whole yet.
pub(crate) fn message(bytes: &[u8]) -> Done<Option<(Line<'_>, usize)>> {
    let Some(end) = memchr::memchr(b'\n', bytes) else { return Ok(None) };
    let line = bytes.get(..end).unwrap_or_default().trim_ascii_end();
    let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    let said = match word {
        b"MSG" | b"HMSG" => {
            let numbers = std::str::from_utf8(line)?;
            let mut sizes = numbers.rsplit(' ').map(str::parse::<usize>);
            let size = sizes.next().ok_or("a message without its size")??;
            // A message with headers tells how long these are ahead of how long all of it is.
            let head =
                if word == b"HMSG" { sizes.next().ok_or("headers without their size")?? } else { 0 };
            let begin = end + 1;
            if bytes.len() < begin + size + 2 {
                return Ok(None);
            }
            let payload = bytes.get(begin + head..begin + size).ok_or("headers longer than their message")?;
            return Ok(Some((Line::Message(payload), begin + size + 2)));
        }
        b"PONG" => Line::Pong,
        b"-ERR" => Line::Refusal(String::from_utf8_lossy(line).into_owned()),
        _ => Line::Other,
    };
    Ok(Some((said, end + 1)))
}

/// Digits of each of the two numbers that a payload begins with.
const DIGITS: usize = 20;

/// Makes a payload of so many bytes that begins with a moment and a number.
pub(crate) fn payload(at: i64, number: u64, bytes: usize) -> Vec<u8> {
    let mut payload = format!("{at:020}{number:020}").into_bytes();
    payload.resize(bytes.max(2 * DIGITS), b'.');
    payload
}

/// Reads the moment and the number that a payload begins with.
pub(crate) fn stamp(payload: &[u8]) -> Done<(i64, u64)> {
    let text = std::str::from_utf8(payload.get(..2 * DIGITS).ok_or("a payload without its moment")?)?;
    let (at, number) = text.split_at(DIGITS);
    Ok((at.parse()?, number.parse()?))
}

#[cfg(test)]
mod tests;
