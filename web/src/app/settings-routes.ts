import { createRoute, lazyRouteComponent, redirect, type AnyRootRoute } from "@tanstack/react-router";

import { validateErrorsSearch, validateTokensSearch, validateWebhookSearch } from "../features/settings/search";

/** The settings: a frame, and a page for each section, loaded when it is opened. */
export function settingsRoutes<R extends AnyRootRoute>(rootRoute: R) {
  const settings = createRoute({
    getParentRoute: () => rootRoute,
    path: "/settings",
    component: lazyRouteComponent(() => import("../features/settings/settings-frame"), "SettingsFrame"),
  });
  const index = createRoute({
    getParentRoute: () => settings,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/settings/tokens" });
    },
  });
  const tokens = createRoute({
    getParentRoute: () => settings,
    path: "/tokens",
    validateSearch: validateTokensSearch,
    component: lazyRouteComponent(() => import("../features/settings/tokens-page"), "TokensPage"),
  });
  const webhooks = createRoute({
    getParentRoute: () => settings,
    path: "/webhooks",
    component: lazyRouteComponent(() => import("../features/settings/webhooks-page"), "WebhooksPage"),
  });
  const newWebhook = createRoute({
    getParentRoute: () => settings,
    path: "/webhooks/new",
    component: lazyRouteComponent(() => import("../features/settings/webhook-new-page"), "WebhookNewPage"),
  });
  const webhook = createRoute({
    getParentRoute: () => settings,
    path: "/webhooks/$id",
    validateSearch: validateWebhookSearch,
    component: lazyRouteComponent(() => import("../features/settings/webhook-page"), "WebhookPage"),
  });
  const keys = createRoute({
    getParentRoute: () => settings,
    path: "/keys",
    component: lazyRouteComponent(() => import("../features/settings/keys-page"), "KeysPage"),
  });
  const retention = createRoute({
    getParentRoute: () => settings,
    path: "/retention",
    component: lazyRouteComponent(() => import("../features/settings/retention-page"), "RetentionPage"),
  });
  const backups = createRoute({
    getParentRoute: () => settings,
    path: "/backups",
    component: lazyRouteComponent(() => import("../features/settings/backups/backups-page"), "BackupsPage"),
  });
  const search = createRoute({
    getParentRoute: () => settings,
    path: "/search",
    component: lazyRouteComponent(() => import("../features/settings/model-page"), "ModelPage"),
  });
  const statistics = createRoute({
    getParentRoute: () => settings,
    path: "/statistics",
    component: lazyRouteComponent(() => import("../features/settings/statistics-page"), "StatisticsPage"),
  });
  const errors = createRoute({
    getParentRoute: () => settings,
    path: "/errors",
    validateSearch: validateErrorsSearch,
    component: lazyRouteComponent(() => import("../features/settings/errors-page"), "ErrorsPage"),
  });
  const browser = createRoute({
    getParentRoute: () => settings,
    path: "/browser",
    component: lazyRouteComponent(() => import("../features/settings/browser-page"), "BrowserPage"),
  });
  const about = createRoute({
    getParentRoute: () => settings,
    path: "/about",
    component: lazyRouteComponent(() => import("../features/settings/about-page"), "AboutPage"),
  });
  return settings.addChildren([index, tokens, webhooks, newWebhook, webhook, keys, backups, retention, search, statistics, errors, browser, about]);
}
