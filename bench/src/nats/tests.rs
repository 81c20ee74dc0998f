use super::*;

#[test]
fn messages_come_off_the_front_once_they_are_whole() {
    let bytes = b"INFO {}\r\nPONG\r\nMSG a.b 1 reply 5\r\nhello\r\nHMSG a 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\n-ERR 'no'\r\n";
    for cut in 0..=bytes.len() {
        let (mut at, mut lines) = (0, Vec::new());
        for end in [cut, bytes.len()] {
            while let Some((line, length)) = message(&bytes[at..end]).unwrap() {
                lines.push(line);
                at += length;
            }
        }
        let refusal = Line::Refusal("-ERR 'no'".to_owned());
        assert_eq!(lines, [Line::Other, Line::Pong, Line::Message(b"hello"), Line::Message(b"hi"), refusal]);
    }
}

#[test]
fn what_is_no_message_is_refused() {
    for bytes in [&b"MSG a 1 x\r\n"[..], b"HMSG a 1 9 5\r\nhello\r\n", b"MSG \xff 1\r\n"] {
        assert!(message(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_payload_carries_its_stamp() {
    assert_eq!(stamp(&payload(1_763_000_000_000_000, 7, 600)).unwrap(), (1_763_000_000_000_000, 7));
    assert_eq!(payload(1, 2, 600).len(), 600);
    assert!(stamp(b"short").is_err());
}
