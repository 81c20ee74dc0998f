import type { Envelope } from "../../api/types";
import type { Backend } from "../backend/backend";
import type { StreamFilter, Subscription } from "../stream/types";

export interface LiveOptions<S> {
  filter: StreamFilter;
  /** Reads the present state. */
  load(signal: AbortSignal): Promise<S>;
  /** The position of the journal at which a state was read. */
  sequence(state: S): string;
  /** Returns the state after events; those at or before its own position never arrive here. */
  apply(state: S, events: readonly Envelope[]): S;
  /** Returns whether an event tells of something that `apply` cannot work out, so that the state is read anew. */
  reload?(event: Envelope): boolean;
  /** At least so long between two such reads, in milliseconds. */
  reloadEveryMs?: number;
}

export interface LiveSnapshot<S> {
  data: S | undefined;
  error: unknown;
  /** When the state was last known to be the server's, in Unix milliseconds. */
  asOf: number | undefined;
}

const RELOAD_MS = 2000;

/** A state that is read once and then kept by events: subscribe, take the snapshot, drop what it already holds, read anew on a gap. */
export class LiveView<S> {
  private snapshot: LiveSnapshot<S> = { data: undefined, error: undefined, asOf: undefined };
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | undefined;
  private abort: AbortController | undefined;
  private during: Envelope[] = [];
  private openedAt: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private again = false;
  private lastLoad = 0;

  constructor(
    private readonly backend: Pick<Backend, "subscribe">,
    private readonly options: LiveOptions<S>,
  ) {}

  readonly get = (): LiveSnapshot<S> => this.snapshot;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly refresh = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.load();
  };

  private start(): void {
    this.subscription = this.backend.subscribe(this.options.filter, {
      opened: (sequence) => this.onOpened(sequence),
      events: (batch) => this.onEvents(batch),
      gap: () => this.refresh(),
    });
    void this.load();
  }

  private stop(): void {
    this.subscription?.close();
    this.abort?.abort();
    this.abort = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.openedAt = undefined;
  }

  private onOpened(sequence: string): void {
    this.openedAt = sequence;
    const { data } = this.snapshot;
    // What was read before the stream opened may lack events in between.
    if (data !== undefined && this.abort === undefined && this.options.sequence(data) < sequence) this.refresh();
    else if (this.snapshot.error !== undefined) this.refresh();
    else this.set({ asOf: Date.now() });
  }

  private onEvents(batch: readonly Envelope[]): void {
    if (this.abort !== undefined) this.during.push(...batch);
    const { data } = this.snapshot;
    if (data !== undefined) this.set({ data: this.after(data, batch), asOf: Date.now() });
    if (batch.some((event) => this.options.reload?.(event))) this.reloadSoon();
  }

  private after(state: S, batch: readonly Envelope[]): S {
    const position = this.options.sequence(state);
    const fresh = batch.filter((event) => event.sequence !== undefined && event.sequence !== null && event.sequence > position);
    return fresh.length === 0 ? state : this.options.apply(state, fresh);
  }

  private reloadSoon(): void {
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.lastLoad + (this.options.reloadEveryMs ?? RELOAD_MS) - Date.now());
    this.timer = setTimeout(this.refresh, wait);
  }

  private async load(): Promise<void> {
    if (this.abort !== undefined) {
      this.again = true;
      return;
    }
    const abort = new AbortController();
    this.abort = abort;
    this.during = [];
    this.lastLoad = Date.now();
    try {
      const state = await this.options.load(abort.signal);
      if (abort.signal.aborted) return;
      this.set({ data: this.after(state, this.during), error: undefined, asOf: Date.now() });
      if (this.openedAt !== undefined && this.options.sequence(state) < this.openedAt) this.again = true;
      this.openedAt = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.set({ error });
    } finally {
      if (this.abort === abort) this.abort = undefined;
      this.during = [];
    }
    if (this.again) {
      this.again = false;
      this.refresh();
    }
  }

  private set(change: Partial<LiveSnapshot<S>>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }
}
