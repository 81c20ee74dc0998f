import type { ExecutionOrigin, ExecutionStatus, ExecutionSummary, PlanSummary } from "../../api/types";
import { between } from "../format/time";

/** The types of events that tell of executions. Not `groma.execution.*`: that asks for every line as an event too. */
export const EXECUTION_TYPES = [
  "groma.execution.started",
  "groma.execution.output_advanced",
  "groma.execution.progress",
  "groma.execution.completed",
  "groma.execution.failed",
  "groma.execution.cancelled",
] as const;

/** Returns whether nothing more will happen. */
export function over(status: ExecutionStatus): boolean {
  return status !== "pending" && status !== "running";
}

/** Returns how long an execution runs or ran, in milliseconds; null if it never did, or nobody knows. */
export function ranFor({ started_at, completed_at, status }: ExecutionSummary, now: number): number | null {
  if (!started_at) return null;
  if (completed_at) return between(started_at, completed_at);
  return over(status) ? null : Math.max(0, now - new Date(started_at).getTime());
}

/** Returns how long a plan runs or ran, in milliseconds. */
export function planRanFor({ created_at, completed_at, status }: PlanSummary, now: number): number | null {
  if (completed_at) return between(created_at, completed_at);
  return over(status) ? null : Math.max(0, now - new Date(created_at).getTime());
}

// Those that processes end by, with their numbers of Linux on x86 and ARM.
const SIGNALS: Record<number, string> = { 1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 11: "SEGV", 13: "PIPE", 14: "ALRM", 15: "TERM", 24: "XCPU", 25: "XFSZ" };

/** Returns what a process ended with: `exit code 3`, `signal 9 (KILL)`; null if it did not, or not by itself. */
export function endedWith({ exit_code, signal }: Pick<ExecutionSummary, "exit_code" | "signal">): string | null {
  if (typeof signal === "number") return SIGNALS[signal] === undefined ? `signal ${signal}` : `signal ${signal} (${SIGNALS[signal]})`;
  return typeof exit_code === "number" ? `exit code ${exit_code}` : null;
}

/** Returns where a command runs, for people. */
export function originOf(origin: ExecutionOrigin): string {
  return origin === "command" ? "command line" : "server";
}

/** Returns what a plan is called. */
export function planName(plan: Pick<PlanSummary, "id" | "name">): string {
  return plan.name ?? `plan ${plan.id.slice(-8)}`;
}
