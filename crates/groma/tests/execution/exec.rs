use std::io::Write as _;
use std::process::Stdio;

use rustix::process::Signal;

use crate::harness::Groma;
use crate::support::{STUBBORN, gone};

#[test]
fn the_exit_code_is_passed_on() {
    let groma = Groma::new();
    groma.exec("", "exit 0").code(0);
    groma.exec("", "exit 7").code(7);
    groma.exec("", "kill -KILL $$").code(137);
    groma.run("exec -- true").code(0);
    groma.run("exec false").code(1);
    let slow = groma.exec("--timeout 100ms --grace 1s", "sleep 60").code(124);
    assert!(slow.stderr.contains("100"), "{}", slow.stderr);
    groma.exec("--silence 100ms --grace 1s", "sleep 60").code(124);
}

#[test]
fn no_time_is_no_limit() {
    let groma = Groma::new();
    for option in ["--timeout 0s", "--timeout 0", "--silence 0ms"] {
        groma.exec(option, "true").code(2);
    }
}

#[test]
fn what_cannot_start_has_the_codes_of_a_shell_and_is_not_recorded() {
    let groma = Groma::new();
    let absent = groma.run("exec -- no-such-program-anywhere").code(127);
    assert!(absent.stderr.contains("no-such-program-anywhere"), "{}", absent.stderr);
    let file = groma.home.path().join("no-program");
    std::fs::write(&file, "text").unwrap();
    groma.run(&format!("exec -- {}", file.display())).code(126);
    groma.run("exec --dir /no/such/folder -- true").code(2);
    assert_eq!(groma.run("executions list -o ndjson").code(0).stdout, "");
}

#[test]
fn bytes_pass_through_as_they_are() {
    let groma = Groma::new();
    let output = groma.shell("", r"printf 'a\377\000b'; printf 'to stderr' >&2").output().unwrap();
    assert_eq!(output.stdout, b"a\xff\0b");
    assert_eq!(output.stderr, b"to stderr");
}

#[test]
fn it_reads_what_this_command_would_read() {
    let groma = Groma::new();
    let mut command = groma.command("exec -- cat");
    command.stdin(Stdio::piped());
    let mut running = command.spawn().unwrap();
    running.stdin.take().unwrap().write_all(b"through and through").unwrap();
    assert_eq!(running.wait_with_output().unwrap().stdout, b"through and through");
    let file = groma.home.path().join("input");
    std::fs::write(&file, "from a file").unwrap();
    assert_eq!(groma.run(&format!("exec --stdin {} -- cat", file.display())).code(0).stdout, "from a file");
}

#[test]
fn it_has_the_directory_and_the_environment_that_it_is_given() {
    let groma = Groma::new();
    let mut command = groma.command("exec -- pwd");
    command.current_dir(groma.home.path());
    let here = groma.begin(command).end().code(0);
    assert_eq!(here.stdout.trim(), groma.home.path().canonicalize().unwrap().to_str().unwrap());
    assert_eq!(groma.exec("--dir /usr", "pwd").code(0).stdout, "/usr\n");
    let print = "echo $ONE,$TWO,$THREE";
    let with = |options: &str| {
        let mut command = groma.shell(options, print);
        command.env("ONE", "1").env("TWO", "2");
        groma.begin(command).end().code(0).stdout
    };
    assert_eq!(with("--env THREE=3"), "1,2,3\n");
    assert_eq!(with("--clean-env --env THREE=3"), ",,3\n");
    assert_eq!(with("--keep-env ONE,PATH"), "1,,\n");
}

#[test]
fn a_script_needs_no_mark() {
    let groma = Groma::new();
    let script = groma.home.path().join("count.sh");
    std::fs::write(&script, "for word in \"$@\"; do echo \"<$word>\"; done").unwrap();
    let line = format!("exec --script {} -- one --two", script.display());
    assert_eq!(groma.run(&line).code(0).stdout, "<one>\n<--two>\n");
}

#[test]
fn programs_read_one_document_or_one_event_per_line() {
    let groma = Groma::new();
    let result = groma.exec("-o json", "echo out; echo err >&2; exit 3").code(3).json();
    assert_eq!(result["status"], "failed");
    assert_eq!(result["exit_code"], 3);
    assert_eq!((&result["stdout"], &result["stderr"]), (&"out\n".into(), &"err\n".into()));
    assert_eq!(result["teardown"]["survivors"], serde_json::json!([]));
    let events = groma.exec("-o ndjson", "echo out; exit 3").code(3).lines();
    let types: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types.first(), Some(&"started"), "{types:?}");
    assert_eq!(types.last(), Some(&"failed"), "{types:?}");
    assert!(events.iter().any(|event| event["type"] == "stdout" && event["line"] == "out"), "{events:?}");
}

#[test]
fn a_dry_run_says_what_would_run_and_runs_nothing() {
    let groma = Groma::new();
    let mark = groma.home.path().join("mark");
    let line = format!("exec --dry-run -o json -- touch {}", mark.display());
    let resolved = groma.run(&line).code(0).json();
    assert!(resolved["program"].as_str().unwrap().ends_with("/touch"), "{resolved}");
    assert!(!mark.exists());
    assert!(!groma.data_dir().exists(), "nothing was to be kept");
}

#[test]
fn nobody_reading_ends_it() {
    let groma = Groma::new();
    let mut command = groma.command("exec -- yes");
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = command.spawn().unwrap();
    drop(running.stdout.take());
    assert_eq!(running.wait().unwrap().code(), Some(141));
    assert_eq!(groma.newest()["status"], "cancelled");
}

#[test]
fn ctrl_c_ends_the_whole_tree() {
    let groma = Groma::new();
    let line = format!("{STUBBORN} echo $$; wait");
    let mut running = groma.begin(groma.shell("--grace 300ms", &line));
    let pids = [running.pid(), running.pid()];
    running.signal(Signal::INT);
    running.end().code(130);
    pids.into_iter().for_each(gone);
    let result = &groma.newest()["result"];
    assert_eq!(result["status"], "cancelled");
    assert_eq!(result["error"].as_str().map(|error| error.contains("Ctrl-C")), Some(true), "{result}");
    assert_eq!(result["teardown"]["survivors"], serde_json::json!([]));
}

#[test]
fn the_second_ctrl_c_does_not_wait() {
    let groma = Groma::new();
    let line = format!("trap '' TERM; {STUBBORN} wait; while :; do sleep 3600; done");
    let mut running = groma.begin(groma.shell("--grace 1h", &line));
    let pid = running.pid();
    running.signal(Signal::INT);
    running.says("Ctrl-C again");
    running.signal(Signal::INT);
    running.end().code(130);
    gone(pid);
}

#[test]
fn sigterm_and_a_closed_terminal_end_it_too() {
    let groma = Groma::new();
    for signal in [Signal::TERM, Signal::HUP] {
        let mut running = groma.begin(groma.shell("", "echo $$; exec sleep 3600"));
        let pid = running.pid();
        running.signal(signal);
        running.end().code(130);
        gone(pid);
    }
}

#[test]
fn what_was_left_behind_is_killed_and_told() {
    let groma = Groma::new();
    let ended = groma.exec("", "setsid sh -c 'echo $$; exec sleep 3600' & sleep 0.2").code(0);
    assert!(ended.stderr.contains("left behind"), "{}", ended.stderr);
    gone(ended.stdout.trim().parse().unwrap());
}
