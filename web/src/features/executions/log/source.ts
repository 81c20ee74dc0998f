import type { LogGap, LogLine, LogPage, LogStream } from "../../../api/types";

/** What stands in a row of a log. */
export type LogRow = { kind: "line"; number: number; line: LogLine } | { kind: "waiting"; number: number } | { kind: "gap"; number: number; gap: LogGap };

/** Where a log is, as the page shows it. */
export interface LogState {
  /** Rows that can be shown. */
  rows: number;
  /** The last line that there is. */
  lastLine: number;
  /** Counts how often rows moved to other places, because of a gap or a new beginning. */
  moved: number;
  /** Counts changes of what rows hold. */
  version: number;
  /** Whether the beginning is not among the rows. */
  beheaded: boolean;
  /** Whether there is more than is held. */
  full: boolean;
  error: unknown;
}

export const EMPTY_LOG: LogState = { rows: 0, lastLine: 0, moved: 0, version: 0, beheaded: false, full: false, error: undefined };

export interface LogQuery {
  from_line?: number;
  tail?: number;
  stream?: LogStream;
  contains?: string;
  limit?: number;
}

export type ReadLog = (query: LogQuery, signal: AbortSignal) => Promise<LogPage>;

/** A log, or the lines of one stream of it: rows by their place, read when they come into view. */
export interface LogSource {
  get(): LogState;
  listen(listener: () => void): () => void;
  row(index: number): LogRow;
  /** Returns the row at which a line stands, or would. */
  rowOf(line: number): number;
  /** Reads what rows from `first` to `last` lack. */
  want(first: number, last: number): void;
  /** Tells that there are lines up to this. */
  advanced(lastLine: number): void;
  /** While followed, rows appear when their lines were read, so that the end never shows empty. */
  follow(on: boolean): void;
  /** Tries again what failed. */
  retry(): void;
  close(): void;
}

/** What both kinds of logs share: a state and those who listen to it. */
export abstract class LogBase {
  protected state: LogState = EMPTY_LOG;
  protected readonly abort = new AbortController();
  private readonly listeners = new Set<() => void>();

  readonly get = (): LogState => this.state;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  close(): void {
    this.abort.abort();
    this.listeners.clear();
  }

  protected set(change: Partial<LogState>): void {
    this.state = { ...this.state, ...change, version: this.state.version + 1 };
    for (const listener of this.listeners) listener();
  }
}
