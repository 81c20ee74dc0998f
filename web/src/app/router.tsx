import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { validateEventsSearch } from "../features/events/search";
import { validateDetailSearch, validateListSearch, validateNewSearch } from "../features/scans/search";
import { validateSignInSearch } from "../features/sign-in/search";
import { executionRoutes } from "./execution-routes";
import { inventoryRoutes } from "./inventory-routes";
import { NotFound } from "./not-found";
import { PageFailure } from "./page-failure";
import { Root } from "./root";
import { requireSession } from "./require-session";
import { settingsRoutes } from "./settings-routes";

const rootRoute = createRootRoute({ beforeLoad: requireSession, component: Root });

const overview = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("../features/overview/overview-page"), "OverviewPage"),
});

const scans = createRoute({
  getParentRoute: () => rootRoute,
  path: "/scans",
  validateSearch: validateListSearch,
  component: lazyRouteComponent(() => import("../features/scans/list-page"), "ScanListPage"),
});

const newScan = createRoute({
  getParentRoute: () => rootRoute,
  path: "/scans/new",
  validateSearch: validateNewSearch,
  component: lazyRouteComponent(() => import("../features/scans/new-page"), "NewScanPage"),
});

const scan = createRoute({
  getParentRoute: () => rootRoute,
  path: "/scans/$id",
  validateSearch: validateDetailSearch,
  component: lazyRouteComponent(() => import("../features/scans/detail-page"), "ScanDetailPage"),
});

const events = createRoute({
  getParentRoute: () => rootRoute,
  path: "/events",
  validateSearch: validateEventsSearch,
  component: lazyRouteComponent(() => import("../features/events/events-page"), "EventsPage"),
});

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: validateSignInSearch,
  component: lazyRouteComponent(() => import("../features/sign-in/sign-in-page"), "SignInPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([overview, scans, newScan, scan, ...executionRoutes(rootRoute), ...inventoryRoutes(rootRoute), events, settingsRoutes(rootRoute), signIn]),
  defaultPreload: "intent",
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: PageFailure,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
