import { describe, expect, test } from "vitest";

import { fakeLog, settled } from "../testing";
import { plain, spansOf } from "./ansi";
import { Finder, nextMatch } from "./finder";
import { Gaps } from "./gaps";
import { marked } from "./highlight";
import { textOf } from "./save";
import { baseFor, SEGMENT } from "./segment";
import type { LogSource } from "./source";
import { StreamLog } from "./stream-log";
import { PAGE, WholeLog } from "./whole-log";

const textAt = (log: LogSource, index: number): string => {
  const row = log.row(index);
  return row.kind === "line" ? row.line.line : row.kind;
};

describe("gaps", () => {
  const gaps = (): Gaps => {
    const gaps = new Gaps();
    gaps.add({ first_line: 101, last_line: 900, reason: "limit" });
    gaps.add({ first_line: 11, last_line: 20, reason: "disk" });
    return gaps;
  };

  test.each([
    [1, 0],
    [10, 9],
    [11, 10],
    [15, 10],
    [20, 10],
    [21, 11],
    [100, 90],
    [500, 91],
    [901, 92],
  ])("line %i stands in row %i", (line, row) => expect(gaps().rowOf(line)).toBe(row));

  test("every row has its line, and the line its row", () => {
    const some = gaps();
    for (let row = 0; row < 300; row += 1) expect(some.rowOf(some.lineAt(row))).toBe(row);
  });

  test("parts of one gap are one, and the same again is no news", () => {
    const some = gaps();
    expect(some.add({ first_line: 12, last_line: 14, reason: "disk" })).toBe(false);
    expect(some.add({ first_line: 15, last_line: 30, reason: "disk" })).toBe(true);
    expect(some.all().map((gap) => [gap.first_line, gap.last_line])).toEqual([[11, 30], [101, 900]]);
  });
});

describe("text of programs", () => {
  test.each([
    ["plain", "plain"],
    ["\u001b[31mred\u001b[0m rest", "red rest"],
    ["10 %\r50 %\r100 %", "100 %"],
    ["done\r", "done"],
    ["\u001b]0;title\u0007after", "after"],
    ["\u001b[2K\u001b[1Gdrawn", "drawn"],
    ["a\u0000b\u202ec", "a\u2400b<U+202E>c"],
    ["\u001b[38;5;196mx\u001b[48;2;1;2;3my", "xy"],
    ["broken \u001b[", "broken "],
  ])("%j reads %j", (line, text) => expect(plain(line)).toBe(text));

  test("keeps colours, bold and where they end", () => {
    expect(spansOf("a\u001b[1;32mb\u001b[39mc\u001b[md")).toEqual([{ text: "a" }, { text: "b", bold: true, colour: 2 }, { text: "c", bold: true, colour: undefined }, { text: "d" }]);
  });

  test("marks what is looked for in any case, also over the border of a colour", () => {
    const parts = marked(spansOf("an Er\u001b[31mROR here, error"), "error");
    expect(parts.map(({ text, found }) => (found ? `[${text}]` : text)).join("")).toBe("an [Er][ROR] here, [error]");
    expect(parts.map(({ at }) => at)).toEqual([0, 3, 5, 8, 15]);
  });
});

describe("a whole log", () => {
  test("reads the pages that are looked at, and no others", async () => {
    const server = fakeLog(100_000);
    const log = new WholeLog(server.read);
    log.advanced(100_000);
    expect(log.get().rows).toBe(100_000);
    log.want(49_990, 50_010);
    await settled();
    expect(textAt(log, 49_999)).toBe("line 50000");
    expect(textAt(log, 0)).toBe("waiting");
    expect(server.asked).toEqual([{ from_line: 49_501, limit: PAGE }, { from_line: 50_001, limit: PAGE }]);
    log.want(49_990, 50_010);
    await settled();
    expect(server.asked).toHaveLength(2);
  });

  test("asks again when an answer had fewer lines than the page", async () => {
    const server = fakeLog(1000, { answerMax: 200 });
    const log = new WholeLog(server.read);
    log.advanced(1000);
    log.want(0, 499);
    await settled();
    expect(textAt(log, 499)).toBe("line 500");
    expect(server.asked.map((query) => query.from_line)).toEqual([1, 201, 401]);
  });

  test("shows a gap in a single row, wherever it is met", async () => {
    const server = fakeLog(10_000, { gap: [1001, 9000] });
    const log = new WholeLog(server.read);
    log.advanced(10_000);
    log.want(990, 1010);
    await settled();
    expect(log.get().rows).toBe(2001);
    expect(log.get().moved).toBe(1);
    expect(log.row(1000)).toMatchObject({ kind: "gap", gap: { first_line: 1001, last_line: 9000 } });
    expect(textAt(log, 1001)).toBe("line 9001");
    expect([log.rowOf(5000), log.rowOf(9001)]).toEqual([1000, 1001]);
  });

  test("followed, it shows no row before its line was read", async () => {
    const server = fakeLog(3);
    const log = new WholeLog(server.read);
    log.follow(true);
    log.advanced(3);
    expect(log.get().rows).toBe(0);
    await settled();
    expect(log.get().rows).toBe(3);
    server.last = 90_000;
    log.advanced(90_000);
    await settled();
    expect(log.get().rows).toBe(90_000);
    expect(textAt(log, 89_999)).toBe("line 90000");
    expect(server.asked).toHaveLength(2);
  });

  test("a line that is added to a page that was read is read too", async () => {
    const server = fakeLog(10);
    const log = new WholeLog(server.read);
    log.advanced(10);
    log.want(0, 9);
    await settled();
    server.last = 12;
    log.advanced(12);
    log.want(0, 11);
    await settled();
    expect(textAt(log, 11)).toBe("line 12");
    expect(server.asked.at(-1)).toEqual({ from_line: 11, limit: PAGE - 10 });
  });

  test("does not ask for ever for what is not there", async () => {
    const server = fakeLog(10);
    const log = new WholeLog(server.read);
    log.advanced(20);
    log.want(0, 19);
    await settled();
    expect(server.asked.length).toBeLessThan(4);
  });

  test("holds only some pages", async () => {
    const server = fakeLog(200_000);
    const log = new WholeLog(server.read);
    log.advanced(200_000);
    for (let page = 0; page < 200; page += 1) {
      log.want(page * PAGE, page * PAGE + 40);
      await settled();
    }
    expect(textAt(log, 0)).toBe("waiting");
    expect(textAt(log, 199 * PAGE)).toBe(`line ${199 * PAGE + 1}`);
    log.want(0, 40);
    await settled();
    expect(textAt(log, 0)).toBe("line 1");
  });

  test("an error is told once, and what failed can be tried again", async () => {
    let broken = true;
    const server = fakeLog(10);
    const log = new WholeLog((query, signal) => (broken ? Promise.reject(new Error("no answer")) : server.read(query, signal)));
    log.advanced(10);
    log.want(0, 9);
    await settled();
    expect(log.get().error).toBeInstanceOf(Error);
    broken = false;
    log.retry();
    await settled();
    expect(textAt(log, 0)).toBe("line 1");
  });
});

describe("one stream of a log", () => {
  test("is read as far as it is looked at", async () => {
    const server = fakeLog(100_000);
    const log = new StreamLog(server.read, "stderr");
    log.advanced(100_000);
    await settled();
    expect(log.get().rows).toBe(1000);
    expect(textAt(log, 999)).toBe("line 10000");
    log.want(900, 950);
    await settled();
    expect(log.get().rows).toBe(2000);
    expect(log.rowOf(15_000)).toBe(1499);
  });

  test("goes to the end, and on from there", async () => {
    const server = fakeLog(100_000);
    const log = new StreamLog(server.read, "stderr");
    log.advanced(100_000);
    await settled();
    log.follow(true);
    await settled();
    expect(log.get().beheaded).toBe(true);
    expect(textAt(log, log.get().rows - 1)).toBe("line 100000");
    server.last = 100_010;
    log.advanced(100_010);
    await settled();
    expect(textAt(log, log.get().rows - 1)).toBe("line 100010");
  });
});

describe("finding", () => {
  test("looks through all of it, and through what comes", async () => {
    const server = fakeLog(30_000);
    const finder = new Finder(server.read, "99", undefined);
    finder.advanced(30_000);
    await settled();
    const before = finder.get().lines.length;
    expect(finder.get()).toMatchObject({ done: true });
    expect(finder.get().lines.slice(0, 3)).toEqual([99, 199, 299]);
    server.last = 30_099;
    finder.advanced(30_099);
    await settled();
    expect(finder.get().lines).toHaveLength(before + 1);
  });

  test.each([
    [0, true, 0],
    [5, true, 1],
    [9, true, 0],
    [9, false, 1],
    [3, false, 2],
  ])("from line %i, forward %s, goes to match %i", (line, forward, at) => expect(nextMatch([5, 7, 9], line, forward)).toBe(at === 2 ? 2 : at));

  test("nothing found is nowhere", () => expect(nextMatch([], 3, true)).toBe(-1));
});

test("a log is gathered as text, to its end or to a number of lines", async () => {
  const { signal } = new AbortController();
  const whole = await textOf(fakeLog(25_000).read, 1, Number.POSITIVE_INFINITY, true, signal);
  expect(whole.cut).toBe(false);
  expect(whole.parts.join("").split("\n")).toHaveLength(25_001);
  const last = await textOf(fakeLog(25_000).read, 24_999, 2, false, signal);
  expect(last).toEqual({ parts: ["line 24999\nline 25000\n"], cut: false });
});

test("a part of a log stays while its rows are looked at, and moves by halves", () => {
  expect(baseFor(10, 0, 1000)).toBe(0);
  expect(baseFor(SEGMENT - 1, 0, 2_000_000)).toBe(0);
  const base = baseFor(SEGMENT, 0, 2_000_000);
  expect([base <= SEGMENT, base + SEGMENT > SEGMENT]).toEqual([true, true]);
  for (const row of [0, 399_999, 400_000, 1_234_567, 1_999_999]) {
    const first = baseFor(row, 0, 2_000_000);
    expect(row >= first && row < first + SEGMENT).toBe(true);
  }
});
