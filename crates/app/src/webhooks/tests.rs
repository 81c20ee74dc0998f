use super::*;

#[test]
fn only_the_host_is_told() {
    for (url, told) in [
        ("https://example.com/hook?token=secret", "example.com"),
        ("https://user:secret@example.com:8443/x", "example.com:8443"),
        ("https://example.com?secret", "example.com"),
        ("secret", ""),
    ] {
        assert_eq!(host(url), told);
    }
}
