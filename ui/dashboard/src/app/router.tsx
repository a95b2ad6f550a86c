/** Addresses to pages. Each page comes when somebody goes there; a feature knows no other feature. */

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { sessionQuery } from "../api/session.ts";
import { parse, type Raw, stringify } from "../url.ts";
import { Crash } from "./crash.tsx";
import { Login } from "./login.tsx";
import { NotFound } from "./notFound.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
  // The address's parameters are read by the pages themselves (url.ts).
  validateSearch: (search): Raw => search as Raw,
});

const login = createRoute({ getParentRoute: () => root, path: "/login", component: Login });

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    if (session === null) {
      throw redirect({ to: "/login", search: { return: location.href } });
    }
  },
});

const page = (path: string, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load) });

const payments = () => import("../features/payments/page.tsx");

const routes = root.addChildren([
  login,
  shell.addChildren([
    page("/dashboard/", () => import("../features/home/page.tsx")),
    page("/dashboard/payments", payments),
    page("/dashboard/transactions", payments),
    page("/dashboard/payments/$id", () => import("../features/payments/payment.tsx")),
    page("/dashboard/orders", () => import("../features/orders/page.tsx")),
    page("/dashboard/orders/$id", () => import("../features/orders/order.tsx")),
    page("/dashboard/refunds", () => import("../features/refunds/page.tsx")),
    page("/dashboard/refunds/$id", () => import("../features/refunds/refund.tsx")),
    page("/dashboard/balance", () => import("../features/balance/page.tsx")),
    page("/dashboard/events", () => import("../features/events/page.tsx")),
    page("/dashboard/events/$id", () => import("../features/events/event.tsx")),
    page("/dashboard/webhooks", () => import("../features/webhooks/page.tsx")),
    page("/dashboard/webhooks/endpoints/$id", () => import("../features/webhooks/endpoint.tsx")),
    page("/dashboard/webhooks/deliveries/$id", () => import("../features/webhooks/delivery.tsx")),
    page("/dashboard/developers/keys", () => import("../features/developers/keys.tsx")),
    page("/dashboard/developers/requests", () => import("../features/developers/requests.tsx")),
    page("/dashboard/developers/test-cards", () => import("../features/developers/testCards.tsx")),
    page("/dashboard/developers/queues", () => import("../features/developers/queues.tsx")),
    page("/dashboard/docs", () => import("../features/docs/page.tsx")),
    page("/dashboard/settings/team", () => import("../features/settings/team.tsx")),
    page("/dashboard/settings/sessions", () => import("../features/settings/sessions.tsx")),
    page("/dashboard/settings/trail", () => import("../features/settings/trail.tsx")),
    createRoute({ getParentRoute: () => shell, path: "/dashboard/$", component: NotFound }),
  ]),
]);

/** The router; the queries are those that the pages use. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queries },
    parseSearch: parse,
    stringifySearch: stringify,
    defaultPreload: "intent",
    defaultPreloadDelay: 80,
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
