import type { LogGap } from "../../../api/types";

/** Lines that a log does not have, and where its lines stand when each gap takes a single row. Lines count from 1, rows from 0. */
export class Gaps {
  /** In order, apart from each other. */
  private readonly list: LogGap[] = [];

  all(): readonly LogGap[] {
    return this.list;
  }

  /** Notes a gap; returns whether it was news. Parts of the same gap become one. */
  add(gap: LogGap): boolean {
    if (this.list.some((known) => known.first_line <= gap.first_line && known.last_line >= gap.last_line)) return false;
    const touching = this.list.filter((known) => known.first_line <= gap.last_line && known.last_line >= gap.first_line);
    const whole: LogGap = {
      first_line: Math.min(gap.first_line, ...touching.map((known) => known.first_line)),
      last_line: Math.max(gap.last_line, ...touching.map((known) => known.last_line)),
      reason: gap.reason,
    };
    const apart = this.list.filter((known) => !touching.includes(known));
    this.list.splice(0, this.list.length, ...[...apart, whole].sort((a, b) => a.first_line - b.first_line));
    return true;
  }

  /** Returns the gap that holds a line. */
  at(line: number): LogGap | undefined {
    return this.list.find((gap) => gap.first_line <= line && line <= gap.last_line);
  }

  /** Returns the row of a line; one that is missing stands in its gap's. */
  rowOf(line: number): number {
    let hidden = 0;
    for (const gap of this.list) {
      if (gap.first_line > line) break;
      hidden += Math.min(line, gap.last_line) - gap.first_line;
    }
    return line - 1 - hidden;
  }

  /** Returns the line at a row; at a gap its first. */
  lineAt(row: number): number {
    let line = row + 1;
    for (const gap of this.list) {
      if (gap.first_line >= line) break;
      line += gap.last_line - gap.first_line;
    }
    return line;
  }
}
