import type { LogLine, LogPage } from "../../../api/types";
import { Gaps } from "./gaps";
import { LogBase, type LogRow, type LogSource, type ReadLog } from "./source";

/** Lines per page. */
export const PAGE = 500;
const CHARACTERS_MAX = 24_000_000;
const AT_ONCE = 2;

interface Page {
  lines: Map<number, LogLine>;
  /** Lines of the page below this were read, or are in a gap. */
  until: number;
  /** The log's last line when a read found nothing: there is no use in asking again before it moves. */
  emptyAt: number;
  characters: number;
}

/** Every line of a log by its number; pages are read when they come into view, and those that were not looked at for long are let go. */
export class WholeLog extends LogBase implements LogSource {
  /** By number, the one looked at last at the end. */
  private readonly pages = new Map<number, Page>();
  private readonly gaps = new Gaps();
  private readonly loading = new Set<number>();
  /** The last line that has a row. */
  private shown = 0;
  private characters = 0;
  private wanted: readonly [first: number, last: number] = [1, 0];
  private following = false;
  private reading = false;

  constructor(private readonly read: ReadLog) {
    super();
  }

  row(index: number): LogRow {
    const number = this.gaps.lineAt(index);
    const gap = this.gaps.at(number);
    if (gap !== undefined) return { kind: "gap", number, gap };
    const line = this.pages.get(pageOf(number))?.lines.get(number);
    return line === undefined ? { kind: "waiting", number } : { kind: "line", number, line };
  }

  rowOf(line: number): number {
    return Math.max(0, Math.min(this.state.rows - 1, this.gaps.rowOf(line)));
  }

  want(first: number, last: number): void {
    this.wanted = [this.gaps.lineAt(Math.max(0, first)), this.gaps.lineAt(Math.max(0, last))];
    this.fill();
  }

  advanced(lastLine: number): void {
    if (lastLine <= this.state.lastLine && this.shown > 0) return;
    this.tell(Math.max(lastLine, this.state.lastLine));
    if (this.following) void this.readEnd();
    else this.show(this.state.lastLine);
    this.fill();
  }

  follow(on: boolean): void {
    if (this.following === on) return;
    this.following = on;
    if (on && this.shown < this.state.lastLine) void this.readEnd();
    else if (!on) this.show(this.state.lastLine);
  }

  retry(): void {
    this.set({ error: undefined });
    if (this.following) void this.readEnd();
    this.fill();
  }

  /** Reads the pages that are looked at, a few at once. */
  private fill(): void {
    if (this.state.error !== undefined || this.abort.signal.aborted) return;
    const [first, last] = this.wanted;
    for (let page = pageOf(first); page <= pageOf(Math.min(last, this.shown)) && this.loading.size < AT_ONCE; page += 1) {
      if (!this.loading.has(page) && this.lacks(page)) void this.readPage(page);
    }
  }

  private lacks(number: number): boolean {
    const page = this.pages.get(number);
    if (page === undefined) return true;
    return page.until <= Math.min(endOf(number), this.shown) && page.emptyAt < this.state.lastLine;
  }

  private async readPage(number: number): Promise<void> {
    const from = this.pages.get(number)?.until ?? beginOf(number);
    this.loading.add(number);
    try {
      const answer = await this.read({ from_line: from, limit: endOf(number) - from + 1 }, this.abort.signal);
      this.take(from, answer);
    } catch (error) {
      if (!this.abort.signal.aborted) this.set({ error });
    } finally {
      this.loading.delete(number);
      this.fill();
    }
  }

  /** Reads on behind the last row; far behind the end it goes on near the end, and the rows between are read when looked at. */
  private async readEnd(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.following && this.shown < this.state.lastLine && !this.abort.signal.aborted) {
        const from = Math.max(this.shown + 1, this.state.lastLine - PAGE + 1);
        const answer = await this.read({ from_line: from, limit: PAGE }, this.abort.signal);
        this.take(from, answer);
        if (answer.next_line <= from) break;
        this.show(Math.min(answer.next_line - 1, this.state.lastLine));
      }
    } catch (error) {
      if (!this.abort.signal.aborted) this.set({ error });
    } finally {
      this.reading = false;
    }
  }

  private take(from: number, answer: LogPage): void {
    let moved = false;
    for (const gap of answer.gaps ?? []) moved = this.gaps.add(gap) || moved;
    for (const line of answer.lines) this.put(line);
    const next = Math.max(from, answer.next_line);
    for (let number = pageOf(from); number <= pageOf(Math.max(from, next - 1)); number += 1) {
      const page = this.page(number);
      // Only without a hole before it does a page know what it has.
      if (page.until >= Math.max(from, beginOf(number))) page.until = Math.max(page.until, Math.min(endOf(number) + 1, next));
      if (next <= from) page.emptyAt = Math.max(answer.last_line, this.state.lastLine);
    }
    this.forget();
    if (answer.last_line > this.state.lastLine) this.tell(answer.last_line);
    if (moved) this.set({ moved: this.state.moved + 1 });
    this.show(this.following ? this.shown : this.state.lastLine);
  }

  private put(line: LogLine): void {
    const page = this.page(pageOf(line.lineNumber));
    const before = page.lines.get(line.lineNumber)?.line.length ?? 0;
    page.lines.set(line.lineNumber, line);
    page.characters += line.line.length - before;
    this.characters += line.line.length - before;
  }

  private page(number: number): Page {
    const page = this.pages.get(number) ?? { lines: new Map(), until: beginOf(number), emptyAt: -1, characters: 0 };
    this.pages.delete(number);
    this.pages.set(number, page);
    return page;
  }

  /** Lets go of what was not looked at for long. */
  private forget(): void {
    const [first, last] = this.wanted;
    for (const [number, page] of this.pages) {
      if (this.characters <= CHARACTERS_MAX && this.pages.size <= PAGES_MAX) return;
      if (number >= pageOf(first) - 1 && number <= pageOf(last) + 1) continue;
      this.pages.delete(number);
      this.characters -= page.characters;
    }
  }

  private tell(lastLine: number): void {
    this.state = { ...this.state, lastLine };
  }

  private show(line: number): void {
    this.shown = Math.max(this.shown, line);
    this.set({ rows: this.shown === 0 ? 0 : this.gaps.rowOf(this.shown) + 1 });
  }
}

/** Pages that are held: so many lines scroll back without asking. */
const PAGES_MAX = 80;

function pageOf(line: number): number {
  return Math.floor((line - 1) / PAGE);
}

function beginOf(page: number): number {
  return page * PAGE + 1;
}

function endOf(page: number): number {
  return (page + 1) * PAGE;
}
