//! The operations on commands and plans.

use groma_execution_types::{ExecutionPlan, ExecutionRequest, ResolvedPlan};

use super::{EXECUTE, READ};
use crate::operation::Method::{Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{
    Execution, ExecutionList, ExecutionQuery, LogPage, LogQuery, PlanList, PlanQuery, PlanRequest, PlanRun,
    RunGrant, RunReport, RunRequest, RunStanding, StartedExecution, StartedPlan, StopRequest,
};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("execution_start", Post, "/v1/executions", EXECUTE, "Run a command; off until switched on")
        .command("exec")
        .status(202)
        .request::<ExecutionRequest>()
        .reply::<StartedExecution>(),
    Op::new("execution_list", Get, "/v1/executions", READ, "List executions, newest first")
        .command("executions list")
        .query(params::<ExecutionQuery>)
        .reply::<ExecutionList>(),
    Op::new("execution_get", Get, "/v1/executions/{id}", READ, "One execution")
        .command("executions show")
        .reply::<Execution>(),
    Op::new("execution_logs", Get, "/v1/executions/{id}/logs", READ, "Lines that an execution wrote")
        .command("executions logs")
        .query(params::<LogQuery>)
        .reply::<LogPage>(),
    Op::new(
        "execution_cancel",
        Post,
        "/v1/executions/{id}/cancel",
        EXECUTE,
        "Stop an execution and everything that it started",
    )
    .command("executions cancel")
    .request::<StopRequest>()
    .reply::<Execution>(),
    Op::new("plan_resolve", Post, "/v1/plans/resolve", EXECUTE, "Say exactly what a plan would run")
        .command("plan run --dry-run")
        .request::<ExecutionPlan>()
        .reply::<ResolvedPlan>(),
    Op::new("plan_start", Post, "/v1/plans", EXECUTE, "Run a plan; off until switched on")
        .command("plan run")
        .status(202)
        .request::<PlanRequest>()
        .reply::<StartedPlan>(),
    Op::new("plan_list", Get, "/v1/plans", READ, "List plans that run or ran, newest first")
        .command("plan list")
        .query(params::<PlanQuery>)
        .reply::<PlanList>(),
    Op::new("plan_get", Get, "/v1/plans/{id}", READ, "One plan with its steps")
        .command("plan show")
        .reply::<PlanRun>(),
    Op::new("plan_cancel", Post, "/v1/plans/{id}/cancel", EXECUTE, "Stop a plan and all its steps")
        .command("plan cancel")
        .request::<StopRequest>()
        .reply::<PlanRun>(),
    Op::new(
        "run_begin",
        Post,
        "/v1/runs",
        EXECUTE,
        "Note what another process on this machine is about to run; for the folder's owner on the socket",
    )
    .status(201)
    .request::<RunRequest>()
    .reply::<RunGrant>(),
    Op::new(
        "run_report",
        Post,
        "/v1/runs/{id}/report",
        EXECUTE,
        "Note what happened in such a run; learn what is to be stopped",
    )
    .request::<RunReport>()
    .reply::<RunStanding>(),
];
