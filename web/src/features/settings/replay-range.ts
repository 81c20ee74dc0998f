import type { WebhookReplay } from "./types";

/** A range as its form holds it. */
export interface ReplayDraft {
  from: "since" | "after" | "oldest";
  /** Local time, as a field of the browser gives it. */
  since: string;
  after: string;
  through: string;
}

/** Returns the range to ask for; null while the form says too little. */
export function rangeOf({ from, since, after, through }: ReplayDraft): WebhookReplay | null {
  const end = through.trim() === "" ? {} : { through: through.trim() };
  switch (from) {
    case "oldest":
      return { after: "oldest", ...end };
    case "after":
      return after.trim() === "" ? null : { after: after.trim(), ...end };
    case "since":
      return since === "" || Number.isNaN(Date.parse(since)) ? null : { since: new Date(since).toISOString(), ...end };
  }
}
