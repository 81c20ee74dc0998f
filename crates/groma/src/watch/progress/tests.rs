use groma_model::network::ScanProgress;
use groma_model::{TaskId, Timestamp};

use super::{STEPS, describe, share};

fn progress(hosts: (u64, u64), ports: (u64, u64)) -> ScanProgress {
    ScanProgress {
        scan_id: TaskId::now(),
        hosts_scanned: hosts.0,
        total_hosts: hosts.1,
        ports_scanned: ports.0,
        total_ports: ports.1,
        elapsed_ms: 1000,
        estimated_remaining_ms: Some(12_000),
        timestamp: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn the_share_stays_between_nothing_and_all() {
    for (hosts, ports, expected) in [
        ((0, 0), (0, 0), 0),
        ((1, 4), (0, 0), STEPS / 4),
        ((0, 4), (50, 100), STEPS / 2),
        ((4, 4), (120, 100), STEPS),
    ] {
        assert_eq!(share(&progress(hosts, ports)), expected);
    }
}

#[test]
fn the_line_tells_rate_and_time_left() {
    let line = describe(&progress((1, 2), (50, 100)), 1, 3, Some(1234.4));
    assert_eq!(line, " 50.0 %  hosts 1/2 (1 up)  ports 50/100 (3 open)  1234 ports/s  12 s left");
}
