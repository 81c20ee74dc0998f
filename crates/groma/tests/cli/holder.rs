//! Commands that come and go on one folder.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

use crate::harness::{Groma, OpenPort};

#[test]
fn a_reader_goes_on_when_the_server_is_killed() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let server = groma.serve();
    let mut tail =
        groma.start("events tail --follow --after oldest --types *.scan_started,*.scan_completed -o ndjson");
    let first = groma.scan(&port.number().to_string());
    assert_eq!(
        tail.until(|event| event["type"] == "groma.network.scan_completed")["data"]["scanId"],
        first.as_str()
    );
    drop(server); // SIGKILL
    let second = groma.scan(&port.number().to_string());
    // Each event once, and none left out.
    let (started, completed) = (tail.until(|_| true), tail.until(|_| true));
    assert_eq!(started["data"]["scanId"], second.as_str());
    assert_eq!(completed["type"], "groma.network.scan_completed");
    assert_eq!(completed["data"]["scanId"], second.as_str());
}

#[test]
fn a_scan_goes_on_when_the_server_is_killed() {
    let groma = Groma::new();
    let server = groma.serve();
    let mut scan = groma.start("scan network 127.0.0.1 -p 1-400 --max-rate 100 -o ndjson");
    scan.until(|line| line["kind"] == "host");
    drop(server); // SIGKILL
    let end = scan.until(|line| line["kind"] == "scan");
    assert_eq!(end["scan"]["status"], "completed");
    assert_eq!(end["scan"]["summary"]["ports_scanned"], 400);
    scan.end().code(0);
}

#[test]
fn two_commands_share_a_folder_without_a_server() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let mut slow = groma.start("scan network 127.0.0.1 -p 1-5000 --max-rate 50 -o ndjson");
    slow.until(|line| line["kind"] == "host");
    groma.scan(&port.number().to_string());
    let active = groma.run("scans list --active -o json").code(0).json();
    assert_eq!(active["scans"].as_array().unwrap().len(), 1);
}

#[test]
fn a_holder_of_another_version_is_told_apart() {
    let groma = Groma::new();
    std::fs::create_dir(groma.data_dir()).unwrap();
    let socket = groma.home.path().join("other.sock");
    let lock = std::fs::File::create(groma.data_dir().join("groma.lock")).unwrap();
    lock.lock().unwrap();
    let holder = serde_json::json!({"pid": std::process::id(), "version": "99.0.0", "socket": socket});
    (&lock).write_all(holder.to_string().as_bytes()).unwrap();
    let listener = UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        let body = r#"{"message":"ok","data":{"version":"99.0.0","protocol":99,"node":"01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77"}}"#;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    let refused = groma.run("scans list").code(9);
    assert!(refused.stderr.contains("99.0.0"), "{}", refused.stderr);
}
