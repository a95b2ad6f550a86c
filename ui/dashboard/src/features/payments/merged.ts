/** One timeline out of what the api tells in five places: changes, requests, events, postings, deliveries. */

import type { Schema } from "../../api/client.ts";
import { accountName } from "../../objects/words.ts";
import { type Entry, KINDS } from "./timeline.ts";

/** What was read. A part that could not be is empty, and is named where it matters. */
export interface Parts {
  readonly changes: readonly Schema<"TimelineEntry">[];
  readonly requests: readonly Schema<"RequestLine">[];
  readonly events: readonly Schema<"Event">[];
  readonly postings: readonly Schema<"Entry">[];
  readonly deliveries: readonly Schema<"DeliveryDetail">[];
}

/** Everything in order of time; at the same instant what caused something comes before it. */
export function merged(parts: Parts): Entry[] {
  const entries = [
    ...parts.requests.map(ofRequest),
    ...parts.changes.map(ofChange),
    ...parts.events.toReversed().map(ofEvent),
    ...parts.postings.toReversed().map(ofPosting),
    ...parts.deliveries.flatMap(ofDelivery),
  ];
  const rank = ({ kind }: Entry) => KINDS.indexOf(kind);
  return entries.toSorted((one, other) => compare(one.at, other.at) || rank(one) - rank(other));
}

/** Instants have microseconds, which Date has not: as text of one length they compare exactly. */
function compare(one: string, other: string): number {
  const [a, b] = [exact(one), exact(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function exact(at: string): string {
  const [seconds = "", part = ""] = at.replace("Z", "").split(".");
  return `${seconds}.${part.padEnd(6, "0")}`;
}

function ofRequest(request: Schema<"RequestLine">): Entry {
  const { at, method, path, status, duration_ms, request_id, api_key, user, idempotency, error_code } =
    request;
  return {
    at,
    kind: "request",
    title: `${method} ${path}`,
    detail: { status, error_code, duration_ms, request_id, api_key, user, idempotency },
  };
}

const TITLES: Readonly<Record<string, string>> = {
  "payment.created": "Created",
  "payment.pending": "Sent to the bank",
  "payment.requires_action": "The bank asks the buyer to authenticate",
  "payment.success": "Authorised by the bank",
  "payment.failed": "Failed",
  "payment.captured": "Captured",
  "payment.canceled": "Voided",
  "payment.expired": "Expired",
  "payment.disputed": "Disputed by the cardholder",
  "refund.created": "Refund asked for",
  "refund.processed": "Refund processed",
  "refund.failed": "Refund failed",
};

function ofChange(change: Schema<"TimelineEntry">): Entry {
  const { at, event, status, actor, cause, refund_id, amount, error_code, request_id, api_key, user } =
    change;
  const title = TITLES[event ?? ""] ?? `Became ${status}`;
  const outcome = event?.endsWith(".failed") ? "failed" : null;
  return {
    at,
    // What the bank said is told as the bank's: it is why the state is what it is.
    kind: actor === "acquirer" ? "acquirer" : "state",
    title,
    detail: { status, outcome, amount, by: actor, cause, refund_id, error_code, request_id, api_key, user },
  };
}

function ofEvent({ created_at, type, id, position, ...rest }: Schema<"Event">): Entry {
  const { topic, partition, offset } = rest as Record<string, unknown>;
  return { at: created_at, kind: "event", title: type, detail: { id, topic, partition, offset, position } };
}

function ofPosting({ created_at, account, amount, event_type, event_id, refund_id }: Schema<"Entry">): Entry {
  return {
    at: created_at,
    kind: "ledger",
    title: accountName(account),
    detail: { amount, caused_by: event_type, event_id, refund_id },
  };
}

function ofDelivery(delivery: Schema<"DeliveryDetail">): Entry[] {
  const { id, event, webhook_endpoint_id, attempt_log } = delivery;
  return attempt_log.map(
    ({ at, attempt, url, response_status, duration_ms, error_class, error, next_attempt_at }) => ({
      at,
      kind: "webhook",
      title: `${event} ${response_status !== null && error_class === null ? "delivered" : "not delivered"}`,
      detail: {
        status: response_status,
        attempt,
        duration_ms: Math.round(duration_ms),
        error_class,
        error,
        next_attempt_at,
        url,
        delivery_id: id,
        endpoint_id: webhook_endpoint_id,
      },
    }),
  );
}

/** How long after a change its webhooks may still be unknown to the notifier, in ms. */
const TOLD_WITHIN_MS = 15_000;

/** Whether more is to come that no event of the stream tells: attempts to deliver a webhook. */
export function isUnderWay({ changes, deliveries }: Parts, now: Date): boolean {
  const newest = Math.max(0, ...changes.map(({ at }) => Date.parse(at)));
  return now.getTime() - newest < TOLD_WITHIN_MS || deliveries.some(({ status }) => status === "pending");
}
