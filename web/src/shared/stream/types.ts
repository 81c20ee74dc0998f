import type { Envelope, Problem } from "../../api/types";

/** Which events, and from where. */
export interface StreamFilter {
  /** Type patterns; empty wants every type. */
  types?: readonly string[];
  /** Only events about this. */
  subject?: string;
  /** Behind this position; `oldest` for everything there is; absent: live. */
  after?: string;
}

export interface StreamHandlers {
  /** Events and control frames in order, at most once per frame of the screen. */
  events(batch: readonly Envelope[]): void;
  /** The stream goes on behind `sequence`; called again after every reconnect. */
  opened?(sequence: string): void;
  /** Events are missing for good: read the present state anew. */
  gap?(): void;
  /** The server refused the stream; it will not go on by itself. */
  refused?(problem: Problem): void;
}

export interface Subscription {
  /** The position up to which events were delivered. */
  position(): string | undefined;
  close(): void;
}
