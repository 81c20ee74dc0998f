//! Any plan: every step runs at most once, never before what it depends on, and exactly one end is told.

use std::collections::HashSet;
use std::sync::Arc;

use groma_execution_types::ExecutionStatus;
use proptest::prelude::*;
use serde_json::json;

use super::fake::{Fake, Fate, Seen};
use super::plan;

#[derive(Debug, Clone)]
struct Any {
    strategy: u8,
    at_once: u32,
    /// For each step: which earlier ones it depends on, and whether it fails.
    steps: Vec<(Vec<usize>, bool)>,
}

fn any() -> impl Strategy<Value = Any> {
    let steps = (1_usize..40).prop_flat_map(|count| {
        let step = |at: usize| (prop::collection::vec(0..at.max(1), 0..4), prop::bool::weighted(0.1));
        (0..count).map(step).collect::<Vec<_>>()
    });
    (0..4_u8, 1..6_u32, steps).prop_map(|(strategy, at_once, steps)| Any { strategy, at_once, steps })
}

impl Any {
    fn depends_on(&self, at: usize) -> HashSet<usize> {
        let graph = self.strategy == 3;
        self.steps[at].0.iter().copied().filter(|before| graph && *before < at).collect()
    }

    fn plan(&self) -> groma_execution_types::ExecutionPlan {
        let strategy = match self.strategy {
            0 => json!({"type": "serial", "on_error": "stop"}),
            1 => json!({"type": "serial", "on_error": "continue"}),
            2 => json!({"type": "parallel", "max_concurrency": self.at_once}),
            _ => json!({"type": "dependency_graph", "max_concurrency": self.at_once}),
        };
        // Written backwards, so that the order in the plan is not the order of the graph.
        let mut steps: Vec<_> = (0..self.steps.len())
            .map(|at| {
                let depends_on: Vec<String> = self.depends_on(at).iter().map(|at| format!("s{at}")).collect();
                json!({
                    "id": format!("s{at}"), "depends_on": depends_on,
                    "request": {"command": {"type": "exec", "program": "true"}},
                })
            })
            .collect();
        if self.strategy == 3 {
            steps.reverse();
        }
        plan(json!({"strategy": strategy, "steps": steps}))
    }
}

fn number(name: &str) -> usize {
    name[1..].parse().expect("a number")
}

async fn check(any: Any) -> Result<(), TestCaseError> {
    let failing = any.steps.iter().enumerate().filter(|(_, step)| step.1);
    let fates = failing.map(|(at, _)| (format!("s{at}"), Fate::Fails)).collect();
    let fake = Arc::new(Fake { fates, ..Fake::default() });
    let total = any.steps.len();
    let result = fake.run(any.plan()).await;
    fake.check_events(total);

    let (mut begun, mut over) = (HashSet::new(), HashSet::new());
    for seen in fake.seen.lock().iter() {
        match seen {
            Seen::Began(name) => {
                let at = number(name);
                prop_assert!(begun.insert(at), "{name} runs once");
                prop_assert!(any.depends_on(at).is_subset(&over), "{name} runs after what it depends on");
            }
            Seen::Ended(name, status) => {
                if *status == ExecutionStatus::Completed {
                    over.insert(number(name));
                }
            }
            Seen::Never(name, status) => {
                prop_assert_eq!(*status, ExecutionStatus::Skipped);
                prop_assert!(!begun.contains(&number(name)), "{} never runs", name);
            }
        }
    }
    for step in &result.steps {
        let at = number(&step.id);
        prop_assert!(step.status.is_terminal());
        prop_assert_eq!(step.status == ExecutionStatus::Skipped, !begun.contains(&at));
        let dependencies = any.depends_on(at);
        match (&step.root_cause, any.strategy) {
            (Some(root), _) => prop_assert!(any.steps[number(root)].1 && begun.contains(&number(root))),
            (None, 3) => prop_assert_eq!(begun.contains(&at), dependencies.is_subset(&over)),
            (None, _) => prop_assert!(begun.contains(&at)),
        }
    }
    let completed = over.len() == total;
    prop_assert_eq!(result.status == ExecutionStatus::Completed, completed);
    prop_assert_eq!(result.error.is_none(), completed);
    Ok(())
}

proptest! {
    #[test]
    fn every_step_runs_at_most_once_and_never_before_what_it_depends_on(any in any()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(check(any))?;
    }
}
