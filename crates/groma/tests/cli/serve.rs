use rustix::process::Signal;

use crate::harness::Groma;

#[test]
fn it_answers_and_stops_in_order() {
    let groma = Groma::new();
    let server = groma.serve();
    assert_eq!(server.get("/livez", None).0, 200);
    assert_eq!(server.get("/readyz", None).0, 200);
    assert_eq!(server.get("/v1/summary", None).0, 401, "nobody is let in without a name");
    let (status, page) = server.get("/", None);
    assert!(status == 200 && page.contains("<title>"), "{status} {page}");
    assert!(server.link.starts_with(&format!("http://{}/sign-in#code=", server.address)), "{}", server.link);
    server.running.signal(Signal::INT);
    server.running.end().code(0);
}

#[test]
fn sigterm_stops_it_in_order_too() {
    let server = Groma::new().serve();
    server.running.signal(Signal::TERM);
    server.running.end().code(0);
}

#[test]
fn a_folder_has_one_server() {
    let groma = Groma::new();
    let _server = groma.serve();
    let refused = groma.run("serve --listen 127.0.0.1:0").code(6);
    assert!(refused.stderr.contains("groma open"), "{}", refused.stderr);
}

#[test]
fn an_address_in_use_is_named() {
    let (groma, other) = (Groma::new(), Groma::new());
    let server = groma.serve();
    let refused = other.run(&format!("serve --listen {}", server.address)).code(7);
    assert!(refused.stderr.contains(&server.address.to_string()), "{}", refused.stderr);
}

#[test]
fn the_first_start_scans_this_machine_when_asked() {
    let groma = Groma::new();
    let mut server = groma.start("serve --listen 127.0.0.1:0 --scan-self");
    server.line();
    server.line();
    let mut tail = groma.start("events tail --follow --after oldest -o ndjson");
    let started = tail.until(|event| event["type"] == "groma.network.scan_started");
    let targets = started["data"]["targets"].as_array().unwrap();
    assert!(targets.iter().any(|target| target == "127.0.0.1"), "{targets:?}");
}
