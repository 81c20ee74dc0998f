// Makers for tests: events as they travel, at positions that sort.
import type { Envelope, EventData, Scan } from "../api/types";

export const SCAN = "0199aaaa-0000-7000-8000-000000000001";

export function at(number: number): string {
  return `1763740800000-${String(number).padStart(20, "0")}`;
}

export function event<T extends keyof EventData>(number: number | null, type: T, data: Partial<EventData[T]>, subject = `scan/${SCAN}`): Envelope {
  return {
    specversion: "1.0",
    id: `event-${number ?? "control"}`,
    source: "/groma/test/network",
    type,
    subject,
    time: "2026-11-21T15:04:05.000000Z",
    datacontenttype: "application/json",
    dataschema: `/schemas/${type}/v1`,
    ...(number === null ? {} : { sequence: at(number) }),
    data: data as unknown as Record<string, never>,
  };
}

export function port(number: number, value = number): Envelope {
  return event(number, "groma.network.port_discovered", { scanId: SCAN, host: "10.1.0.7", port: value, protocol: "tcp", state: "open" });
}

export function scan(part: Partial<Scan> = {}): Scan {
  return {
    id: SCAN,
    state: "STARTED",
    status: "running",
    request: { kind: "network", targets: ["10.1.0.0/24"], ports: "1-1024", discovery: true, allow_public: false, force: false },
    principal_id: "0199aaaa-0000-7000-8000-0000000000aa",
    created_at: "2026-11-21T15:04:00.000000Z",
    progress: {
      hosts_scanned: 0,
      total_hosts: 256,
      ports_scanned: 0,
      total_ports: 1000,
      hosts_up: 0,
      ports_open: 0,
      percent_complete: 0,
      elapsed_ms: 0,
    },
    units: { pending: 256, done: 0, failed: 0 },
    partial: false,
    discarded: false,
    sequence: at(10),
    ...part,
  };
}
