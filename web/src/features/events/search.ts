export interface EventsSearch {
  /** Type patterns, separated by commas. */
  types?: string | undefined;
  /** `scan/<id>` and the like. */
  subject?: string | undefined;
  /** Where to begin: `oldest`, a position, or a time; absent: the newest events, then live. */
  from?: string | undefined;
  /** The position of the event that is shown whole. */
  event?: string | undefined;
}

export function validateEventsSearch(search: Record<string, unknown>): EventsSearch {
  const valid: EventsSearch = {};
  for (const name of ["types", "subject", "from", "event"] as const) {
    const value = search[name];
    if (typeof value === "string" && value !== "") valid[name] = value;
  }
  return valid;
}
