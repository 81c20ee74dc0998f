import type { Scan } from "../../api/types";

/** Returns whether nothing more will happen to a scan. */
export function ended(scan: Scan): boolean {
  return scan.status !== "queued" && scan.status !== "running";
}

/** Returns what a scan looks at, short: `10.1.0.0/24 and 2 more`. */
export function targetsOf(scan: Scan, shown = 2): string {
  const { targets } = scan.request;
  if (targets.length <= shown) return targets.join(", ");
  return `${targets.slice(0, shown).join(", ")} and ${targets.length - shown} more`;
}

/** Returns how long a scan ran, in milliseconds; null if it never did. */
export function ranFor(scan: Scan): number | null {
  if (scan.progress.elapsed_ms > 0) return scan.progress.elapsed_ms;
  if (!scan.started_at || !scan.ended_at) return null;
  return new Date(scan.ended_at).getTime() - new Date(scan.started_at).getTime();
}

/** Returns the first characters of an id: enough to tell two apart, short enough to say. UUIDv7 ids of one moment begin alike, so the end is taken. */
export function shortId(id: string): string {
  return id.slice(-8);
}

/** Returns the mean rate in probes per second; null when it can't be told: a scan that goes on from another counts its probes too. */
export function rateOf(scan: Scan): number | null {
  const { ports_scanned, elapsed_ms } = scan.progress;
  return elapsed_ms === 0 || scan.resumes ? null : ports_scanned / (elapsed_ms / 1000);
}
