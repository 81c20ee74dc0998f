import type { Envelope, Facets, Resource } from "../../api/types";
import type { Backend } from "../../shared/backend/backend";
import type { Subscription } from "../../shared/stream/types";
import { filterOf, orderOf, type InventorySearch } from "./search";

/** What the table shows of a thing; all else would only fill the memory. */
export type ThingRow = Pick<Resource, "id" | "kind" | "name" | "state" | "scope" | "tags" | "last_seen" | "last_changed" | "deleted_at">;

export interface ResourceViewState {
  /** The rows read so far, from the first on without a gap. */
  rows: readonly ThingRow[];
  /** How many there are in all; undefined until the first page came. */
  total: number | undefined;
  facets: Facets | undefined;
  /** The position of the journal at which the rows were read. */
  sequence: string;
  error: unknown;
  /** When the rows were last known to be the server's, in Unix milliseconds. */
  asOf: number | undefined;
}

/** Events after which rows or counts may be different. */
export const CHANGE_TYPES = [
  "groma.network.host_changed",
  "groma.network.scan_completed",
  "groma.estate.resource_changed",
  "groma.estate.scan_complete",
  "groma.vm.state_changed",
  "groma.vm.created",
  "groma.vm.deleted",
  "groma.vm.guest_info_updated",
  "groma.vm.storage_pool_changed",
  "groma.vm.network_changed",
] as const;

export const FIRST_PAGE = 150;
export const PAGE = 500;
/** So many rows beyond the last in view are read ahead. */
const AHEAD = 100;
/** At least so long between two times of reading anew, and at least so many times as long as one takes. */
const ANEW_MS = 2000;
const ANEW_TIMES = 5;

const NOTHING: ResourceViewState = { rows: [], total: undefined, facets: undefined, sequence: "", error: undefined, asOf: undefined };

/** Part of the inventory in an order: pages are read when they come into view, and read anew, as far as they are looked at, when something changed. */
export class ResourceView {
  /** Where the reader was, for when the page is shown again. */
  scrollTop = 0;
  active: string | undefined;

  private state: ResourceViewState = NOTHING;
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | undefined;
  private abort: AbortController | undefined;
  private cursor: string | undefined;
  private wanted = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When the rows began to be read: what is told relative to now means this moment on every page of them. */
  private began = 0;
  private took = 0;
  private again = false;
  private busy: "anew" | "on" | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly search: InventorySearch,
  ) {}

  readonly get = (): ResourceViewState => this.state;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly scrolled = (top: number): void => {
    this.scrollTop = top;
  };

  readonly point = (id: string | undefined): void => {
    this.active = id;
  };

  /** Says up to which row the reader looks. */
  readonly want = (index: number): void => {
    this.wanted = index;
    void this.readOn();
  };

  /** Reads anew what was read. */
  readonly refresh = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.readAnew();
  };

  private start(): void {
    this.subscription = this.backend.subscribe(
      { types: CHANGE_TYPES },
      {
        opened: (sequence) => {
          if (this.state.total === undefined) return;
          if (this.state.sequence < sequence) this.soon();
          else this.set({ asOf: Date.now() });
        },
        events: (batch) => this.onEvents(batch),
        gap: this.refresh,
      },
    );
    void this.readAnew();
  }

  private stop(): void {
    this.subscription?.close();
    this.abort?.abort();
    this.abort = undefined;
    this.busy = undefined;
    this.again = false;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private onEvents(batch: readonly Envelope[]): void {
    if (batch.some(({ sequence }) => !sequence || sequence > this.state.sequence)) this.soon();
  }

  private soon(): void {
    if (this.timer !== undefined) return;
    const rest = Math.max(ANEW_MS, ANEW_TIMES * this.took);
    this.timer = setTimeout(this.refresh, Math.max(0, this.began + rest - Date.now()));
  }

  /** Reads the pages from the first to the last in view, and shows them at once when they are all there. */
  private async readAnew(): Promise<void> {
    if (this.busy === "anew") {
      this.again = true;
      return;
    }
    const abort = this.take("anew");
    this.began = Date.now();
    try {
      const first = await this.page(abort.signal, undefined);
      let { next_cursor: cursor } = first;
      const rows = first.resources.map(rowOf);
      const shown = (): void => {
        this.cursor = cursor ?? undefined;
        this.set({ rows, total: first.total, facets: first.facets ?? undefined, sequence: first.sequence, error: undefined, asOf: Date.now() });
      };
      // What was never seen shows as it comes; what is looked at stays until all of it is there.
      if (this.state.total === undefined) shown();
      while (cursor && rows.length <= this.wanted) {
        const page = await this.page(abort.signal, cursor);
        rows.push(...page.resources.map(rowOf));
        cursor = page.next_cursor;
      }
      shown();
    } catch (error) {
      if (abort.signal.aborted) return;
      this.set({ error });
    } finally {
      this.release(abort);
      this.took = Date.now() - this.began;
    }
    if (this.again) {
      this.again = false;
      this.soon();
    }
    void this.readOn();
  }

  /** Reads on while the reader looks further than what is there. */
  private async readOn(): Promise<void> {
    if (this.busy !== undefined || this.listeners.size === 0 || this.state.error !== undefined) return;
    if (!this.cursor || this.state.rows.length > this.wanted + AHEAD) return;
    const abort = this.take("on");
    try {
      while (this.cursor && this.state.rows.length <= this.wanted + AHEAD) {
        const page = await this.page(abort.signal, this.cursor);
        this.cursor = page.next_cursor ?? undefined;
        this.set({ rows: [...this.state.rows, ...page.resources.map(rowOf)], total: page.total });
      }
    } catch (error) {
      if (!abort.signal.aborted) this.set({ error });
    } finally {
      this.release(abort);
    }
  }

  private take(what: "anew" | "on"): AbortController {
    this.abort?.abort();
    this.abort = new AbortController();
    this.busy = what;
    return this.abort;
  }

  private release(abort: AbortController): void {
    if (this.abort !== abort) return;
    this.abort = undefined;
    this.busy = undefined;
  }

  private async page(signal: AbortSignal, cursor: string | undefined) {
    const page = await this.backend.request("get", "/v1/resources", {
      signal,
      query: { ...filterOf(this.search, this.began), ...orderOf(this.search), ...(cursor === undefined ? { facets: true, limit: FIRST_PAGE } : { cursor, limit: PAGE }) },
    });
    // An answer that came although nobody waits for it any more.
    signal.throwIfAborted();
    return page;
  }

  private set(change: Partial<ResourceViewState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function rowOf({ id, kind, name, state, scope, tags, last_seen, last_changed, deleted_at }: Resource): ThingRow {
  return { id, kind, name, state, scope, tags, last_seen, last_changed, deleted_at };
}
