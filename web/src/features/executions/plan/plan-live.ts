import { known, type Envelope, type PlanRun, type StepResult } from "../../../api/types";
import { backend } from "../../../shared/backend/instance";
import { statusTold } from "../../../shared/execution/apply";
import { EXECUTION_TYPES, over } from "../../../shared/execution/describe";
import type { LiveOptions } from "../../../shared/live/live-view";
import { headNow } from "../../../shared/execution/head";

export interface PlanState {
  run: PlanRun;
  /** Lines of the steps' logs, by execution, as far as events told. */
  lines: ReadonlyMap<string, number>;
  sequence: string;
}

/** The plan's own events have its id as their subject, those of its steps theirs: so all are listened to, and sorted here. */
export function planOptions(id: string): LiveOptions<PlanState> {
  let mine = new Set<string>([id]);
  return {
    filter: { types: EXECUTION_TYPES },
    load: async (signal) => {
      const sequence = await headNow(signal);
      const run = await backend.request("get", "/v1/plans/{id}", { path: { id }, signal });
      mine = new Set([id, ...run.result.steps.map((step) => step.execution_id)]);
      return { run, lines: new Map(), sequence };
    },
    sequence: ({ sequence }) => sequence,
    apply: applyToPlan,
    reload: (event) => event.type !== "groma.execution.output_advanced" && event.type !== "groma.execution.progress" && mine.has(event.subject?.split("/")[1] ?? ""),
    reloadEveryMs: 1000,
  };
}

/** Returns the state after events; those of other plans change nothing. */
export function applyToPlan(state: PlanState, events: readonly Envelope[]): PlanState {
  const steps = new Map(state.run.result.steps.map((step) => [step.execution_id, step]));
  let changed = false;
  let { lines } = state;
  for (const envelope of events) {
    const event = known(envelope);
    if (event.type === "groma.execution.output_advanced" && steps.has(event.data.executionId)) {
      lines = new Map(lines).set(event.data.executionId, event.data.lastLine);
      continue;
    }
    const told = statusTold(envelope);
    const step = told === null ? undefined : steps.get(told.executionId);
    if (told === null || step === undefined || over(step.status)) continue;
    steps.set(step.execution_id, { ...step, status: told.status });
    changed = true;
  }
  if (!changed) return lines === state.lines ? state : { ...state, lines };
  return { ...state, lines, run: withSteps(state.run, [...steps.values()]) };
}

function withSteps(run: PlanRun, steps: StepResult[]): PlanRun {
  const completed = steps.filter(({ status }) => status === "completed").length;
  const ended = steps.filter(({ status }) => over(status)).length;
  return { ...run, steps_completed: completed, steps_failed: ended - completed, result: { ...run.result, steps } };
}
