/** Where one can go: the navigation, the palette and the shortcuts are made from this table. */

import type { IconName } from "../components/Icon.tsx";

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  /** The second letter of a chord that begins with G. */
  readonly key?: string;
  /** Whoever lacks this scope does not see the page. */
  readonly scope?: string;
  /** Roles that see it; absent: all. */
  readonly roles?: readonly string[];
  /** Other words that find it in the palette. */
  readonly words?: string;
}

export interface Section {
  readonly title: string | null;
  readonly pages: readonly Page[];
}

export const SECTIONS: readonly Section[] = [
  {
    title: null,
    pages: [
      { path: "/dashboard", title: "Home", icon: "home", key: "h", words: "overview volume success rate" },
      {
        path: "/dashboard/payments",
        title: "Payments",
        icon: "payments",
        key: "p",
        words: "transactions capture",
      },
      { path: "/dashboard/orders", title: "Orders", icon: "orders", key: "o", words: "receipts" },
      { path: "/dashboard/refunds", title: "Refunds", icon: "refunds", key: "r", words: "reversals" },
      {
        path: "/dashboard/balance",
        title: "Balance",
        icon: "balance",
        key: "b",
        words: "ledger postings money",
      },
      {
        path: "/dashboard/events",
        title: "Events",
        icon: "events",
        key: "e",
        words: "kafka log topic offset",
      },
    ],
  },
  {
    title: "Developers",
    pages: [
      {
        path: "/dashboard/webhooks",
        title: "Webhooks",
        icon: "webhooks",
        key: "w",
        words: "endpoints secret deliveries retry",
      },
      {
        path: "/dashboard/developers/keys",
        title: "API keys",
        icon: "keys",
        key: "k",
        scope: "api_keys:read",
        words: "secret credentials scopes",
      },
      {
        path: "/dashboard/developers/requests",
        title: "Requests",
        icon: "requests",
        key: "l",
        words: "log status duration idempotency",
      },
      {
        path: "/dashboard/developers/queues",
        title: "Queues",
        icon: "queues",
        key: "q",
        words: "lag kafka outbox jobs delay",
      },
      {
        path: "/dashboard/developers/test-cards",
        title: "Test cards",
        icon: "cards",
        key: "c",
        words: "declines 3-d secure upi",
      },
      {
        path: "/dashboard/docs",
        title: "Docs",
        icon: "docs",
        key: "d",
        words: "quick start sdk reference help",
      },
    ],
  },
  {
    title: "Settings",
    pages: [
      {
        path: "/dashboard/settings/team",
        title: "Team",
        icon: "team",
        key: "t",
        roles: ["admin"],
        words: "users roles invite",
      },
      {
        path: "/dashboard/settings/sessions",
        title: "Sessions",
        icon: "sessions",
        key: "s",
        words: "password log out devices",
      },
      {
        path: "/dashboard/settings/trail",
        title: "Audit trail",
        icon: "trail",
        key: "a",
        roles: ["admin", "developer"],
        words: "who did what",
      },
    ],
  },
];

/** The pages that this user sees. */
export function pagesOf(role: string, scopes: readonly string[]): Section[] {
  const sees = ({ roles, scope }: Page) =>
    (roles?.includes(role) ?? true) && (scope === undefined || scopes.includes(scope));
  return SECTIONS.map((section) => ({ ...section, pages: section.pages.filter(sees) })).filter(
    (section) => section.pages.length > 0,
  );
}

/** The page of the navigation that an address belongs to: the longest that it begins with. */
export function pageAt(path: string): Page | undefined {
  return SECTIONS.flatMap((section) => section.pages)
    .filter((page) => path === page.path || (page.path !== "/dashboard" && path.startsWith(`${page.path}/`)))
    .toSorted((one, other) => other.path.length - one.path.length)[0];
}
