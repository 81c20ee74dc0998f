import { known, type Envelope, type Scan, type ScanHost, type ScanPort } from "../../api/types";
import { backend } from "../../shared/backend/instance";
import type { LiveOptions } from "../../shared/live/live-view";
import { applyToScan } from "../../shared/scan/apply";

export interface Sample {
  elapsedMs: number;
  ports: number;
}

/** One scan and what it saw. */
export interface DetailState {
  scan: Scan;
  /** By address. */
  hosts: ReadonlyMap<string, ScanHost>;
  /** The position of the older of the two snapshots. */
  sequence: string;
  /** The latest measurements, for the present rate. */
  samples: readonly Sample[];
}

const SAMPLES = 6;

export function detailOptions(id: string): LiveOptions<DetailState> {
  return {
    filter: { subject: `scan/${id}` },
    load: async (signal) => {
      const [scan, page] = await Promise.all([
        backend.request("get", "/v1/scans/{id}", { path: { id }, signal }),
        backend.request("get", "/v1/scans/{id}/hosts", { path: { id }, signal }),
      ]);
      return {
        scan,
        hosts: new Map(page.hosts.map((host) => [host.address, host])),
        sequence: scan.sequence < page.sequence ? scan.sequence : page.sequence,
        samples: [],
      };
    },
    sequence: (state) => state.sequence,
    apply: applyToDetail,
    reload: (event) => event.type === "groma.network.scan_completed",
    reloadEveryMs: 0,
  };
}

/** Returns the state after events of the scan; counters take only those behind the scan's own snapshot. */
export function applyToDetail(state: DetailState, events: readonly Envelope[]): DetailState {
  const counted = events.filter((event) => (event.sequence ?? "") > state.scan.sequence);
  let { samples } = state;
  const hosts = new Map(events.some(isFinding) ? state.hosts : []);
  for (const envelope of events) {
    const event = known(envelope);
    if (event.type === "groma.network.host_discovered") {
      const { host: address, thingId, hostname, responseTimeMs } = event.data;
      const ports = hosts.get(address)?.ports ?? [];
      hosts.set(address, { id: thingId, address, hostname: hostname ?? null, response_time_ms: responseTimeMs, ports });
    } else if (event.type === "groma.network.port_discovered") {
      const { host: address, port, protocol, state: portState, service } = event.data;
      const host = hosts.get(address) ?? { id: "", address, ports: [] };
      const found: ScanPort = { port, protocol, state: portState, service: service?.name ?? null };
      hosts.set(address, { ...host, ports: insert(host.ports, found) });
    } else if (event.type === "groma.network.scan_progress") {
      samples = [...samples, { elapsedMs: event.data.elapsedMs, ports: event.data.portsScanned }].slice(-SAMPLES);
    }
  }
  return { ...state, scan: applyToScan(state.scan, counted), hosts: hosts.size === 0 ? state.hosts : hosts, samples };
}

function isFinding({ type }: Envelope): boolean {
  return type === "groma.network.host_discovered" || type === "groma.network.port_discovered";
}

function insert(ports: readonly ScanPort[], port: ScanPort): ScanPort[] {
  const others = ports.filter((known) => known.port !== port.port || known.protocol !== port.protocol);
  return [...others, port].sort((a, b) => a.port - b.port);
}

/** Returns the present rate in probes per second; null until it was measured twice. */
export function rateNow(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.elapsedMs <= first.elapsedMs) return null;
  return (last.ports - first.ports) / ((last.elapsedMs - first.elapsedMs) / 1000);
}
