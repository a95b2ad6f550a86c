/** The one timeline of a payment: what the api tells of it, in words and in groups. */

import type { Tone } from "../../components/status.ts";
import { duration } from "../../format.ts";

/** What kinds of things happen to a payment, in the order of the switches above the timeline. */
export const KINDS = ["request", "state", "acquirer", "event", "ledger", "webhook"] as const;
export type Kind = (typeof KINDS)[number];

/** An entry, as `GET /api/v1/payments/{id}/timeline` tells it. */
export interface Entry {
  readonly at: string;
  readonly kind: Kind;
  readonly title: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a kind is called. */
export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  request: "Requests",
  state: "States",
  acquirer: "Bank",
  event: "Events",
  ledger: "Ledger",
  webhook: "Webhooks",
};

/** What of a detail is a link, what is money, and what is told as it is. */
export type Fact =
  | {
      readonly label: string;
      readonly kind: "text" | "id" | "when";
      readonly value: string;
      readonly to?: string;
    }
  | { readonly label: string; readonly kind: "money"; readonly minor: number; readonly currency: string };

const LABELS: Readonly<Record<string, string>> = {
  api_key: "API key",
  call_count: "Calls",
  calls: "Calls",
  decline_code: "Decline code",
  delivery_id: "Delivery",
  duration_ms: "Took",
  endpoint_id: "Endpoint",
  error_class: "Error",
  error_code: "Error code",
  event_id: "Event",
  id: "Id",
  next_attempt_at: "Next attempt",
  refund_id: "Refund",
  request_id: "Request",
  url: "Address",
};

/** Where the objects of a detail are looked at. Requests are found by their id in the log of requests. */
const PAGES: Readonly<Record<string, (id: string) => string>> = {
  delivery_id: (id) => `/dashboard/webhooks/deliveries/${id}`,
  endpoint_id: (id) => `/dashboard/webhooks/endpoints/${id}`,
  event_id: (id) => `/dashboard/events/${id}`,
  refund_id: (id) => `/dashboard/refunds/${id}`,
  request_id: (id) => `/dashboard/developers/requests?request_id=${id}`,
};

/** What an entry says below its title, in the api's order. What is null or empty is not said. */
export function factsOf(entry: Entry, currency: string): Fact[] {
  const facts: Fact[] = [];
  for (const [name, value] of Object.entries(entry.detail)) {
    const fact = factOf(entry.kind, name, value, currency);
    if (fact !== null) {
      facts.push(fact);
    }
  }
  return facts;
}

function factOf(kind: Kind, name: string, value: unknown, currency: string): Fact | null {
  const label = LABELS[name] ?? inWords(name);
  if (value === null || value === undefined || value === "" || value === false || name === "currency") {
    return null;
  }
  if (name === "amount" && typeof value === "number") {
    return { label, kind: "money", minor: value, currency };
  }
  if (name.endsWith("_at") && typeof value === "string") {
    return { label, kind: "when", value };
  }
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const page = name === "id" && kind === "event" ? PAGES.event_id : PAGES[name];
  if (page !== undefined) {
    return { label, kind: "id", value: text, to: page(text) };
  }
  if (/^[a-z]+_[0-9A-Za-z]{16,}$/.test(text)) {
    return { label, kind: "id", value: text };
  }
  return {
    label,
    kind: "text",
    value: name === "duration_ms" ? `${Math.round(Number(text))} ms` : value === true ? "yes" : text,
  };
}

function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const BAD_OUTCOMES = new Set(["declined", "failed", "refused", "timeout"]);

/** How an entry is felt: what was refused, declined or not delivered is bad. */
export function toneOf({ kind, detail }: Entry): Tone {
  const { status, outcome, error_class } = detail;
  switch (kind) {
    case "request":
      return typeof status === "number" && status >= 400 ? "warn" : "calm";
    case "state":
      return STATE_TONES[String(status)] ?? "calm";
    case "acquirer":
      return BAD_OUTCOMES.has(String(outcome)) ? "bad" : "calm";
    case "event":
      return "info";
    case "ledger":
      return "calm";
    case "webhook":
      return error_class ? "bad" : typeof status === "number" && status < 300 ? "good" : "calm";
  }
}

const STATE_TONES: Readonly<Record<string, Tone>> = {
  success: "good",
  processed: "good",
  requires_action: "warn",
  failed: "bad",
  expired: "bad",
};

/** Entries of the kinds that are not switched off, in their order. */
export function shown<E extends Entry>(entries: readonly E[], hidden: readonly Kind[]): E[] {
  return entries.filter(({ kind }) => !hidden.includes(kind));
}

/** How long after the one before: `+340 ms`, `+2.1 sec`, `+3 min`. Empty for the first, and for the same instant. */
export function gapBefore(entries: readonly Entry[], index: number, locale: string): string {
  const before = entries[index - 1];
  const entry = entries[index];
  const ms = before === undefined || entry === undefined ? 0 : Date.parse(entry.at) - Date.parse(before.at);
  return ms < 1 ? "" : `+${gap(ms, locale)}`;
}

const LONG = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
] as const;

function gap(ms: number, locale: string): string {
  const [unitMs, unit] = LONG.find(([size]) => ms >= 2 * size) ?? [0, null];
  if (unit === null) {
    return duration(ms, locale);
  }
  const options = { style: "unit", unit, unitDisplay: "short", numberingSystem: "latn" } as const;
  return new Intl.NumberFormat(locale, options).format(Math.round(ms / unitMs));
}
