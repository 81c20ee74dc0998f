use rustix::process::Signal;

use crate::harness::Groma;
use crate::support::{STUBBORN, gone};

fn plan(groma: &Groma, text: &str) -> String {
    let file = groma.home.path().join("plan.yaml");
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

const GRAPH: &str = r"
name: nightly
strategy: { type: dependency_graph, max_concurrency: 2 }
steps:
  - id: fetch
    request: { command: { type: shell, command: 'echo fetched' } }
  - id: build
    depends_on: [fetch]
    request: { command: { type: shell, command: 'echo broken >&2; exit 9' } }
  - id: ship
    depends_on: [build]
    request: { command: { type: shell, command: 'echo shipped' } }
";

#[test]
fn a_failing_step_is_the_root_of_what_is_skipped() {
    let groma = Groma::new();
    let file = plan(&groma, GRAPH);
    let ended = groma.run(&format!("plan run {file}")).code(3);
    assert!(ended.stdout.contains("[fetch] fetched"), "{}", ended.stdout);
    assert!(ended.stdout.contains("skipped: build did not complete"), "{}", ended.stdout);
    assert!(
        ended.stderr.contains("[build] broken") && ended.stderr.contains("exit code 9"),
        "{}",
        ended.stderr
    );
    let shown = groma.run("plan show last -o json").code(0).json();
    assert_eq!(shown["name"], "nightly");
    let statuses: Vec<&str> = shown["result"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["completed", "failed", "skipped"]);
    let listed = groma.run("plan list -o json").code(0).json();
    assert_eq!(
        (&listed["plans"][0]["steps_completed"], &listed["plans"][0]["status"]),
        (&1.into(), &"failed".into())
    );
    let id = shown["id"].as_str().unwrap();
    assert_eq!(groma.run(&format!("executions list --plan {id} -o ndjson")).code(0).lines().len(), 3);
}

#[test]
fn a_plan_that_completes_is_told_as_one_document_too() {
    let groma = Groma::new();
    let file = plan(&groma, &GRAPH.replace("exit 9", "exit 0"));
    let result = groma.run(&format!("plan run {file} --max-concurrency 1 -o json")).code(0).json();
    assert_eq!(result["status"], "completed");
    let events = groma.run(&format!("plan run {file} -o ndjson")).code(0).lines();
    let last = events.last().unwrap();
    assert_eq!((&last["type"], last.get("executionId")), (&"completed".into(), None), "{last}");
}

#[test]
fn what_was_approved_is_what_runs() {
    let groma = Groma::new();
    let file = plan(&groma, &GRAPH.replace("exit 9", "exit 0"));
    let resolved = groma.run(&format!("plan run {file} --dry-run -o json")).code(0).json();
    let hash = resolved["hash"].as_str().unwrap().to_owned();
    assert_eq!(resolved["steps"].as_array().unwrap().len(), 3);
    assert!(!groma.data_dir().exists(), "a dry run keeps nothing");
    groma.run(&format!("plan run {file} --approve {hash}")).code(0);
    plan(&groma, &GRAPH.replace("exit 9", "exit 1"));
    let refused = groma.run(&format!("plan run {file} --approve {hash}")).code(6);
    assert!(refused.stderr.contains("changed"), "{}", refused.stderr);
    // Who keeps the whole dry run is told what is different.
    let seen = groma.home.path().join("seen.json");
    std::fs::write(&seen, resolved.to_string()).unwrap();
    let refused = groma.run(&format!("plan run {file} --approve {}", seen.display())).code(6);
    assert!(refused.stderr.contains("step `build`"), "{}", refused.stderr);
    for none in [&file, "abc", &"g".repeat(64), &hash[1..]] {
        groma.run(&format!("plan run {file} --approve {none}")).code(2);
    }
}

#[test]
fn a_mistake_in_a_plan_is_told_with_its_place() {
    let groma = Groma::new();
    let file = plan(&groma, "steps:\n  - id: a\n    requets: {}\n");
    let refused = groma.run(&format!("plan run {file}")).code(2);
    assert!(refused.stderr.contains("line 3") && refused.stderr.contains("requets"), "{}", refused.stderr);
    let cycle = GRAPH.replace("- id: fetch", "- id: fetch\n    depends_on: [ship]");
    let refused = groma.run(&format!("plan run {}", plan(&groma, &cycle))).code(2);
    assert!(refused.stderr.contains('→'), "{}", refused.stderr);
    groma.run("plan run /no/such/plan.yaml").code(2);
}

#[test]
fn ctrl_c_and_cancel_stop_every_step() {
    let groma = Groma::new();
    let text = format!(
        "strategy: {{ type: parallel, max_concurrency: 2 }}\nsteps:\n  - id: a\n    request: {{ grace_ms: 200, command: {{ type: \
         shell, command: \"{STUBBORN} wait\" }} }}\n  - id: b\n    request: {{ command: {{ type: shell, command: 'echo $$; exec \
         sleep 3600' }} }}\n"
    );
    let file = plan(&groma, &text);
    for cancel in [false, true] {
        let mut running = groma.start(&format!("plan run {file}"));
        let mut pid = || {
            let line = running.line();
            line.split_once("] ").unwrap().1.parse::<i32>().unwrap()
        };
        let pids = [pid(), pid()];
        if cancel {
            let cancelled = groma.run("plan cancel last --reason enough -o json").code(0).json();
            assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
        } else {
            running.signal(Signal::INT);
        }
        let ended = running.end().code(130);
        let stutters =
            ended.stdout.contains("cancelled: cancelled") || ended.stderr.contains("cancelled: the plan");
        assert!(!stutters, "{}{}", ended.stdout, ended.stderr);
        pids.into_iter().for_each(gone);
    }
}
