import type { KeyboardEvent } from "react";

/** What a key does in a list of rows: moves to a row, or opens the one at hand. */
export type RowKey = { move: number } | "open" | null;

/** Returns what a key does; `at` is the row at hand, or -1, and `page` how many fit the view. */
export function rowKey(key: string, at: number, rows: number, page: number): RowKey {
  if (rows === 0) return null;
  const to = (index: number): RowKey => ({ move: Math.max(0, Math.min(rows - 1, index)) });
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at === -1 ? 0 : at - 1);
    case "PageDown":
      return to(Math.max(0, at) + page);
    case "PageUp":
      return to(at - page);
    case "Home":
      return to(0);
    case "End":
      return to(rows - 1);
    case "Enter":
      return at === -1 ? null : "open";
    default:
      return null;
  }
}

/** Returns whether a key press is meant for the rows, and for nothing inside them. */
export function forRows(event: KeyboardEvent): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey, target, currentTarget } = event;
  return !ctrlKey && !metaKey && !altKey && !shiftKey && target === currentTarget;
}
