import type { LogStream } from "../../../api/types";
import type { ReadLog } from "./source";

/** So many matches are numbered; the rest is only known to be there. */
export const MATCHES_MAX = 10_000;
const PAGE = 1000;

export interface Found {
  /** Numbers of the lines that contain the text, in order. */
  lines: readonly number[];
  /** Whether the log was looked through to its end. */
  done: boolean;
  error: unknown;
}

/** Looks through a whole log on the server, and goes on when it has more. */
export class Finder {
  private found: Found = { lines: [], done: false, error: undefined };
  private readonly listeners = new Set<() => void>();
  private readonly abort = new AbortController();
  private next = 1;
  private lastLine = 0;
  private running = false;

  constructor(
    private readonly read: ReadLog,
    readonly text: string,
    private readonly stream: LogStream | undefined,
  ) {}

  readonly get = (): Found => this.found;

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tells that there are lines up to this. */
  advanced(lastLine: number): void {
    this.lastLine = Math.max(this.lastLine, lastLine);
    void this.run();
  }

  close(): void {
    this.abort.abort();
    this.listeners.clear();
  }

  private async run(): Promise<void> {
    if (this.running || this.text === "" || this.found.error !== undefined) return;
    this.running = true;
    try {
      while (this.next <= this.lastLine && this.found.lines.length < MATCHES_MAX) {
        const from = this.next;
        const answer = await this.read({ from_line: from, contains: this.text, limit: PAGE, ...(this.stream === undefined ? {} : { stream: this.stream }) }, this.abort.signal);
        this.next = Math.max(from, answer.next_line);
        this.lastLine = Math.max(this.lastLine, answer.last_line);
        const fresh = answer.lines.map((line) => line.lineNumber);
        if (fresh.length > 0) this.set({ lines: [...this.found.lines, ...fresh] });
        if (this.next <= from) break;
      }
      this.set({ done: true });
    } catch (error) {
      if (!this.abort.signal.aborted) this.set({ error });
    } finally {
      this.running = false;
    }
  }

  private set(change: Partial<Found>): void {
    this.found = { ...this.found, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** Returns the place of the match that follows a line, or comes before it; past the last it begins again. */
export function nextMatch(lines: readonly number[], line: number, forward: boolean): number {
  if (lines.length === 0) return -1;
  if (forward) {
    const at = lines.findIndex((number) => number > line);
    return Math.max(0, at);
  }
  const at = lines.findLastIndex((number) => number < line);
  return at < 0 ? lines.length - 1 : at;
}
