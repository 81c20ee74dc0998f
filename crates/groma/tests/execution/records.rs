use rustix::process::Signal;

use crate::harness::Groma;
use crate::support::gone;

#[test]
fn what_ran_is_listed_and_shown() {
    let groma = Groma::new();
    assert!(groma.run("executions list").code(0).stderr.contains("groma exec"));
    groma.run("executions show last").code(4);
    groma.exec("", "echo one").code(0);
    groma.exec("", "echo two >&2; exit 5").code(5);
    let list = groma.run("executions list -o json").code(0).json();
    let codes: Vec<_> = list["executions"].as_array().unwrap().iter().map(|one| &one["exit_code"]).collect();
    assert_eq!(codes, [5, 0]);
    let shown = groma.run("executions show last").code(0).stdout;
    assert!(shown.contains("failed, exit code 5") && shown.contains("nothing is left"), "{shown}");
    assert_eq!(groma.run("executions list --status failed -o ndjson").code(0).lines().len(), 1);
    assert_eq!(groma.run("executions list --active -o ndjson").code(0).lines().len(), 0);
}

#[test]
fn lines_are_kept_and_found_again() {
    let groma = Groma::new();
    groma.exec("", "for n in $(seq 1 200); do echo line $n; done; echo oops >&2").code(0);
    let logs = |options: &str| groma.run(&format!("executions logs last {options}")).code(0).stdout;
    let all = logs("");
    assert_eq!(all.lines().count(), 201);
    assert_eq!(logs("--stream stderr"), "oops\n");
    assert_eq!(logs("--stream stdout --from-line 200").lines().last(), Some("line 200"));
    assert_eq!(logs("--contains OOPS"), "oops\n");
    assert_eq!(logs("--tail 3").lines().count(), 3);
    let lines = groma.run("executions logs last -o ndjson --tail 2").code(0).lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["lineNumber"], 201);
    let document = groma.run("executions logs last -o json").code(0).json();
    assert_eq!((document["lines"].as_array().unwrap().len(), &document["ended"]), (201, &true.into()));
    assert_eq!(groma.run("executions logs last -o csv").code(0).stdout.lines().count(), 202);
}

#[test]
fn lines_can_be_followed_from_elsewhere_to_the_end() {
    let groma = Groma::new();
    let go = groma.home.path().join("go");
    let line = format!("echo first; until [ -e {} ]; do sleep 0.05; done; echo last", go.display());
    let mut running = groma.begin(groma.shell("", &line));
    assert_eq!(running.line(), "first");
    let mut follower = groma.start("executions logs last --follow");
    assert_eq!(follower.line(), "first");
    std::fs::write(&go, "").unwrap();
    assert_eq!(follower.line(), "last");
    follower.end().code(0);
    running.end().code(0);
}

#[test]
fn ctrl_c_only_stops_following() {
    let groma = Groma::new();
    let mut running = groma.begin(groma.shell("", "echo $$; exec sleep 3600"));
    let pid = running.pid();
    let mut follower = groma.start("executions logs last --follow");
    follower.line();
    follower.signal(Signal::INT);
    follower.end().code(0);
    assert!(crate::support::lives(pid));
    running.signal(Signal::INT);
    running.end().code(130);
}

#[test]
fn it_is_cancelled_from_elsewhere() {
    let groma = Groma::new();
    for server in [true, false] {
        let server = server.then(|| groma.serve());
        let mut running = groma.begin(groma.shell("", "echo $$; exec sleep 3600"));
        let pid = running.pid();
        let cancelled = groma.run("executions cancel last --reason enough -o json").code(0).json();
        assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
        assert!(cancelled["error"].as_str().unwrap().contains("enough"), "{cancelled}");
        running.end().code(130);
        gone(pid);
        drop(server);
    }
}
