//! Where webhooks may go, and what their receivers answer.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use crate::answer::{Verdict, read};
use crate::{guard, target};

/// The first line is a URL; the rest, a status and the header of that kind.
pub(crate) fn run(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else { return };
    let (url, answer) = (&data[..end], &data[end + 1..]);
    if let Ok(url) = std::str::from_utf8(url) {
        aim(url);
    }
    if let [high, low, value @ ..] = answer
        && let Ok(status) = StatusCode::from_u16(100 + u16::from_be_bytes([*high, *low]) % 900)
        && let Ok(value) = HeaderValue::from_bytes(value)
    {
        let mut headers = HeaderMap::new();
        headers.insert(if status.is_redirection() { LOCATION } else { RETRY_AFTER }, value);
        let (verdict, error) =
            read(status, &headers, SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        assert_eq!(verdict == Verdict::Accepted, status.is_success());
        assert_eq!(error.is_none(), status.is_success());
        assert!(error.is_none_or(|error| error.chars().count() < 400));
    }
}

/// Whatever a URL looks like, it does not lead to where it must not.
fn aim(url: &str) {
    let Ok(uri) = target::parse(url, false) else { return };
    assert_eq!(uri.scheme_str(), Some("https"), "{url}");
    let host = uri.host().unwrap();
    assert!(!host.eq_ignore_ascii_case("localhost"), "{url}");
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        assert_eq!(guard::check(address, false), Ok(()), "{url}");
        let inside = match address.to_canonical() {
            IpAddr::V4(v4) => {
                v4.is_loopback()
                    || v4.is_private()
                    || v4.is_link_local()
                    || v4.is_unspecified()
                    || v4.is_multicast()
            }
            IpAddr::V6(v6) => {
                v6.is_loopback()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
                    || v6.is_unspecified()
                    || v6.is_multicast()
            }
        };
        assert!(!inside, "{url} leads to {address}");
    } else {
        // A name of digits alone would be taken for an address by whoever resolves it.
        assert!(!bare.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{url}");
    }
    assert!(target::parse(url, true).is_ok(), "{url} is allowed, and is not when more is");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [
        ("https://example.com/hook?a=b", "\u{1}\u{4a}120"),
        ("https://127.1/", "\u{1}\u{4a}Wed, 21 Oct 2026 07:28:00 GMT"),
        ("https://0x7f000001/", "\u{1}\u{93}99999999999999999999999"),
        ("https://2130706433/", "\0\u{c8}"),
        ("https://[::ffff:10.0.0.1]/", "\0\u{ca}/elsewhere"),
        ("https://[64:ff9b::a9fe:a9fe]/", "\u{1}\u{36}"),
        ("https://localhost./", "\u{1}\u{93}-1"),
        ("https://user@169.254.169.254#@example.com/", "\u{1}\u{93} 5 "),
        ("https://①②⑦.⓪.⓪.①/", "\u{1}\u{93}0x10"),
    ]
    .into_iter()
    .map(|(url, answer)| format!("{url}\n{answer}").into_bytes())
    .collect()
}
