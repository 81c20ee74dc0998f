import type { Envelope, ExecutionSummary, PlanSummary } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { applyToExecution } from "../../shared/execution/apply";
import { EXECUTION_TYPES } from "../../shared/execution/describe";
import type { LiveOptions } from "../../shared/live/live-view";
import { headNow } from "../../shared/execution/head";
import { queryOf, type Shown } from "./search";

export interface ListState {
  executions: readonly ExecutionSummary[];
  cursor: string | null;
  plans: readonly PlanSummary[];
  planCursor: string | null;
  sequence: string;
}

const PLANS = 10;

/** The newest commands and plans; which there are comes from the server, how far they are in between from events. */
export function listOptions(show: Shown | undefined): LiveOptions<ListState> {
  return {
    filter: { types: EXECUTION_TYPES },
    load: async (signal) => {
      const sequence = await headNow(signal);
      const query = queryOf(show);
      const [executions, plans] = await Promise.all([
        backend.request("get", "/v1/executions", { signal, query }),
        // Plans can be told apart only by whether they run.
        query.status === undefined ? backend.request("get", "/v1/plans", { signal, query: { ...query, limit: PLANS } }) : { plans: [], next_cursor: null },
      ]);
      return { executions: executions.executions, cursor: executions.next_cursor ?? null, plans: plans.plans, planCursor: plans.next_cursor ?? null, sequence };
    },
    sequence: ({ sequence }) => sequence,
    apply: (state, events) => ({ ...state, executions: state.executions.map((execution) => applyToExecution(execution, events)) }),
    reload,
  };
}

/** More lines are told by the event itself; all else may change which there are. */
function reload(event: Envelope): boolean {
  return event.type !== "groma.execution.output_advanced";
}

/** Returns executions with those that run or wait on top, each part as it comes: newest first. */
export function activeFirst<S extends { status: ExecutionSummary["status"] }>(list: readonly S[]): S[] {
  const active = ({ status }: S): boolean => status === "pending" || status === "running";
  return [...list.filter(active), ...list.filter((one) => !active(one))];
}
