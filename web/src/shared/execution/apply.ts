import { known, type Envelope, type ExecutionStatus, type ExecutionSummary } from "../../api/types";
import { over } from "./describe";

/** Returns an execution after events; those of others change nothing, and neither does one told twice. */
export function applyToExecution<S extends ExecutionSummary>(execution: S, events: readonly Envelope[]): S {
  return events.reduce(after, execution);
}

function after<S extends ExecutionSummary>(execution: S, envelope: Envelope): S {
  const event = known(envelope);
  switch (event.type) {
    case "groma.execution.started":
      if (event.data.executionId !== execution.id || execution.status !== "pending") return execution;
      return { ...execution, status: "running", started_at: event.data.startedAt };
    case "groma.execution.output_advanced":
      if (event.data.executionId !== execution.id || event.data.lastLine <= execution.lines) return execution;
      return { ...execution, lines: event.data.lastLine, bytes: Math.max(execution.bytes, event.data.bytes) };
    case "groma.execution.completed":
    case "groma.execution.failed":
    case "groma.execution.cancelled": {
      const { data } = event;
      if (!("executionId" in data) || data.executionId !== execution.id || over(execution.status)) return execution;
      return {
        ...execution,
        status: data.status,
        started_at: execution.started_at ?? data.startedAt,
        completed_at: data.completedAt,
        exit_code: data.exitCode,
        signal: data.signal,
        error: data.error,
      };
    }
    default:
      return execution;
  }
}

/** What an event says of an execution's status; null if it says nothing of it. */
export function statusTold(envelope: Envelope): { executionId: string; status: ExecutionStatus } | null {
  const event = known(envelope);
  switch (event.type) {
    case "groma.execution.started":
      return { executionId: event.data.executionId, status: "running" };
    case "groma.execution.completed":
    case "groma.execution.failed":
    case "groma.execution.cancelled":
      return "executionId" in event.data ? { executionId: event.data.executionId, status: event.data.status } : null;
    default:
      return null;
  }
}
