import { beforeEach, expect, test } from "vitest";

import { notify, SHOWN_MAX, useNotices } from "./notices-store";

beforeEach(() => useNotices.setState({ notices: [] }));

const shown = (): string[] => useNotices.getState().notices.map(({ text, count }) => (count === 1 ? text : `${text} ×${count}`));

test("the same said again is counted, not repeated", () => {
  for (let times = 0; times < 100; times += 1) notify({ kind: "error", text: "The disk is full." });
  notify({ kind: "done", text: "Saved." });
  expect(shown()).toEqual(["The disk is full. ×100", "Saved."]);
});

test("one key is one notice, and its newest text shows", () => {
  notify({ kind: "error", key: "system", text: "first" });
  notify({ kind: "error", key: "system", text: "second" });
  notify({ kind: "error", text: "another" });
  expect(shown()).toEqual(["second ×2", "another"]);
});

test("in a storm confirmations go before errors", () => {
  notify({ kind: "error", text: "bad" });
  for (let number = 1; number <= SHOWN_MAX + 2; number += 1) notify({ kind: "done", text: `done ${number}` });
  expect(shown()).toEqual(["bad", "done 4", "done 5", "done 6", "done 7"]);
});

test("one that was closed can be said again", () => {
  notify({ kind: "error", text: "bad" });
  useNotices.getState().dismiss(useNotices.getState().notices[0]?.id ?? 0);
  expect(shown()).toEqual([]);
  notify({ kind: "error", text: "bad" });
  expect(shown()).toEqual(["bad"]);
});
