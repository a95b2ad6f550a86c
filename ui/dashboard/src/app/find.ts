/** What the palette offers for what was typed. Pure. */

import type { IconName } from "../components/Icon.tsx";
import type { Page, Section } from "./pages.ts";

/** Something that can be chosen: an address to go to, or an action by its name. */
export interface Offer {
  readonly id: string;
  readonly group: "Go to" | "Found" | "Search" | "Actions";
  readonly title: string;
  readonly hint?: string;
  readonly icon: IconName;
  readonly to?: string;
  readonly action?: Action;
}

export type Action = "light" | "dark" | "auto" | "shortcuts" | "sign-out";

const ACTIONS: readonly (Offer & { readonly words: string })[] = [
  offerOf("light", "Use light colours", "sun", "theme scheme"),
  offerOf("dark", "Use dark colours", "moon", "theme scheme night"),
  offerOf("auto", "Use the system's colours", "system", "theme scheme automatic"),
  offerOf("shortcuts", "Show the keyboard shortcuts", "keyboard", "help keys"),
  offerOf("sign-out", "Sign out", "out", "log out leave"),
];

function offerOf(action: Action, title: string, icon: IconName, words: string) {
  return { id: `action ${action}`, group: "Actions", title, icon, action, words } as const;
}

/** Where an id's first letters lead. */
const KINDS: readonly { prefix: string; title: string; icon: IconName; to: (id: string) => string }[] = [
  { prefix: "pay", title: "Payment", icon: "payments", to: (id) => `/dashboard/payments/${id}` },
  { prefix: "order", title: "Order", icon: "orders", to: (id) => `/dashboard/orders/${id}` },
  { prefix: "rfnd", title: "Refund", icon: "refunds", to: (id) => `/dashboard/refunds/${id}` },
  { prefix: "evt", title: "Event", icon: "events", to: (id) => `/dashboard/events/${id}` },
  {
    prefix: "whd",
    title: "Webhook delivery",
    icon: "webhooks",
    to: (id) => `/dashboard/webhooks/deliveries/${id}`,
  },
  {
    prefix: "we",
    title: "Webhook endpoint",
    icon: "webhooks",
    to: (id) => `/dashboard/webhooks/endpoints/${id}`,
  },
  {
    prefix: "req",
    title: "Request",
    icon: "requests",
    to: (id) => `/dashboard/developers/requests?request_id=${id}`,
  },
];

const ID = /^([a-z]+)_[0-9A-Za-z]{16,64}$/;
const VPA = /^[a-zA-Z0-9._-]+@[a-zA-Z0-9]+$/;
const LAST4 = /^\d{4}$/;
const SHORTEST_SEARCH = 3;

/** The page of the object with this id; undefined for what is no id. */
export function whereIs(text: string): Offer | undefined {
  const prefix = ID.exec(text)?.[1];
  const kind = KINDS.find((one) => one.prefix === prefix);
  return (
    kind && { id: text, group: "Found", title: kind.title, hint: text, icon: kind.icon, to: kind.to(text) }
  );
}

/** All that fits, the likeliest first. */
export function find(typed: string, sections: readonly Section[]): Offer[] {
  const text = typed.trim();
  const object = whereIs(text);
  const pages = sections.flatMap((section) => section.pages);
  return [
    ...(object ? [object] : []),
    ...fitting(text, pages, ({ title, words }) => `${title} ${words ?? ""}`).map(toPage),
    ...(object ? [] : searches(text)),
    ...fitting(text, ACTIONS, ({ title, words }) => `${title} ${words}`),
  ];
}

function toPage({ path, title, icon, key }: Page): Offer {
  const hint = key === undefined ? {} : { hint: `G ${key.toUpperCase()}` };
  return { id: path, group: "Go to", title, icon, to: path, ...hint };
}

/** Those that have all the words; those whose name begins so come first. */
function fitting<T>(text: string, things: readonly T[], nameOf: (thing: T) => string): T[] {
  const wanted = text.toLowerCase().split(/\s+/);
  const has = (thing: T) => {
    const words = nameOf(thing).toLowerCase().split(/\s+/);
    return wanted.every((part) => words.some((word) => word.startsWith(part)));
  };
  const isFirst = (thing: T) => nameOf(thing).toLowerCase().startsWith(text.toLowerCase());
  return things.filter(has).toSorted((one, other) => Number(isFirst(other)) - Number(isFirst(one)));
}

/** Lists that can be filtered by it. */
function searches(text: string): Offer[] {
  const offer = (title: string, icon: IconName, to: string): Offer => ({
    id: to,
    group: "Search",
    title,
    icon,
    to,
  });
  const value = encodeURIComponent(text);
  if (VPA.test(text)) {
    return [offer(`Payments by ${text}`, "payments", `/dashboard/payments?q=${value}`)];
  }
  const byCard = LAST4.test(text)
    ? [offer(`Payments by cards that end in ${text}`, "payments", `/dashboard/payments?q=${value}`)]
    : [];
  if (text.length < SHORTEST_SEARCH) {
    return byCard;
  }
  return [
    ...byCard,
    offer(`Payments with the receipt “${text}”`, "payments", `/dashboard/payments?q=${value}`),
    offer(`Orders with the receipt “${text}”`, "orders", `/dashboard/orders?q=${value}`),
  ];
}
