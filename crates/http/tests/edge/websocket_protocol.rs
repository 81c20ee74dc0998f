//! RFC 6455 to the letter, in the order of Autobahn's cases (its numbers are in brackets). That suite needs an echo and
//! Python 2; here the name of a stream is the echo.

use crate::wire::{BINARY, CLOSE, CONTINUATION, Came, PING, PONG, Sent, TEXT, Wire, handshake, subscribe};
use crate::world::Served;

const PROTOCOL: Option<u16> = Some(1002);
const NOT_TEXT: Option<u16> = Some(1007);
const TOO_LARGE: Option<u16> = Some(1009);

/// Sends frames and returns the code with which the server leaves.
async fn refusal(served: &Served, frames: &[Sent]) -> Option<u16> {
    let mut wire = Wire::open(served).await;
    wire.send(frames).await;
    wire.closed().await
}

/// A message of exactly so many bytes.
fn padded(id: &str, length: usize) -> Vec<u8> {
    let mut message = subscribe(id);
    message.resize(length.max(message.len()), b' ');
    message
}

#[tokio::test]
async fn the_handshake_is_checked_and_no_extension_is_taken() {
    let served = Served::new().await;
    let (_, head) =
        handshake(&served, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n").await;
    let lower = head.to_lowercase();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(lower.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    assert!(
        !lower.contains("sec-websocket-extensions") && !lower.contains("sec-websocket-protocol"),
        "{head}"
    );
    for wrong in [
        "Sec-WebSocket-Version: 8\r\n",
        "Sec-WebSocket-Version: x\r\n",
        "Upgrade: h2c\r\n",
        "Connection: close\r\n",
        "Sec-WebSocket-Key: \r\n",
    ] {
        let (_, head) = handshake(&served, wrong).await;
        // A key that is no key harms only who sent it.
        assert!(head.starts_with("HTTP/1.1 4") || wrong.contains("Key"), "{wrong}{head}");
    }
}

/// [1.1, 1.2, 9.1, 9.3, 10]
#[tokio::test]
async fn messages_of_every_length_arrive_however_they_are_cut() {
    let served = Served::new().await;
    for length in [70, 125, 126, 127, 128, 1000, 65_535, 65_536] {
        let mut wire = Wire::open(&served).await;
        let message = padded("a", length);
        assert_eq!(message.len(), length);
        wire.send(&[Sent::new(TEXT, message.clone())]).await;
        wire.is_told("a").await;
        wire.chopped(&Sent::new(TEXT, message.clone()).bytes(), 997).await;
        wire.is_told("a").await;
        for size in [61, 1300] {
            let mut frames: Vec<Sent> =
                message.chunks(size).map(|part| Sent::part(CONTINUATION, part)).collect();
            frames.first_mut().unwrap().opcode = TEXT;
            frames.last_mut().unwrap().fin = true;
            wire.send(&frames).await;
            wire.is_told("a").await;
        }
    }
    let mut wire = Wire::open(&served).await;
    wire.chopped(&Sent::new(TEXT, subscribe("a")).bytes(), 1).await;
    wire.is_told("a").await;
    // An empty text is a message, and no JSON; a binary one is none of ours, whatever its length.
    for (opcode, length) in
        [(TEXT, 0), (BINARY, 0), (BINARY, 125), (BINARY, 126), (BINARY, 127), (BINARY, 65_536)]
    {
        wire.send(&[Sent::new(opcode, vec![0xFE; length])]).await;
        let answer = wire.json().await;
        assert_eq!((&answer["type"], &answer["problem"]["status"]), (&"error".into(), &400.into()));
    }
    wire.is_well("b").await;
}

/// [9.1, 9.2, and what a server must not hold]
#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_held() {
    let served = Served::new().await;
    assert_eq!(refusal(&served, &[Sent::new(TEXT, vec![b' '; 65_537])]).await, TOO_LARGE);
    assert_eq!(refusal(&served, &[Sent::new(BINARY, vec![0; 200_000])]).await, TOO_LARGE);
    let parts: Vec<Sent> =
        (0..70).map(|at| Sent::part(if at == 0 { TEXT } else { CONTINUATION }, vec![b' '; 1000])).collect();
    assert_eq!(refusal(&served, &parts).await, TOO_LARGE);
    // A length that nobody has: only the head of the frame is sent.
    for length in [1_u64 << 20, 1 << 40, 1 << 62, u64::MAX] {
        let mut wire = Wire::open(&served).await;
        let mut head = vec![0x82, 0xFF];
        head.extend_from_slice(&length.to_be_bytes());
        head.extend_from_slice(&[1, 2, 3, 4]);
        wire.raw(&head).await;
        assert!(matches!(wire.closed().await, TOO_LARGE | PROTOCOL), "{length}");
    }
}

/// [2.1 to 2.11]
#[tokio::test]
async fn pings_are_answered_with_what_they_carry() {
    let served = Served::new().await;
    let mut wire = Wire::open(&served).await;
    for payload in
        [&b""[..], b"Hello, world!", &[0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF], &[0xFE; 125]]
    {
        wire.send(&[Sent::new(PING, payload)]).await;
        assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: payload.to_vec() }));
        wire.chopped(&Sent::new(PING, payload).bytes(), 1).await;
        assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: payload.to_vec() }));
    }
    // Pongs that nobody asked for are nobody's business.
    wire.send(&[Sent::new(PONG, ""), Sent::new(PONG, "unsolicited"), Sent::new(PING, "now")]).await;
    assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: b"now".to_vec() }));
    // Each in its own packet: a server may answer the last of many alone.
    for number in 0..10_u8 {
        wire.send(&[Sent::new(PING, [number])]).await;
        assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: vec![number] }));
    }
    wire.is_well("a").await;
    assert_eq!(refusal(&served, &[Sent::new(PING, vec![0xFE; 126])]).await, PROTOCOL);
    assert_eq!(refusal(&served, &[Sent::new(PONG, vec![0xFE; 126])]).await, PROTOCOL);
}

/// [3.1 to 3.7]
#[tokio::test]
async fn reserved_bits_are_refused() {
    let served = Served::new().await;
    for reserved in 1..8 {
        for opcode in [TEXT, BINARY, PING, PONG, CLOSE] {
            let frame = Sent { reserved, ..Sent::new(opcode, "") };
            assert_eq!(refusal(&served, &[frame]).await, PROTOCOL, "{reserved} {opcode}");
        }
    }
    let mut wire = Wire::open(&served).await;
    wire.send(&[
        Sent::new(TEXT, subscribe("a")),
        Sent { reserved: 2, ..Sent::new(TEXT, subscribe("b")) },
        Sent::new(PING, ""),
    ])
    .await;
    wire.is_told("a").await;
    assert_eq!(wire.closed().await, PROTOCOL);
}

/// [4.1, 4.2]
#[tokio::test]
async fn reserved_kinds_of_frames_are_refused() {
    let served = Served::new().await;
    for opcode in (3..8).chain(11..16) {
        for payload in ["", "reserved opcode payload"] {
            assert_eq!(refusal(&served, &[Sent::new(opcode, payload)]).await, PROTOCOL, "{opcode}");
        }
    }
    let mut wire = Wire::open(&served).await;
    wire.send(&[Sent::new(TEXT, subscribe("a")), Sent::new(5, ""), Sent::new(PING, "")]).await;
    wire.is_told("a").await;
    assert_eq!(wire.closed().await, PROTOCOL);
}

/// A client's frame without a mask; RFC 6455, section 5.1.
#[tokio::test]
async fn a_frame_without_mask_is_refused() {
    let served = Served::new().await;
    for frame in
        [Sent::new(TEXT, subscribe("a")), Sent::new(PING, ""), Sent::new(CLOSE, 1000_u16.to_be_bytes())]
    {
        assert_eq!(refusal(&served, &[Sent { masked: false, ..frame }]).await, PROTOCOL);
    }
}

/// [5.1 to 5.20]
#[tokio::test]
async fn fragments_belong_together() {
    let served = Served::new().await;
    for opcode in [PING, PONG] {
        let frames = [Sent::part(opcode, "frag"), Sent::new(CONTINUATION, "ment")];
        assert_eq!(refusal(&served, &frames).await, PROTOCOL, "a fragmented control frame");
    }
    let message = subscribe("a");
    let (first, second) = message.split_at(20);
    let mut wire = Wire::open(&served).await;
    wire.send(&[Sent::part(TEXT, first), Sent::new(CONTINUATION, second)]).await;
    wire.is_told("a").await;
    wire.send(&[Sent::part(TEXT, first), Sent::new(PING, "between"), Sent::new(CONTINUATION, second)]).await;
    assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: b"between".to_vec() }));
    wire.is_told("a").await;
    wire.send(&[
        Sent::part(TEXT, ""),
        Sent::part(CONTINUATION, message.clone()),
        Sent::new(CONTINUATION, ""),
    ])
    .await;
    wire.is_told("a").await;
    let (middle, last) = second.split_at(20);
    wire.send(&[Sent::part(TEXT, first), Sent::new(PING, "1"), Sent::part(CONTINUATION, middle)]).await;
    assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: b"1".to_vec() }));
    wire.send(&[Sent::new(PING, "2"), Sent::new(CONTINUATION, last)]).await;
    assert_eq!(wire.hear().await, Some(Came { opcode: PONG, payload: b"2".to_vec() }));
    wire.is_told("a").await;
    for alone in [
        vec![Sent::new(CONTINUATION, "nothing to continue")],
        vec![Sent::part(CONTINUATION, "nothing to continue")],
        vec![Sent::part(CONTINUATION, "a"), Sent::new(TEXT, "b")],
        vec![Sent::part(TEXT, first), Sent::new(TEXT, second)],
        vec![Sent::part(TEXT, first), Sent::part(BINARY, second)],
    ] {
        assert_eq!(refusal(&served, &alone).await, PROTOCOL, "{alone:?}");
    }
    let mut wire = Wire::open(&served).await;
    wire.send(&[Sent::new(TEXT, subscribe("a")), Sent::new(CONTINUATION, "more")]).await;
    wire.is_told("a").await;
    assert_eq!(wire.closed().await, PROTOCOL);
}

/// [6.2, 6.5, 6.7, 6.9, 6.11, 6.13, 6.22]
#[tokio::test]
async fn every_character_arrives_however_it_is_cut() {
    let served = Served::new().await;
    let mut wire = Wire::open(&served).await;
    for id in [
        "Hello-µ@ßöäüàá-UTF-8!!",
        "κόσμε",
        "\u{80}",
        "\u{7FF}",
        "\u{800}",
        "\u{D7FF}\u{E000}",
        "\u{FFFD}\u{FFFE}\u{FFFF}",
        "\u{10000}\u{1FFFE}\u{10FFFF}",
        "\u{FEFF}",
    ] {
        let message = subscribe(id);
        assert!(std::str::from_utf8(&message).is_ok());
        wire.send(&[Sent::new(TEXT, message.clone())]).await;
        wire.is_told(id).await;
        let single: Vec<Sent> = message
            .iter()
            .enumerate()
            .map(|(at, byte)| Sent {
                fin: at + 1 == message.len(),
                ..Sent::part(if at == 0 { TEXT } else { CONTINUATION }, [*byte])
            })
            .collect();
        wire.send(&single).await;
        wire.is_told(id).await;
        wire.chopped(&Sent::new(TEXT, message).bytes(), 1).await;
        wire.is_told(id).await;
    }
}

/// [6.3, 6.4, 6.6, 6.8, 6.10, 6.12, 6.14 to 6.21]
#[tokio::test]
async fn what_is_no_text_is_refused() {
    let served = Served::new().await;
    let wrong: &[&[u8]] = &[
        // κόσμε, a surrogate, "edited".
        b"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5\xED\xA0\x80edited",
        // Bytes that begin nothing, and beginnings without an end.
        b"\x80",
        b"\xBF",
        b"\x80\xBF\x80",
        b"\xC0 \xC1 ",
        b"\xE0 ",
        b"\xF0 ",
        b"\xF8 ",
        b"\xFC ",
        b"\xC3",
        b"\xE1\xBD",
        b"\xF0\x90\x80",
        b"\xFE",
        b"\xFF",
        b"\xFE\xFE\xFF\xFF",
        // Longer than need be.
        b"\xC0\xAF",
        b"\xE0\x80\xAF",
        b"\xF0\x80\x80\xAF",
        b"\xC1\xBF",
        b"\xE0\x9F\xBF",
        b"\xF0\x8F\xBF\xBF",
        b"\xC0\x80",
        // Surrogates, and beyond the last character.
        b"\xED\xA0\x80",
        b"\xED\xBF\xBF",
        b"\xED\xA0\x80\xED\xB0\x80",
        b"\xF4\x90\x80\x80",
        b"\xF8\x88\x80\x80\x80",
        b"\xFC\x84\x80\x80\x80\x80",
    ];
    for bytes in wrong {
        assert_eq!(refusal(&served, &[Sent::new(TEXT, *bytes)]).await, NOT_TEXT, "{bytes:02x?}");
        let parts: Vec<Sent> = bytes.iter().map(|byte| Sent::part(CONTINUATION, [*byte])).collect();
        let mut frames = vec![Sent::part(TEXT, "")];
        frames.extend(parts);
        frames.push(Sent::new(CONTINUATION, ""));
        assert_eq!(refusal(&served, &frames).await, NOT_TEXT, "in single bytes: {bytes:02x?}");
    }
    // Nothing that a text may be is found wrong in a binary message.
    let mut wire = Wire::open(&served).await;
    wire.send(&[Sent::new(BINARY, *b"\xFE\xFF")]).await;
    assert_eq!(wire.json().await["type"], "error");
}

fn close(code: u16, reason: &[u8]) -> Sent {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason);
    Sent::new(CLOSE, payload)
}

/// [7.1, 7.3, 7.5, 7.7, 7.9, 7.13]
#[tokio::test]
async fn a_close_is_answered_and_ends_everything() {
    let served = Served::new().await;
    assert_eq!(refusal(&served, &[Sent::new(CLOSE, "")]).await, Some(1005), "without a code");
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        assert_eq!(refusal(&served, &[close(code, b"")]).await, Some(code));
        assert_eq!(refusal(&served, &[close(code, "Hello World!".as_bytes())]).await, Some(code));
    }
    assert_eq!(refusal(&served, &[close(1000, &[b'*'; 123])]).await, Some(1000));
    for code in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999] {
        assert_eq!(refusal(&served, &[close(code, b"")]).await, PROTOCOL, "{code}");
        assert_eq!(refusal(&served, &[close(code, b"reason")]).await, PROTOCOL, "{code}");
    }
    // Nobody says what these mean; they end the connection.
    for code in [5000, 65_535] {
        refusal(&served, &[close(code, b"")]).await;
    }
    assert_eq!(refusal(&served, &[Sent::new(CLOSE, "x")]).await, PROTOCOL, "half a code");
    assert_eq!(
        refusal(&served, &[close(1000, &[b'*'; 124])]).await,
        PROTOCOL,
        "a control frame of 126 bytes"
    );
    assert!(matches!(refusal(&served, &[close(1000, b"\xCE\xBA\xED\xA0\x80")]).await, NOT_TEXT | PROTOCOL));
    assert_eq!(refusal(&served, &[Sent { fin: false, ..close(1000, b"") }]).await, PROTOCOL);
    // Whatever comes behind a close is not looked at.
    for behind in
        [Sent::new(CLOSE, ""), Sent::new(PING, "x"), Sent::new(TEXT, subscribe("a")), Sent::new(3, "")]
    {
        assert_eq!(refusal(&served, &[close(1000, b""), behind]).await, Some(1000));
    }
    let unfinished = [Sent::part(TEXT, "fragment"), close(1000, b""), Sent::new(CONTINUATION, "late")];
    assert_eq!(refusal(&served, &unfinished).await, Some(1000));
    let mut wire = Wire::open(&served).await;
    wire.is_well("a").await;
    served.world.journal.append();
    wire.send(&[close(1000, b"")]).await;
    assert_eq!(wire.closed().await, Some(1000));
    wire.is_silent().await;
}

/// Whoever breaks the rules is alone with that.
#[tokio::test]
async fn others_hear_on() {
    let served = Served::new().await;
    let mut other = Wire::open(&served).await;
    other.is_well("other").await;
    for frames in [
        vec![Sent::new(PING, vec![0; 126])],
        vec![Sent::new(TEXT, *b"\xFF")],
        vec![Sent::new(TEXT, vec![b' '; 1 << 20])],
        vec![Sent::part(TEXT, "half")],
    ] {
        let mut wire = Wire::open(&served).await;
        wire.send(&frames).await;
        other.is_well("other").await;
    }
}
