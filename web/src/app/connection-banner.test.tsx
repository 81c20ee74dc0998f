// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";

import { clock } from "../shared/format/time";
import { useConnection, type ConnectionState } from "../shared/live/connection";
import { usePreferences } from "../shared/preferences/store";
import { ConnectionBanner } from "./connection-banner";
import { prepareBrowser } from "./testing-page";

beforeEach(prepareBrowser);
afterEach(cleanup);

async function show(state: ConnectionState, secondsAgo: number): Promise<string> {
  const since = Date.now() - secondsAgo * 1000;
  useConnection.setState({ state, since });
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: "/",
    component: () => (
      <main>
        the page
        <ConnectionBanner className="" />
      </main>
    ),
  });
  const router = createRouter({ routeTree: root.addChildren([page]), history: createMemoryHistory({ initialEntries: ["/"] }) });
  render(
    <MantineProvider>
      <RouterProvider router={router as never} />
    </MantineProvider>,
  );
  return (await screen.findByRole("main")).textContent?.replaceAll(clock(since), "TIME") ?? "";
}

test.each(["live", "connecting", "idle"] as const)("says nothing while %s", async (state) => expect(await show(state, 300)).toBe("the page"));

test("says nothing of a moment", async () => expect(await show("lost", 1)).toBe("the page"));

test("says since when the connection is lost", async () => expect(await show("lost", 10)).toContain("The connection to the server is lost since TIME"));

test("says that it polls, how often, and since when", async () => {
  usePreferences.setState({ pollMs: 5000 });
  const text = await show("polling", 10);
  expect(text).toContain("Polling: no stream opens since TIME");
  expect(text).toContain("every 5 s instead");
  expect(text).not.toContain("It takes long");
});

test.each([
  ["lost", "groma doctor"],
  ["polling", "groma status"],
] as const)("after two minutes of %s it says that it takes long, and how to look again", async (state, command) => {
  const text = await show(state, 121);
  expect(text).toContain("It takes long");
  expect(text).toContain(command);
});
