// Renders pages of the settings and of the inventory on answers that a test gives.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { vi } from "vitest";

import { Notices } from "../shared/ui/notices";
import { inventoryRoutes } from "./inventory-routes";
import { settingsRoutes } from "./settings-routes";

/** What jsdom lacks. */
export function prepareBrowser(): void {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  vi.stubGlobal("scrollTo", () => undefined);
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
}

export function renderPage(path: string): void {
  const root = createRootRoute({ notFoundComponent: () => "not found" });
  const anywhere = ["/events", "/scans/new", "/scans/$id"].map((path) => createRoute({ getParentRoute: () => root, path, component: () => path }));
  const router = createRouter({ routeTree: root.addChildren([settingsRoutes(root), ...inventoryRoutes(root), ...anywhere]), history: createMemoryHistory({ initialEntries: [path] }) });
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <RouterProvider router={router as never} />
        <Notices />
      </QueryClientProvider>
    </MantineProvider>,
  );
}
