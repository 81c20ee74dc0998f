use std::io::{Read, Write};
use std::net::TcpStream;

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

#[test]
fn listening_beyond_this_machine_is_warned_of() {
    let mut server = Groma::new().start("serve --listen 0.0.0.0:0");
    server.line();
    server.signal(Signal::INT);
    let ended = server.end().code(0);
    assert!(ended.stderr.contains("can be reached from other machines"), "{}", ended.stderr);
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let mut server = Groma::new().serve();
    // A request that is in the middle holds up the end in order.
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /v1/session HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\nExpect: 100-continue\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    server.running.signal(Signal::INT);
    server.running.says("stopping");
    server.running.signal(Signal::INT);
    server.running.end().code(130);
}
