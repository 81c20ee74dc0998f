use axum::http::HeaderMap;
use proptest::prelude::*;

use super::{host, is_loopback, not_foreign, split_port};
use crate::EdgeOptions;
use crate::peer::Peer;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn ports_are_split_off() {
    for (text, name, port) in [
        ("a", "a", None),
        ("a:1", "a", Some("1")),
        ("[::1]", "[::1]", None),
        ("[::1]:1", "[::1]", Some("1")),
        ("a:", "a", Some("")),
    ] {
        assert_eq!(split_port(text), (name, port));
    }
}

#[test]
fn loopback_has_many_names() {
    for name in ["localhost", "127.0.0.1", "127.8.9.10", "[::1]", "LocalHost"] {
        assert!(is_loopback(name), "{name}");
    }
    for name in ["", "localhost.", "localhost.x", "0.0.0.0", "[::]", "127.1"] {
        assert!(!is_loopback(name), "{name}");
    }
}

#[test]
fn the_address_of_the_connection_is_ours() {
    let local = "::ffff:192.168.1.7".parse().unwrap();
    let peer = Some(Peer::Tcp { local, remote: local });
    let options = EdgeOptions::default();
    assert!(host(&headers(&[("host", "192.168.1.7:7463")]), peer, &options).is_ok());
    assert!(host(&headers(&[("host", "192.168.1.8:7463")]), peer, &options).is_err());
    assert!(host(&headers(&[]), peer, &options).is_err());
    assert!(host(&headers(&[]), Some(Peer::User { uid: 0 }), &options).is_ok());
}

#[test]
fn usual_ports_may_be_left_out() {
    for (origin, host, secure, same) in [
        ("http://a", "a:80", false, true),
        ("http://a:80", "a", false, true),
        ("https://A", "a:443", true, true),
        ("https://a", "a:80", true, false),
        ("http://a", "a", true, false),
        ("http://a.b", "a", false, false),
        ("a", "a", false, false),
        ("http://[::1]:7463", "[::1]:7463", false, true),
    ] {
        let headers = headers(&[("origin", origin), ("host", host)]);
        assert_eq!(not_foreign(&headers, secure).is_ok(), same, "{origin} {host}");
    }
}

proptest! {
    #[test]
    fn any_origin_and_host_are_read(origin in "[ -~]{0,40}", name in "[ -~]{0,40}") {
        let mut all = HeaderMap::new();
        for (header, value) in [("origin", &origin), ("host", &name)] {
            if let Ok(value) = value.parse() {
                all.insert(header, value);
            }
        }
        let _ = not_foreign(&all, false);
        let _ = host(&all, None, &EdgeOptions::default());
    }
}
