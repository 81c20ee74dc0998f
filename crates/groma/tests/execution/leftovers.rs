use std::fs;

use crate::harness::Groma;
use crate::support::{STUBBORN, gone};

/// A Groma that does not wait long for what nobody waits for.
fn impatient() -> Groma {
    let groma = Groma::new();
    let folder = groma.home.path().join(".config/groma");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[execution]\ngrace_ms = 300\n").unwrap();
    groma
}

#[test]
fn what_a_killed_command_left_is_stopped_by_the_server() {
    let groma = impatient();
    let _server = groma.serve();
    let mut running = groma.begin(groma.shell("", &format!("{STUBBORN} echo $$; wait")));
    let pids = [running.pid(), running.pid()];
    groma.becomes("running");
    drop(running); // SIGKILL
    let lost = groma.becomes("lost");
    pids.into_iter().for_each(gone);
    assert_eq!(lost["result"]["teardown"]["survivors"], serde_json::json!([]), "{lost}");
    assert_eq!(groma.run("executions logs last").code(0).stdout.lines().count(), 2);
}

#[test]
fn what_a_killed_command_left_is_stopped_by_whoever_comes_next() {
    let groma = impatient();
    let mut running = groma.begin(groma.shell("", &format!("{STUBBORN} echo $$; wait")));
    let pids = [running.pid(), running.pid()];
    drop(running); // SIGKILL
    let _server = groma.serve();
    groma.becomes("lost");
    pids.into_iter().for_each(gone);
}
