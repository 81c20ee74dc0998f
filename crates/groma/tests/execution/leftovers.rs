use std::fs;

use crate::harness::Groma;
use crate::support::{STUBBORN, gone, lives};

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
fn what_a_killed_command_left_is_stopped_without_a_server() {
    for next in ["executions list", "executions logs last", "exec -- true", "plan list"] {
        let groma = impatient();
        let mut running = groma.begin(groma.shell("", &format!("{STUBBORN} echo $$; wait")));
        let pids = [running.pid(), running.pid()];
        drop(running); // SIGKILL
        groma.run(next).code(0);
        // The command has waited for their end.
        pids.into_iter().for_each(|pid| assert!(!lives(pid), "{pid} lives on after `groma {next}`"));
        let list = groma.run("executions list -o ndjson").code(0).lines();
        assert_eq!(list.last().unwrap()["status"], "lost", "{list:?}");
    }
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
