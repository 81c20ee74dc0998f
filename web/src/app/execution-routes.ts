import { createRoute, lazyRouteComponent, type AnyRootRoute } from "@tanstack/react-router";

import { validateDetailSearch, validateListSearch, validateNewSearch } from "../features/executions/search";

/** Commands and plans: the list, a form to start one, and one of either kind. */
export function executionRoutes<R extends AnyRootRoute>(rootRoute: R) {
  const list = createRoute({
    getParentRoute: () => rootRoute,
    path: "/executions",
    validateSearch: validateListSearch,
    component: lazyRouteComponent(() => import("../features/executions/list-page"), "ExecutionListPage"),
  });
  const start = createRoute({
    getParentRoute: () => rootRoute,
    path: "/executions/new",
    validateSearch: validateNewSearch,
    component: lazyRouteComponent(() => import("../features/executions/new-page"), "NewExecutionPage"),
  });
  const one = createRoute({
    getParentRoute: () => rootRoute,
    path: "/executions/$id",
    validateSearch: validateDetailSearch,
    component: lazyRouteComponent(() => import("../features/executions/detail-page"), "ExecutionDetailPage"),
  });
  return [list, start, one] as const;
}
