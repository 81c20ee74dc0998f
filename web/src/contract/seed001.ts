// What document 001 promises, given from what the generated types say. The contract renames: fields are camelCase, and
// durations say that they are milliseconds. The desktop window adds the document's own names beside them.
import type { EventData } from "../api/types";

interface ScanStarted {
  scanId: string;
  targets: string[];
  ports: string;
  timestamp: string;
  options: object;
}

interface HostDiscovered {
  scanId: string;
  host: string;
  timestamp: string;
  /** `response_time` */
  responseTimeMs: number;
  ttl?: number;
}

interface ServiceInfo {
  name: string;
}

interface PortDiscovered {
  scanId: string;
  host: string;
  port: number;
  protocol: "tcp" | "udp";
  state: string;
  service?: ServiceInfo;
  timestamp: string;
}

interface ScanProgress {
  scanId: string;
  hostsScanned: number;
  totalHosts: number;
  portsScanned: number;
  totalPorts: number;
  /** `elapsed_time` */
  elapsedMs: number;
  /** `estimated_remaining` */
  estimatedRemainingMs?: number;
  timestamp: string;
}

interface ScanCompleted {
  scanId: string;
  results: object;
  /** `duration` */
  durationMs: number;
  timestamp: string;
  success: boolean;
  error?: string;
}

interface ScanFault {
  scanId?: string;
  errorType: string;
  message: string;
  context: Record<string, string>;
  timestamp: string;
}

interface Payloads {
  scan_started: ScanStarted;
  host_discovered: HostDiscovered;
  port_discovered: PortDiscovered;
  scan_progress: ScanProgress;
  scan_completed: ScanCompleted;
  error: ScanFault;
}

export const given: { [N in keyof Payloads]: (data: EventData[`groma.network.${N}`]) => Payloads[N] } = {
  scan_started: (data) => data,
  host_discovered: (data) => data,
  port_discovered: (data) => data,
  scan_progress: (data) => data,
  scan_completed: (data) => data,
  error: (data) => data,
};

/** What the document's example page keeps of a host that was found. */
export const hostInfo = (data: EventData["groma.network.host_discovered"]) => ({
  ip: data.host satisfies string,
  responseTime: data.responseTimeMs satisfies number,
  timestamp: data.timestamp satisfies string,
});

// The check itself is checked: these must not compile.
export const refusedScan = (data: EventData["groma.network.error"]): { scanId: string } =>
  // @ts-expect-error an error need not belong to a scan
  data;

export const refusedName = (data: EventData["groma.network.host_discovered"]): number =>
  // @ts-expect-error only the desktop window adds the document's own names
  data.response_time;
