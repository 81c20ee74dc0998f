//! What commands write, and logs that somebody else may have written.

use std::sync::Arc;

use groma_execution::{LogPart, LogReader, LogSink as _, MemoryLogs, fuzz};
use uuid::Uuid;

/// Reads a log of which every byte may be wrong.
pub(crate) fn log(data: &[u8]) {
    let (index, output) = data.split_at(data.len() - data.len() % 32);
    let logs = MemoryLogs::new();
    let id = Uuid::from_u128(1);
    logs.create(id, LogPart::Index).unwrap().append(index).unwrap();
    logs.create(id, LogPart::Output { segment: 0 }).unwrap().append(&output.repeat(9)).unwrap();
    let mut reader = LogReader::open(Arc::new(logs), id).unwrap();
    let _ = reader.notes().unwrap();
    let (mut next, mut pages) = (1, 0);
    loop {
        let page = reader.lines(next, None, 3, 64).unwrap();
        assert!(page.next_line >= next, "{page:?}");
        for line in &page.lines {
            assert!(line.line_number >= next && line.line_number < page.next_line, "{page:?}");
            next = line.line_number + 1;
        }
        pages += 1;
        // Each page takes at least one run or one line further.
        assert!(pages <= 2 + index.len() / 32 + output.len() * 9 * (1 + index.len() / 32), "it never ends");
        if page.lines.is_empty() && page.next_line == next {
            break;
        }
        next = page.next_line;
    }
}

pub(crate) fn log_seeds() -> Vec<Vec<u8>> {
    vec![fuzz::index(), [fuzz::index().as_slice(), b"one\ntwo\r\n"].concat(), fuzz::index()[..100].to_vec()]
}

/// Looks for secrets in a stream: the first line is the secrets, the rest the stream in pieces.
pub(crate) fn redact(data: &[u8]) {
    let (secrets, text) = split(data, b'\n');
    let secrets: Vec<&[u8]> = secrets.split(|byte| *byte == 0).filter(|secret| secret.len() >= 4).collect();
    let pieces: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'|').collect();
    let (streamed, whole) = fuzz::redacted(&secrets, &pieces);
    // A replacement may itself make a secret of what stands around it, if that has asterisks.
    for secret in secrets.iter().filter(|secret| !secret.contains(&b'*')) {
        assert!(
            !streamed.windows(secret.len()).any(|window| window == *secret),
            "{:?}",
            text.escape_ascii().to_string()
        );
    }
    // Secrets that have line ends themselves may be replaced as one or line by line.
    if text.is_ascii()
        && text.ends_with(b"|")
        && !secrets.iter().any(|secret| secret.contains(&b'|') || secret.contains(&b'\r'))
    {
        assert_eq!(String::from_utf8_lossy(&streamed), whole);
    }
}

pub(crate) fn redact_seeds() -> Vec<Vec<u8>> {
    crate::texts([
        "secret\0hunter22\nthe sec|ret is hun|ter22 aHVudGVyMjI=|",
        "hunter22\nhun|t\r\ner22 aHVudG|\nVyMjI=\n|h\n|unter22|",
        "aaaa\0aaaab\naaaaa|aaaaaaab|aaaa",
        "a b+c/d\"e\na%20b%2Bc%2|Fd%22e| a b+c\\/d\\\"e|",
    ])
}

/// Cuts a stream into lines: the first byte says how long they may be.
pub(crate) fn lines(data: &[u8]) {
    let Some((&max, text)) = data.split_first() else { return };
    let max = usize::from(max).max(16);
    let pieces: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'|').collect();
    let lines = fuzz::lines(&pieces, max);
    assert_eq!(lines.iter().flat_map(|(line, _)| line.iter().copied()).collect::<Vec<_>>(), text);
    for (number, (line, partial)) in lines.iter().enumerate() {
        let ended = line.ends_with(b"\n");
        assert!(line.len() <= max + usize::from(ended), "{line:?}");
        assert!(number + 1 == lines.len() || ended != *partial, "{line:?}");
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), usize::from(ended));
    }
    if std::str::from_utf8(text).is_ok() {
        assert!(lines.iter().all(|(line, _)| std::str::from_utf8(line).is_ok()), "cut within a character");
    }
}

pub(crate) fn lines_seeds() -> Vec<Vec<u8>> {
    crate::texts([
        "\u{10}one\ntwo|three\n\n|0123456789abcdef\n0123456789abcdefg\n",
        "\u{11}ääääääääää|äääääääääää€€€€€€€€€€\u{1f600}\u{1f600}\u{1f600}\u{1f600}\u{1f600}|\n",
        "~no end",
    ])
}

/// Splits at the first such byte.
fn split(data: &[u8], at: u8) -> (&[u8], &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == at);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
