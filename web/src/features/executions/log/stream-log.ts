import type { LogLine, LogPage, LogStream } from "../../../api/types";
import { LogBase, type LogRow, type LogSource, type ReadLog } from "./source";

const PAGE = 1000;
/** Rows from the end at which more is read. */
const AHEAD = 200;
/** So many lines are held; whoever wants more jumps to the end, or to the command line. */
export const HELD_MAX = 50_000;

/** The lines of one stream, read from the beginning on as the reader scrolls, or from near the end on. */
export class StreamLog extends LogBase implements LogSource {
  private lines: LogLine[] = [];
  private next = 1;
  private wanted = 0;
  private following = false;
  private reading = false;

  constructor(
    private readonly read: ReadLog,
    private readonly stream: LogStream,
  ) {
    super();
  }

  row(index: number): LogRow {
    const line = this.lines[index];
    return line === undefined ? { kind: "waiting", number: 0 } : { kind: "line", number: line.lineNumber, line };
  }

  rowOf(line: number): number {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle]?.lineNumber ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, Math.min(this.lines.length - 1, low));
  }

  want(_first: number, last: number): void {
    this.wanted = Math.max(this.wanted, last);
    void this.readOn();
  }

  advanced(lastLine: number): void {
    if (lastLine > this.state.lastLine) this.set({ lastLine });
    void this.readOn();
  }

  follow(on: boolean): void {
    if (this.following === on) return;
    this.following = on;
    if (on) void this.jump();
  }

  retry(): void {
    this.set({ error: undefined });
    void this.readOn();
  }

  /** Goes on near the end, unless that is near anyway. */
  private async jump(): Promise<void> {
    if (this.state.lastLine - this.next < PAGE) return this.readOn();
    await this.once(async () => {
      const answer = await this.read({ tail: PAGE, stream: this.stream, limit: PAGE }, this.abort.signal);
      this.lines = [];
      this.take(answer);
      this.set({ moved: this.state.moved + 1, beheaded: true, full: false });
    });
    return this.readOn();
  }

  private readOn(): Promise<void> {
    return this.once(async () => {
      while (this.next <= this.state.lastLine && (this.following || this.wanted >= this.lines.length - AHEAD)) {
        if (this.lines.length >= HELD_MAX && !this.following) return this.set({ full: true });
        const from = this.next;
        this.take(await this.read({ from_line: from, stream: this.stream, limit: PAGE }, this.abort.signal));
        if (this.next <= from) return undefined;
      }
      return undefined;
    });
  }

  private async once(read: () => Promise<void>): Promise<void> {
    if (this.reading || this.state.error !== undefined || this.abort.signal.aborted) return;
    this.reading = true;
    try {
      await read();
    } catch (error) {
      if (!this.abort.signal.aborted) this.set({ error });
    } finally {
      this.reading = false;
    }
  }

  private take(answer: LogPage): void {
    this.lines.push(...answer.lines);
    this.next = Math.max(this.next, answer.next_line);
    const over = this.following ? this.lines.length - HELD_MAX : 0;
    if (over > PAGE) {
      this.lines.splice(0, over);
      this.set({ moved: this.state.moved + 1, beheaded: true });
    }
    this.set({ rows: this.lines.length, lastLine: Math.max(this.state.lastLine, answer.last_line) });
  }
}
