use proptest::prelude::*;

use super::*;

#[test]
fn receivers_on_the_internet_are_taken() {
    for url in [
        "https://example.com/hook?token=x",
        "https://example.com:8443/",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/x",
    ] {
        assert!(parse(url, false).is_ok(), "{url}");
    }
}

#[test]
fn private_ones_when_allowed() {
    for url in [
        "http://example.com/",
        "http://127.0.0.1:8080/x",
        "https://localhost/",
        "http://[::1]:9/",
        "https://10.1.2.3/",
        "http://2130706433/",
        "http://0x7f.1/",
        "https://a.localhost./",
    ] {
        assert!(parse(url, false).is_err(), "{url}");
        assert!(parse(url, true).is_ok(), "{url}");
    }
}

#[test]
fn others_never() {
    for url in [
        "",
        "example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://user@example.com/",
        "https://u:p@example.com/",
        "https://example.com/#x",
        "https://example.com:0/",
        "http://169.254.169.254/latest",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "https://0.0.0.0/",
        "https://",
    ] {
        assert!(parse(url, true).is_err(), "{url}");
    }
    assert!(parse(&format!("https://example.com/{}", "x".repeat(2048)), true).is_err());
}

proptest! {
    #[test]
    fn parsing_never_panics(text in "(https?://)?\\PC{0,60}", allow: bool) {
        let _ = parse(&text, allow);
    }
}
