import { known, type Envelope, type Scan } from "../../api/types";

/** Returns a scan after events about it; events of other scans leave it as it is. */
export function applyToScan(scan: Scan, events: readonly Envelope[]): Scan {
  let next = scan;
  for (const event of events) {
    if (event.subject === `scan/${scan.id}`) next = applyOne(next, event);
  }
  return next;
}

function applyOne(scan: Scan, envelope: Envelope): Scan {
  const event = known(envelope);
  const { progress } = scan;
  switch (event.type) {
    case "groma.network.scan_started":
      return { ...scan, status: "running", state: "STARTED", started_at: event.data.timestamp };
    case "groma.network.host_discovered":
      return { ...scan, progress: { ...progress, hosts_up: progress.hosts_up + 1 } };
    case "groma.network.port_discovered":
      return { ...scan, progress: { ...progress, ports_open: progress.ports_open + 1 } };
    case "groma.network.scan_progress": {
      const { data } = event;
      const percent = data.totalPorts === 0 ? 0 : (data.portsScanned / data.totalPorts) * 100;
      return {
        ...scan,
        progress: {
          ...progress,
          hosts_scanned: data.hostsScanned,
          total_hosts: data.totalHosts,
          ports_scanned: data.portsScanned,
          total_ports: data.totalPorts,
          // The total shrinks when hosts turn out to be down, and never does the bar.
          percent_complete: Math.max(progress.percent_complete, Math.min(100, percent)),
          elapsed_ms: data.elapsedMs,
          estimated_remaining_ms: data.estimatedRemainingMs ?? null,
        },
      };
    }
    case "groma.network.error":
      return { ...scan, warnings: [...(scan.warnings ?? []), event.data.message].slice(-100) };
    case "groma.network.scan_completed":
      return {
        ...scan,
        status: event.data.status,
        state: event.data.status === "failed" ? "FAILURE" : "SUCCESS",
        partial: event.data.partial,
        ended_at: event.data.timestamp,
        error: event.data.error ?? null,
        progress: {
          ...progress,
          hosts_up: event.data.results.hostsUp,
          ports_open: event.data.results.portsOpen,
          hosts_scanned: event.data.results.hostsScanned,
          ports_scanned: event.data.results.portsScanned,
          elapsed_ms: event.data.durationMs,
          estimated_remaining_ms: null,
        },
      };
    default:
      return scan;
  }
}
