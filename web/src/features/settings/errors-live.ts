import type { Envelope } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import { ERROR_TYPES, logged, type LoggedError, type Severity } from "../../shared/errors/logged";
import type { LiveOptions } from "../../shared/live/live-view";

export interface ErrorLog {
  /** Newest first. */
  errors: readonly LoggedError[];
  /** Whether the journal holds older ones. */
  more: boolean;
  sequence: string;
}

const PAGE = 200;
/** So many are held; older ones are in the journal still. */
export const HELD_MAX = 2000;
const RANK: Record<Severity, number> = { info: 0, warning: 1, error: 2, critical: 3 };

/** What went wrong lately, and from now on. */
export function errorOptions(): LiveOptions<ErrorLog> {
  return {
    filter: { types: ERROR_TYPES },
    load: async (signal) => {
      const page = await backend.request("get", "/v1/events/history", { query: { types: ERROR_TYPES.join(","), limit: PAGE }, signal });
      return { errors: errorsOf(page.events), more: page.more, sequence: page.head };
    },
    sequence: ({ sequence }) => sequence,
    apply: (state, events) => ({
      ...state,
      errors: [...errorsOf(events), ...state.errors].slice(0, HELD_MAX),
      sequence: events.at(-1)?.sequence ?? state.sequence,
    }),
  };
}

/** Reads errors before one, oldest first told newest first. */
export async function olderErrors(before: string): Promise<{ errors: readonly LoggedError[]; more: boolean }> {
  const page = await backend.request("get", "/v1/events/history", { query: { types: ERROR_TYPES.join(","), before, limit: PAGE } });
  return { errors: errorsOf(page.events), more: page.more };
}

/** Returns what events tell of errors, newest first. */
export function errorsOf(events: readonly Envelope[]): LoggedError[] {
  return events
    .map(logged)
    .filter((error) => error !== null)
    .toReversed();
}

/** Returns the errors at least so bad in which a text occurs. */
export function filtered(errors: readonly LoggedError[], atLeast: Severity, find: string): LoggedError[] {
  const wanted = find.trim().toLowerCase();
  return errors.filter((error) => {
    if (RANK[error.severity] < RANK[atLeast]) return false;
    return wanted === "" || [error.message, error.scanId ?? "", ...error.context.flat()].some((text) => text.toLowerCase().includes(wanted));
  });
}
