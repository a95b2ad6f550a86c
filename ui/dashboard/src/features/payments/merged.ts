/** One timeline out of what the api tells in six places: changes, requests, what the bank decided, events, postings, deliveries. */

import type { Schema } from "../../api/client.ts";
import { accountName } from "../../objects/words.ts";
import type { Entry, Kind } from "./timeline.ts";

/** What was read. A part that could not be is empty, and is named where it matters. */
export interface Parts {
  readonly changes: readonly Schema<"TimelineEntry">[];
  readonly requests: readonly Schema<"RequestLine">[];
  readonly decisions: readonly Schema<"AcquirerCall">[];
  readonly events: readonly Schema<"Event">[];
  readonly postings: readonly Schema<"Entry">[];
  readonly deliveries: readonly Schema<"DeliveryDetail">[];
}

/** Everything in order of time; at the same instant what caused something comes before it. */
export function merged(parts: Parts): Entry[] {
  const entries = [
    ...parts.requests.map(ofRequest),
    ...parts.changes.map(ofChange),
    ...parts.decisions.map(ofDecision),
    ...parts.events.toReversed().map(ofEvent),
    ...parts.postings.toReversed().map(ofPosting),
    ...parts.deliveries.flatMap(ofDelivery),
  ];
  return entries.toSorted((one, other) => compare(one.at, other.at) || RANKS[one.kind] - RANKS[other.kind]);
}

/** What comes first of what is told of one instant. What the bank says and what becomes of it stay as they are told. */
const RANKS: Readonly<Record<Kind, number>> = {
  request: 0,
  state: 1,
  acquirer: 1,
  event: 2,
  ledger: 3,
  webhook: 4,
};

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
    // The log has when it was answered: it came before what it caused.
    at: new Date(Date.parse(at) - duration_ms).toISOString(),
    kind: "request",
    title: `${method} ${path}`,
    detail: {
      status,
      error_code,
      duration_ms: Math.round(duration_ms),
      request_id,
      api_key,
      user,
      idempotency,
    },
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
  const isFailed = event?.endsWith(".failed") ?? false;
  return {
    at,
    kind: "state",
    title: TITLES[event ?? ""] ?? `Became ${status}`,
    detail: {
      status,
      outcome: isFailed ? "failed" : null,
      amount,
      by: user ?? api_key ?? actor,
      // A request tells by itself what was asked.
      cause: request_id ? null : cause,
      refund_id,
      error_code,
      request_id,
    },
  };
}

const OPERATIONS: Readonly<Record<Schema<"AcquirerCall">["operation"], string>> = {
  authorise: "authorisation",
  capture: "capture",
  void: "void",
  refund: "refund",
  reverse: "reversal",
};

function ofDecision({ at, operation, outcome, amount, calls, ...rest }: Schema<"AcquirerCall">): Entry {
  const { decline_code, description, key } = rest;
  return {
    at,
    kind: "acquirer",
    title: `The bank ${outcome} the ${OPERATIONS[operation]}`,
    detail: { outcome, amount, decline_code, description, key, calls: calls > 1 ? calls : null },
  };
}

function ofEvent({ created_at, type, id, topic, partition, offset, position }: Schema<"Event">): Entry {
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
  const { id, event, webhook_endpoint_id, attempt_log, created_at, status, next_attempt_at } = delivery;
  const whose = { delivery_id: id, endpoint_id: webhook_endpoint_id };
  if (attempt_log.length === 0 && status === "pending") {
    const detail = { next_attempt_at, ...whose };
    return [{ at: created_at, kind: "webhook", title: `${event} waits to be sent`, detail }];
  }
  return attempt_log.map((made) => ({
    at: made.at,
    kind: "webhook",
    title: `${event} ${made.error_class === null ? "delivered" : "not delivered"}`,
    detail: {
      status: made.response_status,
      attempt: made.attempt,
      duration_ms: Math.round(made.duration_ms),
      error_class: made.error_class,
      error: made.error,
      next_attempt_at: made.next_attempt_at,
      url: made.url,
      ...whose,
    },
  }));
}

/** How long after a change its webhooks may still be unknown to the notifier, in ms. */
const TOLD_WITHIN_MS = 15_000;

/** Whether more is to come that no event of the stream tells: attempts to deliver a webhook. */
export function isUnderWay({ changes, deliveries }: Parts, now: Date): boolean {
  const newest = Math.max(0, ...changes.map(({ at }) => Date.parse(at)));
  return now.getTime() - newest < TOLD_WITHIN_MS || deliveries.some(({ status }) => status === "pending");
}
