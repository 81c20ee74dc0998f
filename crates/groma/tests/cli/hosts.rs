use crate::harness::{Groma, OpenPort};

#[test]
fn what_was_found_is_listed_and_shown() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    assert!(groma.run("hosts list").code(0).stderr.contains("groma scan network"));
    groma.scan(&port.number().to_string());
    let hosts = groma.run("hosts list -o json").code(0).json();
    let host = &hosts["hosts"][0];
    assert_eq!(host["address"], "127.0.0.1");
    let shown = groma.run(&format!("hosts show {}", host["id"].as_str().unwrap())).code(0);
    assert!(shown.stdout.contains(&format!("{}/tcp", port.number())), "{}", shown.stdout);
}

#[test]
fn an_unknown_host_is_not_found() {
    let refused = Groma::new().run("hosts show 01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77").code(4);
    assert!(refused.stderr.starts_with("error: "), "{}", refused.stderr);
}
