use crate::harness::Groma;
use crate::support::{STUBBORN, gone};

#[test]
fn what_a_killed_command_left_is_stopped_by_the_server() {
    let groma = Groma::new();
    let _server = groma.serve();
    let mut running = groma.begin(groma.shell("--grace 300ms", &format!("{STUBBORN} echo $$; wait")));
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
    let groma = Groma::new();
    let mut running = groma.begin(groma.shell("--grace 300ms", &format!("{STUBBORN} echo $$; wait")));
    let pids = [running.pid(), running.pid()];
    drop(running); // SIGKILL
    let _server = groma.serve();
    groma.becomes("lost");
    pids.into_iter().for_each(gone);
}
