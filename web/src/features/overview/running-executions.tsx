import { Link } from "@tanstack/react-router";

import type { ExecutionSummary, PlanSummary } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { applyToExecution } from "../../shared/execution/apply";
import { EXECUTION_TYPES, planName, planRanFor, ranFor } from "../../shared/execution/describe";
import { headNow } from "../../shared/execution/head";
import { count, counted } from "../../shared/format/number";
import { duration } from "../../shared/format/time";
import type { LiveOptions } from "../../shared/live/live-view";
import styles from "../../shared/scan/job-card.module.css";
import { Progress } from "../../shared/ui/progress";
import { Status } from "../../shared/ui/status";
import { useNow } from "../../shared/ui/use-now";

/** Commands and plans under way. */
export interface RunningExecutions {
  /** Those that are no steps. */
  commands: readonly ExecutionSummary[];
  plans: readonly PlanSummary[];
  sequence: string;
}

const LIMIT = 20;

export function runningOptions(): LiveOptions<RunningExecutions> {
  return {
    filter: { types: EXECUTION_TYPES },
    load: async (signal) => {
      const sequence = await headNow(signal);
      const query = { active: true, limit: LIMIT };
      const [{ executions }, { plans }] = await Promise.all([backend.request("get", "/v1/executions", { signal, query }), backend.request("get", "/v1/plans", { signal, query })]);
      return { commands: executions.filter((execution) => !execution.plan_id), plans, sequence };
    },
    sequence: ({ sequence }) => sequence,
    apply: (state, events) => ({ ...state, commands: state.commands.map((command) => applyToExecution(command, events)) }),
    reload: ({ type }) => type !== "groma.execution.output_advanced" && type !== "groma.execution.progress",
  };
}

/** A command under way. */
export function CommandCard({ command }: { command: ExecutionSummary }) {
  const ran = ranFor(command, useNow());
  return (
    <article className={styles["job"]} aria-label={`Command ${command.command}`}>
      <div className={styles["line"]}>
        <Status status={command.status} />
        <Link to="/executions/$id" params={{ id: command.id }} className={styles["name"]}>
          {command.command}
        </Link>
        <span className={styles["dim"]}>{counted(command.lines, "line")}</span>
        <span>{ran === null ? "" : duration(ran)}</span>
      </div>
    </article>
  );
}

/** A plan under way. */
export function PlanCard({ plan }: { plan: PlanSummary }) {
  const ran = planRanFor(plan, useNow());
  const done = plan.steps_completed + plan.steps_failed;
  return (
    <article className={styles["job"]} aria-label={`Plan ${planName(plan)}`}>
      <div className={styles["line"]}>
        <Status status={plan.status} />
        <Link to="/executions/$id" params={{ id: plan.id }} className={styles["name"]}>
          {planName(plan)}
        </Link>
        <span className={styles["dim"]}>
          {count(done)} of {counted(plan.steps, "step")}
        </span>
        <span>{ran === null ? "" : duration(ran)}</span>
      </div>
      <Progress label={`Progress of ${planName(plan)}`} value={plan.steps === 0 ? 0 : (done / plan.steps) * 100} />
    </article>
  );
}
