import type { Envelope } from "../../api/types";
import type { Backend } from "../../shared/backend/backend";
import type { Subscription } from "../../shared/stream/types";

export interface Row {
  key: string;
  event: Envelope;
}

export interface TailState {
  rows: readonly Row[];
  /** How many were let go to bound the list. */
  dropped: number;
  error: unknown;
  /** When an event or the server's word last came, in Unix milliseconds. */
  asOf: number | undefined;
  paused: boolean;
}

export interface TailQuery {
  types: string;
  subject: string;
  /** `oldest`, a position, a time, or empty for the newest events and then live. */
  from: string;
}

/** So many rows are held; older ones are let go and counted. */
export const ROWS_MAX = 20_000;
const NEWEST = 200;
const NOTHING: TailState = { rows: [], dropped: 0, error: undefined, asOf: undefined, paused: false };

/** The journal from a point on, live; paused, it holds its position and goes on behind it. */
export class Tail {
  private state: TailState = NOTHING;
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | undefined;
  private abort: AbortController | undefined;
  private position: string | undefined;
  private controls = 0;

  constructor(
    private readonly backend: Backend,
    private readonly query: TailQuery,
  ) {}

  readonly get = (): TailState => this.state;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1 && !this.state.paused) void this.begin();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.end();
    };
  };

  readonly pause = (): void => {
    this.end();
    this.set({ paused: true });
  };

  readonly resume = (): void => {
    this.set({ paused: false });
    void this.begin();
  };

  readonly retry = (): void => {
    this.end();
    this.set({ error: undefined });
    void this.begin();
  };

  private end(): void {
    this.abort?.abort();
    this.position = this.subscription?.position() ?? this.position;
    this.subscription?.close();
    this.subscription = undefined;
  }

  private async begin(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    try {
      const after = this.position ?? (await this.start(abort.signal));
      if (abort.signal.aborted) return;
      this.position = after;
      this.open(after);
    } catch (error) {
      if (!abort.signal.aborted) this.set({ error });
    }
  }

  /** Shows what stands before the stream, and returns the position behind which it goes on. */
  private async start(signal: AbortSignal): Promise<string> {
    const { types, subject, from } = this.query;
    const filter = { ...(types === "" ? {} : { types }), ...(subject === "" ? {} : { subject }) };
    if (from === "") {
      const page = await this.backend.request("get", "/v1/events/history", { query: { ...filter, limit: NEWEST }, signal });
      if (!signal.aborted) this.append(page.events);
      return page.head;
    }
    if (!isTime(from)) return from;
    const page = await this.backend.request("get", "/v1/events/history", {
      query: { ...filter, after: "oldest", since: new Date(from).toISOString(), limit: 1 },
      signal,
    });
    if (!signal.aborted) this.append(page.events);
    return page.events[0]?.sequence ?? page.head;
  }

  private open(after: string): void {
    const { types, subject } = this.query;
    this.subscription = this.backend.subscribe(
      { types: types.split(",").filter((part) => part !== ""), ...(subject === "" ? {} : { subject }), after },
      {
        opened: () => this.set({ asOf: Date.now(), error: undefined }),
        events: (batch) => this.append(batch),
        refused: (problem) => this.set({ error: new Error(problem.detail) }),
      },
    );
  }

  private append(events: readonly Envelope[]): void {
    const fresh = events.map((event) => ({ key: event.sequence ?? this.controlKey(), event }));
    const rows = [...this.state.rows, ...fresh];
    const over = Math.max(0, rows.length - ROWS_MAX);
    this.set({ rows: over === 0 ? rows : rows.slice(over), dropped: this.state.dropped + over, asOf: Date.now() });
  }

  private controlKey(): string {
    this.controls += 1;
    return `control ${this.controls}`;
  }

  private set(change: Partial<TailState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** Returns whether a starting point is a time; positions begin with digits too, but hold no colon. */
export function isTime(from: string): boolean {
  return from.includes(":") && !Number.isNaN(Date.parse(from));
}
