/** The log's filters: in the address, as the API's parameters, and as the filter of a retry of many. Pure. */

import type { Schema } from "../../api/client.ts";
import { placed } from "../../components/paging.ts";
import { endOfDay, startOfDay } from "../../dates.ts";
import { filled } from "../../filled.ts";
import { oneOf, type Raw } from "../../url.ts";
import { EVENT_TYPES, type EventType } from "./events.ts";

export type DeliveryStatus = Schema<"Delivery">["status"];
export type FailureReason = NonNullable<Schema<"Delivery">["failure_reason"]>;

export const STATUSES: readonly DeliveryStatus[] = ["pending", "success", "failed"];
export const REASONS: readonly FailureReason[] = [
  "exhausted",
  "gone",
  "endpoint_disabled",
  "endpoint_deleted",
];

const ENDPOINT_ID = /^we_[0-9A-Za-z]{16}$/;
const PAYMENT_ID = /^pay_[0-9A-Za-z]{16}$/;
const EVENT_ID = /^evt_[0-9A-Za-z]{16}$/;
const DELIVERY_ID = /^whd_[0-9A-Za-z]{16}$/;

/** What the address asks for; what it says wrongly is left out. */
export interface LogFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly event?: EventType | undefined;
  readonly endpoint?: string | undefined;
  readonly reason?: FailureReason | undefined;
  readonly payment?: string | undefined;
  readonly eventId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

function fitting(value: string | undefined, pattern: RegExp): string | undefined {
  return value !== undefined && pattern.test(value) ? value : undefined;
}

export function readLog(raw: Raw): LogFilter {
  const about = raw.about;
  return {
    status: oneOf(raw.status, STATUSES),
    event: oneOf(raw.event, EVENT_TYPES),
    endpoint: fitting(raw.endpoint, ENDPOINT_ID),
    reason: oneOf(raw.reason, REASONS),
    payment: fitting(about, PAYMENT_ID),
    eventId: fitting(about, EVENT_ID),
    from: startOfDay(raw.from),
    to: endOfDay(raw.to),
    after: fitting(raw.after, DELIVERY_ID),
    before: fitting(raw.before, DELIVERY_ID),
  };
}

/** Why a text can't be what deliveries are about; null when it can. */
export function aboutProblem(text: string): string | null {
  return PAYMENT_ID.test(text) || EVENT_ID.test(text)
    ? null
    : "The id of a payment or an event: pay_… or evt_…";
}

/** The parameters of `GET /api/v1/webhooks`. */
export function logQuery(filter: LogFilter, limit: number) {
  return {
    limit,
    ...filled({
      status: filter.status,
      event: filter.event,
      webhook_endpoint_id: filter.endpoint,
      failure_reason: filter.reason,
      payment_id: filter.payment,
      event_id: filter.eventId,
      created_from: filter.from,
      created_to: filter.to,
    }),
    ...placed(filter),
  };
}

/** The filter of `POST /api/v1/webhooks/retry` that means the same deliveries; else why there is none. */
export function retryFilter(filter: LogFilter): Schema<"RetryFilter"> | { readonly why: string } {
  if (filter.status === "pending") {
    return { why: "What is pending is being tried already. Filter by failed or delivered." };
  }
  if (filter.eventId !== undefined) {
    return { why: "Send one event again from its own page." };
  }
  return filled({
    status: filter.status ?? "failed",
    event: filter.event,
    webhook_endpoint_id: filter.endpoint,
    failure_reason: filter.reason,
    payment_id: filter.payment,
    created_from: filter.from,
    created_to: filter.to,
  });
}

/** Whether anything but the place in the list is asked for. */
export function isFiltered(filter: LogFilter): boolean {
  const { after: _after, before: _before, ...asked } = filter;
  return Object.values(asked).some((value) => value !== undefined);
}
