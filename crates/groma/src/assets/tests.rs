use groma_http::Assets;

use super::Page;

#[test]
fn there_is_always_a_first_page() {
    let page = Page.get("index.html").unwrap();
    assert_eq!(page.content_type, "text/html; charset=utf-8");
    assert!(!page.immutable);
}

#[test]
fn nothing_outside_the_page_is_served() {
    for path in ["../package.json", "/etc/hostname", "a/../../package.json", "", "."] {
        assert!(Page.get(path).is_none(), "{path}");
    }
}
