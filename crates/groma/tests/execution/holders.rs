use crate::harness::Groma;

/// Says that it runs, waits for a file, and says that it is done.
fn waits_for(go: &std::path::Path) -> String {
    format!("echo runs; until [ -e {} ]; do sleep 0.05; done; echo done; exit 3", go.display())
}

#[test]
fn a_server_may_die_and_come_back_meanwhile() {
    let groma = Groma::new();
    let go = groma.home.path().join("go");
    let server = groma.serve();
    let mut running = groma.begin(groma.shell("", &waits_for(&go)));
    assert_eq!(running.line(), "runs");
    groma.becomes("running");
    drop(server); // SIGKILL
    let _server = groma.serve();
    assert_eq!(groma.becomes("running")["lines"], 1);
    std::fs::write(&go, "").unwrap();
    running.end().code(3);
    let newest = groma.newest();
    assert_eq!(
        (&newest["status"], &newest["exit_code"], &newest["lines"]),
        (&"failed".into(), &3.into(), &2.into())
    );
    assert_eq!(groma.run("executions logs last").code(0).stdout, "runs\ndone\n");
}

#[test]
fn a_server_that_stays_away_keeps_nothing_up() {
    let groma = Groma::new();
    let go = groma.home.path().join("go");
    let server = groma.serve();
    let mut running = groma.begin(groma.shell("", &waits_for(&go)));
    assert_eq!(running.line(), "runs");
    drop(server); // SIGKILL
    std::fs::write(&go, "").unwrap();
    running.end().code(3);
    assert_eq!(groma.newest()["status"], "failed");
}

#[test]
fn a_server_may_begin_while_it_runs() {
    let groma = Groma::new();
    let go = groma.home.path().join("go");
    let mut running = groma.begin(groma.shell("", &waits_for(&go)));
    assert_eq!(running.line(), "runs");
    let _server = groma.serve();
    groma.becomes("running");
    std::fs::write(&go, "").unwrap();
    running.end().code(3);
    assert_eq!(groma.newest()["exit_code"], 3);
}

#[test]
fn a_server_that_ends_in_order_leaves_it_alone() {
    let groma = Groma::new();
    let go = groma.home.path().join("go");
    let server = groma.serve();
    let mut running = groma.begin(groma.shell("", &waits_for(&go)));
    assert_eq!(running.line(), "runs");
    server.running.signal(rustix::process::Signal::TERM);
    server.running.end().code(0);
    std::fs::write(&go, "").unwrap();
    running.end().code(3);
    assert_eq!(groma.newest()["status"], "failed");
}
