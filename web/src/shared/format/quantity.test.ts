import { describe, expect, test } from "vitest";

import { bytes, exactBytes, readBytes, readSpan, span } from "./quantity";

describe("times", () => {
  test.each([
    [86_400 * 90, "90 d"],
    [3600 * 36, "36 h"],
    [90, "90 s"],
    [120, "2 min"],
    [0, "0 s"],
  ])("%d seconds are %s, and back", (seconds, text) => {
    expect(span(seconds)).toBe(text);
    expect(readSpan(text)).toBe(seconds);
  });
  test.each([
    ["12h", 43_200],
    [" 2 weeks ", 1_209_600],
    ["1.5 h", 5400],
  ])("%s is read", (text, seconds) => expect(readSpan(text)).toBe(seconds));
  test.each(["", "90", "d", "-1 d", "1 fortnight", "1e3 d", "99999999999999999 d"])("`%s` is none", (text) => expect(readSpan(text)).toBeNull());
});

describe("sizes", () => {
  test.each([
    [0, "0 B"],
    [1536, "1.5 KiB"],
    [5 * 2 ** 30, "5 GiB"],
    [123_456_789, "118 MiB"],
  ])("%d bytes are %s", (value, text) => expect(bytes(value)).toBe(text));
  test.each([0, 1, 1500, 2 ** 20, 5 * 2 ** 30, 2 ** 30 + 1])("%d comes back as it went", (value) => expect(readBytes(exactBytes(value))).toBe(value));
  test.each(["", "5", "GiB", "5 GiBs", "-5 GiB"])("`%s` is none", (text) => expect(readBytes(text)).toBeNull());
});
