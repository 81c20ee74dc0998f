import type { EventPage, Summary } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import type { LiveOptions } from "../../shared/live/live-view";
import { applyToScan } from "../../shared/scan/apply";

export interface OverviewState {
  summary: Summary;
  changes: EventPage["events"];
}

const CHANGES = 12;

/** Counts come from the server; progress in between from events. */
export function overviewOptions(): LiveOptions<OverviewState> {
  return {
    filter: { types: ["groma.network.scan_*", "groma.network.host_changed"] },
    load: async (signal) => {
      const [summary, page] = await Promise.all([
        backend.request("get", "/v1/summary", { signal }),
        backend.request("get", "/v1/events/history", { signal, query: { types: "groma.network.host_changed", limit: CHANGES } }),
      ]);
      return { summary, changes: page.events.toReversed() };
    },
    sequence: ({ summary }) => summary.sequence,
    apply: (state, events) => {
      const fresh = events.filter((event) => event.type === "groma.network.host_changed");
      return {
        summary: { ...state.summary, active: state.summary.active.map((scan) => applyToScan(scan, events)) },
        changes: fresh.length === 0 ? state.changes : [...fresh.toReversed(), ...state.changes].slice(0, CHANGES),
      };
    },
    reload: () => true,
  };
}
