import type { Envelope, EventPage, StreamRequest } from "../../api/types";
import type { StreamFilter, StreamHandlers } from "./types";

/** One subscription: its filter, where it is, and what waits for the next frame of the screen. */
export class Channel {
  /** The newest position taken in; what a reconnect resumes behind. */
  received: string | undefined;
  /** The newest position handed to the handlers. */
  delivered: string | undefined;
  /** Delivered, and not yet acknowledged. */
  unacknowledged = 0;
  private waiting: Envelope[] = [];

  constructor(
    readonly id: string,
    readonly filter: StreamFilter,
    readonly handlers: StreamHandlers,
  ) {}

  /** The message that opens the stream, or resumes it. */
  request(): StreamRequest {
    const after = this.received ?? this.filter.after;
    return {
      type: "subscribe",
      id: this.id,
      types: [...(this.filter.types ?? [])],
      ...(this.filter.subject === undefined ? {} : { subject: this.filter.subject }),
      ...(after === undefined ? {} : { after }),
    };
  }

  opened(sequence: string): void {
    this.received ??= sequence;
    this.handlers.opened?.(sequence);
  }

  /** Takes in events; what was seen before a reconnect is dropped. Returns whether anything waits. */
  take(events: readonly Envelope[]): boolean {
    for (const event of events) {
      if (event.sequence === undefined || event.sequence === null) {
        // The stream goes on from `to`, which may lie before what we saw when history was reset.
        if (event.type === "groma.system.stream_gap") this.received = gapEnd(event) ?? this.received;
        this.waiting.push(event);
      } else if (this.received === undefined || event.sequence > this.received) {
        this.received = event.sequence;
        this.waiting.push(event);
      }
    }
    return this.waiting.length > 0;
  }

  /** Takes in a page of the journal in place of a stream's message. */
  takePage(page: EventPage): boolean {
    if (page.gap) {
      this.waiting.push(gapFrame(this.received ?? this.filter.after ?? "", page));
      // Positions before the gap say nothing of what comes behind it; without events there it goes on at the head.
      this.received = page.events.length === 0 ? page.head : undefined;
    }
    return this.take(page.events) || page.gap;
  }

  /** Hands over what waits. */
  flush(): void {
    if (this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.delivered = this.received;
    this.unacknowledged += batch.length;
    this.handlers.events(batch);
    if (batch.some((event) => event.type === "groma.system.stream_gap")) this.handlers.gap?.();
  }

  /** The acknowledgement that is due, if any. */
  acknowledge(): StreamRequest | null {
    if (this.unacknowledged === 0 || this.delivered === undefined) return null;
    this.unacknowledged = 0;
    return { type: "ack", id: this.id, sequence: this.delivered };
  }
}

/** A page only says that something is missing; the stream's own frame shows it in its place. */
function gapFrame(from: string, page: EventPage): Envelope {
  const first = page.events[0];
  return {
    specversion: "1.0",
    id: `gap ${from}`,
    source: "/groma/page",
    type: "groma.system.stream_gap",
    time: first?.time ?? new Date().toISOString(),
    datacontenttype: "application/json",
    dataschema: "/schemas/groma.system.stream_gap/v1",
    data: { from, to: first?.sequence ?? page.head, reason: "retention", snapshotUrl: "/v1/summary" } as unknown as Envelope["data"],
  };
}

function gapEnd(event: Envelope): string | undefined {
  const to: unknown = (event.data as { to?: unknown }).to;
  return typeof to === "string" ? to : undefined;
}
