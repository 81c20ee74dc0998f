import type { ThingScope } from "../../api/types";

/** Returns where a thing is, in a few words; empty when nothing is known of it. */
export function scopeText(scope: ThingScope): string {
  const { account, region, connection, subnet } = scope;
  const cloud = [account, region].filter(Boolean).join(" / ");
  if (cloud !== "") return cloud;
  return subnet ?? (connection ? `connection ${connection.slice(-8)}` : "");
}

/** Not seen for so long, a thing may be there no more; the overview counts by the same. */
export const STALE_MS = 7 * 86_400_000;

/** Returns whether nobody has seen a thing for long. */
export function isStale(lastSeen: string, now: number): boolean {
  return now - Date.parse(lastSeen) > STALE_MS;
}
