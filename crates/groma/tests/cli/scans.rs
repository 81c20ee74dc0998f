use crate::harness::{Groma, OpenPort};

#[test]
fn scans_are_listed_newest_first_and_paged() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    assert!(groma.run("scans list").code(0).stderr.contains("groma scan network"));
    let ids: Vec<String> = (0..3).map(|_| groma.scan(&port.number().to_string())).collect();
    let page = groma.run("scans list --limit 2 -o json").code(0).json();
    let listed: Vec<&str> =
        page["scans"].as_array().unwrap().iter().map(|scan| scan["id"].as_str().unwrap()).collect();
    assert_eq!(listed, [&ids[2], &ids[1]]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = groma.run(&format!("scans list --limit 2 --cursor {cursor} -o json")).code(0).json();
    assert_eq!(rest["scans"][0]["id"], ids[0].as_str());
    assert_eq!(groma.run("scans list --active -o ndjson").code(0).stdout, "");
}

#[test]
fn the_last_scan_has_a_name() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    groma.run("scans show last").code(4);
    let id = groma.scan(&port.number().to_string());
    let shown = groma.run("scans show last").code(0);
    assert!(
        shown.stdout.contains(&id) && shown.stdout.contains(&port.number().to_string()),
        "{}",
        shown.stdout
    );
}

#[test]
fn a_difference_names_the_port() {
    let groma = Groma::new();
    let (stays, goes) = (OpenPort::new(), OpenPort::new());
    let (kept, gone) = (stays.number(), goes.number());
    let ports = format!("{kept},{gone}");
    let before = groma.scan(&ports);
    drop(goes);
    let after = groma.scan(&ports);
    let diff = groma.run(&format!("scans diff {after} {before}")).code(0);
    assert!(
        diff.stdout.contains("port not seen open") && diff.stdout.contains(&gone.to_string()),
        "{}",
        diff.stdout
    );
    assert!(!diff.stdout.contains(&kept.to_string()), "{}", diff.stdout);
}

#[test]
fn an_ended_scan_cannot_be_cancelled_and_can_be_deleted() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let id = groma.scan(&port.number().to_string());
    groma.run(&format!("scans cancel {id}")).code(6);
    groma.run(&format!("scans delete {id}")).code(0);
    groma.run(&format!("scans show {id}")).code(4);
}

#[test]
fn what_is_complete_has_nothing_to_resume_or_retry() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let id = groma.scan(&port.number().to_string());
    groma.run(&format!("scans resume {id}")).code(6);
    groma.run(&format!("scans retry {id}")).code(6);
}

#[test]
fn the_rest_of_a_cancelled_scan_is_done_by_resume() {
    let groma = Groma::new();
    let mut scan = groma.start("scan network 127.0.0.1 -p 1-300 --max-rate 100 -o ndjson");
    let host = scan.until(|line| line["kind"] == "host");
    scan.signal(rustix::process::Signal::INT);
    scan.end().code(3);
    let id = host["scan_id"].as_str().unwrap();
    let resumed = groma.run(&format!("scans resume {id} -o json")).code(0).json();
    assert_eq!(resumed["scan"]["resumes"], id);
    assert_eq!(resumed["scan"]["status"], "completed");
}
