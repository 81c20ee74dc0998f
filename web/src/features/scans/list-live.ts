import type { Scan, ScanStatus } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import type { LiveOptions } from "../../shared/live/live-view";
import { applyToScan } from "../../shared/scan/apply";
import { ended } from "../../shared/scan/describe";

export interface ScanListState {
  scans: readonly Scan[];
  cursor: string | null;
}

/** The newest scans; which there are comes from the server, progress in between from events. */
export function listOptions(status: ScanStatus | undefined): LiveOptions<ScanListState> {
  return {
    filter: { types: ["groma.network.scan_*"] },
    load: async (signal) => {
      const page = await backend.request("get", "/v1/scans", { signal, query: status === undefined ? {} : { status } });
      return { scans: page.scans, cursor: page.next_cursor ?? null };
    },
    sequence: ({ scans }) => scans[0]?.sequence ?? "",
    apply: (state, events) => ({ ...state, scans: state.scans.map((scan) => applyToScan(scan, events)) }),
    reload: () => true,
  };
}

/** Returns scans with those that run or wait on top, each part newest first. */
export function activeFirst(scans: readonly Scan[]): Scan[] {
  return scans.toSorted((a, b) => Number(ended(a)) - Number(ended(b)) || (a.created_at < b.created_at ? 1 : -1));
}
