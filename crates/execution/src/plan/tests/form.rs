//! What is wrong with a plan is told with its place.

use serde_json::{Value, json};

use super::{graph, plan, step};
use crate::plan::check::CheckedPlan;
use crate::plan::validate_plan;

fn said(plan: &groma_execution_types::ExecutionPlan) -> String {
    validate_plan(plan).map_or_else(|error| error.to_string(), |()| "ok".to_owned())
}

#[test]
fn every_fault_of_a_graph_has_its_words() {
    let rows = [
        (
            vec![step("a", &["b"]), step("b", &["c"]), step("c", &["a"])],
            "goes round in a circle: a → b → c → a; take out",
        ),
        (
            vec![step("x", &["a"]), step("a", &["b"]), step("b", &["a"])],
            "in a circle: a → b → a; take out one",
        ),
        (vec![step("a", &["a"])], "`steps[0].depends_on` of step `a` names the step itself"),
        (vec![step("a", &["z"])], "`steps[0].depends_on` of step `a` names `z`, and there is no such step"),
        (
            vec![step("b", &[]), step("a", &["b", "b"])],
            "`steps[1].depends_on` of step `a` names a step twice",
        ),
        (
            vec![step("a", &[]), step("b", &[]), step("a", &[])],
            "`steps[2].id` is `a`, as is that of steps[0]",
        ),
        (vec![step("a.b", &[])], "`steps[0].id` is `a.b`; ids are 1 to 100 letters"),
        (vec![step("", &[])], "`steps[0].id` is ``"),
        (vec![], "`steps` is empty"),
    ];
    for (steps, expected) in rows {
        let said = said(&graph(1, steps));
        assert!(said.contains(expected), "`{said}`, not `{expected}`");
    }
    assert!(said(&graph(0, vec![step("a", &[])])).starts_with("`strategy.max_concurrency` is 0"));
}

#[test]
fn every_fault_of_a_step_has_its_place() {
    let serial = |step: Value| plan(json!({"steps": [{"id": "first", "request": shell("true")}, step]}));
    let mut retry = step("a", &[]);
    retry["retry"] = json!({"max_attempts": 3});
    assert!(
        said(&serial(retry.clone())).starts_with("`steps[1].retry.max_attempts` needs `idempotent: true`")
    );
    retry["idempotent"] = json!(true);
    assert_eq!(said(&serial(retry.clone())), "ok");
    for (field, value) in
        [("max_attempts", json!(0)), ("max_attempts", json!(101)), ("multiplier", json!(0.5))]
    {
        let mut retry = retry.clone();
        retry["retry"][field] = value;
        let said = said(&serial(retry));
        assert!(said.starts_with(&format!("`steps[1].retry.{field}` is ")), "{said}");
    }
    let said_of = |step: Value| said(&serial(step));
    assert!(
        said_of(step("a", &["first"]))
            .starts_with("`steps[1].depends_on` is for the strategy `dependency_graph`")
    );
    let empty = json!({"id": "a", "request": shell(" ")});
    assert_eq!(said_of(empty), "`steps[1].request.command.command` is empty");
    let missing =
        serial(json!({"id": "a", "request": {"command": {"type": "exec", "program": "no-such-program"}}}));
    assert_eq!(said(&missing), "ok");
    CheckedPlan::new(missing, false).expect("an earlier step may make it");
    let first = plan(
        json!({"steps": [{"id": "a", "request": {"command": {"type": "exec", "program": "no-such-program"}}}]}),
    );
    let error = CheckedPlan::new(first, false).expect_err("nothing can have made it").to_string();
    assert!(error.starts_with("`steps[0].request.command.program` needs the program"), "{error}");
}

fn shell(command: &str) -> Value {
    json!({"command": {"type": "shell", "command": command}})
}

#[test]
fn outputs_are_used_only_where_they_are_sure_and_safe() {
    let uses = |id: &str, used: &str, depends_on: &[&str]| {
        let mut step = step(id, depends_on);
        step["request"]["command"]["args"] = json!([format!("${{steps.{used}.stdout}}")]);
        step
    };
    let rows = [
        (vec![step("a", &[]), uses("b", "a", &["a"])], "ok"),
        (vec![step("a", &[]), step("m", &["a"]), uses("b", "a", &["m"])], "ok"),
        (vec![step("a", &[]), uses("b", "a", &[])], "uses the output of `a`, on which it does not depend"),
        (vec![uses("a", "b", &[]), step("b", &["a"])], "uses the output of `b`, on which it does not depend"),
        (vec![uses("a", "a", &[])], "uses the output of `a`, on which it does not depend"),
        (vec![uses("a", "z", &[])], "uses the output of `z`, and there is no such step"),
    ];
    for (steps, expected) in rows {
        let said = said(&graph(1, steps));
        assert!(said.contains(expected), "`{said}`, not `{expected}`");
    }
    let serial = |steps: Vec<Value>| said(&plan(json!({"steps": steps})));
    assert_eq!(serial(vec![step("a", &[]), uses("b", "a", &[])]), "ok");
    assert!(serial(vec![uses("b", "a", &[]), step("a", &[])]).contains("which does not come before it"));
    let parallel = json!({"type": "parallel", "max_concurrency": 2});
    let parallel = plan(json!({"strategy": parallel, "steps": [step("a", &[]), uses("b", "a", &[])]}));
    assert!(said(&parallel).contains("parallel steps do not wait for each other"));

    let text = "x ${steps.a.stdout}";
    let refused = [
        (shell(text), "command.command"),
        (json!({"command": {"type": "script", "content": text}}), "command.content"),
        (json!({"command": {"type": "script", "path": text}}), "command.path"),
        (json!({"command": {"type": "exec", "program": text}}), "command.program"),
        (json!({"command": {"type": "exec", "program": "a"}, "working_dir": text}), "working_dir"),
        (json!({"command": {"type": "aws_cli", "service": "a", "operation": text}}), "command.operation"),
    ];
    for (request, field) in refused {
        let said = serial(vec![step("a", &[]), json!({"id": "b", "request": request})]);
        let expected =
            format!("`steps[1].request.{field}` has the output of a step, which is never put there");
        assert!(said.starts_with(&expected), "`{said}`, not `{expected}`");
    }
}

#[test]
fn a_large_plan_is_checked_at_once() {
    // A hundred thousand in a chain, the last of which uses what the first wrote: the whole chain is looked along.
    let mut steps = vec![step("s0", &[])];
    steps.extend((1..100_000).map(|at| step(&format!("s{at}"), &[&format!("s{}", at - 1)])));
    steps[99_999]["request"]["command"]["args"] = json!(["${steps.s0.stdout}"]);
    let plan = graph(8, steps);
    assert_eq!(said(&plan), "ok");
    let mut circle = plan;
    circle.steps[0].depends_on = vec!["s99999".to_owned()];
    let said = said(&circle);
    assert!(said.contains("(99980 more) → s0"), "{said}");
}
