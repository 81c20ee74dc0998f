import { count } from "../../shared/format/number";
import { duration } from "../../shared/format/time";
import type { Webhook } from "./types";

/** Returns which events a webhook wants, in words. */
export function filterOf(webhook: Pick<Webhook, "types" | "subject">): string {
  const types = webhook.types.length === 0 ? "every event" : webhook.types.join(", ");
  return webhook.subject ? `${types} about ${webhook.subject}` : types;
}

/** Returns the host of an address; a path or query may hold what is not for every eye. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Returns how long a receiver took: `48 ms`, `5.0 s`. */
export function took(ms: number): string {
  return ms < 1000 ? `${count(ms)} ms` : duration(ms);
}
