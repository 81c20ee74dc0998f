use groma_execution_types::{Command, Strategy};
use proptest::prelude::*;

use super::*;

const YAML: &str = r#"
# Every night.
name: nightly
strategy: {type: dependency_graph, max_concurrency: 4}
steps:
  - id: dump
    request: &base
      command: {type: exec, program: pg_dump, args: [-Fc, shop]}
      timeout_ms: 60000
      env: {PGHOST: db.internal, PGPORT: "5432"}
  - id: upload
    depends_on: [dump]
    idempotent: true
    retry: {max_attempts: 3}
    request:
      command:
        type: shell
        command: |
          aws s3 cp - "s3://backups/$NAME" <<END
          no
          END
      stdin: {type: text, text: "${steps.dump.stdout}"}
  - id: again
    depends_on: [upload]
    request: *base
"#;

#[test]
fn yaml_and_json_say_the_same() {
    let plan = read_plan(YAML.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(plan.steps.len(), 3);
    assert_eq!(plan.strategy, Strategy::DependencyGraph { max_concurrency: 4 });
    assert_eq!(plan.steps[2].request, plan.steps[0].request);
    let Command::Shell { command } = &plan.steps[1].request.command else { panic!("a shell line") };
    assert_eq!(command.lines().count(), 3);
    crate::validate_plan(&plan).expect("it makes sense");
    let json = serde_json::to_vec_pretty(&plan).expect("it serialises");
    assert_eq!(read_plan(&json).expect("it reads"), plan);
}

#[test]
fn a_fault_is_told_with_its_place() {
    let rows = [
        (
            "steps:\n  - id: a\n    request: {command: {type: shell, command: x}}\n    after: [b]\n",
            4,
            "unknown field `after`",
        ),
        ("steps:\n  - id: a\n    request: [b\n", 3, "expected mapping start"),
        (
            "steps:\n  - id: a\n    request:\n      command: {type: shel, command: x}\n",
            4,
            "unknown variant `shel`",
        ),
        (
            "steps:\n  - id: a\n    request:\n      command: {type: exec, program: x, args: [80]}\n",
            4,
            "string",
        ),
        ("name: a\nname: b\nsteps: []\n", 2, "duplicate"),
        ("{\n  \"steps\": [],\n  \"more\": 1\n}\n", 3, "unknown field `more`"),
        ("{\n  \"steps\": [\n", 3, "EOF"),
        ("steps: []\n---\nsteps: []\n", 2, ""),
        ("name: a\n", 1, "missing field `steps`"),
    ];
    for (text, line, expected) in rows {
        let error = read_plan(text.as_bytes()).expect_err("it is refused");
        assert_eq!(error.line, line, "{text}\n{error}");
        assert!(error.detail.contains(expected), "{error}");
    }
    let error = read_plan(b"name: a\nn\xff").expect_err("it is refused");
    assert_eq!(error.to_string(), "failed to read the plan at line 2, column 2: it is no UTF-8");
    let error = read_plan(&vec![b' '; PLAN_BYTES_MAX + 1]).expect_err("it is refused");
    assert_eq!(
        error.to_string(),
        "failed to read the plan: it is 4194305 bytes, and plans are at most 4194304"
    );
}

#[test]
fn bombs_do_not_go_off() {
    let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        aliases.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    let deep = format!("steps: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_json = format!("{{\"steps\": {}", "[".repeat(100_000));
    let in_metadata = format!("steps: []\nmetadata:\n  {}", aliases.trim_end().replace('\n', "\n  "));
    for text in [aliases, deep, deep_json, in_metadata] {
        read_plan(text.as_bytes()).expect_err("it is refused");
    }
}

#[test]
fn a_large_plan_is_read() {
    const STEPS: usize = 3000;
    let step = "- {id: s, request: {command: {type: shell, command: x}}}\n";
    let text = format!("steps:\n{}", step.repeat(STEPS));
    assert_eq!(read_plan(text.as_bytes()).expect("it reads").steps.len(), STEPS);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_plan(&text);
    }

    #[test]
    fn any_damage_to_a_plan_is_read_or_refused(at in 0..YAML.len(), with in "[-:{}\\[\\]&*\"'|>\n\t #a]{0,4}") {
        let mut text = YAML.as_bytes().to_vec();
        text.splice(at..at, with.bytes());
        let _ = read_plan(&text);
    }
}
