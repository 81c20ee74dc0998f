use super::Page;

#[test]
fn there_is_always_a_first_page() {
    assert!(Page::file("index.html").is_some());
}

#[test]
fn nothing_outside_the_page_is_served() {
    for path in ["../package.json", "/etc/hostname", "a/../../package.json", "", "."] {
        assert!(Page::file(path).is_none(), "{path}");
    }
}
