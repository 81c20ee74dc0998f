use crate::harness::Groma;

#[test]
fn a_link_is_printed_for_a_running_server() {
    let groma = Groma::new();
    let server = groma.serve();
    let link = groma.run("open --print -o json").code(0).json();
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/sign-in#code=", server.address)), "{url}");
    assert_ne!(url, server.link, "each link is another");
}

#[test]
fn without_a_server_it_says_how_to_start_one() {
    let refused = Groma::new().run("open --print").code(7);
    assert!(refused.stderr.contains("groma serve"), "{}", refused.stderr);
}
