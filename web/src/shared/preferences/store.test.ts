import { expect, test } from "vitest";

import { DEFAULTS, readChoices } from "./store";

test.each([
  [null, DEFAULTS],
  ["not JSON", DEFAULTS],
  ["[1]", DEFAULTS],
  ["null", DEFAULTS],
  ['{"pollMs":"fast","singleKeys":1}', DEFAULTS],
  ['{"pollMs":5000,"singleKeys":false}', { pollMs: 5000, singleKeys: false }],
  ['{"pollMs":1}', { pollMs: 1000, singleKeys: true }],
  ['{"pollMs":1e9}', { pollMs: 60_000, singleKeys: true }],
])("%s is read with sense", (text, choices) => expect(readChoices(text)).toEqual(choices));
