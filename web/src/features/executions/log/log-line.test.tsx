// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import type { LogLine } from "../../../api/types";
import { EXECUTION } from "../testing";
import { LogLineRow } from "./log-line";
import type { LogRow } from "./source";

afterEach(cleanup);

function shown(row: LogRow, part: { find?: string; chosen?: boolean } = {}) {
  const onLine = vi.fn<(number: number) => void>();
  const onWhole = vi.fn<(line: { text: string; number: number }) => void>();
  const view = render(<LogLineRow row={row} index={4} top={80} chosen={part.chosen ?? false} current={false} find={part.find ?? ""} times={false} digits={3} onWhole={onWhole} onLine={onLine} />);
  return { ...view, onLine, onWhole };
}

function line(text: string, part: Partial<LogLine> = {}): LogRow {
  return { kind: "line", number: 5, line: { executionId: EXECUTION, stream: "stdout", line: text, lineNumber: 5, timestamp: "2026-11-21T15:04:05Z", ...part } };
}

test("a line has its number, its text, and a word for standard error", () => {
  const { getByRole, onLine } = shown(line("an oops", { stream: "stderr" }), { chosen: true });
  expect(getByRole("row").textContent).toBe("5erran oops");
  expect(getByRole("row").getAttribute("aria-current")).toBe("true");
  getByRole("link", { name: "Line 5" }).click();
  expect(onLine).toHaveBeenCalledWith(5);
});

test("what was looked for is marked, and a partial line says so", () => {
  const { container, getByText } = shown(line("one two one", { partial: true }), { find: "ONE" });
  expect([...container.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["one", "one"]);
  getByText("goes on");
});

test("of a long line the beginning shows, and all of it when asked", () => {
  const { getByRole, onWhole } = shown(line("x".repeat(5000)));
  getByRole("button", { name: "3,000 more characters" }).click();
  expect(onWhole).toHaveBeenCalledWith({ text: "x".repeat(5000), number: 5 });
});

test("a gap says which lines are missing, and why", () => {
  const { getByRole } = shown({ kind: "gap", number: 1000, gap: { first_line: 1000, last_line: 5000, reason: "the log was at its limit" } });
  expect(getByRole("row").textContent).toBe("Lines 1,000–5,000 are not in the log: the log was at its limit");
});

test("a line that is not read yet has its place", () => {
  expect(shown({ kind: "waiting", number: 7 }).getByRole("row").textContent).toBe("7…");
});
