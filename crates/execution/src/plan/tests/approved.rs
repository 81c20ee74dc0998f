//! What was approved is what runs.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use groma_execution_types::{ExecutionPlan, ResolvedPlan};
use serde_json::{Value, json};

use super::plan;
use crate::ExecutionError;
use crate::plan::approve::{Approval, approved, resolve_plan, unchanged};
use crate::plan::check::CheckedPlan;

fn tool(file: &Path, text: &str) {
    std::fs::write(file, text).expect("it is written");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("it is executable");
}

fn of(tool: &Path, args: Value) -> ExecutionPlan {
    plan(json!({"steps": [
        {"id": "look", "request": {"command": {"type": "shell", "command": "true"}}},
        {"id": "do", "request": {"command": {"type": "exec", "program": tool, "args": args}, "env": {"A": "1"}}},
    ]}))
}

async fn shown(plan: &ExecutionPlan) -> ResolvedPlan {
    let checked = CheckedPlan::of_form(plan.clone()).expect("it is well formed");
    resolve_plan(&checked, None).await.expect("it resolves")
}

async fn drift(plan: &ExecutionPlan, approval: &Approval) -> Option<String> {
    let checked = CheckedPlan::of_form(plan.clone()).expect("it is well formed");
    match approved(&checked, approval, None).await {
        Ok(digests) => {
            assert_eq!(digests.len(), plan.steps.len());
            None
        }
        Err(ExecutionError::Drift { what }) => Some(what),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_has_changed_since_is_refused_and_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tool");
    tool(&file, "#!/bin/sh\necho 1\n");
    let plan = of(&file, json!(["a", "${steps.look.stdout}"]));
    let then = shown(&plan).await;
    assert_eq!(then.steps[1].command.args, ["a", "${steps.look.stdout}"]);
    assert_eq!(then, shown(&plan).await);
    assert_eq!(drift(&plan, &then.hash.as_str().into()).await, None);
    assert_eq!(drift(&plan, &then.clone().into()).await, None);

    let other = of(&file, json!(["b"]));
    assert!(drift(&other, &then.hash.as_str().into()).await.expect("drift").contains("and is now"));
    assert_eq!(drift(&other, &then.clone().into()).await.expect("drift"), "step `do`: the arguments");

    let mut other = plan.clone();
    other.steps[1].request.env.insert("A".to_owned(), "2".to_owned());
    other.steps[0].request.working_dir = Some(folder.path().to_owned());
    let said = drift(&other, &then.clone().into()).await.expect("drift");
    assert_eq!(
        said,
        "step `look`: the working directory; step `do`: the contents of its program, script or input, or the value of \
         a variable"
    );
    let mut other = plan.clone();
    other.steps.remove(0);
    other.steps[0].request = plan.steps[0].request.clone();
    let said = drift(&other, &then.clone().into()).await.expect("drift");
    assert_eq!(said, "which steps there are, or their order");

    let mut forged = then.clone();
    forged.steps[1].command.args = vec!["harmless".to_owned()];
    let said = drift(&plan, &forged.into()).await.expect("drift");
    assert_eq!(said, "what is given as approved does not have the hash that it says");

    unchanged(&plan.steps[1], &then.steps[1].command.digest, None).await.expect("still the same");
    tool(&file, "#!/bin/sh\nrm -rf /\n");
    let error =
        unchanged(&plan.steps[1], &then.steps[1].command.digest, None).await.expect_err("another program");
    assert!(error.to_string().contains("step `do` would run something else"), "{error}");
    assert!(drift(&plan, &then.into()).await.expect("drift").starts_with("step `do`: the contents"));
}

#[tokio::test]
async fn what_is_not_there_yet_cannot_be_approved() {
    let checked = CheckedPlan::of_form(of(Path::new("/no/such/tool"), json!([]))).expect("it is well formed");
    let error = resolve_plan(&checked, None).await.expect_err("it is not there").to_string();
    assert!(
        error.starts_with("`steps[1].request.command.program` names the program `/no/such/tool`"),
        "{error}"
    );
}

#[tokio::test]
async fn anybody_can_count_the_hash_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tool");
    tool(&file, "#!/bin/sh\n");
    let shown = shown(&of(&file, json!([]))).await;
    let mut json = serde_json::to_string(&shown).expect("it serialises");
    let hash = format!("\"hash\":\"{}\",", shown.hash);
    assert!(json.contains(&hash));
    json = json.replace(&hash, "");
    assert_eq!(crate::resolve::sha256(json.as_bytes()), shown.hash);
}
