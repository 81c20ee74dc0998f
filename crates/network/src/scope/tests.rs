use super::{is_private, is_unicast};

#[test]
fn addresses_are_sorted_by_scope() {
    let private = [
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "172.31.255.255",
        "192.168.1.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
    ];
    for text in private {
        assert!(is_private(text.parse().unwrap()), "{text} is private");
        assert!(is_unicast(text.parse().unwrap()), "{text} is one host");
    }
    for text in
        ["8.8.8.8", "100.128.0.1", "172.32.0.1", "192.169.0.1", "2001:db8::1", "::ffff:8.8.8.8", "::2"]
    {
        assert!(!is_private(text.parse().unwrap()), "{text} is public");
    }
    for text in ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1"] {
        assert!(!is_unicast(text.parse().unwrap()), "{text} is nobody");
    }
}
