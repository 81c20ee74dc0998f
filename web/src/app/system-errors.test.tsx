// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Envelope } from "../api/types";
import { useUnseenErrors } from "../shared/errors/unseen";
import type { StreamHandlers } from "../shared/stream/types";
import { event } from "../shared/testing";
import { Notices } from "../shared/ui/notices";
import { useNotices } from "../shared/ui/notices-store";
import { SystemErrors } from "./system-errors";
import { prepareBrowser } from "./testing-page";

const backend = vi.hoisted(() => ({ handlers: undefined as StreamHandlers | undefined, request: vi.fn<() => Promise<unknown>>() }));
vi.mock("../shared/backend/instance", () => ({
  backend: {
    request: backend.request,
    subscribe: (_: unknown, handlers: StreamHandlers) => {
      backend.handlers = handlers;
      return { position: () => undefined, close: () => undefined };
    },
  },
}));

beforeEach(() => {
  prepareBrowser();
  backend.handlers = undefined;
  useNotices.setState({ notices: [] });
  useUnseenErrors.getState().seen();
});
afterEach(cleanup);

async function setup(): Promise<(...batch: Envelope[]) => void> {
  const root = createRootRoute();
  const page = createRoute({ getParentRoute: () => root, path: "/", component: () => <SystemErrors /> });
  const router = createRouter({ routeTree: root.addChildren([page]), history: createMemoryHistory({ initialEntries: ["/"] }) });
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <RouterProvider router={router as never} />
        <Notices />
      </QueryClientProvider>
    </MantineProvider>,
  );
  await vi.waitFor(() => expect(backend.handlers).toBeDefined());
  return (...batch) => act(() => backend.handlers?.events(batch));
}

const problem = (number: number, severity: "info" | "warning" | "error" | "critical", message: string) => event(number, "groma.system.error", { message, severity, context: "database", timestamp: 1 });

test("a storm of errors is one alert, and all are counted", async () => {
  const say = await setup();
  say(...Array.from({ length: 50 }, (_, number) => problem(number, "error", `error ${number}`)), problem(60, "info", "all is well"));
  expect(screen.getByRole("alert").textContent).toContain("error 49 (50 times)");
  expect(screen.getAllByRole("listitem")).toHaveLength(1);
  expect(useUnseenErrors.getState().count).toBe(50);
});

test("a critical one waits with its particulars, and a retry tells whether it is over", async () => {
  const say = await setup();
  say(problem(1, "critical", "the disk is full"));
  const dialog = await screen.findByRole("dialog", { name: "Groma cannot go on as it should" });
  expect(dialog.textContent).toContain("the disk is full");
  expect(dialog.textContent).toContain("database");
  backend.request.mockRejectedValueOnce(new Error("still full"));
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("still full");
  backend.request.mockResolvedValueOnce({});
  fireEvent.click(screen.getAllByRole("button", { name: "Try again" })[0] as HTMLElement);
  await screen.findByText("Groma answers and reads its data again.");
  expect(screen.queryByRole("dialog")).toBeNull();
});
