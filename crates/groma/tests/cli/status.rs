use crate::harness::{Groma, OpenPort};

#[test]
fn counts_follow_a_scan() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    assert_eq!(groma.run("status -o json").code(0).json()["added_last_day"], 0);
    let id = groma.scan(&port.number().to_string());
    let status = groma.run("status -o json").code(0).json();
    assert_eq!(status["last"]["id"], id.as_str());
    assert_eq!(status["things"]["network.host"]["up"], 1);
    assert!(groma.run("status").code(0).stdout.contains(&id));
}
