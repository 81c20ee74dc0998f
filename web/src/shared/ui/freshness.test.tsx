// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { clock } from "../format/time";
import { useConnection } from "../live/connection";
import { Freshness } from "./freshness";

afterEach(cleanup);

const NOW = Date.now();

test.each([
  ["live", NOW, true, "live"],
  ["polling", NOW - 12_000, true, "12 s ago"],
  ["lost", NOW, true, `stale since ${clock(NOW - 60_000)}`],
  ["live", NOW - 60_000, false, `as of ${clock(NOW - 60_000)}`],
  ["live", NOW - 60_000, "polled", `as of ${clock(NOW - 60_000)}`],
  ["lost", NOW - 90_000, "polled", `stale since ${clock(NOW - 90_000)}`],
] as const)("while %s, data of %d says so", (state, asOf, live, words) => {
  useConnection.setState({ state, since: NOW - 60_000 });
  render(<Freshness asOf={asOf} live={live} />);
  expect(screen.getByText(words)).toBeDefined();
});

test("data that never came is loading", () => {
  render(<Freshness asOf={undefined} />);
  expect(screen.getByText("loading")).toBeDefined();
});
