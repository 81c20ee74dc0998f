import { describe, expect, test } from "vitest";

import { compareAddresses } from "./address";
import { counted, latency, percent, rate } from "./number";
import { ago, duration } from "./time";

describe("numbers", () => {
  test.each([
    [0, "0 %"],
    [0.01, "<0.1 %"],
    [12.36, "12.3 %"],
    [99.99, "99.9 %"],
    [100, "100 %"],
  ])("%d percent is %s", (value, text) => expect(percent(value)).toBe(text));
  test("one is one", () => expect([counted(1, "host"), counted(1200, "host"), counted(0, "address", "addresses")]).toEqual(["1 host", "1,200 hosts", "0 addresses"]));
  test("rates and latencies keep the digits that matter", () => {
    expect([rate(4.25), rate(12_345.6), rate(null)]).toEqual(["4.3/s", "12,346/s", "–"]);
    expect([latency(0.123), latency(4.56), latency(1234)]).toEqual(["0.12 ms", "4.6 ms", "1,234 ms"]);
  });
});

describe("times", () => {
  test.each([
    [420, "0.4 s"],
    [59_400, "59 s"],
    [65_000, "1 min 05 s"],
    [7_380_000, "2 h 03 min"],
  ])("%d ms is %s", (value, text) => expect(duration(value)).toBe(text));
  test.each([
    [500, "just now"],
    [12_000, "12 s ago"],
    [180_000, "3 min ago"],
    [7_200_000, "2 h ago"],
    [200_000_000, "2 d ago"],
  ])("%d ms before is %s", (before, text) => expect(ago(1e12 - before, 1e12)).toBe(text));
});

test("addresses are in order of their numbers", () => {
  const addresses = ["fd00::10", "10.1.0.10", "10.1.0.9", "fd00::9", "9.255.0.1", "::1"];
  expect(addresses.toSorted(compareAddresses)).toEqual(["9.255.0.1", "10.1.0.9", "10.1.0.10", "::1", "fd00::9", "fd00::10"]);
});
