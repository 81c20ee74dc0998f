import { known, type Envelope, type Execution } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { applyToExecution } from "../../shared/execution/apply";
import { EXECUTION_TYPES } from "../../shared/execution/describe";
import type { LiveOptions } from "../../shared/live/live-view";
import { headNow } from "../../shared/execution/head";

/** How far a command says it is. */
export interface ToldProgress {
  percent: number;
  /** The line that it redraws, or what it does. */
  doing: string | undefined;
}

export interface ExecutionState {
  execution: Execution;
  progress: ToldProgress | null;
  sequence: string;
}

export function executionOptions(id: string): LiveOptions<ExecutionState> {
  return {
    filter: { types: EXECUTION_TYPES, subject: `execution/${id}` },
    load: async (signal) => {
      const sequence = await headNow(signal);
      return { execution: await backend.request("get", "/v1/executions/{id}", { path: { id }, signal }), progress: null, sequence };
    },
    sequence: ({ sequence }) => sequence,
    apply: applyToState,
    // What the process is called, and how it was seen to be gone, is not in the events.
    reload: ({ type }) => type !== "groma.execution.output_advanced" && type !== "groma.execution.progress",
    reloadEveryMs: 0,
  };
}

/** Returns the state after events of the execution. */
export function applyToState(state: ExecutionState, events: readonly Envelope[]): ExecutionState {
  let { progress } = state;
  for (const envelope of events) {
    const event = known(envelope);
    if (event.type !== "groma.execution.progress" || !("executionId" in event.data) || event.data.executionId !== state.execution.id) continue;
    progress = { percent: event.data.percentComplete, doing: event.data.currentStep };
  }
  return { ...state, execution: applyToExecution(state.execution, events), progress };
}
