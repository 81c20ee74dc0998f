import { createRoute, lazyRouteComponent, type AnyRootRoute } from "@tanstack/react-router";

import { validateInventorySearch } from "../features/inventory/search";

/** Things of every domain: the table of all, and one. */
export function inventoryRoutes<R extends AnyRootRoute>(rootRoute: R) {
  const all = createRoute({
    getParentRoute: () => rootRoute,
    path: "/inventory",
    validateSearch: validateInventorySearch,
    component: lazyRouteComponent(() => import("../features/inventory/inventory-page"), "InventoryPage"),
  });
  const one = createRoute({
    getParentRoute: () => rootRoute,
    path: "/inventory/$id",
    component: lazyRouteComponent(() => import("../features/inventory/thing-page"), "ThingPage"),
  });
  return [all, one] as const;
}
