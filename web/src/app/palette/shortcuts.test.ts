import { expect, test } from "vitest";

import { LEADER_MS, Shortcuts, type Press } from "./shortcuts";

const press = (key: string, part: Partial<Press> = {}): Press => ({ key, ctrlKey: false, metaKey: false, altKey: false, taken: false, ...part });

test.each([
  [press("k", { ctrlKey: true }), { does: "palette" }],
  [press("K", { metaKey: true }), { does: "palette" }],
  [press("k", { ctrlKey: true, taken: true }), { does: "palette" }],
  [press("k", { ctrlKey: true, altKey: true }), null],
  [press("k"), null],
  [press("?"), { does: "keys" }],
  [press("?", { taken: true }), null],
])("%o asks for %o", (key, wanted) => expect(new Shortcuts().press(key, true, 0)).toEqual(wanted));

test("g and a letter opens a page, for a while", () => {
  const shortcuts = new Shortcuts();
  expect(shortcuts.press(press("g"), true, 0)).toBeNull();
  expect(shortcuts.press(press("s"), true, LEADER_MS)).toEqual({ does: "go", to: "/scans" });
  expect(shortcuts.press(press("s"), true, LEADER_MS)).toBeNull();
  shortcuts.press(press("g"), true, 0);
  expect(shortcuts.press(press("s"), true, LEADER_MS + 1)).toBeNull();
});

test("what follows g and is no page's letter ends it", () => {
  const shortcuts = new Shortcuts();
  shortcuts.press(press("g"), true, 0);
  expect(shortcuts.press(press("q"), true, 1)).toBeNull();
  expect(shortcuts.press(press("s"), true, 2)).toBeNull();
  shortcuts.press(press("g"), true, 3);
  expect(shortcuts.press(press("toString"), true, 4)).toBeNull();
});

test("single keys can be turned off; the palette stays", () => {
  const shortcuts = new Shortcuts();
  expect(shortcuts.press(press("?"), false, 0)).toBeNull();
  shortcuts.press(press("g"), false, 0);
  expect(shortcuts.press(press("s"), false, 1)).toBeNull();
  expect(shortcuts.press(press("k", { ctrlKey: true }), false, 2)).toEqual({ does: "palette" });
});
