import type { ExecutionStatus } from "../../api/types";
import type { LogSearch } from "./log/log-panel";

/** What the list can be narrowed to. */
export const SHOWN = ["active", "completed", "failed", "timed_out", "cancelled", "lost", "skipped", "pending", "running"] as const;

export type Shown = (typeof SHOWN)[number];

export interface ListSearch {
  show?: Shown | undefined;
}

export interface DetailSearch extends LogSearch {
  /** The chosen step of a plan. */
  step?: string | undefined;
}

export const FORMS = ["shell", "exec", "script", "aws_cli"] as const;

export type Form = (typeof FORMS)[number];

export interface NewSearch {
  form?: Form | undefined;
  /** The line, program or script. */
  run?: string | undefined;
  dir?: string | undefined;
}

type Raw = Record<string, unknown>;

export function validateListSearch({ show }: Raw): ListSearch {
  const known = SHOWN.find((word) => word === show);
  return known === undefined ? {} : { show: known };
}

export function validateDetailSearch(search: Raw): DetailSearch {
  const line = Number(search["line"]);
  const stream = search["stream"];
  return {
    ...(Number.isSafeInteger(line) && line > 0 ? { line } : {}),
    ...(stream === "stdout" || stream === "stderr" ? { stream } : {}),
    ...text(search, "find"),
    ...text(search, "step"),
  };
}

export function validateNewSearch(search: Raw): NewSearch {
  const form = FORMS.find((word) => word === search["form"]);
  return { ...(form === undefined ? {} : { form }), ...text(search, "run"), ...text(search, "dir") };
}

/** Returns what the server is asked for. */
export function queryOf(show: Shown | undefined): { active?: boolean; status?: ExecutionStatus } {
  if (show === undefined) return {};
  return show === "active" ? { active: true } : { status: show };
}

function text(search: Raw, name: string): Record<string, string> {
  const value = search[name];
  // A number alone reads as one from the address.
  return (typeof value === "string" && value !== "") || typeof value === "number" ? { [name]: String(value) } : {};
}
